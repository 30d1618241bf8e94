"""annexa pseudonymise: nothing of a person comes through, everybody has one pseudonym, and the copy builds."""

import json
import re
import sqlite3
import stat
import zipfile
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

DATE = DAY.isoformat()
EDITION = ("--edition", "ilacs-2022", "--inspection-date", DATE)
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
    """A folder with an extract that is full of names, a place for keys, and a table that nobody knows."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "keys").mkdir()
    (folder / "data" / "extract").mkdir(parents=True)
    for name, frame in generate(40, DAY, 5).items():
        if name in LEFT:
            continue
        planted(name, frame).write_csv(folder / "data" / "extract" / f"{name}.csv")
    (folder / "data" / "extract" / "diary.csv").write_text(f"entry\n{PLANT}\n")
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
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (place / "copy").rglob("*") if each.is_file()}
    assert modes == {0o600}
    secret = key.read_text().split()[1]
    told = copied.out + copied.err + (place / "copy" / "manifest.json").read_text()
    assert secret not in told
    assert "The key was made." in copied.out
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
    key, _ = load_key(place / "keys" / "first", place / "none", [])
    everybody = set(read(extract, "ssd_person.csv")["pers_person_id"])
    pseudonyms = {Pseudonyms(key).of(person) for person in everybody}
    met = 0
    for (table, column), kind in KINDS.items():
        if kind is Kind.PERSON and (extract / f"{table}.csv").exists():
            before = set(read(extract, f"{table}.csv")[column].drop_nulls())
            after = set(read(place / "copy" / "extract", f"{table}.csv")[column].drop_nulls())
            assert after == {Pseudonyms(key).of(each) for each in before}, table
            met += len(after & pseudonyms)
    assert met > len(everybody)
    assert copy(place, place / "again", "--extracts", extract).code == 0
    assert contents(place / "again" / "extract") == contents(place / "copy" / "extract")
    assert copy(place, place / "other", "--extracts", extract, key="second").code == 0
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
    counts = {name: {number: len(each) for number, each in found.items()} for name, found in lists.items()}
    assert counts["built-copy"] == counts["source"]
    assert sum(counts["source"].values()) > 30
    assert verify(place / "built-copy") == []


def test_a_submission_has_the_pseudonyms_of_its_extract(place, lists):
    """The copy of the workbook that was built, and the workbook that was built of the copy, name the same children."""
    ran = copy(place, place / "workbook", place / "source" / "annex-a.xlsx", *EDITION)
    assert ran.code == 0, ran.err
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
    ran = copy(place, tmp_path / "out", path, "--json", *EDITION)
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
    (told,) = json.loads(ran.out)["manifest"]["copied"]
    assert told["cells_left_out"] == {"Gender": 1, "Number of Placements in the Last 12 months": 1}


def test_a_submission_under_a_password(place, tmp_path):
    (tmp_path / "in").mkdir()
    path = book(tmp_path / "in" / "filled.xlsx", {"List 1": listed(1, {"Child Unique ID": f"{PLANT} 7"})})
    env = {"OUR_PASSWORD": "correct horse battery"}
    key, out = place / "keys" / "first", tmp_path / "out"
    words = ("--key", key, "--output", out, "--password-env", "OUR_PASSWORD")
    ran = annexa("pseudonymise", path, *words, *EDITION, env=env)
    assert ran.code == 0, ran.err
    assert unsealed(out / "annex-a.xlsx", Secret(env["OUR_PASSWORD"])) is not None
    refused = annexa("pseudonymise", "--extracts", place / "data" / "extract", *words, env=env)
    assert refused.code == 2
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
    both = copy(place, tmp_path / "out", extract / "ssd_person.csv", "--extracts", extract)
    assert (both.code, "Both workbooks and an extract" in both.err) == (2, True)


def test_another_output_is_left_alone(place, lists):
    ran = copy(place, place / "source", "--extracts", place / "data" / "extract")
    assert ran.code != 0
    assert "annexa build" in ran.err
    assert verify(place / "source") == []
