"""The findings of a run as files: findings.xlsx, .csv and .json, JUnit, and missing evidence for each team.

Under a password findings.csv and .json are not written: findings.xlsx, which is encrypted, has all that the CSV file
has on its sheet All_findings.

The same findings give the same bytes: no file says when it was made. The JUnit file, which a CI job uploads, holds
check ids and counts alone; the others hold children's identifiers, and, unless they are left out, values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import polars as pl
import polars.selectors as cs

from annexa.checks.accept import ACCEPTED
from annexa.checks.catalogue import Page, pages
from annexa.checks.gate import NEW, Verdict
from annexa.checks.run import FOUND, NOT_RUN, PASSED, Result, about_children
from annexa.findings import SCHEMA
from annexa.outputs.contents import FrontSheet, Sheet
from annexa.outputs.files import write_csv
from annexa.outputs.findings_layout import CheckEntry, Counts, FindingsFile, as_text
from annexa.outputs.sealing import Place
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import over_sheets, write_workbook

MOST_A_CHECK: Final = 1000  # findings of a check in findings.xlsx; the CSV file has them all
COLUMNS: Final = (*SCHEMA, ACCEPTED, NEW)
_HEADINGS: Final = {
    "check": "Check",
    "severity": "Severity",
    "list": "List",
    "child": "Child",
    "team": "Team",
    "worker": "Worker",
    "message": "What is wrong",
    "column": "Column",
    "value": "Value",
    "due_date": "Due",
    "days_overdue": "Days overdue",
    "table": "Table",
    "file": "File",
    "row": "Row",
    "event": "Record",
    ACCEPTED: "Accepted",
    NEW: "New",
}
_EVIDENCE: Final = {
    "child": "Child",
    "worker": "Worker",
    "list": "List",
    "message": "What is missing",
    "value": "Value",
    "due_date": "Due",
    "days_overdue": "Days overdue",
    "check": "Check",
}


@dataclass(frozen=True)
class Report:
    """The findings of a run, and what is said about it.

    Args:
        findings: columns of COLUMNS, in the order of a report, as narrowed for the report.
        results: what became of each check.
        verdict: of the whole run, never narrowed.
        inspection_date: D.
        edition: name of the edition.
        inputs: names of the files that were read.
        authority: name of the authority, or empty.
        version: of annexa.
        narrowed: by what the report was narrowed, in words; empty where it was not.
    """

    findings: pl.DataFrame
    results: Sequence[Result]
    verdict: Verdict
    inspection_date: date
    edition: str
    inputs: Sequence[str]
    authority: str
    version: str
    narrowed: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which files are written beside findings.csv, .xlsx and .json, and what they leave out.

    Args:
        junit: findings.junit.xml too.
        by_team: one file of missing evidence for each team, in the folder missing-evidence.
        values: false leaves the value of every finding out.
    """

    junit: bool = False
    by_team: bool = False
    values: bool = True


def without_values(findings: pl.DataFrame) -> pl.DataFrame:
    """Blank the values: what is left are identifiers, places and messages, which hold no value."""
    return findings.with_columns(pl.lit(None, dtype=pl.String).alias("value"))


def write_findings(stage: Stage, report: Report, wanted: Wanted | None = None) -> None:
    """Write the files of a report into a stage.

    Raises:
        OutputError, OSError: as the stage and the writers do.
    """
    wanted = wanted or Wanted()
    findings = report.findings if wanted.values else without_values(report.findings)
    if not stage.sealed:
        write_csv(stage.path("findings.csv"), findings.select(COLUMNS))
        _write_text(stage.path("findings.json"), _json(report, findings))
    _write_xlsx(stage.workbook("findings.xlsx"), report, findings, whole=stage.sealed)
    if wanted.junit:
        _write_text(stage.plain("findings.junit.xml"), junit(report))
    if wanted.by_team:
        _write_by_team(stage, report, findings)


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def entries(report: Report) -> tuple[CheckEntry, ...]:
    """Return what became of each check, in counts."""
    accepted = dict(
        about_children(
            report.findings.filter(pl.col(ACCEPTED).is_not_null()),
            {result.definition.id: result.definition for result in report.results},
        )
        .group_by("check")
        .len()
        .iter_rows()
    )
    return tuple(_entry(result, pages()[result.definition.id], accepted) for result in report.results)


def _entry(result: Result, page: Page, accepted: Mapping[str, int]) -> CheckEntry:
    definition = result.definition
    return CheckEntry(
        id=definition.id,
        title=page.title,
        severity=definition.severity,
        lists=definition.lists,
        status=result.status,
        tested=result.tested,
        found=result.found,
        accepted=accepted.get(definition.id, 0),
        suppressed=result.suppressed,
        rate=round(100 * result.found / result.tested, 1) if result.tested else None,
        reasons=result.reasons,
    )


def _json(report: Report, findings: pl.DataFrame) -> str:
    verdict = report.verdict
    head = FindingsFile(
        annexa_version=report.version,
        edition=report.edition,
        inspection_date=report.inspection_date,
        inputs=tuple(report.inputs),
        verdict=verdict.text(),
        narrowed=report.narrowed,
        counts=Counts(**verdict.counts, accepted=verdict.accepted, new=verdict.new),
        checks=entries(report),
        findings=(),
    ).model_dump(mode="json")
    # The findings are many: Polars writes them, one a line. A test holds them to the model.
    rows = findings.select(pl.col(name).cast(pl.String) if name == "due_date" else name for name in sorted(COLUMNS))
    lines = rows.write_ndjson().rstrip("\n").split("\n") if rows.height else []
    inside = ",\n    ".join(lines)
    return as_text(head).replace(
        '"findings": []', f'"findings": [\n    {inside}\n  ]' if lines else '"findings": []', 1
    )


def junit(report: Report) -> str:
    """Return the report as JUnit: a suite a severity, a case a check; ids, titles and counts alone.

    A case fails where its findings make the run fail its gate; other findings are told in its output.
    """
    parts = ['<?xml version="1.0" encoding="UTF-8"?>']
    failing = report.verdict.failing
    failed = len(failing)
    total, skipped = len(report.results), sum(1 for each in report.results if each.status not in (FOUND, PASSED))
    parts.append(f'<testsuites name="annexa" tests="{total}" failures="{failed}" skipped="{skipped}" errors="0">')
    for severity in ("error", "warning", "info"):
        mine = [each for each in entries(report) if each.severity == severity]
        wrong = sum(1 for each in mine if each.id in failing)
        out = sum(1 for each in mine if each.status not in (FOUND, PASSED))
        parts.append(
            f'  <testsuite name={quoteattr(severity)} tests="{len(mine)}" failures="{wrong}" '
            f'skipped="{out}" errors="0">'
        )
        parts += [_case(each, failing.get(each.id, 0)) for each in mine]
        parts.append("  </testsuite>")
    parts.append("</testsuites>")
    return "\n".join(parts) + "\n"


def _case(each: CheckEntry, failing: int) -> str:
    lists = f"list {each.lists[0]}" if len(each.lists) == 1 else "several lists"
    name = f"    <testcase classname={quoteattr(lists)} name={quoteattr(f'{each.id} {each.title}')}"
    of = f" of {each.tested:,}" if each.tested else ""
    if failing:
        return f"{name}><failure message={quoteattr(f'{failing:,}{of}')}/></testcase>"
    if each.status not in (FOUND, PASSED):
        return f"{name}><skipped message={quoteattr('; '.join((each.status, *each.reasons)))}/></testcase>"
    if each.found:
        noted = f", {each.accepted:,} of them accepted" if each.accepted else ""
        return f"{name}><system-out>{each.found:,}{of} found{noted}</system-out></testcase>"
    return f"{name}/>"


def _write_xlsx(path: Place, report: Report, findings: pl.DataFrame, *, whole: bool) -> None:
    number = pl.int_range(pl.len()).over("check")
    first = findings.filter(number < MOST_A_CHECK)
    evidence = _evidence(report, first)
    sheets = [
        Sheet("Findings", "Findings: errors first, then by list", _shown(first, _HEADINGS)),
        Sheet("Missing_evidence", "Missing evidence: what a manager can put right today", evidence),
        Sheet("Definitions", "What each check tests, and why", _definitions(report)),
    ]
    everything = "findings.csv has"
    if whole:
        every = findings.select(COLUMNS).with_columns(cs.boolean().cast(pl.String))
        sheets += over_sheets("All_findings", "Every finding, by the names of findings.csv", every)
        everything = "the sheet All_findings has"
    write_workbook(path, _summary(report, findings, everything), sheets, (), report.inspection_date)


def _summary(report: Report, findings: pl.DataFrame, everything: str) -> FrontSheet:
    verdict = report.verdict
    facts: list[tuple[str, str | int | date]] = [
        ("Verdict", verdict.text()),
        ("Authority", report.authority or "not given"),
        ("Inspection date", report.inspection_date),
        ("Edition", report.edition),
        ("Read", ", ".join(report.inputs) if len(report.inputs) < 4 else f"{len(report.inputs)} files"),
        ("Errors", verdict.counts["error"]),
        ("Warnings", verdict.counts["warning"]),
        ("For information", verdict.counts["info"]),
        ("Accepted", verdict.accepted),
    ]
    if verdict.new is not None:
        facts.append(("New since the baseline", verdict.new))
    if report.narrowed:
        facts.append(("This report holds", report.narrowed))
    facts.append(("annexa version", report.version))
    order = {severity: number for number, severity in enumerate(("error", "warning", "info"))}
    rows = sorted(
        (each for each in entries(report) if each.status in (FOUND, PASSED, NOT_RUN)),
        key=lambda each: (_status(each), order[each.severity], -each.found, each.id),
    )
    table = tuple(
        (
            each.id,
            each.title,
            each.severity,
            each.status,
            each.found if each.status != NOT_RUN else None,
            each.tested,
            f"{each.rate:.1f}%" if each.rate is not None else None,
            each.suppressed or None,
            "; ".join(each.reasons),
        )
        for each in rows
    )
    notes = [
        "A check that could not run has not passed: its reason says what was missing.",
        "Suppressed: findings that another check reports about the same child and record.",
    ]
    over = [
        check for check, count in findings.group_by("check").len().sort("check").iter_rows() if count > MOST_A_CHECK
    ]
    if over:
        notes.insert(
            0,
            f"The sheet Findings holds the first {MOST_A_CHECK:,} findings of each of {', '.join(over)}; "
            f"{everything} all of them.",
        )
    headings = ("Check", "Title", "Severity", "Status", "Found", "Tested", "Rate", "Suppressed", "Remark")
    return FrontSheet("Data quality of Annex A", tuple(facts), headings, table, tuple(notes), name="Summary")


def _status(each: CheckEntry) -> int:
    return (FOUND, NOT_RUN, PASSED).index(each.status)


def _shown(findings: pl.DataFrame, headings: Mapping[str, str]) -> pl.DataFrame:
    yes = pl.when(pl.col(NEW)).then(pl.lit("yes")).when(~pl.col(NEW)).then(pl.lit("no"))
    return findings.with_columns(yes.alias(NEW)).select(pl.col(name).alias(text) for name, text in headings.items())


def _evidence(report: Report, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the missing evidence: by team, the longest overdue first."""
    ids = [result.definition.id for result in report.results if result.definition.evidence]
    mine = findings.filter(pl.col("check").is_in(ids) & pl.col("child").is_not_null() & pl.col(ACCEPTED).is_null())
    ordered = mine.sort(
        "team", "worker", "days_overdue", "child", "check",
        descending=[False, False, True, False, False], nulls_last=True, maintain_order=True,
    )  # fmt: skip
    return _shown(ordered, {"team": "Team", **_EVIDENCE})


def _definitions(report: Report) -> pl.DataFrame:
    known = pages()
    rows = [
        (
            each.definition.id,
            known[each.definition.id].title,
            each.definition.severity,
            ", ".join(map(str, each.definition.lists)),
            known[each.definition.id].what,
            known[each.definition.id].why,
            known[each.definition.id].reference,
        )
        for each in report.results
    ]
    headings = ("Check", "Title", "Severity", "Lists", "What it tests", "Why it matters", "Reference")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def _write_by_team(stage: Stage, report: Report, findings: pl.DataFrame) -> None:
    """Write a workbook for each team; children without a team have one of their own."""
    evidence = _evidence(report, findings)
    taken: set[str] = set()
    for team in evidence["Team"].unique(maintain_order=True).to_list():
        name = _file_name(team or "no team", taken)
        rows = evidence.filter(pl.col("Team").eq_missing(pl.lit(team, dtype=pl.String))).drop("Team")
        facts: tuple[tuple[str, str | int | date], ...] = (
            ("Team", team or "none recorded"),
            ("Inspection date", report.inspection_date),
            ("Children", rows["Child"].n_unique()),
            ("Items", rows.height),
        )
        front = FrontSheet("Missing evidence", facts, ("What is missing", "Items"), _by_message(rows), name="Summary")
        sheet = Sheet("Missing_evidence", f"Missing evidence: {team or 'no team'}", rows)
        write_workbook(stage.workbook(f"missing-evidence/{name}.xlsx"), front, [sheet], (), report.inspection_date)


def _by_message(rows: pl.DataFrame) -> tuple[tuple[str | int | date | None, ...], ...]:
    counts = rows.group_by("What is missing").len().sort("len", "What is missing", descending=[True, False])
    return tuple(counts.iter_rows())


def _file_name(team: str, taken: set[str]) -> str:
    """Return a file name for a team that every system takes, no two of them the same."""
    plain = re.sub(r"[^a-z0-9]+", "-", team.casefold()).strip("-")[:60] or "team"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    return name
