"""`annexa evidence collect`: what is ready, copied into one numbered folder, with an index of everything asked for."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Final

from annexa import __version__
from annexa.editions import DEFAULT_EDITION, Edition, load_edition
from annexa.environment import Secret
from annexa.errors import UsageError
from annexa.evidence.audits import FILE as AUDITS_FILE
from annexa.evidence.audits import MONTHS, Audits, audited_cases
from annexa.evidence.files import CheckedFile
from annexa.evidence.paths import MEGABYTE
from annexa.evidence.privacy import COULD_NOT_RUN, NOT_ASKED, Found, check_names, known_names, warnings
from annexa.evidence.rows import NOT_APPLICABLE, Row
from annexa.extract.address import Place
from annexa.extract.load import extract_from
from annexa.extract.names import person_names
from annexa.extract.read import InputFile, read_extract
from annexa.filled.open import unsealed
from annexa.findings import Findings
from annexa.lists.context import Context
from annexa.outputs import evidence_index as index
from annexa.outputs import manifest
from annexa.outputs.stage import Stage
from annexa.outputs.tracker import write_audits
from annexa.period import InspectionPeriod
from annexa.pipeline.building import limits_of
from annexa.pipeline.evidence import TrackerReport, TrackerRequest, look, own_workbooks
from annexa.settings import Settings
from annexa.sources import load_source

Progress = Callable[[str], None]

INDEX_PAGE: Final = "index.html"
INDEX_WORKBOOK: Final = "index.xlsx"
COPIED_AS_THEY_ARE: Final = "Documents are copied as they are: annexa encrypts no file but its own workbooks."
_OTHERWISE: Final = (
    "The file is annexa's own, and is protected otherwise than by the password that is given: "
    "build again with --password-env."
)
_ZIP: Final = b"PK\x03\x04"  # begins a workbook in plain
_AUDITS: Final = ("persons", "audits")
_NOT_IN_A_NAME: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_LONGEST: Final = 180  # bytes of a file's name, so that every system takes it with the item in front
_LONGEST_ITEM: Final = 40
_LONGEST_ENDING: Final = 20  # what is longer is no kind of file


@dataclass(frozen=True)
class CollectRequest:
    """What collecting is asked to do.

    Args:
        about: the tracker, and how it is read.
        output: the folder to write to.
        created: the moment of the run, for the manifest alone.
        extracts: an extract, for the privacy check and the audited cases; or None.
    """

    about: TrackerRequest
    output: Path
    created: datetime
    extracts: Place | None = None


@dataclass(frozen=True)
class CollectReport:
    """What collecting gave.

    Args:
        entries: of the index.
        remarks: about the whole, the privacy check's warnings among them; without any name.
        tracker: the state of the tracker.
        manifest: as written.
    """

    entries: tuple[index.Entry, ...]
    remarks: tuple[str, ...]
    tracker: TrackerReport
    manifest: manifest.Manifest

    def number(self, state: str) -> int:
        """How many entries have this state."""
        return sum(each.state == state for each in self.entries)


@dataclass(frozen=True)
class _Extracted:
    """What an extract has to say about evidence."""

    audits: Audits | None = None
    found: Mapping[tuple[int, int], Found] = field(default_factory=dict)
    remarks: tuple[str, ...] = (NOT_ASKED,)
    inputs: tuple[InputFile, ...] = ()


def collect(request: CollectRequest, progress: Progress = lambda _: None) -> CollectReport:
    """Copy what is ready or handed over into a folder, numbered by item, with an index and a manifest.

    A file that is refused, missing or does not open is not copied; the index says so and why. Nothing else stands in
    its way: what the other checks say is told beside it. The folder appears whole or not at all.

    Raises:
        AnnexaError: whatever a stage raises; nothing of an earlier output is lost.
    """
    about = request.about
    if request.output.resolve() == about.tracker.parent.resolve():
        raise UsageError(
            f"--output: {request.output} is the tracker's own folder.",
            "Choose a folder of its own for what is collected.",
        )
    edition = load_edition(about.settings.edition or DEFAULT_EDITION)
    progress("reading the tracker")
    report = look(about)
    progress("reading the extract" if request.extracts else "checking the files")
    extracted = _Extracted()
    if request.extracts:
        extracted = _from_extract(request.extracts, about.settings, edition, report, about.password)
    if about.password:
        extracted = replace(extracted, remarks=(*extracted.remarks, COPIED_AS_THEY_ARE))
    progress("copying the files")
    with Stage(request.output, about.password) as stage:
        copied = _Copied(stage, own_workbooks(about) if about.password else frozenset(), about.password)
        entries = tuple(
            entry for at, row in enumerate(report.rows) for entry in _entries(at, row, report, extracted, copied)
        )
        index.write_index(
            # It has the officer's notes and the names of her files, and a page cannot be encrypted.
            None if stage.sealed else stage.path(INDEX_PAGE),
            stage.workbook(INDEX_WORKBOOK),
            entries,
            report.inspection_date,
            about.settings.authority,
            extracted.remarks,
        )
        record = stage.commit(_manifest(request, report, edition, extracted))
    return CollectReport(entries, extracted.remarks, report, record)


def _from_extract(
    place: Place, settings: Settings, edition: Edition, report: TrackerReport, password: Secret | None
) -> _Extracted:
    """Read the audited cases and the names of an extract, nothing else of it, and look for the names."""
    source = load_source(settings.source, named=settings.source_named)
    limits = limits_of(settings)
    period = InspectionPeriod(report.inspection_date, settings.extract_date)
    tables = {source.tables[name].table for name in _AUDITS if name in source.tables}
    wanted = {table: columns for table, columns in source.wanted().items() if table in tables}
    findings = Findings()
    extract = extract_from(read_extract(place, wanted, limits, source.queries()), source, period, findings, {})
    context = Context(period, edition, settings.options, extract.tables, findings)
    audits = audited_cases(context, report.evidence.areas)
    known = known_names(person_names(place, source, limits))
    if known is None:
        return _Extracted(audits, remarks=(COULD_NOT_RUN,), inputs=extract.inputs)
    found = check_names(report.rows, report.checked, known, limits, password)
    remarks = warnings(report.rows, found) or ("The privacy check found no name of a person.",)
    return _Extracted(audits, found, remarks, extract.inputs)


@dataclass
class _Copied:
    """The files that are in the folder already, so that none is there twice and no name is.

    Args:
        stage: the folder.
        own: annexa's own workbooks, which are encrypted in an output under a password.
        password: that password.
        names: of the files, by item and place that each was copied from.
    """

    stage: Stage
    own: frozenset[Path] = frozenset()
    password: Secret | None = None
    names: dict[tuple[str, Path], str] = field(default_factory=dict)

    def add(self, item: str, wanted: str, path: Path, file: BufferedReader) -> str | None:
        """Copy an open file into the folder under its number, once.

        Returns:
            Its name there; None where it is to be encrypted, and is so otherwise than by the password.
        """
        key = (item, path.resolve())
        if key not in self.names:
            in_plain = key[1] in self.own and file.peek(len(_ZIP)).startswith(_ZIP)
            if key[1] in self.own and not in_plain and not self._opens(path):
                return None
            self.names[key] = self.free(item, wanted)
            place = self.stage.workbook if in_plain else self.stage.plain
            with place(self.names[key]).open("wb") as target:
                shutil.copyfileobj(file, target)
        return self.names[key]

    def _opens(self, path: Path) -> bool:
        return self.password is not None and unsealed(path, self.password) is not None

    def free(self, item: str, wanted: str) -> str:
        """Return a name that no file of the folder has."""
        taken = {name.casefold() for name in self.names.values()}
        name, number = collected_name(item, wanted), 1
        while name.casefold() in taken:
            number += 1
            name = collected_name(item, wanted, number)
        return name


def collected_name(item: str, name: str, number: int = 1) -> str:
    """Return the name of a collected file: its item, and a name that every system takes.

    Args:
        item: number of its item.
        name: its own name.
        number: told where it is more than 1: which file it is of those with this name.
    """
    whole = _NOT_IN_A_NAME.sub("_", name).strip().rstrip(".")
    stem, dot, ending = whole.rpartition(".")
    if not dot or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = whole, "", ""
    end = f"{'' if number == 1 else f'-{number}'}{dot}{ending}"
    front = _cut(_NOT_IN_A_NAME.sub("_", item), _LONGEST_ITEM) or "other"
    return f"{front}_{_cut(stem, _LONGEST - len(end.encode()))}{end}"


def _cut(text: str, most: int) -> str:
    """Return a text of so many bytes at most, without outer blanks."""
    return text.encode()[:most].decode(errors="ignore").strip()


def _entries(at: int, row: Row, report: TrackerReport, extracted: _Extracted, copied: _Copied) -> Iterator[index.Entry]:
    """Collect the files of one row; yield what the index says of each, or of the row where it has none."""

    def entry(state: str, *remarks: str, **more: str) -> index.Entry:
        said = tuple(text for text in (*remarks, row.note) if text)
        return index.Entry(row.item, row.title, row.kind, state, dates=row.dates, remarks=said, **more)

    if row.status == NOT_APPLICABLE:
        yield entry(index.NOT_APPLICABLE, *([] if row.passed else [row.checks]))
        return
    audits = extracted.audits
    if audits is not None and _is_audited_cases(row, report):
        yield _with_audits(row, audits, report, copied)
        return
    if not row.handed_in:
        yield entry(index.NOT_READY, f"The status is {row.typed.get('status', row.status)}.")
        return
    if not row.files:
        figure = row.kind == "number" and (row.note or row.document in report.figures)
        yield entry(index.FIGURE if figure else index.NOT_READY, row.checks)
        return
    for number, each in enumerate(report.checked[at].files):
        yield _file_entry(row, each, extracted.found.get((at, number)), copied, entry)


def _file_entry(
    row: Row,
    each: CheckedFile,
    found: Found | None,
    copied: _Copied,
    entry: Callable[..., index.Entry],
) -> index.Entry:
    # A name that is a person's goes no further than the tracker: not into the folder, nor into the manifest.
    personal = found is not None and found.in_name
    named = "(its name is that of a person)" if personal else each.located.named
    if each.problem or each.located.path is None:
        return entry(index.NOT_COLLECTED, f"The file {each.problem}.", named=named)
    document = "document" if row.own else row.document
    wanted = f"{document}{each.located.path.suffix}" if personal else each.located.name
    wanted = wanted.removeprefix(f"{row.number}-") if row.number else wanted
    try:
        file = each.located.path.open("rb")
    except OSError as error:
        return entry(index.NOT_COLLECTED, f"The file cannot be read ({error.strerror}).", named=named)
    with file:
        name = copied.add(row.number, wanted, each.located.path, file)
    if name is None:
        return entry(index.NOT_COLLECTED, _OTHERWISE, named=named)
    renamed = "Its own name is that of a person: it stands here under another." if personal else ""
    return entry(index.COLLECTED, renamed, row.checks, file=name)


def _is_audited_cases(row: Row, report: TrackerReport) -> bool:
    """Whether a row is that of the audited cases, and neither the officer nor a build has a file for it."""
    document = next((each for _, each in report.evidence.documents if each.made_by == AUDITS_FILE), None)
    return document is not None and row.document == document.id and not row.files


def _with_audits(row: Row, audits: Audits, report: TrackerReport, copied: _Copied) -> index.Entry:
    if not audits.supplied:
        return index.Entry(row.item, row.title, row.kind, index.NOT_READY, remarks=audits.problems)
    name = copied.free(row.item, "audited-cases.xlsx")
    copied.names[row.item, Path(AUDITS_FILE)] = name
    window = InspectionPeriod(report.inspection_date).window(MONTHS)
    write_audits(copied.stage.workbook(name), audits, report.inspection_date, (window.start, window.end))
    told = (*audits.figures, *audits.problems)
    return index.Entry(row.item, row.title, row.kind, index.COLLECTED, file=name, remarks=told)


def _manifest(
    request: CollectRequest, report: TrackerReport, edition: Edition, extracted: _Extracted
) -> manifest.Manifest:
    about = request.about
    period = InspectionPeriod(report.inspection_date, about.settings.extract_date)
    tracker = manifest.describe(about.tracker, about.tracker.name)
    read: Sequence[manifest.OutputFile | InputFile] = (tracker, *extracted.inputs)
    source = load_source(about.settings.source) if request.extracts else None
    allowed = about.allowed
    return manifest.Manifest(
        annexa_version=__version__,
        command="evidence",
        created=request.created,
        edition=manifest.Edition(name=edition.name, title=edition.title, sha256=edition.sha256),
        source=manifest.Source(name=source.name, sha256=source.sha256) if source else None,
        inspection_date=period.inspection_date,
        extract_date=period.extract_date,
        as_at=period.as_at,
        options={
            "allow_outside": allowed.outside,
            "allow_links": allowed.links,
            "max_size_mb": allowed.max_bytes // MEGABYTE,
        },
        inputs=tuple(
            manifest.InputFile(name=Path(each.name).name, sha256=each.sha256, size=each.size, table=None, rows=None)
            for each in read
        ),
        unknown_inputs=(),
        lists=(),
        accounts=(),
        tables=(),
        findings=manifest.FindingCounts(verdict="not judged", accepted=0, error=0, warning=0, info=0, by_check={}),
        notes=extracted.remarks,
    )
