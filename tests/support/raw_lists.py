"""Lists of filled workbooks as reading gives them: text by official heading, made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
from openpyxl.utils import get_column_letter

from annexa.editions import Edition, load_edition
from annexa.filled.fill import fill
from annexa.filled.model import SHEET_ROW, Filled, RawList
from annexa.findings import Findings
from annexa.period import InspectionPeriod

EDITION = load_edition("ilacs-2019")
DAY = date(2018, 6, 4)


@dataclass(frozen=True)
class Book:
    """A workbook that was read as text."""

    lists: Mapping[int, RawList]
    missing: Mapping[int, str] = field(default_factory=dict)


def raw_list(
    number: int,
    columns: Mapping[str, Sequence[str | None]],
    *,
    file: str = "book.xlsx",
    sheet: str | None = None,
    extra: Mapping[str, Sequence[str | None]] | None = None,
    unread: Sequence[tuple[int, str]] = (),
    from_1904: bool = False,
) -> RawList:
    """A list whose headings stand in row 1 and whose columns stand as in the official layout."""
    spec = EDITION.lists[number]
    headings = [column.heading for column in spec.columns]
    height = len(next(iter(columns.values())))
    rows = pl.Series(SHEET_ROW, range(2, height + 2), dtype=pl.UInt32)
    cells = pl.DataFrame(
        [pl.Series(heading, columns[heading], dtype=pl.String) for heading in headings if heading in columns]
    )
    aside = [pl.Series(name, values, dtype=pl.String) for name, values in (extra or {}).items()]
    return RawList(
        spec=spec,
        file=file,
        sheet=sheet or f"List {number}",
        cells=cells.with_columns(rows),
        letters={heading: get_column_letter(headings.index(heading) + 1) for heading in columns},
        extra=pl.DataFrame([rows, *aside]),
        unread=pl.DataFrame(list(unread), schema={SHEET_ROW: pl.UInt32, "heading": pl.String}, orient="row"),
        from_1904=from_1904,
    )


def filled(*lists: RawList | Sequence[RawList], value_map: Any = None, day: date = DAY) -> tuple[Filled, pl.DataFrame]:
    """Fill one workbook a argument, of one list or several; return it with all findings."""
    books = [Book({each.spec.number: each for each in ([one] if isinstance(one, RawList) else one)}) for one in lists]
    findings = Findings()
    return fill(books, EDITION, InspectionPeriod(day), findings, value_map), findings.frame()


def of_own_layout(path: Path, edition: Edition) -> Book:
    """The lists of a workbook in annexa's own layout: title in row 1, headings in row 2; nothing else is looked for."""
    reader = fastexcel.read_excel(path)
    lists = {}
    for number, spec in edition.lists.items():
        loaded = reader.load_sheet(spec.sheet, header_row=1, dtypes="string").to_polars()
        midnight = pl.all().str.replace(r"^(\d{4}-\d{2}-\d{2}) 00:00:00$", "${1}")
        cells = loaded.select(midnight).with_columns(
            pl.int_range(3, 3 + loaded.height, dtype=pl.UInt32, eager=True).alias(SHEET_ROW)
        )
        letters = {heading: get_column_letter(number) for number, heading in enumerate(loaded.columns, start=1)}
        unread = pl.DataFrame(schema={SHEET_ROW: pl.UInt32, "heading": pl.String})
        lists[number] = RawList(spec, path.name, spec.sheet, cells, letters, cells.select(SHEET_ROW), unread)
    return Book(lists)
