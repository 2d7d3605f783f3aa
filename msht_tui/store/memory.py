"""What the store remembers of each case: how far its record went when it was last seen, so that a shorter one is noticed.

A line is `<case> <number> <digest>`, written while the case is locked; the last line of a case counts. Where the record was lawfully
replaced the line says why, and is fsynced: a supervisor acknowledged a shorter one, it was sealed, or it was erased. The others never
are: this is a second witness, not the record. It holds ids and digests and nothing of what happened.
"""

from __future__ import annotations

import re
import time
from contextlib import closing
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import FileLock

_LINE = re.compile(r"^([!-~]{36}) ([0-9]{1,9}) ([!-~]{64})(?: (acknowledged|sealed|erased))?$", re.MULTILINE)
"""A line that was written to its end, and by itself."""
LINE_SIZE = 110
"""Bytes of a line, about."""
WORTH_TIDYING = 1 << 20
"""Bytes from which the file is looked at for lines of no more use."""
UNDER_WAY = 0.05
"""Seconds for a line that another window is just writing."""


Why: TypeAlias = Literal["acknowledged", "sealed", "erased"]
"""Why a record is another one from now on."""


class Height(msgspec.Struct, frozen=True, gc=False):
    """How far a record went: its last number, and the digest of the line that holds it."""

    number: int
    digest: str


class Memory:
    """The heights of a store, in `remembered.log`. A line that is torn or garbled is passed over: it costs a memory, never a record."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk
        self._heights: dict[str, Height] = {}
        self._whys: dict[str, str] = {}
        self._end = 0
        self._read_file: tuple[int, int] | None = None
        """The one that was read: another window may write it anew."""
        self._descriptor: int | None = None

    def of(self, case_id: str) -> Height | None:
        """How far the record of a case went when it was last seen, by any window; `None` when it never was."""
        self._catch_up()
        return self._heights.get(case_id)

    def all(self) -> dict[str, Height]:
        """The height of every case that was ever seen here."""
        self._catch_up()
        return dict(self._heights)

    def why(self, case_id: str) -> str:
        """Why the last that is remembered of a case was written, where it says so; otherwise empty."""
        self._catch_up()
        return self._whys.get(case_id, "")

    def remember(self, case_id: str, height: Height) -> None:
        """Note how far a record goes now. Raises `OSError`: what to do about a lost memory is for the caller to say."""
        known = self._heights.get(case_id)
        if known is None or height.number > known.number:
            self._write(f"{case_id} {height.number} {height.digest}\n")
            self._keep(case_id, height)

    def take(self, case_id: str, height: Height, why: Why) -> None:
        """Take this height from now on, whatever was remembered; of an erased case, none. It is durable. Raises `OSError`."""
        self._disk.sync(self._write(f"{case_id} {height.number} {height.digest} {why}\n"))
        self._keep(case_id, height, why)

    def tidy(self) -> None:
        """Write the file anew once most of its lines are of no more use. Raises `OSError`, or `StoreTrouble` while another window does it.

        A window that is writing meanwhile writes to the old file: what it adds there is carried over.
        """
        self._catch_up()
        if self._end < WORTH_TIDYING or self._end < 4 * LINE_SIZE * len(self._heights):
            return
        with closing(FileLock(self.path.with_suffix(".lock"), self._disk, patience=0.0)) as lock, lock.held():
            old = self._disk.open_append(self.path)
            try:
                data = self._disk.read_open(old, 0)
                latest = {line[1]: line[0] for line in _LINE.finditer(_text(data))}
                self._disk.write_cache(self.path, "".join(f"{line}\n" for line in latest.values()).encode())
                time.sleep(UNDER_WAY)
                if added := self._disk.read_open(old, len(data)):
                    new = self._disk.open_append(self.path)
                    try:
                        self._disk.write_all(new, added)
                    finally:
                        self._disk.close(new)
            finally:
                self._disk.close(old)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            self._disk.close(self._descriptor)
            self._descriptor = None

    def _keep(self, case_id: str, height: Height, why: str = "") -> None:
        self._heights[case_id] = height
        self._whys.pop(case_id, None)
        if why:
            self._whys[case_id] = why
        if why == "erased":
            del self._heights[case_id]

    def _write(self, line: str) -> int:
        if self._descriptor is None or not self._disk.has_name(self._descriptor):
            self.close()
            self._descriptor = self._disk.open_or_new(self.path)
            found = self._disk.look_at_open(self._descriptor)
            if found.size and not self._disk.read_open(self._descriptor, found.size - 1).endswith(b"\n"):
                line = f"\n{line}"  # the last line is torn: what follows must not be lost with it
        self._disk.write_all(self._descriptor, line.encode())
        return self._descriptor

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
        for case_id, number, digest, why in _LINE.findall(_text(data[:whole])):
            if why or self._whys:
                self._keep(case_id, Height(int(number), digest), why)
            else:
                self._heights[case_id] = Height(int(number), digest)
        self._end += whole
        self._read_file = seen.file


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace")
