"""2.03: who is privately fostered at the inspection date, 4 June 2018, and when they were visited."""

from datetime import date

import pytest

from annexa.editions import edition_names
from tests.support.reports import see

# One child for each edge; A1 is an ordinary one.
WHO = """
annexa_private_fostering
arrangement_id | person_id | notification_date | start_date | end_date   | aware_date
A1             | C1        | 2018-03-20        | 2018-03-10 |            | 2018-03-15
A2             | C2        | 2018-03-20        | 2018-06-04 |            |
A3             | C3        | 2018-03-20        | 2018-06-05 |            |
A4             | C4        | 2018-03-20        | 2018-03-10 | 2018-06-03 |
A5             | C5        | 2018-03-20        | 2018-03-10 | 2018-06-04 |
A6             | C6        | 2018-03-20        | 2018-03-10 | 2018-06-05 |
A7             | C7        | 2018-03-20        |            |            |
A8             |           | 2018-03-20        | 2018-03-10 |            |
A9             | C9        | 2018-03-20        | 2018-03-10 |            |

ssd_person
pers_person_id | pers_dob   | pers_death_date
C1             | 2008-02-01 |
C2             | 2008-02-01 |
C3             | 2008-02-01 |
C4             | 2008-02-01 |
C5             | 2008-02-01 |
C6             | 2008-02-01 |
C7             | 2008-02-01 |
C9             | 2008-02-01 | 2018-06-04
"""
CHILD = "Child Unique ID"


@pytest.mark.parametrize("edition", edition_names())
def test_who_is_counted(edition):
    seen = see("2.03", WHO, edition=edition)
    assert seen.column("children", CHILD) == ["C2", "C1", "C6", "C7"]
    assert seen.figure("at_d") == 4
    assert excluded(seen) == {
        "annexa_private_fostering: in force, no child's identifier": 1,
        "annexa_private_fostering: later than the inspection date or the extract": 1,
    }


def excluded(seen) -> dict[str, int]:
    return {reason: getattr(number, "value", number) for reason, number in seen.report.excluded}


def test_what_a_row_says():
    tables = """
annexa_private_fostering
arrangement_id | person_id | notification_date | start_date | aware_date | relationship | decision | decision_date
A1             | C1        | 2018-03-20        | 2018-03-10 | 2018-03-15 | Friend       | Suitable | 2018-05-01

annexa_private_fostering_visits
arrangement_id | visit_date
A1             | 2018-03-29
A1             | 2018-05-08

ssd_disability
disa_person_id | disa_disability_code
C1             | NONE

ssd_person
pers_person_id | pers_dob
C1             | 2008-06-04
"""
    (row,) = see("2.03", tables).rows("children")
    assert row == {
        "Child Unique ID": "C1",
        "Date of Birth": date(2008, 6, 4),
        "Date arrangement commenced": date(2018, 3, 10),
        "Age": 10,
        "Date of birth not known": None,
        "Disabled": "N",
        "Notification date": date(2018, 3, 20),
        "Date authority became aware": date(2018, 3, 15),
        "Days in arrangement": 86,
        "First visit": date(2018, 3, 29),
        "First visit in time": "Y",
        "Last visit": date(2018, 5, 8),
        "Next visit due": date(2018, 6, 19),
        "Visit overdue": "N",
        "Relationship of carer": "Friend",
        "Decision": "Suitable",
        "Decision date": date(2018, 5, 1),
        "Worker ID": None,
    }


AGE = """
annexa_private_fostering
arrangement_id | person_id | start_date
A1             | C1        | 2017-01-10

ssd_disability
disa_person_id | disa_disability_code
C1             | {code}

ssd_person
pers_person_id | pers_dob
C1             | {born}
"""
TOO_OLD = "annexa_private_fostering: in force, the child is 16 or over and not recorded as disabled, or 18 or over"


@pytest.mark.parametrize(
    ("day", "young", "old"),
    [
        (
            "2018-06-04",
            [("2002-06-05", "NONE"), ("2002-06-05", ""), ("2002-06-04", "LD"), ("2000-06-05", "LD")],
            # A code that nobody knows is no disability that is known.
            [("2002-06-04", "NONE"), ("2002-06-03", ""), ("2002-06-04", "XXX"), ("2000-06-04", "LD")],
        ),
        ("2018-02-28", [("2000-02-29", "LD")], [("2000-02-29", "NONE")]),
        ("2018-03-01", [], [("2000-02-29", "LD")]),  # 18 on 1 March
        ("2020-02-28", [("2004-02-29", "NONE")], []),
        ("2020-02-29", [("2004-02-29", "LD")], [("2004-02-29", "NONE")]),
    ],
)
def test_the_age_at_which_it_ends(day, young, old):
    children = {f"{kind}{n}": case for kind, cases in (("Y", young), ("O", old)) for n, case in enumerate(cases)}
    tables = {
        "annexa_private_fostering": [
            {"arrangement_id": child, "person_id": child, "start_date": "2017-01-10"} for child in children
        ],
        "ssd_disability": [
            {"disa_person_id": child, "disa_disability_code": code} for child, (_, code) in children.items()
        ],
        "ssd_person": [{"pers_person_id": child, "pers_dob": born} for child, (born, _) in children.items()],
    }
    seen = see("2.03", tables, day=day)
    assert sorted(seen.column("children", CHILD)) == [f"Y{n}" for n, _ in enumerate(young)]
    assert seen.figure("at_d") == len(young)
    assert excluded(seen) == ({TOO_OLD: len(old)} if old else {})


def test_without_disabilities_nobody_of_16_is_counted_and_the_notes_say_so():
    tables = "\n\n".join(part for part in AGE.strip().split("\n\n") if not part.startswith("ssd_disability"))
    seen = see("2.03", tables.format(born="2002-06-04"))
    assert seen.figure("at_d") == 0
    assert "Disabilities were not supplied: nobody of 16 or 17 is counted." in seen.report.notes
    young = see("2.03", tables.format(born="2008-06-04"))
    assert young.column("children", "Disabled (not supplied)") == [None]


@pytest.mark.parametrize("person", ["C1 |", "C9 | 2008-01-01"])  # no date of birth, and no record of the person
def test_an_unknown_date_of_birth_stays_in_and_is_flagged(person):
    tables = f"""
annexa_private_fostering
arrangement_id | person_id | start_date
A1             | C1        | 2017-01-10

ssd_person
pers_person_id | pers_dob
{person}
"""
    seen = see("2.03", tables)
    assert seen.figure("at_d") == 1
    assert seen.figure("no_birth_date") == 1
    assert seen.column("children", "Date of birth not known") == ["Y"]
    findings = seen.run.context.findings.frame()
    assert findings.filter(findings["check"] == "AA-R44")["child"].to_list() == ["C1"]


def test_a_known_date_of_birth_is_not_flagged():
    seen = see("2.03", AGE.format(born="2008-06-04", code=""))
    assert seen.figure("no_birth_date") == 0
    assert seen.column("children", "Date of birth not known") == [None]
    assert seen.column("children", "Disabled") == [None]
    assert not {"AA-R43", "AA-R44"} & set(seen.run.context.findings.frame()["check"])


NEW = """
annexa_private_fostering
arrangement_id | person_id | start_date | end_date
A1             | C1        | 2017-06-04 |
A2             | C2        | 2017-06-03 |
A3             | C3        | 2017-09-01 | 2017-10-01
A4             | C3        | 2017-12-01 | 2018-01-01
A5             | C4        | 2018-06-04 |
A6             | C5        | 2018-01-10 | 2018-02-01
A7             | C6        |            |
A8             | C7        | 2018-01-10 | 2018-02-01

ssd_person
pers_person_id | pers_dob
C5             | 2002-01-10
C7             | 2002-01-11
"""


def test_new_in_twelve_months():
    # C1, C3 once, C4, and C7, who was 15 on the day; C5 was 16.
    seen = see("2.03", NEW)
    assert seen.figure("new") == 4
    assert excluded(seen) == {"annexa_private_fostering: ended by the inspection date": 1}


SHOWN_INSTEAD = "annexa_private_fostering: in force, the most recent arrangement of the child is shown instead"
SEVERAL = """
annexa_private_fostering
arrangement_id | person_id | start_date
9              | C1        | 2018-01-10
10             | C1        | 2018-01-10
8              | C1        | 2017-01-10
11             | C2        |
"""


def test_several_arrangements_of_one_child_are_one_and_told():
    seen = see("2.03", SEVERAL)
    assert seen.figure("at_d") == 2
    assert seen.column("children", "Date arrangement commenced") == [date(2018, 1, 10), None]
    findings = seen.run.context.findings.frame()
    told = findings.filter(findings["check"] == "AA-R43")
    assert sorted(told["event"]) == ["8", "9"]
    assert set(told["child"]) == {"C1"}
    # 9 is in the number of those that began in the twelve months.
    assert excluded(seen) == {SHOWN_INSTEAD: 1}


def test_an_arrangement_that_is_there_twice_is_one_and_the_reading_tells():
    seen = see(
        "2.03", SEVERAL.replace("9              | C1        | 2018-01-10", "10             | C1        | 2018-01-09")
    )
    assert seen.figure("at_d") == 2
    assert "AA-R14" in set(seen.findings["check"])
    assert excluded(seen) == {SHOWN_INSTEAD: 1, "annexa_private_fostering: another row of the same key is kept": 1}


def test_a_child_who_is_looked_after_too_is_counted_and_told():
    tables = """
annexa_private_fostering
arrangement_id | person_id | start_date
A1             | C1        | 2018-01-10
A2             | C2        | 2018-01-10

ssd_cla_episodes
clae_cla_episode_id | clae_person_id | clae_cla_placement_id | clae_cla_episode_start_date | clae_entered_care_date
E1                  | C1             | P1                    | 2018-02-01                  | 2018-02-01
"""
    seen = see("2.03", tables)
    assert seen.figure("at_d") == 2
    findings = seen.run.context.findings.frame()
    assert findings.filter(findings["check"] == "AA-R43")["child"].to_list() == ["C1"]


VISITED = """
annexa_private_fostering
arrangement_id | person_id | notification_date | start_date | aware_date | last_visit_date
A1             | C1        | {notified}        | 2016-03-10 | {aware}    | {last}

annexa_private_fostering_visits
arrangement_id | visit_date | child_seen
{visits}
"""


def visited(*visits, notified="2018-05-01", aware="", last="", **options):
    drawn = "\n".join(f"A1 | {day} | {flag}" for day, flag in visits) or "A0 | 2016-01-01 |"
    text = VISITED.format(notified=notified, aware=aware, last=last, visits=drawn)
    (row,) = see("2.03", text, **options).rows("children")
    return row


def visited_each(cases, **options) -> list[dict[str, object]]:
    """The row of a child for each case: notified, aware, visited; in the order of the cases."""
    tables = {
        "annexa_private_fostering": [
            {
                "arrangement_id": f"A{n}",
                "person_id": f"C{n:02}",
                "start_date": "2016-03-10",
                "notification_date": notified,
                "aware_date": aware,
            }
            for n, (notified, aware, _) in enumerate(cases)
        ],
        "annexa_private_fostering_visits": [
            {"arrangement_id": f"A{n}", "visit_date": day, "child_seen": "Y"}
            for n, (*_, day) in enumerate(cases)
            if day
        ],
    }
    return see("2.03", tables, **options).rows("children")


def test_the_first_visit_within_seven_working_days():
    # Notified on Tuesday 1 May 2018; Monday 7 May was a bank holiday: the seventh working day is Friday 11 May.
    expected = {
        "2018-04-20": "Y",
        "2018-05-01": "Y",
        "2018-05-11": "Y",
        "2018-05-12": "N",
        "2018-05-14": "N",
    }
    rows = visited_each([("2018-05-01", "", day) for day in expected])
    assert {f"{row['First visit']}": row["First visit in time"] for row in rows} == expected


def test_another_number_of_working_days():
    assert visited(("2018-05-11", ""), first_visit_days=6)["First visit in time"] == "N"
    assert visited(("2018-05-14", ""), first_visit_days=8)["First visit in time"] == "Y"


def test_no_visit_yet():
    # The seventh working day is 1 June, 4 June (the inspection date), 5 June.
    rows = visited_each([("2018-05-22", "", ""), ("2018-05-23", "", ""), ("2018-05-24", "", "")])
    assert [(row["First visit"], row["Last visit"]) for row in rows] == [(None, None)] * 3
    assert [(row["First visit in time"], row["Next visit due"], row["Visit overdue"]) for row in rows] == [
        ("N", date(2018, 6, 1), "Y"),
        ("not due yet", date(2018, 6, 4), "N"),
        ("not due yet", date(2018, 6, 5), "N"),
    ]


def test_when_the_next_visit_is_due():
    cases = [
        # The year from 2017-03-01 ends on 2018-02-28: six weeks after a visit in it, twelve after a later one.
        ("2017-03-01", "2018-02-28", "2018-04-11", "Y"),
        ("2017-03-01", "2018-03-01", "2018-05-24", "Y"),
        ("2017-03-01", "2018-03-11", "2018-06-03", "Y"),
        ("2017-03-01", "2018-03-12", "2018-06-04", "N"),  # due on the inspection date
        # The first year is running.
        ("2018-01-10", "2018-04-22", "2018-06-03", "Y"),
        ("2018-01-10", "2018-04-23", "2018-06-04", "N"),
        # Without the day the authority became aware the year counts from the notification, 2016-04-01.
        ("", "2018-04-23", "2018-07-16", "N"),
        # A year from 29 February ends with 28 February.
        ("2016-02-29", "2017-02-28", "2017-04-11", "Y"),
        ("2016-02-29", "2017-03-01", "2017-05-24", "Y"),
    ]
    rows = visited_each([("2016-04-01", aware, last) for aware, last, *_ in cases])
    assert [(f"{row['Last visit']}", f"{row['Next visit due']}", row["Visit overdue"]) for row in rows] == [
        tuple(expected) for _, *expected in cases
    ]


def test_neither_day_known():
    text = VISITED.format(notified="", aware="", last="", visits="A1 | 2018-05-01 | Y")
    seen = see("2.03", text)
    (row,) = seen.rows("children")
    assert (row["Last visit"], row["Next visit due"], row["Visit overdue"]) == (date(2018, 5, 1), None, None)
    assert row["First visit in time"] is None
    assert seen.figure("first_visit") == (0, 0, None)
    assert seen.figure("overdue") == (0, 0, None)
    assert "1 child without either day: whether a visit is due is not known." in seen.report.counted


def test_nobody_notified_and_nobody_came():
    row = visited(notified="", aware="2018-05-22")
    assert (row["Next visit due"], row["Visit overdue"]) == (date(2018, 6, 1), "Y")
    assert row["First visit in time"] is None


def test_a_visit_without_the_child_is_none():
    row = visited(("2018-05-02", "N"), ("2018-05-14", "Y"), ("2018-05-16", ""), ("2018-06-01", "N"))
    assert (row["First visit"], row["Last visit"]) == (date(2018, 5, 14), date(2018, 5, 16))
    assert row["First visit in time"] == "N"
    only = visited(("2018-05-02", "N"), last="2018-05-02")
    assert (only["First visit"], only["Last visit"], only["Visit overdue"]) == (None, None, "Y")


def test_a_visit_after_the_extract_has_not_happened():
    row = visited(("2018-05-14", "Y"), ("2018-05-31", "Y"), extract_date="2018-05-30")
    assert row["Last visit"] == date(2018, 5, 14)


def test_an_arrangement_without_a_row_of_visits_has_its_own_last_visit():
    row = visited(last="2018-05-20")
    assert (row["First visit"], row["First visit in time"]) == (None, None)
    assert (row["Last visit"], row["Next visit due"]) == (date(2018, 5, 20), date(2018, 7, 1))
    listed = visited(("2018-05-14", "Y"), last="2018-05-20")
    assert listed["Last visit"] == date(2018, 5, 14)


def test_visits_of_no_arrangement_are_told():
    seen = see("2.03", VISITED.format(notified="", aware="", last="", visits="A0 | 2018-05-01 |\n | 2018-05-02 |"))
    assert excluded(seen) == {"annexa_private_fostering_visits: of an arrangement that the extract does not have": 2}


MANY = """
annexa_private_fostering
arrangement_id | person_id | notification_date | start_date
A1             | C1        | 2018-04-03        | 2018-04-01
A2             | C2        | 2018-04-03        | 2018-04-01
A3             | C3        | 2018-06-01        | 2018-04-01
A4             | C4        |                   | 2018-04-01

annexa_private_fostering_visits
arrangement_id | visit_date
A1             | 2018-04-05
A2             | 2018-05-20
"""


def test_the_shares():
    seen = see("2.03", MANY)
    assert seen.figure("first_visit") == (1, 2, 50.0)  # C3's is not due yet, C4's notification is not known
    assert seen.figure("overdue") == (1, 3, 33.3)  # C1's second visit was due on 17 May
    assert seen.report.counted == (
        "The first year counts from the day of becoming aware for 0 children, from the notification for 3 children.",
        "1 child without either day: whether a visit is due is not known.",
    )
    (rule,) = [note for note in seen.report.notes if note.startswith("The first year")]
    assert "became aware of the arrangement, else from the notification" in rule


def test_without_the_table_of_visits():
    tables = """
annexa_private_fostering
arrangement_id | person_id | notification_date | start_date | last_visit_date
A1             | C1        | 2018-04-03        | 2018-04-01 | 2018-05-20
"""
    seen = see("2.03", tables)
    (row,) = seen.rows("children")
    assert (row["Last visit"], row["Next visit due"], row["Visit overdue"]) == (
        date(2018, 5, 20),
        date(2018, 7, 1),
        "N",
    )
    assert row["First visit (not supplied)"] is None
    assert row["First visit in time (not supplied)"] is None
    assert seen.figure("first_visit") == "not supplied"
    assert seen.figure("overdue") == (0, 1, 0.0)
    neither = see("2.03", tables, without=["annexa_private_fostering.last_visit_date"])
    assert neither.figure("overdue") == "not supplied"
    assert neither.column("children", "Visit overdue (not supplied)") == [None]


def test_without_the_optional_columns():
    columns = ("aware_date", "relationship", "decision", "decision_date")
    seen = see("2.03", WHO, without=[f"annexa_private_fostering.{column}" for column in columns])
    assert seen.figure("at_d") == 4
    for heading in ("Date authority became aware", "Relationship of carer", "Decision", "Decision date"):
        assert seen.column("children", f"{heading} (not supplied)") == [None] * 4


def test_a_decision_after_the_inspection_date_has_not_been_made():
    tables = """
annexa_private_fostering
arrangement_id | person_id | start_date | decision | decision_date
A1             | C1        | 2018-04-01 | Suitable | {day}
"""
    for day, decision in (("2018-06-04", "Suitable"), ("2018-06-05", None)):
        assert see("2.03", tables.format(day=day)).column("children", "Decision") == [decision]


WORKERS = """
annexa_private_fostering
arrangement_id | person_id | start_date | worker_id     | team_id
A1             | C1        | 2018-04-05 | 5001          | T1
A2             | C2        | 2018-04-04 | S77           | Fostering
A3             | C3        | 2018-04-03 | Jane Example  | T9
A4             | C4        | 2018-04-02 | Mary Nobody   |
A5             | C5        | 2018-04-01 | 9999          |
A6             | C6        | 2018-03-31 | Two Namesakes |

ssd_professionals
prof_professional_id | prof_staff_id | prof_professional_name
5001                 | S01           | Ann Other
5002                 | S77           | Jane Example
5003                 | S78           | Two Namesakes
5004                 | S79           | Two Namesakes

ssd_department
dept_team_id | dept_team_name
T1           | Fostering
"""


def test_workers_are_shown_by_identifier():
    seen = see("2.03", WORKERS)
    assert seen.column("children", "Worker ID") == ["5001", "S77", "5002", None, "9999", None]
    assert "Worker" not in seen.rows("children")[0]
    named = see("2.03", WORKERS, worker_names=True)
    assert named.column("children", "Worker") == [
        "Ann Other", "Jane Example", "Jane Example", "Mary Nobody", None, "Two Namesakes",
    ]  # fmt: skip


def test_workers_and_teams_that_the_staff_tables_do_not_know_are_told():
    findings = see("2.03", WORKERS).run.context.findings.frame()
    told = findings.filter(findings["check"] == "AA-R45").sort("column")
    assert told["message"].to_list() == [
        "annexa_private_fostering: teams that are not in the staff tables: 1.",
        "annexa_private_fostering: workers that are not in the staff tables: 2.",
    ]
    without = see("2.03", WHO).run.context.findings.frame()
    assert "AA-R45" not in set(without["check"])


def test_no_arrangement_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = see("2.03", "annexa_private_fostering\nperson_id | start_date | end_date")
    assert empty.figure("at_d") == 0
    assert empty.figure("new") == 0
    absent = see("2.03", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("at_d") == "not supplied"


def test_the_order_of_the_rows_does_not_matter():
    head, *rows = SEVERAL.strip().splitlines()[1:]
    turned = "\n".join(["annexa_private_fostering", head, *reversed(rows)])
    assert see("2.03", turned).rows("children") == see("2.03", SEVERAL).rows("children")
