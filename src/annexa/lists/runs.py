"""Spans of one child that hang together: which of them begins after all that came before it has ended."""

from collections.abc import Sequence
from typing import Final

import polars as pl

_FAR: Final = 10**12  # more than the seconds, and so the days, between any two dates that occur


def changes(*columns: str) -> pl.Expr:
    """True in the first row, and in each row that differs from the one before in any of the columns."""
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in columns) | pl.int_range(
        pl.len()
    ).eq(0)


def begins(by: Sequence[str], begin: pl.Expr, until: pl.Expr) -> pl.Expr:
    """True where a span begins later than the latest end so far of its group.

    One running maximum serves all groups: each group's values are shifted beyond those of the group before it. That is
    many times faster than a maximum for each of a million children.

    Args:
        by: the columns of the group; the frame is sorted by them, then by `begin`.
        begin: first day of the span, as a whole number; never blank.
        until: its end, likewise.
    """
    group = changes(*by).cast(pl.Int64).cum_sum() * _FAR
    reach = (group + until).cum_max().shift(1)
    return (group + begin > reach).fill_null(True)


def day_number(day: pl.Expr) -> pl.Expr:
    """Days as whole numbers."""
    return day.cast(pl.Date).to_physical().cast(pl.Int64)


def second_number(moment: pl.Expr) -> pl.Expr:
    """Moments as whole numbers of seconds."""
    return moment.dt.epoch("s").cast(pl.Int64)
