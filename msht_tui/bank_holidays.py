"""Bank holidays of the four nations, from the `holidays` library, which works them out for any year and asks no network."""

from __future__ import annotations

from datetime import date
from functools import cache

SUBDIVISION = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR"}
SATURDAY = 5


class BankHolidays:
    """The `Calendar` of the program. The library is loaded for the first weekday that is asked about: it takes half a second."""

    def is_working_day(self, day: date, nation: str | None) -> bool:
        """Whether it is a weekday and no bank holiday there; without a nation, as in England and Wales."""
        return day.weekday() < SATURDAY and day not in _holidays(SUBDIVISION[nation or "england"], day.year)


@cache
def _holidays(subdivision: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv=subdivision, years=year))
