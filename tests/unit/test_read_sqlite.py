"""Values of an SQLite database as text."""

import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath

import polars as pl
import pytest

from annexa.errors import SourceError
from annexa.extract.files import Content
from annexa.extract.sqlite import open_database, uri


def database(path: Path, *statements: str) -> Path:
    """Make a database by running statements."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def table(path: Path, name: str = "t", wanted: tuple[str, ...] = ("a", "b")) -> Content:
    with open_database(path, path.name) as opened:
        return opened.read(name, wanted)


def test_each_kind_of_value_as_text(tmp_path: Path) -> None:
    path = database(
        tmp_path / "x.db",
        "CREATE TABLE t (A, ' B ', c)",
        "INSERT INTO t VALUES ('007', 7, 1), (NULL, '', 1), (5.0, 0.1, 1), (-2.0, 123456789012345678, 1)",
        "INSERT INTO t VALUES (10000000.0, ' x ', 1), (CAST('blob' AS BLOB), 1e20, 1), ('true', '2024-02-29', 1)",
    )
    content = table(path)
    assert content.frame.schema == {"_row": pl.UInt32(), "a": pl.String(), "b": pl.String()}
    assert content.frame.rows() == [
        (2, "007", "7"),
        (3, None, None),
        (4, "5", "0.1"),
        (5, "-2", "123456789012345678"),
        (6, "10000000", " x "),
        (7, "blob", "1.0e+20"),
        (8, "true", "2024-02-29"),
    ]
    assert content.columns_found == ("a", "b", "c")


def test_rows_come_as_stored_whatever_the_indexes(tmp_path: Path) -> None:
    path = database(
        tmp_path / "x.db",
        "CREATE TABLE t (a, b)",
        "CREATE INDEX i ON t (a)",
        "INSERT INTO t VALUES ('3', 'x'), ('1', 'y'), ('2', 'z')",
        "CREATE VIEW v AS SELECT a, b FROM t WHERE a > '1'",
        "CREATE TABLE w (a PRIMARY KEY, b) WITHOUT ROWID",
        "INSERT INTO w SELECT * FROM t",
        'CREATE TABLE "od""d" (a)',
    )
    assert table(path, wanted=("a",)).frame["a"].to_list() == ["3", "1", "2"]
    assert sorted(table(path, "v").frame["a"]) == ["2", "3"]
    assert table(path, "w").frame["a"].to_list() == ["1", "2", "3"]
    assert table(path, 'od"d').frame.height == 0


def test_many_rows(tmp_path: Path) -> None:
    path = database(
        tmp_path / "x.db",
        "CREATE TABLE t (a, b)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)"
        " INSERT INTO t SELECT i, i FROM n",
    )
    frame = table(path).frame
    assert frame["_row"].to_list() == list(range(2, 45_002))
    assert frame["a"].to_list() == [str(i) for i in range(1, 45_001)]


def test_nothing_is_written_to_the_database(tmp_path: Path) -> None:
    path = database(tmp_path / "x.db", "CREATE TABLE t (a)")
    before = path.read_bytes()
    with open_database(path, "x.db") as opened, pytest.raises(sqlite3.OperationalError, match="readonly"):
        opened._connection.execute("INSERT INTO t VALUES (1)")
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.db"]


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE TABLE t (x)"], "x.db, table t: no headings found in row 1."),
        (["CREATE TABLE t (a, ' A')"], "x.db, table t: the heading a stands over column 1 and over column 2."),
        (
            ["CREATE TABLE t (a)", "INSERT INTO t VALUES (CAST(x'53454352455480ff' AS TEXT))"],
            "x.db, table t cannot be read: it is not an SQLite database, or it is damaged",
        ),
        (
            ["CREATE VIEW t AS SELECT a FROM gone"],
            "x.db, table t: the query cannot be run (SQLITE_ERROR).",
        ),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, statements: list[str], message: str) -> None:
    path = database(tmp_path / "x.db", *statements)
    with pytest.raises(SourceError) as caught:
        table(path)
    assert caught.value.message.startswith(message)
    assert "SECRET" not in caught.value.message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (PurePosixPath("/data/an extract?#%.db"), "file:///data/an%20extract%3F%23%25.db?mode=ro"),
        (PureWindowsPath(r"C:\data\x y.db"), "file:///C:/data/x%20y.db?mode=ro"),
        (PureWindowsPath(r"\\server\share\x.db"), "file:////server/share/x.db?mode=ro"),
    ],
)
def test_addresses_of_databases(path: PurePosixPath, address: str) -> None:
    assert uri(path) == address


def test_a_name_with_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "50% #1"
    folder.mkdir()
    assert table(database(folder / "a b.db", "CREATE TABLE t (a)")).frame.height == 0
