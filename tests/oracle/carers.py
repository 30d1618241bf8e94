"""Extracts for Lists 8 to 11: children with much in their records, and changes that make their dates meet."""

import random
from collections.abc import Collection
from datetime import date, timedelta

from annexa.records.types import Kind
from tests.oracle.mutate import Sources, person_column
from tests.oracle.reading import FIELDS, day_of, read_moment

TABLES = (
    "ssd_person", "ssd_disability", "ssd_immigration_status", "ssd_cla_episodes", "ssd_legal_status",
    "ssd_cla_placement", "ssd_cla_reviews", "ssd_cla_visits", "ssd_cla_care_plan", "ssd_cla_health", "ssd_missing",
    "ssd_care_leavers", "ssd_permanence", "ssd_involvements", "ssd_professionals", "ssd_department", "annexa_adopters",
    "annexa_adoption_links", "annexa_placement_locations", "annexa_merged_ids", "annexa_care_leaver_services",
)  # fmt: skip
CHANGED = [name for name in TABLES if name not in ("ssd_professionals", "ssd_department", "annexa_merged_ids")]
ADDED = {
    "ssd_legal_status": "lega_legal_status_id",
    "ssd_immigration_status": "immi_immigration_status_id",
    "ssd_cla_placement": "clap_cla_placement_id",
    "ssd_cla_care_plan": "lacp_table_id",
    "ssd_cla_episodes": "clae_cla_episode_id",
}
IMMIGRATION = ("UASC", "UASC", "Refugee Status", "Humanitarian Protection", "somehow", "Indefinite Leave to Remain")
STATUSES = ("V1", "V2", "V3", "V4", "V4", "C1", "C2", "E1", "J1", "SGO", "Wardship")
MARKS = (
    '{"ADOPTION": "Y", "RETURN1M": true}',
    '{"LTRELFR": "yes", "OTHERPLN": 1}',
    '{"SUPPLIV": "N"}',
    "{broken",
    "[]",
)
_DATES = (Kind.DATE, Kind.MOMENT)


def only_tables(sources: Sources) -> Sources:
    """The tables that Lists 8 to 11 read."""
    return {name: sources[name] for name in TABLES if name in sources}


def people_in(sources: Sources) -> list[str]:
    """Everybody with a period of care, a care-leaver record or a decision about permanence."""
    named = ("ssd_cla_episodes", "ssd_care_leavers", "ssd_permanence")
    return sorted({str(row[_person(name)]) for name in named for row in sources[name]})


def some(sources: Sources, people: Collection[str]) -> Sources:
    """A copy with the rows of some people, and all rows of tables that are about nobody."""
    return {
        name: [dict(row) for row in rows if not person_column(name) or row[_person(name)] in people]
        for name, rows in sources.items()
    }


def collided(sources: Sources, rng: random.Random, changes: int) -> None:
    """Move dates onto, or next to, another date of the same person; make statuses and plans meet. Changes the rows."""
    names = [name for name in sources if name in CHANGED and person_column(name) and sources[name]]
    names += rng.sample(sorted(names), min(2, len(names))) * len(names)  # most changes in two tables, others each time
    for _ in range(changes):
        name = rng.choice(names)
        if not sources[name]:
            continue
        row = rng.choice(sources[name])
        if name in ADDED and rng.random() < 0.5:  # a second row of the same person
            row = {**row, ADDED[name]: str(700000000 + rng.randrange(10**6))}
            sources[name].append(row)
        column = rng.choice([field.columns[0] for field in FIELDS[name].values() if field.kind in _DATES] or [""])
        if column:
            row[column] = _other_date(sources, row[_person(name)], rng)
        if name == "ssd_legal_status" and rng.random() < 0.5:
            row["lega_legal_status"] = rng.choice(STATUSES)
        if name == "ssd_immigration_status":
            row["immi_immigration_status"] = rng.choice(IMMIGRATION)
        if name == "ssd_cla_care_plan" and rng.random() < 0.5:
            row["lacp_cla_care_plan_json"] = rng.choice(MARKS)


def _person(name: str) -> str:
    return person_column(name) or ""


def _other_date(sources: Sources, person: str | None, rng: random.Random) -> str | None:
    days: list[date] = []
    for name, rows in sources.items():
        columns = [field.columns[0] for field in FIELDS[name].values() if field.kind in _DATES]
        if person_column(name):
            mine = [row for row in rows if row[_person(name)] == person]
            days += [day_of(moment) for row in mine for c in columns if (moment := read_moment(row.get(c) or ""))]
    if not days:
        return None
    day = rng.choice(days) + timedelta(days=rng.choice([-1, 0, 0, 0, 1]))
    return f"{day}{rng.choice(['', '', ' 09:00', ' 18:30:00'])}"


def without_reversed_absences(sources: Sources) -> Sources:
    """Blank the end of missing episodes that end before they begin: nothing says what those would be."""
    for row in sources.get("ssd_missing", []):
        columns = ("miss_missing_episode_start_date", "miss_missing_episode_end_date")
        start, end = (read_moment(row.get(column) or "") for column in columns)
        if start and end and end < start:
            row[columns[1]] = None
    return sources
