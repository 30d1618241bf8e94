"""List 7: children on a child protection plan; and the facts about plans that other lists share."""

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP
from annexa.lists.context import Context
from annexa.lists.links import report_foreign
from annexa.lists.orders import id_order, most_recent
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.spans import needed_window, report_rows, with_ended
from annexa.records import UNREADABLE

LIST = 7
EMERGENCY_MONTHS = 6  # the heading of the column says six months, so it holds in every edition (2.9)
EMERGENCY_STATUSES = ("L1", "L2")  # police protection in local authority accommodation; emergency protection order


def own_plans(context: Context) -> pl.DataFrame:
    """The authority's own child protection plans, one row for each distinct plan of a child.

    Plans of one child with the same start and end are one plan, whatever their identifiers (List 7, 2.10). Temporary
    plans held for another authority are left out; a blank or unreadable flag means ours.

    Returns:
        person_id, cp_plan_id (of several the most recent), referral_id, start_date (null: not recorded), end_date (null
        while open at D; a death ends an open plan, K14), is_open.
    """
    return own_plan_rows(context).select("person_id", "cp_plan_id", "referral_id", "start_date", "end_date", "is_open")


def own_plan_rows(context: Context) -> pl.DataFrame:
    """Return the plans of own_plans() with all that live_plans() says of them."""
    return context.once(_own_plan_rows)


def _own_plan_rows(context: Context) -> pl.DataFrame:
    own = live_plans(context).filter(pl.col("own"))
    return most_recent(own, ["person_id", "start_date", "end_date"], "start_date", "end_date", "cp_plan_id")


def live_plans(context: Context) -> pl.DataFrame:
    """All child protection plans that take part in rules, those held for another authority included.

    Returns:
        The fields of the record, with end_date as a death leaves it (K14; null while open at D), ended_by_death, adult
        (18 or over at the start), is_open, and `own`: whether it is a plan of this authority.
    """
    return context.once(_all_plans).filter(pl.col(DROP).is_null())


def _all_plans(context: Context) -> pl.DataFrame:
    """Every row of the plans with what a death does to it (K14), its age group, and whether the plan is ours."""
    rows = with_ended(context, context.rows("cp_plans"), "end_date")
    return rows.with_columns(
        pl.col("ended").alias("end_date"),
        # Every date later than A is blank by now (K6): what has no end is open at D.
        pl.col("ended").is_null().alias("is_open"),
        pl.col("other_la").ne_missing("Y").alias("own"),
    ).drop("ended")


@cohort("child_protection_plans")
def child_protection_plans(context: Context, spec: ListSpec) -> Cohort:
    """One row for each child with a plan of this authority that is open at D or ended in the window (List 7).

    The most recent plan is shown; an open one beats a closed one whatever the dates (K15, AA-701). A plan without a
    start stays where it is open or ended in the window (K7, AA-716). A death ends an open plan: the row stays if the
    death lies in the window (K14, AA-G24).
    """
    window = needed_window(context, spec.number)
    plans = context.once(_all_plans)
    current = pl.col("is_open") | window.contains(pl.col("end_date"))
    plans = plans.with_columns(
        first_reason(
            NO_DATE=pl.col("start_date").is_null() & ~current,
            OTHER_LA_PLAN=~pl.col("own"),
            DIED=~current & pl.col("ended_by_death"),
            WINDOW=~current,
            ADULT=pl.col("adult") if context.options.drop_adults else pl.lit(False),
        ).alias("reason")
    )
    in_scope = plans.filter(pl.col("reason").is_null())
    shown = most_recent(in_scope, ["person_id"], "start_date", "end_date", "cp_plan_id", pl.col("is_open"))
    _report_unstarted(context, in_scope)
    superseded = pl.col("reason").is_null() & ~pl.col("_row").is_in(shown["_row"].implode())
    plans = plans.with_columns(pl.when(superseded).then(pl.lit("SUPERSEDED")).otherwise("reason").alias("reason"))
    listed = pl.col("reason").is_null() | (pl.col("reason") == "SUPERSEDED")
    finding = (
        pl.when(listed & pl.col("start_date").is_null()).then(pl.lit("AA-716"))
        .when(pl.col(DROP).is_null() & pl.col("ended_by_death")).then(pl.lit("AA-G24"))
    )  # fmt: skip
    by_end = pl.col("reason").is_in(["WINDOW", "DIED", "NO_DATE"])
    decided = pl.when(by_end).then("end_date").otherwise("start_date")
    shown = shown.with_columns(
        pl.col("end_date").fill_null(context.period.as_at).alias("at"), (~pl.col("is_open")).alias("ceased")
    )
    return Cohort(shown, {"cp_plans": account(plans, decided, finding)})


def begun_before_closed(in_scope: pl.DataFrame, shown: pl.DataFrame, start: str) -> pl.DataFrame:
    """Return the open rows that are shown although a closed one in scope began later (K15).

    Args:
        in_scope: person_id, is_open and `start` of every record in scope.
        shown: the one of each child that the list shows, with the same columns.
        start: column of the start date; a blank one is the earliest.
    """
    closed = in_scope.filter(~pl.col("is_open")).group_by("person_id").agg(pl.col(start).max().alias("_closed"))
    later = (pl.col("_closed") > pl.col(start)).fill_null(pl.col(start).is_null() & pl.col("_closed").is_not_null())
    return shown.filter("is_open").join(closed, on="person_id", maintain_order="left").filter(later).drop("_closed")


def _report_unstarted(context: Context, in_scope: pl.DataFrame) -> None:
    unstarted = in_scope.filter(pl.col("start_date").is_null())
    message = "The plan has no start date."
    report_rows(
        context, "AA-716", message, number=LIST, record="cp_plans", rows=unstarted, event="cp_plan_id",
        column="start_date",
    )  # fmt: skip


@derivation("cp_visit_date", "cp_visit_seen_alone")
def cp_visit(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The last statutory visit of the plan, and whether the child was seen alone at it (2.14, List 7).

    The latest visit whose seen flag is not N; a later one with N is reported (AA-R38). Where every visit is N it is the
    latest of them, and the child was not seen alone. Seen alone blank on the visit is U; without a visit it is blank.
    Of several visits on one day the one with the greatest identifier counts (K15).
    """
    _report_foreign(context, "cp_visits")
    latest = last_visits(context, rows)
    attempts = latest.filter(~pl.col("not_seen") & (pl.col("attempted") > pl.col("visit_date")))
    message = "The child was not seen at a later visit than the one shown as the last statutory visit."
    report_rows(
        context, "AA-R38", message, number=LIST, record="cp_visits", rows=attempts, event="visit_id", column="seen"
    )
    return latest.select(ID, pl.col("visit_date").alias("cp_visit_date"), pl.col("alone").alias("cp_visit_seen_alone"))


def last_visits(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the last statutory visit of each plan, by the rule of cp_visit().

    Args:
        context: the run.
        rows: `_id`, person_id, start_date, end_date of plans, each in one row.

    Returns:
        One row for each plan that has a visit: `_id`, the columns of the visit's record, not_seen (every visit of the
        plan is one at which the child was not seen), attempted (the day of the latest visit of all), alone (Y, N or U).
    """
    visits = _of_plan(context, rows, "cp_visits", "visit_date")
    not_seen = (pl.col("seen") == "N").fill_null(False)
    ordered = visits.with_columns(not_seen.alias("not_seen")).sort(
        ID, ~not_seen, "visit_date", *id_order(pl.col("visit_id")), "seen", "seen_alone", "_row"
    )
    latest = ordered.unique(ID, keep="last", maintain_order=True)
    latest_of_all = visits.group_by(ID).agg(pl.col("visit_date").max().alias("attempted"))
    unknown = None if "seen_alone" in context.tables["cp_visits"].absent else "U"
    alone = pl.when("not_seen").then(pl.lit("N")).otherwise(pl.coalesce("seen_alone", pl.lit(unknown, pl.String)))
    return latest.join(latest_of_all, on=ID, maintain_order="left").with_columns(alone.alias("alone"))


@derivation("cp_review_date")
def cp_review(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The latest review conference of the plan: after its start, which is the initial conference's, and by its end."""
    _report_foreign(context, "cp_reviews")
    return last_reviews(context, rows)


def last_reviews(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the latest review conference of each plan (`_id`, cp_review_date), by the rule of cp_review().

    Args:
        context: the run.
        rows: as for last_visits().
    """
    reviews = _of_plan(context, rows, "cp_reviews", "review_date")
    held = reviews.filter(pl.col("start_date").is_null() | (pl.col("review_date") > pl.col("start_date")))
    return held.group_by(ID, maintain_order=True).agg(pl.col("review_date").max().alias("cp_review_date"))


def _report_foreign(context: Context, record: str) -> None:
    report_foreign(
        context,
        number=LIST,
        record=record,
        rows=context.live(record),
        link=("cp_plan_id", "cp_plan_id"),
        targets=live_plans(context).select("person_id", "cp_plan_id"),
        event=context.tables[record].record.meta.key,
    )


def _of_plan(context: Context, rows: pl.DataFrame, record: str, date: str) -> pl.DataFrame:
    """Return the visits or reviews within each list row's plan: its start <= date <= its end (List 7, K19).

    Linked by plan id and person id. A plan id that is blank, or that is no plan of this child, counts as blank: then
    the dates alone decide. One that names another plan of the child belongs there.

    Args:
        context: the run.
        rows: the list's rows: `_id`, person_id, start_date, end_date.
        record: cp_visits or cp_reviews.
        date: its date.

    Returns:
        The record's columns, `_id`, and start_date and end_date of the plan.
    """
    plans = live_plans(context).select(
        "person_id",
        "cp_plan_id",
        pl.col("own").alias("_named_own"),
        pl.col("start_date").alias("_named_start"),
        pl.col("end_date").alias("_named_end"),
    )
    # Two identifiers with the same dates are one plan, so the plan that is named is compared by its dates.
    named_here = (
        pl.col("_named_own")
        & pl.col("_named_start").eq_missing(pl.col("start_date"))
        & pl.col("_named_end").eq_missing(pl.col("end_date"))
    )
    within = (pl.col("start_date").is_null() | (pl.col(date) >= pl.col("start_date"))) & (
        pl.col("end_date").is_null() | (pl.col(date) <= pl.col("end_date"))
    )
    return (
        context.live(record)
        .filter(pl.col(date).is_not_null())
        .join(rows.select(ID, "person_id", "start_date", "end_date"), on="person_id")
        .join(plans, on=["person_id", "cp_plan_id"], how="left")
        .filter(within & (pl.col("_named_own").is_null() | named_here))
    )


@derivation("emergency_protection")
def emergency_protection(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether emergency or police protection touched the six months up to D, in a plan or not (2.9).

    Legal statuses L1 and L2, and the records of emergency protection themselves; one of an unreadable kind is neither.
    Never blank, unless the extract has neither table.
    """
    if not (context.supplied("legal_statuses") or context.supplied("emergency_protection")):
        return rows.select(ID, pl.lit(None, dtype=pl.String).alias("emergency_protection"))
    statuses = context.live("legal_statuses").filter(pl.col("status").is_in(EMERGENCY_STATUSES))
    records = context.live("emergency_protection").filter(pl.col("kind").ne_missing(UNREADABLE))
    dates = ("person_id", "start_date", "end_date")
    half_year = context.period.window(EMERGENCY_MONTHS)
    protected = (
        pl.concat([statuses.select(dates), records.select(dates)])
        .filter(half_year.overlaps(pl.col("start_date"), pl.col("end_date")))
        .select("person_id")
        .unique()
    )
    answer = pl.when(pl.col("person_id").is_in(protected["person_id"].implode())).then(pl.lit("Y"))
    return rows.select(ID, answer.otherwise(pl.lit("N")).alias("emergency_protection"))


@derivation("previous_cp_plans")
def previous_cp_plans(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """How many other plans of this authority the child has had: all that started by A, ever (2.10).

    Later ones that have ended count too, and a closed plan without a start; an open one without a start may not have
    begun before any other. The same start and end is one plan.
    """
    begun = pl.col("start_date").is_not_null() | pl.col("end_date").is_not_null()
    number = own_plans(context).filter(begun).group_by("person_id").agg(pl.len().cast(pl.Int64).alias("begun"))
    others = pl.col("begun").fill_null(0) - begun.cast(pl.Int64)
    return (
        rows.select(ID, "person_id", "start_date", "end_date")
        .join(number, on="person_id", how="left")
        .select(ID, others.alias("previous_cp_plans"))
    )
