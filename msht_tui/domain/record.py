"""The record as evidence: what may be struck through, what may be undone or done again, and what hangs on what.

Source: notebook rules (no erasure, no lost leaves, struck through once with who, when and why) and the CPIA code's record, retain, reveal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from msht_tui.domain.case import fold
from msht_tui.domain.entry import (
    AnyEvent,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ClockStepped,
    DecisionReceived,
    Entry,
    EntryStruck,
    FactRecorded,
    HandoverAccepted,
    HandoverReturned,
    HandoverStarted,
    PersonsLinked,
    ReferralSent,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.refusal import Refused

FINAL = (ReferralSent, DecisionReceived, CaseClosed)
"""Events that a reason can strike but no undo: somebody outside may have acted on them."""
BOUND = (ReferralSent, DecisionReceived)
"""Events that set facts in the same act: they are struck together."""

ROUTE_FACTS = frozenset({"age", "consent", "consents_to_be_named"})
"""Facts on which the route of a form rests, and what may stand in it."""


def acts_of(entries: Iterable[Entry]) -> Mapping[int, tuple[Entry, ...]]:
    """The acts by the number of their first entry, in order."""
    acts: dict[int, list[Entry]] = {}
    for entry in entries:
        acts.setdefault(entry.act, []).append(entry)
    return {first: tuple(found) for first, found in acts.items()}


def struck_numbers(entries: Iterable[Entry]) -> frozenset[int]:
    """The numbers of the entries that no longer count."""
    return frozenset(entry.event.entry for entry in entries if isinstance(entry.event, EntryStruck))


def until(entries: Sequence[Entry], moment: datetime) -> tuple[Entry, ...]:
    """The record as it stood at a moment (UTC): everything up to the last entry that was recorded by then, in the order of recording."""
    last = max((entry.number for entry in entries if entry.stamp.recorded_at <= moment), default=0)
    return tuple(entries[:last])


# Striking


def strikes(entries: Sequence[Entry], number: int) -> list[AnyEvent]:
    """What strikes entry `number` and whatever was recorded as one with it, without a reason yet.

    Raises `Refused` where there is no such entry, or where it may not be struck.
    """
    if not 1 <= number <= len(entries):
        raise Refused(f"There is no entry {number}: the record goes from 1 to {len(entries)}. Nothing was struck.")
    entry = entries[number - 1]
    act = [other for other in entries if other.act == entry.act]
    together = act if any(isinstance(other.event, BOUND) for other in act) else [entry]
    return _struck(entries, [other for other in together if _can_be_struck(entries, other, insist=other is entry)], undo=False)


def _can_be_struck(entries: Sequence[Entry], entry: Entry, *, insist: bool) -> bool:
    """Whether this entry can be struck. Raises `Refused` with the reason when it has to be."""
    why = ""
    match entry.event:
        case CaseOpened():
            why = "it opens the case"
        case EntryStruck(entry=struck):
            why = f"it strikes entry {struck}, and a strike stays: record again what you need"
        case ClockStepped():
            why = "it says what the clock did"
        case _ if entry.number in struck_numbers(entries):
            why = "it is struck already"
    if why and insist:
        raise Refused(f"Entry {entry.number} is not struck: {why}. Nothing was recorded.")
    return not why


def _struck(entries: Sequence[Entry], chosen: Sequence[Entry], *, undo: bool) -> list[AnyEvent]:
    numbers = [entry.number for entry in chosen]
    hanging = dependents(entries, numbers)
    if hanging:
        first = ", ".join(str(entry.number) for entry in hanging[:8]) + (f" and {len(hanging) - 8} more" if len(hanging) > 8 else "")
        which = f"entry {first} depends" if len(hanging) == 1 else f"entries {first} depend"
        raise Refused(f"Entry {numbers[0]} is not struck: {which} on it. Strike the later ones first. Nothing was recorded.")
    return [EntryStruck(entry=number, undo=undo) for number in numbers]


def dependents(entries: Sequence[Entry], numbers: Collection[int]) -> tuple[Entry, ...]:
    """The later entries, neither struck nor among these, that would hang in the air without the entries of these numbers."""
    gone = struck_numbers(entries) | set(numbers)
    found: dict[int, Entry] = {}
    for number in numbers:
        later = [entry for entry in entries[number:] if entry.number not in gone]
        before = [entry for entry in entries[: number - 1] if entry.number not in gone]
        found |= {entry.number: entry for entry in _hanging(entries[number - 1].event, later, before)}
    return tuple(found[number] for number in sorted(found))


def _hanging(event: AnyEvent, later: Sequence[Entry], before: Sequence[Entry]) -> list[Entry]:
    """Those of the later entries that make no sense without this event."""
    match event:
        case SubjectAdded(subject=subject):
            return [entry for entry in later if subject in (getattr(entry.event, name, None) for name in ("subject", "victim", "same_as"))]
        case PersonsLinked(subject=suspect, victim=victim):
            return [e for e in later if isinstance(e.event, SubjectRetired) and {e.event.subject, e.event.same_as} & {suspect, victim}]
        case SubjectRetired(subject=subject):
            linked = fold(before).subjects[subject].linked
            return [e for e in later if isinstance(e.event, PersonsLinked) and e.event.subject == linked]
        case HandoverStarted():
            return [entry for entry in later if isinstance(entry.event, HandoverAccepted | HandoverReturned)][:1]
        case HandoverAccepted() | HandoverReturned():
            return [entry for entry in later if isinstance(entry.event, HandoverStarted)]
        case ReferralSent(subject=victim):
            own = [entry for entry in later if getattr(entry.event, "subject", None) == victim]
            return _until_next(own, lambda one: isinstance(one, ReferralSent), lambda one: isinstance(one, DecisionReceived))
        case DecisionReceived(subject=victim, decision="reasonable"):
            own = [e for e in later if isinstance(e.event, DecisionReceived) and e.event.subject == victim]
            return _until_next(own, lambda one: one.decision == "reasonable", lambda one: one.decision == "conclusive")
        case CaseClosed():
            return [entry for entry in later if isinstance(entry.event, CaseReopened)][:1]
        case CaseReopened():
            return [entry for entry in later if not isinstance(entry.event, EntryStruck | ClockStepped)]
        case _:
            return []


def _until_next(later: Sequence[Entry], same: Callable[[Any], bool], wanted: Callable[[Any], bool]) -> list[Entry]:
    """The wanted ones of these entries, up to the next that stands in for the one they would hang on."""
    return [entry for entry in takewhile(lambda entry: not same(entry.event), later) if wanted(entry.event)]


# Undoing


def undo(entries: Sequence[Entry], operator: str, since: datetime | None = None) -> list[AnyEvent]:
    """The strikes that take back the operator's own last act, whole; `since` (UTC) is when they signed in.

    Raises `Refused` where there is nothing to undo, or where it takes a strike with a reason.
    """
    act = _last_own_act(entries, operator)
    if act is None:
        raise Refused("There is no act of yours to undo in this case.")
    first = act[0].number
    if any(isinstance(entry.event, CaseOpened) for entry in act):
        raise Refused("There is no act of yours to undo: the opening of the case stays.")
    barrier = _last_handover(entries)
    with_reason = f"Strike entry {first} with a reason instead. Nothing was undone."
    if first <= barrier:
        raise Refused(f"Your last act, entry {first}, is not later than the last handover. {with_reason}")
    if since is not None and act[0].stamp.recorded_at < since and not _put_back(entries[:first], operator, since):
        raise Refused(f"Your last act, entry {first}, was made before you signed in. {with_reason}")
    if any(isinstance(entry.event, EntryStruck) for entry in act):
        raise Refused(f"Your last act, entry {first}, struck another: a strike stays. Record again what you need. Nothing was undone.")
    decided = {entry.event.subject for entry in act if isinstance(entry.event, FactRecorded) and entry.event.name in ROUTE_FACTS}
    if any(isinstance(e.event, ReferralSent) and e.event.subject in decided and e.number not in struck_numbers(entries) for e in entries):
        raise Refused(f"Your last act, entry {first}, is what a sent form rests on. {with_reason}")
    if any(isinstance(entry.event, FINAL) for entry in act):
        raise Refused(f"Your last act, entry {first}, is not undone: others may have acted on it. {with_reason}")
    return _struck(entries, [entry for entry in act if _can_be_struck(entries, entry, insist=False)], undo=True)


def _put_back(entries: Iterable[Entry], operator: str, since: datetime) -> bool:
    """Whether the operator's clock was put back among these entries, at a time that it showed as `since` or later."""
    return any(
        isinstance(entry.event, ClockStepped)
        and entry.stamp.by == operator
        and entry.stamp.recorded_at - timedelta(seconds=min(entry.event.seconds, 0)) >= since
        for entry in entries
    )


def redo(entries: Sequence[Entry], operator: str) -> tuple[Entry, ...]:
    """The entries of the operator's act that was undone last and can be recorded again. Raises `Refused` when there is none."""
    undone: list[tuple[Entry, ...]] = []
    acts = acts_of(entries)
    for act in acts.values():
        if act[0].stamp.by != operator:
            continue
        struck = [entry.event.entry for entry in act if isinstance(entry.event, EntryStruck) and entry.event.undo]
        if struck:
            undone.append(tuple(entries[number - 1] for number in struck))
        elif any(entry.stamp.again for entry in act):
            undone.pop()
        else:
            undone.clear()
    if not undone:
        raise Refused("There is no act of yours to do again: only what was undone last is, and nothing has been recorded since.")
    if undone[-1][0].number <= _last_handover(entries):
        raise Refused("What you undid last is not later than the last handover: record it anew if it still holds. Nothing was recorded.")
    return undone[-1]


def _last_handover(entries: Sequence[Entry]) -> int:
    """The number of the last acceptance that counts; 0 while there is none."""
    struck = struck_numbers(entries)
    return max((e.number for e in entries if isinstance(e.event, HandoverAccepted) and e.number not in struck), default=0)


def overtaken(entries: Sequence[Entry], entry: Entry) -> Entry | None:
    """The last entry of somebody else's, later than this one, that settles the same: to record this one again would put it aside."""
    struck = struck_numbers(entries)
    settled = _settles(entry.event)
    for later in reversed(entries[entry.number :] if settled else ()):
        if later.stamp.by != entry.stamp.by and later.number not in struck and _settles(later.event) == settled:
            return later
    return None


def _settles(event: AnyEvent) -> tuple[str, ...]:
    """What the latest event of a kind decides; empty for what adds to a ledger."""
    match event:
        case StepMarked(subject=subject, item=name) | FactRecorded(subject=subject, name=name):
            return event.__class__.__name__, subject, name
        case WorksheetAnswered(subject=subject, field=name):
            return event.__class__.__name__, subject, name
        case _:
            return ()


def _last_own_act(entries: Sequence[Entry], operator: str) -> tuple[Entry, ...] | None:
    """The operator's latest act that still counts and is not an undo."""
    struck = struck_numbers(entries)
    for act in reversed(list(acts_of(entries).values())):
        counting = [entry for entry in act if entry.number not in struck and not isinstance(entry.event, ClockStepped)]
        undoing = any(isinstance(entry.event, EntryStruck) and entry.event.undo for entry in act)
        if act[0].stamp.by == operator and counting and not undoing:
            return act
    return None
