"""Children looked after at the inspection date, from the open rows of List 8, for the reports 3.07 and 3.08."""

from typing import Final

import polars as pl

from annexa.lists.people import with_people
from annexa.reports.run import ReportRun

LOOKED_AFTER_AT_D: Final = "looked after at D"  # name of the count: the children open on List 8
TWELVE_MONTHS_AT_D: Final = "looked after 12 months or more at D"
CARE_MONTHS: Final = 12


def looked_after(run: ReportRun) -> pl.DataFrame:
    """Every child who is open on List 8 at D, with how long the period of care has lasted.

    Returns:
        One row a child, sorted by person_id:

        person_id
        start_date      day the period of care of List 8 began; blank where nothing says it
        birth_date      as the lists show it
        age             completed years at D; blank where the date of birth is
        twelve_months   the period began on or before D less 12 calendar months; false where its start is blank

        Empty where List 8 was not supplied: ask run.listed(8).
    """
    return run.once(_looked_after)


def _looked_after(run: ReportRun) -> pl.DataFrame:
    if not run.listed(8):
        return pl.DataFrame(
            schema={
                "person_id": pl.String,
                "start_date": pl.Date,
                "birth_date": pl.Date,
                "age": pl.Int64,
                "twelve_months": pl.Boolean,
            }
        )
    since = pl.col("start_date") <= run.period.months_before(CARE_MONTHS)
    rows = run.open_rows(8).select("person_id", "start_date", since.fill_null(value=False).alias("twelve_months"))
    return (
        with_people(run.context, rows, "birth_date", "age")
        .select("person_id", "start_date", "birth_date", "age", "twelve_months")
        .sort("person_id")
    )


def without_start(run: ReportRun) -> list[str]:
    """Say how many of these children have no day on which care began, and so are in no number of twelve months."""
    number = looked_after(run)["start_date"].null_count()
    if not number:
        return []
    verb = "child is" if number == 1 else "children are"
    told = (
        f"{number} looked-after {verb} without a day on which care began, and not in a number of twelve months or more."
    )
    return [told]
