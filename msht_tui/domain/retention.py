"""How long this terminal keeps its copy of a case: a review that somebody has to hold, a legal hold, and nothing that goes by itself.

Holds and reviews are facts of the terminal, kept in its audit, and not of the case's record. They say what happens to this copy here; the
record goes on to others, for whom they mean nothing. A supervisor sets them without taking part in the case, on a closed one too. And
the proof that a case was held, reviewed and erased has to outlive the record, which is destroyed with the case's key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

import msgspec

from msht_tui.domain.audit import AuditAcknowledged, AuditLine, Erased, HoldLifted, HoldSet, OperatorRole, Restored, ReviewKept
from msht_tui.domain.moment import local
from msht_tui.domain.refusal import Refused

REVIEW_AFTER = timedelta(days=31)
"""From the last handover or closing, and from each review that kept the case, to the next review."""
OUT_OF_REACH = (
    "Erasing destroys the key of this case on this terminal, then its file, so that copies of the file in backups cannot be read either. "
    "It does not reach what was printed or written by hand, what was exported, sent or copied elsewhere, what other systems hold, "
    "or a backup of the keys from before: destroy those as well. Deleted bytes may stay on a disk for a while; disk encryption covers them."
)
"""What an erasure cannot do, to be read before it is confirmed."""
NOT_FOR_EXERCISES = "Exercises are neither reviewed nor held"
SHORT = 8
"""Characters of a case's id that name it in words, and that confirm an erasure."""


class Copy(Protocol):
    """What a review has to know of a case; a row of the worklist is one."""

    @property
    def case_id(self) -> str:
        """The case's id."""
        ...

    @property
    def opened_at(self) -> datetime:
        """UTC."""
        ...

    @property
    def handed_over_at(self) -> datetime | None:
        """When somebody last accepted a handover, in UTC."""
        ...

    @property
    def closed_at(self) -> datetime | None:
        """UTC."""
        ...


class Hold(msgspec.Struct, frozen=True):
    """A legal hold that stands."""

    at: datetime
    """UTC."""
    by: str
    because: str

    @property
    def words(self) -> str:
        """Who set it, and why where that was said."""
        return f"set by {self.by}" + (f", because {self.because}" if self.because else "")


class Retention(msgspec.Struct, frozen=True):
    """What the audit adds up to, for keeping and erasing."""

    holds: Mapping[str, Hold] = {}
    """Case id to the hold that stands."""
    kept: Mapping[str, datetime] = {}
    """Case id to the last review that kept it, in UTC."""
    gap_at: datetime | None = None
    """When it was last recorded that lines of the audit are missing, holds perhaps among them; `None` while none are."""
    gap_because: str = ""
    """Why they are missing."""

    def refuse_held(self, case_id: str) -> None:
        """Raises `Refused` for a case that must not be erased."""
        hold = self.holds.get(case_id)
        if hold is not None:
            raise Refused(f"Case {case_id[:SHORT]} is under a legal hold, {hold.words}: lift the hold first. Nothing was erased.")

    def refuse_unheld(self, case_id: str) -> None:
        """Raises `Refused` for a case of which there is no hold to lift."""
        if case_id not in self.holds:
            raise Refused(f"Case {case_id[:SHORT]} is under no legal hold. Nothing was changed.")

    def gap_words(self, now: datetime, zone: tzinfo) -> str:
        """That holds may be missing, and from before when; empty while no line of the audit is."""
        if self.gap_at is None:
            return ""
        return f"Note: holds that were set before {local(self.gap_at, zone, now)} may be missing: {self.gap_because}."


class Due(msgspec.Struct, frozen=True):
    """A case that is due for review."""

    case_id: str
    on: date
    """Since which local date."""
    held: bool
    """Whether a legal hold forbids to erase it."""


def retention(lines: Iterable[AuditLine]) -> Retention:
    """What the lines of the audit, in their order, add up to. The latest about a case counts; an erased case is forgotten."""
    holds: dict[str, Hold] = {}
    kept: dict[str, datetime] = {}
    gap_at, gap_because = None, ""
    for line in lines:
        match line.event:
            case HoldSet(case=case, because=because):
                holds[case] = Hold(line.stamp.at, line.stamp.by, because)
            case HoldLifted(case=case):
                holds.pop(case, None)
            case ReviewKept(case=case):
                kept[case] = line.stamp.at
            case Erased(case=case):
                holds.pop(case, None)
                kept.pop(case, None)
            case AuditAcknowledged():
                gap_at, gap_because = line.stamp.at, "lines of the audit were lost"
            case Restored():
                gap_at, gap_because = line.stamp.at, "this store came back from a backup"
            case _:
                pass
    return Retention(holds, kept, gap_at, gap_because)


def review_on(copy: Copy, state: Retention, zone: tzinfo) -> date:
    """The local date of the next review: 31 days after the last handover or closing, or a later review; without these after the opening."""
    ended = [moment for moment in (copy.handed_over_at, copy.closed_at) if moment is not None] or [copy.opened_at]
    kept = state.kept.get(copy.case_id)
    return max([*ended, *([] if kept is None else [kept])]).astimezone(zone).date() + REVIEW_AFTER


def due_for_review(copies: Iterable[Copy], state: Retention, today: date, zone: tzinfo) -> tuple[Due, ...]:
    """The cases whose review date has come, the longest overdue first. Held ones are among them: a hold has to be looked at as well."""
    dates = [(review_on(copy, state, zone), copy.case_id) for copy in copies]
    return tuple(Due(case_id, on, case_id in state.holds) for on, case_id in sorted(dates) if on <= today)


def refuse_but_supervisor(role: OperatorRole, operator: str, what: str) -> None:
    """Raises `Refused` for anybody but a supervisor; `what` is said as in "ask one to keep a case"."""
    if role != "supervisor":
        raise Refused(f"{operator} is no supervisor: ask one to {what}. Nothing was changed.")


def confirmation(case_id: str) -> str:
    """What to type before a case is erased, in words."""
    return f"To erase it, type a reference of the case, or {case_id[:SHORT]}"


def refuse_unconfirmed(typed: str, case_id: str, references: Iterable[str]) -> None:
    """Raises `Refused` unless a reference of the case, in whatever letters, or the first eight characters of its id were typed."""
    wanted = typed.strip().casefold()
    if not wanted or wanted not in {case_id[:SHORT], *(reference.casefold() for reference in references)}:
        raise Refused(f"That is neither a reference of the case nor {case_id[:SHORT]}. Nothing was erased.")


def kept_words(again: date) -> str:
    """What is said of a case that was reviewed and kept, with the local date of its next review."""
    return f"Reviewed and kept. It is due for review again on {again.isoformat()}."


def done_words(event: HoldSet | HoldLifted | Erased) -> str:
    """What is said once the event is recorded and done, in one line."""
    match event:
        case HoldSet(case=case):
            return f"Case {case[:SHORT]} is under a legal hold: nobody can erase it until it is lifted."
        case HoldLifted(case=case):
            return f"The legal hold of case {case[:SHORT]} is lifted."
        case Erased(case=case):
            return f"Case {case} is erased."
