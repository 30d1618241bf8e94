"""Findings that several reports make: what contradicts what, and dates of birth that a report needs."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.reports.run import ReportRun

CONTRADICTION: Final = "AA-R43"
NO_BIRTH_DATE: Final = "AA-R44"


def contradiction(
    run: ReportRun,
    record: str,
    message: str | pl.Expr,
    rows: pl.DataFrame,
    field: str = "",
    *,
    event: str | None = None,
) -> None:
    """Add a finding for each row that another record of the child contradicts (AA-R43).

    Args:
        run: the run.
        record: whose table the rows are of.
        message: what contradicts what, and which rule decided; or an expression over `rows` that says so.
        rows: person_id and _row, in whatever order.
        field: of the record, that the finding is about; "" where it is about several.
        event: the column of `rows` that identifies the record.
    """
    _tell(run, CONTRADICTION, record, message, rows, field, event)


def no_birth_date(
    run: ReportRun,
    record: str,
    message: str,
    rows: pl.DataFrame,
    field: str = "birth_date",
    *,
    event: str | None = None,
) -> None:
    """Add a finding for each child who is on a report although no date of birth says so (AA-R44).

    Args:
        run: the run.
        record: whose table the rows are of.
        message: what is not known, and that the child stays in.
        rows: person_id, and _row unless the findings are to name no row.
        field: of the record, where the date of birth, or the child whose it is, stands.
        event: the column of `rows` that identifies the record.
    """
    _tell(run, NO_BIRTH_DATE, record, message, rows, field, event)


def _tell(
    run: ReportRun,
    check: str,
    record: str,
    message: str | pl.Expr,
    rows: pl.DataFrame,
    field: str,
    event: str | None,
) -> None:
    if not rows.height:
        return
    table = run.context.tables[record]
    run.context.findings.add(
        check,
        message,
        frame=rows,
        child=pl.col("person_id"),
        event=None if event is None else pl.col(event),
        table=table.source,
        file=table.file,
        row=pl.col(ROW) if ROW in rows.columns else None,
        column=table.column(field) if field else None,
    )
