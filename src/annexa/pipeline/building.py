"""Building Annex A: read, build the lists, check them, write."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from annexa import __version__
from annexa.checks.run import made_elsewhere
from annexa.checks.runs import Night
from annexa.editions import DEFAULT_EDITION, Edition, edition_in_force, load_edition
from annexa.environment import Secret
from annexa.errors import SourceError, UsageError
from annexa.extract.address import Place
from annexa.extract.load import Extract, load_extract
from annexa.extract.postcodes import Postcodes, load_postcodes
from annexa.extract.read import Limits
from annexa.findings import Findings
from annexa.lists.build import BuiltList, build_lists, check_vocabulary
from annexa.lists.context import Context
from annexa.lists.notes import run_notes, source_notes
from annexa.outputs import annex_a, manifest
from annexa.outputs.contents import FIRST_DATA_ROW, Sheet
from annexa.outputs.findings_files import Wanted, write_findings
from annexa.outputs.rows import cut_long_text
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import write_workbook
from annexa.period import InspectionPeriod
from annexa.pipeline.checking import Assessed, Judging, assess, extract_run, prepare
from annexa.pipeline.delivering import TRACKER, Delivered, deliver, known_reports, make_reports
from annexa.pipeline.record import manifest_of, readers
from annexa.reports.model import Report as DataReport
from annexa.settings import Settings
from annexa.sources import SourceProfile, load_source

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What a build is asked to do.

    Args:
        inspection_date: D.
        extracts: the extract.
        output: the folder to write to.
        settings: annexa.toml, with the command line's options already in it.
        lists: numbers of the lists to write; all where None.
        require: numbers of lists that must be supplied.
        created: the moment of the run, for the manifest alone.
        judging: how the findings are judged.
        wanted: which files of findings are written.
        checks: false leaves the checks out, to measure what they take.
        reports: items of Annex A whose data reports are written, such as "2.02"; none where blank.
        report_formats: "csv" and "json", beside the workbook of each report.
        items: of the tracker and the index, which stand beside reports; all where None.
        title: of the index.
        command: what was run.
        password: what is to be encrypted with it, and a tracker that stands there is opened with it; or None.
    """

    inspection_date: date
    extracts: Place
    output: Path
    settings: Settings
    created: datetime
    lists: tuple[int, ...] | None = None
    require: tuple[int, ...] = ()
    judging: Judging = field(default_factory=Judging)
    wanted: Wanted = field(default_factory=Wanted)
    checks: bool = True
    reports: tuple[str, ...] = ()
    report_formats: tuple[str, ...] = ()
    items: tuple[str, ...] | None = None
    title: str = "Annex A"
    command: Literal["build", "dry-run", "pack"] = "build"
    password: Secret | None = None

    @property
    def delivers(self) -> bool:
        """Whether anything but the lists is asked for; with it come the tracker and the index.

        They come too where the output folder has a tracker already: what an officer wrote in it must not go.
        """
        return bool(self.reports) or self.items is not None

    def limits(self) -> Limits:
        """Return how far a compressed workbook may expand."""
        return limits_of(self.settings)


@dataclass(frozen=True)
class Report:
    """What a build gave, in counts: what the command line prints."""

    request: Request
    edition: Edition
    edition_chosen: bool
    later_edition: str
    lists: dict[int, BuiltList]
    assessed: Assessed
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    run_notes: int
    manifest: manifest.Manifest
    built: "Built"
    delivered: Delivered = field(default_factory=Delivered)


@dataclass(frozen=True)
class Built:
    """The lists of a run before anything is written."""

    context: Context
    source: SourceProfile
    extract: Extract
    lists: dict[int, BuiltList]
    postcodes: Postcodes | None = None
    notes: list[str] = field(default_factory=list)
    run_notes: int = 0


def build(
    request: Request, progress: Progress = lambda _: None, night: Callable[["Built"], Night] | None = None
) -> Report:
    """Build Annex A: read the extract, build the lists, write workbook, findings, exclusions and manifest.

    Args:
        request: what to do.
        progress: is told the name of each stage as it begins.
        night: of a dry run: gives what is known beside the extract, once it is read.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    settings = request.settings
    edition = load_edition(settings.edition or DEFAULT_EDITION)
    prepared = prepare(settings, request.judging, edition.name)
    built = lists_of(request, progress)
    lists = built.lists if request.lists is None else {number: built.lists[number] for number in request.lists}
    sheets = _cut(annex_a.sheets(lists), built.context.findings)
    reports: list[DataReport] = []
    if request.reports:
        progress("building the reports")
        reports = make_reports(built, request.reports, request, prepared.calendar)
    found = built.context.findings.frame()
    if request.checks:
        progress("running the checks")
    run = extract_run(built.context, built.lists, prepared, night(built) if night else None)
    assessed = assess(run, found, prepared, only=None if request.checks else made_elsewhere())
    built.context.forget()
    progress("writing the workbook")
    # The stage is taken before anything is rendered, so that a folder that cannot be written to says so at once.
    with Stage(request.output, request.password) as stage:
        front = annex_a.front_sheet(
            built.context, lists, settings.authority, __version__, built.notes, assessed.verdict
        )
        codes = annex_a.code_lists(built.context, lists)
        write_workbook(stage.workbook(annex_a.FILE), front, sheets, codes, request.inspection_date)
        progress("writing findings and exclusions")
        inputs = [each.name for each in built.extract.inputs]
        write_findings(
            stage, assessed.report(request.inspection_date, edition.name, inputs, settings.authority), request.wanted
        )
        annex_a.write_exclusions(stage, built.context, lists)
        delivered = Delivered()
        if request.delivers or stage.renews(TRACKER):
            progress("writing the reports")
            delivered = deliver(stage, request, built, lists, assessed, reports, prepared.calendar)
        told = manifest_of(built, lists, assessed, request.created, request.command, suppress=settings.reports.suppress)
        record = stage.commit(told.model_copy(update={"reports": delivered.entries}))
    return Report(
        request=request,
        edition=built.context.edition,
        edition_chosen=bool(settings.edition),
        later_edition=_later(request.inspection_date, built.context.edition),
        lists=lists,
        assessed=assessed,
        unknown=built.extract.unknown,
        notes=tuple(built.notes),
        run_notes=built.run_notes,
        manifest=record,
        built=built,
        delivered=delivered,
    )


def _cut(sheets: list[Sheet], findings: Findings) -> list[Sheet]:
    """Cut texts that are longer than a cell can hold, with a finding for each."""
    cut = []
    for sheet in sheets:
        frame, places = cut_long_text(sheet.frame)
        cut.append(replace(sheet, frame=frame))
        for heading, row in places:
            findings.add(
                "AA-R33",
                f"{sheet.name}: the text is longer than a cell can hold and was cut.",
                list=int(sheet.name.rpartition("_")[2]),
                row=FIRST_DATA_ROW + row,
                column=heading,
            )
    return cut


def lists_of(request: Request, progress: Progress = lambda _: None) -> Built:
    """Read an extract and build its lists, without writing anything; arguments and errors as in build()."""
    settings = request.settings
    edition = load_edition(settings.edition or DEFAULT_EDITION)
    check_vocabulary(edition)
    _known_lists(edition, "lists", request.lists or ())
    _known_lists(edition, "require", request.require)
    known_reports(request.reports)
    source = load_source(settings.source, named=settings.source_named)
    options = settings.options
    if source.file.options.case_worker_roles and "case_worker_roles" not in options.model_fields_set:
        options = options.model_copy(update={"case_worker_roles": source.file.options.case_worker_roles})
    postcodes = load_postcodes(Path(options.postcode_lookup)) if options.postcode_lookup else None
    period = InspectionPeriod(request.inspection_date, settings.extract_date)
    findings = Findings()
    progress("reading the extract")
    limits = limits_of(settings)
    extract = load_extract(request.extracts, source, period, findings, readers(edition), limits)
    context = Context(period, edition, options, extract.tables, findings, postcodes.frame if postcodes else None)
    _required(context, request.require)
    progress("building the lists")
    notes = run_notes(context)
    lists = build_lists(context)
    further = source_notes(context, lists)
    if settings.early_help_note:
        further.append(f"List 2: {settings.early_help_note}")
    return Built(
        context, source, extract, lists, postcodes, notes + further + list(extract.notes), run_notes=len(notes)
    )


def limits_of(settings: Settings) -> Limits:
    """Return how far a compressed workbook may expand."""
    limits = settings.limits
    return Limits(max_expanded_bytes=limits.max_expanded_mb * 1024 * 1024, max_ratio=limits.max_ratio)


def _known_lists(edition: Edition, option: str, numbers: Collection[int]) -> None:
    unknown = sorted(set(numbers) - edition.lists.keys())
    if unknown:
        raise UsageError(
            f"--{option}: edition {edition.name} has no List {', '.join(map(str, unknown))}.",
            f"Its lists are {min(edition.lists)} to {max(edition.lists)}.",
        )


def _required(context: Context, numbers: Collection[int]) -> None:
    for number in sorted(numbers):
        spec = context.edition.lists[number]
        if not any(context.supplied(record) for record in spec.records):
            tables = " or ".join(context.tables[record].source for record in spec.records)
            raise SourceError(
                f"List {number} is required, and the extract has no table {tables}.",
                "Add the table to the extract, or leave the list out of --require.",
            )


def _later(day: date, edition: Edition) -> str:
    """Return the edition that was in force on the day, where it is later than the one that is built."""
    in_force = edition_in_force(day)
    return in_force if load_edition(in_force).in_force_from > edition.in_force_from else ""
