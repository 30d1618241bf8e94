"""2.05: who of compulsory school age is not in full-time school education at the inspection date, 4 June 2018."""

from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.reports.build import build_report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from tests.support.build import build_from, raw_extract
from tests.support.reports import LISTS, drawn, see

HOURS = """
annexa_education_status
person_id | status    | weekly_hours | start_date | end_date   | provision_type | date_of_birth
C01       | reduced   | 24.9         | 2018-01-08 |            | Mainstream     | 2006-05-01
C02       | AP        | 25.0         | 2018-01-08 |            | PRU            | 2006-05-01
C03       | AP        | 25.1         | 2018-01-08 |            | PRU            | 2006-05-01
C04       | AP        | 25+          | 2018-01-08 |            | Home tuition   | 2006-05-01
C05       | AP        | full time    | 2018-01-08 |            | home tuition   | 2006-05-01
C06       | full-time | 24.9         | 2018-01-08 |            | Mainstream     | 2006-05-01
C07       | full-time | 25           | 2018-01-08 |            | Mainstream     | 2006-05-01
C08       | full-time | 25+          | 2018-01-08 |            | Mainstream     | 2006-05-01
C09       | full-time |              | 2018-01-08 |            |                | 2006-05-01
C10       | EHE       | 5            | 2018-01-08 |            |                | 2006-05-01
C11       | CME       | 0            | 2018-06-03 |            | None           | 2006-05-01
C12       | CME       |              | 2018-06-04 |            |                | 2006-05-01
C13       | CME       | 0            | 2018-06-05 |            | none           | 2006-05-01
C14       | CME       | 0            | 2018-01-08 | 2018-06-03 | none           | 2006-05-01
C15       | CME       | 0            | 2018-01-08 | 2018-06-04 | none           | 2006-05-01
C16       | excluded  | 0            | 2018-01-08 | 2018-06-05 | PRU            | 2006-05-01
C17       | other     | 10           | 2018-01-08 |            | none           | 2006-05-01
C18       |           | 30           | 2018-01-08 |            | PRU            | 2006-05-01
C19       | unheard   | 30           | 2018-01-08 |            | PRU            | 2006-05-01
C20       | AP        | 10           |            |            | PRU            | 2006-05-01
          | AP        | 10           | 2018-01-08 |            | PRU            | 2006-05-01
"""
IN = ["C01", "C02", "C03", "C04", "C05", "C06", "C11", "C12", "C16", "C17", "C18", "C19", "C20"]


def reasons(seen):
    """Why rows are in no number; all are of one table."""
    told = [(*reason.split(": ", 1), number) for reason, number in seen.excluded().items()]
    assert {table for table, *_ in told} <= {"annexa_education_status"}
    return {reason: number for _, reason, number in told}


@pytest.mark.parametrize("edition", edition_names())
def test_who_is_in_by_hours_and_status(edition):
    seen = see("2.05", HOURS, edition=edition)
    assert seen.column("children", "Child Unique ID") == IN
    assert seen.figure("total") == 13
    assert seen.figure("less") == 6
    assert seen.figure("hours_unknown") == 3
    assert seen.figure("missing_education") == 2
    assert seen.figure("nothing") == 2
    assert seen.figure("dob_unknown") == 0
    assert seen.figure("placed_here") == 0


def test_what_is_said_of_the_hours():
    seen = see("2.05", HOURS)
    said = {row["Child Unique ID"]: row["Less or more than 25 hours"] for row in seen.rows("children")}
    assert said == {
        "C01": "Less than 25", "C02": "25 or more", "C03": "25 or more", "C04": "Not known", "C05": "Not known",
        "C06": "Less than 25", "C11": "Less than 25", "C12": "Not known", "C16": "Less than 25",
        "C17": "Less than 25", "C18": "25 or more", "C19": "25 or more", "C20": "Less than 25",
    }  # fmt: skip
    assert seen.grid("hours") == {
        "Less than 25": {"Children": 6},
        "25 or more": {"Children": 4},
        "Not known": {"Children": 3},
        "Total": {"Children": 13},
    }
    unreadable = seen.findings.filter(check="AA-R05")
    assert sorted(unreadable["child"]) == ["C04", "C05", "C08"]


def test_the_tables_by_provision_and_status():
    seen = see("2.05", HOURS)
    assert seen.grid("provision") == {
        "Home tuition": {"Children": 2},
        "Mainstream": {"Children": 2},
        "None": {"Children": 2},
        "PRU": {"Children": 6},
        "not recorded": {"Children": 1},
        "Total": {"Children": 13},
    }
    assert seen.grid("education") == {
        "missing education": {"Children": 2},
        "alternative provision": {"Children": 5},
        "reduced timetable": {"Children": 1},
        "excluded": {"Children": 1},
        "other": {"Children": 1},
        "full-time": {"Children": 1},
        "not recorded": {"Children": 2},
        "Total": {"Children": 13},
    }


def test_every_row_that_is_in_no_number_is_told():
    excluded = reasons(see("2.05", HOURS))
    assert excluded == {
        "later than the inspection date or the extract": 1,
        "ended by the inspection date": 2,
        "no child's identifier": 1,
        "the child is electively home educated: report 2.04": 1,
        "the child is in full-time education": 3,
    }
    assert sum(excluded.values()) + 13 == 21


AGES = """
annexa_education_status
person_id | status | start_date | date_of_birth
C1        | CME    | 2018-01-08 | 2013-03-31
C2        | CME    | 2018-01-08 | 2013-04-01
C3        | CME    | 2018-01-08 | 2001-09-01
C4        | CME    | 2018-01-08 | 2001-08-31
C5        | CME    | 2018-01-08 |
C6        | CME    | 2018-01-08 | not a date
"""


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018-06-04", ["C1", "C3", "C5", "C6"]),
        ("2018-03-30", ["C3", "C5", "C6"]),
        ("2018-03-31", ["C1", "C3", "C5", "C6"]),
        ("2018-06-29", ["C1", "C3", "C5", "C6"]),
        ("2018-06-30", ["C1", "C5", "C6"]),
        ("2018-08-31", ["C1", "C2", "C5", "C6"]),
    ],
)
def test_compulsory_school_age(day, expected):
    assert see("2.05", AGES, day=day).column("children", "Child Unique ID") == expected


def test_a_blank_date_of_birth_stays_in_and_is_told():
    seen = see("2.05", AGES)
    assert seen.figure("dob_unknown") == 2
    told = seen.findings.filter(check="AA-R44")
    assert told.select("child", "row", "table").rows() == [
        ("C5", 6, "annexa_education_status"),
        ("C6", 7, "annexa_education_status"),
    ]
    assert reasons(seen) == {"the child is not of compulsory school age": 2}


def test_the_person_record_decides_on_the_age():
    people = """
    ssd_person
    pers_person_id | pers_dob
    C2             | 2006-05-01
    C1             | 2000-01-01
    C3             |
    """
    seen = see("2.05", AGES.strip() + "\n\n" + people.strip())
    assert seen.column("children", "Child Unique ID") == ["C2", "C3", "C5", "C6"]
    assert seen.column("children", "Date of Birth") == [date(2006, 5, 1), None, None, None]


SEVERAL = """
annexa_education_status
person_id | status    | weekly_hours | start_date | end_date   | date_of_birth
C1        | AP        | 10           | 2017-09-01 |            | 2006-05-01
C1        | reduced   | 12           | 2018-01-08 |            | 2006-05-01
C2        | CME       | 0            | 2017-09-01 |            | 2006-05-01
C2        | full-time | 30           | 2018-01-08 |            | 2006-05-01
C3        | CME       | 0            | 2018-01-08 |            | 2006-05-01
C3        | AP        | 15           | 2018-01-09 |            | 2006-05-01
C4        | AP        | 10           | 2018-01-08 |            | 2006-05-01
C4        | AP        | 15           | 2018-01-08 |            | 2006-05-01
C5        | AP        | 10           | 2018-01-08 |            | 2006-05-01
C5        | AP        | 10           | 2018-01-08 |            | 2006-05-01
C6        | AP        | 10           | 2018-01-08 |            | 2006-05-01
C6        | EHE       |              | 2017-09-01 |            | 2006-05-01
C7        | CME       | 0            | 2017-09-01 | 2018-01-08 | 2006-05-01
C7        | AP        | 10           | 2018-01-08 |            | 2006-05-01
C8        | full-time | 30           | 2017-09-01 |            | 2006-05-01
C8        | full-time | 30           | 2018-01-08 |            | 2006-05-01
"""


def test_one_row_a_child_by_the_latest_record_in_force():
    seen = see("2.05", SEVERAL)
    shown = [(row["Child Unique ID"], row["Status"], row["Hours per week"]) for row in seen.rows("children")]
    assert shown == [
        ("C1", "reduced timetable", 12.0),
        ("C2", "missing education", 0.0),
        ("C3", "alternative provision", 15.0),
        ("C4", "alternative provision", 15.0),
        ("C5", "alternative provision", 10.0),
        ("C7", "alternative provision", 10.0),
    ]
    assert seen.figure("total") == 6
    assert reasons(seen) == {
        "another record of the child is shown": 4,
        "ended by the inspection date": 1,
        "the same as a row that is kept": 1,
        "the child is electively home educated: report 2.04": 2,
        "the child is in full-time education": 2,
    }


def test_records_that_contradict_each_other_are_told_with_the_rule():
    told = see("2.05", SEVERAL).findings.filter(check="AA-R43").sort("child")
    rules = [message.rpartition(": ")[2] for message in told["message"]]
    assert list(zip(told["child"], told["row"], rules, strict=True)) == [
        ("C2", 4, "the latest that is not full-time decided."),
        ("C3", 7, "the latest record decided."),
        ("C4", 9, "the child counts once, and the latest is shown."),
        ("C6", 13, "the child is in report 2.04 alone."),
        ("C8", 17, "the child counts once, and the latest is shown."),
    ]
    assert set(told["column"]) == {"status"}


def test_contradictions_in_hours_and_in_the_placing_authority():
    tables = """
    annexa_education_status
    person_id | status    | weekly_hours | start_date | date_of_birth | placed_by_la
    C1        | full-time | 10           | 2017-09-01 | 2006-05-01    |
    C1        | full-time | 30           | 2018-01-08 | 2006-05-01    |
    C2        | AP        | 10           | 2017-09-01 | 2006-05-01    |
    C2        | excluded  | 10           | 2018-01-08 | 2006-05-01    | Northshire
    """
    seen = see("2.05", tables)
    assert seen.column("children", "Child Unique ID") == ["C1"]
    assert seen.column("placed_here", "Child Unique ID") == ["C2"]
    told = seen.findings.filter(check="AA-R43").sort("child")
    rules = [message.rpartition(": ")[2] for message in told["message"]]
    assert list(zip(told["child"], told["row"], rules, strict=True)) == [
        ("C1", 2, "the latest that is not full-time decided."),
        ("C2", 5, "the latest decided."),
    ]


def test_the_order_of_the_rows_changes_nothing():
    title, columns, *rows = SEVERAL.strip().splitlines()
    turned = see("2.05", "\n".join([title, columns, *reversed(rows)]))
    straight = see("2.05", SEVERAL)
    assert turned.report.figures == straight.report.figures
    assert turned.rows("children") == straight.rows("children")


PLACED = """
annexa_education_status
person_id | status | start_date | date_of_birth | placed_by_la
C1        | CME    | 2018-01-08 | 2006-05-01    |
C2        | CME    | 2018-01-08 | 2006-05-01    | Northshire
C3        | AP     | 2018-01-08 | 2000-05-01    | Northshire
C4        | EHE    | 2018-01-08 | 2006-05-01    | Northshire
C5        | AP     | 2018-01-08 |               | 916
C6        | AP     | 2018-01-08 | 2006-05-01    | exshire

ssd_cla_episodes
clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date | clae_cla_id
1                   | C1             | 2018-02-01                  | 1
"""


def test_children_whom_another_authority_placed_here_are_counted_apart():
    seen = see("2.05", PLACED)
    assert seen.column("children", "Child Unique ID") == ["C1"]
    assert seen.column("children", "Placed by other LA") == ["N"]
    assert seen.figure("placed_here") == 3
    assert seen.figure("missing_education") == 1
    assert [(row["Child Unique ID"], row["Placed by"]) for row in seen.rows("placed_here")] == [
        ("C2", "Northshire"),
        ("C5", "916"),
        ("C6", "exshire"),
    ]


def test_the_own_authority_is_no_other():
    raw = raw_extract({"ssd_person": [], **drawn(PLACED)})
    result = build_from(raw, inspection_date="2018-06-04", lists=LISTS, own_la=["Exshire"])
    report = build_report(ReportRun(result.context, result.lists), report_specs()["2.05"])
    own, others = (sheet.frame["Child Unique ID"].to_list() for sheet in report.sheets)
    assert (own, others) == (["C1", "C6"], ["C2", "C5"])


def test_own_looked_after_children_stay_in():
    seen = see("2.05", PLACED)
    assert seen.figure("looked_after") == 1
    assert seen.column("children", "Current status") == ["looked after child"]


WEEKS = """
annexa_education_status
person_id | status   | start_date | alternative_provision_start_date | alternative_provision_end_date | exclusion_type
C1        | AP       | 2018-01-08 | 2018-03-11                       |                                | permanent
C2        | AP       | 2018-01-08 | 2018-03-12                       |                                | Fixed term
C3        | AP       | 2018-01-08 | 2018-03-10                       | 2018-06-03                     | none
C4        | excluded | 2018-01-08 |                                  |                                | permanent
C5        | AP       | 2018-01-08 | 2018-03-10                       | 2018-06-05                     |
C6        | AP       | 2018-01-08 | 2018-06-04                       |                                |
C7        | AP       | 2018-01-08 | 2018-05-10                       | 2018-05-09                     | sometimes
C8        | AP       | 2018-01-08 | 2018-06-05                       |                                |
"""


def test_weeks_in_alternative_provision():
    seen = see("2.05", WEEKS)
    weeks = [row["Weeks in AP"] for row in seen.rows("children")]
    # 12 March to 4 June are 84 days, twelve weeks: not over. What has ended is not over twelve weeks at the date.
    assert weeks == [12.1, 12.0, 12.1, None, 12.3, 0.0, None, None]
    assert seen.figure("over_weeks") == 2
    assert [row["AP end"] for row in seen.rows("children")][2:5] == [date(2018, 6, 3), None, None]


def test_types_of_exclusion():
    seen = see("2.05", WEEKS)
    assert seen.figure("permanent") == 2
    assert seen.grid("exclusion") == {
        "permanent": {"Children": 2},
        "fixed term": {"Children": 1},
        "none": {"Children": 1},
        "not recorded": {"Children": 4},
        "Total": {"Children": 8},
    }


def test_what_a_row_says():
    tables = """
    annexa_education_status
    person_id | status   | weekly_hours | start_date | provision_type | exclusion_type | reason  | ehcp | year_group
    C1        | excluded | 5            | 2018-01-08 | Home tuition   | permanent      | Assault | Y    | Yr 7

    ssd_person
    pers_person_id | pers_dob
    C1             | 2006-05-01
    """
    (row,) = see("2.05", tables).rows("children")
    assert row == {
        "Child Unique ID": "C1",
        "Date of Birth": date(2006, 5, 1),
        "Age": 12,
        "Year group": "7",
        "Status": "excluded",
        "Missing education": "N",
        "Type of provision": "Home tuition",
        "Hours per week": 5.0,
        "Less or more than 25 hours": "Less than 25",
        "Type of exclusion": "permanent",
        "Date AP commenced": None,
        "AP end": None,
        "Weeks in AP": None,
        "Reason": "Assault",
        "Current status (not supplied)": None,
        "All statuses (not supplied)": None,
        "EHCP": "Y",
        "Placed by other LA": "N",
    }


def test_children_missing_education_are_marked():
    (sheet,) = [each for each in see("2.05", HOURS).report.sheets if each.key == "children"]
    assert [child for child, mark in zip(IN, sheet.marked, strict=True) if mark] == ["C11", "C12"]


def test_current_status_is_that_of_the_lists():
    tables = """
    annexa_education_status
    person_id | status | start_date | date_of_birth
    C1        | CME    | 2018-01-08 | 2006-05-01
    C2        | CME    | 2018-01-08 | 2006-05-01
    C3        | CME    | 2018-01-08 | 2006-05-01
    C4        | CME    | 2018-01-08 | 2006-05-01
    E5        | CME    | 2018-01-08 | 2006-05-01

    ssd_cin_episodes
    cine_referral_id | cine_person_id | cine_referral_date
    1                | C1             | 2018-01-08
    2                | C2             | 2018-01-08
    3                | C3             | 2018-05-01
    4                | C4             | 2018-05-01

    ssd_cin_plans
    cinp_cin_plan_id | cinp_referral_id | cinp_person_id | cinp_cin_plan_start_date
    8                | 2                | C2             | 2018-02-01

    ssd_cin_assessments
    cina_assessment_id | cina_referral_id | cina_person_id | cina_assessment_start_date
    7                  | 3                | C3             | 2018-05-02

    ssd_cp_plans
    cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date
    9               | C1             | 1                | 2018-02-01
    10              | C4             | 4                | 2018-05-10

    ssd_cla_episodes
    clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date | clae_cla_id
    11                  | C4             | 2018-05-20                  | 1
    """
    seen = see("2.05", tables)
    assert (seen.figure("looked_after"), seen.figure("child_protection"), seen.figure("child_in_need")) == (1, 1, 2)
    row = {each["Child Unique ID"]: each for each in seen.rows("children")}
    assert row["C3"]["Current status"] == "child in need (open assessment)"
    assert row["C4"]["All statuses"] == "looked after child; child protection"
    assert row["E5"]["Current status"] == "not known (List 9 not supplied)"
    leavers = "ssd_care_leavers\nclea_table_id | clea_person_id | clea_care_leaver_eligibility\n1 | C9 | Relevant"
    everything = see("2.05", f"{tables}\n\n{leavers}")
    assert everything.rows("children")[-1]["Current status"] == "not receiving a statutory service"
    assert everything.grid("status")["not receiving a statutory service"] == {"Children": 1}


def test_a_status_whose_list_was_not_supplied_is_no_zero():
    seen = see("2.05", HOURS)
    assert seen.figure("looked_after") == "not supplied"
    assert seen.figure("child_protection") == "not supplied"
    assert seen.figure("child_in_need") == "not supplied"
    assert "status" not in {table.grid.key for table in seen.report.tables}
    assert seen.column("children", "Current status (not supplied)") == [None] * 13
    # List 7 alone: it says who is on a plan, and nothing of anybody else.
    plans = "ssd_cp_plans\ncppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date\n1 | C01 | 2018-01-08"
    some = see("2.05", f"{HOURS.strip()}\n\n{plans}")
    assert [some.figure(key) for key in ("looked_after", "child_protection", "child_in_need")] == [
        "not supplied", 1, "not supplied",
    ]  # fmt: skip
    unknown = "not known (List 6, 8, 9 not supplied)"
    assert some.column("children", "All statuses") == ["child protection", *[unknown] * 12]
    assert some.grid("status") == {
        "child protection": {"Children": 1},
        unknown: {"Children": 12},
        "Total": {"Children": 13},
    }


def test_no_record_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = see("2.05", "annexa_education_status\nperson_id | status | start_date | end_date")
    assert empty.figure("total") == 0
    assert empty.figure("missing_education") == 0
    absent = see("2.05", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("total") == "not supplied"


def test_without_hours_the_status_decides():
    seen = see("2.05", HOURS, without=["annexa_education_status.weekly_hours"])
    assert seen.column("children", "Child Unique ID") == [child for child in IN if child != "C06"]
    assert seen.figure("less") == "not supplied"
    assert seen.figure("nothing") == 1
    assert seen.column("children", "Less or more than 25 hours (not supplied)") == [None] * 12
    assert "hours" not in {table.grid.key for table in seen.report.tables}
    assert "Hours a week were not supplied: the status alone decides who is in the report." in seen.report.notes


OPTIONAL = {
    "provision_type": "Type of provision",
    "exclusion_type": "Type of exclusion",
    "alternative_provision_start_date": "Date AP commenced",
    "alternative_provision_end_date": "AP end",
    "reason": "Reason",
    "placed_by_la": "Placed by other LA",
    "ehcp": "EHCP",
}


def test_without_the_other_columns():
    seen = see("2.05", HOURS, without=[f"annexa_education_status.{column}" for column in OPTIONAL])
    assert seen.figure("total") == 13
    assert [seen.figure(key) for key in ("permanent", "over_weeks", "placed_here")] == ["not supplied"] * 3
    assert {table.grid.key for table in seen.report.tables} == {"hours", "education"}
    for heading in OPTIONAL.values():
        assert seen.column("children", f"{heading} (not supplied)") == [None] * 13


def test_a_child_who_has_died_is_in_no_number():
    people = "ssd_person\npers_person_id | pers_dob | pers_death_date\nC01 | 2006-05-01 | {}"
    died = see("2.05", HOURS.strip() + "\n\n" + people.format("2018-06-04"))
    assert died.figure("total") == 12
    assert reasons(died)["the child has died"] == 1
    assert see("2.05", HOURS.strip() + "\n\n" + people.format("2018-06-05")).figure("total") == 13


def test_what_began_after_the_extract_has_not_happened():
    seen = see("2.05", HOURS, extract_date="2018-06-03")
    assert seen.column("children", "Child Unique ID") == sorted([*(each for each in IN if each != "C12"), "C15"])
