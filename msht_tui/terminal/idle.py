"""When an app that is left alone is to be locked. Time during which the machine slept counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

ASLEEP = 15.0
"""Seconds between two looks after which machine or process must have slept in between."""
Cause: TypeAlias = Literal["idle", "resume"]
"""Why it locks: nothing was used for too long, or machine or process have slept, for however long."""


class IdleClock:
    """Calls `lock` once, with why, when nothing was used for `limit` seconds, or when the machine or the process has slept.

    Feed it with `used` at every key and mouse event, before it is acted upon, and with `look` about once a second. After the lock
    it rests until `begin`, at the unlock. `elapsed` gives seconds that count suspended time, as `ports.Clock.elapsed` does.
    """

    def __init__(self, limit: float, elapsed: Callable[[], float], lock: Callable[[Cause], object]) -> None:
        self.limit = limit
        self._elapsed = elapsed
        self._lock = lock
        self.begin()

    def begin(self) -> None:
        """Somebody is there from now on."""
        self._used = self._looked = self._elapsed()
        self.locked = False

    def used(self) -> bool:
        """A key or the mouse was used; `False` when it came too late and must not be acted upon."""
        self.look()
        if not self.locked:
            self._used = self._looked
        return not self.locked

    def look(self) -> None:
        """Lock if it is time to."""
        if self.locked:
            return
        now = self._elapsed()
        asleep, self._looked = now - self._looked > ASLEEP, now
        if asleep or now - self._used >= self.limit:
            self.locked = True
            self._lock("resume" if asleep else "idle")

    @property
    def left(self) -> float:
        """Seconds until the lock if nothing is used."""
        return max(0.0, self.limit - (self._elapsed() - self._used))
