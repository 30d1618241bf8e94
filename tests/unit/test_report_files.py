"""The numbers of a report as they are shown, and its files."""

import json
from datetime import date

import openpyxl
import polars as pl
import pytest

from annexa.outputs.reports import document, figures_frame, frames, in_words, simple, write_report
from annexa.reports.model import (
    NOT_SUPPLIED,
    Count,
    Figure,
    Grid,
    HiddenShare,
    Mark,
    NumberTable,
    Report,
    RowSheet,
    Share,
    Stat,
)

DAY = date(2018, 6, 4)


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [
        (1, 3, 33.3),
        (2, 3, 66.7),
        (1, 8, 12.5),
        (1, 2000, 0.1),
        (1, 2001, 0.0),
        (0, 7, 0.0),
        (7, 7, 100.0),
        (0, 0, None),
    ],
)
def test_rates_have_one_decimal_and_a_half_goes_up(part, whole, rate):
    assert Share(Count(part), Count(whole)).rate == rate


@pytest.mark.parametrize(("whole", "rate"), [(5, None), (6, 50.0)])
def test_counts_only_on_a_small_base(whole, rate):
    assert Share(Count(whole // 2 if whole == 6 else 1), Count(whole), counts_only=True).rate == rate


@pytest.mark.parametrize(
    ("value", "shown"), [(10.04, 10.0), (10.05, 10.1), (10.0, 10.0), (-0.25, -0.3), (-0.04, 0.0), (None, None)]
)
def test_statistics_have_one_decimal(value, shown):
    assert Stat(value, Count(9)).shown == shown


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Count(1234), "1,234"),
        (Share(Count(3), Count(12)), "3 of 12 (25.0%)"),
        (Share(Count(0), Count(0)), "0 of 0"),
        (HiddenShare(None, 12), "c of 12"),
        (HiddenShare(5, None), "5 of c"),
        (Stat(10.5, Count(9), "days"), "10.5 days"),
        (Stat(20.0, Count(9), "%"), "20.0%"),
        (Stat(None, Count(0), "days"), "no figure (nothing to work it out from)"),
        (NOT_SUPPLIED, "not supplied"),
        (Mark.SUPPRESSED, "c"),
        (None, ""),
    ],
)
def test_a_figure_in_words(cell, text):
    assert in_words(Figure("k", "l", "d", cell)) == text


def report(**changes):
    given = {
        "item": "2.04",
        "slug": "elective-home-education",
        "title": "Elective home education",
        "rule": "Every record in force. " * 12,
        "reference": "ILACS Annex A (2018), 2.04",
        "supplied": True,
        "figures": (
            Figure("n", "Children", "All of them.", Count(12)),
            Figure("s", "=of them seen", "A share.", Share(Count(3), Count(12))),
            Figure("m", "Median", "Days.", Stat(10.5, Count(9), "days")),
            Figure("x", "Contacts", "In the year.", NOT_SUPPLIED),
        ),
        "tables": (
            NumberTable("By year", "Year", Grid("year", ("Children",), (("Year 1", (Count(12),)),), (Count(12),))),
            NumberTable(
                "By team: all of it, and more",
                "Team",
                Grid("team", ("FTE", "Rate"), (("A/B", (Stat(1.5, Count(2), "FTE"), NOT_SUPPLIED)),)),
                wide=True,
            ),
        ),
        "sheets": (
            RowSheet(
                "children",
                "Children",
                "Children at home",
                pl.DataFrame({"Child Unique ID": ["1", "=2"], "Born": [DAY, None], "Hours": [12.5, None]}),
                pl.Series([False, True]),
            ),
        ),
        "notes": ("Always.",),
        "counted": ("This time.",),
        "settings": (("plo_review_weeks", "12"),),
        "starts": ("annexa_education_status",),
        "used": ("annexa_education_status",),
        "missing": ("ssd_send",),
        "excluded": (("no child's identifier", Count(2)),),
    }
    return Report(**{**given, **changes})


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_workbook(tmp_path):
    write_report(tmp_path / "r.xlsx", report(), DAY, "First edition", "Exshire")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["Summary", "By team all of it, and more", "Children", "Tables", "Notes"]
    summary = values(book["Summary"])
    assert ["Children", 12, None, None, None, "All of them."] in summary
    assert ["=of them seen", None, 3, 12, 25, "A share."] in summary
    assert ["Contacts", "not supplied", None, None, None, "In the year."] in summary
    assert any("2 (no child's identifier)" in str(cell) for row in summary for cell in row)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    team = values(book["By team all of it, and more"])
    assert team[2] == ["A/B", 1.5, "not supplied"]
    assert values(book["Tables"])[-1][:2] == ["Total", 12]
    notes = [cell for row in values(book["Notes"]) for cell in row]
    assert {"Always.", "This time.", "annexa_education_status", "ssd_send"} <= set(notes)


def test_each_sheet_prints_on_a4_across_with_its_headings_on_every_page(tmp_path):
    write_report(tmp_path / "r.xlsx", report(), DAY, "First edition", "")
    for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx"):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.right.text == "Page &P of &N"
        if sheet.title not in {"Tables", "Notes"}:
            assert sheet.print_title_rows
    summary = openpyxl.load_workbook(tmp_path / "r.xlsx")["Summary"]
    row = int(summary.print_title_rows.strip("$").split(":")[0])
    assert summary.cell(row, 1).value == "Number"


def test_a_report_that_is_not_supplied_is_a_page_that_says_so(tmp_path):
    bare = report(
        supplied=False, figures=(Figure("n", "Children", "All.", NOT_SUPPLIED),), tables=(), sheets=(), excluded=(),
        counted=(), used=(), missing=("annexa_education_status",),
    )  # fmt: skip
    write_report(tmp_path / "r.xlsx", bare, DAY, "First edition", "")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["Summary", "Notes"]
    summary = values(book["Summary"])
    assert any("not supplied: the extract has no annexa_education_status" in str(row[1]) for row in summary)
    assert 0 not in [cell for row in summary for cell in row]


def test_json_holds_the_same():
    held = json.loads(json.dumps(document(report(), DAY, "First edition")))
    assert held["figures"][0] == {"key": "n", "label": "Children", "value": 12, "definition": "All of them."}
    assert held["figures"][1]["numerator"] == 3
    assert held["figures"][1]["rate"] == 25.0
    assert held["figures"][2] == {
        "key": "m", "label": "Median", "value": 10.5, "unit": "days", "definition": "Days.",
    }  # fmt: skip
    assert held["figures"][3]["value"] == "not supplied"
    assert held["sheets"][0]["rows"] == [["1", "2018-06-04", 12.5], ["=2", None, None]]
    assert held["rows_in_no_number"] == {"no child's identifier": 2}


def test_csv_frames():
    figures = figures_frame(report())
    assert figures["value"].to_list() == ["12", None, "10.5", "not supplied"]
    assert {key: frame.height for key, frame in frames(report())} == {"year": 2, "team": 1, "children": 2}


def test_a_share_in_a_table_is_its_rate():
    assert simple(Share(Count(1), Count(4))) == 25.0
    assert simple(Stat(20.0, Count(9), "%")) == 20.0
    assert simple(HiddenShare(1, None)) == "c"
