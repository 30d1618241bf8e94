"""1.07: the numbers of the authority, at the inspection date 4 June 2018."""

from datetime import date

import polars as pl
import pytest

from annexa.editions import edition_names
from annexa.reports.workers import sickness
from tests.spec.reports.staffing import absence, in_care, posts, staffed, worker, workers
from tests.support.reports import drawn, see


def left_out(seen):
    return {reason: cell.value for reason, cell in seen.report.excluded}


WHO = """
annexa_workers
worker_id | role              | registration_number | qualified_date | start_date | leave_date | fte | agency
W1        | Social worker     | SW1                 | 2018-06-04     | 2017-06-04 |            | 1.0 | N
W2        | Team manager      | SW2                 | 2017-06-04     | 2017-06-03 |            | 0.5 | N
W3        | SENIOR social worker |                  | 2016-06-04     | 2018-06-04 |            | 0.8 |
W4        | Support worker    |                     | 2010-01-01     |            |            |     | N
W5        | Social worker     | SW5                 | 2013-06-05     | 2018-01-01 |            | 1.0 | Y
W6        | Social worker     | SW6                 | 2013-06-04     | 2012-01-01 | 2018-06-04 | 1.0 | N
W7        | Social worker     | SW7                 |                | 2012-01-01 | 2018-06-05 | 1.0 | N
W8        | Social worker     | SW8                 | 2008-06-04     | 2012-01-01 | 2017-06-04 | 0.6 | N
W9        | Social worker     | SW9                 | 2008-06-04     | 2012-01-01 | 2017-06-03 | 0.6 | N
W10       | Social worker     | SW10                | 2008-06-05     | 2018-06-05 |            | 1.0 | N
W11       | Social worker     | SW11                | 2008-06-04     | 2012-01-01 | 2018-01-31 | 1.0 | Y
          |                   | SW12                | 2008-06-04     | 2012-01-01 |            | 1.0 | N
"""


@pytest.mark.parametrize("edition", edition_names())
def test_who_is_in_post_and_who_left(edition):
    seen = see("1.07", WHO, edition=edition)
    assert seen.column("workers", "Worker ID") == ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"]
    assert seen.figure("workers") == 6
    assert seen.figure("in_post") == 5  # 1, 2, 3, 4 and 7; 6 left on the day
    assert seen.figure("in_post_fte") == 3.3
    assert (seen.figure("agency"), seen.figure("agency_fte")) == (1, 1.0)
    assert (seen.figure("leavers"), seen.figure("leavers_fte")) == (2, 1.6)  # 6 and 8
    assert (seen.figure("starters"), seen.figure("starters_fte")) == (2, 1.8)  # 1 and 3
    assert seen.figure("turnover") == 48.5
    assert seen.figure("qualified") == 5
    assert (seen.figure("qualified_permanent"), seen.figure("qualified_permanent_fte")) == (4, 3.3)
    assert (seen.figure("qualified_agency"), seen.figure("qualified_agency_fte")) == (1, 1.0)
    assert left_out(seen) == {
        "annexa_workers: later than the inspection date or the extract": 1,
        "annexa_workers: neither an identifier nor a name": 1,
        "annexa_workers: had left before the twelve months, or left an agency": 2,
    }


def test_experience_in_completed_years_with_the_lower_bound_included():
    seen = see("1.07", WHO)
    bands = {
        label: (cells["Permanent"], cells["Agency"], cells["All"]) for label, cells in seen.grid("experience").items()
    }
    assert bands == {
        "under 1 year": (1, 0, 1),
        "1 to under 2 years": (1, 0, 1),
        "2 to under 5 years": (1, 1, 2),  # 2 years to the day; 5 years less a day
        "5 to under 10 years": (0, 0, 0),
        "10 years or more": (0, 0, 0),
        "not known": (1, 0, 1),
        "Total": (4, 1, 5),
    }
    assert seen.column("workers", "Experience")[3] is None  # not a social worker


EXPERIENCE = {
    "2018-06-04": "under 1 year",
    "2017-06-05": "under 1 year",
    "2017-06-04": "1 to under 2 years",
    "2016-06-05": "1 to under 2 years",
    "2016-06-04": "2 to under 5 years",
    "2016-02-29": "2 to under 5 years",
    "2013-06-05": "2 to under 5 years",
    "2013-06-04": "5 to under 10 years",
    "2008-06-05": "5 to under 10 years",
    "2008-06-04": "10 years or more",
    "": "not known",
    "2018-06-05": "not known",
}


def test_experience():
    people = [worker(n, worker_id=str(n), qualified_date=day) for n, day in enumerate(EXPERIENCE, start=1)]
    assert see("1.07", staffed(people)).column("workers", "Experience") == list(EXPERIENCE.values())


@pytest.mark.parametrize(
    ("qualified", "band"), [("2017-02-28", "1 to under 2 years"), ("2016-02-29", "1 to under 2 years")]
)
def test_experience_from_a_leap_day(qualified, band):
    seen = see("1.07", staffed([worker(1, qualified_date=qualified)]), day="2018-02-28")
    assert seen.column("workers", "Experience") == [band]


def of_what(seen, key):
    """Numerator and denominator of a percentage that is not one of counts."""
    (cell,) = [each.cell for each in seen.report.figures if each.key == key]
    return getattr(cell, "part", None), getattr(cell, "whole", None)


def test_the_examples_of_the_formulas():
    people = [*workers(1, 40), *workers(41, 48, agency="Y")]
    seen = see("1.07", staffed(people, posts=posts(("T1", "50", "10"))))
    assert seen.figure("established_fte") == 50.0
    assert seen.figure("vacant_fte") == 10.0
    assert seen.figure("vacancy_rate") == 20.0
    assert seen.figure("agency_rate") == 16.7
    # The rates are of FTE, which stand beside them as numerator and denominator.
    assert of_what(seen, "vacancy_rate") == (10.0, 50.0)
    assert of_what(seen, "agency_rate") == (8.0, 48.0)
    assert of_what(seen, "turnover") == (0.0, 40.0)
    assert of_what(seen, "sickness_rate") == (None, None)


def test_average_caseload():
    people = [*workers(1, 8), worker(9, fte="0.5"), worker(10, fte="0.5", agency="Y"), worker(11)]
    seen = see("1.07", {**staffed(people), **in_care(**{f"W{n}": 17 for n in range(1, 9)}, W9=7, W10=10)})
    assert (seen.figure("holders"), seen.figure("holders_fte")) == (10, 9.0)
    assert (seen.figure("held"), seen.figure("average"), seen.figure("highest")) == (153, 17.0, 17.0)


def test_a_blank_fte_is_not_zero():
    people = [worker(1), worker(2, fte=None), worker(3, fte="0"), worker(4, fte=None, leave_date="2018-01-01")]
    seen = see("1.07", {**staffed(people), **in_care(W1=10, W2=20)})
    assert seen.figure("in_post_fte") == 1.0
    assert seen.figure("without_fte") == (1, 3, 33.3)
    assert (seen.figure("leavers"), seen.figure("leavers_fte"), seen.figure("turnover")) == (1, None, None)
    assert (seen.figure("held"), seen.figure("average")) == (30, 10.0)
    assert (
        "Children held by workers without a full-time equivalent, who are in no average caseload: 20."
        in seen.report.counted
    )
    assert seen.column("workers", "FTE") == [1.0, None, 0.0, None]


def test_nobody_with_an_fte_gives_no_number_rather_than_zero():
    seen = see("1.07", staffed(workers(1, 3, fte=None), posts=posts(("T1", "4", "1"))))
    assert (seen.figure("in_post"), seen.figure("in_post_fte"), seen.figure("vacancy_rate")) == (3, None, None)


def test_no_worker_is_a_stated_zero():
    seen = see("1.07", staffed([]))
    assert (seen.figure("workers"), seen.figure("in_post_fte"), seen.figure("turnover")) == (0, 0.0, None)
    assert seen.report.supplied
    assert [*seen.grid("teams")] == ["Total"]


def test_what_was_not_supplied():
    absent = see("1.07", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("qualified") == "not supplied"
    seen = see("1.07", staffed(workers(1, 6)))
    assert seen.figure("qualified") == 6
    for key in ("established_fte", "vacant_fte", "vacancy_rate", "absent", "sickness_rate", "held", "average"):
        assert seen.figure(key) == "not supplied", key
    total = seen.grid("teams")["Total"]
    assert total["Vacancy %"] == total["Sickness %"] == total["Average caseload"] == "not supplied"
    assert "cases" not in [table.grid.key for table in seen.report.tables]
    assert seen.column("workers", "Children held (not supplied)") == [None] * 6


def test_posts_alone():
    sick = [absence("W1", "2018-01-01", "2018-01-05", "5")]
    seen = see("1.07", {"annexa_posts": posts(("T1", "4", "1.5")), "annexa_absence": sick})
    assert not [note for note in seen.report.notes if "ssd_professionals" in note]
    assert not seen.run.context.findings.frame().filter(check="AA-R45").height
    assert (seen.figure("vacant_fte"), seen.figure("in_post"), seen.figure("vacancy_rate")) == (
        1.5,
        "not supplied",
        "not supplied",
    )


@pytest.mark.parametrize(
    ("column", "keys"),
    [
        (
            "agency",
            ["in_post", "in_post_fte", "agency_rate", "vacancy_rate", "turnover", "leavers", "qualified_agency"],
        ),
        ("leave_date", ["leavers", "leavers_fte", "turnover"]),
        ("start_date", ["starters", "starters_fte"]),
        ("fte", ["workers_fte", "in_post_fte", "vacancy_rate", "average", "sickness_rate"]),
    ],
)
def test_without_a_column(column, keys):
    tables = {
        **staffed(
            workers(1, 6), posts=posts(("T1", "8", "2")), absence=[absence("W1", "2018-01-01", "2018-01-05", "5")]
        ),
        **in_care(W1=3),
    }
    seen = see("1.07", tables, without=[f"annexa_workers.{column}"])
    assert seen.figure("workers") == 6
    assert [seen.figure(key) for key in keys] == ["not supplied"] * len(keys)


def test_an_agency_flag_that_is_blank_or_unreadable_counts_as_permanent_and_is_told():
    people = [worker(1, agency=None), worker(2, agency="perhaps"), worker(3, agency="Yes")]
    seen = see("1.07", staffed(people))
    assert (seen.figure("in_post"), seen.figure("agency")) == (2, 1)
    assert seen.column("workers", "Agency") == [None, None, "Y"]
    assert (
        "Workers at the inspection date who are not recorded as an agency's or not, and count as permanent: 2."
        in seen.report.counted
    )


def test_a_blank_start_has_begun():
    seen = see("1.07", staffed([worker(1, start_date=None)]))
    assert (seen.figure("in_post"), seen.figure("starters")) == (1, 0)
    assert (
        "Workers at the inspection date without a first day, who count as employed and not as starters: 1."
        in seen.report.counted
    )


def test_an_extract_that_is_earlier_than_the_inspection():
    people = [
        worker(1, leave_date="2018-06-01"),
        worker(2, leave_date="2018-06-02"),
        worker(3, start_date="2018-06-02"),
    ]
    seen = see("1.07", staffed(people), extract_date="2018-06-01")
    assert (seen.figure("in_post"), seen.figure("leavers"), seen.figure("starters")) == (1, 1, 0)


def test_one_worker_twice():
    again = worker(1, leave_date="2018-01-01", start_date="2014-01-01", fte="0.5")
    seen = see("1.07", staffed([worker(1), worker(1), again]))
    assert (seen.figure("in_post"), seen.figure("in_post_fte"), seen.figure("leavers")) == (1, 1.0, 0)
    assert left_out(seen) == {
        "annexa_workers: the same as a row that is kept": 1,
        "annexa_workers: another row of the same key is kept": 1,
    }
    assert {"AA-G20", "AA-R14"} <= set(seen.findings["check"])


def test_a_worker_without_an_identifier_is_counted_by_name():
    seen = see("1.07", staffed([worker(1, worker_id=None, name="Ann Able")]), worker_names=True)
    assert seen.figure("in_post") == 1
    assert [(row["Worker ID"], row["Worker name"]) for row in seen.rows("workers")] == [(None, "Ann Able")]


def test_names_are_shown_on_request_alone():
    assert "Worker name" not in see("1.07", staffed([worker(1)])).rows("workers")[0]


def test_who_left_before_beginning_has_left_and_is_told():
    seen = see("1.07", staffed([worker(1, start_date="2018-03-02", leave_date="2018-03-01")]))
    assert (seen.figure("in_post"), seen.figure("leavers")) == (0, 1)
    (found,) = seen.run.context.findings.frame().filter(check="AA-R43").to_dicts()
    assert (found["worker"], found["row"], found["column"]) == ("W1", 2, "leave_date")


def test_roles_of_the_authority():
    people = [
        worker(1, registration_number=None, role=" social  WORKER"),
        worker(2, registration_number=None, role="Consultant"),
    ]
    assert see("1.07", staffed(people)).column("workers", "Qualified social worker") == ["N", "N"]
    named = see("1.07", staffed(people), social_worker_roles=["consultant", "Social  worker"])
    assert named.column("workers", "Qualified social worker") == ["Y", "Y"]


def test_a_row_says():
    people = [worker(1, team_id="T1", locality="North", agency="Y", fte="0.6", leave_date="2018-09-01")]
    assert see("1.07", {**staffed(people), **in_care(W1=2)}, caseload_limit=1).rows("workers") == [
        {
            "Worker ID": "W1",
            "Team": "T1",
            "Locality": "North",
            "Role": "Social worker",
            "Qualified social worker": "Y",
            "Agency": "Y",
            "FTE": 0.6,
            "Start": date(2015, 1, 1),
            "Leave": None,
            "Experience": "5 to under 10 years",
            "Children held": 2,
            "Over the limit": "Y",
        }
    ]


# --- sickness ---

SICK = """
annexa_absence
worker_id | start_date | end_date   | working_days_lost
W1        | 2017-06-04 | 2017-06-04 | 1
W1        | 2017-05-29 | 2017-06-03 | 4
W2        | 2018-06-04 | 2018-06-04 | 0.5
W2        | 2018-06-05 | 2018-06-06 | 2
W3        | 2018-01-08 | 2018-01-12 |
W4        | 2018-01-08 | 2018-01-12 | 5
W5        | 2018-01-08 | 2018-01-12 | 5
W99       | 2018-01-08 | 2018-01-12 | 5
W1        |            |            | 3
"""


def test_sickness():
    people = [*workers(1, 3), worker(4, agency="Y"), worker(5, leave_date="2018-02-01")]
    seen = see("1.07", {**staffed(people), **drawn(SICK)})
    assert seen.figure("sickness_days") == 6.5  # 1, 0.5, and 5 of one who has left since
    assert seen.figure("absent") == 4
    assert seen.figure("sickness_rate") == 0.9  # 6.5 / (3 x 253)
    assert left_out(seen) == {
        "annexa_absence: later than the inspection date or the extract": 1,
        "annexa_absence: has no date": 1,
        "annexa_absence: outside the twelve months": 1,
        "annexa_absence: of a worker who is not in the workforce data": 1,
        "annexa_absence: of an agency worker": 1,
    }
    assert "Absences in the twelve months without a number of working days lost: 1." in seen.report.counted
    (found,) = seen.run.context.findings.frame().filter(check="AA-R45").to_dicts()
    assert (found["table"], found["worker"], found["row"]) == ("annexa_absence", "W99", 9)


WITHIN = [
    ("2017-06-01", "2017-06-07", "7", 4.0),  # four of its seven days lie within
    ("2016-06-05", "2018-06-04", "730", 366.0),  # of 730 days 366
    ("2018-05-21", "", "9", 9.0),  # it goes on: as recorded
    ("2018-05-31", "2018-06-15", "12", 3.0),  # 31 May, 1 and 4 June: the rest lies ahead
    ("2018-05-31", "2018-06-15", "2", 2.0),
    ("2018-05-31", "2018-06-15", "", None),  # no number of days is recorded: none is made up
    ("", "2018-01-05", "2", 2.0),
    ("", "2017-06-03", "2", 0.0),
    ("2018-01-05", "2018-01-01", "1", 1.0),
]


def test_days_lost_within_the_twelve_months():
    absences = [absence("W1", start, end, days) for start, end, days, _ in WITHIN]
    seen = see("1.07", staffed(workers(1, 2), absence=absences))
    found = sickness(seen.run).sort("_row").select(pl.when("inside").then("lost").otherwise(0))
    assert found.to_series().to_list() == [lost for *_, lost in WITHIN]
    assert seen.figure("sickness_days") == sum(lost or 0 for *_, lost in WITHIN)


def test_a_full_year_of_one_worker_is_everything():
    seen = see("1.07", staffed([worker(1)], absence=[absence("W1", "2017-06-04", "2018-06-04", "253")]))
    assert seen.figure("sickness_rate") == 100.0
    assert see("1.07", staffed([worker(1)], absence=[])).figure("sickness_rate") == 0.0


# --- the staff table of the case records ---

STAFF = {
    "ssd_professionals": [
        dict(
            zip(
                (
                    "prof_professional_id",
                    "prof_staff_id",
                    "prof_professional_name",
                    "prof_social_worker_registration_no",
                    "prof_professional_job_title",
                    "prof_full_time_equivalency",
                    "prof_agency_worker_flag",
                ),
                row,
                strict=True,
            )
        )
        for row in [
            ("1", "S1", "Ann Able", "SW1", "Manager", "1.0", "Y"),
            ("2", "S2", "Ben Bold", "", "Social worker", "0.5", ""),
            ("2", "", "Ben Bold", "", "Social worker", "0.7", ""),
            ("3", "S3", "", "", "Clerk", "", ""),
            ("", "", "", "SW9", "Clerk", "1.0", ""),
        ]
    ]
}


def test_without_the_table_of_workers():
    seen = see("1.07", {**STAFF, **in_care(S1=3, **{"ben BOLD": 2})})
    assert (seen.figure("workers"), seen.figure("workers_fte"), seen.figure("without_fte")) == (3, 1.5, (1, 3, 33.3))
    assert (seen.figure("qualified"), seen.figure("qualified_fte")) == (2, 1.5)
    for key in ("in_post", "agency", "agency_rate", "leavers", "turnover", "starters", "qualified_permanent"):
        assert seen.figure(key) == "not supplied", key
    assert (seen.figure("held"), seen.figure("average")) == (5, 3.3)
    assert seen.column("workers", "Worker ID") == ["1", "2", "3"]
    assert seen.column("workers", "Children held") == [3, 2, 0]
    assert {"Agency (not supplied)", "Team (not supplied)", "Start (not supplied)"} <= seen.rows("workers")[0].keys()
    assert [table.grid.key for table in seen.report.tables] == ["cases"]
    assert "ssd_professionals" in next(each for each in seen.report.figures if each.key == "qualified").definition
    assert left_out(seen) == {
        "ssd_professionals: another row of the same worker is kept": 1,
        "ssd_professionals: neither an identifier nor a name": 1,
    }
    assert "AA-R43" in set(seen.run.context.findings.frame()["check"])
