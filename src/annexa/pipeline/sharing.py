"""`annexa pseudonymise`: a copy of an extract or of a submission that can be shared."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from annexa import __version__
from annexa.editions import DEFAULT_EDITION, load_edition
from annexa.environment import Secret
from annexa.errors import UsageError
from annexa.extract.address import Place
from annexa.extract.read import read_extract
from annexa.findings import Findings
from annexa.outputs.annex_a import FILE
from annexa.outputs.copies import write_lists, write_table
from annexa.outputs.manifest import Manifest, is_output_name
from annexa.outputs.stage import Stage
from annexa.period import InspectionPeriod
from annexa.pipeline.building import limits_of
from annexa.pipeline.filling import FilledRequest, edition_of, open_filled, read_filled
from annexa.pipeline.record import copied_entry, manifest_of_copy
from annexa.pseudonyms.extract import ExtractCopier
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.key import Key, load_key
from annexa.pseudonyms.submission import SubmissionCopier
from annexa.pseudonyms.treatments import Words
from annexa.settings import Settings
from annexa.sources import SourceProfile, load_source

Progress = Callable[[str], None]
FOLDER: Final = "extract"  # inside the output folder: what is handed over lies apart from the manifest
PROFILE: Final = "source.toml"


@dataclass(frozen=True)
class CopyRequest:
    """What is to be copied.

    Args:
        source: an extract, or the filled workbooks of one authority.
        key: the file with the key; made where it is not there.
        output: the folder to write to.
        settings: annexa.toml, with the command line's options already in it.
        inspection_date: of a submission, decides the century of a two-digit year; the manifest carries it.
        created: the moment of the run, for the manifest alone.
        password: opens the workbooks, and the copy of a submission is encrypted with it; or None.
    """

    source: Place | tuple[Path, ...]
    key: Path
    output: Path
    settings: Settings
    inspection_date: date
    created: datetime
    password: Secret | None = None

    def files(self) -> list[Path]:
        """Return the files and folders that are read; none for a database on a server."""
        if isinstance(self.source, tuple):
            return list(self.source)
        place = self.source if isinstance(self.source, Path) else self.source.file
        return [place] if place is not None else []


@dataclass(frozen=True)
class CopyReport:
    """What a copy gave.

    Args:
        manifest: with the counts.
        place: what is to be handed over: the folder of the extract, or the workbook.
        key_made: whether the key is a new one.
        unread: lists that a workbook has and that could not be read: which, and why. They are not copied.
    """

    manifest: Manifest
    place: Path
    key_made: bool
    unread: tuple[str, ...] = ()


def pseudonymise(request: CopyRequest, progress: Progress = lambda _: None) -> CopyReport:
    """Write a copy without names, with pseudonyms in the place of identifiers.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost, and no new key is left.
    """
    _refuse_together(request)
    key = load_key(request.key, request.output, request.files())
    if isinstance(request.source, tuple):
        return _submission(request, request.source, key, progress)
    return _extract(request, request.source, key, progress)


def _refuse_together(request: CopyRequest) -> None:
    """Whoever is handed the folder with the copy must not find in it what the copy was made from."""
    output = request.output.resolve()
    for each in request.files():
        place = each.resolve()
        if output.is_relative_to(place) or place.is_relative_to(output):
            raise UsageError(
                "--output: the copy and what it is made from would lie in one folder.",
                "Choose a folder of its own for the copy, which is handed over where the source is not.",
            )


def _extract(request: CopyRequest, place: Place, key: Key, progress: Progress) -> CopyReport:
    if request.password is not None:
        raise UsageError(
            "--password-env is for workbooks: the copy of an extract is a folder of CSV files, which hold no password.",
            "Leave it out, and hand the folder over in an encrypted archive.",
        )
    settings = request.settings
    source = load_source(settings.source, named=settings.source_named)
    progress("reading the extract")
    raw = read_extract(place, source.wanted(), limits_of(settings), source.queries())
    for name in raw.tables:
        if "/" in name or not is_output_name(name):
            raise UsageError("The name of a table cannot be that of a file.", "Give it another with a source profile.")
    progress("writing the copy")
    with Stage(request.output) as stage:
        copies = []
        for copy in ExtractCopier(source, Pseudonyms(key.value), _words(settings, source)).tables(raw):
            write_table(stage.path(f"{FOLDER}/{copy.name}.csv"), copy.frame)
            copies.append(copied_entry(copy))
        notes = []
        if any(each.query.select for each in source.tables.values()):
            stage.path(PROFILE).write_text(_without_selects(settings.source, source), encoding="utf-8", newline="\n")
            notes.append(f"The source profile has SELECTs, and the copy is files: build it with --source {PROFILE}.")
        edition = load_edition(settings.edition or DEFAULT_EDITION)
        told = manifest_of_copy(
            copies, raw.inputs, edition, source, request.inspection_date, request.created, raw.unknown, notes
        )
        with key.kept():
            return CopyReport(stage.commit(told), request.output / FOLDER, key.made)


def _submission(request: CopyRequest, workbooks: tuple[Path, ...], key: Key, progress: Progress) -> CopyReport:
    settings, day = request.settings, request.inspection_date
    progress("reading the workbooks")
    opened = open_filled(workbooks, settings, request.password)
    edition, notes = edition_of(opened, settings.edition)
    period = InspectionPeriod(day, settings.extract_date)
    wanted = FilledRequest(opened, edition, period, settings, request.password)
    filled, inputs = read_filled(wanted, Findings())
    copies = dict(SubmissionCopier(edition, Pseudonyms(key.value), _words(settings, None), day).lists(filled))
    progress("writing the copy")
    with Stage(request.output, request.password) as stage:
        frames = {number: each.frame for number, each in copies.items()}
        write_lists(stage.workbook(FILE), frames, edition, day, __version__)
        told = manifest_of_copy(
            [copied_entry(each) for each in copies.values()],
            inputs,
            edition,
            None,
            day,
            request.created,
            notes=notes,
        )
        with key.kept():
            return CopyReport(stage.commit(told), request.output / FILE, key.made, filled.unread)


def _words(settings: Settings, source: SourceProfile | None) -> Words:
    """Return the words that rules look for: roles, and the names of the authority itself."""
    profile = source.file.options.case_worker_roles if source else None
    own = settings.options.case_worker_roles
    roles = (*own, *(profile or ()), *settings.reports.social_worker_roles)
    return Words(roles=roles, authorities=settings.options.own_la)


def _without_selects(name: str, source: SourceProfile) -> str:
    """Return a profile that extends the source's own and reads tables where that has SELECTs."""
    base = Path(name).name if name.endswith(".toml") else name
    lines = [f"title = {json.dumps(f'{source.file.title}: copy')}", f"extends = {json.dumps(base)}"]
    for record, each in source.tables.items():
        if each.query.select:
            lines += ["", f"[tables.{record}]", f"table = {json.dumps(each.table)}"]
    return "\n".join(lines) + "\n"
