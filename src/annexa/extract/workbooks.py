"""XLSX workbooks as text.

A workbook is a zip: before it is opened each part is expanded once, in blocks, to see that it is whole and no larger
than it says. The cells are then read by fastexcel, each as the text of what it holds.
"""

import re
import zipfile
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import fastexcel
import polars as pl

from annexa.errors import SourceError
from annexa.extract.files import ROW, Content, Limits, blank_to_null, fold_headings, shown_headings
from annexa.extract.package import AGAIN, BLOCK, BROKEN, check_limits, expand

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ERROR_MARKS: Final = (b't="e"', b"t='e'")
_ERROR_CELL: Final = re.compile(rb"""(<(?:\w+:)?c\s[^<>]*?\bt=)(["'])e\2""")


class Workbook:
    """An open workbook; its sheets by name, as found."""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        """Check a workbook and open it.

        Raises:
            SourceError: not an XLSX workbook, password-protected, damaged, or larger than the limits allow.
        """
        self._name = name
        _refuse_ole(path, name)
        errors = _check_parts(path, name, limits)
        try:
            self._reader = fastexcel.read_excel(_errors_as_text(path) if errors else path.resolve())
        except fastexcel.FastExcelError as error:
            raise _unreadable(name) from error
        self.sheets: tuple[str, ...] = tuple(self._reader.sheet_names)

    def read(self, sheet: str, wanted: Collection[str]) -> Content:
        """Read one sheet, with its headings in row 1.

        Dates are YYYY-MM-DD, moments the same with HH:MM:SS unless it is midnight; whole numbers have no decimals and
        are exact to 15 digits, others are rounded at the ninth decimal; true and false are TRUE and FALSE; an error
        is the text that Excel shows, such as #N/A. _row is the row of the sheet; a row without a value is no record.

        Args:
            sheet: one of `sheets`.
            wanted: folded names of the columns to load.

        Raises:
            SourceError: no headings, a heading twice, or the sheet is damaged.
        """
        where = f"{self._name}, sheet {sheet}"
        try:
            loaded = self._reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
            cells = loaded.to_polars()
        except fastexcel.FastExcelError as error:
            raise _unreadable(where) from error
        headings = cells.row(0) if cells.height else ()
        folded = fold_headings(headings, wanted, where)
        cells = cells.with_row_index(ROW, 1).slice(1)
        filled = pl.any_horizontal(pl.col(pl.String) != "")
        columns = [
            as_text(pl.col(column)).alias(heading)
            for column, heading in zip(cells.columns[1:], folded, strict=True)
            if heading in wanted
        ]
        frame = cells.filter(filled).select(pl.col(ROW).cast(pl.UInt32), *columns)
        return Content(frame, tuple(heading for heading in folded if heading), shown_headings(headings))


def as_text(cells: pl.Expr) -> pl.Expr:
    """Return the cells of a sheet that fastexcel loaded as text in the forms that Workbook.read names."""
    # fastexcel writes a date as midnight of its day, and true and false in lower case. Few cells pass the first look.
    midnight = pl.when(cells.str.ends_with(" 00:00:00")).then(cells)
    day = pl.when(midnight.str.contains(r"^\d{4}-\d{2}-\d{2} 00:00:00$")).then(midnight.str.head(10))
    truth = pl.when(cells == "true").then(pl.lit("TRUE")).when(cells == "false").then(pl.lit("FALSE"))
    return blank_to_null(truth.otherwise(pl.coalesce(day, cells)))


def _unreadable(where: str) -> SourceError:
    return SourceError(f"{where} cannot be read: it is no XLSX workbook, or it is damaged or incomplete.", AGAIN)


def _refuse_ole(path: Path, name: str) -> None:
    """Refuse the older container, which holds workbooks of Excel 97-2003 and password-protected ones."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return
        last = b""
        while block := file.read(BLOCK):
            if _ENCRYPTED in last + block:
                raise _protected(name)
            last = block[-len(_ENCRYPTED) :]
    raise SourceError(f"{name} is a workbook of Excel 97-2003 under the wrong name.", AGAIN)


def _protected(name: str) -> SourceError:
    return SourceError(
        f"{name} is password-protected.", "Open it in Excel, remove the password (File, Info), and save it again."
    )


def _check_parts(path: Path, name: str, limits: Limits) -> bool:
    """Check the workbook's parts against the limits and against what they say of themselves.

    Returns:
        Whether a part may hold cells that are errors.
    """
    try:
        with zipfile.ZipFile(path) as package, path.open("rb") as file:
            parts = package.infolist()
            check_limits(parts, path.stat().st_size, name, limits)
            with_errors = [part for part in parts if _has_errors(package, part, file, name)]
            return bool(with_errors)
    except BROKEN as error:
        raise _unreadable(name) from error


def _has_errors(package: zipfile.ZipFile, part: zipfile.ZipInfo, file: BinaryIO, name: str) -> bool:
    """Expand a part once; tell whether it may hold cells that are errors."""
    if part.flag_bits & 1:
        raise _protected(name)
    if part.header_offset < 0:
        raise zipfile.BadZipFile
    package.open(part).close()  # compares the two places where a part is described
    found = False
    last = b""
    for block in expand(file, part, name):
        seen = last + block
        found = found or any(mark in seen for mark in _ERROR_MARKS)
        last = block[-len(_ERROR_MARKS[0]) :]
    return found


def _errors_as_text(path: Path) -> bytes:
    """Return the workbook with its error cells made text, since fastexcel reads an error as blank."""
    copy = BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, _ERROR_CELL.sub(rb"\1\2str\2", data))
    return copy.getvalue()
