"""Working days: the worked examples of the specification, and what surrounds them."""

from datetime import date, timedelta

import polars as pl
import pytest

from annexa.errors import UsageError
from annexa.workdays import WorkingDays, load_closures

EXAMPLES = [
    ("2024-12-16", "2025-01-09", 15),
    ("2024-12-16", "2025-01-10", 16),
    ("2024-12-14", "2025-01-08", 15),
    ("2024-10-28", "2025-01-02", 45),
    ("2024-10-28", "2025-01-03", 46),
    ("2025-04-01", "2025-05-01", 20),
    ("2025-04-01", "2025-05-02", 21),
    ("2025-03-31", "2025-04-23", 15),
    ("2025-06-02", "2025-06-02", 0),
]


def between(start: str, end: str, calendar: WorkingDays | None = None) -> int | None:
    frame = pl.DataFrame({"start": [start], "end": [end]}).select(pl.all().str.to_date())
    days = (calendar or WorkingDays()).between(pl.col("start"), pl.col("end"))
    return frame.select(days.alias("days"))["days"].item()


@pytest.mark.parametrize(("start", "end", "days"), EXAMPLES)
def test_the_start_day_is_day_0(start, end, days):
    assert between(start, end) == days


BACKWARDS = [
    ("2018-06-04", "2018-06-01", -1),  # Monday, and Friday before
    ("2018-06-08", "2018-06-07", -1),
    ("2018-06-03", "2018-06-01", 0),
    ("2018-06-04", "2018-06-03", -1),
    ("2018-06-05", "2018-05-25", -6),  # over a bank holiday
]


@pytest.mark.parametrize(("start", "end", "days"), BACKWARDS)
def test_an_end_before_the_start_is_negative(start, end, days):
    assert between(start, end) == days


@pytest.mark.parametrize("start", [date(2018, 5, 23) + timedelta(days=n) for n in range(8)])
@pytest.mark.parametrize("later", range(1, 9))
def test_backwards_is_forwards_with_the_sign_turned(start, later):
    first, last = start.isoformat(), (start + timedelta(days=later)).isoformat()
    assert between(last, first) == -between(first, last)


@pytest.mark.parametrize("day", ["2022-06-03", "2022-09-19", "2023-05-08"])
def test_bank_holidays_given_once_count(day):
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert between(before, day) == 0


def test_a_blank_date_gives_a_blank():
    frame = pl.DataFrame({"day": [None]}, schema={"day": pl.Date})
    for start, end in ((pl.col("day"), date(2025, 1, 1)), (date(2025, 1, 1), pl.col("day"))):
        days = frame.select(WorkingDays().between(start, end).alias("n"))["n"]
        assert (days.to_list(), days.dtype) == ([None], pl.Int32)


def test_days_on_which_the_authority_is_closed_do_not_count():
    closed = WorkingDays(frozenset({date(2025, 6, 3)}))
    assert (between("2025-06-02", "2025-06-04"), between("2025-06-02", "2025-06-04", closed)) == (2, 1)


@pytest.mark.parametrize("start", [date(2024, 12, 20) + timedelta(days=n) for n in range(15)])
@pytest.mark.parametrize("days", [1, 2, 10, 20])
def test_the_day_after_so_many_working_days_is_the_first_with_that_count(start, days):
    calendar = WorkingDays()
    frame = pl.DataFrame({"start": [start]})
    due = frame.select(calendar.after(pl.col("start"), days).alias("due"))["due"].item()
    assert between(start.isoformat(), due.isoformat()) == days
    assert between(start.isoformat(), (due - timedelta(days=1)).isoformat()) == days - 1


def test_a_file_of_closure_days(tmp_path):
    path = tmp_path / "closed.csv"
    path.write_text("# our own\n2025-12-24, early closing\n\n2025-12-29\n", encoding="utf-8-sig")
    assert load_closures(path) == {date(2025, 12, 24), date(2025, 12, 29)}
    path.write_text("2025-12-24\nChristmas Eve\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"closed\.csv, line 2: it does not begin with a date"):
        load_closures(path)
    with pytest.raises(UsageError, match="cannot be read"):
        load_closures(tmp_path / "none.csv")
