"""3.09: children placed under secure accommodation orders made for their welfare."""

from typing import Final

import polars as pl

from annexa.lists.people import with_people
from annexa.reports.model import Content
from annexa.reports.numbers import children
from annexa.reports.run import ReportRun, report

UNKNOWN_DISTANCE: Final = 999.9  # the standard layout's figure for "not known"


@report("3.09")
def secure_accommodation(run: ReportRun) -> Content:
    """Children with a section 25 order in force at D, and beside them those deprived of liberty by another order.

    An order that ends on D has ended (K5), and so has one of a child who has died (K14). An order without a child's
    identifier counts for nobody and is told.
    """
    orders = run.rows("secure_orders").filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))
    orders = with_people(run.context, orders, "death_date")
    named = orders.filter(pl.col("person_id").is_not_null())
    known = named.filter(pl.col("death_date").is_null()).drop("death_date")
    secure = _with_details(run, known.filter(pl.col("order_type") == "S25"))
    return Content(
        figures={
            "at_d": children(secure, "3.09 secure at D"),
            "expired": children(secure.filter(pl.col("expired") == "Y")),
            "dol": children(known.filter(pl.col("order_type") == "DOL")),
        },
        sheets={"children": secure},
        excluded={
            "no child's identifier": orders.height - named.height,
            "the child has died": named.height - known.height,
        },
    )


def _with_details(run: ReportRun, orders: pl.DataFrame) -> pl.DataFrame:
    """Add birth_date, age, expired (Y, N; blank without an expiry date) and the distance of the order's placement."""
    distance = pl.when(pl.col("distance") < UNKNOWN_DISTANCE).then("distance")
    placements = (
        run.rows("placements")
        .select("placement_id", "person_id", distance.alias("distance"))
        .unique(["placement_id", "person_id"], keep="any")
    )
    expired = pl.col("expiry_date") < run.period.inspection_date
    return (
        with_people(run.context, orders, "birth_date", "age")
        .join(placements, on=["placement_id", "person_id"], how="left", maintain_order="left")
        .with_columns(pl.when(expired).then(pl.lit("Y")).when(~expired).then(pl.lit("N")).alias("expired"))
        .sort("start_date", "person_id", "expiry_date", nulls_last=True)
    )
