"""Who holds which child at D, for report 1.07: a child once, at the primary worker, matched with the workforce."""

from typing import Final

import polars as pl

from annexa.lists.registry import ID
from annexa.lists.staff import allocations, named
from annexa.reports.run import ReportRun
from annexa.reports.workers import PROFESSIONALS, plain, staff

HELD: Final = "a worker employed at the inspection date"
LEFT: Final = "a worker who has left"
UNKNOWN: Final = "a worker who is not in the workforce data"
SHARED: Final = "a name that several workers have"
NOBODY: Final = "no named worker"

# The order of current status: of a child on several lists the worker of the first that names one is the primary.
_ORDER: Final = (8, 7, 6, 9)
_LEAVERS: Final = 9


def lists_with_workers(run: ReportRun) -> list[int]:
    """The lists among 6 to 9 that were supplied with the table that names their workers, in the order of _ORDER."""
    recorded = run.has("care_leavers", "worker")
    allocated = run.has("involvements", "professional_id")
    return [each for each in _ORDER if run.listed(each) and (recorded if each == _LEAVERS else allocated)]


def cases(run: ReportRun) -> pl.DataFrame:
    """Every child who is open on lists_with_workers(), one row each, sorted by person_id.

    Lists 6 to 8 say who is allocated at A (lists.staff.allocations), List 9 who is recorded. A child on several lists
    is counted once, at the worker of the first of Lists 8, 7, 6 and 9 that names one.

    Returns:
        person_id
        worker   as in workers.staff(); blank where `state` is neither HELD nor LEFT
        shown    the worker as the lists show him or her, in plain() form
        state    HELD, LEFT, UNKNOWN, SHARED or NOBODY
    """
    return run.once(_cases)


def _cases(run: ReportRun) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"person_id": pl.String, "worker": pl.String, "rank": pl.Int32})
    parts = [
        _primary(run, number).select("person_id", "worker", pl.lit(rank, dtype=pl.Int32).alias("rank"))
        for rank, number in enumerate(lists_with_workers(run))
    ]
    given = (
        pl.concat([empty, *parts])
        .drop_nulls("person_id")
        .sort("person_id", pl.col("worker").is_null(), "rank", "worker", nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", pl.col("worker").alias("given"))
        .with_columns(plain(pl.col("given")).alias("key"))
    )
    names = named(run.context, given.select(pl.col("given").alias("worker")), "team", "worker")["worker"]
    found = (
        given.with_columns(names.alias("shown"))
        .with_columns(plain(pl.col("shown")))
        .join(run.once(_keys), on="key", how="left", maintain_order="left")
    )
    state = (
        pl.when(pl.col("given").is_null()).then(pl.lit(NOBODY))
        .when(pl.col("several").is_null()).then(pl.lit(UNKNOWN))
        .when("several").then(pl.lit(SHARED))
        .when("employed").then(pl.lit(HELD))
        .otherwise(pl.lit(LEFT))
    )  # fmt: skip
    one = pl.when(~pl.col("several")).then("worker")
    return found.select("person_id", one.alias("worker"), "shown", state.alias("state"))


def _primary(run: ReportRun, number: int) -> pl.DataFrame:
    """Return person_id and worker, as recorded, of the rows of a list that are open at D."""
    rows = run.open_rows(number)
    if number == _LEAVERS:
        return rows.select("person_id", "worker")
    return rows.select(ID, "person_id").join(allocations(run.context, rows).select(ID, "worker"), on=ID)


def _keys(run: ReportRun) -> pl.DataFrame:
    """Return what a record may call a worker of the workforce data: identifier, staff number or name.

    The ways are those of AA-X27, in this order: the worker's identifier; the identifier or staff number of a row of
    the staff table that has it; the worker's name; the name in that row; and the numbers of a row of the staff table
    whose name is the worker's. Of two workers found in the same way the one still employed is meant.

    Returns:
        key, as plain() has it, one row each; worker and employed; several: the key fits more than one worker.
    """
    people = staff(run).select(
        "worker", "employed", plain(pl.col("worker_id")).alias("id"), plain(pl.col("name")).alias("known_as")
    )
    table = run.rows(PROFESSIONALS).select(plain(pl.col("professional_id", "staff_id", "name")))
    linked = pl.concat(
        [
            table.with_columns(pl.col(number).alias("id")).join(people, on="id")
            for number in ("professional_id", "staff_id")
        ]
    )
    alike = table.join(people, left_on="name", right_on="known_as")
    ways = [
        (people, "id"),
        (linked, "professional_id"),
        (linked, "staff_id"),
        (people, "known_as"),
        (linked, "name"),
        (alike, "professional_id"),
        (alike, "staff_id"),
    ]
    parts = [
        rows.select(pl.col(column).alias("key"), "worker", "employed", pl.lit(way).alias("way"))
        for way, (rows, column) in enumerate(ways)
    ]
    found = pl.concat(parts).drop_nulls("key")
    best = found.filter(pl.col("way") == pl.col("way").min().over("key"))
    best = best.filter(pl.col("employed") == pl.col("employed").max().over("key"))
    return best.group_by("key").agg(
        pl.col("worker").min(), pl.col("employed").first(), (pl.col("worker").n_unique() > 1).alias("several")
    )


def case_notes(run: ReportRun) -> list[str]:
    """Say which of Lists 6 to 9 are in no caseload, because they or the table of their workers were not supplied."""
    counted = lists_with_workers(run)
    absent = [str(number) for number in sorted(_ORDER) if number not in counted]
    if not absent or not counted:
        return []
    return [
        f"Children held are without List {', '.join(absent)}: the extract does not say who works with its children."
    ]
