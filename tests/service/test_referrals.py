"""The acts of a referral: what each records in one act, what it sets, and every way in which it is refused with nothing recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from msht_tui.content.library import Library
from msht_tui.domain.entry import DecisionReceived, FactRecorded, Outcome, ReferralSent, WorksheetAnswered
from msht_tui.domain.refusal import Refused
from msht_tui.service import CaseView, Casework
from msht_tui.summary.words import due_words

if TYPE_CHECKING:
    from tests.conftest import FixedClock, InMemoryStore


class Weekdays:
    """A calendar without bank holidays."""

    def is_working_day(self, day: date, nation: str | None) -> bool:
        return day.weekday() < 5


@pytest.fixture(autouse=True)
def weekdays(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    monkeypatch.setattr(library, "calendar", Weekdays)


@pytest.fixture
def case(casework: Casework) -> str:
    """A case with two victims, of whom nothing is known yet."""
    case_id = casework.open_case(reference="EX-1").case_id
    for _ in range(2):
        casework.add_subject(case_id, "victim")
    return case_id


def consented(casework: Casework, case: str) -> CaseView:
    return casework.set_facts(case, ["V1"], {"age": "adult", "consent": "yes"})


def last_act(view: CaseView) -> list[object]:
    return [entry.event for entry in view.entries if entry.act == view.entries[-1].act]


def known(view: CaseView, *names: str) -> list[str | None]:
    return [view.state.fact("V1", name) for name in names]


# Answers


def test_an_answer_is_kept_with_its_version_and_whether_it_identifies(casework: Casework, case: str) -> None:
    view = casework.answer(case, "V1", "first_name", "  Amina ")
    assert last_act(view) == [WorksheetAnswered(subject="V1", field="first_name", value="Amina", identifying=True, worksheet="1")]
    view = casework.answer(case, "V1", "how_it_started", unknown_because=" not asked yet ")
    assert last_act(view) == [WorksheetAnswered(subject="V1", field="how_it_started", unknown_because="not asked yet", worksheet="1")]
    matter = casework.matter(view, "V1")
    assert (matter.answers["first_name"].value, matter.answers["how_it_started"].unknown_because) == ("Amina", "not asked yet")
    assert "first_name" not in casework.matter(view, "V2").answers


def test_the_latest_answer_counts(casework: Casework, case: str) -> None:
    casework.answer(case, "V1", "living_conditions", "a shed")
    view = casework.answer(case, "V1", "living_conditions", unknown_because="taken back")
    assert casework.matter(view, "V1").answers["living_conditions"].unknown_because == "taken back"


@pytest.mark.parametrize(
    ("key", "value", "whose", "fact", "kept"),
    [
        ("pv_under_18", "not-sure", "V1", "age", "not-sure"),
        ("pv_under_18", "no", "V1", "age", "adult"),
        ("nrm_consent", "yes", "V1", "consent", "yes"),
        ("consents_to_be_named", "no", "V1", "consents_to_be_named", "no"),
        ("report_nation", "scotland", "case", "nation", "scotland"),
    ],
)
def test_a_field_with_a_fact_as_its_only_source_sets_the_fact(
    casework: Casework, case: str, key: str, value: str, whose: str, fact: str, kept: str
) -> None:
    view = casework.answer(case, "V1", key, value)
    assert last_act(view) == [FactRecorded(subject=whose, name=fact, value=kept)]
    assert casework.matter(view, "V1").answers[key].source == "fact"


@pytest.mark.parametrize(
    ("victim", "key", "value", "because", "words"),
    [
        ("V1", "first_nmae", "Amina", "", r"no field called 'first_nmae'\. Did you mean first_name"),
        ("V1", "first_name", "", "", "First name: nothing was typed"),
        ("V1", "first_name", "Amina", "she said no", "not both"),
        ("V1", "pv_under_18", "", "she did not say", "answered by the fact age"),
        ("V1", "pv_under_18", "perhaps", "", "takes one of yes, no, not-sure"),
        ("V1", "date_of_birth", "2026-11-24", "", "not in the future"),
        ("V1", "la_email", "duty team", "", "one email address"),
        ("V1", "how_it_started", "x" * 15_001, "", "15,001 characters"),
        ("V9", "first_name", "Amina", "", "no subject 'V9'"),
        ("S1", "first_name", "Amina", "", "only a victim"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    casework: Casework, case: str, victim: str, key: str, value: str, because: str, words: str
) -> None:
    casework.add_subject(case, "suspect")
    before = casework.view(case).state.number
    with pytest.raises(Refused, match=words):
        casework.answer(case, victim, key, value, unknown_because=because)
    assert casework.view(case).state.number == before


def test_the_fifteen_thousandth_character_fits(casework: Casework, case: str) -> None:
    view = casework.answer(case, "V1", "how_it_started", "x" * 15_000)
    assert len(casework.matter(view, "V1").answers["how_it_started"].value) == 15_000


def test_a_closed_case_takes_no_answers(casework: Casework, case: str) -> None:
    casework.close_case(case, because="a test")
    with pytest.raises(Refused, match="The case is closed"):
        casework.answer(case, "V1", "first_name", "Amina")
    with pytest.raises(Refused, match="The case is closed"):
        casework.send(case, "V1")
    with pytest.raises(Refused, match="The case is closed"):
        casework.receive(case, "V1", "reasonable", "positive")


def test_what_an_operator_types_once_is_there_in_their_next_case_and_in_nobody_elses(
    casework: Casework, colleague: Casework, memory_store: InMemoryStore, case: str
) -> None:
    view = casework.answer(case, "V1", "responder_organisation", "Essex Police")
    assert casework.matter(view, "V1").answers["responder_organisation"].source == "typed"
    other, _ = casework.add_subject(casework.open_case().case_id, "victim")
    prefilled = casework.matter(other, "V1").answers["responder_organisation"]
    assert (prefilled.value, prefilled.source) == ("Essex Police", "profile")
    assert "responder_organisation" not in colleague.matter(colleague.view(other.case_id), "V1").answers
    casework.answer(case, "V1", "responder_role", "Constable")
    casework.answer(case, "V1", "responder_phone", unknown_because="new phone")
    casework.answer(case, "V1", "first_name", "Amina")
    assert memory_store.profiles == {"PC 1234": {"responder_organisation": "Essex Police", "responder_role": "Constable"}}


# Sending


def test_a_referral_sets_its_facts_in_the_same_act(casework: Casework, case: str) -> None:
    consented(casework, case)
    view = casework.send(case, "V1", reference=" NRM-1 ", to="SCA", receipt="pc1234@example.police.uk")
    assert last_act(view) == [
        ReferralSent(subject="V1", route="adult_consent", to="SCA", reference="NRM-1", receipt="pc1234@example.police.uk"),
        FactRecorded(subject="V1", name="referral", value="sent"),
        FactRecorded(subject="V1", name="reasonable_grounds", value="awaited"),
    ]
    assert casework.matter(view, "V2").sent == ()


def test_a_notification_waits_for_nothing(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "adult", "consent": "no"})
    view = casework.send(case, "V1")
    assert known(view, "referral", "reasonable_grounds") == ["notified", None]
    assert casework.matter(view, "V1").windows is None


@pytest.mark.parametrize(("facts", "missing"), [({}, "age"), ({"age": "adult"}, "consent")])
def test_without_a_route_nothing_is_sent(casework: Casework, case: str, facts: dict[str, str], missing: str) -> None:
    if facts:
        casework.set_facts(case, ["V1"], facts)
    with pytest.raises(Refused, match=f"V1 has no route yet: {missing} is not recorded"):
        casework.send(case, "V1")
    assert casework.view(case).state.referrals == ()


def test_a_second_sending_on_the_same_route_is_refused_and_one_on_another_is_not(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "adult", "consent": "no"})
    first = casework.send(case, "V1").state.referrals[0].stamp.number
    with pytest.raises(Refused, match=f"recorded as sent already, in entry {first}"):
        casework.send(case, "V1")
    consented(casework, case)
    view = casework.send(case, "V1")
    assert [one.event.route for one in view.state.referrals] == ["duty_to_notify", "adult_consent"]
    assert known(view, "referral") == ["sent"]


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_striking_any_part_of_a_sending_strikes_the_whole_act_and_unsets_its_facts(casework: Casework, case: str, offset: int) -> None:
    consented(casework, case)
    sent = casework.send(case, "V1").state.referrals[0].stamp.number
    view = casework.strike(case, sent + offset, because="it was a draft")
    assert set(view.state.struck) == {sent, sent + 1, sent + 2}
    assert known(view, "referral", "reasonable_grounds", "consent") == [None, None, "yes"]
    assert casework.matter(view, "V1").windows is None
    assert casework.send(case, "V1").state.referrals[0].stamp.number > sent


def test_a_sending_can_have_happened_earlier(casework: Casework, case: str, clock: FixedClock) -> None:
    consented(casework, case)
    view = casework.send(case, "V1", at="2026-11-20T23:40")
    windows = casework.matter(view, "V1").windows
    assert windows is not None and (windows.sent_on, windows.working_days.day) == (date(2026, 11, 20), date(2026, 11, 27))
    assert view.entries[-1].stamp.recorded_at == clock.now()


# Decisions


@pytest.mark.parametrize("outcome", ["positive", "negative"])
def test_a_decision_on_reasonable_grounds_sets_the_fact_in_the_same_act(casework: Casework, case: str, outcome: Outcome) -> None:
    consented(casework, case)
    casework.send(case, "V1")
    view = casework.receive(case, "V1", "reasonable", outcome)
    assert last_act(view) == [
        DecisionReceived(subject="V1", decision="reasonable", outcome=outcome),
        FactRecorded(subject="V1", name="reasonable_grounds", value=outcome),
    ]


def test_striking_a_decision_puts_the_fact_back(casework: Casework, case: str) -> None:
    consented(casework, case)
    casework.send(case, "V1")
    number = casework.receive(case, "V1", "reasonable", "negative").state.decisions[0].stamp.number
    view = casework.strike(case, number, because="somebody else's")
    assert known(view, "reasonable_grounds") == ["awaited"]
    assert casework.matter(view, "V1").reconsideration is None


def test_conclusive_grounds_come_after_positive_reasonable_ones(casework: Casework, case: str) -> None:
    consented(casework, case)
    casework.send(case, "V1")
    for before in ((), ("negative",)):
        if before:
            casework.receive(case, "V1", "reasonable", "negative")
        with pytest.raises(Refused, match="no positive decision on reasonable grounds yet"):
            casework.receive(case, "V1", "conclusive", "positive")
    casework.receive(case, "V1", "reasonable", "positive")
    view = casework.receive(case, "V1", "conclusive", "negative")
    assert [one.event.decision for one in view.state.decisions] == ["reasonable", "reasonable", "conclusive"]
    assert known(view, "reasonable_grounds") == ["positive"]


@pytest.mark.parametrize("notified", [False, True])
def test_without_a_referral_there_is_nothing_to_decide(casework: Casework, case: str, notified: bool) -> None:
    casework.set_facts(case, ["V1"], {"age": "adult", "consent": "no"})
    if notified:
        casework.send(case, "V1")
    before = casework.view(case).state.number
    with pytest.raises(Refused, match="No referral of V1 is recorded as sent"):
        casework.receive(case, "V1", "reasonable", "positive")
    assert casework.view(case).state.number == before


# The list of cases


def test_the_list_shows_until_when_a_decision_is_expected(casework: Casework, case: str, clock: FixedClock) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    assert casework.cases()[0][0].deadlines == ()
    casework.send(case, "V1")
    (row,) = casework.cases()[0]
    assert [one.reading for one in row.deadlines] == ["five days (APP)", "five working days (Home Office)"]
    assert due_words(row, clock.now()).startswith("decision due")
    clock.forward(days=9)
    assert due_words(row, clock.now()) == "decision OVERDUE"
    casework.receive(case, "V1", "reasonable", "negative")
    (row,) = casework.cases()[0]
    assert due_words(row, clock.now()).startswith("reconsideration until")
    clock.forward(days=32)
    assert due_words(row, clock.now()) == ""


# What holds and what does not


def test_a_referral_follows_the_person_who_was_entered_twice(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    _, twice = casework.add_subject(case, "victim")
    casework.send(case, "V1", reference="HO1")
    with pytest.raises(Refused, match="recorded as sent"):
        casework.retire_subject(case, "V1", because="entered twice")
    view = casework.retire_subject(case, "V1", because="entered twice", same_as=twice)
    view = casework.set_facts(case, [twice], {"age": "child"})
    matter = casework.matter(view, twice)
    assert [one.event.reference for one in matter.sent] == ["HO1"]
    assert len(matter.deadlines) == 2
    with pytest.raises(Refused, match="recorded as sent already"):
        casework.send(case, twice)


def test_a_new_referral_waits_for_a_decision_of_its_own(casework: Casework, case: str, clock: FixedClock) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    casework.send(case, "V1")
    casework.receive(case, "V1", "reasonable", "negative")
    casework.set_facts(case, ["V1"], {"age": "adult", "consent": "yes"})
    clock.forward(days=1)
    view = casework.send(case, "V1")
    matter = casework.matter(view, "V1")
    assert not matter.dates.decided
    assert [one.due_state(clock.now()) for one in matter.deadlines] == ["due", "due"]
    first = view.state.referrals[0].stamp.number
    casework.receive(case, "V1", "reasonable", "positive")
    with pytest.raises(Refused, match="depends on it"):
        casework.strike(case, first, because="Never sent")


def test_the_latest_decision_counts(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    casework.send(case, "V1")
    casework.receive(case, "V1", "reasonable", "positive")
    view = casework.receive(case, "V1", "reasonable", "negative")
    assert casework.matter(view, "V1").conclusive_not_before is None
    with pytest.raises(Refused, match="no positive decision"):
        casework.receive(case, "V1", "conclusive", "positive")


def test_a_wrong_earlier_sending_can_be_struck_once_a_later_one_was_decided(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    wrong = casework.send(case, "V1").state.referrals[0].stamp.number
    casework.set_facts(case, ["V1"], {"age": "adult", "consent": "yes"})
    casework.send(case, "V1")
    casework.receive(case, "V1", "reasonable", "positive")
    assert wrong in casework.strike(case, wrong, because="Never sent").state.struck


def test_nothing_is_decided_before_it_was_sent(casework: Casework, case: str, clock: FixedClock) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    casework.send(case, "V1")
    before = (clock.now() - timedelta(hours=1)).isoformat()
    clock.forward(days=1)
    with pytest.raises(Refused, match="lies before the sending"):
        casework.receive(case, "V1", "reasonable", "positive", at=before)


@pytest.mark.parametrize("name", ["referral", "reasonable_grounds"])
def test_what_was_sent_and_decided_is_not_answered_otherwise(casework: Casework, case: str, name: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    casework.send(case, "V1")
    casework.receive(case, "V1", "reasonable", "negative")
    other = {"referral": "not-sent", "reasonable_grounds": "positive"}[name]
    with pytest.raises(Refused, match="stands by entry"):
        casework.set_facts(case, ["V1"], {name: other})


def test_what_a_sent_form_rests_on_is_not_undone(casework: Casework, colleague: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    colleague.send(case, "V1")
    with pytest.raises(Refused, match="what a sent form rests on"):
        casework.undo(case)
