"""List 11: prospective adopters, in the form of 2018 and in the form of 2019 (R7, R8, R29, R49)."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.editions import ListSpec
from annexa.lists.context import Context
from annexa.lists.reasons import first_reason
from annexa.lists.registry import Cohort, account, cohort
from annexa.lists.spans import needed_window

REFUSED: Final = "3"  # the leaving reason of an application that was refused

ENQUIRY_DATES: Final = ("enquiry_date", "information_pack_date", "interview_date")
# An application or stage 1 has begun where any of these is recorded, whatever earlier date is missing.
PROCESS_DATES: Final = (
    "application_date",
    "stage1_start_date",
    "stage1_end_date",
    "stage2_start_date",
    "stage2_end_date",
    "approval_date",
    "matched_date",
    "placed_date",
)
ENDING_DATES: Final = ("adoption_order_date", "left_date", "rejection_date")
ALL_DATES: Final = (*ENQUIRY_DATES, *PROCESS_DATES, *ENDING_DATES)


@cohort("adopters_in_contact")
def adopters_in_contact(context: Context, spec: ListSpec) -> Cohort:
    """The 2018 form: adopters who in the window did one of three things.

    (a) They enquired and got an information pack (whenever), and came to a follow-up interview in the window. (b) Their
    enquiry or application was in progress when the window began, begun by then and without an outcome before it, and
    has been approved or refused since. (c) A child was placed with them in the window.

    None of the three asks whether the process is on hold: leaving such adopters off came with the guidance of 2019.
    """
    window = needed_window(context, spec.number)
    interviewed = (
        pl.col("enquiry_date").is_not_null()
        & pl.col("information_pack_date").is_not_null()
        & window.contains(pl.col("interview_date"))
    )
    began = pl.min_horizontal("enquiry_date", "application_date", "stage1_start_date", "stage2_start_date")
    # The end of stage 2 is the approval of the two-stage process.
    approved = pl.coalesce("approval_date", "stage2_end_date")
    outcome = pl.min_horizontal(approved, "rejection_date", "left_date")
    decided = (began <= window.start) & (outcome >= window.start) & (approved.is_not_null() | _refused())
    placed = window.contains(pl.col("placed_date"))
    listed = interviewed | decided.fill_null(False) | placed
    only_enquired = pl.max_horizontal(*PROCESS_DATES, *ENDING_DATES).is_null()
    grounds = {"interviewed": interviewed, "decided": decided, "placed": placed}
    return _adopters(
        context,
        {name: each.fill_null(False) for name, each in grounds.items()},
        NO_DATE=_undated() & ~pl.col("_masked"),
        FUTURE=_undated() & pl.col("_masked"),
        WINDOW=~listed & ~only_enquired,
        ENQUIRY_ONLY=~listed & only_enquired,
    )


@cohort("adopters_in_process")
def adopters_in_process(context: Context, spec: ListSpec) -> Cohort:
    """The form of 2019 on: adopters who have applied or begun stage 1, at any stage in the window.

    They stay until the final order or until they leave; a refusal is a leaving. An order or leaving before the window
    ends membership unless something of a process is later than it: a second adoption by the same family. Who is on
    hold is left off, unless the leaving itself falls in the window. An order, or a refusal, is of an application even
    where its date is missing; a leaving is not.
    """
    window = needed_window(context, spec.number)
    applied = pl.max_horizontal(*PROCESS_DATES, "adoption_order_date", "rejection_date").is_not_null()
    left = pl.coalesce("left_date", "rejection_date")
    ended = pl.max_horizontal("adoption_order_date", left)
    over = (ended < window.start) & ~(pl.max_horizontal(*PROCESS_DATES) > ended).fill_null(False)
    return _adopters(
        context,
        {},
        NO_DATE=_undated() & ~pl.col("_masked"),
        FUTURE=_undated() & pl.col("_masked"),
        WINDOW=over,
        ENQUIRY_ONLY=~applied,
        ON_HOLD=(pl.col("on_hold") == "Y") & ~window.contains(left),
    )


def children_of_family() -> pl.Expr:
    """The number of children placed as the list shows it: the family's, over all of its adopters (List 11)."""
    of_family = pl.col("children_placed").max().over("family_id")
    return pl.when(pl.col("family_id").is_null()).then("children_placed").otherwise(of_family)


def _undated() -> pl.Expr:
    return pl.max_horizontal(*ALL_DATES).is_null()


def _refused() -> pl.Expr:
    return pl.col("rejection_date").is_not_null()


def _adopters(context: Context, grounds: Mapping[str, pl.Expr], **conditions: pl.Expr) -> Cohort:
    """One row for each adopter; the number of children placed is the family's, the same on both rows of a couple.

    The rows have all fields of the record; left_date and left_reason tell a refusal where no leaving is recorded; and a
    true or false column for each of the grounds that put an adopter on the list.
    """
    rows = context.rows("adopters").with_columns(first_reason(**conditions).alias("reason"), **grounds)
    _report_families(context, rows)
    refused = pl.col("left_date").is_null() & _refused()
    kept = (
        rows.filter(pl.col("_drop").is_null())
        .with_columns(children_of_family().alias("children_placed"))
        .filter(pl.col("reason").is_null())
        .with_columns(
            pl.when(refused).then(pl.lit(REFUSED)).otherwise("left_reason").alias("left_reason"),
            pl.coalesce("left_date", "rejection_date").alias("left_date"),
            pl.lit(context.period.as_at).alias("at"),
            pl.lit(False).alias("ceased"),
        )
    )
    decided = pl.coalesce(pl.max_horizontal(*ENDING_DATES), pl.max_horizontal(*ALL_DATES))
    return Cohort(kept, {"adopters": account(rows, decided)})


def _report_families(context: Context, rows: pl.DataFrame) -> None:
    """Say so where the source has nothing finer than a family (AA-1109)."""
    live = rows.filter(pl.col("_drop").is_null())
    if live.height and live.select((pl.col("adopter_id") == pl.col("family_id")).fill_null(False).all()).item():
        table = context.tables["adopters"]
        context.findings.add(
            "AA-1109",
            f"{table.source} has one row for each family: List 11 cannot show the adopters of a couple apart.",
            list=11,
            table=table.source,
            file=table.file,
        )
