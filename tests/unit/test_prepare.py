"""Before any rule: merged identifiers, duplicates, and what had not happened yet (K6, K8, K9, K10)."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.build import build

DAY = "2025-06-02"


def tables_of(rows: dict[str, list[dict[str, str]]], **options):
    """Return the prepared tables and the result of a run on these rows."""
    result = build({"ssd_person": [], **rows}, inspection_date=DAY, lists=[1], **options)
    return result.context.tables, result


def drops(frame: pl.DataFrame, key: str) -> list[tuple]:
    return frame.sort("_row").select(key, "_drop").rows()


def contact(number: str, child: str = "C1", day: str = "2025-05-01", **more: str) -> dict[str, str]:
    return {"cont_contact_id": number, "cont_person_id": child, "cont_contact_date": day, **more}


def test_identical_rows_collapse_and_conflicting_ones_keep_the_fuller():
    tables, result = tables_of(
        {
            "ssd_contacts": [
                contact("1"),
                contact("1"),
                contact("2", cont_contact_source_code="6"),
                contact("2"),
                contact("3", "C1"),
                contact("3", "C2"),
            ]
        }
    )
    assert drops(tables["contacts"].frame, "contact_id") == [
        ("1", None),
        ("1", "DUPLICATE"),
        ("2", None),
        ("2", "CONFLICT"),
        ("3", None),
        ("3", None),
    ]
    assert {"AA-G20", "AA-R14"} <= result.checks()


def plan(number: str, start: str = "", end: str = "", category: str = "") -> dict[str, str]:
    return {
        "cppl_cp_plan_id": number,
        "cppl_person_id": "C1",
        "cppl_cp_plan_start_date": start,
        "cppl_cp_plan_end_date": end,
        "cppl_cp_plan_latest_category": category,
    }


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # K10, in this order: open before closed, later start, fewer blanks, greater text
        (plan("P", "2024-01-01", ""), plan("P", "2024-06-01", "2025-01-01")),
        (plan("P", "2024-01-01", "2025-07-01"), plan("P", "2024-06-01", "2025-01-01")),
        (plan("P", "2024-06-01", "2025-01-01"), plan("P", "2024-01-01", "2025-02-01")),
        (plan("P", "2024-01-01", "", "NEG"), plan("P", "2024-01-01", "")),
        (plan("P", "2024-01-01", "", "PHY"), plan("P", "2024-01-01", "", "NEG")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_which_of_two_conflicting_rows_is_kept(better, worse, turned):
    rows = [worse, better] if turned else [better, worse]
    tables, _ = tables_of({"ssd_cp_plans": rows})
    kept = tables["cp_plans"].frame.filter(pl.col("_drop").is_null())
    assert kept["_row"].to_list() == [3 if turned else 2]


def test_rows_without_an_identifier_are_duplicates_only_when_identical():
    tables, _ = tables_of({"ssd_contacts": [contact(""), contact(""), contact("", day="2025-05-02")]})
    assert [drop for _, drop in drops(tables["contacts"].frame, "contact_id")] == [None, "DUPLICATE", None]


@pytest.mark.parametrize("child", ["", "0", "-1", "unknown", "N/A", "None", " ", "SSD_PH"])
def test_a_placeholder_is_no_child(child):
    tables, _ = tables_of({"ssd_contacts": [contact("1", child)]})
    assert drops(tables["contacts"].frame, "contact_id") == [("1", "NO_CHILD_ID")]


def test_what_is_later_than_the_as_at_date_is_blank_or_future():
    tables, _ = tables_of(
        {
            "ssd_contacts": [contact("1", day="2025-05-29"), contact("2", day="2025-05-28")],
            "ssd_cin_episodes": [
                {
                    "cine_referral_id": "R1",
                    "cine_person_id": "C1",
                    "cine_referral_date": "2025-01-01",
                    "cine_close_date": "2025-05-30",
                    "cine_close_reason": "RC7",
                }
            ],
            "ssd_person": [
                {"pers_person_id": "C1", "pers_expected_dob": "2025-08-01", "pers_death_date": "2025-05-29"}
            ],
        },
        extract_date="2025-05-28",
    )
    assert drops(tables["contacts"].frame, "contact_id") == [("1", "FUTURE"), ("2", None)]
    episode = tables["cin_episodes"].frame.row(0, named=True)
    assert (episode["close_date"], episode["close_reason"], episode["_masked"]) == (None, None, True)
    person = tables["persons"].frame.row(0, named=True)
    assert person["death_date"] is None
    assert person["expected_birth_date"] == date(2025, 8, 1)


def merged(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"old_person_id": old, "person_id": new} for old, new in pairs]


def test_merged_identifiers_are_followed_to_their_end_before_anything_is_counted():
    tables, result = tables_of(
        {
            "annexa_merged_ids": merged(("A", "B"), ("B", "C")),
            "ssd_contacts": [contact("1", "A"), contact("1", "C"), contact("2", "B")],
            "ssd_person": [
                {"pers_person_id": "A", "pers_dob": "2010-01-01", "pers_ethnicity": "WBRI", "pers_gender": "F"},
                {"pers_person_id": "C", "pers_dob": "2010-01-01", "pers_gender": "M"},
            ],
        }
    )
    assert drops(tables["contacts"].frame, "contact_id") == [("1", None), ("1", "DUPLICATE"), ("2", None)]
    assert set(tables["contacts"].frame["person_id"]) == {"C"}
    (person,) = tables["persons"].live.select("person_id", "gender", "ethnicity").rows()
    assert person == ("C", "M", "WBRI")
    assert "AA-R21" in result.checks()
    assert "AA-G04" not in result.checks()


def test_of_two_rows_of_one_person_the_fuller_is_kept():
    tables, result = tables_of(
        {
            "ssd_person": [
                {"pers_person_id": "A", "pers_dob": "2010-01-01"},
                {"pers_person_id": "A", "pers_dob": "2010-01-01", "pers_gender": "M"},
                {"pers_person_id": "A", "pers_dob": "2010-01-01", "pers_gender": "M"},
            ],
            "ssd_contacts": [contact("1", "A")],
        }
    )
    assert tables["persons"].live.select("person_id", "gender").rows() == [("A", "M")]
    assert result.lists[1].frame.height == 1
    assert {"AA-R14", "AA-G20"} <= result.checks()


def test_different_dates_of_birth_after_a_merge_are_an_error():
    _, result = tables_of(
        {
            "annexa_merged_ids": merged(("A", "C")),
            "ssd_person": [
                {"pers_person_id": "A", "pers_dob": "2010-01-01"},
                {"pers_person_id": "C", "pers_dob": "2011-01-01"},
            ],
        }
    )
    assert "AA-G04" in result.checks()


def test_a_circle_of_merges_stays_unmerged():
    tables, result = tables_of(
        {
            "annexa_merged_ids": merged(("A", "B"), ("B", "A"), ("X", "A"), ("M", "N")),
            "ssd_contacts": [contact("1", "A"), contact("2", "X"), contact("3", "M")],
        }
    )
    assert tables["contacts"].frame.sort("contact_id")["person_id"].to_list() == ["A", "X", "N"]
    assert "AA-R09" in result.checks()


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=8), st.randoms())
def test_merging_does_not_depend_on_the_order_of_the_map(pairs, random):
    people = [contact(str(n), child) for n, child in enumerate("ABCDEF")]

    def mapped(order):
        tables, _ = tables_of({"annexa_merged_ids": merged(*order), "ssd_contacts": people})
        return tables["contacts"].frame.sort("contact_id")["person_id"].to_list()

    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert mapped(pairs) == mapped(shuffled)
