"""Who is on which list, and with what still open: what the checks between lists share."""

import polars as pl

from annexa.checks.runs import ExtractRun, ListsRun

CLOSED = "CLOSED"  # status e) of List 6


def among(people: pl.DataFrame) -> pl.Expr:
    """True where the row's child is one of `people` (by person_id); blank where the row names no child."""
    return pl.col("person_id").is_in(people["person_id"].cast(pl.String).drop_nulls().unique().implode())


def unended(run: ListsRun, end: str) -> pl.Expr:
    """True where a row of a list is open at D: the date that would have ended it is blank or still to come (K5, K6)."""
    return pl.col(end).is_null() | (pl.col(end) > run.period.as_at)


def open_on(run: ListsRun, number: int, end: str = "end_date") -> pl.DataFrame:
    """Return the rows of a list that are open at D."""
    return run.rows(number).filter(unended(run, end))


def open_in_need(run: ListsRun) -> pl.DataFrame:
    """Return the rows of List 6 that are open at D: not closed, neither by date nor by status."""
    return open_on(run, 6, "close_date").filter(pl.col("case_status").ne_missing(CLOSED))


def with_shown(run: ExtractRun, number: int, *names: str) -> pl.DataFrame:
    """Return the rows behind a list of the build, with columns that the list derives from them.

    Args:
        run: the run; the list must be there.
        number: the list.
        names: fields or derivations of the list's columns; they stand for columns of the same name.
    """
    return run.lists[number].rows.with_columns(run.built.rows(number)[name] for name in names)
