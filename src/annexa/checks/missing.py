"""Checks of List 8: missing episodes and return interviews."""

from typing import Final

import polars as pl

from annexa.checks.care_rows import EPISODES, LIST, care_without_short_breaks, together
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import ROW
from annexa.lists.care_columns import TWELVE_MONTHS
from annexa.lists.missing import MISSING, counted_missing, distinct_missing
from annexa.lists.registry import ID
from annexa.records import UNREADABLE

MISSINGS, FLAGS = "missing_episodes", "exploitation"
ANSWERS: Final = ("Y", "N")
_SPANS: Final = ("person_id", "start", "end")
_FLAG: Final = ("person_id", "start_date", "end_date")
_OF_CARE: Final = {EPISODES: ("start_date", "end_date")}
_ASKED: Final = ("missing_type", "interview_offered", "interview_accepted", "start", "end")

made("AA-840", reads={**_OF_CARE, MISSINGS: ("missing_type", "start", "end")}, counted=MISSINGS)


@on_extract("AA-818", reads={**_OF_CARE, MISSINGS: _SPANS})
def still_missing(run: ExtractRun, check: Definition) -> Looked:
    """An episode without an end of a child who is in care at D, or that began in care which has ended since.

    Episodes of absence count as well: nobody may be away for ever.
    """
    periods = care_without_short_breaks(run).select("person_id", "is_open", "first_day", "last_day")
    day = pl.col("start").dt.date()
    rows = run.rows(MISSINGS)
    in_care = (
        rows.select(ROW, "person_id", "start")
        .join(periods, on="person_id")
        .filter(pl.col("is_open") | day.is_between(pl.col("first_day"), pl.col("last_day")))[ROW]
        .unique()
    )
    rows = rows.filter(pl.col(ROW).is_in(in_care.implode()))
    message = "The episode has no end: the child is missing today, or it was not closed."
    wrong = pl.col("start").is_not_null() & pl.col("end").is_null()
    return run.looked(check, MISSINGS, rows, wrong, message, column="start")


@on_extract("AA-819", reads={**_OF_CARE, MISSINGS: _ASKED})
def interviews_disagree(run: ExtractRun, check: Definition) -> Looked:
    """A counted episode that has ended and does not say whether an interview was offered; or the reverse.

    The reverse: of a child of List 8 with no counted episode, one of the last twelve months with an answer. Rows that
    are one episode count together (2.7).
    """
    listed = run.lists[LIST].rows
    counted = counted_missing(run.context, listed).filter(pl.col("missing_type") == MISSING)
    unsaid = (
        counted.filter(pl.col("end").is_not_null() & pl.col("interview_offered").is_null().all().over("episode"))
        .unique("episode", keep="last", maintain_order=True)
    )  # fmt: skip
    since = run.period.months_before(TWELVE_MONTHS)
    never = listed.join(counted, on=ID, how="anti")["person_id"].unique()
    lately = run.rows(MISSINGS).filter(
        pl.col("person_id").is_in(never.implode()) & (pl.col("end").is_null() | (pl.col("end").dt.date() >= since))
    )
    offered = pl.col("interview_offered").is_in(ANSWERS)
    answered = offered | pl.col("interview_accepted").is_in(ANSWERS)
    ended = counted.filter(pl.col("end").is_not_null()).unique("episode", maintain_order=True)
    return together(
        ended.height + lately.height,
        run.looked(check, MISSINGS, unsaid, pl.lit(value=True), _UNSAID, column="interview_offered"),
        run.looked(check, MISSINGS, lately, answered, _UNCOUNTED, column="interview_offered"),
    )


@on_lists("AA-819", each={LIST: ("missing_in_12_months", "interview_offered", "interview_accepted")})
def row_interviews_disagree(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row with no missing episode and an answer about an interview, or with episodes and none.

    What a list cannot tell is whether an episode has ended: of a child who is missing today the answer stays blank.
    """
    rows = run.rows(number)
    number_missing = pl.col("missing_in_12_months").cast(pl.Int64, strict=False)
    offered, accepted = pl.col("interview_offered"), pl.col("interview_accepted")
    answered = offered.is_not_null() | accepted.is_not_null()
    return together(
        rows.height,
        run.looked(number, rows, (number_missing == 0) & answered, _UNCOUNTED, column="interview_offered"),
        run.looked(number, rows, (number_missing > 0) & offered.is_null(), _UNSAID, column="interview_offered"),
    )


_UNCOUNTED: Final = "A return interview is answered, and no missing episode is counted."
_UNSAID: Final = "A missing episode is counted, and whether a return interview was offered is blank."


@on_extract("AA-820", each={MISSINGS: ("interview_offered", "interview_accepted")})
def accepted_unoffered(run: ExtractRun, check: Definition, record: str) -> Looked:
    """An episode whose interview was accepted or refused although none was offered."""
    wrong = pl.col("interview_accepted").is_in(ANSWERS) & _not_offered()
    return run.looked(check, record, run.rows(record), wrong, _UNOFFERED, column="interview_accepted")


@on_lists("AA-820", each={LIST: ("interview_offered", "interview_accepted")})
def row_accepted_unoffered(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row with the same; the cell is to be blank unless an interview was offered."""
    wrong = pl.col("interview_accepted").is_not_null() & _not_offered()
    return run.looked(number, run.rows(number), wrong, _UNOFFERED, column="interview_accepted")


_UNOFFERED: Final = "Whether a return interview was accepted is answered, and none was offered."


def _not_offered() -> pl.Expr:
    return ~pl.col("interview_offered").is_in(["Y", UNREADABLE]).fill_null(value=False)


@on_extract(
    "AA-843", reads={MISSINGS: (*_SPANS, "missing_type", "interview_accepted"), FLAGS: _FLAG}, optional=(FLAGS,)
)
def often_missing(run: ExtractRun, check: Definition) -> Answer:
    """A child who was missing often lately, or missing and at risk of exploitation with no interview accepted.

    Of all children, in care or not; one finding a child. The value is the number of episodes.
    """
    period = run.period
    episodes = distinct_missing(run.context).filter(pl.col("missing_type") == MISSING)
    lasted_to = pl.col("finish").dt.date()
    lately = lasted_to >= period.inspection_date - pl.duration(days=check.number("days"))
    in_year = lasted_to >= period.months_before(check.number("months"))
    children = episodes.group_by("person_id", maintain_order=True).agg(
        pl.col("episode").filter(lately).n_unique().alias("_lately"),
        pl.col("episode").filter(in_year).n_unique().alias("_in_year"),
        (pl.col("interview_accepted").filter(in_year) == "Y").fill_null(value=False).any().alias("_accepted"),
    )
    flags = run.rows(FLAGS).filter(period.open_at(pl.col("start_date"), pl.col("end_date")))
    often = pl.col("_lately") >= check.number("episodes")
    at_risk = pl.col("person_id").is_in(flags["person_id"].drop_nulls().unique().implode())
    unheard = at_risk & (pl.col("_in_year") > 0) & ~pl.col("_accepted")
    answer = together(
        children.height,
        run.looked(check, MISSINGS, children, often, _OFTEN, value=pl.col("_lately").cast(pl.String)),
        run.looked(check, MISSINGS, children, unheard & ~often, _AT_RISK, value=pl.col("_in_year").cast(pl.String)),
    )
    return [answer, *(Unable(reason) for reason in run.lacks(FLAGS, _FLAG))]


_OFTEN: Final = "The child was missing often in the last weeks; the value is the number of episodes."
_AT_RISK: Final = "The child was missing, is flagged for exploitation, and no return interview was accepted."
