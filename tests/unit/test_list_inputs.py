"""configs/list-inputs.toml says what each column is made from; the lists themselves say whether it is so."""

import tomllib
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from annexa.editions import edition_names, load_edition
from annexa.extract.load import extract_from
from annexa.extract.prepare import prepare
from annexa.extract.read import read_extract
from annexa.extract.tables import Table, Tables, not_supplied
from annexa.findings import Findings
from annexa.lists.build import build_list
from annexa.lists.context import Context
from annexa.lists.inputs import inputs_of, shortfalls
from annexa.period import InspectionPeriod
from annexa.records import RECORDS, UNREADABLE
from annexa.resources import resource
from annexa.sample import generate, write_sample
from annexa.settings import Options
from annexa.sources import load_source

DAY = date(2018, 6, 4)
EDITIONS = {name: load_edition(name) for name in edition_names()}
# A count is a number, 0 at least, whatever the records say; a status has its last alternative.
NEVER_BLANK = {
    "referrals_in_12_months",
    "enquiries_in_12_months",
    "conferences_in_12_months",
    "previous_cp_plans",
    "case_status",
    "second_period_in_12_months",
    "placements_in_12_months",
    "conference_unnecessary",  # a plan on the day of the discussion tells it for a few children
}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_column_has_inputs_and_all_of_them_are_fields(name):
    for spec in EDITIONS[name].lists.values():
        for column in spec.columns:
            alternatives = inputs_of(spec, column.derive or column.field)
            assert alternatives, f"List {spec.number}: {column.heading}"
            for path in (path for each in alternatives for path in each):
                record, _, field = path.partition(".")
                assert field in RECORDS[record].fields(), path


def test_no_line_of_the_file_lies_idle():
    file = tomllib.loads(resource("configs", "list-inputs.toml").read_text("utf-8-sig"))
    specs = [spec for edition in EDITIONS.values() for spec in edition.lists.values()]
    shown = {(spec.number, column.derive or column.field) for spec in specs for column in spec.columns}
    assert set(file["derive"]) <= {name for _, name in shown}
    assert {(int(number), name) for number, part in file["lists"].items() for name in part} <= shown


def test_shortfalls_name_lists_and_columns():
    there = {"persons": {"person_id", "sex"}, "contacts": {"contact_id", "person_id", "contact_date"}}
    lists = shortfalls(
        EDITIONS["ilacs-2018"], lambda record, field: record in there and (not field or field in there[record])
    )
    first, second = lists[0], lists[1]
    assert first.supplied
    assert first.blank == {
        "Ethnicity": ("persons.ethnicity",),
        "Date of Birth": ("persons.birth_date", "persons.expected_birth_date"),
        "Age of Child (Years)": ("persons.birth_date", "persons.expected_birth_date"),
        "Contact Source": ("contacts.contact_source",),
    }
    assert not second.supplied
    assert second.lacking == ("early_help_episodes", "early_help_assessments")
    assert second.blank == {}


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs") / "extract"
    write_sample(generate(200, DAY, 4), folder, "csv", DAY)
    source, period, findings = load_source("ssd"), InspectionPeriod(DAY), Findings()
    extract = extract_from(read_extract(folder, source.wanted()), source, period, findings, {})
    tables = prepare(extract.tables, period, findings)
    return Context(period, EDITIONS["ilacs-2022"], Options(own_la=("Ourtown",)), tables, findings)


def _without(context: Context, paths: list[str]) -> Context:
    """The same run where the source has none of these fields."""
    tables: dict[str, Table] = dict(context.tables)
    for path in paths:
        record, _, field = path.partition(".")
        table = tables[record]
        if field in RECORDS[record].meta.needs:
            tables[record] = not_supplied(RECORDS[record])  # without it the whole table cannot be used
            continue
        frame = table.frame.with_columns(pl.lit(None, dtype=table.frame.schema[field]).alias(field))
        tables[record] = replace(table.with_frame(frame), absent=table.absent | {field})
    return replace(context, tables=Tables(tables), findings=Findings(), _memo={})


def _filled(context: Context, number: int) -> dict[str, bool]:
    """Heading -> whether any row of the list has a value there."""
    frame = build_list(context, context.edition.lists[number]).frame
    said = frame.select(
        (pl.col(name).is_not_null() & (pl.col(name).cast(pl.String) != UNREADABLE)).any() for name in frame.columns
    )
    return said.row(0, named=True)


SPECS = EDITIONS["ilacs-2022"].lists


@pytest.mark.parametrize("number", SPECS)
def test_without_its_inputs_a_column_is_blank_and_the_others_are_not(context, number):
    spec = SPECS[number]
    whole = _filled(context, number)
    needs = {f"{record}.{field}" for record in spec.records for field in RECORDS[record].meta.needs}
    filled = []
    for column, heading in zip(spec.columns, whole, strict=True):
        name = column.derive or column.field
        alternatives = inputs_of(spec, name)
        firsts = [each[0] for each in alternatives]
        if name in NEVER_BLANK or not whole[heading] or needs & set(firsts):
            continue
        # The first field of every alternative is gone, so none is whole.
        if _filled(_without(context, firsts), number)[heading]:
            filled.append((heading, firsts))
    assert filled == []
