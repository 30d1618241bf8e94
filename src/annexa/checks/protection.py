"""Checks of List 7: child protection plans, how often there were any, and the conferences they came from."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, nothing, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import more_than_once, undated
from annexa.extract.tables import ROW
from annexa.lists.orders import id_order
from annexa.lists.protection import own_plan_rows
from annexa.lists.spans import needed_window
from annexa.period import InspectionPeriod

LIST: Final = 7
PLANS: Final = "cp_plans"
CONFERENCES_LIST: Final = 5
_ID: Final = "cp_plan_id"

made("AA-716", reads={PLANS: ("start_date", "end_date")}, counted=PLANS)
# The standard layout holds no count of earlier plans, and no record has a field for one: it cannot be compared.
made("AA-714", reads={PLANS: ("start_date", "end_date", "previous_cp_plans")})


@on_extract("AA-701", each={PLANS: ("start_date", "end_date")})
def plans_overlap(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A plan of this authority that overlaps one of the child's that began before it, or is open beside it (2.10).

    One that ends on the day on which the other begins does not. Two with the same dates are one plan.
    """
    plans = own_plan_rows(run.context).sort(
        pl.col("start_date").is_not_null(),
        "start_date",
        pl.col("end_date").is_null(),
        "end_date",
        *id_order(pl.col(_ID)),
    )
    plans = plans.with_row_index("_place")
    others = plans.select(
        "person_id",
        pl.col("_place").alias("_before"),
        pl.col("start_date").alias("_from"),
        pl.col("end_date").alias("_to"),
    )
    start, end = pl.col("start_date"), pl.col("end_date")
    begun = start.is_null() | pl.col("_to").is_null() | (start < pl.col("_to"))
    running = pl.col("_from").is_null() | end.is_null() | (pl.col("_from") < end)
    later = plans.join(others, on="person_id").filter((pl.col("_before") < pl.col("_place")) & begun & running)
    message = "The plan overlaps another plan of the child that began before it."
    wrong = pl.col(ROW).is_in(later[ROW].unique().implode())
    return run.looked(check, record, plans, wrong, message, column="start_date")


@on_lists("AA-701", each={LIST: ("person_id",)})
def two_rows(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child with more than one row on List 7."""
    return more_than_once(run, number)


@on_extract("AA-702", each={PLANS: ("start_date", "end_date")})
def plan_without_length(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A plan that ends before the day after its start."""
    wrong = pl.col("end_date") <= pl.col("start_date")
    return run.looked(check, record, run.rows(record), wrong, _NO_LENGTH, column="end_date")


@on_lists("AA-702", each={LIST: ("start_date", "end_date")})
def row_without_length(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 7 that ends before the day after its start."""
    wrong = pl.col("end_date") <= pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _NO_LENGTH, column="end_date")


_NO_LENGTH: Final = "The plan ends before it starts, or on the same day."


@on_extract("AA-703", each={PLANS: ("initial_category", "latest_category")})
def no_category(run: ExtractRun, check: Definition, record: str) -> tuple[Looked, ...]:
    """A plan without its initial or its latest category of abuse."""
    return tuple(
        run.looked(check, record, rows, pl.col(name).is_null(), _NO_CATEGORY, column=name)
        for name, rows in _by_category(run.rows(record))
    )


@on_lists("AA-703", each={LIST: ("initial_category", "latest_category")})
def row_without_category(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """A row of List 7 without its initial or its latest category of abuse."""
    return tuple(
        run.looked(number, rows, pl.col(name).is_null(), _NO_CATEGORY, column=name)
        for name, rows in _by_category(run.rows(number))
    )


_NO_CATEGORY: Final = "The category of abuse is blank."


def _by_category(rows: pl.DataFrame) -> tuple[tuple[str, pl.DataFrame], ...]:
    """Share rows out, so that each has one finding: those without an initial category, and the others."""
    blank = pl.col("initial_category").is_null()
    return ("initial_category", rows.filter(blank)), ("latest_category", rows.filter(~blank))


@on_extract("AA-704", reads={PLANS: ("referral_id", "start_date"), "cin_episodes": ("referral_id", "referral_date")})
def plan_before_referral(run: ExtractRun, check: Definition) -> Looked:
    """A plan that starts before the referral of the child that it names."""
    referrals = run.rows("cin_episodes").select("person_id", "referral_id", "referral_date")
    plans = run.rows(PLANS).join(referrals, on=["person_id", "referral_id"], maintain_order="left")
    message = "The plan starts before the referral that it names."
    return run.looked(
        check, PLANS, plans, pl.col("start_date") < pl.col("referral_date"), message, column="start_date"
    )  # fmt: skip


@on_extract("AA-712", each={PLANS: ("start_date", "end_date")})
def plan_for_years(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A plan of this authority, open at D, that began years ago."""
    plans = own_plan_rows(run.context).filter("is_open")
    return run.looked(check, record, plans, _years_ago(run.period, check), _LONG, column="start_date")


@on_lists("AA-712", each={LIST: ("start_date", "end_date")})
def row_for_years(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 7, open at D, that began years ago."""
    rows = run.rows(number).filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))
    return run.looked(number, rows, _years_ago(run.period, check), _LONG, column="start_date")


_LONG: Final = "The plan has been open for longer than the years allowed."


def _years_ago(period: InspectionPeriod, check: Definition) -> pl.Expr:
    return pl.col("start_date") < period.months_before(12 * check.number("years"))


@on_lists("AA-713", each={LIST: ("emergency_protection",)})
def no_emergency_flag(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 7 that does not say whether there was emergency protection.

    An extract that has neither table that could tell leaves the column blank: AA-R10 says so.
    """
    tables = ("legal_statuses", "emergency_protection")
    if run.extract is not None and not any(run.extract.context.supplied(name) for name in tables):
        return nothing(0)
    message = "Emergency protection order or police powers: neither Yes nor No."
    wrong = pl.col("emergency_protection").is_null()
    return run.looked(number, run.rows(number), wrong, message, column="emergency_protection")


@on_lists("AA-714", each={LIST: ("previous_cp_plans",)})
def no_count_of_plans(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 7 whose number of previous plans is blank or negative."""
    count = pl.col("previous_cp_plans").cast(pl.Int64)
    message = "The number of previous plans is not a whole number from 0."
    return run.looked(number, run.rows(number), count.is_null() | (count < 0), message, column="previous_cp_plans")


@on_extract(
    "AA-715", reads={PLANS: ("start_date",), "conferences": ("conference_date", "resulted_in_plan")}
)  # fmt: skip
def plan_not_from_its_conference(run: ExtractRun, check: Definition) -> Looked:
    """A plan that does not start on the day of the conference that led to it; a transfer-in conference counts."""
    plans = _after_conference(run.rows(PLANS), run.rows("conferences"), check)
    return run.looked(check, PLANS, plans, pl.col("_lag") != 0, _LAG, column="start_date", value=_BOTH_DATES)


@on_lists(
    "AA-715", reads={CONFERENCES_LIST: ("conference_date", "resulted_in_plan"), LIST: ("start_date",)}
)  # fmt: skip
def row_not_from_its_conference(run: ListsRun, check: Definition) -> Looked:
    """A row of List 7 that does not start on the day of the conference of List 5 that led to it."""
    plans = _after_conference(run.rows(LIST), run.rows(CONFERENCES_LIST), check)
    return run.looked(LIST, plans, pl.col("_lag") != 0, _LAG, column="start_date", value=_BOTH_DATES)


_LAG: Final = "The plan does not start on the day of the conference that led to it."
_BOTH_DATES: Final = pl.format("{}, {}", "start_date", "conference_date")


def _after_conference(plans: pl.DataFrame, conferences: pl.DataFrame, check: Definition) -> pl.DataFrame:
    """Return the plans for which a conference is known, with conference_date and _lag (days from it to the start).

    It is the nearest that was held in the days up to the start and did not decide against a plan; failing that, the
    nearest in the days after it that decided on one. Days: the setting.
    """
    lag, result, days = pl.col("_lag"), pl.col("resulted_in_plan"), check.number("days")
    before = lag.is_between(0, days) & result.ne_missing(pl.lit("N"))
    after = lag.is_between(-days, -1) & (result == "Y")
    return (
        plans.with_row_index("_plan")
        .join(conferences.select("person_id", "conference_date", "resulted_in_plan"), on="person_id")
        .with_columns((pl.col("start_date") - pl.col("conference_date")).dt.total_days().alias("_lag"))
        .filter(before | after)
        .sort("_plan", lag < 0, lag.abs(), maintain_order=True)
        .unique("_plan", keep="first", maintain_order=True)
    )


@on_lists("AA-716", each={LIST: ("start_date", "end_date")})
def row_without_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 7 without a start that is open at D or ended in the window."""
    return undated(run, number, "start_date", "end_date", "The plan has no start date.")


@on_extract("AA-717", each={PLANS: ("start_date", "end_date")})
def plan_again(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A plan that is open or began in the window, and began within years of the end of the child's last one.

    The value is the end of that plan and the start of this one.
    """
    context = run.context
    own = own_plan_rows(context)
    current = own.filter(pl.col("is_open") | needed_window(context, LIST).contains(pl.col("start_date")))
    ends = own.select("person_id", pl.col(ROW).alias("_other"), pl.col("end_date").alias("_last"))
    last = (
        current.select("person_id", ROW, "start_date")
        .join(ends, on="person_id")
        .filter((pl.col("_other") != pl.col(ROW)) & (pl.col("_last") <= pl.col("start_date")))
        .group_by(ROW)
        .agg(pl.col("_last").max())
    )
    plans = current.join(last, on=ROW, how="left", maintain_order="left")
    wrong = pl.col("start_date") <= pl.col("_last").dt.offset_by(f"{12 * check.number('years')}mo")
    value = pl.format("{}, {}", "_last", "start_date")
    message = "The plan began soon after the child's last plan ended."
    return run.looked(check, record, plans, wrong, message, column="start_date", value=value)


@on_extract("AA-718", each={PLANS: ("start_date",)})
def short_history(run: ExtractRun, check: Definition, record: str) -> Looked:
    """The earliest plan is so late that counts over all time can be too low; the value is its start."""
    earliest = run.rows(record).select(pl.col("start_date").min()).drop_nulls()
    wrong = pl.col("start_date") > run.period.months_before(12 * check.number("years"))
    message = "Plans before the earliest start in the extract are not counted as previous plans."
    return run.looked(check, record, earliest, wrong, message, column="start_date")
