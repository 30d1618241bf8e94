"""What is said of the run as a whole: editions in force, the day of the extract (K17), nothing open (K21)."""

import pytest

from annexa.lists.notes import run_notes
from tests.support.build import build

PEOPLE = {"ssd_person": [{"pers_person_id": "1", "pers_dob": "2010-01-01"}]}

CASES = [
    # table, its person, start and end columns
    ("ssd_cin_assessments", "cina_person_id", "cina_assessment_start_date", "cina_assessment_auth_date"),
    ("ssd_s47_enquiry", "s47e_person_id", "s47e_s47_start_date", "s47e_s47_end_date"),
    ("ssd_cp_plans", "cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
    ("ssd_cla_episodes", "clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
]


def notes(day, tables=None, **more):
    result = build({**PEOPLE, **(tables or {})}, inspection_date=day, **more)
    said = run_notes(result.context)
    return said, set(result.context.findings.frame()["check"]) & {"AA-R17", "AA-R18", "AA-R32"}


@pytest.mark.parametrize(
    ("day", "edition", "words"),
    [
        ("2017-12-31", "ilacs-2018", "ilacs-2018 was not in force on 31/12/2017: none was."),
        ("2018-01-01", "ilacs-2018", None),
        ("2019-07-31", "ilacs-2018", None),
        ("2019-08-01", "ilacs-2018", "ilacs-2018 was not in force on 01/08/2019: ilacs-2019 was."),
        ("2019-07-31", "ilacs-2019", "ilacs-2019 was not in force on 31/07/2019: ilacs-2018 was."),
        ("2022-01-01", "ilacs-2022", None),
    ],
)
def test_the_edition_was_not_in_force(day, edition, words):
    said, checks = notes(day, edition=edition)
    assert said == ([f"Edition {words}"] if words else [])
    assert checks == ({"AA-R18"} if words else set())


@pytest.mark.parametrize(
    ("day", "extracted", "number"),
    [
        # Monday 2 June 2025: from Wednesday 28 May on; the days between are missing all the same.
        ("2025-06-02", "2025-05-27", 2),
        ("2025-06-02", "2025-05-28", 1),
        ("2025-06-02", "2025-06-01", 1),
        ("2025-06-02", "2025-06-02", 0),
        ("2025-06-02", "2025-06-03", 0),
        # In the week, the Wednesday stays the same.
        ("2025-06-06", "2025-05-27", 2),
        ("2025-06-06", "2025-05-28", 1),
    ],
)
def test_an_extract_that_is_too_old(day, extracted, number):
    said, checks = notes(day, edition="ilacs-2022", extract_date=extracted)
    assert len(said) == number
    assert checks == ({"AA-R17"} if number else set())


@pytest.mark.parametrize(("table", "person", "start", "end"), CASES)
@pytest.mark.parametrize(
    ("ended", "error"),
    [("", False), ("2025-06-03", False), ("2025-06-02", True), ("2025-06-01", True), (None, True)],
    ids=["open", "ends later", "ended on the day", "ended before", "no rows"],
)
def test_nothing_open_in_a_whole_table_is_an_error(table, person, start, end, ended, error):
    rows = [] if ended is None else [{person: "1", start: "2025-03-01", end: ended}]
    said, checks = notes("2025-06-02", {table: rows}, edition="ilacs-2022")
    assert checks == ({"AA-R32"} if error else set())
    assert [text.startswith("Error: none of the ") for text in said] == [True] * error


def test_an_absent_table_says_nothing_of_what_is_open():
    assert notes("2025-06-02", edition="ilacs-2022") == ([], set())
