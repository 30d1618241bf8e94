"""Before any rule: merged identifiers, duplicates, and what had not happened yet (K6, K8, K9, K10).

No row is removed here. A row that takes no part in the rules carries its reason in _drop, so that the account can name
every row of every table.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from annexa.extract.tables import BLANKED, DROP, LATER, MASKED, ROW, Table, Tables
from annexa.findings import Findings
from annexa.period import InspectionPeriod
from annexa.records import Kind, Record

OLD = "_old"  # true where a person's row came under an identifier that was merged into another


def prepare(tables: Mapping[str, Table], period: InspectionPeriod, findings: Findings) -> Tables:
    """Return all tables with merged identifiers, _drop and blanked later dates.

    Args:
        tables: records by name, as read.
        period: A decides what has happened.
        findings: gets AA-R09, R14, R21, G04 and G20.
    """
    merged = _merge_map(tables.get("merged_ids"), findings)
    ready = {}
    for name, table in tables.items():
        each = _merge(table, merged) if name != "merged_ids" else table
        each = _duplicates(each, period, findings)
        if name == "persons":
            each = _one_row_a_person(each, findings)
        ready[name] = _settled(_mask(_with_later(_no_child(each), period), period))
    return Tables(ready)


def _merge_map(table: Table | None, findings: Findings) -> dict[str, str]:
    """Return old -> current for every merged identifier, and report what was merged and what could not be (K9)."""
    if table is None:
        return {}
    current, circles = merged_identifiers(table)
    where: dict[str, Any] = {"table": table.source, "file": table.file}
    if circles:
        findings.add(
            "AA-R09",
            f"{len(circles)} identifiers are merged in a circle, or into one, and stay as they are.",
            value=", ".join(sorted(circles)),
            **where,
        )
    if current:
        findings.add("AA-R21", f"{len(current)} identifiers were merged into others.", **where)
    return current


def merged_identifiers(table: Table) -> tuple[dict[str, str], set[str]]:
    """Return old -> current for every merged identifier, following chains; and those of a circle, which stay (K9).

    Args:
        table: of the record merged_ids, as read or prepared.
    """
    pairs = table.frame.drop_nulls(["old_person_id", "person_id"]).sort("old_person_id", "person_id", ROW)
    step = {old: new for old, new in pairs.select("old_person_id", "person_id").iter_rows() if old != new}
    current: dict[str, str] = {}
    circles: set[str] = set()
    for old in step:
        path = [old]
        while path[-1] in step and path[-1] not in circles:
            following = step[path[-1]]
            if following in path:
                circles.update(path)
                break
            path.append(following)
        # A chain that runs into a circle has no end to be merged into.
        if path[-1] not in circles:
            current[old] = path[-1]
    return current, circles


def _merge(table: Table, merged: Mapping[str, str]) -> Table:
    people = [name for name, field in table.record.fields().items() if field.kind is Kind.PERSON]
    if not merged or not people:
        return table
    frame = table.frame
    if table.record.meta.name == "persons":
        frame = frame.with_columns(pl.col("person_id").is_in(list(merged)).alias(OLD))
    return table.with_frame(frame.with_columns(pl.col(people).replace(merged)))


def _duplicates(table: Table, period: InspectionPeriod, findings: Findings) -> Table:
    """Mark all but one of identical rows (DUPLICATE) and of rows with one key (CONFLICT), by K10."""
    meta = table.record.meta
    columns = [name for name in table.frame.columns if name not in (ROW, DROP, MASKED)]
    frame = table.frame
    identical = _later_copies(_alike(frame, columns), columns)
    keyed = pl.Series(ROW, [], dtype=pl.UInt32)
    if meta.key:
        # After a merge the rows of one person are not rivals: the older fills the blanks of the current one.
        on = [name for name in dict.fromkeys((meta.key, meta.person, OLD)) if name in columns]
        rest = frame.filter(~pl.col(ROW).is_in(identical.implode())) if len(identical) else frame
        keyed = _beaten(rest, table.record, on, columns, period)
    drop = (
        pl.when(pl.col(DROP).is_not_null()).then(DROP)
        .when(pl.col(ROW).is_in(identical.implode())).then(pl.lit("DUPLICATE"))
        .when(pl.col(ROW).is_in(keyed.implode())).then(pl.lit("CONFLICT"))
    )  # fmt: skip
    where: dict[str, Any] = {"table": table.source, "file": table.file}
    if len(identical):
        findings.add("AA-G20", f"{table.source}: {len(identical)} identical rows were collapsed.", **where)
    if len(keyed):
        findings.add(
            "AA-R14",
            f"{table.source}: another row with the same identifier stands in its place.",
            frame=frame.filter(pl.col(ROW).is_in(keyed.implode())),
            child=pl.col(meta.person) if meta.person else None,
            event=pl.col(meta.key),
            row=pl.col(ROW),
            **where,
        )
    return table.with_frame(frame.with_columns(drop.alias(DROP)))


def _alike(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return the few rows that could be equal in these columns: hashing them first is far cheaper than comparing."""
    hashes = frame.select(pl.struct(columns).hash(seed=0).alias("hash"))["hash"]
    if hashes.n_unique() == frame.height:
        return frame.clear()
    return frame.filter(hashes.is_duplicated())


def _later_copies(suspects: pl.DataFrame, columns: list[str]) -> pl.Series:
    ordered = suspects.sort(ROW)
    return ordered.filter(~pl.struct(columns).is_first_distinct())[ROW]


def _beaten(
    frame: pl.DataFrame, record: type[Record], on: list[str], columns: list[str], period: InspectionPeriod
) -> pl.Series:
    """Return the rows that share a key with a better one: open, then later start, then fewer blanks, then greater."""
    meta = record.meta
    start = pl.col(meta.start) if meta.start else pl.lit(None, dtype=pl.Date)
    # What has not happened yet is left off first (K6): it may not stand in the place of what has.
    begun = start.is_null() | (start.cast(pl.Date) <= period.as_at)
    usable = frame.filter(pl.all_horizontal(pl.col(on).is_not_null()) & pl.col(DROP).is_null() & begun)
    rivals = _alike(usable, on).filter(pl.struct(on).is_duplicated())
    if not rivals.height:
        return rivals[ROW]
    end = pl.col(meta.end) if meta.end else pl.lit(None, dtype=pl.Date)
    ranked = rivals.with_columns(
        (end.is_null() | (end > period.as_at)).alias("_open"),
        start.alias("_start"),
        pl.sum_horizontal(pl.col(columns).is_null()).alias("_blanks"),
        *(pl.col(column).cast(pl.String).fill_null("").alias(f"_text_{column}") for column in columns),
    )
    texts = [f"_text_{column}" for column in columns]
    ranked = ranked.sort(
        *on, "_open", "_start", "_blanks", *texts, ROW,
        descending=[False] * len(on) + [True, True, False] + [True] * len(texts) + [False],
        nulls_last=True,
    )  # fmt: skip
    return ranked.filter(~pl.struct(on).is_first_distinct())[ROW]


def _one_row_a_person(table: Table, findings: Findings) -> Table:
    """After a merge the row of the current identifier wins, and its blanks are filled from the old one (K9)."""
    frame = table.frame
    if OLD not in frame.columns:
        return table
    fields = [name for name in table.record.fields() if name != "person_id"]
    live = frame.filter(pl.col(DROP).is_null() & pl.col("person_id").is_not_null())
    several = live.filter(pl.col("person_id").is_duplicated())
    ordered = several.sort("person_id", OLD, *fields, ROW, nulls_last=True)
    filled = ordered.group_by("person_id", maintain_order=True).agg(
        pl.col(ROW).first(), *(pl.col(name).drop_nulls().first() for name in fields)
    )
    clash = (
        several.group_by("person_id")
        .agg(pl.col("birth_date").drop_nulls().n_unique().alias("n"))
        .filter(pl.col("n") > 1)
    )
    if clash.height:
        findings.add(
            "AA-G04",
            f"{table.source}: rows that were merged into one person have different dates of birth.",
            frame=clash.sort("person_id"),
            child=pl.col("person_id"),
            table=table.source,
            file=table.file,
            column="birth_date",
        )
    joined = frame.drop(OLD).join(filled.drop("person_id"), on=ROW, how="left", suffix="_filled")
    beaten = pl.col(ROW).is_in(several[ROW].implode()) & ~pl.col(ROW).is_in(filled[ROW].implode())
    return table.with_frame(
        joined.with_columns(
            *(pl.coalesce(name, f"{name}_filled").alias(name) for name in fields),
            pl.when(beaten).then(pl.lit("CONFLICT")).otherwise(DROP).alias(DROP),
        ).select(pl.exclude([f"{name}_filled" for name in fields]))
    )


def _settled(table: Table) -> Table:
    """Put rows without an identifier last, in the order of their content.

    Identifiers order all other rows wherever dates do not. What is left to chance here would be left to the physical
    order of the rows, which is never used (K10).
    """
    key = table.record.meta.key
    nameless = table.frame.filter(pl.col(key).is_null()) if key else table.frame
    if nameless.height < 2:
        return table
    content = [name for name in table.frame.columns if name not in (ROW, DROP, MASKED)]
    ordered = nameless.sort(*content, ROW, nulls_last=True)
    named = table.frame.filter(pl.col(key).is_not_null()) if key else table.frame.clear()
    return table.with_frame(pl.concat([named, ordered]))


def _no_child(table: Table) -> Table:
    """Rows without a usable identifier of the child, where the record cannot do without (K8)."""
    meta = table.record.meta
    if not meta.person or table.record.fields()[meta.person].optional:
        return table
    lost = pl.col(DROP).is_null() & pl.col(meta.person).is_null()
    return table.with_frame(
        table.frame.with_columns(pl.when(lost).then(pl.lit("NO_CHILD_ID")).otherwise(DROP).alias(DROP))
    )


def _with_later(table: Table, period: InspectionPeriod) -> Table:
    """Keep the dates that lie after the extract was taken, for the check that asks how they came there (AA-G08).

    D is free (K1): a date after D alone is no fault. Rows that take no part anyway are left out.
    """
    if period.extract_date is None:
        return table
    last = max(period.inspection_date, period.extract_date)
    key = pl.col(table.record.meta.key) if table.record.meta.key else pl.lit(None, dtype=pl.String)
    days = {
        name: pl.col(name).dt.date() if field.kind is Kind.MOMENT else pl.col(name)
        for name, field in table.record.fields().items()
        if field.kind in (Kind.DATE, Kind.MOMENT)
    }
    live = table.live
    found = [
        live.filter(day > last).select(
            ROW, pl.lit(name).alias("field"), day.alias("day"), key.cast(pl.String).alias("key")
        )
        for name, day in days.items()
    ]
    return table.with_later(pl.concat([pl.DataFrame(schema=LATER), *found]))


def _mask(table: Table, period: InspectionPeriod) -> Table:
    """Blank what is later than A, with what follows from it; a row that starts later is FUTURE (K6).

    Dates of birth stay: an unborn child's lies ahead. After this no date later than A is left for any rule.
    """
    meta = table.record.meta
    later = {
        name: (pl.col(name).dt.date() if field.kind is Kind.MOMENT else pl.col(name)) > period.as_at
        for name, field in table.record.fields().items()
        if field.kind in (Kind.DATE, Kind.MOMENT)
    }
    if not later:
        return table
    future = later[meta.start].fill_null(False) if meta.start else pl.lit(False)
    blanked: dict[str, pl.Expr] = {}
    for name, is_later in later.items():
        if name == meta.start:
            continue  # a row that has not happened keeps the date that says so: the account shows it
        for each in (name, *meta.masks.get(name, ())):
            earlier = blanked.get(each, pl.lit(False))
            blanked[each] = earlier | is_later.fill_null(False)
    masked = pl.any_horizontal(pl.lit(False), *(later[name].fill_null(False) for name in later if name != meta.start))
    frame = table.frame.with_columns(
        *(pl.when(~is_later).then(pl.col(name)).alias(name) for name, is_later in blanked.items()),
        pl.when(pl.col(DROP).is_null() & future).then(pl.lit("FUTURE")).otherwise(DROP).alias(DROP),
        masked.alias(MASKED),
    )
    if meta.off_lists:
        ends = [name for name in later if name != meta.start]
        found = [table.frame.filter(later[name]).select(ROW, pl.lit(name).alias("field")) for name in ends]
        table = table.with_blanked(pl.concat([pl.DataFrame(schema=BLANKED), *found]))
    return table.with_frame(frame)
