"""The lock in a real terminal: what is written to it afterwards holds nothing of the case, and a signal loses no half-typed text."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from msht_tui.bootstrap import Workplace

LOCK = "\x0c"
PASSPHRASE = "ann rides a bicycle"
CANARY = "Zwetschge"


@pytest.fixture
def live(tmp_path: Path, terminals: ModuleType) -> Workplace:
    """A live store with a case, and its one operator signed in."""
    workplace = Workplace(tmp_path, operator=terminals.OPERATOR)
    workplace.operators.set_up(terminals.OPERATOR, PASSPHRASE)
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
