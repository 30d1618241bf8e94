"""Reading the wanted tables of a database: what is there, which of it is wanted, and that as text."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Final

import polars as pl

from annexa.errors import SourceError, UsageError
from annexa.extract.address import ENGINES, Address, shown
from annexa.extract.databases.dialects import DIALECTS
from annexa.extract.databases.failures import MAY_PASS, DatabaseFailure, Fault
from annexa.extract.databases.kinds import Kind, kind_of, plain
from annexa.extract.databases.session import APART, OPENERS, Session
from annexa.extract.files import ROW, Content, fold
from annexa.log import note
from annexa.sources import Query

WAITS: list[float] = [0.5, 1.0, 2.0]  # seconds before each further try at what may pass by itself

_INTO: Final = re.compile(r"\binto\b", re.IGNORECASE)
# What one table may fail with while the others can be read.
_OF_A_TABLE: Final = frozenset({Fault.QUERY, Fault.GONE, Fault.DENIED, Fault.CANCELLED, Fault.OTHER})
_LAST: Final = 1_000_000  # the rank of a schema that names are not looked for in by themselves
_NAMED: Final = 50  # so many unknown tables are named; a case-management system has thousands


@dataclass(frozen=True)
class DatabaseTables:
    """What was read of a database.

    Args:
        contents: by folded name of the table; by its name as found where every table was read.
        unknown: tables and views that nothing wants.
        notes: for the manifest.
        refused: a message for each table that could not be read, where every table was.
    """

    contents: dict[str, Content]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A table or view of the database, with its columns and what they hold."""

    schema: str
    name: str
    rank: str
    columns: tuple[tuple[str, Kind], ...]

    @property
    def order(self) -> int:
        return int(self.rank) if self.rank else _LAST


def read_tables(
    address: Address, wanted: Mapping[str, Collection[str]], queries: Mapping[str, Query]
) -> DatabaseTables:
    """Read the wanted tables and columns of a database, every row of them, as text.

    Args:
        address: where it is.
        wanted: folded table name -> folded names of its columns.
        queries: folded table name -> the schema that it is in, or the SELECT that gives it.

    Raises:
        SourceError: no connection, or it broke more often than it is tried again; no table is known; a table that
            cannot be read. What is missing is simply not among the contents.
        UsageError: the driver is not installed; a SELECT that could write.
    """
    _refuse_into(address, queries)
    return _retried(address, lambda: _Reader(address, wanted, queries))


def _refuse_into(address: Address, queries: Mapping[str, Query]) -> None:
    """Refuse a SELECT with INTO where no read-only transaction keeps it from writing."""
    writing = [table for table, query in sorted(queries.items()) if _INTO.search(query.select)]
    if writing and address.engine in APART:
        raise UsageError(
            f"The SELECT of the source profile for {writing[0]} has the word INTO in it, with which it could write.",
            "Write it without: annexa only ever reads.",
        )


def _retried(address: Address, readers: Callable[[], "_Reader"]) -> DatabaseTables:
    """Read with one reader after another, until nothing fails that may pass by itself."""
    where = shown(address)
    # connectorx has tried again by itself before it fails.
    waits = iter([] if address.engine in APART else WAITS)
    while True:
        reader = readers()
        try:
            return reader.read()
        except DatabaseFailure as failure:
            wait = next(waits, None) if failure.fault in MAY_PASS else None
            error = failure.told(f"{where}, table {reader.table}" if reader.table else where, address.query_seconds)
        if wait is None:
            raise error
        note(f"{error.message} It is tried again.")
        Event().wait(wait)


def every_table(address: Address, rows: int) -> DatabaseTables:
    """Read the first rows of every table of a database, of which nothing is known yet; errors as in read_tables().

    Args:
        address: where it is.
        rows: of each table, and no more.

    Returns:
        The contents by the table's name as found, with all columns but binary ones, and without tables that have no
        other; the columns of a frame are folded, and the Content's headings have them as found. Only the schemas are
        looked in that the user's own names are.
    """
    return _retried(address, lambda: _Reader(address, {}, {}, first=rows))


def select_notes(tables: Collection[str]) -> tuple[str, ...]:
    """Return the notes of the tables that a SELECT gave."""
    return tuple(
        f"{table}: read through the source profile's own SELECT, which decides which rows there are."
        for table in sorted(tables)
    )


class _Reader:
    """One try at reading; `table` says which one it was at when it failed."""

    def __init__(
        self,
        address: Address,
        wanted: Mapping[str, Collection[str]],
        queries: Mapping[str, Query],
        *,
        first: int | None = None,
    ) -> None:
        self.table = ""
        self._first = first
        self._address = address
        self._dialect = DIALECTS[address.engine]
        self._where = shown(address)
        self._wanted = wanted
        self._queries = {table: query for table, query in queries.items() if table in wanted}

    def read(self) -> DatabaseTables:
        with OPENERS[self._address.engine](self._address) as session:
            found = self._catalogue(session)
            if self._first is not None:
                refused: list[str] = []
                return DatabaseTables(dict(self._each(session, found, refused)), (), (), tuple(refused))
            chosen = self._chosen(found)
            selects = {table: query.select for table, query in self._queries.items() if query.select}
            if not chosen and not selects:
                raise SourceError(f"{self._where} has no table that is known.", self._known(found))
            contents = {}
            for table in sorted(chosen.keys() | selects.keys()):
                self.table = table
                source, columns = self._source(session, chosen.get(table), selects.get(table))
                contents[table] = self._content(session, table, source, columns)
        used = {(each.schema, each.name) for each in chosen.values()}
        left = [each for each in found if (each.schema, each.name) not in used]
        return DatabaseTables(contents, _unknown(left), self._notes(selects))

    def _each(self, session: Session, found: list[_Found], refused: list[str]) -> Iterator[tuple[str, Content]]:
        """Read table after table; tell of one that cannot be read, such as a view of something that has gone."""
        seen = set()
        for each in sorted(found, key=lambda table: table.order):
            columns = tuple((name, kind) for name, kind in each.columns if kind is not Kind.BINARY)
            if each.name in seen or not columns:  # in two schemas: a name without one means the first
                continue
            seen.add(each.name)
            self.table = each.name
            self._wanted = {each.name: frozenset(fold(name) for name, _ in columns)}
            try:
                content = self._content(session, each.name, self._dialect.table(each.schema, each.name), columns)
            except SourceError as error:
                refused.append(error.message)
            except DatabaseFailure as failure:
                if failure.fault not in _OF_A_TABLE:
                    raise
                refused.append(failure.told(f"{self._where}, table {each.name}", self._address.query_seconds).message)
            else:
                yield each.name, content

    def _catalogue(self, session: Session) -> list[_Found]:
        schemas = {fold(query.schema) for query in self._queries.values() if query.schema}
        rows = session.rows(self._dialect.catalogue(schemas, readable=self._first is not None))
        rows.columns = ["schema", "table", "column", "type", "rank"]
        rows = rows.cast(pl.String)
        found = [
            _Found(schema, table, rank or "", tuple(zip(columns, map(self._dialect.kind, types), strict=True)))
            for schema, table, rank, columns, types in rows.group_by("schema", "table", "rank", maintain_order=True)
            .agg("column", "type")
            .iter_rows()
        ]
        missing = sorted(schemas - {fold(each.schema) for each in found})
        if missing:
            raise SourceError(
                f"{self._where} has no schema {missing[0]} with a table in it that the user may see.",
                "Check the schema in the source profile, and the user's rights.",
            )
        return found

    def _chosen(self, found: list[_Found]) -> dict[str, _Found]:
        """Return the table of the database that each wanted one is."""
        chosen: dict[str, _Found] = {}
        for each in found:
            table = fold(each.name)
            query = self._queries.get(table, Query())
            here = fold(each.schema) == fold(query.schema) if query.schema else each.rank != ""
            if table not in self._wanted or query.select or not here:
                continue
            other = chosen.get(table)
            if other is not None and other.rank == each.rank:
                raise SourceError(
                    f"{self._where}: the table {table} is there twice: {other.name} and {each.name}.",
                    "Name a view or a schema of its own in the source profile.",
                )
            if other is None or each.order < other.order:
                chosen[table] = each
        return chosen

    def _source(
        self, session: Session, found: _Found | None, select: str | None
    ) -> tuple[str, tuple[tuple[str, Kind], ...]]:
        """Return what stands behind FROM for a table, and all its columns."""
        if found is not None:
            return self._dialect.table(found.schema, found.name), found.columns
        source = self._dialect.own(select or "")
        headings = session.rows(self._dialect.heading(source)).schema
        return source, tuple((name, kind_of(dtype)) for name, dtype in headings.items())

    def _content(self, session: Session, table: str, source: str, columns: tuple[tuple[str, Kind], ...]) -> Content:
        folded = [fold(name) for name, _ in columns]
        twice = next((name for at, name in enumerate(folded) if name in folded[:at]), None)
        if twice is not None:
            raise SourceError(
                f"{self._where}: the table {table} has the column {twice} twice.",
                "Names are compared without regard to case; let a view give one of the two another name.",
            )
        asked = [(name, kind) for name, kind in columns if fold(name) in self._wanted[table]]
        if not asked:
            raise SourceError(
                f"{self._where}: the table {table} has none of the columns that are wanted.",
                f"They are called {', '.join(sorted(self._wanted[table])[:3])} and so on: see docs/extract-layout.md.",
            )
        frame = session.rows(self._dialect.select(asked, source, self._first))
        frame.columns = [fold(name) for name, _ in asked]
        frame = frame.with_columns(
            plain(pl.col(fold(name)).cast(pl.String), kind, tidy=self._dialect.tidy).alias(fold(name))
            for name, kind in asked
        )
        numbered = frame.with_row_index(ROW, 2).with_columns(pl.col(ROW).cast(pl.UInt32))
        return Content(numbered, tuple(folded), tuple(name for name, _ in columns))

    def _known(self, found: list[_Found]) -> str:
        schemas = sorted({each.schema for each in found if each.rank})
        looked = f" It was looked for in {', '.join(schemas)}." if schemas else " The user may see no table at all."
        return (
            f"Tables are known by their names, such as {', '.join(sorted(self._wanted)[:3])}.{looked} "
            "A source profile can name another schema."
        )

    def _notes(self, selects: Collection[str]) -> tuple[str, ...]:
        notes = list(select_notes(selects))
        if self._address.engine in APART:
            title = ENGINES[self._address.engine].title
            notes.append(f"{title}: each table was read by itself; what changed in between may not agree.")
        return tuple(notes)


def _unknown(left: list[_Found]) -> tuple[str, ...]:
    names = sorted(each.name if each.rank else f"{each.schema}.{each.name}" for each in left)
    clean = [name.replace("/", "_").replace("\\", "_") for name in names]
    further = f"{len(clean) - _NAMED:,} further tables"
    return (*clean[:_NAMED], further) if len(clean) > _NAMED else tuple(clean)
