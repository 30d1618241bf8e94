"""List 2: interventions and assessments together, families, and what a record lacks."""

import pytest

from tests.support.build import build

D = "2025-06-02"
START = "Assessment start date"
COMPLETED = "Assessment completion date"
ORGANISATION = "Organisation completing assessment"
EPISODES, ASSESSMENTS = "early_help_episodes", "early_help_assessments"


def episode(start, end="", key="E1", child="C1", organisation=""):
    return {
        "earl_episode_id": key,
        "earl_person_id": child,
        "earl_episode_start_date": start,
        "earl_episode_end_date": end,
        "earl_episode_organisation": organisation,
    }


def assessment(start, end="", key="A1", child="C1", family="", organisation=""):
    return {
        "assessment_id": key,
        "person_id": child,
        "family_id": family,
        "start_date": start,
        "completed_date": end,
        "organisation": organisation,
    }


def family(start, end="", key="A1", name="F1"):
    return assessment(start, end, key, "", name)


def person(key, dob="2012-05-05", died="", expected=""):
    return {"pers_person_id": key, "pers_dob": dob, "pers_death_date": died, "pers_expected_dob": expected}


def members(*people, name="F1"):
    return [{"family_id": name, "person_id": each} for each in people]


def list_2(episodes=None, assessments=None, people=(), families=None, **more):
    tables = {
        "ssd_person": list(people) or [person("C1"), person("C2")],
        "ssd_early_help_episodes": episodes,
        "annexa_early_help_assessments": assessments,
        "annexa_early_help_families": families,
    }
    tables = {name: rows for name, rows in tables.items() if rows is not None}
    return build(tables, inspection_date=D, lists=[2], **more)


def shown(result):
    frame = result.lists[2].frame.select("Child Unique ID", START, COMPLETED)
    return [tuple(cell and str(cell) for cell in row) for row in frame.iter_rows()]


def findings_of(result, check):
    return result.findings.filter(check=check).to_dicts()


# --- one row of an intervention and an assessment ---------------------------------------------------------------------

TOGETHER = [
    # end of the intervention, end of the assessment, completion date of the one row; None: not on the list
    ("2025-02-01", "2025-03-01", "2025-03-01"),
    ("2025-03-01", "2025-02-01", "2025-03-01"),
    ("", "2025-02-01", ""),
    ("2025-02-01", "", ""),
    ("2024-08-01", "2024-12-02", "2024-12-02"),
    ("2024-12-02", "2024-08-01", "2024-12-02"),
    ("2024-08-01", "2024-12-01", None),
    ("2025-07-01", "2025-02-01", ""),
]


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019", "ilacs-2022"])
def test_one_row_of_both(edition):
    people = [f"C{number}" for number in range(len(TOGETHER))]
    result = list_2(
        [episode("2024-06-03", end, child=child) for child, (end, _, _) in zip(people, TOGETHER, strict=True)],
        [assessment("2024-06-03", end, child=child) for child, (_, end, _) in zip(people, TOGETHER, strict=True)],
        edition=edition,
    )
    expected = [(c, "2024-06-03", t[2] or None) for c, t in zip(people, TOGETHER, strict=True) if t[2] is not None]
    assert shown(result) == expected
    for account in result.lists[2].accounts.values():
        assert account.sort("_row")["reason"].to_list() == [None if t[2] is not None else "WINDOW" for t in TOGETHER]


def test_another_start_or_another_child_is_another_row():
    result = list_2([episode("2025-01-06")], [assessment("2025-01-07"), assessment("2025-01-06", child="C2")])
    assert shown(result) == [("C1", "2025-01-07", None), ("C1", "2025-01-06", None), ("C2", "2025-01-06", None)]


def test_without_starts_nothing_is_the_same_day():
    result = list_2([episode("")], [assessment("")])
    assert shown(result) == [("C1", None, None)] * 2
    assert {(each["table"], each["event"]) for each in result.checked("AA-202").to_dicts()} == {
        ("ssd_early_help_episodes", "E1"),
        ("annexa_early_help_assessments", "A1"),
    }


def test_two_interventions_and_one_assessment_of_a_day_make_two_rows():
    interventions = [episode("2025-01-06", key="10"), episode("2025-01-06", "2025-02-01", key="9")]
    for order in (interventions, interventions[::-1]):
        result = list_2(order, [assessment("2025-01-06", "2025-03-01")])
        assert shown(result) == [("C1", "2025-01-06", None), ("C1", "2025-01-06", "2025-03-01")]
        assert result.lists[2].rows["event_id"].to_list() == ["10", "A1"]  # 9 comes first and takes the assessment


def test_a_planned_assessment_makes_no_row_with_an_intervention():
    result = list_2([episode("2025-01-06")], [assessment("2025-07-01")])
    assert shown(result) == [("C1", "2025-01-06", None)]
    assert result.reasons(2) == {"E1": None, "A1": "FUTURE"}


@pytest.mark.parametrize(
    ("intervention", "assessment_", "cell"),
    [("Hub", "School", "School"), ("Hub", "", "Hub"), ("", "School", "School"), ("", "", None)],
)
def test_organisation(intervention, assessment_, cell):
    result = list_2(
        [episode("2025-01-06", organisation=intervention)], [assessment("2025-01-06", organisation=assessment_)]
    )
    assert result.cell(2, ORGANISATION) == cell


def test_either_table_is_enough_and_neither_is_not_supplied():
    assert shown(list_2([episode("2025-01-06")])) == [("C1", "2025-01-06", None)]
    assert shown(list_2(None, [assessment("2025-01-06")])) == [("C1", "2025-01-06", None)]
    assert not list_2().lists[2].supplied


# --- families --------------------------------------------------------------------------------------------------------

FAMILY = [person("C1"), person("C2", expected="2025-08-01", dob=""), person("P1", "1985-03-01")]


def test_a_familys_record_is_one_row_a_child():
    result = list_2(None, [family("2025-01-10", "2025-02-01")], FAMILY, members("C1", "C2", "P1", "C1"))
    assert shown(result) == [("C1", "2025-01-10", "2025-02-01"), ("C2", "2025-01-10", "2025-02-01")]
    assert result.reasons(2) == {"A1": None}
    assert result.lists[2].accounts[ASSESSMENTS].height == 1


def test_a_familys_record_makes_one_row_with_a_childs_own_intervention():
    result = list_2([episode("2025-01-10")], [family("2025-01-10", "2025-02-01")], FAMILY, members("C1", "C2"))
    assert shown(result) == [("C1", "2025-01-10", None), ("C2", "2025-01-10", "2025-02-01")]


def test_a_record_that_names_a_child_is_not_the_familys():
    result = list_2(None, [assessment("2025-01-10", child="C1", family="F1")], FAMILY, members("C1", "C2"))
    assert shown(result) == [("C1", "2025-01-10", None)]


NOBODY = [
    ("no table of families", FAMILY, None, "F1"),
    ("another family", FAMILY, members("C1", name="F2"), "F1"),
    ("a member without an identifier", FAMILY, members(""), "F1"),
    ("adults alone", FAMILY, members("P1"), "F1"),
    ("no family named", FAMILY, members("C1"), ""),
]


@pytest.mark.parametrize(
    ("people", "families", "name"), [each[1:] for each in NOBODY], ids=[each[0] for each in NOBODY]
)
def test_a_familys_record_without_a_child(people, families, name):
    result = list_2(None, [family("2025-01-10", name=name)], people, families)
    assert shown(result) == []
    assert result.reasons(2) == {"A1": "NO_CHILD_ID"}
    found = [(each["child"], each["event"], each["row"]) for each in findings_of(result, "AA-R19")]
    assert found == ([(None, "A1", 2)] if name else [])
    assert result.lists[2].accounts[ASSESSMENTS]["finding"].to_list() == (["AA-R19"] if name else [None])


def test_nothing_is_said_about_the_adults_of_a_family():
    people = [person("C1"), person("P1", "1985-03-01", died="2025-02-01")]
    result = list_2(None, [family("2025-01-10")], people, members("C1", "P1"))
    assert shown(result) == [("C1", "2025-01-10", None)]
    assert not {"AA-G13", "AA-R19"} & result.checks()
    assert not result.accused("AA-G24")


def test_a_member_turns_18_on_the_day_it_starts():
    people = [person("C1", "2007-01-10"), person("C2", "2007-01-11")]
    result = list_2(None, [family("2025-01-10")], people, members("C1", "C2"))
    assert shown(result) == [("C2", "2025-01-10", None)]


def test_a_member_of_unknown_age_stays_with_a_warning():
    result = list_2(None, [family("2025-01-10")], [person("C1", dob="")], members("C1", "C9"))
    assert [row[0] for row in shown(result)] == ["C1", "C9"]
    found = findings_of(result, "AA-G13")
    assert [(each["child"], each["severity"]) for each in found] == [("C1", "warning"), ("C9", "warning")]


def test_a_familys_record_is_out_for_the_first_reason_of_its_children():
    people = [person("C1", died="2024-11-01"), person("C2", died="2024-10-01"), person("P1", "1985-03-01")]
    result = list_2(None, [family("2024-03-01")], people, members("C1", "C2", "P1"))
    assert result.reasons(2) == {"A1": "DIED"}
    (account,) = result.lists[2].accounts[ASSESSMENTS].to_dicts()
    assert (str(account["date"]), account["finding"]) == ("2024-10-01", "AA-G24")
    assert result.accused("AA-G24") == ["C1", "C2"]


def test_a_familys_record_before_the_window():
    result = list_2(None, [family("2024-03-01", "2024-12-01")], FAMILY, members("C1", "P1"))
    assert result.reasons(2) == {"A1": "WINDOW"}


# --- membership beyond the examples ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("died", "end", "reason", "completed", "error"),
    [
        ("2024-12-02", "", None, None, True),
        ("2024-12-01", "", "DIED", None, True),
        ("2024-11-01", "2024-12-02", None, "2024-12-02", False),
        ("2025-06-03", "", None, None, False),
    ],
)
def test_a_death_ends_an_open_record(died, end, reason, completed, error):
    result = list_2([episode("2023-09-01", end)], people=[person("C1", died=died)])
    assert result.reasons(2) == {"E1": reason}
    assert shown(result) == ([] if reason else [("C1", "2023-09-01", completed)])
    assert bool(result.accused("AA-G24")) is error
    if not reason:
        row = result.lists[2].rows.to_dicts()[0]
        ended = end or (died if died <= D else "")
        assert (str(row["at"]), row["ceased"]) == (ended or D, bool(ended))


@pytest.mark.parametrize(("drop_adults", "reason"), [(False, None), (True, "ADULT")])
def test_an_adult(drop_adults, reason):
    people = [person("C1", "2007-01-06"), person("C2", "2007-01-07")]
    result = list_2([episode("2025-01-06"), episode("2025-01-06", key="E2", child="C2")], people=people,
                    drop_adults=drop_adults)  # fmt: skip
    assert result.reasons(2) == {"E1": reason, "E2": None}


def test_without_a_start_before_the_window_a_record_is_an_exception():
    result = list_2([episode("", "2024-12-01")], [family("", "2024-12-01")], FAMILY, members("C1", "C2"))
    assert result.reasons(2) == {"E1": "NO_DATE", "A1": "NO_DATE"}
    assert {(each["event"], each["child"]) for each in result.checked("AA-202").to_dicts()} == {
        ("E1", "C1"),
        ("A1", "C1"),
        ("A1", "C2"),
    }
    for account in result.lists[2].accounts.values():
        assert account["finding"].to_list() == ["AA-202"]


def test_the_account_names_every_row():
    result = list_2(
        [
            episode("2025-01-06"),
            episode("2025-01-06"),
            episode("2025-01-06", child=""),
            episode("2025-07-01", key="E2"),
        ],
        [assessment("2025-01-06"), assessment("2025-01-06", "2025-02-01"), family("2025-07-01", key="A2")],
    )
    reasons = {name: rows.sort("_row")["reason"].to_list() for name, rows in result.lists[2].accounts.items()}
    assert reasons == {
        EPISODES: [None, "DUPLICATE", "NO_CHILD_ID", "FUTURE"],
        ASSESSMENTS: [None, "CONFLICT", "NO_CHILD_ID"],
    }
    future = result.lists[2].accounts[EPISODES].sort("_row").to_dicts()[-1]
    assert str(future["date"]) == "2025-07-01"
