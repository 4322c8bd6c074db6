"""Which days are worked: a country's weekends, holidays and moved days off (from `holidays`), and a company's own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec

import holidays
from holidays.registry import EntityLoader

LONGEST_BREAK = 40
"""Days in a row without work that are believed; more can only be a slip in the settings."""

_countries = find_spec("holidays.countries")
if _countries is not None:  # run, the package would load all its countries with the first one: 8 MB for one calendar
    sys.modules.setdefault(_countries.name, module_from_spec(_countries))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`country` as ISO 3166 ("RU", "DE-BY"); empty: Saturdays and Sundays only. A company's own days come first."""

    country: str = ""
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.working_days:
            return True
        if day in self.days_off:
            return False
        return day in _worked(self.country, day.year)

    def last_working(self, day: date) -> date:
        """The day itself where it is worked, else the last worked one before it: then money must leave."""
        before = (day - timedelta(days=back) for back in range(LONGEST_BREAK))
        return next((one for one in before if self.is_working(one)), day)

    def reach(self, end: date) -> date:
        """The last day whose money must leave by `end`: days off right behind it count too."""
        after = (end + timedelta(days=ahead) for ahead in range(1, LONGEST_BREAK))
        return next((one - timedelta(days=1) for one in after if self.is_working(one)), end)


def is_country(code: str) -> bool:
    """Whether the days of this country (or part of one) are known."""
    country, _, region = code.partition("-")
    if country not in EntityLoader.get_country_codes(include_aliases=False):
        return False
    return not region or region in getattr(holidays, country).subdivisions


@cache
def _worked(country: str, year: int) -> frozenset[date]:
    """The worked days of a year. What is not decreed yet (moved days of a far year) is not known to anybody."""
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    days_of_year = [day for day in days if day.year == year]
    if not country:
        return frozenset(day for day in days_of_year if day.weekday() < 5)
    name, _, region = country.partition("-")
    known = holidays.country_holidays(name, subdiv=region or None, years=year, expand=False)
    return frozenset(day for day in days_of_year if known.is_working_day(day))
