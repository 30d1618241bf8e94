"""SQLite databases as text."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import quote

import polars as pl

from annexa.errors import SourceError
from annexa.extract.files import ROW, Content, blank_to_null, fold_headings, shown_headings

LOCK_WAIT_SECONDS: Final = 2.0

_BATCH: Final = 20_000
_HEADER: Final = 100
_MAGIC: Final = b"SQLite format 3\0"
_AGAIN: Final = "Copy or write the database again; text in it must be UTF-8."
_TABLES: Final = r"""
    SELECT name, type FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name
"""


class Database:
    """An open database; its tables and views by name, as found."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self.tables: Mapping[str, str] = dict(connection.execute(_TABLES).fetchall())

    def read(self, table: str, wanted: Collection[str], select: str = "", rows: int | None = None) -> Content:
        """Read one table or view, its values cast to text; rows in the order in which they are stored.

        Whole numbers have no decimals. _row counts on from 2, as if the headings were row 1.

        Args:
            table: one of `tables`.
            wanted: folded names of the columns to load.
            select: a SELECT that gives the table, where there is none of the name.
            rows: how many are read, the first that are stored; None for all.

        Raises:
            SourceError: no wanted column, a column twice, a view or SELECT that cannot be run, the database is damaged,
                or text that is no UTF-8.
        """
        where = f"{self._name}, table {table}"
        # An index could give the rows in another order. A view has none, and no order of its own.
        source = _quoted(table) + (" NOT INDEXED" if self.tables.get(table) == "table" else "")
        source = f"({select}\n) AS q" if select else source
        with _database_errors(where, in_query=True):
            found = self._connection.execute(f"SELECT * FROM {source} LIMIT 0").description  # noqa: S608 (quoted)
            folded = fold_headings([column[0] for column in found], wanted, where)
            columns = {h: c[0] for c, h in zip(found, folded, strict=True) if h in wanted}
            values = ", ".join(["1", *map(_as_text, columns.values())])
            first = f" LIMIT {rows}" if rows else ""
            cells = self._connection.execute(f"SELECT {values} FROM {source}{first}")  # noqa: S608 (quoted)
            schema = {ROW: pl.UInt32(), **dict.fromkeys(columns, pl.String())}
            batches = [pl.DataFrame(schema=schema)]
            while batch := cells.fetchmany(_BATCH):
                batches.append(pl.DataFrame(batch, schema=schema, orient="row"))
        frame = pl.concat(batches).drop(ROW).with_row_index(ROW, 2)
        frame = frame.with_columns(pl.col(ROW).cast(pl.UInt32), blank_to_null(pl.col(pl.String)))
        headings = shown_headings([column[0] for column in found])
        return Content(frame, tuple(heading for heading in folded if heading), headings)


@contextmanager
def open_database(path: Path, name: str) -> Iterator[Database]:
    """Open a database for reading alone, and see one state of it until it is closed.

    Raises:
        SourceError: another program has locked it, or stopped before it had written its changes into it; it is no
            SQLite database, or it is damaged.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if _is_cut_short(header, path.stat().st_size):
        raise SourceError(f"{name} cannot be read: it is cut short.", _AGAIN)
    # Opened the plain way, a database in write-ahead mode that nobody has open would get new files beside it.
    unshared = header[18:20] == b"\2\2" and not path.with_name(path.name + "-shm").exists()
    log = log_of(path)
    if unshared and log.exists() and log.stat().st_size:
        raise SourceError(
            f"{name} cannot be read: its latest changes stand in {log.name} alone.",
            "Open and close it in the program that writes it, or any other for SQLite, which takes them over.",
        )
    with _database_errors(name):
        connection = sqlite3.connect(
            uri(path.resolve()) + ("&immutable=1" if unshared else ""),
            uri=True,
            timeout=LOCK_WAIT_SECONDS,
            isolation_level=None,
        )
    with closing(connection):
        with _database_errors(name):
            # What a view sorts is not to be put into a temporary file.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("BEGIN")
            database = Database(connection, name)
        yield database


def log_of(path: Path) -> Path:
    """Return where a database in write-ahead mode keeps its latest changes while a program has it open."""
    return path.with_name(path.name + "-wal")


def _is_cut_short(header: bytes, size: int) -> bool:
    """Compare the size with the number of pages in the header; SQLite itself reads a short last page as zeros."""
    pages = int.from_bytes(header[28:32], "big")
    if not header.startswith(_MAGIC) or header[24:28] != header[92:96] or not pages:
        return False
    page = int.from_bytes(header[16:18], "big")
    return size < pages * (65536 if page == 1 else page)


def uri(path: PurePath) -> str:
    """Return the address under which SQLite opens an absolute path read-only; also for drives and network shares."""
    posix = path.as_posix()
    return f"file://{quote(posix if posix.startswith('/') else '/' + posix, safe='/:')}?mode=ro"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(column: str) -> str:
    value = _quoted(column)
    whole = f"typeof({value}) = 'real' AND abs({value}) < 1e15 AND {value} = CAST({value} AS INTEGER)"
    return f"CASE WHEN {whole} THEN CAST(CAST({value} AS INTEGER) AS TEXT) ELSE CAST({value} AS TEXT) END"


@contextmanager
def _database_errors(where: str, *, in_query: bool = False) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        kind = getattr(error, "sqlite_errorname", "")
        if kind.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise SourceError(
                f"{where}: another program has locked the database.", "Close it there, and run annexa again."
            ) from None
        if in_query and kind == "SQLITE_ERROR":
            raise SourceError(
                f"{where}: the query cannot be run ({kind}).",
                "Run the view, or the SELECT of the source profile, in another program: it says what is wrong with it.",
            ) from None
        # The cause may quote a value.
        raise SourceError(
            f"{where} cannot be read: it is not an SQLite database, or it is damaged ({kind or type(error).__name__}).",
            _AGAIN,
        ) from None
