"""The files of findings: what each holds, what each leaves out, and that they repeat to the byte."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import polars as pl
import pytest
from openpyxl import load_workbook

from annexa.checks.accept import ACCEPTED
from annexa.checks.catalogue import catalogue
from annexa.checks.gate import NEW, Gate, judge
from annexa.checks.run import FOUND, NOT_RUN, PASSED, Result
from annexa.environment import Secret
from annexa.findings import SCHEMA
from annexa.outputs import findings_files
from annexa.outputs.files import read_csv
from annexa.outputs.findings_files import (
    COLUMNS,
    Report,
    Wanted,
    junit,
    write_findings,
)
from annexa.outputs.findings_layout import FindingsFile, findings_schema_text
from annexa.outputs.stage import Stage
from tests.support.cli import contents
from tests.support.sealed import PASSWORD, book, opened, quick
from tests.unit.test_stage import manifest

DAY = date(2025, 6, 2)
ROWS = [
    {
        "check": "AA-813",
        "severity": "warning",
        "list": 8,
        "child": "KIM1",
        "event": "E1",
        "team": "North",
        "worker": "W1",
        "message": "The review is overdue.",
        "value": "2025-01-05",
        "due_date": date(2025, 5, 1),
        "days_overdue": 32,
    },
    {
        "check": "AA-814",
        "severity": "warning",
        "list": 8,
        "child": "KIM1",
        "event": "E1",
        "team": "North",
        "worker": "W1",
        "message": "A visit is overdue.",
        "value": "2025-01-06",
        "days_overdue": 40,
    },
    {
        "check": "AA-814",
        "severity": "warning",
        "list": 8,
        "child": "LEE2",
        "event": "E2",
        "team": "no/rth:",
        "message": "A visit is overdue.",
        "value": "2025-01-07",
        "days_overdue": 3,
    },
    {"check": "AA-814", "severity": "warning", "list": 8, "child": "MAX3", "message": "A visit is overdue."},
    {
        "check": "AA-G03",
        "severity": "error",
        "list": 1,
        "child": "LEE2",
        "message": "No date of birth.",
        "value": "=1+1",
    },
]


def report(rows=ROWS, gate: Gate | None = None, **changes) -> Report:
    frame = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(ACCEPTED), pl.lit(None, dtype=pl.Boolean).alias(NEW))
    counts = dict(frame.group_by("check").len().iter_rows())
    results = [
        Result(each, FOUND if counts.get(check) else PASSED, 200, counts.get(check, 0))
        for check, each in catalogue().items()
    ]
    results[5] = Result(results[5].definition, NOT_RUN, reasons=("ssd_x was not supplied",))
    verdict = judge(frame, {each.definition.id: each for each in results}, gate or Gate("error"))
    fields = {
        "findings": frame,
        "results": tuple(results),
        "verdict": verdict,
        "inspection_date": DAY,
        "edition": "ilacs-2019",
        "inputs": ("a.csv",),
        "authority": "Exshire",
        "version": "1",
    }
    return Report(**{**fields, **changes})


def written(folder: Path, given: Report, wanted: Wanted | None = None) -> Path:
    with Stage(folder) as stage:
        write_findings(stage, given, wanted)
        stage.commit(manifest())
    return folder


def test_under_a_password_there_are_workbooks_alone(tmp_path):
    with quick(), Stage(tmp_path / "sealed", Secret(PASSWORD)) as stage:
        write_findings(stage, report(), Wanted(junit=True, by_team=True))
        stage.commit(manifest())
    plain = written(tmp_path / "plain", report(), Wanted(junit=True, by_team=True))
    sealed = contents(tmp_path / "sealed")
    assert {*sealed, "findings.csv", "findings.json"} == set(contents(plain))
    teams = {name for name in sealed if name.startswith("missing-evidence/")}
    assert len(teams) > 1
    assert all(opened(tmp_path / "sealed" / name) == (plain / name).read_bytes() for name in teams)
    assert sealed["findings.junit.xml"] == (plain / "findings.junit.xml").read_bytes()
    whole = book(tmp_path / "sealed" / "findings.xlsx")
    assert whole.sheetnames[:4] == ["Summary", "Findings", "Missing_evidence", "Definitions"]
    assert [cell.value for cell in whole["All_findings"][2]] == list(COLUMNS)
    assert whole["All_findings"].max_row == 2 + report().findings.height


def test_more_findings_than_a_check_shows_are_all_on_the_other_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(findings_files, "MOST_A_CHECK", 1)
    with quick(), Stage(tmp_path, Secret(PASSWORD)) as stage:
        write_findings(stage, report())
        stage.commit(manifest())
    whole = book(tmp_path / "findings.xlsx")
    assert whole["Findings"].max_row < whole["All_findings"].max_row
    told = str(list(whole["Summary"].values))
    assert "the sheet All_findings has all of them." in told
    assert "findings.csv" not in told


def test_the_json_file_keeps_to_its_schema_and_holds_every_finding(tmp_path):
    text = (written(tmp_path, report()) / "findings.json").read_text(encoding="utf-8")
    content = json.loads(text)
    jsonschema.validate(content, json.loads(findings_schema_text()))
    read = FindingsFile.model_validate_json(text)
    assert [each.child for each in read.findings] == [row["child"] for row in ROWS]
    assert read.verdict == "not ready: 1 error"
    assert (read.counts.error, read.counts.warning) == (1, 4)
    by_id = {each.id: each for each in read.checks}
    assert (by_id["AA-814"].found, by_id["AA-814"].tested, by_id["AA-814"].rate) == (3, 200, 1.5)
    assert by_id["AA-G06"].status == NOT_RUN
    assert by_id["AA-G06"].rate is None


def test_the_csv_file_holds_every_column_and_no_formula(tmp_path):
    path = written(tmp_path, report()) / "findings.csv"
    assert b",'=1+1," in path.read_bytes()
    frame = read_csv(path)
    assert frame.columns == list(COLUMNS)
    assert frame["value"].to_list()[-1] == "=1+1"


def test_the_workbook_has_a_summary_findings_evidence_and_definitions(tmp_path):
    book = load_workbook(written(tmp_path, report()) / "findings.xlsx")
    assert book.sheetnames == ["Summary", "Findings", "Missing_evidence", "Definitions"]
    assert book["Findings"].auto_filter.ref == f"A2:Q{2 + len(ROWS)}"
    summary = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "AA-814"]
    assert summary[0][2:7] == ("warning", "found", 3, 200, "1.5%")
    unable = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "AA-G06"]
    assert unable[0][3:5] == ("could not run", None)
    assert unable[0][8] == "ssd_x was not supplied"
    evidence = list(book["Missing_evidence"].iter_rows(min_row=3, values_only=True))
    # By team, the longest overdue first; what is no evidence (AA-G03) is not there, no team comes last.
    assert [row[:2] for row in evidence] == [("North", "KIM1"), ("North", "KIM1"), ("no/rth:", "LEE2"), (None, "MAX3")]
    assert [row[7] for row in evidence[:2]] == [40, 32]
    assert book["Definitions"].max_row == 2 + len(catalogue())


def test_the_workbook_keeps_the_first_findings_of_a_check_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(findings_files, "MOST_A_CHECK", 2)
    folder = written(tmp_path, report())
    book = load_workbook(folder / "findings.xlsx")
    assert [row[0] for row in book["Findings"].iter_rows(min_row=3, values_only=True)].count("AA-814") == 2
    notes = [row[0] for row in book["Summary"].iter_rows(values_only=True) if row[0]]
    assert any("the first 2 findings of each of AA-814;" in text for text in notes)
    assert read_csv(folder / "findings.csv").height == len(ROWS)


def test_without_values_no_value_is_in_any_file(tmp_path):
    folder = written(tmp_path, report(), Wanted(junit=True, by_team=True, values=False))
    assert set(read_csv(folder / "findings.csv")["value"]) == {None}
    assert all(each["value"] is None for each in json.loads((folder / "findings.json").read_bytes())["findings"])
    for path in [folder / "findings.xlsx", *(folder / "missing-evidence").iterdir()]:
        for sheet in load_workbook(path):
            for row in sheet.iter_rows(values_only=True):
                assert not {"2025-01-05", "2025-01-06", "2025-01-07", "=1+1"} & set(row)


def test_each_team_has_a_file_of_its_own_children(tmp_path):
    folder = written(tmp_path, report(), Wanted(by_team=True)) / "missing-evidence"
    children = {
        path.name: {row[0] for row in load_workbook(path)["Missing_evidence"].iter_rows(min_row=3, values_only=True)}
        for path in folder.iterdir()
    }
    assert children == {"north.xlsx": {"KIM1"}, "no-rth.xlsx": {"LEE2"}, "no-team.xlsx": {"MAX3"}}


def test_teams_whose_names_look_alike_do_not_share_a_file(tmp_path):
    rows = [{**ROWS[1], "team": team, "child": team} for team in ("North", "north", "NORTH!")]
    folder = written(tmp_path, report(rows), Wanted(by_team=True)) / "missing-evidence"
    assert sorted(path.name for path in folder.iterdir()) == ["north-2.xlsx", "north-3.xlsx", "north.xlsx"]


@pytest.mark.parametrize(("gate", "failing"), [(Gate("error"), {"AA-G03"}), (Gate("never"), set())])
def test_junit_fails_where_the_gate_does_and_names_no_child(gate, failing):
    text = junit(report(gate=gate))
    assert not any(name in text for name in ("KIM1", "LEE2", "MAX3", "W1", "North", "2025-01"))
    root = ET.fromstring(text)
    cases = root.findall(".//testcase")
    assert len(cases) == len(catalogue()) == int(root.attrib["tests"])
    failed = {case.attrib["name"].split()[0] for case in cases if case.find("failure") is not None}
    assert failed == failing
    assert int(root.attrib["failures"]) == len(failing)
    told = {case.attrib["name"].split()[0]: case.findtext("system-out") for case in cases}
    assert told["AA-814"] == "3 of 200 found"
    (skipped,) = [case for case in cases if case.find("skipped") is not None]
    assert "ssd_x was not supplied" in skipped.find("skipped").attrib["message"]


def test_the_same_findings_give_the_same_bytes(tmp_path):
    one, other = (written(tmp_path / name, report(), Wanted(junit=True, by_team=True)) for name in ("one", "other"))
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(names) == 8
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def test_only_the_owner_may_read_the_findings(tmp_path):
    folder = written(tmp_path / "out", report(), Wanted(by_team=True))
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*")} == {0}
