"""The tables of a sample while faults are planted in them."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple

import polars as pl

Row = dict[str, Any]

SCHEMA: Final[dict[str, pl.DataType]] = {
    "kind": pl.String(),
    "table": pl.String(),
    "row": pl.Int64(),  # the record's number in its file, headings = 1
    "expected_check": pl.String(),
    "expected_consequence": pl.String(),
    "may_also_raise": pl.String(),  # other checks that it may raise, between blanks
}


class Defect(NamedTuple):
    """One kind of fault: where it can be planted, and how.

    `where` are conditions on rows of `table`: the first that finds a row counts. `plant` returns table and index
    of the row with the fault, if that is not the row it was given. `also` are the other checks that may find
    something because of it, about the same child.
    """

    kind: str
    table: str
    person: str
    check: str
    consequence: str
    where: tuple[Callable[["Garden"], pl.Expr], ...]
    plant: Callable[["Garden", Row], tuple[str, int] | None]
    also: tuple[str, ...] = ()


class Garden:
    """The tables while faults are planted in them: cells to change and rows to add, by table."""

    def __init__(self, tables: dict[str, pl.DataFrame], inspection: date, seed: int) -> None:
        self.tables = tables
        self.inspection = inspection
        self._random = Random(seed)  # noqa: S311
        self._cells: dict[tuple[str, str], dict[int, str | None]] = {}
        self._rows: dict[str, list[Row]] = {}
        self._taken: set[str] = set()
        self._found: list[tuple[str, str, int, str, str, str]] = []

    def ago(self, days: int) -> str:
        """Return the day so many days before the inspection date, as ISO text."""
        return (self.inspection - timedelta(days=days)).isoformat()

    def within(self, column: str, days: int) -> pl.Expr:
        """True where the date text lies in the days up to the inspection date."""
        return (pl.col(column) >= self.ago(days)).fill_null(False)

    def people(self, table: str, column: str, condition: pl.Expr) -> pl.Series:
        """Return the persons of the rows of a table for which the condition holds, as a list for is_in."""
        return self.tables[table].filter(condition)[column].unique(maintain_order=True).implode()

    def change(self, table: str, row: int, **cells: str | None) -> None:
        """Set cells of the row with this index."""
        for column, value in cells.items():
            self._cells.setdefault((table, column), {})[row] = value

    def add(self, table: str, row: Row) -> tuple[str, int]:
        """Add a row at the end of a table; return the table and the row's index."""
        self._rows.setdefault(table, []).append(row)
        return table, self.tables[table].height + len(self._rows[table]) - 1

    def sow(self, defect: Defect, wanted: int) -> None:
        """Plant a fault up to `wanted` times, in rows of children that have none yet."""
        frame = self.tables[defect.table].with_row_index("row")
        rows: list[Row] = []
        for where in defect.where:
            found = frame.filter(where(self)).iter_rows(named=True)
            rows = rows or [row for row in found if row[defect.person] not in self._taken]
        for _ in range(wanted):
            if not rows:
                return
            row = rows[int(self._random.random() * len(rows))]
            rows = [other for other in rows if other[defect.person] != row[defect.person]]
            self._taken.add(row[defect.person])
            table, index = defect.plant(self, row) or (defect.table, row["row"])
            self._found.append((defect.kind, table, index + 2, defect.check, defect.consequence, " ".join(defect.also)))

    def harvest(self) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """Return the tables with the faults in them, and the list of faults."""
        tables = dict(self.tables)
        for (table, column), cells in self._cells.items():
            rows_in_order = sorted(cells)
            values = [cells[row] for row in rows_in_order]
            changed = tables[table][column].clone().scatter(rows_in_order, values)
            tables[table] = tables[table].with_columns(changed)
        for table, rows in self._rows.items():
            columns = tables[table].columns
            added = pl.DataFrame(
                [pl.Series(column, [row.get(column) for row in rows], dtype=pl.String) for column in columns]
            )
            tables[table] = pl.concat([tables[table], added])
        return tables, pl.DataFrame(self._found, schema=SCHEMA, orient="row").sort("kind", "table", "row")
