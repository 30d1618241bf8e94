"""What a run hands over beside the lists: the data reports, the audited cases, the tracker and the index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from annexa.errors import OutputError, SourceError, UsageError
from annexa.evidence.audits import FILE as AUDITS
from annexa.evidence.audits import MONTHS, audited_cases, audits_product
from annexa.evidence.deadlines import with_deadlines
from annexa.evidence.files import Checked, Days, check_rows
from annexa.evidence.items import Evidence, load_items
from annexa.evidence.paths import Places
from annexa.evidence.products import (
    BUILT,
    NOT_BUILT,
    NOT_SHARED,
    NOT_SUPPLIED,
    Product,
    given_figures,
    lists_product,
)
from annexa.evidence.read import Officers, read_tracker, refuse_open
from annexa.evidence.rows import Row
from annexa.evidence.tracker import fresh, merged, with_checks
from annexa.outputs.annex_a import FILE as LISTS
from annexa.outputs.index import IndexPage, write_index
from annexa.outputs.manifest import ReportEntry
from annexa.outputs.reports import in_words, write_reports
from annexa.outputs.stage import Stage
from annexa.outputs.tracker import write_audits, write_tracker
from annexa.reports.build import build_reports
from annexa.reports.model import Mark, Report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.reports.suppress import suppressed
from annexa.workdays import WorkingDays

if TYPE_CHECKING:
    from annexa.lists.build import BuiltList
    from annexa.pipeline.building import Built, Request
    from annexa.pipeline.checking import Assessed

TRACKER: Final = "tracker.xlsx"
INDEX: Final = "index.html"


@dataclass(frozen=True)
class Delivered:
    """What was handed over beside the lists.

    Args:
        entries: for the manifest.
        reports: as they were written.
        messages: about the tracker that stood there.
        written: whether anything was, the tracker and the index at the least.
    """

    entries: tuple[ReportEntry, ...] = ()
    reports: tuple[Report, ...] = ()
    messages: tuple[str, ...] = ()
    written: bool = False


def known_reports(items: Collection[str]) -> tuple[str, ...]:
    """Return items of Annex A that are data reports, in order.

    Raises:
        UsageError: one of them is no report.
    """
    specs = report_specs()
    for item in items:
        if item not in specs:
            raise UsageError(f"There is no report {item}.", f"The reports are {', '.join(specs)}.")
    return tuple(item for item in specs if item in items)


def make_reports(built: "Built", items: Collection[str], request: "Request", calendar: WorkingDays) -> list[Report]:
    """Build reports from a run whose lists are built; a report without input is a finding (AA-R10).

    Raises:
        UsageError: an item that is no report.
    """
    settings = request.settings.reports
    reports = build_reports(ReportRun(built.context, built.lists, calendar, settings), known_reports(items))
    for report in reports:
        if not report.supplied:
            names = ", ".join(built.context.tables[record].source for record in report_specs()[report.item].starts)
            built.context.findings.add(
                "AA-R10", f"{names} was not supplied: report {report.item} is not supplied.", table=names
            )
    return suppressed(reports) if settings.suppress else reports


def deliver(
    stage: Stage,
    request: "Request",
    built: "Built",
    lists: Mapping[int, "BuiltList"],
    assessed: "Assessed",
    reports: Sequence[Report],
    calendar: WorkingDays,
) -> Delivered:
    """Write the reports, the audited cases, the tracker and the index into a stage.

    The tracker that stands in the folder keeps what the officer wrote in it.

    Raises:
        OutputError: a file cannot be written; that tracker cannot be read, or somebody has it open.
    """
    context, day = built.context, request.inspection_date
    evidence = load_items() if request.items is None else load_items().only(request.items)
    edition, authority = context.edition.title, request.settings.authority
    names = write_reports(stage, reports, day, edition, authority, request.report_formats)
    as_at, shared = context.period.as_at, request.settings.reports.suppress
    rows_of = {number: each.frame.height if each.supplied else None for number, each in lists.items()}
    verdict = assessed.verdict
    products = {LISTS: lists_product(rows_of, verdict.text(), verdict.state, as_at, shared=shared)}
    products |= {names[each.item]: _product(each, as_at) for each in reports}
    if shared:
        products[AUDITS] = Product(NOT_SHARED)  # its rows are children
    elif request.delivers and any(item.number == "1.06" for item in evidence.items):
        audits = audited_cases(context, evidence.areas)
        window = context.period.window(MONTHS)
        write_audits(stage.workbook(AUDITS), audits, day, (window.start, window.end))
        products[AUDITS] = audits_product(audits, context)
    for _, document in evidence.documents:
        if document.made_by and document.made_by not in products:
            products[document.made_by] = Product(NOT_BUILT)
    rows, messages = _tracker(request, evidence, products, calendar)
    write_tracker(stage.workbook(TRACKER), rows, evidence, day)
    entries = [*entries_of(reports, names)]
    if AUDITS in products and products[AUDITS].there:
        entries.append(_audits_entry(products[AUDITS], evidence))
    page = IndexPage(
        title=request.title,
        authority=authority,
        day=day,
        edition=f"{context.edition.name}: {edition}",
        extract_date=context.period.extract_date,
        verdict=verdict.text(),
        lists=tuple(lists.values()),
        rows=rows,
        evidence=evidence,
        products=products,
        suppressed=shared,
    )
    write_index(stage.plain(INDEX), page)
    return Delivered(
        tuple(sorted(entries, key=lambda entry: entry.item)), tuple(reports), tuple(messages), written=True
    )


def _product(report: Report, as_at: date) -> Product:
    state = BUILT if report.supplied else NOT_SUPPLIED
    return Product(state, headline(report), as_at, named=_named(report))


def headline(report: Report) -> str:
    """Return a report's figures for the index and the tracker, in words; blank where it is not supplied."""
    if not report.supplied:
        return ""
    keys = (report.headline, *report.further)
    shown = {each.key: f"{each.label}: {in_words(each)}" for each in report.figures if each.key in keys}
    return "; ".join(shown[key] for key in keys if key in shown)


def _named(report: Report) -> dict[str, str]:
    """Return the figures that are supplied in words, by name; one that is hidden is shown as such."""
    return {
        each.key: f"{each.label}: {in_words(each)}"
        for each in report.figures
        if report.supplied and each.cell is not Mark.NOT_SUPPLIED
    }


def _tracker(
    request: "Request", evidence: Evidence, products: Mapping[str, Product], calendar: WorkingDays
) -> tuple[tuple[Row, ...], list[str]]:
    """Return the rows of the tracker: fresh, or what the officer has, with files checked and due days named.

    Nothing is said of how many days are left: that depends on the day of the run, and the same extract gives the same
    files. `annexa evidence status` says it.
    """
    day = request.inspection_date
    path = request.output / TRACKER
    officers = _officers(path, request)
    if officers is None:
        rows, messages = fresh(evidence, day, products), []
    else:
        together = merged(evidence, officers.rows, day, products, officers.inspection_date)
        rows, messages = together.rows, [*officers.messages, *together.messages]
    documents = {each.id: each for _, each in evidence.documents}
    given = given_figures(evidence, products)
    checked = check_rows(rows, documents, Places(path), Days(day), request.limits(), given, request.password)
    # The files of this run are not in their place yet, and need no looking at.
    made = {at: Checked((), (), ()) for at, row in enumerate(rows) if row.files and set(row.files) <= products.keys()}
    told = with_checks(rows, {**checked, **made}, evidence, products)
    return with_deadlines(told, day, None, calendar), messages


def _officers(path: Path, request: "Request") -> Officers | None:
    refuse_open(path)
    if not path.exists():
        return None
    try:
        return read_tracker(path, request.limits(), request.password)
    except SourceError as error:
        raise OutputError(
            f"{error.message} The build would lose what is written in it, and has changed nothing.",
            f"{error.hint} Or move {TRACKER} out of {request.output}, and run annexa again.",
        ) from None


def entries_of(reports: Sequence[Report], names: Mapping[str, str]) -> tuple[ReportEntry, ...]:
    """Return what the manifest says of the reports."""
    asked = {(each.figure.of, each.figure.name) for _, each in load_items().documents if each.figure}
    return tuple(
        ReportEntry(
            item=report.item,
            title=report.title,
            file=names[report.item],
            state="built" if report.supplied else "not supplied",
            figures=headline(report),
            named={key: text for key, text in _named(report).items() if (names[report.item], key) in asked},
        )
        for report in reports
    )


def _audits_entry(product: Product, evidence: Evidence) -> ReportEntry:
    item, title = next(
        (item.number, document.title) for item, document in evidence.documents if document.made_by == AUDITS
    )
    state: Literal["built", "not supplied"] = "built" if product.state == BUILT else "not supplied"
    return ReportEntry(item=item, title=title, file=AUDITS, state=state, figures=product.figures)
