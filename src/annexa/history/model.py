"""One dry run, as the history knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from annexa.outputs.manifest import Manifest

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CUT_SHORT: Final = "cut short"


@dataclass(frozen=True)
class Run:
    """One dry run.

    Args:
        number: counted from 1; a number is never used again.
        created: when it began, in UTC.
        state: running, done, failed, or cut short (killed).
        flagged: whether something looked wrong.
        accepted: whether somebody has said since that it was right all the same.
        output: the folder that it wrote to, which may be gone by now or hold a later run.
        manifest: what it read, counted and wrote; None unless it is done.
        seconds: stage -> time that it took.
    """

    number: int
    created: datetime
    state: str
    flagged: bool
    accepted: bool
    output: Path
    manifest: Manifest | None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether a later run is compared with it."""
        return self.state == DONE and (self.accepted or not self.flagged)

    @property
    def verdict(self) -> str:
        """Return the run's state in a word or two, for tables."""
        if self.state != DONE:
            return self.state
        return "accepted" if self.accepted else "flagged" if self.flagged else "good"


@dataclass(frozen=True)
class Change:
    """How a list differs from the last good run: rows that came, that went, and whose cells are other ones."""

    came: int
    went: int
    changed: int
