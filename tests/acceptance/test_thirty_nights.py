"""Thirty nights of the sample authority, grown older by a day each, with three incidents: exactly these are flagged.

What a night costs is mostly the same for 150 children as for 1,500. So that thirty of them take seconds, the extract
has only the people and the tables that lists start from, of the checks those alone are on that reading makes, and the
two workbooks are not laid out.
"""

import re
import zlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from annexa import sample
from annexa.checks.catalogue import catalogue
from annexa.editions import load_edition
from annexa.history.database import FILE_NAME
from annexa.history.keys import Keys
from annexa.history.secret import read_secret
from annexa.history.store import open_history
from annexa.outputs import findings_files
from annexa.pipeline import building
from annexa.pipeline.nightly import NightReport, NightRequest, dry_run
from annexa.records import RECORDS
from annexa.sample.book import Book
from annexa.settings import Settings

FIRST = date(2025, 6, 2)
NIGHTS = 30
CHILDREN = 200
EMPTY, RECODED, HALF = 7, 15, 23  # nights, counted from 0
EDITION = "ilacs-2022"
STARTS = {"persons", *(name for spec in load_edition(EDITION).lists.values() for name in spec.records)}
OFF = {check: {"enabled": False} for check in catalogue() if not check.startswith(("AA-R", "AA-H"))}
TABLES = {RECORDS[name].meta.table for name in STARTS}


@cache
def authority() -> Book:
    return sample.story(CHILDREN, FIRST, 1)


def extract_of(night: int, folder: Path) -> Path:
    """Write what the authority's system holds on a night, or what an incident made of it."""
    tables = sample.extract_of(authority(), FIRST + timedelta(days=night), TABLES)
    # So few children have days on which nothing happens; the extract of a real authority is never yesterday's.
    tables["ssd_person"] = tables["ssd_person"].with_columns(extracted=pl.lit(night))
    if night == EMPTY:
        tables["ssd_contacts"] = tables["ssd_contacts"].clear()
    elif night == RECODED:
        tables["ssd_person"] = tables["ssd_person"].with_columns(
            pl.format("sex-{}", "pers_gender").alias("pers_gender")
        )
    elif night == HALF:
        tables = {name: table.head(table.height // 2) for name, table in tables.items()}
    extract = folder / f"extract-{night}"
    sample.write_sample(tables, extract, "parquet", FIRST)
    return extract


def run(night: int, folder: Path) -> NightReport:
    day = FIRST + timedelta(days=night)
    request = building.Request(
        inspection_date=day,
        extracts=extract_of(night, folder),
        output=folder / "out",
        settings=Settings(edition=EDITION, checks=OFF, extract_date=day),
        created=datetime(2025, 6, 2, 1, tzinfo=UTC) + timedelta(days=night),
        command="dry-run",
    )
    return dry_run(NightRequest(request, folder / "history", day, own_output=False))


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """What is told of each night: the check -> its findings; the last good run; how much the file has grown."""
    folder = tmp_path_factory.mktemp("nights")
    told, grown, size = [], [], 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_workbook", lambda place, *_: Path(place).touch())
        patch.setattr(findings_files, "_write_xlsx", lambda place, *_, **__: Path(place).touch())
        for night in range(NIGHTS):
            report = run(night, folder)
            wrong = dict(report.wrong.group_by("check").len().iter_rows())
            told.append((report.run.verdict, report.earlier.number if report.earlier else None, wrong))
            now = (folder / "history" / FILE_NAME).stat().st_size
            grown.append(now - size)
            size = now
    return folder, told, grown


def test_exactly_the_three_incidents_are_flagged(nights):
    _, told, _ = nights
    assert [night for night, (verdict, _, _) in enumerate(told) if verdict != "good"] == [EMPTY, RECODED, HALF]
    assert {night: set(wrong) for night, (_, _, wrong) in enumerate(told) if wrong} == {
        EMPTY: {"AA-H01", "AA-H05"},
        RECODED: {"AA-H03", "AA-H06", "AA-H09"},
        HALF: {"AA-H02", "AA-H05"},
    }


def test_each_night_is_compared_with_the_last_good_one(nights):
    _, told, _ = nights
    wanted = [None, *range(1, NIGHTS)]
    for night in (EMPTY, RECODED, HALF):
        wanted[night + 1] = night
    assert [earlier for _, earlier, _ in told] == wanted


def test_every_night_can_be_read_and_the_history_stays_small(nights):
    folder, _, grown = nights
    with open_history(folder / "history") as history:
        runs = history.runs()
        heights = [history.rows(run).height for run in runs]
    assert heights == [sum(entry.rows for entry in run.manifest.lists) for run in runs]
    # Most of a night is its manifest, of some 4 kB; SQLite grows by pages of as much.
    quiet = [size for night, size in enumerate(grown) if night and not {night, night - 1} & {EMPTY, RECODED, HALF}]
    assert max(quiet) <= 20 * 1024
    assert sum(quiet) / len(quiet) <= 12 * 1024


def test_nothing_of_a_child_is_in_the_history(nights):
    folder, _, _ = nights
    with open_history(folder / "history") as history:
        manifests = [zlib.decompress(held) for (held,) in history._db.execute("SELECT manifest FROM run")]
    assert len([held for held in manifests if EDITION.encode() in held]) == NIGHTS
    # A hash may have the digits of an identifier by chance.
    told = re.sub(rb'"[0-9a-f]{64}"', b"", b"".join(manifests))
    content = (folder / "history" / FILE_NAME).read_bytes()
    people = sample.extract_of(authority(), FIRST, TABLES)["ssd_person"]
    children = people["pers_person_id"].to_list()
    keys = Keys(read_secret(folder / "history"))
    assert any(keys.child(child) in content for child in children)
    assert not [child for child in children if child.encode() in content + told]
