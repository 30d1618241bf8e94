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
    assert {each.definition.id for each in checked.results if each.status == NOT_RUN} <= {"AA-714"}


@pytest.fixture(scope="module")
def spoiled():
    """An authority with every kind of fault in it: its tables, whose rows each kind is in, and what is new."""
    clean = generate(800, DAY, 1)
    before = check_tables(clean, DAY, extract_date=DAY).findings
    garden = Garden(clean, DAY, 1)
    for defect in DEFECTS:
        garden.sow(defect, 3)
    tables, planted = garden.harvest()
    after = check_tables(tables, DAY, extract_date=DAY).findings
    new = after.join(before.select(SAME).unique(), on=SAME, how="anti", nulls_equal=True)
    kinds = planted.partition_by("kind", as_dict=True)
    people = {kind: _people(tables, rows) for (kind,), rows in kinds.items()}
    # Whose rows they were before: a fault can take a row away from its child.
    losing = {kind: _people(clean, rows) | people[kind] for (kind,), rows in kinds.items()}
    return people, losing, after, new, planted


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.kind)
def test_a_planted_fault_is_found_where_it_is_and_raises_nothing_undeclared(spoiled, defect: Defect):
    people, losing, after, new, planted = spoiled
    mine = people[defect.kind]
    assert mine
    if defect.check in ABOUT_A_TABLE:
        tables = planted.filter(pl.col("kind") == defect.kind)["table"]
        assert after.filter(pl.col("table").is_in(tables.implode()) & (pl.col("check") == defect.check)).height
    else:
        accused = set(new.filter(pl.col("check") == defect.check)["child"])
        assert mine <= accused
        may = [losing[each.kind] for each in DEFECTS if defect.check in (each.check, *each.also)]
        assert accused <= set().union(*may)
    raised = set(new.filter(pl.col("child").is_in(list(losing[defect.kind] - {None})))["check"])
    assert raised - {defect.check, *defect.also} == set()


def test_nobody_else_is_accused(spoiled):
    _, people, _, new, _ = spoiled
    others = new.filter(
        pl.col("child").is_not_null() & ~pl.col("child").is_in(list(set().union(*people.values()) - {None}))
    )
    assert others.height == 0, others.select("check", "table").unique()


def _people(tables: dict[str, pl.DataFrame], planted: pl.DataFrame) -> set[str]:
    """Whose rows the planted ones are; one that was added is not in the tables before."""
    people = set()
    for table, row in planted.select("table", "row").iter_rows():
        frame = tables[table]
        column = PERSON.get(table) or next(name for name in frame.columns if name.endswith("person_id"))
        if row - 2 < frame.height:
            people.add(frame[column][row - 2])
    return people


def test_what_a_fault_may_raise_beside_its_own_check_is_a_check():
    from annexa.checks.catalogue import catalogue

    for defect in DEFECTS:
        assert {defect.check, *defect.also} <= catalogue().keys()
        assert defect.check not in defect.also
