"""Profiles that extend others: what replaces what, what is refused, and columns of the system's own codes."""

import hashlib
from collections import Counter

import polars as pl
import pytest

from annexa.errors import UsageError
from annexa.extract.gaps import SCHEMA, unknown_values
from annexa.records import RECORDS, UNREADABLE
from annexa.sources import load_source
from tests.support.build import build, raw_extract

BASE = """
title = "Base"
reference = "Base layout"
date_formats = ["DD.MM.YYYY"]
[blank]
texts = ["NULL", "none"]
dates = ["1901-01-01"]
[options]
case_worker_roles = ["CW"]
[tables.persons]
table = "People"
columns = { person_id = "Ref", birth_date = "Born", gender = ["G1", "G2"] }
[tables.contacts]
table = "Calls"
columns = { contact_id = "Call", person_id = "Ref", contact_date = "Taken", contact_source = "Code" }
own_codes = ["Code"]
[values.gender]
"lass" = "F"
"lad" = "M"
[values.source]
"1" = "2A"
[ignored]
"legal_statuses.status" = ["a", "b"]
"immigration_statuses.status" = ["c"]
"""


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def extended(tmp_path, text, base=BASE):
    write(tmp_path, base=base, mine=f'title = "Mine"\nextends = "base"\n{text}')
    return load_source("mine", tmp_path)


def test_a_profile_that_adds_nothing_is_the_one_it_extends_under_its_own_title(tmp_path):
    mine, base = extended(tmp_path, ""), load_source("base", tmp_path)
    assert mine.tables == base.tables
    assert mine.extends == ("base",)
    assert base.extends == ()
    assert mine.file.title == "Mine"
    assert mine.file.model_copy(update={"title": "Base", "extends": ""}) == base.file


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('reference = "Mine"', {"reference": "Mine"}),
        ("standard_layout = true", {"standard_layout": True}),
        ('date_formats = ["YYYYMMDD"]', {"date_formats": ("YYYYMMDD",)}),  # a list is replaced as a whole
        ("date_formats = []", {"date_formats": ()}),
        ('[blank]\ntexts = ["n/a"]', {"blank.texts": ("n/a",)}),  # the other keys stay
        ("[options]\ncase_worker_roles = []", {"options.case_worker_roles": ()}),
        ('[tables.persons]\ntable = "Clients"', {"tables.persons.table": "Clients"}),  # its columns stay
        ('[tables.persons.columns]\ngender = "Sex"', {"tables.persons.columns.gender": "Sex"}),
        ('[tables.persons.columns]\nethnicity = "E"', {"tables.persons.columns.ethnicity": "E"}),
        ("[tables.contacts]\nown_codes = []", {"tables.contacts.own_codes": ()}),
        ('[values.gender]\n"x" = "I"', {"values.gender.x": "I"}),
        ('[values.gender]\n"lass" = "I"', {"values.gender.lass": "I"}),
        ('[values.yes_no]\n"x" = "Y"', {"values.yes_no": {"x": "Y"}}),
        ('[ignored]\n"legal_statuses.status" = ["z"]', {"ignored.legal_statuses.status": ("z",)}),
    ],
)
def test_what_a_profile_names_replaces_what_it_extends_and_nothing_else(tmp_path, text, changed):
    file = extended(tmp_path, text).file
    expected = load_source("base", tmp_path).file.model_dump() | {"title": "Mine", "extends": "base"}
    for key, value in changed.items():
        first, *rest = key.split(".", 1) if key.startswith("ignored") else key.split(".")
        place = expected
        for each in [first, *rest][:-1]:
            place = place[each]
        place[[first, *rest][-1]] = value
    assert file.model_dump() == expected


def test_a_value_replaces_one_that_is_read_alike(tmp_path):
    assert extended(tmp_path, '[values.gender]\n" LASS" = "I"').file.values["gender"] == {"lad": "M", " LASS": "I"}


@pytest.mark.parametrize("none", ['""', "[]"])
def test_a_column_is_taken_away_by_naming_none(tmp_path, none):
    columns = extended(tmp_path, f"[tables.persons.columns]\ngender = {none}").tables["persons"].columns
    assert columns["gender"] == ()
    assert columns["birth_date"] == ("born",)
    standard = write(tmp_path, std=f'title = "x"\nstandard_layout = true\n[tables.persons.columns]\nsex = {none}')
    columns = load_source("std", standard).tables["persons"].columns
    assert columns["sex"] == ()
    assert columns["gender"] == ("pers_gender",)


@pytest.mark.parametrize(
    ("text", "table", "query"),
    [
        ("", "people", ("hr", "SELECT * FROM p")),
        ('table = "Clients"', "clients", ("hr", "")),  # what is named is read, and not the SELECT of the other profile
        ('schema = "dbo"', "people", ("dbo", "")),
        ('select = "SELECT 1"', "people", ("hr", "SELECT 1")),
        ('table = "Clients"\nselect = "SELECT 1"', "clients", ("hr", "SELECT 1")),
    ],
)
def test_a_table_or_a_schema_takes_the_place_of_a_select(tmp_path, text, table, query):
    place = 'table = "People"\nschema = "hr"\nselect = "SELECT * FROM p"'
    mapped = extended(tmp_path, f"[tables.persons]\n{text}", BASE.replace('table = "People"', place)).tables["persons"]
    assert (mapped.table, (mapped.query.schema, mapped.query.select)) == (table, query)


def test_three_files_apply_one_over_the_other_and_paths_are_those_of_the_file(tmp_path):
    deep = tmp_path / "deep"
    deep.mkdir()
    write(tmp_path, county='title = "County"\nextends = "ssd"\n[values.gender]\n"a" = "M"\n"b" = "M"')
    write(deep, ours='title = "Ours"\nextends = "../county.toml"\n[values.gender]\n"b" = "F"')
    profile = load_source(str(deep / "ours.toml"))
    assert profile.extends == ("county", "ssd")
    assert profile.file.values["gender"] == {"a": "M", "b": "F"}
    assert profile.tables.keys() == RECORDS.keys()
    assert profile.file.blank == load_source("ssd").file.blank
    assert profile.file.options.case_worker_roles == ("CW",)


def test_the_fingerprint_covers_every_file(tmp_path):
    seen = {extended(tmp_path, "").sha256, load_source("base", tmp_path).sha256}
    seen.add(extended(tmp_path, "# a remark").sha256)
    seen.add(extended(tmp_path, "", BASE + "# a remark").sha256)
    assert len(seen) == 4
    alone = hashlib.sha256((tmp_path / "base.toml").read_bytes()).hexdigest()
    assert load_source("base", tmp_path).sha256 == alone
    before = extended(tmp_path, "").sha256
    (tmp_path / "base.toml").write_bytes(BASE.replace("\n", "\r\n").encode())
    assert load_source("mine", tmp_path).sha256 == before


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        ({"mine": 'extends = "bas"'}, "mine.toml: extends: there is no source profile named bas", "Did you mean base?"),
        ({"mine": 'extends = "x/y.toml"'}, "mine.toml: extends: there is no source profile y.toml", "folder of mine"),
        ({"mine": 'extends = "../base"'}, "mine.toml: extends: there is no source profile named ../base", "base"),
        ({"mine": "extends = 1"}, "mine.toml: extends: ", "docs/adding-a-source.md"),
        ({"mine": 'extends = "mine"'}, "mine.toml: extends: mine.toml comes round again", "extend nothing"),
        (
            {"mine": 'extends = "b"', "b": 'extends = "c.toml"', "c": 'extends = "./b.toml"'},
            "c.toml: extends: b.toml comes round again: it is extended by mine.toml, b.toml, c.toml",
            "extend nothing",
        ),
        (
            {"mine": 'extends = "b"', "b": 'extends = "c"', "c": 'extends = "d"', "d": 'extends = "base"'},
            "d.toml: extends: this would be profile number 5",
            "4 files at most",
        ),
        ({"mine": 'extends = "b"', "b": "= 1"}, "b.toml is not a TOML file", "Correct"),
        ({"mine": 'extends = "b"', "b": "wrong = 1"}, "b.toml: wrong: ", "docs/adding-a-source.md"),
        ({"mine": 'extends = "b"', "b": "[tables.x]"}, "b.toml: tables: x is not known", ""),
        ({"mine": 'extends = "base"\n[tables.x]'}, "mine.toml: tables: x is not known", ""),
        ({"mine": 'extends = "b"', "b": '[values.gender]\n"a" = "Q"'}, "b.toml: values.gender: Q is not known", ""),
        (
            {"mine": 'extends = "base"\n[tables.persons.columns]\nperson_id = ""'},
            "mine.toml: tables.persons.columns: person_id has no column",
            "Name the column",
        ),
        (
            {"mine": 'extends = "b"', "b": 'extends = "base"\n[tables.contacts.columns]\ncontact_date = []'},
            "b.toml: tables.contacts.columns: contact_date has no column",
            "Name the column",
        ),
        (
            {"mine": 'extends = "base"\n[tables.cin_plans]'},
            "mine.toml: tables.cin_plans.columns: person_id has no column",
            "Name the column",
        ),
        (
            {"mine": 'extends = "base"\n[tables.contacts.columns]\ncontact_source = "Kind"'},
            "base.toml: tables.contacts.own_codes: code is not known",
            "kind",
        ),
        (
            {"mine": 'extends = "b"', "b": 'extends = "base"\n[tables.persons]\nselect = "DELETE FROM p"'},
            "b.toml: tables.persons.select: ",
            "SELECT",
        ),
        (
            {"mine": 'extends = "base"\n[tables.persons]\nown_codes = ["Born"]'},
            "mine.toml: tables.persons.own_codes: born is not known",
            "g1, g2",
        ),
    ],
)
def test_a_chain_that_is_wrong_is_refused_with_file_and_key(tmp_path, files, message, hint):
    write(tmp_path, base=BASE, **{name: f'title = "x"\n{text}' for name, text in files.items()})
    with pytest.raises(UsageError) as refused:
        load_source("mine", tmp_path)
    assert message in refused.value.message
    assert hint in refused.value.hint


EXTRACT = {
    "ssd_person": [{"pers_person_id": "C1", "pers_gender": "F", "pers_dob": "2010-05-05"}],
    "ssd_contacts": [
        {
            "cont_contact_id": number,
            "cont_person_id": "C1",
            "cont_contact_date": "2018-05-01",
            "cont_contact_source_code": code,
            "cont_contact_source_desc": description,
        }
        for number, code, description in (
            ("1", "6", None),  # in the map
            ("2", "7", None),  # a standard code, but not in the map
            ("3", "7", "Police"),  # the description can be read
            ("4", "-1", None),  # not in the map
            ("5", None, None),
            ("6", "NULL", "Odd"),
            ("7", "7", None),
            ("8", " 06 ", None),  # the whole value must agree
        )
    ],
}


@pytest.fixture
def numbered(tmp_path):
    """A profile for a system that has numbers of its own for the source of contacts."""
    own = '[tables.contacts]\nown_codes = ["CONT_contact_source_code"]'
    write(tmp_path, numbered=f'title = "x"\nextends = "ssd"\n{own}\n[values.source]\n"6" = "1A"')
    return str(tmp_path / "numbered.toml")


def test_only_the_map_reads_a_column_of_own_codes(numbered):
    result = build(EXTRACT, inspection_date="2018-06-04", source=numbered, lists=[1])
    read = dict(result.context.tables["contacts"].frame.select("contact_id", "contact_source").iter_rows())
    no = UNREADABLE
    assert read == {"1": "1A", "2": no, "3": "6", "4": no, "5": None, "6": no, "7": no, "8": no}
    found = result.findings.filter(check="AA-R02")
    assert found.select("row", "column").rows() == [
        (3, "cont_contact_source_code"),
        (5, "cont_contact_source_code"),
        (7, "cont_contact_source_desc"),
        (8, "cont_contact_source_code"),
        (9, "cont_contact_source_code"),
    ]
    # A list shows a blank for what no map knows; only a blank of the source itself is "unknown".
    shown = Counter(result.column(1, "Contact Source"))
    assert shown == {None: 5, "a) 1A: Individual": 1, "q) 6: Police": 1, "u) 10: Unknown": 1}


def test_without_any_map_nothing_of_the_systems_own_is_read(tmp_path):
    write(tmp_path, none='title = "x"\nextends = "ssd"\n[tables.contacts]\nown_codes = ["cont_contact_source_code"]')
    result = build(EXTRACT, inspection_date="2018-06-04", source=str(tmp_path / "none.toml"), lists=[1])
    assert result.context.tables["contacts"].frame["contact_source"].to_list()[:2] == [UNREADABLE, UNREADABLE]


def test_unknown_values_are_counted_by_column(numbered):
    gaps = unknown_values(raw_extract(EXTRACT), load_source(numbered))
    assert gaps.schema == pl.Schema(SCHEMA)
    assert gaps.rows() == [
        ("contacts", "contact_source", "cont_contact_source_code", "source", 3, 4, 5, ["7", " 06 ", "-1"]),
        ("contacts", "contact_source", "cont_contact_source_desc", "source", 1, 1, 5, ["Odd"]),
    ]


def test_nothing_is_unknown_where_every_value_is_read_ignored_or_blank():
    statuses = [{"lega_person_id": "C1", "lega_legal_status": text} for text in ("C2", "SGO", "NULL", None)]
    gaps = unknown_values(raw_extract(EXTRACT | {"ssd_contacts": [], "ssd_legal_status": statuses}), load_source("ssd"))
    assert gaps.height == 0
    assert gaps.schema == pl.Schema(SCHEMA)
