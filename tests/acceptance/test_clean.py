"""annexa clean, and annexa check on workbooks that others made, from the command line."""

import json
import zipfile

import openpyxl
import pytest

from annexa.extract.files import Limits
from annexa.filled.front import read_front
from annexa.filled.read import open_workbook
from annexa.outputs.files import read_csv
from annexa.outputs.manifest import read_manifest, verify
from tests.acceptance.conftest import DAY
from tests.support.cli import annexa, contents

DATE = DAY.isoformat()
EDITION = ("--edition", "ilacs-2019", "--inspection-date", DATE)


@pytest.fixture(scope="module")
def built(extract, tmp_path_factory):
    """The workbook of a build."""
    out = tmp_path_factory.mktemp("built") / "out"
    assert annexa("build", "--extracts", extract, "--output", out, "--quiet", *EDITION).code == 0
    return out / "annex-a.xlsx"


def sheets(path) -> dict[str, bytes]:
    """The lists' parts of a workbook, by name."""
    book = openpyxl.load_workbook(path, read_only=True)
    with zipfile.ZipFile(path) as package:
        return {
            name: package.read(f"xl/worksheets/sheet{number}.xml")
            for number, name in enumerate(book.sheetnames, start=1)
            if name.startswith("List_")
        }


def spoiled(path, target, *cells: tuple[str, str, object]):
    """A copy with other values in some cells."""
    book = openpyxl.load_workbook(path)
    for sheet, cell, value in cells:
        book[sheet][cell] = value
    book.save(target)
    return target


def test_cleaning_a_builds_own_workbook_changes_nothing(built, tmp_path):
    out = tmp_path / "out"
    ran = annexa("clean", built, "--output", out, "--json", "--inspection-date", DATE)
    assert ran.code == 0, ran.err
    assert "annex-a.xlsx: read in edition ilacs-2019, which the front sheet names." in ran.err
    told = read_front(open_workbook(out / "annex-a.xlsx", Limits()).sheets)
    assert (told.edition, told.period.inspection_date) == ("ilacs-2019", DAY)
    lists = json.loads(ran.out)["lists"]
    assert list(lists) == [str(number) for number in range(1, 12)]
    for each in lists.values():
        assert each["rows_in"] == each["rows_out"] + each["rows_dropped"]
        assert each["rows_dropped"] == 0
    assert sheets(out / "annex-a.xlsx") == sheets(built)
    assert verify(out) == []
    assert read_manifest(out).command == "clean"
    assert "value-map.toml" not in contents(out)


def test_the_terminal_shows_counts_and_no_child(built, tmp_path, authority):
    ran = annexa("clean", built, "--output", tmp_path / "out", *EDITION)
    assert ran.code == 0
    words = set(ran.out.replace(",", " ").split())
    assert not words & set(authority["ssd_person"]["pers_person_id"])
    assert "its sheet Changes lists every repair" in ran.out


def test_what_is_repaired_is_told_and_what_is_not_is_left(built, tmp_path):
    book = spoiled(
        built, tmp_path / "theirs.xlsx",
        ("List_1", "B3", "female"), ("List_1", "F4", "1 May 2018"), ("List_1", "C5", "Martian"),
    )  # fmt: skip
    out = tmp_path / "out"
    ran = annexa("clean", book, "--output", out, *EDITION)
    assert ran.code == 0, ran.err
    cleaned = openpyxl.load_workbook(out / "annex-a.xlsx")
    assert cleaned["List_1"]["B3"].value == "b) Female"
    assert cleaned["List_1"]["F4"].value.date().isoformat() == "2018-05-01"
    assert cleaned["List_1"]["C5"].value == "Martian"
    told = [row[3] for row in cleaned["Changes"].iter_rows(min_row=3, values_only=True)]
    assert told == ["List_1!B3", "List_1!F4"]
    found = read_csv(out / "findings.csv")
    assert found.filter(found["check"] == "AA-G06")["value"].to_list() == ["Martian"]
    assert "Martian" not in ran.out
    map_ = out / "value-map.toml"
    assert '# "Martian" = ' in map_.read_text(encoding="utf-8")
    edited = tmp_path / "value-map.toml"
    edited.write_text('[ethnicity]\n"Martian" = "OOTH"\n', encoding="utf-8")
    again = tmp_path / "again"
    assert annexa("clean", book, "--output", again, "--value-map", edited, *EDITION).code == 0
    assert openpyxl.load_workbook(again / "annex-a.xlsx")["List_1"]["C5"].value == "r) OOTH"
    # The file that annexa proposes applies nothing as it is.
    third = tmp_path / "third"
    assert annexa("clean", book, "--output", third, "--value-map", map_, *EDITION).code == 0
    assert sheets(third / "annex-a.xlsx") == sheets(out / "annex-a.xlsx")


def test_of_two_workbooks_the_later_wins_and_every_replaced_row_is_told(built, tmp_path):
    later = spoiled(built, tmp_path / "later.xlsx", ("List_8", "AG3", "New team"))
    out = tmp_path / "out"
    ran = annexa("clean", built, later, "--output", out, "--json", *EDITION)
    assert ran.code == 0, ran.err
    lists = json.loads(ran.out)["lists"]
    eight = lists["8"]
    assert eight["rows_in"] == 2 * eight["rows_out"]
    cleaned = openpyxl.load_workbook(out / "annex-a.xlsx")
    teams = [row[32] for row in cleaned["List_8"].iter_rows(min_row=3, values_only=True)]
    assert teams.count("New team") == 1
    reasons = [row[0] for row in cleaned["Changes"].iter_rows(min_row=3, values_only=True)]
    assert len(reasons) == sum(each["rows_dropped"] for each in lists.values())
    assert reasons.count("replaced in the merge") == 1
    assert len(read_manifest(out).inputs) == 2


def test_a_workbook_without_a_list_is_one_message(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Name", "Telephone"])
    book.save(tmp_path / "phones.xlsx")
    for command in ("check", "clean"):
        ran = annexa(command, tmp_path / "phones.xlsx", *EDITION)
        assert ran.code == 3
        assert "phones.xlsx" in ran.err
        assert len(ran.err.strip().splitlines()) == 2


@pytest.mark.parametrize("command", ["check", "clean"])
def test_a_password_comes_from_the_environment_alone(built, tmp_path, command):
    ran = annexa(command, built, "--password-env", "ANNEXA_NO_SUCH", *EDITION)
    assert (ran.code, "--password-env: there is no environment variable of that name." in ran.err) == (2, True)


def test_a_workbook_is_compared_with_the_extract_where_one_is_given(built, extract, tmp_path):
    book = spoiled(built, tmp_path / "theirs.xlsx", ("List_3", "I3", 9), ("List_5", "K3", 9))
    ran = annexa("check", book, "--extracts", extract, "--json", *EDITION)
    found = {each["id"]: each["found"] for each in json.loads(ran.out)["checks"]}
    assert found["AA-508"] >= 1
    assert found["AA-302"] + found["AA-303"] >= 1
    same = annexa("check", built, "--extracts", extract, "--json", *EDITION)
    found = {each["id"]: each["found"] for each in json.loads(same.out)["checks"]}
    assert (found["AA-302"], found["AA-303"], found["AA-508"]) == (0, 0, 0)


def test_a_column_that_is_not_there_could_not_be_checked(built, tmp_path):
    book = openpyxl.load_workbook(built)
    book["List_7"].delete_cols(10)
    book.save(tmp_path / "theirs.xlsx")
    ran = annexa("check", tmp_path / "theirs.xlsx", "--json", "--fail-on", "never", *EDITION)
    by_id = {each["id"]: each for each in json.loads(ran.out)["checks"]}
    assert by_id["AA-709"]["status"] == "could not run"
    assert by_id["AA-G18"]["found"] == 1


def test_a_cell_that_could_not_be_read_is_not_reported_as_blank(built, tmp_path):
    rows = range(3, 3 + len(list(openpyxl.load_workbook(built)["List_6"].iter_rows(min_row=3))))
    for name, value, unread in (("formula", "=1+1", "AA-R23"), ("blank", None, "AA-G17")):
        book = spoiled(built, tmp_path / f"{name}.xlsx", *(("List_6", f"N{row}", value) for row in rows))
        ran = annexa("check", book, "--json", "--fail-on", "never", *EDITION)
        found = {each["id"]: each["found"] for each in json.loads(ran.out)["checks"]}
        assert found[unread] > 0
        assert bool(found["AA-G17"]) is (value is None)
        assert found["AA-R23"] == (0 if value is None else len(rows))


def without_heading(path, target, *sheets):
    """A copy whose sheets have another word in place of the identifier's heading."""
    return spoiled(path, target, *((name, "A2", "Reference") for name in sheets))


@pytest.mark.parametrize("number", [1, 8, 10])
def test_a_list_without_identifiers_is_an_error_and_no_bug(built, tmp_path, number):
    book = without_heading(built, tmp_path / "theirs.xlsx", f"List_{number}")
    ran = annexa("check", book, "--json", *EDITION)
    assert ran.code == 1, ran.err
    assert {each["id"]: each["found"] for each in json.loads(ran.out)["checks"]}["AA-G01"] == 1


def test_a_list_that_is_there_twice_is_not_lost_without_a_word(built, tmp_path):
    book = openpyxl.load_workbook(built)
    book.copy_worksheet(book["List_1"]).title = "List 1"
    book.save(tmp_path / "twice.xlsx")
    ran = annexa("clean", tmp_path / "twice.xlsx", "--output", tmp_path / "out", *EDITION)
    assert ran.code == 1
    assert "twice.xlsx: List 1 could not be read: it is there twice" in ran.err
    # Nor where another workbook has the list.
    both = annexa("clean", built, tmp_path / "twice.xlsx", "--output", tmp_path / "both", *EDITION)
    assert (both.code, "twice.xlsx: List 1 could not be read" in both.err) == (1, True)
    front = openpyxl.load_workbook(tmp_path / "out" / "annex-a.xlsx")["Front_Sheet"]
    assert any("List 1 could not be read" in str(row[0]) for row in front.iter_rows(values_only=True))


def test_what_is_read_is_not_replaced(built, tmp_path):
    before = built.read_bytes()
    ran = annexa("clean", built, "--output", built.parent, *EDITION)
    assert (ran.code, "is the workbook that is to be read" in ran.err) == (2, True)
    assert built.read_bytes() == before


@pytest.mark.parametrize("command", ["check", "clean"])
def test_a_workbook_that_is_not_there_or_is_a_folder(tmp_path, command):
    ran = annexa(command, tmp_path / "none.xlsx", *EDITION)
    assert (ran.code, ran.err.splitlines()[0]) == (3, "Error: There is no file none.xlsx.")
    (tmp_path / "folder").mkdir()
    ran = annexa(command, tmp_path / "folder", *EDITION)
    assert (ran.code, ran.err.splitlines()[0]) == (3, "Error: folder is a folder.")


def test_a_list_that_one_of_the_workbooks_has_is_not_missing(built, tmp_path):
    book = openpyxl.load_workbook(built)
    for name in [each for each in book.sheetnames if each not in ("List_1", "List_6")]:
        del book[name]
    book.save(tmp_path / "team.xlsx")
    ran = annexa("check", tmp_path / "team.xlsx", "--json", "--fail-on", "never", *EDITION)
    alone = {each["id"]: each["found"] for each in json.loads(ran.out)["checks"]}
    ran = annexa("check", built, tmp_path / "team.xlsx", "--json", "--fail-on", "never", *EDITION)
    both = {each["id"]: each["found"] for each in json.loads(ran.out)["checks"]}
    assert (alone["AA-R29"], both["AA-R29"]) == (9, 0)
