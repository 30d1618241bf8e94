"""The commands as a performance officer uses them, run inside the test's process, and what they leave behind."""

import csv
import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa import __version__
from annexa.checks.catalogue import catalogue
from annexa.editions import edition_names, load_edition
from annexa.outputs.manifest import read_manifest, verify
from annexa.records import RECORDS
from annexa.sample import write_sample
from annexa.sources import load_source, source_names
from tests.support.cli import Ran, annexa, contents

DAY = "2018-06-04"
EDITIONS = edition_names()
SAME = ("annex-a.xlsx", "findings.csv", "exclusions.csv")
# One person and one contact: everything else is not supplied.
PERSON = "pers_person_id,pers_gender,pers_dob\n0001,F,2010-05-05\n"
CONTACTS = "cont_contact_id,cont_person_id,cont_contact_date\nK1,0001,2018-05-05\n"


def build(extract: Path, out: Path, *more: str | Path, **environment: str) -> Ran:
    arguments = ("build", "--inspection-date", DAY, "--extracts", extract, "--output", out, *more)
    return annexa(*arguments, env=environment)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "ssd_person.csv").write_text(PERSON, encoding="utf-8")
    (folder / "ssd_contacts.csv").write_text(CONTACTS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=EDITIONS)
def built(request, extract, tmp_path_factory):
    """A whole build in one edition: what it printed, and its folder."""
    out = tmp_path_factory.mktemp(request.param) / "out"
    ran = build(extract, out, "--edition", request.param)
    assert ran.code == 0, ran.err
    return ran, out


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet_rows(sheet) -> list[tuple]:
    return [row for row in sheet.iter_rows(min_row=3, values_only=True) if any(cell is not None for cell in row)]


# --- what a build says


def test_the_summary_has_rows_children_window_and_reasons_of_each_list(built):
    ran, out = built
    manifest = read_manifest(out)
    blocks = re.split(r"^ {2,3}(?=\d+  \w)", ran.out.partition("───\n")[2].partition("\n\n")[0], flags=re.MULTILINE)[1:]
    assert len(blocks) == len(manifest.lists) == 11
    for entry, block in zip(manifest.lists, blocks, strict=True):
        first = re.split(r"\s{2,}", block.splitlines()[0].strip())
        window = f"{entry.window_from:%d/%m/%Y} to {entry.window_to:%d/%m/%Y}" if entry.window_from else None
        assert first[:5] == [
            str(entry.number),
            entry.title.partition(": ")[2],
            f"{entry.rows:,}",
            f"{entry.children:,}",
            window or "at the inspection",
        ]
        reasons = Counter()
        for account in manifest.accounts:
            if account.list == entry.number:
                reasons.update(account.reasons)
        shown = re.findall(r"([\d,]+)  ([A-Z][A-Z0-9_]+)\b", block)
        assert {reason: int(number.replace(",", "")) for number, reason in shown} == reasons


def test_the_summary_says_what_was_found_and_where_to_look(built):
    ran, out = built
    counts = read_manifest(out).findings
    assert f"Findings: {counts.error} errors, {counts.warning} warnings, {counts.info} for information." in ran.out
    assert "Files not used: notes.txt." in ran.out
    assert f"The workbook is {out / 'annex-a.xlsx'}." in ran.out
    assert "findings.xlsx" in ran.out.splitlines()[-1]
    assert f"Verdict: {counts.verdict}." in ran.out
    assert "exclusions.csv" in ran.out.splitlines()[-2]
    assert "No edition was named" not in ran.err


@pytest.mark.parametrize("width", [80])
def test_the_summary_breaks_no_reason_code(extract, tmp_path, width):
    ran = build(extract, tmp_path / "out", COLUMNS=str(width))
    table = ran.out.partition("Findings:")[0].splitlines()
    assert max(len(text) for text in table) <= width
    reasons = {reason for account in read_manifest(tmp_path / "out").accounts for reason in account.reasons}
    assert reasons
    shown = {word for text in table for word in re.findall(r"\b[A-Z][A-Z0-9_]+\b", text)}
    assert shown == reasons


def test_what_was_not_supplied_is_said_and_is_no_zero(tiny, tmp_path):
    ran = build(tiny, tmp_path / "out")
    lines = [re.split(r"\s{2,}", text.strip()) for text in ran.out.splitlines()]
    (contacts,) = [each for each in lines if each[:2] == ["1", "Contacts"]]
    assert contacts[2:] == ["1", "1", "04/03/2018 to 04/06/2018", "0"]
    (referrals,) = [each for each in lines if each[:2] == ["3", "Referral"]]
    assert referrals[2:] == ["-", "-", "04/03/2018 to 04/06/2018", "-", "not supplied"]


@pytest.mark.parametrize(
    ("day", "more", "said", "warned"),
    [
        ("2018-06-04", (), "", ""),
        ("2020-06-04", (), "ilacs-2019 was in force on 04/06/2020 (--edition ilacs-2019)", ""),
        ("2022-06-04", (), "ilacs-2022 was in force on 04/06/2022 (--edition ilacs-2022)", ""),
        ("2022-06-04", ("--edition", "ilacs-2019"), "", "Edition ilacs-2019 was not in force on 04/06/2022"),
        ("2022-06-04", ("--edition", "ilacs-2022"), "", ""),
    ],
)
def test_a_later_edition_that_was_in_force(tiny, tmp_path, day, more, said, warned):
    arguments = ("--extracts", tiny, "--output", tmp_path / "out", *more)
    ran = annexa("build", "--inspection-date", day, *arguments)
    lines = [text for text in ran.err.splitlines() if "in force" in text]
    assert len(lines) == bool(said or warned)
    assert ("No edition was named, so ilacs-2018 was built" in ran.err) is bool(said)
    assert said in ran.err
    assert warned in ran.err
    # The same stands in the JSON's manifest, and on stderr.
    ran = annexa("build", "--inspection-date", day, *arguments, "--json")
    assert any("was not in force" in note for note in json.loads(ran.out)["manifest"]["notes"]) is bool(lines)
    assert [text for text in ran.err.splitlines() if "in force" in text] == lines


def test_json_is_one_document_on_stdout_and_warnings_go_to_stderr(tiny, tmp_path):
    out = tmp_path / "out"
    ran = build(tiny, out, "--json", "--verbose", "--extract-date", "2018-05-01")
    document = json.loads(ran.out)
    assert document == {"output": str(out), "manifest": json.loads((out / "manifest.json").read_text("utf-8"))}
    assert "Warning: The extract is of 01/05/2018" in ran.err
    assert "reading the extract: " in ran.err
    ran = build(tiny, out, "--json", "--quiet", "--extract-date", "2018-05-01")
    assert json.loads(ran.out)["output"] == str(out)
    assert ran.err == ""


def test_quiet_prints_errors_alone(tiny, tmp_path):
    out = tmp_path / "out"
    ran = build(tiny, out, "--quiet", "--verbose", "--extract-date", "2018-05-01")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert build(tiny, out, "--quiet", "--edition", "ilacs-1066").err.startswith("Error: ")


def test_verbose_adds_stages_timings_and_counts_on_stderr(tiny, tmp_path):
    plain = build(tiny, tmp_path / "out")
    ran = build(tiny, tmp_path / "out", "--verbose")
    assert ran.out == plain.out
    stages = re.findall(r"^(.+): \d+\.\d\d s$", ran.err, re.MULTILINE)
    assert stages == [
        "reading the extract",
        "building the lists",
        "running the checks",
        "writing the workbook",
        "writing findings and exclusions",
    ]
    assert not set(stages) & set(plain.err.split(": "))
    for text in (
        "read ssd_contacts (ssd_contacts.csv): 1 row",
        "List 1: rows 1, children 1, left out 0",
        "List 3: not supplied",
        "AA-R10: 34 findings",
    ):
        assert text in ran.err.splitlines()
    assert re.search(r"^wrote annex-a\.xlsx: [\d,]+ bytes$", ran.err, re.MULTILINE)


def test_the_log_is_appended_to_and_says_how_each_run_ended(tiny, tmp_path):
    log = tmp_path / "annexa.log"
    assert build(tiny, tmp_path / "out", "--quiet", "--log-file", log).code == 0
    assert build(tiny, tmp_path / "out", "--log-file", log, "--require", "3").code == 3
    assert build(tiny, tmp_path / "out").code == 0  # without the option, nothing is added
    lines = [re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d (.+)", text)[1] for text in log.read_text().splitlines()]
    starts = [i for i, text in enumerate(lines) if text.startswith(f"annexa {__version__}: build for 2018-06-04")]
    assert len(starts) == 2
    first, second = lines[: starts[1]], lines[starts[1] :]
    assert any(re.fullmatch(r"reading the extract: \d+\.\d\d s", text) for text in first)
    assert "List 1: rows 1, children 1, left out 0" in first
    assert re.fullmatch(r"ended with exit code 0 after \d+\.\d\d s", first[-1])
    assert any(text.startswith("failed: List 3 is required") for text in second)
    assert re.fullmatch(r"ended with exit code 3 after \d+\.\d\d s", second[-1])


@pytest.mark.parametrize("fail_on", ["error", "warning", "never"])
def test_fail_on(tiny, little, tmp_path, fail_on):
    out = tmp_path / "out"
    for folder, failing in ((tiny, {"warning"}), (little, {"error", "warning"})):
        ran = build(folder, out, "--lists", "1", "--quiet", "--fail-on", fail_on)
        counts = read_manifest(out).findings
        assert (bool(counts.error), bool(counts.warning)) == ("error" in failing, True)
        assert ran.code == (1 if fail_on in failing else 0)
        assert (f"--fail-on is {fail_on}: " in ran.err) is bool(ran.code)
        assert verify(out) == []


def test_both_ways_to_write_a_date_mean_the_same_day(little, tmp_path):
    for name, day, taken in (("one", "2018-06-04", "2018-06-01"), ("other", "04/06/2018", "01/06/2018")):
        options = ("--inspection-date", day, "--extract-date", taken, "--lists", "1,8", "--quiet")
        assert annexa("build", *options, "--extracts", little, "--output", tmp_path / name).code == 0
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert {name: one[name] for name in SAME} == {name: other[name] for name in SAME}
    assert read_manifest(tmp_path / "one").extract_date == date(2018, 6, 1)


def test_with_a_settings_file_the_inspection_date_is_enough(tiny, tmp_path, monkeypatch):
    (tmp_path / "annexa.toml").write_text(f'authority = "Ourtown"\nextracts = "{tiny.as_posix()}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = annexa("build", "--inspection-date", DAY)
    assert ran.code == 0, ran.err
    assert f"The workbook is {Path('annexa-2018-06-04', 'annex-a.xlsx')}." in ran.out
    front = openpyxl.load_workbook(tmp_path / "annexa-2018-06-04" / "annex-a.xlsx")["Front_Sheet"]
    assert ("Authority", "Ourtown") in [row[:2] for row in front.iter_rows(values_only=True)]


# --- what a build leaves behind


def test_front_sheet_sheets_and_manifest_agree(built):
    _, out = built
    workbook = openpyxl.load_workbook(out / "annex-a.xlsx")
    lines = [row for row in workbook["Front_Sheet"].iter_rows(values_only=True) if isinstance(row[0], int)]
    manifest = read_manifest(out)
    assert [line[0] for line in lines] == [entry.number for entry in manifest.lists] == list(range(1, 12))
    for line, entry in zip(lines, manifest.lists, strict=True):
        number, title, start, end, rows, children, left_out, state = line
        sheet = workbook[f"List_{number}"]
        found = sheet_rows(sheet)
        assert found, f"List {number} is empty: the sample tests nothing here"
        assert len(found) == rows == entry.rows
        assert len({row[0] for row in found}) == children == entry.children
        assert sheet["A1"].value == title == entry.title
        assert state == entry.state == "built"
        assert (start and start.date(), end and end.date()) == (entry.window_from, entry.window_to)
        accounts = [account for account in manifest.accounts if account.list == number]
        assert left_out == sum(sum(account.reasons.values()) for account in accounts)


def test_the_account_adds_up_to_the_rows_read(built, tables_of_lists):
    _, out = built
    manifest = read_manifest(out)
    read = {each.table: each.rows for each in manifest.inputs if each.table}
    assert read == {name: table.height for name, table in tables_of_lists.items()}
    for account in manifest.accounts:
        left_out = account.duplicate + account.out_of_window + account.out_of_scope + account.exception
        assert account.output + left_out == account.rows_read == read[account.table]
        assert sum(account.reasons.values()) == left_out
    # A table has an account for each list that it feeds, or else a plain count.
    assert {each.table for each in manifest.accounts} | {each.table for each in manifest.tables} == read.keys()
    for count in manifest.tables:
        assert count.used + count.unused + count.exception == count.rows == read[count.table]


def test_exclusions_are_the_rows_that_the_account_leaves_out(built):
    _, out = built
    rows = Counter((int(row["list"]), row["source_table"], row["reason"]) for row in rows_of(out / "exclusions.csv"))
    accounts = read_manifest(out).accounts
    assert rows == {(each.list, each.table, code): number for each in accounts for code, number in each.reasons.items()}
    classes = Counter((int(row["list"]), row["class"]) for row in rows_of(out / "exclusions.csv"))
    for name in ("duplicate", "out_of_window", "out_of_scope", "exception"):
        for number in range(1, 12):
            wanted = sum(getattr(each, name) for each in accounts if each.list == number)
            assert classes[number, name.replace("_", " ")] == wanted


def test_findings_are_those_that_the_manifest_counts(built):
    _, out = built
    # What sums up a whole list is no finding more.
    sums = {check for check, each in catalogue().items() if each.summary}
    rows = [each for each in rows_of(out / "findings.csv") if each["check"] not in sums or each["child"] or each["row"]]
    counts = read_manifest(out).findings
    assert Counter(row["check"] for row in rows) == counts.by_check
    severities = Counter(row["severity"] for row in rows)
    assert (severities["error"], severities["warning"], severities["info"]) == (
        counts.error,
        counts.warning,
        counts.info,
    )


@pytest.mark.parametrize("built", EDITIONS[-1:], indirect=True)
def test_two_runs_give_the_same_bytes(built, extract, tmp_path, monkeypatch):
    _, out = built
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("annexa.clock.now", lambda: read_manifest(out).created.replace(year=2001))
    edition = read_manifest(out).edition.name
    assert build(extract, Path("again"), "--edition", edition, "--verbose").code == 0
    first, second = contents(out), contents(Path("again"))
    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
    one, other = (json.loads(each["manifest.json"]) for each in (first, second))
    assert one.pop("created") != other.pop("created")
    assert one == other


def test_the_order_of_the_rows_changes_no_byte_of_the_workbook(tables_of_lists, tmp_path):
    # Repeated rows, and rows that differ from one with the same identifier, must not be told apart by their place.
    tables = {name: _with_repeats(table) for name, table in tables_of_lists.items()}
    shuffled = {name: table.sample(fraction=1, shuffle=True, seed=1) for name, table in tables.items()}
    assert any(not shuffled[name].equals(tables[name]) for name in tables)
    workbooks = []
    for name, each in (("plain", tables), ("shuffled", shuffled)):
        write_sample(each, tmp_path / name, "csv", date(2018, 6, 4))
        assert build(tmp_path / name, tmp_path / f"{name}-out", "--edition", EDITIONS[-1], "--quiet").code == 0
        workbooks.append((tmp_path / f"{name}-out" / "annex-a.xlsx").read_bytes())
    assert workbooks[0] == workbooks[1]


def _with_repeats(table: pl.DataFrame) -> pl.DataFrame:
    same = table.head(4)
    other = table.slice(4, 4)
    last = table.columns[-1]
    changed = other.with_columns(pl.lit(None, pl.String).alias(last)) if table.width > 2 else other
    return pl.concat([table, same, changed])


@pytest.mark.parametrize("built", EDITIONS[-1:], indirect=True)
def test_a_part_of_the_lists_is_the_same_as_in_a_full_build(built, extract, tmp_path):
    _, out = built
    edition = read_manifest(out).edition.name
    assert build(extract, tmp_path / "part", "--edition", edition, "--lists", "1,7,8", "--quiet").code == 0
    full, part = (openpyxl.load_workbook(folder / "annex-a.xlsx") for folder in (out, tmp_path / "part"))
    assert [name for name in part.sheetnames if name.startswith("List_")] == ["List_1", "List_7", "List_8"]
    for name in ("List_1", "List_7", "List_8"):
        assert list(part[name].values) == list(full[name].values)
    entries = {entry.number: entry for entry in read_manifest(out).lists}
    assert all(entry == entries[entry.number] for entry in read_manifest(tmp_path / "part").lists)


# --- nothing about a child leaves the workbook and the two CSV files

TOKEN = "zqx"
MARKED = ("_id", "_upn", "name", "worker", "advisor", "team", "postcode", "_urn", "organisation", "_no")


def _marked(table: pl.DataFrame) -> pl.DataFrame:
    """Every identifier and name becomes a token; so does each sixth of the other cells, whatever they should hold."""
    names = [name for name in table.columns if name.endswith(MARKED)]
    others = [name for name in table.columns if name not in names]
    row = pl.int_range(pl.len())
    return table.with_columns(
        *(pl.format(f"{TOKEN}-{{}}", name).alias(name) for name in names),
        *(
            pl.when(row % 6 == i % 6).then(pl.lit(f"{TOKEN} 31/02/2018 {{")).otherwise(pl.col(name)).alias(name)
            for i, name in enumerate(others)
        ),
    )


def test_no_value_of_a_child_reaches_terminal_log_or_manifest(authority, tmp_path):
    write_sample({name: _marked(table) for name, table in authority.items()}, tmp_path / "extract", "csv", date.min)
    out, log = tmp_path / "out", tmp_path / "run.log"
    shown = ""
    for more in (("--fail-on", "error"), ("--json",)):
        ran = build(tmp_path / "extract", out, "--verbose", "--log-file", log, *more)
        assert ran.code in (0, 1), ran.err
        shown += ran.out + ran.err
    shown += log.read_text("utf-8") + (out / "manifest.json").read_text("utf-8")
    manifest = read_manifest(out)
    # The test can fail: the values went all the way, and findings of many kinds are about them.
    assert sum(entry.rows > 0 for entry in manifest.lists) > 8
    assert len(manifest.findings.by_check) > 15
    assert (out / "findings.csv").read_text("utf-8-sig").count(TOKEN) > 1000
    assert TOKEN not in shown.casefold()
    assert [row["message"] for row in rows_of(out / "findings.csv") if TOKEN in row["message"].casefold()] == []
    # No date of a child either: only those of the run and of the windows.
    windows = {day for entry in manifest.lists for day in (entry.window_from, entry.window_to) if day}
    run = {manifest.inspection_date, manifest.created.date(), date.today()}
    dates = {date.fromisoformat(text) for text in re.findall(r"\d{4}-\d\d-\d\d", shown)}
    dates |= {date(int(y), int(m), int(d)) for d, m, y in re.findall(r"(\d\d)/(\d\d)/(\d{4})", shown)}
    assert dates <= windows | run


# --- verify


def test_verify_says_in_words_what_differs(tiny, tmp_path):
    out = tmp_path / "out"
    assert build(tiny, out, "--quiet").code == 0
    ran = annexa("verify", out)
    assert (ran.code, ran.out) == (0, f"{out} matches its manifest.\n")
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    ran = annexa("verify", out)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Not from annexa, and left alone: notes.txt.")
    (out / "findings.csv").write_text("changed", encoding="utf-8")
    (out / "exclusions.csv").unlink()
    ran = annexa("verify", out)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "exclusions.csv is missing.",
        "findings.csv is not the file that the run wrote.",
        "Not from annexa, and left alone: notes.txt.",
        f"{out} does not match its manifest.",
    ]
    ran = annexa("verify", out, "--json")
    assert ran.code == 1
    document = json.loads(ran.out)
    assert (document["matches"], document["extra_files"]) == (False, ["notes.txt"])
    assert [(each["file"], each["what"]) for each in document["problems"]] == [
        ("exclusions.csv", "missing"),
        ("findings.csv", "changed"),
    ]


def test_verify_of_a_manifest_that_does_not_add_up_or_is_none(tiny, tmp_path):
    out = tmp_path / "out"
    assert build(tiny, out, "--quiet").code == 0
    content = json.loads((out / "manifest.json").read_text("utf-8"))
    content["findings"]["error"] += 1
    (out / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    ran = annexa("verify", out)
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith("manifest.json: Findings: the checks do not add up")
    (out / "manifest.json").unlink()
    ran = annexa("verify", out)
    assert ran.code == 3
    assert "manifest.json" in ran.err


# --- the commands that explain


@pytest.mark.parametrize(
    "command", [["build"], ["check"], ["report", "3.08"], ["pack", "--visit", "focused:front-door"]]
)
def test_the_outputs_do_not_go_among_the_tables(little, command):
    before = contents(little)
    ran = annexa(
        *command, "--inspection-date", "2018-06-04", "--extracts", little, "--output", little / ".." / "extract"
    )
    assert (ran.code, ran.out) == (2, "")
    assert "this is the folder of the extract" in ran.err
    assert contents(little) == before


def test_version():
    assert annexa("--version").out == f"annexa {__version__}\n"


def test_editions_list():
    ran = annexa("editions", "list")
    for name in EDITIONS:
        edition = load_edition(name)
        columns = sum(len(spec.columns) for spec in edition.lists.values())
        assert re.search(rf"^{name}  {edition.in_force_from:%d/%m/%Y}  .*{edition.title}  .*{columns}$", ran.out, re.M)
    assert [each["name"] for each in json.loads(annexa("editions", "list", "--json").out)] == EDITIONS


@pytest.mark.parametrize("name", EDITIONS)
def test_editions_show(name):
    edition = load_edition(name)
    whole = annexa("editions", "show", name)
    one = annexa("editions", "show", name, "--list", "9")
    for number, spec in edition.lists.items():
        assert re.search(
            rf"^ +{number}  {re.escape(spec.title.partition(': ')[2])}  .*{spec.one_row_per}", whole.out, re.M
        )
    for column in edition.lists[9].columns:
        assert column.heading.strip() in one.out
        for label in edition.code_set(column.codes).labels if column.codes else ():
            assert label in one.out
    document = json.loads(annexa("editions", "show", name, "--json").out)
    assert [each["number"] for each in document["lists"]] == list(edition.lists)
    assert document["months"] == {str(number): months for number, months in edition.months.items()}
    (only,) = json.loads(annexa("editions", "show", name, "--list", "9", "--json").out)["lists"]
    assert [each["heading"] for each in only["columns"]] == [each.heading for each in edition.lists[9].columns]


def test_editions_diff():
    ran = annexa("editions", "diff", "ilacs-2018", "ilacs-2019")
    assert re.search(r"^window  List 1  +3 months  +6 months", ran.out, re.M)
    rows = json.loads(annexa("editions", "diff", "ilacs-2018", "ilacs-2019", "--json").out)
    assert {"area": "window", "subject": "List 1", "before": "3 months", "after": "6 months"} in rows
    assert annexa("editions", "diff", "ilacs-2019", "ilacs-2019").out == "The two editions do not differ.\n"


def test_wrong_names_are_answered_with_the_right_ones():
    for words in (("editions", "show", "ilacs"), ("editions", "diff", "ilacs-2018", "x"), ("sources", "show", "sdd")):
        ran = annexa(*words)
        assert ran.code == 2
        assert "ilacs-2019" in ran.err or "ssd" in ran.err
    ran = annexa("editions", "show", "ilacs-2019", "--list", "12")
    assert ran.code == 2
    assert "has no List 12" in ran.err


def test_sources_list_and_show():
    listed = annexa("sources", "list").out
    assert [each["name"] for each in json.loads(annexa("sources", "list", "--json").out)] == source_names()
    for name in source_names():
        assert re.search(rf"^{name}  ", listed, re.M)
        profile = load_source(name)
        shown = annexa("sources", "show", name).out
        document = json.loads(annexa("sources", "show", name, "--json").out)
        assert document.keys() == profile.tables.keys()
        for record, table in profile.tables.items():
            assert f"{record}: from {table.table}\n" in shown
            for field, columns in table.columns.items():
                assert document[record]["columns"][field] == list(columns)
                for column in columns:
                    assert re.search(rf"\b{re.escape(column)}\b", shown)


def test_sources_check(tiny, tmp_path):
    whole = json.loads(annexa("sources", "check", "ssd", "--json").out)
    assert [each["state"] for each in whole] == ["mapped"] * len(RECORDS)
    folder = tmp_path / "extract"
    shutil.copytree(tiny, folder)
    ran = annexa("sources", "check", "ssd", "--extracts", folder)
    assert ran.code == 0
    assert re.search(r"^1 +ssd_contacts +supplied +cont_contact_source_code$", ran.out, re.M)
    assert re.search(r"^3, 6 +ssd_cin_episodes +not supplied +-$", ran.out, re.M)
    (folder / "ssd_contacts.csv").write_text(CONTACTS.replace("cont_contact_date", "other"), encoding="utf-8")
    ran = annexa("sources", "check", "ssd", "--extracts", folder)
    assert ran.code == 1
    assert "ssd_contacts cannot be used" in ran.out
    ran = annexa("sources", "check", "ssd", "--extracts", folder, "--json")
    assert ran.code == 1
    states = {each["table"]: each["state"] for each in json.loads(ran.out)}
    assert states["ssd_contacts"] == "cannot be used"


def test_config_show_says_where_each_value_came_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = annexa("config", "show")
    assert "There is no annexa.toml" in ran.out
    assert {re.split(r"\s{2,}", text)[-1] for text in ran.out.splitlines()[2:-2]} == {"default"}
    (tmp_path / "annexa.toml").write_text(
        'authority = "Ourtown"\n[options]\ndrop_adults = true\nown_la = ["A", "B"]\n[limits]\nmax_ratio = 300\n',
        encoding="utf-8",
    )
    rows = {
        cells[0]: cells[1:] for cells in (re.split(r"\s{2,}", t) for t in annexa("config", "show").out.splitlines())
    }
    assert rows["authority"] == ["Ourtown", "annexa.toml"]
    assert rows["options.drop_adults"] == ["true", "annexa.toml"]
    assert rows["options.own_la"] == ["A, B", "annexa.toml"]
    assert rows["limits.max_ratio"] == ["300", "annexa.toml"]
    assert rows["limits.max_expanded_mb"] == ["4096", "default"]
    assert rows["edition"] == ["ilacs-2018", "default"]
    assert rows["extracts"] == ["-", "default"]
    document = json.loads(annexa("config", "show", "--json").out)
    assert document["options.own_la"] == {"value": ["A", "B"], "from": "annexa.toml"}
    assert document.keys() == rows.keys() - {"Setting", ""} - {name for name in rows if set(name) == {"─"}}


# --- sample


def test_a_sample_is_written_and_can_be_built(tmp_path):
    ran = annexa(
        "sample",
        "--children",
        "30",
        "--inspection-date",
        "04/06/2018",
        "--output",
        tmp_path / "a b",
        "--defects",
        "0.1",
    )
    assert ran.code == 0, ran.err
    text = ran.out.splitlines()
    assert re.fullmatch(rf"The extract is in {re.escape(str(tmp_path / 'a b'))}: \d+ tables, [\d,]+ rows\.", text[0])
    defects = rows_of(tmp_path / "a b.defects.csv")
    assert text[1] == f"{len(defects)} planted defects are listed in a b.defects.csv beside it."
    assert text[2] == f'Next: annexa build --inspection-date 2018-06-04 --extracts "{tmp_path / "a b"}"'
    assert build(tmp_path / "a b", tmp_path / "out", "--quiet").code == 0


@pytest.mark.parametrize(("form", "files"), [("xlsx", "extract.xlsx"), ("sqlite", "extract.sqlite"), ("parquet", "")])
def test_the_forms_of_a_sample(tmp_path, form, files):
    arguments = ("sample", "--children", "20", "--inspection-date", DAY, "--seed", "3", "--output")
    ran = annexa(*arguments, tmp_path / "one", "--format", form)
    assert ran.out.endswith(f"--extracts {tmp_path / 'one' / files}\n")
    assert annexa(*arguments, tmp_path / "two", "--format", form, "--quiet").out == ""
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert build(tmp_path / "one" / files, tmp_path / "out", "--quiet").code == 0


def test_a_sample_as_at_an_earlier_day_holds_less(tmp_path):
    arguments = ("sample", "--children", "40", "--inspection-date", DAY)
    counts = []
    for name, more in (("whole", ()), ("cut", ("--as-at", "01/01/2017"))):
        ran = annexa(*arguments, "--output", tmp_path / name, *more)
        counts.append(int(re.search(r"([\d,]+) rows", ran.out)[1].replace(",", "")))
    assert counts[1] < counts[0]
    assert not (tmp_path / "cut.defects.csv").exists()


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        (("--children", "0"), 2, "--children"),
        (("--defects", "1.5"), 2, "--defects"),
        (("--format", "ods"), 2, "--format"),
        (("--as-at", "tomorrow"), 2, "--as-at"),
        (("--seed", "-1"), 2, "--seed"),
    ],
)
def test_wrong_options_of_a_sample(tmp_path, more, code, word):
    ran = annexa("sample", "--inspection-date", DAY, "--output", tmp_path / "extract", *more)
    assert ran.code == code
    assert word in ran.err
    assert not (tmp_path / "extract").exists()


def test_a_sample_does_not_write_over_something_else(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    ran = annexa("sample", "--children", "5", "--inspection-date", DAY, "--output", tmp_path / "mine")
    assert ran.code == 4
    assert contents(tmp_path / "mine") == {"notes.txt": b"mine"}
