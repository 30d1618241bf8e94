"""Looked-after children as pupils: school, personal education plan, attendance, results, and what follows school."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.period import Window
from annexa.records import UNREADABLE
from annexa.reports.education import OF_AGE, one_spelling, recorded, school_age, school_year
from annexa.reports.ehcp import with_ehcp
from annexa.reports.leaver_bands import activity_flags
from annexa.reports.looked_after import looked_after
from annexa.reports.run import ReportRun
from annexa.reports.telling import contradiction
from annexa.reports.unused import unused

PLAN_MONTHS: Final = 6  # looked back for a plan where no term is set
ABSENT_FROM: Final = 10  # persistent absence: this percentage of possible sessions or more
AFTER_SCHOOL: Final = (16, 17)
GOOD_GRADES: Final = ("1", "2")
GRADES: Final = {"1": "Outstanding", "2": "Good", "3": "Requires improvement", "4": "Inadequate"}


def school_year_now(run: ReportRun) -> int:
    """The calendar year in which the school year of D began."""
    return int(pl.select(school_year(pl.lit(run.period.inspection_date))).item())


def latest_year(run: ReportRun, record: str) -> int | None:
    """The latest school year of a table that had begun by D; None where it has none."""
    rows = run.rows(record).filter(
        pl.col("person_id").is_not_null() & (pl.col("academic_year") <= school_year_now(run))
    )
    year = rows["academic_year"].max()
    return year if isinstance(year, int) else None


def in_words(year: int | None) -> str:
    """A school year as it is written: 2017/18."""
    return "none" if year is None else f"{year}/{(year + 1) % 100:02d}"


def plan_window(run: ReportRun) -> Window:
    """The last term that was complete at D, or the six months before D where none is set that was.

    A term is complete on its last day.
    """
    day = run.period.inspection_date
    over = [term for term in run.settings.terms if term.end <= day]
    if not over:
        return run.period.window(PLAN_MONTHS)
    last = max(over, key=lambda term: (term.end, term.start))
    return Window(last.start, last.end)


def pupils(run: ReportRun) -> pl.DataFrame:
    """Every child looked after at D, with what the tables of education say.

    Returns:
        One row a child, sorted by person_id: the columns of looked_after();

        school_age      compulsory school age at D, in words
        on_roll         there is a row of the virtual school for its latest year; and of that row:
        year_group, school_name, grade (1 to 4, blank where not known)
        pep_date, pep_quality   the latest plan in any school year begun by D, the quality in one spelling
        pep_in_term     it, or that of another year, lies in plan_window()
        recorded_possible, recorded_attended, suspended, excluded   of the latest year of attendance
        possible, attended   the same, both blank where one is, none is possible, or more were attended than possible
        attendance      attended as a percentage of possible
        persistent      true where ABSENT_FROM percent of possible sessions or more were missed; else false, or blank
        ehcp            Y, N or blank
        after_school    aged 16 or 17; and the flags of leaver_bands.ACTIVITY over `activity`
    """
    return run.once(_pupils)


def _pupils(run: ReportRun) -> pl.DataFrame:
    rows = looked_after(run)
    for facts in (_roll(run), _plans(run), _attendance(run), _activity(run)):
        rows = rows.join(facts, on="person_id", how="left", maintain_order="left")
    possible, attended = pl.col("possible"), pl.col("attended")
    of_age = pl.col("age").is_between(*AFTER_SCHOOL).fill_null(value=False)
    return with_ehcp(run, rows).with_columns(
        school_age(pl.col("birth_date"), pl.lit(run.period.inspection_date)).alias("school_age"),
        pl.col("on_roll").fill_null(value=False),
        pl.col("pep_in_term").fill_null(value=False),
        (attended * 100 / possible).alias("attendance"),
        ((possible - attended) * 100 >= possible * ABSENT_FROM).alias("persistent"),
        of_age.alias("after_school"),
        *activity_flags(pl.col("activity"), of_age),
    )


def _roll(run: ReportRun) -> pl.DataFrame:
    """The virtual school's rows of its latest year; reading leaves one for each pupil and year (AA-R14)."""
    grade = pl.col("school_grade")
    return _of_latest_year(run, "virtual_school").select(
        "person_id",
        pl.lit(value=True).alias("on_roll"),
        "year_group",
        "school_name",
        pl.when(grade.is_in(list(GRADES))).then(grade).alias("grade"),
    )


def _plans(run: ReportRun) -> pl.DataFrame:
    """The plans of all school years begun by D: that of the last term may stand in the row of the year before."""
    begun = run.rows("virtual_school").filter(
        pl.col("person_id").is_not_null()
        & pl.col("pep_date").is_not_null()
        & (pl.col("academic_year") <= school_year_now(run))
    )
    return (
        begun.with_columns(one_spelling("pep_quality"))
        .sort("person_id", "pep_date", "academic_year")
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.col("pep_date", "pep_quality").last(),
            plan_window(run).contains(pl.col("pep_date")).any().alias("pep_in_term"),
        )
    )


def _of_latest_year(run: ReportRun, record: str) -> pl.DataFrame:
    year = latest_year(run, record) or 0
    return run.rows(record).filter(pl.col("person_id").is_not_null() & (pl.col("academic_year") == year))


def _attendance(run: ReportRun) -> pl.DataFrame:
    """Attendance of the latest year. Where more sessions were attended than were possible, both count as blank."""
    rows = _of_latest_year(run, "attendance")
    wrong = (pl.col("attended") > pl.col("possible")).fill_null(value=False)
    usable = (pl.col("possible") > 0) & pl.col("attended").is_not_null() & ~wrong
    told = rows.filter(wrong).join(looked_after(run), on="person_id", how="semi")
    contradiction(
        run,
        "attendance",
        "More sessions were attended than were possible: the pupil is in no percentage of attendance.",
        told,
        "attended",
    )
    return rows.select(
        "person_id",
        *(pl.col(name).alias(f"recorded_{name}") for name in ("possible", "attended")),
        *(pl.when(usable).then(name).alias(name) for name in ("possible", "attended")),
        "suspended",
        pl.col("excluded").replace(UNREADABLE, None).alias("excluded"),
    )


def _activity(run: ReportRun) -> pl.DataFrame:
    """The activity of the latest education record in force at D that has one; a blank says nothing."""
    said = recorded(run).filter(pl.col("in_force") & pl.col("post16_activity").is_not_null())
    latest = said.unique("person_id", keep="last", maintain_order=True)
    several = said.group_by("person_id").agg((pl.col("post16_activity").n_unique() > 1).alias("several"))
    aged = looked_after(run).filter(pl.col("age").is_between(*AFTER_SCHOOL))
    told = latest.join(several.filter("several"), on="person_id", how="semi").join(aged, on="person_id", how="semi")
    contradiction(
        run,
        "education_statuses",
        "Records in force give different activities: that of the latest record is counted.",
        told,
        "post16_activity",
    )
    return latest.select("person_id", pl.col("post16_activity").alias("activity"))


def results(run: ReportRun) -> pl.DataFrame:
    """The results of children looked after at D in the latest year of attainment.

    Two rows of one pupil, key stage and subject are one result: the fuller row, then one that reached the level, then
    the higher score; AA-R43 where they differ.

    Returns:
        One row a pupil, key stage and subject, sorted so: person_id, birth_date, start_date and twelve_months as in
        looked_after(); key_stage, subject (each in one spelling, blank where not recorded), expected (Y, N or blank),
        progress.
    """
    return run.once(_results)


def _results(run: ReportRun) -> pl.DataFrame:
    rows = _of_latest_year(run, "attainment").join(looked_after(run), on="person_id", how="inner")
    stage = pl.col("key_stage").str.strip_chars()
    rows = rows.with_columns(
        pl.coalesce("KS" + stage.str.extract(r"(?i)^(?:ks|key ?stage)? ?([0-9])$"), stage).alias("key_stage"),
        pl.col("subject").str.strip_chars(),
        pl.when(pl.col("expected").is_in(["Y", "N"])).then("expected").alias("expected"),
    ).with_columns(one_spelling("key_stage"), one_spelling("subject"))
    key = ["person_id", "key_stage", "subject"]
    blanks = pl.sum_horizontal(pl.col("expected", "progress").is_null())
    ordered = rows.sort(
        *key, blanks, "expected", "progress", ROW,
        descending=[False] * 4 + [True, True, False], nulls_last=True,
    )  # fmt: skip
    shown = ordered.unique(key, keep="first", maintain_order=True)
    differ = (pl.struct("expected", "progress").n_unique() > 1).alias("differ")
    told = shown.join(
        rows.group_by(key).agg(differ).filter("differ"), on=key, how="semi", nulls_equal=True, maintain_order="left"
    )
    contradiction(
        run,
        "attainment",
        "A pupil has two results in one subject: the fuller row counts, then the better result.",
        told,
        "subject",
    )
    return shown.select(
        "person_id", "birth_date", "start_date", "twelve_months", "key_stage", "subject", "expected", "progress"
    ).sort("person_id", "key_stage", "subject", nulls_last=True)


def in_no_number(run: ReportRun) -> dict[str, int]:
    """How many rows of the three tables are in no number, by table and reason in words."""
    here = looked_after(run)["person_id"].implode()
    year = pl.col("academic_year")
    found: dict[str, int] = {}
    for record in ("virtual_school", "attendance", "attainment"):
        # Of earlier rows of the virtual school the date of the plan is still looked at.
        latest = 0 if record == "virtual_school" else latest_year(run, record) or 0
        reason = (
            pl.when(pl.col("person_id").is_null()).then(pl.lit("no pupil's identifier"))
            .when(year.is_null()).then(pl.lit("no school year"))
            .when(year > school_year_now(run)).then(pl.lit("a school year that has not begun"))
            .when(~pl.col("person_id").is_in(here)).then(pl.lit("not looked after at the inspection date"))
            .when(year < latest).then(pl.lit("an earlier school year"))
        )  # fmt: skip
        found |= unused(run, record, reason)
    return found


def not_on_roll(rows: pl.DataFrame) -> pl.DataFrame:
    """Pupils of compulsory school age of whom the virtual school has no row for its latest year."""
    return rows.filter(~pl.col("on_roll") & (pl.col("school_age") == OF_AGE))
