"""The closed vocabulary of the list files: cohorts say who is on a list, derivations what a column says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import polars as pl

from annexa.editions import ListSpec
from annexa.lists.context import Context


@dataclass(frozen=True)
class Cohort:
    """Who is on a list, and what became of every source row.

    Args:
        rows: one row for each row of the list, with every column that the list's `field` columns, its sort and its
            derivations use. Always `person_id` (or `adopter_id`) and `at`: the date as at which changing facts such as
            the allocated worker are shown (A for what is open, the day it ended otherwise).
        accounts: record name -> `_row`, `reason` (null: the row contributed to the list), `date` (the date that
            decided), `finding` (the id of a finding about it, or null): one row for every row of that record.
        added: source table -> number of list rows that have no row in the accounts.
    """

    rows: pl.DataFrame
    accounts: dict[str, pl.DataFrame]
    added: dict[str, int] = field(default_factory=dict)


CohortFunction: TypeAlias = Callable[[Context, ListSpec], Cohort]
Derivation: TypeAlias = Callable[[Context, pl.DataFrame], pl.DataFrame]

COHORTS: Final[dict[str, CohortFunction]] = {}
DERIVATIONS: Final[dict[str, Derivation]] = {}

ID: Final = "_id"  # number of the list row within its cohort: what a derivation's answer is joined on


def cohort(name: str) -> Callable[[CohortFunction], CohortFunction]:
    """Register a cohort under the name that list files use."""

    def register(function: CohortFunction) -> CohortFunction:
        if name in COHORTS:
            raise ValueError(f"the cohort {name} is registered twice")
        COHORTS[name] = function
        return function

    return register


def derivation(*names: str) -> Callable[[Derivation], Derivation]:
    """Register a derivation under the names of the columns that it gives.

    It gets the rows of the cohort (with `_id`) and returns a frame with `_id` and one column for each name; a row that
    it leaves out is blank in those columns. It is called once a list, however many of its columns the list shows.
    """

    def register(function: Derivation) -> Derivation:
        for name in names:
            if name in DERIVATIONS:
                raise ValueError(f"the derivation {name} is registered twice")
            DERIVATIONS[name] = function
        return function

    return register


def account(
    rows: pl.DataFrame, date: pl.Expr, finding: pl.Expr | None = None, person: pl.Expr | None = None
) -> pl.DataFrame:
    """Return the account of one record's rows: `_row`, `reason`, `date`, `finding`, and `person_id` where it is given.

    Args:
        rows: every row of the record, with `_row` and `reason`.
        date: the date that decided, over `rows`.
        finding: id of a finding about the row, over `rows`.
        person: whose row it is, over `rows`, where the record's own person field does not tell (List 10).
    """
    finding = pl.lit(None, dtype=pl.String) if finding is None else finding
    whose = [] if person is None else [person.alias("person_id")]
    return rows.select("_row", "reason", date.cast(pl.Date).alias("date"), finding.alias("finding"), *whose)
