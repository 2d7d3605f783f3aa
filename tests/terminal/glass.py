"""The program in a real pseudo-terminal, with an eye on every byte it draws. The tests use it, and `bench/signals.py`."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from msht_tui.bootstrap import Workplace

ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=$]*[ -/]*[@-~]|\][^\x07]*\x07|[PX^_].*?\x1b\\|.)", re.DOTALL)
MODES = re.compile(rb"\x1b\[\?(\d+)([hl])")
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""The sequences that enter and leave the alternate screen."""
PROGRAM = "from msht_tui.start import main; main()"
OPERATOR = "PC 1234"
NOTE = "Van is back"
PATIENCE = 30.0
"""Seconds after which a screen that does not come, or a process that does not go, is a fault, however slow the machine."""


class Glass:
    """The program in a pseudo-terminal of 80x24. With `session` the terminal is the process's own, and its end is a hang-up."""

    def __init__(self, store: Path, program: str = PROGRAM, *, arguments: Sequence[str] = ("--exercise",), session: bool = False) -> None:
        self.ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        os.set_blocking(self.ours, False)
        self.all = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", (OWN if session else "") + program, *arguments],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env={**os.environ, "TERM": "xterm-256color", "MSHT_STORE": str(store), "MSHT_OPERATOR": OPERATOR},
            start_new_session=True,
        )
        self._mark = 0

    def read(self, wait: float = 0.01) -> None:
        """Take in what has been drawn."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.ours, selectors.EVENT_READ)
            written = ready.select(wait)
        if written:
            self.all += os.read(self.ours, 65536)

    @property
    def drawn(self) -> str:
        """The words drawn since the last key."""
        return ESCAPES.sub(b"", self.all[self._mark :]).decode(errors="replace")

    def wait_for(self, words: str) -> None:
        """Read until these words have been drawn since the last key."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.drawn:
            assert time.monotonic() < deadline, f"never drawn: {words}\n{self.drawn[-2000:]}"
            self.read()

    def wait_for_bytes(self, sequence: bytes) -> None:
        """Read until this sequence has been written since the last key."""
        deadline = time.monotonic() + PATIENCE
        while sequence not in self.all[self._mark :]:
            assert time.monotonic() < deadline, f"never written: {sequence!r}"
            self.read()

    def press(self, keys: str) -> None:
        """Type these keys."""
        self._mark = len(self.all)
        os.write(self.ours, keys.encode())

    def read_for(self, seconds: float) -> None:
        """Take in what is drawn in this time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)

    def send(self, number: int) -> None:
        """Send a signal; what is drawn from now on comes after it."""
        self._mark = len(self.all)
        self.process.send_signal(number)

    def ended(self) -> int:
        """The exit code, once the process has ended; everything it drew has been read."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "the process lives on"
            self.read()
        self.read_for(0.05)
        return self.process.returncode

    def stopped(self) -> None:
        """Until the process has been stopped."""
        deadline = time.monotonic() + PATIENCE
        while not os.WIFSTOPPED(os.waitpid(self.process.pid, os.WUNTRACED | os.WNOHANG)[1]):
            assert time.monotonic() < deadline, "the process does not stop"
            self.read()
        self.read_for(0.05)

    def vanish(self) -> None:
        """Close the terminal, as a window or a connection that is gone."""
        os.close(self.theirs)
        os.close(self.ours)

    def gone(self) -> int:
        """The exit code, once the process without a terminal has ended."""
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self.ours, self.theirs):
            try:
                os.close(descriptor)
            except OSError:
                continue

    # What is left on the terminal

    @property
    def after(self) -> str:
        """What is written on the glass after the alternate screen was left for the last time, without control sequences."""
        return ESCAPES.sub(b"", self.all.rpartition(LEFT)[2]).decode(errors="replace")

    def unrestored(self) -> list[str]:
        """What a shell would not find as it was."""
        modes: dict[str, str] = {}
        for number, state in MODES.findall(self.all):
            modes[number.decode()] = state.decode()
        normal = {"7": "h", "25": "h"}
        found = [f"mode {number} is {state}" for number, state in modes.items() if state != normal.get(number, "l")]
        if self.all.count(b"\x1b[>") > self.all.count(b"\x1b[<u"):
            found.append("the keyboard protocol")
        if termios.tcgetattr(self.theirs) != self.before:
            found.append("the terminal's attributes")
        return found


OWN = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
"""Takes the terminal for the process's own."""


def make_case(store: Path) -> None:
    """A case with a victim."""
    casework = Workplace(store, exercise=True, operator=OPERATOR).casework
    case = casework.open_case(role="responder", reference="INC-1").case_id
    casework.add_subject(case, "victim")
    casework.set_facts(case, ["V1"], {"age": "adult"})


def open_case(glass: Glass) -> None:
    """Have the case open on its Now board."""
    glass.wait_for("INC-1")
    glass.press("\r")
    glass.wait_for("On arrival")


def notes(store: Path) -> int:
    """How many notes the store holds."""
    casework = Workplace(store, exercise=True, operator=OPERATOR).casework
    return sum(entry.kind == "note-added" for entry in casework.view(casework.resolve("INC-1")).entries)


def take_note(glass: Glass) -> None:
    """Write a note and see it saved."""
    write_note(glass)
    glass.press("\r")
    glass.wait_for("Saved:")


def write_note(glass: Glass) -> None:
    """Write a note on the case that is not recorded yet, over a page that tells of nothing saved before."""
    glass.press("1S")
    glass.press("n")
    glass.wait_for("Note on the case")
    glass.press(NOTE)
    glass.wait_for(NOTE)


class Trial(NamedTuple):
    """One end of the program: how it came, and what was wrong with it."""

    how: str
    code: int
    told: int
    """Notes shown as saved."""
    wrong: list[str]


HOWS = ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT", "vanish", "hang-up")


def trial(store: Path, how: str, moments: Random) -> Trial:
    """Work in a case and end the program at a random moment: by a signal, or by taking the terminal away with or without a hang-up.

    One in four ends while the program still starts.
    """
    before = notes(store)
    glass = Glass(store, session=how == "hang-up")
    told, wrong = 0, list[str]()
    try:
        if moments.random() < 0.25:
            glass.read_for(moments.uniform(0.05, 1.5))
        else:
            open_case(glass)
            for _ in range(moments.randrange(3)):
                take_note(glass)
                told += 1
            keys = moments.choice(("\r", "n", "nhalf typed", "1", "L", "?", " "))
            if keys == "\r":
                write_note(glass)
            glass.press(keys)
            glass.read_for(moments.uniform(0, 0.3))
            told += keys == "\r" and "Saved: note" in glass.drawn
        if how in ("vanish", "hang-up"):
            number = signal.SIGHUP
            glass.vanish()
            code = glass.gone()
        else:
            number = signal.Signals[how]
            glass.send(number)
            code = glass.ended()
            wrong += glass.unrestored()
            if LEFT in glass.all and glass.after.strip():
                wrong.append(f"left on the glass: {glass.after!r}")
            if "Traceback" in glass.after:
                wrong.append("a traceback")
        refused = ENTERED not in glass.all and code in (1, 2)
        if code not in (128 + number, -number) and not refused:
            wrong.append(f"exit code {code}")
    finally:
        glass.close()
    if notes(store) < before + told:
        wrong.append(f"{before + told} notes were shown as saved, {notes(store)} are kept")
    return Trial(how, code, told, wrong)
