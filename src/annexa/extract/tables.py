"""The typed tables of one run, after reading: what every later stage works on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl

from annexa.records import RECORDS, Kind, Record

DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.IDENTIFIER: pl.String(),
    Kind.PERSON: pl.String(),
    Kind.TEXT: pl.String(),
    Kind.POSTCODE: pl.String(),
    Kind.CODE: pl.String(),
    Kind.JSON: pl.String(),
    Kind.DATE: pl.Date(),
    Kind.BIRTH: pl.Date(),
    Kind.MOMENT: pl.Datetime("us"),
    Kind.PLANNED: pl.Date(),
    Kind.WHOLE: pl.Int64(),
    Kind.DECIMAL: pl.Float64(),
    Kind.SIGNED: pl.Float64(),
    Kind.SCHOOL_YEAR: pl.Int64(),
}

ROW = "_row"  # the record's number in its file, headings = 1
DROP = "_drop"  # why the row takes no part in any rule (a reason code), or null
MASKED = "_masked"  # true where a date later than A was blanked (K6)


LATER: Mapping[str, pl.DataType] = {ROW: pl.UInt32(), "field": pl.String(), "day": pl.Date(), "key": pl.String()}
BLANKED: Mapping[str, pl.DataType] = {ROW: pl.UInt32(), "field": pl.String()}
IGNORED_TEXTS: Mapping[str, pl.DataType] = {ROW: pl.UInt32(), "field": pl.String(), "text": pl.String()}


def schema(record: type[Record]) -> dict[str, pl.DataType]:
    """Return the columns of a record's typed frame: its fields, then _row, _drop and _masked."""
    fields = {name: DTYPES[each.kind] for name, each in record.fields().items()}
    return {**fields, ROW: pl.UInt32(), DROP: pl.String(), MASKED: pl.Boolean()}


@dataclass(frozen=True)
class Table:
    """One record's rows.

    Args:
        record: the record's class.
        source: the table's name in the source ("ssd_contacts").
        file: the name of the file it came from; empty where it was not supplied.
        supplied: whether the source has the table at all.
        frame: columns as schema(record) says; a coded field holds a standard code, null where it was blank, and
            UNREADABLE where no map knows the value.
        absent: fields for which the source has no column.
        columns: field -> the source's columns that it was read from.
        later: dates after the later of D and the day of the extract, which no rule sees any more (K6): _row, field,
            day, and key, the record's identifier; null where no day of the extract is given, since none can be told.
        blanked: which dates later than A were blanked (K6), in the tables that no list reads: _row, field.
        ignored: texts that the source profile names as no business of the lists, which `frame` has as blank: _row,
            field, text as the source has it. A report may look at them.
    """

    record: type[Record]
    source: str
    file: str
    supplied: bool
    frame: pl.DataFrame
    absent: frozenset[str] = field(default_factory=frozenset)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    later: pl.DataFrame | None = None
    blanked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BLANKED))
    ignored: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IGNORED_TEXTS))

    def column(self, name: str) -> str:
        """Return the source's column for a field: the first that it was read from, or else the standard one."""
        return (self.columns.get(name) or self.record.fields()[name].columns)[0]

    @property
    def live(self) -> pl.DataFrame:
        """The rows that take part in rules."""
        return self.frame.filter(pl.col(DROP).is_null())

    def with_frame(self, frame: pl.DataFrame) -> "Table":
        """Return the same table with other rows."""
        return replace(self, frame=frame)

    def with_later(self, later: pl.DataFrame) -> "Table":
        """Return the same table with the dates that are too late to be true."""
        return replace(self, later=later)

    def with_blanked(self, blanked: pl.DataFrame) -> "Table":
        """Return the same table with word of which dates were blanked."""
        return replace(self, blanked=blanked)


class Tables(Mapping[str, Table]):
    """All records of a run by name; one that was not supplied is there, empty, with supplied = False."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = {name: tables.get(name) or not_supplied(record) for name, record in RECORDS.items()}

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@cache
def not_supplied(record: type[Record]) -> Table:
    """Return the table of a record that the source does not have."""
    frame = pl.DataFrame(schema=schema(record))
    return Table(record, record.meta.table, "", supplied=False, frame=frame, absent=frozenset(record.fields()))
