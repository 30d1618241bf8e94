"""Checks between Lists 8, 10 and 11: children for adoption, their care and their adopters: AA-X12 to X15, X18, X19."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.membership import among, open_on, with_shown
from annexa.checks.registry import Looked, Unable, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import ROW
from annexa.lists.adoption import ADOPTED, PLACED_FOR_ADOPTION
from annexa.lists.people import with_people
from annexa.records import UNREADABLE

PERMANENCE: Final = "permanence"
CARE: Final = "care_episodes"
LINKS: Final = "adoption_links"
ADOPTERS: Final = "adopters"
PLACEMENT_ORDER: Final = "E1"
_SPAN: Final = ("start_date", "end_date")
_CARE_DATES: Final = pl.format("{} / {}", "entered_care_date", "start_date")


@on_extract("AA-X12", reads={PERMANENCE: ("decision_date", "order_date", "reversed_date"), CARE: _SPAN})
def decision_and_not_in_care(run: ExtractRun, check: Definition) -> Looked:
    """A living child whose decision for adoption stands on List 10, and who has left care otherwise than by it."""
    rows = with_people(run.context, _standing(run.lists[10].rows), "death_date").filter(pl.col("death_date").is_null())
    return run.looked(check, PERMANENCE, rows, ~among(open_on(run.built, 8)), _NOT_IN_CARE, list=10, event=None)


@on_lists(
    "AA-X12",
    reads={
        10: ("person_id", "entered_care_date", "order_date", "reversed_date"),
        8: ("person_id", "end_date", "end_reason"),
    },
)
def row_of_decision_and_not_in_care(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 10 whose decision stands, of a child not open on List 8; one who died there is left out."""
    died = run.rows(8).filter(pl.col("end_reason") == "E2")
    rows = _standing(run.rows(10)).filter(~among(died))
    return run.looked(10, rows, ~among(open_on(run, 8)), _NOT_IN_CARE)


_NOT_IN_CARE: Final = (
    "There is a decision for adoption, neither carried out nor reversed, and the child is not in care."
)


def _standing(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of List 10 of a child who entered care, and is neither adopted nor no longer for adoption."""
    pending = pl.col("order_date").is_null() & pl.col("reversed_date").is_null()
    return rows.filter(pl.col("entered_care_date").is_not_null() & pending)


@on_extract("AA-X13", reads={PERMANENCE: ("order_date",), CARE: (*_SPAN, "end_reason")})
def adopted_and_care_disagrees(run: ExtractRun, check: Definition) -> Looked:
    """A child adopted in the months up to D whose care List 8 does not show as ended by an adoption."""
    rows = _adopted(run.built, run.lists[10].rows, check)
    return run.looked(check, PERMANENCE, rows, _otherwise(run.built), _ADOPTED, column="order_date", list=10)


@on_lists(
    "AA-X13",
    reads={10: ("person_id", "entered_care_date", "order_date"), 8: ("person_id", "end_date", "end_reason")},
)
def row_adopted_and_care_disagrees(run: ListsRun, check: Definition) -> Looked:
    """A row of List 10 with an order in the months up to D, and no row of List 8 that ended with E11 or E12."""
    return run.looked(10, _adopted(run, run.rows(10), check), _otherwise(run), _ADOPTED, column="order_date")


_ADOPTED: Final = "The child was adopted, and List 8 does not show that care ended with it (E11 or E12)."


def _adopted(run: ListsRun, rows: pl.DataFrame, check: Definition) -> pl.DataFrame:
    return rows.filter(run.period.window(check.number("months")).contains(pl.col("order_date")))


def _otherwise(run: ListsRun) -> pl.Expr:
    """True where List 8 shows the child's care as open, or as ended for another reason, or not at all.

    It has to be there: its window reaches as far back. A child who never entered care is not. An end without a reason
    is found as such (AA-802).
    """
    shown = run.rows(8).filter(pl.col("end_reason").is_in(ADOPTED))
    unsaid = run.rows(8).filter(pl.col("end_date").is_not_null() & pl.col("end_reason").is_null())
    there = among(run.rows(8)) | pl.col("entered_care_date").is_not_null()
    return there & ~among(shown) & ~among(unsaid)


@on_extract("AA-X14", reads={CARE: _SPAN, PERMANENCE: ("decision_date",)})
def placed_and_not_on_list_10(run: ExtractRun, check: Definition) -> Looked:
    """A child in care at D in an adoptive placement or under a placement order who is not on List 10."""
    shown = with_shown(run, 8, "legal_status", "placement_type", "end_date").rename({"episode_row": ROW})
    rows = shown.filter(pl.col("end_date").is_null() & _FOR_ADOPTION)
    return run.looked(check, CARE, rows, ~among(run.built.rows(10)), _NO_DECISION, list=8, value=_SIGN)


@on_lists("AA-X14", reads={8: ("person_id", "end_date", "legal_status", "placement_type"), 10: ("person_id",)})
def row_placed_and_not_on_list_10(run: ListsRun, _check: Definition) -> Looked:
    """An open row of List 8 with an adoptive placement or a placement order, whose child is not on List 10."""
    rows = open_on(run, 8).filter(_FOR_ADOPTION)
    return run.looked(8, rows, ~among(run.rows(10)), _NO_DECISION, value=_SIGN)


_PLACED: Final = pl.col("placement_type").is_in(PLACED_FOR_ADOPTION).fill_null(value=False)
_FOR_ADOPTION: Final = _PLACED | (pl.col("legal_status") == PLACEMENT_ORDER).fill_null(value=False)
_SIGN: Final = pl.when(_PLACED).then("placement_type").otherwise("legal_status")
_NO_DECISION: Final = "The child is placed for adoption or under a placement order, and is not on List 10."


@on_extract("AA-X15", reads={PERMANENCE: ("decision_date", "order_date"), CARE: _SPAN})
def care_starts_differ(run: ExtractRun, check: Definition) -> Looked:
    """A child not adopted whose care starts on another day on List 10 than on List 8."""
    rows = _on_both(run.lists[10].rows, run.built)
    return run.looked(check, PERMANENCE, rows, _STARTS_DIFFER, _TWO_STARTS, list=10, value=_CARE_DATES)


@on_lists("AA-X15", reads={10: ("person_id", "entered_care_date", "order_date"), 8: ("person_id", "start_date")})
def row_of_care_starts_differ(run: ListsRun, _check: Definition) -> Looked:
    """A row of List 10, not adopted, with another start of care than List 8 has for the child."""
    rows = _on_both(run.rows(10), run)
    return run.looked(10, rows, _STARTS_DIFFER, _TWO_STARTS, column="entered_care_date", value=_CARE_DATES)


_TWO_STARTS: Final = "The date on which the child entered care differs between List 10 and List 8."
_STARTS_DIFFER: Final = pl.col("entered_care_date") != pl.col("start_date")


def _on_both(decisions: pl.DataFrame, run: ListsRun) -> pl.DataFrame:
    starts = run.rows(8).select("person_id", "start_date").unique("person_id", keep="first", maintain_order=True)
    return decisions.filter(pl.col("order_date").is_null()).join(starts, on="person_id")


@on_extract(
    "AA-X18",
    reads={
        PERMANENCE: ("matched_date", "placed_date"),
        LINKS: ("family_id", "inter_agency"),
        ADOPTERS: ("family_id",),
    },
)
def family_not_on_list_11(run: ExtractRun, check: Definition) -> Looked | Unable:
    """The family of a child of List 10, matched or placed in the months up to D, that is not on List 11.

    Families of another agency are not expected there; nor is any where a regional agency recruits (a setting).
    """
    if check.flag("regional_agency"):
        return Unable(_REGIONAL)
    families = _recent(run.built, with_shown(run, 10, _FAMILY), check).select(
        "person_id", pl.col(_FAMILY).alias("family_id")
    )
    links = run.rows(LINKS).join(families, on=["person_id", "family_id"], how="semi")
    foreign = links.filter(pl.col("inter_agency").is_in(["Y", UNREADABLE]))
    rows = (
        links.join(foreign, on=["person_id", "family_id"], how="anti")
        .sort("person_id", "family_id", "linked_date", ROW)
        .unique(["person_id", "family_id"], keep="last", maintain_order=True)
    )
    return run.looked(check, LINKS, rows, ~_family_of(run.built, "family_id"), _NO_FAMILY, column="family_id", list=10)


@on_lists(
    "AA-X18",
    reads={10: ("person_id", "adoptive_family", "matched_date", "placed_date"), 11: ("family_id",)},
)
def row_of_family_not_on_list_11(run: ListsRun, check: Definition) -> Looked | Unable:
    """A row of List 10, matched or placed in the months up to D, whose family is not on List 11."""
    if check.flag("regional_agency"):
        return Unable(_REGIONAL)
    rows = _recent(run, run.rows(10), check)
    return run.looked(10, rows, ~_family_of(run, _FAMILY), _NO_FAMILY, column=_FAMILY)


_FAMILY: Final = "adoptive_family"
_REGIONAL: Final = "adopters are recruited by a regional agency, as its settings say"
_NO_FAMILY: Final = "The adoptive family of the child is not on List 11."


def _recent(run: ListsRun, rows: pl.DataFrame, check: Definition) -> pl.DataFrame:
    months = run.period.window(check.number("months"))
    recent = months.contains(pl.col("matched_date")) | months.contains(pl.col("placed_date"))
    return rows.filter(recent & pl.col(_FAMILY).is_not_null())


def _family_of(run: ListsRun, column: str) -> pl.Expr:
    return pl.col(column).is_in(run.rows(11)["family_id"].drop_nulls().unique().implode())


@on_extract(
    "AA-X19",
    reads={
        ADOPTERS: ("family_id", "children_placed"),
        LINKS: ("family_id", "linked_date", "unlinked_date"),
        PERMANENCE: ("placed_date",),
    },
)
def more_children_linked_than_placed(run: ExtractRun, check: Definition) -> Looked:
    """A family of List 11 with fewer children placed than are linked with it and were placed in the months up to D.

    A link that had ended before the child was placed does not count. One finding a family, at its first adopter; a
    number of children that is blank counts as none.
    """
    placed = run.lists[10].rows.filter(run.period.window(check.number("months")).contains(pl.col("placed_date")))
    together = pl.col("unlinked_date").is_null() | (pl.col("unlinked_date") >= pl.col("placed_date"))
    linked = (
        run.rows(LINKS)
        .join(placed.select("person_id", "placed_date"), on="person_id")
        .filter(together)
        .group_by("family_id")
        .agg(pl.col("person_id").n_unique().alias("linked"))
    )
    families = (
        run.lists[11]
        .rows.drop_nulls("family_id")
        .sort("family_id", "adopter_id")
        .unique("family_id", keep="first", maintain_order=True)
        .join(linked, on="family_id", how="left", maintain_order="left")
    )
    number = pl.col("children_placed").fill_null(0)
    return run.looked(
        check,
        ADOPTERS,
        families,
        pl.col("linked") > number,
        "More children are linked with the family and placed than List 11 says.",
        column="children_placed",
        list=11,
        value=pl.format("{} placed, {} linked", number, "linked"),
    )
