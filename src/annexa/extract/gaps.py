"""The values of an extract that no map knows, column by column: what a source profile still lacks."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.extract.clean import first_of, judge, without_ignored
from annexa.extract.read import RawExtract, RawTable
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.sources import SourceProfile, TableMap

SCHEMA: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "record": pl.String,
    "field": pl.String,
    "column": pl.String,
    "code_set": pl.String,
    "distinct": pl.UInt32,
    "rows": pl.UInt32,
    "values": pl.List(pl.String),
}

# No lookup is longer, and none has hardly a value twice: such a column holds names, numbers or free text.
_MOST: Final = 100
_FEW: Final = 20


def unknown_values(raw: RawExtract, source: SourceProfile) -> pl.DataFrame:
    """Return the coded columns with values that neither their code set nor the profile knows.

    Only columns of codes are looked at: never a name, free text, an identifier or a date. A value whose row could be
    read from another column of the same field is no gap.

    Args:
        raw: the extract, read with source.wanted().
        source: the profile, whose value maps are tried.

    Returns:
        A row a column, in the order of the records: record, field, column, code_set; how many different values are
        unknown (distinct) and in how many rows; and the values, the most frequent first, which are to be shown on
        request only. They are left out (null) where they look like anything else than the values of a lookup.
    """
    found = [
        _of_table(raw.tables[mapped.table], mapped, source)
        for mapped in source.tables.values()
        if mapped.table in raw.tables
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *found])


def _of_table(raw: RawTable, mapped: TableMap, source: SourceProfile) -> pl.DataFrame:
    record = RECORDS[mapped.record]
    fields = record.fields()
    used = {
        name: [column for column in mapped.columns[name] if column in raw.frame.columns]
        for name, field in fields.items()
        if field.kind is Kind.CODE and not field.on_request
    }
    frame, _, _ = without_ignored(raw.frame, record, source, used)
    judged = judge(frame, record, {column: fields[name] for name, each in used.items() for column in each}, source)
    found = []
    for name, columns in used.items():
        for column in columns:
            if not (failed := judged[column].failed):
                continue
            values = first_of([judged[each].values for each in columns], fields[name])
            cells = frame[column].filter(frame[column].is_in(list(failed)) & (values == UNREADABLE).fill_null(False))
            if len(cells):
                counts = cells.alias("value").value_counts(name="n").sort("n", "value", descending=[True, False])
                about = (mapped.record, name, column, fields[name].code_set)
                shown = counts["value"].to_list() if _is_lookup(counts.height, len(cells)) else None
                found.append((*about, counts.height, len(cells), shown))
    return pl.DataFrame(found, schema=dict(SCHEMA), orient="row")


def _is_lookup(distinct: int, rows: int) -> bool:
    return distinct <= _FEW or (distinct <= _MOST and 2 * distinct <= rows)
