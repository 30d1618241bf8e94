"""Which births the rows of an extract's tables are about."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from annexa.extract.clean import first_of, judge, read_record
from annexa.extract.prepare import merged_identifiers
from annexa.extract.read import RawTable
from annexa.extract.tables import DTYPES
from annexa.findings import Findings
from annexa.pseudonyms.birthdays import AT, BORN, births, of_rows, row_by_row
from annexa.records import RECORDS, Kind
from annexa.sources import SourceProfile

# Records with days that are, or can be, a child's by another record: the field, and the record whose field of that
# name it is. A review may name the period of care alone, an assessment of early help the family. An adopter's day of
# matching, placing or adopting stands in the child's records too, where it must read the same.
LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "adopters": ("family_id", "adoption_links"),
    "care_reviews": ("period_id", "care_episodes"),
    "early_help_assessments": ("family_id", "early_help_families"),
    "ehcp_requests": ("send_id", "send"),
    "ehcp_assessments": ("request_id", "ehcp_requests"),
    "ehcp_plans": ("assessment_id", "ehcp_assessments"),
    "health_details": ("check_id", "health_checks"),
    "missing_details": ("missing_id", "missing_episodes"),
    "permanence": ("period_id", "care_episodes"),
    "plo_reviews": ("family_id", "plo"),
    "private_fostering_visits": ("arrangement_id", "private_fostering"),
}
NO_CHILDS: Final = frozenset({"workers", "absences"})  # records with days that are about no child
_MERGED: Final = "merged_ids"


class Births:
    """The births in an extract: all that it says of a person, under an identifier that was merged too.

    Args:
        tables: all of the extract; what is needed of them is read at once, and they may be let go then.
        source: where tables and columns are.
    """

    def __init__(self, tables: Mapping[str, RawTable], source: SourceProfile) -> None:
        self._tables: Mapping[str, RawTable] = tables
        self._source = source
        self._current = self._merged()
        self._people = pl.concat(self._born_in(record) for record in RECORDS).unique()
        self._by_link: dict[str, pl.DataFrame] = {}
        for record in LINKS:
            self._linked(record)
        self._tables = {}

    def of(self, raw: RawTable) -> pl.Series:
        """Return for each row of a table the births of whom it is about: a List of month and day as 520, or blank."""
        records = [mapped.record for mapped in self._source.tables.values() if mapped.table == raw.name]
        return row_by_row((found for record in records for found in self._found(record, raw)), raw.frame.height)

    def _merged(self) -> dict[str, str]:
        raw = self._raw(_MERGED)
        if raw is None:
            return {}
        return merged_identifiers(read_record(raw, self._source.tables[_MERGED], self._source, Findings()))[0]

    def _born_in(self, record: str) -> pl.DataFrame:
        fields = [name for name, field in RECORDS[record].fields().items() if field.kind is Kind.BIRTH]
        raw = self._raw(record) if fields else None
        if raw is None:
            return births(pl.Series([], dtype=pl.String), ())
        person = RECORDS[record].meta.person
        read = self._read(record, raw, [person, *fields])
        return births(read[person].replace(self._current), [read[name] for name in fields])

    def _linked(self, record: str) -> pl.DataFrame:
        """Return the births that a linked record's field stands for: key and born."""
        if record not in self._by_link:
            field, owner = LINKS[record]
            raw = self._raw(owner)
            if raw is None:
                self._by_link[record] = self._people.clear()
            else:
                keys = self._read(owner, raw, [field]).select(pl.col(field).alias("key")).with_row_index(AT)
                pairs = keys.join(pl.concat(self._found(owner, raw)), on=AT)
                self._by_link[record] = pairs.select("key", BORN).drop_nulls().unique()
        return self._by_link[record]

    def _found(self, record: str, raw: RawTable) -> Iterable[pl.DataFrame]:
        """Return the births of the rows, by whom they name and by what they are linked to: at, born."""
        found = [of_rows(pl.Series([], dtype=pl.String), self._people)]
        person = RECORDS[record].meta.person
        if person:
            found.append(of_rows(self._read(record, raw, [person])[person].replace(self._current), self._people))
        if record in LINKS:
            field = LINKS[record][0]
            found.append(of_rows(self._read(record, raw, [field])[field], self._linked(record)))
        return found

    def _raw(self, record: str) -> RawTable | None:
        mapped = self._source.tables.get(record)
        return self._tables.get(mapped.table) if mapped else None

    def _read(self, record: str, raw: RawTable, names: list[str]) -> pl.DataFrame:
        """Return fields of a record row for row; blank where the table has no column for one."""
        fields, columns = RECORDS[record].fields(), self._source.tables[record].columns
        used = {name: [each for each in columns[name] if each in raw.frame.columns] for name in names}
        judged = judge(
            raw.frame, RECORDS[record], {each: fields[name] for name in names for each in used[name]}, self._source
        )
        blank = {name: pl.Series([None], dtype=DTYPES[fields[name].kind]) for name in names if not used[name]}
        return pl.DataFrame(
            {
                name: blank[name].new_from_index(0, raw.frame.height)
                if name in blank
                else first_of([judged[each].values for each in used[name]], fields[name])
                for name in names
            }
        )
