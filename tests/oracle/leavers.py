"""List 9: care leavers."""

from datetime import date
from typing import Any

from annexa.records import RECORDS
from tests.oracle.care import Care, care_of, in_order
from tests.oracle.people import Output, Run
from tests.oracle.reading import Row, is_open, sorted_rows

ADULT = ("FORMER", "QUALIFYING", "ELIGIBLE", "RELEVANT")
AT_16 = ("RELEVANT", "QUALIFYING", "ELIGIBLE", "FORMER")
UNDER_16 = ("FORMER", "RELEVANT", "QUALIFYING")
FIELDS = [name for name in RECORDS["care_leavers"].fields() if name not in ("care_leaver_id", "person_id")]


def category(codes: set[str | None], age: int | None) -> str | None:
    """The category over all rows of a person: the first of the age's order that is recorded."""
    order = UNDER_16 if age is None or age < 16 else AT_16 if age < 18 else ADULT
    first = next((code for code in order if code in codes), None)
    if first == "ELIGIBLE":  # nobody is eligible who is not looked after
        return "FORMER" if age is not None and age >= 18 else "RELEVANT"
    return first


def service_open(run: Run, person: str) -> bool | None:
    """Whether a service is open at D; None where no interval of the person is recorded."""
    rows = run.of_person("annexa_care_leaver_services").get(person, [])
    if not rows:
        return None
    return any(is_open(row["start_date"], row["end_date"], run.as_at) for row in rows)


def why_out(run: Run, person: str, rows: list[Row], looked_after: bool) -> str | None:
    """The first test of List 9 that takes a person off, or None."""
    age = run.age(person)
    if run.died(person) or any(row["in_touch"] == "DIED" for row in rows):
        return "DIED"
    if all(row["eligibility"] == "NONE" for row in rows):
        return "NO_ELIGIBILITY"
    service = service_open(run, person)
    if service is False:
        return "SERVICE_ENDED"
    if looked_after:
        return None if eligible_edition(run) and age in (16, 17) else "LOOKED_AFTER"
    if age is not None and age >= 25 and not service:
        return "AGE_25"
    return None


def is_looked_after(run: Run, care: Care, person: str) -> bool:
    """Whether somebody under 18, or of unknown age, is looked after at D, short breaks aside."""
    age = run.age(person)
    return bool(care.open_care(person)) and (age is None or age < 18)


def eligible_edition(run: Run) -> bool:
    """Whether List 9 of the edition has eligible children: from 2022."""
    return run.edition == "ilacs-2022"


def shown_row(rows: list[Row]) -> Row:
    """The row with the latest contact; then fewer blank cells, then the greater text, never by its own id."""

    def key(row: Row) -> tuple[Any, ...]:
        said = [row[field] for field in FIELDS]
        return (row["latest_contact_date"] or date.min, -said.count(None), ["" if v is None else str(v) for v in said])

    return max(rows, key=key)


def list_9(run: Run) -> Output:
    """Care leavers."""
    care = care_of(run)
    reasons: dict[int, str | None] = {
        row["_row"]: row["_drop"] for row in run.tables.get("ssd_care_leavers", []) if row["_drop"]
    }
    found = []
    for person, rows in run.of_person("ssd_care_leavers").items():
        looked_after = is_looked_after(run, care, person)
        reason = why_out(run, person, rows, looked_after)
        reasons |= {row["_row"]: reason for row in rows}
        if reason is None:
            found.append({"person_id": person, "cells": cells(run, person, rows, looked_after)})
    ordered = sorted_rows(found, None, "person_id")
    return Output([in_order(run, 9, row["cells"]) for row in ordered], {"ssd_care_leavers": reasons})


def cells(run: Run, person: str, rows: list[Row], looked_after: bool) -> dict[str, Any]:
    """The cells of one row."""
    row = shown_row(rows)
    code = "ELIGIBLE" if looked_after else category({each["eligibility"] for each in rows}, run.age(person))
    in_touch = row["in_touch"] == "YES"
    written = {
        **run.person_columns(person, disability=True),
        "Allocated Team": run.team_name(row["team"]),
        "Allocated Worker": run.worker_name(row["worker"]),
        "Eligibility Category": run.label("eligibility", code),
        "LA In Touch ": run.label("in_touch", row["in_touch"]),
        "Type of Accommodation": run.label("accommodation", row["accommodation"]) if in_touch else None,
        "Suitability of Accommodation": run.label("suitability", row["suitability"]) if in_touch else None,
        "Activity Status": run.label("activity", row["activity"]) if in_touch else None,
    }
    if eligible_edition(run):
        statuses = {each["status"] for each in run.of_person("ssd_immigration_status").get(person, [])}
        written |= {
            "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)": (
                run.label("yes_no", "Y" if "UASC" in statuses else "N") if run.has("ssd_immigration_status") else None
            ),
            "Allocated Personal Advisor": run.worker_name(row["personal_adviser"]),
            "Latest Pathway Plan Review Date": max(
                (each["pathway_plan_review_date"] for each in rows if each["pathway_plan_review_date"]), default=None
            ),
            "Latest Date of Contact": row["latest_contact_date"],
        }
    return written
