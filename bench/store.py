"""A store of many cases: makes one, and measures what it costs to work in it, plain and sealed in the same run.

    python bench/store.py make FOLDER [--cases 10000]     a store of realistic exercises
    python bench/store.py measure [--cases 10000] [--quick] [--write]

`measure` makes its own store, prints one table and, with `--write`, puts it into docs/benchmarks-store.md.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from tinydb import TinyDB

from msht_tui.content.library import Library
from msht_tui.content.reader import read_pack
from msht_tui.domain.entry import (
    AnyEvent,
    CaseOpened,
    Document,
    Entry,
    FactRecorded,
    NoteAdded,
    ReferenceAdded,
    Stamp,
    StepMarked,
    SubjectAdded,
)
from msht_tui.domain.pack import Pack
from msht_tui.service import Casework
from msht_tui.store import chain
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys import wrapped
from msht_tui.store.sealing import new_key

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.held import keys_in
from bench.run import ROOT, Now, busy_case, machine, tick

HELD = ROOT / "bench" / "held.py"
PAGE = ROOT / "docs" / "benchmarks-store.md"
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = b"x" * 300
BECAUSE = "because it was so"
WORDS = ("seen", "heard", "said", "gave", "asked", "told", "warm", "food", "blanket", "phone", "nurse", "street", "house", "van", "yard")


class Site(msgspec.Struct, frozen=True):
    """A store to work in."""

    root: Path
    keys: CaseKeys | None = None
    """Those of a sealed one."""

    def casework(self) -> Casework:
        """The use cases over it, as a process has them that has read nothing yet."""
        store = FolderStore(self.root, lambda files: read_pack(files, "kept content"), exercise=self.keys is None, keys=self.keys)
        return Casework(store, Library(), Now(), ZoneInfo("Europe/London"), "bench")

    def codec(self, case_id: str) -> Codec:
        return PLAIN if self.keys is None else Sealed(self.keys, case_id)


# Making a store


def make(site: Site, cases: int, seed: int = 1) -> None:
    """A store of exercises: one to three victims each, the marks and notes of a few hours, and what is remembered of all of them."""
    chance = random.Random(seed)
    library = Library()
    pack = library.pack()
    root = site.root
    site.casework().store.keep_pack(pack.digest, library.files())
    (root / "cases").mkdir(parents=True, exist_ok=True)
    remembered: list[str] = []
    ids = [str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(cases)]
    if site.keys is not None:
        give_keys(site.keys, ids)
    for number, case_id in enumerate(ids):
        written = list(lines(case_id, number, pack, chance, site.codec(case_id)))
        (root / "cases" / f"{case_id}.tdb").write_bytes(b"".join(written))
        remembered.append(f"{case_id} {len(written) - 1} {written[-1][: chain.DIGEST_SIZE].decode()}\n")
    (root / "remembered.log").write_text("".join(remembered), "utf-8", newline="\n")


def give_keys(keys: CaseKeys, ids: Sequence[str]) -> None:
    """A key for each case, all in one go."""
    session = keys.session
    wrapping = wrapped.wrap(session.store, session.key, ((case_id, new_key()) for case_id in ids))
    wrapped.write(session.operators.folder, wrapped.Wrapped(session.key.generation, wrapping))


def lines(case_id: str, number: int, pack: Pack, chance: random.Random, codec: Codec) -> Iterator[bytes]:
    """The lines of one case's file, an act each."""
    line, digest = chain.line_of(chain.START, chain.Header(codec.format, chain.VERSION, case_id))
    yield line
    at = BEGUN + timedelta(minutes=number)
    for place, event in enumerate(events(case_id, number, pack, chance), 1):
        at += timedelta(seconds=chance.randint(5, 300))
        act = msgspec.json.encode([Entry(Stamp(place, at, at, f"PC {1000 + number % 50}"), event).document()])
        line, digest = chain.line_with(digest, codec.written(act, place, digest))
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


Row = tuple[str, str, str, str]
"""What, measured plain, measured sealed, and the figure to reach."""


def measure(cases: int, rounds: int) -> list[tuple[str, ...]]:
    """Each row, and whether the figure is reached, plain and sealed."""
    with tempfile.TemporaryDirectory() as name:
        pairs = []
        for what in ("many", "one"):
            sealed = Path(name) / f"{what}-sealed"
            pairs.append((Site(Path(name) / what), Site(sealed, keys_in(sealed / "keys"))))
        many, one = pairs
        made: list[str] = []
        rebuilt: list[str] = []
        for site in many:
            begun = time.perf_counter()
            make(site, cases)
            made.append(f"{cases:,}, {size_of(site.root) / 1e6:.0f} MB, made in {time.perf_counter() - begun:.0f} s")
            begun = time.perf_counter()
            site.casework().cases()
            rebuilt.append(f"{time.perf_counter() - begun:.1f} s")
        rows: list[Row] = [
            ("a store of so many cases", *both(made), ""),
            ("rebuild of its catalogue", *both(rebuilt), "progress shown after half a second"),
        ]
        rows += ticking(many, one, rounds)
        warm = [f"{median([listed(site) for _ in range(max(rounds // 50, 5))]) * 1000:.0f} ms" for site in many]
        rows.append(("worklist data, warm", *both(warm), "<= 120 ms"))
        cold = [[listed(site) for _ in range(5) if forget_pages()] for site in many]
        told = [f"{median(found) * 1000:.0f} ms" if found else "needs root on Linux" for found in cold]
        rows.append(("worklist data, cold file cache", *both(told), "<= 200 ms"))
        rows.append(("open a case of 400 steps and 1,000 entries", *both([f"{opening(site) * 1000:.1f} ms" for site in one]), "<= 8 ms"))
        held = [
            f"{memory(all_of.root) / 1e6:.0f} MB in all, {memory(single.root) / 1e6:.0f} MB with one case"
            for all_of, single in zip(*pairs, strict=True)
        ]
        rows.append(("memory of the store", *both(held), "<= 60 MB"))
    return [(*row, ", ".join(filter(None, (verdict(found, row[3]) for found in row[1:3])))) for row in rows]


def both(found: Sequence[str]) -> tuple[str, str]:
    plain, sealed = found
    return plain, sealed


def ticking(many: Sequence[Site], one: Sequence[Site], rounds: int) -> list[Row]:
    """A tick in the large stores, one in stores of one case, what the store itself does of it, and a bare append with fsync, in turns."""
    bare = os.open(many[0].root / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    measured: list[Callable[[int], object]] = [lambda _: append_bare(bare)]
    for site in (*many, *one):
        measured.append(ticks(site.casework()))
    measured += [appends(site.casework()) for site in many]
    times: list[list[float]] = [[] for _ in measured]
    for turn in range(rounds + rounds // 10):
        for act, found in zip(measured, times, strict=True):
            begun = time.perf_counter()
            act(turn)
            if turn >= rounds // 10:
                found.append(time.perf_counter() - begun)
    os.close(bare)
    (many[0].root / "bare").unlink()
    floor, *rest = (Spread.of(found) for found in times)
    in_many, in_one, appended = rest[:2], rest[2:4], rest[4:]
    return [
        ("bare append of 300 bytes and fsync: the floor", str(floor), str(floor), ""),
        ("a step entry saved by the store / floor, p50", *both([f"{one.p50 / floor.p50:.2f}" for one in appended]), "<= 1.5"),
        ("a step entry saved by the store / floor, p99", *both([f"{one.p99 / floor.p99:.2f}" for one in appended]), "<= 2"),
        ("durable tick / floor, p50", *both([f"{one.p50 / floor.p50:.2f}" for one in in_many]), "<= 1.5"),
        ("durable tick / floor, p99", *both([f"{one.p99 / floor.p99:.2f}" for one in in_many]), "<= 2"),
        ("durable tick", *both([str(one) for one in in_many]), ""),
        (
            "tick in this store / tick in a store of one case",
            *both([f"{large.p50 / small.p50:.2f}" for large, small in zip(in_many, in_one, strict=True)]),
            "<= 1.3",
        ),
        *((what, found, "", figure) for what, found, figure in others(many[0].root, rounds)),
    ]


def ticks(work: Casework) -> Callable[[int], object]:
    case, steps = busy_case(work)
    return lambda turn: tick(work, case, steps[turn % len(steps)], BECAUSE)


def appends(work: Casework) -> Callable[[int], object]:
    view = work.open_case()
    record = work.store.open(view.case_id)
    document = marked(1, ("bench", "V1")).document()
    return lambda _: record.append(lambda: [{**document, "number": len(record.entries) + 1}])


def append_bare(descriptor: int) -> None:
    os.write(descriptor, RECORD)
    os.fsync(descriptor)


def marked(number: int, step: tuple[str, str]) -> Entry:
    """The entry of a marked step."""
    now = datetime.now(UTC)
    return Entry(Stamp(number, now, now, "bench"), StepMarked(item=step[0], subject=step[1], state="done", because=BECAUSE))


def others(many: Path, rounds: int) -> Iterator[tuple[str, str, str]]:
    """The same entries in SQLite, a row each, and in one file of stock TinyDB, a document each case: what it costs to add one more."""
    with tempfile.TemporaryDirectory() as name:
        kept = {path.stem: path.read_bytes().split(b"\n")[1:-1] for path in (many / "cases").glob("*.tdb")}
        payloads = {case_id: [line[chain.DIGEST_SIZE + 1 :] for line in lines] for case_id, lines in kept.items()}
        sqlite = sqlite3.connect(Path(name) / "stock.sqlite", isolation_level=None)
        sqlite.executescript("pragma journal_mode=wal; pragma synchronous=full; create table entry (case_id text, act text)")
        sqlite.execute("begin")
        sqlite.executemany("insert into entry values (?, ?)", ((one, act.decode()) for one, acts in payloads.items() for act in acts))
        sqlite.execute("commit")
        case_id = next(iter(payloads))
        document = marked(1, ("bench", "V1")).document()
        act = msgspec.json.encode([document]).decode()
        yield versus(
            "SQLite, WAL, synchronous=full", lambda: sqlite.execute("insert into entry values (?, ?)", (case_id, act)), rounds, Path(name)
        )
        sqlite.close()
        path = Path(name) / "stock.json"
        path.write_bytes(
            b'{"_default":{%b}}'
            % b",".join(
                b'"%d":{"case":"%b","entries":[%b]}' % (number, one.encode(), b",".join(act[1:-1] for act in acts))
                for number, (one, acts) in enumerate(payloads.items(), 1)
            )
        )
        del kept, payloads
        tinydb = TinyDB(path)

        def add(case: Document) -> None:
            case["entries"].append(document)

        yield versus(
            "stock TinyDB, JSONStorage, not synced",
            lambda: tinydb.update(add, doc_ids=[1]),
            3,
            Path(name),
        )
        tinydb.close()


def versus(what: str, act: Callable[[], object], rounds: int, folder: Path) -> tuple[str, str, str]:
    """An act and a bare append with fsync, in turns."""
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    turns: list[Callable[[], object]] = [act, lambda: append_bare(bare)]
    times: list[list[float]] = [[] for _ in turns]
    for _ in range(rounds):
        for one, found in zip(turns, times, strict=True):
            begun = time.perf_counter()
            one()
            found.append(time.perf_counter() - begun)
    os.close(bare)
    ours, floor = (Spread.of(found) for found in times)
    return f"the same entry in {what}", f"{ours}: {ours.p50 / floor.p50:,.2f} times the floor", ""


class Spread(msgspec.Struct, frozen=True):
    """How long something took, in seconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Spread:
        ordered = sorted(times)
        return cls(ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100])

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:,.2f} ms, p99 {self.p99 * 1000:,.2f} ms"


def listed(site: Site) -> float:
    """Seconds for the worklist's rows in a process that has read nothing yet."""
    work = site.casework()
    begun = time.perf_counter()
    rows, _ = work.cases()
    assert rows
    return time.perf_counter() - begun


def opening(site: Site) -> float:
    """Seconds to open a busy case with its content at hand: read, check the chain, fold, work out the steps."""
    work = site.casework()
    row = max(work.cases()[0], key=lambda found: found.total)
    view = work.view(row.case_id)
    steps = [(step.item.id, step.subject) for step in view.steps if step.active]
    while len(view.entries) < 1000:
        tick(work, row.case_id, steps[len(view.entries) % len(steps)], "")
        view = work.view(row.case_id)
    times: list[float] = []
    for _ in range(20):
        anew = site.casework()
        anew.store.pack(view.pack.digest)
        begun = time.perf_counter()
        assert len(anew.view(row.case_id).steps) >= 400
        times.append(time.perf_counter() - begun)
    return median(times)


def memory(root: Path) -> int:
    """Bytes that a process holds at the most after the list of this store."""
    return int(subprocess.run([sys.executable, HELD, str(root)], capture_output=True, check=True, text=True).stdout)


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


def table(rows: Sequence[tuple[str, ...]]) -> str:
    lines = [("what", "plain", "sealed", "to reach", "reached"), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
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
        make(Site(options.folder / "exercise"), options.cases)
        return 0
    page = f"{machine()}\n\n{table(measure(options.cases, 200 if options.quick else 1000))}"
    print(page)
    if options.write:
        PAGE.write_text(f"{HEAD}\n{page}\n", "utf-8")
    return 0


HEAD = """# A store of many cases

Measured in one run of `python bench/store.py measure --write`.

A durable tick is `Casework.mark` from the call to its return: what the service makes of the case, and the act saved. A step entry
saved by the store is `CaseRecord.append` alone: lock, catch up, chain, write, sync, read back what was written, remember the height.
Both take turns with the bare append, so each finds the machine as cold as a sync leaves it.

Plain is an exercise store, sealed a live one. Signing in, which takes 0.2 seconds and 128 MiB for a moment, is not in any of it.

The memory of the store is the most that a process held that lists it: Python, the program and the library that seals are in it.
"""


if __name__ == "__main__":
    sys.exit(main())
