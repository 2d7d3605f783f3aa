"""A store of many cases: makes one, and measures what it costs to work in it.

    python bench/store.py make FOLDER [--cases 10000]     a store of realistic exercises
    python bench/store.py measure [--cases 10000] [--quick] [--write]

`measure` makes its own store, prints one table and, with `--write`, puts it into docs/benchmarks-store.md.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

from msht_tui.content.library import Library
from msht_tui.domain.entry import AnyEvent, CaseOpened, Entry, FactRecorded, NoteAdded, ReferenceAdded, Stamp, StepMarked, SubjectAdded
from msht_tui.domain.pack import Pack
from msht_tui.store import chain
from msht_tui.store.disk import Disk

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.run import ROOT, busy_case, casework, machine, tick

PAGE = ROOT / "docs" / "benchmarks-store.md"
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = b"x" * 300
WORDS = ("seen", "heard", "said", "gave", "asked", "told", "warm", "food", "blanket", "phone", "nurse", "street", "house", "van", "yard")


# Making a store


def make(root: Path, cases: int, seed: int = 1) -> None:
    """A store of exercises: one to three victims, some suspects and scenes, and the marks and notes of a few hours each."""
    chance = random.Random(seed)
    library = Library()
    pack = library.pack()
    casework(root, Disk()).store.keep_pack(pack.digest, library.files())
    (root / "cases").mkdir(parents=True, exist_ok=True)
    for number in range(cases):
        case_id = str(UUID(int=chance.getrandbits(128), version=4))
        (root / "cases" / f"{case_id}.tdb").write_bytes(b"".join(lines(case_id, number, pack, chance)))


def lines(case_id: str, number: int, pack: Pack, chance: random.Random) -> Iterator[bytes]:
    """The lines of one case's file, an act each."""
    line, digest = chain.line_of(chain.START, chain.Header(chain.FORMAT, chain.VERSION, case_id))
    yield line
    at = BEGUN + timedelta(minutes=number)
    for place, event in enumerate(events(case_id, number, pack, chance), 1):
        at += timedelta(seconds=chance.randint(5, 300))
        line, digest = chain.line_of(digest, [Entry(Stamp(place, at, at, f"PC {1000 + number % 50}"), event).document()])
        yield line


def events(case_id: str, number: int, pack: Pack, chance: random.Random) -> Iterator[AnyEvent]:
    """What happened in one case."""
    yield CaseOpened(case=case_id, pack=pack.id, version=pack.version, digest=pack.digest, role="responder", exercise=True)
    yield ReferenceAdded(reference_kind="incident", value=f"EX-{number:05}")
    subjects = [f"V{n + 1}" for n in range(chance.randint(1, 3))]
    for subject in subjects:
        yield SubjectAdded(subject=subject, subject_kind="victim", label=" ".join(chance.sample(WORDS, 3)))
        yield FactRecorded(subject=subject, name="age", value=chance.choice(["adult", "child", "not-sure"]))
    items = [item for item in pack.items if item.subjects == ("victim",) and item.condition.when is None]
    for _ in range(chance.randint(20, 80)):
        item = chance.choice(items)
        match chance.random():
            case share if share < 0.7:
                yield StepMarked(subject=chance.choice(subjects), item=item.id, state="done", note=" ".join(chance.sample(WORDS, 5)))
            case share if share < 0.8:
                until = BEGUN + timedelta(days=400)
                yield StepMarked(subject=chance.choice(subjects), item=item.id, state="deferred", to="next shift", until=until)
            case _:
                yield NoteAdded(text=" ".join(chance.choices(WORDS, k=20)), subject=chance.choice(subjects))


# Measuring


def measure(cases: int, rounds: int) -> list[tuple[str, str, str, str]]:
    """What, measured, and the figure to reach."""
    with tempfile.TemporaryDirectory() as name:
        many, one = Path(name) / "many", Path(name) / "one"
        begun = time.perf_counter()
        make(many, cases)
        made = time.perf_counter() - begun
        begun = time.perf_counter()
        casework(many, Disk()).cases()
        rebuilt = time.perf_counter() - begun
        rows = [
            ("a store of so many cases", f"{cases:,}, {size_of(many) / 1e6:.0f} MB, made in {made:.0f} s", ""),
            ("rebuild of its catalogue", f"{rebuilt:.1f} s", "progress shown after half a second"),
        ]
        rows += ticking(many, one, rounds)
        warm = [listed(many) for _ in range(max(rounds // 50, 5))]
        rows.append(("worklist data, warm", f"{median(warm) * 1000:.0f} ms", "<= 120 ms"))
        cold = [seconds for _ in range(5) if forget_pages() for seconds in (listed(many),)]
        rows.append(("worklist data, cold file cache", f"{median(cold) * 1000:.0f} ms" if cold else "needs root on Linux", "<= 200 ms"))
        rows.append(("open a case of 400 steps and 1,000 entries", f"{opening(one) * 1000:.1f} ms", "<= 8 ms"))
        rows.append(("memory of the store", f"{memory(many) / 1e6:.0f} MB in all, {memory(one) / 1e6:.0f} MB with one case", "<= 60 MB"))
    return [(what, found, figure, verdict(found, figure)) for what, found, figure in rows]


def ticking(many: Path, one: Path, rounds: int) -> list[tuple[str, str, str]]:
    """A tick in the large store, in a store of one case, and a bare append with fsync, taking turns."""
    works = [casework(many, Disk()), casework(one, Disk())]
    busy = [busy_case(work) for work in works]
    bare = os.open(many / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    times: list[list[float]] = [[], [], []]
    for turn in range(rounds + rounds // 10):
        for place in range(3):
            begun = time.perf_counter()
            if place == 2:
                os.write(bare, RECORD)
                os.fsync(bare)
            else:
                case, steps = busy[place]
                tick(works[place], case, steps[turn % len(steps)], "because it was so")
            if turn >= rounds // 10:
                times[place].append(time.perf_counter() - begun)
    os.close(bare)
    (many / "bare").unlink()
    for found in times:
        found.sort()
    p50 = [found[len(found) // 2] for found in times]
    p99 = [found[len(found) * 99 // 100] for found in times]
    return [
        ("durable tick / bare append and fsync, p50", f"{p50[0] / p50[2]:.2f}", "<= 1.5"),
        ("durable tick / bare append and fsync, p99", f"{p99[0] / p99[2]:.2f}", "<= 2"),
        ("tick in this store / tick in a store of one case", f"{p50[0] / p50[1]:.2f}", "<= 1.3"),
    ]


def listed(root: Path) -> float:
    """Seconds for the worklist's rows in a process that has read nothing yet."""
    work = casework(root, Disk())
    begun = time.perf_counter()
    rows, _ = work.cases()
    assert rows
    return time.perf_counter() - begun


def opening(root: Path) -> float:
    """Seconds to open a busy case with its content at hand: read, check the chain, fold, work out the steps."""
    work = casework(root, Disk())
    row = max(work.cases()[0], key=lambda found: found.total)
    view = work.view(row.case_id)
    steps = [(step.item.id, step.subject) for step in view.steps if step.active]
    while len(view.entries) < 1000:
        tick(work, row.case_id, steps[len(view.entries) % len(steps)], "")
        view = work.view(row.case_id)
    times: list[float] = []
    for _ in range(20):
        anew = casework(root, Disk())
        anew.store.pack(view.pack.digest)
        begun = time.perf_counter()
        assert len(anew.view(row.case_id).steps) >= 400
        times.append(time.perf_counter() - begun)
    return median(times)


def memory(root: Path) -> int:
    """Bytes that a process holds at the most after the list of this store."""
    code = f"""
import sys
sys.path[:0] = {[str(ROOT / "bench"), str(ROOT)]!r}
from pathlib import Path
from bench.run import casework
from msht_tui.store.disk import Disk
casework(Path({str(root)!r}), Disk()).cases()
print(next(int(line.split()[1]) * 1024 for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)


def forget_pages() -> bool:
    """Whether the system could be made to forget what it has read of files."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("1")
    except OSError:
        return False
    return True


def size_of(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / "cases").iterdir())


def verdict(found: str, figure: str) -> str:
    if not figure.startswith("<="):
        return ""
    try:
        return "yes" if float(found.split()[0]) <= float(figure.split()[1]) else "no"
    except ValueError:
        return ""


def table(rows: Sequence[tuple[str, str, str, str]]) -> str:
    lines = [("what", "measured", "to reach", "reached"), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["make", "measure"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="a fifth of the rounds")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks-store.md")
    options = parser.parse_args()
    if options.what == "make":
        if options.folder is None:
            parser.error("make needs a FOLDER")
        make(options.folder / "exercise", options.cases)
        return 0
    page = f"{machine()}\n\n{table(measure(options.cases, 200 if options.quick else 1000))}"
    print(page)
    if options.write:
        head = "# A store of many cases\n\nMeasured in one run of `python bench/store.py measure --write`.\n"
        PAGE.write_text(f"{head}\n{page}\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
