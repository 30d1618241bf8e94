"""2.01: early help that was completed or is under way, how long it took, and what came before and after it."""

from typing import Final

import polars as pl

from annexa.lists.orders import sort_expressions
from annexa.lists.people import with_people
from annexa.period import Window
from annexa.reports.early_help_records import (
    ASSESSMENTS,
    DETAILS,
    EPISODES,
    early_help_records,
    in_no_number,
    stray_details,
)
from annexa.reports.model import Cell, Content, Count, Grid, Share
from annexa.reports.numbers import children, median, tally
from annexa.reports.run import ReportRun, report

MONTHS: Final = 12
STEP_UP_MONTHS: Final = (6, 12)
STEP_DOWN_MONTHS: Final = 3
TAF: Final = "TAF"
KINDS: Final = {TAF: "TAF", "TARGETED": "targeted", "OTHER": "other"}

# Up to this age, in completed years -> band.
_BANDS: Final = (
    (-1, "unborn"), (0, "under 1"), (4, "1 to 4"), (9, "5 to 9"), (15, "10 to 15"), (17, "16 to 17"),
)  # fmt: skip
_OLDEST: Final = "18 and over"
AGE_BANDS: Final = (*(label for _, label in _BANDS), _OLDEST)

_COMPLETED: Final = "2.01 assessments completed"
_ASSESSED: Final = "2.01 children assessed"
_TIMED: Final = "2.01 assessments completed, with the days they took"
_CLOSED: Final = "2.01 episodes closed"
_GRADE: Final = "quality_grade"
_INSTEAD: Final = (
    "The extract has no table of early help assessments: early help episodes that ended from twelve months before the "
    "inspection date to that date stand for assessments or similar."
)
_RECORDS: Final = "Assessments or similar"


@report("2.01")
def early_help(run: ReportRun) -> Content:
    """Assessments completed in the twelve months to D, and the children and families with early help open at D.

    Without a table of assessments the episodes that ended stand for them. A completion is a recorded one: a child's
    death completes nothing, but what it leaves open is not current either (K14).
    """
    counted = ASSESSMENTS if run.has(ASSESSMENTS) else EPISODES
    year = run.year()
    episodes = early_help_records(run, EPISODES)
    helped = episodes if counted == EPISODES else early_help_records(run, ASSESSMENTS)
    completed = helped.filter(year.contains(pl.col("end_date")))
    records = completed.unique("_row", keep="any", maintain_order=True)
    current = episodes.filter(run.period.open_at(pl.col("start_date"), pl.col("ended")))
    team = current.filter(pl.col("kind") == TAF)
    closed = episodes.filter(year.contains(pl.col("end_date")))
    figures: dict[str, Cell] = {
        "completed": Count(records.height, _COMPLETED),
        "completed_children": children(completed, _ASSESSED),
        "completed_families": _families(completed),
        "taf_children": children(team),
        "taf_families": _families(team),
        "open_children": children(current),
        "open_families": _families(current),
        "days": median(records["days"], "days", name=_TIMED),
        "in_target": _in_target(run, records),
        "closed": Count(closed.height, _COMPLETED if counted == EPISODES else _CLOSED),
        "step_down": _stepped_down(run, episodes),
        **{f"step_up_{months}": _stepped_up(run, episodes, months) for months in STEP_UP_MONTHS},
    }
    return Content(
        figures=figures,
        sheets={"completed": _sheet(run, completed), "open": _sheet(run, current)},
        grids=_grids(run, completed, episodes),
        notes=_notes(run),
        counted=_counted(run, records, current),
        excluded={**in_no_number(run, EPISODES, episodes), **in_no_number(run, counted, helped), **stray_details(run)},
        definitions={"completed": _INSTEAD} if counted == EPISODES else {},
        within=[(_TIMED, _COMPLETED)],
    )


def _families(rows: pl.DataFrame) -> Count | None:
    """Count the different families; blank where there are records and no family of any of them is known."""
    families = children(rows, column="family_id")
    return families if families.value or not rows.height else None


def _in_target(run: ReportRun, records: pl.DataFrame) -> Share | None:
    target = run.settings.early_help_days
    if target is None:
        return None
    timed = records.filter(pl.col("days").is_not_null())
    return Share(Count(timed.filter(pl.col("days") <= target).height), Count(timed.height, _TIMED))


def _stepped_up(run: ReportRun, episodes: pl.DataFrame, months: int) -> Share:
    """Closures after which the child was referred within some months, on the day of the closure or later.

    Only a closure whose months have passed by D can be judged. The twelve months are those in which they passed, so
    that each share is over the closures of a whole year.
    """
    passed = Window(run.period.months_before(MONTHS + months), run.period.months_before(months))
    closed = episodes.filter(passed.contains(pl.col("end_date"))).select("_row", "person_id", "end_date")
    referrals = run.rows("cin_episodes").select("person_id", "referral_date").drop_nulls()
    until = pl.col("end_date").dt.offset_by(f"{months}mo")
    followed = closed.join(referrals, on="person_id").filter(pl.col("referral_date").is_between("end_date", until))
    return Share(Count(followed["_row"].n_unique()), Count(closed.height))


def _stepped_down(run: ReportRun, episodes: pl.DataFrame) -> Share:
    """Episodes opened in the twelve months, of them those opened after an episode of need of the child had closed."""
    opened = episodes.filter(run.year().contains(pl.col("start_date"))).select("_row", "person_id", "start_date")
    closures = run.rows("cin_episodes").select("person_id", "close_date").drop_nulls()
    until = pl.col("close_date").dt.offset_by(f"{STEP_DOWN_MONTHS}mo")
    followed = opened.join(closures, on="person_id").filter(pl.col("start_date").is_between("close_date", until))
    return Share(Count(followed["_row"].n_unique()), Count(opened.height))


def _grids(run: ReportRun, completed: pl.DataFrame, episodes: pl.DataFrame) -> list[Grid]:
    records = completed.unique("_row", keep="any", maintain_order=True).with_columns(
        pl.col("end_date").dt.strftime("%Y-%m").alias("month")
    )
    months = [f"{run.period.months_before(back):%Y-%m}" for back in range(MONTHS, -1, -1)]
    people = completed.drop_nulls("person_id").unique("person_id", keep="any", maintain_order=True)
    banded = with_people(run.context, people, "age").with_columns(_age_band().alias("band"))
    grids = [
        tally("organisation", records, "organisation", _RECORDS, total_name=_COMPLETED, free=True),
        tally("month", records, "month", _RECORDS, order=months, total_name=_COMPLETED),
        tally("age", banded, "band", "Children", order=AGE_BANDS, total_name=_ASSESSED),
    ]
    if run.has(_graded(run), _GRADE):
        grids.append(tally("grade", records, _GRADE, _RECORDS, total_name=_COMPLETED, free=True))
    ended, closed = pl.col("ended"), run.year().contains(pl.col("end_date"))
    if run.has(ASSESSMENTS) and run.has(EPISODES) and run.has(DETAILS, _GRADE):
        recent = episodes.filter(closed | run.period.open_at(pl.col("start_date"), ended))
        grids.append(tally("episode_grade", recent, _GRADE, "Episodes", free=True))
    if run.has(EPISODES, "end_reason"):
        name = _CLOSED if run.has(ASSESSMENTS) else _COMPLETED
        grids.append(tally("closures", episodes.filter(closed), "end_reason", "Episodes", total_name=name, free=True))
    return grids


def _graded(run: ReportRun) -> str:
    """The record that has the grades of what is counted as completed."""
    return ASSESSMENTS if run.has(ASSESSMENTS) else DETAILS


def _age_band() -> pl.Expr:
    """The band of a child's age at D; null where the age is not known."""
    age = pl.col("age")
    band: pl.Expr = pl.when(age.is_not_null()).then(pl.lit(_OLDEST))
    for last, label in reversed(_BANDS):
        band = pl.when(age <= last).then(pl.lit(label)).otherwise(band)
    return band


def _sheet(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as they are written, the latest first, with birth_date, age, kind in words and days_open."""
    kind = pl.col("kind").replace_strict(KINDS, default=None, return_dtype=pl.String)
    open_for = (pl.lit(run.period.inspection_date) - pl.col("start_date")).dt.total_days()
    order = ["end_date desc", "start_date desc", "person_id", "event_id", "family_id", "organisation"]
    return (
        with_people(run.context, rows, "birth_date", "age")
        .with_columns(kind.alias("kind"), open_for.alias("days_open"))
        .sort(sort_expressions(rows, order))
    )


def _notes(run: ReportRun) -> list[str]:
    days = run.settings.early_help_days
    return [] if days is None else [f"Local target: completed within {days} days of the start."]


def _counted(run: ReportRun, records: pl.DataFrame, current: pl.DataFrame) -> list[str]:
    told = []
    for rows, what in ((records, "records completed"), (current, "early help episodes open at the inspection date")):
        without = rows["family_id"].null_count()
        if without:
            told.append(f"{without} of {rows.height} {what} belong to no known family and are in no count of families.")
    if run.has(DETAILS, "kind"):
        unknown = current.filter(~pl.col("kind").is_in(list(KINDS)).fill_null(value=False)).height
        if unknown:
            told.append(
                f"{unknown} of {current.height} early help episodes open at the inspection date have no kind that is "
                "known, and are not counted as a team around the family."
            )
    return told
