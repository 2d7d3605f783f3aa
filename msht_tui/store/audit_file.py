"""The file of the terminal's audit: `audit.tdb` in the folder of a store, chained lines like those of a case, read without any key.

    <digest> {"format":"msht-audit","version":1,"case":"audit"}
    <digest> [{"generation":1,"number":7,"sealed":"..."}]           written by somebody who was signed in
    <digest> [{"number":8,"at":"...","kind":"sign-in-failed"}]      with nobody signed in: only what can happen then

A sealed line is an act as a case seals it (`Seal`), under a key that is derived from the store key of the generation it names.
Whoever has no key can add no line that tells of an operator: such a line has to be sealed.
How far the file goes is remembered in `remembered.audit.log`, so that a cut is noticed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from msht_tui.domain.audit import NOBODYS, AuditLine, lines_from
from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.inspection import CheckCode, Finding, State
from msht_tui.store.lock import FileLock
from msht_tui.store.memory import Height, Memory
from msht_tui.store.trouble import Damaged, StoreTrouble, in_words

AUDIT = "audit"
FORMAT, VERSION = "msht-audit", 1
_REMEMBERED_AS = AUDIT.ljust(36, "-")
"""The name of the file among what is remembered, as long as the id of a case."""
_SEALED = b'[{"generation":'
_COPY = "Keep a copy and tell a supervisor"
_ACKNOWLEDGE = "msht audit acknowledge"

Make: TypeAlias = Callable[[int, str], tuple[bytes, int]]
"""From the number of the next line and the digest of the one before: what to write, and the number of its last line."""


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sealed line tells without a key."""

    generation: int
    number: int
    """Of its last line."""
    sealed: str


class Place(msgspec.Struct, frozen=True):
    """A place between two lines of the file."""

    end: int = 0
    """Its offset; 0 is before the header."""
    digest: str = chain.START
    """Of the line before it."""
    number: int = 0
    """Of the last line before it."""


class Found(msgspec.Struct, frozen=True):
    """What was read of the file from some place on."""

    begin: Place
    """Before the first act; never before the header of a file that is there."""
    acts: Sequence[chain.Act] = ()
    numbers: Sequence[int] = ()
    """The number of each act's last line."""
    torn: bytes = b""
    """An unfinished last line, never acknowledged."""

    @property
    def place(self) -> Place:
        """Where to read on."""
        return Place(self.acts[-1].end, self.acts[-1].digest, self.numbers[-1]) if self.acts else self.begin


_SEALED_ACT = msgspec.json.Decoder(tuple[Sealed])


def sealed_act(payload: bytes) -> Sealed | None:
    """What a sealed act tells without a key; `None` when this is none. Raises `msgspec.DecodeError`."""
    return _SEALED_ACT.decode(payload)[0] if payload.startswith(_SEALED) else None


class AuditFile:
    """The lines on disk. It needs no session, and neither does its verification. Threads may share it."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        """`root` is the folder of the store, which is there. Reads the whole file. Raises `Damaged` with the place, or `StoreTrouble`."""
        self.path = root / f"{AUDIT}.tdb"
        self._disk = disk or Disk()
        self._memory = Memory(root / f"remembered.{AUDIT}.log", self._disk)
        self._lock = FileLock(self.path.with_suffix(".lock"), self._disk)
        self._guard = threading.RLock()
        self._descriptor: int | None = None
        self._file = (0, 0)
        self._settled: Seen | None = None
        """What the file was when this window last synced it."""
        self._place = Place()
        self._last = 0
        """Offset of the last whole line."""
        self._torn = b""
        self._notice = ""
        self._known: Height | None = None
        """What was remembered before the file was read."""
        self._fault = ""
        self._read_all()

    @property
    def height(self) -> Height:
        """How far it goes, as it was last read."""
        return Height(self._place.number, self._place.digest)

    @property
    def check_code(self) -> str:
        """The number of the last line and the digest of what holds it; empty when there is none."""
        return f"{self._place.number}-{self._place.digest}" if self._place.number else ""

    @property
    def fault(self) -> str:
        """Why nothing can be added until a supervisor acknowledges it, in words; empty when all is as it is remembered."""
        return self._fault

    @property
    def notice(self) -> str:
        """What a person should know about the file; empty when there is nothing."""
        if self._fault:
            return f"{self._fault} A supervisor has to acknowledge it: {_ACKNOWLEDGE}."
        if self._torn:
            return f"The last line of {self.path.name} is not finished: it was never acknowledged, and counts for nothing."
        return self._notice

    def append(self, make: Make) -> None:
        """Add what `make` gives, durably: once this returns, what it tells of may be shown. Raises `StoreTrouble`: it must not."""
        with self._lock.held(), self._guard:
            if self._fault:
                self._read_all()
            self._catch_up()
            if self._fault:
                raise Damaged(f"{self._fault} Nothing of a case is shown until a supervisor acknowledges it: {_ACKNOWLEDGE}.")
            self._write(make)
            self._remember()

    def acknowledge(self, make: Callable[[Height, Height], Make]) -> None:
        """Go on with what is left, once a supervisor has looked at it; the new line, made from what was known and what is left, says so.

        Raises `Refused` when nothing is missing.
        """
        with self._lock.held(), self._guard:
            self._read_all()
            self._catch_up()
            if not self._fault or self._known is None:
                raise Refused(f"{self.path} is as it is remembered: there is nothing to acknowledge.")
            self._write(make(self._known, self.height))
            try:
                self._memory.take(_REMEMBERED_AS, self.height, "acknowledged")
            except OSError as error:
                raise in_words(error, "remember how far the audit goes in", self._memory.path) from error
            self._fault, self._known = "", self.height

    def acts(self, place: Place) -> Found:
        """What stands in the file from a place on, checked against its chain. Raises `Damaged`, or `StoreTrouble`."""
        try:
            if self._disk.look_at(self.path).size < place.end:
                raise self._damaged("it has become shorter than it was")
            return self._scan(self._disk.read_from(self.path, place.end), place)
        except FileNotFoundError:
            if place.end:
                raise self._damaged("it is gone") from None
            return Found(place)
        except OSError as error:
            raise in_words(error, "read", self.path) from error

    def verify(self, code: CheckCode | None = None) -> Finding:
        """Read the whole file once more, beside what is remembered and what an export printed. It needs no key. Raises `StoreTrouble`."""
        try:
            known = self._memory.of(_REMEMBERED_AS)
        except OSError as error:
            raise in_words(error, "read", self._memory.path) from error
        try:
            found = self.acts(Place())
        except Damaged as damage:
            return self._finding("broken", str(damage))
        place = found.place
        digests = dict(zip(found.numbers, (act.digest for act in found.acts), strict=True))
        for told, who in ((known, "this terminal remembers"), (code, "the check code says")):
            if told is None or (told.digest and digests.get(told.number, "").startswith(told.digest)):
                continue
            if told.number <= place.number:
                words = f"Line {told.number} of {self.path} is not the one that {who}: the log was rewritten. {_COPY}."
                return self._finding("rewritten", words, place)
            words = f"{self.path} has {place.number:,} lines, and {who} {told.number:,}: the end is missing. {_COPY}."
            return self._finding("shorter" if place.end else "gone", words, place)
        if found.torn:
            words = (
                f"{self.path} has an unfinished line after line {place.number}, which was never acknowledged. The next line sets it aside."
            )
            return self._finding("unfinished", words, place)
        return self._finding("intact", "", place)

    def close(self) -> None:
        """Let go of the files."""
        self._close_file()
        self._lock.close()
        with suppress(OSError, StoreTrouble):  # what cannot be tidied now is the next time
            self._memory.tidy()
            self._memory.close()

    # Reading

    def _read_all(self) -> None:
        """Read the file from its beginning, beside what is remembered of it. As long as it could not be read that is its fault."""
        self._close_file()
        self._place, self._last, self._torn, self._fault = Place(), 0, b"", f"{self.path} could not be read."
        try:
            self._known = self._memory.of(_REMEMBERED_AS)
        except OSError as error:
            raise in_words(error, "read", self._memory.path) from error
        found = self.acts(Place())
        self._take(found)
        self._fault = self._found_fault(found)

    def _found_fault(self, found: Found) -> str:
        known = self._known
        if known is None:
            return ""
        if known.number > self._place.number:
            return f"{self.path} ends at line {self._place.number}, and went to line {known.number}: it was cut short, put back or removed."
        digests = dict(zip(found.numbers, found.acts, strict=True))
        if known.number not in digests or digests[known.number].digest != known.digest:
            return f"Line {known.number} of {self.path} is not the one that stood there before: the log was rewritten."
        return ""

    def _catch_up(self) -> None:
        """Read on under the lock, through the descriptor that is appended to; nothing needs to be read of a file as this window left it."""
        try:
            if self._descriptor is not None:
                seen = self._disk.look_at(self.path)
                if seen == self._settled and seen.size == self._place.end and not self._torn:
                    return
                if seen.file != self._file:
                    self._close_file()
            self._settled = None
            data = self._disk.read_open(self._opened(), self._last)
        except FileNotFoundError:
            self._close_file()
            if self._place.end:
                raise self._damaged("it is gone") from None
            return
        except OSError as error:
            self._close_file()
            raise in_words(error, "open", self.path) from error
        known = self._place.end - self._last
        if len(data) < known or (known and not data.startswith(self._place.digest.encode() + b" ")):
            raise self._damaged(f"it no longer holds line {self._place.number} as it was read")
        self._take(self._scan(data[known:], self._place))

    def _scan(self, data: bytes, place: Place) -> Found:
        """The acts of `data`, which stands in the file from `place` on. Raises `Damaged`."""
        is_whole = not place.end
        if is_whole:
            line, newline, data = data.partition(b"\n")
            place = Place(len(line) + 1, self._header_digest(line if newline else b""))
        found = chain.scan(data, place.end, place.digest)
        if found.bad_line is not None and not found.is_tail:
            raise self._damaged_line(found.bad_line)
        if is_whole and not found.acts:
            raise self._damaged("it has no whole line after the first")
        numbers: list[int] = []
        number = place.number
        for act in found.acts:
            number = self._number(act, number)
            numbers.append(number)
        torn = b"" if found.bad_line is None else data[found.bad_line - place.end :]
        return Found(place, found.acts, numbers, torn)

    def _header_digest(self, line: bytes) -> str:
        fitting = chain.check_line(chain.START, line)
        if fitting is None:
            raise self._damaged("its first line does not fit")
        try:
            header = msgspec.json.decode(fitting[0], type=chain.Header)
        except msgspec.DecodeError as error:
            raise self._damaged("its first line is not that of an audit") from error
        if header.format == FORMAT and header.version > VERSION:
            raise Damaged(f"{self.path} was written by a newer version of this program: update it. Nothing was written.")
        if header.format != FORMAT or header.case != AUDIT:
            raise self._damaged("its first line is not that of an audit")
        return fitting[1]

    def _number(self, act: chain.Act, before: int) -> int:
        """The number of the last line of an act. Raises `Damaged` when it is neither sealed nor what can happen with nobody signed in."""
        try:
            sealed = sealed_act(act.payload)
            lines: Sequence[AuditLine] = () if sealed else lines_from(act.payload)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._damaged_line(act.begin) from error
        if sealed is not None:
            fits, number = sealed.number > before, sealed.number
        else:
            number = before + len(lines)
            fits = bool(lines) and all(isinstance(one.event, NOBODYS) and not one.stamp.by for one in lines)
            fits = fits and [one.stamp.number for one in lines] == list(range(before + 1, number + 1))
        if not fits:
            raise self._damaged_line(act.begin)
        return number

    def _take(self, found: Found) -> None:
        if found.acts:
            self._place, self._last = found.place, found.acts[-1].begin
        self._torn = found.torn

    # Writing

    def _write(self, make: Make) -> None:
        if not self._place.end:
            self._begin(make)
            return
        payload, number = make(self._place.number + 1, self._place.digest)
        line, digest = chain.line_with(self._place.digest, payload)
        try:
            descriptor = self._opened()
            self._set_torn_tail_aside(descriptor)
            self._settle(descriptor)
            self._disk.write_all(descriptor, line)
            settled = self._disk.look_at_open(descriptor)
            self._disk.sync(descriptor)
        except OSError as error:
            self._give_up()
            raise in_words(error, "write the audit to", self.path) from error
        self._last, self._place = self._place.end, Place(self._place.end + len(line), digest, number)
        self._settled = settled

    def _begin(self, make: Make) -> None:
        """The file with its first act; it gets its name only once both are durable."""
        header, before = chain.line_of(chain.START, chain.Header(FORMAT, VERSION, AUDIT))
        payload, number = make(1, before)
        line, digest = chain.line_with(before, payload)
        try:
            self._disk.write_whole(self.path, header + line)
        except OSError as error:
            raise in_words(error, "begin the audit in", self.path) from error
        self._last, self._place = len(header), Place(len(header) + len(line), digest, number)

    def _remember(self) -> None:
        try:
            self._memory.remember(_REMEMBERED_AS, self.height)
        except OSError as error:
            self._notice = f"Written, but it could not be noted how far the audit goes: {error.strerror or error}."

    def _opened(self) -> int:
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
        """Make durable what another window may have written without a sync before it died: see `CaseFile`."""
        if self._settled is not None:
            return
        try:
            self._disk.sync(descriptor)
        except OSError:
            self._write_last_line_again()
            raise

    def _give_up(self) -> None:
        """After a failed write or sync nothing is believed: cut what was half written, close, and read all again."""
        taken_back = True
        if self._descriptor is not None and not self._torn:
            try:
                self._disk.truncate(self._descriptor, self._place.end)
            except OSError:
                taken_back = False
                self._notice = "A line that was not acknowledged could not be taken back: it may be read later."
        self._read_all()
        if not taken_back:
            self._write_last_line_again()

    def _write_last_line_again(self) -> None:
        """What a sync failed to write, the system gives up: the next sync has it to write once more."""
        with suppress(OSError):
            line = self._disk.read_from(self.path, self._last)[: self._place.end - self._last]
            self._disk.write_over(self.path, self._last, line)

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        """Keep an unfinished last line in `audit.torn`, then cut it off: it was never acknowledged."""
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
        self._disk.truncate(descriptor, self._place.end)
        self._torn = b""
        self._notice = f"The last line of {self.path.name} was not finished, so it was never acknowledged; it is kept in {aside.name}."

    def _finding(self, state: State, words: str, place: Place | None = None) -> Finding:
        place = place or Place()
        code = f"{place.number}-{place.digest}" if place.number else None
        return Finding(case=AUDIT, state=state, words=words, entries=place.number, check_code=code)

    def _damaged_line(self, at: int) -> Damaged:
        return self._damaged(f"the line at byte {at:,} does not fit")

    def _damaged(self, what: str) -> Damaged:
        restore = f"restore it from a backup or move it out of the store, then acknowledge: {_ACKNOWLEDGE}"
        return Damaged(f"{self.path} is damaged: {what}. {_COPY}, who can {restore}. Nothing was written.")
