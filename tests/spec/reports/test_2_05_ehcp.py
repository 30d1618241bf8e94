"""2.04, 2.05 and 3.07: who has an education, health and care plan at the inspection date, 4 June 2018."""

import pytest

from annexa.reports.ehcp import ehcp_supplied, with_ehcp
from tests.support.reports import see

RECORDED = """
annexa_education_status
person_id | status | start_date | end_date   | ehcp
C1        | CME    | 2018-01-08 |            | N
C2        | CME    | 2018-01-08 |            | Y
C3        | CME    | 2018-01-08 |            |
E4        | CME    | 2018-01-08 |            | Y
E5        | CME    | 2018-01-08 |            | N
E6        | CME    | 2018-01-08 |            |
E7        | CME    | 2017-01-08 | 2018-01-08 | Y
E7        | CME    | 2018-01-08 |            |

ssd_person
pers_person_id
C1
C2
C3
"""

CHAIN = """
ssd_send
send_table_id | send_person_id
S1            | C1
S2            | C2

ssd_ehcp_requests
ehcr_ehcp_request_id | ehcr_send_table_id
R1                   | S1
R2                   | S2

ssd_ehcp_assessment
ehca_ehcp_assessment_id | ehca_ehcp_request_id
A1                      | R1
A2                      | R2

ssd_ehcp_named_plan
ehcn_named_plan_id | ehcn_ehcp_asmt_id | ehcn_named_plan_start_date | ehcn_named_plan_ceased_date
P1                 | A1                | 2016-01-01                 |
"""


def plans(tables):
    """Child -> what report 2.05 says of a plan."""
    seen = see("2.05", tables)
    return {row["Child Unique ID"]: row["EHCP"] for row in seen.rows("children")}


def test_the_tables_of_plans_win_and_education_alone_says_it_of_children_whom_only_it_knows():
    tables = RECORDED.strip() + "\n\n" + CHAIN.strip()
    assert plans(tables) == {"C1": "Y", "C2": "N", "C3": "N", "E4": "Y", "E5": "N", "E6": None, "E7": None}
    seen = see("2.05", tables)
    assert ehcp_supplied(seen.run)


def test_without_the_tables_of_plans_the_records_of_education_say_it():
    said = {"C1": "N", "C2": "Y", "C3": None, "E4": "Y", "E5": "N", "E6": None, "E7": None}
    assert plans(RECORDED) == said


@pytest.mark.parametrize("lost", range(4))
def test_a_chain_with_a_table_missing_is_not_supplied(lost):
    tables = CHAIN.strip().split("\n\n")
    without = "\n\n".join([RECORDED.strip(), *tables[:lost], *tables[lost + 1 :]])
    assert plans(without)["C2"] == "Y"


TIMES = [
    ("2018-06-03", "", "Y"),
    ("2018-06-04", "", "Y"),
    ("2018-06-05", "", "N"),
    ("2016-01-01", "2018-06-03", "N"),
    ("2016-01-01", "2018-06-04", "N"),
    ("2016-01-01", "2018-06-05", "Y"),
    ("", "", "Y"),
]


def rows_of(table, columns, cells):
    """Draw a table with a row for each of TIMES; `cells` says what is in it."""
    return "\n".join([table, columns, *(cells(number, *each) for number, each in enumerate(TIMES))])


def test_begun_and_not_ceased():
    plan = "ehcn_named_plan_id | ehcn_ehcp_asmt_id | ehcn_named_plan_start_date | ehcn_named_plan_ceased_date"
    tables = [
        rows_of("annexa_education_status", "person_id | status", lambda number, *_: f"P{number} | CME"),
        rows_of("ssd_send", "send_table_id | send_person_id", lambda number, *_: f"S{number} | P{number}"),
        rows_of(
            "ssd_ehcp_requests",
            "ehcr_ehcp_request_id | ehcr_send_table_id",
            lambda number, *_: f"R{number} | S{number}",
        ),
        rows_of(
            "ssd_ehcp_assessment",
            "ehca_ehcp_assessment_id | ehca_ehcp_request_id",
            lambda number, *_: f"A{number} | R{number}",
        ),
        rows_of("ssd_ehcp_named_plan", plan, lambda number, start, end, _: f"{number} | A{number} | {start} | {end}"),
    ]
    assert plans("\n\n".join(tables)) == {f"P{number}": expected for number, (*_, expected) in enumerate(TIMES)}


def test_a_later_plan_of_the_same_child():
    ended = CHAIN.replace("2016-01-01                 |", "2016-01-01 | 2017-01-01")
    again = ended.rstrip() + "\nP2 | A1 | 2017-01-01 |\n"
    assert plans(RECORDED.strip() + "\n\n" + ended.strip())["C1"] == "N"
    assert plans(RECORDED.strip() + "\n\n" + again.strip())["C1"] == "Y"


@pytest.mark.parametrize("link", ["S1            | C1", "R1                   | S1", "A1                      | R1"])
def test_a_broken_link_gives_no_plan(link):
    chain = CHAIN.replace(link, link.split("|")[0] + "| X")
    assert plans(RECORDED.strip() + "\n\n" + chain.strip())["C1"] == "N"


def test_the_latest_record_in_force_that_says_something_decides():
    tables = """
    annexa_education_status
    person_id | status  | start_date | ehcp
    C1        | AP      | 2018-01-08 | Y
    C1        | reduced | 2018-02-08 | N
    C2        | AP      | 2018-01-08 | Y
    C2        | reduced | 2018-02-08 |
    C3        | AP      | 2018-01-08 | Y
    C3        | reduced | 2018-01-08 | N
    """
    assert plans(tables) == {"C1": "N", "C2": "Y", "C3": "Y"}


def test_nothing_supplied():
    seen = see("2.05", RECORDED, without=["annexa_education_status.ehcp"])
    assert not ehcp_supplied(seen.run)
    rows = seen.run.rows("education_statuses").select("person_id").unique()
    assert with_ehcp(seen.run, rows)["ehcp"].null_count() == rows.height
    assert seen.column("children", "EHCP (not supplied)") == [None] * 7
    assert "Education, health and care plans were not supplied." in seen.report.notes
