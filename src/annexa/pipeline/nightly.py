"""A dry run: a build beside the last good one, recorded in the history."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from annexa import __version__
from annexa.checks.accept import ACCEPTED
from annexa.checks.nightly import codes_of
from annexa.checks.runs import Earlier, ExtractRun, Night
from annexa.errors import AnnexaError, OutputError, SourceError
from annexa.extract.address import Place
from annexa.history.keys import Keys
from annexa.history.lock import locked
from annexa.history.model import Change, Run
from annexa.history.secret import make_secret, read_secret
from annexa.history.store import History, open_history
from annexa.log import Stopwatch
from annexa.outputs.manifest import MANIFEST_NAME, Manifest, describe, read_manifest
from annexa.pipeline.building import Built, Report, Request, build
from annexa.workdays import WorkingDays

Progress = Callable[[str], None]

DRY_RUNS: Final = "dry-runs"  # the folder beside the history in which each day has its own
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
class NightReport:
    """What a dry run gave.

    Args:
        report: of the build.
        run: as the history has it.
        earlier: the last good run that it was compared with, or None.
        wrong: the findings on what looks wrong, those that are information left out.
        changes: how each list differs from the earlier run; empty where there is none to compare with.
        notes: what must be known about the history.
    """

    report: Report
    run: Run
    earlier: Run | None
    wrong: pl.DataFrame
    changes: Mapping[int, Change] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def own_folder(folder: Path, day: date) -> Path:
    """Return the folder of a day's dry run beside the history."""
    return folder / DRY_RUNS / day.isoformat()


def dry_run(request: NightRequest, progress: Progress = lambda _: None) -> NightReport:
    """Build, compare with the last good dry run, and record the run.

    Raises:
        BusyError: another dry run is at work with the same history.
        AnnexaError: whatever the build raises, and what is wrong with the history; the run then counts as failed.
    """
    with locked(request.folder), open_history(request.folder, create=True) as history:
        keys, notes = _keys(request.folder, history)
        notes += [
            f"The dry run of {_moment(run)} was cut short, and nothing of it counts." for run in history.cut_short()
        ]
        number = history.begin(request.build.created, request.build.output, own_output=request.own_output)
        try:
            done = _run(request, history, number, keys, progress)
        except Exception:
            with suppress(AnnexaError):  # what went wrong first is what is told
                history.fail(number)
            raise
        notes += _tidy(request, history)
    return NightReport(done.report, done.run, done.earlier, done.wrong, done.changes, tuple(notes))


def _keys(folder: Path, history: History) -> tuple[Keys, list[str]]:
    keys = Keys(read_secret(folder) or make_secret(folder))
    if not history.adopt(keys.series):
        return keys, []
    return keys, [_LOST]


def _run(request: NightRequest, history: History, number: int, keys: Keys, progress: Progress) -> NightReport:
    watch = Stopwatch(progress)
    earlier: list[Run | None] = []

    def night(built: Built) -> Night:
        earlier.append(history.last_good(built.context.edition.name, built.source.name))
        return _night(request, history, earlier[0], built, keys)

    report = build(request.build, watch.tell, night)
    watch.tell("recording the run")
    rows = keys.rows(report.lists)
    run = ExtractRun(report.built.context, WorkingDays(), {})
    codes = codes_of(run, report.built.context.findings.frame(), keys.values)
    wrong = report.assessed.findings.filter(
        pl.col("check").str.starts_with(_NIGHTLY) & (pl.col("severity") != "info") & pl.col(ACCEPTED).is_null()
    )
    changes = _changes(history.rows(earlier[0]) if earlier[0] else None, rows)
    history.finish(number, report.manifest, watch.seconds(), rows, codes, flagged=bool(wrong.height))
    return NightReport(report, history.find(str(number)), earlier[0], wrong, changes)


def _night(request: NightRequest, history: History, earlier: Run | None, built: Built, keys: Keys) -> Night:
    before = None
    if earlier is not None and earlier.manifest is not None:
        codes = history.codes() if history.comparable(earlier) else None
        before = _earlier(earlier.manifest, codes)
    return Night(__version__, request.day, _taken(request.build, built), before, keys.values)


def _earlier(manifest: Manifest, codes: pl.DataFrame | None) -> Earlier:
    return Earlier(
        version=manifest.annexa_version,
        lists={entry.number: entry.rows for entry in manifest.lists if entry.rows is not None},
        findings=manifest.findings.by_check,
        tables={each.table: each.rows for each in manifest.inputs if each.table is not None and each.rows is not None},
        codes=codes,
    )


def _taken(request: Request, built: Built) -> dict[str, date]:
    """Return the day on which each file of the extract was made: as given, or else as last written."""
    given = request.settings.extract_date
    if given is not None:
        return {"": given}
    paths = {each.name: _path_of(request.extracts, each.name) for each in built.extract.inputs}
    days = {}
    for name, path in paths.items():
        with suppress(OSError):
            if path is not None:
                days[name] = datetime.fromtimestamp(path.stat().st_mtime).date()
    return days


def _path_of(place: Place, name: str) -> Path | None:
    path = place if isinstance(place, Path) else place.file
    if path is None:
        return None
    return path / name if path.is_dir() else path


def _changes(before: pl.DataFrame | None, rows: pl.DataFrame) -> dict[int, Change]:
    if before is None:
        return {}
    both = before.join(rows, on=["list", "row_key"], how="full", coalesce=True, suffix="_now")
    was, is_ = pl.col("row_hash").is_not_null(), pl.col("row_hash_now").is_not_null()
    counts = both.group_by("list").agg(
        (~was).sum().alias("came"),
        (~is_).sum().alias("went"),
        (pl.col("row_hash") != pl.col("row_hash_now")).sum().alias("changed"),
    )
    return {number: Change(came, went, changed) for number, came, went, changed in counts.sort("list").iter_rows()}


def _tidy(request: NightRequest, history: History) -> list[str]:
    """Delete what has been kept for long enough; return what could not be."""
    kept, now = request.build.settings.history, request.build.created
    notes = []
    for folder in history.old_outputs(now, min(kept.keep_days, kept.keep_output_days)):
        # Only what lies beside this history: a folder that was moved is not followed.
        if folder.parent == (request.folder / DRY_RUNS).absolute() and folder != request.build.output.absolute():
            try:
                _delete_output(folder)
            except (OSError, OutputError) as error:
                notes.append(f"The dry run in {folder.name}, which is old, could not be deleted: {error}")
    history.retain(now, kept.keep_days)
    return notes


def _delete_output(folder: Path) -> None:
    """Delete the files that a run wrote, and the folder where nothing else is left in it."""
    if not folder.is_dir():
        return
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
    _remove_empty(sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True))
    _remove_empty([folder])


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _moment(run: Run) -> str:
    return f"{run.created:%d/%m/%Y %H:%M} (UTC)"


@dataclass(frozen=True)
class Forgotten:
    """What became of a child in the history.

    Args:
        rows: how many rows were deleted.
        everybody: whether nobody could tell whose they were, and all were deleted.
    """

    rows: int
    everybody: bool = False


def forget(folder: Path, identifier: str) -> Forgotten:
    """Delete what the history keeps of a child; all that it keeps of rows where its secret is lost.

    Raises:
        UsageError: there is no history.
        BusyError: a dry run is at work.
    """
    with open_history(folder) as history, locked(folder):
        secret = read_secret(folder)
        if secret is None or Keys(secret).series != history.series:
            return Forgotten(history.forget_all(), everybody=True)
        return Forgotten(history.forget(Keys(secret).child(identifier.strip())))


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
