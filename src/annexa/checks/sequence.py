"""Dates that follow one another: what comes later may not stand before."""

from collections.abc import Callable, Sequence

import polars as pl

from annexa.checks.registry import Looked
from annexa.editions import ListSpec


def in_sequence(
    frame: pl.DataFrame, pairs: Sequence[tuple[str, str]], spec: ListSpec, answer: Callable[..., Looked]
) -> Looked:
    """Return a finding for each pair of dates of a row, both there, of which the later stands before the earlier.

    Args:
        frame: every row that the check tests.
        pairs: name of the earlier date and name of the later one.
        spec: the list whose headings name them in the message.
        answer: `looked` of the run, with all that comes before `frame` given.
    """
    headings = {column.field or column.derive: column.heading.strip() for column in spec.columns}
    found = []
    for earlier, later in pairs:
        both = pl.concat_str(pl.col(later).cast(pl.String), pl.lit(" / "), pl.col(earlier).cast(pl.String))
        message = f"{headings[later]} is before {headings[earlier]}."
        wrong = pl.col(later) < pl.col(earlier)
        found.append(answer(frame, wrong, message, column=later, value=both).found)
    return Looked(frame.height, pl.concat(found))
