"""What stands beside the lists: reports, tracker and index, for a build, a pack and a report by itself."""

import json
import re
import shutil
from datetime import date

import openpyxl
import pytest

from annexa.evidence.items import load_items
from annexa.outputs.manifest import read_manifest
from annexa.reports.spec import report_specs
from tests.support.cli import annexa, contents

DAY = "2018-06-04"
NAMES = [
    "1.07-workforce", "2.01-early-help", "2.02-missing-and-exploited", "2.03-private-fostering",
    "2.04-elective-home-education", "2.05-not-in-full-time-education", "3.07-virtual-school", "3.08-health",
    "3.09-secure-accommodation", "3.10-care-leavers", "3.11-public-law-outline",
]  # fmt: skip


def run(command, extract, out, *more):
    return annexa(*command, "--inspection-date", DAY, "--extracts", extract, "--output", out, *more)


@pytest.fixture
def built(whole):
    """The output of a build, to be looked at."""
    return whole


@pytest.fixture
def out(little_built, tmp_path):
    """The output of a build of a few tables, to be changed."""
    return shutil.copytree(little_built, tmp_path / "out")


def test_all_eleven_reports_stand_in_a_folder(built):
    assert sorted(path.stem for path in (built / "reports").glob("*.xlsx")) == NAMES
    assert [spec.name for spec in report_specs().values()] == NAMES
    for name in NAMES:
        book = openpyxl.load_workbook(built / "reports" / f"{name}.xlsx")
        assert book.sheetnames[0] == "Summary"
        assert book.sheetnames[-1] == "Notes"
        assert all(sheet.page_setup.orientation == "landscape" for sheet in book.worksheets)


def test_the_manifest_names_them_and_the_output_is_what_it_says(built):
    record = read_manifest(built)
    assert {entry.item for entry in record.reports} == {*report_specs(), "1.06"}
    assert {entry.file for entry in record.reports} <= {output.name for output in record.outputs}
    assert annexa("verify", built).code == 0


def test_json_and_csv_say_the_same_as_each_other(built):
    for name in NAMES:
        document = json.loads((built / "reports" / f"{name}.json").read_text("utf-8"))
        lines = (built / "reports" / f"{name}.csv").read_text("utf-8-sig").splitlines()
        assert len(lines) >= len(document["figures"]) + 1
        for sheet in document["sheets"]:
            assert (built / "reports" / f"{name}.{sheet['key']}.csv").is_file()


def test_no_report_names_a_child_or_a_worker(built, authority):
    people = authority["ssd_person"].select("pers_forename", "pers_surname").drop_nulls().unique()
    names = {" ".join(each) for each in people.iter_rows()}
    names |= set(authority["ssd_professionals"]["prof_professional_name"].drop_nulls())
    assert len(names) > 100
    for name in NAMES:
        text = (built / "reports" / f"{name}.json").read_text("utf-8")
        assert [each for each in names if each in text] == []


def test_the_tracker_has_every_document_of_every_item(built):
    sheet = openpyxl.load_workbook(built / "tracker.xlsx")["Tracker"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {document.id for _, document in load_items().documents} <= cells
    assert "reports/2.02-missing-and-exploited.xlsx" in cells


def test_a_build_repeats_exactly(built, everything, tmp_path):
    assert annexa(*everything, "--output", tmp_path / "again").code == 0
    first, second = contents(built), contents(tmp_path / "again")
    assert [name for name in first if first[name] != second.get(name)] == ["manifest.json"]


def write_in(tracker, document, **cells):
    """Write into the officer's columns of one row."""
    book = openpyxl.load_workbook(tracker)
    sheet = book["Tracker"]
    headings = next(row for row in sheet.iter_rows() if "Document" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in headings}
    row = next(row for row in sheet.iter_rows() if row[columns["Document"] - 1].value == document)
    for heading, value in cells.items():
        sheet.cell(row[0].row, columns[heading.replace("_", " ").capitalize()], value).data_type = "s"
    book.save(tracker)


def row_of(tracker, document):
    """The cells of one row."""
    sheet = openpyxl.load_workbook(tracker)["Tracker"]
    (row,) = [[c.value for c in row] for row in sheet.iter_rows() if row[1].value == document]
    return row


HERS = {"owner": "Jo", "status": "requested", "note": "=asked twice"}


@pytest.fixture(scope="module")
def rebuilt(little, little_built, tmp_path_factory):
    """The output of a second build, after an officer wrote into the tracker of the first; and what it printed."""
    out = shutil.copytree(little_built, tmp_path_factory.mktemp("rebuilt") / "out")
    tracker = out / "tracker.xlsx"
    write_in(tracker, "1.02-scheme-of-delegation", **HERS)
    write_in(tracker, "1.02-workflow", status="ready", file="Jane Smith.pdf; b.pdf", note="Ask Jane Smith")
    write_in(tracker, "1.09-policy", status="ready", file="Smith.pdf")
    book = openpyxl.load_workbook(tracker)
    sheet = book["Tracker"]
    last = sheet.max_row + 1
    for column, value in ((1, "Smith"), (3, "Case of Jane Smith"), (9, "Jane.pdf")):
        sheet.cell(last, column).value = value
    book.save(tracker)
    assert annexa("verify", out).code == 0
    done = run(["build"], little, out, "--reports", "3.08")
    assert done.code == 0
    return out, done


def test_what_an_officer_writes_in_the_tracker_survives_the_next_build(rebuilt):
    out, _ = rebuilt
    assert set(HERS.values()) <= set(row_of(out / "tracker.xlsx", "1.02-scheme-of-delegation"))
    assert {"Jane Smith.pdf\nb.pdf", "Ask Jane Smith"} <= set(row_of(out / "tracker.xlsx", "1.02-workflow"))
    assert "requested" in (out / "index.html").read_text("utf-8")


def test_the_index_names_no_file_and_no_note_of_hers(rebuilt):
    out, done = rebuilt
    page = (out / "index.html").read_text("utf-8")
    assert not [name for name in ("Jane", "Smith") if name in page + done.out + done.err]
    assert "<p>2 files named in the tracker</p>" in page
    assert page.count("<p>named in the tracker</p>") == 2
    assert page.count("<p>There is a note in the tracker.</p>") == 2
    assert "(a row that was added to the tracker)" in page


def test_a_build_without_reports_keeps_the_tracker_and_says_that_they_are_not_built(little, out):
    write_in(out / "tracker.xlsx", "1.02-scheme-of-delegation", **HERS)
    write_in(out / "tracker.xlsx", "3.08-report", owner="Jo")
    assert "reports/3.08-health.xlsx" in row_of(out / "tracker.xlsx", "3.08-report")
    done = run(["build"], little, out, "--reports", "none")
    assert "3.08-report: reports/3.08-health.xlsx is not built; the row is not started again." in done.out
    assert not (out / "reports").exists()
    assert not (out / "evidence").exists()
    row = row_of(out / "tracker.xlsx", "3.08-report")
    assert {"Jo", "not started", "reports/3.08-health.xlsx was not built."} <= set(row)
    page = (out / "index.html").read_text("utf-8")
    assert [name for name in re.findall('href="([^"]*)"', page) if "reports/" in name or "evidence/" in name] == []
    assert read_manifest(out).reports == ()
    assert set(HERS.values()) <= set(row_of(out / "tracker.xlsx", "1.02-scheme-of-delegation"))
    assert "requested" in page
    assert annexa("verify", out).code == 0


def test_a_tracker_that_cannot_be_read_stops_the_build_and_is_kept(little, out):
    (out / "tracker.xlsx").write_bytes(b"hers")
    before = contents(out)
    done = run(["build"], little, out, "--reports", "none", "--quiet")
    assert done.code == 4
    assert "tracker.xlsx" in done.err
    assert contents(out) == before


def test_without_reports_there_are_the_lists_alone(little, tmp_path):
    """A tracker that is no output of annexa's is nothing to renew."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tracker.xlsx").write_bytes(b"another's")
    assert run(["build"], little, tmp_path / "out", "--reports", "none", "--quiet").code == 0
    found = contents(tmp_path / "out")
    assert sorted(found) == [
        "annex-a.xlsx", "exclusions.csv", "findings.csv", "findings.json", "findings.xlsx", "manifest.json",
        "tracker.xlsx",
    ]  # fmt: skip
    assert found["tracker.xlsx"] == b"another's"


@pytest.mark.parametrize("text", ["2.06", "1.01", "all,none", "2.02;3.09"])
def test_a_report_that_does_not_exist_is_refused(extract, tmp_path, text):
    done = run(["build"], extract, tmp_path / "out", "--reports", text)
    assert done.code == 2
    assert "1.07, 2.01" in done.err
    assert not (tmp_path / "out").exists()


def test_a_pack_holds_its_lists_reports_and_items_alone(little, tmp_path):
    out = tmp_path / "pack"
    done = run(["pack", "--visit", "focused:care-leavers"], little, out)
    assert done.code == 0, done.err
    assert openpyxl.load_workbook(out / "annex-a.xlsx").sheetnames[1:3] == ["List_8", "List_9"]
    assert [path.name for path in (out / "reports").iterdir()] == ["3.10-care-leavers.xlsx"]
    assert not (out / "evidence").exists()
    sheet = openpyxl.load_workbook(out / "tracker.xlsx")["Tracker"]
    wanted = {document.id for item, document in load_items().documents if item.number == "3.10"}
    assert {row[1].value for row in sheet.iter_rows(min_row=6)} - {None} == wanted
    text = (out / "index.html").read_text("utf-8")
    assert "Focused visit: care leavers" in text
    assert "List 9" in text
    assert "List 10" not in text
    assert "2.02" not in text
    assert read_manifest(out).command == "pack"
    # Once more: what she wrote stays.
    write_in(out / "tracker.xlsx", "3.10-report", **HERS)
    assert run(["pack", "--visit", "focused:care-leavers", "--quiet"], little, out).code == 0
    assert set(HERS.values()) <= set(row_of(out / "tracker.xlsx", "3.10-report"))


def test_one_report_by_itself(little, tmp_path):
    out = tmp_path / "report"
    done = run(["report", "3.08"], little, out, "--format", "json")
    assert done.code == 0, done.err
    assert "Children with a referral to CAMHS that is open" in done.out
    assert sorted(path.name for path in (out / "reports").iterdir()) == ["3.08-health.json", "3.08-health.xlsx"]
    assert not (out / "annex-a.xlsx").exists()
    record = read_manifest(out)
    assert (record.command, record.lists, [entry.item for entry in record.reports]) == ("report", (), ["3.08"])


def test_reports_for_wider_sharing_have_no_rows_and_no_small_counts(whole_extract, tmp_path):
    out = tmp_path / "shared"
    assert run(["report", "all", "--suppress"], whole_extract, out, "--format", "json").code == 0
    for name in NAMES:
        document = json.loads((out / "reports" / f"{name}.json").read_text("utf-8"))
        assert document["suppressed"] is True
        assert document["sheets"] == []
        for figure in document["figures"]:
            counts = [figure.get(key) for key in ("numerator", "denominator")]
            counts += [figure["value"]] if isinstance(figure.get("value"), int) else []
            assert not [count for count in counts if isinstance(count, int) and 1 <= count <= 4], figure["key"]


def test_what_is_built_for_wider_sharing_counts_no_children_beside_the_reports(little, out):
    record = read_manifest(out)
    (rows,) = {entry.rows for entry in record.lists if entry.number == 8}
    assert rows > 0
    assert f'<td class="number">{rows}</td>' in (out / "index.html").read_text("utf-8")
    (audits,) = [entry.figures for entry in record.reports if entry.item == "1.06"]
    write_in(out / "tracker.xlsx", "1.06-audited-cases", owner="Jo")
    done = run(["build", "--suppress"], little, out, "--reports", "3.08")
    assert done.code == 0
    assert "1.06-audited-cases: evidence/1.06-audited-cases.xlsx is not built: not for wider sharing" in done.out
    page = (out / "index.html").read_text("utf-8")
    assert 'class="number"' not in page
    assert "Rows and children of the lists are left out here" in page
    assert "not built: not for wider sharing</span>" in page
    assert not (out / "evidence").exists()
    assert [entry.item for entry in read_manifest(out).reports] == ["3.08"]
    sheet = openpyxl.load_workbook(out / "tracker.xlsx")["Tracker"]
    told = page + " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert audits not in told
    assert not re.search("[0-9]+ lists?, [0-9,]+ rows", told)
    checks = row_of(out / "tracker.xlsx", "1.01-lists")[-1]
    assert checks.startswith("The figures of the lists are not for wider sharing.")
    row = row_of(out / "tracker.xlsx", "1.06-audited-cases")
    assert "evidence/1.06-audited-cases.xlsx was not built: not for wider sharing." in row
    assert {"Jo", "not started"} <= set(row)
    # Nor are they there when the tracker is renewed from that folder.
    assert annexa("evidence", "init", "--inspection-date", DAY, "--output", out / "tracker.xlsx").code == 0
    assert row_of(out / "tracker.xlsx", "1.01-lists")[-1].startswith("The figures of the lists are not")


def test_the_index_names_the_day_and_not_the_clock(built):
    assert f"{date.fromisoformat(DAY):%d/%m/%Y}" in (built / "index.html").read_text("utf-8")
