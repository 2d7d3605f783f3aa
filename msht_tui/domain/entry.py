"""The record of a case: what happened, as events, each stamped once with a number, two times and a name.

An entry is kept as one flat document (a dict of JSON values); the state of a case is what its entries add up to.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from msht_tui.domain.pack import Role, SubjectKind

MarkState: TypeAlias = Literal["open", "done", "not-needed", "deferred"]
ReferenceKind: TypeAlias = Literal["incident", "custody-record", "crime", "nrm", "other"]
ProvisionKind: TypeAlias = Literal["food", "drink", "clothing", "accommodation", "medical", "transport", "phone", "other"]
Manner: TypeAlias = Literal["in-person", "by-phone", "by-video", "in-writing", "other"]
RouteName: TypeAlias = Literal["child", "adult_consent", "duty_to_notify", "undetermined"]
Decision: TypeAlias = Literal["reasonable", "conclusive"]
Outcome: TypeAlias = Literal["positive", "negative"]
Document: TypeAlias = dict[str, Any]
"""An entry as the database keeps it: JSON values only."""

Aware: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its offset: a time without one means nothing in a record."""

LATE = timedelta(seconds=60)
"""The gap between an act and its entry from which both times are shown."""

CASE = "case"
"""The subject id of what is worked for the case as a whole."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False):
    """Something that happened in a case."""


class CaseOpened(Event, frozen=True, kw_only=True, tag="case-opened"):
    """The first entry: under which content the case is worked, and by which role it was begun."""

    case: str
    pack: str
    version: str
    digest: str
    """SHA-256 of the content, in hexadecimal: the store keeps a copy under this name."""
    role: Role
    exercise: bool = False


class ReferenceAdded(Event, frozen=True, kw_only=True, tag="reference-added"):
    """The matter's number in another system."""

    reference_kind: ReferenceKind
    value: str


class SubjectAdded(Event, frozen=True, kw_only=True, tag="subject-added"):
    """A victim, suspect, scene or other person joins the case."""

    subject: str
    subject_kind: SubjectKind
    label: str = ""


class SubjectRetired(Event, frozen=True, kw_only=True, tag="subject-retired"):
    """A subject was entered by mistake or twice; its entries stay."""

    subject: str
    because: str
    same_as: str | None = None


class PersonsLinked(Event, frozen=True, kw_only=True, tag="persons-linked"):
    """A suspect and a victim are one person."""

    subject: str
    """The suspect."""
    victim: str


class FactRecorded(Event, frozen=True, kw_only=True, tag="fact-recorded"):
    """A fact about a subject was answered; the latest answer counts."""

    subject: str
    name: str
    value: str


class StepMarked(Event, frozen=True, kw_only=True, tag="step-marked"):
    """A step was marked for one subject; the latest mark counts."""

    subject: str
    item: str
    state: MarkState
    because: str = ""
    to: str = ""
    until: Aware | None = None
    note: str = ""


class NoteAdded(Event, frozen=True, kw_only=True, tag="note-added"):
    """Free text, on a step or on the case."""

    text: str
    subject: str = CASE
    item: str | None = None
    verbatim: bool = False
    """Whether these are the very words that were spoken."""


class InteractionRecorded(Event, frozen=True, kw_only=True, tag="interaction-recorded"):
    """Somebody spoke with a person. The guidance asks for every interaction from the first engagement to the end."""

    subject: str
    text: str
    """What was said or done, or the very words."""
    verbatim: bool = False
    spoke: str = ""
    """Who spoke with them, when it was not whoever made the entry."""
    how: Manner | None = None
    interpreter: str = ""
    """Who interpreted, or that nobody did."""
    place: str = ""
    """Where, and who else was there."""
    demeanour: str = ""
    """How the person appeared: what was seen, not what it may mean."""


class ProvisionRecorded(Event, frozen=True, kw_only=True, tag="provision-recorded"):
    """Something was given to a person, or offered and declined."""

    subject: str
    provision: ProvisionKind
    what: str
    quantity: str = ""
    given_by: str = ""
    """By whom, when it was not whoever made the entry."""
    declined: bool = False


class CaseClosed(Event, frozen=True, kw_only=True, tag="case-closed"):
    """Work on the case ended here; nothing is deleted."""

    because: str = ""


class CaseReopened(Event, frozen=True, kw_only=True, tag="case-reopened"):
    """Work on the case began again."""

    because: str = ""


class EntryStruck(Event, frozen=True, kw_only=True, tag="entry-struck"):
    """An earlier entry no longer counts; its text stays readable."""

    entry: int
    """Its number."""
    because: str = ""
    """Why; empty only for an undo, by whoever made the entry."""
    undo: bool = False


class HandoverStarted(Event, frozen=True, kw_only=True, tag="handover-started"):
    """Whoever holds the case offers it to somebody; it is theirs until it is accepted."""

    to: str
    """A person or a role."""
    remark: str = ""


class HandoverAccepted(Event, frozen=True, kw_only=True, tag="handover-accepted"):
    """Whoever made this entry holds the case from here."""

    role: Role | None = None
    """The role that the case is worked in from here, when it is another."""


class HandoverReturned(Event, frozen=True, kw_only=True, tag="handover-returned"):
    """The receiver sent the case back: it stays with whoever held it."""

    because: str


class ClockStepped(Event, frozen=True, kw_only=True, tag="clock-stepped"):
    """The clock of the terminal did not agree with the time that had passed, or with the record. The order of entries is by number."""

    seconds: int
    """By how much it had moved on (or, below zero, back) beyond what had passed."""


class WorksheetAnswered(Event, frozen=True, kw_only=True, tag="worksheet-answered"):
    """A field of the NRM worksheet was answered for a victim; the latest answer counts."""

    subject: str
    field: str
    value: str = ""
    unknown_because: str = ""
    """Why it is not known; empty when there is a value."""
    identifying: bool = False
    """Whether the answer could point to the person: it is shown only where they may be named."""
    worksheet: str
    """The version of the worksheet."""


class ReferralSent(Event, frozen=True, kw_only=True, tag="referral-sent"):
    """A referral or notification about a victim went to the Home Office."""

    subject: str
    route: RouteName
    to: str = ""
    """Which authority decides, where that is known."""
    reference: str = ""
    receipt: str = ""
    """The address to which the receipt went: replies to it are updates."""


class DecisionReceived(Event, frozen=True, kw_only=True, tag="decision-received"):
    """The competent authority decided about a victim."""

    subject: str
    decision: Decision
    outcome: Outcome


AnyEvent: TypeAlias = (
    CaseOpened
    | ReferenceAdded
    | SubjectAdded
    | SubjectRetired
    | PersonsLinked
    | FactRecorded
    | StepMarked
    | NoteAdded
    | InteractionRecorded
    | ProvisionRecorded
    | WorksheetAnswered
    | ReferralSent
    | DecisionReceived
    | HandoverStarted
    | HandoverAccepted
    | HandoverReturned
    | EntryStruck
    | ClockStepped
    | CaseClosed
    | CaseReopened
)


class Stamp(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """When, by whom and in which place of the record."""

    number: int
    """From 1, without gaps; the order of the record."""
    happened_at: Aware
    """UTC: when it is said to have happened."""
    recorded_at: Aware
    """UTC: when it was written down."""
    by: str
    act: int = 0
    """The number of the first entry of the act that it was recorded in, where that is another one."""
    again: int = 0
    """The number of the struck entry that it records again, if it does."""

    @property
    def late(self) -> bool:
        """Whether it was written down noticeably later than it happened."""
        return self.recorded_at - self.happened_at > LATE


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of the record. Never changed, never removed."""

    stamp: Stamp
    event: AnyEvent

    @property
    def number(self) -> int:
        """Its place in the record, from 1."""
        return self.stamp.number

    @property
    def act(self) -> int:
        """The number of the first entry of its act."""
        return self.stamp.act or self.stamp.number

    @property
    def kind(self) -> str:
        """What kind of event it holds, as the log names it."""
        return str(self.event.__struct_config__.tag)

    @property
    def subject(self) -> str:
        """The subject it is about: "case" for the case itself."""
        return getattr(self.event, "subject", CASE)

    @property
    def step(self) -> str | None:
        """The step it is about, as `item@subject`, if it is about one."""
        item = getattr(self.event, "item", None)
        return step_id(item, self.subject) if item else None

    def document(self) -> Document:
        """The flat document that the database keeps."""
        document: Document = msgspec.to_builtins(self.stamp)
        document.update(msgspec.to_builtins(self.event))
        return document


def entry_from(document: Document) -> Entry:
    """The entry that a document holds. Raises `msgspec.ValidationError` when it is none."""
    return Entry(msgspec.convert(document, Stamp), msgspec.convert(document, AnyEvent))


_STAMPS = msgspec.json.Decoder(tuple[Stamp, ...])
_EVENTS = msgspec.json.Decoder(tuple[AnyEvent, ...])


def entries_from(payload: bytes) -> tuple[Entry, ...]:
    """The entries in a JSON list of documents: the same as `entry_from` of each, several times as fast.

    Raises `msgspec.DecodeError` when it holds anything else.
    """
    return tuple(Entry(stamp, event) for stamp, event in zip(_STAMPS.decode(payload), _EVENTS.decode(payload), strict=True))


def step_id(item: str, subject: str) -> str:
    """How people and commands name a step: `item@V1`; a step of the case itself is named by its item alone."""
    return item if subject == CASE else f"{item}@{subject}"
