"""Checks of what is recorded about a child who has died: what began later, and what is still open."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.children import EVENTS, chosen, events, looked_at, reads_of
from annexa.checks.registry import Looked, on_extract
from annexa.checks.runs import ExtractRun
from annexa.extract.tables import ROW
from annexa.lists.assessments import assessment_facts
from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.lists.section_47 import linked_conferences
from annexa.period import completed_years

ADULT: Final = 18
_LIVED: Final = tuple(each for each in EVENTS if each.lived)
# What a death leaves open, the date that would close it, and the list it is about.
_CLOSED_BY: Final = {
    "early_help_episodes": ("end_date", 2),
    "early_help_assessments": ("completed_date", 2),
    "assessments": ("authorised_date", 4),
    "section_47_enquiries": ("end_date", 5),
    "cin_episodes": ("close_date", 6),
    "cin_plans": ("end_date", 6),
    "cp_plans": ("end_date", 7),
    "care_episodes": ("end_date", 8),
    "placements": ("end_date", 8),
}


@on_extract(
    "AA-G14",
    reads={"persons": ("death_date",), **reads_of(_LIVED), "cp_plans": ("start_date", "end_date")},
    optional=tuple(reads_of(_LIVED)),
)
def after_death(run: ExtractRun, check: Definition) -> tuple[Looked, Looked]:
    """What needs a living child and begins after the death; and plans that end after it.

    Contacts, closures and authorisations may follow a death.
    """
    tested = chosen([each.lived for each in EVENTS])
    late = pl.col("day") > pl.col("death_date")
    begun = looked_at(run, events(run.context), tested, late, "The date is after the child's death.")
    plans = with_people(run.context, run.rows("cp_plans"), "death_date")
    message = "The plan ends after the child's death."
    ended = run.looked(
        check, "cp_plans", plans, pl.col("end_date") > pl.col("death_date"), message, column="end_date", list=7
    )
    return begun, Looked(0, ended.found)


@on_extract("AA-G24", each={record: (end,) for record, (end, _) in _CLOSED_BY.items()})
def open_after_death(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Records still open more than some working days after the child's death (K14).

    Days are counted up to A, since what happened later is not known.
    """
    end, number = _CLOSED_BY[record]
    days = check.number("working_days")
    died, as_at = pl.col("death_date"), run.period.as_at
    rows = with_people(run.context, _open(run.context, record, end), "death_date").filter(died.is_not_null())
    late = run.calendar.between(died, as_at) - days
    return run.looked(
        check,
        record,
        rows,
        late > 0,
        "The child has died, and the record is still open.",
        column=end,
        list=number,
        value=died.cast(pl.String),
        due_date=run.calendar.after(died, days),
        days_overdue=(pl.lit(run.period.inspection_date) - run.calendar.after(died, days)).dt.total_days(),
    )


def _open(context: Context, record: str, end: str) -> pl.DataFrame:
    """Return the rows of a record that nothing but a death could have ended, as the record's own list counts them."""
    rows = context.live(record)
    if record == "care_episodes":
        # Of a period of care the last episode alone says whether it is open.
        ended = care_periods(context).filter(pl.col("ended_by") == "death")
        return rows.filter(pl.col(ROW).is_in(ended["episode_row"].implode()))
    if record == "assessments":
        ended = assessment_facts(context).filter(pl.col("ended_by_death") & ~pl.col("closed_with_episode"))
        return rows.filter(pl.col(ROW).is_in(ended[ROW].implode()))
    still_open = rows.filter(pl.col(end).is_null())
    if record == "section_47_enquiries":
        held = linked_conferences(context).drop_nulls("conference_date")["enquiry_row"]
        return still_open.filter(~pl.col(ROW).is_in(held.implode()))
    if record == "early_help_assessments":
        return pl.concat([still_open.filter(pl.col("person_id").is_not_null()), _of_families(context, still_open)])
    return still_open


def _of_families(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the records that name a family and no child, once for each of its children."""
    families = context.live("early_help_families").select("family_id", "person_id").drop_nulls().unique()
    members = rows.filter(pl.col("person_id").is_null()).drop("person_id").join(families, on="family_id")
    members = with_people(context, members.select(rows.columns), "birth_date")
    adult = completed_years(pl.col("birth_date"), pl.col("start_date")) >= ADULT
    return members.filter(~adult.fill_null(value=False)).drop("birth_date")
