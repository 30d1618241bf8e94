"""`annexa clean`: filled workbooks in the official layout, with everything that was changed on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from annexa import __version__
from annexa.editions import Edition
from annexa.environment import Secret
from annexa.filled.model import Filled
from annexa.filled.value_map import propose
from annexa.findings import Findings
from annexa.lists.notes import edition_note
from annexa.outputs.annex_a import FILE
from annexa.outputs.cleaned import write_cleaned
from annexa.outputs.findings_files import Wanted, write_findings
from annexa.outputs.stage import Stage
from annexa.period import InspectionPeriod
from annexa.pipeline.checking import Assessed, Judging, assess, prepare
from annexa.pipeline.filling import FilledRequest, edition_of, lists_run, open_filled, read_filled, refuse_own_input
from annexa.pipeline.record import manifest_of_filled
from annexa.settings import Settings

Progress = Callable[[str], None]
VALUE_MAP = "value-map.toml"


@dataclass(frozen=True)
class CleanRequest:
    """What cleaning is asked to do.

    Args:
        inspection_date: D: it decides the century of a two-digit year, and no row's place.
        workbooks: of one authority; of the same row the later one wins.
        output: the folder to write to.
        settings: annexa.toml, with the command line's options already in it.
        created: the moment of the run, for the manifest alone.
        password: of the workbooks, and what is to be encrypted with it; or None.
        value_map: an edited value-map.toml, or None.
        wanted: which files of findings are written.
    """

    inspection_date: date
    workbooks: tuple[Path, ...]
    output: Path
    settings: Settings
    created: datetime
    password: Secret | None = None
    value_map: Path | None = None
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True)
class CleanReport:
    """What cleaning gave.

    Args:
        filled: the lists, changes and rows that left.
        assessed: what reading found; the checks of records are not run.
        edition: the edition whose layout was written.
        notes: warnings about the run as a whole.
    """

    filled: Filled
    assessed: Assessed
    edition: Edition
    notes: tuple[str, ...] = ()


def clean(request: CleanRequest, progress: Progress = lambda _: None) -> CleanReport:
    """Read filled workbooks and write annex-a.xlsx in the official layout, the findings of reading, and value-map.toml.

    No window is applied and nobody is left out.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    settings = request.settings
    refuse_own_input(request.workbooks, request.output)
    progress("reading the workbooks")
    opened = open_filled(request.workbooks, settings, request.password)
    edition, told = edition_of(opened, settings.edition)
    prepared = prepare(settings, Judging(), edition.name)
    findings = Findings()
    period = InspectionPeriod(request.inspection_date, settings.extract_date)
    note = edition_note(edition, period, findings)
    wanted = FilledRequest(opened, edition, period, settings, request.password, request.value_map)
    filled, inputs = read_filled(wanted, findings)
    reading = {check for check, each in prepared.definitions.items() if each.made_by_reading}
    reading |= {"AA-G06", "AA-G07", "AA-G18", "AA-G20"}
    assessed = assess(lists_run(filled, edition, period, prepared), findings.frame(), prepared, only=reading)
    progress("writing the workbook")
    notes = [*told, *([note] if note else [])]
    with Stage(request.output, request.password) as stage:
        write_cleaned(stage.workbook(FILE), filled, edition, request.inspection_date, settings.authority, __version__)
        progress("writing the findings")
        names = [each.name for each in inputs]
        report = assessed.report(request.inspection_date, edition.name, names, settings.authority)
        write_findings(stage, report, request.wanted)
        # Its lines are values from records, and a text file cannot be encrypted: the findings name the cells.
        if filled.unknown_values.height and not stage.sealed:
            stage.path(VALUE_MAP).write_bytes(propose(filled.unknown_values, edition).encode())
        stage.commit(manifest_of_filled(filled, inputs, edition, period, assessed, request.created, "clean", notes))
    return CleanReport(filled, assessed, edition, tuple(notes))
