"""Checks of List 7: visits and review conferences of child protection plans.

What is overdue is tested of the authority's own plans that are open at D; a plan without a start has no first due date
(AA-716 says so).
"""

from typing import Any, Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.lists.protection import last_reviews, last_visits, live_plans, own_plan_rows
from annexa.lists.registry import ID
from annexa.period import InspectionPeriod, completed_years
from annexa.workdays import WorkingDays

LIST: Final = 7
PLANS, VISITS, REVIEWS = "cp_plans", "cp_visits", "cp_reviews"
NOT_ALONE: Final = ("N", "U")
_REVIEWED: Final = {PLANS: ("start_date", "end_date"), REVIEWS: ("cp_plan_id", "review_date")}
_VISITED: Final = {
    PLANS: ("start_date", "end_date"),
    VISITS: ("cp_plan_id", "visit_date"),
    "persons": ("birth_date",),
}
_OUTSIDE: Final = "The visit or review is outside the plan that it names."


def _open_plans(context: Context) -> pl.DataFrame:
    """Return the authority's own plans that are open at D, as rows of List 7 are worked out.

    Returns:
        The columns of live_plans(); `_id`; birth_date, unborn, cp_visit_date and cp_review_date as List 7 has them.
    """
    plans = with_people(context, own_plan_rows(context).filter("is_open"), "birth_date", "unborn").with_row_index(ID)
    visits = last_visits(context, plans).select(ID, pl.col("visit_date").alias("cp_visit_date"))
    return plans.join(visits, on=ID, how="left", maintain_order="left").join(
        last_reviews(context, plans), on=ID, how="left", maintain_order="left"
    )


def _open_rows(run: ListsRun) -> pl.DataFrame:
    """Return the rows of List 7 that are open at D; a review on or before the start is none (CIN 8841)."""
    rows = run.rows(LIST)
    held = pl.col("start_date").is_null() | (pl.col("cp_review_date") > pl.col("start_date"))
    return rows.filter(run.period.open_at(pl.col("start_date"), pl.col("end_date"))).with_columns(
        pl.when(held).then("cp_review_date").alias("cp_review_date")
    )


def _born_rows(run: ListsRun) -> pl.DataFrame:
    """Return the rows of List 7 that are open at D of children who are born."""
    day = run.period.inspection_date
    unborn = (pl.col("birth_date") > day) | (pl.col("age_in_years").cast(pl.Int64, strict=False) < 0)
    return _open_rows(run).filter(~unborn.fill_null(value=False))


@on_extract("AA-705", reads=_REVIEWED)
def review_before_plan(run: ExtractRun, check: Definition) -> Looked:
    """A review on or before the start of its plan: the initial conference, it may be.

    Its plan is the one that it names, or by dates one that runs on the day (K19): where several do, the earliest.
    """
    reviews = run.rows(REVIEWS).drop_nulls("review_date")
    plans = live_plans(run.context).select(
        "person_id", "cp_plan_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to")
    )
    named = reviews.join(plans.drop("_to"), on=["person_id", "cp_plan_id"])
    day, start, end = pl.col("review_date"), pl.col("_from"), pl.col("_to")
    by_dates = (
        reviews.join(named, on="_row", how="anti")
        .join(plans.drop("cp_plan_id"), on="person_id")
        .filter((start.is_null() | (start <= day)) & (end.is_null() | (end >= day)))
        .sort("_row", start.is_not_null(), start)
        .unique("_row", keep="first", maintain_order=True)
    )
    rows = pl.concat([named, by_dates.select(named.columns)])
    return run.looked(check, REVIEWS, rows, day <= start, _AT_START, column="review_date")


@on_lists("AA-705", each={LIST: ("start_date", "cp_review_date")})
def row_reviewed_before_plan(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 7 whose latest review is on or before the start."""
    wrong = pl.col("cp_review_date") <= pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _AT_START, column="cp_review_date")


_AT_START: Final = "The review conference is not after the start of the plan."


@on_extract("AA-706", reads=_REVIEWED)
def never_reviewed(run: ExtractRun, check: Definition) -> Looked:
    """An open plan without a review, months after its start."""
    plans = _review_due(run.context.once(_open_plans), "start_date", check)
    wrong = pl.col("cp_review_date").is_null() & _past(run.period)
    return run.looked(check, PLANS, plans, wrong, _NO_REVIEW, column="start_date", **_late_days(run.period))


@on_lists("AA-706", each={LIST: ("start_date", "end_date", "cp_review_date")})
def row_never_reviewed(run: ListsRun, check: Definition, number: int) -> Looked:
    """An open row of List 7 without a review, months after its start."""
    rows = _review_due(_open_rows(run), "start_date", check)
    wrong = pl.col("cp_review_date").is_null() & _past(run.period)
    return run.looked(number, rows, wrong, _NO_REVIEW, column="cp_review_date", **_late_days(run.period))


_NO_REVIEW: Final = "The plan is past its first review date, and no review conference is recorded."


@on_extract("AA-707", reads=_REVIEWED)
def not_reviewed_since(run: ExtractRun, check: Definition) -> Looked:
    """An open plan whose latest review was months ago; the value is its date."""
    plans = _review_due(run.context.once(_open_plans), "cp_review_date", check)
    value = pl.col("cp_review_date")
    return run.looked(check, PLANS, plans, _past(run.period), _OLD_REVIEW, value=value, **_late_days(run.period))


@on_lists("AA-707", each={LIST: ("start_date", "end_date", "cp_review_date")})
def row_not_reviewed_since(run: ListsRun, check: Definition, number: int) -> Looked:
    """An open row of List 7 whose latest review was months ago."""
    rows = _review_due(_open_rows(run), "cp_review_date", check)
    return run.looked(number, rows, _past(run.period), _OLD_REVIEW, column="cp_review_date", **_late_days(run.period))


_OLD_REVIEW: Final = "The plan is past its next review date since the latest review conference."


def _review_due(plans: pl.DataFrame, since: str, check: Definition) -> pl.DataFrame:
    return plans.with_columns(pl.col(since).dt.offset_by(f"{check.number('months')}mo").alias("due_date"))


def _past(period: InspectionPeriod) -> pl.Expr:
    return pl.col("due_date") < period.inspection_date


def _late_days(period: InspectionPeriod) -> dict[str, Any]:
    overdue = (pl.lit(period.inspection_date) - pl.col("due_date")).dt.total_days()
    return {"due_date": pl.col("due_date"), "days_overdue": overdue}


@on_extract("AA-708", reads=_VISITED)
def never_visited(run: ExtractRun, check: Definition) -> Looked:
    """An open plan of a child who is born, without a visit, working days after the start or the birth."""
    plans = run.context.once(_open_plans).filter(~pl.col("unborn").fill_null(value=False))
    plans = _visit_due(plans, _FIRST_DAY, check, run.calendar)
    wrong = pl.col("cp_visit_date").is_null() & _overdue(run.period, run.calendar)
    return run.looked(check, PLANS, plans, wrong, _NO_VISIT, column="start_date", **_late_days(run.period))


@on_lists("AA-708", each={LIST: ("start_date", "end_date", "cp_visit_date", "birth_date")})
def row_never_visited(run: ListsRun, check: Definition, number: int) -> Looked:
    """An open row of List 7 of a child who is born, without a visit, working days after the start or the birth."""
    rows = _visit_due(_born_rows(run), _FIRST_DAY, check, run.calendar)
    wrong = pl.col("cp_visit_date").is_null() & _overdue(run.period, run.calendar)
    return run.looked(number, rows, wrong, _NO_VISIT, column="cp_visit_date", **_late_days(run.period))


_NO_VISIT: Final = "No visit is recorded in the plan, and the first one was due."
# Without a start nothing says when the first visit was due.
_FIRST_DAY: Final = pl.when(pl.col("start_date").is_not_null()).then(pl.max_horizontal("start_date", "birth_date"))


@on_extract("AA-709", reads=_VISITED)
def not_visited_since(run: ExtractRun, check: Definition) -> Looked:
    """An open plan of a child who is born, whose last visit was working days ago; the value is its date."""
    plans = run.context.once(_open_plans).filter(~pl.col("unborn").fill_null(value=False))
    plans = _visit_due(plans, pl.col("cp_visit_date"), check, run.calendar)
    wrong = _overdue(run.period, run.calendar)
    return run.looked(check, PLANS, plans, wrong, _OLD_VISIT, value=pl.col("cp_visit_date"), **_late_days(run.period))


@on_lists("AA-709", each={LIST: ("start_date", "end_date", "cp_visit_date", "birth_date")})
def row_not_visited_since(run: ListsRun, check: Definition, number: int) -> Looked:
    """An open row of List 7 of a child who is born, whose last visit was working days ago."""
    rows = _visit_due(_born_rows(run), pl.col("cp_visit_date"), check, run.calendar)
    wrong = _overdue(run.period, run.calendar)
    return run.looked(number, rows, wrong, _OLD_VISIT, column="cp_visit_date", **_late_days(run.period))


_OLD_VISIT: Final = "The last visit of the plan was longer ago than the working days allowed."


def _visit_due(plans: pl.DataFrame, since: pl.Expr, check: Definition, calendar: WorkingDays) -> pl.DataFrame:
    """Add due_date: the last working day on which a visit is in time."""
    return plans.with_columns(calendar.after(since, check.number("working_days")).alias("due_date"))


def _overdue(period: InspectionPeriod, calendar: WorkingDays) -> pl.Expr:
    """Counted in working days: on a weekend after the due date nothing is late yet."""
    return calendar.between(pl.col("due_date"), period.inspection_date) > 0


@on_extract(
    "AA-710",
    reads={
        PLANS: ("start_date", "end_date"),
        VISITS: ("cp_plan_id", "visit_date"),
        REVIEWS: ("cp_plan_id", "review_date"),
    },
    optional=(REVIEWS,),
)
def outside_plan(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """A visit or a review after the recorded end of the plan that it names; a visit before its start."""
    plans = run.rows(PLANS).select("person_id", "cp_plan_id", "start_date", "end_date")
    on = ["person_id", "cp_plan_id"]
    visits, reviews = (run.rows(each).join(plans, on=on, maintain_order="left") for each in (VISITS, REVIEWS))
    return (
        run.looked(check, VISITS, visits, _outside("visit_date"), _OUTSIDE, column="visit_date"),
        run.looked(check, REVIEWS, reviews, _after_end("review_date"), _OUTSIDE, column="review_date"),
    )


@on_lists("AA-710", each={LIST: ("start_date", "end_date", "cp_visit_date", "cp_review_date")})
def dates_outside_plan(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """A row of List 7 whose last visit is outside the plan, or whose latest review is after its end."""
    rows = run.rows(number)
    visits, reviews = (rows.drop_nulls(name) for name in ("cp_visit_date", "cp_review_date"))
    return (
        run.looked(number, visits, _outside("cp_visit_date"), _OUTSIDE, column="cp_visit_date"),
        run.looked(number, reviews, _after_end("cp_review_date"), _OUTSIDE, column="cp_review_date"),
    )


def _after_end(day: str) -> pl.Expr:
    return (pl.col(day) > pl.col("end_date")).fill_null(value=False)


def _outside(day: str) -> pl.Expr:
    return _after_end(day) | (pl.col(day) < pl.col("start_date"))


@on_extract("AA-711", reads={**_VISITED, VISITS: ("cp_plan_id", "visit_date", "seen_alone")})
def not_seen_alone(run: ExtractRun, check: Definition) -> Looked:
    """The last visit of an open plan, at which a child old enough was not seen alone or nobody knows."""
    context = run.context
    plans = context.once(_open_plans).select(ID, "person_id", "start_date", "end_date")
    visits = with_people(context, last_visits(context, plans), "birth_date").with_columns(
        pl.col("alone").alias("seen_alone")
    )
    wrong = _not_alone("visit_date", "seen_alone", check)
    return run.looked(check, VISITS, visits, wrong, _NOT_ALONE, column="seen_alone")


@on_lists("AA-711", each={LIST: ("start_date", "end_date", "cp_visit_date", "cp_visit_seen_alone", "birth_date")})
def row_not_seen_alone(run: ListsRun, check: Definition, number: int) -> Looked:
    """An open row of List 7 whose last visit did not see a child alone who was old enough; a blank is Unknown (K20)."""
    rows = _open_rows(run).drop_nulls("cp_visit_date")
    wrong = _not_alone("cp_visit_date", "cp_visit_seen_alone", check)
    return run.looked(number, rows, wrong, _NOT_ALONE, column="cp_visit_seen_alone")


_NOT_ALONE: Final = "The child was not seen alone at the last visit, or it is not known."


def _not_alone(day: str, alone: str, check: Definition) -> pl.Expr:
    old_enough = completed_years(pl.col("birth_date"), pl.col(day)) >= check.number("age")
    return old_enough & pl.col(alone).fill_null("U").is_in(NOT_ALONE)
