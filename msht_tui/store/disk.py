"""The few calls on the operating system that durability rests on, in one place, so that each can be made to fail."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import msgspec

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_ON_EXEC = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)

_BEGUN = re.compile(r".+\.[0-9a-f]{32}\.new")
"""The name of a file that has not got its own yet."""
_CHUNK = 1 << 16
"""Bytes of one read."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What tells a file from another, and from itself after a change."""

    file: tuple[int, int]
    """Device and inode: another file of the same name has others."""
    size: int
    """Bytes."""
    changed: int
    """Nanoseconds."""

    @classmethod
    def of(cls, status: os.stat_result) -> Seen:
        """What the system says of a file."""
        return cls((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)


class Disk:
    """The real disk. Every method raises `OSError` as the system does."""

    def open_append(self, path: Path) -> int:
        """A descriptor for appending to and reading an existing file."""
        return os.open(path, os.O_RDWR | os.O_APPEND | _BINARY | _NO_FOLLOW | _ON_EXEC)

    def open_new(self, path: Path) -> int:
        """A descriptor for a file that must not exist yet, readable by its owner alone."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY | _NO_FOLLOW | _ON_EXEC, 0o600)

    def open_or_new(self, path: Path) -> int:
        """A descriptor for appending to a file that is made when missing, readable by its owner alone."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY | _NO_FOLLOW | _ON_EXEC, 0o600)

    def close(self, descriptor: int) -> None:
        """Give a descriptor back."""
        os.close(descriptor)

    def look_at(self, path: Path) -> Seen:
        """What the file of this name is now."""
        return Seen.of(os.stat(path))  # noqa: PTH116 - every save asks, and the path's own method takes twice as long

    def look_at_open(self, descriptor: int) -> Seen:
        """What an open file is now."""
        return Seen.of(os.fstat(descriptor))

    def has_name(self, descriptor: int) -> bool:
        """Whether an open file has a name still: one that was removed or replaced has none. It is the cheapest question of all."""
        return os.fstat(descriptor).st_nlink > 0

    def write_all(self, descriptor: int, data: bytes) -> None:
        """Write every byte, going on after a short write."""
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, memoryview(data)[written:])

    def write_over(self, path: Path, offset: int, data: bytes) -> None:
        """Write `data` over the bytes of a file that begin at `offset`."""
        descriptor = os.open(path, os.O_RDWR | _BINARY | _NO_FOLLOW | _ON_EXEC)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            Disk.write_all(self, descriptor, data)
        finally:
            os.close(descriptor)

    def sync(self, descriptor: int) -> None:
        """Return once the file's bytes are on the disk."""
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut an open file to `size` bytes."""
        os.ftruncate(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, in one step."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Take a file away, if there is one."""
        path.unlink(missing_ok=True)

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

    def read_open(self, descriptor: int, offset: int) -> bytes:
        """The bytes of an open file from `offset` to its end."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        parts = [os.read(descriptor, _CHUNK)]
        while len(parts[-1]) == _CHUNK:
            parts.append(os.read(descriptor, _CHUNK))
        return b"".join(parts)

    def list_files(self, folder: Path, suffix: str) -> dict[str, Seen]:
        """The files of a folder that end so, by their names without the ending."""
        with os.scandir(folder) as found:
            return {
                one.name[: -len(suffix)]: Seen.of(one.stat())
                for one in found
                if one.name.endswith(suffix) and one.is_file(follow_symlinks=False)
            }

    def sweep(self, folder: Path, age: float = 0.0) -> None:
        """Remove the files that did not get their name and have not been written to for `age` seconds, or all of them.

        Their writer died. One that is alive notices, and writes its file once more.
        """
        with os.scandir(folder) as found:
            begun = [one for one in found if _BEGUN.fullmatch(one.name)]
        for one in begun:
            with suppress(FileNotFoundError):  # it got its name, or another window sweeps as well
                if not age or time.time() - one.stat(follow_symlinks=False).st_mtime > age:
                    os.unlink(one.path)  # noqa: PTH108 - it comes from a scan

    def write_cache(self, path: Path, data: bytes) -> None:
        """A file that can be made again: it gets its name in one step, and nobody waits for the disk."""
        _write(self, path, data, durable=False)

    def write_whole(self, path: Path, data: bytes) -> None:
        """A file that gets its name only once all of it is durable; a failure leaves nothing behind."""
        _write(self, path, data, durable=True)


def _write(disk: Disk, path: Path, data: bytes, *, durable: bool) -> None:
    try:
        _write_once(disk, path, data, durable=durable)
    except FileNotFoundError:  # another window swept it, or there is no such folder
        _write_once(disk, path, data, durable=durable)


def _write_once(disk: Disk, path: Path, data: bytes, *, durable: bool) -> None:
    begun = path.with_suffix(f".{uuid4().hex}.new")
    try:
        descriptor = disk.open_new(begun)
        try:
            disk.write_all(descriptor, data)
            if durable:
                disk.sync(descriptor)
        finally:
            disk.close(descriptor)
        disk.replace(begun, path)
        if durable:
            disk.sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            begun.unlink(missing_ok=True)
        raise
