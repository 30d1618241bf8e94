"""Checks of List 8: when care began and ended, and what the law allows at that age."""

from typing import Final

import polars as pl

from annexa.checks.care_rows import (
    ADULT,
    EPISODES,
    LIST,
    PLACEMENTS,
    STATUSES,
    Run,
    Trial,
    Trials,
    after_days,
    care_without_short_breaks,
    late,
    of_open_children,
)
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import more_than_once, undated
from annexa.extract.tables import ROW
from annexa.lists.care import care_periods
from annexa.lists.people import with_people
from annexa.lists.runs import begins, day_number
from annexa.lists.short_breaks import LATEST
from annexa.lists.spans import needed_window
from annexa.period import InspectionPeriod, birthday, completed_years
from annexa.records import UNREADABLE
from annexa.records.types import EARLIEST

WENT_ON: Final = "X1"
ENDED_BY_ORDER: Final = ("E11", "E12", "E45", "E46", "E47", "E48")
_ENDED: Final = {EPISODES: ("start_date", "end_date")}
_OF_AGE: Final = {**_ENDED, "persons": ("birth_date",)}

made("AA-805", reads={EPISODES: ("start_date", "end_date", "end_reason")}, counted=EPISODES)
made("AA-816", reads=_OF_AGE, counted=EPISODES)
made("AA-828", reads=_ENDED, counted=EPISODES)
made("AA-834", reads={**_OF_AGE, STATUSES: ("status",), PLACEMENTS: ("placement_type",)}, counted=EPISODES)
made("AA-836", reads={EPISODES: ("start_date", "end_date", "end_reason")}, counted=EPISODES)


@on_lists("AA-801", each={LIST: ("person_id",)})
def two_rows(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child with more than one row on List 8."""
    return more_than_once(run, number)


@on_extract("AA-802", reads={EPISODES: ("end_date", "end_reason"), "persons": ("birth_date",)})
def ended_without_reason(run: ExtractRun, check: Definition) -> Looked:
    """An episode with an end and no reason, or with a reason and no end.

    Not one without an end of a child who has died, since a rule ends it (K14). An end on the 18th birthday needs none.
    """
    rows = with_people(run.context, run.rows(EPISODES), "turned_18", "death_date")
    ended_by_rule = pl.col("end_date").is_null() & pl.col("death_date").is_not_null()
    wrong = _half(pl.col("end_date").is_not_null()) & ~ended_by_rule
    return run.looked(check, EPISODES, rows, wrong, _HALF, column="end_reason")


@on_lists("AA-802", each={LIST: ("end_date", "end_reason", "birth_date")})
def row_ended_without_reason(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that ceased by D without a reason, or has a reason and no date."""
    rows = run.rows(number).with_columns(birthday(pl.col("birth_date"), ADULT).alias("turned_18"))
    wrong = _half(pl.col("end_date") <= run.period.as_at)
    return run.looked(number, rows, wrong, _HALF, column="end_reason")


_HALF: Final = "The day care ended and the reason: one is there without the other."


def _half(ended: pl.Expr) -> pl.Expr:
    end, reason = pl.col("end_date"), pl.col("end_reason")
    without_reason = ended & reason.is_null() & end.ne_missing(pl.col("turned_18"))
    return without_reason | (end.is_null() & ~reason.is_in([WENT_ON, UNREADABLE]))


@on_extract("AA-803", reads={**_ENDED, PLACEMENTS: ("start_date", "end_date")})
def ended_before_start(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """An episode that ended before it began, or a placement that began while the child was not yet in care."""
    wrong = pl.col("end_date") < pl.col("start_date")
    early = run.rows(PLACEMENTS)
    return (
        run.looked(check, EPISODES, run.rows(EPISODES), wrong, _BACKWARDS, column="end_date"),
        run.looked(check, PLACEMENTS, early, _before_care(run, early), _PLACED_FIRST, column="start_date"),
    )


@on_lists("AA-803", each={LIST: ("start_date", "end_date", "placement_start")})
def row_out_of_order(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """A row that ceased before it started, or whose placement started before care did."""
    backwards = (pl.col("end_date") < pl.col("start_date")).fill_null(value=False)
    rows = run.rows(number)
    placed_first = pl.col("placement_start") < pl.col("start_date")
    return (
        run.looked(number, rows.filter(backwards), pl.lit(value=True), _BACKWARDS, column="end_date"),
        run.looked(number, rows.filter(~backwards), placed_first, _PLACED_FIRST, column="placement_start"),
    )


_BACKWARDS: Final = "Care ended before it started."
_PLACED_FIRST: Final = "The placement started before the child started to be looked after."


def _before_care(run: ExtractRun, rows: pl.DataFrame) -> pl.Expr:
    """True for rows that begin on a day of no period of care, and last into one that begins later."""
    periods = care_periods(run.context).select("person_id", "first_day", "last_day", "start_date")
    pairs = rows.select(ROW, "person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to")).join(
        periods, on="person_id"
    )
    start, end = pl.col("_from"), pl.col("_to")
    found = pairs.group_by(ROW).agg(
        start.is_between(pl.col("first_day"), pl.col("last_day")).any().alias("inside"),
        ((start < pl.col("start_date")) & (end.is_null() | (end > pl.col("start_date")))).any().alias("early"),
    )
    return pl.col(ROW).is_in(found.filter(pl.col("early") & ~pl.col("inside"))[ROW].implode())


@on_extract("AA-804", reads={**_ENDED, STATUSES: ("start_date", "end_date")})
def status_before_care(run: ExtractRun, check: Definition) -> Looked:
    """A legal status that began while the child was not yet in care."""
    rows = run.rows(STATUSES)
    return run.looked(check, STATUSES, rows, _before_care(run, rows), _STATUS_FIRST, column="start_date")


@on_lists("AA-804", each={LIST: ("start_date", "legal_status_start")})
def row_status_before_care(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row whose legal status started before care did."""
    wrong = pl.col("legal_status_start") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _STATUS_FIRST, column="legal_status_start")


_STATUS_FIRST: Final = "The legal status started before the child started to be looked after."


@on_lists("AA-805", each={LIST: ("end_reason",)})
def row_went_on(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row whose reason is X1, which only ends an episode within a period of care."""
    message = "X1 says that care went on: it is never the reason why a period of care ended."
    return run.looked(number, run.rows(number), pl.col("end_reason") == WENT_ON, message, column="end_reason")


@on_extract("AA-812", each={STATUSES: ("status", "start_date", "end_date")})
def emergency_lasted(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Police protection, an emergency order or an assessment order that is open at D or ended in the window.

    Statuses of one kind that follow each other without a free day are one: an extension is often a row of its own.
    """
    window = needed_window(run.context, LIST)
    limits = _limits(check)
    by = ["person_id", "status"]
    end = pl.col("end_date")
    rows = (
        run.rows(record)
        .filter(pl.col("status").is_in(list(limits)) & pl.col("person_id").is_not_null())
        .with_columns(pl.col("start_date").fill_null(EARLIEST).alias("_begin"), end.fill_null(LATEST).alias("_until"))
        .sort(*by, "_begin", "_until", ROW)
    )
    new = begins(by, day_number(pl.col("_begin")), day_number(pl.col("_until")) + 1).cum_sum()
    rows = rows.with_columns(new.alias("_run"))
    rows = (
        # A row within another one does not end the run: the latest end does.
        rows.with_columns(
            pl.col("start_date").first().over("_run"),
            pl.when(pl.col("_until").max().over("_run") < LATEST)
            .then(pl.col("_until").max().over("_run"))
            .alias("end_date"),
        )
        .unique("_run", keep="last", maintain_order=True)
        .filter(run.period.open_or_ended_in(window, pl.col("start_date"), end))
        .with_columns(_lasted(run.period, limits))
    )
    return run.looked(
        check, record, rows, pl.col("_over") > 0, _LONG, column="start_date", value=_days(), **late(run, _limit(limits))
    )  # fmt: skip


@on_lists("AA-812", each={LIST: ("legal_status", "legal_status_start", "end_date")})
def row_emergency_lasted(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row with such a status, from its start to D or to the day care ended."""
    limits = _limits(check)
    status = pl.col("legal_status").alias("status")
    rows = run.rows(number).with_columns(status, start_date=pl.col("legal_status_start"))
    rows = rows.filter(pl.col("status").is_in(list(limits))).with_columns(_lasted(run.period, limits))
    return run.looked(
        number, rows, pl.col("_over") > 0, _LONG, column="legal_status_start", value=_days(),
        **late(run, _limit(limits)),
    )  # fmt: skip


_LONG: Final = "The emergency measure has lasted longer than the law allows; the value is its days."


def _limits(check: Definition) -> dict[str, int]:
    names = {"L1": "police_protection_days", "L2": "emergency_order_days", "L3": "assessment_order_days"}
    return {code: check.number(name) for code, name in names.items()}


def _lasted(period: InspectionPeriod, limits: dict[str, int]) -> tuple[pl.Expr, pl.Expr]:
    until = pl.min_horizontal(pl.col("end_date"), pl.lit(period.as_at))
    days = (until - pl.col("start_date")).dt.total_days()
    limit = pl.col("status").replace_strict(limits, default=None, return_dtype=pl.Int64)
    return days.alias("_days"), (days - limit).alias("_over")


def _limit(limits: dict[str, int]) -> pl.Expr:
    due = [pl.when(pl.col("status") == code).then(after_days(pl.col("start_date"), n)) for code, n in limits.items()]
    return pl.coalesce(due)


def _days() -> pl.Expr:
    return pl.col("_days").cast(pl.String)


@on_lists("AA-816", each={LIST: ("birth_date", "end_date", "legal_status", "placement_type")})
def row_of_an_adult(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that is open at D on or after the 18th birthday, or ended after it; AA-834 has those the law allows."""
    rows = run.rows(number)
    unended = _unended(run.period)
    wrong = _grown(run.period) & (unended & ~_allowed()) | (pl.col("end_date") > _of_age()) & ~unended
    message = "Looked after after the 18th birthday: the period should have ended on it."
    return run.looked(number, rows, wrong, message, column="end_date")


@on_lists("AA-834", each={LIST: ("birth_date", "end_date", "legal_status", "placement_type")})
def row_of_an_adult_in_a_home(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that is open at D of a person of 18 or over, accommodated (V2) and in a community home (K2)."""
    wrong = _grown(run.period) & _unended(run.period) & _allowed()
    message = "Over 18, accommodated and in a community home, which the law allows: is the child still looked after?"
    return run.looked(number, run.rows(number), wrong, message, column="end_date")


def _of_age() -> pl.Expr:
    return birthday(pl.col("birth_date"), ADULT)


def _grown(period: InspectionPeriod) -> pl.Expr:
    return _of_age() <= period.inspection_date


def _unended(period: InspectionPeriod) -> pl.Expr:
    return pl.col("end_date").is_null() | (pl.col("end_date") > period.as_at)


def _allowed() -> pl.Expr:
    return ((pl.col("legal_status") == "V2") & (pl.col("placement_type") == "K2")).fill_null(value=False)


@on_extract(
    "AA-823", reads={**_OF_AGE, "immigration_statuses": ("status", "start_date", "end_date")}
)  # fmt: skip
def young_and_unaccompanied(run: ExtractRun, check: Definition) -> Looked:
    """A period of care of an unaccompanied asylum seeking child that began at an age at which few come alone."""
    status = run.rows("immigration_statuses").filter(pl.col("status") == "UASC")
    status = status.select("person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to"))
    begun = pl.col("_from").is_null() | (pl.col("_from") <= pl.col("last_day"))
    lasting = pl.col("_to").is_null() | (pl.col("_to") >= pl.col("first_day"))
    periods = care_without_short_breaks(run).join(status, on="person_id").filter(begun & lasting)
    periods = periods.unique("period", maintain_order=True).with_columns(pl.col("episode_row").alias(ROW))
    periods = with_people(run.context, periods, "birth_date")
    return run.looked(check, EPISODES, periods, _younger(check), _YOUNG, column="start_date")


@on_lists("AA-823", each={LIST: ("start_date", "birth_date", "uasc_in_12_months")})
def row_young_and_unaccompanied(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of an unaccompanied child who was very young when care began."""
    rows = run.rows(number).filter(pl.col("uasc_in_12_months") == "Y")
    return run.looked(number, rows, _younger(check), _YOUNG, column="birth_date")


_YOUNG: Final = "An unaccompanied asylum seeking child who was very young when care began: is the date of birth right?"


def _younger(check: Definition) -> pl.Expr:
    return completed_years(pl.col("birth_date"), pl.col("start_date")) < check.number("age")


@on_extract("AA-826", reads={EPISODES: ("end_date", "end_reason"), "persons": ("birth_date",)})
def order_for_an_adult(run: ExtractRun, check: Definition) -> Looked:
    """An episode that ended by adoption or special guardianship of a person who was an adult by then."""
    rows = with_people(run.context, run.rows(EPISODES), "birth_date").filter(_by_order())
    return run.looked(check, EPISODES, rows, _adult_at_end(check), _TOO_OLD, column="end_reason")


@on_lists("AA-826", each={LIST: ("end_date", "end_reason", "birth_date")})
def row_order_for_an_adult(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row that ended so."""
    rows = run.rows(number).filter(_by_order())
    return run.looked(number, rows, _adult_at_end(check), _TOO_OLD, column="end_reason")


_TOO_OLD: Final = "Care cannot have ended by adoption or special guardianship at this age."


def _by_order() -> pl.Expr:
    return pl.col("end_reason").is_in(ENDED_BY_ORDER)


def _adult_at_end(check: Definition) -> pl.Expr:
    return completed_years(pl.col("birth_date"), pl.col("end_date")) >= check.number("age")


@on_lists("AA-828", each={LIST: ("start_date", "end_date")})
def row_without_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 8 without a start that is open at D or ended in the window."""
    return undated(run, number, "start_date", "end_date", "The period of care has no start date.")


@of_open_children(
    "AA-842",
    ("birth_date", "legal_status", "legal_status_start", "placement_type", "placement_start"),
    {
        "persons": ("birth_date",),
        STATUSES: ("status", "start_date", "end_date"),
        PLACEMENTS: ("placement_type", "start_date", "end_date"),
    },
)
def long_time(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A young child accommodated for long, a long interim order, a long placement with parents (local limits)."""
    status, period = pl.col("legal_status"), run.period
    young = completed_years(pl.col("birth_date"), period.inspection_date) < check.number("accommodated_under_age")
    accommodated = pl.col("legal_status_start") < period.months_before(check.number("accommodated_months"))
    interim = after_days(pl.col("legal_status_start"), 7 * check.number("interim_weeks")) < period.inspection_date
    home = pl.col("placement_start") < period.months_before(check.number("with_parents_months"))
    return rows, (
        Trial((status == "V2") & young & accommodated, "A young child has been accommodated for long.",
              "legal_status_start"),
        Trial((status == "C1") & interim, "The interim care order has lasted long.", "legal_status_start"),
        Trial((pl.col("placement_type") == "P1") & home, "The child has been placed with parents for long.",
              "placement_start", (PLACEMENTS, "start_date")),
    )  # fmt: skip
