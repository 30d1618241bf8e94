"""Early help records as report 2.01 counts them: each with its children, its family, and how long it took."""

from typing import Final

import polars as pl

from annexa.extract.tables import DROP
from annexa.lists.early_help import helped_children
from annexa.lists.orders import id_order
from annexa.reports.run import ReportRun
from annexa.reports.unused import unused

ASSESSMENTS: Final = "early_help_assessments"
EPISODES: Final = "early_help_episodes"
DETAILS: Final = "early_help_details"
_DETAIL_KEY: Final = ["episode_id", "person_id"]
# Record -> its identifier and the day that completes it.
_RECORDS: Final = {EPISODES: ("episode_id", "end_date"), ASSESSMENTS: ("assessment_id", "completed_date")}
# Who belongs to which family where the record itself does not say, best first.
_FAMILIES: Final = ("early_help_families", DETAILS, "families")


def early_help_records(run: ReportRun, record: str) -> pl.DataFrame:
    """Every early help record that is about somebody, once for each child that it is about.

    Children are found as for List 2: a record that names a child is that child's, a family's stands once for each
    member but for adults, and once without a child where none is known. The family is the one that the record names,
    else the child's; of several families of a child the one with the least identifier.

    Returns:
        _row            the record's number in its table: different ones are different records
        event_id        identifier of the assessment or episode
        person_id       child; null where no child of the family is known
        family_id       null where no table says it
        start_date, end_date (as recorded), ended (that, or the child's death)
        days            from the start to the recorded end; null where it ended before it began
        organisation, end_reason (episodes), kind (episodes), quality_grade
    """
    event, end = _RECORDS[record]
    rows = run.rows(record)
    rows = _with_details(run, rows) if record == EPISODES else rows
    children = _children(run, record)
    named = pl.col("person_id").is_not_null()
    absent = [name for name in ("end_reason", "kind") if name not in rows.columns]
    return (
        rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
        .join(children, on="_row", how="left", maintain_order="left")
        .filter(pl.col("child").is_not_null() | (~named & pl.col("family_id").is_not_null()))
        .join(run.once(_family_of_child), on="child", how="left", maintain_order="left")
        .select(
            "_row",
            pl.col(event).alias("event_id"),
            pl.col("child").alias("person_id"),
            pl.coalesce("family_id", "child_family").alias("family_id"),
            "start_date",
            pl.col(end).alias("end_date"),
            pl.coalesce(end, "ended").alias("ended"),
            _days("start_date", end).alias("days"),
            "organisation",
            "end_reason",
            "kind",
            "quality_grade",
        )
    )


def in_no_number(run: ReportRun, record: str, used: pl.DataFrame) -> dict[str, int]:
    """Say why some records that were completed in the twelve months, or episodes open at D, are in no number.

    What ended earlier is not told: closures of the year before are looked at too, so that they are in some number.

    Args:
        run: the run.
        record: ASSESSMENTS or EPISODES.
        used: early_help_records() of it.

    Returns:
        As unused().
    """
    end = pl.col(_RECORDS[record][1])
    in_scope = run.year().contains(end)
    if record == EPISODES:
        in_scope |= run.period.open_at(pl.col("start_date"), end)
    # A family's episode goes on for those of its children who live.
    died = (
        used.filter(pl.col("end_date").is_null())
        .group_by("_row")
        .agg(pl.col("ended").is_not_null().all().alias("died"))
        .filter("died")
    )
    reason = (
        pl.when(~in_scope).then(None)
        .when(pl.col("_row").is_in(used["_row"].implode()))
        .then(pl.when(pl.col("_row").is_in(died["_row"].implode())).then(pl.lit("still open when the child died")))
        .when(pl.col("person_id").is_not_null()).then(pl.lit("about somebody of 18 or over (option drop_adults)"))
        .otherwise(pl.lit("names neither a child nor a family that is known"))
    )  # fmt: skip
    return unused(run, record, reason)


def stray_details(run: ReportRun) -> dict[str, int]:
    """How many rows say of what kind an episode is that the extract does not have; one that lies ahead is there."""
    there = run.context.rows(EPISODES).filter(pl.col(DROP).is_null() | (pl.col(DROP) == "FUTURE"))
    known = there.select(*_DETAIL_KEY, pl.lit(value=True).alias("known")).drop_nulls().unique()
    facts = run.context.rows(DETAILS).join(known, on=_DETAIL_KEY, how="left").select("_row", "known")
    words = "of an early help episode that the extract does not have"
    return unused(run, DETAILS, pl.when(pl.col("known").is_null()).then(pl.lit(words)), facts)


def _children(run: ReportRun, record: str) -> pl.DataFrame:
    """The children of each record: _row, child and ended."""
    rows = helped_children(run.context, record)
    if run.context.options.drop_adults:
        rows = rows.filter(~pl.col("adult").fill_null(value=False))
    return rows.select("_row", pl.col("person_id").alias("child"), "ended")


def _with_details(run: ReportRun, episodes: pl.DataFrame) -> pl.DataFrame:
    """Add kind, family_id and quality_grade of the detail with the episode's identifier and child (K19)."""
    details = run.rows(DETAILS).select(*_DETAIL_KEY, "kind", "family_id", "quality_grade").drop_nulls(_DETAIL_KEY)
    return episodes.join(details, on=_DETAIL_KEY, how="left", maintain_order="left")


def _family_of_child(run: ReportRun) -> pl.DataFrame:
    """One family for each child: child and child_family."""
    members = pl.concat(
        run.rows(record).select("person_id", "family_id", pl.lit(rank).alias("rank"))
        for rank, record in enumerate(_FAMILIES)
    )
    return (
        members.drop_nulls()
        .sort("person_id", "rank", *id_order(pl.col("family_id")))
        .unique("person_id", keep="first", maintain_order=True)
        .select(pl.col("person_id").alias("child"), pl.col("family_id").alias("child_family"))
    )


def _days(start: str, end: str) -> pl.Expr:
    days = (pl.col(end) - pl.col(start)).dt.total_days()
    return pl.when(days >= 0).then(days)
