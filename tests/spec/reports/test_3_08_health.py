"""3.08: the health of children looked after at the inspection date, 4 June 2018."""

from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.reports.model import Mark
from annexa.reports.suppress import suppressed
from tests.support.build import Result
from tests.support.reports import drawn, see

UTD, NOT, REF, LATER = "up to date", "due and not done", "refused", "not yet due"

HEADINGS = {
    "checks": "ssd_cla_health\nclah_health_check_id | clah_person_id | clah_health_check_type | clah_health_check_date"
    " | clah_health_check_status",
    "kinds": "annexa_health\nhealth_check_id | kind | due_date | outcome",
    "immunisations": "ssd_cla_immunisations\n"
    "clai_person_id | clai_immunisations_status | clai_immunisations_status_date",
    "sdq": "ssd_sdq_scores\ncsdq_table_id | csdq_person_id | csdq_sdq_completed_date | csdq_sdq_reason"
    " | csdq_sdq_score",
    "substances": "ssd_cla_substance_misuse\nclas_substance_misuse_id | clas_person_id | clas_substance_misuse_date"
    " | clas_substance_misused | clas_intervention_received",
    "camhs": "annexa_camhs\nperson_id | referral_date | first_appointment_date | end_date",
}


def authority(children: dict[str, tuple[str, str]], **further: str) -> dict[str, list[dict[str, str]]]:
    """Tables of children in care: identifier -> (date of birth, start of care), with further tables as drawn rows."""
    tables: dict[str, list[dict[str, str]]] = {
        "ssd_person": [{"pers_person_id": child, "pers_dob": born} for child, (born, _) in children.items()],
        "ssd_cla_episodes": [
            {"clae_cla_episode_id": f"E{child}", "clae_person_id": child, "clae_cla_episode_start_date": start}
            for child, (_, start) in children.items()
        ],
    }
    for name, rows in further.items():
        heading = HEADINGS[name]
        tables |= drawn(f"{heading}\n{rows.strip()}" if rows.strip() else heading)
    return tables


OLD, YOUNG = "2009-01-15", "2014-01-15"  # 9 and 4 years old
LONG = "2015-03-02"


def by_child(seen, heading: str) -> dict[str, object]:
    return {row["Child Unique ID"]: row[heading] for row in seen.rows("children")}


# Child: (date of birth, start of care), checks (type, day, status), then due and state.
ASSESSMENTS = {
    "A1": ((OLD, LONG), [("2017-06-04", "Completed")], date(2018, 6, 4), UTD),
    "A2": ((OLD, LONG), [("2017-06-03", "Completed")], date(2018, 6, 3), NOT),
    "A3": ((YOUNG, LONG), [("2017-12-04", "Completed")], date(2018, 6, 4), UTD),
    "A4": ((YOUNG, LONG), [("2017-12-03", "Completed")], date(2018, 6, 3), NOT),
    # Five on the inspection date, and the day after.
    "A5": (("2013-06-04", LONG), [("2017-12-03", "")], date(2018, 12, 3), UTD),
    "A6": (("2013-06-05", LONG), [("2017-12-03", "")], date(2018, 6, 3), NOT),
    "A7": (("", LONG), [("2017-06-04", "")], date(2018, 6, 4), UTD),
    # Never assessed: 20 working days after 3 May are 4 June.
    "B1": ((OLD, "2018-05-03"), [], date(2018, 6, 4), LATER),
    "B2": ((OLD, "2018-05-02"), [], date(2018, 6, 1), NOT),
    "B3": ((OLD, "2018-06-04"), [], date(2018, 7, 2), LATER),
    "B4": ((OLD, LONG), [("2018-06-05", "Completed")], date(2015, 3, 30), NOT),  # the day after
    "B5": ((OLD, LONG), [("2018-05-01", "Planned"), ("2018-05-02", "Cancelled")], date(2015, 3, 30), NOT),
    # An assessment before care began is the last one; an outdated one lets the first of the period come.
    "C1": ((OLD, "2018-05-20"), [("2018-05-01", "Completed")], date(2019, 5, 1), UTD),
    "C2": ((OLD, "2018-05-20"), [("2016-05-01", "Completed")], date(2018, 6, 18), LATER),
    # Refused: only what was due, since the last one held, and since care began.
    "D1": ((OLD, LONG), [("2017-05-02", "Completed"), ("2018-05-09", "Refused")], date(2018, 5, 2), REF),
    "D2": ((OLD, LONG), [("2018-05-02", "Completed"), ("2018-05-09", "Refused")], date(2019, 5, 2), UTD),
    "D3": ((OLD, LONG), [("2016-05-09", "Refused"), ("2017-05-02", "Completed")], date(2018, 5, 2), NOT),
    "D4": ((OLD, LONG), [("2018-06-04", "Refused")], date(2015, 3, 30), REF),
    "D5": ((OLD, "2018-05-03"), [("2018-05-20", "Refused")], date(2018, 6, 4), LATER),
    "D6": ((OLD, "2018-05-02"), [("2018-05-01", "Refused")], date(2018, 6, 1), NOT),
    "D7": ((OLD, "2018-05-02"), [("2018-05-02", "Refused")], date(2018, 6, 1), REF),
}  # fmt: skip


def assessments(kind: str = "Health Assessment") -> dict[str, list[dict[str, str]]]:
    rows = [
        f"{child}{n} | {child} | {kind} | {day} | {status}"
        for child, (_, held, *_) in ASSESSMENTS.items()
        for n, (day, status) in enumerate(held)
    ]
    return authority({child: who for child, (who, *_) in ASSESSMENTS.items()}, checks="\n".join(rows))


@pytest.mark.parametrize("edition", edition_names())
def test_the_four_states_of_the_health_assessment(edition):
    seen = see("3.08", assessments(), edition=edition)
    assert by_child(seen, "Health assessment") == {child: state for child, (*_, state) in ASSESSMENTS.items()}
    assert by_child(seen, "Health assessment due") == {child: due for child, (*_, due, _) in ASSESSMENTS.items()}
    assert seen.figure("children") == 21
    assert seen.figure("assessment_up_to_date") == (6, 17, 35.3)
    assert seen.figure("assessment_not_done") == 8
    assert seen.figure("assessment_refused") == 3
    assert seen.figure("assessment_not_yet_due") == 4


def test_the_cohort_of_twelve_months_is_counted_apart():
    seen = see("3.08", assessments())
    assert seen.figure("children_12") == 13
    assert seen.figure("assessment_up_to_date_12") == (5, 13, 38.5)
    assert (seen.figure("assessment_not_done_12"), seen.figure("assessment_refused_12")) == (6, 2)
    assert seen.figure("assessment_not_yet_due_12") == 0


def test_the_last_assessment_and_check_are_those_of_list_8():
    seen = see("3.08", assessments())
    listed = seen.run.lists[8].frame
    shown = dict(listed.select("Child Unique ID", "Date of Last Health Assessment").iter_rows())
    assert by_child(seen, "Last health assessment") == shown
    seen = see("3.08", assessments("Dental Check"))
    listed = seen.run.lists[8].frame
    shown = dict(listed.select("Child Unique ID", "Date of Last Dental Check").iter_rows())
    assert by_child(seen, "Last dental check") == shown
    assert set(by_child(seen, "Last health assessment").values()) == {None}


def test_what_is_overdue_here_is_a_finding_of_the_check():
    for kind, message, heading in [
        ("Health Assessment", "The health assessment is overdue.", "Health assessment"),
        ("Dental Check", "The dental check is overdue.", "Dental check"),
    ]:
        seen = see("3.08", assessments(kind))
        found = Result(dict(seen.run.lists), seen.findings, seen.run.context).checked("AA-815")
        late = {child for child, state in by_child(seen, heading).items() if state in (NOT, REF)}
        assert set(found.filter(message=message)["child"]) == late != set()


DENTAL = {
    "A1": ((OLD, LONG), [("2017-06-04", "Completed")], date(2018, 6, 4), UTD),
    "A2": ((OLD, LONG), [("2017-06-03", "Completed")], date(2018, 6, 3), NOT),
    "A3": ((YOUNG, LONG), [("2017-06-04", "Completed")], date(2018, 6, 4), UTD),
    "B1": ((OLD, "2017-06-04"), [], date(2018, 6, 4), LATER),
    "B2": ((OLD, "2017-06-03"), [], date(2018, 6, 3), NOT),
    "B3": ((OLD, "2017-06-03"), [("2018-01-05", "Refused")], date(2018, 6, 3), REF),
    # The first birthday on 4 and on 3 June 2017: a check is due within twelve months of it.
    "C1": (("2016-06-04", "2016-07-01"), [], date(2018, 6, 4), LATER),
    "C2": (("2016-06-03", "2016-07-01"), [], date(2018, 6, 3), NOT),
    # Eleven months old, with a check: none is due yet.
    "C3": (("2017-06-05", "2017-07-01"), [("2018-05-01", "Completed")], date(2019, 6, 5), LATER),
    "C4": (("2017-06-04", "2017-07-01"), [("2018-05-01", "Completed")], date(2019, 6, 4), UTD),
}


def test_the_four_states_of_the_dental_check():
    rows = [
        f"{child}{n} | {child} | Dental Check | {day} | {status}"
        for child, (_, held, *_) in DENTAL.items()
        for n, (day, status) in enumerate(held)
    ]
    seen = see("3.08", authority({child: who for child, (who, *_) in DENTAL.items()}, checks="\n".join(rows)))
    assert by_child(seen, "Dental check") == {child: state for child, (*_, state) in DENTAL.items()}
    assert by_child(seen, "Dental check due") == {child: due for child, (*_, due, _) in DENTAL.items()}
    assert seen.figure("dental_up_to_date") == (3, 7, 42.9)
    assert [seen.figure(f"dental_{state}") for state in ("not_done", "refused", "not_yet_due")] == [3, 1, 3]


def test_dental_checks_from_another_age():
    children = {"C1": ("2014-06-05", "2015-07-01"), "C2": ("2014-06-04", "2015-07-01")}
    seen = see("3.08", authority(children, checks=""), dental_from_age=2)
    assert by_child(seen, "Dental check due") == {"C1": date(2017, 6, 5), "C2": date(2017, 6, 4)}
    later = see("3.08", authority(children, checks=""), dental_from_age=4)
    assert by_child(later, "Dental check") == {"C1": LATER, "C2": LATER}
    assert by_child(later, "Dental check due") == {"C1": date(2019, 6, 5), "C2": date(2019, 6, 4)}


def test_a_recorded_due_date_goes_before_the_months():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 7)}
    checks = """
    1 | C1 | Health Assessment | 2018-01-10 | Completed
    2 | C2 | Health Assessment | 2017-01-10 | Completed
    3 | C3 | Health Assessment | 2017-06-05 | Completed
    4 | C4 | Health Assessment | 2017-06-05 | Completed
    5 | C5 | Dental Check      | 2018-01-10 | Completed
    6 | C6 | Health Assessment | 2017-06-03 | Completed
    7 | C6 | Health Assessment | 2018-05-20 | Refused
    """
    kinds = """
    1 | RHA    | 2018-06-03 | No concerns
    2 | RHA    | 2018-06-04 |
    3 | RHA    | 2017-06-05 |
    4 | RHA    | 2017-06-06 |
    5 | dental | 2018-06-03 |
    6 | RHA    |            |
    7 | RHA    | 2019-01-01 | Refused
    """
    seen = see("3.08", authority(children, checks=checks, kinds=kinds))
    assert by_child(seen, "Health assessment due") == {
        "C1": date(2018, 6, 3),
        "C2": date(2018, 6, 4),
        "C3": date(2018, 6, 5),  # its own day is not when the next is due
        "C4": date(2017, 6, 6),
        "C5": date(2015, 3, 30),
        "C6": date(2018, 6, 3),
    }
    states = {"C1": NOT, "C2": UTD, "C3": UTD, "C4": NOT, "C5": NOT, "C6": REF}
    assert by_child(seen, "Health assessment") == states
    assert by_child(seen, "Dental check")["C5"] == NOT
    assert by_child(seen, "Outcome of the last assessment")["C1"] == "No concerns"
    assert by_child(seen, "Outcome of the last assessment")["C6"] is None  # of the last one that was held


MARKED, PROXY = "recorded as initial", "proxy: the first of the period"
INITIAL = {
    # start of care, assessments (day, kind): initial, in time, from
    "A1": ("2018-03-01", [("2018-03-29", "IHA")], (date(2018, 3, 29), "Y", MARKED)),
    "A2": ("2018-03-01", [("2018-04-03", "IHA")], (date(2018, 4, 3), "N", MARKED)),  # Easter
    "A3": ("2018-03-01", [("2018-03-08", "RHA"), ("2018-03-29", "IHA")], (date(2018, 3, 29), "Y", MARKED)),
    "A4": ("2018-03-01", [("2018-03-08", "RHA")], (None, "N", None)),
    "A5": ("2018-03-01", [("2018-02-28", "IHA")], (None, "N", None)),
    "A6": ("2018-03-01", [("2018-03-01", "IHA")], (date(2018, 3, 1), "Y", MARKED)),
    "B1": ("2018-03-01", [("2018-03-29", ""), ("2018-05-01", "")], (date(2018, 3, 29), "Y", PROXY)),
    "B2": ("2018-03-01", [("2018-03-10", ""), ("2018-05-01", "IHA")], (date(2018, 5, 1), "N", MARKED)),
    "C1": ("2018-05-02", [], (None, "N", None)),
    "C2": ("2018-05-03", [], (None, None, None)),
    "C3": ("2018-05-03", [("2018-05-10", "IHA")], (date(2018, 5, 10), "Y", MARKED)),
}  # fmt: skip


def initial(**further: str) -> dict[str, list[dict[str, str]]]:
    number = 0
    checks, kinds = [], []
    for child, (_, held, _) in INITIAL.items():
        for day, kind in held:
            number += 1
            checks.append(f"{number} | {child} | Health Assessment | {day} | Completed")
            if kind:
                kinds.append(f"{number} | {kind} | | ")
    children = {child: (OLD, start) for child, (start, *_) in INITIAL.items()}
    return authority(children, checks="\n".join(checks), kinds="\n".join(kinds), **further)


def test_the_initial_assessment_within_20_working_days():
    seen = see("3.08", initial())
    names = ("Initial health assessment", "Initial assessment within 20 working days", "Initial assessment taken from")
    assert {row["Child Unique ID"]: tuple(row[name] for name in names) for row in seen.rows("children")} == {
        child: expected for child, (_, _, expected) in INITIAL.items()
    }
    # C2 and C3 came into care less than 20 working days before the inspection date.
    assert seen.figure("initial_in_time") == (4, 9, 44.4)
    (label,) = [each.definition for each in seen.report.figures if each.key == "initial_in_time"]
    assert "proxy" not in label


def test_without_the_kind_the_first_assessment_stands_for_the_initial_one():
    tables = initial()
    del tables["annexa_health"]
    seen = see("3.08", tables)
    found = by_child(seen, "Initial health assessment")
    assert (found["A3"], found["A4"], found["A5"]) == (date(2018, 3, 8), date(2018, 3, 8), None)
    assert seen.figure("initial_in_time") == (6, 9, 66.7)
    (label,) = [each.definition for each in seen.report.figures if each.key == "initial_in_time"]
    assert label.startswith("A proxy")
    assert seen.column("children", "Outcome of the last assessment (not supplied)") == [None] * 11


def test_periods_that_ended_and_earlier_periods_count_where_they_lasted_20_working_days():
    children = {
        "C1": (OLD, "2018-03-01"),
        "C2": (OLD, "2018-03-01"),
        "C3": (OLD, "2018-03-01"),
        "C4": (OLD, "2017-06-03"),
    }
    tables = authority(children, checks="1 | C1 | Health Assessment | 2018-03-29 | Completed", kinds="1 | IHA | | ")
    ends = {"C1": "2018-03-29", "C2": "2018-03-28", "C3": "2018-05-01"}
    for episode in tables["ssd_cla_episodes"]:
        if end := ends.get(episode["clae_person_id"]):
            episode |= {"clae_cla_episode_ceased_date": end, "clae_cla_episode_ceased_reason": "E4A"}
    seen = see("3.08", tables)
    assert seen.figure("initial_in_time") == (1, 2, 50.0)
    assert list(by_child(seen, "Age")) == ["C4"]


def test_the_last_review_assessment():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 5)}
    checks = """
    1 | C1 | Health Assessment | 2015-03-10 | Completed
    2 | C1 | Health Assessment | 2017-09-01 | Completed
    3 | C1 | Health Assessment | 2018-05-01 | Refused
    4 | C2 | Health Assessment | 2015-03-10 | Completed
    5 | C2 | Health Assessment | 2016-03-10 | Completed
    6 | C2 | Health Assessment | 2017-03-10 | Completed
    7 | C3 | Health Assessment | 2015-03-10 | Completed
    8 | C4 | Local medical     | 2015-03-10 | Completed
    9 | C4 | Local medical     | 2018-03-10 | Completed
    """
    kinds = "4 | IHA | | \n5 | RHA | | \n6 | IHA | | \n8 | IHA | | \n9 | RHA | | "
    seen = see("3.08", authority(children, checks=checks, kinds=kinds))
    assert by_child(seen, "Last review health assessment") == {
        "C1": date(2017, 9, 1),
        "C2": date(2016, 3, 10),
        "C3": None,
        "C4": date(2018, 3, 10),  # the type is a local text, the kind says what it was
    }
    assert by_child(seen, "Health assessment")["C4"] == UTD


def test_immunisations_are_the_latest_statement():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 6)} | {"C6": (OLD, "2018-01-01")}
    statements = """
    C1 | Y | 2017-01-01
    C1 | N | 2016-01-01
    C2 | Y | 2016-01-01
    C2 | N | 2017-01-01
    C3 | Y |
    C4 | Y | 2017-01-01
    C4 | N | 2017-01-01
    C5 | N | 2017-01-01
    C5 | Y | 2018-06-05
    C9 | Y | 2017-01-01
    """
    seen = see("3.08", authority(children, immunisations=statements))
    expected = {"C1": "Y", "C2": "N", "C3": "Y", "C4": "N", "C5": "N", "C6": None}
    assert by_child(seen, "Immunisations up to date") == expected
    assert seen.figure("immunised") == (2, 6, 33.3)
    assert seen.figure("immunised_12") == (2, 5, 40.0)
    assert seen.findings.filter(check="AA-R43")["child"].to_list() == ["C4"]


SCORES = """
1  | A1 | 2017-06-04 |      | 0
2  | A2 | 2017-06-03 |      | 13
3  | A3 | 2018-06-04 |      | 14
4  | A4 | 2018-01-01 |      | 16
5  | A5 | 2018-01-01 |      | 17
6  | A6 | 2018-01-01 |      | 40
7  | A7 | 2018-01-01 |      | 41
8  | A8 | 2018-01-01 |      | 12
9  | A8 | 2018-05-01 |      | 41
10 | A8 | 2018-05-02 | SDQ2 |
11 | A9 | 2018-06-05 |      | 20
12 | B1 | 2018-01-01 |      | 15
13 | B1 | 2018-01-01 |      | 18
14 | Z9 | 2018-01-01 |      | 20
"""


def test_scores_and_bands():
    children = dict.fromkeys(("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "B1"), (OLD, LONG))
    children |= {"B2": ("2014-06-05", LONG), "B3": ("2001-06-04", LONG)}  # 3 and 17 years old
    seen = see("3.08", authority(children, sdq=SCORES))
    assert by_child(seen, "SDQ score") == {
        "A1": 0, "A2": 13, "A3": 14, "A4": 16, "A5": 17, "A6": 40, "A7": None, "A8": 12, "A9": None, "B1": 18,
        "B2": None, "B3": None,
    }  # fmt: skip
    low, middle, high = "0-13", "14-16", "17-40"
    assert by_child(seen, "SDQ band") == {
        "A1": low, "A2": low, "A3": middle, "A4": middle, "A5": high, "A6": high, "A7": None, "A8": low, "A9": None,
        "B1": high, "B2": None, "B3": None,
    }  # fmt: skip
    assert seen.figure("sdq") == (8, 12, 66.7)
    assert seen.figure("sdq_low") == (3, 8, 37.5)
    assert seen.figure("sdq_middle") == (2, 8, 25.0)
    assert seen.figure("sdq_high") == (3, 8, 37.5)
    assert seen.figure("sdq_year") == (7, 12, 58.3)
    assert seen.figure("sdq_of_age") == (7, 10, 70.0)
    assert seen.excluded() == {
        "ssd_sdq_scores: a score over 40": 2,
        "ssd_sdq_scores: later than the inspection date or the extract": 1,
        "ssd_sdq_scores: no score": 1,
        "ssd_sdq_scores: not looked after at the inspection date": 1,
    }
    assert seen.findings.filter(check="AA-R43")["child"].to_list() == ["B1"]


def test_bands_are_counts_only_on_a_base_under_6():
    children = {f"A{n}": (OLD, LONG if n < 6 else "2018-01-01") for n in range(1, 7)}
    seen = see("3.08", authority(children, sdq=SCORES))
    assert seen.figure("sdq_low") == (2, 6, 33.3)
    assert seen.figure("sdq_low_12") == (2, 5, None)
    assert seen.figure("sdq_high_12") == (1, 5, None)
    assert seen.figure("sdq_12") == (5, 5, 100.0)


def test_substance_misuse_and_intervention():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 8)}
    findings = """
    1 | C1 | 2017-06-04 | Y | Y
    2 | C2 | 2017-06-03 | Y | Y
    3 | C3 | 2018-06-04 | Y | N
    4 | C4 | 2018-06-05 | Y | Y
    5 | C5 | 2018-01-01 | Y | Y
    6 | C5 | 2018-05-01 | N |
    7 | C6 | 2018-05-01 | N |
    8 | C6 | 2018-05-01 | Y |
    """
    seen = see("3.08", authority(children, substances=findings))
    assert by_child(seen, "Substance misuse") == {
        "C1": "Y", "C2": "Y", "C3": "Y", "C4": None, "C5": "N", "C6": "Y", "C7": None,
    }  # fmt: skip
    assert by_child(seen, "Intervention received") == {
        "C1": "Y", "C2": "Y", "C3": "N", "C4": None, "C5": None, "C6": None, "C7": None,
    }  # fmt: skip
    assert seen.figure("misuse") == (4, 7, 57.1)
    assert seen.figure("intervention") == (2, 4, 50.0)
    assert seen.findings.filter(check="AA-R43")["child"].to_list() == ["C6"]


REFERRALS = """
C1 | 2018-05-21 |            |
C2 | 2018-05-21 | 2018-06-04 |
C3 | 2018-05-07 | 2018-06-05 |
C4 | 2018-05-21 |            | 2018-06-04
C5 | 2018-05-21 |            | 2018-06-05
C6 | 2018-06-05 |            |
C7 | 2018-03-01 | 2018-04-01 |
C7 | 2018-05-01 |            |
C8 | 2018-04-02 |            |
C8 | 2018-05-01 |            |
C9 | 2018-05-01 |            |
"""


def test_waiting_for_camhs_and_open():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 9)}
    seen = see("3.08", authority(children, camhs=REFERRALS))
    assert by_child(seen, "CAMHS") == {
        "C1": "waiting", "C2": "open", "C3": "waiting", "C4": None, "C5": "waiting", "C6": None, "C7": "open",
        "C8": "waiting",
    }  # fmt: skip
    assert [seen.figure(f"camhs_{key}") for key in ("referred", "waiting", "open")] == [6, 4, 2]
    assert seen.figure("camhs_weeks") == 3.0  # 2, 4, 2 and 9 weeks
    without = see("3.08", authority(children, camhs=REFERRALS), without=["annexa_camhs.first_appointment_date"])
    assert [without.figure(f"camhs_{key}") for key in ("referred", "waiting", "weeks")] == [6, *["not supplied"] * 2]
    assert by_child(without, "CAMHS")["C1"] == "open, first appointment not supplied"
    nobody = see("3.08", authority(children, camhs=""))
    assert (nobody.figure("camhs_waiting"), nobody.figure("camhs_weeks")) == (0, None)


def test_who_is_a_row():
    children = {"C1": (OLD, "2017-06-04"), "C2": (OLD, "2017-06-05"), "C3": (OLD, "2018-06-05"), "C4": (OLD, LONG)}
    tables = authority(children, checks="")
    tables["ssd_cla_episodes"][3] |= {
        "clae_cla_episode_ceased_date": "2018-06-04", "clae_cla_episode_ceased_reason": "E4A"
    }  # fmt: skip
    seen = see("3.08", tables)
    assert by_child(seen, "Looked after 12 months or more") == {"C1": "Y", "C2": "N"}
    first = seen.rows("children")[0]
    assert (first["Date of Birth"], first["Age"], first["Care start"]) == (date(2009, 1, 15), 9, date(2017, 6, 4))


def test_a_blank_start_of_care():
    tables = authority({"C1": (OLD, "")}, checks="")
    seen = see("3.08", tables)
    (row,) = seen.rows("children")
    assert (row["Health assessment"], row["Health assessment due"]) == (NOT, None)
    assert row["Initial assessment within 20 working days"] is None
    assert any("without a day on which care began" in note for note in seen.report.counted)


def test_what_is_not_supplied_says_so():
    children = {"C1": (OLD, LONG)}
    seen = see("3.08", authority(children, immunisations="C1 | Y | 2017-01-01"))
    assert seen.figure("immunised") == (1, 1, 100.0)
    for key in ("assessment_up_to_date", "dental_refused", "initial_in_time", "sdq", "misuse", "camhs_waiting"):
        assert seen.figure(key) == "not supplied"
    assert seen.column("children", "Health assessment (not supplied)") == [None]
    assert seen.column("children", "SDQ score (not supplied)") == [None]
    assert "AA-R43" not in set(seen.findings["check"])


def test_no_input_and_no_list_8():
    absent = see("3.08", authority({"C1": (OLD, LONG)}))
    assert not absent.report.supplied
    assert absent.figure("children") == "not supplied"
    unlisted = see("3.08", drawn(f"{HEADINGS['checks']}\n1 | C1 | Health Assessment | 2018-01-01 | Completed"))
    assert unlisted.figure("assessment_up_to_date") == unlisted.figure("children_12") == "not supplied"
    assert unlisted.report.sheets == ()


def test_nobody_looked_after_is_a_stated_zero():
    tables = authority({}, checks="")
    seen = see("3.08", {**tables, "ssd_cla_episodes": []})
    assert (seen.figure("children"), seen.figure("assessment_not_done")) == (0, 0)
    assert seen.figure("assessment_up_to_date") == (0, 0, None)
    assert seen.figure("initial_in_time") == (0, 0, None)


def test_rows_that_name_nobody_or_no_day_are_told():
    checks = " 1 | | Health Assessment | 2018-01-01 | Completed\n2 | C1 | Health Assessment | | Completed"
    seen = see("3.08", authority({"C1": (OLD, LONG)}, checks=checks))
    assert seen.excluded() == {"ssd_cla_health: no child's identifier": 1, "ssd_cla_health: no day": 1}


def test_checks_of_children_who_are_not_looked_after_are_told():
    children = {"C1": (OLD, LONG), "C2": (OLD, "2018-03-01"), "C3": (OLD, "2015-03-02")}
    checks = """
    1 | C1 | Health Assessment | 2018-01-01 | Completed
    2 | C2 | Health Assessment | 2018-03-20 | Completed
    3 | C3 | Health Assessment | 2016-01-01 | Completed
    4 | C9 | Health Assessment | 2018-01-01 | Completed
    5 | C9 | Health Assessment | 2018-06-05 | Completed
    """
    kinds = "1 | RHA | | \n9 | RHA | | "
    statements = "C1 | Y | 2018-01-01\nC3 | Y | 2018-01-01"
    tables = authority(children, checks=checks, kinds=kinds, immunisations=statements, camhs=REFERRALS)
    for episode, end in zip(tables["ssd_cla_episodes"][1:], ("2018-05-01", "2016-06-01"), strict=True):
        episode |= {"clae_cla_episode_ceased_date": end, "clae_cla_episode_ceased_reason": "E4A"}
    seen = see("3.08", tables)
    # C2's period began in the twelve months, and its initial assessment counts although it has ended.
    assert seen.figure("initial_in_time") == (1, 1, 100.0)
    assert seen.excluded() == {
        "ssd_cla_health: later than the inspection date or the extract": 1,
        "ssd_cla_health: not looked after at the inspection date": 2,
        "annexa_health: of a check that the extract does not have": 1,
        "annexa_camhs: later than the inspection date or the extract": 1,
        "annexa_camhs: not looked after at the inspection date": 9,
        "ssd_cla_immunisations: not looked after at the inspection date": 1,
    }


def test_figures_of_the_second_cohort_and_the_wait_are_tied_to_others():
    children = {f"C{n}": (OLD, LONG) for n in range(1, 9)}
    report = see("3.08", authority(children, camhs=REFERRALS, immunisations="C1 | Y | 2017-01-01")).report
    assert {("immunised_12", "immunised"), ("children_12", "children"), ("sdq_year_12", "sdq_12")} <= set(report.within)
    cells = {each.key: each.cell for each in report.figures}
    assert cells["camhs_weeks"].of == (cells["camhs_waiting"],)
    # Four are waiting: the number is hidden, and with it the wait that is worked out from it.
    (shared,) = suppressed([report])
    hidden = {each.key: each.cell for each in shared.figures}
    assert hidden["camhs_waiting"] is hidden["camhs_weeks"] is Mark.SUPPRESSED
    assert report.settings == (("dental_from_age", "1"),)
