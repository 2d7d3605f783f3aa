"""TinyDB over an append-only file: reading, `Query` and `insert` are TinyDB's own, changing and removing are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn, TypeAlias

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from msht_tui.domain.entry import Document

ENTRIES = "entries"
"""The one table of a case: its entries, by number."""
Kept: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Documents by their number as a string, as TinyDB's own storages give them."""


class AppendOnlyError(Exception):
    """An attempt to change or remove an entry. Record a correction instead."""


class Documents(Mapping[str, Mapping[str, Any]]):
    """The documents of a case by their number, worked out of its acts only once somebody asks the database."""

    def __init__(self) -> None:
        self._acts: list[bytes] = []
        self._worked_out = 0
        self._documents: dict[str, Mapping[str, Any]] = {}
        self._count = 0

    def add(self, acts: Sequence[bytes], count: int) -> None:
        """Add the documents of acts: JSON lists, with so many in all."""
        self._acts += acts
        self._count += count

    def clear(self) -> None:
        """Forget all of them."""
        self.__init__()  # type: ignore[misc]

    def __getitem__(self, number: str) -> Mapping[str, Any]:
        for payload in self._acts[self._worked_out :]:
            for document in msgspec.json.decode(payload, type=list[Document]):
                self._documents[str(len(self._documents) + 1)] = MappingProxyType(document)
        self._worked_out = len(self._acts)
        return self._documents[number]

    def __iter__(self) -> Iterator[str]:
        return map(str, range(1, self._count + 1))

    def __len__(self) -> int:
        return self._count


class EntryStorage(Storage):
    """The storage of one case: what has been read, and the one way to add to it."""

    def __init__(self, append: Callable[[Sequence[Document]], None], documents: Kept) -> None:
        self._append = append
        self._documents = MappingProxyType(documents)

    def read(self) -> dict[str, Any] | None:
        """The tables; nothing in them can be changed, not even by a stock table that writes in memory before it saves."""
        return {ENTRIES: self._documents} if self._documents else None

    def write(self, data: object) -> NoReturn:
        """Refused: only a stock table or `drop_table` would write a database whole."""
        raise AppendOnlyError("a case is append-only: nothing can be rewritten or dropped")

    def append(self, documents: list[Document]) -> None:
        """Make these documents durable, as one act."""
        self._append(documents)


class _Additions(MutableMapping[int, Document]):
    """What TinyDB's updaters see of a table: they may add the next numbers and do nothing else."""

    def __init__(self, documents: Kept) -> None:
        self._documents = documents
        self.added: dict[int, Document] = {}

    def __getitem__(self, number: int) -> Document:
        return self.added[number] if number in self.added else dict(self._documents[str(number)])

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

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 0 < number <= len(self)

    def __iter__(self) -> Iterator[int]:
        yield from map(int, self._documents)
        yield from self.added

    def __len__(self) -> int:
        return len(self._documents) + len(self.added)


class EntryTable(Table):
    """A table whose documents are never changed or removed. A document's id is its entry's number."""

    def __init__(self, storage: Storage, name: str, **_: object) -> None:
        """Queries are never cached: what other windows append would not show."""
        super().__init__(storage, name, cache_size=0)
        self._additions: _Additions | None = None

    def _get_next_id(self) -> int:
        return len(self if self._additions is None else self._additions) + 1

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        if self.name != ENTRIES:
            raise AppendOnlyError(f"a case has one table, {ENTRIES!r}: there is no {self.name!r} to add to")
        self._additions = _Additions(self._read_table())
        try:
            updater(self._additions)
            added = list(self._additions.added.values())
        finally:
            self._additions = None
        storage = self.storage
        if added and isinstance(storage, EntryStorage):
            storage.append(added)

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

    table_class = EntryTable  # type: ignore[assignment]  # its constructor takes any option of a table, and heeds none
    default_table_name = ENTRIES

    def drop_table(self, name: str) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("the entries stay: a case is append-only")

    def drop_tables(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("the entries stay: a case is append-only")
