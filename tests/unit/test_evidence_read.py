"""The tracker as a workbook: what is written is read back; moved, renamed, deleted and doubled columns."""

import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from annexa.errors import SourceError
from annexa.evidence.items import load_items
from annexa.evidence.read import read_tracker
from annexa.evidence.rows import COLUMNS, HERS, TOLD, Row
from annexa.evidence.tracker import fresh
from annexa.outputs.tracker import YOURS
from tests.support.filled import protected, xls
from tests.support.tracker import DAY, FIRST, HEADINGS, SOME, edit, sheet_of, written

FRESH = fresh(load_items().only(SOME), DAY)
# Whatever an officer may type, as text that no program may take for something else.
AWKWARD = ("=1+1", "+44 20", "-5", "@SUM(A1)", "1.10", "0012", "<b>&\"'", "two\nlines", "TRUE", "2018-06-04", "'quoted")


def test_what_is_written_is_read_back(tmp_path):
    day = date(2018, 5, 1)
    rows = [
        replace(FRESH[0], owner=AWKWARD[0], status="ready", files=("=a.pdf", "b c.pdf"), dates=(day,), due_day=2),
        replace(FRESH[1], note="\n".join(AWKWARD), dates=(day, date(2017, 12, 31)), period_from=day, period_to=DAY),
        replace(FRESH[2], typed={"due_day": "third", "status": "nearly", "file_date": "spring", "period_to": "2018"}),
        replace(FRESH[3], further={"Director": "seen", "On": day}),
        *(Row("1.02", "", text, "document", owner=text, note=text, own=True) for text in AWKWARD),
    ]
    found = read_tracker(written(tmp_path / "tracker.xlsx", rows))
    assert found.inspection_date == DAY
    assert [replace(row, own=False) for row in rows] == list(found.rows)
    assert found.messages == tuple(
        f"Tracker, row 8: {heading} cannot be read, and is kept as it is."
        for heading in ("Due on day", "Status", "File date", "Period to")
    )


def test_a_tracker_repeats_to_the_byte(tmp_path):
    first, second = (written(tmp_path / f"{name}.xlsx", FRESH).read_bytes() for name in "ab")
    assert first == second == written(tmp_path / "c.xlsx").read_bytes()


def test_nothing_is_a_formula_and_dates_are_dates(tmp_path):
    row = replace(FRESH[0], owner="=1+1", note="@x", dates=(DAY,), due=DAY)
    sheet = sheet_of(written(tmp_path / "tracker.xlsx", [row]))
    held = {heading: sheet.cell(FIRST, at) for at, heading in enumerate(COLUMNS.values(), start=1)}
    assert (held["Owner"].data_type, held["Owner"].quotePrefix, held["Note"].data_type) == ("s", True, "s")
    for heading in ("File date", "Due"):
        assert held[heading].value == datetime(2018, 6, 4)
        assert held[heading].number_format == "dd/mm/yyyy"
    assert held["Item"].number_format == "@"


def test_the_sheet_says_which_columns_are_hers(tmp_path):
    sheet = sheet_of(written(tmp_path / "tracker.xlsx"))
    assert sheet["A2"].value == YOURS
    headings = [sheet.cell(HEADINGS, at) for at in range(1, len(COLUMNS) + 1)]
    assert [cell.value for cell in headings] == list(COLUMNS.values())
    assert {cell.fill.start_color.rgb for cell in headings if cell.value in HERS.values()} == {"00FFE699"}
    assert {cell.fill.start_color.rgb for cell in headings if cell.value not in HERS.values()} == {"001F3864"}
    bands = [cell.value for cell in sheet[4] if cell.value]
    assert bands == [
        "annexa writes these: do not change them",
        "You fill these in: annexa keeps them",
        "annexa writes these: do not change them",
    ]


def test_drop_downs_and_print_set_up(tmp_path):
    sheet = sheet_of(written(tmp_path / "tracker.xlsx"))
    last = HEADINGS + len(FRESH)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {
        f"H{FIRST}:H{last + 200}": '"not started,requested,draft,ready,submitted,not applicable"',
        f"G{FIRST}:G{last + 200}": '"1,2,3,4,5"',
    }
    assert sheet.freeze_panes == "D6"
    assert sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (
        "landscape",
        9,
        1,
    )
    assert sheet.oddFooter.right.text == "Page &P of &N"
    assert sheet.cell(FIRST, 3).alignment.wrap_text


def changed(path, change):
    book = openpyxl.load_workbook(path)
    change(book["Tracker"])
    book.save(path)
    return path


def rename(**headings):
    places = {name: at for at, name in enumerate(COLUMNS, start=1)}

    def change(sheet):
        for name, heading in headings.items():
            sheet.cell(HEADINGS, places[name]).value = heading

    return change


@pytest.fixture(scope="module")
def filled_in(tmp_path_factory):
    """A tracker with something in each of her columns, and its rows."""
    values = {
        "owner": "O", "due_day": 2, "status": "draft", "file": "a.pdf", "file_date": DAY, "period_from": DAY,
        "period_to": DAY, "note": "N",
    }  # fmt: skip
    path = edit(written(tmp_path_factory.mktemp("read") / "t.xlsx"), d1_01_lists=values)
    return path, read_tracker(path).rows


@pytest.mark.parametrize("heading", ["Remarks", None, " "])
@pytest.mark.parametrize("name", HERS)
def test_one_renamed_column_is_known_by_its_place(tmp_path, filled_in, name, heading):
    path, before = filled_in
    found = read_tracker(changed(shutil.copy(path, tmp_path / "t.xlsx"), rename(**{name: heading})))
    assert found.rows == before
    assert found.messages == (
        f"The heading of the column {HERS[name]} was changed: it was known by its place, and is {HERS[name]} again.",
    )


def test_headings_in_other_letters_and_blanks_are_the_same(tmp_path):
    path = changed(written(tmp_path / "t.xlsx"), rename(note=" NOTE ", file_date="file   DATE"))
    assert read_tracker(path).messages == ()


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        ({"note": "Remarks", "owner": "Who"}, "Owner or Note"),
        ({"note": "Remarks", "due": "When"}, "Note"),
        ({"document": "Id", "note": "Remarks"}, "Document or Note"),
    ],
)
def test_two_renamed_columns_stop_it(tmp_path, headings, named):
    path = changed(written(tmp_path / "t.xlsx"), rename(**headings))
    before = path.read_bytes()
    with pytest.raises(SourceError) as error:
        read_tracker(path)
    assert error.value.message == f"t.xlsx, sheet Tracker: there is no column {named}."
    assert error.value.hint.startswith("Give the column its heading back")
    assert path.read_bytes() == before


def test_a_column_that_she_deleted_is_missed_and_one_of_annexas_is_not(tmp_path):
    path = changed(written(tmp_path / "t.xlsx"), lambda sheet: sheet.delete_cols(len(COLUMNS) - len(TOLD), 1))
    with pytest.raises(SourceError, match="there is no column Note"):
        read_tracker(path)
    path = changed(written(tmp_path / "u.xlsx"), lambda sheet: sheet.delete_cols(len(COLUMNS), 1))
    assert read_tracker(path).rows == read_tracker(written(tmp_path / "v.xlsx")).rows


def test_a_column_twice(tmp_path):
    path = changed(written(tmp_path / "t.xlsx"), rename(owner="Note"))
    with pytest.raises(SourceError, match="the column Note stands there twice"):
        read_tracker(path)


def test_columns_that_were_moved_are_known_by_their_headings(tmp_path):
    path = edit(written(tmp_path / "t.xlsx"), d1_02_workflow={"owner": "O", "status": "draft", "note": "N"})
    wanted = read_tracker(path).rows

    def move(sheet):
        owner = [sheet.cell(row, 6).value for row in range(HEADINGS, sheet.max_row + 1)]
        sheet.delete_cols(6)
        for at, value in enumerate(owner, start=HEADINGS):
            sheet.cell(at, 30).value = value

    assert read_tracker(changed(path, move)).rows == wanted


def test_rows_above_the_headings_and_blank_rows_do_no_harm(tmp_path):
    wanted = read_tracker(written(tmp_path / "t.xlsx"))
    path = changed(tmp_path / "t.xlsx", lambda sheet: (sheet.insert_rows(1, 2), sheet.insert_rows(12, 3)))
    assert read_tracker(path) == wanted


def test_no_headings_at_all(tmp_path):
    path = changed(written(tmp_path / "t.xlsx"), lambda sheet: sheet.delete_rows(1, HEADINGS))
    with pytest.raises(SourceError, match=r"t\.xlsx, sheet Tracker: there is no row with the headings of a tracker"):
        read_tracker(path)


def test_the_sheet_renamed(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path / "t.xlsx"))
    book["Tracker"].title = "Ours"
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(SourceError, match=r"t\.xlsx has no sheet Tracker"):
        read_tracker(tmp_path / "t.xlsx")


@pytest.mark.parametrize(("value", "day"), [("05/06/2018", date(2018, 6, 5)), ("soon", None), (None, None)])
def test_the_inspection_date_stands_beside_its_label(tmp_path, value, day):
    path = changed(written(tmp_path / "t.xlsx"), lambda sheet: setattr(sheet["D3"], "value", value))
    assert read_tracker(path).inspection_date == day


def test_files_that_are_no_tracker(tmp_path):
    with pytest.raises(SourceError, match="There is no tracker none"):
        read_tracker(tmp_path / "none.xlsx")
    with pytest.raises(SourceError, match="is a folder"):
        read_tracker(tmp_path)
    (tmp_path / "t.xlsx").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"t\.xlsx is no workbook"):
        read_tracker(tmp_path / "t.xlsx")
    (tmp_path / "t.xlsx").write_bytes(b"")
    with pytest.raises(SourceError, match=r"t\.xlsx is empty"):
        read_tracker(tmp_path / "t.xlsx")
    with pytest.raises(SourceError, match="password-protected"):
        read_tracker(protected(written(tmp_path / "t.xlsx"), "secret"))


def test_a_tracker_of_another_kind_or_that_may_not_be_read(tmp_path, monkeypatch):
    xls(tmp_path / "t.xlsx", {"Tracker": [["Item"]]})
    with pytest.raises(SourceError, match=r"t\.xlsx is no XLSX workbook"):
        read_tracker(tmp_path / "t.xlsx")
    written(tmp_path / "u.xlsx")

    def refuse(self, *_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"u\.xlsx cannot be read: Permission denied"):
        read_tracker(tmp_path / "u.xlsx")


def test_a_column_of_her_own_keeps_dates_and_texts(tmp_path):
    def add(sheet):
        for at, value in ((HEADINGS, "Seen on"), (FIRST, datetime(2018, 6, 1)), (FIRST + 1, "soon")):
            sheet.cell(at, len(COLUMNS) + 1).value = value

    found = read_tracker(changed(written(tmp_path / "t.xlsx"), add)).rows
    assert [row.further for row in found] == [{"Seen on": date(2018, 6, 1)}, {"Seen on": "soon"}, {}, {}]


def test_a_damaged_tracker(tmp_path):
    whole = written(tmp_path / "t.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"cut\.xlsx cannot be read"):
        read_tracker(tmp_path / "cut.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as old, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, b"<x" if part.filename == "xl/styles.xml" else data)
    with pytest.raises(SourceError, match=r"bad\.xlsx cannot be read"):
        read_tracker(tmp_path / "bad.xlsx")


def test_a_document_type_is_refused(tmp_path):
    with zipfile.ZipFile(written(tmp_path / "t.xlsx")) as old, zipfile.ZipFile(tmp_path / "d.xlsx", "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "b">]>' + data
            new.writestr(part.filename, data)
    with pytest.raises(SourceError, match="document type"):
        read_tracker(tmp_path / "d.xlsx")
