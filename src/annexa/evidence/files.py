"""The checks of the files that a row names, and of what the row says about them; a sentence a problem.

No sentence holds the name of a file, since it may hold a child's name: a file is called by its place in the cell.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from annexa.environment import Secret
from annexa.evidence.items import Document
from annexa.evidence.opens import fault
from annexa.evidence.paths import Located, Places
from annexa.evidence.rows import COLUMNS, NOT_APPLICABLE, Row
from annexa.extract.files import Limits
from annexa.period import InspectionPeriod


@dataclass(frozen=True)
class CheckedFile:
    """A file that a row names.

    Args:
        located: where it is.
        problem: why it cannot be handed over, in words that follow "the file"; blank where nothing is wrong.
    """

    located: Located
    problem: str


@dataclass(frozen=True)
class Checked:
    """What the checks say of a row.

    Args:
        files: each file it names.
        problems: what is wrong, a sentence each, the files' own among them.
        remarks: what is told and is not wrong.
    """

    files: tuple[CheckedFile, ...]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    """The dates that checks go by: D, and the day of the run; without it nothing is said to lie in the future."""

    inspection: date
    as_on: date | None = None


def check_rows(
    rows: Sequence[Row],
    documents: Mapping[str, Document],
    places: Places,
    days: Days,
    limits: Limits | None = None,
    given: Collection[str] = (),
    password: Secret | None = None,
) -> dict[int, Checked]:
    """Check the rows of a tracker and the files that they name.

    Args:
        rows: of the tracker.
        documents: what each row asks for, by id; a row that the officer added has none.
        places: where files are, and what is refused.
        days: D and today.
        limits: how far a package may expand.
        given: ids of the documents whose figure a build gives.
        password: what annexa's own files are encrypted with, or None.

    Returns:
        By position of the row.
    """
    twice = _named_twice(rows)
    opened: dict[str, str] = {}  # a file that several rows name is opened once

    def problem(located: Located) -> str:
        if located.path is None:
            return located.problem
        key = str(located.path)
        if key not in opened:
            opened[key] = fault(located.path, limits or Limits(), password)
        return opened[key]

    checked = {}
    for at, row in enumerate(rows):
        files = tuple(CheckedFile(located, problem(located)) for located in places.located(row))
        document = None if row.own else documents.get(row.document)
        checked[at] = _of_row(row, document, files, twice, days, has_figure=row.document in given)
    return checked


def _of_row(
    row: Row,
    document: Document | None,
    files: tuple[CheckedFile, ...],
    twice: frozenset[str],
    days: Days,
    *,
    has_figure: bool,
) -> Checked:
    if row.status == NOT_APPLICABLE:
        missing = () if row.note.strip() else ("Not applicable needs its reason in Note.",)
        return Checked(files, (*_typed(row), *missing), ())
    # A file of annexa's own bears the day that it speaks of, which may be yet to come.
    own = document is not None and row.files == (document.made_by,)
    problems = [*_typed(row), *_file_problems(files, twice), *_dates(row, Days(days.inspection) if own else days)]
    remarks: list[str] = []
    if document is not None:
        more, remarks = _wanted(row, document, files, days, has_figure=has_figure)
        problems += more
    return Checked(files, tuple(problems), tuple(remarks))


def _typed(row: Row) -> Iterable[str]:
    """Say of each cell that cannot be read what it should hold."""
    wanted = {
        "due_day": "a whole number from 1 to 5",
        "status": "one of the drop-down's words",
        "file_date": "a date, as 04/06/2018 (several: one a line)",
        "period_from": "a date, as 04/06/2018",
        "period_to": "a date, as 04/06/2018",
    }
    return [f"{COLUMNS[column]} is not {wanted[column]}." for column in row.typed]


def _file_problems(files: Sequence[CheckedFile], twice: frozenset[str]) -> list[str]:
    problems = [f"{_which(at, files)} {each.problem}." for at, each in enumerate(files) if each.problem]
    return problems + [
        f"{_which(at, files)} has a name that another file of the tracker has too."
        for at, each in enumerate(files)
        if _folded(each.located.name) in twice
    ]


def _which(at: int, files: Sequence[CheckedFile]) -> str:
    return "The file" if len(files) == 1 else f"File {at + 1} of {len(files)}"


def _named_twice(rows: Iterable[Row]) -> frozenset[str]:
    names = Counter(_folded(Located(named, None).name) for row in rows for named in row.files)
    return frozenset(name for name, times in names.items() if times > 1)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _dates(row: Row, days: Days) -> list[str]:
    problems = []
    if days.as_on is not None and any(day > days.as_on for day in row.dates):
        problems.append("File date lies in the future.")
    if row.period_from and row.period_to and row.period_to < row.period_from:
        problems.append("Period to is before Period from.")
    return problems


def _wanted(
    row: Row, document: Document, files: Sequence[CheckedFile], days: Days, *, has_figure: bool
) -> tuple[list[str], list[str]]:
    """Hold a row against what its document asks for: how many files, how old, how far apart."""
    problems: list[str] = []
    remarks: list[str] = []
    if document.kind == "number" and not files:
        if row.note:
            remarks.append("The figure stands in Note.")
        elif row.handed_in and not has_figure:
            problems.append("The figure is not entered in Note, and no file is named.")
    else:
        _count(row, document, len(files), problems, remarks)
    if files and row.files != (document.made_by,):
        _ages(row, document, len(files), days, problems, remarks)
    if document.advice and row.files:
        remarks.append(document.advice)
    return problems, remarks


def _count(row: Row, document: Document, number: int, problems: list[str], remarks: list[str]) -> None:
    if document.at_most is not None and number > document.at_most:
        problems.append(f"{_files(number)}, where {_number(document)} wanted.")
    elif not number and row.handed_in:
        problems.append("No file is named.")
    elif number < document.at_least and row.handed_in:
        problems.append(f"{_files(number)}, where {_number(document)} wanted.")
    elif 0 < number < document.at_least:
        remarks.append(f"{_files(number)} of {document.at_least} so far.")


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"


def _number(document: Document) -> str:
    if document.at_most is None:
        return f"at least {document.at_least} are"
    if document.at_most == 1:
        return "1 is"
    return f"{document.at_most} are" if document.at_least == document.at_most else f"up to {document.at_most} are"


def _ages(row: Row, document: Document, number: int, days: Days, problems: list[str], remarks: list[str]) -> None:
    period = InspectionPeriod(days.inspection)
    dates = sorted(row.dates)
    if document.look_back is None:
        remarks += [_age(day, days.inspection) for day in dates[-1:]]
        return
    if "file_date" in row.typed:
        return
    if len(dates) < number:
        problems.append(
            f"{_files(number)} and {len(dates)} date{'' if len(dates) == 1 else 's'}: enter each date in File date."
            if dates
            else "File date is blank: it decides whether the document is recent enough."
        )
    window = period.window(document.look_back)
    out = sum(not window.start <= day <= window.end for day in dates)
    if out:
        one = "File date lies" if len(dates) == 1 else f"{out} of {len(dates)} dates lie"
        problems.append(f"{one} outside {window.start:%d/%m/%Y} to {window.end:%d/%m/%Y}.")
    if document.gap and dates:
        held = (day for day in dates if window.start <= day <= window.end)
        problems += _gaps([window.start, *held, window.end], document.gap)


def _gaps(days: Sequence[date], months: int) -> list[str]:
    """Say where more months than these pass without a meeting, the ends of the look-back included."""
    return [
        f"No meeting between {before:%d/%m/%Y} and {after:%d/%m/%Y}: more than {months} months."
        for before, after in pairwise(days)
        if InspectionPeriod(after).months_before(months) > before
    ]


def _age(day: date, inspection_date: date) -> str:
    """Return the age of a document at D in words; no verdict follows from it."""
    if day > inspection_date:
        return f"Dated {day:%d/%m/%Y}."
    months = (inspection_date.year - day.year) * 12 + inspection_date.month - day.month
    if InspectionPeriod(inspection_date).months_before(months) < day:
        months -= 1
    years, rest = divmod(months, 12)
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((years, "year"), (rest, "month")) if n]
    return f"Dated {day:%d/%m/%Y}: {' and '.join(parts) if parts else 'less than a month'} old at the inspection."
