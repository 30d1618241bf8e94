"""Report 3.08: health assessments, dental checks, well-being and waiting of children looked after at D.

Where the specification allows several readings this follows the report: the standard layout's type says whether a check
is a health assessment or a dental one, and the further table's kind where it does not; a due date that is not after its
check is none; nothing is due before the first of the period would be (as AA-815, of a child who came in yesterday);
what was never done and has no day on which it was due is not done; a refusal since care began counts; a period of care
counts for the initial assessment once its twentieth working day lies before D; a questionnaire counts whenever it was,
one without a day too.
"""

import functools
from datetime import date, timedelta
from statistics import median
from typing import Any

import holidays

from tests.oracle.care import care_of, last_day
from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday, id_key
from tests.oracle.report_common import has_column, months_after, open_at_d, within
from tests.oracle.report_looked_after import looked_after, twelve_months

NOT_HELD = ("PLANNED", "CANCELLED", "REFUSED")
ASSESSMENT, DENTAL = "HEALTH", "DENTAL"
TYPES = {"IHA": ASSESSMENT, "RHA": ASSESSMENT, "DENTAL": DENTAL, "OPTICIAN": "OPTICIAN"}
WORKING_DAYS = 20
BANDS = {"sdq_low": "0-13", "sdq_middle": "14-16", "sdq_high": "17-40"}


@functools.cache
def checks(run: Run) -> dict[str, list[Row]]:
    """Child -> dated checks, with kind (where the further table has it, else the type), due date and outcome."""
    details = {row["check_id"]: row for row in run.rows("annexa_health") if row["check_id"]}
    found: dict[str, list[Row]] = {}
    for row in run.rows("ssd_cla_health"):
        if row["person_id"] and row["check_date"]:
            detail = details.get(row["check_id"], {})
            kind = detail.get("kind") if detail.get("kind") in TYPES else None
            known = row["check_type"] if row["check_type"] in (*TYPES.values(), "OTHER") else TYPES.get(kind or "")
            due = detail.get("due_date")
            due = due if due is not None and due > row["check_date"] else None
            found.setdefault(row["person_id"], []).append({**row, "what": known, "kind": kind, "due": due})
    return found


def held(run: Run, child: str, what: str) -> list[Row]:
    """The checks of a type that took place, oldest first; of one day the one that is valid longest last."""
    rows = [row for row in checks(run).get(child, []) if row["what"] == what and row["status"] not in NOT_HELD]
    return sorted(rows, key=lambda row: (row["check_date"], row["due"] or date.min, id_key(row["check_id"])))


def add_working_days(start: date, days: int) -> date:
    """The working day that is so many after a day."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in bank_holidays()
    return day


@functools.cache
def bank_holidays() -> set[date]:
    """The bank holidays of England."""
    return set(holidays.country_holidays("GB", subdiv="ENG", years=range(1990, 2031)))


def state(run: Run, child: str, what: str) -> str:
    """Up to date, not done, refused, or not yet due."""
    done, start = held(run, child, what), looked_after(run)[child]
    if what == DENTAL and too_young(run, child):
        return "not yet due"
    until = valid_until(run, child, done[-1]) if done else None
    if until is not None and until >= run.day:
        return "up to date"
    first = first_due(run, child, what)
    if first is not None and first >= run.day:
        return "not yet due"
    since = max(start or date.min, done[-1]["check_date"] + timedelta(days=1) if done else date.min)
    refused = [row for row in checks(run).get(child, []) if row["what"] == what and row["status"] == "REFUSED"]
    return "refused" if any(row["check_date"] >= since for row in refused) else "not done"


def too_young(run: Run, child: str) -> bool:
    """Whether dental checks are not yet expected of a child of this age."""
    age = run.age(child)
    return age is not None and age < 1


def valid_until(run: Run, child: str, last: Row) -> date:
    """The day on which the check after the last one is due: as recorded, else in 12 months, or 6 under the age of 5."""
    age = run.age(child)
    young = last["what"] == ASSESSMENT and age is not None and age < 5
    return last["due"] or months_after(last["check_date"], 6 if young else 12)


def first_due(run: Run, child: str, what: str) -> date | None:
    """The day on which the first check of the period is due (AA-815); None where nothing tells."""
    start, birth = looked_after(run)[child], run.birth(child)
    if what == ASSESSMENT:
        return add_working_days(start, WORKING_DAYS) if start else None
    days = [day for day in (start, birthday(birth, 1) if birth else None) if day]
    return months_after(max(days), 12) if days else None


def states(run: Run, cohort: set[str], name: str, what: str) -> dict[str, Any]:
    """How many of a cohort are in each state, and up to date of those due."""
    each = [state(run, child, what) for child in cohort]
    due = len(each) - each.count("not yet due")
    return {
        f"{name}_up_to_date": (each.count("up to date"), due),
        f"{name}_not_done": each.count("not done"),
        f"{name}_refused": each.count("refused"),
        f"{name}_not_yet_due": each.count("not yet due"),
    }


def initial(run: Run) -> tuple[int, int]:
    """First assessments in 20 working days, of the periods that began in 12 months and lasted so long (I28).

    Initial is what its kind says; without an initial one the first of the period stands for it, where nothing says its
    kind.
    """
    care = care_of(run)
    found = []
    for child, periods in care.periods.items():
        for period in periods:
            start, end = period["start"], period["end"]
            if period["short"] or not within(start, run.back(12), run.as_at):
                continue
            due = add_working_days(start, WORKING_DAYS)
            if due < run.day and (end is None or end >= due):
                those = [
                    row for row in held(run, child, ASSESSMENT) if start <= row["check_date"] <= last_day(run, period)
                ]
                those.sort(key=lambda row: (row["check_date"], row["kind"] is None, row["kind"] or ""))
                recorded = [row for row in those if row["kind"] == "IHA"]
                taken = recorded or (those if those and those[0]["kind"] is None else [])
                found.append(bool(taken) and taken[0]["check_date"] <= due)
    return sum(found), len(found)


def band(score: int) -> str:
    """The band of a score of the strengths and difficulties questionnaire."""
    return "0-13" if score <= 13 else "14-16" if score <= 16 else "17-40"


def scores(run: Run, cohort: set[str]) -> list[int]:
    """The latest score of each child who has one, of several on a day the highest."""
    found = []
    for child in cohort:
        rows = [
            row
            for row in run.of_person("ssd_sdq_scores").get(child, [])
            if row["score"] is not None and row["score"] <= 40
        ]
        if rows:
            found.append(max((row["completed_date"] or date.min, row["score"]) for row in rows)[1])
    return found


def immunised(run: Run, child: str) -> bool:
    """Whether the latest statement says that immunisations are up to date; of two on a day the one that denies it."""
    rows = run.of_person("ssd_cla_immunisations").get(child, [])
    said = [
        (row["status_date"] or date.min, row["up_to_date"] == "N") for row in rows if row["up_to_date"] in ("Y", "N")
    ]
    return bool(said) and not max(said)[1]


def misusing(run: Run, child: str) -> list[Row]:
    """The findings of substance misuse of 12 months."""
    rows = run.of_person("ssd_cla_substance_misuse").get(child, [])
    return [row for row in rows if row["misused"] == "Y" and within(row["misuse_date"], run.back(12), run.as_at)]


def of_cohort(run: Run, cohort: set[str]) -> dict[str, Any]:
    """The numbers of a cohort."""
    found: dict[str, Any] = {"children": len(cohort)}
    if run.has("ssd_cla_health"):
        found |= states(run, cohort, "assessment", ASSESSMENT) | states(run, cohort, "dental", DENTAL)
    if run.has("ssd_sdq_scores"):
        told = scores(run, cohort)
        found["sdq"] = (len(told), len(cohort))
        found |= {key: (sum(band(score) == name for score in told), len(told)) for key, name in BANDS.items()}
    if run.has("ssd_cla_immunisations"):
        found["immunised"] = (sum(immunised(run, child) for child in cohort), len(cohort))
    if run.has("ssd_cla_substance_misuse"):
        those = [rows for child in cohort if (rows := misusing(run, child))]
        found["misuse"] = (len(those), len(cohort))
        found["intervention"] = (sum(any(row["intervention"] == "Y" for row in rows) for rows in those), len(those))
    return found


def figures(run: Run) -> dict[str, Any]:
    """The numbers of all looked after at D, and of those looked after 12 months or more."""
    if not run.has("ssd_cla_episodes"):
        return {}
    everybody = set(looked_after(run))
    long = {f"{key}_12": value for key, value in of_cohort(run, twelve_months(run)).items()}
    found = {**of_cohort(run, everybody), **long, "rows children": everybody}
    if run.has("ssd_cla_health"):
        found["initial_in_time"] = initial(run)
    if has_column(run, "annexa_camhs.first_appointment_date"):
        waits = [wait for child in everybody if (wait := waiting(run, child)) is not None]
        found["camhs_waiting"] = len(waits)
        weeks = [(run.day - day).days / 7 for day in waits if day is not date.min]
        found["camhs_weeks"] = median(weeks) if weeks else None
    return found


def waiting(run: Run, child: str) -> date | None:
    """Since when a child waits for CAMHS: the earliest of the open referrals, none of which had an appointment."""
    rows = [row for row in run.of_person("annexa_camhs").get(child, []) if open_at_d(run, row, "referral_date")]
    if not rows or any(row["first_appointment_date"] for row in rows):
        return None
    return min((row["referral_date"] for row in rows if row["referral_date"]), default=date.min)
