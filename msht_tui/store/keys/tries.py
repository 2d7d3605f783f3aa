"""How often each id was tried without success, so that guessing takes longer and longer.

The count is durable before a passphrase is checked: ending the program, or putting the clock on, saves nobody the wait. It is waited
within the attempt, by a clock that only goes forward. Nothing is ever locked for good, and nothing is wiped.
"""

from __future__ import annotations

import hashlib

import msgspec

from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.trouble import UNDECODABLE

NAME = "tries.json"
FREE = 3
"""Attempts that wait for nothing."""
LONGEST = 300
"""Seconds."""
RECOVERY_CODE = "\nrecovery"
"""Under what attempts with the recovery code are counted."""
_NOBODYS = "?\n"
_BUCKET = 3
"""Hexadecimal characters of the digest under which unknown ids are counted: what is mistyped there may be a passphrase, and is not kept."""
_TURN = 16
"""Hexadecimal characters of the digest that an operator's lock is named by."""


class Tries:
    """The counts of a folder of keys; the caller holds its lock. A damaged file counts as none."""

    def __init__(self, folder: KeyFolder) -> None:
        self._folder = folder

    def count(self, who: str) -> int:
        """How often `who` was tried since the last success. Raises `StoreTrouble`."""
        return self._read().get(who, 0)

    def add(self, who: str) -> int:
        """Count one more, durably; how many there were before it. Raises `StoreTrouble`."""
        counts = self._read()
        before = counts.get(who, 0)
        self._folder.write(NAME, msgspec.json.encode({**counts, who: before + 1}))
        return before

    def forget(self, *who: str) -> None:
        """Begin anew with these. Raises `StoreTrouble`."""
        counts = self._read()
        kept = {one: count for one, count in counts.items() if one not in who}
        if kept != counts:
            self._folder.write(NAME, msgspec.json.encode(kept))

    def _read(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._folder.read(NAME) or b"{}", type=dict[str, int])
        except UNDECODABLE:
            return {}


def wait_after(tries: int) -> int:
    """Seconds that the attempt after so many waits: none, none, none, then 1, 2, 4 and so on up to 300."""
    return 0 if tries < FREE else min(1 << min(tries - FREE, 16), LONGEST)


def bucket(unknown: str) -> str:
    """Under what an id that nobody has is counted: one of 4,096 names, none of which an operator can have."""
    return _NOBODYS + hashlib.sha256(unknown.encode()).hexdigest()[:_BUCKET]


def turn(who: str) -> str:
    """The name of the lock that an attempt holds: an operator's own, and so the recovery code's; one of sixteen for what nobody has."""
    digest = hashlib.sha256(who.encode()).hexdigest()
    return f"tries.{digest[: 1 if who.startswith(_NOBODYS) else _TURN]}.lock"
