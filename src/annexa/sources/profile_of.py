"""What the columns of an unknown table hold, told by their values: dates, identifiers, codes, numbers, free text.

Nothing here leaves a value in a message or on the terminal; annexa.sources.propose decides which values may be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

from annexa.editions import code_sets, normalise

SAMPLE: Final = 50_000  # rows of a table that are looked at
_CODES: Final = 80  # different values of a column that can be a list of codes
_LONG: Final = 150  # characters of a code's text; some descriptions of the standard codes are long
_TEXTS: Final = 5_000  # different values that are looked at, the most frequent first
_NOTHING: Final = ("null", "none", "n/a", "na", "-", "--", "nan", "(null)", "ssd_ph", "placeholder_data")

# How dates are written, by the name of the form. The first five can be read (annexa.sources.model.DATE_FORMATS).
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}.*)?$"
DATE_SHAPES: Final = {
    "YYYY-MM-DD": r"^(?:19|20|99)[0-9]{2}-(?:0[1-9]|1[0-2])-[0-3][0-9]" + _TIME,
    "DD/MM/YYYY": r"^[0-3][0-9]/(?:0[1-9]|1[0-2])/(?:19|20|99)[0-9]{2}" + _TIME,
    "DD-MM-YYYY": r"^[0-3][0-9]-(?:0[1-9]|1[0-2])-(?:19|20|99)[0-9]{2}" + _TIME,
    "DD.MM.YYYY": r"^[0-3][0-9]\.(?:0[1-9]|1[0-2])\.(?:19|20|99)[0-9]{2}" + _TIME,
    "YYYYMMDD": r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])" + _TIME,
    "MM/DD/YYYY": r"^(?:0[1-9]|1[0-2])/(?:1[3-9]|2[0-9]|3[01])/(?:19|20)[0-9]{2}" + _TIME,
    "D/M/YYYY": r"^(?:[1-9]/[01]?[0-9]|[0-3]?[0-9]/[1-9])/(?:19|20)[0-9]{2}" + _TIME,
    "DD/MM/YY": r"^[0-3]?[0-9][/.-][01]?[0-9][/.-][0-9]{2}" + _TIME,
    "DD Month YYYY": r"^(?i)[0-3]?[0-9][ /-][a-z]{3,9}[ /-](?:[0-9]{2}|[0-9]{4})" + _TIME,
    "YYYY/MM/DD": r"^(?:19|20)[0-9]{2}/[01]?[0-9]/[0-3]?[0-9]" + _TIME,
}
_SHAPES: Final = {
    "timed": r"[ T](?:0[1-9]|1[0-9]|2[0-3]):[0-9]{2}|[ T]00:(?:0[1-9]|[1-5][0-9])",
    "whole": r"^[0-9]{1,9}$",
    "number": r"^[+-]?[0-9]{1,9}(?:\.[0-9]+)?$",
    "token": r"^[A-Za-z0-9{][A-Za-z0-9._/{}:#-]*$",
    "postcode": r"^(?i)[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}$",
    "json": r"^\s*(?:\{.*\}|\[.*\])\s*$",
    "nhs": r"^[0-9]{3} ?[0-9]{3} ?[0-9]{4}$",
    "upn": r"^[A-Z][0-9]{11}[0-9A-Z]$",
    "urn": r"^(?:SC|OF|EY)?[0-9]{5,8}$",
    "school_year": r"^(?:19|20)[0-9]{2} ?[/-] ?(?:[0-9]{2}|20[0-9]{2})$",
    "person_name": r"^(?:(?:Mrs?|Ms|Miss|Dr)\.? )?[A-Z][a-z'’-]+,? (?:[A-Z][A-Za-z'’-]*\.? ?){1,3}$",
    "contact": r"@|^\+?[0-9][0-9 ]{9,}$",
}


@dataclass(frozen=True)
class Found:
    """One table of an unknown extract: its name as found, and its columns as text, named as found.

    `whole` is false where the table may have more rows than were read.
    """

    name: str
    frame: pl.DataFrame
    whole: bool = True


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    Args:
        table: as found.
        name: as found.
        rows: that were looked at.
        filled: rows with a value.
        distinct: different values.
        length: characters of a value, on average.
        shapes: share of the filled rows that have each shape (dates by the name of their form).
        year: the year in the middle of its dates, 0 where it holds none.
        codes: value -> rows, where the column can be a list of codes; else empty.
        known: code set -> share of the filled rows that it can read, for a list of codes.
        values: the different values, for comparing identifiers.
    """

    table: str
    name: str
    rows: int
    filled: int
    distinct: int
    length: float
    shapes: Mapping[str, float]
    year: int
    codes: Mapping[str, int]
    known: Mapping[str, float]
    values: pl.Series = field(repr=False, compare=False)

    @cached_property
    def dates(self) -> float:
        """The share of the filled rows that are dates in any form."""
        return min(1.0, sum(self.shapes.get(name, 0.0) for name in DATE_SHAPES))

    @property
    def unique(self) -> float:
        """Different values by filled rows: 1 where no value stands twice."""
        return self.distinct / self.filled if self.filled else 0.0

    def share(self, shape: str) -> float:
        """Return the share of the filled rows that have a shape."""
        return self.shapes.get(shape, 0.0)


@dataclass(frozen=True)
class TableProfile:
    """One table: its name, how many rows were looked at, its columns in their order, and whether all rows were read."""

    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    whole: bool = True


def profile_tables(tables: Iterable[Found]) -> list[TableProfile]:
    """Return the profile of every table, by name."""
    return [profile_table(each) for each in sorted(tables, key=lambda table: table.name)]


def profile_table(table: Found) -> TableProfile:
    """Return the profile of one table; of a long one, rows at equal distances are looked at."""
    frame = table.frame
    step = -(-frame.height // SAMPLE)
    sample = frame.gather_every(step) if step > 1 else frame
    columns = tuple(_column(table.name, sample[name], frame[name]) for name in frame.columns)
    return TableProfile(table.name, sample.height, columns, table.whole)


def _column(table: str, cells: pl.Series, whole: pl.Series) -> ColumnProfile:
    name = cells.name
    text = pl.col("value").str.strip_chars()
    nothing = text.is_null() | (text == "") | text.str.to_lowercase().is_in(_NOTHING)
    counts = cells.alias("value").to_frame().filter(~nothing).select(text).group_by("value").agg(pl.len().alias("rows"))
    counts = counts.sort("rows", "value", descending=[True, False])
    filled, distinct = int(counts["rows"].sum()), counts.height
    looked = counts.head(_TEXTS)
    shapes, length, year = _shapes(looked) if filled else ({}, 0.0, 0)
    codes: dict[str, int] = {}
    if 0 < distinct <= _CODES and looked["value"].str.len_chars().max() <= _LONG:  # type: ignore[operator]
        codes = dict(looked.iter_rows())
    values = counts["value"] if len(whole) == len(cells) else whole.drop_nulls().str.strip_chars().unique()
    known = _known(codes) if codes else {}
    return ColumnProfile(table, name, len(cells), filled, distinct, length, shapes, year, codes, known, values)


def _shapes(looked: pl.DataFrame) -> tuple[dict[str, float], float, int]:
    """Return the share of the rows that have each shape, the mean length, and the year in the middle of dates.

    A value has the first form of a date that it fits.
    """
    value, rows = pl.col("value"), pl.col("rows")
    forms = pl.coalesce(
        pl.when(value.str.contains(pattern)).then(pl.lit(name)) for name, pattern in DATE_SHAPES.items()
    )
    seen = looked.select(value, rows, forms.alias("form"))
    total = rows.sum()
    row = seen.select(
        *((rows.filter(value.str.contains(pattern)).sum() / total).alias(n) for n, pattern in _SHAPES.items()),
        ((value.str.len_chars() * rows).sum() / total).alias("length"),
        value.filter(pl.col("form").is_not_null())
        .str.extract(r"((?:19|20)[0-9]{2})")
        .cast(pl.Int64, strict=False)
        .median()
        .alias("year"),
    ).row(0, named=True)
    length, year = float(row.pop("length")), int(row.pop("year") or 0)
    dates = seen.drop_nulls("form").group_by("form").agg(rows.sum()).sort("form")
    whole = int(seen["rows"].sum())
    return {**row, **{form: count / whole for form, count in dates.iter_rows()}}, length, year


def _known(codes: Mapping[str, int]) -> dict[str, float]:
    """Return for each code set the share of the rows that it can read, where it can read any."""
    spelled = [(normalise(value), rows) for value, rows in codes.items()]
    total = sum(codes.values())
    answer = {}
    for name, code_set in code_sets().items():
        read = sum(rows for text, rows in spelled if text in code_set.lookup)
        if read:
            answer[name] = read / total
    return answer
