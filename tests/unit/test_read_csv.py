"""CSV files as text: nothing lost, nothing forgiven, and numbered as a spreadsheet shows them."""

import csv
import io
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annexa.errors import SourceError
from annexa.extract.text_files import read_csv

WANTED = ("a", "b", "c")


def read(tmp_path: Path, data: bytes, wanted: tuple[str, ...] = WANTED) -> list[tuple[object, ...]]:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    return read_csv(path, path.name, wanted).frame.rows()


def test_every_field_is_text_and_an_empty_one_is_null(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'A, b ,"C"\n007,NULL,\n"",1.50,true\n')
    content = read_csv(path, "t.csv", WANTED)
    assert content.frame.schema == {"_row": pl.UInt32(), "a": pl.String(), "b": pl.String(), "c": pl.String()}
    assert content.frame.rows() == [(2, "007", "NULL", None), (3, None, "1.50", "true")]
    assert content.columns_found == ("a", "b", "c")


def test_only_wanted_columns_are_loaded_and_all_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"x,C,,a,\n1,2,3,4,5\n")
    content = read_csv(path, "t.csv", WANTED)
    assert content.frame.rows(named=True) == [{"_row": 2, "c": "2", "a": "4"}]
    assert content.columns_found == ("x", "c", "a")


def test_headings_alone_are_a_table_without_rows(tmp_path: Path) -> None:
    for data in (b"a,b", b"a,b\n", b"a,b\r\n\r\n"):
        assert read(tmp_path, data) == []


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: bytes, end: bytes) -> None:
    data = end.join((b'"a,;";a;b', b'1;"x', b'y ""z"" ;,\t";3', b"4;5;6", b""))
    data = data.replace(b";b", separator + b"b").replace(b'";a', b'"' + separator + b"a")
    data = data.replace(b"1;", b"1" + separator).replace(b'";3', b'"' + separator + b"3")
    data = data.replace(b"4;5;6", separator.join((b"4", b"5", b"6")))
    inside = f'x{end.decode()}y "z" ;,\t'
    assert read(tmp_path, data) == [(2, inside, "3"), (3, "5", "6")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, mark: bytes) -> None:
    text = '"a",b\r\nZoë,O’Neill – Łódź\r\n' if encoding != "cp1252" else '"a",b\r\nZoë,O’Neill – €5\r\n'
    cells = text.splitlines()[1].split(",")
    assert read(tmp_path, mark + text.encode(encoding)) == [(2, *cells)]


def test_a_character_split_between_two_blocks_is_still_utf8(tmp_path: Path) -> None:
    filler = b"x" * ((1 << 20) - len(b"a,b\n") - 1)
    assert read(tmp_path, b"a,b\n" + filler + "é,1\n".encode()) == [(2, filler.decode() + "é", "1")]
    cut = b"a,b\n" + filler + b"\xc3"
    assert read(tmp_path, cut + b",1\n") == [(2, filler.decode() + "Ã", "1")]


def test_a_blank_row_is_no_record_but_has_its_number(tmp_path: Path) -> None:
    data = b'a,b\n1,2\n\n3,4\n,\n"",""\n   \n5,\n\n\n'
    assert read(tmp_path, data) == [(2, "1", "2"), (4, "3", "4"), (8, "5", None)]


def test_a_row_with_something_in_an_unwanted_column_alone_is_a_record(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,x\n,1\n,\n") == [(2, None)]


def test_the_apostrophe_before_a_formula_is_taken_off(tmp_path: Path) -> None:
    data = b"a,b\n'=1,'-2\n'+3,'@x\n'x,''=1\n',=1\n"
    assert read(tmp_path, data) == [(2, "=1", "-2"), (3, "+3", "@x"), (4, "'x", "''=1"), (5, "'", "=1")]


def test_a_long_field_and_many_rows(tmp_path: Path) -> None:
    long = "x" * 3_000_000
    rows = "".join(f'{i},"line {i}\nnext, ""line"""\n' for i in range(2, 20_002))
    found = read(tmp_path, f"a,b\n{rows}last,{long}\n".encode())
    assert len(found) == 20_001
    assert all(row == (i, str(i), f'line {i}\nnext, "line"') for i, row in enumerate(found[:-1], 2))
    assert found[-1] == (20_002, "last", long)


def test_a_folder_name_with_brackets_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "data [2024]"
    folder.mkdir()
    assert read(folder, b"a\n1\n") == [(2, "1")]


def _message(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, data)
    assert caught.value.hint
    assert caught.value.exit_code == 3
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "t.csv is empty: no headings found."),
        (b"\xef\xbb\xbf", "t.csv is empty: no headings found."),
        (b"\n", "t.csv: no headings found in row 1."),
        (b"\na,b\n", "t.csv: no headings found in row 1."),
        (b"SECRET,SECRET\nx,y\n", "t.csv: no headings found in row 1."),
        (b'a,b"\rx\n"', "t.csv: no headings found in row 1."),
        (b"a,B,A\n", "t.csv: the heading a stands over column 1 and over column 3."),
        (b"a,b\nSECRET\n", "t.csv, row 2: the fields number 1, the headings 2."),
        (b"a,b\n1,2\n1,SECRET,3\n", "t.csv, row 3: the fields number 3, the headings 2."),
        (b"a,b\n1,2\n,,\n", "t.csv, row 3: the fields number 3, the headings 2."),
        (b'a,b\n"1\n2",3\n\n1\n', "t.csv, row 4 (line 5): the fields number 1, the headings 2."),
        (b'a,b\n"1,2",SECRET,3\n', "t.csv, row 2: the fields number 3, the headings 2."),
        (b'a,b\n1,2\n1,"SECRET\n3,4\n', "t.csv, row 3: a quotation mark that opens here is never closed."),
        (b'a,b\n1,5" pipe\n3,6" pipe\n', "t.csv, row 2: a quotation mark stands inside a field."),
        (b'a,b\n1,2\n1,"5"x\n', "t.csv, row 3: a quotation mark stands inside a field."),
        (b'a,b\n1,2\n1,"5"x"y"\n', "t.csv, row 3: a quotation mark stands inside a field."),
        (b'a,b\n1, "5"\n', "t.csv, row 2: a quotation mark stands inside a field."),
        (b'a,"b\n1,5\n', "t.csv, row 1: a quotation mark that opens here is never closed."),
        (b"a,b\n1,2\n3,\0\n", "t.csv, line 3: there is a zero byte, which no text has."),
        (b"a,b\n1,2\n3,4\n\0", "t.csv, line 4: there is a zero byte, which no text has."),
        ("a,b\n1,2\n".encode("utf-16-le"), "t.csv, line 1: there is a zero byte, which no text has."),
        ("\ufeffa,b\n1,2\n3,\0\n".encode("utf-16-le"), "t.csv, line 3: there is a zero byte, which no text has."),
        ("\ufeffa,b\n".encode("utf-16-le") + b"x", "t.csv, line 2: there is a byte that is no UTF-16 text."),
        (b"a,b\n1,2\n3,\x81\n", "t.csv, line 3: there is a byte that is no Windows-1252 text."),
        (b"\xef\xbb\xbfa,b\n1,\xff\n", "t.csv, line 2: there is a byte that is no UTF-8 text."),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    found = _message(tmp_path, data)
    assert found.startswith(message)
    assert "SECRET" not in found


CELLS = st.text(st.sampled_from("ab1 ,;\t\"'=\n\réŁ\u2028"), max_size=6)


@given(
    table=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoted=st.booleans(),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str, str]],
    separator: str,
    end: str,
    encoding: str,
    quoted: bool,
) -> None:
    def written(cell: str) -> str:
        if quoted or set(cell) & set(f'"\r\n{separator}'):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    text = end.join(separator.join(map(written, row)) for row in [("a", "b", "c"), *table])
    expected = [
        (number, *(re.sub(r"^'(?=[=+@-])", "", cell) or None for cell in row))
        for number, row in enumerate(table, 2)
        if any(cell.strip(" ") for cell in row)
    ]
    assert read(tmp_path_factory.mktemp("csv"), text.encode(encoding)) == expected


@given(body=st.text(st.sampled_from('ab,,""\n\n '), max_size=30))
def test_nothing_is_forgiven(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    """What is read is what Python's strict reader finds; what is refused has a fault that a plain look shows."""
    text = f"a,b\n{body}"
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:
        rows = None
    try:
        found = read(tmp_path_factory.mktemp("csv"), text.encode())
    except SourceError:
        found = None
    if found is None:
        ragged = rows is None or any(len(row) > 2 or (len(row) == 1 and row[0].strip(" ")) for row in rows)
        without_quoted = re.sub(r'(?:(?<=[,\n])|^)"(?:[^"]|"")*"(?=[,\n]|$)', "", text)
        assert ragged or '"' in without_quoted
    else:
        assert rows is not None
        expected = [(number, *row) for number, row in enumerate(rows, 2) if any(cell.strip(" ") for cell in row)]
        assert found == [tuple(cell or None for cell in row) for row in expected]


def test_rows_that_polars_counts_otherwise_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annexa.extract.text_files._fields", lambda *_: pl.DataFrame({"_row": [1]}))
    assert _message(tmp_path, b"a,b\n1,2\n") == "t.csv: 2 rows were counted and 1 read."
