"""One synthetic authority for all tests of this folder: small, with defects of every kind planted in it."""

from datetime import date

import pytest

from annexa.sample import generate, plant_defects, write_sample

DAY = date(2018, 6, 4)


@pytest.fixture(scope="session")
def authority():
    """Its tables, by name."""
    tables, _ = plant_defects(generate(150, DAY, 2), 0.2, 2, DAY)
    return tables


@pytest.fixture(scope="session")
def extract(authority, tmp_path_factory):
    """The same as a folder of CSV files, with a file that is no table."""
    folder = tmp_path_factory.mktemp("authority") / "extract"
    write_sample(authority, folder, "csv", DAY)
    (folder / "notes.txt").write_text("Ask about the postcodes.", encoding="utf-8")
    return folder
