"""What the store remembers of each case: how far its record went when it was last seen, so that a shorter one is noticed.

A line is `<case> <number> <digest>`; the highest number of a case counts, until a supervisor acknowledges a lower one.
Nothing here is ever fsynced: it is a second witness, not the record.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from msht_tui.store.disk import Disk, Seen

LINE = re.compile(rb"([0-9a-f-]{36}) (\d{1,9}) ([0-9a-f]{64})( acknowledged)?")


class Height(msgspec.Struct, frozen=True):
    """How far a record went: its last number, and the digest of the line that holds it."""

    number: int
    digest: str


class Memory:
    """The heights of a store, in `remembered.log`. A line that is torn or garbled is passed over: it costs a memory, never a record."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk
        self._heights: dict[str, Height] = {}
        self._end = 0
        self._file: tuple[int, int] | None = None
        """The file that is written to, and the one that was read: it may be written anew by another window."""
        self._read_file: tuple[int, int] | None = None
        self._descriptor: int | None = None

    def of(self, case_id: str) -> Height | None:
        """How far the record of a case went when it was last seen, by any window; `None` when it never was."""
        self._catch_up()
        return self._heights.get(case_id)

    def all(self) -> dict[str, Height]:
        """The height of every case that was ever seen here."""
        self._catch_up()
        return dict(self._heights)

    def remember(self, case_id: str, height: Height) -> None:
        """Note how far a record goes now. Raises `OSError`: what to do about a lost memory is for the caller to say."""
        known = self._heights.get(case_id)
        if known is None or height.number > known.number:
            self._write(f"{case_id} {height.number} {height.digest}\n")
            self._heights[case_id] = height

    def acknowledge(self, case_id: str, height: Height) -> None:
        """Take a lower height from now on: somebody has looked at the shorter record. Raises `OSError`."""
        self._write(f"{case_id} {height.number} {height.digest} acknowledged\n")
        self._heights[case_id] = height

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            self._disk.close(self._descriptor)
            self._descriptor = None

    def _write(self, line: str) -> None:
        seen = self._look()
        if self._descriptor is None or seen is None or seen.file != self._file:
            self.close()
            self._descriptor = self._disk.open_or_new(self.path)
            found = self._disk.look_at_open(self._descriptor)
            self._file = found.file
            if found.size and not self._disk.read_open(self._descriptor, found.size - 1).endswith(b"\n"):
                line = f"\n{line}"  # the last line is torn: what follows must not be lost with it
        self._disk.write_all(self._descriptor, line.encode())

    def _look(self) -> Seen | None:
        try:
            return self._disk.look_at(self.path)
        except FileNotFoundError:
            return None

    def _catch_up(self) -> None:
        """Take in the lines that were added since the last look; all of them when it is another file."""
        seen = self._look()
        if seen is None:
            return
        if seen.file != self._read_file or seen.size < self._end:
            self._end = 0
        if seen.size == self._end:
            return
        data = self._disk.read_from(self.path, self._end)
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].split(b"\n"):
            self._take(line)
        self._end += whole
        self._read_file = seen.file

    def _take(self, line: bytes) -> None:
        match = LINE.fullmatch(line)
        if match is None:
            return
        case_id, height = match[1].decode(), Height(int(match[2]), match[3].decode())
        known = self._heights.get(case_id)
        if match[4] or known is None or height.number >= known.number:
            self._heights[case_id] = height
