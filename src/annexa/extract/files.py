"""What the readers of an extract share: input files and their hashes, limits, headings, errors of the file system."""

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from annexa.errors import SourceError

ROW = "_row"  # the record's number in its file, headings = 1


@dataclass(frozen=True)
class InputFile:
    """A file, or a database on a server, that was read.

    Args:
        name: relative to the extract, with "/" between folders.
        sha256: of its bytes, in hexadecimal; None for a database on a server.
        size: in bytes; None for a database on a server.
    """

    name: str
    sha256: str | None
    size: int | None


@dataclass(frozen=True)
class Limits:
    """How far a compressed workbook may expand before it is refused.

    Args:
        max_expanded_bytes: of all its parts together.
        max_ratio: of expanded to compressed size; a real workbook reaches 20 to 60.
    """

    max_expanded_bytes: int = 4 * 1024**3
    max_ratio: float = 200


@dataclass(frozen=True)
class Content:
    """One table as text.

    Args:
        frame: the wanted columns that are there, all String, and _row (UInt32); rows in file order.
        columns_found: all headings of the table, folded; columns without a heading are left out.
        headings: the same as they stand in the table.
    """

    frame: pl.DataFrame
    columns_found: tuple[str, ...]
    headings: tuple[str, ...] = ()


def fold(name: str) -> str:
    """Return a table's or column's name as it is compared: without outer blanks, in lower case."""
    return name.strip().lower()


def blank_to_null(column: pl.Expr) -> pl.Expr:
    """Return the text with the empty text as null."""
    return pl.when(column != "").then(column)


def shown_headings(headings: Sequence[str | None]) -> tuple[str, ...]:
    """Return the headings as they stand, without outer blanks; columns without one are left out."""
    return tuple(heading.strip() for heading in headings if heading and heading.strip())


def fold_headings(headings: Sequence[str | None], wanted: Collection[str], where: str) -> list[str]:
    """Return the headings folded, "" where there is none.

    Args:
        headings: the first record of the table.
        wanted: folded names of the columns that could be used.
        where: the file, and the sheet or table where a file holds several, for messages.

    Raises:
        SourceError: none of the wanted columns is there, so this is no row of headings; or one heading twice.
    """
    folded = [fold(heading or "") for heading in headings]
    if not any(folded) or (wanted and not set(folded) & set(wanted)):
        # A first row of data must not be quoted: it holds values.
        raise SourceError(
            f"{where}: no headings found in row 1.",
            f"Row 1 must hold the names of the columns, such as {', '.join(sorted(wanted)[:3]) or 'those of the SSD'}.",
        )
    for position, heading in enumerate(folded):
        if heading and heading in folded[:position]:
            first = folded.index(heading)
            raise SourceError(
                f"{where}: the heading {heading} stands over column {first + 1} and over column {position + 1}.",
                "Headings are compared without regard to case; rename or remove one of the two columns.",
            )
    return folded


@contextmanager
def file_errors(name: str) -> Iterator[None]:
    """Turn what the operating system refuses into a SourceError that names the file.

    Raises:
        SourceError: the file may not be read, has gone, or cannot be read.
    """
    try:
        yield
    except PermissionError as error:
        raise SourceError(
            f"{name} cannot be opened: access was refused.",
            "Close it in other programs, and check that you may read it.",
        ) from error
    except FileNotFoundError as error:
        raise SourceError(f"{name} is no longer there.", "Put it back, and run annexa again.") from error
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read ({error.strerror or type(error).__name__}).",
            "Check the drive or the network share that it is on, or copy it to this computer.",
        ) from error


@contextmanager
def input_file(path: Path, name: str) -> Iterator[InputFile]:
    """Hash a file, hand it over for reading, and check afterwards that it is still the same.

    Args:
        path: the file.
        name: how messages and the manifest name it.

    Raises:
        SourceError: the file cannot be read, or it changed in between.
    """
    with file_errors(name):
        before = path.stat()
        digest = _digest(path)
        try:
            yield InputFile(name, digest, before.st_size)
        finally:
            # Also after an error: a file that is still being written looks damaged.
            if not _is_same(path, before, digest):
                raise _changed(name)


@contextmanager
def with_log(path: Path, log: Path) -> Iterator[tuple[InputFile, ...]]:
    """Hand over a database file, and the log with its latest changes where there is one; errors as in input_file()."""
    with file_errors(path.name):
        parts = [path, log] if _is_filled(log) else [path]
    with ExitStack() as stack:
        try:
            yield tuple(stack.enter_context(input_file(part, part.name)) for part in parts)
        finally:
            # What was written meanwhile into a log that was empty may have been read, and stands in no hash.
            if log not in parts and _is_filled(log):
                raise _changed(path.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_same(path: Path, before: os.stat_result, digest: str) -> bool:
    """Whether a file is still what it was; one put in its place with the same size and time is told by its content."""
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return False
    touched = (before.st_ino, before.st_ctime_ns) != (after.st_ino, after.st_ctime_ns)
    return not touched or _digest(path) == digest


def _is_filled(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 0


def _changed(name: str) -> SourceError:
    return SourceError(
        f"{name} changed while it was read.",
        "Wait until the program that writes it has finished, and run annexa again.",
    )
