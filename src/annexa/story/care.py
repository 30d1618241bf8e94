"""Periods of care of which no end is recorded, or that ended with X1: what a list reads into them, and why (List 8).

A story says of these that they are read so, not that they are so. The rows are those of care_periods. `found` holds the
ids of the findings about the child: none other is pointed to.
"""

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.story.scene import Row
from annexa.story.words import day, series

BEYOND_18: Final = ("AA-816", "AA-834")  # of one period one of them is found, if any
_LAST_X1: Final = ("AA-805",)


def periods_of(context: Context, child: str) -> Sequence[Row]:
    """Return a child's periods of care, in order of time."""
    return care_periods(context).filter(pl.col("person_id") == child).to_dicts()


def is_read(row: Row) -> bool:
    """Whether it is a reading that a period goes on, or that a rule ended it, where the record says another thing."""
    return row["ended_by"] == "birthday" or _last_is_x1(row)


def _last_is_x1(row: Row) -> bool:
    # With any other reason the recorded end of the last episode is that of the period.
    return row["recorded_end"] is not None and row["ended_by"] in (None, "birthday", "death")


def read_as(row: Row) -> str:
    """Return how a period is read: "still open", or by which day it ended."""
    if row["is_open"]:
        return "still open"
    if row["ended_by"] == "birthday":
        return f"ended on the 18th birthday, {day(row['end_date'])}"
    return f"ended on {day(row['end_date'])} with the child's death"


def _x1(context: Context) -> str:
    as_at = day(context.period.as_at)
    return f"with X1, which says that care goes on, and no later episode is recorded up to {as_at}"


def _why(context: Context, row: Row) -> str:
    ended = f"its last episode ended on {day(row['recorded_end'])}"
    return f"{ended} {_x1(context)}" if _last_is_x1(row) else "no end is recorded"


def _see(found: Collection[str], *, x1: bool, birthday: bool) -> str:
    checks: Sequence[str] = (*(_LAST_X1 if x1 else ()), *(BEYOND_18 if birthday else ()))
    named = [check for check in checks if check in found]
    return f"; see finding{'s' if len(named) > 1 else ''} {series(named)}" if named else ""


def why(context: Context, found: Collection[str], row: Row) -> str:
    """Return why a period is read so, and the findings about it, without a full stop."""
    further = _see(found, x1=_last_is_x1(row), birthday=row["ended_by"] == "birthday")
    return f"{_why(context, row)}{further}"


def looked_after(context: Context, found: Collection[str], child: str) -> str:
    """Return that a young person is looked after at A, other than for short breaks, in words."""
    as_at = day(context.period.as_at)
    for each in periods_of(context, child):
        if each["is_open"] and not each["short_break"] and is_read(each):
            return f"is read as still looked after on {as_at} ({why(context, found, each)})"
    return f"was looked after on {as_at}"


def unended(context: Context, found: Collection[str], child: str) -> str:
    """Return why a child's care is read as ended on the 18th birthday; nothing where it is not.

    The account of the list names the finding about the birthday itself.
    """
    for each in periods_of(context, child):
        if each["ended_by"] == "birthday":
            return f"{_why(context, each)}{_see(found, x1=_last_is_x1(each), birthday=False)}"
    return ""


def of_episode(context: Context, found: Collection[str], child: str, number: int) -> str:
    """Return what is read into the last episode of a period, in a sentence; nothing of another episode.

    Args:
        context: the run.
        found: the ids of the findings about the child.
        child: whose episode it is.
        number: the episode's _row.
    """
    for each in periods_of(context, child):
        if each["episode_row"] == number and is_read(each):
            x1 = _last_is_x1(each)
            said = f"it ended {_x1(context)}" if x1 else "no end is recorded"
            return f"{said}: the care is read as {read_as(each)}{_see(found, x1=x1, birthday=False)}."
    return ""
