"""Short breaks: which days of a child's care are short breaks, and where that changes (List 8, R24)."""

from datetime import date
from typing import Final

import polars as pl

from annexa.lists.context import Context
from annexa.lists.runs import changes
from annexa.records.types import EARLIEST

SHORT_BREAKS: Final = ("V1", "V3", "V4")
LATEST: Final = date(9000, 1, 1)  # stands for "no end" where days are compared


def class_changes(context: Context, stretches: pl.DataFrame) -> pl.DataFrame:
    """Cut unbroken stretches of care where they change between short breaks and any other legal status (List 8).

    A status covers its days from start to end; where another status of the child begins on its last day, that day is
    the other's. A day is a short break where at least one status covers it and all that do are V1, V3 or V4; a status
    that no map knows is not one. A day without a status takes the class of the next status of the stretch, else of the
    one before; a stretch without any is no short break. A status that only ends on the stretch's first day belongs to
    what was before it.

        stretch                 statuses                         gives
        2019-06-03, open        V4 to 2025-05-01, V2 from then   short breaks; other care from 2025-05-01
        2024-02-01, open        V4 from 2024-02-02               short breaks from 2024-02-01
        2024-02-01, open        C2 from then, V4 from 2024-09    other care: C2 covers every day
        2024-02-01, open        none                             other care

    Args:
        context: the run.
        stretches: stretch (a number of its own for each), person_id, first and last (Date, the first and the last day
            on which a change counts; never blank).

    Returns:
        stretch, cut_from (the day of the change; null for the stretch's first part), short_break, by both; at least
        one row for each stretch.
    """
    statuses = (
        context.live("legal_statuses")
        .filter(pl.col("person_id").is_not_null() & pl.col("status").is_not_null())
        .select(
            "person_id",
            pl.col("start_date").fill_null(EARLIEST).alias("begin"),
            pl.max_horizontal(pl.col("end_date").fill_null(LATEST), "start_date").alias("end"),
            pl.col("status").is_in(SHORT_BREAKS).alias("short"),
        )
    )
    # Most children never have a short break: their care needs no second look.
    some = statuses.filter("short").select("person_id").unique()
    mixed = stretches.join(some, on="person_id", how="semi")
    plain = stretches.join(some, on="person_id", how="anti").select(
        "stretch", pl.lit(None, dtype=pl.Date).alias("cut_from"), pl.lit(False).alias("short_break")
    )
    return pl.concat([plain, _parts(mixed, statuses.join(some, on="person_id", how="semi"))]).sort(
        "stretch", "cut_from", nulls_last=False
    )


def _parts(stretches: pl.DataFrame, statuses: pl.DataFrame) -> pl.DataFrame:
    begins = statuses.select("person_id", pl.col("begin").alias("end"), pl.lit(True).alias("followed")).unique()
    covering = statuses.join(begins, on=["person_id", "end"], how="left").with_columns(
        # The day after the last one that is this status's own.
        pl.when(pl.col("followed") & (pl.col("begin") < pl.col("end")))
        .then("end")
        .otherwise(pl.col("end") + pl.duration(days=1))
        .alias("after")
    )
    first, last = pl.col("first"), pl.col("last")
    pairs = stretches.join(covering, on="person_id").filter(
        (pl.col("begin") <= last) & (pl.col("after") > first) & ((pl.col("begin") >= first) | (pl.col("end") > first))
    )
    kinds = {"shorts": pl.col("short"), "others": ~pl.col("short")}
    pairs = pairs.with_columns(kind.cast(pl.Int32).alias(name) for name, kind in kinds.items())
    days = pl.concat(
        [
            stretches.select("stretch", first.alias("day"), *(pl.lit(0, dtype=pl.Int32).alias(name) for name in kinds)),
            pairs.select("stretch", pl.max_horizontal("begin", "first").alias("day"), *kinds),
            pairs.select("stretch", pl.col("after").alias("day"), *(-pl.col(name) for name in kinds)),
        ]
    )
    ordered = days.group_by("stretch", "day").agg(pl.col("shorts").sum(), pl.col("others").sum()).sort("stretch", "day")
    # Every status that begins in a stretch also ends in its days, so each stretch's counts start from nothing.
    short = (
        pl.when(pl.col("others").cum_sum() > 0).then(False)
        .when(pl.col("shorts").cum_sum() > 0).then(True)
    )  # fmt: skip
    known, stretch = pl.col("short").is_not_null(), pl.col("stretch")
    after = pl.when(pl.when(known).then("stretch").backward_fill() == stretch).then(pl.col("short").backward_fill())
    before = pl.when(pl.when(known).then("stretch").forward_fill() == stretch).then(pl.col("short").forward_fill())
    classed = (
        ordered.with_columns(short.alias("short"))
        .join(stretches.select("stretch", "last"), on="stretch", maintain_order="left")
        .filter(pl.col("day") <= last)
        .with_columns(pl.coalesce(after, before, pl.lit(False)).alias("short_break"))
    )
    return classed.filter(changes("stretch", "short_break")).select(
        "stretch", pl.when(stretch.shift(1) == stretch).then("day").alias("cut_from"), "short_break"
    )
