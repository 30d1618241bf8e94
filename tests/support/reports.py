"""Build a report from drawn tables, and read its numbers and rows back as plain values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from annexa.extract.read import RawExtract, RawTable
from annexa.reports.build import build_report
from annexa.reports.model import Count, Mark, Report, Share, Stat
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.settings import ReportSettings
from annexa.workdays import WorkingDays
from tests.support.build import build_from, raw_extract

LISTS = (6, 7, 8, 9)


def drawn(text: str) -> dict[str, list[dict[str, str]]]:
    """Read tables drawn as text: the table's name on a line, its columns between bars on the next, then its rows.

    Tables are divided by a blank line. A table without rows is supplied and empty.
    """
    tables = {}
    for block in text.strip().split("\n\n"):
        name, columns, *rows = [line.strip() for line in block.strip().splitlines()]
        headings = [cell.strip() for cell in columns.split("|")]
        assert name not in tables, f"{name} is drawn twice"
        tables[name] = []
        for row in rows:
            cells = [cell.strip() for cell in row.split("|")]
            assert len(cells) == len(headings), f"{name}: {row}"
            tables[name].append(dict(zip(headings, cells, strict=True)))
    return tables


@dataclass(frozen=True)
class Seen:
    """A report as plain values."""

    report: Report
    run: ReportRun
    findings: pl.DataFrame

    def figure(self, key: str):
        """A count as int, a share as (numerator, denominator, rate), a statistic as float; or its words."""
        (cell,) = [each.cell for each in self.report.figures if each.key == key]
        return plain(cell)

    @property
    def shown(self) -> list[str]:
        """The figures that are shown."""
        return [each.key for each in self.report.figures]

    def excluded(self) -> dict[str, int]:
        """Reason -> rows of the input that are in no number."""
        return {reason: plain(cell) for reason, cell in self.report.excluded}

    def rows(self, key: str) -> list[dict[str, object]]:
        """The rows of a sheet by heading."""
        (sheet,) = [each for each in self.report.sheets if each.key == key]
        return sheet.frame.to_dicts()

    def column(self, key: str, heading: str) -> list:
        """One column of a sheet."""
        return [row[heading] for row in self.rows(key)]

    def grid(self, key: str) -> dict[str, dict[str, object]]:
        """A grid as label -> heading -> value; its total under "Total"."""
        (grid,) = [each.grid for each in self.report.tables if each.grid.key == key]
        lines = [*grid.rows, *([("Total", grid.total)] if grid.total else [])]
        return {label: dict(zip(grid.columns, map(plain, cells), strict=True)) for label, cells in lines}


def plain(cell):
    """A cell as a test compares it."""
    match cell:
        case Count():
            return cell.value
        case Share():
            return (cell.part.value, cell.whole.value, cell.rate)
        case Stat():
            return cell.shown
        case Mark():
            return cell.value
        case _:
            return cell


def see(
    item: str,
    tables: str | Mapping[str, Sequence[Mapping[str, str]]],
    *,
    day: str = "2018-06-04",
    edition: str = "ilacs-2018",
    without: Sequence[str] = (),
    extract_date: str | None = None,
    **settings: object,
) -> Seen:
    """Build one report; for the same arguments it is built once.

    Args:
        item: such as "2.02".
        tables: drawn tables, or rows by table and column; ssd_person is added, empty, where it is not there.
        day: D.
        edition: name of the edition.
        without: "table.column" of columns that the source does not have.
        extract_date: the day of the extract.
        settings: entries of annexa.settings.ReportSettings.
    """
    given = drawn(tables) if isinstance(tables, str) else tables
    return _seen(json.dumps([item, given, day, edition, list(without), extract_date, settings], default=str))


# Tests look at one authority from several sides.
@lru_cache(maxsize=64)
def _seen(arguments: str) -> Seen:
    item, given, day, edition, without, extract_date, settings = json.loads(arguments)
    raw = _less(raw_extract({"ssd_person": [], **given}), without)
    result = build_from(raw, inspection_date=day, edition=edition, extract_date=extract_date, lists=LISTS)
    run = ReportRun(result.context, result.lists, WorkingDays(), ReportSettings.model_validate(settings))
    report = build_report(run, report_specs()[item])
    return Seen(report, run, result.context.findings.frame())


def _less(raw: RawExtract, without: Sequence[str]) -> RawExtract:
    tables = dict(raw.tables)
    for each in without:
        name, _, column = each.partition(".")
        table = tables[name]
        kept = tuple(found for found in table.columns_found if found != column)
        assert len(kept) < len(table.columns_found), f"{name} has no column {column}"
        tables[name] = RawTable(name, table.file, table.frame.drop(column), kept)
    return RawExtract(tables, raw.unknown, raw.inputs)
