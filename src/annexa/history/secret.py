"""The local secret with which the history keys what it keeps of rows; it lies beside the history and goes nowhere else.

Without it nobody can tell from a hash whose row it was, nor try out identifiers until one fits. A history whose secret
is lost cannot be read against new rows: a new series begins.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from annexa.errors import OutputError, SourceError
from annexa.history.rights import narrow

SECRET_NAME: Final = "history.secret"  # noqa: S105  (a file's name)
_BYTES: Final = 32


def read_secret(folder: Path) -> bytes | None:
    """Return the secret of a history; None where there is none.

    Raises:
        SourceError: the file cannot be read, or is no secret that annexa wrote.
    """
    path = folder / SECRET_NAME
    hint = "Put it back from a copy; or delete it, and the next dry run begins a new series."
    narrow(path)
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(f"{SECRET_NAME} in {folder} cannot be read: {error.strerror}.", hint) from None
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise SourceError(f"{SECRET_NAME} in {folder} is damaged.", hint)
    return secret


def make_secret(folder: Path) -> bytes:
    """Write a new secret, for its owner alone, and return it.

    Raises:
        OutputError: it cannot be written.
    """
    secret = secrets.token_bytes(_BYTES)
    staged = folder / f"{SECRET_NAME}.new"
    try:
        staged.unlink(missing_ok=True)
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secret.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        # Whole or not at all: half a secret would be a damaged one.
        staged.replace(folder / SECRET_NAME)
    except OSError as error:
        raise OutputError(
            f"{SECRET_NAME} in {folder} cannot be written: {error.strerror}.", "Check that you may write there."
        ) from None
    return secret
