"""What else a list's rule looked at about the child: periods of care, adoptions, what belongs to which episode of need.

Each function takes the scene, the child and whether the list has a row of the child, and returns sentences.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from annexa.lists.adoption import ADOPTED
from annexa.lists.care import care_periods
from annexa.lists.children_added import ADDING, ENDED_ADDING
from annexa.lists.links import episode_of
from annexa.lists.services import ASSESSMENT, CARE, CIN_PLAN, CP_PLAN, ENQUIRY, SHORT_BREAK, services
from annexa.lists.spans import needed_window
from annexa.story import care
from annexa.story.scene import Row, Scene
from annexa.story.words import day, named, opened

_KINDS: Final = {
    CP_PLAN: "child protection plan",
    CARE: "period of care",
    SHORT_BREAK: "period of short breaks",
    CIN_PLAN: "child in need plan",
    ASSESSMENT: "assessment",
    ENQUIRY: "section 47 enquiry",
}
_ORDER: Final = ("start_date", "kind", "event_id")


def calling_services(scene: Scene, child: str) -> pl.DataFrame:
    """Return the services that call for a row on List 6 where no episode of need does (R2): those open at D, or else
    those that ended in the window.

    Returns:
        Rows of services(), in order of time.
    """
    own = services(scene.context).filter((pl.col("person_id") == child) & pl.col("own")).sort(_ORDER, nulls_last=False)
    unended = own.filter(pl.col("is_open") & pl.col("kind").is_in(ADDING))
    window = needed_window(scene.context, scene.spec.number)
    ended = own.filter(pl.col("kind").is_in(ENDED_ADDING) & window.contains(pl.col("end_date")))
    return unended if unended.height else ended


def service_name(row: Row) -> str:
    """Return a service by its kind and identifier."""
    kind = row["kind"]
    # A period of care has a number of annexa's own, which would say nothing.
    return named(_KINDS[kind], None if kind in (CARE, SHORT_BREAK) else row["event_id"])


def care_of(scene: Scene, row: Row) -> Row | None:
    """Return the period of care that a service is; None where it is of another kind."""
    if row["kind"] not in (CARE, SHORT_BREAK):
        return None
    periods = care.periods_of(scene.context, row["person_id"])
    return next(each for each in periods if str(each["period"]) == row["event_id"])


def _periods(scene: Scene, child: str, _listed: bool) -> list[str]:
    return [
        _care(scene, "Period of short breaks" if row["short_break"] else "Period of care", row) + "."
        for row in care.periods_of(scene.context, child)
    ]


def _adopted(scene: Scene, child: str, _listed: bool) -> list[str]:
    """The periods of care that ended with an adoption: one in the window would add a row without any record."""
    rows = care_periods(scene.context).filter(
        (pl.col("person_id") == child) & pl.col("end_reason").is_in(ADOPTED) & (pl.col("ended_by") == "record")
    )
    return [
        f"{_lasted(scene, 'Period of care', row)}: it ended with an adoption ({row['end_reason']}), "
        f"{'inside' if scene.contains(row['end_date']) else 'before'} {scene.inside}."
        for row in rows.iter_rows(named=True)
    ]


def _lasted(scene: Scene, name: str, row: Row) -> str:
    began = day(row["start_date"])
    if row["is_open"]:
        return f"{name} from {began}, open on {scene.as_at}"
    # An assessment that was never authorised, and whose episode of need was closed, has no end and is not open.
    return f"{name} from {began} to {day(row['end_date'])}"


def _care(scene: Scene, name: str, row: Row) -> str:
    """A period of care, which may be read as open or ended."""
    if not care.is_read(row):
        return _lasted(scene, name, row)
    on = f" on {scene.as_at}" if row["is_open"] else ""
    return f"{name} from {day(row['start_date'])}, read as {care.read_as(row)}{on}"


def _received(scene: Scene, child: str, listed: bool) -> list[str]:
    """Each service, and the episode of need that it belongs to (K19); and why none of them adds a row."""
    rows = services(scene.context).filter(pl.col("person_id") == child).with_row_index("_service")
    if not rows.height:
        return []
    asked = rows.select(
        "_service",
        "person_id",
        "referral_id",
        pl.col("start_date").alias("start"),
        pl.col("end_date").alias("end"),
        pl.col("is_open").alias("open"),
    )
    links = episode_of(scene.context, asked).select("_service", "episode_row", pl.col("referral_id").alias("episode"))
    told = rows.join(links, on="_service", how="left").sort(_ORDER, nulls_last=False)
    lines = [_service(scene, row) for row in told.iter_rows(named=True)]
    return lines if listed else [*lines, _none_added(scene, child)]


def _service(scene: Scene, row: Row) -> str:
    belongs = "no episode of need" if row["episode_row"] is None else named("referral", row["episode"])
    name, period = service_name(row).removeprefix("the "), care_of(scene, row)
    if period is None or not care.is_read(period):
        return opened(f"{_lasted(scene, name, row)}: belongs to {belongs}")
    why = care.why(scene.context, scene.found, period)
    return opened(f"{_care(scene, name, period)} ({why}): belongs to {belongs}")


def _none_added(scene: Scene, child: str) -> str:
    if not scene.context.options.list6_additions:
        return "The option list6_additions is off: a service alone puts nobody on the list."
    called = calling_services(scene, child)
    if called.height:  # nothing else holds back a row that services call for
        first = day(called["start_date"].min())  # type: ignore[arg-type]
        return f"The option drop_adults is on: no row was added, since the person was 18 or over on {first}."
    return (
        f"None of them adds a row: no plan of this authority, period of care, short break or assessment was open on "
        f"{scene.as_at}, and no plan of this authority and no period of care ended in {scene.inside}."
    )


FACTS: Final[dict[str, Callable[[Scene, str, bool], list[str]]]] = {
    "children_in_need": _received,
    "children_in_care": _periods,
    "adoption_decisions": _adopted,
}
