"""What stands on the summary, as data: the page draws it and the JSON holds it, so that neither can say something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from types import MappingProxyType

import msgspec

from msht_tui.domain.case import Note, Subject
from msht_tui.domain.entry import CASE, step_id
from msht_tui.domain.matter import Matter
from msht_tui.domain.now import StandingCaution, standing_cautions, unlinked_suspects
from msht_tui.domain.pack import Contact, Item, Phase
from msht_tui.domain.route import Route, nation_note
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView
from msht_tui.summary.data import case_data, interaction_data, iso, provision_data, subject_data
from msht_tui.summary.identity import withheld
from msht_tui.summary.ledger import ids_of, interactions, provisions
from msht_tui.summary.matter import dates_data, readiness_data, route_data
from msht_tui.summary.words import shown

SETTLED = ("done", "not-needed")


class ItemSteps(msgspec.Struct, frozen=True):
    """One item with its steps for several subjects."""

    item: Item
    steps: tuple[Step, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids of the subjects, in the order of the case."""
        return tuple(step.subject for step in self.steps)


class Waiting(msgspec.Struct, frozen=True):
    """What waits on the same unset facts of the same subjects."""

    facts: tuple[str, ...]
    items: tuple[ItemSteps, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids of the subjects whose steps wait."""
        return tuple(dict.fromkeys(subject for one in self.items for subject in one.subjects))


class Position(msgspec.Struct, frozen=True):
    """Where a victim's matter stands on its way to the Home Office."""

    subject: str
    route: Route
    matter: Matter | None
    """The worksheet and the dates, for whoever has them at hand."""


class Sheet(msgspec.Struct, frozen=True, dict=True):
    """The summary of a case at one moment."""

    view: CaseView
    now: datetime
    """UTC: what is overdue, and how long ago things are, is counted to here."""
    matters: Mapping[str, Matter] = {}
    """Victim id to their matter; who is not in it stands with the route alone."""

    @property
    def ends_at(self) -> datetime:
        """The moment up to which the case has been open, in UTC."""
        return self.view.state.closed_at or self.now

    @cached_property
    def killers(self) -> tuple[ItemSteps, ...]:
        """Open steps whose omission costs most."""
        return by_item(step for step in self.open_steps if step.item.killer)

    @cached_property
    def open_steps(self) -> tuple[Step, ...]:
        """Every open step."""
        return tuple(step for step in self.view.steps if step.state == "open")

    def open_in(self, phase: Phase) -> tuple[ItemSteps, ...]:
        """The other open steps of a phase."""
        return by_item(step for step in self.open_steps if step.item.phase == phase.id and not step.item.killer)

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """Everything that waits, by the facts that it waits on, in the order of the content."""
        found: dict[tuple[str, ...], list[Step]] = {}
        for step in self.view.steps:
            if step.state == "waiting":
                found.setdefault(step.waits_on, []).append(step)
        return tuple(Waiting(facts, by_item(steps)) for facts, steps in found.items())

    @cached_property
    def deferred(self) -> tuple[Step, ...]:
        """Everything left to somebody or until a time, what is due first at the head."""
        return tuple(sorted((step for step in self.view.steps if step.state == "deferred"), key=_due))

    @cached_property
    def overdue(self) -> tuple[Step, ...]:
        """Deferred steps whose time has passed."""
        return tuple(step for step in self.deferred if step.overdue(self.now))

    def settled(self, subject: str) -> tuple[Step, ...]:
        """A subject's steps that are done or not needed, in the order in which it happened."""
        return _as_it_happened(step for step in self.view.steps if step.subject == subject and step.state in SETTLED)

    @cached_property
    def kept(self) -> tuple[Step, ...]:
        """Steps that no longer apply and of which a mark is on record."""
        return tuple(step for step in self.view.steps if step.state == "inactive" and step.mark is not None)

    @cached_property
    def decisions(self) -> tuple[Step, ...]:
        """Items to consider on which somebody decided, in the order in which it happened."""
        return _as_it_happened(step for step in self.view.steps if step.item.kind == "consider" and step.state in SETTLED)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every note, in the order of the record."""
        return self.view.state.notes

    @cached_property
    def loose_notes(self) -> tuple[Note, ...]:
        """The notes that do not already stand with a mark elsewhere on the page."""
        beside = [*self.deferred, *self.kept, *(step for s in (CASE, *self.view.state.subjects) for step in self.settled(s))]
        marks = {(step.mark.stamp.number, step.item.id) for step in beside if step.mark is not None}
        return tuple(note for note in self.notes if (note.stamp.number, note.event.item) not in marks)

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        """Each victim's route, with the matter."""
        victims = [victim.id for victim in self.view.state.active("victim")]
        return tuple(Position(victim, self.view.route(victim), self.matters.get(victim)) for victim in victims)

    @cached_property
    def ledgers(self) -> tuple[str, ...]:
        """The ids under which the running tables stand: every victim, then whoever else was spoken with or given something."""
        state = self.view.state
        named = {one.event.subject for one in state.interactions} | {one.event.subject for one in state.provisions}
        found: dict[str, frozenset[str]] = {}
        for subject in (*state.active("victim"), *state.active(), *state.subjects.values()):
            ids = ids_of(state, subject.id)
            wanted = bool(ids & named) or (subject.kind == "victim" and subject.retired is None)
            if wanted and not any(subject.id in others for others in found.values()):
                found[subject.id] = ids
        return tuple(found)

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """Whom the open and the deferred steps name, in the order of the content."""
        named = {contact for step in (*self.open_steps, *self.deferred) for contact in step.item.contacts}
        return tuple(contact for contact in self.view.pack.contacts if contact.id in named)

    @cached_property
    def struck(self) -> tuple[int, ...]:
        """The numbers of the entries that no longer count."""
        return tuple(sorted(self.view.state.struck))

    @cached_property
    def cautions(self) -> tuple[StandingCaution, ...]:
        """What stands for as long as it holds."""
        return standing_cautions(self.view.pack, self.view.state)

    @cached_property
    def unlinked(self) -> tuple[str, ...]:
        """Suspects who may be victims and do not stand in the case as one."""
        return unlinked_suspects(self.view.state)

    @cached_property
    def age_unset(self) -> tuple[str, ...]:
        """Victims of whom nobody has said whether they are adults or children."""
        return tuple(victim.id for victim in self.view.state.active("victim") if self.view.state.fact(victim.id, "age") is None)

    def also(self, subject: Subject) -> tuple[str, ...]:
        """The ids under which the same person stands in the other role."""
        suspects = self.view.state.active("suspect")
        pairs = [(suspect.id, victim.id) for suspect in suspects if (victim := self.view.state.linked_victim(suspect.id)) is not None]
        return tuple(b if a == subject.id else a for a, b in pairs if subject.id in (a, b))

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Subjects whose label stays off the page: victims who are not to be identified, under every id they stand under."""
        return withheld(self.view)

    def marks_of(self, subject: str) -> int:
        """How many steps of a subject carry a mark, also once it is retired."""
        return sum(1 for _, whose in self.view.state.marks if whose == subject)


def by_item(steps: Iterable[Step]) -> tuple[ItemSteps, ...]:
    """Steps of one item made one, in the order they come."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.item.id, []).append(step)
    return tuple(ItemSteps(together[0].item, tuple(together)) for together in found.values())


def _as_it_happened(steps: Iterable[Step]) -> tuple[Step, ...]:
    marked = [(step.mark.stamp, step) for step in steps if step.mark is not None]
    return tuple(step for _, step in sorted(marked, key=lambda pair: (pair[0].happened_at, pair[0].number)))


def _due(step: Step) -> tuple[bool, datetime]:
    until = step.mark.event.until if step.mark is not None else None
    return until is None, until or datetime.max.replace(tzinfo=UTC)


def summary_json(view: CaseView, *, zone: tzinfo, now: datetime, matters: Mapping[str, Matter] = MappingProxyType({})) -> dict[str, object]:
    """The summary as data: `case show --json` with labels withheld where they must be, and what the page lists, by step id."""
    sheet = Sheet(view, now, matters)
    return {
        "generated_at": iso(now),
        "zone": str(zone),
        "guidance_date": view.pack.guidance_date.isoformat(),
        "operators": [shown(operator) for operator in view.state.operators],
        "open_for_seconds": int((sheet.ends_at - view.state.opened_at).total_seconds()) if view.state.opened_at else None,
        **case_data(view),
        "subjects": [withheld_data(sheet, subject) for subject in view.state.subjects.values()],
        "open": [step.id for step in sorted(sheet.open_steps, key=lambda step: not step.item.killer)],
        "killers_open": [step.id for one in sheet.killers for step in one.steps],
        "waiting": [
            {"waits_on": list(one.facts), "steps": [step.id for item in one.items for step in item.steps]} for one in sheet.waiting
        ],
        "deferred": [step.id for step in sheet.deferred],
        "overdue": [step.id for step in sheet.overdue],
        "settled": {subject: [step.id for step in sheet.settled(subject)] for subject in (CASE, *view.state.subjects)},
        "record_kept": [step.id for step in sheet.kept],
        "decisions": [step.id for step in sheet.decisions],
        "notes": [_note_data(note) for note in sheet.notes],
        "ledgers": ledgers_data(sheet),
        "nrm": [_position_data(sheet, position) for position in sheet.positions],
        "cautions": [{"text": caution.text, "subjects": list(caution.subjects)} for caution in sheet.cautions],
        "unlinked": list(sheet.unlinked),
        "record": record_data(sheet),
    }


def ledgers_data(sheet: Sheet) -> list[dict[str, object]]:
    """What was said with and given to each person, under one id of theirs."""
    state = sheet.view.state
    return [
        {
            "subject": person,
            "interactions": [interaction_data(one) for one in interactions(state, person)],
            "provisions": [provision_data(one) for one in provisions(state, person)],
        }
        for person in sheet.ledgers
    ]


def record_data(sheet: Sheet) -> dict[str, object]:
    """Where the record ends, and which of its entries no longer count."""
    view = sheet.view
    return {
        "number": view.state.number,
        "check_code": view.check_code,
        "struck": list(sheet.struck),
        "notice": shown(view.notice),
    }


def withheld_data(sheet: Sheet, subject: Subject) -> dict[str, object]:
    """One person or scene, without the label where the person is not to be identified."""
    withheld = subject.id in sheet.withheld
    return subject_data(sheet.view, subject) | ({"label": None} if withheld else {}) | {"withheld": withheld}


def _note_data(note: Note) -> dict[str, object]:
    return {
        "number": note.stamp.number,
        "subject": note.event.subject,
        "step": step_id(note.event.item, note.event.subject) if note.event.item else None,
        "text": shown(note.event.text),
        "verbatim": note.event.verbatim,
        "happened_at": iso(note.stamp.happened_at),
        "recorded_at": iso(note.stamp.recorded_at),
        "by": shown(note.stamp.by),
    }


def _position_data(sheet: Sheet, position: Position) -> dict[str, object]:
    return {
        "subject": position.subject,
        **route_data(position.route, nation_note(sheet.view.state.fact(CASE, "nation"))),
        "referral": sheet.view.state.fact(position.subject, "referral"),
        "reasonable_grounds": sheet.view.state.fact(position.subject, "reasonable_grounds"),
        "readiness": readiness_data(position.matter.readiness) if position.matter else None,
        "dates": dates_data(position.matter, sheet.now) if position.matter else None,
    }
