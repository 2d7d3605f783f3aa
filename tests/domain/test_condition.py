"""Conditions: three-valued logic, and the facts that could still change it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.condition import Clause, Condition, Every, Expression, Some, Truth, pivotal_facts, truth
from msht_tui.domain.pack import Pack

TRUE = Clause("t", ("yes",))
FALSE = Clause("f", ("yes",))
OPEN = Clause("u", ("yes",))
KNOWN = {"t": "yes", "f": "no"}

OPTIONS = {"age": ("adult", "child", "not-sure"), "consent": ("yes", "no"), "risk": ("yes", "no", "not-sure"), "sent": ("yes", "no")}


@st.composite
def clause(draw: st.DrawFn) -> Clause:
    name = draw(st.sampled_from(sorted(OPTIONS)))
    return Clause(name, tuple(draw(st.lists(st.sampled_from(OPTIONS[name]), min_size=1, max_size=3, unique=True))))


def parts(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(several.map(Every), several.map(Some))


expressions: st.SearchStrategy[Expression] = st.recursive(clause(), parts, max_leaves=6)
partial_answers = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in OPTIONS.items()})


def plainly(expression: Expression, answers: Mapping[str, str]) -> bool:
    """What the expression says when every fact is answered, by Python's own logic."""
    match expression:
        case Clause(fact, values):
            return answers[fact] in values
        case Every(inner):
            return all(plainly(part, answers) for part in inner)
        case Some(inner):
            return any(plainly(part, answers) for part in inner)


def completions(answers: Mapping[str, str]) -> list[dict[str, str]]:
    """Every way of answering the rest."""
    free = [name for name in OPTIONS if name not in answers]
    return [{**answers, **dict(zip(free, values, strict=True))} for values in product(*(OPTIONS[name] for name in free))]


def test_a_clause_is_undecided_while_its_fact_is_unset() -> None:
    clause = Clause("age", ("child", "not-sure"))
    assert [truth(clause, answers) for answers in ({}, {"age": "child"}, {"age": "not-sure"}, {"age": "adult"})] == [
        None,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("left", "right", "every", "some"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (TRUE, OPEN, None, True),
        (FALSE, FALSE, False, False),
        (FALSE, OPEN, False, None),
        (OPEN, OPEN, None, None),
    ],
)
def test_every_and_some_follow_the_kleene_tables(left: Clause, right: Clause, every: Truth, some: Truth) -> None:
    for pair in ((left, right), (right, left)):
        assert truth(Every(pair), KNOWN) is every
        assert truth(Some(pair), KNOWN) is some


@pytest.mark.parametrize(
    ("when", "unless", "holds"),
    [
        (None, None, True),
        (TRUE, None, True),
        (FALSE, None, False),
        (OPEN, None, None),
        (None, TRUE, False),
        (None, FALSE, True),
        (None, OPEN, True),
        (TRUE, TRUE, False),
        (TRUE, FALSE, True),
        (TRUE, OPEN, True),
        (FALSE, OPEN, False),
        (OPEN, TRUE, False),
        (OPEN, FALSE, None),
        (OPEN, OPEN, None),
    ],
)
def test_unless_takes_a_step_away_only_once_a_fact_says_so(when: Clause | None, unless: Clause | None, holds: Truth) -> None:
    assert Condition(when, unless).holds(KNOWN) is holds


@given(expressions, partial_answers)
def test_what_is_decided_stays_so_whatever_else_is_answered(expression: Expression, answers: dict[str, str]) -> None:
    decided = truth(expression, answers)
    if decided is not None:
        assert {plainly(expression, full) for full in completions(answers)} == {decided}


@given(expressions, partial_answers)
def test_the_pivotal_facts_are_exactly_those_that_can_change_the_result(expression: Expression, answers: dict[str, str]) -> None:
    names = Condition(expression).facts()
    expected = {
        name
        for full in completions(answers)
        for name in names
        if name not in answers and len({plainly(expression, {**full, name: value}) for value in OPTIONS[name]}) > 1
    }
    known = tuple((name, answers[name]) for name in names if name in answers)
    assert set(pivotal_facts(expression, known, tuple((name, OPTIONS[name]) for name in names))) == expected


def test_a_fact_that_no_longer_matters_is_not_waited_for(pack: Pack) -> None:
    local_authority = pack.item("local-authority-referral").condition
    assert pack.waits_on(local_authority, {}) == ("age", "adult_at_risk")
    assert pack.waits_on(local_authority, {"age": "adult"}) == ("adult_at_risk",)
    assert pack.waits_on(local_authority, {"adult_at_risk": "no"}) == ("age",)
    advocate = pack.item("appropriate-adult-or-advocate").condition
    assert pack.waits_on(advocate, {"age_assessment": "requested"}) == ("age",)


def test_a_condition_that_any_answer_fulfils_still_names_the_fact_it_waits_for(pack: Pack) -> None:
    answered = Condition(Clause("age", ("adult", "child", "not-sure")))
    assert answered.holds({}) is None
    assert pack.waits_on(answered, {}) == ("age",)


def test_a_condition_without_when_waits_for_nothing(pack: Pack) -> None:
    assert pack.waits_on(Condition(unless=Clause("interpreter", ("not-needed",))), {}) == ()


def test_a_condition_names_each_fact_once_in_order() -> None:
    assert Condition(Every((OPEN, Some((TRUE, OPEN)))), FALSE).facts() == ("u", "t", "f")
