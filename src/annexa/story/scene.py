"""What a sentence about a list may need beside the row or the record that it is about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from annexa.editions import ListSpec
from annexa.lists.context import Context
from annexa.period import Window
from annexa.records import RECORDS
from annexa.story.words import NOUNS, between, day, named

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """The list's definition, its window, the run, and the ids of all findings about the child."""

    spec: ListSpec
    window: Window | None
    context: Context
    found: Collection[str] = ()

    @property
    def as_at(self) -> str:
        """A, in words."""
        return day(self.context.period.as_at)

    @property
    def inside(self) -> str:
        """The window with its dates, in words; D where the list has none."""
        return between(self.window) if self.window else day(self.context.period.inspection_date)

    def contains(self, value: Any) -> bool:
        """Whether a date lies in the window."""
        return self.window is not None and value is not None and self.window.start <= value <= self.window.end

    def name(self, row: Row) -> str:
        """Return the record behind a row by its noun and identifier."""
        record = self.spec.records[0]
        return named(NOUNS[record], row[RECORDS[record].meta.key])
