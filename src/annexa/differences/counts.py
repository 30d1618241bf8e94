"""Two runs of the history of which one's output is gone: what their manifests and keyed hashes tell, in counts."""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from annexa.differences.compare import notes
from annexa.differences.model import CELLS, CHECKS, FINDINGS, MOVES, ROWS, Differences, ListCounts, Side
from annexa.outputs.manifest import ListEntry, Manifest

_KEY: Final = ["list", "row_key"]
_WAYS: Final = ("joined", "left", "added", "removed", "changed")
_COUNTS: Final = "Counts alone are compared: the output of a run is no longer there as it was written."
_HASHES: Final = "Rows of runs with another secret cannot be told apart: the number of rows alone is compared."


@dataclass(frozen=True)
class Past:
    """One run as the history has it.

    Args:
        side: what is told of it; its lists are empty.
        manifest: what it read, counted and wrote.
        rows: list, child_key, row_key, row_hash; None where the history has none that can be compared.
    """

    side: Side
    manifest: Manifest
    rows: pl.DataFrame | None


def compare_counts(before: Past, after: Past) -> Differences:
    """Compare two runs by their counts; nobody can be named, and no cell."""
    entries = [{each.number: each for each in past.manifest.lists} for past in (before, after)]
    numbers = sorted({*entries[0], *entries[1]})
    moved = None if before.rows is None or after.rows is None else _moved(before.rows, after.rows)
    lists = tuple(_list(number, entries[0].get(number), entries[1].get(number), moved) for number in numbers)
    if before.side.edition.name != after.side.edition.name:
        # The hash of a row is one of its headings and labels too.
        lists = tuple(replace(each, changed=None) for each in lists)
    return Differences(
        lists=lists,
        moves=pl.DataFrame(schema=MOVES),
        rows=pl.DataFrame(schema=ROWS),
        cells=pl.DataFrame(schema=CELLS),
        findings=pl.DataFrame(schema=FINDINGS),
        checks=_checks(before, after),
        notes=(_COUNTS, *([] if moved else [_HASHES]), *notes(before.side, after.side)),
        detailed=False,
    )


def _list(
    number: int, one: ListEntry | None, two: ListEntry | None, moved: dict[str, dict[int, int]] | None
) -> ListCounts:
    title = next(each.title for each in (two, one) if each).partition(": ")[2]
    rows = one.rows if one else None, two.rows if two else None
    children = one.children if one else None, two.children if two else None
    if moved is None or None in rows:
        remark = "not on both sides" if None in rows else ""
        return ListCounts(number, title, rows, children, remark=remark)
    joined, left, added, removed, changed = (moved[name].get(number, 0) for name in _WAYS)
    return ListCounts(number, title, rows, children, joined, left, added, removed, changed)


def _moved(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, dict[int, int]]:
    """Return for each of _WAYS: number of a list -> count."""

    def alone(one: pl.DataFrame, two: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        return one.join(two, on=keys, how="anti")

    child = ["list", "child_key"]
    people = [rows.select(child).unique() for rows in (before, after)]
    both = people[0].join(people[1], on=child)
    pairs = before.join(after, on=_KEY, suffix="_after")
    found = {
        "joined": alone(people[1], people[0], child),
        "left": alone(people[0], people[1], child),
        "added": alone(after, before, _KEY).join(both, on=child),
        "removed": alone(before, after, _KEY).join(both, on=child),
        "changed": pairs.filter(pl.col("row_hash") != pl.col("row_hash_after")),
    }
    return {name: dict(rows.group_by("list").len().iter_rows()) for name, rows in found.items()}


def _checks(before: Past, after: Past) -> pl.DataFrame:
    """Return the findings of both in counts; a check that did not run has none, and not zero."""
    found = [(past.manifest.findings.by_check, past.side.ran) for past in (before, after)]
    rows = [
        (check, *(counts.get(check, 0 if ran is None or check in ran else None) for counts, ran in found), None, None)
        for check in sorted({*found[0][0], *found[1][0]})
    ]
    return pl.DataFrame(rows, schema=CHECKS, orient="row")
