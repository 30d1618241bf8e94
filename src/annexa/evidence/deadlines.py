"""When each document is wanted: five working days' notice, of which day 5 is the last working day before D.

Annex A gives five working days' notice and says no more. Day 1 is the day of the call; the inspection begins on D, the
working day after day 5. A row's due_day is one of these days.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from annexa.evidence.items import DUE_DAYS
from annexa.evidence.rows import HANDED_IN, NOT_APPLICABLE, Row
from annexa.workdays import WorkingDays

SOON: Final = 2  # working days that are left when a document is due soon

RED: Final = "Red: overdue"
AMBER: Final = "Amber: due soon"
GREEN: Final = "Green: on time"
DONE: Final = "Green: done"
NOT_NEEDED: Final = "Not needed"
UNKNOWN: Final = "Run annexa evidence"


def days_of_notice(inspection_date: date, calendar: WorkingDays) -> dict[int, date]:
    """Return the working day that each day of notice is, by its number; day 5 is the last one before D."""
    before = pl.lit(inspection_date)
    days = [calendar.before(before, len(DUE_DAYS) + 1 - number).alias(str(number)) for number in DUE_DAYS]
    return dict(zip(DUE_DAYS, pl.select(days).row(0), strict=True))


def working_days(start: date, end: date, calendar: WorkingDays) -> int:
    """Return the working days after the earlier day up to the later one; negative where `end` is before `start`."""
    return int(pl.select(calendar.between(start, end)).item())


def with_deadlines(
    rows: Iterable[Row], inspection_date: date, today: date | None, calendar: WorkingDays
) -> tuple[Row, ...]:
    """Give each row the day it is due, how many working days that is away, and red, amber or green, in words.

    A row that is ready or handed over counts as done only where its checks found nothing; so the checks come first.

    Args:
        rows: of the tracker.
        inspection_date: D.
        today: the day of the run; None leaves out everything that would change from day to day.
        calendar: working days.
    """
    notice = days_of_notice(inspection_date, calendar)
    left = {number: None if today is None else working_days(today, day, calendar) for number, day in notice.items()}
    return tuple(
        replace(
            row,
            due=notice[row.due_day],
            due_in=_in_words(left[row.due_day], notice[row.due_day], today),
            rag=_rag(row, left[row.due_day], notice[row.due_day], today),
        )
        for row in rows
    )


def days_left(inspection_date: date, today: date, calendar: WorkingDays) -> str:
    """Return the working days from today to D in words."""
    left = working_days(today, inspection_date, calendar)
    if today == inspection_date:
        return "The inspection begins today."
    if today > inspection_date:
        return f"The inspection began {inspection_date:%d/%m/%Y}."
    return f"{_days(left)} to the inspection on {inspection_date:%d/%m/%Y}."


def _in_words(left: int | None, due: date, today: date | None) -> str:
    if left is None or today is None:
        return ""
    if due == today:
        return "due today"
    if due > today:
        return f"due in {_days(left)}"
    # A weekend after the day itself: overdue, and by no working day yet.
    return f"{_days(-left)} overdue" if left else "overdue"


def _rag(row: Row, left: int | None, due: date, today: date | None) -> str:
    if row.passed and row.status == NOT_APPLICABLE:
        return NOT_NEEDED
    if row.passed and row.status in HANDED_IN:
        return DONE
    if left is None or today is None:
        return UNKNOWN
    if due < today:
        return RED
    return AMBER if left <= SOON else GREEN


def _days(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"
