"""Checks of List 6: children in need."""

from datetime import timedelta
from typing import Any, Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun, view_of
from annexa.checks.shapes import more_than_once, undated, with_share
from annexa.extract.tables import DROP, ROW
from annexa.lists.children_in_need import CLOSED_AFTER_ASSESSMENT, tested_episodes
from annexa.lists.people import with_people
from annexa.lists.protection import live_plans
from annexa.lists.services import CIN_PLAN, CP_PLAN, ENQUIRY, belonging, open_kinds, services
from annexa.lists.spans import with_ended
from annexa.period import InspectionPeriod
from annexa.records import UNREADABLE

LIST: Final = 6
EPISODES: Final = "cin_episodes"
UNSAID_NEEDS: Final = ("N0", "N9")
IN_NEED: Final = ("CIN", "ASSESSMENT")  # statuses c) and d): neither looked after nor on a plan
CLOSED: Final = "CLOSED"
_WORK: Final = (ENQUIRY, CIN_PLAN, CP_PLAN)

made("AA-614", reads={EPISODES: ("referral_date", "close_date")}, counted=EPISODES)


@on_lists("AA-601", each={LIST: ("person_id",)})
def two_rows(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child with more than one row on List 6."""
    return more_than_once(run, number)


@on_extract("AA-602", each={EPISODES: ("close_date", "close_reason")})
def closure_without_reason(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A closure date without a reason, or a reason without a date."""
    rows = run.rows(record)
    return run.looked(check, record, rows, _half_closed(pl.col("close_date").is_not_null()), _HALF, column=_REASON)


@on_lists("AA-602", each={LIST: ("close_date", "close_reason")})
def row_closed_without_reason(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row closed by D without a reason, or one with a reason and no closure date."""
    wrong = _half_closed(pl.col("close_date") <= run.period.as_at)
    return run.looked(number, run.rows(number), wrong, _HALF, column=_REASON)


_HALF: Final = "Closure date and reason for closure: one is there without the other."
_REASON: Final = "close_reason"


def _half_closed(closed: pl.Expr) -> pl.Expr:
    reason = pl.col("close_reason")
    return (closed & reason.is_null()) | (pl.col("close_date").is_null() & (reason != UNREADABLE))


@on_extract("AA-603", each={EPISODES: ("referral_date", "close_date")})
def closed_before_referral(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An episode of need that was closed before its referral."""
    wrong = pl.col("close_date") < pl.col("referral_date")
    return run.looked(check, record, run.rows(record), wrong, _CLOSED_FIRST, column="close_date")


@on_lists("AA-603", each={LIST: ("start_date", "close_date")})
def row_closed_before_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 6 whose closure is before its start."""
    wrong = pl.col("close_date") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _CLOSED_FIRST, column="close_date")


_CLOSED_FIRST: Final = "The episode of need was closed before it began."


@on_extract("AA-604", each={EPISODES: ("primary_need", "referral_date", "close_date")})
def no_primary_need(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An episode in scope of List 6 without a primary need."""
    wrong = pl.col("primary_need").is_null()
    return run.looked(check, record, _in_scope(run), wrong, _NO_NEED, column="primary_need")


@on_lists("AA-604", each={LIST: ("primary_need",)})
def row_without_need(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 6 without a primary need."""
    return run.looked(number, run.rows(number), pl.col("primary_need").is_null(), _NO_NEED, column="primary_need")


_NO_NEED: Final = "The primary need is blank."


@on_extract("AA-605", each={EPISODES: ("primary_need", "referral_date", "close_date")})
def need_not_stated(run: ExtractRun, check: Definition, record: str) -> tuple[Looked, ...]:
    """Children with an episode in scope of List 6 whose need is not stated, or is not that of a child in need."""
    unsaid = pl.col("primary_need").is_in(UNSAID_NEEDS).fill_null(value=False)
    children = (
        _in_scope(run)
        .sort(~unsaid, pl.col("start_date"), "referral_id", descending=[False, True, True], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
    )
    answer = run.looked(check, record, children, unsaid, _UNSAID, column="primary_need")
    return with_share(answer, _UNSAID_CHILDREN, LIST)


@on_lists("AA-605", each={LIST: ("primary_need",)})
def row_with_need_not_stated(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """Rows of List 6 with N0 or N9."""
    wrong = pl.col("primary_need").is_in(UNSAID_NEEDS)
    answer = run.looked(number, run.rows(number), wrong, _UNSAID, column="primary_need")
    return with_share(answer, _UNSAID_CHILDREN, number)


_UNSAID: Final = "The primary need is not stated, or is for cases other than children in need."
_UNSAID_CHILDREN: Final = "Children whose primary need is not stated, or is for cases other than children in need."


@on_lists("AA-606", each={LIST: ("case_status", "close_date")})
def status_and_closure_disagree(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Status e) without a closure by D, or a closure by D with another status; a later closure is none yet (2.4)."""
    closed = (pl.col("close_date") <= run.period.as_at).fill_null(value=False)
    wrong = (pl.col("case_status").eq_missing(pl.lit(CLOSED))) != closed
    message = "Case status and closure date do not agree on whether the case is closed."
    return run.looked(number, run.rows(number), wrong, message, column="case_status")


@on_extract(
    "AA-607",
    reads={
        EPISODES: ("referral_date", "close_date"),
        "cin_plans": ("start_date", "end_date"),
        "cp_plans": ("start_date", "end_date"),
        "assessments": ("start_date", "authorised_date"),
        "care_episodes": ("start_date", "end_date"),
    },
)
def nothing_current(run: ExtractRun, check: Definition) -> Looked:
    """An open episode in scope of a child with no plan, assessment, care or short break open at D (2.4)."""
    kinds = open_kinds(run.context)
    rows = _in_scope(run).filter("is_open").join(kinds, on="person_id", how="left", maintain_order="left")
    message = "The episode is open, and no plan, assessment or care is."
    return run.looked(check, EPISODES, rows, pl.col(CIN_PLAN).is_null(), message, column="close_date")


@on_extract(
    "AA-608",
    reads={
        EPISODES: ("referral_date", "close_date"),
        "persons": ("birth_date",),
        "cin_plans": ("start_date", "end_date"),
        "cp_plans": ("start_date", "end_date"),
        "assessments": ("start_date", "authorised_date"),
        "care_episodes": ("start_date", "end_date"),
        "cin_visits": ("visit_date", "seen"),
        "cp_visits": ("visit_date", "seen"),
        "care_visits": ("visit_date", "seen"),
    },
)
def not_seen(run: ExtractRun, check: Definition) -> Looked:
    """A child in need, as List 6 has them, whom nobody has seen for weeks."""
    rows = with_people(run.context, _list_rows(run), "unborn")
    born = ~pl.col("unborn").fill_null(value=False)
    rows = rows.filter(pl.col("case_status").is_in(IN_NEED) & born).with_columns(_seen_due(check))
    return run.looked(
        check, EPISODES, rows, _unseen(run.period, check), _UNSEEN, value=pl.col("last_seen_date"),
        table=pl.col("source"), file=pl.col("file"), **_late(run.period),
    )  # fmt: skip


@on_lists("AA-608", each={LIST: ("case_status", "start_date", "last_seen_date", "birth_date")})
def row_not_seen(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 6 with status c) or d) of a child whom nobody has seen for weeks."""
    day = run.period.inspection_date
    unborn = (pl.col("birth_date") > day) | (pl.col("age_in_years").cast(pl.Int64, strict=False) < 0)
    rows = run.rows(number).filter(pl.col("case_status").is_in(IN_NEED) & ~unborn.fill_null(value=False))
    rows = rows.with_columns(_seen_due(check))
    return run.looked(
        number, rows, _unseen(run.period, check), _UNSEEN, column="last_seen_date", **_late(run.period)
    )  # fmt: skip


_UNSEEN: Final = "The child in need has not been seen for longer than the weeks allowed."


def _unseen(period: InspectionPeriod, check: Definition) -> pl.Expr:
    """Last seen before the weeks began; or never, in an episode that is older than they are."""
    since = period.inspection_date - timedelta(weeks=check.number("weeks"))
    return (pl.coalesce("last_seen_date", "start_date") < since) & (
        pl.col("start_date").is_null() | (pl.col("start_date") < since)
    )


def _seen_due(check: Definition) -> pl.Expr:
    seen_by = pl.max_horizontal("last_seen_date", "start_date")
    return (seen_by + timedelta(weeks=check.number("weeks"))).alias("due_date")


def _late(period: InspectionPeriod) -> dict[str, Any]:
    overdue = (pl.lit(period.inspection_date) - pl.col("due_date")).dt.total_days()
    return {"due_date": pl.col("due_date"), "days_overdue": overdue}


@on_lists("AA-609", each={LIST: ("close_reason",)})
def closed_after_assessment(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that was closed after assessment; where there is an extract, unless other work belongs to the episode.

    Such a row stays on List 6 (R35), and AA-610 says what is wrong with it.
    """
    rows = run.rows(number)
    after = pl.col("close_reason").is_in(CLOSED_AFTER_ASSESSMENT).fill_null(value=False)
    if run.extract is not None:
        worked = _in_scope(run.extract).filter(after)["person_id"].unique().implode()
        after = after & ~pl.col("person_id").is_in(worked)
    message = "The episode was closed after assessment and is not needed on List 6."
    return run.looked(number, rows, after, message, column="close_reason")


@on_extract(
    "AA-610",
    reads={
        EPISODES: ("referral_date", "close_date", "close_reason"),
        "section_47_enquiries": ("referral_id", "start_date"),
        "cin_plans": ("referral_id", "start_date"),
        "cp_plans": ("referral_id", "start_date"),
    },
)
def work_after_closed_assessment(run: ExtractRun, check: Definition) -> Looked:
    """An episode closed after assessment to which an enquiry or a plan belongs, or that List 6 keeps for other work.

    By referral id, or by dates where it is of no use (K19); a plan that is still open counts for the episode that it
    names.
    """
    context = run.context
    closed = tested_episodes(context).filter(
        pl.col(DROP).is_null()
        & pl.col("close_date").is_not_null()
        & pl.col("close_reason").is_in(CLOSED_AFTER_ASSESSMENT)
    )
    work = services(context).filter(pl.col("kind").is_in(_WORK))
    by_dates = belonging(context, work, closed.select("_row", "person_id"))["episode_row"].unique()
    named = closed.join(work, on=["person_id", "referral_id"], how="semi")[ROW]
    row = pl.col(ROW)
    wrong = pl.col("reason").is_null() | row.is_in(by_dates.implode()) | row.is_in(named.implode())
    message = "The episode was closed after assessment, and other work belongs to it."
    return run.looked(check, EPISODES, closed, wrong, message, column="close_reason")


@on_extract("AA-611", reads={"cin_plans": ("start_date", "end_date"), "cp_plans": ("start_date", "end_date")})
def plan_beside_protection_plan(run: ExtractRun, check: Definition) -> Looked:
    """A child in need plan that is open on a day after the start of a protection plan, while that is open too (K5).

    A protection plan without a start says nothing.
    """
    plans = with_ended(run.context, run.rows("cin_plans"), "end_date")
    protection = live_plans(run.context).select(
        "person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_until")
    )
    first = pl.max_horizontal("start_date", pl.col("_from").dt.offset_by("1d"))
    never = pl.min_horizontal("ended", "_until").is_null()
    both = pl.col("_from").is_not_null() & (never | (first < pl.min_horizontal("ended", "_until")))
    beside = plans.join(protection, on="person_id").filter(both)[ROW].unique()
    message = "The child in need plan was open while the child was on a child protection plan."
    return run.looked(
        check, "cin_plans", plans, pl.col(ROW).is_in(beside.implode()), message, column="end_date"
    )  # fmt: skip


@on_lists("AA-612", each={LIST: ("start_date", "last_seen_date")})
def seen_before_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 6 on which the child was last seen before the episode began."""
    wrong = pl.col("last_seen_date") < pl.col("start_date")
    message = "The child was last seen before the episode of need began."
    return run.looked(number, run.rows(number), wrong, message, column="last_seen_date")


@on_extract(
    "AA-613",
    reads={
        EPISODES: ("referral_date", "close_date"),
        "cin_plans": ("start_date", "end_date"),
        "cp_plans": ("start_date", "end_date"),
        "care_episodes": ("start_date", "end_date"),
    },
)
def plan_open_for_years(run: ExtractRun, check: Definition) -> Looked:
    """A child in need plan, open at D, of a child with status c) that began years ago."""
    status_c = _list_rows(run).filter(pl.col("case_status") == "CIN")["person_id"].implode()
    plans = run.rows("cin_plans").filter(pl.col("end_date").is_null() & pl.col("person_id").is_in(status_c))
    wrong = pl.col("start_date") < run.period.months_before(12 * check.number("years"))
    return run.looked(check, "cin_plans", plans, wrong, _DRIFT, column="start_date")


@on_lists("AA-613", each={LIST: ("case_status", "start_date")})
def episode_open_for_years(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 6 with status c) that began years ago."""
    rows = run.rows(number).filter(pl.col("case_status") == "CIN")
    wrong = pl.col("start_date") < run.period.months_before(12 * check.number("years"))
    return run.looked(number, rows, wrong, _DRIFT, column="start_date")


_DRIFT: Final = "The child has been in need for longer than the years allowed: is there drift?"


@on_lists("AA-614", each={LIST: ("start_date", "close_date")})
def row_without_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 6 without a start that is open at D or was closed in the window."""
    return undated(run, number, "start_date", "close_date", "The episode of need has no start date.")


def _in_scope(run: ExtractRun) -> pl.DataFrame:
    """Return the episodes in scope of List 6: the one that is shown of each child, and those that it supersedes."""
    return tested_episodes(run.context).filter(pl.col("reason").is_null())


def _list_rows(run: ExtractRun) -> pl.DataFrame:
    """Return the rows of List 6 as checks see lists, with what stands behind them.

    Returns:
        The list's columns, referral_id, source (name of the source table), file and _row (null for an added row).
    """
    built = run.lists[LIST]
    tables = {table.source: table.file for table in run.context.tables.values()}
    episodes = run.rows(EPISODES).select("person_id", "referral_id", ROW)
    return (
        view_of(built.spec, built.codes)
        .frame.drop(ROW)
        .with_columns(built.rows["referral_id"], built.rows["source"].fill_null(run.context.tables[EPISODES].source))
        .with_columns(pl.col("source").replace_strict(tables, default=None, return_dtype=pl.String).alias("file"))
        .join(episodes, on=["person_id", "referral_id"], how="left", maintain_order="left")
    )
