"""The few calls on the operating system that durability rests on, in one place, so that each can be made to fail."""

from __future__ import annotations

import os
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_ON_EXEC = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)


class Disk:
    """The real disk. Every method raises `OSError` as the system does."""

    def open_append(self, path: Path) -> int:
        """A descriptor for appending to and reading an existing file."""
        return os.open(path, os.O_RDWR | os.O_APPEND | _BINARY | _NO_FOLLOW | _ON_EXEC)

    def open_new(self, path: Path) -> int:
        """A descriptor for a file that must not exist yet, readable by its owner alone."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY | _NO_FOLLOW | _ON_EXEC, 0o600)

    def open_or_new(self, path: Path) -> int:
        """A descriptor for a file that is made when missing, readable by its owner alone."""
        return os.open(path, os.O_RDWR | os.O_CREAT | _BINARY | _NO_FOLLOW | _ON_EXEC, 0o600)

    def close(self, descriptor: int) -> None:
        """Give a descriptor back."""
        os.close(descriptor)

    def size(self, descriptor: int) -> int:
        """Bytes in an open file."""
        return os.fstat(descriptor).st_size

    def write_all(self, descriptor: int, data: bytes) -> None:
        """Write every byte, going on after a short write."""
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def sync(self, descriptor: int) -> None:
        """Return once the file's bytes are on the disk."""
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut an open file to `size` bytes."""
        os.ftruncate(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, in one step."""
        source.replace(target)

    def sync_folder(self, folder: Path) -> None:
        """Return once the folder's names are on the disk; Windows has no such call and needs none."""
        if os.name == "nt":
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read_from(self, path: Path, offset: int) -> bytes:
        """The bytes of a file from `offset` to its end."""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read()
