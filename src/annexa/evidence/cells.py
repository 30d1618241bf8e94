"""What an officer types into a cell of the tracker, and what is read from it; what cannot be read is kept as typed."""

import re
from datetime import date, datetime
from typing import Any, Final, NoReturn

from annexa.evidence.items import DUE_DAYS
from annexa.evidence.rows import STATUSES
from annexa.records.types import EARLIEST, parse_date

_SEVERAL: Final = re.compile(r"[\n;]+")
_SEVERAL_DATES: Final = re.compile(r"[\n;,]+")
_SHORT: Final = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_ITEM: Final = re.compile(r"([0-9])\.([0-9]{1,2})([a-z]?)")


def text(value: Any) -> str:
    """Return what a cell shows, without outer blanks: a date as dd/mm/yyyy, a whole number without decimals."""
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def item(value: Any) -> str:
    """Return the number of an item; a spreadsheet makes 1.1 of 1.10 where it is typed as a number."""
    shown = text(value)
    found = _ITEM.fullmatch(shown)
    return f"{found[1]}.{found[2]:0<2}{found[3]}" if found else shown


def files(value: Any) -> tuple[str, ...]:
    """Return the files that a cell names: one a line, or with semicolons between; quotation marks around one are not
    part of it.
    """
    names = (part.strip().strip('"').strip() for part in _SEVERAL.split(text(value)))
    return tuple(name for name in names if name)


def day(value: Any) -> date | None:
    """Return the date in a cell, None where it is blank: a date, or a text such as 04/06/2018 or 2018-06-04.

    Raises:
        ValueError: it holds something else.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    return _day(text(value)) if isinstance(value, str) else _refuse()


def days(value: Any) -> tuple[date, ...]:
    """Return the dates in a cell, one a line, or with semicolons or commas between. Errors as in day()."""
    if not isinstance(value, str):
        found = day(value)
        return (found,) if found else ()
    parts = (part.strip() for part in _SEVERAL_DATES.split(text(value)))
    return tuple(found for part in parts if part and (found := _day(part)))


def _day(shown: str) -> date | None:
    if not shown:
        return None
    short = _SHORT.fullmatch(shown)
    try:
        found = date(int(short[3]), int(short[2]), int(short[1])) if short else parse_date(shown)
    except ValueError:  # pydantic's own errors are of this kind too
        return _refuse()
    return found if found >= EARLIEST else _refuse()


def due_day(value: Any) -> int:
    """Return the day of notice in a cell; a blank one is the last.

    Raises:
        ValueError: it holds anything but a whole number from 1 to 5.
    """
    shown = text(value)
    if not shown:
        return DUE_DAYS[-1]
    if shown not in {str(number) for number in DUE_DAYS}:
        _refuse()
    return int(shown)


def status(value: Any) -> str:
    """Return the status in a cell, however its letters are written; a blank one is the first.

    Raises:
        ValueError: it holds none.
    """
    shown = " ".join(text(value).lower().replace("_", " ").split())
    if not shown:
        return STATUSES[0]
    if shown in {"n/a", "na", "n.a."}:
        return STATUSES[-1]
    if shown not in STATUSES:
        _refuse()
    return shown


def _refuse() -> NoReturn:
    raise ValueError("not what the column holds")
