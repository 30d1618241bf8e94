"""One synthetic authority for all tests of this folder: small, with defects of every kind planted in it."""

from datetime import date

import pytest

from annexa.records import RECORDS
from annexa.sample import generate, plant_defects, write_sample
from tests.support.cli import annexa

DAY = date(2018, 6, 4)
CHECKED = {"annexa_workers", "annexa_exploitation", "ssd_address"}  # no list reads them, and checks do
OF_REPORTS = {record.meta.table for record in RECORDS.values() if record.meta.off_lists} - CHECKED


@pytest.fixture(scope="session")
def authority():
    """Its tables, by name."""
    tables, _ = plant_defects(generate(150, DAY, 2), 0.2, 2, DAY)
    return tables


def written(tables, folder):
    """Write tables as a folder of CSV files, with a file that is no table."""
    write_sample(tables, folder, "csv", DAY)
    (folder / "notes.txt").write_text("Ask about the postcodes.", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tables_of_lists(authority):
    """What lists and checks read of it: a build takes its time by the number of tables."""
    return {name: frame for name, frame in authority.items() if name not in OF_REPORTS}


@pytest.fixture(scope="session")
def extract(tables_of_lists, tmp_path_factory):
    """These as a folder of CSV files, with a file that is no table."""
    return written(tables_of_lists, tmp_path_factory.mktemp("authority") / "extract")


@pytest.fixture(scope="session")
def whole_extract(authority, tmp_path_factory):
    """All tables, for the reports."""
    return written(authority, tmp_path_factory.mktemp("authority") / "whole")


@pytest.fixture(scope="session")
def everything(whole_extract, tmp_path_factory):
    """The command that builds all that there is of it, but for --output; the authority's name is to be escaped."""
    config = tmp_path_factory.mktemp("config") / "annexa.toml"
    config.write_text("authority = '''<b>Ex & Shire</b>\"''''\n", encoding="utf-8")
    return (
        "build", "--inspection-date", DAY.isoformat(), "--extracts", whole_extract, "--config", config,
        "--reports", "all", "--format", "json", "--format", "csv", "--own-la", "Exshire",
    )  # fmt: skip


@pytest.fixture(scope="session")
def whole(everything, tmp_path_factory):
    """What that command writes: to be looked at, and copied where a test changes it."""
    out = tmp_path_factory.mktemp("whole") / "out"
    done = annexa(*everything, "--output", out)
    assert done.code == 0, done.err
    return out


# What Lists 1 and 8, report 3.08 and the audited cases start from; a build takes its time by the number of tables.
LITTLE = ("ssd_person", "ssd_contacts", "ssd_cla_episodes", "ssd_legal_status", "annexa_camhs", "annexa_audits")


@pytest.fixture(scope="session")
def little(authority, tmp_path_factory):
    """An extract of a few tables, for a build that is over soon."""
    folder = tmp_path_factory.mktemp("little") / "extract"
    write_sample({name: authority[name] for name in LITTLE}, folder, "csv", DAY)
    return folder


@pytest.fixture(scope="session")
def little_built(little, tmp_path_factory):
    """What a build of it writes, with one report: to be looked at, and copied where a test changes it."""
    out = tmp_path_factory.mktemp("little-built") / "out"
    options = ["--inspection-date", DAY.isoformat(), "--extracts", little, "--output", out, "--reports", "3.08"]
    done = annexa("build", *options)
    assert done.code == 0, done.err
    return out
