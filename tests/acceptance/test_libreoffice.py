"""LibreOffice opens the workbook, and every cell is what was written. Skipped where LibreOffice is not installed."""

import re
import shutil
import subprocess
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import polars as pl
import pytest

from annexa.outputs.workbook import Sheet
from tests.support.workbooks import AWKWARD, CODES, STAMP, sheet, write

SOFFICE = shutil.which("soffice")
# What LibreOffice's own file format cannot hold: it writes the code in place of a control character, drops a carriage
# return, and undoes the escape of a text that is itself an escape twice.
NOT_IN_LIBREOFFICE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x005F_")

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    rows = 300
    texts = [text for text in AWKWARD if not NOT_IN_LIBREOFFICE.search(text)]
    frame = pl.DataFrame(
        {
            "Child Unique ID": [f"{number:07d}" for number in range(rows)],
            "Gender ": [("a) Male", "b) Female", None)[number % 3] for number in range(rows)],
            "Date of Birth": [STAMP - timedelta(days=23 * number) if number % 5 else None for number in range(rows)],
            "Child’s Age (Years)": [None if number % 7 == 0 else number - 1 for number in range(rows)],
            "Allocated Team": [texts[number % len(texts)] for number in range(rows)],
        }
    )
    days = [date(1900, 2, 28), date(1900, 3, 1), date(1899, 12, 31), date(9999, 12, 31)]
    return [
        Sheet("List_1", "=List 1", frame, {"Gender ": "gender", "Allocated Team": "source"}),
        Sheet("List_2", "List 2", sheet().frame.clear(), {}, "Not supplied"),
        Sheet("List_3", "List 3", pl.DataFrame({"Day": days, "Number": [-1, 10**14, 10**15, 0]})),
    ]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory, sheets: list[Sheet]) -> Any:
    """The workbook after LibreOffice has read it and written it again."""
    folder = tmp_path_factory.mktemp("libreoffice")
    assert SOFFICE is not None
    command = [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
    source = write(folder / "annex-a.xlsx", *sheets)
    subprocess.run([*command, "--outdir", folder / "out", source], check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / "annex-a.xlsx")


def expected(value: Any) -> Any:
    if isinstance(value, date):
        known = value >= date(1900, 3, 1)
        return datetime(value.year, value.month, value.day) if known else f"{value:%d/%m/%Y}"
    return str(value) if isinstance(value, int) and value >= 10**15 else value


def test_every_cell_is_what_was_written(converted: Any, sheets: list[Sheet]) -> None:
    assert converted.sheetnames == ["Front_Sheet", "List_1", "List_2", "List_3", "Codes_used"]
    for each in sheets:
        title, headings, *rows = converted[each.name].iter_rows(values_only=True)
        assert title[0] == each.title
        assert list(headings[: each.frame.width]) == each.frame.columns
        assert rows[: each.frame.height] == [tuple(map(expected, line)) for line in each.frame.iter_rows()]
        # LibreOffice writes the blank rows that have a drop-down as well.
        assert not any(value for row in rows[each.frame.height :] for value in row)


def test_an_identifier_is_text_and_a_date_is_a_date(converted: Any) -> None:
    identifier, _, day, *_ = converted["List_1"][4]
    assert (identifier.value, identifier.data_type, identifier.number_format) == ("0000001", "s", "@")
    assert day.is_date
    assert day.number_format.lower() == "dd/mm/yyyy"


def test_drop_downs_filter_and_print_set_up_are_kept(converted: Any) -> None:
    target = converted["List_1"]
    rules = {str(rule.sqref): rule.formula1 for rule in target.data_validations.dataValidation}
    assert rules == {"B3:B802": "Codes_used!$A$2:$A$3", "E3:E802": "Codes_used!$B$2:$B$4"}
    assert target.auto_filter.ref == "A2:E302"
    assert target.print_title_rows == "$1:$2"
    assert target.page_setup.orientation == "landscape"


def test_the_labels_and_the_note_are_where_they_belong(converted: Any) -> None:
    columns = converted["Codes_used"].iter_cols(values_only=True)
    assert [[value for value in column if value] for column in columns] == [
        [code.title, *code.labels] for code in CODES
    ]
    assert [cell.value for cell in converted["List_2"][1] if cell.value] == ["List 2", "Not supplied"]
    assert converted["List_2"].max_row == 2
