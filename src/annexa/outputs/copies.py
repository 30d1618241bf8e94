"""The files of a pseudonymised copy: tables as CSV, lists as a workbook in the official layout."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from annexa.editions import Edition, ListSpec
from annexa.filled.kinds import cells_of
from annexa.outputs.annex_a import code_lists_of
from annexa.outputs.contents import FrontSheet, Sheet
from annexa.outputs.sealing import Place
from annexa.outputs.workbook import write_workbook

HEADING: Final = "Annex A: pseudonymised copy"
_NOT_SUPPLIED: Final = "Not supplied: no workbook has this list."
_NOTES: Final = (
    "Identifiers, workers, teams and organisations are pseudonyms, made with a key that is kept elsewhere.",
    "Dates of birth, and dates on a child's birthday, are the first of the month; postcodes are sectors.",
    "This is personal data about children still: who knows a child's dates may know the child.",
)


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """Write a table as CSV in UTF-8, as annexa reads extracts; a blank cell is empty.

    No cell is guarded against spreadsheets: a reader of extracts would take the guard for a part of the value, and
    what is written are pseudonyms, dates, numbers and codes that are known.

    Raises:
        OSError: the file cannot be written.
    """
    buffer = BytesIO()
    frame.write_csv(buffer, line_terminator="\r\n")
    path.write_bytes(buffer.getbuffer())


def write_lists(path: Place, lists: Mapping[int, pl.DataFrame], edition: Edition, day: date, version: str = "") -> None:
    """Write the lists of a copy in the official layout: all lists and headings of the edition.

    Args:
        path: the file, or a place that encrypts it.
        lists: by number; a heading that is not there is blank.
        edition: whose layout is written.
        day: the inspection date, which the file's properties carry.
        version: of annexa, for the front sheet.

    Raises:
        OutputError: as write_workbook.
    """
    specs = [spec for _, spec in sorted(edition.lists.items())]
    front = FrontSheet(
        heading=HEADING,
        facts=(
            ("Inspection date", day),
            ("Edition", f"{edition.name}: {edition.title}"),
            ("annexa version", version),
        ),
        table_headings=("List", "Title", "Rows"),
        table_rows=tuple(
            (spec.number, spec.title, lists[spec.number].height if spec.number in lists else None) for spec in specs
        ),
        notes=_NOTES,
    )
    sheets = [_sheet(spec, lists.get(spec.number)) for spec in specs]
    write_workbook(path, front, sheets, code_lists_of(edition, specs), day)


def _sheet(spec: ListSpec, frame: pl.DataFrame | None) -> Sheet:
    blank = pl.DataFrame(schema={column.heading: cells_of(column).dtype for column in spec.columns})
    return Sheet(
        name=spec.sheet,
        title=spec.title,
        frame=blank if frame is None else pl.concat([blank, frame], how="diagonal"),
        choices={column.heading: column.codes for column in spec.columns if column.codes},
        note=_NOT_SUPPLIED if frame is None else "",
    )
