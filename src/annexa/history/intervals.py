"""From which run to which a row, a code or a column was there: what has changed is written, and not what there is."""

import sqlite3
from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.history.keys import ROWS

CODES: Final = {"table": pl.String, "column": pl.String, "code": pl.String, "known": pl.Boolean}
COLUMNS: Final = {"table": pl.String, "field": pl.String, "column": pl.String}
_ROW_KEYS: Final = ["list", "row_key", "child_key", "row_hash"]
_CODE_NAMES: Final = {"table": "source_table", "column": "source_column", "code": "code", "known": "known"}
_COLUMN_NAMES: Final = {"table": "source_table", "field": "record_field", "column": "source_column"}


def record_rows(database: sqlite3.Connection, number: int, rows: pl.DataFrame) -> None:
    """Record the rows of a run: columns of keys.ROWS."""
    there = database.execute("SELECT list, child_key, row_key, row_hash, first FROM row WHERE last IS NULL")
    held = pl.DataFrame(there.fetchall(), schema={**ROWS, "first": pl.Int64}, orient="row")
    gone = held.join(rows, on=_ROW_KEYS, how="anti").select(pl.lit(number - 1), "list", "row_key", "first")
    database.executemany("UPDATE row SET last = ? WHERE list = ? AND row_key = ? AND first = ?", gone.iter_rows())
    fresh = rows.join(held, on=_ROW_KEYS, how="anti").select(*_ROW_KEYS, pl.lit(number))
    database.executemany(
        "INSERT INTO row (list, row_key, child_key, row_hash, first) VALUES (?, ?, ?, ?, ?)", fresh.iter_rows()
    )


def record_codes(database: sqlite3.Connection, number: int, codes: pl.DataFrame) -> None:
    """Record the codes of a run: columns of CODES, and maybe others."""
    _record(database, number, codes, "code", _CODE_NAMES)


def record_columns(database: sqlite3.Connection, number: int, columns: pl.DataFrame) -> None:
    """Record which columns a run read: columns of COLUMNS."""
    _record(database, number, columns, "column_read", _COLUMN_NAMES)


def _record(database: sqlite3.Connection, number: int, now: pl.DataFrame, table: str, names: Mapping[str, str]) -> None:
    """Record what a run had in a table whose columns are those of a frame by these names, and first and last."""
    keys, columns = list(names), ", ".join(names.values())
    # The names are written in this file.
    there = database.execute(f"SELECT {columns}, first FROM {table} WHERE last IS NULL")  # noqa: S608
    held = pl.DataFrame(there.fetchall(), schema={**now.select(keys).schema, "first": pl.Int64}, orient="row")
    gone = held.join(now, on=keys, how="anti").select(pl.lit(number - 1).alias("last"), *keys, "first")
    same = " AND ".join(f"{each} = ?" for each in names.values())
    database.executemany(f"UPDATE {table} SET last = ? WHERE {same} AND first = ?", gone.iter_rows())  # noqa: S608
    fresh = now.select(keys).unique().join(held, on=keys, how="anti").sort(keys).with_columns(first=pl.lit(number))
    places = ", ".join("?" * fresh.width)
    database.executemany(f"INSERT INTO {table} ({columns}, first) VALUES ({places})", fresh.iter_rows())  # noqa: S608
