"""What the whole process keeps to: no core dumps, nobody who looks in, files for their owner alone, a number in place of every traceback.

Faults are noted in `faults.log` of the store in use, because a number alone helps nobody to mend the program. A line holds the
time, the version, the number, the class of the exception and the places in the program: nothing that anybody entered, nobody's name, and
no path of the machine. It is neither sealed nor chained, so that it can be handed to whoever mends; it is not made where there is no store.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from msht_tui import __version__
from msht_tui.terminal.fault import Fault, Faulted, fault_of, words

FAULTY, INTERRUPTED = 70, 130
"""Exit codes: `EX_SOFTWARE` of sysexits.h, and the one of Ctrl+C."""
NAME = "faults.log"
LARGEST = 64 * 1024
"""Bytes after which the file is begun anew."""
PR_SET_DUMPABLE = 4
"""Of `prctl(2)`."""


def guarded(act: Callable[[], int], store: Callable[[], Path]) -> int:
    """Run the act with everything of this module in force; its exit code, or 70 once a fault was told by its number.

    `store` gives the folder of the store in use, which holds `cases/`; it is asked only when there is a fault, and may raise.
    """
    protect_files()
    protect_memory()
    log = FaultLog(store)
    log.hook()
    try:
        return act()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Faulted as ended:
        return log.tell(ended.fault)
    except Exception as error:  # noqa: BLE001 - whatever it is, its words and values may be about a case
        return log.tell(fault_of(error))


def protect_files() -> None:
    """Files that are made are for their owner alone, and what is in memory is never written to one."""
    os.umask(0o077)
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def protect_memory() -> None:
    """On Linux also what handles core dumps in the system's name gets none, and no other program of the same user may look in."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


class FaultLog:
    """Notes faults in the store's folder and says them in words."""

    def __init__(self, store: Callable[[], Path]) -> None:
        self._store = store

    def hook(self) -> None:
        """From now on nothing that Python would print of an exception is printed."""
        sys.excepthook = self._end
        sys.unraisablehook = lambda told: self._pass_over(told.exc_value)
        threading.excepthook = lambda told: self._pass_over(told.exc_value)

    def tell(self, fault: Fault) -> int:
        """Note a fault and say it on stderr; the exit code comes back."""
        noted = self.note(fault)
        with suppress(OSError, ValueError):
            print(words(fault, __version__, noted), file=sys.stderr, flush=True)  # noqa: T201
        return FAULTY

    def note(self, fault: Fault) -> str:
        """Write a line on the fault; the file's name, empty when there is no store or it cannot be written to."""
        line = " ".join((f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", __version__, fault.number, fault.kind, *fault.places))
        try:
            folder = self._store()
            if not (folder / "cases").is_dir():
                return ""
            _append(folder / NAME, f"{line}\n".encode())
        except Exception:  # noqa: BLE001 - one fault is told already, and telling it must not fail
            return ""
        return str(folder / NAME)

    def _end(self, kind: type[BaseException], error: BaseException, calls: TracebackType | None) -> None:
        self.tell(fault_of(error.with_traceback(calls)))

    def _pass_over(self, error: BaseException | None) -> None:
        """A thread that was told to end is no fault, nor is one that wrote to a terminal that has gone."""
        gone = isinstance(error, OSError) and error.errno == errno.EIO
        if error is not None and not gone and not isinstance(error, SystemExit):
            self.note(fault_of(error))


def _append(path: Path, line: bytes) -> None:
    """Add a line to a file of our own. Raises `OSError`, also for what only looks like one."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != getattr(os, "geteuid", lambda: found.st_uid)():
            raise PermissionError(f"{path} is not a file of this user")
        if found.st_size > LARGEST:
            os.ftruncate(descriptor, 0)
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
