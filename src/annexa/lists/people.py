"""The columns about the person that most lists share: gender, ethnicity, birth, age, disability (2.1, K8, K12)."""

import polars as pl

from annexa.lists.context import Context
from annexa.lists.registry import ID, derivation
from annexa.period import birthday, completed_years
from annexa.records import UNREADABLE

UNBORN_AGE = -1


def people(context: Context) -> pl.DataFrame:
    """Everybody the extract knows, one row a person.

    Returns:
        person_id; gender, ethnicity (standard code, null, or UNREADABLE); birth_date (the date of birth, or the
        estimated one, or the expected one of an unborn child: what the lists show); unborn; estimated; death_date
        (not later than A); age (completed years at D or at death, -1 unborn, null unknown); turned_18 (18th birthday).
    """
    return context.once(_people)


def _people(context: Context) -> pl.DataFrame:
    day = context.period.inspection_date
    born, expected = pl.col("birth_date"), pl.col("expected_birth_date")
    # K12: a date of birth after D, or none and an expected date not more than 28 days past.
    unborn = (born > day).fill_null(expected >= context.period.unborn_from).fill_null(False)
    estimated = born.is_null() & (expected < context.period.unborn_from).fill_null(False)
    absent = context.tables["persons"].absent
    persons = context.live("persons").filter(pl.col("person_id").is_not_null())
    persons = persons.with_columns(
        unborn.alias("unborn"),
        estimated.alias("estimated"),
        pl.coalesce(born, expected).alias("birth_date"),
        pl.coalesce("gender", "sex").alias("gender"),
    )
    at = pl.min_horizontal(pl.lit(day), pl.col("death_date"))
    age = pl.when("unborn").then(UNBORN_AGE).otherwise(completed_years(pl.col("birth_date"), at))
    return persons.select(
        "person_id",
        # A column that the extract lacks is blank; it does not say "not recorded".
        (pl.lit(UNREADABLE) if {"gender", "sex"} <= absent else pl.when(~pl.col("unborn")).then("gender")).alias(
            "gender"
        ),
        (pl.lit(UNREADABLE) if "ethnicity" in absent else pl.col("ethnicity")).alias("ethnicity"),
        "birth_date",
        "unborn",
        "estimated",
        "death_date",
        age.cast(pl.Int64).alias("age"),
        pl.when(~pl.col("unborn")).then(birthday(pl.col("birth_date"), 18)).alias("turned_18"),
    )


def with_people(context: Context, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Add columns of people() to rows that have person_id; blank where the extract does not know the person."""
    return rows.join(people(context).select("person_id", *columns), on="person_id", how="left", maintain_order="left")


@derivation("gender", "ethnicity", "birth_date", "age_in_years")
def person_columns(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Gender, ethnicity, date of birth and age of the child of each row.

    A person without a record is blank in all four (K8); the marker keeps a coded column from saying "not recorded".
    """
    known = people(context).with_columns(pl.lit(True).alias("known"))
    joined = rows.select(ID, "person_id").join(known, on="person_id", how="left", maintain_order="left")
    return joined.select(
        ID,
        *(
            pl.when(pl.col("known")).then(pl.col(name)).otherwise(pl.lit(UNREADABLE)).alias(name)
            for name in ("gender", "ethnicity")
        ),
        "birth_date",
        pl.col("age").alias("age_in_years"),
    )


@derivation("disability")
def disability(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the child has a disability: Y for any code but NONE, N for NONE alone, U for nothing recorded (2.13).

    Nothing recorded is U also without a person record; without the table the column is blank.
    """
    if not context.supplied("disabilities"):
        return rows.select(ID, pl.lit(None, dtype=pl.String).alias("disability"))
    code = pl.col("disability")
    recorded = (
        context.live("disabilities")
        .filter(pl.col("person_id").is_not_null() & code.is_not_null())
        .group_by("person_id")
        .agg(
            ((code != "NONE") & (code != UNREADABLE)).any().alias("has"),
            (code == UNREADABLE).any().alias("unclear"),
        )
        .select(
            "person_id",
            pl.when("has")
            .then(pl.lit("Y"))
            .when("unclear")
            .then(pl.lit(UNREADABLE))
            .otherwise(pl.lit("N"))
            .alias("disability"),
        )
    )
    joined = rows.select(ID, "person_id").join(recorded, on="person_id", how="left", maintain_order="left")
    return joined.select(ID, pl.col("disability").fill_null("U"))
