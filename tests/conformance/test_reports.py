"""The files of the reports and their functions agree, and every report holds what Annex A asks for by name."""

from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.evidence.items import load_items
from annexa.records import RECORDS
from annexa.reports.run import REPORTS
from annexa.reports.spec import report_specs
from annexa.reports.suppress import suppressed, system_of
from annexa.sample import generate
from tests.support.reports import see

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
    return {name: frame.to_dicts() for name, frame in made.items() if name in {r.meta.table for r in RECORDS.values()}}


@ALL
@pytest.mark.parametrize("edition", edition_names())
def test_a_report_gives_every_number_grid_and_column_of_its_file(item, edition, tables):
    """Built without an error, with every key of the file, and with numbers that can be suppressed."""
    seen = see(item, known(tables), edition=edition)
    assert seen.report.supplied
    assert {each.key for each in report_specs()[item].sheets} == {each.key for each in seen.report.sheets}
    assert {each.key for each in report_specs()[item].grids} >= {each.grid.key for each in seen.report.tables}
    system_of([seen.report])
    (hidden,) = suppressed([seen.report])
    assert hidden.sheets == ()


@ALL
def test_without_its_tables_it_is_not_supplied(item, tables):
    starts = {RECORDS[record].meta.table for record in report_specs()[item].starts}
    seen = see(item, {name: rows for name, rows in known(tables).items() if name not in starts})
    assert not seen.report.supplied
    assert {seen.figure(key) for key in seen.shown} == {"not supplied"}


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
    columns = {}
    for record in RECORDS.values():
        columns.setdefault(record.meta.table, set()).update(
            column for field in record.fields().values() for column in field.columns
        )
    return {
        name: [{column: value for column, value in row.items() if column in columns[name]} for row in rows]
        for name, rows in tables.items()
    }
