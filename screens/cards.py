"""Which card goes with a row: a step's, a question's, a suspect's who may be a victim, or one for reference."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from msht_tui.domain.now import FactRow, LinkRow, StepRow
from msht_tui.domain.pack import Card, Role
from msht_tui.domain.steps import Step, step_of
from msht_tui.service import CaseView
from screens.desk import Desk
from screens.widgets.why_card import StepRecord, card_content, fact_content, step_content


def card_for(payload: object, view: CaseView, role: Role, desk: Desk) -> Content:
    """The card of what a row holds, as this role reads it; empty for a row that has none."""
    match payload:
        case Step():
            return _step_card((payload,), view, role, desk)
        case StepRow(item=item, subjects=subjects):
            return _step_card([step_of(view.pack, view.state, item, subject) for subject in subjects], view, role, desk)
        case FactRow(fact=name, subjects=subjects):
            return fact_content(view.pack.fact(name), subjects, sum(name in step.waits_on for step in view.steps))
        case LinkRow(suspect=suspect):
            return Content.assemble(
                (f"{suspect} may be a victim\n", "bold"),
                ("\nThe fact is recorded, and nobody stands in the case as this victim yet.\n", ""),
                ("\nspace adds the victim and links the two, both ways. Nothing is taken from the suspect's record.\n", "$accent"),
            )
        case Card():
            return card_content(payload)
        case _:
            return Content("")


def _step_card(steps: Sequence[Step], view: CaseView, role: Role, desk: Desk) -> Content:
    records = [
        StepRecord(
            step,
            tuple(note for note in view.state.notes if note.event.item == step.item.id and note.event.subject == step.subject),
            dict(view.state.answers(step.subject)),
        )
        for step in steps
    ]
    return step_content(records, role, view.pack, desk.now(), desk.zone, desk.local_words.get(steps[0].item.id, ""))
