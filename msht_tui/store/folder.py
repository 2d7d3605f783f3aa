"""A store on disk: a folder of cases, and of the content that they are worked under."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from msht_tui.domain.entry import Document
from msht_tui.domain.pack import Pack
from msht_tui.domain.worklist import WorklistRow
from msht_tui.ports import CaseRecord
from msht_tui.store.case_file import CaseFile
from msht_tui.store.catalogue import Catalogue, CatalogueRow
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.memory import Height, Memory
from msht_tui.store.place import refuse_foreign
from msht_tui.store.profiles import Profiles
from msht_tui.store.trouble import StoreTrouble, in_words

ABANDONED = 3600.0
"""Seconds after which a file that has not got its name is nobody's: to write one takes moments."""
ReadPack = Callable[[Mapping[str, bytes]], Pack]
"""From a pack's files to the pack. Given, so that the store needs to know nothing of content."""


class FolderStore:
    """`<root>/cases/<id>.tdb` and `<root>/packs/<digest>.json`; the exercise store is a root of its own."""

    def __init__(self, root: Path, read_pack: ReadPack, *, exercise: bool, disk: Disk | None = None) -> None:
        self.root = root
        self.cases = root / "cases"
        self.packs = root / "packs"
        self._read_pack = read_pack
        self._exercise = exercise
        self._disk = disk or Disk()
        self.memory = Memory(root / "remembered.log", self._disk)
        self.catalogue = Catalogue(root / "catalogue.json", self._disk)
        self._profiles = Profiles(root / "profiles.json", self._disk)
        self._read_packs: dict[str, Pack] = {}
        self._swept = False

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise store."""
        return self._exercise

    def ids(self) -> Sequence[str]:
        """The ids of its cases, in no order. Raises `StoreTrouble` when the folder cannot be read."""
        return list(self._files())

    def create(self, case_id: str, documents: Sequence[Document]) -> CaseFile:
        """A new case with its opening act, durable. Raises `StoreTrouble`."""
        refuse_foreign(self.root)
        self._make(self.cases)
        case = CaseFile.create(self.cases / f"{case_id}.tdb", self._disk, documents, self.memory)
        self._sweep()
        return case

    def _sweep(self) -> None:
        """Once, after something was saved here: remove what writers that died have left half made. None of it was ever shown as saved."""
        if self._swept:
            return
        self._swept = True
        for folder in (self.root, self.cases, self.packs):
            with suppress(OSError):  # what cannot be removed is in nobody's way
                self._disk.sweep(folder, ABANDONED)

    def open(self, case_id: str) -> CaseFile:
        """The record of a case, read to its end. Raises `StoreTrouble`."""
        return CaseFile(self.cases / f"{case_id}.tdb", self._disk, self.memory)

    def worklist(
        self, row_of: Callable[[CaseRecord], WorklistRow], tell: Callable[[int, int], None] | None = None
    ) -> tuple[list[WorklistRow], dict[str, str]]:
        """The row of every case, and why the others cannot be shown. `row_of` makes a row; `tell` hears how many of how many are made.

        Only cases that changed since the last look are read. Raises `StoreTrouble` when the folder cannot be read.
        """
        unreadable: dict[str, str] = {}
        files = self._files()
        heights = self._heights()
        begun = [0]

        def make(case_id: str, seen: Seen) -> CatalogueRow | None:
            begun[0] += 1
            if tell is not None:
                tell(begun[0], len(files))
            try:
                record = self.open(case_id)
                row = row_of(record)
            except StoreTrouble as trouble:
                unreadable[case_id] = str(trouble)
                return None
            if record.fault:
                row = msgspec.structs.replace(row, fault=record.fault)
            return CatalogueRow(seen, record.height.number, record.height.digest, row)

        rows = self.catalogue.update(files, make)
        with suppress(OSError, StoreTrouble):  # tidying can wait for a better moment
            self.memory.tidy()
        for case_id in heights.keys() - files.keys():
            unreadable[case_id] = (
                f"Its file is gone from {self.cases}, and held {heights[case_id].number} entries: restore it from a backup."
            )
        return [self._faulted(kept, heights.get(case_id)) for case_id, kept in rows.items()], unreadable

    def rebuild(self) -> None:
        """Forget the catalogue: it is made again from the cases at the next look. What is remembered of their heights stays."""
        try:
            self.catalogue.forget()
        except OSError as error:
            raise in_words(error, "remove", self.catalogue.path) from error

    def _faulted(self, kept: CatalogueRow, known: Height | None) -> WorklistRow:
        if known is None or kept.row.fault or kept.number > known.number or (kept.number, kept.digest) == (known.number, known.digest):
            return kept.row
        words = f"ends at entry {kept.number}, and went to entry {known.number} before: cut short, rolled back or rewritten"
        return msgspec.structs.replace(kept.row, fault=words)

    def _heights(self) -> dict[str, Height]:
        try:
            return self.memory.all()
        except OSError as error:
            raise in_words(error, "read", self.memory.path) from error

    def _files(self) -> dict[str, Seen]:
        try:
            return self._disk.list_files(self.cases, ".tdb")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise in_words(error, "read", self.cases) from error

    def keep_pack(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Keep a copy of the content under its digest; one that is there already is left, unless it is damaged."""
        refuse_foreign(self.root)
        path = self._pack_path(digest)
        self._make(self.packs)
        data = msgspec.json.encode({name: files[name] for name in sorted(files)})
        try:
            if not (path.exists() and self._disk.read_from(path, 0) == data):
                self._disk.write_whole(path, data)
        except OSError as error:
            raise in_words(error, "keep the content in", path) from error

    def pack(self, digest: str) -> Pack:
        """The kept content of this digest. Raises `StoreTrouble` when it is missing or not what its name says."""
        if digest not in self._read_packs:
            path = self._pack_path(digest)
            try:
                kept = msgspec.json.decode(self._disk.read_from(path, 0), type=dict[str, bytes])
            except OSError as error:
                raise in_words(error, "read the content of the case in", path) from error
            except msgspec.DecodeError as error:
                raise StoreTrouble(f"{path} is damaged: put a copy of it back from a backup.") from error
            pack = self._read_pack(kept)
            if pack.digest != digest:
                raise StoreTrouble(f"{path} is not the content it is named after: put a copy of it back from a backup.")
            self._read_packs[digest] = pack
        return self._read_packs[digest]

    def profile(self, operator: str) -> Mapping[str, str]:
        """What an operator typed once for every worksheet. Raises `StoreTrouble`."""
        return self._profiles.of(operator)

    def keep_profile(self, operator: str, answers: Mapping[str, str]) -> None:
        """Keep it. Raises `StoreTrouble`."""
        self._make(self.root)
        self._profiles.keep(operator, answers)

    def _pack_path(self, digest: str) -> Path:
        return self.packs / f"{digest}.json"

    def _make(self, folder: Path) -> None:
        """The folder with those above it, each its owner's alone and durable before anything is put into it."""
        if folder.is_dir():
            return
        if folder.parent != folder:
            self._make(folder.parent)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._disk.sync_folder(folder.parent)
        except OSError as error:
            raise in_words(error, "make", folder) from error
