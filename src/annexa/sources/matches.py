"""What an unknown extract is taken for, as data: columns for fields, tables for records, with how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from annexa.records import RECORDS

# Where all is well, more than this share of a column's values is found among the identifiers that they should be of.
ENOUGH: Final = 0.8


@dataclass(frozen=True)
class ColumnMatch:
    """A column taken for a field.

    Args:
        column: its name, as found.
        field: of the record.
        score: from 0 to 1.
        name_score: what the name alone says.
        content: what the values say, None where there are none.
        rivals: other fields that the column could be, with their scores, the best first.
        others: other columns that the field could be, with their scores, the best first.
        also: columns that say the same in another form (a code beside its description), read where this one is blank.
        readable: false where the column holds something else than annexa can read for the field.
        parent: the record that the field is an identifier of, where that has a table.
        found: share of the column's values that are among that record's identifiers; None where it is not known.
    """

    column: str
    field: str
    score: float
    name_score: float
    content: float | None
    rivals: tuple[tuple[str, float], ...] = ()
    others: tuple[tuple[str, float], ...] = ()
    also: tuple[str, ...] = ()
    readable: bool = True
    parent: str = ""
    found: float | None = None

    @property
    def foreign(self) -> bool:
        """Whether many of its values are identifiers of something else than the record that they should be of."""
        return self.found is not None and self.found <= ENOUGH


@dataclass(frozen=True)
class TableMatch:
    """A table taken for a record.

    `rivals` are other records that it could be. A companion is a further record read from the table of another.
    """

    table: str
    record: str
    score: float
    columns: tuple[ColumnMatch, ...]
    rivals: tuple[tuple[str, float], ...] = ()
    companion_of: str = ""

    def missing(self) -> list[str]:
        """Return the fields that have no column."""
        held = {each.field for each in self.columns}
        return [name for name in RECORDS[self.record].fields() if name not in held]

    def needs(self) -> list[str]:
        """Return the fields without which the record cannot be used, and that have no column which can be read."""
        held = {each.field for each in self.columns if each.readable}
        return [name for name in RECORDS[self.record].meta.needs if name not in held]

    def strangers(self) -> list[ColumnMatch]:
        """Return the columns that the record hangs on, and that many rows of point to no row of the other record."""
        return [each for each in self.columns if each.foreign and each.field in RECORDS[self.record].meta.needs]


@dataclass(frozen=True)
class Proposal:
    """What an unknown extract is taken for.

    Args:
        matches: by record.
        doubles: tables that look most like a record that is read from another table already.
        unmatched: the names of the tables that are neither.
    """

    matches: Mapping[str, TableMatch]
    doubles: tuple[TableMatch, ...]
    unmatched: tuple[str, ...]
