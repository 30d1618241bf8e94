"""Records that last from a start to an end: what a death does to them, and what they lack (K7, K14)."""

import polars as pl

from annexa.errors import UsageError
from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.period import Window, completed_years


def needed_window(context: Context, number: int) -> Window:
    """Return the window of a list that cannot do without one.

    Raises:
        UsageError: the edition gives the list no months.
    """
    window = context.window(number)
    if window is None:
        raise UsageError(
            f"Edition {context.edition.name}, List {number}: its cohort needs the months of a window.",
            "Give the list its months in edition.toml.",
        )
    return window


def with_ended(context: Context, rows: pl.DataFrame, end: str, still_open: pl.Expr | None = None) -> pl.DataFrame:
    """Add when each record ended: on its recorded end, or else on the child's death (K14).

    Args:
        context: the run.
        rows: person_id, start_date and the column `end`.
        end: column of the recorded end; it stands whatever the date of death.
        still_open: true for records that a death ends; those without a recorded end where not given.

    Returns:
        `rows` with ended (Date, null while the record is open), ended_by_death, and adult (18 or over on the day it
        started; null where the age or the day is not known).
    """
    rows = with_people(context, rows, "birth_date", "death_date")
    unended = pl.col(end).is_null() if still_open is None else still_open
    return rows.with_columns(
        pl.coalesce(end, pl.when(unended).then("death_date")).alias("ended"),
        (unended & pl.col("death_date").is_not_null()).alias("ended_by_death"),
        (completed_years(pl.col("birth_date"), pl.col("start_date")) >= 18).alias("adult"),
    ).drop("birth_date", "death_date")


def report_rows(
    context: Context, check: str, message: str, *, number: int, record: str, rows: pl.DataFrame, event: str, column: str
) -> None:
    """Add a finding for each of some rows of a record.

    Args:
        context: the run.
        check: id of the check.
        message: holds no value from a record.
        number: the list.
        record: the record's name.
        rows: person_id, _row and the column `event`; none gives no finding.
        event: column of the record's identifier.
        column: field that the finding is about.
    """
    if rows.height:
        table = context.tables[record]
        context.findings.add(
            check,
            message,
            frame=rows,
            list=number,
            child=pl.col("person_id"),
            event=pl.col(event),
            table=table.source,
            file=table.file,
            row=pl.col("_row"),
            column=column,
        )
