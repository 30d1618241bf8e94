"""The checks of the files that a tracker names: where they are, whether they open, and what the row says of them."""

import os
import struct
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from annexa.evidence import opens
from annexa.evidence.files import Days, check_rows
from annexa.evidence.items import Document, load_items
from annexa.evidence.paths import Allowed, Places
from annexa.evidence.rows import Row
from annexa.extract.files import Limits
from tests.support.filled import container, protected, xls
from tests.support.tracker import DAY, package, pdf, written

DOCUMENTS = {each.id: each for _, each in load_items().documents}
DAYS = Days(DAY, date(2018, 6, 1))
MISSING = ["The file is missing."]


def row_of(document, *files, dates=(), status="ready", **more):
    item = document.partition("-")[0]
    return Row(item, document, "T", "document", status=status, files=files, dates=tuple(dates), **more)


def problems(folder, *rows, days=DAYS, allowed=None, limits=None):
    places = Places(folder / "tracker.xlsx", allowed=allowed or Allowed())
    return [list(found.problems) for found in check_rows(rows, DOCUMENTS, places, days, limits).values()]


def of_file(folder, name, **more):
    (found,) = problems(folder, row_of("1.02-workflow", name), **more)
    return found


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "sub" / "a.txt").write_text("a")
    (tmp_path / "outside.txt").write_text("a")
    return home


OUTSIDE = ["The file lies outside the tracker's folder: copy it there, or allow it with --allow-outside."]
LINK = ["The file is a link, or lies in a linked folder: copy the file itself, or allow it with --allow-links."]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sub/a.txt", []),
        ("sub\\a.txt", []),
        ("./sub/a.txt", []),
        ("sub/b.txt", MISSING),
        ("sub/a.txt/b.txt", MISSING),
        ("sub", ["The file is a folder: name the files in it."]),
        ("../outside.txt", OUTSIDE),
        ("..\\outside.txt", OUTSIDE),
        ("sub/../sub/a.txt", OUTSIDE),
        ("/etc/hostname", OUTSIDE),
        ("C:\\Users\\a.txt", OUTSIDE),
        ("C:a.txt", OUTSIDE),
        ("\\\\server\\share\\a.txt", OUTSIDE),
        ("https://example.org/a.txt", ["The file is a web address: save a copy beside the tracker."]),
        ("file:///C:/a.txt", ["The file is a web address: save a copy beside the tracker."]),
        ("a\0b", ["The file has no name that a file can have."]),
        (".", ["The file has no name that a file can have."]),
        ("x" * 300, ["The file cannot be read (File name too long)."]),
    ],
)
def test_where_a_file_is(folder, name, found):
    assert of_file(folder, name) == found


def test_outside_files_are_read_where_that_is_allowed(folder):
    allowed = Allowed(outside=True)
    for name in ("../outside.txt", str(folder.parent / "outside.txt")):
        assert of_file(folder, name, allowed=allowed) == []


def test_links_are_refused_also_above_the_file(folder):
    (folder / "link.txt").symlink_to(folder / "sub" / "a.txt")
    (folder / "linked").symlink_to(folder / "sub")
    (folder / "out.txt").symlink_to(folder.parent / "outside.txt")
    (folder / "broken.txt").symlink_to(folder / "nothing")
    for name in ("link.txt", "linked/a.txt", "out.txt", "broken.txt"):
        assert of_file(folder, name) == LINK
    links = Allowed(links=True)
    assert of_file(folder, "link.txt", allowed=links) == []
    assert of_file(folder, "linked/a.txt", allowed=links) == []
    assert of_file(folder, "broken.txt", allowed=links) == MISSING
    out = ["The file is a link out of the tracker's folder: it is allowed with --allow-outside."]
    assert of_file(folder, "out.txt", allowed=links) == out
    assert of_file(folder, "out.txt", allowed=Allowed(outside=True, links=True)) == []


def test_a_link_to_itself_is_no_bug(folder):
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    assert of_file(folder, "loop.txt") == LINK
    (found,) = of_file(folder, "loop.txt", allowed=Allowed(links=True, outside=True))
    assert found.startswith("The file cannot be read (")


def test_what_is_no_ordinary_file_is_never_opened(folder):
    os.mkfifo(folder / "pipe.pdf")
    assert of_file(folder, "pipe.pdf") == ["The file is no ordinary file."]


def test_the_tracker_is_no_evidence(folder):
    written(folder / "tracker.xlsx")
    assert of_file(folder, "tracker.xlsx") == ["The file is the tracker itself."]


@pytest.mark.parametrize(("size", "refused"), [(99, False), (100, False), (101, True)])
def test_the_largest_size(folder, size, refused):
    (folder / "a.dat").write_bytes(b"x" * size)
    found = of_file(folder, "a.dat", allowed=Allowed(max_bytes=100))
    assert found == (
        ["The file has 0 MB, and 0 MB are allowed: make it smaller, or raise --max-size."] if refused else []
    )


def test_own_products_are_found_in_the_folder_of_the_build(folder, tmp_path):
    build = tmp_path / "build"
    (build / "reports").mkdir(parents=True)
    package(build / "reports" / "2.02.xlsx")
    row = row_of("2.02-report", "reports/2.02.xlsx", dates=[date(2018, 6, 1)])
    places = Places(folder / "tracker.xlsx", build, frozenset({"reports/2.02.xlsx"}))
    assert check_rows([row], DOCUMENTS, places, Days(DAY))[0].problems == ()
    assert problems(folder, row) == [MISSING]


@pytest.mark.parametrize("day", ["2018-06-04", "2018-06-02", "2017-01-01"])
def test_the_day_that_an_own_product_speaks_of_is_no_date_of_a_document(folder, day):
    name = "reports/2.02-missing-and-exploited.xlsx"
    (folder / "reports").mkdir()
    package(folder / name)
    row = row_of("2.02-report", name, dates=[date.fromisoformat(day)])
    found = check_rows([row], DOCUMENTS, Places(folder / "tracker.xlsx"), DAYS)[0]
    assert (found.problems, found.remarks) == ((), ())


EMPTY = ["The file is empty."]
DAMAGED = ["The file does not open: it is damaged or incomplete."]
OTHER = ["The file does not open as what its name says it is: it is another kind of file under that name."]
PASSWORD = ["The file asks for a password: save it without one."]
LOCKED = ["The file is a PDF with a password or restrictions: save it without them."]


@pytest.mark.parametrize(
    "name", ["a.xlsx", "a.docx", "a.pptx", "a.odt", "a.pdf", "a.txt", "a.csv", "a.doc", "a.zip", "a.jpg", "a.msg", "a"]
)
def test_an_empty_file(folder, name):
    (folder / name).touch()
    assert of_file(folder, name) == EMPTY


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLSX", "a.docx", "a.pptx", "a.odt"])
def test_packages(folder, name):
    path = package(folder / name)
    assert of_file(folder, name) == []
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert of_file(folder, name) == DAMAGED
    path.write_bytes(whole.replace(b"PK\x01\x02", b"PK\x01\x03"))
    assert of_file(folder, name) == DAMAGED
    package(path, {"other.xml": "<x/>"})
    assert of_file(folder, name) == OTHER
    path.write_bytes(b"<html>a report</html>")
    assert of_file(folder, name) == OTHER


def test_an_encrypted_package(folder):
    for name in ("a.zip", "a.docx"):
        path = package(folder / name, {"word/document.xml": "<x/>"})
        data = bytearray(path.read_bytes())
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(mark) + place
            data[at : at + 2] = struct.pack("<H", 1)
        path.write_bytes(data)
        assert of_file(folder, name) == PASSWORD


def test_an_office_file_under_a_password(folder):
    protected(written(folder / "a.xlsx"), "secret")
    assert of_file(folder, "a.xlsx") == PASSWORD
    # Excel puts a workbook of which only the structure is protected under this one, and opens it without asking.
    protected(written(folder / "b.xlsx"), "VelvetSweatshop")
    assert of_file(folder, "b.xlsx") == []


def test_a_package_that_would_fill_the_memory(folder):
    with zipfile.ZipFile(folder / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 1_000_000)
    (found,) = of_file(folder, "a.docx", limits=Limits(max_expanded_bytes=999_999))
    assert found.startswith("The file does not open: would expand to 1,000,000 bytes")
    assert of_file(folder, "a.docx", limits=Limits(max_expanded_bytes=10**6, max_ratio=10**6)) == []


def test_a_package_whose_contents_are_not_what_it_says(folder):
    path = package(folder / "a.docx", {"word/document.xml": "hello"})
    data = bytearray(path.read_bytes())
    data[14:18] = b"\0\0\0\0"  # the checksum, in both places where it stands
    at = data.index(b"PK\x01\x02") + 16
    data[at : at + 4] = b"\0\0\0\0"
    path.write_bytes(data)
    assert of_file(folder, "a.docx") == DAMAGED


def test_an_empty_zip(folder):
    zipfile.ZipFile(folder / "a.zip", "w").close()
    assert of_file(folder, "a.zip") == ["The file is an empty package."]


def test_pdfs(folder):
    pdf(folder / "a.pdf")
    assert of_file(folder, "a.pdf") == []
    pdf(folder / "b.pdf", whole=False)
    assert of_file(folder, "b.pdf") == DAMAGED
    pdf(folder / "c.pdf", locked=True)
    assert of_file(folder, "c.pdf") == LOCKED
    (folder / "d.pdf").write_bytes(b"<html>")
    assert of_file(folder, "d.pdf") == OTHER
    (folder / "e.pdf").write_bytes(b"junk before\n" + (folder / "a.pdf").read_bytes() + b"\r\n" + b"\0" * 100)
    assert of_file(folder, "e.pdf") == []
    body = (folder / "a.pdf").read_bytes().replace(b"%%EOF", b"(see /Encryption and /Encrypt)\n%%EOF")
    (folder / "f.pdf").write_bytes(body)
    assert of_file(folder, "f.pdf") == []


@pytest.mark.parametrize("shift", range(0, 40, 3))
def test_the_lock_of_a_pdf_is_found_where_two_blocks_meet(folder, monkeypatch, shift):
    monkeypatch.setattr(opens, "BLOCK", 64)
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 " + b"x" * (64 - 9 - shift) + b"/Encrypt 12 0 R " + b"x" * 90 + b"%%EOF")
    assert of_file(folder, "a.pdf") == LOCKED


def test_old_office_files(folder):
    xls(folder / "a.xls", {"Sheet1": [["a"]]})
    assert of_file(folder, "a.xls") == []
    (folder / "b.doc").write_bytes(b"{\\rtf1 hello}")
    assert of_file(folder, "b.doc") == []
    (folder / "c.doc").write_bytes(b"PK\x03\x04")
    assert of_file(folder, "c.doc") == OTHER
    (folder / "d.xls").write_bytes(b"a,b\n")
    assert of_file(folder, "d.xls") == OTHER
    (folder / "e.doc").write_bytes(container({"Nothing": b"x"}))
    (found,) = of_file(folder, "e.doc")
    assert found == "The file does not open: is no Office file, or it is damaged."


def test_texts(folder):
    for name, data in (("u8.csv", "é,b\n".encode()), ("u16.csv", "é,b\n".encode("utf-16")), ("w.txt", b"caf\xe9")):
        (folder / name).write_bytes(data)
        assert of_file(folder, name) == []
    (folder / "z.csv").write_bytes(b"a,\0b\n")
    assert of_file(folder, "z.csv") == ["The file is no text, whatever its name says."]
    (folder / "x.txt").write_bytes(b"\x81\x8d")
    assert of_file(folder, "x.txt") == ["The file is no text that can be read: save it again as UTF-8."]


def test_the_mark_of_an_open_document(folder):
    (folder / "~$a.docx").write_bytes(b"x")
    (found,) = of_file(folder, "~$a.docx")
    assert found == "The file is what Office makes beside a document that is open: name the document without ~$."


def test_a_name_is_unique_whatever_its_letters_and_its_folder(folder):
    for name in ("a.pdf", "sub/A.PDF", "b.pdf"):
        pdf(folder / name)
    rows = [row_of("1.02-workflow", "a.pdf", "b.pdf"), row_of("1.10-thresholds", "sub\\A.PDF")]
    twice = "has a name that another file of the tracker has too."
    assert problems(folder, *rows) == [[f"File 1 of 2 {twice}"], [f"The file {twice}"]]


def test_no_sentence_holds_the_name_of_a_file(folder):
    names = ["Jane Smith.pdf", "../Jane Smith.docx", "https://jane.smith", "Jane Smith.xlsx"]
    (folder / "Jane Smith.xlsx").write_bytes(b"x")
    (found,) = problems(folder, row_of("1.02-workflow", *names))
    assert len(found) == 4
    assert "smith" not in " ".join(found).casefold()


@pytest.mark.parametrize(
    ("document", "day", "found"),
    [
        ("1.05-peer-review", "2017-06-03", ["File date lies outside 04/06/2017 to 04/06/2018."]),
        ("1.05-peer-review", "2017-06-04", []),
        ("1.05-peer-review", "2018-06-01", []),
        ("1.05-peer-review", "2018-06-02", ["File date lies in the future."]),
        ("1.06-authority-audits", "2017-12-03", ["File date lies outside 04/12/2017 to 04/06/2018."]),
        ("1.06-authority-audits", "2017-12-04", []),
        ("1.03-latest-report", "2018-03-03", ["File date lies outside 04/03/2018 to 04/06/2018."]),
        ("1.03-latest-report", "2018-03-04", []),
        ("1.03-annual-overview", "2015-01-01", []),
    ],
)
def test_a_date_lies_inside_the_look_back(folder, document, day, found):
    row = row_of(document, "sub/a.txt", dates=[date.fromisoformat(day)])
    assert problems(folder, row) == [found]


@pytest.mark.parametrize(
    ("inspection", "day", "found"),
    [("2024-02-29", "2023-02-28", 0), ("2024-02-29", "2023-02-27", 1), ("2018-05-31", "2017-11-30", 0)],
)
def test_month_ends(folder, inspection, day, found):
    document = "1.05-peer-review" if inspection.startswith("2024") else "1.06-authority-audits"
    row = row_of(document, "sub/a.txt", dates=[date.fromisoformat(day)])
    days = Days(date.fromisoformat(inspection), date.fromisoformat(inspection))
    assert len(problems(folder, row, days=days)[0]) == found


def test_a_day_after_the_inspection_lies_outside_also_when_it_is_past(folder):
    row = row_of("1.05-peer-review", "sub/a.txt", dates=[date(2018, 6, 5)])
    assert problems(folder, row, days=Days(DAY, date(2018, 7, 1))) == [
        ["File date lies outside 04/06/2017 to 04/06/2018."]
    ]


def test_a_date_that_decides_must_be_there(folder):
    blank = "File date is blank: it decides whether the document is recent enough."
    assert problems(folder, row_of("1.05-peer-review", "sub/a.txt")) == [[blank]]
    pdf(folder / "b.pdf")
    row = row_of("1.06-authority-audits", "sub/a.txt", "b.pdf", dates=[date(2018, 5, 1)])
    assert problems(folder, row) == [["2 files and 1 date: enter each date in File date."]]
    row = replace(row, dates=(date(2018, 5, 1), date(2017, 5, 1)))
    assert problems(folder, row) == [["1 of 2 dates lie outside 04/12/2017 to 04/06/2018."]]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["2017-10-04", "2018-02-04"], []),  # to the day: 4/6 + 4 months, + 4, + 4
        (["2017-10-05", "2018-02-04"], ["No meeting between 04/06/2017 and 05/10/2017: more than 4 months."]),
        (["2017-10-04", "2018-02-05"], ["No meeting between 04/10/2017 and 05/02/2018: more than 4 months."]),
        (["2017-10-03", "2018-02-03"], ["No meeting between 03/02/2018 and 04/06/2018: more than 4 months."]),
        (["2018-02-04", "2017-10-04", "2018-05-31"], []),
        (["2017-09-30", "2018-01-31", "2018-05-31"], []),
        (
            ["2017-09-29", "2018-01-31", "2018-05-31"],
            ["No meeting between 29/09/2017 and 31/01/2018: more than 4 months."],
        ),
        (
            ["2018-01-01", "2017-01-01"],
            [
                "1 of 2 dates lie outside 04/06/2017 to 04/06/2018.",
                "No meeting between 04/06/2017 and 01/01/2018: more than 4 months.",
                "No meeting between 01/01/2018 and 04/06/2018: more than 4 months.",
            ],
        ),
    ],
)
def test_more_than_four_months_without_a_meeting(folder, days, found):
    row = row_of("1.13-minutes", "sub/a.txt", dates=[date.fromisoformat(day) for day in days])
    assert problems(folder, row) == [found]


@pytest.mark.parametrize(
    ("number", "status", "problem", "remark"),
    [
        (0, "draft", [], []),
        (0, "ready", ["No file is named."], []),
        (2, "draft", [], ["2 files of 3 so far."]),
        (2, "ready", ["2 files, where 3 are wanted."], []),
        (3, "ready", [], []),
        (4, "draft", ["4 files, where 3 are wanted."], []),
        (4, "submitted", ["4 files, where 3 are wanted."], []),
    ],
)
def test_three_sets_of_minutes_and_no_other_number(folder, number, status, problem, remark):
    names = [f"{at}.pdf" for at in range(number)]
    for name in names:
        pdf(folder / name)
    places = Places(folder / "tracker.xlsx")
    found = check_rows([row_of("3.01-minutes", *names, status=status)], DOCUMENTS, places, DAYS)[0]
    assert (list(found.problems), list(found.remarks)) == (problem, remark)


@pytest.mark.parametrize(
    ("least", "most", "number", "wanted"),
    [
        (2, None, 1, "1 file, where at least 2 are wanted."),
        (1, 1, 2, "2 files, where 1 is wanted."),
        (1, 2, 3, "3 files, where up to 2 are wanted."),
    ],
)
def test_other_numbers_of_files(folder, least, most, number, wanted):
    document = Document(id="1.02-x", title="T", kind="document", at_least=least, at_most=most)
    row = row_of("1.02-x", *(pdf(folder / f"{at}.pdf").name for at in range(number)))
    found = check_rows([row], {"1.02-x": document}, Places(folder / "tracker.xlsx"), DAYS)[0]
    assert found.problems == (wanted,)


def test_a_document_of_after_the_inspection_has_no_age(folder):
    row = row_of("1.02-workflow", "sub/a.txt", dates=[date(2018, 6, 5)])
    found = check_rows([row], DOCUMENTS, Places(folder / "tracker.xlsx"), Days(DAY, date(2018, 7, 1)))[0]
    assert (found.problems, found.remarks) == ((), ("Dated 05/06/2018.",))


@pytest.mark.parametrize(
    ("status", "note", "problem", "remark"),
    [
        ("ready", "", ["The figure is not entered in Note, and no file is named."], []),
        ("ready", "7 weeks", [], ["The figure stands in Note."]),
        ("draft", "", [], []),
    ],
)
def test_a_number_stands_in_the_note(folder, status, note, problem, remark):
    row = row_of("3.04b-length-of-help", status=status, note=note)
    found = check_rows([row], DOCUMENTS, Places(folder / "tracker.xlsx"), DAYS)[0]
    assert (list(found.problems), list(found.remarks)) == (problem, remark)


def test_not_applicable_needs_a_reason_and_nothing_else(folder):
    row = row_of("3.01-minutes", "none.pdf", status="not applicable")
    assert problems(folder, row, replace(row, note="None held", files=())) == [
        ["Not applicable needs its reason in Note."],
        [],
    ]
    assert problems(folder, replace(row, note=" ")) == [["Not applicable needs its reason in Note."]]


@pytest.mark.parametrize(
    ("day", "age"),
    [
        ("2018-06-04", "Dated 04/06/2018: less than a month old at the inspection."),
        ("2018-05-05", "Dated 05/05/2018: less than a month old at the inspection."),
        ("2018-05-04", "Dated 04/05/2018: 1 month old at the inspection."),
        ("2017-06-04", "Dated 04/06/2017: 1 year old at the inspection."),
        ("2017-06-05", "Dated 05/06/2017: 11 months old at the inspection."),
        ("2015-04-30", "Dated 30/04/2015: 3 years and 1 month old at the inspection."),
    ],
)
def test_the_age_is_told_and_no_verdict_follows(folder, day, age):
    row = row_of("1.02-scheme-of-delegation", "sub/a.txt", dates=[date.fromisoformat(day)])
    found = check_rows([row], DOCUMENTS, Places(folder / "tracker.xlsx"), Days(DAY, DAY))[0]
    assert (found.problems, found.remarks) == ((), (age,))


def test_advice_stands_beside_a_policy(folder):
    found = check_rows([row_of("1.09-policy", "sub/a.txt")], DOCUMENTS, Places(folder / "tracker.xlsx"), DAYS)[0]
    assert found.remarks == ("Compare the caseload that it allows with 1.07.",)


def test_cells_that_cannot_be_read_and_a_period_the_wrong_way_round(folder):
    typed = {"due_day": "x", "status": "x", "file_date": "x", "period_from": "x", "period_to": "x"}
    assert problems(folder, row_of("1.02-workflow", status="draft", typed=typed)) == [
        [
            "Due on day is not a whole number from 1 to 5.",
            "Status is not one of the drop-down's words.",
            "File date is not a date, as 04/06/2018 (several: one a line).",
            "Period from is not a date, as 04/06/2018.",
            "Period to is not a date, as 04/06/2018.",
        ]
    ]
    row = row_of("1.02-workflow", status="draft", period_from=DAY, period_to=date(2018, 6, 3))
    assert problems(folder, row) == [["Period to is before Period from."]]


def test_a_row_that_she_added_has_its_files_checked(folder):
    row = Row("1.02", "", "Hers", "", status="ready", files=("none.pdf",), own=True)
    assert problems(folder, row) == [MISSING]


def test_a_file_that_several_rows_name_is_opened_once(folder, monkeypatch):
    seen = []
    monkeypatch.setattr("annexa.evidence.files.fault", lambda path, *_: seen.append(path) or "")
    problems(folder, *(row_of(each, "sub/a.txt") for each in ("1.02-workflow", "1.10-thresholds")))
    assert seen == [folder / "sub" / "a.txt"]
