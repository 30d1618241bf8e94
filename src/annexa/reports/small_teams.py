"""Which line of a table of report 1.07 a team or locality stands in: none of them under five full-time equivalents."""

from typing import Final

import polars as pl

from annexa.reports.numbers import NOT_RECORDED

SMALLEST_LINE: Final = 5.0  # FTE in post
SMALL_TEAMS: Final = "Small teams"
SMALL_LOCALITIES: Final = "Small localities"
_DECIMALS: Final = 6  # sums of FTE are compared without the last bits of a float


def team_lines(size: pl.DataFrame, localities: pl.DataFrame) -> pl.DataFrame:
    """Return the line of each team.

    A team under five FTE in post is merged with the other such teams of its locality; where these together are still
    under five, or the locality is not known, with all that are left of the authority.

    Args:
        size: team and fte (in post), a row for each worker or team, as often as it comes.
        localities: team and locality, a row for each worker and each row of posts.

    Returns:
        team, line and fte, one row a team; a blank team is NOT_RECORDED. Sorted by team.
    """
    known = localities.with_columns(pl.col("team").fill_null(NOT_RECORDED)).drop_nulls("locality")
    usual = (
        known.group_by("team", "locality")
        .len()
        .sort("team", "len", "locality", descending=[False, True, False])
        .unique("team", keep="first", maintain_order=True)
        .select("team", "locality")
    )
    teams = _sizes(size, "team").join(usual, on="team", how="left", maintain_order="left")
    small = pl.col("fte") < SMALLEST_LINE
    together = pl.col("fte").filter(small).sum().over("locality").round(_DECIMALS)
    merged = pl.when(pl.col("locality").is_not_null() & (together >= SMALLEST_LINE))
    line = merged.then(pl.format("Small teams of {}", "locality")).otherwise(pl.lit(SMALL_TEAMS))
    return teams.with_columns(pl.when(small).then(line).otherwise("team").alias("line")).select("team", "line", "fte")


def locality_lines(size: pl.DataFrame) -> pl.DataFrame:
    """Return the line of each locality: one under five FTE in post is merged with the other such localities.

    Args:
        size: locality and fte (in post), a row for each worker or locality, as often as it comes.

    Returns:
        locality, line and fte, one row a locality; a blank one is NOT_RECORDED. Sorted by locality.
    """
    small = pl.col("fte") < SMALLEST_LINE
    line = pl.when(small).then(pl.lit(SMALL_LOCALITIES)).otherwise("locality")
    return _sizes(size, "locality").with_columns(line.alias("line")).select("locality", "line", "fte")


def complete(lines: pl.DataFrame) -> bool:
    """Whether every line has five FTE in post; otherwise sickness, turnover and caseload are for the total only."""
    sizes = lines.group_by("line").agg(pl.col("fte").sum().round(_DECIMALS))
    return not (sizes["fte"] < SMALLEST_LINE).any()


def in_order(lines: pl.DataFrame) -> list[str]:
    """Return the lines in printed order: teams or localities by name, merged ones, and last the one not recorded."""
    line = pl.col("line")
    rank = (
        pl.when(line == NOT_RECORDED).then(3)
        .when(line.is_in([SMALL_TEAMS, SMALL_LOCALITIES])).then(2)
        .when(line != pl.col(lines.columns[0])).then(1)
        .otherwise(0)
    )  # fmt: skip
    return lines.select("line", rank.alias("rank")).unique().sort("rank", "line")["line"].to_list()


def _sizes(size: pl.DataFrame, by: str) -> pl.DataFrame:
    filled = size.with_columns(pl.col(by).fill_null(NOT_RECORDED))
    return filled.group_by(by).agg(pl.col("fte").sum().round(_DECIMALS)).sort(by)
