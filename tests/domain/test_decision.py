"""The dates after sending, worked out by hand from the published bank holidays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.bank_holidays import BankHolidays
from msht_tui.domain.decision import Calendar, conclusive_not_before, reconsideration, windows

LONDON = ZoneInfo("Europe/London")
CALENDAR: Calendar = BankHolidays()


def weekday(day: date) -> bool:
    return day.weekday() < 5


def worked_in(nation: str | None) -> Callable[[date], bool]:
    return lambda day: CALENDAR.is_working_day(day, nation)


def london(text: str) -> datetime:
    """A local time of London, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


ENGLAND, WALES, SCOTLAND, NORTHERN_IRELAND = "england", "wales", "scotland", "northern-ireland"

# When it was sent (London), the nation, and the last day by each reading.
DATES = [
    ("2026-11-09 12:00", ENGLAND, "2026-11-14", "2026-11-16"),
    ("2026-11-20 21:30", ENGLAND, "2026-11-25", "2026-11-27"),
    ("2026-11-21 10:00", ENGLAND, "2026-11-26", "2026-11-27"),
    ("2026-11-22 10:00", ENGLAND, "2026-11-27", "2026-11-27"),
    ("2026-11-23 09:00", ENGLAND, "2026-11-28", "2026-11-30"),
    ("2026-11-23 09:00", WALES, "2026-11-28", "2026-11-30"),
    ("2026-11-23 09:00", SCOTLAND, "2026-11-28", "2026-12-01"),
    ("2026-11-23 09:00", NORTHERN_IRELAND, "2026-11-28", "2026-11-30"),
    ("2026-11-23 09:00", None, "2026-11-28", "2026-11-30"),
    ("2026-12-23 16:00", ENGLAND, "2026-12-28", "2027-01-04"),
    ("2026-12-23 16:00", WALES, "2026-12-28", "2027-01-04"),
    ("2026-12-23 16:00", SCOTLAND, "2026-12-28", "2027-01-05"),
    ("2026-12-23 16:00", NORTHERN_IRELAND, "2026-12-28", "2027-01-04"),
    ("2026-12-23 16:00", None, "2026-12-28", "2027-01-04"),
    ("2026-12-25 08:00", ENGLAND, "2026-12-30", "2027-01-05"),
    ("2027-03-24 09:00", ENGLAND, "2027-03-29", "2027-04-02"),
    ("2027-03-24 09:00", WALES, "2027-03-29", "2027-04-02"),
    ("2027-03-24 09:00", SCOTLAND, "2027-03-29", "2027-04-01"),
    ("2027-03-24 09:00", NORTHERN_IRELAND, "2027-03-29", "2027-04-02"),
    ("2027-03-24 09:00", None, "2027-03-29", "2027-04-02"),
    ("2027-03-15 09:00", ENGLAND, "2027-03-20", "2027-03-22"),
    ("2027-03-15 09:00", NORTHERN_IRELAND, "2027-03-20", "2027-03-23"),
    ("2027-07-09 17:00", SCOTLAND, "2027-07-14", "2027-07-16"),
    ("2027-07-09 17:00", NORTHERN_IRELAND, "2027-07-14", "2027-07-19"),
    ("2027-07-30 17:00", ENGLAND, "2027-08-04", "2027-08-06"),
    ("2027-07-30 17:00", SCOTLAND, "2027-08-04", "2027-08-09"),
    ("2027-08-27 17:00", ENGLAND, "2027-09-01", "2027-09-06"),
    ("2027-08-27 17:00", SCOTLAND, "2027-09-01", "2027-09-03"),
    ("2028-02-24 12:00", ENGLAND, "2028-02-29", "2028-03-02"),
    ("2028-02-29 12:00", ENGLAND, "2028-03-05", "2028-03-07"),
]


@pytest.mark.parametrize(("sent", "nation", "days", "working"), DATES)
def test_both_readings_by_nation(sent: str, nation: str | None, days: str, working: str) -> None:
    found = windows(london(sent), LONDON, worked_in(nation))
    assert found.sent_on == date.fromisoformat(sent[:10])
    assert (found.days.day, found.working_days.day) == (date.fromisoformat(days), date.fromisoformat(working))
    assert [("APP" in one.reading, "Home Office" in one.reading) for one in found.deadlines] == [(True, False), (False, True)]


# Sent, the last day of the five, and the moment at which it has ended, in UTC: an hour earlier while the clock is forward.
ENDS = [
    ("2026-10-19 12:00", "2026-10-24", "2026-10-24T23:00+00:00"),
    ("2026-10-20 12:00", "2026-10-25", "2026-10-26T00:00+00:00"),
    ("2026-10-21 12:00", "2026-10-26", "2026-10-27T00:00+00:00"),
    ("2027-03-22 12:00", "2027-03-27", "2027-03-28T00:00+00:00"),
    ("2027-03-23 12:00", "2027-03-28", "2027-03-28T23:00+00:00"),
    ("2026-07-01 23:59", "2026-07-06", "2026-07-06T23:00+00:00"),
    ("2026-07-02 00:00", "2026-07-07", "2026-07-07T23:00+00:00"),
    ("2026-12-31 23:59", "2027-01-05", "2027-01-06T00:00+00:00"),
]


@pytest.mark.parametrize(("sent", "last", "ends"), ENDS)
def test_the_last_day_is_local_and_ends_at_local_midnight(sent: str, last: str, ends: str) -> None:
    found = windows(london(sent), LONDON, weekday).days
    assert (found.day, found.ends) == (date.fromisoformat(last), datetime.fromisoformat(ends))


def test_the_last_minute_is_in_time_and_midnight_is_not() -> None:
    found = windows(london("2026-07-01 09:00"), LONDON, weekday)
    assert found.days.due_state(london("2026-07-06 23:59:59.999999")) == "due"
    assert found.days.due_state(london("2026-07-07 00:00")) == "overdue"
    assert found.working_days.due_state(london("2026-07-08 23:59")) == "due"
    assert found.working_days.due_state(london("2026-07-09 00:00")) == "overdue"


@pytest.mark.parametrize(
    ("decided", "earliest"),
    [
        ("2026-11-23 16:00", "2026-12-23"),
        ("2028-01-30 09:00", "2028-02-29"),
        ("2027-01-30 09:00", "2027-03-01"),
        ("2026-07-01 23:59", "2026-07-31"),
        ("2026-07-02 00:00", "2026-08-01"),
    ],
)
def test_conclusive_grounds_are_thirty_days_off(decided: str, earliest: str) -> None:
    assert conclusive_not_before(london(decided), LONDON) == date.fromisoformat(earliest)


def test_a_negative_decision_can_be_asked_about_for_thirty_days() -> None:
    found = reconsideration(london("2026-11-23 16:00"), LONDON)
    assert found.day == date(2026, 12, 23)
    assert found.due_state(london("2026-12-23 23:59")) == "due"
    assert found.due_state(london("2026-12-24 00:00")) == "over"


SOMETIME = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))


@given(SOMETIME, st.sets(st.dates(date(2000, 1, 1), date(2000, 12, 31)), max_size=40))
def test_five_working_days_lie_between_and_the_last_is_one(sent: datetime, off: set[date]) -> None:
    days_off = {(day.month, day.day) for day in off}

    def works(day: date) -> bool:
        return day.weekday() < 5 and (day.month, day.day) not in days_off

    found = windows(sent, LONDON, works)
    between = [found.sent_on + timedelta(days=n) for n in range(1, (found.working_days.day - found.sent_on).days + 1)]
    assert sum(works(day) for day in between) == 5
    assert works(between[-1])
    assert found.working_days.ends >= found.days.ends > sent


@given(SOMETIME)
def test_a_period_ends_where_the_local_day_does(sent: datetime) -> None:
    found = windows(sent, LONDON, weekday).days
    assert found.ends.astimezone(LONDON).date() == found.day + timedelta(days=1)
    assert (found.ends - timedelta(microseconds=1)).astimezone(LONDON).date() == found.day


def test_bank_holidays_are_loaded_only_when_a_weekday_is_asked_about() -> None:
    code = (
        "import sys, datetime, msht_tui.domain.decision\n"
        "from msht_tui.bank_holidays import BankHolidays\n"
        "calendar = BankHolidays()\n"
        "calendar.is_working_day(datetime.date(2026, 11, 22), None)\n"
        "assert 'holidays' not in sys.modules\n"
        "calendar.is_working_day(datetime.date(2026, 11, 23), None)\n"
        "assert 'holidays' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
