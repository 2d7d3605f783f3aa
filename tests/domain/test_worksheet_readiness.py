"""Which fields are asked, how far a worksheet has got, and that what identifies an adult does not leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.content.worksheet import load_worksheet
from msht_tui.domain.case import Answer as FactAnswer
from msht_tui.domain.entry import Stamp
from msht_tui.domain.readiness import WITHHELD, Answer, Row, asked, filled, gated, readiness, withheld
from msht_tui.domain.route import nrm_route

SHEET = load_worksheet()
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
STAMP = Stamp(1, NOW, NOW, "PC 1234")

CHILD = {"age": "child"}
CONSENTS = {"age": "adult", "consent": "yes"}
DECLINES = {"age": "adult", "consent": "no"}


def known(**values: str) -> dict[str, Answer]:
    return {key: Answer(value, stamp=STAMP) for key, value in values.items()}


def with_facts(facts: Mapping[str, str], answers: Mapping[str, Answer] | None = None) -> dict[str, Answer]:
    return filled(SHEET, answers or {}, {name: FactAnswer(value, STAMP) for name, value in facts.items()}, {})


def keys_asked(facts: Mapping[str, str], answers: Mapping[str, Answer] | None = None) -> set[str]:
    return {field.key for field in asked(SHEET, with_facts(facts, answers), nrm_route(facts).route)}


def row(rows: tuple[Row, ...], key: str) -> Row:
    return next(one for one in rows if one.field.key == key)


# What is asked


def test_a_child_is_asked_for_its_authority_and_never_for_consent_or_support() -> None:
    for facts in (CHILD, {"age": "not-sure"}):
        found = keys_asked(facts)
        assert {"la_name", "la_phone", "la_email", "ictg_referral", "first_name", "date_of_birth"} <= found
        assert found.isdisjoint({"nrm_consent", "support_wanted", "decision_to", "consents_to_be_named", "refusal_reason"})


def test_a_notification_asks_for_a_name_only_from_somebody_who_will_help() -> None:
    assert "first_name" not in keys_asked(DECLINES)
    assert "first_name" not in keys_asked(DECLINES, known(will_cooperate="no"))
    assert {"first_name", "contact_methods"} <= keys_asked(DECLINES, known(will_cooperate="yes"))
    assert keys_asked(DECLINES).isdisjoint({"la_name", "support_wanted", "date_of_birth", "responder_first_name", "evidence_files"})


def test_a_follow_up_waits_for_its_answer() -> None:
    assert "journey_details" not in keys_asked(CHILD)
    assert "journey_details" in keys_asked(CHILD, known(taken_somewhere="yes"))
    assert "journey_details" not in keys_asked(CHILD, known(taken_somewhere="no"))
    assert "journey_details" not in keys_asked(CHILD, {"taken_somewhere": Answer(unknown_because="not asked")})
    assert "exploitation_other" in keys_asked(CHILD, known(exploitation_types="forced_work,other"))
    assert "exploitation_other" not in keys_asked(CHILD, known(exploitation_types="forced_work"))
    assert "evidence_descriptions" in keys_asked(CHILD, known(evidence_files="a letter, any date"))
    assert "evidence_descriptions" not in keys_asked(CHILD)


def test_an_answer_that_is_not_asked_meets_no_condition() -> None:
    wanted = known(support_wanted="yes", contact_by="yes")
    assert "contact_number" in keys_asked(CONSENTS, wanted)
    assert "contact_number" not in keys_asked(CONSENTS, wanted | known(support_wanted="no"))


# Facts and profile


def test_a_fact_that_is_the_only_source_stands_above_what_was_typed() -> None:
    found = with_facts({"age": "adult", "nation": "wales"}, known(pv_under_18="yes"))
    assert (found["pv_under_18"].value, found["pv_under_18"].source) == ("no", "fact")
    assert found["report_nation"].value == "wales"
    assert "pv_under_18" not in with_facts({}, known(pv_under_18="yes"))
    assert with_facts({}, {"report_nation": Answer(unknown_because="no signal")})["report_nation"].unknown_because == "no signal"


def test_a_fact_that_fills_in_gives_way_to_what_was_typed() -> None:
    facts = {"age": "not-sure", "age_assessment": "under-way", "interpreter": "not-needed"}
    found = with_facts(facts, known(interpreter_language="Tigrinya"))
    assert (found["age_assessment_requested"].value, found["age_assessment_requested"].source) == ("requested", "fact")
    assert (found["interpreter_language"].value, found["interpreter_language"].source) == ("Tigrinya", "typed")
    assert with_facts(facts)["interpreter_language"].value == "none"
    assert "interpreter_language" not in with_facts({"interpreter": "needed"})


def test_a_profile_fills_its_own_fields_and_no_others() -> None:
    profile = {"responder_role": "Constable", "first_name": "Nobody"}
    found = filled(SHEET, known(responder_phone="0300 123"), {}, profile)
    assert found["responder_role"] == Answer("Constable", source="profile")
    assert set(found) == {"responder_role", "responder_phone"}
    assert readiness(SHEET, found, nrm_route(DECLINES)).not_asked == ("responder_phone",)


# Readiness


def test_an_empty_child_worksheet_has_everything_open() -> None:
    found = readiness(SHEET, with_facts(CHILD), nrm_route(CHILD))
    assert found.answered == ("pv_under_18",)
    assert set(found.open) == set(found.required) - {"pv_under_18"}
    assert not found.ready
    assert found.words == f"1 of {len(found.required)} answered, 0 not known, {len(found.required) - 1} open"


@pytest.mark.parametrize("facts", [CHILD, CONSENTS, DECLINES])
def test_not_known_satisfies_every_field_and_says_what_the_form_will_still_ask(facts: dict[str, str]) -> None:
    answers = {field.key: Answer(unknown_because="not asked") for field in SHEET.fields}
    found = readiness(
        SHEET, with_facts(facts | {"consents_to_be_named": "yes"}, answers), nrm_route(facts | {"consents_to_be_named": "yes"})
    )
    assert found.ready and not found.open
    yes_or_no = {"still_in_situation", "taken_somewhere", "crime_reference_exists", "credibility_concerns", "report_nation"}
    assert yes_or_no <= set(found.still_asked) <= set(found.unknown)
    assert set(found.still_asked).isdisjoint({"family", "reported_before", "other_victims", "last_contact_when", "uk_towns"})
    assert {"first_name", "last_name"}.issubset(found.still_asked) == (facts is not DECLINES)
    assert {"la_name", "la_phone", "la_email"}.issubset(found.still_asked) == (facts is CHILD)


def test_without_a_route_it_requires_what_every_route_does_with_age_and_consent_and_is_never_ready() -> None:
    every = {field.key for field in SHEET.fields if len(field.required_for) == 3}
    for facts in ({}, {"age": "adult"}, {"consent": "yes"}):
        answers = {key: Answer(unknown_because="x") for key in every}
        found = readiness(SHEET, with_facts(facts, answers), nrm_route(facts))
        assert {"pv_under_18", "nrm_consent"} <= set(found.required)
        assert set(found.required) <= every | {"nrm_consent"}
        assert not found.ready
    answers |= {"nrm_consent": Answer(unknown_because="x"), "pv_under_18": Answer(unknown_because="x")}
    found = readiness(SHEET, with_facts({}, answers), nrm_route({}))
    assert not found.open and not found.ready


def test_a_change_of_route_keeps_answers_and_says_that_they_are_not_asked() -> None:
    answers = known(la_name="Example council", family="A brother")
    found = readiness(SHEET, with_facts(CONSENTS, answers), nrm_route(CONSENTS))
    assert found.not_asked == ("la_name",)
    assert "la_name" not in found.required
    child = readiness(SHEET, with_facts(CONSENTS | CHILD, answers), nrm_route(CONSENTS | CHILD))
    assert child.not_asked == ("nrm_consent",)
    assert "la_name" in child.answered


# The gate


def test_only_an_adult_who_has_not_agreed_is_gated() -> None:
    identifying = {field.key for field in SHEET.fields if field.identifying}
    assert {"first_name", "family", "crime_reference", "pv_email", "age_basis"} <= identifying
    for facts in (DECLINES, {}, {"age": "adult"}, {"age": "adult", "consent": "not-asked", "consents_to_be_named": "no"}):
        assert withheld(SHEET, nrm_route(facts)) == identifying
    for facts in (CHILD, {"age": "not-sure"}, CONSENTS, DECLINES | {"consents_to_be_named": "yes"}):
        assert withheld(SHEET, nrm_route(facts)) == frozenset()


def test_a_gated_field_is_never_open_and_counts_as_answered() -> None:
    facts = DECLINES | {"consents_to_be_named": "no"}
    answers = with_facts(facts, known(will_cooperate="yes"))
    route = nrm_route(facts, cooperate="yes")
    found = readiness(SHEET, answers, route)
    assert route.ask_supervisor
    assert {"first_name", "last_name", "birthplace", "family"} <= set(found.answered)
    rows = gated(SHEET, answers, route)
    assert {row(rows, key).text for key in ("first_name", "family", "nickname")} == {WITHHELD}
    assert not any(one.field.identifying and one.standing == "open" for one in rows)


def test_free_text_warns_where_identity_stays_out() -> None:
    answers = with_facts(DECLINES, known(treatment="Held by force", taken_somewhere="no", responder_work_email="a@b.example"))
    answers |= {"gender": Answer(unknown_because="Sam would not say")}
    rows = gated(SHEET, answers, nrm_route(DECLINES))
    assert {one.field.key for one in rows if one.warn} == {"treatment", "gender"}
    assert not any(one.warn for one in gated(SHEET, answers, nrm_route(CHILD)))


def test_rows_stand_in_the_order_of_the_forms_pages() -> None:
    for facts, first in ((CONSENTS, "/pv-name-referral"), (DECLINES | {"consents_to_be_named": "yes"}, "/pv-gender-dtn")):
        rows = gated(SHEET, with_facts(facts, known(will_cooperate="yes", more_than_one_situation="yes")), nrm_route(facts))
        routes = [one.page.route for one in rows if one.page]
        assert routes == sorted(routes, key=lambda route: SHEET.place[route])
        names = [route for route in routes if route.startswith(("/pv-name", "/pv-gender", "/pv-nationality"))]
        assert names[0] == first and len({route.rpartition("-")[2] for route in names}) == 1
        assert "/when-did-the-exploitation-take-place-multiple" in routes
        assert [one.page for one in rows][-1] is None


def test_a_row_says_where_its_answer_comes_from_and_how_it_is_read() -> None:
    answers = with_facts(CHILD, known(exploitation_types="forced_work,other") | {"family": Answer(unknown_because="not asked")})
    rows = gated(SHEET, answers, nrm_route(CHILD))
    assert (row(rows, "pv_under_18").source, row(rows, "pv_under_18").text) == ("fact", "Yes")
    assert row(rows, "exploitation_types").text.endswith("; Other")
    assert row(rows, "family").text == "not known, because not asked"
    assert (row(rows, "la_name").standing, row(rows, "date_of_birth").standing) == ("open", "empty")


CANARY = "Canary"
KEYS = [field.key for field in SHEET.fields]


def marked(key: str) -> st.SearchStrategy[Answer]:
    """An answer to this field: one of its options, or text in which the canary sings; or a reason that names it."""
    field = SHEET.field(key)
    values = st.sampled_from(field.values) if field.options else st.just(f"{CANARY} <{key}>")
    return st.one_of(st.builds(Answer, values), st.builds(Answer, unknown_because=st.just(f"{CANARY} <{key}>")))


ANSWERS = st.lists(st.sampled_from(KEYS), unique=True, max_size=len(KEYS)).flatmap(
    lambda keys: st.fixed_dictionaries({key: marked(key) for key in keys})
)
FACTS = {
    "age": st.sampled_from(["adult", "child", "not-sure"]),
    "consent": st.sampled_from(["not-asked", "yes", "no"]),
    "consents_to_be_named": st.sampled_from(["yes", "no"]),
    "nation": st.sampled_from(["england", "scotland"]),
    "interpreter": st.sampled_from(["needed", "not-needed"]),
    "age_assessment": st.sampled_from(["requested", "not-requested"]),
}
ANY_FACTS = st.fixed_dictionaries({}, optional=FACTS)
NOT_AGREED = st.one_of(
    st.fixed_dictionaries({"age": st.just("adult"), "consent": st.sampled_from(["no", "not-asked"])}),
    st.just({"age": "adult"}),
    st.fixed_dictionaries({"consent": st.sampled_from(["yes", "no", "not-asked"])}),
    st.just({}),
).flatmap(lambda facts: st.sampled_from([facts, facts | {"consents_to_be_named": "no"}]))


@given(NOT_AGREED, ANSWERS, st.sampled_from([None, "yes", "no"]))
def test_no_identifying_answer_of_an_adult_who_has_not_agreed_leaves(
    facts: dict[str, str], answers: dict[str, Answer], cooperate: str | None
) -> None:
    rows = gated(SHEET, with_facts(facts, answers), nrm_route(facts, cooperate=cooperate))
    out = msgspec.json.encode(rows).decode()
    assert not [field.key for field in SHEET.fields if field.identifying and f"{CANARY} <{field.key}>" in out]
    assert all((one.standing, one.value, one.source) == ("withheld", "", None) for one in rows if one.field.identifying)


@given(ANY_FACTS, ANSWERS)
def test_answered_unknown_and_open_share_out_what_is_required(facts: dict[str, str], answers: dict[str, Answer]) -> None:
    route = nrm_route(facts)
    everything = with_facts(facts, answers)
    found = readiness(SHEET, everything, route)
    on_form = {field.key for field in asked(SHEET, everything, route.route)}
    assert sorted((*found.answered, *found.unknown, *found.open)) == sorted(found.required)
    assert set(found.required) <= on_form
    assert set(found.still_asked) <= set(found.unknown)
    assert set(found.not_asked) == {key for key in everything if key not in on_form}
    assert not set(found.open) & withheld(SHEET, route)
    assert found.ready == (route.route != "undetermined" and not found.open)


@given(ANY_FACTS, ANSWERS)
def test_the_rows_and_the_readiness_agree(facts: dict[str, str], answers: dict[str, Answer]) -> None:
    route = nrm_route(facts)
    everything = with_facts(facts, answers)
    found, rows = readiness(SHEET, everything, route), gated(SHEET, everything, route)
    standing = {one.field.key: one.standing for one in rows if one.required}
    assert set(standing) == set(found.required)
    assert {key for key, how in standing.items() if how == "open"} == set(found.open)
    assert {key for key, how in standing.items() if how == "unknown"} == set(found.unknown)
    assert {one.field.key for one in rows if not one.asked} == set(found.not_asked)
    assert len(rows) == len({one.field.key for one in rows})
