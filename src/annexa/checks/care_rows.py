"""What the checks of List 8 share: its rows with the records behind them, and one test for both kinds of input."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, Unable, nothing, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun, view_of
from annexa.errors import UsageError
from annexa.extract.tables import ROW
from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.placements import latest_placement, with_location
from annexa.lists.registry import ID
from annexa.period import completed_years

LIST: Final = 8
EPISODES, PLACEMENTS, STATUSES = "care_episodes", "placements", "legal_statuses"
ADOPTIVE: Final = ("A3", "A4", "A5", "A6")
SHORT_BREAKS: Final = ("V3", "V4")
ADULT: Final = 18
_OF_CARE: Final = {EPISODES: ("start_date", "end_date")}


@dataclass(frozen=True)
class Trial:
    """One thing that is held against rows of List 8.

    Args:
        wrong: true where the row is wrong, over the rows.
        message: names fields and lists, never values.
        column: the list's column that it is about.
        field: the record of an extract that the finding names, care_episodes or placements, and its field or None.
        due: when it was due, where it is late.
        value: instead of the column's value.
    """

    wrong: pl.Expr
    message: str | pl.Expr
    column: str
    field: tuple[str, str | None] = (EPISODES, None)
    due: pl.Expr | None = None
    value: pl.Expr | None = None


Run: TypeAlias = ExtractRun | ListsRun
Trials: TypeAlias = tuple[pl.DataFrame, Sequence[Trial]]


def of_open_children(
    check: str,
    columns: Sequence[str],
    records: Mapping[str, tuple[str, ...]] | None = None,
    optional: Sequence[str] = (),
) -> Callable[[Callable[[Run, Definition, pl.DataFrame], Trials]], Callable[[Run, Definition, pl.DataFrame], Trials]]:
    """Register a test of the children who are in care at D, over an extract and over a finished list alike.

    The function gets the rows of List 8 that are open at D, by the names of fields and derivations, and returns those
    that it tests and what it holds against them. On an extract the rows have what children_listed() adds.

    Args:
        check: the id.
        columns: of List 8 that the condition looks at, beside the start and the end of care.
        records: of the extract, with the fields that these columns come from.
        optional: records without which a part of it could not run.
    """

    def register(
        function: Callable[[Run, Definition, pl.DataFrame], Trials],
    ) -> Callable[[Run, Definition, pl.DataFrame], Trials]:
        def extract(run: ExtractRun, definition: Definition) -> list[Looked | Unable]:
            rows, trials = function(run, definition, children_listed(run).filter("is_open"))
            answers = (each for trial in trials for each in _tried(run, definition, rows, trial))
            lacking = (reason for name in optional for reason in run.lacks(name, (records or {})[name]))
            return [together(rows.height, *answers), *(Unable(reason) for reason in lacking)]

        def lists(run: ListsRun, definition: Definition, number: int) -> Looked:
            rows, trials = function(run, definition, open_rows(run))
            answers = (
                run.looked(number, rows, trial.wrong, trial.message, column=trial.column, **_further(run, trial))
                for trial in trials
            )
            return together(rows.height, *answers)

        on_extract(check, reads={**_OF_CARE, **(records or {})}, optional=optional)(extract)
        on_lists(check, each={LIST: ("start_date", "end_date", *columns)})(lists)
        return function

    return register


def _tried(run: ExtractRun, check: Definition, rows: pl.DataFrame, trial: Trial) -> tuple[Looked, ...]:
    """Findings name the placement that is shown; where there is none, and for all else, the episode that decides."""
    given = {"value": pl.col(trial.column).cast(pl.String), **_further(run, trial)}
    placed = pl.col("placement_row").is_not_null() & (trial.field[0] == PLACEMENTS)
    parts = {
        PLACEMENTS: rows.filter(placed).with_columns(pl.col("placement_row").alias(ROW)),
        EPISODES: rows.filter(~placed),
    }
    return tuple(
        run.looked(
            check, record, part, trial.wrong, trial.message,
            column=trial.field[1] if trial.field[0] == record else None, **given,
        )
        for record, part in parts.items()
    )  # fmt: skip


def _further(run: Run, trial: Trial) -> dict[str, Any]:
    given = {} if trial.value is None else {"value": trial.value}
    return given if trial.due is None else {**given, **late(run, trial.due)}


def late(run: Run, due: pl.Expr) -> dict[str, Any]:
    """Return the columns of a finding about something late: when it was due, and calendar days from then to D."""
    return {"due_date": due, "days_overdue": (pl.lit(run.period.inspection_date) - due).dt.total_days()}


def overdue(run: Run, due: pl.Expr) -> pl.Expr:
    """True where the due date is before D; what is due on D is not late."""
    return due < run.period.inspection_date


def together(tested: int, *answers: Looked) -> Looked:
    """Return several answers about the same rows as one, which counts each row once."""
    frames = [each.found for each in answers]
    return Looked(tested, pl.concat(frames) if frames else nothing(0).found)


def open_rows(run: ListsRun) -> pl.DataFrame:
    """Return the rows of List 8 of children who are in care at D."""
    return run.rows(LIST).filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))


def children_listed(run: ExtractRun) -> pl.DataFrame:
    """Return the rows of List 8 that were built, as checks see lists, with what stands behind them.

    Returns:
        The list's columns; _id, period, first_day, last_day and is_open as the cohort has them; episode_id and _row of
        the episode that decides; placement_id, placement_row, placement_end and temporary_approval of the placement
        that is shown, null where there is none.
    """
    built = run.lists[LIST]
    rows = built.rows
    behind = rows.select(
        ID, "episode_id", pl.col("episode_row").alias(ROW), "period", "first_day", "last_day", "is_open"
    )
    shown = view_of(built.spec, built.codes).frame.drop(ROW)
    placed = run.context.once(_placed)
    return pl.concat([shown, behind], how="horizontal").join(placed, on="period", how="left", maintain_order="left")


def _placed(context: Context) -> pl.DataFrame:
    """Return the placement of each period of care that List 8 would show, by period."""
    periods = care_periods(context).with_columns(pl.col("period").alias(ID))
    return with_location(context, latest_placement(context, periods)).select(
        pl.col(ID).alias("period"),
        "placement_id",
        pl.col(ROW).alias("placement_row"),
        pl.col("end_date").alias("placement_end"),
        "temporary_approval",
    )


def care_without_short_breaks(run: ExtractRun) -> pl.DataFrame:
    """Return the periods of care that could be listed: without short breaks, unless these are put on the list."""
    periods = care_periods(run.context)
    return periods if run.context.options.include_short_breaks else periods.filter(~pl.col("short_break"))


def day_of(check: Definition, name: str) -> date:
    """Return a day of the settings.

    Raises:
        UsageError: it is no date.
    """
    try:
        return date.fromisoformat(check.text(name))
    except ValueError:
        raise UsageError(
            f"[checks.{check.id}]: {name} is no date.", "Write it in quotation marks, as in '2023-10-28'."
        ) from None


def after_days(start: pl.Expr, days: int) -> pl.Expr:
    """Return the day so many calendar days after another."""
    return start + timedelta(days=days)


def after_months(start: pl.Expr, months: int) -> pl.Expr:
    """Return the day so many calendar months after another; the last of a month that is shorter (K3)."""
    return start.dt.offset_by(f"{months}mo")


def years_old(run: Run) -> pl.Expr:
    """Completed years at D; blank where the date of birth is."""
    return completed_years(pl.col("birth_date"), run.period.inspection_date)
