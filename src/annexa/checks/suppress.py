"""One fault gives one finding: a finding steps back where another one says the same and more."""

from collections.abc import Mapping

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.findings import SEVERITIES


def suppressed(findings: pl.DataFrame, definitions: Mapping[str, Definition]) -> pl.Series:
    """True for each finding that is not reported.

    It is not where a check that `suppressed_by` names has a finding for the same child and, where both name one, the
    same event. A finding without a child is compared by its worker, or else by its table or list. All findings are
    looked at before any is left out, and none gives way to a less grave one.
    """
    frame = findings.with_row_index("_n")
    by_check = {check: rows for (check,), rows in frame.partition_by("check", as_dict=True).items()}
    hidden: list[pl.Series] = []
    for check, mine in by_check.items():
        definition = definitions[check]
        grave = SEVERITIES.index(definition.severity)
        by = [
            name
            for name in definition.suppressed_by
            if name in by_check and SEVERITIES.index(definitions[name].severity) <= grave
        ]
        if by:
            hidden.append(mine.filter(_said(pl.concat([by_check[name] for name in by])))["_n"])
    gone = pl.concat(hidden).implode() if hidden else pl.Series([[]], dtype=pl.List(pl.UInt32))
    return frame.select(pl.col("_n").is_in(gone.cast(pl.List(pl.UInt32))).alias("suppressed"))["suppressed"]


def _said(others: pl.DataFrame) -> pl.Expr:
    child, event, worker = pl.col("child"), pl.col("event"), pl.col("worker")
    children = others.drop_nulls("child")
    whole = children.filter(event.is_null())["child"].unique().implode()
    pairs = children.drop_nulls("event").select(pl.struct("child", "event"))["child"].unique().implode()
    same_child = (
        child.is_in(whole)
        | (event.is_null() & child.is_in(children["child"].unique().implode()))
        | (event.is_not_null() & pl.struct("child", "event").is_in(pairs))
    )
    workers = others["worker"].drop_nulls().unique().implode()
    nobody = others.filter(child.is_null())
    tables = nobody["table"].drop_nulls().unique().implode()
    lists = nobody.filter(pl.col("table").is_null())["list"].drop_nulls().unique().implode()
    elsewhere = (
        pl.when(worker.is_not_null())
        .then(worker.is_in(workers))
        .otherwise(
            pl.col("table").is_in(tables).fill_null(value=False) | pl.col("list").is_in(lists).fill_null(value=False)
        )
    )
    return pl.when(child.is_not_null()).then(same_child).otherwise(elsewhere)
