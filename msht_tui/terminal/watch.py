"""A look, four times a second, whether the terminal is still there, and whether a process that was to end has ended.

It has a thread of its own, because what runs the app may be waiting for the very terminal that has gone or stands still.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

EVERY = 0.25
"""Seconds between two looks."""
GRACE = 5.0
"""Seconds that the app has to keep what is half typed, give the terminal back and finish its acts."""
LOST = 129
"""Exit code when the terminal has gone: as after a hang-up."""


def terminal_gone() -> bool:
    """Whether stdin was a terminal that has been closed since. Never on Windows, which ends the process itself."""
    if sys.platform == "win32":
        return False
    import errno
    import termios

    try:
        termios.tcgetattr(0)
    except termios.error as error:
        return bool(error.args[0] != errno.EINTR)
    return False


class Watch:
    """Tells once that the terminal is lost, and ends the process when it does not end by itself."""

    def __init__(
        self,
        lost: Callable[[], object],
        gone: Callable[[], bool] = terminal_gone,
        end: Callable[[int], Any] = os._exit,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lost = lost
        self.gone = gone
        self._end = end
        self._elapsed = elapsed
        self._due: tuple[int, float] | None = None
        self._done = threading.Event()

    def begin(self) -> None:
        """Look from now on."""
        threading.Thread(target=self._run, name="terminal-watch", daemon=True).start()

    def stop(self) -> None:
        """The app has ended in an orderly way."""
        self._done.set()

    def ending(self, code: int) -> None:
        """The process is to end with this exit code now. Safe in a signal handler."""
        if self._due is None:
            self._due = (code, self._elapsed() + GRACE)

    def look(self) -> None:
        """Look once."""
        if self._due is None and self.gone():
            self.ending(LOST)
            self._lost()
        if self._due is not None and self._elapsed() >= self._due[1]:
            self._end(self._due[0])

    def _run(self) -> None:
        while not self._done.wait(EVERY):
            self.look()
