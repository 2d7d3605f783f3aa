"""The pages about a case: the summary that a supervisor reads, and the page that is read aloud when the case is handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import TypeAlias

from rich.console import RenderableType

from msht_tui.domain.matter import Matter
from msht_tui.service import CaseView
from msht_tui.summary import briefing, standing, work
from msht_tui.summary.drawing import Drawing
from msht_tui.summary.paper import Page
from msht_tui.summary.sheet import Sheet


def summary_renderable(
    view: CaseView,
    *,
    marking: str,
    zone: tzinfo,
    now: datetime,
    matters: Mapping[str, Matter] = MappingProxyType({}),
    ascii: bool = False,
) -> Page:
    """Everything about a case as it stands, `now` (UTC); `matters` are the victims' matters with the Home Office, by id."""
    return _page("Case summary", _summary, Sheet(view, now, matters), marking, zone, ascii=ascii)


def handover_renderable(view: CaseView, *, marking: str, zone: tzinfo, now: datetime, ascii: bool = False) -> Page:
    """What whoever takes a case over has to hear, `now` (UTC): who hands over to whom, what stands, what is open, left and decided."""
    return _page("Handover", _handover, Sheet(view, now), marking, zone, ascii=ascii)


Sections: TypeAlias = Iterable[RenderableType | None]


def _page(name: str, sections: Callable[[Drawing], Sections], sheet: Sheet, marking: str, zone: tzinfo, *, ascii: bool) -> Page:
    """A page of the sections that have something to say."""
    return Page(
        exercise=sheet.view.exercise,
        called=sheet.view.state.title,
        name=name,
        marking=marking,
        sections=lambda pen: [section for section in sections(Drawing(sheet, pen, zone)) if section is not None],
        ascii=ascii,
    )


def _summary(on: Drawing) -> Sections:
    """In the order in which a supervisor asks."""
    return (
        standing.header(on),
        standing.look_first(on),
        standing.phases(on),
        standing.people(on),
        standing.nrm(on),
        standing.cautions(on),
        work.open_steps(on),
        work.deferred(on),
        work.waiting(on),
        *work.settled(on),
        work.kept(on),
        work.decisions(on),
        work.running_tables(on),
        work.notes(on),
        standing.record(on),
    )


def _handover(on: Drawing) -> Sections:
    """In the order in which it is read aloud."""
    return (
        briefing.header(on),
        standing.cautions(on),
        briefing.vital(on),
        briefing.also_open(on),
        briefing.deferred(on),
        briefing.waiting(on),
        briefing.decisions(on),
        briefing.people(on),
        briefing.given(on),
        briefing.contacts(on),
        briefing.record(on),
    )
