"""One list out of the sheets that several workbooks of one authority have for it, one a team.

Whole rows: where two workbooks have a row of the same key, the row of the later workbook stands and the earlier one
leaves. Within one workbook only a row leaves that repeats another one cell by cell. A row that does not say whose it
is, or lacks the date that is part of the key, never matches another by key, so that no child is lost in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.editions import ListSpec
from annexa.filled.kinds import key_headings, person_heading
from annexa.filled.model import DROPPED, FILE, SHEET, SHEET_ROW, FilledList
from annexa.filled.values import AT, ReadList

IDENTICAL: Final = "exact duplicate"
REPLACED: Final = "replaced in the merge"
_PART: Final = "_part"  # number of the workbook, in the order of the command line
_CHILD: Final = "_child"
_KEPT: Final = "_kept"  # position of the row that stands in its place
_REASON: Final = "_reason"


@dataclass(frozen=True)
class Merged:
    """One list of all workbooks.

    Args:
        rows: the list.
        marks: the marks of the rows that are kept: columns of MARKS, `at` being the position in the list's frame, and
            file, sheet, row, letter and child.
        dropped: the rows that left (columns of DROPPED).
    """

    rows: FilledList
    marks: pl.DataFrame
    dropped: pl.DataFrame


def merge(parts: Sequence[ReadList]) -> Merged:
    """Put the rows of one list together, in the order of workbooks and of their sheets.

    Args:
        parts: the list as each workbook has it, in the order of the command line; at least one.
    """
    spec = parts[0].raw.spec
    frame = _in_order(spec, [part.frame for part in parts])
    origin = pl.concat([_origin(part, number) for number, part in enumerate(parts)])
    marks = _located(parts)
    extra = pl.concat([part.raw.extra for part in parts], how="diagonal").drop(SHEET_ROW)
    person = person_heading(spec)
    child = (
        frame[person] if person in frame.columns else pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    )
    rows = origin.with_row_index(AT).with_columns(child.alias(_CHILD))
    leaving = _leaving(spec, rows, frame, marks, extra)
    stays = ~rows[AT].is_in(leaving[AT].implode())
    moved = rows.filter(stays).select(AT, pl.col(_CHILD).alias("child")).with_row_index("to")
    kept = marks.join(moved, on=AT, how="inner", maintain_order="left").with_columns(pl.col("to").alias(AT)).drop("to")
    listed = FilledList(
        spec=spec,
        frame=frame.filter(stays),
        codes=_in_order(spec, [part.codes for part in parts]).filter(stays),
        left=kept.filter(pl.col("what").is_null()).select(pl.col(AT).alias("row"), "heading", text="before"),
        origin=origin.filter(stays).select(FILE, SHEET, SHEET_ROW),
        extra=extra.filter(stays) if extra.width else extra,
        rows_in=frame.height,
        found_in=tuple((part.raw.file, part.raw.sheet) for part in parts),
    )
    return Merged(listed, kept, _dropped(spec, rows, leaving))


def _in_order(spec: ListSpec, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put frames below each other; a column that only some of them have is blank in the others."""
    together = pl.concat(frames, how="diagonal")
    return together.select(column.heading for column in spec.columns if column.heading in together.columns)


def _origin(part: ReadList, number: int) -> pl.DataFrame:
    return part.raw.cells.select(
        pl.lit(part.raw.file).alias(FILE),
        pl.lit(part.raw.sheet).alias(SHEET),
        pl.col(SHEET_ROW).cast(pl.Int64),
        pl.lit(number, dtype=pl.UInt32).alias(_PART),
    )


def _located(parts: Sequence[ReadList]) -> pl.DataFrame:
    """Return the marks of all parts with their places; `at` counts through all of them."""
    frames = []
    start = 0
    for part in parts:
        raw = part.raw
        frames.append(
            part.marks.with_columns(
                pl.lit(raw.file).alias("file"),
                pl.lit(raw.sheet).alias("sheet"),
                raw.cells[SHEET_ROW].cast(pl.Int64).gather(part.marks[AT]).alias("row"),
                pl.col("heading").replace_strict(raw.letters, default="?", return_dtype=pl.String).alias("letter"),
                pl.col(AT) + start,
            )
        )
        start += raw.cells.height
    return pl.concat(frames)


def _leaving(
    spec: ListSpec, rows: pl.DataFrame, frame: pl.DataFrame, marks: pl.DataFrame, extra: pl.DataFrame
) -> pl.DataFrame:
    """Return `at`, _KEPT and _REASON of each row that leaves."""
    identical = _identical(rows, frame, marks, extra)
    replaced = _replaced(spec, rows, frame, identical)
    # What an identical row was kept for may itself be replaced by a later workbook.
    final = dict(replaced.select(AT, _KEPT).iter_rows())
    return pl.concat([identical.with_columns(pl.col(_KEPT).replace(final)), replaced])


def _identical(rows: pl.DataFrame, frame: pl.DataFrame, marks: pl.DataFrame, extra: pl.DataFrame) -> pl.DataFrame:
    left = marks.filter(pl.col("what").is_null())
    unread = [
        pl.Series([None], dtype=pl.String).new_from_index(0, len(frame)).scatter(each[AT], each["before"])
        for each in left.partition_by("heading", maintain_order=True)
    ]
    columns = [*frame, *extra, *unread]
    table = pl.DataFrame([column.alias(str(number)) for number, column in enumerate(columns)])
    # Hashing first is far cheaper than comparing: hardly any row has another one like it.
    suspects = table.hash_rows().is_duplicated() & rows[_CHILD].is_not_null()
    alike = pl.concat([rows.select(AT, _PART), table], how="horizontal").filter(suspects)
    kept = pl.col(AT).sort_by(_PART, AT, descending=[True, False]).first().over(table.columns)
    return alike.select(AT, kept.alias(_KEPT), pl.lit(IDENTICAL).alias(_REASON)).filter(pl.col(AT) != pl.col(_KEPT))


def _replaced(spec: ListSpec, rows: pl.DataFrame, frame: pl.DataFrame, identical: pl.DataFrame) -> pl.DataFrame:
    headings = key_headings(spec)
    nothing = identical.clear()
    if rows[_PART].n_unique() < 2 or not set(headings) <= set(frame.columns):
        return nothing
    keys = [str(number) for number, _ in enumerate(headings)]
    keyed = (
        rows.select(AT, _PART)
        .with_columns(frame[heading].alias(key) for heading, key in zip(headings, keys, strict=True))
        .filter(~pl.col(AT).is_in(identical[AT].implode()))
        .drop_nulls(keys)
    )
    latest = pl.col(_PART) == pl.col(_PART).max()
    kept = pl.col(AT).filter(latest).min().over(keys)
    return keyed.select(
        AT, kept.alias(_KEPT), pl.lit(REPLACED).alias(_REASON), beaten=(pl.col(_PART) < pl.col(_PART).max().over(keys))
    ).filter("beaten").drop("beaten")  # fmt: skip


def _dropped(spec: ListSpec, rows: pl.DataFrame, leaving: pl.DataFrame) -> pl.DataFrame:
    place = pl.concat_str(FILE, pl.lit(", "), SHEET, pl.lit(", row "), SHEET_ROW)
    places = rows.select(pl.col(AT).alias(_KEPT), place.alias("kept"))
    return (
        leaving.join(rows, on=AT, how="left")
        .join(places, on=_KEPT, how="left")
        .sort(AT)
        .select(
            pl.lit(spec.number, dtype=pl.Int64).alias("list"),
            pl.col(FILE).alias("file"),
            pl.col(SHEET).alias("sheet"),
            pl.col(SHEET_ROW).alias("row"),
            pl.col(_CHILD).alias("child"),
            pl.col(_REASON).alias("reason"),
            "kept",
        )
        .cast(pl.Schema(DROPPED))
    )
