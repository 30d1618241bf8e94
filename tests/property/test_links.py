"""K19 against plain Python: to which episode of need a service belongs."""

from datetime import date, timedelta

import polars as pl
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
    min_size=1,
    max_size=8,
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
