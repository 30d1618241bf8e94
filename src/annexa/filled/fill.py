"""From the sheets of filled workbooks, as text, to the lists that they hold, with every repair and its finding."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import polars as pl

from annexa.editions import Edition
from annexa.filled.merge import IDENTICAL, REPLACED, Merged, merge
from annexa.filled.model import CHANGES, DROPPED, Filled, FilledList, RawList
from annexa.filled.values import NOT_A_CODE, REPAIRED, Reading, ReadList, ValueMap, read_values
from annexa.findings import Findings
from annexa.period import InspectionPeriod

UNKNOWN: Final[dict[str, pl.DataType]] = {
    "list": pl.Int64(),
    "column": pl.String(),  # official heading
    "code_set": pl.String(),
    "value": pl.String(),
    "count": pl.UInt32(),
}
_NOTHING: Final = "(blank)"
_WHY: Final = {
    "AA-G06": "the cell is not one of the allowed codes, and is left as it is.",
    "AA-G07": "the cell is not a date (DD/MM/YYYY), and is left as it is.",
    "AA-R05": "the cell is not a whole number, and is left as it is.",
    "AA-R24": "the cell holds the text of a formula that went wrong, and is left as it is.",
}


class Workbook(Protocol):
    """A workbook whose lists were found and read as text."""

    @property
    def lists(self) -> Mapping[int, RawList]:
        """The lists that were found, by number."""

    @property
    def missing(self) -> Mapping[int, str]:
        """Number of a list that is not there -> why, in words."""


def fill(
    workbooks: Sequence[Workbook],
    edition: Edition,
    period: InspectionPeriod,
    findings: Findings,
    value_map: ValueMap | None = None,
) -> Filled:
    """Read the values of the lists of one or more workbooks of one authority, and merge them.

    Args:
        workbooks: in the order of the command line: a later one wins.
        edition: headings, labels and codes.
        period: the inspection date decides the century of two-digit years. No window is applied.
        findings: gets AA-R03 for each repaired cell, AA-G06, AA-G07, AA-R05 and AA-R24 for each that is left as it
            is, AA-R07 for each ambiguous date column, AA-G20 for identical rows, AA-R14 for each replaced row. Cells of
            rows that leave are not reported.
        value_map: what an officer said that unknown values mean (see value_map.load_value_map).
    """
    reading = Reading(edition, period.inspection_date, value_map or {})
    lists: dict[int, FilledList] = {}
    changes = [pl.DataFrame(schema=CHANGES)]
    dropped = [pl.DataFrame(schema=DROPPED)]
    unknown = [pl.DataFrame(schema=UNKNOWN)]
    for number in sorted(edition.lists):
        parts = [read_values(book.lists[number], reading) for book in workbooks if number in book.lists]
        if not parts:
            continue
        merged = merge(parts)
        _report_ambiguous(number, parts, findings)
        _report_cells(number, merged, findings)
        _report_dropped(number, merged, findings)
        lists[number] = merged.rows
        changes.append(_changes(number, merged.marks))
        dropped.append(merged.dropped)
        unknown.append(_unknown(merged))
    return Filled(
        lists=lists,
        changes=pl.concat(changes),
        dropped=pl.concat(dropped),
        missing=_missing(workbooks, [number for number in sorted(edition.lists) if number not in lists]),
        unknown_values=pl.concat(unknown),
    )


def _missing(workbooks: Sequence[Workbook], numbers: Sequence[int]) -> dict[int, str]:
    reasons = {number: [book.missing.get(number, "") for book in workbooks] for number in numbers}
    return {
        number: "; ".join(dict.fromkeys(reason for reason in given if reason)) or "it has no sheet"
        for number, given in reasons.items()
    }


def _report_ambiguous(number: int, parts: Sequence[ReadList], findings: Findings) -> None:
    for part in parts:
        for heading, dates in part.ambiguous.items():
            findings.add(
                "AA-R07",
                f"List {number}, {heading}: {dates} dates can be read two ways, since the column has dates with the "
                "month before the day. See the changes for how each was read.",
                list=number,
                table=part.raw.sheet,
                file=part.raw.file,
                column=heading,
            )


def _report_cells(number: int, merged: Merged, findings: Findings) -> None:
    where = pl.concat_str(pl.lit(f"List {number}, "), "letter", "row", pl.lit(": "))
    for (check,), cells in merged.marks.drop_nulls("check").partition_by("check", as_dict=True).items():
        if check == REPAIRED:
            message = pl.concat_str(where, pl.lit("repaired ("), "what", pl.lit(")."))
            value = pl.concat_str("before", pl.lit(" -> "), pl.col("after").fill_null(_NOTHING))
        else:
            message = pl.concat_str(where, pl.lit(_WHY[str(check)]))
            value = pl.col("before")
        findings.add(
            str(check),
            message,
            frame=cells,
            list=number,
            child=pl.col("child"),
            table=pl.col("sheet"),
            file=pl.col("file"),
            row=pl.col("row"),
            column=pl.col("heading"),
            value=value,
        )


def _report_dropped(number: int, merged: Merged, findings: Findings) -> None:
    identical = merged.dropped.filter(pl.col("reason") == IDENTICAL)
    for file, sheet, rows in identical.group_by("file", "sheet", maintain_order=True).len().iter_rows():
        findings.add(
            "AA-G20", f"List {number}: identical rows were removed: {rows}.", list=number, table=sheet, file=file
        )
    findings.add(
        "AA-R14",
        f"List {number}: another row with the same key, of a later workbook, stands in its place.",
        frame=merged.dropped.filter(pl.col("reason") == REPLACED),
        list=number,
        child=pl.col("child"),
        table=pl.col("sheet"),
        file=pl.col("file"),
        row=pl.col("row"),
    )


def _changes(number: int, marks: pl.DataFrame) -> pl.DataFrame:
    return marks.drop_nulls("what").select(
        pl.lit(number, dtype=pl.Int64).alias("list"),
        "file",
        pl.concat_str("sheet", pl.lit("!"), "letter", "row").alias("cell"),
        pl.col("heading").alias("column"),
        "child",
        "before",
        "after",
        "what",
    )


def _unknown(merged: Merged) -> pl.DataFrame:
    spec = merged.rows.spec
    sets = {column.heading: column.codes for column in spec.columns if column.codes}
    cells = merged.marks.filter(pl.col("check") == NOT_A_CODE)
    return (
        cells.group_by("heading", "before", maintain_order=True)
        .len("count")
        .select(
            pl.lit(spec.number, dtype=pl.Int64).alias("list"),
            pl.col("heading").alias("column"),
            pl.col("heading").replace_strict(sets, default=None, return_dtype=pl.String).alias("code_set"),
            pl.col("before").alias("value"),
            "count",
        )
        .sort("column", pl.col("count"), "value", descending=[False, True, False])
    )
