"""Hold the figures of annexa's reports 3.07 to 3.11 against the oracle's, figure by figure and table by table."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from annexa.records import RECORDS
from annexa.reports.build import build_report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.settings import ReportSettings
from annexa.workdays import WorkingDays
from tests.oracle import report_3_07, report_3_08, report_3_09, report_3_10, report_3_11
from tests.oracle.people import Run
from tests.support.build import build_from, raw_extract
from tests.support.reports import LISTS, Seen, _less

Sources = Mapping[str, list[dict[str, str | None]]]
ITEMS = {"3.07": report_3_07, "3.08": report_3_08, "3.09": report_3_09, "3.10": report_3_10, "3.11": report_3_11}
ALONE = ("3.09", "3.10", "3.11")  # reports with one table that they cannot do without
NOT_SUPPLIED = "not supplied"


def report_differences(
    sources: Sources,
    *,
    day: date,
    edition: str,
    extract_date: date | None = None,
    absent: Collection[str] = (),
    terms: Collection[tuple[date, date]] = (),
    items: Collection[str] = tuple(ITEMS),
    oracle_sources: Sources | None = None,
) -> list[str]:
    """Each difference between annexa's reports and the oracle's as one line; none where they agree.

    Args:
        sources: tables of rows of text.
        day: D.
        edition: name of the edition.
        extract_date: the day of the extract.
        absent: "table.column" of columns that the source does not have.
        terms: first and last day of school terms.
        items: the reports to compare.
        oracle_sources: what the oracle reads in place of `sources`: to see that a difference is seen.
    """
    absent = [each for each in absent if each.partition(".")[0] in sources]
    given = {
        name: [{c: v for c, v in row.items() if f"{name}.{c}" not in absent} for row in rows]
        for name, rows in sources.items()
    }
    raw = _less(raw_extract(given), absent)
    result = build_from(raw, inspection_date=day, edition=edition, extract_date=extract_date, lists=LISTS)
    settings = ReportSettings.model_validate({"terms": [{"start": start, "end": end} for start, end in terms]})
    built = ReportRun(result.context, result.lists, WorkingDays(), settings)
    read = dict(oracle_sources or given)
    run = Run.of(read, day, extract_date, edition, absent=frozenset(absent), terms=terms, texts=read)
    lacking: dict[str, list] = {record.meta.table: [] for record in RECORDS.values() if record.meta.table not in read}
    everything = None
    if absent or lacking:
        everything = Run.of({**read, **lacking}, day, extract_date, edition, terms=terms, texts=read)
    found = []
    for item in items:
        seen = Seen(build_report(built, report_specs()[item]), built, result.findings)
        expected = ITEMS[item].figures(run)
        if item in ALONE and seen.report.supplied != bool(expected):
            found.append(f"{item}: supplied {seen.report.supplied}")
        elif seen.report.supplied:
            found += [f"{item} {line}" for key, value in expected.items() for line in _compare(seen, key, value)]
            wanting = (ITEMS[item].figures(everything).keys() - expected.keys()) if everything else ()
            found += [f"{item} {line}" for key in sorted(wanting) if " " not in key for line in _silent(seen, key)]
    return found


def _silent(seen: Seen, key: str) -> list[str]:
    """A number of which the input is not supplied is none, and never zero."""
    shown = [each.key for each in seen.report.figures]
    got = seen.figure(key) if key in shown else NOT_SUPPLIED
    return [] if got == NOT_SUPPLIED else [f"{key}: got {got!r}, expected {NOT_SUPPLIED}"]


def _compare(seen: Seen, key: str, value: Any) -> list[str]:
    kind, _, name = key.rpartition(" ")
    if kind == "rows":
        got = set(seen.column(name, "Child Unique ID"))
        return (
            [] if got == value else [f"{key}: only annexa {sorted(got - value)}, only the oracle {sorted(value - got)}"]
        )
    if kind == "open":
        rows = [row for row in seen.rows("cases") if row["Stage"] != "ended"]
        stages = {"pre-proceedings": "pre", "in proceedings": "in"}
        cases = {(row["Family ID"], row["Child Unique ID"], stages[row["Stage"]]) for row in rows}
        return [] if cases == value else [f"{key}: only annexa {cases - value}, only the oracle {value - cases}"]
    if kind == "not shown":  # but in a table
        return []
    if kind == "grid":
        return _table(seen, name, value)
    shown = [each.key for each in seen.report.figures]
    got = seen.figure(name) if name in shown else "no such figure"
    return [] if same(got, value) else [f"{key}: got {got!r}, expected {value!r}"]


def _table(seen: Seen, name: str, lines: dict[str, dict[str, Any]]) -> list[str]:
    if name not in [table.grid.key for table in seen.report.tables]:
        return [f"grid {name}: not there, expected {lines}"] if lines else []
    got = seen.grid(name)
    headings = {heading for line in lines.values() for heading in line}
    found = []
    for label in sorted({*lines, *(got.keys() - {"Total"})}):
        for heading in headings:
            cell, value = got.get(label, {}).get(heading), lines.get(label, {}).get(heading)
            if cell != NOT_SUPPLIED and not same(cell, value):
                found.append(f"grid {name}: {label}: {heading}: got {cell!r}, expected {value!r}")
    return found


def same(got: Any, expected: Any) -> bool:
    """Whether a printed number is the expected one: shares by part and whole, other numbers to one decimal."""
    if isinstance(got, tuple):
        part, whole, rate = got
        shown = rate is None or (whole > 0 and abs(rate - 100 * part / whole) <= 0.0500001)
        return shown and (part, whole) == (expected or (0, 0))
    if isinstance(got, float) and isinstance(expected, int | float):
        return abs(got - expected) <= 0.0500001
    return (got or None) == (expected or None)
