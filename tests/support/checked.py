"""The checks on tables that are in memory: what `annexa check` would say of such an extract."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from annexa.checks.catalogue import catalogue
from annexa.checks.run import Checked, run_checks
from annexa.checks.runs import ExtractRun
from annexa.extract.read import RawExtract, RawTable
from annexa.workdays import WorkingDays
from tests.support.build import build_from


def check_tables(tables: Mapping[str, pl.DataFrame], day: date, edition: str = "ilacs-2019", **options) -> Checked:
    """Build the lists of tables and run every check."""
    raw = {
        name: RawTable(
            name,
            f"{name}.csv",
            table.with_columns(pl.int_range(2, table.height + 2, dtype=pl.UInt32).alias("_row")),
            tuple(table.columns),
        )
        for name, table in tables.items()
    }
    result = build_from(RawExtract(raw, (), ()), inspection_date=day, edition=edition, **options)
    run = ExtractRun(result.context, WorkingDays(), result.lists)
    return run_checks(catalogue(), run, result.findings)
