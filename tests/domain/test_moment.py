"""Times: typed by the local clock, kept in UTC, shown by the local clock, also when it is put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from msht_tui.domain.moment import YEARS, coming_moment, full_local, local, past_moment
from msht_tui.domain.refusal import Refused

LONDON = ZoneInfo("Europe/London")
WINTER = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)
"""Half a minute past 14:05 in London."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("14:05", "2026-11-23T14:05:30", "2026-11-23T14:05"),
        ("14:05", "2026-11-23T14:05", "2026-11-23T14:05"),
        ("14:06", "2026-11-23T14:05:30", "2026-11-22T14:06"),
        ("23:50", "2026-11-23T00:10", "2026-11-22T23:50"),
        ("9:05", "2026-11-23T14:05", "2026-11-23T09:05"),
        ("0905", "2026-11-23T14:05", "2026-11-23T09:05"),
        ("09.05", "2026-11-23T14:05", "2026-11-23T09:05"),
        (" 09:05 ", "2026-11-23T14:05", "2026-11-23T09:05"),
        ("00:00", "2026-11-23T14:05", "2026-11-23T00:00"),
        ("14:05", "2026-07-01T13:30", "2026-07-01T13:05"),
        ("00:30", "2026-07-01T13:30", "2026-06-30T23:30"),
        # The night of 29 March 2026: 00:59 is followed by 02:00.
        ("00:59", "2026-03-29T01:05", "2026-03-29T00:59"),
        ("02:00", "2026-03-29T01:05", "2026-03-29T01:00"),
        ("01:30", "2026-03-29T01:05", "2026-03-28T01:30"),
        ("01:30", "2026-03-30T05:00", "2026-03-30T00:30"),
        ("23:00", "2026-03-29T01:05", "2026-03-28T23:00"),
        # The night of 25 October 2026: 01:59 is followed by 01:00.
        ("01:30", "2026-10-25T00:20", "2026-10-24T00:30"),
        ("01:30", "2026-10-25T00:40", "2026-10-25T00:30"),
        ("01:30", "2026-10-25T01:20", "2026-10-25T00:30"),
        ("01:30", "2026-10-25T01:40", "2026-10-25T01:30"),
        ("01:30", "2026-10-25T20:00", "2026-10-25T01:30"),
        ("00:30", "2026-10-25T02:00", "2026-10-24T23:30"),
    ],
)
def test_a_clock_time_of_an_act_is_the_latest_past_one(text: str, now: str, expected: str) -> None:
    assert past_moment(text, utc(now), LONDON) == utc(expected)


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("16:00", "2026-11-23T14:05", "2026-11-23T16:00"),
        ("14:05", "2026-11-23T14:05", "2026-11-24T14:05"),
        ("14:05", "2026-11-23T14:04:59", "2026-11-23T14:05"),
        ("09:00", "2026-11-23T14:05", "2026-11-24T09:00"),
        ("16:00", "2026-07-01T14:30", "2026-07-01T15:00"),
        ("01:30", "2026-03-29T00:10", "2026-03-30T00:30"),
        ("02:30", "2026-03-29T00:10", "2026-03-29T01:30"),
        ("09:00", "2026-03-28T22:00", "2026-03-29T08:00"),
        ("01:30", "2026-10-25T00:10", "2026-10-25T00:30"),
        ("01:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("01:30", "2026-10-25T01:30", "2026-10-26T01:30"),
        ("09:00", "2026-10-24T22:00", "2026-10-25T09:00"),
    ],
)
def test_a_clock_time_until_is_the_first_after_the_act(text: str, after: str, expected: str) -> None:
    assert coming_moment(text, utc(after), LONDON) == utc(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T13:00", "2026-11-23T13:00"),
        ("2026-11-23 13:00", "2026-11-23T13:00"),
        ("2026-11-23T13:00:07", "2026-11-23T13:00:07"),
        ("2026-07-01T13:00", "2026-07-01T12:00"),
        ("2026-07-01T13:00Z", "2026-07-01T13:00"),
        ("2026-07-01T13:00+00:00", "2026-07-01T13:00"),
        ("2026-11-23T19:30+05:30", "2026-11-23T14:00"),
        ("2026-10-25T01:30+01:00", "2026-10-25T00:30"),
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30"),
    ],
)
def test_an_iso_time_is_local_unless_it_has_an_offset(text: str, expected: str) -> None:
    assert past_moment(text, WINTER, LONDON) == utc(expected)
    assert past_moment(text, WINTER, LONDON).tzinfo is UTC
    assert coming_moment(text, utc("2026-01-01T00:00"), LONDON) == utc(expected)


def test_the_zone_of_the_store_counts() -> None:
    assert past_moment("14:05", WINTER, ZoneInfo("Asia/Tokyo")) == utc("2026-11-23T05:05")
    assert past_moment("2026-11-23T14:05", WINTER, ZoneInfo("Asia/Tokyo")) == utc("2026-11-23T05:05")


@pytest.mark.parametrize("text", ["2026-11-23T14:05:31", "2027-01-01T00:00", "2026-11-23T14:06+00:00"])
def test_an_act_in_the_future_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="lies in the future"):
        past_moment(text, WINTER, LONDON)


@pytest.mark.parametrize("text", ["2026-11-23T14:05:30", "2026-11-23T12:00"])
def test_until_a_time_that_is_past_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="lies before the act itself"):
        coming_moment(text, WINTER, LONDON)


def test_a_local_time_that_the_clock_skipped_is_refused() -> None:
    with pytest.raises(Refused, match="never showed 2026-03-29T01:30"):
        past_moment("2026-03-29T01:30", WINTER, LONDON)


def test_a_local_time_that_the_clock_showed_twice_is_refused_with_the_way_out() -> None:
    with pytest.raises(Refused, match=r"twice that night: add the offset"):
        past_moment("2026-10-25T01:30", WINTER, LONDON)


@pytest.mark.parametrize(
    "text", ["", " ", "24:00", "12:60", "1:2:3", "noon", "14h05", "-1:00", "2026-02-30T10:00", "tomorrow", "14:05\n15:05", "９:\u0663"]
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    for read in (past_moment, coming_moment):
        with pytest.raises(Refused, match=r"is no time: write 14:05"):
            read(text, WINTER, LONDON)


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00", "0001-01-01T00:00Z", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "9999-12-31T23:59", "0026-11-23T10:00"],
)
def test_a_year_out_of_all_reach_is_refused_in_words(text: str, zone: str) -> None:
    for read in (past_moment, coming_moment):
        with pytest.raises(Refused, match="look at the year"):
            read(text, WINTER, ZoneInfo(zone))


zones = st.sampled_from(["Europe/London", "Asia/Tokyo", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]).map(ZoneInfo)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
clocks = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(clocks, moments, zones)
@example((1, 30), utc("2026-03-29T01:05"), LONDON)
@example((1, 30), utc("2026-10-25T01:20"), LONDON)
def test_a_clock_time_reads_back_as_typed_and_lies_within_two_days(clock: tuple[int, int], now: datetime, zone: ZoneInfo) -> None:
    text = f"{clock[0]:02}:{clock[1]:02}"
    past, coming = past_moment(text, now, zone), coming_moment(text, now, zone)
    assert now - timedelta(hours=49) < past <= now < coming < now + timedelta(hours=49)
    for moment in (past, coming):
        assert f"{moment.astimezone(zone):%H:%M}" == text
        assert moment.tzinfo is UTC


@given(clocks, moments)
def test_no_later_past_moment_and_no_earlier_coming_one_show_that_time(clock: tuple[int, int], now: datetime) -> None:
    text = f"{clock[0]:02}:{clock[1]:02}"
    past, coming = past_moment(text, now, LONDON), coming_moment(text, now, LONDON)
    minute = now.replace(second=0, microsecond=0)
    between = (minute + timedelta(minutes=n) for n in range(-49 * 60, 49 * 60))
    shown = [one for one in between if f"{one.astimezone(LONDON):%H:%M}" == text]
    assert past == max(one for one in shown if one <= now)
    assert coming == min(one for one in shown if one > now)


@given(moments, zones)
def test_a_local_iso_time_reads_back_unless_the_clock_showed_it_twice(moment: datetime, zone: ZoneInfo) -> None:
    there = moment.astimezone(zone).replace(microsecond=0)
    assume(there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset())
    now = utc("2036-06-01T00:00")
    assert past_moment(f"{there:%Y-%m-%dT%H:%M:%S}", now, zone) == there
    assert past_moment(there.isoformat(), now, zone) == there


@given(st.text(max_size=30) | st.from_regex(r"[0-9T:+\-Z. ]{0,30}", fullmatch=True))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    for read in (past_moment, coming_moment):
        try:
            moment = read(text, WINTER, LONDON)
        except Refused:
            continue
        assert moment.tzinfo is UTC
        assert YEARS[0] - 1 <= moment.year <= YEARS[-1] + 1
        full_local(moment, ZoneInfo("Pacific/Apia"))


@pytest.mark.parametrize(
    ("moment", "now", "shown"),
    [
        ("2026-11-23T14:05:59", None, "14:05"),
        ("2026-07-01T13:05", "2026-07-01T20:00", "14:05"),
        ("2026-11-22T14:05", "2026-11-23T20:00", "22 Nov 14:05"),
        ("2026-06-30T23:30", "2026-07-01T05:00", "00:30"),
        ("2026-10-25T00:30", None, "01:30+01"),
        ("2026-10-25T01:30", None, "01:30+00"),
        ("2026-10-25T02:30", None, "02:30"),
        ("2026-03-29T01:30", None, "02:30"),
    ],
)
def test_a_time_is_shown_by_the_local_clock(moment: str, now: str | None, shown: str) -> None:
    assert local(utc(moment), LONDON, None if now is None else utc(now)) == shown


def test_the_full_form_has_date_seconds_and_offset() -> None:
    assert full_local(utc("2026-07-01T13:05:09"), LONDON) == "01 Jul 2026 14:05:09 +0100"


@pytest.mark.parametrize("text", ["2026-11-22", "20261122", " 2026-11-22 "])
def test_a_date_alone_is_no_time(text: str) -> None:
    with pytest.raises(Refused, match="2026-11-22T14:05"):
        past_moment(text, WINTER, LONDON)
    with pytest.raises(Refused, match="2026-11-22T14:05"):
        coming_moment(text, WINTER, LONDON)
