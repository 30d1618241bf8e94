"""The comparison of two sides: lists, children, rows, cells and findings."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from annexa.checks.gate import SAME
from annexa.differences.matching import AFTER, BEFORE, Matched, differing, match
from annexa.differences.model import (
    ADDED,
    ADDED_FINDING,
    CELLS,
    CHECKS,
    FINDINGS,
    GONE_FINDING,
    JOINED,
    LEFT,
    MOVES,
    REMOVED,
    ROWS,
    Differences,
    ListCounts,
    ListTable,
    Side,
)
from annexa.differences.rules import match_levels
from annexa.differences.why import moves
from annexa.filled.kinds import key_headings, person_heading
from annexa.filled.model import FilledList

_TURN: Final = "_turn"


def list_table(filled: FilledList) -> ListTable:
    """Return a list that was read from a workbook as it is compared."""
    left = [(str(part["heading"][0]), part) for part in filled.left.partition_by("heading", maintain_order=True)]

    def as_text(frame: pl.DataFrame) -> pl.DataFrame:
        texts = frame.select(pl.all().cast(pl.String))
        put = [texts[heading].clone().scatter(part["row"], part["text"]) for heading, part in left]
        return texts.with_columns(put)

    dates = filled.frame.select(pl.col(pl.Date))
    return ListTable(filled.spec, as_text(filled.codes), as_text(filled.frame), dates)


def compare(before: Side, after: Side) -> Differences:
    """Compare two sides.

    Args:
        before: the first, by rights the earlier one.
        after: the second.
    """
    parts = [_compare_list(number, before, after) for number in sorted({*before.edition.lists, *after.edition.lists})]
    counts, moved, rows, cells = zip(*parts, strict=True)
    findings, checks = _findings(before.findings, after.findings)
    return Differences(
        lists=counts,
        moves=pl.concat(moved).sort("list", "change", "child"),
        rows=pl.concat(rows).sort("list", "change", "child", "date", nulls_last=True),
        cells=pl.concat(cells).sort("list", "child", "date", nulls_last=True, maintain_order=True),
        findings=findings,
        checks=checks,
        notes=tuple(_notes(before, after)),
    )


_Part = tuple[ListCounts, pl.DataFrame, pl.DataFrame, pl.DataFrame]


def _compare_list(number: int, before: Side, after: Side) -> _Part:
    nothing = pl.DataFrame(schema=MOVES), pl.DataFrame(schema=ROWS), pl.DataFrame(schema=CELLS)
    tables = [side.lists.get(number) for side in (before, after)]
    edition = after.edition if number in after.edition.lists else before.edition
    title = edition.lists[number].title.partition(": ")[2]
    rows = _pair([each.values.height if each else None for each in tables])
    children = _pair([_people(each).len() if each else None for each in tables])
    one, two = tables
    if one is None or two is None:
        why = [f"not on the {which} side: {side.missing.get(number, 'it has no such list')}"
               for which, side, table in zip(("first", "second"), (before, after), tables, strict=True)
               if table is None]  # fmt: skip
        return ListCounts(number, title, rows, children, remark="; ".join(why)), *nothing
    moved = moves(number, before, after)
    matched, common = _matched(one, two)
    of_both = set(_people(one)) & set(_people(two))
    changed_rows = _rows(number, one, two, matched, of_both)
    cells = _cells(number, one, two, matched, common)
    in_both = dict(changed_rows.group_by("change").len().iter_rows())
    ways = dict(moved.group_by("change").len().iter_rows())
    counts = ListCounts(
        number, title, rows, children,
        joined=ways.get(JOINED, 0), left=ways.get(LEFT, 0),
        added=in_both.get(ADDED, 0), removed=in_both.get(REMOVED, 0),
        changed=matched.changed.height, cells=cells.height, remark=_remark(one, two),
    )  # fmt: skip
    return counts, moved, changed_rows, cells


def _pair(values: Sequence[int | None]) -> tuple[int | None, int | None]:
    return values[0], values[1]


def _people(table: ListTable) -> pl.Series:
    return table.values[person_heading(table.spec)].drop_nulls().unique()


def _matched(one: ListTable, two: ListTable) -> tuple[Matched, list[str]]:
    """Pair the rows of two tables by the columns that both have."""
    common = [heading for heading in two.values.columns if heading in one.values.columns]
    levels = [kept for keys in match_levels(two.spec) if (kept := [each for each in keys if each in common])]
    return match(one.values.select(common), two.values.select(common), levels), common


def _remark(one: ListTable, two: ListTable) -> str:
    """Say which columns one side alone has, and so were not compared."""
    parts = []
    for which, mine, others in (("first", one, two), ("second", two, one)):
        alone = [heading.strip() for heading in mine.values.columns if heading not in others.values.columns]
        if alone:
            parts.append(f"on the {which} side alone, and not compared: {', '.join(alone)}")
    return "; ".join(parts)


def _places(table: ListTable) -> pl.DataFrame:
    """Return child and main date of each row, as they stand; a list with one row a person has its first entry."""
    spec = table.spec
    name = spec.sort[0].removesuffix(" desc")
    main = next((each.heading for each in spec.columns if name in (each.field, each.derive)), None)
    shown = main in table.values.columns and main not in key_headings(spec)[:1]
    date = pl.col(main) if shown and main else pl.lit(None, dtype=pl.String)
    return table.values.select(pl.col(person_heading(spec)).alias("child"), date.alias("date"))


def _rows(number: int, one: ListTable, two: ListTable, matched: Matched, of_both: set[str]) -> pl.DataFrame:
    """Return the rows that one side alone has, of children on both; rows of nobody are among them."""
    parts = [
        _places(table)[positions]
        .filter(pl.col("child").is_null() | pl.col("child").is_in(sorted(of_both)))
        .select(pl.lit(number, dtype=pl.Int64).alias("list"), "child", "date", pl.lit(change).alias("change"))
        for change, table, positions in ((ADDED, two, matched.added), (REMOVED, one, matched.removed))
    ]
    return pl.concat(parts)


def _cells(number: int, one: ListTable, two: ListTable, matched: Matched, common: Sequence[str]) -> pl.DataFrame:
    places = _places(two)
    parts = [pl.DataFrame(schema=CELLS)]
    for heading, pairs in differing(matched, one.values.select(common), two.values.select(common)):
        cells = places[pairs[AFTER]].select(
            pl.lit(number, dtype=pl.Int64).alias("list"),
            "child",
            "date",
            pl.lit(heading).alias("column"),
            one.shown[heading].gather(pairs[BEFORE]).alias("before"),
            two.shown[heading].gather(pairs[AFTER]).alias("after"),
        )
        # Of several rows of a child the order is that of their contents, never that of the sheet.
        parts.append(cells.sort("child", "date", "before", "after", nulls_last=True))
    return pl.concat(parts)


def _findings(before: pl.DataFrame | None, after: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the findings that one side alone has, and all of them in counts; the same finding twice is two."""
    if before is None or after is None:
        return pl.DataFrame(schema=FINDINGS), None
    one, two = (_numbered(each) for each in (before, after))
    key = [*SAME, _TURN]
    parts = [
        mine.join(others, on=key, how="anti", nulls_equal=True).with_columns(pl.lit(change).alias("change"))
        for change, mine, others in ((ADDED_FINDING, two, one), (GONE_FINDING, one, two))
    ]
    found = pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())
    ordered = found.sort("change", "check", "list", "child", "event", "column", "message", "value", nulls_last=True)
    sides = {"before": before, "after": after, "new": found.filter(pl.col("change") == ADDED_FINDING)}
    return ordered, checks_of({**sides, "gone": found.filter(pl.col("change") == GONE_FINDING)})


def checks_of(findings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Count findings by check (columns of CHECKS).

    Args:
        findings: name of a column of counts -> rows with `check`.
    """
    counted = [
        rows.select("check", pl.lit(name).alias("what"), pl.lit(1, dtype=pl.Int64).alias("one"))
        for name, rows in findings.items()
    ]
    table = pl.concat(counted).pivot("what", index="check", values="one", aggregate_function="sum")
    absent = [pl.lit(0, dtype=pl.Int64).alias(name) for name in CHECKS if name not in table.columns]
    counts = [name for name in CHECKS if name != "check"]
    return table.with_columns(absent).with_columns(pl.col(counts).fill_null(0)).select(list(CHECKS)).sort("check")


def _numbered(findings: pl.DataFrame) -> pl.DataFrame:
    ordered = findings.sort(*SAME, "message", "value", nulls_last=True)
    return ordered.with_columns(pl.int_range(pl.len()).over(SAME).alias(_TURN))


def _notes(before: Side, after: Side) -> list[str]:
    notes = []
    if before.edition.name != after.edition.name:
        notes.append(
            f"The editions differ ({before.edition.name}, {after.edition.name}): what both have is compared, no more."
        )
    one, two = before.known, after.known
    if one and two and (two.period.as_at, two.period.inspection_date) < (one.period.as_at, one.period.inspection_date):
        notes.append("The second side is the earlier one: who joined here left in the course of time. Name it first.")
    for which, known in (("first", one), ("second", two)):
        if known is None:
            notes.append(f"The {which} side has no manifest: why children joined and left is hardly known.")
    if (before.findings is None) != (after.findings is None):
        which = "first" if before.findings is None else "second"
        notes.append(f"The {which} side has no findings.csv: findings are not compared.")
    return notes
