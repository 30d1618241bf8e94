"""What the oracles of 3.07 and 3.08 share: who is looked after at D, since when, and for how long."""

from datetime import date

from tests.oracle.care import care_of
from tests.oracle.people import Run


def looked_after(run: Run) -> dict[str, date | None]:
    """Child -> first day of the period of care open at D, short breaks aside."""
    care = care_of(run)
    found = {}
    for child in care.periods:
        shown = care.choose(child)
        if shown is not None and shown["end"] is None and not shown["short"]:
            found[child] = shown["start"]
    return found


def twelve_months(run: Run) -> set[str]:
    """The children looked after at D for 12 months or more."""
    return {child for child, start in looked_after(run).items() if start is not None and start <= run.back(12)}
