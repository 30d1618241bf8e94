"""List 10: adoption. Whose decision it is, when it ended, and what its row shows (R6, R14, R43)."""

from typing import Final

import polars as pl

from annexa.editions import ListSpec
from annexa.lists.care import care_episode_periods, care_periods
from annexa.lists.context import Context
from annexa.lists.orders import most_recent
from annexa.lists.people import with_people
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.spans import needed_window
from annexa.period import Window

LIST: Final = 10
PLACED_FOR_ADOPTION: Final = ["A3", "A4", "A5", "A6"]
ORDERED: Final = ["E1", "D1"]  # placement order, and the freeing order that it replaced
ADOPTED: Final = ["E11", "E12"]
OTHER_ORDERS: Final = ["SGO", "CAO"]
# A record left off for one of these does not speak of an adoption; what the child's care says of one still counts.
NO_DECISION: Final = ["DUPLICATE", "CONFLICT", "NO_CHILD_ID", "FUTURE", "NOT_ADOPTION"]
# Where the decision has no date, the first of these that is there says when it was about.
STEPS: Final = ("decision_date", "placement_order_date", "matched_date", "placed_date", "ffa_date", "order_date")
SHOWN: Final = [
    "person_id", "permanence_id", "entered_care_date", "decision_date", "placement_order_date", "matched_date",
    "placed_date", "order_date", "reversed_date", "reversed_reason", "ffa_date", "at", "ceased", "source", "_row",
]  # fmt: skip


@cohort("adoption_decisions")
def adoption_decisions(context: Context, spec: ListSpec) -> Cohort:
    """One row for each child: the most recent decision for adoption in scope (List 10, K15).

    In scope is a decision, however old, that has not ended by A or ended in the window; one reversed in the window,
    whatever ended it before; and a child adopted in the window. An earlier decision in scope is SUPERSEDED (AA-1008
    where it was reversed in the window). Children whose care shows an adoption that no record speaks of are added, and
    counted under the table that shows it.

    The rows have the columns of SHOWN; an added row has no permanence_id, _row and decision_date, and its table as
    source.
    """
    window = needed_window(context, spec.number)
    records = _judged(decisions(context), window)
    in_scope = records.filter(pl.col("reason").is_null())
    # Two records with one identifier differ somewhere: the order of their content breaks the tie, not that of the rows.
    ordered = in_scope.sort(*context.tables["permanence"].record.fields(), nulls_last=False)
    shown = most_recent(ordered, ["person_id"], "decision_date", "ended", "permanence_id")
    added = _added(context, records, shown, window)

    superseded = pl.col("reason").is_null() & ~pl.col("_row").is_in(shown["_row"].implode())
    records = records.with_columns(pl.when(superseded).then(pl.lit("SUPERSEDED")).otherwise("reason").alias("reason"))
    noted = (pl.col("reason") == "SUPERSEDED").fill_null(False) & window.contains(pl.col("reversed_date"))
    records = records.with_columns(noted.alias("noted"))
    _report(context, records, in_scope, shown)

    rows = pl.concat([shown, added], how="diagonal").with_columns(
        pl.coalesce("ended", pl.lit(context.period.as_at)).alias("at"), pl.col("ended").is_not_null().alias("ceased")
    )
    decided = pl.coalesce(pl.max_horizontal("order_date", "reversed_date", "ended"), *STEPS)
    return Cohort(
        rows.select(SHOWN),
        {"permanence": account(records, decided, _finding(), pl.col("person_id"))},
        dict(added.group_by("source").len().sort("source").iter_rows()),
    )


def decisions(context: Context) -> pl.DataFrame:
    """Every permanence record, whether it speaks of an agency's adoption or not, with its child, period and dates.

    Returns:
        One row a record, those that take no part (_drop) included; columns as in with_child, _with_period and _dated.
    """
    return context.once(_decisions)


def _decisions(context: Context) -> pl.DataFrame:
    return _dated(context, _with_period(context, with_child(context)))


def with_child(context: Context) -> pl.DataFrame:
    """All records, with the child as person_id and the identifier that the record itself gives as recorded_id (R43).

    The child is the one of the period of care. The record's own identifier counts only where the period is blank,
    unknown, or named by episodes of several children: one system writes another number there.
    """
    children = (
        context.rows("care_episodes")
        .drop_nulls(["period_id", "person_id"])
        .group_by("period_id")
        .agg(pl.col("person_id").unique().alias("children"))
        .filter(pl.col("children").list.len() == 1)
        .select("period_id", pl.col("children").list.first().alias("child"))
    )
    return (
        context.rows("permanence")
        .join(children, on="period_id", how="left", maintain_order="left")
        .with_columns(pl.col("person_id").alias("recorded_id"), pl.coalesce("child", "person_id").alias("person_id"))
        .drop("child")
    )


def _with_period(context: Context, records: pl.DataFrame) -> pl.DataFrame:
    """Add `period`: the number of the period of care that the record is about, null where there is none (K19).

    It is the one that the record names; where its episodes make several, or where it names none of this child's, that
    in which the decision was made, else the next to begin. A period that is named is taken though it ended before the
    decision; short breaks are taken only where they are named.
    """
    asked = records.drop_nulls("person_id").select("_row", "person_id", "period_id", pl.coalesce(STEPS).alias("day"))
    identifiers = context.live("care_episodes").select("_row", "period_id")
    named = (
        care_episode_periods(context)
        .join(identifiers, on="_row")
        .select("person_id", "period_id", "period")
        .drop_nulls()
        .unique()
    )
    periods = care_periods(context).select("person_id", "period", "first_day", "end_date", "is_open", "short_break")
    by_id = asked.join(named, on=["person_id", "period_id"]).select("_row", "day", "period")
    by_dates = asked.join(by_id, on="_row", how="anti").join(periods.filter(~pl.col("short_break")), on="person_id")
    cases = pl.concat(
        [
            by_id.with_columns(pl.lit(True).alias("named")),
            by_dates.select("_row", "day", "period", pl.lit(False).alias("named")),
        ]
    ).join(periods, on="period")
    day, first_day = pl.col("day"), pl.col("first_day")
    covers = (day >= first_day) & (pl.col("is_open") | (pl.col("end_date") >= day))
    later = (first_day > day).fill_null(False)
    number = first_day.to_physical()
    best = (
        cases.with_columns(covers.fill_null(day.is_null()).alias("covers"), later.alias("later"))
        .filter(pl.col("named") | pl.col("covers") | pl.col("later"))
        # Every key is made ascending: of periods that began later the earliest comes last.
        .sort("_row", "covers", "later", pl.when("later").then(-number).otherwise(number), "period")
        .unique("_row", keep="last", maintain_order=True)
        .select("_row", "period")
    )
    return records.join(best, on="_row", how="left", maintain_order="left")


def _care(context: Context) -> pl.DataFrame:
    """Every period of care, with what it says about an adoption.

    Returns:
        person_id, period; entered_care_date; care_open; care_end (its end other than by an adoption) and adopted_on
        (its end by one, E11 or E12); ordered and first_ordered (whether a placement or freeing order was in force
        during it, and the first day of the earliest); placed and first_placed (the same of an adoptive placement).
    """
    periods = care_periods(context)
    # Where a death ended the period, a reason without an end date is no adoption.
    adopted = (pl.col("end_reason").is_in(ADOPTED) & (pl.col("ended_by") == "record")).fill_null(False)
    orders = _during(periods, context.live("legal_statuses").filter(pl.col("status").is_in(ORDERED)))
    placements = _during(
        periods, context.live("placements").filter(pl.col("placement_type").is_in(PLACED_FOR_ADOPTION))
    )
    return (
        periods.select(
            "person_id",
            "period",
            pl.col("start_date").alias("entered_care_date"),
            pl.col("is_open").alias("care_open"),
            pl.when(~adopted).then("end_date").alias("care_end"),
            pl.when(adopted).then("end_date").alias("adopted_on"),
        )
        .join(orders.rename({"first": "first_ordered", "any": "ordered"}), on="period", how="left")
        .join(placements.rename({"first": "first_placed", "any": "placed"}), on="period", how="left")
        .with_columns(pl.col("ordered", "placed").fill_null(False))
    )


def _during(periods: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return period, first (earliest start, null where none is known) and any, for spans of the child that overlap."""
    start, end = pl.col("start_date"), pl.col("end_date")
    return (
        spans.select("person_id", "start_date", "end_date")
        .join(periods.select("person_id", "period", "first_day", "last_day"), on="person_id")
        .filter((start.is_null() | (start <= pl.col("last_day"))) & (end.is_null() | (end >= pl.col("first_day"))))
        .group_by("period")
        .agg(start.min().alias("first"), pl.lit(True).alias("any"))
    )


def _dated(context: Context, decisions: pl.DataFrame) -> pl.DataFrame:
    """Work out the dates of decisions from what is recorded and from their period of care.

    Args:
        context: the run.
        decisions: the fields of permanence records (all null for an added child), person_id and period.

    Returns:
        The same rows, and the columns of _care; placement_order_date, matched_date, placed_date and order_date as the
        list shows them; adoption (something in the record or in the period's care says that it is an agency's
        adoption); death_date, turned_18; ended, the earliest of adoption order, reversal, special guardianship or child
        arrangements order, end of care, death and 18th birthday (R6), null while the decision stands; by_carer (the
        current foster carer adopts, so that matched_date is the decision's, R14) and recorded_match.
    """
    rows = decisions.join(
        context.once(_care).drop("person_id"), on="period", how="left", maintain_order="left"
    ).with_columns(pl.col("ordered", "placed").fill_null(False))
    rows = with_people(context, rows, "death_date", "turned_18")
    adoption = pl.any_horizontal(
        pl.col("decision_date", "placement_order_date", "placed_date", "reversed_date", "adopted_on").is_not_null(),
        pl.col("ordered", "placed"),
    )
    order = pl.col("order_date")
    adopted = pl.coalesce(pl.when(pl.col("order_type") == "ADOPTION").then(order), "adopted_on")
    other_order = pl.when(pl.col("order_type").is_in(OTHER_ORDERS)).then(order)
    of_age = pl.when(pl.col("turned_18") <= context.period.as_at).then("turned_18")
    # R14: the carer with whom the child lives was chosen by the decision itself.
    by_carer = ((pl.col("adopted_by_carer") == "Y") & pl.col("ffa_date").is_null()).fill_null(False)
    return rows.with_columns(
        adoption.alias("adoption"),
        by_carer.alias("by_carer"),
        pl.coalesce("placement_order_date", "first_ordered").alias("placement_order_date"),
        pl.when(by_carer).then(pl.coalesce("decision_date", "matched_date")).otherwise("matched_date")
        .alias("matched_date"),
        pl.col("matched_date").alias("recorded_match"),
        pl.when(by_carer).then(pl.coalesce("placed_date", "first_placed")).otherwise("placed_date")
        .alias("placed_date"),
        adopted.alias("order_date"),
        pl.min_horizontal(adopted, "reversed_date", other_order, "care_end", "death_date", of_age).alias("ended"),
    )  # fmt: skip


def _in_scope(window: Window) -> pl.Expr:
    ended = pl.col("ended")
    return (
        window.contains(pl.col("order_date"))
        | window.contains(pl.col("reversed_date"))
        | ended.is_null()
        | window.contains(ended)
    )


def _judged(records: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Add `reason` to the records: null where the decision is in scope.

    A step-parent's or intercountry adoption, or a special guardianship, is no agency decision (NOT_ADOPTION) unless a
    decision, a placement order, a placement for adoption or its reversal is recorded, or its care shows one. A decision
    without a date stays where it is open or ended in the window (K7).
    """
    adoption, out = pl.col("adoption"), pl.col("out")
    return records.with_columns((~_in_scope(window)).alias("out")).with_columns(
        first_reason(
            NO_CHILD_ID=pl.col("person_id").is_null(),
            NO_DATE=pl.col("decision_date").is_null() & adoption & out,
            NOT_ADOPTION=~adoption,
            DIED=out & (pl.col("ended") == pl.col("death_date")),
            AGE_18=out & (pl.col("ended") == pl.col("turned_18")),
            WINDOW=out,
        ).alias("reason")
    )


def _added(context: Context, records: pl.DataFrame, shown: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Children with an adoptive placement or a placement or freeing order in care that is open, or with care that
    ended by adoption, of which no record speaks; one row each, with `source`, the table that shows it.
    """
    told = records.filter(~pl.col("reason").is_in(NO_DECISION).fill_null(False))
    source = (
        pl.when(pl.col("care_open") & pl.col("placed")).then(pl.lit(context.tables["placements"].source))
        .when(pl.col("care_open") & pl.col("ordered")).then(pl.lit(context.tables["legal_statuses"].source))
        .when(pl.col("adopted_on").is_not_null()).then(pl.lit(context.tables["care_episodes"].source))
    )  # fmt: skip
    silent = (
        context.once(_care)
        .with_columns(source.alias("source"))
        .filter(pl.col("source").is_not_null())
        .join(told.drop_nulls("period"), on="period", how="anti")
        .join(shown, on="person_id", how="anti")
        .select("person_id", "period", "source")
    )
    fields = context.tables["permanence"].frame.select(pl.exclude("person_id", "_row", "_drop", "_masked")).clear()
    dated = _dated(context, pl.concat([silent, fields], how="diagonal"))
    return (
        dated.with_columns(pl.coalesce("placed_date", "first_placed").alias("placed_date"))
        .filter(_in_scope(window))
        .sort("person_id", "period")
        .unique("person_id", keep="last", maintain_order=True)
    )


def _finding() -> pl.Expr:
    """The finding about a record, for the account."""
    return (
        pl.when(pl.col("_drop").is_null() & _disagrees()).then(pl.lit("AA-R40"))
        .when("noted").then(pl.lit("AA-1008"))
    )  # fmt: skip


def _disagrees() -> pl.Expr:
    return (pl.col("recorded_id") != pl.col("person_id")).fill_null(False)


def _report(context: Context, records: pl.DataFrame, in_scope: pl.DataFrame, shown: pl.DataFrame) -> None:
    """Report AA-1008, 1010, 1012 and R40."""
    _report_rows(
        context,
        "AA-1008",
        "The earlier decision was reversed in the window: the row shows the later one.",
        records.filter("noted"),
        "reversed_date",
    )
    _report_rows(
        context,
        "AA-1010",
        "The current foster carer adopts: the matching date shown is that of the decision, another was recorded.",
        shown.filter(pl.col("recorded_match") != pl.col("matched_date")),
        "matched_date",
        pl.col("recorded_match"),
    )
    unreversed = pl.col("ended").is_not_null() & pl.col("order_date").is_null() & pl.col("reversed_date").is_null()
    _report_rows(
        context,
        "AA-1012",
        "The decision ended otherwise than by an adoption order, and no reversal is recorded.",
        in_scope.filter(unreversed),
        "reversed_date",
    )
    _report_rows(
        context,
        "AA-R40",
        "The record and its period of care name different children: the period's is the child.",
        records.filter(pl.col("_drop").is_null() & _disagrees()),
        "person_id",
        pl.col("recorded_id"),
    )


def _report_rows(
    context: Context, check: str, message: str, rows: pl.DataFrame, column: str, value: pl.Expr | None = None
) -> None:
    if rows.height:
        table = context.tables["permanence"]
        context.findings.add(
            check,
            message,
            frame=rows,
            list=LIST,
            child=pl.col("person_id"),
            event=pl.col("permanence_id"),
            table=table.source,
            file=table.file,
            row=pl.col("_row"),
            column=column,
            value=value,
        )


@derivation("adoptive_family")
def adoptive_family(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The family that the child is linked with at A; for an adopted child without an open link, the latest (List 10).

    After a reversal there is none. Of several links the latest counts (K15).
    """
    links = context.live("adoption_links").drop_nulls(["person_id", "family_id"])
    is_open = context.period.open_at(pl.col("linked_date"), pl.col("unlinked_date"))
    cases = (
        rows.filter(pl.col("reversed_date").is_null())
        .select(ID, "person_id", pl.col("order_date").is_not_null().alias("adopted"))
        .join(links, on="person_id")
        .filter(is_open | pl.col("adopted"))
    )
    latest = most_recent(cases, [ID], "linked_date", "unlinked_date", "family_id", is_open=is_open)
    return latest.select(ID, pl.col("family_id").alias("adoptive_family"))
