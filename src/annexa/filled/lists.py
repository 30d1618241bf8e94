"""From a recognised sheet to its list: each column under its official heading, each row kept, what is odd reported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from annexa.editions import Edition
from annexa.extract.workbooks import as_text
from annexa.filled.headings import Columns, Vocabulary, assign, heading_form
from annexa.filled.model import SHEET_ROW, RawList
from annexa.filled.sheet_xml import SheetStructure, column_letters
from annexa.filled.sheets import Recognised
from annexa.filled.structure import Structure
from annexa.findings import Findings

_NO_VALUE: Final = "AA-R23"
_ERROR: Final = "AA-R24"
_LONGEST_HEADING: Final = 200


@dataclass(frozen=True)
class Place:
    """The workbook that a list is in.

    Args:
        file: name of the workbook.
        edition: whose lists are looked for.
        structure: what lies behind the cells.
        findings: where what is odd goes.
    """

    file: str
    edition: Edition
    structure: Structure
    findings: Findings


@dataclass(frozen=True)
class _Table:
    """A list on its sheet, on the way to a RawList.

    Args:
        found: the sheet.
        place: the workbook.
        rows: the rows below the headings with a cell that is not blank: all columns by position ("0", "1"), and _row.
        first_row: the sheet's row below the headings.
        columns: what the columns are.
        names: position -> the official heading, or the name of an extra column; of the columns that are read.
    """

    found: Recognised
    place: Place
    rows: pl.DataFrame
    first_row: int
    columns: Columns
    names: Mapping[int, str]

    @property
    def known(self) -> SheetStructure:
        """What lies behind the cells of the sheet."""
        return self.place.structure.sheets.get(self.found.sheet.name, SheetStructure())

    def letters(self, position: int) -> str:
        """Return the letters of the sheet's column at a position."""
        return column_letters(position + self.found.sheet.first_column)

    def report(self, check: str, message: str | pl.Expr, **more: Any) -> None:
        """Add a finding about the list."""
        sheet = self.found.sheet.name
        self.place.findings.add(check, message, list=self.found.number, table=sheet, file=self.place.file, **more)


def raw_list(found: Recognised, words: Vocabulary, place: Place) -> RawList:
    """Return the list of a sheet; AA-G18, AA-R13 and AA-R23 to AA-R28 go to the findings."""
    table = _table(found, words, place)
    spec = place.edition.lists[found.number]
    official = {
        column.heading: table.columns.read[column.heading]
        for column in spec.columns
        if column.heading in table.columns.read
    }
    extra = {name: position for position, name in table.names.items() if position not in official.values()}
    row = pl.col(SHEET_ROW)
    unread = _report_cells(table)
    _report_columns(table, [column.heading for column in spec.columns])
    _report_hidden(table)
    _report_merged(table)
    if not table.rows.height:
        table.report("AA-R13", f"{found.sheet.name} has no rows.")
    return RawList(
        spec=spec,
        file=place.file,
        sheet=found.sheet.name,
        cells=table.rows.select(*(pl.col(str(at)).alias(heading) for heading, at in official.items()), row),
        letters={heading: table.letters(at) for heading, at in official.items()},
        extra=table.rows.select(row, *(pl.col(str(at)).alias(name) for name, at in extra.items())),
        unread=unread.filter(pl.col("heading").is_in(list(official))).select(SHEET_ROW, "heading"),
        from_1904=place.structure.from_1904,
    )


def _table(found: Recognised, words: Vocabulary, place: Place) -> _Table:
    headed = found.headed
    first_row = headed.row + headed.height
    cells = found.sheet.cells.slice(first_row)
    cells = cells.rename({old: str(at) for at, old in enumerate(cells.columns)})
    rows = cells.with_columns(
        *(as_text(pl.when(pl.col(at).str.strip_chars() != "").then(pl.col(at))).alias(at) for at in cells.columns),
        pl.int_range(first_row + 1, first_row + 1 + cells.height, dtype=pl.UInt32).alias(SHEET_ROW),
    ).filter(pl.any_horizontal(pl.col(pl.String).is_not_null()))
    has_cells = [rows[str(at)].null_count() < rows.height for at in range(cells.width)]
    columns = assign([heading_form(text) for text in headed.texts], has_cells, words)
    names = {at: heading for heading, at in columns.read.items()}
    aside = (
        *(at for several in columns.twice.values() for at in several),
        *columns.beside,
        *columns.elsewhere,
        *columns.unknown,
    )
    for at in sorted(aside):
        letters = column_letters(at + found.sheet.first_column)
        names[at] = _unused(headed.texts[at].strip()[:_LONGEST_HEADING] or f"Column {letters}", names.values())
    return _Table(found, place, rows, first_row + 1, columns, names)


def _unused(name: str, used: Any) -> str:
    """Return a name that no column has yet."""
    taken = {SHEET_ROW, *used}
    number, unused = 1, name
    while unused in taken:
        number += 1
        unused = f"{name} ({number})"
    return unused


def _report_columns(table: _Table, headings: Sequence[str]) -> None:
    number = table.found.number
    columns = table.columns
    for heading in headings:
        if heading not in columns.read:
            table.report(
                "AA-G18", f"List {number}: column {heading} was not supplied and is left blank.", column=heading
            )
    for heading, others in columns.twice.items():
        places = " and ".join(table.letters(at) for at in (columns.read[heading], *others))
        table.report(
            "AA-R27",
            f"List {number}: the heading “{heading}” is there twice, over columns {places}. Column "
            f"{table.letters(columns.read[heading])} was read; what stands in the other is kept aside.",
            column=heading,
        )
    for at, why in _aside(table):
        name = table.found.headed.texts[at].strip()[:_LONGEST_HEADING]
        column = f"column {table.letters(at)}"
        table.report(
            "AA-R28",
            f"List {number}: the heading “{' '.join(name.split())}” of {column} {why}."
            if name
            else f"List {number}: {column} has cells and no heading: it is kept aside.",
            column=name or table.letters(at),
        )


def _aside(table: _Table) -> Iterator[tuple[int, str]]:
    columns = table.columns
    reasons = dict.fromkeys(columns.unknown, "was not recognised: the column is kept aside")
    for at, heading in columns.beside.items():
        letters = table.letters(columns.read[heading])
        reasons[at] = f"stands for “{heading.strip()}”, which was read from column {letters}: the column is kept aside"
    for at, editions in columns.elsewhere.items():
        reasons[at] = f"is on this list in {editions}, and not in {table.place.edition.name}: the column is kept aside"
    yield from sorted(reasons.items())


def _report_cells(table: _Table) -> pl.DataFrame:
    """Report cells that are errors and formulas without a value; return them as _row and heading."""
    known = table.known
    cells: list[tuple[int, int, str | None, str]] = [(row, column, text, _ERROR) for row, column, text in known.errors]
    cells += [(row, column, None, _NO_VALUE) for row, column in known.formulas]
    schema = {SHEET_ROW: pl.UInt32, "column": pl.Int64, "text": pl.String, "check": pl.String}
    found = pl.DataFrame(cells, schema=schema, orient="row").filter(pl.col(SHEET_ROW) >= table.first_row)
    position = pl.col("column") - table.found.sheet.first_column
    columns = found["column"].unique().to_list()
    found = found.with_columns(
        position.replace_strict(table.names, default=None, return_dtype=pl.String).alias("heading"),
        pl.col("column")
        .replace_strict({each: column_letters(each) for each in columns}, return_dtype=pl.String)
        .alias("letter"),
    )
    where = pl.concat_str(pl.lit(f"List {table.found.number}, "), "letter", SHEET_ROW)
    for check, said in (
        (_ERROR, ": the cell holds an error of Excel."),
        (_NO_VALUE, ": formula without a value. Open, recalculate and save the workbook."),
    ):
        table.report(
            check,
            pl.concat_str(where, pl.lit(said)),
            frame=found.filter(pl.col("check") == check),
            row=pl.col(SHEET_ROW),
            column=pl.coalesce("heading", "letter"),
            value=pl.col("text"),
        )
    return found


def _report_hidden(table: _Table) -> None:
    number = table.found.number
    hidden = len(set(table.known.hidden_rows) & set(table.rows[SHEET_ROW].to_list())) if table.known.hidden_rows else 0
    if hidden:
        said = "1 hidden row was read" if hidden == 1 else f"{hidden} hidden rows were read"
        table.report("AA-R25", f"List {number}: {said}.")
    letters = [
        table.letters(at)
        for at in sorted(table.names)
        if any(first <= at + table.found.sheet.first_column <= last for first, last in table.known.hidden_columns)
    ]
    if letters:
        said = "1 hidden column was read" if len(letters) == 1 else f"{len(letters)} hidden columns were read"
        table.report("AA-R25", f"List {number}: {said} ({', '.join(letters)}).")


def _report_merged(table: _Table) -> None:
    if not table.known.merged:
        return
    last = table.rows[SHEET_ROW].max() if table.rows.height else 0
    positions = [at + table.found.sheet.first_column for at in table.names]
    areas = [
        (max(top, table.first_row), f"{column_letters(left)}{top}:{column_letters(right)}{bottom}")
        for top, left, bottom, right in table.known.merged
        if bottom >= table.first_row and isinstance(last, int) and top <= last
        if any(left <= position <= right for position in positions)
    ]
    table.report(
        "AA-R26",
        pl.concat_str(pl.lit(f"List {table.found.number}: merged cells at "), "area", pl.lit(".")),
        frame=pl.DataFrame(areas, schema={"row": pl.Int64, "area": pl.String}, orient="row"),
        row=pl.col("row"),
    )
