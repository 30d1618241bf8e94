"""Lists 1 to 4 of the oracle: contacts, early help, referrals, assessments."""

from datetime import date
from typing import Any

from tests.oracle.people import Output, Run
from tests.oracle.reading import Row, id_key, is_open, months_before, recency, sorted_rows

YES, NO = {"y", "yes", "1", "true"}, {"n", "no", "0", "false"}
REASONS = [
    "DUPLICATE",
    "CONFLICT",
    "NO_CHILD_ID",
    "NO_DATE",
    "CANCELLED",
    "FUTURE",
    "OTHER_LA_PLAN",
    "NOT_ADOPTION",
    "DIED",
    "AGE_18",
    "WINDOW",
    "SHORT_BREAK",
    "CLOSED_WITH_EPISODE",
    "CARE_LEAVER_ONLY",
    "REFERRAL_ONLY",
    "NFA",
    "RC8",
    "NO_ELIGIBILITY",
    "SERVICE_ENDED",
    "LOOKED_AFTER",
    "AGE_25",
    "ENQUIRY_ONLY",
    "ON_HOLD",
    "ADULT",
    "SUPERSEDED",
]


def first_reason(reasons: list[str | None]) -> str | None:
    """Of several reasons the first of the specification's table; None where one of them is None."""
    return None if None in reasons or not reasons else min((r for r in reasons if r), key=REASONS.index)


def flag(outcomes: Any, name: str) -> str | None:
    """Y or N of a flag in an outcome's JSON; None where it is blank, unknown or there is no readable object."""
    text = str(outcomes.get(name, "")).strip().casefold() if isinstance(outcomes, dict) else ""
    return "Y" if text in YES else "N" if text in NO else None


def span_reason(run: Run, number: int, row: Row, start: str, end: str) -> str | None:
    """Why a record with a start and an end is not on a list of what is open at D or ended in W (K6, K7, K14)."""
    since = run.window(number)
    died = run.died(row["person_id"])
    ended = row[end] or died
    in_window = ended is not None and since <= ended
    open_at_d = is_open(row[start], ended, run.as_at)
    reasons = [row["_drop"]]
    if row[start] is None and not open_at_d and not in_window:
        reasons.append("NO_DATE")
    if row[end] is None and died is not None and died < since:
        reasons.append("DIED")
    if ended is not None and ended < since:
        reasons.append("WINDOW")
    return first_reason([reason for reason in reasons if reason])


# --- List 1 and List 3 ---


def event_reason(run: Run, number: int, row: Row, day: str) -> str | None:
    """Why an event is not on a list of what happened in W."""
    if row["_drop"]:
        return str(row["_drop"])
    if row[day] is None:
        return "NO_DATE"
    if row[day] < run.window(number):
        return "WINDOW"
    return "ADULT" if run.dropped_adult(row["person_id"], row[day]) else None


def list_1(run: Run) -> Output:
    """Contacts in W, a row a child and contact."""
    contacts = run.tables.get("ssd_contacts", [])
    reasons = {row["_row"]: event_reason(run, 1, row, "contact_date") for row in contacts}
    listed = [row for row in contacts if reasons[row["_row"]] is None]
    rows = [
        {
            **run.person_columns(row["person_id"]),
            "Date of Contact": row["contact_date"],
            "Contact Source": run.label("source", row["contact_source"], not_recorded=True),
        }
        for row in sorted_rows(listed, "contact_date", "contact_id")
    ]
    return Output(rows, {"ssd_contacts": reasons})


def referral_nfa(row: Row) -> str | None:
    """Y, N, unreadable or None: the recorded flag, else the one in the outcome."""
    return row["nfa"] if row["nfa"] is not None else flag(row["outcome_json"], "NFA_FLAG")


def earlier_events(rows: list[Row], day: str, identifier: str) -> int:
    """2.2, 2.3: how many other events lie within 12 months before the latest, or on its day with a lower id."""
    dated = sorted((r for r in rows if r[day]), key=lambda r: (r[day], id_key(r[identifier])))
    return sum(months_before(dated[-1][day], 12) <= r[day] for r in dated[:-1]) if dated else 0


def list_3(run: Run) -> Output:
    """Referrals in W, a row a child and referral."""
    referrals = run.tables.get("ssd_cin_episodes", [])
    reasons = {row["_row"]: event_reason(run, 3, row, "referral_date") for row in referrals}
    listed = [row for row in referrals if reasons[row["_row"]] is None]
    rows = [
        {
            **run.person_columns(row["person_id"]),
            "Date of referral": row["referral_date"],
            "Referral Source": run.label("source", row["referral_source"], not_recorded=True),
            "Referral NFA?": run.label("yes_no", referral_nfa(row)),
            "Number of Referrals in Last 12 Months": earlier_events(
                run.of_person("ssd_cin_episodes")[row["person_id"]], "referral_date", "referral_id"
            ),
            **run.team_and_worker(row),
        }
        for row in sorted_rows(listed, "referral_date", "referral_id")
    ]
    return Output(rows, {"ssd_cin_episodes": reasons})


# --- List 2 ---

EARLY_HELP = {
    "ssd_early_help_episodes": ("episode_id", "end_date"),
    "annexa_early_help_assessments": ("assessment_id", "completed_date"),
}


def _early_help_records(run: Run) -> tuple[list[Row], dict[str, dict[int, list[str | None]]]]:
    """One record for each child of each source row, and the reasons found so far by table and row."""
    records = []
    reasons: dict[str, dict[int, list[str | None]]] = {}
    for table, (identifier, end) in EARLY_HELP.items():
        found = reasons[table] = {}
        for row in run.tables.get(table, []):
            if row["_drop"] in ("DUPLICATE", "CONFLICT"):
                found[row["_row"]] = [row["_drop"]]
                continue
            children = [row["person_id"]] if row["person_id"] else _family(run, row.get("family_id"))
            of_age = [run.adult_on(child, row["start_date"]) for child in children]
            found[row["_row"]] = ["NO_CHILD_ID"] if row["person_id"] is None and all(of_age) else []
            for child in children:
                record = {**row, "person_id": child, "event_id": row[identifier], "ended": row[end], "_table": table}
                record["_family"] = row["person_id"] is None
                reason = span_reason(run, 2, record, "start_date", "ended")
                adult = run.adult_on(child, row["start_date"])
                if reason is None and adult and (run.options["drop_adults"] or row["person_id"] is None):
                    reason = "ADULT"
                records.append({**record, "_reason": reason})
    return records, reasons


def _family(run: Run, family: str | None) -> list[str]:
    members = (row for row in run.rows("annexa_early_help_families") if family and row["family_id"] == family)
    return sorted({row["person_id"] for row in members if row["person_id"]})


def _early_help_parts(records: list[Row]) -> list[list[Row]]:
    """The records that make one row: each alone, or an assessment and an episode of one child and start."""
    parts: dict[Any, list[Row]] = {}
    turns: dict[Any, int] = {}
    for number, record in enumerate(sorted(records, key=_by_identifier)):
        key = (record["person_id"], record["start_date"])
        if record["start_date"] is None:
            parts[number] = [record]
        else:  # of several of one day the first episode goes with the first assessment
            turn = turns[(record["_table"], key)] = turns.get((record["_table"], key), 0) + 1
            parts.setdefault((key, turn), []).append(record)
    return list(parts.values())


def family_fates(run: Run) -> dict[tuple[str, int], str | None]:
    """(Child, row) -> what List 2 makes of the assessment of a family for each child of it."""
    table = "annexa_early_help_assessments"
    records, given = _early_help_records(run)
    fates: dict[tuple[str, int], str | None] = {
        (child, row["_row"]): row["_drop"]
        for row in run.tables.get(table, [])
        if row["person_id"] is None and row["_drop"] in ("DUPLICATE", "CONFLICT")
        for child in _family(run, row["family_id"])
    }
    for part in _early_help_parts(records):
        reason = first_reason([record["_reason"] for record in part])
        for record in part:
            if record["_table"] == table and record["_family"]:
                own = [*given[table][record["_row"]], reason and record["_reason"]]
                fates[record["person_id"], record["_row"]] = first_reason(own)
    return fates


def list_2(run: Run) -> Output:
    """Early help open at D or ended in W; an assessment and an episode of one child and start are one row."""
    records, reasons = _early_help_records(run)
    listed = []
    for part in _early_help_parts(records):
        reason = first_reason([record["_reason"] for record in part])
        for record in part:
            reasons[record["_table"]][record["_row"]].append(reason and record["_reason"])
        if reason is None:
            listed.append(_early_help_row(part))
    rows = [
        {
            **run.person_columns(row["person_id"]),
            "Assessment start date": row["start_date"],
            "Assessment completion date": row["ended"],
            "Organisation completing assessment": row["organisation"],
        }
        for row in sorted_rows(listed, "start_date", "event_id")
    ]
    return Output(rows, {table: {n: first_reason(r) for n, r in found.items()} for table, found in reasons.items()})


def _by_identifier(record: Row) -> Any:
    return (id_key(record["event_id"]), record["ended"] or date.min, record["organisation"] or "")


def _early_help_row(part: list[Row]) -> Row:
    part = sorted(part, key=lambda r: (r["_table"] != "annexa_early_help_assessments", id_key(r["event_id"])))
    ends: list[date | None] = [record["ended"] for record in part]
    return {
        **part[0],
        "ended": None if None in ends else max(end for end in ends if end),
        "event_id": next((record["event_id"] for record in part if record["event_id"]), None),
        "organisation": next((record["organisation"] for record in part if record["organisation"]), None),
    }


# --- List 4 ---


def cancelled(run: Run) -> set[str]:
    """Ids of the assessments that annexa_assessments calls cancelled or in error."""
    statuses = run.rows("annexa_assessments")
    return {row["assessment_id"] for row in statuses if row["status"] in ("cancelled", "error")} - {None}


def episode_of(run: Run, row: Row, start: date | None, open_at_d: bool, by_id: bool = True) -> Row | None:
    """K19: the episode of need that an activity belongs to, by referral id, else by dates."""
    episodes = run.of_person("ssd_cin_episodes").get(row["person_id"], [])

    def latest(some: list[Row]) -> Row | None:
        return max(
            some, key=lambda e: recency(e["referral_date"], run.ended(e, "close_date"), e["referral_id"]), default=None
        )

    def still_open(episode: Row) -> bool:
        return run.open(episode, "referral_date", "close_date")

    referral = row["referral_id"] if by_id else None
    named = latest([e for e in episodes if referral and e["referral_id"] == referral])
    if named and not (open_at_d and not still_open(named)):
        return named
    covering = []
    for episode in episodes:
        closed = run.ended(episode, "close_date")
        begun = episode["referral_date"] is None or (start is not None and episode["referral_date"] <= start)
        if start is not None and begun and (closed is None or closed >= start):
            covering.append(episode)
    if open_at_d:
        return latest([e for e in covering if still_open(e)]) or latest([e for e in episodes if still_open(e)]) or named
    return latest(covering)


def assessment_open(run: Run, row: Row) -> bool:
    """Whether an assessment counts as open at D, its own dates alone looked at."""
    return run.open(row, "start_date", "authorised_date")


def closed_with_episode(run: Run, row: Row) -> bool:
    """Never authorised, and its episode closed before W of List 4."""
    if row["authorised_date"] is not None:
        return False
    episode = episode_of(run, row, row["start_date"], assessment_open(run, row))
    return bool(episode and episode["close_date"] and episode["close_date"] < run.window(4))


def list_4(run: Run) -> Output:
    """Assessments open at D or authorised in W."""
    table = "ssd_cin_assessments"
    assessments = run.tables.get(table, [])
    off = cancelled(run)
    reasons: dict[int, str | None] = {}
    for row in assessments:
        found = [span_reason(run, 4, row, "start_date", "authorised_date")]
        if row["assessment_id"] in off:
            found.append("CANCELLED")
        if row["_drop"] is None and closed_with_episode(run, row):
            found.append("CLOSED_WITH_EPISODE")
        if row["_drop"] is None and run.dropped_adult(row["person_id"], row["start_date"]):
            found.append("ADULT")
        reasons[row["_row"]] = first_reason([reason for reason in found if reason])
    listed = [row for row in assessments if reasons[row["_row"]] is None]
    rows = [
        {
            **run.person_columns(row["person_id"], disability=True),
            "Continuous Assessment Start Date": row["start_date"],
            "Child Seen During Continuous Assessment": run.label(
                "yes_no_unknown", row["child_seen"], not_recorded=True
            ),
            "Continuous Assessment Date of Authorisation": row["authorised_date"],
            "Was the child assessed as requiring LA children’s social care support": run.label(
                "yes_no", support_required(run, row, off)
            ),
            **run.team_and_worker(row),
        }
        for row in sorted_rows(listed, "start_date", "assessment_id")
    ]
    return Output(rows, {table: reasons})


SUPPORT_FLAGS = ("PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "CLA_REQUEST_FLAG", "STRATEGY_DISCUSSION_FLAG")


def support_required(run: Run, row: Row, off: set[str]) -> str | None:
    """2.13: Y, N or None."""
    if row["authorised_date"] is None:
        return None
    nfa = row["outcome_nfa"] or flag(row["outcome_json"], "NFA_FLAG")
    if nfa is not None:
        return {"Y": "N", "N": "Y"}.get(nfa)
    if any(flag(row["outcome_json"], name) == "Y" for name in SUPPORT_FLAGS):
        return "Y"
    episode = episode_of(run, row, row["start_date"], False)
    if episode is None or episode["close_reason"] not in ("RC8", "RC9"):
        return None
    of_child = run.of_person("ssd_cin_assessments")[row["person_id"]]
    of_episode = [
        other
        for other in of_child
        if other["assessment_id"] not in off
        and episode_of(run, other, other["start_date"], assessment_open(run, other)) is episode
    ]
    last = max(of_episode, key=lambda a: recency(a["start_date"], a["authorised_date"], a["assessment_id"]))
    return "N" if last is row else None
