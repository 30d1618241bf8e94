"""Outcomes that a record holds as yes/no flags of a JSON object."""

from collections.abc import Iterable

import polars as pl

from annexa.lists.front_door import json_flag


def with_flags(rows: pl.DataFrame, column: str, flags: Iterable[str]) -> pl.DataFrame:
    """Add a column Y, N or null for each flag of the JSON text in `column` (see front_door.json_flag).

    Each distinct text is parsed once: parsing is dear, and most outcomes are alike.
    """
    texts = rows.select(column).drop_nulls().unique()
    answers = texts.with_columns(json_flag(column, flag).alias(flag) for flag in flags)
    return rows.join(answers, on=column, how="left", maintain_order="left")


def any_yes(flags: Iterable[str]) -> pl.Expr:
    """True where one of the flag columns says yes; false, not null, where none does."""
    return pl.any_horizontal((pl.col(flag) == "Y").fill_null(False) for flag in flags)
