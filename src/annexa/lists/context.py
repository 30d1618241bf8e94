"""What a rule may look at: the dates of the run, the edition, the options and the tables. Nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import polars as pl

from annexa.editions import Edition
from annexa.extract.tables import DROP, Tables
from annexa.findings import Findings
from annexa.period import InspectionPeriod, Window
from annexa.settings import Options

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """One run, as the rules see it.

    Args:
        period: D and A.
        edition: windows, columns and labels.
        options: the closed list of options.
        tables: the records, read and prepared.
        findings: where a rule reports what it found.
        postcodes: postcode (upper case, no blanks), la_code, la_name; null without a look-up file.
    """

    period: InspectionPeriod
    edition: Edition
    options: Options
    tables: Tables
    findings: Findings
    postcodes: pl.DataFrame | None = None
    _memo: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def once(self, make: "Callable[[Context], T]") -> T:
        """Return make(context), worked out once a run: facts that several lists share."""
        if make not in self._memo:
            self._memo[make] = make(self)
        result: T = self._memo[make]
        return result

    def forget(self) -> None:
        """Let go of the facts that once() keeps: nothing asks for them after the checks."""
        self._memo.clear()

    def supplied(self, record: str) -> bool:
        """Whether the extract has the record's table; what only an absent table feeds is blank, never zero."""
        return self.tables[record].supplied

    def rows(self, record: str) -> pl.DataFrame:
        """All rows of a record, those that take no part (_drop) included."""
        return self.tables[record].frame

    def live(self, record: str) -> pl.DataFrame:
        """The rows of a record that take part in rules."""
        frame = self.tables[record].frame
        if frame[DROP].null_count() == frame.height:
            return frame
        return frame.filter(pl.col(DROP).is_null())

    def window(self, number: int) -> Window | None:
        """The window of a list in this edition, or None where it has none (List 9)."""
        months = self.edition.months.get(number)
        return None if months is None else self.period.window(months)
