"""Generated frames read back from the workbook as they went in, and as openpyxl alone would have written them."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.escape import unescape

from annexa.outputs.rows import CellStyle, encode_text, largest_size, render_rows
from annexa.outputs.workbook import Sheet
from tests.support.workbooks import AWKWARD, write

PIECES = (
    *("_x0041_", "_x", "_", "x", "005F", "0041", "\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff", "\r", "\n", "\t"),
    *(" ", "\u00a0", "&", "<", ">", "]]>", "&amp;", "=", "+", "-", "@", "a", "B", "é", "😀", "\u2028", "'", '"'),
)
pieced = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
texts = st.one_of(st.text(max_size=12), pieced, st.sampled_from(AWKWARD))
days = st.one_of(st.dates(), st.dates(date(1899, 12, 1), date(1900, 3, 31)))
numbers = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-5, 200))


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    height = draw(st.integers(0, 8))
    kinds = draw(
        st.lists(st.sampled_from([(pl.String, texts), (pl.Date, days), (pl.Int64, numbers)]), min_size=1, max_size=5)
    )
    columns = []
    for number, (dtype, values) in enumerate(kinds):
        content = draw(st.lists(st.none() | values, min_size=height, max_size=height))
        columns.append(pl.Series(f"Heading {number}", content, dtype=dtype))
    return pl.DataFrame(columns)


def expected(value: str | date | int | None) -> Any:
    """What a cell has to hold, in plain Python."""
    if isinstance(value, date):
        if value < date(1900, 3, 1):
            return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int) and abs(value) >= 10**15:
        return str(value)
    return None if value == "" else value


def plainly_writable(value: Any) -> bool:
    """Whether openpyxl can write it and reads the same back: no control character, no carriage return."""
    if not isinstance(value, str):
        return value is not None
    return not (ILLEGAL_CHARACTERS_RE.search(value) or set(value) & set("\r\ufffe\uffff"))


@given(frames())
def test_what_is_written_reads_back(frame: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = openpyxl.load_workbook(write(Path(folder) / "ours.xlsx", Sheet("List_1", "T", frame)))["List_1"]
        plain = openpyxl.Workbook()
        for row, line in enumerate(frame.iter_rows(), start=3):
            for column, value in enumerate(line, start=1):
                if plainly_writable(expected(value)):
                    cell = plain.active.cell(row, column)
                    cell.value = expected(value)
                    cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        plain.save(Path(folder) / "plain.xlsx")
        oracle = openpyxl.load_workbook(Path(folder) / "plain.xlsx").active

        for row, line in enumerate(frame.iter_rows(), start=3):
            for column, value in enumerate(line, start=1):
                cell = ours.cell(row, column)
                back = unescape(cell.value) if isinstance(cell.value, str) else cell.value
                assert back == expected(value)
                assert type(back) is type(expected(value))
                if plainly_writable(expected(value)):
                    assert back == oracle.cell(row, column).value
                    assert cell.is_date == oracle.cell(row, column).is_date


@given(frames())
def test_rows_are_well_formed_and_within_their_bound(frame: pl.DataFrame) -> None:
    styles = [CellStyle(1, 2, 3, wrap_at=4 if dtype == pl.String else 0) for dtype in frame.dtypes]
    rendered = render_rows(frame, styles, 1_000_000)
    assert len(rendered) <= largest_size(frame)
    rows = ET.fromstring(b"<sheetData>" + rendered + b"</sheetData>")
    assert [row.get("r") for row in rows] == [str(1_000_000 + number) for number in range(frame.height)]
    filled = sum(expected(value) is not None for line in frame.iter_rows() for value in line)
    assert sum(len(row) for row in rows) == filled


@given(texts)
def test_the_layout_and_the_rows_encode_a_text_alike(text: str) -> None:
    rendered = render_rows(pl.DataFrame({"A": ["x" + text]}), [CellStyle(1, 2, 3)], 3)
    cell = ET.fromstring(rendered).find("c/is/t")
    assert cell is not None
    assert cell.text == encode_text("x" + text)
    assert unescape(encode_text(text)) == text
