"""`annexa check`: an extract with the lists built from it, or filled workbooks; nothing is built for Ofsted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from annexa.editions import Edition
from annexa.environment import Secret
from annexa.extract.address import Place
from annexa.filled.read import Opened
from annexa.findings import Findings
from annexa.lists.notes import edition_note
from annexa.outputs.findings_files import Report, Wanted, write_findings
from annexa.outputs.manifest import Manifest
from annexa.outputs.stage import Stage
from annexa.period import InspectionPeriod
from annexa.pipeline.building import Built, Request, lists_of
from annexa.pipeline.checking import Assessed, Judging, Prepared, assess, extract_run, prepare
from annexa.pipeline.filling import FilledRequest, edition_of, lists_run, open_filled, read_filled
from annexa.pipeline.record import manifest_of, manifest_of_filled
from annexa.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Narrowed:
    """By what a report is narrowed; never the gate.

    Args:
        lists: numbers of lists.
        severities: error, warning, info.
        checks: ids.
        teams: names of teams, however their letters are written.
    """

    lists: tuple[int, ...] = ()
    severities: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def text(self) -> str:
        """Return it in words; empty where nothing is narrowed."""
        parts = [f"List {number}" for number in self.lists] + list(self.severities) + list(self.checks)
        return ", ".join([*parts, *(f"team {team}" for team in self.teams)])

    def of(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return the findings that are left."""
        for column, wanted in (("list", self.lists), ("severity", self.severities), ("check", self.checks)):
            if wanted:
                findings = findings.filter(pl.col(column).is_in(wanted))
        if self.teams:
            teams = [team.casefold() for team in self.teams]
            findings = findings.filter(pl.col("team").str.to_lowercase().is_in(teams))
        return findings


@dataclass(frozen=True)
class CheckRequest:
    """What a check is asked to do.

    Args:
        inspection_date: D.
        settings: annexa.toml, with the command line's options already in it.
        created: the moment of the run, for the manifest alone.
        extracts: the extract; beside workbooks it is what their counts are compared with.
        workbooks: filled workbooks of one authority; later ones win. None: the extract is checked.
        output: the folder for the files of findings; none are written where None.
        password: of the workbooks, and what is to be encrypted with it; or None.
        value_map: an edited value-map.toml, or None.
        judging: how the findings are judged.
        wanted: which files are written.
        narrowed: by what the report is narrowed.
    """

    inspection_date: date
    settings: Settings
    created: datetime
    extracts: Place | None = None
    workbooks: tuple[Path, ...] = ()
    output: Path | None = None
    password: Secret | None = None
    value_map: Path | None = None
    judging: Judging = field(default_factory=Judging)
    wanted: Wanted = field(default_factory=Wanted)
    narrowed: Narrowed = field(default_factory=Narrowed)


@dataclass(frozen=True)
class CheckReport:
    """What a check gave.

    Args:
        assessed: all findings, judged.
        report: as narrowed, for files and the terminal.
        rows: rows of each list that was there.
        edition: the edition it was checked against.
        notes: warnings about the run as a whole.
    """

    assessed: Assessed
    report: Report
    rows: Mapping[int, int]
    edition: Edition
    notes: tuple[str, ...] = ()


def check(request: CheckRequest, progress: Progress = lambda _: None) -> CheckReport:
    """Run every check on an extract or on filled workbooks; write the findings where a folder is named.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    if request.workbooks:
        progress("reading the workbooks")
    opened = open_filled(request.workbooks, request.settings, request.password)
    edition, told = edition_of(opened, request.settings.edition)
    settings = request.settings.model_copy(update={"edition": edition.name})
    request = replace(request, settings=settings)
    prepared = prepare(settings, request.judging, edition.name)
    if request.workbooks:
        assessed, record, rows = _check_workbooks(request, opened, edition, prepared, told, progress)
        notes = record.notes
    else:
        built = _built(request, progress)
        progress("running the checks")
        assessed = assess(extract_run(built.context, built.lists, prepared), built.context.findings.frame(), prepared)
        record = manifest_of(built, built.lists, assessed, request.created, "check")
        rows = {number: each.frame.height for number, each in built.lists.items() if each.supplied}
        notes = tuple(built.notes[: built.run_notes])
    narrowed = Assessed(request.narrowed.of(assessed.findings), assessed.results, assessed.verdict)
    inputs = list(dict.fromkeys(each.name for each in record.inputs))
    report = narrowed.report(request.inspection_date, edition.name, inputs, settings.authority, request.narrowed.text())
    if request.output is not None:
        progress("writing the findings")
        with Stage(request.output, request.password) as stage:
            write_findings(stage, report, request.wanted)
            stage.commit(record)
    return CheckReport(assessed, report, rows, edition, notes)


def _built(request: CheckRequest, progress: Progress) -> Built:
    if request.extracts is None:
        raise ValueError("neither an extract nor a workbook")
    return lists_of(
        Request(
            inspection_date=request.inspection_date,
            extracts=request.extracts,
            output=Path(),
            settings=request.settings,
            created=request.created,
        ),
        progress,
    )


def _check_workbooks(
    request: CheckRequest,
    opened: Sequence[Opened],
    edition: Edition,
    prepared: Prepared,
    told: Sequence[str],
    progress: Progress,
) -> tuple[Assessed, Manifest, dict[int, int]]:
    extract = None
    if request.extracts is not None:
        built = _built(request, progress)
        extract = extract_run(built.context, built.lists, prepared)
    findings = Findings()
    period = InspectionPeriod(request.inspection_date, request.settings.extract_date)
    note = edition_note(edition, period, findings)
    wanted = FilledRequest(opened, edition, period, request.settings, request.password, request.value_map)
    filled, inputs = read_filled(wanted, findings)
    progress("running the checks")
    run = lists_run(filled, edition, period, prepared, extract)
    assessed = assess(run, findings.frame(), prepared)
    record = manifest_of_filled(
        filled,
        inputs,
        edition,
        period,
        assessed,
        request.created,
        "check",
        [*told, *([note] if note else []), *filled.unread],
    )
    return assessed, record, {number: each.frame.height for number, each in filled.lists.items()}
