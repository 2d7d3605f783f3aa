"""What people type, and what a file made elsewhere may hold, is only ever text."""

from __future__ import annotations

import json
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
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
from msht_tui.summary.page import summary_html, summary_json, summary_svg, summary_text

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
    return case.view(notice=text)  # type: ignore[no-any-return]


def harmless(text: str) -> bool:
    """Whether a terminal finds nothing in it to obey."""
    hidden = any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in text)
    return not hidden and all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") for c in text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_page_holds_nothing_that_a_terminal_obeys(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    drawn = summary_text(view, marking=text, zone=LONDON, now=now)
    assert harmless(drawn)
    assert max(cell_len(line) for line in drawn.split("\n")) <= 80
    assert summary_text(view, marking=text, zone=LONDON, now=now, ascii=True).isascii()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_html_and_svg_stay_well_formed(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    svg = summary_svg(view, marking=text, zone=LONDON, now=now)
    html = summary_html(view, marking=text, zone=LONDON, now=now)
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
    for data in (log_data(view), summary_json(view, zone=LONDON, now=now)):
        printed = json.dumps(data, ensure_ascii=False)
        assert harmless(printed)
        printed.encode("utf-8")


@pytest.mark.parametrize("text", ["[/]", "[@click=app.bell]x[/]", "[a=b:c", ":warning: {title} {{code}} %s", "<b>&amp;</b>"])
def test_what_looks_like_markup_is_shown_as_it_was_typed(record: Begin, now: datetime, text: str) -> None:
    case = record().reference(text).note(text)
    assert summary_text(case.view(), marking="M", zone=LONDON, now=now, width=120).count(text) >= 3
    html = summary_html(case.view(), marking="M", zone=LONDON, now=now)
    assert text in unescape(html.partition("<title>")[2].partition("</title>")[0])


@pytest.mark.parametrize("name", ["Nguyễn Thị Hồng", "Łukasz Żółć", "Olúwaṣeun", "नरेंद्र", "สมชาย", "မောင်", "山田太郎", "علی‌رضا", "שרה"])
def test_names_come_through_in_their_own_letters(record: Begin, now: datetime, name: str) -> None:
    case = record().subject("V1", "victim", name).fact("V1", age="child")
    lines = summary_text(case.view(), marking="M", zone=LONDON, now=now).splitlines()
    assert unicodedata.normalize("NFC", name) in [line.strip() for line in lines]


def test_right_to_left_text_has_a_line_of_its_own(record: Begin, now: datetime) -> None:
    case = record().subject("V1", "victim").mark("basic-needs-met@V1", note="ماء وطعام")
    lines = summary_text(case.view(), marking="M", zone=LONDON, now=now).splitlines()
    assert "ماء وطعام" in [line.strip() for line in lines]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
def test_any_text_at_all_fits_the_page(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    drawn = summary_text(view, marking=text, zone=LONDON, now=now)
    assert harmless(drawn)
    assert max(cell_len(line) for line in drawn.split("\n")) <= 80
