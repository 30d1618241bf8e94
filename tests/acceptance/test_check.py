"""annexa check, as an officer and a CI job use it: what it says, what it writes, and when it fails."""

import json
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa.checks.catalogue import catalogue
from annexa.checks.run import about_children
from annexa.outputs.files import read_csv
from annexa.outputs.manifest import read_manifest, verify
from annexa.sample import generate, write_sample
from tests.acceptance.conftest import DAY
from tests.support.cli import Ran, annexa, contents

DATE = DAY.isoformat()


def check(extract: Path, *more: str | Path) -> Ran:
    return annexa("check", "--inspection-date", DATE, "--extracts", extract, "--edition", "ilacs-2019", *more)


def build(extract: Path, out: Path) -> Ran:
    return annexa("build", "--inspection-date", DATE, "--extracts", extract, "--output", out, "--edition", "ilacs-2019")


@pytest.fixture(scope="module")
def checked(extract, tmp_path_factory):
    """A check of the spoiled authority with every file."""
    out = tmp_path_factory.mktemp("check") / "out"
    ran = check(extract, "--output", out, "--format", "junit", "--by-team", "--fail-on", "never")
    assert ran.code == 0, ran.err
    return ran, out


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The extract of an authority without a fault."""
    folder = tmp_path_factory.mktemp("good") / "extract"
    write_sample(generate(500, DAY, 1), folder, "csv", DAY)
    return folder


@pytest.fixture(scope="module")
def good_built(good, tmp_path_factory):
    """A build of it: what it printed, and its folder."""
    out = tmp_path_factory.mktemp("good-built") / "out"
    return build(good, out), out


def test_the_terminal_shows_lists_and_severities_the_most_frequent_checks_and_the_verdict(checked):
    ran, out = checked
    findings = about_children(read_csv(out / "findings.csv"), catalogue())
    totals = {line.split()[0]: line.split()[-3:] for line in ran.out.splitlines() if re.match(r" +\d+  [A-Z]", line)}
    for number in range(1, 12):
        mine = findings.filter(pl.col("list") == str(number))
        counts = [mine.filter(pl.col("severity") == each).height for each in ("error", "warning", "info")]
        assert totals[str(number)] == [f"{count:,}" for count in counts]
    frequent = findings.group_by("check").len().sort("len", "check", descending=[True, False]).head(10)
    table = ran.out.partition("The most frequent")[2].splitlines()
    shown = [line.split()[0] for line in table if line[:3] == "AA-" and "could not run" not in line]
    assert shown == frequent["check"].to_list()
    assert f"Verdict: not ready: {read_manifest(out).findings.error} errors." in ran.out


def test_no_child_reaches_the_terminal_the_json_document_or_the_junit_file(checked, extract, authority):
    ran, out = checked
    document = check(extract, "--json").out
    texts = [ran.out, ran.err, document, (out / "findings.junit.xml").read_text(encoding="utf-8")]
    people = set(authority["ssd_person"]["pers_person_id"])
    values = set(read_csv(out / "findings.csv").filter(pl.col("child").is_not_null())["value"].drop_nulls())
    longer = {value for value in values if len(value) > 6 and not value.isalpha()}
    for text in texts:
        words = set(re.findall(r"[\w/-]+", text))
        assert not people & words
        assert not longer & words


def test_the_json_document_holds_every_check_once(extract):
    ran = check(extract, "--json", "--fail-on", "never")
    content = json.loads(ran.out)
    assert [each["id"] for each in content["checks"]] == list(catalogue())
    assert content["gate"] == {"passed": True, "failures": []}
    found = {each["id"]: each["found"] for each in content["checks"]}
    assert content["counts"]["error"] == sum(
        found[each.id] for each in catalogue().values() if each.severity == "error"
    )


def test_without_an_output_nothing_is_written(extract, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check(extract).code == 1
    assert list(tmp_path.iterdir()) == []
    for option in (["--by-team"], ["--format", "junit"]):
        ran = check(extract, *option)
        assert (ran.code, "no --output is given" in ran.err) == (2, True)


def test_the_files_match_their_manifest_and_repeat_to_the_byte(checked, extract, tmp_path):
    _, out = checked
    assert verify(out) == []
    again = tmp_path / "again"
    check(extract, "--output", again, "--format", "junit", "--by-team", "--fail-on", "never")
    one, other = contents(out), contents(again)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == ["manifest.json"]


def test_an_authority_without_faults_passes(good):
    ran = check(good)
    assert ran.code == 0, ran.out
    assert re.search(r"Verdict: ready( with warnings)?\.", ran.out)


def test_with_a_baseline_only_what_is_new_fails(checked, extract, good):
    _, out = checked
    ran = check(extract, "--baseline", out / "findings.json")
    assert (ran.code, "New since the baseline: 0." in ran.out) == (0, True)
    assert check(good, "--baseline", out / "findings.json").code == 0
    plain = check(extract)
    assert "new error" in plain.err.replace("errors", "error") or plain.code == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "error"], 1),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "never"], 0),
        (["--max-errors", "0"], 1),
        (["--max-errors", "100000"], 0),
        (["--fail-on", "never", "--max-rate", "AA-G02=0"], 1),
        (["--fail-on", "never", "--max-rate", "AA-G02=100"], 0),
        (["--max-rate", "AA-G02"], 2),
        (["--max-rate", "AA-Z=3"], 2),
        (["--baseline", "none.json"], 2),
        (["--accepted", "none.toml"], 2),
        (["--previous", "none.json"], 2),
        (["--check", "AA-Z"], 2),
    ],
)
def test_gates_and_their_exit_codes(tmp_path, options, code):
    # Two contacts, one of somebody whom the extract does not know (AA-G02).
    (tmp_path / "ssd_person.csv").write_text("pers_person_id,pers_gender,pers_dob\n1,F,2010-05-05\n", "utf-8")
    contacts = "cont_contact_id,cont_person_id,cont_contact_date\nK1,1,2018-05-05\nK2,2,2018-05-05\n"
    (tmp_path / "ssd_contacts.csv").write_text(contacts, "utf-8")
    ran = check(tmp_path, "--quiet", *options)
    assert ran.code == code, ran.err
    assert bool(ran.err) is bool(code)


def test_what_narrows_the_report_narrows_no_verdict(checked, extract, tmp_path):
    _, out = checked
    whole = read_manifest(out).findings
    narrow = check(extract, "--output", tmp_path / "o", "--list", "3", "--severity", "error")
    assert narrow.code == 1
    assert f"Verdict: not ready: {whole.error} errors." in narrow.out
    assert "(List 3, error alone)" in narrow.out
    left = read_csv(tmp_path / "o" / "findings.csv")
    assert set(left["list"]) == {"3"}
    assert set(left["severity"]) == {"error"}
    assert read_manifest(tmp_path / "o").findings == whole


def test_accepted_findings_stay_marked_and_stop_failing(checked, extract, tmp_path):
    _, out = checked
    findings = read_csv(out / "findings.csv").filter(pl.col("severity") == "error")
    entry = '[[accepted]]\ncheck = "{}"\nchild = "*"\nreason = "Practice"\nwho = "AO"\nuntil = 2018-06-04\n'
    path = tmp_path / "accepted.toml"
    path.write_text("".join(entry.format(check) for check in findings["check"].unique()), encoding="utf-8")
    ran = check(extract, "--accepted", path, "--output", tmp_path / "o")
    assert ran.code == 0, ran.err
    after = read_csv(tmp_path / "o" / "findings.csv").filter(pl.col("severity") == "error")
    assert after.height == findings.height
    assert set(after["accepted"]) == {"Practice (AO, until 04/06/2018)"}
    assert f", {findings.height:,} accepted" in ran.out.replace(
        f"{findings.height} accepted", f"{findings.height:,} accepted"
    )


def test_a_check_does_not_take_the_place_of_a_build(little, little_built):
    before = contents(little_built)
    ran = check(little, "--output", little_built)
    assert ran.code == 4
    assert "holds what `annexa build` wrote" in ran.err
    assert contents(little_built) == before


def test_changes_of_an_authority_hold_and_wrong_ones_are_refused(extract, tmp_path):
    config = tmp_path / "annexa.toml"
    config.write_text('[checks.AA-G02]\nenabled = false\n[checks.AA-R12]\nseverity = "error"\n', encoding="utf-8")
    content = json.loads(check(extract, "--config", config, "--json").out)
    by_id = {each["id"]: each for each in content["checks"]}
    assert by_id["AA-G02"]["status"] == "switched off"
    assert by_id["AA-R12"]["severity"] == "error"
    config.write_text("[checks.AA-709]\ndays = 5\n", encoding="utf-8")
    ran = check(extract, "--config", config)
    assert (ran.code, "[checks.AA-709]: there is no setting days." in ran.err) == (2, True)


def test_the_workbook_of_a_build_has_no_error_and_loses_no_row(good_built):
    built, out = good_built
    assert built.code == 0
    # In the edition that its front sheet names: nobody has to know it.
    ran = annexa("check", out / "annex-a.xlsx", "--inspection-date", DATE, "--json")
    assert "annex-a.xlsx: read in edition ilacs-2019, which the front sheet names." in ran.err
    content = json.loads(ran.out)
    assert ran.code == 0, [each for each in content["checks"] if each["found"] and each["severity"] == "error"]
    book = openpyxl.load_workbook(out / "annex-a.xlsx", read_only=True)
    for number in range(1, 12):
        rows = [row for row in book[f"List_{number}"].iter_rows(min_row=3, values_only=True) if any(row)]
        assert content["rows"][str(number)] == len(rows)


def test_a_build_says_whether_it_is_ready_and_writes_the_findings(extract, good_built, tmp_path):
    spoiled = build(extract, tmp_path / "out"), tmp_path / "out"
    for (ran, out), state in ((spoiled, "not ready: "), (good_built, "ready")):
        assert f"Verdict: {state}" in ran.out
        assert {"findings.xlsx", "findings.csv", "findings.json"} <= contents(out).keys()
        front = openpyxl.load_workbook(out / "annex-a.xlsx")["Front_Sheet"]
        facts = {row[0]: row[1] for row in front.iter_rows(max_col=2, values_only=True)}
        assert facts["Data quality"].startswith(state.split(":")[0])
        assert read_manifest(out).findings.verdict.startswith(state)


def test_the_lists_of_an_earlier_run_are_compared(extract, good_built):
    _, out = good_built
    ran = check(extract, "--previous", out / "manifest.json", "--json", "--fail-on", "never")
    assert ran.code == 0
    other = check(extract, "--previous", out, "--edition", "ilacs-2018")
    assert (other.code, "is of edition ilacs-2019" in other.err) == (2, True)
