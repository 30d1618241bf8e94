"""Samples on disk: four formats with the same cells, whole or not there, never over something else."""

import os
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa.errors import OutputError, UsageError
from annexa.sample import generate, plant_defects, write, write_sample
from annexa.sample.layout import TABLES

D = date(2018, 6, 4)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    found = generate(40, D, 1)
    found["ssd_contacts"] = found["ssd_contacts"].with_columns(
        pl.col("cont_contact_source_desc").replace("Police", ' <Police> & "others" ')
    )
    return found


def read_back(folder: Path, form: str) -> dict[str, pl.DataFrame]:
    if form == "csv":
        return {table: pl.read_csv(folder / f"{table}.csv", infer_schema=False) for table in TABLES}
    if form == "parquet":
        return {table: pl.read_parquet(folder / f"{table}.parquet") for table in TABLES}
    if form == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect(str(folder / "extract.duckdb"), read_only=True) as opened:
            return {table: opened.sql(f"SELECT * FROM {table}").pl() for table in TABLES}
    if form == "sqlite":
        connection = sqlite3.connect(folder / "extract.sqlite")
        try:
            return {
                table: pl.DataFrame(
                    (found := connection.execute(f'SELECT * FROM "{table}"')).fetchall(),
                    schema={name: pl.String for name, *_ in found.description},
                    orient="row",
                )
                for table in TABLES
            }
        finally:
            connection.close()
    book = openpyxl.load_workbook(folder / "extract.xlsx", read_only=True)
    try:
        sheets = {}
        for table in TABLES:
            head, *rows = book[table].iter_rows(values_only=True)
            sheets[table] = pl.DataFrame(rows, schema=dict.fromkeys(head, pl.String), orient="row")
        return sheets
    finally:
        book.close()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "sqlite", "duckdb"])
def test_what_is_written_reads_back_cell_by_cell(tables: dict[str, pl.DataFrame], tmp_path: Path, form: str) -> None:
    folder = tmp_path / "made" / "sample"
    files = write_sample(tables, folder, form, D)
    assert sorted(files) == sorted(folder.iterdir())
    found = read_back(folder, form)
    for table, frame in tables.items():
        assert found[table].columns == frame.columns
        assert found[table].equals(frame), table


def test_workbooks_are_read_by_calamine_with_leading_zeros(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    write_sample(tables, tmp_path / "sample", "xlsx", D)
    person = pl.read_excel(tmp_path / "sample" / "extract.xlsx", sheet_name="ssd_person")
    assert person["pers_person_id"].to_list() == tables["ssd_person"]["pers_person_id"].to_list()


def test_csv_lines_end_alike_and_files_are_the_owners_alone(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    files = write_sample(tables, tmp_path / "sample", "csv", D)
    assert all(b"\r" not in file.read_bytes() for file in files)
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o077 == 0 for path in (*files, tmp_path / "sample"))


def test_containers_carry_no_time_and_no_trace_of_the_machine(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    write_sample(tables, tmp_path / "one", "xlsx", D)
    with zipfile.ZipFile(tmp_path / "one" / "extract.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(entry.create_system, entry.compress_type) for entry in archive.infolist()} == {(3, 0)}
    write_sample(tables, tmp_path / "two", "sqlite", D)
    header = (tmp_path / "two" / "extract.sqlite").read_bytes()[:100]
    assert int.from_bytes(header[16:18], "big") == 4096
    assert int.from_bytes(header[24:28], "big") == 1
    assert int.from_bytes(header[96:100], "big") == 3_040_000


def test_columns_beyond_z_have_two_letters() -> None:
    assert [write._letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_a_table_longer_than_a_worksheet_is_refused(
    tables: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "_SHEET_ROWS", 30)
    with pytest.raises(OutputError, match="ssd_person"):
        write_sample(tables, tmp_path / "sample", "xlsx", D)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_sample_is_replaced_whole(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    planted, defects = plant_defects(tables, 0.5, 1, D)
    files = write_sample(planted, folder, "csv", D, defects)
    listed = tmp_path / "sample.defects.csv"
    assert files[-1] == listed
    assert pl.read_csv(listed).height == defects.height
    write_sample(tables, folder, "sqlite", D)
    assert sorted(path.name for path in folder.iterdir()) == [".annexa-sample", "extract.sqlite"]
    # The list of defects of the earlier sample went with it.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample"]


def test_a_file_of_defects_that_is_something_else_is_left_alone(
    tables: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    other = tmp_path / "sample.defects.csv"
    other.write_text("mine\n")
    write_sample(tables, tmp_path / "sample", "csv", D)
    write_sample(tables, tmp_path / "sample", "csv", D)
    assert other.read_text() == "mine\n"


@pytest.mark.parametrize("name", ["ssd_person.csv", ".annexa-sample"])
def test_a_folder_with_anything_else_in_it_is_refused(
    tables: dict[str, pl.DataFrame], tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / name).write_text("pers_person_id\n1\n")
    with pytest.raises(OutputError, match="not empty"):
        write_sample(tables, folder, "csv", D)
    assert (folder / name).read_text() == "pers_person_id\n1\n"


def test_a_file_in_the_place_of_the_folder_is_refused(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        write_sample(tables, tmp_path / "sample", "csv", D)


def test_an_unknown_format_is_refused(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ods"):
        write_sample(tables, tmp_path / "sample", "ods", D)


def test_a_failure_leaves_the_earlier_sample_and_nothing_else(
    tables: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sample"
    write_sample(tables, folder, "csv", D)
    before = sorted(path.name for path in folder.iterdir())
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if Path(target) == folder and path.name != "earlier":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OutputError, match="No space left"):
        write_sample(tables, folder, "sqlite", D)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]
