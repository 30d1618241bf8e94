"""From an error to one message and an exit code: no traceback and no value from a record reaches the terminal."""

import functools
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer

from annexa.errors import AnnexaError

P = ParamSpec("P")
R = TypeVar("R")

BUG = 70
_PACKAGE = Path(__file__).parent.parent
INTERRUPTED = 130

stage: ContextVar[str] = ContextVar("stage", default="starting")
debug_file: ContextVar[Path | None] = ContextVar("debug_file", default=None)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command so that every failure ends in one message on stderr and its exit code."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **keywords: P.kwargs) -> R:
        with logged(), guard():
            return command(*args, **keywords)

    return wrapper


@contextmanager
def guard() -> Iterator[None]:
    """Turn an AnnexaError, Ctrl+C or a bug inside the block into a message and typer.Exit."""
    from annexa import console
    from annexa.log import note

    try:
        yield
    except AnnexaError as error:
        note(f"failed: {error.message}")
        console.error(error.message, error.hint)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        note("interrupted")
        console.error("Interrupted: no file is half-written.", "Run the command again when you are ready.")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, SystemExit):
        raise
    except BaseException as bug:  # Polars' panics are no Exception
        message = _place(bug)
        note(message)
        console.error(message, _details(bug))
        raise typer.Exit(BUG) from None


@contextmanager
def logged() -> Iterator[None]:
    """End the log, if the block opened one, with the exit code."""
    from annexa.log import end_log

    code = 0
    try:
        yield
    except typer.Exit as end:
        code = end.exit_code
        raise
    finally:
        end_log(code)


def _place(bug: BaseException) -> str:
    # The message and the source lines of a traceback may quote values, so only places in annexa are shown.
    frames = [f for f in traceback.extract_tb(bug.__traceback__) if Path(f.filename).is_relative_to(_PACKAGE)]
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    return f"An error in annexa: {type(bug).__name__} while {stage.get()}, at {place}."


def _details(bug: BaseException) -> str:
    """Write the details to the debug file, where one is named; return what to do next."""
    path = debug_file.get()
    if path is None:
        return "Run it again with --debug-file FILE, keep the file safe (it may quote values), and report the error."
    try:
        with open(path, "w", encoding="utf-8", opener=_owner_only) as file:
            file.write("".join(traceback.format_exception(bug)))
    except OSError as error:
        return f"The details could not be written to {path.name}: {error.strerror}."
    return f"The details are in {path.name}; they may quote values from records, so keep the file safe."


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
