"""annexa evidence, as an officer uses it from the call to the handing over."""

import json
import shutil
import stat
import subprocess
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest

from annexa.evidence.privacy import COULD_NOT_RUN, NOT_ASKED
from annexa.outputs.manifest import read_manifest, verify
from tests.support.cli import annexa, contents
from tests.support.tracker import cells, edit, package, pdf, sheet_of

DAY = "2018-06-04"
TODAY = {"ANNEXA_TODAY": "2018-05-30"}
SOFFICE = shutil.which("soffice")


def run(*arguments):
    return annexa("evidence", *arguments, env=TODAY)


def init(path, *more):
    ran = run("init", "--inspection-date", DAY, "--output", path, *more)
    assert ran.code == 0, ran.err
    return ran


@pytest.fixture(scope="module")
def filled_in(tmp_path_factory):
    """A folder with a tracker, and documents of which some are ready."""
    folder = tmp_path_factory.mktemp("evidence") / "evidence"
    (folder / "docs").mkdir(parents=True)
    init(folder / "tracker.xlsx")
    pdf(folder / "docs" / "Scheme: 2018?.pdf")
    package(folder / "docs" / "self.docx")
    pdf(folder / "docs" / "locked.pdf", locked=True)
    (folder / "docs" / "mi.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    edit(
        folder / "tracker.xlsx",
        d1_02_scheme_of_delegation={"status": "ready", "file": "docs/Scheme: 2018?.pdf", "owner": "Clerk"},
        d1_02_workflow={"status": "not applicable", "note": "None; see <the policy>"},
        d1_03_latest_report={"status": "submitted", "file": "docs\\mi.csv", "file_date": "30/04/2018"},
        d1_05_self_evaluation={"status": "ready", "file": "docs/self.docx; docs/locked.pdf"},
        d1_10_thresholds={"status": "draft", "file": "docs/none.pdf"},
        d1_11_annual_report={"status": "ready", "file": "../outside.pdf"},
        d3_04b_waiting_time={"status": "ready", "note": "7 weeks"},
    )
    return folder


@pytest.fixture
def home(filled_in, tmp_path):
    """The same for one test to change."""
    (tmp_path / "outside.pdf").write_bytes(b"x")
    return shutil.copytree(filled_in, tmp_path / "evidence")


@pytest.fixture(scope="module")
def collected(filled_in, tmp_path_factory):
    """That folder, and what is collected from it: the run, and where it is."""
    folder = tmp_path_factory.mktemp("collected")
    home = shutil.copytree(filled_in, folder / "evidence")
    (folder / "outside.pdf").write_bytes(b"x")
    return run("collect", "--tracker", home / "tracker.xlsx", "--output", folder / "out"), folder / "out"


def test_a_fresh_tracker(tmp_path):
    path = tmp_path / "tracker.xlsx"
    ran = init(path)
    assert ran.out == f"{path} is written: 64 rows. 3 working days to the inspection on 04/06/2018.\n"
    assert ran.err == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert openpyxl.load_workbook(path).sheetnames == ["Tracker", "What is asked", "How to use"]
    held = cells(path, "d2_02_strategies")
    assert (held["status"], held["due"], held["due_in"], held["rag"]) == (
        "not started", datetime(2018, 6, 1), "due in 2 working days", "Amber: due soon",
    )  # fmt: skip


def test_it_is_written_where_one_works_unless_it_is_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert annexa("evidence", "init", "--inspection-date", "04/06/2018", env=TODAY).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tracker.xlsx"]


@pytest.mark.parametrize("name", ["tracker.xls", "tracker", "tracker.ods"])
def test_a_tracker_is_an_xlsx_workbook(tmp_path, name):
    ran = run("init", "--inspection-date", DAY, "--output", tmp_path / name)
    assert (ran.code, ran.err.splitlines()[1]) == (2, "Let its name end in .xlsx.")
    assert list(tmp_path.iterdir()) == []


def test_what_she_wrote_survives_a_rerun_and_the_rest_is_renewed(home):
    path = home / "tracker.xlsx"
    ran = init(path)
    assert "is brought up to date: 64 rows." in ran.out
    held = cells(path, "d1_02_scheme_of_delegation")
    assert (held["owner"], held["status"], held["file"]) == ("Clerk", "ready", "docs/Scheme: 2018?.pdf")
    assert (held["rag"], held["checks"]) == ("Green: done", "Passed.")
    assert cells(path, "d1_03_latest_report")["file_date"] == datetime(2018, 4, 30)
    assert cells(path, "d1_05_self_evaluation")["checks"].startswith("File 2 of 2 is a PDF with a password")
    before = path.read_bytes()
    init(path)
    assert path.read_bytes() == before


def test_a_deleted_row_comes_back_and_one_that_she_added_stays(home):
    path = home / "tracker.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Tracker"]
    gone = next(row[0].row for row in sheet.iter_rows(min_row=6) if row[1].value == "1.09-policy")
    sheet.delete_rows(gone)
    last = sheet.max_row + 1
    for at, value in ((1, 1.02), (3, "Our own"), (8, "draft"), (13, "Mine")):
        sheet.cell(last, at).value = value
    book.save(path)
    ran = init(path)
    assert ran.err == (
        "Warning: 1.09-policy (Caseload and supervision policy) was not in the tracker: it is back, as not started.\n"
    )
    assert cells(path, "d1_09_policy")["status"] == "not started"
    rows = [row for row in sheet_of(path).iter_rows(min_row=6, values_only=True) if row[0] == "1.02"]
    assert [(row[2], row[7], row[12]) for row in rows][-1] == ("Our own", "draft", "Mine")


def test_another_inspection_date(home):
    path = home / "tracker.xlsx"
    ran = run("init", "--inspection-date", "2018-06-11", "--output", path)
    assert "the inspection is on 04/06/2018; it is taken to be on 11/06/2018" in ran.err
    ran = run("status", "--tracker", path)
    assert ran.err == ""
    assert "8 working days to the inspection on 11/06/2018." in ran.out


def test_status_says_what_is_ready_and_what_is_missing(home):
    before = contents(home)
    ran = run("status", "--tracker", home / "tracker.xlsx")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "Evidence for the inspection on 04/06/2018"
    (line,) = [line for line in lines if line.startswith("1.11")]
    assert "The file lies outside the tracker's folder" in line
    assert lines[-2:] == [
        "3 working days to the inspection on 04/06/2018.",
        "64 rows: 57 not started, 1 draft, 4 ready, 1 submitted, 1 not applicable.",
    ]
    assert contents(home) == before


def test_annexas_own_files_are_not_looked_for_without_their_build(little_built, tmp_path):
    init(tmp_path / "tracker.xlsx", "--products", little_built)
    ran = run("status", "--tracker", tmp_path / "tracker.xlsx")
    assert "names files that a build makes: give the build's folder with --products" in ran.err
    ran = run("status", "--tracker", tmp_path / "tracker.xlsx", "--products", little_built)
    assert ran.err == ""
    lines = [line for line in ran.out.splitlines() if line.startswith("3.08")]
    assert lines
    assert not [line for line in lines if "missing" in line]


def test_status_as_json(home):
    ran = run("status", "--tracker", home / "tracker.xlsx", "--json")
    told = json.loads(ran.out)
    assert (told["inspection_date"], told["counts"]["ready"], len(told["rows"])) == (DAY, 4, 64)
    (row,) = [row for row in told["rows"] if row["document"] == "1.11-annual-report"]
    assert (row["status"], row["passed"], row["due"], row["state"]) == ("ready", False, "2018-06-01", "Amber: due soon")
    assert "outside.pdf" not in ran.out


def test_status_without_a_date_in_the_tracker(home):
    book = openpyxl.load_workbook(home / "tracker.xlsx")
    book["Tracker"]["D3"].value = "next week"
    book.save(home / "tracker.xlsx")
    ran = run("status", "--tracker", home / "tracker.xlsx")
    assert ran.code == 2
    assert ran.err.startswith("Error: tracker.xlsx does not say when the inspection is")
    assert run("status", "--tracker", home / "tracker.xlsx", "--inspection-date", DAY).code == 0


def test_there_is_no_tracker(tmp_path):
    for command in ("status", "collect"):
        more = ["--output", tmp_path / "out"] if command == "collect" else []
        ran = run(command, "--tracker", tmp_path / "none.xlsx", *more)
        assert (ran.code, ran.err) == (
            3,
            "Error: There is no tracker none.xlsx.\nWrite one with `annexa evidence init`.\n",
        )
        assert list(tmp_path.iterdir()) == []


def test_collect_copies_what_is_ready_and_tells_of_all_the_rest(filled_in, collected):
    ran, out = collected
    assert ran.code == 1
    assert ran.err == (
        f"Warning: {NOT_ASKED}\nError: 2 files that are ready were not collected.\n"
        f"See {out / 'index.html'}: it says why.\n"
    )
    assert sorted(contents(out)) == [
        "1.02_Scheme_ 2018_.pdf", "1.03_mi.csv", "1.05_self.docx", "index.html", "index.xlsx", "manifest.json",
    ]  # fmt: skip
    assert (out / "1.03_mi.csv").read_bytes() == (filled_in / "docs" / "mi.csv").read_bytes()
    assert verify(out) == []
    record = read_manifest(out)
    assert (record.command, [each.name for each in record.inputs]) == ("evidence", ["tracker.xlsx"])
    assert record.options == {"allow_outside": False, "allow_links": False, "max_size_mb": 50}
    states = index(out).group_by("State").len().sort("State").rows()
    assert states == [
        ("Collected", 3),
        ("Figure given", 1),
        ("Not applicable", 1),
        ("Not collected", 2),
        ("Not ready", 58),
    ]
    told = dict(index(out).filter(pl.col("State") == "Not collected").select("File", "Remarks").iter_rows())
    assert told["docs/locked.pdf"] == "The file is a PDF with a password or restrictions: save it without them."
    assert told["../outside.pdf"].startswith("The file lies outside the tracker's folder")


def index(out):
    _, headings, *rows = openpyxl.load_workbook(out / "index.xlsx")["Index"].iter_rows(values_only=True)
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def test_nothing_is_collected_into_the_trackers_own_folder(home):
    before = contents(home)
    ran = run("collect", "--tracker", home / "tracker.xlsx", "--output", home / "docs" / "..")
    assert ran.code == 2
    assert "is the tracker's own folder" in ran.err
    assert contents(home) == before


def test_collect_again_replaces_what_it_made(home, collected, tmp_path):
    out = shutil.copytree(collected[1], tmp_path / "out")
    assert "1.03_mi.csv" in contents(out)
    edit(home / "tracker.xlsx", d1_03_latest_report={"status": "draft"})
    ran = run("collect", "--tracker", home / "tracker.xlsx", "--output", out, "--json")
    told = json.loads(ran.out)
    assert (told["files"], told["states"]["Collected"]) == (2, 2)
    assert "1.03_mi.csv" not in contents(out)


def test_outside_files_links_and_large_files_where_they_are_allowed(home, tmp_path):
    (home / "link.txt").symlink_to(tmp_path / "outside.pdf")
    (home / "large.dat").write_bytes(b"x" * (1024 * 1024 + 1))
    edit(
        home / "tracker.xlsx",
        d1_05_self_evaluation={"file": "docs/self.docx"},
        d1_11_annual_report={"file": str(pdf(tmp_path / "report.pdf"))},
        d1_12_arrangements={"status": "ready", "file": "link.txt"},
        d1_10_thresholds={"status": "ready", "file": "large.dat"},
    )
    collect = ["collect", "--tracker", home / "tracker.xlsx", "--output", tmp_path / "out"]
    assert run(*collect, "--max-size", "1").code == 1
    told = index(tmp_path / "out").filter(pl.col("State") == "Not collected")["Remarks"].to_list()
    assert [text.partition(":")[0] for text in told] == [
        "The file has 1 MB, and 1 MB are allowed",
        "The file lies outside the tracker's folder",
        "The file is a link, or lies in a linked folder",
    ]
    ran = run(*collect, "--allow-outside", "--allow-links", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert {"1.10_large.dat", "1.11_report.pdf", "1.12_link.txt"} <= contents(tmp_path / "out").keys()


def test_the_same_name_twice_in_an_item_and_one_file_named_twice(home, tmp_path):
    (home / "other").mkdir()
    (home / "other" / "SELF.docx").write_bytes((home / "docs" / "self.docx").read_bytes())
    edit(
        home / "tracker.xlsx",
        d1_05_self_evaluation={"file": "docs/self.docx; other/SELF.docx; ./docs/self.docx"},
        d1_11_annual_report={"status": "requested"},
    )
    ran = run("collect", "--tracker", home / "tracker.xlsx", "--output", tmp_path / "out")
    assert ran.code == 0
    rows = index(tmp_path / "out").filter(pl.col("Item") == "1.05")
    assert rows["File"].to_list()[:3] == ["1.05_self.docx", "1.05_SELF-2.docx", "1.05_self.docx"]
    assert "has a name that another file of the tracker has too." in rows["Remarks"][0]


def test_a_build_fills_its_own_rows_in(home, tmp_path, little_built):
    build = shutil.copytree(little_built, tmp_path / "build")
    init(home / "tracker.xlsx", "--products", build)
    held = cells(home / "tracker.xlsx", "d1_01_lists")
    assert (held["file"], held["file_date"]) == ("annex-a.xlsx", datetime(2018, 6, 4))
    verdict = read_manifest(build).findings.verdict
    assert held["status"] == ("draft" if verdict.startswith("not ready") else "ready")
    assert held["checks"].startswith("2 lists,")
    edit(home / "tracker.xlsx", d1_01_lists={"status": "ready", "note": "Each error is known"})
    collect = ["collect", "--tracker", home / "tracker.xlsx", "--output", tmp_path / "out"]
    run(*collect, "--products", build)
    assert (tmp_path / "out" / "1.01_annex-a.xlsx").read_bytes() == (build / "annex-a.xlsx").read_bytes()
    # Without the build it is looked for beside the tracker.
    run(*collect)
    assert "The file is missing. Each error is known" in index(tmp_path / "out")["Remarks"].to_list()
    (build / "annex-a.xlsx").write_bytes(b"another")
    ran = run("status", "--tracker", home / "tracker.xlsx", "--products", build)
    assert "Warning: 1.01-lists: annex-a.xlsx is not built; the row is not started again." in ran.err


def test_a_figure_of_a_build_is_collected_without_a_note(home, tmp_path, little_built):
    edit(home / "tracker.xlsx", d3_04b_waiting_time={"status": "not started", "note": None})
    init(home / "tracker.xlsx", "--products", little_built)
    held = cells(home / "tracker.xlsx", "d3_04b_waiting_time")
    assert (held["status"], held["note"], held["rag"]) == ("ready", None, "Green: done")
    assert held["checks"].startswith("Median weeks of wait of the children waiting: ")
    out = tmp_path / "out"
    run("collect", "--tracker", home / "tracker.xlsx", "--output", out, "--products", little_built)
    (row,) = index(out).filter(pl.col("Title") == "Length of waiting time").select("State", "Remarks").rows()
    assert row == ("Figure given", held["checks"])
    # Without the build nobody knows it any more.
    init(home / "tracker.xlsx")
    held = cells(home / "tracker.xlsx", "d3_04b_waiting_time")
    assert held["checks"] == "The figure is not entered in Note, and no file is named."


def test_a_tracker_in_the_folder_of_a_build_needs_no_products(tmp_path, little_built):
    build = shutil.copytree(little_built, tmp_path / "build")
    init(build / "mine.xlsx")
    assert cells(build / "mine.xlsx", "d1_01_lists")["file"] == "annex-a.xlsx"


def test_a_manifest_beside_the_tracker_that_cannot_be_read_is_nobodys_business(home):
    (home / "manifest.json").write_text("{", encoding="utf-8")
    ran = run("status", "--tracker", home / "tracker.xlsx", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_init_as_json_and_an_unlikely_date(tmp_path):
    ran = run("init", "--inspection-date", "2048-06-04", "--output", tmp_path / "t.xlsx", "--json")
    assert ran.err == "Warning: The inspection date is more than a year ahead: is it right?\n"
    assert json.loads(ran.out)["inspection_date"] == "2048-06-04"
    ran = run("init", "--inspection-date", DAY, "--output", tmp_path / "u.xlsx", "--quiet")
    assert (ran.out, ran.err) == ("", "")


def test_products_must_be_those_of_a_build(filled_in, collected, tmp_path):
    status = ["status", "--tracker", filled_in / "tracker.xlsx", "--products"]
    assert run(*status, tmp_path).code == 3
    ran = run(*status, collected[1])
    assert ran.code == 2
    assert "holds what another command of annexa wrote" in ran.err


PEOPLE = "pers_person_id,pers_forename,pers_surname,pers_dob\n1,Jane,Smith,2010-01-01\n2,Tom,Baker,2011-01-01\n"
AUDITS = (
    "audit_id,person_id,audit_date,service_area,grade,multi_agency,action_due_date,action_completed_date\n"
    "a1,1,2018-03-01,CIN,good,Y,2018-05-01,\na2,2,2018-02-01,CP,good,N,,\na3,2,2017-12-03,LAC,good,N,,\n"
)


def small(folder, people=PEOPLE, audits=AUDITS):
    folder.mkdir()
    (folder / "ssd_person.csv").write_text(people, encoding="utf-8")
    if audits:
        (folder / "annexa_audits.csv").write_text(audits, encoding="utf-8")
    return folder


def test_an_extract_gives_the_audited_cases_and_looks_for_names(home, tmp_path):
    (home / "docs" / "Smith Jane.csv").write_text('"Baker, Tom"\nnobody\n', encoding="utf-8")
    edit(home / "tracker.xlsx", d3_05_report={"status": "ready", "file": "docs/Smith Jane.csv"})
    out, source = tmp_path / "out", small(tmp_path / "extract")
    ran = run("collect", "--tracker", home / "tracker.xlsx", "--output", out, "--extracts", source)
    assert ran.err.splitlines()[:2] == [
        "Warning: 3.05-report: the name of the file holds the forename and surname of a person.",
        "Warning: 3.05-report: 1 cell of its tables holds the forename and surname of a person.",
    ]
    assert "3.05_report.csv" in contents(out)
    rows = list(openpyxl.load_workbook(out / "1.06_audited-cases.xlsx")["Audited_cases"].iter_rows(values_only=True))
    assert [row[:2] for row in rows[2:]] == [("a1", "1"), ("a2", "2")]
    (remarks,) = index(out).filter(pl.col("File") == "1.06_audited-cases.xlsx")["Remarks"].to_list()
    assert remarks == (
        "2 audits of 2 cases, 1 multi-agency. Actions: 0 completed, 0 due, 1 overdue. "
        "No audit of work with children looked after or care leavers."
    )
    # The name stands nowhere but in the tracker and in the file's own cells.
    told = ran.out + ran.err + "".join((out / name).read_text() for name in ("index.html", "manifest.json"))
    assert not any(name in told for name in ("Jane", "Smith", "Tom", "Baker"))
    assert not any("mith" in str(text) for row in index(out).iter_rows() for text in row)


def test_an_extract_without_names_and_audits_is_no_pass(home, tmp_path):
    out = tmp_path / "out"
    source = small(tmp_path / "extract", "pers_person_id,pers_dob\n1,2010-01-01\n", "")
    ran = run("collect", "--tracker", home / "tracker.xlsx", "--output", out, "--extracts", source)
    assert ran.err.splitlines()[0] == f"Warning: {COULD_NOT_RUN}"
    (remarks,) = index(out).filter(pl.col("Title").str.starts_with("Audited cases"))["Remarks"].to_list()
    assert remarks == "annexa_audits was not supplied."


def test_an_extract_without_a_name_in_any_document(home, tmp_path):
    ran = run(
        "collect", "--tracker", home / "tracker.xlsx", "--output", tmp_path / "out",
        "--extracts", small(tmp_path / "extract"),
    )  # fmt: skip
    assert ran.err.splitlines()[0] == "Warning: The privacy check found no name of a person."


def test_no_title_or_note_of_hers_reaches_the_terminal(home):
    book = openpyxl.load_workbook(home / "tracker.xlsx")
    sheet = book["Tracker"]
    sheet.cell(sheet.max_row + 1, 3).value = "Case of Jane Smith"
    sheet.cell(sheet.max_row, 13).value = "Smith"
    for at in (1, 2, 4):  # Item, Document, Kind
        sheet.cell(sheet.max_row, at).value = "J. Smith"
    book.save(home / "tracker.xlsx")
    for more in ([], ["--json"]):
        ran = run("status", "--tracker", home / "tracker.xlsx", *more)
        assert "(a row that you added)" in ran.out
        assert "Smith" not in ran.out + ran.err


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_tracker_that_libreoffice_saved_reads_the_same(home, tmp_path):
    path = home / "tracker.xlsx"
    edit(
        path,
        d1_13_minutes={"file": "docs/a.pdf\ndocs/b.pdf", "file_date": "01/07/2017\n05/01/2018", "owner": "=1+1"},
        d1_04_feedback={
            "period_from": date(2017, 4, 1),
            "period_to": date(2018, 3, 31),
            "note": "two\nlines",
            "due_day": 2,
        },
    )
    init(path)
    command = [
        SOFFICE,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run([*command, "--outdir", tmp_path / "again", path], check=True, capture_output=True, timeout=180)
    again = tmp_path / "again" / "tracker.xlsx"
    from annexa.evidence.read import read_tracker

    assert read_tracker(again) == read_tracker(path)
    shutil.copytree(home / "docs", tmp_path / "again" / "docs")
    shutil.copy(again, tmp_path / "kept.xlsx")
    assert init(again).err == ""
    assert read_tracker(again).rows == read_tracker(path).rows
    assert [rule.formula1 for rule in sheet_of(tmp_path / "kept.xlsx").data_validations.dataValidation] == [
        rule.formula1 for rule in sheet_of(path).data_validations.dataValidation
    ]
