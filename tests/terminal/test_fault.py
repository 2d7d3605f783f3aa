"""A fault tells its number and its place, and nothing that the program was working on: not on the glass, not in a file."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.app import App

from msht_tui import __version__
from msht_tui.terminal import process
from msht_tui.terminal.app import GuardedApp
from msht_tui.terminal.fault import Fault, fault_of, words

Begin = Callable[..., Any]

CANARY = "Marjolein-Vanderkade-7731"
"""Put together while the program runs, so that not even a line of its source would hold it."""
BOOM = """
def boom(*arguments, **options):
    name = "Marjolein-" + "Vanderkade-7731"
    people = {"name": name}
    return people["nobody: " + name]
"""
START = "\nfrom msht_tui.start import main; main()"

FAULTS = {
    "an action": "from screens.frame import FrameScreen; FrameScreen.action_help = boom",
    "an act": "from screens.desk import Desk; import screens.frame\n"
    "def action_help(self):\n    self.app.run_worker(self.desk.do(boom), group='acts')\n"
    "screens.frame.FrameScreen.action_help = action_help",
    "drawing": "from screens.frame import FrameScreen; from screens.widgets.lines import KeyBar\n"
    "def action_help(self):\n    KeyBar.render = boom; self.query_one(KeyBar).refresh()\n"
    "FrameScreen.action_help = action_help",
    "a timer": "from screens.frame import FrameScreen\n"
    "def action_help(self):\n    self.set_timer(0.01, boom)\n"
    "FrameScreen.action_help = action_help",
    "a new screen": "from screens.help import HelpScreen; HelpScreen.compose_body = boom; HelpScreen.compose = boom",
    "reading keys": "from textual.drivers.linux_driver import LinuxDriver\n"
    "def process(self, message):\n    boom()\n"
    "LinuxDriver.process_message = process",
}
"""Where a program can fail to what makes this one fail there once `?` is pressed."""

PASSED_OVER = {
    "a task": "import asyncio\nasync def fail():\n    boom()\n"
    "def action_help(self):\n    asyncio.create_task(fail()); self.set_timer(0.2, self.app.action_quit)\n",
    "a thread": "import threading\ndef action_help(self):\n"
    "    threading.Thread(target=boom).start(); self.set_timer(0.2, self.app.action_quit)\n",
    "a finalizer": "import gc\nclass Heavy:\n    def __del__(self):\n        boom()\n"
    "def action_help(self):\n    Heavy(); gc.collect(); self.set_timer(0.2, self.app.action_quit)\n",
}
"""Where a program can fail without anybody hearing of it."""


def written_under(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_crash_of_the_app_tells_a_number_and_nothing_else(fault: str, glass: Begin, terminals: ModuleType, tmp_path: Path) -> None:
    running = glass(BOOM + fault + START)
    if "LinuxDriver" not in fault:
        terminals.open_case(running)
    else:
        running.wait_for_bytes(terminals.ENTERED)
    running.press("?")
    assert running.ended() == process.FAULTY
    assert running.unrestored() == []
    number = re.search(r"fault ([0-9A-F]{4}-[0-9A-F]{4}) of msht", running.after)
    assert number is not None, running.after
    assert "What was shown as saved is saved" in running.after
    for bare in ("Traceback", "Vanderkade", "INC-1", "KeyError", "boom"):
        assert bare not in running.after
    assert CANARY.encode() not in running.all
    noted = tmp_path / "store" / "exercise" / process.NAME
    assert number[1] in noted.read_text()
    assert noted.stat().st_mode & 0o777 == 0o600
    assert b"Vanderkade" not in written_under(tmp_path)


@pytest.mark.parametrize("fault", PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_what_fails_unheard_is_noted_and_never_printed(fault: str, glass: Begin, terminals: ModuleType, tmp_path: Path) -> None:
    running = glass(f"{BOOM}{fault}from screens.frame import FrameScreen; FrameScreen.action_help = action_help{START}")
    terminals.open_case(running)
    running.press("?")
    assert running.ended() == 0
    assert running.after.strip() == ""
    assert b"Vanderkade" not in running.all
    assert " KeyError " in (tmp_path / "store" / "exercise" / process.NAME).read_text()
    assert b"Vanderkade" not in written_under(tmp_path)


def commanded(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)


def test_a_command_that_fails_tells_a_number_and_nothing_else(tmp_path: Path) -> None:
    assert commanded(START, "--exercise", "case", "new").returncode == 0
    ended = commanded(f"{BOOM}import msht_tui.cli.desk; msht_tui.cli.desk.Desk.__init__ = boom{START}", "--exercise", "note", "x", CANARY)
    assert (ended.returncode, ended.stdout) == (process.FAULTY, "")
    assert "fault" in ended.stderr
    assert str(tmp_path / "store" / "exercise" / process.NAME) in ended.stderr
    for bare in ("Traceback", "Vanderkade", "KeyError"):
        assert bare not in ended.stderr
    assert b"Vanderkade" not in written_under(tmp_path)


def test_where_there_is_no_store_a_fault_makes_none(tmp_path: Path) -> None:
    ended = commanded(f"{BOOM}import msht_tui.cli.desk; msht_tui.cli.desk.Desk.__init__ = boom{START}", "case", "show", "x")
    assert ended.returncode == process.FAULTY
    assert process.NAME not in ended.stderr
    assert not (tmp_path / "store").exists()


# The number


def raised(value: str) -> BaseException:
    try:
        return {value: value}[value + "?"]  # type: ignore[return-value]
    except KeyError as error:
        return error


def test_the_number_is_that_of_the_place_whatever_the_values_were() -> None:
    assert fault_of(raised("a")) == fault_of(raised("b"))
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", fault_of(raised("a")).number)


def test_the_number_goes_by_the_innermost_place_of_ours_and_by_the_kind() -> None:
    fault = Fault("KeyError", ("msht_tui.app:1", "screens.log:88", "textual.app:9"))
    assert fault.number == Fault("KeyError", ("screens.log:88", "textual.app:10")).number
    assert fault.number != Fault("KeyError", ("msht_tui.app:1", "screens.log:89", "textual.app:9")).number
    assert fault.number != fault._replace(kind="ValueError").number


def test_the_words_say_what_is_saved_what_to_do_and_what_to_report() -> None:
    text = words(Fault("KeyError", ("screens.log:88",)), "1.2.3", "/store/faults.log")
    for part in ("is saved", "Start msht again", "on paper", "msht 1.2.3", "/store/faults.log"):
        assert part in text
    assert "KeyError" not in text


# The file


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store" / "cases").mkdir(parents=True)
    return tmp_path / "store"


FAULT = Fault("KeyError", ("screens.log:88", "textual.app:9"))


def test_a_line_holds_time_version_number_kind_and_places(store: Path) -> None:
    process.FaultLog(lambda: store).note(FAULT)
    _, *line = (store / process.NAME).read_text().split()
    assert line == [__version__, FAULT.number, "KeyError", "screens.log:88", "textual.app:9"]


def test_the_file_is_begun_anew_before_it_grows_for_ever(store: Path) -> None:
    (store / process.NAME).write_bytes(b"x" * (process.LARGEST + 1))
    process.FaultLog(lambda: store).note(FAULT)
    assert (store / process.NAME).stat().st_size < 200


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system follows every link")
def test_a_link_in_the_place_of_the_file_is_not_followed(store: Path, tmp_path: Path) -> None:
    (store / process.NAME).symlink_to(tmp_path / "elsewhere")
    assert process.FaultLog(lambda: store).note(FAULT) == ""
    assert not (tmp_path / "elsewhere").exists()


def test_a_store_that_cannot_be_named_takes_nothing_from_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    def nowhere() -> Path:
        raise RuntimeError(CANARY)

    assert process.FaultLog(nowhere).tell(FAULT) == process.FAULTY
    assert FAULT.number in capsys.readouterr().err


# What the app replaces of Textual's


@pytest.mark.parametrize("name", ["_handle_exception", "_fatal_error", "_close_messages_no_wait", "panic", "copy_to_clipboard"])
def test_what_is_replaced_or_called_is_there_in_this_version_of_textual(name: str) -> None:
    assert callable(getattr(App, name))


def test_textual_still_ends_by_the_two_ways_that_are_replaced() -> None:
    """If this fails, read how Textual ends after an exception now: the tests above tell whether anything leaks."""
    source = inspect.getsource(App._handle_exception)
    assert "self._fatal_error()" in source
    assert "self.panic(error)" in source
    overridden: Sequence[str] = ("_handle_exception", "_fatal_error", "panic")
    assert all(name in vars(GuardedApp) for name in overridden)
