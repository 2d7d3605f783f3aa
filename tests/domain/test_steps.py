"""Steps: what applies to whom, in which state, and how far a list has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from msht_tui.domain.case import CaseState
from msht_tui.domain.entry import AnyEvent, Event, FactRecorded, MarkState, StepMarked, SubjectAdded, SubjectRetired
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import Progress, Step, phase_progress, progress, step_of, steps_of

CaseOf = Callable[..., CaseState]
People = Callable[..., list[SubjectAdded]]
Facts = Callable[..., list[FactRecorded]]
Covers = Mapping[str, tuple[str, ...]]


def step(pack: Pack, case: CaseState, item: str, subject: str = "V1") -> Step:
    return step_of(pack, case, pack.item(item), subject)


def test_there_is_a_step_for_every_item_and_subject_of_its_kind(pack: Pack, case_of: CaseOf, people: People) -> None:
    case = case_of(*people("V1", "V2", "S1", "L1", "O1"))
    expected = {
        (item.id, subject)
        for item in pack.items
        for subject in ("case", "V1", "V2", "S1", "L1")
        if {"c": "case", "V": "victim", "S": "suspect", "L": "scene"}[subject[0]] in item.subjects
    }
    steps = steps_of(pack, case)
    assert {(one.item.id, one.subject) for one in steps} == expected
    assert len(steps) == len(expected)
    places = [pack.items.index(one.item) for one in steps]
    assert places == sorted(places)


def test_an_item_for_two_kinds_is_a_step_of_each(pack: Pack, case_of: CaseOf, people: People, items_of: Covers) -> None:
    (item,) = items_of["SCN-5"]
    steps = steps_of(pack, case_of(*people("S1", "V1")))
    assert {one.id for one in steps if one.item.id == item} == {f"{item}@V1", f"{item}@S1"}


def test_a_case_without_subjects_has_the_steps_of_the_case_alone(pack: Pack, case_of: CaseOf) -> None:
    steps = steps_of(pack, case_of())
    assert {one.subject for one in steps} == {"case"}
    assert {one.id for one in steps} == {item.id for item in pack.items if "case" in item.subjects}


def test_a_retired_subject_has_no_steps(pack: Pack, case_of: CaseOf, people: People) -> None:
    case = case_of(*people("V1", "V2"), SubjectRetired(subject="V1", because="entered twice", same_as="V2"))
    assert {one.subject for one in steps_of(pack, case)} == {"case", "V2"}


def test_one_subjects_facts_do_not_move_anothers_steps(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    case = case_of(*people("V1", "V2"), *facts("V1", age="child"))
    assert [step(pack, case, "child-must-be-referred", one).state for one in ("V1", "V2")] == ["open", "waiting"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            {},
            {
                "NRM-3": ("waiting", "age"),
                "NRM-4": ("waiting", "age consent"),
                "NRM-5": ("waiting", "age consent"),
                "AGE-1": ("waiting", "age"),
            },
        ),
        ({"age": "child"}, {"NRM-3": ("open", ""), "NRM-4": ("inactive", ""), "AGE-1": ("inactive", ""), "VIC-9": ("open", "")}),
        ({"age": "not-sure"}, {"NRM-3": ("open", ""), "NRM-4": ("inactive", ""), "AGE-1": ("open", ""), "VIC-9": ("open", "")}),
        (
            {"age": "adult"},
            {"NRM-3": ("inactive", ""), "NRM-4": ("waiting", "consent"), "NRM-5": ("waiting", "consent"), "VIC-8": ("open", "")},
        ),
        ({"age": "adult", "consent": "yes"}, {"NRM-4": ("open", ""), "NRM-5": ("inactive", "")}),
        ({"age": "adult", "consent": "no"}, {"NRM-4": ("inactive", ""), "NRM-5": ("open", "")}),
        ({"age": "adult", "consent": "not-asked"}, {"NRM-4": ("inactive", ""), "NRM-5": ("inactive", "")}),
        ({"age": "child", "consent": "yes"}, {"NRM-4": ("inactive", ""), "NRM-5": ("inactive", ""), "NRM-3": ("open", "")}),
        ({"consent": "yes"}, {"NRM-4": ("waiting", "age"), "NRM-5": ("inactive", "")}),
        ({"age": "adult"}, {"ACT-17": ("waiting", "adult_at_risk")}),
        ({"adult_at_risk": "not-sure"}, {"ACT-17": ("open", "")}),
        ({"age": "adult", "adult_at_risk": "no"}, {"ACT-17": ("inactive", "")}),
        ({}, {"VIC-6": ("open", ""), "ACT-2": ("open", ""), "HSG-2": ("open", ""), "DEC-2": ("open", "")}),
        ({"interpreter": "not-sure"}, {"VIC-6": ("open", "")}),
        ({"interpreter": "not-needed"}, {"VIC-6": ("inactive", "")}),
        ({"referral": "sent"}, {"HSG-1": ("open", ""), "DEC-5": ("open", ""), "DEC-2": ("inactive", "")}),
        ({"referral": "sent", "reasonable_grounds": "negative"}, {"HSG-1": ("inactive", ""), "DEC-5": ("open", "")}),
        ({"referral": "notified"}, {"HSG-1": ("inactive", ""), "DEC-5": ("inactive", ""), "DEC-2": ("inactive", "")}),
    ],
)
def test_facts_switch_steps_on_and_off(
    pack: Pack,
    case_of: CaseOf,
    people: People,
    facts: Facts,
    items_of: Covers,
    answers: dict[str, str],
    expected: dict[str, tuple[str, str]],
) -> None:
    case = case_of(*people("V1"), *facts("V1", **answers))
    for unit, state in expected.items():
        for item in items_of[unit]:
            found = step(pack, case, item)
            assert (unit, found.state, " ".join(found.waits_on)) == (unit, *state)
            assert found.active is (found.state == "open")


def test_a_fact_of_the_case_reaches_a_victims_step(pack: Pack, case_of: CaseOf, people: People, facts: Facts, items_of: Covers) -> None:
    (item,) = items_of["ICT-3"]
    child = [*people("V1"), *facts("V1", age="child")]
    states = [step(pack, case_of(*child, *facts("case", ictg_available=answer)), item).state for answer in ("yes", "not-sure", "no")]
    assert states == ["open", "open", "inactive"]
    assert step(pack, case_of(*child), item).state == "open"


@pytest.mark.parametrize("state", ["open", "done", "not-needed", "deferred"])
def test_a_step_has_the_state_of_its_latest_mark(pack: Pack, case_of: CaseOf, people: People, state: MarkState) -> None:
    case = case_of(*people("V1", "V2"), StepMarked(subject="V1", item="parties-separated", state=state))
    marked, other = step(pack, case, "parties-separated"), step(pack, case, "parties-separated", "V2")
    assert (marked.state, marked.active, marked.waits_on) == (state, True, ())
    assert (other.state, other.mark) == ("open", None)


def test_what_was_recorded_returns_with_the_condition(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    events: list[AnyEvent] = [
        *people("V1"),
        *facts("V1", age="child"),
        StepMarked(subject="V1", item="child-must-be-referred", state="done", because="sent at once"),
    ]
    for age, state in [("child", "done"), ("adult", "inactive"), ("not-sure", "done")]:
        events += facts("V1", age=age)
        found = step(pack, case_of(*events), "child-must-be-referred")
        assert (found.state, found.active) == (state, state == "done")
        assert found.mark is not None
        assert (found.mark.event.because, found.mark.stamp.number) == ("sent at once", 3)


def test_what_was_recorded_is_kept_while_a_step_waits(
    pack: Pack, case_of: CaseOf, people: People, done: Callable[[str, str], StepMarked]
) -> None:
    found = step(pack, case_of(*people("V1"), done("child-must-be-referred", "V1")), "child-must-be-referred")
    assert (found.state, found.waits_on) == ("waiting", ("age",))
    assert found.mark is not None


def test_a_waiting_step_refuses_a_mark_and_names_the_fact(pack: Pack, case_of: CaseOf, people: People) -> None:
    with pytest.raises(Refused, match=r"child-must-be-referred@V1 waits on age, .* V1.*nothing was marked"):
        step(pack, case_of(*people("V1")), "child-must-be-referred").refuse_unless_active()


def test_an_inactive_step_refuses_a_mark_and_names_the_fact(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    case = case_of(*people("V1"), *facts("V1", age="adult"))
    with pytest.raises(Refused, match=r"child-must-be-referred@V1 does not apply: it depends on age"):
        step(pack, case, "child-must-be-referred").refuse_unless_active()


def test_no_shipped_step_ever_waits_without_naming_a_fact(pack: Pack, case_of: CaseOf, people: People) -> None:
    steps = steps_of(pack, case_of(*people("V1", "S1", "L1")))
    assert all(bool(one.waits_on) == (one.state == "waiting") for one in steps)


@pytest.mark.parametrize(
    ("states", "complete", "except_deferred"),
    [
        (["done", "not-needed", "inactive"], True, False),
        (["done", "deferred"], False, True),
        (["deferred"], False, True),
        (["done", "open"], False, False),
        (["done", "waiting"], False, False),
        (["deferred", "open"], False, False),
        (["deferred", "waiting"], False, False),
        (["inactive"], True, False),
        ([], True, False),
    ],
)
def test_complete_means_that_nothing_is_open_waiting_or_deferred(
    pack: Pack, states: Sequence[str], complete: bool, except_deferred: bool
) -> None:
    found = progress(steps_in(pack, states))
    assert (found.complete, found.complete_except_deferred) == (complete, except_deferred)
    withheld = progress(steps_in(pack, states), can_complete=False)
    assert (withheld.complete, withheld.complete_except_deferred) == (False, False)
    assert withheld.counts == found.counts


def test_not_needed_is_counted_apart_from_done_and_inactive_counts_for_nothing(pack: Pack) -> None:
    found = progress(steps_in(pack, ["done", "done", "not-needed", "inactive", "inactive", "waiting", "open", "deferred"]))
    assert found.counts == {"open": 1, "done": 2, "not-needed": 1, "deferred": 1, "waiting": 1, "inactive": 2}
    assert (found.settled, found.total) == (3, 6)


def steps_in(pack: Pack, states: Sequence[str]) -> list[Step]:
    return [Step(pack.items[0], "V1", state, (), None) for state in states]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "subject"), [("initial-actions", "V1"), ("scene", "L1"), ("victim-care", "V1"), ("suspect", "S1"), ("nrm", "V1")]
)
def test_a_phase_is_never_complete_without_a_subject_of_its_own_kind(
    pack: Pack, case_of: CaseOf, people: People, done: Callable[[str, str], StepMarked], phase: str, subject: str
) -> None:
    def settled(*events: Event) -> Progress:
        """The phase once every step that can be marked is done."""
        before = case_of(*events)
        marks = [done(one.item.id, one.subject) for one in steps_of(pack, before) if one.active]
        after = case_of(*events, *marks)
        return phase_progress(pack.phase(phase), after, steps_of(pack, after))

    everybody = [*people("V1", "S1", "L1"), *everything_known()]
    assert settled(*everybody).complete
    alone = [event for event in everybody if getattr(event, "subject", "") != subject]
    assert not settled(*alone).complete
    assert not settled(*alone).complete_except_deferred
    assert not settled(*everybody, SubjectRetired(subject=subject, because="never there")).complete


def test_an_item_counts_in_its_home_phase_alone(pack: Pack, case_of: CaseOf, people: People) -> None:
    case = case_of(*people("V1", "S1", "L1"))
    steps = steps_of(pack, case)
    counts = [sum(phase_progress(phase, case, steps).counts.values()) for phase in pack.phases]
    assert sum(counts) == len(steps)


def everything_known() -> list[FactRecorded]:
    """Answers that leave no step of V1, S1 and L1 waiting, and none that goes on whatever was done."""
    victim = {
        "age": "adult",
        "adult_at_risk": "no",
        "age_assessment": "not-requested",
        "looks_older_than_claimed": "no",
        "consent": "no",
        "referral": "notified",
        "point_of_contact": "spoc",
        "destitute": "no",
        "support_needed_now": "no",
        "police_accommodation": "no",
    }
    return [
        *(FactRecorded(subject="V1", name=name, value=value) for name, value in victim.items()),
        FactRecorded(subject="S1", name="lives_with_victims", value="no"),
    ]
