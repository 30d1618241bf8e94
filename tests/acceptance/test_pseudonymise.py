"""annexa pseudonymise: nothing of a person comes through, everybody has one pseudonym, and the copy builds."""

import json
import re
import sqlite3
import stat
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa.environment import Secret
from annexa.extract.read import read_extract
from annexa.filled.open import unsealed
from annexa.outputs.manifest import read_manifest, verify
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.key import load_key
from annexa.records import RECORDS, Kind
from annexa.sample import generate
from annexa.sources import load_source
from tests.acceptance.conftest import DAY, OF_REPORTS
from tests.support.cli import annexa, contents
from tests.support.filled import book, listed
from tests.support.pseudonyms import told
from tests.support.sealed import quick

DATE = DAY.isoformat()
EDITION = ("--edition", "ilacs-2022", "--inspection-date", DATE)
PEOPLE = "ssd_person.csv"
MADE = "Warning: The key was made"
PLANT = "jane-plant"  # has a hyphen, which no pseudonym has
POSTCODE = "EX4 3QZ"
# Tables cost time one by one: of those that only reports read, some with names and free text are enough.
LEFT = OF_REPORTS - {"annexa_private_fostering", "annexa_education_status", "annexa_audits", "ssd_pre_proceedings"}
KINDS = {
    (record.meta.table, column): field.kind
    for record in RECORDS.values()
    for field in record.fields().values()
    for column in field.columns
}


def planted(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Identifiers and names that tell who they are, full postcodes, and in the last row a name in every other cell."""
    last = pl.int_range(pl.len()) == pl.len() - 1
    named = {
        column: pl.lit(f"{PLANT} ") + pl.col(column) if _names(table, column) else pl.col(column)
        for column in frame.columns
    }
    spoiled = [
        (named[c] if _names(table, c) else pl.when(last).then(pl.lit(f"{PLANT} {c}")).otherwise(c)).alias(c)
        for c in frame.columns
    ]
    places = [c for c in frame.columns if KINDS.get((table, c)) is Kind.POSTCODE]
    text = pl.lit(f"{PLANT} wrote this")
    return frame.with_columns(spoiled).with_columns(
        *(pl.when(last).then(c).otherwise(pl.lit(POSTCODE)).alias(c) for c in places),
        text.alias("a column of ours"),
    )


def _names(table: str, column: str) -> bool:
    kind = KINDS.get((table, column))
    return kind in (Kind.PERSON, Kind.IDENTIFIER) or (kind in (None, Kind.TEXT) and "role" not in column)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with an extract that is full of names, and a table that nobody knows."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "data" / "extract").mkdir(parents=True)
    for name, frame in generate(40, DAY, 5).items():
        if name in LEFT:
            continue
        planted(name, frame).write_csv(folder / "data" / "extract" / f"{name}.csv")
    (folder / "data" / "extract" / "diary.csv").write_text(f"entry\n{PLANT}\n")
    (folder / "people").mkdir()  # for what one table shows
    (folder / "people" / PEOPLE).write_bytes((folder / "data" / "extract" / PEOPLE).read_bytes())
    return folder


def copy(place: Path, output: Path, *more: str | Path, key: str = "first"):
    return annexa("pseudonymise", *more, "--key", place / "keys" / key, "--output", output)


@pytest.fixture(scope="module")
def copied(place):
    """The copy of the extract."""
    ran = copy(place, place / "copy", "--extracts", place / "data" / "extract")
    assert ran.code == 0, ran.err
    return ran


def read(place: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(place / name, infer_schema=False)


def test_nothing_that_names_a_person_is_in_a_copy(place, copied):
    files = contents(place / "copy")
    assert len(files) > 35
    before = b"".join(contents(place / "data").values())
    for name in (PLANT, POSTCODE, "wrote this"):
        assert name.encode() in before
        found = re.compile(re.escape(name).replace(r"\ ", r"\s*").encode(), re.IGNORECASE)
        assert [file for file, text in files.items() if found.search(text)] == []
        assert not found.search((copied.out + copied.err).encode())
    assert "diary.csv" not in {Path(name).name for name in files}
    assert "1 tables or files" in copied.out


def test_key_and_copy_are_for_their_owner_alone(place, copied):
    key = place / "keys" / "first"
    assert (stat.S_IMODE(key.stat().st_mode), stat.S_IMODE(key.parent.stat().st_mode)) == (0o600, 0o700)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (place / "copy").rglob("*") if each.is_file()}
    assert modes == {0o600}
    secret = key.read_text().split()[1]
    told = copied.out + copied.err + (place / "copy" / "manifest.json").read_text()
    assert secret not in told
    assert MADE in copied.err
    assert verify(place / "copy") == []


def test_the_manifest_counts_what_was_left_out(place, copied):
    manifest = read_manifest(place / "copy")
    tables = {each.table: each for each in manifest.copied}
    person = tables["ssd_person"]
    source = read(place / "data" / "extract", "ssd_person.csv")
    assert (person.rows, person.columns + person.columns_left_out) == (source.height, source.width)
    assert person.cells_left_out["pers_gender"] == person.cells_left_out["pers_dob"] == 1
    assert manifest.command == "pseudonymise"
    assert manifest.unknown_inputs == ("diary.csv",)


def test_a_child_is_the_same_throughout(place, copied):
    """In every table; in a second run, byte for byte; and another with another key."""
    extract = place / "data" / "extract"
    named = Pseudonyms(load_key(place / "keys" / "first", place / "none", []).value)
    everybody = set(read(extract, "ssd_person.csv")["pers_person_id"])
    pseudonyms = {named.of(person) for person in everybody}
    met = 0
    for (table, column), kind in KINDS.items():
        if kind is Kind.PERSON and (extract / f"{table}.csv").exists():
            before = set(read(extract, f"{table}.csv")[column].drop_nulls())
            after = set(read(place / "copy" / "extract", f"{table}.csv")[column].drop_nulls())
            assert after == {named.of(each) for each in before}, table
            met += len(after & pseudonyms)
    assert met > len(everybody)
    again = copy(place, place / "again", "--extracts", extract)
    assert (again.code, MADE in again.err) == (0, False)
    assert contents(place / "again" / "extract") == contents(place / "copy" / "extract")
    # A slip in the name of the key gives a new one: that is told even where errors alone are.
    slipped = copy(place, place / "other", "--extracts", place / "people", "--quiet", key="second")
    assert (slipped.code, slipped.out, slipped.err.startswith(MADE)) == (0, "", True)
    other = set(read(place / "other" / "extract", "ssd_person.csv")["pers_person_id"])
    assert len(other) == len(everybody)
    assert other & pseudonyms == set()


@pytest.fixture(scope="module")
def lists(place, copied):
    """The lists of builds of the source and of its copy, by folder: number -> rows as a workbook has them."""
    made = {}
    for name, extract in (("source", place / "data" / "extract"), ("built-copy", place / "copy" / "extract")):
        ran = annexa("build", "--extracts", extract, "--output", place / name, "--quiet", *EDITION)
        assert ran.code == 0, ran.err
        made[name] = rows(place / name / "annex-a.xlsx")
    return made


def rows(path: Path) -> dict[int, list[dict[str, object]]]:
    workbook = openpyxl.load_workbook(path)
    found = {}
    for number in range(1, 12):
        headings, *below = workbook[f"List_{number}"].iter_rows(min_row=2, values_only=True)
        found[number] = [dict(zip(headings, row, strict=True)) for row in below]
    return found


def test_the_copy_builds(place, lists):
    """The same rows, by the pseudonyms of who they are about, and the same cells but for what the page says differs."""
    differ, _ = told()
    named = Pseudonyms(load_key(place / "keys" / "first", place / "none", []).value)
    for number, source in lists["source"].items():
        copies = lists["built-copy"][number]
        ours = Counter((named.of(str(next(iter(row.values())))), *_same(row, differ)) for row in source)
        assert ours == Counter((next(iter(row.values())), *_same(row, differ)) for row in copies), number
    assert sum(map(len, lists["source"].values())) > 30
    assert verify(place / "built-copy") == []


def _same(row: dict[str, object], differ: set[str]) -> list[object]:
    return [cell for heading, cell in row.items() if heading.strip() not in differ]


def test_a_submission_has_the_pseudonyms_of_its_extract(place, lists):
    """The copy of the workbook that was built, and the workbook that was built of the copy, name the same children."""
    ran = copy(place, place / "workbook", place / "source" / "annex-a.xlsx", "--inspection-date", DATE)
    assert ran.code == 0, ran.err
    assert "read in edition ilacs-2022, which the front sheet names" in ran.err
    shared = rows(place / "workbook" / "annex-a.xlsx")
    for number, built in lists["built-copy"].items():
        first = next(iter(built[0])) if built else ""
        for heading in {first, "Allocated Worker", "Allocated Team", "Family identifier", "URN of Placement"}:
            ours = {(row.get(first), row.get(heading)) for row in shared[number]}
            assert ours == {(row.get(first), row.get(heading)) for row in built}, (number, heading)
    with zipfile.ZipFile(place / "workbook" / "annex-a.xlsx") as package:
        text = b"".join(package.read(part) for part in package.namelist())
    assert PLANT.encode() not in text.lower()
    assert not re.search(rb"EX4\s*3Q", text)
    assert read_manifest(place / "workbook").copied[0].table == "List_1"


def test_a_submission_of_another_hand(place, tmp_path):
    """Unknown columns and codes, notes in cells, and a sheet of their own go; what is known stays."""
    row = {
        "Child Unique ID": f"{PLANT} 7", "Date of Birth": "31/12/2014", "Gender": PLANT, "Placement postcode": POSTCODE,
        "Date Started to be Looked After": "01/02/2018", "LA of Placement": f"{PLANT}shire", "Placement Type": "U1",
        "Number of Placements in the Last 12 months": f"2, {PLANT}", "Notes": PLANT,
    }  # fmt: skip
    sheets = {"List 8": listed(8, row, edition="ilacs-2022", extra=["Notes"]), "Team notes": [[PLANT], ["Hello"]]}
    (tmp_path / "in").mkdir()
    path = book(tmp_path / "in" / "filled.xlsx", sheets)
    ran = copy(place, tmp_path / "out", path, "--json", *EDITION, key="by-hand")
    assert ran.code == 0, ran.err
    (shared,) = rows(tmp_path / "out" / "annex-a.xlsx")[8]
    assert str(shared["Date of Birth"])[:10] == "2014-12-01"
    assert str(shared["Date Started to be Looked After"])[:10] == "2018-02-01"
    assert shared["Placement postcode"] == "EX4 3"
    assert (shared["Gender"], shared["Number of Placements in the Last 12 months"]) == (None, None)
    assert shared["LA of Placement"].startswith("P")
    assert shared["Placement Type"].lower().startswith("a) u1")
    with zipfile.ZipFile(tmp_path / "out" / "annex-a.xlsx") as package:
        text = b"".join(package.read(part) for part in package.namelist())
    assert PLANT.encode() not in text.lower() + (ran.out + ran.err).encode()
    assert json.loads(ran.out)["key_made"] is True
    (told,) = json.loads(ran.out)["manifest"]["copied"]
    assert told["cells_left_out"] == {"Gender": 1, "Number of Placements in the Last 12 months": 1}


def test_a_submission_under_a_password(place, tmp_path):
    (tmp_path / "in").mkdir()
    path = book(tmp_path / "in" / "filled.xlsx", {"List 1": listed(1, {"Child Unique ID": f"{PLANT} 7"})})
    env = {"OUR_PASSWORD": "correct horse battery"}
    key, out = place / "keys" / "first", tmp_path / "out"
    words = ("--key", key, "--output", out, "--password-env", "OUR_PASSWORD")
    with quick():
        ran = annexa("pseudonymise", path, *words, *EDITION, env=env)
    assert ran.code == 0, ran.err
    assert unsealed(out / "annex-a.xlsx", Secret(env["OUR_PASSWORD"])) is not None
    new = place / "keys" / "never"
    refused = annexa("pseudonymise", "--extracts", place / "data" / "extract", *words, "--key", new, env=env)
    assert (refused.code, new.exists()) == (2, False)
    assert "is for workbooks" in refused.err


def test_a_database_and_a_profile_with_a_select(place, tmp_path):
    """The copy of an SQLite database is files too; a profile beside it names tables in the place of SELECTs."""
    (tmp_path / "in").mkdir()
    with closing(sqlite3.connect(tmp_path / "in" / "x.db")) as connection:
        connection.execute("CREATE TABLE people (id, born, sex, called)")
        connection.execute(f"INSERT INTO people VALUES ('{PLANT}', '2015-05-05', 'F', '{PLANT}')")
        connection.execute("CREATE TABLE secrets (text)")
        connection.commit()
    profile = tmp_path / "ours.toml"
    profile.write_text(
        'title = "Ours"\n[tables.persons]\nselect = "SELECT id, born, sex, called FROM people"\n'
        'columns = { person_id = "id", birth_date = "born", gender = "sex" }\n'
    )
    words = ("--extracts", tmp_path / "in" / "x.db", "--source", profile)
    assert copy(place, tmp_path / "out", *words).code == 0
    (table,) = (tmp_path / "out" / "extract").iterdir()
    assert table.read_text().splitlines()[1].split(",")[1:] == ["2015-05-01", "F"]
    beside = profile.with_name("source.toml")
    beside.write_bytes((tmp_path / "out" / "source.toml").read_bytes())
    source = load_source(str(beside))
    raw = read_extract(tmp_path / "out" / "extract", source.wanted(), queries=source.queries())
    assert raw.tables[source.tables["persons"].table].frame.height == 1


def test_it_refuses_what_would_give_the_key_away(place, tmp_path):
    extract = place / "data" / "extract"
    for key in (tmp_path / "out" / "key", extract / "key", place / "data" / "key"):
        ran = annexa("pseudonymise", "--extracts", extract, "--key", key, "--output", tmp_path / "out")
        assert (ran.code, key.exists()) == (2, False)
        assert "--key: the key would lie" in ran.err
    assert not (tmp_path / "out").exists()
    (tmp_path / "empty").mkdir()
    nothing = copy(place, tmp_path / "out", "--extracts", tmp_path / "empty", key="never")
    assert (nothing.code, (place / "keys" / "never").exists()) == (3, False)
    both = copy(place, tmp_path / "out", extract / "ssd_person.csv", "--extracts", extract)
    assert (both.code, "Both workbooks and an extract" in both.err) == (2, True)


def test_the_copy_does_not_lie_with_its_source(place, lists):
    extract, workbook = place / "data" / "extract", place / "source" / "annex-a.xlsx"
    before = contents(place / "data")
    for source, output in (
        (("--extracts", extract), extract), (("--extracts", extract), extract / "shared"),
        (("--extracts", extract), place / "data"), ((workbook,), workbook.parent),
    ):  # fmt: skip
        ran = copy(place, output, *source)
        assert (ran.code, "--output: the copy and what it is made from would lie in one folder." in ran.err) == (
            2,
            True,
        )
    assert contents(place / "data") == before


def test_another_output_is_left_alone(place, lists):
    ran = copy(place, place / "source", "--extracts", place / "people")
    assert ran.code != 0
    assert "annexa build" in ran.err
    assert verify(place / "source") == []
