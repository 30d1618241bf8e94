"""Report 2.04: children electively home educated at D."""

from collections import Counter
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import UNREADABLE, Row
from tests.oracle.report_common import (
    any_list,
    by_status,
    current_status,
    ended,
    has_column,
    has_ehcp,
    latest_record,
    of_school_age,
    open_at_d,
    said_last,
    within,
)

PLANS = {"Y": "with a plan", "N": "without a plan", None: "not recorded"}
GENDERS = {
    "M": "male",
    "F": "female",
    "I": "neither",
    "U": "not stated",
    None: "not recorded",
    UNREADABLE: "not recorded",
}
SEN = {"N": "no special educational needs", "K": "SEN support", "E": "education, health and care plan"}


def records(run: Run) -> list[Row]:
    """Records of home education that name a child."""
    return [row for row in run.rows("annexa_education_status") if row["person_id"] and row["status"] == "EHE"]


def figures(run: Run) -> dict[str, Any]:
    """The number at D, and what it is made of."""
    if not run.has("annexa_education_status"):
        return {}
    in_force: dict[str, list[Row]] = {}
    for row in records(run):
        if open_at_d(run, row):
            in_force.setdefault(row["person_id"], []).append(row)
    shown = {child: latest_record(run, rows) for child, rows in in_force.items()}
    ages = Counter(of_school_age(run, child) for child in in_force)
    since, until = run.back(12), run.as_at
    begun = {
        child: min((r["start_date"] for r in rows if r["start_date"]), default=None) for child, rows in in_force.items()
    }
    long = {child for child, start in begun.items() if start is not None and start < since}
    found = {
        "at_d": len(in_force),
        "rows children": set(in_force),
        "school_age": ages[True],
        "dob_unknown": ages[None],
        "new": len({row["person_id"] for row in records(run) if within(row["start_date"], since, until)}),
        "ended": len({row["person_id"] for row in records(run) if within(ended(run, row, "end_date"), since, until)}),
        "over_year": len(long),
        "cells children/Current status": {child: current_status(run, child) for child in in_force},
        "grid ehcp": dict(Counter(PLANS[has_ehcp(run, child)] for child in in_force)),
        "grid gender": dict(Counter(GENDERS[gender(run, child)] for child in in_force)),
    }
    if any_list(run):
        found["grid status"] = by_status(run, in_force)
    if has_column(run, "annexa_education_status.last_contact_date"):
        found["no_contact"] = (sum(not lately(run, child) for child in long), len(long))
    if has_column(run, "annexa_education_status.sen"):
        found["grid sen"] = dict(Counter(SEN.get(row["sen"], "not recorded") for row in shown.values()))
    if has_column(run, "annexa_education_status.reason"):
        found["grid reason"] = dict(Counter(row["reason"] or "not recorded" for row in shown.values()))
    return found


def gender(run: Run, child: str) -> str | None:
    """The person record's gender where there is one, else the education table's."""
    person = run.person(child)
    if person is None:
        return said_last(run, child, "gender")
    if run.unborn(child):
        return None
    return person["gender"] if person["gender"] is not None else person["sex"]


def lately(run: Run, child: str) -> bool:
    """Whether a record of the child's home education, ended or not, has contact in the 12 months."""
    mine = [row for row in records(run) if row["person_id"] == child]
    return any(within(row["last_contact_date"], run.back(12), run.as_at) for row in mine)
