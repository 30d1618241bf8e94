"""The rows of the tracker: fresh ones, and those of an officer's file with what she wrote in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from annexa.evidence.files import Checked
from annexa.evidence.items import Evidence
from annexa.evidence.products import Products, filled, said
from annexa.evidence.rows import STATUSES, Row


@dataclass(frozen=True)
class Merged:
    """Rows, and what has to be said about how they came together.

    Args:
        rows: of the tracker, in order.
        messages: sentences, without anything that an officer typed.
    """

    rows: tuple[Row, ...]
    messages: tuple[str, ...] = ()


def fresh(evidence: Evidence, inspection_date: date, products: Products | None = None) -> tuple[Row, ...]:
    """Return a row for each document, as nobody has touched it but the build that made the tool's own products.

    Args:
        evidence: the items, all or those of a pack.
        inspection_date: D.
        products: what a build has made, by file name; None where there was none.
    """
    rows = (
        Row(item.number, each.id, each.title, each.kind, each.look_back, due_day=each.due_day)
        for item, each in evidence.documents
    )
    return _filled(tuple(rows), evidence, products or {}, inspection_date).rows


def merged(
    evidence: Evidence,
    officers: Sequence[Row],
    inspection_date: date,
    products: Products | None = None,
    earlier: date | None = None,
) -> Merged:
    """Put an officer's rows together with the documents of Annex A.

    Her columns (owner, due day, status, file, file date, period, note, and columns that she added) stay as they are;
    item, title, kind and look-back are Annex A's. A row that she deleted comes back, since nothing that Annex A asks
    for may vanish without a word: "not applicable", with a reason, is how a document is left out. A row that she added
    (without an id, with an id that no document has, or with that of a row above it) stays at the end of its item.

    Args:
        evidence: the items, all or those of a pack.
        officers: the rows of her file, in its order.
        inspection_date: D.
        products: what a build has made, by file name; None where there was none.
        earlier: the inspection date that her file names; None where it names none.
    """
    documents = {each.id: (item, each) for item, each in evidence.documents}
    hers: dict[str, Row] = {}
    added: list[Row] = []
    messages = []
    for row in officers:
        if row.document in hers:
            messages.append(f"{row.document} stands there twice: the second row is kept as one that you added.")
            added.append(replace(row, document="", own=True))
        elif row.document in documents:
            hers[row.document] = row
        else:
            added.append(replace(row, own=True))
    rows = []
    for document, (item, each) in documents.items():
        if document not in hers:
            messages.append(f"{document} ({each.title}) was not in the tracker: it is back, as not started.")
        row = hers.get(document) or Row(item.number, document, each.title, each.kind, due_day=each.due_day)
        rows.append(
            replace(row, item=item.number, title=each.title, kind=each.kind, look_back=each.look_back, own=False)
        )
    settled = _filled(_in_place(rows, added), evidence, products or {}, inspection_date, earlier)
    return Merged(settled.rows, (*messages, *settled.messages))


def _in_place(rows: Sequence[Row], added: Sequence[Row]) -> tuple[Row, ...]:
    """Put added rows at the end of their item, those of no item at the very end; each group in the officer's order."""
    items = list(dict.fromkeys(row.item for row in rows))
    placed: list[Row] = []
    for item in items:
        placed += [row for row in rows if row.item == item]
        placed += [row for row in added if row.item == item]
    return (*placed, *(row for row in added if row.item not in items))


def _filled(
    rows: tuple[Row, ...], evidence: Evidence, products: Products, inspection_date: date, earlier: date | None = None
) -> Merged:
    documents = {each.id: each for _, each in evidence.documents}
    done = [
        filled(row, documents[row.document], products, inspection_date, earlier)
        if row.document in documents and not row.own
        else (row, "")
        for row in rows
    ]
    return Merged(tuple(row for row, _ in done), tuple(message for _, message in done if message))


def with_checks(
    rows: Sequence[Row], checked: Mapping[int, Checked], evidence: Evidence, products: Products | None = None
) -> tuple[Row, ...]:
    """Give each row what the checks say of it, and what the build says of the tool's own products.

    Args:
        rows: of the tracker.
        checked: by position of the row, from files.check_rows.
        evidence: what each row asks for.
        products: what a build has made, by file name; None where there was none.
    """
    documents = {each.id: each for _, each in evidence.documents}

    def with_text(row: Row, found: Checked) -> Row:
        document = None if row.own else documents.get(row.document)
        wrong, told = said(row, document, products or {}) if document else ((), ())
        problems, remarks = (*found.problems, *wrong), (*told, *found.remarks)
        nothing = "Passed." if row.files else "Nothing to check yet."
        return replace(row, checks=" ".join((*problems, *remarks)) or nothing, passed=not problems)

    return tuple(with_text(row, checked[at]) for at, row in enumerate(rows))


def counts(rows: Iterable[Row]) -> Mapping[str, int]:
    """Return how many rows there are of each status that occurs, in the order in which a document goes through them."""
    found = [row.status for row in rows]
    return {status: found.count(status) for status in STATUSES if status in found}
