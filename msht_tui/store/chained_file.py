"""A file of chained lines: caught up with and appended to under a lock, durably, and changed in no other way.

It knows nothing of what the lines hold. The record of a case is one, and so is the audit of the terminal.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import msgspec

from msht_tui.store import chain
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import FileLock
from msht_tui.store.trouble import UNDECODABLE, Damaged, in_words


class ChainedFile(ABC):
    """What is known of the file, and the ways to learn more of it and to add to it. Its lock is `<name>.lock` beside it.

    Whoever is derived from it says what the lines mean.
    """

    HOLDS: ClassVar[str]
    """What stands in it, for messages: "a case"."""
    TO_WRITE: ClassVar[str]
    """What adding a line is, for messages: "save to"."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk
        self._lock = FileLock(path.with_suffix(".lock"), disk)
        self._guard = threading.RLock()
        self._descriptor: int | None = None
        self._file = (0, 0)
        self._settled: Seen | None = None
        """What the file was when this window last synced it: as long as it is that still, all of it is known and on the disk."""
        self._notice = ""
        self._stand_at_the_beginning()

    def close(self) -> None:
        """Let go of the file and its lock."""
        self._close_file()
        self._lock.close()

    # What the lines mean

    @abstractmethod
    def _read_on(self, data: bytes) -> None:
        """Take in what follows the last line that is known: `_stand_after` each act, and say what is `_torn`. Raises `Damaged`."""

    @abstractmethod
    def _read_again(self) -> None:
        """Forget everything, and read the file from its beginning. Raises `StoreTrouble`."""

    @property
    @abstractmethod
    def _last_known(self) -> str:
        """What the last line holds, for messages: "entry 7"."""

    @abstractmethod
    def _damaged(self, what: str) -> Damaged:
        """The trouble that the file is damaged in this way, and what to do."""

    # Where reading has come to

    def _stand_at_the_beginning(self) -> None:
        self._last = 0
        """Offset of the last whole line."""
        self._end = 0
        """Offset after it; 0 is before the header."""
        self._digest = chain.START
        """Of that line."""
        self._torn = b""
        """An unfinished line after it, which was never acknowledged."""

    def _stand_after(self, act: chain.Act) -> None:
        self._last, self._end, self._digest = act.begin, act.end, act.digest

    def _header(self, data: bytes) -> tuple[chain.Header, str, bytes]:
        """The first line, its digest, and what follows it. Raises `Damaged`."""
        line, newline, rest = data.partition(b"\n")
        fitting = chain.check_line(chain.START, line) if newline else None
        if fitting is None:
            raise self._damaged("its first line does not fit")
        try:
            return msgspec.json.decode(fitting[0], type=chain.Header), fitting[1], rest
        except UNDECODABLE as error:
            raise self._damaged(f"its first line is not that of {self.HOLDS}") from error

    def _take_in(self, data: bytes) -> None:
        """Read on from the last line that is known, which `data` begins with."""
        known = self._end - self._last
        if len(data) < known:
            raise self._damaged("it has become shorter than it was")
        if known and not data.startswith(self._digest.encode() + b" "):
            raise self._damaged(
                f"it no longer holds {self._last_known} as it was read (another window may have had to take it back: "
                "close this window and open it again)"
            )
        self._read_on(data[known:])

    # Under the lock

    def _catch_up(self) -> None:
        """Read on through the descriptor that is appended to; a file that is not there yet has nothing to read.

        What was read last has to stand there still, and a copy put back in the file's place is another file. Nothing needs to
        be read of a file that looks as this window left it, unless a line was read meanwhile that somebody has taken back.
        """
        try:
            if self._descriptor is not None:
                seen = self._disk.look_at(self.path)
                if seen == self._settled and seen.size == self._end and not self._torn:
                    return
                if seen.file != self._file:
                    self._close_file()
            self._settled = None
            data = self._disk.read_open(self._opened(), self._last)
        except OSError as error:
            self._close_file()
            if isinstance(error, FileNotFoundError) and not self._end:
                return
            raise in_words(error, "open", self.path) from error
        self._take_in(data)

    def _add(self, payload: bytes) -> chain.Act:
        """Write a line that follows the last one, durably, for the caller to stand after. Raises `StoreTrouble`: then it is not there."""
        line, digest = chain.line_with(self._digest, payload)
        try:
            descriptor = self._opened()
            self._set_torn_tail_aside(descriptor)
            self._settle(descriptor)
            self._disk.write_all(descriptor, line)
            settled = self._disk.look_at_open(descriptor)
            self._disk.sync(descriptor)
        except OSError as error:
            self._give_up()
            raise in_words(error, self.TO_WRITE, self.path) from error
        self._settled = settled
        return chain.Act(payload, digest, self._end, self._end + len(line))

    def _opened(self) -> int:
        """The descriptor to append to."""
        if self._descriptor is None:
            self._descriptor = self._disk.open_append(self.path)
            self._file = self._disk.look_at_open(self._descriptor).file
        return self._descriptor

    def _close_file(self) -> None:
        descriptor, self._descriptor, self._settled = self._descriptor, None, None
        if descriptor is not None:
            with suppress(OSError):
                self._disk.close(descriptor)

    def _settle(self, descriptor: int) -> None:
        """Make durable what stands before the new line: another window may have died, or taken a line back, without a sync.

        Of two lines that are not on the disk a power cut may tear both, and the first of them would be damage for ever.
        """
        if self._settled is not None:
            return
        try:
            self._disk.sync(descriptor)
        except OSError:
            self._write_last_line_again()
            raise

    def _give_up(self) -> None:
        """After a failed write or sync nothing is believed: cut what was half written, close, and read all again.

        A torn line of before that is not set aside yet is nothing of this act: it stays.
        """
        taken_back = True
        if self._descriptor is not None and not self._torn:
            try:
                self._disk.truncate(self._descriptor, self._end)
            except OSError:
                taken_back = False
                self._notice = "An unsaved line could not be taken back: it may be read as saved later."
        self._close_file()
        self._read_again()
        if not taken_back:
            self._write_last_line_again()

    def _write_last_line_again(self) -> None:
        """Write the last line over itself: what a sync failed to write, the system gives up, and a later sync would pass it by."""
        with suppress(OSError):
            line = self._disk.read_from(self.path, self._last)[: self._end - self._last]
            self._disk.write_over(self.path, self._last, line)

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        """Keep an unfinished last line in `<name>.torn`, then cut it off: it was never acknowledged."""
        if not self._torn:
            return
        aside = self.path.with_suffix(".torn")
        kept = self._disk.open_or_new(aside)
        try:
            self._disk.write_all(kept, self._torn.removesuffix(b"\n") + b"\n")
            self._disk.sync(kept)
        finally:
            self._disk.close(kept)
        self._disk.sync_folder(aside.parent)
        self._disk.truncate(descriptor, self._end)
        self._torn = b""
        self._notice = f"The last line of {self.path.name} was not finished, so it was never shown as saved; it is kept in {aside.name}."

    # In words

    def _damaged_line(self, at: int) -> Damaged:
        return self._damaged(f"the line at byte {at:,} does not fit")

    @property
    def _unfinished(self) -> str:
        """What a person should know about an unfinished last line; empty when there is none."""
        if not self._torn:
            return ""
        return f"The last line of {self.path.name} is not finished: it was never shown as saved, and counts for nothing."
