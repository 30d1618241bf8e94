"""Hold annexa's lists against the oracle's, cell by cell and reason by reason."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from annexa.records import RECORDS
from tests.oracle.people import Output, Run
from tests.support.build import COLUMNS, build

Sources = dict[str, list[dict[str, str | None]]]
Lists = Mapping[int, Callable[[Run], Output]]


def sources_of(frames: Mapping[str, Any]) -> Sources:
    """The frames of a sample as rows of text, with the tables and columns that annexa reads."""
    return {
        name: frame.select([c for c in COLUMNS[name] if c in frame.columns]).to_dicts()
        for name, frame in frames.items()
        if name in COLUMNS
    }


def differences(
    sources: Sources,
    lists: Lists,
    *,
    day: date,
    extract_date: date | None = None,
    edition: str = "ilacs-2019",
    only: Collection[int] | None = None,
    **options: Any,
) -> list[str]:
    """Each difference between annexa and the oracle as one line; none where they agree."""
    numbers = sorted(only or lists)
    result = build(sources, inspection_date=day, extract_date=extract_date, edition=edition, lists=numbers, **options)
    run = Run.of(sources, day, extract_date, edition, **options)
    found: list[str] = []
    for number in numbers:
        got = result.lists[number]
        if got.supplied:
            output = lists[number](run)
            found += _rows(number, got.frame.to_dicts(), output.rows)
            for record, account in got.accounts.items():
                table = RECORDS[record].meta.table
                reasons = dict(account.select("_row", "reason").iter_rows())
                found += _reasons(number, table, reasons, output.reasons[table])
    return found


def _rows(number: int, got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[str]:
    if got == expected:
        return []
    key = "Child Unique ID" if "Child Unique ID" in (expected or got)[0] else next(iter((expected or got)[0]))
    if len(got) != len(expected) or [r[key] for r in got] != [r[key] for r in expected]:
        one, other = [str(sorted(r.items(), key=str)) for r in got], [str(sorted(r.items(), key=str)) for r in expected]
        extra = [r for r, text in zip(got, one, strict=True) if text not in other]
        missing = [r for r, text in zip(expected, other, strict=True) if text not in one]
        if not extra and not missing:
            return [f"List {number}: order of rows: {[r[key] for r in got]} / {[r[key] for r in expected]}"]
        return [
            *(f"List {number}: got {_short(r)}" for r in extra),
            *(f"List {number}: expected {_short(r)}" for r in missing),
        ]
    lines = []
    for row, wanted in zip(got, expected, strict=True):
        if list(row) != list(wanted):
            return [f"List {number}: headings {list(row)} / {list(wanted)}"]
        lines += [
            f"List {number}: {wanted[key]}: {heading}: got {row[heading]!r}, expected {wanted[heading]!r}"
            for heading in wanted
            if row[heading] != wanted[heading]
        ]
    return lines


def _short(row: dict[str, Any]) -> str:
    cells = [str(v) if isinstance(v, date) else v for k, v in row.items() if k not in ("Gender", "Ethnicity")]
    return " | ".join("" if cell is None else str(cell) for cell in cells)


def _reasons(number: int, table: str, got: dict[int, Any], expected: dict[int, Any]) -> list[str]:
    rows = sorted(got.keys() | expected.keys())
    return [
        f"List {number}: {table} row {row}: reason got {got.get(row, '?')}, expected {expected.get(row, '?')}"
        for row in rows
        if got.get(row, "?") != expected.get(row, "?")
    ]
