"""What a report may look at: the context of the lists, the lists themselves, working days and local settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import polars as pl

from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.period import InspectionPeriod, Window
from annexa.reports.model import Content
from annexa.settings import ReportSettings
from annexa.workdays import WorkingDays

T = TypeVar("T")


@dataclass(frozen=True)
class ReportRun:
    """One run, as the reports see it.

    Args:
        context: dates, edition, options and tables.
        lists: the lists of the build by number, at least 6 to 9.
        calendar: working days.
        settings: local targets and limits.
    """

    context: Context
    lists: Mapping[int, BuiltList]
    calendar: WorkingDays = field(default_factory=WorkingDays)
    settings: ReportSettings = field(default_factory=ReportSettings)
    _memo: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def once(self, make: "Callable[[ReportRun], T]") -> T:
        """Return make(run), worked out once a run: facts that several reports share."""
        if make not in self._memo:
            self._memo[make] = make(self)
        result: T = self._memo[make]
        return result

    @property
    def period(self) -> InspectionPeriod:
        """D and A."""
        return self.context.period

    def year(self) -> Window:
        """The twelve months before D, both ends included."""
        return self.period.window(12)

    def rows(self, record: str) -> pl.DataFrame:
        """The rows of a record that take part in rules: its fields and _row."""
        return self.context.live(record)

    def has(self, record: str, *fields: str) -> bool:
        """Whether the extract has the record's table, with these fields."""
        table = self.context.tables[record]
        return table.supplied and not table.absent.intersection(fields)

    def supplies(self, need: str) -> bool:
        """Whether a need of a report's file is met: "record", "record.field", alternatives with " or " between."""
        return any(self.has(*(part for part in name.split(".") if part)) for name in need.split(" or "))

    def listed(self, number: int) -> bool:
        """Whether a list was supplied."""
        return number in self.lists and self.lists[number].supplied

    def open_rows(self, number: int) -> pl.DataFrame:
        """The rows of a list that are open at D, with the columns of its cohort and `_id`; empty where not supplied."""
        built = self.lists.get(number)
        if built is None or not built.supplied:
            return pl.DataFrame(schema={"_id": pl.UInt32, "person_id": pl.String})
        return built.rows.filter(~pl.col("ceased"))

    def column(self, number: int, name: str) -> pl.DataFrame:
        """Return a column of a list as standard codes or plain values: _id and `name` (a field or derivation)."""
        built = self.lists[number]
        heading = next(each.heading for each in built.spec.columns if name in (each.field, each.derive))
        return built.rows.select("_id").with_columns(built.codes[heading].alias(name))


ReportFunction = Callable[[ReportRun], Content]
REPORTS: Final[dict[str, ReportFunction]] = {}


def report(item: str) -> Callable[[ReportFunction], ReportFunction]:
    """Register the function of a report under its item of Annex A."""

    def register(function: ReportFunction) -> ReportFunction:
        if item in REPORTS:
            raise ValueError(f"the report {item} is registered twice")
        REPORTS[item] = function
        return function

    return register
