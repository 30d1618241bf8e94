"""Lists 5 and 7 of the oracle: section 47 enquiries with their conferences, and child protection plans."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.front import earlier_events, first_reason, flag, span_reason
from tests.oracle.people import Output, Run
from tests.oracle.reading import UNREADABLE, Row, id_key, is_open, months_before, recency, sorted_rows

# --- conferences ---


def conferences_of(run: Run, person_id: str) -> list[Row]:
    """The initial conferences of a child; one flagged transfer-in is never linked or counted."""
    found = run.of_person("ssd_initial_cp_conference").get(person_id, [])
    return [row for row in found if row["transfer_in"] != "Y"]


def linked_conferences(run: Run, enquiry: Row) -> list[Row]:
    """The conferences of an enquiry: by enquiry id, else by dates where a conference's id counts as blank (K19)."""
    enquiries = run.of_person("ssd_s47_enquiry")[enquiry["person_id"]]
    ids = {other["enquiry_id"] for other in enquiries if other["enquiry_id"]}
    found = conferences_of(run, enquiry["person_id"])
    linked = [row for row in found if row["enquiry_id"] in ids and row["enquiry_id"] == enquiry["enquiry_id"]]
    begun = enquiry["start_date"]
    if linked or begun is None:
        return linked

    def order(row: Row) -> tuple[Any, ...]:
        return (row["start_date"], id_key(row["enquiry_id"]))

    later = [other for other in enquiries if other["start_date"] and order(other) > order(enquiry)]
    until = min((other["start_date"] for other in later), default=date.max)
    last = min(begun + timedelta(days=60), until - timedelta(days=1))
    by_dates = [
        row
        for row in found
        if row["enquiry_id"] not in ids and row["conference_date"] and begun <= row["conference_date"] <= last
    ]
    first = min(by_dates, key=lambda row: (row["conference_date"], id_key(row["conference_id"])), default=None)
    return [first] if first else []


def held(conferences: list[Row]) -> Row | None:
    """The latest conference that was held by A."""
    dated = [row for row in conferences if row["conference_date"]]
    return max(dated, key=lambda row: (row["conference_date"], id_key(row["conference_id"])), default=None)


# --- List 5 ---


def enquiry_open(run: Run, row: Row) -> bool:
    """No end date and no conference held; a death ends it (K14)."""
    return row["end_date"] is None and held(linked_conferences(run, row)) is None and not run.died(row["person_id"])


def enquiry_reason(run: Run, row: Row) -> str | None:
    """Why an enquiry is not on List 5."""
    if row["_drop"]:
        return str(row["_drop"])
    since = run.window(5)
    conferences = [c["conference_date"] for c in linked_conferences(run, row) if c["conference_date"]]
    died = run.died(row["person_id"])
    lasting = row["end_date"] is None and not conferences
    dates = [*conferences, row["end_date"], died if lasting else None]
    in_window = any(day and day >= since for day in dates)
    open_at_d = lasting and died is None
    if row["start_date"] is None and not in_window and not open_at_d:
        return "NO_DATE"
    began_in_window = row["start_date"] is not None and row["start_date"] >= since
    if not (began_in_window or in_window or open_at_d):
        return "DIED" if lasting else "WINDOW"
    return "ADULT" if run.dropped_adult(row["person_id"], row["start_date"]) else None


def unnecessary(run: Run, row: Row, conferences: list[Row]) -> str | None:
    """Whether a conference was deemed unnecessary: N, Y, or None without evidence."""
    outcomes = row["outcome_json"]
    if conferences or flag(outcomes, "CP_CONFERENCE_FLAG") == "Y" or _on_plan(run, row["person_id"], row["start_date"]):
        return "N"
    names = [name for name in outcomes if name.endswith("_FLAG")] if isinstance(outcomes, dict) else []
    return "Y" if row["nfa"] == "Y" or any(flag(outcomes, name) == "Y" for name in names) else None


def _on_plan(run: Run, person_id: str, day: date | None) -> bool:
    plans = run.of_person("ssd_cp_plans").get(person_id, [])
    return day is not None and any(
        plan["other_la"] != "Y" and is_open(plan["start_date"], plan["end_date"], day) for plan in plans
    )


def conferences_before(run: Run, person_id: str) -> int | None:
    """2.3: conferences held in the 12 months before the child's latest strategy discussion, its own left out."""
    if not run.has("ssd_initial_cp_conference"):
        return None
    dated = [row for row in run.of_person("ssd_s47_enquiry")[person_id] if row["start_date"]]
    if not dated:
        return 0
    latest = max(dated, key=lambda row: (row["start_date"], id_key(row["enquiry_id"])))
    own = linked_conferences(run, latest)
    since, until = months_before(latest["start_date"], 12), latest["start_date"]
    return sum(
        since <= row["conference_date"] < until
        for row in conferences_of(run, person_id)
        if row["conference_date"] and not any(row is each for each in own)
    )


def list_5(run: Run) -> Output:
    """Section 47 enquiries, a row a child and enquiry, with the latest conference held."""
    table = "ssd_s47_enquiry"
    enquiries = run.tables.get(table, [])
    reasons = {row["_row"]: enquiry_reason(run, row) for row in enquiries}
    listed = [row for row in enquiries if reasons[row["_row"]] is None]
    rows = []
    for row in sorted_rows(listed, "start_date", "enquiry_id"):
        conferences = linked_conferences(run, row)
        shown = held(conferences) or {"conference_date": None, "resulted_in_plan": None}
        rows.append(
            {
                **run.person_columns(row["person_id"], disability=True),
                "Strategy discussion initiating Section 47 Enquiry Start Date": row["start_date"],
                "Was an Initial Child Protection Conference deemed unnecessary?": run.label(
                    "yes_no", unnecessary(run, row, conferences)
                ),
                "Date of Initial Child Protection Conference": shown["conference_date"],
                "Did the Initial Child Protection Conference Result in a Child Protection Plan": run.label(
                    "yes_no", shown["resulted_in_plan"]
                ),
                "Number of Section 47 Enquiries in the last 12 months": earlier_events(
                    run.of_person(table)[row["person_id"]], "start_date", "enquiry_id"
                ),
                "Number of ICPCs in the last 12 months": conferences_before(run, row["person_id"]),
                **run.team_and_worker(row),
            }
        )
    return Output(rows, {table: reasons})


# --- List 7 ---


def own_plans(run: Run, person_id: str) -> list[Row]:
    """The child protection plans of this authority: those not flagged as held for another."""
    return [row for row in run.of_person("ssd_cp_plans").get(person_id, []) if row["other_la"] != "Y"]


def plan_reason(run: Run, row: Row) -> str | None:
    """Why a plan is not in scope of List 7."""
    found = [span_reason(run, 7, row, "start_date", "end_date")]
    if row["_drop"] is None and row["other_la"] == "Y":
        found.append("OTHER_LA_PLAN")
    if row["_drop"] is None and run.dropped_adult(row["person_id"], row["start_date"]):
        found.append("ADULT")
    return first_reason([reason for reason in found if reason])


def within(run: Run, plan: Row, row: Row, day: date | None) -> bool:
    """Whether a visit or review belongs to a plan and lies within it (K19).

    A plan of this child that it names decides; another id with the same start and end is the same plan.
    """
    start, end = plan["start_date"], run.ended(plan, "end_date")
    named = [p for p in run.of_person("ssd_cp_plans")[plan["person_id"]] if row["cp_plan_id"] == p["cp_plan_id"]]
    named = named if row["cp_plan_id"] else []
    here = any(p["other_la"] != "Y" and (p["start_date"], run.ended(p, "end_date")) == (start, end) for p in named)
    if named and not here:
        return False
    return day is not None and (start is None or start <= day) and (end is None or day <= end)


def latest_visit(visits: list[Row]) -> tuple[Row | None, str | None]:
    """2.14: the latest visit whose seen flag is not N, and seen alone; of visits all N the latest, not seen alone."""

    def order(row: Row) -> tuple[Any, ...]:
        return (row["visit_date"], id_key(row["visit_id"]))

    made = [row for row in visits if row["seen"] != "N"]
    if made:
        visit = max(made, key=order)
        return visit, "U" if visit["seen_alone"] is None else visit["seen_alone"]
    return (max(visits, key=order), "N") if visits else (None, None)


def emergency(run: Run, person_id: str) -> str | None:
    """2.9: whether an emergency order or police protection overlaps [D-6m, D]; blank without either table (K21)."""
    if not (run.has("ssd_legal_status") or run.has("annexa_emergency_protection")):
        return None
    statuses = run.of_person("ssd_legal_status").get(person_id, [])
    orders = [row for row in statuses if row["status"] in ("L1", "L2")]
    protected = run.of_person("annexa_emergency_protection").get(person_id, [])
    orders += [row for row in protected if row["kind"] != UNREADABLE]
    since = run.back(6)
    return "Y" if any((run.ended(row, "end_date") or date.max) >= since for row in orders) else "N"


def previous_plans(run: Run, plan: Row) -> int:
    """2.10: all other plans of this authority; those with the same start and end are one plan."""
    listed = (plan["start_date"], run.ended(plan, "end_date"))
    others = set()
    for row in own_plans(run, plan["person_id"]):
        if row["start_date"] is not None or run.ended(row, "end_date") is not None:
            others.add((row["start_date"], run.ended(row, "end_date")))
    return len(others - {listed})


def list_7(run: Run) -> Output:
    """Child protection plans open at D or ended in W, the most recent of each child."""
    table = "ssd_cp_plans"
    plans = run.tables.get(table, [])
    reasons = {row["_row"]: plan_reason(run, row) for row in plans}
    chosen: dict[str, Row] = {}
    for row in plans:
        if reasons[row["_row"]] is None:
            best = chosen.get(row["person_id"])
            chosen[row["person_id"]] = max((r for r in (best, row) if r), key=lambda r: _plan_rank(run, r))
    for row in plans:
        if reasons[row["_row"]] is None and chosen[row["person_id"]] is not row:
            reasons[row["_row"]] = "SUPERSEDED"
    rows = [_plan_row(run, row) for row in sorted_rows(list(chosen.values()), "start_date", "cp_plan_id")]
    return Output(rows, {table: reasons})


def _plan_rank(run: Run, row: Row) -> tuple[Any, ...]:
    recent = recency(row["start_date"], run.ended(row, "end_date"), row["cp_plan_id"])
    return (run.open(row, "start_date", "end_date"), *recent)


def _plan_row(run: Run, plan: Row) -> dict[str, Any]:
    person_id, end = plan["person_id"], run.ended(plan, "end_date")
    visits = run.of_person("ssd_cp_visits").get(person_id, [])
    visit, alone = latest_visit([row for row in visits if within(run, plan, row, row["visit_date"])])
    reviews = [
        row["review_date"]
        for row in run.of_person("ssd_cp_reviews").get(person_id, [])
        if within(run, plan, row, row["review_date"]) and row["review_date"] != plan["start_date"]
    ]
    nobody = {"Allocated Team": None, "Allocated Worker": None}
    return {
        **run.person_columns(person_id, disability=True),
        "Child Protection Plan Start Date": plan["start_date"],
        "Initial Category of Abuse": run.label("abuse_category", plan["initial_category"]),
        "Latest Category of Abuse": run.label("abuse_category", plan["latest_category"]),
        "Date of the Last Statutory Visit": visit["visit_date"] if visit else None,
        "Was the Child Seen Alone?": None if alone in (None, UNREADABLE) else run.label("yes_no_unknown", alone),
        "Date of latest review conference": max(reviews, default=None),
        "Child Protection Plan End Date": end,
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)": run.label(
            "yes_no", emergency(run, person_id)
        ),
        "Number of Previous Child Protection Plans": previous_plans(run, plan),
        **(run.allocated(person_id, end) or nobody),
    }
