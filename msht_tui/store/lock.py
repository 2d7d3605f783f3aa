"""A lock between processes, on a file beside the case: held only for an append, let go by the system when a process dies."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from msht_tui.store.disk import Disk
from msht_tui.store.trouble import StoreTrouble, in_words

PATIENCE = 10.0
"""Seconds to wait for another window before giving up."""
_PAUSE = 0.005


def _primitives() -> ModuleType:
    return importlib.import_module("msvcrt" if sys.platform == "win32" else "fcntl")


class Busy(StoreTrouble):
    """Another window holds the lock."""


class FileLock:
    """One lock file. Threads of one process exclude one another as well.

    The file stays open from one act to the next, until `close`: opening it anew takes longer than locking it.
    """

    def __init__(self, path: Path, disk: Disk, patience: float = PATIENCE, primitives: ModuleType | None = None) -> None:
        self.path = path
        self._disk = disk
        self._patience = patience
        self._thread_lock = threading.Lock()
        self._primitives = primitives or _primitives()
        self._descriptor: int | None = None
        self._file = (0, 0)
        self._process = 0
        """The one that opened it: a descriptor that a fork inherits is locked together with that of its parent."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock. Raises `Busy` when another holds it for longer than the patience, and `StoreTrouble`."""
        deadline = time.monotonic() + self._patience
        if not self._thread_lock.acquire(timeout=self._patience):
            raise self._too_long()
        try:
            descriptor = self._taken(deadline)
            try:
                yield
            finally:
                self._let_go(descriptor)
        finally:
            self._thread_lock.release()

    def close(self) -> None:
        """Let go of the file. Not while the lock is held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                self._disk.close(descriptor)

    def _taken(self, deadline: float) -> int:
        """The descriptor, locked. One whose file has lost its name keeps nobody out, so it is opened anew."""
        while True:
            descriptor = self._opened()
            self._wait(descriptor, deadline)
            if self._has_its_name():
                return descriptor
            self._let_go(descriptor)
            self.close()
            if time.monotonic() >= deadline:  # its name is taken away as often as it is made
                raise self._too_long()

    def _opened(self) -> int:
        if self._descriptor is None or self._process != os.getpid():
            self.close()
            try:
                self._descriptor, self._process = self._disk.open_or_new(self.path), os.getpid()
                self._file = self._disk.look_at_open(self._descriptor).file
            except OSError as error:
                self.close()
                raise in_words(error, "lock", self.path) from error
        return self._descriptor

    def _has_its_name(self) -> bool:
        try:
            return self._disk.look_at(self.path).file == self._file
        except FileNotFoundError:
            return False
        except OSError as error:
            self.close()
            raise in_words(error, "lock", self.path) from error

    def _wait(self, descriptor: int, deadline: float) -> None:
        while not self._try(descriptor):
            if time.monotonic() >= deadline:
                raise self._too_long()
            time.sleep(_PAUSE)

    def _try(self, descriptor: int) -> bool:
        try:
            if hasattr(self._primitives, "flock"):
                self._primitives.flock(descriptor, self._primitives.LOCK_EX | self._primitives.LOCK_NB)
            else:
                self._primitives.locking(descriptor, self._primitives.LK_NBLCK, 1)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            raise in_words(error, "lock", self.path) from error
        return True

    def _let_go(self, descriptor: int) -> None:
        """A failure here is no failure of the act: the system lets go of the lock when the descriptor is closed."""
        try:
            if hasattr(self._primitives, "flock"):
                self._primitives.flock(descriptor, self._primitives.LOCK_UN)
            else:
                self._primitives.locking(descriptor, self._primitives.LK_UNLCK, 1)
        except OSError:
            self.close()

    def _too_long(self) -> Busy:
        return Busy(f"Another window has held {self.path} for {self._patience:.0f} seconds: close it or wait, then try again.")
