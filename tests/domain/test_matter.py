"""A victim's matter: what was sent and decided, the dates that follow, what to think of before sending, and changes of the route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.bank_holidays import BankHolidays
from msht_tui.content.library import Library
from msht_tui.content.worksheet import load_worksheet
from msht_tui.domain.case import CaseState, fold
from msht_tui.domain.entry import (
    CASE,
    AnyEvent,
    Decision,
    DecisionReceived,
    Entry,
    FactRecorded,
    Outcome,
    ReferralSent,
    RouteName,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.matter import EVIDENCE, EXPLAINED, Matter, matter_of
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import steps_of

if TYPE_CHECKING:
    from msht_tui.domain.decision import Calendar

LONDON = ZoneInfo("Europe/London")
PACK = Library().pack()
SHEET = load_worksheet()
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday."""


class Weekdays:
    """A calendar without bank holidays, but for those it is given."""

    def __init__(self, *holidays: date) -> None:
        self.holidays = holidays

    def is_working_day(self, day: date, nation: str | None) -> bool:
        return day.weekday() < 5 and day not in self.holidays


def facts(subject: str = "V1", **answers: str) -> list[FactRecorded]:
    return [FactRecorded(subject=subject, name=name, value=value) for name, value in answers.items()]


def answered(**values: str) -> list[WorksheetAnswered]:
    return [WorksheetAnswered(subject="V1", field=key, value=value, worksheet="1") for key, value in values.items()]


def referral(route: RouteName = "adult_consent") -> ReferralSent:
    return ReferralSent(subject="V1", route=route)


def received(decision: Decision, outcome: Outcome) -> DecisionReceived:
    return DecisionReceived(subject="V1", decision=decision, outcome=outcome)


def case_at(*events: AnyEvent | tuple[datetime, AnyEvent]) -> CaseState:
    """A case with the victim V1 and these events, each at the moment it comes with or on the Monday morning."""
    first: Sequence[AnyEvent] = (SubjectAdded(subject="V1", subject_kind="victim"),)
    timed = [one if isinstance(one, tuple) else (MORNING, one) for one in (*first, *events)]
    return fold([Entry(Stamp(number, moment, moment, "PC 1234"), event) for number, (moment, event) in enumerate(timed, 1)])


def matter(case: CaseState, calendar: Calendar | None = None, **profile: str) -> Matter:
    days = calendar or Weekdays()
    return matter_of(case, steps_of(PACK, case), "V1", SHEET, profile, LONDON, days.is_working_day)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


CONSENTS = facts(age="adult", consent="yes")
DECLINES = facts(age="adult", consent="no")
EXPLAINED_TO = [StepMarked(subject="V1", item=item.id, state="done") for item in PACK.items if (EXPLAINED | {EVIDENCE}) & set(item.covers)]


# The dates


def test_nothing_sent_has_no_dates() -> None:
    found = matter(case_at(*CONSENTS))
    assert (found.windows, found.conclusive_not_before, found.reconsideration, found.deadlines) == (None, None, None, ())


@pytest.mark.parametrize(
    ("nation", "last"),
    [(None, date(2027, 1, 5)), ("wales", date(2027, 1, 5)), ("scotland", date(2027, 1, 6)), ("northern-ireland", date(2027, 1, 5))],
)
def test_a_referral_before_christmas_waits_for_the_bank_holidays_of_its_nation(nation: str | None, last: date) -> None:
    of_case = facts(CASE, nation=nation) if nation else []
    found = matter(case_at(*CONSENTS, *of_case, (local("2026-12-24T10:00"), referral())), BankHolidays())
    assert found.windows is not None
    assert (found.windows.days.day, found.windows.working_days.day) == (date(2026, 12, 29), last)


def test_a_friday_evening_counts_from_that_day_in_local_time() -> None:
    found = matter(case_at(*CONSENTS, (local("2026-07-03T23:30"), referral())), Weekdays(date(2026, 7, 8)))
    assert found.windows is not None
    assert found.windows.sent_on == date(2026, 7, 3)
    assert [one.day for one in found.deadlines] == [date(2026, 7, 8), date(2026, 7, 13)]


def test_the_calendar_is_asked_about_the_nation_of_the_case() -> None:
    asked: set[str | None] = set()

    class Asked(Weekdays):
        def is_working_day(self, day: date, nation: str | None) -> bool:
            asked.add(nation)
            return super().is_working_day(day, nation)

    matter(case_at(*CONSENTS, *facts(CASE, nation="scotland"), referral()), Asked())
    assert asked == {"scotland"}


def test_a_notification_has_no_dates_and_a_later_referral_has() -> None:
    notified = case_at(*DECLINES, referral("duty_to_notify"))
    assert matter(notified).windows is None
    both = matter(case_at(*DECLINES, referral("duty_to_notify"), *CONSENTS, (local("2026-12-01T09:00"), referral())))
    assert both.windows is not None and both.windows.sent_on == date(2026, 12, 1)
    assert both.sent_on("duty_to_notify") == both.sent[0] and both.sent_on("adult_consent") == both.sent[1]
    assert both.sent_on("child") is None


def test_a_decision_ends_the_waiting_and_begins_what_follows() -> None:
    sent: list[AnyEvent] = [*CONSENTS, referral()]
    assert len(matter(case_at(*sent)).deadlines) == 2
    positive = matter(case_at(*sent, (local("2026-11-30T10:00"), received("reasonable", "positive"))))
    assert (positive.deadlines, positive.conclusive_not_before, positive.reconsideration) == ((), date(2026, 12, 30), None)
    negative = matter(case_at(*sent, (local("2026-11-30T10:00"), received("reasonable", "negative"))))
    assert negative.conclusive_not_before is None
    assert [one.day for one in negative.deadlines] == [date(2026, 12, 30)]


def test_a_negative_decision_that_was_reversed_can_no_longer_be_asked_about() -> None:
    sent: list[AnyEvent] = [*CONSENTS, referral(), received("reasonable", "negative")]
    assert matter(case_at(*sent)).reconsideration is not None
    assert matter(case_at(*sent, received("reasonable", "positive"))).reconsideration is None


def test_a_negative_decision_on_conclusive_grounds_can_be_asked_about_too() -> None:
    sent: list[AnyEvent] = [*CONSENTS, referral(), received("reasonable", "positive")]
    case = case_at(*sent, (local("2027-02-01T10:00"), received("conclusive", "negative")))
    assert [one.day for one in matter(case).deadlines] == [date(2027, 3, 3)]


def test_the_matter_of_another_victim_does_not_count() -> None:
    other: list[AnyEvent] = [SubjectAdded(subject="V2", subject_kind="victim"), ReferralSent(subject="V2", route="child")]
    found = matter(case_at(*CONSENTS, *other, DecisionReceived(subject="V2", decision="reasonable", outcome="negative")))
    assert (found.sent, found.decisions, found.deadlines) == ((), (), ())


# Warnings and the route


def test_what_to_think_of_before_sending() -> None:
    found = matter(
        case_at(*DECLINES, *facts(CASE, nation="northern-ireland"), *facts(consents_to_be_named="no"), *answered(will_cooperate="yes"))
    )
    assert [words.split(":")[0].split(" of ")[0] for words in found.warnings] == [
        "Not informed",
        "Would help an investigation, and will not be named",
        "The duty to notify in section 52 is that",
        "Specific evidence",
        f"The worksheet has {len(found.readiness.open)} open",
    ]


def test_what_has_been_settled_warns_no_more() -> None:
    before, after = matter(case_at(*CONSENTS)), matter(case_at(*CONSENTS, *EXPLAINED_TO))
    assert any(words.startswith("Not informed") for words in before.warnings)
    assert [words.split()[1] for words in after.warnings] == ["worksheet"]


def test_a_complete_worksheet_warns_of_nothing() -> None:
    settled: list[AnyEvent] = [*CONSENTS, *EXPLAINED_TO, *facts(CASE, nation="england")]
    still_open = matter(case_at(*settled)).readiness.open
    unknown = [WorksheetAnswered(subject="V1", field=key, unknown_because="not asked", worksheet="1") for key in still_open]
    case = case_at(*settled, *unknown)
    assert matter(case).readiness.ready
    assert matter(case).warnings == ()


def test_the_nation_is_told_whatever_the_route_and_warns_for_a_notification_alone() -> None:
    scotland = facts(CASE, nation="scotland")
    assert matter(case_at(*CONSENTS, *scotland)).nation_note == matter(case_at(*DECLINES, *scotland)).nation_note != ""
    assert not any("section 52" in words for words in matter(case_at(*CONSENTS, *scotland)).warnings)
    assert any("section 52" in words for words in matter(case_at(*DECLINES, *scotland)).warnings)


def test_only_a_victim_in_the_case_has_a_matter() -> None:
    for case, words in (
        (case_at(SubjectRetired(subject="V1", because="entered twice")), r"V1 is retired \(entered twice\)"),
        (fold([Entry(Stamp(1, MORNING, MORNING, "PC 1234"), SubjectAdded(subject="V1", subject_kind="suspect"))]), "V1 is a suspect"),
        (CaseState(), "There is no subject 'V1'"),
    ):
        with pytest.raises(Refused, match=words):
            matter(case)


def test_a_profile_answers_its_fields_and_is_no_answer_of_the_person() -> None:
    found = matter(case_at(*DECLINES), responder_organisation="A force", first_name="Nobody")
    assert "responder_organisation" in found.readiness.answered
    assert "first_name" not in found.answers


# Changes of the route

VALUES = {field.key: field.values[0] if field.values else "something" for field in SHEET.fields if not (field.fact and field.fact.only)}
ROUTES = st.lists(st.tuples(st.sampled_from(["adult", "child", "not-sure"]), st.sampled_from(["yes", "no"])), min_size=1, max_size=4)


@given(st.sets(st.sampled_from(sorted(VALUES))), ROUTES, st.sampled_from(["yes", "no"]))
def test_when_the_route_changes_nothing_is_lost_and_returning_restores_the_readiness(
    keys: set[str], changes: list[tuple[str, str]], consent: str
) -> None:
    begun = facts(age="adult", consent=consent)
    typed = answered(**{key: VALUES[key] for key in sorted(keys)})
    before = matter(case_at(*begun, *typed))
    moved = [fact for age, then in changes for fact in facts(age=age, consent=then)]
    away = matter(case_at(*begun, *typed, *moved))
    for found in (before, away):
        shown = {row.field.key for row in found.rows}
        assert {key: found.answers[key].value for key in keys} == {key: VALUES[key] for key in keys}
        assert keys <= shown
        assert keys <= {row.field.key for row in found.rows if row.asked} | set(found.readiness.not_asked)
    back = matter(case_at(*begun, *typed, *moved, *begun))
    assert (back.readiness, back.route) == (before.readiness, before.route)
