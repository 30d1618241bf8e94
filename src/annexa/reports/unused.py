"""Rows of a table that are in no number of a report, by reason in words."""

import polars as pl

from annexa.extract.tables import DROP
from annexa.reports.run import ReportRun


def unused(run: ReportRun, record: str, reason: pl.Expr) -> dict[str, int]:
    """Count the rows of a table that are in no number.

    Args:
        run: the run.
        record: of the table.
        reason: why a row is in none, in words, over the record's fields; blank where it is in one. What reading found
            goes before it: copies, rows that another one replaces, and rows later than the inspection date.

    Returns:
        "table: reason" -> number of rows.
    """
    before = (
        pl.when(pl.col(DROP) == "DUPLICATE").then(pl.lit("the same as a row that is kept"))
        .when(pl.col(DROP) == "CONFLICT").then(pl.lit("another row of the same key is kept"))
        .when(pl.col(DROP) == "FUTURE").then(pl.lit("later than the inspection date or the extract"))
        .when(pl.col(DROP).is_not_null()).then(pl.lit("takes no part in lists and reports"))
    )  # fmt: skip
    rows = run.context.rows(record).select(pl.coalesce(before, reason).alias("reason")).drop_nulls()
    source = run.context.tables[record].source
    return {f"{source}: {words}": n for words, n in rows.group_by("reason").len().sort("reason").iter_rows()}
