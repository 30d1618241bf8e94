"""Report 2.05: children of school age not in full-time school education at D.

Where the specification allows two readings this follows the report: a child with any record of home education in force
is in 2.04 alone; a record without a readable status is not full-time; children missing education are those of the
status CME; over 12 weeks counts alternative provision that goes on at D.
"""

from collections import Counter
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row
from tests.oracle.report_common import (
    SOURCES,
    any_list,
    by_status,
    current_status,
    has_column,
    latest_record,
    of_school_age,
    open_at_d,
)

# Figure -> the list that tells it, and the status.
STATUS_FIGURES = {
    "looked_after": (8, "looked after child"),
    "child_protection": (7, "child protection"),
    "child_in_need": (6, "child in need"),
}


def hours(row: Row) -> float | None:
    """The weekly hours, None where they are blank or no number."""
    return row["weekly_hours"]


def part_time(row: Row) -> bool:
    """Whether a record is of less than full-time schooling: under 25 hours, or a status that is not full-time."""
    return row["status"] != "FULL_TIME" or (hours(row) is not None and hours(row) < 25)


def in_force(run: Run) -> dict[str, list[Row]]:
    """The records in force at D by child."""
    found: dict[str, list[Row]] = {}
    for row in run.rows("annexa_education_status"):
        if row["person_id"] and open_at_d(run, row):
            found.setdefault(row["person_id"], []).append(row)
    return found


def children(run: Run) -> tuple[dict[str, Row], set[str]]:
    """The record of each child in the numbers, and the children whom another authority placed here."""
    own, placed_here = {}, set()
    for child, rows in in_force(run).items():
        scope = [row for row in rows if part_time(row)]
        home_educated = any(row["status"] == "EHE" for row in rows)
        if not scope or home_educated or of_school_age(run, child) is False:
            continue
        row = latest_record(run, scope)
        if row["placed_by_la"]:
            placed_here.add(child)
        else:
            own[child] = row
    return own, placed_here


def figures(run: Run) -> dict[str, Any]:
    """The numbers."""
    if not run.has("annexa_education_status"):
        return {}
    own, placed_here = children(run)
    rows = list(own.values())
    status = by_status(run, own)
    found = {
        "total": len(own),
        "rows children": set(own),
        "rows placed_here": placed_here,
        "grid provision": dict(Counter(row["provision_type"] or "not recorded" for row in rows)),
        "less": sum(hours(row) is not None and hours(row) < 25 for row in rows),
        "hours_unknown": sum(hours(row) is None for row in rows),
        "cells children/Hours per week": {child: hours(row) for child, row in own.items()},
        "missing_education": sum(missing_education(row) for row in rows),
        "permanent": sum(row["exclusion_type"] == "PERMANENT" for row in rows),
        "cells children/Current status": {child: current_status(run, child) for child in own},
        "over_weeks": sum(over_12_weeks(run, row) for row in rows),
        "dob_unknown": sum(of_school_age(run, child) is None for child in own),
    }
    if any_list(run):
        found["grid status"] = status
    # Nobody can be told to be looked after or on a plan without the list of those who are.
    for key, (number, name) in STATUS_FIGURES.items():
        found[key] = status[name] if run.has(SOURCES[number]) else "not supplied"
    if has_column(run, "annexa_education_status.placed_by_la"):
        found["placed_here"] = len(placed_here)
    return found


def missing_education(row: Row) -> bool:
    """Children missing education: the status says so; hours 0 and type "none" are how such a record looks."""
    return row["status"] == "CME"


def over_12_weeks(run: Run, row: Row) -> bool:
    """Whether the child is in alternative provision at D that began more than 12 weeks before it."""
    begun = row["provision_start_date"]
    return begun is not None and row["provision_end_date"] is None and (run.day - begun).days > 12 * 7
