"""Outcomes in words: a value map reads them as the flags that rules look for, and what it lacks is told."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from annexa.errors import UsageError
from annexa.extract.clean import judge
from annexa.extract.gaps import unknown_values
from annexa.records import RECORDS, Kind
from annexa.records.flags import FACTORS, FLAGS
from annexa.sources import load_source
from annexa.sources.match import match
from annexa.sources.outcomes import flags_of, meanings, parts_of
from annexa.sources.profile_of import Found, profile_tables
from annexa.sources.propose import proposal_text
from tests.support.build import build, raw_extract

DAY = date(2018, 6, 4)
PROFILE = """
title = "x"
extends = "ssd"
[values."section_47_enquiries.outcome_json"]
"Progress to conference" = "CP_CONFERENCE_FLAG"
"No further action" = "NFA_FLAG"
"Services; legal" = "PROV_OF_SERVICES_FLAG, LEGAL_ACTION_FLAG"
"Not ended" = "not NFA_FLAG"
"Other" = "none"
[values."care_plans.plan_json"]
"Adoption" = "ADOPTION"
"""
HIDDEN = "rare, or not plainly a code. A build lists them in findings.xlsx"
COLUMN = "s47e_s47_outcome_json"


@pytest.fixture(scope="module")
def profile(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("profile") / "x.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Progress to conference", '{"CP_CONFERENCE_FLAG": "Y"}'),
        ("  progress  TO conference ", '{"CP_CONFERENCE_FLAG": "Y"}'),
        ("Services; legal", '{"PROV_OF_SERVICES_FLAG": "Y", "LEGAL_ACTION_FLAG": "Y"}'),
        ("Not ended", '{"NFA_FLAG": "N"}'),
        ("Other", "{}"),
        ('{"NFA_FLAG": "Y"}', '{"NFA_FLAG": "Y"}'),  # JSON is read as before
        ("Progress", None),  # no part of a text is ever enough
        ("Adoption", None),  # a word of another field
        ('{"NFA_FLAG": "Y"', None),
        (None, None),
        (" ", None),
    ],
)
def test_words_are_read_as_flags(profile, text, read):
    record = RECORDS["section_47_enquiries"]
    frame = pl.DataFrame({COLUMN: pl.Series([text, "Other"], dtype=pl.String)})
    judged = judge(frame, record, {COLUMN: record.fields()["outcome_json"]}, load_source(profile))[COLUMN]
    assert judged.values.to_list() == [read, "{}"]
    assert list(judged.failed) == ([text] if read is None and text and text.strip() else [])
    assert {check for check, _ in judged.failed.values()} <= {"AA-R06"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"a" = "CP_CONFERENCE"', 'values.section_47_enquiries.outcome_json: CP_CONFERENCE is not known'),
        ('"a" = "NFA_FLAG, ADOPTION"', "values.section_47_enquiries.outcome_json: ADOPTION is not known"),
        ('"a" = ""', "values.section_47_enquiries.outcome_json:  is not known"),
        ('"a" = "NFA_FLAG"\n"A " = "none"', "the same value is mapped twice"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused(tmp_path, line, message):
    path = tmp_path / "x.toml"
    path.write_text(f'title = "x"\n[values."section_47_enquiries.outcome_json"]\n{line}\n', encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_source(str(path))
    assert message in refused.value.message


def test_every_field_of_json_has_flags_and_no_other():
    json = {f"{name}.{f.name}" for name, r in RECORDS.items() for f in r.fields().values() if f.kind is Kind.JSON}
    assert json == FLAGS.keys() | FACTORS.keys()
    assert flags_of("assessment_factors", "factors_json") == ("10A", "11A")
    assert flags_of("persons", "gender") == ()
    assert meanings("assessment_factors", "factors_json") == ("10A", "11A", "not 10A", "not 11A", "none")
    assert parts_of("A_FLAG,not B_FLAG , none") == ["A_FLAG", "not B_FLAG", "none"]


def test_the_documentation_has_every_flag():
    text = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+\.\w+_json)` \| ([^|]+) \|", text, re.M)
    assert {path: re.findall(r"`(\w+)`", flags) for path, flags in rows} == {
        path: list(flags) for path, flags in {**FLAGS, **FACTORS}.items()
    }


def enquiry(number: int, outcome: str) -> dict[str, str]:
    return {
        "s47e_s47_enquiry_id": f"S{number}",
        "s47e_person_id": f"C{number}",
        "s47e_s47_start_date": "2018-05-01",
        "s47e_s47_end_date": "2018-05-10",
        COLUMN: outcome,
    }


def tables(*outcomes: str) -> dict[str, list[dict[str, str]]]:
    return {
        "ssd_person": [{"pers_person_id": f"C{number}"} for number in range(len(outcomes))],
        "ssd_s47_enquiry": [enquiry(number, outcome) for number, outcome in enumerate(outcomes)],
    }


WORDS = ("Progress to conference", "No further action", "Other", "Never heard of", "never heard", '{"NFA_FLAG"')


def test_list_5_says_what_the_words_say(profile):
    built = build(tables(*WORDS), inspection_date=DAY, source=profile, lists=[5])
    codes = built.lists[5].codes.with_columns(built.lists[5].rows["person_id"]).sort("person_id")
    heading = next(each.heading for each in built.lists[5].spec.columns if each.derive == "conference_unnecessary")
    assert codes[heading].to_list() == ["N", "Y", None, None, None, None]
    told = built.findings.filter(pl.col("check") == "AA-R46")
    # Damaged JSON is no word that a map could know: AA-R06 tells of it.
    assert told.select("table", "column", "list", "child", "row", "value").rows() == [
        ("ssd_s47_enquiry", COLUMN, 5, None, None, None)
    ]
    (message,) = told["message"]
    assert message.startswith(f"ssd_s47_enquiry: 2 rows hold values of {COLUMN} that no map knows. ")
    assert f'in List 5 the column "{heading.strip()}". ' in message
    assert 'under [values."section_47_enquiries.outcome_json"], to what they mean: CP_CONFERENCE_FLAG, ' in message
    assert "heard" not in message
    assert built.findings.filter(pl.col("check") == "AA-R06").height == 3


def test_without_such_a_word_there_is_no_finding(profile):
    built = build(tables(*WORDS[:3], '{"NFA_FLAG"'), inspection_date=DAY, source=profile, lists=[5])
    assert "AA-R46" not in built.checks()
    assert "AA-R06" in built.checks()


def test_words_that_no_map_knows_are_gaps(profile):
    gaps = unknown_values(raw_extract(tables(*WORDS)), load_source(profile))
    assert gaps.rows() == [
        ("section_47_enquiries", "outcome_json", COLUMN, "", 2, 2, 2, ["Never heard of", "never heard"])
    ]


def test_a_proposal_asks_for_words_and_loads(tmp_path):
    people = pl.DataFrame({"ChildID": [f"C{n}" for n in range(40)], "DOB": ["2001-01-01"] * 40})
    enquiries = {"S47Ref": [f"S{n}" for n in range(40)], "ChildID": people["ChildID"]}
    enquiries |= {"StrategyDate": ["2018-01-01"] * 40, "EndDate": ["2018-01-09"] * 40}
    enquiries |= {"S47Outcome": ["Conference", "No further action"] * 19 + ["Jo Bloggs", "once"]}
    found = profile_tables([Found("Children", people), Found("S47", pl.DataFrame(enquiries))])
    text = proposal_text("x", "extract", found, match(found))
    field = 'section_47_enquiries.outcome_json"'
    assert f'; switched off: it says this in words. Map them under [values."{field}] at the end, then switch it' in text
    begin = text.index(f'[values."{field}] # CP_CONFERENCE_FLAG, NFA_FLAG, ')
    assert text[begin:].splitlines()[1:5] == [
        "# S47.S47Outcome, for section_47_enquiries.outcome_json:",
        '# "Conference" = "" # 19 rows; like no code',
        '# "No further action" = "" # 19 rows; like no code',
        f"#   and 2 values that are not shown: {HIDDEN} (AA-R06)",
    ]
    mapped = text.replace('# "Conference" = ""', '"Conference" = "CP_CONFERENCE_FLAG"')
    for name, content, known in (("plain", text, {}), ("mapped", mapped, {"Conference": "CP_CONFERENCE_FLAG"})):
        path = tmp_path / f"{name}.toml"
        path.write_text(content, encoding="utf-8")
        assert load_source(str(path)).values_of("section_47_enquiries", "outcome_json") == known


def test_codes_that_no_map_knows_are_told_once_a_field():
    rows = [
        {
            "cine_referral_id": f"R{number}",
            "cine_person_id": f"C{number}",
            "cine_referral_date": "2018-01-01",
            "cine_close_date": "2018-05-01",
            "cine_close_reason": reason,
            "cine_referral_source_code": "odd",
        }
        for number, reason in enumerate(["moved on", "moved on", "RC8", "", "else"])
    ]
    extract = {"ssd_person": [{"pers_person_id": f"C{number}"} for number in range(5)], "ssd_cin_episodes": rows}
    found = build(extract, inspection_date=DAY).findings.filter(pl.col("check") == "AA-R46")
    # Of the source of a referral only its own cell is blank: that is AA-R02.
    assert found.select("severity", "table", "column", "list").rows() == [
        ("warning", "ssd_cin_episodes", "cine_close_reason", None)
    ]
    (message,) = found["message"]
    assert message.startswith("ssd_cin_episodes: 3 rows hold values of cine_close_reason that no map knows. ")
    assert "who is on List 6; in List 4 the column " in message
    assert message.endswith('under [values."cin_episodes.close_reason"].')
