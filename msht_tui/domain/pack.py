"""The content of a checklist, as the engine sees it: versioned, checked, and never changed while a case is under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import msgspec

from msht_tui.domain.condition import Answers, Condition, clauses, pivotal_facts
from msht_tui.domain.refusal import Refused, nearest

SubjectKind: TypeAlias = Literal["case", "victim", "suspect", "scene", "other"]
Role: TypeAlias = Literal["call-handler", "front-counter", "responder", "custody"]
Force: TypeAlias = Literal["must", "should", "advised", "consider", "may", "info"]

ROLES: tuple[Role, ...] = get_args(Role)
KILLER = 1
"""The priority of an item whose omission inspections have found to cost most."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer that a fact can have."""

    value: str
    label: str
    note: str = ""
    """What the answer means for the work, such as "treat as a child"."""


class FactDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A typed question about a subject, which conditions read."""

    name: str
    subject: SubjectKind
    title: str
    ask: str
    options: tuple[Option, ...]
    protective: str | None = None
    """The answer that "not-sure" has to count as in every condition, to err on the side of safety."""

    @property
    def values(self) -> tuple[str, ...]:
        """The possible answers, in the order they are offered."""
        return tuple(option.value for option in self.options)

    def option(self, value: str) -> Option:
        """The option of this value. Raises `Refused`, naming the possible ones."""
        for option in self.options:
            if option.value == value:
                return option
        raise Refused(f"{self.name} cannot be {value!r}: it is one of {', '.join(self.values)}.")


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"purpose": "for"}):
    """Somebody to ring or write to, with where and when the details were read."""

    id: str
    name: str
    purpose: str
    source: str
    checked: date
    phone: str | None = None
    email: str | None = None
    hours: str | None = None


class Item(msgspec.Struct, frozen=True):
    """One thing to do (`do`) or to decide (`consider`)."""

    id: str
    kind: Literal["do", "consider"]
    title: str
    phase: str
    chunk: str
    subjects: tuple[SubjectKind, ...]
    covers: tuple[str, ...]
    force: Force
    qualifier: str
    section: str
    priority: int
    """1 is a killer, 2 stands in a pause-point list, 3 is the rest."""
    roles: tuple[Role, ...]
    ask_for: str
    """For the roles that cannot act: how they get it done."""
    why: str
    good: str
    never: str
    condition: Condition
    decides: str | None
    group: str | None
    also_in: tuple[str, ...]
    contacts: tuple[str, ...]
    ongoing: bool = False
    """A duty that goes on: marking it done records that it was met once more, and leaves it open."""

    @property
    def force_words(self) -> str:
        """Force and qualifier as the card shows them: "SHOULD, where possible"."""
        return force_words(self.force, self.qualifier)

    @property
    def killer(self) -> bool:
        """Whether leaving it out has cost most."""
        return self.priority == KILLER


class Card(msgspec.Struct, frozen=True):
    """Something to know: reference beside the steps."""

    id: str
    title: str
    phase: str
    subjects: tuple[SubjectKind, ...]
    covers: tuple[str, ...]
    force: Force
    qualifier: str
    section: str
    text: str
    condition: Condition

    @property
    def force_words(self) -> str:
        """Force and qualifier as the card shows them."""
        return force_words(self.force, self.qualifier)


def force_words(force: str, qualifier: str) -> str:
    """The guidance's own strength in words, never softened and never hardened."""
    return force.upper() + (f", {qualifier}" if qualifier else "")


class Phase(msgspec.Struct, frozen=True):
    """One of the five lists of a case."""

    id: str
    title: str
    subject: SubjectKind
    """Its own kind of subject: without one, the phase is never complete."""


class PauseStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place in a pause-point list: an item or a fact, and how this role reads it."""

    item: str | None = None
    fact: str | None = None
    say: str = ""


class PausePoint(msgspec.Struct, frozen=True):
    """The short list that a role reads at one moment of the work, most harmful if missed first."""

    id: str
    title: str
    role: Role | None
    """`None` is every role."""
    condition: Condition
    """For which subjects the list is meant: the referral of a child and of an adult differ."""
    steps: tuple[PauseStep, ...]


class Caution(msgspec.Struct, frozen=True):
    """Something that stands for as long as its condition holds, apart from the steps."""

    id: str
    text: str
    subject: SubjectKind
    condition: Condition


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One numbered unit of the guidance, in the ledger."""

    id: str
    lines: str
    kind: Literal["do", "consider", "know"]
    force: str
    subjects: tuple[SubjectKind, ...]
    when: str
    """The condition in the ledger's notation: "age: child, not-sure AND ...", "UNLESS medical_need: no", "always"."""


class Pack(msgspec.Struct, frozen=True, dict=True):
    """One version of the content, read and checked."""

    id: str
    title: str
    version: str
    guidance_date: date
    source: str
    phases: tuple[Phase, ...]
    items: tuple[Item, ...]
    cards: tuple[Card, ...]
    facts: tuple[FactDefinition, ...]
    contacts: tuple[Contact, ...]
    pause_points: tuple[PausePoint, ...]
    cautions: tuple[Caution, ...]
    units: tuple[Unit, ...]
    digest: str = ""
    """SHA-256 of the files it was read from, in hexadecimal."""

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        """Items by their id."""
        return {item.id: item for item in self.items}

    @cached_property
    def fact_by_name(self) -> Mapping[str, FactDefinition]:
        """Fact definitions by their name."""
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def options(self) -> Mapping[str, tuple[str, ...]]:
        """The possible values of each fact."""
        return {fact.name: fact.values for fact in self.facts}

    def item(self, item_id: str) -> Item:
        """The item of this id. Raises `Refused`, naming the near ones."""
        if item_id not in self.item_by_id:
            covering = [item.id for item in self.items if item_id.upper() in item.covers]
            hint = f" {item_id.upper()} stands in {', '.join(covering)}." if covering else nearest(item_id, list(self.item_by_id))
            raise Refused(f"There is no step called {item_id!r}.{hint}")
        return self.item_by_id[item_id]

    def fact(self, name: str) -> FactDefinition:
        """The fact of this name. Raises `Refused`, naming the near ones."""
        if name not in self.fact_by_name:
            raise Refused(f"There is no fact called {name!r}.{nearest(name, list(self.fact_by_name))}")
        return self.fact_by_name[name]

    def phase(self, phase_id: str) -> Phase:
        """The phase of this id. Raises `Refused`, naming the near ones."""
        for phase in self.phases:
            if phase.id == phase_id:
                return phase
        raise Refused(f"There is no phase called {phase_id!r}.{nearest(phase_id, [p.id for p in self.phases])}")

    def points_for(self, role: Role) -> tuple[str, ...]:
        """The ids of the pause points that have a list for this role, its own before the common ones."""
        own = [point.id for point in self.pause_points if point.role == role]
        common = [point.id for point in self.pause_points if point.role is None]
        return tuple(dict.fromkeys(own + common))

    def waits_on(self, condition: Condition, answers: Answers) -> tuple[str, ...]:
        """The unset facts that could decide a condition which is still undecided.

        Where every answer leads the same way the condition still waits until one is given, so all of them are named.
        """
        if condition.when is None:
            return ()
        names = tuple(dict.fromkeys(clause.fact for clause in clauses(condition.when)))
        known = tuple((name, answers[name]) for name in names if name in answers)
        pivotal = pivotal_facts(condition.when, known, tuple((name, self.options[name]) for name in names))
        return pivotal or tuple(name for name in names if name not in answers)
