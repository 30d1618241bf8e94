"""Shapes that several checks share."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from annexa.checks.registry import Looked, Unable, looked, nothing
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.errors import UsageError
from annexa.lists.orders import id_order
from annexa.period import Window

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


def with_share_above(answer: Looked, share: float, message: str, number: int) -> tuple[Looked, ...]:
    """Return with_share() where what was found is more than a share of what was tested (0 to 1), else nothing."""
    if not answer.tested or answer.found.height / answer.tested <= share:
        return (nothing(answer.tested),)
    return with_share(answer, message, number)


def unable(run: ExtractRun | ListsRun, reads: Mapping[Any, Sequence[str]]) -> list[Unable]:
    """Return why parts of a check cannot run that does without some of its tables or lists.

    Args:
        run: the run.
        reads: record (or number of a list) -> fields.
    """
    return [Unable(reason) for each, fields in reads.items() for reason in run.lacks(each, fields)]


def unable_without(run: ExtractRun, record: str, *alternatives: str) -> list[Unable]:
    """Return why a check cannot run that needs a table and one of these fields; nothing where it can."""
    if any(run.has(record, name) for name in alternatives):
        return []
    return unable(run, {record: alternatives})


def first_of_child(wrong: pl.Expr) -> pl.Expr:
    """True for the first wrong row of each child, and for every wrong row that names no child."""
    wrong = wrong.fill_null(value=False)
    return wrong & (pl.col("person_id").is_null() | (wrong.cast(pl.UInt32).cum_sum().over("person_id") == 1))


def with_latest_end(rows: pl.DataFrame, start: str, end: pl.Expr, *, counts: pl.Expr, identifier: str) -> pl.DataFrame:
    """Say until when the records of a child that began before a record lasted, so that those that overlap are found.

    Records of one start are put in the order of their ends, then of their identifiers.

    Args:
        rows: person_id, the column `start` and the column `identifier` (String).
        start: column of the start; rows without one are left out.
        end: when each record ended; blank while it is open.
        counts: false for records that are no obstacle to later ones; not null.
        identifier: column of the identifier.

    Returns:
        `rows` in that order, with _end (a date after all others while open) and _latest_end: the latest _end of the
        child's earlier records that count; null where there is none.
    """
    ended = rows.drop_nulls(["person_id", start]).with_columns(end.fill_null(_NEVER).alias("_end"))
    ordered = ended.sort("person_id", start, "_end", *id_order(pl.col(identifier)), nulls_last=True)
    # One running maximum over all children instead of one for each, which is ten times dearer: the children stand one
    # after the other, so the days of each are lifted above those of the child before.
    child = pl.col("person_id").rle_id().cast(pl.Int64) * _LIFT
    lasted = child + pl.when(counts).then(pl.col("_end").to_physical().cast(pl.Int64) + _LIFT // 2).otherwise(0)
    so_far = lasted.cum_max().shift(1)
    days = pl.when(so_far > child).then(so_far - child - _LIFT // 2)
    return ordered.with_columns(days.cast(pl.Int32).cast(pl.Date).alias("_latest_end"))


_NEVER = date(9999, 12, 31)
_LIFT = 2**32  # more than there are days


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


def window_of(run: ListsRun, number: int) -> Window:
    """Return W of a list.

    Raises:
        UsageError: the edition gives the list no months.
    """
    months = run.edition.months.get(number)
    if months is None:
        raise UsageError(
            f"Edition {run.edition.name}, List {number}: a check needs the months of its window.",
            "Give the list its months in edition.toml.",
        )
    return run.period.window(months)


def undated(run: ListsRun, number: int, start: str, end: str, message: str) -> Looked:
    """Rows of a list without a start that are open at D or ended in the list's window (K7); errors as window_of."""
    current = run.period.open_or_ended_in(window_of(run, number), pl.col(start), pl.col(end))
    return run.looked(number, run.rows(number), pl.col(start).is_null() & current, message, column=start)
