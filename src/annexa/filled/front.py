"""What the front sheet of a workbook says that annexa itself wrote: its edition, and the dates of its run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from annexa.filled.sheets import Sheet
from annexa.period import InspectionPeriod

_NAME: Final = "Front_Sheet"
_HEAD: Final = 20  # rows among which the facts stand
_LABELS: Final = ("Edition", "annexa version")  # every workbook with lists that annexa writes has both


@dataclass(frozen=True)
class Front:
    """The front sheet of a workbook that annexa wrote.

    Args:
        edition: name of the edition, which need not be one that is known here.
        period: D and A; None where the dates cannot be read.
    """

    edition: str
    period: InspectionPeriod | None


def read_front(sheets: Sequence[Sheet]) -> Front | None:
    """Return what the front sheet says; None where the workbook has none of annexa's."""
    sheet = next((each for each in sheets if each.name == _NAME and each.cells.width > 1), None)
    facts = dict(sheet.cells[:, :2].head(_HEAD).iter_rows()) if sheet else {}
    if not all(facts.get(label) for label in _LABELS):
        return None
    day = _day(facts.get("Inspection date"))
    period = InspectionPeriod(day, _day(facts.get("Extract date"))) if day else None
    return Front(facts["Edition"].partition(":")[0].strip(), period)


def _day(text: str | None) -> date | None:
    """Return a date; None where there is none, as in "not given"."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
