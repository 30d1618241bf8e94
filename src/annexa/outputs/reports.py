"""The files of a report: a workbook, and on request CSV and JSON, all with the same numbers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import polars as pl

from annexa.outputs.contents import Content, Page, PageTable, Sheet
from annexa.outputs.files import write_csv
from annexa.outputs.rows import cut_long_text
from annexa.outputs.sealing import Place
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import write_workbook
from annexa.reports.model import (
    Cell,
    Count,
    Figure,
    Grid,
    HiddenShare,
    Mark,
    NumberTable,
    Report,
    RowSheet,
    Share,
    Stat,
    one_decimal,
)

FOLDER: Final = "reports"
FORMATS: Final = ("csv", "json")
NOT_SUPPLIED: Final = Mark.NOT_SUPPLIED.value
HIDDEN: Final = Mark.SUPPRESSED.value

_FIGURE_HEADINGS: Final = ("Number", "Value", "Numerator", "Denominator", "Rate (%)", "Definition used")


def write_reports(
    stage: Stage,
    reports: Sequence[Report],
    day: date,
    edition: str,
    authority: str,
    formats: Sequence[str] = (),
    folder: str = FOLDER,
) -> dict[str, str]:
    """Write every report into a folder of the stage.

    Args:
        stage: the change of the output folder.
        reports: as they are to be written, suppressed or not.
        day: D.
        edition: title of the edition.
        authority: its name, or "".
        formats: "csv" and "json", beside the workbook; neither is written under a password, as the workbook has it all.
        folder: below the output folder, or "" for the output folder itself.

    Returns:
        Item -> name of its workbook, below the output folder.
    """
    names = {}
    for report in reports:
        base = f"{folder}/{report.name}" if folder else report.name
        names[report.item] = f"{base}.xlsx"
        write_report(stage.workbook(names[report.item]), report, day, edition, authority)
        if stage.sealed:
            continue
        if "json" in formats:
            text = json.dumps(document(report, day, edition), indent=2, ensure_ascii=False) + "\n"
            stage.path(f"{base}.json").write_text(text, encoding="utf-8", newline="\n")
        if "csv" in formats:
            write_csv(stage.path(f"{base}.csv"), figures_frame(report))
            for key, frame in frames(report):
                write_csv(stage.path(f"{base}.{key}.csv"), frame)
    return names


def write_report(path: Place, report: Report, day: date, edition: str, authority: str) -> None:
    """Write the workbook of a report: Summary, its tables, its rows, Notes."""
    facts: list[tuple[str, Content]] = [
        ("Authority", authority or "not given"),
        ("Item of Annex A", report.item),
        ("Inspection date", day),
        ("Edition", edition),
    ]
    if not report.supplied:
        facts.append(("State", f"{NOT_SUPPLIED}: the extract has no {' or '.join(report.starts)}"))
    facts.append(("Who is counted", report.rule))
    if report.excluded:
        text = "; ".join(f"{_word(cell)} ({reason})" for reason, cell in report.excluded)
        facts.append(("Rows in no number", text))
    figures = PageTable("", _FIGURE_HEADINGS, tuple(_line(each) for each in report.figures))
    summary = Page("Summary", f"{report.item} {report.title}", tuple(facts), (figures,))
    wide = [_wide_sheet(each) for each in report.tables if each.wide]
    small = tuple(_page_table(each) for each in report.tables if not each.wide)
    tables = [Page("Tables", f"{report.item} {report.title}: tables", tables=small)] if small else []
    sheets = [*wide, *(_row_sheet(each) for each in report.sheets)]
    write_workbook(path, summary, sheets, (), day, [*tables, _notes(report)])


def _notes(report: Report) -> Page:
    inputs: list[tuple[str, Content]] = [
        ("Source", report.reference),
        ("Inputs used", ", ".join(report.used) or "none"),
        ("Not supplied", ", ".join(report.missing) or "nothing is missing"),
        *((f"Setting {name}", value) for name, value in report.settings),
    ]
    return Page("Notes", f"{report.item} {report.title}: notes", tuple(inputs), notes=(*report.counted, *report.notes))


def _line(figure: Figure) -> tuple[Content, ...]:
    return (figure.label, *_parts(figure.cell), figure.definition)


def _parts(cell: Cell) -> tuple[Content, Content, Content, Content]:
    """Return value, numerator, denominator and rate of a cell, as they are shown."""
    match cell:
        case Count():
            return cell.value, None, None, None
        case Share():
            return None, cell.part.value, cell.whole.value, cell.rate
        case HiddenShare():
            part = HIDDEN if cell.part is None else cell.part
            return None, part, HIDDEN if cell.whole is None else cell.whole, HIDDEN
        case Stat() if cell.unit == "%":
            return None, one_decimal(cell.part), one_decimal(cell.whole), cell.shown
        case Stat():
            return cell.shown, None, None, None
        case Mark():
            return cell.value, None, None, None
        case _:
            return cell, None, None, None


def simple(cell: Cell) -> Content:
    """Return a cell of a table as one value: of a share its rate."""
    value, _, _, rate = _parts(cell)
    return rate if isinstance(cell, Share | HiddenShare) or (isinstance(cell, Stat) and cell.unit == "%") else value


def _word(cell: Cell) -> str:
    value = simple(cell)
    return "" if value is None else str(value)


def in_words(figure: Figure) -> str:
    """Return a figure as a text, for the index, the tracker and the terminal: "12", "3 of 12 (25.0%)", "10.5 days"."""
    match figure.cell:
        case Share() as share:
            rate = "" if share.rate is None else f" ({share.rate:.1f}%)"
            return f"{share.part.value:,} of {share.whole.value:,}{rate}"
        case HiddenShare() as share:
            return f"{HIDDEN if share.part is None else share.part} of {HIDDEN if share.whole is None else share.whole}"
        case Stat() as stat:
            return (
                "no figure (nothing to work it out from)"
                if stat.shown is None
                else f"{stat.shown:.1f}{'' if stat.unit == '%' else ' '}{stat.unit}"
            )
        case Count() as count:
            return f"{count.value:,}"
        case cell:
            return _word(cell)


def _page_table(table: NumberTable) -> PageTable:
    grid = table.grid
    lines = [*grid.rows, *([("Total", grid.total)] if grid.total else [])]
    return PageTable(
        table.title,
        (table.heading, *grid.columns),
        tuple((label, *(simple(cell) for cell in cells)) for label, cells in lines),
    )


def _wide_sheet(table: NumberTable) -> Sheet:
    frame, texts = _grid_frames(table)
    return Sheet(_sheet_name(table.title), table.title, frame, texts=texts)


def _sheet_name(title: str) -> str:
    """Return a title as a sheet can be named: 31 characters, and none that Excel refuses."""
    return "".join(each for each in title if each not in r"[]:*?/\'")[:31].strip()


def _grid_frames(table: NumberTable) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a grid as numbers, and the words that stand in place of some of them."""
    content = _page_table(table)
    columns: dict[str, pl.Series] = {content.headings[0]: pl.Series([str(row[0]) for row in content.rows])}
    texts: dict[str, list[str | None]] = {}
    for position, heading in enumerate(content.headings[1:], start=1):
        cells = [row[position] for row in content.rows]
        numbers = [cell if isinstance(cell, int | float) else None for cell in cells]
        whole = all(isinstance(cell, int) for cell in cells if not isinstance(cell, str) and cell is not None)
        columns[heading] = pl.Series(numbers, dtype=pl.Int64 if whole else pl.Float64)
        texts[heading] = [cell if isinstance(cell, str) else None for cell in cells]
    frame = pl.DataFrame([series.alias(heading) for heading, series in columns.items()])
    return frame, pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))


def _row_sheet(sheet: RowSheet) -> Sheet:
    frame, _ = cut_long_text(sheet.frame)
    note = "" if frame.height else "No rows."
    return Sheet(sheet.name, sheet.title, frame, note=note, marked=sheet.marked)


# --- for programs ---


def document(report: Report, day: date, edition: str) -> dict[str, Any]:
    """Return a report as JSON holds it; dates as ISO texts."""
    return {
        "item": report.item,
        "title": report.title,
        "inspection_date": day.isoformat(),
        "edition": edition,
        "state": "built" if report.supplied else NOT_SUPPLIED,
        "suppressed": report.suppressed,
        "rule": report.rule,
        "figures": [
            {"key": each.key, "label": each.label, **_fields(each.cell), "definition": each.definition}
            for each in report.figures
        ],
        "tables": [
            {"key": each.grid.key, "title": each.title, "headings": list(table.headings), "rows": list(table.rows)}
            for each in report.tables
            for table in [_page_table(each)]
        ],
        "sheets": [
            {
                "key": each.key,
                "title": each.title,
                "headings": each.frame.columns,
                "rows": [
                    [cell.isoformat() if isinstance(cell, date) else cell for cell in row]
                    for row in each.frame.iter_rows()
                ],
            }
            for each in report.sheets
        ],
        "rows_in_no_number": {reason: simple(cell) for reason, cell in report.excluded},
        "inputs_used": list(report.used),
        "inputs_not_supplied": list(report.missing),
        "settings": dict(report.settings),
        "notes": [*report.counted, *report.notes],
    }


def summary(report: Report, day: date, edition: str) -> dict[str, Any]:
    """Return a report as JSON for the terminal: without rows of children or workers, and without texts of the source.

    Such a text may say anything of a child: a line of which it is the label is known by its place.
    """
    tables = tuple(replace(each, grid=replace(each.grid, rows=tuple(_untold(each.grid)))) for each in report.tables)
    return document(replace(report, tables=tables, sheets=()), day, edition)


def _untold(grid: Grid) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    return ((grid.label(row, texts=False), cells) for row, (_, cells) in enumerate(grid.rows))


def _fields(cell: Cell) -> dict[str, Content]:
    value, part, whole, rate = _parts(cell)
    fields: dict[str, Content] = {"value": value, "numerator": part, "denominator": whole, "rate": rate}
    if isinstance(cell, Stat):
        fields["unit"] = cell.unit
    return {name: each for name, each in fields.items() if each is not None} or {"value": None}


def figures_frame(report: Report) -> pl.DataFrame:
    """Return the figures of a report as text columns: item, key, label, value, numerator, denominator, rate, ..."""
    rows = [
        {
            "item": report.item,
            "key": each.key,
            "label": each.label,
            **{
                name: None if cell is None else str(cell)
                for name, cell in zip(("value", "numerator", "denominator", "rate"), _parts(each.cell), strict=True)
            },
            "definition": each.definition,
        }
        for each in report.figures
    ]
    names = ("item", "key", "label", "value", "numerator", "denominator", "rate", "definition")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def frames(report: Report) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables and the rows of a report as frames, by their keys."""
    for table in report.tables:
        content = _page_table(table)
        cells = [[None if cell is None else str(cell) for cell in row] for row in content.rows]
        yield table.grid.key, pl.DataFrame(cells, schema=dict.fromkeys(content.headings, pl.String), orient="row")
    for sheet in report.sheets:
        yield sheet.key, sheet.frame
