"""What the entries of a case add up to: the fold, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

import msgspec

from msht_tui.domain.condition import Answers
from msht_tui.domain.entry import (
    CASE,
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
    InteractionRecorded,
    NoteAdded,
    PersonsLinked,
    ProvisionRecorded,
    ReferenceAdded,
    ReferralSent,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.pack import Role, SubjectKind
from msht_tui.domain.refusal import Refused, nearest

PREFIX: Mapping[SubjectKind, str] = {"victim": "V", "suspect": "S", "scene": "L", "other": "O"}
"""The letter that a subject's id begins with."""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """The matter's number elsewhere."""

    kind: str
    value: str


class Subject(msgspec.Struct, frozen=True, gc=False):
    """Who or what steps are worked for."""

    id: str
    kind: SubjectKind
    label: str
    linked: str | None = None
    """The same person in the other role."""
    retired: str | None = None
    """Why it was retired, if it was."""
    same_as: str | None = None


class Mark(msgspec.Struct, frozen=True, gc=False):
    """The latest mark of a step, with the entry it stands in."""

    event: StepMarked
    stamp: Stamp


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The latest answer to a fact, with the entry it stands in."""

    value: str
    stamp: Stamp


class Note(msgspec.Struct, frozen=True, gc=False):
    """A note, with the entry it stands in."""

    event: NoteAdded
    stamp: Stamp


E = TypeVar("E")


class Recorded(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """An event that stands in a ledger of the case, with its stamp."""

    event: E
    stamp: Stamp


class Strike(msgspec.Struct, frozen=True, gc=False):
    """Why an entry no longer counts, and the entry that says so."""

    event: EntryStruck
    stamp: Stamp


MarkKey: TypeAlias = tuple[str, str]
"""Item id and subject id."""


class CaseState(msgspec.Struct, frozen=True):
    """A case as its entries leave it. Immutable: a new entry makes a new state."""

    number: int = 0
    """The last entry's number; 0 before the first."""
    opened: CaseOpened | None = None
    opened_at: datetime | None = None
    """UTC."""
    closed_at: datetime | None = None
    references: tuple[Reference, ...] = ()
    subjects: Mapping[str, Subject] = msgspec.field(default_factory=dict)
    added: Mapping[SubjectKind, int] = msgspec.field(default_factory=dict)
    """Kind to how many were ever added, struck ones too."""
    facts: Mapping[str, Mapping[str, Answer]] = msgspec.field(default_factory=dict)
    """Subject id to fact name to answer."""
    marks: Mapping[MarkKey, Mark] = msgspec.field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    operators: tuple[str, ...] = ()
    """Everybody who made an entry, in order of first appearance."""
    interactions: tuple[Recorded[InteractionRecorded], ...] = ()
    provisions: tuple[Recorded[ProvisionRecorded], ...] = ()
    worksheet: Mapping[str, Mapping[str, Recorded[WorksheetAnswered]]] = msgspec.field(default_factory=dict)
    """Victim id to field key to the latest answer."""
    referrals: tuple[Recorded[ReferralSent], ...] = ()
    decisions: tuple[Recorded[DecisionReceived], ...] = ()
    holder: str = ""
    """Who holds the case."""
    role: Role = "responder"
    """The role that the case is worked in: that of the opening, until a receiver takes it in another."""
    handed_over_at: datetime | None = None
    """UTC: when a handover was last accepted."""
    offered: Recorded[HandoverStarted] | None = None
    """A handover that has neither been accepted nor sent back."""
    struck: Mapping[int, Strike] = msgspec.field(default_factory=dict)
    """Number of an entry that no longer counts, to the strike."""

    @property
    def title(self) -> str:
        """The first reference, or the start of the id."""
        return self.references[0].value if self.references else (self.opened.case[:8] if self.opened else "")

    def subject(self, subject_id: str) -> Subject:
        """The subject of this id. Raises `Refused`, naming those that there are."""
        if subject_id not in self.subjects:
            known = ", ".join(self.subjects) or "none yet"
            raise Refused(f"There is no subject {subject_id!r} in this case (there is: {known}).{nearest(subject_id, list(self.subjects))}")
        return self.subjects[subject_id]

    def active(self, kind: SubjectKind | None = None) -> tuple[Subject, ...]:
        """The subjects that are not retired, of one kind or of all."""
        return tuple(s for s in self.subjects.values() if s.retired is None and kind in (None, s.kind))

    def answers(self, subject_id: str) -> Answers:
        """The facts that conditions of this subject's steps can read: its own and the case's."""
        found = {name: answer.value for name, answer in self.facts.get(CASE, {}).items()}
        if subject_id != CASE:
            found |= {name: answer.value for name, answer in self.facts.get(subject_id, {}).items()}
        return found

    def fact(self, subject_id: str, name: str) -> str | None:
        """The recorded value of one fact; `None` while it is unset."""
        answer = self.facts.get(subject_id, {}).get(name)
        return answer.value if answer else None

    def next_id(self, kind: SubjectKind) -> str:
        """The id that the next subject of this kind gets: V3 after V2, also when V2 was retired or struck: an id is never used twice."""
        return f"{PREFIX[kind]}{self.added.get(kind, 0) + 1}"

    def merged(self, subject_id: str) -> frozenset[str]:
        """The ids under which a person stood in the same role: this one, and those that were retired as the same."""
        found = {subject_id}
        while more := {s.id for s in self.subjects.values() if s.retired is not None and s.same_as in found} - found:
            found |= more
        return frozenset(found)

    def linked_victim(self, suspect_id: str) -> Subject | None:
        """The victim that a suspect also is, following a retirement as the same person."""
        victim_id = self.subjects[suspect_id].linked
        seen: set[str] = set()
        while victim_id is not None and victim_id not in seen:
            seen.add(victim_id)
            victim = self.subjects[victim_id]
            if victim.retired is None:
                return victim
            victim_id = victim.same_as
        return None


def fold(entries: Sequence[Entry], state: CaseState | None = None) -> CaseState:
    """The state after these entries, begun from `state` or from nothing. Pure, and linear in the new entries.

    What was struck counts for nothing, so entries with a strike among them are folded from the beginning: see `needs_all`.
    Raises `Refused` for an entry about somebody who is not in the case: only a record that was not made here holds one.
    """
    begun = state or CaseState()
    struck = {entry.event.entry: Strike(entry.event, entry.stamp) for entry in entries if isinstance(entry.event, EntryStruck)}
    if struck and begun.number:
        raise ValueError("a strike changes what went before: fold the case from its beginning")
    number, opened, opened_at, closed_at = begun.number, begun.opened, begun.opened_at, begun.closed_at
    holder, role, offered, handed_over_at = begun.holder, begun.role, begun.offered, begun.handed_over_at
    references, notes = list(begun.references), list(begun.notes)
    interactions, provisions = list(begun.interactions), list(begun.provisions)
    referrals, decisions = list(begun.referrals), list(begun.decisions)
    subjects, marks, added = dict(begun.subjects), dict(begun.marks), dict(begun.added)
    facts = {subject: dict(answers) for subject, answers in begun.facts.items()}
    worksheet = {subject: dict(answers) for subject, answers in begun.worksheet.items()}
    operators = dict.fromkeys(begun.operators)
    for entry in entries:
        number = entry.stamp.number
        operators.setdefault(entry.stamp.by)
        if isinstance(entry.event, SubjectAdded) and not entry.stamp.again:
            added[entry.event.subject_kind] = added.get(entry.event.subject_kind, 0) + 1
        if number in struck:
            continue
        match entry.event:
            case StepMarked() as event:
                marks[event.item, event.subject] = Mark(event, entry.stamp)
                if event.note:
                    notes.append(Note(NoteAdded(text=event.note, subject=event.subject, item=event.item), entry.stamp))
            case FactRecorded() as event:
                facts.setdefault(event.subject, {})[event.name] = Answer(event.value, entry.stamp)
            case NoteAdded() as event:
                notes.append(Note(event, entry.stamp))
            case CaseOpened() as event:
                opened, opened_at, role, holder = event, entry.stamp.happened_at, event.role, entry.stamp.by
            case ReferenceAdded(reference_kind=kind, value=value):
                references.append(Reference(kind, value))
            case SubjectAdded() as event:
                subjects[event.subject] = Subject(event.subject, event.subject_kind, event.label)
                if entry.stamp.again:
                    _after(subjects, event.subject)
            case SubjectRetired() as event:
                gone = _change(subjects, entry, event.subject, retired=event.because, same_as=event.same_as)
                if event.same_as is not None and gone.linked is not None and _change(subjects, entry, event.same_as).linked is None:
                    _link(subjects, entry, event.same_as, gone.linked)
            case PersonsLinked(subject=suspect, victim=victim):
                _link(subjects, entry, suspect, victim)
            case InteractionRecorded() as event:
                interactions.append(Recorded(event, entry.stamp))
            case ProvisionRecorded() as event:
                provisions.append(Recorded(event, entry.stamp))
            case WorksheetAnswered() as event:
                worksheet.setdefault(event.subject, {})[event.field] = Recorded(event, entry.stamp)
            case ReferralSent() as event:
                referrals.append(Recorded(event, entry.stamp))
            case DecisionReceived() as event:
                decisions.append(Recorded(event, entry.stamp))
            case HandoverStarted() as event:
                offered = Recorded(event, entry.stamp)
            case HandoverAccepted() as event:
                holder, role, offered, handed_over_at = entry.stamp.by, event.role or role, None, entry.stamp.happened_at
            case HandoverReturned():
                offered = None
            case CaseClosed():
                closed_at = entry.stamp.happened_at
            case CaseReopened():
                closed_at = None
            case EntryStruck() | ClockStepped():
                pass
    return CaseState(
        number=number,
        opened=opened,
        opened_at=opened_at,
        closed_at=closed_at,
        references=tuple(references),
        subjects=subjects,
        added=added,
        facts=facts,
        marks=marks,
        notes=tuple(notes),
        operators=tuple(operators),
        interactions=tuple(interactions),
        provisions=tuple(provisions),
        worksheet=worksheet,
        referrals=tuple(referrals),
        decisions=tuple(decisions),
        holder=holder,
        role=role,
        offered=offered,
        handed_over_at=handed_over_at,
        struck=struck or begun.struck,
    )


def needs_all(entries: Iterable[Entry]) -> bool:
    """Whether these new entries change what earlier ones count for, so that the case is folded from its beginning."""
    return any(isinstance(entry.event, EntryStruck) for entry in entries)


def _after(subjects: dict[str, Subject], subject: str) -> None:
    """Those of its kind with a later number stand after it again."""
    for other in [one for one in subjects if one[:1] == subject[:1] and (len(one), one) > (len(subject), subject)]:
        subjects[other] = subjects.pop(other)


def _change(subjects: dict[str, Subject], entry: Entry, subject_id: str, **changes: str | None) -> Subject:
    if subject_id not in subjects:
        raise Refused(f"Entry {entry.number} speaks of {subject_id}, who is not in the case.")
    subjects[subject_id] = msgspec.structs.replace(subjects[subject_id], **changes)
    return subjects[subject_id]


def _link(subjects: dict[str, Subject], entry: Entry, one: str, other: str) -> None:
    _change(subjects, entry, one, linked=other)
    _change(subjects, entry, other, linked=one)
