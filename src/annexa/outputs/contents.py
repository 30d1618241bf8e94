"""What a workbook is made of: plain values for `workbook.write_workbook`, which knows no edition and no list."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import polars as pl

TITLE_ROW = 1
HEADING_ROW = 2
FIRST_DATA_ROW = 3
LAST_ROW = 1_048_576  # of a sheet in Excel (Excel specifications and limits)


@dataclass(frozen=True)
class Sheet:
    """One list.

    Args:
        name: name of the sheet, "List_1".
        title: text of row 1.
        frame: the rows, written from row 3 on in their order. Its column names are the headings of row 2, to the
            letter. String is written as text, Date as a date shown dd/mm/yyyy, an integer type as a whole number; a
            null or an empty text leaves no cell. Float64 is written as a number with one decimal. Other types are
            refused.
        choices: heading -> name of the code list that its drop-down offers.
        note: shown beside the title, for a list that was not supplied.
        texts: texts that stand in single cells in place of a value of the column's type: columns of `frame`, String,
            as high as it. Where a text is not null the frame must be blank. None where there are none.
        marked: true for each row that is highlighted in colour (a column must say so in words too), or None.
    """

    name: str
    title: str
    frame: pl.DataFrame
    choices: dict[str, str] = field(default_factory=dict)
    note: str = ""
    texts: pl.DataFrame | None = None
    marked: pl.Series | None = None


@dataclass(frozen=True)
class CodeList:
    """The labels of one code list, a column of the sheet Codes_used in the order given."""

    name: str
    title: str
    labels: tuple[str, ...]


Content: TypeAlias = str | int | float | date | None


@dataclass(frozen=True)
class PageTable:
    """A small table on a page: title ("" for none), headings, and rows as long as they are."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]


@dataclass(frozen=True)
class Page:
    """A sheet to be read from top to bottom: facts, tables one below the other, and sentences.

    Args:
        name: name of the sheet.
        heading: its title.
        facts: label and value.
        tables: small tables.
        notes: sentences printed below the tables.
    """

    name: str
    heading: str
    facts: tuple[tuple[str, Content], ...] = ()
    tables: tuple[PageTable, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrontSheet:
    """The first sheet: what the workbook is, a line a list, and notes.

    Args:
        heading: the workbook's title.
        facts: label and value, such as the authority and the inspection date.
        table_headings: headings of the table of lists.
        table_rows: its rows, as long as the headings.
        notes: sentences printed below the table.
        name: name of the sheet.
    """

    heading: str
    facts: tuple[tuple[str, str | int | date], ...]
    table_headings: tuple[str, ...]
    table_rows: tuple[tuple[str | int | date | None, ...], ...]
    notes: tuple[str, ...] = ()
    name: str = "Front_Sheet"

    def page(self) -> Page:
        """Return the sheet as a page."""
        table = PageTable("", self.table_headings, self.table_rows)
        return Page(self.name, self.heading, self.facts, (table,), self.notes)


@dataclass(frozen=True)
class CutText:
    """A text that was longer than a cell can hold and was cut: the sheet, its heading, its row in the sheet."""

    sheet: str
    heading: str
    row: int
