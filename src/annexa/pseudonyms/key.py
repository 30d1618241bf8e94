"""The key of the pseudonyms: a small file of the user's own, kept apart from what it opens."""

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from annexa.errors import OutputError, UsageError

_HEAD: Final = "annexa-pseudonym-key-1 "
_BYTES: Final = 32
_LENGTH: Final = len(_HEAD) + 2 * _BYTES
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Key:
    """A key, which is on the disk only once a copy is made with it.

    Args:
        path: its file.
        value: 32 bytes, secret.
        made: whether it is a new one.
    """

    path: Path
    value: bytes = field(repr=False)
    made: bool

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Write a new key, and its folder, before the copy appears; where that fails neither is left behind.

        Raises:
            OutputError: it cannot be written, or another run has made one in the meantime.
        """
        with ExitStack() as undo:
            if self.made:
                if _folder_made(self.path):
                    undo.callback(_remove_folder, self.path.parent)
                _write(self.path, self.value)
                undo.callback(self.path.unlink, missing_ok=True)
            yield
            undo.pop_all()


def load_key(path: Path, output: Path, inputs: Sequence[Path]) -> Key:
    """Return the key in a file, or a new one for it where it is not there; nothing is written.

    Args:
        path: the file.
        output: the folder that the copy is written to.
        inputs: files and folders that are read.

    Raises:
        UsageError: the file would lie with the copy or beside what is read; it is no key; others may read it; there
            is neither a folder for it nor one to make that in.
    """
    _refuse_near(path, output, inputs)
    if os.path.lexists(path):
        return Key(path, _read(path), made=False)
    # One folder is made; where more are missing the path is more likely a slip.
    if not path.parent.parent.is_dir():
        raise UsageError(f"--key: there is no folder for {path.name}.", "Make a folder that only you may read.")
    return Key(path, secrets.token_bytes(_BYTES), made=True)


def _folder_made(path: Path) -> bool:
    """Make the folder of a file where it is missing, for its owner alone; return whether it was."""
    if path.parent.is_dir():
        return False
    try:
        path.parent.mkdir(mode=0o700)
    except OSError as error:
        raise _unwritten(path, error) from None
    return True


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):  # somebody has put something into it
        folder.rmdir()


def _write(path: Path, key: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(f"{_HEAD}{key.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # half a key would be taken for a file that is none
        path.unlink(missing_ok=True)
        raise _unwritten(path, error) from None


def _unwritten(path: Path, error: OSError) -> OutputError:
    return OutputError(f"--key: {path.name} could not be written: {error.strerror}.", "Name another place.")


def _read(path: Path) -> bytes:
    hint = "Name the file that annexa made, or one that is not there yet: it is made then."
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise UsageError(
                    "--key: others than its owner may use the file with the key.",
                    "Take their rights away, as with chmod 600, and use a new key if they may have seen it.",
                )
            # One byte more than a key has, so that a longer file is seen to be none.
            text = file.read(_LENGTH + 2).decode("ascii").strip()
        key = bytes.fromhex(text.removeprefix(_HEAD))
    except OSError as error:
        raise UsageError(f"--key: {path.name} cannot be read: {error.strerror}.", hint) from None
    except ValueError:
        raise UsageError(f"--key: {path.name} is no key of annexa's.", hint) from None
    if len(key) != _BYTES or not text.startswith(_HEAD):
        raise UsageError(f"--key: {path.name} is no key of annexa's.", hint)
    return key


def _refuse_near(path: Path, output: Path, inputs: Sequence[Path]) -> None:
    """The key must not be handed over with the copy, nor stand where the extract is handed over."""
    key = path.resolve()
    apart = "Keep the key in a folder of its own, which only those may read who may undo the copy."
    if key.is_relative_to(output.resolve()):
        raise UsageError("--key: the key would lie in the output folder, with the copy that it opens.", apart)
    for each in inputs:
        place = each.resolve()
        if key.is_relative_to(place) or key.parent == place.parent:
            raise UsageError("--key: the key would lie beside what it is to hide.", apart)
