"""Which earlier run a dry run is compared with: the last good one of its kind.

What somebody builds for another day, or of a few lists alone, is a run like any other in the history; it is no measure
of an ordinary night.
"""

from dataclasses import dataclass

from annexa.history.model import Run
from annexa.history.store import History


@dataclass(frozen=True)
class Kind:
    """What runs have in common that can be compared.

    Args:
        edition: name of the edition.
        source: name of the source profile.
        ahead: days from the day of the run to D; 0 of an ordinary night.
        lists: numbers of the lists that are written.
    """

    edition: str
    source: str
    ahead: int
    lists: frozenset[int]

    @property
    def words(self) -> str:
        """Return what a run must be, to be compared with one of this kind."""
        side = "after" if self.ahead > 0 else "before"
        number = f"{abs(self.ahead):,} day{'' if abs(self.ahead) == 1 else 's'}"
        about = f"{number} {side} the day of the run" if self.ahead else "the day of the run"
        return (
            f"edition {self.edition} and source profile {self.source}, for {about}, with at least the lists of this run"
        )


def baseline(history: History, kind: Kind) -> tuple[Run | None, tuple[int, ...]]:
    """Return the last good run that a run of a kind is compared with, and those passed over.

    Returns:
        The newest good run of the same edition, source profile and distance to D that wrote the lists of this kind, and
        maybe others, or None; the numbers of newer ones whose counts cannot be read.
    """
    passed: list[int] = []
    for run in history.good_runs(kind.edition, kind.source):
        if run.manifest is None:
            passed.append(run.number)
        elif (run.manifest.inspection_date - run.day).days == kind.ahead and kind.lists <= {
            entry.number for entry in run.manifest.lists
        }:
            return run, tuple(passed)
    return None, tuple(passed)
