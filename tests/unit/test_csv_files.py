"""CSV files for people: one form, no formula, nothing lost."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from annexa.errors import SourceError
from annexa.outputs import files
from annexa.outputs.files import read_csv, write_csv

FORMULA = tuple("=+-@\t\r")
# Arbitrary text, and text that is near the rule: apostrophes and formula starts in any order.
TEXTS = st.text(max_size=20) | st.text(alphabet="'=+-@\t\r\n\",a ", max_size=6)


@given(rows=st.lists(st.tuples(st.none() | TEXTS, st.none() | TEXTS), max_size=8), bom=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_and_no_cell_begins_a_formula(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]], bom: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "texts.csv"
    frame = pl.DataFrame(rows, schema={"first": pl.String, "second": pl.String}, orient="row")
    write_csv(path, frame, bom=bom)
    assert_frame_equal(read_csv(path), frame)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]


@given(texts=st.lists(st.none() | TEXTS, max_size=5))
@settings(max_examples=50, deadline=None)
def test_one_column_keeps_its_blank_rows(tmp_path_factory: pytest.TempPathFactory, texts: list[str | None]) -> None:
    path = tmp_path_factory.getbasetemp() / "one.csv"
    frame = pl.DataFrame({"only": texts}, schema={"only": pl.String})
    write_csv(path, frame)
    assert_frame_equal(read_csv(path), frame)


def test_the_form_is_fixed_to_the_byte(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "text": ["Zoë, aged 4", None, ""],
            "guarded": ["=1+1", "'-x", "''ok"],
            "code": pl.Series(["@a", "b", None], dtype=pl.Enum(["@a", "b"])),
            "number": [-1, 2, None],
            "day": [date(2025, 6, 2), None, date(1899, 12, 31)],
            "flag": [True, False, None],
        }
    )
    write_csv(tmp_path / "with.csv", frame)
    write_csv(tmp_path / "without.csv", frame, bom=False)
    expected = (
        "text,guarded,code,number,day,flag\r\n"
        "\"Zoë, aged 4\",'=1+1,'@a,-1,2025-06-02,true\r\n"
        ",''-x,b,2,,false\r\n"
        "\"\",''ok,,,1899-12-31,\r\n"
    ).encode()
    assert (tmp_path / "without.csv").read_bytes() == expected
    assert (tmp_path / "with.csv").read_bytes() == b"\xef\xbb\xbf" + expected
    assert_frame_equal(read_csv(tmp_path / "with.csv"), read_csv(tmp_path / "without.csv"))


@pytest.mark.parametrize("rows", [0, 1, 4, 5])
def test_how_many_rows_are_rendered_at_once_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    frame = pl.DataFrame({"n": range(rows), "text": ["a\nb"] * rows}, schema={"n": pl.Int64, "text": pl.String})
    write_csv(tmp_path / "at-once.csv", frame)
    monkeypatch.setattr(files, "_ROWS_AT_ONCE", 2)
    write_csv(tmp_path / "in-parts.csv", frame)
    assert (tmp_path / "in-parts.csv").read_bytes() == (tmp_path / "at-once.csv").read_bytes()
    assert read_csv(tmp_path / "in-parts.csv").height == rows


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "missing"), (b"", "read as CSV"), (b"a,b\n1,2,SECRET\n", "read as CSV"), (b"a\n\xff\n", "read as CSV")],
)
def test_what_cannot_be_read_is_named_without_its_content(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "findings.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=why) as caught:
        read_csv(path)
    assert "findings.csv" in caught.value.message
    assert "SECRET" not in caught.value.message
    assert caught.value.__suppress_context__


def test_a_folder_is_no_csv_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="could not be read as CSV"):
        read_csv(tmp_path)
