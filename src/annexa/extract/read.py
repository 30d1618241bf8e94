"""Reading an extract as text: a folder with a file a table, one such file, one workbook, or one database.

Nothing is interpreted here: what a text means is the business of the cleaning.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from annexa.errors import SourceError, UsageError
from annexa.extract.address import Address, Place, shown
from annexa.extract.databases.read import read_tables, select_notes
from annexa.extract.files import Content, InputFile, Limits, file_errors, fold, input_file, with_log
from annexa.extract.parquet import read_parquet
from annexa.extract.sqlite import log_of, open_database
from annexa.extract.text_files import read_csv
from annexa.extract.workbooks import Workbook
from annexa.sources import Query

__all__ = ["InputFile", "Limits", "RawExtract", "RawTable", "read_extract"]

Wanted: TypeAlias = Mapping[str, Collection[str]]

_ONE_TABLE: Final = (".csv", ".parquet")
_TABLE_FILES: Final = (*_ONE_TABLE, ".xlsx")
_DATABASES: Final = (".sqlite", ".sqlite3", ".db")
_DUCKDB: Final = ".duckdb"
_NO_QUERIES: Final[Mapping[str, Query]] = {}
_DEFAULT_LIMITS: Final = Limits()
_ACCEPTED: Final = (
    "An extract is a folder with a CSV, Parquet or XLSX file for each table, or one CSV or Parquet file with one "
    "table, or one XLSX workbook with a sheet for each table, or one SQLite (.sqlite, .sqlite3 or .db) or DuckDB "
    "(.duckdb) database, or the address of a database."
)


@dataclass(frozen=True)
class RawTable:
    """One table of the extract.

    Args:
        name: folded, in lower case.
        file: that it was read from, never a path.
        frame: the wanted columns that are there, all String, named in lower case, in file order; and _row (UInt32),
            the record's number in its file, headings = 1.
        columns_found: all columns of the table, folded, wanted or not.
    """

    name: str
    file: str
    frame: pl.DataFrame
    columns_found: tuple[str, ...]


@dataclass(frozen=True)
class RawExtract:
    """What was read.

    Args:
        tables: by folded name, sorted.
        unknown: files, sheets or tables that nothing wants, named as found, left unread.
        inputs: the files, or the database, that were read, sorted by name.
        notes: what the manifest is to say of the reading.
    """

    tables: dict[str, RawTable]
    unknown: tuple[str, ...]
    inputs: tuple[InputFile, ...]
    notes: tuple[str, ...] = ()


def read_extract(
    place: Place, wanted: Wanted, limits: Limits = _DEFAULT_LIMITS, queries: Mapping[str, Query] = _NO_QUERIES
) -> RawExtract:
    """Read the wanted tables and columns of an extract.

    Args:
        place: a folder, a file with one table (.csv, .parquet), a workbook (.xlsx), a database file (.sqlite, .sqlite3,
            .db, .duckdb), or an address.
        wanted: folded table name -> folded names of its columns; names are compared without regard to case.
        limits: how far a compressed workbook may expand.
        queries: folded table name -> the schema that a database has it in, or the SELECT that gives it.

    Returns:
        Every wanted table that is there; a wanted column that is not is simply not in its frame.

    Raises:
        SourceError: the path is no text; nothing is there, or nothing that could be an extract; no table is known; a
            table is there twice; a file cannot be read as what its name says, or changed while it was read; what
            read_tables of annexa.extract.databases.read raises.
        UsageError: a SELECT for files; a driver that is not installed.
    """
    if isinstance(place, Address) and place.file is None:
        return _read_server(place, wanted, queries)
    path = place if isinstance(place, Path) else place.file or Path()
    engine = place.engine if isinstance(place, Address) else ""
    named = shown(place)
    if not _is_text(str(path)):
        raise SourceError(
            "The path of the extract has a character that cannot be read.",
            "Rename the folder or file, or copy the extract to a path with plain letters.",
        )
    with file_errors(named):
        if not path.exists():
            raise SourceError(f"There is no file or folder {named}.", _missing(engine))
        ending = path.suffix.lower()
        if path.is_file() and (engine == "sqlite" or (not engine and ending in _DATABASES)):
            return _read_database(path, wanted, queries)
        if path.is_file() and (engine == "duckdb" or (not engine and ending == _DUCKDB)):
            return _read_duckdb(path, wanted, queries)
        _refuse_selects(queries, wanted)
        if path.is_dir() and not engine:
            return _read_folder(path, named, wanted, limits)
        if ending in _ONE_TABLE and not engine:
            return _read_one_table(path, wanted, limits)
        if ending == ".xlsx" and not engine:
            return _read_workbook(path, wanted, limits)
    raise SourceError(f"{named} is not an extract.", _ACCEPTED)


def _missing(engine: str) -> str:
    further = f" A path from the root has four slashes: {engine}:////folder/file." if engine else ""
    return f"Check the path of the extract.{further}"


def _refuse_selects(queries: Mapping[str, Query], wanted: Wanted) -> None:
    selects = sorted(table for table, query in queries.items() if query.select and table in wanted)
    if selects:
        raise UsageError(
            f"The source profile has a SELECT for {selects[0]}, and the extract is no database.",
            "Use a profile without SELECTs for files.",
        )


def _read_folder(folder: Path, shown: str, wanted: Wanted, limits: Limits) -> RawExtract:
    # Hidden files are the system's own.
    entries = [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
    if not entries:
        raise SourceError(f"The folder {shown} is empty.", _ACCEPTED)
    # A name in another encoding than the system's is no text, and no table of any profile.
    named = ((entry.name.encode("utf-8", "replace").decode("utf-8"), _table_of(entry)) for entry in entries)
    files, unknown = _sort_out(named, wanted)
    if not files:
        whole = [name for name in unknown if Path(name).suffix.lower() in (".xlsx", *_DATABASES, _DUCKDB)]
        raise SourceError(
            f"The folder {shown} has no table that is known.",
            f"If {whole[0]} holds the tables, give its path. {_ACCEPTED}" if whole else _known(wanted),
        )
    return _read_files(folder, files, unknown, wanted, limits)


def _read_one_table(path: Path, wanted: Wanted, limits: Limits) -> RawExtract:
    """Read a file of its own, as if it stood alone in a folder."""
    files, _ = _sort_out([(path.name, path.stem)], wanted)
    if not files:
        raise SourceError(f"{path.name} is no table that is known.", _known(wanted))
    return _read_files(path.parent, files, (), wanted, limits)


def _read_files(
    folder: Path, files: Mapping[str, str], unknown: tuple[str, ...], wanted: Wanted, limits: Limits
) -> RawExtract:
    """Read files with one table each: folded table name -> the name of its file."""

    def load(table: str) -> tuple[RawTable, InputFile, tuple[str, ...]]:
        name = files[table]
        with input_file(folder / name, name) as file:
            content, left = _read_file(folder / name, table, wanted[table], limits)
        return RawTable(table, name, content.frame, content.columns_found), file, left

    # Two at a time: fastexcel uses one core a file.
    pool = ThreadPoolExecutor(max_workers=2)
    try:
        loaded = list(pool.map(load, sorted(files)))
    finally:
        pool.shutdown(cancel_futures=True)
    return RawExtract(
        {table.name: table for table, _, _ in loaded},
        tuple(sorted([*unknown, *(sheet for _, _, left in loaded for sheet in left)])),
        tuple(sorted((file for _, file, _ in loaded), key=lambda file: file.name)),
    )


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _table_of(entry: Path) -> str | None:
    return entry.stem if entry.suffix.lower() in _TABLE_FILES and entry.is_file() else None


def _read_file(path: Path, table: str, wanted: Collection[str], limits: Limits) -> tuple[Content, tuple[str, ...]]:
    """Read one table's file; return with it the sheets of a workbook that were left unread."""
    ending = path.suffix.lower()
    if ending == ".csv":
        return read_csv(path, path.name, wanted), ()
    if ending == ".parquet":
        return read_parquet(path, path.name, wanted), ()
    workbook = Workbook(path, path.name, limits)
    named = [sheet for sheet in workbook.sheets if fold(sheet) == table]
    chosen = named if named or len(workbook.sheets) > 1 else list(workbook.sheets)
    if len(chosen) != 1:
        raise SourceError(
            f"{path.name} has {len(workbook.sheets)} sheets, of which {len(chosen)} are named {table}.",
            "Name the sheet with the table as the file, or keep no other sheet.",
        )
    left = tuple(f"{path.name}: {sheet}" for sheet in workbook.sheets if sheet != chosen[0])
    return workbook.read(chosen[0], wanted), left


def _read_workbook(path: Path, wanted: Wanted, limits: Limits) -> RawExtract:
    with input_file(path, path.name) as file:
        workbook = Workbook(path, path.name, limits)
        tables, unknown = _read_tables(path.name, workbook.sheets, workbook.read, wanted)
    return RawExtract(tables, unknown, (file,))


def _read_database(path: Path, wanted: Wanted, queries: Mapping[str, Query]) -> RawExtract:
    selects = {table: query.select for table, query in queries.items() if query.select and table in wanted}
    with with_log(path, log_of(path)) as files, open_database(path, path.name) as database:
        names = [name for name in database.tables if fold(name) not in selects]
        read = {table: database.read(table, wanted[table], select) for table, select in sorted(selects.items())}
        tables, unknown = _read_tables(path.name, names, database.read, wanted, known=bool(selects))
    tables |= {table: _raw(table, path.name, content) for table, content in read.items()}
    return RawExtract(dict(sorted(tables.items())), unknown, files, select_notes(selects))


def _read_duckdb(path: Path, wanted: Wanted, queries: Mapping[str, Query]) -> RawExtract:
    with with_log(path, path.with_name(path.name + ".wal")) as files:
        found = read_tables(Address("duckdb", file=path), wanted, queries)
    tables = {table: _raw(table, path.name, content) for table, content in found.contents.items()}
    return RawExtract(tables, found.unknown, files, found.notes)


def _read_server(address: Address, wanted: Wanted, queries: Mapping[str, Query]) -> RawExtract:
    found = read_tables(address, wanted, queries)
    name = shown(address)
    tables = {table: _raw(table, name, content) for table, content in found.contents.items()}
    # Nothing of a database on a server can be hashed: its tables and their rows stand in the manifest.
    return RawExtract(tables, found.unknown, (InputFile(name, None, None),), found.notes)


def _raw(table: str, file: str, content: Content) -> RawTable:
    return RawTable(table, file, content.frame, content.columns_found)


def _read_tables(
    file: str,
    names: Iterable[str],
    read: Callable[[str, Collection[str]], Content],
    wanted: Wanted,
    *,
    known: bool = False,
) -> tuple[dict[str, RawTable], tuple[str, ...]]:
    """Read the wanted tables of a file that holds many; return them and the names of the others."""
    found, unknown = _sort_out(((name, name) for name in names), wanted)
    if not found and not known:
        raise SourceError(f"{file} has no table that is known.", _known(wanted))
    tables = {}
    for table in sorted(found):
        tables[table] = _raw(table, file, read(found[table], wanted[table]))
    return tables, unknown


def _sort_out(named: Iterable[tuple[str, str | None]], wanted: Wanted) -> tuple[dict[str, str], tuple[str, ...]]:
    """Divide names as found, each with the table it could be, into those of wanted tables and the rest."""
    found: dict[str, str] = {}
    unknown = []
    for name, candidate in named:
        table = fold(candidate or "")
        if table not in wanted:
            unknown.append(name)
        elif table in found:
            raise SourceError(f"The table {table} is there twice: {found[table]} and {name}.", "Keep one of the two.")
        else:
            found[table] = name
    return found, tuple(sorted(unknown))


def _known(wanted: Wanted) -> str:
    return f"Files, sheets and tables are known by their names, such as {', '.join(sorted(wanted)[:3])}."
