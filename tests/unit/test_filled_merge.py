"""Workbooks of several teams become one; within one only rows leave that repeat another cell by cell."""

from datetime import date

import polars as pl

from annexa.filled.kinds import key_headings
from tests.support.raw_lists import EDITION, filled, raw_list

CHILD = "Child Unique ID"
GENDER = "Gender"
CONTACT = "Date of Contact"
SOURCE = "Contact Source"


def test_lists_with_one_row_a_child_go_by_the_child_and_the_others_by_the_main_date_too() -> None:
    assert {number: key_headings(spec) for number, spec in EDITION.lists.items()} == {
        1: (CHILD, CONTACT),
        2: (CHILD, "Assessment start date"),
        3: (CHILD, "Date of referral"),
        4: (CHILD, "Continuous Assessment Start Date"),
        5: (CHILD, "Strategy discussion initiating Section 47 Enquiry Start Date"),
        **dict.fromkeys(range(6, 11), (CHILD,)),
        11: ("Individual adopter identifier",),
    }


def test_a_row_of_a_later_workbook_stands_whole_and_the_earlier_one_is_listed() -> None:
    first = raw_list(
        8, {CHILD: ["1", "2"], GENDER: ["a) Male", "a) Male"], "Allocated Team": ["A", "A"]}, file="a.xlsx"
    )
    later = raw_list(8, {CHILD: ["3", "2"], GENDER: ["b) Female", "b) Female"]}, file="b.xlsx", sheet="CLA")
    result, findings = filled(first, later)
    each = result.lists[8]
    assert each.frame.rows() == [("1", "a) Male", "A"), ("3", "b) Female", None), ("2", "b) Female", None)]
    assert each.origin.rows() == [("a.xlsx", "List 8", 2), ("b.xlsx", "CLA", 2), ("b.xlsx", "CLA", 3)]
    assert result.dropped.rows(named=True) == [
        {
            "list": 8, "file": "a.xlsx", "sheet": "List 8", "row": 3, "child": "2", "reason": "replaced in the merge",
            "kept": "b.xlsx, CLA, row 3",
        }
    ]  # fmt: skip
    assert findings.select("check", "severity", "list", "file", "row", "child").rows() == [
        ("AA-R14", "warning", 8, "a.xlsx", 3, "2")
    ]
    assert (each.rows_in, each.sheets, each.files) == (4, ("List 8", "CLA"), ("a.xlsx", "b.xlsx"))


def test_the_key_is_compared_after_the_values_are_read() -> None:
    first = raw_list(1, {CHILD: ["1001.0", "1001"], CONTACT: ["04/05/2018", "2018-05-05"]}, file="a.xlsx")
    later = raw_list(1, {CHILD: ["1001"], CONTACT: ["2018-05-04"], SOURCE: ["q) 6: Police"]}, file="b.xlsx")
    result, findings = filled(first, later)
    assert result.lists[1].frame[CONTACT].to_list() == [date(2018, 5, 5), date(2018, 5, 4)]
    assert result.changes.height == 0, "a row that left is not reported on"
    assert findings["check"].to_list() == ["AA-R14"]


def test_rows_that_do_not_say_whose_they_are_or_when_never_match() -> None:
    columns = {CHILD: [None, "N/A", "1"], CONTACT: ["2018-05-04", "2018-05-04", "soon"], SOURCE: ["6", "6", "6"]}
    other = {**columns, SOURCE: ["2A", "2A", "2A"]}
    result, _ = filled(raw_list(1, columns, file="a.xlsx"), raw_list(1, other, file="b.xlsx"))
    assert result.lists[1].frame.height == 6
    assert result.dropped.height == 0


def test_two_rows_of_one_key_in_one_workbook_both_stay() -> None:
    result, _ = filled(raw_list(6, {CHILD: ["1", "1"], GENDER: ["a) Male", "b) Female"]}))
    assert result.lists[6].frame.height == 2


def test_a_row_that_repeats_another_cell_by_cell_leaves() -> None:
    columns = {CHILD: ["1", "2", "1.0", None, None], GENDER: ["a) Male", "a) Male", "Male", "a) Male", "a) Male"]}
    result, findings = filled(raw_list(6, columns))
    assert result.lists[6].frame[CHILD].to_list() == ["1", "2", None, None], "a row without a child never matches"
    assert result.dropped.select("row", "child", "reason", "kept").rows() == [
        (4, "1", "exact duplicate", "book.xlsx, List 6, row 2")
    ]
    assert findings.select("check", "list", "file").rows() == [("AA-G20", 6, "book.xlsx")]


def test_cells_that_could_not_be_read_and_columns_kept_aside_tell_rows_apart() -> None:
    columns = {CHILD: ["1", "1", "1", "1"], GENDER: ["?", "!", "?", "?"]}
    result, _ = filled(raw_list(6, columns, extra={"Note": ["x", "x", "y", "x"]}))
    each = result.lists[6]
    assert each.frame.height == 3
    assert each.left.rows() == [(0, GENDER, "?"), (1, GENDER, "!"), (2, GENDER, "?")]
    assert each.extra.to_dict(as_series=False) == {"Note": ["x", "x", "y"]}
    assert result.dropped["row"].to_list() == [5]


def test_an_identical_row_of_a_later_workbook_is_a_duplicate_and_no_conflict() -> None:
    columns = {CHILD: ["1"], GENDER: ["a) Male"]}
    result, findings = filled(raw_list(8, columns, file="a.xlsx"), raw_list(8, columns, file="b.xlsx"))
    assert result.lists[8].origin["_file"].to_list() == ["b.xlsx"]
    assert findings["check"].to_list() == ["AA-G20"]


def test_of_three_workbooks_the_last_wins_and_every_other_row_points_to_it() -> None:
    columns = {CHILD: ["1"], GENDER: ["a) Male"]}
    other = {CHILD: ["1"], GENDER: ["b) Female"]}
    result, _ = filled(
        *(raw_list(8, each, file=file) for file, each in (("a.xlsx", columns), ("b.xlsx", columns), ("c.xlsx", other)))
    )
    assert result.lists[8].frame[GENDER].to_list() == ["b) Female"]
    assert result.dropped.select("file", "reason", "kept").rows() == [
        ("a.xlsx", "exact duplicate", "c.xlsx, List 8, row 2"),
        ("b.xlsx", "replaced in the merge", "c.xlsx, List 8, row 2"),
    ]


def test_workbooks_of_the_same_name_are_two_workbooks() -> None:
    rows = [raw_list(8, {CHILD: ["1"], GENDER: [gender]}) for gender in ("a) Male", "b) Female")]
    result, _ = filled(*rows)
    assert result.lists[8].frame[GENDER].to_list() == ["b) Female"]


def test_marks_move_with_their_rows() -> None:
    first = raw_list(8, {CHILD: ["1", "2", "3"], GENDER: ["?", "Male", "!"]}, file="a.xlsx")
    later = raw_list(8, {CHILD: ["1", "4"], GENDER: ["a) Male", "-"]}, file="b.xlsx")
    result, findings = filled(first, later)
    each = result.lists[8]
    assert each.frame[CHILD].to_list() == ["2", "3", "1", "4"]
    assert each.left.rows() == [(1, GENDER, "!"), (3, GENDER, "-")]
    assert result.changes.select("file", "cell", "child").rows() == [("a.xlsx", "List 8!B3", "2")]
    coded = findings.filter(pl.col("check") == "AA-G06")
    assert coded.select("file", "row", "child").rows() == [("a.xlsx", 4, "3"), ("b.xlsx", 3, "4")]
    assert result.unknown_values["count"].to_list() == [1, 1]


def test_columns_kept_aside_of_two_workbooks_stand_side_by_side() -> None:
    first = raw_list(8, {CHILD: ["1"]}, extra={"Note": ["x"]}, file="a.xlsx")
    result, _ = filled(first, raw_list(8, {CHILD: ["2"]}, file="b.xlsx"))
    assert result.lists[8].extra.to_dict(as_series=False) == {"Note": ["x", None]}
    result, _ = filled(first, raw_list(8, {CHILD: ["2"]}, extra={"Other": ["y"]}, file="b.xlsx"))
    assert result.lists[8].extra.to_dict(as_series=False) == {"Note": ["x", None], "Other": [None, "y"]}


def test_a_list_of_one_workbook_alone_is_not_missing() -> None:
    result, _ = filled(raw_list(8, {CHILD: ["1"]}), raw_list(6, {CHILD: ["1"]}))
    assert sorted(result.lists) == [6, 8]
    assert 8 not in result.missing
    assert result.missing[1] == "it has no sheet"
