"""A disk in memory whose power can be cut, and the work on a case that has to outlive it.

What a cut leaves is chosen from all that a disk may do with what was not synced. A file has the size of any of its versions since
the last sync; each sector of 512 bytes is of any of them, or zeros; each name that was given or taken since the folder's last
sync is there or not. What was synced stays. After a sync that failed, the pages that it was to write stay unwritten for good,
though every reader of the running system still sees them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from msht_tui.domain.entry import CaseOpened, Document, Entry, NoteAdded, Stamp, entry_from
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.session import Session
from msht_tui.store.lock import FileLock
from msht_tui.store.sealing import Seal, StoreKey

SECTOR = 512
PAGE = 4096
CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
PACK = "one"
PACK_FILES = {"pack.toml": b"one", "facts.toml": b"\xff\x00" * 700}
SIZES = (20, 20, 200, 200, 700, 1800, 6000)
"""Characters of a note: within a sector, over several, over a page."""

Choice: TypeAlias = Literal["dropped", "kept", "zeros", "mixed"]
"""What a cut does with all that was not synced; mixed is a choice for each sector and name."""


KEY = bytes(range(32))


class FixedSession(Session):
    """Somebody who is signed in for ever."""

    def __init__(self) -> None:
        super().__init__(Operators(Path("keys")), "PC 1234", X25519PrivateKey.generate())
        self._keys = {1: StoreKey(1, KEY)}

    def refresh(self) -> None:
        """Nobody else changes anything."""


class FixedKeys(CaseKeys):
    """One key for every case, in no file: what the files of keys outlive is tried elsewhere."""

    def __init__(self) -> None:
        super().__init__(FixedSession())

    def create(self, case_id: str) -> Seal:
        return self.seal(case_id)

    def seal(self, case_id: str) -> Seal:
        return Seal(KEY, case_id)

    def ids(self) -> frozenset[str]:
        return frozenset((CASE_ID,))


class Violation(Exception):
    """A promise of the store that was not kept."""


class Killed(BaseException):
    """The process ends here: nothing of it runs on, except that the system takes back what it had open."""


class File:
    """A file: what the running system sees, what is on the disk, and what lies between."""

    numbers = count(1)

    def __init__(self, data: bytes = b"") -> None:
        self.number = next(self.numbers)
        self.live = self.durable = data
        self.versions: list[bytes] = []
        """What it was after each change since the last sync that worked."""
        self.dirty: set[int] = set()
        """Pages that the next sync writes."""
        self.given_up: set[int] = set()
        """Pages that a failed sync did not write, and no later one will."""
        self.changes = 0
        self.locked_by: int | None = None

    def change(self, data: bytes) -> None:
        """Make `data` what the running system sees: what it had, and more or less at its end."""
        first = min(len(self.live), len(data)) // PAGE
        last = -(-len(data) // PAGE)
        self.dirty = {page for page in self.dirty if page < last} | set(range(first, last))
        self.given_up = {page for page in self.given_up if page < first}
        self.live = data
        self.versions.append(data)
        self.changes += 1

    def touch(self, begin: int, end: int) -> None:
        """Take the bytes from `begin` to `end` for written anew: the next sync writes their pages."""
        pages = set(range(begin // PAGE, -(-end // PAGE)))
        self.dirty |= pages
        self.given_up -= pages
        self.versions.append(self.live)
        self.changes += 1

    def sync(self) -> None:
        """Bring to the disk what is dirty."""
        if not self.versions and not self.dirty:
            return
        pages = range(0, len(self.live), PAGE)
        self.durable = b"".join(cut(self.durable if at // PAGE in self.given_up else self.live, at, PAGE, len(self.live)) for at in pages)
        self.versions.clear()
        self.dirty.clear()

    def fail_to_sync(self) -> None:
        """Leave what is dirty unwritten, and forget that it was."""
        self.given_up |= self.dirty
        self.dirty.clear()

    def after_cut(self, choice: Choice, random: Random) -> bytes:
        """What a power cut may leave of it."""
        versions = [self.durable, *self.versions]
        if choice == "dropped" or len(versions) == 1:
            return self.durable
        if choice == "kept":
            return self.live
        if choice == "zeros":
            return self.durable.ljust(max(map(len, versions)), b"\0")
        size = len(random.choice(versions))
        among = random.sample(versions, min(2, len(versions)))
        return b"".join(cut(random.choice(among), at, SECTOR, size) for at in range(0, size, SECTOR))


def cut(data: bytes, at: int, length: int, size: int) -> bytes:
    """The piece of a file of `size` bytes that begins here; zeros where there is no data."""
    length = min(length, size - at)
    return data[at : at + length].ljust(length, b"\0")


@dataclass
class Rename:
    """A name given or taken, which is not on the disk before its folder is synced."""

    added: Path
    file: File
    removed: Path | None = None

    def apply(self, names: dict[Path, File]) -> None:
        if self.removed is not None:
            names.pop(self.removed, None)
        names[self.added] = self.file


@dataclass(frozen=True)
class Promise:
    """What the store has said so far, which a power cut must not take back."""

    saved: tuple[Entry, ...] = ()
    """Entries that somebody was told are saved."""
    attempted: tuple[tuple[Entry, ...], ...] = ()
    """Acts begun since then, which may be there, whole."""
    set_aside: frozenset[bytes] = frozenset()
    """Unfinished lines that were said to be kept beside the case."""


@dataclass(frozen=True)
class Moment:
    """The disk between two calls: names on the disk, names on their way, and the files that either are of."""

    names: Mapping[Path, File]
    on_their_way: tuple[Rename, ...]
    files: Mapping[File, tuple[bytes, bytes, tuple[bytes, ...]]]
    promise: Promise


class SimulatedDisk(Disk):
    """A disk in memory. It keeps a moment of each call that changes something; calls can be made to fail, or to end the process."""

    open_files: dict[int, File] = {}
    """Descriptor to file, of all simulated disks: the lock asks by descriptor alone."""
    descriptors = count(1_000_000)

    def __init__(self, names: Mapping[Path, bytes] | None = None) -> None:
        self.names = {path: File(data) for path, data in (names or {}).items()}
        self.durable_names = dict(self.names)
        self.on_their_way: list[Rename] = []
        self.promise = Promise()
        self.moments: list[Moment] = []
        self.paths: dict[int, Path] = {}
        self.random = Random(0)
        self.due = self.times = 0
        self.trouble: OSError | Killed | None = None
        self.meanwhile: Callable[[], None] | None = None
        """What another window does between two calls."""
        self.locks = self._lock_calls()

    def arm(self, due: int, trouble: OSError | Killed, times: int = 1) -> None:
        """Make the call after so many end in this, and those that follow it at once, `times` in all."""
        self.due, self.trouble, self.times = due, trouble, times

    def disarm(self) -> None:
        self.trouble = None

    def keep_moment(self) -> None:
        """Keep what a power cut now would find."""
        files = {*self.durable_names.values(), *(name.file for name in self.on_their_way)}
        self.moments.append(
            Moment(
                dict(self.durable_names),
                tuple(self.on_their_way),
                {file: (file.durable, file.live, tuple(file.versions)) for file in files},
                self.promise,
            )
        )

    def cut_power(self, choice: Choice, random: Random) -> None:
        """Lose what a cut loses; nothing that was open stays open."""
        self.keep_moment()
        left = after_cut(self.moments[-1], choice, random)
        self.names = {path: File(data) for path, data in left.items()}
        self.durable_names = dict(self.names)
        self.on_their_way.clear()
        self.disarm()

    def _call(self, file: File | None = None, data: bytes = b"") -> None:
        """Every call that changes something begins here; a write that fails or is killed has written a part of `data`."""
        if self.meanwhile is not None:
            self.meanwhile()
        if self.trouble is None:
            return
        self.due -= 1
        if self.due > 0:
            return
        trouble = self.trouble
        self.times -= 1
        if not self.times:
            self.trouble = None
        if file is not None and data:
            file.change(file.live + data[: self.random.randrange(len(data) + 1)])
            self.keep_moment()
        raise trouble

    def _opened(self, path: Path, file: File) -> int:
        descriptor = next(self.descriptors)
        self.open_files[descriptor] = file
        self.paths[descriptor] = path
        return descriptor

    def _named(self, path: Path) -> File:
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return self.names[path]

    def _rename(self, name: Rename) -> None:
        name.apply(self.names)
        self.on_their_way.append(name)
        self.keep_moment()

    def open_append(self, path: Path) -> int:
        self._call()
        return self._opened(path, self._named(path))

    def open_new(self, path: Path) -> int:
        if path in self.names:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        return self.open_or_new(path)

    def open_or_new(self, path: Path) -> int:
        self._call()
        if path not in self.names:
            self._rename(Rename(path, File()))
        return self._opened(path, self.names[path])

    def close(self, descriptor: int) -> None:
        file = self.open_files.pop(descriptor)
        if file.locked_by == descriptor:
            file.locked_by = None

    def look_at(self, path: Path) -> Seen:
        file = self._named(path)
        return Seen((0, file.number), len(file.live), file.changes)

    def look_at_open(self, descriptor: int) -> Seen:
        file = self.open_files[descriptor]
        return Seen((0, file.number), len(file.live), file.changes)

    def has_name(self, descriptor: int) -> bool:
        return any(self.open_files[descriptor] is file for file in self.names.values())

    def write_all(self, descriptor: int, data: bytes) -> None:
        file = self.open_files[descriptor]
        self._call(file, data)
        file.change(file.live + data)
        self.keep_moment()

    def write_over(self, path: Path, offset: int, data: bytes) -> None:
        file = self._named(path)
        if isinstance(self.trouble, Killed):  # a disk that takes nothing back, not even after a failed sync, is beyond any promise
            self._call()
        if file.live[offset : offset + len(data)] != data:
            raise Violation("a line is written over with another one")
        file.touch(offset, offset + len(data))
        self.keep_moment()

    def sync(self, descriptor: int) -> None:
        file = self.open_files[descriptor]
        try:
            self._call()
        except OSError:
            file.fail_to_sync()
            self.keep_moment()
            raise
        file.sync()
        self.keep_moment()

    def truncate(self, descriptor: int, size: int) -> None:
        file = self.open_files[descriptor]
        self._call()
        file.change(file.live[:size].ljust(size, b"\0"))
        self.keep_moment()

    def replace(self, source: Path, target: Path) -> None:
        self._call()
        self._rename(Rename(target, self._named(source), source))

    def sync_folder(self, folder: Path) -> None:
        self._call()
        for name in [name for name in self.on_their_way if name.added.parent == folder]:
            name.apply(self.durable_names)
            self.on_their_way.remove(name)
        self.keep_moment()

    def read_from(self, path: Path, offset: int) -> bytes:
        return self._named(path).live[offset:]

    def read_open(self, descriptor: int, offset: int) -> bytes:
        return self.open_files[descriptor].live[offset:]

    def _lock_calls(self) -> ModuleType:
        """The locking calls of the system, on these files."""
        calls = ModuleType("fcntl")

        def flock(descriptor: int, how: int) -> None:
            file = self.open_files[descriptor]
            if how == 0:
                file.locked_by = None
            elif file.locked_by not in (None, descriptor):
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            else:
                file.locked_by = descriptor

        for name, value in {"LOCK_EX": 2, "LOCK_NB": 4, "LOCK_UN": 0, "flock": flock}.items():
            setattr(calls, name, value)
        return calls


def after_cut(moment: Moment, choice: Choice, random: Random) -> dict[Path, bytes]:
    """What a power cut at this moment may leave: every name with its bytes."""
    names = dict(moment.names)
    for name in moment.on_their_way:
        if choice in ("kept", "zeros") or (choice == "mixed" and random.random() < 0.5):
            name.apply(names)
    left: dict[Path, bytes] = {}
    for path, file in names.items():
        then = File()
        then.durable, then.live, then.versions = moment.files[file][0], moment.files[file][1], list(moment.files[file][2])
        left[path] = then.after_cut(choice, random)
    return left


def read_pack(files: Mapping[str, bytes]) -> Pack:
    """A pack whose digest is the text of its first file."""
    return Pack("demo", "Demo", "1", date(2026, 1, 1), "nowhere", (), (), (), (), (), (), (), (), files["pack.toml"].decode())


def note(number: int, text: str) -> Document:
    return Entry(Stamp(number, NOW, NOW, "PC 1234"), NoteAdded(text=text)).document()


def opening() -> list[Document]:
    event = CaseOpened(case=CASE_ID, pack="demo", version="1.0.0", digest=PACK, role="responder")
    return [Entry(Stamp(1, NOW, NOW, "PC 1234"), event).document()]


def entries_of(documents: Sequence[Document]) -> tuple[Entry, ...]:
    return tuple(map(entry_from, documents))


@dataclass
class Station:
    """A machine with one store and one case, the windows that work on it, and what they were told."""

    root: Path
    """The name of the store; nothing is kept there."""
    random: Random
    disk: SimulatedDisk = field(default_factory=SimulatedDisk)
    serial: count[int] = field(default_factory=count)
    """No two notes are the same."""
    keys: CaseKeys | None = None
    """Those of a sealed store."""

    @property
    def path(self) -> Path:
        return self.root / "cases" / f"{CASE_ID}.tdb"

    def store(self) -> FolderStore:
        return FolderStore(self.root, read_pack, exercise=self.keys is None, disk=self.disk, keys=self.keys)

    def begin(self) -> None:
        """Keep the content and open the case, as the use case does."""
        store = self.store()
        store.keep_pack(PACK, PACK_FILES)
        self.disk.promise = Promise(attempted=(entries_of(opening()),))
        record = store.create(CASE_ID, opening())
        self.tell(record)
        record.close()

    def window(self) -> CaseFile:
        """The case, opened anew; its lock waits for nobody."""
        record = self.store().open(CASE_ID)
        record._lock = FileLock(self.path.with_suffix(".lock"), self.disk, 0.0, self.disk.locks)
        return record

    def tell(self, record: CaseFile) -> None:
        """Somebody has been told that the record is saved as far as it goes."""
        entries, told = tuple(record.entries), self.disk.promise
        if entries[: len(told.saved)] != told.saved:
            raise Violation("an act was told as saved that stands where another one was")
        aside = self.path.with_suffix(".torn")
        kept = {self.disk.names[aside].live[:-1].rpartition(b"\n")[2]} if "kept in" in record.notice else set()
        rest = tuple(act for act in told.attempted if act[0].number > len(entries))
        self.disk.promise = Promise(entries, rest, told.set_aside | kept)
        self.disk.keep_moment()

    def act(self, record: CaseFile) -> None:
        """Append one to three notes. Raises what the store raises; what was begun is kept in mind."""

        def decide() -> list[Document]:
            first = len(record.entries) + 1
            sizes = self.random.choices(SIZES, k=self.random.choice((1, 1, 2, 3)))
            texts = [f"{next(self.serial)} " + chr(self.random.randrange(97, 123)) * size for size in sizes]
            documents = [note(number, text) for number, text in enumerate(texts, first)]
            told = self.disk.promise
            self.disk.promise = Promise(told.saved, (*told.attempted, entries_of(documents)), told.set_aside)
            return documents

        record.append(decide)
        self.tell(record)

    def check(self, *, work_on: bool = True) -> None:
        """Hold what is on the disk against what was promised. Raises `Violation`."""
        promise = self.disk.promise
        if self.path not in self.disk.names:
            if promise.saved:
                raise Violation("the case is gone")
            return
        try:
            record = self.window()
            if self.store().pack(PACK).digest != PACK:
                raise Violation("the content is another")
        except StoreTrouble as trouble:
            raise Violation(f"refused: {trouble}") from trouble
        hold_against(tuple(record.entries), promise)
        if record.fault:
            raise Violation(f"false alarm: {record.fault}")
        if promise.set_aside:
            aside = self.disk.names.get(self.path.with_suffix(".torn"))
            if aside is None or not all(line in aside.live for line in promise.set_aside):
                raise Violation("what was set aside is lost")
        if work_on:
            self._work_on(record)

    def _work_on(self, record: CaseFile) -> None:
        """The next act works, is there for others, and outlives the next cut."""
        unfinished = self.disk.names[self.path].live.rpartition(b"\n")[2]
        try:
            self.act(record)
        except StoreTrouble as trouble:
            raise Violation(f"the next act is refused: {trouble}") from trouble
        if unfinished and unfinished not in self.disk.names[self.path.with_suffix(".torn")].live:
            raise Violation("an unfinished line was thrown away")
        if self.window().notice:
            raise Violation("an unfinished line is still there")
        record.close()
        self.disk.cut_power(self.random.choice(("dropped", "zeros", "mixed")), self.random)
        self.check(work_on=False)


def hold_against(entries: tuple[Entry, ...], promise: Promise) -> None:
    """All that was told as saved, then whole acts that were begun, and nothing else. Raises `Violation`."""
    if entries[: len(promise.saved)] != promise.saved:
        raise Violation("an entry that was told as saved is lost")
    rest = entries[len(promise.saved) :]
    while rest:
        act = next((act for act in promise.attempted if rest[: len(act)] == act), None)
        if act is None:
            raise Violation("there is an entry that nobody wrote there")
        rest = rest[len(act) :]


@dataclass(frozen=True)
class Trial:
    """One state that a cut left, to be held against what was promised."""

    root: Path
    seed: int
    names: Mapping[Path, bytes]
    promise: Promise
    where: str
    keys: CaseKeys | None = None

    def run(self) -> None:
        """Raises `Violation`, with the seed and the place."""
        station = Station(self.root, Random(self.seed), SimulatedDisk(self.names), count(100_000), self.keys)
        station.disk.promise = self.promise
        try:
            station.check()
        except Violation as violation:
            raise Violation(f"{violation} ({self.where})") from violation


def work(root: Path, seed: int, steps: int = 14, keys: CaseKeys | None = None) -> Station:
    """A seeded day at a station: acts by two windows, refusals, faults, kills and power cuts; every moment of it is kept."""
    random = Random(seed)
    station = Station(root, random, keys=keys)
    station.disk.random = random
    station.disk.keep_moment()
    station.begin()
    windows = [station.window(), station.window()]
    for _ in range(steps):
        at = random.randrange(2)
        what = random.choices(("act", "refused", "fault", "kill", "cut", "reopen"), (6, 1, 3, 2, 2, 1))[0]
        if what == "act":
            station.act(windows[at])
        elif what == "refused":
            with suppress(Refused):
                windows[at].append(refuse)
        elif what == "fault":
            error = random.choice((errno.EIO, errno.ENOSPC))
            station.disk.arm(random.randint(1, 7), OSError(error, os.strerror(error)), random.choice((1, 1, 2)))
            with suppress(StoreTrouble):
                station.act(windows[at])
        elif what in ("kill", "cut"):
            station.disk.arm(random.randint(1, 9), Killed())
            with suppress(Killed):
                station.act(windows[at])
            if what == "cut":
                station.disk.cut_power(random.choice(("dropped", "kept", "zeros", "mixed", "mixed")), random)
                station.check(work_on=False)
                windows = [station.window(), station.window()]
        station.disk.disarm()
        if what in ("kill", "reopen") or (what == "fault" and random.random() < 0.3):
            windows[at] = station.window()
    return station


def refuse() -> list[Document]:
    raise Refused("no")


def trials(root: Path, seed: int, mixed: int = 4, keys: CaseKeys | None = None) -> Iterator[Trial]:
    """What power cuts may leave of one day: at every moment all dropped, all kept, all zeros, and some mixtures; no state twice."""
    with watched(StoreTrouble, "the day's work is refused"):
        station = work(root, seed, keys=keys)
    random = Random(seed)
    seen: set[int] = set()
    for place, moment in enumerate(station.disk.moments):
        choices: list[Choice] = ["dropped", "kept", "zeros", *["mixed"] * mixed]  # type: ignore[list-item]  # mypy widens the starred list
        for number, choice in enumerate(choices):
            left = after_cut(moment, choice, random)
            state = hash((frozenset((path.suffix, data) for path, data in left.items() if path.suffix != ".new"), moment.promise))
            if state not in seen:
                seen.add(state)
                where = f"seed {seed}, moment {place}, {choice} {number}"
                yield Trial(root, seed, left, moment.promise, where, keys)


@dataclass
class Tally:
    """How much was tried."""

    states: int = 0
    days: int = 0
    entries: int = 0
    """Entries told as saved, over all states."""


def cut_power_everywhere(root: Path, wanted: int, first_seed: int = 0, keys: CaseKeys | None = None) -> Tally:
    """Try at least so many states, whole days at a time. Raises `Violation` at the first promise that was not kept."""
    tally = Tally()
    for seed in count(first_seed):
        if tally.states >= wanted:
            return tally
        tally.days += 1
        for trial in trials(root, seed, keys=keys):
            trial.run()
            tally.states += 1
            tally.entries += len(trial.promise.saved)
    raise AssertionError("seeds do not end")


def kill_and_fault(root: Path, seed: int, keys: CaseKeys | None = None) -> None:
    """A window is killed at each call of an act, and of the next window each call fails; then others work on. Raises `Violation`."""
    for killed_at in range(1, 8):
        for failing_at in range(1, 8):
            station = Station(root, Random(f"{seed} {killed_at} {failing_at}"), keys=keys)
            station.begin()
            station.disk.arm(killed_at, Killed())
            with suppress(Killed):
                station.act(station.window())
            station.disk.arm(failing_at, OSError(errno.EIO, os.strerror(errno.EIO)), station.random.choice((1, 2)))
            with suppress(StoreTrouble):
                station.act(station.window())
            station.disk.disarm()
            with watched(StoreTrouble, "the next act is refused"):
                station.act(station.window())
            station.disk.cut_power("dropped", station.random)
            station.check()


def two_writers(root: Path, seed: int, acts: int = 6, keys: CaseKeys | None = None) -> None:
    """A window acts, and at any call of it another one wants to act as well. Raises `Violation`."""
    random = Random(seed)
    station = Station(root, random, keys=keys)
    station.begin()
    first, second = station.window(), station.window()
    busy = [False]

    def other_window() -> None:
        if not busy[0] and random.random() < 0.2:
            busy[0] = True
            with suppress(StoreTrouble):
                station.act(second)
            busy[0] = False

    for _ in range(acts):
        station.disk.meanwhile = other_window
        with watched(StoreTrouble, "the store refuses the next act"):
            station.act(first)
        station.disk.meanwhile = None
        with watched(StoreTrouble, "the store refuses the other window"):
            station.act(second)
    station.check()


@contextmanager
def watched(error: type[Exception], words: str) -> Iterator[None]:
    """Takes an error for a violation."""
    try:
        yield
    except error as raised:
        raise Violation(f"{words}: {raised}") from raised


def decay(root: Path, seed: int, changes: int = 40, keys: CaseKeys | None = None) -> None:
    """Somebody or something changes the file of a case: a bit, a letter, a line. Raises `Violation` when it goes unnoticed."""
    random = Random(seed)
    station = Station(root, random, keys=keys)
    station.begin()
    record = station.window()
    for _ in range(4):
        station.act(record)
    good, entries = station.disk.names[station.path].live, tuple(record.entries)
    for _ in range(changes):
        bad = changed(good, random)
        station.disk = SimulatedDisk({station.path: bad})
        try:
            found = station.window()
        except StoreTrouble:
            continue
        if not found.notice or tuple(found.entries) != entries[: len(found.entries)]:
            raise Violation("a change of the file goes unnoticed")


def changed(data: bytes, random: Random) -> bytes:
    """The bytes with one thing in them changed, so that they differ."""
    lines = data.splitlines(keepends=True)
    number = random.randrange(1, len(lines))
    what = random.choice(("bit", "letter", "number", "line gone", "line twice"))
    if what == "line gone" and number < len(lines) - 1:
        return b"".join(lines[:number] + lines[number + 1 :])
    if what == "line twice":
        return b"".join(lines[:number] + lines[number - 1 :])
    old, new = (b"PC 1234", b"PC 4321") if what == "number" else (b"14:05", b"15:04")
    if what == "bit" or old not in lines[number]:
        place = random.randrange(len(data))
        return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]
    return b"".join([*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]])
