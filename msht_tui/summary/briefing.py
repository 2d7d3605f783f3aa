"""The handover page, drawn: what one person reads aloud to the next at a desk. What takes longer stands in the summary."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from msht_tui.domain.case import Mark, Subject
from msht_tui.domain.entry import StepMarked
from msht_tui.domain.moment import full_local
from msht_tui.domain.pack import Contact
from msht_tui.domain.steps import Step
from msht_tui.summary import standing
from msht_tui.summary.drawing import MARGIN, WHEN, Drawing, counted, span_words
from msht_tui.summary.handover import Passing, last_passing, unanswered
from msht_tui.summary.ink import Column, Flow, Heading, ledger
from msht_tui.summary.ledger import Provision, provisions
from msht_tui.summary.words import ROLE, fact_title, left_words, one_line, provision_words


def header(on: Drawing) -> RenderableType:
    """The case, who hands it over to whom, and who it is with."""
    pen, state = on.pen, on.state
    references: list[Text] = standing.references(on)
    rows: list[tuple[Text, RenderableType]] = [(pen.quiet("Case"), Flow(pen, references))]
    passing = last_passing(on.view)
    if passing is not None:
        rows.append((pen.quiet("Handover"), _passing(on, passing)))
        rows += [(pen.quiet("Remark"), pen.text(passing.remark))] if passing.remark else []
    rows.append((pen.quiet("With"), pen.text((one_line(state.holder), on.ink.heavy), f", role {ROLE[state.role]}")))
    if state.opened_at is not None:
        ago = span_words(on.sheet.ends_at - state.opened_at)
        closed = f"; closed {on.dated(state.closed_at)}" if state.closed_at else ""
        rows.append((pen.quiet("Opened"), pen.text(f"{on.dated(state.opened_at)}, {ago}{' open' if closed else ' ago'}{closed}")))
    rows.append((pen.quiet("Printed"), pen.text(full_local(on.sheet.now, on.zone))))
    return Group(pen.text(("MSHT first response", on.ink.heavy), "  Handover"), Text(), ledger([Column(standing.NAME), Column()], rows))


def _passing(on: Drawing, passing: Passing) -> Text:
    offer, answer = passing.offer.stamp, passing.answer
    start = on.pen.text((f"{one_line(offer.by)} to {one_line(passing.to)}", on.ink.heavy), f", offered {on.moment(offer.happened_at)}, ")
    if answer is None:
        return start.append_text(on.pen.text("not accepted yet", style=on.ink.amber))
    by = f"by {one_line(answer.stamp.by)}, {on.moment(answer.stamp.happened_at)}"
    return start.append_text(on.pen.text(f"accepted {by}" if passing.accepted else f"sent back {by}: {one_line(passing.because)}"))


def vital(on: Drawing) -> RenderableType:
    """The open steps whose omission costs most."""
    steps = sum(len(one.steps) for one in on.sheet.killers)
    heading = Heading(on.pen, "Vital steps open", counted(steps, "step"))
    rows = [(on.glyph(one.steps[0]), on.pen.text(" ".join(one.subjects)), on.pen.text(one.item.title)) for one in on.sheet.killers]
    return Group(heading, ledger(_columns(on), rows) if rows else on.pen.text("None."))


def also_open(on: Drawing) -> RenderableType | None:
    """How many other steps are open in each phase."""
    found = [(phase, sum(len(one.steps) for one in on.sheet.open_in(phase))) for phase in on.pack.phases]
    counts = [on.pen.text(f"{phase.title} {number}") for phase, number in found if number]
    if not counts:
        return None
    return Group(Heading(on.pen, "Also open", counted(sum(number for _, number in found), "step")), Flow(on.pen, counts))


def deferred(on: Drawing) -> RenderableType:
    """What is left to whom until when, what is overdue or due first at the head; one row for several people who were left alike."""
    sheet = on.sheet
    overdue = f", {len(sheet.overdue)} overdue" if sheet.overdue else ""
    heading = Heading(on.pen, "Deferred", counted(len(sheet.deferred), "step") + overdue)
    together: dict[StepMarked, list[Step]] = {}
    for step in sheet.deferred:
        if step.mark is not None:
            together.setdefault(msgspec.structs.replace(step.mark.event, subject=""), []).append(step)
    rows = [_left(on, steps, mark) for steps in together.values() if (mark := steps[0].mark) is not None]
    return Group(heading, ledger(_columns(on), rows) if rows else on.pen.text("None."))


def _left(on: Drawing, steps: Sequence[Step], mark: Mark) -> tuple[RenderableType, ...]:
    pen, step = on.pen, steps[0]
    overdue = [("OVERDUE, ", on.ink.alarm)] if step.overdue(on.sheet.now) else []
    left = pen.text(*overdue, one_line(left_words(mark.event, on.zone)), *([", vital step"] if step.item.killer else []))
    return on.glyph(step), _whose(on, steps), Group(pen.text(step.item.title), left, *_remarks(on, mark))


def _remarks(on: Drawing, mark: Mark) -> list[Text]:
    return on.reason("because", mark.event.because) + on.reason("note:", mark.event.note)


def waiting(on: Drawing) -> RenderableType | None:
    """The facts that nobody has answered, of whom, and how many steps wait for each."""
    rows = [(on.glyph(steps[0]), _whose(on, steps), _fact(on, fact, steps)) for fact, steps in unanswered(on.sheet).items()]
    return Group(Heading(on.pen, "Waiting for a fact"), ledger(_columns(on), rows)) if rows else None


def _whose(on: Drawing, steps: Sequence[Step]) -> Text:
    return on.pen.text(" ".join(dict.fromkeys(step.subject for step in steps)))


def _fact(on: Drawing, fact: str, steps: Sequence[Step]) -> Text:
    return on.pen.text(f"{fact_title(on.pack, fact)}: {counted(len(steps), 'step')}")


def decisions(on: Drawing) -> RenderableType | None:
    """What was decided, and why."""
    decided = [(step, step.mark) for step in on.sheet.decisions if step.mark is not None]
    if not decided:
        return None
    rows = [(on.glyph(step), on.pen.text(step.subject), _decision(on, step, mark)) for step, mark in decided]
    return Group(Heading(on.pen, "Decisions and reasons", str(len(rows))), ledger(_columns(on), rows))


def _decision(on: Drawing, step: Step, mark: Mark) -> RenderableType:
    went = "yes" if step.state == "done" else "not done"
    because = on.pen.said("because", mark.event.because) if mark.event.because else on.pen.text("no reason given", style=on.ink.amber)
    return Group(on.pen.text(f"{step.item.title}: {went}"), because, *on.reason("note:", mark.event.note))


def people(on: Drawing) -> RenderableType:
    """Who and what is in the case now, with what is recorded of them."""
    rows = [(on.pen.text(one.id, style=on.ink.heavy), Flow(on.pen, _person(on, one))) for one in on.state.active()]
    body = ledger([Column(MARGIN - 1), Column()], rows) if rows else on.pen.text("Nobody and no scene has been added yet.")
    return Group(Heading(on.pen, "People and scenes"), body, *standing.as_typed(on))


def _person(on: Drawing, subject: Subject) -> list[Text]:
    also = [on.pen.text(f"the same person as {other}") for other in on.sheet.also(subject)]
    return [on.pen.text(on.kind(subject)), *on.label(subject), *also, *on.facts(subject.id)]


def given(on: Drawing) -> RenderableType | None:
    """What each person was given, or declined, and for whom nothing is recorded."""
    found = [(person, provisions(on.state, person)) for person in on.sheet.ledgers]
    rows = [_given(on, one, person if place == 0 else "") for person, given in found for place, one in enumerate(given)]
    without = [person for person, given in found if not given]
    if not found:
        return None
    nothing = [on.pen.text(f"Nothing is recorded for {', '.join(without)}.")] if without else []
    return Group(Heading(on.pen, "Given"), *([ledger([Column(MARGIN - 1), Column(WHEN), Column()], rows)] if rows else []), *nothing)


def _given(on: Drawing, recorded: Provision, person: str) -> tuple[RenderableType, ...]:
    when = on.pen.text(on.moment(recorded.stamp.happened_at))
    return on.pen.text(person, style=on.ink.heavy), when, on.pen.text(one_line(provision_words(recorded.event)))


def contacts(on: Drawing) -> RenderableType | None:
    """Whom the open and the deferred steps name."""
    rows = [(on.pen.text(one.name, style=on.ink.heavy), on.pen.text(_reached(one))) for one in on.sheet.contacts]
    return Group(Heading(on.pen, "Contacts"), ledger([Column(), Column()], rows)) if rows else None


def _reached(contact: Contact) -> str:
    return ", ".join(one for one in (contact.phone, contact.email, contact.hours) if one)


def record(on: Drawing) -> RenderableType:
    """Where the record ends."""
    head = Heading(on.pen, "Record", f"last entry {on.state.number}")
    return Group(head, *standing.struck_lines(on), on.pen.quiet("Check code"), on.pen.text(on.view.check_code or "none"))


def _columns(on: Drawing) -> list[Column]:
    return [Column(MARGIN - 1), Column(on.subject_width), Column()]
