"""What children in need receive, over all tables: the one frame with which List 6 tests episodes of need."""

from typing import Final

import polars as pl

from annexa.lists.assessments import assessment_facts
from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.links import episode_of
from annexa.lists.protection import live_plans
from annexa.lists.section_47 import linked_conferences
from annexa.lists.spans import with_ended

CP_PLAN: Final = "cp_plan"
CARE: Final = "care"
SHORT_BREAK: Final = "short_break"
CIN_PLAN: Final = "cin_plan"
ASSESSMENT: Final = "assessment"
ENQUIRY: Final = "enquiry"
VISIT: Final = "visit"

RECORD_OF: Final = {
    CP_PLAN: "cp_plans",
    CARE: "care_episodes",
    SHORT_BREAK: "care_episodes",
    CIN_PLAN: "cin_plans",
    ASSESSMENT: "assessments",
    ENQUIRY: "section_47_enquiries",
}
VISIT_RECORDS: Final = ("cin_visits", "cp_visits", "care_visits")


def services(context: Context) -> pl.DataFrame:
    """Every assessment, section 47 enquiry, CIN plan, CP plan, period of care and short break of a child.

    Returns:
        kind (one of this module's), person_id, event_id, referral_id (as recorded), start_date, end_date (a death ends
        what is open, K14), is_open (at D, as the service's own list counts it), own (false for a CP plan held for
        another authority), need (of a period of care or short break), team and worker (of a CIN plan).
    """
    return context.once(_services)


def _services(context: Context) -> pl.DataFrame:
    periods = care_periods(context).with_columns(pl.col("period").cast(pl.String))
    frames = [
        _as(CP_PLAN, live_plans(context), "cp_plan_id", "referral_id", "own"),
        _as(CARE, periods.filter(~pl.col("short_break")), "period", "referral_id", "need"),
        _as(SHORT_BREAK, periods.filter("short_break"), "period", "referral_id", "need"),
        _as(CIN_PLAN, _cin_plans(context), "cin_plan_id", "referral_id", "team", "worker"),
        _as(ASSESSMENT, assessment_facts(context), "assessment_id", "referral_id"),
        _as(ENQUIRY, _enquiries(context), "enquiry_id", "referral_id"),
    ]
    return pl.concat(frames, how="diagonal").with_columns(pl.col("own").fill_null(True))


def _as(kind: str, rows: pl.DataFrame, identifier: str, *further: str) -> pl.DataFrame:
    return rows.select(
        pl.lit(kind).alias("kind"),
        "person_id",
        pl.col(identifier).alias("event_id"),
        "start_date",
        "end_date",
        "is_open",
        *further,
    )


def _cin_plans(context: Context) -> pl.DataFrame:
    plans = context.live("cin_plans").filter(pl.col("person_id").is_not_null())
    return _until(with_ended(context, plans, "end_date"))


def _enquiries(context: Context) -> pl.DataFrame:
    """Section 47 enquiries: one is open while it has neither an end nor a conference that was held (List 5)."""
    held = linked_conferences(context).group_by("enquiry_row").agg(pl.col("conference_date").max().alias("held"))
    rows = context.live("section_47_enquiries").join(held, left_on="_row", right_on="enquiry_row", how="left")
    decided = rows.with_columns(pl.max_horizontal("end_date", "held").alias("decided"))
    return _until(with_ended(context, decided, "decided"))


def _until(rows: pl.DataFrame) -> pl.DataFrame:
    # Every date later than A is blank by now (K6): what has no end is open at D.
    return rows.with_columns(pl.col("ended").alias("end_date"), pl.col("ended").is_null().alias("is_open"))


def visits(context: Context) -> pl.DataFrame:
    """Visits to a child of any kind, as services that last a day and name no referral.

    Returns:
        kind, person_id, referral_id (null), start_date, end_date, is_open (false).
    """
    made = pl.concat(context.live(record).select("person_id", "visit_date") for record in VISIT_RECORDS)
    return made.drop_nulls().select(
        pl.lit(VISIT).alias("kind"),
        "person_id",
        pl.lit(None, dtype=pl.String).alias("referral_id"),
        pl.col("visit_date").alias("start_date"),
        pl.col("visit_date").alias("end_date"),
        pl.lit(False).alias("is_open"),
    )


def belonging(context: Context, received: pl.DataFrame, episodes: pl.DataFrame) -> pl.DataFrame:
    """Say what belongs to which episode of need: by its referral, or by its dates (K19).

    Args:
        context: the run.
        received: rows of services() or visits().
        episodes: _row and person_id of the referrals that are asked about.

    Returns:
        episode_row (_row of the referral), kind, is_open: one row for each of `received` that belongs to one of them.
    """
    # What others receive cannot belong to these episodes; everything that these people receive is asked about.
    numbered = received.join(episodes, on="person_id", how="semi").with_row_index("_service")
    links = episode_of(
        context,
        numbered.select(
            "_service",
            "person_id",
            "referral_id",
            pl.col("start_date").alias("start"),
            pl.col("end_date").alias("end"),
            pl.col("is_open").alias("open"),
        ),
    )
    found = links.select("_service", "episode_row").join(episodes, left_on="episode_row", right_on="_row", how="semi")
    return numbered.select("_service", "kind", "is_open").join(found, on="_service").drop("_service")


def open_kinds(context: Context) -> pl.DataFrame:
    """Say which kinds of service each child has open at D, whichever episode they belong to (2.4).

    Returns:
        person_id, and a true or false column for each of cp_plan, care, short_break, cin_plan and assessment; a child
        with none of them is absent.
    """
    kinds = (CP_PLAN, CARE, SHORT_BREAK, CIN_PLAN, ASSESSMENT)
    return (
        services(context)
        .filter(pl.col("is_open") & pl.col("kind").is_in(kinds))
        .group_by("person_id")
        .agg((pl.col("kind") == kind).any().alias(kind) for kind in kinds)
    )
