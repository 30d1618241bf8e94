"""Shapes that several checks share."""

import polars as pl

from annexa.checks.registry import Looked, looked
from annexa.checks.runs import ListsRun
from annexa.errors import UsageError

_ONE = pl.DataFrame({"_": [0]})


def with_share(answer: Looked, message: str, number: int) -> tuple[Looked, ...]:
    """Add the one finding about a whole list, such as "12 of 340 (3.5%)"; none where nothing was found.

    Args:
        answer: a finding for each child or record.
        message: of the finding about the list.
        number: the list.
    """
    found = answer.found.height
    if not found:
        return (answer,)
    share = f"{found} of {answer.tested} ({found / answer.tested:.1%})"
    return answer, Looked(0, looked(_ONE, pl.lit(value=True), message, list=number, value=share).found)


def more_than_once(run: ListsRun, number: int) -> Looked:
    """Children with more than one row on a list that has one row for each child: one finding a child.

    The value is the number of rows; the row named is the first.
    """
    children = (
        run.rows(number)
        .drop_nulls("person_id")
        .group_by("person_id", maintain_order=True)
        .agg(pl.all().first(), pl.len().alias("_rows"))
    )
    message = f"The child has more than one row on List {number}."
    return run.looked(
        number, children, pl.col("_rows") > 1, message, column="person_id", value=pl.col("_rows").cast(pl.String)
    )


def undated(run: ListsRun, number: int, start: str, end: str, message: str) -> Looked:
    """Rows of a list without a start that are open at D or ended in the list's window (K7).

    Raises:
        UsageError: the edition gives the list no months.
    """
    months = run.edition.months.get(number)
    if months is None:
        raise UsageError(
            f"Edition {run.edition.name}, List {number}: a check needs the months of its window.",
            "Give the list its months in edition.toml.",
        )
    current = run.period.open_or_ended_in(run.period.window(months), pl.col(start), pl.col(end))
    return run.looked(number, run.rows(number), pl.col(start).is_null() & current, message, column=start)
