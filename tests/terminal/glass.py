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

from msht_tui.bootstrap import SystemClock, Workplace
from msht_tui.domain.entry import Entry
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.place import KEYS

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
    fill(Workplace(store, exercise=True, operator=OPERATOR), "")


def fill(workplace: Workplace, label: str) -> None:
    """A case with a victim, at a store whose keys are at hand."""
    casework = workplace.casework
    case = casework.open_case(role="responder", reference="INC-1").case_id
    casework.add_subject(case, "victim", label)
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


def take_note(glass: Glass, text: str = NOTE) -> None:
    """Write a note and see it saved."""
    write_note(glass, text)
    glass.press("\r")
    glass.wait_for("Saved:")


def write_note(glass: Glass, text: str = NOTE) -> None:
    """Write a note on the case that is not recorded yet, over a page that tells of nothing saved before."""
    ask_for_note(glass)
    glass.press(text)
    glass.wait_for(text)


def ask_for_note(glass: Glass) -> None:
    """Have the question for a note on the case in front."""
    glass.press("1S")
    glass.press("n")
    glass.wait_for("Note on the case")


class Trial(NamedTuple):
    """One end of the program: how it came, and what was wrong with it."""

    how: str
    code: int
    told: int
    """Entries shown as saved."""
    wrong: list[str]


HOWS = ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT", "vanish", "hang-up")


def trial(store: Path, how: str, moments: Random) -> Trial:
    """Work in an exercise and end the program at a random moment; one in four ends while the program still starts."""
    before = notes(store)
    glass = Glass(store, session=how == "hang-up")
    told = 0
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
        code, wrong = end(glass, how)
    finally:
        glass.close()
    if notes(store) < before + told:
        wrong.append(f"{before + told} notes were shown as saved, {notes(store)} are kept")
    return Trial(how, code, told, wrong)


def end(glass: Glass, how: str) -> tuple[int, list[str]]:
    """End the program by a signal, or by taking the terminal away with or without a hang-up; the exit code, and what was wrong."""
    wrong = list[str]()
    started = ENTERED in glass.all
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
    if code != 128 + number and not refused and (started or code != -number):
        wrong.append(f"exit code {code}")
    return code, wrong


# The live store

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
SEALED = """
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
Operators.__init__.__kwdefaults__["costs"] = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
"""
"""Makes a passphrase cheap to try in the program that it is put before."""
PASSPHRASE = "ann rides a bicycle"
CANARY = "Zwetschge"
"""Stands in the case and in all that is typed of it, so that it is found wherever it should not be."""
LOCK = "\x1bOR"
"""F3, as a terminal sends it."""
SEALED_HOWS = ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT", "SIGTSTP", "vanish", "hang-up")


def begin_audit(store: Path) -> None:
    """As the setting up of a terminal begins it."""
    Audit(AuditFile(store)).begin(SystemClock().now())


class Shift:
    """A live store in which somebody works, whose program is ended again and again. What was typed last is looked for in the next trial."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.typed = ""
        """What the screen showed as typed of a note, or as being saved, when the program was ended."""
        self._texts = 0
        workplace = self._workplace()
        workplace.operators.set_up(OPERATOR, PASSPHRASE, lambda: begin_audit(self.store))
        workplace.sign_in(PASSPHRASE)
        fill(workplace, CANARY)
        workplace.close()

    def trial(self, how: str, moments: Random) -> Trial:
        """Sign in, work, perhaps lock, and end the program at a random moment; one in four ends before the list of cases is there.

        A stop (`SIGTSTP`) is followed by going on, which must lead to the door, and then by a hang-up.
        """
        before, cores = len(self.entries()), set(Path().glob("core*"))
        glass = Glass(self.store, SEALED + PROGRAM, arguments=(), session=how == "hang-up")
        told, wrong = 0, list[str]()
        try:
            inside = how == "SIGTSTP" or moments.random() < 0.75
            if inside:
                told = self._work(glass, moments)
                wrong += _lock(glass, moments) if moments.random() < 0.4 else []
            else:
                _come_near(glass, moments)
            wrong += _stop(glass) if how == "SIGTSTP" else []
            code, ended_wrong = end(glass, "SIGHUP" if how == "SIGTSTP" else how)
            wrong += ended_wrong
        except AssertionError as never:
            code, wrong = 0, [*wrong, str(never)]
        finally:
            glass.close()
        kept = len(self.entries())
        if kept < before + told:
            wrong.append(f"{before + told} entries were shown as saved, {kept} are kept")
        wrong += self._leaks()
        wrong += [f"a core: {path}" for path in set(Path().glob("core*")) - cores]
        return Trial(how, code, told, wrong)

    def look(self) -> list[str]:
        """What is wrong with what was typed last: it is given back in the question that it was typed into."""
        glass = Glass(self.store, SEALED + PROGRAM, arguments=())
        try:
            self._sign_in(glass)
            self._record_typed(glass)
        except AssertionError as never:
            return [str(never)]
        finally:
            glass.close()
        return []

    def entries(self) -> Sequence[Entry]:
        """The record of the case."""
        workplace = self._workplace()
        workplace.sign_in(PASSPHRASE)
        try:
            return workplace.casework.view(workplace.casework.resolve("INC-1")).entries
        finally:
            workplace.close()

    def _workplace(self) -> Workplace:
        workplace = Workplace(self.store, operator=OPERATOR)
        workplace.operators = Operators(workplace.base / KEYS, costs=CHEAP)
        return workplace

    def _sign_in(self, glass: Glass) -> None:
        glass.wait_for("Passphrase")
        glass.press(f"{PASSPHRASE}\r")
        open_case(glass)

    def _work(self, glass: Glass, moments: Random) -> int:
        """Sign in, take notes, and begin something else; how many entries were shown as saved."""
        self._sign_in(glass)
        told = self._record_typed(glass)
        for _ in range(moments.randrange(3)):
            take_note(glass, self._text())
            told += 1
        keys = moments.choice(("\r", "", "", "1 ", "L", "?"))
        if keys in ("\r", ""):
            self.typed = self._text()
            write_note(glass, self.typed)
        glass.press(keys)
        glass.read_for(moments.uniform(0, 0.3))
        shown = {"\r": "Saved: n", "1 ": "Saved: [^n]"}.get(keys)
        return told + bool(shown and re.search(shown, glass.drawn))

    def _record_typed(self, glass: Glass) -> int:
        """Find what was typed before the last end and record it, unless it is recorded; how many entries were shown as saved."""
        typed, self.typed = self.typed, ""
        if not typed or any(typed in str(entry.document()) for entry in self.entries()):
            return 0
        ask_for_note(glass)
        glass.wait_for(typed)
        glass.press("\r")
        glass.wait_for("Saved:")
        return 1

    def _text(self) -> str:
        self._texts += 1
        return f"{CANARY} {self._texts}."

    def _leaks(self) -> list[str]:
        """Files of the store in which something of the case can be read."""
        files = [path for path in self.store.rglob("*") if path.is_file()]
        return [f"in the clear in {path.name}" for path in files if CANARY.encode() in path.read_bytes()]


def _come_near(glass: Glass, moments: Random) -> None:
    """Still starting, at the door with a passphrase half typed, or on the way in."""
    keys = moments.choice((None, PASSPHRASE[:8], f"{PASSPHRASE}\r"))
    if keys is None:
        glass.read_for(moments.uniform(0.05, 1.5))
    else:
        glass.wait_for("Passphrase")
        glass.press(keys)
        glass.read_for(moments.uniform(0, 0.5))


def _lock(glass: Glass, moments: Random) -> list[str]:
    glass.press(LOCK)
    glass.read_for(moments.uniform(0, 0.3))
    behind = glass.drawn.partition("Locked at")[2]
    return ["the case is drawn behind the lock"] if CANARY in behind else []


def _stop(glass: Glass) -> list[str]:
    """Stop the program and have it go on: at the door, with nothing of the case."""
    glass.send(signal.SIGTSTP)
    glass.stopped()
    wrong = [f"while stopped: {words}" for words in (*glass.unrestored(), glass.after.strip()) if words]
    glass.send(signal.SIGCONT)
    glass.wait_for("Locked at")
    glass.read_for(0.1)
    return [*wrong, "the case is drawn after going on"] if CANARY in glass.drawn else wrong
