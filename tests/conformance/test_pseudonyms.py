"""Every field and heading has a decision, the rules read nothing that a copy lacks, and the docs say what differs."""

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from annexa.editions import code_sets, edition_names, load_edition
from annexa.extract.read import RawExtract, read_extract
from annexa.outputs.copies import write_table
from annexa.pseudonyms.extract import ExtractCopier
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.treatments import (
    COLUMNS,
    FIELDS,
    KINDS,
    NOT_KNOWN,
    Treatment,
    Words,
    column_decision,
    decision,
)
from annexa.pseudonyms.whose import LINKS, NO_CHILDS
from annexa.records import RECORDS, Kind
from annexa.records.flags import FLAGS
from annexa.settings import Options
from annexa.sources import load_source, source_names
from annexa.story.records import DETAILS
from tests.golden.lists import EXTRACT, INSPECTION_DATE, OWN_LA, lists_of
from tests.support.build import build_from, raw_extract
from tests.support.pseudonyms import DRAWN_FOR, LOOKUP, drawn, told

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


def test_every_record_with_days_says_whose_they_are():
    """By the child, or by a record that leads to one: or a birthday could stand in it."""
    days = {Kind.DATE, Kind.PLANNED, Kind.MOMENT}
    dated = {name for name, field in FIELD_LIST if field.kind in days}
    assert {name for name in dated if not RECORDS[name].meta.person} - NO_CHILDS <= LINKS.keys()
    assert {name: DETAILS[name] for name in DETAILS.keys() & dated} == {
        name: LINKS[name] for name in DETAILS if name in dated
    }
    for name, (field, owner) in LINKS.items():
        assert {f"{name}.{field}", f"{owner}.{field}"} <= BY_NAME.keys()
        assert RECORDS[owner].meta.person or owner in LINKS


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


PSEUDONYMS = Pseudonyms(bytes(range(32)))
AFTER = PSEUDONYMS.of("looked after")


def copy_of(raw: RawExtract, folder: Path) -> RawExtract:
    """A copy of an extract, read again as it lies on the disk."""
    source = load_source("ssd")
    words = Words(roles=Options().case_worker_roles, authorities=OWN_LA)
    for each in ExtractCopier(source, PSEUDONYMS, words).tables(raw):
        write_table(folder / f"{each.name}.csv", each.frame)
    return read_extract(folder, source.wanted())


def birthdays(tables: Mapping[str, pl.DataFrame], born: pl.DataFrame) -> list[str]:
    """The cells of a child's rows that hold the day and month of the child's birth, but on the first: table.column.

    Args:
        tables: text, by table; what is not a date or a time is passed over.
        born: child, md ("-05-20").
    """
    found = []
    for name, record in RECORDS.items():
        meta, frame = record.meta, tables.get(record.meta.table)
        if frame is None or not (meta.person or name in LINKS):
            continue
        field, owner = (meta.person, "") if meta.person and name != "adopters" else LINKS[name]
        rows = frame.with_columns(pl.col(record.fields()[field].columns[0]).alias("child"))
        while owner:
            fields, held = RECORDS[owner].fields(), tables[RECORDS[owner].meta.table]
            further = "" if RECORDS[owner].meta.person else LINKS[owner][0]
            leads = held.select(
                pl.col(fields[field].columns[0]).alias("child"),
                pl.col(fields[further or RECORDS[owner].meta.person].columns[0]).alias("to"),
            ).unique()
            rows = rows.join(leads, on="child").drop("child").rename({"to": "child"})
            field, owner = (further, LINKS[owner][1]) if further else ("", "")
        rows = rows.join(born, on="child")
        for column in frame.columns:
            cell = pl.col(column)
            hit = cell.str.contains(r"^\d{4}-\d\d-\d\d( |$)") & (cell.str.slice(4, 6) == pl.col("md"))
            found += [f"{meta.table}.{column}"] * rows.filter(hit & ~pl.col("md").str.ends_with("-01")).height
    return found


def test_no_birthday_of_a_child_of_the_sample_authority_is_in_its_copy(tmp_path):
    """All tables, those that only reports read too. The sample has them: whoever leaves care at 18 does so on it."""
    source = read_extract(EXTRACT, load_source("ssd").wanted())
    before = {name: each.frame.drop("_row") for name, each in source.tables.items()}
    people = before["ssd_person"]
    births = [
        people.select(child="pers_person_id", md=pl.col(each).str.slice(4))
        for each in ("pers_dob", "pers_expected_dob")
    ]
    born = pl.concat(births).drop_nulls().filter(~pl.col("md").str.ends_with("-01"))
    told_before = birthdays(before, born)
    ends = {
        "ssd_cla_episodes.clae_cla_episode_ceased_date", "ssd_cla_placement.clap_cla_placement_end_date",
        "ssd_legal_status.lega_legal_status_end_date", "ssd_involvements.invo_involvement_end_date",
        "ssd_cla_care_plan.lacp_cla_care_plan_end_date", "annexa_care_leaver_services.end_date", "ssd_person.pers_dob",
    }  # fmt: skip
    assert ends <= set(told_before)
    copy = {name: each.frame.drop("_row") for name, each in copy_of(source, tmp_path).tables.items()}
    named = born.with_columns(PSEUDONYMS.column(born["child"]).alias("child"))
    assert copy.keys() == before.keys()
    assert birthdays(copy, named) == []


def built(raw: RawExtract, day: str, edition: str, **more: Any) -> dict[int, pl.DataFrame]:
    """The lists of an extract, which can be built from again."""
    again = replace(raw, tables=dict(raw.tables))
    made = build_from(again, inspection_date=day, edition=edition, own_la=OWN_LA, **more)
    return {number: each.frame for number, each in made.lists.items()}


def differing(lists: Mapping[int, pl.DataFrame], copies: Mapping[int, pl.DataFrame]) -> set[str]:
    """The headings under which the lists of a copy have other cells; they must have the same children's rows."""
    found = set()
    for number, own in lists.items():
        person, copy = own.columns[0], copies[number]
        # Rows are found again by the child, in whatever order two rows of a child stand.
        same = own.with_columns(PSEUDONYMS.column(own[person]))
        assert same[person].sort().equals(copy[person].sort()), f"List {number}"
        found.add(person)
        for heading in own.columns[1:]:
            order = [person, heading]
            if not same.select(order).sort(order).equals(copy.select(order).sort(order)):
                found.add(heading.strip())
    return found


def test_the_page_says_exactly_which_columns_differ(tmp_path):
    always, sometimes = told()
    tables = {record.meta.table for record in RECORDS.values() if not record.meta.off_lists}
    wanted = {table: columns for table, columns in load_source("ssd").wanted().items() if table in tables}
    copy = copy_of(read_extract(EXTRACT, wanted), tmp_path)
    editions = {edition: built(copy, INSPECTION_DATE, edition) for edition in edition_names()}
    assert set.union(*(differing(lists_of(edition), lists) for edition, lists in editions.items())) == always
    assert always & sometimes == set()
    headings = {column.heading.strip() for _, spec in SPECS for column in spec.columns}
    assert (always | sometimes) - headings == set()


def test_the_page_says_exactly_which_more_differ_for_a_few_children(tmp_path):
    """Near a birthday, in one sector, without an identifier: the same rows, and no column but those on the page."""
    always, sometimes = told()
    given = {"day": DRAWN_FOR, "edition": "ilacs-2022", "postcodes": LOOKUP}
    lists = built(raw_extract(drawn()), **given)
    copies = built(copy_of(raw_extract(drawn()), tmp_path), **given)
    assert differing(lists, copies) - always == sometimes
    missing = next(heading for heading in lists[8].columns if "‘Missing’" in heading)
    by_hour = [each.filter(pl.first() == child) for each, child in ((lists[8], "looked after"), (copies[8], AFTER))]
    assert [each[missing].item() for each in by_hour] == [1, 2]
    assert [lists[number].filter(pl.first() == "nameless").height for number in (1, 2)] == [2, 2]
