"""Every field and heading has a decision, the rules read nothing that a copy lacks, and the docs say what differs."""

import ast
import re
from pathlib import Path

import pytest

from annexa.editions import code_sets, edition_names, load_edition
from annexa.extract.read import read_extract
from annexa.outputs.copies import write_table
from annexa.pseudonyms.extract import ExtractCopier
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.treatments import (
    COLUMNS,
    FIELDS,
    FLAGS,
    KINDS,
    NOT_KNOWN,
    Treatment,
    Words,
    column_decision,
    decision,
)
from annexa.records import RECORDS, Kind
from annexa.settings import Options
from annexa.sources import load_source, source_names
from tests.golden.lists import EXTRACT, INSPECTION_DATE, OWN_LA, lists_of
from tests.support.build import build_from

ROOT = Path(__file__).resolve().parents[2]
SPECS = [(name, spec) for name in edition_names() for spec in load_edition(name).lists.values()]
FIELD_LIST = [(name, field) for name, record in RECORDS.items() for field in record.fields().values()]
BY_NAME = {f"{name}.{field.name}": field for name, field in FIELD_LIST}


def test_every_field_of_every_record_has_a_decision():
    assert KINDS.keys() == set(Kind)
    assert [f"{name}.{field.name}" for name, field in FIELD_LIST if decision(name, field) is None] == []
    assert FIELDS.keys() - BY_NAME.keys() == set()


def test_nothing_lets_more_through_than_its_kind_allows():
    """An entry of the table may be for a text or JSON alone: it cannot loosen what a kind says."""
    assert {BY_NAME[path].kind for path in FIELDS} == {Kind.TEXT, Kind.JSON}
    assert {BY_NAME[path].kind for path, done in FIELDS.items() if done in (Treatment.FLAGS, Treatment.FACTORS)} == {
        Kind.JSON
    }
    strict = {Kind.PERSON, Kind.IDENTIFIER, Kind.BIRTH, Kind.POSTCODE}
    assert {KINDS[kind] for kind in strict} == {Treatment.PSEUDONYM, Treatment.MONTH, Treatment.SECTOR}


def test_what_a_table_cannot_do_without_is_copied():
    for name, record in RECORDS.items():
        for field in record.meta.needs:
            assert decision(name, record.fields()[field]) is not Treatment.LEFT_OUT, f"{name}.{field}"


def test_every_heading_of_every_edition_has_a_decision():
    columns = [(name, spec.number, column) for name, spec in SPECS for column in spec.columns]
    assert [(name, number, each.heading) for name, number, each in columns if column_decision(each) is None] == []
    assert COLUMNS.keys() - {column.field or column.derive for _, _, column in columns} == set()
    for _, _, column in columns:
        done = column_decision(column)
        if re.search("birth", column.heading, re.IGNORECASE):
            assert done is Treatment.MONTH
        if re.search(r"identifier|unique id|worker|team|advisor|\burn\b", column.heading, re.IGNORECASE):
            assert done is Treatment.PSEUDONYM
        if "postcode" in column.heading.lower():
            assert done is Treatment.SECTOR


def test_what_stands_for_an_unknown_code_is_known_to_nobody():
    """Or it would become a code; and no coded field lets any text pass."""
    for name in {field.code_set for _, field in FIELD_LIST if field.code_set}:
        code_set = code_sets()[name]
        assert not code_set.free_text
        assert NOT_KNOWN.casefold() not in code_set.lookup
    for source in source_names():
        values = load_source(source).file.values
        assert NOT_KNOWN not in {text.casefold() for each in values.values() for text in each}


def test_a_copy_keeps_every_flag_that_a_rule_reads():
    """Each upper-case text in the modules that read JSON which is a key of the dataset's JSON is in the table."""
    read = set()
    for folder in ("lists", "checks", "reports", "story"):
        for path in (ROOT / "src" / "annexa" / folder).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            if re.search(r"with_flags|json_flag", text):
                constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
                read |= {each for each in constants if isinstance(each, str) and re.fullmatch(r"[A-Z0-9_]+_FLAG", each)}
    assert read
    assert read == {flag for path, flags in FLAGS.items() if path != "care_plans.plan_json" for flag in flags}
    permanence = next(each for name, each in load_edition("ilacs-2018").codes.items() if name == "permanence_plan")
    assert {entry.code for entry in permanence.entries} == set(FLAGS["care_plans.plan_json"])


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the sample extract as it lies on the disk, and what made its pseudonyms."""
    folder = tmp_path_factory.mktemp("copy")
    source, pseudonyms = load_source("ssd"), Pseudonyms(bytes(range(32)))
    words = Words(roles=Options().case_worker_roles, authorities=OWN_LA)
    for each in ExtractCopier(source, pseudonyms, words).tables(read_extract(EXTRACT, source.wanted())):
        write_table(folder / f"{each.name}.csv", each.frame)
    return folder, pseudonyms


def differing(edition: str, folder: Path, pseudonyms: Pseudonyms) -> set[str]:
    """The headings under which a build of the copy has other cells than a build of the source."""
    raw = read_extract(folder, load_source("ssd").wanted())
    copies = build_from(raw, inspection_date=INSPECTION_DATE, edition=edition, own_la=OWN_LA).lists
    found = set()
    for number, own in lists_of(edition).items():
        person, copy = own.columns[0], copies[number].frame
        assert copy.height == own.height, f"List {number}"
        # Rows are found again by the child, in whatever order two rows of a child stand.
        same = own.with_columns(pseudonyms.column(own[person]))
        assert same[person].sort().equals(copy[person].sort())
        found.add(person)
        for heading in own.columns[1:]:
            order = [person, heading]
            if not same.select(order).sort(order).equals(copy.select(order).sort(order)):
                found.add(heading.strip())
    return found


def told() -> list[set[str]]:
    """The headings of the two tables of the page."""
    page = (ROOT / "docs" / "pseudonymise.md").read_text(encoding="utf-8")
    tables = page.split("| Column | Why |\n| --- | --- |\n")[1:]
    return [{line.split(" | ")[0].strip("| ") for line in each.split("\n\n")[0].splitlines()} for each in tables]


def test_the_page_says_exactly_which_columns_differ(copied):
    always, sometimes = told()
    assert set.union(*(differing(edition, *copied) for edition in edition_names())) == always
    assert always & sometimes == set()
    headings = {column.heading.strip() for _, spec in SPECS for column in spec.columns}
    assert (always | sometimes) - headings == set()
