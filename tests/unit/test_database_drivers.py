"""SQL Server, MySQL and Oracle with drivers that only pretend: what they are asked, and what their failures become."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Self

import polars as pl
import pytest

from annexa.environment import Secret
from annexa.errors import SourceError, UsageError
from annexa.extract.address import Address
from annexa.extract.databases import read
from annexa.extract.databases.failures import Fault, by_state, by_words
from annexa.extract.read import read_extract
from annexa.sources import Query

PASSWORD = "P@ss/w:rd"
CATALOGUE = [
    ("dbo", "Person", "Id", "{text}", "1"),
    ("dbo", "Person", "Born", "date", "1"),
    ("x", "Other", "a", "b", ""),
]
WANTED = {"person": frozenset({"id", "born", "missing"}), "gone": frozenset({"a"})}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "WAITS", [0.0, 0.0, 0.0])
    monkeypatch.setenv("RUST_LOG", "debug")


def address(engine: str) -> Address:
    return Address(engine, "h", None, "cms", "la\\ann", password=Secret(PASSWORD), query_seconds=7)


class Connectorx(ModuleType):
    """What connectorx would answer; an error where it has one."""

    def __init__(self, error: str = "") -> None:
        super().__init__("connectorx")
        self.error = error
        self.asked: list[tuple[str, str]] = []

    def read_sql(self, uri: str, sql: str, return_type: str) -> pl.DataFrame:
        assert return_type == "polars"
        self.asked.append((uri, sql))
        if self.error:
            raise RuntimeError(f"{self.error} SECRET {PASSWORD}")
        if "SCHEMA" in sql:
            return pl.DataFrame(CATALOGUE, schema=["s", "t", "c", "d", "r"], orient="row")
        return pl.DataFrame({"Id": ["1", ""], "Born": ["2018-06-04", None]})


@pytest.mark.parametrize(("engine", "port"), [("mssql", 1433), ("mysql", 3306)])
def test_connectorx(engine: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx()
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    extract = read_extract(address(engine), WANTED)
    assert extract.tables["person"].frame.rows() == [(2, "1", "2018-06-04"), (3, None, None)]
    assert extract.tables["person"].columns_found == ("id", "born")
    assert extract.unknown == ("x.Other",)
    assert {uri for uri, _ in fake.asked} == {f"{engine}://la%5Cann:P%40ss%2Fw%3Ard@h:{port}/cms"}
    assert len(fake.asked) == 2
    assert "each table was read by itself" in extract.notes[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("Login failed for user 'ann'", "the user or the password was not accepted."),
        ("Access denied for user 'ann'@'h'", "the user or the password was not accepted."),
        ("Unknown database 'cms'", "the server has no database of that name."),
        ("Connection refused (os error 111)", "the connection was refused."),
        ("Timed out in bb8", "the server cannot be reached."),
        ("something else", "cannot be read (RuntimeError)."),
    ],
)
def test_failures_of_connectorx(words: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx(words)
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    with pytest.raises(SourceError) as caught:
        read_extract(address("mssql"), WANTED)
    assert caught.value.message in (f"SQL Server cms on h: {message}", f"SQL Server cms on h {message}")
    assert caught.value.__cause__ is None
    assert "SECRET" not in caught.value.message
    assert len(fake.asked) == 1  # it has tried again by itself


def test_a_select_that_could_write(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx()
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    writing = {"person": Query(select="SELECT Id FROM p) AS q INTO OUTFILE '/x' -- ")}
    for engine in ("mssql", "mysql"):
        with pytest.raises(UsageError, match="The SELECT of the source profile for person has the word INTO in it"):
            read_extract(address(engine), WANTED, queries=writing)
    assert fake.asked == []
    read_extract(address("mssql"), WANTED, queries={"person": Query(select="SELECT Id, Born, x AS into_care FROM p")})


def test_a_schema_twice_but_for_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx()
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    others = [("DBO", "Person", "Id", "text", ""), ("DBO", "Person", "Born", "date", "")]
    monkeypatch.setattr("tests.unit.test_database_drivers.CATALOGUE", [*others, *CATALOGUE[:2]])
    read_extract(address("mssql"), WANTED, queries={"person": Query(schema="dbo")})
    assert fake.asked[-1][1].endswith(" FROM [dbo].[Person]")  # the one that names without a schema mean


def test_the_first_rows_of_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx()
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    further = [("dbo", "Person", "Photo", "image", "1"), ("dbo", "Scans", "Page", "varbinary", "1")]
    monkeypatch.setattr("tests.unit.test_database_drivers.CATALOGUE", [*CATALOGUE[:2], *further])
    found = read.every_table(address("mssql"), 9)
    assert list(found.contents) == ["Person"]
    assert found.contents["Person"].headings == ("Id", "Born")
    assert fake.asked[-1][1].startswith("SELECT TOP (9) CAST([Id] AS nvarchar(max)) AS [Id], ")
    assert "Photo" not in fake.asked[-1][1]


class Cursor:
    def __init__(self, fake: "Oracle") -> None:
        self.fake = fake

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, sql: str) -> None:
        self.fake.asked.append(sql)
        if self.fake.code and "FROM" in sql:
            raise RuntimeError(SimpleNamespace(full_code=self.fake.code, message=f"SECRET {PASSWORD}"))
        catalogue = "ALL_TAB_COLUMNS" in sql
        self.rows = list(CATALOGUE) if catalogue else [("1", "2018-06-04 00:00:00"), ("2", None)]
        self.description = [(name, None) for name in (("s", "t", "c", "d", "r") if catalogue else ("Id", "Born"))]

    def fetchmany(self, size: int) -> list[tuple[str | None, ...]]:
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows


class Oracle(ModuleType):
    """What python-oracledb would answer; an error where it has a code."""

    def __init__(self, code: str = "") -> None:
        super().__init__("oracledb")
        self.code = code
        self.asked: list[str] = []
        self.closed = 0
        self.defaults = SimpleNamespace(fetch_lobs=True)

    def connect(self, **given: object) -> "Oracle":
        self.given = given
        return self

    def cursor(self) -> Cursor:
        return Cursor(self)

    def close(self) -> None:
        self.closed += 1
        if self.code:
            raise RuntimeError(SimpleNamespace(full_code="DPY-9999", message="closing"))


def test_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Oracle()
    monkeypatch.setitem(sys.modules, "oracledb", fake)
    extract = read_extract(address("oracle"), WANTED)
    assert extract.tables["person"].frame.rows() == [(2, "1", "2018-06-04"), (3, "2", None)]
    assert extract.notes == ()
    assert fake.given == {"user": "la\\ann", "password": PASSWORD, "dsn": "h:1521/cms", "tcp_connect_timeout": 10}
    assert fake.asked[0] == "SET TRANSACTION READ ONLY"
    assert len(fake.asked) == 3
    assert (fake.call_timeout, fake.closed) == (7000, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "message", "tries"),
    [
        ("ORA-01017", "the user or the password was not accepted.", 1),
        ("DPY-6005", "the connection was refused.", 4),
        ("DPY-4011", "the connection broke while it was read.", 4),
        ("DPY-4024", "a query was cancelled by the server, or took longer than 7 seconds.", 1),
        ("ORA-00600", "cannot be read (ORA-00600).", 1),
    ],
)
def test_failures_of_oracle(code: str, message: str, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Oracle(code)
    monkeypatch.setitem(sys.modules, "oracledb", fake)
    with pytest.raises(SourceError) as caught:
        read_extract(address("oracle"), WANTED)
    assert caught.value.message in (f"Oracle cms on h: {message}", f"Oracle cms on h {message}")
    assert fake.closed == tries


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("28P01", Fault.LOGIN),
        ("57014", Fault.CANCELLED),
        ("57P01", Fault.BROKEN),
        ("57P03", Fault.BUSY),
        ("08006", Fault.BROKEN),
        ("53300", Fault.BUSY),
        ("42501", Fault.DENIED),
        ("42P01", Fault.GONE),
        ("42601", Fault.QUERY),
        ("40001", Fault.CANCELLED),
        ("25006", Fault.QUERY),
        ("XX000", None),
        ("", None),
    ],
)
def test_states(state: str, fault: Fault | None) -> None:
    assert by_state(state) is fault


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Passwort-Authentifizierung fehlgeschlagen", Fault.OTHER),
        ("{} FATAL:  the database system is in recovery mode", Fault.BUSY),
        ("{} FATAL:  the database system is not yet accepting connections", Fault.BUSY),
        ('{} FATAL:  role "ann" is not permitted to log in', Fault.LOGIN),
        ("{} FATAL:  kein pg_hba.conf-Eintrag für Host »::1«", Fault.LOGIN),
        ("{} FATAL:  Passwort-Authentifizierung für Benutzer »ann« fehlgeschlagen", Fault.NOT_LET_IN),
        ('{} ВАЖНО:  база данных "cms" не существует', Fault.NOT_LET_IN),
        ("{} server does not support SSL, but SSL was required", Fault.SECURE),
        ("{} SSL error: certificate verify failed", Fault.SECURE),
        ("{} SSL SYSCALL error: Connection reset by peer", Fault.BROKEN),
        # A name says nothing.
        ('connection to server at "refused" failed: FATAL:  database "certificate" does not exist', Fault.DATABASE),
    ],
)
def test_words(words: str, fault: Fault) -> None:
    told = words.format('connection to server at "127.0.0.1", port 5432 failed:')
    assert by_words(f"IO: [libpq] Failed to connect: {told}") is fault


def test_many_unknown_tables_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Connectorx()
    monkeypatch.setitem(sys.modules, "connectorx", fake)
    many = [("dbo", f"T/{n:03}", "a", "int", "1") for n in range(52)]
    monkeypatch.setattr("tests.unit.test_database_drivers.CATALOGUE", [*CATALOGUE[:2], *many])
    unknown = read_extract(address("mssql"), WANTED).unknown
    assert (len(unknown), unknown[0], unknown[-1]) == (51, "T_000", "2 further tables")
