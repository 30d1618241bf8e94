"""Where children are taught at D, as reports 2.04 and 2.05 share it: who is in which, of what age, in which year."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.lists.people import people, with_people
from annexa.period import birthday, completed_years
from annexa.reports.ehcp import with_ehcp
from annexa.reports.run import ReportRun
from annexa.reports.status import CHILD_IN_NEED, OPEN_ASSESSMENT, SERVED, told, with_status, without
from annexa.reports.telling import contradiction
from annexa.reports.unused import NOBODY, unused

RECORD: Final = "education_statuses"
FULL_TIME_HOURS: Final = 25.0  # a week; exactly 25 is "25 or more"

# What a record means for the two reports, the one that decides about a child last.
FULL_TIME: Final = 0
NOT_FULL_TIME: Final = 1
AT_HOME: Final = 2

STATUS_WORDS: Final[Mapping[str, str]] = {
    "CME": "missing education",
    "AP": "alternative provision",
    "REDUCED": "reduced timetable",
    "EXCLUDED": "excluded",
    "OTHER": "other",
    "FULL_TIME": "full-time",
    "EHE": "elective home education",
}
GENDER_WORDS: Final[Mapping[str, str]] = {"M": "male", "F": "female", "I": "neither", "U": "not stated"}

# An open assessment makes a child in need; the row of the child says so, the numbers do not tell them apart.
_STATUS_GROUPS: Final = tuple(each for each in SERVED if each != OPEN_ASSESSMENT)

STARTS_AT: Final = 5  # the birthday from which compulsory school age is reckoned
ENDS_AT: Final = 16
UNDER_AGE: Final = "under compulsory school age"
OF_AGE: Final = "of compulsory school age"
OVER_AGE: Final = "over compulsory school age"
NURSERY: Final = "N"
RECEPTION: Final = "R"
YEAR_GROUPS: Final = (RECEPTION, *map(str, range(1, 12)))  # those of compulsory school age, in order
_LAST_YEAR: Final = 13


def compulsory_from(birth: pl.Expr) -> pl.Expr:
    """The first day of compulsory school age: 31 March, 31 August or 31 December, on or after the 5th birthday."""
    fifth = birthday(birth, STARTS_AT)
    year, month = fifth.dt.year(), fifth.dt.month()
    return (
        pl.when(month <= 3).then(pl.date(year, 3, 31))
        .when(month <= 8).then(pl.date(year, 8, 31))
        .otherwise(pl.date(year, 12, 31))
    )  # fmt: skip


def compulsory_until(birth: pl.Expr) -> pl.Expr:
    """The last day of it: the last Friday in June of the school year in which the 16th birthday falls."""
    june = pl.date(school_year(birthday(birth, ENDS_AT)) + 1, 6, 30)
    return june - pl.duration(days=(june.dt.weekday().cast(pl.Int32) + 2) % 7)  # Friday is day 5


def school_age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """UNDER_AGE, OF_AGE or OVER_AGE on a day, the first and the last day included; blank without a date of birth."""
    return (
        pl.when(day < compulsory_from(birth)).then(pl.lit(UNDER_AGE))
        .when(day > compulsory_until(birth)).then(pl.lit(OVER_AGE))
        .when(birth.is_not_null()).then(pl.lit(OF_AGE))
    )  # fmt: skip


def school_year(day: pl.Expr) -> pl.Expr:
    """The calendar year in which the school year of a day began; it begins on 1 September."""
    return day.dt.year() - (day.dt.month() < 9).cast(pl.Int32)


def year_group(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The year group on a day by date of birth, as schools write it: N, R (the year in which a child is 5), 1 to 13.

    A child who is 5 on 31 August is in year 1 from the next day on. Blank before nursery, after year 13, and without
    a date of birth.
    """
    year = school_year(day) - school_year(birth) - STARTS_AT
    return (
        pl.when(year.is_between(1, _LAST_YEAR)).then(year.cast(pl.String))
        .when(year == 0).then(pl.lit(RECEPTION))
        .when(year == -1).then(pl.lit(NURSERY))
    )  # fmt: skip


def recorded_year_group(text: pl.Expr) -> pl.Expr:
    """A recorded year group in one spelling: "Year 9", "Yr 09" and "Y9" are 9, "Reception" is R; others stay."""
    folded = text.str.strip_chars().str.to_lowercase()
    return (
        pl.when(folded.is_in(["r", "yr", "year r", "rec", "reception"])).then(pl.lit(RECEPTION))
        .when(folded.is_in(["n", "n1", "n2", "nursery"])).then(pl.lit(NURSERY))
        .otherwise(pl.coalesce(folded.str.extract(r"^(?:year|yr|y)?\.? ?0?([1-9][0-9]?)$"), text))
    )  # fmt: skip


def one_spelling(name: str) -> pl.Expr:
    """A text column in which spellings that differ by case alone are one: the first of them in alphabetical order."""
    return pl.col(name).min().over(pl.col(name).str.to_lowercase())


def recorded(run: ReportRun) -> pl.DataFrame:
    """All live records with a child's identifier.

    Returns:
        The record's fields; ended (the recorded end, else the child's death, K14) and ended_by_death; in_force (open
        at D, K5); kind (FULL_TIME, NOT_FULL_TIME or AT_HOME). Sorted by child, the latest record last: the later
        start, then the later end, then the fuller, then the greater text.
    """
    return run.once(_recorded)


def _recorded(run: ReportRun) -> pl.DataFrame:
    rows = run.rows(RECORD).filter(pl.col("person_id").is_not_null())
    rows = with_people(run.context, rows, "death_date").with_columns(
        pl.coalesce("end_date", "death_date").alias("ended"),
        (pl.col("end_date").is_null() & pl.col("death_date").is_not_null()).alias("ended_by_death"),
    )
    elsewhere = ~pl.col("status").is_in(["EHE", "FULL_TIME"]).fill_null(value=False)
    short = (pl.col("weekly_hours") < FULL_TIME_HOURS).fill_null(value=False)
    kind = pl.when(pl.col("status") == "EHE").then(AT_HOME).when(elsewhere | short).then(NOT_FULL_TIME)
    fields = [name for name in run.context.tables[RECORD].record.fields() if name != "person_id"]
    order = [
        pl.col("person_id"),
        pl.col("start_date"),
        pl.col("ended").is_null(),
        pl.col("ended"),
        pl.sum_horizontal(pl.col(fields).is_not_null()),
        *(pl.col(name).cast(pl.String).fill_null("") for name in fields),
    ]
    return rows.with_columns(
        run.period.open_at(pl.col("start_date"), pl.col("ended")).alias("in_force"),
        kind.otherwise(FULL_TIME).alias("kind"),
    ).sort(order, nulls_last=False)


def shown(run: ReportRun) -> pl.DataFrame:
    """The record in which each child with one in force at D is shown: one row a child, whatever the age.

    Elective home education decides before anything else, then a record that is not of full-time education; of these
    the latest is shown. So nobody is lost to a report because another record says the opposite, and no child is in
    both reports. What contradicts is told as AA-R43, once a run.
    """
    return run.once(_shown)


def _shown(run: ReportRun) -> pl.DataFrame:
    in_force = recorded(run).filter("in_force")
    found = in_force.sort("person_id", "kind", maintain_order=True).unique(
        "person_id", keep="last", maintain_order=True
    )
    _tell(run, in_force, found)
    return found


def _tell(run: ReportRun, in_force: pl.DataFrame, found: pl.DataFrame) -> None:
    """Report children whose records in force contradict each other, or are there twice, with the rule that decided."""
    status = pl.col("status")
    said = in_force.group_by("person_id").agg(
        pl.len().alias("records"),
        status.n_unique().alias("different"),
        pl.col("kind").n_unique().alias("kinds"),
        pl.col("placed_by_la").n_unique().alias("authorities"),
        *((status == code).any().fill_null(value=False).alias(code) for code in ("EHE", "FULL_TIME", "CME")),
    )
    several = found.join(said.filter(pl.col("records") > 1), on="person_id")
    message = (
        pl.when((pl.col("different") > 1) & pl.col("EHE"))
        .then(pl.lit("Elective home education and something else are in force: the child is in report 2.04 alone."))
        .when((pl.col("kinds") > 1) | ((pl.col("different") > 1) & pl.col("FULL_TIME")))
        .then(pl.lit("Full-time education and something else are in force: the latest that is not full-time decided."))
        .when((pl.col("different") > 1) & pl.col("CME"))
        .then(pl.lit("Missing education and a provision are in force: the latest record decided."))
        .when(pl.col("authorities") > 1)
        .then(pl.lit("Records in force differ in the authority that placed the child here: the latest decided."))
        .when(pl.col("different") < pl.col("records"))
        .then(pl.lit("Several records of one status are in force: the child counts once, and the latest is shown."))
    )
    rows = several.with_columns(message.alias("message")).drop_nulls("message")
    contradiction(run, RECORD, pl.col("message"), rows, "status")
    births = recorded(run).group_by("person_id").agg(pl.col("birth_date").drop_nulls().n_unique().alias("births"))
    unclear = found.join(births.filter(pl.col("births") > 1), on="person_id", how="semi")
    unclear = unclear.join(people(run.context), on="person_id", how="anti")
    source = run.context.tables[RECORD].source
    text = f"{source} gives a child different dates of birth: that of the latest record decided."
    contradiction(run, RECORD, text, unclear, "birth_date")


def with_child(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace what records say of the child by what is known at D, and add it.

    A child whom the person records know has their date of birth and gender, blank ones included; only for others do
    the records of education say them.

    Returns:
        `rows` with birth_date; gender, in words; age (completed years); school_age (see school_age()); year_group (as
        recorded, else by date of birth); ehcp (Y, N or blank); status_in_words; status_now and all_statuses, of Lists
        6 to 9; status_group, the same with open assessments among children in need.
    """
    details = _details(run)
    day = pl.lit(run.period.inspection_date)
    born = pl.col("birth_date")
    rows = rows.drop("birth_date", "gender", "ehcp").join(details, on="person_id", how="left", maintain_order="left")
    rows = with_ehcp(run, rows.rename({"status": "education"}))
    rows = with_status(run, rows).rename({"status": "status_now"})
    return rows.with_columns(
        pl.col("gender").replace_strict(GENDER_WORDS, default=None, return_dtype=pl.String),
        completed_years(born, day).cast(pl.Int64).alias("age"),
        school_age(born, day).alias("school_age"),
        pl.coalesce(recorded_year_group(pl.col("year_group")), year_group(born, day)).alias("year_group"),
        pl.col("education").replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String).alias("status_in_words"),
        pl.col("status_now").replace(OPEN_ASSESSMENT, CHILD_IN_NEED).alias("status_group"),
    )


def _details(run: ReportRun) -> pl.DataFrame:
    """Date of birth and gender of everybody whom the person records know, and of the rest by their latest record."""
    known = people(run.context).select("person_id", "birth_date", "gender")
    own = (
        recorded(run)
        .join(known, on="person_id", how="anti", maintain_order="left")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("birth_date", "gender").drop_nulls().last())
    )
    return pl.concat([known, own])


def status_groups(run: ReportRun) -> tuple[str, ...]:
    """The current statuses that the extract can tell, in order: one whose list was not supplied is no zero."""
    return (*(each for each in _STATUS_GROUPS if told(run, each)), without(run))


def excluded(run: ReportRun, fates: pl.DataFrame) -> dict[str, int]:
    """Count the rows of the table that are in no number of a report, by reason.

    Args:
        run: the run.
        fates: _row and fate (blank where the row counts), of the records that recorded() gives.
    """
    reason = pl.when(pl.col("person_id").is_null()).then(pl.lit(NOBODY)).otherwise("fate")
    return unused(run, RECORD, reason, fates)
