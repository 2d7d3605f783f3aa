"""What people type, paste, or find in a file made elsewhere is drawn as text: it neither commands the terminal nor the app.

`bench/hostile.py` does with 200 texts what is done here with one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, TextArea

from msht_tui.content.library import Library
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.service import Casework
from screens.initial_actions import InitialActionsScreen
from tests.hostile import HOSTILE, TELLING
from tests.ui.walk import all_screens, walk, with_hostile_record

if TYPE_CHECKING:
    from tests.ui.conftest import Open

LEFT = {"AddOperatorDialog", "EraseDialog", "NewCodeDialog", "PassphraseDialog", "RoleDialog"}
"""Questions that the walk leaves, as what they do would end it; and one that asks for a passphrase, which the text cannot be."""


def test_the_telling_text_fits_a_line() -> None:
    assert clean(TELLING, LINE_LIMIT)
    assert len(set(HOSTILE.values())) == len(HOSTILE) == 200


async def test_a_hostile_text_is_only_text_in_every_field_of_every_screen(tmp_path: Path, library: Library) -> None:
    found = await walk(TELLING, tmp_path, library)
    assert found.hits == []
    assert found.seen == all_screens()
    assert found.taken == {name for name in found.seen if name.endswith("Dialog")} - LEFT
    assert len(found.fields) > 60


async def test_several_lines_that_are_pasted_into_a_line_stand_in_it_as_one(open_app: Open) -> None:
    async with open_app() as hands:
        await hands.press("n")
        await hands.paste("INC-1\r\nof the night\n")
        assert hands.screen.query_one("#reference", Input).value == "INC-1 of the night"


@pytest.mark.parametrize("stands", ["", "x" * LINE_LIMIT])
async def test_what_does_not_fit_a_line_is_not_taken_and_that_is_said(stands: str, open_app: Open) -> None:
    async with open_app() as hands:
        await hands.press("n")
        hands.screen.query_one("#reference", Input).value = stands
        await hands.paste("y" * (LINE_LIMIT + 1))
        assert hands.screen.query_one("#reference", Input).value == stands
        assert f"{LINE_LIMIT} characters fit here" in hands.trouble


async def test_what_is_pasted_is_clean_before_it_stands_anywhere(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.paste("one\x1b]52;c;QQ==\x07\ntwo\u202e")
        assert hands.screen.query_one(TextArea).text == "one\ufffd]52;c;QQ==\ufffd\ntwo"


async def test_markup_is_shown_as_it_was_written(open_app: Open, window: Callable[[str], Casework]) -> None:
    case_id = with_hostile_record(window("PC 1234"), "[@click=app.quit]x[/]")
    async with open_app(case_id, InitialActionsScreen, size=(120, 40)) as hands:
        assert "[@click=app.quit]x[/]" in hands.drawn
        place = next((x, y) for y, line in enumerate(hands.lines()) for x in [line.find("[@click=app.quit]x")] if x >= 0)
        await hands.pilot.click(offset=(place[0] + len("[@click=app.quit]"), place[1]))
        await hands.settle()
        assert hands.app.is_running
        assert isinstance(hands.screen, InitialActionsScreen)


async def test_an_ascii_terminal_gets_no_frame_of_other_characters(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, plain=True) as hands:
        await hands.press("enter")
        for key in ("0", "1", "2", "3", "4", "5", "L", "S", "a"):
            await hands.press(key)
            assert hands.drawn.isascii(), (key, sorted({character for character in hands.drawn if not character.isascii()}))
