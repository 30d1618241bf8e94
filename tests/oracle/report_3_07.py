"""Report 3.07: schooling of children looked after at D, and what they and care leavers do after 16.

Where the specification allows several readings this follows the report: the latest school year is one of each table;
plans are shares of the pupils of the virtual school, good schools of those with a grade, education, health and care
plans of those of whom it is known; a plan counts from the row of any school year that had begun; a term is complete on
its last day; attended sessions that are more than the possible ones are no attendance; of two results in one subject
the fuller, then the better one stands; spellings that differ by case alone are one; all care leavers are those of 3.10.
"""

import re
from collections import Counter
from datetime import date
from statistics import fmean
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row
from tests.oracle.report_3_10 import BANDS, information, leavers
from tests.oracle.report_common import has_column, has_ehcp, latest_record, open_at_d, school_age, within
from tests.oracle.report_looked_after import looked_after, twelve_months

SCHOOL, ATTENDANCE, RESULTS = "annexa_virtual_school", "annexa_attendance", "annexa_attainment"
STATUS = "annexa_education_status"
PLAN_TABLES = ("ssd_send", "ssd_ehcp_requests", "ssd_ehcp_assessment", "ssd_ehcp_named_plan")
ALL, LONG = "Looked after", "Looked after 12 months or more"
SMALL = 6  # children under which a rate or mean is not printed


def year_now(run: Run) -> int:
    """The calendar year in which the school year of D began."""
    return run.day.year if run.day >= date(run.day.year, 9, 1) else run.day.year - 1


def latest_year(run: Run, table: str) -> int | None:
    """The first calendar year of the latest school year of a table that had begun by D."""
    begun = year_now(run)
    named = [row["academic_year"] for row in run.rows(table) if row["person_id"] and row["academic_year"]]
    return max((year for year in named if year <= begun), default=None)


def of_year(run: Run, table: str, cohort: set[str]) -> list[Row]:
    """The rows of the year about the children of a cohort."""
    year = latest_year(run, table)
    return [row for row in run.rows(table) if row["person_id"] in cohort and row["academic_year"] == year is not None]


def pep_window(run: Run) -> tuple[date, date]:
    """The last complete term of the settings, or six months."""
    over = [term for term in run.options.get("terms", ()) if term[1] <= run.day]
    return max(over, key=lambda term: (term[1], term[0])) if over else (run.back(6), run.as_at)


def of_cohort(run: Run, cohort: set[str]) -> dict[str, Any]:
    """The numbers of a cohort."""
    found: dict[str, Any] = {"looked_after": len(cohort)}
    if run.has(SCHOOL):
        pupils = of_year(run, SCHOOL, cohort)
        on_roll = {row["person_id"] for row in pupils}
        met = {row["person_id"] for row in plans(run) if within(row["pep_date"], *pep_window(run))}
        graded = [row["school_grade"] for row in pupils if row["school_grade"] in ("1", "2", "3", "4")]
        found["on_roll"] = (len(on_roll), len(cohort))
        found["plan"] = (len(met & on_roll), len(on_roll))
        found["school"] = (sum(grade in ("1", "2") for grade in graded), len(graded))
        found["not_on_roll"] = sum(of_age(run, child) for child in cohort - on_roll)
        found["column quality"] = Counter(quality(run, child) for child in on_roll)
    if run.has(ATTENDANCE):
        found |= attendance(of_year(run, ATTENDANCE, cohort))
    if run.has(RESULTS):
        found |= results(of_year(run, RESULTS, cohort), of_year(run, RESULTS, set(looked_after(run))))
    if run.has(STATUS) or all(map(run.has, PLAN_TABLES)):
        said = [has_ehcp(run, child) for child in cohort]
        found["ehcp"] = (said.count("Y"), said.count("Y") + said.count("N"))
    return found


def of_age(run: Run, child: str) -> bool:
    """Whether a child is of compulsory school age at D, by the person record."""
    birth = run.birth(child)
    return birth is not None and school_age(birth, run.day)


def plans(run: Run) -> list[Row]:
    """The rows with a dated plan, of school years that had begun."""
    rows = [row for row in run.rows(SCHOOL) if row["person_id"] and row["pep_date"] and row["academic_year"]]
    return [row for row in rows if row["academic_year"] <= year_now(run)]


def quality(run: Run, child: str) -> str:
    """The quality of a pupil's latest plan, whichever school year its row is of."""
    mine = [row for row in plans(run) if row["person_id"] == child]
    if not mine:
        return "no plan recorded"
    last = max(mine, key=lambda row: (row["pep_date"], row["academic_year"]))
    return one_spelling(last["pep_quality"], [row["pep_quality"] for row in plans(run)]) or "not recorded"


def one_spelling(text: str | None, texts: list[str | None]) -> str | None:
    """The first spelling of a text among those that differ by case alone."""
    return text and min(other for other in texts if other and other.lower() == text.lower())


def attendance(rows: list[Row]) -> dict[str, Any]:
    """Attendance, from the attendance table alone."""
    counted = [
        row for row in rows if row["possible"] and row["attended"] is not None and row["attended"] <= row["possible"]
    ]
    missed = [row for row in counted if (row["possible"] - row["attended"]) * 10 >= row["possible"]]
    present, possible = (sum(row[name] for row in counted) for name in ("attended", "possible"))
    return {
        "with_attendance": len(counted),
        "attendance": 100 * present / possible if len(counted) >= SMALL else None,
        "persistent": (len(missed), len(counted)),
        "suspensions": sum(row["suspended"] or 0 for row in rows),
        "permanent_exclusions": len({row["person_id"] for row in rows if row["excluded"] == "Y"}),
    }


def stage_of(row: Row) -> str | None:
    """The key stage in one spelling."""
    stage = re.fullmatch(r"(?:ks|key ?stage)? ?(\d)", row["key_stage"] or "", re.IGNORECASE | re.ASCII)
    return f"KS{stage[1]}" if stage else row["key_stage"]


def results(rows: list[Row], everybodys: list[Row]) -> dict[str, Any]:
    """At the expected level in each key stage and subject, and the mean progress score."""
    best: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (row["person_id"], stage_of(row), one_spelling(row["subject"], [each["subject"] for each in everybodys]))
        best[key] = max(row, best.get(key, row), key=fuller)
    groups: dict[tuple[str, str], list[Row]] = {}
    for (_, stage, subject), row in best.items():
        groups.setdefault((stage, subject), []).append(row)
    found = {}
    for (stage, subject), group in groups.items():
        told = [row["expected"] for row in group if row["expected"] in ("Y", "N")]
        scores = [row["progress"] for row in group if row["progress"] is not None]
        found[f"{stage or 'not recorded'}, {subject or 'not recorded'}"] = {
            "At the expected level, %": (told.count("Y"), len(told)),
            "Pupils with a progress score": len(scores),
            "Mean progress score": fmean(scores) if len(scores) >= SMALL else None,
        }
    return {"lines results": found}


def fuller(row: Row) -> tuple[Any, ...]:
    """Which of two results of one pupil, key stage and subject stands."""
    known = [row["expected"] in ("Y", "N"), row["progress"] is not None]
    return (sum(known), row["expected"] == "Y", known[0], row["progress"] if row["progress"] is not None else -1e9)


def figures(run: Run) -> dict[str, Any]:
    """The numbers of both cohorts, and education, employment and training."""
    found: dict[str, Any] = {}
    if run.has("ssd_cla_episodes"):
        everybody = set(looked_after(run))
        found["rows pupils"] = everybody
        for suffix, heading, cohort in (("", ALL, everybody), ("_12", LONG, twelve_months(run))):
            for key, value in of_cohort(run, cohort).items():
                if key.startswith("column "):
                    grid = found.setdefault(f"grid {key.removeprefix('column ')}", {})
                    for label, number in value.items():
                        grid.setdefault(label, {})[heading] = number
                elif key.startswith("lines "):
                    grid = found.setdefault(f"grid {key.removeprefix('lines ')}", {})
                    for label, line in value.items():
                        grid.setdefault(label, {}).update(
                            {f"{name} ({heading.lower()})": each for name, each in line.items()}
                        )
                else:
                    found[key + suffix] = value
        if has_column(run, f"{STATUS}.post16_activity"):
            young = [child for child in everybody if run.age(child) in (16, 17)]
            busy, unknown = activity([doing(run, child) for child in young])
            found |= {"after_school": busy, "after_school_unknown": unknown}
    if run.has("ssd_care_leavers"):
        all_of_them = [row for row in leavers(run) if row["in_touch"] not in ("DIED", "RHOM")]
        found["care_leavers"], found["care_leavers_unknown"] = activity([row["activity"] for row in all_of_them])
        known = {age for ages in BANDS.values() for age in ages}
        others = {row["age"] for row in all_of_them} - known
        for band, ages in (BANDS | {"other ages, or age not known": tuple(others)}).items():
            busy, unknown = activity([row["activity"] for row in all_of_them if row["age"] in ages])
            line = {"In education, employment or training, of all": busy, "No information on activity, of all": unknown}
            found.setdefault("grid care_leaver_rates", {})[band] = line
    return found


def doing(run: Run, child: str) -> str | None:
    """The activity of the most recent record in force that has one."""
    rows = [row for row in run.of_person(STATUS).get(child, []) if open_at_d(run, row) and row["post16_activity"]]
    last = latest_record(run, rows)
    return last and last["post16_activity"]


def activity(codes: list[str | None]) -> tuple[tuple[int, int], tuple[int, int]]:
    """How many are in education, employment or training, and of how many nothing is known, of all of the age."""
    return (
        (sum((code or "!")[0] in "FP" for code in codes), len(codes)),
        (sum(not information(code) for code in codes), len(codes)),
    )
