"""List 5: section 47 enquiries, each with the initial child protection conference that followed it."""

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP
from annexa.lists.context import Context
from annexa.lists.front_door import earlier_events
from annexa.lists.links import report_foreign
from annexa.lists.orders import id_order
from annexa.lists.outcomes import any_yes, with_flags
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.spans import needed_window, report_rows, with_ended
from annexa.records import UNREADABLE

LIST = 5
CONFERENCE_WITHIN_DAYS = 60  # how long after the discussion a conference without a usable enquiry id may be its own
_CONFERENCE_FLAG = "CP_CONFERENCE_FLAG"
_OTHER_FLAGS = (
    "NFA_FLAG",
    "LEGAL_ACTION_FLAG",
    "PROV_OF_SERVICES_FLAG",
    "PROV_OF_SB_CARE_FLAG",
    "NFA_CONTINUE_SINGLE_FLAG",
    "MONITOR_FLAG",
    "OTHER_OUTCOMES_EXIST_FLAG",
)


def initial_conferences(context: Context) -> pl.DataFrame:
    """The initial conferences of children, held or booked; one for a child who moved in on a plan is none (List 5).

    Returns:
        conference_row, person_id, conference_id, enquiry_id, conference_date (null where it was not held by A),
        resulted_in_plan.
    """
    return context.once(_initial_conferences)


def _initial_conferences(context: Context) -> pl.DataFrame:
    rows = context.live("conferences").filter(
        pl.col("person_id").is_not_null() & pl.col("transfer_in").ne_missing(pl.lit("Y"))
    )
    return rows.select(
        pl.col("_row").alias("conference_row"),
        "person_id",
        "conference_id",
        "enquiry_id",
        "conference_date",
        "resulted_in_plan",
    )


def linked_conferences(context: Context) -> pl.DataFrame:
    """Say which conference belongs to which enquiry (List 5, K19).

    One that names an enquiry of the same child belongs to it, whatever its date. One whose identifier is blank, unknown
    or another child's goes by dates, to an enquiry to which no conference belongs by identifier: the first such
    conference of the child that was held on or after the strategy discussion, before the child's next one, and at most
    60 days after it. Of two discussions on one day the later by identifier (K15) counts as the next.

    Returns:
        enquiry_row (_row of the enquiry) and the columns of initial_conferences(): one row for each that is linked.
    """
    return context.once(_linked_conferences)


def _linked_conferences(context: Context) -> pl.DataFrame:
    conferences = initial_conferences(context)
    enquiries = context.live("section_47_enquiries").select(
        pl.col("_row").alias("enquiry_row"), "person_id", "enquiry_id", "start_date"
    )
    by_id = conferences.join(
        enquiries.drop_nulls("enquiry_id").drop("start_date"), on=["person_id", "enquiry_id"], how="inner"
    )
    nameless = conferences.join(by_id, on="conference_row", how="anti").drop_nulls("conference_date")
    ordered = enquiries.drop_nulls("start_date").sort(
        "person_id", "start_date", *id_order(pl.col("enquiry_id")), maintain_order=True
    )
    spans = ordered.with_columns(pl.col("start_date").shift(-1).over("person_id").alias("next_start"))
    held, start = pl.col("conference_date"), pl.col("start_date")
    by_dates = (
        spans.join(by_id, on="enquiry_row", how="anti")
        .drop("enquiry_id")
        .join(nameless, on="person_id")
        .filter((held >= start) & ((held < pl.col("next_start")) | pl.col("next_start").is_null()))
        .filter(held <= start.dt.offset_by(f"{CONFERENCE_WITHIN_DAYS}d"))
        .sort("conference_date", *id_order(pl.col("conference_id")), "resulted_in_plan", nulls_last=True)
        .unique("enquiry_row", keep="first", maintain_order=True)
    )
    return pl.concat([by_id, by_dates.select(by_id.columns)])


def _shown_conferences(context: Context) -> pl.DataFrame:
    """Return what List 5 shows of each enquiry's conferences: the latest that was held.

    Returns:
        enquiry_row, conference_id, conference_date, resulted_in_plan (null where one is only booked), has_conference.
    """
    linked = linked_conferences(context)
    held = pl.col("conference_date").is_not_null()
    ordered = linked.sort("conference_date", *id_order(pl.col("conference_id")), "resulted_in_plan", nulls_last=False)
    return ordered.unique("enquiry_row", keep="last", maintain_order=True).select(
        "enquiry_row",
        *(pl.when(held).then(name).alias(name) for name in ("conference_id", "conference_date", "resulted_in_plan")),
        pl.lit(True).alias("has_conference"),
    )


@cohort("section_47_enquiries")
def section_47_enquiries(context: Context, spec: ListSpec) -> Cohort:
    """One row for each enquiry whose discussion, end or conference lies in the window, or which is open at D (List 5).

    It is open while it has neither an end nor a conference that was held: a decision without a date does not close it.
    A death closes an open one (K14). One without a start stays where one of the others holds (K7). A conference that is
    only booked keeps nothing on the list.

    The rows have, beside the record's fields, has_conference (held or booked), conference_id, conference_date and
    resulted_in_plan (of the latest held), at and ceased.
    """
    window = needed_window(context, spec.number)
    rows = _with_conference(context, context.rows("section_47_enquiries"))
    undecided = pl.col("end_date").is_null() & pl.col("conference_date").is_null()
    # The later of end and conference is enough: nothing is later than A, so it lies in the window if the other does.
    in_scope = pl.col("ended").is_null() | window.contains(pl.col("start_date")) | window.contains(pl.col("ended"))
    live = pl.col(DROP).is_null()
    rows = rows.with_columns(
        first_reason(
            NO_DATE=pl.col("start_date").is_null() & ~in_scope,
            DIED=pl.col("ended_by_death") & ~in_scope,
            WINDOW=~in_scope,
            ADULT=pl.col("adult") if context.options.drop_adults else pl.lit(False),
        ).alias("reason")
    )
    unended = _with_outcomes(rows.filter(live & pl.col("reason").is_null() & undecided))
    undated = unended.filter("decided")
    _report(context, rows, live, undated)
    finding = (
        pl.when(live & pl.col("start_date").is_null()).then(pl.lit("AA-511"))
        .when(live & pl.col("ended_by_death")).then(pl.lit("AA-G24"))
        .when(pl.col("_row").is_in(undated["_row"].implode())).then(pl.lit("AA-R35"))
    )  # fmt: skip
    starts = pl.when(pl.col("reason").is_in(["FUTURE", "ADULT"])).then("start_date")
    kept = rows.filter(pl.col("reason").is_null()).with_columns(
        pl.col("ended").fill_null(context.period.as_at).alias("at"), pl.col("ended").is_not_null().alias("ceased")
    )
    decided = pl.coalesce(starts, "ended", "start_date")
    return Cohort(kept, {"section_47_enquiries": account(rows, decided, finding)})


def enquiry_facts(context: Context) -> pl.DataFrame:
    """Every enquiry that takes part in rules, with its conference and what was decided about one.

    Returns:
        The fields of the record, _row; conference_id, conference_date and resulted_in_plan of the latest conference
        held, has_conference (held or booked); ended (the later of end and conference, or the child's death where
        there is neither, K14; null while it is open), ended_by_death; conference_unnecessary (Y, N, UNREADABLE or
        null) as List 5 has it; on_plan (the child was on a plan of this authority on the day of the discussion).
    """
    return context.once(_enquiry_facts)


def _enquiry_facts(context: Context) -> pl.DataFrame:
    return _with_decision(context, _with_conference(context, context.live("section_47_enquiries")))


def _with_conference(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Add what List 5 shows of the conference, and when the enquiry ended, to rows of enquiries."""
    rows = rows.join(
        _shown_conferences(context), left_on="_row", right_on="enquiry_row", how="left", maintain_order="left"
    )
    undecided = pl.col("end_date").is_null() & pl.col("conference_date").is_null()
    return with_ended(context, rows, "end_date", still_open=undecided).with_columns(
        pl.col("has_conference").fill_null(False),
        pl.when(undecided).then("ended").otherwise(pl.max_horizontal("end_date", "conference_date")).alias("ended"),
    )


def _with_outcomes(rows: pl.DataFrame) -> pl.DataFrame:
    """Add conference (the outcome is a conference) and decided (no further action, or any outcome)."""
    conference = any_yes([_CONFERENCE_FLAG])
    decided = (pl.col("nfa") == "Y").fill_null(False) | any_yes([_CONFERENCE_FLAG, *_OTHER_FLAGS])
    flags = with_flags(rows, "outcome_json", [_CONFERENCE_FLAG, *_OTHER_FLAGS])
    return flags.with_columns(conference.alias("conference"), decided.alias("decided"))


def _report(context: Context, rows: pl.DataFrame, live: pl.Expr, undated: pl.DataFrame) -> None:
    """Report what the rulings on membership find."""
    unstarted = rows.filter(live & pl.col("start_date").is_null())
    for check, message, found, column in (
        ("AA-511", "The enquiry has no strategy discussion date.", unstarted, "start_date"),
        ("AA-R35", "A decision is recorded, and the enquiry has no end date.", undated, "end_date"),
    ):
        report_rows(
            context,
            check,
            message,
            number=LIST,
            record="section_47_enquiries",
            rows=found,
            event="enquiry_id",
            column=column,
        )
    report_foreign(
        context,
        number=LIST,
        record="conferences",
        rows=initial_conferences(context).rename({"conference_row": "_row"}),
        link=("enquiry_id", "enquiry_id"),
        targets=context.live("section_47_enquiries").select("person_id", "enquiry_id"),
        event="conference_id",
    )


@derivation("conference_unnecessary")
def conference_unnecessary(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether a conference was deemed unnecessary: only on evidence, else blank (List 5, R40).

    N, the first, where a conference is linked (held or booked), the outcome is a conference, or the child was on a plan
    of this authority on the day of the strategy discussion, so that none follows. Y where the enquiry ended with no
    further action or any other outcome. Nothing of these is blank: an error where the enquiry has ended. JSON that
    cannot be read is no evidence.
    """
    answer = _with_decision(context, rows)
    if not {"nfa", "outcome_json"} <= context.tables["section_47_enquiries"].absent:
        report_rows(
            context,
            "AA-R34",
            "The enquiry has ended, and nothing says whether a conference was necessary.",
            number=LIST,
            record="section_47_enquiries",
            rows=answer.filter(pl.col("end_date").is_not_null() & pl.col("conference_unnecessary").is_null()),
            event="enquiry_id",
            column="nfa",
        )
    return answer.select(ID, "conference_unnecessary")


def _with_decision(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Add on_plan, and conference_unnecessary by the rule of the derivation of that name."""
    on_plan = pl.col("_row").is_in(_on_plan(context, rows)["_row"].implode())
    necessary = pl.col("has_conference") | pl.col("conference") | on_plan
    return _with_outcomes(rows).with_columns(
        pl.when(necessary).then(pl.lit("N"))
        .when("decided").then(pl.lit("Y"))
        .when(pl.col("nfa") == UNREADABLE).then(pl.lit(UNREADABLE))
        .alias("conference_unnecessary"),
        on_plan.alias("on_plan"),
    )  # fmt: skip


def _on_plan(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return _row of the enquiries whose child was on a plan of this authority on the day of the discussion (K5)."""
    plans = context.live("cp_plans").filter(pl.col("other_la").ne_missing(pl.lit("Y")))
    cases = rows.select("_row", "person_id", pl.col("start_date").alias("day")).join(
        plans.select("person_id", "start_date", "end_date"), on="person_id"
    )
    begun = (pl.col("start_date") <= pl.col("day")) | (pl.col("start_date").is_null() & pl.col("day").is_not_null())
    running = pl.col("end_date").is_null() | (pl.col("end_date") > pl.col("day"))
    return cases.filter(begun & running).select("_row").unique()


@derivation("enquiries_in_12_months", "conferences_in_12_months")
def counts_in_12_months(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Enquiries and conferences of the child in the 12 months before the latest strategy discussion (2.3).

    The same on every row of a child. Enquiries: all that began, without the latest. Conferences: those held on or after
    the day 12 calendar months before and earlier than the latest discussion, without those of the latest enquiry.
    A child without a dated discussion has none before it. Without a table of conferences their number is blank.
    """
    history = context.live("section_47_enquiries").drop_nulls("start_date")
    counts = earlier_events(history, "start_date", "enquiry_id").rename({"from": "since"})
    answer = rows.select(ID, "person_id").join(counts, on="person_id", how="left", maintain_order="left")
    number = pl.lit(None, dtype=pl.Int64)
    if context.supplied("conferences"):
        held = (
            initial_conferences(context)
            .join(counts, on="person_id")
            .filter(pl.col("conference_date").is_between("since", "latest", closed="left"))
            .filter((pl.col("enquiry_id") != pl.col("latest_id")).fill_null(True))
            .group_by("person_id")
            .agg(pl.len().cast(pl.Int64).alias("held"))
        )
        answer = answer.join(held, on="person_id", how="left", maintain_order="left")
        number = pl.col("held").fill_null(0)
    return answer.select(
        ID, pl.col("earlier").fill_null(0).alias("enquiries_in_12_months"), number.alias("conferences_in_12_months")
    )
