"""index.html: every item of Annex A with its state, its file and its figures, to be read and to be printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from annexa.evidence.items import Document, Evidence
from annexa.evidence.products import BUILT, NOT_SUPPLIED, Products
from annexa.evidence.rows import Row
from annexa.lists.build import BuiltList
from annexa.outputs.annex_a import FILE as LISTS_FILE
from annexa.outputs.html import Link, Mark, render

TEMPLATE: Final = "index.html.j2"
_LIST_HEADINGS: Final = ("List", "Title", "From", "To", "Rows", "Children", "State")
_ITEM_HEADINGS: Final = ("Item", "What", "State", "File", "Figures and checks")
_COMPLETE: Final = (
    "Rows and children of the lists are left out here: in small numbers they would give away what the reports hide. "
    "The workbook with the lists, the findings, what was left out, and manifest.json are complete. Share none of them."
)
_COLOURS: Final[Mapping[str, str]] = {
    BUILT: "green",
    "ready": "green",
    "submitted": "green",
    "draft": "amber",
    "requested": "amber",
    NOT_SUPPLIED: "red",
    "not started": "red",
}


@dataclass(frozen=True)
class IndexPage:
    """What the index says.

    Args:
        title: of the page: "Annex A", or the pack's.
        authority: its name, or "".
        day: D.
        edition: name and title.
        extract_date: the day of the extract, or None.
        verdict: of the checks, in words.
        lists: those that were written.
        rows: of the tracker, with their checks.
        evidence: the items that are asked for.
        products: annexa's own files of this run.
        suppressed: whether the reports are those for wider sharing.
    """

    title: str
    authority: str
    day: date
    edition: str
    extract_date: date | None
    verdict: str
    lists: tuple[BuiltList, ...]
    rows: tuple[Row, ...]
    evidence: Evidence
    products: Products
    suppressed: bool = False


def write_index(path: Path, page: IndexPage) -> None:
    """Write the page.

    Raises:
        OSError: the file cannot be written.
    """
    facts: list[tuple[str, Any]] = [
        ("Authority", page.authority or "not given"),
        ("Inspection date", f"{page.day:%d/%m/%Y}"),
        ("Edition", page.edition),
        ("Extract date", f"{page.extract_date:%d/%m/%Y}" if page.extract_date else "not given"),
        ("Data quality", f"{page.verdict} (findings.xlsx)"),
        ("Tracker", Link("tracker.xlsx", "tracker.xlsx")),
    ]
    if page.suppressed:
        facts.append(("Reports", "for wider sharing: small counts are shown as c"))
    text = render(
        TEMPLATE,
        title=f"{page.title}: inspection of {page.day:%d/%m/%Y}",
        facts_of_run=facts,
        list_headings=_LIST_HEADINGS,
        list_rows=[_list_row(each, counted=not page.suppressed) for each in page.lists],
        lists_note=_COMPLETE if page.suppressed else "",
        lists_file=Link(LISTS_FILE, LISTS_FILE),
        item_headings=_ITEM_HEADINGS,
        item_rows=list(_item_rows(page)),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _list_row(built: BuiltList, *, counted: bool) -> tuple[Any, ...]:
    window = built.window
    days = (f"{window.start:%d/%m/%Y}", f"{window.end:%d/%m/%Y}") if window else ("", "")
    title = built.spec.title.partition(": ")[2]
    if not built.supplied:
        return (f"List {built.spec.number}", title, *days, "", "", Mark(NOT_SUPPLIED, "red"))
    numbers = (built.frame.height, built.children) if counted else ("", "")
    return (f"List {built.spec.number}", title, *days, *numbers, Mark(BUILT, "green"))


def _item_rows(page: IndexPage) -> Iterator[tuple[Any, ...]]:
    """Yield a row of the table for each row of the tracker.

    The page is made to be printed and passed on, and what an officer types may be a child's name: of her files, her
    notes and rows of her own it says that they are there, and the tracker says the rest.
    """
    documents = {document.id: document for _, document in page.evidence.documents}
    for row in page.rows:
        state = _state(row, None if row.own else documents.get(row.document), page.products)
        files = list(_files(row, page.products)) or ""
        said = [text for text in (row.checks, "There is a note in the tracker." if row.note else "") if text]
        title = "(a row that was added to the tracker)" if row.own else row.title
        yield row.number, title, Mark(state, _COLOURS.get(state, "grey")), files, said


def _files(row: Row, products: Products) -> Iterator[Link | str]:
    """Yield links to the files that this run wrote, the names of those that it did not, and how many are hers."""
    for name in row.files:
        if name in products:
            yield Link(name, name) if products[name].there else name
    hers = sum(name not in products for name in row.files)
    if hers:
        yield "named in the tracker" if hers == 1 else f"{hers} files named in the tracker"


def _state(row: Row, document: Document | None, products: Products) -> str:
    """Say what an item's row has come to: of annexa's own file what the run made of it, else the officer's status."""
    product = products.get(document.made_by) if document is not None and document.made_by else None
    own = document is not None and row.files in ((), (document.made_by,))
    if product is not None and own and (product.there or not row.files):
        return product.state if row.status in ("not started", "ready", "draft") else row.status
    return row.status
