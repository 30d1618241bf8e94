"""Every table of an extract of which nothing is known yet, as text, its columns named as found."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from annexa.errors import SourceError
from annexa.extract.address import Address, Place, shown
from annexa.extract.databases.read import every_table
from annexa.extract.files import ROW, Content, Limits, file_errors, fold, input_file, with_log
from annexa.extract.parquet import read_parquet
from annexa.extract.read import RawExtract, RawTable
from annexa.extract.sqlite import log_of, open_database
from annexa.extract.text_files import read_csv
from annexa.extract.workbooks import Workbook
from annexa.sources.profile_of import Found

FIRST: Final = 20_000  # rows of a table of a database: a live server is not to be read as a whole for a first look
SECONDS: Final = 60  # of one query on a server, for the same reason
_DEFAULT_LIMITS: Final = Limits()
_ENDINGS: Final = (".csv", ".parquet", ".xlsx")
_DATABASES: Final = (".sqlite", ".sqlite3", ".db")
_DUCKDB: Final = ".duckdb"


class _Everything(Collection[str]):
    """Stands for the wanted columns: every one that has a name."""

    def __contains__(self, name: object) -> bool:
        return bool(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def catalogue(place: Place, limits: Limits = _DEFAULT_LIMITS) -> tuple[list[Found], list[str]]:
    """Read every table of a folder, a workbook or a database.

    A table that cannot be read is left out and told of: an unknown extract may hold sheets that are no tables, and a
    database views that fail. Of a database the first FIRST rows of each table are read, of files all.

    Args:
        place: the extract.
        limits: how far a compressed workbook may expand.

    Returns:
        The tables with at least one column, by name; and a message for each that could not be read.

    Raises:
        SourceError: there is nothing of the name, or nothing in it that could be a table; a database cannot be read.
        UsageError: a driver that is not installed.
    """
    found, refused = _of(place, limits)
    if not found:
        raise SourceError(
            refused[0] if refused else f"{shown(place)} holds no table.",
            "An extract is a folder with a CSV, Parquet or XLSX file for each table, or one CSV or Parquet file with "
            "one table, or one XLSX workbook with a sheet for each table, or one SQLite or DuckDB database, or the "
            "address of a database.",
        )
    return sorted(found, key=lambda table: table.name), refused


def as_extract(found: Iterable[Found]) -> RawExtract:
    """Return what catalogue() found as read_extract() would have read it with every column wanted."""
    tables = {}
    for each in found:
        frame = each.frame.rename(fold).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW))
        columns = tuple(name for name in frame.columns if name != ROW)
        tables[fold(each.name)] = RawTable(fold(each.name), each.name, frame, columns)
    return RawExtract(tables, (), ())


def looked_at(place: Place, found: Iterable[Found]) -> str:
    """Return how a proposal names the extract; with the number of rows where that is not all of them.

    Args:
        place: the extract.
        found: what catalogue() found in it.
    """
    of_database = isinstance(place, Address) or place.suffix.lower() in (*_DATABASES, _DUCKDB)
    cut = of_database and not all(table.whole for table in found)
    return f"{shown(place)} (of the first {FIRST:,} rows of each table)" if cut else shown(place)


def _of(place: Place, limits: Limits) -> tuple[list[Found], list[str]]:
    engine = place.engine if isinstance(place, Address) else ""
    if isinstance(place, Address) and place.file is None:
        return _database(place)
    path = place if isinstance(place, Path) else place.file or Path()
    with file_errors(shown(place)):
        if not path.exists():
            raise SourceError(f"There is no file or folder {shown(place)}.", "Check the path of the extract.")
        if path.is_dir() and not engine:
            files = [f for f in sorted(path.iterdir()) if f.suffix.lower() in _ENDINGS and not f.name.startswith(".")]
            read = [_file(file, limits) for file in files]
            return [t for tables, _ in read for t in tables], [m for _, messages in read for m in messages]
        ending = path.suffix.lower()
        if engine == "duckdb" or (not engine and ending == _DUCKDB):
            with with_log(path, path.with_name(path.name + ".wal")):
                return _database(Address("duckdb", file=path))
        if engine == "sqlite" or ending in _DATABASES:
            with with_log(path, log_of(path)), open_database(path, path.name) as database:
                return _tables({name: name for name in database.tables}, partial(database.read, rows=FIRST), FIRST)
        return _file(path, limits, whole=True) if ending in _ENDINGS else ([], [])


def _database(address: Address) -> tuple[list[Found], list[str]]:
    read = every_table(replace(address, query_seconds=min(address.query_seconds, SECONDS)), FIRST)
    return [_found(name, content, FIRST) for name, content in read.contents.items()], list(read.refused)


def _file(path: Path, limits: Limits, *, whole: bool = False) -> tuple[list[Found], list[str]]:
    """Read the tables of one file: of a folder, or the `whole` extract."""
    ending = path.suffix.lower()
    with input_file(path, path.name):
        if ending == ".xlsx":
            workbook = Workbook(path, path.name, limits)
            names = {sheet: sheet for sheet in workbook.sheets}
            if len(names) == 1 and not whole:  # in a folder a file's only sheet has its name from the file
                names = dict.fromkeys(names, path.stem)
            return _tables(names, workbook.read)
        read = read_csv if ending == ".csv" else read_parquet
        return _tables({path.stem: path.stem}, lambda _, wanted: read(path, path.name, wanted))


def _tables(
    names: dict[str, str], read: Callable[[str, Collection[str]], Content], most: int | None = None
) -> tuple[list[Found], list[str]]:
    """Read tables, each under the name by which it is to be known, and `most` rows of each where that is given."""
    found, refused = [], []
    for name, known in names.items():
        try:
            content = read(name, _Everything())
        except SourceError as error:
            refused.append(error.message)
            continue
        found.append(_found(known, content, most))
    return found, refused


def _found(name: str, content: Content, most: int | None) -> Found:
    headings = content.headings or content.columns_found
    as_found = {fold(heading): heading for heading in headings if fold(heading) in content.frame.columns}
    whole = most is None or content.frame.height < most
    return Found(name, content.frame.drop(ROW).rename(as_found), whole)
