"""Rows of a table that are in no number of a report, by reason in words."""

import polars as pl

from annexa.extract.tables import DROP, ROW
from annexa.reports.run import ReportRun

NOBODY = "no child's identifier"


def unused(
    run: ReportRun, record: str, reason: pl.Expr | None = None, facts: pl.DataFrame | None = None
) -> dict[str, int]:
    """Count the rows of a table that are in no number.

    Args:
        run: the run.
        record: of the table.
        reason: why a row is in none, in words, over the record's fields and `facts`; blank where it is in one. What
            reading found goes before it: copies, rows that another one replaces, and rows later than the inspection
            date.
        facts: _row, and what else `reason` asks for.

    Returns:
        "table: reason" -> number of rows.
    """
    before = (
        pl.when(pl.col(DROP) == "DUPLICATE").then(pl.lit("the same as a row that is kept"))
        .when(pl.col(DROP) == "CONFLICT").then(pl.lit("another row of the same key is kept"))
        .when(pl.col(DROP) == "FUTURE").then(pl.lit("later than the inspection date or the extract"))
        .when(pl.col(DROP) == "NO_CHILD_ID").then(pl.lit(NOBODY))
        .when(pl.col(DROP).is_not_null()).then(pl.lit("takes no part in lists and reports"))
    )  # fmt: skip
    rows = run.context.rows(record)
    if facts is not None:
        rows = rows.join(facts, on=ROW, how="left", maintain_order="left")
    told = before if reason is None else pl.coalesce(before, reason)
    found = rows.select(told.alias("reason")).drop_nulls().group_by("reason").len().sort("reason")
    source = run.context.tables[record].source
    return {f"{source}: {words}": number for words, number in found.iter_rows()}


def is_of(people: pl.DataFrame) -> pl.Expr:
    """Whether a row is about one of some people (person_id); blank where it names nobody."""
    return pl.col("person_id").is_in(people["person_id"].implode())
