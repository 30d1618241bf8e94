"""What List 8 says of a period of care: legal status, earlier periods, reviews, visits, plan, health (2.6, 2.11, 2.14).

The rows of the cohort are periods (care.care_periods), so `first_day` and `last_day` bound what belongs to a row.
"""

from typing import Final

import polars as pl

from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.outcomes import with_flags
from annexa.lists.people import with_people
from annexa.lists.registry import ID, derivation
from annexa.lists.runs import begins, day_number
from annexa.lists.short_breaks import LATEST
from annexa.lists.spans import report_rows
from annexa.records import UNREADABLE
from annexa.records.types import EARLIEST

LIST: Final = 8
TWELVE_MONTHS: Final = 12  # the headings say twelve months, so it holds in every edition

# Of several statuses with one start the first of these is shown (List 8); what no map knows comes last.
_STATUS_ORDER: Final = ("E1", "D1", "C2", "C1", "J1", "J2", "J3", "L1", "L2", "L3", "V2", "V3", "V4", "V1", UNREADABLE)
# Of several permanence plans on one care plan the first of these is shown (R31).
_PLAN_ORDER: Final = (
    "ADOPTION", "LTRELFR", "LTFOST18", "RESPLMT", "SUPPLIV", "RETURN1M", "RETURN6M", "RETURNEV", "REMAINSUP", "OTHERPLN"
)  # fmt: skip
_NOT_DONE: Final = ("PLANNED", "REFUSED", "CANCELLED")
_TOOK_PART: Final = ("PN0", "PN1", "PN2", "PN3", "PN4")


def blank(rows: pl.DataFrame, **columns: type[pl.DataType]) -> pl.DataFrame:
    """Return a derivation's answer where the table that feeds it was not supplied: blank for every row."""
    return rows.select(ID, *(pl.lit(None, dtype=dtype()).alias(name) for name, dtype in columns.items()))


@derivation("second_period_in_12_months")
def second_period(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether an earlier period of care, not short breaks, ended in the twelve months before D (2.6).

    Earlier means before the listed one began; periods are numbered in order of time.
    """
    year = context.period.window(TWELVE_MONTHS)
    earlier = (
        care_periods(context)
        .filter(~pl.col("short_break") & year.contains(pl.col("end_date")))
        .select("person_id", pl.col("period").alias("earlier"))
    )
    cases = rows.join(earlier, on="person_id").filter(pl.col("earlier") < pl.col("period"))
    return _yes_or_no(rows, cases, "second_period_in_12_months")


@derivation("uasc_in_12_months")
def uasc(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the child was an unaccompanied asylum seeking child at some time in the twelve months before D (2.11).

    The status lasts from its own start, or else from the start of care, to the earliest of its own end, the start of a
    later known status of another kind, and the 18th birthday. No status at all means no.
    """
    if not context.supplied("immigration_statuses"):
        return blank(rows, uasc_in_12_months=pl.String)
    cases = (
        _immigration(context)
        .filter(pl.col("status") == "UASC")
        .join(rows.select(ID, "person_id", "first_day"), on="person_id")
        .with_columns(pl.coalesce("start_date", "first_day").alias("start"))
        .with_row_index("_case")
    )
    others = (
        _immigration(context)
        .filter(~pl.col("status").is_in(["UASC", UNREADABLE]))
        .select("person_id", pl.col("start_date").alias("other"))
    )
    followed = (
        cases.join(others, on="person_id")
        .filter(pl.col("other") > pl.col("start"))
        .group_by("_case")
        .agg(pl.col("other").min())
    )
    ended = pl.min_horizontal(pl.col("end_date"), pl.col("other"), pl.col("turned_18")).fill_null(LATEST)
    year = context.period.window(TWELVE_MONTHS)
    lasting = with_people(context, cases.join(followed, on="_case", how="left"), "turned_18").filter(
        (pl.col("start") <= ended) & year.overlaps(pl.col("start"), ended)
    )
    return _yes_or_no(rows, lasting, "uasc_in_12_months")


@derivation("ever_uasc")
def ever_uasc(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the person ever was an unaccompanied asylum seeking child (2.11, List 9 of later editions)."""
    if not context.supplied("immigration_statuses"):
        return blank(rows, ever_uasc=pl.String)
    cases = rows.join(_immigration(context).filter(pl.col("status") == "UASC"), on="person_id", how="semi")
    return _yes_or_no(rows, cases, "ever_uasc")


def _immigration(context: Context) -> pl.DataFrame:
    rows = context.live("immigration_statuses").filter(pl.col("status").is_not_null())
    return rows.select("person_id", "status", "start_date", "end_date")


def _yes_or_no(rows: pl.DataFrame, cases: pl.DataFrame, name: str) -> pl.DataFrame:
    answer = pl.when(pl.col(ID).is_in(cases[ID].implode())).then(pl.lit("Y")).otherwise(pl.lit("N"))
    return rows.select(ID, answer.alias(name))


@derivation("legal_status", "legal_status_start")
def legal_status(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The legal status in force at D, or on the day care ended, and the first day of its unbroken run (List 8, K5).

    Of several the latest start is shown, then the order E1 or D1, C2, C1, J1 to J3, L1 to L3, V2, V3, V4. For a period
    that ended, failing one in force that day, the last that ended before it within the period. The run is unbroken
    while each status of that code starts not later than the day after the last one ended.
    """
    statuses = _runs(context)
    start, end = pl.col("start_date"), pl.col("end_date")
    begun = start.is_null() | (start <= pl.col("last_day"))
    inside = end.is_null() | (end >= pl.col("first_day"))
    places = {code: place for place, code in enumerate(_STATUS_ORDER)}
    rank = pl.col("status").replace_strict(places, default=len(places), return_dtype=pl.Int64)
    cases = statuses.join(rows.select(ID, "person_id", "at", "ceased", "first_day", "last_day"), on="person_id")
    # Ascending, so that the last one is the one shown; a blank start is the earliest, a blank end the latest.
    shown = (
        in_force(cases.filter(begun & inside), pl.col("last_day"))
        .sort("in_force", "order_day", start, -rank, "status", end.fill_null(LATEST), "run_start", nulls_last=False)
        .unique(ID, keep="last", maintain_order=True)
    )
    return shown.select(ID, pl.col("status").alias("legal_status"), pl.col("run_start").alias("legal_status_start"))


def in_force(cases: pl.DataFrame, last: pl.Expr) -> pl.DataFrame:
    """Keep what is in force at D, or for a row that ceased on its last day, or failing that ended before it (K5).

    Args:
        cases: start_date, end_date of what may be in force, and `ceased` of the list row.
        last: the row's last day; an end on it still counts for a row that ceased, and not for an open one.

    Returns:
        `cases` with in_force, and order_day: the end of what has ended before, null where it is in force; the latest
        comes first.
    """
    end = pl.col("end_date")
    covers = end.is_null() | pl.when("ceased").then(end >= last).otherwise(end > last)
    return (
        cases.with_columns(covers.alias("in_force"))
        .filter(pl.col("in_force") | pl.col("ceased"))
        .with_columns(pl.when(~pl.col("in_force")).then(end).alias("order_day"))
    )


def _runs(context: Context) -> pl.DataFrame:
    """Legal statuses: person_id, status, start_date, end_date, and run_start, the first day of the unbroken run."""
    by = ["person_id", "status"]
    ordered = (
        context.live("legal_statuses")
        .filter(pl.col("person_id").is_not_null() & pl.col("status").is_not_null())
        .select(
            *by,
            "start_date",
            "end_date",
            pl.col("start_date").fill_null(EARLIEST).alias("begin"),
            pl.col("end_date").fill_null(LATEST).alias("until"),
        )
        .sort(*by, "begin", "until")
    )
    broken = begins(by, day_number(pl.col("begin")), day_number(pl.col("until")) + 1)
    # The first of a run has its earliest start, and a blank one comes first.
    first = pl.when(broken).then("begin").forward_fill()
    return ordered.with_columns(pl.when(first != EARLIEST).then(first).alias("run_start"))


@derivation("care_review_date")
def review_date(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The latest statutory review within the period that was not cancelled (List 8)."""
    held = reviews_held(context, rows)
    return held.group_by(ID).agg(pl.col("review_date").max().alias("care_review_date"))


@derivation("iro_contact_date")
def iro_contact(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The latest contact of the independent reviewing officer within the period (R25).

    It is the later of the recorded contact and the latest review in which the child took part or was represented (PN0
    to PN4); PN5 to PN7, a blank and an unreadable participation are no contact.
    """
    met = reviews_held(context, rows).filter(pl.col("participation").is_in(_TOOK_PART))
    latest = met.group_by(ID).agg(pl.col("review_date").max())
    return rows.join(latest, on=ID, how="left", maintain_order="left").select(
        ID, pl.max_horizontal("iro_contact_date", "review_date").alias("iro_contact_date")
    )


def reviews_held(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Reviews held within the period of each list row: _id, review_date, participation.

    A review that names no child belongs to the child whose care episodes carry its period identifier; one that is
    carried by several children's belongs to nobody.
    """
    reviews = context.live("care_reviews").filter(pl.col("cancelled").ne_missing("Y"))
    owned = reviews.join(children_of_periods(context), on="period_id", how="left").select(
        pl.coalesce("person_id", "child").alias("person_id"), "review_date", "participation"
    )
    return _within(owned, rows, "review_date")


def children_of_periods(context: Context) -> pl.DataFrame:
    """Return period_id and child: whose a period identifier is; one that several children's episodes carry is not."""
    return (
        context.live("care_episodes")
        .filter(pl.col("period_id").is_not_null())
        .select("period_id", pl.col("person_id").alias("child"))
        .unique()
        .filter(~pl.col("period_id").is_duplicated())
    )


def _within(events: pl.DataFrame, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Join the events of a child that lie within the period of its list row."""
    return events.join(rows.select(ID, "person_id", "first_day", "last_day"), on="person_id").filter(
        pl.col(day).is_between("first_day", "last_day")
    )


@derivation("care_visit_date")
def visit_date(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The last social work visit within the period at which the child was seen, or not said not to be (R21).

    Where the child was not seen at any it is the latest of them. A later attempt than the one shown is a finding.
    """
    visits = _within(context.live("care_visits"), rows, "visit_date").with_columns(
        (pl.col("seen") == "N").fill_null(False).alias("missed")
    )
    shown = visits.group_by(ID).agg(
        pl.coalesce(pl.col("visit_date").filter(~pl.col("missed")).max(), pl.col("visit_date").max()).alias(
            "care_visit_date"
        )
    )
    # Several attempts after the visit shown are one finding, about the latest of them.
    attempts = (
        visits.join(shown, on=ID)
        .filter(pl.col("visit_date") > pl.col("care_visit_date"))
        .sort(ID, "visit_date", *id_order(pl.col("visit_id")), "_row")
        .unique(ID, keep="last", maintain_order=True)
    )
    report_rows(
        context,
        "AA-R39",
        "The child was not seen at a later visit than the one shown.",
        number=LIST,
        record="care_visits",
        rows=attempts,
        event="visit_id",
        column="seen",
    )
    return shown


@derivation("permanence_plan")
def permanence_plan(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """What the latest care plan of the period marks as the permanence plan (R31).

    The plan started within the period and had not ended by A, or for a period that ended by that day, or failing one
    ended last before it (K5). Of several marks the first of a fixed order is shown, with AA-839.
    """
    plans = _within(context.live("care_plans"), rows, "start_date").join(rows.select(ID, "ceased"), on=ID)
    order = ["in_force", "order_day", "start_date", pl.col("end_date").fill_null(LATEST)]
    latest = (
        in_force(plans, pl.col("last_day"))
        .sort(*order, *id_order(pl.col("care_plan_id")), "plan_json", "_row", nulls_last=False)
        .unique(ID, keep="last", maintain_order=True)
    )
    marked = [pl.col(key) == "Y" for key in _PLAN_ORDER]
    answer = with_flags(latest, "plan_json", _PLAN_ORDER).with_columns(
        pl.coalesce(pl.when(mark).then(pl.lit(key)) for key, mark in zip(_PLAN_ORDER, marked, strict=True)).alias(
            "permanence_plan"
        ),
        pl.sum_horizontal(mark.fill_null(False) for mark in marked).alias("marks"),
    )
    report_rows(
        context,
        "AA-839",
        "Several permanence plans are marked on the latest care plan: the first of a fixed order is shown.",
        number=LIST,
        record="care_plans",
        rows=answer.filter(pl.col("marks") > 1),
        event="care_plan_id",
        column="plan_json",
    )
    return answer.select(ID, "permanence_plan")


@derivation("health_assessment_date", "dental_check_date")
def health_dates(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The latest health assessment and dental check that took place, ever, by A (List 8).

    Not limited to the period: one held shortly before care began again is still the last one. Checks that are planned,
    refused or cancelled did not take place; one without a status did.
    """
    done = context.live("health_checks").filter(~pl.col("status").is_in(_NOT_DONE).fill_null(False))
    kinds = {"health_assessment_date": "HEALTH", "dental_check_date": "DENTAL"}
    latest = done.group_by("person_id").agg(
        pl.col("check_date").filter(pl.col("check_type") == kind).max().alias(name) for name, kind in kinds.items()
    )
    return rows.select(ID, "person_id").join(latest, on="person_id").select(ID, *kinds)
