"""Rows without an identifier that nothing but what a copy leaves out tells apart: each gets one of its own.

Identical rows count once where they have no identifier (K10), so the copy would have fewer events than the source.
"""

import polars as pl

from annexa.extract.clean import judge
from annexa.extract.read import RawTable
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.records import RECORDS, Kind
from annexa.sources import SourceProfile, TableMap

_BETWEEN = "\x1f"  # stands in no identifier, so that no row's content is one


def told_apart(raw: RawTable, copied: pl.DataFrame, source: SourceProfile, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """Return the copy of a table with identifiers where rows of a list's record would become one without.

    Args:
        raw: the table.
        copied: its copy, row for row.
        source: where its columns are; a record for whose identifier it names no column stays as it is.
        pseudonyms: of the key; such an identifier is that of all that the record has of the row.
    """
    for mapped in source.tables.values():
        record = RECORDS[mapped.record]
        key = record.fields().get(record.meta.key)
        # Of persons and families none may be invented, and no list counts what is off the lists.
        wanted = key is not None and key.kind is Kind.IDENTIFIER and not record.meta.off_lists
        if mapped.table == raw.name and wanted and mapped.columns.get(record.meta.key):
            copied = _with_identifiers(raw.frame, copied, mapped, source, pseudonyms)
    return copied


def _with_identifiers(
    texts: pl.DataFrame, copied: pl.DataFrame, mapped: TableMap, source: SourceProfile, pseudonyms: Pseudonyms
) -> pl.DataFrame:
    record = RECORDS[mapped.record]
    fields = record.fields()
    columns = {column: fields[name] for name, each in mapped.columns.items() for column in each if column in texts}
    left = [column for column in columns if column in copied]
    alike = copied.select(pl.struct(left).hash(seed=0).is_duplicated()).to_series() if left else pl.Series([False])
    if not alike.any():
        return copied
    rows = copied.select(left).with_row_index("at").filter(alike)
    read = judge(texts.filter(alike), record, columns, source)
    identifiers = mapped.columns[record.meta.key]
    nameless = pl.all_horizontal(
        pl.lit(True), *(read[each].values.is_null() for each in identifiers if each in columns)
    )
    content = pl.concat_str([each.values.cast(pl.String).fill_null("") for each in read.values()], separator=_BETWEEN)
    rows = rows.with_columns(nameless.alias("nameless"), content.alias("content"))
    apart = rows.filter("nameless").filter(pl.col("content").n_unique().over(left) > 1)
    if not apart.height:
        return copied
    column = next((each for each in identifiers if each in left), identifiers[0])
    made = apart.select("at", pseudonyms.column(apart["content"]).alias("made"))
    held = copied.with_row_index("at").join(made, on="at", how="left", maintain_order="left")
    own = [pl.col(column)] if column in left else []
    return held.with_columns(pl.coalesce("made", *own).alias(column)).drop("at", "made")
