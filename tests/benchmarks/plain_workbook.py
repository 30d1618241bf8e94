"""The same workbook through openpyxl's write-only mode, cell by cell: what annexa's own writer is measured against.

Titles, headings, rows, formats, drop-downs, panes and filter are the same; the rows take the ordinary way, one cell
object after the other. Used by the benchmarks alone.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from annexa.outputs.workbook import CodeList, FrontSheet, Sheet


def write_workbook_plain(
    path: Path, front: FrontSheet, sheets: Sequence[Sheet], codes: Sequence[CodeList], stamp: date
) -> None:
    """Write the workbook with openpyxl alone; arguments as in `annexa.outputs.workbook.write_workbook`."""
    book = Workbook(write_only=True)
    book.properties.creator = "annexa"
    book.properties.created = datetime.combine(stamp, time())
    first = book.create_sheet("Front_Sheet")
    for line in (
        [front.heading],
        *front.facts,
        front.table_headings,
        *front.table_rows,
        *([note] for note in front.notes),
    ):
        first.append(line)
    letters = {code.name: get_column_letter(number) for number, code in enumerate(codes, start=1)}
    for sheet in sheets:
        frame = sheet.frame
        target = book.create_sheet(sheet.name)
        target.freeze_panes = "B3"
        target.auto_filter.ref = f"A2:{get_column_letter(frame.width)}{frame.height + 2}"
        for heading, name in sheet.choices.items():
            letter = get_column_letter(frame.columns.index(heading) + 1)
            labels = f"Codes_used!${letters[name]}$2:${letters[name]}$500"
            rule = DataValidation(type="list", formula1=labels, allow_blank=True)
            rule.add(f"{letter}3:{letter}{frame.height + 502}")
            target.data_validations.append(rule)
        target.append([sheet.title])
        target.append(frame.columns)
        formats = ["dd/mm/yyyy" if kind == pl.Date else "0" if kind.is_integer() else "@" for kind in frame.dtypes]
        for row in frame.iter_rows():
            cells = []
            for value, number_format in zip(row, formats, strict=True):
                cell = None
                if value is not None:
                    cell = WriteOnlyCell(target, value)
                    cell.number_format = number_format
                cells.append(cell)
            target.append(cells)
    last = book.create_sheet("Codes_used")
    last.append([code.title for code in codes])
    for number in range(max((len(code.labels) for code in codes), default=0)):
        last.append([code.labels[number] if number < len(code.labels) else None for code in codes])
    book.save(path)
