"""Workbooks under a password, opened and written again as their reader does."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from annexa.environment import Secret
from annexa.filled.open import unsealed
from annexa.outputs import agile
from annexa.outputs.sealing import seal

PASSWORD = "planted horse battery"
ENV = {"ANNEXA_PW": PASSWORD, "ANNEXA_OTHER": "another horse battery"}
OPTION = ("--password-env", "ANNEXA_PW")


@contextmanager
def quick() -> Iterator[None]:
    """Fewer rounds of hashing a password, which a file itself tells its readers; the real number costs time alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agile, "SPINS", 50)
        yield


def opened(path: Path) -> bytes:
    """The bytes of the workbook inside; it must be encrypted."""
    assert path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0", f"{path.name} is in plain"
    content = unsealed(path, Secret(PASSWORD))
    assert content is not None, f"{path.name} does not open"
    return content


def book(path: Path) -> Any:
    """The workbook inside, to look at."""
    return openpyxl.load_workbook(BytesIO(opened(path)))


def save(changed: Any, path: Path) -> None:
    """Put a workbook that was changed under its password again, as Excel does."""
    content = BytesIO()
    changed.save(content)
    seal(path, content.getvalue(), Secret(PASSWORD))
