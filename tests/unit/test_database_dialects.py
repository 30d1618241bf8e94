"""The SQL of each engine as text, and the text of values made plain. That of SQL Server and MySQL has run nowhere."""

from datetime import date, datetime

import polars as pl
import pytest

from annexa.extract.databases.dialects import DIALECTS
from annexa.extract.databases.kinds import Kind, kind_of, plain

COLUMNS = ("id", "date", "moment", "zoned", "number", "flag")
TYPES = {
    "postgresql": ("text", "date", "timestamp without time zone", "timestamp with time zone", "money", "boolean"),
    "duckdb": ("VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DECIMAL(9,2)", "BOOLEAN"),
    "mssql": ("nvarchar", "date", "datetime2", "datetimeoffset", "float", "bit"),
    "oracle": ("NVARCHAR2", "DATE", "TIMESTAMP(6)", "TIMESTAMP(6) WITH TIME ZONE", "NUMBER", "RAW"),
    "mysql": ("varchar", "date", "datetime", "timestamp", "decimal", "bit"),
}
SQL = {
    "postgresql": (
        'SELECT CAST("id" AS text) AS "id", CAST("date" AS text) AS "date", CAST("moment" AS text) AS "moment", '
        'CAST("zoned" AT TIME ZONE \'Europe/London\' AS text) AS "zoned", '
        'CAST(trim_scale(CAST("number" AS numeric)) AS text) AS "number", '
        'CAST("flag" AS text) AS "flag" FROM "cms"."Person"'
    ),
    "duckdb": (
        'SELECT CAST("id" AS VARCHAR) AS "id", CAST("date" AS VARCHAR) AS "date", '
        'CAST("moment" AS VARCHAR) AS "moment", '
        'CAST("zoned" AT TIME ZONE \'Europe/London\' AS VARCHAR) AS "zoned", '
        'CAST("number" AS VARCHAR) AS "number", CAST("flag" AS VARCHAR) AS "flag" FROM "cms"."Person"'
    ),
    "mssql": (
        "SELECT CAST([id] AS nvarchar(max)) AS [id], CONVERT(nvarchar(40), [date], 23) AS [date], "
        "CONVERT(nvarchar(40), [moment], 126) AS [moment], "
        "CONVERT(nvarchar(40), CAST([zoned] AT TIME ZONE 'GMT Standard Time' AS datetime2), 126) AS [zoned], "
        "STR([number], 38, 10) AS [number], CAST([flag] AS nvarchar(max)) AS [flag] FROM [cms].[Person]"
    ),
    "oracle": (
        'SELECT "id" AS "id", TO_CHAR("date", \'YYYY-MM-DD HH24:MI:SS\') AS "date", '
        'TO_CHAR("moment", \'YYYY-MM-DD HH24:MI:SS.FF6\') AS "moment", '
        "TO_CHAR(\"zoned\" AT TIME ZONE 'Europe/London', 'YYYY-MM-DD HH24:MI:SS.FF6') AS \"zoned\", "
        "TO_CHAR(\"number\", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS \"number\", "
        'TO_CHAR("flag") AS "flag" FROM "cms"."Person"'
    ),
    "mysql": (
        "SELECT CAST(`id` AS CHAR CHARACTER SET utf8mb4) AS `id`, "
        "CAST(`date` AS CHAR CHARACTER SET utf8mb4) AS `date`, "
        "CAST(`moment` AS CHAR CHARACTER SET utf8mb4) AS `moment`, "
        "CAST(`zoned` AS CHAR CHARACTER SET utf8mb4) AS `zoned`, "
        "CAST(`number` AS CHAR CHARACTER SET utf8mb4) AS `number`, "
        "CAST(`flag` + 0 AS CHAR) AS `flag` FROM `cms`.`Person`"
    ),
}
ENGINES = pytest.mark.parametrize("engine", DIALECTS)


@ENGINES
def test_columns_as_text(engine: str) -> None:
    dialect = DIALECTS[engine]
    columns = [(name, dialect.kind(kind)) for name, kind in zip(COLUMNS, TYPES[engine], strict=True)]
    assert dialect.select(columns, dialect.table("cms", "Person")) == SQL[engine]


@pytest.mark.parametrize(
    ("engine", "query"),
    [
        ("postgresql", 'SELECT CAST("a" AS text) AS "a" FROM x LIMIT 20000'),
        ("duckdb", 'SELECT CAST("a" AS VARCHAR) AS "a" FROM x LIMIT 20000'),
        ("mssql", "SELECT TOP (20000) CAST([a] AS nvarchar(max)) AS [a] FROM x"),
        ("oracle", 'SELECT TO_CHAR("a") AS "a" FROM x FETCH FIRST 20000 ROWS ONLY'),
        ("mysql", "SELECT CAST(`a` AS CHAR CHARACTER SET utf8mb4) AS `a` FROM x LIMIT 20000"),
    ],
)
def test_the_first_rows(engine: str, query: str) -> None:
    assert DIALECTS[engine].select([("a", Kind.OTHER)], "x", 20_000) == query
    assert "20000" not in DIALECTS[engine].select([("a", Kind.OTHER)], "x")


def test_a_backslash_ends_no_text() -> None:
    told = {engine: dialect.catalogue(["a\\' OR 1=1 -- "]) for engine, dialect in DIALECTS.items()}
    assert "IN ('a\\\\'' OR 1=1 -- ')" in told.pop("mysql")
    assert all("IN ('a\\'' OR 1=1 -- ')" in text for text in told.values())


@ENGINES
def test_names_that_would_end_their_quotes(engine: str) -> None:
    dialect = DIALECTS[engine]
    opening, closing = dialect.marks
    evil = f"a{closing}; DROP TABLE x --"
    quoted = f"{opening}a{closing * 2}; DROP TABLE x --{closing}"
    assert dialect.quoted(evil) == quoted
    assert dialect.table(evil, evil) == f"{quoted}.{quoted}"
    assert quoted in dialect.as_text(evil, Kind.OTHER)
    assert "{c}" not in dialect.as_text("{c}{0}", Kind.DATE).replace(dialect.quoted("{c}{0}"), "")


@ENGINES
def test_the_catalogue(engine: str) -> None:
    dialect = DIALECTS[engine]
    alone, further = dialect.catalogue(()), dialect.catalogue(["b", "it's"])
    assert "{" not in alone + further
    assert f" OR LOWER({dialect.schema}) IN ('b', 'it''s'))" in further
    assert further.replace(f" OR LOWER({dialect.schema}) IN ('b', 'it''s')", "") == alone
    assert alone.startswith("SELECT ")
    assert ";" not in alone


@ENGINES
def test_an_own_select(engine: str) -> None:
    dialect = DIALECTS[engine]
    source = dialect.own("SELECT a FROM b -- all")
    assert source == f"(SELECT a FROM b -- all\n){' q' if engine == 'oracle' else ' AS q'}"
    assert dialect.heading(source) == f"SELECT * FROM {source} WHERE 1 = 0"


@pytest.mark.parametrize(
    ("engine", "type_name", "kind"),
    [
        ("postgresql", "numeric", Kind.ROUNDED),
        ("postgresql", "double precision", Kind.FRACTION),
        ("postgresql", "character varying", Kind.OTHER),
        ("postgresql", "time with time zone", Kind.OTHER),
        ("mssql", "datetime", Kind.MOMENT),
        ("mssql", "decimal", Kind.FRACTION),
        ("mssql", "money", Kind.ROUNDED),
        ("mssql", "uniqueidentifier", Kind.OTHER),
        ("oracle", "TIMESTAMP(6) WITH LOCAL TIME ZONE", Kind.ZONED),
        ("oracle", "CLOB", Kind.TEXT),
        ("oracle", "BLOB", Kind.BINARY),
        ("oracle", "LONG RAW", Kind.BINARY),
        ("oracle", "LONG", Kind.OTHER),
        ("oracle", "BINARY_DOUBLE", Kind.FRACTION),
        ("mssql", "timestamp", Kind.BINARY),
        ("mssql", "varbinary", Kind.BINARY),
        ("mssql", "bit", Kind.TRUTH),
        ("mysql", "mediumblob", Kind.BINARY),
        ("mysql", "timestamp", Kind.MOMENT),
        ("postgresql", "bytea", Kind.BINARY),
        ("duckdb", "BLOB", Kind.BINARY),
        ("duckdb", "INTEGER", Kind.OTHER),
        ("duckdb", "TIMESTAMP_NS", Kind.MOMENT),
    ],
)
def test_kinds_of_types(engine: str, type_name: str, kind: Kind) -> None:
    assert DIALECTS[engine].kind(type_name) is kind


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.DATE, "2018-06-04", "2018-06-04"),
        (Kind.DATE, "2018-06-04 00:00:00", "2018-06-04"),  # Oracle
        (Kind.MOMENT, "2018-06-04T00:00:00", "2018-06-04"),  # SQL Server
        (Kind.MOMENT, "2018-06-04T00:00:00.0000000", "2018-06-04"),
        (Kind.MOMENT, "2018-06-04 07:08:09.000000", "2018-06-04 07:08:09"),
        (Kind.MOMENT, "2018-06-04T07:08:09.250", "2018-06-04T07:08:09.25"),
        (Kind.MOMENT, "infinity", "infinity"),
        (Kind.MOMENT, "", None),
        (Kind.FRACTION, "2.50", "2.5"),
        (Kind.FRACTION, "1000", "1000"),
        (Kind.FRACTION, "1000.000", "1000"),
        (Kind.FRACTION, ".5", "0.5"),
        (Kind.FRACTION, "-.5", "-0.5"),
        (Kind.FRACTION, "NaN", None),
        (Kind.FRACTION, "1.5e+20", "1.5e+20"),
        (Kind.FRACTION, "0.000", "0"),
        (Kind.FRACTION, "-0.50", "-0.5"),
        (Kind.ROUNDED, "      2.5000000000", "2.5"),
        (Kind.TRUTH, "1", "TRUE"),
        (Kind.TRUTH, "f", "FALSE"),
        (Kind.OTHER, "", None),
        (Kind.TEXT, " 007.00 ", " 007.00 "),
    ],
)
def test_plain_text(kind: Kind, text: str, expected: str | None) -> None:
    frame = pl.DataFrame({"x": [text, None]}).select(plain(pl.col("x"), kind).alias("x"))
    assert frame["x"].to_list() == [expected, None]


def test_kinds_of_a_select() -> None:
    frame = pl.DataFrame({"d": [date(2018, 6, 4)], "m": [datetime(2018, 6, 4)], "b": [True], "f": [1.5], "i": [1]})
    zoned = frame["m"].dt.replace_time_zone("UTC").dtype
    kinds = [kind_of(dtype) for dtype in [*frame.dtypes, zoned]]
    assert kinds == [Kind.DATE, Kind.MOMENT, Kind.TRUTH, Kind.FRACTION, Kind.OTHER, Kind.ZONED]
