"""Nothing leaves the app by the clipboard, by the mouse, as a picture or through Textual's own commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.widgets import Input, Static, TextArea

from msht_tui.app import MshtApp
from msht_tui.terminal.app import GuardedApp

SECRET = "correct horse battery"


class Fields(GuardedApp[None]):
    """Fields with text in them, and text beside them."""

    def compose(self) -> ComposeResult:
        yield Input(SECRET, id="line")
        yield Input(SECRET, id="passphrase", password=True)
        yield TextArea(SECRET, id="area")
        yield Static(SECRET, id="words", markup=False)


@pytest.mark.parametrize("field", ["line", "passphrase", "area"])
@pytest.mark.parametrize("keys", [("ctrl+c",), ("super+c",), ("ctrl+x",)], ids=["copy", "copy on a Mac", "cut"])
async def test_no_key_puts_text_on_a_clipboard(field: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    app = Fields()
    async with app.run_test() as pilot:
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        widget = app.query_one(f"#{field}", Input) if field != "area" else app.query_one(TextArea)
        widget.focus()
        widget.select_all()
        await pilot.press(*keys)
        assert app.clipboard == ""
        await pilot.press("ctrl+v")
        assert app.fault is None
    assert not [text for text in written if "\x1b]52" in text]


async def test_a_cut_in_a_line_takes_nothing_away() -> None:
    app = Fields()
    async with app.run_test() as pilot:
        line = app.query_one("#line", Input)
        line.focus()
        line.select_all()
        await pilot.press("ctrl+x")
        assert line.value == SECRET


async def test_the_mouse_selects_no_text() -> None:
    app = Fields()
    async with app.run_test() as pilot:
        await pilot.mouse_down("#words", offset=(0, 0))
        await pilot.hover("#words", offset=(10, 0))
        await pilot.mouse_up("#words", offset=(10, 0))
        assert app.screen.get_selected_text() is None


async def test_there_are_no_commands_of_textuals_own_and_no_pictures() -> None:
    app = Fields()
    async with app.run_test() as pilot:
        assert list(app.get_system_commands(app.screen)) == []
        await pilot.press("ctrl+p")
        app.action_command_palette()
        await pilot.pause()
        assert len(app.screen_stack) == 1
        for picture in (app.save_screenshot, app.deliver_screenshot):
            with pytest.raises(SkipAction):
                picture()
        await app.run_action("screenshot")


def test_the_app_is_guarded() -> None:
    assert issubclass(MshtApp, GuardedApp)
    assert not MshtApp.ALLOW_SELECT
    assert not MshtApp.ENABLE_COMMAND_PALETTE
    assert not MshtApp.COMMANDS


def test_a_real_terminal_is_never_told_to_fill_its_clipboard(glass: Callable[..., Any], terminals: ModuleType) -> None:
    running = glass()
    terminals.open_case(running)
    terminals.write_note(running)
    running.press("\x01\x03\x18\x16")
    running.press("\x1b[<0;5;5M\x1b[<32;40;9M\x1b[<0;40;9m\x03")
    running.press("\x10")
    running.read_for(0.3)
    running.press("\x11")
    assert running.ended() == 0
    assert set(re.findall(rb"\x1b](\d+)", running.all)) <= {b"22"}
