"""What people type, and what a file made elsewhere may hold, is only ever text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from msht_tui.cli.output import json_text
from msht_tui.service import CaseView
from msht_tui.summary.data import log_data
from msht_tui.summary.handover import handover_json
from msht_tui.summary.page import handover_renderable, summary_renderable
from msht_tui.summary.paper import Page
from msht_tui.summary.sheet import summary_json
from tests.harmless import obeyed, obeyed_when_drawn, wrong_in_html, wrong_in_json, wrong_in_svg
from tests.hostile import HOSTILE, TELLING, spread

LONDON = ZoneInfo("Europe/London")
Begin = Callable[..., Any]
SOME = spread({name: text for name, text in HOSTILE.items() if not name.startswith("length: 10")}, 20) | {"the telling one": TELLING}
"""Of every family; `bench/hostile.py` takes all of them."""
each = pytest.mark.parametrize("text", SOME.values(), ids=SOME.keys())


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


@each
def test_a_page_holds_nothing_that_a_terminal_obeys(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for page in pages(view, now, text):
        assert not obeyed(page.text())
        assert max(cell_len(line) for line in page.text().split("\n")) <= 80
    assert all(page.text().isascii() for page in pages(view, now, text, ascii=True))


@each
def test_html_and_svg_hold_nothing_live(record: Begin, now: datetime, text: str) -> None:
    view = everywhere(record(), text)
    for page in pages(view, now, text):
        assert not list(wrong_in_svg(page.svg()))
        assert not list(wrong_in_html(page.html()))


@each
def test_data_is_printable(record: Begin, now: datetime, text: str) -> None:
    """As a program reads it, not only as it is escaped in print."""
    view = everywhere(record(), text)
    for data in (log_data(view), summary_json(view, zone=LONDON, now=now), handover_json(view, zone=LONDON, now=now)):
        assert not list(wrong_in_json(json_text(data)))
        assert not obeyed(json.dumps(data, ensure_ascii=False))


@pytest.mark.parametrize(
    ("wrong", "page"),
    [
        (wrong_in_html, "<html><head><title>x</title></head><body><script>x</script></body></html>"),
        (wrong_in_html, "<html><head><title>x</title></head><body onload='x'></body></html>"),
        (wrong_in_html, "<html><head><title>x</title><title>y</title></head></html>"),
        (wrong_in_html, "<html><head><title>x</title></head><body><pre></body></html>"),
        (wrong_in_html, "<html><head><title>\x1b]52;c;x\x07</title></head></html>"),
        (wrong_in_svg, "<svg><text onclick='x'>y</text></svg>"),
        (wrong_in_svg, "<svg><a><text>y</text></a></svg>"),
        (wrong_in_svg, "<!DOCTYPE x [<!ENTITY y 'z'>]><svg><text>&y;</text></svg>"),
        (wrong_in_svg, "<svg><text>x</svg>"),
        (wrong_in_svg, "<svg><text>over\u202e</text></svg>"),
        (wrong_in_json, '{"a": NaN}'),
        (wrong_in_json, '{"a": 1, "a": 2}'),
        (wrong_in_json, '{"a": "\x7f"}'),
        (wrong_in_json, '{"a": "\u2066"}'),
    ],
)
def test_the_reader_of_pages_finds_what_is_live(wrong: Callable[[str], Iterator[str]], page: str) -> None:
    assert list(wrong(page))


@pytest.mark.parametrize("written", ["\x1b]52;c;x\x07", "\x1b]8;;x:y\x1b\\", "\x1b[2J", "\x1bc", "\x9b31m", "\x00", "\u202e", "\ud800"])
def test_the_reader_of_a_terminal_finds_what_is_no_layout(written: str) -> None:
    layout = "\x1b[?2026h\x1b[1;38;2;1;2;3m\x1b[4;1Hwords\x1b]22;pointer\x07\x1b[0m\x1b[?2026l"
    assert not obeyed_when_drawn(layout)
    assert obeyed_when_drawn(layout + written)


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
        assert not obeyed(drawn)
        assert max(cell_len(line) for line in drawn.split("\n")) <= 80
