"""The store in memory that tests use keeps the contract of the one on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from msht_tui.content.library import Library
from msht_tui.content.reader import read_pack
from msht_tui.domain.entry import AnyEvent, CaseOpened, Document, Entry, NoteAdded
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.ports import CaseStore, StoreTrouble
from msht_tui.store.folder import FolderStore

CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
EntriesOf = Callable[[Sequence[AnyEvent]], list[Entry]]


def read_kept(files: Mapping[str, bytes]) -> Pack:
    return read_pack(files, "kept content")


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, memory_store: CaseStore, tmp_path: Path) -> CaseStore:
    return memory_store if request.param == "memory" else FolderStore(tmp_path / "store", read_kept, exercise=False)


@pytest.fixture(scope="session")
def documents(entries_of: EntriesOf) -> list[Document]:
    """An opening and five notes."""
    opened = CaseOpened(case=CASE_ID, pack="demo", version="1", digest="d" * 64, role="custody")
    return [entry.document() for entry in entries_of([opened, *(NoteAdded(text=f"note {n}") for n in range(5))])]


def test_what_is_appended_is_read_by_everybody(store: CaseStore, documents: list[Document]) -> None:
    assert list(store.ids()) == []
    mine = store.create(CASE_ID, documents[:1])
    theirs = store.open(CASE_ID)
    assert list(store.ids()) == [CASE_ID]
    assert [entry.number for entry in mine.append(lambda: documents[1:3])] == [2, 3]
    assert [entry.number for entry in theirs.entries] == [1]
    assert theirs.refresh()
    assert not theirs.refresh()
    assert list(theirs.entries) == list(mine.entries) == list(store.open(CASE_ID).entries)
    assert (theirs.check_code, theirs.case_id, theirs.notice) == (mine.check_code, CASE_ID, "")
    assert mine.check_code.startswith("3-")


def test_an_append_catches_up_before_it_decides(store: CaseStore, documents: list[Document]) -> None:
    mine, theirs = store.create(CASE_ID, documents[:1]), store.open(CASE_ID)
    mine.append(lambda: documents[1:3])
    seen: list[int] = []

    def decide() -> Sequence[Document]:
        seen.append(len(theirs.entries))
        return documents[3:4]

    theirs.append(decide)
    assert seen == [3]
    assert [entry.number for entry in store.open(CASE_ID).entries] == [1, 2, 3, 4]


def test_a_refusal_or_an_empty_act_writes_nothing(store: CaseStore, documents: list[Document]) -> None:
    record = store.create(CASE_ID, documents[:1])
    before = record.check_code

    def refuse() -> Sequence[Document]:
        raise Refused("No.")

    with pytest.raises(Refused):
        record.append(refuse)
    assert list(record.append(list)) == []
    assert record.check_code == store.open(CASE_ID).check_code == before


def test_a_case_or_content_that_is_not_there_is_trouble_in_words(store: CaseStore) -> None:
    with pytest.raises(StoreTrouble, match="Could not read"):
        store.open(CASE_ID)
    with pytest.raises(StoreTrouble, match="Could not read the content"):
        store.pack("d" * 64)


def test_kept_content_is_given_back_under_its_digest(store: CaseStore, library: Library, pack: Pack) -> None:
    for _ in range(2):
        store.keep_pack(pack.digest, library.files())
    assert store.pack(pack.digest) == pack
    assert store.exercise is False
