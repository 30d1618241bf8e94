"""Known faults for a sample: each named, placed in rows that are told, with the check that is meant to find it.

No two faults concern the same child, so that each can be looked for on its own.
"""

from datetime import date

import polars as pl

from annexa.sample.faults import DEFECTS
from annexa.sample.garden import Garden


def plant_defects(
    tables: dict[str, pl.DataFrame], rate: float, seed: int, inspection_date: date
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the tables with known faults, and a frame that says what was planted where (columns of SCHEMA).

    Args:
        tables: as `generate` returns them, of an extract taken on the inspection date.
        rate: faults to children, 0 to 1. At any rate above 0 each kind is planted at least once if the tables have a
            row for it, which those of 500 children have.
        seed: decides which rows.
        inspection_date: D.
    """
    garden = Garden(tables, inspection_date, seed)
    if rate > 0:
        more = round(rate * tables["ssd_person"].height / len(DEFECTS)) - 1
        for defect in DEFECTS:
            garden.sow(defect, 1)
        for defect in DEFECTS:
            garden.sow(defect, max(more, 0))
    return garden.harvest()
