"""From which run to which a row or a code was there: what has changed is written, not what there is (database.py)."""

import sqlite3
from typing import Final

import polars as pl

from annexa.history.keys import ROWS

CODES: Final = {"table": pl.String, "column": pl.String, "code": pl.String, "known": pl.Boolean}
_ROW_KEYS: Final = ["list", "row_key", "child_key", "row_hash"]
_CODE_KEYS: Final = list(CODES)


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
    there = database.execute("SELECT source_table, source_column, code, known, first FROM code WHERE last IS NULL")
    held = pl.DataFrame(there.fetchall(), schema={**CODES, "first": pl.Int64}, orient="row")
    gone = held.join(codes, on=_CODE_KEYS, how="anti").drop("known")
    database.executemany(
        "UPDATE code SET last = ? WHERE source_table = ? AND source_column = ? AND code = ? AND first = ?",
        gone.select(pl.lit(number - 1), "table", "column", "code", "first").iter_rows(),
    )
    fresh = codes.select(_CODE_KEYS).unique().join(held, on=_CODE_KEYS, how="anti").sort(_CODE_KEYS)
    database.executemany(
        "INSERT INTO code (source_table, source_column, code, known, first) VALUES (?, ?, ?, ?, ?)",
        fresh.with_columns(pl.lit(number)).iter_rows(),
    )
