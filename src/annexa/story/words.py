"""Values as a caseworker reads them: dates as dd/mm/yyyy, no control characters, records by their name."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from annexa.period import Window

# What the records are called from which lists start.
NOUNS: Final[dict[str, str]] = {
    "contacts": "contact",
    "early_help_episodes": "early help episode",
    "early_help_assessments": "early help assessment",
    "cin_episodes": "referral",
    "assessments": "assessment",
    "section_47_enquiries": "section 47 enquiry",
    "cp_plans": "child protection plan",
    "care_episodes": "episode of care",
    "care_leavers": "care leaver record",
    "permanence": "permanence record",
    "adopters": "adopter record",
}


def day(value: date | None, otherwise: str = "a day that is not recorded") -> str:
    """Return a date as dd/mm/yyyy."""
    return otherwise if value is None else f"{value:%d/%m/%Y}"


def dated(before: str, value: date | None) -> str:
    """Return " of 04/06/2018", or nothing where there is no date."""
    return "" if value is None else f"{before} {day(value)}"


def shown(value: Any) -> str:
    """Return a value as text: a time with its date, a blank as nothing, and no control characters."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == datetime.min.time() else f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return day(value)
    # A text may hold what moves a terminal's cursor.
    return "".join(each if each.isprintable() else " " for each in str(value))


def between(window: Window) -> str:
    """Return a window with its dates."""
    return f"the window from {day(window.start)} to {day(window.end)}"


def named(noun: str, identifier: Any) -> str:
    """Return a noun with the identifier, where there is one."""
    return f"the {noun} {shown(identifier)}".rstrip()


def opened(text: str) -> str:
    """Return a sentence: with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def series(items: Iterable[object]) -> str:
    """Return "1, 2 and 3"."""
    texts = [str(each) for each in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
