"""When a case is due for review, what a legal hold forbids, and that nothing goes by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.audit import (
    AuditAcknowledged,
    AuditEvent,
    AuditLine,
    Consulted,
    Erased,
    HoldLifted,
    HoldSet,
    Restored,
    ReviewKept,
    Stamp,
)
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import (
    OUT_OF_REACH,
    SHORT,
    Due,
    Retention,
    due_for_review,
    refuse_but_supervisor,
    refuse_unconfirmed,
    retention,
    review_on,
)

LONDON = ZoneInfo("Europe/London")
CASE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
OTHER = "7d1b2c14-2f0e-4c5b-8a77-2f4f3f0f1b22"
OPENED = datetime(2026, 10, 1, 9, tzinfo=UTC)


class Row(msgspec.Struct, frozen=True):
    case_id: str = CASE
    opened_at: datetime = OPENED
    handed_over_at: datetime | None = None
    closed_at: datetime | None = None


def day(number: int) -> datetime:
    return OPENED + timedelta(days=number)


def state(*events: AuditEvent, by: str = "PS 40") -> Retention:
    return retention(AuditLine(Stamp(number, day(number), by), event) for number, event in enumerate(events, 1))


@pytest.mark.parametrize(
    ("row", "on"),
    [
        (Row(), date(2026, 11, 1)),
        (Row(handed_over_at=day(2)), date(2026, 11, 3)),
        (Row(closed_at=day(5)), date(2026, 11, 6)),
        (Row(handed_over_at=day(2), closed_at=day(5)), date(2026, 11, 6)),
        (Row(handed_over_at=day(9), closed_at=day(5)), date(2026, 11, 10)),
    ],
)
def test_a_review_comes_31_days_after_the_last_handover_or_closing(row: Row, on: date) -> None:
    assert review_on(row, Retention(), LONDON) == on


def test_the_day_is_the_one_on_the_wall() -> None:
    """23:30 in summer is the next day in London; half an hour later it is too, by UTC."""
    row = Row(closed_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert review_on(row, Retention(), LONDON) == date(2026, 8, 2)
    assert review_on(row, Retention(), UTC) == date(2026, 8, 1)


def test_keeping_a_case_puts_its_review_off_by_another_31_days() -> None:
    kept = state(ReviewKept(case=CASE))
    assert review_on(Row(), kept, UTC) == (day(1) + timedelta(days=31)).date()
    assert review_on(Row(closed_at=day(20)), kept, UTC) == (day(20) + timedelta(days=31)).date()
    assert review_on(Row(case_id=OTHER), kept, UTC) == (OPENED + timedelta(days=31)).date()


def test_due_cases_come_longest_overdue_first_and_say_whether_they_are_held() -> None:
    rows = [Row(), Row(case_id=OTHER, opened_at=day(-3)), Row(case_id="later", opened_at=day(1))]
    due = due_for_review(rows, state(HoldSet(case=CASE)), date(2026, 11, 1), UTC)
    assert due == (Due(OTHER, date(2026, 10, 29), False), Due(CASE, date(2026, 11, 1), True))


def test_the_latest_word_about_a_hold_counts() -> None:
    held = state(HoldSet(case=CASE, because="appeal"))
    with pytest.raises(Refused, match=r"legal hold, set by PS 40, because appeal: lift the hold first\. Nothing was erased"):
        held.refuse_held(CASE)
    held.refuse_held(OTHER)
    state(HoldSet(case=CASE), HoldLifted(case=CASE)).refuse_held(CASE)
    with pytest.raises(Refused, match="lift the hold"):
        state(HoldSet(case=CASE), HoldLifted(case=CASE), HoldSet(case=CASE)).refuse_held(CASE)


def test_an_erased_case_leaves_nothing_to_review() -> None:
    assert state(ReviewKept(case=CASE), HoldSet(case=CASE), Erased(case=CASE)) == Retention()


def test_missing_lines_are_said_because_holds_may_be_among_them() -> None:
    whole, cut = state(Consulted(case=CASE, how="opened")), state(AuditAcknowledged(remembered=9, found=0), HoldSet(case=CASE))
    assert (whole.gap_at, whole.gap_words(day(1), LONDON)) == (None, "")
    assert cut.gap_at == day(1)
    assert "set before 10:00 may be missing" in cut.gap_words(day(1), LONDON)
    assert "set before 02 Oct 10:00 may be missing" in cut.gap_words(day(9), LONDON)


def test_after_a_restored_backup_holds_may_be_missing_as_well() -> None:
    restored = state(HoldSet(case=CASE), Restored(cases=3))
    assert restored.gap_at == day(2) and CASE in restored.holds
    assert "set before 10:00 may be missing: this store came back from a backup." in restored.gap_words(day(2), LONDON)


def test_a_hold_is_lifted_only_where_there_is_one() -> None:
    state(HoldSet(case=CASE)).refuse_unheld(CASE)
    with pytest.raises(Refused, match=r"Case 7d1b2c14 is under no legal hold\. Nothing was changed"):
        state(HoldSet(case=CASE)).refuse_unheld(OTHER)


def test_only_a_supervisor_passes() -> None:
    refuse_but_supervisor("supervisor", "PS 40", "erase a case")
    for role in ("operator", "trainer"):
        with pytest.raises(Refused, match=r"PC 9 is no supervisor: ask one to erase a case\. Nothing was changed"):
            refuse_but_supervisor(role, "PC 9", "erase a case")


@given(st.lists(st.text(max_size=12), max_size=3), st.text(max_size=12) | st.sampled_from([CASE[:SHORT], CASE[:7], CASE, OTHER[:SHORT]]))
def test_an_erasure_is_confirmed_by_a_reference_or_the_beginning_of_the_id_and_by_nothing_else(references: list[str], typed: str) -> None:
    names = {CASE[:SHORT], *(one.casefold() for one in references)} - {""}
    try:
        refuse_unconfirmed(typed, CASE, references)
    except Refused as refusal:
        assert typed.strip().casefold() not in names
        assert str(refusal).endswith("Nothing was erased.")
    else:
        assert typed.strip().casefold() in names


@given(st.lists(st.text("abcXYZ/-89", min_size=1, max_size=12), min_size=1, max_size=3), st.data())
def test_every_reference_confirms_in_whatever_letters(references: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(references))
    refuse_unconfirmed(f" {chosen.swapcase()} ", CASE, references)


@given(st.lists(st.sampled_from(["hold", "lift", "keep", "look"]), max_size=12), st.integers(0, 400))
def test_only_a_hold_that_stands_forbids_and_only_a_review_puts_off(acts: list[str], days: int) -> None:
    makes: dict[str, AuditEvent] = {
        "hold": HoldSet(case=CASE),
        "lift": HoldLifted(case=CASE),
        "keep": ReviewKept(case=CASE),
        "look": Consulted(case=CASE, how="opened"),
    }
    found = state(*(makes[act] for act in acts))
    holds = [act for act in acts if act in ("hold", "lift")]
    assert (CASE in found.holds) == (holds[-1:] == ["hold"])
    kept = max((place for place, act in enumerate(acts, 1) if act == "keep"), default=0)
    today = day(days).date()
    assert bool(due_for_review([Row()], found, today, UTC)) == (days >= 31 + kept)


def test_what_an_erasure_cannot_reach_is_said() -> None:
    for place in ("printed", "exported", "other systems", "backup of the keys"):
        assert place in OUT_OF_REACH
