"""2.04: who is electively home educated at the inspection date, 4 June 2018."""

from datetime import date

import pytest

from annexa.editions import edition_names
from tests.support.reports import see

STATUSES = """
annexa_education_status
person_id | status    | start_date | end_date   | date_of_birth | last_contact_date | placed_by_la
C01       | EHE       | 2018-06-03 |            | 2006-05-01    |                   |
C02       | EHE       | 2018-06-04 |            | 2006-05-01    |                   |
C03       | EHE       | 2018-06-05 |            | 2006-05-01    |                   |
C04       | EHE       | 2017-06-03 | 2018-06-03 | 2006-05-01    |                   |
C05       | EHE       | 2017-06-03 | 2018-06-04 | 2006-05-01    |                   |
C06       | EHE       | 2017-06-04 | 2018-06-05 | 2006-05-01    |                   |
C07       | EHE       | 2017-06-03 |            | 2006-05-01    | 2017-06-03        |
C08       | EHE       | 2017-06-03 |            | 2006-05-01    | 2017-06-04        |
C09       | EHE       | 2015-09-01 |            | 1990-01-01    |                   | Northshire
C10       | EHE       | 2018-01-08 |            |               |                   |
C11       | EHE       | 2018-01-08 |            | 2013-04-01    |                   |
C12       | EHE       | 2015-09-01 | 2017-06-04 | 2006-05-01    |                   |
C13       | EHE       | 2015-09-01 | 2017-06-03 | 2006-05-01    |                   |
C14       | AP        | 2018-01-08 |            | 2006-05-01    |                   |
C15       | full-time | 2018-01-08 |            | 2006-05-01    |                   |
          | EHE       | 2018-01-08 |            | 2006-05-01    |                   |
C16       | EHE       |            |            | 2006-05-01    | 2010-01-01        |
"""
AT_D = ["C01", "C02", "C06", "C07", "C08", "C09", "C10", "C11", "C16"]


def reasons(seen):
    """Why rows are in no number; all are of one table."""
    told = [(*reason.split(": ", 1), number) for reason, number in seen.excluded().items()]
    assert {table for table, *_ in told} <= {"annexa_education_status"}
    return {reason: number for _, reason, number in told}


@pytest.mark.parametrize("edition", edition_names())
def test_who_is_counted(edition):
    seen = see("2.04", STATUSES, edition=edition)
    assert seen.column("children", "Child Unique ID") == AT_D
    assert seen.figure("at_d") == 9
    assert seen.figure("school_age") == 6
    assert seen.figure("dob_unknown") == 1
    assert seen.figure("new") == 5
    assert seen.figure("ended") == 3
    assert seen.figure("over_year") == 3
    assert seen.figure("no_contact") == (2, 3, 66.7)
    assert seen.figure("placed_here") == 1


def test_every_row_that_is_in_no_number_is_told():
    excluded = reasons(see("2.04", STATUSES))
    assert excluded == {
        "later than the inspection date or the extract": 1,
        "ended more than twelve months ago": 1,
        "no child's identifier": 1,
        "not of elective home education": 2,
    }


def test_the_tables_of_numbers():
    seen = see("2.04", STATUSES)
    assert seen.grid("age") == {
        "under compulsory school age": {"Children": 1},
        "of compulsory school age": {"Children": 6},
        "over compulsory school age": {"Children": 1},
        "date of birth not known": {"Children": 1},
        "Total": {"Children": 9},
    }
    years = {label: cells["Children"] for label, cells in seen.grid("year_group").items() if cells["Children"]}
    assert years == {"R": 1, "7": 6, "not recorded": 2, "Total": 9}


def counts(grid):
    """A grid with one column of numbers as label -> number, without the lines that have none."""
    return {label: cells["Children"] for label, cells in grid.items() if cells["Children"]}


def test_tables_of_what_is_recorded_of_the_child():
    tables = """
    annexa_education_status
    person_id | status | start_date | year_group | gender | sen         | ehcp | reason
    C1        | EHE    | 2018-01-08 | Year 3     | M      | SEN support | Y    | belief
    C2        | EHE    | 2018-01-08 | 3          | Female | None        | No   | Belief
    C3        | EHE    | 2018-01-08 | Reception  | 9      | EHC plan    | Y    | bullying
    C4        | EHE    | 2018-01-08 | Form 2     | 00     | unclear     | ?    |
    C5        | EHE    | 2018-01-08 |            |        |             |      |
    """
    seen = see("2.04", tables)
    assert counts(seen.grid("year_group")) == {"R": 1, "3": 2, "Form 2": 1, "not recorded": 1, "Total": 5}
    assert counts(seen.grid("gender")) == {
        "male": 1, "female": 1, "neither": 1, "not stated": 1, "not recorded": 1, "Total": 5,
    }  # fmt: skip
    assert counts(seen.grid("sen")) == {
        "no special educational needs": 1,
        "SEN support": 1,
        "education, health and care plan": 1,
        "not recorded": 2,
        "Total": 5,
    }
    assert counts(seen.grid("ehcp")) == {"with a plan": 2, "without a plan": 1, "not recorded": 2, "Total": 5}
    # One reason in two spellings is one line.
    assert counts(seen.grid("reason")) == {"Belief": 2, "bullying": 1, "not recorded": 2, "Total": 5}
    assert {"AA-R02", "AA-R05"} <= set(seen.findings["check"])


def test_what_a_row_says():
    seen = see("2.04", STATUSES)
    row = {each["Child Unique ID"]: each for each in seen.rows("children")}
    assert row["C07"] == {
        "Child Unique ID": "C07",
        "Date of Birth": date(2006, 5, 1),
        "Age": 12,
        "Compulsory school age": "of compulsory school age",
        "Year group": "7",
        "Gender": None,
        "Special educational needs": None,
        "EHCP": None,
        "Current status (not supplied)": None,
        "All statuses (not supplied)": None,
        "Reason": None,
        "Home educated since": date(2017, 6, 3),
        "Last contact": date(2017, 6, 3),
        "No contact in 12 months": "Y",
        "Placed by other LA": None,
    }
    assert row["C08"]["No contact in 12 months"] == "N"
    assert row["C01"]["No contact in 12 months"] is None
    assert (row["C10"]["Date of Birth"], row["C10"]["Age"]) == (None, None)
    assert row["C10"]["Compulsory school age"] == "date of birth not known"


TWICE = """
annexa_education_status
person_id | status    | start_date | end_date | last_contact_date | school_name
C1        | EHE       | 2015-09-01 |          | 2018-05-01        |
C1        | EHE       | 2018-01-08 |          | 2016-01-01        |
C2        | EHE       | 2015-09-01 |          |                   |
C2        | EHE       | 2015-09-01 |          |                   |
C3        | EHE       | 2016-09-01 |          |                   |
C3        | AP        | 2018-01-08 |          |                   |
C4        | full-time | 2018-01-08 |          |                   |
C4        | EHE       | 2016-09-01 |          |                   |
C5        | AP        | 2016-09-01 |          |                   |
C5        | EHE       | 2018-01-08 |          |                   |
"""


def test_a_child_with_several_records_is_one_child():
    seen = see("2.04", TWICE)
    assert seen.figure("at_d") == 5
    assert seen.column("children", "Child Unique ID") == ["C1", "C2", "C3", "C4", "C5"]
    assert seen.rows("children")[0]["Home educated since"] == date(2015, 9, 1)
    assert seen.rows("children")[0]["Last contact"] == date(2018, 5, 1)
    assert seen.figure("no_contact") == (3, 4, 75.0)
    assert see("2.05", TWICE).figure("total") == 0
    excluded = reasons(seen)
    assert excluded == {
        "a later record of the child is shown": 1,
        "the same as a row that is kept": 1,
        "not of elective home education": 3,
    }


@pytest.mark.parametrize("item", ["2.04", "2.05"])
def test_records_that_contradict_each_other_are_told(item):
    told = see(item, TWICE).findings.filter(check="AA-R43").sort("child")
    assert told.select("child", "row").rows() == [("C1", 3), ("C3", 6), ("C4", 9), ("C5", 11)]
    assert told["severity"].unique().to_list() == ["warning"]
    assert told["message"][0].startswith("Several records of one status")
    assert all(message.endswith("the child is in report 2.04 alone.") for message in told["message"][1:])


KNOWN = """
annexa_education_status
person_id | status | start_date | date_of_birth | gender
C1        | EHE    | 2018-01-08 | 2005-01-01    | F
C2        | EHE    | 2018-01-08 | 2005-01-01    | F
C3        | EHE    | 2018-01-08 | 2005-01-01    | F
C4        | EHE    | 2018-01-08 | 2005-01-01    | Z
C5        | EHE    | 2018-01-08 |               |
C6        | EHE    | 2018-01-08 | 2005-01-01    | M

ssd_person
pers_person_id | pers_dob   | pers_gender | pers_expected_dob | pers_death_date
C1             | 2006-05-01 | M           |                   |
C2             |            |             |                   |
C5             |            | 2           | 2006-05-01        |
C6             | 2006-05-01 | M           |                   | 2018-06-04
"""


def test_the_person_record_wins_where_there_is_one():
    rows = {each["Child Unique ID"]: each for each in see("2.04", KNOWN).rows("children")}
    said = {child: (row["Date of Birth"], row["Gender"]) for child, row in rows.items()}
    assert said == {
        "C1": (date(2006, 5, 1), "male"),
        "C2": (None, None),
        "C3": (date(2005, 1, 1), "female"),
        "C4": (date(2005, 1, 1), None),
        "C5": (date(2006, 5, 1), "female"),
    }


def test_a_child_who_has_died_is_home_educated_no_more():
    seen = see("2.04", KNOWN)
    assert seen.figure("at_d") == 5
    assert seen.figure("ended") == 1
    assert see("2.04", KNOWN.replace("2018-06-04", "2018-06-05")).figure("at_d") == 6


def test_different_dates_of_birth_of_a_child_whom_education_alone_knows():
    tables = """
    annexa_education_status
    person_id | status    | start_date | end_date   | date_of_birth
    E1        | full-time | 2016-09-01 | 2018-01-08 | 2006-01-01
    E1        | EHE       | 2018-01-08 |            | 2005-01-01
    E2        | full-time | 2016-09-01 | 2018-01-08 | 2006-01-01
    E2        | EHE       | 2018-01-08 |            |
    """
    seen = see("2.04", tables)
    assert seen.column("children", "Date of Birth") == [date(2005, 1, 1), date(2006, 1, 1)]
    told = seen.findings.filter(check="AA-R43")
    assert told.select("child", "row", "column").rows() == [("E1", 3, "date_of_birth")]


def test_current_status_is_that_of_the_lists():
    tables = """
    annexa_education_status
    person_id | status | start_date
    C1        | EHE    | 2018-01-08
    C2        | EHE    | 2018-01-08
    C3        | EHE    | 2018-01-08
    E4        | EHE    | 2018-01-08

    ssd_cin_episodes
    cine_referral_id | cine_person_id | cine_referral_date
    1                | C1             | 2018-01-08
    2                | C2             | 2018-01-08
    3                | C3             | 2018-05-01

    ssd_cin_plans
    cinp_cin_plan_id | cinp_referral_id | cinp_person_id | cinp_cin_plan_start_date
    8                | 2                | C2             | 2018-02-01

    ssd_cin_assessments
    cina_assessment_id | cina_referral_id | cina_person_id | cina_assessment_start_date
    7                  | 3                | C3             | 2018-05-02

    ssd_cp_plans
    cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date
    9               | C1             | 1                | 2018-02-01
    """
    seen = see("2.04", tables)
    assert seen.column("children", "Current status") == [
        "child protection",
        "child in need",
        "child in need (open assessment)",
        "not known (List 8, 9 not supplied)",
    ]
    # Nothing tells of a child looked after, or of a care leaver: no number of them, and not 0.
    assert seen.grid("status") == {
        "child protection": {"Children": 1},
        "child in need": {"Children": 2},
        "not known (List 8, 9 not supplied)": {"Children": 1},
        "Total": {"Children": 4},
    }
    assert "Current status is without List 8, 9, which the extract does not supply." in seen.report.notes


def test_no_record_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = see("2.04", "annexa_education_status\nperson_id | status | start_date | end_date")
    assert empty.figure("at_d") == 0
    assert empty.figure("no_contact") == (0, 0, None)
    absent = see("2.04", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("at_d") == "not supplied"


OPTIONAL = ("date_of_birth", "gender", "sen", "reason", "last_contact_date", "placed_by_la", "ehcp", "year_group")


def test_without_the_optional_columns():
    without = [f"annexa_education_status.{column}" for column in OPTIONAL]
    seen = see("2.04", STATUSES, without=without)
    assert seen.figure("at_d") == 9
    assert seen.figure("dob_unknown") == 9
    assert seen.figure("no_contact") == "not supplied"
    assert seen.figure("placed_here") == "not supplied"
    shown = {table.grid.key for table in seen.report.tables}
    assert shown == {"age", "year_group", "gender"}
    for heading in (
        "Special educational needs",
        "EHCP",
        "Reason",
        "Last contact",
        "No contact in 12 months",
        "Current status",
    ):
        assert seen.column("children", f"{heading} (not supplied)") == [None] * 9


def test_what_began_after_the_extract_has_not_happened():
    seen = see("2.04", STATUSES, extract_date="2018-06-03")
    assert "C02" not in seen.column("children", "Child Unique ID")
    assert "C05" in seen.column("children", "Child Unique ID")
    assert "C04" not in seen.column("children", "Child Unique ID")
    assert seen.figure("at_d") == 9


def test_a_month_end_and_a_leap_day():
    tables = """
    annexa_education_status
    person_id | status | start_date | end_date   | last_contact_date
    C1        | EHE    | 2023-02-27 |            | 2023-02-27
    C2        | EHE    | 2023-02-28 |            |
    C3        | EHE    | 2020-01-01 | 2023-02-28 |
    C4        | EHE    | 2020-01-01 | 2023-02-27 |
    C5        | EHE    | 2020-01-01 |            | 2023-02-28
    """
    seen = see("2.04", tables, day="2024-02-29")
    assert (seen.figure("new"), seen.figure("ended")) == (1, 1)
    assert seen.figure("no_contact") == (1, 2, 50.0)


def test_the_order_of_the_rows_changes_nothing():
    title, columns, *rows = TWICE.strip().splitlines()
    turned = see("2.04", "\n".join([title, columns, *reversed(rows)]))
    straight = see("2.04", TWICE)
    assert turned.report.figures == straight.report.figures
    assert turned.rows("children") == straight.rows("children")
