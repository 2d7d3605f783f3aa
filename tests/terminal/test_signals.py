"""Whatever ends or stops the app, the terminal is as it was, nothing of the case is left on it, and what was saved is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, cast

import pytest

from msht_tui.terminal.signals import answer, code_of, known

Begin = Callable[..., Any]

ENDS = ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT", "vanish", "hang-up")

HOOKED = """
import sys
from pathlib import Path
from msht_tui.app import MshtApp
from textual.widgets import TextArea

told = Path({told!r})

def keep_typed(self):
    told.open("a").write("kept:" + "".join(area.text for area in self.screen.query(TextArea)) + "\\n")

async def resumed(self):
    told.open("a").write("resumed\\n")
    while len(self.screen_stack) > 2:
        await self.pop_screen()

MshtApp.keep_typed = keep_typed
MshtApp.resumed = resumed
from msht_tui.start import main
main()
"""
"""The program with hooks that tell a file what they were called for; on resume it goes back to the list, as a lock would."""


@pytest.mark.parametrize("how", ENDS)
def test_an_end_at_a_random_moment_leaves_nothing_behind(how: str, terminals: ModuleType, tmp_path: Path) -> None:
    store = tmp_path / "store"
    terminals.make_case(store)
    moments = Random(how)
    trials = [terminals.trial(store, how, moments) for _ in range(2)]
    assert [trial.wrong for trial in trials] == [[], []], trials


@pytest.mark.parametrize("left_out", ["vanish", "hang-up"])
def test_an_end_of_a_signed_in_session_keeps_what_was_typed_and_leaves_nothing(
    left_out: str, terminals: ModuleType, tmp_path: Path
) -> None:
    shift = terminals.Shift(tmp_path / "store")
    moments = Random(left_out)
    trials = [shift.trial(how, moments) for how in terminals.SEALED_HOWS if how != left_out]
    assert [trial for trial in trials if trial.wrong] == []
    assert shift.look() == []


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT"])
def test_what_is_half_typed_is_handed_over_before_the_process_goes(name: str, glass: Begin, terminals: ModuleType, tmp_path: Path) -> None:
    told = tmp_path / "told"
    running = glass(HOOKED.format(told=str(told)))
    terminals.open_case(running)
    terminals.write_note(running)
    running.send(signal.Signals[name])
    assert running.ended() == code_of(signal.Signals[name])
    assert told.read_text() == f"kept:{terminals.NOTE}\n"
    assert running.unrestored() == []
    assert running.after.strip() == ""


@pytest.mark.parametrize("session", [False, True], ids=["closed without a hang-up", "hung up"])
def test_a_terminal_that_goes_away_ends_the_process_and_keeps_what_is_half_typed(
    session: bool, glass: Begin, terminals: ModuleType, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    running = glass(HOOKED.format(told=str(told)), session=session)
    terminals.open_case(running)
    terminals.write_note(running)
    running.vanish()
    assert running.gone() == 129
    assert told.read_text() == f"kept:{terminals.NOTE}\n"
    assert not list(tmp_path.rglob("faults.log"))


def test_a_read_that_fails_because_the_terminal_has_gone_is_no_fault(glass: Begin, terminals: ModuleType, tmp_path: Path) -> None:
    failing = """
import os
from textual.drivers.linux_driver import LinuxDriver

def run_input_thread(self):
    while os.read(self.fileno, 1):
        pass
    raise OSError(5, "Input/output error")

LinuxDriver.run_input_thread = run_input_thread
"""
    running = glass(failing + terminals.PROGRAM)
    running.wait_for("INC-1")
    running.vanish()
    assert running.gone() == 129
    assert not list(tmp_path.rglob("faults.log"))


def test_an_app_that_was_told_to_ignore_hang_ups_ends_all_the_same(glass: Begin, terminals: ModuleType) -> None:
    running = glass("import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + terminals.PROGRAM, session=True)
    terminals.open_case(running)
    running.vanish()
    assert running.gone() == 129


BEATING = """
from pathlib import Path
from screens.frame import FrameScreen

beats, tick = Path({beats!r}), FrameScreen.tick

def beat(self):
    beats.open("a").write(".")
    tick(self)

FrameScreen.tick = beat
from msht_tui.start import main
main()
"""
"""The program, which tells a file every second that it is not stuck."""


@pytest.mark.parametrize("how", ["SIGTERM", "vanish"])
def test_an_app_that_waits_for_its_terminal_ends_all_the_same(how: str, glass: Begin, terminals: ModuleType, tmp_path: Path) -> None:
    """Nobody reads what is drawn, until nothing more can be: what would give the terminal back is stuck too."""
    beats = tmp_path / "beats"
    running = glass(BEATING.format(beats=str(beats)))
    terminals.open_case(running)
    deadline, seen, since = time.monotonic() + terminals.PATIENCE, 0, time.monotonic()
    while time.monotonic() - since < 3:
        assert time.monotonic() < deadline, "it never gets stuck"
        os.write(running.ours, b"1L0")
        time.sleep(0.05)
        if beats.exists() and beats.stat().st_size != seen:
            seen, since = beats.stat().st_size, time.monotonic()
    if how == "vanish":
        running.vanish()
    else:
        running.process.send_signal(signal.SIGTERM)
    assert running.gone() == {"SIGTERM": code_of(signal.SIGTERM), "vanish": 129}[how]


@pytest.mark.parametrize("stop", ["SIGTSTP", "SIGSTOP"])
def test_a_stopped_app_shows_nothing_and_comes_back_through_the_hook(
    stop: str, glass: Begin, terminals: ModuleType, tmp_path: Path
) -> None:
    """After `SIGSTOP`, which nobody is told of, the case stays on the glass, but is never drawn again before the hook."""
    told = tmp_path / "told"
    running = glass(HOOKED.format(told=str(told)))
    terminals.open_case(running)
    terminals.write_note(running)
    running.send(signal.Signals[stop])
    running.stopped()
    if stop == "SIGTSTP":
        assert running.unrestored() == []
        assert running.after.strip() == ""
        assert told.read_text() == f"kept:{terminals.NOTE}\n"
    running.send(signal.SIGCONT)
    running.wait_for("INC-1")
    assert "resumed" in told.read_text().splitlines()
    assert terminals.NOTE not in running.drawn
    assert "On arrival" not in running.drawn
    terminals.open_case(running)
    running.press("\x11")
    assert running.ended() == 0
    assert running.unrestored() == []
    assert running.after.strip() == ""


def test_a_stopped_app_that_is_ended_gives_the_terminal_back_once(glass: Begin, terminals: ModuleType) -> None:
    running = glass()
    terminals.open_case(running)
    running.send(signal.SIGTSTP)
    running.stopped()
    running.send(signal.SIGTERM)
    running.send(signal.SIGCONT)
    assert running.ended() == code_of(signal.SIGTERM)
    assert running.unrestored() == []
    assert running.after.strip() == ""


def test_an_app_that_goes_on_in_the_background_stops_again_until_it_is_in_front(
    glass: Begin, terminals: ModuleType, tmp_path: Path
) -> None:
    """As a shell's `bg` and `fg` have it."""
    told = tmp_path / "told"
    in_front = tmp_path / "in front"
    in_front.touch()
    background = f"""
import os, pathlib
os.tcgetpgrp = lambda descriptor: os.getpgrp() if pathlib.Path({str(in_front)!r}).exists() else 1
"""
    running = glass(background + HOOKED.format(told=str(told)))
    terminals.open_case(running)
    running.send(signal.SIGTSTP)
    running.stopped()
    in_front.unlink()
    for _ in range(3):
        running.send(signal.SIGCONT)
        running.stopped()
        assert running.drawn == ""
    in_front.touch()
    running.send(signal.SIGCONT)
    running.wait_for("INC-1")
    assert told.read_text() == "kept:\nresumed\n"


def test_the_app_is_refused_where_what_it_draws_would_go_into_a_file(glass: Begin, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    running = glass(
        f"import os; os.dup2(os.open({str(elsewhere)!r}, os.O_WRONLY | os.O_CREAT), 2)\nfrom msht_tui.start import main; main()"
    )
    assert running.ended() == 1
    assert "2>" in elsewhere.read_text()
    assert "INC-1" not in elsewhere.read_text()


# Where the system has other signals


class WindowsLoop:
    """A loop that knows no signals, as on Windows."""

    def __init__(self) -> None:
        self.soon: list[tuple[Any, ...]] = []

    def add_signal_handler(self, number: int, act: Any, *arguments: Any) -> None:
        raise NotImplementedError

    def call_soon_threadsafe(self, act: Any, *arguments: Any) -> None:
        self.soon.append((act, *arguments))


def test_without_signals_in_the_loop_they_are_handed_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", installed.__setitem__)
    loop, heard, acted = WindowsLoop(), list[int](), list[int]()
    answer(cast(asyncio.AbstractEventLoop, loop), signal.SIGTERM, acted.append, heard.append)
    installed[signal.SIGTERM](int(signal.SIGTERM), None)
    assert heard == [signal.SIGTERM]
    assert acted == []
    act, number = loop.soon.pop()
    act(number)
    assert acted == [signal.SIGTERM]


def test_signals_that_a_system_lacks_are_left_out() -> None:
    assert known("SIGTERM", "SIGNONE") == [signal.SIGTERM]
