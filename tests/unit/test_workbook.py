"""The workbook that is written: its sheets, its look, what it refuses and what it says when it cannot be written."""

import errno
import os
import re
import subprocess
import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import fastexcel
import openpyxl
import polars as pl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from polars.testing import assert_frame_equal

from annexa.errors import OutputError
from annexa.outputs import workbook
from annexa.outputs.contents import Page, PageTable
from annexa.outputs.rows import CUT_MARK, TEXT_LIMIT
from annexa.outputs.workbook import CodeList, CutText, FrontSheet, Sheet, write_workbook
from tests.benchmarks.plain_workbook import write_workbook_plain
from tests.support.workbooks import AWKWARD, CODES, FRONT, STAMP, read, sheet, write


def cells(target: Any, first_row: int = 1) -> list[tuple[Any, ...]]:
    return list(target.iter_rows(min_row=first_row, values_only=True))


def test_the_sheets_stand_in_order_with_title_headings_and_data(tmp_path: Path) -> None:
    book = read(write(tmp_path / "a.xlsx", sheet(), sheet("List_2", "List 2: Early help")))
    assert book.sheetnames == ["Front_Sheet", "List_1", "List_2", "Codes_used"]
    assert cells(book["List_1"]) == [
        ("List 1: Contacts", None, None, None),
        ("Child Unique ID", "Gender ", "Date of Birth", "Child’s Age (Years)"),
        ("0012", "a) Male", datetime(2010, 2, 28), 15),
        ("0013", None, None, -1),
        ("0014", "b) Female", datetime(2020, 2, 29), None),
    ]


def test_text_is_text_dates_are_dates_and_counts_are_whole_numbers(tmp_path: Path) -> None:
    row = read(write(tmp_path / "a.xlsx", sheet()))["List_1"][3]
    assert [cell.data_type for cell in row] == ["s", "s", "d", "n"]
    assert [cell.number_format for cell in row] == ["@", "@", "dd/mm/yyyy", "0"]


def test_a_null_and_an_empty_text_leave_no_cell(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", sheet(A=["x", "", None], B=[None, 1, None]))
    with ZipFile(tmp_path / "a.xlsx") as package:
        xml = package.read("xl/worksheets/sheet2.xml").decode()
    assert re.findall(r'<c r="([A-Z]+\d+)"', xml) == ["A1", "A2", "B2", "A3", "B4"]


def test_rows_and_cells_stand_once_and_in_order(tmp_path: Path) -> None:
    """What openpyxl forgives and Excel repairs: a row number twice, a cell outside its row."""
    write(tmp_path / "a.xlsx", sheet(), sheet("List_2", "List 2: Early help", A=[], B=[]))
    with ZipFile(tmp_path / "a.xlsx") as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 4
        for name in sheets:
            xml = package.read(name).decode()
            rows = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
            assert rows == sorted(set(rows)), name
            for number, inside in re.findall(r'<row r="(\d+)"[^>]*>(.*?)</row>', xml, re.DOTALL):
                columns = [
                    openpyxl.utils.column_index_from_string(c) for c in re.findall(rf'<c r="([A-Z]+){number}"', inside)
                ]
                assert len(columns) == inside.count("<c ")
                assert columns == sorted(set(columns)), (name, number)


def test_every_text_reads_back_equal(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", sheet(**{"Text ": AWKWARD}))
    target = read(tmp_path / "a.xlsx")["List_1"]
    assert [unescape(cell.value) for cell in target["A"][2:]] == list(AWKWARD)
    assert {cell.data_type for cell in target["A"][2:]} == {"s"}
    back = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("List_1", header_row=1, dtypes="string").to_polars()
    # Newer releases of calamine undo _xHHHH_ themselves, though not for the two code points that are no characters.
    pairs = list(zip(back["Text "], AWKWARD, strict=True))
    assert [got if got == text else unescape(got) for got, text in pairs] == list(AWKWARD)


def test_text_that_begins_like_a_formula_is_marked_as_text(tmp_path: Path) -> None:
    target = read(write(tmp_path / "a.xlsx", sheet(A=["=1+1", "+1", "-1", "@A1", "1=1", "a"])))["List_1"]
    assert [cell.quotePrefix for cell in target["A"][2:]] == [True, True, True, True, False, False]
    assert {cell.number_format for cell in target["A"][2:]} == {"@"}


def test_dates_that_excel_cannot_number_are_text(tmp_path: Path) -> None:
    days = [date(1900, 3, 1), date(1900, 2, 28), date(1, 1, 1), date(9999, 12, 31)]
    frame = pl.DataFrame({"Day": days}).with_columns(
        Late=pl.Series([2_932_897], dtype=pl.Int32).cast(pl.Date).extend_constant(None, 3)
    )
    target = read(write(tmp_path / "a.xlsx", Sheet("List_1", "T", frame)))["List_1"]
    assert [cell.value for cell in target["A"][2:]] == [
        datetime(1900, 3, 1), "28/02/1900", "01/01/0001", datetime(9999, 12, 31),
    ]  # fmt: skip
    assert [cell.number_format for cell in target["A"][2:5]] == ["dd/mm/yyyy", "@", "@"]
    assert target["B3"].data_type == "s"
    assert target["B3"].value.endswith("10000")


def test_numbers_of_more_digits_than_excel_keeps_are_text(tmp_path: Path) -> None:
    numbers = pl.DataFrame(
        {"N": [10**15 - 1, 10**15, -(10**15)], "U": pl.Series([2**64 - 1, 0, None], dtype=pl.UInt64)}
    )
    target = read(write(tmp_path / "a.xlsx", Sheet("List_1", "T", numbers)))["List_1"]
    assert cells(target, 3) == [
        (999_999_999_999_999, "18446744073709551615"), ("1000000000000000", 0), ("-1000000000000000", None),
    ]  # fmt: skip


def test_a_list_without_rows_has_title_headings_and_drop_downs(tmp_path: Path) -> None:
    empty = Sheet("List_1", "List 1", sheet().frame.clear(), {"Gender ": "gender"})
    target = read(write(tmp_path / "a.xlsx", empty))["List_1"]
    assert target.dimensions == "A1:D2"
    assert target.auto_filter.ref == "A2:D2"
    assert [str(rule.sqref) for rule in target.data_validations.dataValidation] == ["B3:B502"]


def test_the_note_of_a_list_that_was_not_supplied_stands_beside_its_title(tmp_path: Path) -> None:
    frame = sheet().frame.clear()
    target = read(write(tmp_path / "a.xlsx", Sheet("List_1", "List 1: Contacts", frame, {}, "Not supplied")))["List_1"]
    assert target.max_row == 2
    assert [cell.value for cell in target[1]] == ["List 1: Contacts", None, None, "Not supplied"]


def test_the_note_never_takes_the_place_of_the_title(tmp_path: Path) -> None:
    narrow = Sheet(
        "List_1", "A title that is far longer than its one column", pl.DataFrame({"A": []}), {}, "Not supplied"
    )
    target = read(write(tmp_path / "a.xlsx", narrow))["List_1"]
    assert [cell.value for cell in target[1]] == [narrow.title, "Not supplied"]


def test_panes_filter_drop_downs_and_size_follow_the_data(tmp_path: Path) -> None:
    target = read(write(tmp_path / "a.xlsx", sheet()))["List_1"]
    assert target.freeze_panes == "B3"
    assert target.auto_filter.ref == "A2:D5"
    (rule,) = target.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", "Codes_used!$A$2:$A$3", "B3:B505")
    assert rule.allowBlank
    with ZipFile(tmp_path / "a.xlsx") as package:
        assert b'<dimension ref="A1:D5"' in package.read("xl/worksheets/sheet2.xml")


def test_drop_downs_end_with_the_sheet() -> None:
    frame = pl.DataFrame({"A": pl.repeat(None, 1_048_300, dtype=pl.String, eager=True)})
    parts = workbook.lay_out(FRONT.page(), [Sheet("List_1", "T", frame, {"A": "gender"})], CODES, STAMP).parts
    assert b'sqref="A3:A1048576"' in parts["xl/worksheets/sheet2.xml"]


def test_columns_have_sensible_widths_and_keep_their_format_below_the_data(tmp_path: Path) -> None:
    target = read(
        write(tmp_path / "a.xlsx", sheet(Id=["1"], Words=["w " * 200], Day=[date(2025, 1, 1)], **{"N " * 50: [1]}))
    )["List_1"]
    columns = [target.column_dimensions[letter] for letter in "ABCD"]
    assert [column.width for column in columns] == [9, 48, 12, 22]
    assert [column.number_format for column in columns] == ["@", "@", "dd/mm/yyyy", "0"]
    assert target.row_dimensions[2].height > 60


def test_long_texts_wrap_and_their_rows_are_high_enough(tmp_path: Path) -> None:
    texts = ["short", "word " * 30, "line\n" * 4, "x" * 20_000, None]
    target = read(write(tmp_path / "a.xlsx", sheet(A=texts, B=["same"] * 5)))["List_1"]
    assert target["A3"].alignment.wrap_text
    assert not target["B3"].alignment.wrap_text
    assert [target.row_dimensions[row].height for row in range(3, 8)] == [None, 60, 75, 405, None]


def test_print_set_up(tmp_path: Path) -> None:
    wide = Sheet("List_1", "T", pl.DataFrame({f"Heading {n}": ["x" * 20] for n in range(34)}))
    book = read(write(tmp_path / "a.xlsx", wide))
    target = book["List_1"]
    assert (target.page_setup.orientation, target.page_setup.paperSize) == ("landscape", 9)
    assert target.sheet_properties.pageSetUpPr.fitToPage
    assert (target.page_setup.fitToWidth, target.page_setup.fitToHeight) == (3, 0)
    assert (target.print_title_rows, target.print_title_cols) == ("$1:$2", "$A:$A")
    assert (target.oddFooter.left.text, target.oddFooter.right.text) == ("&A", "Page &P of &N")
    assert {each.page_setup.orientation for each in book} == {"landscape"}
    assert book["Codes_used"].print_title_rows == "$1:$1"


def test_codes_used_has_a_column_a_code_list(tmp_path: Path) -> None:
    target = read(write(tmp_path / "a.xlsx", sheet()))["Codes_used"]
    for column, code in zip(target.iter_cols(values_only=True), CODES, strict=True):
        assert [value for value in column if value] == [code.title, *code.labels]
    assert target["B3"].data_type == "s"
    assert target.freeze_panes == "A2"
    assert target.row_dimensions[4].height > target.row_dimensions[2].height


def test_a_workbook_without_code_lists_and_lists_is_still_one(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", FrontSheet("H", (), (), ()), [], [], STAMP)
    book = read(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Front_Sheet"]
    assert cells(book["Front_Sheet"]) == [("H",)]


def test_the_front_sheet_says_what_the_workbook_is(tmp_path: Path) -> None:
    front = FrontSheet(
        "=Annex A",
        (("Authority", "=1+1 \x01 _x0041_"), ("Inspection date", STAMP), ("Lists", 2)),
        ("List", "Rows", "State"),
        (("List_1", 3, "complete"), ("List_2", None, "Not supplied: " + "reason " * 20)),
        ("Note one.", "Note two, " * 60),
    )
    write_workbook(tmp_path / "a.xlsx", front, [], [], STAMP)
    target = read(tmp_path / "a.xlsx")["Front_Sheet"]
    filled = [[cell.value for cell in row if cell.value is not None] for row in target.iter_rows()]
    assert [row for row in filled if row] == [
        ["=Annex A"],
        ["Authority", "=1+1 _x0001_ _x005F_x0041_"],
        ["Inspection date", datetime(2025, 6, 2)],
        ["Lists", 2],
        ["List", "Rows", "State"],
        ["List_1", 3, "complete"],
        ["List_2", front.table_rows[1][2]],
        ["Notes"],
        ["Note one."],
        [front.notes[1]],
    ]
    assert target["B3"].data_type == "s"
    assert target["B4"].number_format == "dd/mm/yyyy"
    assert target.row_dimensions[target.max_row].height > target.row_dimensions[target.max_row - 1].height


def test_a_text_longer_than_a_cell_is_cut_marked_and_reported(tmp_path: Path) -> None:
    first = sheet(
        A=["a", "b" * (TEXT_LIMIT + 1), None], B=["😀" * 16_383, "😀" * 16_384, "é" * 20_000], C=["é" * 20_000] * 3
    )
    second = sheet("List_2", C=["c" * TEXT_LIMIT, "c" * 40_000])
    cut = write_workbook(tmp_path / "a.xlsx", FRONT, [first, second], (), STAMP)
    assert cut == (CutText("List_1", "A", 4), CutText("List_1", "B", 4), CutText("List_2", "C", 4))
    book = read(tmp_path / "a.xlsx")
    assert [cell.value for cell in book["List_1"]["B"][2:]] == [
        "😀" * 16_383, "😀" * ((TEXT_LIMIT - len(CUT_MARK)) // 2) + CUT_MARK, "é" * 20_000,
    ]  # fmt: skip
    values = [cell.value for name in ("List_1", "List_2") for cell in book[name]["A"][2:]]
    assert [len(value or "") for value in values] == [1, TEXT_LIMIT, 0, TEXT_LIMIT, TEXT_LIMIT]
    assert [value.endswith(CUT_MARK) for value in values if value] == [False, True, False, True]


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    frame = pl.DataFrame({"A": pl.repeat(None, 1_048_575, dtype=pl.Int8, eager=True)})
    (tmp_path / "a.xlsx").write_bytes(b"earlier")
    with pytest.raises(
        OutputError, match="List_4 has 1,048,575 rows; a sheet of a workbook holds 1,048,574"
    ) as refusal:
        write(tmp_path / "a.xlsx", sheet(), Sheet("List_4", "T", frame))
    assert refusal.value.hint
    assert (tmp_path / "a.xlsx").read_bytes() == b"earlier"


@pytest.mark.parametrize("column", [[True], [datetime(2025, 1, 1)], [[1]]])
def test_a_column_that_is_not_text_date_or_whole_number_is_refused(tmp_path: Path, column: list[Any]) -> None:
    with pytest.raises(TypeError, match=r"List_1: no way to write .*'Odd'"):
        write(tmp_path / "a.xlsx", sheet(Odd=column))


@pytest.mark.parametrize("choices", [{"No such heading": "gender"}, {"A": "no such list"}, {"A": "empty"}])
def test_a_drop_down_of_nothing_is_refused(tmp_path: Path, choices: dict[str, str]) -> None:
    target = Sheet("List_1", "T", pl.DataFrame({"A": ["x"]}), choices)
    with pytest.raises(ValueError, match="List_1: no drop-down"):
        write_workbook(tmp_path / "a.xlsx", FRONT, [target], [*CODES, CodeList("empty", "Empty", ())], STAMP)
    assert not (tmp_path / "a.xlsx").exists()


def test_columns_may_be_called_anything_and_hold_nothing(tmp_path: Path) -> None:
    frame = pl.DataFrame({"row": ["x"], "start": [1], "B": ["y"], "A": [2], "": [None]})
    target = read(write(tmp_path / "a.xlsx", Sheet("List_1", "T", frame)))["List_1"]
    assert cells(target, 2) == [("row", "start", "B", "A", None), ("x", 1, "y", 2, None)]


def test_a_frame_in_many_chunks_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [pl.DataFrame({"Id": [f"{n:04d}" for n in range(rows)], "N": range(rows)}) for rows in (50, 0, 7, 1)]
    sheets = [Sheet(f"List_{number}", "T", frame) for number, frame in enumerate(frames)]
    write(tmp_path / "one.xlsx", *sheets)
    monkeypatch.setattr(workbook, "_CELLS_AT_ONCE", 14)
    write(tmp_path / "many.xlsx", *sheets)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "many.xlsx").read_bytes()
    book = read(tmp_path / "many.xlsx")
    assert [cells(book[each.name], 3) for each in sheets] == [frame.rows() for frame in frames]


def test_long_texts_make_chunks_of_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"A": ["x" * 100] * 10})
    monkeypatch.setattr(workbook, "_TEXT_AT_ONCE", 300)
    sheet = Sheet("List_1", "T", frame)
    skeleton = workbook.lay_out(FRONT.page(), [sheet], (), STAMP)
    chunks = [job().decode() for job in workbook._chunks(sheet, skeleton.styles[0])]
    assert [chunk.count("<row ") for chunk in chunks] == [3, 3, 3, 1]


def test_jobs_are_done_ahead_and_given_in_order() -> None:
    assert list(workbook._ahead(partial(bytes, number) for number in range(9))) == [bytes(n) for n in range(9)]


def test_a_sheet_that_may_pass_two_gigabytes_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ZIP64_FROM", 0)
    assert cells(read(write(tmp_path / "a.xlsx", sheet()))["List_1"], 3)[0][0] == "0012"
    assert fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("List_1", header_row=1).height == 3


def test_the_file_says_nothing_of_the_time_or_the_machine(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", sheet())
    with ZipFile(tmp_path / "a.xlsx") as package:
        entries = package.infolist()
        core = package.read("docProps/core.xml").decode()
        assert package.testzip() is None
    assert entries[0].filename == "[Content_Types].xml"
    assert {entry.date_time for entry in entries} == {(2025, 6, 2, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr) for entry in entries} == {(3, 0o100644 << 16)}
    assert re.findall(r">(\d{4}-[^<]+)<", core) == ["2025-06-02T00:00:00Z"] * 2
    properties = read(tmp_path / "a.xlsx").properties
    assert (properties.creator, properties.lastModifiedBy, properties.title) == ("annexa", "annexa", "Annex A")


@pytest.mark.parametrize(
    ("day", "stamp"),
    [(date(1979, 12, 31), (1980, 1, 1, 0, 0, 0)), (date(2108, 6, 4), (2107, 12, 31, 0, 0, 0))],
)
def test_a_date_that_the_package_cannot_hold_does_not_stop_it(
    tmp_path: Path, day: date, stamp: tuple[int, ...]
) -> None:
    write_workbook(tmp_path / "a.xlsx", FRONT, [], [], day)
    with ZipFile(tmp_path / "a.xlsx") as package:
        assert {entry.date_time for entry in package.infolist()} == {stamp}


def test_the_same_contents_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.support.workbooks import *; write(Path(sys.argv[1]), sheet())"
    )
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
        subprocess.run([sys.executable, "-c", code, tmp_path / f"{seed}.xlsx"], check=True, env=environment)
    expected = write(tmp_path / "here.xlsx", sheet()).read_bytes()
    assert [(tmp_path / f"{seed}.xlsx").read_bytes() == expected for seed in "12"] == [True, True]


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^a\.xlsx could not be written") as refusal:
        write(tmp_path / "no" / "a.xlsx", sheet())
    assert "folder" in refusal.value.hint
    assert str(tmp_path) not in refusal.value.message


def test_a_file_that_is_locked_is_said_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"earlier")

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "a.xlsx")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", locked)
        with pytest.raises(OutputError, match=r"a\.xlsx could not be written: Permission denied") as refusal:
            write(tmp_path / "a.xlsx", sheet())
    assert "Excel" in refusal.value.hint
    assert (tmp_path / "a.xlsx").read_bytes() == b"earlier"


@pytest.mark.parametrize(
    ("fault", "raised", "hint"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), OutputError, "Free some space"),
        (OSError("odd"), OutputError, "choose another"),
        (MemoryError(), MemoryError, ""),
        (KeyboardInterrupt(), KeyboardInterrupt, ""),
    ],
)
def test_nothing_is_left_where_writing_fails_halfway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, raised: type[BaseException], hint: str
) -> None:
    def fails(frame: pl.DataFrame, *_: object) -> bytes:
        raise fault

    monkeypatch.setattr(workbook, "render_rows", fails)
    with pytest.raises(raised) as refusal:
        write(tmp_path / "a.xlsx", sheet(), sheet("List_2"))
    assert hint in getattr(refusal.value, "hint", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_disk_that_takes_no_more_leaves_nothing(tmp_path: Path) -> None:
    code = """if True:
        import resource, sys
        from pathlib import Path
        from annexa.errors import OutputError
        from tests.support.workbooks import sheet, write
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        try:
            write(Path(sys.argv[1]), sheet())
        except OutputError as error:
            print(error.message)
    """
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.xlsx"], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.stdout.startswith("a.xlsx could not be written")
    assert list(tmp_path.iterdir()) == []


def test_openpyxl_alone_writes_the_same_cells(tmp_path: Path) -> None:
    sheets = [sheet(), sheet("List_2", "List 2", A=["x", None], B=[None, 2])]
    write(tmp_path / "ours.xlsx", *sheets)
    write_workbook_plain(tmp_path / "plain.xlsx", FRONT, sheets, CODES, STAMP)
    ours, plain = read(tmp_path / "ours.xlsx"), read(tmp_path / "plain.xlsx")
    for name in ("List_1", "List_2", "Codes_used"):
        assert cells(ours[name]) == cells(plain[name])
        formats = [[cell.number_format for cell in row if cell.value is not None] for row in ours[name].iter_rows(3)]
        assert name == "Codes_used" or formats == [
            [cell.number_format for cell in row if cell.value is not None] for row in plain[name].iter_rows(3)
        ]


def test_a_wide_sheet_reads_back_through_calamine(tmp_path: Path) -> None:
    frame = pl.DataFrame({f"{get_column_letter(n)} heading": [f"{n:03d}", None, "x"] for n in range(1, 60)})
    write(tmp_path / "a.xlsx", Sheet("List_1", "T", frame))
    back = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("List_1", header_row=1, dtypes="string").to_polars()
    assert_frame_equal(back, frame)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)["List_1"].max_row == 5


def test_decimals_are_numbers_with_one_decimal(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", sheet(Hours=pl.Series([12.5, 25.0, None, 0.04])))
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["List_1"].iter_rows(min_row=3)]
    assert [cell.value for cell in cells] == [12.5, 25, None, 0.04]
    assert {cell.number_format for cell in cells if cell.value is not None} == {"0.0"}


def test_marked_rows_are_coloured_from_end_to_end(tmp_path: Path) -> None:
    frame = pl.DataFrame({"A": ["x", None, "=z"], "B": [1, 2, 3], "C": [date(2018, 6, 4), None, None]})
    marked = Sheet("List_1", "T", frame, marked=pl.Series([False, True, True]))
    write(tmp_path / "a.xlsx", marked)
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["List_1"].iter_rows(min_row=3))
    assert [[cell.value for cell in row] for row in rows] == [
        ["x", 1, datetime(2018, 6, 4)],
        [None, 2, None],
        ["=z", 3, None],
    ]
    assert [{cell.fill.fgColor.rgb for cell in row} for row in rows] == [{"00000000"}, {"00FFE699"}, {"00FFE699"}]
    assert rows[2][0].quotePrefix


def test_pages_stand_first_and_last(tmp_path: Path) -> None:
    table = PageTable("Numbers", ("Number", "Rate"), (("Children", 12), ("Share", 33.3), ("None", None)))
    first, last = (
        Page("Summary", "A report", (("Date", STAMP),), (table, table)),
        Page("Notes", "Notes", notes=("One.",)),
    )
    workbook.write_workbook(tmp_path / "a.xlsx", first, [sheet(A=["x"])], (), STAMP, [last])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Summary", "List_1", "Notes"]
    found = [[cell.value for cell in row[:2]] for row in book["Summary"].iter_rows(min_row=5)]
    assert found[0:5] == [["Numbers", None], ["Number", "Rate"], ["Children", 12], ["Share", 33.3], ["None", None]]
    assert found[6:8] == [["Numbers", None], ["Number", "Rate"]]
    assert book["Notes"]["A5"].value == "One."
