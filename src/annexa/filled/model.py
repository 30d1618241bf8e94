"""What reading a filled workbook gives: lists as text as they stand, then lists with their values read.

workbook -> RawList (text by official heading) -> FilledList (typed, labels and codes) -> ListView (checks)
            filled.read                           filled.values, filled.merge
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from annexa.editions import ListSpec

SHEET_ROW: Final = "_row"  # the row of the sheet, as Excel counts
FILE: Final = "_file"  # the name of the workbook
SHEET: Final = "_sheet"  # the name of the sheet

CHANGES: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "file": pl.String(),
    "cell": pl.String(),  # 'List 8!H17': sheet as found, column letters, row
    "column": pl.String(),  # official heading
    "child": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "what": pl.String(),  # the kind of change, in words: "date as text", "code by its description", ...
}

DROPPED: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int64(),
    "child": pl.String(),
    "reason": pl.String(),  # "exact duplicate" or "replaced in the merge"
    "kept": pl.String(),  # where the row stands that is kept: 'book.xlsx, List 8, row 17'
}


@dataclass(frozen=True)
class RawList:
    """One list of one workbook, as it stands.

    Args:
        spec: the list it was recognised as.
        file: name of the workbook.
        sheet: name of the sheet, as found.
        cells: the official headings that the sheet has, in the edition's order, every cell as text (null: blank after
            trimming), and _row. Rows without any cell that is not blank, in any column of the sheet, are not there.
            An error cell holds its text (#N/A); a formula holds its stored value, and is blank without one.
        letters: official heading -> letters of the sheet's column ("H").
        extra: columns under headings that were not recognised, by the heading as found, and _row.
        unread: cells that reading has already reported as an error (AA-R23, AA-R24): _row, heading.
        from_1904: whether day numbers count from 1904.
    """

    spec: ListSpec
    file: str
    sheet: str
    cells: pl.DataFrame
    letters: Mapping[str, str]
    extra: pl.DataFrame
    unread: pl.DataFrame
    from_1904: bool = False


@dataclass(frozen=True)
class FilledList:
    """One list with its values read, of one workbook or merged from several.

    Args:
        spec: the list.
        frame: the official headings that are there, in the edition's order; Date, Int64 or String, coded columns as
            the edition's labels. A cell that could not be read is blank here and stands in `left`.
        codes: the same with standard codes.
        left: cells that could not be repaired and are left as they are: `row` (position in frame), heading, text.
        origin: for each row of frame: _file, _sheet, _row.
        extra: unrecognised columns, kept aside: heading as found -> text, in the order of frame.
        rows_in: rows below the headings with a cell that is not blank, over all workbooks.
        found_in: name of the workbook and of the sheet, for each sheet that it came from.
    """

    spec: ListSpec
    frame: pl.DataFrame
    codes: pl.DataFrame
    left: pl.DataFrame
    origin: pl.DataFrame
    extra: pl.DataFrame
    rows_in: int
    found_in: tuple[tuple[str, str], ...] = ()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets that it came from, each once."""
        return tuple(dict.fromkeys(sheet for _, sheet in self.found_in))

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the workbooks that it came from, each once."""
        return tuple(dict.fromkeys(file for file, _ in self.found_in))


@dataclass(frozen=True)
class Filled:
    """All lists of one or more workbooks of one authority.

    Args:
        lists: by number, those that were found.
        changes: every repair (columns of CHANGES).
        dropped: every row that left (columns of DROPPED).
        missing: number of a list that is not there -> why, in words.
        unread: lists that a workbook has and that could not be read: which, and why. Their rows are in no list here.
        unknown_values: values that no code list has: list, column, code_set, value, count.
    """

    lists: Mapping[int, FilledList]
    changes: pl.DataFrame
    dropped: pl.DataFrame
    missing: Mapping[int, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    unknown_values: pl.DataFrame = field(default_factory=pl.DataFrame)
