"""The privacy check: names of persons in the names and tables of documents, and never in what is said about them."""

import openpyxl
import polars as pl
import pytest

from annexa.evidence.files import Checked, CheckedFile
from annexa.evidence.paths import Located
from annexa.evidence.privacy import Found, check_names, holding, known_names, look_for_names, warnings
from annexa.evidence.rows import Row
from annexa.extract.files import Limits
from tests.support.tracker import written

PEOPLE = pl.DataFrame(
    [
        ("1", "Jane", "Smith"),
        ("2", "Mary Ann", "O'Brien"),
        ("3", "Zoë", "Smith-Jones"),
        ("4", "Tom", "Baker"),
        ("5", "Only", None),
        ("6", None, "Lonely"),
        ("7", "", "Empty"),
        ("8", "Möglich", "Sørensen"),
        ("9", "-", "?"),
    ],
    schema=["person_id", "forename", "surname"],
    orient="row",
)
KNOWN = known_names(PEOPLE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jane Smith", True),
        ("SMITH, jane", True),
        ("2018_Smith_Jane-review2", True),
        ("about jane smith's plan", True),
        ("Jane  \t\n Smith", True),
        ("Jane A. Smith", False),  # not next to each other
        ("Janes Smith", False),  # no whole word
        ("Jane Smithson", False),
        ("Jane Baker", False),  # not of one and the same person
        ("Tom Smith", False),
        ("Jane", False),
        ("Smith", False),
        ("Smith; Tom; Jane", False),
        ("Mary Ann O'Brien", True),
        ("OBRIEN mary ann", True),
        ("O’Brien Mary-Ann", True),
        ("Mary O'Brien", False),
        ("Ann O'Brien", False),
        ("Zoe Smith Jones", True),
        ("smith-jones, ZOË", True),
        ("Zoe Smith", False),
        ("Mo\u0308glich Sørensen", True),
        ("Only Lonely", False),
        ("Empty", False),
        ("", False),
        (None, False),
        ("- ?", False),
        ("123 456", False),
    ],
)
def test_forename_and_surname_of_one_person_next_to_each_other(text, found):
    assert holding(pl.Series([text], dtype=pl.String), KNOWN) == found


def test_each_cell_counts_once_and_equal_cells_each():
    texts = ["Jane Smith and Tom Baker", "Jane Smith and Tom Baker", "Tom Baker", "nobody here", None, "Baker"]
    assert holding(pl.Series(texts), KNOWN) == 3


@pytest.mark.parametrize(
    "people", [None, PEOPLE.clear(), PEOPLE.filter(pl.col("person_id").is_in(["5", "6", "7", "9"]))]
)
def test_without_names_it_could_not_run(people):
    assert known_names(people) is None


def test_names_in_workbooks_and_csv_by_column(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Forename", "Surname"])
    book.active.append(["Jane", "Smith"])  # two columns
    book.active.append(["About Jane Smith", 7])
    other = book.create_sheet("Other")
    other["C5"] = "Baker Tom"
    book.save(tmp_path / "a.xlsx")
    assert look_for_names("a.xlsx", tmp_path / "a.xlsx", KNOWN, Limits()) == Found(False, 2)
    (tmp_path / "a.csv").write_text('x;"Jane Smith"\nJane;Smith\n"Smith, Jane";z;more\n', encoding="utf-8-sig")
    assert look_for_names("a.csv", tmp_path / "a.csv", KNOWN, Limits()) == Found(False, 2)
    (tmp_path / "b.csv").write_text("Jane Smith,1\n", encoding="utf-16")
    assert look_for_names("b.csv", tmp_path / "b.csv", KNOWN, Limits()) == Found(False, 1)
    (tmp_path / "c.csv").write_bytes("Zoë,Möglich Sørensen\n".encode("cp1252"))
    assert look_for_names("c.csv", tmp_path / "c.csv", KNOWN, Limits()) == Found(False, 1)
    (tmp_path / "d.txt").write_text("Jane Smith")  # no table
    assert look_for_names("Jane Smith.txt", tmp_path / "d.txt", KNOWN, Limits()) == Found(True)


def test_a_workbook_that_cannot_be_looked_at_is_told(tmp_path):
    path = written(tmp_path / "a.xlsx")
    assert look_for_names("a.xlsx", path, KNOWN, Limits(max_expanded_bytes=10)) == Found(unread=True)


def test_the_name_of_a_file_that_must_not_be_opened_is_looked_at_all_the_same():
    assert look_for_names("Smith Jane", None, KNOWN, Limits()) == Found(True)


def test_the_ending_of_a_name_is_no_word():
    assert look_for_names("Jane.smith", None, KNOWN, Limits()) == Found(False)


def test_a_warning_names_the_document_and_counts(tmp_path):
    (tmp_path / "Jane Smith.csv").write_text("Tom Baker\nTom Baker\n")
    (tmp_path / "b.csv").write_text("Tom Baker\n")
    rows = [
        Row("3.05", "3.05-report", "T", "report", files=("Jane Smith.csv", "x/Tom Baker.pdf")),
        Row("1.02", "", "Jane Smith", "", files=("b.csv",), own=True),
    ]
    files = [
        CheckedFile(Located("Jane Smith.csv", tmp_path / "Jane Smith.csv"), ""),
        CheckedFile(Located("x/Tom Baker.pdf", None, "is missing"), "is missing"),
        CheckedFile(Located("b.csv", tmp_path / "b.csv"), ""),
    ]
    checked = {0: Checked(tuple(files[:2]), (), ()), 1: Checked(tuple(files[2:]), (), ())}
    texts = warnings(rows, check_names(rows, checked, KNOWN, Limits()))
    assert texts == (
        "3.05-report, file 1: the name of the file holds the forename and surname of a person.",
        "3.05-report, file 1: 2 cells of its tables hold the forename and surname of a person.",
        "3.05-report, file 2: the name of the file holds the forename and surname of a person.",
        "a row added to 1.02: 1 cell of its tables holds the forename and surname of a person.",
    )


def test_a_file_that_could_not_be_looked_at_has_a_warning():
    rows = [Row("3.05", "3.05-report", "T", "report", files=("a.xlsx",))]
    assert warnings(rows, {(0, 0): Found(unread=True)}) == (
        "3.05-report: its tables could not be looked at for names.",
    )
