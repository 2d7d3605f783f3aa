"""TinyDB over an append-only file: reading, `Query` and `insert` are TinyDB's own, changing and removing are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, NoReturn

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from msht_tui.domain.entry import Document

ENTRIES = "entries"
"""The one table of a case: its entries, by number."""


class AppendOnlyError(Exception):
    """An attempt to change or remove an entry. Record a correction instead."""


class EntryStorage(Storage):
    """The storage of one case: what has been read, and the one way to add to it."""

    def __init__(self, append: Callable[[list[Document]], None], documents: dict[int, Document]) -> None:
        self._append = append
        self._documents = documents

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables, as TinyDB's storages give them."""
        return {ENTRIES: self._documents} if self._documents else None  # type: ignore[dict-item]  # TinyDB takes any key that int() takes

    def write(self, data: object) -> NoReturn:
        """Refused: only a stock table or `drop_table` would write a database whole."""
        raise AppendOnlyError("a case is append-only: nothing can be rewritten or dropped")

    def append(self, documents: list[Document]) -> None:
        """Make these documents durable, as one act."""
        self._append(documents)


class _Additions(MutableMapping[int, Document]):
    """What TinyDB's updaters see of a table: they may add the next numbers and do nothing else."""

    def __init__(self, documents: Mapping[int, Document]) -> None:
        self._documents = documents
        self.added: dict[int, Document] = {}

    def __getitem__(self, number: int) -> Document:
        return self.added[number] if number in self.added else dict(self._documents[number])

    def __setitem__(self, number: int, document: Document) -> None:
        if number in self:
            raise AppendOnlyError(f"entry {number} stands already: nothing is overwritten")
        if number != len(self) + 1:
            raise AppendOnlyError(f"entry {number} would leave a gap: the next is {len(self) + 1}")
        self.added[number] = document

    def __delitem__(self, number: int) -> None:
        raise AppendOnlyError(f"entry {number} stays: a case is append-only")

    def clear(self) -> None:
        raise AppendOnlyError("the entries stay: a case is append-only")

    def __iter__(self) -> Iterator[int]:
        yield from self._documents
        yield from self.added

    def __len__(self) -> int:
        return len(self._documents) + len(self.added)


class EntryTable(Table):
    """A table whose documents are never changed or removed. A document's id is its entry's number."""

    def _get_next_id(self) -> int:
        return len(self) + 1

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        additions = _Additions(self._read_table())  # type: ignore[arg-type]
        updater(additions)
        storage = self.storage
        if additions.added and isinstance(storage, EntryStorage):
            storage.append(list(additions.added.values()))
        self.clear_cache()

    def update(self, *args: object, **kwargs: object) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("an entry is never changed: record a correction")

    def update_multiple(self, *args: object, **kwargs: object) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("an entry is never changed: record a correction")

    def upsert(self, *args: object, **kwargs: object) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("an entry is never changed: record a correction")

    def remove(self, *args: object, **kwargs: object) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("an entry is never removed: record a correction")

    def truncate(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("the entries stay: a case is append-only")


class CaseDatabase(TinyDB):
    """A case as TinyDB users expect one: `db.search(where("kind") == "step-marked")`, `Query`, `len`, iteration."""

    table_class = EntryTable
    default_table_name = ENTRIES

    def drop_table(self, name: str) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("the entries stay: a case is append-only")

    def drop_tables(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("the entries stay: a case is append-only")
