"""What values that no map knows do to the lists, beyond a blank cell: [rows] and [further] of list-inputs.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.editions import ColumnSpec, Edition, ListSpec
from annexa.extract.tables import Table
from annexa.lists.context import Context
from annexa.lists.inputs import declared, inputs_of
from annexa.records import RECORDS, Kind
from annexa.sources.outcomes import JSON_FORM, flags_of

CHECK: Final = "AA-R46"
_UNREAD: Final = ("AA-R02", "AA-R05", "AA-R06")  # findings about single cells of codes and of JSON


@dataclass(frozen=True)
class Effect:
    """What hangs on the codes or outcomes of a field, beside the cells that show them.

    Args:
        path: "record.field".
        rows: the lists on which it decides who is there.
        columns: list -> headings of the columns that are worked out from it.
    """

    path: str
    rows: tuple[int, ...]
    columns: Mapping[int, tuple[str, ...]]

    def __bool__(self) -> bool:
        """Whether anything hangs on it."""
        return bool(self.rows or self.columns)

    @property
    def lists(self) -> tuple[int, ...]:
        """The lists that hang on it."""
        return tuple(sorted({*self.rows, *self.columns}))


def effect_of(edition: Edition, record: str, field: str) -> Effect:
    """Return what hangs on a field of codes or outcomes in the lists of an edition."""
    path = f"{record}.{field}"
    rows = tuple(
        number for number, spec in sorted(edition.lists.items()) if path in declared()["rows"].get(spec.cohort, ())
    )
    columns = {
        number: headings
        for number, spec in sorted(edition.lists.items())
        if (headings := _worked_out(spec, path, RECORDS[record].fields()[field].code_set))
    }
    return Effect(path, rows, columns)


def _worked_out(spec: ListSpec, path: str, code_set: str) -> tuple[str, ...]:
    """Return the headings of the columns that are worked out from a field, and do not merely show it."""
    field = path.partition(".")[2]
    headings = []
    for column in spec.columns:
        name = column.derive or column.field or ""
        shows = name == field or (code_set and column.codes == code_set)
        made_from = any(path in each for each in inputs_of(spec, name)) and not shows
        if made_from or path in further(spec, column):
            headings.append(column.heading.strip())
    return tuple(headings)


def further(spec: ListSpec, column: ColumnSpec) -> tuple[str, ...]:
    """Return the fields that a column of a list is worked out from, beside those it is made from (inputs_of)."""
    return tuple(declared()["further"].get(column.derive or f"{spec.number}.{column.field}", ()))


def told(effect: Effect, table: str, columns: Sequence[str], rows: int) -> str:
    """Return in one sentence or two what the values that no map knows do; no value is in it.

    Args:
        effect: of the field.
        table: its name in the source.
        columns: the columns of the source that the field is read from.
        rows: how many rows hold such a value.
    """
    hold, them = ("1 row holds a value", "it") if rows == 1 else (f"{rows:,} rows hold values", "them")
    record, _, field = effect.path.partition(".")
    mean = "it means" if rows == 1 else "they mean"
    meanings = f", to what {mean}: {', '.join(flags)}" if (flags := flags_of(record, field)) else ""
    return (
        f"{table}: {hold} of {' or '.join(columns)} that no map knows. More than a blank cell hangs on {them}: "
        f'{hangs(effect)}. Map {them} in the source profile, under [values."{effect.path}"]'
        f"{meanings}."
    )


def hangs(effect: Effect) -> str:
    """Return in words what hangs on a field: who is on lists, and columns."""
    parts = [f"who is on {_lists(effect.rows)}"] if effect.rows else []
    for number, headings in effect.columns.items():
        quoted = ", ".join(f'"{heading}"' for heading in headings)
        parts.append(f"in List {number} the column{'' if len(headings) == 1 else 's'} {quoted}")
    return "; ".join(parts)


def _lists(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"List {numbers[0]}"
    return f"Lists {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def report_unknown(context: Context) -> None:
    """Add a finding for each field on which more hangs than its cells, and of which some could not be read (AA-R46).

    It counts what reading found (AA-R02, R05 and R06), but for JSON that is damaged: no map could help there.
    """
    unread = context.findings.cells(_UNREAD).partition_by("table", "file", as_dict=True)
    for table in context.tables.values():
        if (table.source, table.file) in unread:
            _report_table(context, table, unread[table.source, table.file])


def _report_table(context: Context, table: Table, cells: pl.DataFrame) -> None:
    fields = table.record.fields()
    for name, columns in table.columns.items():
        if fields[name].kind not in (Kind.CODE, Kind.JSON):
            continue
        words = ~pl.col("value").str.contains(JSON_FORM) if fields[name].kind is Kind.JSON else pl.lit(True)
        rows = cells.filter(pl.col("column").is_in(columns), words)["row"].n_unique()
        effect = effect_of(context.edition, table.record.meta.name, name)
        if rows and effect:
            context.findings.add(
                CHECK,
                told(effect, table.source, columns, rows),
                list=effect.lists[0] if len(effect.lists) == 1 else None,
                table=table.source,
                file=table.file,
                column=columns[0],
            )
