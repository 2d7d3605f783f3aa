"""A store on disk: a folder of cases, and of the content that they are worked under."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from msht_tui.domain.audit import Erased, Record, unrecorded
from msht_tui.domain.entry import Document
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import refuse_but_supervisor
from msht_tui.domain.worklist import WorklistRow
from msht_tui.ports import CaseRecord
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.catalogue import Catalogue, CatalogueRow
from msht_tui.store.codec import PLAIN, Blobs, Codec, Sealed
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.drafts import Drafts
from msht_tui.store.inspection import inspect
from msht_tui.store.lock import FileLock
from msht_tui.store.memory import Height, Memory
from msht_tui.store.place import CASES, CATALOGUE, DRAFTS, PACKS, PROFILES, REMEMBERED, make_folder, refuse_foreign, refuse_stranger
from msht_tui.store.profiles import Profiles
from msht_tui.store.set_up import is_of_before
from msht_tui.store.trouble import UNDECODABLE, NotSealed, StoreTrouble, in_words

if TYPE_CHECKING:
    from msht_tui.store.case_keys import CaseKeys

ABANDONED = 3600.0
"""Seconds after which a file that has not got its name is nobody's: to write one takes moments."""
ReadPack = Callable[[Mapping[str, bytes]], Pack]
"""From a pack's files to the pack. Given, so that the store needs to know nothing of content."""


class FolderStore:
    """`<root>/cases/<id>.tdb` and `<root>/packs/<digest>.json`; the exercise store is a root of its own.

    Raises `StoreTrouble` where one of them is a link or belongs to somebody else.

    With `keys` all that it writes of cases is sealed, and its methods also raise `SessionEnded` once their operator is removed or has left.
    """

    def __init__(self, root: Path, read_pack: ReadPack, *, exercise: bool, disk: Disk | None = None, keys: CaseKeys | None = None) -> None:
        self.root = root
        self.cases = root / CASES
        for folder in (root, self.cases):
            refuse_stranger(folder)
        self.packs = root / PACKS
        self.disk = disk or Disk()
        self.keys = keys
        self._read_pack = read_pack
        self._exercise = exercise
        self._blobs: Blobs = PLAIN if keys is None else keys.session
        ending = "json" if keys is None else "sealed"
        self.memory = Memory(root / REMEMBERED, self.disk)
        self.catalogue = Catalogue(root / f"{CATALOGUE}.{ending}", self.disk, self._blobs)
        self._profiles = Profiles(root / f"{PROFILES}.{ending}", self.disk, self._blobs)
        self._drafts = Drafts(root / DRAFTS, self.disk, self._blobs_of)
        self._read_packs: dict[str, Pack] = {}
        self._swept = self._all_sealed = False

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
        self._blobs.refresh()
        make_folder(self.cases, self.disk)
        if self.keys is not None:
            self.refuse_plain()
            self.keys.create(case_id)
        case = CaseFile.create(self.cases / f"{case_id}.tdb", self.disk, documents, self.memory, self.codec(case_id))
        self._sweep()
        return case

    def codec(self, case_id: str) -> Codec:
        """How a case stands on the disk here."""
        return PLAIN if self.keys is None else Sealed(self.keys, case_id)

    def _blobs_of(self, case_id: str) -> Blobs:
        """How a draft stands on the disk: as the case that it is about, or as the store's own files where there is none yet."""
        return self.codec(case_id) if case_id else self._blobs

    def refuse_plain(self) -> None:
        """Refuse to go on while cases of before the terminal was set up wait to be sealed. Any other plain file keeps nobody from work.

        Raises `NotSealed`.
        """
        if self.keys is None or self._all_sealed:
            return
        before = self.keys.session.before
        waiting = sum(self._waits(case_id, before[case_id]) for case_id in before.keys() & self._files().keys())
        if waiting:
            many = f"A case in {self.cases} is" if waiting == 1 else f"{waiting} cases in {self.cases} are"
            raise NotSealed(f"{many} not sealed yet: a supervisor seals all of them first, with msht store convert. Nothing was written.")
        self._all_sealed = True

    def _waits(self, case_id: str, code: str) -> bool:
        """Whether a case of before is still to be sealed, or to be taken off the list of those that are."""
        path = self.cases / f"{case_id}.tdb"
        try:
            found = inspect(case_id, self.disk.read_from(path, 0))
        except OSError as error:
            raise in_words(error, "read", path) from error
        return found.sealed or is_of_before(found, code)

    def _sweep(self) -> None:
        """Once, after something was saved here: remove what writers that died have left half made. None of it was ever shown as saved."""
        if self._swept:
            return
        self._swept = True
        for folder in (self.root, self.cases, self.packs):
            with suppress(OSError):  # what cannot be removed is in nobody's way
                self.disk.sweep(folder, ABANDONED)

    def _sweep_all(self) -> None:
        """Remove whatever writers that died have left half made, of any age: rows and drafts may be in it. Raises `OSError`."""
        for folder in (self.root, self.cases, self._drafts.folder):
            with suppress(FileNotFoundError):
                self.disk.sweep(folder)
                self.disk.sync_folder(folder)

    def open(self, case_id: str) -> CaseFile:
        """The record of a case, read to its end. Raises `StoreTrouble`."""
        return CaseFile(self.cases / f"{case_id}.tdb", self.disk, self.memory, self.codec(case_id))

    def worklist(
        self, row_of: Callable[[CaseRecord], WorklistRow], tell: Callable[[int, int], None] | None = None
    ) -> tuple[list[WorklistRow], dict[str, str]]:
        """The row of every case, and why the others cannot be shown. `row_of` makes a row; `tell` hears how many of how many are made.

        Only cases that changed since the last look are read. Raises `StoreTrouble` when the folder cannot be read.
        """
        self._blobs.refresh()
        unreadable: dict[str, str] = {}
        self.catalogue.rows()  # first, so that its text is let go of before the rest is there
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

        rows = self.catalogue.update(files, make, self._files)
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
        if known is None or known.digest == kept.digest or kept.row.fault or kept.number > known.number:
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
            return self.disk.list_files(self.cases, ".tdb")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise in_words(error, "read", self.cases) from error

    def keep_pack(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Keep a copy of the content under its digest; one that is there already is left, unless it is damaged."""
        refuse_foreign(self.root)
        path = self._pack_path(digest)
        make_folder(self.packs, self.disk)
        data = msgspec.json.encode({name: files[name] for name in sorted(files)})
        try:
            if not (path.exists() and self.disk.read_from(path, 0) == data):
                self.disk.write_whole(path, data)
        except OSError as error:
            raise in_words(error, "keep the content in", path) from error

    def pack(self, digest: str) -> Pack:
        """The kept content of this digest. Raises `StoreTrouble` when it is missing or not what its name says."""
        if digest not in self._read_packs:
            path = self._pack_path(digest)
            try:
                kept = msgspec.json.decode(self.disk.read_from(path, 0), type=dict[str, bytes])
            except OSError as error:
                raise in_words(error, "read the content of the case in", path) from error
            except UNDECODABLE as error:
                raise StoreTrouble(f"{path} is damaged: put a copy of it back from a backup.") from error
            pack = self._read_pack(kept)
            if pack.digest != digest:
                raise StoreTrouble(f"{path} is not the content it is named after: put a copy of it back from a backup.")
            self._read_packs[digest] = pack
        return self._read_packs[digest]

    def erase(self, case_id: str, record: Record = unrecorded) -> Erased:
        """Destroy a case: its key first, so that no copy of its file can ever be read again, then all that is here of it.

        When it is broken off, doing it again finishes it. A window that has the case open shows it until it is closed.
        `record` is given what comes back, before anything is lost. Raises `Refused` for anybody but a supervisor, and for no such case.
        """
        if self.keys is None:
            raise Refused("Only a case of the live store is erased: an exercise is no record. Nothing was changed.")
        self._blobs.refresh()
        known = self._heights().get(case_id)
        there = known is not None or case_id in self._files() or case_id in self.keys.ids()
        if not there and self.memory.why(case_id) != "erased":
            raise Refused(f"There is no case {case_id} in this store. Nothing was changed.")
        refuse_but_supervisor(self.keys.session.role, self.keys.session.operator, "erase the case")
        erased = Erased(case=case_id, entries=None if known is None else known.number)
        record(erased)
        self.keys.erase(case_id)
        self._drafts.erase(case_id)
        path = self.cases / f"{case_id}.tdb"
        with closing(FileLock(path.with_suffix(".lock"), self.disk)) as lock, lock.held():
            try:
                self.disk.remove(path)
                self.disk.remove(path.with_suffix(".torn"))
                self.disk.sync_folder(self.cases)
                self.catalogue.drop(case_id)
                self._sweep_all()
                self.memory.take(case_id, known or Height(0, chain.START), "erased")
            except OSError as error:
                raise in_words(error, "erase all of", path) from error
        with suppress(OSError):  # it is empty
            self.disk.remove(lock.path)
        return erased

    def draft(self, case_id: str, operator: str) -> Mapping[str, str]:
        """What an operator typed of a case and did not record, by the place where it was typed. Raises `StoreTrouble`."""
        self._blobs.refresh()
        return self._drafts.read(case_id, operator)

    def keep_draft(self, case_id: str, operator: str, typed: Mapping[str, str]) -> None:
        """Keep it, durably, in place of what was kept; nothing is kept of nothing. Raises `StoreTrouble`."""
        self._blobs.refresh()
        if typed:
            make_folder(self._drafts.folder, self.disk)
            self._drafts.save(case_id, operator, typed)
        else:
            self._drafts.forget(case_id, operator)

    def profile(self, operator: str) -> Mapping[str, str]:
        """What an operator typed once for every worksheet. Raises `StoreTrouble`."""
        self._blobs.refresh()
        return self._profiles.of(operator)

    def keep_profile(self, operator: str, answers: Mapping[str, str]) -> None:
        """Keep it. Raises `StoreTrouble`."""
        self._blobs.refresh()
        make_folder(self.root, self.disk)
        self._profiles.keep(operator, answers)

    def _pack_path(self, digest: str) -> Path:
        return self.packs / f"{digest}.json"

    def close(self) -> None:
        """Let go of what is open; what is asked of it later opens it again."""
        self.memory.close()
