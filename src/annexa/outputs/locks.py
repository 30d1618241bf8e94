"""One run a folder: a lock of the operating system on a file, which falls with its process."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def lock_file(handle: int) -> None:
        """Lock an open file, or raise OSError at once where another process has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock_file(handle: int) -> None:
        """Lock an open file, or raise OSError at once where another process has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(path: Path) -> int | None:
    """Make the file where it does not exist and lock it; None where another process has it.

    Raises:
        OSError: it cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock_file(handle)
        # A run that ended between the two calls has removed the file, and a lock on it would keep nobody out.
        mine = os.fstat(handle).st_nlink > 0
    except (BlockingIOError, PermissionError):
        mine = False
    except BaseException:
        os.close(handle)
        raise
    if not mine:
        os.close(handle)
        return None
    return handle


def let_go(path: Path, handle: int) -> None:
    """Remove the file and release its lock."""
    # Removed before it is released, so that nobody can have it by then. Windows removes no open file: there it is
    # released first, and if the next run has opened it meanwhile, it stays for that run to remove.
    try:
        path.unlink()
    except OSError:
        os.close(handle)
        with suppress(OSError):
            path.unlink()
    else:
        os.close(handle)
