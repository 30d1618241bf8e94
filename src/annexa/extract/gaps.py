"""The values of an extract that no map knows, column by column: what a source profile still lacks.

They are codes that no code set has, and words in columns that should hold JSON.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from annexa.extract.clean import Judged, first_of, judge, without_ignored
from annexa.extract.read import RawExtract, RawTable
from annexa.records import RECORDS, UNREADABLE, Kind, RecordField
from annexa.sources import SourceProfile, TableMap
from annexa.sources.outcomes import JSON_FORM

SCHEMA: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "record": pl.String,
    "field": pl.String,
    "column": pl.String,
    "code_set": pl.String,
    "distinct": pl.UInt32,
    "rows": pl.UInt32,
    "unread": pl.UInt32,
    "values": pl.List(pl.String),
}

# No lookup is longer, and none has hardly a value twice: such a column holds names, numbers or free text.
_MOST: Final = 100
_FEW: Final = 20


def unknown_values(raw: RawExtract, source: SourceProfile) -> pl.DataFrame:
    """Return the columns of codes or of JSON with values that neither their code set nor the profile knows.

    No others are looked at: never a name, free text, an identifier or a date. A value whose row could be read from
    another column of the same field is no gap, nor is JSON that is damaged.

    Args:
        raw: the extract, read with source.wanted().
        source: the profile, whose value maps are tried.

    Returns:
        A row a column, in the order of the records: record, field, column, code_set ("" of JSON); how many different
        values are unknown (distinct) and in how many rows; in how many rows no column of the field could be read
        because of one (unread, the same for all of its columns); and the values, the most frequent first, which are to
        be shown on request only. They are left out (null) where they look like anything else than the values of a
        lookup.
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
        if field.kind in (Kind.CODE, Kind.JSON) and not field.on_request
    }
    frame, _, _ = without_ignored(raw.frame, record, source, used)
    judged = judge(frame, record, {column: fields[name] for name, each in used.items() for column in each}, source)
    found = []
    for name, columns in used.items():
        lost = _lost(frame, columns, judged, fields[name])
        unread = pl.DataFrame(lost).select(pl.any_horizontal(pl.all()).sum()).item() if lost else 0
        for column, mask in lost.items():
            cells = frame[column].filter(mask)
            counts = cells.alias("value").value_counts(name="n").sort("n", "value", descending=[True, False])
            about = (mapped.record, name, column, fields[name].code_set)
            shown = counts["value"].to_list() if _is_lookup(counts.height, len(cells)) else None
            found.append((*about, counts.height, len(cells), unread, shown))
    return pl.DataFrame(found, schema=dict(SCHEMA), orient="row")


def _lost(
    frame: pl.DataFrame, columns: Sequence[str], judged: Mapping[str, Judged], field: RecordField
) -> dict[str, pl.Series]:
    """Return for each column of a field with values that no map knows the rows of which they are all there is."""
    if not any(judged[column].failed for column in columns):
        return {}
    values = first_of([judged[column].values for column in columns], field)
    lost = values.is_null() if field.kind is Kind.JSON else (values == UNREADABLE).fill_null(False)
    masks = {column: frame[column].is_in(_unknown(judged[column], field)).fill_null(False) & lost for column in columns}
    return {column: mask for column, mask in masks.items() if mask.any()}


def _unknown(column: Judged, field: RecordField) -> list[str]:
    return [text for text in column.failed if field.kind is not Kind.JSON or not re.match(JSON_FORM, text)]


def _is_lookup(distinct: int, rows: int) -> bool:
    return distinct <= _FEW or (distinct <= _MOST and 2 * distinct <= rows)
