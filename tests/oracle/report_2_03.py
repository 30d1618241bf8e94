"""Report 2.03: children privately fostered at D.

Where the specification allows several readings this follows the report. New in 12 months: arrangements that commenced in them, ended or not, of children young enough on that day. A visit at which
the child was not seen is none, a blank flag is one; a visit due on D is not overdue; a first visit that was never made
counts against its last day.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday, recency
from tests.oracle.report_common import bank_holidays, disabled, open_at_d, within

VISITS = "annexa_private_fostering_visits"


def young_enough(run: Run, child: str, at: date) -> bool:
    """Under 16 on a day, or under 18 with a disability; somebody of unknown age, or unborn, stays in."""
    birth = run.birth(child)
    return birth is None or at < birthday(birth, 18 if disabled(run, child) else 16)


def arrangements(run: Run) -> list[Row]:
    """The arrangements in force at D of children young enough."""
    rows = [row for row in run.rows("annexa_private_fostering") if row["person_id"]]
    return [row for row in rows if open_at_d(run, row) and young_enough(run, row["person_id"], run.day)]


def shown(run: Run) -> dict[str, Row]:
    """Of several arrangements of a child in force the most recent (K15)."""
    found: dict[str, Row] = {}
    for row in sorted(
        arrangements(run), key=lambda row: recency(row["start_date"], row["end_date"], row["arrangement_id"])
    ):
        found[row["person_id"]] = row
    return found


def figures(run: Run) -> dict[str, Any]:
    """The number at D, those that are new in 12 months, and the visits."""
    if not run.has("annexa_private_fostering"):
        return {}
    now = shown(run)
    rows = [row for row in run.rows("annexa_private_fostering") if row["person_id"]]
    begun = [row for row in rows if within(row["start_date"], run.back(12), run.as_at)]
    found = {
        "at_d": len(now),
        "rows children": set(now),
        "cells children/Date arrangement commenced": {child: row["start_date"] for child, row in now.items()},
        "no_birth_date": sum(run.age(child) is None for child in now),
        "new": len({row["person_id"] for row in begun if young_enough(run, row["person_id"], row["start_date"])}),
        "overdue": share(overdue(run, row) for row in now.values()),
    }
    if run.has(VISITS):
        found["first_visit"] = share(first_in_time(run, row) for row in now.values())
    return found


def share(answers: Iterable[bool | None]) -> tuple[int, int]:
    """How many say yes, of those that say anything."""
    told = [answer for answer in answers if answer is not None]
    return sum(told), len(told)


def visits(run: Run, row: Row) -> list[Row]:
    """The recorded visits of an arrangement, whether or not the child was seen."""
    named = [each for each in run.rows(VISITS) if each["arrangement_id"] and each["visit_date"]]
    return [each for each in named if each["arrangement_id"] == row["arrangement_id"]]


def seen_on(run: Run, row: Row) -> list[date]:
    """The days of the visits at which the child was seen, or may have been."""
    return [each["visit_date"] for each in visits(run, row) if each["child_seen"] != "N"]


def last_day_for_first(start: date | None) -> date | None:
    """The seventh working day after a day."""
    if start is None:
        return None
    off = bank_holidays(range(start.year, start.year + 2))
    left = 7
    while left:
        start += timedelta(days=1)
        left -= start.weekday() < 5 and start not in off
    return start


def first_in_time(run: Run, row: Row) -> bool | None:
    """Whether the first visit was within 7 working days of the notification; None while it is not due, or unknown."""
    limit = last_day_for_first(row["notification_date"])
    days = seen_on(run, row)
    told_elsewhere = not visits(run, row) and row["last_visit_date"] is not None
    if limit is None or (not days and (limit >= run.day or told_elsewhere)):
        return None
    return bool(days) and min(days) <= limit


def overdue(run: Run, row: Row) -> bool | None:
    """Whether the next visit was due before D: six weeks after one in the first year, twelve after a later one.

    Without any visit the first one's last day counts. None where it is not known when the next one is due.
    """
    last = max(seen_on(run, row), default=None) if visits(run, row) else row["last_visit_date"]
    since = row["aware_date"] or row["notification_date"]
    if last is None:
        due = last_day_for_first(row["notification_date"] or row["aware_date"])
    elif since is None:
        return None
    else:
        due = last + timedelta(weeks=6 if last < birthday(since, 1) else 12)
    return None if due is None else due < run.day
