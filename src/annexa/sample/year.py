"""School years: when they begin, how they are written, and which year group a child is in."""

from datetime import date
from functools import cache
from typing import Final

from annexa.sample.family import day_number

_ORDINAL: Final = date(1970, 1, 1).toordinal()
LESSONS: Final = 322  # days from 1 September to the last days of July
SESSIONS: Final = 380  # half days of school in a year


@cache
def september(year: int) -> int:
    """Return the day number of 1 September."""
    return day_number(date(year, 9, 1))


def calendar_year(day: int) -> int:
    """Return the calendar year of a day."""
    return date.fromordinal(day + _ORDINAL).year


def school_year(day: int) -> int:
    """Return the calendar year in which the school year of a day began."""
    found = date.fromordinal(day + _ORDINAL)
    return found.year if found.month >= 9 else found.year - 1


def year_group(born: int, year: int) -> int:
    """Return the year group in the school year that begins in `year`; reception is 0, before it less.

    A child who is 5 on 31 August is in year 1 from the next day on.
    """
    return year - school_year(born) - 5


def group_text(group: int) -> str:
    """Return a year group as schools write it: N for nursery, R for reception, then the number."""
    return str(group) if group > 0 else "R" if group == 0 else "N"


def year_text(year: int) -> str:
    """Return the school year that begins in `year`, such as 2017/18."""
    return f"{year}/{(year + 1) % 100:02d}"
