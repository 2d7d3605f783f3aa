"""A case is a TinyDB: it reads and queries as any other, the next entry can be inserted, and nothing else can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, where
from tinydb.operations import delete, increment
from tinydb.operations import set as set_field
from tinydb.table import Document as TableDocument
from tinydb.table import Table

from msht_tui.domain.entry import Document
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk
from msht_tui.store.tables import ENTRIES, AppendOnlyError

pytestmark = pytest.mark.usefixtures("both_ways")
Add = Callable[..., list[int]]
Note = Callable[..., Document]


@pytest.fixture
def case(path: Path, add: Add) -> CaseFile:
    """A case of four entries in three acts."""
    case = CaseFile(path, Disk())
    add(case, "one")
    add(case, "two", "three")
    return case


def test_search_finds_by_where_and_by_query(case: CaseFile) -> None:
    found = case.database.search(where("kind") == "note-added")
    assert [document["text"] for document in found] == ["one", "two", "three"]
    assert [document.doc_id for document in case.database.search(Query().text.test(lambda text: text.startswith("t")))] == [3, 4]


def test_get_finds_by_query_and_by_number(case: CaseFile) -> None:
    found = case.database.get(where("text") == "two")
    assert isinstance(found, TableDocument) and found.doc_id == 3
    assert case.database.get(doc_id=3) == found
    assert case.database.get(doc_id=9) is None
    assert [document["number"] for document in case.database.get(doc_ids=[2, 4])] == [2, 4]


def test_it_counts_contains_and_iterates(case: CaseFile) -> None:
    database = case.database
    assert len(database) == 4
    assert database.count(where("kind") == "note-added") == 3
    assert database.contains(doc_id=4) and not database.contains(doc_id=5)
    assert [document["number"] for document in database] == [document["number"] for document in database.all()] == [1, 2, 3, 4]
    assert database.tables() == {ENTRIES}
    assert "total=4" in repr(database.table(ENTRIES))


def test_a_search_shows_what_another_window_appended(case: CaseFile, path: Path, add: Add) -> None:
    notes = where("kind") == "note-added"
    assert case.database.count(notes) == 3 == len(case.database.search(notes))
    add(CaseFile(path, Disk()), "four")
    case.refresh()
    assert len(case.database.search(notes)) == 4


def test_the_next_entry_can_be_inserted_and_is_durable(case: CaseFile, path: Path, note: Note) -> None:
    assert case.database.insert(note(5, "five")) == 5
    assert [entry.number for entry in case.entries] == [1, 2, 3, 4, 5]
    assert CaseFile(path, Disk()).entries == case.entries


def test_several_can_be_inserted_as_one_act(case: CaseFile, path: Path, note: Note) -> None:
    lines = path.read_bytes().count(b"\n")
    assert case.database.insert_multiple([note(5), note(6)]) == [5, 6]
    assert path.read_bytes().count(b"\n") == lines + 1
    assert len(CaseFile(path, Disk()).entries) == 6


def test_an_insert_after_another_window_appended_is_told_to_read_again(case: CaseFile, path: Path, add: Add, note: Note) -> None:
    add(CaseFile(path, Disk()), "four")
    with pytest.raises(AppendOnlyError, match="number 6, not 5: read the case again"):
        case.database.insert(note(5))
    assert case.database.insert(note(6)) == 6


def test_the_log_of_a_document_handed_out_is_a_copy(case: CaseFile) -> None:
    document = case.database.get(doc_id=2)
    assert isinstance(document, TableDocument)
    document["text"] = "altered"
    assert [d["text"] for d in case.database.search(where("number") == 2)] == ["one"]


def stock(case: CaseFile) -> Table:
    return Table(case.database.storage, ENTRIES)


CHANGES: dict[str, Callable[[CaseFile, Document], Any]] = {
    "update": lambda case, _: case.database.update({"text": "x"}),
    "update by query": lambda case, _: case.database.update({"text": "x"}, where("number") == 2),
    "update with an operation": lambda case, _: case.database.update(set_field("text", "x"), doc_ids=[2]),
    "update_multiple": lambda case, _: case.database.update_multiple([({"text": "x"}, where("number") == 2)]),
    "upsert": lambda case, document: case.database.upsert(document, where("number") == 2),
    "remove": lambda case, _: case.database.remove(doc_ids=[4]),
    "remove by query": lambda case, _: case.database.remove(where("number") == 4),
    "truncate": lambda case, _: case.database.truncate(),
    "drop_table": lambda case, _: case.database.drop_table(ENTRIES),
    "drop_tables": lambda case, _: case.database.drop_tables(),
    "insert over an entry": lambda case, document: case.database.insert(TableDocument(document, 2)),
    "insert with a gap": lambda case, document: case.database.insert(TableDocument(document, 9)),
    "insert of no entry": lambda case, _: case.database.insert({"text": "x"}),
    "insert of a wrong number": lambda case, document: case.database.insert({**document, "number": 6}),
    "insert of a wrong type": lambda case, document: case.database.insert({**document, "text": 5}),
    "insert into another table": lambda case, document: case.database.table("other").insert({**document, "number": 1}),
    "the next entry into another table": lambda case, document: case.database.table("other").insert(TableDocument(document, 1)),
    "an empty table made to stay": lambda case, _: case.database.table("other", persist_empty=True).truncate(),
    "storage.write": lambda case, _: case.database.storage.write({ENTRIES: {}}),
    "stock insert": lambda case, document: stock(case).insert(document),
    "stock update": lambda case, _: stock(case).update({"text": "x"}),
    "stock increment": lambda case, _: stock(case).update(increment("number"), doc_ids=[2]),
    "stock delete of a field": lambda case, _: stock(case).update(delete("text"), doc_ids=[2]),
    "stock remove": lambda case, _: stock(case).remove(doc_ids=[4]),
    "stock truncate": lambda case, _: stock(case).truncate(),
    "writing to what the storage read": lambda case, _: case.database.storage.read()[ENTRIES].clear(),  # type: ignore[index]
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_stands_cannot_be_changed(case: CaseFile, path: Path, note: Note, change: Callable[[CaseFile, Document], Any]) -> None:
    before = path.read_bytes(), case.database.all(), list(case.entries), case.check_code
    with pytest.raises((AppendOnlyError, ValueError, TypeError, AttributeError)):
        change(case, note(5))
    assert (path.read_bytes(), case.database.all(), list(case.entries), case.check_code) == before
    assert case.database.insert(note(5)) == 5


def test_a_stock_table_can_read(case: CaseFile) -> None:
    assert len(stock(case)) == 4
    assert stock(case).search(where("text") == "two")[0].doc_id == 3
