"""Values of filled workbooks: what is repaired, what is left as it is, and what is said of each."""

from datetime import date

import polars as pl
import pytest

from tests.support.raw_lists import filled, raw_list

CHILD = "Child Unique ID"
AGE = "Age of Child (Years)"
BORN = "Date of Birth"


def read(number: int, heading: str, *texts: str | None, **options):
    """Fill one list with the texts in one column, children 1, 2, ... beside them."""
    columns = {heading: list(texts)}
    if heading != CHILD and number != 11:
        columns[CHILD] = [str(child) for child in range(1, len(texts) + 1)]
    return filled(raw_list(number, columns, **options))


def column(result, number: int, heading: str) -> list:
    return result.lists[number].frame[heading].to_list()


@pytest.mark.parametrize(
    "text",
    [
        "Female", "F", "2", "02", "2.0", "b)  Female", "b)Female", "b) FEMALE", "female ", "FEMALE", "b) Female\u00a0",
        "F - Female", "b) F: Female",
    ],
)  # fmt: skip
def test_a_code_is_read_in_any_spelling(text: str) -> None:
    result, findings = read(1, "Gender", text)
    assert column(result, 1, "Gender") == ["b) Female"]
    assert result.lists[1].codes["Gender"].to_list() == ["F"]
    assert findings.select("check", "severity", "value").rows() == [("AA-R03", "info", f"{text} -> b) Female")]


@pytest.mark.parametrize(
    ("number", "heading", "text", "label"),
    [
        (1, "Ethnicity", "WBRI", "a) WBRI"),
        (1, "Ethnicity", "White British", "a) WBRI"),
        (1, "Ethnicity", "t) NOBT", "s) NOBT"),
        (1, "Contact Source", "POLICE", "q) 6: Police"),
        (3, "Referral NFA?", "Yes", "a) Yes"),
        (3, "Referral NFA?", "True", "a) Yes"),
        (11, "Is the (prospective) adopter fostering for adoption?", "a) Yes", "Yes"),
    ],
)
def test_labels_are_those_of_the_edition(number: int, heading: str, text: str, label: str) -> None:
    result, findings = read(number, heading, text)
    assert column(result, number, heading) == [label]
    assert findings["check"].to_list() == ["AA-R03"]


def test_an_official_label_is_no_change_whatever_stands_beside_it() -> None:
    result, findings = read(1, "Gender", "b) Female", "a) Male", None, "c) Not stated/recorded")
    assert column(result, 1, "Gender") == ["b) Female", "a) Male", None, "c) Not stated/recorded"]
    assert result.lists[1].codes["Gender"].to_list() == ["F", "M", None, "U"]
    assert findings.height == result.changes.height == 0


@pytest.mark.parametrize("text", ["b)", "b", "Femail", "x) Female", "N/A", "3"])
def test_a_code_that_cannot_be_read_is_left_as_it_is(text: str) -> None:
    result, findings = read(1, "Gender", "a) Male", text)
    each = result.lists[1]
    assert (column(result, 1, "Gender"), each.codes["Gender"].to_list()) == (["a) Male", None], ["M", None])
    assert each.left.rows() == [(1, "Gender", text)]
    assert findings.select("check", "list", "file", "row", "column", "value", "child").rows() == [
        ("AA-G06", 1, "book.xlsx", 3, "Gender", text, "2")
    ]
    assert result.unknown_values.rows() == [(1, "Gender", "gender", text, 1)]
    assert result.changes.height == 0


def test_a_code_newer_than_the_edition_is_shown_as_its_replacement_and_kept_in_the_codes() -> None:
    result, findings = read(6, "Reason for Closure", "RC9")
    assert column(result, 6, "Reason for Closure") == ["RC8 - Case closed after assessment, no further action"]
    assert result.lists[6].codes["Reason for Closure"].to_list() == ["RC9"]
    assert result.changes["what"].to_list() == ["code newer than the edition, shown as its replacement"]
    assert findings["check"].to_list() == ["AA-R03"]


def test_a_label_that_is_only_read_stays() -> None:
    result, findings = read(8, "Reason Ceased to be Looked After", "u) X1:CodeError")
    assert column(result, 8, "Reason Ceased to be Looked After") == ["u) X1:CodeError"]
    assert findings.height == 0


def test_free_text_among_codes_passes() -> None:
    result, findings = read(8, "LA of Placement", "Exampleshire", "Wales")
    assert column(result, 8, "LA of Placement") == ["Exampleshire", "WAL - Child placed in Wales"]
    assert findings.height == 1


def test_a_change_is_told_with_its_cell_its_child_and_both_values() -> None:
    result, findings = read(8, "Gender", "a) Male", "Female", sheet="List 8 - CLA")
    assert result.changes.rows(named=True) == [
        {
            "list": 8, "file": "book.xlsx", "cell": "List 8 - CLA!B3", "column": "Gender", "child": "2",
            "before": "Female", "after": "b) Female", "what": "code in another spelling",
        }
    ]  # fmt: skip
    finding = findings.row(0, named=True)
    assert (finding["row"], finding["column"], finding["child"]) == (3, "Gender", "2")
    assert finding["message"].startswith("List 8, B3: ")
    assert "Female" not in finding["message"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010-05-04", date(2010, 5, 4)), ("2010-05-04 13:45:00", date(2010, 5, 4)), ("25/05/2010", date(2010, 5, 25)),
        ("4/5/2010", date(2010, 5, 4)), ("4.5.2010", date(2010, 5, 4)), ("04-05-2010", date(2010, 5, 4)),
        ("4 May 2010", date(2010, 5, 4)), ("Tues 4th May, 2010", date(2010, 5, 4)), ("04-May-10", date(2010, 5, 4)),
        ("2010-05-04T00:00:00Z", date(2010, 5, 4)), ("20100504", date(2010, 5, 4)), ("2010/5/4", date(2010, 5, 4)),
        ("25/12/17", date(2017, 12, 25)), ("04/06/18", date(2018, 6, 4)), ("05/06/18", date(1918, 6, 5)),
        ("29/02/96", date(1996, 2, 29)), ("40302", date(2010, 5, 4)), ("40302.75", date(2010, 5, 4)),
        (" 04/05/2010\u00a0", date(2010, 5, 4)), ("01/05/1950", date(1950, 5, 1)), ("02/01/1900", date(1900, 1, 2)),
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_was_typed(text: str, day: date) -> None:
    result, findings = read(1, BORN, text)
    assert column(result, 1, BORN) == [day]
    expected = [] if text == "2010-05-04" else [("AA-R03", f"{text} -> {day.isoformat()}")]
    assert findings.select("check", "value").rows() == expected


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    result, _ = read(1, BORN, "38840", from_1904=True)
    assert column(result, 1, BORN) == [date(2010, 5, 4)]


@pytest.mark.parametrize("text", ["1900-01-01", "9999-12-31", "01/01/1900", "1899-12-31", "0", "00/01/1900"])
def test_a_placeholder_is_no_date(text: str) -> None:
    result, findings = read(1, BORN, text)
    assert column(result, 1, BORN) == [None]
    assert result.lists[1].left.height == 0
    assert findings.select("check", "value").rows() == [("AA-R03", f"{text} -> (blank)")]


@pytest.mark.parametrize(
    "text",
    ["31/02/2010", "29/02/2011", "13/13/2010", "2010", "May be 8 Jan 2000", "n/a", "1899-05-04", "12", "04/05", "TRUE"],
)
def test_what_is_no_date_is_left_as_it_is(text: str) -> None:
    result, findings = read(1, BORN, text)
    assert column(result, 1, BORN) == [None]
    assert result.lists[1].left.rows() == [(0, BORN, text)]
    assert findings.select("check", "column", "row", "value").rows() == [("AA-G07", BORN, 2, text)]


def test_a_column_with_both_orders_of_day_and_month_is_ambiguous() -> None:
    result, findings = read(1, BORN, "25/05/2010", "05/25/2010", "04/05/2010", "04/05/2010", "05/05/2010")
    assert column(result, 1, BORN)[:3] == [date(2010, 5, 25), date(2010, 5, 25), date(2010, 5, 4)]
    ambiguous = findings.filter(pl.col("check") == "AA-R07")
    assert ambiguous.select("severity", "list", "column").rows() == [("warning", 1, BORN)]
    assert "2 dates" in ambiguous["message"][0]


def test_a_column_that_has_the_month_first_is_read_so_and_said_to_be_ambiguous() -> None:
    result, findings = read(1, BORN, "05/25/2010", "04/05/2010")
    assert column(result, 1, BORN) == [date(2010, 5, 25), date(2010, 4, 5)]
    assert "AA-R07" in findings["check"].to_list()


def test_a_column_of_british_dates_is_not_ambiguous() -> None:
    _, findings = read(1, BORN, "25/05/2010", "04/05/2010", "2010-05-04")
    assert set(findings["check"]) == {"AA-R03"}


@pytest.mark.parametrize(
    ("text", "years"), [("12", 12), ("12.0", 12), ("12.7", 12), ("0.19", 0), ("-0.3", -1), ("-1", -1), (" 12 ", 12)]
)
def test_an_age_is_completed_years(text: str, years: int) -> None:
    result, findings = read(1, AGE, text)
    assert column(result, 1, AGE) == [years]
    assert findings["value"].to_list() == ([] if text in ("12", "-1") else [f"{text} -> {years}"])


@pytest.mark.parametrize(("text", "left"), [("2.5", True), ("two", True), ("2.0", False), ("1,234", False)])
def test_a_count_is_a_whole_number_or_left(text: str, left: bool) -> None:
    result, findings = read(3, "Number of Referrals in Last 12 Months", text)
    assert result.lists[3].left.height == int(left)
    assert findings["check"].to_list() == ["AA-R05" if left else "AA-R03"]


def test_identifiers_are_text_and_lose_what_a_number_left_on_them() -> None:
    result, findings = read(1, CHILD, "1001.0", "0012", " 12 ", "A-7", "1001.5")
    assert column(result, 1, CHILD) == ["1001", "0012", "12", "A-7", "1001.5"]
    assert findings.select("child", "value").rows() == [("1001", "1001.0 -> 1001"), ("12", " 12  -> 12")]


@pytest.mark.parametrize("text", ["0", "-1", "UNKNOWN", "n/a", "None", "0.0"])
def test_a_placeholder_of_a_child_is_blank_and_kept_without_a_finding_of_its_own(text: str) -> None:
    result, findings = read(1, CHILD, text)
    assert column(result, 1, CHILD) == [None]
    assert result.lists[1].left.rows() == [(0, CHILD, text)]
    assert findings.height == 0


def test_text_loses_blanks_around_it_and_odd_ones_within_and_nothing_else() -> None:
    result, findings = read(3, "Allocated Worker", "Ann\u00a0Lee", " Ann Lee", "Ann  Lee", "A\u200bnn", "Ann Lee")
    assert column(result, 3, "Allocated Worker") == ["Ann Lee", "Ann Lee", "Ann  Lee", "Ann", "Ann Lee"]
    assert findings["row"].to_list() == [2, 3, 5]


def test_a_cell_that_reading_reported_is_left_without_another_finding() -> None:
    result, findings = read(3, "Allocated Team", "#N/A", "Duty", unread=[(2, "Allocated Team")])
    assert column(result, 3, "Allocated Team") == [None, "Duty"]
    assert result.lists[3].left.rows() == [(0, "Allocated Team", "#N/A")]
    assert findings.height == 0


@pytest.mark.parametrize("heading", ["Allocated Team", "Gender", BORN, AGE, CHILD])
def test_an_error_that_was_pasted_as_text_is_an_error_cell(heading: str) -> None:
    result, findings = read(3, heading, "#REF!")
    assert column(result, 3, heading) == [None]
    assert result.lists[3].left.rows() == [(0, heading, "#REF!")]
    assert findings["check"].to_list() == ["AA-R24"]


def test_no_message_holds_a_value() -> None:
    columns = {CHILD: ["Zog"], "Gender": ["Zag"], BORN: ["Zig"], AGE: ["Zug"], "Allocated Team": ["  Zeg"]}
    _, findings = filled(raw_list(3, columns))
    assert set(findings["check"]) == {"AA-G06", "AA-G07", "AA-R05", "AA-R03"}
    assert not findings["message"].str.contains("(?i)z[aeiou]g").any()


def test_a_column_that_the_sheet_lacks_is_not_there() -> None:
    result, _ = read(1, "Gender", "a) Male")
    assert result.lists[1].frame.columns == [CHILD, "Gender"]
    assert result.lists[1].codes.columns == [CHILD, "Gender"]


def test_a_list_without_rows_is_there_and_empty() -> None:
    result, findings = filled(raw_list(1, {CHILD: [], BORN: [], "Gender": []}))
    assert result.lists[1].rows_in == 0
    assert result.lists[1].frame.schema == {CHILD: pl.String, "Gender": pl.String, BORN: pl.Date}
    assert (result.lists[1].sheets, result.lists[1].files) == (("List 1",), ("book.xlsx",))
    assert findings.height == 0
    assert sorted(result.missing) == list(range(2, 12))
