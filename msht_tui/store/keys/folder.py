"""The folder of the keys: files that are read whole and replaced whole, under one lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msht_tui.domain.refusal import Refused
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import FileLock
from msht_tui.store.place import make_folder, refuse_stranger, shut_others_out
from msht_tui.store.trouble import in_words

NOT_SET_UP = "This terminal is not set up yet: run msht setup."
_LEFT_OVER = ".new"


class KeyFolder:
    """`<store>/keys`. Its methods raise `StoreTrouble`."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk
        self._paths: dict[str, Path] = {}
        """Name to path: every act of a case looks at a file here, and putting a path together takes as long as the look."""

    def make(self) -> None:
        """The folder with those above it, each its owner's alone and durable. The store that it is part of is looked over first."""
        self.shut_others_out()
        make_folder(self.path, self._disk)

    def shut_others_out(self) -> None:
        """Look the store over that these are the keys of, as whoever is let in is about to use it: see `place.shut_others_out`."""
        shut_others_out(self.path.parent)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock: whoever reads or writes does it under this. Raises `Refused` when there is no such folder yet."""
        refuse_stranger(self.path)
        if not self.path.is_dir():
            raise Refused(NOT_SET_UP)
        lock = FileLock(self.path / "keys.lock", self._disk)
        try:
            with lock.held():
                yield
        finally:
            lock.close()

    @contextmanager
    def alone(self, name: str, patience: float) -> Iterator[None]:
        """Hold the lock of this name, which is for no file. Raises `Busy` when another window holds it for so many seconds."""
        with closing(FileLock(self._path(name), self._disk, patience)) as lock, lock.held():
            yield

    def look_at(self, name: str) -> Seen | None:
        """What a file is now; `None` when there is none."""
        path = self._path(name)
        try:
            return self._disk.look_at(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise in_words(error, "read", path) from error

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; `None` when there is none."""
        path = self._path(name)
        refuse_stranger(path)
        try:
            return self._disk.read_from(path, 0)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise in_words(error, "read", path) from error

    def write(self, name: str, data: bytes) -> None:
        """Replace a file, durably. What a process that died left half written goes first: it may hold a key that was destroyed since."""
        path = self._path(name)
        try:
            for left in self._disk.list_files(self.path, _LEFT_OVER):
                (self.path / f"{left}{_LEFT_OVER}").unlink(missing_ok=True)
            self._disk.sync_folder(self.path)
            self._disk.write_whole(path, data)
        except OSError as error:
            raise in_words(error, "save to", path) from error

    def _path(self, name: str) -> Path:
        if name not in self._paths:
            self._paths[name] = self.path / name
        return self._paths[name]
