"""Columns of List 8 against oracles in plain Python, and their independence of the order of rows."""

from datetime import date, datetime, time, timedelta
from itertools import combinations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.lists.build import build_list
from annexa.lists.missing import distinct_missing, missing_counts
from annexa.lists.placements import placement_count
from tests.support.context import context_of

D = date(2025, 6, 2)
DAY_0 = date(2025, 1, 1)
SOME = max(10, settings.default.max_examples // 2)
LATEST = datetime(9000, 1, 1)

hours = st.sampled_from([time(0), time(0), time(9), time(12), time(18)])
moment = st.builds(lambda day, at: datetime.combine(DAY_0 + timedelta(days=day), at), st.integers(0, 9), hours)
spell = st.fixed_dictionaries(
    {
        "start": st.one_of(moment, moment, moment, st.none()),
        "end": st.one_of(moment, moment, st.none()),
        "missing_type": st.sampled_from(["M", "M", "A"]),
    }
).filter(lambda each: each["start"] is None or each["end"] is None or each["start"] <= each["end"])


def one_episode(one, other):
    """The rule of 2.7 for two rows of a child and a type."""
    if (one["start"], one["end"]) == (other["start"], other["end"]):
        return True
    (begin, end), (begin_2, end_2) = bounds(one), bounds(other)
    if has_time(one) and has_time(other):
        return begin < end_2 and begin_2 < end
    first, last, first_2, last_2 = begin.date(), end.date(), begin_2.date(), end_2.date()
    shared = (min(last, last_2) - max(first, first_2)).days + 1
    return (first, last) == (first_2, last_2) or shared > 1


def bounds(each):
    return each["start"] or each["end"], each["end"] or LATEST


def has_time(each):
    return bool(each["start"] and each["start"].time() != time(0)) and (
        each["end"] is None or each["end"].time() != time(0)
    )


@given(st.lists(spell, max_size=9))
def test_missing_rows_are_joined_pair_by_pair(spells):
    rows = [{"person_id": "C1", "missing_id": f"M{number}", **each} for number, each in enumerate(spells)]
    dated = [(number, each) for number, each in enumerate(spells) if each["start"] or each["end"]]
    group = {number: number for number, _ in dated}
    for (number, each), (number_2, each_2) in combinations(dated, 2):
        if each["missing_type"] == each_2["missing_type"] and one_episode(each, each_2):
            old, new = group[number_2], group[number]
            group = {key: new if value == old else value for key, value in group.items()}
    expected = {frozenset(f"M{n}" for n in group if group[n] == value) for value in group.values()}

    context = context_of({"missing_episodes": rows}, D)
    got = distinct_missing(context).filter(pl.col("_drop").is_null())
    assert {frozenset(ids) for ids in got.group_by("episode").agg("missing_id")["missing_id"].to_list()} == expected
    listed = pl.DataFrame({"_id": [0], "person_id": ["C1"], "first_day": [DAY_0], "last_day": [D]})
    counts = missing_counts(context, listed).row(0)[1:]
    kinds = {f"M{number}": each["missing_type"] for number, each in dated}
    assert counts == tuple(sum(kinds[min(ids)] == kind for ids in expected) for kind in "MA")


stay = st.fixed_dictionaries(
    {
        "start": st.integers(-400, 140),
        "length": st.one_of(st.none(), st.integers(0, 200)),
        "kind": st.sampled_from(["U6", "U6", "K2", "T1", None]),
        "home": st.sampled_from(["SC1", "SC2", None]),
        "begun": st.lists(st.sampled_from(["S", "L", "T", "U", "P", None]), max_size=2),
    }
)


@settings(max_examples=SOME)
@given(st.lists(stay, max_size=7))
def test_the_number_of_placements_is_that_of_a_walk_through_them(stays):
    placements, episodes = [], [{"person_id": "C1", "episode_id": "E", "start_date": DAY_0 - timedelta(days=500)}]
    for number, each in enumerate(stays):
        start = DAY_0 + timedelta(days=each["start"])
        end = None if each["length"] is None else start + timedelta(days=each["length"])
        each.update(first=start, last=None if end is None or end > D else end, id=f"A{number}")
        placements.append(
            {
                "person_id": "C1",
                "placement_id": each["id"],
                "start_date": start,
                "end_date": end,
                "placement_type": each["kind"],
                "urn": each["home"],
            }
        )
        episodes += [
            {
                "person_id": "C1",
                "episode_id": f"{each['id']}-{place}",
                "placement_id": each["id"],
                "start_date": DAY_0,
                "start_reason": begun,
            }
            for place, begun in enumerate(each["begun"])
        ]
    number, counted, before, away = 0, set(), None, False
    for each in sorted(stays, key=lambda each: (each["first"], each["last"] or date.max, each["id"])):
        if each["kind"] == "T1":
            away = True
            continue
        same_carer = bool(each["begun"]) and set(each["begun"]) <= {"L", "T", "U"}
        back = away and before and None not in (each["kind"], each["home"]) and before == (each["kind"], each["home"])
        number += not (before and (same_carer or back))
        if (each["last"] or D) >= date(2024, 6, 2):
            counted.add(number)
        before, away = (each["kind"], each["home"]), False

    context = context_of({"placements": placements, "care_episodes": episodes}, D)
    listed = pl.DataFrame({"_id": [0], "person_id": ["C1"], "last_day": [D]})
    assert placement_count(context, listed).row(0) == (0, max(1, len(counted)))


few_days = st.integers(0, 5).map(lambda day: DAY_0 + timedelta(days=day))
some_day = st.one_of(st.none(), few_days)
who = st.sampled_from(["C1", "C2"])


def rows_of(**fields):
    return st.lists(
        st.fixed_dictionaries({"person_id": who, "start_date": some_day, "end_date": some_day, **fields}), max_size=4
    )


tables = st.fixed_dictionaries(
    {
        "care_episodes": st.lists(
            st.fixed_dictionaries(
                {
                    "person_id": who,
                    "start_date": few_days,
                    "end_date": some_day,
                    "episode_id": st.sampled_from(["1", "2", "10"]),
                    "period_id": st.sampled_from(["P1", "P2"]),
                    "need": st.sampled_from(["N1", "N2"]),
                }
            ),
            min_size=1,
            max_size=5,
        ),
        "legal_statuses": rows_of(status=st.sampled_from(["C2", "V4", "L1"])),
        "placements": rows_of(
            placement_id=st.sampled_from(["1", "2", "10"]), placement_type=st.sampled_from(["U6", "K2", "T1"])
        ),
        "care_plans": rows_of(plan_json=st.sampled_from(['{"ADOPTION": "Y"}', '{"SUPPLIV": "Y"}', None])),
        "care_visits": st.lists(
            st.fixed_dictionaries(
                {"person_id": who, "visit_date": few_days, "seen": st.sampled_from(["Y", "N", None])}
            ),
            max_size=4,
        ),
        "missing_episodes": st.lists(
            st.fixed_dictionaries(
                {
                    "person_id": who,
                    "missing_type": st.just("M"),
                    "start": few_days.map(lambda day: datetime.combine(day, time(0))),
                    "end": st.one_of(st.none(), few_days.map(lambda day: datetime.combine(day, time(0)))),
                    "interview_offered": st.sampled_from(["Y", "N", None]),
                    "interview_accepted": st.sampled_from(["Y", "N", None]),
                }
            ),
            max_size=4,
        ),
        "immigration_statuses": rows_of(status=st.sampled_from(["UASC", "REFUGEE"])),
    }
)


@settings(max_examples=SOME // 2)
@given(tables, st.randoms(use_true_random=False))
def test_the_list_does_not_depend_on_the_order_of_rows(records, random):
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in records.items()}
    frames = []
    for each in (records, shuffled):
        context = context_of(each, D)
        frames.append(build_list(context, context.edition.lists[8]).frame)
    assert frames[0].equals(frames[1])
