"""Everything of the workbook but the rows of data: openpyxl lays it out, and it is small whatever the data.

openpyxl is told the kind of every cell it writes here: a text stays text, also where it begins like a formula.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from annexa.outputs.contents import HEADING_ROW, LAST_ROW, TITLE_ROW, CodeList, Content, Page, PageTable, Sheet
from annexa.outputs.dress import dress
from annexa.outputs.rows import LINE_HEIGHT, MOST_LINES, CellStyle, encode_text

CODES_NAME: Final = "Codes_used"
CREATOR: Final = "annexa"

DATE_FORMAT: Final = "dd/mm/yyyy"
_SPARE_ROWS: Final = 500  # below the data, with drop-downs for rows typed in later
_NARROWEST, _WIDEST = 9, 48  # columns, in characters
_HEADING_WIDTH: Final = 22  # that a heading asks for, unless one of its words is longer
_SAMPLE: Final = 1000  # rows looked at for a width
_PAGE_WIDTH: Final = 110  # of a page that has only sentences
_A4_WIDTH: Final = 260  # characters across a landscape A4 page that can still be read, at half size

INK: Final = "1F3864"
_MARK: Final = PatternFill("solid", start_color="FFE699")
_THIN: Final = Side(style="thin", color="BFBFBF")
BOX: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_ONE_LINE: Final = Alignment(vertical="center")
_CENTRED: Final = Alignment(horizontal="center", vertical="center")
_NUMBER: Final = Alignment(horizontal="right", vertical="center")
WRAPPED: Final = Alignment(horizontal="left", vertical="center", wrap_text=True)


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


def lay_out(
    front: Page, sheets: Sequence[Sheet], codes: Sequence[CodeList], stamp: date, pages: Sequence[Page] = ()
) -> Skeleton:
    """Lay out the first page, the lists without their rows, the code lists, and further pages at the end.

    Raises:
        ValueError: a drop-down is asked for a heading or a code list that is not there.
    """
    book = Workbook()
    lists = [book.create_sheet(sheet.name) for sheet in sheets]
    ranges = _fill_codes(book.create_sheet(CODES_NAME), codes) if codes else {}
    styles = tuple(_fill_list(target, sheet, ranges) for target, sheet in zip(lists, sheets, strict=True))
    # Last, so that the numbers of the lists' styles, and with them the lists' bytes, do not depend on the front sheet.
    _fill_page(book.active, front)
    book.active.sheet_view.tabSelected = True
    for page in pages:
        _fill_page(book.create_sheet(page.name), page)

    parts = package_parts(book, front.heading, stamp)
    return Skeleton(parts, tuple(target.path.lstrip("/") for target in lists), styles)


def package_parts(book: Workbook, title: str, stamp: date) -> dict[str, bytes]:
    """Return the parts of a workbook by name, the content types first: the same bytes for the same contents.

    Args:
        book: the workbook.
        title: for its properties.
        stamp: the date that its properties carry.
    """
    book.properties.creator = book.properties.lastModifiedBy = CREATOR
    book.properties.title = encode_text(title)
    book.properties.created = book.properties.modified = datetime.combine(stamp, time())
    package = BytesIO()
    # Workbook.save would put the time of the run into the properties; the writer below it does not.
    _Writer(book, ZipFile(package, "w")).save()
    with ZipFile(package) as archive:
        names = sorted(archive.namelist(), key=lambda name: name != "[Content_Types].xml")
        return {name: archive.read(name) for name in names}


class _Writer(ExcelWriter):  # type: ignore[misc]  # openpyxl has no types
    """A writer that keeps the sheets in memory: openpyxl's own writes each to a temporary file, in plain."""

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write a sheet that has neither drawings nor comments, as all of annexa's."""
        content = BytesIO()
        writer = WorksheetWriter(ws, content)
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001
        self._archive.writestr(ws.path[1:], content.getvalue())
        self.manifest.append(ws)


def _fill_list(target: Worksheet, sheet: Sheet, ranges: Mapping[str, str]) -> tuple[CellStyle, ...]:
    frame = sheet.frame
    last_row = HEADING_ROW + frame.height
    last_letter = get_column_letter(frame.width)
    looks = [_Look.of(frame[heading]) for heading in frame.columns]
    for number, (heading, look) in enumerate(zip(frame.columns, looks, strict=True), start=1):
        put_heading(target, HEADING_ROW, number, heading)
        column = target.column_dimensions[get_column_letter(number)]
        column.width = look.width
        # Cells below the data take the column's format, so that an identifier typed there stays text.
        column.number_format = look.number_format
        column.alignment = look.alignment
    target.row_dimensions[HEADING_ROW].height = row_height(
        (heading, look.width - 1) for heading, look in zip(frame.columns, looks, strict=True)
    )

    title = put(target, TITLE_ROW, 1, sheet.title)
    title.font = font(size=14, color=INK)
    _number_style(title)
    target.row_dimensions[TITLE_ROW].height = 24
    if sheet.note:
        note = put(target, TITLE_ROW, _beside(sheet.title, looks), sheet.note)
        note.font = font(italic=True, color="C00000")
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
    set_up_print(target, sum(look.width for look in looks))
    target.print_options.gridLines = True
    target.print_title_rows = f"{TITLE_ROW}:{HEADING_ROW}"
    target.print_title_cols = "A:A"
    return tuple(look.cell_style(target, marks=sheet.marked is not None) for look in looks)


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
            return cls(max(heading, 12), DATE_FORMAT, _CENTRED)
        if column.dtype.is_integer() or column.dtype.is_float():
            return cls(max(heading, _NARROWEST), "0.0" if column.dtype.is_float() else "0", _CENTRED)
        texts = column.head(_SAMPLE).cast(pl.String).str.len_chars().max()
        longest = texts if isinstance(texts, int) else 0
        width = min(max(heading, longest + 2), _WIDEST)
        return cls(width, "@", WRAPPED if longest > _WIDEST else _ONE_LINE)

    def cell_style(self, target: Worksheet, *, marks: bool) -> CellStyle:
        """Register the styles of the column's cells, and return their numbers."""
        plain = self._styles(target, None)
        return replace(plain, marked=self._styles(target, _MARK)) if marks else plain

    def _styles(self, target: Worksheet, fill: PatternFill | None) -> CellStyle:
        number_format, alignment = self.number_format, self.alignment
        return CellStyle(
            value=_style(target, number_format, alignment, fill=fill),
            text=_style(target, "@", alignment, fill=fill),
            quoted=_style(target, "@", alignment, quoted=True, fill=fill),
            wrap_at=self.width if alignment.wrap_text else 0,
        )


def _heading_width(text: str) -> int:
    """Width that shows a heading in three or four lines, with room for the filter's button."""
    return max([_NARROWEST, min(len(text) // 3 + 4, _HEADING_WIDTH), *(len(word) + 4 for word in text.split())])


def _style(
    target: Worksheet,
    number_format: str,
    alignment: Alignment,
    *,
    quoted: bool = False,
    fill: PatternFill | None = None,
) -> int:
    # A cell each: openpyxl keeps the style object itself, so changing a cell again would change an earlier style.
    cell = WriteOnlyCell(target)
    cell.number_format, cell.alignment, cell.quotePrefix = number_format, alignment, quoted
    if fill is not None:
        cell.fill = fill
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
        put_heading(target, 1, number, code.title)
        for row, label in enumerate(code.labels, start=2):
            cell = put(target, row, number, label)
            dress(cell, alignment=WRAPPED, border=BOX)
            _number_style(cell)
        if code.labels:
            ranges[code.name] = f"{CODES_NAME}!${letter}$2:${letter}${1 + len(code.labels)}"
    for row, texts in enumerate(zip_longest(*((code.title, *code.labels) for code in codes), fillvalue=""), start=1):
        target.row_dimensions[row].height = row_height((text, width) for text, width in zip(texts, widths, strict=True))
    target.freeze_panes = "A2"
    set_up_print(target, sum(widths))
    target.print_title_rows = "1:1"
    return ranges


def _fill_page(target: Worksheet, page: Page) -> None:
    target.title = page.name
    target.sheet_view.showGridLines = False
    widths = _page_widths(page)
    for number, width in enumerate(widths, start=1):
        target.column_dimensions[get_column_letter(number)].width = width

    put(target, 1, 1, page.heading).font = font(size=18, color=INK)
    target.row_dimensions[1].height = 30
    row = 3
    for label, value in page.facts:
        name = put(target, row, 1, label)
        name.font, name.alignment = font(), Alignment(horizontal="left", vertical="top")
        put(target, row, 2, value).alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        if len(_shown(value)) > widths[1]:
            target.merge_cells(start_row=row, end_row=row, start_column=2, end_column=len(widths))
            target.row_dimensions[row].height = row_height([(_shown(value), sum(widths[1:]) - 2)])
        row += 1
    for table in page.tables:
        if len(page.tables) == 1:
            headings = row + (2 if table.title else 1)
            target.print_title_rows = f"{headings}:{headings}"
        row = _fill_table(target, row + 1, table, widths)
    row += 1
    if page.notes:
        put(target, row, 1, "Notes").font = font(size=12, color=INK)
    for note in page.notes:
        row += 1
        put(target, row, 1, note).alignment = WRAPPED
        target.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
        # A merged cell does not make room for its text by itself.
        target.row_dimensions[row].height = row_height([(note, sum(widths))])
    set_up_print(target, width=1)


def _page_widths(page: Page) -> list[int]:
    columns = max([2, *(len(table.headings) for table in page.tables)])
    lines = [line for table in page.tables for line in (table.headings, *table.rows)]
    widths = [max((len(_shown(line[i])) for line in lines if i < len(line)), default=0) + 2 for i in range(columns)]
    widths[0] = max([widths[0], *(len(label) + 2 for label, _ in page.facts)])
    least = 11 if page.tables else _PAGE_WIDTH // columns
    return [min(max(width, least), _WIDEST) for width in widths]


def _fill_table(target: Worksheet, row: int, table: PageTable, widths: Sequence[int]) -> int:
    """Write a table from a row on; return the row after the one below it."""
    if table.title:
        put(target, row, 1, table.title).font = font(size=12, color=INK)
        target.row_dimensions[row].height = 21
        row += 1
    for number, heading in enumerate(table.headings, start=1):
        put_heading(target, row, number, heading)
    target.row_dimensions[row].height = row_height(zip(table.headings, widths, strict=False))
    for line in table.rows:
        row += 1
        for number, content in enumerate(line, start=1):
            cell = put(target, row, number, content)
            is_number = isinstance(content, int | float)
            dress(cell, alignment=_NUMBER if is_number else WRAPPED, border=BOX)
        target.row_dimensions[row].height = row_height(zip(map(_shown, line), widths, strict=False))
    return row + 1


def set_up_print(target: Worksheet, width: int) -> None:
    """Print on A4 across, as many pages wide as `width` characters need, with the page's number at its foot."""
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


def put_heading(target: Worksheet, row: int, column: int, text: str) -> None:
    """Write the heading of a column: white on dark, wrapped."""
    cell = put(target, row, column, text)
    dress(cell, font=_HEADING_FONT, fill=_HEADING_FILL, alignment=WRAPPED, border=BOX)
    _number_style(cell)


def _number_style(cell: Cell) -> int:
    """Give the style of a cell its number now: openpyxl would else number styles in the order of sheets on saving."""
    return int(cell.style_id)


def put(target: Worksheet, row: int, column: int, value: Content) -> Cell:
    """Write a value by its type; a text stays text whatever it begins with."""
    cell = target.cell(row, column)
    if isinstance(value, str):
        cell.value = encode_text(value)
        cell.data_type = "s"
        cell.number_format = "@"
    elif value is not None:
        cell.value = value
        cell.number_format = DATE_FORMAT if isinstance(value, date) else "0.0" if isinstance(value, float) else "0"
    return cell


def row_height(texts: Iterable[tuple[str, int]]) -> int:
    """Height of a row, in points, that shows each text wrapped at its number of characters."""
    lines = max((_lines(text, max(1, width)) for text, width in texts), default=1)
    return min(max(1, lines), MOST_LINES) * LINE_HEIGHT + (3 if lines > 1 else 0)


def _lines(text: str, width: int) -> int:
    return 1 if len(text) <= width and "\t" not in text else len(textwrap.wrap(text, width))


def font(*, size: int = 11, color: str = "000000", italic: bool = False) -> Font:
    """Return the bold font of titles and headings."""
    return Font(name="Calibri", bold=True, size=size, color=color, italic=italic)


_HEADING_FONT: Final = font(color="FFFFFF")
_HEADING_FILL: Final = PatternFill("solid", start_color=INK)


def _shown(value: Content) -> str:
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float):
        return f"{value:.1f}"
    return "" if value is None else str(value)
