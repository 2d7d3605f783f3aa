"""Which card goes with a row: a step's, a question's, a suspect's who may be a victim, or one for reference."""

from __future__ import annotations

from textual.content import Content

from msht_tui.domain.now import FactRow, LinkRow, StepRow
from msht_tui.domain.pack import Card, Role
from msht_tui.domain.steps import Step, step_of
from msht_tui.service import CaseView
from screens.desk import Desk
from screens.widgets.why_card import card_content, fact_content, step_content


def card_for(payload: object, view: CaseView, role: Role, desk: Desk) -> Content:
    """The card of what a row holds, as this role reads it; empty for a row that has none."""
    match payload:
        case Step():
            return _step_card(payload, view, role, desk)
        case StepRow(item=item, subjects=subjects):
            return _step_card(step_of(view.pack, view.state, item, subjects[0]), view, role, desk)
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


def _step_card(step: Step, view: CaseView, role: Role, desk: Desk) -> Content:
    notes = tuple(n for n in view.state.notes if n.event.item == step.item.id and n.event.subject == step.subject)
    known = dict(view.state.answers(step.subject))
    return step_content(step, role, view.pack, notes, desk.now(), desk.zone, desk.local_words.get(step.item.id, ""), known)
