"""The Annex A workbook and the files beside it, from lists that were built."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from annexa.checks.gate import Verdict
from annexa.editions import Edition, ListSpec
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.lists.reasons import REASONS
from annexa.outputs.contents import CodeList, FrontSheet, Sheet
from annexa.outputs.files import write_csv
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import over_sheets, write_workbook

FILE: Final = "annex-a.xlsx"
HEADING: Final = "Annex A: child-level data, Lists 1 to 11"
TABLE_HEADINGS: Final = ("List", "Title", "From", "To", "Rows", "Children", "Left out", "State")
NOT_SUPPLIED: Final = "not supplied"
EXCLUSION_COLUMNS: Final = {
    "list": pl.Int64,
    "reason": pl.String,
    "class": pl.String,
    "source_table": pl.String,
    "file": pl.String,
    "row": pl.UInt32,
    "event_id": pl.String,
    "person_id": pl.String,
    "date": pl.Date,
    "finding": pl.String,
}


def front_sheet(
    context: Context,
    lists: Mapping[int, BuiltList],
    authority: str,
    version: str,
    notes: Sequence[str],
    verdict: Verdict,
) -> FrontSheet:
    """Return the first sheet: authority, dates, edition, a line a list, and the notes."""
    period = context.period
    facts: list[tuple[str, str | int | date]] = [
        ("Authority", authority or "not given"),
        ("Inspection date", period.inspection_date),
        ("Edition", f"{context.edition.name}: {context.edition.title}"),
        ("Extract date", period.extract_date or "not given"),
        ("Data quality", _quality(verdict)),
        ("annexa version", version),
    ]
    return FrontSheet(
        HEADING, tuple(facts), TABLE_HEADINGS, tuple(_line(each) for each in lists.values()), tuple(notes)
    )


def _quality(verdict: Verdict) -> str:
    counts = verdict.counts
    accepted = f", {verdict.accepted:,} accepted" if verdict.accepted else ""
    return (
        f"{verdict.state}: {counts['error']:,} errors, {counts['warning']:,} warnings, "
        f"{counts['info']:,} for information{accepted} (see findings.xlsx)"
    )


def _line(built: BuiltList) -> tuple[str | int | date | None, ...]:
    window = built.window
    from_, to = (window.start, window.end) if window else (None, None)
    number, title = built.spec.number, built.spec.title
    if not built.supplied:
        return (number, title, from_, to, None, None, None, NOT_SUPPLIED)
    left_out = sum(built.left_out.values())
    return (number, title, from_, to, built.frame.height, built.children, left_out, "built")


def sheets(lists: Mapping[int, BuiltList]) -> list[Sheet]:
    """Return a sheet for each list; one that was not supplied has title and headings, and says so."""
    return [
        Sheet(
            name=built.spec.sheet,
            title=built.spec.title,
            frame=built.frame,
            choices={column.heading: column.codes for column in built.spec.columns if column.codes},
            note="" if built.supplied else "Not supplied: the extract has no table for this list.",
        )
        for built in lists.values()
    ]


def code_lists(context: Context, lists: Mapping[int, BuiltList]) -> list[CodeList]:
    """Return the code lists that the columns of the lists use, each once, in the order of their first use."""
    return code_lists_of(context.edition, [built.spec for built in lists.values()])


def code_lists_of(edition: Edition, specs: Sequence[ListSpec]) -> list[CodeList]:
    """Return the code lists that these lists use, each once, in the order of their first use."""
    names = dict.fromkeys(column.codes for spec in specs for column in spec.columns if column.codes is not None)
    codes = [edition.code_set(name) for name in names]
    return [CodeList(each.name, each.title, tuple(dict.fromkeys(each.written.values()))) for each in codes]


def write_exclusions(stage: Stage, context: Context, lists: Mapping[int, BuiltList]) -> None:
    """Write the source rows that are on no list: exclusions.csv, or exclusions.xlsx where that is encrypted.

    Raises:
        OutputError, OSError: as the stage and the writers do.
    """
    frame, day = exclusions(context, lists), context.period.inspection_date
    if not stage.sealed:
        write_csv(stage.path("exclusions.csv"), frame)
        return
    facts: tuple[tuple[str, str | int | date], ...] = (("Inspection date", day), ("Rows left out", frame.height))
    front = FrontSheet("Records that are on no list", facts, (), (), (), name="Summary")
    sheets = over_sheets("Exclusions", "Records that are on no list, and why", frame)
    write_workbook(stage.workbook("exclusions.xlsx"), front, sheets, (), day)


def exclusions(context: Context, lists: Mapping[int, BuiltList]) -> pl.DataFrame:
    """Return every source row that is on no row of a list, with its reason (columns: EXCLUSION_COLUMNS)."""
    parts = [pl.DataFrame(schema=EXCLUSION_COLUMNS)]
    for number, built in lists.items():
        for record, rows in built.accounts.items():
            table = context.tables[record]
            parts.append(
                rows.drop_nulls("reason").select(
                    pl.lit(number, dtype=pl.Int64).alias("list"),
                    "reason",
                    pl.col("class_").cast(pl.String).str.replace_all("_", " ").alias("class"),
                    pl.lit(table.source).alias("source_table"),
                    pl.lit(table.file).alias("file"),
                    pl.col("_row").alias("row"),
                    "event_id",
                    "person_id",
                    "date",
                    "finding",
                )
            )
    order = {code: position for position, code in enumerate(REASONS)}
    return pl.concat(parts).sort(
        "list", pl.col("reason").replace_strict(order, return_dtype=pl.Int32), "source_table", "event_id",
        "person_id", "row", nulls_last=True,
    )  # fmt: skip
