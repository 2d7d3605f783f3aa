"""Times as people type and read them: local wall-clock time in, UTC kept, local time out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from msht_tui.domain.refusal import Refused

YEARS = range(1900, 2200)
"""The years of a record: further away a date is a slip, and at the ends of the calendar no other zone can show it."""

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


def past_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """When something happened, in UTC: `HH:MM` is the latest past one, otherwise ISO 8601, local without an offset.

    Raises `Refused` for what is no time, lies in the future or out of all reach, or stands twice or never on the clock that day.
    """
    clock = _clock(text)
    if clock is not None:
        return max(moment for moment in _around(clock, now, zone) if moment <= now)
    moment = _iso(text, zone)
    if moment > now:
        raise Refused(f"{text} lies in the future: an act is recorded when it has happened.")
    return moment


def coming_moment(text: str, after: datetime, zone: tzinfo) -> datetime:
    """Until when something is left, in UTC: `HH:MM` is the first one after the act, otherwise ISO 8601. Raises `Refused`."""
    clock = _clock(text)
    if clock is not None:
        return min(moment for moment in _around(clock, after, zone) if moment > after)
    moment = _iso(text, zone)
    if moment <= after:
        raise Refused(f"{text} lies before the act itself: a step is left until a later time.")
    return moment


def local(moment: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """`HH:MM`, with the date when it is not today's, and with the offset in the hour that the clock shows twice."""
    there = moment.astimezone(zone)
    shown = f"{there:%H:%M}"
    if now is not None and there.date() != now.astimezone(zone).date():
        year = "" if there.year == now.astimezone(zone).year else f" {there.year}"
        shown = f"{there:%d %b}{year} {shown}"
    if there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset():
        shown += f"{there:%z}"[:3]
    return shown


def local_day(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """As `local`, with the day before and the day after in words as well: `tomorrow 24 Nov 17:00`."""
    days = (moment.astimezone(zone).date() - now.astimezone(zone).date()).days
    return {-1: "yesterday ", 1: "tomorrow "}.get(days, "") + local(moment, zone, now)


def full_local(moment: datetime, zone: tzinfo) -> str:
    """Date, time to the second and offset."""
    there = moment.astimezone(zone)
    return f"{there:%d %b %Y %H:%M:%S} {there:%z}"


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text.strip())
    return time(int(match[1]), int(match[2])) if match else None


def _around(clock: time, moment: datetime, zone: tzinfo) -> list[datetime]:
    """Every moment, in UTC, at which the local clock showed or shows this time within two days of `moment`."""
    today = moment.astimezone(zone).date()
    found = []
    for days in range(-2, 3):
        for fold in (0, 1):
            there = datetime.combine(today + timedelta(days=days), clock, zone).replace(fold=fold)
            if _exists(there):
                found.append(there.astimezone(UTC))
    return found


def _exists(there: datetime) -> bool:
    """Whether the local clock ever shows this time: in spring it skips an hour."""
    return there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) == there.replace(tzinfo=None)


def _iso(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"{text!r} is no time: write 14:05, or 2026-11-23T14:05 with the date.") from error
    if ":" not in text and "T" not in text.upper():
        raise Refused(f"{text} has a date and no time: write it as {moment.date()}T14:05.")
    if moment.year not in YEARS:
        raise Refused(f"{text} lies outside the years {YEARS[0]} to {YEARS[-1]}: look at the year.")
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    there = moment.replace(tzinfo=zone)
    if not _exists(there):
        raise Refused(f"The clock never showed {text}: it was put forward over that hour.")
    if there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset():
        raise Refused(f"The clock showed {text} twice that night: add the offset, such as +01:00 or +00:00.")
    return there.astimezone(UTC)
