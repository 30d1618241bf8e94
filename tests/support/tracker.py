"""Trackers written, filled in as an officer does, and read back; and documents of every kind to put beside them."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from annexa.evidence.items import load_items
from annexa.evidence.read import SHEET
from annexa.evidence.rows import COLUMNS, Row
from annexa.evidence.tracker import fresh
from annexa.outputs.tracker import write_tracker

DAY = date(2018, 6, 4)
HEADINGS = 5  # row of the headings
FIRST = HEADINGS + 1


SOME = ("1.01", "1.02")


def written(path: Path, rows: Sequence[Row] | None = None, items: Sequence[str] = SOME, day: date = DAY) -> Path:
    """Write a tracker of some items, fresh where no rows are given."""
    if rows is None:
        path.write_bytes(_fresh(tuple(items), day))
    else:
        write_tracker(path, rows, load_items().only(items), day, day, "")
    return path


@cache
def _fresh(items: tuple[str, ...], day: date) -> bytes:
    """A fresh tracker, which every test that asks for it finds the same."""
    evidence = load_items().only(items)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.xlsx"
        write_tracker(path, fresh(evidence, day), evidence, day, day, "")
        return path.read_bytes()


def edit(path: Path, **changes: Mapping[str, Any]) -> Path:
    """Fill in cells: document, with _ for - and a leading d (d1_05_report is 1.05-report), -> {field: value}."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    columns = {sheet.cell(HEADINGS, at).value: at for at in range(1, sheet.max_column + 1)}
    rows = {sheet.cell(at, columns[COLUMNS["document"]]).value: at for at in range(FIRST, sheet.max_row + 1)}
    for name, cells in changes.items():
        for field, value in cells.items():
            cell = sheet.cell(rows[document(name)], columns[COLUMNS[field]])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    return path


def document(name: str) -> str:
    """The id of a document from a Python name."""
    first, second, *rest = name.removeprefix("d").split("_")
    return f"{first}.{second}-{'-'.join(rest)}"


def sheet_of(path: Path) -> Any:
    """The sheet Tracker, to look at."""
    return openpyxl.load_workbook(path)[SHEET]


def cells(path: Path, name: str) -> dict[str, Any]:
    """The cells of one document by field."""
    sheet = sheet_of(path)
    values = [cell.value for cell in sheet[HEADINGS]]
    for row in sheet.iter_rows(min_row=FIRST, values_only=True):
        held = dict(zip(values, row, strict=True))
        if held["Document"] == document(name):
            return {field: held[heading] for field, heading in COLUMNS.items()}
    raise AssertionError(name)


PARTS = {
    ".xlsx": "xl/workbook.xml",
    ".docx": "word/document.xml",
    ".pptx": "ppt/presentation.xml",
    ".odt": "content.xml",
}


def package(path: Path, parts: Mapping[str, str] | None = None) -> Path:
    """A package that is what its ending says, as far as its parts go."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (parts or {PARTS[path.suffix.lower()]: "<x/>"}).items():
            archive.writestr(name, text)
    return path


def pdf(path: Path, *, locked: bool = False, whole: bool = True) -> Path:
    """A PDF of one page."""
    lock = b"/Encrypt 5 0 R " if locked else b""
    end = b"startxref\n0\n%%EOF\n" if whole else b""
    path.write_bytes(b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<" + lock + b"/Root 1 0 R>>\n" + end)
    return path
