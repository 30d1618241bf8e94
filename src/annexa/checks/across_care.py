"""Checks between List 8 and List 9: looked after, and a care leaver (AA-X16 and X17)."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.membership import among, open_on
from annexa.checks.registry import Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import window_of
from annexa.lists.care import care_periods
from annexa.lists.people import with_people
from annexa.lists.spans import needed_window
from annexa.period import birthday, completed_years

CARE: Final = "care_episodes"
LEAVERS: Final = "care_leavers"
ADULT: Final = 18
LEFT: Final = ("RELEVANT", "FORMER")  # categories of those who have left care
# Died, went to another authority's care, was adopted, or was found to be an adult: nobody's care leaver here.
NO_LEAVER: Final = ("E2", "E3", "E11", "E12", "E15")

# The rules of List 9 find it where they leave the person off as looked after.
made("AA-X16", reads={LEAVERS: ("eligibility",), CARE: ("start_date", "end_date")}, counted=LEAVERS)


@on_lists("AA-X16", reads={8: ("person_id", "end_date", "age_in_years"), 9: ("person_id", "eligibility")})
def in_care_and_left_care(run: ListsRun, _check: Definition) -> Looked:
    """An open row of List 8 of someone under 18 who is on List 9 as relevant or former relevant."""
    rows = open_on(run, 8).filter((pl.col("age_in_years") < ADULT).fill_null(value=True))
    left = run.rows(9).filter(pl.col("eligibility").is_in(LEFT))
    message = "The young person is looked after on List 8 and relevant or former relevant on List 9."
    return run.looked(8, rows, among(left), message)


@on_extract("AA-X17", reads={CARE: ("start_date", "end_date", "end_reason"), LEAVERS: ("eligibility",)})
def left_care_and_not_on_list_9(run: ExtractRun, check: Definition) -> Looked:
    """A child whose latest care ended in List 8's window at 16 or over, with a right to leaving care services.

    All the child's care since the 14th birthday is counted, but for short breaks; a blank start counts as the earliest.
    Whoever died, or is still looked after, has not left care.
    """
    context = run.context
    periods = with_people(context, care_periods(context).filter(~pl.col("short_break")), "birth_date", "death_date")
    in_care = _days_in_care(pl.col("first_day"), pl.coalesce("end_date", pl.lit(run.period.as_at)), check)
    periods = periods.with_columns(in_care.sum().over("person_id").alias("days"))
    latest = periods.unique("person_id", keep="last", maintain_order=True)
    ended = needed_window(context, 8).contains(pl.col("end_date")) & pl.col("death_date").is_null()
    rows = latest.filter(ended & _entitled(check)).rename({"episode_row": "_row"})
    wrong = (pl.col("days") >= 7 * check.number("weeks")) & ~among(run.built.rows(9))
    return run.looked(check, CARE, rows, wrong, _NOT_A_LEAVER, column="end_date", list=8)


@on_lists(
    "AA-X17",
    reads={8: ("person_id", "birth_date", "start_date", "end_date", "end_reason"), 9: ("person_id",)},
)
def row_left_care_and_not_on_list_9(run: ListsRun, check: Definition) -> Looked:
    """A row of List 8 that ended in its window at 16 or over, long enough on its own, of someone not on List 9."""
    rows = run.rows(8).filter(window_of(run, 8).contains(pl.col("end_date")) & _entitled(check))
    long_enough = _days_in_care(pl.col("start_date"), pl.col("end_date"), check) >= 7 * check.number("weeks")
    return run.looked(8, rows, long_enough & ~among(run.rows(9)), _NOT_A_LEAVER, column="end_date")


_NOT_A_LEAVER: Final = (
    "The young person left care at an age and after a time that give a right to services, and is not on List 9."
)


def _entitled(check: Definition) -> pl.Expr:
    """True where care ended at the age of a care leaver, for a reason that leaves one."""
    age = completed_years(pl.col("birth_date"), pl.col("end_date"))
    return (age >= check.number("from_age")) & ~pl.col("end_reason").is_in(NO_LEAVER).fill_null(value=False)


def _days_in_care(start: pl.Expr, end: pl.Expr, check: Definition) -> pl.Expr:
    """Days from the start, or from the birthday since when they count, to the end; 0 for care that ended before it."""
    since = birthday(pl.col("birth_date"), check.number("since_age"))
    days = (end - pl.max_horizontal(start, since)).dt.total_days().clip(lower_bound=0)
    return pl.when(start.is_not_null()).then(days)
