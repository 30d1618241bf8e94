"""K19 against plain Python: to which episode of need a service belongs."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annexa.lists.links import episode_of
from tests.support.context import context_of

D = date(2025, 6, 2)
DAYS = st.integers(-6, 0).map(lambda days: D + timedelta(days=days))
CHILDREN = st.sampled_from(["C1", "C2"])
IDS = ["2", "10", "1a"]

EPISODES = st.lists(
    st.fixed_dictionaries(
        {
            "referral_id": st.sampled_from(IDS),
            "person_id": CHILDREN,
            "referral_date": st.none() | DAYS,
            "close_date": st.none() | DAYS,
        }
    ),
    min_size=3,
    max_size=6,
    unique_by=lambda episode: (episode["referral_id"], episode["person_id"]),
)
SERVICES = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": CHILDREN,
            "referral_id": st.sampled_from([None, "9", *IDS]),
            "start": st.none() | DAYS,
            "end": st.none() | DAYS,
        }
    ),
    min_size=6,
    max_size=12,
)
SCHEMA = {"_service": pl.Int64, "person_id": pl.String, "referral_id": pl.String, "start": pl.Date, "end": pl.Date}


def newest(episodes):
    """K15: greatest start (blank earliest), greatest end (blank latest), greatest id (numbers first, by value)."""

    def order(episode):
        key = episode["referral_id"]
        number = (0, int(key), "") if key.isdigit() else (1, 0, key)
        return (episode["referral_date"] or date.min, episode["close_date"] or date.max, number)

    return max(episodes, key=order, default=None)


def belongs(service, episodes):
    """K19 in plain Python."""
    own = [each for each in episodes if each["person_id"] == service["person_id"]]
    named = next((each for each in own if each["referral_id"] == service["referral_id"]), None)
    service_open, start = service["end"] is None, service["start"]
    if named and not (service_open and named["close_date"]):
        return named
    covering = [
        each
        for each in own
        if start
        and (each["referral_date"] is None or each["referral_date"] <= start)
        and (each["close_date"] is None or each["close_date"] >= start)
    ]
    if not service_open:
        return newest(covering)
    still = [each for each in own if each["close_date"] is None]
    return newest([each for each in covering if each in still]) or newest(still) or named


@given(EPISODES, SERVICES, st.randoms(use_true_random=False))
def test_episode_of(episodes, services, random):
    shuffled = random.sample(episodes, len(episodes))
    frame = pl.DataFrame([{"_service": n, **each} for n, each in enumerate(services)], schema=SCHEMA)
    frame = frame.with_columns(pl.col("end").is_null().alias("open"))
    expected = {n: (belongs(each, episodes) or {}).get("referral_id") for n, each in enumerate(services)}
    rows = {}
    for given_order in (episodes, shuffled):
        context = context_of({"cin_episodes": given_order}, D)
        found = episode_of(context, frame.sample(fraction=1, shuffle=True, seed=1))
        assert found.columns == ["_service", "referral_id", "episode_row"]
        assert dict(found.select("_service", "referral_id").iter_rows()) == expected
        rows = context.live("cin_episodes").select(pl.col("_row").alias("episode_row"), "person_id", "referral_id")
        named = found.drop_nulls("episode_row").join(frame.select("_service", "person_id"), on="_service")
        assert named.join(rows, on=["episode_row", "person_id", "referral_id"], how="anti").height == 0
        assert found.filter(pl.col("episode_row").is_null() != pl.col("referral_id").is_null()).height == 0


R1 = ("R1", "2023-02-01", "2024-06-01")
R2 = ("R2", "2024-08-01", "")
DRAWN = [
    # episodes, service (id, start, end), belongs to
    ("nothing else is open", [R1], ("R1", "2023-03-01", ""), "R1"),
    ("it was closed under the service", [R1, R2], ("R1", "2023-03-01", ""), "R2"),
    ("a service that ended stays", [R1, R2], ("R1", "2023-03-01", "2024-01-10"), "R1"),
    ("by dates, covered", [R1], ("", "2023-03-01", "2024-01-10"), "R1"),
    ("by dates, on the day it closed", [R1], ("", "2024-06-01", "2024-06-10"), "R1"),
    ("by dates, the day after", [R1], ("", "2024-06-02", "2024-06-10"), None),
    ("by dates, on the day it began", [R1], ("", "2023-02-01", "2024-06-10"), "R1"),
    ("by dates, the day before", [R1], ("", "2023-01-31", "2024-06-10"), None),
    ("an open service is not a closed episode's", [R1], ("", "2023-03-01", ""), None),
    ("an id that matches nothing", [R1, R2], ("R9", "2023-03-01", "2024-01-10"), "R1"),
    ("the named one is open", [R2, ("R3", "2024-09-02", "")], ("R2", "2024-10-01", ""), "R2"),
    ("of two that are open, the one that covers it", [R2, ("R3", "2025-01-06", "")], ("", "2024-10-01", ""), "R2"),
    ("none covers it, the latest open one", [R2, ("R3", "2025-01-06", "")], ("", "2024-07-01", ""), "R3"),
    ("without a start, the latest open one", [R2, ("R3", "2025-01-06", "")], ("", "", ""), "R3"),
    ("without a start, and ended", [R1, R2], ("", "", "2024-09-02"), None),
    ("an episode without a start covers everything before its end", [("R1", "", "2024-06-01")],
     ("", "2019-03-01", "2024-01-10"), "R1"),
]  # fmt: skip


@pytest.mark.parametrize(("episodes", "service", "expected"), [e[1:] for e in DRAWN], ids=[e[0] for e in DRAWN])
def test_drawn(episodes, service, expected):
    def day(text):
        return date.fromisoformat(text) if text else None

    context = context_of(
        {
            "cin_episodes": [
                {"referral_id": key, "person_id": "C1", "referral_date": day(start), "close_date": day(end)}
                for key, start, end in episodes
            ]
        },
        D,
    )
    key, start, end = service
    row = {"_service": 1, "person_id": "C1", "referral_id": key or None, "start": day(start), "end": day(end)}
    services = pl.DataFrame([row], schema=SCHEMA).with_columns(pl.col("end").is_null().alias("open"))
    assert episode_of(context, services)["referral_id"].to_list() == [expected]


def test_a_death_closes_an_open_episode():
    died = date(2025, 5, 1)
    context = context_of(
        {
            "persons": [{"person_id": "C1", "death_date": died}],
            "cin_episodes": [{"referral_id": "R1", "person_id": "C1", "referral_date": date(2025, 1, 6)}],
        },
        D,
    )
    services = pl.DataFrame(
        [
            {"_service": 1, "person_id": "C1", "referral_id": None, "start": died, "end": died},
            {"_service": 2, "person_id": "C1", "referral_id": None, "start": died + timedelta(days=1), "end": D},
        ],
        schema=SCHEMA,
    ).with_columns(pl.lit(False).alias("open"))
    assert dict(episode_of(context, services).select("_service", "referral_id").iter_rows()) == {1: "R1", 2: None}
