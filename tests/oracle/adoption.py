"""List 10: children with a decision that they should be adopted."""

from datetime import date
from typing import Any

from annexa.records import RECORDS
from tests.oracle.care import Care, Period, care_of, in_order, last_day
from tests.oracle.people import Output, Run
from tests.oracle.reading import Row, birthday, is_open, recency, sorted_rows

FOR_ADOPTION = {"A3", "A4", "A5", "A6"}
ORDERS = {"D1", "E1"}
ADOPTED = {"E11", "E12"}
STEPS = ("decision_date", "placement_order_date", "matched_date", "placed_date", "ffa_date", "order_date")
FIELDS = [name for name in RECORDS["permanence"].fields() if name != "person_id"]
NO_DECISION = {"DUPLICATE", "CONFLICT", "NO_CHILD_ID", "FUTURE", "NOT_ADOPTION"}


class Adoption:
    """The decisions of a run, whose they are, how they ended, and the list made of them."""

    def __init__(self, run: Run, care: Care) -> None:
        self.run, self.care = run, care
        self.owners: dict[str, set[str]] = {}
        for row in run.tables.get("ssd_cla_episodes", []):
            if row["period_id"] and row["person_id"]:
                self.owners.setdefault(row["period_id"], set()).add(row["person_id"])

    def child(self, row: Row) -> str | None:
        """R43: the child of perm_cla_id; perm_person_id where that is blank or unknown, or shared by several."""
        children = self.owners.get(row["period_id"] or "", set())
        return next(iter(children)) if len(children) == 1 else row["person_id"]

    def period(self, child: str, row: Row) -> Period | None:
        """The period of care that perm_cla_id names, else one by dates: where the decision was made, else the next."""
        periods = self.care.periods.get(child, [])
        named = [p for p in periods if row["period_id"] in {each["period_id"] for each in p["episodes"]} - {None}]
        day = next((row[step] for step in STEPS if row[step]), None)
        among = named or [p for p in periods if not p["short"]]
        covering = [
            p
            for p in among
            if day is None or ((p["start"] or date.min) <= day and (p["end"] is None or p["end"] >= day))
        ]
        if covering:
            return covering[-1]
        later = [p for p in among if day and p["start"] and p["start"] > day]
        return later[0] if later else named[-1] if named else None

    def adopted_by_care(self, period: Period | None) -> date | None:
        """The day care ended by adoption."""
        return period["end"] if period and period["reason"] in ADOPTED and period["by"] == "record" else None

    def adoption_date(self, row: Row, period: Period | None) -> date | None:
        """The adoption order, else the day care ended by adoption."""
        recorded = row["order_date"] if row.get("order_type") == "ADOPTION" else None
        return recorded or self.adopted_by_care(period)

    def endings(self, child: str, row: Row, period: Period | None) -> dict[str, date]:
        """Everything that ends a decision, with its date (R6)."""
        born = self.run.birth(child)
        grown = birthday(born, 18) if born else None
        adopted = self.adopted_by_care(period)
        found = {
            "order": self.adoption_date(row, period),
            "reversed": row.get("reversed_date"),
            "other order": row["order_date"] if row.get("order_type") in {"SGO", "CAO"} else None,
            "care": period["end"] if period and not adopted else None,
            "died": self.run.died(child),
            "grown": grown if grown and grown <= self.run.as_at else None,
        }
        return {name: day for name, day in found.items() if day}

    def during(self, table: str, field: str, codes: set[str], child: str, period: Period | None) -> list[Row]:
        """Placements or legal statuses of some kinds that overlap a period of care."""
        if period is None:
            return []
        first, last = period["start"] or date.min, last_day(self.run, period)
        return [
            row
            for row in self.run.of_person(table).get(child, [])
            if row[field] in codes
            and (row["start_date"] or date.min) <= last
            and (row["end_date"] or date.max) >= first
        ]

    def placed(self, child: str, period: Period | None) -> list[Row]:
        """Placements for adoption in the period."""
        return self.during("ssd_cla_placement", "placement_type", FOR_ADOPTION, child, period)

    def ordered(self, child: str, period: Period | None) -> list[Row]:
        """Placement orders and freeing orders in the period."""
        return self.during("ssd_legal_status", "status", ORDERS, child, period)

    def in_time(self, row: Row, ends: dict[str, date]) -> bool:
        """Adopted or reversed in the window, or not ended by A, or ended in the window."""
        bound = self.run.window(10)
        end = min(ends.values(), default=None)
        recent = [ends.get("order"), ends.get("reversed"), end]
        return end is None or any(day and day >= bound for day in recent)

    def why_out(self, child: str, row: Row, period: Period | None) -> str | None:
        """Why a decision is not in scope, or None."""
        ends = self.endings(child, row, period)
        in_time = self.in_time(row, ends)
        told = [row[field] for field in ("decision_date", "placement_order_date", "placed_date", "reversed_date")]
        shown = self.adopted_by_care(period) or self.placed(child, period) or self.ordered(child, period)
        if not (any(told) or shown):
            return "NOT_ADOPTION"
        if in_time:
            return None
        if row["decision_date"] is None:
            return "NO_DATE"
        end = min(ends.values())
        return "DIED" if ends.get("died") == end else "AGE_18" if ends.get("grown") == end else "WINDOW"

    def list_10(self) -> Output:
        """The list and its account."""
        run = self.run
        reasons: dict[int, str | None] = {}
        told: list[tuple[str, Period | None]] = []
        scope: dict[str, list[tuple[Row, Period | None]]] = {}
        for row in run.tables.get("ssd_permanence", []):
            child = self.child(row)
            reason = row["_drop"]
            if child is None and reason in (None, "FUTURE"):
                reason = "NO_CHILD_ID"
            if reason is None and child:
                period = self.period(child, row)
                reason = self.why_out(child, row, period)
                if reason is None:
                    scope.setdefault(child, []).append((row, period))
                if reason not in NO_DECISION:
                    told.append((child, period))
            reasons[row["_row"]] = reason
        found = []
        for child, pairs in scope.items():
            row, period = max(pairs, key=lambda pair: self._recency(child, *pair))
            for other, _ in pairs:
                if other is not row:
                    reasons[other["_row"]] = "SUPERSEDED"
            found.append(self._found(child, row, period))
        for child, periods in self.care.periods.items():
            if child not in scope:
                found += self._added(child, [p for p in periods if not any(p is other for _, other in told)])
        ordered = sorted_rows(found, "decision_date", "event")
        return Output([in_order(run, 10, row["cells"]) for row in ordered], {"ssd_permanence": reasons})

    def _recency(self, child: str, row: Row, period: Period | None) -> tuple[Any, ...]:
        end = min(self.endings(child, row, period).values(), default=None)
        content = [(row[name] is not None, str(row[name])) for name in FIELDS]  # rows with one id differ somewhere
        return (*recency(row["decision_date"], end, row["permanence_id"]), content, row["_row"])

    def _added(self, child: str, periods: list[Period]) -> list[dict[str, Any]]:
        """A child of whose period no record speaks: for adoption in an open one, or adopted in the window."""
        for period in reversed(periods):
            show = self.placed(child, period) or self.ordered(child, period)
            if (period["end"] is None and show) or self.adopted_by_care(period):
                row = dict.fromkeys((*STEPS, "reversed_date", "order_type"))
                if self.in_time(row, self.endings(child, row, period)):
                    return [self._found(child, row, period)]
        return []

    def _found(self, child: str, row: Row, period: Period | None) -> dict[str, Any]:
        return {
            "person_id": child,
            "decision_date": row["decision_date"],
            "event": row.get("permanence_id"),
            "cells": self.cells(child, row, period),
        }

    def cells(self, child: str, row: Row, period: Period | None) -> dict[str, Any]:
        """The cells of one row."""
        run = self.run
        added = "permanence_id" not in row
        by_carer = row.get("adopted_by_carer") == "Y" and not row["ffa_date"]
        first_order = _first(self.ordered(child, period))
        first_placed = _first(self.placed(child, period)) if by_carer or added else None
        adopted = self.adoption_date(row, period)
        return {
            **run.person_columns(child, disability=True),
            "Family identifier": self.family(child, row["reversed_date"], adopted),
            "Date the Child Entered Care": period["start"] if period else None,
            "Date of Decision that Child Should be Placed for Adoption": row["decision_date"],
            "Date of Placement Order": row["placement_order_date"] or first_order,
            "Date of Matching Child and Prospective Adopters": (
                (row["decision_date"] or row["matched_date"]) if by_carer else row["matched_date"]
            ),
            "Date Placed for Adoption": row["placed_date"] or first_placed,
            "Date of Adoption Order ": adopted,
            "Date of Decision that Child Should No Longer be Placed for Adoption": row["reversed_date"],
            "Reason Why Child No Longer Placed for Adoption": run.label("reversal_reason", row.get("reversed_reason")),
            "Date the child was placed for fostering in FFA or concurrent planning placement": row["ffa_date"],
        }

    def family(self, child: str, reversed_date: date | None, adopted: date | None) -> str | None:
        """The family linked at D; for an adopted child without one the latest; none after a reversal."""
        links = [row for row in self.run.of_person("annexa_adoption_links").get(child, []) if row["family_id"]]
        if reversed_date:
            return None
        open_links = [row for row in links if is_open(row["linked_date"], row["unlinked_date"], self.run.as_at)]
        links = open_links or (links if adopted else [])
        latest = max(
            links, key=lambda row: recency(row["linked_date"], row["unlinked_date"], row["family_id"]), default=None
        )
        return latest["family_id"] if latest else None


def _first(rows: list[Row]) -> date | None:
    return min((row["start_date"] for row in rows if row["start_date"]), default=None)


def list_10(run: Run) -> Output:
    """Adoption."""
    return Adoption(run, care_of(run)).list_10()
