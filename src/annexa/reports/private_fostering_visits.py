"""Visits to privately fostered children: the first, the last, and when the next one is due."""

from typing import Final

import polars as pl

from annexa.period import birthday
from annexa.reports.numbers import yes_no
from annexa.reports.run import ReportRun

VISITS: Final = "private_fostering_visits"
WEEKS_IN_FIRST_YEAR: Final = 6  # SI 2005/1533, regulation 8: not more than six weeks apart in the first year
WEEKS_AFTERWARDS: Final = 12  # the same: not more than twelve weeks apart in each year after it
NOT_DUE: Final = "not due yet"


def with_visits(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the visits of each arrangement.

    A visit at which the child was not seen is no visit to the child. Without a visit in the table of visits, the day
    that the arrangement itself has for its latest visit stands. The next visit is due some weeks after the last: six
    where that lies in the first year after the authority became aware (else after the notification), twelve where it
    lies later; and where there has been none, on the last day for the first. A visit due on D is not overdue.

    Args:
        run: the run.
        rows: the fields of private_fostering.

    Returns:
        `rows` with first_visit, last_visit, next_due (Date); first_in_time (Y, N, NOT_DUE; blank without a notification
        or without the table of visits); overdue (Y, N; blank where next_due is).
    """
    rows = rows.join(_visits(run), on="arrangement_id", how="left", maintain_order="left")
    last = pl.when(pl.col("recorded").is_null()).then("last_visit_date").otherwise("last_visit")
    due = run.calendar.after(pl.col("notification_date"), run.settings.first_visit_days)
    return (
        rows.with_columns(last.alias("last_visit"), due.alias("first_due"))
        .with_columns(_next_due(run).alias("next_due"))
        .with_columns(
            _first_in_time(run).alias("first_in_time"),
            yes_no(pl.col("next_due") < run.period.inspection_date).alias("overdue"),
        )
        .drop("recorded", "first_due")
    )


def _next_due(run: ReportRun) -> pl.Expr:
    last, aware = pl.col("last_visit"), pl.col("aware_date")
    since = pl.coalesce(aware, "notification_date")
    in_first_year = pl.when(last < birthday(since, 1))
    weeks = in_first_year.then(WEEKS_IN_FIRST_YEAR).when(since.is_not_null()).then(WEEKS_AFTERWARDS)
    # An arrangement that nobody notified waits for its first visit from the day the authority knew of it.
    first = pl.coalesce("first_due", run.calendar.after(aware, run.settings.first_visit_days))
    return pl.when(last.is_null()).then(first).otherwise(last + pl.duration(weeks=weeks))


def _visits(run: ReportRun) -> pl.DataFrame:
    """The visits of each arrangement: arrangement_id, first_visit and last_visit (child seen), recorded (all)."""
    seen = pl.col("visit_date").filter(pl.col("child_seen").ne_missing(pl.lit("N")))
    return (
        run.rows(VISITS)
        .drop_nulls(["arrangement_id", "visit_date"])
        .group_by("arrangement_id")
        .agg(seen.min().alias("first_visit"), seen.max().alias("last_visit"), pl.len().alias("recorded"))
    )


def _first_in_time(run: ReportRun) -> pl.Expr:
    """Y, N or NOT_DUE; blank where no visit is in the table and the arrangement itself names one."""
    if not run.has(VISITS):
        return pl.lit(None, dtype=pl.String)
    first, due = pl.col("first_visit"), pl.col("first_due")
    passed = due < run.period.inspection_date
    elsewhere = pl.col("recorded").is_null() & pl.col("last_visit").is_not_null()
    in_time = pl.when(first.is_not_null()).then(first <= due).when(passed & ~elsewhere).then(pl.lit(value=False))
    return pl.when(first.is_null() & ~passed & ~elsewhere).then(pl.lit(NOT_DUE)).otherwise(yes_no(in_time))
