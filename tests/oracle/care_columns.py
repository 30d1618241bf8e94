"""The columns of List 8 that other tables say, each by its section of the specification, and the list itself."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

from tests.oracle.care import Period, care_of, in_order, last_day
from tests.oracle.people import Output, Run
from tests.oracle.placed import Locations, latest_placement, placement_columns, placements_in_12_months
from tests.oracle.reading import UNREADABLE, Row, birthday, day_of, recency, sorted_rows

STATUS_ORDER = ["V4", "V3", "V2", "L3", "L2", "L1", "J3", "J2", "J1", "C1", "C2", "D1", "E1"]  # the last goes first
PLAN_ORDER = [
    "ADOPTION", "LTRELFR", "LTFOST18", "RESPLMT", "SUPPLIV", "RETURN1M", "RETURN6M", "RETURNEV", "REMAINSUP",
    "OTHERPLN",
]  # fmt: skip
NOT_DONE = {"PLANNED", "CANCELLED", "REFUSED"}
YES = {"y", "yes", "1", "true"}
DAY = timedelta(days=1)


def within(run: Run, day: date | None, period: Period) -> bool:
    """Whether a date is in a period, both ends included."""
    return day is not None and (period["start"] or date.min) <= day <= last_day(run, period)


# --- UASC (2.11) ---


def uasc(run: Run, child: str, care_start: date | None) -> str | None:
    """UASC within the last twelve months."""
    if not run.has("ssd_immigration_status"):
        return None
    rows = [row for row in run.of_person("ssd_immigration_status").get(child, []) if row["status"]]
    born = run.birth(child)
    for row in rows:
        if row["status"] != "UASC":
            continue
        start = row["start_date"] or care_start or date.min
        ends = [row["end_date"] or date.max, birthday(born, 18) if born else date.max]
        ends += [
            other["start_date"]
            for other in rows
            if other["status"] not in ("UASC", UNREADABLE) and other["start_date"] and other["start_date"] > start
        ]
        if start <= min(ends) and start <= run.day and min(ends) >= run.back(12):
            return run.label("yes_no", "Y")
    return run.label("yes_no", "N")


# --- legal status ---


def status_key(row: Row) -> tuple[Any, ...]:
    """Of several in force: the latest start, then the order of List 8."""
    rank = STATUS_ORDER.index(row["status"]) if row["status"] in STATUS_ORDER else -1
    return (row["start_date"] or date.min, rank, recency(row["start_date"], row["end_date"], row["legal_status_id"]))


def legal_columns(run: Run, rows: list[Row], period: Period) -> dict[str, Any]:
    """The legal status in force at D or when care ended, failing that the last that ended before, and its run (K5)."""
    day, first = last_day(run, period), period["start"] or date.min
    held = [
        row
        for row in rows
        if (row["start_date"] or date.min) <= day and (row["end_date"] is None or row["end_date"] >= first)
    ]
    shown = in_force_or_last(held, day, ceased=period["end"] is not None, key=status_key)
    return {
        "Start date of current legal status": run_start(shown, rows) if shown else None,
        "Child's Legal Status": run.label("legal_status", shown["status"]) if shown else None,
    }


def in_force_or_last(rows: list[Row], day: date, *, ceased: bool, key: Callable[[Row], Any]) -> Row | None:
    """K5: of the rows in force the greatest by `key`; at a ceased date, failing one, the last that ended before it."""
    force = [r for r in rows if r["end_date"] is None or r["end_date"] > day or (ceased and r["end_date"] == day)]
    if force or not ceased:
        return max(force, key=key, default=None)
    return max(rows, key=lambda row: (row["end_date"], key(row)), default=None)


def run_start(row: Row, rows: list[Row]) -> date | None:
    """The first day of the unbroken run of the same status: no day between one and the next."""
    start = row["start_date"]
    while start is not None:
        before = [
            each["start_date"]
            for each in rows
            if each["status"] == row["status"]
            and (each["start_date"] or date.min) < start
            and (each["end_date"] is None or each["end_date"] >= start - DAY)
        ]
        if not before:
            return start
        start = None if None in before else min(before)
    return start


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


def latest_visit(run: Run, rows: list[Row], period: Period) -> date | None:
    """2.14: the latest visit in the period whose seen flag is not N; where all are N, the latest."""
    dated = [row for row in rows if within(run, row["visit_date"], period)]
    seen = [row for row in dated if row["seen"] != "N"]
    return max((row["visit_date"] for row in seen or dated), default=None)


def plan(run: Run, child: str, period: Period) -> str | None:
    """The first key of the latest plan that started in the period and had not ended (K5)."""
    started = [
        row for row in run.of_person("ssd_cla_care_plan").get(child, []) if within(run, row["start_date"], period)
    ]
    shown = in_force_or_last(
        started,
        last_day(run, period),
        ceased=period["end"] is not None,
        key=lambda row: recency(row["start_date"], row["end_date"], row["care_plan_id"]),
    )
    flags = shown["plan_json"] if shown and isinstance(shown["plan_json"], dict) else {}
    keys = {str(key).strip().upper() for key, value in flags.items() if str(value).strip().casefold() in YES}
    return run.label("permanence_plan", next((key for key in PLAN_ORDER if key in keys), None))


def iro_contact(run: Run, period: Period, reviews: list[Row]) -> date | None:
    """2.14: the later of the recorded contact and the latest review in which the child took part."""
    contacts = [episode["iro_contact_date"] for episode in period["episodes"]]
    contacts += [row["review_date"] for row in reviews if row["participation"] in {f"PN{n}" for n in range(5)}]
    return max((day for day in contacts if within(run, day, period)), default=None)


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
    return day_of(row["start"] or row["end"])


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
    rows = [row for row in run.of_person("ssd_missing").get(child, []) if row["start"] or row["end"]]
    first = max(run.back(12), period["start"] or date.min)
    last = last_day(run, period)

    def counted(row: Row) -> bool:
        return _first(row) <= last and _last(row) >= first

    counts = {
        kind: sum(any(map(counted, group)) for group in distinct([r for r in rows if r["missing_type"] == kind]))
        for kind in ("M", "A")
    }
    ended = [row for row in rows if row["missing_type"] == "M" and row["end"] and counted(row)]
    offered = accepted = None
    if ended:
        latest = max(ended, key=_latest_missing)
        offered = _interview(run, latest["interview_offered"])
        if latest["interview_offered"] == "Y":
            accepted = _interview(run, latest["interview_accepted"])
    begin, end = "Number of Episodes the Child has been ", " from their Placement in the last 12 months"
    known = run.has("ssd_missing")
    return {
        f"{begin}‘Missing’{end}": counts["M"] if known else None,
        f"{begin}‘Absent’{end}": counts["A"] if known else None,
        "Was the child offered a Return Interview after their last missing episode (Y/N)?": offered,
        "Did the child accept a Return Interview after their last missing episode (Y/N)?": accepted,
    }


def _latest_missing(row: Row) -> tuple[Any, ...]:
    """K15; of two rows with the same dates, which are one episode, one that tells of an offer."""
    told = row["interview_offered"] is not None
    return (row["start"] or datetime.min, row["end"], told, recency(None, None, row["missing_id"]))


def _interview(run: Run, code: str | None) -> str | None:
    if code == UNREADABLE:
        return None
    return run.label("yes_no_unknown", code if code in {"Y", "N"} else "U")


# --- the list ---


def second_period(run: Run, shown: Period, periods: list[Period]) -> str | None:
    """2.6: another period, not short breaks, ended in the twelve months and before this one began."""
    earlier = periods[: next(n for n, period in enumerate(periods) if period is shown)]
    ended = [period["end"] for period in earlier if not period["short"]]
    return run.label("yes_no", "Y" if any(end and run.back(12) <= end <= run.day for end in ended) else "N")


def list_8(run: Run) -> Output:
    """Children in care."""
    care = care_of(run)
    locations = Locations(run)
    reasons: dict[int, str | None] = {
        row["_row"]: row["_drop"] for row in run.tables.get("ssd_cla_episodes", []) if row["_drop"]
    }
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
    return Output([in_order(run, 8, row["cells"]) for row in ordered], {"ssd_cla_episodes": reasons})


ORDER = ("NO_DATE", "DIED", "AGE_18", "WINDOW", "SHORT_BREAK", "SUPERSEDED")


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
            (row["review_date"] for row in reviews if within(run, row["review_date"], shown)), default=None
        ),
        "Date of Last Social Work Visit": latest_visit(run, run.of_person("ssd_cla_visits").get(child, []), shown),
        "What is the permanence plan for this child?": plan(run, child, shown),
        "Date of Last IRO Visit / Contact to the Child": iro_contact(run, shown, reviews),
        "Date of Last Health Assessment": latest_check(run, child, "HEALTH"),
        "Date of Last Dental Check": latest_check(run, child, "DENTAL"),
        "Number of Placements in the Last 12 months": placements_in_12_months(run, child, shown, periods),
        "Date Ceased to be Looked After ": shown["end"],
        "Reason Ceased to be Looked After": run.label("ceased_reason", shown["reason"]),
        **placement_columns(placement, run),
        **locations.columns(placement),
        **missing_columns(run, child, shown),
        **(run.allocated(child, shown["end"]) or {"Allocated Team": None, "Allocated Worker": None}),
    }
