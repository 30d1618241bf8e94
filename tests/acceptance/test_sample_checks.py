"""The synthetic authority under the checks: no errors without a fault, and each planted fault found where it is."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from annexa.checks.run import NOT_RUN
from annexa.sample import generate
from annexa.sample.faults import DEFECTS
from annexa.sample.garden import Defect, Garden
from tests.support.checked import check_tables

DAY = date(2018, 6, 4)
RUNS = [(1, DAY, "ilacs-2018"), (2, date(2025, 6, 2), "ilacs-2022"), (3, date(2024, 2, 29), "ilacs-2019")]
OFFICERS = Path(__file__).resolve().parents[2] / "docs" / "checks-for-officers.md"
SAME = ["check", "list", "child", "event", "column"]
PERSON = {"ssd_person": "pers_person_id"}
# Findings about a table or a column as a whole: they name no child.
ABOUT_A_TABLE = {"AA-R04", "AA-R19", "AA-G20", "AA-R21", "AA-G01"}


@pytest.mark.parametrize(("seed", "day", "edition"), RUNS)
def test_without_faults_there_are_no_errors_and_each_warning_is_explained(seed, day, edition):
    checked = check_tables(generate(600, day, seed), day, edition, extract_date=day, own_la=("Exshire", "X01"))
    findings = checked.findings
    errors = findings.filter(pl.col("severity") == "error")
    assert errors.height == 0, errors.select("check", "message").unique()
    explained = OFFICERS.read_text(encoding="utf-8").partition("## Warnings on the sample authority")[2]
    warnings = set(findings.filter(pl.col("severity") == "warning")["check"])
    assert {check for check in warnings if f"| `{check}` |" not in explained} == set()
    assert {each.definition.id for each in checked.results if each.status == NOT_RUN} <= {"AA-714", "AA-X27"}


@pytest.fixture(scope="module")
def clean():
    tables = generate(500, DAY, 1)
    return tables, check_tables(tables, DAY, extract_date=DAY).findings


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.kind)
def test_a_planted_fault_is_found_where_it_is_and_raises_nothing_undeclared(clean, defect: Defect):
    tables, before = clean
    garden = Garden(tables, DAY, 1)
    garden.sow(defect, 2)
    spoiled, planted = garden.harvest()
    assert planted.height
    after = check_tables(spoiled, DAY, extract_date=DAY).findings
    new = after.join(before.select(SAME).unique(), on=SAME, how="anti", nulls_equal=True)
    mine = after.filter(pl.col("check") == defect.check)
    if defect.check in ABOUT_A_TABLE:
        assert mine.filter(pl.col("table").is_in(planted["table"].implode())).height
    else:
        mine = new.filter(pl.col("check") == defect.check)
        assert set(mine["child"]) == _people(spoiled, planted)
    undeclared = set(new["check"]) - {defect.check, *defect.also}
    assert undeclared == set()


def _people(tables: dict[str, pl.DataFrame], planted: pl.DataFrame) -> set[str]:
    """Whose rows the planted ones are."""
    people = set()
    for table, row in planted.select("table", "row").iter_rows():
        frame = tables[table]
        column = PERSON.get(table) or next(name for name in frame.columns if name.endswith("person_id"))
        people.add(frame[column][row - 2])
    return people


def test_what_a_fault_may_raise_beside_its_own_check_is_a_check():
    from annexa.checks.catalogue import catalogue

    for defect in DEFECTS:
        assert {defect.check, *defect.also} <= catalogue().keys()
        assert defect.check not in defect.also
