"""What is read from a database: values as text, one state of it, views and SELECTs, and nothing is written."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from annexa.environment import Secret
from annexa.errors import SourceError, UsageError
from annexa.extract import catalogue
from annexa.extract.address import Address, Place, place_of, shown, with_password
from annexa.extract.databases import read
from annexa.extract.read import RawExtract, read_extract
from annexa.sources import Query
from tests.databases.conftest import DAY, PASSWORD, READER, VARIABLE
from tests.support import postgresql
from tests.support.cli import annexa

duckdb = pytest.importorskip("duckdb")

VALUES = """
    CREATE TABLE t (t text, "N" {integer}, d date, m timestamp, z timestamptz, b boolean, f {double}, x decimal(9, 3));
    INSERT INTO t VALUES
      ('a', 7, '2018-06-04', '2018-06-04 00:00:00', '2018-06-04 00:00:00+00', true, 5, 2.500),
      (' b ', -1, '1899-12-31', '2018-06-04 07:08:09', '2018-01-04 00:00:00+00', false, 0.1, -0.125),
      ('', 0, '9999-12-31', '2018-06-04 07:08:09.25', '2018-01-04 23:30:00-02', NULL, 'nan', 1000),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""
COLUMNS = ("t", "n", "d", "m", "z", "b", "f", "x")
AS_TEXT = [
    ("a", "7", "2018-06-04", "2018-06-04", "2018-06-04 01:00:00", "TRUE", "5", "2.5"),
    (" b ", "-1", "1899-12-31", "2018-06-04 07:08:09", "2018-01-04", "FALSE", "0.1", "-0.125"),
    (None, "0", "9999-12-31", "2018-06-04 07:08:09.25", "2018-01-05 01:30:00", None, None, "1000"),
    (None, None, None, None, None, None, None, None),
]


def of(place: Place, *wanted: str, **queries: Query) -> RawExtract:
    return read_extract(place, {name: frozenset(COLUMNS) for name in wanted or ("t",)}, queries=queries)


@pytest.fixture(scope="module")
def values(server: postgresql.Server) -> Address:
    server.sql("CREATE DATABASE values_")
    server.sql(
        VALUES.format(integer="bigint", double="double precision")
        + "CREATE SCHEMA other; CREATE TABLE other.t (t char(5)); INSERT INTO other.t VALUES ('other');"
        "CREATE VIEW v AS SELECT t, d FROM t WHERE d < '2018-12-31'; CREATE TABLE unknown (x int);"
        "CREATE TABLE money (t money, n json, d numeric, x uuid);"
        "INSERT INTO money VALUES (1234.50, '{\"a\": 1}', 'NaN', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');"
        f"GRANT USAGE ON SCHEMA other TO {READER};"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public, other TO {READER};",
        "values_",
    )
    place = place_of(server.address(READER, "values_"))
    assert isinstance(place, Address)
    return with_password(place, Secret(PASSWORD))


@pytest.fixture
def duck(tmp_path: Path) -> Path:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(VALUES.format(integer="BIGINT", double="DOUBLE"))
        connection.execute(
            "CREATE SCHEMA other; CREATE TABLE other.T (T VARCHAR); INSERT INTO other.T VALUES ('other')"
        )
        connection.execute("CREATE VIEW v AS SELECT t, d FROM t WHERE d < '2018-12-31'; CREATE TABLE unknown (x INT)")
    return path


def test_values_of_postgresql(values: Address) -> None:
    extract = of(values)
    assert extract.tables["t"].frame.select(COLUMNS).rows() == AS_TEXT
    assert extract.tables["t"].frame["_row"].to_list() == [2, 3, 4, 5]
    assert extract.tables["t"].columns_found == COLUMNS
    assert extract.tables["t"].file == str(values)
    assert extract.unknown == ("money", "unknown", "v")
    assert [(each.name, each.sha256, each.size) for each in extract.inputs] == [(str(values), None, None)]
    money = of(values, "money").tables["money"].frame
    assert money.row(0) == (2, "1234.5", '{"a": 1}', None, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")


def test_values_of_duckdb(duck: Path) -> None:
    before = duck.read_bytes()
    extract = of(duck)
    assert extract.tables["t"].frame.select(COLUMNS).rows() == AS_TEXT
    assert extract.unknown == ("unknown", "v")
    assert [(each.name, each.size) for each in extract.inputs] == [("x.duckdb", len(before))]
    assert duck.read_bytes() == before
    assert list(duck.parent.iterdir()) == [duck]


def test_views_schemas_and_selects(values: Address, duck: Path) -> None:
    for place in (values, duck):
        assert of(place, "v").tables["v"].frame["d"].to_list() == ["2018-06-04", "1899-12-31"]
        other = of(place, t=Query(schema="OTHER"))
        assert other.tables["t"].frame["t"].to_list() == ["other"]
        assert "other.t" not in other.unknown
        assert "t" in other.unknown
        select = 'WITH q AS (SELECT * FROM t) SELECT q.t AS "T", b, m, f, 1 AS y FROM q -- all of them'
        own = of(place, t=Query(select=select))
        assert own.tables["t"].frame.rows() == [
            (2, "a", "TRUE", "2018-06-04", "5"),
            (3, " b ", "FALSE", "2018-06-04 07:08:09", "0.1"),
            (4, None, None, "2018-06-04 07:08:09.25", None),
            (5, None, None, None, None),
        ]
        assert own.tables["t"].columns_found == ("t", "b", "m", "f", "y")
        assert own.notes == ("t: read through the source profile's own SELECT, which decides which rows there are.",)


def test_a_table_without_wanted_columns_and_one_with_a_column_twice(values: Address) -> None:
    with pytest.raises(SourceError, match="the table unknown has none of the columns that are wanted"):
        read_extract(values, {"unknown": frozenset(COLUMNS) - {"x"}})
    with pytest.raises(SourceError, match="table t: the query gives two columns of the same name"):
        of(values, t=Query(select="SELECT t, d AS t FROM t"))
    with pytest.raises(SourceError, match="the table t has the column t twice"):
        of(values, t=Query(select='SELECT t, t AS "T" FROM t'))


def test_tables_that_differ_by_case_alone(values: Address, server: postgresql.Server) -> None:
    server.sql(f'CREATE TABLE "V" (t text); GRANT SELECT ON "V" TO {READER}', "values_")
    try:
        with pytest.raises(SourceError, match="the table v is there twice: V and v"):
            of(values, "v")
    finally:
        server.sql('DROP TABLE "V"', "values_")


def test_one_state_is_seen_and_nothing_can_be_written(
    values: Address, server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = read.OPENERS["postgresql"]
    asked = []

    @contextmanager
    def opener(address: Address) -> Iterator[object]:
        with real(address) as session:

            class Watched:
                def rows(self, sql: str) -> object:
                    answer = session.rows(sql)
                    asked.append(sql)
                    if len(asked) == 1:
                        server.sql("DELETE FROM t; INSERT INTO t (t) VALUES ('later')", "values_")
                        state = "SELECT current_setting('transaction_read_only') AS a"
                        state += ", current_setting('transaction_isolation') AS b"
                        assert session.rows(state).row(0) == ("on", "repeatable read")
                    return answer

            yield Watched()

    monkeypatch.setitem(read.OPENERS, "postgresql", opener)
    assert of(values).tables["t"].frame.height == 4
    monkeypatch.undo()
    assert of(values).tables["t"].frame["t"].to_list() == ["later"]
    assert not [sql for sql in asked if "WHERE" in sql and "pg_catalog" not in sql]


SELECTS = """
title = "Ours"
extends = "ssd"
[tables.contacts]
select = "SELECT * FROM ssd_contacts WHERE cont_contact_date >= DATE '2018-01-01'"
"""


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cms: postgresql.Server
) -> Callable[..., tuple[int, str, str]]:
    """A folder with a profile that has a SELECT, and an annexa.toml that names it."""
    monkeypatch.chdir(tmp_path)
    Path("ours.toml").write_text(SELECTS)
    Path("annexa.toml").write_text(
        f'source = "ours.toml"\nextracts = "{cms.address(READER, "cms")}"\n[database]\npassword_env = "{VARIABLE}"\n'
    )

    def build(*options: str) -> tuple[int, str, str]:
        ran = annexa("build", "--inspection-date", DAY.isoformat(), "--output", "out", *options)
        manifest = Path("out/manifest.json")
        return ran.code, ran.err, manifest.read_text() if manifest.exists() else ""

    return build


@pytest.mark.parametrize("options", [("--source", "ours.toml"), ("--config", "annexa.toml")])
def test_a_select_that_the_user_named(
    here: Callable[..., tuple[int, str, str]], options: tuple[str, ...], cms: postgresql.Server
) -> None:
    code, error, manifest = here("--extracts", cms.address(READER, "cms"), *options)
    assert code == 0, error
    assert "ssd_contacts: read through the source profile's own SELECT, which decides which rows there are." in manifest


def test_a_select_that_was_merely_found(here: Callable[..., tuple[int, str, str]], cms: postgresql.Server) -> None:
    code, error, manifest = here("--extracts", cms.address(READER, "cms"))
    assert (code, manifest) == (2, "")
    assert error.startswith("Error: The source profile ours has a SELECT, and only an annexa.toml found in this folder")


def test_a_select_for_files(here: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "extract").mkdir()
    (tmp_path / "extract" / "ssd_person.csv").write_text("pers_person_id\n1\n")
    code, error, _ = here("--source", "ours.toml", "--extracts", "extract")
    assert code == 2
    assert "The source profile has a SELECT for ssd_contacts, and the extract is no database." in error


def test_a_select_in_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE raw (a, d)")
    connection.execute("INSERT INTO raw VALUES ('x', 1.0), ('y', NULL)")
    connection.commit()
    connection.close()
    extract = of(path, t=Query(select="SELECT a AS t, d FROM raw WHERE a > 'w'"))
    assert extract.tables["t"].frame.rows() == [(2, "x", "1"), (3, "y", None)]
    assert extract.unknown == ("raw",)
    assert extract.notes
    with pytest.raises(SourceError, match=r"x.db, table t: the query cannot be run \(SQLITE_ERROR\)\."):
        of(path, t=Query(select="SELECT a FROM gone"))


def test_a_duckdb_file_that_leads_elsewhere_or_is_none(tmp_path: Path, duck: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("t\nSECRET\n")
    with duckdb.connect(str(duck)) as connection:
        connection.execute(f"CREATE VIEW w AS SELECT * FROM read_csv('{secret}')")
    with pytest.raises(SourceError, match=r"x.duckdb, table w: the query cannot be run \(PermissionException\)"):
        of(duck, "w")
    (tmp_path / "none.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(SourceError, match=r"none.duckdb cannot be read: it is no database of that kind"):
        of(tmp_path / "none.duckdb")
    # Its name is no lock.
    (tmp_path / "block.duckdb").write_bytes(duck.read_bytes()[:12_000])
    with pytest.raises(SourceError, match=r"block.duckdb cannot be read: it is no database of that kind"):
        of(tmp_path / "block.duckdb")
    with pytest.raises(SourceError, match=r" is not an extract"):
        of(Address("duckdb", file=tmp_path))
    with pytest.raises(SourceError, match=r"no file or folder gone.duckdb") as caught:
        of(Address("duckdb", file=Path("gone.duckdb")))
    assert "four slashes: duckdb:////folder/file" in caught.value.hint


def test_a_duckdb_file_that_somebody_writes_to(duck: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    program = f"import duckdb, sys; c = duckdb.connect({str(duck)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(SourceError, match=r"x.duckdb: another program has locked the database"):
            of(duck)
        other.communicate()


def test_a_duckdb_file_that_changes_while_it_is_read(duck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = read.OPENERS["duckdb"]

    @contextmanager
    def opener(address: Address) -> Iterator[object]:
        with real(address) as session:
            yield session
            with duck.open("ab") as file:
                file.write(b"x")

    monkeypatch.setitem(read.OPENERS, "duckdb", opener)
    with pytest.raises(SourceError, match=r"x.duckdb changed while it was read"):
        of(duck)


def test_a_driver_that_is_not_installed(values: Address, duck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("adbc_driver_postgresql", "duckdb", "oracledb", "connectorx"):
        monkeypatch.setitem(sys.modules, name, None)
    for place in (values, duck, *(Address(name, "h", database="d") for name in ("oracle", "mssql", "mysql"))):
        with pytest.raises(UsageError, match=r"is not installed, which databases need\.") as caught:
            of(place)
        assert caught.value.hint == 'pip install "annexa[db]"'


@pytest.mark.parametrize("encoding", ["LATIN1", "WIN1252"])
def test_texts_that_the_database_keeps_in_another_encoding(server: postgresql.Server, encoding: str) -> None:
    name = encoding.lower()
    server.sql(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    server.sql("CREATE TABLE t (t text); INSERT INTO t VALUES ('Zo' || chr(235)); GRANT SELECT ON t TO reader", name)
    place = place_of(server.address(READER, name))
    assert isinstance(place, Address)
    extract = of(with_password(place, Secret(PASSWORD)))
    assert extract.tables["t"].frame["t"].to_list() == ["Zo\xeb"]


def test_texts_that_are_in_no_encoding(server: postgresql.Server) -> None:
    server.sql("CREATE DATABASE bytes_ ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    server.sql("CREATE TABLE t (t text); INSERT INTO t VALUES (E'Zo\\xeb'); GRANT SELECT ON t TO reader", "bytes_")
    place = place_of(server.address(READER, "bytes_"))
    assert isinstance(place, Address)
    with pytest.raises(SourceError, match=r"table t: the query cannot be run \(22021\)"):
        of(with_password(place, Secret(PASSWORD)))


FIVE = "CREATE TABLE five (a int, raw {binary}); INSERT INTO five SELECT n, NULL FROM generate_series(1, 5) AS s(n);"
FIVE += "CREATE VIEW odd AS SELECT CAST(a || 'x' AS int) AS a FROM five;"


@pytest.fixture
def looked(server: postgresql.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Place]]:
    """A table of five rows, and a view that fails, in each kind of database; three rows are the first ones."""
    monkeypatch.setattr(catalogue, "FIRST", 3)
    server.sql("CREATE DATABASE looked")
    server.sql(FIVE.format(binary="bytea") + f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", "looked")
    place = place_of(server.address(READER, "looked"))
    assert isinstance(place, Address)
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(FIVE.format(binary="BLOB"))
    with closing(sqlite3.connect(tmp_path / "x.db")) as lite:
        lite.executescript(
            "CREATE TABLE five (a); INSERT INTO five VALUES (1), (2), (3), (4), (5);"
            "CREATE VIEW odd AS SELECT gone FROM five;"
        )
    yield [with_password(place, Secret(PASSWORD)), tmp_path / "x.duckdb", tmp_path / "x.db"]
    server.sql("DROP DATABASE looked WITH (FORCE)")


def test_the_first_rows_of_an_unknown_database(looked: list[Place]) -> None:
    for place in looked:
        found, refused = catalogue.catalogue(place)
        assert [(table.name, table.frame.to_dict(as_series=False)) for table in found] == [
            ("five", {"a": ["1", "2", "3"]})
        ]
        assert len(refused) == 1
        assert "table odd: the query cannot be run (" in refused[0]
        assert "x'" not in refused[0]
        told = catalogue.looked_at(place, found)
        assert told == f"{shown(place)} (of the first 3 rows of each table)"


def test_all_rows_of_a_small_database(looked: list[Place], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalogue, "FIRST", 6)
    for place in looked:
        found, _ = catalogue.catalogue(place)
        assert found[0].frame.height == 5
        assert catalogue.looked_at(place, found) == shown(place)
    # Files are read as a whole, however long they are.
    (tmp_path / "five.csv").write_text("a\n1\n2\n3\n4\n5\n6\n7\n")
    found, _ = catalogue.catalogue(tmp_path / "five.csv")
    assert (found[0].frame.height, catalogue.looked_at(tmp_path / "five.csv", found)) == (7, "five.csv")


def test_a_view_that_takes_too_long_for_a_first_look(
    looked: list[Place], server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SECONDS", 1)
    server.sql(f"CREATE VIEW slow AS SELECT pg_sleep(30)::text AS a; GRANT SELECT ON slow TO {READER}", "looked")
    found, refused = catalogue.catalogue(looked[0])
    assert [table.name for table in found] == ["five"]
    assert "table slow: a query was cancelled by the server, or took longer than 1 seconds." in refused[1]


def test_a_proposal_says_how_many_rows_were_looked_at(looked: list[Place], tmp_path: Path) -> None:
    ran = annexa("sources", "init", "--name", "ours", "--output", tmp_path, "--extracts", str(looked[1]))
    assert ran.code == 0, ran.err
    first = (tmp_path / "ours.toml").read_text().splitlines()[0]
    assert "from x.duckdb (of the first 3 rows of each table): " in first
    assert "x.duckdb, table odd: the query cannot be run (ConversionException)." in ran.err


def test_a_log_that_a_program_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    left = tmp_path / "left"
    left.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (t)")
        connection.commit()
        for name in ("x.db", "x.db-wal"):
            shutil.copy(tmp_path / name, left / name)
    # To read it, SQLite would write a file beside it; without the log, it would not be what it is.
    with pytest.raises(SourceError, match=r"x.db cannot be read: its latest changes stand in x.db-wal alone\."):
        of(left / "x.db")
    assert sorted(each.name for each in left.iterdir()) == ["x.db", "x.db-wal"]
    (left / "x.db-wal").write_bytes(b"")
    shutil.copy(path, left / "x.db")
    assert of(left / "x.db").tables["t"].frame.height == 0
    assert sorted(each.name for each in left.iterdir()) == ["x.db", "x.db-wal"]
