"""The whole way a first user goes: a sample of 2,000 children with defects, built in each edition, opened elsewhere."""

import shutil
import subprocess

import openpyxl
import pytest

from annexa.editions import edition_names
from tests.support.cli import annexa

SOFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """One output folder for each edition."""
    folder = tmp_path_factory.mktemp("two-thousand")
    day = ("--inspection-date", "2018-06-04")
    ran = annexa(
        "sample", "--children", "2000", *day, "--seed", "1", "--defects", "0.02", "--output", folder / "extract"
    )
    assert ran.code == 0, ran.err
    made = {}
    for edition in edition_names():
        made[edition] = folder / edition
        arguments = ("--extracts", folder / "extract", "--edition", edition, "--own-la", "Exshire")
        ran = annexa("build", *day, *arguments, "--output", made[edition])
        assert ran.code == 0, ran.err
    return made


@pytest.fixture(scope="module")
def books(outputs, tmp_path_factory):
    """The workbooks: the largest as LibreOffice reads and writes it, where it is installed, the others as they are."""
    paths = {edition: folder / "annex-a.xlsx" for edition, folder in outputs.items()}
    if SOFFICE is not None:
        work = tmp_path_factory.mktemp("libreoffice")
        largest = max(paths, key=lambda edition: paths[edition].stat().st_size)
        shutil.copy(paths[largest], work / "largest.xlsx")
        command = [
            SOFFICE,
            f"-env:UserInstallation={(work / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
        ]
        subprocess.run(
            [*command, "--outdir", work / "out", work / "largest.xlsx"], check=True, capture_output=True, timeout=240
        )
        paths[largest] = work / "out" / "largest.xlsx"
    return {edition: openpyxl.load_workbook(path, read_only=True) for edition, path in paths.items()}


def rows_of(book, sheet: str) -> list[tuple]:
    return [row for row in book[sheet].iter_rows(values_only=True) if any(cell is not None for cell in row)]


@pytest.mark.parametrize("edition", edition_names())
def test_every_number_on_the_front_sheet_agrees_with_the_lists(books, edition):
    front = rows_of(books[edition], "Front_Sheet")
    heading = next(position for position, row in enumerate(front) if row[0] == "List" and "Rows" in row)
    columns = {name: position for position, name in enumerate(front[heading]) if name}
    lines = front[heading + 1 : heading + 12]
    assert [line[0] for line in lines] == list(range(1, 12))
    for line in lines:
        data = rows_of(books[edition], f"List_{line[0]}")[2:]
        assert line[columns["Rows"]] == len(data) > 0
        assert line[columns["Children"]] == len({row[0] for row in data})
        assert line[columns["State"]] == "built"


@pytest.mark.parametrize("edition", edition_names())
def test_what_the_build_wrote_is_what_it_says(outputs, edition):
    assert annexa("verify", outputs[edition]).code == 0
