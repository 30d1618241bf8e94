"""What the rules of List 8 find about periods of care: AA-805, AA-816, AA-828, AA-834 to AA-836 and AA-G23."""

from typing import Final

import polars as pl

from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.lists.spans import report_rows
from annexa.period import Window

LIST: Final = 8


def report_periods(context: Context, periods: pl.DataFrame, episodes: pl.DataFrame) -> None:
    """Report what building the periods found (List 8, R1, R37).

    AA-835: a blank end that is not the child's last; AA-836: care that ended, other than X1, and began again the same
    day within one period; AA-805: X1 where nothing of the period follows.

    Args:
        context: the run.
        periods: as care_periods returns them.
        episodes: as care_episode_periods returns them: in the order that List 8 gives the episodes.
    """
    each = episodes.unique("_row", keep="first", maintain_order=True)
    followed = (pl.col("person_id") == pl.col("person_id").shift(-1)).fill_null(False)
    message = "The episode has no end and another follows it: it was read as ended where that one starts."
    _report(context, "AA-835", message, each.filter(followed & pl.col("end_date").is_null()), "end_date")

    starts = episodes.select("period", pl.col("start_date").alias("end_date"), pl.col("_row").alias("other"))
    ended = episodes.filter(pl.col("end_date").is_not_null() & (pl.col("end_reason") != "X1"))
    again = ended.join(starts, on=["period", "end_date"]).filter(pl.col("_row") != pl.col("other"))
    message = "Care ended and began again on the same day: it is read as one period."
    _report(context, "AA-836", message, again.unique("_row"), "end_date")

    deciding = periods.select("period", pl.col("episode_row").alias("_row"))
    last = episodes.join(deciding, on=["period", "_row"]).filter(
        (pl.col("end_reason") == "X1") & pl.col("end_date").is_not_null()
    )
    # X1 on the day of a change to or from short breaks is as it should be: the care itself went on.
    proper = periods.filter(pl.col("ended_by") == "status").select("period")
    message = "X1 says that care went on and no episode follows it: X1 is never the end of a period."
    _report(context, "AA-805", message, last.join(proper, on="period", how="anti"), "end_reason")


def report_listed(context: Context, periods: pl.DataFrame, in_scope: pl.DataFrame, window: Window) -> None:
    """Report what is wrong with the periods that could be on List 8 (K7, K12, R22).

    AA-828: no start; AA-G23: an unborn child; AA-816: looked after beyond the 18th birthday, whether the record is open
    or ended later, and AA-834 in its place where the law allows it.

    Args:
        context: the run.
        periods: as care_periods returns them.
        in_scope: those that may be on the list.
        window: the list's window.
    """
    undated = in_scope.filter(pl.col("start_date").is_null())
    _report(context, "AA-828", "The period of care has no start date.", _of(undated), "start_date")
    unborn = with_people(context, in_scope, "unborn").filter(pl.col("unborn"))
    _report(context, "AA-G23", "An unborn child cannot be looked after.", _of(unborn), "start_date")
    _report_adults(context, periods, window)


def _report_adults(context: Context, periods: pl.DataFrame, window: Window) -> None:
    if not context.options.include_short_breaks:
        periods = periods.filter(~pl.col("short_break"))
    of_age = pl.col("turned_18")
    unended = pl.col("is_open") | (pl.col("ended_by") == "birthday")
    later = window.contains(pl.col("end_date")) & (pl.col("end_date") > of_age) & (pl.col("ended_by") != "status")
    adults = with_people(context, periods, "turned_18").filter(
        (of_age <= context.period.inspection_date) & (unended | later)
    )
    allowed = unended & pl.col("person_id").is_in(in_community_homes(context).implode())
    message = "Looked after after the 18th birthday: the period should have ended on it."
    _report(context, "AA-816", message, _of(adults.filter(~allowed)), "end_date")
    message = "Over 18, accommodated and in a community home, which the law allows: is the child still looked after?"
    _report(context, "AA-834", message, _of(adults.filter(allowed)), "end_date")


def in_community_homes(context: Context) -> pl.Series:
    """Return the children who are accommodated under section 20 (V2) and placed in a children's home (K2) at D."""
    open_now = context.period.open_at(pl.col("start_date"), pl.col("end_date"))
    accommodated = context.live("legal_statuses").filter(open_now & (pl.col("status") == "V2"))
    homes = context.live("placements").filter(open_now & (pl.col("placement_type") == "K2"))
    return homes.join(accommodated, on="person_id", how="semi")["person_id"].unique()


def _of(periods: pl.DataFrame) -> pl.DataFrame:
    return periods.select("person_id", "episode_id", pl.col("episode_row").alias("_row"))


def _report(context: Context, check: str, message: str, rows: pl.DataFrame, column: str) -> None:
    report_rows(
        context, check, message, number=LIST, record="care_episodes", rows=rows, event="episode_id", column=column
    )
