"""2.04 and 2.05: compulsory school age, school years and year groups at their edges."""

from datetime import date

import polars as pl
import pytest

from annexa.reports.education import (
    OF_AGE,
    OVER_AGE,
    UNDER_AGE,
    compulsory_from,
    compulsory_until,
    recorded_year_group,
    school_age,
    year_group,
)


def of(function, *values):
    """What an expression over columns says of one row."""
    kind = pl.String if function is recorded_year_group else pl.Date
    frame = pl.DataFrame({str(n): pl.Series([value], dtype=kind) for n, value in enumerate(values)})
    return frame.select(function(*(pl.col(str(n)) for n in range(len(values))))).item()


@pytest.mark.parametrize(
    ("born", "first"),
    [
        # the 5th birthday on a day that counts, the day before it, and the day after
        (date(2012, 12, 30), date(2017, 12, 31)),
        (date(2012, 12, 31), date(2017, 12, 31)),
        (date(2013, 1, 1), date(2018, 3, 31)),
        (date(2013, 3, 30), date(2018, 3, 31)),
        (date(2013, 3, 31), date(2018, 3, 31)),
        (date(2013, 4, 1), date(2018, 8, 31)),
        (date(2013, 8, 30), date(2018, 8, 31)),
        (date(2013, 8, 31), date(2018, 8, 31)),
        (date(2013, 9, 1), date(2018, 12, 31)),
        # 29 February: 1 March in a common year
        (date(2012, 2, 29), date(2017, 3, 31)),
    ],
)
def test_the_first_day(born, first):
    assert of(compulsory_from, born) == first


@pytest.mark.parametrize(
    ("born", "last"),
    [
        # 16 on 31 August belongs to the school year that ends, 16 on 1 September to the next
        (date(2002, 8, 30), date(2018, 6, 29)),
        (date(2002, 8, 31), date(2018, 6, 29)),
        (date(2002, 9, 1), date(2019, 6, 28)),
        (date(2001, 9, 1), date(2018, 6, 29)),
        (date(2001, 8, 31), date(2017, 6, 30)),
        # 16 after the last Friday in June and before September: that Friday all the same
        (date(2002, 6, 30), date(2018, 6, 29)),
        (date(2002, 1, 1), date(2018, 6, 29)),
        (date(2001, 12, 31), date(2018, 6, 29)),
        (date(2000, 2, 29), date(2016, 6, 24)),
        # 30 June on each day of the week
        (date(2007, 5, 1), date(2023, 6, 30)),  # Friday
        (date(2002, 5, 1), date(2018, 6, 29)),  # Saturday
        (date(2003, 5, 1), date(2019, 6, 28)),  # Sunday
        (date(2009, 5, 1), date(2025, 6, 27)),  # Monday
        (date(2004, 5, 1), date(2020, 6, 26)),  # Tuesday
        (date(2005, 5, 1), date(2021, 6, 25)),  # Wednesday
        (date(2006, 5, 1), date(2022, 6, 24)),  # Thursday
    ],
)
def test_the_last_day(born, last):
    assert last.weekday() == 4
    assert of(compulsory_until, born) == last


@pytest.mark.parametrize(
    ("born", "day", "expected"),
    [
        (date(2013, 3, 31), date(2018, 3, 30), UNDER_AGE),
        (date(2013, 3, 31), date(2018, 3, 31), OF_AGE),
        (date(2013, 4, 1), date(2018, 8, 30), UNDER_AGE),
        (date(2013, 4, 1), date(2018, 8, 31), OF_AGE),
        (date(2002, 8, 31), date(2018, 6, 29), OF_AGE),
        (date(2002, 8, 31), date(2018, 6, 30), OVER_AGE),
        (date(2002, 9, 1), date(2018, 6, 30), OF_AGE),
        (date(2018, 6, 5), date(2018, 6, 4), UNDER_AGE),
        (None, date(2018, 6, 4), None),
    ],
)
def test_of_school_age_on_a_day(born, day, expected):
    assert of(school_age, born, day) == expected


@pytest.mark.parametrize(
    ("born", "day", "expected"),
    [
        (date(2013, 8, 31), date(2018, 8, 31), "R"),
        (date(2013, 8, 31), date(2018, 9, 1), "1"),
        (date(2013, 9, 1), date(2018, 9, 1), "R"),
        (date(2013, 9, 1), date(2018, 8, 31), "N"),
        (date(2014, 8, 31), date(2018, 6, 4), "N"),
        (date(2014, 9, 1), date(2018, 6, 4), None),
        (date(2012, 2, 29), date(2018, 6, 4), "1"),
        (date(2002, 8, 31), date(2018, 6, 4), "11"),
        (date(2001, 8, 31), date(2018, 6, 4), "12"),
        (date(1999, 9, 1), date(2018, 6, 4), "13"),
        (date(1999, 8, 31), date(2018, 6, 4), None),
        (None, date(2018, 6, 4), None),
    ],
)
def test_year_group_by_date_of_birth(born, day, expected):
    assert of(year_group, born, day) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", "9"),
        ("09", "9"),
        ("Year 9", "9"),
        ("year 10", "10"),
        ("Yr 9", "9"),
        ("Y11", "11"),
        ("R", "R"),
        ("Reception", "R"),
        ("Nursery", "N"),
        ("Key stage 3", "Key stage 3"),
        ("0", "0"),
        ("123", "123"),
        (None, None),
    ],
)
def test_a_recorded_year_group_in_one_spelling(text, expected):
    assert of(recorded_year_group, text) == expected
