"""Links between tables (K19): on the identifier and the person, by dates where the identifier is of no use."""

import polars as pl

from annexa.lists.context import Context
from annexa.lists.orders import most_recent
from annexa.lists.people import with_people
from annexa.lists.spans import report_rows


def episodes_of_need(context: Context) -> pl.DataFrame:
    """Every referral not later than A, as the episode of need that it began.

    Returns:
        person_id, referral_id, episode_row (its _row in the table of referrals, which no other episode has),
        episode_start (null where not recorded, which counts as the earliest), episode_end (the closure, or the child's
        death where there is none, K14; null while it is open), episode_open, closed_on and close_reason (as recorded).
    """
    return context.once(_episodes_of_need)


def _episodes_of_need(context: Context) -> pl.DataFrame:
    rows = with_people(context, context.live("cin_episodes"), "death_date")
    end = pl.coalesce("close_date", "death_date")
    # Dates later than A are blank by now (K6), so an episode without an end is open at D.
    return rows.select(
        "person_id",
        "referral_id",
        pl.col("_row").alias("episode_row"),
        pl.col("referral_date").alias("episode_start"),
        end.alias("episode_end"),
        end.is_null().alias("episode_open"),
        pl.col("close_date").alias("closed_on"),
        "close_reason",
    )


def episode_of(context: Context, services: pl.DataFrame) -> pl.DataFrame:
    """Say to which episode of need of the child each service belongs (K19).

    By referral id, where it names an episode of this child: but not where that episode is closed and the service is
    still open at D. By dates otherwise: to the episode with the latest start that covers the service's start (it began
    on or before it, and was not closed before it). A service that is open at D belongs to one of these that is open at
    D, else to the child's open episode with the latest start, else to the closed one that its id names.

        episodes of a child             service                        belongs to
        R1 2023-02 to 2024-06           open, from 2023-03, id R1      R1: nothing else is open
        R1 2023-02 to 2024-06, R2 open  open, from 2023-03, id R1      R2: R1 was closed under it
        R1 2023-02 to 2024-06, R2 open  ended, from 2023-03, id R1     R1
        R1 2023-02 to 2024-06           ended, from 2023-03, no id     R1: it covers the start
        R1 2023-02 to 2024-06           ended, from 2024-07, no id     none
        R1 2023-02 to 2024-06           open, from 2023-03, no id      none: an open service is not a closed episode's

    Args:
        context: the run.
        services: _service (a number of its own for each), person_id, referral_id, start (Date), end (Date, not used),
            open (whether it is open at D; the service of a child who has died is not). A service without a start is
            covered by no episode.

    Returns:
        One row for each service: _service, referral_id and episode_row of its episode, both null where it has none.
    """
    episodes = episodes_of_need(context)
    asked = services.select("_service", "person_id", "referral_id", "start", pl.col("open").fill_null(False))
    named = asked.join(episodes, on=["person_id", "referral_id"], how="left")
    known = pl.col("episode_row").is_not_null()
    closed_under_it = known & pl.col("open") & ~pl.col("episode_open")
    by_id = named.filter(known & ~closed_under_it)
    by_dates = named.filter(~known | closed_under_it)

    cases = by_dates.select("_service", "person_id", "start", "open").join(episodes, on="person_id")
    begun = (pl.col("episode_start").is_null() & pl.col("start").is_not_null()) | (
        pl.col("episode_start") <= pl.col("start")
    )
    covers = (begun & (pl.col("episode_open") | (pl.col("episode_end") >= pl.col("start")))).fill_null(False)
    able = pl.when("open").then("episode_open").otherwise(covers)
    best = most_recent(
        cases.filter(able), ["_service"], "episode_start", "episode_end", "referral_id", is_open=covers
    ).select("_service", pl.col("referral_id").alias("found_id"), pl.col("episode_row").alias("found_row"))

    found = by_dates.join(best, on="_service", how="left")
    # The id that names nothing of this child's is not an episode: only its row tells.
    fallback = pl.when(known).then("referral_id")
    return pl.concat(
        [
            by_id.select("_service", "referral_id", "episode_row"),
            found.select(
                "_service",
                pl.when(pl.col("found_row").is_not_null()).then("found_id").otherwise(fallback).alias("referral_id"),
                pl.coalesce("found_row", "episode_row").alias("episode_row"),
            ),
        ]
    )


def report_foreign(
    context: Context,
    *,
    number: int,
    record: str,
    rows: pl.DataFrame,
    link: tuple[str, str],
    targets: pl.DataFrame,
    event: str,
) -> None:
    """Report rows whose identifier names only another child's record (K19, AA-R15): it counts as blank.

    Args:
        context: the run.
        number: the list.
        record: the record of `rows`.
        rows: person_id, _row, the identifier and the column `event`.
        link: the column of the identifier in `rows` and in `targets`.
        targets: person_id and the identifier of the rows that may be named.
        event: column of the record's own identifier.
    """
    column, identifier = link
    named = rows.join(targets.select(identifier).unique(), left_on=column, right_on=identifier, how="semi")
    foreign = named.join(targets, left_on=[column, "person_id"], right_on=[identifier, "person_id"], how="anti")
    message = f"{context.tables[record].source}: the identifier in {column} is another child's and counts as blank."
    report_rows(context, "AA-R15", message, number=number, record=record, rows=foreign, event=event, column=column)
