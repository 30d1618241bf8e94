"""List 9: care leavers who receive leaving care services (R27, R28, R41, R42)."""

from typing import Any, Final

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP, ROW
from annexa.lists.care import care_periods
from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.lists.staff import named
from annexa.period import birthday

LIST: Final = 9
ADULT: Final = 18
YOUNGEST: Final = 16
SERVICES_END_AT: Final = 25
CATEGORIES: Final = ["FORMER", "RELEVANT", "QUALIFYING", "ELIGIBLE"]
# Blank for a young person with whom the authority is not in touch.
DETAILS: Final = ("accommodation", "suitability", "activity")


@cohort("care_leavers")
def care_leavers(context: Context, _spec: ListSpec) -> Cohort:
    """Relevant, former relevant and qualifying young people; one who is looked after is on List 8 alone."""
    return _cohort(context, eligible_listed=False)


@cohort("care_leavers_and_eligible")
def care_leavers_and_eligible(context: Context, _spec: ListSpec) -> Cohort:
    """The same, and eligible children: aged 16 or 17 and still looked after."""
    return _cohort(context, eligible_listed=True)


def _cohort(context: Context, *, eligible_listed: bool) -> Cohort:
    """One row for each person with a care-leaver record who stays after the tests of the section's table.

    Every row of a listed person counts as output. A mismatch of category and age, an unknown category or a blank date
    of birth never removes a row.

    The rows have person_id, eligibility, in_touch, latest_contact_date, accommodation, suitability, activity,
    personal_adviser, team, worker (these from one record, whose care_leaver_id and _row they name too),
    pathway_plan_review_date, at, ceased; service_open (null where no service is recorded, so that the record counts as
    current), still_eligible (looked after, and listed for it) and what else _people gives.
    """
    eligible = pl.col("looked_after") & (pl.col("age") >= YOUNGEST).fill_null(False) & eligible_listed
    judged = _people(context).with_columns(eligible.alias("still_eligible"), pl.lit(None, dtype=pl.String).alias(DROP))
    judged = judged.with_columns(
        first_reason(
            DIED=pl.col("death_date").is_not_null() | pl.col("recorded_dead"),
            NO_ELIGIBILITY=pl.col("no_eligibility"),
            SERVICE_ENDED=~pl.col("service_open"),
            LOOKED_AFTER=pl.col("looked_after") & ~pl.col("still_eligible"),
            AGE_25=(pl.col("age") >= SERVICES_END_AT) & ~pl.col("service_open").fill_null(False),
        ).alias("reason")
    )
    kept = judged.filter(pl.col("reason").is_null()).with_columns(_category().alias("eligibility"))
    _report(context, judged, kept)
    shown = _latest_contact(context).join(kept.drop(DROP), on="person_id", maintain_order="left")
    in_touch = pl.col("in_touch") == "YES"
    shown = shown.with_columns(
        *(pl.when(in_touch).then(name).alias(name) for name in DETAILS),
        pl.lit(context.period.as_at).alias("at"),
        pl.lit(False).alias("ceased"),
    )
    fates = judged.select("person_id", "reason", _decided().alias("decided"), _finding().alias("finding"))
    rows = context.rows("care_leavers").join(fates, on="person_id", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce(DROP, "reason").alias("reason"))
    return Cohort(shown, {"care_leavers": account(rows, pl.col("decided"), pl.col("finding"))})


def _people(context: Context) -> pl.DataFrame:
    """Everybody with a care-leaver record, with what decides.

    Returns:
        person_id; categories (those recorded, blank ones left out); no_eligibility (every row says so); recorded_dead
        (a row says so, on a day that is not known); pathway_plan_review_date (the latest); service_open (null where no
        service is recorded) and service_end (the latest); looked_after (and not 18: care ends on that birthday); age,
        birth_date, death_date and unborn.
    """
    live = context.live("care_leavers")
    category = pl.col("eligibility")
    people = live.group_by("person_id").agg(
        category.drop_nulls().unique().sort().alias("categories"),
        (category == "NONE").fill_null(False).all().alias("no_eligibility"),
        (pl.col("in_touch") == "DIED").fill_null(False).any().alias("recorded_dead"),
        pl.col("pathway_plan_review_date").max(),
    )
    services = (
        context.live("care_leaver_services")
        .drop_nulls("person_id")
        .group_by("person_id")
        .agg(
            context.period.open_at(pl.col("start_date"), pl.col("end_date")).any().alias("service_open"),
            pl.col("end_date").max().alias("service_end"),
        )
    )
    looked_after = (
        care_periods(context)
        .filter(pl.col("is_open") & ~pl.col("short_break"))
        .select("person_id", pl.lit(True).alias("looked_after"))
        .unique()
    )
    people = people.join(services, on="person_id", how="left").join(looked_after, on="person_id", how="left")
    people = with_people(context, people, "age", "birth_date", "death_date", "unborn")
    child = (pl.col("age") < ADULT).fill_null(True)
    return people.with_columns(pl.col("looked_after").fill_null(False) & child)


def _category() -> pl.Expr:
    """Return the category over all rows of a person, by age (R27, R41); blank where none is known."""

    def first(*order: tuple[str, str]) -> pl.Expr:
        return pl.coalesce(pl.when(has_category(code)).then(pl.lit(shown)) for code, shown in order)

    adult = first(("FORMER", "FORMER"), ("QUALIFYING", "QUALIFYING"), ("ELIGIBLE", "FORMER"), ("RELEVANT", "RELEVANT"))
    child = first(
        ("RELEVANT", "RELEVANT"), ("QUALIFYING", "QUALIFYING"), ("ELIGIBLE", "RELEVANT"), ("FORMER", "FORMER")
    )
    other = first(("FORMER", "FORMER"), ("RELEVANT", "RELEVANT"), ("QUALIFYING", "QUALIFYING"))
    return (
        pl.when("still_eligible").then(pl.lit("ELIGIBLE"))
        .when(pl.col("age") >= ADULT).then(adult)
        .when(pl.col("age") >= YOUNGEST).then(child)
        .otherwise(other)
    )  # fmt: skip


def has_category(code: str) -> pl.Expr:
    """True where one of the person's records gives this eligibility category, over rows with `categories`."""
    return pl.col("categories").list.contains(code)


def _latest_contact(context: Context) -> pl.DataFrame:
    """Return one row for each person: the one with the latest contact, then fewer blanks, then the greater text (R27).

    The row's own identifier takes no part: some systems give it anew at each extract.
    """
    live = context.live("care_leavers")
    columns = [
        name for name in context.tables["care_leavers"].record.fields() if name not in ("care_leaver_id", "person_id")
    ]
    ranked = live.with_columns(
        pl.sum_horizontal(pl.col(columns).is_not_null()).alias("_filled"),
        *(pl.col(name).cast(pl.String).fill_null("").alias(f"_text_{name}") for name in columns),
    ).sort(
        "person_id", "latest_contact_date", "_filled", *(f"_text_{name}" for name in columns),
        nulls_last=False, maintain_order=True,
    )  # fmt: skip
    return ranked.unique("person_id", keep="last", maintain_order=True).select(
        "person_id", "care_leaver_id", ROW, "in_touch", "latest_contact_date", *DETAILS,
        "personal_adviser", "team", "worker",
    )  # fmt: skip


def _contradicts() -> pl.Expr:
    """True for who is left off as looked after, and is recorded as having left care (AA-X16)."""
    return (pl.col("reason") == "LOOKED_AFTER").fill_null(False) & (has_category("RELEVANT") | has_category("FORMER"))


def _finding() -> pl.Expr:
    """The finding about a person who is left off, for the account."""
    return (
        pl.when(pl.col("reason") == "DIED").then(pl.lit("AA-910"))
        .when(_contradicts()).then(pl.lit("AA-X16"))
    )  # fmt: skip


def _decided() -> pl.Expr:
    """The date that decided about a person who is left off, where there is one, for the account."""
    reason = pl.col("reason")
    return (
        pl.when(reason == "DIED").then("death_date")
        .when(reason == "SERVICE_ENDED").then("service_end")
        .when(reason == "AGE_25").then(birthday(pl.col("birth_date"), SERVICES_END_AT))
    )  # fmt: skip


def _report(context: Context, judged: pl.DataFrame, kept: pl.DataFrame) -> None:
    table = context.tables["care_leavers"]
    where: dict[str, Any] = {"list": LIST, "table": table.source, "file": table.file}
    for check, message, rows in (
        ("AA-910", "The young person has died and is left off List 9.", judged.filter(pl.col("reason") == "DIED")),
        (
            "AA-X16",
            "The young person is looked after and recorded as relevant or former relevant.",
            judged.filter(_contradicts()),
        ),
        ("AA-G23", "An unborn child cannot be a care leaver.", kept.filter("unborn")),
    ):
        if rows.height:
            context.findings.add(check, message, frame=rows.sort("person_id"), child=pl.col("person_id"), **where)
    if not context.supplied("care_leaver_services"):
        context.findings.add(
            "AA-909", "No leaving care services were supplied: every record counts as current.", **where
        )
        return
    unknown = kept.filter(pl.col("service_open").is_null())
    if unknown.height:
        context.findings.add(
            "AA-909",
            "No leaving care service is recorded: the record counts as current.",
            frame=unknown.sort("person_id"),
            child=pl.col("person_id"),
            **where,
        )


@derivation("personal_adviser")
def personal_adviser(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The personal adviser by name, from the row with the latest contact."""
    return named(context, rows.select(ID, pl.col("personal_adviser").alias("worker")), "team", "worker").rename(
        {"worker": "personal_adviser"}
    )
