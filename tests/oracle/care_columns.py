"""The columns of List 8 that other tables say, each by its section of the specification, and the list itself."""

from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

from tests.oracle.care import Care, Period
from tests.oracle.people import Output, Run
from tests.oracle.placed import Locations, Postcodes, latest_placement, placement_columns, placements_in_12_months
from tests.oracle.reading import UNREADABLE, Row, birthday, day_of, recency, sorted_rows

STATUS_ORDER = ["V4", "V3", "V2", "L3", "L2", "L1", "J3", "J2", "J1", "C1", "C2", "D1", "E1"]  # the last goes first
PLAN_ORDER = [
    "ADOPTION", "LTRELFR", "LTFOST18", "RESPLMT", "SUPPLIV", "RETURN1M", "RETURN6M", "RETURNEV", "REMAINSUP",
    "OTHERPLN",
]  # fmt: skip
NOT_DONE = {"PLANNED", "CANCELLED", "REFUSED"}
ENDS_UASC = {"REFUGEE", "HUMANITARIAN", "REFUSED"}
YES = {"y", "yes", "1", "true"}


def within(day: date | None, period: Period) -> bool:
    """Whether a date is in a period, both ends included."""
    return (
        day is not None
        and (period["start"] is None or day >= period["start"])
        and (period["end"] is None or day <= period["end"])
    )


# --- UASC (2.11) ---


def uasc_spans(run: Run, child: str, care_start: date | None) -> list[tuple[date | None, date | None]]:
    """The stretches of UASC status of a child; an end of None is still running."""
    rows = run.of_person("ssd_immigration_status").get(child, [])
    born = run.birth(child)
    spans = []
    for row in rows:
        if row["status"] != "UASC":
            continue
        start = row["start_date"] or care_start
        ends = [row["end_date"], birthday(born, 18) if born else None]
        for other in rows:
            later = other["start_date"] and (start is None or other["start_date"] >= start)
            if other["status"] in ENDS_UASC and later:
                ends.append(other["start_date"])
        spans.append((start, min((day for day in ends if day), default=None)))
    return spans


def uasc(run: Run, child: str, care_start: date | None) -> str | None:
    """UASC within the last twelve months."""
    spans = uasc_spans(run, child, care_start)
    yes = any(
        (start is None or start <= run.day) and (end is None or end >= run.back(12)) for start, end in spans
    )
    return run.label("yes_no", "Y" if yes else "N")


# --- legal status ---


def status_key(row: Row) -> tuple[Any, ...]:
    """Of several in force: the latest start, then the order of List 8."""
    rank = STATUS_ORDER.index(row["status"]) if row["status"] in STATUS_ORDER else -1
    return (row["start_date"] or date.min, rank, recency(row["start_date"], row["end_date"], row["legal_status_id"]))


def status_in_force(rows: list[Row], as_at: date, ceased: date | None) -> Row | None:
    """K5: at D, or at the ceased date; failing that the last that ended before it."""
    if ceased is None:
        return max((r for r in rows if r["end_date"] is None or r["end_date"] > as_at), key=status_key, default=None)
    begun = [r for r in rows if r["start_date"] is None or r["start_date"] <= ceased]
    held = [r for r in begun if r["end_date"] is None or r["end_date"] >= ceased]
    if held:
        return max(held, key=status_key)
    return max(begun, key=lambda r: (r["end_date"], status_key(r)), default=None)


def run_start(row: Row, rows: list[Row]) -> date | None:
    """The first day of the unbroken run of the same status."""
    start = row["start_date"]
    same = [each for each in rows if each["status"] == row["status"]]
    while start is not None:
        before = [
            each["start_date"]
            for each in same
            if (each["start_date"] or date.min) < start and (each["end_date"] is None or each["end_date"] >= start)
        ]
        if not before:
            return start
        start = None if None in before else min(before)
    return start


def legal_columns(run: Run, rows: list[Row], period: Period) -> dict[str, Any]:
    """The legal status and where its run began."""
    row = status_in_force(rows, run.as_at, period["end"])
    return {
        "Start date of current legal status": run_start(row, rows) if row else None,
        "Child's Legal Status": run.label("legal_status", row["status"]) if row else None,
    }


# --- reviews, visits, plans, checks ---


def reviews_by_child(run: Run) -> dict[str, list[Row]]:
    """Reviews that were not cancelled, by child; one without a person id is the child's of its period of care."""
    owners: dict[str, set[str]] = {}
    for episode in run.rows("ssd_cla_episodes"):
        if episode["period_id"] and episode["person_id"]:
            owners.setdefault(episode["period_id"], set()).add(episode["person_id"])
    found: dict[str, list[Row]] = {}
    for row in run.rows("ssd_cla_reviews"):
        person, of_period = row["person_id"], owners.get(row["period_id"] or "", set())
        if person is None and len(of_period) == 1:
            (person,) = of_period
        if person is not None and row["cancelled"] != "Y":
            found.setdefault(person, []).append(row)
    return found


def latest_visit(rows: list[Row], period: Period) -> date | None:
    """2.14: the latest visit in the period whose seen flag is not N; where all are N, the latest."""
    dated = [row for row in rows if within(row["visit_date"], period)]
    seen = [row for row in dated if row["seen"] != "N"]
    return max((row["visit_date"] for row in seen or dated), default=None)


def plan(run: Run, child: str, period: Period) -> str | None:
    """The first key of the latest plan that started in the period and had not ended."""
    standing = [
        row
        for row in run.of_person("ssd_cla_care_plan").get(child, [])
        if within(row["start_date"], period) and _stands(run, row, period)
    ]
    if not standing:
        return None
    row = max(standing, key=lambda row: recency(row["start_date"], row["end_date"], row["care_plan_id"]))
    flags = row["plan_json"] if isinstance(row["plan_json"], dict) else {}
    keys = {str(key).strip().upper() for key, value in flags.items() if str(value).strip().casefold() in YES}
    return run.label("permanence_plan", next((key for key in PLAN_ORDER if key in keys), None))


def _stands(run: Run, row: Row, period: Period) -> bool:
    if period["end"] is None:
        return row["end_date"] is None or row["end_date"] > run.as_at
    return row["end_date"] is None or row["end_date"] >= period["end"]


def iro_contact(period: Period, reviews: list[Row]) -> date | None:
    """2.14: the later of the recorded contact and the latest review in which the child took part."""
    contacts = [episode["iro_contact_date"] for episode in period["episodes"]]
    contacts += [row["review_date"] for row in reviews if row["participation"] in {f"PN{n}" for n in range(5)}]
    return max((day for day in contacts if within(day, period)), default=None)


def latest_check(run: Run, child: str, kind: str) -> date | None:
    """The latest check of a kind that was not only planned, cancelled or refused; not limited to the period."""
    rows = run.of_person("ssd_cla_health").get(child, [])
    return max(
        (r["check_date"] for r in rows if r["check_type"] == kind and r["status"] not in NOT_DONE and r["check_date"]),
        default=None,
    )


# --- missing episodes (2.7, 2.8) ---


def one_missing_episode(one: Row, other: Row) -> bool:
    """Whether two rows of one type are one episode (903 574)."""
    if (one["start"], one["end"]) == (other["start"], other["end"]):
        return True
    if _timed(one) and _timed(other):
        return one["start"] < (other["end"] or datetime.max) and other["start"] < (one["end"] or datetime.max)
    first, first_2 = _first(one), _first(other)
    last, last_2 = _last(one), _last(other)
    return (first, last) == (first_2, last_2) or min(last, last_2) - max(first, first_2) >= timedelta(days=1)


def _first(row: Row) -> date:
    return day_of(row["start"]) if row["start"] else date.min


def _last(row: Row) -> date:
    return day_of(row["end"]) if row["end"] else date.max


def _timed(row: Row) -> bool:
    if row["start"] is None or row["start"].time() == time(0):
        return False
    return row["end"] is None or row["end"].time() != time(0)


def distinct(rows: list[Row]) -> list[list[Row]]:
    """Rows of one type in groups that are one episode each."""
    groups = [[row] for row in rows]
    for one, other in combinations(rows, 2):
        if one_missing_episode(one, other):
            mine = next(group for group in groups if any(row is one for row in group))
            theirs = next(group for group in groups if any(row is other for row in group))
            if mine is not theirs:
                mine.extend(theirs)
                groups = [group for group in groups if group is not theirs]
    return groups


def missing_columns(run: Run, child: str, period: Period) -> dict[str, Any]:
    """The counts of missing and absent episodes, and the return interview after the last missing one."""
    rows = run.of_person("ssd_missing").get(child, [])
    first = max(run.back(12), period["start"] or date.min)
    last = min(run.as_at, period["end"] or run.as_at)

    def counted(row: Row) -> bool:
        return _first(row) <= last and _last(row) >= first

    counts = {
        kind: sum(any(map(counted, group)) for group in distinct([r for r in rows if r["missing_type"] == kind]))
        for kind in ("M", "A")
    }
    ended = [
        row
        for row in rows
        if row["missing_type"] == "M" and row["end"] and counted(row) and first <= _last(row) <= last
    ]
    offered = accepted = None
    if ended:
        latest = max(ended, key=lambda r: (r["start"] or datetime.min, r["end"], recency(None, None, r["missing_id"])))
        offered = _interview(run, latest["interview_offered"])
        if latest["interview_offered"] == "Y":
            accepted = _interview(run, latest["interview_accepted"])
    begin, end = "Number of Episodes the Child has been ", " from their Placement in the last 12 months"
    return {
        f"{begin}‘Missing’{end}": counts["M"],
        f"{begin}‘Absent’{end}": counts["A"],
        "Was the child offered a Return Interview after their last missing episode (Y/N)?": offered,
        "Did the child accept a Return Interview after their last missing episode (Y/N)?": accepted,
    }


def _interview(run: Run, code: str | None) -> str | None:
    if code == UNREADABLE:
        return None
    return run.label("yes_no_unknown", code if code in {"Y", "N"} else "U")


# --- the list ---


def second_period(run: Run, shown: Period, periods: list[Period]) -> str | None:
    """2.6: another period, not short breaks, ended in the twelve months and before this one began."""
    start = shown["start"]
    yes = any(
        other is not shown
        and not other["short"]
        and other["end"] is not None
        and run.back(12) <= other["end"] <= run.day
        and start is not None
        and other["end"] <= start
        for other in periods
    )
    return run.label("yes_no", "Y" if yes else "N")


def list_8(run: Run, postcodes: Postcodes | None = None, care: Care | None = None) -> Output:
    """Children in care."""
    care = care or Care(run)
    locations = Locations(run, postcodes)
    reasons: dict[int, str | None] = {
        row["_row"]: row["_drop"] for row in run.tables.get("ssd_cla_episodes", []) if row["_drop"]
    }
    reasons |= dict.fromkeys(care.no_date, "NO_DATE")
    found = []
    for child, periods in care.periods.items():
        shown = care.choose(child)
        for period in periods:
            for episode in period["episodes"]:
                reasons[episode["_row"]] = _first_reason(reasons.get(episode["_row"], ""), period["out"])
        if shown is not None:
            found.append((child, shown, periods))
    rows = []
    reviews = reviews_by_child(run)
    for child, shown, periods in found:
        start, event = shown["start"], shown["decides"]["episode_id"]
        cells = columns(run, child, shown, periods, reviews.get(child, []), locations)
        rows.append({"person_id": child, "start": start, "event": event, "cells": cells})
    ordered = sorted_rows(rows, "start", "event")
    return Output([row["cells"] for row in ordered], {"ssd_cla_episodes": reasons})


ORDER = ("DIED", "AGE_18", "WINDOW", "SHORT_BREAK", "SUPERSEDED")


def _first_reason(before: str | None, reason: str | None) -> str | None:
    """Of an episode in several periods: on the list if one is; else the first reason of the closed list."""
    if before == "":
        return reason
    if before is None or reason is None:
        return None
    return min(before, reason, key=ORDER.index)


def columns(
    run: Run, child: str, shown: Period, periods: list[Period], reviews: list[Row], locations: Locations
) -> dict[str, Any]:
    """The cells of one row."""
    statuses = [row for row in run.of_person("ssd_legal_status").get(child, []) if row["status"] is not None]
    placement = latest_placement(run, child, shown)
    until = min(run.as_at, shown["end"] or run.as_at)
    return {
        **run.person_columns(child, disability=True),
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": uasc(run, child, shown["start"]),
        "Date Started to be Looked After": shown["start"],
        "Child's Category of Need": run.label("need_category", shown["decides"]["need"]),
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)": (
            second_period(run, shown, periods)
        ),
        **legal_columns(run, statuses, shown),
        "Date of Latest Statutory Review": max(
            (row["review_date"] for row in reviews if within(row["review_date"], shown)), default=None
        ),
        "Date of Last Social Work Visit": latest_visit(run.of_person("ssd_cla_visits").get(child, []), shown),
        "What is the permanence plan for this child?": plan(run, child, shown),
        "Date of Last IRO Visit / Contact to the Child": iro_contact(shown, reviews),
        "Date of Last Health Assessment": latest_check(run, child, "HEALTH"),
        "Date of Last Dental Check": latest_check(run, child, "DENTAL"),
        "Number of Placements in the Last 12 months": placements_in_12_months(run, child, periods, until),
        "Date Ceased to be Looked After ": shown["end"],
        "Reason Ceased to be Looked After": run.label("ceased_reason", shown["reason"]),
        **placement_columns(placement, run),
        **locations.columns(placement),
        **missing_columns(run, child, shown),
        **(run.allocated(child, shown["end"]) or {"Allocated Team": None, "Allocated Worker": None}),
    }
