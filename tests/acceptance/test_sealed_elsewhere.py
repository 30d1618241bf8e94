"""A workbook of 20 MB under a password, opened by other programs than annexa's own: LibreOffice, 7-Zip, olefile."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import olefile
import polars as pl
import pytest

from annexa.environment import Secret
from annexa.outputs.sealing import Sealed
from annexa.outputs.workbook import write_workbook
from tests.support.compound import Compound
from tests.support.libreoffice import REFUSED, SOFFICE, opened_with
from tests.support.sealed import PASSWORD, opened
from tests.support.workbooks import CODES, FRONT, STAMP, sheet

SEVEN_ZIP = shutil.which("7z") or shutil.which("7zz")
ROWS = 640


@pytest.fixture(scope="module")
def large(tmp_path_factory: Any) -> Path:
    """Texts that hardly compress, so that the workbook itself has 20 MB."""
    path = tmp_path_factory.mktemp("large") / "annex-a.xlsx"
    texts = [os.urandom(16_000).hex() for _ in range(2 * ROWS)]
    frame = pl.DataFrame({"Child Unique ID": [f"{at:07d}" for at in range(ROWS)], "A": texts[:ROWS], "B": texts[ROWS:]})
    sheets = [sheet("List_1", "List 1", **frame.to_dict())]
    write_workbook(Sealed(path, Secret(PASSWORD)), FRONT, sheets, CODES, STAMP)
    return path


def test_it_is_as_large_as_it_is_to_be_and_its_container_is_sound(large: Path) -> None:
    found = Compound(large.read_bytes())
    assert (len(found.streams["EncryptedPackage"]) > 20_000_000, found.difats > 1) == (True, True)
    assert opened(large).startswith(b"PK\x03\x04")
    with olefile.OleFileIO(large, raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert not ole.parsing_issues


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_with_its_password_and_with_no_other(large: Path, tmp_path: Path) -> None:
    told = opened_with(large, [PASSWORD, "another horse battery", ""], tmp_path)
    assert told == [f"3 List_1 {ROWS + 2} 0000000", REFUSED, REFUSED]


@pytest.mark.skipif(SEVEN_ZIP is None, reason="7-Zip is not installed")
def test_7_zip_finds_nothing_wrong_with_the_container(large: Path) -> None:
    assert SEVEN_ZIP is not None
    done = subprocess.run([SEVEN_ZIP, "t", "-tcompound", large], capture_output=True, text=True, check=False)
    assert (done.returncode, "Everything is Ok" in done.stdout, "Warning" in done.stdout) == (0, True, False)
