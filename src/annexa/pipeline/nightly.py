"""A dry run: a build beside the last good one, recorded in the history."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from annexa import __version__
from annexa.checks.accept import ACCEPTED
from annexa.checks.nightly import codes_of, columns_of
from annexa.checks.run import unable
from annexa.checks.runs import Night
from annexa.errors import AnnexaError, OutputError, SourceError, UsageError
from annexa.history.baseline import Kind, baseline
from annexa.history.keys import Keys
from annexa.history.lock import locked
from annexa.history.model import DRY_RUNS, Change, Run
from annexa.history.secret import SECRET_NAME, make_secret, read_secret
from annexa.history.store import History, open_history
from annexa.log import Stopwatch
from annexa.outputs.manifest import MANIFEST_NAME, describe, read_manifest
from annexa.outputs.stage import settled
from annexa.pipeline.building import Built, Report, Request, build
from annexa.pipeline.last_good import beside, kind_of, taken, written

Progress = Callable[[str], None]

_NIGHTLY: Final = "AA-H"
_LOST: Final = (
    "The secret of the history was lost: a new series begins. The counts of earlier runs stay; what they kept of rows "
    "is deleted, for nobody could tell whose it was."
)


@dataclass(frozen=True)
class NightRequest:
    """What a dry run is asked to do.

    Args:
        build: what is built.
        folder: of the history.
        day: of the run, which need not be D.
        own_output: whether the output folder is one beside the history, to be deleted with time.
    """

    build: Request
    folder: Path
    day: date
    own_output: bool


@dataclass(frozen=True)
class Note:
    """What must be known about the history.

    Args:
        text: a sentence or two.
        error: whether it tells of something that has gone wrong, and is shown where errors alone are.
    """

    text: str
    error: bool = False


@dataclass(frozen=True)
class NightReport:
    """What a dry run gave.

    Args:
        report: of the build.
        run: as the history has it.
        kind: what an earlier run has to be, to be compared with it.
        earlier: the last good run that it was compared with, or None.
        wrong: the findings on what looks wrong, those that are information left out.
        changes: how each list differs from the earlier run; empty where there is none to compare with.
        notes: what must be known about the history.
    """

    report: Report
    run: Run
    kind: Kind
    earlier: Run | None
    wrong: pl.DataFrame
    changes: Mapping[int, Change] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class _Compared:
    """What is known of a run before its checks; its rows are those of keys.ROWS."""

    kind: Kind
    earlier: Run | None
    night: Night
    rows: pl.DataFrame
    changes: Mapping[int, Change]


def own_folder(folder: Path, day: date) -> Path:
    """Return the folder of a day's dry run beside the history."""
    return folder / DRY_RUNS / day.isoformat()


def dry_run(
    request: NightRequest, progress: Progress = lambda _: None, warn: Callable[[Note], None] = lambda _: None
) -> NightReport:
    """Build, compare with the last good dry run, and record the run.

    Args:
        request: what to do.
        progress: is told the name of each stage as it begins.
        warn: is told each note at once, so that it is told also where the run then fails.

    Raises:
        BusyError: another dry run is at work with the same history.
        UsageError: a mistake in what was asked for; the history does not have the run.
        AnnexaError: whatever the build raises, and what is wrong with the history; the run then counts as failed.
    """
    notes: list[Note] = []

    def note(each: Note) -> None:
        notes.append(each)
        warn(each)

    with locked(request.folder), open_history(request.folder, create=True) as history:
        keys = _keys(request.folder, history, note)
        _after_kills(history, note)
        build = request.build
        number = history.begin(build.created, build.output, own_output=request.own_output, day=request.day)
        try:
            done = _run(request, history, number, keys, progress, note)
        except Exception as error:
            with suppress(AnnexaError):  # what went wrong first is what is told
                end = history.withdraw if isinstance(error, UsageError) else history.fail
                end(number)
            raise
        for each in _tidy(request, history):
            note(each)
    return replace(done, notes=tuple(notes))


def _keys(folder: Path, history: History, note: Callable[[Note], None]) -> Keys:
    keys = Keys(read_secret(folder) or make_secret(folder))
    if history.adopt(keys.series):
        note(Note(_LOST, error=True))
    return keys


def _after_kills(history: History, note: Callable[[Note], None]) -> None:
    """Say which runs were killed, and remove at once what they had begun to write beside the history."""
    for run in history.running():
        note(Note(f"The dry run of {_moment(run)} was cut short, and nothing of it counts.", error=True))
        if run.own_output and run.output.is_dir():
            try:
                with settled(run.output):
                    pass
                _remove_empty([run.output])
            except (OSError, OutputError) as error:
                text = f"What it had begun to write into {run.output.name} could not be deleted: {error}"
                note(Note(text, error=True))
        history.cut_short(run.number)


def _run(
    request: NightRequest,
    history: History,
    number: int,
    keys: Keys,
    progress: Progress,
    note: Callable[[Note], None],
) -> NightReport:
    watch = Stopwatch(progress)
    compared: list[_Compared] = []

    def night(built: Built) -> Night:
        kind = kind_of(request.build, built, request.day)
        earlier, passed = baseline(history, kind)
        for each in passed:
            note(Note(f"Run {each} is passed over: this version of annexa cannot read what it counted."))
        rows = keys.rows(written(request.build, built))
        stands = beside(history, earlier, rows, built, kind.lists)
        codes = codes_of(built.context, built.context.findings.frame(), keys.values)
        of_night = Night(__version__, request.day, taken(request.build, built), stands.earlier, codes)
        compared.append(_Compared(kind, earlier, of_night, rows, stands.changes))
        return of_night

    report = build(request.build, watch.tell, night)
    [of] = compared
    watch.tell("recording the run")
    wrong = report.assessed.findings.filter(
        pl.col("check").str.starts_with(_NIGHTLY) & (pl.col("severity") != "info") & pl.col(ACCEPTED).is_null()
    )
    history.finish(
        number,
        report.manifest,
        watch.seconds(),
        of.rows,
        of.night.codes,
        flagged=bool(wrong.height),
        wrong=wrong["check"].unique().to_list(),
        unable=unable(report.assessed.results),
        columns=columns_of(report.built.context),
    )
    return NightReport(report, history.find(str(number)), of.kind, of.earlier, wrong, of.changes)


def _tidy(request: NightRequest, history: History) -> list[Note]:
    """Delete what has been kept for long enough; return what could not be."""
    kept, now = request.build.settings.history, request.build.created
    if days := _clock_ahead(history, now, kept.keep_output_days):
        text = f"By the clock the run before this one was {days:,} days ago: nothing old is deleted until the next run."
        return [Note(text)]
    notes = []
    for folder, numbers in history.old_outputs(now, min(kept.keep_days, kept.keep_output_days)).items():
        try:
            _delete_output(folder)
        except (OSError, OutputError) as error:
            text = f"The dry run in {folder.name}, which is old, could not be deleted: {error}"
            notes.append(Note(text, error=True))
        else:
            history.cleared(numbers)
    history.retain(now, kept.keep_days)
    return notes


def _clock_ahead(history: History, now: datetime, days: int) -> int:
    """Return how many days ago the last run was, where that is so long that the clock may be wrong; else 0.

    A job that is as late every time has a rhythm of its own, and a right clock.
    """
    far, last = timedelta(days=days), history.last_before(now)
    if last is None or now - last <= far:
        return 0
    before = history.last_before(last)
    return 0 if before is not None and last - before > far else (now - last).days


def _delete_output(folder: Path) -> None:
    """Delete the files that a run wrote, and the folder where nothing else is left in it."""
    if not folder.is_dir():
        return
    with settled(folder):
        # Without a manifest nothing else in it is a run's.
        if (folder / MANIFEST_NAME).exists():
            _delete_files(folder)
    _remove_empty([*sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True), folder])


def _delete_files(folder: Path) -> None:
    try:
        outputs = read_manifest(folder).outputs
    except SourceError as error:
        raise OutputError(error.message) from None
    for output in outputs:
        path = folder / output.name
        # What somebody has changed since is hers.
        if path.is_file() and describe(path, output.name) == output:
            path.unlink()
    if not any((folder / output.name).exists() for output in outputs):
        (folder / MANIFEST_NAME).unlink()


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _moment(run: Run) -> str:
    return f"{run.created:%d/%m/%Y %H:%M} (UTC)"


def forget(folder: Path, identifier: str | None) -> int:
    """Delete what the history keeps of a child, or of every child where None; return how many rows that were.

    Raises:
        UsageError: there is no history.
        SourceError: the secret is lost, so that nobody can tell which rows are the child's.
        BusyError: a dry run is at work.
    """
    with open_history(folder) as history, locked(folder):
        if identifier is None:
            return history.forget_all()
        secret = read_secret(folder)
        if history.series is not None and (secret is None or Keys(secret).series != history.series):
            raise SourceError(
                f"{SECRET_NAME} in {folder} is lost, or is another one than the rows were kept with: nobody can tell "
                "which are the child's. Nothing was deleted.",
                "Put it back from a copy, or delete the rows of all children: annexa history forget --all",
            )
        return history.forget(Keys(secret).child(identifier.strip())) if secret else 0


def accept(folder: Path, name: str) -> Run:
    """Take a flagged run for a good one; return it.

    Raises:
        UsageError: there is no history, no such run, or it is not flagged.
        BusyError: a dry run is at work.
    """
    with open_history(folder) as history, locked(folder):
        run = history.find(name)
        history.accept(run)
        return history.find(str(run.number))


def reject(folder: Path, name: str) -> Run:
    """Take a good run for a flagged one; return it.

    Raises:
        UsageError: there is no history, no such run, or it is not good.
        BusyError: a dry run is at work.
    """
    with open_history(folder) as history, locked(folder):
        run = history.find(name)
        history.reject(run)
        return history.find(str(run.number))
