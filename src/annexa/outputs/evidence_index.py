"""The index of collected evidence, as a page and as a workbook: every row of the tracker, and where its files are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from annexa.outputs.contents import FrontSheet, Sheet
from annexa.outputs.html import Link, Mark, render
from annexa.outputs.sealing import Place
from annexa.outputs.workbook import write_workbook

TITLE: Final = "Evidence for the inspection"
COLLECTED: Final = "Collected"
NOT_COLLECTED: Final = "Not collected"  # ready, and missing, damaged or refused
NOT_READY: Final = "Not ready"
NOT_APPLICABLE: Final = "Not applicable"
FIGURE: Final = "Figure given"
STATES: Final = (COLLECTED, FIGURE, NOT_APPLICABLE, NOT_COLLECTED, NOT_READY)
_COLOURS: Final = {
    COLLECTED: "green",
    FIGURE: "green",
    NOT_APPLICABLE: "grey",
    NOT_COLLECTED: "red",
    NOT_READY: "amber",
}
_HEADINGS: Final = ("Item", "Title", "Kind", "State", "File", "Date", "Remarks")


@dataclass(frozen=True)
class Entry:
    """One file of a row, or a row without one.

    Args:
        item: number of the item.
        title: of the document.
        kind: list, report, document, minutes or number.
        state: one of STATES.
        file: its name in the collected folder; blank where it is not there.
        named: as the tracker names it.
        dates: of the document, or of the meetings.
        remarks: why it is not there, what the checks say, and the officer's note; a sentence each.
    """

    item: str
    title: str
    kind: str
    state: str
    file: str = ""
    named: str = ""
    dates: tuple[date, ...] = ()
    remarks: tuple[str, ...] = ()


def write_index(
    page: Path | None,
    workbook: Place,
    entries: Sequence[Entry],
    inspection_date: date,
    authority: str,
    remarks: Sequence[str],
) -> None:
    """Write the index as a page and as a workbook.

    Args:
        page: the HTML file; files are linked beside it. None: no page is written.
        workbook: the XLSX file.
        entries: in the order of the tracker.
        inspection_date: D.
        authority: its name; may be blank.
        remarks: about the whole, such as what the privacy check found.

    Raises:
        OutputError: the workbook cannot be written.
        OSError: the page cannot be written.
    """
    about = _about(entries, inspection_date, authority)
    if page is not None:
        page.write_bytes(_page(about, entries, remarks).encode())
    front = FrontSheet(TITLE, about, ("State", "Rows"), _states(entries), tuple(remarks), name="Summary")
    write_workbook(workbook, front, [_sheet(entries)], (), inspection_date)


def _page(about: Sequence[tuple[str, str | int | date]], entries: Sequence[Entry], remarks: Sequence[str]) -> str:
    return render(
        "evidence.html.j2",
        title=TITLE,
        about=[(label, f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)) for label, value in about],
        remarks=remarks,
        headings=_HEADINGS,
        rows=[
            (
                each.item,
                each.title,
                each.kind,
                Mark(each.state, _COLOURS[each.state]),
                Link(each.file, each.file) if each.file else each.named or None,
                _days(each.dates),
                each.remarks,
            )
            for each in entries
        ],
    )


def _about(entries: Sequence[Entry], day: date, authority: str) -> tuple[tuple[str, str | int | date], ...]:
    facts: list[tuple[str, str | int | date]] = [("Authority", authority)] if authority else []
    collected = len({each.file for each in entries if each.file})
    return (*facts, ("Inspection date", day), ("Files collected", collected), *_states(entries))


def _states(entries: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    found = [each.state for each in entries]
    return tuple((state, found.count(state)) for state in STATES if state in found)


def _sheet(entries: Sequence[Entry]) -> Sheet:
    rows = [
        (
            each.item,
            each.title,
            each.kind,
            each.state,
            each.file or each.named,
            ", ".join(_days(each.dates)),
            " ".join(each.remarks),
        )
        for each in entries
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_HEADINGS, pl.String), orient="row")
    return Sheet("Index", "Every document that is asked for, and where it is", frame)


def _days(days: Sequence[date]) -> list[str]:
    return [f"{day:%d/%m/%Y}" for day in days]
