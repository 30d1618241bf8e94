"""Bad input, as a user meets it: one clear message, its exit code, and an earlier output that survives."""

import csv
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from annexa.outputs import stage
from annexa.outputs.manifest import verify
from tests.support.cli import annexa, contents

PERSON = "pers_person_id,pers_gender,pers_dob\n0001,F,2010-05-05\n"
CONTACTS = "cont_contact_id,cont_person_id,cont_contact_date\nK1,0001,2018-05-05\n"


@pytest.fixture
def extract(tmp_path):
    return _extract(tmp_path)


def _extract(parent: Path) -> Path:
    folder = parent / "extract"
    folder.mkdir()
    (folder / "ssd_person.csv").write_text(PERSON, encoding="utf-8")
    (folder / "ssd_contacts.csv").write_text(CONTACTS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A good output of an extract like that."""
    folder = tmp_path_factory.mktemp("earlier")
    assert build(_extract(folder), folder / "out").code == 0
    return folder / "out"


@pytest.fixture
def out(earlier, tmp_path):
    """An output folder that already holds a good earlier output."""
    return shutil.copytree(earlier, tmp_path / "out")


def build(extract: Path, out: Path, *more: str):
    return annexa("build", "--inspection-date", "2018-06-04", "--extracts", extract, "--output", out, *more)


def refused(extract: Path, out: Path, code: int, *words: str, more: tuple[str, ...] = ()) -> None:
    """Build must end with `code`, say all `words` on stderr, print no child's value, and leave the output as it was."""
    before = contents(out)
    ran = build(extract, out, *more)
    assert ran.code == code, ran.err
    message = " ".join(ran.err.split())
    for word in words:
        assert word in message
    assert ran.out == ""
    assert "0001" not in message
    assert "Traceback" not in message
    assert contents(out) == before
    assert verify(out) == []


def test_a_missing_folder(tmp_path, out):
    refused(tmp_path / "nowhere", out, 3, "There is no file or folder nowhere", "Check the path")


def test_an_empty_folder(tmp_path, out):
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", out, 3, "The folder empty is empty", "An extract is a folder")


def test_no_extract_named(out, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = annexa("build", "--inspection-date", "2018-06-04", "--output", out)
    assert ran.code == 2
    assert "--extracts" in ran.err
    assert "annexa.toml" in ran.err


def test_no_person_table(extract, out):
    (extract / "ssd_person.csv").unlink()
    refused(extract, out, 3, "no table ssd_person", "source profile ssd")


def test_each_missing_table_is_a_finding(extract, out):
    assert build(extract, out, "--lists", "1").code == 0
    with (out / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        said = {row["table"]: row["list"] for row in csv.DictReader(file) if row["check"] == "AA-R10"}
    assert said["ssd_cp_plans"] == "7"
    assert said["ssd_involvements"] == ""
    assert said["ssd_early_help_episodes, annexa_early_help_assessments"] == "2"
    assert not said.keys() & {"ssd_person", "ssd_contacts"}


def test_a_list_that_starts_from_two_tables_does_without_one(extract, out):
    (extract / "annexa_early_help_assessments.csv").write_text(
        "assessment_id,person_id,family_id,start_date,completed_date\n", encoding="utf-8"
    )
    assert build(extract, out).code == 0
    text = (out / "findings.csv").read_text("utf-8-sig")
    assert "ssd_early_help_episodes was not supplied: List 2 does without it." in text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no text")
def test_a_file_name_that_is_no_text(extract, out):
    (extract / os.fsdecode(b"caf\xe9 notes.txt")).write_text("x", encoding="utf-8")
    ran = build(extract, out)
    assert ran.code == 0
    assert "caf? notes.txt" in ran.out
    odd = extract.parent / os.fsdecode(b"d\xe9")
    extract.rename(odd)
    refused(odd, out, 3, "a character that cannot be read", "Rename")


@pytest.mark.parametrize(
    ("column", "table"),
    [
        ("pers_person_id", "ssd_person"),
        ("cont_contact_id", "ssd_contacts"),
        ("cont_person_id", "ssd_contacts"),
        ("cont_contact_date", "ssd_contacts"),
    ],
)
def test_a_table_without_a_column_on_which_everything_hangs(extract, out, column, table):
    path = extract / f"{table}.csv"
    path.write_text(path.read_text("utf-8").replace(column, "other"), encoding="utf-8")
    refused(extract, out, 3, f"{table}.csv", f"{table} has no column {column}", "source profile ssd")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["ssd_contacts.csv"]),
        (b"\r\n\r\n", ["ssd_contacts.csv"]),
        (b"K1,0001,2018-05-05\nK2,0001,2018-05-06\n", ["ssd_contacts.csv"]),
        (CONTACTS.encode() + b"K2,0001,2018-05-06,more\n", ["ssd_contacts.csv", "3"]),
        (CONTACTS.encode() + b"K2,0001\n", ["ssd_contacts.csv", "3"]),
        (CONTACTS.encode() + b'K2,"0001,2018-05-06\n', ["ssd_contacts.csv", "quot"]),
        (CONTACTS.encode() + b"K2,00\x0001,2018-05-06\n", ["ssd_contacts.csv"]),
    ],
    ids=["empty file", "blank lines alone", "no headings", "too many fields", "too few fields", "open quote", "NUL"],
)
def test_a_broken_csv(extract, out, content, words):
    (extract / "ssd_contacts.csv").write_bytes(content)
    refused(extract, out, 3, *words)


def workbook(path: Path, rows: int = 3) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "ssd_person"
    sheet.append(["pers_person_id", "pers_dob"])
    for number in range(rows):
        sheet.append([str(number), "2010-01-01"])
    book.save(path)


def test_an_xlsx_that_is_not_one(tmp_path, out):
    (tmp_path / "extract.xlsx").write_text("not a workbook", encoding="utf-8")
    refused(tmp_path / "extract.xlsx", out, 3, "extract.xlsx")


def test_a_password_protected_workbook(tmp_path, out):
    # The head of an OLE container with the stream that holds an encrypted workbook.
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    name = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 34) + b"\x02" + bytes(61)
    (tmp_path / "extract.xlsx").write_bytes(head + name * 8)
    refused(tmp_path / "extract.xlsx", out, 3, "extract.xlsx", "password")


def test_a_zip_bomb_and_its_limits(tmp_path, out):
    path = tmp_path / "extract.xlsx"
    workbook(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/filler.bin", bytes(60_000_000))
    refused(path, out, 3, "extract.xlsx", "200")
    settings = tmp_path / "annexa.toml"
    settings.write_text("[limits]\nmax_ratio = 5000\n", encoding="utf-8")
    assert build(path, tmp_path / "other", "--config", str(settings)).code == 0
    settings.write_text("[limits]\nmax_ratio = 5000\nmax_expanded_mb = 20\n", encoding="utf-8")
    refused(path, out, 3, "extract.xlsx", more=("--config", str(settings)))


def test_a_database_that_is_not_one(tmp_path, out):
    (tmp_path / "extract.sqlite").write_bytes(b"not a database at all, not at all" * 50)
    refused(tmp_path / "extract.sqlite", out, 3, "extract.sqlite")


def test_a_database_is_read(tmp_path):
    path = tmp_path / "extract.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table ssd_person (pers_person_id text, pers_dob text)")
        connection.execute("insert into ssd_person values ('0001', '2010-05-05')")
    connection.close()
    ran = build(path, tmp_path / "out")
    assert ran.code == 0
    assert "not supplied" in ran.out


def test_something_that_is_no_extract(tmp_path, out):
    (tmp_path / "extract.docx").write_text("x", encoding="utf-8")
    refused(tmp_path / "extract.docx", out, 3, "extract.docx is not an extract", "An extract is a folder")


def test_a_day_that_no_calendar_has_is_a_finding_and_a_blank_cell(extract, tmp_path):
    (extract / "ssd_person.csv").write_text(PERSON.replace("2010-05-05", "31/02/2018"), encoding="utf-8")
    ran = build(extract, tmp_path / "new")
    assert ran.code == 0
    findings = (tmp_path / "new" / "findings.csv").read_text("utf-8-sig")
    assert "AA-R01" in findings
    assert "31/02/2018" in findings
    assert "31/02/2018" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("31/02/2018", 2, ["--inspection-date", "2018-06-04"]),
        ("soon", 2, ["--inspection-date"]),
        ("2017-12-31", 0, ["Warning", "before 2018"]),
        ("2030-01-01", 0, ["Warning", "a year ahead"]),
    ],
)
def test_inspection_dates(extract, tmp_path, text, code, words):
    ran = annexa(
        *("build", "--inspection-date", text, "--extracts", extract, "--output", tmp_path / "new"),
        env={"ANNEXA_TODAY": "2026-11-22"},
    )
    assert ran.code == code
    for word in words:
        assert word in ran.err


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--edition", "ilacs-2081"), 2, ["ilacs-2081", "ilacs-2018"]),
        (("--source", "sdd"), 2, ["sdd", "ssd"]),
        (("--lists", "1,12"), 2, ["--lists", "List 12"]),
        (("--lists", "all"), 2, ["--lists"]),
        (("--require", "1,3"), 3, ["List 3 is required", "ssd_cin_episodes", "--require"]),
        (("--extract-date", "1/2/18"), 2, ["--extract-date"]),
        (("--config", "gone.toml"), 2, ["gone.toml"]),
    ],
)
def test_wrong_options(extract, out, more, code, words):
    refused(extract, out, code, *words, more=more)


def test_a_postcode_lookup_that_cannot_be_used(extract, out, tmp_path):
    settings = tmp_path / "annexa.toml"
    settings.write_text('[options]\npostcode_lookup = "codes.csv"\n', encoding="utf-8")
    refused(extract, out, 2, "codes.csv", more=("--config", str(settings)))
    (tmp_path / "codes.csv").write_text("postcode,la\nAB1 2CD,x\n", encoding="utf-8")
    refused(extract, out, 2, "codes.csv", "la_code", more=("--config", str(settings)))
    # A good one is an input as any other: the manifest has its hash and its rows.
    (tmp_path / "codes.csv").write_text("postcode,la_code,la_name\nAB1 2CD,1,x\nAB1 2CE,1,x\n", encoding="utf-8")
    assert build(extract, out, "--config", str(settings)).code == 0
    entries = {entry["name"]: entry for entry in json.loads((out / "manifest.json").read_text("utf-8"))["inputs"]}
    digest = hashlib.sha256((tmp_path / "codes.csv").read_bytes()).hexdigest()
    entry = entries["codes.csv"]
    assert (entry["table"], entry["sha256"], entry["rows"]) == ("postcode_lookup", digest, 2)


def test_an_output_folder_that_cannot_be_written(extract, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = build(extract, tmp_path / "file" / "out")
    assert ran.code == 4
    assert "out" in ran.err
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_a_workbook_that_is_open_in_excel(extract, out, monkeypatch):
    real = stage._replace

    def locked(source: Path, target: Path) -> None:
        if target.name == "annex-a.xlsx" or source.name == "annex-a.xlsx":
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(target))
        real(source, target)

    monkeypatch.setattr(stage, "_replace", locked)
    refused(extract, out, 4, "annex-a.xlsx", "lose")


def test_a_disk_that_fills_up(extract, out, monkeypatch):
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(stage, "_fsync", full)
    refused(extract, out, 4, "space")


LIMITED = """
import resource, runpy, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
sys.argv = ["annexa", *sys.argv[1:]]
runpy.run_module("annexa", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no limit of a file's size to set")
@pytest.mark.parametrize("more", [(), ("--password-env", "ANNEXA_PW")], ids=["plain", "sealed"])
def test_a_disk_that_really_is_full(extract, out, more):
    before = contents(out)
    arguments = ("build", "--inspection-date", "2018-06-04", "--extracts", str(extract), "--output", str(out), *more)
    environment = {**os.environ, "ANNEXA_PW": "planted horse battery"}
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == 4, ran.stderr
    assert "space" in ran.stderr
    assert contents(out) == before


def test_ctrl_c(extract, out, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("annexa.outputs.annex_a.write_csv", interrupt)
    refused(extract, out, 130, "Interrupted", "no file is half-written")


def test_a_bug_is_named_by_type_stage_and_place_alone(extract, out, monkeypatch, tmp_path):
    def broken(*_: object) -> None:
        raise ValueError("child 0001 has a broken row")

    monkeypatch.setattr("annexa.pipeline.building.build_lists", broken)
    refused(extract, out, 70, "An error in annexa: ValueError while building the lists", "--debug-file")
    details = tmp_path / "details.txt"
    refused(extract, out, 70, "details.txt", more=("--debug-file", str(details)))
    assert "child 0001 has a broken row" in details.read_text("utf-8")


def test_a_log_file_that_cannot_be_written(extract, out, tmp_path):
    refused(extract, out, 4, "log", more=("--log-file", str(tmp_path / "no" / "such" / "log.txt")))


def test_left_overs_of_a_killed_run_go_and_foreign_files_stay(extract, out):
    (out / "my notes.txt").write_text("mine", encoding="utf-8")
    work = out / ".annexa-work" / "new"
    work.mkdir(parents=True)
    (work / "annex-a.xlsx").write_text("half", encoding="utf-8")
    assert build(extract, out).code == 0
    assert not (out / ".annexa-work").exists()
    assert (out / "my notes.txt").read_text("utf-8") == "mine"
