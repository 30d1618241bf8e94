"""Checks between lists about conferences and child protection plans: AA-X06 to X08, X20 and X23."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.membership import among, open_in_need, open_on
from annexa.checks.registry import Looked, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import window_of
from annexa.extract.tables import ROW
from annexa.lists.care import care_periods
from annexa.lists.people import with_people
from annexa.lists.protection import own_plan_rows
from annexa.lists.section_47 import initial_conferences
from annexa.lists.spans import needed_window

PLANS: Final = "cp_plans"
CONFERENCES: Final = "conferences"
EPISODES: Final = "cin_episodes"
_HELD: Final = pl.col("conference_date")


@on_extract("AA-X06", reads={CONFERENCES: ("conference_date", "resulted_in_plan"), PLANS: ("start_date",)})
def conference_without_plan(run: ExtractRun, check: Definition) -> Looked:
    """An initial conference in List 5's window that made a plan, with none of the child within days of it.

    It is due once these days have passed by A. A plan without a start that could be the one is not held against it.
    """
    days = pl.duration(days=check.number("days"))
    due = _HELD + days <= run.period.as_at
    rows = _initial(run).filter(
        needed_window(run.context, 5).contains(_HELD) & due & (pl.col("resulted_in_plan") == "Y")
    )
    start, end = pl.col("start_date"), pl.col("end_date")
    followed = (
        rows.select(ROW, "person_id", "conference_date")
        .join(run.rows(PLANS).select("person_id", "start_date", "end_date"), on="person_id")
        .filter(start.is_between(_HELD, _HELD + days) | (start.is_null() & (end.is_null() | (end >= _HELD))))
    )
    wrong = ~pl.col(ROW).is_in(followed[ROW].unique().implode())
    return run.looked(check, CONFERENCES, rows, wrong, _NO_PLAN, column="conference_date", list=5)


@on_lists("AA-X06", reads={5: ("person_id", "conference_date", "resulted_in_plan"), 7: ("person_id",)})
def row_of_conference_without_plan(run: ListsRun, check: Definition) -> Looked:
    """A conference on List 5, in the windows of Lists 5 and 7, that made a plan; the child not on List 7."""
    due = _HELD + pl.duration(days=check.number("days")) <= run.period.as_at
    in_window = window_of(run, 5).contains(_HELD) & window_of(run, 7).contains(_HELD)
    rows = run.rows(5).filter(in_window & due & (pl.col("resulted_in_plan") == "Y"))
    return run.looked(5, rows, ~among(run.rows(7)), _NO_PLAN, column="conference_date")


_NO_PLAN: Final = "The conference led to a child protection plan, and no plan is recorded."


def _initial(run: ExtractRun) -> pl.DataFrame:
    """The initial conferences that were held, with _row."""
    return initial_conferences(run.context).rename({"conference_row": ROW}).drop_nulls("conference_date")


@on_extract("AA-X07", reads={PLANS: ("start_date",), CONFERENCES: ("conference_date",)})
def plan_without_conference(run: ExtractRun, check: Definition) -> Looked:
    """A plan of this authority that starts in List 7's window, without a conference in the days up to its start."""
    rows = own_plan_rows(run.context).filter(needed_window(run.context, 7).contains(pl.col("start_date")))
    return run.looked(
        check,
        PLANS,
        rows,
        _unled(rows, run.rows(CONFERENCES), check),
        _NO_CONFERENCE,
        column="start_date",
        list=7,
    )


@on_lists("AA-X07", reads={7: ("person_id", "start_date"), 5: ("person_id", "conference_date")})
def row_of_plan_without_conference(run: ListsRun, check: Definition) -> Looked:
    """A row of List 7 that starts in its window, and so late in List 5's that its conference would be on List 5."""
    start = pl.col("start_date")
    reached = start >= window_of(run, 5).start + pl.duration(days=check.number("days"))
    rows = run.rows(7).filter(window_of(run, 7).contains(start) & reached)
    return run.looked(7, rows, _unled(rows, run.rows(5), check), _NO_CONFERENCE, column="start_date")


_NO_CONFERENCE: Final = "No initial or transfer-in conference was held in the days up to the start of the plan."


def _unled(plans: pl.DataFrame, conferences: pl.DataFrame, check: Definition) -> pl.Expr:
    """True for the plans that no conference of the child led to."""
    start = pl.col("start_date")
    led = (
        plans.select("person_id", "start_date")
        .join(conferences.select("person_id", "conference_date"), on="person_id")
        .filter(_HELD.is_between(start - pl.duration(days=check.number("days")), start))
    )
    return ~_one_of(led, "person_id", "start_date")


@on_extract("AA-X08", reads={CONFERENCES: ("conference_date", "resulted_in_plan"), PLANS: ("start_date",)})
def plan_in_spite_of_conference(run: ExtractRun, check: Definition) -> Looked:
    """An initial conference that made no plan, and a plan of the child that starts on its day."""
    rows = _initial(run).filter(pl.col("resulted_in_plan") == "N")
    wrong = _on_the_day(rows, run.rows(PLANS))
    return run.looked(check, CONFERENCES, rows, wrong, _NO_PLAN_MADE, column="resulted_in_plan", list=5)


@on_lists("AA-X08", reads={5: ("person_id", "conference_date", "resulted_in_plan"), 7: ("person_id", "start_date")})
def row_of_plan_in_spite_of_conference(run: ListsRun, _check: Definition) -> Looked:
    """A conference on List 5 that made no plan, and a row of List 7 that starts on its day."""
    rows = run.rows(5).filter(_HELD.is_not_null() & (pl.col("resulted_in_plan") == "N"))
    return run.looked(5, rows, _on_the_day(rows, run.rows(7)), _NO_PLAN_MADE, column="resulted_in_plan")


_NO_PLAN_MADE: Final = "The conference says that no plan was made, and a plan of the child starts on its day."


def _on_the_day(conferences: pl.DataFrame, plans: pl.DataFrame) -> pl.Expr:
    days = plans.select("person_id", pl.col("start_date").alias("conference_date")).drop_nulls()
    both = conferences.select("person_id", "conference_date").join(days, on=["person_id", "conference_date"])
    return _one_of(both, "person_id", "conference_date")


def _one_of(rows: pl.DataFrame, *names: str) -> pl.Expr:
    """True where the values of these columns stand together in one of `rows`.

    A row's number alone does not tell it from others: lists can be put together from several workbooks.
    """
    return pl.struct(names).is_in(rows.select(pl.struct(names).alias("_"))["_"].unique().implode())


@on_extract("AA-X20", reads={PLANS: ("start_date", "end_date"), "care_episodes": ("start_date", "end_date")})
def on_a_plan_and_in_care(run: ExtractRun, check: Definition) -> Looked:
    """A child with an open plan of this authority who is looked after, short breaks left out."""
    children = own_plan_rows(run.context).filter("is_open").select("person_id").unique().sort("person_id")
    in_care = care_periods(run.context).filter(pl.col("is_open") & ~pl.col("short_break"))
    return run.looked(check, PLANS, children, among(in_care), _DUAL, list=7)


@on_lists("AA-X20", reads={7: ("person_id", "end_date"), 8: ("person_id", "end_date")})
def on_lists_7_and_8(run: ListsRun, _check: Definition) -> Looked:
    """An open row of List 7 whose child has an open row on List 8."""
    return run.looked(7, open_on(run, 7), among(open_on(run, 8)), _DUAL)


_DUAL: Final = "The child is on a child protection plan and looked after: is the dual status intended?"


@on_extract("AA-X23", reads={PLANS: ("start_date", "end_date"), EPISODES: ("referral_date", "close_date")})
def plan_ended_without_step_down(run: ExtractRun, check: Definition) -> Looked:
    """A plan of this authority that ended in List 7's window, of a living child who is not open on List 6."""
    ended = own_plan_rows(run.context).filter(needed_window(run.context, 7).contains(pl.col("end_date")))
    rows = with_people(run.context, ended, "death_date").filter(pl.col("death_date").is_null())
    return run.looked(check, PLANS, rows, ~among(open_in_need(run.built)), _STEP_DOWN, column="end_date", list=7)


@on_lists("AA-X23", reads={7: ("person_id", "end_date"), 6: ("person_id", "close_date", "case_status")})
def row_of_plan_ended_without_step_down(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 7 that ended in its window, whose child is not open on List 6."""
    rows = run.rows(7).filter(window_of(run, 7).contains(pl.col("end_date")))
    return run.looked(7, rows, ~among(open_in_need(run)), _STEP_DOWN, column="end_date")


_STEP_DOWN: Final = "The plan has ended, and no step-down to a child in need follows on List 6."
