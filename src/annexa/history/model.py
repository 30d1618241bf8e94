"""One dry run, as the history knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from annexa.outputs.manifest import Manifest

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CUT_SHORT: Final = "cut short"
DRY_RUNS: Final = "dry-runs"  # the folder beside the history in which each day has its own


@dataclass(frozen=True)
class Run:
    """One dry run.

    Args:
        number: counted from 1; a number is never used again.
        created: when it began, in UTC.
        day: on which it was run, where that was; D need not be that day.
        state: running, done, failed, or cut short (killed).
        flagged: whether something looked wrong.
        accepted: whether somebody has said since that it was right all the same.
        output: the folder that it wrote to, which may be gone by now or hold a later run.
        own_output: whether that is one beside the history, to be deleted with time.
        manifest: what it read, counted and wrote; None unless it is done, and where it cannot be read.
        wrong: ids of the checks that flagged it, none of a good run that was rejected; None where that was not kept.
        unable: check -> what it could not look at.
        seconds: stage -> time that it took.
    """

    number: int
    created: datetime
    day: date
    state: str
    flagged: bool
    accepted: bool
    output: Path
    own_output: bool
    manifest: Manifest | None
    wrong: tuple[str, ...] | None = None
    unable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether a later run is compared with it."""
        return self.state == DONE and (self.accepted or not self.flagged)

    @property
    def unreadable(self) -> bool:
        """Whether its counts cannot be read, since another version of annexa wrote them or the file was changed."""
        return self.state == DONE and self.manifest is None

    @property
    def verdict(self) -> str:
        """Return the run's state in a word or two."""
        if self.state != DONE:
            return self.state
        return "accepted" if self.accepted else "flagged" if self.flagged else "good"

    @property
    def told(self) -> str:
        """Return the run's state, and of a flagged one by what, for tables."""
        if self.verdict != "flagged" or self.wrong is None:
            return self.verdict
        return f"flagged: {', '.join(self.wrong) or 'rejected'}"


@dataclass(frozen=True)
class Change:
    """How a list differs from the last good run: rows that came, that went, and whose cells are other ones."""

    came: int
    went: int
    changed: int
