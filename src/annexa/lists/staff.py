"""Who works with the child: teams and workers by name, and the allocated worker of Lists 6 to 8 (2.13)."""

import polars as pl

from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.registry import ID, derivation


def _names(context: Context, record: str, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return identifier -> name, by the first of `keys` that has it; of several names the alphabetically last."""
    rows = context.live(record).filter(pl.col("name").is_not_null())
    parts = [
        rows.select(pl.col(key).alias("given"), "name", pl.lit(rank).alias("rank")).drop_nulls("given")
        for rank, key in enumerate(keys)
    ]
    together = pl.concat(parts).sort("given", "rank", "name", descending=[False, False, True])
    return together.unique("given", keep="first", maintain_order=True).select("given", "name")


def _workers(context: Context) -> pl.DataFrame:
    return _names(context, "professionals", ("professional_id", "staff_id"))


def _teams(context: Context) -> pl.DataFrame:
    return _names(context, "teams", ("team_id",))


def named(context: Context, rows: pl.DataFrame, team: str, worker: str) -> pl.DataFrame:
    """Replace identifiers in the columns `team` and `worker` by names.

    A worker is looked up by professional identifier, then by staff number; what is in neither is passed through as it
    is: a plain name, or a number that an officer can still trace.
    """
    for column, names in ((team, context.once(_teams)), (worker, context.once(_workers))):
        if column in rows.columns:
            rows = (
                rows.join(
                    names.rename({"given": column, "name": "_name"}), on=column, how="left", maintain_order="left"
                )
                .with_columns(pl.coalesce("_name", column).alias(column))
                .drop("_name")
            )
    return rows


# Record -> the fields that name a worker and a team.
_NAMED = {
    "assessments": ("worker", "team"),
    "section_47_enquiries": ("worker", "team"),
    "cin_plans": ("worker", "team"),
    "involvements": ("professional_id", "team"),
    "care_leavers": ("worker", "team"),
}


def report_unknown_staff(context: Context) -> None:
    """Add a finding for each table whose workers or teams are not all in the staff tables (AA-R20).

    Told only where the staff table is there; a plain name that it has is known.
    """
    for record, fields in _NAMED.items():
        table = context.tables[record]
        for name, staff, names in zip(fields, ("professionals", "teams"), (_workers, _teams), strict=True):
            if not context.supplied(staff):
                continue
            known = context.once(names)
            given = context.live(record)[name].drop_nulls().unique()
            number = int((~given.is_in(pl.concat([known["given"], known["name"]]).implode())).sum())
            if number:
                what = "workers" if staff == "professionals" else "teams"
                context.findings.add(
                    "AA-R20",
                    f"{table.source}: {number} {what} are not in the staff tables and are shown as given.",
                    table=table.source,
                    file=table.file,
                    column=name,
                )


@derivation("recorded_team", "recorded_worker")
def recorded(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Team and worker that the record itself names: at the referral, assessment, enquiry, or of the care leaver."""
    return named(context, rows.select(ID, "team", "worker"), "team", "worker").rename(
        {"team": "recorded_team", "worker": "recorded_worker"}
    )


@derivation("allocated_team", "allocated_worker")
def allocated(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The worker allocated at D, or on the day a ceased row ended, and the team, by name (2.13, K5).

    Involvements whose role is one of `case_worker_roles` count, the latest start first. See allocations().
    """
    return named(context, allocations(context, rows), "team", "worker").rename(
        {"team": "allocated_team", "worker": "allocated_worker"}
    )


def allocations(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The worker allocated at `at` (A for an open row, the day it ended for another), by involvements (2.13, K5).

    Involvements whose role is one of `case_worker_roles` count, the latest start first, then as K15. For a ceased row
    one that ends that day still counts, and failing one that covers the day, the last that ended before it. Where no
    involvement of the whole run has such a role, the latest open one of any role is shown. A row that List 6 added
    without one shows the team and worker of its plan (`team`, `worker` of the cohort's rows, where they are there).

    Returns:
        _id, team and worker, as the records name them; one row for each of `rows`.
    """
    involvements = context.once(_case_involvements)
    cases = rows.select(ID, "person_id", "at", "ceased").join(involvements, on="person_id", how="inner")
    start, end, at = pl.col("start_date"), pl.col("end_date"), pl.col("at")
    begun = start.is_null() | (start <= at)
    covers = begun & (end.is_null() | pl.when("ceased").then(end >= at).otherwise(end > at))
    before = pl.col("ceased") & begun & (end < at)
    best = (
        cases.with_columns(covers.fill_null(False).alias("covers"), before.fill_null(False).alias("before"))
        .filter(pl.col("covers") | pl.col("before"))
        .sort(
            ID, "covers", pl.when("covers").then(start).otherwise(end), end.is_null(),
            pl.when("covers").then(end).otherwise(start), *id_order(pl.col("involvement_id")), "worker", "team",
            descending=[False, *[True] * 10], nulls_last=True,
        )
        .unique(ID, keep="first", maintain_order=True)
        .select(ID, "team", "worker")
    )  # fmt: skip
    fallback = [name for name in ("team", "worker") if name in rows.columns]
    joined = rows.select(ID, *(pl.col(name).alias(f"_{name}") for name in fallback)).join(
        best.with_columns(pl.lit(True).alias("_found")), on=ID, how="left", maintain_order="left"
    )
    for name in fallback:
        joined = joined.with_columns(pl.when("_found").then(name).otherwise(f"_{name}").alias(name))
    return joined.select(ID, "team", "worker")


def _case_involvements(context: Context) -> pl.DataFrame:
    """Involvements that say who is allocated: person_id, involvement_id, team, worker, start_date, end_date."""
    rows = context.live("involvements").rename({"professional_id": "worker"})
    roles = {role.strip().casefold() for role in context.options.case_worker_roles}
    cases = rows.filter(pl.col("role").str.strip_chars().str.to_lowercase().is_in(roles))
    if not cases.height and rows.height:
        context.findings.add(
            "AA-R31",
            f"No involvement has the role of an allocated worker ({', '.join(sorted(roles))}): "
            "the latest open involvement of any role is shown on Lists 6, 7 and 8.",
            table=context.tables["involvements"].source,
            file=context.tables["involvements"].file,
        )
        cases = rows
    return cases.select("person_id", "involvement_id", "team", "worker", "start_date", "end_date")
