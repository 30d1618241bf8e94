"""Extracts with what goes wrong in life, drawn from a seed: dates moved, rows doubled, ids swapped, deaths."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from annexa.records.types import Kind
from tests.oracle.reading import BY_TABLE, FIELDS, edition_of

Sources = dict[str, list[dict[str, str | None]]]
# Tables that bear on each other: changed together, they meet in the same children.
FOCUS = {
    "everything": [],
    "need": [
        "ssd_cin_episodes",
        "ssd_cin_assessments",
        "ssd_cin_plans",
        "ssd_cp_plans",
        "ssd_cla_episodes",
        "ssd_legal_status",
        "ssd_care_leavers",
        "ssd_person",
        "ssd_s47_enquiry",
        "ssd_cin_visits",
    ],
    "care": ["ssd_cla_episodes", "ssd_legal_status", "ssd_care_leavers", "ssd_person", "ssd_cin_episodes"],
    "plans": [
        "ssd_cp_plans",
        "ssd_cp_visits",
        "ssd_cp_reviews",
        "ssd_legal_status",
        "annexa_emergency_protection",
        "ssd_involvements",
        "ssd_person",
    ],
    "enquiries": ["ssd_s47_enquiry", "ssd_initial_cp_conference", "ssd_cp_plans", "ssd_person"],
    "early help": [
        "ssd_early_help_episodes",
        "annexa_early_help_assessments",
        "annexa_early_help_families",
        "ssd_person",
    ],
    "assessments": ["ssd_cin_assessments", "annexa_assessments", "ssd_cin_episodes", "ssd_person", "annexa_merged_ids"],
    "front": [
        "ssd_contacts",
        "ssd_cin_episodes",
        "ssd_person",
        "ssd_disability",
        "ssd_professionals",
        "ssd_department",
    ],
}
RARE_TEXTS = ("", "never heard of", "SSD_PH", " n ", "Yes", "0")
ODD_JSON = (
    '{"NFA_FLAG": "Y"',
    "[]",
    '{"NFA_FLAG": "Y"}',
    '{"CP_CONFERENCE_FLAG": true, "TOTAL_NO_OF_OUTCOMES": "1"}',
    "",
)


def mutated(
    sources: Sources, seed: int, changes: int, day: date, people: int | None = None, tables: Sequence[str] = ()
) -> Sources:
    """A copy of an extract with so many changes.

    Args:
        sources: tables of rows of text; not changed.
        seed: decides what changes.
        changes: how many.
        day: the inspection date; dates are often moved near the ends of its windows.
        people: how many children to keep, with their siblings' rows left out: fewer children, more changes to each.
        tables: those to change; all where empty.
    """
    rng = random.Random(seed)
    copy = few(sources, rng, people) if people else sources
    copy = {name: [dict(row) for row in rows] for name, rows in copy.items()}
    names = [name for name in copy if copy[name] and (not tables or name in tables)]
    weights = [len(copy[name]) ** 0.5 for name in names]
    for _ in range(changes):
        _change(copy, rng.choices(names, weights)[0], rng, day)
    return copy


def few(sources: Sources, rng: random.Random, people: int) -> Sources:
    """The rows of some people, and all rows of tables that are about nobody."""
    everyone = sorted({str(row["pers_person_id"]) for row in sources["ssd_person"]})
    kept = set(rng.sample(everyone, min(people, len(everyone))))
    return {
        name: [row for row in rows if not (column := person_column(name)) or row[column] in kept]
        for name, rows in sources.items()
    }


@cache
def person_column(table: str) -> str | None:
    """The column of a table that names a person."""
    for field in FIELDS[table].values():
        if field.kind is Kind.PERSON:
            return field.columns[0]
    return None


def _change(sources: Sources, table: str, rng: random.Random, day: date) -> None:
    rows = sources[table]
    if not rows:
        return
    row = rng.choice(rows)
    kinds = {field.columns[0]: field for field in FIELDS[table].values()}
    dates = [c for c, f in kinds.items() if f.kind in (Kind.DATE, Kind.MOMENT, Kind.BIRTH)]
    codes = [c for c, f in kinds.items() if f.kind is Kind.CODE]
    ids = [c for c, f in kinds.items() if f.kind is Kind.IDENTIFIER]
    jsons = [c for c, f in kinds.items() if f.kind is Kind.JSON]
    texts = [c for c, f in kinds.items() if f.kind is Kind.TEXT]
    person = person_column(table)
    what = rng.random()
    if what < 0.38 and dates:
        column = rng.choice(dates)
        row[column] = _date(row[column], rng, day)
    elif what < 0.5:
        _double(rows, row, kinds, rng, day)
    elif what < 0.62 and codes:
        column = rng.choice(codes)
        row[column] = _code(kinds[column].code_set, rng)
    elif what < 0.72 and ids:
        column = rng.choice(ids)
        row[column] = rng.choice([None, "-1", "999999999", row[column], *(r[column] for r in rng.choices(rows, k=3))])
    elif what < 0.78 and person:
        row[person] = rng.choice([None, "UNKNOWN", "NOBODY", *(r[person] for r in rng.choices(rows, k=5))])
    elif what < 0.83:
        rows.remove(row)
    elif what < 0.87 and (jsons or texts):
        column = rng.choice(jsons or texts)
        row[column] = rng.choice(ODD_JSON if jsons else RARE_TEXTS)
    elif what < 0.92:
        someone = rng.choice(sources["ssd_person"])
        someone["pers_death_date"] = _date(None, rng, day)
    elif what < 0.95:
        pair = rng.sample(sources["ssd_person"], min(2, len(sources["ssd_person"])))
        merges = sources.setdefault("annexa_merged_ids", [])
        if merges and rng.random() < 0.3:  # back again: a circle
            turned = rng.choice(merges)
            merges.append({"old_person_id": turned["person_id"], "person_id": turned["old_person_id"]})
        else:
            merges.append({"old_person_id": pair[0]["pers_person_id"], "person_id": pair[-1]["pers_person_id"]})
    elif what < 0.98 and sources.get("ssd_care_leavers"):
        leaver = dict(rng.choice(sources["ssd_care_leavers"]))
        leaver["clea_person_id"] = rng.choice(sources["ssd_person"])["pers_person_id"]
        leaver["clea_care_leaver_eligibility"] = _code("eligibility", rng)
        sources["ssd_care_leavers"].append(leaver)
    else:
        someone = rng.choice(sources["ssd_person"])
        years = timedelta(days=rng.choice([-28, -29, 0, 1, 6574, 6575, 5844, 9131, rng.randrange(-200, 9500)]))
        column, other = rng.sample(["pers_dob", "pers_expected_dob"], 2)
        someone[column], someone[other] = str(day - years), rng.choice([None, someone[other]])


def _double(rows: list, row: dict, kinds: dict, rng: random.Random, day: date) -> None:
    """A second row: identical, with another content, or with another identifier."""
    double = dict(row)
    column = rng.choice(list(kinds))
    kind = kinds[column].kind
    chance = rng.random()
    if chance < 0.25:
        pass
    elif kind in (Kind.DATE, Kind.MOMENT, Kind.BIRTH):
        double[column] = _date(row[column], rng, day)
    elif kind is Kind.CODE:
        double[column] = _code(kinds[column].code_set, rng)
    identifier = next(iter(kinds))
    if chance > 0.6 and kinds[identifier].kind is Kind.IDENTIFIER:
        double[identifier] = str(800000000 + rng.randrange(1000))
    rows.insert(rng.randrange(len(rows) + 1), double)


def _date(text: str | None, rng: random.Random, day: date) -> str | None:
    """Another date: blank, odd, moved by up to 400 days, or near a bound of a window."""
    chance = rng.random()
    if chance < 0.2:
        return rng.choice([None, None, None, "1900-01-01", "31/02/2024", "soon"])
    if chance < 0.55 and text and text[:4].isdigit() and text[4] == "-":
        try:
            moved = date.fromisoformat(text[:10]) + timedelta(days=rng.randint(-400, 400))
        except ValueError:
            return None
    else:
        bound = day - timedelta(days=rng.choice([0, 0, 5, 92, 182, 183, 365, 366, rng.randrange(2000)]))
        moved = bound + timedelta(days=rng.choice([-1, 0, 0, 1, 3]))
    return rng.choice([f"{moved:%Y-%m-%d}", f"{moved:%Y-%m-%d}", f"{moved:%Y-%m-%d} 23:59:00", f"{moved:%d/%m/%Y}"])


def _code(code_set: str, rng: random.Random) -> str | None:
    entries = edition_of("ilacs-2022").code_set(code_set).entries
    entry = rng.choice(entries)
    return rng.choice([entry.code, entry.code, entry.code.lower(), entry.label or entry.code, *RARE_TEXTS])


def nameless(sources: Sources, seed: int) -> Sources:
    """A copy in which many rows have no identifier, and stand twice with one cell changed."""
    rng = random.Random(seed)
    copy = {name: [dict(row) for row in rows] for name, rows in sources.items()}
    for name, rows in copy.items():
        key = BY_TABLE[name].meta.key
        cells = [
            field.columns[0]
            for field in FIELDS[name].values()
            if field.kind in (Kind.CODE, Kind.TEXT, Kind.JSON, Kind.POSTCODE) and field.name != key
        ]
        doubles = []
        for row in rows:
            if key and FIELDS[name][key].kind is Kind.IDENTIFIER and rng.random() < 0.3:
                row[FIELDS[name][key].columns[0]] = None
            if cells and name != "ssd_person" and rng.random() < 0.4:
                cell = rng.choice(cells)
                doubles.append({**row, cell: rng.choice(rows)[cell]})
        rows += doubles
    return copy


def unsaid(sources: Sources, seed: int, share: float = 0.5) -> Sources:
    """A copy in which a share of the codes, flags and texts are blank."""
    rng = random.Random(seed)
    kinds = (Kind.CODE, Kind.TEXT, Kind.JSON)
    cells = {name: [f.columns[0] for f in FIELDS[name].values() if f.kind in kinds] for name in sources}
    return {
        name: [{**row, **{cell: None for cell in cells[name] if rng.random() < share}} for row in rows]
        for name, rows in sources.items()
    }


def without(sources: Sources, table: str) -> Sources:
    """The extract without one table."""
    return {name: rows for name, rows in sources.items() if name != table}
