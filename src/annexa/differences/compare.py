"""The comparison of two sides: lists, children, rows, cells and findings."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from annexa.differences.findings import compare_findings
from annexa.differences.matching import AFTER, BEFORE, Matched, differing, match
from annexa.differences.model import (
    ADDED,
    CELLS,
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
from annexa.differences.why import MEMBERSHIP_OPTIONS, moves
from annexa.filled.kinds import key_headings, person_heading
from annexa.filled.model import FilledList


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
    # A folder of `annexa check` has no list at all: one sentence says so, and not one for each list.
    numbers = sorted({*before.edition.lists, *after.edition.lists}) if before.lists and after.lists else []
    parts = [_compare_list(number, before, after) for number in numbers]
    frames = [_NOTHING, *(each[1:] for each in parts)]
    moved, rows, cells = (pl.concat(each) for each in zip(*frames, strict=True))
    findings, checks, of_checks = compare_findings(before, after)
    return Differences(
        lists=tuple(each[0] for each in parts),
        moves=moved.sort("list", "change", "child"),
        rows=rows.sort("list", "change", "child", "date", nulls_last=True),
        cells=cells.sort("list", "child", "date", nulls_last=True, maintain_order=True),
        findings=findings,
        checks=checks,
        notes=(*notes(before, after), *_absent(before, after), *of_checks),
    )


_Part = tuple[ListCounts, pl.DataFrame, pl.DataFrame, pl.DataFrame]
_NOTHING: Final = (pl.DataFrame(schema=MOVES), pl.DataFrame(schema=ROWS), pl.DataFrame(schema=CELLS))


def _compare_list(number: int, before: Side, after: Side) -> _Part:
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
        return ListCounts(number, title, rows, children, remark="; ".join(why)), *_NOTHING
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


def notes(before: Side, after: Side) -> list[str]:
    """Return what must be known about any comparison of these two, of lists or of counts."""
    told = []
    if before.edition.name != after.edition.name:
        told.append(
            f"The editions differ ({before.edition.name}, {after.edition.name}): what both have is compared, no more."
        )
    one, two = before.known, after.known
    if one and two and (two.period.as_at, two.period.inspection_date) < (one.period.as_at, one.period.inspection_date):
        told.append("The second side is the earlier one: who joined here left in the course of time. Name it first.")
    if one and two and one.options and two.options:
        differ = [name for name in MEMBERSHIP_OPTIONS if one.options.get(name) != two.options.get(name)]
        told += [f"Options that decide who is listed differ: {', '.join(differ)}."] if differ else []
    return told


def _absent(before: Side, after: Side) -> list[str]:
    """Say what is not there to be compared."""
    told = []
    no_lists = [which for which, side in (("first", before), ("second", after)) if not side.lists]
    no_findings = [which for which, side in (("first", before), ("second", after)) if side.findings is None]
    if no_lists:
        who = "Neither side has" if len(no_lists) == 2 else f"The {no_lists[0]} side has no"
        rest = "there is nothing to compare" if no_findings else "findings alone are compared"
        told.append(f"{who} lists: {rest}.")
    else:
        told += [
            f"The {which} side has no manifest: why children joined and left is hardly known."
            if side.known is None
            else f"The {which} side has no exclusions.csv: why children joined and left is known where dates decide it."
            for which, side in (("first", before), ("second", after))
            if side.known is None or side.known.exclusions is None
        ]
    if len(no_findings) == 1:
        told.append(f"The {no_findings[0]} side has no findings.csv: findings are not compared.")
    return told
