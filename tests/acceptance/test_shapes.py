"""The same authority gives the same lists in every shape of the dataset, and what a map lacks is a finding."""

import json
import re
from datetime import date
from functools import cache

import polars as pl
import pytest

from annexa.editions import code_sets, edition_names, load_edition
from annexa.extract.clean import judge
from annexa.extract.gaps import unknown_values
from annexa.extract.load import extract_from
from annexa.extract.tables import Tables
from annexa.findings import Findings
from annexa.lists.build import build_lists
from annexa.lists.context import Context
from annexa.lists.effects import effect_of, told
from annexa.period import InspectionPeriod
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.resources import resource
from annexa.sample import generate, write_sample
from annexa.settings import Options
from annexa.sources import SourceProfile, load_source
from tests.support.build import Result
from tests.support.cli import annexa
from tests.support.shapes import FACTS, SHAPES, raw, shaped

DAY = date(2018, 6, 4)
UNREAD = ("AA-R01", "AA-R02", "AA-R05", "AA-R06", "AA-G07")  # checks of cells that could not be read
PLACEMENT_TYPE = effect_of(load_edition("ilacs-2018"), "placements", "placement_type")
COLUMN = {  # code set: a coded column of the dataset, with its record and field
    field.code_set: (record, field, field.columns[0])
    for record in RECORDS.values()
    for field in record.fields().values()
    if field.kind is Kind.CODE and record.meta.table.startswith("ssd_")
}


@cache
def authority(profile: str = "ssd") -> dict[str, pl.DataFrame]:
    tables = generate(120, DAY, 279)
    return tables if profile == "ssd" else shaped(tables, profile)


@cache
def extract(profile: str, path: str) -> tuple[Tables, pl.DataFrame]:
    """Read the authority in the shape of a profile, by it or by the one at `path`; no edition has a part in that."""
    findings = Findings()
    source = load_source(path or profile)
    return extract_from(raw(authority(profile)), source, InspectionPeriod(DAY), findings, {}).tables, findings.frame()


@cache
def lists(profile: str, edition: str, path: str = "", only: int | None = None) -> Result:
    """Build the lists of the authority in the shape of a profile, read by it or by the one at `path`."""
    tables, found = extract(profile, path)
    findings = Findings()
    findings.extend(found)
    roles = load_source(path or profile).file.options.case_worker_roles
    options = Options(own_la=("Exshire", "X01"), case_worker_roles=roles)
    context = Context(InspectionPeriod(DAY), load_edition(edition), options, tables, findings)
    return Result(build_lists(context, None if only is None else [only]), findings.frame(), context)


@pytest.mark.parametrize("edition", edition_names())
@pytest.mark.parametrize("profile", SHAPES)
def test_every_shape_gives_the_lists_of_the_standard_codes(profile, edition):
    standard, built = lists("ssd", edition), lists(profile, edition)
    assert built.lists.keys() == set(range(1, 12))
    for number, each in built.lists.items():
        expected = standard.lists[number].frame
        assert expected.height > 0
        different = [name for name in expected.columns if not each.frame[name].equals(expected[name])]
        assert (each.frame.height, different) == (expected.height, [])
        assert built.reasons(number) == standard.reasons(number)
    assert built.findings.filter(pl.col("check").is_in(UNREAD)).height == 0


@pytest.mark.parametrize("profile", SHAPES)
def test_no_shape_is_read_by_the_profile_of_another(profile):
    """Else the shapes would be alike, and this file would show nothing."""
    assert unknown_values(raw(authority(profile)), load_source(profile)).height == 0
    other = {"ssd-codes": "ssd-descriptions", "ssd-descriptions": "ssd", "ssd-internal-ids": "ssd-codes"}[profile]
    assert unknown_values(raw(authority(profile)), load_source(other)).height >= 1


def read(source: SourceProfile, code_set: str, texts: list[str]) -> list[str | None]:
    """Read texts as a column of the code set is read."""
    record, field, column = COLUMN[code_set]
    return judge(pl.DataFrame({column: texts}), record, {column: field}, source)[column].values.to_list()


FACT_SETS = [(profile, name) for profile, shape in SHAPES.items() for name in FACTS[shape]]


@pytest.mark.parametrize(("profile", "code_set"), FACT_SETS)
def test_every_text_of_a_shape_is_read_as_its_code(profile, code_set):
    """Of every code that the set has, and not only of those that the authority happens to have."""
    facts = FACTS[SHAPES[profile]][code_set]
    assert code_sets()[code_set].codes - facts.keys() <= {"V1"}  # an old code, which no lookup has
    assert read(load_source(profile), code_set, list(facts.values())) == list(facts)


# The texts of the specification that name a code for the second time.
FURTHER = [
    ("legal_status", "C.O. Extended S40(5) CA", "C2"),
    ("legal_status", "Care Order Sec.31(a) & Placement Order (Sec. 21)", "E1"),
    ("legal_status", "Single placement acc. by LA S20(3) CA 16 & over", "V2"),
    ("legal_status", "regular occ. acc. by LA S.20(1) CA under 16", "V4"),
    ("legal_status", "Wardship", UNREADABLE),
    ("legal_status", "Care Order", UNREADABLE),
    ("ceased_reason", "Adopted - consent dispensed with by court", "E12"),
    ("abuse_category", "Neglect, Sexual abuse", "MUL"),
    ("abuse_category", "Multiple: Physical abuse, Sexual abuse", "MUL"),
    ("abuse_category", "Multiple: Physical abuse, something else", UNREADABLE),
    ("permanence_order", "Special Guardianship", "SGO"),
    ("permanence_order", "Child Arrangements", "CAO"),
    ("permanence_order", "CAO", "CAO"),
    ("immigration_status", "Unaccompanied Asylum Seeking Child", "UASC"),
    ("health_check_type", "LAC health assessment (initial)", "HEALTH"),
]


@pytest.mark.parametrize(("code_set", "text", "code"), FURTHER)
def test_further_texts_are_read_in_descriptions(code_set, text, code):
    assert read(load_source("ssd-descriptions"), code_set, [text]) == [code]


@pytest.mark.parametrize("code_set", ["legal_status", "episode_start_reason", "ceased_reason"])
def test_texts_of_care_are_read_with_their_code_in_any_case_and_with_any_dash(code_set):
    facts = FACTS["descriptions"][code_set]
    source = load_source("ssd-descriptions")
    for form in ("{code} - {text}", "{code} \u2013 {text}", "{code}: {text}", "  {text} "):
        texts = [form.format(code=code, text=text) for code, text in facts.items()]
        assert read(source, code_set, texts) == list(facts)
        assert read(source, code_set, [text.upper() for text in texts]) == list(facts)
    halves = [text[: len(text) // 2] for text in facts.values()]
    assert set(read(source, code_set, halves)) <= {UNREADABLE}  # no part of a text is ever enough


OWN = [  # every line of every map of the shipped profiles
    (profile, code_set, value)
    for profile in SHAPES
    for code_set, values in load_source(profile).file.values.items()
    for value in values
]


def without(tmp_path, profile: str, code_set: str, value: str) -> str:
    """Write a profile that lacks one line of a map; return its path."""
    text = resource("configs", "sources", f"{profile}.toml").read_text(encoding="utf-8")
    before, heading, rest = text.partition(f"[values.{code_set}]")
    start = rest.index(f'\n"{value}" = ')
    path = tmp_path / f"{profile}.toml"
    path.write_text(before + heading + rest[:start] + rest[rest.index("\n", start + 1) :], encoding="utf-8")
    return str(path)


def test_no_line_of_a_profile_repeats_what_is_read_anyway_and_none_has_a_default_behind_it(tmp_path):
    assert len(OWN) > 150
    for profile, code_set, value in OWN:
        source = load_source(without(tmp_path, profile, code_set, value))
        assert read(source, code_set, [value]) == [UNREADABLE], (profile, code_set, value)


TAKEN = [  # profile, code set, line that is taken out, and a cell that then is blank
    ("ssd-descriptions", "source", "GP", 1, "Contact Source", "g) 3A: Health services"),
    ("ssd-descriptions", "placement_type", "Children's Home", 8, "Placement Type", "p) K2: Children\u2019s Homes"),
    (
        "ssd-descriptions",
        "eligibility",
        "Qualifying young person",
        9,
        "Eligibility Category",
        "c) Qualifying care leaver",
    ),
    ("ssd-codes", "abuse_category", "N", 7, "Initial Category of Abuse", "a) Neglect"),
    ("ssd-internal-ids", "source", "6", 1, "Contact Source", "e) 2A: Schools"),
    ("ssd-internal-ids", "source", "9", 3, "Referral Source", "h) 3B: Health services"),
]


@pytest.mark.parametrize(("profile", "code_set", "value", "number", "heading", "label"), TAKEN)
def test_a_value_taken_out_of_a_map_is_a_finding_and_a_blank_cell(
    tmp_path, profile, code_set, value, number, heading, label
):
    edition = edition_names()[0]
    whole = lists(profile, edition).column(number, heading)
    lacking = lists(profile, edition, without(tmp_path, profile, code_set, value), number)
    assert label in whole
    assert lacking.column(number, heading) == [None if cell == label else cell for cell in whole]
    found = lacking.findings.filter(pl.col("check").is_in(UNREAD))
    assert set(found["check"]) == {"AA-R02"}
    assert set(found["value"]) == {value}
    gaps = unknown_values(raw(authority(profile)), load_source(str(tmp_path / f"{profile}.toml")))
    assert set(gaps["code_set"]) == {code_set}
    assert gaps["values"].to_list() == [[value]] * gaps.height
    assert int(gaps["rows"].sum()) == found.height
    assert found.height >= whole.count(label)


@pytest.fixture
def folder(tmp_path):
    """The authority in descriptions, as files, with texts that no map knows in two coded columns."""
    tables = dict(authority("ssd-descriptions"))
    # One of them would turn the terminal's text red.
    odd = [*["odd placement"] * 6, *["placement \x1b7odd"] * 5, "Rare"]
    tables["ssd_cla_placement"] = _begun_with(tables["ssd_cla_placement"], "clap_cla_placement_type", odd)
    # Names in a column of codes: not one of them may be shown.
    names = [f"Secret Name {number}" for number in range(21)]
    tables["ssd_contacts"] = _begun_with(tables["ssd_contacts"], "cont_contact_source_code", names)
    tables["ssd_contacts"] = tables["ssd_contacts"].with_columns(
        pl.lit(None, pl.String).alias("cont_contact_source_desc")
    )
    write_sample(tables, tmp_path / "extract", "csv", DAY)
    return tmp_path / "extract"


def _begun_with(frame: pl.DataFrame, column: str, values: list[str]) -> pl.DataFrame:
    return frame.with_columns(pl.Series(column, [*values, *frame[column][len(values) :].to_list()], pl.String))


def test_sources_check_counts_what_no_map_knows(folder):
    ran = annexa("sources", "check", "ssd-descriptions", "--extracts", folder)
    assert ran.code == 0
    assert re.search(r"^ssd_cla_placement\.clap_cla_placement_type +placement_type +3 +12$", ran.out, re.M)
    assert re.search(r"^ssd_contacts\.cont_contact_source_code +source +21 +21$", ran.out, re.M)
    assert "odd p" not in ran.out + ran.err
    assert "Secret" not in ran.out + ran.err
    # Who is on List 10 hangs on the type of placement; on the source of a contact hangs only its own cell.
    told_of = [line for line in ran.out.splitlines() if "no map knows. More than a blank cell" in line]
    assert told_of == [told(PLACEMENT_TYPE, "ssd_cla_placement", ["clap_cla_placement_type"], 12)]
    assert 'who is on List 10; in List 8 the columns "Number of Placements' in told_of[0]
    document = json.loads(annexa("sources", "check", "ssd-descriptions", "--extracts", folder, "--json").out)
    assert {each["table"]: each["unknown"] for each in document if each["unknown"]} == {
        "ssd_cla_placement": [
            {
                "field": "placement_type",
                "column": "clap_cla_placement_type",
                "code_set": "placement_type",
                "distinct": 3,
                "rows": 12,
                "values": [],
                "numbers": False,
                "effect": told(PLACEMENT_TYPE, "ssd_cla_placement", ["clap_cla_placement_type"], 12),
            }
        ],
        "ssd_contacts": [
            {
                "field": "contact_source",
                "column": "cont_contact_source_code",
                "code_set": "source",
                "distinct": 21,
                "rows": 21,
                "values": [],
                "numbers": False,
                "effect": "",
            }
        ],
    }


def test_build_and_check_say_what_hangs_on_values_that_no_map_knows(tmp_path):
    extract = tmp_path / "extract"
    extract.mkdir()
    (extract / "ssd_person.csv").write_text("pers_person_id\nC1\nC2\n", encoding="utf-8")
    (extract / "ssd_cin_episodes.csv").write_text(
        "cine_referral_id,cine_person_id,cine_referral_date,cine_close_date,cine_close_reason,cine_referral_source_code\n"
        "R1,C1,2018-01-01,2018-05-01,moved on,nobody\nR2,C2,2018-01-01,2018-05-01,RC8,2A\n",
        encoding="utf-8",
    )
    effect = effect_of(load_edition("ilacs-2018"), "cin_episodes", "close_reason")
    said = f"Warning: {told(effect, 'ssd_cin_episodes', ['cine_close_reason'], 1)}"
    run = ("--inspection-date", "2018-06-04", "--extracts", extract)
    built = annexa("build", *run, "--output", tmp_path / "out", "--reports", "none")
    for ran in (
        built,
        annexa("check", *run, "--fail-on", "never"),
        annexa("check", *run, "--fail-on", "never", "--json"),
    ):
        assert ran.code == 0, ran.err
        assert ran.err.count("no map knows") == 1
        assert said in " ".join(ran.err.split())
        assert "moved on" not in ran.out + ran.err
    assert "no map knows" not in annexa("check", *run, "--fail-on", "never", "--quiet").err
    found = pl.read_csv(tmp_path / "out" / "findings.csv", infer_schema=False).filter(pl.col("check") == "AA-R46")
    assert found.select("severity", "table", "column", "value", "child").rows() == [
        ("warning", "ssd_cin_episodes", "cine_close_reason", None, None)
    ]


def test_sources_check_shows_the_values_on_request_and_only_those_of_a_lookup(folder):
    ran = annexa("sources", "check", "ssd-descriptions", "--extracts", folder, "--show-values")
    assert re.search(
        r"placement_type +3 +12 +odd placement\n +placement \ufffd7odd\n +and 1 not shown: rare, or not plainly",
        ran.out,
        re.M,
    )
    assert re.search(r"source +21 +21 +21 not shown: rare, or not plainly codes$", ran.out, re.M)
    assert "Secret" not in ran.out + ran.err
    ran = annexa("sources", "check", "ssd-descriptions", "--extracts", folder, "--show-values", "--json")
    shown = [value for each in json.loads(ran.out) for gap in each["unknown"] for value in gap["values"]]
    assert shown == ["odd placement", "placement \x1b7odd"]


def test_sources_list_and_show_say_what_a_profile_extends(tmp_path):
    listed = annexa("sources", "list")
    assert re.search(r"^ssd-codes +ssd  ", listed.out, re.M)
    assert re.search(r"^ssd  +-  ", listed.out, re.M)
    extends = {each["name"]: each["extends"] for each in json.loads(annexa("sources", "list", "--json").out)}
    assert extends == {"local-example": [], "ssd": [], **{name: ["ssd"] for name in SHAPES}}
    path = tmp_path / "ours.toml"
    path.write_text('title = "Ours"\nextends = "ssd-codes"\n', encoding="utf-8")
    assert "ours extends ssd-codes, which extends ssd." in annexa("sources", "show", path).out
    assert "extends" not in annexa("sources", "show", "ssd").out
