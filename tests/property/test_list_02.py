"""List 2 against plain Python: interventions, assessments and families make which rows."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from annexa.lists.build import build_list
from tests.support.context import context_of

D = date(2025, 6, 2)
FROM = date(2024, 12, 2)
DAYS = st.sampled_from([date(2024, 12, 1), FROM, date(2025, 1, 31), date(2025, 6, 3)])
STARTS = st.none() | st.sampled_from([date(2024, 11, 4), date(2024, 11, 5), date(2025, 6, 3)])
PEOPLE = [
    {"person_id": "C1", "birth_date": date(2012, 5, 5)},
    {"person_id": "C2", "birth_date": date(2014, 5, 5), "death_date": date(2024, 12, 1)},
    {"person_id": "P1", "birth_date": date(1985, 5, 5)},
    {"person_id": "T1", "birth_date": date(2006, 11, 5)},  # 18 on the second of the two starts
]
IDS = st.sampled_from([each["person_id"] for each in PEOPLE])

EPISODES = st.lists(
    st.fixed_dictionaries({"person_id": IDS, "start_date": STARTS, "end_date": st.none() | DAYS}), max_size=4
).map(lambda rows: [{**row, "episode_id": str(number)} for number, row in enumerate(rows, start=8)])
ASSESSMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.none() | IDS,
            "family_id": st.sampled_from([None, "F1", "F2", "F3"]),
            "start_date": STARTS,
            "completed_date": st.none() | DAYS,
        }
    ),
    max_size=4,
).map(lambda rows: [{**row, "assessment_id": f"A{number}"} for number, row in enumerate(rows)])
FAMILIES = st.sets(st.tuples(st.sampled_from(["F1", "F2"]), IDS))


def adult(person, start):
    born = next(each["birth_date"] for each in PEOPLE if each["person_id"] == person)
    return start is not None and (start.year - born.year - ((start.month, start.day) < (born.month, born.day))) >= 18


def known(person, start, end):
    """Whether a record of a person is on the list, and its end date."""
    end = end if end is not None and end <= D else None
    died = next((each.get("death_date") for each in PEOPLE if each["person_id"] == person), None)
    ended = end or died
    return ended is None or ended >= FROM, end


def expected(episodes, assessments, families):
    """The rows: (child, start, completion date) in any order; and the records that are on the list."""
    mine = [("E", each["episode_id"], each["person_id"], each["start_date"], each["end_date"]) for each in episodes]
    for each in assessments:
        of_family = each["person_id"] is None
        people = [p for f, p in families if f == each["family_id"]] if of_family else [each["person_id"]]
        mine += [
            ("A", each["assessment_id"], person, each["start_date"], each["completed_date"])
            for person in people
            if not (of_family and adult(person, each["start_date"]))
        ]
    mine = [each for each in mine if each[3] is None or each[3] <= D]
    rows, used = [], set()
    waiting = {}
    for kind, key, person, start, end in mine:
        listed, shown = known(person, start, end)
        record = {"keys": {key}, "listed": listed, "ends": [shown]}
        partner = waiting.get((person, start, "A" if kind == "E" else "E"), []) if start else []
        if partner:
            together = partner.pop(0)
            together["keys"].add(key)
            together["listed"] |= listed
            together["ends"].append(shown)
        else:
            waiting.setdefault((person, start, kind), []).append(record)
            rows.append((person, start, record))
    shown = []
    for person, start, record in rows:
        if record["listed"]:
            used |= record["keys"]
            shown.append((person, start, None if None in record["ends"] else max(record["ends"])))
    return shown, used


def as_text(rows):
    return sorted(tuple(str(cell) for cell in row) for row in rows)


@given(EPISODES, ASSESSMENTS, FAMILIES, st.randoms(use_true_random=False))
def test_list_2(episodes, assessments, families, random):
    shown, used = expected(episodes, assessments, families)
    members = [{"family_id": family, "person_id": person} for family, person in sorted(families)]
    for order in (list, lambda rows: random.sample(rows, len(rows))):
        context = context_of(
            {
                "persons": PEOPLE,
                "early_help_episodes": order(episodes),
                "early_help_assessments": order(assessments),
                "early_help_families": order(members),
            },
            D,
        )
        built = build_list(context, context.edition.lists[2])
        assert as_text(built.rows.select("person_id", "start_date", "end_date").rows()) == as_text(shown)
        accounts = built.accounts.values()
        assert {key for each in accounts for key in each.filter(pl.col("reason").is_null())["event_id"]} == used
