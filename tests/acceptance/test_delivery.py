"""What stands beside the lists: reports, tracker and index, for a build, a pack and a report by itself."""

import json
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


@pytest.fixture(scope="module")
def built(extract, tmp_path_factory):
    """The output of a build."""
    out = tmp_path_factory.mktemp("delivery") / "out"
    done = run(
        ["build"], extract, out, "--reports", "all", "--format", "json", "--format", "csv", "--own-la", "Exshire"
    )
    assert done.code == 0, done.err
    return out


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


def test_a_build_repeats_exactly(built, extract, tmp_path):
    again = run(
        ["build"],
        extract,
        tmp_path / "again",
        "--reports",
        "all",
        "--format",
        "json",
        "--format",
        "csv",
        "--own-la",
        "Exshire",
    )
    assert again.code == 0
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


def test_what_an_officer_writes_in_the_tracker_survives_the_next_build(extract, tmp_path):
    out = tmp_path / "out"
    assert run(["build"], extract, out, "--reports", "3.09", "--quiet").code == 0
    write_in(out / "tracker.xlsx", "1.02-scheme-of-delegation", owner="Jo", status="requested", note="=asked twice")
    assert annexa("verify", out).code == 0
    assert run(["build"], extract, out, "--reports", "3.09", "--quiet").code == 0
    sheet = openpyxl.load_workbook(out / "tracker.xlsx")["Tracker"]
    (row,) = [[c.value for c in row] for row in sheet.iter_rows() if row[1].value == "1.02-scheme-of-delegation"]
    assert {"Jo", "requested", "=asked twice"} <= set(row)
    assert "requested" in (out / "index.html").read_text("utf-8")


def test_a_tracker_that_cannot_be_read_stops_the_build_and_is_kept(extract, tmp_path):
    out = tmp_path / "out"
    assert run(["build"], extract, out, "--reports", "3.09", "--quiet").code == 0
    (out / "tracker.xlsx").write_bytes(b"hers")
    before = contents(out)
    done = run(["build"], extract, out, "--reports", "3.09", "--quiet")
    assert done.code == 4
    assert "tracker.xlsx" in done.err
    assert contents(out) == before


def test_without_reports_there_are_the_lists_alone(extract, tmp_path):
    assert run(["build"], extract, tmp_path / "out", "--reports", "none", "--quiet").code == 0
    assert not (tmp_path / "out" / "reports").exists()
    assert not (tmp_path / "out" / "index.html").exists()


@pytest.mark.parametrize("text", ["2.06", "1.01", "all,none", "2.02;3.09"])
def test_a_report_that_does_not_exist_is_refused(extract, tmp_path, text):
    done = run(["build"], extract, tmp_path / "out", "--reports", text)
    assert done.code == 2
    assert "1.07, 2.01" in done.err
    assert not (tmp_path / "out").exists()


def test_a_pack_holds_its_lists_reports_and_items_alone(extract, tmp_path):
    out = tmp_path / "pack"
    done = run(["pack", "--visit", "focused:care-leavers"], extract, out)
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


def test_one_report_by_itself(extract, tmp_path):
    out = tmp_path / "report"
    done = run(["report", "2.02"], extract, out, "--format", "json")
    assert done.code == 0, done.err
    assert "Children missing" in done.out or "children" in done.out.lower()
    assert sorted(path.name for path in (out / "reports").iterdir()) == [
        "2.02-missing-and-exploited.json",
        "2.02-missing-and-exploited.xlsx",
    ]
    assert not (out / "annex-a.xlsx").exists()
    record = read_manifest(out)
    assert (record.command, record.lists, [entry.item for entry in record.reports]) == ("report", (), ["2.02"])


def test_reports_for_wider_sharing_have_no_rows_and_no_small_counts(extract, tmp_path):
    out = tmp_path / "shared"
    assert run(["report", "all", "--suppress"], extract, out, "--format", "json").code == 0
    for name in NAMES:
        document = json.loads((out / "reports" / f"{name}.json").read_text("utf-8"))
        assert document["suppressed"] is True
        assert document["sheets"] == []
        for figure in document["figures"]:
            counts = [figure.get(key) for key in ("numerator", "denominator")]
            counts += [figure["value"]] if isinstance(figure.get("value"), int) else []
            assert not [count for count in counts if isinstance(count, int) and 1 <= count <= 4], figure["key"]


def test_the_index_names_the_day_and_not_the_clock(built):
    assert f"{date.fromisoformat(DAY):%d/%m/%Y}" in (built / "index.html").read_text("utf-8")
