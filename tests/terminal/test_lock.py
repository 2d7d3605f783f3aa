"""The lock in a real terminal: what is written to it afterwards holds nothing of the case, and a signal loses no half-typed text."""

from __future__ import annotations

import signal
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from msht_tui.bootstrap import Workplace

LOCK = "\x0c"
PASSPHRASE = "ann rides a bicycle"
CANARY = "Zwetschge"
SLOW = """
import os, time
from pathlib import Path
from msht_tui.store.disk import Disk
sync = Disk.sync
def slowly(self, descriptor):
    if Path(os.environ["MSHT_STORE"], "slow").exists():
        time.sleep(0.5)
    sync(self, descriptor)
Disk.sync = slowly
from msht_tui.start import main
main()
"""
"""The program at a disk that takes its time while there is a file `slow` in the store."""


@pytest.fixture
def live(tmp_path: Path, terminals: ModuleType) -> Workplace:
    """A live store with a case, and its one operator signed in."""
    workplace = Workplace(tmp_path, operator=terminals.OPERATOR)
    workplace.operators.set_up(terminals.OPERATOR, PASSPHRASE, lambda: terminals.begin_audit(tmp_path))
    workplace.sign_in(PASSPHRASE)
    case = workplace.casework.open_case(role="responder", reference="INC-1").case_id
    workplace.casework.add_subject(case, "victim", CANARY)
    return workplace


def test_after_a_lock_nothing_of_the_case_is_written_and_a_signal_keeps_what_is_typed(
    live: Workplace, glass: Callable[..., Any], terminals: ModuleType
) -> None:
    running = glass(store=live.base, arguments=())
    running.wait_for("Passphrase")
    running.press(f"{PASSPHRASE}\r")
    running.wait_for("INC-1")
    running.press("\r")
    running.wait_for("On arrival")
    running.press("1")
    running.wait_for(CANARY)
    running.press(LOCK)
    running.wait_for("Locked at")
    running.read_for(0.5)
    since = running.drawn.partition("Locked at")[2]
    assert "Passphrase" in since
    assert CANARY not in since
    assert "INC-1" not in since
    running.press(f"{PASSPHRASE}\r")
    running.wait_for(CANARY)
    running.press("n")
    running.wait_for("Note on")
    running.press("half a note")
    running.wait_for("half a note")
    running.send(signal.SIGTERM)
    assert running.ended() == 128 + signal.SIGTERM
    assert running.unrestored() == []
    assert "half a note" not in running.after
    case = live.casework.resolve("INC-1")
    assert "half a note" in live.store.draft(case, terminals.OPERATOR).values()


def type_half_a_note(running: Any) -> None:
    """Sign in, open the case and type."""
    running.wait_for("Passphrase")
    running.press(f"{PASSPHRASE}\r")
    running.wait_for("INC-1")
    running.press("\r")
    running.wait_for("On arrival")
    running.press("n")
    running.wait_for("Note on")
    running.press("half a note")
    running.wait_for("half a note")


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP", "quit"])
def test_an_end_while_a_lock_is_being_finished_keeps_what_is_typed(
    ending: str, live: Workplace, glass: Callable[..., Any], terminals: ModuleType
) -> None:
    running = glass(SLOW, store=live.base, arguments=())
    type_half_a_note(running)
    (live.base / "slow").touch()
    running.press(LOCK)
    running.wait_for("Locked at")
    if ending == "quit":
        running.press("\x11")
        assert running.ended() == 0
    else:
        running.send(signal.Signals[ending])
        assert running.ended() == 128 + signal.Signals[ending]
    assert running.unrestored() == []
    assert "half a note" in live.store.draft(live.casework.resolve("INC-1"), terminals.OPERATOR).values()


def test_a_lock_needs_no_settings(live: Workplace, glass: Callable[..., Any], terminals: ModuleType) -> None:
    running = glass(store=live.base, arguments=())
    type_half_a_note(running)
    (live.base / "settings.toml").write_text("marking = ")
    running.press(LOCK)
    running.wait_for("Locked at")
    running.press("\x11")
    assert running.ended() == 0
    assert "half a note" in live.store.draft(live.casework.resolve("INC-1"), terminals.OPERATOR).values()


COPIED = """
from textual.app import App
from msht_tui.app import MshtApp
come_in = MshtApp._come_in
async def with_a_copy(self, desk):
    await come_in(self, desk)
    App.copy_to_clipboard(self, "Zwetschge")
MshtApp._come_in = with_a_copy
from msht_tui.start import main
main()
"""
"""The program with a text on the clipboard as soon as somebody has signed in."""
EMPTIED = b"\x1b]52;c;\x07"


@pytest.mark.parametrize("ending", ["SIGTSTP", "SIGTERM", "SIGHUP"])
def test_a_field_that_was_copied_goes_with_a_signal(ending: str, live: Workplace, glass: Callable[..., Any]) -> None:
    running = glass(COPIED, store=live.base, arguments=())
    running.wait_for("Passphrase")
    running.press(f"{PASSPHRASE}\r")
    running.wait_for("INC-1")
    running.read_for(0.5)
    copied = b"\x1b]52;c;" + b64encode(CANARY.encode()) + b"\x07"
    assert copied in running.all
    running.send(signal.Signals[ending])
    if ending == "SIGTSTP":
        running.stopped()
    else:
        assert running.ended() == 128 + signal.Signals[ending]
    assert EMPTIED in running.all.rpartition(copied)[2]
