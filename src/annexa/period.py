"""All date arithmetic hangs on one date, the inspection date D (specification: K1 to K3, 2.1).

Python dates are used for the few dates of a run, Polars expressions for columns. Nothing here reads the clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from dateutil.relativedelta import relativedelta

UNBORN_GRACE_DAYS = 28  # K12: an expected date up to this many days before D is still an unborn child


@dataclass(frozen=True)
class Window:
    """A closed interval of days: both ends are included (K2)."""

    start: date
    end: date

    def contains(self, column: pl.Expr) -> pl.Expr:
        """True where the date lies in the window; false, not null, where it is blank."""
        return column.is_between(self.start, self.end).fill_null(False)

    def overlaps(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """True where [start, end] shares a day with the window; a blank end is open on its side."""
        return (start.is_null() | (start <= self.end)) & (end.is_null() | (end >= self.start))


@dataclass(frozen=True)
class InspectionPeriod:
    """The inspection date D and the as-at date A.

    Args:
        inspection_date: D. Windows, ages and look-backs hang on it.
        extract_date: the day the extract was taken, where it is known.
    """

    inspection_date: date
    extract_date: date | None = None

    @property
    def as_at(self) -> date:
        """A: what counts as having happened is what happened by this day (K1, K6)."""
        return min(self.inspection_date, self.extract_date or self.inspection_date)

    def months_before(self, months: int) -> date:
        """D minus calendar months, clamped to the month's end (K3); never a count of days."""
        earlier: date = self.inspection_date - relativedelta(months=months)
        return earlier

    def window(self, months: int) -> Window:
        """[D - months, D], both ends included (K2)."""
        return Window(self.months_before(months), self.inspection_date)

    @property
    def unborn_from(self) -> date:
        """The earliest expected date of birth that still means unborn (K12)."""
        return self.inspection_date - timedelta(days=UNBORN_GRACE_DAYS)

    def open_at(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Open at D (K5): begun by A, not ended by A. A blank start is not later than A; an end on A is closed."""
        return (start.is_null() | (start <= self.as_at)) & (end.is_null() | (end > self.as_at))

    def open_or_ended_in(self, window: Window, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Begun by A, and open at D or ended in the window."""
        return (start.is_null() | (start <= self.as_at)) & (end.is_null() | (end > self.as_at) | window.contains(end))


def completed_years(birth: pl.Expr, at: pl.Expr | date) -> pl.Expr:
    """Whole years from `birth` to `at`, by (month, day): a 29 February birthday falls on 1 March (2.1).

    Both are Date columns (or `at` one date). Blank where either is blank. Negative before birth.
    """
    day = at if isinstance(at, pl.Expr) else pl.lit(at)
    return (_ymd(day) - _ymd(birth)).floordiv(10_000)


def birthday(birth: pl.Expr, years: int) -> pl.Expr:
    """The day a person turns `years`; 29 February becomes 1 March in a common year (2.1, List 8)."""
    leap_day = (birth.dt.month() == 2) & (birth.dt.day() == 29)
    moved = birth.dt.offset_by(f"{years}y")
    return pl.when(leap_day & (moved.dt.day() == 28)).then(moved.dt.offset_by("1d")).otherwise(moved)


def _ymd(day: pl.Expr) -> pl.Expr:
    # Int8 months overflow when multiplied, so the parts are widened first.
    return day.dt.year().cast(pl.Int32) * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)
