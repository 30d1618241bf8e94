"""Orders that never depend on a file's row order: identifiers, most recent first (K15, K22)."""

from collections.abc import Iterable, Sequence

import polars as pl


def id_order(identifier: pl.Expr) -> list[pl.Expr]:
    """Return sort keys for an identifier: numbers in the order of their value, before all other text.

    K15 compares two identifiers as integers when both are digits only, otherwise as text. Pair by pair that is not an
    order (9 < 10 as numbers, 10 < 1a < 9 as text), so all numbers come before all text. Numbers are compared by length
    and text, which holds for any number of digits; 007 and 7 differ by their text.
    """
    digits = identifier.str.contains(r"^[0-9]+$")
    bare = identifier.str.strip_chars_start("0")
    return [
        ~digits,
        pl.when(digits).then(bare.str.len_bytes()).otherwise(0),
        pl.when(digits).then(bare).otherwise(identifier),
        identifier,
    ]


def sort_expressions(frame: pl.DataFrame, order: Sequence[str]) -> list[pl.Expr]:
    """Return sort keys for a list file's `sort`: all ascending, so that one call sorts the frame.

    A descending date is turned into a descending number of days with blanks last; text is ordered as identifiers.
    """
    keys: list[pl.Expr] = []
    for entry in order:
        name, _, direction = entry.partition(" ")
        column = pl.col(name)
        if frame.schema[name] == pl.String:
            keys += [column.is_null(), *id_order(column)]
        else:
            number = column.cast(pl.Date).to_physical() if frame.schema[name] == pl.Date else column
            keys += [column.is_null(), -number if direction == "desc" else number]
    return keys


def most_recent(
    rows: pl.DataFrame, by: Iterable[str], start: str, end: str, identifier: str, is_open: pl.Expr | None = None
) -> pl.DataFrame:
    """Return for each `by` the most recent row (K15): open ones first where `is_open` is given, then greatest start
    (blank = earliest), then greatest end (blank = latest), then greatest identifier.

    Args:
        rows: the records that are in scope: filter first, then pick.
        by: the columns that name the child.
        start: column of the start date.
        end: column of the end date.
        identifier: column of the identifier.
        is_open: true for records that are open at D, which beat closed ones whatever the dates (Lists 6, 7 and 8).
    """
    # Every key is made ascending, and the last row of each child is the most recent.
    order = [
        *([is_open.fill_null(False)] if is_open is not None else []),
        pl.col(start).is_not_null(),
        pl.col(start),
        pl.col(end).is_null(),
        pl.col(end),
        *id_order(pl.col(identifier)),
    ]
    return rows.sort(*order, nulls_last=False, maintain_order=True).unique(list(by), keep="last", maintain_order=True)
