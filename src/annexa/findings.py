"""Findings: what is wrong, where, how bad, as rows of one frame.

A finding never stops a run. Its message carries no value from a record; the value stands in its own column, and the
files that hold findings have the classification of the lists themselves.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Final

import polars as pl

from annexa.resources import resource

SEVERITIES: Final = ("error", "warning", "info")

SCHEMA: Final[dict[str, pl.DataType]] = {
    "check": pl.String(),  # AA-...
    "severity": pl.String(),  # error, warning or info
    "list": pl.Int64(),  # 1 to 11, blank where the finding is about no one list
    "child": pl.String(),  # the child's (or adopter's) identifier
    "event": pl.String(),  # identifier of the record
    "table": pl.String(),  # source table
    "file": pl.String(),  # name of the input file, never a path
    "row": pl.Int64(),  # the record's number in its file, headings = 1
    "column": pl.String(),
    "value": pl.String(),
    "message": pl.String(),
    "team": pl.String(),
    "worker": pl.String(),
    "due_date": pl.Date(),  # when it was due, where the finding is about something late
    "days_overdue": pl.Int64(),
}


def empty() -> pl.DataFrame:
    """A frame of findings without a row."""
    return _EMPTY.clone()  # asked for again and again, and laying a frame out takes longer than most checks


_EMPTY: Final = pl.DataFrame(schema=SCHEMA)


def findings(
    check: str, severity: str, message: str | pl.Expr, *, frame: pl.DataFrame | None = None, **columns: object
) -> pl.DataFrame:
    """Return one finding for each row of `frame`, or exactly one where no frame is given.

    Args:
        check: the id, AA-...
        severity: one of SEVERITIES.
        message: text, or an expression over `frame`; holds no value from a record.
        frame: the rows the findings are about.
        columns: further columns of SCHEMA, each a constant or an expression over `frame`.
    """
    if severity not in SEVERITIES:
        raise ValueError(f"{check}: severity must be one of {', '.join(SEVERITIES)}")
    unknown = columns.keys() - SCHEMA.keys()
    if unknown:
        raise ValueError(f"{check}: not columns of a finding: {', '.join(sorted(unknown))}")
    rows = pl.DataFrame({"_": [0]}) if frame is None else frame
    given: dict[str, object] = {"check": check, "severity": severity, "message": message, **columns}
    return rows.select(_as_column(given.get(name), name, dtype, rows) for name, dtype in SCHEMA.items())


def _as_column(value: object, name: str, dtype: pl.DataType, rows: pl.DataFrame) -> pl.Expr:
    if isinstance(value, pl.Expr):
        return value.cast(dtype).alias(name)
    # A literal alone would collapse to one row beside other literals: repeat it to the frame's height.
    return pl.repeat(value, rows.height, dtype=dtype, eager=False).alias(name)


def gather(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put findings together in the order of a report: errors first, then by list, check, table and row.

    The order depends on the findings alone, never on the order in which they were made or on a file's row order
    beyond the row number that they name.
    """
    if not frames:
        return empty()
    together = pl.concat(frames)
    rank = pl.col("severity").replace_strict({s: i for i, s in enumerate(SEVERITIES)}, return_dtype=pl.Int8)
    return together.sort(
        rank, "list", "check", "table", "child", "event", "column", "message", "value", "file", "row", nulls_last=True
    )


class Findings:
    """The findings of one run, as they come up.

    Each stage adds to it; severity comes from the catalogue (configs/checks.toml), so that it is defined once.
    """

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._severities = severities()

    def add(self, check: str, message: str | pl.Expr, *, frame: pl.DataFrame | None = None, **columns: object) -> None:
        """Add a finding for each row of `frame`, or one where none is given; arguments as in findings().

        Raises:
            KeyError: a check that the catalogue does not have.
        """
        self._frames.append(findings(check, self._severities[check], message, frame=frame, **columns))

    def extend(self, found: pl.DataFrame) -> None:
        """Add findings that were made elsewhere (columns of SCHEMA)."""
        self._frames.append(found)

    def cells(self, checks: Sequence[str]) -> pl.DataFrame:
        """Return the cells that some checks are about so far: table, file, column, row and value; in no order."""
        found = [frame.filter(pl.col("check").is_in(checks)) for frame in self._frames]
        return pl.concat([empty(), *found]).select("table", "file", "column", "row", "value").drop_nulls("row")

    def frame(self) -> pl.DataFrame:
        """Return all findings in the order of a report (see gather)."""
        return gather(self._frames)


@cache
def severities() -> dict[str, str]:
    """Return the severity of each check, by id, from configs/checks.toml."""
    checks = tomllib.loads(resource("configs", "checks.toml").read_text("utf-8-sig"))
    return {check: entry["severity"] for check, entry in checks.items()}
