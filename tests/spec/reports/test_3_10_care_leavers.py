"""3.10: the care leavers of List 9 at the inspection date, 4 June 2018: by age, contact, housing and activity."""

from datetime import date

import polars as pl
import pytest

from annexa.editions import edition_names
from annexa.reports.build import build_reports
from annexa.reports.suppress import suppressed, system_of
from tests.support.reports import drawn, see

COLUMNS = {
    "person": "clea_person_id",
    "category": "clea_care_leaver_eligibility",
    "touch": "clea_care_leaver_in_touch",
    "contact": "clea_care_leaver_latest_contact",
    "home": "clea_care_leaver_accommodation",
    "suitable": "clea_care_leaver_accom_suitable",
    "activity": "clea_care_leaver_activity",
    "review": "clea_pathway_plan_review_date",
    "adviser": "clea_care_leaver_personal_advisor",
}


def leavers(text, **arguments):
    """Report 3.10 of drawn tables, in which the columns of care leavers have short names."""
    return see("3.10", spelled_out(text), **arguments)


def spelled_out(text):
    """Drawn tables with the source's names of these columns."""
    tables = drawn(text)
    rows = tables["ssd_care_leavers"]
    return {**tables, "ssd_care_leavers": [{COLUMNS[name]: cell for name, cell in row.items()} for row in rows]}


def keys(seen):
    return [each.key for each in seen.report.figures]


AGED = """
ssd_person
pers_person_id | pers_dob
A15            | 2002-06-05
A16            | 2002-06-04
A17            | 2000-06-05
A18            | 2000-06-04
B18            | 1999-06-05
A19            | 1999-06-04
A21            | 1996-06-05
A22            | 1996-06-04
A24            | 1993-06-05
A25            | 1993-06-04
ANY            |
ELI            | 2002-01-15

ssd_care_leavers
person | category        | touch
A15    | Relevant        | Y
A16    | Relevant        | Y
A17    | Relevant        | Y
A18    | Former relevant | Y
B18    | Former relevant | Y
A19    | Former relevant | Y
A21    | Former relevant | Y
A22    | Former relevant | Y
A24    | Former relevant | Y
A25    | Former relevant | Y
ANY    | Former relevant | Y
ELI    | Eligible        | Y

annexa_care_leaver_services
person_id | start_date
A25       | 2016-01-04

ssd_cla_episodes
clae_person_id | clae_cla_episode_id | clae_cla_id | clae_cla_episode_start_date
ELI            | 1                   | 1           | 2016-01-04

annexa_pathway_plans
person_id | start_date
ELI       | 2018-01-08
"""
OTHER = "other ages, or age not known"


@pytest.mark.parametrize("edition", edition_names())
def test_the_bands_add_up_to_list_9(edition):
    seen = leavers(AGED, edition=edition)
    eligible = 1 if seen.run.lists[9].spec.cohort == "care_leavers_and_eligible" else 0
    ages = {age: line["Care leavers"] for age, line in seen.grid("ages").items()}
    assert ages == {
        "16-17": 2 + eligible,
        "18": 2,
        "19-21": 2,
        "22-24": 2,
        OTHER: 3,
        "Total": 11 + eligible,
    }
    assert seen.figure("listed") == seen.run.lists[9].frame.height == 11 + eligible
    assert len(seen.rows("care_leavers")) == 11 + eligible
    assert {age: line["Care leavers"] for age, line in seen.grid("compared").items()} == {"17-18": 3, "19-21": 2}
    assert seen.grid("support")["eligible"]["Pathway plan in place"] == eligible


def test_somebody_who_is_off_list_9_is_told():
    excluded = {reason: cell.value for reason, cell in leavers(AGED).report.excluded}
    assert excluded == {
        "ssd_care_leavers: a care leaver who is looked after": 1,
        "annexa_pathway_plans: of somebody who is not on List 9": 1,
    }


@pytest.mark.parametrize(("day", "band"), [("2018-02-28", "16-17"), ("2018-03-01", "18")])
def test_who_was_born_on_29_february_is_18_on_1_march(day, band):
    tables = """
        ssd_person
        pers_person_id | pers_dob
        C1             | 2000-02-29

        ssd_care_leavers
        person | category   | touch
        C1     | Qualifying | Y
    """
    assert leavers(tables, day=day).column("care_leavers", "Age band") == [band]


KNOWN = """
ssd_person
pers_person_id | pers_dob
C01            | 1998-12-01
C02            | 1998-12-01
C03            | 1998-12-01
C04            | 1998-12-01
C05            | 1998-12-01
C06            | 1998-12-01
C07            | 1998-12-01
C08            | 1998-12-01
C09            | 1998-12-01
C10            | 1998-12-01
C11            | 1998-12-01
C12            | 1998-12-01
C13            | 2000-01-15

ssd_care_leavers
person | category        | touch   | home | suitable | activity
C01    | Former relevant | Y       | U    | 1        | F1
C02    | Former relevant | Y       | X    | 1        | F5
C03    | Former relevant | Y       | X    |          | P4
C04    | Former relevant | Y       | W    | 2        | G4
C05    | Former relevant | Y       | S    | 2        | G5
C06    | Former relevant | Y       | Z    | 1        | G6
C07    | Former relevant | Y       | R    |          |
C08    | Former relevant | N       | U    | 1        | F2
C09    | Former relevant | REFU    |      |          |
C10    | Former relevant | NREQ    |      |          |
C11    | Former relevant | RHOM    |      |          |
C12    | Former relevant |         | U    | 1        | F2
C13    | Qualifying      | perhaps |      |          |

ssd_immigration_status
immi_person_id | immi_immigration_status_id | immi_immigration_status              | immi_immigration_status_end_date
C01            | 1                          | Unaccompanied Asylum Seeking Child   | 2014-01-01
C02            | 2                          | Refugee Status                       |
"""


def test_the_figures():
    seen = leavers(KNOWN)
    figures = {key: seen.figure(key) for key in keys(seen) if not key.startswith(("review", "owed", "contacted"))}
    assert figures == {
        "listed": 13,
        "counted": 12,
        "left_out": 1,
        "in_touch": (7, 12, 58.3),
        "not_in_touch": 1,
        "refused": 1,
        "not_required": 1,
        "touch_not_recorded": 2,
        "suitable": (2, 12, 16.7),
        "suitable_in_touch": (2, 7, 28.6),
        "housing_unknown": (6, 12, 50.0),
        "custody": 2,
        "bed_and_breakfast": 1,
        "homeless": 1,
        "former_carers": 1,
        "eet": (3, 12, 25.0),
        "eet_in_touch": (3, 7, 42.9),
        "activity_unknown": (6, 12, 50.0),
        "uasc": 1,
        "adviser": (0, 12, 0.0),
        "completed": "not supplied",
        "in_place": "not supplied",
    }


def test_contact_housing_and_activity_each_add_up_to_all():
    seen = leavers(KNOWN)
    for grid in ("contact", "housing", "activity", "ages"):
        for *parts, whole in (line.values() for line in seen.grid(grid).values()):
            assert sum(parts) == whole, grid
    assert seen.grid("housing")["19-21"] == {
        "Suitable accommodation": 2,
        "Unsuitable accommodation": 4,
        "No information on suitability": 5,
        "All but died and returned home": 11,
    }
    assert list(seen.grid("activity")["Total"].values()) == [3, 1, 1, 1, 6, 12]
    assert list(seen.grid("rates")["18"].values()) == [
        (0, 1, 0.0),
        (0, 1, 0.0),
        (0, 0, None),
        (1, 1, 100.0),
        (0, 1, 0.0),
        (0, 0, None),
        (1, 1, 100.0),
    ]


def test_details_are_not_taken_from_somebody_who_is_not_in_touch():
    (row,) = (row for row in leavers(KNOWN).rows("care_leavers") if row["Child Unique ID"] == "C08")
    assert (row["In touch"], row["Accommodation"], row["Suitability"], row["Activity"]) == ("b) No", None, None, None)


def test_a_death_takes_a_care_leaver_off_the_list_and_out_of_all():
    seen = leavers(KNOWN.replace("| NREQ ", "| DIED "))
    assert (seen.figure("listed"), seen.figure("counted"), seen.figure("left_out")) == (12, 11, 1)


def test_several_records_of_one_person_are_one_care_leaver():
    tables = """
        ssd_care_leavers
        person | category        | touch | contact    | activity
        C1     | Former relevant | N     | 2018-01-08 |
        C1     | Former relevant | Y     | 2018-05-08 | F2
    """
    seen = leavers(tables)
    assert (seen.figure("listed"), seen.figure("in_touch"), seen.figure("eet")) == (1, (1, 1, 100.0), (1, 1, 100.0))


SUPPORT = """
ssd_person
pers_person_id | pers_dob
C1             | 1998-12-01
C2             | 1998-12-01
C3             | 1997-06-05
C4             | 2001-01-15
C5             | 1997-06-04
C6             | 1998-12-01
C7             | 1998-12-01
C8             |

ssd_care_leavers
person | category        | touch | contact    | review     | adviser
C1     | Former relevant | Y     | 2018-04-03 | 2017-12-03 | 77
C2     | Former relevant | Y     | 2018-04-04 | 2017-12-04 | Ann Smith
C3     | Former relevant | N     | 2018-06-04 | 2018-06-04 |
C4     | Relevant        | Y     | 2018-06-05 | 2018-06-05 | Zed Unknown
C5     | Former relevant | Y     | 2018-06-01 | 2018-06-01 | 77
C6     | Qualifying      | Y     | 2018-06-01 | 2018-06-01 | 77
C7     |                 | Y     | 2018-06-01 |            |
C8     | Former relevant | Y     |            |            |

ssd_professionals
prof_professional_id | prof_staff_id | prof_professional_name
77                   | S77           | Jo Bloggs
78                   | S78           | Ann Smith
"""
PLANS = """
annexa_pathway_plans
person_id | start_date | completed_date | review_date
C1        | 2018-06-04 | 2018-06-04     |
C2        | 2018-06-05 | 2018-06-05     |
C3        |            | 2018-01-08     | 2018-01-08
C4        | 2016-01-04 | 2016-03-04     | 2017-01-04
C4        | 2017-01-04 | 2018-06-05     | 2017-12-04
C5        | 2017-01-04 |                |
          | 2017-01-04 |                |
C9        | 2017-01-04 |                |
"""
GROUPS = [
    "relevant and former relevant, under 21",
    "relevant and former relevant, 21 and over",
    "qualifying",
    "eligible",
    "category or age not known",
]


def test_support_of_those_under_21_with_the_others_apart():
    seen = leavers(SUPPORT + PLANS)
    assert seen.figure("owed") == 4
    assert seen.figure("adviser") == (3, 4, 75.0)
    assert seen.figure("contacted") == (2, 4, 50.0)
    assert seen.figure("completed") == (3, 4, 75.0)
    assert seen.figure("in_place") == (2, 4, 50.0)
    assert seen.figure("reviewed") == (3, 4, 75.0)
    support = seen.grid("support")
    assert [support[group]["Care leavers"] for group in GROUPS] == [4, 1, 1, 0, 2]
    assert [support[group]["Personal adviser allocated"] for group in GROUPS] == [3, 1, 1, 0, 0]
    assert [support[group]["Recent contact"] for group in GROUPS] == [2, 1, 1, 0, 1]
    assert support["Total"] == {
        "Care leavers": 8,
        "Personal adviser allocated": 5,
        "Recent contact": 5,
        "Pathway plan completed": 3,
        "Pathway plan in place": 3,
        "Pathway plan reviewed in six months": 5,
    }
    assert [next(iter(line.values())) for line in seen.grid("support_ages").values()] == [1, 0, 3, 4]
    assert seen.grid("support_rates")[GROUPS[0]]["Pathway plan in place"] == (2, 4, 50.0)
    assert seen.grid("support_rates")[GROUPS[3]]["Recent contact"] == (0, 0, None)


def test_plans_that_are_in_no_number_are_told():
    excluded = {reason: cell.value for reason, cell in leavers(SUPPORT + PLANS).report.excluded}
    assert excluded == {
        "annexa_pathway_plans: no identifier of a young person": 1,
        "annexa_pathway_plans: of somebody who is not on List 9": 1,
        "annexa_pathway_plans: later than the inspection date or the extract": 1,
    }


def test_without_plans_a_review_is_all_that_is_recorded():
    seen = leavers(SUPPORT)
    assert seen.figure("completed") == seen.figure("in_place") == seen.figure("reviewed") == "not supplied"
    assert seen.figure("review_recorded") == (3, 4, 75.0)
    assert seen.figure("review_in_six_months") == (2, 4, 50.0)
    assert list(seen.grid("support")[GROUPS[0]])[3:] == ["Review recorded", "Review recorded in six months"]
    assert not {"review_recorded", "review_in_six_months"} & set(keys(leavers(SUPPORT + PLANS)))


@pytest.mark.parametrize(
    ("day", "months", "contact", "counted"),
    [
        ("2018-04-30", 2, "2018-02-27", 0),
        ("2018-04-30", 2, "2018-02-28", 1),
        ("2018-04-30", 3, "2018-01-29", 0),
        ("2018-04-30", 3, "2018-01-30", 1),
        ("2020-04-30", 2, "2020-02-28", 0),
        ("2020-04-30", 2, "2020-02-29", 1),
    ],
)
def test_contact_is_looked_for_in_calendar_months(day, months, contact, counted):
    tables = f"""
        ssd_person
        pers_person_id | pers_dob
        C1             | 2000-12-01

        ssd_care_leavers
        person | category | touch | contact
        C1     | Relevant | Y     | {contact}
    """
    seen = leavers(tables, day=day, adviser_contact_months=months)
    assert seen.figure("contacted")[:2] == (counted, 1)
    assert seen.column("care_leavers", "Recent contact") == ["Y" if counted else "N"]


def test_what_a_row_says():
    first, second, *_ = leavers(SUPPORT + PLANS).rows("care_leavers")
    assert first == {
        "Child Unique ID": "C1",
        "Date of Birth": date(1998, 12, 1),
        "Age": 19,
        "Age band": "19-21",
        "Eligibility category": "b) Former relevant child",
        "In touch": "a) Yes",
        "Latest contact": date(2018, 4, 3),
        "Recent contact": "N",
        "Accommodation": None,
        "Suitability": None,
        "Activity": None,
        "Ever UASC (not supplied)": None,
        "Personal adviser": "77",
        "Adviser allocated": "Y",
        "Pathway plan in place since": date(2018, 6, 4),
        "Pathway plan completed": date(2018, 6, 4),
        "Latest review recorded": date(2017, 12, 3),
        "Reviewed in six months": "N",
    }
    assert (second["Personal adviser"], second["Adviser allocated"]) == ("78", "Y")


def test_an_adviser_s_name_stands_only_in_the_column_of_names():
    plain = leavers(SUPPORT)
    assert not any("Zed" in str(cell) for row in plain.rows("care_leavers") for cell in row.values())
    named = leavers(SUPPORT, worker_names=True)
    assert named.column("care_leavers", "Name of the personal adviser")[:4] == [
        "Jo Bloggs",
        "Ann Smith",
        None,
        "Zed Unknown",
    ]
    (told,) = plain.run.context.findings.frame().filter(pl.col("check") == "AA-R45")["column"]
    assert told == "personal_adviser"


def test_columns_that_are_not_there_are_not_supplied():
    columns = ["clea_care_leaver_latest_contact", "clea_care_leaver_personal_advisor", "clea_care_leaver_activity"]
    seen = leavers(SUPPORT + PLANS, without=[f"ssd_care_leavers.{column}" for column in columns])
    assert {key for key in keys(seen) if seen.figure(key) == "not supplied"} == {
        "adviser",
        "contacted",
        "eet",
        "eet_in_touch",
        "activity_unknown",
        "uasc",
    }
    assert seen.grid("support")["Total"]["Recent contact"] == "not supplied"
    assert seen.grid("activity")["18"]["No information on activity"] == "not supplied"
    assert seen.grid("rates")["18"]["No information on activity, of all"] == "not supplied"
    assert seen.grid("rates")["Total"]["In touch, of all"] == (7, 8, 87.5)
    assert seen.column("care_leavers", "Latest contact (not supplied)") == [None] * 8


def test_without_who_is_in_touch_nothing_of_it_is_known():
    seen = leavers(SUPPORT, without=["ssd_care_leavers.clea_care_leaver_in_touch"])
    assert seen.figure("listed") == 8
    assert seen.figure("counted") == seen.figure("suitable") == seen.figure("custody") == "not supplied"
    assert seen.grid("ages")["Total"] == {
        "All but died and returned home": "not supplied",
        "Died or returned home": "not supplied",
        "Care leavers": 8,
    }


def test_no_care_leaver_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = leavers("ssd_care_leavers\nperson | category")
    assert (empty.figure("listed"), empty.figure("in_touch")) == (0, (0, 0, None))
    absent = see("3.10", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert {absent.figure(key) for key in keys(absent)} == {"not supplied"}


def test_the_same_count_has_one_size_in_all_tables_of_a_run():
    run = leavers(KNOWN + PLANS).run
    reports = build_reports(run, ["3.07", "3.10"])
    assert system_of(reports).counts["care leavers: eet"] == 3
    hidden = {each.item: each for each in suppressed(reports)}
    assert {each.key: each.cell for each in hidden["3.10"].figures}["custody"].value == "c"
    assert hidden["3.10"].sheets == ()


def test_the_order_of_rows_decides_nothing():
    tables = spelled_out(SUPPORT + PLANS)
    first, second = (see("3.10", {name: rows[::step] for name, rows in tables.items()}) for step in (1, -1))
    assert first.report.figures == second.report.figures
    assert first.report.tables == second.report.tables
    assert first.rows("care_leavers") == second.rows("care_leavers")


def test_teams_are_the_business_of_the_checks_of_the_list():
    tables = spelled_out(SUPPORT)
    tables["ssd_care_leavers"][0]["clea_care_leaver_allocated_team"] = "T9"
    tables["ssd_department"] = [{"dept_team_id": "T1", "dept_team_name": "Leaving care"}]
    found = see("3.10", tables).run.context.findings.frame()
    assert found.filter(pl.col("check") == "AA-R45")["column"].to_list() == ["personal_adviser"]
    assert "team" in found.filter(pl.col("check") == "AA-R20")["column"].to_list()
