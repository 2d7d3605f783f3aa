"""The dates after the form has been sent: until when a decision is expected, and until when it can be asked about.

All days are local ones, by the zone that is handed in. The day of an act is day 0, and a period ends with its last day: `ends` is
the first instant of the day after, so the last minute of the day is still in time and midnight is not.

A duty to notify has no decision and no dates: these are for a referral.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, Protocol, TypeAlias

import msgspec

DueState: TypeAlias = Literal["due", "overdue", "over"]
"""`overdue`: somebody should have acted. `over`: the time for it has gone by."""

REASONABLE_GROUNDS_DAYS = 5
"""The guidance (unit DEC-3) says five days; Home Office material says five working days, as an aim."""
RECOVERY_DAYS = 30
"""Unit DEC-4: conclusive grounds are not expected sooner after a positive decision."""
RECONSIDERATION_DAYS = 30
"""Calendar days after a negative decision. Source: Home Office, NRM statistics January to March 2025, annex on reconsideration."""

_DAY = timedelta(days=1)


class Calendar(Protocol):
    """Knows the bank holidays of the four nations."""

    def is_working_day(self, day: date, nation: str | None) -> bool:
        """Whether people work on this day in this nation ("england", "scotland" …); without one, as in England and Wales."""
        ...


class Deadline(msgspec.Struct, frozen=True, gc=False):
    """The end of a period."""

    reading: str
    """Which period: such as "five working days (Home Office)"."""
    day: date
    """Its last day, local."""
    ends: datetime
    """UTC: the first instant after that day."""
    after: Literal["overdue", "over"]
    """What it is from then on."""

    def due_state(self, now: datetime) -> DueState:
        """How the period stands at `now` (aware)."""
        return "due" if now < self.ends else self.after


class Windows(msgspec.Struct, frozen=True):
    """When the decision on reasonable grounds is expected, by both readings; neither is chosen."""

    sent_on: date
    """Day 0, local."""
    days: Deadline
    working_days: Deadline

    @property
    def deadlines(self) -> tuple[Deadline, Deadline]:
        """Both readings, the guidance's first."""
        return self.days, self.working_days


def windows(sent_at: datetime, zone: tzinfo, is_working_day: Callable[[date], bool]) -> Windows:
    """The dates of a referral sent at this moment (aware)."""
    sent_on = sent_at.astimezone(zone).date()
    last = sent_on
    for _ in range(REASONABLE_GROUNDS_DAYS):
        last += _DAY
        while not is_working_day(last):
            last += _DAY
    return Windows(
        sent_on,
        _deadline("five days (APP)", sent_on + REASONABLE_GROUNDS_DAYS * _DAY, zone, "overdue"),
        _deadline("five working days (Home Office)", last, zone, "overdue"),
    )


def conclusive_not_before(decided_at: datetime, zone: tzinfo) -> date:
    """The local day before which no decision on conclusive grounds is expected, from a positive one on reasonable grounds."""
    return decided_at.astimezone(zone).date() + RECOVERY_DAYS * _DAY


def reconsideration(decided_at: datetime, zone: tzinfo) -> Deadline:
    """Until when a negative decision, made known at this moment (aware), can be asked to be looked at again."""
    last = decided_at.astimezone(zone).date() + RECONSIDERATION_DAYS * _DAY
    return _deadline("30 days for reconsideration (Home Office)", last, zone, "over")


def _deadline(reading: str, day: date, zone: tzinfo, after: Literal["overdue", "over"]) -> Deadline:
    return Deadline(reading, day, datetime.combine(day + _DAY, time.min, zone).astimezone(UTC), after)
