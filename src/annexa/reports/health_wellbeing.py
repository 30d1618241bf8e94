"""What is recorded of looked-after children's immunisations, difficulties, substance misuse and mental health services.

Each function takes children (person_id, one row each) and adds columns to them; where the table was not supplied these
are blank.
"""

from typing import Final

import polars as pl

from annexa.records.types import EARLIEST
from annexa.reports.run import ReportRun
from annexa.reports.telling import contradiction

HIGHEST_SCORE: Final = 40
LOW, MIDDLE, HIGH = "0-13", "14-16", "17-40"
BANDS: Final = {LOW: 13, MIDDLE: 16, HIGH: HIGHEST_SCORE}  # the highest score of each

WAITING: Final = "waiting"
OPEN: Final = "open"
REFERRED: Final = "open, first appointment not supplied"


def immunised(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add immunised (Y or N): the latest statement. A blank day is the earliest; of two on one day N stands."""
    statements = _of(run, rows, "immunisations").filter(pl.col("up_to_date").is_in(["Y", "N"]))
    latest = _latest(run, statements, "immunisations", "status_date", "up_to_date", pl.col("up_to_date") == "N")
    return _joined(rows, latest.select("person_id", pl.col("up_to_date").alias("immunised")))


def with_sdq(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add sdq_score, sdq_band and sdq_date of the latest questionnaire that has a score from 0 to 40.

    A higher score cannot be one and is left out. A blank day is the earliest; of two on one day the higher stands.
    """
    scored = _of(run, rows, "sdq_scores").filter(pl.col("score") <= HIGHEST_SCORE)
    latest = _latest(run, scored, "sdq_scores", "completed_date", "score", pl.col("score"))
    score = pl.col("score")
    band = pl.when(score <= BANDS[LOW]).then(pl.lit(LOW)).when(score <= BANDS[MIDDLE]).then(pl.lit(MIDDLE))
    return _joined(
        rows,
        latest.select(
            "person_id",
            score.alias("sdq_score"),
            band.otherwise(pl.lit(HIGH)).alias("sdq_band"),
            pl.col("completed_date").alias("sdq_date"),
        ),
    )


def with_substances(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add misuse and intervention (Y or N) of the latest finding, and those of twelve months.

    Returns:
        `rows` with misuse, intervention, misuse_date; misuse_in_year, whether any finding of the twelve months before D
        says so, and helped_in_year, whether an intervention is recorded with one of them. A blank day is the earliest;
        of two findings on one day the one of misuse stands.
    """
    findings = _of(run, rows, "substance_misuse").filter(pl.col("misused").is_in(["Y", "N"]))
    helped = pl.when(pl.col("intervention").is_in(["Y", "N"])).then("intervention")
    findings = findings.with_columns(helped.alias("intervention"))
    stands = pl.col("misused") == "Y"
    latest = _latest(run, findings, "substance_misuse", "misuse_date", "misused", stands, pl.col("intervention"))
    year = findings.filter(run.year().contains(pl.col("misuse_date")) & stands)
    in_year = year.group_by("person_id").agg(
        pl.lit(value=True).alias("misuse_in_year"),
        (pl.col("intervention") == "Y").fill_null(value=False).any().alias("helped_in_year"),
    )
    added = latest.select("person_id", pl.col("misused").alias("misuse"), "intervention", pl.col("misuse_date"))
    flags = pl.col("misuse_in_year", "helped_in_year").fill_null(value=False)
    return _joined(_joined(rows, added), in_year).with_columns(flags)


def with_camhs(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add camhs, the state of the child's referrals that are open at D, and waiting_days.

    Waiting: no referral that is open has had its first appointment by A; the days run from the earliest of them to D.
    Open: one has. Without the days of first appointments it cannot be told which.
    """
    day = pl.lit(run.period.inspection_date)
    referrals = _of(run, rows, "camhs").filter(run.period.open_at(pl.col("referral_date"), pl.col("end_date")))
    state = pl.when("seen").then(pl.lit(OPEN)).otherwise(pl.lit(WAITING))
    if not run.has("camhs", "first_appointment_date"):
        state = pl.lit(REFERRED)
    found = referrals.group_by("person_id").agg(
        pl.col("first_appointment_date").is_not_null().any().alias("seen"), pl.col("referral_date").min()
    )
    waited = (day - pl.col("referral_date")).dt.total_days()
    added = found.select("person_id", state.alias("camhs"), waited.alias("waiting_days"))
    waiting = pl.when(pl.col("camhs") == WAITING).then("waiting_days")
    return _joined(rows, added.with_columns(waiting.alias("waiting_days")))


def _of(run: ReportRun, rows: pl.DataFrame, record: str) -> pl.DataFrame:
    return run.rows(record).join(rows.select("person_id"), on="person_id", how="semi", maintain_order="left")


def _joined(rows: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    return rows.join(added, on="person_id", how="left", maintain_order="left")


def _latest(
    run: ReportRun, records: pl.DataFrame, name: str, day: str, value: str, stands: pl.Expr, *further: pl.Expr
) -> pl.DataFrame:
    """Return each child's latest record; of several on one day the one for which `stands` is greatest.

    Those that say something else on that day are a finding (AA-R43).
    """
    ordered = records.with_columns(pl.col(day).fill_null(EARLIEST).alias("_day")).sort(
        "person_id", "_day", stands, *further, nulls_last=False, maintain_order=True
    )
    latest = ordered.unique("person_id", keep="last", maintain_order=True)
    same_day = ordered.join(
        latest.select("person_id", "_day", pl.col(value).alias("_value")),
        on=["person_id", "_day"],
        maintain_order="left",
    )
    others = same_day.filter(pl.col(value) != pl.col("_value"))
    message = "Two records of one day say different things of the child: the other one is shown."
    contradiction(run, name, message, others, value)
    return latest
