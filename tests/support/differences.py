"""Sides of a comparison made by hand: lists by short names of their columns, dates, exclusions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from annexa.differences.model import EXCLUSIONS, Known, ListTable, Side
from annexa.editions import load_edition
from annexa.filled.kinds import Cells, cells_of
from annexa.lists.build import BuiltList
from annexa.outputs.annex_a import exclusions as left_out
from annexa.period import InspectionPeriod
from tests.support.build import Result

Row = Mapping[str, Any]  # field or derivation -> value; the first column may be called child


def list_of(number: int, *rows: Row, edition: str = "ilacs-2018", without: Sequence[str] = ()) -> ListTable:
    """A list with these rows; columns that are in `without` are not on its sheet."""
    spec = load_edition(edition).lists[number]
    columns = [column for column in spec.columns if (column.field or column.derive) not in without]
    values, dates = {}, {}
    for at, column in enumerate(columns):
        name = column.field or column.derive
        cells = [row.get(name, row.get("child") if not at else None) for row in rows]
        if cells_of(column) is Cells.DATE:
            dates[column.heading] = pl.Series(cells, dtype=pl.Date)
        values[column.heading] = pl.Series([None if cell is None else str(cell) for cell in cells], dtype=pl.String)
    frame = pl.DataFrame(values)
    return ListTable(spec, frame, frame, pl.DataFrame(dates, schema=dict.fromkeys(dates, pl.Date)))


def excluded(number: int, *rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of exclusions.csv: child, reason, date and, where it matters, the identifier of the record."""
    parts = [
        {
            "list": number,
            "reason": reason,
            "source_table": "t",
            "event_id": rest[0] if rest else f"of {child}",
            "person_id": child,
            "date": day,
        }
        for child, reason, day, *rest in rows
    ]
    return pl.DataFrame(parts, schema=EXCLUSIONS)


def side(
    day: date | None,
    *lists: ListTable,
    extract_date: date | None = None,
    exclusions: pl.DataFrame | None = None,
    edition: str = "ilacs-2018",
    findings: pl.DataFrame | None = None,
    options: Mapping[str, Any] | None = None,
    added: Sequence[int] = (),
    no_exclusions: bool = False,
    ran: Collection[str] | None = None,
) -> Side:
    """An output folder of a build on this day; without a day a workbook alone."""
    definition = load_edition(edition)
    known = None
    if day is not None:
        period = InspectionPeriod(day, extract_date)
        windows = {number: period.window(months) for number, months in definition.months.items()}
        told = pl.DataFrame(schema=EXCLUSIONS) if exclusions is None else exclusions
        known = Known(period, windows, None if no_exclusions else told, options or {}, frozenset(added))
    return Side(
        name="side",
        kind="output folder" if known else "workbook",
        edition=definition,
        lists={table.spec.number: table for table in lists},
        known=known,
        findings=findings,
        ran=None if ran is None else frozenset(ran),
    )


def side_of(result: Result) -> Side:
    """The output folder of a build, without the way over its files."""
    supplied = {number: built for number, built in result.lists.items() if built.supplied}
    context = result.context
    return Side(
        name="built",
        kind="output folder",
        edition=context.edition,
        lists={number: _table(built) for number, built in supplied.items()},
        known=Known(
            period=context.period,
            windows={number: built.window for number, built in supplied.items() if built.window},
            exclusions=left_out(context, result.lists).select(list(EXCLUSIONS)),
            options=context.options.model_dump(),
            added=frozenset(number for number, built in supplied.items() if built.added),
        ),
    )


def _table(built: BuiltList) -> ListTable:
    values = built.codes.select(pl.all().cast(pl.String))
    return ListTable(built.spec, values, values, built.codes.select(pl.col(pl.Date)))
