"""Hold the figures of annexa's reports against the oracle's, figure by figure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from annexa.reports.build import build_report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.settings import ReportSettings
from annexa.workdays import WorkingDays
from tests.oracle import report_1_07, report_2_01, report_2_02, report_2_03, report_2_04, report_2_05
from tests.oracle.people import Run
from tests.support.build import build_from, raw_extract
from tests.support.reports import LISTS, Seen, _less

Sources = Mapping[str, list[dict[str, str | None]]]
ITEMS = {
    "1.07": report_1_07,
    "2.01": report_2_01,
    "2.02": report_2_02,
    "2.03": report_2_03,
    "2.04": report_2_04,
    "2.05": report_2_05,
}
NOT_SUPPLIED = "not supplied"
OPEN_ASSESSMENT = {"child in need (open assessment)": "child in need"}
# Heading of the table by team -> measure.
TEAM_COLUMNS = {
    "Established FTE": "established_fte",
    "In post, permanent: headcount": "in_post",
    "In post, permanent: FTE": "in_post_fte",
    "Qualified, permanent: headcount": "qualified_permanent",
    "Qualified, agency: headcount": "qualified_agency",
    "Vacant FTE": "vacant_fte",
    "Agency: headcount": "agency",
    "Agency: FTE": "agency_fte",
    "Leavers: FTE": "leavers_fte",
    "Starters: FTE": "starters_fte",
    "Workers holding cases": "holders",
    "Children held": "held",
}


@dataclass(frozen=True)
class Authority:
    """One extract, and how it is looked at: tables of rows of text, D, the day of the extract, and the edition.

    `absent` names columns that the source does not have ("table.column"), of tables that it has.
    """

    sources: Sources
    day: date
    edition: str
    extract_date: date | None = None
    absent: Collection[str] = ()

    def given(self) -> dict[str, list[dict[str, str | None]]]:
        """The tables without the columns that are absent."""
        gone = {tuple(each.split(".")) for each in self.absent}
        return {
            name: [{column: text for column, text in row.items() if (name, column) not in gone} for row in rows]
            for name, rows in self.sources.items()
        }


def seen_reports(authority: Authority, items: Collection[str] = tuple(ITEMS)) -> list[Seen]:
    """The reports that annexa builds."""
    absent = [each for each in authority.absent if each.partition(".")[0] in authority.sources]
    raw = _less(raw_extract(authority.given()), absent)
    day, extract_date = authority.day, authority.extract_date
    result = build_from(raw, inspection_date=day, edition=authority.edition, extract_date=extract_date, lists=LISTS)
    built = ReportRun(result.context, result.lists, WorkingDays(), ReportSettings())
    return [Seen(build_report(built, report_specs()[item]), built, result.findings) for item in items]


def oracle_run(authority: Authority) -> Run:
    """The run of the oracle over the same extract."""
    absent = frozenset(authority.absent)
    return Run.of(authority.given(), authority.day, authority.extract_date, authority.edition, absent=absent)


def differences(reports: Iterable[Seen], run: Run) -> list[str]:
    """Each difference between annexa's reports and the oracle's as one line; none where they agree."""
    found = []
    for seen in reports:
        item = seen.report.item
        expected = ITEMS[item].figures(run)
        if seen.report.supplied != bool(expected):
            found.append(f"{item}: supplied {seen.report.supplied}")
        elif expected:
            found += [line for key, value in expected.items() for line in _compare(seen, key, value)]
        if item == "1.07" and run.has("annexa_workers"):
            found += _teams(seen, report_1_07.by_team(run))
    return found


def report_differences(authority: Authority, items: Collection[str] = tuple(ITEMS)) -> list[str]:
    """The differences over one authority."""
    return differences(seen_reports(authority, items), oracle_run(authority))


def _compare(seen: Seen, key: str, value: Any) -> list[str]:
    kind, _, name = key.partition(" ") if " " in key else ("", "", key)
    if kind == "cells":
        sheet, _, heading = name.partition("/")
        rows = seen.rows(sheet)
        if not rows or heading not in rows[0]:
            return []  # the sheet's children are compared as "rows"; a heading that is missing says "not supplied"
        got: Any = {row["Child Unique ID"]: row[heading] for row in rows}
        got = {child: OPEN_ASSESSMENT.get(cell, cell) for child, cell in got.items()}
    elif kind == "rows":
        if name not in [sheet.key for sheet in seen.report.sheets]:
            return [] if not value else [f"{seen.report.item}: no sheet {name}"]
        got = seen.column(name, "Child Unique ID")
        value = sorted(value)
        got = sorted(got)
    elif kind == "grid":
        if name not in [table.grid.key for table in seen.report.tables]:
            return [f"{seen.report.item}: no table {name}"]
        got = _first_column(seen, name)
        value = {label: number for label, number in value.items() if number and got.get(label) != NOT_SUPPLIED}
        got = {label: number for label, number in got.items() if number and (label in value or number != NOT_SUPPLIED)}
    else:
        got = seen.figure(name)
        if isinstance(value, tuple) and isinstance(got, tuple):
            got = got[:2]
        elif isinstance(value, int | float) and isinstance(got, int | float) and abs(got - value) <= _slack(seen, name):
            got = value
    return [] if got == value else [f"{seen.report.item} {key}: got {got!r}, expected {value!r}"]


def _slack(seen: Seen, name: str) -> float:
    """Statistics are shown to one decimal, counts as they are."""
    (cell,) = [each.cell for each in seen.report.figures if each.key == name]
    return 0.0500001 if hasattr(cell, "shown") else 0


def _first_column(seen: Seen, name: str) -> dict[str, Any]:
    """Label -> number; the open assessments of children in need are put to these, as the specification has them."""
    grid = {label: list(cells.values())[-1 if name == "experience" else 0] for label, cells in seen.grid(name).items()}
    grid.pop("Total", None)
    for label, into in OPEN_ASSESSMENT.items():
        number = grid.pop(label, 0)
        if isinstance(number, int) and number:
            grid[into] += number
    if name == "by_service":
        for label in ("another service, as recorded", "no service supplied"):
            grid.pop(label)
    return grid


def _teams(seen: Seen, expected: dict[str, dict[str, Any]]) -> list[str]:
    got = seen.grid("teams")
    got.pop("Total", None)
    if sorted(got) != sorted(expected):
        return [f"1.07 teams: got {sorted(got)}, expected {sorted(expected)}"]
    return [
        f"1.07 {team}: {heading}: got {got[team][heading]}, expected {wanted}"
        for team, line in expected.items()
        for heading, name in TEAM_COLUMNS.items()
        if got[team].get(heading, NOT_SUPPLIED) != NOT_SUPPLIED
        and (wanted := line[name]) != got[team][heading]
        and not _near(got[team][heading], wanted)
    ]


def _near(got: Any, wanted: Any) -> bool:
    """Whether two numbers are the same to one decimal."""
    return all(isinstance(each, int | float) for each in (got, wanted)) and abs(got - wanted) <= 0.0500001
