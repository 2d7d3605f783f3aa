"""Every page about a case in every format in which it leaves, looked at for what is live in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import NamedTuple

from rich.cells import cell_len

from msht_tui.cli.output import json_text
from msht_tui.domain.matter import Matter
from msht_tui.service import CaseView
from msht_tui.summary.data import log_data
from msht_tui.summary.handover import handover_json
from msht_tui.summary.page import handover_renderable, summary_renderable
from msht_tui.summary.paper import NARROW, Page
from msht_tui.summary.sheet import summary_json
from msht_tui.summary.worksheet import worksheet_json, worksheet_renderable
from tests.harmless import wrong_in_html, wrong_in_json, wrong_in_svg, wrong_in_text


class Leaving(NamedTuple):
    """One page in one format."""

    page: str
    form: str
    wrong: tuple[str, ...]


def leaving(view: CaseView, matters: Mapping[str, Matter], *, marking: str, zone: tzinfo, now: datetime) -> Iterator[Leaving]:
    """Summary, handover, worksheets and log in each format, with what is wrong in them."""
    matter_pages = {f"worksheet {victim}": matter for victim, matter in matters.items()}
    pages: dict[str, Page] = {
        "summary": summary_renderable(view, marking=marking, zone=zone, now=now, matters=matters),
        "handover": handover_renderable(view, marking=marking, zone=zone, now=now),
        **{name: worksheet_renderable(view, matter, marking=marking, zone=zone, now=now) for name, matter in matter_pages.items()},
    }
    data: dict[str, object] = {
        "summary": summary_json(view, zone=zone, now=now, matters=matters),
        "handover": handover_json(view, zone=zone, now=now),
        **{name: worksheet_json(view, matter, zone=zone, now=now) for name, matter in matter_pages.items()},
        "log": log_data(view, zone),
    }
    for name, page in pages.items():
        yield _looked(name, "text", page.text, _wrong_in_page)
        yield _looked(name, "html", page.html, wrong_in_html)
        yield _looked(name, "svg", page.svg, wrong_in_svg)
    for name, held in data.items():
        yield _looked(name, "json", partial(json_text, held), wrong_in_json)


def _looked(name: str, form: str, make: Callable[[], str], wrong: Callable[[str], Iterable[str]]) -> Leaving:
    return Leaving(name, form, tuple(sorted(set(wrong(make())))))


def _wrong_in_page(text: str) -> Iterator[str]:
    yield from wrong_in_text(text)
    if any(cell_len(line) > NARROW for line in text.split("\n")):
        yield f"a line of more than {NARROW} columns"
    if not unicodedata.is_normalized("NFC", text):
        yield "letters in parts"
