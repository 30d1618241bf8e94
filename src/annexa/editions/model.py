"""What an edition is: its lists, their columns, and the codes with the labels that it shows.

These models say what the files of an edition may hold. They are read by annexa.editions.load, and nothing here knows
one list or one edition from another.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Self

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
SortKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*( desc)?$")]
Whole = Annotated[int, Strict(), Field(ge=1)]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, Strict()]


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Table(BaseModel):
    """A table of a configuration file: nothing in it may be unknown, nothing may change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Code(Table):
    """One standard code of a code set, and how an edition shows it.

    A code without a label and without `written_as` is read and never written. `written_as` names the code that an
    edition shows in its stead (AA-R08). `read_only` marks an official label that is read and never written.
    """

    code: Text
    label: Text | None = None
    description: Text | None = None
    group: Text | None = None
    wider_group: Text | None = None
    spellings: tuple[Text, ...] = ()
    written_as: Text | None = None
    read_only: Flag = False

    @model_validator(mode="after")
    def _label_or_replacement(self) -> Self:
        if self.label and self.written_as:
            raise ValueError("a code has a label or written_as, never both")
        if self.read_only and not self.label:
            raise ValueError("read_only is for a code with a label")
        return self


class CodeFile(Table):
    """A file of codes/: one code set of one edition.

    `not_recorded` is the standard code that stands for a blank (K20). With `free_text` a text that is no spelling
    passes unchanged. `several` is the code of a list of known spellings between commas.
    """

    title: Text
    not_recorded: Text | None = None
    free_text: Flag = False
    several: Text | None = None
    entries: tuple[Code, ...] = Field(alias="code", min_length=1)

    @model_validator(mode="after")
    def _codes_agree(self) -> Self:
        by_code: dict[str, Code] = {}
        for entry in self.entries:
            if entry.code in by_code:
                raise ValueError(f"code {entry.code} stands twice")
            by_code[entry.code] = entry
        for key, code in (("not_recorded", self.not_recorded), ("several", self.several)):
            if code is not None and code not in by_code:
                raise ValueError(f"{key} names {code}, which is no code of the set")
        for entry in self.entries:
            shown = by_code.get(entry.written_as or entry.code)
            if entry.written_as and (shown is None or not shown.label or shown.read_only):
                raise ValueError(f"code {entry.code}: written_as names {entry.written_as}, which has no label to show")
        return self


class EditionCodeSet(CodeFile):
    """A code set as one edition shows it."""

    name: Name

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Ofsted's labels in Ofsted's order, each once, those that are only read included."""
        return tuple(dict.fromkeys(entry.label for entry in self.entries if entry.label))

    @cached_property
    def written(self) -> dict[str, str]:
        """Standard code -> the label a list shows, for each code that the edition can show."""
        own = {entry.code: entry.label for entry in self.entries if entry.label and not entry.read_only}
        shown = ((entry.code, own.get(entry.written_as or entry.code)) for entry in self.entries)
        return {code: label for code, label in shown if label}

    @cached_property
    def replaced(self) -> dict[str, str]:
        """Standard code that the edition lacks -> the standard code it is shown as (AA-R08)."""
        return {entry.code: entry.written_as for entry in self.entries if entry.written_as}

    def label(self, code: str) -> str | None:
        """Return the label that a list shows for a standard code, or None where the edition cannot show it."""
        return self.written.get(code)

    def write(self, codes: pl.Expr) -> pl.Expr:
        """Turn a column of standard codes into labels; blank where the edition cannot show the code.

        With free_text a text that is no code stays as it is.
        """
        if not self.written:
            return pl.lit(None, dtype=pl.String)
        other = codes if self.free_text else None
        return codes.replace_strict(self.written, default=other, return_dtype=pl.String)


class ColumnSpec(Table):
    """One column of a list: its heading, and the field it copies or the word that derives it.

    With `not_recorded` a blank is shown as the code that its code set names for it (K20).
    """

    heading: Text
    field: Name | None = None
    derive: Name | None = None
    codes: Name | None = None
    not_recorded: Flag = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.field is None) == (self.derive is None):
            raise ValueError(f"the column {self.heading!r} needs field or derive, and not both")
        if self.not_recorded and self.codes is None:
            raise ValueError(f"the column {self.heading!r} has not_recorded and no codes")
        return self


class ListSpec(Table):
    """One list of an edition: who is on it, in which order, with which columns.

    `records` are the tables it starts from: without any of them it is not supplied.
    """

    number: Whole
    title: Text
    requirement: Text
    reference: Text
    records: Annotated[tuple[Name, ...], BeforeValidator(_several), Field(min_length=1)]
    cohort: Name
    window: dict[Name, Text] = Field(default_factory=dict)
    one_row_per: Text
    sort: tuple[SortKey, ...]
    columns: tuple[ColumnSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _headings_differ(self) -> Self:
        seen: set[str] = set()
        for column in self.columns:
            if column.heading in seen:
                raise ValueError(f"the heading {column.heading!r} stands twice")
            seen.add(column.heading)
        return self

    @property
    def sheet(self) -> str:
        """The name of the list's sheet in the workbook."""
        return f"List_{self.number}"


class EditionFile(Table):
    """The file edition.toml."""

    title: Text
    in_force_from: Day
    reference: Text
    based_on: Text | None = None
    months: dict[Annotated[int, Field(ge=1)], Whole]


class Edition(Table):
    """An edition as it holds: its own files, and those of the edition it is based on where it has none of its own.

    `months` are the months of each list's window; a list without an entry has no look-back. `files` name where each
    part comes from, `sha256` is taken over their names and content.
    """

    name: str
    title: Text
    in_force_from: date
    reference: Text
    months: dict[int, int]
    lists: dict[int, ListSpec]
    codes: dict[str, EditionCodeSet]
    files: tuple[str, ...]
    sha256: str

    def code_set(self, name: str) -> EditionCodeSet:
        """Return a code set by name.

        Raises:
            KeyError: the edition has none of that name; the columns of its lists were checked when it was loaded.
        """
        return self.codes[name]


def with_name(name: str, file: CodeFile) -> EditionCodeSet:
    """Return the code set of a file that was checked, under the name of the file."""
    fields: Mapping[str, Any] = dict(file)
    return EditionCodeSet.model_construct(name=name, **fields)
