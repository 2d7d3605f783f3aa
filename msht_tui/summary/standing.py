"""How the case stands: what it is, what to look at first, its phases, its people, the way to the Home Office, the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from msht_tui.domain.case import Subject
from msht_tui.domain.entry import CASE
from msht_tui.domain.matter import Matter
from msht_tui.domain.moment import full_local
from msht_tui.domain.pack import Phase
from msht_tui.domain.route import RouteName
from msht_tui.domain.steps import Progress, StepState
from msht_tui.summary.drawing import GLYPH, MARGIN, Drawing, counted, joined, span_words
from msht_tui.summary.ink import Column, Flow, Heading, ledger, widest
from msht_tui.summary.matter import date_words, decision_words, sent_words
from msht_tui.summary.sheet import Position
from msht_tui.summary.words import REFERENCE, ROLE, SUBJECT, fact_title, one_line

BAR = 16
"""Cells of a phase's bar."""
FIGURE = 11
"""Cells of "114 of 114" and a gap."""
NAME = 12
"""Cells of the names in the header."""
ROUTE: Mapping[RouteName, str] = {
    "child": "NRM referral of a child",
    "adult_consent": "NRM referral with consent",
    "duty_to_notify": "Duty to notify",
    "undetermined": "No route yet",
}
STATE: Mapping[StepState, str] = {"not-needed": "not needed"}
COUNTED: Sequence[tuple[StepState, str]] = (
    ("done", "done"),
    ("not-needed", "not needed"),
    ("open", "open"),
    ("deferred", "deferred"),
    ("waiting", "waiting"),
)


def header(on: Drawing) -> RenderableType:
    """References, times, people at work, content and whether it is closed."""
    pen, state = on.pen, on.state
    rows: list[tuple[Text, RenderableType]] = [(pen.quiet("Reference"), line) for line in references(on)]
    rows[1:] = [(pen.text(), line) for _, line in rows[1:]]

    def row(name: str, value: RenderableType) -> None:
        rows.append((pen.quiet(name), value))

    if state.opened_at is not None:
        span = span_words(on.sheet.ends_at - state.opened_at)
        row("Opened", pen.text(f"{on.dated(state.opened_at)}, " + (f"open for {span}" if state.closed_at else f"{span} ago")))
    row("State", pen.text(f"closed {on.dated(state.closed_at)}" if state.closed_at else "open", style=on.ink.heavy))
    if state.opened is not None:
        row("Begun by", pen.text(ROLE[state.opened.role]))
    row("With", pen.text((one_line(state.holder), on.ink.heavy), f", role {ROLE[state.role]}"))
    if state.offered is not None:
        to, when = one_line(state.offered.event.to), on.moment(state.offered.stamp.happened_at)
        row("Handover", pen.text((f"offered to {to}", on.ink.heavy), f", {when}, not answered yet"))
    row("Operators", Flow(pen, [pen.text(one_line(operator)) for operator in state.operators]))
    facts = on.facts(CASE)
    if facts:
        row("Case facts", Flow(pen, facts))
    day = on.pack.guidance_date
    row("Content", pen.text(f"{on.pack.title} {on.pack.version}, guidance read {day.day} {day:%b %Y}"))
    row("Case id", pen.text(on.view.case_id))
    row("Printed", pen.text(f"{full_local(on.sheet.now, on.zone)}; times are {on.zone}"))
    title = pen.text(("MSHT first response", on.ink.heavy), "  Case summary")
    return Group(title, Text(), ledger([Column(NAME), Column()], rows))


def references(on: Drawing) -> list[Text]:
    """The matter's numbers elsewhere, or that there is none."""
    found = [
        on.pen.text("" if one.kind == "other" else f"{REFERENCE.get(one.kind, one.kind)} ", (one_line(one.value), on.ink.heavy))
        for one in on.state.references
    ]
    return found or [on.pen.text("none recorded yet")]


def look_first(on: Drawing) -> RenderableType | None:
    """The few things that cannot wait for the reader to find them."""
    sheet, pen = on.sheet, on.pen
    lines: list[Text] = []
    if sheet.killers:
        count = sum(len(one.steps) for one in sheet.killers)
        whose = on.names(step for one in sheet.killers for step in one.steps)
        lines.append(pen.text((f"{counted(count, 'vital step')} open", on.ink.alarm), f": {whose}"))
    if sheet.overdue:
        whose = on.names(sheet.overdue)
        lines.append(pen.text((f"{counted(len(sheet.overdue), 'deferred step')} overdue", on.ink.alarm), f": {whose}"))
    if sheet.age_unset:
        lines.append(pen.text(("Age not recorded", on.ink.alarm), f": {', '.join(sheet.age_unset)}"))
    lines += [pen.text((f"{suspect} may be a victim", on.ink.alarm), ", and no victim is linked yet") for suspect in sheet.unlinked]
    if on.view.notice:
        lines.append(pen.said("The record:", on.view.notice))
    if not lines:
        return None
    rows = [(pen.text("[!]", style=on.ink.alarm), line) for line in lines]
    return Group(Heading(pen, "Look first"), ledger([Column(MARGIN - 1), Column()], rows))


def phases(on: Drawing) -> RenderableType:
    """How far each phase has come, in a bar, a figure and words."""
    pen = on.pen
    width = widest((phase.title for phase in on.pack.phases), 8, 20) + 1
    rows: list[Sequence[RenderableType]] = []
    for phase in on.pack.phases:
        progress = on.view.progress(phase)
        counts = [pen.quiet(f"{progress.counts[state]} {words}") for state, words in COUNTED if progress.counts[state]]
        head = _phase_state(on, phase, progress)
        if progress.total:
            figure = f"{progress.settled} of {progress.total}".rjust(FIGURE)
            head = Text.assemble(_bar(on, progress), pen.text(f"{figure}  "), head)
        rows.append((pen.text(phase.title), Group(head, Flow(pen, counts))))
    legend = Flow(pen, [pen.quiet(f"{glyph} {STATE.get(state, state)}") for state, glyph in GLYPH.items()], between="  ")
    return Group(Heading(pen, "Phases"), ledger([Column(width), Column()], rows), Text(), legend)


def _phase_state(on: Drawing, phase: Phase, progress: Progress) -> Text:
    if progress.complete:
        return on.pen.text("complete", style=on.ink.heavy)
    if progress.complete_except_deferred:
        return on.pen.text("complete except deferred", style=on.ink.heavy)
    if not on.state.active(phase.subject):
        return on.pen.text(f"no {SUBJECT[phase.subject].lower()} in the case yet")
    return on.pen.text("under way" if progress.settled or progress.counts["deferred"] else "not begun")


def _bar(on: Drawing, progress: Progress) -> Text:
    filled = max(BAR * progress.settled // progress.total, 1 if progress.settled else 0)
    return on.pen.text("█" * filled, ("░" * (BAR - filled), on.ink.quiet))


def people(on: Drawing) -> RenderableType:
    """Everybody and every place in the case, with what is recorded of them."""
    rows = [(on.pen.text(one.id, style=on.ink.heavy), _person(on, one)) for one in on.state.subjects.values()]
    counts = Counter(one.kind for one in on.state.active())
    right = ", ".join(counted(number, "other") if kind == "other" else counted(number, kind) for kind, number in counts.items())
    body = _spaced(rows) if rows else [on.pen.text("Nobody and no scene has been added yet.")]
    return Group(Heading(on.pen, "People and scenes", right), *body, *as_typed(on))


def as_typed(on: Drawing) -> list[Text]:
    """A warning, where somebody is not to be identified: only labels are left out."""
    if not on.sheet.withheld:
        return []
    warning = "Notes and reasons are printed as they were typed: read them for names before this page goes anywhere."
    return [Text(), on.pen.quiet(warning)]


def _spaced(rows: Iterable[tuple[Text, RenderableType]]) -> list[RenderableType]:
    """Blocks with an id at the left and a blank line between them."""
    made: list[RenderableType] = []
    for row in rows:
        made += [Text()] if made else []
        made.append(ledger([Column(MARGIN - 1), Column()], [row]))
    return made


def _person(on: Drawing, subject: Subject) -> RenderableType:
    pen = on.pen
    if subject.retired is not None:
        same = f", the same as {subject.same_as}" if subject.same_as else ""
        marks = on.sheet.marks_of(subject.id)
        kept = [pen.quiet(f"out of the counts; its {counted(marks, 'mark')} can be read in the log")] if marks else []
        head = pen.text(f"{SUBJECT[subject.kind]}, retired{same}")
        return Group(head, *on.label(subject), *on.reason("because", subject.retired), *kept)
    lines: list[RenderableType] = [pen.text(on.kind(subject)), *on.label(subject)]
    for other in on.sheet.also(subject):
        words = f"the same person as {other}"
        lines.append(pen.text(f"suspect too: {words}" if subject.kind == "victim" else f"may be a victim: {words}"))
    facts = on.facts(subject.id)
    return Group(*lines, Flow(pen, facts)) if facts else Group(*lines)


def nrm(on: Drawing) -> RenderableType | None:
    """Each victim's way to the Home Office, why, and what is missing for it."""
    if not on.sheet.positions:
        return None
    rows = [(on.pen.text(one.subject, style=on.ink.heavy), _position(on, one)) for one in on.sheet.positions]
    return Group(Heading(on.pen, "NRM position"), *_spaced(rows))


def _position(on: Drawing, position: Position) -> RenderableType:
    pen, route = on.pen, position.route
    lines: list[RenderableType] = [pen.text(ROUTE[route.route], style=on.ink.heavy), pen.text(route.why)]
    if route.missing:
        lines.append(pen.text(f"Missing: {joined(fact_title(on.pack, name) for name in route.missing)}"))
    if route.anonymous:
        known = route.route != "undetermined"
        lines.append(
            pen.text(
                "The identity stays out: nothing that names this person goes with it."
                if known
                else "The identity stays off this page until there is a route."
            )
        )
    answers = [(name, on.state.fact(position.subject, name)) for name in ("referral", "reasonable_grounds")]
    lines.append(Flow(pen, [on.fact(name, value) for name, value in answers if value is not None]))
    lines += [pen.text(words, style=on.ink.amber) for words in (route.ask_supervisor, route.not_informed) if words]
    return Group(*lines, *(_matter(on, position.matter) if position.matter else []))


def _matter(on: Drawing, matter: Matter) -> list[Text]:
    """How far the worksheet has got, what was sent and decided, and until when the rest is due."""
    pen = on.pen
    return [
        pen.text(("Worksheet: ", on.ink.quiet), matter.readiness.words),
        *(pen.text(("Sent: ", on.ink.quiet), sent_words(one, on.zone)) for one in matter.sent),
        *(pen.text(("Decided: ", on.ink.quiet), decision_words(one, on.zone)) for one in matter.decisions),
        *(
            pen.text(("Dates: ", on.ink.quiet), (words, on.ink.alarm if overdue else ""))
            for overdue, words in date_words(matter, on.sheet.now)
        ),
    ]


def cautions(on: Drawing) -> RenderableType | None:
    """What stands until further notice, apart from the steps."""
    if not on.sheet.cautions:
        return None
    rows = [(on.pen.text("[!]"), on.pen.text(" ".join(one.subjects)), on.pen.text(one.text)) for one in on.sheet.cautions]
    return Group(Heading(on.pen, "Standing cautions"), ledger([Column(MARGIN - 1), Column(on.subject_width), Column()], rows))


def record(on: Drawing) -> RenderableType:
    """Where the record ends, how to hold this page against it, and that it is not the force's own."""
    pen, number = on.pen, on.state.number
    references = joined(one_line(one.value) for one in on.state.references) or "no reference is recorded yet"
    exercise = " --exercise" if on.view.exercise else ""
    verify = (
        f"To hold the record against this page later: msht{exercise} store verify {on.view.case_id[:8]} --code CODE. It shows whether"
        f" lines up to entry {number} were altered or cut off. It does not show who sat at the keyboard, or the true time."
    )
    return Group(
        Heading(pen, "Record", f"last entry {number}"),
        pen.text(("This is a working copy: enter the matter in the force's own systems", on.ink.heavy), f" ({references})."),
        *struck_lines(on),
        Text(),
        pen.quiet("Check code"),
        pen.text(on.view.check_code or "none"),
        pen.quiet(verify),
    )


def struck_lines(on: Drawing) -> list[Text]:
    """How many entries no longer count, and which; they stand in the log."""
    struck = on.sheet.struck
    if not struck:
        return []
    count = "1 entry is" if len(struck) == 1 else f"{len(struck)} entries are"
    return [on.pen.text(f"{count} struck through, to be read in the log: {', '.join(map(str, struck))}.")]
