"""Which rows of two sides are the same row, and which of their cells differ.

Rows are paired by what stands in them: first those that are equal throughout, then, of what is left, those that agree
in the child and the list's identifying columns. Where several agree, as when a child has two contacts on one day, they
are paired in the order of their contents: nothing depends on where a row stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

BEFORE: Final = "_before"  # position of a row on the first side
AFTER: Final = "_after"  # and on the second
_TURN: Final = "_turn"


@dataclass(frozen=True)
class Matched:
    """Rows of two sides, paired.

    Args:
        same: pairs that are equal throughout: BEFORE, AFTER.
        changed: pairs that differ: BEFORE, AFTER.
        removed: BEFORE of the rows that the first side alone has.
        added: AFTER of the rows that the second side alone has.
    """

    same: pl.DataFrame
    changed: pl.DataFrame
    removed: pl.Series
    added: pl.Series


def match(before: pl.DataFrame, after: pl.DataFrame, levels: Sequence[Sequence[str]]) -> Matched:
    """Pair the rows of two frames.

    Args:
        before: the columns that both have, String.
        after: the same columns.
        levels: columns by which rows are paired that are not equal throughout, the finer first.
    """
    columns = before.columns
    one = before.with_row_index(BEFORE).sort(columns, nulls_last=True)
    two = after.with_row_index(AFTER).sort(columns, nulls_last=True)
    found = []
    for keys in (columns, *levels):
        pairs = _numbered(one, keys).join(_numbered(two, keys), on=[*keys, _TURN], nulls_equal=True)
        found.append(pairs.select(BEFORE, AFTER).sort(BEFORE))
        one = one.join(found[-1], on=BEFORE, how="anti", maintain_order="left")
        two = two.join(found[-1], on=AFTER, how="anti", maintain_order="left")
    same, *changed = found
    return Matched(same, pl.concat([same.clear(), *changed]), one[BEFORE].sort(), two[AFTER].sort())


def _numbered(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    return rows.with_columns(pl.int_range(pl.len()).over(keys).alias(_TURN))


def differing(matched: Matched, before: pl.DataFrame, after: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return, for each column that has a cell that differs, the pairs in which it does (BEFORE, AFTER).

    Args:
        matched: what match() gave for the two frames.
        before: the frame of the first side.
        after: that of the second.
    """
    pairs = matched.changed
    found = []
    for column in before.columns:
        old, new = before[column].gather(pairs[BEFORE]), after[column].gather(pairs[AFTER])
        differ = pairs.filter(old.ne_missing(new))
        if differ.height:
            found.append((column, differ))
    return found
