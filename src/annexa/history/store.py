"""The history of dry runs, kept and asked."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
from pydantic import ValidationError

from annexa.environment import data_folder
from annexa.errors import SourceError, UsageError
from annexa.history.database import FILE_NAME, MIGRATIONS, connect, explained, transaction
from annexa.history.keys import ROWS
from annexa.history.model import CUT_SHORT, DONE, FAILED, RUNNING, Run
from annexa.outputs.manifest import Manifest
from annexa.settings import HistorySettings

_RUN: Final = "number, created, state, flagged, accepted, output, manifest, seconds"
_ROW_KEYS: Final = ["list", "row_key", "child_key", "row_hash"]
_CODE_KEYS: Final = ["table", "column", "code", "known"]
_CODES: Final = {"table": pl.String, "column": pl.String, "code": pl.String, "known": pl.Boolean}


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
            found = self._runs("WHERE number = ?", int(name)) if name.isascii() and name.isdigit() else []
        if not found:
            raise UsageError(f"The history has no run {name}.", "`annexa history` shows its runs.")
        return found[0]

    def last_good(self, edition: str, source: str) -> Run | None:
        """Return the newest good run of an edition and a source profile."""
        where = "WHERE state = ? AND (accepted OR NOT flagged) AND edition = ? AND source = ?"
        return next(iter(self._runs(f"{where} ORDER BY number DESC LIMIT 1", DONE, edition, source)), None)

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
        return pl.DataFrame(rows.fetchall(), schema=_CODES, orient="row")

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

    def cut_short(self) -> list[Run]:
        """Mark the runs that were killed, and return them."""
        killed = self._runs("WHERE state = ? ORDER BY number", RUNNING)
        with transaction(self._db):
            self._db.execute("UPDATE run SET state = ? WHERE state = ?", (CUT_SHORT, RUNNING))
        return killed

    def begin(self, created: datetime, output: Path, *, own_output: bool) -> int:
        """Record that a run begins; return its number.

        Args:
            created: the moment, in UTC.
            output: its folder.
            own_output: whether the folder is the history's own, to be deleted with time.
        """
        with transaction(self._db):
            done = self._db.execute(
                "INSERT INTO run (created, state, output, own_output) VALUES (?, ?, ?, ?)",
                (created.astimezone(UTC).isoformat(), RUNNING, str(output.absolute()), own_output),
            )
        number = done.lastrowid
        if number is None:
            raise AssertionError("a run without a number")
        return number

    def fail(self, number: int) -> None:
        """Record that a run ended in an error."""
        with transaction(self._db):
            self._db.execute("UPDATE run SET state = ? WHERE number = ?", (FAILED, number))

    def finish(
        self,
        number: int,
        manifest: Manifest,
        seconds: Mapping[str, float],
        rows: pl.DataFrame,
        codes: pl.DataFrame,
        *,
        flagged: bool,
    ) -> None:
        """Record what a run gave, all of it or nothing.

        Args:
            number: of the run.
            manifest: what it read, counted and wrote.
            seconds: stage -> time.
            rows: columns of keys.ROWS.
            codes: table, column, code, known.
            flagged: whether something looks wrong.
        """
        told = (
            DONE,
            flagged,
            manifest.edition.name,
            manifest.source.name if manifest.source else None,
            zlib.compress(manifest.model_dump_json().encode(), 9),
            json.dumps({stage: round(time, 3) for stage, time in seconds.items()}),
            number,
        )
        with transaction(self._db):
            self._db.execute(
                "UPDATE run SET state = ?, flagged = ?, edition = ?, source = ?, manifest = ?, seconds = ? "
                "WHERE number = ?",
                told,
            )
            self._record_rows(number, rows)
            self._record_codes(number, codes)

    def accept(self, run: Run) -> None:
        """Take a flagged run for a good one from now on.

        Raises:
            UsageError: it is not done, or nothing looked wrong.
        """
        if run.state != DONE or not run.flagged:
            raise UsageError(
                f"Run {run.number} is not flagged: it is {run.verdict}.", "`annexa history` shows the runs."
            )
        with transaction(self._db):
            self._db.execute("UPDATE run SET accepted = 1 WHERE number = ?", (run.number,))

    def forget(self, child_key: bytes) -> int:
        """Delete every row of a child; return how many there were."""
        with transaction(self._db):
            return self._db.execute("DELETE FROM row WHERE child_key = ?", (child_key,)).rowcount

    def forget_all(self) -> int:
        """Delete every row of every child, where nobody can tell whose they are; return how many there were."""
        with transaction(self._db):
            return self._db.execute("DELETE FROM row").rowcount

    def retain(self, now: datetime, days: int) -> None:
        """Delete the runs that are older than so many days, and the rows and codes that no later run has.

        The newest run that is done stays whatever its age.
        """
        before = (now.astimezone(UTC) - timedelta(days=days)).isoformat()
        with transaction(self._db):
            self._db.execute(
                "DELETE FROM run WHERE created < ? AND number < (SELECT max(number) FROM run WHERE state = ?)",
                (before, DONE),
            )
            oldest = self._db.execute("SELECT min(number) FROM run WHERE state = ?", (DONE,)).fetchone()
            self._db.execute("DELETE FROM row WHERE last < ?", oldest)
            self._db.execute("DELETE FROM code WHERE last < ?", oldest)

    def old_outputs(self, now: datetime, days: int) -> list[Path]:
        """Return the history's own output folders in which no run of the last so many days has written."""
        after = (now.astimezone(UTC) - timedelta(days=days)).isoformat()
        found = self._db.execute(
            "SELECT DISTINCT output FROM run WHERE own_output "
            "AND output NOT IN (SELECT output FROM run WHERE created >= ?) ORDER BY output",
            (after,),
        )
        return [Path(folder) for (folder,) in found.fetchall()]

    # What these share.

    def _runs(self, where: str, *values: object) -> list[Run]:
        # `where` is written above; whatever comes from outside is among the values.
        found = self._db.execute(f"SELECT {_RUN} FROM run {where}", values)  # noqa: S608
        return [self._run(row) for row in found.fetchall()]

    def _run(self, row: tuple[Any, ...]) -> Run:
        number, created, state, flagged, accepted, output, manifest, seconds = row
        try:
            told = Manifest.model_validate_json(zlib.decompress(manifest)) if manifest else None
        except (ValidationError, zlib.error):
            raise SourceError(
                f"Run {number} of the history in {self._path.parent} cannot be read; it was left as it is.",
                "Use the version of annexa that wrote it, or name another folder in annexa.toml.",
            ) from None
        return Run(
            number=number,
            created=datetime.fromisoformat(created),
            state=state,
            flagged=bool(flagged),
            accepted=bool(accepted),
            output=Path(output),
            manifest=told,
            seconds=json.loads(seconds) if seconds else {},
        )

    def _record_rows(self, number: int, rows: pl.DataFrame) -> None:
        there = self._db.execute("SELECT list, child_key, row_key, row_hash, first FROM row WHERE last IS NULL")
        held = pl.DataFrame(there.fetchall(), schema={**ROWS, "first": pl.Int64}, orient="row")
        gone = held.join(rows, on=_ROW_KEYS, how="anti").select(pl.lit(number - 1), "list", "row_key", "first")
        self._db.executemany("UPDATE row SET last = ? WHERE list = ? AND row_key = ? AND first = ?", gone.iter_rows())
        fresh = rows.join(held, on=_ROW_KEYS, how="anti").select(*_ROW_KEYS, pl.lit(number))
        self._db.executemany(
            "INSERT INTO row (list, row_key, child_key, row_hash, first) VALUES (?, ?, ?, ?, ?)", fresh.iter_rows()
        )

    def _record_codes(self, number: int, codes: pl.DataFrame) -> None:
        there = self._db.execute("SELECT source_table, source_column, code, known, first FROM code WHERE last IS NULL")
        held = pl.DataFrame(there.fetchall(), schema={**_CODES, "first": pl.Int64}, orient="row")
        gone = held.join(codes, on=_CODE_KEYS, how="anti").drop("known")
        self._db.executemany(
            "UPDATE code SET last = ? WHERE source_table = ? AND source_column = ? AND code = ? AND first = ?",
            gone.select(pl.lit(number - 1), "table", "column", "code", "first").iter_rows(),
        )
        fresh = codes.select(_CODE_KEYS).unique().join(held, on=_CODE_KEYS, how="anti").sort(_CODE_KEYS)
        self._db.executemany(
            "INSERT INTO code (source_table, source_column, code, known, first) VALUES (?, ?, ?, ?, ?)",
            fresh.with_columns(pl.lit(number)).iter_rows(),
        )
