"""Sources that change while they are read, and sources that give the same rows in another order."""

import csv
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from annexa.errors import SourceError
from annexa.extract import parquet, read
from annexa.extract.read import RawExtract, read_extract
from annexa.sample import generate, plant_defects, write_sample
from tests.support.cli import contents
from tests.support.nights import CUT, DAY, NEXT, TABLES, authority, output, run, verdicts

WANTED = {"ssd_person": ("pers_person_id", "pers_name")}
ROWS = pl.DataFrame({"pers_person_id": ["P1", "P2", "P3"], "pers_name": ["a", "b", "c"]})
OTHER = ROWS.with_columns(pers_name=pl.lit("x"))  # in a CSV file it has as many bytes

# How a file changes: with what is in it, and what shall be.


def rewritten(path: Path, new: bytes) -> None:
    path.write_bytes(new)


def extended(path: Path, new: bytes) -> None:
    with path.open("ab") as file:
        file.write(new)


def shortened(path: Path, new: bytes) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replaced(path: Path, new: bytes) -> None:
    """As a program does that writes beside the file and renames."""
    path.with_name("new").write_bytes(new)
    path.with_name("new").replace(path)


def replaced_by_a_copy_that_keeps_its_time(path: Path, new: bytes) -> None:
    """As `cp -p` and robocopy do: where the size is the same too, nothing but the content tells."""
    times = path.stat()
    replaced(path, new)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def rewritten_with_its_time_put_back(path: Path, new: bytes) -> None:
    times = path.stat()
    rewritten(path, new)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES = [
    extended,
    shortened,
    replaced,
    replaced_by_a_copy_that_keeps_its_time,
    rewritten_with_its_time_put_back,
]


def written(path: Path, rows: pl.DataFrame) -> bytes:
    """Write a table in the format of the file's name; return its bytes."""
    if path.suffix == ".csv":
        rows.write_csv(path)
    elif path.suffix == ".parquet":
        rows.write_parquet(path)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "ssd_person"
        for row in (rows.columns, *rows.rows()):
            book.active.append(row)
        book.save(path)
    else:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE ssd_person (pers_person_id, pers_name)")
            database.executemany("INSERT INTO ssd_person VALUES (?, ?)", rows.rows())
    return path.read_bytes()


READERS = {".csv": "read_csv", ".parquet": "read_parquet", ".xlsx": "Workbook", ".sqlite": "open_database"}
FILES = ("ssd_person.csv", "ssd_person.parquet", "extract.xlsx", "extract.sqlite")


def during(patch: pytest.MonkeyPatch, path: Path, when: str, change: Callable[[], None]) -> None:
    """Let something happen before the reader of a file reads it, or when it has read."""
    reader = READERS[path.suffix]
    real = getattr(read, reader)

    def reading(file: Path, *args: Any) -> Any:
        if file == path and when == "before":
            change()
        content = real(file, *args)
        if file == path and when == "after":
            change()
        return content

    patch.setattr(read, reader, reading)


@pytest.mark.parametrize("change", CHANGES, ids=[each.__name__ for each in CHANGES])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changes_between_its_hash_and_its_end_is_refused(tmp_path, monkeypatch, name, when, change):
    """Whatever was read of it: what stands in the manifest would be the hash of something else."""
    folder = tmp_path / "extract"
    folder.mkdir()
    path = folder / name
    new = written(tmp_path / name, OTHER)
    written(path, ROWS)
    during(monkeypatch, path, when, lambda: change(path, new))
    with pytest.raises(SourceError) as caught:
        read_extract(folder if name.startswith("ssd") else path, WANTED)
    assert caught.value.message == f"{name} changed while it was read."
    assert caught.value.hint


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_only_touched_or_copied_is_read(tmp_path, monkeypatch, name):
    """A backup or a scanner that touches a file, or the same file put in its place, is no change."""
    path = tmp_path / name
    same = written(path, ROWS)
    during(monkeypatch, path, "after", lambda: replaced_by_a_copy_that_keeps_its_time(path, same))
    assert names_of(read_extract(tmp_path if name.startswith("ssd") else path, WANTED)) == ["a", "b", "c"]


def names_of(extract: RawExtract) -> list[str]:
    return extract.tables["ssd_person"].frame["pers_name"].to_list()


def test_the_hash_is_that_of_what_was_read(tmp_path):
    for name in FILES:
        path = tmp_path / name
        content = written(path, ROWS)
        extract = read_extract(tmp_path if name.startswith("ssd") else path, WANTED)
        [file] = extract.inputs
        assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))
        path.unlink()


def test_a_parquet_file_that_becomes_shorter_is_read_from_memory(tmp_path, monkeypatch):
    """A file that Polars has mapped into its memory would end the process by a bus error, without a word."""
    path = tmp_path / "ssd_person.parquet"
    written(path, ROWS)
    real = parquet.fold_headings

    def shorten(*args: Any) -> list[str]:
        os.truncate(path, 0)
        return real(*args)

    monkeypatch.setattr(parquet, "fold_headings", shorten)
    assert parquet.read_parquet(path, path.name, WANTED["ssd_person"]).frame["pers_name"].to_list() == ["a", "b", "c"]


# Databases that somebody writes to meanwhile.


@pytest.fixture
def shared(tmp_path):
    """A database file in write-ahead mode, all of its changes in it, and a program that has it open."""
    path = tmp_path / "extract.sqlite"
    written(path, ROWS)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.execute("SELECT * FROM ssd_person").fetchall()
        yield path, other


def insert(other: sqlite3.Connection) -> None:
    other.execute("INSERT INTO ssd_person VALUES ('P4', 'd')")


def insert_and_write_back(other: sqlite3.Connection) -> None:
    insert(other)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("change", [insert, insert_and_write_back])
def test_a_database_that_is_written_to_before_it_is_read_is_refused(shared, monkeypatch, change):
    path, other = shared
    with monkeypatch.context() as patch:
        during(patch, path, "before", lambda: change(other))
        with pytest.raises(SourceError, match=r"extract\.sqlite changed while it was read"):
            read_extract(path, WANTED)
    # When the other program is done the change is read, with the hash of the file that has it.
    other.close()
    extract = read_extract(path, WANTED)
    assert names_of(extract) == ["a", "b", "c", "d"]
    assert extract.inputs[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_database_that_is_open_elsewhere_and_rests_is_read(shared):
    path, _ = shared
    assert names_of(read_extract(path, WANTED)) == ["a", "b", "c"]


def test_a_database_without_a_log_cannot_be_written_to_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "extract.sqlite"
    content = written(path, ROWS)
    refused = []
    real = read._read_tables

    def reading(*args: Any, **options: Any) -> Any:
        tables = real(*args, **options)
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                insert(other)
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        return tables

    monkeypatch.setattr(read, "_read_tables", reading)
    assert names_of(read_extract(path, WANTED)) == ["a", "b", "c"]
    assert refused == ["database is locked"]
    assert path.read_bytes() == content


# The commands.


@pytest.mark.parametrize("command", ["build", "dry-run"])
def test_an_extract_that_changes_while_it_is_read_costs_one_night(ground, tmp_path, monkeypatch, command):
    folder = ground.copy(tmp_path)
    people = folder / "extract" / "ssd_person.csv"
    content = people.read_bytes()
    with monkeypatch.context() as patch:
        during(patch, people, "before", lambda: extended(people, b"half a row"))
        done = run(folder, command, CUT)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("Error: ssd_person.csv changed while it was read.\n")
    assert done.err.count("Error:") == 1
    assert contents(output(folder, command)) == ground.before(command)
    assert verdicts(folder) == ["good", "good", *(["failed"] if command == "dry-run" else [])]
    people.write_bytes(content)
    assert run(folder, command).code == 0
    assert contents(output(folder, command)) == ground.after(command)


# The same rows in another order.

NUMBERS = ("row", "Row")  # of a record in its file: all that hangs on the order


def without_numbers(folder: Path) -> dict[str, object]:
    """What a run wrote, each file as it is but for the numbers of records in their files, and for hashes of files."""
    found: dict[str, object] = dict(contents(folder))
    for name in ("findings.csv", "exclusions.csv"):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            found[name] = [{k: v for k, v in row.items() if k not in NUMBERS} for row in csv.DictReader(file)]
    book = openpyxl.load_workbook(folder / "findings.xlsx", read_only=True)
    found["findings.xlsx"] = {sheet.title: list(_cells(sheet)) for sheet in book}
    book.close()
    findings = json.loads((folder / "findings.json").read_bytes())
    manifest = json.loads((folder / "manifest.json").read_bytes())
    found["findings.json"] = [{k: v for k, v in each.items() if k not in NUMBERS} for each in findings.pop("findings")]
    for each in (*manifest["inputs"], *manifest["outputs"]):
        if each["name"] != "annex-a.xlsx":
            del each["sha256"], each["size"]
    return {**found, "manifest.json": manifest, "rest": findings}


def _cells(sheet: Any) -> Any:
    rows = list(sheet.iter_rows(values_only=True))
    headings = next((row for row in rows if "Row" in row), ())
    return [[cell for at, cell in enumerate(row) if headings[at : at + 1] != ("Row",)] for row in rows]


@pytest.mark.parametrize("form", ["csv", "sqlite"])
def test_the_order_of_the_rows_changes_nothing(tmp_path, form):
    folder = authority(tmp_path / "authority")
    sample, _ = plant_defects(generate(60, DAY, 1, DAY), 0.2, 2, DAY)
    made = {name: pl.concat([sample[name], sample[name].head(3)]) for name in TABLES}
    others = {name: table.sample(fraction=1, shuffle=True, seed=7) for name, table in made.items()}
    assert not any(others[name].equals(made[name]) for name in TABLES)
    for name, each in (("as it is", made), ("shuffled", others)):
        write_sample(each, folder / name, form, DAY)

    def ran(command: str, name: str) -> tuple[Any, dict[str, object]]:
        place = folder / name / "extract.sqlite" if form == "sqlite" else folder / name
        done = run(folder, command, NEXT, "--extracts", place, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out), without_numbers(output(folder, command))

    if form == "csv":
        assert ran("build", "as it is")[1] == ran("build", "shuffled")[1]
    # Of the first night there is nothing to compare with.
    _, (_, files), (told, others_files) = (ran("dry-run", name) for name in ("as it is", "as it is", "shuffled"))
    assert files == others_files
    assert (told["compared_with"], told["wrong"], told["changes"].keys()) == (2, [], {"1", "8"})
    assert {tuple(change.values()) for change in told["changes"].values()} == {(0, 0, 0)}
