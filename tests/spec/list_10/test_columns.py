"""List 10: what the columns of a row say. The cases of a table are the children of one run."""

from datetime import date

import polars as pl
import pytest

from tests.spec.list_10.test_decisions import EDITIONS, episode, found, list_10, placement, record, status

ENTERED = "Date the Child Entered Care"
PLACEMENT_ORDER = "Date of Placement Order"
MATCHED = "Date of Matching Child and Prospective Adopters"
PLACED = "Date Placed for Adoption"
ORDER = "Date of Adoption Order "
REVERSED = "Date of Decision that Child Should No Longer be Placed for Adoption"
REASON = "Reason Why Child No Longer Placed for Adoption"
FFA = "Date the child was placed for fostering in FFA or concurrent planning placement"
FAMILY = "Family identifier"
DECIDED = {"adm_decision_date": "2023-03-01"}


def by_child(result, *headings):
    frame = result.lists[10].frame.select("Child Unique ID", *headings)
    return {row[0]: row[1] if len(headings) == 1 else row[1:] for row in frame.iter_rows()}


def day(text):
    return date.fromisoformat(text) if text else None


# name: (cells of the record, matching date, placed date, AA-1010)
MATCHES = {
    "as recorded": ({"matched_date": "2023-09-01"}, "2023-09-01", "", False),
    "not by the carer": ({"matched_date": "2023-09-01", "adopted_by_carer_flag": "N"}, "2023-09-01", "", False),
    "by the carer": ({"adopted_by_carer_flag": "Y"}, "2023-03-01", "2023-08-01", False),
    "by the carer, the same": (
        {"adopted_by_carer_flag": "Y", "matched_date": "2023-03-01", "placed_for_adoption_date": "2023-07-01"},
        "2023-03-01", "2023-07-01", False,
    ),
    "by the carer, another": (
        {"adopted_by_carer_flag": "Y", "matched_date": "2023-09-01"}, "2023-03-01", "2023-08-01", True,
    ),
    "by the carer, no decision": (
        {"adopted_by_carer_flag": "Y", "matched_date": "2023-09-01", "adm_decision_date": ""},
        "2023-09-01", "2023-08-01", False,
    ),
    "fostering for adoption": (
        {"adopted_by_carer_flag": "Y", "matched_date": "2023-09-01", "placed_ffa_cp_date": "2023-02-01"},
        "2023-09-01", "", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
def test_adoption_by_the_current_foster_carer(edition):
    result = list_10(
        [record(child, **{**DECIDED, **cells}) for child, (cells, *_) in MATCHES.items()],
        [episode(child) for child in MATCHES],
        placements=[placement(child, "A5", "2023-08-01") for child in MATCHES],
        edition=edition,
    )
    expected = {child: (day(matched), day(placed)) for child, (_, matched, placed, _) in MATCHES.items()}
    assert by_child(result, MATCHED, PLACED) == expected
    assert found(result, "AA-1010") == {child for child, case in MATCHES.items() if case[3]}
    assert by_child(result, FFA)["fostering for adoption"] == date(2023, 2, 1)


# name: (recorded date, legal statuses, placement order)
ORDERS = {
    "recorded": ("2023-06-05", [("E1", "2023-06-01", "")], "2023-06-05"),
    "from the status": ("", [("E1", "2023-06-01", "")], "2023-06-01"),
    "freed": ("", [("D1", "2023-06-01", "")], "2023-06-01"),
    "the first": ("", [("E1", "2023-07-01", "2023-09-01"), ("E1", "2023-09-01", "")], "2023-07-01"),
    "of an earlier period of care": ("", [("E1", "2020-06-01", "2020-12-01")], ""),
    "ended as care began": ("", [("E1", "2022-12-01", "2023-01-09")], "2022-12-01"),
    "start not recorded": ("", [("E1", "", "2023-09-01")], ""),
    "a care order alone": ("", [("C2", "2023-01-09", "")], ""),
}  # fmt: skip


def test_placement_order():
    statuses = [status(child, code, start, end) for child, (_, rows, _) in ORDERS.items() for code, start, end in rows]
    result = list_10(
        [record(child, **DECIDED, placement_order_date=recorded) for child, (recorded, *_) in ORDERS.items()],
        [episode(child) for child in ORDERS],
        statuses,
    )
    assert by_child(result, PLACEMENT_ORDER) == {child: day(shown) for child, (*_, shown) in ORDERS.items()}


def test_orders_and_reversals():
    result = list_10(
        [
            record("A", **DECIDED, permanence_order_type="Adoption", permanence_order_date="2025-01-10"),
            record("B", **DECIDED, permanence_order_type="SGO", permanence_order_date="2025-01-10"),
            record("C", **DECIDED),
            record("D", **DECIDED, decision_reversed_date="2025-01-10", decision_reversed_reason="RD3"),
            record("E", **DECIDED),
        ],
        [episode("A"), episode("B"), episode("C", end="2025-01-13", reason="E12"), episode("D"),
         episode("E", end="2025-01-13", reason="E4A")],
    )  # fmt: skip
    assert by_child(result, ORDER, REVERSED, REASON) == {
        "A": (date(2025, 1, 10), None, None),
        "B": (None, None, None),
        "C": (date(2025, 1, 13), None, None),
        "D": (None, date(2025, 1, 10), "RD3 - Prospective adopters could not be found"),
        "E": (None, None, None),
    }
    assert found(result, "AA-1012") == {"B", "E"}


def test_the_current_period_of_care():
    def twice(child, **cla):
        first = episode(child, start="2020-02-03", end="2020-11-02", reason="E4A", cla=cla.get("first", ""))
        return [first, episode(child, start="2023-01-09", cla=cla.get("second", ""))]

    unnamed = {"cla_id": "", **DECIDED}
    result = list_10(
        [
            record("one identifier for both", **DECIDED),
            record("by its identifier", cla_id="SECOND", adm_decision_date="2020-03-02"),
            record("by the date", **unnamed),
            record("before care", **{**unnamed, "adm_decision_date": "2022-12-01"}),
            record("before all care", **{**unnamed, "adm_decision_date": "2019-12-01"}),
            record("by another date", cla_id="", placement_order_date="2023-05-01"),
            record("without a date", cla_id=""),
            record("after care", **{**unnamed, "adm_decision_date": "2023-05-01"}),
            record("short breaks", **unnamed),
            record("entered earlier", **DECIDED),
        ],
        [
            *twice("one identifier for both"),
            *twice("by its identifier", first="FIRST", second="SECOND"),
            *twice("by the date"),
            *twice("before care"),
            *twice("before all care"),
            *twice("by another date"),
            *twice("without a date"),
            episode("after care", end="2023-04-03", reason="E4A"),
            episode("short breaks"),
            episode("entered earlier", clae_entered_care_date="2022-12-30"),
        ],
        [status("short breaks", "V4", "2023-01-09"), status("without a date", "E1", "2023-02-01")],
    )
    # Before all care the decision is read as of the first period, which ended in 2020: before the window.
    assert result.reasons(10)["Pbefore all care"] == "WINDOW"
    assert by_child(result, ENTERED) == {
        "one identifier for both": date(2023, 1, 9),
        "by its identifier": date(2023, 1, 9),
        "by the date": date(2023, 1, 9),
        "before care": date(2023, 1, 9),
        "by another date": date(2023, 1, 9),
        "without a date": date(2023, 1, 9),
        "after care": None,
        "short breaks": None,
        "entered earlier": date(2022, 12, 30),
    }


ADOPTED = {**DECIDED, "permanence_order_type": "Adoption", "permanence_order_date": "2025-01-10"}
REVERSAL = {**DECIDED, "decision_reversed_date": "2025-01-10"}
# name: (cells of the record, links: family, from, to; family shown)
LINKS = {
    "no link": (DECIDED, [], None),
    "linked": (DECIDED, [("F1", "2024-01-08", "")], "F1"),
    "linked on D": (DECIDED, [("F1", "2025-06-02", "")], "F1"),
    "linked later": (DECIDED, [("F1", "2025-06-03", "")], None),
    "unlinked on D": (DECIDED, [("F1", "2024-01-08", "2025-06-02")], None),
    "unlinked later": (DECIDED, [("F1", "2024-01-08", "2025-06-03")], "F1"),
    "start not recorded": (DECIDED, [("F1", "", "")], "F1"),
    "two open": (DECIDED, [("F9", "2024-01-08", ""), ("F1", "2024-03-04", "")], "F1"),
    "two of one day": (DECIDED, [("9", "2024-03-04", ""), ("10", "2024-03-04", "")], "10"),
    "without a family": (DECIDED, [("", "2024-03-04", "")], None),
    "adopted, open": (ADOPTED, [("F1", "2024-01-08", ""), ("F2", "2024-05-01", "2024-06-01")], "F1"),
    "adopted, none open": (ADOPTED, [("F1", "2024-01-08", "2025-01-10"), ("F2", "2023-05-01", "2023-06-01")], "F1"),
    "reversed": (REVERSAL, [("F1", "2024-01-08", "")], None),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_family_identifier(edition):
    links = [
        {"person_id": child, "family_id": family, "linked_date": start, "unlinked_date": end}
        for child, (_, rows, _) in LINKS.items()
        for family, start, end in rows
    ]
    result = list_10(
        [record(child, **cells) for child, (cells, *_) in LINKS.items()],
        [episode(child) for child in LINKS],
        edition=edition,
        tables={"annexa_adoption_links": links},
    )
    assert by_child(result, FAMILY) == {child: family for child, (*_, family) in LINKS.items()}


def test_family_identifier_is_blank_where_no_links_are_supplied():
    result = list_10([record("A", **DECIDED)], [episode("A")])
    assert result.column(10, FAMILY) == [None]


def test_rows_are_sorted_by_decision_then_child():
    rows = [record(child, adm_decision_date=start) for child, start in (("9", "2023-03-01"), ("10", "2023-03-01"))]
    rows += [record("2", adm_decision_date="2024-03-01"), record("1", placement_order_date="2024-03-01")]
    result = list_10(rows, [episode(child) for child in ("1", "2", "9", "10")])
    assert result.column(10, "Child Unique ID") == ["2", "9", "10", "1"]
    assert result.lists[10].frame.schema[ENTERED] == pl.Date
