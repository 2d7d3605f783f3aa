"""What every test stands on: a machine of its own, the shipped content, a clock that stands still, and a store in memory."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import settings

from msht_tui.content.library import Library
from msht_tui.content.reader import read_pack
from msht_tui.domain.case import CaseState, fold
from msht_tui.domain.entry import AnyEvent, Document, Entry, FactRecorded, Stamp, StepMarked, SubjectAdded, entry_from
from msht_tui.domain.pack import Pack, SubjectKind
from msht_tui.domain.worklist import WorklistRow
from msht_tui.ports import CaseRecord, StoreTrouble
from msht_tui.service import Casework

settings.register_profile("msht", deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("msht"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "msht"))

MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday in winter, when London's clock shows UTC."""

FOLDERS = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the store or the settings of whoever runs it, nor takes their name."""
    for name in FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("MSHT_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("MSHT_OPERATOR", raising=False)


FILES = 8192
"""Descriptors that a run may need."""


def pytest_configure() -> None:
    """A run opens thousands of files, and a system lets a process have a thousand at a time unless it asks for more.

    The folders that tests make are nobody else's to write into: a live store is refused where they are.
    """
    os.umask(0o022)
    if sys.platform != "win32":
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if resource.RLIM_INFINITY != now < FILES <= (most if most != resource.RLIM_INFINITY else FILES):
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most))


class FixedClock:
    """A clock that shows the same time until it is told otherwise."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = moment
        self.stepped = 0.0

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.moment.timestamp() - self.stepped

    def step(self, seconds: float) -> None:
        """Put it on, or back, without any time having passed."""
        self.moment += timedelta(seconds=seconds)
        self.stepped += seconds

    def forward(self, **of_time: float) -> None:
        """Put it on by the arguments of a `timedelta`; backwards when they are negative."""
        self.moment += timedelta(**of_time)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def london() -> ZoneInfo:
    return ZoneInfo("Europe/London")


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped content."""
    return Library()


@pytest.fixture(scope="session")
def pack(library: Library) -> Pack:
    """The shipped pack."""
    return library.pack()


@pytest.fixture(scope="session")
def items_of(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """Unit id to the ids of the items that cover it, so that a test can speak in the guidance's units."""
    return {unit.id: tuple(item.id for item in pack.items if unit.id in item.covers) for unit in pack.units}


class InMemoryStore:
    """A store of cases that forgets everything, with the contract of the one on disk; `read_pack` turns kept files into a pack."""

    def __init__(self, *, exercise: bool = False, reader: Callable[[Mapping[str, bytes]], Pack] | None = None) -> None:
        self.exercise = exercise
        self.acts: dict[str, list[bytes]] = {}
        """Case id to its acts, each as the JSON that a file would hold."""
        self.kept: dict[str, dict[str, bytes]] = {}
        self.broken = ""
        """Words with which every write fails, while there are any."""
        self.profiles: dict[str, Mapping[str, str]] = {}
        self.drafts: dict[tuple[str, str], Mapping[str, str]] = {}
        """Case id and operator to what was typed, by its place."""
        self._reader = reader or (lambda files: read_pack(files, "kept content"))
        self._read: dict[str, Pack] = {}

    def ids(self) -> Sequence[str]:
        return list(self.acts)

    def create(self, case_id: str, documents: Sequence[Document]) -> CaseRecord:
        self.refuse_if_broken()
        self.acts[case_id] = [msgspec.json.encode(documents)]
        return self.open(case_id)

    def open(self, case_id: str) -> CaseRecord:
        if case_id not in self.acts:
            raise StoreTrouble(f"Could not read {case_id}: there is no such case.")
        return InMemoryRecord(self, case_id)

    def worklist(
        self, row_of: Callable[[CaseRecord], WorklistRow], tell: Callable[[int, int], None] | None = None
    ) -> tuple[list[WorklistRow], dict[str, str]]:
        rows: list[WorklistRow] = []
        unreadable: dict[str, str] = {}
        for case_id in self.ids():
            try:
                rows.append(row_of(self.open(case_id)))
            except StoreTrouble as trouble:
                unreadable[case_id] = str(trouble)
        return rows, unreadable

    def keep_pack(self, digest: str, files: Mapping[str, bytes]) -> None:
        self.refuse_if_broken()
        self.kept.setdefault(digest, dict(files))

    def pack(self, digest: str) -> Pack:
        if digest not in self.kept:
            raise StoreTrouble(f"Could not read the content of the case: {digest} was never kept.")
        if digest not in self._read:
            self._read[digest] = self._reader(self.kept[digest])
        return self._read[digest]

    def draft(self, case_id: str, operator: str) -> Mapping[str, str]:
        return self.drafts.get((case_id, operator), {})

    def keep_draft(self, case_id: str, operator: str, typed: Mapping[str, str]) -> None:
        self.refuse_if_broken()
        self.drafts[case_id, operator] = dict(typed)

    def close(self) -> None:
        pass

    def profile(self, operator: str) -> Mapping[str, str]:
        return self.profiles.get(operator, {})

    def keep_profile(self, operator: str, answers: Mapping[str, str]) -> None:
        self.profiles[operator] = answers

    def refuse_if_broken(self) -> None:
        if self.broken:
            raise StoreTrouble(self.broken)


class InMemoryRecord:
    """One reader's view of a case: it sees what others appended when it refreshes or appends."""

    notice = ""

    def __init__(self, store: InMemoryStore, case_id: str) -> None:
        self.case_id = case_id
        self._store = store
        self._seen = 0
        self._entries: list[Entry] = []
        self.refresh()

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    @property
    def check_code(self) -> str:
        return f"{len(self._entries)}-{sha256(b''.join(self._store.acts[self.case_id][: self._seen])).hexdigest()}"

    def refresh(self) -> bool:
        acts = self._store.acts[self.case_id][self._seen :]
        for act in acts:
            self._entries += [entry_from(document) for document in msgspec.json.decode(act, type=list[Document])]
        self._seen += len(acts)
        return bool(acts)

    def close(self) -> None:
        pass

    def append(self, decide: Callable[[], Sequence[Document]]) -> Sequence[Entry]:
        self.refresh()
        before = len(self._entries)
        documents = decide()
        if not documents:
            return []
        self._store.refuse_if_broken()
        assert [document["number"] for document in documents] == list(range(before + 1, before + 1 + len(documents)))
        self._store.acts[self.case_id].append(msgspec.json.encode(documents))
        self.refresh()
        return self._entries[before:]


class KeptContent:
    """Reads the content that cases keep, each digest once for all tests."""

    def __init__(self) -> None:
        self._packs: dict[int, Pack] = {}

    def __call__(self, files: Mapping[str, bytes]) -> Pack:
        key = hash(tuple(sorted(files.items())))
        if key not in self._packs:
            self._packs[key] = read_pack(files, "kept content")
        return self._packs[key]


@pytest.fixture(scope="session")
def kept_content() -> KeptContent:
    return KeptContent()


@pytest.fixture
def memory_store(kept_content: KeptContent) -> InMemoryStore:
    return InMemoryStore(reader=kept_content)


@pytest.fixture
def casework(memory_store: InMemoryStore, library: Library, clock: FixedClock, london: ZoneInfo) -> Casework:
    """The use cases over the store in memory, for one operator."""
    return Casework(memory_store, library, clock, london, "PC 1234")


@pytest.fixture
def new_desk(library: Library, london: ZoneInfo) -> Callable[[InMemoryStore, FixedClock, str], Casework]:
    """Gives the casework of one operator at a store."""
    return lambda store, clock, operator: Casework(store, library, clock, london, operator)


@pytest.fixture
def world(kept_content: KeptContent) -> Callable[[], tuple[InMemoryStore, FixedClock]]:
    """Gives an empty store and a clock, as often as it is asked."""
    return lambda: (InMemoryStore(reader=kept_content), FixedClock())


@pytest.fixture
def colleague(memory_store: InMemoryStore, library: Library, clock: FixedClock, london: ZoneInfo) -> Casework:
    """Another operator at the same store, beside them."""
    return Casework(memory_store, library, clock, london, "Sgt 77")


class CaseOf(Protocol):
    """Makes a case out of events, numbered from 1 and a minute apart."""

    def __call__(self, *events: AnyEvent) -> CaseState: ...


@pytest.fixture(scope="session")
def entries_of() -> Callable[[Sequence[AnyEvent]], list[Entry]]:
    """Events to entries: numbered from 1, a minute apart, all by one person."""

    def stamped(events: Sequence[AnyEvent]) -> list[Entry]:
        moments = [MORNING + timedelta(minutes=number) for number in range(len(events))]
        return [
            Entry(Stamp(number, moment, moment, "PC 1234"), event)
            for number, (moment, event) in enumerate(zip(moments, events, strict=True), 1)
        ]

    return stamped


@pytest.fixture(scope="session")
def case_of(entries_of: Callable[[Sequence[AnyEvent]], list[Entry]]) -> CaseOf:
    return lambda *events: fold(entries_of(events))


KINDS: Mapping[str, SubjectKind] = {"V": "victim", "S": "suspect", "L": "scene", "O": "other"}


class People(Protocol):
    """The events by which these subjects join a case."""

    def __call__(self, *subjects: str) -> list[SubjectAdded]: ...


@pytest.fixture(scope="session")
def people() -> People:
    return lambda *subjects: [SubjectAdded(subject=subject, subject_kind=KINDS[subject[0]]) for subject in subjects]


class Facts(Protocol):
    """The events by which facts of one subject are answered."""

    def __call__(self, subject: str, **answers: str) -> list[FactRecorded]: ...


@pytest.fixture(scope="session")
def facts() -> Facts:
    return lambda subject, **answers: [FactRecorded(subject=subject, name=name, value=value) for name, value in answers.items()]


@pytest.fixture(scope="session")
def done() -> Callable[[str, str], StepMarked]:
    """The event by which a step is done: item, subject."""
    return lambda item, subject: StepMarked(subject=subject, item=item, state="done")


@pytest.fixture
def holds_as_worked() -> Callable[[str, Mapping[str, Any]], None]:
    """Holds a case against the end of the same case worked by other means: by keys and by commands, the same steps and states."""

    def compare(name: str, case: Mapping[str, Any]) -> None:
        kept = Path(__file__).parent / "worked" / f"{name}.json"
        states = {step["step"]: step["state"] for step in case["steps"] if step["state"] != "open"}
        facts = {subject["id"]: subject["facts"] for subject in case["subjects"]}
        assert {"facts": facts, "states": states} == json.loads(kept.read_text("utf-8"))

    return compare
