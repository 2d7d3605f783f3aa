"""The catalogue: the rows of the worklist, kept beside the cases as a TinyDB so that a list need not read them all.

It is only a cache. A row holds for as long as its case's file looks as it did; what is missing, stale or damaged is made again
from the cases. It is never fsynced, and a store without one works the same, more slowly.

What is erased must not come back with it. So it is written under a lock, and then no row is kept of a case whose file is not there:
an erasure removes that file first, and drops the row under the same lock.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage

from msht_tui.domain.worklist import PhaseCount, WorklistRow
from msht_tui.store.codec import PLAIN, Blobs
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import PATIENCE, FileLock
from msht_tui.store.trouble import Damaged, StoreTrouble

FORMAT = 3
PURPOSE = "catalogue"
TABLE = "cases"


class CatalogueRow(msgspec.Struct, frozen=True, gc=False):
    """A worklist row, with what its case's file looked like when it was made, and how far the record went."""

    seen: Seen
    number: int
    digest: str
    row: WorklistRow


class _Kept(msgspec.Struct, frozen=True):
    """The file. What many cases share stands in lists of its own: a row stands without it, and beside it the places in those lists."""

    format: int
    phases: tuple[PhaseCount, ...]
    counts: tuple[dict[str, int], ...]
    cases: list[CatalogueRow]
    shared: list[_Shared]


class _Shared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Places in the lists of a file."""

    phases: tuple[int, ...]
    ages: int
    subjects: int


class CatalogueStorage(Storage):
    """One file, written whole and given its name in one step."""

    def __init__(self, path: Path, disk: Disk, blobs: Blobs = PLAIN) -> None:
        self._path = path
        self._disk = disk
        self._blobs = blobs

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables, as TinyDB's storages give them; `None` when there is no usable file."""
        rows = self.rows()
        return {TABLE: {str(number): msgspec.to_builtins(row) for number, row in enumerate(rows.values(), 1)}} if rows else None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Keep these tables, as TinyDB gives them."""
        found = msgspec.convert(list(data.get(TABLE, {}).values()), list[CatalogueRow])
        self.keep({row.row.case_id: row for row in found})

    def rows(self) -> dict[str, CatalogueRow]:
        """Case id to its row; empty when the file is missing, damaged or of another format, or cannot be opened."""
        try:
            kept = msgspec.json.decode(self._blobs.open_blob(PURPOSE, self._disk.read_from(self._path, 0)), type=_Kept)
            return _rows(kept) if kept.format == FORMAT else {}
        except (OSError, Damaged, ValueError, IndexError, RecursionError):
            return {}

    def keep(self, rows: Mapping[str, CatalogueRow]) -> None:
        """Write these rows in place of the others. Raises `OSError`; the file of before is left then."""
        phases: dict[PhaseCount, int] = {}
        counts: dict[tuple[tuple[str, int], ...], int] = {}
        cases, shared = [], []

        def place(count: Mapping[str, int]) -> int:
            return counts.setdefault(tuple(count.items()), len(counts))

        for one in rows.values():
            places = tuple(phases.setdefault(phase, len(phases)) for phase in one.row.phases)
            shared.append(_Shared(places, place(one.row.ages), place(one.row.subjects)))
            row = msgspec.structs.replace(one.row, phases=(), ages={}, subjects={})
            cases.append(CatalogueRow(one.seen, one.number, one.digest, row))
        kept = msgspec.json.encode(_Kept(FORMAT, tuple(phases), tuple(map(dict, counts)), cases, shared))
        self._disk.write_cache(self._path, self._blobs.seal_blob(PURPOSE, kept))


def _rows(kept: _Kept) -> dict[str, CatalogueRow]:
    """Case id to its row with what it shares. Raises `IndexError` or `ValueError` where not all of that is there."""
    phase, count = kept.phases.__getitem__, kept.counts.__getitem__
    put = msgspec.structs.force_setattr  # nobody else has seen these rows yet
    for one, shared in zip(kept.cases, kept.shared, strict=True):
        put(one.row, "phases", tuple(map(phase, shared.phases)))
        put(one.row, "ages", count(shared.ages))
        put(one.row, "subjects", count(shared.subjects))
    return {one.row.case_id: one for one in kept.cases}


class Catalogue:
    """The catalogue of a store, one file."""

    def __init__(self, path: Path, disk: Disk, blobs: Blobs = PLAIN) -> None:
        self.path = path
        self._disk = disk
        self._blobs = blobs
        self._storage = CatalogueStorage(path, disk, blobs)
        self._rows: dict[str, CatalogueRow] = {}
        self._seen: Seen | None = None

    @property
    def database(self) -> TinyDB:
        """The catalogue as a TinyDB, to query as any other."""
        return TinyDB(self.path, self._disk, self._blobs, storage=CatalogueStorage)

    def update(
        self, files: Mapping[str, Seen], make: Callable[[str, Seen], CatalogueRow | None], look: Callable[[], Container[str]]
    ) -> dict[str, CatalogueRow]:
        """The row of every file, made anew by `make` where the kept one no longer holds; `None` from it leaves a case out.

        `look` says which cases have a file still, once nobody else can write here.
        """
        before = self.rows()
        rows: dict[str, CatalogueRow] = {}
        changed = len(before) != len(files)
        for case_id, seen in files.items():
            row = before.get(case_id)
            if row is None or row.seen != seen:
                changed = True
                row = make(case_id, seen)
            if row is not None:
                rows[case_id] = row
        if changed and rows != before:
            with suppress(OSError, StoreTrouble), self._alone(0.0):  # a cache that cannot be kept costs time and nothing else
                there = look()
                self._storage.keep({case_id: row for case_id, row in rows.items() if case_id in there})
            self._seen = self._look()
        self._rows = rows
        return rows

    def drop(self, case_id: str) -> None:
        """Hold no row of a case any more, whatever a power cut does; its file is gone already. Raises `OSError`, or `StoreTrouble`."""
        with self._alone(PATIENCE):
            rows = {one: row for one, row in self.rows().items() if one != case_id}
            self._disk.remove(self.path)
            self._disk.sync_folder(self.path.parent)
            with suppress(OSError):
                self._storage.keep(rows)
            self._rows, self._seen = rows, self._look()

    def forget(self) -> None:
        """Make every row again at the next look."""
        self._rows, self._seen = {}, None
        self._disk.remove(self.path)

    def rows(self) -> dict[str, CatalogueRow]:
        """What is kept, whether it holds still or not."""
        seen = self._look()
        if seen is None:
            return {}
        if seen != self._seen:
            self._rows, self._seen = self._storage.rows(), seen
        return self._rows

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        with closing(FileLock(self.path.with_suffix(".lock"), self._disk, patience)) as lock, lock.held():
            yield

    def _look(self) -> Seen | None:
        try:
            return self._disk.look_at(self.path)
        except OSError:
            return None
