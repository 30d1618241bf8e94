"""A submission as a copy: the lists of filled workbooks, every column treated as its kind says."""

from collections.abc import Iterator

import polars as pl

from annexa.editions import ColumnSpec, Edition
from annexa.filled.model import Filled, FilledList
from annexa.pseudonyms.cells import Cells, sector
from annexa.pseudonyms.extract import Copied
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.treatments import Treatment, Words, column_decision


class SubmissionCopier:
    """Copies the lists of a submission.

    Args:
        edition: whose labels its coded columns hold.
        pseudonyms: of the key.
        known: the words of the authority's settings that stay.
    """

    def __init__(self, edition: Edition, pseudonyms: Pseudonyms, known: Words) -> None:
        self._edition = edition
        self._pseudonyms = pseudonyms
        self._known = known

    def lists(self, filled: Filled) -> Iterator[tuple[int, Copied]]:
        """Yield the copy of each list that is there, with its number.

        Columns that no list of the edition has are left out, and so are cells that could not be read.
        """
        for number, held in sorted(filled.lists.items()):
            yield number, self._list(held)

    def _list(self, held: FilledList) -> Copied:
        copied: dict[str, pl.Series] = {}
        left_out = dict(held.left.group_by("heading").len().sort("heading").iter_rows())
        for column in held.spec.columns:
            done = column_decision(column) or Treatment.LEFT_OUT
            if column.heading not in held.frame.columns or done is Treatment.LEFT_OUT:
                continue
            cells = self._column(held.frame[column.heading], column, done)
            copied[column.heading] = cells.values.alias(column.heading)
            if cells.left_out:
                left_out[column.heading] = left_out.get(column.heading, 0) + cells.left_out
        frame = pl.DataFrame(copied)
        frame = frame.sort(frame.columns, nulls_last=True) if frame.width else frame
        unknown = held.extra.width + held.frame.width - len(copied)
        return Copied(held.spec.sheet, frame, unknown, left_out)

    def _column(self, values: pl.Series, column: ColumnSpec, done: Treatment) -> Cells:
        if done is Treatment.PSEUDONYM:
            return Cells(self._pseudonyms.column(values))
        if done is Treatment.SECTOR:
            return sector(values)
        if done is Treatment.MONTH:
            return Cells(values.dt.truncate("1mo"))
        if done is Treatment.CODE:
            return Cells(self._labels(values, column.codes or ""))
        return Cells(values)

    def _labels(self, values: pl.Series, code_set: str) -> pl.Series:
        """Return the labels of a coded column; another text, where its code set lets one pass, gets a pseudonym."""
        labels = self._edition.code_set(code_set).labels
        given = pl.DataFrame({"v": values, "p": self._pseudonyms.column(values)})
        known = pl.col("v").is_in(labels) | pl.col("v").str.contains(f"(?i)^(?:{self._known.authority_pattern})$")
        return given.select(pl.when(known).then("v").otherwise("p").alias("v"))["v"]
