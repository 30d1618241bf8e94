"""Checks of List 10: adoption.

Records are tested under the child that their period of care names (R43). What the list itself works out, such as the
matching date of an adoption by the current foster carer (R14), is not held against the record.
"""

from functools import partial
from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.sequence import in_sequence
from annexa.checks.shapes import more_than_once
from annexa.lists.adoption import LIST, adoptive_family, decisions
from annexa.lists.registry import ID

RECORD: Final = "permanence"
ORDERED: Final = (
    ("entered_care_date", "decision_date"),
    ("decision_date", "placement_order_date"),
    ("decision_date", "matched_date"),
    ("matched_date", "placed_date"),
    ("placed_date", "order_date"),
)
_STEPS: Final = ("placement_order_date", "matched_date", "placed_date")

made("AA-1008", reads={RECORD: ("decision_date", "reversed_date")}, counted=RECORD)
made("AA-1010", reads={RECORD: ("decision_date", "matched_date", "adopted_by_carer")}, counted=RECORD)
made("AA-1012", reads={RECORD: ("decision_date", "reversed_date", "order_date", "order_type")}, counted=RECORD)


@on_extract("AA-1001", reads={RECORD: ("decision_date", *_STEPS)})
def steps_without_decision(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """Steps of an adoption, in the record or in the child's care, and no date of the agency's decision.

    Where only the care shows them, a decision recorded for the same period of care is enough.
    """
    rows = _records(run)
    undecided = pl.col("decision_date").is_null()
    recorded = pl.any_horizontal(pl.col(*_STEPS, "reversed_date").is_not_null())
    in_care = pl.col("ordered") | pl.col("placed") | pl.col("adopted_on").is_not_null()
    decided = pl.col("decision_date").is_not_null().any().over("period")
    of_records = run.looked(
        check, RECORD, rows, undecided & (recorded | (in_care & ~decided)), _UNDECIDED, column="decision_date"
    )
    added = run.lists[LIST].rows.drop_nulls("source")
    of_care = looked(
        added, pl.lit(value=True), _UNDECIDED, list=LIST, child=pl.col("person_id"), table=pl.col("source"),
        column=run.context.tables[RECORD].column("decision_date"),
    )  # fmt: skip
    return of_records, of_care


@on_lists("AA-1001", each={LIST: ("decision_date", *_STEPS)})
def row_without_decision(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row with steps of an adoption and no decision."""
    wrong = pl.col("decision_date").is_null() & pl.any_horizontal(pl.col(_STEPS).is_not_null())
    return run.looked(number, run.rows(number), wrong, _UNDECIDED, column="decision_date")


_UNDECIDED: Final = "There are adoption steps and no date of the agency's decision: the decision date is blank."


@on_extract(
    "AA-1002",
    reads={
        RECORD: ("decision_date", *_STEPS, "order_date", "order_type"),
        "care_episodes": ("start_date", "entered_care_date"),
    },
)
def out_of_order(run: ExtractRun, check: Definition) -> Looked:
    """Dates of an adoption that stand in an order that cannot be."""
    rows = _records(run).with_columns(
        pl.when(~pl.col("by_carer")).then("matched_date").alias("matched_date"), _adopted().alias("order_date")
    )
    return in_sequence(rows, ORDERED, run.context.edition.lists[LIST], partial(run.looked, check, RECORD))


@on_lists("AA-1002", each={LIST: ("entered_care_date", "decision_date", *_STEPS, "order_date")})
def row_out_of_order(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return in_sequence(run.rows(number), ORDERED, run.lists[number].spec, partial(run.looked, number))


@on_extract("AA-1003", reads={RECORD: ("reversed_date", "reversed_reason")})
def reversal_without_reason(run: ExtractRun, check: Definition) -> Looked:
    """A reversal without its reason, or a reason without a reversal."""
    return run.looked(check, RECORD, _records(run), _HALF_REVERSED, _HALF, column="reversed_date")


@on_lists("AA-1003", each={LIST: ("reversed_date", "reversed_reason")})
def row_reversal_without_reason(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, run.rows(number), _HALF_REVERSED, _HALF, column="reversed_date")


_HALF: Final = "Reversal of the decision and its reason: one is there without the other."
_HALF_REVERSED: Final = pl.col("reversed_date").is_null() != pl.col("reversed_reason").is_null()


@on_extract("AA-1004", reads={RECORD: ("reversed_date", "order_date", "order_type")})
def reversed_and_adopted(run: ExtractRun, check: Definition) -> Looked:
    """A decision that was reversed, and an adoption order on it."""
    rows = _records(run)
    wrong = pl.col("reversed_date").is_not_null() & _adopted().is_not_null()
    return run.looked(check, RECORD, rows, wrong, _BOTH, column="reversed_date")


@on_lists("AA-1004", each={LIST: ("reversed_date", "order_date")})
def row_reversed_and_adopted(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    wrong = pl.col("reversed_date").is_not_null() & pl.col("order_date").is_not_null()
    return run.looked(number, run.rows(number), wrong, _BOTH, column="reversed_date")


_BOTH: Final = "The decision was reversed, and an adoption order is recorded on it."


@on_extract("AA-1005", reads={RECORD: ("decision_date", "reversed_date")})
def reversed_before_decided(run: ExtractRun, check: Definition) -> Looked:
    """A decision that was reversed before it was made."""
    return run.looked(check, RECORD, _records(run), _REVERSED_FIRST, _TOO_EARLY, column="reversed_date")


@on_lists("AA-1005", each={LIST: ("decision_date", "reversed_date")})
def row_reversed_before_decided(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    return run.looked(number, run.rows(number), _REVERSED_FIRST, _TOO_EARLY, column="reversed_date")


_REVERSED_FIRST: Final = pl.col("reversed_date") < pl.col("decision_date")
_TOO_EARLY: Final = "The decision was reversed before it was made."


@on_extract("AA-1006", reads={RECORD: ("matched_date", "order_date", "order_type")})
def matched_on_the_day_of_the_order(run: ExtractRun, check: Definition) -> Looked:
    """An adoption order on the very day of the match."""
    wrong = pl.col("matched_date") == _adopted()
    return run.looked(check, RECORD, _records(run), wrong, _ONE_DAY, column="matched_date")


@on_lists("AA-1006", each={LIST: ("matched_date", "order_date")})
def row_matched_on_the_day_of_the_order(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    wrong = pl.col("matched_date") == pl.col("order_date")
    return run.looked(number, run.rows(number), wrong, _ONE_DAY, column="matched_date")


_ONE_DAY: Final = "The match and the adoption order are on the same day."


@on_extract("AA-1007", reads={RECORD: ("decision_date", "reversed_date", "order_date", "order_type")})
def two_open_decisions(run: ExtractRun, check: Definition) -> Looked:
    """A decision that still stands beside a later one of the same child, which stands too."""
    still = _records(run).filter(
        pl.col("decision_date").is_not_null() & pl.col("ended").is_null() & pl.col("person_id").is_not_null()
    )
    rows = still.sort("person_id", "decision_date", "permanence_id", nulls_last=True)
    wrong = pl.col("person_id") == pl.col("person_id").shift(-1)
    message = "The decision still stands, and so does a later one about the same child."
    return run.looked(check, RECORD, rows, wrong, message, column="decision_date")


@on_lists("AA-1007", each={LIST: ("person_id",)})
def two_rows(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child with more than one row on List 10."""
    return more_than_once(run, number)


@on_extract(
    "AA-1009",
    reads={
        RECORD: ("decision_date", "matched_date", "reversed_date"),
        "adoption_links": ("person_id", "family_id", "linked_date"),
    },
)
def matched_without_family(run: ExtractRun, check: Definition) -> Looked:
    """A child of the list who is matched, and linked with no family; another agency's need not be known here."""
    rows = run.lists[LIST].rows
    rows = rows.join(adoptive_family(run.context, rows), on=ID, how="left", maintain_order="left")
    links = run.rows("adoption_links").sort("person_id", "linked_date", "inter_agency", nulls_last=False)
    others = links.unique("person_id", keep="last", maintain_order=True).filter(pl.col("inter_agency") == "Y")
    matched = rows.filter(_MATCHED).join(others, on="person_id", how="anti", maintain_order="left")
    wrong = pl.col("adoptive_family").is_null()
    return run.looked(check, RECORD, matched, wrong, _NO_FAMILY, column="matched_date")


@on_lists("AA-1009", reads={LIST: ("matched_date", "adoptive_family", "reversed_date"), 11: ("family_id",)})
def row_matched_without_family(run: ListsRun, _check: Definition) -> Looked:
    """A matched child without a family identifier, where List 11 could show the family."""
    rows = run.rows(LIST).filter(_MATCHED)
    return run.looked(LIST, rows, pl.col("adoptive_family").is_null(), _NO_FAMILY, column="adoptive_family")


# After a reversal the list shows no family.
_MATCHED: Final = pl.col("matched_date").is_not_null() & pl.col("reversed_date").is_null()
_NO_FAMILY: Final = "The child is matched, and there is no identifier of an adoptive family."


@on_extract("AA-1011", reads={RECORD: ("decision_date",), "care_episodes": ("start_date", "entered_care_date")})
def no_start_of_care(run: ExtractRun, check: Definition) -> Looked:
    """A child of the list of whose care no start is known."""
    wrong = pl.col("entered_care_date").is_null()
    return run.looked(check, RECORD, run.lists[LIST].rows, wrong, _NO_CARE, column="decision_date")


@on_lists("AA-1011", each={LIST: ("entered_care_date",)})
def row_without_start_of_care(run: ListsRun, _check: Definition, number: int) -> Looked:
    """The same of a row."""
    wrong = pl.col("entered_care_date").is_null()
    return run.looked(number, run.rows(number), wrong, _NO_CARE, column="entered_care_date")


_NO_CARE: Final = "There is a decision for adoption and no start of care: given up for adoption, or missing?"


def _records(run: ExtractRun) -> pl.DataFrame:
    """The permanence records as recorded, but under the child of their period, with what that period says."""
    facts = run.context.once(decisions).select(
        "_row", "person_id", "period", "entered_care_date", "adopted_on", "ordered", "placed", "by_carer", "ended"
    )
    rows = run.rows(RECORD).drop("person_id")
    return rows.join(facts, on="_row", how="left", maintain_order="left")


def _adopted() -> pl.Expr:
    """The day of the adoption order on a decision: as recorded, or the end of care by adoption.

    That end is not held against an earlier decision of the same period.
    """
    latest = pl.col("decision_date") == pl.col("decision_date").max().over("period")
    recorded = pl.when(pl.col("order_type") == "ADOPTION").then("order_date")
    return pl.coalesce(recorded, pl.when(latest).then("adopted_on"))
