"""Report 2.01: early help assessments completed in the 12 months before D, and who has a team around the family at D.

Where the specification allows several readings this follows the report: a family's record is its members' who were not
18 at its start (List 2); a child has one family, of the first table that names one, the least identifier; step-up is
over the closures whose months passed in the 12 months; a referral or an episode on the day of a closure follows it.
"""

import functools
from collections import Counter
from datetime import date
from statistics import median
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row, id_key
from tests.oracle.report_common import has_column, months_after, open_at_d, within

ASSESSMENTS, EPISODES, KINDS = "annexa_early_help_assessments", "ssd_early_help_episodes", "annexa_early_help_episodes"
MEMBERS = "annexa_early_help_families"


@functools.cache
def family_of(run: Run) -> dict[str, str]:
    """Child -> family, where the record itself names none."""
    found: dict[str, str] = {}
    for table in ("ssd_family", KINDS, MEMBERS):  # what comes later goes before
        pairs = [row for row in run.rows(table) if row["person_id"] and row["family_id"]]
        pairs.sort(key=lambda row: id_key(row["family_id"]), reverse=True)
        found |= {row["person_id"]: row["family_id"] for row in pairs}
    return found


def children_of(run: Run, row: Row) -> set[str]:
    """The children of a record: the one it names, else the members of its family who were not 18 at its start."""
    if row["person_id"]:
        return {row["person_id"]}
    members = {
        each["person_id"] for each in run.rows(MEMBERS) if row["family_id"] and each["family_id"] == row["family_id"]
    }
    return {child for child in members if child and not run.adult_on(child, row["start_date"])}


def families_of(run: Run, row: Row) -> set[str]:
    """The family of a record: as recorded with it, else of its child."""
    if row["family_id"]:
        return {row["family_id"]}
    return {family for family in [family_of(run).get(row["person_id"])] if family}


def together(found: list[set[str]]) -> set[str]:
    """All of several sets."""
    return set().union(*found)


def families(run: Run, rows: list[Row]) -> int | None:
    """Number of families; None where there are records and no family of any is known."""
    found = together([families_of(run, row) for row in rows])
    return len(found) if found or not rows else None


def episodes(run: Run) -> list[Row]:
    """Early help episodes, with kind and family of the further table (by episode and child, K19)."""
    known = {(row["episode_id"], row["person_id"]): row for row in run.rows(KINDS) if row["episode_id"]}
    found = []
    for row in run.rows(EPISODES):
        detail = known.get((row["episode_id"], row["person_id"]), {})
        found.append({**row, "kind": detail.get("kind"), "family_id": detail.get("family_id")})
    return [row for row in found if row["person_id"]]


def completed(run: Run) -> list[Row]:
    """Assessments completed in 12 months, or, without their table, episodes."""
    if run.has(ASSESSMENTS):
        rows = [{**row, "end_date": row["completed_date"]} for row in run.rows(ASSESSMENTS)]
    else:
        rows = episodes(run)
    rows = [row for row in rows if row["person_id"] or row["family_id"]]
    return [row for row in rows if within(row["end_date"], run.back(12), run.as_at)]


def figures(run: Run) -> dict[str, Any]:
    """The numbers."""
    if not (run.has(ASSESSMENTS) or run.has(EPISODES)):
        return {}
    done = completed(run)
    days = [(row["end_date"] - row["start_date"]).days for row in done if row["start_date"]]
    days = [each for each in days if each >= 0]
    found = {
        "completed": len(done),
        "completed_children": len(together([children_of(run, row) for row in done])),
        "days": median(days) if days else None,
        "grid organisation": dict(Counter(row["organisation"] or "not recorded" for row in done)),
        "grid month": dict(Counter(f"{row['end_date']:%Y-%m}" for row in done)),
    }
    if (
        run.has(MEMBERS)
        or run.has("ssd_family")
        or has_column(run, f"{ASSESSMENTS}.family_id")
        or has_column(run, f"{KINDS}.family_id")
    ):
        found["completed_families"] = families(run, done)
    if run.has(ASSESSMENTS) and has_column(run, f"{ASSESSMENTS}.quality_grade"):
        found["grid grade"] = dict(Counter(row["quality_grade"] or "not recorded" for row in done))
    if run.has(EPISODES):
        found |= of_episodes(run)
    return found


def of_episodes(run: Run) -> dict[str, Any]:
    """What is open at D, what was closed, and what came before and after."""
    now = [row for row in episodes(run) if open_at_d(run, row)]
    name = "open"
    if has_column(run, f"{KINDS}.kind"):
        name, now = "taf", [row for row in now if row["kind"] == "TAF"]
    over = [row for row in episodes(run) if within(row["end_date"], run.back(12), run.as_at)]
    found: dict[str, Any] = {
        f"{name}_children": len({row["person_id"] for row in now}),
        "closed": len(over),
        "grid closures": dict(Counter(row["end_reason"] or "not recorded" for row in over)),
    }
    if run.has(MEMBERS) or run.has("ssd_family") or has_column(run, f"{KINDS}.family_id"):
        found[f"{name}_families"] = families(run, now)
    if run.has("ssd_cin_episodes"):
        found |= {f"step_up_{months}": step_up(run, months) for months in (6, 12)}
        found["step_down"] = step_down(run)
    return found


def step_up(run: Run, months: int) -> tuple[int, int]:
    """Closures followed by a referral within so many months, of those whose months passed in the 12 months."""
    since, until = run.back(12 + months), run.back(months)
    ripe = [row for row in episodes(run) if within(row["end_date"], since, until)]

    def stepped(row: Row) -> bool:
        days = days_of_need(run, row["person_id"], "referral_date")
        return any(row["end_date"] <= referred <= months_after(row["end_date"], months) for referred in days)

    return sum(map(stepped, ripe)), len(ripe)


def step_down(run: Run) -> tuple[int, int]:
    """Episodes opened in 12 months within 3 months after an episode of need of the child closed, of those opened."""
    opened = [row for row in episodes(run) if within(row["start_date"], run.back(12), run.as_at)]

    def stepped(row: Row) -> bool:
        days = days_of_need(run, row["person_id"], "close_date")
        return any(closed <= row["start_date"] <= months_after(closed, 3) for closed in days)

    return sum(map(stepped, opened)), len(opened)


def days_of_need(run: Run, child: str, which: str) -> list[date]:
    """The days on which the child was referred, or on which an episode of need closed."""
    return [row[which] for row in run.of_person("ssd_cin_episodes").get(child, []) if row[which]]
