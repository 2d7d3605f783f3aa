"""The steps of a case: every item for every subject it is meant for, and the state each is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from msht_tui.domain.case import CaseState, Mark
from msht_tui.domain.condition import Answers
from msht_tui.domain.entry import CASE, step_id
from msht_tui.domain.pack import Item, Pack, Phase
from msht_tui.domain.refusal import Refused

StepState: TypeAlias = Literal["open", "done", "not-needed", "deferred", "waiting", "inactive"]
STATES: tuple[StepState, ...] = ("open", "done", "not-needed", "deferred", "waiting", "inactive")


class Step(msgspec.Struct, frozen=True, gc=False):
    """An item for one subject."""

    item: Item
    subject: str
    state: StepState
    waits_on: tuple[str, ...]
    """The unset facts that decide whether it applies; empty unless it is waiting."""
    mark: Mark | None
    """The latest mark, kept also while the step is waiting or inactive."""

    @property
    def id(self) -> str:
        """How people and commands name it: `item@V1`, or `item` for the case."""
        return step_id(self.item.id, self.subject)

    @property
    def active(self) -> bool:
        """Whether it can be marked."""
        return self.state not in ("waiting", "inactive")

    def overdue(self, now: datetime) -> bool:
        """Whether it was left until a time that has passed."""
        return self.state == "deferred" and self.mark is not None and self.mark.event.until is not None and self.mark.event.until <= now

    def refuse_unless_active(self) -> None:
        """Raises `Refused` with the fact that stands in the way of a mark."""
        if self.state == "waiting":
            names = " and ".join(self.waits_on)
            raise Refused(f"{self.id} waits on {names}, which is not set for {self.subject}. Set it first: nothing was marked.")
        if self.state == "inactive":
            facts = ", ".join(self.item.condition.facts())
            raise Refused(f"{self.id} does not apply: it depends on {facts}, and what is recorded rules it out. Nothing was marked.")


def step_of(pack: Pack, case: CaseState, item: Item, subject: str) -> Step:
    """One step as the case stands."""
    return _step(pack, case, item, subject, case.answers(subject))


def _step(pack: Pack, case: CaseState, item: Item, subject: str, answers: Answers) -> Step:
    mark = case.marks.get((item.id, subject))
    match item.condition.holds(answers):
        case None:
            return Step(item, subject, "waiting", pack.waits_on(item.condition, answers), mark)
        case False:
            return Step(item, subject, "inactive", (), mark)
        case True:
            state: StepState = mark.event.state if mark else "open"
            return Step(item, subject, "open" if item.ongoing and state == "done" else state, (), mark)


def steps_of(pack: Pack, case: CaseState) -> tuple[Step, ...]:
    """Every step, in the order of the pack and, for each item, of the subjects. Retired subjects have none."""
    by_kind: dict[str, list[tuple[str, Answers]]] = {"case": [(CASE, case.answers(CASE))]}
    for subject in case.active():
        by_kind.setdefault(subject.kind, []).append((subject.id, case.answers(subject.id)))
    return tuple(
        _step(pack, case, item, subject, answers)
        for item in pack.items
        for kind in item.subjects
        for subject, answers in by_kind.get(kind, ())
    )


class Progress(msgspec.Struct, frozen=True):
    """How far a list of steps has come."""

    counts: Mapping[StepState, int]
    complete: bool
    """No step is open, waiting or deferred."""
    complete_except_deferred: bool
    """Only deferred steps are left."""

    @property
    def settled(self) -> int:
        """Steps that are done or not needed."""
        return self.counts["done"] + self.counts["not-needed"]

    @property
    def total(self) -> int:
        """Steps that apply or may yet apply."""
        return sum(self.counts.values()) - self.counts["inactive"]


def progress(steps: Iterable[Step], *, can_complete: bool = True) -> Progress:
    """The progress of these steps; `can_complete` is false for a phase without a subject of its own kind."""
    found = Counter(step.state for step in steps)
    counts: dict[StepState, int] = {state: found[state] for state in STATES}
    undecided = counts["open"] + counts["waiting"]
    return Progress(
        counts,
        complete=can_complete and not undecided and not counts["deferred"],
        complete_except_deferred=can_complete and not undecided and counts["deferred"] > 0,
    )


def phase_progress(phase: Phase, case: CaseState, steps: Iterable[Step]) -> Progress:
    """The progress of a phase over the steps that count in it."""
    return progress((s for s in steps if s.item.phase == phase.id), can_complete=bool(case.active(phase.subject)))
