"""Cells of a workbook as text."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from annexa.errors import SourceError
from annexa.extract.files import Limits
from annexa.extract.workbooks import Workbook

SHEET = "T"


def book(path: Path, *rows: list[Any], **sheets: list[list[Any]]) -> Path:
    """Write a workbook with the rows on the sheet T, and further sheets by name."""
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.title = SHEET
    for row in rows:
        workbook.active.append(row)
    for name, others in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in others:
            sheet.append(row)
    workbook.save(path)
    return path


def column(path: Path, *cells: Any) -> list[str | None]:
    """Return the cells of one column as they are read; a second column keeps rows with a blank cell."""
    book(path, ["v", "k"], *([cell, "k"] for cell in cells))
    return Workbook(path, path.name, Limits()).read(SHEET, ("v",)).frame["v"].to_list()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("007", "007"),
        ("NULL", "NULL"),
        (" x ", " x "),
        ("two\nlines", "two\nlines"),
        ("_x0041_", "A"),
        ("true", "TRUE"),
        (None, None),
        ("", None),
        (7, "7"),
        (-3, "-3"),
        (5.0, "5"),
        (0, "0"),
        (10_000_000, "10000000"),
        (123_456_789_012_345, "123456789012345"),
        (999_999_999_999_999, "999999999999999"),
        (1e14, "100000000000000"),
        (0.1, "0.1"),
        (100.10, "100.1"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.date(1900, 3, 1), "1900-03-01"),
        (dt.datetime(2024, 2, 29, 13, 5, 9), "2024-02-29 13:05:09"),
        (dt.datetime(2024, 2, 29, 0, 0, 1), "2024-02-29 00:00:01"),
        ("2024-02-29 00:00:00", "2024-02-29"),
        ("at 00:00:00", "at 00:00:00"),
        ("29/02/2024 00:00:00", "29/02/2024 00:00:00"),
        ("#N/A", "#N/A"),
        ("#DIV/0!", "#DIV/0!"),
        ("#VALUE!", "#VALUE!"),
    ],
)
def test_each_kind_of_cell_as_text(tmp_path: Path, cell: Any, text: str | None) -> None:
    assert column(tmp_path / "t.xlsx", cell) == [text]


def test_a_column_that_mixes_kinds(tmp_path: Path) -> None:
    cells = [dt.date(2024, 1, 2), 12, "text", 12.5, True, dt.datetime(2024, 1, 2, 3, 4, 5), "0012", "#REF!", None]
    texts = ["2024-01-02", "12", "text", "12.5", "TRUE", "2024-01-02 03:04:05", "0012", "#REF!", None]
    path = tmp_path / "t.xlsx"
    assert column(path, *cells) == texts
    # The kinds of the first thousand cells decide nothing about later ones.
    assert column(path, *[1] * 1500, *cells)[1500:] == texts


def test_an_error_that_a_formula_gave(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ["v", "k"], ["FORMULA", "k"])
    changed = tmp_path / "u.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                first = data.index(b'<c r="A2"')
                rest = data.index(b"</c>", first)
                data = data[:first] + b"<c t='e' r='A2'><f>1/0</f><v>#DIV/0!</v>" + data[rest:]
            new.writestr(part.filename, data)
    assert Workbook(changed, "u.xlsx", Limits()).read(SHEET, ("v",)).frame["v"].to_list() == ["#DIV/0!"]


def test_rows_are_numbered_as_on_the_sheet_and_blank_ones_are_no_records(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ["a", "x"], ["1", None], [None, None], [None, "only x"], [], ["2", None], ["", ""])
    content = Workbook(path, "t.xlsx", Limits()).read(SHEET, ("a",))
    assert content.frame.rows() == [(2, "1"), (4, None), (6, "2")]
    assert content.columns_found == ("a", "x")


def test_headings_are_folded_and_gaps_among_them_allowed(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", [None, " A ", None, "b", 7], ["left", "1", "gap", "2", "n", "beyond"])
    content = Workbook(path, "t.xlsx", Limits()).read(SHEET, ("a", "b"))
    assert content.frame.rows(named=True) == [{"_row": 2, "a": "1", "b": "2"}]
    assert content.columns_found == ("a", "b", "7")


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = dt.datetime(1904, 1, 1)
    assert workbook.active is not None
    workbook.active.title = SHEET
    workbook.active.append(["v"])
    workbook.active.append([dt.date(2024, 2, 29)])
    workbook.save(tmp_path / "t.xlsx")
    content = Workbook(tmp_path / "t.xlsx", "t.xlsx", Limits()).read(SHEET, ("v",))
    assert content.frame["v"].to_list() == ["2024-02-29"]


def test_headings_alone_are_a_table_without_rows(tmp_path: Path) -> None:
    content = Workbook(book(tmp_path / "t.xlsx", ["a", "b"]), "t.xlsx", Limits()).read(SHEET, ("a",))
    assert content.frame.height == 0
    assert content.frame.columns == ["_row", "a"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "t.xlsx, sheet T: no headings found in row 1."),
        ([[], ["a"]], "t.xlsx, sheet T: no headings found in row 1."),
        ([["SECRET", "y"], ["1", "2"]], "t.xlsx, sheet T: no headings found in row 1."),
        ([["A", "b", "a "]], "t.xlsx, sheet T: the heading a stands over column 1 and over column 3."),
    ],
)
def test_sheets_without_proper_headings_are_refused(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    workbook = Workbook(book(tmp_path / "t.xlsx", *rows), "t.xlsx", Limits())
    with pytest.raises(SourceError) as caught:
        workbook.read(SHEET, ("a", "b"))
    assert caught.value.message == message
