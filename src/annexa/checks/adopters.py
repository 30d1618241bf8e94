"""Checks of List 11: prospective adopters."""

from functools import partial
from itertools import pairwise
from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.sequence import in_sequence
from annexa.extract.tables import DROP, MASKED, ROW
from annexa.lists.adopters import REFUSED, children_of_family
from annexa.period import InspectionPeriod, Window

LIST: Final = 11
RECORD: Final = "adopters"
STAGES: Final = ("stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date")
STEPS: Final = ("enquiry_date", *STAGES, "matched_date", "placed_date", "adoption_order_date")
ORDERED: Final = tuple(pairwise(STEPS))
# What follows the stages, or ends them: with one of these there, a stage without an end is not under way.
AFTERWARDS: Final = ("approval_date", "matched_date", "placed_date", "adoption_order_date", "left_date")
_REJECTED: Final = "rejection_date"
_FAMILY: Final = "family_id"

made("AA-1109", reads={RECORD: ("adopter_id", _FAMILY)}, counted=RECORD)


@on_extract("AA-1101", reads={RECORD: ("adopter_id",)})
def no_identifier_of_their_own(run: ExtractRun, check: Definition) -> Looked:
    """An adopter without an identifier, or with one that another record has; identical records are one (K10)."""
    rows = run.context.rows(RECORD).filter(pl.col(DROP).is_null() | pl.col(DROP).is_in(["NO_CHILD_ID", "CONFLICT"]))
    return run.looked(check, RECORD, rows, pl.col(DROP).is_not_null(), _NO_IDENTIFIER, column="adopter_id")


@on_lists("AA-1101", each={LIST: ("adopter_id",)})
def row_without_identifier_of_its_own(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row without an identifier, or with that of an earlier row."""
    adopter = pl.col("adopter_id")
    return run.looked(
        number, run.rows(number), adopter.is_null() | ~adopter.is_first_distinct(), _NO_IDENTIFIER, column="adopter_id"
    )


_NO_IDENTIFIER: Final = "The adopter's identifier is missing, or another adopter has it too."


@on_extract("AA-1102", reads={RECORD: (*STEPS, "fostering_for_adoption")})
def out_of_order(run: ExtractRun, check: Definition) -> Looked:
    """Stages of the process that stand in an order that cannot be."""
    return _in_order(run.rows(RECORD), run.built, partial(run.looked, check, RECORD))


@on_lists("AA-1102", each={LIST: (*STEPS, "fostering_for_adoption")})
def row_out_of_order(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return _in_order(run.rows(number), run, partial(run.looked, number))


def _in_order(rows: pl.DataFrame, run: ListsRun, answer: partial[Looked]) -> Looked:
    # A child who is fostered for adoption lives with the family before the match.
    match = ("matched_date", "placed_date")
    fostered = pl.col("fostering_for_adoption").eq_missing(pl.lit("Y"))
    spec = run.edition.lists[LIST]
    most = in_sequence(rows, [pair for pair in ORDERED if pair != match], spec, answer)
    rest = in_sequence(rows.filter(~fostered), [match], spec, answer)
    return Looked(rows.height, pl.concat([most.found, rest.found]))


@on_extract("AA-1103", reads={RECORD: (*STAGES, *AFTERWARDS, _REJECTED, "on_hold")})
def stage_too_long(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """A stage that took, or has taken so far, longer than its standard; a process on hold has no stage under way."""
    stopped = pl.col(_REJECTED).is_not_null() | (pl.col("on_hold") == "Y").fill_null(value=False)
    answer = partial(run.looked, check, RECORD)
    return _stages(run.rows(RECORD), run.built, check, answer, stopped)


@on_lists("AA-1103", each={LIST: (*STAGES, *AFTERWARDS)})
def row_with_stage_too_long(run: ListsRun, check: Definition, number: int) -> tuple[Looked, ...]:
    """The same of a row."""
    return _stages(run.rows(number), run, check, partial(run.looked, number), pl.lit(value=False))


def _stages(
    rows: pl.DataFrame, run: ListsRun, check: Definition, answer: partial[Looked], stopped: pl.Expr
) -> tuple[Looked, ...]:
    window = run.period.window(run.edition.months[LIST])
    over = stopped | pl.any_horizontal(pl.col(AFTERWARDS).is_not_null())
    first = over | pl.any_horizontal(pl.col(STAGES[2:]).is_not_null())
    parts = []
    for number, (start, end), done in ((1, STAGES[:2], first), (2, STAGES[2:], over)):
        current = _under_way(rows, start, end, done, run.period, window)
        months = check.number(f"stage{number}_months")
        due = pl.col(start).dt.offset_by(f"{months}mo")
        until = pl.col(end).fill_null(run.period.inspection_date)
        parts.append(
            answer(
                current, until > due, f"Stage {number} has taken more than {months} calendar months.",
                column=start, due_date=due, days_overdue=(until - due).dt.total_days(),
            )
        )  # fmt: skip
    return tuple(parts)


def _under_way(
    rows: pl.DataFrame, start: str, end: str, done: pl.Expr, period: InspectionPeriod, window: Window
) -> pl.DataFrame:
    """The rows whose stage ended in the window or is open at D."""
    is_open = period.open_at(pl.col(start), pl.col(end)) & ~(done & pl.col(end).is_null())
    return rows.filter(pl.col(start).is_not_null() & (is_open | window.contains(pl.col(end))))


@on_extract("AA-1104", reads={RECORD: ("left_date", "left_reason", _REJECTED)})
def left_without_reason(run: ExtractRun, check: Definition) -> Looked:
    """A leaving without its reason, or a reason without a leaving; a refusal is a leaving (R8)."""
    left, reason = pl.col("left_date").is_not_null(), pl.col("left_reason").is_not_null()
    refused = pl.col(_REJECTED).is_not_null() | pl.col(MASKED)  # a refusal later than A is none yet, and is blank
    wrong = (left & ~reason) | (reason & ~left & ~refused)
    return run.looked(check, RECORD, run.rows(RECORD), wrong, _HALF_LEFT, column="left_date")


@on_lists("AA-1104", each={LIST: ("left_date", "left_reason")})
def row_left_without_reason(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    wrong = pl.col("left_date").is_null() != pl.col("left_reason").is_null()
    return run.looked(number, run.rows(number), wrong, _HALF_LEFT, column="left_date")


_HALF_LEFT: Final = "Date of leaving the process and its reason: one is there without the other."


@on_extract("AA-1105", reads={RECORD: ("placed_date", "children_placed", _FAMILY)})
def placed_and_children_disagree(run: ExtractRun, check: Definition) -> Looked:
    """A placement without a child, or children without a placement; the number is the family's, as on the list."""
    rows = run.rows(RECORD).with_columns(children_of_family().alias("children_placed"))
    return run.looked(check, RECORD, rows, _unequal(), _UNEQUAL, column="children_placed")


@on_lists("AA-1105", each={LIST: ("placed_date", "children_placed")})
def row_placed_and_children_disagree(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, run.rows(number), _unequal(), _UNEQUAL, column="children_placed")


_UNEQUAL: Final = "Date of placement and number of children placed: one is there without the other."


def _unequal() -> pl.Expr:
    return pl.col("placed_date").is_not_null() != (pl.col("children_placed") > 0).fill_null(value=False)


@on_extract("AA-1106", reads={RECORD: (_FAMILY, "placed_date", "children_placed")})
def partners_differ(run: ExtractRun, check: Definition) -> Looked:
    """Adopters of one family with different placements: one finding a family."""
    return run.looked(check, RECORD, _couples(run.rows(RECORD)), _DIFFER, _PARTNERS, column="placed_date")


@on_lists("AA-1106", each={LIST: (_FAMILY, "placed_date", "children_placed")})
def rows_of_partners_differ(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of rows."""
    return run.looked(number, _couples(run.rows(number)), _DIFFER, _PARTNERS, column="placed_date")


_PARTNERS: Final = "The adopters of one family differ in the date of placement or in the children placed."
_DIFFER: Final = (pl.col("_dates") > 1) | (pl.col("_numbers") > 1)


def _couples(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each family of two or more adopters: its first, with the number of different values."""
    return (
        rows.drop_nulls(_FAMILY)
        .sort("adopter_id", ROW, nulls_last=True)
        .group_by(_FAMILY, maintain_order=True)
        .agg(
            pl.all().first(),
            pl.col("placed_date").n_unique().alias("_dates"),
            pl.col("children_placed").n_unique().alias("_numbers"),
            pl.len().alias("_adopters"),
        )
        .filter(pl.col("_adopters") > 1)
    )


@on_extract("AA-1107", reads={RECORD: ("application_date", *STAGES)})
def two_processes(run: ExtractRun, check: Definition) -> Looked:
    """Dates of the process in one stage beside dates of that in two."""
    return run.looked(check, RECORD, run.rows(RECORD), _TWO_PROCESSES, _USE_ONE, column="application_date")


@on_lists("AA-1107", each={LIST: ("application_date", *STAGES)})
def row_of_two_processes(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, run.rows(number), _TWO_PROCESSES, _USE_ONE, column="application_date")


_TWO_PROCESSES: Final = pl.col("application_date").is_not_null() & pl.any_horizontal(pl.col(STAGES).is_not_null())
_USE_ONE: Final = "Dates of the process in one stage and of the one in two stages stand side by side."


@on_lists("AA-1108", each={LIST: ("application_date", *STAGES, *AFTERWARDS, "left_reason")})
def row_of_enquiry_only(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row that shows no application: no date of the process, no order, no refusal, but an enquiry or a leaving."""
    dates = [name for name in ("application_date", *STAGES, *AFTERWARDS) if name != "left_date"]
    applied = pl.any_horizontal(pl.col(dates).is_not_null()) | pl.col("left_reason").eq_missing(pl.lit(REFUSED))
    message = "Neither an application nor a stage of the process is dated: an enquiry alone is not listed."
    return run.looked(number, run.rows(number), ~applied, message, column="application_date")


@on_lists("AA-1109", each={LIST: ("adopter_id", _FAMILY)})
def rows_of_families(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A list whose adopters and families have the same identifiers: it shows families."""
    rows = run.rows(number)
    same = (pl.col("adopter_id") == pl.col(_FAMILY)).fill_null(value=False)
    once = rows.head(1) if rows.height and rows.select(same.all()).item() else rows.clear()
    message = "Every row is a family: the adopters of a couple cannot be told apart."
    found = run.looked(number, once, pl.lit(value=True), message, child=None, row=None).found
    return Looked(rows.height, found)
