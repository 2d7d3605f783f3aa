"""What stands on the page of a handover, as data: who hands over to whom, and what whoever takes over has to hear."""

from __future__ import annotations

from datetime import datetime, tzinfo

import msgspec

from msht_tui.domain.entry import Entry, HandoverAccepted, HandoverReturned, HandoverStarted
from msht_tui.domain.pack import Contact
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView
from msht_tui.summary.data import iso, provision_data, step_data
from msht_tui.summary.ledger import provisions
from msht_tui.summary.sheet import Sheet, record_data, withheld_data
from msht_tui.summary.words import shown


class Passing(msgspec.Struct, frozen=True):
    """One handover: the entry that offers the case, and the answer to it if there is one."""

    offer: Entry
    to: str
    remark: str
    answer: Entry | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver took the case."""
        return self.answer is not None and isinstance(self.answer.event, HandoverAccepted)

    @property
    def because(self) -> str:
        """Why it was sent back; empty when it was not."""
        return self.answer.event.because if self.answer is not None and isinstance(self.answer.event, HandoverReturned) else ""


def last_passing(view: CaseView) -> Passing | None:
    """The latest handover that is not struck through."""
    found: Passing | None = None
    for entry in view.entries:
        if entry.number in view.state.struck:
            continue
        match entry.event:
            case HandoverStarted(to=to, remark=remark):
                found = Passing(entry, to, remark)
            case HandoverAccepted() | HandoverReturned() if found is not None:
                found = msgspec.structs.replace(found, answer=entry)
    return found


def unanswered(sheet: Sheet) -> dict[str, list[Step]]:
    """Each fact that steps wait on, with those steps, in the order of the content."""
    found: dict[str, list[Step]] = {}
    for step in sheet.view.steps:
        for fact in step.waits_on:
            found.setdefault(fact, []).append(step)
    return found


def handover_json(view: CaseView, *, zone: tzinfo, now: datetime) -> dict[str, object]:
    """The page as data, in its order; steps are named by their id."""
    sheet = Sheet(view, now)
    state = view.state
    return {
        "generated_at": iso(now),
        "zone": str(zone),
        "case": view.case_id,
        "references": [{"kind": one.kind, "value": shown(one.value)} for one in state.references],
        "exercise": view.exercise,
        "opened_at": iso(state.opened_at),
        "closed_at": iso(state.closed_at),
        "holder": shown(state.holder) or None,
        "role": state.role,
        "handover": _passing_data(last_passing(view)),
        "cautions": [{"text": caution.text, "subjects": list(caution.subjects)} for caution in sheet.cautions],
        "killers_open": [step.id for one in sheet.killers for step in one.steps],
        "also_open": _also_open(sheet),
        "deferred": [step_data(step) | {"overdue": step.overdue(now)} for step in sheet.deferred],
        "waiting": [{"fact": fact, "steps": [step.id for step in steps]} for fact, steps in unanswered(sheet).items()],
        "decisions": [step_data(step) for step in sheet.decisions],
        "subjects": [withheld_data(sheet, subject) for subject in state.active()],
        "given": [
            {"subject": person, "provisions": [provision_data(one) for one in provisions(state, person)]} for person in sheet.ledgers
        ],
        "contacts": [_contact_data(contact) for contact in sheet.contacts],
        "record": record_data(sheet),
    }


def _passing_data(passing: Passing | None) -> dict[str, object] | None:
    if passing is None:
        return None
    answer = passing.answer
    return {
        "from": shown(passing.offer.stamp.by),
        "to": shown(passing.to),
        "remark": shown(passing.remark) or None,
        "offered_at": iso(passing.offer.stamp.happened_at),
        "answer": None if answer is None else "accepted" if passing.accepted else "returned",
        "answered_at": None if answer is None else iso(answer.stamp.happened_at),
        "answered_by": None if answer is None else shown(answer.stamp.by),
        "because": shown(passing.because) or None,
    }


def _also_open(sheet: Sheet) -> list[dict[str, object]]:
    found = [(phase.id, sum(len(one.steps) for one in sheet.open_in(phase))) for phase in sheet.view.pack.phases]
    return [{"phase": phase, "open": number} for phase, number in found if number]


def _contact_data(contact: Contact) -> dict[str, object]:
    return {
        "id": contact.id,
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "hours": contact.hours,
        "for": contact.purpose,
    }
