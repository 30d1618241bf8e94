"""3.09: children placed under secure accommodation orders made for their welfare."""

from typing import Final

import polars as pl

from annexa.extract.tables import ROW
from annexa.lists.people import with_people
from annexa.reports.model import Content
from annexa.reports.numbers import children, yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.telling import contradiction
from annexa.reports.unused import NOBODY, unused

RECORD: Final = "secure_orders"
WELFARE: Final = "S25"
DEPRIVATION: Final = "DOL"
REMAND: Final = "REMAND"
UNKNOWN_DISTANCE: Final = 999.9  # the standard layout's figure for "not known"

_DIED: Final = "The order is recorded as open and the child has died: it ended with the death."
_UNKNOWN_TYPE: Final = (
    "Orders of a type that is blank or not known are in force. They are in no number: what they are decides whether "
    "there are more children under a section 25 order."
)


@report("3.09")
def secure_accommodation(run: ReportRun) -> Content:
    """Children with a section 25 order in force at D, and beside them those deprived of liberty by another order.

    An order that ends on D has ended (K5), and so has one of a child who has died (K14, told as AA-R43). An order
    without a child's identifier counts for nobody; a remand, and an order of a type that is not known, are in no number
    either. All are told.
    """
    begun = with_people(run.context, run.rows(RECORD), "death_date").with_columns(
        run.period.open_at(pl.col("start_date"), pl.col("end_date")).alias("in_force")
    )
    orders = begun.filter(pl.col("in_force") & pl.col("person_id").is_not_null())
    known = orders.filter(pl.col("death_date").is_null()).drop("death_date", "in_force")
    contradiction(run, RECORD, _DIED, orders.filter(pl.col("death_date").is_not_null()), "end_date")
    secure = _with_details(run, known.filter(pl.col("order_type") == WELFARE))
    return Content(
        figures={
            "at_d": children(secure, "3.09 secure at D"),
            "expired": children(secure.filter(pl.col("expired") == "Y")),
            "dol": children(known.filter(pl.col("order_type") == DEPRIVATION)),
        },
        sheets={"children": secure},
        notes=[_UNKNOWN_TYPE] if known.filter(_type_unknown()).height else [],
        excluded=unused(run, RECORD, _reason(), begun.select(ROW, "in_force", "death_date")),
        within=[("expired", "at_d")],
    )


def _type_unknown() -> pl.Expr:
    return ~pl.col("order_type").is_in([WELFARE, DEPRIVATION, REMAND]).fill_null(value=False)


def _reason() -> pl.Expr:
    """Why an order is in no number."""
    return (
        pl.when(~pl.col("in_force")).then(pl.lit("ended by the inspection date"))
        .when(pl.col("person_id").is_null()).then(pl.lit(f"in force, {NOBODY}"))
        .when(pl.col("death_date").is_not_null()).then(pl.lit("in force, and the child has died"))
        .when(pl.col("order_type") == REMAND).then(pl.lit("in force, a remand"))
        .when(_type_unknown()).then(pl.lit("in force, of a type that is not known"))
    )  # fmt: skip


def _with_details(run: ReportRun, orders: pl.DataFrame) -> pl.DataFrame:
    """Add birth_date, age, expired (Y, N; blank without an expiry date) and the distance of the order's placement."""
    distance = pl.when(pl.col("distance") < UNKNOWN_DISTANCE).then("distance")
    placements = (
        run.rows("placements")
        .select("placement_id", "person_id", distance.alias("distance"))
        .unique(["placement_id", "person_id"], keep="any")
    )
    return (
        with_people(run.context, orders, "birth_date", "age")
        .join(placements, on=["placement_id", "person_id"], how="left", maintain_order="left")
        .with_columns(yes_no(pl.col("expiry_date") < run.period.inspection_date).alias("expired"))
        .sort("start_date", "person_id", "expiry_date", nulls_last=True)
    )
