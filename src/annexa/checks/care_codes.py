"""Checks of List 8: legal status, need, provider and permanence plan, and whether they agree with each other."""

from typing import Final

import polars as pl

from annexa.checks.care_rows import (
    ADOPTIVE,
    EPISODES,
    LIST,
    PLACEMENTS,
    SHORT_BREAKS,
    STATUSES,
    Run,
    Trial,
    Trials,
    children_listed,
    of_open_children,
    together,
)
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, nothing, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import ROW
from annexa.lists.placements import TEMPORARY
from annexa.records import UNREADABLE

WITH_PARENTS, OF_PARENTS = "P1", "PR0"
ACCOMMODATED: Final = "V2"
_DATES: Final = ("start_date", "end_date")
_PLAN: Final = {"care_plans": ("start_date", "plan_json")}
_NO_PROVIDER: Final = (*TEMPORARY, "Z1", "Z11", "Z12", "Z13", "Z14")

made("AA-839", reads={EPISODES: _DATES, **_PLAN}, counted="care_plans")


@on_extract("AA-806", reads={EPISODES: _DATES, STATUSES: ("status", *_DATES)})
def short_break_on_list(run: ExtractRun, check: Definition) -> Looked:
    """A short break within a period of care that List 8 shows."""
    periods = children_listed(run).select("person_id", "first_day", "last_day")
    start, end = pl.col("start_date"), pl.col("end_date")
    begun = start.is_null() | (start <= pl.col("last_day"))
    # A status that only ends on the period's first day belongs to what was before it.
    lasting = end.is_null() | (end > pl.col("first_day")) | (start >= pl.col("first_day"))
    rows = run.rows(STATUSES).join(periods, on="person_id", maintain_order="left").filter(begun & lasting)
    return run.looked(check, STATUSES, rows, pl.col("status").is_in(SHORT_BREAKS), _SHORT_BREAK, column="status")


@on_lists("AA-806", each={LIST: ("legal_status",)})
def row_of_a_short_break(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 8 with V3 or V4."""
    wrong = pl.col("legal_status").is_in(SHORT_BREAKS)
    return run.looked(number, run.rows(number), wrong, _SHORT_BREAK, column="legal_status")


_SHORT_BREAK: Final = "A child in a series of short breaks is on List 8: should the child be there?"


@on_extract(
    "AA-807", reads={PLACEMENTS: ("placement_type", "provider", *_DATES), STATUSES: ("status", *_DATES)}
)  # fmt: skip
def parents_and_accommodation(run: ExtractRun, check: Definition) -> Looked:
    """A placement with parents during accommodation under section 20, or with a provider that is not the parents."""
    rows = run.rows(PLACEMENTS)
    held = run.rows(STATUSES).filter(pl.col("status") == ACCOMMODATED)
    held = held.select("person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to"))
    start, end, since, until = (pl.col(name) for name in ("start_date", "end_date", "_from", "_to"))
    # They share a day that is not merely the last of one and the first of the other.
    shared = (start.is_null() | until.is_null() | (start < until)) & (since.is_null() | end.is_null() | (since < end))
    both = rows.filter(_with_parents()).join(held, on="person_id").filter(shared)[ROW].unique()
    return together(
        rows.height,
        run.looked(check, PLACEMENTS, rows, pl.col(ROW).is_in(both.implode()), _AT_HOME, column="placement_type"),
        run.looked(check, PLACEMENTS, rows, _mismatch("provider"), _PARENTS, column="provider"),
    )


@on_lists("AA-807", each={LIST: ("placement_type", "placement_provider", "legal_status")})
def row_parents_and_accommodation(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row with the same."""
    rows = run.rows(number)
    at_home = _with_parents() & (pl.col("legal_status") == ACCOMMODATED)
    return together(
        rows.height,
        run.looked(number, rows, at_home, _AT_HOME, column="placement_type"),
        run.looked(number, rows, _mismatch("placement_provider"), _PARENTS, column="placement_provider"),
    )


_AT_HOME: Final = "Placed with parents while accommodated under section 20, which cannot be."
_PARENTS: Final = "Provider and placement type disagree on whether the child is placed with parents."


def _with_parents() -> pl.Expr:
    return pl.col("placement_type") == WITH_PARENTS


def _mismatch(provider: str) -> pl.Expr:
    """True where one says parents and the other does not; what is blank or cannot be read says nothing."""
    read = pl.col(provider).ne(UNREADABLE) & pl.col("placement_type").ne(UNREADABLE)
    return read & (_with_parents() != (pl.col(provider) == OF_PARENTS))


@on_lists("AA-817", each={LIST: ("placements_in_12_months",)})
def no_placements(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row without a number of placements, or with 0: a child in care is placed somewhere.

    An extract without the table of placements leaves the column blank: AA-R10 says so.
    """
    if run.extract is not None and not run.extract.context.supplied(PLACEMENTS):
        return nothing(0)
    count = pl.col("placements_in_12_months").cast(pl.Int64, strict=False)
    message = "The number of placements must be at least 1."
    wrong = count.is_null() | (count < 1)
    return run.looked(number, run.rows(number), wrong, message, column="placements_in_12_months")


@of_open_children(
    "AA-821",
    ("permanence_plan", "placement_type", "legal_status"),
    {**_PLAN, PLACEMENTS: ("placement_type", *_DATES), STATUSES: ("status", *_DATES)},
)
def plan_is_not_adoption(_run: Run, _check: Definition, rows: pl.DataFrame) -> Trials:
    """A child placed for adoption, or under a placement order, whose permanence plan is not adoption."""
    rows = rows.filter(pl.col("placement_type").is_in(ADOPTIVE) | (pl.col("legal_status") == "E1"))
    wrong = pl.col("permanence_plan").ne_missing(pl.lit("ADOPTION"))
    message = "The permanence plan is not adoption, and the placement or the legal status is."
    return rows, (Trial(wrong, message, "permanence_plan"),)


@of_open_children(
    "AA-829",
    ("need", "legal_status", "placement_type", "placement_provider"),
    {
        EPISODES: ("need", *_DATES),
        STATUSES: ("status", *_DATES),
        PLACEMENTS: ("placement_type", "provider", *_DATES),
    },
)
def code_is_blank(_run: Run, _check: Definition, rows: pl.DataFrame) -> Trials:
    """A child in care without a legal status, a placement type, a category of need or a provider."""
    kind = pl.col("placement_type")
    needs_provider = ~kind.is_in(_NO_PROVIDER).fill_null(value=False)
    return rows, (
        Trial(pl.col("need").is_null(), "The category of need is blank.", "need", (EPISODES, "need")),
        Trial(pl.col("legal_status").is_null(), "The legal status is blank.", "legal_status"),
        Trial(kind.is_null(), "The placement type is blank.", "placement_type", (PLACEMENTS, "placement_type")),
        Trial(needs_provider & pl.col("placement_provider").is_null(), "The placement provider is blank.",
              "placement_provider", (PLACEMENTS, "provider")),
    )  # fmt: skip
