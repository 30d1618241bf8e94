"""2.03: children who are privately fostered at D, and the visits to them."""

from typing import Final

import polars as pl

from annexa.extract.tables import DROP, ROW
from annexa.lists.orders import most_recent, sort_expressions
from annexa.lists.people import disability, with_people
from annexa.lists.registry import ID
from annexa.lists.spans import with_ended
from annexa.period import completed_years
from annexa.reports.model import Content, Count
from annexa.reports.numbers import children, share
from annexa.reports.private_fostering_visits import VISITS, with_visits
from annexa.reports.run import ReportRun, report
from annexa.reports.staff import report_unknown_staff, with_worker
from annexa.reports.telling import contradiction, no_birth_date
from annexa.reports.unused import NOBODY, unused

RECORD: Final = "private_fostering"
OUT_AT: Final = 16  # years at which private fostering ends: Children Act 1989, section 66
OUT_AT_DISABLED: Final = 18

_ASKED: Final = "2.03 first visit asked for"
_DUE: Final = "2.03 next visit has a day"

_SEVERAL: Final = "The child has another private fostering arrangement in force; the report shows the most recent one."
_LOOKED_AFTER: Final = (
    "The child is looked after and has a private fostering arrangement in force; the report counts the child."
)
_NO_BIRTH_DATE: Final = (
    "The child is counted as privately fostered, and without a date of birth nothing says whether the age allows it."
)


@report("2.03")
def private_fostering(run: ReportRun) -> Content:
    """Children with an arrangement in force at D who are under 16, or under 18 and disabled.

    An arrangement that ends on D has ended (K5), and so has one whose child has died (K14). A child whose date of birth
    is not known stays in. A child has one arrangement at a time: of several in force the most recent stands (K15).
    """
    arrangements = _arrangements(run)
    new = _new(run, arrangements.filter(pl.col("person_id").is_not_null()))
    current = arrangements.filter(_in_force(run) & pl.col("person_id").is_not_null())
    young = current.filter(_is_young(pl.col("age")))
    shown = most_recent(young, ["person_id"], "start_date", "end_date", "arrangement_id")
    others = young.join(shown, on="_row", how="anti")
    rows = _rows(run, shown)
    _report(run, shown, others)
    first, due = pl.col("first_in_time").is_in(["Y", "N"]), pl.col("overdue").is_not_null()
    return Content(
        figures={
            "at_d": children(rows, "2.03 children privately fostered at D"),
            "new": children(new),
            "no_birth_date": Count(rows["birth_date"].null_count()),
            "first_visit": share(rows.filter(pl.col("first_in_time") == "Y"), rows.filter(first), _ASKED),
            "overdue": share(rows.filter(pl.col("overdue") == "Y"), rows.filter(due), _DUE),
        },
        sheets={"children": rows},
        notes=_notes(run),
        counted=_counted(rows),
        excluded={**_excluded(run, arrangements, new, shown), **_stray_visits(run)},
        within=[("no_birth_date", "at_d"), (_ASKED, "at_d"), (_DUE, "at_d")],
    )


def _arrangements(run: ReportRun) -> pl.DataFrame:
    """Every arrangement that has begun, with what is asked of the child.

    Returns:
        The record's fields and _row; ended (the recorded end, or the child's death); birth_date and age (at D);
        disability (Y, N; blank where it is not recorded) and disabled (true for Y).
    """
    rows = with_ended(run.context, run.rows(RECORD), "end_date").with_row_index(ID)
    code = pl.col("disability")
    return (
        with_people(run.context, rows, "birth_date", "age")
        .join(disability(run.context, rows), on=ID, how="left", maintain_order="left")
        .with_columns(
            pl.when(code.is_in(["Y", "N"])).then(code), (code == "Y").fill_null(value=False).alias("disabled")
        )
        .drop(ID)
    )


def _in_force(run: ReportRun) -> pl.Expr:
    return run.period.open_at(pl.col("start_date"), pl.col("ended"))


def _is_young(age: pl.Expr) -> pl.Expr:
    """Under 16, under 18 if disabled, or of an age that is not known."""
    limit = pl.when("disabled").then(OUT_AT_DISABLED).otherwise(OUT_AT)
    return age.is_null() | (age < limit)


def _new(run: ReportRun, arrangements: pl.DataFrame) -> pl.DataFrame:
    """Arrangements that began in the twelve months, whether or not they go on, of children young enough on the day."""
    age = completed_years(pl.col("birth_date"), pl.col("start_date"))
    return arrangements.filter(run.year().contains(pl.col("start_date")) & _is_young(age))


def _rows(run: ReportRun, shown: pl.DataFrame) -> pl.DataFrame:
    """Rows of children as they are written, the latest arrangement first."""
    days = (pl.lit(run.period.inspection_date) - pl.col("start_date")).dt.total_days()
    rows = with_worker(run, with_visits(run, shown)).with_columns(
        days.alias("days"),
        pl.when(pl.col("birth_date").is_null()).then(pl.lit("Y")).alias("no_birth_date"),
    )
    return rows.sort(sort_expressions(rows, ["start_date desc", "person_id"]))


def _report(run: ReportRun, shown: pl.DataFrame, others: pl.DataFrame) -> None:
    looked_after = shown.join(run.open_rows(8), on="person_id", how="semi")
    contradiction(run, RECORD, _SEVERAL, others, "start_date", event="arrangement_id")
    contradiction(run, RECORD, _LOOKED_AFTER, looked_after, "person_id", event="arrangement_id")
    unknown = shown.filter(pl.col("birth_date").is_null())
    no_birth_date(run, RECORD, _NO_BIRTH_DATE, unknown, "person_id", event="arrangement_id")
    report_unknown_staff(run, RECORD)


def _excluded(run: ReportRun, arrangements: pl.DataFrame, new: pl.DataFrame, shown: pl.DataFrame) -> dict[str, int]:
    """Arrangements that are in no number: neither shown nor new in the twelve months."""
    facts = arrangements.select(
        ROW,
        _in_force(run).alias("in_force"),
        _is_young(pl.col("age")).alias("young"),
        pl.col(ROW).is_in(pl.concat([new[ROW], shown[ROW]]).implode()).alias("counted"),
    )
    old = "in force, the child is 16 or over and not recorded as disabled, or 18 or over"
    reason = (
        pl.when("in_force", pl.col("person_id").is_null()).then(pl.lit(f"in force, {NOBODY}"))
        .when(pl.col("person_id").is_null()).then(pl.lit(NOBODY))
        .when("counted").then(None)
        .when(~pl.col("in_force")).then(pl.lit("ended by the inspection date"))
        .when(~pl.col("young")).then(pl.lit(old))
        .otherwise(pl.lit("in force, the most recent arrangement of the child is shown instead"))
    )  # fmt: skip
    return unused(run, RECORD, reason, facts)


def _stray_visits(run: ReportRun) -> dict[str, int]:
    """How many visits name an arrangement that is not there, or none; one that has not begun is there."""
    every = run.context.rows(RECORD).filter(pl.col(DROP).is_null() | (pl.col(DROP) == "FUTURE"))
    there = pl.col("arrangement_id").is_in(every["arrangement_id"].implode()).fill_null(value=False)
    return unused(run, VISITS, pl.when(~there).then(pl.lit("of an arrangement that the extract does not have")))


def _notes(run: ReportRun) -> list[str]:
    days = run.settings.first_visit_days
    year = (
        "The first year, with its visits every six weeks, counts from the day the authority became aware of the "
        "arrangement, else from the notification. Without either it is not known whether a visit is due."
    )
    notes = [f"The first visit is to be made within {days} working days of the notification.", year]
    if not run.has("disabilities"):
        notes.append("Disabilities were not supplied: nobody of 16 or 17 is counted.")
    return notes


def _counted(rows: pl.DataFrame) -> list[str]:
    aware = rows["aware_date"].is_not_null()
    notified = ~aware & rows["notification_date"].is_not_null()
    neither = int((~aware & ~notified).sum())
    known, told_later = _number(int(aware.sum())), _number(int(notified.sum()))
    told = [
        f"The first year counts from the day of becoming aware for {known}, from the notification for {told_later}."
    ]
    if neither:
        told.append(f"{_number(neither)} without either day: whether a visit is due is not known.")
    return told


def _number(children_: int) -> str:
    return "1 child" if children_ == 1 else f"{children_} children"
