"""A folder that is filled whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msht_tui.store.disk import Disk
from msht_tui.store.place import UNFINISHED
from msht_tui.store.trouble import Damaged, in_words


class Copy:
    """A folder being filled: marked as unfinished from its first byte to its last, and emptied again when it comes to nothing."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._folders: list[Path] = []
        self._files: list[Path] = []
        self._filled: set[Path] = set()

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Everything put in meanwhile stays, durable, or nothing does. Raises `StoreTrouble`.

        Only when the very last call fails it stays although it may not be durable: it is whole, or reads as unfinished.
        """
        try:
            self._begin()
            yield
            self._end()
        except OSError as error:
            self._take_back()
            raise in_words(error, "write to", self.folder) from error
        except BaseException:
            self._take_back()
            raise

    def put(self, name: str | Path, data: bytes) -> None:
        """A new durable file, below the folder or at a place of its own, read back.

        Raises `OSError`, or `Damaged` when the disk gives back something else.
        """
        path = self.folder / name
        self._make(path.parent)
        descriptor = self._disk.open_new(path)
        self._files.append(path)
        try:
            self._disk.write_all(descriptor, data)
            self._disk.sync(descriptor)
        finally:
            self._disk.close(descriptor)
        self._filled.add(path.parent)
        if self._disk.read_from(path, 0) != data:
            raise Damaged(f"{path} does not hold what was written to it: the disk is at fault, use another. Nothing was kept.")

    def make(self, name: str) -> None:
        """A folder, empty so far."""
        self._make(self.folder / name)

    def _begin(self) -> None:
        self._make(self.folder)
        self.put(UNFINISHED, b"A backup or restore into this folder has not finished.\n")
        self._disk.sync_folder(self.folder)

    def _end(self) -> None:
        for folder in [*self._filled, *(made.parent for made in self._folders)]:
            self._disk.sync_folder(folder)
        (self.folder / UNFINISHED).unlink()
        # From here on it is whole: should the removal be lost with the power, it reads as unfinished and is made again.
        self._files.clear()
        self._folders.clear()
        self._disk.sync_folder(self.folder)

    def _make(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700)
            self._folders.append(one)

    def _take_back(self) -> None:
        """Remove what was put in, the mark last."""
        with suppress(OSError):
            for path in reversed(self._files):
                path.unlink(missing_ok=True)
            for folder in reversed(self._folders):
                folder.rmdir()
