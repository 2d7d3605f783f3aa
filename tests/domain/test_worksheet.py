"""What each field of the worksheet takes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.content.worksheet import load_worksheet
from msht_tui.domain.refusal import Refused
from msht_tui.domain.worksheet import Field

SHEET = load_worksheet()
TODAY = date(2026, 11, 23)

TAKEN = [
    ("more_than_one_situation", "I-dont-know ", "i-dont-know"),
    ("last_contact_when", "over-a-year-ago", "over-a-year-ago"),
    ("exploitation_types", "other, forced_work,wages_taken,forced_work", "forced_work,wages_taken,other"),
    ("contact_methods", "post", "post"),
    ("family", "  A brother.\r\nTwo sisters. ", "A brother.\nTwo sisters."),
    ("treatment", "x" * 15_000, "x" * 15_000),
    ("contact_relationship", "x" * 250, "x" * 250),
    ("professional_view", "See www.example.org for the place", "See www.example.org for the place"),
    ("cooperation_details", "Will give a statement. Later.", "Will give a statement. Later."),
    ("uk_towns", "Leeds,  York,Leeds", "Leeds, York"),
    ("overseas_countries", "Unknown", "Unknown"),
    ("uk_towns", ",".join("ABCDEFGHIJ"), ", ".join("ABCDEFGHIJ")),
    ("la_email", "duty@council.example", "duty@council.example"),
    ("contact_number", "+44 (0)7700 900123", "+44 (0)7700 900123"),
    ("children_count", "0", "0"),
    ("children_count", "02", "2"),
    ("date_of_birth", "1900-01-02", "1900-01-02"),
    ("date_of_birth", "2026-11-23", "2026-11-23"),
    ("date_of_birth", "2008-02-29", "2008-02-29"),
]


@pytest.mark.parametrize(("key", "typed", "kept"), TAKEN)
def test_an_answer_is_kept_as_the_field_takes_it(key: str, typed: str, kept: str) -> None:
    assert SHEET.field(key).check(typed, TODAY) == kept
    assert SHEET.field(key).check(kept, TODAY) == kept


REFUSED = [
    ("more_than_one_situation", "perhaps", "yes, no, i-dont-know"),
    ("still_in_situation", "not-sure", "yes, no"),
    ("still_in_situation", "yes,no", "yes, no"),
    ("still_in_situation", " ", "nothing"),
    ("exploitation_types", "forced_work,begging", "begging"),
    ("exploitation_types", " , ", "nothing"),
    ("family", " \n ", "not known"),
    ("treatment", "x" * 15_001, "15,001 characters; 15,000 fit"),
    ("contact_relationship", "x" * 251, "251 characters; 250 fit"),
    ("cooperation_details", "see HTTPS://x.example", "web address"),
    ("last_contact_details", "on www.example.org", "web address"),
    ("uk_towns", ",".join("ABCDEFGHIJK"), "1 to 10, separated by commas: 11"),
    ("uk_towns", ", ,", "1 to 10"),
    ("la_email", "duty at council", "email"),
    ("la_email", "a@b.example, c@d.example", "one email"),
    ("contact_number", "ring me", "phone number"),
    ("children_count", "two", "digits"),
    ("children_count", "²", "digits"),
    ("date_of_birth", "31/05/1990", "1990-05-31"),
    ("date_of_birth", "1990-02-30", "1990-05-31"),
    ("date_of_birth", "19900531", "1990-05-31"),
    ("date_of_birth", "1900-01-01", "after 1 January 1900"),
    ("date_of_birth", "2026-11-24", "not in the future"),
]


@pytest.mark.parametrize(("key", "typed", "words"), REFUSED)
def test_a_refusal_says_what_the_field_takes(key: str, typed: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        SHEET.field(key).check(typed, TODAY)
    assert words in str(refused.value)
    assert SHEET.field(key).label in str(refused.value)


def test_what_a_terminal_obeys_is_not_kept() -> None:
    assert "\x1b" not in SHEET.field("family").check("A brother\x1b[2J", TODAY)


@given(st.sampled_from(SHEET.fields), st.text(max_size=60))
def test_a_kept_answer_is_taken_again_unchanged(field: Field, typed: str) -> None:
    try:
        kept = field.check(typed, TODAY)
    except Refused:
        return
    assert kept
    assert field.check(kept, TODAY) == kept


@given(st.sampled_from([field for field in SHEET.fields if field.options]), st.data())
def test_any_choice_of_options_is_kept_in_the_order_they_are_offered(field: Field, data: st.DataObject) -> None:
    several = field.type == "multi-choice"
    chosen = data.draw(st.lists(st.sampled_from(field.values), min_size=1, max_size=12 if several else 1))
    kept = field.check(" , ".join(chosen), TODAY).split(",")
    assert kept == [value for value in field.values if value in chosen]


def test_an_answer_is_read_by_its_labels() -> None:
    assert SHEET.field("exploitation_types").words("forced_work,other") == "Forced to work for little or nothing; Other"
    assert SHEET.field("family").words("A brother, two sisters") == "A brother, two sisters"


def test_an_unknown_key_names_the_near_ones() -> None:
    with pytest.raises(Refused, match="first_name"):
        SHEET.field("firstname")


@pytest.mark.parametrize(
    ("key", "fact", "pairs"),
    [
        ("pv_under_18", "age", {"child": "yes", "adult": "no", "not-sure": "not-sure"}),
        ("nrm_consent", "consent", {"yes": "yes", "no": "no"}),
        ("report_nation", "nation", {"england": "england", "scotland": "scotland"}),
        ("consents_to_be_named", "consents_to_be_named", {"yes": "yes", "no": "no"}),
    ],
)
def test_where_a_fact_is_the_only_source_it_is_read_and_set(key: str, fact: str, pairs: dict[str, str]) -> None:
    link = SHEET.field(key).fact
    assert link is not None and link.only and link.name == fact
    for value, answer in pairs.items():
        assert (link.answer(value), link.value(answer)) == (answer, value)


def test_a_fact_that_only_fills_in_is_never_set() -> None:
    link = SHEET.field("age_assessment_requested").fact
    assert link is not None
    assert (link.answer("under-way"), link.answer("not-requested"), link.value("requested")) == ("requested", None, None)
