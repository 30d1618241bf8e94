"""List 11: prospective adopters."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.care import in_order
from tests.oracle.people import Output, Run
from tests.oracle.reading import Row, sorted_rows

STEPS = (
    "stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date", "application_date",
    "approval_date", "matched_date", "placed_date",
)  # fmt: skip
ENQUIRY = ("enquiry_date", "information_pack_date", "interview_date")
BEGINNINGS = ("enquiry_date", "application_date", "stage1_start_date", "stage2_start_date")
ENDS = ("adoption_order_date", "left_date", "rejection_date")
DATES = {
    "Date enquiry received": "enquiry_date",
    "Date Stage 1 started": "stage1_start_date",
    "Date Stage 1 ended": "stage1_end_date",
    "Date Stage 2 started": "stage2_start_date",
    "Date Stage 2 ended": "stage2_end_date",
    "Date application submitted": "application_date",
    "Date application approved": "approval_date",
    "Date adopter matched with child(ren)": "matched_date",
    "Date child/children placed with adopter(s)": "placed_date",
    "Date of Adoption Order": "adoption_order_date",
}


def left(row: Row) -> date | None:
    """The leaving date: the recorded one, else the rejection."""
    return row["left_date"] or row["rejection_date"]


def last(row: Row, *fields: str) -> date | None:
    """The latest of some dates."""
    return max((row[field] for field in fields if row[field]), default=None)


def undated(row: Row) -> str | None:
    """Nothing has a date: an exception, or, where dates later than A were masked, not yet."""
    if last(row, *ENQUIRY, *STEPS, *ENDS):
        return None
    return "FUTURE" if row.get("_masked") else "NO_DATE"


def why_out_2019(row: Row, bound: date) -> str | None:
    """Anyone who applied or began stage 1, until a final order or leaving with nothing of a process after it."""
    ended = max((day for day in (row["adoption_order_date"], left(row)) if day), default=None)
    if ended and ended < bound and not _since(last(row, *STEPS), ended + timedelta(days=1)):
        return "WINDOW"
    if not last(row, *STEPS, "adoption_order_date", "rejection_date"):  # each is of an application
        return "ENQUIRY_ONLY"
    return "ON_HOLD" if row["on_hold"] == "Y" and not _since(left(row), bound) else None


def why_out_2018(row: Row, bound: date) -> str | None:
    """Interviewed in the window after an enquiry and a pack; or decided since; or a child placed."""
    interviewed = bool(row["enquiry_date"] and row["information_pack_date"]) and _since(row["interview_date"], bound)
    began = [row[field] for field in BEGINNINGS if row[field]]
    approved = row["approval_date"] or row["stage2_end_date"]
    outcomes = [day for day in (approved, row["rejection_date"], row["left_date"]) if day]
    in_progress = bool(began) and min(began) <= bound and all(day >= bound for day in outcomes)
    decided = in_progress and bool(approved or row["rejection_date"])
    if interviewed or decided or _since(row["placed_date"], bound):
        return None
    return "WINDOW" if last(row, *STEPS, *ENDS) else "ENQUIRY_ONLY"


def _since(day: date | None, bound: date) -> bool:
    return day is not None and day >= bound


def list_11(run: Run) -> Output:
    """Adopters."""
    why_out = why_out_2018 if run.edition == "ilacs-2018" else why_out_2019
    bound = run.window(11)
    reasons: dict[int, str | None] = {}
    placed: dict[str, int] = {}
    for row in run.rows("annexa_adopters"):
        if row["family_id"] and row["children_placed"] is not None:
            placed[row["family_id"]] = max(row["children_placed"], placed.get(row["family_id"], 0))
    found = []
    for row in run.tables.get("annexa_adopters", []):
        reason = reasons[row["_row"]] = row["_drop"] or undated(row) or why_out(row, bound)
        if reason is None:
            children = placed.get(row["family_id"], row["children_placed"])
            found.append({**row, "person_id": row["adopter_id"], "cells": cells(run, row, children)})
    ordered = sorted_rows(found, "enquiry_date", "adopter_id")
    return Output([in_order(run, 11, row["cells"]) for row in ordered], {"annexa_adopters": reasons})


def cells(run: Run, row: Row, children: int | None) -> dict[str, Any]:
    """The cells of one row."""
    reason = row["left_reason"] if row["left_date"] else "3" if row["rejection_date"] else row["left_reason"]
    return {
        "Individual adopter identifier": row["adopter_id"],
        "Family identifier": row["family_id"],
        "Gender": run.label("gender_adopter", row["gender"], not_recorded=True),
        "Ethnicity": run.label("ethnicity", row["ethnicity"], not_recorded=True),
        "Disability": run.label("yes_no", row["disability"]),
        "Is the (prospective) adopter fostering for adoption?": run.label(
            "yes_no_plain", row["fostering_for_adoption"]
        ),
        **{heading: row[field] for heading, field in DATES.items()},
        "No. of children placed": children,
        "Date of leaving adoption process": left(row),
        "Reason for leaving adoption process": run.label("leaving_reason", reason),
    }
