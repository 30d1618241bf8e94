"""The two sides of a comparison, and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from annexa.editions import Edition, ListSpec
from annexa.period import InspectionPeriod, Window

NEW_EVENT: Final = "new event"
WINDOW_MOVED: Final = "window moved on"
CLOSED: Final = "closed"
CORRECTED: Final = "corrected"
NOT_KNOWN: Final = "not known"
WHYS: Final = (NEW_EVENT, WINDOW_MOVED, CLOSED, CORRECTED, NOT_KNOWN)

JOINED, LEFT = "joined", "left"
ADDED, REMOVED = "added", "removed"
ADDED_FINDING, GONE_FINDING = "new", "gone"

EXCLUSIONS: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "reason": pl.String(),
    "source_table": pl.String(),
    "event_id": pl.String(),
    "person_id": pl.String(),
    "date": pl.Date(),
}
MOVES: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "child": pl.String(),
    "change": pl.String(),  # joined or left
    "why": pl.String(),  # new event, window moved on, closed, corrected, not known
    "reason": pl.String(),  # code of exclusions.csv that it was told by, or null
    "date": pl.Date(),  # the date that told it, or null
    "detail": pl.String(),  # the rule in words, without a value
}
ROWS: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "child": pl.String(),
    "date": pl.String(),  # the list's main date, as it stands
    "change": pl.String(),  # added or removed
}
CELLS: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "child": pl.String(),
    "date": pl.String(),  # the list's main date on the second side, as it stands
    "column": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
}
FINDINGS: Final[dict[str, pl.DataType]] = {
    "change": pl.String(),  # new or gone
    "check": pl.String(),
    "severity": pl.String(),
    "list": pl.Int64(),
    "child": pl.String(),
    "event": pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "message": pl.String(),
    "team": pl.String(),
    "worker": pl.String(),
}

CHECKS: Final[dict[str, pl.DataType]] = {
    "check": pl.String(),
    "before": pl.Int64(),  # null where the check did not run on that side
    "after": pl.Int64(),
    "new": pl.Int64(),  # null where counts alone are compared, or the check did not run on both sides
    "gone": pl.Int64(),
}


@dataclass(frozen=True)
class ListTable:
    """One list of one side.

    Args:
        spec: its definition.
        values: heading -> String: standard codes, ISO dates, numbers as text; a cell that cannot be read as it stands.
        shown: the same with the edition's labels.
        dates: the date columns among them, as Date.
    """

    spec: ListSpec
    values: pl.DataFrame
    shown: pl.DataFrame
    dates: pl.DataFrame


@dataclass(frozen=True)
class Known:
    """What an output folder, or the front sheet of a workbook, says of its run beside the lists.

    Args:
        period: D and A.
        windows: number of a list -> its window; a list without one is not there.
        exclusions: columns of EXCLUSIONS; None where the run has no such file.
        options: those of its manifest.
        added: numbers of the lists with rows that no record of their accounts stands behind.
    """

    period: InspectionPeriod
    windows: Mapping[int, Window]
    exclusions: pl.DataFrame | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    added: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Args:
        name: as it is told to the user.
        kind: output folder, workbook or run.
        edition: whose headings and codes its lists have.
        lists: by number, those that are there.
        missing: number -> why a list is not there.
        known: what its run says; of a workbook that annexa wrote its dates, and None for any other.
        findings: columns of FINDINGS but `change`; None where there are none to compare.
        ran: ids of the checks that ran, and all of whose findings are there; None where that is not known.
    """

    name: str
    kind: str
    edition: Edition
    lists: Mapping[int, ListTable]
    missing: Mapping[int, str] = field(default_factory=dict)
    known: Known | None = None
    findings: pl.DataFrame | None = None
    ran: frozenset[str] | None = None

    def has_run(self) -> pl.Expr:
        """Return whether the check of a row ran on this side; true where that is not known."""
        return pl.lit(value=True) if self.ran is None else pl.col("check").is_in(sorted(self.ran))


@dataclass(frozen=True)
class ListCounts:
    """One list in counts.

    Args:
        number: of the list.
        title: without its number.
        rows: on the first and on the second side; None where the list is not there.
        children: likewise, different ones.
        joined: children on the second side alone.
        left: children on the first side alone.
        added: rows of children on both sides that only the second has.
        removed: rows of children on both sides that only the first has.
        changed: rows on both sides with a cell that differs.
        cells: cells that differ.
        remark: why it was not compared, or which columns were not; empty otherwise.
    """

    number: int
    title: str
    rows: tuple[int | None, int | None]
    children: tuple[int | None, int | None] = (None, None)
    joined: int | None = None
    left: int | None = None
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    cells: int | None = None
    remark: str = ""


@dataclass(frozen=True)
class Differences:
    """What differs.

    Args:
        lists: in counts, by number.
        moves: children who joined or left (columns of MOVES).
        rows: rows added and removed of children on both sides (columns of ROWS).
        cells: cells that differ (columns of CELLS).
        findings: new and gone (columns of FINDINGS).
        checks: findings in counts (columns of CHECKS), None where one side has none to compare.
        notes: what must be known about the comparison as a whole.
        detailed: false where only counts could be compared; then moves, rows, cells and findings are empty.
    """

    lists: tuple[ListCounts, ...]
    moves: pl.DataFrame
    rows: pl.DataFrame
    cells: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame | None
    notes: tuple[str, ...] = ()
    detailed: bool = True

    def reasons(self) -> pl.DataFrame:
        """Return why children joined and left, in counts: list, change, why, children."""
        order = pl.col("why").cast(pl.Enum(WHYS))
        counted = self.moves.group_by("list", "change", "why").len("children")
        return counted.sort("list", "change", order)

    def columns(self) -> pl.DataFrame:
        """Return which columns have cells that differ, in counts, most first: list, column, cells."""
        counted = self.cells.group_by("list", "column").len("cells")
        return counted.sort("cells", "list", "column", descending=[True, False, False])

    def moved_checks(self) -> pl.DataFrame:
        """Return the checks with findings that are new, gone or not compared, the most first (columns of CHECKS)."""
        checks = pl.DataFrame(schema=CHECKS) if self.checks is None else self.checks
        new, gone = pl.col("new").fill_null(0), pl.col("gone").fill_null(0)
        moved = checks.filter((new + gone > 0) | pl.col("before").ne_missing(pl.col("after")))
        return moved.sort(new + gone, "check", descending=[True, False])
