"""Missing and away episodes of the twelve months, and the return interviews that followed them, for report 2.02."""

from datetime import timedelta
from typing import Final

import polars as pl

from annexa.lists.care import care_periods
from annexa.lists.missing import ABSENT, MISSING, distinct_missing
from annexa.lists.people import with_people
from annexa.lists.runs import begins, day_number
from annexa.reports.run import ReportRun

INTERVIEW_DAYS: Final = 3  # 72 hours, where only days are known (statutory guidance on children who go missing)
HOME: Final = "HOME"
CARE: Final = "CARE"

IN_TIME: Final = "Y"
LATE: Final = "N"
REFUSED: Final = "refused"
NONE_RECORDED: Final = "none recorded"
INTERVIEW_STATES: Final = (IN_TIME, LATE, REFUSED, NONE_RECORDED)


def episodes(run: ReportRun) -> pl.DataFrame:
    """Every distinct missing or away episode that shares a day with the twelve months, as List 8 tells them apart.

    A row of the episode that says Y wins over one that says N, and an interview counts by the first one held. An
    episode of which a row is open goes on. A death ends what is open (K14), without an interview that is due.

    Returns:
        One row an episode:

        person_id
        missing_type     M or A
        episode          its number in distinct_missing
        start            first day; null where only the end is recorded
        first_day        start, or the end where that is blank; never null
        end              last day, as recorded; null while it goes on
        over             end, or the day of the child's death; null while it goes on
        place            HOME, CARE or BOTH: as recorded, else CARE where the first day lies in a period of care other
                         than a short break, else HOME; null where neither table was supplied
        offered          Y, N or null
        accepted         Y or N where the interview was offered (as on List 8), else null
        interview_date
        interview        for an episode with an end: one of INTERVIEW_STATES; null while there is time left, and for
                         one that goes on
        other_la_yes     a row says that the child is another authority's
        other_la_no      a row says that it is not
    """
    return run.once(_episodes)


def _episodes(run: ReportRun) -> pl.DataFrame:
    offered = pl.col("interview_offered") == "Y"
    taken = pl.col("interview_accepted").filter(offered)
    rows = (
        distinct_missing(run.context)
        .filter(pl.col("missing_type").is_in([MISSING, ABSENT]))
        .join(_details(run), on="missing_id", how="left", maintain_order="left")
        .group_by("episode", maintain_order=True)
        .agg(
            pl.col("person_id", "missing_type").first(),
            pl.col("start").min().dt.date(),
            pl.col("begin").min().dt.date().alias("first_day"),
            pl.when(pl.col("end").is_not_null().all()).then(pl.col("end").max()).dt.date().alias("end"),
            _yes_or_no(pl.col("interview_offered")).alias("offered"),
            _yes_or_no(taken).alias("accepted"),
            _yes_or_no(pl.col("interview_refused")).alias("refused"),
            pl.col("interview_date").min(),
            (pl.col("missing_from") == HOME).any().alias("from_home"),
            (pl.col("missing_from") == CARE).any().alias("from_care"),
            (pl.col("other_la") == "Y").any().alias("other_la_yes"),
            (pl.col("other_la") == "N").any().alias("other_la_no"),
        )
    )
    rows = with_people(run.context, rows, "death_date").with_columns(pl.coalesce("end", "death_date").alias("over"))
    rows = rows.filter(run.year().overlaps(pl.col("first_day"), pl.col("over")))
    return _with_place(run, rows).with_columns(_interview(run).alias("interview")).drop("death_date", "refused")


def _details(run: ReportRun) -> pl.DataFrame:
    rows = run.rows("missing_details").filter(pl.col("missing_id").is_not_null())
    return rows.select("missing_id", "missing_from", "interview_date", "interview_refused", "other_la")


def _yes_or_no(answers: pl.Expr) -> pl.Expr:
    return pl.when((answers == "Y").any()).then(pl.lit("Y")).when((answers == "N").any()).then(pl.lit("N"))


def _with_place(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace from_home and from_care by place."""
    home, care = pl.col("from_home"), pl.col("from_care")
    recorded = (
        pl.when(home & care).then(pl.lit("BOTH")).when(care).then(pl.lit(CARE)).when(home).then(pl.lit(HOME))
    )  # fmt: skip
    rows = rows.with_columns(recorded.alias("place")).drop("from_home", "from_care")
    if not run.has("care_episodes"):
        return rows
    periods = care_periods(run.context).filter(~pl.col("short_break"))
    inside = (
        rows.select("episode", "person_id", "first_day")
        .join(periods.select("person_id", "last_day", since="first_day"), on="person_id")
        .filter(pl.col("first_day").is_between("since", "last_day"))
    )
    worked_out = pl.when(pl.col("episode").is_in(inside["episode"].implode())).then(pl.lit(CARE))
    return rows.with_columns(pl.coalesce("place", worked_out.otherwise(pl.lit(HOME))).alias("place"))


def _interview(run: ReportRun) -> pl.Expr:
    """An interview that was held counts as held, whatever was refused before."""
    held, limit = pl.col("interview_date"), pl.col("end") + timedelta(days=INTERVIEW_DAYS)
    return (
        pl.when(pl.col("end").is_null()).then(None)
        .when(held <= limit).then(pl.lit(IN_TIME))
        .when(held > limit).then(pl.lit(LATE))
        .when(pl.col("refused") == "Y").then(pl.lit(REFUSED))
        .when(limit < run.period.as_at).then(pl.lit(NONE_RECORDED))
    )  # fmt: skip


def of_type(run: ReportRun, missing_type: str) -> pl.DataFrame:
    """Return the episodes of a type: MISSING or ABSENT."""
    return episodes(run).filter(pl.col("missing_type") == missing_type)


def ended(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the episodes that ended in the twelve months: each asks for a return interview."""
    return rows.filter(run.year().contains(pl.col("end")))


def missing_children(run: ReportRun) -> pl.DataFrame:
    """What report 2.02 says of each child with a missing episode (type M) in the twelve months.

    Returns:
        One row a child, sorted by person_id: episodes (their number), last_start, days (the different days of the
        twelve months on which the child was missing, first and last days included), missing_now (at D: an episode that
        ends on D has ended), missing_from (home, care or both), and offered, accepted and interview of the last
        episode that ended in the twelve months.
    """
    missing = of_type(run, MISSING)
    home = pl.col("place").is_in([HOME, "BOTH"]).any()
    care = pl.col("place").is_in([CARE, "BOTH"]).any()
    last = (
        ended(run, missing)
        .sort("first_day", "end", "episode")
        .unique("person_id", keep="last", maintain_order=True)
        .select("person_id", "offered", "accepted", "interview")
    )
    return (
        missing.group_by("person_id")
        .agg(
            pl.len().cast(pl.Int64).alias("episodes"),
            pl.col("start").max().alias("last_start"),
            (pl.col("over").is_null() | (pl.col("over") > run.period.as_at)).any().alias("missing_now"),
            pl.when(home & care).then(pl.lit("both"))
            .when(care).then(pl.lit("care"))
            .when(home).then(pl.lit("home")).alias("missing_from"),
        )
        .join(_days(run, missing), on="person_id", how="left")
        .join(last, on="person_id", how="left")
        .sort("person_id")
    )  # fmt: skip


def _days(run: ReportRun, missing: pl.DataFrame) -> pl.DataFrame:
    """The different days on which each child was missing, up to A: person_id, days."""
    as_at = pl.lit(run.period.as_at)
    first = pl.max_horizontal("first_day", pl.lit(run.year().start))
    spans = missing.select("person_id", day_number(first).alias("first"), _last_day(as_at, first).alias("last")).sort(
        "person_id", "first", "last"
    )
    return (
        spans.with_columns(begins(["person_id"], pl.col("first"), pl.col("last")).cum_sum().alias("stretch"))
        .group_by("person_id", "stretch")
        .agg((pl.col("last").max() - pl.col("first").min() + 1).alias("days"))
        .group_by("person_id")
        .agg(pl.col("days").sum())
    )


def _last_day(as_at: pl.Expr, first: pl.Expr) -> pl.Expr:
    # An end before the start is an error that reading tells; it makes one day.
    return day_number(pl.max_horizontal(pl.min_horizontal("over", as_at), first))
