"""A submission as a copy: the lists of filled workbooks, every column treated as its kind says."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

import polars as pl

from annexa.editions import ColumnSpec, Edition
from annexa.filled.kinds import AGE, person_heading
from annexa.filled.model import Filled, FilledList
from annexa.period import completed_years
from annexa.pseudonyms.birthdays import births, of_rows, row_by_row, without_birthdays
from annexa.pseudonyms.cells import Cells, sector
from annexa.pseudonyms.extract import Copied
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.treatments import Treatment, Words, column_decision

# What adopters of List 11 and the children of List 10 who are linked with them have in common.
_FAMILY: Final = ("adoptive_family", "family_id")


class SubmissionCopier:
    """Copies the lists of a submission.

    Args:
        edition: whose labels its coded columns hold.
        pseudonyms: of the key.
        known: the words of the authority's settings that stay.
        day: the inspection date, at which the ages are.
    """

    def __init__(self, edition: Edition, pseudonyms: Pseudonyms, known: Words, day: date) -> None:
        self._edition = edition
        self._pseudonyms = pseudonyms
        self._known = known
        self._day = day

    def lists(self, filled: Filled) -> Iterator[tuple[int, Copied]]:
        """Yield the copy of each list that is there, with its number.

        Columns that no list of the edition has are left out, and so are cells that could not be read.
        """
        lists = filled.lists.values()
        known = [_births(lists, lambda held: [person_heading(held.spec)]), _births(lists, _families)]
        for number, held in sorted(filled.lists.items()):
            yield number, self._list(held, _born(held, *known))

    def _list(self, held: FilledList, born: pl.Series) -> Copied:
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
        days = _headings(held, Treatment.DATE)
        if days:
            frame = frame.with_columns(without_birthdays(frame.select(days), born))
        frame = frame.with_columns(self._ages(held))
        frame = frame.sort(frame.columns, nulls_last=True) if frame.width else frame
        unknown = held.extra.width + held.frame.width - len(copied)
        return Copied(held.spec.sheet, frame, unknown, left_out)

    def _ages(self, held: FilledList) -> Iterator[pl.Series]:
        """Yield ages as they are from the copy's dates of birth, where they are right: others tell of no birthday."""
        named = {column.field or column.derive: column.heading for column in held.spec.columns}
        age, birth = named.get(AGE), next(iter(_headings(held, Treatment.MONTH)), None)
        if age in held.frame.columns and birth:
            right = pl.col(age) == completed_years(pl.col(birth), self._day)
            copied = completed_years(pl.col(birth).dt.truncate("1mo"), self._day)
            yield held.frame.select(pl.when(right).then(copied).otherwise(age).cast(pl.Int64).alias(age))[age]

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


def _headings(held: FilledList, done: Treatment) -> list[str]:
    """Return the headings that are there and are treated so."""
    return [each.heading for each in held.spec.columns if each.heading in held.frame and column_decision(each) is done]


def _families(held: FilledList) -> list[str]:
    return [each.heading for each in held.spec.columns if (each.field or each.derive) in _FAMILY]


def _births(lists: Iterable[FilledList], holder: Callable[[FilledList], list[str]]) -> pl.DataFrame:
    """Return the births that all lists say of a child, or of the children of a family: key, born."""
    found = [
        births(held.frame[heading], [held.frame[birth] for birth in _headings(held, Treatment.MONTH)])
        for held in lists
        for heading in holder(held)
        if heading in held.frame
    ]
    return pl.concat([births(pl.Series([], dtype=pl.String), ()), *found]).unique()


def _born(held: FilledList, people: pl.DataFrame, families: pl.DataFrame) -> pl.Series:
    """Return the births that each row of a list is about."""
    holders = [(person_heading(held.spec), people), *((heading, families) for heading in _families(held))]
    found = [of_rows(held.frame[heading], known) for heading, known in holders if heading in held.frame]
    return row_by_row(found, held.frame.height)
