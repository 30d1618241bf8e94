"""A run of the history as a side of a comparison: its output folder where that still stands, else its counts."""

from pathlib import Path
from typing import Final

from annexa.differences.counts import Past
from annexa.differences.model import Known, Side
from annexa.editions import load_edition
from annexa.errors import SourceError, UsageError
from annexa.history.model import Run
from annexa.history.store import history_folder, open_history
from annexa.outputs.manifest import Manifest, read_manifest, verify
from annexa.period import InspectionPeriod
from annexa.settings import Settings

RUN: Final = "run of the history"
_WORDS: Final = ("last", "previous")


def names_run(text: str) -> bool:
    """Whether a side is named as a run of the history: last, previous, or its number; ./last is a path."""
    return text in _WORDS or (text.isascii() and text.isdigit())


def find_run(name: str, settings: Settings) -> tuple[Past, Path | None]:
    """Return a run of the history, and its output folder where that is still as the run wrote it.

    Raises:
        UsageError: there is no history, no such run, or it is not done.
        SourceError: the history cannot be read.
    """
    try:
        with open_history(history_folder(settings.history)) as history:
            run = history.find(name)
            rows = history.rows(run)
    except UsageError as error:
        path = f" For the file or folder {name} here write ./{name}." if Path(name).exists() else ""
        raise UsageError(error.message, error.hint + path) from None
    if run.manifest is None:
        raise UsageError(
            f"Run {run.number} gave nothing to compare: it is {run.verdict}.", "`annexa history` shows the runs."
        )
    past = Past(_side(run, run.manifest), run.manifest, rows)
    return past, run.output if _stands(run.output, run.manifest) else None


def _side(run: Run, record: Manifest) -> Side:
    period = InspectionPeriod(record.inspection_date, record.extract_date)
    known = Known(period, {}, options=record.options)
    ran = None if record.findings.ran is None else frozenset(record.findings.ran)
    return Side(str(run.number), RUN, load_edition(record.edition.name), {}, known=known, ran=ran)


def _stands(folder: Path, record: Manifest) -> bool:
    try:
        return read_manifest(folder) == record and not verify(folder)
    except SourceError:
        return False
