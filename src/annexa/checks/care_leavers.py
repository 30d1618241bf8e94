"""Checks of List 9: care leavers.

What a record says of accommodation or activity is tested on every record. What should have been done by D is tested on
the young people who receive services, under the category and from the record that the list shows.
"""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.lists.care_leavers import CATEGORIES, DETAILS, has_category
from annexa.lists.people import with_people
from annexa.period import InspectionPeriod, completed_years
from annexa.records import UNREADABLE

LIST: Final = 9
LEAVERS: Final = "care_leavers"
AGED: Final = ("birth_date", "age_in_years")
FOYER: Final = "T"
FORMER_CARERS: Final = "Z"
SUITABLE: Final = "1"
# The codes of activity that a later edition split, and what they were split into.
UNSPLIT: Final = ("F3", "P3")
SPLIT: Final = ("F4", "P4", "F5", "P5")

_NAMES: Final = {"accommodation": "type of accommodation", "suitability": "its suitability", "activity": "activity"}

made("AA-909", reads={LEAVERS: ("eligibility",)}, counted=LEAVERS)
made("AA-910", reads={LEAVERS: ("in_touch",), "persons": ("death_date",)}, counted=LEAVERS)


@on_extract(
    "AA-901",
    reads={LEAVERS: ("eligibility",), "persons": ("birth_date",), "care_episodes": ("start_date", "end_date")},
)
def category_and_age(run: ExtractRun, check: Definition) -> Looked:
    """A category that does not fit the age, over all records of a person (R27, R41).

    Who is eligible must be looked after, so without the episodes of care this cannot be told.
    """
    of_age, youngest, age = check.number("former_from"), check.number("relevant_from"), pl.col("age")
    relevant, former = has_category("RELEVANT"), has_category("FORMER")
    qualifying, eligible = has_category("QUALIFYING"), has_category("ELIGIBLE")
    adult = (age >= of_age) & ~former & ~qualifying & (eligible | relevant)
    child = (age >= youngest) & (age < of_age) & ~relevant & ~qualifying & (eligible | former)
    young = (age < youngest) & (relevant | former | qualifying | eligible)
    rows = run.lists[LIST].rows
    recorded = pl.col("categories").list.set_intersection(CATEGORIES).list.sort().list.join(", ")
    wrong = adult | (child & ~pl.col("still_eligible")) | young
    return run.looked(check, LEAVERS, rows, wrong, _MISFIT, column="eligibility", value=recorded)


@on_lists("AA-901", each={LIST: ("eligibility", *AGED)})
def row_category_and_age(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row whose category does not fit the age at D."""
    of_age, youngest, age = check.number("former_from"), check.number("relevant_from"), _age(run)
    relevant = (pl.col("eligibility") == "RELEVANT") & ((age >= of_age) | (age < youngest))
    former = (pl.col("eligibility") == "FORMER") & (age < of_age)
    return run.looked(number, run.rows(number), relevant | former, _MISFIT, column="eligibility")


_MISFIT: Final = "The eligibility category does not fit the age."


@on_extract("AA-902", reads={LEAVERS: ("eligibility", "in_touch", *DETAILS)})
def in_touch_without_details(run: ExtractRun, check: Definition) -> Looked:
    """Someone in touch of whom the list cannot say where they live or what they do."""
    rows = _in_touch(_served(run))
    return run.looked(check, LEAVERS, rows, _details_lack(), _lacking(), column="in_touch")


@on_lists("AA-902", each={LIST: ("eligibility", "in_touch", *DETAILS)})
def row_in_touch_without_details(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, _in_touch(run.rows(number)), _details_lack(), _lacking(), column="in_touch")


def _in_touch(rows: pl.DataFrame) -> pl.DataFrame:
    eligible = pl.col("eligibility").eq_missing(pl.lit("ELIGIBLE"))
    return rows.filter((pl.col("in_touch") == "YES") & ~eligible)


def _details_lack() -> pl.Expr:
    return pl.any_horizontal(pl.col(DETAILS).is_null())


def _lacking() -> pl.Expr:
    blank = [pl.when(pl.col(name).is_null()).then(pl.lit(_NAMES[name])) for name in DETAILS]
    lacking = pl.concat_str(blank, separator=", ", ignore_nulls=True)
    return pl.concat_str(pl.lit("The authority is in touch, and this is not recorded: "), lacking, pl.lit("."))


@on_extract("AA-903", each={LEAVERS: ("in_touch", *DETAILS)})
def details_without_touch(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A record of someone not in touch that says where they live or what they do."""
    return run.looked(check, record, run.rows(record), _details_too_many(), _NOT_IN_TOUCH, column="in_touch")


@on_lists("AA-903", each={LIST: ("in_touch", *DETAILS)})
def row_with_details_without_touch(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, run.rows(number), _details_too_many(), _NOT_IN_TOUCH, column="in_touch")


_NOT_IN_TOUCH: Final = "The authority is not in touch, and accommodation, suitability or activity is filled in."


def _details_too_many() -> pl.Expr:
    apart = ~pl.col("in_touch").is_in(["YES", UNREADABLE])  # blank says neither
    return apart & pl.any_horizontal(pl.col(DETAILS).is_not_null())


@on_extract("AA-904", each={LEAVERS: ("accommodation", "suitability")})
def unlikely_suitable(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Accommodation of a kind that is hardly suitable, recorded as suitable."""
    rows = run.rows(record).filter(_of_kinds(check))
    return run.looked(check, record, rows, _suitable(), _HARDLY, column="accommodation")


@on_lists("AA-904", each={LIST: ("accommodation", "suitability")})
def row_unlikely_suitable(run: ListsRun, check: Definition, number: int) -> Looked:
    """The same of a row."""
    rows = run.rows(number).filter(_of_kinds(check))
    return run.looked(number, rows, _suitable(), _HARDLY, column="accommodation")


_HARDLY: Final = "Accommodation of this kind is recorded as suitable."


def _of_kinds(check: Definition) -> pl.Expr:
    return pl.col("accommodation").is_in(check.words("unsuitable"))


def _suitable() -> pl.Expr:
    return pl.col("suitability") == SUITABLE


@on_extract("AA-905", reads={LEAVERS: ("accommodation",), "persons": ("birth_date",)})
def child_in_foyer(run: ExtractRun, check: Definition) -> Looked:
    """Someone too young for a foyer in one."""
    return _too_young(run, check, FOYER, _CHILD_IN_FOYER)


@on_lists("AA-905", each={LIST: ("accommodation", *AGED)})
def row_of_child_in_foyer(run: ListsRun, check: Definition, number: int) -> Looked:
    """The same of a row."""
    return _row_too_young(run, check, number, FOYER, _CHILD_IN_FOYER)


@on_extract("AA-906", reads={LEAVERS: ("accommodation",), "persons": ("birth_date",)})
def child_with_former_carers(run: ExtractRun, check: Definition) -> Looked:
    """Someone not of age who stays with former foster carers."""
    return _too_young(run, check, FORMER_CARERS, _CHILD_STAYING_PUT)


@on_lists("AA-906", each={LIST: ("accommodation", *AGED)})
def row_of_child_with_former_carers(run: ListsRun, check: Definition, number: int) -> Looked:
    """The same of a row."""
    return _row_too_young(run, check, number, FORMER_CARERS, _CHILD_STAYING_PUT)


_CHILD_IN_FOYER: Final = "A foyer or similar accommodation is recorded for someone under 18."
_CHILD_STAYING_PUT: Final = "Living with former foster carers is recorded for someone under 18."


def _too_young(run: ExtractRun, check: Definition, kind: str, message: str) -> Looked:
    rows = run.rows(LEAVERS).filter(pl.col("accommodation") == kind)
    rows = with_people(run.context, rows, "age")
    return run.looked(check, LEAVERS, rows, pl.col("age") < check.number("age"), message, column="accommodation")


def _row_too_young(run: ListsRun, check: Definition, number: int, kind: str, message: str) -> Looked:
    rows = run.rows(number).filter(pl.col("accommodation") == kind)
    return run.looked(number, rows, _age(run) < check.number("age"), message, column="accommodation")


@on_extract("AA-907", each={LEAVERS: ("activity",)})
def activity_of_another_edition(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An activity code that only another edition has."""
    rows = run.rows(record).drop_nulls("activity")
    wrong = _of_another_edition(run.built)
    return run.looked(check, record, rows, wrong, _OTHER_EDITION, column="activity")


@on_lists("AA-907", each={LIST: ("activity",)})
def row_with_activity_of_another_edition(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    rows = run.rows(number).drop_nulls("activity")
    return run.looked(number, rows, _of_another_edition(run), _OTHER_EDITION, column="activity")


_OTHER_EDITION: Final = "The activity code belongs to another edition of Annex A."


def _of_another_edition(run: ListsRun) -> pl.Expr:
    older = SPLIT[0] in run.edition.code_set("activity").replaced
    return pl.col("activity").is_in(SPLIT if older else UNSPLIT)


@on_extract("AA-908", reads={LEAVERS: ("eligibility", "pathway_plan_review_date"), "persons": ("birth_date",)})
def pathway_plan_not_reviewed(run: ExtractRun, check: Definition) -> Looked:
    """A pathway plan without a review in the last months."""
    rows = _with_pathway_plan(_served(run), pl.col("age"), check)
    late, due, days = _too_old(run.period, _REVIEWED, check)
    return run.looked(check, LEAVERS, rows, late, _NO_REVIEW, column=_REVIEWED, due_date=due, days_overdue=days)


@on_lists("AA-908", each={LIST: ("eligibility", "pathway_plan_review_date", *AGED)})
def row_with_pathway_plan_not_reviewed(run: ListsRun, check: Definition, number: int) -> Looked:
    """The same of a row."""
    rows = _with_pathway_plan(run.rows(number), _age(run), check)
    late, due, days = _too_old(run.period, _REVIEWED, check)
    return run.looked(number, rows, late, _NO_REVIEW, column=_REVIEWED, due_date=due, days_overdue=days)


_REVIEWED: Final = "pathway_plan_review_date"
_NO_REVIEW: Final = "The pathway plan has no review, or none recent enough."


def _with_pathway_plan(rows: pl.DataFrame, age: pl.Expr, check: Definition) -> pl.DataFrame:
    former = (pl.col("eligibility") == "FORMER") & (age < check.number("under_age"))
    return rows.filter((pl.col("eligibility") == "RELEVANT") | former)


@on_extract("AA-911", reads={LEAVERS: ("eligibility", "in_touch", "latest_contact_date")})
def contact_too_long_ago(run: ExtractRun, check: Definition) -> Looked:
    """Someone shown in touch without a recent contact."""
    late, due, days = _too_old(run.period, _CONTACT, check)
    rows = _to_be_contacted(_served(run))
    return run.looked(check, LEAVERS, rows, late, _NO_CONTACT, column=_CONTACT, due_date=due, days_overdue=days)


@on_lists("AA-911", each={LIST: ("eligibility", "in_touch", "latest_contact_date")})
def row_with_contact_too_long_ago(run: ListsRun, check: Definition, number: int) -> Looked:
    """The same of a row."""
    late, due, days = _too_old(run.period, _CONTACT, check)
    rows = _to_be_contacted(run.rows(number))
    return run.looked(number, rows, late, _NO_CONTACT, column=_CONTACT, due_date=due, days_overdue=days)


_CONTACT: Final = "latest_contact_date"
_NO_CONTACT: Final = "The authority is shown in touch, and there is no contact, or none recent enough."


def _to_be_contacted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter((pl.col("in_touch") == "YES") & pl.col("eligibility").is_in(["RELEVANT", "FORMER"]))


def _too_old(period: InspectionPeriod, name: str, check: Definition) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Whether a date is blank or too many months before D, when the next was due, and the days since."""
    months, day = check.number("months"), pl.col(name)
    due = day.dt.offset_by(f"{months}mo")
    late = day.is_null() | (day < period.months_before(months))
    return late, due, (pl.lit(period.inspection_date) - due).dt.total_days()


@on_lists("AA-910", each={LIST: ("in_touch",)})
def row_of_the_dead(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that says that the young person has died."""
    message = "The young person has died and does not belong on List 9."
    return run.looked(number, run.rows(number), pl.col("in_touch") == "DIED", message, column="in_touch")


@on_extract("AA-912", reads={LEAVERS: ("eligibility",)})
def no_category(run: ExtractRun, check: Definition) -> Looked:
    """Someone who receives services and for whom no category can be shown; AA-901 speaks of who is too young for it."""
    too_young = pl.col("age").is_not_null() & has_category("ELIGIBLE")
    wrong = pl.col("eligibility").is_null() & ~too_young
    return run.looked(check, LEAVERS, run.lists[LIST].rows, wrong, _NO_CATEGORY, column="eligibility")


@on_lists("AA-912", each={LIST: ("eligibility",)})
def row_without_category(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row without a category."""
    wrong = pl.col("eligibility").is_null()
    return run.looked(number, run.rows(number), wrong, _NO_CATEGORY, column="eligibility")


_NO_CATEGORY: Final = "The young person receives leaving care services, and no eligibility category can be shown."


def _served(run: ExtractRun) -> pl.DataFrame:
    """The young people of the list, one row each.

    Without the episodes of care nobody knows who is still looked after: a child recorded as eligible is left out then,
    though the list has to show a category.
    """
    rows = run.lists[LIST].rows
    if run.context.supplied("care_episodes"):
        return rows
    inferred = has_category("ELIGIBLE") & ~has_category("RELEVANT") & (pl.col("eligibility") == "RELEVANT")
    return rows.filter(~inferred.fill_null(value=False))


def _age(run: ListsRun) -> pl.Expr:
    """The age at D by the date of birth, or else as the row has it."""
    return pl.coalesce(completed_years(pl.col("birth_date"), run.period.inspection_date), "age_in_years")
