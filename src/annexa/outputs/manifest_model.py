"""The manifest: what a run read, what it wrote and how the rows add up, version 1.

It holds names, counts and hashes: nothing from a child's record and no path. `created` is the only time of a run that
is written anywhere; everything else repeats exactly for the same extract, settings and inspection date.

These are its models; annexa.outputs.manifest reads, writes and verifies it.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

MANIFEST_NAME: Final = "manifest.json"
EDITED: Final = ("tracker.xlsx",)  # outputs that an officer writes in: a later run keeps what she wrote
WORK_FOLDER: Final = ".annexa-work"  # what a run in progress keeps in the output folder (stage.py)
LOCK_NAME: Final = ".annexa-lock"
VERSION: Final = 1

NOT_ADDING_UP: Final = "adds_up"
_T = TypeVar("_T")


def json_text(value: dict[str, Any]) -> str:
    """Return JSON as annexa writes it: sorted keys, two spaces, a newline at the end, nothing escaped but JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def is_output_name(name: str) -> bool:
    """True where `name` stays inside the output folder on every system, with / between sub-folder and file.

    The names in a manifest decide which files a later run replaces or removes, so none may lead elsewhere.
    """
    return not re.search(r"[\\:]", name) and all(part not in {"", ".", ".."} for part in name.split("/"))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _inside(name: str) -> str:
    if not is_output_name(name):
        raise PydanticCustomError("output_name", "the name of an output must lie inside the output folder")
    return name


def _ordered(key: Callable[[_T], Any]) -> AfterValidator:
    return AfterValidator(lambda items: tuple(sorted(items, key=key)))


def _unique(what: str, keys: list[Any]) -> None:
    if len(set(keys)) != len(keys):
        raise PydanticCustomError(NOT_ADDING_UP, "{what} stands there twice", {"what": what})


Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
ListNumber = Annotated[int, Field(ge=1, le=11)]
FileName = Annotated[str, Field(min_length=1, pattern=r"^[^/\\]+$")]
OutputName = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
Option = bool | int | str | tuple[str, ...]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Edition(_Part):
    """The edition of Annex A that was built."""

    name: str
    """Name of the edition's folder, such as ilacs-2019."""
    title: str
    """Title of the edition."""
    sha256: Sha256
    """Hash over the files that define the edition."""


class Source(_Part):
    """The source profile through which the extract was read."""

    name: str
    """Name of the source profile, such as ssd."""
    sha256: Sha256
    """Hash of the profile's file."""


class InputFile(_Part):
    """One file or database table that was read."""

    name: FileName
    """Name of the file, without its folder."""
    sha256: Sha256 | None
    """Hash of the file's bytes; null for a database."""
    size: Count | None
    """Size in bytes; null for a database."""
    table: str | None
    """Table that it was read as; null where it is no table."""
    rows: Count | None
    """Records read, without the headings; null where nothing was read from it as a table."""


class ListEntry(_Part):
    """One list of the workbook."""

    number: ListNumber
    """Number of the list, 1 to 11."""
    title: str
    """Title of the list."""
    state: Literal["built", "read", "not supplied"]
    """Whether the list was built from an extract, read from a workbook, or not there."""
    window_from: date | None
    """First day of the window; null where the list has none."""
    window_to: date | None
    """Last day of the window, included; null where the list has none."""
    rows: Count | None
    """Rows of the list; null where it was not supplied."""
    children: Count | None
    """Different children (List 11: adopters) on the list; null where it was not supplied."""
    added: dict[str, Count]
    """Rows of the list that have no source row in its account, by the table they came from."""
    reason: str | None
    """Why the list was not supplied; null where it was."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        window = (self.window_from, self.window_to)
        faults = {
            "its window has one end only": (window[0] is None) != (window[1] is None),
            "its window ends before it starts": None not in window and window[0] > window[1],  # type: ignore[operator]
            "it has more children than rows": (self.children or 0) > (self.rows or 0),
            "more rows were added than it has": sum(self.added.values()) > (self.rows or 0),
            "it needs rows and children exactly where it was supplied": any(
                (self.state != "not supplied") != (number is not None) for number in (self.rows, self.children)
            ),
            "it needs a reason exactly where it was not supplied": (self.state == "not supplied") != bool(self.reason),
        }
        for fault in (text for text, found in faults.items() if found):
            raise PydanticCustomError(NOT_ADDING_UP, "List {n}: {fault}", {"n": self.number, "fault": fault})
        return self


class Account(_Part):
    """Where the rows of one source table went, for one list: each row ends in exactly one class."""

    list: ListNumber
    """Number of the list."""
    table: str
    """Source table."""
    rows_read: Count
    """Rows of the table."""
    output: Count
    """Rows that contributed to a row of the list."""
    duplicate: Count
    """Rows equal to, or in conflict with, a row that was kept."""
    out_of_window: Count
    """Rows outside the list's window."""
    out_of_scope: Count
    """Rows that the list's definition leaves off."""
    exception: Count
    """Rows that could not be placed at all."""
    reasons: dict[str, Count]
    """Rows that were left out, by reason code."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        left_out = self.duplicate + self.out_of_window + self.out_of_scope + self.exception
        for name, total, wanted in (
            ("classes do not add up to the rows read", self.output + left_out, self.rows_read),
            ("reasons do not add up to the rows left out", sum(self.reasons.values()), left_out),
        ):
            if total != wanted:
                raise PydanticCustomError(
                    NOT_ADDING_UP,
                    "List {n}, table {table}: the {fault}",
                    {"n": self.list, "table": self.table, "fault": name},
                )
        return self


class TableCount(_Part):
    """The plain count of a table that has no account of its own."""

    table: str
    """Source table."""
    record: str
    """Record that it was read as."""
    rows: Count
    """Rows of the table."""
    used: Count
    """Rows that something in the output draws on."""
    unused: Count
    """Rows that nothing draws on."""
    exception: Count
    """Rows that could not be placed at all."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.used + self.unused + self.exception != self.rows:
            raise PydanticCustomError(
                NOT_ADDING_UP, "Table {table}: used, unused and exception do not add up", {"table": self.table}
            )
        return self


class FindingCounts(_Part):
    """How many findings the run made, and what follows from them."""

    verdict: str
    """Whether the data can be submitted: ready, ready with warnings, or not ready: N errors."""
    accepted: Count
    """Findings among them that an officer has accepted."""

    error: Count
    """Findings of severity error."""
    warning: Count
    """Findings of severity warning."""
    info: Count
    """Findings of severity info."""
    by_check: dict[str, Count]
    """Findings by the id of the check."""
    ran: tuple[str, ...] | None = None
    """Ids of the checks that ran: those of them that by_check does not name found nothing; null where not recorded."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(self.by_check.values()) != self.error + self.warning + self.info:
            raise PydanticCustomError(NOT_ADDING_UP, "Findings: the checks do not add up to the severities")
        return self


class OutputFile(_Part):
    """One file of the output."""

    name: OutputName
    """Name inside the output folder, with / before each sub-folder's file."""
    sha256: Sha256
    """Hash of the file's bytes."""
    size: Count
    """Size in bytes."""


class ReportEntry(_Part):
    """One of annexa's own answers to an item of Annex A beside the lists: a data report, or a list of its own."""

    item: str
    """Number of the item, such as 2.02."""
    title: str
    """Title of the report."""
    file: OutputName
    """Its workbook, inside the output folder."""
    state: Literal["built", "not supplied"]
    """Whether the extract had an input for it; the workbook of one that had none says so."""
    figures: str
    """Its headline in words; blank where there is none."""
    named: dict[str, str] = {}
    """Single figures in words that the tracker asks for, by name."""


class CopiedTable(_Part):
    """One table, or one list, of a pseudonymised copy."""

    table: str
    """Table of the source; of a submission, the list's sheet."""
    rows: Count
    """Rows that are copied: all, but for rows of a submission that repeat another."""
    columns: Count
    """Columns that are copied."""
    columns_left_out: Count
    """Columns that are not: nothing knows them, or they hold names or free text."""
    cells_left_out: dict[str, Count]
    """Values that are not copied since nothing knows what they say, by column."""


class Manifest(_Part):
    """What one run of annexa read, counted and wrote."""

    model_config = ConfigDict(title="annexa manifest, version 1")

    schema_version: Literal[1] = VERSION
    """Version of this layout."""
    annexa_version: str
    """Version of annexa that made the run."""
    command: Literal["build", "check", "clean", "diff", "dry-run", "evidence", "pack", "pseudonymise", "report"]
    """What was run."""
    created: Annotated[AwareDatetime, AfterValidator(_utc)]
    """When the run was made, in UTC: the one value that differs between two runs on the same input."""
    edition: Edition
    source: Source | None
    """The source profile; null where finished workbooks were read."""
    inspection_date: date
    """The inspection date D, on which windows, ages and look-backs hang."""
    extract_date: date | None
    """The day the extract was taken; null where it is not known."""
    as_at: date
    """The earlier of the two dates: what had happened by this day counts."""
    options: dict[str, Option]
    """The options of the run and their values, defaults included; a file is given by its name alone."""
    inputs: Annotated[tuple[InputFile, ...], _ordered(lambda i: (i.name, i.table or ""))]
    """What was read."""
    unknown_inputs: Annotated[tuple[FileName, ...], _ordered(str)]
    """Files of the extract that no table claims."""
    lists: Annotated[tuple[ListEntry, ...], _ordered(lambda entry: entry.number)]
    """The lists of the workbook."""
    accounts: Annotated[tuple[Account, ...], _ordered(lambda account: (account.list, account.table))]
    """Where every source row that could feed a list went."""
    tables: Annotated[tuple[TableCount, ...], _ordered(lambda count: (count.table, count.record))]
    """The plain counts of all other tables."""
    reports: tuple[ReportEntry, ...] = ()
    """The answers to other items than 1.01, in the order of Annex A."""
    copied: Annotated[tuple[CopiedTable, ...], _ordered(lambda copy: copy.table)] = ()
    """What a pseudonymised copy holds."""
    findings: FindingCounts
    notes: tuple[str, ...]
    """Errors and warnings about the run as a whole."""
    outputs: Annotated[tuple[OutputFile, ...], _ordered(lambda output: output.name)] = ()
    """The files that were written, this one excepted."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _unique("a list", [entry.number for entry in self.lists])
        _unique("an account of a list and a table", [(account.list, account.table) for account in self.accounts])
        _unique("a table's count", [(count.table, count.record) for count in self.tables])
        _unique("an output", [output.name.casefold() for output in self.outputs])
        if self.as_at != min(self.inspection_date, self.extract_date or self.inspection_date):
            raise PydanticCustomError(NOT_ADDING_UP, "The as-at date is not the earlier of its two dates")
        return self

    def to_json(self) -> str:
        """Return the text of manifest.json: sorted keys, two spaces, a newline at the end, nothing escaped but JSON."""
        return json_text(self.model_dump(mode="json"))
