"""What a report is made of: counts, shares and statistics in figures and grids; rows of children or workers; notes.

A value knows what it counts, so that the rule for wider sharing (annexa.reports.suppress) needs no list of special
cases, and so that a count that several tables print is known to be one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

import polars as pl

SMALL_BASE: Final = 6  # a rate or mean over fewer tells of single people


class Mark(Enum):
    """What stands in place of a value."""

    NOT_SUPPLIED = "not supplied"
    SUPPRESSED = "c"


NOT_SUPPLIED: Final = Mark.NOT_SUPPLIED


@dataclass(frozen=True)
class Count:
    """A number of children, families, workers or records.

    Args:
        value: the number.
        name: what it counts, the same wherever the same count is printed ("2.02 children missing"); "" for a count
            that is printed once.
    """

    value: int
    name: str = ""


@dataclass(frozen=True)
class Share:
    """A part of a whole: printed as numerator, denominator and rate.

    Args:
        part: the numerator.
        whole: the denominator.
        counts_only: with a denominator under SMALL_BASE the rate is blank in every version.
    """

    part: Count
    whole: Count
    counts_only: bool = False

    @property
    def rate(self) -> float | None:
        """Percentage to one decimal, halves rounded up; None where the denominator is 0."""
        part, whole = self.part.value, self.whole.value
        if not whole or (self.counts_only and whole < SMALL_BASE):
            return None
        return (2000 * part + whole) // (2 * whole) / 10


@dataclass(frozen=True)
class Stat:
    """A mean, median, sum or highest value, to one decimal.

    Args:
        value: None where nothing can be said (a base of 0).
        base: over how many children, families, workers or records.
        unit: "days", "weeks", "FTE", "%" and the like.
        of: further counts from which it is worked out, so that it could give them away.
        added: it is a sum (of FTE, of days): hidden together with its base and not for a small base alone, since one
            cell that is hidden by itself is what its column lacks to the total.
        part, whole: numerator and denominator of a percentage that is not one of counts, such as FTE or sessions.
    """

    value: float | None
    base: Count
    unit: str = ""
    of: tuple[Count, ...] = ()
    added: bool = False
    part: float | None = None
    whole: float | None = None

    @property
    def shown(self) -> float | None:
        """The value to one decimal, halves rounded up (away from 0)."""
        return one_decimal(self.value)


def one_decimal(value: float | None) -> float | None:
    """Round to one decimal, halves up (away from 0)."""
    if value is None:
        return None
    size = int(abs(value) * 10 + 0.5 + 1e-9) / 10
    return size if value >= 0 else -size


@dataclass(frozen=True)
class HiddenShare:
    """A share of which the rate, and it may be more, is not shown: numerator and denominator, None where hidden."""

    part: int | None
    whole: int | None


Cell: TypeAlias = Count | Share | HiddenShare | Stat | str | Mark | None


@dataclass(frozen=True)
class Grid:
    """A table of numbers.

    Args:
        key: names its entry in the report's file, which has its title and the heading of the labels.
        columns: headings of the columns.
        rows: label and cells of each line.
        total: cells of the last line, or None.
        adds: headings of the columns whose cells add up to their cell in `total`. A child that stands in several lines
            makes a column that does not.
        across: the last column is the sum of the others in each line.
        within: headings of columns of which the first counts some of those that the second counts, in every line.
        recorded: labels that are texts of the source, which may say anything of a child.
    """

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    total: tuple[Cell, ...] | None = None
    adds: frozenset[str] = frozenset()
    across: bool = False
    within: tuple[tuple[str, str], ...] = ()
    recorded: frozenset[str] = frozenset()

    def label(self, row: int, *, texts: bool) -> str:
        """Return the label of a line, or without `texts` what stands for one that is a text of the source."""
        label = self.rows[row][0]
        return label if texts or label not in self.recorded else f"(text {row + 1}, as recorded)"


@dataclass(frozen=True)
class Content:
    """What the function of a report returns.

    Args:
        figures: key of a figure of the report's file -> its value. One that the file marks as not supplied may be left
            out.
        sheets: key of a sheet of the file -> its rows, with at least the fields of its columns, in the order in which
            they are written; String, Date, Int64 or Float64.
        grids: tables of numbers.
        notes: sentences for the sheet Notes, without a count of children, families or workers in them.
        counted: sentences with such counts; they are left out of a version for wider sharing.
        excluded: reason in words -> how many rows of the input are in no number.
        definitions: key of a figure -> the definition that was used, where it is not the file's.
        sums: figures that add up, a total first: (key or name of the total, keys of the parts). A share counts as its
            numerator. Without it, what was hidden of one figure could be worked out from the others.
        within: figures of which the first counts some of those that the second counts (keys, or names of counts); of
            two shares the numerators, and the denominators. Of a share's own parts it is known.
    """

    figures: Mapping[str, Cell]
    sheets: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    grids: Sequence[Grid] = ()
    notes: Sequence[str] = ()
    counted: Sequence[str] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    sums: Sequence[tuple[str, tuple[str, ...]]] = ()
    within: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Figure:
    """One line of the summary."""

    key: str
    label: str
    definition: str
    cell: Cell


@dataclass(frozen=True)
class NumberTable:
    """A grid with its words."""

    title: str
    heading: str
    grid: Grid
    wide: bool = False


@dataclass(frozen=True)
class RowSheet:
    """Rows of children or workers.

    Args:
        key: as in the report's file.
        name: of the sheet.
        title: above the headings.
        frame: columns by heading; one whose input was not supplied is blank and says so in its heading.
        marked: true for each row that is to be highlighted, or None.
    """

    key: str
    name: str
    title: str
    frame: pl.DataFrame
    marked: pl.Series | None = None


@dataclass(frozen=True)
class Report:
    """A report as it is written.

    `counted` are notes that quote counts, and so are left out where the report is shared more widely. `settings` are
    those that decided, as they stood. `excluded` says which rows of the input are in no number, and how many.
    """

    item: str
    slug: str
    title: str
    rule: str
    reference: str
    supplied: bool
    figures: tuple[Figure, ...] = ()
    tables: tuple[NumberTable, ...] = ()
    sheets: tuple[RowSheet, ...] = ()
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    starts: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Cell], ...] = ()
    headline: str = ""
    further: tuple[str, ...] = ()
    suppressed: bool = False

    @property
    def name(self) -> str:
        """Name of its files, without the ending."""
        return f"{self.item}-{self.slug}"
