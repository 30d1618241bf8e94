"""`annexa report`: data reports by themselves, from an extract, without the lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from annexa.checks.run import made_elsewhere
from annexa.environment import Secret
from annexa.errors import UsageError
from annexa.extract.address import Place
from annexa.outputs.findings_files import Wanted, write_findings
from annexa.outputs.reports import in_words, summary, write_reports
from annexa.outputs.stage import Stage
from annexa.pipeline.building import Request, lists_of
from annexa.pipeline.checking import Judging, assess, extract_run, prepare
from annexa.pipeline.delivering import entries_of, make_reports
from annexa.pipeline.record import manifest_of
from annexa.reports.model import Report
from annexa.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ReportRequest:
    """What is asked for.

    Args:
        items: of Annex A, such as "2.02"; at least one.
        inspection_date: D.
        extracts: the extract.
        output: the folder to write to.
        settings: annexa.toml, with the command line's options already in it.
        created: the moment of the run, for the manifest alone.
        formats: "csv" and "json", beside the workbook of each report.
        password: what is to be encrypted with it; or None.
    """

    items: tuple[str, ...]
    inspection_date: date
    extracts: Place
    output: Path
    settings: Settings
    created: datetime
    formats: tuple[str, ...] = ()
    password: Secret | None = None


@dataclass(frozen=True)
class Told:
    """One report as the terminal shows it: its title, its numbers in words, its file below the output folder."""

    title: str
    rows: tuple[tuple[str, str], ...]
    file: str


@dataclass(frozen=True)
class ReportsMade:
    """What was written, in counts and words.

    Args:
        told: each report.
        documents: the same for programs, without rows of children or workers and texts of the source.
        notes: errors and warnings about the run as a whole.
        findings: how many findings there are about the records.
    """

    told: tuple[Told, ...]
    documents: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    findings: int


def report(request: ReportRequest, progress: Progress = lambda _: None) -> ReportsMade:
    """Read an extract, build the lists that current status comes from, and write the reports with their findings.

    Raises:
        UsageError: no item, or one that is no report.
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    if not request.items:
        raise UsageError("No report is named.", "Name one, such as 2.02, or all.")
    asked = Request(
        inspection_date=request.inspection_date,
        extracts=request.extracts,
        output=request.output,
        settings=request.settings,
        created=request.created,
        reports=request.items,
    )
    built = lists_of(asked, progress)
    edition = built.context.edition
    prepared = prepare(request.settings, Judging(), edition.name)
    progress("building the reports")
    reports = make_reports(built, request.items, asked, prepared.calendar)
    found = built.context.findings.frame()
    assessed = assess(extract_run(built.context, built.lists, prepared), found, prepared, only=made_elsewhere())
    progress("writing the reports")
    day, authority = request.inspection_date, request.settings.authority
    with Stage(request.output, request.password) as stage:
        names = write_reports(stage, reports, day, edition.title, authority, request.formats)
        inputs = [each.name for each in built.extract.inputs]
        write_findings(stage, assessed.report(day, edition.name, inputs, authority), Wanted())
        told = manifest_of(built, {}, assessed, request.created, "report", suppress=request.settings.reports.suppress)
        stage.commit(told.model_copy(update={"reports": entries_of(reports, names)}))
    return ReportsMade(
        told=tuple(_told(each, names[each.item]) for each in reports),
        documents=tuple(summary(each, day, edition.title) for each in reports),
        notes=tuple(built.notes[: built.run_notes]),
        findings=assessed.findings.height,
    )


def _told(made: Report, file: str) -> Told:
    rows = tuple((each.label, in_words(each)) for each in made.figures)
    return Told(f"{made.item} {made.title}", rows, file)
