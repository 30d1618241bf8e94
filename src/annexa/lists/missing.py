"""What List 8 says of missing episodes: how many, and the return interview after the last one (2.7, 2.8)."""

from typing import Final

import polars as pl

from annexa.lists.care_columns import TWELVE_MONTHS, blank
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.registry import ID, derivation
from annexa.lists.runs import begins, changes, day_number, second_number
from annexa.lists.short_breaks import LATEST
from annexa.lists.spans import report_rows
from annexa.records import UNREADABLE

LIST: Final = 8
MISSING: Final = "M"
ABSENT: Final = "A"
_GROUP: Final = ("person_id", "missing_type")


def distinct_missing(context: Context) -> pl.DataFrame:
    """Missing and absent episodes, with the number of the distinct episode that each row is part of (2.7).

    Within a child and a type, rows are one episode when their spans overlap by date and time. Where either has no time
    (00:00 counts as none) they are one when start and end dates are both equal, or when they share more than one day.
    An episode that ends on the day another starts stays apart. Rows that are joined through a third are one.

    Returns:
        The record's fields with _row, begin and finish (Datetime, never blank: a blank end is the far future, a blank
        start the end), and episode (UInt32). Rows without either date are left out: they happened at no time.
    """
    return context.once(_distinct_missing)


def _distinct_missing(context: Context) -> pl.DataFrame:
    start, end = pl.col("start"), pl.col("end")
    far = pl.lit(LATEST).cast(pl.Datetime("us"))
    rows = (
        context.live("missing_episodes")
        .filter(pl.col("person_id").is_not_null() & (start.is_not_null() | end.is_not_null()))
        .with_columns(pl.coalesce(start, end).alias("begin"), pl.coalesce(end, far).alias("finish"))
        .sort("person_id", "missing_type", "begin", "finish", *id_order(pl.col("missing_id")), "_row")
        .with_row_index("episode")
    )
    first, last = pl.col("begin").dt.date().alias("first"), pl.col("finish").dt.date().alias("last")
    rows = rows.with_columns(first, last)
    # Only rows that share a day with another can be one with it: most children's share none.
    apart = begins(_GROUP, day_number(pl.col("first")), day_number(pl.col("last"))).cum_sum()
    rows = rows.with_columns(apart.is_duplicated().alias("close"))
    together = pl.concat([rows.filter(~pl.col("close")), _joined(rows.filter("close"))])
    return together.drop("first", "last", "close")


def _joined(rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows that are one episode the least of their numbers, whether directly or through others."""
    timed = _has_time(pl.col("start")) & (pl.col("end").is_null() | _has_time(pl.col("end")))
    rows = rows.with_columns(timed.fill_null(False).alias("timed"))
    dates = [*_GROUP, "first", "last"]
    twins = rows.filter((~pl.col("timed")).any().over(dates)).select("episode", *dates)
    ways = {
        "by_days": _runs(
            rows.filter(pl.col("first") < pl.col("last")), day_number(pl.col("first")), day_number(pl.col("last"))
        ),
        "by_times": _runs(rows.filter("timed"), second_number(pl.col("begin")), second_number(pl.col("finish"))),
        "by_dates": twins.select("episode", way=pl.struct(dates).rank("dense")),
        "by_moments": rows.select("episode", way=changes(*_GROUP, "begin", "finish").cum_sum()),
    }
    own = rows["episode"]
    for name, way in ways.items():
        links = pl.DataFrame({"episode": own}).join(way, on="episode", how="left", maintain_order="left")
        rows = rows.with_columns(links["way"].alias(name))
    while True:
        before = rows["episode"]
        for name in ways:
            least = pl.col("episode").min().over(name)
            rows = rows.with_columns(pl.when(pl.col(name).is_null()).then("episode").otherwise(least).alias("episode"))
        if rows["episode"].equals(before):
            return rows.drop("timed", *ways)


def _runs(rows: pl.DataFrame, begin: pl.Expr, finish: pl.Expr) -> pl.DataFrame:
    """Number the groups of rows whose spans overlap: episode, way. Spans that only touch do not overlap."""
    ordered = rows.sort(*_GROUP, begin, finish)
    return ordered.select("episode", way=begins(_GROUP, begin, finish - 1).cum_sum())


def _has_time(moment: pl.Expr) -> pl.Expr:
    return moment.dt.time() != pl.time(0, 0)


def counted_missing(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the missing and absent episodes that count for each list row: they overlap its counted time (2.7, R12).

    The counted time runs from the later of D minus twelve months and the start of the period to A, or to the day care
    ended; days are compared.

    Returns:
        The columns of distinct_missing and `_id`: one row for each pair.
    """
    since = context.period.months_before(TWELVE_MONTHS)
    bounds = rows.select(ID, "person_id", pl.max_horizontal("first_day", pl.lit(since)).alias("since"), "last_day")
    return (
        distinct_missing(context)
        .join(bounds, on="person_id")
        .filter((pl.col("begin").dt.date() <= pl.col("last_day")) & (pl.col("finish").dt.date() >= pl.col("since")))
    )


@derivation("missing_in_12_months", "absent_in_12_months")
def missing_counts(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """How often the child was missing, and away without authorisation, in the counted time (2.7).

    The two are counted apart. 0 where there was none; blank only where the table was not supplied.
    """
    names = {"missing_in_12_months": MISSING, "absent_in_12_months": ABSENT}
    if not context.supplied("missing_episodes"):
        return blank(rows, **dict.fromkeys(names, pl.Int64))
    counts = (
        counted_missing(context, rows)
        .group_by(ID)
        .agg(
            pl.col("episode").filter(pl.col("missing_type") == kind).n_unique().cast(pl.Int64).alias(name)
            for name, kind in names.items()
        )
    )
    return rows.select(ID).join(counts, on=ID, how="left").select(ID, *(pl.col(name).fill_null(0) for name in names))


@derivation("interview_offered", "interview_accepted")
def interviews(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The return interview after the latest missing episode that counts and has ended (2.8, R26).

    Never missing: both blank. Offered is U where the record does not say yes or no; accepted is blank unless offered is
    Y, and then U where the record does not say. Only episodes that have not ended: both blank, with AA-840. What no map
    knows is blank. Of rows with the same dates one that says something about the offer counts.
    """
    missing = counted_missing(context, rows).filter(pl.col("missing_type") == MISSING)
    said = pl.col("interview_offered").is_not_null()
    last = (
        missing.filter(pl.col("end").is_not_null())
        .sort("start", "end", said, *id_order(pl.col("missing_id")), "interview_offered", "interview_accepted", "_row")
        .unique(ID, keep="last", maintain_order=True)
    )
    still = (
        missing.join(last, on=ID, how="anti")
        .sort("start", *id_order(pl.col("missing_id")), "_row")
        .unique(ID, keep="last", maintain_order=True)
    )
    report_rows(
        context,
        "AA-840",
        "The only missing episodes that count have not ended: the return interview is left blank.",
        number=LIST,
        record="missing_episodes",
        rows=still,
        event="missing_id",
        column="end",
    )
    offered = _answer("interview_offered")
    return last.select(
        ID,
        offered.alias("interview_offered"),
        pl.when(offered == "Y").then(_answer("interview_accepted")).alias("interview_accepted"),
    )


def _answer(column: str) -> pl.Expr:
    """Y, N or unreadable as recorded; U where the record says nothing, or that it does not apply."""
    return pl.when(pl.col(column).is_in(["Y", "N", UNREADABLE])).then(column).otherwise(pl.lit("U"))
