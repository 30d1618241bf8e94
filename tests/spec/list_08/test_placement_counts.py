"""Number of placements in the last 12 months (2.5), and the most recent placement (R23)."""

from datetime import date

import pytest

from tests.spec.list_08.children import cells, episode, legal, list_8, placement

COUNT = "Number of Placements in the Last 12 months"
LATEST = (
    "Start Date of Most Recent Placement",
    "Placement Type",
    "Placement Provider",
    "Placement postcode",
    "URN of Placement",
)
HOME = {"clap_cla_placement_urn": "SC1", "clap_cla_placement_postcode": "AB1 2CD"}
OTHER = {"clap_cla_placement_urn": "SC2", "clap_cla_placement_postcode": "AB1 9ZZ"}
HOMES = "p) K2: Children’s Homes"
MOVED = {"clap_cla_placement_urn": "SC9", "clap_cla_placement_postcode": "ab12cd"}
# case: (episodes: when and why begun), (placements: when, type, where), number
CASES = {
    "one since 2022": (["2022-01-01 to"], [("2022-01-01 to", "U6", HOME)], 1),
    "A ended on the bound": (
        ["2022-01-01 to"],
        [("2022-01-01 to 2024-06-02", "U6", HOME), ("2024-06-02 to", "U6", OTHER)],
        2,
    ),
    "A ended before the bound": (
        ["2022-01-01 to"],
        [("2022-01-01 to 2024-06-01", "U6", HOME), ("2024-06-01 to", "U6", OTHER)],
        1,
    ),
    "A, hospital, back to A": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", HOME),
            ("2024-09-01 to 2024-09-10", "T1", {}),
            ("2024-09-10 to", "U6", HOME),
        ],
        1,
    ),
    "A, hospital, same postcode alone": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", HOME),
            ("2024-09-01 to 2024-09-10", "T0", {}),
            ("2024-09-10 to 2024-09-12", "T4", {}),
            ("2024-09-12 to", "U6", MOVED),
        ],
        1,
    ),
    "A, hospital, elsewhere": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", HOME),
            ("2024-09-01 to 2024-09-10", "T1", {}),
            ("2024-09-10 to", "U6", OTHER),
        ],
        2,
    ),
    "A, hospital, same home of another type": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", HOME),
            ("2024-09-01 to 2024-09-10", "T1", {}),
            ("2024-09-10 to", "K2", HOME),
        ],
        2,
    ),
    "no home known after a hospital": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", {}),
            ("2024-09-01 to 2024-09-10", "T1", {}),
            ("2024-09-10 to", "U6", {}),
        ],
        2,
    ),
    "only a hospital": (["2025-05-01 to"], [("2025-05-01 to", "T1", {})], 1),
    "legal status change in A, one row": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "L", 1)],
        [("2022-01-01 to", "U6", HOME)],
        1,
    ),
    "legal status change in A, two rows": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "L", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U6", HOME)],
        1,
    ),
    "carer approved long-term": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "T", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U4", HOME)],
        1,
    ),
    "status and placement, same carer": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "U", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U4", HOME)],
        1,
    ),
    "named by a change of carer too": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to 2024-11-01", "P", 2), ("2024-11-01 to", "L", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U4", OTHER)],
        2,
    ),
    "start reason unknown": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "something", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U6", OTHER)],
        2,
    ),
    "start reason blank": (
        ["2022-01-01 to 2024-10-01", ("2024-10-01 to", "", 2)],
        [("2022-01-01 to 2024-10-01", "U6", HOME), ("2024-10-01 to", "U6", OTHER)],
        2,
    ),
    "A, B, back to A": (
        ["2022-01-01 to"],
        [
            ("2022-01-01 to 2024-09-01", "U6", HOME),
            ("2024-09-01 to 2024-12-01", "U6", OTHER),
            ("2024-12-01 to", "U6", HOME),
        ],
        3,
    ),
    "two periods": (
        ["2024-08-01 to 2024-10-01", "2025-03-01 to"],
        [("2024-08-01 to 2024-10-01", "U6", HOME), ("2025-03-01 to", "U6", OTHER)],
        2,
    ),
    "ceased": (
        ["2023-01-01 to 2025-01-10"],
        [("2023-01-01 to 2024-09-01", "U6", HOME), ("2024-09-01 to 2025-01-10", "U6", OTHER)],
        2,
    ),
    "begun after care ended": (
        ["2023-01-01 to 2025-01-10"],
        [("2023-01-01 to 2025-01-10", "U6", HOME), ("2025-02-01 to", "U6", OTHER)],
        1,
    ),
    "no placement": (["2025-05-01 to"], [], 1),
}


def rows_of(cases):
    episodes, placements = [], []
    for child, (stays, homes, _) in cases.items():
        for number, stay in enumerate(stays, start=1):
            when, begun, home = stay if isinstance(stay, tuple) else (stay, "S", 1)
            episodes.append(episode(child, when, number, begun, clae_cla_placement_id=f"{child}-A{home}"))
        for number, (when, kind, where) in enumerate(homes, start=1):
            placements.append(placement(child, when, number, kind, **where))
    return {"ssd_cla_episodes": episodes, "ssd_cla_placement": placements}


@pytest.fixture(scope="module")
def counts():
    return cells(list_8(rows_of(CASES)), COUNT)


@pytest.mark.parametrize("case", CASES)
def test_number_of_placements(counts, case):
    assert counts[case] == CASES[case][2]


def test_placements_of_short_breaks_do_not_count():
    result = list_8(
        {
            "ssd_cla_episodes": [
                episode("apart", "2024-01-01 to 2025-01-01", 1),
                episode("apart", "2025-03-01 to", 2),
                episode("same day", "2024-01-01 to", 1),
                episode("stayed", "2024-01-01 to", 1),
            ],
            "ssd_legal_status": [
                legal("apart", "V4", "2024-01-01 to 2025-01-01"),
                legal("apart", "C2", "2025-03-01 to", 2),
                legal("same day", "V4", "2024-01-01 to 2025-03-01"),
                legal("same day", "C2", "2025-03-01 to", 2),
                legal("stayed", "V4", "2024-01-01 to 2025-03-01"),
                legal("stayed", "C2", "2025-03-01 to", 2),
            ],
            "ssd_cla_placement": [
                placement("apart", "2024-01-01 to 2025-01-01", 1, "R5"),
                placement("apart", "2025-03-01 to", 2),
                placement("same day", "2024-01-01 to 2025-03-01", 1, "R5"),
                placement("same day", "2025-03-01 to", 2),
                placement("stayed", "2024-01-01 to", 1),
            ],
        }
    )
    assert cells(result, COUNT) == {"apart": 1, "same day": 1, "stayed": 1}
    assert cells(result, LATEST[0]) == {
        "apart": date(2025, 3, 1),
        "same day": date(2025, 3, 1),
        "stayed": date(2024, 1, 1),
    }


def test_without_the_table_nothing_is_said():
    result = list_8({"ssd_cla_episodes": [episode("C1", "2025-05-01 to")]})
    assert cells(result, COUNT, *LATEST) == {"C1": (None,) * 6}


def test_the_most_recent_placement_is_the_one_with_the_latest_start():
    known = {
        "clap_cla_placement_provider": "PR1",
        "clap_cla_placement_postcode": "AB1 2CD",
        "clap_cla_placement_urn": "7",
    }
    result = list_8(
        {
            "ssd_cla_episodes": [episode(child, "2022-01-01 to") for child in ("hospital", "overlap", "ids", "bare")]
            + [episode("ceased", "2022-01-01 to 2025-01-01"), episode("ceased", "2025-02-01 to", 2)],
            "ssd_cla_placement": [
                placement("hospital", "2022-01-01 to", 1, "U6"),
                placement("hospital", "2025-05-30 to", 2, "T1", **known),
                placement("overlap", "2022-01-01 to 2025-05-01", 2, "U6"),
                placement("overlap", "2024-01-01 to 2024-02-01", 1, "K2"),
                placement("ids", "2022-01-01 to", kind="U6", clap_cla_placement_id="9"),
                placement("ids", "2022-01-01 to", kind="K2", clap_cla_placement_id="10"),
                placement("ceased", "2022-01-01 to 2025-01-01", 1, "U6"),
            ],
        }
    )
    blank = (None,) * 3
    assert cells(result, *LATEST) == {
        "hospital": (
            date(2025, 5, 30),
            "x) T1: Temporary placement - hospital",
            None,  # no provider of a temporary placement, whatever is recorded
            "AB1 2CD",
            "7",
        ),
        "overlap": (date(2024, 1, 1), HOMES, *blank),
        "ids": (date(2022, 1, 1), HOMES, *blank),
        "bare": (None,) * 5,
        "ceased": (None,) * 5,
    }
