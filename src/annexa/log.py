"""The log of a scheduled run: stages, counts and times, never a value from a record."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from annexa.errors import OutputError

_LOGGER = logging.getLogger("annexa")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False


class _LogFile(logging.FileHandler):
    """A log file that never stops a run, and never prints, once it is open: the disk may fill up."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace")
        with suppress(OSError):  # a disk without permissions, or a file of somebody else's
            path.chmod(0o600)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
        self.begun = time.perf_counter()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name that logging calls)
        del record


def open_log(path: Path) -> None:
    """Append to a log file from now on, until end_log().

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        handler = _LogFile(path)
    except OSError as error:
        raise OutputError(
            f"The log file {path.name} cannot be written: {error.strerror}.", "Name another file with --log-file."
        ) from None
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)


def end_log(exit_code: int) -> None:
    """Write how the command ended and how long it took, and close the log file, where there is one."""
    for handler in [each for each in _LOGGER.handlers if isinstance(each, _LogFile)]:
        note(f"ended with exit code {exit_code} after {time.perf_counter() - handler.begun:.2f} s")
        _LOGGER.removeHandler(handler)
        with suppress(OSError):
            handler.close()


class Stopwatch:
    """How long each stage of a run takes.

    Args:
        progress: is told the name of each stage as well.
    """

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._begun = time.perf_counter()
        self._current = ""
        self._seconds: dict[str, float] = {}

    def tell(self, stage: str) -> None:
        """Begin a stage."""
        self._end()
        self._current = stage
        self._progress(stage)

    def seconds(self) -> dict[str, float]:
        """Return the stages so far, in their order, with the time that each took."""
        self._end()
        return dict(self._seconds)

    def _end(self) -> None:
        now = time.perf_counter()
        if self._current:
            self._seconds[self._current] = self._seconds.get(self._current, 0.0) + now - self._begun
        self._begun = now


def note(text: str) -> None:
    """Write one line to the log file, where there is one."""
    _LOGGER.info(" ".join(text.split()))
