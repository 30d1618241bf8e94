"""Broken, locked, protected and hostile input files: one message each that names the file, and no value."""

import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from annexa.errors import SourceError
from annexa.extract import sqlite
from annexa.extract.files import file_errors
from annexa.extract.read import read_extract
from annexa.extract.text_files import read_csv

WANTED = {"ssd_person": ("pers_person_id", "pers_name")}
ROWS = [(f"P{i:03}", f"SECRET name {i}") for i in range(300)]


def good_workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "ssd_person"
    book.active.append(WANTED["ssd_person"])
    for row in ROWS:
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def good_parquet() -> bytes:
    data = BytesIO()
    pl.DataFrame(ROWS, schema=WANTED["ssd_person"], orient="row").write_parquet(data)
    return data.getvalue()


def good_database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE ssd_person (pers_person_id, pers_name)")
        connection.executemany("INSERT INTO ssd_person VALUES (?, ?)", ROWS)
        connection.commit()
        return connection.serialize()


def error_of(folder: Path, name: str, data: bytes | None = None) -> SourceError:
    """Read a file as an extract, or as the table of one where it is named as a table."""
    if data is not None:
        (folder / name).write_bytes(data)
    whole = name.startswith("extract")
    with pytest.raises(SourceError) as caught:
        read_extract(folder / name if whole else folder, WANTED)
    error = caught.value
    assert name in error.message
    assert error.hint
    assert error.exit_code == 3
    assert "SECRET" not in error.message + error.hint
    assert str(folder.parent) not in error.message + error.hint
    return error


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return data.getvalue()


def test_text_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    error = error_of(tmp_path, "ssd_person.xlsx", b"pers_person_id,pers_name\n1,SECRET\n")
    assert "no XLSX workbook" in error.message


@pytest.mark.parametrize("name", ["ssd_person.xlsx", "extract.xlsx", "ssd_person.parquet"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in error_of(tmp_path, name, b"").message


def test_an_old_workbook_and_a_protected_one(tmp_path: Path) -> None:
    container = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(300_000)
    assert "Excel 97-2003" in error_of(tmp_path, "extract.xlsx", container).message
    # Wherever the directory of the container stands, also across two blocks of reading.
    for length in (0, 262_140, 299_000):
        protected = container[: 8 + length] + "EncryptedPackage".encode("utf-16-le") + bytes(100)
        error = error_of(tmp_path, "extract.xlsx", protected)
        assert error.message == "extract.xlsx is password-protected."


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    assert "no XLSX workbook" in error_of(tmp_path, "extract.xlsx", zipped({"word/document.xml": b"<x/>"})).message


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    data = bytearray(zipped({"xl/workbook.xml": b"<x/>"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert error_of(tmp_path, "extract.xlsx", bytes(data)).message == "extract.xlsx is password-protected."


def test_a_zip_packed_in_a_way_of_its_own(tmp_path: Path) -> None:
    data = zipped({"xl/workbook.xml": b"<x/>" * 100}, zipfile.ZIP_BZIP2)
    assert "no XLSX workbook" in error_of(tmp_path, "extract.xlsx", data).message


def test_a_zip_bomb_that_says_so(tmp_path: Path) -> None:
    error = error_of(tmp_path, "extract.xlsx", zipped({"xl/worksheets/sheet1.xml": bytes(20_000_000)}))
    assert error.message.startswith("extract.xlsx would expand to 20,000,000 bytes")
    assert "allowed are 4,294,967,296 bytes and 200 times" in error.message


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zip_bomb_that_lies(tmp_path: Path, method: int) -> None:
    content = bytes(20_000_000 if method == zipfile.ZIP_DEFLATED else 1000)
    data = bytearray(zipped({"xl/worksheets/sheet1.xml": content}, method))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, 100)
    error = error_of(tmp_path, "extract.xlsx", bytes(data))
    assert error.message.startswith("extract.xlsx expands to more than it declares")


def test_a_workbook_whose_bytes_were_changed(tmp_path: Path) -> None:
    good = good_workbook()
    with zipfile.ZipFile(BytesIO(good)) as package:
        part = package.getinfo("xl/worksheets/sheet1.xml")
        inside = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    for offset in (inside, part.header_offset + 32, good.index(b"PK\1\2") + 16):
        damaged = bytearray(good)
        damaged[offset] ^= 0x01
        assert "damaged" in error_of(tmp_path, "extract.xlsx", bytes(damaged)).message
    shifted = good[:10] + good[200:]
    assert "damaged" in error_of(tmp_path, "extract.xlsx", shifted).message


def test_a_workbook_whose_sheet_is_no_xml(tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(good_workbook())) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99999</v></c>"
    assert "sheet ssd_person cannot be read" in error_of(tmp_path, "extract.xlsx", zipped(parts)).message


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("extract.xlsx", good_workbook),
        ("ssd_person.xlsx", good_workbook),
        ("ssd_person.parquet", good_parquet),
        ("extract.sqlite", good_database),
    ],
)
def test_files_cut_short(tmp_path: Path, name: str, good: Callable[[], bytes]) -> None:
    data = good()
    (tmp_path / name).write_bytes(data)
    whole = read_extract(tmp_path / name if name.startswith("extract") else tmp_path, WANTED)
    assert whole.tables["ssd_person"].frame.height == len(ROWS)
    for length in (len(data) - 1, len(data) // 2, 20):
        assert "cannot be read" in error_of(tmp_path, name, data[:length]).message


@pytest.mark.parametrize(("name", "good"), [("extract.xlsx", good_workbook), ("extract.sqlite", good_database)])
def test_damage_anywhere_is_one_message_or_none(tmp_path: Path, name: str, good: Callable[[], bytes]) -> None:
    data = good()
    generator = random.Random(20240229)
    refused = []
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(generator.choice((1, 5, 50))):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        (tmp_path / name).write_bytes(damaged)
        try:
            read_extract(tmp_path / name, WANTED)
        except SourceError as error:
            refused.append(error.message + error.hint)
    assert all(name in message and "SECRET" not in message for message in refused)
    assert len(refused) > 20


def test_a_panic_of_polars_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: Any, **__: Any) -> None:
        raise pl.exceptions.PanicException("SECRET")

    monkeypatch.setattr(pl, "scan_parquet", panic)
    assert "cannot be read" in error_of(tmp_path, "ssd_person.parquet", good_parquet()).message


def test_a_parquet_column_of_bytes_that_are_no_text(tmp_path: Path) -> None:
    data = BytesIO()
    pl.DataFrame({"pers_person_id": [b"\xff"]}).write_parquet(data)
    assert "cannot be read" in error_of(tmp_path, "ssd_person.parquet", data.getvalue()).message


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    error = error_of(tmp_path, "extract.sqlite", b"pers_person_id,pers_name\n1,SECRET\n" * 100)
    assert error.message.endswith("it is not an SQLite database, or it is damaged (SQLITE_NOTADB).")


def test_a_locked_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOCK_WAIT_SECONDS", 0.05)
    path = tmp_path / "extract.db"
    path.write_bytes(good_database())
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        error = error_of(tmp_path, "extract.db")
    assert error.message == "extract.db: another program has locked the database."


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ssd_person.csv").write_bytes(b"pers_person_id\n1\n")

    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    error = error_of(tmp_path, "ssd_person.csv")
    assert error.message == "ssd_person.csv cannot be opened: access was refused."


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (FileNotFoundError(2, "No such file", "/home/x"), "x.csv is no longer there."),
        (OSError(5, "Input/output error", "/home/x"), "x.csv cannot be read (Input/output error)."),
        (OSError("/home/x"), "x.csv cannot be read (OSError)."),
    ],
)
def test_what_the_system_refuses(failure: OSError, message: str) -> None:
    with pytest.raises(SourceError) as caught, file_errors("x.csv"):
        raise failure
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize("broken", [False, True])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    path = tmp_path / "ssd_person.csv"
    path.write_bytes(b"pers_person_id\n1\n")

    def read(*arguments: Any) -> Any:
        content = read_csv(*arguments)
        with path.open("ab") as file:
            file.write(b"2\n")
        if broken:
            raise SourceError("half a row")
        return content

    monkeypatch.setattr("annexa.extract.read.read_csv", read)
    # A file that is still being written also looks broken: what matters is that it is being written.
    assert error_of(tmp_path, "ssd_person.csv").message == "ssd_person.csv changed while it was read."


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ssd_person.csv"
    path.write_bytes(b"pers_person_id\n1\n")
    monkeypatch.setattr("annexa.extract.read.read_csv", lambda *_: path.unlink())
    assert error_of(tmp_path, "ssd_person.csv").message == "ssd_person.csv is no longer there."


def test_the_first_bad_file_by_name_is_the_one_reported(tmp_path: Path) -> None:
    for name in ("c", "b", "a"):
        (tmp_path / f"{name}.csv").write_bytes(b"x\n1,2\n")
    wanted = dict.fromkeys("abc", ("x",))
    for _ in range(5):
        with pytest.raises(SourceError, match=r"^a\.csv, row 2"):
            read_extract(tmp_path, wanted)


def test_a_part_that_comes_out_in_many_blocks_is_read_whole(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "ssd_person"
    book.active.append(["pers_person_id"])
    for i in range(20_000):
        book.active.append([f"{i % 7}"])
    book.save(tmp_path / "extract.xlsx")
    frame = read_extract(tmp_path / "extract.xlsx", WANTED).tables["ssd_person"].frame
    assert frame["pers_person_id"].to_list() == [f"{i % 7}" for i in range(20_000)]
