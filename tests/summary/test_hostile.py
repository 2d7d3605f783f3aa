"""What people type, and what a file made elsewhere may hold, is only ever text."""

from __future__ import annotations

import json
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from msht_tui.service import CaseView
from msht_tui.summary.data import log_data
from msht_tui.summary.handover import handover_json
from msht_tui.summary.page import handover_renderable, summary_renderable
from msht_tui.summary.paper import Page
from msht_tui.summary.sheet import summary_json

LONDON = ZoneInfo("Europe/London")
Begin = Callable[..., Any]
HOSTILE = [
    "[/]",
    "see [/etc/passwd]",
    "[@click=app.bell]x[/]",
    "[a=b:c",
    "[bold red]x[/bold red]",
    ":warning: {title} {{code}} %s",
    "\x1b]52;c;ZWNobw==\x07",
    "\x1b]0;title\x07\x1b[31mred",
    "\x9b31mred\x90dcs\x9c",
    "nul\x00nul",
    "bell\x07 back\x08 feed\x0c vertical\x0b",
    "over\u202egnirts\u2066 hidden \U000e0041",
    "zal" + "\u0334" * 40 + "go",
    "\ud800 lone surrogate",
    "\uffff \ufdd0 \ue000",
    "line\u2028line\u2029line\x85line",
    "<script>alert(1)</script>",
    "</title><b> & \" ' ]]> -->",
    "مرحبا 08:22 مريم",
    "x" * 300,
    "漢字" * 80,
    "\ttab\tab",
    "many\n\n\nlines",
]


def everywhere(case: Any, text: str) -> CaseView:
    """A case with the text in each place that people can write in."""
    case.time("08:20", text).reference(text).subject("V1", "victim", text).subject("S1", "suspect", text).subject("V2", "victim", text)
    case.fact("V1", age="child").fact("V2", age="adult", interpreter="needed", consent="yes").link("S1", "V1")
    case.mark("basic-needs-met@V1", because=text, note=text).mark("basic-needs-met@V2", "not-needed", because=text, note=text)
    case.mark("independent-interpreter@V2", note=text).fact("V2", interpreter="not-needed")
    case.mark("place-of-safety@V1", "not-needed", because=text).mark("place-of-safety@V2", because=text, note=text)
    case.mark("child-safeguarded-before-referral@V1", "deferred", to=text, because=text, note=text, until="09:00")
    case.mark("parties-separated@V1", "open", because=text, note=text).note(text, "V1", "questions-limited").note(text)
    case.subject("V3", "victim", text).retire("V3", text, "V2").subject("O1", "other", text)
    case.interaction("V1", text, spoke=text, interpreter=text, place=text, demeanour=text).interaction("V2", text, verbatim=True)
    case.provision("V1,V2,S1", "food", text, quantity=text, given_by=text).hand_over(text, text).send_back(text).hand_over(text, text)
    case.note(text).strike(len(case.entries), text)
    return case.view(notice=text)  # type: ignore[no-any-return]


def pages(view: CaseView, now: datetime, marking: str = "M", *, ascii: bool = False) -> Iterator[Page]:
    """Both pages about a case."""
    for page in (summary_renderable, handover_renderable):
        yield page(view, marking=marking, zone=LONDON, now=now, ascii=ascii)


def harmless(text: str) -> bool:
    """Whether a terminal finds nothing in it to obey."""
    hidden = any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in text)
    return not hidden and all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") for c in text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_page_holds_nothing_that_a_terminal_obeys(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for page in pages(view, now, text):
        assert harmless(page.text())
        assert max(cell_len(line) for line in page.text().split("\n")) <= 80
    assert all(page.text().isascii() for page in pages(view, now, text, ascii=True))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_html_and_svg_stay_well_formed(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for page in pages(view, now, text):
        svg, html = page.svg(), page.html()
        ElementTree.fromstring(svg)
        svg.encode("utf-8")
        html.encode("utf-8")
        assert harmless(svg)
        assert harmless(html)
        assert "<script" not in svg + html
        assert html.count("<title>") == html.count("</title>") == 1
        assert "<b>" not in html


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_data_is_printable(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for data in (log_data(view), summary_json(view, zone=LONDON, now=now), handover_json(view, zone=LONDON, now=now)):
        printed = json.dumps(data, ensure_ascii=False)
        assert harmless(printed)
        printed.encode("utf-8")


@pytest.mark.parametrize("text", ["[/]", "[@click=app.bell]x[/]", "[a=b:c", ":warning: {title} {{code}} %s", "<b>&amp;</b>"])
def test_what_looks_like_markup_is_shown_as_it_was_typed(record: Begin, now: datetime, text: str) -> None:
    case = record().reference(text).note(text)
    summary, handover = pages(case.view(), now)
    assert summary.text(120).count(text) >= 3
    assert text in handover.text(120)
    html = summary.html()
    assert text in unescape(html.partition("<title>")[2].partition("</title>")[0])


@pytest.mark.parametrize("name", ["Nguyễn Thị Hồng", "Łukasz Żółć", "Olúwaṣeun", "नरेंद्र", "สมชาย", "မောင်", "山田太郎", "علی‌رضا", "שרה"])
def test_names_come_through_in_their_own_letters(record: Begin, now: datetime, name: str) -> None:
    case = record().subject("V1", "victim", name).fact("V1", age="child")
    lines = summary_renderable(case.view(), marking="M", zone=LONDON, now=now).text().splitlines()
    assert unicodedata.normalize("NFC", name) in [line.strip() for line in lines]


def test_right_to_left_text_has_a_line_of_its_own(record: Begin, now: datetime) -> None:
    case = record().subject("V1", "victim").mark("basic-needs-met@V1", note="ماء وطعام")
    lines = summary_renderable(case.view(), marking="M", zone=LONDON, now=now).text().splitlines()
    assert "ماء وطعام" in [line.strip() for line in lines]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
def test_any_text_at_all_fits_the_page(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for page in pages(view, now, text):
        drawn = page.text()
        assert harmless(drawn)
        assert max(cell_len(line) for line in drawn.split("\n")) <= 80
