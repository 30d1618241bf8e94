"""Which earlier run a dry run is compared with: the last good one of its kind.

What somebody builds for another day, or of a few lists alone, is a run like any other in the history; it is no measure
of an ordinary night.
"""

from dataclasses import dataclass
from datetime import date

from annexa.history.model import Run
from annexa.history.store import History
from annexa.outputs.manifest import Manifest


@dataclass(frozen=True)
class Kind:
    """What runs have in common that can be compared.

    Args:
        edition: name of the edition.
        source: name of the source profile.
        ahead: days from the day of the run to D; 0 of an ordinary night.
        inspection_date: D.
        lists: numbers of the lists that are written.
    """

    edition: str
    source: str
    ahead: int
    inspection_date: date
    lists: frozenset[int]

    @property
    def words(self) -> str:
        """Return what a run must be, to be compared with one of this kind."""
        side = "after" if self.ahead > 0 else "before"
        number = f"{abs(self.ahead):,} day{'' if abs(self.ahead) == 1 else 's'}"
        day = f"{self.inspection_date:%d/%m/%Y}"
        about = f"{number} {side} the day of the run (or for {day})" if self.ahead else f"the day of the run ({day})"
        return (
            f"edition {self.edition} and source profile {self.source}, for {about}, with at least the lists of this run"
        )


def baseline(history: History, kind: Kind) -> tuple[Run | None, tuple[int, ...]]:
    """Return the last good run that a run of a kind is compared with, and those passed over.

    Returns:
        The newest good run of the same edition and source profile, and of the same distance to D or the same D, that
        wrote the lists of this kind, and maybe others, or None; the numbers of newer ones whose counts cannot be read.
    """
    passed: list[int] = []
    for run in history.good_runs(kind.edition, kind.source):
        if run.manifest is None:
            passed.append(run.number)
        elif _is_of(run, run.manifest, kind):
            return run, tuple(passed)
    return None, tuple(passed)


def _is_of(run: Run, told: Manifest, kind: Kind) -> bool:
    # A job of every night has the same distance, and one with a fixed inspection date that date.
    alike = (told.inspection_date - run.day).days == kind.ahead or told.inspection_date == kind.inspection_date
    return alike and kind.lists <= {entry.number for entry in told.lists}
