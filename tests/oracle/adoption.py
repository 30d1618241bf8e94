"""List 10: children with a decision that they should be adopted."""

from datetime import date
from typing import Any

from tests.oracle.care import Care, Period
from tests.oracle.people import Output, Run
from tests.oracle.placed import overlaps
from tests.oracle.reading import Row, birthday, is_open, recency, sorted_rows

FOR_ADOPTION = {"A3", "A4", "A5", "A6"}
ORDERS = {"D1", "E1"}
ADOPTED = {"E11", "E12"}


class Adoption:
    """The decisions of a run, whose they are, how they ended, and the list made of them."""

    def __init__(self, run: Run, care: Care) -> None:
        self.run, self.care = run, care
        self.owners: dict[str, set[str]] = {}
        for row in run.rows("ssd_cla_episodes"):
            if row["period_id"] and row["person_id"]:
                self.owners.setdefault(row["period_id"], set()).add(row["person_id"])

    def child(self, row: Row) -> str | None:
        """R43: the child of perm_cla_id; perm_person_id where that is blank or unknown, or shared by several."""
        children = self.owners.get(row["period_id"] or "", set())
        if len(children) == 1:
            (child,) = children
            return child
        return row["person_id"]

    def period(self, child: str, period_id: str | None) -> Period | None:
        """The period of care that perm_cla_id names, else the child's latest."""
        periods = [p for p in self.care.periods.get(child, []) if not p["short"]]
        named = [
            p for p in periods if period_id and any(each["period_id"] == period_id for each in p["episodes"])
        ]
        return (named or periods or [None])[-1]

    def adoption_date(self, row: Row | None, period: Period | None) -> date | None:
        """The adoption order, or the day care ended by adoption."""
        if row is not None and row["order_type"] == "ADOPTION" and row["order_date"]:
            return row["order_date"]
        return period["end"] if period and period["reason"] in ADOPTED else None

    def endings(self, child: str, row: Row | None, period: Period | None) -> dict[str, date]:
        """Everything that ends a decision, with its date."""
        born = self.run.birth(child)
        grown = birthday(born, 18) if born else None
        found = {
            "order": self.adoption_date(row, period),
            "reversed": row["reversed_date"] if row else None,
            "other order": row["order_date"] if row and row["order_type"] in {"SGO", "CAO"} else None,
            "care": period["end"] if period and not period["died"] and not period["aged_out"] else None,
            "died": self.run.died(child),
            "grown": grown if grown and grown <= self.run.as_at else None,
        }
        return {name: day for name, day in found.items() if day}

    def evidence(self, child: str, period: Period | None) -> bool:
        """A placement for adoption, an order for placement or an adoption in the period of care."""
        if period is None:
            return False
        if period["reason"] in ADOPTED:
            return True
        placements = self.run.of_person("ssd_cla_placement").get(child, [])
        statuses = self.run.of_person("ssd_legal_status").get(child, [])
        return any(
            row["placement_type"] in FOR_ADOPTION and overlaps(row, period["start"], period["end"])
            for row in placements
        ) or any(row["status"] in ORDERS and overlaps(row, period["start"], period["end"]) for row in statuses)

    def why_out(self, child: str, row: Row, period: Period | None) -> str | None:
        """Why a decision is not in scope, or None."""
        bound = self.run.window(10)
        ends = self.endings(child, row, period)
        end = min(ends.values(), default=None)
        adopted = self.adoption_date(row, period)
        recent = [day for day in (adopted, row["reversed_date"], end) if day and day >= bound]
        in_time = end is None or bool(recent)
        if row["decision_date"] is None:
            if not (row["placement_order_date"] or row["placed_date"] or self.evidence(child, period)):
                return "NOT_ADOPTION"
            if not in_time:
                return "NO_DATE"
        if in_time:
            return None
        if ends.get("died") == end:
            return "DIED"
        return "AGE_18" if ends.get("grown") == end else "WINDOW"

    def list_10(self) -> Output:
        """The list and its account."""
        run = self.run
        reasons: dict[int, str | None] = {
            row["_row"]: row["_drop"] for row in run.tables.get("ssd_permanence", []) if row["_drop"]
        }
        with_row: set[str] = set()
        scope: dict[str, list[tuple[Row, Period | None]]] = {}
        for row in run.rows("ssd_permanence"):
            child = self.child(row)
            if child is None:
                reasons[row["_row"]] = "NO_CHILD_ID"
                continue
            with_row.add(child)
            period = self.period(child, row["period_id"])
            reason = reasons[row["_row"]] = self.why_out(child, row, period)
            if reason is None:
                scope.setdefault(child, []).append((row, period))
        found = []
        for child, pairs in scope.items():
            row, period = max(pairs, key=lambda pair: self._recency(child, *pair))
            for other, _ in pairs:
                if other is not row:
                    reasons[other["_row"]] = "SUPERSEDED"
            found.append(self._found(child, row, period))
        found += self._without_row(with_row)
        ordered = sorted_rows(found, "decision_date", "event")
        return Output([row["cells"] for row in ordered], {"ssd_permanence": reasons})

    def _recency(self, child: str, row: Row, period: Period | None) -> tuple[Any, ...]:
        end = min(self.endings(child, row, period).values(), default=None)
        return recency(row["decision_date"], end, row["permanence_id"])

    def _without_row(self, with_row: set[str]) -> list[dict[str, Any]]:
        """Children without a permanence row: for adoption in an open period, or adopted in the window."""
        found = []
        for child, periods in self.care.periods.items():
            period = next((p for p in reversed(periods) if not p["short"]), None)
            if child in with_row or period is None or not self.evidence(child, period):
                continue
            adopted = self.adoption_date(None, period)
            if period["end"] is None or (adopted and adopted >= self.run.window(10)):
                found.append(self._found(child, None, period))
        return found

    def _found(self, child: str, row: Row | None, period: Period | None) -> dict[str, Any]:
        return {
            "person_id": child,
            "decision_date": row["decision_date"] if row else None,
            "event": row["permanence_id"] if row else None,
            "cells": self.cells(child, row, period),
        }

    def cells(self, child: str, row: Row | None, period: Period | None) -> dict[str, Any]:
        """The cells of one row."""
        run = self.run
        say = row or {}
        statuses = [s for s in run.of_person("ssd_legal_status").get(child, []) if s["status"] in ORDERS]
        first_order = min((s["start_date"] for s in statuses if s["start_date"]), default=None)
        by_carer = say.get("adopted_by_carer") == "Y" and not say.get("ffa_date")
        adopted = self.adoption_date(row, period)
        return {
            **run.person_columns(child, disability=True),
            "Family identifier": self.family(child, say.get("reversed_date"), adopted),
            "Date the Child Entered Care": period["start"] if period else None,
            "Date of Decision that Child Should be Placed for Adoption": say.get("decision_date"),
            "Date of Placement Order": say.get("placement_order_date") or first_order,
            "Date of Matching Child and Prospective Adopters": (
                say.get("decision_date") if by_carer else say.get("matched_date")
            ),
            "Date Placed for Adoption": say.get("placed_date"),
            "Date of Adoption Order ": adopted,
            "Date of Decision that Child Should No Longer be Placed for Adoption": say.get("reversed_date"),
            "Reason Why Child No Longer Placed for Adoption": run.label("reversal_reason", say.get("reversed_reason")),
            "Date the child was placed for fostering in FFA or concurrent planning placement": say.get("ffa_date"),
        }

    def family(self, child: str, reversed_date: date | None, adopted: date | None) -> str | None:
        """The family linked at D; for an adopted child without one the latest; none after a reversal."""
        links = self.run.of_person("annexa_adoption_links").get(child, [])
        if reversed_date:
            return None
        open_links = [row for row in links if is_open(row["linked_date"], row["unlinked_date"], self.run.as_at)]
        links = open_links or (links if adopted else [])
        latest = max(
            links, key=lambda row: recency(row["linked_date"], row["unlinked_date"], row["family_id"]), default=None
        )
        return latest["family_id"] if latest else None


def list_10(run: Run, care: Care | None = None) -> Output:
    """Adoption."""
    return Adoption(run, care or Care(run)).list_10()
