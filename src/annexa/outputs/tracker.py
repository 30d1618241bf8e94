"""tracker.xlsx: the evidence tracker as the officer works with it, and the list of audited cases (1.06).

Which columns are hers is said in words above the headings, and in colour. A text stays text whatever it begins with.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from annexa.evidence import audits as audited
from annexa.evidence import deadlines
from annexa.evidence.items import DUE_DAYS, Evidence
from annexa.evidence.read import DAY_LABEL, SHEET
from annexa.evidence.rows import COLUMNS, HERS, IDENTITY, NOT_APPLICABLE, STATUSES, Row
from annexa.outputs.contents import FrontSheet, Sheet
from annexa.outputs.layout import (
    BOX,
    DATE_FORMAT,
    INK,
    font,
    package_parts,
    put,
    put_heading,
    row_height,
    set_up_print,
)
from annexa.outputs.rows import LINE_HEIGHT, MOST_LINES, TEXT_LIMIT
from annexa.outputs.sealing import Place
from annexa.outputs.workbook import write_parts, write_workbook

TITLE: Final = "Evidence tracker"
_WIDTHS: Final = {
    "item": 6, "document": 16, "title": 22, "kind": 10, "look_back": 10, "owner": 11, "due_day": 6, "status": 11,
    "file": 18, "file_date": 11, "period_from": 12, "period_to": 12, "note": 17, "due": 11, "due_in": 14, "rag": 9,
    "checks": 26,
}  # fmt: skip
_FURTHER_WIDTH: Final = 15
_TOLD_ROW: Final = 2
_DAY_ROW: Final = 3
_BAND_ROW: Final = 4
_HEADING_ROW: Final = 5
_SPARE_ROWS: Final = 200  # with drop-downs, for rows that she adds
_DATES: Final = ("file_date", "period_from", "period_to", "due")
_CENTRED: Final = (*_DATES, "look_back", "due_day")

_HERS: Final = "FFE699"
_HERS_CELL: Final = "FFF9E5"
_TOLD_CELL: Final = "F2F2F2"
_SIGNALS: Final = {
    deadlines.RED: "F4B6B0",
    deadlines.AMBER: "FFD28A",
    deadlines.GREEN: "C9E7C1",
    deadlines.DONE: "C9E7C1",
}
_TEXT: Final = Font(name="Calibri", size=11)
_TOP: Final = Alignment(horizontal="left", vertical="top", wrap_text=True)
_TOP_CENTRED: Final = Alignment(horizontal="center", vertical="top", wrap_text=True)

_FIRST_HERS, *_, _LAST_HERS = HERS.values()
YOURS: Final = (
    f"Yours are the columns {_FIRST_HERS} to {_LAST_HERS}, under the yellow headings: what you write there stays when "
    "annexa runs again. All other columns are annexa's, under the dark headings, and are written anew each time."
)
_BAND_HERS: Final = "You fill these in: annexa keeps them"
_BAND_TOLD: Final = "annexa writes these: do not change them"


def write_tracker(
    path: Place,
    rows: Sequence[Row],
    evidence: Evidence,
    inspection_date: date,
    today: date | None = None,
    left: str = "",
) -> None:
    """Write the tracker.

    Args:
        path: the file; the caller writes beside the target and renames.
        rows: merged, with deadlines and checks.
        evidence: what each item asks for, for the second sheet.
        inspection_date: D, which the file keeps; the file's properties carry it too.
        today: the day of the run, shown beside what was worked out from it; None where nothing was.
        left: working days that are left, in words.

    Raises:
        OutputError: the file cannot be written.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    further = list(dict.fromkeys(heading for row in rows for heading in row.further))
    _fill_head(sheet, inspection_date, today, left, len(COLUMNS) + len(further))
    _fill_headings(sheet, further)
    for number, row in enumerate(rows, start=_HEADING_ROW + 1):
        _fill_row(sheet, number, row, further)
    _finish(sheet, _HEADING_ROW + len(rows), len(COLUMNS) + len(further))
    _fill_asked(book.create_sheet("What is asked"), evidence)
    _fill_help(book.create_sheet("How to use"))
    write_parts(path, package_parts(book, TITLE, inspection_date), inspection_date)


def _fill_head(sheet: Worksheet, inspection_date: date, today: date | None, left: str, columns: int) -> None:
    put(sheet, 1, 1, TITLE).font = font(size=18, color=INK)
    sheet.row_dimensions[1].height = 27
    last = list(COLUMNS).index("rag") + 1
    told = put(sheet, _TOLD_ROW, 1, YOURS)
    told.font, told.alignment = _TEXT, _TOP
    sheet.merge_cells(start_row=_TOLD_ROW, end_row=_TOLD_ROW, start_column=1, end_column=last)
    sheet.row_dimensions[_TOLD_ROW].height = 33
    label = put(sheet, _DAY_ROW, 3, DAY_LABEL)
    label.font, label.alignment = font(), Alignment(horizontal="right", vertical="center")
    day = put(sheet, _DAY_ROW, 4, inspection_date)
    day.font, day.alignment = font(), Alignment(horizontal="left", vertical="center")
    sheet.merge_cells(start_row=_DAY_ROW, end_row=_DAY_ROW, start_column=4, end_column=5)
    state = f"As on {today:%d/%m/%Y}. {left}" if today else "Run `annexa evidence init` for the working days left."
    shown = put(sheet, _DAY_ROW, 6, state)
    shown.font, shown.alignment = font(), Alignment(vertical="center")
    sheet.row_dimensions[_DAY_ROW].height = 21
    hers = len(IDENTITY) + 1
    ends = hers + len(HERS)
    for first, after, text, fill in (
        (1, hers, _BAND_TOLD, _TOLD_CELL),
        (hers, ends, _BAND_HERS, _HERS_CELL),
        (ends, len(COLUMNS) + 1, _BAND_TOLD, _TOLD_CELL),
        (len(COLUMNS) + 1, columns + 1, "Your own columns", _HERS_CELL),
    ):
        if first == after:
            continue
        band = put(sheet, _BAND_ROW, first, text)
        band.font = Font(name="Calibri", size=11, italic=True)
        band.fill, band.alignment = _fill(fill), Alignment(horizontal="center", vertical="center")
        sheet.merge_cells(start_row=_BAND_ROW, end_row=_BAND_ROW, start_column=first, end_column=after - 1)
    sheet.row_dimensions[_BAND_ROW].height = 18


def _fill_headings(sheet: Worksheet, further: Sequence[str]) -> None:
    names = [*COLUMNS, *further]
    for number, name in enumerate(names, start=1):
        heading = COLUMNS.get(name, name)
        put_heading(sheet, _HEADING_ROW, number, heading)
        if name in HERS or name not in COLUMNS:
            cell = sheet.cell(_HEADING_ROW, number)
            cell.font, cell.fill = font(), _fill(_HERS)
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = _WIDTHS.get(name, _FURTHER_WIDTH)
        # Rows that she adds below take these.
        column.alignment = _alignment(name)
        column.number_format = DATE_FORMAT if name in _DATES else "0" if name in ("due_day", "look_back") else "@"
    sheet.row_dimensions[_HEADING_ROW].height = row_height(
        (COLUMNS.get(name, name), _WIDTHS.get(name, _FURTHER_WIDTH) - 2) for name in names
    )


def _fill_row(sheet: Worksheet, number: int, row: Row, further: Sequence[str]) -> None:
    values: dict[str, str | int | date | None] = {
        "item": row.item,
        "document": row.document,
        "title": row.title,
        "kind": row.kind,
        "look_back": row.look_back,
        "owner": row.owner,
        "due_day": row.due_day,
        "status": row.status,
        "file": "\n".join(row.files),
        "file_date": _days(row.dates),
        "period_from": row.period_from,
        "period_to": row.period_to,
        "note": row.note,
        **row.typed,
        "due": row.due,
        "due_in": row.due_in,
        "rag": row.rag,
        "checks": row.checks,
    }
    values |= {name: row.further.get(name) for name in further if name not in COLUMNS}
    for at, (name, value) in enumerate(values.items(), start=1):
        content = value[:TEXT_LIMIT] if isinstance(value, str) else value
        cell = put(sheet, number, at, content if content != "" else None)
        cell.font, cell.alignment, cell.border = _TEXT, _alignment(name), BOX
        cell.fill = _fill(_HERS_CELL if name in HERS or name not in COLUMNS else _TOLD_CELL)
        if value is None or value == "":
            cell.number_format = sheet.column_dimensions[get_column_letter(at)].number_format
        if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}:
            cell.quotePrefix = True  # it stays text when it is edited
    signal = sheet.cell(number, list(COLUMNS).index("rag") + 1)
    signal.fill = _fill(_SIGNALS.get(row.rag, _TOLD_CELL))
    texts = ((_shown(value), _WIDTHS.get(name, _FURTHER_WIDTH) - 1) for name, value in values.items())
    sheet.row_dimensions[number].height = _height(texts)


def _days(days: Sequence[date]) -> date | str | None:
    """Return one date as a date, several as text, one a line."""
    if len(days) < 2:
        return days[0] if days else None
    return "\n".join(f"{day:%d/%m/%Y}" for day in days)


def _height(texts: Iterable[tuple[str, int]]) -> int:
    """Height of a row, in points, that shows each text wrapped at its number of characters; a line break counts."""
    lines = max(sum(max(1, len(textwrap.wrap(part, width))) for part in text.split("\n")) for text, width in texts)
    return min(lines, MOST_LINES) * LINE_HEIGHT + 3


def _shown(value: str | int | date | None) -> str:
    return "" if value is None else f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _finish(sheet: Worksheet, last_row: int, columns: int) -> None:
    first = _HEADING_ROW + 1
    until = last_row + _SPARE_ROWS
    letters = {name: get_column_letter(number) for number, name in enumerate(COLUMNS, start=1)}
    for name, choices, about in (
        ("status", STATUSES, f"Choose one of the words. For {NOT_APPLICABLE} write the reason into Note."),
        ("due_day", DUE_DAYS, "The day of notice by which it is wanted: 1 is the day of the call, 5 the last."),
    ):
        rule = DataValidation(
            type="list", formula1=f'"{",".join(map(str, choices))}"', allow_blank=True, showErrorMessage=True
        )
        rule.errorTitle, rule.error = COLUMNS[name], about
        rule.add(f"{letters[name]}{first}:{letters[name]}{until}")
        sheet.add_data_validation(rule)
    sheet.freeze_panes = f"{letters['kind']}{first}"
    sheet.auto_filter.ref = f"A{_HEADING_ROW}:{get_column_letter(columns)}{last_row}"
    set_up_print(sheet, width=1)
    sheet.print_title_rows = f"{_BAND_ROW}:{_HEADING_ROW}"
    sheet.print_area = f"A1:{get_column_letter(columns)}{last_row}"


def _alignment(name: str) -> Alignment:
    return copy(_TOP_CENTRED if name in _CENTRED else _TOP)


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color)


def _fill_asked(sheet: Worksheet, evidence: Evidence) -> None:
    """What Annex A asks for, item by item."""
    widths = (8, 34, 70, 60)
    rows: Iterable[tuple[str, ...]] = (
        (
            item.number,
            item.title,
            item.asked,
            "\n".join(f"{each.title}{' (if there is one)' if each.if_any else ''}" for each in item.documents),
        )
        for item in evidence.items
    )
    for number, (heading, width) in enumerate(
        zip(("Item", "Title", "What is asked", "Rows of the tracker"), widths, strict=True), start=1
    ):
        put_heading(sheet, 1, number, heading)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for at, texts in enumerate(rows, start=2):
        for number, text in enumerate(texts, start=1):
            cell = put(sheet, at, number, text)
            cell.font, cell.alignment, cell.border = _TEXT, _TOP, BOX
        sheet.row_dimensions[at].height = _height(zip(texts, widths, strict=True))
    sheet.freeze_panes = "A2"
    set_up_print(sheet, width=1)
    sheet.print_title_rows = "1:1"


HELP: Final[Mapping[str, Sequence[str]]] = {
    "What it is": (
        "A row for each document that Annex A asks for. The sheet What is asked has the request in plain words.",
        "Add rows of your own below, with the number of the item and no Document: they stay at the end of that item.",
        "A row that you delete comes back: what is not wanted is marked not applicable, with the reason in Note.",
    ),
    "Your columns": (
        "Owner: who provides the document.",
        "Due on day: the day of notice by which it is wanted. Day 1 is the day of the call.",
        "Day 5, which stands there at first, is the last working day before the inspection.",
        "Status: not started, requested, draft, ready, submitted, or not applicable (write the reason into Note).",
        "File: its name, as seen from the folder of this workbook. Several: one a line, or with semicolons between.",
        "File date: the date of the document. Several: one a line. For minutes: the dates of the meetings.",
        "Period from and Period to: what the document is about, where it is about a period.",
        "Note: yours; for a number, the figure, unless Checks has one that annexa worked out.",
        "You may move columns, and add your own. One heading that was changed by mistake is put right.",
    ),
    "What annexa writes": (
        "What it made itself fills its own row in: File, File date, Period, and Status where it is not started.",
        "Due, Due in and State: from Due on day and Status. Amber: two working days or fewer are left.",
        "Green: done is a row that is ready or submitted and has passed its checks.",
        "Checks of the files: each is there, opens, is not empty, asks for no password, and has a name of its own.",
        "Checks of the dates: none lies in the future or outside the look-back; no long gap between meetings.",
        "They are worked out when annexa runs, and not when you change a cell.",
    ),
    "Commands": (
        "annexa evidence init --inspection-date DATE --output tracker.xlsx: write this workbook, or renew it.",
        "annexa evidence status --tracker tracker.xlsx: what is ready, what is missing, and how long there is.",
        "annexa evidence collect --tracker tracker.xlsx --output FOLDER: copy what is ready into one numbered folder.",
    ),
}


def _fill_help(sheet: Worksheet) -> None:
    width = 120
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = width
    put(sheet, 1, 1, "How to use the tracker").font = font(size=18, color=INK)
    sheet.row_dimensions[1].height = 27
    row = 2
    for title, sentences in HELP.items():
        row += 1
        put(sheet, row, 1, title).font = font(size=13, color=INK)
        sheet.row_dimensions[row].height = 21
        for sentence in sentences:
            row += 1
            _paragraph(put(sheet, row, 1, sentence))
            sheet.row_dimensions[row].height = row_height([(sentence, width)]) + 3
    set_up_print(sheet, width=1)


def _paragraph(cell: Cell) -> None:
    cell.font, cell.alignment = _TEXT, _TOP


def write_audits(path: Place, audits: audited.Audits, inspection_date: date, window: tuple[date, date]) -> None:
    """Write the audited cases of 1.06: a summary, and a row an audit, by identifier.

    Args:
        path: the file; the caller writes beside the target and renames.
        audits: from evidence.audits.
        inspection_date: D.
        window: first and last day of the six months.

    Raises:
        OutputError: the file cannot be written.
    """
    facts: tuple[tuple[str, str | int | date], ...] = (
        ("Item", "1.06"),
        ("Inspection date", inspection_date),
        ("Audits from", window[0]),
        ("Audits to", window[1]),
    )
    lines = [*(("What there is", text) for text in audits.figures), *(("To look at", text) for text in audits.problems)]
    notes = () if audits.supplied else ("Not supplied: the extract has no table annexa_audits.",)
    front = FrontSheet(
        "Audited cases of the last six months", facts, ("Kind", "Remark"), tuple(lines), notes, "Summary"
    )
    frame = audits.frame.rename(dict(audited.COLUMNS))
    note = "" if audits.supplied else "Not supplied"
    sheet = Sheet("Audited_cases", "1.06: audited cases", frame, note=note)
    write_workbook(path, front, [sheet], (), inspection_date)
