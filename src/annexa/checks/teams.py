"""Who can put it right: the team and worker of the child that a finding is about."""

import polars as pl

from annexa.checks.runs import ExtractRun, ListsRun

# Where a child is on several lists, the team of the first of these lists is the one to ask.
_ORDER = (8, 7, 6, 9, 4, 5, 3)
_TEAM, _WORKER = ("allocated_team", "recorded_team"), ("allocated_worker", "recorded_worker")


def with_teams(run: ExtractRun | ListsRun, findings: pl.DataFrame) -> pl.DataFrame:
    """Fill team and worker of findings that name a child and neither of them, from the lists."""
    if not findings["child"].drop_nulls().len():
        return findings
    views = run.built.lists if isinstance(run, ExtractRun) else run.lists
    parts = []
    for number in _ORDER:
        if number not in views:
            continue
        frame = views[number].frame
        team = next((name for name in _TEAM if name in frame.columns), None)
        worker = next((name for name in _WORKER if name in frame.columns), None)
        if team and worker and "person_id" in frame.columns:
            parts.append(
                frame.select(
                    pl.col("person_id").cast(pl.String).alias("child"),
                    pl.col(team).cast(pl.String).alias("_team"),
                    pl.col(worker).cast(pl.String).alias("_worker"),
                ).filter(pl.col("_team").is_not_null() | pl.col("_worker").is_not_null())
            )
    if not parts:
        return findings
    owners = pl.concat(parts).drop_nulls("child").unique("child", keep="first", maintain_order=True)
    unnamed = pl.col("team").is_null() & pl.col("worker").is_null()
    return (
        findings.join(owners, on="child", how="left", maintain_order="left")
        .with_columns(
            pl.when(unnamed).then("_team").otherwise("team").alias("team"),
            pl.when(unnamed).then("_worker").otherwise("worker").alias("worker"),
        )
        .drop("_team", "_worker")
    )
