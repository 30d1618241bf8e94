"""Checks of dates against each other: before birth, after death, after the extract was taken, in adult age."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.children import EVENTS, chosen, events, looked_at, reads_of
from annexa.checks.registry import Answer, Looked, Unable, made, nothing, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import ROW
from annexa.period import completed_years
from annexa.records.types import EARLIEST

_Columns = Mapping[int, tuple[str, ...]]

# What has happened once it has a date. Due dates, conferences, reviews and health checks are planned ahead; so are the
# ends of orders, of immigration statuses, of care plans and of leaving care services.
_HAPPENED: Final[dict[str, tuple[str, ...]]] = {
    "persons": ("death_date",),
    "contacts": ("contact_date",),
    "early_help_episodes": ("start_date", "end_date"),
    "early_help_assessments": ("start_date", "completed_date"),
    "cin_episodes": ("referral_date", "close_date"),
    "assessments": ("start_date", "authorised_date"),
    "section_47_enquiries": ("start_date", "end_date"),
    "cin_plans": ("start_date", "end_date"),
    "cin_visits": ("visit_date",),
    "cp_plans": ("start_date", "end_date"),
    "cp_visits": ("visit_date",),
    "emergency_protection": ("start_date",),
    "care_episodes": ("start_date", "end_date", "entered_care_date", "iro_contact_date"),
    "legal_statuses": ("start_date",),
    "placements": ("start_date", "end_date"),
    "care_visits": ("visit_date",),
    "care_plans": ("start_date",),
    "missing_episodes": ("start", "end"),
    "care_leavers": ("latest_contact_date",),
    "care_leaver_services": ("start_date",),
    "immigration_statuses": ("start_date",),
    "involvements": ("start_date", "end_date"),
    "permanence": (
        "decision_date", "placement_order_date", "matched_date", "placed_date", "ffa_date", "reversed_date",
        "order_date",
    ),
    "adoption_links": ("linked_date", "unlinked_date"),
    "adopters": (
        "enquiry_date", "information_pack_date", "stage1_start_date", "stage1_end_date", "stage2_start_date",
        "stage2_end_date", "application_date", "approval_date", "rejection_date", "matched_date", "placed_date",
        "adoption_order_date", "left_date",
    ),
}  # fmt: skip
_FIRST_LIST: Final = {
    "contacts": 1, "early_help_episodes": 2, "early_help_assessments": 2, "cin_episodes": 3, "assessments": 4,
    "section_47_enquiries": 5, "cin_plans": 6, "cin_visits": 6, "cp_plans": 7, "cp_visits": 7,
    "emergency_protection": 7, "care_episodes": 8, "legal_statuses": 8, "placements": 8, "care_visits": 8,
    "care_plans": 8, "missing_episodes": 8, "care_leavers": 9, "care_leaver_services": 9, "permanence": 10,
    "adoption_links": 10, "adopters": 11,
}  # fmt: skip

# The same on the lists.
_HAPPENED_ON_LISTS: Final[_Columns] = {
    1: ("contact_date",),
    2: ("start_date", "end_date"),
    3: ("referral_date",),
    4: ("start_date", "authorised_date"),
    5: ("start_date",),
    6: ("start_date", "last_seen_date", "close_date"),
    7: ("start_date", "cp_visit_date", "end_date"),
    8: (
        "start_date", "end_date", "legal_status_start", "care_visit_date", "iro_contact_date", "placement_start",
    ),
    9: ("latest_contact_date",),
    10: (
        "entered_care_date", "decision_date", "placement_order_date", "matched_date", "placed_date", "order_date",
        "reversed_date", "ffa_date",
    ),
    11: (
        "enquiry_date", "stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date",
        "application_date", "approval_date", "matched_date", "placed_date", "adoption_order_date", "left_date",
    ),
}  # fmt: skip
# Columns that only some editions have: where the list lacks one, the others are tested all the same.
_LATER_COLUMNS: Final = ("latest_contact_date",)

_BEFORE_BIRTH: Final[_Columns] = {
    1: ("contact_date",),
    2: ("start_date",),
    3: ("referral_date",),
    4: ("start_date",),
    5: ("start_date", "conference_date"),
    6: ("start_date", "last_seen_date"),
    7: ("start_date", "cp_visit_date", "cp_review_date"),
    8: (
        "start_date", "legal_status_start", "care_review_date", "care_visit_date", "iro_contact_date",
        "health_assessment_date", "dental_check_date", "placement_start",
    ),
    9: ("latest_contact_date",),
    10: (
        "entered_care_date", "decision_date", "placement_order_date", "matched_date", "placed_date", "order_date",
        "reversed_date", "ffa_date",
    ),
}  # fmt: skip
# Of List 10, what may be decided about a child who is not born yet.
_UNBORN_TOO: Final = ("decision_date", "matched_date")
_FOR_THE_BORN: Final = (8, 9)  # an unborn child on these is AA-G23

_STARTS: Final[_Columns] = {
    1: ("contact_date",),
    2: ("start_date",),
    3: ("referral_date",),
    4: ("start_date",),
    5: ("start_date",),
    6: ("start_date",),
    7: ("start_date",),
}
_STARTING: Final = tuple(each for each in EVENTS if each.starts)

# What spreadsheets make of an empty cell.
_NO_DAYS: Final = (date(1899, 12, 30), date(1899, 12, 31))
_TOO_LATE: Final = "The date is after the extract was taken."
_UNBORN: Final = "The date is before birth."
_ADULT: Final = "The person was 18 or over at the time: an adult, or a wrong date of birth?"

made("AA-G07")


def _with_birth(columns: _Columns) -> dict[int, tuple[str, ...]]:
    return {
        number: ("birth_date", *(name for name in names if name not in _LATER_COLUMNS))
        for number, names in columns.items()
    }


def _without_later(columns: _Columns) -> dict[int, tuple[str, ...]]:
    return {number: tuple(name for name in names if name not in _LATER_COLUMNS) for number, names in columns.items()}


def _cell_by_cell(run: ListsRun, number: int, wrong: Mapping[str, pl.Expr], message: str) -> Looked:
    """Look at several date columns of a list: every date counts, and every wrong one is a finding."""
    rows = run.rows(number)
    answers = [
        run.looked(number, rows.filter(pl.col(name).is_not_null()), wrong[name], message, column=name)
        for name in wrong
        if run.has(number, name)
    ]
    found = pl.concat([nothing(0).found, *(each.found for each in answers)])
    return Looked(sum(each.tested for each in answers), found)


@on_lists("AA-G07", each=dict.fromkeys(_HAPPENED_ON_LISTS, ()))
def date_before_1900(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Dates of a list before 1900, but for what spreadsheets make of an empty cell."""
    columns = tuple(name for name, dtype in run.rows(number).schema.items() if dtype == pl.Date)
    wrong = {name: (pl.col(name) < EARLIEST) & ~pl.col(name).is_in(_NO_DAYS) for name in columns}
    return _cell_by_cell(run, number, wrong, "The date is before 1900.")


@on_extract("AA-G08", each=_HAPPENED)
def date_after_extract(run: ExtractRun, check: Definition, record: str) -> Answer:
    """Dates of what has happened that lie after the later of D and the day of the extract.

    Rules see no date later than A (K6), so these are told by what was kept of them before.
    """
    table = run.context.tables[record]
    if table.later is None:
        return Unable("no day of the extract was given (--extract-date)")
    fields = _HAPPENED[record]
    person = run.context.rows(record).select(ROW, pl.col(table.record.meta.person).alias("child"))
    late = table.later.filter(pl.col("field").is_in(fields)).join(person, on=ROW, how="left", maintain_order="left")
    answer = run.looked(
        check,
        record,
        late,
        pl.lit(value=True),
        _TOO_LATE,
        child=pl.col("child"),
        event=pl.col("key"),
        list=_FIRST_LIST.get(record),
        value=pl.col("day").cast(pl.String),
    )
    columns = {name: table.column(name) for name in fields}
    found = answer.found.with_columns(late["field"].replace_strict(columns, return_dtype=pl.String).alias("column"))
    return Looked(run.context.rows(record).height, found)


@on_lists("AA-G08", each=_without_later(_HAPPENED_ON_LISTS))
def list_date_after_extract(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Dates of a list after the later of D and the day of the extract, where one is given."""
    period = run.period
    last = max(period.inspection_date, period.extract_date or period.inspection_date)
    columns = _HAPPENED_ON_LISTS[number]
    return _cell_by_cell(run, number, {name: pl.col(name) > last for name in columns}, _TOO_LATE)


@on_extract("AA-G10", reads={"persons": ("birth_date",), **reads_of(EVENTS)}, optional=tuple(reads_of(EVENTS)))
def before_birth(run: ExtractRun, check: Definition) -> Looked:
    """Events before birth: Lists 1 to 7 from the length of a pregnancy on, Lists 8 to 10 any.

    On List 10 the decision and the match may concern an unborn child, and so are tested as Lists 1 to 7 are.
    """
    in_care = pl.col("n").is_in([n for n, each in enumerate(EVENTS) if each.list in _FOR_THE_BORN])
    too_early = pl.col("day") < _earliest(check)
    any_time = pl.col("n").is_in([n for n, each in enumerate(EVENTS) if not each.before_birth])
    wrong = too_early | (any_time & (pl.col("day") < pl.col("birth_date")))
    tested = pl.col("birth_date").is_not_null() & ~(in_care & pl.col("unborn"))
    return looked_at(run, events(run.context), tested, wrong, _UNBORN)


def _earliest(check: Definition) -> pl.Expr:
    return pl.col("birth_date") - pl.duration(weeks=check.number("weeks_before_birth"))


@on_lists("AA-G10", each=_with_birth(_BEFORE_BIRTH))
def list_before_birth(run: ListsRun, check: Definition, number: int) -> Looked:
    """Dates of a list before birth, as for an extract."""
    unborn = pl.col("birth_date") > run.period.inspection_date
    strict = number >= min(_FOR_THE_BORN)
    columns = _BEFORE_BIRTH[number]
    wrong = {}
    for name in columns:
        first = pl.col("birth_date") if strict and name not in _UNBORN_TOO else _earliest(check)
        wrong[name] = pl.col(name) < first
        if number in _FOR_THE_BORN:
            wrong[name] &= ~unborn
    return _cell_by_cell(run, number, wrong, _UNBORN)


@on_extract("AA-G13", reads={"persons": ("birth_date",), **reads_of(_STARTING)}, optional=tuple(reads_of(_STARTING)))
def adult_at_event(run: ExtractRun, check: Definition) -> Looked:
    """Persons of 18 to 25 at a contact, referral, assessment, enquiry, plan or the start of early help (K13)."""
    tested = chosen([each.starts for each in EVENTS]) & pl.col("birth_date").is_not_null()
    return looked_at(run, events(run.context), tested, _grown_up(check, "day"), _ADULT)


def _grown_up(check: Definition, day: str) -> pl.Expr:
    age = completed_years(pl.col("birth_date"), pl.col(day))
    return age.is_between(check.number("from_age"), check.number("to_age"))


@on_lists("AA-G13", each=_with_birth(_STARTS))
def list_adult_at_event(run: ListsRun, check: Definition, number: int) -> Looked:
    """Rows of Lists 1 to 7 whose person was 18 to 25 at the event."""
    (day,) = _STARTS[number]
    return _cell_by_cell(run, number, {day: _grown_up(check, day)}, _ADULT)
