"""List 6: children in need. The decision table of the section, the row of each child, and what its columns say."""

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP
from annexa.lists.children_added import added_rows
from annexa.lists.context import Context
from annexa.lists.front_door import json_flag
from annexa.lists.links import episodes_of_need, report_foreign
from annexa.lists.orders import most_recent
from annexa.lists.people import with_people
from annexa.lists.protection import begun_before_closed
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.services import (
    ASSESSMENT,
    CARE,
    CIN_PLAN,
    CP_PLAN,
    SHORT_BREAK,
    VISIT,
    VISIT_RECORDS,
    belonging,
    open_kinds,
    services,
    visits,
)
from annexa.lists.spans import needed_window, report_rows, with_ended
from annexa.period import Window

LIST = 6
ADULT = 18
CLOSED_AFTER_ASSESSMENT = ["RC8", "RC9"]
CLOSED_AFTER_SERVICES = ["RC1", "RC2", "RC3", "RC4", "RC5", "RC6", "RC7"]
# Of these the account names only the findings; the checks of records make them.
_FOUND_BY_CHECKS = ("AA-307", "AA-610", "AA-G24")
# Records that name a referral, and their identifiers; List 4 reports assessments itself.
_NAME_A_REFERRAL = {
    "cin_plans": "cin_plan_id",
    "cp_plans": "cp_plan_id",
    "section_47_enquiries": "enquiry_id",
    "care_episodes": "episode_id",
}


@cohort("children_in_need")
def children_in_need(context: Context, spec: ListSpec) -> Cohort:
    """One row for each child: the most recent episode of need in scope, or a row that services call for (List 6).

    An open episode beats a closed one whatever the dates (K15, AA-R36). `list6_additions` adds children with a service
    and no episode in scope, and replaces a closed episode after which a service has begun (children_added).

    The rows have person_id, referral_id, start_date, primary_need, close_date, close_reason, ended_by_death (null for
    an added row), at, ceased; source (table an added row comes from, null for an episode), team and worker (of the CIN
    plan of an added row).
    """
    window = needed_window(context, spec.number)
    episodes = tested_episodes(context)
    in_scope = episodes.filter(pl.col("reason").is_null())
    shown = most_recent(in_scope, ["person_id"], "start_date", "ended", "referral_id", pl.col("is_open"))
    added = added_rows(context, window, shown)

    kept = shown.join(added, on="person_id", how="anti", maintain_order="left")
    superseded = pl.col("reason").is_null() & ~pl.col("_row").is_in(kept["_row"].implode())
    episodes = episodes.with_columns(pl.when(superseded).then(pl.lit("SUPERSEDED")).otherwise("reason").alias("reason"))
    _report(context, episodes, begun_before_closed(in_scope, shown, "start_date"))

    rows = kept.select(
        "person_id",
        "referral_id",
        "start_date",
        "primary_need",
        pl.col("ended").alias("close_date"),
        pl.when(~pl.col("is_open")).then("close_reason").alias("close_reason"),
        "ended_by_death",
        pl.col("ended").fill_null(context.period.as_at).alias("at"),
        (~pl.col("is_open")).alias("ceased"),
    )
    by_end = pl.col("reason").is_in(["NO_DATE", "DIED", "WINDOW", "RC8"])
    decided = pl.when(by_end).then("ended").otherwise("start_date")
    return Cohort(
        pl.concat([rows, added], how="diagonal"),
        {"cin_episodes": account(episodes, decided, _finding())},
        dict(added.group_by("source").len().sort("source").iter_rows()),
    )


def tested_episodes(context: Context) -> pl.DataFrame:
    """Test every episode with what belongs to it, in the order of List 6's table.

    Returns:
        All rows of the referrals: their fields (the referral's date as start_date), ended (the closure, or the child's
        death, K14), ended_by_death, is_open, nfa (Y, N or null), nothing (no service belongs to it) and reason (null:
        in scope).
    """
    return context.once(_tested_episodes)


def _tested_episodes(context: Context) -> pl.DataFrame:
    window = needed_window(context, LIST)
    rows = _with_facts(context, window)
    open_at_d = pl.col("is_open")
    closed_in_window = ~open_at_d & window.contains(pl.col("ended"))
    closed_before = ~open_at_d & ~window.contains(pl.col("ended"))
    no_date = pl.col("start_date").is_null() & closed_before

    nfa = pl.col("nfa") == "Y"
    nothing, nothing_beyond = pl.col("nothing"), pl.col("nothing_beyond")
    closed_after_assessment = pl.col("close_reason").is_in(CLOSED_AFTER_ASSESSMENT).fill_null(False)
    closed_after_services = pl.col("close_reason").is_in(CLOSED_AFTER_SERVICES).fill_null(False)
    no_outcome = ~nfa.fill_null(False) & ~closed_after_assessment & ~closed_after_services

    return rows.with_columns(
        first_reason(
            NO_DATE=no_date,
            DIED=closed_before & pl.col("ended_by_death"),
            WINDOW=closed_before,
            CARE_LEAVER_ONLY=open_at_d & (pl.col("grown_up") | pl.col("care_leaver")) & ~pl.col("in_receipt"),
            REFERRAL_ONLY=nothing & (open_at_d | (closed_in_window & no_outcome)),
            NFA=nfa & nothing_beyond,
            RC8=closed_in_window & closed_after_assessment & nothing_beyond,
            ADULT=pl.col("adult") if context.options.drop_adults else pl.lit(False),
        ).alias("reason")
    )


def _with_facts(context: Context, window: Window) -> pl.DataFrame:
    """Add to every referral what the table asks about it, and about the person."""
    rows = with_ended(context, context.rows("cin_episodes").rename({"referral_date": "start_date"}), "close_date")
    live = rows.filter(pl.col(DROP).is_null()).select("_row", "person_id", "ended")
    current = live.filter(pl.col("ended").is_null() | window.contains(pl.col("ended")))
    work = belonging(context, services(context), current)
    # A visit only tells an episode from a bare referral: it is looked for where nothing else belongs.
    idle = current.join(work, left_on="_row", right_on="episode_row", how="anti")
    beyond = (pl.col("kind") != VISIT) & ((pl.col("kind") != ASSESSMENT) | pl.col("is_open"))
    belongs = (
        pl.concat([work, belonging(context, visits(context), idle).select(work.columns)])
        .group_by("episode_row")
        .agg(beyond.any().alias("beyond"))
    )
    received = services(context).filter(pl.col("is_open") | window.contains(pl.col("end_date")))
    rows = with_people(context, rows, "age").join(
        belongs, left_on="_row", right_on="episode_row", how="left", maintain_order="left"
    )
    return rows.with_columns(
        pl.col("ended").is_null().alias("is_open"),
        pl.coalesce("nfa", json_flag("outcome_json", "NFA_FLAG")).alias("nfa"),
        pl.col("beyond").is_null().alias("nothing"),
        ~pl.col("beyond").fill_null(False).alias("nothing_beyond"),
        (pl.col("age") >= ADULT).fill_null(False).alias("grown_up"),
        _is_one_of(context.live("care_leavers")).alias("care_leaver"),
        _is_one_of(received).alias("in_receipt"),
    ).drop("beyond", "age")


def _is_one_of(people: pl.DataFrame) -> pl.Expr:
    return pl.col("person_id").is_in(people["person_id"].unique().implode()).fill_null(False)


def _finding() -> pl.Expr:
    """The id of the finding about an episode, by what _report says of it; of several the first."""
    return pl.coalesce(pl.when(condition).then(pl.lit(check)) for check, (_, condition, _) in _rulings().items())


def _rulings() -> dict[str, tuple[str, pl.Expr, str]]:
    """Check -> message, the episodes it is about, and the column: what the rulings on membership find."""
    live = pl.col(DROP).is_null()
    in_scope = pl.col("reason").is_null() | (pl.col("reason") == "SUPERSEDED")
    dated_out = pl.col("reason").is_in(["NO_DATE", "DIED", "WINDOW"]).fill_null(False)
    closed_as = pl.col("close_reason").is_in
    return {
        "AA-614": (
            "The referral has no date, and the episode is open or was closed in the window.",
            live & ~dated_out & pl.col("start_date").is_null(),
            "referral_date",
        ),
        "AA-307": (
            "The referral says no further action, and work followed.",
            in_scope & (pl.col("nfa") == "Y"),
            "nfa",
        ),
        "AA-610": (
            "The episode was closed after assessment, and other work belongs to it.",
            in_scope & ~pl.col("is_open") & closed_as(CLOSED_AFTER_ASSESSMENT),
            "close_reason",
        ),
        "AA-R37": (
            "The episode was closed as one with services, and nothing belongs to it.",
            in_scope & ~pl.col("is_open") & closed_as(CLOSED_AFTER_SERVICES) & pl.col("nothing"),
            "close_reason",
        ),
        "AA-G24": (
            "The child has died, and the episode of need is still open.",
            live & pl.col("ended_by_death"),
            "close_date",
        ),
    }


def _report(context: Context, episodes: pl.DataFrame, begun_first: pl.DataFrame) -> None:
    found = {
        check: (text, episodes.filter(rows), column)
        for check, (text, rows, column) in _rulings().items()
        if check not in _FOUND_BY_CHECKS
    }
    message = "The episode is open, and one that began later was closed: the open one is shown."
    found["AA-R36"] = (message, begun_first, "close_date")
    for check, (text, rows, column) in found.items():
        report_rows(
            context, check, text, number=LIST, record="cin_episodes", rows=rows, event="referral_id", column=column
        )
    referrals = episodes_of_need(context).select("person_id", "referral_id")
    for record, event in _NAME_A_REFERRAL.items():
        report_foreign(
            context,
            number=LIST,
            record=record,
            rows=context.live(record),
            link=("referral_id", "referral_id"),
            targets=referrals,
            event=event,
        )


@derivation("case_status")
def case_status(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The child's status: the first that applies, whichever episode the service belongs to (2.4).

    An open row with nothing current is a child in need all the same (AA-607).
    """
    status = (
        pl.when("ceased").then(pl.lit("CLOSED"))
        .when(CARE).then(pl.lit("CLA"))
        .when(CP_PLAN).then(pl.lit("CP"))
        .when(CIN_PLAN).then(pl.lit("CIN"))
        .when(ASSESSMENT).then(pl.lit("ASSESSMENT"))
        .when(SHORT_BREAK).then(pl.lit("CIN"))
    )  # fmt: skip
    answer = rows.join(open_kinds(context), on="person_id", how="left", maintain_order="left")
    return answer.select(ID, status.otherwise(pl.lit("CIN")).alias("case_status"))


@derivation("last_seen_date")
def last_seen_date(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The latest visit of any kind at which the child was seen, from the row's start to its end or A (List 6).

    Only the seen flag Y counts: a blank one is not "seen" (2.14).
    """
    seen = pl.concat(
        context.live(record).filter(pl.col("seen") == "Y").select("person_id", "visit_date") for record in VISIT_RECORDS
    )
    date, start, end = pl.col("visit_date"), pl.col("start_date"), pl.col("close_date")
    within = (start.is_null() | (date >= start)) & (end.is_null() | (date <= end))
    return (
        rows.select(ID, "person_id", "start_date", "close_date")
        .join(seen, on="person_id")
        .filter(within)
        .group_by(ID)
        .agg(date.max().alias("last_seen_date"))
    )
