"""Identifiers of other records: whose they are, and what it means where they are not found there."""

import json
import re
import sqlite3
from contextlib import closing

import polars as pl
import pytest

from annexa.extract import catalogue
from annexa.records import RECORDS, Kind
from annexa.sources.links import parent_of
from annexa.sources.match import match
from annexa.sources.profile_of import Found, profile_tables
from annexa.sources.propose import overlap, proposal_text

# Identifiers that are of no record by which they could be known, or that name what no table of its own holds.
OF_NOTHING = {
    "adopters.family_id",
    "adoption_links.family_id",
    "care_episodes.period_id",
    "care_reviews.period_id",
    "disabilities.disability_id",
    "early_help_assessments.family_id",
    "early_help_details.family_id",
    "early_help_families.family_id",
    "ehcp_assessments.assessment_id",
    "ehcp_requests.request_id",
    "families.family_id",
    "immigration_statuses.immigration_id",
    "merged_ids.old_person_id",
    "permanence.period_id",
    "placements.period_id",
    "professionals.professional_id",
    "professionals.staff_id",
    "send.send_id",
    "teams.team_id",
}


def test_every_identifier_is_the_record_s_own_or_of_another_or_is_listed_here():
    other = {
        f"{name}.{field.name}"
        for name, record in RECORDS.items()
        for field in record.fields().values()
        if field.kind is Kind.IDENTIFIER and field.name != record.meta.key and not parent_of(name, field.name)
    }
    assert other == OF_NOTHING


@pytest.mark.parametrize(
    ("record", "field", "parent"),
    [
        ("assessment_statuses", "assessment_id", "assessments"),
        ("assessment_statuses", "status", ""),
        ("ehcp_plans", "assessment_id", "ehcp_assessments"),
        ("early_help_assessments", "assessment_id", ""),
        ("early_help_details", "episode_id", "early_help_episodes"),
        ("contacts", "person_id", "persons"),
        ("persons", "person_id", ""),
    ],
)
def test_whose_an_identifier_is(record, field, parent):
    assert parent_of(record, field) == parent
    assert not parent or field in RECORDS[parent].fields()


ROWS = 40
PEOPLE = Found("Children", pl.DataFrame({"ChildID": [f"C{n}" for n in range(ROWS)], "DOB": ["2001-01-01"] * ROWS}))
REFS = [f"SA{n}" for n in range(ROWS)]
STATES = ["Completed", "Cancelled"] * (ROWS // 2)


def assessments(refs: list[str] = REFS, whole: bool = True, **columns: list[str]) -> Found:
    """A table of the assessments of social workers."""
    frame = {
        "AssessmentRef": refs,
        "ChildID": PEOPLE.frame["ChildID"],
        "StartedOn": ["2018-01-01"] * ROWS,
        "AuthorisedOn": ["2018-02-01"] * ROWS,
        "ChildSeen": ["Y", "N"] * (ROWS // 2),
    }
    return Found("SocialWorkAssessments", pl.DataFrame({**frame, **columns}), whole)


def early_help(**columns: list[str]) -> Found:
    """A table of early help assessments, which have identifiers of their own."""
    frame = {
        "EHAssessmentRef": [f"{800_000 + n}" for n in range(ROWS)],
        "ChildID": PEOPLE.frame["ChildID"],
        "AssessmentStarted": ["2018-01-01"] * ROWS,
        "AssessmentCompleted": ["2018-02-01"] * ROWS,
    }
    return Found("EarlyHelpAssessments", pl.DataFrame({**frame, **columns}))


def statuses(refs: list[str]) -> Found:
    return Found("AssessmentStatuses", pl.DataFrame({"AssessmentRef": refs, "Status": STATES[: len(refs)]}))


def test_a_status_beside_an_early_help_assessment_is_not_that_of_an_assessment():
    """The fault that was found: the early help table was taken for the statuses, with a score of 0.97."""
    found = match(profile_tables([PEOPLE, assessments(), early_help(WorkflowState=STATES)])).matches
    assert {record: each.table for record, each in found.items()} == {
        "persons": "Children",
        "early_help_assessments": "EarlyHelpAssessments",
        "assessments": "SocialWorkAssessments",
    }
    both = [PEOPLE, assessments(AssessmentState=STATES), early_help(WorkflowState=STATES)]
    found = match(profile_tables(both)).matches
    assert (found["assessment_statuses"].table, found["assessment_statuses"].companion_of) == (
        "SocialWorkAssessments",
        "assessments",
    )
    assert [each.column for each in found["assessment_statuses"].columns] == ["AssessmentRef", "AssessmentState"]


@pytest.mark.parametrize(
    ("number", "foreign", "told"),
    [  # of 40 identifiers so many are those of assessments
        (40, False, ""),
        (33, False, ""),
        (32, True, "80% of its values are identifiers of assessments"),
        (20, True, "50% of its values are identifiers of assessments"),
        (0, True, "0% of its values are identifiers of assessments"),
    ],
)
def test_the_fewer_of_its_identifiers_are_found_the_less_sure_is_a_table(number, foreign, told):
    tables = profile_tables([PEOPLE, assessments(), statuses([*REFS[:number], *(f"EH{n}" for n in range(number, 40))])])
    proposal = match(tables)
    table = proposal.matches["assessment_statuses"]
    column = next(each for each in table.columns if each.field == "assessment_id")
    assert (column.parent, column.found, column.foreign) == ("assessments", number / 40, foreign)
    assert [each.field for each in table.strangers()] == ["assessment_id"] * foreign
    text = proposal_text("x", "extract", tables, proposal)
    line = re.search(r'^assessment_id = "AssessmentRef" # (.*)\n(?=status)', text, re.M)[1]
    head = re.search(r"^\[tables\.assessment_statuses\] # (.*)$", text, re.M)[1]
    assert (told in line, told == "") == (True, not foreign)
    assert ("identifiers of" in line, line.startswith("CHECK: ")) == (foreign, foreign)
    assert head.startswith("CHECK: ") == foreign
    assert ("many of its rows belong to no row of assessments" in head) == foreign
    assert not foreign or overlap(column) == told


def test_the_score_falls_with_what_is_found():
    scores = []
    for number in (40, 30, 20, 10, 0):
        refs = [*REFS[:number], *(f"EH{n}" for n in range(number, 40))]
        table = match(profile_tables([PEOPLE, assessments(), statuses(refs)])).matches["assessment_statuses"]
        scores.append(table.score)
    assert scores[0] > 0.9
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > scores[2] > scores[3]
    assert scores[-1] < 0.4


def test_what_cannot_be_compared_is_not_held_against_a_table():
    def found(*tables: Found) -> float | None:
        (column, _) = match(profile_tables([PEOPLE, *tables])).matches["assessment_statuses"].columns
        return column.found

    other = [f"EH{n}" for n in range(ROWS)]
    assert found(assessments(), statuses(other)) == 0
    assert found(statuses(other)) is None  # there are no assessments
    assert found(assessments(), statuses(other[:3])) is None  # three identifiers tell nothing
    assert found(assessments(), statuses(other[:4])) == 0
    # Of the assessments only the first rows were read: the others may be among the rest.
    assert found(assessments(whole=False), statuses(other)) is None


@pytest.mark.parametrize(("rows", "whole"), [(2, True), (3, False), (4, False)])
def test_a_table_of_a_database_is_whole_if_it_has_fewer_rows_than_are_read(tmp_path, monkeypatch, rows, whole):
    monkeypatch.setattr(catalogue, "FIRST", 3)
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as connection, connection:
        connection.execute("create table people (id text)")
        connection.executemany("insert into people values (?)", [(f"C{n}",) for n in range(rows)])
    (tmp_path / "people.csv").write_text("id\n" + "".join(f"C{n}\n" for n in range(rows)), encoding="utf-8")
    for name, expected, height in (("x.sqlite", whole, min(rows, 3)), ("people.csv", True, rows)):
        (table,), _ = catalogue.catalogue(tmp_path / name)
        assert (table.name, table.whole, table.frame.height) == ("people", expected, height)
        assert profile_tables([table])[0].whole == expected


def test_numbers_that_run_on_are_found_and_still_count():
    numbers = [f"{1000 + n}" for n in range(ROWS)]
    table = match(profile_tables([PEOPLE, assessments(numbers), statuses(numbers)])).matches["assessment_statuses"]
    column = next(each for each in table.columns if each.field == "assessment_id")
    assert (column.found, column.foreign) == (1, False)
    assert column.score > 0.75


def test_a_visit_of_another_kind_is_read_from_no_other_kind_s_table():
    """Records that call their own identifiers alike have nothing to do with each other."""
    visits = {"VisitID": [f"V{n}" for n in range(ROWS)], "ChildID": PEOPLE.frame["ChildID"]}
    visits |= {"VisitDate": ["2018-01-01"] * ROWS, "SeenAlone": ["Y", "N"] * (ROWS // 2)}
    found = match(profile_tables([PEOPLE, Found("CIN Visits", pl.DataFrame(visits))])).matches
    assert list(found) == ["persons", "cin_visits"]


def test_the_names_of_an_identifier_are_those_of_its_own_record():
    """What early help calls its identifier says nothing of a column of the factors of assessments."""
    factors = pl.DataFrame(
        {"EHAssessmentRef": [f"{800_000 + n}" for n in range(ROWS)], "Factors": [json.dumps(["10A"])] * ROWS}
    )
    tables = [PEOPLE, assessments(), early_help(), Found("AssessmentFactors", factors)]
    held = match(profile_tables(tables)).matches["assessment_factors"]
    assert held.needs() == ["assessment_id"]
