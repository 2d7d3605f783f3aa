"""The NRM worksheet on paper: what may leave of one victim's answers, in the order of the form's pages, ready to be typed into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from msht_tui.domain.matter import Matter
from msht_tui.domain.moment import full_local
from msht_tui.domain.readiness import Row, Source, Standing
from msht_tui.service import CaseView
from msht_tui.summary.data import iso
from msht_tui.summary.drawing import counted
from msht_tui.summary.ink import Column, Flow, Heading, Pen, ledger
from msht_tui.summary.matter import day_words, readiness_data, route_data
from msht_tui.summary.paper import Page
from msht_tui.summary.words import ROUTE, one_line, shown

MARK: Mapping[Standing, str] = {"answered": "[x]", "unknown": "[?]", "withheld": "[-]", "open": "[ ]", "empty": "[.]"}
STANDING: Mapping[Standing, str] = {
    "answered": "answered",
    "unknown": "not known",
    "withheld": "withheld",
    "open": "open",
    "empty": "may stay empty",
}
SOURCE: Mapping[Source, str] = {"typed": "typed", "fact": "from the case", "profile": "your details"}
NAME = 12
"""Cells of the names in the header."""
FROM = 13
"""Cells of "from the case"."""
ONE_PERSON = "One referral is one person: never paste from another's."
FREE_TEXT = "[!] is free text where the person is not to be identified: read it for names, places and whatever else points to them."


def worksheet_renderable(view: CaseView, matter: Matter, *, marking: str, zone: tzinfo, now: datetime, ascii: bool = False) -> Page:
    """The worksheet of a victim as it stands, `now` (UTC): header, then page after page of the form, then what it does not ask."""
    return Page(
        called=f"Case {view.case_id[:8]}" if matter.route.anonymous else view.state.title,
        exercise=view.exercise,
        name=f"NRM worksheet of {matter.victim}",
        marking=marking,
        sections=lambda pen: _sections(pen, view, matter, zone, now),
        ascii=ascii,
    )


def worksheet_json(view: CaseView, matter: Matter, *, zone: tzinfo, now: datetime) -> dict[str, object]:
    """The worksheet as data, its fields in the order of the form; label and references are `None` while they are withheld."""
    form = matter.worksheet.form
    anonymous = matter.route.anonymous
    return {
        "generated_at": iso(now),
        "zone": str(zone),
        "case": view.case_id,
        "exercise": view.exercise,
        "subject": matter.victim,
        "label": None if anonymous else shown(view.state.subject(matter.victim).label),
        "references": None if anonymous else [{"kind": one.kind, "value": shown(one.value)} for one in view.state.references],
        "worksheet": matter.worksheet.id,
        "version": matter.worksheet.version,
        "form": {"name": form.name, "commit": form.commit, "committed": form.committed.isoformat()},
        "idle_minutes": matter.worksheet.limits.session_idle_minutes,
        **route_data(matter.route, matter.nation_note),
        "readiness": readiness_data(matter.readiness),
        "fields": [_field_data(row) for row in matter.rows],
    }


def _field_data(row: Row) -> dict[str, object]:
    field = row.field
    return {
        "key": field.key,
        "label": field.label,
        "section": field.section,
        "page": {"route": row.page.route, "title": row.page.title} if row.page else None,
        "form_fields": list(field.form_fields),
        "feeds": field.feeds,
        "parts": list(field.parts),
        "standing": row.standing,
        "value": shown(row.value),
        "text": shown(row.text),
        "required": row.required,
        "asked": row.asked,
        "from": row.source,
        "identifying": field.identifying,
        "free_text": row.warn,
    }


# The page


def _sections(pen: Pen, view: CaseView, matter: Matter, zone: tzinfo, now: datetime) -> Sequence[RenderableType]:
    on_form = [row for row in matter.rows if row.asked and row.page is not None]
    beside = [row for row in matter.rows if row.asked and row.page is None]
    kept = [row for row in matter.rows if not row.asked]
    pages = [_rows(pen, matter, page.title, list(rows)) for page, rows in groupby(on_form, key=lambda row: row.page) if page]
    others = (
        ("Not asked by the form", "it has no box of its own for these", beside),
        ("Kept, not asked on this route", "nothing is lost: it counts again when it is asked", kept),
    )
    return [
        _header(pen, view, matter, zone, now),
        *_still_asked(pen, matter),
        *pages,
        *(_rows(pen, matter, title, rows, words) for title, words, rows in others if rows),
    ]


def _header(pen: Pen, view: CaseView, matter: Matter, zone: tzinfo, now: datetime) -> RenderableType:
    """Whose it is, the route with all that goes with it, how far it has got, and what to know of the form."""
    form, limits, route = matter.worksheet.form, matter.worksheet.limits, matter.route
    label = "" if route.anonymous else one_line(view.state.subject(matter.victim).label)
    references = "" if route.anonymous else ", ".join(one_line(one.value) for one in view.state.references)
    amber = (route.ask_supervisor, route.not_informed, matter.nation_note if route.route == "duty_to_notify" else "")
    warned = FREE_TEXT if any(row.warn for row in matter.rows) else ""
    state = "ready" if matter.readiness.ready else "not ready"
    lines: list[tuple[str, Iterable[str], str]] = [
        ("Victim", [f"{matter.victim}, {label}" if label else matter.victim], pen.ink.heavy),
        ("Reference", [references], ""),
        ("Route", [ROUTE[route.route]], pen.ink.heavy),
        ("Why", [route.why], ""),
        ("Identity", ["withheld: nothing that identifies the person stands on this page" if route.anonymous else ""], pen.ink.amber),
        ("Missing", [", ".join(route.missing)], ""),
        ("Look first", amber, pen.ink.amber),
        ("Before", route.before, ""),
        ("Never ask", route.never_ask, ""),
        ("Worksheet", [f"{matter.readiness.words}: {state}"], pen.ink.heavy),
        ("Mind", [f"The form signs out after {limits.session_idle_minutes} idle minutes.", ONE_PERSON, warned], ""),
        ("Form", [f"read as of {day_words(form.committed)}; worksheet version {matter.worksheet.version}"], ""),
        ("Case id", [view.case_id], ""),
        ("Printed", [full_local(now, zone)], ""),
    ]
    rows = []
    for name, words, style in lines:
        said = [pen.text(one, style=style) for one in words if one]
        rows += [(pen.quiet(name), Group(*said))] if said else []
    legend = Flow(pen, [pen.quiet(f"{mark} {STANDING[standing]}") for standing, mark in MARK.items()], between="  ")
    title = pen.text(("MSHT first response", pen.ink.heavy), "  NRM worksheet")
    return Group(title, Text(), ledger([Column(NAME), Column()], rows), Text(), legend)


def _still_asked(pen: Pen, matter: Matter) -> list[RenderableType]:
    """The boxes of the form in which "not known" does not fit."""
    labels = [matter.worksheet.field(key).label for key in matter.readiness.still_asked]
    if not labels:
        return []
    return [Group(Heading(pen, "The form will still ask", counted(len(labels), "field")), *(pen.text(label) for label in labels))]


def _rows(pen: Pen, matter: Matter, title: str, rows: Sequence[Row], words: str = "") -> RenderableType:
    """Fields under one heading: mark, label with the answer below it, and where the answer comes from."""
    head = [pen.quiet(words)] if words else []
    cells = [(pen.text(MARK[row.standing]), Group(*_field(pen, matter, row)), _from(pen, row)) for row in rows]
    return Group(Heading(pen, title), *head, ledger([Column(3), Column(), Column(FROM)], cells))


def _field(pen: Pen, matter: Matter, row: Row) -> Iterable[Text]:
    yield pen.quiet(row.field.label)
    match row.standing:
        case "open" | "empty":
            pass
        case "answered":
            yield pen.text(row.text, style=pen.ink.heavy)
        case _:
            yield pen.text(row.text)
    if row.field.key in matter.readiness.still_asked:
        yield pen.text("the form will still ask for this", style=pen.ink.amber)
    if row.field.parts and row.standing == "answered":
        yield pen.quiet(f"boxes of the form: {', '.join(row.field.parts)}")
    if row.field.feeds and row.standing == "answered":
        into = [field.label for field in matter.worksheet.fields if row.field.feeds in field.form_fields]
        yield pen.quiet(f"can go into: {', '.join(into)}")


def _from(pen: Pen, row: Row) -> Text:
    words = SOURCE[row.source] if row.source else "required" if row.standing == "open" else ""
    return pen.text((words, pen.ink.quiet), *([("\n[!]", pen.ink.amber)] if row.warn else []))
