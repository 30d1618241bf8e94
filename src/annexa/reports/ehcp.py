"""Who has an education, health and care plan at D: one answer for reports 2.04, 2.05 and 3.07."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.lists.people import people
from annexa.reports.run import ReportRun

# From a child's record of special educational needs to the plan that came of it, each linked to the one before.
CHAIN: Final = ("send", "ehcp_requests", "ehcp_assessments", "ehcp_plans")
_RECORDED: Final = ("education_statuses", "ehcp")


def ehcp_supplied(run: ReportRun) -> bool:
    """Whether the extract says at all who has a plan: by the chain of tables, or by the records of education."""
    return _by_chain(run) or run.has(*_RECORDED)


def ehcp_note(run: ReportRun) -> list[str]:
    """Say where the plans come from, or that they were not supplied."""
    if _by_chain(run):
        source = run.context.tables["ehcp_plans"].source
        own = f" For a child who has no person record {run.context.tables[_RECORDED[0]].source} is asked instead."
        return [f"Education, health and care plans come from {source}.{own if run.has(*_RECORDED) else ''}"]
    if run.has(*_RECORDED):
        source = run.context.tables[_RECORDED[0]].source
        return [
            f"Education, health and care plans are as {source} records them: the tables of plans were not supplied."
        ]
    return ["Education, health and care plans were not supplied."]


def with_ehcp(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `ehcp` to rows with person_id: Y with a plan at D, N without, blank where nothing is known of the child.

    Where the tables of plans are supplied, a child whom the person records know and who is in none of them has no plan.
    """
    joined = rows.join(run.once(_answers), on="person_id", how="left", maintain_order="left")
    if not _by_chain(run):
        return joined
    known = pl.col("person_id").is_in(_known(run)["person_id"].implode())
    return joined.with_columns(pl.when(known).then(pl.col("ehcp").fill_null("N")).otherwise("ehcp").alias("ehcp"))


def _by_chain(run: ReportRun) -> bool:
    return all(run.has(record) for record in CHAIN)


def _answers(run: ReportRun) -> pl.DataFrame:
    """person_id, one row each, and ehcp (Y or N).

    The tables of plans win. They know nothing of a child whom education alone knows, so there the education record's
    own answer stands.
    """
    recorded = _recorded(run)
    if not _by_chain(run):
        return recorded
    planned = _planned(run)
    return pl.concat([planned, recorded.join(_known(run), on="person_id", how="anti")]).sort("person_id")


def _known(run: ReportRun) -> pl.DataFrame:
    """person_id of everybody of whom the tables of plans could say something."""
    parts = (people(run.context), run.rows("send"))
    return pl.concat([each.select("person_id") for each in parts]).drop_nulls().unique().sort("person_id")


def _planned(run: ReportRun) -> pl.DataFrame:
    """Children with a plan that has begun and has not ceased at D; one that ceases on D has ceased (K5)."""
    plans = run.rows("ehcp_plans").filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))
    assessments = run.rows("ehcp_assessments").join(plans, on="assessment_id", how="semi")
    requests = run.rows("ehcp_requests").join(assessments, on="request_id", how="semi")
    needs = run.rows("send").join(requests, on="send_id", how="semi")
    return needs.select("person_id", pl.lit("Y").alias("ehcp")).drop_nulls("person_id").unique().sort("person_id")


def _recorded(run: ReportRun) -> pl.DataFrame:
    """What the latest education record in force at D says that says anything; of two of one day, one that says Y."""
    rows = run.rows(_RECORDED[0])
    said = rows.filter(
        run.period.open_at(pl.col("start_date"), pl.col("end_date"))
        & pl.col("person_id").is_not_null()
        & pl.col("ehcp").is_in(["Y", "N"])
    )
    return (
        said.sort("person_id", "start_date", "ehcp", ROW, nulls_last=False)
        .unique("person_id", keep="last", maintain_order=True)
        .select("person_id", "ehcp")
    )
