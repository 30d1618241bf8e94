"""Dates of filled workbooks against a plain oracle: whichever way a day is written, it is read as that day."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from annexa.filled.dates import read_dates

DAY = date(2018, 6, 4)
FORMS = (
    "%Y-%m-%d", "%Y-%m-%d 00:00:00", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d %B %Y", "%d-%b-%Y", "%Y%m%d",
    "%A %d %B %Y", "%Y/%m/%d", "%d/%m/%Y 23:59", "%Y-%m-%dT10:00:00Z",
)  # fmt: skip
days = st.dates(date(1901, 1, 1), date(2099, 12, 31))


@given(st.lists(st.tuples(days, st.sampled_from(FORMS)), max_size=12))
def test_a_day_is_read_back_from_every_form(written: list[tuple[date, str]]) -> None:
    expected = {f"{day:{form}}": day for day, form in written}
    read = read_dates(pl.Series(list(expected), dtype=pl.String), DAY, from_1904=False)
    assert dict(read.select("text", "value").iter_rows()) == expected
    assert not read["failed"].any()


@given(st.lists(days, max_size=12), st.booleans())
def test_the_number_of_a_day_is_read_back(written: list[date], from_1904: bool) -> None:
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    expected = {str((day - start).days): day for day in written if (day - start).days >= 10_000}
    read = read_dates(pl.Series(list(expected), dtype=pl.String), DAY, from_1904=from_1904)
    assert dict(read.select("text", "value").iter_rows()) == expected


@given(st.dates(date(1919, 1, 1), DAY + timedelta(days=400)))
def test_a_two_digit_year_is_the_last_one_that_is_not_after_the_inspection(day: date) -> None:
    text = f"{day:%d/%m/%y}"
    expected = next((each for each in candidates(day) if each is not None and each <= DAY), None)
    read = read_dates(pl.Series([text]), DAY, from_1904=False)
    assert read["value"].to_list() == [expected]
    assert read["failed"].to_list() == [expected is None]


def candidates(day: date) -> list[date | None]:
    """The day in this century and in the last, where the calendar has it."""
    found: list[date | None] = []
    for century in (2000, 1900):
        try:
            found.append(day.replace(year=century + day.year % 100))
        except ValueError:
            found.append(None)
    return found


@given(st.text(max_size=14) | st.text("0123456789/-. :", max_size=12))
def test_no_text_breaks_the_reading_and_each_is_read_once(text: str) -> None:
    read = read_dates(pl.Series([text], dtype=pl.String), DAY, from_1904=False)
    row = read.row(0, named=True)
    assert read.height == 1
    assert row["failed"] == (row["value"] is None and row["what"] != "placeholder for no date")
    assert row["value"] is None or row["value"] >= date(1900, 1, 1)
