"""List 10: when a decision ended, whose it is, what is no agency adoption, and who is added.

The cases of a table are the children of one run; each has care from 2023-01-09 under a period named after the child.
"""

from datetime import date

import pytest

from tests.support.build import build

D = "2025-06-02"
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
DECISION = "Date of Decision that Child Should be Placed for Adoption"


def episode(child, start="2023-01-09", end="", reason="", cla="", **more):
    return {
        "clae_cla_episode_id": f"E{child}{start}",
        "clae_person_id": child,
        "clae_cla_id": cla or f"CARE{child}",
        "clae_cla_episode_start_date": start,
        "clae_cla_episode_start_reason": "S",
        "clae_cla_episode_ceased_date": end,
        "clae_cla_episode_ceased_reason": reason,
        **more,
    }


def record(child, key="", **cells):
    """A permanence record; the names of its cells without their prefix."""
    row = {"table_id": key or f"P{child}", "person_id": child, "cla_id": f"CARE{child}", **cells}
    return {f"perm_{name}": value for name, value in row.items()}


def status(child, code, start, end=""):
    return {
        "lega_legal_status_id": f"L{child}{start}",
        "lega_person_id": child,
        "lega_legal_status": code,
        "lega_legal_status_start_date": start,
        "lega_legal_status_end_date": end,
    }


def placement(child, kind, start, end=""):
    return {
        "clap_cla_placement_id": f"PL{child}{start}",
        "clap_person_id": child,
        "clap_cla_placement_type": kind,
        "clap_cla_placement_start_date": start,
        "clap_cla_placement_end_date": end,
    }


def list_10(records, episodes, statuses=(), placements=(), people=(), edition="ilacs-2019", **more):
    born = {each["pers_person_id"]: each for each in people}
    children = dict.fromkeys([*(each["clae_person_id"] for each in episodes), *born])
    tables = {
        "ssd_person": [born.get(each, {"pers_person_id": each, "pers_dob": "2021-05-05"}) for each in children],
        "ssd_permanence": list(records),
        "ssd_cla_episodes": list(episodes),
        "ssd_legal_status": list(statuses),
        "ssd_cla_placement": list(placements),
        **more.pop("tables", {}),
    }
    return build(tables, inspection_date=D, edition=edition, lists=[10], **more)


def person(child, born="2021-05-05", died=""):
    return {"pers_person_id": child, "pers_dob": born, "pers_death_date": died}


def children(result):
    return set(result.column(10, "Child Unique ID"))


def found(result, check):
    """The children of one finding."""
    return set(result.findings.filter(result.findings["check"] == check)["child"])


DECIDED = {"adm_decision_date": "2023-03-01"}


def order(kind, day):
    return {**DECIDED, "permanence_order_type": kind, "permanence_order_date": day}


# name: (cells of the record, end and reason of care, birth, death, reason code or None where listed, AA-1012)
ENDS = {
    "stands": (DECIDED, "", "", "2021-05-05", "", None, False),
    "adopted on the bound": (order("Adoption", "2024-06-02"), "2024-06-02", "E11", "2021-05-05", "", None, False),
    "adopted a day before": (order("Adoption", "2024-06-01"), "2024-06-01", "E11", "2021-05-05", "", "WINDOW", False),
    "adopted, without an order": (DECIDED, "2024-06-02", "E12", "2021-05-05", "", None, False),
    "order after care ended": (order("Adoption", "2024-06-02"), "2024-05-20", "E4A", "2021-05-05", "", None, False),
    "order without a date": (order("Adoption", ""), "", "", "2021-05-05", "", None, False),
    "order of an unknown kind": (order("", "2024-01-10"), "", "", "2021-05-05", "", None, False),
    "guardianship on the bound": (order("SGO", "2024-06-02"), "", "", "2021-05-05", "", None, True),
    "guardianship a day before": (order("SGO", "2024-06-01"), "", "", "2021-05-05", "", "WINDOW", False),
    "arrangements order": (order("Child Arrangements", "2024-06-01"), "", "", "2021-05-05", "", "WINDOW", False),
    "care ended on the bound": (DECIDED, "2024-06-02", "E4A", "2021-05-05", "", None, True),
    "care ended a day before": (DECIDED, "2024-06-01", "E4A", "2021-05-05", "", "WINDOW", False),
    "care ended on D": (DECIDED, "2025-06-02", "E4A", "2021-05-05", "", None, True),
    "care to end after D": (DECIDED, "2025-06-03", "E4A", "2021-05-05", "", None, False),
    "18 on the bound": (DECIDED, "", "", "2006-06-02", "", None, True),
    "18 a day before": (DECIDED, "", "", "2006-06-01", "", "AGE_18", False),
    "18 on D": (DECIDED, "", "", "2007-06-02", "", None, True),
    "18 the day after D": (DECIDED, "", "", "2007-06-03", "", None, False),
    "died on the bound": (DECIDED, "", "", "2021-05-05", "2024-06-02", None, True),
    "died a day before": (DECIDED, "", "", "2021-05-05", "2024-06-01", "DIED", False),
    "order, then death": (order("SGO", "2023-06-01"), "", "", "2021-05-05", "2024-05-01", "WINDOW", False),
    "reversed on the bound": (
        {**DECIDED, "decision_reversed_date": "2024-06-02"}, "2023-06-01", "E4A", "2021-05-05", "", None, False,
    ),
    "reversed after D": (
        {**DECIDED, "decision_reversed_date": "2025-06-03"}, "", "", "2021-05-05", "", None, False,
    ),
    "reversed before": (
        {**DECIDED, "decision_reversed_date": "2024-06-01"}, "", "", "2021-05-05", "", "WINDOW", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
def test_when_a_decision_ends(edition):
    result = list_10(
        [record(child, **cells) for child, (cells, *_) in ENDS.items()],
        [episode(child, end=end, reason=why) for child, (_, end, why, *_) in ENDS.items()],
        people=[person(child, born, died) for child, (_, _, _, born, died, _, _) in ENDS.items()],
        edition=edition,
    )
    assert result.reasons(10) == {f"P{child}": case[5] for child, case in ENDS.items()}
    assert children(result) == {child for child, case in ENDS.items() if case[5] is None}
    assert found(result, "AA-1012") == {child for child, case in ENDS.items() if case[6]}
    assert not result.lists[10].added


def test_the_date_that_decided():
    result = list_10(
        [
            record("A", **order("SGO", "2023-06-01"), decision_reversed_date="2023-07-01"),
            record("B", adm_decision_date="2025-06-20"),
            record("C", **order("Adoption", "2024-05-01")),
        ],
        [episode("A"), episode("B"), episode("C")],
    )
    account = result.lists[10].accounts["permanence"]
    assert dict(account.select("event_id", "date").iter_rows()) == {
        "PA": date(2023, 7, 1),
        "PB": date(2025, 6, 20),
        "PC": date(2024, 5, 1),
    }


# name: (cells, legal status, placement, end of care and reason, reason code or None)
EVIDENCE = {
    "a placement order date": ({"placement_order_date": "2024-02-01"}, "", "", "", "", None),
    "a placed date": ({"placed_for_adoption_date": "2024-02-01"}, "", "", "", "", None),
    "a reversal in the window": ({"decision_reversed_date": "2025-02-01"}, "", "", "", "", None),
    "a reversal before it": ({"decision_reversed_date": "2024-02-01"}, "", "", "", "", "NO_DATE"),
    "E1": ({}, "E1", "", "", "", None),
    "D1": ({}, "D1", "", "", "", None),
    "A6": ({}, "", "A6", "", "", None),
    "E11": ({"permanence_order_type": "Adoption"}, "", "", "2025-02-03", "E11", None),
    "E11 before the window": ({}, "", "", "2024-02-03", "E11", "NO_DATE"),
    "care ended in the window": ({"placement_order_date": "2024-02-01"}, "", "", "2025-02-03", "E4A", None),
    "care ended before it": ({"placement_order_date": "2024-02-01"}, "", "", "2024-02-03", "E4A", "NO_DATE"),
    "a match alone": ({"matched_date": "2024-02-01"}, "", "", "", "", "NOT_ADOPTION"),
    "fostering for adoption alone": ({"placed_ffa_cp_date": "2024-02-01"}, "", "", "", "", "NOT_ADOPTION"),
    "a step-parent's order": (
        {"permanence_order_type": "Adoption", "permanence_order_date": "2025-02-01"}, "", "", "", "", "NOT_ADOPTION",
    ),
    "guardianship": (
        {"permanence_order_type": "SGO", "permanence_order_date": "2025-02-01"}, "C2", "U1", "", "", "NOT_ADOPTION",
    ),
}  # fmt: skip


# AA-1001 is about every record, whether its child is on the list or not.
NOT_LISTED_UNDECIDED = {"a reversal before it", "E11 before the window", "care ended before it", "a match alone"}


def test_what_is_an_agency_adoption_without_a_decision_date():
    statuses = [status(child, code, "2023-05-01") for child, (_, code, *_) in EVIDENCE.items() if code]
    placements = [placement(child, kind, "2023-05-01") for child, (_, _, kind, *_) in EVIDENCE.items() if kind]
    result = list_10(
        [record(child, **cells) for child, (cells, *_) in EVIDENCE.items()],
        [episode(child, end=end, reason=why) for child, (_, _, _, end, why, _) in EVIDENCE.items()],
        statuses,
        placements,
    )
    listed = {child for child, case in EVIDENCE.items() if case[5] is None}
    assert result.reasons(10) == {f"P{child}": case[5] for child, case in EVIDENCE.items()}
    assert children(result) == listed
    assert set(result.column(10, DECISION)) == {None}
    assert set(result.accused("AA-1001")) == listed | NOT_LISTED_UNDECIDED


def test_whose_decision_it_is():
    episodes = [
        episode("A"),
        episode("B"),
        episode("C", cla="SHARED"),
        episode("D", cla="SHARED"),
        episode("E"),
        episode("F", start="2025-09-01"),
    ]
    result = list_10(
        [
            record("A", key="1", person_id="77", **DECIDED),
            record("B", key="2", cla_id="", **DECIDED),
            record("C", key="3", cla_id="SHARED", **DECIDED),
            record("E", key="4", cla_id="9999", **DECIDED),
            record("E", key="5", person_id="", cla_id="9998", **DECIDED),
            record("F", key="6", person_id="78", **DECIDED),
            record("D", key="7", cla_id="SHARED", **DECIDED),
            record("B", key="8", person_id="79", adm_decision_date="2025-06-20"),
        ],
        episodes,
    )
    assert children(result) == {"A", "B", "C", "D", "E", "F"}
    left_off = {key: reason for key, reason in result.reasons(10).items() if reason}
    assert left_off == {"5": "NO_CHILD_ID", "8": "FUTURE"}
    assert found(result, "AA-R40") == {"A", "F"}
    findings = result.lists[10].accounts["permanence"].select("event_id", "finding")
    assert dict(findings.iter_rows())["1"] == "AA-R40"


def test_one_row_a_child():
    result = list_10(
        [
            record("A", key="1", adm_decision_date="2023-02-01", decision_reversed_date="2025-01-10"),
            record("A", key="2", adm_decision_date="2025-02-01"),
            record("B", key="3", adm_decision_date="2023-02-01", decision_reversed_date="2024-01-10"),
            record("B", key="4", adm_decision_date="2025-02-01"),
            record("C", key="9", adm_decision_date="2023-02-01"),
            record("C", key="10", adm_decision_date="2023-02-01"),
            record("D", key="11", placement_order_date="2023-02-01"),
            record("D", key="12", adm_decision_date="2023-02-01", decision_reversed_date="2025-01-10"),
            record("E", key="13", adm_decision_date="2023-02-01", decision_reversed_date="2025-01-10"),
            record("E", key="14", adm_decision_date="2023-02-01", decision_reversed_date="2025-01-20"),
            record("F", key="15", adm_decision_date="2023-02-01"),
            record("F", key="16", **order("SGO", "2025-01-20") | {"adm_decision_date": "2023-02-01"}),
        ],
        [episode(child) for child in "ABCDEF"],
    )
    assert result.lists[10].rows.sort("person_id")["permanence_id"].to_list() == ["2", "4", "10", "12", "14", "15"]
    assert result.reasons(10) == {
        "1": "SUPERSEDED", "2": None, "3": "WINDOW", "4": None, "9": "SUPERSEDED", "10": None,
        "11": "SUPERSEDED", "12": None, "13": "SUPERSEDED", "14": None, "15": None, "16": "SUPERSEDED",
    }  # fmt: skip
    assert found(result, "AA-1008") == {"A", "E"}
    account = result.lists[10].accounts["permanence"].select("event_id", "finding")
    assert {event for event, finding in account.iter_rows() if finding == "AA-1008"} == {"1", "13"}


# name: (legal status, placement, end of care and reason, source table of the added row or None)
SILENT = {
    "A3": ("", "A3", "", "", "ssd_cla_placement"),
    "A4": ("", "A4", "", "", "ssd_cla_placement"),
    "A5 and E1": ("E1", "A5", "", "", "ssd_cla_placement"),
    "A6": ("", "A6", "", "", "ssd_cla_placement"),
    "E1": ("E1", "", "", "", "ssd_legal_status"),
    "D1": ("D1", "", "", "", "ssd_legal_status"),
    "E11 on the bound": ("", "", "2024-06-02", "E11", "ssd_cla_episodes"),
    "E12, placed": ("E1", "A6", "2025-02-03", "E12", "ssd_cla_episodes"),
    "E11 before": ("E1", "A6", "2024-06-01", "E11", None),
    "care ended": ("E1", "A6", "2025-02-03", "E4A", None),
    "a care order": ("C2", "", "", "", None),
    "fostered": ("", "U1", "", "", None),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_children_without_a_record(edition):
    result = list_10(
        [],
        [episode(child, end=end, reason=why) for child, (_, _, end, why, _) in SILENT.items()],
        [status(child, code, "2023-05-01") for child, (code, *_) in SILENT.items() if code],
        [placement(child, kind, "2023-06-01") for child, (_, kind, *_) in SILENT.items() if kind],
        edition=edition,
    )
    listed = {child: case[4] for child, case in SILENT.items() if case[4]}
    assert children(result) == set(listed)
    added = {table: list(listed.values()).count(table) for table in sorted(set(listed.values()))}
    assert result.lists[10].added == added
    assert dict(result.checked("AA-1001").select("child", "table").iter_rows()) == listed
    by_child = result.lists[10].rows.select("person_id", "placement_order_date", "placed_date", "order_date")
    assert {row[0]: row[1:] for row in by_child.iter_rows()}["E12, placed"] == (
        date(2023, 5, 1), date(2023, 6, 1), date(2025, 2, 3),
    )  # fmt: skip


def test_who_is_added_although_there_is_a_record():
    placed = dict.fromkeys(["NOT", "LATER", "OTHER CARE", "REVERSED", "ADULT", "DEAD"], "2024-02-01")
    result = list_10(
        [
            record("NOT", cla_id="OLD", permanence_order_type="SGO", permanence_order_date="2020-02-01"),
            record("LATER", adm_decision_date="2025-06-20"),
            record("OTHER CARE", cla_id="FIRST", adm_decision_date="2021-02-01"),
            record("REVERSED", adm_decision_date="2023-02-01", decision_reversed_date="2023-09-01"),
        ],
        [
            episode("NOT", start="2019-02-01", end="2020-02-01", reason="E45", cla="OLD"),
            episode("NOT"),
            episode("LATER"),
            episode("OTHER CARE", start="2021-01-05", end="2021-09-01", reason="E4A", cla="FIRST"),
            episode("OTHER CARE", cla="SECOND"),
            episode("REVERSED"),
            episode("ADULT"),
            episode("DEAD"),
        ],
        placements=[placement(child, "A5", day) for child, day in placed.items()],
        people=[person("ADULT", born="2006-01-01"), person("DEAD", died="2025-01-01")],
    )
    assert children(result) == {"NOT", "LATER", "OTHER CARE"}
    assert result.reasons(10) == {
        "PNOT": "NOT_ADOPTION", "PLATER": "FUTURE", "POTHER CARE": "WINDOW", "PREVERSED": "WINDOW",
    }  # fmt: skip
    assert result.lists[10].added == {"ssd_cla_placement": 3}


def test_a_child_with_two_periods_of_care_that_show_an_adoption_is_added_once():
    result = list_10(
        [],
        [episode("A", end="2024-09-01", reason="E11", cla="1"), episode("A", start="2025-01-06", cla="2")],
        [status("A", "E1", "2025-02-03")],
    )
    assert result.lists[10].rows.select("entered_care_date", "order_date").rows() == [(date(2025, 1, 6), None)]


def test_a_listed_child_is_not_added_for_other_care():
    result = list_10(
        [record("A", cla_id="2", adm_decision_date="2025-02-03")],
        [episode("A", end="2024-09-02", reason="E11", cla="1"), episode("A", start="2025-01-06", cla="2")],
    )
    assert result.lists[10].rows["permanence_id"].to_list() == ["PA"]
    assert result.lists[10].added == {}


def test_without_care_the_record_speaks_for_itself():
    tables = {"ssd_person": [person("A")], "ssd_permanence": [record("A", **DECIDED)]}
    result = build(tables, inspection_date=D, lists=[10])
    assert children(result) == {"A"}
    assert result.cell(10, "Date the Child Entered Care") is None
    assert "AA-R40" not in result.checks()


def test_without_the_table_the_list_is_not_supplied():
    result = build({"ssd_person": [person("A")], "ssd_cla_episodes": [episode("A")]}, inspection_date=D, lists=[10])
    assert not result.lists[10].supplied


def test_a_later_extract_masks_what_was_planned():
    result = list_10(
        [
            record("A", adm_decision_date="2025-05-30"),
            record("B", **order("Adoption", "2025-05-30")),
            record("C", **DECIDED, decision_reversed_date="2025-05-29", decision_reversed_reason="RD1"),
        ],
        [episode(child) for child in "ABC"],
        extract_date="2025-05-28",
    )
    assert result.reasons(10) == {"PA": "FUTURE", "PB": None, "PC": None}
    assert result.column(10, "Date of Adoption Order ") == [None, None]
    assert result.column(10, "Reason Why Child No Longer Placed for Adoption") == [None, None]
