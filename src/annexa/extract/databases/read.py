"""Reading the wanted tables of a database: what is there, which of it is wanted, and that as text."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Final

import polars as pl

from annexa.errors import SourceError
from annexa.extract.address import ENGINES, Address, shown
from annexa.extract.databases.dialects import DIALECTS
from annexa.extract.databases.failures import MAY_PASS, DatabaseFailure
from annexa.extract.databases.kinds import Kind, kind_of, plain
from annexa.extract.databases.session import APART, OPENERS, Session
from annexa.extract.files import ROW, Content, fold
from annexa.log import note
from annexa.sources import Query

WAITS: list[float] = [0.5, 1.0, 2.0]  # seconds before each further try at what may pass by itself

_NAMED: Final = 50  # so many unknown tables are named; a case-management system has thousands


@dataclass(frozen=True)
class DatabaseTables:
    """What was read of a database.

    Args:
        contents: by folded name of the table.
        unknown: tables and views that nothing wants.
        notes: for the manifest.
    """

    contents: dict[str, Content]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """A table or view of the database, with its columns and what they hold."""

    schema: str
    name: str
    rank: str
    columns: tuple[tuple[str, Kind], ...]


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
        UsageError: the driver is not installed.
    """
    return _retried(address, lambda: _Reader(address, wanted, queries))


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


def every_table(address: Address) -> dict[str, Content]:
    """Read every table of a database, of which nothing is known yet, with all its columns; errors as in read_tables().

    Returns:
        By the table's name as found, those without a column left out; the columns of a frame are folded, and the
        Content's headings have them as found. Only the schemas are looked in that the user's own names are.
    """
    return _retried(address, lambda: _Reader(address, {}, {}, everything=True)).contents


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
        everything: bool = False,
    ) -> None:
        self.table = ""
        self._everything = everything
        self._address = address
        self._dialect = DIALECTS[address.engine]
        self._where = shown(address)
        self._wanted = wanted
        self._queries = {table: query for table, query in queries.items() if table in wanted}

    def read(self) -> DatabaseTables:
        with OPENERS[self._address.engine](self._address) as session:
            found = self._catalogue(session)
            if self._everything:
                return DatabaseTables(dict(self._each(session, found)), (), ())
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

    def _each(self, session: Session, found: list[_Found]) -> Iterator[tuple[str, Content]]:
        seen = set()
        for each in sorted(found, key=lambda table: int(table.rank)):
            if each.name in seen:  # in two schemas: a name without one means the first
                continue
            seen.add(each.name)
            self.table = each.name
            self._wanted = {each.name: frozenset(fold(name) for name, _ in each.columns)}
            source = self._dialect.table(each.schema, each.name)
            yield each.name, self._content(session, each.name, source, each.columns)

    def _catalogue(self, session: Session) -> list[_Found]:
        schemas = {fold(query.schema) for query in self._queries.values() if query.schema}
        rows = session.rows(self._dialect.catalogue(schemas, readable=self._everything))
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
            if other is None or int(each.rank) < int(other.rank):
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
        frame = session.rows(self._dialect.select(asked, source))
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
