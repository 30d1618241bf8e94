"""What the history keeps is its owner's alone, also where a copy that was put back has come with wider rights."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def narrow(path: Path) -> None:
    """Take from everybody but its owner what they may do with a file or a folder, where the system has such rights."""
    if os.name == "posix":
        with suppress(OSError):  # it is not there, or somebody else's
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & _OTHERS:
                path.chmod(mode & ~_OTHERS)
