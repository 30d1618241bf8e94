"""Health assessments and dental checks of looked-after children: when the last was, when the next is due, the state."""

from typing import Final

import polars as pl

from annexa.lists.care import care_periods
from annexa.lists.orders import id_order
from annexa.period import birthday
from annexa.records.types import EARLIEST
from annexa.reports.run import ReportRun

ASSESSMENT: Final = "HEALTH"
DENTAL: Final = "DENTAL"

UP_TO_DATE: Final = "up to date"
NOT_DONE: Final = "due and not done"
REFUSED: Final = "refused"
NOT_YET_DUE: Final = "not yet due"
STATES: Final = (UP_TO_DATE, NOT_DONE, REFUSED, NOT_YET_DUE)

RECORDED: Final = "recorded as initial"
PROXY: Final = "proxy: the first of the period"

INITIAL_DAYS: Final = 20  # working days from the start of care: statutory guidance of 2015
MONTHS: Final = 12
YOUNG_MONTHS: Final = 6
YOUNG_UNDER: Final = 5

_NOT_HELD: Final = ("PLANNED", "REFUSED", "CANCELLED")
_KINDS: Final = {"IHA": ASSESSMENT, "RHA": ASSESSMENT, "DENTAL": DENTAL, "OPTICIAN": "OPTICIAN"}
_TYPES: Final = (ASSESSMENT, DENTAL, "OPTICIAN", "OTHER")


def checks(run: ReportRun) -> pl.DataFrame:
    """Every health check with a child and a day by A, held or not.

    Returns:
        person_id, check_id, check_date; what (ASSESSMENT, DENTAL or another type: the type of the standard layout, and
        where that is blank or unreadable what the kind says); kind (IHA, RHA, DENTAL, OPTICIAN or null); held, as List
        8 has it: not planned, refused or cancelled; refused; due_date of the next of its kind (null where it is not
        after the check); outcome.
    """
    return run.once(_checks)


def _checks(run: ReportRun) -> pl.DataFrame:
    details = (
        run.rows("health_details")
        .drop_nulls("check_id")
        .select("check_id", "kind", "due_date", "outcome")
        .unique("check_id", keep="any")
    )
    kind = pl.col("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String)
    known = pl.when(pl.col("check_type").is_in(_TYPES)).then("check_type")
    status = pl.col("status")
    return (
        run.rows("health_checks")
        .drop_nulls(["person_id", "check_date"])
        .join(details, on="check_id", how="left")
        .select(
            "person_id",
            "check_id",
            "check_date",
            pl.coalesce(known, kind).alias("what"),
            pl.when(kind.is_not_null()).then("kind").alias("kind"),
            (~status.is_in(_NOT_HELD)).fill_null(value=True).alias("held"),
            (status == "REFUSED").fill_null(value=False).alias("refused"),
            pl.when(pl.col("due_date") > pl.col("check_date")).then("due_date").alias("due_date"),
            "outcome",
        )
    )


def assessment_state(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the state of the health assessment to children: assessment_date, _due, _state and _outcome.

    The first is due 20 working days after care began; the next on the recorded day, else 12 months after the last, or 6
    for a child under 5 at D (AA-815).
    """
    months = pl.when(pl.col("age") < YOUNG_UNDER).then(YOUNG_MONTHS).otherwise(MONTHS)
    first = run.calendar.after(pl.col("start_date"), INITIAL_DAYS)
    return _with_state(run, rows, "assessment", ASSESSMENT, first, months)


def dental_state(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the state of the dental check to children: dental_date, dental_due, dental_state and dental_outcome.

    The first is due 12 months after care began, or after the birthday from which checks are expected where that is
    later; the next on the recorded day, else 12 months after the last (AA-815). For a younger child none is due yet,
    whether or not one was held (I29).
    """
    from_birthday = birthday(pl.col("birth_date"), run.settings.dental_from_age)
    first = pl.max_horizontal("start_date", from_birthday).dt.offset_by(f"{MONTHS}mo")
    younger = pl.col("age") < run.settings.dental_from_age
    return _with_state(run, rows, "dental", DENTAL, first, pl.lit(MONTHS)).with_columns(
        pl.when(younger).then(pl.lit(NOT_YET_DUE)).otherwise("dental_state").alias("dental_state")
    )


def _with_state(
    run: ReportRun, rows: pl.DataFrame, name: str, what: str, first: pl.Expr, months: pl.Expr
) -> pl.DataFrame:
    """Add `name`_date, _due, _state and _outcome: of the last check held by A, whenever it was (List 8).

    Up to date: the last check is valid until D or later. Not yet due: it is not, and the day on which the period's
    first is due has not passed. What is due on D is not late. Otherwise refused, where the child refused one since care
    began and since the last that was held, and else due and not done: also where no day is known on which it was due.
    """
    day = run.period.inspection_date
    those = checks(run).filter(pl.col("what") == what)
    last = (
        those.filter("held")
        .sort("person_id", "check_date", "due_date", *id_order(pl.col("check_id")), "outcome", nulls_last=False)
        .unique("person_id", keep="last", maintain_order=True)
        .select("person_id", pl.col("check_date").alias("last"), "due_date", "outcome")
    )
    refusals = those.filter("refused").group_by("person_id").agg(pl.col("check_date").max().alias("refusal"))
    since = pl.max_horizontal(pl.col("start_date").fill_null(EARLIEST), pl.col("last") + pl.duration(days=1))
    valid = pl.coalesce("due_date", pl.col("last").dt.offset_by(pl.format("{}mo", months)))
    state = (
        pl.when(pl.col("valid") >= day).then(pl.lit(UP_TO_DATE))
        .when(pl.col("due") >= day).then(pl.lit(NOT_YET_DUE))
        .when(pl.col("refusal") >= since).then(pl.lit(REFUSED))
        .otherwise(pl.lit(NOT_DONE))
    )  # fmt: skip
    joined = rows.join(last, on="person_id", how="left", maintain_order="left")
    joined = joined.join(refusals, on="person_id", how="left", maintain_order="left")
    joined = joined.with_columns(valid.alias("valid")).with_columns(pl.max_horizontal(first, "valid").alias("due"))
    return joined.select(
        *rows.columns,
        pl.col("last").alias(f"{name}_date"),
        pl.col("due").alias(f"{name}_due"),
        state.alias(f"{name}_state"),
        pl.col("outcome").alias(f"{name}_outcome"),
    )


def with_initial(run: ReportRun, periods: pl.DataFrame) -> pl.DataFrame:
    """Add the initial health assessment to periods of care (person_id, start_date, and last_day, never blank).

    It is the first within the period that is recorded as initial. Where none is, the first assessment of the period
    stands for it, as a proxy, if nothing says what kind it was.

    Returns:
        `periods` with initial_date, initial_from (RECORDED or PROXY), initial_due (20 working days after the start) and
        in_time: Y or N; without an assessment N once the due day lies before D, else blank.
    """
    numbered = periods.with_row_index("_period")
    held = checks(run).filter(pl.col("held") & (pl.col("what") == ASSESSMENT))
    found = (
        numbered.select("_period", "person_id", pl.col("start_date").fill_null(EARLIEST), "last_day")
        .join(held, on="person_id")
        .filter(pl.col("check_date").is_between("start_date", "last_day"))
        .sort("_period", "check_date", "kind", nulls_last=True)
        .group_by("_period", maintain_order=True)
        .agg(
            pl.col("check_date").filter(pl.col("kind") == "IHA").first().alias("recorded"),
            pl.col("check_date").first().alias("first"),
            pl.col("kind").first().alias("first_kind"),
        )
    )
    proxy = pl.when(pl.col("first_kind").is_null()).then("first")
    taken = (
        pl.when(pl.col("recorded").is_not_null()).then(pl.lit(RECORDED)).when(proxy.is_not_null()).then(pl.lit(PROXY))
    )
    joined = numbered.join(found, on="_period", how="left", maintain_order="left").with_columns(
        pl.coalesce("recorded", proxy).alias("initial_date"),
        taken.alias("initial_from"),
        run.calendar.after(pl.col("start_date"), INITIAL_DAYS).alias("initial_due"),
    )
    days = run.calendar.between(pl.col("start_date"), pl.col("initial_date"))
    late = pl.col("initial_date").is_null() & (pl.col("initial_due") < run.period.inspection_date)
    in_time = pl.when(days <= INITIAL_DAYS).then(pl.lit("Y")).when((days > INITIAL_DAYS) | late).then(pl.lit("N"))
    return joined.with_columns(in_time.alias("in_time")).drop("_period", "recorded", "first", "first_kind")


def last_review(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add review_date to children with initial_date: the last review health assessment that was held.

    An assessment is a review where its kind says so, and without a kind where it was after the initial one.
    """
    reviews = (
        rows.select("person_id", "initial_date")
        .join(checks(run).filter(pl.col("held") & (pl.col("what") == ASSESSMENT)), on="person_id")
        .filter(
            (pl.col("kind") == "RHA").fill_null(value=False)
            | (pl.col("kind").is_null() & (pl.col("check_date") > pl.col("initial_date")))
        )
        .group_by("person_id")
        .agg(pl.col("check_date").max().alias("review_date"))
    )
    return rows.join(reviews, on="person_id", how="left", maintain_order="left")


def periods_begun(run: ReportRun) -> pl.DataFrame:
    """Return the periods of care that began in twelve months and were 20 working days old, with_initial() (I28).

    Short breaks are no period of care here, as on List 8. A period counts once the day on which its assessment was due
    lies before D; one that ended before that day does not.
    """
    periods = care_periods(run.context).filter(run.year().contains(pl.col("start_date")))
    if not run.context.options.include_short_breaks:
        periods = periods.filter(~pl.col("short_break"))
    due = pl.col("initial_due")
    reached = pl.col("end_date").is_null() | (pl.col("end_date") >= due)
    found = with_initial(run, periods.select("person_id", "start_date", "end_date", "last_day"))
    return found.filter((due < run.period.inspection_date) & reached)
