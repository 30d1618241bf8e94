"""List 7: visits, reviews, emergency protection, earlier plans, and which plan of a child is shown.

The cases of a table are the children of one run. They share the identifiers of plans and visits, as siblings do.
"""

from datetime import date

import polars as pl
import pytest

from tests.support.build import build

D = "2025-06-02"
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
VISIT = "Date of the Last Statutory Visit"
ALONE = "Was the Child Seen Alone?"
REVIEW = "Date of latest review conference"
EMERGENCY = "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
PREVIOUS = "Number of Previous Child Protection Plans"
START = "Child Protection Plan Start Date"
END = "Child Protection Plan End Date"
YES, NO, UNKNOWN = "a) Yes", "b) No", "c) Unknown"


def plan(start="2024-09-02", end="", key="", child="C1", **more):
    return {
        "cppl_cp_plan_id": key or f"P{start}",
        "cppl_person_id": child,
        "cppl_cp_plan_start_date": start,
        "cppl_cp_plan_end_date": end,
        **more,
    }


def visit(day, seen="", alone="", plan="", key="", child="C1"):
    return {
        "cppv_cp_visit_id": key or f"V{day}",
        "cppv_person_id": child,
        "cppv_cp_plan_id": plan,
        "cppv_cp_visit_date": day,
        "cppv_cp_visit_seen": seen,
        "cppv_cp_visit_seen_alone": alone,
    }


def review(day, plan="", child="C1"):
    return {
        "cppr_cp_review_id": f"R{day}",
        "cppr_person_id": child,
        "cppr_cp_plan_id": plan,
        "cppr_cp_review_date": day,
    }


def status(code, start, end="", child="C1"):
    return {
        "lega_legal_status_id": f"L{start}",
        "lega_person_id": child,
        "lega_legal_status": code,
        "lega_legal_status_start_date": start,
        "lega_legal_status_end_date": end,
    }


def list_7(plans, visits=(), reviews=(), edition="ilacs-2019", people=None, **more):
    children = dict.fromkeys(each["cppl_person_id"] for each in plans)
    tables = {
        "ssd_person": people or [{"pers_person_id": child, "pers_dob": "2012-05-05"} for child in children],
        "ssd_cp_plans": list(plans),
        "ssd_cp_visits": list(visits),
        "ssd_cp_reviews": list(reviews),
        **more.pop("tables", {}),
    }
    return build(tables, inspection_date=D, edition=edition, lists=[7], **more)


def by_child(result, *headings):
    """Child -> the cells of some columns: the cell itself where there is one column."""
    frame = result.lists[7].frame
    return {
        child: cells[0] if len(cells) == 1 else tuple(cells)
        for child, *cells in frame.select("Child Unique ID", *headings).iter_rows()
    }


def day(text):
    return date.fromisoformat(text) if text else None


# Visits of one plan from 2024-09-02, as (day, seen, seen alone) -> what is shown (2.14).
VISITS = [
    ([("2025-05-01", "Y", "Y"), ("2025-05-20", "N", "")], "2025-05-01", YES),
    ([("2025-05-01", "N", ""), ("2025-05-20", "N", "")], "2025-05-20", NO),
    ([("2025-05-01", "N", "Y"), ("2025-05-20", "N", "Y")], "2025-05-20", NO),
    ([("2025-05-01", "Y", "N"), ("2025-05-20", "", "")], "2025-05-20", UNKNOWN),
    ([("2025-05-01", "Y", "")], "2025-05-01", UNKNOWN),
    ([("2025-05-01", "Y", "N")], "2025-05-01", NO),
    ([("2025-05-01", "N", ""), ("2025-04-01", "", "Y")], "2025-04-01", YES),
    ([("2024-09-02", "Y", "Y")], "2024-09-02", YES),
    ([("2024-09-01", "Y", "Y")], None, None),
    ([("2025-06-02", "Y", "Y")], "2025-06-02", YES),
    ([("2025-06-03", "Y", "Y")], None, None),
    ([("", "Y", "Y")], None, None),
    ([], None, None),
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_last_statutory_visit(edition):
    children = [f"C{number}" for number in range(len(VISITS))]
    visits = [visit(*each, child=child) for child, (made, _, _) in zip(children, VISITS, strict=True) for each in made]
    got = list_7([plan(key="P1", child=child) for child in children], visits, edition=edition)
    expected = {c: (day(shown), alone) for c, (_, shown, alone) in zip(children, VISITS, strict=True)}
    assert by_child(got, VISIT, ALONE) == expected
    attempts = got.findings.filter(pl.col("check") == "AA-R38")
    assert attempts["child"].to_list() == ["C0", "C6"]


def test_of_two_visits_on_one_day_the_greater_identifier_counts():
    visits = [visit("2025-05-01", "Y", "N", key="9"), visit("2025-05-01", "Y", "Y", key="10")]
    for order in (visits, visits[::-1]):
        assert by_child(list_7([plan()], order), ALONE) == {"C1": YES}


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("P2", "2025-03-03"),  # the plan that is listed
        ("", "2025-03-03"),  # no plan named: by its date
        ("P9", "2025-03-03"),  # a plan that is not in the extract
        ("PX", "2025-03-03"),  # a plan of another child
        ("P1", None),  # another plan of the child
        ("P3", "2025-03-03"),  # the same plan under a second identifier
        ("P4", None),  # a plan held for another authority
    ],
)
def test_which_plan_a_visit_and_a_review_belong_to(named, shown):
    plans = [
        plan("2023-01-09", "2023-08-01", key="P1"),
        plan("2024-09-02", key="P2"),
        plan("2024-09-02", key="P3"),
        plan("2024-09-02", key="P4", cppl_cp_plan_ola="Y"),
        plan("2024-09-02", key="PX", child="C2"),
    ]
    got = list_7(plans, [visit("2025-03-03", "Y", "Y", plan=named)], [review("2025-03-03", plan=named)])
    assert by_child(got, VISIT, REVIEW)["C1"] == (day(shown), day(shown))
    assert by_child(got, VISIT, REVIEW)["C2"] == (None, None)
    foreign = got.findings.filter(pl.col("check") == "AA-R15")
    assert sorted(foreign["table"]) == (["ssd_cp_reviews", "ssd_cp_visits"] if named == "PX" else [])


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (["2024-09-02"], None),  # the day of the initial conference
        (["2024-09-03"], "2024-09-03"),
        (["2024-12-02", "2025-02-14"], "2025-02-14"),
        (["2025-03-20"], "2025-03-20"),  # the last day
        (["2025-02-14", "2025-03-21"], "2025-02-14"),  # after the plan
        ([], None),
    ],
)
def test_latest_review(days, shown):
    got = list_7([plan("2024-09-02", "2025-03-20")], reviews=[review(each) for each in days])
    assert by_child(got, REVIEW) == {"C1": day(shown)}


def test_a_plan_without_a_start_takes_every_visit_and_review_up_to_its_end():
    got = list_7(
        [plan("", "2025-03-20", key="P1")],
        [visit("2020-01-06", "Y", "Y"), visit("2025-03-21", "Y", "N")],
        [review("2020-01-06"), review("2025-03-21")],
    )
    assert by_child(got, VISIT, ALONE, REVIEW) == {"C1": (day("2020-01-06"), YES, day("2020-01-06"))}


def test_what_was_not_supplied_is_blank():
    tables = {
        "ssd_person": [{"pers_person_id": "C1", "pers_dob": "2012-05-05"}],
        "ssd_cp_plans": [plan()],
    }
    got = build(tables, inspection_date=D, lists=[7])
    assert by_child(got, VISIT, ALONE, REVIEW, EMERGENCY, PREVIOUS) == {"C1": (None, None, None, None, 0)}


# Legal statuses and records of emergency protection -> the column (2.9).
EMERGENCIES = [
    ([status("L1", "2024-12-01", "2024-12-02")], [], YES),
    ([status("L1", "2024-11-28", "2024-12-01")], [], NO),
    ([status("L2", "2025-06-05")], [], NO),
    ([status("L2", "2025-06-02")], [], YES),
    ([status("L3", "2025-03-03")], [], NO),
    ([status("C2", "2025-03-03")], [], NO),
    ([], [("PP", "2025-03-03", "2025-03-05")], YES),
    ([], [("EPO", "2024-11-20", "2024-12-01")], NO),
    ([], [("EPO", "2024-11-20", "")], YES),
    ([], [("", "2025-03-03", "2025-03-05")], YES),
    ([], [("tea party", "2025-03-03", "2025-03-05")], NO),
    ([], [("PP", "", "2025-03-05")], YES),
    ([], [], NO),
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_emergency_protection(edition):
    children = [f"C{number:02}" for number in range(len(EMERGENCIES))]
    statuses, records = [], []
    for child, (legal, kept, _) in zip(children, EMERGENCIES, strict=True):
        statuses += [{**each, "lega_person_id": child} for each in legal]
        records += [{"person_id": child, "kind": k, "start_date": s, "end_date": e} for k, s, e in kept]
    tables = {"ssd_legal_status": statuses, "annexa_emergency_protection": records}
    got = list_7([plan(key="P1", child=child) for child in children], edition=edition, tables=tables)
    assert by_child(got, EMERGENCY) == {
        child: answer for child, (_, _, answer) in zip(children, EMERGENCIES, strict=True)
    }


@pytest.mark.parametrize("table", ["ssd_legal_status", "annexa_emergency_protection"])
def test_emergency_protection_is_no_where_either_table_is_there(table):
    assert by_child(list_7([plan()], tables={table: []}), EMERGENCY) == {"C1": NO}


# Plans of a child -> start of the one shown, number of previous plans (2.10).
HISTORIES = [
    ([plan("2025-01-06")], "2025-01-06", 0),
    ([plan("2018-03-05", "2018-09-03"), plan("2022-03-07", "2022-09-05"), plan("2025-01-06")], "2025-01-06", 2),
    ([plan("2019-05-01"), plan("2024-02-01", "2025-04-01")], "2019-05-01", 1),
    ([plan("2022-03-07", "2022-09-05", cppl_cp_plan_ola="Y"), plan("2025-01-06")], "2025-01-06", 0),
    ([plan("2022-03-07", "2022-09-05", cppl_cp_plan_ola="N"), plan("2025-01-06")], "2025-01-06", 1),
    ([plan("2025-01-06", key="P1"), plan("2025-01-06", "2025-05-01", key="P1")], "2025-01-06", 0),
    ([plan("2025-01-06", key="P1"), plan("2025-01-06", key="P2")], "2025-01-06", 0),
    ([plan("", "2019-03-01"), plan("2025-01-06")], "2025-01-06", 1),
    ([plan("2025-06-03"), plan("2025-01-06", "2025-03-03")], "2025-01-06", 0),
    ([plan("", key="P1"), plan("2025-01-06")], "2025-01-06", 0),
    ([plan("", key="P1"), plan("2024-01-08", "2025-04-01")], "", 1),
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_previous_plans(edition):
    children = [f"C{number:02}" for number in range(len(HISTORIES))]
    plans = [
        {**each, "cppl_person_id": child}
        for child, (history, _, _) in zip(children, HISTORIES, strict=True)
        for each in history
    ]
    got = list_7(plans, edition=edition)
    assert by_child(got, START, PREVIOUS) == {
        child: (day(start), number) for child, (_, start, number) in zip(children, HISTORIES, strict=True)
    }
    assert got.accused("AA-701") == ["C02", "C09", "C10"]


def test_reasons_and_findings_of_the_account():
    plans = [
        plan("2024-09-02", key="open"),
        plan("2023-09-04", "2025-01-06", key="older"),
        plan("2024-09-02", key="twin"),
        plan("", "2024-12-01", key="undated"),
        plan("", "2024-12-02", key="blank", child="C2"),
        plan("2025-06-03", key="later"),
        plan("2024-09-02", key="away", cppl_cp_plan_ola="Y"),
        plan("2020-09-01", "2024-12-01", key="past"),
        plan("2020-09-01", key="dead", child="C3"),
        plan("2020-09-01", key="lost", child="C4"),
        plan("2020-09-01", key="nobody", child=""),
    ]
    people = [
        {"pers_person_id": "C1", "pers_dob": "2012-05-05"},
        {"pers_person_id": "C2", "pers_dob": "2012-05-05"},
        {"pers_person_id": "C3", "pers_dob": "2012-05-05", "pers_death_date": "2024-12-02"},
        {"pers_person_id": "C4", "pers_dob": "2012-05-05", "pers_death_date": "2024-12-01"},
    ]
    got = list_7(plans, people=people)
    assert got.reasons(7) == {
        "open": "SUPERSEDED",
        "twin": None,  # the greater identifier of two with the same dates
        "older": "SUPERSEDED",
        "undated": "NO_DATE",
        "blank": None,
        "later": "FUTURE",
        "away": "OTHER_LA_PLAN",
        "past": "WINDOW",
        "dead": None,
        "lost": "DIED",
        "nobody": "NO_CHILD_ID",
    }
    account = got.lists[7].accounts["cp_plans"]
    decided = {event: (when, check) for event, when, check in account.select("event_id", "date", "finding").rows()}
    assert decided["past"] == (date(2024, 12, 1), None)
    assert decided["lost"] == (date(2024, 12, 1), "AA-G24")
    assert decided["undated"] == (date(2024, 12, 1), None)
    assert decided["blank"] == (None, "AA-716")
    assert decided["later"] == (date(2025, 6, 3), None)
    ends = by_child(got, START, END)
    assert ends == {
        "C1": (day("2024-09-02"), None),
        "C2": (None, day("2024-12-02")),
        "C3": (day("2020-09-01"), day("2024-12-02")),
    }
    assert sorted(got.checked("AA-G24")["event"]) == ["dead", "lost"]


def test_adults_stay_unless_the_option_leaves_them_out():
    people = [{"pers_person_id": "C1", "pers_dob": "2006-09-02"}]
    assert by_child(list_7([plan("2024-09-02")], people=people), START) == {"C1": day("2024-09-02")}
    got = list_7([plan("2024-09-02", key="P1"), plan("2024-09-01", key="P2")], people=people, drop_adults=True)
    assert got.reasons(7) == {"P1": "ADULT", "P2": None}


@pytest.mark.parametrize(
    ("given", "shown"), [("Neglect, Emotional abuse", "e) Multiple/not recommended"), ("NEG", "a) Neglect"), ("", None)]
)
def test_categories_of_abuse(given, shown):
    got = list_7([plan(cppl_cp_plan_initial_category=given, cppl_cp_plan_latest_category=given)])
    assert by_child(got, "Initial Category of Abuse", "Latest Category of Abuse") == {"C1": (shown, shown)}


def test_own_plans_are_one_row_a_plan():
    from annexa.lists.protection import own_plans

    got = list_7(
        [
            plan("2024-09-02", key="9", cppl_referral_id="R1"),
            plan("2024-09-02", key="10", cppl_referral_id="R2"),
            plan("2020-09-01", "2021-03-01", key="8"),
            plan("2020-09-01", key="7", cppl_cp_plan_ola="Y"),
        ]
    )
    rows = own_plans(got.context).sort("start_date")
    assert rows.rows() == [
        ("C1", "8", None, date(2020, 9, 1), date(2021, 3, 1), False),
        ("C1", "10", "R2", date(2024, 9, 2), None, True),
    ]
