"""Everything of the workbook but the rows of data: openpyxl lays it out, and it is small whatever the data.

openpyxl is told the kind of every cell it writes here: a text stays text, also where it begins like a formula.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import zip_longest
from typing import Final
from zipfile import ZipFile

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from annexa.outputs.contents import HEADING_ROW, LAST_ROW, TITLE_ROW, CodeList, FrontSheet, Sheet
from annexa.outputs.rows import LINE_HEIGHT, MOST_LINES, CellStyle, encode_text

CODES_NAME: Final = "Codes_used"
CREATOR: Final = "annexa"

_DATE_FORMAT: Final = "dd/mm/yyyy"
_SPARE_ROWS: Final = 500  # below the data, with drop-downs for rows typed in later
_NARROWEST, _WIDEST = 9, 48  # columns, in characters
_HEADING_WIDTH: Final = 22  # that a heading asks for, unless one of its words is longer
_SAMPLE: Final = 1000  # rows looked at for a width
_A4_WIDTH: Final = 260  # characters across a landscape A4 page that can still be read, at half size

_INK: Final = "1F3864"
_THIN: Final = Side(style="thin", color="BFBFBF")
_BOX: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_ONE_LINE: Final = Alignment(vertical="center")
_CENTRED: Final = Alignment(horizontal="center", vertical="center")
_WRAPPED: Final = Alignment(horizontal="left", vertical="center", wrap_text=True)


@dataclass(frozen=True)
class Skeleton:
    """A workbook that lacks only the rows of its lists.

    Args:
        parts: name of each part of the package -> its bytes, the content types first.
        lists: name of the part of each list's sheet, in the order of the lists.
        styles: the cell styles of each list's columns, in the same order.
    """

    parts: dict[str, bytes]
    lists: tuple[str, ...]
    styles: tuple[tuple[CellStyle, ...], ...]


def lay_out(front: FrontSheet, sheets: Sequence[Sheet], codes: Sequence[CodeList], stamp: date) -> Skeleton:
    """Lay out the front sheet, the lists without their rows, and the code lists.

    Raises:
        ValueError: a drop-down is asked for a heading or a code list that is not there.
    """
    book = Workbook()
    lists = [book.create_sheet(sheet.name) for sheet in sheets]
    ranges = _fill_codes(book.create_sheet(CODES_NAME), codes) if codes else {}
    styles = tuple(_fill_list(target, sheet, ranges) for target, sheet in zip(lists, sheets, strict=True))
    # Last, so that the numbers of the lists' styles, and with them the lists' bytes, do not depend on the front sheet.
    _fill_front(book.active, front)

    moment = datetime.combine(stamp, time())
    book.properties.creator = book.properties.lastModifiedBy = CREATOR
    book.properties.title = encode_text(front.heading)
    book.properties.created = book.properties.modified = moment
    package = BytesIO()
    # Workbook.save would put the time of the run into the properties; the writer below it does not.
    ExcelWriter(book, ZipFile(package, "w")).save()
    with ZipFile(package) as archive:
        names = sorted(archive.namelist(), key=lambda name: name != "[Content_Types].xml")
        parts = {name: archive.read(name) for name in names}
    return Skeleton(parts, tuple(target.path.lstrip("/") for target in lists), styles)


def _fill_list(target: Worksheet, sheet: Sheet, ranges: Mapping[str, str]) -> tuple[CellStyle, ...]:
    frame = sheet.frame
    last_row = HEADING_ROW + frame.height
    last_letter = get_column_letter(frame.width)
    looks = [_Look.of(frame[heading]) for heading in frame.columns]
    for number, (heading, look) in enumerate(zip(frame.columns, looks, strict=True), start=1):
        _put_heading(target, HEADING_ROW, number, heading)
        column = target.column_dimensions[get_column_letter(number)]
        column.width = look.width
        # Cells below the data take the column's format, so that an identifier typed there stays text.
        column.number_format = look.number_format
        column.alignment = look.alignment
    target.row_dimensions[HEADING_ROW].height = _height(
        (heading, look.width - 1) for heading, look in zip(frame.columns, looks, strict=True)
    )

    title = _put(target, TITLE_ROW, 1, sheet.title)
    title.font = _font(size=14, color=_INK)
    _number_style(title)
    target.row_dimensions[TITLE_ROW].height = 24
    if sheet.note:
        note = _put(target, TITLE_ROW, _beside(sheet.title, looks), sheet.note)
        note.font = _font(italic=True, color="C00000")
        _number_style(note)

    # A cell in place of its name would be made, and leave an empty row beside the real one.
    target.freeze_panes = f"B{HEADING_ROW + 1}"
    target.auto_filter.ref = f"A{HEADING_ROW}:{last_letter}{last_row}"
    for heading, code in sheet.choices.items():
        if heading not in frame.columns or code not in ranges:
            raise ValueError(f"{sheet.name}: no drop-down of {code!r} for {heading!r}")
        letter = get_column_letter(frame.columns.index(heading) + 1)
        target.add_data_validation(
            _drop_down(ranges[code], f"{letter}{HEADING_ROW + 1}:{letter}{min(last_row + _SPARE_ROWS, LAST_ROW)}")
        )
    _set_up_print(target, sum(look.width for look in looks))
    target.print_options.gridLines = True
    target.print_title_rows = f"{TITLE_ROW}:{HEADING_ROW}"
    target.print_title_cols = "A:A"
    return tuple(look.cell_style(target) for look in looks)


@dataclass(frozen=True)
class _Look:
    """How a column of data looks."""

    width: int
    number_format: str
    alignment: Alignment

    @classmethod
    def of(cls, column: pl.Series) -> "_Look":
        heading = _heading_width(column.name)
        if column.dtype == pl.Date:
            return cls(max(heading, 12), _DATE_FORMAT, _CENTRED)
        if column.dtype.is_integer():
            return cls(max(heading, _NARROWEST), "0", _CENTRED)
        texts = column.head(_SAMPLE).cast(pl.String).str.len_chars().max()
        longest = texts if isinstance(texts, int) else 0
        width = min(max(heading, longest + 2), _WIDEST)
        return cls(width, "@", _WRAPPED if longest > _WIDEST else _ONE_LINE)

    def cell_style(self, target: Worksheet) -> CellStyle:
        """Register the styles of the column's cells, and return their numbers."""
        number_format, alignment = self.number_format, self.alignment
        return CellStyle(
            value=_style(target, number_format, alignment),
            text=_style(target, "@", alignment),
            quoted=_style(target, "@", alignment, quoted=True),
            wrap_at=self.width if alignment.wrap_text else 0,
        )


def _heading_width(text: str) -> int:
    """Width that shows a heading in three or four lines, with room for the filter's button."""
    return max([_NARROWEST, min(len(text) // 3 + 4, _HEADING_WIDTH), *(len(word) + 4 for word in text.split())])


def _style(target: Worksheet, number_format: str, alignment: Alignment, *, quoted: bool = False) -> int:
    # A cell each: openpyxl keeps the style object itself, so changing a cell again would change an earlier style.
    cell = WriteOnlyCell(target)
    cell.number_format, cell.alignment, cell.quotePrefix = number_format, alignment, quoted
    return int(cell.style_id)


def _beside(title: str, looks: Sequence[_Look]) -> int:
    """Number of the first column of row 1 that the title does not run into, at its size of 14 points."""
    left = 0
    for number, look in enumerate(looks, start=1):
        if number > 1 and left > 1.5 * len(title):
            return number
        left += look.width
    return len(looks) + 1


def _drop_down(labels: str, cells: str) -> DataValidation:
    # A list given by range: written out in the rule itself it could not be longer than 255 characters. Another text
    # is warned about and not refused, as the official template refuses none.
    rule = DataValidation(type="list", formula1=labels, allow_blank=True, showErrorMessage=True, errorStyle="warning")
    rule.errorTitle = "Not on the code list"
    rule.error = f"The labels of this column are on the sheet {CODES_NAME}."
    rule.add(cells)
    return rule


def _fill_codes(target: Worksheet, codes: Sequence[CodeList]) -> dict[str, str]:
    """Write each code list into a column of its own, and return the range of its labels by its name."""
    ranges = {}
    widths = [
        min(max([_heading_width(code.title), *(len(label) + 2 for label in code.labels)]), _WIDEST) for code in codes
    ]
    for number, (code, width) in enumerate(zip(codes, widths, strict=True), start=1):
        letter = get_column_letter(number)
        target.column_dimensions[letter].width = width
        _put_heading(target, 1, number, code.title)
        for row, label in enumerate(code.labels, start=2):
            cell = _put(target, row, number, label)
            cell.alignment, cell.border = _WRAPPED, _BOX
            _number_style(cell)
        if code.labels:
            ranges[code.name] = f"{CODES_NAME}!${letter}$2:${letter}${1 + len(code.labels)}"
    for row, texts in enumerate(zip_longest(*((code.title, *code.labels) for code in codes), fillvalue=""), start=1):
        target.row_dimensions[row].height = _height((text, width) for text, width in zip(texts, widths, strict=True))
    target.freeze_panes = "A2"
    _set_up_print(target, sum(widths))
    target.print_title_rows = "1:1"
    return ranges


def _fill_front(target: Worksheet, front: FrontSheet) -> None:
    target.title = front.name
    target.sheet_view.showGridLines = False
    target.sheet_view.tabSelected = True
    columns = max(2, len(front.table_headings))
    table = [front.table_headings, *front.table_rows]
    widths = [max((len(_shown(row[i])) for row in table if i < len(row)), default=0) + 2 for i in range(columns)]
    widths[0] = max([widths[0], *(len(label) + 2 for label, _ in front.facts)])
    widths = [min(max(width, 11), _WIDEST) for width in widths]
    for number, width in enumerate(widths, start=1):
        target.column_dimensions[get_column_letter(number)].width = width

    _put(target, 1, 1, front.heading).font = _font(size=18, color=_INK)
    target.row_dimensions[1].height = 30
    row = 3
    for label, value in front.facts:
        _put(target, row, 1, label).font = _font()
        _put(target, row, 2, value).alignment = Alignment(horizontal="left")
        row += 1
    row += 1
    for number, heading in enumerate(front.table_headings, start=1):
        _put_heading(target, row, number, heading)
    for line in front.table_rows:
        row += 1
        for number, content in enumerate(line, start=1):
            cell = _put(target, row, number, content)
            cell.alignment, cell.border = _WRAPPED, _BOX
        texts = map(_shown, line)
        target.row_dimensions[row].height = _height(zip(texts, widths, strict=False))
    row += 2
    if front.notes:
        _put(target, row, 1, "Notes").font = _font(size=12, color=_INK)
    for note in front.notes:
        row += 1
        _put(target, row, 1, note).alignment = _WRAPPED
        target.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
        # A merged cell does not make room for its text by itself.
        target.row_dimensions[row].height = _height([(note, sum(widths))])
    _set_up_print(target, width=1)


def _set_up_print(target: Worksheet, width: int) -> None:
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.page_setup.fitToWidth = max(1, -(-width // _A4_WIDTH))
    target.page_setup.fitToHeight = 0
    target.page_margins.left = target.page_margins.right = 0.4
    target.page_margins.top, target.page_margins.bottom = 0.5, 0.7
    target.page_margins.footer = 0.3
    target.oddFooter.left.text = "&A"
    target.oddFooter.right.text = "Page &P of &N"


def _put_heading(target: Worksheet, row: int, column: int, text: str) -> None:
    cell = _put(target, row, column, text)
    cell.font = _font(color="FFFFFF")
    cell.fill = PatternFill("solid", start_color=_INK)
    cell.alignment, cell.border = _WRAPPED, _BOX
    _number_style(cell)


def _number_style(cell: Cell) -> int:
    """Give the style of a cell its number now: openpyxl would else number styles in the order of sheets on saving."""
    return int(cell.style_id)


def _put(target: Worksheet, row: int, column: int, value: str | int | date | None) -> Cell:
    cell = target.cell(row, column)
    if isinstance(value, str):
        cell.value = encode_text(value)
        cell.data_type = "s"
        cell.number_format = "@"
    elif value is not None:
        cell.value = value
        cell.number_format = _DATE_FORMAT if isinstance(value, date) else "0"
    return cell


def _height(texts: Iterable[tuple[str, int]]) -> int:
    """Height of a row, in points, that shows each text wrapped at its number of characters."""
    lines = max((len(textwrap.wrap(text, max(1, width))) for text, width in texts), default=1)
    return min(max(1, lines), MOST_LINES) * LINE_HEIGHT + (3 if lines > 1 else 0)


def _font(*, size: int = 11, color: str = "000000", italic: bool = False) -> Font:
    return Font(name="Calibri", bold=True, size=size, color=color, italic=italic)


def _shown(value: str | int | date | None) -> str:
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "" if value is None else str(value)
