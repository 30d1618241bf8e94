"""Working days in England (specification: indicators, section 5.0).

Bank holidays come from the `holidays` package, offline; days on which the authority is closed beside them come from a
local file. The start day is day 0: what begins on Monday and ends on Tuesday took one working day, and a day that is no
working day counts as nothing wherever it stands.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path

import holidays
import polars as pl

from annexa.errors import UsageError

FIRST_YEAR, LAST_YEAR = 1990, 2060  # bank holidays are known for these; each further year takes time at every start


@dataclass(frozen=True)
class WorkingDays:
    """The working days of an authority: Monday to Friday but for bank holidays and its own closure days."""

    closures: frozenset[date] = field(default_factory=frozenset)

    def between(self, start: pl.Expr | date, end: pl.Expr | date) -> pl.Expr:
        """Number of working days after `start` up to and including `end` (Int32); blank where either is blank.

        Negative where `end` is before `start`: minus the working days after `end` up to and including `start`.
        """
        one = pl.duration(days=1)
        first, last = _expression(start), _expression(end)
        backwards = last < first
        earlier = pl.when(backwards).then(last).otherwise(first)
        later = pl.when(backwards).then(first).otherwise(last)
        days = pl.business_day_count(earlier + one, later + one, holidays=self._off())
        return pl.when(backwards).then(-days).otherwise(days)

    def after(self, start: pl.Expr, days: int) -> pl.Expr:
        """The working day that is `days` (1 or more) working days after `start` (Date); blank where it is blank."""
        return start.dt.add_business_days(days, holidays=self._off(), roll="backward")

    def before(self, start: pl.Expr, days: int) -> pl.Expr:
        """The working day that is `days` (1 or more) working days before `start` (Date); blank where it is blank."""
        return start.dt.add_business_days(-days, holidays=self._off(), roll="forward")

    def _off(self) -> list[date]:
        return _off(self.closures)


def _expression(day: pl.Expr | date) -> pl.Expr:
    return day if isinstance(day, pl.Expr) else pl.lit(day)


@cache
def _off(closures: Collection[date]) -> list[date]:
    calendar = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1))
    return sorted({*calendar.keys(), *closures})


def load_closures(path: Path) -> frozenset[date]:
    """Read a file of closure days: a day a line, as YYYY-MM-DD or DD/MM/YYYY; what follows it is a note.

    A `#` begins a comment.

    Raises:
        UsageError: the file cannot be read; a line does not begin with a date.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"The file of closure days {path.name} cannot be read.", "Check closure_days in annexa.toml."
        ) from None
    days = set()
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            day = text.replace(",", " ").split()[0]
            days.add(datetime.strptime(day, "%d/%m/%Y").date() if "/" in day else date.fromisoformat(day))
        except ValueError:
            raise UsageError(
                f"{path.name}, line {number}: it does not begin with a date.", "Write each day as 2026-12-24."
            ) from None
    return frozenset(days)
