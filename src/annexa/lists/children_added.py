"""List 6: the rows that services call for where no episode of need does (R2, R3; option list6_additions)."""

from typing import Final

import polars as pl

from annexa.lists.context import Context
from annexa.lists.orders import most_recent
from annexa.lists.people import with_people
from annexa.lists.services import ASSESSMENT, CARE, CIN_PLAN, CP_PLAN, RECORD_OF, SHORT_BREAK, services
from annexa.lists.spans import report_rows
from annexa.period import Window, completed_years

LIST: Final = 6
ADULT: Final = 18
ADDING: Final = (CP_PLAN, CARE, SHORT_BREAK, CIN_PLAN, ASSESSMENT)  # of several the first is a row's source
ENDED_ADDING: Final = (CP_PLAN, CIN_PLAN, CARE)
# What is open at D and says that the episode of need is missing; all else that adds a row is AA-X28.
_CHECKS: Final = {
    CP_PLAN: ("AA-X02", "The child is on a child protection plan, and no open episode of need says so."),
    CARE: ("AA-X03", "The child is looked after, and no open episode of need says so."),
}
_OPEN_ASSESSMENT: Final = "An assessment is open, and the child has no open episode of need."
_NO_EPISODE: Final = "The child has a recorded service and no episode of need for it."


def added_rows(context: Context, window: Window, shown: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that List 6 shows although no recorded episode of need stands behind them.

    Services here: CP plans of this authority, periods of care, short breaks, CIN plans, and assessments (one that was
    closed with its episode is not open on any list).

    1. No episode in scope, and a service is open at D: start = the earliest start of those open.
    2. No episode in scope, none open, and a CP plan, CIN plan or period of care ended in the window: a closed row from
       the earliest start of those to their latest end, without a reason.
    3. The episode shown is closed, and a service open at D began on or after its closure: a row as in 1, from those
       services, in place of the closed one. One that began before the closure leaves the closed row as it is.

    Every such child has a finding for each table: AA-X02 or AA-X03 for an open plan or period of care, AA-X05 for each
    open assessment, AA-X28 for any other. A child whose closed row stays while a service is open has the former three
    too. The findings do not depend on the option list6_additions; the rows do.

    Args:
        context: the run.
        window: W.
        shown: the most recent episode in scope of each child: person_id, is_open, ended.

    Returns:
        person_id, start_date, primary_need (of the most recent period of care among them), close_date, at, ceased,
        source (table), team and worker (of the most recent CIN plan among them).
    """
    adding = services(context).filter(pl.col("kind").is_in(ADDING) & pl.col("own"))
    open_now = adding.filter("is_open")
    ended = adding.filter(pl.col("kind").is_in(ENDED_ADDING) & window.contains(pl.col("end_date")))
    closed = shown.filter(~pl.col("is_open")).select("person_id", "ended")

    step_1 = open_now.join(shown, on="person_id", how="anti")
    step_2 = ended.join(shown, on="person_id", how="anti").join(open_now, on="person_id", how="anti")
    step_3 = open_now.join(closed, on="person_id").filter(pl.col("start_date") >= pl.col("ended")).drop("ended")
    basis = _without_adults(context, pl.concat([step_1, step_2, step_3]))
    without_open_episode = pl.concat([basis.select("person_id"), closed.select("person_id")])
    _report(context, open_now.join(without_open_episode, on="person_id", how="semi"), basis)
    return _rows(context, basis if context.options.list6_additions else basis.clear())


def _without_adults(context: Context, basis: pl.DataFrame) -> pl.DataFrame:
    """Leave out, with `drop_adults`, the services of a person whose row would start at 18 or over (K13)."""
    if not context.options.drop_adults:
        return basis
    starts = with_people(context, basis.group_by("person_id").agg(pl.col("start_date").min()), "birth_date")
    adults = starts.filter(completed_years(pl.col("birth_date"), pl.col("start_date")) >= ADULT)
    return basis.join(adults, on="person_id", how="anti")


def _rows(context: Context, basis: pl.DataFrame) -> pl.DataFrame:
    """Make one row a child of the services that call for it: all open, or all ended."""
    in_care = basis.filter(pl.col("kind").is_in([CARE, SHORT_BREAK]))
    period = most_recent(in_care, ["person_id"], "start_date", "end_date", "event_id")
    on_plan = basis.filter(pl.col("kind") == CIN_PLAN)
    plan = most_recent(on_plan, ["person_id"], "start_date", "end_date", "event_id")
    tables = {kind: context.tables[RECORD_OF[kind]].source for kind in ADDING}
    first_kind = pl.col("kind").replace_strict({kind: rank for rank, kind in enumerate(ADDING)}).min()
    return (
        basis.group_by("person_id")
        .agg(pl.col("start_date").min(), pl.col("end_date").max().alias("close_date"), first_kind.alias("rank"))
        .join(period.select("person_id", pl.col("need").alias("primary_need")), on="person_id", how="left")
        .join(plan.select("person_id", "team", "worker"), on="person_id", how="left")
        .select(
            "person_id",
            "start_date",
            "primary_need",
            "close_date",
            pl.col("close_date").fill_null(context.period.as_at).alias("at"),
            pl.col("close_date").is_not_null().alias("ceased"),
            pl.col("rank").replace_strict(dict(enumerate(tables.values())), return_dtype=pl.String).alias("source"),
            "team",
            "worker",
        )
    )


def _report(context: Context, open_now: pl.DataFrame, basis: pl.DataFrame) -> None:
    """One finding a child, check and table, which names no event, since it is the episode that is missing.

    Of assessments there is one for each: another check may find fault with the same assessment.
    """
    kind = pl.col("kind")
    for each, (check, message) in _CHECKS.items():
        _report_children(context, check, message, each, open_now.filter(kind == each))
    unended = open_now.filter(kind == ASSESSMENT).select("person_id", pl.col("event_id").alias("assessment_id"))
    report_rows(
        context,
        "AA-X05",
        _OPEN_ASSESSMENT,
        number=LIST,
        record=RECORD_OF[ASSESSMENT],
        rows=context.live(RECORD_OF[ASSESSMENT]).join(unended, on=["person_id", "assessment_id"], how="semi"),
        event="assessment_id",
        column="authorised_date",
    )
    others = basis.filter(~(pl.col("is_open") & kind.is_in([*_CHECKS, ASSESSMENT])))
    for each in ADDING:
        _report_children(context, "AA-X28", _NO_EPISODE, each, others.filter(kind == each))


def _report_children(context: Context, check: str, message: str, kind: str, rows: pl.DataFrame) -> None:
    children = rows.select("person_id").unique().sort("person_id")
    if children.height:
        table = context.tables[RECORD_OF[kind]]
        context.findings.add(
            check, message, frame=children, list=LIST, child=pl.col("person_id"), table=table.source, file=table.file
        )
