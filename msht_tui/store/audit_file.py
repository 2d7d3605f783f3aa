"""The file of the terminal's audit: `audit.tdb` in the folder of a store, chained lines like those of a case, read without any key.

    <digest> {"format":"msht-audit","version":1,"case":"audit"}
    <digest> [{"generation":1,"number":7,"sealed":"..."}]           written by somebody who was signed in
    <digest> [{"number":8,"at":"...","kind":"sign-in-failed"}]      with nobody signed in: only what can happen then

A sealed line is an act as a case seals it (`Seal`), under a key that is derived from the store key of the generation it names.
Whoever has no key can add no line that tells of an operator: such a line has to be sealed.
How far the file goes is remembered in `remembered.audit.log`, so that a cut is noticed. It begins when the terminal is set up, before
anybody can sign in, and at no other time: where somebody can, an audit without lines is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from msht_tui.domain.audit import NOBODYS, AuditLine, lines_from
from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.chained_file import ChainedFile
from msht_tui.store.disk import Disk
from msht_tui.store.inspection import CheckCode, Finding, State
from msht_tui.store.memory import Height, Memory
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble, in_words

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


class AuditFile(ChainedFile):
    """The lines on disk. It needs no session, and neither does its verification. Threads may share it."""

    HOLDS = "an audit"
    TO_WRITE = "write the audit to"

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        """`root` is the folder of the store, which is there. Reads the whole file. Raises `Damaged` with the place, or `StoreTrouble`."""
        super().__init__(root / f"{AUDIT}.tdb", disk or Disk())
        self._memory = Memory(root / f"remembered.{AUDIT}.log", self._disk)
        self._number = 0
        """Of the last line."""
        self._known: Height | None = None
        """What was remembered before the file was read."""
        self._fault = ""
        self._read_again()

    @property
    def height(self) -> Height:
        """How far it goes, as it was last read."""
        return Height(self._number, self._digest)

    @property
    def check_code(self) -> str:
        """The number of the last line and the digest of what holds it; empty when there is none."""
        return f"{self._number}-{self._digest}" if self._number else ""

    @property
    def fault(self) -> str:
        """Why nothing can be added until a supervisor acknowledges it, in words; empty when all is as it is remembered."""
        return self._fault

    @property
    def notice(self) -> str:
        """What a person should know about the file; empty when there is nothing."""
        if self._fault:
            return f"{self._fault} A supervisor has to acknowledge it: {_ACKNOWLEDGE}."
        return self._unfinished or self._notice

    def begin(self, make: Make) -> None:
        """Make the file with its first line, durably, as the terminal is being set up; one that has lines goes on.

        Raises `StoreTrouble`, also where more is remembered than is there.
        """
        with self._lock.held(), self._guard:
            self._read_again()
            if self._known is not None and self._fault:
                raise Damaged(f"{self._fault} Restore the store from a backup, or set up a new folder with --store. Nothing was set up.")
            if not self._end:
                self._begin(make)
                self._remember()
            self._fault = ""

    def append(self, make: Make) -> None:
        """Add what `make` gives, durably: once this returns, what it tells of may be shown. Raises `StoreTrouble`: it must not."""
        with self._lock.held(), self._guard:
            if self._fault:
                self._read_again()
            self._catch_up()
            if self._fault:
                raise Damaged(f"{self._fault} Nothing of a case is shown until a supervisor acknowledges it: {_ACKNOWLEDGE}.")
            self._write(make)
            self._remember()

    def acknowledge(self, make: Callable[[Height, Height], Make]) -> None:
        """Go on with what is left, once a supervisor has looked at it; the new line, made from what was known and what is left, says so.

        Where nothing was known that is 0 lines. Raises `Refused` when nothing is missing.
        """
        with self._lock.held(), self._guard:
            self._read_again()
            self._catch_up()
            if not self._fault:
                raise Refused(f"{self.path} is as it is remembered: there is nothing to acknowledge.")
            self._write(make(self._known or Height(0, chain.START), self.height))
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
        if not place.number:
            return self._finding(
                "gone", f"{self._gone} Tell a supervisor, who can restore it from a backup or acknowledge it: {_ACKNOWLEDGE}."
            )
        if found.torn:
            words = (
                f"{self.path} has an unfinished line after line {place.number}, which was never acknowledged. The next line sets it aside."
            )
            return self._finding("unfinished", words, place)
        return self._finding("intact", "", place)

    def close(self) -> None:
        """Let go of the files."""
        super().close()
        with suppress(OSError, StoreTrouble):  # what cannot be tidied now is the next time
            self._memory.tidy()
            self._memory.close()

    # Reading

    def _read_again(self) -> None:
        """As long as it could not be read that is its fault."""
        self._close_file()
        self._stand_at_the_beginning()
        self._number, self._fault = 0, f"{self.path} could not be read."
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
            return "" if self._number else self._gone
        if known.number > self._number:
            return f"{self.path} ends at line {self._number}, and went to line {known.number}: it was cut short, put back or removed."
        digests = dict(zip(found.numbers, found.acts, strict=True))
        if known.number not in digests or digests[known.number].digest != known.digest:
            return f"Line {known.number} of {self.path} is not the one that stood there before: the log was rewritten."
        return ""

    def _read_on(self, data: bytes) -> None:
        self._take(self._scan(data, Place(self._end, self._digest, self._number)))

    def _scan(self, data: bytes, place: Place) -> Found:
        """The acts of `data`, which stands in the file from `place` on. Raises `Damaged`."""
        is_whole = not place.end
        if is_whole:
            header, digest, rest = self._header(data)
            self._refuse_other(header)
            place, data = Place(len(data) - len(rest), digest), rest
        found = chain.scan(data, place.end, place.digest)
        if found.bad_line is not None and not found.is_tail:
            raise self._damaged_line(found.bad_line)
        if is_whole and not found.acts:
            raise self._damaged("it has no whole line after the first")
        numbers: list[int] = []
        number = place.number
        for act in found.acts:
            number = self._number_of(act, number)
            numbers.append(number)
        torn = b"" if found.bad_line is None else data[found.bad_line - place.end :]
        return Found(place, found.acts, numbers, torn)

    def _refuse_other(self, header: chain.Header) -> None:
        if header.format == FORMAT and header.version > VERSION:
            raise Damaged(f"{self.path} was written by a newer version of this program: update it. Nothing was written.")
        if header.format != FORMAT or header.case != AUDIT:
            raise self._damaged(f"its first line is not that of {self.HOLDS}")

    def _number_of(self, act: chain.Act, before: int) -> int:
        """The number of the last line of an act. Raises `Damaged` when it is neither sealed nor what can happen with nobody signed in."""
        try:
            sealed = sealed_act(act.payload)
            lines: Sequence[AuditLine] = () if sealed else lines_from(act.payload)
        except UNDECODABLE as error:
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
            self._stand_after(found.acts[-1])
            self._number = found.numbers[-1]
        self._torn = found.torn

    # Writing

    def _write(self, make: Make) -> None:
        if not self._end:
            self._begin(make)
            return
        payload, number = make(self._number + 1, self._digest)
        self._stand_after(self._add(payload))
        self._number = number

    def _begin(self, make: Make) -> None:
        """The file with its first act; it gets its name only once both are durable."""
        header, before = chain.line_of(chain.START, chain.Header(FORMAT, VERSION, AUDIT))
        payload, number = make(1, before)
        line, digest = chain.line_with(before, payload)
        try:
            self._disk.write_whole(self.path, header + line)
        except OSError as error:
            raise in_words(error, "begin the audit in", self.path) from error
        self._stand_after(chain.Act(payload, digest, len(header), len(header) + len(line)))
        self._number = number

    def _remember(self) -> None:
        try:
            self._memory.remember(_REMEMBERED_AS, self.height)
        except OSError as error:
            self._notice = f"Written, but it could not be noted how far the audit goes: {error.strerror or error}."

    def _finding(self, state: State, words: str, place: Place | None = None) -> Finding:
        place = place or Place()
        code = f"{place.number}-{place.digest}" if place.number else None
        return Finding(case=AUDIT, state=state, words=words, entries=place.number, check_code=code)

    @property
    def _gone(self) -> str:
        return f"{self.path} is gone, and this terminal was set up with one: legal holds may have stood in it."

    @property
    def _last_known(self) -> str:
        return f"line {self._number}"

    def _damaged(self, what: str) -> Damaged:
        restore = f"restore it from a backup or move it out of the store, then acknowledge: {_ACKNOWLEDGE}"
        return Damaged(f"{self.path} is damaged: {what}. {_COPY}, who can {restore}. Nothing was written.")
