"""Periods of care, which several lists share, and who is on List 8: children in care."""

from dataclasses import dataclass

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP
from annexa.lists.care_findings import in_community_homes, report_listed, report_periods
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.people import with_people
from annexa.lists.reasons import REASONS, first_reason
from annexa.lists.registry import Cohort, account, cohort
from annexa.lists.runs import begins, day_number
from annexa.lists.short_breaks import LATEST, class_changes
from annexa.lists.spans import needed_window
from annexa.records.types import EARLIEST


@dataclass(frozen=True)
class _Care:
    periods: pl.DataFrame
    episodes: pl.DataFrame


def care_periods(context: Context) -> pl.DataFrame:
    """Every period of care of every child, built from the episodes (List 8); sorted by person, in order of time.

    Episodes of a child, by start, end and identifier, are one stretch while each starts on or before the latest end so
    far; a gap of a day or more begins another. A blank end that is not the last episode's is closed at the next start.
    The last episode in that order decides whether and how the stretch ended. X1 is never an end: with nothing after it
    care goes on, else it ended that day without a reason. An open stretch ends with the child's death (K14), or on the
    18th birthday of a person with a care-leaver record (R22); not where it began after that birthday, since then one of
    the dates is wrong and nobody may be lost for it. A change between short breaks and other care makes two periods of
    a stretch (short_breaks.class_changes).

    Returns:
        One row a period:

        person_id
        period           UInt32, a number of its own; greater = later, for each child
        start_date       day the child became looked after; null where nothing says it
        end_date         day it ended, after all rules; null while open at D
        recorded_end     end date of the deciding episode, as recorded
        end_reason       its reason; null where a rule ended the period, and where it is X1
        ended_by         "record", "birthday", "death", "status" (a change to or from short breaks); null while open
        is_open          open at D
        short_break      short breaks only
        need             of the deciding episode, as are the next four
        referral_id
        period_id        clae_cla_id
        episode_id
        episode_row      its _row
        iro_contact_date the latest recorded within the period
        first_day        start_date; where that is blank, the earliest day there is. Never null
        last_day         last day that is this period's: its end, the day before a change of status, or A. Never null
    """
    return context.once(_care).periods


def care_episode_periods(context: Context) -> pl.DataFrame:
    """Which periods each episode makes up.

    Returns:
        _row, person_id, episode_id, start_date, end_date, end_reason (as recorded), period. Every episode that takes
        part in rules is there; one that a change of status cuts stands once for each of its periods.
    """
    return context.once(_care).episodes


def _care(context: Context) -> _Care:
    episodes = _episodes(context)
    stretches = _stretches(context, episodes)
    cuts = class_changes(context, stretches.select("stretch", "person_id", "first", "last"))
    # Stretches are numbered in order of person and time, and the cuts are sorted within them.
    parts = cuts.with_row_index("period").with_columns(
        pl.when(pl.col("stretch").shift(-1) == pl.col("stretch")).then(pl.col("cut_from").shift(-1)).alias("cut_to")
    )
    begin, until = pl.col("begin"), pl.col("until")
    # An episode belongs to a part of its stretch in which it begins or goes on; touching its first day is not enough.
    members = episodes.join(parts, on="stretch", maintain_order="left").filter(
        (pl.col("cut_to").is_null() | (begin < pl.col("cut_to")))
        & (pl.col("cut_from").is_null() | (begin >= pl.col("cut_from")) | (until > pl.col("cut_from")))
    )
    deciding = members.unique("period", keep="last", maintain_order=True).select(
        "period",
        pl.col("end_date").alias("recorded_end"),
        "end_reason",
        "need",
        "referral_id",
        "period_id",
        "episode_id",
        pl.col("_row").alias("episode_row"),
    )
    periods = parts.join(stretches, on="stretch", maintain_order="left").join(
        deciding, on="period", maintain_order="left"
    )
    periods = _dated(context, periods)
    contacts = (
        members.join(periods.select("period", "first_day", "last_day"), on="period")
        .filter(pl.col("iro_contact_date").is_between("first_day", "last_day"))
        .group_by("period")
        .agg(pl.col("iro_contact_date").max())
    )
    periods = periods.join(contacts, on="period", how="left", maintain_order="left").select(
        "person_id", "period", "start_date", "end_date", "recorded_end", "end_reason", "ended_by", "is_open",
        "short_break", "need", "referral_id", "period_id", "episode_id", "episode_row", "iro_contact_date",
        "first_day", "last_day",
    )  # fmt: skip
    pairs = members.select("_row", "person_id", "episode_id", "start_date", "end_date", "end_reason", "period")
    return _Care(periods, pairs)


def _episodes(context: Context) -> pl.DataFrame:
    """The episodes in order, with `begin` and `until` (never blank) and the number of their stretch."""
    ordered = (
        context.live("care_episodes")
        .with_columns(
            pl.col("start_date").fill_null(EARLIEST).alias("begin"), pl.col("end_date").fill_null(LATEST).alias("until")
        )
        .sort("person_id", "begin", "until", *id_order(pl.col("episode_id")), maintain_order=True)
    )
    followed = pl.col("person_id") == pl.col("person_id").shift(-1)
    closed = ordered.with_columns(
        pl.when(pl.col("end_date").is_null() & followed).then(pl.col("begin").shift(-1))
        .when(~followed.fill_null(False) & (pl.col("end_reason") == "X1")).then(pl.lit(LATEST))
        .otherwise(pl.max_horizontal("until", "begin")).alias("until")
    )  # fmt: skip
    new = begins(["person_id"], day_number(pl.col("begin")), day_number(pl.col("until")))
    return closed.with_columns(new.cum_sum().alias("stretch"))


def _stretches(context: Context, episodes: pl.DataFrame) -> pl.DataFrame:
    """Unbroken stretches of care, numbered in order of person and time.

    Returns:
        person_id, stretch, started (null where nothing says it), ended (null while open), by (record, birthday or
        death), and first and last: the days from which and to which a change of status counts (never blank).
    """
    stretches = episodes.group_by("stretch", maintain_order=True).agg(
        pl.col("person_id").first(),
        pl.col("start_date").min().alias("first"),
        pl.min_horizontal(pl.col("start_date").min(), pl.col("entered_care_date").min()).alias("entered"),
        pl.col("start_date").last().alias("decides_from"),
        pl.col("end_date").last().alias("recorded"),
        (pl.col("end_reason").last() == "X1").fill_null(False).alias("goes_on"),
    )
    person = pl.col("person_id")
    final = (person != person.shift(-1)).fill_null(True)
    before = pl.when(person == person.shift(1)).then(pl.col("recorded").shift(1))
    stretches = stretches.with_columns(
        pl.when(~(pl.col("goes_on") & final)).then("recorded").alias("recorded"),
        # Only a child's first stretch can lack a start: blank starts come first and are one stretch.
        pl.when(pl.col("entered").is_not_null()).then(pl.max_horizontal("entered", before)).alias("started"),
        pl.col("first").fill_null(EARLIEST),
    )
    stretches = _ended(context, stretches)
    day_before = pl.col("ended") - pl.duration(days=1)
    # Care that ended can change its class on its last day only where an episode began then (a child looked after for
    # one day); what a rule ended has nothing on that day.
    one_day = pl.when(pl.col("by") == "record").then("decides_from")
    last = pl.coalesce(pl.max_horizontal(day_before, one_day), pl.lit(context.period.as_at))
    return stretches.select(
        "person_id", "stretch", "started", "ended", "by", "first", pl.max_horizontal(last, "first").alias("last")
    )


def _ended(context: Context, stretches: pl.DataFrame) -> pl.DataFrame:
    """Add when and by what each stretch ended: its record, the 18th birthday (R22) or a death (K14)."""
    leavers = context.live("care_leavers").select("person_id", pl.lit(True).alias("leaver")).unique("person_id")
    stretches = with_people(context, stretches, "turned_18", "death_date").join(
        leavers, on="person_id", how="left", maintain_order="left"
    )
    of_age, recorded = pl.col("turned_18"), pl.col("recorded")
    ends_at_18 = pl.col("leaver") & (of_age <= context.period.as_at) & (of_age >= pl.col("first"))
    birthday = pl.when(ends_at_18).then(of_age)
    ended = pl.coalesce(recorded, pl.min_horizontal(birthday, "death_date"))
    by = (
        pl.when(recorded.is_not_null()).then(pl.lit("record"))
        .when(ended == pl.col("death_date")).then(pl.lit("death"))
        .when(ended.is_not_null()).then(pl.lit("birthday"))
    )  # fmt: skip
    return stretches.with_columns(ended.alias("ended"), by.alias("by"))


def _dated(context: Context, parts: pl.DataFrame) -> pl.DataFrame:
    """Add start_date, end_date, end_reason, ended_by, is_open, first_day and last_day to the parts of stretches."""
    changed = pl.col("cut_to").is_not_null()
    ends = pl.coalesce("cut_to", "ended")
    # An episode that ended on the very day of the change tells its reason; a change within one has none, nor has a
    # period that goes on. Of one that a death ended, a reason without its date can only be the death.
    told = pl.when(changed).then(pl.col("recorded_end") == pl.col("cut_to")).otherwise(pl.col("by") == "record")
    died = ~changed & (pl.col("by") == "death") & (pl.col("end_reason") == "E2")
    reason = pl.when((told & (pl.col("end_reason") != "X1")) | died)
    return parts.with_columns(
        pl.when(pl.col("cut_from").is_null()).then("started").otherwise("cut_from").alias("start_date"),
        ends.alias("end_date"),
        reason.then("end_reason").alias("end_reason"),
        pl.when(changed).then(pl.lit("status")).otherwise("by").alias("ended_by"),
        ends.is_null().alias("is_open"),
    ).with_columns(
        pl.col("start_date").fill_null(EARLIEST).alias("first_day"),
        pl.when(changed)
        .then(pl.col("end_date") - pl.duration(days=1))
        .otherwise(pl.coalesce("end_date", pl.lit(context.period.as_at)))
        .alias("last_day"),
    )


@cohort("children_in_care")
def children_in_care(context: Context, spec: ListSpec) -> Cohort:
    """One row for each child looked after at D or who ceased to be in the window: the most recent period (List 8).

    Periods that are short breaks only are left off unless `include_short_breaks` is set. An open period beats a closed
    one (K15); it is always the child's latest, since a blank end before the last is closed. All episodes of the period
    shown count as output; an episode of two periods does where one of them is shown.

    The rows are those of care_periods, with `at` and `ceased`.
    """
    window = needed_window(context, spec.number)
    current = pl.col("is_open") | window.contains(pl.col("end_date"))
    short = pl.lit(False) if context.options.include_short_breaks else pl.col("short_break")
    periods = care_periods(context).with_columns(pl.lit(None, dtype=pl.String).alias(DROP))
    periods = periods.with_columns(
        first_reason(
            DIED=~current & (pl.col("ended_by") == "death"),
            AGE_18=~current & (pl.col("ended_by") == "birthday"),
            NO_DATE=~current & pl.col("start_date").is_null(),
            WINDOW=~current,
            SHORT_BREAK=short,
        ).alias("reason")
    )
    in_scope = periods.filter(pl.col("reason").is_null())
    shown = in_scope.unique("person_id", keep="last", maintain_order=True)
    report_periods(context, periods, care_episode_periods(context))
    report_listed(context, periods, in_scope, window)
    superseded = pl.col("reason").is_null() & ~pl.col("period").is_in(shown["period"].implode())
    periods = periods.with_columns(pl.when(superseded).then(pl.lit("SUPERSEDED")).otherwise("reason").alias("reason"))
    rows = shown.with_columns(
        pl.coalesce("end_date", pl.lit(context.period.as_at)).alias("at"), (~pl.col("is_open")).alias("ceased")
    )
    return Cohort(rows, {"care_episodes": _account(context, periods)})


def _account(context: Context, periods: pl.DataFrame) -> pl.DataFrame:
    """The account of the episodes: each says what became of its period, and of two periods the one that is listed."""
    # The findings that report_listed makes of it.
    birthday = (pl.col("ended_by") == "birthday") & (context.options.include_short_breaks | ~pl.col("short_break"))
    allowed = pl.col("person_id").is_in(in_community_homes(context).implode())
    finding = (
        pl.when(pl.col("ended_by") == "death").then(pl.lit("AA-G24"))
        .when(birthday & allowed).then(pl.lit("AA-834"))
        .when(birthday).then(pl.lit("AA-816"))
        .when(pl.col("start_date").is_null() & pl.col("reason").is_null()).then(pl.lit("AA-828"))
    )  # fmt: skip
    rank = {code: position for position, code in enumerate(REASONS, start=1)}
    decided = periods.select(
        "period",
        "reason",
        pl.coalesce("end_date", "start_date").alias("decided"),
        finding.alias("finding"),
        pl.col("reason").replace_strict(rank, default=0, return_dtype=pl.UInt8).alias("rank"),
    )
    fates = (
        care_episode_periods(context)
        .select("_row", "period")
        .join(decided, on="period")
        .sort("_row", "rank", "period")
        .unique("_row", keep="first", maintain_order=True)
    )
    rows = context.rows("care_episodes").join(fates, on="_row", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce(DROP, "reason").alias("reason"))
    return account(rows, pl.coalesce("decided", "start_date"), pl.col("finding"))
