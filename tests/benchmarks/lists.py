"""The lists of tables in memory, for the benchmarks."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from annexa.extract.read import RawExtract, RawTable
from annexa.lists.build import BuiltList
from tests.support.build import build_from


def lists_of_tables(tables: Mapping[str, pl.DataFrame], day: date, edition: str) -> dict[int, BuiltList]:
    """Build all lists of an extract that is in memory."""
    raw = {
        name: RawTable(
            name,
            f"{name}.csv",
            table.with_columns(pl.int_range(2, table.height + 2, dtype=pl.UInt32).alias("_row")),
            tuple(table.columns),
        )
        for name, table in tables.items()
    }
    return build_from(RawExtract(raw, (), ()), inspection_date=day, edition=edition).lists
