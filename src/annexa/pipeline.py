"""The order of the stages, and nothing else: read, build, report, write."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from annexa import __version__
from annexa.editions import DEFAULT_EDITION, Edition, edition_in_force, load_edition
from annexa.errors import SourceError, UsageError
from annexa.extract.load import Extract, load_extract
from annexa.extract.postcodes import Postcodes, load_postcodes
from annexa.extract.read import Limits, read_extract
from annexa.findings import SEVERITIES, Findings
from annexa.lists.build import BuiltList, build_lists, check_vocabulary
from annexa.lists.context import Context
from annexa.lists.notes import run_notes, source_notes
from annexa.outputs import annex_a, manifest
from annexa.outputs.files import write_csv
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import write_workbook
from annexa.period import InspectionPeriod
from annexa.records import RECORDS
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
    """

    inspection_date: date
    extracts: Path
    output: Path
    settings: Settings
    created: datetime
    lists: tuple[int, ...] | None = None
    require: tuple[int, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a build gave, in counts: what the command line prints."""

    request: Request
    edition: Edition
    edition_chosen: bool
    later_edition: str
    lists: dict[int, BuiltList]
    findings: pl.DataFrame
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    run_notes: int
    manifest: manifest.Manifest

    def worst(self) -> str | None:
        """Return the gravest severity among the findings, or None."""
        present = set(self.findings["severity"])
        return next((severity for severity in SEVERITIES if severity in present), None)


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


def build(request: Request, progress: Progress = lambda _: None) -> Report:
    """Build Annex A: read the extract, build the lists, write workbook, findings, exclusions and manifest.

    Args:
        request: what to do.
        progress: is told the name of each stage as it begins.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    built = lists_of(request, progress)
    progress("writing the workbook")
    findings = built.context.findings
    # The stage is taken before anything is rendered, so that a folder that cannot be written to says so at once.
    with Stage(request.output) as stage:
        front = annex_a.front_sheet(built.context, built.lists, request.settings.authority, __version__, built.notes)
        cut = write_workbook(
            stage.path("annex-a.xlsx"),
            front,
            annex_a.sheets(built.lists),
            annex_a.code_lists(built.context, built.lists),
            request.inspection_date,
        )
        for each in cut:
            findings.add(
                "AA-R33",
                f"{each.sheet}, row {each.row}: the text is longer than a cell can hold and was cut.",
                column=each.heading,
            )
        progress("writing findings and exclusions")
        found = findings.frame()
        write_csv(stage.path("findings.csv"), found)
        write_csv(stage.path("exclusions.csv"), annex_a.exclusions(built.context, built.lists))
        record = stage.commit(_manifest(request, built, found))
    settings = request.settings
    return Report(
        request=request,
        edition=built.context.edition,
        edition_chosen=bool(settings.edition),
        later_edition=_later(request.inspection_date, built.context.edition),
        lists=built.lists,
        findings=found,
        unknown=built.extract.unknown,
        notes=tuple(built.notes),
        run_notes=built.run_notes,
        manifest=record,
    )


def lists_of(request: Request, progress: Progress = lambda _: None) -> Built:
    """Read an extract and build its lists, without writing anything; arguments and errors as in build()."""
    settings = request.settings
    edition = load_edition(settings.edition or DEFAULT_EDITION)
    check_vocabulary(edition)
    _known_lists(edition, "lists", request.lists or ())
    _known_lists(edition, "require", request.require)
    source = load_source(settings.source)
    options = settings.options
    if source.file.options.case_worker_roles and "case_worker_roles" not in options.model_fields_set:
        options = options.model_copy(update={"case_worker_roles": source.file.options.case_worker_roles})
    postcodes = load_postcodes(Path(options.postcode_lookup)) if options.postcode_lookup else None
    period = InspectionPeriod(request.inspection_date, settings.extract_date)
    findings = Findings()
    progress("reading the extract")
    limits = Limits(
        max_expanded_bytes=settings.limits.max_expanded_mb * 1024 * 1024, max_ratio=settings.limits.max_ratio
    )
    extract = load_extract(request.extracts, source, period, findings, readers(edition), limits)
    context = Context(period, edition, options, extract.tables, findings, postcodes.frame if postcodes else None)
    _required(context, request.require)
    progress("building the lists")
    notes = run_notes(context)
    lists = build_lists(context, request.lists)
    further = source_notes(context, lists)
    if settings.early_help_note:
        further.append(f"List 2: {settings.early_help_note}")
    return Built(context, source, extract, lists, postcodes, notes + further, run_notes=len(notes))


def readers(edition: Edition) -> dict[str, tuple[int, ...]]:
    """Return for each record the numbers of the lists that start from it."""
    numbers: dict[str, list[int]] = {}
    for number, spec in sorted(edition.lists.items()):
        for record in spec.records:
            numbers.setdefault(record, []).append(number)
    return {record: tuple(each) for record, each in numbers.items()}


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


def _manifest(request: Request, built: Built, found: pl.DataFrame) -> manifest.Manifest:
    context = built.context
    period = context.period
    return manifest.Manifest(
        annexa_version=__version__,
        created=request.created,
        edition=manifest.Edition(name=context.edition.name, title=context.edition.title, sha256=context.edition.sha256),
        source=manifest.Source(name=built.source.name, sha256=built.source.sha256),
        inspection_date=period.inspection_date,
        extract_date=period.extract_date,
        as_at=period.as_at,
        options=_options(context),
        inputs=_inputs(built.extract, built.postcodes),
        unknown_inputs=built.extract.unknown,
        lists=tuple(_list_entry(context, each) for each in built.lists.values()),
        accounts=tuple(account for each in built.lists.values() for account in _accounts(context, each)),
        tables=_table_counts(context),
        findings=_finding_counts(found),
        notes=tuple(built.notes),
    )


def _options(context: Context) -> dict[str, manifest.Option]:
    options: dict[str, manifest.Option] = context.options.model_dump()
    if context.options.postcode_lookup:
        options["postcode_lookup"] = Path(context.options.postcode_lookup).name
    return options


def _inputs(extract: Extract, postcodes: Postcodes | None) -> tuple[manifest.InputFile, ...]:
    rows: dict[str, list[tuple[str, int]]] = {}
    for table in extract.tables.values():
        if table.supplied:
            rows.setdefault(table.file, []).append((table.source, table.frame.height))
    entries: list[manifest.InputFile] = []
    for each in extract.inputs:
        tables: list[tuple[str | None, int | None]] = [*rows.get(each.name, [])] or [(None, None)]
        entries += [
            manifest.InputFile(name=each.name, sha256=each.sha256, size=each.size, table=name, rows=number)
            for name, number in tables
        ]
    if postcodes is not None:
        file = postcodes.file
        entries.append(
            manifest.InputFile(
                name=file.name, sha256=file.sha256, size=file.size, table="postcode_lookup", rows=postcodes.rows
            )
        )
    return tuple(entries)


def _list_entry(context: Context, built: BuiltList) -> manifest.ListEntry:
    window = built.window
    tables = ", ".join(context.tables[record].source for record in built.spec.records)
    return manifest.ListEntry(
        number=built.spec.number,
        title=built.spec.title,
        state="built" if built.supplied else "not supplied",
        window_from=window.start if window else None,
        window_to=window.end if window else None,
        rows=built.frame.height if built.supplied else None,
        children=built.children if built.supplied else None,
        added=dict(built.added),
        reason=None if built.supplied else f"{tables} was not supplied.",
    )


def _accounts(context: Context, built: BuiltList) -> list[manifest.Account]:
    accounts = []
    for record, rows in built.accounts.items():
        classes = dict(rows.group_by(pl.col("class_").cast(pl.String)).len().iter_rows())
        reasons = dict(rows.drop_nulls("reason").group_by("reason").len().iter_rows())
        accounts.append(
            manifest.Account(
                list=built.spec.number,
                table=context.tables[record].source,
                rows_read=rows.height,
                reasons=reasons,
                **{name: classes.get(name, 0) for name in ACCOUNT_CLASSES},
            )
        )
    return accounts


ACCOUNT_CLASSES = ("output", "duplicate", "out_of_window", "out_of_scope", "exception")


def _table_counts(context: Context) -> tuple[manifest.TableCount, ...]:
    """Count the tables that no list starts from: used rows take part in rules, exceptions name no child."""
    starts = readers(context.edition)
    counts = []
    for name in RECORDS:
        table = context.tables[name]
        if not table.supplied or name in starts:
            continue
        person = table.record.meta.person
        nobody = pl.col(person).is_null() if person else pl.lit(False)
        sums = table.frame.select(
            pl.len().alias("rows"),
            nobody.sum().alias("exception"),
            (~nobody & pl.col("_drop").is_not_null()).sum().alias("unused"),
        ).row(0, named=True)
        counts.append(
            manifest.TableCount(
                table=table.source,
                record=name,
                rows=sums["rows"],
                used=sums["rows"] - sums["exception"] - sums["unused"],
                unused=sums["unused"],
                exception=sums["exception"],
            )
        )
    return tuple(counts)


def _finding_counts(found: pl.DataFrame) -> manifest.FindingCounts:
    severities = dict(found.group_by("severity").len().iter_rows())
    checks = dict(found.group_by("check").len().iter_rows())
    return manifest.FindingCounts(by_check=checks, **{severity: severities.get(severity, 0) for severity in SEVERITIES})


@dataclass(frozen=True)
class TableState:
    """What a source profile and an extract hold of one record's table."""

    lists: str
    table: str
    state: str
    missing: tuple[str, ...]


def check_source(name: str, extracts: Path | None) -> list[TableState]:
    """Say for each record whether the profile maps it, and whether an extract has its table and columns.

    Returns:
        A state a record: "mapped", "not mapped"; with an extract also "supplied", "not supplied", "cannot be used".

    Raises:
        UsageError: the profile cannot be used.
        SourceError: the extract cannot be read.
    """
    source = load_source(name)
    starts = readers(load_edition(DEFAULT_EDITION))
    found = read_extract(extracts, source.wanted()).tables if extracts is not None else None
    states = []
    for record, model in RECORDS.items():
        lists = ", ".join(map(str, starts.get(record, ())))
        mapped = source.tables.get(record)
        if mapped is None:
            states.append(TableState(lists, model.meta.table, "not mapped", ()))
            continue
        if found is None:
            unmapped = tuple(field for field, columns in mapped.columns.items() if not columns)
            states.append(TableState(lists, mapped.table, "mapped", unmapped))
            continue
        table = found.get(mapped.table)
        if table is None:
            # Without the people there is no build; without any other table the lists that start from it are missing.
            state = "cannot be used" if record == "persons" else "not supplied"
            states.append(TableState(lists, mapped.table, state, ()))
            continue
        absent = {
            field: columns
            for field, columns in mapped.columns.items()
            if not any(column in table.columns_found for column in columns)
        }
        state = "cannot be used" if absent.keys() & set(model.meta.needs) else "supplied"
        missing = tuple(columns[0] if columns else f"{field} (not mapped)" for field, columns in absent.items())
        states.append(TableState(lists, mapped.table, state, missing))
    return states
