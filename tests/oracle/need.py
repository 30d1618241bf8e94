"""List 6 of the oracle: children in need, one row a child."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.front import (
    assessment_open,
    cancelled,
    closed_with_episode,
    episode_of,
    referral_nfa,
    span_reason,
)
from tests.oracle.people import Output, Run
from tests.oracle.protection import enquiry_open, held, linked_conferences
from tests.oracle.reading import UNREADABLE, Row, completed_years, recency, sorted_rows
from tests.oracle.spells import Period, periods_of

VISITS = ("ssd_cin_visits", "ssd_cp_visits", "ssd_cla_visits")
ADDING = ("cp", "care", "breaks", "cin", "assessment")  # services that may add a row
ENDING = ("cp", "care", "cin")  # those whose end in W may add a closed one


@dataclass
class Service:
    """Something done for a child: a plan, a period of care, an assessment, an enquiry."""

    kind: str
    start: date | None
    end: date | None
    open: bool
    row: Row | None = None
    period: Period | None = None
    own: bool = True  # false for a plan held for another authority, which never adds a row


def services_of(run: Run, person_id: str) -> list[Service]:
    """All services of a child; what is cancelled, or closed with its episode, is open on no list."""
    found = []
    off = cancelled(run)
    for row in run.of_person("ssd_cin_assessments").get(person_id, []):
        if row["assessment_id"] not in off:
            is_open = assessment_open(run, row) and not closed_with_episode(run, row)
            found.append(Service("assessment", row["start_date"], run.ended(row, "authorised_date"), is_open, row))
    for row in run.of_person("ssd_s47_enquiry").get(person_id, []):
        conference = held(linked_conferences(run, row))
        days = [day for day in (row["end_date"], conference and conference["conference_date"]) if day]
        end = max(days, default=run.died(person_id))
        found.append(Service("enquiry", row["start_date"], end, enquiry_open(run, row), row))
    for kind, rows in (
        ("cin", run.of_person("ssd_cin_plans").get(person_id, [])),
        ("cp", run.of_person("ssd_cp_plans").get(person_id, [])),
    ):
        for row in rows:
            open_at_d = run.open(row, "start_date", "end_date")
            own = row.get("other_la") != "Y"
            found.append(Service(kind, row["start_date"], run.ended(row, "end_date"), open_at_d, row, own=own))
    for period in periods_of(run, person_id):
        kind = "breaks" if period.breaks else "care"
        found.append(Service(kind, period.start, period.end, period.end is None, None, period))
    return found


def belonging(run: Run, person_id: str, services: list[Service]) -> dict[int, list[Service | str]]:
    """What belongs to each episode of need of a child, by the episode's row number (K19)."""
    found: dict[int, list[Service | str]] = {}

    def add(episode: Row | None, what: Service | str) -> None:
        if episode:
            found.setdefault(episode["_row"], []).append(what)

    for service in services:
        if service.period is None:
            add(episode_of(run, service.row or {}, service.start, service.open), service)
            continue
        members = service.period.episodes
        row = {"person_id": person_id, "referral_id": members[-1]["referral_id"] if members else None}
        add(episode_of(run, row, service.start, service.open), service)
    for table in VISITS:
        for visit in run.of_person(table).get(person_id, []):
            if visit["visit_date"]:
                row = {"person_id": person_id}
                add(episode_of(run, row, visit["visit_date"], open_at_d=False, by_id=False), "visit")
    return found


def episode_reason(run: Run, row: Row, services: list[Service], activity: list[Service | str]) -> str | None:
    """Why an episode of need is not in scope."""
    if row["_drop"]:
        return str(row["_drop"])
    since = run.window(6)
    reason = span_reason(run, 6, row, "referral_date", "close_date")
    if reason:
        return reason
    beyond = [s for s in activity if isinstance(s, Service) and not (s.kind == "assessment" and not s.open)]
    nfa = referral_nfa(row) == "Y"
    if run.open(row, "referral_date", "close_date"):
        birth = run.birth(row["person_id"])
        adult = birth is not None and completed_years(birth, run.day) >= 18
        leaver = bool(run.of_person("ssd_care_leavers").get(row["person_id"]))
        lately = any(s.open or (s.end is not None and s.end >= since) for s in services)
        if (adult or leaver) and not lately:
            return "CARE_LEAVER_ONLY"
        if not activity:
            return "REFERRAL_ONLY"
        return "NFA" if nfa and not beyond else None
    if nfa and not beyond:
        return "NFA"
    if row["close_reason"] in ("RC8", "RC9") and not beyond:
        return "RC8"
    if not activity and row["close_reason"] not in [f"RC{n}" for n in range(1, 8)]:
        return "REFERRAL_ONLY"
    return None


def list_6(run: Run) -> Output:
    """Children in need at D or until a day in W: the most recent episode in scope, or an added row."""
    table = "ssd_cin_episodes"
    reasons: dict[int, str | None] = {}
    rows = []
    people = {row["person_id"] for row in run.tables.get(table, [])}
    for other in ("ssd_cin_plans", "ssd_cp_plans", "ssd_cla_episodes", "ssd_cin_assessments"):
        people |= set(run.of_person(other))
    of_person: dict[str | None, list[Row]] = {}
    for row in run.tables.get(table, []):
        of_person.setdefault(row["person_id"], []).append(row)
    for person_id in people:
        episodes = of_person.get(person_id, [])
        services = services_of(run, person_id) if person_id else []
        activity = belonging(run, person_id, services)
        for row in episodes:
            reason = episode_reason(run, row, services, activity.get(row["_row"], []))
            if reason is None and run.dropped_adult(person_id, row["referral_date"]):
                reason = "ADULT"
            reasons[row["_row"]] = reason
        in_scope = [row for row in episodes if reasons[row["_row"]] is None]
        shown = _shown(run, person_id, in_scope, services) if person_id else None
        for row in in_scope:
            if shown is None or shown.get("episode") is not row:
                reasons[row["_row"]] = "SUPERSEDED"
        if shown:
            rows.append(shown)
    written = [_row(run, row) for row in sorted_rows(rows, "start", "referral_id")]
    return Output(written, {table: {number: reasons[number] for number in sorted(reasons)}})


def _shown(run: Run, person_id: str, in_scope: list[Row], services: list[Service]) -> dict[str, Any] | None:
    """The one row of a child: from an episode, or added."""

    def rank(row: Row) -> tuple[Any, ...]:
        end = run.ended(row, "close_date")
        return (run.open(row, "referral_date", "close_date"), *recency(row["referral_date"], end, row["referral_id"]))

    best = max(in_scope, key=rank, default=None)
    added = _added(run, person_id, best, services)
    if added and not run.dropped_adult(person_id, added["start"]):
        return added
    if best is None:
        return None
    end = run.ended(best, "close_date")
    return {
        "person_id": person_id,
        "referral_id": best["referral_id"],
        "start": best["referral_date"],
        "end": end,
        "need": best["primary_need"],
        "reason": best["close_reason"] if end else None,
        "status": _status(services, end),
        "episode": best,
    }


def _added(run: Run, person_id: str, best: Row | None, services: list[Service]) -> dict[str, Any] | None:
    """R2, R3: a row for services without an episode in scope, or begun on or after the closure of the latest."""
    if not run.options["list6_additions"]:
        return None
    candidates = [s for s in services if s.kind in ADDING and s.own]
    opened = [s for s in candidates if s.open]
    end = None
    if best is not None:
        closed = run.ended(best, "close_date")
        if run.open(best, "referral_date", "close_date") or closed is None:
            return None
        opened = [s for s in opened if s.start is not None and s.start >= closed]
    if not opened and best is None:
        since = run.window(6)
        opened = [s for s in candidates if s.kind in ENDING and s.end is not None and s.end >= since]
        if any(s.open for s in candidates):
            return None
        end = max((s.end for s in opened if s.end), default=None)
    if not opened:
        return None
    plans = [s.row for s in opened if s.kind == "cin" and s.row]
    return {
        "person_id": person_id,
        "referral_id": None,
        "start": min((s.start for s in opened if s.start), default=None),
        "end": end,
        "need": _need([s.period for s in opened if s.period]),
        "reason": None,
        "status": _status(services, end),
        "plan": max(plans, key=lambda p: recency(p["start_date"], p["end_date"], p["cin_plan_id"]), default=None),
    }


def _need(periods: list[Period]) -> str | None:
    """The category of need of the latest period; None where there is none."""
    if not periods:
        return None
    latest = max(periods, key=lambda p: (p.start or date.min, p.end or date.max))
    return latest.episodes[-1]["need"] if latest.episodes else None


def _status(services: list[Service], end: date | None) -> str:
    if end is not None:
        return "CLOSED"
    opened = {s.kind for s in services if s.open}
    for kind, status in (("care", "CLA"), ("cp", "CP"), ("cin", "CIN"), ("assessment", "ASSESSMENT")):
        if kind in opened:
            return status
    return "CIN"


def _row(run: Run, row: dict[str, Any]) -> dict[str, Any]:
    person_id, start, end = row["person_id"], row["start"], row["end"]
    seen = [
        visit["visit_date"]
        for table in VISITS
        for visit in run.of_person(table).get(person_id, [])
        if visit["visit_date"] and visit["seen"] == "Y"
    ]
    allocated = run.allocated(person_id, end)
    plan = row.get("plan")
    if allocated is None and plan:
        allocated = run.team_and_worker(plan)
    need = row["need"]
    return {
        **run.person_columns(person_id, disability=True),
        "CIN Start Date": start,
        "Primary Need Code": None if need == UNREADABLE else run.label("primary_need", need, not_recorded=True),
        "Date Child Was Last Seen": max(
            (day for day in seen if (start is None or start <= day) and (end is None or day <= end)), default=None
        ),
        "CIN Closure Date": end,
        "Reason for Closure": run.label("closure_reason", row["reason"]),
        "Case status": run.label("case_status", row["status"]),
        **(allocated or {"Allocated Team": None, "Allocated Worker": None}),
    }
