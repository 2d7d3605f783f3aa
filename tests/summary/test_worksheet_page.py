"""The worksheet on paper, and that what identifies an adult who has not agreed to it leaves in no export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msht_tui.content.library import Library
from msht_tui.content.worksheet import load_worksheet
from msht_tui.domain.entry import CASE, EntryStruck, ReferralSent, WorksheetAnswered
from msht_tui.domain.matter import Matter, matter_of
from msht_tui.summary.data import log_data
from msht_tui.summary.handover import handover_json
from msht_tui.summary.log import Log, LogQuery
from msht_tui.summary.matter import dates_data, readiness_data, route_data
from msht_tui.summary.page import handover_renderable, summary_renderable
from msht_tui.summary.sheet import summary_json
from msht_tui.summary.words import entry_text
from msht_tui.summary.worksheet import worksheet_json, worksheet_renderable

if TYPE_CHECKING:
    from msht_tui.service import CaseView
    from msht_tui.summary.paper import Page
    from tests.summary.conftest import Record

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MARKING = "OFFICIAL-SENSITIVE"
PACK = Library().pack()
SHEET = load_worksheet()
IDENTIFYING = [field.key for field in SHEET.fields if field.identifying]
Begin = Callable[..., Any]


def weekday(day: date, nation: str | None) -> bool:
    return day.weekday() < 5


def matter(view: CaseView, victim: str = "V1", profile: Mapping[str, str] | None = None) -> Matter:
    return matter_of(view.state, view.steps, victim, SHEET, profile or {}, LONDON, weekday)


def answer(case: Record, key: str, value: str = "", because: str = "", subject: str = "V1") -> Record:
    identifying = SHEET.field(key).identifying
    return case.add(
        WorksheetAnswered(subject=subject, field=key, value=value, unknown_because=because, identifying=identifying, worksheet="1")
    )


def drawn(view: CaseView, **profile: str) -> Page:
    return worksheet_renderable(view, matter(view, profile=profile), marking=MARKING, zone=LONDON, now=NOON)


def page(view: CaseView, **profile: str) -> str:
    """The page with every run of spaces made one."""
    return " ".join(drawn(view, **profile).text().split())


def data(view: CaseView, **profile: str) -> Any:
    return worksheet_json(view, matter(view, profile=profile), zone=LONDON, now=NOON)


@pytest.fixture
def consents(record: Begin) -> Any:
    """An adult who consents, with some answers."""
    case = record().reference("INC-7").subject("V1", "victim", "woman in red").fact(CASE, nation="wales")
    case.fact("V1", age="adult", consent="yes")
    answer(case, "birthplace", "Tirana")
    answer(case, "first_name", because="she did not say")
    answer(case, "living_conditions", "a shed\nwithout a window")
    answer(case, "la_name", "Swansea Council")
    return answer(case, "safeguarding_referral", "09:40")


@pytest.fixture
def declines(consents: Any) -> Any:
    """The same adult, who does not consent to a referral."""
    return consents.fact("V1", consent="no")


# The page


def test_the_marking_stands_first_and_last_and_an_exercise_says_so(record: Begin) -> None:
    view = record(exercise=True).subject("V1", "victim").view()
    lines = drawn(view).text().splitlines()
    assert lines[0] == lines[-1] == MARKING
    assert lines[1] == lines[-2] == "EXERCISE, NOT A REAL CASE"
    assert "EXERCISE" in drawn(view).html().partition("</title>")[0]


def test_the_fields_stand_in_the_order_of_the_forms_pages(consents: Any) -> None:
    titles = [one.title for one in SHEET.pages]
    found = [line.split(" ──")[0] for line in drawn(consents.view()).text().splitlines() if "──" in line]
    on_form = [title for title in found if title in titles]
    assert on_form == sorted(on_form, key=titles.index)
    assert found[-2:] == ["Not asked by the form", "Kept, not asked on this route"]
    routes = [field["page"]["route"] for field in data(consents.view())["fields"] if field["page"]]
    assert routes == sorted(routes, key=[one.route for one in SHEET.pages].index)


def test_each_field_says_what_it_holds_and_where_that_comes_from(consents: Any) -> None:
    text = page(consents.view(), responder_organisation="South Wales Police")
    assert "[x] Nation the report is made in from the case Wales" in text
    assert "[x] Your force or organisation your details South Wales Police" in text
    assert "[x] Where they were born (country, town or village) typed Tirana" in text
    assert "[?] First name typed not known, because she did not say the form will still ask for this" in text
    assert "[ ] How it began: promises, work and pay expected required" in text
    assert "[.] Second nationality" in text
    assert "a shed without a window" in text
    assert "can go into: Who they are: referrals, references, contacts" in text


def test_the_header_tells_whose_it_is_the_route_and_how_far_it_has_got(consents: Any) -> None:
    view = consents.view()
    text = page(view)
    assert "Victim V1, woman in red Reference INC-7 Route NRM referral of an adult who consents" in text
    assert f"Worksheet {matter(view).readiness.words}: not ready" in text
    assert "Look first Not informed" in text
    assert "signs out after 60 idle minutes" in text and "One referral is one person" in text
    assert "The form will still ask ─" in text and "1 field First name" in text
    assert "INC-7" in drawn(view).html().partition("</title>")[0]


def test_an_answer_that_is_not_asked_stands_at_the_end_and_says_so(consents: Any) -> None:
    kept = page(consents.view()).partition("Kept, not asked on this route")[2]
    assert "Local authority told about the child" in kept and "Swansea Council" in kept
    field = next(one for one in data(consents.view())["fields"] if one["key"] == "la_name")
    assert (field["asked"], field["value"]) == (False, "Swansea Council")


def test_an_anonymous_worksheet_withholds_and_warns(declines: Any) -> None:
    text = page(declines.view())
    for gone in ("Tirana", "she did not say", "09:40", "woman in red", "INC-7"):
        assert gone not in text
    assert "[-] Where they were born (country, town or village) withheld: not agreed to be identified" in text
    assert "Identity withheld" in text
    assert "[!] is free text" in text
    assert "INC-7" not in drawn(declines.view()).html()
    found = data(declines.view())
    assert (found["label"], found["references"], found["anonymous"]) == (None, None, True)
    assert [one["key"] for one in found["fields"] if one["free_text"]] == ["la_name", "living_conditions"]


def test_whoever_agrees_to_be_named_is_named(declines: Any) -> None:
    text = page(declines.fact("V1", consents_to_be_named="yes").view())
    assert "Tirana" in text and "woman in red" in text and "INC-7" in text
    assert "[!]" not in text and "withheld:" not in text


def test_what_needs_a_supervisor_and_the_nation_stand_on_a_notification(declines: Any) -> None:
    answer(declines, "will_cooperate", "yes")
    text = page(declines.fact("V1", consents_to_be_named="no").fact(CASE, nation="scotland").view())
    assert "the form has no way for that" in text
    assert "section 52 is that of England and Wales" in text


def test_the_data_and_the_page_hold_the_same(consents: Any) -> None:
    found, text = data(consents.view()), page(consents.view())
    for field in found["fields"]:
        assert field["label"] in text
        assert " ".join(field["text"].split()) in text
    assert found["readiness"] == readiness_data(matter(consents.view()).readiness)
    shared = [set(found["readiness"][name]) for name in ("answered", "unknown", "open")]
    assert sum(map(len, shared)) == len(set.union(*shared)) == len(found["readiness"]["required"])


def test_the_page_can_be_shown_in_ascii(consents: Any) -> None:
    view = consents.view()
    assert worksheet_renderable(view, matter(view), marking=MARKING, zone=LONDON, now=NOON, ascii=True).text().isascii()


# The summary and the log


def test_the_summary_shows_the_worksheet_what_was_sent_and_both_readings(consents: Any) -> None:
    consents.time("10:00").add(ReferralSent(subject="V1", route="adult_consent", to="SCA", reference="NRM-9"))
    view = consents.view()
    late = datetime(2026, 11, 29, 12, tzinfo=UTC)
    matters = {"V1": matter(view)}
    text = " ".join(summary_renderable(view, marking=MARKING, zone=LONDON, now=late, matters=matters).text().split())
    assert f"Worksheet: {matters['V1'].readiness.words}" in text
    assert "Sent: 23 Nov 10:00, NRM referral of an adult who consents, to SCA, reference NRM-9" in text
    assert "Dates: five days (APP): until 28 Nov 2026, OVERDUE" in text
    assert "Dates: five working days (Home Office): until 30 Nov 2026, due" in text
    assert "Not informed" in text
    found: Any = summary_json(view, zone=LONDON, now=late, matters=matters)
    assert [one["state"] for one in found["nrm"][0]["dates"]["windows"]] == ["overdue", "due"]
    without: Any = summary_json(view, zone=LONDON, now=late)
    assert (without["nrm"][0]["readiness"], without["nrm"][0]["route"]) == (None, "adult_consent")


def test_an_entry_hides_an_identifying_answer_unless_the_victim_is_named(consents: Any) -> None:
    entries = {entry.event.field: entry for entry in consents.entries if isinstance(entry.event, WorksheetAnswered)}
    assert entry_text(entries["birthplace"], PACK) == "NRM worksheet, birthplace: an identifying answer"
    assert entry_text(entries["first_name"], PACK, named={"V2"}) == "NRM worksheet, first name: an identifying answer"
    assert entry_text(entries["birthplace"], PACK, named={"V1"}) == "NRM worksheet, birthplace: Tirana"
    assert entry_text(entries["la_name"], PACK) == "NRM worksheet, la name: Swansea Council"


def test_the_log_follows_the_route_and_a_search_does_not_find_what_it_hides(consents: Any) -> None:
    named = Log(consents.view(), LONDON)
    assert [row.text for row in named.chosen(LogQuery(text="tirana"))] == ["NRM worksheet, birthplace: Tirana"]
    hidden = Log(consents.fact("V1", consent="no").view(), LONDON, named)
    assert hidden.chosen(LogQuery(text="tirana")) == ()
    shown = Log(consents.fact("V1", consents_to_be_named="yes").view(), LONDON, hidden)
    assert len(shown.chosen(LogQuery(text="tirana"))) == 1


def test_the_answers_of_somebody_who_was_retired_stay_hidden(consents: Any) -> None:
    consents.subject("V2", "victim").retire("V1", "entered twice", same_as="V2").fact("V2", age="child")
    assert "Tirana" not in json.dumps(log_data(consents.view()))


# The identity gate

ANSWER, LABEL, REFERENCE = "Qzanswerqz", "Qzlabelqz", "Qzreferenceqz"
"""Words that occur nowhere else, in everything that could point to the person."""
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.sampled_from(["adult", "adult", "adult", "child", "not-sure"]),
        "consent": st.sampled_from(["yes", "no", "no"]),
        "consents_to_be_named": st.sampled_from(["yes", "no"]),
        "referral": st.sampled_from(["sent", "notified"]),
    },
)


def exports(view: CaseView, found: Matter, *, forms: Mapping[str, Callable[[Page], str]]) -> Iterator[tuple[str, str, str]]:
    """Every way out: whose (the worksheet, the page, the log), in which form, and what it holds."""
    of_case: dict[str, Any] = {"zone": LONDON, "now": NOON}
    matters = {found.victim: found}
    pages = {
        "worksheet": worksheet_renderable(view, found, marking=MARKING, **of_case),
        "summary": summary_renderable(view, marking=MARKING, matters=matters, **of_case),
        "handover": handover_renderable(view, marking=MARKING, **of_case),
    }
    for name, drawing in pages.items():
        for form, shown in forms.items():
            yield name, form, shown(drawing)
    yield "worksheet", "json", json.dumps(worksheet_json(view, found, **of_case))
    yield "worksheet", "readiness", json.dumps(readiness_data(found.readiness))
    yield "worksheet", "route", json.dumps(route_data(found.route, found.nation_note))
    yield "summary", "json", json.dumps(summary_json(view, matters=matters, **of_case))
    yield "handover", "json", json.dumps(handover_json(view, **of_case))
    yield "dates", "json", json.dumps(dates_data(found, NOON))
    yield "log", "json", json.dumps(log_data(view, LONDON))
    yield "log", "text", "\n".join(row.text for row in Log(view, LONDON).rows)


FORMS: Mapping[str, Callable[[Any], str]] = {"text": lambda one: one.text(), "html": lambda one: one.html(), "svg": lambda one: one.svg()}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=FACTS,
    answers=st.dictionaries(st.sampled_from(IDENTIFYING), st.booleans(), min_size=1),
    others=st.fixed_dictionaries(
        {},
        optional={
            "will_cooperate": st.sampled_from(["yes", "no"]),
            "contact_methods": st.just("email,post"),
            "decision_to": st.sampled_from(["potential-victim", "someone-else"]),
            "contact_by": st.sampled_from(["yes", "pv-alternative-number"]),
            "crime_reference_exists": st.just("yes"),
            "where_exploited": st.just("uk"),
            "reported_before": st.just("yes"),
        },
    ),
    strike=st.booleans(),
    linked=st.booleans(),
    form=st.sampled_from(sorted(FORMS)),
)
def test_nothing_that_identifies_an_adult_who_has_not_agreed_leaves_in_any_export(
    record: Begin, facts: dict[str, str], answers: dict[str, bool], others: dict[str, str], strike: bool, linked: bool, form: str
) -> None:
    case = record().reference(f"{REFERENCE}-1").reference(f"{REFERENCE}-2", "crime").subject("V1", "victim", f"the one with {LABEL}")
    if linked:
        case.subject("S1", "suspect", f"also {LABEL}").link("S1", "V1")
    for key, known in answers.items():
        answer(case, key, *((f"a {ANSWER} b", "") if known else ("", f"said {ANSWER}")))
    for key, value in others.items():
        answer(case, key, value)
    if strike:
        last = max(entry.number for entry in case.entries if isinstance(entry.event, WorksheetAnswered) and entry.event.identifying)
        case.add(EntryStruck(entry=last, because="a slip"))
    view = case.fact("V1", **facts).view()
    found = matter(view)
    may_leave = facts.get("age") in ("child", "not-sure") or facts.get("consents_to_be_named") == "yes"
    may_leave = may_leave or (facts.get("age"), facts.get("consent")) == ("adult", "yes")
    held = {(of, how): text for of, how, text in exports(view, found, forms={form: FORMS[form]})}
    if may_leave:
        assert ANSWER in held["log", "json"] and ANSWER in held["log", "text"]
        assert all(LABEL in held[of, form] for of in ("worksheet", "summary", "handover"))
        return
    for (of, how), text in held.items():
        assert ANSWER not in text, (of, how)
        assert LABEL not in text or of == "log", (of, how)
        assert REFERENCE not in text or of in ("log", "summary", "handover"), (of, how)
