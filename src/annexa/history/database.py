"""The file of the history: an SQLite database, its version, and what SQLite's errors mean to a user."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from annexa.errors import AnnexaError, BusyError, OutputError, SourceError

FILE_NAME: Final = "history.sqlite"
APPLICATION: Final = 0x414E5841  # "ANXA": by which a database is known as annexa's
BUSY_SECONDS: Final = 30.0

# A run's manifest is its JSON, compressed by zlib; its seconds are JSON.
#
# One entry for each version; a file is brought up to date by the entries that it has not had. None is ever changed.
#
# A row, a code or a column was there from run `first` to run `last`, both included; `last` is blank where it is there
# still. So a night costs what has changed, and not what there is. A run that is not done has no rows.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        "CREATE TABLE series (key TEXT NOT NULL, begun INTEGER NOT NULL)",
        """CREATE TABLE run (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            created TEXT NOT NULL,
            state TEXT NOT NULL,
            flagged INTEGER NOT NULL DEFAULT 0,
            accepted INTEGER NOT NULL DEFAULT 0,
            edition TEXT,
            source TEXT,
            output TEXT NOT NULL,
            own_output INTEGER NOT NULL,
            manifest BLOB,
            seconds TEXT
        )""",
        """CREATE TABLE row (
            list INTEGER NOT NULL,
            row_key BLOB NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER,
            child_key BLOB NOT NULL,
            row_hash BLOB NOT NULL,
            PRIMARY KEY (list, row_key, first)
        ) WITHOUT ROWID""",
        """CREATE TABLE code (
            source_table TEXT NOT NULL,
            source_column TEXT NOT NULL,
            code TEXT NOT NULL,
            known INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER,
            PRIMARY KEY (source_table, source_column, code, first)
        ) WITHOUT ROWID""",
    ),
    # The day of a run, where that was (of earlier runs, as UTC has it); check -> what it could not look at, as JSON;
    # whether the run's own output has been deleted.
    (
        "ALTER TABLE run ADD COLUMN day TEXT",
        "ALTER TABLE run ADD COLUMN unable TEXT",
        "ALTER TABLE run ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0",
        "UPDATE run SET day = substr(created, 1, 10)",
    ),
    # Which columns a run read, by name; the ids of the checks that flagged it, as JSON (blank of earlier runs).
    (
        """CREATE TABLE column_read (
            source_table TEXT NOT NULL,
            record_field TEXT NOT NULL,
            source_column TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER,
            PRIMARY KEY (source_table, record_field, source_column, first)
        ) WITHOUT ROWID""",
        "ALTER TABLE run ADD COLUMN wrong TEXT",
    ),
)


def connect(path: Path, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> sqlite3.Connection:
    """Open the database, which is made where it does not exist, and bring it up to date.

    Raises:
        SourceError: it is damaged, of a newer version, or no history.
        BusyError: another connection writes to it for longer than BUSY_SECONDS.
        OutputError: it cannot be written to.
    """
    with explained(path):
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise OutputError(
                f"{path.name} in {path.parent} cannot be written to: {error.strerror}.",
                "Check that you may write there.",
            ) from None
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            _check(connection, path, len(migrations))
            _migrate(connection, migrations)
        except BaseException:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: Path, newest: int) -> None:
    application, version = (_pragma(connection, name) for name in ("application_id", "user_version"))
    [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and tables:
        raise SourceError(
            f"{path.name} in {path.parent} is no history of annexa's; it was left as it is.",
            "Move it away, or name another folder in annexa.toml: folder, under [history].",
        )
    if version > newest:
        raise SourceError(
            f"The history in {path.parent} was written by a newer version of annexa; it was left as it is.",
            "Use that version, or name another folder in annexa.toml: folder, under [history].",
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _damaged(path)


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    if _pragma(connection, "user_version") == len(migrations):
        return
    with transaction(connection):
        # Asked again: another run may have done it meanwhile.
        for statements in migrations[_pragma(connection, "user_version") :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do what the block does as a whole or not at all, alone."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite refuses into an error that names the history."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explanation(path, error) from None


def _explanation(path: Path, error: sqlite3.Error) -> AnnexaError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(
            f"Another run of annexa is at work with the history in {path.parent}.", "Wait until it is done."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(path)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        full = name == "SQLITE_FULL"
        return OutputError(
            f"The history in {path.parent} cannot be written: {'the disk is full' if full else 'the disk refuses it'}. "
            "It is as it was.",
            "Free some space, and run annexa again."
            if full
            else "Check the disk and your rights, and run annexa again.",
        )
    raise error


def _damaged(path: Path) -> SourceError:
    return SourceError(
        f"The history in {path.parent} is damaged; it was left as it is.",
        f"Put {path.name} back from a copy; or move it away, and the next dry run begins a new one.",
    )
