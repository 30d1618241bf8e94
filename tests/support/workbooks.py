"""Small contents for workbooks, and reading them back."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from annexa.outputs.workbook import CodeList, FrontSheet, Sheet, write_workbook

STAMP = date(2025, 6, 2)
FRONT = FrontSheet(
    "Annex A",
    (("Authority", "Exampleshire"), ("Inspection date", STAMP), ("Lists", 2)),
    ("List", "Title", "Rows", "Window from"),
    (("List_1", "Contacts", 3, STAMP), ("List_2", "Early help", None, None)),
    ("A note.", "Another note " * 40),
)
CODES = (
    CodeList("gender", "Gender", ("a) Male", "b) Female")),
    CodeList("source", "Contact / Referral Source", ("a) 1A: Individual", "=odd label", "c) " + "long " * 60)),
)
# Texts that a careless writer loses, changes or turns into something else.
AWKWARD = (
    *(
        "0012345",
        "1234567890123456",
        "1E+07",
        "=1+1",
        "+44 20",
        "-5",
        "@SUM(A1)",
        "'quoted",
        "TRUE",
        "#N/A",
        "2025-06-02",
    ),
    *(" lead", "trail ", "two  inner", "line\nbreak", "\nfirst", "last\n", "tab\tinside", "\ttab", "cr\rlf\r\n"),
    *("a&b<c>d\"e'", "]]>", "\x00\x01\x08\x0b\x0c\x1f", "\ufffe\uffff", "\x7f\x85\u2028", "</t></is></c>"),
    *("_x0041_", "_x0041", "_x0041\x01", "_x005F_x0041_", "_x0041_x0042_", "__x0041_", "_X0041_", "_xzzzz_"),
    *("“quotes” ’ é 漢字 😀", "\u00a0no-break\u00a0"),
)


def sheet(name: str = "List_1", title: str = "List 1: Contacts", **columns: Any) -> Sheet:
    """A sheet of the given columns; without any, one with each type of column and a drop-down."""
    if columns:
        return Sheet(name, title, pl.DataFrame(columns))
    frame = pl.DataFrame(
        {
            "Child Unique ID": ["0012", "0013", "0014"],
            "Gender ": ["a) Male", None, "b) Female"],
            "Date of Birth": [date(2010, 2, 28), None, date(2020, 2, 29)],
            "Child’s Age (Years)": [15, -1, None],
        }
    )
    return Sheet(name, title, frame, {"Gender ": "gender"})


def write(path: Path, *sheets: Sheet) -> Path:
    """Write a workbook with the contents above and the given sheets."""
    write_workbook(path, FRONT, sheets, CODES, STAMP)
    return path


def read(path: Path) -> Any:
    """Open a workbook with openpyxl."""
    return openpyxl.load_workbook(path)
