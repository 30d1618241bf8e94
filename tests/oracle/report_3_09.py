"""Report 3.09: children under a secure accommodation order at D, and, beside them, deprived of liberty."""

from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row
from tests.oracle.report_common import has_column, open_at_d


def orders(run: Run, kind: str) -> list[Row]:
    """The orders of a kind in force at D; remand is another kind, and a death ends an order (K14)."""
    rows = [row for row in run.rows("annexa_secure_orders") if row["person_id"] and row["order_type"] == kind]
    return [row for row in rows if open_at_d(run, row)]


def under_order(run: Run, kind: str) -> set[str]:
    """The children with such an order."""
    return {row["person_id"] for row in orders(run, kind)}


def figures(run: Run) -> dict[str, Any]:
    """The number; without the table nothing is said."""
    if not run.has("annexa_secure_orders"):
        return {}
    secure, deprived = under_order(run, "S25"), under_order(run, "DOL")
    found: dict[str, Any] = {"at_d": len(secure), "dol": len(deprived), "rows children": secure}
    if has_column(run, "annexa_secure_orders.expiry_date"):
        found["expired"] = len(
            {row["person_id"] for row in orders(run, "S25") if row["expiry_date"] and row["expiry_date"] < run.day}
        )
    return found
