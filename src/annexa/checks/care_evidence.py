"""Checks of List 8: reviews, visits, health, plans and reviewing officers that are missing or late.

What is overdue is tested of children in care at D; where the start of care is blank nothing has a first due date, and
AA-828 says so.
"""

from datetime import timedelta
from typing import Final

import polars as pl

from annexa.checks.care_rows import (
    EPISODES,
    PLACEMENTS,
    STATUSES,
    Run,
    Trial,
    Trials,
    after_days,
    after_months,
    care_without_short_breaks,
    children_listed,
    late,
    of_open_children,
    overdue,
    years_old,
)
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, on_extract
from annexa.checks.runs import ExtractRun
from annexa.extract.tables import ROW
from annexa.lists.care_columns import reviews_held
from annexa.lists.people import people, with_people
from annexa.lists.placements import distinct_placements
from annexa.lists.registry import ID
from annexa.period import Window, birthday

REVIEWS, VISITS, PLANS, HEALTH = "care_reviews", "care_visits", "care_plans", "health_checks"
LEAVERS: Final = "care_leavers"
LONG_TERM: Final = ("U1", "U4")  # foster placements that are meant to last
PATHWAY_AGES: Final = (16, 17)
_REVIEWED: Final = {REVIEWS: ("review_date",)}
_VISITED: Final = {VISITS: ("visit_date",)}
_PLACED: Final = {PLACEMENTS: ("placement_type", "start_date", "end_date")}
_PLANNED: Final = {PLANS: ("start_date", "plan_json")}


@of_open_children("AA-813", ("care_review_date",), _REVIEWED)
def review_overdue(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child whose next statutory review was due: the first after working days, each other after months."""
    held = pl.col("care_review_date")
    first = run.calendar.after(pl.col("start_date"), check.number("first_working_days"))
    due = pl.when(held.is_null()).then(first).otherwise(after_months(held, check.number("months")))
    rows = rows.with_columns(due.alias("_due"))
    message = "The next statutory review is overdue."
    return rows, (Trial(overdue(run, pl.col("_due")), message, "care_review_date", due=pl.col("_due")),)


@of_open_children(
    "AA-814",
    ("care_visit_date", "placement_start", "placement_type", "permanence_plan"),
    {**_VISITED, **_PLACED, **_PLANNED},
    optional=(PLANS,),
)
def visit_overdue(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child whose next visit was due: within a week of the placement, then after weeks, or months where it lasts.

    Without care plans the months hold for foster placements that are meant to last alone.
    """
    rows = rows.filter(_born(run))
    visit, placed = pl.col("care_visit_date"), pl.max_horizontal("placement_start", "start_date")
    meant_to_last = (pl.col("permanence_plan") == "LTFOST18") | pl.col("placement_type").is_in(LONG_TERM)
    lasting = placed < run.period.months_before(check.number("long_term_from_months"))
    due = (
        pl.when(visit.is_null()).then(after_days(placed, check.number("first_days")))
        .when(meant_to_last & lasting).then(after_months(visit, check.number("long_term_months")))
        .otherwise(after_days(visit, 7 * check.number("weeks")))
    )  # fmt: skip
    rows = rows.with_columns(due.alias("_due"))
    message = "The next visit to the child is overdue."
    trial = Trial(
        overdue(run, pl.col("_due")), message, "care_visit_date", (PLACEMENTS, "start_date"), pl.col("_due")
    )  # fmt: skip
    return rows, (trial,)


@of_open_children(
    "AA-815",
    ("birth_date", "health_assessment_date", "dental_check_date"),
    {"persons": ("birth_date",), HEALTH: ("check_type", "check_date")},
)
def health_overdue(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child whose health assessment or dental check was due; a child may have a finding for each.

    No assessment is due before the first one of the period would be, however old the last one is.
    """
    age, start = years_old(run), pl.col("start_date")
    first = run.calendar.after(start, check.number("first_working_days"))
    months = pl.when(age < check.number("half_yearly_under_age")).then(check.number("half_yearly_months"))
    later = pl.col("health_assessment_date").dt.offset_by(
        pl.format("{}mo", months.otherwise(check.number("health_months")))
    )
    birthday_reached = birthday(pl.col("birth_date"), check.number("dental_from_age"))
    since = (
        pl.when(start.is_not_null())
        .then(pl.max_horizontal(start, birthday_reached, "dental_check_date"))
        .otherwise("dental_check_date")
    )
    old_enough = (age >= check.number("dental_from_age")).fill_null(value=True)
    rows = rows.with_columns(
        pl.max_horizontal(first, later).alias("_health"),
        pl.when(old_enough).then(after_months(since, check.number("dental_months"))).alias("_dental"),
    )
    what = {
        "health_assessment_date": ("_health", "The health assessment is overdue."),
        "dental_check_date": ("_dental", "The dental check is overdue."),
    }
    return rows, [
        Trial(overdue(run, pl.col(due)), message, column, due=pl.col(due)) for column, (due, message) in what.items()
    ]


def _born(run: Run) -> pl.Expr:
    """True for rows of List 8 of children who are born at D."""
    return (pl.col("birth_date").cast(pl.Date) <= run.period.inspection_date).fill_null(value=True)


@of_open_children("AA-822", ("permanence_plan",), _PLANNED)
def no_permanence_plan(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child without a permanence plan at the time of the second review."""
    due = after_months(pl.col("start_date"), check.number("months"))
    wrong = pl.col("permanence_plan").is_null() & overdue(run, due)
    return rows, (Trial(wrong, "No permanence plan is recorded.", "permanence_plan", due=due),)


@of_open_children("AA-825", ("iro_contact_date",), {EPISODES: ("start_date", "end_date", "iro_contact_date")})
def no_contact(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child without any contact of the reviewing officer, working days after care began."""
    days, start = check.number("working_days"), pl.col("start_date")
    wrong = pl.col("iro_contact_date").is_null() & (run.calendar.between(start, run.period.inspection_date) > days)
    message = "No visit or contact of the independent reviewing officer is recorded."
    return rows, (
        Trial(wrong, message, "iro_contact_date", (EPISODES, "iro_contact_date"), run.calendar.after(start, days)),
    )  # fmt: skip


@on_extract("AA-831", reads={EPISODES: ("start_date", "end_date"), **_REVIEWED})
def second_review_overdue(run: ExtractRun, check: Definition) -> Looked:
    """A child with one review in the period, months ago."""
    listed = children_listed(run).filter("is_open")
    held = reviews_held(run.context, listed.select(ID, "person_id", "first_day", "last_day"))
    once = held.group_by(ID).agg(pl.col("review_date").max(), pl.col("review_date").n_unique().alias("_held"))
    rows = listed.join(once.filter(pl.col("_held") == 1), on=ID, maintain_order="left")
    due = after_months(pl.col("review_date"), check.number("months"))
    message = "The second statutory review is overdue."
    value = pl.col("review_date").cast(pl.String)
    return run.looked(check, EPISODES, rows, overdue(run, due), message, value=value, **late(run, due))


@on_extract("AA-832", reads={EPISODES: ("start_date", "end_date"), **_VISITED, **_PLACED})
def no_first_visit(run: ExtractRun, check: Definition) -> Looked:
    """A placement that began lately and was not visited in its first week.

    A change of the same carer's status, a return after a temporary move and a short break begin no placement (2.5). One
    that ended before the visit was due needed none.
    """
    days = check.number("days")
    last = run.period.as_at - timedelta(days=days + 1)
    window = Window(run.period.months_before(check.number("months")), last)
    due = after_days(pl.col("start_date"), days)
    rows = (
        run.context.once(distinct_placements)
        .unique("placement", keep="first", maintain_order=True)
        .filter(window.contains(pl.col("start_date")) & (pl.col("end_date").is_null() | (pl.col("end_date") >= due)))
    )
    rows = with_people(run.context, rows, "unborn").filter(~pl.col("unborn").fill_null(value=False))
    visits = run.rows(VISITS).filter(pl.col("seen").ne_missing(pl.lit("N"))).select("person_id", "visit_date")
    visited = (
        rows.select(ROW, "person_id", "start_date")
        .join(visits, on="person_id")
        .filter(pl.col("visit_date").is_between(pl.col("start_date"), due))[ROW]
        .unique()
    )
    message = "The child was not visited within the first days of the placement."
    return run.looked(
        check, PLACEMENTS, rows, ~pl.col(ROW).is_in(visited.implode()), message, column="start_date", **late(run, due)
    )  # fmt: skip


@of_open_children(
    "AA-833",
    ("care_visit_date", "care_review_date", "placement_start", "placement_type", "legal_status"),
    {**_VISITED, **_REVIEWED, **_PLACED, STATUSES: ("status", "start_date", "end_date")},
)
def close_visit_overdue(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child placed with parents under an interim order, or with a carer approved for a time: visits are closer.

    Who is approved for a time only an extract can say, and only where it has the column.
    """
    with_parents = (pl.col("placement_type") == "P1") & (pl.col("legal_status") == "C1")
    for_a_time = pl.col("temporary_approval") == "Y" if "temporary_approval" in rows.columns else pl.lit(value=False)
    rows = rows.filter((with_parents | for_a_time) & _born(run))
    placed, visit = pl.max_horizontal("placement_start", "start_date"), pl.col("care_visit_date")
    weeks = 7 * check.number("weeks")
    next_visit = pl.when(pl.col("care_review_date").is_null()).then(after_days(visit, check.number("first_days")))
    due = pl.max_horizontal(
        after_days(placed, check.number("first_days")), next_visit.otherwise(after_days(visit, weeks))
    )
    rows = rows.with_columns(due.alias("_due"))
    message = "A visit is overdue: weekly until the first review, then every four weeks."
    trial = Trial(
        overdue(run, pl.col("_due")), message, "care_visit_date", (PLACEMENTS, "start_date"), pl.col("_due")
    )  # fmt: skip
    return rows, (trial,)


@on_extract(
    "AA-841", reads={EPISODES: ("start_date", "end_date"), "persons": ("birth_date",), LEAVERS: ("eligibility",)}
)
def not_prepared(run: ExtractRun, check: Definition) -> Looked:
    """An eligible child, by age and weeks in care, without one of what eligible children have.

    Of an eligible record, a review of the pathway plan and a personal adviser those are asked for that the extract has
    a column for. Weeks count in all periods of care but short breaks, from a birthday on.
    """
    needed = {
        "eligible record": ("eligibility", pl.col("eligibility") == "ELIGIBLE"),
        "pathway plan": ("pathway_plan_review_date", pl.col("pathway_plan_review_date").is_not_null()),
        "personal adviser": ("personal_adviser", pl.col("personal_adviser").is_not_null()),
    }
    asked = {what: recorded for what, (name, recorded) in needed.items() if run.has(LEAVERS, name)}
    recorded = (
        run.rows(LEAVERS)
        .group_by("person_id")
        .agg(each.fill_null(value=False).any().alias(what) for what, each in asked.items())
    )
    rows = _eligible(run, check).join(recorded, on="person_id", how="left", maintain_order="left")
    lacking = [pl.when(~pl.col(what).fill_null(value=False)).then(pl.lit(what)) for what in asked]
    what_lacks = pl.concat_str(lacking, separator=", ", ignore_nulls=True)
    message = pl.format("Aged 16 or 17 and eligible for leaving care services; not recorded: {}.", what_lacks)
    return run.looked(check, EPISODES, rows, what_lacks != "", message)


def _eligible(run: ExtractRun, check: Definition) -> pl.DataFrame:
    """Return the open rows of List 8 of children of 16 or 17 who were in care for weeks since a birthday."""
    young = people(run.context).filter(pl.col("age").is_in(PATHWAY_AGES))
    young = young.select("person_id", birthday(pl.col("birth_date"), check.number("since_age")).alias("_since"))
    as_at = run.period.as_at
    first, last = pl.max_horizontal("first_day", "_since"), pl.min_horizontal("last_day", pl.lit(as_at))
    days = (last - first).dt.total_days().clip(lower_bound=0)
    long_enough = (
        care_without_short_breaks(run)
        .join(young, on="person_id")
        .group_by("person_id")
        .agg(days.sum().alias("_days"))
        .filter(pl.col("_days") >= 7 * check.number("weeks"))
    )
    return children_listed(run).filter("is_open").join(long_enough, on="person_id", how="semi", maintain_order="left")
