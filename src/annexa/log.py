"""The log of a scheduled run: stages, counts and times, never a value from a record."""

import logging
from pathlib import Path

from annexa.errors import OutputError

_LOGGER = logging.getLogger("annexa")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False


def open_log(path: Path) -> None:
    """Append to a log file from now on.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"The log file {path.name} cannot be written: {error.strerror}.", "Name another file with --log-file."
        ) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    for old in list(_LOGGER.handlers):
        _LOGGER.removeHandler(old)
        old.close()
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)


def note(text: str) -> None:
    """Write one line to the log file, where there is one."""
    _LOGGER.info(text)
