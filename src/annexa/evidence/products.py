"""The tool's own products: what a build has made, and how it fills the rows of the tracker that ask for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from annexa.checks import gate
from annexa.evidence.items import Document, Evidence, Figure
from annexa.evidence.rows import DRAFT, HANDED_IN, NOT_STARTED, READY, Row
from annexa.period import InspectionPeriod

BUILT: Final = "built"
NOT_SUPPLIED: Final = "not supplied"
NOT_BUILT: Final = "not built"
NOT_SHARED: Final = "not built: not for wider sharing"
NOT_COUNTED: Final = "the figures of the lists are not for wider sharing"


@dataclass(frozen=True)
class Product:
    """One of annexa's own files in a build.

    Args:
        state: BUILT; NOT_SUPPLIED: the extract has no input for it, and the file says so; NOT_BUILT or NOT_SHARED:
            there is no file.
        figures: its headline in words, such as "12 children"; may be blank.
        day: the day that it speaks of, the as-at date of the run.
        problem: what stands in the way of handing it in, such as "not ready: 3 errors"; blank where nothing does.
        named: single figures by name, for rows that ask for one (configs/evidence.toml, `figure`).
        inspection_date: D of the build; that of the tracker where None.
    """

    state: str
    figures: str = ""
    day: date | None = None
    problem: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    inspection_date: date | None = None

    @property
    def there(self) -> bool:
        """Whether the build has written the file."""
        return self.state in (BUILT, NOT_SUPPLIED)


Products = Mapping[str, Product]


def lists_product(
    rows: Mapping[int, int | None], verdict: str, state: str, day: date, *, shared: bool = False
) -> Product:
    """Return the workbook with the lists as a product; errors stand in its way (1.01: none, or each explained).

    Args:
        rows: number of a list -> its rows; None where it was not supplied.
        verdict: of the checks, in words.
        state: of that verdict.
        day: the day that the lists speak of.
        shared: whether reports for wider sharing stand beside them; then nothing is counted.
    """
    there = [number for number in rows.values() if number is not None]
    missing = [str(number) for number, held in rows.items() if held is None]
    lacking = f"; not supplied: List {', '.join(missing)}" if missing else ""
    figures = f"{len(there)} list{'' if len(there) == 1 else 's'}, {sum(there):,} rows{lacking}"
    problem = verdict if state == gate.NOT_READY else ""
    return Product(BUILT, NOT_COUNTED if shared else figures, day, problem)


def filled(
    row: Row, document: Document, products: Products, inspection_date: date, earlier: date | None = None
) -> tuple[Row, str]:
    """Fill a row with what a build has made of its document; what the officer has written stays.

    Filled are blank cells alone: file, its date, its period, and the status where it is "not started". Where the row
    names the tool's own file its date is that file's, and so is its period unless the officer has typed another. Where
    that file is no longer built, or says "not supplied", what the tool filled in is taken out again. A figure that a
    build gives stands in Checks (see said); it fills the status alone.

    Args:
        row: as the officer's file has it, or fresh.
        document: what it asks for.
        products: by file name; a document whose file is not among them is left alone.
        inspection_date: D.
        earlier: the inspection date that the officer's file names; None where it names none.

    Returns:
        The row, and a message where something was taken out of it; else blank.
    """
    if document.figure is not None:
        product = products.get(document.figure.of)
        return _with_figure(row, document.figure, product) if product else (row, "")
    product = products.get(document.made_by) if document.made_by else None
    if product is None or (row.files and row.files != (document.made_by,)):
        return row, ""
    return _with_file(row, document, product, (product.inspection_date or inspection_date, inspection_date, earlier))


def _with_file(row: Row, document: Document, product: Product, days: tuple[date, date, date | None]) -> tuple[Row, str]:
    """Fill a row; days are the inspection dates of the build, of the tracker, and of the tracker as it was."""
    hers = _without_period(row, document, days)
    if product.state != BUILT:
        if not row.files or row.status not in (NOT_STARTED, READY, DRAFT):
            return row, ""
        blank = replace(hers, status=NOT_STARTED, files=(), dates=())
        return blank, f"{row.document}: {document.made_by} is {product.state}; the row is not started again."
    begins = _begins(document, days[0])
    return replace(
        row,
        files=(document.made_by,),
        dates=(product.day,) if product.day else row.dates,
        status=(DRAFT if product.problem else READY) if _untouched(row) else row.status,
        period_from=hers.period_from or begins,
        period_to=hers.period_to or (product.day if begins else None),
    ), ""


def _begins(document: Document, inspection_date: date) -> date | None:
    return InspectionPeriod(inspection_date).months_before(document.look_back) if document.look_back else None


def _without_period(row: Row, document: Document, days: Iterable[date | None]) -> Row:
    """Take out the ends of the period that the tool has filled in, and leave those that the officer has typed.

    The tool's are told by what it fills in: the day of its file, and the day so many months before an inspection. That
    inspection is one of `days`, or was on the day of the file itself.
    """
    if not row.files:
        return row
    begun = {_begins(document, day) for day in (*days, *row.dates) if day}
    return replace(
        row,
        period_from=None if row.period_from in begun else row.period_from,
        period_to=None if row.period_to in row.dates else row.period_to,
    )


def _untouched(row: Row) -> bool:
    return row.status == NOT_STARTED and "status" not in row.typed


def _with_figure(row: Row, figure: Figure, product: Product) -> tuple[Row, str]:
    if row.files:
        return row, ""
    if figure.name in product.named:
        return replace(row, status=READY if _untouched(row) else row.status), ""
    if row.note or row.status != READY:
        return row, ""
    # Nothing but a figure of the tool's own can have made it ready.
    return replace(row, status=NOT_STARTED), f"{row.document}: there is no figure; the row is not started again."


def given_figures(evidence: Evidence, products: Products) -> dict[str, str]:
    """Return the figures that a build gives, by the id of the document that asks for one."""
    return {
        each.id: product.named[each.figure.name]
        for _, each in evidence.documents
        if each.figure and (product := products.get(each.figure.of)) and each.figure.name in product.named
    }


def said(row: Row, document: Document, products: Products) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what a build has to say of a row: what is wrong, and what is merely told.

    Returns:
        Problems and remarks, a sentence each.
    """
    if document.figure is not None:
        product = products.get(document.figure.of)
        figure = product.named.get(document.figure.name) if product and not row.files else None
        return (), (_sentence(figure),) if figure else ()
    product = products.get(document.made_by) if document.made_by else None
    if product is None or (row.files and row.files != (document.made_by,)):
        return (), ()
    if product.state == NOT_SUPPLIED:
        text = f"Not supplied: the extract has no input for {document.made_by}."
        return ((text,), ()) if row.handed_in else ((), (text,))
    if product.state != BUILT:
        text = f"{document.made_by} was {product.state}."
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
