"""The cleaned workbook: the official layout, nothing lost, every change on a sheet; of annexa's own nothing changes."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest

from annexa.editions import edition_names
from annexa.extract.read import read_extract
from annexa.filled.fill import fill
from annexa.filled.kinds import cells_of
from annexa.findings import Findings
from annexa.outputs import annex_a, cleaned, workbook
from annexa.outputs.cleaned import summary, write_cleaned
from annexa.outputs.workbook import Sheet, write_workbook
from annexa.period import InspectionPeriod
from annexa.sources import load_source
from tests.golden.lists import EXTRACT, INSPECTION_DATE, OWN_LA
from tests.support.build import Result, build_from
from tests.support.raw_lists import DAY, EDITION, filled, of_own_layout, raw_list
from tests.support.workbooks import CODES, FRONT, STAMP, read

CHILD = "Child Unique ID"
GENDER = "Gender"
BORN = "Date of Birth"
AGE = "Age of Child (Years)"


def write(path: Path, *lists: Any) -> Any:
    """Fill, write and open with openpyxl."""
    write_cleaned(path, filled(*lists)[0], EDITION, DAY, "Exampleshire", "1")
    return read(path)


def cells(sheet: Any, first_row: int = 1) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=first_row, values_only=True))


def test_every_list_and_heading_of_the_edition_is_there(tmp_path: Path) -> None:
    book = write(tmp_path / "a.xlsx", raw_list(1, {CHILD: ["1"], GENDER: ["F"]}))
    assert book.sheetnames == ["Front_Sheet", *(f"List_{number}" for number in range(1, 12)), "Changes", "Codes_used"]
    for number, spec in EDITION.lists.items():
        assert [cell.value for cell in book[f"List_{number}"][2]] == [column.heading for column in spec.columns]
    assert cells(book["List_1"], 3) == [("1", "b) Female", None, None, None, None, None)]
    assert [value for value in cells(book["List_2"])[0] if value] == ["List 2: Early Help", cleaned._NOT_SUPPLIED]
    assert len(book["List_1"].data_validations.dataValidation) == 3


def test_a_cell_that_could_not_be_read_is_text_as_it_was_beside_typed_cells(tmp_path: Path) -> None:
    columns = {
        CHILD: ["1", "UNKNOWN", "3"],
        GENDER: ["a) Male", " ? ", "b) Female"],
        BORN: ["2010-05-04", "May be 8 Jan", "=1+1"],
        AGE: ["8", "<1", None],
    }
    sheet = write(tmp_path / "a.xlsx", raw_list(1, columns))["List_1"]
    assert cells(sheet, 3) == [
        ("1", "a) Male", None, datetime(2010, 5, 4), 8, None, None),
        ("UNKNOWN", " ? ", None, "May be 8 Jan", "<1", None, None),
        ("3", "b) Female", None, "=1+1", None, None, None),
    ]
    born = sheet["D"][2:]
    assert [cell.data_type for cell in born] == ["d", "s", "s"]
    assert [cell.quotePrefix for cell in born] == [False, False, True]
    assert [cell.number_format for cell in born] == ["dd/mm/yyyy", "@", "@"]


def test_cleaning_what_was_cleaned_changes_nothing(tmp_path: Path) -> None:
    columns = {
        CHILD: ["1.0", "n/a", "3", "3"],
        GENDER: ["Male", "?", "2", "2"],
        BORN: ["4/5/10", "May be 8 Jan", "40302", "40302"],
        AGE: ["8.5", "<1", "#N/A", "#N/A"],
        "Contact Source": ["POLICE", "q)", None, None],
    }
    write(tmp_path / "a.xlsx", raw_list(1, columns))
    again = fill([of_own_layout(tmp_path / "a.xlsx", EDITION)], EDITION, InspectionPeriod(DAY), Findings())
    assert again.changes.height == again.dropped.height == 0
    write_cleaned(tmp_path / "b.xlsx", again, EDITION, DAY)
    assert sheets_of(tmp_path / "a.xlsx")["List_1"] == sheets_of(tmp_path / "b.xlsx")["List_1"]


def sheets_of(path: Path) -> dict[str, bytes]:
    """The bytes of each sheet by its name."""
    names = read(path).sheetnames
    with ZipFile(path) as package:
        return {name: package.read(f"xl/worksheets/sheet{number}.xml") for number, name in enumerate(names, start=1)}


@pytest.fixture(scope="module", params=edition_names())
def built(request: pytest.FixtureRequest) -> Result:
    raw = read_extract(EXTRACT, load_source("ssd").wanted())
    return build_from(raw, inspection_date=INSPECTION_DATE, edition=request.param, own_la=OWN_LA)


def test_columns_hold_what_a_build_writes_into_them(built: Result) -> None:
    for each in built.lists.values():
        assert {column.heading: cells_of(column).dtype for column in each.spec.columns} == dict(each.frame.schema)


def test_a_build_s_own_workbook_stays_byte_for_byte(built: Result, tmp_path: Path) -> None:
    edition = built.context.edition
    codes = annex_a.code_lists(built.context, built.lists)
    write_workbook(tmp_path / "built.xlsx", FRONT, annex_a.sheets(built.lists), codes, DAY)
    findings = Findings()
    book = of_own_layout(tmp_path / "built.xlsx", edition)
    result = fill([book], edition, InspectionPeriod(date.fromisoformat(INSPECTION_DATE)), findings)
    assert findings.frame().height == result.changes.height == 0
    write_cleaned(tmp_path / "clean.xlsx", result, edition, DAY)
    before, after = sheets_of(tmp_path / "built.xlsx"), sheets_of(tmp_path / "clean.xlsx")
    assert sum(each.rows_in for each in result.lists.values()) > 80
    for sheet in [*(spec.sheet for spec in edition.lists.values()), "Codes_used"]:
        assert before[sheet] == after[sheet], sheet


def test_changes_and_rows_that_left_stand_on_a_sheet(tmp_path: Path) -> None:
    first = raw_list(8, {CHILD: ["1", "2", "2"], GENDER: ["Male", "b) Female", "b) Female"]}, file="a.xlsx")
    later = raw_list(8, {CHILD: ["2"], GENDER: ["a) Male"]}, file="b.xlsx")
    book = write(tmp_path / "a.xlsx", first, later)
    assert cells(book["Changes"], 2) == [
        ("Change", "List", "Workbook", "Where", "Column", "Identifier", "Before", "After"),
        ("replaced in the merge", 8, "a.xlsx", "List 8, row 3", None, "2", None, "kept: b.xlsx, List 8, row 2"),
        ("exact duplicate", 8, "a.xlsx", "List 8, row 4", None, "2", None, "kept: b.xlsx, List 8, row 2"),
        ("code in another spelling", 8, "a.xlsx", "List 8!B2", GENDER, "1", "Male", "a) Male"),
    ]
    line = next(row for row in cells(book["Front_Sheet"]) if row[0] == 8)
    assert line[2:] == (4, 2, 2, 1, 0, "cleaned")


def test_more_changes_than_a_sheet_holds_go_on_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ROWS_A_SHEET", 2)
    book = write(tmp_path / "a.xlsx", raw_list(8, {CHILD: ["1", "2", "3"], GENDER: ["Male", "Male", "Male"]}))
    assert book.sheetnames[-3:] == ["Changes", "Changes_2", "Codes_used"]
    assert [len(cells(book[name], 3)) for name in ("Changes", "Changes_2")] == [2, 1]


def test_columns_that_were_not_recognised_are_kept_with_the_rows_they_belong_to(tmp_path: Path) -> None:
    extra = {"Note": [None, "x", "y"], CHILD: ["9", None, None]}
    first = raw_list(8, {CHILD: ["1", "2", None], GENDER: ["a) Male"] * 3}, extra=extra)
    book = write(tmp_path / "a.xlsx", first)
    assert cells(book["Extra_columns_8"], 2) == [
        ("Row of List_8", CHILD, "Note", f"{CHILD} (2)"),
        (3, "1", None, "9"),
        (4, "2", "x", None),
        (5, None, "y", None),
    ]


def test_the_summary_adds_up() -> None:
    first = raw_list(8, {CHILD: ["1", "2", "2"]}, file="a.xlsx")
    result, _ = filled([first, raw_list(1, {CHILD: []})], raw_list(8, {CHILD: ["2"]}, file="b.xlsx", sheet="CLA"))
    assert summary(result) == {
        "lists": {
            "1": {"sheet": "List 1", "rows_in": 0, "rows_out": 0, "rows_dropped": 0},
            "8": {"sheet": "List 8, CLA", "rows_in": 4, "rows_out": 2, "rows_dropped": 2},
        }
    }


def test_texts_are_rendered_in_their_chunk_alone_and_cut_like_any_other(tmp_path: Path) -> None:
    height = 70_000  # of three columns: more than one chunk
    frame = pl.DataFrame({"N": [1] * height, "D": [date(2010, 5, 4)] * height, "T": ["t"] * height}).with_columns(
        pl.when(pl.int_range(height) != height - 1).then(pl.all())
    )
    texts = pl.DataFrame({"D": [*[None] * (height - 1), "x" * 40_000], "N": [*[None] * (height - 1), "a<b "]})
    sheet = Sheet("List_1", "T", frame, texts=texts)
    cuts = write_workbook(tmp_path / "a.xlsx", FRONT, [sheet], CODES, STAMP)
    assert [(cut.heading, cut.row) for cut in cuts] == [("D", height + 2)]
    with ZipFile(tmp_path / "a.xlsx") as package:
        xml = package.read("xl/worksheets/sheet2.xml").decode()
    last = xml[xml.index(f'<row r="{height + 2}"') :]
    assert f'<c r="A{height + 2}"' in last
    assert ">a&lt;b </t>" in last
    assert xml.count("xml:space") == 2
