"""Measures what the program promises beside what it stands on, all in one run: saving, first paint, and starting.

    python bench/run.py [--quick] [--write]

Times of one machine say little; the ratios say more. `--write` puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from tinydb import TinyDB
from tinydb.storages import JSONStorage

from msht_tui.content.library import Library
from msht_tui.content.reader import read_pack
from msht_tui.service import Casework
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
STEPS = 400
"""Steps of the case that is ticked, at least."""
RECORD = 300
"""Bytes that a tick appends, about."""
CASES = 3
"""Cases in the store that is listed and shown."""
REFERENCE = "BENCH-1"
START = (sys.executable, "-c", "from msht_tui.start import main; main()")
MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("READY")
Minimal().run()
"""
GIVE_UP = 30.0
"""Seconds to wait for a screen."""


@dataclass
class Row:
    """One measured thing: seconds, each beside the same round of what it is compared with."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def beside(self, floor: Row) -> str:
        return "1" if self is floor else f"{median(self.seconds) / median(floor.seconds):.2f}"

    def cells(self, floor: Row) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.percentile(0.5) * 1000:.2f}",
            f"{self.percentile(0.99) * 1000:.2f}",
            self.beside(floor),
            str(len(self.seconds)),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    share = 0.1 if options.quick else 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sections = [
            ("Saving one tick", saving(folder, int(1000 * share))),
            ("First paint, 80x24", first_paint(folder, int(50 * share))),
            ("Starting", starting(folder, int(100 * share))),
        ]
    bare, saved = (median(row.seconds) for row in sections[0][1][:2])
    more = f"A saved tick takes {(saved - bare) * 1000:.2f} ms more than the bare append."
    page = "\n\n".join([more, *(f"## {title}\n\n{table(rows)}" for title, rows in sections if rows)])
    print(f"{machine()}\n\n{page}")
    if options.write:
        PAGE.write_text(f"{HEAD}\n{machine()}\n\n{page}\n", "utf-8")
    return 0


# Saving


def saving(folder: Path, rounds: int) -> list[Row]:
    """A tick through the service, a bare append of as many bytes, and two databases that keep the same record."""
    work, unsynced = casework(folder / "saving", Disk()), casework(folder / "unsynced", NoSync())
    case, acts = busy_case(work)
    unsynced_case, _ = busy_case(unsynced)
    path = folder / "saving" / "cases" / f"{case}.tdb"
    before = path.stat().st_size
    tick(work, case, acts[0], "x")
    reason = "x" * max(RECORD - (path.stat().st_size - before), 1)
    record = b"x" * RECORD
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    tinydb = TinyDB(folder / "stock.json", storage=JSONStorage)
    tinydb.insert_multiple(entry.document() for entry in work.view(case).entries)
    sqlite = sqlite3.connect(folder / "stock.sqlite", isolation_level=None)
    sqlite.executescript("pragma journal_mode=wal; pragma synchronous=full; create table entry (number integer primary key, document text)")
    document = work.view(case).entries[-1].document()

    def append() -> None:
        os.write(bare, record)
        os.fsync(bare)

    def insert() -> None:
        sqlite.execute("insert into entry (document) values (?)", (record.decode(),))

    turn = iter(range(10**9))
    measured: list[tuple[Row, Callable[[], object]]] = [
        (Row("bare append and fsync"), append),
        (Row("saved tick: `Casework.mark`"), lambda: tick(work, case, acts[next(turn) % len(acts)], reason)),
        (Row("the same without its fsync"), lambda: tick(unsynced, unsynced_case, acts[next(turn) % len(acts)], reason)),
        (Row("SQLite, WAL, synchronous=full: insert"), insert),
        (Row("TinyDB's JSONStorage, one case: insert"), lambda: tinydb.insert(document)),
    ]
    ours, others = measured[:3], measured[3:]
    rows = in_rounds(ours, rounds)
    for one in others:  # apart: a database that is written anew each time leaves the machine cold for whatever comes after it
        rows += in_rounds([one], rounds)
    tinydb.close()
    sqlite.close()
    os.close(bare)
    return rows


class NoSync(Disk):
    """A disk that never waits: what is left is the program's own work."""

    def sync(self, descriptor: int) -> None:
        pass


def casework(root: Path, disk: Disk) -> Casework:
    store = FolderStore(root, lambda files: read_pack(files, "kept content"), exercise=True, disk=disk)
    return Casework(store, Library(), Now(), ZoneInfo("Europe/London"), "bench")


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return time.monotonic()


def busy_case(work: Casework) -> tuple[str, Sequence[tuple[str, str]]]:
    """A case of at least `STEPS` steps, each marked once where it can be, and those that can."""
    view = work.open_case(reference=REFERENCE)
    work.add_subject(view.case_id, "suspect")
    work.add_subject(view.case_id, "scene")
    while len(view.steps) < STEPS:
        view, victim = work.add_subject(view.case_id, "victim")
        view = work.set_facts(view.case_id, [victim], {"age": "adult"})
    steps = [(step.item.id, step.subject) for step in view.steps if step.active]
    for step in steps:
        tick(work, view.case_id, step, "")
    return view.case_id, steps


def tick(work: Casework, case: str, step: tuple[str, str], reason: str) -> None:
    work.mark(case, step[0], [step[1]], "done", because=reason)


# First paint


def first_paint(folder: Path, rounds: int) -> list[Row]:
    """From the start of the process until the text that was waited for has come through a real terminal; empty without one."""
    if os.name == "nt":
        return []
    store = filled_store(folder / "shown")
    app = (*START, "--exercise", "--store", str(store))
    minimal, marking, listed = Row("minimal Textual app"), Row("`msht`: marking line"), Row("`msht`: list of cases")
    for turn in range(rounds + 1):
        times = [painted((sys.executable, "-c", MINIMAL), [b"READY"]), painted(app, [b"OFFICIAL-SENSITIVE", REFERENCE.encode()])]
        if turn:
            minimal.seconds.append(times[0][0])
            marking.seconds.append(times[1][0])
            listed.seconds.append(times[1][1])
    return [minimal, marking, listed]


def painted(command: Sequence[str], wanted: Sequence[bytes]) -> list[float]:
    """Seconds until each of these has been drawn. Raises `SystemExit` with what came instead."""
    import fcntl
    import pty
    import select
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = environment_of() | {"TERM": "xterm-256color"}
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True)
    os.close(theirs)
    drawn, times = b"", list[float]()
    try:
        while len(times) < len(wanted):
            ready, _, _ = select.select([ours], [], [], GIVE_UP)
            try:
                drawn += os.read(ours, 1 << 16) if ready else b""
            except OSError:
                ready = []
            while len(times) < len(wanted) and wanted[len(times)] in drawn:
                times.append(time.perf_counter() - begun)
            if not ready and len(times) < len(wanted):
                sys.exit(f"{wanted[len(times)]!r} was never drawn; the last of what came: {drawn[-2000:]!r}")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return times


# Starting


def starting(folder: Path, rounds: int) -> list[Row]:
    """Whole processes, from their start to their end."""
    store = filled_store(folder / "listed")
    commands = {
        "`python -c pass`": (sys.executable, "-c", "pass"),
        "`msht --version`": (*START, "--version"),
        f"`msht case list`, {CASES} cases": (*START, "--exercise", "--store", str(store), "case", "list"),
    }
    return in_rounds([(Row(name), lambda command=command: ran(command)) for name, command in commands.items()], rounds)  # type: ignore[misc]


def ran(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment_of())


def filled_store(store: Path) -> Path:
    """A store whose exercises are some cases, the busiest opened last."""
    work = casework(store / "exercise", Disk())
    for _ in range(CASES - 1):
        work.add_subject(work.open_case().case_id, "victim")
    busy_case(work)
    return store


# The rest


def environment_of() -> dict[str, str]:
    """The same for everything that is started; the checkout is found also where nothing is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MSHT_", "TEXTUAL"))}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}


def in_rounds(measured: Sequence[tuple[Row, Callable[[], object]]], rounds: int) -> list[Row]:
    """Each once a round, so that whatever the machine does meanwhile falls on all of them; the first tenth warms up."""
    warm_up = max(rounds // 10, 1)
    for turn in range(rounds + warm_up):
        for row, act in measured:
            begun = time.perf_counter()
            act()
            taken = time.perf_counter() - begun
            if turn >= warm_up:
                row.seconds.append(taken)
    return [row for row, _ in measured]


def table(rows: Sequence[Row]) -> str:
    """Markdown; the first row is what the others are held against."""
    lines = [("what", "p50, ms", "p99, ms", "times the first", "runs"), *(row.cells(rows[0]) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def machine() -> str:
    parts = [
        processor(),
        f"{os.cpu_count()} cores",
        system(),
        f"Python {platform.python_version()}",
        f"Textual {version('textual')}",
        f"TinyDB {version('tinydb')}",
        f"{date.today():%d %B %Y}",
    ]
    return ", ".join(parts) + "."


def processor() -> str:
    try:
        found = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        found = []
    return found[0] if found else platform.processor() or platform.machine()


def system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


HEAD = f"""# Benchmarks

What the program promises, measured beside what it stands on, in one run of `python bench/run.py --write`. Times of one machine say little,
and the ratios say more; how long a bare fsync takes differs most between machines. A tick is `Casework.mark` on a case with at least
{STEPS} steps: lock, catch up, check, append about {RECORD} bytes, fsync, fold. The tick and the bare append take turns.
That no kill loses a saved tick is checked by `python bench/kills.py`.
"""


if __name__ == "__main__":
    sys.exit(main())
