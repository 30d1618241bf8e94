"""3.07: looked-after children as pupils, and what they and care leavers do after school, at 4 June 2018."""

from datetime import date

import polars as pl
import pytest

from annexa.editions import edition_names
from annexa.reports.build import build_reports
from annexa.reports.suppress import suppressed, system_of
from tests.support.reports import drawn, see

NOT_SUPPLIED = "not supplied"
TERMS = [
    {"start": "2017-09-04", "end": "2017-12-21"},
    {"start": "2018-01-08", "end": "2018-03-29"},
    {"start": "2018-04-16", "end": "2018-07-20"},
]


def in_care(*children, born="2006-05-01", since="2017-01-09"):
    """Tables with children looked after; each is an identifier, or a pair of it and the day care began."""
    pairs = [(each, since) if isinstance(each, str) else each for each in children]
    return {
        "ssd_person": [{"pers_person_id": child, "pers_dob": born} for child, _ in pairs],
        "ssd_cla_episodes": [
            {
                "clae_person_id": child,
                "clae_cla_episode_id": str(number),
                "clae_cla_id": str(number),
                "clae_cla_episode_start_date": day,
            }
            for number, (child, day) in enumerate(pairs)
        ],
    }


def plans(*dates, year="2017/18"):
    """Children looked after, each a pupil of a school year with a plan on one of these days."""
    names = [f"C{number}" for number in range(len(dates))]
    pupils = [
        {"person_id": name, "academic_year": year, "pep_date": day} for name, day in zip(names, dates, strict=True)
    ]
    return {**in_care(*names), "annexa_virtual_school": pupils}


def contradictions(seen):
    found = seen.run.context.findings.frame().filter(pl.col("check") == "AA-R43")
    return found.select("table", "child", "row").rows()


COHORTS = """
ssd_person
pers_person_id | pers_dob
C1             | 2006-05-01
C2             | 2006-05-01
C3             | 2006-05-01
C4             | 2006-05-01
C5             | 2006-05-01
C6             | 2006-05-01
C7             | 2013-04-01
C8             | 2013-03-31

ssd_cla_episodes
clae_person_id | clae_cla_episode_id | clae_cla_id | clae_cla_episode_start_date | clae_cla_episode_ceased_date
C1             | 1                   | 1           | 2017-06-03                  |
C2             | 2                   | 2           | 2017-06-04                  |
C3             | 3                   | 3           | 2017-06-05                  |
C4             | 4                   | 4           | 2017-01-09                  | 2018-06-04
C5             | 5                   | 5           | 2017-01-09                  | 2018-06-05
C6             | 6                   | 6           | 2017-01-09                  |
C7             | 7                   | 7           |                             |
C8             | 8                   | 8           | 2018-06-04                  |

ssd_legal_status
lega_person_id | lega_legal_status_id | lega_legal_status | lega_legal_status_start_date
C6             | 1                    | V4                | 2017-01-09

annexa_virtual_school
person_id | academic_year | school_ofsted_grade
C1        | 2017/18       | Outstanding
C2        | 2017-18       | 2
C3        | 2017/2018     | Requires improvement
C4        | 2017/18       | Good
C5        | 201718        | who knows
C6        | 2017/18       | Good
C7        | 2016/17       | Good
C8        | 2018/19       | Good
          | 2017/18       | Good
C9        |               | Good
"""


@pytest.mark.parametrize("edition", edition_names())
def test_the_two_cohorts(edition):
    seen = see("3.07", COHORTS, edition=edition)
    assert seen.column("pupils", "Child Unique ID") == ["C1", "C2", "C3", "C5", "C7", "C8"]
    assert seen.column("pupils", "12 months or more") == ["Y", "Y", "N", "Y", None, "N"]
    assert (seen.figure("looked_after"), seen.figure("looked_after_12")) == (6, 3)
    assert (seen.figure("on_roll"), seen.figure("on_roll_12")) == ((4, 6, 66.7), (3, 3, None))
    assert (seen.figure("not_on_roll"), seen.figure("not_on_roll_12")) == (1, 0)
    assert (seen.figure("school"), seen.figure("school_12")) == ((2, 3, None), (2, 2, None))
    assert seen.figure("virtual_school_year") == "2017/18"
    assert {label: list(line.values()) for label, line in seen.grid("schools").items()} == {
        "Good or outstanding": [2, 2],
        "Requires improvement": [1, 0],
        "Inadequate": [0, 0],
        "Total": [3, 2],
    }
    assert seen.report.counted[0].startswith("1 looked-after child is without a day on which care began")


def test_rows_that_are_in_no_number_are_told():
    excluded = {reason: cell.value for reason, cell in see("3.07", COHORTS).report.excluded}
    assert excluded == {
        "annexa_virtual_school: a school year that has not begun": 1,
        "annexa_virtual_school: no pupil's identifier": 1,
        "annexa_virtual_school: no school year": 1,
        "annexa_virtual_school: not looked after at the inspection date": 2,
    }


@pytest.mark.parametrize(
    ("terms", "period", "counted"),
    [
        (TERMS, "08/01/2018 to 29/03/2018", ["2018-01-08", "2018-03-29"]),
        (TERMS[:1], "04/09/2017 to 21/12/2017", ["2017-12-03", "2017-12-04"]),
        ([{"start": "2018-03-30", "end": "2018-06-04"}], "30/03/2018 to 04/06/2018", ["2018-03-30", "2018-06-04"]),
        (
            [{"start": "2018-03-30", "end": "2018-06-05"}],
            "04/12/2017 to 04/06/2018",
            ["2017-12-04", "2018-01-07", "2018-01-08", "2018-03-29", "2018-03-30", "2018-06-04"],
        ),
        (
            [],
            "04/12/2017 to 04/06/2018",
            ["2017-12-04", "2018-01-07", "2018-01-08", "2018-03-29", "2018-03-30", "2018-06-04"],
        ),
    ],
)
def test_a_plan_counts_in_the_last_complete_term_or_within_six_months(terms, period, counted):
    days = ["2017-12-03", "2017-12-04", "2018-01-07", "2018-01-08", "2018-03-29", "2018-03-30", "2018-06-04", "", ""]
    seen = see("3.07", plans(*days), terms=terms)
    assert seen.figure("plan_period") == period
    assert seen.figure("plan") == seen.figure("plan_12") == (len(counted), 9, round(100 * len(counted) / 9, 1))
    rows = seen.rows("pupils")
    assert [f"{row['Latest plan']}" for row in rows if row["In the last term"] == "Y"] == counted


def test_the_plan_of_the_last_term_may_stand_in_the_row_of_the_year_before():
    tables = plans("2018-07-02", "", year="2017/18")
    tables["annexa_virtual_school"] += [{"person_id": f"C{n}", "academic_year": "2018/19"} for n in range(2)]
    seen = see("3.07", tables, day="2018-09-20", terms=TERMS)
    assert seen.figure("virtual_school_year") == "2018/19"
    assert seen.figure("plan") == (1, 2, None)


@pytest.mark.parametrize(("day", "year"), [("2018-08-31", "2017/18"), ("2018-09-01", "2018/19")])
def test_a_school_year_begins_on_1_september(day, year):
    tables = plans("", "")
    tables["annexa_virtual_school"][1]["academic_year"] = "2018/19"
    seen = see("3.07", tables, day=day)
    assert seen.figure("virtual_school_year") == year
    assert seen.figure("on_roll")[:2] == (1, 2)


def test_two_rows_of_a_pupil_and_year_are_one_pupil():
    tables = plans("2018-05-01")
    tables["annexa_virtual_school"].append({"person_id": "C0", "academic_year": "2017-18", "school_name": ""})
    seen = see("3.07", tables)
    assert seen.figure("plan")[:2] == (1, 1)
    assert len(seen.rows("pupils")) == 1
    assert "AA-R14" in set(seen.findings["check"])
    assert ("annexa_virtual_school: another row of the same key is kept", 1) in {
        (reason, cell.value) for reason, cell in seen.report.excluded
    }


def test_plans_by_quality_in_one_spelling():
    tables = plans("2018-05-01", "2018-05-01", "2017-10-02", "2018-05-01", "")
    for row, quality in zip(tables["annexa_virtual_school"], ("Good", "good", "weak", "", "Good"), strict=True):
        row["pep_quality"] = quality
    first = {label: next(iter(line.values())) for label, line in see("3.07", tables).grid("quality").items()}
    assert first == {"Good": 2, "weak": 1, "not recorded": 1, "no plan recorded": 1, "Total": 5}


ATTENDANCE = """
annexa_attendance
person_id | academic_year | sessions_possible | sessions_attended | suspension_sessions | permanently_excluded
C0        | 2017/18       | 200               | 180               | 3                   | N
C1        | 2017/18       | 200               | 181               | 0                   | N
C2        | 2017/18       | 190               | 171               |                     | Y
C3        | 2017/18       | 0                 | 0                 | 4                   |
C4        | 2017/18       | 100               | 101               |                     |
C5        | 2017/18       | 100               |                   |                     |
C6        | 2017/18       | 100               | 0                 |                     |
C0        | 2016/17       | 300               | 0                 | 50                  | Y
C1        | 2018/19       | 300               | 0                 | 50                  | Y
X9        | 2017/18       | 300               | 0                 | 50                  | Y
"""


def attendance(pupils, extra=0):
    """The table above, of seven children looked after and as many more who attend 95 of 100 sessions as `extra`."""
    names = [f"C{n}" for n in range(7 + extra)]
    rows = drawn(pupils)["annexa_attendance"]
    rows += [
        {"person_id": name, "academic_year": "2017/18", "sessions_possible": "100", "sessions_attended": "95"}
        for name in names[7:]
    ]
    return {**in_care(*names), "annexa_attendance": rows}


def sessions(seen):
    """Numerator and denominator of attendance."""
    (cell,) = [each.cell for each in seen.report.figures if each.key == "attendance"]
    return cell.part, cell.whole


def test_attendance_is_added_up_over_pupils():
    seen = see("3.07", attendance(ATTENDANCE, extra=2))
    assert seen.figure("with_attendance") == 6
    assert seen.figure("attendance") == 81.1  # 722 of 890 sessions
    assert sessions(seen) == (722, 890)
    assert seen.figure("persistent") == (3, 6, 50.0)
    assert seen.figure("suspensions") == 7.0
    assert seen.figure("permanent_exclusions") == 1
    rows = {row["Child Unique ID"]: row for row in seen.rows("pupils")}
    assert [rows[name]["Attendance %"] for name in ("C0", "C1", "C3", "C4", "C5", "C6")] == [
        90.0,
        90.5,
        None,
        None,
        None,
        0.0,
    ]
    assert [rows[name]["Persistently absent"] for name in ("C0", "C1", "C2", "C3")] == ["Y", "N", "Y", None]
    assert (rows["C4"]["Sessions possible"], rows["C4"]["Sessions attended"]) == (100, 101)
    assert contradictions(seen) == [("annexa_attendance", "C4", 6)]


def test_over_fewer_than_six_children_there_are_counts_only():
    seen = see("3.07", attendance(ATTENDANCE, extra=1))
    assert seen.figure("with_attendance") == 5
    assert seen.figure("attendance") is None
    assert sessions(seen) == (None, None)  # they would give the rate away
    assert seen.figure("persistent") == (3, 5, None)
    assert seen.figure("suspensions") == 7.0


def test_rows_of_results_never_multiply_attendance():
    tables = attendance(ATTENDANCE, extra=2)
    with_results = {**tables, **results(*(("C0", "KS2", subject, "Y", "1") for subject in ("a", "b", "c")))}
    for key in ("attendance", "persistent", "suspensions", "with_attendance"):
        assert see("3.07", with_results).figure(key) == see("3.07", tables).figure(key)


def results(*rows, year="2016/17"):
    names = ("person_id", "key_stage", "subject", "at_expected_level", "progress_score")
    return {"annexa_attainment": [{**dict(zip(names, row, strict=True)), "academic_year": year} for row in rows]}


def test_results_by_key_stage_and_subject():
    names = [f"C{n}" for n in range(7)]
    spelled = ["KS2", "2", "Key Stage 2", "ks2", "KeyStage 2", "KS 2", "KS2"]
    levels, scores = ["Y", "Y", "Y", "Y", "N", "N", ""], ["1.5", "-2", "", "0.25", "1", "1", "-1.15"]
    reading = list(zip(names, spelled, ["Reading", *["reading"] * 6], levels, scores, strict=True))
    tables = {**in_care(*names), **results(*reading, ("C0", "KS4", "", "Y", ""), ("X9", "KS2", "Reading", "Y", "9"))}
    seen = see("3.07", tables)
    assert seen.figure("attainment_year") == "2016/17"
    assert "annexa_attainment has nothing of the school year 2017/18; its latest is 2016/17." in seen.report.notes
    grid = {label: list(line.values())[:5] for label, line in seen.grid("results").items()}
    assert grid == {
        "KS2, Reading": [6, 4, (4, 6, 66.7), 6, 0.1],  # the mean is 0.6 / 6
        "KS4, not recorded": [1, 1, (1, 1, None), 0, None],
    }


def test_results_of_those_looked_after_12_months_stand_beside_the_others():
    tables = {
        **in_care(("C1", "2017-06-04"), ("C2", "2017-06-05")),
        **results(("C1", "KS2", "Reading", "Y", "1"), ("C2", "KS2", "Reading", "N", "1")),
    }
    line = see("3.07", tables).grid("results")["KS2, Reading"]
    assert line["At the expected level (looked after)"] == 1
    assert line["Pupils with a result (looked after)"] == 2
    assert line["Pupils with a result (looked after 12 months or more)"] == 1


def test_two_results_of_one_pupil_in_a_subject_are_one():
    rows = [("C1", "KS2", "Reading", "", "3"), ("C1", "2", "reading", "N", "1"), ("C1", "KS2", "Reading", "Y", "0")]
    seen = see("3.07", {**in_care("C1"), **results(*rows)})
    (row,) = seen.rows("pupil_results")
    assert (row["At the expected level"], row["Progress score"]) == ("Y", 0.0)
    assert contradictions(seen) == [("annexa_attainment", "C1", 4)]


def test_the_same_result_twice_is_no_contradiction():
    rows = [("C1", "KS2", "Reading", "Y", "3"), ("C1", "2", "reading", "Y", "3")]
    seen = see("3.07", {**in_care("C1"), **results(*rows)})
    assert len(seen.rows("pupil_results")) == 1
    assert contradictions(seen) == []


AFTER_SCHOOL = """
ssd_person
pers_person_id | pers_dob
C1             | 2002-06-05
C2             | 2002-06-04
C3             | 2000-06-05
C4             | 2000-06-04
C5             | 2001-01-15
C6             | 2001-01-15
C7             | 2001-01-15
C8             | 2001-01-15
C9             |

annexa_education_status
person_id | status    | start_date | end_date   | post16_activity
C1        | full-time | 2017-09-04 |            | F2
C2        | full-time | 2017-09-04 |            | F2
C3        | other     | 2017-09-04 | 2018-06-05 | P4
C4        | full-time | 2017-09-04 |            | F2
C5        | other     | 2017-09-04 | 2018-06-04 | F2
C6        | other     | 2016-09-05 |            | F2
C6        | other     | 2017-09-04 |            | G5
C7        | other     | 2017-09-04 |            | idle
C8        | other     | 2017-01-09 |            | G6
C8        | other     | 2017-09-04 |            |
C9        | other     | 2017-09-04 |            | F2
"""


def after_school():
    tables = drawn(AFTER_SCHOOL)
    care = in_care(*(row["pers_person_id"] for row in tables["ssd_person"]))
    return {**care, **tables}


def test_what_looked_after_children_of_16_and_17_do():
    seen = see("3.07", after_school())
    assert seen.figure("after_school") == (2, 6, 33.3)
    assert seen.figure("after_school_unknown") == (2, 6, 33.3)
    assert [next(iter(line.values())) for line in seen.grid("after_school").values()] == [2, 0, 1, 1, 2, 6]
    assert contradictions(seen) == [("annexa_education_status", "C6", 8)]


def test_without_the_column_of_activities_it_is_not_supplied():
    seen = see("3.07", after_school(), without=["annexa_education_status.post16_activity"])
    assert seen.figure("after_school") == NOT_SUPPLIED
    assert set(seen.column("pupils", "Activity at 16 and 17 (not supplied)")) == {None}


def test_care_leavers_are_those_of_report_3_10():
    tables = """
        ssd_person
        pers_person_id | pers_dob
        L1             | 2001-01-15
        L2             | 2000-01-15
        L3             | 1998-01-15
        L4             | 1995-01-15
        L5             |

        ssd_care_leavers
        clea_person_id | clea_care_leaver_eligibility | clea_care_leaver_in_touch | clea_care_leaver_activity
        L1             | Relevant                     | Y                         | F2
        L2             | Former relevant              | N                         | F2
        L3             | Former relevant              | Y                         | G4
        L4             | Former relevant              | RHOM                      |
        L5             | Former relevant              | Y                         | P1
    """
    school, leavers = (see(item, tables) for item in ("3.07", "3.10"))
    assert school.figure("care_leavers") == (2, 4, None)
    assert leavers.figure("eet") == (2, 4, 50.0)
    assert school.figure("care_leavers_unknown")[:2] == leavers.figure("activity_unknown")[:2] == (1, 4)
    assert school.grid("care_leavers") == leavers.grid("activity")
    rates = school.grid("care_leaver_rates")
    assert rates["16-17"]["In education, employment or training, of all"] == (1, 1, None)
    assert rates["22-24"]["In education, employment or training, of all"] == (0, 0, None)
    assert school.figure("looked_after") == school.figure("plan") == NOT_SUPPLIED


def test_education_health_and_care_plans_are_of_those_of_whom_it_is_known():
    tables = {
        **in_care("C1", "C2", "C3"),
        "annexa_education_status": [
            {"person_id": "C1", "status": "AP", "start_date": "2017-09-04", "ehcp": "Y"},
            {"person_id": "C2", "status": "AP", "start_date": "2017-09-04", "ehcp": "N"},
        ],
    }
    seen = see("3.07", tables)
    assert seen.figure("ehcp") == seen.figure("ehcp_12") == (1, 2, None)
    assert seen.column("pupils", "EHC plan") == ["Y", "N", None]
    # A table of plans alone does not say whose they are: the whole chain of tables is needed.
    plan = {"ehcn_named_plan_id": "P1", "ehcn_ehcp_asmt_id": "A1", "ehcn_named_plan_start_date": "2016-01-01"}
    without = ["annexa_education_status.ehcp"]
    alone = see("3.07", {**tables, "ssd_ehcp_named_plan": [plan]}, without=without)
    assert alone.figure("ehcp") == alone.figure("ehcp_12") == NOT_SUPPLIED
    assert alone.column("pupils", "EHC plan (not supplied)") == [None] * 3
    chain = {
        "ssd_ehcp_named_plan": [plan],
        "ssd_ehcp_assessment": [{"ehca_ehcp_assessment_id": "A1", "ehca_ehcp_request_id": "R1"}],
        "ssd_ehcp_requests": [{"ehcr_ehcp_request_id": "R1", "ehcr_send_table_id": "S1"}],
        "ssd_send": [{"send_table_id": "S1", "send_person_id": "C3"}],
    }
    assert see("3.07", {**tables, **chain}, without=without).column("pupils", "EHC plan") == ["N", "N", "Y"]


def test_those_of_twelve_months_are_of_all_of_twelve_months():
    seen = see("3.07", COHORTS)
    definitions = {each.key: each.definition for each in seen.report.figures}
    assert definitions["on_roll_12"].endswith("of all who have been looked after for twelve months or more.")
    assert definitions["on_roll"].endswith("of all who are looked after.")


def test_the_second_cohort_is_known_to_be_some_of_the_first():
    (hidden,) = suppressed([see("3.07", COHORTS).report])
    system = system_of([see("3.07", COHORTS).report])
    assert ("looked after 12 months or more at D", "looked after at D") in system.within
    assert (
        "3.07 looked after 12 months or more at D: Good or outstanding",
        "3.07 looked after at D: Good or outstanding",
    ) in (system.within)
    assert hidden.counted[0].startswith("This version is for wider sharing")


def test_what_a_row_says():
    tables = {
        **in_care(("C1", "2017-06-05")),
        "annexa_virtual_school": [
            {
                "person_id": "C1",
                "academic_year": "2017/18",
                "year_group": "7",
                "school_name": "Any School",
                "school_ofsted_grade": "Good",
                "pep_date": "2018-03-30",
                "pep_quality": "good",
            }
        ],
    }
    (row,) = see("3.07", tables, terms=TERMS).rows("pupils")
    assert row == {
        "Child Unique ID": "C1",
        "Date of Birth": date(2006, 5, 1),
        "Age": 12,
        "Looked after since": date(2017, 6, 5),
        "12 months or more": "N",
        "School age": "of compulsory school age",
        "Pupil of the virtual school": "Y",
        "Year group": "7",
        "School": "Any School",
        "Ofsted's judgement": "Good",
        "Latest plan": date(2018, 3, 30),
        "In the last term": "N",
        "Quality of the plan": "good",
        "Sessions possible (not supplied)": None,
        "Sessions attended (not supplied)": None,
        "Attendance % (not supplied)": None,
        "Persistently absent (not supplied)": None,
        "Sessions suspended (not supplied)": None,
        "Permanently excluded (not supplied)": None,
        "EHC plan (not supplied)": None,
        "Activity at 16 and 17 (not supplied)": None,
    }


def test_no_pupil_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = {**in_care("C1"), "annexa_virtual_school": []}
    assert see("3.07", empty).figure("plan") == (0, 0, None)
    assert see("3.07", empty).figure("not_on_roll") == 1
    assert see("3.07", empty).figure("virtual_school_year") == "none"
    assert see("3.07", empty).figure("attendance") == NOT_SUPPLIED
    without_list_8 = see("3.07", {"annexa_virtual_school": []})
    assert without_list_8.figure("plan") == NOT_SUPPLIED
    absent = see("3.07", in_care("C1"))
    assert not absent.report.supplied
    assert {each.key: absent.figure(each.key) for each in absent.report.figures}["looked_after"] == NOT_SUPPLIED


def test_the_report_can_be_suppressed_with_the_one_on_care_leavers():
    tables = {**attendance(ATTENDANCE, extra=2), **plans(*["2018-05-01"] * 9)}
    qualities = ["Inadequate"] * 3 + ["eet"] * 2 + ["not recorded"] * 3 + [""]
    for row, quality in zip(tables["annexa_virtual_school"], qualities, strict=True):
        row["pep_quality"] = quality
    reports = suppressed(build_reports(see("3.07", tables).run, ["3.07", "3.10"]))
    cells = {each.key: each.cell for each in reports[0].figures}
    assert (cells["with_attendance"].value, cells["permanent_exclusions"].value) == (6, "c")
    assert reports[0].sheets == ()


def test_the_order_of_rows_decides_nothing():
    repeated = [("C0", "KS2", "Reading", "Y", "1"), ("C0", "KS2", "reading", "N", "3"), ("C1", "2", "READING", "Y", "")]
    tables = {**attendance(ATTENDANCE, extra=2), **plans(*["2018-05-01"] * 9), **results(*repeated)}
    tables["annexa_education_status"] = drawn(AFTER_SCHOOL)["annexa_education_status"]
    first, second = (see("3.07", {name: rows[::step] for name, rows in tables.items()}) for step in (1, -1))
    assert first.report.figures == second.report.figures
    assert first.report.tables == second.report.tables
    assert [first.rows(key) for key in ("pupils", "pupil_results")] == [
        second.rows(key) for key in ("pupils", "pupil_results")
    ]
