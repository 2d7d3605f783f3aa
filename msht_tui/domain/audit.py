"""The terminal's own log: who signed in, looked at a case, passed something on or erased it; never what stands in a case.

DPA 2018 s.62 asks for logs of collection, alteration, consultation, disclosure, combination and erasure. The first two are the record of
the case itself; the rest is here. A line is kept as one flat document, as an entry of a case is. The only free text is a reason, and
to whom something went.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from msht_tui.domain.entry import Aware, Document
from msht_tui.domain.text import LINE_LIMIT

PURPOSES = (
    "This log serves four purposes and no other: to check that what was done was lawful; for the force to watch over its own conduct, "
    "disciplinary matters included; to keep the data whole and safe; and criminal proceedings. The Information Commissioner may ask for "
    "it. It does not measure anybody: no rankings, no targets, no comparison of how much people do."
)
"""What the law allows it to be used for (DPA 2018 s.62(4)), printed wherever the log is shown."""
LIMITS = (
    "The chain shows that a line was changed, removed or put in. It cannot show who sat at the keyboard, nor that the clock was right. "
    "Somebody who can write the file can cut off its end: hold the check code of an earlier export against it."
)
"""What the log cannot prove, to be said beside it."""

CaseId: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}\Z")]
AnyCase: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f-]{36})?\Z")]
"""A case's id; empty for all of them."""
Line: TypeAlias = Annotated[str, msgspec.Meta(max_length=LINE_LIMIT, pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z")]
"""One line of text, as `clean` leaves it; what a terminal could obey is refused."""
OperatorRole: TypeAlias = Literal["operator", "supervisor", "trainer"]
LockCause: TypeAlias = Literal["key", "idle", "resume", "terminal"]
Disclosure: TypeAlias = Literal["summary", "handover", "worksheet", "log", "dump", "backup", "dates"]
Result: TypeAlias = Literal["intact", "unfinished", "broken", "shorter", "rewritten", "gone", "unreadable"]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Something that happened at the terminal."""


class AuditBegun(Event, frozen=True, kw_only=True, tag="audit-begun"):
    """The first line of a log, from just before anybody can sign in: on a terminal that is set up, one without lines is gone."""


class SignedIn(Event, frozen=True, kw_only=True, tag="signed-in"):
    """An operator's passphrase fitted."""

    role: OperatorRole


class SignInFailed(Event, frozen=True, kw_only=True, tag="sign-in-failed"):
    """A passphrase did not fit. Nobody is signed in by it."""

    offered: Line = ""
    """The operator whose id was given; empty when nobody has it, because what is mistyped there may be a passphrase."""


class PassphraseRefused(Event, frozen=True, kw_only=True, tag="passphrase-refused"):
    """Whoever is signed in was asked for the present passphrase, and it did not fit."""


class SignedOut(Event, frozen=True, kw_only=True, tag="signed-out"):
    """An operator left."""


class Locked(Event, frozen=True, kw_only=True, tag="locked"):
    """The screen was locked."""

    cause: LockCause


class Unlocked(Event, frozen=True, kw_only=True, tag="unlocked"):
    """The operator who had locked it came back."""


class Consulted(Event, frozen=True, kw_only=True, tag="consulted"):
    """Somebody looked at a case."""

    case: CaseId
    how: Literal["opened", "previewed"]


class Disclosed(Event, frozen=True, kw_only=True, tag="disclosed"):
    """Something of a case left the terminal. To whom and why may be left out, unless the force asks for it."""

    case: AnyCase
    what: Disclosure
    format: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,16}\Z")]
    """How it left: `print`, `html`, `csv`, `json`, `clipboard` and the like."""
    to: Line = ""
    because: Line = ""


class Erased(Event, frozen=True, kw_only=True, tag="erased"):
    """A case was erased. Which one, how long its record was, and nothing of what stood in it.

    A check code is left out: it would fit a copy of the record that is to be noise, and is held against nothing once the case is gone.
    """

    case: CaseId
    entries: int | None = None
    """How many the terminal knew of; `None` when it knew of none, as when an erasure that was broken off is finished."""


class CaseSealed(Event, frozen=True, kw_only=True, tag="case-sealed"):
    """A case that was plain, from before the terminal was set up, was written anew under a key of its own."""

    case: CaseId


class CatalogueRebuilt(Event, frozen=True, kw_only=True, tag="catalogue-rebuilt"):
    """The rows of the list of cases were made anew from the cases."""


class Restored(Event, frozen=True, kw_only=True, tag="restored"):
    """The store was filled from a backup, this log with it: what had been recorded after the backup is not there."""

    cases: int
    """How many came in."""


class Combined(Event, frozen=True, kw_only=True, tag="combined"):
    """Two subjects of a case were said to be one person: linked in two roles, or entered twice."""

    case: CaseId
    how: Literal["linked", "same"]


class Verified(Event, frozen=True, kw_only=True, tag="verified"):
    """The record of a case, or with an empty id of all cases, was held against its chain."""

    case: AnyCase
    result: Result


class AuditVerified(Event, frozen=True, kw_only=True, tag="audit-verified"):
    """This log was held against its chain."""

    result: Result


class ClockStepped(Event, frozen=True, kw_only=True, tag="clock-stepped"):
    """The clock of the terminal did not agree with the time that had passed."""

    seconds: int
    """By how much it had moved on, or below zero back, beyond what had passed."""


class OperatorChanged(Event, frozen=True, kw_only=True, tag="operator-changed"):
    """A supervisor let somebody in, gave them a new passphrase or role, or let them in no more."""

    operator: Line
    how: Literal["added", "reset", "role", "removed"]
    role: OperatorRole | None = None
    """The one they have from here, where it was given."""


class RecoveryUsed(Event, frozen=True, kw_only=True, tag="recovery-used"):
    """The recovery code gave a supervisor a new passphrase."""

    operator: Line


class RecoveryRenewed(Event, frozen=True, kw_only=True, tag="recovery-renewed"):
    """A new recovery code was made; the one before opens nothing any more."""


class AuditExported(Event, frozen=True, kw_only=True, tag="audit-exported"):
    """Lines of this log left the terminal."""

    lines: int
    to: Line = ""
    because: Line = ""


class AuditAcknowledged(Event, frozen=True, kw_only=True, tag="audit-acknowledged"):
    """A supervisor took note that this log is not the one that the terminal remembers: what stood there may be missing."""

    remembered: int
    """The number of lines that it had before; 0 where that is not known."""
    found: int
    """The number of lines that were left of it."""


class CaseAcknowledged(Event, frozen=True, kw_only=True, tag="case-acknowledged"):
    """A supervisor took note that the record of a case is not the one it was, and went on with what is left. Why stands in the case."""

    case: CaseId


class HoldSet(Event, frozen=True, kw_only=True, tag="hold-set"):
    """A case must not be erased, until the hold is lifted."""

    case: CaseId
    because: Line = ""


class HoldLifted(Event, frozen=True, kw_only=True, tag="hold-lifted"):
    """A case may be erased again."""

    case: CaseId
    because: Line = ""


class ReviewKept(Event, frozen=True, kw_only=True, tag="review-kept"):
    """A supervisor reviewed a case and kept it for another period."""

    case: CaseId
    because: Line = ""


AuditEvent: TypeAlias = (
    AuditBegun
    | SignedIn
    | SignInFailed
    | PassphraseRefused
    | SignedOut
    | Locked
    | Unlocked
    | Consulted
    | Disclosed
    | Erased
    | CaseSealed
    | CatalogueRebuilt
    | Restored
    | Combined
    | Verified
    | AuditVerified
    | ClockStepped
    | OperatorChanged
    | RecoveryUsed
    | RecoveryRenewed
    | AuditExported
    | AuditAcknowledged
    | CaseAcknowledged
    | HoldSet
    | HoldLifted
    | ReviewKept
)
NOBODYS: TypeAlias = AuditBegun | SignInFailed | RecoveryUsed | Restored | Verified | AuditVerified | ClockStepped
"""What can happen with nobody signed in."""
KINDS: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in AuditEvent.__args__)
"""Every kind of line, for a choice."""
Record: TypeAlias = Callable[[AuditEvent], object]
"""Notes what is about to be done: called once nothing stands in its way and before any of it is. If it raises, nothing is done."""


def unrecorded(_: object) -> None:
    """For where nobody keeps an audit."""


class Stamp(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a line stands, when it was written and by whom."""

    number: int
    """From 1, without gaps."""
    at: Aware
    """UTC."""
    by: Line = ""
    """The operator who was signed in; empty when nobody was."""


class AuditLine(msgspec.Struct, frozen=True):
    """One line of the log. Never changed, never removed."""

    stamp: Stamp
    event: AuditEvent

    @property
    def kind(self) -> str:
        """What kind of event it holds."""
        return str(self.event.__struct_config__.tag)

    @property
    def case(self) -> str:
        """The case it is about; empty when it is about none, or all."""
        return getattr(self.event, "case", "")

    @property
    def operators(self) -> tuple[str, ...]:
        """Whoever did it, whoever it was done to, and whose id was offered."""
        about = (self.stamp.by, getattr(self.event, "operator", ""), getattr(self.event, "offered", ""))
        return tuple(dict.fromkeys(filter(None, about)))

    def document(self) -> Document:
        """The flat document that the database keeps."""
        document: Document = msgspec.to_builtins(self.stamp)
        document.update(msgspec.to_builtins(self.event))
        return document


_STAMPS = msgspec.json.Decoder(tuple[Stamp, ...])
_EVENTS = msgspec.json.Decoder(tuple[AuditEvent, ...])


def lines_from(payload: bytes) -> tuple[AuditLine, ...]:
    """The lines in a JSON list of documents. Raises `msgspec.DecodeError` when it holds anything else."""
    return tuple(AuditLine(stamp, event) for stamp, event in zip(_STAMPS.decode(payload), _EVENTS.decode(payload), strict=True))


class AuditQuery(msgspec.Struct, frozen=True):
    """Which lines are wanted; what is left empty asks for nothing."""

    operator: str = ""
    """In whatever letters: whoever did it, whoever it was done to, or whose id was offered."""
    kind: str = ""
    case: str = ""
    """A case's id, or the beginning of it."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment in UTC that is no longer wanted."""

    def holds(self, line: AuditLine) -> bool:
        """Whether a line is wanted."""
        wanted = self.operator.casefold()
        return (
            (not wanted or any(one.casefold() == wanted for one in line.operators))
            and self.kind in ("", line.kind)
            and line.case.startswith(self.case)
            and (self.since is None or line.stamp.at >= self.since)
            and (self.until is None or line.stamp.at < self.until)
        )


def words(event: AuditEvent) -> str:
    """What happened, in one line."""
    match event:
        case AuditBegun():
            return "This log begins, with the setting up of this terminal"
        case SignedIn(role=role):
            return f"Signed in as {role}"
        case SignInFailed(offered=offered):
            return f"Sign-in failed, with {f'the id {offered}' if offered else 'an id that nobody has'}"
        case PassphraseRefused():
            return "Asked for the present passphrase, and it was wrong"
        case SignedOut():
            return "Signed out"
        case Locked(cause=cause):
            return f"Locked: {_CAUSES[cause]}"
        case Unlocked():
            return "Unlocked"
        case Consulted(case=case, how=how):
            return f"Case {case} {how}"
        case Disclosed(case=case, what=what, format=form, to=to, because=because):
            return f"Disclosed: {what} of {_cases(case)} as {form}{f', to {to}' if to else ''}{_reason(because)}"
        case Erased(case=case, entries=entries):
            return f"Case {case} erased" + ("" if entries is None else f", with {_count(entries, 'entry', 'entries')}")
        case CaseSealed(case=case):
            return f"Case {case} sealed, which was plain from before this terminal was set up"
        case CatalogueRebuilt():
            return "The list of cases was made anew from the cases"
        case Restored(cases=count):
            return f"The store was restored from a backup, with {_count(count, 'case', 'cases')}"
        case Combined(case=case, how=how):
            return f"Case {case}: two subjects {'linked as one person' if how == 'linked' else 'found to be the same'}"
        case Verified(case=case, result=result):
            return f"Record of {_cases(case)} verified: {result}"
        case AuditVerified(result=result):
            return f"This log verified: {result}"
        case ClockStepped(seconds=seconds):
            return f"The clock was put {'forward' if seconds > 0 else 'back'} by {abs(seconds):,} seconds"
        case OperatorChanged(operator=operator, how=how, role=role):
            return f"Operator {operator}: {_CHANGES[how]}{f', {role}' if role else ''}"
        case RecoveryUsed(operator=operator):
            return f"The recovery code was used for {operator}"
        case RecoveryRenewed():
            return "A new recovery code was made"
        case AuditExported(lines=count, to=to, because=because):
            return f"This log exported: {count:,} lines{f', to {to}' if to else ''}{_reason(because)}"
        case AuditAcknowledged(remembered=0):
            return "Acknowledged that this log was gone: nobody knows what stood in it before"
        case AuditAcknowledged(remembered=remembered, found=found):
            return f"Acknowledged that this log had {found:,} lines left where {remembered:,} were known: earlier ones may be missing"
        case CaseAcknowledged(case=case):
            return f"Case {case} acknowledged as it was found: a part of its record is missing, or not the one of before"
        case HoldSet(case=case, because=because):
            return f"Case {case}: legal hold set{_reason(because)}"
        case HoldLifted(case=case, because=because):
            return f"Case {case}: legal hold lifted{_reason(because)}"
        case ReviewKept(case=case, because=because):
            return f"Case {case} reviewed and kept{_reason(because)}"


_CAUSES: dict[LockCause, str] = {
    "key": "by key",
    "idle": "nobody typed for too long",
    "resume": "the machine had slept",
    "terminal": "the terminal was lost",
}
_CHANGES: dict[str, str] = {"added": "added", "reset": "new passphrase", "role": "new role", "removed": "removed"}


def _cases(case: str) -> str:
    return f"case {case}" if case else "all cases"


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _reason(because: str) -> str:
    return f", because {because}" if because else ""
