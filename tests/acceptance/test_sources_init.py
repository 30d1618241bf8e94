"""`annexa sources init` on a layout that annexa does not know, and from its proposal to a build."""

import json
import re

import pytest

from annexa.sources import load_source
from tests.support.cli import annexa
from tests.support.foreign import LAYOUT, NAME, NOTE, truth, write_foreign


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    """The layout as CSV files."""
    return write_foreign(tmp_path_factory.mktemp("foreign") / "extract")


@pytest.fixture(scope="module")
def proposed(layout, tmp_path_factory):
    """What init printed, and the file that it wrote."""
    folder = tmp_path_factory.mktemp("profiles")
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", folder)
    assert ran.code == 0, ran.err
    return ran, folder / "ourtown.toml"


def _answers(document: dict) -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) -> (record, field)."""
    return {
        (entry["table"], column): (record, each["field"])
        for record, entry in document["records"].items()
        if not entry["companion_of"]
        for each in entry["columns"]
        for column in each["columns"]
    }


def test_nine_in_ten_columns_are_right_and_no_table_is_wrong(layout, tmp_path):
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", tmp_path, "--json")
    found = _answers(json.loads(ran.out))
    wanted = truth()
    wrong = [column for column, field in wanted.items() if found.get(column) != field]
    assert len(wrong) <= 0.1 * len(wanted), wrong
    records = {table: record for (table, _), (record, _) in found.items()}
    assert {table: record for table, (record, _) in LAYOUT.items() if record} == records


@pytest.mark.parametrize("form", ["xlsx", "sqlite"])
def test_the_form_of_the_extract_makes_no_difference(proposed, tmp_path, form):
    place = write_foreign(tmp_path / "extract", form)
    ran = annexa("sources", "init", "--extracts", place, "--name", "ourtown", "--output", tmp_path / "out")
    assert ran.code == 0, ran.err
    text = (tmp_path / "out" / "ourtown.toml").read_text(encoding="utf-8").splitlines()
    assert text[1:] == proposed[1].read_text(encoding="utf-8").splitlines()[1:]  # line 1 names the extract


def test_the_proposal_loads_and_says_why(proposed):
    source = load_source(str(proposed[1]))
    assert source.file.date_formats == ("DD.MM.YYYY",)
    assert source.tables["cin_episodes"].columns["referral_date"] == ("datereferred",)
    text = proposed[1].read_text(encoding="utf-8")
    assert re.search(r"^\[tables\.persons\] # score 0\.\d\d", text, re.M)
    assert re.search(r'^# "Lass" = ".*" # \d+ rows', text, re.M)
    assert "# Columns that nothing is read from: Known As, Case Notes" in text
    assert "AuditTrail" in text.partition("none of the records")[2]
    assert re.search(r"List 11 Adopters: not supplied, for want of adopters\.", text)


def test_no_name_no_free_text_and_no_identifier_leaves_the_extract(proposed, layout):
    ran, path = proposed
    shown = ran.out + ran.err + path.read_text(encoding="utf-8")
    assert NAME not in shown
    assert NOTE not in shown
    people = (layout / "ClientIndex.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    staff = (layout / "StaffMember.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    private = {line.split(",")[0] for line in people} | {line.split(",")[2] for line in staff}
    assert len(private) > 100
    assert [value for value in private if re.search(rf"\b{re.escape(value)}\b", shown)] == []


def test_a_file_that_is_there_is_left_as_it_is(layout, tmp_path):
    path = tmp_path / "ourtown.toml"
    path.write_text("mine", encoding="utf-8")
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", tmp_path)
    assert ran.code == 2
    assert "ourtown.toml already" in ran.err
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "../up", "a b", "ümlaut"])
def test_a_name_that_is_none_is_refused(layout, tmp_path, name):
    ran = annexa("sources", "init", "--extracts", layout, "--name", name, "--output", tmp_path)
    assert ran.code == 2
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_extract_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    for place, message in (("nowhere", "no file or folder"), ("empty", "no table"), ("notes.txt", "no table")):
        ran = annexa("sources", "init", "--extracts", tmp_path / place, "--name", "x", "--output", tmp_path)
        assert ran.code == 3
        assert message in ran.err
    assert not (tmp_path / "x.toml").exists()


def test_from_the_proposal_to_a_build(proposed, layout, tmp_path, monkeypatch):
    """As the documentation walks through it: map the words that no map knows, check, build."""
    text = proposed[1].read_text(encoding="utf-8")
    for word, code in {"Lad": "M", "Lass": "F", "Not said": "U"}.items():
        text = re.sub(rf'^# "{word}" = "[^"]*"', f'"{word}" = "{code}"', text, flags=re.M)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ourtown.toml").write_text(text, encoding="utf-8")
    ran = annexa("sources", "check", "ourtown", "--extracts", layout)
    assert ran.code == 0, ran.out
    assert not re.search(r"clientindex\.sex", ran.out)
    lists = ran.out.partition("What each list lacks")[2]
    assert re.search(r"^ *1 +Contacts +can be built +- +-$", lists, re.M)
    assert re.search(r"^ *11 +Adopters +not supplied +- +adopters$", lists, re.M)
    assert re.search(r"^ +Date of Latest Statutory Review +care_reviews\.review_date$", lists, re.M)
    assert re.search(r"^2\.03 +Private fostering +private_fostering$", ran.out, re.M)
    built = annexa(
        "build", "--extracts", layout, "--source", "ourtown.toml", "--inspection-date", "2018-06-04", "--output", "out"
    )
    assert built.code == 0, built.err
    counts = re.findall(r"^ *(\d+) .*? {2,}([\d,]+|-) {2,}", built.out, re.M)
    assert {number for number, rows in counts if rows not in ("-", "0")} >= {"1", "3", "4", "5", "6", "7", "8", "9"}
