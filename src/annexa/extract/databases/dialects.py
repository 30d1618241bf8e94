"""What each engine is asked, as SQL text: pure functions, so that the text can be tested where no server is.

The catalogue gives five columns of text: schema, table, column, type, and the schema's rank among those that a name
without a schema is looked for in ("" where it is none of them); a table's columns stand in their order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annexa.extract.databases.kinds import Kind

LONDON: Final = "Europe/London"


@dataclass(frozen=True)
class Dialect:
    """The SQL of one engine.

    Args:
        marks: that open and close a quoted name.
        kinds: the beginning of a type's name, in lower case -> its kind; the longest beginning counts.
        casts: a kind -> the expression that gives a column as text; OTHER stands for the kinds that are not named.
        listing: the catalogue query, with {schemas} where the condition on further schemas stands and its bracket ends.
        schema: the catalogue's expression for a schema's name.
        alias: what stands between a SELECT in brackets and its name.
        tidy: whether its casts leave needless zeros off numbers and moments.
        readable: the condition on tables that the user may read, where the catalogue has others too.
        first: what stands behind a query for its first {rows} rows.
        top: the same where it stands behind SELECT.
        backslash: whether a backslash means something in a text.
    """

    marks: tuple[str, str]
    kinds: Mapping[str, Kind]
    casts: Mapping[Kind, str]
    listing: str
    schema: str
    alias: str = " AS q"
    tidy: bool = False
    readable: str = ""
    first: str = " LIMIT {rows}"
    top: str = ""
    backslash: bool = False

    def quoted(self, name: str) -> str:
        """Return a name as the engine takes it literally, whatever is in it."""
        opening, closing = self.marks
        return opening + name.replace(closing, closing * 2) + closing

    def kind(self, type_name: str) -> Kind:
        """Return what a column of a type holds."""
        folded = type_name.strip().lower()
        if folded.startswith("timestamp") and "with " in folded:
            return Kind.ZONED
        fitting = [beginning for beginning in self.kinds if folded.startswith(beginning)]
        return self.kinds[max(fitting, key=len)] if fitting else Kind.OTHER

    def as_text(self, column: str, kind: Kind) -> str:
        """Return the expression that gives a column as text; NULL stays NULL."""
        return self.casts.get(kind, self.casts[Kind.OTHER]).format(c=self.quoted(column))

    def table(self, schema: str, name: str) -> str:
        """Return a table or view, as it stands behind FROM."""
        return f"{self.quoted(schema)}.{self.quoted(name)}"

    def own(self, select: str) -> str:
        """Return a SELECT of the profile's own, as it stands behind FROM."""
        # The line break ends a comment in its last line.
        return f"({select}\n){self.alias}"

    def select(self, columns: Sequence[tuple[str, Kind]], source: str, rows: int | None = None) -> str:
        """Return the query for columns as text: every row of them, or the first so many that the engine comes upon."""
        values = ", ".join(f"{self.as_text(name, kind)} AS {self.quoted(name)}" for name, kind in columns)
        top, first = (self.top.format(rows=rows), self.first.format(rows=rows)) if rows else ("", "")
        return f"SELECT {top}{values} FROM {source}{first}"  # noqa: S608 (names are quoted)

    def heading(self, source: str) -> str:
        """Return the query that has all columns and no row."""
        return f"SELECT * FROM {source} WHERE 1 = 0"  # noqa: S608 (names are quoted)

    def catalogue(self, schemas: Collection[str], *, readable: bool = False) -> str:
        """Return the query for tables, views and their columns.

        Args:
            schemas: folded names of schemas to list beside those that the engine looks in by itself.
            readable: leave out what the user may not read; else reading it fails, and she is told.
        """
        names = ", ".join(map(self._literal, sorted(schemas)))
        further = f" OR LOWER({self.schema}) IN ({names})" if names else ""
        return self.listing.format(schemas=further + ")" + (self.readable if readable else ""))

    def _literal(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\") if self.backslash else text
        return "'" + escaped.replace("'", "''") + "'"


_POSTGRESQL: Final = Dialect(
    marks=('"', '"'),
    kinds={
        "boolean": Kind.TRUTH,
        "date": Kind.DATE,
        "timestamp": Kind.MOMENT,
        "numeric": Kind.ROUNDED,
        "money": Kind.ROUNDED,
        "real": Kind.FRACTION,
        "double precision": Kind.FRACTION,
        "bytea": Kind.BINARY,
    },
    casts={
        Kind.ZONED: f"CAST({{c}} AT TIME ZONE '{LONDON}' AS text)",
        # Money is written with its sign, and a number with all the places that its type has.
        Kind.ROUNDED: "CAST(trim_scale(CAST({c} AS numeric)) AS text)",
        Kind.OTHER: "CAST({c} AS text)",
    },
    # A partition is part of its table. A domain is what it is made of.
    listing=(
        "SELECT CAST(n.nspname AS text), CAST(c.relname AS text), CAST(a.attname AS text),"
        " format_type(COALESCE(NULLIF(t.typbasetype, 0), a.atttypid), NULL),"
        " COALESCE(CAST(array_position(current_schemas(false), n.nspname) AS text), '')"
        " FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
        " WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition"
        " AND (n.nspname = ANY (current_schemas(false)){schemas}"
        " ORDER BY n.nspname, c.relname, a.attnum"
    ),
    schema="n.nspname",
    tidy=True,
    readable=" AND has_table_privilege(c.oid, 'SELECT')",
)
_DUCKDB: Final = Dialect(
    marks=('"', '"'),
    kinds={
        "boolean": Kind.TRUTH,
        "date": Kind.DATE,
        "timestamp": Kind.MOMENT,
        "decimal": Kind.FRACTION,
        "double": Kind.FRACTION,
        "float": Kind.FRACTION,
        "blob": Kind.BINARY,
    },
    casts={Kind.ZONED: f"CAST({{c}} AT TIME ZONE '{LONDON}' AS VARCHAR)", Kind.OTHER: "CAST({c} AS VARCHAR)"},
    listing=(
        "SELECT schema_name, table_name, column_name, data_type,"
        " CASE WHEN schema_name = current_schema() THEN '1' ELSE '' END"
        " FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()"
        " AND (schema_name = current_schema(){schemas}"
        " ORDER BY schema_name, table_name, column_index"
    ),
    schema="schema_name",
)
_MSSQL: Final = Dialect(
    marks=("[", "]"),
    kinds={
        "bit": Kind.TRUTH,
        "date": Kind.DATE,
        "datetime": Kind.MOMENT,
        "smalldatetime": Kind.MOMENT,
        "datetimeoffset": Kind.ZONED,
        "decimal": Kind.FRACTION,
        "numeric": Kind.FRACTION,
        "money": Kind.ROUNDED,
        "smallmoney": Kind.ROUNDED,
        "float": Kind.ROUNDED,
        "real": Kind.ROUNDED,
        "binary": Kind.BINARY,
        "varbinary": Kind.BINARY,
        "image": Kind.BINARY,
        "timestamp": Kind.BINARY,  # the number of a row's version, in spite of its name
        "rowversion": Kind.BINARY,
    },
    casts={
        Kind.DATE: "CONVERT(nvarchar(40), {c}, 23)",
        Kind.MOMENT: "CONVERT(nvarchar(40), {c}, 126)",
        Kind.ZONED: "CONVERT(nvarchar(40), CAST({c} AT TIME ZONE 'GMT Standard Time' AS datetime2), 126)",
        # A cast gives six figures of a float, and two behind the point of money.
        Kind.ROUNDED: "STR({c}, 38, 10)",
        Kind.OTHER: "CAST({c} AS nvarchar(max))",
    },
    listing=(
        "SELECT CAST(TABLE_SCHEMA AS nvarchar(128)) AS s, CAST(TABLE_NAME AS nvarchar(128)) AS t,"
        " CAST(COLUMN_NAME AS nvarchar(128)) AS c, CAST(DATA_TYPE AS nvarchar(128)) AS d,"
        " CASE WHEN TABLE_SCHEMA = SCHEMA_NAME() THEN '1' ELSE '' END AS r"
        " FROM INFORMATION_SCHEMA.COLUMNS WHERE (TABLE_SCHEMA = SCHEMA_NAME(){schemas}"
        " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
    ),
    schema="TABLE_SCHEMA",
    first="",
    top="TOP ({rows}) ",
)
_ORACLE: Final = Dialect(
    marks=('"', '"'),
    kinds={
        "char": Kind.TEXT,
        "nchar": Kind.TEXT,
        "varchar": Kind.TEXT,
        "nvarchar": Kind.TEXT,
        "clob": Kind.TEXT,
        "nclob": Kind.TEXT,
        "date": Kind.DATE,
        "timestamp": Kind.MOMENT,
        "number": Kind.FRACTION,
        "float": Kind.FRACTION,
        "binary_": Kind.FRACTION,
        "blob": Kind.BINARY,
        "bfile": Kind.BINARY,
        "raw": Kind.BINARY,
        "long raw": Kind.BINARY,
    },
    casts={
        Kind.TEXT: "{c}",
        # A DATE of Oracle has a time of day.
        Kind.DATE: "TO_CHAR({c}, 'YYYY-MM-DD HH24:MI:SS')",
        Kind.MOMENT: "TO_CHAR({c}, 'YYYY-MM-DD HH24:MI:SS.FF6')",
        Kind.ZONED: f"TO_CHAR({{c}} AT TIME ZONE '{LONDON}', 'YYYY-MM-DD HH24:MI:SS.FF6')",
        Kind.FRACTION: "TO_CHAR({c}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''')",
        Kind.OTHER: "TO_CHAR({c})",
    },
    listing=(
        "SELECT OWNER, TABLE_NAME, COLUMN_NAME, DATA_TYPE,"
        " CASE WHEN OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') THEN '1' ELSE '' END"
        " FROM ALL_TAB_COLUMNS WHERE (OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'){schemas}"
        " ORDER BY OWNER, TABLE_NAME, COLUMN_ID"
    ),
    schema="OWNER",
    alias=" q",
    first=" FETCH FIRST {rows} ROWS ONLY",
)
_MYSQL: Final = Dialect(
    marks=("`", "`"),
    kinds={
        "date": Kind.DATE,
        "datetime": Kind.MOMENT,
        "timestamp": Kind.MOMENT,
        "decimal": Kind.FRACTION,
        "double": Kind.FRACTION,
        "float": Kind.FRACTION,
        "bit": Kind.TRUTH,
        "binary": Kind.BINARY,
        "varbinary": Kind.BINARY,
        "blob": Kind.BINARY,
        "tinyblob": Kind.BINARY,
        "mediumblob": Kind.BINARY,
        "longblob": Kind.BINARY,
    },
    casts={Kind.TRUTH: "CAST({c} + 0 AS CHAR)", Kind.OTHER: "CAST({c} AS CHAR CHARACTER SET utf8mb4)"},
    listing=(
        "SELECT CAST(TABLE_SCHEMA AS CHAR) AS s, CAST(TABLE_NAME AS CHAR) AS t, CAST(COLUMN_NAME AS CHAR) AS c,"
        " CAST(DATA_TYPE AS CHAR) AS d, CASE WHEN TABLE_SCHEMA = DATABASE() THEN '1' ELSE '' END AS r"
        " FROM information_schema.COLUMNS WHERE (TABLE_SCHEMA = DATABASE(){schemas}"
        " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
    ),
    schema="TABLE_SCHEMA",
    backslash=True,
)
DIALECTS: Final[Mapping[str, Dialect]] = {
    "postgresql": _POSTGRESQL,
    "duckdb": _DUCKDB,
    "mssql": _MSSQL,
    "oracle": _ORACLE,
    "mysql": _MYSQL,
}
