"""A small case on disk, the entries to add to it, a sealed store, and a disk that fails."""

from __future__ import annotations

import errno
import importlib.util
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from msht_tui.content.tables import digest_of
from msht_tui.domain.case import Reference
from msht_tui.domain.entry import AnyEvent, CaseOpened, Document, Entry, NoteAdded, ReferenceAdded, Stamp
from msht_tui.domain.pack import Pack
from msht_tui.domain.worklist import WorklistRow
from msht_tui.ports import CaseRecord, StoreTrouble
from msht_tui.store.care import Care
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Session

CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def power() -> ModuleType:
    """The disk whose power can be cut, `power.py` of this folder."""
    spec = importlib.util.spec_from_file_location("power", Path(__file__).with_name("power.py"))
    assert spec is not None and spec.loader is not None
    module = sys.modules["power"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["plain", "sealed"])
def both_ways(request: pytest.FixtureRequest, power: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Codec:
    """Every case file of the test is plain, and the next time sealed: what holds of the one holds of the other."""
    codec: Codec = PLAIN if request.param == "plain" else Sealed(power.FixedKeys(), CASE_ID)
    for method in (CaseFile.__init__, CaseFile.create.__func__):  # type: ignore[attr-defined]
        monkeypatch.setattr(method, "__defaults__", (None, codec))
    return codec


@pytest.fixture
def note() -> Callable[[int, str], Document]:
    """Makes the document of a note, from its number and text."""

    def make(number: int, text: str = "The van is back.") -> Document:
        return Entry(Stamp(number, NOW, NOW, "PC 1234"), NoteAdded(text=text)).document()

    return make


@pytest.fixture
def opening() -> list[Document]:
    """The first act of a case."""
    event = CaseOpened(case=CASE_ID, pack="demo", version="1.0.0", digest="d" * 64, role="responder")
    return [Entry(Stamp(1, NOW, NOW, "PC 1234"), event).document()]


@pytest.fixture
def path(tmp_path: Path, opening: list[Document]) -> Path:
    """A case file with its opening entry."""
    path = tmp_path / f"{CASE_ID}.tdb"
    CaseFile.create(path, Disk(), opening).close()
    return path


@pytest.fixture
def add(note: Callable[[int, str], Document]) -> Callable[..., list[int]]:
    """Appends notes to a case file as one act, and gives their numbers."""

    def append(case: CaseFile, *texts: str) -> list[int]:
        entries = case.append(lambda: [note(number, text) for number, text in enumerate(texts, len(case.entries) + 1)])
        return [entry.number for entry in entries]

    return append


CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN = "PC 1 Ann", "PC 2 Ben"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks"}
FILES = {"pack.toml": b"one"}


def row_of(record: CaseRecord) -> WorklistRow:
    """A row that names every reference of the case, as that of a list does."""
    references = tuple(entry.event for entry in record.entries if isinstance(entry.event, ReferenceAdded))
    stamp = record.entries[0].stamp
    return WorklistRow(
        case_id=record.case_id,
        opened_at=stamp.happened_at,
        references=tuple(Reference(one.reference_kind, one.value) for one in references),
    )


class Terminal:
    """A machine with a live store: a supervisor, Ann, and an operator, Ben."""

    ann, ben = ANN, BEN

    def __init__(self, root: Path) -> None:
        self.root = root

    def set_up(self) -> None:
        operators = self.operators()
        operators.set_up(ANN, PASS[ANN])
        operators.add(operators.sign_in(ANN, PASS[ANN]), BEN, "operator", PASS[BEN])

    def operators(self, disk: Disk | None = None) -> Operators:
        return Operators(self.root / "keys", disk, costs=CHEAP)

    def session(self, who: str = ANN, disk: Disk | None = None) -> Session:
        return self.operators(disk).sign_in(who, PASS[who])

    def keys(self, who: str = ANN, disk: Disk | None = None) -> CaseKeys:
        return CaseKeys(self.session(who, disk))

    def store(self, who: str = ANN, disk: Disk | None = None) -> FolderStore:
        """The store as somebody has it who has just signed in."""
        return FolderStore(self.root, no_pack, exercise=False, disk=disk, keys=self.keys(who, disk))

    def plain_store(self) -> FolderStore:
        """The store as it was before anybody could sign in."""
        return FolderStore(self.root, no_pack, exercise=False)

    def begin(self, store: FolderStore, case_id: str, *texts: str, reference: str = "R-1") -> CaseFile:
        """A case with a reference and these notes, an act each."""
        store.keep_pack(digest_of(FILES), FILES)
        events: list[AnyEvent] = [
            CaseOpened(case=case_id, pack="demo", version="1", digest=digest_of(FILES), role="responder"),
            ReferenceAdded(reference_kind="other", value=reference),
        ]
        case = store.create(case_id, [Entry(Stamp(n, NOW, NOW, ANN), event).document() for n, event in enumerate(events, 1)])
        for text in texts:
            self.note(case, text)
        return case

    def note(self, case: CaseFile, text: str) -> None:
        case.append(lambda: [Entry(Stamp(len(case.entries) + 1, NOW, NOW, ANN), NoteAdded(text=text)).document()])

    def rows(self, store: FolderStore) -> tuple[list[WorklistRow], dict[str, str]]:
        return store.worklist(row_of)

    def care(self, keys: CaseKeys | None = None) -> Care:
        return Care(self.root, digest_of, exercise=False, keys=keys)

    def path(self, case_id: str = CASE_ID) -> Path:
        return self.root / "cases" / f"{case_id}.tdb"

    def files(self) -> Mapping[Path, bytes]:
        """Every file of the store."""
        return {path: path.read_bytes() for path in sorted(self.root.rglob("*")) if path.is_file()}


def no_pack(files: Mapping[str, bytes]) -> Pack:
    return Pack("demo", "Demo", "1", date(2026, 1, 1), "nowhere", (), (), (), (), (), (), (), (), digest_of(files))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal that is set up, with no case yet."""
    terminal = Terminal(tmp_path / "store")
    terminal.set_up()
    return terminal


@pytest.fixture
def new_terminal(tmp_path: Path) -> Terminal:
    """A terminal that nobody has set up."""
    return Terminal(tmp_path / "store")


class Killed(BaseException):
    """The program ends here."""


class FailingDisk(Disk):
    """Once armed, a disk whose call number `at` fails, or is the last of the program; a failing write has written a half."""

    def __init__(self, trouble: type[BaseException] = OSError) -> None:
        self.at = self.made = 0
        self.trouble = trouble

    def arm(self, at: int) -> None:
        self.at, self.made = at, 0

    @property
    def is_through(self) -> bool:
        """Whether all went well, so that no later call can fail."""
        return self.made < self.at

    def fails(self) -> bool:
        self.made += 1
        return self.made == self.at or (self.trouble is Killed and 0 < self.at < self.made)


def _failing(name: str) -> Callable[..., object]:
    real = getattr(Disk, name)

    def call(self: FailingDisk, *arguments: Any) -> object:
        if not self.fails():
            return real(self, *arguments)
        if name == "write_all":
            real(self, arguments[0], arguments[1][: len(arguments[1]) // 2])
        if name == "close":
            real(self, *arguments)
        raise self.trouble(errno.EIO, "the disk failed")

    return call


for _name in [name for name, value in vars(Disk).items() if callable(value) and name not in ("write_cache", "write_whole")]:
    setattr(FailingDisk, _name, _failing(_name))


@pytest.fixture(params=["failing", "killed"])
def failing_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], FailingDisk]:
    """Makes disks each call of which can be made to fail, or to be the last; nothing waits for the real one."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    return lambda: FailingDisk(OSError if request.param == "failing" else Killed)


@pytest.fixture
def endings() -> tuple[type[BaseException], ...]:
    """How an act on such a disk may end."""
    return (StoreTrouble, Killed)
