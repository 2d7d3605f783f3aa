"""What the screen has shown as saved is there after the process is killed at any moment, in a real terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from msht_tui.bootstrap import Workplace
from screens.steps_frame import BOUNCING

pty = pytest.importorskip("pty", reason="a pseudo-terminal is a matter of Unix")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07]*\x07|[PX^_].*?\x1b\\|.)", re.DOTALL)
PROGRAM = "from msht_tui.start import main; main()"
PATIENCE = 30.0
"""Seconds after which a screen that does not come is a fault, however slow the machine."""


class Terminal:
    """The program in a pseudo-terminal of 80x24."""

    def __init__(self, store: Path) -> None:
        import struct

        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.set_blocking(self.ours, False)
        environment = {**os.environ, "TERM": "xterm-256color", "MSHT_STORE": str(store), "MSHT_OPERATOR": "PC 1234"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--exercise"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = b""

    def read(self) -> None:
        """Take in what has been drawn."""
        try:
            self.seen += os.read(self.ours, 65536)
        except BlockingIOError:
            time.sleep(0.01)

    def wait_for(self, words: str) -> None:
        """Read until these words have been drawn since the last key."""
        deadline = time.monotonic() + PATIENCE
        while words.encode() not in ESCAPES.sub(b"", self.seen):
            assert time.monotonic() < deadline, f"never drawn: {words}\n{ESCAPES.sub(b'', self.seen)[-2000:]!r}"
            self.read()

    def press(self, keys: str) -> None:
        """Type these keys."""
        self.seen = b""
        os.write(self.ours, keys.encode())

    def kill(self) -> None:
        """End the process as a power cut of its own."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A case with a victim, opened on its Now board."""
    casework = Workplace(tmp_path, exercise=True, operator="PC 1234").casework
    case = casework.open_case(role="responder", reference="INC-1").case_id
    casework.add_subject(case, "victim")
    casework.set_facts(case, ["V1"], {"age": "adult"})
    found = Terminal(tmp_path)
    found.wait_for("INC-1")
    found.press("\r")
    found.wait_for("On arrival")
    yield found
    if found.process.poll() is None:
        found.kill()


def marked(store: Path) -> int:
    """How many marks the store holds."""
    casework = Workplace(store, exercise=True, operator="PC 1234").casework
    return sum(entry.kind == "step-marked" for entry in casework.view(casework.resolve("INC-1")).entries)


@pytest.mark.parametrize("ticks", [1, 3])
def test_every_tick_shown_as_saved_survives_a_kill(terminal: Terminal, tmp_path: Path, ticks: int) -> None:
    for title in ("Immediate danger", "Parties separated", "Basic needs")[:ticks]:
        terminal.press(" ")
        terminal.wait_for(f"Saved: {title}")
        time.sleep(BOUNCING)  # a second press sooner than this is one too many
    terminal.kill()
    assert marked(tmp_path) >= ticks


def test_a_kill_in_the_middle_of_a_key_leaves_a_record_that_opens(terminal: Terminal, tmp_path: Path) -> None:
    terminal.press(" ")
    terminal.kill()
    assert marked(tmp_path) in (0, 1)
