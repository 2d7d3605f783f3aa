"""What was typed and not yet recorded, kept so that a lock loses nothing: one file for each case and operator, sealed as the case is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from msht_tui.store.codec import Blobs
from msht_tui.store.disk import Disk
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble, in_words

ENDING = ".draft"
_NO_CASE = "new"
"""What stands in the name of a file in place of a case's id that is empty: it is about a case that is not begun yet."""
_NAME = 16
"""Hexadecimal characters that stand for an operator in the name of a file."""


class Drafts:
    """The folder `drafts`. Its methods raise `StoreTrouble`, and `SessionEnded`."""

    def __init__(self, folder: Path, disk: Disk, blobs_of: Callable[[str], Blobs]) -> None:
        """`blobs_of` gives how drafts of a case stand on the disk, and for an empty id those that are about no case yet."""
        self.folder = folder
        self._disk = disk
        self._blobs_of = blobs_of

    def read(self, case_id: str, operator: str) -> Mapping[str, str]:
        """What an operator typed, by the place where it was typed; empty when there is nothing."""
        path = self._path(case_id, operator)
        try:
            sealed = self._disk.read_from(path, 0)
            return msgspec.json.decode(self._blobs_of(case_id).open_blob(_purpose(operator), sealed), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise in_words(error, "read the draft in", path) from error
        except (Damaged, *UNDECODABLE) as error:
            raise StoreTrouble(f"The draft in {path} cannot be opened: move it away, and type it once more.") from error

    def save(self, case_id: str, operator: str, drafts: Mapping[str, str]) -> None:
        """Keep this in place of what was kept of the case and operator; it is durable."""
        path = self._path(case_id, operator)
        sealed = self._blobs_of(case_id).seal_blob(_purpose(operator), msgspec.json.encode(dict(drafts)))
        try:
            self._disk.write_whole(path, sealed)
        except OSError as error:
            raise in_words(error, "keep the draft in", path) from error

    def forget(self, case_id: str, operator: str) -> None:
        """Keep nothing of the case and operator any more."""
        self._remove(self._path(case_id, operator))

    def erase(self, case_id: str) -> None:
        """Keep nothing of the case any more, whoever typed it."""
        for ending in (ENDING, ".new"):
            for name in self._names(ending):
                if name.startswith(f"{case_id}."):
                    self._remove(self.folder / f"{name}{ending}")

    def _names(self, ending: str) -> Iterable[str]:
        try:
            return self._disk.list_files(self.folder, ending)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise in_words(error, "read", self.folder) from error

    def _remove(self, path: Path) -> None:
        try:
            self._disk.remove(path)
        except OSError as error:
            raise in_words(error, "remove the draft in", path) from error

    def _path(self, case_id: str, operator: str) -> Path:
        return self.folder / f"{case_id or _NO_CASE}.{hashlib.sha256(operator.encode()).hexdigest()[:_NAME]}{ENDING}"


def _purpose(operator: str) -> str:
    return f"draft {operator}"
