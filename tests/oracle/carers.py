"""Extracts for Lists 8 to 11: children with much in their records, and changes that make their dates meet."""

import json
import random
from collections.abc import Collection
from datetime import date, timedelta

from annexa.records.types import Kind
from tests.oracle.mutate import Sources, person_column
from tests.oracle.reading import FIELDS, day_of, edition_of, months_before, read_moment

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
    "ssd_permanence": "perm_table_id",
}
TOLD = {
    "ssd_legal_status": (
        "lega_legal_status",
        ("V1", "V2", "V3", "V4", "V4", "C1", "C2", "E1", "D1", "J1", "L2", "SGO", "Wardship"),
    ),
    "ssd_immigration_status": (
        "immi_immigration_status",
        ("UASC", "UASC", "Refugee Status", "Humanitarian Protection", "somehow", "Indefinite Leave to Remain"),
    ),
    "ssd_permanence": ("perm_permanence_order_type", ("Adoption", "SGO", "CAO", None)),
    "ssd_cla_episodes": ("clae_cla_episode_ceased_reason", ("X1", "E11", "E12", "E2", "E4A", None)),
}
PLANS = [entry.code for entry in edition_of("ilacs-2022").code_set("permanence_plan").entries]
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
        name: [dict(row) for row in rows if not (named := person_column(name)) or row[named] in people]
        for name, rows in sources.items()
    }


def collided(sources: Sources, rng: random.Random, changes: int) -> None:
    """Move dates onto, or next to, another date of the same person; make statuses and plans meet. Changes the rows."""
    names = [name for name in sources if name in CHANGED and _person(name) and sources[name]]
    names += rng.sample(names, min(2, len(names))) * len(names)  # most changes in two tables, others each time
    for _ in range(changes):
        name = rng.choice(names)
        row = rng.choice(sources[name])
        if name in ADDED and rng.random() < 0.5:  # a second row of the same person
            row = {**row, ADDED[name]: str(700000000 + rng.randrange(10**6))}
            sources[name].append(row)
        columns = [field.columns[0] for field in FIELDS[name].values() if field.kind in _DATES]
        if name in TOLD and rng.random() < 0.5:
            column, values = TOLD[name]
            row[column] = rng.choice(values)
        elif name == "ssd_cla_care_plan" and rng.random() < 0.5:
            row["lacp_cla_care_plan_json"] = _marks(rng)
        elif name == "ssd_person" and rng.random() < 0.5:
            row["pers_dob"] = _born(_other_date(sources, name, row, rng), rng.choice([16, 18, 18, 25]))
        elif name == "ssd_missing" and rng.random() < 0.5:
            other = rng.choice([each for each in sources[name] if each["miss_person_id"] == row["miss_person_id"]])
            row[columns[1]] = other[columns[0]]
        elif columns:
            row[rng.choice(columns)] = _other_date(sources, name, row, rng)
    _decided(sources.get("annexa_adopters", []), rng, changes // 4)


def _decided(adopters: list[dict[str, str | None]], rng: random.Random, changes: int) -> None:
    """Make the dates of adopters meet, or be on hold."""
    columns = [field.columns[0] for field in FIELDS["annexa_adopters"].values() if field.kind in _DATES]
    for _ in range(changes if adopters else 0):
        row = rng.choice(adopters)
        row[rng.choice(columns)] = row[rng.choice(columns)]
        row["on_hold"] = rng.choice(["Y", "N", None])


def _marks(rng: random.Random) -> str:
    """The text of a care plan with some permanence plans marked, now and then broken."""
    marks = {plan: rng.choice(["Y", "yes", True, 1, "N", ""]) for plan in rng.sample(PLANS, 4)}
    return rng.choice(["{broken", "[]", *[json.dumps(marks)] * 8])


def _born(day: str | None, age: int) -> str | None:
    """The date of birth of somebody who is so old on a day."""
    moment = read_moment(day or "")
    return moment and str(months_before(day_of(moment), 12 * age))


def _person(name: str) -> str:
    return person_column(name) or ""


def _other_date(sources: Sources, table: str, row: dict[str, str | None], rng: random.Random) -> str | None:
    """Another date of the same person, or a day beside it."""
    person = row[_person(table)]
    days: list[date] = []
    for name, rows in sources.items():
        columns = [field.columns[0] for field in FIELDS[name].values() if field.kind in _DATES]
        if named := _person(name):
            mine = [each for each in rows if each[named] == person]
            days += [day_of(moment) for each in mine for c in columns if (moment := read_moment(each.get(c) or ""))]
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
