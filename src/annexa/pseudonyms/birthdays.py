"""Days that tell a birthday: whoever leaves care at 18 does so on it, and a copy has only the month of birth.

A day that is the anniversary of a birth is written as the first of the month of birth, as the birth itself is.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

BORN: Final = "born"  # month and day of a birth as one number: 520 is 20 May
AT: Final = "at"  # the position of a row
_BACK: Final = "back "  # a column of days has a mate that says how far it moves
_LEAP_DAY, _FIRST_OF_MARCH, _DAYS_OF_FEBRUARY = 229, 301, 28


def month_day(day: pl.Expr) -> pl.Expr:
    """Month and day of dates as one number (Int16): 520 is 20 May."""
    return day.dt.month().cast(pl.Int16) * 100 + day.dt.day().cast(pl.Int16)


def births(holders: pl.Series, days: Iterable[pl.Series]) -> pl.DataFrame:
    """Return who is born when, from one column that says who and some of dates of birth.

    Args:
        holders: String, row for row; a blank one is nobody.
        days: Date, dates of birth or expected ones.

    Returns:
        key (String) and born (Int16), each pair once, sorted.
    """
    parts = [pl.DataFrame({"key": holders, BORN: each}) for each in days]
    found = pl.concat([pl.DataFrame(schema={"key": pl.String, BORN: pl.Date}), *parts]).drop_nulls()
    return found.with_columns(month_day(pl.col(BORN)).alias(BORN)).unique().sort("key", BORN)


def of_rows(keys: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """Return which births a row's key stands for: at (position of the row) and born.

    Args:
        keys: String, row for row.
        known: key and born, as births gives them.
    """
    rows = keys.alias("key").to_frame().with_row_index(AT)
    return rows.join(known, on="key").select(AT, BORN)


def row_by_row(found: Iterable[pl.DataFrame], height: int) -> pl.Series:
    """Return for each of `height` rows the births that it is about, as a List of Int16; blank where none is known."""
    pairs = pl.concat([pl.DataFrame(schema={AT: pl.UInt32, BORN: pl.Int16}), *found])
    lists = pairs.group_by(AT).agg(pl.col(BORN).unique().sort())
    rows = pl.DataFrame({AT: pl.int_range(height, dtype=pl.UInt32, eager=True)})
    return rows.join(lists, on=AT, how="left", maintain_order="left")[BORN]


def without_birthdays(days: pl.DataFrame, born: pl.Series) -> pl.DataFrame:
    """Return dates in which no birthday stands: it becomes the first of the month of birth.

    Month and day decide, in any year. A child of 29 February has the birthday on 1 March in a common year, as in all
    rules (period.birthday), and then that day becomes 1 February. A moment keeps its time.

    The dates of a row keep their order: one that moves does not go before another of its row that it was not before.
    So whoever was placed on the 10th, and left on the birthday on the 20th, has left on the 10th.

    Args:
        days: Date or Datetime columns; only those of one type are compared.
        born: the births that each row is about, as row_by_row gives them.

    Returns:
        The same columns.
    """
    held = days.with_columns(born.alias(_BACK))
    held = held.with_columns(_back(pl.col(name)).alias(_BACK + name) for name in days.columns)
    alike = {name: [each for each in days.columns if days.schema[each] == days.schema[name]] for name in days.columns}
    return held.select(_moved(name, alike[name]) for name in days.columns)


def _back(day: pl.Expr) -> pl.Expr:
    """Days from a birthday back to the first of the month of birth; 0 for every other day."""
    born, today = pl.col(_BACK), month_day(day)
    leap = born.list.contains(_LEAP_DAY) & (today == _FIRST_OF_MARCH) & ~day.dt.is_leap_year()
    return (
        pl.when(leap).then(pl.lit(_DAYS_OF_FEBRUARY, pl.Int8))
        .when(born.list.contains(today)).then(day.dt.day() - 1)
        .otherwise(pl.lit(0, pl.Int8))
    )  # fmt: skip


def _moved(name: str, alike: Iterable[str]) -> pl.Expr:
    day, back = pl.col(name), pl.col(_BACK + name)
    stays = (pl.when((pl.col(each) <= day) & (pl.col(_BACK + each) == 0)).then(each) for each in alike)
    first = day - pl.duration(days=back)
    return pl.when(back > 0).then(pl.max_horizontal(first, *stays)).otherwise(day).alias(name)
