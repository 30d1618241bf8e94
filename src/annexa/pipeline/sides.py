"""Reading the two sides of a comparison: an output folder with what its manifest says, or a workbook of any origin."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from annexa.differences.compare import list_table
from annexa.differences.model import EXCLUSIONS, FINDINGS, Known, ListTable, Side
from annexa.editions import DEFAULT_EDITION, Edition, edition_names, load_edition
from annexa.environment import Secret
from annexa.errors import SourceError
from annexa.filled.kinds import person_heading
from annexa.filled.model import Filled
from annexa.filled.open import fastexcel_errors, open_container
from annexa.filled.read import Opened
from annexa.findings import Findings
from annexa.outputs.annex_a import FILE
from annexa.outputs.contents import HEADING_ROW
from annexa.outputs.files import read_csv
from annexa.outputs.manifest import Manifest, OutputFile, describe, read_manifest
from annexa.period import InspectionPeriod, Window
from annexa.pipeline.filling import FilledRequest, edition_of, open_filled, read_filled
from annexa.settings import Settings

_Table = tuple[str, str, str, dict[str, pl.DataType]]  # CSV file; under a password workbook and sheet; columns
_EXCLUSIONS: Final[_Table] = ("exclusions.csv", "exclusions.xlsx", "Exclusions", EXCLUSIONS)
_FINDINGS: Final[_Table] = (
    "findings.csv",
    "findings.xlsx",
    "All_findings",
    {name: dtype for name, dtype in FINDINGS.items() if name != "change"},
)
_Lists = tuple[dict[int, ListTable], dict[int, str]]
FOLDER, WORKBOOK = "output folder", "workbook"


@dataclass(frozen=True)
class Wanted:
    """How sides are read.

    Args:
        settings: annexa.toml; its edition, and the limits of reading.
        inspection_date: D of a workbook alone: it decides the century of a two-digit year.
        edition: of a workbook alone; None: that of annexa's own front sheet, unless the settings name one; else that of
            the other side, else the one of the settings.
        password: of encrypted workbooks, or None.
    """

    settings: Settings
    inspection_date: date
    edition: str | None = None
    password: Secret | None = None


@dataclass(frozen=True)
class Read:
    """One side, the files it was read from, and what is to be said about them."""

    side: Side
    inputs: tuple[OutputFile, ...]
    notes: tuple[str, ...] = ()


def expect(path: Path) -> Path:
    """Return the path of a side that is there.

    Raises:
        SourceError: it is not.
    """
    if not path.exists():
        raise SourceError(
            f"There is no file or folder {path}.", "Name an output folder, a workbook, or a run: last, previous, 12."
        )
    return path


def read_sides(paths: Sequence[Path], wanted: Wanted) -> list[Read]:
    """Read both sides.

    Raises:
        UsageError: an edition that does not exist.
        SourceError: a side that cannot be read, or holds nothing to compare.
    """
    sources = [
        read_manifest(path) if path.is_dir() else open_filled((path,), wanted.settings, wanted.password)[0]
        for path in paths
    ]
    return [
        _folder(path, source, wanted) if isinstance(source, Manifest) else _workbook(path, source, other, wanted)
        for path, source, other in zip(paths, sources, reversed(sources), strict=True)
    ]


def _workbook(path: Path, book: Opened, other: Manifest | Opened, wanted: Wanted) -> Read:
    given = wanted.edition or wanted.settings.edition
    if not wanted.edition and given and isinstance(other, Manifest):
        given = other.edition.name
    edition, notes = edition_of((book,), given, _own_edition(other) or DEFAULT_EDITION)
    filled = _filled(book, edition, InspectionPeriod(wanted.inspection_date), wanted)
    lists, missing = _lists(filled)
    side = Side(path.name, WORKBOOK, edition, lists, missing, _known(book))
    return Read(side, (describe(path, path.name),), (*notes, *_beside(path.name, filled, edition)))


def _own_edition(source: Manifest | Opened) -> str:
    """Return the edition that a side says it is of, where it does and that is known."""
    if isinstance(source, Manifest):
        return source.edition.name
    return source.front.edition if source.front and source.front.edition in edition_names() else ""


def _known(book: Opened) -> Known | None:
    """Return the dates of a workbook that annexa wrote, as its front sheet has them, and the windows that they give."""
    own = _own_edition(book)
    if not own or book.front is None or book.front.period is None:
        return None
    period = book.front.period
    return Known(period, {number: period.window(months) for number, months in load_edition(own).months.items()})


def _beside(name: str, filled: Filled, edition: Edition) -> list[str]:
    """Say which columns of a workbook's lists the edition does not have: nothing else tells of them here."""
    extra = {number: [" ".join(each.split()) for each in filled.lists[number].extra.columns] for number in filled.lists}
    told = "; ".join(f"List {number}: {', '.join(headings)}" for number, headings in sorted(extra.items()) if headings)
    count = sum(map(len, extra.values()))
    columns = "1 column is" if count == 1 else f"{count} columns are"
    return [f"{name}: {columns} not of edition {edition.name}, and not compared. {told}."] if told else []


def _filled(source: Path | Opened, edition: Edition, period: InspectionPeriod, wanted: Wanted) -> Filled:
    request = FilledRequest((source,), edition, period, wanted.settings, wanted.password)
    return read_filled(request, Findings())[0]


def _lists(filled: Filled) -> _Lists:
    nobody = {
        number: f"it has no column {person_heading(each.spec)}"
        for number, each in filled.lists.items()
        if person_heading(each.spec) not in each.frame.columns
    }
    tables = {number: list_table(each) for number, each in filled.lists.items() if number not in nobody}
    return tables, {**filled.missing, **nobody}


def _folder(path: Path, record: Manifest, wanted: Wanted) -> Read:
    edition = load_edition(record.edition.name)
    period = InspectionPeriod(record.inspection_date, record.extract_date)
    written = {output.name: output for output in record.outputs}
    if not {FILE, *_FINDINGS[:2]} & written.keys():
        raise SourceError(
            f"{path} holds what `annexa {record.command}` wrote: neither lists nor findings.", "Name another folder."
        )
    read, notes = [], []
    for name in (FILE, *_EXCLUSIONS[:2], *_FINDINGS[:2]):
        if name in written:
            read.append(_described(path, name))
            if read[-1] != written[name]:
                notes.append(f"{path.name}: {name} is not the file that the run wrote.")
    lists, missing = _lists(_filled(path / FILE, edition, period, wanted)) if FILE in written else ({}, {})
    supplied = {entry.number for entry in record.lists if entry.state != "not supplied"}
    why = {entry.number: entry.reason for entry in record.lists if entry.reason}
    missing = {
        number: why.get(number) or missing.get(number) or "the run wrote no such list" for number in edition.lists
    }
    known = Known(
        period=period,
        windows=_windows(record, edition, period),
        exclusions=_table(path, _EXCLUSIONS, written, wanted.password),
        options=record.options,
        added=frozenset(entry.number for entry in record.lists if entry.added),
    )
    findings = _table(path, _FINDINGS, written, wanted.password)
    side = Side(
        name=path.name or str(path),
        kind=FOLDER,
        edition=edition,
        # A list that was not supplied has a sheet that says so, and is no empty list.
        lists={number: table for number, table in lists.items() if number in supplied},
        missing=missing,
        known=known,
        findings=findings,
        ran=_ran(record, findings),
    )
    return Read(side, tuple(read), tuple(notes))


def _ran(record: Manifest, findings: pl.DataFrame | None) -> frozenset[str] | None:
    """Return the checks that ran and whose findings are all there: a report may have been narrowed to some."""
    if record.findings.ran is None or findings is None:
        return None
    there = dict(findings.group_by("check").len().iter_rows())
    return frozenset(
        check for check in record.findings.ran if there.get(check, 0) >= record.findings.by_check.get(check, 0)
    )


def _described(folder: Path, name: str) -> OutputFile:
    try:
        return describe(folder / name, name)
    except OSError:
        raise SourceError(
            f"{name} in {folder} is missing, or could not be read.", "Run `annexa verify` on the folder."
        ) from None


def _windows(record: Manifest, edition: Edition, period: InspectionPeriod) -> dict[int, Window]:
    """Return the windows that the manifest has; of a run on filled workbooks, those that its date gives."""
    told = {
        entry.number: Window(entry.window_from, entry.window_to)
        for entry in record.lists
        if entry.window_from and entry.window_to
    }
    of_workbooks = [entry.number for entry in record.lists if entry.state == "read"]
    return told | {number: period.window(edition.months[number]) for number in of_workbooks if number in edition.months}


def _table(folder: Path, table: _Table, written: Container[str], password: Secret | None) -> pl.DataFrame | None:
    """Return a table that a run wrote as CSV or, under a password, as sheets; None where it wrote none."""
    csv, workbook, sheet, schema = table
    if csv in written:
        rows = read_csv(folder / csv)
    elif workbook in written:
        rows = _sheets(folder / workbook, sheet, password)
    else:
        return None
    if not schema.keys() <= set(rows.columns):
        raise SourceError(f"{csv} in {folder} lacks a column.", "Run `annexa verify` on the folder.")
    return rows.select(
        pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        if dtype == pl.Date
        else pl.col(column).cast(dtype, strict=False)
        for column, dtype in schema.items()
    )


def _sheets(path: Path, name: str, password: Secret | None) -> pl.DataFrame:
    """Return a table from its sheets, of which there are several where it is long; all columns String."""
    reader = open_container(path, path.name, password).reader()
    names = [each for each in reader.sheet_names if each == name or each.startswith(f"{name}_")]
    with fastexcel_errors(path.name):
        parts = [reader.load_sheet(each, header_row=HEADING_ROW - 1, dtypes="string").to_polars() for each in names]
    return pl.concat(parts) if parts else pl.DataFrame()
