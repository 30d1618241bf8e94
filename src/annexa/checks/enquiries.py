"""Checks of List 5: section 47 enquiries and initial child protection conferences.

A conference for a child who moved in on a plan is no initial one (List 5) and is not tested.
"""

from typing import Any, Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import first_of_child, unable, unable_without, with_latest_end
from annexa.extract.tables import ROW
from annexa.lists.assessments import assessment_facts
from annexa.lists.context import Context
from annexa.lists.front_door import earlier_events
from annexa.lists.links import episode_of, episodes_of_need
from annexa.lists.registry import ID
from annexa.lists.section_47 import counts_in_12_months, enquiry_facts, linked_conferences

LIST, PLAN_LIST = 5, 7
ENQUIRIES: Final = "section_47_enquiries"
CONFERENCES: Final = "conferences"
REFERRALS: Final = "cin_episodes"
SATURDAY: Final = 6  # of the weekdays, Monday = 1
_DECISION: Final = ("nfa", "outcome_json")
_COUNTS: Final = ("enquiries_in_12_months", "conferences_in_12_months")
_PLANS: Final = ("person_id", "start_date", "end_date")

made("AA-511", reads={ENQUIRIES: ("start_date",)}, counted=ENQUIRIES)


@on_extract("AA-501", reads={ENQUIRIES: ("start_date",), CONFERENCES: ("enquiry_id", "conference_date")})
def conference_before_discussion(run: ExtractRun, check: Definition) -> Looked:
    """A conference that was held before the strategy discussion of its enquiry."""
    enquiries = run.rows(ENQUIRIES).select(pl.col(ROW).alias("enquiry_row"), "start_date")
    rows = linked_conferences(run.context).join(enquiries, on="enquiry_row", maintain_order="left")
    rows = rows.rename({"conference_row": ROW})
    wrong = pl.col("conference_date") < pl.col("start_date")
    return run.looked(check, CONFERENCES, rows, wrong, _TOO_EARLY, column="conference_date")


@on_lists("AA-501", each={LIST: ("start_date", "conference_date")})
def row_conference_before_discussion(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 5 whose conference is before its strategy discussion."""
    wrong = pl.col("conference_date") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _TOO_EARLY, column="conference_date")


_TOO_EARLY: Final = "The conference is before the strategy discussion of its enquiry."


@on_lists("AA-502", each={LIST: ("conference_unnecessary", "conference_date")})
def unnecessary_and_held(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 5 with a conference that was deemed unnecessary."""
    wrong = (pl.col("conference_unnecessary") == "Y") & pl.col("conference_date").is_not_null()
    message = "The conference was deemed unnecessary, and its date is given."
    return run.looked(number, run.rows(number), wrong, message, column="conference_date")


@on_extract("AA-503", each={CONFERENCES: ("conference_date", "resulted_in_plan")})
def result_of_conference(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A conference that was held working days ago without a result, or a result without a conference."""
    rows = _initial(run).with_columns(_missing_result(run, check).alias("_wrong"))
    return run.looked(check, record, rows, pl.col("_wrong"), _RESULT, column="resulted_in_plan")


@on_lists("AA-503", each={LIST: ("conference_date", "resulted_in_plan")})
def row_result_of_conference(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 5 with a conference held working days ago without a result, or with a result alone."""
    rows = run.rows(number).with_columns(_missing_result(run, check).alias("_wrong"))
    return run.looked(number, rows, pl.col("_wrong"), _RESULT, column="resulted_in_plan")


_RESULT: Final = pl.when(pl.col("conference_date").is_null()).then(
    pl.lit("The conference has a result and no date.")
).otherwise(pl.lit("The conference was held, and whether it led to a plan is not recorded."))  # fmt: skip


def _missing_result(run: ExtractRun | ListsRun, check: Definition) -> pl.Expr:
    held, result = pl.col("conference_date"), pl.col("resulted_in_plan")
    settled = run.calendar.between(held, run.period.inspection_date) >= check.number("working_days")
    return (settled & result.is_null()) | (held.is_null() & result.is_not_null())


@on_extract("AA-504", reads={ENQUIRIES: ("referral_id", "start_date"), REFERRALS: ("referral_id", "referral_date")})
def begun_before_referral(run: ExtractRun, check: Definition) -> Looked:
    """An enquiry that began before the referral of the child that it names."""
    referrals = run.rows(REFERRALS).select("person_id", "referral_id", "referral_date")
    rows = run.rows(ENQUIRIES).join(referrals, on=["person_id", "referral_id"], maintain_order="left")
    wrong = pl.col("start_date") < pl.col("referral_date")
    message = "The enquiry began before the referral that it names."
    return run.looked(check, ENQUIRIES, rows, wrong, message, column="start_date")


@on_extract("AA-505", each={CONFERENCES: ("conference_date",)})
def conference_at_weekend(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A conference dated a Saturday or Sunday."""
    return run.looked(check, record, _initial(run), _WEEKEND, _AT_WEEKEND, column="conference_date")


@on_lists("AA-505", each={LIST: ("conference_date",)})
def row_conference_at_weekend(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 5 with a conference dated a Saturday or Sunday."""
    return run.looked(number, run.rows(number), _WEEKEND, _AT_WEEKEND, column="conference_date")


_AT_WEEKEND: Final = "The conference is dated a Saturday or Sunday."
_WEEKEND: Final = pl.col("conference_date").dt.weekday() >= SATURDAY


@on_extract(
    "AA-506",
    reads={
        ENQUIRIES: ("start_date", *_DECISION),
        CONFERENCES: ("enquiry_id", "conference_date"),
        "cp_plans": ("start_date", "end_date"),
    },
    optional=[ENQUIRIES],
)
def no_conference(run: ExtractRun, check: Definition) -> Answer:
    """An enquiry past the days in which a conference was due, and nothing says that none is: no plan, no decision.

    The death of the child ends an enquiry that is open (K14), so nothing is due any more.
    """
    if missing := unable(run, {ENQUIRIES: ("start_date",)}) or unable_without(run, ENQUIRIES, *_DECISION):
        return missing
    rows = _due(enquiry_facts(run.context).filter(~pl.col("ended_by_death")), check, run)
    wrong = _UNDECIDED & ~pl.col("on_plan")
    return run.looked(check, ENQUIRIES, rows, wrong, _OVERDUE, column="start_date", **_LATE)


@on_lists(
    "AA-506",
    reads={LIST: ("person_id", "start_date", "conference_unnecessary", "conference_date"), PLAN_LIST: _PLANS},
)
def row_no_conference(run: ListsRun, check: Definition) -> Looked:
    """A row of List 5 past the days in which a conference was due, and nothing says that none is."""
    held = pl.col("conference_date") <= run.period.as_at
    rows = _due(_with_plans(run), check, run).with_columns(pl.when(held).then("conference_date").alias("_held"))
    wrong = _undecided("_held") & ~pl.col("on_plan")
    return run.looked(LIST, rows, wrong, _OVERDUE, column="start_date", **_LATE)


_OVERDUE: Final = "The enquiry is past the working days allowed, and neither a conference nor a decision is recorded."
_LATE: Final[dict[str, Any]] = {"due_date": pl.col("_due"), "days_overdue": pl.col("_late")}


def _undecided(held: str) -> pl.Expr:
    decision = pl.col("conference_unnecessary")
    return (pl.col("_over") > 0) & pl.col(held).is_null() & (decision.is_null() | (decision == "N"))


_UNDECIDED: Final = _undecided("conference_date")


def _due(rows: pl.DataFrame, check: Definition, run: ExtractRun | ListsRun) -> pl.DataFrame:
    """Keep what has a discussion, and say by when a conference was due and how late it is.

    Returns:
        With _due; _over, the working days past it; _late, the calendar days past it.
    """
    allowed, start, calendar = check.number("working_days"), pl.col("start_date"), run.calendar
    over = calendar.between(start, run.period.inspection_date) - allowed
    return rows.drop_nulls("start_date").with_columns(
        calendar.after(start, allowed).alias("_due"),
        over.alias("_over"),
        (pl.lit(run.period.inspection_date) - calendar.after(start, allowed)).dt.total_days().alias("_late"),
    )


@on_extract(
    "AA-507", reads={ENQUIRIES: ("start_date", "end_date"), CONFERENCES: ("enquiry_id", "conference_date")}
)  # fmt: skip
def enquiries_overlap(run: ExtractRun, check: Definition) -> Looked:
    """An enquiry that began while an earlier one of the child was open: until its end, or else its conference."""
    rows = enquiry_facts(run.context)
    rows = _overlapping(rows, pl.coalesce("end_date", "ended"), "enquiry_id")
    return run.looked(check, ENQUIRIES, rows, pl.col("_overlaps"), _TWO_OPEN, column="start_date")


@on_lists(
    "AA-507",
    reads={LIST: ("person_id", "start_date", "conference_unnecessary", "conference_date"), PLAN_LIST: _PLANS},
    optional=[PLAN_LIST],
)
def rows_overlap(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 5 that began while an earlier one of the child was open.

    The list has no end of an enquiry. One is open until its conference; one without a conference is, where that was
    not deemed unnecessary and is not so because of a plan. Of any other the end is not known.
    """
    over = (pl.col("conference_unnecessary") == "Y").fill_null(value=False) | pl.col("on_plan")
    held = pl.col("conference_date") <= run.period.as_at
    end = pl.when(held).then("conference_date").when(over).then("start_date")
    rows = _with_plans(run).with_columns(pl.col(ROW).cast(pl.String).alias("_name"))
    return run.looked(LIST, _overlapping(rows, end, "_name"), pl.col("_overlaps"), _TWO_OPEN, column="start_date")


_TWO_OPEN: Final = "The enquiry began while an earlier enquiry of the child was open."


def _overlapping(rows: pl.DataFrame, end: pl.Expr, identifier: str) -> pl.DataFrame:
    """Say which enquiries were open on a day on which an earlier one of the child was (_overlaps, K5)."""
    lasting = end.is_null() | (end > pl.col("start_date"))
    rows = with_latest_end(rows, "start_date", end, counts=pl.lit(value=True), identifier=identifier)
    return rows.with_columns((lasting & (pl.col("_latest_end") > pl.col("start_date"))).alias("_overlaps"))


@on_lists("AA-508", each={LIST: ("person_id", "start_date", "conference_date", *_COUNTS)})
def counts_against_history(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child whose counts are no numbers from 0, differ between the rows, or are not those of the history (2.3).

    Without a history of the child they may not be lower than the list itself shows. One finding a child; the value is
    what is given and what was worked out.
    """
    counts = [pl.col(name).cast(pl.Int64, strict=False).alias(name) for name in _COUNTS]
    rows = run.rows(number).with_row_index(ID).with_columns(counts)
    rows = rows.join(_shown_counts(rows), on="person_id", how="left", maintain_order="left")
    known, counted = _known_counts(run, rows)
    rows = rows.join(known, on=ID, how="left", maintain_order="left")
    wrong = pl.any_horizontal(_count_wrong(name) for name in counted)
    given = pl.concat_str([pl.col(name).cast(pl.String).fill_null("blank") for name in _COUNTS], separator="/")
    worked_out = pl.concat_str(
        [pl.coalesce(f"{name}_known", f"{name}_shown").cast(pl.String).fill_null("-") for name in _COUNTS],
        separator="/",
    )
    message = "The numbers of enquiries and conferences do not agree with those of the child, or with each other."
    rows = rows.with_columns(first_of_child(wrong).alias("_wrong"))
    value = pl.format("{} given, {} worked out", given, worked_out)
    return run.looked(number, rows, pl.col("_wrong"), message, column=_COUNTS[0], value=value)


def _count_wrong(name: str) -> pl.Expr:
    count, known, shown = pl.col(name), pl.col(f"{name}_known"), pl.col(f"{name}_shown")
    differs = (count.max().over("person_id") != count.min().over("person_id")) & pl.col("person_id").is_not_null()
    wrong = (count < 0, differs, count != known, count < shown)
    return count.is_null() | pl.any_horizontal(each.fill_null(value=False) for each in wrong)


def _known_counts(run: ListsRun, rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the counts of the history (_id, <name>_known), and which counts can be asked for.

    A build without a table of conferences leaves their number blank (AA-R10 says so).
    """
    nothing = pl.DataFrame(schema={ID: pl.UInt32, **{f"{name}_known": pl.Int64 for name in _COUNTS}})
    if run.extract is None or not run.extract.has(ENQUIRIES, "start_date"):
        return nothing, _COUNTS
    context = run.extract.context
    people = context.live(ENQUIRIES).select("person_id").unique()
    known = counts_in_12_months(context, rows.join(people, on="person_id", how="semi"))
    counted = _COUNTS if context.supplied(CONFERENCES) else _COUNTS[:1]
    return known.rename({name: f"{name}_known" for name in _COUNTS}), counted


def _shown_counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the least that the counts of each child can be by what List 5 itself shows: <name>_shown."""
    dated = rows.drop_nulls(["person_id", "start_date"]).with_columns(pl.col(ROW).cast(pl.String))
    shown = earlier_events(dated, "start_date", ROW)
    held = (
        dated.join(shown, on="person_id")
        .filter(pl.col("conference_date").is_between("from", "latest", closed="left"))
        .filter(pl.col(ROW) != pl.col("latest_id"))
        .group_by("person_id")
        .agg(pl.len().cast(pl.Int64).alias("held"))
    )
    return shown.join(held, on="person_id", how="left").select(
        "person_id",
        pl.col("earlier").alias(f"{_COUNTS[0]}_shown"),
        pl.col("held").fill_null(0).alias(f"{_COUNTS[1]}_shown"),
    )


@on_extract(
    "AA-509",
    reads={ENQUIRIES: ("referral_id", "start_date"), "assessments": ("referral_id",), REFERRALS: ("referral_id",)},
)
def no_assessment(run: ExtractRun, check: Definition) -> Looked:
    """An enquiry that began working days ago, and no assessment of any date belongs to its referral (R16, K19).

    Where the enquiry belongs to no referral, one that is under way on a day of the enquiry will do.
    """
    settled = run.calendar.between(pl.col("start_date"), run.period.inspection_date) >= check.number("working_days")
    rows = _with_referral(run.context, enquiry_facts(run.context).drop_nulls("start_date").filter(settled))
    wrong = ~pl.col(ROW).is_in(_assessed(run.context, rows).implode())
    message = "The enquiry has no assessment with the same referral."
    return run.looked(check, ENQUIRIES, rows, wrong, message, column="start_date")


def _with_referral(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Add episode_row: the child's referral that the id names, else the one that it belongs to by dates (K19)."""
    by_dates = episode_of(
        context,
        rows.select(
            pl.col(ROW).alias("_service"),
            "person_id",
            "referral_id",
            pl.col("start_date").alias("start"),
            pl.col("ended").alias("end"),
            pl.col("ended").is_null().alias("open"),
        ),
    ).select(pl.col("_service").alias(ROW), "episode_row")
    return _named_first(context, rows.join(by_dates, on=ROW, how="left", maintain_order="left"))


def _named_first(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Put the referral of the child that the id names in the place of episode_row, also where that one was closed."""
    named = episodes_of_need(context).select("person_id", "referral_id", pl.col("episode_row").alias("_named"))
    return rows.join(named, on=["person_id", "referral_id"], how="left", maintain_order="left").with_columns(
        pl.coalesce("_named", "episode_row").alias("episode_row")
    )


def _assessed(context: Context, enquiries: pl.DataFrame) -> pl.Series:
    """Return _row of the enquiries to which an assessment belongs."""
    facts = _named_first(context, assessment_facts(context)).select(
        "person_id", "referral_id", "episode_row", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to")
    )
    by_id = enquiries.join(facts, on=["person_id", "referral_id"], how="semi")
    by_episode = enquiries.join(facts, on="episode_row", how="semi")
    under_way = (pl.col("ended").is_null() | (pl.col("_from") <= pl.col("ended"))) & (
        pl.col("_to").is_null() | (pl.col("_to") >= pl.col("start_date"))
    )
    beside = enquiries.filter(pl.col("episode_row").is_null()).join(facts, on="person_id").filter(under_way)
    return pl.concat([by_id[ROW], by_episode[ROW], beside[ROW]]).unique()


@on_lists("AA-510", reads={LIST: ("person_id", "start_date", "conference_unnecessary"), PLAN_LIST: _PLANS})
def unnecessary_for_plan(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 5 of a child who was on a plan, and whose conference was deemed unnecessary: it says No then."""
    wrong = pl.col("on_plan") & (pl.col("conference_unnecessary") == "Y")
    message = "The child was on a plan at the strategy discussion: a conference was not deemed unnecessary."
    return run.looked(LIST, _with_plans(run), wrong, message, column="conference_unnecessary")


@on_lists("AA-511", each={LIST: ("start_date",)})
def row_without_discussion(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 5 without a strategy discussion date."""
    message = "The enquiry has no strategy discussion date."
    return run.looked(number, run.rows(number), pl.col("start_date").is_null(), message, column="start_date")


@on_extract("AA-512", each={ENQUIRIES: ("start_date",)})
def many_enquiries(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A child with several enquiries in the months up to D; the value is their number."""
    window = run.period.window(check.number("months"))
    enquiries = run.rows(record).filter(pl.col("person_id").is_not_null() & window.contains(pl.col("start_date")))
    children = enquiries.group_by("person_id", maintain_order=True).agg(pl.len().alias("_number"))
    wrong = pl.col("_number") >= check.number("enquiries")
    message = "The child has had several section 47 enquiries within the months looked at."
    return run.looked(
        check, record, children, wrong, message, column="start_date", value=pl.col("_number").cast(pl.String)
    )  # fmt: skip


def _initial(run: ExtractRun) -> pl.DataFrame:
    return run.rows(CONFERENCES).filter(pl.col("transfer_in").ne_missing(pl.lit("Y")))


def _with_plans(run: ListsRun) -> pl.DataFrame:
    """Return the rows of List 5 with on_plan: a plan of List 7 was in force on the day of the discussion (K5)."""
    rows = run.rows(LIST)
    if not run.has(PLAN_LIST, *_PLANS):
        return rows.with_columns(pl.lit(value=False).alias("on_plan"))
    plans = run.rows(PLAN_LIST).select(
        "person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to")
    )
    day = pl.col("start_date")
    in_force = (pl.col("_from").is_null() | (pl.col("_from") <= day)) & (
        pl.col("_to").is_null() | (pl.col("_to") > day)
    )
    on_plan = rows.select(ROW, "_file", "person_id", "start_date").drop_nulls("start_date").join(plans, on="person_id")
    marked = on_plan.filter(in_force).select(ROW, "_file").unique().with_columns(on_plan=pl.lit(value=True))
    joined = rows.join(marked, on=[ROW, "_file"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("on_plan").fill_null(value=False))
