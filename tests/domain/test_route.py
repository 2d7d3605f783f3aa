"""The route to the Home Office, by a table written by hand from the guidance."""

from __future__ import annotations

from itertools import product

import pytest

from msht_tui.domain.route import nrm_route

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
