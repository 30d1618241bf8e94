"""What a column of a list holds, told by the name of its field or derivation.

An edition's columns name what they show (`contact_date`, `age_in_years`), not a type. A conformance test holds that
the kinds here are the types that a build gives those columns, for every edition.
"""

from enum import Enum
from typing import Final

import polars as pl

from annexa.editions import ColumnSpec, ListSpec

AGE: Final = "age_in_years"
_COUNTS: Final = {AGE, "previous_cp_plans", "children_placed"}
_COUNT_ENDING: Final = "_in_12_months"
_DATE_ENDINGS: Final = ("_date", "_start")
_IDENTIFIERS: Final = {"person_id", "adopter_id", "family_id", "adoptive_family", "placement_urn"}
_ONE_ROW_A_PERSON: Final = {"child", "person", "adopter"}


class Cells(Enum):
    """What the cells of a column hold."""

    CODE = "code"
    DATE = "date"
    COUNT = "whole number"
    IDENTIFIER = "identifier"
    TEXT = "text"

    @property
    def dtype(self) -> pl.DataType:
        """The type of the column once its values are read."""
        if self is Cells.DATE:
            return pl.Date()
        return pl.Int64() if self is Cells.COUNT else pl.String()


def cells_of(column: ColumnSpec) -> Cells:
    """Return what a column holds."""
    name = column.field or column.derive or ""
    if column.codes:
        return Cells.CODE
    if name.endswith(_DATE_ENDINGS):
        return Cells.DATE
    if name in _COUNTS or name.endswith(_COUNT_ENDING):
        return Cells.COUNT
    return Cells.IDENTIFIER if name in _IDENTIFIERS else Cells.TEXT


def person_heading(spec: ListSpec) -> str:
    """Return the heading of the column that says whose row it is: the first one."""
    return spec.columns[0].heading


def key_headings(spec: ListSpec) -> tuple[str, ...]:
    """Return the headings by which rows of two workbooks are the same row.

    The person alone where the list has one row for each (Lists 6 to 11), else person and main date (K22).
    """
    if spec.one_row_per in _ONE_ROW_A_PERSON:
        return (person_heading(spec),)
    main = spec.sort[0].removesuffix(" desc")
    dates = [column.heading for column in spec.columns if main in (column.field, column.derive)]
    return (person_heading(spec), *dates)
