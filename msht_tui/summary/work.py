"""The work: what is open, left to others or waiting, what each subject's steps came to, the decisions, the ledgers and the notes."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from msht_tui.domain.case import Mark, Note
from msht_tui.domain.entry import CASE, InteractionRecorded, ProvisionRecorded
from msht_tui.domain.steps import Step
from msht_tui.summary.drawing import MARGIN, WHEN, Drawing, counted
from msht_tui.summary.ink import Column, Heading, ledger
from msht_tui.summary.ledger import Interaction, Provision, running
from msht_tui.summary.words import fact_title, item_title, mark_words, occasion_words, one_line, provision_words, speech_words


def open_steps(on: Drawing) -> RenderableType:
    """Everything open, killers first."""
    sheet = on.sheet
    parts: list[RenderableType] = [Heading(on.pen, "Open", counted(len(sheet.open_steps), "step"))]
    if sheet.killers:
        parts += [on.sub("Vital steps: leaving one out costs most", on.ink.alarm), on.items(sheet.killers)]
    for phase in on.pack.phases:
        items = sheet.open_in(phase)
        if items:
            parts += [on.sub(phase.title), on.items(items)]
    if not sheet.open_steps:
        parts.append(on.pen.text("Nothing is open."))
    return Group(*parts)


def deferred(on: Drawing) -> RenderableType:
    """What is left to whom until when, the first due at the head."""
    sheet = on.sheet
    overdue_count = f", {len(sheet.overdue)} overdue" if sheet.overdue else ""
    heading = Heading(on.pen, "Deferred", counted(len(sheet.deferred), "step") + overdue_count)
    if not sheet.deferred:
        return Group(heading, on.pen.text("Nothing is left to anybody."))
    rows = [
        (on.glyph(step), on.pen.text(step.subject), _left(on, step, step.mark), _until(on, step, step.mark))
        for step in sheet.deferred
        if step.mark is not None
    ]
    return Group(heading, ledger([Column(MARGIN - 1), Column(on.subject_width), Column(), Column(WHEN)], rows))


def _left(on: Drawing, step: Step, mark: Mark) -> RenderableType:
    pen, event = on.pen, mark.event
    title = [pen.text(step.item.title), *([pen.text("vital step", style=on.ink.alarm)] if step.item.killer else [])]
    to = pen.said("left to", one_line(event.to)) if event.to else pen.text("left to nobody by name")
    by = pen.quiet(f"{on.moment(mark.stamp.happened_at)} by {one_line(mark.stamp.by)}")
    return Group(*title, to, *on.reason("because", event.because), *on.remarks(mark), by)


def _until(on: Drawing, step: Step, mark: Mark) -> Text:
    until = mark.event.until
    if until is None:
        return on.pen.quiet("no time set")
    if step.overdue(on.sheet.now):
        return on.pen.text(f"OVERDUE\n{on.moment(until)}", style=on.ink.alarm)
    return on.pen.text(("until\n", on.ink.quiet), on.moment(until))


def waiting(on: Drawing) -> RenderableType | None:
    """What waits, by the fact that it waits on."""
    if not on.sheet.waiting:
        return None
    count = sum(len(item.steps) for one in on.sheet.waiting for item in one.items)
    parts: list[RenderableType] = [Heading(on.pen, "Waiting for a fact", counted(count, "step"))]
    for one in on.sheet.waiting:
        facts = " and ".join(fact_title(on.pack, name) for name in one.facts)
        parts += [on.sub(f"{facts}: not recorded ({', '.join(one.subjects)})", on.ink.amber), on.items(one.items)]
    return Group(*parts)


def settled(on: Drawing) -> list[RenderableType]:
    """Each subject's steps that are done or not needed, one section for each."""
    made: list[RenderableType] = []
    for subject in (CASE, *(one.id for one in on.state.active())):
        steps = on.sheet.settled(subject)
        kind = "" if subject == CASE else f", {on.kind(on.state.subjects[subject]).lower()}"
        rows = [_settled_row(on, step, step.mark) for step in steps if step.mark is not None]
        body = ledger(on.columns(subject=False), rows) if rows else on.pen.text("Nothing yet.")
        name = "The case itself" if subject == CASE else f"{subject}{kind}"
        made.append(Group(Heading(on.pen, f"{name}: done or not needed", counted(len(steps), "step")), body))
    return made


def _settled_row(on: Drawing, step: Step, mark: Mark) -> tuple[RenderableType, ...]:
    """Reasons of a decision stand under Decisions; here it says which way it went."""
    lines = [on.pen.text(step.item.title)]
    if step.item.kind == "consider":
        lines.append(on.pen.quiet("decided yes" if step.state == "done" else "considered, not done"))
    else:
        lines += on.reason("not needed because" if step.state == "not-needed" else "done:", mark.event.because)
    return (on.glyph(step), Group(*lines, *on.remarks(mark)), *on.when_and_who(mark))


def kept(on: Drawing) -> RenderableType | None:
    """Steps that no longer apply, with what was recorded while they did."""
    if not on.sheet.kept:
        return None
    rows = [
        (on.glyph(step), on.pen.text(step.subject), _kept(on, step, step.mark), *on.when_and_who(step.mark))
        for step in on.sheet.kept
        if step.mark is not None
    ]
    return Group(Heading(on.pen, "No longer applies, record kept", counted(len(rows), "step")), ledger(on.columns(), rows))


def _kept(on: Drawing, step: Step, mark: Mark) -> RenderableType:
    was = on.pen.quiet(mark_words(mark.event, step.item, on.zone))
    return Group(on.pen.text(step.item.title), was, *on.remarks(mark))


def decisions(on: Drawing) -> RenderableType | None:
    """What was considered, which way it went, and why."""
    if not on.sheet.decisions:
        return None
    rows = [
        (on.glyph(step), on.pen.text(step.subject), _decision(on, step, step.mark), *on.when_and_who(step.mark))
        for step in on.sheet.decisions
        if step.mark is not None
    ]
    return Group(Heading(on.pen, "Decisions", str(len(rows))), ledger(on.columns(), rows))


def _decision(on: Drawing, step: Step, mark: Mark) -> RenderableType:
    pen, because = on.pen, mark.event.because
    went = "decided yes" if step.state == "done" else "considered, not done"
    lines = [pen.text(step.item.title)]
    before = f"{went}:" if step.state == "done" else f"{went} because"
    lines.append(pen.said(before, because) if because else pen.text(f"{went}, no reason given"))
    return Group(*lines)


def running_tables(on: Drawing) -> RenderableType | None:
    """What was said with and given to each person, as it happened."""
    if not on.sheet.ledgers:
        return None
    count = f"{counted(len(on.state.interactions), 'interaction')}, {counted(len(on.state.provisions), 'provision')}"
    parts: list[RenderableType] = [Heading(on.pen, "Said and given", count)]
    for person in on.sheet.ledgers:
        subject = on.state.subjects[person]
        rows = [_running_row(on, one) for one in running(on.state, person)]
        columns = [Column(WHEN), Column(), Column(on.who_width)]
        parts += [on.sub(f"{person}, {on.kind(subject).lower()}"), ledger(columns, rows) if rows else on.pen.text("Nothing is recorded.")]
    return Group(*parts)


def _running_row(on: Drawing, recorded: Interaction | Provision) -> tuple[RenderableType, ...]:
    pen, stamp = on.pen, recorded.stamp
    lines: list[Text] = []
    match recorded.event:
        case InteractionRecorded() as said:
            lines += [pen.quiet(one_line(occasion_words(said))), pen.text(speech_words(said.text, said.verbatim))]
            lines += on.reason("interpreter:", said.interpreter) + on.reason("demeanour:", said.demeanour)
        case ProvisionRecorded() as given:
            lines.append(pen.text(one_line(provision_words(given))))
    return pen.text(on.moment(stamp.happened_at)), Group(*lines, *on.recorded_late(stamp)), pen.quiet(one_line(stamp.by))


def notes(on: Drawing) -> RenderableType | None:
    """Notes that do not stand with a mark above, by the number of their entry."""
    if not on.sheet.loose_notes:
        return None
    rows = [
        (
            on.pen.quiet(str(note.stamp.number)),
            on.pen.text(note.event.subject),
            _note(on, note),
            on.pen.text(on.moment(note.stamp.happened_at)),
            on.pen.quiet(one_line(note.stamp.by)),
        )
        for note in on.sheet.loose_notes
    ]
    return Group(Heading(on.pen, "Notes", str(len(rows))), ledger(on.columns(), rows))


def _note(on: Drawing, note: Note) -> RenderableType:
    lines = [on.pen.quiet(f"on: {item_title(on.pack, note.event.item)}")] if note.event.item else []
    lines.append(on.pen.text(speech_words(note.event.text, note.event.verbatim)))
    return Group(*lines, *on.recorded_late(note.stamp))
