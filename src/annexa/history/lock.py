"""One dry run a history at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from annexa.errors import BusyError, OutputError
from annexa.outputs.locks import hold, let_go

LOCK_NAME: Final = ".annexa-history-lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the history of a folder, which is made where it does not exist, inside the block.

    Raises:
        BusyError: another dry run is at work, or a child is being forgotten.
        OutputError: the folder cannot be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = hold(folder / LOCK_NAME)
    except OSError as error:
        raise OutputError(
            f"The folder of the history, {folder}, cannot be written to: {error.strerror}.",
            "Name another one in annexa.toml: folder, under [history].",
        ) from None
    if handle is None:
        raise BusyError(
            f"Another run of annexa is at work with the history in {folder}.",
            "Wait until it is done; nothing was read or written.",
        )
    try:
        yield
    finally:
        let_go(folder / LOCK_NAME, handle)
