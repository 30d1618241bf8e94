"""The extract of a day: what the system holds then, as text."""

from collections.abc import Callable, Iterable
from typing import Final

import polars as pl

from annexa.sample.book import Book
from annexa.sample.court import MEETINGS
from annexa.sample.layout import DATETIME_TABLES, TABLES, Column, written_columns
from annexa.sample.year import LESSONS, SESSIONS

_MINUTES: Final = 1440


def as_extract(book: Book, day: int, tables: Iterable[str] = TABLES, *, keep: bool = False) -> dict[str, pl.DataFrame]:
    """Return tables of a book as an extract of a day holds them: all columns text, none of the hidden ones.

    A row that begins later is absent. A date of something that happens later is blank, and so is what hangs on it; a
    planned date stands. The book is emptied on the way, unless it is to be kept.
    """
    return {table: _as_text(_cut(table, book.take(table, keep=keep), day), table).rechunk() for table in tables}


def _cut(table: str, frame: pl.DataFrame, day: int) -> pl.DataFrame:
    held = frame.filter(
        pl.col("_from").is_null() | (pl.col("_from") <= day), pl.col("_until").is_null() | (pl.col("_until") > day)
    )
    kinds = {column.name: column for column in TABLES[table]}
    masked = held.with_columns(
        pl.when(known).then(pl.col(column.name)).alias(column.name)
        for column in TABLES[table]
        if (known := _known(column, kinds, day)) is not None
    )
    special = _SPECIAL.get(table)
    return masked if special is None else masked.with_columns(special(day))


def _known(column: Column, kinds: dict[str, Column], day: int) -> pl.Expr | None:
    """Return the condition under which a cell shows; null for columns that always do. A blank date hides nothing."""
    dated = column if column.hangs_on is None else kinds[column.hangs_on]
    if column.hangs_on is None and column.kind not in {"d", "m"}:
        return None
    when = pl.col(dated.name)
    return ((when.floordiv(_MINUTES) if dated.kind == "m" else when) <= day).fill_null(True)


def _person(day: int) -> list[pl.Expr]:
    unborn = pl.col("_born") > day
    blank = [
        pl.when(~unborn).then(pl.col(name)).alias(name)
        for name in ("pers_sex", "pers_gender", "pers_upn", "pers_forename")
    ]
    due = pl.when(pl.col("pers_dob").is_null()).then(pl.col("pers_expected_dob")).alias("pers_expected_dob")
    return [*blank, due]


def _latest(first: str, step: str, last: pl.Expr) -> pl.Expr:
    """Return the latest of a series of days, first + n * step, that is not later than `last`."""
    return (
        pl.when(pl.col(first) <= last)
        .then(pl.col(first) + (last - pl.col(first)).floordiv(pl.col(step)) * pl.col(step))
        .cast(pl.Int32)
    )


def _care_episodes(day: int) -> list[pl.Expr]:
    last = pl.min_horizontal("_iro_last", pl.lit(day))
    return [_latest("_iro_first", "_iro_step", last).alias("clae_cla_last_iro_contact_date")]


def _care_leavers(day: int) -> list[pl.Expr]:
    return [
        _latest("_contact_first", "_contact_step", pl.lit(day)).alias("clea_care_leaver_latest_contact"),
        _latest("_review_first", "_review_step", pl.lit(day)).alias("clea_pathway_plan_review_date"),
    ]


def _health(day: int) -> list[pl.Expr]:
    status = pl.col("clah_health_check_status")
    return [
        pl.when(pl.col("clah_health_check_date") > day)
        .then(pl.lit("Planned"))
        .otherwise(status)
        .alias(status.meta.output_name())
    ]


def _adopters(day: int) -> list[pl.Expr]:
    held = (pl.col("_hold_from") <= day).fill_null(False)
    return [pl.when(held).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("on_hold")]


def _pupils(day: int) -> list[pl.Expr]:
    last = pl.min_horizontal("_pep_last", pl.lit(day))
    latest = _latest("_pep_first", "_pep_step", last)
    quality = pl.when(latest.is_not_null()).then(pl.col("pep_quality"))
    return [latest.alias("pep_date"), quality.alias("pep_quality")]


def _attendance(day: int) -> list[pl.Expr]:
    """Return the sessions of the year so far: half days, as they come evenly over the school year."""
    possible = ((pl.lit(day) - pl.col("_first")).clip(0, LESSONS) * SESSIONS).floordiv(LESSONS)
    suspended = pl.min_horizontal("_suspended", possible.floordiv(20))
    authorised = (possible * pl.col("_authorised")).floordiv(1000) + suspended
    unauthorised = (possible * pl.col("_unauthorised")).floordiv(1000)
    excluded = (pl.col("_excluded") <= day).fill_null(False)
    return [
        possible.alias("sessions_possible"),
        (possible - authorised - unauthorised).alias("sessions_attended"),
        authorised.alias("sessions_authorised_absence"),
        unauthorised.alias("sessions_unauthorised_absence"),
        suspended.alias("suspension_sessions"),
        pl.when(excluded).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("permanently_excluded"),
    ]


def _until(kind: str, name: str) -> Callable[[int], list[pl.Expr]]:
    """Return how the latest day of a series becomes a column: `_<kind>_first`, `_<kind>_step`, `_<kind>_last`."""

    def latest(day: int) -> list[pl.Expr]:
        last = pl.min_horizontal(f"_{kind}_last", pl.lit(day))
        return [_latest(f"_{kind}_first", f"_{kind}_step", last).alias(name)]

    return latest


def _weekdays(day: pl.Expr) -> pl.Expr:
    """Return the number of Mondays to Fridays before a day, from an arbitrary beginning."""
    monday = day + 3  # 1970-01-01 was a Thursday
    return monday.floordiv(7) * 5 + pl.min_horizontal(monday.mod(7), pl.lit(5))


def _absences(day: int) -> list[pl.Expr]:
    end = pl.min_horizontal("end_date", pl.lit(day))
    return [(_weekdays(end + 1) - _weekdays(pl.col("start_date"))).alias("working_days_lost")]


def _held(first: str, step: str | int, last: str, day: int) -> pl.Expr:
    """Return how many of a series of days are not later than `day`: from first by step, none after last."""
    until = pl.min_horizontal(last, pl.lit(day))
    every = pl.lit(step) if isinstance(step, int) else pl.col(step)
    return ((until - pl.col(first)).floordiv(every) + 1).clip(lower_bound=0)


def _pre_proceedings(day: int) -> list[pl.Expr]:
    hearings = pl.when(pl.col("_issued").is_not_null()).then(
        _held("_hearing_first", "_hearing_step", "_hearing_last", day)
    )
    meetings = _held("_meeting_first", MEETINGS, "_meeting_last", day).fill_null(0)
    return [meetings.alias("prep_pre_pro_meetings_num"), hearings.alias("prep_care_proc_court_hearings")]


def _outlines(day: int) -> list[pl.Expr]:
    first, step, last = pl.col("_hearing_first"), pl.col("_hearing_step"), pl.col("_hearing_last")
    following = first + ((pl.lit(day) - first).floordiv(step) + 1) * step
    running = pl.col("issue_date").is_not_null() & (last > day)
    return [pl.when(running).then(pl.min_horizontal(following, last)).alias("next_hearing_date")]


def _early_help() -> list[pl.Expr]:
    done = pl.col("completed_date").is_not_null()
    return [pl.when(done).then(pl.lit("completed")).otherwise(pl.lit("open")).alias("status")]


_SPECIAL: Final[dict[str, Callable[[int], list[pl.Expr]]]] = {
    "ssd_person": _person,
    "ssd_cla_episodes": _care_episodes,
    "ssd_care_leavers": _care_leavers,
    "ssd_cla_health": _health,
    "annexa_adopters": _adopters,
    "annexa_early_help_assessments": lambda _: _early_help(),
    "annexa_private_fostering": _until("visit", "last_visit_date"),
    "annexa_education_status": _until("contact", "last_contact_date"),
    "annexa_virtual_school": _pupils,
    "annexa_attendance": _attendance,
    "annexa_pathway_plans": _until("review", "review_date"),
    "annexa_absence": _absences,
    "ssd_pre_proceedings": _pre_proceedings,
    "annexa_plo": _outlines,
}


def _as_text(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    kinds = {column.name: column.kind for column in TABLES[table]}
    dates = "%Y-%m-%d 00:00:00" if table in DATETIME_TABLES else "%Y-%m-%d"
    return frame.select(_text(name, kinds[name], dates) for name in written_columns(table))


def _text(name: str, kind: str, dates: str) -> pl.Expr:
    column = pl.col(name)
    if kind in {"d", "p"}:
        return column.cast(pl.Date).dt.to_string(dates)
    if kind == "m":
        return (column * 60_000).cast(pl.Datetime("ms")).dt.to_string("%Y-%m-%d %H:%M:%S")
    return column.cast(pl.String)
