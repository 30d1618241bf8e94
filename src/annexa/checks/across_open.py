"""Checks of who is open where: List 6 against what else is open for the child, and whose cases they are."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.membership import CLOSED, among, open_in_need, open_on, unended, with_shown
from annexa.checks.registry import Looked, Unable, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.lists.assessments import open_assessments
from annexa.lists.care_leavers import SERVICES_END_AT
from annexa.lists.outcomes import with_flags
from annexa.lists.people import with_people
from annexa.lists.protection import live_plans
from annexa.lists.services import CARE, CIN_PLAN, CP_PLAN, ENQUIRY, RECORD_OF, services
from annexa.lists.short_breaks import SHORT_BREAKS
from annexa.lists.spans import needed_window

EPISODES: Final = "cin_episodes"
PLANS: Final = "cp_plans"
CARE_EPISODES: Final = "care_episodes"
LEAVERS: Final = "care_leavers"
WORKERS: Final = "workers"
ADULT: Final = 18
_EPISODE: Final = ("referral_date", "close_date")
_SPAN: Final = ("start_date", "end_date")

# The rules of List 6 find them where they add a row, or leave a closed one: lists.children_added.
made("AA-X02", reads={EPISODES: _EPISODE, PLANS: _SPAN}, counted=PLANS)
made("AA-X03", reads={EPISODES: _EPISODE, CARE_EPISODES: _SPAN}, counted=CARE_EPISODES)
made(
    "AA-X05",
    reads={EPISODES: _EPISODE, "assessments": ("start_date", "authorised_date")},
    counted="assessments",
)
made(
    "AA-X28",
    reads={
        EPISODES: _EPISODE,
        "assessments": ("start_date", "authorised_date"),
        "cin_plans": _SPAN,
        PLANS: _SPAN,
        CARE_EPISODES: _SPAN,
    },
    counted=EPISODES,
    optional=("assessments", "cin_plans", PLANS, CARE_EPISODES),
)


@on_lists("AA-X02", reads={7: ("person_id", "end_date"), 6: ("person_id", "case_status")})
def plan_not_on_list_6(run: ListsRun, _check: Definition) -> Looked:
    """An open row of List 7 whose child is not on List 6, or there as neither looked after nor on a plan."""
    otherwise = run.rows(6).filter(pl.col("case_status").is_in(["CIN", "ASSESSMENT", CLOSED]))
    message = "The child is on a child protection plan, and List 6 does not say so."
    return run.looked(7, open_on(run, 7), ~among(run.rows(6)) | among(otherwise), message)


@on_lists("AA-X03", reads={8: ("person_id", "end_date"), 6: ("person_id", "case_status")})
def care_not_on_list_6(run: ListsRun, _check: Definition) -> Looked:
    """An open row of List 8 whose child is not on List 6, or there with another status; short breaks left out."""
    rows = open_on(run, 8).filter(~pl.col("legal_status").is_in(SHORT_BREAKS).fill_null(value=False))
    otherwise = run.rows(6).filter(pl.col("case_status") != "CLA")
    message = "The child is looked after, and List 6 does not say so."
    return run.looked(8, rows, ~among(run.rows(6)) | among(otherwise), message)


@on_extract("AA-X04", reads={EPISODES: _EPISODE, CARE_EPISODES: _SPAN, PLANS: _SPAN})
def status_without_service(run: ExtractRun, check: Definition) -> Looked:
    """A row of the build's List 6 whose status no open care, or no open plan of any authority, stands behind."""
    rows = run.built.rows(6)
    children = rows.select("person_id", "case_status")
    return run.looked(check, EPISODES, children, _unfounded(run.built), _UNFOUNDED, value=_STATUS, list=6)


@on_lists("AA-X04", reads={6: ("person_id", "case_status"), 8: ("person_id", "end_date")})
def row_of_status_without_service(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 6 that says looked after, without an open row on List 8; with an extract, of plans likewise."""
    return run.looked(6, run.rows(6), _unfounded(run), _UNFOUNDED, column="case_status")


_UNFOUNDED: Final = "The status on List 6 says looked after or on a plan, and neither list nor record bears it out."
_STATUS: Final = pl.col("case_status")


def _unfounded(run: ListsRun) -> pl.Expr:
    wrong = (_STATUS == "CLA") & ~among(open_on(run, 8))
    if run.extract and run.extract.has(PLANS, *_SPAN):
        wrong |= (_STATUS == "CP") & ~among(live_plans(run.extract.context).filter("is_open"))
    return wrong


@on_lists(
    "AA-X05",
    reads={4: ("person_id", "authorised_date"), 6: ("person_id", "close_date", "case_status")},
)
def assessment_not_on_list_6(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 4 that is not authorised, whose child is not open on List 6."""
    message = "An assessment is open on List 4, and the child is not open on List 6."
    rows = open_on(run, 4, "authorised_date")
    return run.looked(4, rows, ~among(open_in_need(run)), message, column="authorised_date")


@on_lists(
    "AA-X22",
    reads={
        6: ("person_id", "close_date", "case_status"),
        9: ("person_id", "age_in_years"),
        **dict.fromkeys((4, 5, 7, 8), ("person_id",)),
    },
)
def care_leaver_on_list_6(run: ListsRun, check: Definition) -> Looked:
    """An open row of List 6 of a care leaver of 18 or over who is on none of Lists 4, 5, 7 and 8.

    Where there is an extract, whoever has a plan or a short break in List 6's window is there for that.
    """
    leavers = run.rows(9).filter(pl.col("age_in_years") >= check.number("age"))
    wrong = ~pl.any_horizontal(among(run.rows(number)) for number in (4, 5, 7, 8))
    if run.extract:
        context = run.extract.context
        in_window = needed_window(context, 6).contains(pl.col("end_date"))
        wrong &= ~among(services(context).filter(pl.col("is_open") | in_window))
    rows = open_in_need(run).filter(among(leavers))
    message = "The care leaver is of age and open on List 6, with nothing on Lists 4, 5, 7 and 8."
    return run.looked(6, rows, wrong, message)


@on_lists("AA-X26", reads={6: ("person_id", "case_status"), 7: ("person_id", "end_date")})
def plan_status_without_plan(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 6 that says on a plan, without an open row on List 7.

    Where there is an extract, a plan that is held for another authority answers the question.
    """
    wrong = ~among(open_on(run, 7))
    if run.extract:
        wrong &= ~among(live_plans(run.extract.context).filter(pl.col("is_open") & ~pl.col("own")))
    message = "List 6 says that the child is on a plan, and List 7 has none open: is it another authority's?"
    return run.looked(6, run.rows(6).filter(_STATUS == "CP"), wrong, message, column="case_status")


# Record -> the columns that say whether one of its rows is open at D.
_OPEN: Final = {
    "early_help_episodes": ("end_date",),
    "early_help_assessments": ("completed_date",),
    EPISODES: ("close_date",),
    "assessments": ("authorised_date",),
    "section_47_enquiries": ("end_date",),
    "cin_plans": ("end_date",),
    PLANS: ("end_date",),
    CARE_EPISODES: ("end_date",),
    LEAVERS: ("eligibility",),
}
_OPEN_AT_ANY_AGE: Final = (CARE_EPISODES, LEAVERS)


@on_extract("AA-X25", reads=_OPEN, optional=tuple(_OPEN))
def open_and_on_no_list(run: ExtractRun, check: Definition) -> Looked | Unable:
    """A child with something open at D who is on none of the lists of children.

    What a death, or the closure of its episode, has ended is not open. With `drop_adults` Lists 1 to 7 leave adults off
    on purpose.
    """
    if not any(run.has(record) for record in _OPEN):
        return Unable("no table was supplied in which anything could be open")
    parts = [
        rows.select("person_id", pl.lit(place).alias("place"), pl.lit(run.context.tables[record].source).alias("table"))
        for place, (record, rows) in enumerate(_open_rows(run).items())
    ]
    people = with_people(run.context, pl.concat(parts).drop_nulls("person_id").unique(), "age", "death_date")
    children = (
        people.filter(_expected(run))
        .sort("person_id", "place")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("table").first(), pl.col("table").str.join(", ").alias("tables"))
    )
    listed = [view.frame for view in run.built.lists.values() if "person_id" in view.frame.columns]
    anywhere = pl.concat([children.select("person_id").clear(), *(frame.select("person_id") for frame in listed)])
    message = "Something is open for the child at the inspection date, and the child is on no list."
    return run.looked(
        check,
        EPISODES,
        children,
        ~among(anywhere),
        message,
        table=pl.col("table"),
        file=None,
        value=pl.col("tables"),
    )


def _expected(run: ExtractRun) -> pl.Expr:
    """True where the person is alive, and no option leaves an adult off the list of what is open, its `place`."""
    living = pl.col("death_date").is_null()
    if not run.context.options.drop_adults:
        return living
    at_any_age = [place for place, record in enumerate(_OPEN) if record in _OPEN_AT_ANY_AGE]
    return living & ((pl.col("age") < ADULT).fill_null(value=True) | pl.col("place").is_in(at_any_age))


def _open_rows(run: ExtractRun) -> dict[str, pl.DataFrame]:
    """Return for each record of _OPEN the rows of it that are open at D."""
    context = run.context
    received = services(context).filter(pl.col("is_open") & pl.col("own"))
    referred = with_flags(run.rows(EPISODES).filter(pl.col("close_date").is_null()), "outcome_json", ("NFA_FLAG",))
    rows = {
        "early_help_episodes": run.rows("early_help_episodes").filter(pl.col("end_date").is_null()),
        "early_help_assessments": run.rows("early_help_assessments").filter(pl.col("completed_date").is_null()),
        EPISODES: referred.filter(pl.coalesce("nfa", "NFA_FLAG").ne_missing("Y")),
        "assessments": open_assessments(context),
        LEAVERS: _current_leavers(run),
        **{RECORD_OF[kind]: received.filter(pl.col("kind") == kind) for kind in (ENQUIRY, CIN_PLAN, CP_PLAN, CARE)},
    }
    return {record: rows[record] for record in _OPEN}


def _current_leavers(run: ExtractRun) -> pl.DataFrame:
    """People under 25 with a care-leaver record that gives a category, and no service that has ended (List 9)."""
    ended = (
        run.rows("care_leaver_services")
        .drop_nulls("person_id")
        .group_by("person_id")
        .agg(run.period.open_at(pl.col("start_date"), pl.col("end_date")).any().alias("open"))
        .filter(~pl.col("open"))
    )
    entitled = run.rows(LEAVERS).filter(
        pl.col("eligibility").ne_missing("NONE") & pl.col("in_touch").ne_missing("DIED")
    )
    people = with_people(run.context, entitled, "age").filter(~among(ended))
    return people.filter((pl.col("age") < SERVICES_END_AT).fill_null(value=True))


_WORKER: Final = ("allocated_worker", "recorded_worker")
_LISTS_OF_WORKERS: Final = (3, 4, 5, 6, 7, 8)


@on_extract("AA-X27", reads={WORKERS: ("worker_id",)})
def worker_not_employed(run: ExtractRun, check: Definition) -> Looked:
    """A worker of open rows of Lists 3 to 8 who is not in the workforce data: by identifier, or by name.

    The lists show a worker by name where the extract has one for the identifier, so the names that belong to the
    identifiers of the workforce data count too. One finding a worker; its value is the number of children.
    """
    parts = [_held(run, number) for number in _LISTS_OF_WORKERS if number in run.built.lists]
    held = pl.concat(parts) if parts else pl.DataFrame(schema={"person_id": pl.String, "worker": pl.String})
    workers = (
        held.drop_nulls("worker")
        .group_by("worker")
        .agg(pl.col("person_id").n_unique().cast(pl.String).alias("children"))
        .sort("worker")
    )
    staff = run.rows(WORKERS)
    named = run.rows("professionals").filter(
        pl.any_horizontal(pl.col(key).is_in(staff["worker_id"].implode()) for key in ("professional_id", "staff_id"))
    )
    known = pl.concat([staff["worker_id"], staff["name"], named["name"]]).rename("known").to_frame()
    known_names = known.select(_plain(pl.col("known")))["known"].drop_nulls().unique()
    wrong = ~_plain(pl.col("worker")).is_in(known_names.implode())
    message = "The worker holds open cases and is not in the workforce data."
    return run.looked(
        check, WORKERS, workers, wrong, message, worker=pl.col("worker"), value=pl.col("children"), column="worker_id"
    )


def _held(run: ExtractRun, number: int) -> pl.DataFrame:
    """Return person_id and worker of the rows of a list that are open at D; of a referral, its episode."""
    columns = run.built.rows(number).columns
    name = next(each for each in _WORKER if each in columns)
    rows = with_shown(run, number, name)
    # A referral is over in a day: it is open as long as the episode that it began.
    current = unended(run.built, "close_date") if number == 3 else ~pl.col("ceased")
    return rows.filter(current).select("person_id", pl.col(name).alias("worker"))


def _plain(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
