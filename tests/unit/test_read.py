"""Extracts of each shape: which tables are found, and what is left alone."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa.errors import SourceError
from annexa.extract.read import InputFile, Limits, RawExtract, read_extract

WANTED = {"ssd_person": ("pers_person_id", "pers_dob"), "ssd_contacts": ("cont_contact_id",)}


def workbook(path: Path, **sheets: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def rows(extract: RawExtract, table: str) -> list[dict[str, object]]:
    return extract.tables[table].frame.rows(named=True)


PERSON = [{"_row": 2, "pers_person_id": "007", "pers_dob": "2015-02-28"}]
CONTACT = [{"_row": 2, "cont_contact_id": "12"}]


def test_a_folder_of_all_kinds_of_files(tmp_path: Path) -> None:
    (tmp_path / "SSD_Person.CSV").write_bytes(b"PERS_DOB,other,Pers_Person_ID\n2015-02-28,x,007\n")
    pl.DataFrame({"cont_contact_id": [12]}).write_parquet(tmp_path / "ssd_contacts.parquet")
    for name in ("README.md", "~$ssd_person.xlsx", ".hidden", "ssd_person.defects.csv", "ssd_person.txt", "zzz.csv"):
        (tmp_path / name).write_text("not, a table\n1\n")
    (tmp_path / "older").mkdir()
    (tmp_path / "ssd_contacts.csv").mkdir()
    extract = read_extract(tmp_path, WANTED)
    assert list(extract.tables) == ["ssd_contacts", "ssd_person"]
    assert rows(extract, "ssd_person") == PERSON
    assert rows(extract, "ssd_contacts") == CONTACT
    person = extract.tables["ssd_person"]
    assert (person.name, person.file) == ("ssd_person", "SSD_Person.CSV")
    assert person.columns_found == ("pers_dob", "other", "pers_person_id")
    assert person.frame.columns == ["_row", "pers_dob", "pers_person_id"]
    assert extract.unknown == (
        "README.md",
        "older",
        "ssd_contacts.csv",
        "ssd_person.defects.csv",
        "ssd_person.txt",
        "zzz.csv",
        "~$ssd_person.xlsx",
    )
    assert extract.inputs == tuple(
        InputFile(name, hashlib.sha256(data).hexdigest(), len(data))
        for name in ("SSD_Person.CSV", "ssd_contacts.parquet")
        if (data := (tmp_path / name).read_bytes())
    )


@pytest.mark.parametrize("name", ["SSD_Person.CSV", "ssd_person.csv", "ssd_person.parquet"])
def test_one_file_with_one_table(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        pl.DataFrame({"pers_dob": ["2015-02-28"], "other": ["x"], "pers_person_id": ["007"]}).write_parquet(path)
    else:
        path.write_bytes(b"pers_dob,other,pers_person_id\n2015-02-28,x,007\n")
    (tmp_path / "ssd_contacts.csv").write_bytes(b"cont_contact_id\n12\n")  # what lies beside it is not read
    extract = read_extract(path, WANTED)
    assert list(extract.tables) == ["ssd_person"]
    assert rows(extract, "ssd_person") == PERSON
    assert extract.unknown == ()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert extract.inputs == (InputFile(name, sha256, path.stat().st_size),)


def test_an_absent_table_or_column_is_simply_not_there(tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_bytes(b"pers_person_id\n1\n")
    extract = read_extract(tmp_path, WANTED)
    assert list(extract.tables) == ["ssd_person"]
    assert extract.tables["ssd_person"].frame.columns == ["_row", "pers_person_id"]


def test_workbooks_in_a_folder(tmp_path: Path) -> None:
    workbook(tmp_path / "ssd_person.xlsx", Sheet1=[["pers_person_id", "pers_dob"], ["007", "2015-02-28"]])
    workbook(tmp_path / "ssd_contacts.xlsx", Notes=[["x"]], SSD_CONTACTS=[["cont_contact_id"], ["12"]])
    extract = read_extract(tmp_path, WANTED)
    assert rows(extract, "ssd_person") == PERSON
    assert rows(extract, "ssd_contacts") == CONTACT
    assert extract.unknown == ("ssd_contacts.xlsx: Notes",)


def test_one_workbook(tmp_path: Path) -> None:
    path = tmp_path / "Extract.XLSX"
    workbook(
        path,
        Notes=[["x"]],
        SSD_Person=[["pers_person_id", "pers_dob"], ["007", "2015-02-28"]],
        ssd_contacts=[["cont_contact_id"], ["12"]],
    )
    extract = read_extract(path, WANTED)
    assert rows(extract, "ssd_person") == PERSON
    assert rows(extract, "ssd_contacts") == CONTACT
    assert extract.unknown == ("Notes",)
    assert [file.name for file in extract.inputs] == ["Extract.XLSX"]
    assert {table.file for table in extract.tables.values()} == {"Extract.XLSX"}


@pytest.mark.parametrize("name", ["extract.sqlite", "extract.SQLITE3", "extract.db"])
def test_one_database(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE SSD_Person (pers_person_id, pers_dob)")
        connection.execute("INSERT INTO SSD_Person VALUES ('007', '2015-02-28')")
        connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        connection.execute("CREATE VIEW ssd_contacts AS SELECT 12 AS cont_contact_id")
        connection.commit()
    extract = read_extract(path, WANTED)
    assert rows(extract, "ssd_person") == PERSON
    assert rows(extract, "ssd_contacts") == CONTACT
    assert extract.unknown == ("raw",)
    assert extract.inputs == (InputFile(name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size),)


def test_a_database_that_keeps_a_log(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE ssd_contacts (cont_contact_id)")
        connection.execute("INSERT INTO ssd_contacts VALUES (12)")
        connection.commit()
        # What is read stands in the log, which is therefore an input.
        extract = read_extract(path, WANTED)
        assert rows(extract, "ssd_contacts") == CONTACT
        assert [file.name for file in extract.inputs] == ["x.db", "x.db-wal"]
    extract = read_extract(path, WANTED)
    assert rows(extract, "ssd_contacts") == CONTACT
    assert [file.name for file in extract.inputs] == ["x.db"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.db"]  # reading leaves nothing behind


def test_the_same_table_in_each_shape_is_the_same_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"pers_person_id": ["007", "8", None], "pers_dob": ["2015-02-28", None, "31/12/2014"]})
    folders = []
    for kind in ("csv", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        frame.write_csv(folder / "ssd_person.csv") if kind == "csv" else frame.write_parquet(
            folder / "ssd_person.parquet"
        )
        folders.append(folder)
    workbook(tmp_path / "x.xlsx", ssd_person=[frame.columns, *map(list, frame.rows())])
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE ssd_person (pers_person_id, pers_dob)")
        connection.executemany("INSERT INTO ssd_person VALUES (?, ?)", frame.rows())
        connection.commit()
    expected = frame.with_row_index("_row", 2)
    for path in (*folders, tmp_path / "x.xlsx", tmp_path / "x.db"):
        table = read_extract(path, WANTED).tables["ssd_person"]
        assert table.frame.equals(expected), path.name


def _error(path: Path, limits: Limits = Limits()) -> SourceError:  # noqa: B008 (frozen)
    with pytest.raises(SourceError) as caught:
        read_extract(path, WANTED, limits)
    assert str(path.parent) not in caught.value.message + caught.value.hint
    return caught.value


def test_two_files_for_one_table(tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_bytes(b"pers_person_id\n")
    (tmp_path / "SSD_PERSON.xlsx").write_bytes(b"")
    assert _error(tmp_path).message == "The table ssd_person is there twice: SSD_PERSON.xlsx and ssd_person.csv."


def test_two_sheets_or_tables_for_one_table(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    workbook(path, **{"ssd_person": [["pers_person_id"]], " ssd_person": [["pers_person_id"]]})
    assert _error(path).message == "The table ssd_person is there twice: ssd_person and  ssd_person."
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ssd_person (pers_person_id)")
        connection.execute('CREATE TABLE "ssd_person " (pers_person_id)')
    assert _error(path).message == "The table ssd_person is there twice: ssd_person and ssd_person ."


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (("one", "two"), "ssd_person.xlsx has 2 sheets, of which 0 are named ssd_person."),
        (("ssd_person", "ssd_person "), "ssd_person.xlsx has 2 sheets, of which 2 are named ssd_person."),
    ],
)
def test_a_workbook_in_a_folder_whose_sheet_is_not_clear(tmp_path: Path, sheets: tuple[str, ...], message: str) -> None:
    workbook(tmp_path / "ssd_person.xlsx", **{name: [["pers_person_id"]] for name in sheets})
    assert _error(tmp_path).message == message


def test_nothing_that_could_be_an_extract(tmp_path: Path) -> None:
    folder = tmp_path / "extract"
    assert _error(folder).message == "There is no file or folder extract."
    folder.mkdir()
    (folder / ".DS_Store").write_bytes(b"")
    assert _error(folder).message == "The folder extract is empty."
    (folder / "other.csv").write_bytes(b"a\n")
    error = _error(folder)
    assert error.message == "The folder extract has no table that is known."
    assert error.hint == "Files, sheets and tables are known by their names, such as ssd_contacts, ssd_person."
    (folder / "dump.sqlite").write_bytes(b"")
    assert _error(folder).hint.startswith("If dump.sqlite holds the tables, give its path.")
    error = _error(folder / "other.csv")
    assert error.message == "other.csv is no table that is known."
    assert error.hint == "Files, sheets and tables are known by their names, such as ssd_contacts, ssd_person."
    (folder / "other.txt").write_bytes(b"a\n")
    error = _error(folder / "other.txt")
    assert error.message == "other.txt is not an extract."
    assert "XLSX" in error.hint
    assert "SQLite" in error.hint
    assert "CSV" in error.hint
    assert _error(folder / "dump.sqlite").message == "dump.sqlite has no table that is known."
    workbook(folder / "x.xlsx", Sheet1=[["a"]])
    assert _error(folder / "x.xlsx").message == "x.xlsx has no table that is known."


def test_the_current_folder_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught:
        read_extract(Path(), WANTED)
    assert caught.value.message == "The folder . is empty."


def test_the_limits_can_be_moved(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    workbook(path, ssd_person=[["pers_person_id"], *[["1"]] * 500])
    assert read_extract(path, WANTED, Limits(max_ratio=30)).tables["ssd_person"].frame.height == 500
    for limits in (Limits(max_ratio=1.5), Limits(max_expanded_bytes=2000)):
        error = _error(path, limits)
        assert error.message.startswith("x.xlsx would expand to ")
        assert "max_expanded_mb or max_ratio" in error.hint
    assert "allowed are 4,294,967,296 bytes and 2 times" in _error(path, Limits(max_ratio=1.5)).message
