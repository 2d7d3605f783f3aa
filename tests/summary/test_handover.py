"""The page that is read aloud when a case is handed over, and its data."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from msht_tui.service import CaseView
from msht_tui.summary.handover import handover_json
from msht_tui.summary.page import handover_renderable, summary_renderable
from msht_tui.summary.paper import Page as DrawnPage

LONDON = ZoneInfo("Europe/London")
MARKING = "OFFICIAL-SENSITIVE"
Begin = Callable[..., Any]
Read = Callable[[Any], str]


def drawn(view: CaseView, now: datetime, **options: Any) -> DrawnPage:
    return handover_renderable(view, marking=MARKING, zone=LONDON, now=now, **options)


@pytest.fixture
def read(now: datetime) -> Read:
    """The page of a case in one line, spaces made one."""
    return lambda case: " ".join(drawn(case.view(), now).text().split())


@pytest.fixture
def data(now: datetime) -> Callable[[Any], Any]:
    return lambda case: handover_json(case.view(), zone=LONDON, now=now)


def test_the_page_says_who_hands_over_to_whom_and_who_holds_it_meanwhile(record: Begin, read: Read) -> None:
    case = record("custody").reference("CUS-0417", "custody-record").time("11:45", "PC 1234").hand_over("PS 77", "Feed him first.")
    text = read(case)
    assert "Case Custody record CUS-0417" in text
    assert "Handover PC 1234 to PS 77, offered 23 Nov 11:45, not accepted yet Remark Feed him first. With CH 2207, role custody" in text


def test_an_accepted_handover_names_the_receiver_as_the_holder(record: Begin, read: Read) -> None:
    case = record("custody").time("11:45", "PC 1234").hand_over("PS 77").time("11:52", "PS 77").accept("responder")
    assert "PC 1234 to PS 77, offered 23 Nov 11:45, accepted by PS 77, 23 Nov 11:52 With PS 77, role responder" in read(case)


def test_a_handover_that_was_sent_back_says_why(record: Begin, read: Read, data: Callable[[Any], Any]) -> None:
    case = record().time("11:45", "PC 1234").hand_over("PS 77").time("11:50", "PS 77").send_back("no interpreter yet")
    assert "sent back by PS 77, 23 Nov 11:50: no interpreter yet With CH 2207" in read(case)
    assert data(case)["handover"] == {
        "from": "PC 1234",
        "to": "PS 77",
        "remark": None,
        "offered_at": "2026-11-23T11:45:00Z",
        "answer": "returned",
        "answered_at": "2026-11-23T11:50:00Z",
        "answered_by": "PS 77",
        "because": "no interpreter yet",
    }


def test_a_struck_handover_is_none(record: Begin, read: Read, data: Callable[[Any], Any]) -> None:
    case = record().hand_over("PS 77").strike(2, "wrong case")
    assert "PS 77" not in read(case)
    assert data(case)["handover"] is None
    assert data(case)["record"]["struck"] == [2]


def test_cautions_come_before_steps_and_vital_steps_before_the_rest(car_wash: Any, now: datetime) -> None:
    lines = drawn(car_wash.view(), now).text().splitlines()
    heads = [line.partition(" ─")[0] for line in lines if "──" in line]
    assert heads == [
        "Standing cautions",
        "Vital steps open",
        "Also open",
        "Deferred",
        "Waiting for a fact",
        "Decisions and reasons",
        "People and scenes",
        "Given",
        "Contacts",
        "Record",
    ]


def test_open_steps_are_counted_by_phase_and_only_the_vital_ones_named(car_wash: Any, read: Read, data: Callable[[Any], Any]) -> None:
    steps = [step for step in car_wash.view().steps if step.state == "open"]
    vital = [step for step in steps if step.item.killer]
    text, told = read(car_wash), data(car_wash)
    assert sorted(told["killers_open"]) == sorted(step.id for step in vital)
    assert all(step.item.title in text for step in vital)
    assert sum(one["open"] for one in told["also_open"]) == len(steps) - len(vital)
    quiet = next(step.item.title for step in steps if not step.item.killer and step.item.title not in [one.item.title for one in vital])
    assert quiet not in text


def test_what_is_left_is_left_to_somebody_and_the_overdue_comes_first(record: Begin, read: Read, data: Callable[[Any], Any]) -> None:
    case = record().subject("V1", "victim").subject("V2", "victim").mark("basic-needs-met@V1", "deferred", to="nurse", until="16:00")
    case.mark("parties-separated@V1,V2", "deferred", to="patrol", until="09:00")
    text = read(case)
    assert "2 overdue [~] V1 V2 Parties separated, circumstances recorded OVERDUE, left to patrol until 23 Nov 09:00, vital step" in text
    assert text.index("left to patrol") < text.index("left to nurse until 23 Nov 16:00")
    assert [(one["step"], one["overdue"]) for one in data(case)["deferred"]] == [
        ("parties-separated@V1", True),
        ("parties-separated@V2", True),
        ("basic-needs-met@V1", False),
    ]


def test_people_for_whom_a_step_was_left_otherwise_have_a_row_of_their_own(record: Begin, read: Read) -> None:
    case = record().subject("V1", "victim").subject("V2", "victim").mark("basic-needs-met@V1", "deferred", to="nurse", because="asleep")
    text = read(case.mark("basic-needs-met@V2", "deferred", to="nurse", note="allergic to nuts"))
    assert "left to nurse, vital step because asleep" in text
    assert "left to nurse, vital step note: allergic to nuts" in text


def test_a_fact_that_is_not_set_is_named_once_with_whom_it_is_missing_for(record: Begin, read: Read, data: Callable[[Any], Any]) -> None:
    case = record().subject("V1", "victim").subject("V2", "victim")
    waiting = [step for step in case.view().steps if "age" in step.waits_on]
    assert f"[?] V1 V2 Age: {len(waiting)} steps" in read(case)
    assert {one["fact"]: len(one["steps"]) for one in data(case)["waiting"]}["age"] == len(waiting)


def test_decisions_are_read_with_their_reasons(record: Begin, read: Read) -> None:
    case = record().mark("more-than-one-scene", because="two houses").mark("victims-elsewhere", "not-needed", because="all were found")
    text = read(case)
    assert "[x] case More than one scene: yes because two houses" in text
    assert "not done because all were found" in text
    assert "More than one scene: yes no reason given" in read(record().mark("more-than-one-scene"))


def test_people_stand_with_their_facts_and_some_without_a_label(car_wash: Any, read: Read, data: Callable[[Any], Any]) -> None:
    text = read(car_wash)
    assert "V1 Victim, adult · man asked for food · Consent to referral: Yes" in text
    assert "V2 Victim, adult · identity withheld" in text
    assert "second man seen" not in text + json.dumps(data(car_wash))
    assert "V4" not in [one["id"] for one in data(car_wash)["subjects"]]


def test_what_was_given_is_read_for_each_person_and_so_is_that_nothing_was(record: Begin, read: Read) -> None:
    case = record().subject("V1", "victim").subject("V2", "victim").time("09:36").provision("V1", "other", "blanket", given_by="the gaoler")
    case.time("09:35").provision("V1", "food", "hot meal").time("09:50").provision("V1", "phone", "phone call", declined=True)
    assert (
        "V1 23 Nov 09:35 Food given: hot meal 23 Nov 09:36 Other given: blanket, by the gaoler"
        " 23 Nov 09:50 Phone offered and declined: phone call Nothing is recorded for V2."
    ) in read(case)


def test_contacts_are_those_that_open_and_deferred_steps_name(record: Begin, read: Read, data: Callable[[Any], Any]) -> None:
    case = record().subject("V1", "victim").fact("V1", age="child")
    named = {contact for step in case.view().steps if step.state == "open" for contact in step.item.contacts}
    assert "ictg" in named
    assert {one["id"] for one in data(case)["contacts"]} == named
    assert "Independent child trafficking guardians 0800 043 4303" in read(case)
    assert data(record())["contacts"] == []


def test_the_page_ends_with_the_last_number_and_the_check_code(car_wash: Any, read: Read, data: Callable[[Any], Any]) -> None:
    view = car_wash.view()
    assert f"last entry {view.state.number} Check code {view.check_code} {MARKING}" in read(car_wash)
    assert data(car_wash)["record"]["check_code"] == view.check_code


def test_an_empty_and_a_closed_case_make_a_page(record: Begin, read: Read) -> None:
    assert "Nobody and no scene has been added yet." in read(record())
    assert "2 h 6 min open; closed 23 Nov 2026 10:20" in read(record().time("10:20").close("done"))


def test_the_data_is_json_alone_and_every_format_says_the_same(car_wash: Any, now: datetime, data: Callable[[Any], Any]) -> None:
    assert json.loads(json.dumps(data(car_wash))) == data(car_wash)
    page = drawn(car_wash.hand_over("PS 77").view(), now)
    root = ElementTree.fromstring(page.svg())
    words = "".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "".join(page.text().split()) == "".join(words.split())
    assert "<title>OFFICIAL-SENSITIVE · INC-2231 · Handover</title>" in page.html()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_page(car_wash: Any, now: datetime, width: int) -> None:
    assert max(cell_len(line) for line in drawn(car_wash.view(), now).text(width).splitlines()) <= width


def test_it_is_short(car_wash: Any, now: datetime) -> None:
    """Two sides of paper at most for six subjects and steps in every state; the summary is several times as long."""
    summary = summary_renderable(car_wash.view(), marking=MARKING, zone=LONDON, now=now)
    lines = len(drawn(car_wash.view(), now).text().splitlines())
    assert lines <= 100
    assert 3 * lines < len(summary.text().splitlines())
