"""2.04: children who are electively home educated."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.reports.education import (
    AT_HOME,
    GENDER_WORDS,
    OF_AGE,
    OVER_AGE,
    UNDER_AGE,
    YEAR_GROUPS,
    excluded,
    one_spelling,
    recorded,
    shown,
    status_groups,
    with_child,
)
from annexa.reports.ehcp import ehcp_note
from annexa.reports.model import Content, Count, Grid, Share
from annexa.reports.numbers import children, tally, yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.status import status_note

HOME_EDUCATED_AT_D: Final = "children electively home educated at D"  # name of the count
UNKNOWN_AGE: Final = "date of birth not known"
WITH_PLAN: Final = "with a plan"
WITHOUT_PLAN: Final = "without a plan"
CONTACT_MONTHS: Final = 12
_OF_AGE: Final = "2.04 of compulsory school age"
_AGE_UNKNOWN: Final = "2.04 date of birth not known"
_LONG: Final = "2.04 open for more than a year"
_SEN_WORDS: Final = {"N": "no special educational needs", "K": "SEN support", "E": "education, health and care plan"}


@report("2.04")
def home_education(run: ReportRun) -> Content:
    """Every child with a record of elective home education in force at D, whatever the age, counted once.

    A record that ends on D has ended (K5), and one still open when the child died ended then (K14). New and ended are
    children with a record that began, or ended, in the twelve months. More than a year means before the day that the
    twelve months begin; contact on that day is contact within them.
    """
    rows = _children(run)
    home = recorded(run).filter(pl.col("status") == "EHE")
    long = rows.filter("long")
    over_year = Count(long.height, _LONG)
    return Content(
        figures={
            "at_d": Count(rows.height, HOME_EDUCATED_AT_D),
            "school_age": Count(rows.filter(pl.col("school_age") == OF_AGE).height, _OF_AGE),
            "dob_unknown": Count(rows.filter(pl.col("school_age") == UNKNOWN_AGE).height, _AGE_UNKNOWN),
            "new": children(home.filter(run.year().contains(pl.col("start_date")))),
            "ended": children(home.filter(run.year().contains(pl.col("ended")))),
            "over_year": over_year,
            "no_contact": Share(Count(long.filter(pl.col("no_contact") == "Y").height), over_year),
            "placed_here": Count(rows["placed_by_la"].count()),
        },
        sheets={"children": rows},
        grids=_grids(run, rows),
        notes=[*status_note(run), *ehcp_note(run)],
        excluded=excluded(run, _fates(run)),
        within=[("over_year", "at_d"), ("placed_here", "at_d")],
    )


def _children(run: ReportRun) -> pl.DataFrame:
    """One row a child, with what with_child() adds, and what this report alone asks.

    since (the earliest start among the records in force), last_contact_date (the latest of all records of home
    education), long (open for more than a year; false where no start is known), no_contact (Y, N; blank unless long).
    """
    limit = run.period.months_before(CONTACT_MONTHS)
    home = recorded(run).filter(pl.col("status") == "EHE")
    spans = home.group_by("person_id").agg(
        pl.col("start_date").filter("in_force").min().alias("since"), pl.col("last_contact_date").max()
    )
    rows = shown(run).filter(pl.col("kind") == AT_HOME).drop("last_contact_date").join(spans, on="person_id")
    long = (pl.col("since") < limit).fill_null(value=False)
    contact = (pl.col("last_contact_date") >= limit).fill_null(value=False)
    return (
        with_child(run, rows)
        .with_columns(
            pl.col("school_age").fill_null(UNKNOWN_AGE),
            pl.col("sen").replace_strict(_SEN_WORDS, default=None, return_dtype=pl.String),
            one_spelling("reason"),
            long.alias("long"),
            pl.when(long).then(yes_no(~contact)).alias("no_contact"),
            pl.col("ehcp").replace({"Y": WITH_PLAN, "N": WITHOUT_PLAN}).alias("plan"),
        )
        .sort("person_id")
    )


def _grids(run: ReportRun, rows: pl.DataFrame) -> list[Grid]:
    by = {
        "age": ("school_age", (UNDER_AGE, OF_AGE, OVER_AGE, UNKNOWN_AGE)),
        "year_group": ("year_group", YEAR_GROUPS),
        "gender": ("gender", tuple(GENDER_WORDS.values())[:2]),
        "sen": ("sen", tuple(_SEN_WORDS.values())),
        "ehcp": ("plan", (WITH_PLAN, WITHOUT_PLAN)),
        "status": ("status_group", status_groups(run)),
        "reason": ("reason", ()),
    }
    names = {OF_AGE: _OF_AGE, UNKNOWN_AGE: _AGE_UNKNOWN}
    return [
        tally(
            key, rows, column, order=order, total_name=HOME_EDUCATED_AT_D, names=names,
            free=key in ("year_group", "reason"),
        )
        for key, (column, order) in by.items()
    ]  # fmt: skip


def _fates(run: ReportRun) -> pl.DataFrame:
    """_row, and why the record is in no number: an ended one is, if it began or ended in the twelve months."""
    year = run.year()
    counted = year.contains(pl.col("start_date")) | year.contains(pl.col("ended"))
    stands = pl.col(ROW).is_in(shown(run)[ROW].implode())
    return recorded(run).select(
        ROW,
        pl.when(pl.col("status").ne_missing(pl.lit("EHE"))).then(pl.lit("not of elective home education"))
        .when(pl.col("in_force") & ~stands).then(pl.lit("a later record of the child is shown"))
        .when(~pl.col("in_force") & ~counted).then(pl.lit("ended more than twelve months ago"))
        .alias("fate"),
    )  # fmt: skip
