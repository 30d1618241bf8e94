"""Filled workbooks: what lies behind the cells, and files that cannot be read."""

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from annexa.editions import load_edition
from annexa.environment import Secret
from annexa.errors import SourceError
from annexa.extract.files import Limits
from annexa.filled.model import SHEET_ROW
from annexa.filled.read import open_workbook, read_workbook
from annexa.filled.sheet_xml import Unusual, column_letters, column_number, parse_sheet, scan_sheet
from annexa.findings import Findings
from tests.support.filled import (
    CHILD,
    Sheet,
    book,
    container,
    edit,
    listed,
    messages,
    ods,
    protected,
    read,
    sheet_xml,
    xls,
    xls_stream,
)

ROW = {CHILD: "1", "Gender": "a) Male"}
SHEET = "xl/worksheets/sheet1.xml"


def one(path: Path, **more: object) -> Path:
    """A workbook of one list with three rows, in rows 2 to 4."""
    return book(path, {"List_1": Sheet(listed(1, ROW, ROW, ROW), **more)})  # type: ignore[arg-type]


def refused(path: Path, message: str, password: str | None = None, limits: Limits | None = None) -> SourceError:
    """Read a workbook that is refused; return the error."""
    word = None if password is None else Secret(password)
    with pytest.raises(SourceError, match=message) as caught:
        read_workbook(open_workbook(path, limits or Limits(), word), load_edition("ilacs-2019"), Findings())
    assert caught.value.hint
    return caught.value


# ---- behind the cells


def test_cells_that_are_errors_keep_their_text(tmp_path: Path):
    workbook, findings = read(
        one(tmp_path / "a.xlsx", errors={"B3": "#N/A", "G4": "#REF!", "J2": "#DIV/0!", "B9": "#N/A"})
    )
    each = workbook.lists[1]
    assert each.cells.select(SHEET_ROW, "Gender", "Contact Source").rows() == [
        (2, "a) Male", None),
        (3, "#N/A", None),
        (4, "a) Male", "#REF!"),
        (9, "#N/A", None),
    ]
    assert each.unread.rows() == [(3, "Gender"), (4, "Contact Source"), (9, "Gender")]
    assert each.extra["Column J"].to_list() == ["#DIV/0!", None, None, None]
    errors = findings.filter(check="AA-R24").sort("message")
    assert errors.select("message", "row", "column", "value").rows() == [
        ("List 1, B3: the cell holds an error of Excel.", 3, "Gender", "#N/A"),
        ("List 1, B9: the cell holds an error of Excel.", 9, "Gender", "#N/A"),
        ("List 1, G4: the cell holds an error of Excel.", 4, "Contact Source", "#REF!"),
        ("List 1, J2: the cell holds an error of Excel.", 2, "Column J", "#DIV/0!"),
    ]
    assert set(errors["table"]) == {"List_1"}


def test_formulas_without_a_stored_value_and_with_one(tmp_path: Path):
    rows = listed(1, ROW | {"Gender": "=A2"}, ROW | {"Gender": "=A3"}, ROW | {"Gender": "=A4"}, {CHILD: "=Z1"})
    path = book(tmp_path / "a.xlsx", {"List_1": rows})
    edit(
        path,
        SHEET,
        ("<f>A2</f><v />", "<f>A2</f><v>7</v>"),
        ('<c r="B3"><f>A3</f><v />', '<c r="B3" t="str"><f>A3</f><v></v>'),
    )
    workbook, findings = read(path)
    assert workbook.lists[1].cells["Gender"].to_list() == ["7", None, None]
    assert workbook.lists[1].unread.rows() == [(4, "Gender"), (5, CHILD)]
    assert sorted(messages(findings, "AA-R23")) == [
        f"List 1, {cell}: formula without a value. Open, recalculate and save the workbook." for cell in ("A5", "B4")
    ]


def test_hidden_rows_and_columns_are_read_and_counted(tmp_path: Path):
    path = one(tmp_path / "a.xlsx", hidden_rows=[1, 3, 4, 90], hidden_columns=["B", "Z"])
    workbook, findings = read(path)
    assert workbook.lists[1].cells.height == 3
    assert sorted(messages(findings, "AA-R25")) == [
        "List 1: 1 hidden column was read (B).",
        "List 1: 2 hidden rows were read.",
    ]


def test_merged_cells_in_the_data_are_named_and_those_of_titles_are_not(tmp_path: Path):
    path = book(
        tmp_path / "a.xlsx",
        {"List_1": Sheet(listed(1, ROW, ROW, title=["Contacts"]), merged=["A1:G1", "B3:B4", "P3:Q4", "A70:B70"])},
    )
    assert messages(read(path)[1], "AA-R26") == ["List 1: merged cells at B3:B4."]


def test_days_that_count_from_1904(tmp_path: Path):
    path = book(tmp_path / "a.xlsx", {"List_1": listed(1, ROW)}, from_1904=True)
    assert read(path)[0].lists[1].from_1904
    assert not read(one(tmp_path / "b.xlsx"))[0].lists[1].from_1904


def test_links_to_other_workbooks_are_told_once_and_not_followed(tmp_path: Path):
    path = edit(one(tmp_path / "a.xlsx"), SHEET, add={"xl/externalLinks/externalLink1.xml": b"<x/>"})
    assert messages(read(path)[1], "AA-R30") == [
        "a.xlsx has links to other workbooks. They were not followed: the values that it holds were read."
    ]


def test_macros_are_left_alone(tmp_path: Path):
    path = edit(one(tmp_path / "a.xlsx"), SHEET, add={"xl/vbaProject.bin": b"\0"}).rename(tmp_path / "a.xlsm")
    workbook, findings = read(path)
    assert workbook.lists[1].cells.height == 3
    assert set(findings["check"]) == {"AA-R29"}


def test_a_sheet_that_is_a_chart_is_passed_over(tmp_path: Path):
    path = one(tmp_path / "a.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.create_chartsheet("List_2")
    workbook.save(path)
    assert read(path)[0].missing[2] == "it has no sheet"


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XML = (
    f'<worksheet xmlns="{NAMESPACE}"><cols><col min="2" max="3" hidden="1"/></cols><sheetData>'
    '<row r="1"><c r="A1" s="1"/><c r="B1" t="e"><v>#N/A</v></c>'
    '<c r="C1" t="inlineStr"><is><t>x &lt;f&gt;</t></is></c></row>'
    '<row r="2" hidden="1"><c r="B2"><v>1</v></c><c r="C2"><f>A1</f></c><c r="D2"/>'
    '<c r="E2"><f>B1</f><v>2</v></c></row>'
    '<row r="4" spans="1:2" hidden="true"/><row r="5" hidden="0"><c r="AB5" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    '<c r="AC5" t="str"><f>A1</f><v></v></c><c r="AD5"><f t="shared" si="0"/><v/></c></row></sheetData>'
    '<mergeCells count="1"><mergeCell ref="B2:AA3"/></mergeCells></worksheet>'
)


def pieces(text: str, size: int) -> list[bytes]:
    """The bytes of a text in blocks."""
    data = text.encode()
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [7, 100, 5000])
@pytest.mark.parametrize("reader", [scan_sheet, parse_sheet])
def test_both_readers_find_the_same_whatever_the_blocks(reader, size: int):
    found = reader(iter(pieces(XML, size)))
    assert found.first_cells == {1: 3, 2: 2}
    assert found.errors == [(1, 2, "#N/A"), (5, 28, "#DIV/0!")]
    assert found.formulas == [(2, 3), (5, 30)]
    assert found.hidden_rows == [2, 4]
    assert found.hidden_columns == [(2, 3)]
    assert found.merged == [(2, 2, 3, 27)]
    assert found.last_row == 5


@pytest.mark.parametrize(
    "change",
    [
        ("<sheetData>", "<!-- a comment --><sheetData>"),
        ("<v>2</v>", "<v><![CDATA[2]]></v>"),
        ('<c r="C2">', "<c>"),
        ('<row r="4"', "<row"),
        ("<worksheet xmlns=", "<x:worksheet xmlns:x="),
    ],
)
def test_unusual_xml_is_left_to_the_parser(change: tuple[str, str]):
    text = XML.replace(*change)
    if change[1].startswith("<x:"):
        text = text.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("<x:x:", "<x:")
    if change[1] == "<row":
        text = (
            text.replace('<row r="5"', '<row r="6"').replace("AB5", "AB6").replace("AC5", "AC6").replace("AD5", "AD6")
        )
    with pytest.raises(Unusual):
        scan_sheet(iter(pieces(text, 100_000)))
    found = parse_sheet(iter(pieces(text, 100)))
    assert [column for _, column in found.formulas] == [3, 30]
    assert found.hidden_rows == ([2, 3] if change[1] == "<row" else [2, 4])
    assert found.merged == [(2, 2, 3, 27)]


def test_a_sheet_of_unusual_xml_in_a_workbook(tmp_path: Path):
    path = one(tmp_path / "a.xlsx", errors={"B3": "#N/A"}, hidden_rows=[3])
    edit(path, SHEET, ("<sheetData>", "<!-- written by a program --><sheetData>"))
    workbook, findings = read(path)
    assert workbook.lists[1].cells["Gender"].to_list() == ["a) Male", "#N/A", "a) Male"]
    assert messages(findings, "AA-R25") == ["List 1: 1 hidden row was read."]


@pytest.mark.parametrize(
    ("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("ZZ", 702), ("AAA", 703), ("XFD", 16384)]
)
def test_letters_of_columns(letters: str, number: int):
    assert column_number(letters) == number
    assert column_letters(number) == letters


# ---- files that are refused


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.xlsx is empty"),
        (b"Child Unique ID,Gender\n1,M\n", "a.xlsx is no workbook, or it is damaged"),
        (b"\xef\xbb\xbf<html><table>", "a.xlsx is a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "a.xlsx is an XML file"),
        (b"PK\x03\x04 and no more", "a.xlsx cannot be read"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xlsx cannot be read"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    refused(path, message)


def test_the_lock_of_a_workbook_that_is_open(tmp_path: Path):
    path = tmp_path / "~$a.xlsx"
    path.write_bytes(b"\x05Somebody" + b" " * 150)
    assert "without ~$" in refused(path, "beside one that is open").hint


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["word/document.xml"], "a package of some other kind"),
        (["xl/workbook.bin"], r"Excel Binary Workbook \(.xlsb\)"),
    ],
)
def test_packages_of_another_kind(tmp_path: Path, parts: list[str], message: str):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        for part in parts:
            package.writestr(part, b"x")
    refused(tmp_path / "a.xlsx", message)


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path):
    (tmp_path / "a.xlsx").mkdir()
    refused(tmp_path / "a.xlsx", "cannot be read|cannot be opened")
    refused(tmp_path / "b.xlsx", "no longer there")


def test_a_file_that_another_program_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = one(tmp_path / "a.xlsx")
    load_edition("ilacs-2019")
    opened = Path.open

    def locked(self: Path, *how: object, **more: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *how, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", locked)
    assert "Close it in other programs" in refused(path, "a.xlsx cannot be opened: access was refused").hint


def test_a_file_that_may_only_be_read(tmp_path: Path):
    path = one(tmp_path / "a.xlsx")
    path.chmod(0o444)
    assert read(path)[0].lists[1].cells.height == 3


@pytest.mark.parametrize("name", ["a b (1) 100% [x].xlsx", "Ärzte – 表.XLSX", "no ending", "line\nbreak.xlsx", "a.xls"])
def test_names_of_any_kind(tmp_path: Path, name: str):
    path = shutil.move(one(tmp_path / "plain.xlsx"), tmp_path / name)
    assert read(path)[0].lists[1].cells.height == 3


def test_a_name_that_is_no_text(tmp_path: Path):
    path = tmp_path / "caf\udce9.xlsx"
    try:
        shutil.move(one(tmp_path / "plain.xlsx"), path)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    workbook, findings = read(path)
    assert workbook.file == "caf?.xlsx"
    assert findings["file"].unique().to_list() == ["caf?.xlsx"]


def test_a_workbook_that_is_cut_short(tmp_path: Path):
    path = one(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-200])
    refused(path, "a.xlsx cannot be read")


def test_a_sheet_that_is_no_xml(tmp_path: Path):
    refused(edit(one(tmp_path / "a.xlsx"), SHEET, ("</sheetData>", "<")), "a.xlsx, sheet List_1 cannot be read")
    refused(sheet_xml(one(tmp_path / "b.xlsx"), "<x:worksheet"), "b.xlsx, sheet List_1 cannot be read")


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path):
    path = edit(one(tmp_path / "a.xlsx"), SHEET, add={"xl/media/image1.png": b"\0" * 3_000_000})
    refused(path, "would expand to", limits=Limits(max_expanded_bytes=1_000_000))
    refused(path, "times its size", limits=Limits(max_ratio=20))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_xml_that_could_expand_without_end(tmp_path: Path, part: str):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    path = one(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as package:
        text = package.read(part).decode()
    declaration = text[: text.index("?>") + 2] if text.startswith("<?xml") else ""
    edit(path, part, (text, declaration + bomb + text.removeprefix(declaration)))
    refused(path, "a.xlsx")


def test_a_cell_far_outside_the_others(tmp_path: Path):
    rows = listed(1, ROW)
    path = book(tmp_path / "a.xlsx", {"List_1": Sheet(rows, errors={"XFD1048576": "#N/A"})})
    assert "Delete the rows below" in refused(path, "in row 1,048,576 or column XFD").hint
    # A row alone is no reason: what counts is how much lies between.
    path = book(tmp_path / "b.xlsx", {"List_1": Sheet(rows, hidden_rows=[1_048_576])})
    assert read(path)[0].lists[1].cells.height == 1


def test_cells_of_an_ods_workbook_that_are_repeated_without_end(tmp_path: Path):
    cell = '<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'
    path = ods(tmp_path / "a.ods", {"List_1": listed(1, ROW)}, more=cell)
    refused(path, "would expand to more than", limits=Limits(max_expanded_bytes=200_000, max_ratio=10_000))


# ---- passwords


def test_a_workbook_under_a_password(tmp_path: Path):
    path = protected(one(tmp_path / "a.xlsx", errors={"B3": "#N/A"}), "s3cret")
    before = path.read_bytes()
    workbook, findings = read(path, password="s3cret")
    assert workbook.lists[1].cells["Gender"].to_list() == ["a) Male", "#N/A", "a) Male"]
    assert workbook.input.size == len(before)
    assert path.read_bytes() == before
    assert "--password-env" in refused(path, "a.xlsx is password-protected").hint
    wrong = refused(path, "not by the password that was given", password="other")
    assert "other" not in wrong.message + wrong.hint
    assert "s3cret" not in str(findings["message"].to_list())


def test_a_password_that_is_not_needed(tmp_path: Path):
    assert read(one(tmp_path / "a.xlsx"), password="x")[0].lists[1].cells.height == 3


def test_a_workbook_that_excel_opens_without_asking(tmp_path: Path):
    path = protected(one(tmp_path / "a.xlsx"), "VelvetSweatshop")
    assert read(path)[0].lists[1].cells.height == 3


def test_an_ods_workbook_under_a_password(tmp_path: Path):
    path = ods(tmp_path / "a.ods", {"List_1": listed(1, ROW)})
    edit(path, "META-INF/manifest.xml", ("/></manifest>", "><encryption-data/></file-entry></manifest>"))
    refused(path, "password-protected, which annexa cannot take off", password="x")


def test_other_files_in_the_older_container(tmp_path: Path):
    path = tmp_path / "a.xls"
    path.write_bytes(container({"WordDocument": b"x", "1Table": b"y"}))
    refused(path, "a.xls")
    path.write_bytes(container({"EncryptionInfo": b"\1" * 40, "EncryptedPackage": b"\2" * 40}))
    refused(path, "a.xls", password="x")


@pytest.mark.parametrize("maker", [xls, ods, book])
def test_damage_anywhere_is_one_message_or_none(tmp_path: Path, maker):
    path = maker(
        tmp_path / f"a.{ {'book': 'xlsx'}.get(maker.__name__, maker.__name__) }", {"List_1": listed(1, ROW, ROW)}
    )
    good = path.read_bytes()
    refusals = 0
    for at in range(0, len(good), max(1, len(good) // 60)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        try:
            read(path)
        except SourceError:
            refusals += 1
    assert refusals


def test_an_xls_stream_that_ends_early(tmp_path: Path):
    stream = xls_stream({"List_1": listed(1, ROW)})
    path = tmp_path / "a.xls"
    path.write_bytes(container({"Workbook": stream[: len(stream) // 2]}))
    refused(path, "a.xls cannot be read|none of the lists")
