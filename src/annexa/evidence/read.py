"""Reading an officer's tracker as it comes back: from Excel or LibreOffice, with columns moved, renamed or added."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import openpyxl

from annexa.environment import Secret
from annexa.errors import OutputError, SourceError
from annexa.evidence import cells
from annexa.evidence.rows import COLUMNS, HERS, IDENTITY, Row
from annexa.extract.files import Limits
from annexa.extract.package import BROKEN
from annexa.filled.open import Kind, damaged, open_container
from annexa.filled.structure import read_structure

SHEET: Final = "Tracker"
DAY_LABEL: Final = "Inspection date"
_HEAD: Final = 30  # rows among which the headings are looked for
_KNOWN: Final = 8  # headings that make a row the row of headings

Values = Sequence[Any]


@dataclass(frozen=True)
class Officers:
    """What an officer's file holds.

    Args:
        inspection_date: as the file says; None where it does not, or not readably.
        rows: in the file's order.
        messages: sentences about what was read otherwise than it stands, without anything that she typed.
    """

    inspection_date: date | None
    rows: tuple[Row, ...]
    messages: tuple[str, ...] = ()


def read_tracker(path: Path, limits: Limits | None = None, password: Secret | None = None) -> Officers:
    """Read a tracker; the file is never changed, and nothing in it is run or followed.

    Columns are known by their headings, wherever they stand. One column of hers may be renamed: it is known by its
    place where all others have their headings. Columns that she added are kept.

    Args:
        path: the workbook.
        limits: how far it may expand.
        password: what it is opened with where it is encrypted.

    Raises:
        SourceError: it is not there, no XLSX workbook, damaged or under another password; it has no sheet "Tracker"
            with the headings; a column is missing, or more than one is renamed: file, sheet and column are named.
    """
    sheet = _rows(path, limits or Limits(), password)
    at = next((number for number, row in enumerate(sheet[:_HEAD]) if _matches(row) >= _KNOWN), None)
    if at is None:
        raise SourceError(
            f"{path.name}, sheet {SHEET}: there is no row with the headings of a tracker.",
            "Put the headings back as `annexa evidence init` writes them; nothing was changed.",
        )
    places, messages = _places(path.name, sheet[at])
    further = _further(sheet[at], places)
    rows = []
    for number, values in enumerate(sheet[at + 1 :], start=at + 2):
        row, unread = _row(values, places, further)
        if row is not None:
            rows.append(row)
            messages += [
                f"{SHEET}, row {number}: {COLUMNS[column]} cannot be read, and is kept as it is." for column in unread
            ]
    return Officers(_day(sheet[:at]), tuple(rows), tuple(messages))


def refuse_open(path: Path) -> None:
    """Refuse to write a workbook that somebody has open: what she saves afterwards would be lost, or undo this.

    Raises:
        OutputError: the mark that Excel or LibreOffice puts beside an open workbook is there.
    """
    for mark in (f"~${path.name}", f".~lock.{path.name}#"):
        if os.path.lexists(path.parent / mark):
            raise OutputError(
                f"{path.name} is open in another program. It is as it was.",
                f"Save and close it, then run annexa again. If nobody has it open, delete the file {mark} beside it.",
            )


def _rows(path: Path, limits: Limits, password: Secret | None) -> list[Values]:
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder.", "Name the tracker in it.")
    if not path.exists():
        raise SourceError(f"There is no tracker {path.name}.", "Write one with `annexa evidence init`.")
    try:
        container = open_container(path, path.name, password)
        if container.kind is not Kind.XLSX:
            raise SourceError(f"{path.name} is no XLSX workbook.", "Save it as an Excel Workbook (.xlsx).")
        read_structure(container, limits)  # whole, within the limits, and without a document type
        with container.stream() as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drop-downs and styles of other programs, which are not needed
            book = openpyxl.load_workbook(file, data_only=True, keep_links=False)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}.", "Close it, and try again.") from None
    except (*BROKEN, KeyError, TypeError, AttributeError, IndexError, SyntaxError) as error:
        raise damaged(path.name) from error
    named = next((sheet for sheet in book.worksheets if sheet.title.strip().casefold() == SHEET.casefold()), None)
    if named is None:
        raise SourceError(
            f"{path.name} has no sheet {SHEET}.",
            f"Name its sheet {SHEET} again, or write a tracker with `annexa evidence init`; nothing was changed.",
        )
    return list(named.iter_rows(values_only=True))


def _folded(value: Any) -> str:
    return " ".join(cells.text(value).casefold().split())


_FIELDS: Final = {_folded(heading): name for name, heading in COLUMNS.items()}


def _matches(row: Values) -> int:
    return len({_FIELDS[_folded(value)] for value in row if _folded(value) in _FIELDS})


def _places(file: str, headings: Values) -> tuple[dict[str, int], list[str]]:
    """Return where each column of hers and of the identity stands, and messages about one that was renamed."""
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        name = _FIELDS.get(_folded(heading))
        if name in found:
            raise SourceError(
                f"{file}, sheet {SHEET}: the column {COLUMNS[name]} stands there twice.",
                "Rename or delete one of the two; nothing was changed.",
            )
        if name is not None:
            found[name] = at
    missing = [name for name in COLUMNS if name not in found]
    wanted = [name for name in missing if name in HERS or name == "document"]
    if not wanted:
        return found, []
    place = list(COLUMNS).index(wanted[0])
    there = place < len(headings) and place not in found.values()
    if len(missing) > 1 or not there:
        raise SourceError(
            f"{file}, sheet {SHEET}: there is no column {' or '.join(COLUMNS[name] for name in wanted)}.",
            "Give the column its heading back (put a deleted one back, if only blank); nothing was changed.",
        )
    found[wanted[0]] = place
    heading = COLUMNS[wanted[0]]
    return found, [
        f"The heading of the column {heading} was changed: it was known by its place, and is {heading} again."
    ]


def _further(headings: Values, places: Mapping[str, int]) -> dict[str, int]:
    """Return the columns that she added, by heading."""
    known = set(places.values())
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if at not in known and cells.text(heading):
            found.setdefault(cells.text(heading), at)
    return found


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "item": cells.item,
    "document": cells.text,
    "title": cells.text,
    "kind": cells.text,
    "owner": cells.text,
    "due_day": cells.due_day,
    "status": cells.status,
    "file": cells.files,
    "file_date": cells.days,
    "period_from": cells.day,
    "period_to": cells.day,
    "note": cells.text,
}
_RENAMED: Final = {"file": "files", "file_date": "dates"}


def _row(values: Values, places: Mapping[str, int], further: Mapping[str, int]) -> tuple[Row | None, list[str]]:
    """Return a row, None where it is blank, and the columns of it that cannot be read."""

    def cell(at: int | None) -> Any:
        return values[at] if at is not None and at < len(values) else None

    read: dict[str, Any] = {}
    typed: dict[str, str] = {}
    own = {name: cell(places.get(name)) for name in (*IDENTITY, *HERS)}
    for name, reader in _READERS.items():
        try:
            read[_RENAMED.get(name, name)] = reader(own[name])
        except ValueError:
            typed[name] = cells.text(own[name])
    with suppress(ValueError):
        read["look_back"] = int(cells.text(own["look_back"]))
    added = {heading: value for heading, at in further.items() if (value := _kept(cell(at))) != ""}
    if not any(cells.text(own[name]) for name in own if name not in ("kind", "look_back")) and not added:
        return None, []
    return Row(**read, typed=typed, further=added), list(typed)


def _kept(value: Any) -> str | date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else cells.text(value)


def _day(head: Sequence[Values]) -> date | None:
    """Return the inspection date: it stands right of its label, above the headings."""
    for row in head:
        for label, value in pairwise(row):
            if _folded(label) == _folded(DAY_LABEL):
                with suppress(ValueError):
                    return cells.day(value)
    return None
