"""List 4: section 17 and section 47 assessments, and which of them count as open anywhere."""

import polars as pl

from annexa.editions import ListSpec
from annexa.lists.context import Context
from annexa.lists.links import episode_of, episodes_of_need, report_foreign
from annexa.lists.orders import most_recent
from annexa.lists.outcomes import any_yes, with_flags
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.spans import needed_window, report_rows, with_ended
from annexa.records import UNREADABLE

LIST = 4
_OUT_OF_SCOPE = ["cancelled", "error"]
_SUPPORT_FLAGS = ("PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "CLA_REQUEST_FLAG", "STRATEGY_DISCUSSION_FLAG")
_CLOSED_AFTER_ASSESSMENT = ["RC8", "RC9"]


def assessment_facts(context: Context) -> pl.DataFrame:
    """Every assessment that takes part in rules and was not cancelled, with its episode of need.

    Returns:
        person_id, assessment_id, referral_id (as recorded), _row, start_date, authorised_date;
        end_date: the day of authorisation, or of the child's death where there is none (null while unended);
        ended_by_death; adult (18 or over at the start, null unknown);
        episode_row, episode_referral_id: its episode (K19, see links.episode_of), null where it has none;
        episode_closed_on, episode_close_reason: as recorded for that episode;
        closed_with_episode: never authorised, and the episode was closed before List 4's window;
        is_open: open at D; one that was closed with its episode is open on no list, so what is not open is closed;
        last_of_episode: the most recent assessment (K15) of its episode.
    """
    return context.once(_assessment_facts)


def open_assessments(context: Context) -> pl.DataFrame:
    """Assessments open at D, as every list counts them: person_id, assessment_id, referral_id, start_date.

    Those that List 4 leaves out as CANCELLED, DIED or CLOSED_WITH_EPISODE are not among them.
    """
    return context.once(_open_assessments)


def _open_assessments(context: Context) -> pl.DataFrame:
    facts = assessment_facts(context).filter("is_open")
    return facts.select("person_id", "assessment_id", "referral_id", "start_date")


def _assessment_facts(context: Context) -> pl.DataFrame:
    window = needed_window(context, LIST)
    rows = with_ended(context, context.live("assessments"), "authorised_date").rename({"ended": "end_date"})
    rows = rows.join(_cancelled(context), on="assessment_id", how="anti")
    links = episode_of(
        context,
        rows.select(
            pl.col("_row").alias("_service"),
            "person_id",
            "referral_id",
            pl.col("start_date").alias("start"),
            pl.col("end_date").alias("end"),
            pl.col("end_date").is_null().alias("open"),
        ),
    ).rename({"_service": "_row", "referral_id": "episode_referral_id"})
    closures = episodes_of_need(context).select(
        "episode_row",
        pl.col("closed_on").alias("episode_closed_on"),
        pl.col("close_reason").alias("episode_close_reason"),
    )
    rows = rows.join(links, on="_row", how="left", maintain_order="left").join(
        closures, on="episode_row", how="left", maintain_order="left"
    )
    last = most_recent(
        rows.drop_nulls("episode_row"), ["episode_row"], "start_date", "end_date", "assessment_id"
    ).select("_row", pl.lit(True).alias("last_of_episode"))
    closed_with = pl.col("authorised_date").is_null() & (pl.col("episode_closed_on") < window.start).fill_null(False)
    rows = rows.join(last, on="_row", how="left", maintain_order="left").with_columns(
        closed_with.alias("closed_with_episode"), pl.col("last_of_episode").fill_null(False)
    )
    is_open = pl.col("end_date").is_null() & ~pl.col("closed_with_episode")
    return rows.with_columns(is_open.alias("is_open")).select(
        "person_id",
        "assessment_id",
        "referral_id",
        "_row",
        "start_date",
        "authorised_date",
        "end_date",
        "ended_by_death",
        "adult",
        "episode_row",
        "episode_referral_id",
        "episode_closed_on",
        "episode_close_reason",
        "closed_with_episode",
        "is_open",
        "last_of_episode",
    )


def _cancelled(context: Context) -> pl.DataFrame:
    statuses = context.live("assessment_statuses")
    return statuses.filter(pl.col("status").is_in(_OUT_OF_SCOPE)).select("assessment_id").drop_nulls().unique()


@cohort("assessments")
def assessments(context: Context, spec: ListSpec) -> Cohort:
    """One row for each assessment that is open at D or was authorised in the window (List 4).

    One without a start stays where either holds (K7). A death ends an open one (K14). One that was never authorised is
    out where its episode was closed before the window, and stays with a warning where it was closed in it.
    """
    window = needed_window(context, spec.number)
    facts = assessment_facts(context)
    rows = with_ended(context, context.rows("assessments"), "authorised_date").rename({"ended": "end_date"})
    rows = rows.join(
        facts.select("_row", *(name for name in facts.columns if name not in rows.columns)),
        on="_row",
        how="left",
        maintain_order="left",
    )
    live = pl.col("is_open").is_not_null()
    in_scope = pl.col("end_date").is_null() | window.contains(pl.col("end_date"))
    rows = rows.with_columns(
        first_reason(
            CANCELLED=pl.col("assessment_id").is_in(_cancelled(context)["assessment_id"].implode()),
            NO_DATE=pl.col("start_date").is_null() & ~in_scope,
            DIED=pl.col("ended_by_death") & ~in_scope,
            WINDOW=~in_scope,
            CLOSED_WITH_EPISODE=pl.col("closed_with_episode"),
            ADULT=pl.col("adult") if context.options.drop_adults else pl.lit(False),
        ).alias("reason")
    )
    _report(context, rows.filter(live))
    reason = pl.col("reason")
    finding = (
        pl.when(live & pl.col("start_date").is_null()).then(pl.lit("AA-409"))
        .when(reason == "CLOSED_WITH_EPISODE").then(pl.lit("AA-408"))
        .when(live & pl.col("ended_by_death")).then(pl.lit("AA-G24"))
        .when(pl.col("end_date").is_null() & pl.col("episode_closed_on").is_not_null()).then(pl.lit("AA-408"))
    )  # fmt: skip
    decided = (
        pl.when(reason.is_in(["FUTURE", "CANCELLED", "ADULT"])).then("start_date")
        .when(reason == "CLOSED_WITH_EPISODE").then("episode_closed_on")
        .otherwise(pl.coalesce(pl.when(live | (reason == "NO_DATE")).then("end_date"), "start_date"))
    )  # fmt: skip
    kept = rows.filter(reason.is_null()).with_columns(
        pl.col("end_date").fill_null(context.period.as_at).alias("at"), pl.col("end_date").is_not_null().alias("ceased")
    )
    return Cohort(kept, {"assessments": account(rows, decided, finding)})


def _report(context: Context, live: pl.DataFrame) -> None:
    """Report what the rulings on membership find: `live` are the rows of the facts, with their reason."""
    unstarted = live.filter(pl.col("start_date").is_null())
    for check, message, found, column in (("AA-409", "The assessment has no start date.", unstarted, "start_date"),):
        report_rows(
            context,
            check,
            message,
            number=LIST,
            record="assessments",
            rows=found,
            event="assessment_id",
            column=column,
        )
    report_foreign(
        context,
        number=LIST,
        record="assessments",
        rows=live,
        link=("referral_id", "referral_id"),
        targets=episodes_of_need(context).select("person_id", "referral_id"),
        event="assessment_id",
    )


def with_support(rows: pl.DataFrame) -> pl.DataFrame:
    """Add whether the child was assessed as needing support, as support_required() says it.

    Args:
        rows: assessment_facts() and the outcomes of the record.

    Returns:
        `rows` with support_required (Y, N, UNREADABLE, or null where nothing is recorded).
    """
    column = pl.when(pl.col("outcome_nfa").is_in(["Y", "N", UNREADABLE])).then("outcome_nfa")
    nfa = pl.coalesce(column, "NFA_FLAG")
    support = any_yes(_SUPPORT_FLAGS)
    closed_after = (
        pl.col("last_of_episode")
        & pl.col("episode_closed_on").is_not_null()
        & pl.col("episode_close_reason").is_in(_CLOSED_AFTER_ASSESSMENT)
    )
    authorised = pl.col("authorised_date").is_not_null()
    return with_flags(rows, "outcome_json", ("NFA_FLAG", *_SUPPORT_FLAGS)).with_columns(
        pl.when(~authorised).then(None)
        .when(nfa == UNREADABLE).then(pl.lit(UNREADABLE))
        .when(nfa == "Y").then(pl.lit("N"))
        .when((nfa == "N") | support).then(pl.lit("Y"))
        .when(closed_after).then(pl.lit("N"))
        .alias("support_required")
    )  # fmt: skip


@derivation("support_required")
def support_required(_context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the child was assessed as needing support (List 4, 2.13); blank while the assessment is not authorised.

    The first that is recorded: the flag for no further action (Y: no, N: yes), as a column or among the outcomes; an
    outcome that is support; and, for the last assessment of an episode alone, its closure as RC8 or RC9, which is no.
    Nothing recorded stays blank, and AA-403 says so.
    """
    return with_support(rows).select(ID, "support_required")
