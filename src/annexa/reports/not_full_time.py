"""2.05: children of compulsory school age who do not receive full-time school education."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.lists.placements import folded, own_authority
from annexa.reports.education import (
    AT_HOME,
    FULL_TIME,
    FULL_TIME_HOURS,
    NOT_FULL_TIME,
    OF_AGE,
    RECORD,
    STATUS_WORDS,
    excluded,
    one_spelling,
    recorded,
    shown,
    status_groups,
    with_child,
)
from annexa.reports.ehcp import ehcp_note
from annexa.reports.model import NOT_SUPPLIED, Content, Count, Grid
from annexa.reports.numbers import WEEK, tally, yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.status import CHILD_IN_NEED, CHILD_PROTECTION, LOOKED_AFTER, status_note, told
from annexa.reports.telling import no_birth_date

NOT_FULL_TIME_AT_D: Final = "2.05 children not in full-time education at D"  # name of the count
LESS: Final = "Less than 25"
MORE: Final = "25 or more"
NOT_KNOWN: Final = "Not known"
NO_PROVISION: Final = "none"  # a type of provision that says that there is none
LONG_WEEKS: Final = 12
EXCLUSION_WORDS: Final = {"PERMANENT": "permanent", "FIXED": "fixed term", "NONE": "none"}
_SHOWN_STATUSES: Final = tuple(words for code, words in STATUS_WORDS.items() if code != "EHE")
_UNKNOWN_AGE: Final = "Whether the child is of compulsory school age is not known: the date of birth is blank."
_WITHIN: Final = tuple((key, "total") for key in ("nothing", "over_weeks", "dob_unknown"))
_STATUS_FIGURES: Final = {
    "looked_after": LOOKED_AFTER,
    "child_protection": CHILD_PROTECTION,
    "child_in_need": CHILD_IN_NEED,
}
# Lines of tables that are figures too: value -> name of the count.
_NAMES: Final = {
    text: f"2.05 {text}" for text in (LESS, NOT_KNOWN, STATUS_WORDS["CME"], "permanent", *_STATUS_FIGURES.values())
}


@report("2.05")
def not_in_full_time_education(run: ReportRun) -> Content:
    """Children of compulsory school age with a record in force at D of less than full-time school education.

    Less than full-time is fewer than 25 hours a week, or a status other than full-time and elective home education;
    hours that cannot be read leave the status to decide. Children whose date of birth is not known stay in (AA-R44).
    Children whom another authority placed here are counted apart; the authority's own, wherever they live, stay in.
    """
    rows = _candidates(run)
    no_birth_date(run, RECORD, _UNKNOWN_AGE, rows.filter(pl.col("birth_date").is_null()))
    own = rows.filter(pl.col("placed_here") == "N")
    theirs = rows.filter(pl.col("placed_here") == "Y")
    missing = pl.col("missing_education") == "Y"
    nothing = (pl.col("weekly_hours") == 0) | (pl.col("provision_type").str.to_lowercase() == NO_PROVISION)
    over = (pl.col("ap_days") > LONG_WEEKS * WEEK) & pl.col("provision_end_date").is_null()

    def number(condition: pl.Expr, name: str = "") -> Count:
        return Count(own.filter(condition).height, _NAMES.get(name, ""))

    return Content(
        figures={
            "total": Count(own.height, NOT_FULL_TIME_AT_D),
            "less": number(pl.col("hours_band") == LESS, LESS),
            "hours_unknown": number(pl.col("hours_band") == NOT_KNOWN, NOT_KNOWN),
            "missing_education": number(missing, STATUS_WORDS["CME"]),
            "nothing": number(~missing & nothing.fill_null(value=False)),
            "permanent": number(pl.col("exclusion") == "permanent", "permanent"),
            "over_weeks": number(over),
            **{
                key: number(pl.col("status_group") == status, status) if told(run, status) else NOT_SUPPLIED
                for key, status in _STATUS_FIGURES.items()
            },
            "dob_unknown": number(pl.col("birth_date").is_null()),
            "placed_here": Count(theirs.height),
        },
        sheets={"children": own, "placed_here": theirs},
        grids=_grids(run, own),
        notes=[*_hours_note(run), *status_note(run), *ehcp_note(run)],
        excluded=excluded(run, _fates(run, rows)),
        within=_WITHIN,
    )


def _candidates(run: ReportRun) -> pl.DataFrame:
    """One row a child of school age, or of an age not known, who is not in full-time education; whoever's they are.

    Returns:
        What with_child() gives, and: exclusion and provision_type in one spelling; hours_band; ap_days and ap_weeks
        (from the start of alternative provision to its end, or D); missing_education and placed_here (Y, N).
    """
    rows = with_child(run, shown(run).filter(pl.col("kind") == NOT_FULL_TIME))
    until = pl.col("provision_end_date").fill_null(run.period.inspection_date)
    days = (until - pl.col("provision_start_date")).dt.total_days()
    hours = pl.col("weekly_hours")
    return (
        rows.filter((pl.col("school_age") == OF_AGE).fill_null(value=True))
        .with_columns(
            pl.when(hours < FULL_TIME_HOURS).then(pl.lit(LESS))
            .when(hours >= FULL_TIME_HOURS).then(pl.lit(MORE))
            .otherwise(pl.lit(NOT_KNOWN)).alias("hours_band"),
            pl.col("exclusion_type")
            .replace_strict(EXCLUSION_WORDS, default=None, return_dtype=pl.String).alias("exclusion"),
            one_spelling("provision_type"),
            pl.when(days >= 0).then(days).alias("ap_days"),
            yes_no((pl.col("education") == "CME").fill_null(value=False)).alias("missing_education"),
            yes_no(_placed_by_another(run)).alias("placed_here"),
        )
        .with_columns((pl.col("ap_days") / WEEK).round(1).alias("ap_weeks"))
        .sort("person_id")
    )  # fmt: skip


def _placed_by_another(run: ReportRun) -> pl.Expr:
    """True where another authority is named; the own one, by the option own_la, is none."""
    own = own_authority(run.context.options.own_la)
    return pl.col("placed_by_la").is_not_null() & ~folded(pl.col("placed_by_la")).is_in(list(own))


def _grids(run: ReportRun, rows: pl.DataFrame) -> list[Grid]:
    by = {
        "provision": ("provision_type", ()),
        "hours": ("hours_band", (LESS, MORE, NOT_KNOWN)),
        "education": ("status_in_words", _SHOWN_STATUSES),
        "exclusion": ("exclusion", tuple(EXCLUSION_WORDS.values())),
        "status": ("status_group", status_groups(run)),
    }
    return [
        tally(
            key, rows, column, order=order, total_name=NOT_FULL_TIME_AT_D,
            # A type of provision could be called like the line of another table.
            names={} if key == "provision" else _NAMES,
            free=key == "provision",
        )
        for key, (column, order) in by.items()
    ]  # fmt: skip


def _hours_note(run: ReportRun) -> list[str]:
    if run.has(RECORD, "weekly_hours"):
        return []
    return ["Hours a week were not supplied: the status alone decides who is in the report."]


def _fates(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """_row, and why the record is in no number, of every record."""
    kinds = shown(run).select("person_id", pl.col("kind").alias("child_kind"))
    listed = pl.col("person_id").is_in(rows["person_id"].implode())
    fates = recorded(run).join(kinds, on="person_id", how="left", maintain_order="left")
    return fates.select(
        ROW,
        pl.when(~pl.col("in_force") & pl.col("ended_by_death")).then(pl.lit("the child has died"))
        .when(~pl.col("in_force")).then(pl.lit("ended by the inspection date"))
        .when(pl.col("child_kind") == AT_HOME).then(pl.lit("the child is electively home educated: report 2.04"))
        .when(pl.col("child_kind") == FULL_TIME).then(pl.lit("the child is in full-time education"))
        .when(~listed).then(pl.lit("the child is not of compulsory school age"))
        .when(~pl.col(ROW).is_in(rows[ROW].implode())).then(pl.lit("another record of the child is shown"))
        .alias("fate"),
    )  # fmt: skip
