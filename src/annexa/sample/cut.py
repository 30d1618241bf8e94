"""The extract of a day: what the system holds then, as text."""

from collections.abc import Callable
from typing import Final

import polars as pl

from annexa.sample.book import Book
from annexa.sample.layout import DATETIME_TABLES, TABLES, Column, written_columns

_MINUTES: Final = 1440


def as_extract(book: Book, day: int) -> dict[str, pl.DataFrame]:
    """Return the tables of a book as an extract of a day holds them: all columns text, none of the hidden ones.

    A row that begins later is absent. A date of something that happens later is blank, and so is what hangs on it; a
    planned date stands. The book is emptied on the way.
    """
    return {table: _as_text(_cut(table, book.take(table), day), table).rechunk() for table in TABLES}


def _cut(table: str, frame: pl.DataFrame, day: int) -> pl.DataFrame:
    held = frame.filter(
        pl.col("_from").is_null() | (pl.col("_from") <= day), pl.col("_until").is_null() | (pl.col("_until") > day)
    )
    kinds = {column.name: column for column in TABLES[table]}
    masked = held.with_columns(
        pl.when(known).then(pl.col(column.name)).alias(column.name)
        for column in TABLES[table]
        if (known := _known(column, kinds, day)) is not None
    )
    special = _SPECIAL.get(table)
    return masked if special is None else masked.with_columns(special(day))


def _known(column: Column, kinds: dict[str, Column], day: int) -> pl.Expr | None:
    """Return the condition under which a cell shows; null for columns that always do. A blank date hides nothing."""
    dated = column if column.hangs_on is None else kinds[column.hangs_on]
    if column.hangs_on is None and column.kind not in {"d", "m"}:
        return None
    when = pl.col(dated.name)
    return ((when.floordiv(_MINUTES) if dated.kind == "m" else when) <= day).fill_null(True)


def _person(day: int) -> list[pl.Expr]:
    unborn = pl.col("_born") > day
    blank = [
        pl.when(~unborn).then(pl.col(name)).alias(name)
        for name in ("pers_sex", "pers_gender", "pers_upn", "pers_forename")
    ]
    due = pl.when(pl.col("pers_dob").is_null()).then(pl.col("pers_expected_dob")).alias("pers_expected_dob")
    return [*blank, due]


def _latest(first: str, step: str, last: pl.Expr) -> pl.Expr:
    """Return the latest of a series of days, first + n * step, that is not later than `last`."""
    return (
        pl.when(pl.col(first) <= last)
        .then(pl.col(first) + (last - pl.col(first)).floordiv(pl.col(step)) * pl.col(step))
        .cast(pl.Int32)
    )


def _care_episodes(day: int) -> list[pl.Expr]:
    last = pl.min_horizontal("_iro_last", pl.lit(day))
    return [_latest("_iro_first", "_iro_step", last).alias("clae_cla_last_iro_contact_date")]


def _care_leavers(day: int) -> list[pl.Expr]:
    return [
        _latest("_contact_first", "_contact_step", pl.lit(day)).alias("clea_care_leaver_latest_contact"),
        _latest("_review_first", "_review_step", pl.lit(day)).alias("clea_pathway_plan_review_date"),
    ]


def _health(day: int) -> list[pl.Expr]:
    status = pl.col("clah_health_check_status")
    return [
        pl.when(pl.col("clah_health_check_date") > day)
        .then(pl.lit("Planned"))
        .otherwise(status)
        .alias(status.meta.output_name())
    ]


def _adopters(day: int) -> list[pl.Expr]:
    held = (pl.col("_hold_from") <= day).fill_null(False)
    return [pl.when(held).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("on_hold")]


def _early_help() -> list[pl.Expr]:
    done = pl.col("completed_date").is_not_null()
    return [pl.when(done).then(pl.lit("completed")).otherwise(pl.lit("open")).alias("status")]


_SPECIAL: Final[dict[str, Callable[[int], list[pl.Expr]]]] = {
    "ssd_person": _person,
    "ssd_cla_episodes": _care_episodes,
    "ssd_care_leavers": _care_leavers,
    "ssd_cla_health": _health,
    "annexa_adopters": _adopters,
    "annexa_early_help_assessments": lambda _: _early_help(),
}


def _as_text(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    kinds = {column.name: column.kind for column in TABLES[table]}
    dates = "%Y-%m-%d 00:00:00" if table in DATETIME_TABLES else "%Y-%m-%d"
    return frame.select(_text(name, kinds[name], dates) for name in written_columns(table))


def _text(name: str, kind: str, dates: str) -> pl.Expr:
    column = pl.col(name)
    if kind in {"d", "p"}:
        return column.cast(pl.Date).dt.to_string(dates)
    if kind == "m":
        return (column * 60_000).cast(pl.Datetime("ms")).dt.to_string("%Y-%m-%d %H:%M:%S")
    return column.cast(pl.String)
