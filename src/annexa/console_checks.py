"""What the terminal shows of `annexa check` and `annexa clean`: counts alone."""

from typing import TYPE_CHECKING

from annexa import console
from annexa.console import many

if TYPE_CHECKING:
    from annexa.pipeline.cleaning import CleanReport, CleanRequest
    from annexa.pipeline.examining import CheckReport, CheckRequest


def check_summary(report: "CheckReport", request: "CheckRequest") -> None:
    """Print what a check gave: findings by list and severity, the most frequent checks, the verdict."""
    from annexa.checks.run import about_children
    from annexa.outputs.findings_files import entries

    definitions = {each.definition.id: each.definition for each in report.report.results}
    shown = about_children(report.report.findings, definitions)
    about = "the workbook" if request.workbooks else "the extract"
    title = f"Findings in {about} for {request.inspection_date:%d/%m/%Y}, edition {report.edition.name}"
    if report.report.narrowed:
        title += f" ({report.report.narrowed} alone)"
    counts = {
        (number, severity): amount
        for number, severity, amount in shown.group_by("list", "severity").len().sort("list", "severity").iter_rows()
    }
    rows = []
    for number in [*sorted(report.edition.lists), None]:
        name = report.edition.lists[number].title.partition(": ")[2] if number else "About the run or several lists"
        held = report.rows.get(number) if number else None
        rows.append(
            (
                str(number or ""),
                name,
                "-" if held is None else f"{held:,}",
                *(f"{counts.get((number, severity), 0):,}" for severity in ("error", "warning", "info")),
            )
        )
    console.table(("List", "Title", "Rows", "Errors", "Warnings", "Information"), rows, title=title)
    found = dict(shown.group_by("check").len().iter_rows())
    known = {each.id: each for each in entries(report.report)}
    frequent = sorted(found, key=lambda check: (-found[check], check))[:10]
    if frequent:
        console.table(
            ("Check", "Severity", "Findings", "Tested", "Title"),
            [
                (
                    check,
                    known[check].severity,
                    f"{found[check]:,}",
                    "-" if known[check].tested is None else f"{known[check].tested:,}",
                    known[check].title,
                )
                for check in frequent
            ],
            title="The most frequent",
        )
    unable = [each for each in known.values() if each.status == "could not run"]
    for each in unable[:5]:
        console.line(f"{each.id} could not run: {'; '.join(each.reasons)}.")
    if unable[5:]:
        console.line(f"Nor could {', '.join(each.id for each in unable[5:])}: the report says why.")
    if report.report.narrowed:
        console.line(
            f"Shown: {many(shown.height, 'finding')} of {report.report.narrowed}. What follows is about all of them."
        )
    verdict = report.assessed.verdict
    accepted = f", {verdict.accepted:,} accepted" if verdict.accepted else ""
    console.line(
        f"Findings: {many(verdict.counts['error'], 'error')}, {many(verdict.counts['warning'], 'warning')}, "
        f"{verdict.counts['info']:,} for information{accepted}."
    )
    if verdict.new is not None:
        console.line(f"New since the baseline: {verdict.new:,}.")
    if request.output is not None:
        console.line(f"The findings are in {request.output / 'findings.xlsx'}.")
    console.line(f"Verdict: {verdict.text()}.")


def clean_summary(report: "CleanReport", request: "CleanRequest") -> None:
    """Print what cleaning gave: for each list its rows, what left, what was repaired and what could not be."""
    repaired = dict(report.filled.changes.group_by("list").len().iter_rows())
    rows: list[tuple[str, ...]] = []
    for number, spec in sorted(report.edition.lists.items()):
        held = report.filled.lists.get(number)
        name = spec.title.partition(": ")[2]
        if held is None:
            rows.append((str(number), name, "-", "-", "-", "-", report.filled.missing.get(number, "not there")))
            continue
        out = held.frame.height
        rows.append(
            (
                str(number),
                name,
                *(f"{count:,}" for count in (held.rows_in, out, held.rows_in - out, repaired.get(number, 0))),
                f"{held.left.height:,}",
            )
        )
    console.table(
        ("List", "Title", "Rows read", "Rows written", "Left", "Repaired", "Not readable"),
        rows,
        title=f"Annex A cleaned, edition {report.edition.name}",
    )
    output = request.output
    console.line(f"The workbook is {output / 'annex-a.xlsx'}; its sheet Changes lists every repair.")
    if report.filled.unknown_values.height:
        where = f"edit {output / 'value-map.toml'}, and give it as --value-map."
        if request.password:
            where = "value-map.toml would hold them in plain and is not written; they stand in findings.xlsx."
        console.line(f"{many(report.filled.unknown_values.height, 'value')} on no code list: {where}")
    if any(each.left.height for each in report.filled.lists.values()):
        console.line(f"Cells that could not be read are in {output / 'findings.xlsx'}.")
