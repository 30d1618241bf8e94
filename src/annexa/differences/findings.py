"""Which findings are new and which are gone, of the checks that ran on both sides."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.checks.gate import SAME
from annexa.differences.model import ADDED_FINDING, CHECKS, FINDINGS, GONE_FINDING, Side

_TURN: Final = "_turn"


def compare_findings(before: Side, after: Side) -> tuple[pl.DataFrame, pl.DataFrame | None, list[str]]:
    """Compare the findings of two sides; the same finding twice is two.

    Returns:
        Those that one side alone has (columns of FINDINGS), of the checks that ran on both; all in counts (columns of
        CHECKS), None where a side has none to compare; what must be known about them.
    """
    if before.findings is None or after.findings is None:
        return pl.DataFrame(schema=FINDINGS), None, []
    on_both = before.has_run() & after.has_run()
    one, two = (_numbered(each.filter(on_both)) for each in (before.findings, after.findings))
    key = [*SAME, _TURN]
    parts = [
        mine.join(others, on=key, how="anti", nulls_equal=True).with_columns(pl.lit(change).alias("change"))
        for change, mine, others in ((ADDED_FINDING, two, one), (GONE_FINDING, one, two))
    ]
    found = pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())
    ordered = found.sort("change", "check", "list", "child", "event", "column", "message", "value", nulls_last=True)
    new, gone = (found.filter(pl.col("change") == change) for change in (ADDED_FINDING, GONE_FINDING))
    counted = _counted({"before": before.findings, "after": after.findings, "new": new, "gone": gone})
    ran = {"before": before.has_run(), "after": after.has_run(), "new": on_both, "gone": on_both}
    checks = counted.with_columns(
        pl.when(has_run | (pl.col(name) > 0)).then(name).alias(name) for name, has_run in ran.items()
    )
    unlike = checks["new"].null_count()
    number = f"{unlike} {'check' if unlike == 1 else 'checks'}"
    note = f"Findings of {number} are not compared: they did not run on both sides, or a report was narrowed."
    return ordered, checks, [note] if unlike else []


def _numbered(findings: pl.DataFrame) -> pl.DataFrame:
    ordered = findings.sort(*SAME, "message", "value", nulls_last=True)
    return ordered.with_columns(pl.int_range(pl.len()).over(SAME).alias(_TURN))


def _counted(findings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Count findings by check (columns of CHECKS).

    Args:
        findings: name of a column of counts -> rows with `check`.
    """
    counted = [
        rows.select("check", pl.lit(name).alias("what"), pl.lit(1, dtype=pl.Int64).alias("one"))
        for name, rows in findings.items()
    ]
    table = pl.concat(counted).pivot("what", index="check", values="one", aggregate_function="sum")
    absent = [pl.lit(0, dtype=pl.Int64).alias(name) for name in CHECKS if name not in table.columns]
    counts = [name for name in CHECKS if name != "check"]
    return table.with_columns(absent).with_columns(pl.col(counts).fill_null(0)).select(list(CHECKS)).sort("check")
