"""Filled workbooks: which sheet is which list, which column is which, and that every row is kept."""

import os
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from annexa.editions import edition_names, load_edition
from annexa.errors import SourceError
from annexa.filled.headings import assign, declared_headings, heading_form, vocabularies
from annexa.filled.model import SHEET_ROW
from annexa.filled.sheets import is_ignored, list_of_name
from tests.support.filled import CHILD, Sheet, book, headings, listed, messages, ods, read, xls

CONTACT = {CHILD: "1001", "Gender": "a) Male", "Date of Contact": date(2024, 1, 2), "Contact Source": "q) 6: Police"}
REFERRAL = {CHILD: "1002", "Date of referral": date(2024, 1, 3), "Referral Source": "a) 1A: Individual"}


# ---- sheets


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("List_1", 1),
        ("List 1", 1),
        ("list1", 1),
        ("LIST  01", 1),
        ("List 11", 11),
        ("List_11 - Adopters", 11),
        ("List 1 - Contacts", 1),
        ("List 1 (2)", 1),
        ("List 8 as at 31 March 2024", 8),
        ("List No. 4", 4),
        ("Annex A List 10", 10),
        ("L7", 7),
        ("3", 3),
        ("3 - Referrals", 3),
        ("Contacts", 1),
        ("care leavers", 9),
        ("Children_in_care", 8),
        ("Section 47 enquiries and Initial Child Protection Conferences"[:31], None),
        ("S47", 5),
        ("LAC", 8),
        ("List 12", None),
        ("List 111", None),
        ("Lists 1 - 11", None),
        ("12 monkeys", None),
        ("2024", None),
        ("Sheet1", None),
        ("Checklist 3", None),
    ],
)
def test_the_list_that_the_name_of_a_sheet_names(name: str, number: int | None):
    assert list_of_name(name, load_edition("ilacs-2019")) == number


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("Front_Sheet", True),
        ("FAQ_and_changes", True),
        ("Guidance", True),
        ("Codes_used", True),
        ("Changes", True),
        ("Changes_2", True),
        ("Extra_columns_8", True),
        ("List_1", False),
        ("Changes of placement"[:7] + "x", False),
    ],
)
def test_sheets_of_the_template_and_of_annexa_itself_hold_no_list(name: str, ignored: bool):
    assert is_ignored(name) is ignored


def test_a_clean_workbook_is_read_whole(tmp_path: Path):
    sheets = {f"List_{number}": listed(number, {CHILD: "1"}, {}, {headings(number)[1]: "x"}) for number in range(1, 11)}
    sheets["List_11"] = listed(11, {"Individual adopter identifier": "1"})
    workbook, findings = read(book(tmp_path / "a.xlsx", sheets))
    assert list(workbook.lists) == list(range(1, 12))
    assert findings.is_empty()
    assert not workbook.missing
    for number, each in workbook.lists.items():
        assert each.cells.columns == [*headings(number), SHEET_ROW]
        assert each.cells[SHEET_ROW].to_list() == ([2, 4] if number < 11 else [2])
        assert each.extra.columns == [SHEET_ROW]
        assert each.sheet == f"List_{number}"
        assert each.cells.schema[SHEET_ROW] == pl.UInt32


def test_the_input_is_recorded_as_it_lies_on_the_disk(tmp_path: Path):
    path = book(tmp_path / "Café (final).xlsx", {"List_1": listed(1, CONTACT)})
    before = path.read_bytes()
    workbook, findings = read(path)
    assert workbook.file == workbook.input.name == "Café (final).xlsx"
    assert workbook.input.size == len(before)
    assert path.read_bytes() == before
    assert findings["file"].unique().to_list() == ["Café (final).xlsx"]


def test_values_as_text(tmp_path: Path):
    values = [
        date(2024, 1, 2),
        datetime(2024, 1, 2, 10, 30),
        7,
        7.0,
        7.25,
        "007",
        " x ",
        True,
        "\u00a0",
        "  ",
        "two\nlines",
    ]
    rows = listed(1, *({CHILD: str(number), "Contact Source": value} for number, value in enumerate(values)))
    cells = read(book(tmp_path / "a.xlsx", {"List_1": rows}))[0].lists[1].cells
    assert cells["Contact Source"].to_list() == [
        "2024-01-02", "2024-01-02 10:30:00", "7", "7", "7.25", "007", " x ", "TRUE", None, None, "two\nlines",
    ]  # fmt: skip


def test_a_row_of_blanks_is_no_row_and_any_other_is(tmp_path: Path):
    rows = listed(1, CONTACT, {CHILD: " ", "Gender": "\u00a0"}, {}, {"Contact Source": "x"}, extra=["Note"])
    rows += [[None] * 7 + ["only a note"], ["Total: 3"]]
    workbook, _ = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].cells[SHEET_ROW].to_list() == [2, 5, 6, 7]
    assert workbook.lists[1].extra["Note"].to_list() == [None, None, "only a note", None]


def test_titles_above_the_headings_and_columns_before_them(tmp_path: Path):
    rows = listed(1, CONTACT, title=["Exampleshire", "", "List 1: Contacts"])
    workbook, _ = read(book(tmp_path / "a.xlsx", {"List_1": Sheet(rows, at="C3", merged=["C5:I5"])}))
    each = workbook.lists[1]
    assert each.cells[SHEET_ROW].to_list() == [7]
    assert each.letters[CHILD] == "C"
    assert each.letters["Contact Source"] == "I"


def test_a_sheet_without_a_name_is_known_by_its_headings(tmp_path: Path):
    workbook, findings = read(book(tmp_path / "a.xlsx", {"Sheet1": listed(3, REFERRAL), "Sheet2": [["x", "y"]]}))
    assert workbook.lists[3].sheet == "Sheet1"
    assert not messages(findings, "AA-R28")


def test_a_title_above_few_headings_says_which_list_it_is(tmp_path: Path):
    rows = [["List 2: Early Help"], [CHILD, "Gender", "Something"], ["1", "M", "x"]]
    workbook, _ = read(book(tmp_path / "a.xlsx", {"Sheet1": rows}))
    assert workbook.lists[2].cells[CHILD].to_list() == ["1"]


def test_the_headings_decide_where_a_sheet_has_the_name_of_another_list(tmp_path: Path):
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List 4": listed(5, {CHILD: "1"})}))
    assert list(workbook.lists) == [5]
    assert messages(findings, "AA-R28") == [
        "The sheet “List 4” has the name of list 4 and the headings of list 5: it was read as list 5."
    ]


def test_a_sheet_that_looks_like_a_list_and_is_none(tmp_path: Path):
    sheets = {
        "List_1": listed(1, CONTACT),
        "List_2": [["nothing", "of", "it"], ["1", "2", "3"]],
        "Contents": [["List 3"]],
    }
    sheets["Odd"] = [["Date of referral", "Referral Source", "x"], ["1", "2", "3"]]
    sheets["List_4"] = []
    workbook, findings = read(book(tmp_path / "a.xlsx", sheets))
    assert list(workbook.lists) == [1]
    assert sorted(messages(findings, "AA-R28")) == [
        "The sheet “List_2” looks like list 2, but its headings were not recognised: it was not read.",
        "The sheet “List_4” looks like list 4, but its headings were not recognised: it was not read.",
        "The sheet “Odd” looks like a list, but its headings were not recognised: it was not read.",
    ]
    assert workbook.missing[2] == "the headings of “List_2” were not recognised"
    assert workbook.missing[3] == "it has no sheet"
    assert messages(findings, "AA-R29") == [f"List {number} is not in the workbook." for number in (3, *range(5, 12))]


def test_two_sheets_for_one_list_are_both_named_and_neither_is_read(tmp_path: Path):
    sheets = {"List_1": listed(1, CONTACT), "Contacts": listed(1, CONTACT), "List_2": listed(2, {CHILD: "1"})}
    workbook, findings = read(book(tmp_path / "a.xlsx", sheets))
    assert list(workbook.lists) == [2]
    assert workbook.missing[1] == "it is there twice: “List_1” and “Contacts”"
    assert messages(findings, "AA-R27") == [
        (
            "List 1 is there twice, and was not read: “List_1” and “Contacts”. Leave one of them in the workbook, or "
            "put their rows together."
        )
    ]
    assert 1 not in findings.filter(pl.col("check") == "AA-R29")["list"]


@pytest.mark.parametrize(
    ("other", "name", "said"),
    [
        (Sheet(listed(1, CONTACT), state="hidden"), "Contacts", "The hidden sheet “Contacts”"),
        (Sheet(listed(1, CONTACT), state="veryHidden"), "List 1 old", "The hidden sheet “List 1 old”"),
        (Sheet(listed(1)), "List 1 (2)", "The sheet “List 1 (2)”"),
        (Sheet(listed(1, CONTACT, CONTACT)), "Sheet7", "The sheet “Sheet7”"),
    ],
)
def test_one_sheet_of_two_is_preferred_and_the_other_is_named(tmp_path: Path, other: Sheet, name: str, said: str):
    workbook, findings = read(book(tmp_path / "a.xlsx", {name: other, "List_1": listed(1, CONTACT)}))
    assert workbook.lists[1].sheet == "List_1"
    assert messages(findings, "AA-R28") == [
        f"List 1 was read from the sheet “List_1”. {said} looks like the same list, and was not read."
    ]


def test_a_hidden_sheet_is_read_where_no_other_is_there(tmp_path: Path):
    workbook, findings = read(
        book(tmp_path / "a.xlsx", {"Guidance": [["x"]], "List_1": Sheet(listed(1, CONTACT), state="hidden")})
    )
    assert workbook.lists[1].cells[CHILD].to_list() == ["1001"]
    assert messages(findings, "AA-R25") == ["List 1: the sheet “List_1” is hidden, and was read."]


def test_a_list_without_rows(tmp_path: Path):
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": listed(1, title=["List 1: Contacts"])}))
    assert workbook.lists[1].cells.height == 0
    assert messages(findings, "AA-R13") == ["List_1 has no rows."]


@pytest.mark.parametrize("sheets", [{"Sheet1": [["a", "b"], ["1", "2"]]}, {"List_1": [["x"]]}, {"Front_Sheet": []}])
def test_a_workbook_without_a_list(tmp_path: Path, sheets: dict[str, list[list[str]]]):
    path = book(tmp_path / "a.xlsx", sheets)
    with pytest.raises(SourceError, match=r"a\.xlsx holds none of the lists of Annex A") as caught:
        read(path)
    assert "List_1 or Contacts" in caught.value.hint


# ---- headings


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Child Unique ID", "child unique id"),
        ("  Child\u00a0Unique\r\nID  ", "child unique id"),
        ("CHILD  UNIQUE ID*", "child unique id"),
        ("Child_x000D_\nUnique ID:", "child unique id"),
        ("Child’s Age (Years).", "child's age (years)"),
        ("Referral NFA?", "referral nfa"),
        ("UASC (Y/N))", "uasc (y/n)"),
        ("UASC (Y/N)", "uasc (y/n)"),
        ("x" * 401, ""),
        (None, ""),
    ],
)
def test_the_form_in_which_headings_are_compared(text: str | None, form: str):
    assert heading_form(text) == form


@pytest.mark.parametrize("edition", edition_names())
def test_every_official_heading_is_its_own(edition: str):
    for number, words in vocabularies(load_edition(edition)).items():
        official = headings(number, edition)
        assert [words.heading(heading_form(heading)) for heading in official] == official


def test_declared_synonyms_are_headings_of_their_list_and_never_stand_for_two():
    declared = declared_headings()
    assert declared.keys() == {"everywhere", "list", "sheets", "ignored"}
    known = {
        form
        for name in edition_names()
        for number in range(1, 12)
        for form in map(heading_form, headings(number, name))
    }
    assert {heading_form(heading) for heading in declared["everywhere"]} <= known
    for number, entries in declared["list"].items():
        own = {form for name in edition_names() for form in map(heading_form, headings(int(number), name))}
        assert {heading_form(heading) for heading in entries} <= own
        seen: dict[str, str] = {}
        everywhere = {
            heading: others for heading, others in declared["everywhere"].items() if heading_form(heading) in own
        }
        for heading, others in [*everywhere.items(), *entries.items()]:
            for form in map(heading_form, others):
                assert form
                assert seen.setdefault(form, heading_form(heading)) == heading_form(heading), (number, form)
                assert form not in own or form == heading_form(heading), (number, form)


@pytest.mark.parametrize(
    ("number", "heading", "official"),
    [
        (1, "Age", "Age of Child (Years)"),
        (1, "DOB", "Date of Birth"),
        (1, "Child ID", CHILD),
        (3, "DATE OF\nREFERRAL", "Date of referral"),
        (6, "Case Status", "Case status"),
        (8, "Date Ceased to be Looked After", "Date Ceased to be Looked After "),
        (8, "Child’s Legal Status", "Child's Legal Status"),
        (8, "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
         "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months"),
        (9, "LA in Touch", "LA In Touch "),
        (10, "Date of Adoption Order", "Date of Adoption Order "),
    ],
)  # fmt: skip
def test_spellings_and_synonyms_of_headings(tmp_path: Path, number: int, heading: str, official: str):
    rows = listed(number, {CHILD: "1", official: "v"}, renamed={official: heading})
    workbook, findings = read(book(tmp_path / "a.xlsx", {f"List {number}": rows}))
    assert workbook.lists[number].cells[official].to_list() == ["v"]
    assert not findings.filter(pl.col("check").is_in(["AA-G18", "AA-R27", "AA-R28"])).height


def test_a_heading_that_only_looks_alike_is_another_column(tmp_path: Path):
    rows = listed(1, CONTACT | {"Contact Source": "v"}, renamed={"Contact Source": "Contact Source Description"})
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    each = workbook.lists[1]
    assert "Contact Source" not in each.cells.columns
    assert each.extra["Contact Source Description"].to_list() == ["v"]
    assert messages(findings, "AA-R28") == [
        "List 1: the heading “Contact Source Description” of column G was not recognised: the column is kept aside."
    ]
    assert messages(findings, "AA-G18") == ["List 1: column Contact Source was not supplied and is left blank."]


def test_a_column_that_is_not_there(tmp_path: Path):
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": listed(1, CONTACT, renamed={"Gender": None})}))
    assert workbook.lists[1].cells.columns == [*(each for each in headings(1) if each != "Gender"), SHEET_ROW]
    found = findings.filter(pl.col("check") == "AA-G18")
    assert found.select("list", "table", "column").rows() == [(1, "List_1", "Gender")]


def test_extra_columns_are_kept_aside_each_under_a_name_of_its_own(tmp_path: Path):
    rows = listed(1, CONTACT, extra=["Note", "Note ", "_row"])
    rows[1][7:] = ["a", "b", "c", None, None, None, "d"]
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].extra.drop(SHEET_ROW).row(0, named=True) == {
        "Note": "a", "Note (2)": "b", "_row (2)": "c", "Column N": "d",
    }  # fmt: skip
    assert "List 1: column N has cells and no heading: it is kept aside." in messages(findings, "AA-R28")
    assert len(messages(findings, "AA-R28")) == 4


def test_one_heading_twice_is_an_error_and_the_first_is_read(tmp_path: Path):
    rows = listed(1, CONTACT, extra=["GENDER"])
    rows[1][7] = "b) Female"
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].cells["Gender"].to_list() == ["a) Male"]
    assert workbook.lists[1].extra["GENDER"].to_list() == ["b) Female"]
    assert messages(findings, "AA-R27") == [
        (
            "List 1: the heading “Gender” is there twice, over columns B and H. Column B was read; what stands in "
            "the other is kept aside."
        )
    ]
    assert not messages(findings, "AA-R28")


@pytest.mark.parametrize(
    ("forms", "has_cells", "position"),
    [
        (["gender", "gender"], [False, True], 1),
        (["sex", "gender"], [True, True], 1),
        (["sex", "gender"], [True, False], 0),
        (["gender", "sex"], [True, True], 0),
        (["gender", "gender"], [False, False], 0),
    ],
)
def test_of_two_columns_for_one_heading_the_better_is_read_without_an_error(forms, has_cells, position):
    columns = assign(forms, has_cells, vocabularies(load_edition("ilacs-2019"))[1])
    assert columns.read == {"Gender": position}
    assert columns.beside == {1 - position: "Gender"}
    assert not columns.twice


def test_a_column_for_which_another_was_preferred_is_named(tmp_path: Path):
    rows = listed(1, CONTACT | {"Age of Child (Years)": 7}, extra=["Age"])
    rows[1][7] = 8
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].cells["Age of Child (Years)"].to_list() == ["7"]
    assert workbook.lists[1].extra["Age"].to_list() == ["8"]
    assert messages(findings, "AA-R28") == [
        (
            "List 1: the heading “Age” of column H stands for “Age of Child (Years)”, which was read from column E: "
            "the column is kept aside."
        )
    ]


def test_list_9_in_the_form_of_another_edition(tmp_path: Path):
    wide = book(
        tmp_path / "wide.xlsx",
        {"List 9": listed(9, {CHILD: "1", "Allocated Personal Advisor": "PA"}, edition="ilacs-2022")},
    )
    narrow = book(tmp_path / "narrow.xlsx", {"List 9": listed(9, {CHILD: "1"})})
    assert read(wide, "ilacs-2022")[0].lists[9].cells.width == 18
    assert not messages(read(wide, "ilacs-2022")[1], "AA-R28")
    workbook, findings = read(wide, "ilacs-2019")
    assert workbook.lists[9].cells.width == 14
    assert workbook.lists[9].extra["Allocated Personal Advisor"].to_list() == ["PA"]
    said = messages(findings, "AA-R28")
    assert len(said) == 4
    assert (
        "List 9: the heading “Allocated Personal Advisor” of column J is on this list in ilacs-2022, and not in "
        "ilacs-2019: the column is kept aside."
    ) in said
    assert len(messages(read(narrow, "ilacs-2022")[1], "AA-G18")) == 4


def test_headings_over_two_rows(tmp_path: Path):
    upper, lower = zip(*((each.rpartition(" ")[0], each.rpartition(" ")[2]) for each in headings(1)), strict=True)
    rows = [["List 1: Contacts"], upper, lower, *listed(1, CONTACT)[1:]]
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].cells.select(SHEET_ROW, CHILD, "Date of Contact").rows() == [(4, "1001", "2024-01-02")]
    assert not messages(findings, "AA-G18")


def test_a_row_of_groups_above_the_headings_is_no_heading(tmp_path: Path):
    rows = [["The child", None, None, None, None, "The contact"], *listed(1, CONTACT)]
    workbook, findings = read(book(tmp_path / "a.xlsx", {"List_1": rows}))
    assert workbook.lists[1].cells[SHEET_ROW].to_list() == [3]
    assert not messages(findings, "AA-G18")


# ---- other kinds of file


@pytest.mark.parametrize("maker", [ods, xls])
def test_workbooks_of_other_kinds(tmp_path: Path, maker):
    rows = listed(1, CONTACT | {"Age of Child (Years)": 7}, {CHILD: "#N/A"}, title=["List 1: Contacts"])
    shifted = [[None, None, *row] for row in listed(2, {CHILD: "2"})]
    path = maker(tmp_path / f"a.{maker.__name__}", {"List_1": rows, "List 2": shifted}, hidden=["List 2"])
    workbook, findings = read(path)
    each = workbook.lists[1]
    assert each.cells.select(SHEET_ROW, CHILD, "Age of Child (Years)", "Date of Contact").rows() == [
        (3, "1001", "7", "2024-01-02"),
        (4, "#N/A", None, None),
    ]
    assert each.unread.rows() == [(4, CHILD)]
    assert workbook.lists[2].letters[CHILD] == "C"
    kind = maker.__name__
    assert messages(findings, "AA-R30") == [
        (
            f"Hidden rows and columns, formulas without a value, and merged cells were not looked for in a.{kind}: it "
            f"is {kind.upper()}."
        )
    ]
    assert workbook.not_looked_for
    assert messages(findings, "AA-R25") == ["List 2: the sheet “List 2” is hidden, and was read."]


def test_days_of_an_xls_workbook_that_count_from_1904(tmp_path: Path):
    path = xls(tmp_path / "a.xls", {"List_1": listed(1, CONTACT)}, from_1904=True)
    assert read(path)[0].lists[1].from_1904


def test_moments_of_an_ods_workbook(tmp_path: Path):
    moment = '<table:table-cell office:value-type="date" office:date-value="2024-01-02T10:30:00"/>'
    day = '<table:table-cell office:value-type="date" office:date-value="2024-01-02T00:00:00"/>'
    rows = listed(1, CONTACT)
    each = read(ods(tmp_path / "a.ods", {"List_1": rows}, more=moment + day))[0].lists[1]
    assert each.extra.row(0)[1:] == ("2024-01-02 10:30:00", "2024-01-02")


@pytest.mark.skipif("ANNEXA_REFERENCE" not in os.environ, reason="ANNEXA_REFERENCE names no reference file")
def test_every_row_of_the_reference_workbooks_is_accounted_for():
    """By hand: workbooks that lie in the folder of ANNEXA_REFERENCE, and below it."""
    paths = sorted(Path(os.environ["ANNEXA_REFERENCE"]).parent.rglob("*.xlsx"))
    assert paths
    for path in paths:
        workbook, findings = read(path, "ilacs-2022")
        assert list(workbook.lists) == list(range(1, 12)), path.name
        assert not messages(findings, "AA-R28"), path.name
        opened = openpyxl.load_workbook(path, data_only=True)
        for each in workbook.lists.values():
            rows = list(opened[each.sheet].iter_rows(values_only=True))
            top = next(at for at, row in enumerate(rows) if row[1] in {"Gender", "Family identifier"})
            wanted = [at + 1 for at in range(top + 1, len(rows)) if any(str(v or "").strip() for v in rows[at])]
            assert each.cells[SHEET_ROW].to_list() == wanted, (path.name, each.sheet)
            for heading, letters in each.letters.items():
                found = [opened[each.sheet][f"{letters}{row}"].value for row in wanted]
                assert [cell is None for cell in each.cells[heading]] == [value in {None, ""} for value in found]
