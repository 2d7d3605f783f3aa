"""What the list of cases shows of each: references, age bands, progress and who holds it.

Never a name of anybody in the case, so that it can be kept beside the cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from msht_tui.domain.case import CaseState, Reference
from msht_tui.domain.decision import Deadline
from msht_tui.domain.pack import Pack
from msht_tui.domain.steps import Step, phase_progress

UNSET = "unset"
"""The age band of a victim whose age nobody has answered yet."""


class PhaseCount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far one phase has come."""

    id: str
    title: str
    settled: int
    total: int
    complete: bool
    complete_except_deferred: bool


class WorklistRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One case in the list."""

    case_id: str
    opened_at: datetime
    """UTC."""
    closed_at: datetime | None = None
    references: tuple[Reference, ...] = ()
    ages: dict[str, int] = {}
    """Age band to how many victims; `unset` is an age not asked yet."""
    subjects: dict[str, int] = {}
    """Kind to how many, without the retired ones."""
    phases: tuple[PhaseCount, ...] = ()
    due: tuple[datetime, ...] = ()
    """Until when steps are left to somebody, in UTC."""
    deadlines: tuple[Deadline, ...] = ()
    """The ends of the periods in which a decision is expected, or can be asked to be looked at again."""
    holder: str = ""
    """Who holds the case."""
    handed_over_at: datetime | None = None
    """UTC: when a handover was last accepted."""
    offered_to: str = ""
    """To whom it is being handed over; empty while it is not."""
    fault: str = ""
    """What is wrong with the record, in words; empty when nothing is."""

    @property
    def title(self) -> str:
        """The first reference, or the start of the id."""
        return self.references[0].value if self.references else self.case_id[:8]

    @property
    def settled(self) -> int:
        """Steps that are done or not needed."""
        return sum(phase.settled for phase in self.phases)

    @property
    def total(self) -> int:
        """Steps that apply or may yet apply."""
        return sum(phase.total for phase in self.phases)

    def overdue(self, now: datetime) -> int:
        """How many deferred steps are past their time."""
        return sum(until <= now for until in self.due)

    def awaited(self, now: datetime) -> Deadline | None:
        """The deadline to see to: one that is overdue, else the next to end; `None` when none is left."""
        standing = [one for one in self.deadlines if one.due_state(now) != "over"]
        return min(standing, key=lambda one: one.ends, default=None)

    def has_reference(self, wanted: str) -> bool:
        """Whether one of its references is this, in whatever letters."""
        return any(reference.value.casefold() == wanted.casefold() for reference in self.references)


def worklist_row(pack: Pack, case: CaseState, steps: Sequence[Step], deadlines: tuple[Deadline, ...] = ()) -> WorklistRow:
    """The row of a case as it stands, with what is waited for. The case has its opening entry."""
    if case.opened is None or case.opened_at is None:
        raise ValueError("a case without its opening entry has no row")
    progress = [(phase, phase_progress(phase, case, steps)) for phase in pack.phases]
    return WorklistRow(
        case_id=case.opened.case,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        references=case.references,
        ages=dict(Counter(case.fact(victim.id, "age") or UNSET for victim in case.active("victim"))),
        subjects=dict(Counter(subject.kind for subject in case.active())),
        phases=tuple(
            PhaseCount(phase.id, phase.title, found.settled, found.total, found.complete, found.complete_except_deferred)
            for phase, found in progress
        ),
        due=tuple(
            step.mark.event.until
            for step in steps
            if step.state == "deferred" and step.mark is not None and step.mark.event.until is not None
        ),
        deadlines=deadlines,
        holder=case.holder,
        handed_over_at=case.handed_over_at,
        offered_to=case.offered.event.to if case.offered else "",
    )
