"""What else a list's rule looked at about the child: the periods of care, and what belongs to which episode of need."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.links import episode_of
from annexa.lists.services import ASSESSMENT, CARE, CIN_PLAN, CP_PLAN, ENQUIRY, SHORT_BREAK, services
from annexa.story.words import day, named, opened

_KINDS: Final = {
    CP_PLAN: "child protection plan",
    CARE: "period of care",
    SHORT_BREAK: "period of short breaks",
    CIN_PLAN: "child in need plan",
    ASSESSMENT: "assessment",
    ENQUIRY: "section 47 enquiry",
}


def _periods(context: Context, child: str) -> list[str]:
    rows = care_periods(context).filter(pl.col("person_id") == child)
    return [
        _lasted(context, "Period of short breaks" if row["short_break"] else "Period of care", row) + "."
        for row in rows.iter_rows(named=True)
    ]


def _lasted(context: Context, name: str, row: Mapping[str, Any]) -> str:
    began = day(row["start_date"])
    if row["is_open"]:
        return f"{name} from {began}, open on {day(context.period.as_at)}"
    # An assessment that was never authorised, and whose episode of need was closed, has no end and is not open.
    return f"{name} from {began} to {day(row['end_date'])}"


def _received(context: Context, child: str) -> list[str]:
    """Each service, and the episode of need that it belongs to (K19)."""
    rows = services(context).filter(pl.col("person_id") == child).with_row_index("_service")
    asked = rows.select(
        "_service",
        "person_id",
        "referral_id",
        pl.col("start_date").alias("start"),
        pl.col("end_date").alias("end"),
        pl.col("is_open").alias("open"),
    )
    links = episode_of(context, asked).select("_service", "episode_row", pl.col("referral_id").alias("episode"))
    told = rows.join(links, on="_service", how="left").sort("start_date", "kind", "event_id", nulls_last=False)
    lines = [_service(context, row) for row in told.iter_rows(named=True)]
    unused = lines and not context.options.list6_additions
    return [*lines, "The option list6_additions is off: a service alone puts nobody on the list."] if unused else lines


def _service(context: Context, row: Mapping[str, Any]) -> str:
    kind = row["kind"]
    # A period of care has a number of annexa's own, which would say nothing.
    name = named(_KINDS[kind], None if kind in (CARE, SHORT_BREAK) else row["event_id"]).removeprefix("the ")
    belongs = "no episode of need" if row["episode_row"] is None else named("referral", row["episode"])
    return opened(f"{_lasted(context, name, row)}: belongs to {belongs}")


FACTS: Final[dict[str, Callable[[Context, str], list[str]]]] = {
    "children_in_need": _received,
    "children_in_care": _periods,
}
