"""A store on disk: a folder of cases, and of the content that they are worked under."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from msht_tui.domain.entry import Document
from msht_tui.domain.pack import Pack
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk
from msht_tui.store.trouble import StoreTrouble, in_words

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
        self._read_packs: dict[str, Pack] = {}

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise store."""
        return self._exercise

    def ids(self) -> Sequence[str]:
        """The ids of its cases, in no order. Raises `StoreTrouble` when the folder cannot be read."""
        try:
            return [path.stem for path in self.cases.iterdir() if path.suffix == ".tdb"]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise in_words(error, "read", self.cases) from error

    def create(self, case_id: str, documents: Sequence[Document]) -> CaseFile:
        """A new case with its opening act, durable. Raises `StoreTrouble`."""
        self._make(self.cases)
        return CaseFile.create(self.cases / f"{case_id}.tdb", self._disk, documents)

    def open(self, case_id: str) -> CaseFile:
        """The record of a case, read to its end. Raises `StoreTrouble`."""
        return CaseFile(self.cases / f"{case_id}.tdb", self._disk)

    def keep_pack(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Keep a copy of the content under its digest; one that is there already is left, unless it is damaged."""
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

    def _pack_path(self, digest: str) -> Path:
        return self.packs / f"{digest}.json"

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise in_words(error, "make", folder) from error
