"""What the person behind a row gives cause to say, whichever list the row is on (K8, K12, K13, R10, R17)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from annexa.lists.context import Context
from annexa.lists.people import people, with_people
from annexa.period import completed_years

if TYPE_CHECKING:
    from annexa.lists.build import BuiltList

ADULT = 18
LISTS_OF_CHILDREN = range(1, 8)  # a person of 18 or over at the event deserves a second look there (K13)


def remark(context: Context, lists: Mapping[int, "BuiltList"]) -> None:
    """Add findings about the people on the lists: AA-G02, G09 and G12 once a child, G13 once a row.

    Args:
        context: the run.
        lists: the lists that were built.
    """
    rows = [_people_of(number, built) for number, built in lists.items() if "person_id" in built.rows.columns]
    if not rows:
        return
    listed = pl.concat(rows)
    children = listed.group_by("person_id").agg(pl.col("list").min()).sort("person_id")
    known = with_people(context, children, "birth_date", "unborn", "estimated").join(
        people(context).select("person_id", pl.lit(True).alias("known")), on="person_id", how="left"
    )
    persons = context.tables["persons"]
    recorded = persons.live.filter(pl.coalesce("gender", "sex").is_in(["M", "F"]))["person_id"]
    where = {"table": persons.source, "file": persons.file}
    for check, message, chosen in (
        (
            "AA-G02",
            "The child has activity but no person record: gender, ethnicity, date of birth and age are blank.",
            known.filter(pl.col("known").is_null()),
        ),
        (
            "AA-G09",
            "There is no date of birth, only an expected one that has passed: it is taken as an estimate.",
            known.filter(pl.col("estimated").fill_null(False)),
        ),
        (
            "AA-G12",
            "A gender is recorded for a child who is not born yet: the lists say not stated.",
            known.filter(pl.col("unborn").fill_null(False) & pl.col("person_id").is_in(recorded.implode())),
        ),
    ):
        if chosen.height:
            context.findings.add(check, message, frame=chosen, list=pl.col("list"), child=pl.col("person_id"), **where)
    _remark_adults(context, listed)


def _people_of(number: int, built: "BuiltList") -> pl.DataFrame:
    """Return list, person_id, event (main date) and key of a list's rows."""
    main = next((entry.split()[0] for entry in built.spec.sort if entry.endswith(" desc")), None)
    return built.rows.select(
        pl.lit(number, dtype=pl.Int64).alias("list"),
        "person_id",
        (pl.col(main) if main else pl.lit(None)).cast(pl.Date).alias("event"),
    )


def _remark_adults(context: Context, listed: pl.DataFrame) -> None:
    adults = (
        with_people(context, listed.filter(pl.col("list").is_in(LISTS_OF_CHILDREN)), "birth_date")
        .filter(completed_years(pl.col("birth_date"), pl.col("event")) >= ADULT)
        .sort("list", "person_id", "event")
    )
    if adults.height:
        context.findings.add(
            "AA-G13",
            "The person was 18 or over at the time: an adult, or a wrong date of birth?",
            frame=adults,
            list=pl.col("list"),
            child=pl.col("person_id"),
        )
