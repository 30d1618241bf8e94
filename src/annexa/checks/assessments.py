"""Checks of List 4: assessments.

One that was cancelled or recorded in error is out of scope (List 4) and is not tested.
"""

from typing import Any, Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import unable, unable_without, with_latest_end
from annexa.extract.tables import ROW
from annexa.lists.assessments import assessment_facts, with_support
from annexa.lists.context import Context
from annexa.lists.links import episodes_of_need
from annexa.lists.orders import id_order
from annexa.lists.people import with_people
from annexa.period import InspectionPeriod
from annexa.records import UNREADABLE
from annexa.workdays import WorkingDays

LIST: Final = 4
ASSESSMENTS: Final = "assessments"
REFERRALS: Final = "cin_episodes"
NOT_SEEN: Final = ("N", "U")
_SPAN: Final = ("start_date", "authorised_date")
_OUTCOMES: Final = ("outcome_nfa", "outcome_json")

made("AA-409", reads={ASSESSMENTS: ("start_date",)}, counted=ASSESSMENTS)


@on_extract("AA-401", each={ASSESSMENTS: _SPAN})
def authorised_before_start(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An assessment that was authorised before it began."""
    wrong = pl.col("authorised_date") < pl.col("start_date")
    return run.looked(check, record, _assessments(run), wrong, _BACKWARDS, column="authorised_date")


@on_lists("AA-401", each={LIST: _SPAN})
def row_authorised_before_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 that was authorised before it began."""
    wrong = pl.col("authorised_date") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _BACKWARDS, column="authorised_date")


_BACKWARDS: Final = "The assessment was authorised before it began."


@on_extract("AA-402", reads={ASSESSMENTS: ("referral_id", "start_date"), REFERRALS: ("referral_id", "referral_date")})
def begun_before_referral(run: ExtractRun, check: Definition) -> Looked:
    """An assessment that began before the referral of the child that it names."""
    rows = _assessments(run).drop_nulls("named_row")
    wrong = pl.col("start_date") < pl.col("named_start")
    message = "The assessment began before the referral that it names."
    return run.looked(check, ASSESSMENTS, rows, wrong, message, column="start_date")


@on_extract("AA-403", reads={ASSESSMENTS: ("authorised_date", *_OUTCOMES)}, optional=[ASSESSMENTS])
def authorised_without_outcome(run: ExtractRun, check: Definition) -> Answer:
    """An assessment that was authorised by D, and of which nothing says whether the child needs support (2.13)."""
    if missing := unable(run, {ASSESSMENTS: ("authorised_date",)}) or unable_without(run, ASSESSMENTS, *_OUTCOMES):
        return missing
    rows = with_support(_assessments(run).drop_nulls("authorised_date"))
    return run.looked(
        check, ASSESSMENTS, rows, pl.col("support_required").is_null(), _NO_OUTCOME, column="outcome_nfa"
    )  # fmt: skip


@on_lists("AA-403", each={LIST: ("authorised_date", "support_required")})
def row_outcome_and_authorisation(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 that is authorised without an outcome, or has one and is open."""
    authorised = _authorised(run.period)
    wrong = authorised == pl.col("support_required").is_null()
    message = (
        pl.when(authorised)
        .then(pl.lit(_NO_OUTCOME))
        .otherwise(pl.lit("The assessment is open, and its outcome is recorded."))
    )
    return run.looked(number, run.rows(number), wrong, message, column="support_required")


_NO_OUTCOME: Final = "The assessment is authorised, and whether the child needs support is not recorded."


@on_extract("AA-404", each={ASSESSMENTS: _SPAN})
def assessments_overlap(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An assessment that began while an earlier one of the child was under way."""
    closed = pl.when("closed_with_episode").then(pl.max_horizontal("episode_closed_on", "start_date"))
    rows = _overlapping(_assessments(run), pl.coalesce("end_date", closed), "assessment_id")
    return run.looked(check, record, rows, pl.col("_overlaps"), _OVERLAP, column="start_date")


@on_lists("AA-404", each={LIST: ("person_id", *_SPAN)})
def rows_overlap(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 that began while an earlier one of the child was under way."""
    end = pl.when(_authorised(run.period)).then("authorised_date")
    named = run.rows(number).with_columns(pl.col(ROW).cast(pl.String).alias("_name"))
    return run.looked(number, _overlapping(named, end, "_name"), pl.col("_overlaps"), _OVERLAP, column="start_date")


_OVERLAP: Final = "The assessment began while an earlier assessment of the child was under way."


def _overlapping(rows: pl.DataFrame, end: pl.Expr, identifier: str) -> pl.DataFrame:
    """Say which records share more with an earlier one than the day on which that one ends (_overlaps).

    One that ends before it begins has no length to compare (AA-401).
    """
    forward = end.is_null() | (end >= pl.col("start_date"))
    ordered = with_latest_end(
        rows.filter(forward), "start_date", end, counts=pl.lit(value=True), identifier=identifier
    )  # fmt: skip
    return ordered.with_columns((pl.col("_latest_end") > pl.col("start_date")).alias("_overlaps"))


@on_extract(
    "AA-405",
    reads={ASSESSMENTS: ("referral_id", *_SPAN), REFERRALS: ("referral_id", "referral_date", "close_date")},
)
def open_for_long(run: ExtractRun, check: Definition) -> Looked:
    """An assessment open at D for more working days than allowed.

    The first of a referral is counted from the referral, any other from its own start. The value gives the days from
    the start too.
    """
    rows = _assessments(run)
    rows = rows.join(rows.filter("is_open"), on="person_id", how="semi").sort(
        pl.col("start_date").is_not_null(), "start_date", *id_order(pl.col("assessment_id")), nulls_last=True
    )
    start, referral = pl.col("start_date"), pl.coalesce("named_row", "episode_row")
    referred = pl.when(referral.is_not_null() & referral.is_first_distinct()).then(
        pl.coalesce("named_start", "linked_start")
    )
    # One that began before its referral (AA-402) has been under way since then.
    since = pl.min_horizontal(referred, start)
    rows = rows.with_columns(referred.alias("_referred"), since.alias("_since")).filter("is_open")
    rows = _counted(rows, check, run.calendar, run.period)
    own = run.calendar.between(start, run.period.inspection_date)
    value = pl.concat_str(
        pl.format("{} working days from the referral", pl.when(pl.col("_referred").is_not_null()).then("_days")),
        pl.format("{} from the start of the assessment", own),
        separator=", ",
        ignore_nulls=True,
    )
    return run.looked(check, ASSESSMENTS, rows, _PAST_DUE, _LONG, column="start_date", value=value, **_LATE)


@on_lists("AA-405", each={LIST: _SPAN})
def row_open_for_long(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 4 that is open at D, and began more working days ago than allowed."""
    rows = run.rows(number).filter(run.period.open_at(pl.col("start_date"), pl.col("authorised_date")))
    rows = _counted(rows.with_columns(pl.col("start_date").alias("_since")), check, run.calendar, run.period)
    value = pl.format("{} working days from the start of the assessment", "_days")
    return run.looked(number, rows, _PAST_DUE, _LONG, column="start_date", value=value, **_LATE)


_LONG: Final = "The assessment has been open for more working days than allowed."
_PAST_DUE: Final = pl.col("_over") > 0
_LATE: Final[dict[str, Any]] = {"due_date": pl.col("_due"), "days_overdue": pl.col("_late")}


def _counted(rows: pl.DataFrame, check: Definition, calendar: WorkingDays, period: InspectionPeriod) -> pl.DataFrame:
    """Keep what has a day to count from (_since), and say when it was due and how late it is.

    Returns:
        With _due; _days and _over, the working days since and past due; _late, the calendar days past due.
    """
    allowed, since = check.number("working_days"), pl.col("_since")
    days = calendar.between(since, period.inspection_date)
    return rows.drop_nulls("_since").with_columns(
        calendar.after(since, allowed).alias("_due"),
        days.alias("_days"),
        (days - allowed).alias("_over"),
        (pl.lit(period.inspection_date) - calendar.after(since, allowed)).dt.total_days().alias("_late"),
    )


@on_extract("AA-406", reads={ASSESSMENTS: ("authorised_date", "child_seen"), "persons": ("birth_date",)})
def child_not_seen(run: ExtractRun, check: Definition) -> Looked:
    """An assessment that was authorised by D, at which the child was not seen or nobody knows; the unborn left out."""
    rows = _assessments(run).filter(
        pl.col("authorised_date").is_not_null() & pl.col("child_seen").ne_missing(pl.lit(UNREADABLE))
    )
    rows = with_people(run.context, rows, "unborn", "birth_date").filter(~_unborn(pl.col("unborn")))
    return run.looked(check, ASSESSMENTS, rows, _UNSEEN, _NOT_SEEN, column="child_seen")


@on_lists("AA-406", each={LIST: ("authorised_date", "child_seen", "birth_date")})
def row_child_not_seen(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 that was authorised by D, at which the child was not seen or nobody knows."""
    unborn = pl.col("age_in_years").cast(pl.Int64, strict=False) < 0
    rows = run.rows(number).filter(_authorised(run.period) & ~_unborn(unborn))
    return run.looked(number, rows, _UNSEEN, _NOT_SEEN, column="child_seen")


_NOT_SEEN: Final = "The assessment was completed, and the child was not seen, or that is not known."
_UNSEEN: Final = pl.col("child_seen").is_null() | pl.col("child_seen").is_in(NOT_SEEN)


def _unborn(at_d: pl.Expr) -> pl.Expr:
    return at_d.fill_null(value=False) | (pl.col("birth_date") > pl.col("authorised_date")).fill_null(value=False)


@on_extract("AA-407", each={ASSESSMENTS: _SPAN})
def done_in_a_day(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An assessment that was authorised on the day on which it began."""
    wrong = pl.col("authorised_date") == pl.col("start_date")
    return run.looked(check, record, _assessments(run), wrong, _ONE_DAY, column="authorised_date")


@on_lists("AA-407", each={LIST: _SPAN})
def row_done_in_a_day(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 that was authorised on the day on which it began."""
    wrong = pl.col("authorised_date") == pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _ONE_DAY, column="authorised_date")


_ONE_DAY: Final = "The assessment began and was authorised on one day."


@on_extract(
    "AA-408",
    reads={ASSESSMENTS: ("referral_id", "authorised_date"), REFERRALS: ("referral_id", "referral_date", "close_date")},
)
def open_under_closed_episode(run: ExtractRun, check: Definition) -> Looked:
    """An assessment that was never authorised, of an episode that was closed by D; the value is the closure.

    The episode is the one that its referral id names, whatever else is open (List 4 counts it to that).
    """
    rows = _assessments(run).filter(pl.col("end_date").is_null())
    wrong = pl.col("named_closed").is_not_null()
    message = "The episode of need was closed, and the assessment is still open."
    return run.looked(
        check, ASSESSMENTS, rows, wrong, message, column="authorised_date", value=pl.col("named_closed")
    )  # fmt: skip


@on_lists("AA-409", each={LIST: ("start_date",)})
def row_without_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 4 without a start."""
    message = "The assessment has no start date."
    return run.looked(number, run.rows(number), pl.col("start_date").is_null(), message, column="start_date")


def _authorised(period: InspectionPeriod) -> pl.Expr:
    return (pl.col("authorised_date") <= period.as_at).fill_null(value=False)


def _assessments(run: ExtractRun) -> pl.DataFrame:
    """Return the assessments that take part in rules, but for those that were cancelled.

    Returns:
        The fields of the record and of assessment_facts(); named_row, named_start, named_closed: the child's episode
        of need that the referral id names, its start and closure; linked_start: the start of the one that it belongs
        to (K19).
    """
    return run.context.once(_linked)


def _linked(context: Context) -> pl.DataFrame:
    facts = assessment_facts(context)
    record = context.live(ASSESSMENTS)
    rows = record.join(
        facts.select(ROW, *(name for name in facts.columns if name not in record.columns)),
        on=ROW,
        maintain_order="left",
    )
    episodes = episodes_of_need(context)
    named = episodes.select(
        "person_id",
        "referral_id",
        pl.col("episode_row").alias("named_row"),
        pl.col("episode_start").alias("named_start"),
        pl.col("closed_on").alias("named_closed"),
    )
    linked = episodes.select("episode_row", pl.col("episode_start").alias("linked_start"))
    return rows.join(named, on=["person_id", "referral_id"], how="left", maintain_order="left").join(
        linked, on="episode_row", how="left", maintain_order="left"
    )
