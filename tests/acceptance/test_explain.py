"""`annexa explain`: one child's story on stdout, in agreement with what the build writes, and nowhere else."""

import json
import re

import polars as pl
import pytest

from tests.support.cli import annexa, contents

DAY = "2018-06-04"
UNKNOWN = "900900900"


@pytest.fixture(scope="module")
def given(extract):
    return ("--inspection-date", DAY, "--extracts", extract, "--own-la", "Exshire")


@pytest.fixture(scope="module")
def written(given, tmp_path_factory):
    """What a build of the same extract writes."""
    out = tmp_path_factory.mktemp("explained") / "out"
    assert annexa("build", *given, "--output", out).code == 0
    return out


def left_out_of(written):
    """What a build has left out, and the child of whom most records are left out."""
    left_out = pl.read_csv(written / "exclusions.csv", infer_schema=False)
    counted = left_out.drop_nulls("person_id").group_by("person_id").len().sort("len", "person_id")
    child = counted["person_id"][-1]
    return child, left_out.filter(pl.col("person_id") == child)


def test_the_story_agrees_with_what_the_build_writes(given, written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    child, of_child = left_out_of(written)
    done = annexa("explain", child, *given, "--json")
    assert (done.code, child in done.err, contents(tmp_path)) == (0, False, {})
    story = json.loads(done.out)
    told = [
        (str(each["number"]), record["reason"], record["table"], str(record["row"]), record["decided"] or "")
        for each in story["lists"]
        for record in each["records"]
        if record["reason"]
    ]
    columns = of_child.select("list", "reason", "source_table", "row", pl.col("date").fill_null(""))
    assert sorted(told) == sorted(columns.iter_rows())
    assert len(told) > 5
    findings = json.loads((written / "findings.json").read_text("utf-8"))["findings"]
    named = [each["check"] for each in findings if each["child"] == child]
    assert not [check for check in named if check not in {each["check"] for each in story["findings"]}]
    on_sheets = {
        int(name.partition("_")[2])
        for name, sheet in pl.read_excel(
            written / "annex-a.xlsx", sheet_id=0, engine="calamine", has_header=False, raise_if_empty=False
        ).items()
        if name.startswith("List_") and sheet.width and child in sheet.to_series(0).cast(pl.String).to_list()
    }
    assert {each["number"] for each in story["lists"] if each["state"] == "on"} == on_sheets


def test_of_one_list_as_text_with_a_log_that_does_not_name_the_child(little, little_built, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    child, of_child = left_out_of(little_built)
    row = of_child.row(0, named=True)
    number, log = row["list"], tmp_path / "log.txt"
    given = ("--inspection-date", DAY, "--extracts", little)
    done = annexa("explain", child, "--list", number, *given, "--log-file", log, "--verbose")
    assert (done.code, child in done.err) == (0, False)
    assert done.out.startswith(f"The story of {child}\n=")
    assert re.search(rf"^(Not on|On) List {number}: ", done.out, re.MULTILINE)
    assert f"{row['source_table']}, row {row['row']})" in done.out
    assert f"Left out ({row['reason']}): " in done.out
    assert "In short" not in done.out
    assert done.out.isascii()
    logged = log.read_text("utf-8")
    assert "explain for 2018-06-04" in logged
    assert "running the checks" in logged
    assert child not in logged
    assert contents(tmp_path).keys() == {"log.txt"}


def test_a_child_that_nobody_knows_is_not_named(little, tmp_path):
    log = tmp_path / "log.txt"
    done = annexa("explain", UNKNOWN, "--inspection-date", DAY, "--extracts", little, "--log-file", log)
    assert (done.code, done.out) == (3, "")
    assert done.err.splitlines() == [
        "Error: The extract has no record of a child or adopter with this identifier.",
        "Check it for a slip: it is compared letter by letter, with the noughts in front.",
    ]
    assert UNKNOWN not in log.read_text("utf-8")


def test_a_list_that_the_edition_does_not_have(little):
    done = annexa("explain", UNKNOWN, "--list", "12", "--inspection-date", DAY, "--extracts", little, "--quiet")
    assert (done.code, done.out) == (2, "")
    assert "--list: edition ilacs-2018 has no list of that number." in done.err
    assert UNKNOWN not in done.err


def test_a_failure_in_annexa_does_not_name_the_child(little, tmp_path, monkeypatch):
    log = tmp_path / "log.txt"

    def fails(*_given):
        raise ValueError(f"{UNKNOWN} is wrong")

    monkeypatch.setattr("annexa.pipeline.explaining.story_of", fails)
    done = annexa("explain", UNKNOWN, "--inspection-date", DAY, "--extracts", little, "--log-file", log)
    assert done.code == 70
    assert "ValueError while telling the story" in done.err
    assert UNKNOWN not in done.out + done.err + log.read_text("utf-8")
