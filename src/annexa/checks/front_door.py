"""Checks of Lists 1 to 3: contacts, early help, referrals."""

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun


@on_extract(
    "AA-201",
    each={
        "early_help_episodes": ("start_date", "end_date"),
        "early_help_assessments": ("start_date", "completed_date"),
    },
)
def early_help_ended_before_it_began(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Early help that ends before it starts, on either source table."""
    end = run.context.tables[record].record.meta.end
    rows = run.rows(record)
    wrong = pl.col(end) < pl.col("start_date")
    return run.looked(check, record, rows, wrong, "Early help ends before it starts.", column=end)


@on_lists("AA-201", each={2: ("start_date", "end_date")})
def list_2_completed_before_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 2 whose completion date is before its start date."""
    wrong = pl.col("end_date") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, "Early help ends before it starts.", column="end_date")
