"""The route to the Home Office, by a table written by hand from the guidance."""

from __future__ import annotations

from itertools import product

import pytest

from msht_tui.domain.route import nation_note, nrm_route

AGES = ("child", "not-sure", "adult", None)
CONSENTS = ("yes", "no", "not-asked", None)
NAMED = ("yes", "no", None)

# Age, consent: the route, what is missing, and whether it is anonymous with yes, no and no answer on being named.
TABLE = {
    ("child", "yes"): ("child", "", "- - -"),
    ("child", "no"): ("child", "", "- - -"),
    ("child", "not-asked"): ("child", "", "- - -"),
    ("child", None): ("child", "", "- - -"),
    ("not-sure", "yes"): ("child", "", "- - -"),
    ("not-sure", "no"): ("child", "", "- - -"),
    ("not-sure", "not-asked"): ("child", "", "- - -"),
    ("not-sure", None): ("child", "", "- - -"),
    ("adult", "yes"): ("adult_consent", "", "- - -"),
    ("adult", "no"): ("duty_to_notify", "", "- x x"),
    ("adult", "not-asked"): ("undetermined", "consent", "- x x"),
    ("adult", None): ("undetermined", "consent", "- x x"),
    (None, "yes"): ("undetermined", "age", "- x x"),
    (None, "no"): ("undetermined", "age", "- x x"),
    (None, "not-asked"): ("undetermined", "age", "- x x"),
    (None, None): ("undetermined", "age", "- x x"),
}


def answered(**answers: str | None) -> dict[str, str]:
    return {name: value for name, value in answers.items() if value is not None}


@pytest.mark.parametrize(("age", "consent", "named"), list(product(AGES, CONSENTS, NAMED)))
def test_age_consent_and_being_named_give_the_route(age: str | None, consent: str | None, named: str | None) -> None:
    route, missing, anonymous = TABLE[age, consent]
    found = nrm_route(answered(age=age, consent=consent, consents_to_be_named=named))
    assert found.route == route
    assert " ".join(found.missing) == missing
    assert found.anonymous is (anonymous.split()[NAMED.index(named)] == "x")
    assert found.why.endswith(".")


def test_the_table_has_every_pair() -> None:
    assert set(TABLE) == set(product(AGES, CONSENTS))


def test_not_sure_of_the_age_says_that_the_person_is_treated_as_a_child() -> None:
    assert "treated as a child" in nrm_route({"age": "not-sure"}).why
    assert "treated as a child" not in nrm_route({"age": "child"}).why


def test_other_facts_do_not_move_the_route() -> None:
    others = {"reasonable_grounds": "positive", "referral": "sent", "adult_at_risk": "yes", "nation": "scotland"}
    for age, consent in TABLE:
        answers = answered(age=age, consent=consent)
        assert nrm_route({**answers, **others}) == nrm_route(answers)


# With every answer on helping an investigation and on being named, in this order: helping not answered, yes, no; within each
# named not answered, yes, no. "-" may carry a name, "a" is anonymous, "s" is anonymous and a question for a supervisor.
GRID = {
    ("child", None): ("child", "--- --- ---"),
    ("child", "not-asked"): ("child", "--- --- ---"),
    ("child", "yes"): ("child", "--- --- ---"),
    ("child", "no"): ("child", "--- --- ---"),
    ("not-sure", None): ("child", "--- --- ---"),
    ("not-sure", "not-asked"): ("child", "--- --- ---"),
    ("not-sure", "yes"): ("child", "--- --- ---"),
    ("not-sure", "no"): ("child", "--- --- ---"),
    ("adult", None): ("undetermined", "a-a a-a a-a"),
    ("adult", "not-asked"): ("undetermined", "a-a a-a a-a"),
    ("adult", "yes"): ("adult_consent", "--- --- ---"),
    ("adult", "no"): ("duty_to_notify", "a-a a-s a-a"),
    (None, None): ("undetermined", "a-a a-a a-a"),
    (None, "not-asked"): ("undetermined", "a-a a-a a-a"),
    (None, "yes"): ("undetermined", "a-a a-a a-a"),
    (None, "no"): ("undetermined", "a-a a-a a-a"),
}
NATIONS = {None: False, "england": False, "wales": False, "scotland": True, "northern-ireland": True}
"""Whether the nation is one in which section 52 does not hold."""


@pytest.mark.parametrize(("age", "consent"), list(GRID))
@pytest.mark.parametrize("nation", list(NATIONS))
def test_helping_being_named_and_the_nation_never_move_the_route(age: str | None, consent: str | None, nation: str | None) -> None:
    route, cells = GRID[age, consent]
    for helping, row in zip((None, "yes", "no"), cells.split(), strict=True):
        for named, cell in zip((None, "yes", "no"), row, strict=True):
            facts = answered(age=age, consent=consent, consents_to_be_named=named, nation=nation)
            found = nrm_route(facts, cooperate=helping)
            assert (found.route, found.anonymous, bool(found.ask_supervisor)) == (route, cell in "as", cell == "s"), (helping, named)


def test_the_grid_has_every_pair_and_every_nation() -> None:
    assert set(GRID) == set(TABLE)
    assert {nation: bool(nation_note(nation)) for nation in NATIONS} == NATIONS


def test_a_child_is_never_asked_for_consent_and_the_local_authority_comes_first() -> None:
    for age in ("child", "not-sure"):
        route = nrm_route({"age": age, "consent": "no"})
        assert any("consents" in never for never in route.never_ask)
        assert "local authority" in route.before[0]
        assert any("ICTG" in first for first in route.before)


def test_every_route_says_where_it_stands_and_what_is_never_asked() -> None:
    for age, consent in TABLE:
        route = nrm_route(answered(age=age, consent=consent))
        assert "APP" in route.source
        assert any("first account" in never for never in route.never_ask)
        assert all(line.endswith(".") for line in (*route.never_ask, *route.before))


def test_an_answer_without_what_must_be_explained_stands_as_not_informed_and_keeps_its_route() -> None:
    for consent, route in (("yes", "adult_consent"), ("no", "duty_to_notify")):
        facts = {"age": "adult", "consent": consent}
        assert nrm_route(facts, informed=False).route == nrm_route(facts, informed=True).route == route
        assert nrm_route(facts, informed=False).not_informed.startswith("Not informed")
        assert nrm_route(facts, informed=True).not_informed == nrm_route(facts).not_informed == ""


@pytest.mark.parametrize("facts", [{"age": "child", "consent": "yes"}, {"age": "adult"}, {"consent": "yes"}])
def test_where_no_consent_counts_nothing_is_said_of_it(facts: dict[str, str]) -> None:
    assert nrm_route(facts, informed=False).not_informed == ""
