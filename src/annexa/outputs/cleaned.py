"""The cleaned workbook: filled lists as a build writes them, and beside them everything that was changed on the way."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from annexa.editions import Edition, ListSpec
from annexa.filled.kinds import cells_of, person_heading
from annexa.filled.model import Filled, FilledList
from annexa.outputs.annex_a import code_lists_of
from annexa.outputs.contents import FIRST_DATA_ROW, CutText, FrontSheet, Sheet
from annexa.outputs.sealing import Place
from annexa.outputs.workbook import over_sheets, write_workbook

HEADING: Final = "Annex A: filled lists, cleaned"
CHANGES_SHEET: Final = "Changes"
EXTRA_SHEET: Final = "Extra_columns"
TABLE_HEADINGS: Final = (
    "List", "Title", "Rows read", "Rows written", "Rows left out", "Cells repaired", "Cells left as they were", "State",
)  # fmt: skip
_NOT_SUPPLIED: Final = "Not supplied: no workbook has this list."
_NOTES: Final = (
    "No window was applied and nobody was left out. A row leaves only where another one is identical or replaces it.",
    "The sheet Changes has every row that left and every cell that was repaired.",
    "A cell that could not be read is as it was, as text. The findings say where, and what is wrong with it.",
)
_EXTRA_NOTE: Final = (
    "Columns that no list of this edition has stand on sheets of their own, with the row of the list they belong to."
)


def write_cleaned(
    path: Place, filled: Filled, edition: Edition, day: date, authority: str = "", version: str = ""
) -> tuple[CutText, ...]:
    """Write filled lists in the official layout: all lists and headings of the edition.

    A cell that could not be read is written as the text that it was. Behind the lists stand the columns that were not
    recognised, a sheet for each list that has any, and the sheet Changes.

    Args:
        path: the file; the caller writes beside the target and renames.
        filled: the lists.
        edition: the edition whose layout is written.
        day: the inspection date, which the file's properties carry.
        authority: for the front sheet.
        version: of annexa, for the front sheet.

    Returns:
        The texts that were longer than a cell can hold.

    Raises:
        OutputError: as write_workbook.
    """
    specs = [spec for _, spec in sorted(edition.lists.items())]
    sheets = [_sheet(spec, filled.lists.get(spec.number)) for spec in specs]
    beside = [_extra(each) for _, each in sorted(filled.lists.items()) if each.extra.width]
    front = _front_sheet(filled, edition, day, authority, version)
    return write_workbook(path, front, [*sheets, *beside, *_changes(filled)], code_lists_of(edition, specs), day)


def summary(filled: Filled) -> dict[str, Any]:
    """Return what became of the rows of each list that was found, for `--json`.

    Returns:
        {"lists": {"1": {"sheet", "rows_in", "rows_out", "rows_dropped"}, ...}}; rows_in = rows_out + rows_dropped.
    """
    return {
        "lists": {
            str(number): {
                "sheet": ", ".join(each.sheets),
                "rows_in": each.rows_in,
                "rows_out": each.frame.height,
                "rows_dropped": each.rows_in - each.frame.height,
            }
            for number, each in sorted(filled.lists.items())
        }
    }


def _sheet(spec: ListSpec, filled: FilledList | None) -> Sheet:
    schema = {column.heading: cells_of(column).dtype for column in spec.columns}
    frame = pl.DataFrame(schema=schema)
    texts = None
    if filled is not None:
        blank = {heading: dtype for heading, dtype in schema.items() if heading not in filled.frame.columns}
        frame = filled.frame.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in blank.items())
        frame = frame.select(list(schema))
        texts = _texts(filled)
    return Sheet(
        name=spec.sheet,
        title=spec.title,
        frame=frame,
        choices={column.heading: column.codes for column in spec.columns if column.codes},
        note=_NOT_SUPPLIED if filled is None else "",
        texts=texts,
    )


def _texts(filled: FilledList) -> pl.DataFrame | None:
    if not filled.left.height:
        return None
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, filled.frame.height)
    return pl.DataFrame(
        [
            # scatter changes the series that it is called on.
            blank.clone().scatter(cells["row"], cells["text"]).alias(str(heading))
            for (heading,), cells in filled.left.partition_by("heading", as_dict=True, maintain_order=True).items()
        ]
    )


def _extra(filled: FilledList) -> Sheet:
    """The columns that were not recognised, with the row and the person that they belong to."""
    spec = filled.spec
    person = person_heading(spec)
    whose = (
        filled.frame[person]
        if person in filled.frame.columns
        else pl.Series([None] * filled.frame.height, dtype=pl.String)
    )
    own: Mapping[str, pl.Series] = {
        f"Row of {spec.sheet}": pl.int_range(FIRST_DATA_ROW, FIRST_DATA_ROW + filled.frame.height, eager=True),
        person: whose,
    }
    # A heading that was found twice stands among the columns that were not recognised.
    renamed = {name: f"{name} (2)" for name in filled.extra.columns if name in own}
    frame = pl.DataFrame([values.alias(name) for name, values in own.items()])
    frame = frame.hstack(filled.extra.rename(renamed))
    some = pl.any_horizontal(pl.col(list(frame.columns[len(own) :])).is_not_null())
    return Sheet(f"{EXTRA_SHEET}_{spec.number}", f"{spec.title}: columns that were not recognised", frame.filter(some))


def _changes(filled: Filled) -> list[Sheet]:
    nothing = pl.lit(None, dtype=pl.String)
    rows = filled.dropped.select(
        pl.col("reason").alias("Change"),
        pl.col("list").alias("List"),
        pl.col("file").alias("Workbook"),
        pl.concat_str("sheet", pl.lit(", row "), "row").alias("Where"),
        nothing.alias("Column"),
        pl.col("child").alias("Identifier"),
        nothing.alias("Before"),
        pl.concat_str(pl.lit("kept: "), "kept").alias("After"),
    )
    cells = filled.changes.select(
        pl.col("what").alias("Change"),
        pl.col("list").alias("List"),
        pl.col("file").alias("Workbook"),
        pl.col("cell").alias("Where"),
        pl.col("column").alias("Column"),
        pl.col("child").alias("Identifier"),
        pl.col("before").alias("Before"),
        pl.col("after").alias("After"),
    )
    together = pl.concat([rows, cells])
    return over_sheets(CHANGES_SHEET, "Changes made while cleaning", together)


def _front_sheet(filled: Filled, edition: Edition, day: date, authority: str, version: str) -> FrontSheet:
    files = dict.fromkeys(name for each in filled.lists.values() for name in each.files)
    facts: list[tuple[str, str | int | date]] = [
        ("Authority", authority or "not given"),
        ("Inspection date", day),
        ("Edition", f"{edition.name}: {edition.title}"),
        ("Cleaned from", ", ".join(files)),
        ("annexa version", version),
    ]
    repaired = dict(filled.changes.group_by("list").len().iter_rows())
    lines: list[tuple[str | int | date | None, ...]] = []
    for number, spec in sorted(edition.lists.items()):
        each = filled.lists.get(number)
        if each is None:
            lines.append((number, spec.title, None, None, None, None, None, filled.missing.get(number, "not supplied")))
            continue
        kept = each.frame.height
        lines.append(
            (
                number,
                spec.title,
                each.rows_in,
                kept,
                each.rows_in - kept,
                repaired.get(number, 0),
                each.left.height,
                "cleaned",
            )
        )
    notes = [*_NOTES]
    notes += filled.unread
    notes += [*([_EXTRA_NOTE] if any(each.extra.width for each in filled.lists.values()) else [])]
    return FrontSheet(HEADING, tuple(facts), TABLE_HEADINGS, tuple(lines), tuple(notes))
