"""Checks between lists, from contact to episode of need: does one thing lead to the next, and is it recorded?"""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.membership import among
from annexa.checks.registry import Answer, Looked, Unable, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import window_of, with_share
from annexa.extract.tables import ROW
from annexa.lists.assessments import assessment_facts, with_support
from annexa.lists.children_in_need import CLOSED_AFTER_ASSESSMENT
from annexa.lists.outcomes import any_yes, with_flags
from annexa.lists.services import belonging, services
from annexa.lists.spans import needed_window

CONTACTS: Final = "contacts"
EPISODES: Final = "cin_episodes"
ASSESSMENTS: Final = "assessments"

_REFERRED: Final = ("NEW_REFERRAL_FLAG", "EXISTING_REFERRAL_FLAG")
_CONTACT_FLAGS: Final = (
    *_REFERRED,
    "CP_ENQUIRY_FLAG",
    "NFA_FLAG",
    "NON_AGENCY_ADOPTION_FLAG",
    "PRIVATE_FOSTERING_FLAG",
    "ADVICE_FLAG",
    "MISSING_FLAG",
    "OLA_CP_FLAG",
    "OTHER_OUTCOMES_EXIST_FLAG",
)
# Referrals for which the work that follows stands elsewhere than in assessments, enquiries, plans and care.
_ELSEWHERE: Final = ("PRIVATE_FOSTERING_FLAG", "CP_TRANSFER_IN_FLAG", "CARE_LEAVER_FLAG", "CLA_REQUEST_FLAG")


@on_extract("AA-X01", reads={EPISODES: ("referral_date",), CONTACTS: ("contact_date",)})
def referral_without_contact(run: ExtractRun, check: Definition) -> Answer:
    """A referral in List 3's window with no contact of the child on its day or in the days before it.

    A contact counts whose outcome is a new or an existing referral, or that has no outcome. Where fewer than a share of
    the referrals have one, contacts are kept elsewhere, and their absence says nothing.
    """
    referrals = run.rows(EPISODES).filter(needed_window(run.context, 3).contains(pl.col("referral_date")))
    contacts = with_flags(run.rows(CONTACTS).drop_nulls("contact_date"), "outcome_json", _CONTACT_FLAGS)
    leading = contacts.filter(any_yes(_REFERRED) | ~any_yes(_CONTACT_FLAGS)).select("person_id", "contact_date")
    earliest = pl.col("referral_date") - pl.duration(days=check.number("days"))
    told = (
        referrals.join(leading, on="person_id")
        .filter(pl.col("contact_date").is_between(earliest, pl.col("referral_date")))
        .select(ROW)
        .unique()
    )
    if told.height < check.share("percent") * referrals.height:
        return Unable(f"fewer than {check.number('percent')}% of the referrals have a contact")
    wrong = ~pl.col(ROW).is_in(told[ROW].implode())
    message = "No contact of the child leads to the referral."
    return run.looked(check, EPISODES, referrals, wrong, message, column="referral_date", list=3)


@on_extract(
    "AA-X09",
    reads={
        EPISODES: ("referral_date", "outcome_json"),
        ASSESSMENTS: ("start_date",),
        "section_47_enquiries": ("start_date",),
        "cin_plans": ("start_date",),
        "cp_plans": ("start_date",),
        "care_episodes": ("start_date",),
    },
)
def referral_without_work(run: ExtractRun, check: Definition) -> Looked:
    """An accepted referral in List 3's window that by A, some working days later, has led to nothing (K19).

    A further-action flag that is blank counts as accepted; one that cannot be read is not tested.
    """
    due = run.calendar.between(pl.col("referral_date"), run.period.as_at) >= check.number("working_days")
    in_window = needed_window(run.context, 3).contains(pl.col("referral_date"))
    recent = with_flags(run.rows(EPISODES).filter(in_window & due), "outcome_json", ("NFA_FLAG", *_ELSEWHERE))
    accepted = pl.coalesce("nfa", "NFA_FLAG").fill_null("N") == "N"
    rows = recent.filter(accepted & ~any_yes(_ELSEWHERE))
    work = services(run.context)
    pairs = [work.select("person_id", "referral_id"), run.rows("care_episodes").select("person_id", "referral_id")]
    silent = rows.join(pl.concat(pairs).drop_nulls(), on=["person_id", "referral_id"], how="anti")
    by_dates = belonging(run.context, work, silent.select(ROW, "person_id"))
    silent = silent.join(by_dates, left_on=ROW, right_on="episode_row", how="anti")
    wrong = pl.col(ROW).is_in(silent[ROW].implode())
    message = "The referral was accepted, and no assessment, enquiry, plan or care follows it."
    return run.looked(check, EPISODES, rows, wrong, message, column="referral_date", list=3)


@on_extract("AA-X10", reads={ASSESSMENTS: ("authorised_date", "outcome_nfa"), EPISODES: ("close_date", "close_reason")})
def support_without_episode(run: ExtractRun, check: Definition) -> Looked:
    """An assessment that says the child needs support, of no episode of need, or of one closed after assessment."""
    outcomes = run.rows(ASSESSMENTS).select(ROW, "outcome_nfa", "outcome_json")
    rows = with_support(assessment_facts(run.context).join(outcomes, on=ROW)).filter(pl.col("support_required") == "Y")
    closed = pl.col("episode_closed_on").is_not_null() & pl.col("episode_close_reason").is_in(CLOSED_AFTER_ASSESSMENT)
    wrong = pl.col("episode_row").is_null() | closed.fill_null(value=False)
    return run.looked(check, ASSESSMENTS, rows, wrong, _NEEDS_SUPPORT, column="authorised_date", list=4)


@on_lists("AA-X10", reads={4: ("person_id", "authorised_date", "support_required"), 6: ("person_id",)})
def row_of_support_not_on_list_6(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 4 that says the child needs support, authorised in List 6's window; the child not on List 6."""
    rows = run.rows(4).filter(
        (pl.col("support_required") == "Y") & window_of(run, 6).contains(pl.col("authorised_date"))
    )
    return run.looked(4, rows, ~among(run.rows(6)), _NEEDS_SUPPORT, column="authorised_date")


_NEEDS_SUPPORT: Final = "The assessment says that the child needs support, and no episode of need follows it."

# Record -> the day on which it begins, and its list.
_ACTIVITY: Final = {
    ASSESSMENTS: ("start_date", 4),
    "section_47_enquiries": ("start_date", 5),
    "conferences": ("conference_date", 5),
    "cin_plans": ("start_date", 6),
    "cp_plans": ("start_date", 7),
}


@on_extract(
    "AA-X21",
    reads={EPISODES: ("close_date",), **{record: (start,) for record, (start, _) in _ACTIVITY.items()}},
    optional=tuple(_ACTIVITY),
)
def activity_after_closure(run: ExtractRun, check: Definition) -> list[Looked | Unable]:
    """An assessment, enquiry, conference or plan that begins after the episode that it names was closed.

    A conference without a referral of its own has that of its enquiry. What names no episode goes by its dates (K19),
    and so belongs to none that was closed before it began.
    """
    closures = run.rows(EPISODES).drop_nulls("close_date").select("person_id", "referral_id", "close_date")
    found: list[Looked | Unable] = []
    for record, (start, number) in _ACTIVITY.items():
        if not run.has(record, start):
            continue
        rows = _with_referral(run, record).join(closures, on=["person_id", "referral_id"])
        found.append(
            run.looked(
                check,
                record,
                rows,
                pl.col(start) > pl.col("close_date"),
                "It began after the episode of need that it belongs to was closed.",
                column=start,
                list=number,
                value=pl.format("{}, closed {}", start, "close_date"),
            )
        )
    return found or [Unable("no table of assessments, enquiries, conferences or plans was supplied")]


def _with_referral(run: ExtractRun, record: str) -> pl.DataFrame:
    rows = run.rows(record)
    if record == "assessments":
        # What was cancelled is no activity.
        rows = rows.filter(pl.col(ROW).is_in(assessment_facts(run.context)[ROW].implode()))
    if record != "conferences":
        return rows
    enquiries = run.rows("section_47_enquiries").select(
        "person_id", "enquiry_id", pl.col("referral_id").alias("of_enquiry")
    )
    joined = rows.join(enquiries, on=["person_id", "enquiry_id"], how="left")
    return joined.with_columns(pl.coalesce("referral_id", "of_enquiry").alias("referral_id"))


@on_extract(
    "AA-X24",
    reads={
        "early_help_episodes": ("end_date",),
        "early_help_assessments": ("completed_date",),
        EPISODES: ("referral_date",),
    },
    optional=("early_help_episodes", "early_help_assessments"),
)
def step_up(run: ExtractRun, check: Definition) -> Answer:
    """A child whose early help is on List 2 as ended, and who was referred, and accepted, in the months after."""
    if not run.lists[2].supplied:
        return Unable("no table of early help was supplied")
    episodes = with_flags(run.rows(EPISODES), "outcome_json", ("NFA_FLAG",))
    accepted = episodes.filter(pl.coalesce("nfa", "NFA_FLAG").fill_null("N") == "N").select(
        "person_id", "referral_id", ROW, pl.col("referral_date").alias("began")
    )
    children = _stepped_up(run.built.rows(2), accepted, check)
    answer = run.looked(check, EPISODES, children, pl.col("began").is_not_null(), _STEP_UP, list=6, value=_DATES)
    return with_share(answer, _STEPPED_UP, 6)


@on_lists("AA-X24", reads={2: ("person_id", "end_date"), 6: ("person_id", "start_date")})
def row_of_step_up(run: ListsRun, check: Definition) -> Answer:
    """A child with early help that ended on List 2, and a row of List 6 that starts in the months after."""
    starts = run.rows(6).rename({"start_date": "began"})
    children = _stepped_up(run.rows(2), starts, check)
    answer = run.looked(6, children, pl.col("began").is_not_null(), _STEP_UP, value=_DATES)
    return with_share(answer, _STEPPED_UP, 6)


_STEP_UP: Final = "An episode of need began soon after early help had ended."
_STEPPED_UP: Final = "Children whose early help ended and who then stepped up to an episode of need."
_DATES: Final = pl.format("{}, early help ended {}", "began", "end_date")


def _stepped_up(early_help: pl.DataFrame, episodes: pl.DataFrame, check: Definition) -> pl.DataFrame:
    """Return one row for each child whose early help has ended, with the first episode that followed it in time.

    Args:
        early_help: person_id and end_date.
        episodes: person_id, began, and whatever names the episode.
        check: its months.
    """
    ended = early_help.select("person_id", "end_date").drop_nulls().unique()
    until = pl.col("end_date").dt.offset_by(f"{check.number('months')}mo")
    first = (
        ended.join(episodes, on="person_id")
        .filter(pl.col("began").is_between(pl.col("end_date"), until))
        .sort("person_id", "began", "end_date", ROW)
        .unique("person_id", keep="first", maintain_order=True)
    )
    return ended.select("person_id").unique().sort("person_id").join(first, on="person_id", how="left")
