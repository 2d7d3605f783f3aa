"""What each operator typed once for every worksheet: their own name, role and numbers. No case data."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from msht_tui.store.codec import PLAIN, Blobs
from msht_tui.store.disk import Disk
from msht_tui.store.lock import FileLock
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble, in_words

PURPOSE = "profiles"
_ALL = dict[str, dict[str, str]]
"""Operator to field key to answer."""


class Profiles:
    """One file: replaced whole, under a lock of its own."""

    def __init__(self, path: Path, disk: Disk, blobs: Blobs = PLAIN) -> None:
        self.path = path
        self._disk = disk
        self._blobs = blobs

    def of(self, operator: str) -> Mapping[str, str]:
        """What an operator typed; empty when there is nothing. Raises `StoreTrouble`."""
        return self._all().get(operator, {})

    def keep(self, operator: str, answers: Mapping[str, str]) -> None:
        """Keep what an operator typed. Raises `StoreTrouble`."""
        try:
            with closing(FileLock(self.path.with_suffix(".lock"), self._disk)) as lock, lock.held():
                data = msgspec.json.encode({**self._all(), operator: dict(answers)})
                self._disk.write_whole(self.path, self._blobs.seal_blob(PURPOSE, data))
        except OSError as error:
            raise in_words(error, "keep your details in", self.path) from error

    def _all(self) -> _ALL:
        try:
            return msgspec.json.decode(self._blobs.open_blob(PURPOSE, self._disk.read_from(self.path, 0)), type=_ALL)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise in_words(error, "read", self.path) from error
        except (Damaged, *UNDECODABLE) as error:
            raise StoreTrouble(f"{self.path} is damaged: move it away, and type your details once more.") from error
