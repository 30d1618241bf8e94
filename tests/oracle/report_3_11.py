"""Report 3.11: families and children in the public law outline, before and in proceedings.

Where the specification allows several readings this follows the report: a case is a child, a family and a day of
decision, of several open ones the one decided last; a date of the further table belongs to the latest case whose
decision is not after it; where that date lies after A, the outcome does not stand for it; what is issued is not stepped
down; "no order" ends a case; a family's weeks run from the earliest day of its children at the stage; a child without a
family is counted among the children.
"""

import functools
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row, fold, id_key, read_moment
from tests.oracle.report_common import has_column, within

FINAL = {"C2", "D1", "E1"}
DETAILS = ("issue_date", "step_down_date", "final_order_date")


@functools.cache
def cases(run: Run) -> list[Row]:
    """Each case, with the dates that decide its stage, in order of decision."""
    groups: dict[tuple[str | None, str], dict[date | None, Row]] = {}
    rows = [row for row in run.rows("ssd_pre_proceedings") if row["person_id"]]
    for row in sorted(
        rows,
        key=lambda row: (
            row["outcome_date"] or date.min,
            row["row_id"] is not None,
            id_key(row["row_id"]),
            row["_text"],
        ),
    ):
        groups.setdefault((row["family_id"], row["person_id"]), {})[row["decision_date"]] = row
    found = []
    for key, decided in groups.items():
        own = sorted(decided.values(), key=lambda row: row["decision_date"] or date.min)
        for position, row in enumerate(own):
            following = own[position + 1]["decision_date"] if position + 1 < len(own) else None
            found.append(dated(run, row, detail_of(run, *key), first=position == 0, following=following))
    return found


@functools.cache
def details(run: Run) -> dict[tuple[str, str], Row]:
    """The further table by family and child."""
    return {
        (row["family_id"], row["person_id"]): row
        for row in run.rows("annexa_plo")
        if row["family_id"] and row["person_id"]
    }


def detail_of(run: Run, family: str | None, child: str) -> Row | None:
    """What the further table says of a family and child."""
    return details(run).get((family or "", child))


def ahead(run: Run, detail: Row, name: str) -> bool:
    """Whether a date of the further table lies after A, so that reading has blanked it."""
    text = run.options["texts"]["annexa_plo"][detail["_row"] - 2].get(name)
    moment = read_moment((text or "").strip())
    return moment is not None and moment.date() > run.as_at


def dated(run: Run, row: Row, detail: Row | None, *, first: bool, following: date | None) -> Row:
    """A case with its issue, step-down, final order, end and stage."""
    said: dict[str, Any] = dict.fromkeys(DETAILS)
    later: dict[str, bool] = dict.fromkeys(DETAILS, False)
    for name in DETAILS if detail else ():
        day = detail[name]
        if day and (first or day >= row["decision_date"]) and (following is None or day < following):
            said[name] = day
        later[name] = following is None and ahead(run, detail, name)

    def outcome(code: str, name: str) -> date | None:
        return row["outcome_date"] if row["outcome"] == code and not later[name] else None

    case = {**row, "issued": said["issue_date"] or outcome("ISSUE", "issue_date")}
    case["stepped_down"] = said["step_down_date"] or outcome("STEP_DOWN", "step_down_date")
    case["no_order"] = outcome("NO_ORDER", "final_order_date")
    case["final"] = said["final_order_date"] or (None if later["final_order_date"] else proxy(run, case))
    named_none = said["final_order_date"] and fold(detail["final_order_type"] or "") == "no order"
    case["without order"] = [day for day in (case["no_order"], said["final_order_date"] if named_none else None) if day]
    case["stage"] = stage(case)
    if case["stage"] != "ended" and run.died(row["person_id"]):  # K14
        case["stage"] = "ended"
    return case


def proxy(run: Run, case: Row) -> date | None:
    """The first final legal status of the child that began after the issue."""
    if case["issued"] is None:
        return None
    days = [start for start in final_statuses(run).get(case["person_id"], []) if start > case["issued"]]
    return min(days, default=None)


@functools.cache
def final_statuses(run: Run) -> dict[str, list[date]]:
    """Child -> the days on which final legal statuses began; guardianship and arrangements are no code of List 8."""
    found: dict[str, list[date]] = {}
    for row in run.tables.get("ssd_legal_status", []):
        kept = row["_drop"] is None and row["status"] in FINAL
        private = row["_drop"] == "IGNORED" and guardianship(run, row)
        if (kept or private) and row["person_id"] and row["start_date"] and row["start_date"] <= run.as_at:
            found.setdefault(row["person_id"], []).append(row["start_date"])
    return found


def guardianship(run: Run, row: Row) -> bool:
    """Whether a status that no list reads is a special guardianship or a child arrangements order."""
    text = fold(run.options["texts"]["ssd_legal_status"][row["_row"] - 2]["lega_legal_status"] or "")
    return text in ("sgo", "cao") or text.startswith(("special guardianship", "child arrangements", "residence order"))


def stage(case: Row) -> str:
    """In proceedings, ended, or pre-proceedings."""
    if case["issued"]:
        over = case["final"] or (case["no_order"] and case["no_order"] >= case["issued"])
        return "ended" if over else "in"
    return "ended" if case["stepped_down"] or case["final"] or case["no_order"] else "pre"


def at_stage(run: Run, which: str) -> list[Row]:
    """The cases at a stage: of one child and family the one decided last."""
    shown = {(case["family_id"], case["person_id"]): case for case in cases(run) if case["stage"] != "ended"}
    return [case for case in shown.values() if case["stage"] == which]


def figures(run: Run) -> dict[str, Any]:
    """The numbers."""
    if not run.has("ssd_pre_proceedings"):
        return {}
    pre, court = at_stage(run, "pre"), at_stage(run, "in")
    found: dict[str, Any] = {
        "open cases": {(case["family_id"], case["person_id"], case["stage"]) for case in (*pre, *court)},
    }
    for name, field in (("families", "family_id"), ("children", "person_id")):
        waits, trials = since(pre, field, "decision_date"), since(court, field, "issued")
        weeks = [(run.day - day).days / 7 for day in waits.values() if day]
        found |= {
            f"pre_{name}": len(waits),
            f"pre_weeks_{name}": median(weeks) if weeks else None,
            f"pre_over_12_{name}": (sum(each > 12 for each in weeks), len(waits)),
            f"pre_over_16_{name}": (sum(each > 16 for each in weeks), len(waits)),
            f"court_{name}": len(trials),
            f"court_over_{name}": (
                sum(run.day > day + timedelta(weeks=26) for day in trials.values() if day),
                len(trials),
            ),
        }
    if not (has_column(run, "annexa_plo.final_order_date") or run.has("ssd_legal_status")):  # nothing says what ended
        found = {key: value for key, value in found.items() if not key.startswith("court")}
    return found | {"grid outcomes": outcomes(run)}


def since(rows: list[Row], field: str, start: str) -> dict[str, date | None]:
    """Family or child -> the earliest day of its cases."""
    found: dict[str, date | None] = {}
    for case in rows:
        if case[field] is not None:
            days = [day for day in (found.get(case[field]), case[start]) if day]
            found[case[field]] = min(days, default=None)
    return found


def outcomes(run: Run) -> dict[str, dict[str, int]]:
    """What was decided in 12 months."""

    def count(decided: Callable[[Row], Any]) -> dict[str, int]:
        those = [case for case in cases(run) if decided(case)]
        return {
            "Families": len({case["family_id"] for case in those} - {None}),
            "Children": len({case["person_id"] for case in those}),
        }

    def lately(day: date | None) -> bool:
        return within(day, run.back(12), run.as_at)

    return {
        "Stepped down": count(lambda case: lately(case["stepped_down"]) and not case["issued"]),
        "Proceedings issued": count(lambda case: lately(case["issued"])),
        "Ended with no order": count(lambda case: any(map(lately, case["without order"]))),
    }
