"""differences.xlsx and differences.json: what `annexa diff` found, with children's identifiers and cells.

Both have the classification of the lists themselves.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from annexa.outputs.contents import Content, Page, PageTable
from annexa.outputs.findings_layout import as_text
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import over_sheets, write_workbook

WORKBOOK: Final = "differences.xlsx"
DOCUMENT: Final = "differences.json"
_DAY: Final = "Date of the row"
# Name of a frame -> name of its sheet, its title, and its headings by column.
_SHEETS: Final[dict[str, tuple[str, str, dict[str, str]]]] = {
    "joined_and_left": (
        "Joined_and_left",
        "Children on one side alone, and why",
        {
            "list": "List",
            "change": "Change",
            "child": "Child",
            "why": "Why",
            "date": "Date",
            "reason": "Reason code",
            "detail": "What told it",
        },
    ),
    "changed_cells": (
        "Changed_cells",
        "Cells that differ in rows that both sides have",
        {
            "list": "List",
            "child": "Child",
            "date": _DAY,
            "column": "Column",
            "before": "Before",
            "after": "After",
        },
    ),
    "rows": (
        "Rows",
        "Rows that one side alone has, of children on both",
        {"list": "List", "change": "Change", "child": "Child", "date": _DAY},
    ),
    "findings": (
        "Findings",
        "Findings that are new, and findings that are gone",
        {
            "change": "Change",
            "check": "Check",
            "severity": "Severity",
            "list": "List",
            "child": "Child",
            "message": "What is wrong",
            "column": "Column",
            "value": "Value",
            "team": "Team",
            "worker": "Worker",
            "event": "Record",
        },
    ),
}


@dataclass(frozen=True)
class Document:
    """What is written.

    Args:
        facts: label and value about the two sides.
        tables: in counts, for the summary.
        notes: sentences.
        summary: the same as JSON.
        frames: joined_and_left, changed_cells, rows and findings, with the columns of the sheets above.
        day: the date that the workbook's properties carry.
    """

    facts: tuple[tuple[str, Content], ...]
    tables: tuple[PageTable, ...]
    notes: tuple[str, ...]
    summary: Mapping[str, Any]
    frames: Mapping[str, pl.DataFrame]
    day: date


def write_differences(stage: Stage, document: Document) -> None:
    """Write both files into a stage; under a password the workbook alone.

    Raises:
        OutputError, OSError: as the stage and the writers do.
    """
    sheets = []
    for key, (name, title, headings) in _SHEETS.items():
        shown, texts = _with_dates(document.frames[key])
        named = [pl.col(column).alias(heading) for column, heading in headings.items()]
        sheets += over_sheets(name, title, shown.select(named), texts)
    front = Page("Summary", "What differs", document.facts, document.tables, document.notes)
    write_workbook(stage.workbook(WORKBOOK), front, sheets, (), document.day)
    if not stage.sealed:
        stage.path(DOCUMENT).write_bytes(json_text(document).encode())


def _with_dates(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return a frame with its dates as the lists show them, where it holds them as text.

    Returns:
        The frame: the date of a row as Date, other texts that are dates as dd/mm/yyyy. And, under the heading of its
        column, what stands in the place of a date of a row and is none.
    """

    def day(name: str) -> pl.Expr:
        return pl.col(name).str.to_date("%Y-%m-%d", strict=False)

    cells = [name for name in ("before", "after") if name in frame.columns]
    frame = frame.with_columns(pl.coalesce(day(name).dt.strftime("%d/%m/%Y"), name) for name in cells)
    if frame.schema.get("date") != pl.String:
        return frame, None
    texts = frame.select(pl.when(day("date").is_null()).then("date").alias(_DAY))
    return frame.with_columns(day("date")), texts


def json_text(document: Document) -> str:
    """Return the text of differences.json: the summary, then each frame as a list, one row a line."""
    head = as_text({**document.summary, **{key: [] for key in _SHEETS}})
    for key, (_, _, headings) in _SHEETS.items():
        head = head.replace(f'"{key}": []', f'"{key}": {_lines(document.frames[key].select(list(headings)))}', 1)
    return head


def _lines(frame: pl.DataFrame) -> str:
    if not frame.height:
        return "[]"
    texts = frame.select(
        pl.col(name).cast(pl.String) if frame[name].dtype == pl.Date else name for name in frame.columns
    )
    inside = texts.write_ndjson().rstrip("\n").replace("\n", ",\n    ")
    return f"[\n    {inside}\n  ]"


def plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a small frame of counts as JSON holds it."""
    rows: list[dict[str, Any]] = json.loads(frame.write_json())
    return rows
