"""Windows, ages and orders against plain Python."""

from datetime import date, timedelta

import polars as pl
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from annexa.lists.orders import id_order, most_recent, sort_expressions
from annexa.period import InspectionPeriod, Window, birthday, completed_years

DAYS = st.dates(date(2015, 1, 1), date(2032, 12, 31))
BIRTHS = st.dates(date(1985, 1, 1), date(2032, 12, 31))


@given(DAYS, st.sampled_from([3, 6, 12]))
def test_a_window_is_calendar_months_clamped_to_the_end_of_the_month(day, months):
    window = InspectionPeriod(day).window(months)
    assert window.end == day
    assert window.start == day - relativedelta(months=months)
    assert window.start.day <= day.day


@pytest.mark.parametrize(
    ("day", "months", "start"),
    [
        ("2024-05-31", 3, "2024-02-29"),
        ("2025-08-31", 6, "2025-02-28"),
        ("2025-02-28", 6, "2024-08-28"),
        ("2018-06-04", 12, "2017-06-04"),
    ],
)
def test_worked_windows(day, months, start):
    assert InspectionPeriod(date.fromisoformat(day)).window(months).start == date.fromisoformat(start)


@given(DAYS, st.sampled_from([3, 6, 12]), st.integers(-2, 2), st.booleans())
def test_both_ends_are_inside_and_the_days_beyond_are_not(day, months, step, at_start):
    window = InspectionPeriod(day).window(months)
    tested = (window.start if at_start else window.end) + timedelta(days=step)
    inside = pl.select(window.contains(pl.lit(tested))).item()
    assert inside is (window.start <= tested <= window.end)
    assert pl.select(window.contains(pl.lit(None, dtype=pl.Date))).item() is False


@given(BIRTHS, DAYS)
def test_age_against_counting_birthdays(birth, day):
    age = pl.select(completed_years(pl.lit(birth), day)).item()
    if birth > day:
        assert age < 0
        return

    def had(years: int) -> bool:
        try:
            turned = birth.replace(year=birth.year + years)
        except ValueError:
            turned = date(birth.year + years, 3, 1)
        return turned <= day

    assert had(age)
    assert not had(age + 1)


@given(BIRTHS, st.integers(16, 25))
def test_a_birthday_is_the_day_the_age_changes(birth, years):
    day = pl.select(birthday(pl.lit(birth), years)).item()
    assert pl.select(completed_years(pl.lit(birth), day)).item() == years
    assert pl.select(completed_years(pl.lit(birth), day - timedelta(days=1))).item() == years - 1


@given(DAYS, st.none() | DAYS)
def test_the_as_at_date_is_the_earlier(day, extract):
    assert InspectionPeriod(day, extract).as_at == (min(day, extract) if extract else day)


@given(DAYS, st.none() | DAYS, st.none() | DAYS, st.sampled_from([3, 6]))
def test_open_and_ended_by_the_words_of_the_rule(day, start, end, months):
    period = InspectionPeriod(day)
    window = period.window(months)
    columns = pl.DataFrame({"s": [start], "e": [end]}, schema={"s": pl.Date, "e": pl.Date})
    begun = start is None or start <= day
    is_open = begun and (end is None or end > day)
    ended = begun and end is not None and window.start <= end <= window.end
    got = columns.select(
        period.open_at(pl.col("s"), pl.col("e")).alias("open"),
        period.open_or_ended_in(window, pl.col("s"), pl.col("e")).alias("listed"),
        window.overlaps(pl.col("s"), pl.col("e")).alias("overlaps"),
    ).row(0)
    overlaps = (start is None or start <= window.end) and (end is None or end >= window.start)
    assert got == (is_open, is_open or ended, overlaps)


def test_a_window_without_ends_overlaps_everything():
    window = Window(date(2025, 1, 1), date(2025, 6, 1))
    null = pl.lit(None, dtype=pl.Date)
    assert pl.select(window.overlaps(null, null)).item()


IDS = st.one_of(st.integers(0, 10**30).map(str), st.from_regex(r"[0-9A-Ca-c]{1,4}", fullmatch=True))


@given(st.lists(IDS, min_size=1, max_size=20, unique=True))
def test_identifiers_numbers_by_value_then_text(ids):
    frame = pl.DataFrame({"id": ids})
    got = frame.sort(id_order(pl.col("id")))["id"].to_list()

    def key(text: str):
        digits = text.isdigit()
        return (not digits, int(text) if digits else 0, text.lstrip("0") if digits else text, text)

    assert got == sorted(ids, key=key)


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS, IDS, st.booleans()), min_size=1, max_size=8))
def test_most_recent_by_the_words_of_k15(rows):
    frame = pl.DataFrame(
        [(1, *row) for row in rows],
        schema={"child": pl.Int64, "start": pl.Date, "end": pl.Date, "id": pl.String, "open": pl.Boolean},
        orient="row",
    )
    got = most_recent(frame, ["child"], "start", "end", "id", pl.col("open")).select("start", "end", "id", "open")

    def key(row):
        start, end, text, is_open = row
        digits = text.isdigit()
        number = (not digits, int(text) if digits else 0, text.lstrip("0") if digits else text, text)
        return (is_open, start or date.min, end or date.max, number)

    assert key(got.row(0)) == max(map(key, rows))


def test_sorting_puts_blank_dates_last():
    frame = pl.DataFrame(
        {"d": [None, date(2025, 1, 1), date(2025, 2, 1), date(2025, 1, 1)], "id": ["1", "10", "3", "9"]},
        schema={"d": pl.Date, "id": pl.String},
    )
    ordered = frame.sort(sort_expressions(frame, ["d desc", "id"]))
    assert ordered["id"].to_list() == ["3", "9", "10", "1"]
    assert frame.sort(sort_expressions(frame, ["d", "id"]))["id"].to_list() == ["9", "10", "3", "1"]
