"""Small helpers for the numbers of reports: counts of children, shares, medians, and grids of counts."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from annexa.reports.model import Count, Grid, Share, Stat

NOT_RECORDED: Final = "not recorded"
WEEK: Final = 7  # days


def children(rows: pl.DataFrame, name: str = "", column: str = "person_id") -> Count:
    """Count the different children (or families, or workers) of some rows; a blank identifier is nobody's."""
    return Count(rows[column].drop_nulls().n_unique(), name)


def share(part: pl.DataFrame, whole: pl.DataFrame, name: str = "", *, counts_only: bool = False) -> Share:
    """Return the rows of `part` as a share of those of `whole`; `name` is that of the whole."""
    return Share(Count(part.height), Count(whole.height, name), counts_only)


def yes_no(condition: pl.Expr) -> pl.Expr:
    """Y or N; blank where the condition is."""
    return pl.when(condition).then(pl.lit("Y")).when(~condition).then(pl.lit("N"))


def median(values: pl.Series, unit: str, *of: Count, name: str = "") -> Stat:
    """Return the median of the values that there are; None over none.

    Args:
        values: one of each child, family or record; blank where it has none.
        unit: of the values.
        of: counts of which those with a value are some, or all.
        name: of the count of those with a value.
    """
    known = values.drop_nulls()
    middle = known.median()
    return Stat(float(middle) if isinstance(middle, int | float) else None, Count(len(known), name), unit, of)


def tally(
    key: str,
    rows: pl.DataFrame,
    by: str,
    column: str = "Children",
    *,
    order: Sequence[str] = (),
    total_name: str = "",
    names: Mapping[str, str] | None = None,
    free: bool = False,
) -> Grid:
    """Count rows by the values of a column: a grid with one column of numbers and its total.

    Args:
        key: of the grid.
        rows: one row for each that is counted, so that the lines add up to the total.
        by: the column; blank is "not recorded", which stands last.
        column: heading of the numbers.
        order: the values in the order of the lines, each shown also with 0; other values follow, sorted.
        total_name: name of the total's count.
        names: value -> name of its count, for a line that a figure prints too.
        free: the column holds texts of the source, and not codes.
    """
    names = names or {}
    found = dict(rows.group_by(pl.col(by).cast(pl.String)).len().iter_rows())
    others = sorted(value for value in found if value is not None and value not in order)
    lines = [(value, (Count(found.get(value, 0), names.get(value, "")),)) for value in [*order, *others]]
    if found.get(None):
        lines.append((NOT_RECORDED, (Count(found[None]),)))
    return Grid(
        key,
        (column,),
        tuple(lines),
        (Count(rows.height, total_name),),
        frozenset({column}),
        recorded=frozenset(others if free else ()),
    )
