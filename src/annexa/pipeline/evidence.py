"""`annexa evidence`: the tracker written anew around what the officer has in it, and the state it is in."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from annexa.checks.gate import state_of
from annexa.environment import Secret
from annexa.errors import OutputError, SourceError, UsageError
from annexa.evidence.deadlines import days_left, with_deadlines
from annexa.evidence.files import Checked, Days, check_rows
from annexa.evidence.items import Evidence, load_items
from annexa.evidence.paths import Allowed, Places
from annexa.evidence.products import BUILT, NOT_BUILT, NOT_SUPPLIED, Product, given_figures, lists_product
from annexa.evidence.read import Officers, read_tracker, refuse_open
from annexa.evidence.rows import Row
from annexa.evidence.tracker import Merged, counts, fresh, merged, with_checks
from annexa.outputs.annex_a import FILE as LISTS_FILE
from annexa.outputs.manifest import MANIFEST_NAME, Manifest, describe, read_manifest
from annexa.outputs.sealing import Place, Sealed
from annexa.outputs.tracker import write_tracker
from annexa.pipeline.building import limits_of
from annexa.settings import Settings
from annexa.workdays import WorkingDays, load_closures

_MAKES: Final = ("build", "dry-run", "pack", "report")  # commands that write products


@dataclass(frozen=True)
class TrackerRequest:
    """What is asked about a tracker.

    Args:
        tracker: the workbook.
        as_on: the day of the run.
        settings: annexa.toml; its closure days and limits are used.
        inspection_date: D; None where the tracker says it.
        products: an output folder of `annexa build`; None: the tracker's own folder, where it is one.
        allowed: which files are not refused.
        items: numbers of the items that are asked for; all where None.
        password: what the tracker and annexa's own files are encrypted with; or None.
    """

    tracker: Path
    as_on: date
    settings: Settings
    inspection_date: date | None = None
    products: Path | None = None
    allowed: Allowed = field(default_factory=Allowed)
    items: tuple[str, ...] | None = None
    password: Secret | None = None


@dataclass(frozen=True)
class TrackerReport:
    """The state of a tracker.

    Args:
        rows: merged, with checks and deadlines.
        evidence: what each row asks for.
        inspection_date: D.
        checked: what the checks say, by position of the row.
        left: working days that are left, in words.
        messages: sentences about what was read, filled in or put back.
        products: what the build has made, by file name; empty where there was none.
        existed: whether there was a tracker before.
    """

    rows: tuple[Row, ...]
    evidence: Evidence
    inspection_date: date
    checked: Mapping[int, Checked]
    left: str
    messages: tuple[str, ...]
    products: Mapping[str, Product]
    existed: bool

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each status."""
        return counts(self.rows)

    @property
    def figures(self) -> Mapping[str, str]:
        """The figures that the build gives, by the id of the document that asks for one."""
        return given_figures(self.evidence, self.products)


def init(request: TrackerRequest) -> TrackerReport:
    """Write a tracker; one that is there is merged: what the officer wrote in her columns stays.

    Raises:
        UsageError: the name does not end in .xlsx; no inspection date is given, and the tracker has none; an item that
            does not exist.
        SourceError: the tracker that is there cannot be read; it is as it was.
        OutputError: it cannot be written, or is open in another program; it is as it was.
    """
    if request.tracker.suffix.lower() != ".xlsx":
        raise UsageError(
            f"--output: the tracker {request.tracker.name} would be an Excel Workbook under another name.",
            "Let its name end in .xlsx.",
        )
    refuse_open(request.tracker)
    report = look(request, must_exist=False)

    def write(path: Place) -> None:
        write_tracker(path, report.rows, report.evidence, report.inspection_date, request.as_on, report.left)

    write_beside(request.tracker, write, request.password)
    return report


def look(request: TrackerRequest, *, must_exist: bool = True) -> TrackerReport:
    """Read a tracker, check the files that it names and work out its deadlines; nothing is written.

    Args:
        request: which tracker, and how.
        must_exist: false where a fresh one stands in for a tracker that is not there.

    Raises:
        UsageError: the inspection date is neither given nor in the tracker; a folder of products that is none.
        SourceError: the tracker cannot be read.
    """
    evidence = load_items()
    if request.items is not None:
        evidence = evidence.only(request.items)
    existed = must_exist or os.path.lexists(request.tracker)
    limits = limits_of(request.settings)
    officers = read_tracker(request.tracker, limits, request.password) if existed else Officers(None, ())
    day, messages = _inspection_date(request, officers)
    folder = _products_folder(request)
    products = products_of(folder, evidence) if folder else {}
    if existed:
        together = merged(evidence, officers.rows, day, products, officers.inspection_date)
    else:
        together = Merged(fresh(evidence, day, products))
    documents = {each.id: each for _, each in evidence.documents}
    places = Places(request.tracker, folder, frozenset(products), request.allowed)
    dates = Days(day, request.as_on)
    given = given_figures(evidence, products)
    checked = check_rows(together.rows, documents, places, dates, limits, given, request.password)
    settings = request.settings
    calendar = WorkingDays(load_closures(Path(settings.closure_days)) if settings.closure_days else frozenset())
    rows = with_checks(together.rows, checked, evidence, products)
    return TrackerReport(
        rows=with_deadlines(rows, day, request.as_on, calendar),
        evidence=evidence,
        inspection_date=day,
        checked=checked,
        left=days_left(day, request.as_on, calendar),
        messages=(*messages, *officers.messages, *together.messages, *_without_build(folder, rows, evidence)),
        products=products,
        existed=existed,
    )


def _without_build(folder: Path | None, rows: Sequence[Row], evidence: Evidence) -> list[str]:
    """Say why annexa's own files count as missing where nobody has said in which folder they are."""
    own = {document.made_by for _, document in evidence.documents if document.made_by}
    if folder is not None or not any(own.intersection(row.files) for row in rows):
        return []
    return ["The tracker names files that a build makes: give the build's folder with --products to have them found."]


def _inspection_date(request: TrackerRequest, officers: Officers) -> tuple[date, list[str]]:
    day, held = request.inspection_date, officers.inspection_date
    if day is None and held is None:
        raise UsageError(
            f"{request.tracker.name} does not say when the inspection is, beside Inspection date.",
            "Give --inspection-date DATE, or enter the date there as 04/06/2018.",
        )
    if day is None or held is None or day == held:
        return day or held or date.min, []
    return day, [f"The tracker says that the inspection is on {held:%d/%m/%Y}; it is taken to be on {day:%d/%m/%Y}."]


def _products_folder(request: TrackerRequest) -> Path | None:
    """Return the folder of the build: the one that is named, else the tracker's own where a build wrote it."""
    if request.products is not None:
        if read_build(request.products) is None:
            raise UsageError(
                f"--products: {request.products} holds what another command of annexa wrote.",
                "Name an output folder of `annexa build`.",
            )
        return request.products
    own = request.tracker.parent
    if not (own / MANIFEST_NAME).is_file():
        return None
    try:
        return own if read_build(own) is not None else None
    except SourceError:
        return None  # whatever that manifest is, nobody asked for it


def own_workbooks(request: TrackerRequest) -> frozenset[Path]:
    """Return where the workbooks are that the build has written into the folder of products; links are followed."""
    folder = _products_folder(request)
    names = [each.name for each in read_manifest(folder).outputs] if folder else []
    return frozenset((folder / name).resolve() for name in names if folder and name.endswith(".xlsx"))


def read_build(folder: Path) -> Manifest | None:
    """Return the manifest of a build, a pack or a report; None where another command made the folder.

    Raises:
        SourceError: there is no manifest, or it cannot be used.
    """
    record = read_manifest(folder)
    return record if record.command in _MAKES else None


def products_of(folder: Path, evidence: Evidence) -> dict[str, Product]:
    """Return annexa's own products in an output folder of a build, by file name, as its manifest tells of them.

    A file that is missing, or is no longer what the build wrote, counts as not built.

    Raises:
        SourceError: the manifest cannot be used.
    """
    record = read_manifest(folder)
    written = {output.name: output for output in record.outputs}
    reports = {entry.file: entry for entry in record.reports}
    found = {}
    names = {each.made_by for _, each in evidence.documents if each.made_by}
    for name in sorted(names):
        if name not in written:
            continue
        try:
            whole = describe(folder / name, name) == written[name]
        except OSError:
            whole = False
        entry = reports.get(name)
        if not whole:
            product = Product(NOT_BUILT, problem=f"{name} is missing, or is not the file that the build wrote")
        elif entry is not None and entry.state != BUILT:
            product = Product(NOT_SUPPLIED)
        elif name == LISTS_FILE:
            product = _lists(record)
        else:
            figures, named = (entry.figures, entry.named) if entry else ("", {})
            product = Product(BUILT, figures, record.as_at, named=named)
        found[name] = replace(product, inspection_date=record.inspection_date)
    return found


def _lists(record: Manifest) -> Product:
    verdict = record.findings.verdict
    rows = {entry.number: entry.rows for entry in record.lists}
    return lists_product(
        rows, verdict, state_of(verdict), record.as_at, shared=bool(record.options.get("suppress", False))
    )


def write_beside(path: Path, write: Callable[[Place], None], password: Secret | None = None) -> None:
    """Write a file beside its place and move it there, so that it appears whole; only its owner may read it.

    Args:
        path: its place.
        write: writes the file to the place that it is given.
        password: what the place encrypts the file with; it does not where None.

    Raises:
        OutputError: it cannot be written, or not moved: what stood there is as it was.
    """
    place = path.resolve()
    try:
        folder = Path(tempfile.mkdtemp(prefix=".annexa-", dir=place.parent))
    except OSError as error:
        raise OutputError(
            f"{path.name} could not be written: {error.strerror}.", f"Check that the folder {path.parent} is there."
        ) from None
    beside = folder / place.name
    try:
        write(Sealed(beside, password) if password else beside)
        beside.chmod(0o600)
        beside.replace(place)
    except PermissionError:
        raise OutputError(
            f"{path.name} could not be replaced: it is open in another program, or you may not change it. "
            "It is as it was.",
            "Close it (Excel locks a workbook that it has open), and run annexa again.",
        ) from None
    except OSError as error:
        raise OutputError(
            f"{path.name} could not be written: {error.strerror}. It is as it was.", "Check that place, and try again."
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
