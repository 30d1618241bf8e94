"""The files of the reports and their functions agree, and every report holds what Annex A asks for by name."""

import re
from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.evidence.items import load_items
from annexa.records import RECORDS
from annexa.reports.build import build_reports
from annexa.reports.run import REPORTS, ReportRun
from annexa.reports.spec import report_specs
from annexa.reports.suppress import suppressed, system_of
from annexa.sample import generate
from annexa.settings import ReportSettings
from tests.support.build import COLUMNS, build_from, raw_extract
from tests.support.reports import LISTS, Seen, see

# Names and columns that the framework's text and the specification of the reports name.
REQUIRED_COLUMNS = {
    "2.02": {"Child Unique ID", "Current status", "All statuses", "Number of missing episodes", "Days missing",
             "Risk level", "Other exploitation", "Assessment factors", "Services received", "Worker ID"},
    "2.03": {"Child Unique ID", "Date of Birth", "Date arrangement commenced"},
    "2.05": {"Child Unique ID", "Year group", "Status", "Type of provision", "Hours per week", "Type of exclusion",
             "Current status", "All statuses", "EHCP"},
}  # fmt: skip
ALL = pytest.mark.parametrize("item", report_specs())


def test_every_report_has_a_file_and_a_function():
    assert set(report_specs()) == set(REPORTS)
    assert list(report_specs()) == [
        "1.07", "2.01", "2.02", "2.03", "2.04", "2.05", "3.07", "3.08", "3.09", "3.10", "3.11",
    ]  # fmt: skip


@ALL
def test_the_tracker_knows_its_workbook(item):
    spec = report_specs()[item]
    made = {document.made_by for each, document in load_items().documents if each.number == item}
    assert f"reports/{spec.name}.xlsx" in made


def test_figures_that_the_tracker_takes_from_a_report_are_there():
    keys = {f"reports/{spec.name}.xlsx": {each.key for each in spec.figures} for spec in report_specs().values()}
    wanted = [document.figure for _, document in load_items().documents if document.figure]
    assert wanted
    for figure in wanted:
        assert figure.name in keys[figure.of]


@ALL
def test_children_are_shown_by_identifier_and_never_by_name(item):
    for sheet in report_specs()[item].sheets:
        for column in sheet.columns:
            assert "forename" not in column.field
            assert "surname" not in column.field
            assert column.worker_name or column.field != "name"
            assert column.worker_name or "Worker name" not in column.heading


@pytest.mark.parametrize("item", REQUIRED_COLUMNS)
def test_the_columns_that_are_asked_for(item):
    headings = {column.heading for sheet in report_specs()[item].sheets for column in sheet.columns}
    assert REQUIRED_COLUMNS[item] <= headings


@ALL
def test_sentences_end_and_say_something(item):
    spec = report_specs()[item]
    for text in (spec.asks, spec.rule, *spec.notes, *spec.confirm, *(each.definition for each in spec.figures)):
        assert text.rstrip().endswith((".", ")")), text
        assert len(text.split()) > 1, text
    assert spec.example.text


@pytest.fixture(scope="module")
def tables():
    """A small authority, as rows by table; planned so that every report has an input."""
    made = generate(300, date(2018, 6, 4), 5)
    return known({name: frame.to_dicts() for name, frame in made.items() if name in COLUMNS})


def runs(tables, edition="ilacs-2018"):
    """All reports of an authority, from one run, by item."""
    built = build_from(raw_extract(tables), inspection_date="2018-06-04", edition=edition, lists=LISTS)
    run = ReportRun(built.context, built.lists)
    return {report.item: Seen(report, run, built.findings) for report in build_reports(run)}


@pytest.mark.parametrize("edition", edition_names())
def test_a_report_gives_every_number_grid_and_column_of_its_file(edition, tables):
    """Built without an error, with every key of the file, and with numbers that can be suppressed."""
    found = runs(tables, edition)
    assert list(found) == list(report_specs())
    for item, seen in found.items():
        spec = report_specs()[item]
        assert seen.report.supplied, item
        assert {each.key for each in spec.sheets} == {each.key for each in seen.report.sheets}, item
        assert {each.key for each in spec.grids} >= {each.grid.key for each in seen.report.tables}, item
        assert [name for name, _ in seen.report.settings] == list(spec.settings)
    reports = [seen.report for seen in found.values()]
    system = system_of(reports)
    # What is said to add up does, and what is said to be some of another count is no more than it.
    for line in system.sums:
        assert system.counts[line.total] == sum(system.counts[part] for part in line.parts), line
    for pair in system.within:
        assert system.counts[pair.part] <= system.counts[pair.whole], pair
    for hidden in suppressed(reports):
        assert hidden.sheets == ()


def test_without_its_tables_it_is_not_supplied(tables):
    starts = {RECORDS[record].meta.table for spec in report_specs().values() for record in spec.starts}
    for seen in runs({name: rows for name, rows in tables.items() if name not in starts}).values():
        assert not seen.report.supplied
        assert {seen.figure(key) for key in seen.shown} == {"not supplied"}


def test_every_setting_that_decides_is_told_by_a_report():
    told = {name for spec in report_specs().values() for name in spec.settings}
    # How reports are written decides no number.
    assert told == set(ReportSettings.model_fields) - {"suppress", "worker_names"}


def test_notes_that_stay_in_a_version_for_wider_sharing_quote_no_count(tables):
    for item, seen in runs(tables).items():
        own = seen.report.notes[
            : len(seen.report.notes) - len(report_specs()[item].notes) - len(report_specs()[item].confirm)
        ]
        for note in own:
            assert not re.search(r"[0-9]+ (child|of|worker|famil)|: [0-9]+\.$", note), note


@ALL
def test_tables_that_are_there_and_empty_give_no_number_but_zero(item):
    """A stated zero is another thing than not supplied."""
    starts = {RECORDS[record].meta.table: [] for record in report_specs()[item].starts}
    seen = see(item, starts)
    assert seen.report.supplied
    for key in seen.shown:
        value = seen.figure(key)
        nothing = value in (0, None) or value == (0, 0, None)
        assert nothing or isinstance(value, str), (key, value)


def known(tables):
    """The tables without columns that no record reads."""
    return {
        name: [{column: value for column, value in row.items() if column in COLUMNS[name]} for row in rows]
        for name, rows in tables.items()
    }
