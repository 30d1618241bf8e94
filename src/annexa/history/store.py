"""The history of dry runs, kept and asked."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
from pydantic import ValidationError

from annexa.environment import data_folder
from annexa.errors import UsageError
from annexa.history.database import FILE_NAME, MIGRATIONS, connect, explained, transaction
from annexa.history.intervals import CODES, COLUMNS, record_codes, record_columns, record_rows
from annexa.history.keys import ROWS
from annexa.history.model import CUT_SHORT, DONE, DRY_RUNS, FAILED, RUNNING, Run
from annexa.history.rights import narrow
from annexa.history.secret import SECRET_NAME
from annexa.outputs.manifest import Manifest
from annexa.settings import HistorySettings

_RUN: Final = "number, created, day, state, flagged, accepted, output, own_output, manifest, wrong, unable, seconds"
_LONGEST: Final = 18  # digits of a number that SQLite can hold


def history_folder(settings: HistorySettings) -> Path:
    """Return the folder of the history: that of annexa.toml, else one in the user's data folder."""
    return Path(settings.folder) if settings.folder else data_folder() / "history"


@contextmanager
def open_history(
    folder: Path, *, create: bool = False, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> Iterator["History"]:
    """Give the history of a folder.

    Args:
        folder: where it lies.
        create: make one where there is none.
        migrations: the versions of the file.

    Raises:
        UsageError: there is none.
        SourceError: it is damaged, of a newer version, or no history.
        BusyError, OutputError: as in database.connect(), in the block too.
    """
    path = folder / FILE_NAME
    if not create and not path.is_file():
        raise UsageError(f"There is no history in {folder}.", "`annexa dry-run` begins one.")
    connection = connect(path, migrations)
    for each in (path, folder / SECRET_NAME, folder / DRY_RUNS):
        narrow(each)
    try:
        with explained(path):
            yield History(path, connection)
    finally:
        connection.close()


class History:
    """The history of dry runs.

    Args:
        path: of its file.
        connection: to it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._db = connection

    # Asking.

    @property
    def series(self) -> str | None:
        """Return what the secret of the runs is known by; None before the first run."""
        held = self._db.execute("SELECT key FROM series").fetchone()
        return held[0] if held else None

    def runs(self) -> list[Run]:
        """Return all runs, oldest first."""
        return self._runs("ORDER BY number")

    def find(self, name: str) -> Run:
        """Return the run called `last` (the newest that was done), `previous` (the one done before it) or by number.

        Raises:
            UsageError: there is no such run.
        """
        if name in {"last", "previous"}:
            done = self._runs("WHERE state = ? ORDER BY number DESC LIMIT 2", DONE)
            found = done[:1] if name == "last" else done[1:]
        else:
            number = int(name) if name.isascii() and name.isdigit() and len(name) <= _LONGEST else 0
            found = self._runs("WHERE number = ?", number)
        if not found:
            # Another word may be an identifier that got into the wrong place, and is not repeated.
            which = name if name in {"last", "previous"} else "of that number"
            raise UsageError(f"The history has no run {which}.", "`annexa history` shows its runs.")
        return found[0]

    def good_runs(self, edition: str, source: str) -> Iterator[Run]:
        """Yield the good runs of an edition and a source profile, newest first."""
        where = "WHERE state = ? AND (accepted OR NOT flagged) AND edition = ? AND source = ? ORDER BY number DESC"
        return self._each(where, DONE, edition, source)

    def running(self) -> list[Run]:
        """Return the runs that have not ended; while the lock of the history is held, those that were killed."""
        return self._runs("WHERE state = ? ORDER BY number", RUNNING)

    def last_before(self, now: datetime) -> datetime | None:
        """Return when the newest run began that began before a moment, in UTC."""
        [created] = self._db.execute("SELECT max(created) FROM run WHERE created < ?", (_utc(now),)).fetchone()
        return datetime.fromisoformat(created) if created else None

    def rows(self, run: Run) -> pl.DataFrame | None:
        """Return a run's rows: list, child_key, row_key, row_hash, ordered by list and row_key.

        None where they are not there: of a run that is not done, and of one whose secret was lost.
        """
        if run.state != DONE or not self.comparable(run):
            return None
        found = self._db.execute(
            "SELECT list, child_key, row_key, row_hash FROM row "
            "WHERE first <= ?1 AND (last IS NULL OR last >= ?1) ORDER BY list, row_key",
            (run.number,),
        )
        return pl.DataFrame(found.fetchall(), schema=ROWS, orient="row")

    def comparable(self, run: Run) -> bool:
        """Return whether a run was made with the secret that is used now."""
        begun = self._db.execute("SELECT begun FROM series").fetchone()
        return begun is not None and run.number >= begun[0]

    def codes(self) -> pl.DataFrame:
        """Return the codes of all good runs: table, column, code, known."""
        rows = self._db.execute(
            "SELECT DISTINCT source_table, source_column, code, known FROM code "
            "JOIN run ON number >= first AND (last IS NULL OR number <= last) "
            "WHERE state = ? AND (accepted OR NOT flagged)",
            (DONE,),
        )
        return pl.DataFrame(rows.fetchall(), schema=CODES, orient="row")

    def columns(self, run: Run) -> pl.DataFrame | None:
        """Return which columns a run read: table, field, column, in their order; None where that was not kept."""
        rows = self._db.execute(
            "SELECT source_table, record_field, source_column FROM column_read "
            "WHERE first <= ?1 AND (last IS NULL OR last >= ?1) ORDER BY 1, 2, 3",
            (run.number,),
        )
        found = pl.DataFrame(rows.fetchall(), schema=COLUMNS, orient="row")
        return found if found.height else None

    # Writing: who does holds the lock of the history.

    def adopt(self, series: str) -> bool:
        """Go on in the series of a secret; return whether another one, whose secret is lost, ended for it.

        What was keyed with the lost secret is deleted: it could be neither compared nor forgotten.
        """
        before = self.series
        if before == series:
            return False
        with transaction(self._db):
            for statement in ("DELETE FROM series", "DELETE FROM row", "DELETE FROM code"):
                self._db.execute(statement)
            self._db.execute("INSERT INTO series SELECT ?, coalesce(max(number), 0) + 1 FROM run", (series,))
        return before is not None

    def cut_short(self, number: int) -> None:
        """Record that a run was killed."""
        with transaction(self._db):
            self._db.execute("UPDATE run SET state = ? WHERE number = ?", (CUT_SHORT, number))

    def begin(self, created: datetime, output: Path, *, own_output: bool, day: date | None = None) -> int:
        """Record that a run begins; return its number.

        Args:
            created: the moment, in UTC.
            output: its folder.
            own_output: whether the folder is the history's own, to be deleted with time.
            day: of the run, where that is; that of `created` where None.
        """
        # Its own folders are known by their names: the history may be moved, or named by another path.
        where = output.name if own_output else str(output.absolute())
        told = (_utc(created), (day or created.astimezone(UTC).date()).isoformat(), RUNNING, where, own_output)
        with transaction(self._db):
            done = self._db.execute(
                "INSERT INTO run (created, day, state, output, own_output) VALUES (?, ?, ?, ?, ?)", told
            )
        number = done.lastrowid
        if number is None:
            raise AssertionError("a run without a number")
        return number

    def fail(self, number: int) -> None:
        """Record that a run ended in an error.

        Raises:
            AnnexaError: that cannot be recorded: what SQLite refuses is explained here, for the error of the run.
        """
        with explained(self._path), transaction(self._db):
            self._db.execute("UPDATE run SET state = ? WHERE number = ?", (FAILED, number))

    def withdraw(self, number: int) -> None:
        """Take back a run that was asked for wrongly; its number is not used again."""
        with transaction(self._db):
            self._db.execute("DELETE FROM run WHERE number = ?", (number,))

    def finish(
        self,
        number: int,
        manifest: Manifest,
        seconds: Mapping[str, float],
        rows: pl.DataFrame,
        codes: pl.DataFrame,
        *,
        flagged: bool,
        wrong: Sequence[str] = (),
        unable: Mapping[str, Sequence[str]] | None = None,
        columns: pl.DataFrame | None = None,
    ) -> None:
        """Record what a run gave, all of it or nothing.

        Args:
            number: of the run.
            manifest: what it read, counted and wrote.
            seconds: stage -> time.
            rows: columns of keys.ROWS.
            codes: table, column, code, known.
            flagged: whether something looks wrong.
            wrong: ids of the checks that say so.
            unable: check -> what it could not look at.
            columns: which columns it read: table, field, column.
        """
        told = (
            DONE,
            flagged,
            json.dumps(sorted(wrong)),
            manifest.edition.name,
            manifest.source.name if manifest.source else None,
            zlib.compress(manifest.model_dump_json().encode(), 9),
            json.dumps(unable or {}),
            json.dumps({stage: round(time, 3) for stage, time in seconds.items()}),
            number,
        )
        with transaction(self._db):
            self._db.execute(
                "UPDATE run SET state = ?, flagged = ?, wrong = ?, edition = ?, source = ?, manifest = ?, unable = ?, "
                "seconds = ? WHERE number = ?",
                told,
            )
            record_rows(self._db, number, rows)
            record_codes(self._db, number, codes)
            record_columns(self._db, number, pl.DataFrame(schema=COLUMNS) if columns is None else columns)

    def accept(self, run: Run) -> None:
        """Take a flagged run for a good one from now on.

        Raises:
            UsageError: it is not flagged: not done, good, or accepted already.
        """
        if run.state != DONE or not run.flagged or run.accepted:
            raise UsageError(
                f"Run {run.number} is not flagged: it is {run.verdict}.", "`annexa history` shows the runs."
            )
        with transaction(self._db):
            self._db.execute("UPDATE run SET accepted = 1 WHERE number = ?", (run.number,))

    def reject(self, run: Run) -> None:
        """Take a good run, or one that was accepted, for a flagged one from now on.

        Raises:
            UsageError: it is not good.
        """
        if not run.good:
            raise UsageError(f"Run {run.number} is not good: it is {run.verdict}.", "`annexa history` shows the runs.")
        # By what it was flagged stays: nothing, where nothing looked wrong.
        wrong = run.wrong if run.flagged else ()
        kept = None if wrong is None else json.dumps(wrong)
        with transaction(self._db):
            self._db.execute("UPDATE run SET flagged = 1, accepted = 0, wrong = ? WHERE number = ?", (kept, run.number))

    def forget(self, child_key: bytes) -> int:
        """Delete every row of a child; return how many there were."""
        with transaction(self._db):
            return self._db.execute("DELETE FROM row WHERE child_key = ?", (child_key,)).rowcount

    def forget_all(self) -> int:
        """Delete every row of every child; return how many there were."""
        with transaction(self._db):
            return self._db.execute("DELETE FROM row").rowcount

    def retain(self, now: datetime, days: int) -> None:
        """Delete the runs that are older than so many days, and the rows, codes and columns that no later run has.

        The newest run that is done stays whatever its age, and so does one whose own output stands: nothing else knows
        of it.
        """
        with transaction(self._db):
            self._db.execute(
                "DELETE FROM run WHERE created < ? AND (cleared OR NOT own_output) "
                "AND number < (SELECT max(number) FROM run WHERE state = ?)",
                (_utc(now - timedelta(days=days)), DONE),
            )
            oldest = self._db.execute("SELECT min(number) FROM run WHERE state = ?", (DONE,)).fetchone()
            self._db.execute("DELETE FROM row WHERE last < ?", oldest)
            self._db.execute("DELETE FROM code WHERE last < ?", oldest)
            self._db.execute("DELETE FROM column_read WHERE last < ?", oldest)

    def old_outputs(self, now: datetime, days: int) -> dict[Path, list[int]]:
        """Return the history's own output folders that stand and in which no run of the last so many days has written.

        Returns:
            Folder -> the numbers of its runs.
        """
        young: set[Path] = set()
        own: dict[Path, list[int]] = {}
        runs = self._db.execute("SELECT number, created, output, own_output, cleared FROM run ORDER BY number")
        for number, created, output, is_own, cleared in runs.fetchall():
            folder = self._folder(output, is_own=is_own)
            if created >= _utc(now - timedelta(days=days)):
                young.add(folder.resolve())
            if is_own and not cleared:
                own.setdefault(folder, []).append(number)
        return {folder: own[folder] for folder in sorted(own) if folder.resolve() not in young}

    def cleared(self, numbers: Sequence[int]) -> None:
        """Record that the own output of runs has been deleted."""
        with transaction(self._db):
            self._db.executemany("UPDATE run SET cleared = 1 WHERE number = ?", [(number,) for number in numbers])

    # What these share.

    def _runs(self, where: str, *values: object) -> list[Run]:
        return list(self._each(where, *values))

    def _each(self, where: str, *values: object) -> Iterator[Run]:
        # `where` is written above; whatever comes from outside is among the values.
        found = self._db.execute(f"SELECT {_RUN} FROM run {where}", values)  # noqa: S608
        return (self._run(row) for row in found.fetchall())

    def _run(self, row: tuple[Any, ...]) -> Run:
        number, created, day, state, flagged, accepted, output, own_output, manifest, wrong, unable, seconds = row
        try:
            told = Manifest.model_validate_json(zlib.decompress(manifest)) if manifest else None
        except (ValidationError, zlib.error):
            told = None
        return Run(
            number=number,
            created=datetime.fromisoformat(created),
            day=date.fromisoformat(day),
            state=state,
            flagged=bool(flagged),
            accepted=bool(accepted),
            output=self._folder(output, is_own=own_output),
            own_output=bool(own_output),
            manifest=told,
            wrong=None if wrong is None else tuple(json.loads(wrong)),
            unable={check: tuple(reasons) for check, reasons in json.loads(unable or "{}").items()},
            seconds=json.loads(seconds) if seconds else {},
        )

    def _folder(self, output: str, *, is_own: bool) -> Path:
        # Histories of version 1 have the whole path of their own folders too.
        return self._path.parent / DRY_RUNS / Path(output).name if is_own else Path(output)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
