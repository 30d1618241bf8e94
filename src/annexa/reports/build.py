"""From the function of a report and its file of words to the report: the same few lines for all eleven."""

from collections.abc import Iterable

import polars as pl

from annexa.reports import vocabulary  # noqa: F401  (importing it registers every report)
from annexa.reports.model import NOT_SUPPLIED, Cell, Content, Count, Figure, NumberTable, Report, RowSheet
from annexa.reports.run import REPORTS, ReportRun
from annexa.reports.spec import FigureSpec, ReportSpec, SheetSpec, report_specs
from annexa.settings import Term

UNSUPPLIED_HEADING = " (not supplied)"


def build_reports(run: ReportRun, items: Iterable[str] | None = None) -> list[Report]:
    """Build the reports, all or those of some items of Annex A, in the order of their items.

    A report for which the extract has none of the tables it starts from is there too, and says "not supplied".
    """
    wanted = None if items is None else set(items)
    return [build_report(run, spec) for item, spec in report_specs().items() if wanted is None or item in wanted]


def build_report(run: ReportRun, spec: ReportSpec) -> Report:
    """Build one report: its numbers and rows, with the words of its file."""
    supplied = any(run.has(record) for record in spec.starts)
    tables = run.context.tables
    used = tuple(tables[record].source for record in spec.inputs if run.has(record))
    missing = tuple(tables[record].source for record in spec.inputs if not run.has(record))
    content = REPORTS[spec.item](run) if supplied else Content(figures={})
    figures = tuple(
        Figure(
            each.key,
            each.label,
            content.definitions.get(each.key, each.definition),
            _value(run, each, content) if supplied else NOT_SUPPLIED,
        )
        for each in spec.figures
        if not each.unless or not all(map(run.supplies, each.unless))
    )
    return Report(
        item=spec.item,
        slug=spec.slug,
        title=spec.title,
        rule=spec.rule,
        reference=spec.reference,
        supplied=supplied,
        figures=figures,
        tables=_tables(run, spec, content),
        sheets=tuple(_sheet(run, each, content.sheets[each.key]) for each in spec.sheets if each.key in content.sheets),
        sums=tuple((total, tuple(parts)) for total, parts in content.sums),
        within=tuple(content.within),
        counted=tuple(content.counted),
        settings=tuple((name, _setting(getattr(run.settings, name))) for name in spec.settings),
        starts=tuple(tables[record].source for record in spec.starts),
        notes=(*content.notes, *spec.notes, *(f"To be confirmed with the authority: {text}" for text in spec.confirm)),
        used=used,
        missing=missing,
        excluded=tuple((reason, Count(number)) for reason, number in content.excluded.items() if number),
        headline=spec.headline,
        further=spec.further,
    )


def _setting(value: object) -> str:
    """Return a setting in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_setting(each) for each in value) or "not set"
    if isinstance(value, Term):
        return f"{value.start:%d/%m/%Y} to {value.end:%d/%m/%Y}"
    return "not set" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _value(run: ReportRun, spec: FigureSpec, content: Content) -> Cell:
    if not all(map(run.supplies, spec.needs)):
        return NOT_SUPPLIED
    return content.figures[spec.key]


def _tables(run: ReportRun, spec: ReportSpec, content: Content) -> tuple[NumberTable, ...]:
    words = {each.key: each for each in spec.grids}
    return tuple(
        NumberTable(words[grid.key].title, words[grid.key].heading, grid, words[grid.key].wide)
        for grid in content.grids
        if all(map(run.supplies, words[grid.key].needs))
    )


def _sheet(run: ReportRun, spec: SheetSpec, rows: pl.DataFrame) -> RowSheet:
    """Put the columns of a sheet under their headings; one whose input was not supplied is blank and says so."""
    shown = [each for each in spec.columns if run.settings.worker_names or not each.worker_name]
    columns = []
    for each in shown:
        if all(map(run.supplies, each.needs)):
            columns.append(rows[each.field].alias(each.heading))
        else:
            blank = pl.Series(each.heading + UNSUPPLIED_HEADING, [None], dtype=pl.String)
            columns.append(blank.new_from_index(0, rows.height))
    marked = (rows[spec.mark] == "Y").fill_null(value=False) if spec.mark else None
    return RowSheet(spec.key, spec.name, spec.title, pl.DataFrame(columns), marked)
