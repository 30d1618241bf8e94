"""One child's story: a sentence for every reason, for every list, and for every record; and how it reads."""

import json
import re
from datetime import date
from functools import cache
from string import Formatter

import polars as pl
import pytest

from annexa.editions import edition_names, load_edition
from annexa.findings import findings
from annexa.lists.early_help import family_fates
from annexa.lists.reasons import REASONS
from annexa.lists.registry import COHORTS
from annexa.records import RECORDS
from annexa.story.because import BECAUSE
from annexa.story.facts import FACTS
from annexa.story.model import NOT_SUPPLIED, OFF, ON
from annexa.story.records import ALWAYS, DETAILS, OF_STAFF, READS
from annexa.story.sentences import ASIDE, SENTENCES, VARIANTS
from annexa.story.text import WIDTH, lines_of
from annexa.story.words import NOUNS, shown
from tests.spec.adapter import outcome
from tests.spec.test_membership import EXAMPLES
from tests.support.build import build
from tests.support.telling import PERSON, SINCE_2025, D, tell, tell_list

EXAMPLE = {example["id"]: example for example in EXAMPLES}


@cache
def of_example(name: str):
    """What the story says of a worked example's list."""
    example = EXAMPLE[name]
    child = "A1" if example["list"] == 11 else example["facts"].get("child", "C1")
    return tell(outcome(example).result, child, [example["list"]]).lists[0]


# Closed tables.


def test_every_reason_has_its_sentence():
    assert SENTENCES.keys() == REASONS.keys()
    assert ASIDE.keys() - {"IGNORED"} <= REASONS.keys()
    assert {cohort for cohort, _ in VARIANTS} <= COHORTS.keys()
    assert {reason for _, reason in VARIANTS} <= REASONS.keys()


def test_sentences_have_no_gap_that_nothing_fills_and_no_full_stop():
    sentences = [*SENTENCES.values(), *VARIANTS.values()]
    texts = [text for each in sentences for text in (each.dated, each.undated) if text] + list(ASIDE.values())
    for text in texts:
        gaps = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        assert gaps <= {"it", "its", "date", "window", "as_at", "kept", "shown", "cared", "unended"}
        assert text[0] == "{" or text[0].islower()
        assert not text.endswith(".")
    assert not any("{date}" in each.undated for each in sentences)


def test_every_list_and_every_record_has_its_words():
    assert BECAUSE.keys() == READS.keys() == COHORTS.keys()
    assert FACTS.keys() <= COHORTS.keys()
    specs = [spec for name in edition_names() for spec in load_edition(name).lists.values()]
    assert {record for spec in specs for record in spec.records} == NOUNS.keys()
    assert {record for each in READS.values() for record in each} | set(ALWAYS) <= RECORDS.keys()
    nobodys = {name for name, record in RECORDS.items() if not record.meta.person}
    assert nobodys == {*DETAILS, *OF_STAFF, "merged_ids"}
    known = RECORDS.keys() - nobodys
    for name, (field, owner) in DETAILS.items():
        assert field in RECORDS[name].fields()
        assert field in RECORDS[owner].fields()
        assert owner in known
        known |= {name}


# Every reason, drawn.

ANSWERS = {
    "L1-01": "On List 1: yes, because the contact K1 is dated 04/03/2018, inside the window from 04/03/2018 to "
    "04/06/2018.",
    "L2-09": "On List 2: yes, because the early help assessment EA1 and the early help episode E1 began on the same "
    "day and make one row, and one of them at least was open on 02/06/2025.",
    "L4-02": f"On List 4: yes, because the assessment A1 ended on 02/12/2024, inside {SINCE_2025}.",
    "L4-13": "On List 4: yes, because the assessment A1 was open on 28/05/2025.",
    "L5-01": f"On List 5: yes, because the strategy discussion of the section 47 enquiry S1 was on 02/12/2024, inside "
    f"{SINCE_2025}.",
    "L5-03": f"On List 5: yes, because the section 47 enquiry S1 ended or had its conference on 09/12/2024, inside "
    f"{SINCE_2025}.",
    "L5-08": "On List 5: yes, because the section 47 enquiry S1 ended on 04/12/2017, inside the window from 04/12/2017 "
    "to 04/06/2018.",
    "L5-10": "On List 5: yes, because the section 47 enquiry S1 was open on 02/06/2025: no end and no conference held "
    "is recorded.",
    "L6-01": "On List 6: yes, because the episode of need of the referral R1 of 10/01/2016 was open on 04/06/2018, and "
    "more than a referral belongs to it.",
    "L6-22": "On List 6: yes, because the child protection plan P1 since 03/03/2025 was open on 02/06/2025, and no "
    "episode of need that the list could show tells of it: the row was added.",
    "L6-24": "On List 6: yes, because the child protection plan P1 from 01/05/2024 to 10/02/2025 ended inside "
    f"{SINCE_2025}, and no episode of need that the list could show tells of it: the row was added.",
    "L8-01": "On List 8: yes, because the child was looked after on 04/06/2018, in a period of care that began on "
    "01/03/2012.",
    "L8-06": "On List 8: yes, because the period of care that began on 01/02/2019 is read as ended on the 18th "
    f"birthday, 10/03/2025, inside {SINCE_2025}: no end is recorded.",
    "L9-05": "On List 9: yes, because the young person was looked after on 02/06/2025 and is 16 or over: an eligible "
    "child.",
    "L9-21": "On List 9: yes, because there is a care leaver record, and it counts as current: no leaving care service "
    "is recorded.",
    "L10-01": "On List 10: yes, because the adoption order was made on 04/06/2017, inside the window from 04/06/2017 "
    "to 04/06/2018.",
    "L10-15": "On List 10: yes, because no record of a decision tells of it, but ssd_cla_placement shows an adoption: "
    "the row was added.",
    "L11-03": "On List 11: yes, because the adopter was in the process when the window from 04/06/2017 to 04/06/2018 "
    "began, and was approved or refused after that.",
    "L11-17": "On List 11: yes, because the adopter had applied or begun stage 1 by 02/06/2025, and the process was "
    "not over before the window from 02/06/2024 to 02/06/2025.",
    "L6-33": "Not on List 6: nothing about this person is in ssd_cin_episodes.",
}
LEFT_OUT = {
    "L1-02": ("WINDOW", "it is dated 03/03/2018, which is before the window from 04/03/2018 to 04/06/2018"),
    "L1-11": ("NO_DATE", "it has no date"),
    "L1-12": ("FUTURE", "it is dated 30/05/2025, after 28/05/2025: that is planned and has not happened"),
    "L1-14": ("ADULT", "the person was 18 or over on 01/03/2025, when it began or happened"),
    "L2-11": ("NO_DATE", f"it has no date of its own to place it by, and it ended on 30/11/2024, before {SINCE_2025}"),
    "L2-12": ("DIED", f"it was open when the child died on 20/11/2024, which is before {SINCE_2025}"),
    "L4-03": ("WINDOW", f"it ended on 01/12/2024, which is before {SINCE_2025}"),
    "L4-09": (
        "CLOSED_WITH_EPISODE",
        f"it was never authorised, and its episode of need was closed on 15/11/2024, which is before {SINCE_2025}",
    ),
    "L4-12": ("CANCELLED", "the source says that it was cancelled or recorded in error"),
    "L5-12": (
        "WINDOW",
        f"it began before {SINCE_2025}, and had ended or had its conference by 18/10/2024, before it too",
    ),
    "L6-05": (
        "RC8",
        (
            "its episode of need was closed on 20/03/2025 after assessment (RC8 or RC9), and nothing beyond closed "
            "assessments belongs to it"
        ),
    ),
    "L6-06": (
        "REFERRAL_ONLY",
        (
            "nothing but the referral is there: no assessment, section 47 enquiry, plan, period of care, short break "
            "or visit belongs to it"
        ),
    ),
    "L6-13": ("NFA", "it led to no further action, and nothing beyond assessments that have closed belongs to it"),
    "L6-22": (
        "SUPERSEDED",
        ("it could stand there, but the list has one row for each child, and the row that was added goes before it"),
    ),
    "L6-26": (
        "CARE_LEAVER_ONLY",
        (
            "its episode of need is open, the person is 18 or over or has a care leaver record, and no assessment, "
            f"section 47 enquiry, plan, period of care or short break was open on 02/06/2025 or ended in {SINCE_2025}"
        ),
    ),
    "L7-05": (
        "SUPERSEDED",
        (
            "it could stand there, but the list has one row for each child, and the child protection plan P2 of "
            "01/05/2025 goes before it"
        ),
    ),
    "L7-08": ("OTHER_LA_PLAN", "it is a temporary plan that is held for another authority"),
    "L7-14": (
        "CONFLICT",
        (
            "it has the same identifier as the record in row 3, which stands in its place: of such records an open one "
            "is taken, else the one that began later, else the one with fewer blanks"
        ),
    ),
    "L8-03": (
        "WINDOW",
        (
            "it belongs to a period of care that ended on 03/12/2017, which is before the window from 04/12/2017 to "
            "04/06/2018"
        ),
    ),
    "L8-04": (
        "SUPERSEDED",
        (
            "it belongs to an earlier period of care, and the list has one row for each child: the period of care that "
            "began on 03/03/2025"
        ),
    ),
    "L8-05": ("SHORT_BREAK", "it belongs to a period of care that was short breaks only"),
    "L8-07": (
        "AGE_18",
        (
            "it belongs to a period of care that is read as ended on the 18th birthday, 01/11/2024, which is before "
            f"{SINCE_2025}: no end is recorded"
        ),
    ),
    "L9-03": ("SERVICE_ENDED", "leaving care services ended on 31/05/2018"),
    "L9-06": ("AGE_25", "the person turned 25 on 02/06/2025, and no leaving care service was open on 02/06/2025"),
    "L9-08": ("DIED", "the young person died on 01/04/2025"),
    "L9-19": ("DIED", "the record says that the young person has died"),
    "L9-12": ("LOOKED_AFTER", "the young person was looked after on 02/06/2025, and is not a care leaver yet"),
    "L9-14": (
        "NO_ELIGIBILITY",
        "every care leaver record of the person says: not eligible for leaving care services",
    ),
    "L10-07": ("FUTURE", "its decision is dated after 02/06/2025: that is planned and has not happened"),
    "L10-14": (
        "AGE_18",
        (
            "the child's 18th birthday ended its decision before the window from 02/06/2024 to 02/06/2025 (latest date "
            "of an end: 01/03/2024)"
        ),
    ),
    "L11-06": ("ENQUIRY_ONLY", "it shows an enquiry, and no application and no stage 1"),
    "L11-12": ("ON_HOLD", "it says that the process is on hold"),
    "L11-19": (
        "WINDOW",
        (
            "it shows a process that was over before the window from 02/06/2024 to 02/06/2025: an order or a leaving "
            "ends it, and a refusal only where no leaving is recorded (latest of the three: 01/03/2022)"
        ),
    ),
}
DRAWN = {"DUPLICATE", "NO_CHILD_ID", "NOT_ADOPTION"}  # below, each in a test of its own


def test_every_reason_is_drawn():
    assert {reason for reason, _ in LEFT_OUT.values()} | DRAWN == REASONS.keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer(name):
    told = of_example(name)
    assert told.answer == ANSWERS[name]
    assert (told.state == ON) is bool(EXAMPLE[name]["expected"])


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_was_made_of_a_record_that_is_left_out(name):
    reason, sentence = LEFT_OUT[name]
    fates = [each.fate for each in of_example(name).records if each.reason == reason]
    assert fates == [f"Left out ({reason}): {sentence}."]


def test_the_record_that_came_nearest_speaks_for_the_list():
    rows = [{"cont_contact_id": f"K{n}", "cont_contact_date": day} for n, day in enumerate(
        (None, "2024-12-01", "2024-11-30", "2025-06-03")
    )]  # fmt: skip
    told = tell_list(1, contacts(*rows))
    assert [each.reason for each in told.records] == ["NO_DATE", "WINDOW", "WINDOW", "FUTURE"]
    assert told.answer == (
        f"Not on List 1: the contact K1 is dated 01/12/2024, which is before {SINCE_2025}. There are 3 more records, "
        "which are left out too."
    )
    told = tell_list(1, contacts(*rows[1:3]))
    assert told.answer.endswith(f"before {SINCE_2025}. There is another record, which is left out too.")


def contacts(*rows):
    return {"ssd_person": [dict(PERSON)], "ssd_contacts": [{"cont_person_id": "C1", **row} for row in rows]}


PLAN = {"cppl_cp_plan_id": "P1", "cppl_cp_plan_start_date": "2024-01-01", "cppl_cp_plan_end_date": "2024-05-01"}
OPEN_PLAN = {"cppl_cp_plan_id": "P1", "cppl_cp_plan_start_date": "2024-06-01"}
ROW_2 = "it is the same in every cell as the record in row 2"
BEST = "of such records an open one is taken, else the one that began later, else the one with fewer blanks"
STANDING = {  # what stands in the place of a record: its fellows in the file, and what is made of each
    "listed": ([OPEN_PLAN, OPEN_PLAN], [None, f"{ROW_2}, which stands in its place"]),
    "left out itself": ([PLAN, PLAN], ["WINDOW", f"{ROW_2}, which stands in its place"]),
    "in the future": (
        [{**PLAN, "cppl_cp_plan_start_date": "2025-06-03", "cppl_cp_plan_end_date": None}] * 2,
        ["FUTURE", f"{ROW_2}, which stands in its place"],
    ),
    "beaten itself": (
        [PLAN, PLAN, OPEN_PLAN],
        [
            f"it has the same identifier as the record in row 4, which stands in its place: {BEST}",
            f"{ROW_2}, and the record in row 4 with the same identifier stands in the place of both",
            None,
        ],
    ),
}


@pytest.mark.parametrize("name", STANDING)
def test_what_stands_in_the_place_of_a_record(name):
    rows, expected = STANDING[name]
    told = tell_list(7, {"ssd_person": [PERSON], "ssd_cp_plans": [{"cppl_person_id": "C1", **row} for row in rows]})
    assert len(told.records) == len(expected)
    for record, words in zip(told.records, expected, strict=True):
        if words is None:
            assert (record.reason, record.fate) == (None, "It counts towards a row of the list.")
        elif words in REASONS:
            assert record.reason == words
        else:
            assert record.fate == f"Left out ({record.reason}): {words}."
        assert ("counts" in record.fate) is (record.reason is None)


def test_several_rows_are_told_one_by_one():
    rows = [{"cont_contact_id": f"K{n}", "cont_contact_date": f"2025-03-0{n}"} for n in (1, 2)]
    story = tell(build(contacts(*rows), inspection_date=D))
    text = "\n".join(lines_of(story))
    assert "On List 1: yes, with 2 rows:\n- The contact K2 is dated 02/03/2025" in text
    assert "Row 2 on the list:\n  Child Unique ID: C1" in text


def test_a_record_that_speaks_of_no_adoption():
    tables = {
        "ssd_person": [PERSON],
        "ssd_permanence": [
            {"perm_table_id": "P1", "perm_person_id": "C1", "perm_permanence_order_date": "2025-02-01",
             "perm_permanence_order_type": "SGO"},
        ],
    }  # fmt: skip
    told = tell(build(tables, inspection_date=D), numbers=[10]).lists[0]
    (record,) = told.records
    assert record.fate == (
        "Left out (NOT_ADOPTION): neither it nor the period of care behind it speaks of an adoption by an agency."
    )
    assert ("Day of the permanence order", "01/02/2025") in record.facts


# Families, merged identifiers, other people's records.


def family(*members, **cells):
    return {
        "ssd_person": [
            {"pers_person_id": name, "pers_dob": born, "pers_death_date": died} for name, born, died in members
        ],
        "annexa_early_help_assessments": [
            {"assessment_id": "E1", "family_id": "F1", "start_date": "2024-06-03", **cells}
        ],
        "annexa_early_help_families": [{"family_id": "F1", "person_id": name} for name, _, _ in members],
    }


def test_a_family_record_has_its_own_fate_for_each_member():
    members = [("C1", "2015-01-01", ""), ("C2", "2016-01-01", "2024-08-01"), ("M", "1985-01-01", "")]
    result = build(family(*members), inspection_date=D)
    assert result.reasons(2) == {"E1": None}
    one, other, mother = (tell(result, name, [2]).lists[0] for name in ("C1", "C2", "M"))
    assert (one.state, other.state, mother.state) == (ON, OFF, OFF)
    assert one.answer == "On List 2: yes, because the early help assessment E1 was open on 02/06/2025."
    assert [each.reason for told in (one, other, mother) for each in told.records] == [None, "DIED", "ADULT"]
    assert "died on 01/08/2024" in other.answer


LONG_AGO = {"family_id": "F1", "start_date": "2023-06-03", "completed_date": "2023-08-01"}
EA_OPEN = {"family_id": "F1", "start_date": "2025-01-03"}
ENDED = f"it ended on 01/08/2023, which is before {SINCE_2025}"


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([LONG_AGO], ["WINDOW"]),
        ([LONG_AGO, EA_OPEN], ["WINDOW", None]),
        ([{**LONG_AGO, "assessment_id": "E1"}, {**EA_OPEN, "assessment_id": "E1"}], ["WINDOW", None]),
        ([{**EA_OPEN, "assessment_id": "E1"}, {**EA_OPEN, "assessment_id": "E1"}], [None, "DUPLICATE"]),
    ],
)
def test_a_family_record_counts_by_its_row_and_not_by_its_identifier(rows, reasons):
    tables = {**family(("C1", "2012-05-05", "")), "annexa_early_help_assessments": rows}
    told = tell_list(2, tables)
    assert [each.reason for each in told.records] == reasons
    assert [f"Left out (WINDOW): {ENDED}." for each in reasons if each == "WINDOW"] == [
        each.fate for each in told.records if each.reason == "WINDOW"
    ]
    assert (told.state == ON) is (None in reasons)


def test_a_family_record_without_an_identifier_is_listed():
    told = tell_list(2, family(("C1", "2012-05-05", ""), assessment_id=None))
    assert told.answer == "On List 2: yes, because the early help assessment was open on 02/06/2025."
    assert [each.reason for each in told.records] == [None]


def test_an_account_that_disagrees_with_the_list_is_no_crash(monkeypatch):
    result = build(family(("C1", "2012-05-05", ""), **LONG_AGO), inspection_date=D, lists=[2])

    def counts(*given):
        return family_fates(*given).with_columns(pl.lit(None, pl.String).alias("reason"))

    monkeypatch.setattr("annexa.story.tell.family_fates", counts)
    assert tell(result, numbers=[2]).lists[0].answer == "Not on List 2: none of its rows is this person's."


def test_a_family_without_a_child_can_be_listed_for_nobody():
    told = tell(build(family(("M", "1985-01-01", "")), inspection_date=D), "M", [2]).lists[0]
    (record,) = told.records
    assert (
        record.fate
        == (
            "Left out (NO_CHILD_ID): it names nobody who could be listed: no child, and no family with a child in it. "
        ).strip()
    )
    assert record.finding == "AA-R19"


@cache
def merged():
    tables = contacts({"cont_contact_id": "K1", "cont_contact_date": "2025-03-01"})
    tables["ssd_contacts"].append({"cont_person_id": "OLD", "cont_contact_id": "K2", "cont_contact_date": "2025-03-02"})
    tables["annexa_merged_ids"] = [
        {"old_person_id": "OLDEST", "person_id": "OLD"},
        {"old_person_id": "OLD", "person_id": "C1"},
    ]
    return build(tables, inspection_date=D)


@pytest.mark.parametrize("asked", ["C1", "OLD", "OLDEST", " OLD "])
def test_merged_identifiers_are_followed_as_the_build_follows_them(asked):
    reading = findings("AA-R01", "error", "unreadable", child="OLD")
    other = findings("AA-R01", "error", "unreadable", child="C9")
    story = tell(merged(), asked, found=pl.concat([reading, other]))
    assert (story.child, story.merged) == ("C1", ("OLD", "OLDEST"))
    assert len(story.lists[0].rows) == 2
    assert [each.message for each in story.findings] == ["unreadable"]
    assert "OLD and OLDEST were merged into C1." in lines_of(story)
    assert [each.row for each in story.others if each.record == "merged_ids"] == [2, 3]


def test_the_records_of_a_merged_person():
    born = {"pers_dob": "2012-05-05"}
    persons = [{"pers_person_id": "C1", **born}, {"pers_person_id": "C1", **born}]
    persons += [{"pers_person_id": "OLD", **born, "pers_sex": "F"}]
    merges = [{"old_person_id": "OLD", "person_id": "C1"}]
    story = tell(build({"ssd_person": persons, "annexa_merged_ids": merges}, inspection_date=D))
    assert [(each.row, each.fate) for each in story.others if each.record == "persons"] == [
        (2, ""),
        (3, f"Takes no part (DUPLICATE): {ROW_2}, which stands in its place."),
        (
            4,
            (
                "Takes no part (CONFLICT): it is about the same person as the record in row 2, which stands in its "
                "place: of such records one under the current identifier is taken, else the one with fewer blanks; "
                "where it is blank, one under an older identifier fills in."
            ),
        ),
    ]


def test_an_identifier_that_no_table_has():
    result = merged()
    assert tell(result, "C9") is None
    assert tell(result, "") is None
    assert tell(result, "c1") is None


def test_an_adopter():
    tables = {
        "ssd_person": [PERSON],
        "annexa_adopters": [{"adopter_id": "A1", "family_id": "F1", "stage1_start_date": "2025-01-01"}],
    }
    story = tell(build(tables, inspection_date=D), "A1")
    assert story.person == "The extract knows this identifier as a prospective adopter."
    assert [each.number for each in story.lists if each.state == ON] == [11]
    assert {each.state for each in story.lists[:10]} == {NOT_SUPPLIED}
    assert story.lists[0].answer == "List 1 was not built: the extract does not have ssd_contacts."


def test_a_decision_of_another_childs_period_of_care():
    tables = {
        "ssd_person": [PERSON, {"pers_person_id": "C2", "pers_dob": "2015-01-01"}],
        "ssd_cla_episodes": [
            {"clae_person_id": "C2", "clae_cla_episode_id": "E1", "clae_cla_id": "Z",
             "clae_cla_episode_start_date": "2020-01-01"},
        ],
        "ssd_permanence": [
            {"perm_table_id": "P1", "perm_cla_id": "Z", "perm_person_id": "C1", "perm_adm_decision_date": "2024-01-01"},
        ],
    }  # fmt: skip
    result = build(tables, inspection_date=D)
    named, owner = tell(result, "C1"), tell(result, "C2")
    (aside,) = [each for each in named.others if each.record == "permanence"]
    assert aside.fate == "It names this child, and its period of care is another child's: it counts for that one."
    assert "C2" not in "\n".join(lines_of(named))
    assert [each.number for each in owner.lists if each.state == ON and each.number == 10] == [10]
    assert [each.row for each in owner.lists[9].records] == [2]
    (later,) = [each for each in tell(result, "C2", [6]).others if each.record == "care_episodes"]
    assert later.fate == ""


def test_records_that_name_a_record_of_the_childs_go_with_it():
    tables = {
        "ssd_person": [PERSON],
        "ssd_cla_episodes": [
            {"clae_person_id": "C1", "clae_cla_episode_id": "E1", "clae_cla_id": "Z",
             "clae_cla_episode_start_date": "2024-01-01"},
        ],
        "ssd_cla_reviews": [
            {"clar_cla_review_id": "V1", "clar_cla_id": "Z", "clar_cla_review_date": "2024-02-01"},
            {"clar_cla_review_id": "V2", "clar_cla_id": "Y", "clar_cla_review_date": "2024-03-01"},
        ],
        "ssd_cla_placement": [
            {"clap_person_id": "C1", "clap_cla_placement_id": "L1", "clap_cla_placement_start_date": "2024-01-01"},
        ],
        "annexa_placement_locations": [{"placement_id": "L2", "location": "b)"}, {"placement_id": "L1"}],
    }  # fmt: skip
    story = tell(build(tables, inspection_date=D))
    told = {(each.record, each.row) for each in story.others}
    assert {("care_reviews", 2), ("placements", 2), ("placement_locations", 3)} <= told
    assert ("care_reviews", 3) not in told
    assert ("placement_locations", 2) not in told


def test_of_one_list_only_the_records_that_it_reads_and_its_findings_are_told():
    tables = contacts({"cont_contact_id": "K1", "cont_contact_date": "2025-03-01"})
    tables["ssd_cin_visits"] = [{"cinv_person_id": "C1", "cinv_cin_visit_date": "2025-03-01"}]
    found = pl.concat(findings("AA-G01", "error", f"of {n}", list=n, child="C1") for n in (1, 3, None))
    story = tell(build(tables, inspection_date=D), numbers=[1], found=found)
    assert {each.record for each in story.others} == {"persons"}
    whole = tell(build(tables, inspection_date=D), found=found)
    assert {each.record for each in whole.others} == {"persons", "cin_visits"}
    assert {each.message for each in whole.findings} == {"of 1", "of 3", "of None"}
    assert {each.message for each in story.findings} == {"of 1", "of None"}


def test_of_one_list_a_finding_about_a_record_that_is_told_is_shown_whatever_its_list():
    """The referral that List 6 leaves out is List 3's too, and what is wrong with it explains the answer."""
    tables = {
        "ssd_person": [PERSON],
        "ssd_cin_episodes": [
            {"cine_person_id": "C1", "cine_referral_id": "R1"},
            {"cine_person_id": "C9", "cine_referral_id": "R2"},
        ],
        "ssd_cin_plans": [{"cinp_person_id": "C1", "cinp_cin_plan_id": "N1"}],
        "ssd_contacts": [{"cont_person_id": "C1", "cont_contact_id": "K1"}],
    }
    places = [
        *((table, 2) for table in ("ssd_cin_episodes", "ssd_cin_plans", "ssd_person", "ssd_contacts")),
        ("ssd_cin_episodes", 3),
        ("ssd_cin_plans", None),
        (None, 2),
        (None, None),
    ]
    found = [
        findings("AA-308", "error", f"{child} {number} {table} {row}", list=number, child=child, table=table, row=row)
        for child in ("C1", None, "C9")
        for number in (6, 3, None)
        for table, row in places
    ]
    story = tell(build(tables, inspection_date=D), numbers=[6], found=pl.concat(found))
    told = ["ssd_cin_episodes 2", "ssd_cin_plans 2", "ssd_person 2"]  # all that List 6 looks at; no contacts
    other = ["ssd_contacts 2", "ssd_cin_episodes 3", "ssd_cin_plans None", "None 2", "None None"]
    expected = {f"C1 {number} {place}" for number in (6, None) for place in (*told, *other)}
    expected |= {f"C1 3 {place}" for place in told}
    expected |= {f"None {number} {place}" for number in (6, 3, None) for place in told}
    expected |= {f"None {number} ssd_contacts 2" for number in (6, None)}
    assert {each.message for each in story.findings} == expected
    assert len(story.findings) == len(expected)


def test_the_finding_that_explains_the_answer_is_shown_with_it():
    referral = {"cine_person_id": "C1", "cine_referral_id": "R1", "cine_close_date": "2024-12-01"}
    result = build({"ssd_person": [PERSON], "ssd_cin_episodes": [referral]}, inspection_date=D)
    story = tell(result, numbers=[6], found=result.checked("AA-308"))
    assert story.lists[0].answer == (
        "Not on List 6: the referral R1 has no date, and its episode of need was closed on 01/12/2024, which is before "
        f"{SINCE_2025}."
    )
    assert [(each.check, each.list, each.table, each.row) for each in story.findings] == [
        ("AA-308", 3, "ssd_cin_episodes", 2)
    ]


def test_a_finding_without_a_child_belongs_to_the_child_of_its_row():
    result = build(contacts({"cont_contact_id": "K1"}, {"cont_contact_id": "K2"}), inspection_date=D)
    found = [findings("AA-R01", "error", str(n), table="ssd_contacts", row=n) for n in (2, 4)]
    assert [each.message for each in tell(result, found=pl.concat(found)).findings] == ["2"]


# How it reads.


def test_a_later_date_is_not_told_and_is_said_to_be_left_aside():
    tables = {
        "ssd_person": [PERSON],
        "ssd_cp_plans": [
            {"cppl_cp_plan_id": "P1", "cppl_person_id": "C1", "cppl_cp_plan_start_date": "2025-01-01",
             "cppl_cp_plan_end_date": "2025-07-01"},
        ],
    }  # fmt: skip
    (record,) = tell(build(tables, inspection_date=D), numbers=[7]).lists[0].records
    assert record.facts == (
        ("First day", "01/01/2025"),
        ("Later than 02/06/2025, and so not looked at", "one date or more"),
    )


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([{}], ["  Row 2: workers, teams and their roles, which are not told."]),
        ([{}, {"invo_involvement_end_date": "2025-06-03"}, {"invo_professional_role_id": "SW"}],
         ["  Rows 2, 3 and 4: workers, teams and their roles, which are not told."]),
        ([{}, {}, {"invo_involvement_start_date": "2025-06-03"}],
         ["  Row 2: workers, teams and their roles, which are not told.",
          "  Row 3. First day of the involvement: 01/02/2024. Takes no part (DUPLICATE):"]),
    ],
)  # fmt: skip
def test_involvements_are_named_by_row_since_nothing_but_their_days_is_told(rows, lines):
    row = {"invo_person_id": "C1", "invo_involvement_start_date": "2024-02-01"}
    tables = {"ssd_person": [PERSON], "ssd_involvements": [{**row, **each} for each in rows]}
    story = tell(build(tables, inspection_date=D))
    text = lines_of(story)
    start = text.index("ssd_involvements:") + 1
    assert text[start : start + len(lines)] == lines
    whole = " ".join(text[start : text.index("Findings")])
    assert whole.count("First day of the involvement") == len(re.findall(r"Row \d+\.", whole))
    assert len([each for each in story.others if each.record == "involvements"]) == len(rows)


def test_what_belongs_to_which_episode_of_need_is_told():
    assert of_example("L6-29").facts == ()
    plan = "Child in need plan N1 from 01/11/2024, open on 02/06/2025: belongs to no episode of need."
    assert of_example("L6-19").facts == (plan,)
    assert of_example("L6-33").facts[-1] == (
        "The option list6_additions is off: a service alone puts nobody on the list."
    )
    assert of_example("L8-04").facts == (
        "Period of care from 01/02/2024 to 10/01/2025.",
        "Period of care from 03/03/2025, open on 02/06/2025.",
    )


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ({"pers_dob": "2012-06-02"}, "Born on 02/06/2012; aged 13."),
        (
            {"pers_dob": "2012-06-02", "pers_death_date": "2025-06-01"},
            "Born on 02/06/2012; aged 12; died on 01/06/2025.",
        ),
        ({"pers_expected_dob": "2025-08-01"}, "Unborn: expected on 01/08/2025."),
        ({"pers_expected_dob": "2025-05-04"}, "Born on 04/05/2025 (an estimate); aged 0."),
        ({}, "No date of birth is recorded."),
    ],
)
def test_who_it_is(person, sentence):
    assert tell(build({"ssd_person": [{"pers_person_id": "C1", **person}]}, inspection_date=D)).person == sentence


def test_a_child_without_a_person_record():
    tables = contacts({"cont_contact_id": "K1", "cont_contact_date": "2025-03-01"})
    tables["ssd_person"][0]["pers_person_id"] = "C2"
    story = tell(build(tables, inspection_date=D))
    assert story.person == "The person table has no record with this identifier."
    assert story.lists[0].state == ON


def test_lists_that_know_nothing_of_the_child_are_named_once():
    tables = contacts({"cont_contact_id": "K1", "cont_contact_date": "2025-03-01"})
    tables["ssd_cp_plans"] = [{"cppl_cp_plan_id": "P1", "cppl_person_id": "C2"}]
    lines = lines_of(tell(build(tables, inspection_date=D)))
    assert "On List 1." in lines
    assert "List 7: Child protection" not in lines
    start = lines.index("On List 1.") + 1
    assert " ".join(lines[start : start + 2]).rstrip() == (
        "Not on List 7: nothing about this person is in the tables from which they start."
    )


def test_lists_that_were_not_built_are_named():
    tables = contacts({"cont_contact_id": "K1", "cont_contact_date": "2025-03-01"})
    lines = lines_of(tell(build(tables, inspection_date=D, lists=[1, 7, 8])))
    start = lines.index("In short")
    assert lines[start:][2:4] == ["On List 1.", "Not built, for want of a table: Lists 7 and 8."]
    lines = lines_of(tell(build({"ssd_person": [PERSON]}, inspection_date=D, lists=[7, 8])))
    assert lines[lines.index("In short") :][2] == "Not built, for want of a table: Lists 7 and 8."


def test_the_text_is_narrow_and_plain_and_moves_no_cursor():
    row = {"cont_contact_id": "K\x1b[2J1", "cont_contact_date": "2025-03-01"}
    story = tell(build(contacts(row), inspection_date=D, extract_date="2025-05-30"))
    lines = lines_of(story)
    assert lines[:3] == [
        "The story of C1",
        "===============",
        "Inspection date 02/06/2025, edition ilacs-2019. The extract is of 30/05/2025:",
    ]
    assert all(len(line) <= WIDTH and line.isascii() and line.isprintable() for line in lines)
    assert any("K [2J1" in line for line in lines)
    assert lines[-1] == "None."


def test_values_in_words():
    assert [shown(each) for each in (None, 3, date(2025, 6, 2), "a\tb\n")] == ["", "3", "02/06/2025", "a b "]
    assert json.loads(json.dumps(shown("é"))) == "é"
