"""What the bytes of a case file prove, held against the chain and against what is remembered. Nothing here touches a disk.

The chain of a sealed file is checked without its key, and so are the numbers of its entries; what they hold only with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal, TypeAlias

import msgspec

from msht_tui.domain.case import fold
from msht_tui.domain.entry import CaseOpened, Entry
from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.acts import Acts, acts_of, is_act, why_unreadable
from msht_tui.store.codec import PLAIN, Codec
from msht_tui.store.memory import Height
from msht_tui.store.sealing import number_of
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble

State: TypeAlias = Literal["intact", "unfinished", "broken", "shorter", "rewritten", "gone", "unreadable"]

INTACT, BROKEN, SHORTER, UNREADABLE = 0, 4, 5, 6
CODES: Mapping[State, int] = {
    "intact": INTACT,
    "unfinished": BROKEN,
    "broken": BROKEN,
    "shorter": SHORTER,
    "rewritten": SHORTER,
    "gone": SHORTER,
    "unreadable": UNREADABLE,
}
"""The higher, the worse: what is broken still says where; what is gone says nothing; what cannot be read may hide either."""

_CODE = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{12,64})")
_LIKE_A_LINE = re.compile(rb"[0-9a-f]{64} ")


class CheckCode(msgspec.Struct, frozen=True):
    """What an export printed: the number of its last entry, and the digest of that entry's line or the beginning of it."""

    number: int
    digest: str

    @classmethod
    def parse(cls, text: str) -> CheckCode:
        """From `<number>-<digest>`, at least 12 characters of it. Raises `ValueError`."""
        match = _CODE.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError(f"{text!r} is no check code: it is a number, a hyphen, and at least 12 of the digits 0-9 a-f.")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.number}-{self.digest}"


class Finding(msgspec.Struct, frozen=True):
    """What was found of one case, or of the store itself when it has no case."""

    case: str
    state: State
    words: str = ""
    """One sentence or two, with what to do; empty when nothing is wrong."""
    entries: int = 0
    """Entries that fit."""
    check_code: str | None = None
    """Of the last one that fits."""

    @property
    def code(self) -> int:
        """The exit code that it stands for."""
        return CODES[self.state]


class Inspection(msgspec.Struct, frozen=True):
    """What the file of a case holds, by itself."""

    case: str
    entries: tuple[Entry, ...] = ()
    """Those that fit; none of a sealed file that was not opened."""
    last: int = 0
    """The number of the last one that fits."""
    sealed: bool = False
    acts: Mapping[int, str] = {}
    """The number of each act's last entry, to the digest of its line."""
    before: str = ""
    """Of a record that was sealed later: the check code that it had before."""
    end: int = 0
    """Bytes up to the last whole act."""
    digest: str = chain.START
    size: int = 0
    """Bytes of the whole file."""
    state: State = "intact"
    """`intact`, `unfinished`, `broken` or `unreadable`."""
    words: str = ""
    cut: bool = False
    """Whether the file ends within a line."""

    @property
    def is_plain(self) -> bool:
        """Whether its first line says that it is a case and not sealed."""
        return bool(self.end) and not self.sealed

    @property
    def height(self) -> Height:
        """How far the record goes."""
        return Height(self.last, self.digest)

    @property
    def check_code(self) -> str | None:
        """As exports print it; `None` when no entry fits."""
        return f"{self.last}-{self.digest}" if self.last else None

    @property
    def opened(self) -> CaseOpened | None:
        """The event that opens the case."""
        event = self.entries[0].event if self.entries else None
        return event if isinstance(event, CaseOpened) else None

    def holds(self, number: int, digest: str) -> bool:
        """Whether an act ends with this number in a line whose digest begins like this, or did before the record was sealed."""
        return (number in self.acts and self.acts[number].startswith(digest)) or self.before.startswith(f"{number}-{digest}")

    def against(self, remembered: Height | None, code: CheckCode | None = None) -> Finding:
        """The worst that can be said of it, beside what the store remembers and what an export printed."""
        beside = [self._beside(remembered, "the store remembers"), self._beside(code, "the check code says")]
        found = [one for one in beside if one is not None]
        if not (found and self.cut and self.state == "unreadable"):
            found.append(self._found(self.state, self.words))
        worst = max(found, key=lambda one: one.code)
        words = dict.fromkeys([worst.words, *(one.words for one in found)])
        return msgspec.structs.replace(worst, words=" ".join(filter(None, words)))

    def _beside(self, told: Height | CheckCode | None, who: str) -> Finding | None:
        """What is wrong beside a height that was seen once; `None` when nothing is, or nothing can be told."""
        last = self.last
        if told is None or self.holds(told.number, told.digest):
            return None
        if told.number <= last:
            return self._found("rewritten", f"Entry {told.number} is not the one that {who}: the record was rewritten. {_COPY}")
        if self.state in ("broken", "unreadable") and not self.cut:
            return self._found(self.state, f"Nothing can be said of entry {told.number}, which {who}.")
        if self.state == "unfinished" and not self.cut:
            return self._found("broken", f"It is broken at entry {last + 1}: {who} {told.number} entries. {_COPY}")
        return self._found("shorter", f"It has {last} entries, and {who} {told.number}: the end is missing. {_COPY}")

    def _found(self, state: State, words: str) -> Finding:
        return Finding(self.case, state, words, self.last, self.check_code)


_COPY = "Keep a copy, restore it from a backup, tell a supervisor."


def inspect(case_id: str, data: bytes, codec: Codec | None = None) -> Inspection:
    """Read a whole case file, as strictly as it is read for work; what is wrong is told, never raised.

    `codec` opens a sealed one; without it nothing is read of what is sealed.
    """
    return msgspec.structs.replace(_inspected(case_id, data, codec), size=len(data))


def _inspected(case_id: str, data: bytes, codec: Codec | None) -> Inspection:
    line, newline, rest = data.partition(b"\n")
    if not newline:
        return Inspection(case_id, state="unreadable", words="It is not a case file, or only the beginning of one.", cut=True)
    fitting = chain.check_line(chain.START, line)
    if fitting is None:
        if _LIKE_A_LINE.match(line) or chain.FORMAT.encode() in line:
            return Inspection(case_id, state="broken", words=f"It is broken at its first line, before entry 1. {_COPY}")
        return Inspection(case_id, state="unreadable", words="It is not a case file.")
    try:
        header = msgspec.json.decode(fitting[0], type=chain.Header)
    except UNDECODABLE:
        return Inspection(case_id, state="unreadable", words="It is not a case file: its first line is of another kind.")
    if not header.is_known:
        return Inspection(
            case_id, state="unreadable", words="It was written by a newer version of this program: update it to read the case."
        )
    if header.case != case_id:
        return Inspection(case_id, state="broken", words=f"It holds case {header.case}, not the one it is named after. {_COPY}")
    sealed = header.format == chain.SEALED
    known = Inspection(case_id, end=len(line) + 1, digest=fitting[1], sealed=sealed, before=header.before)
    return _acts(chain.scan(rest, len(line) + 1, fitting[1]), known, data, codec if sealed else PLAIN)


def _acts(found: chain.Scan, known: Inspection, data: bytes, codec: Codec | None) -> Inspection:
    """The acts of a file as far as they fit."""
    try:
        read, why = _counted(found.acts) if codec is None else _read(found.acts, codec, known.digest)
    except StoreTrouble as trouble:
        return msgspec.structs.replace(known, state="unreadable", words=str(trouble))
    last = dict(zip(accumulate(read.sizes), found.acts, strict=False))
    whole = msgspec.structs.replace(
        known,
        entries=tuple(read.entries),
        last=sum(read.sizes),
        acts={number: act.digest for number, act in last.items()},
        end=max((act.end for act in last.values()), default=known.end),
        digest=last[sum(read.sizes)].digest if last else known.digest,
    )
    if why:
        return _broken(whole, why)
    if found.bad_line is not None and not found.is_tail:
        return _broken(whole, _does_not_fit(found.bad_line))
    why = _opening(whole) if codec is not None or not whole.last else ""
    if found.bad_line is not None:
        after = f"It has an unfinished tail after entry {whole.last}"
        words = f"{after}: a line that was never shown as saved. The next entry sets it aside."
        return msgspec.structs.replace(whole, state="broken" if why else "unfinished", words=why or words, cut=not data.endswith(b"\n"))
    return msgspec.structs.replace(whole, state="broken" if why else "intact", words=why, cut=not whole.last)


def _broken(whole: Inspection, why: str) -> Inspection:
    words = f"It is broken at entry {whole.last + 1}: {why}. {_COPY}"
    return msgspec.structs.replace(whole, state="broken", words=words)


def _counted(acts: Sequence[chain.Act]) -> tuple[Acts, str]:
    """How many entries sealed acts have up to the first that is none, and why that one is not; empty when all are."""
    sizes: list[int] = []
    last = 0
    for act in acts:
        try:
            number = number_of(act.payload)
        except Damaged:
            number = 0
        if number <= last:
            return Acts([], sizes), _does_not_fit(act.begin)
        sizes.append(number - last)
        last = number
    return Acts([], sizes), ""


def _read(acts: Sequence[chain.Act], codec: Codec, before: str) -> tuple[Acts, str]:
    """What acts hold up to the first that cannot be read, and why that one cannot; empty when all can."""
    try:
        read = acts_of(codec.read(acts, before), 1)
    except Damaged:
        read = None
    if read is not None:
        return read, ""
    entries: list[Entry] = []
    sizes: list[int] = []
    why = ""
    for act in acts:
        try:
            (payload,) = codec.read([act], before)
        except Damaged:
            why = f"the line at byte {act.begin:,} cannot be opened"
            break
        one = acts_of([payload], len(entries) + 1)
        if one is None:
            why = why_unreadable(payload, len(entries) + 1) if is_act(payload) else _does_not_fit(act.begin)
            break
        entries += one.entries
        sizes += one.sizes
        before = act.digest
    return Acts(entries, sizes), why


def _does_not_fit(at: int) -> str:
    return f"the line at byte {at:,} does not fit"


def _opening(whole: Inspection) -> str:
    """Why the entries make no case; empty when they do."""
    opened = whole.opened
    if opened is None:
        return f"It is broken at entry 1: it does not open a case. {_COPY}"
    if opened.case != whole.case:
        return f"It is broken at entry 1: it opens case {opened.case}. {_COPY}"
    try:
        fold(whole.entries)
    except Refused as refusal:
        return f"Its entries make no case: {refusal} {_COPY}"
    return ""
