"""The tool's own products: what a build has made, and how it fills the rows of the tracker that ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from annexa.evidence.items import Document
from annexa.evidence.rows import DRAFT, HANDED_IN, NOT_STARTED, READY, Row
from annexa.period import InspectionPeriod

BUILT: Final = "built"
NOT_SUPPLIED: Final = "not supplied"
NOT_BUILT: Final = "not built"


@dataclass(frozen=True)
class Product:
    """One of annexa's own files in a build.

    Args:
        state: BUILT; NOT_SUPPLIED: the extract has no input for it, and the file says so; NOT_BUILT: there is no file.
        figures: its headline in words, such as "12 children"; may be blank.
        day: the day that it speaks of, the as-at date of the run.
        problem: what stands in the way of handing it in, such as "not ready: 3 errors"; blank where nothing does.
        named: single figures by name, for rows that ask for one (configs/evidence.toml, `figure`).
    """

    state: str
    figures: str = ""
    day: date | None = None
    problem: str = ""
    named: Mapping[str, str] = field(default_factory=dict)


Products = Mapping[str, Product]


def filled(row: Row, document: Document, products: Products, inspection_date: date) -> tuple[Row, str]:
    """Fill a row with what a build has made of its document; what the officer has written stays.

    Filled are blank cells alone: file, its date, its period, and the status where it is "not started". Where the row
    names the tool's own file its date is that file's. Where that file is no longer built, or says "not supplied", what
    the tool filled in is taken out again.

    Args:
        row: as the officer's file has it, or fresh.
        document: what it asks for.
        products: by file name; a document whose file is not among them is left alone.
        inspection_date: D.

    Returns:
        The row, and a message where something was taken out of it; else blank.
    """
    if document.figure is not None:
        product = products.get(document.figure.of)
        return (_with_figure(row, document.figure.name, product), "") if product else (row, "")
    product = products.get(document.made_by) if document.made_by else None
    if product is None or (row.files and row.files != (document.made_by,)):
        return row, ""
    return _with_file(row, document, product, inspection_date)


def _with_file(row: Row, document: Document, product: Product, inspection_date: date) -> tuple[Row, str]:
    if product.state != BUILT:
        if not row.files or row.status not in (NOT_STARTED, READY, DRAFT):
            return row, ""
        blank = replace(row, status=NOT_STARTED, files=(), dates=(), period_from=None, period_to=None)
        return blank, f"{row.document}: {document.made_by} is {product.state}; the row is not started again."
    period = InspectionPeriod(inspection_date)
    begins = period.months_before(document.look_back) if document.look_back else None
    return replace(
        row,
        files=(document.made_by,),
        dates=(product.day,) if product.day else row.dates,
        status=(DRAFT if product.problem else READY) if _untouched(row) else row.status,
        period_from=row.period_from or begins,
        period_to=row.period_to or (product.day if begins else None),
    ), ""


def _untouched(row: Row) -> bool:
    return row.status == NOT_STARTED and "status" not in row.typed


def _with_figure(row: Row, name: str, product: Product) -> Row:
    figure = product.named.get(name, "")
    if not figure or row.note or row.files:
        return row
    return replace(row, note=figure, status=READY if _untouched(row) else row.status)


def said(row: Row, document: Document, products: Products) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what a build has to say of a row: what is wrong, and what is merely told.

    Returns:
        Problems and remarks, a sentence each.
    """
    product = products.get(document.made_by) if document.made_by else None
    if product is None or (row.files and row.files != (document.made_by,)):
        return (), ()
    if product.state == NOT_SUPPLIED:
        text = f"Not supplied: the extract has no input for {document.made_by}."
        return ((text,), ()) if row.handed_in else ((), (text,))
    if product.state != BUILT:
        text = f"{document.made_by} was not built."
        return ((text,), ()) if row.handed_in else ((), (text,))
    told = (_sentence(product.figures),) if product.figures else ()
    if product.problem and row.note:
        return (), (*told, f"{_sentence(product.problem)} Explained in Note.")
    if product.problem:
        text = f"{_sentence(product.problem)} Put it right, or explain it in Note."
        return ((text,), told) if row.status in HANDED_IN else ((), (*told, text))
    return (), told


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
