"""What findings of Lists 1 to 5 say beside whom they are about: shares, due dates, values; records that overlap."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import polars as pl
import pytest

from annexa.checks.run import PASSED
from annexa.checks.shapes import with_latest_end
from tests.support.checks import Block, run_block


def findings(check, on="extract", options=None, **tables):
    """The findings of a check about these tables, as dicts; lists are given as list_1 and so on."""
    tables = {name.removeprefix("list_"): rows for name, rows in tables.items()}
    columns = {name: list(dict.fromkeys(key for row in rows for key in row)) for name, rows in tables.items()}
    rows = {name: [{key: row.get(key, "") for key in columns[name]} for row in each] for name, each in tables.items()}
    return run_block(Block("here", check, on, "", options or {}, rows, columns))


def rows_of(check, *args, **given):
    """The rows of findings()."""
    found = findings(check, *args, **given).findings
    return found.filter(found["check"] == check).to_dicts()


def contacts(unknown, known):
    """Contacts of as many children, the first of them without a source."""
    return [
        {"person_id": f"C{number}", "contact_date": "2025-02-03", "contact_source": "" if number < unknown else "6"}
        for number in range(unknown + known)
    ]


def test_a_share_stands_beside_those_behind_it():
    rows = rows_of("AA-102", contacts=contacts(2, 37))
    assert sorted(str(row["child"]) for row in rows) == ["C0", "C1", "None"]
    (share,) = [row for row in rows if row["child"] is None]
    assert (share["value"], share["row"], share["event"], share["list"]) == ("2 of 39 (5.1%)", None, None, 1)


@pytest.mark.parametrize(("unknown", "known"), [(2, 38), (0, 1)])
def test_up_to_the_share_nothing_is_said(unknown, known):
    checked = findings("AA-102", contacts=contacts(unknown, known))
    result = checked.result("AA-102")
    assert (result.status, result.tested, result.found) == (PASSED, unknown + known, 0)
    assert not checked.findings.height


def test_both_tables_of_early_help_make_one_share():
    rows = rows_of(
        "AA-203",
        early_help_episodes=[{"person_id": "C1"}, {"person_id": "C2", "organisation": "School"}],
        early_help_assessments=[{"person_id": "C3"}],
    )
    assert [row["value"] for row in rows if row["child"] is None] == ["2 of 3 (66.7%)"]


def test_a_check_that_lacks_one_of_its_tables_says_so():
    result = findings("AA-205", early_help_episodes=[{"person_id": "C1"}], cp_plans=[{"person_id": "C2"}]).result(
        "AA-205"
    )
    assert result.status == PASSED
    assert result.reasons == (
        "annexa_early_help_assessments was not supplied",
        "ssd_cla_episodes was not supplied",
    )


def test_a_double_contact_names_the_first():
    twice = [{"person_id": "C1", "contact_date": "2025-02-03", "contact_source": "6", "contact_id": key}
             for key in ("10", "9")]  # fmt: skip
    (row,) = rows_of("AA-103", contacts=twice)
    assert (row["event"], row["value"], row["row"]) == ("10", "9", 2)


ASSESSMENT = {"assessment_id": "A1", "person_id": "C1", "referral_id": "R1", "start_date": "2025-03-24"}


def test_an_overdue_assessment_counts_from_the_referral_and_gives_both():
    referral = {"referral_id": "R1", "person_id": "C1", "referral_date": "2025-03-20"}
    (row,) = rows_of("AA-405", assessments=[ASSESSMENT], cin_episodes=[referral])
    assert (row["event"], row["due_date"], row["days_overdue"]) == ("A1", date(2025, 5, 28), 5)
    assert row["value"] == "48 working days from the referral, 46 from the start of the assessment"
    (row,) = rows_of("AA-405", assessments=[ASSESSMENT], cin_episodes=[{**referral, "person_id": "C2"}])
    assert (row["due_date"], row["days_overdue"]) == (date(2025, 5, 30), 3)
    assert row["value"] == "46 from the start of the assessment"


def test_an_overdue_conference_counts_working_days():
    enquiry = {"enquiry_id": "E1", "person_id": "C1", "start_date": "2025-05-08", "nfa": ""}
    (row,) = rows_of("AA-506", options={"supplied": "conferences,cp_plans"}, section_47_enquiries=[enquiry])
    assert (row["event"], row["due_date"], row["days_overdue"]) == ("E1", date(2025, 5, 30), 3)


def test_counts_are_reported_once_a_child_with_what_was_worked_out():
    rows = [{"person_id": "C1", "start_date": day, "conference_date": "", "enquiries_in_12_months": "0",
             "conferences_in_12_months": "0"} for day in ("2025-01-10", "2025-03-10")]  # fmt: skip
    (row,) = rows_of("AA-508", "lists", list_5=rows)
    assert (row["child"], row["value"], row["row"]) == ("C1", "0/0 given, 1/0 worked out", 3)
    rows = [
        {"person_id": "C1", "referral_date": day, "referrals_in_12_months": "0"} for day in ("2025-01-10", "2025-03-10")
    ]
    (row,) = rows_of("AA-303", "lists", list_3=rows)
    assert (row["value"], row["row"]) == ("0 given, 1 worked out", 3)


def test_many_enquiries_are_the_childs_and_no_records():
    enquiries = [{"person_id": "C1", "start_date": f"2025-0{month}-06"} for month in (1, 2, 3)]
    (row,) = rows_of("AA-512", section_47_enquiries=enquiries)
    assert (row["child"], row["event"], row["row"], row["value"]) == ("C1", None, None, "3")


def test_an_assessment_under_a_closed_episode_gives_the_closure():
    closed = {"referral_id": "R1", "person_id": "C1", "referral_date": "2025-03-20", "close_date": "2025-05-01"}
    (row,) = rows_of("AA-408", assessments=[{**ASSESSMENT, "authorised_date": ""}], cin_episodes=[closed])
    assert (row["event"], row["value"]) == ("A1", "2025-05-01")


def test_records_that_overlap_are_found_as_by_comparing_each_with_each():
    """Random spells of a few children, some open, some of no length, in many orders."""
    random = Random(7)
    days = [date(1969, 12, 20) + timedelta(days=number) for number in range(25)]
    for _ in range(40):
        spells = []
        for number in range(12):
            start, end = sorted((random.choice(days), random.choice(days)))
            open_ended = random.random() < 0.2
            spells.append(
                (random.choice("ABC"), str(number), start, None if open_ended else end, random.random() < 0.8)
            )
        frame = pl.DataFrame(spells, schema=["person_id", "key", "start", "end", "counts"], orient="row")
        found = with_latest_end(frame, "start", pl.col("end"), counts=pl.col("counts"), identifier="key")
        got = dict(found.select("key", "_latest_end").iter_rows())
        for child in "ABC":
            never = date(9999, 12, 31)
            mine = sorted((s for s in spells if s[0] == child), key=lambda s: (s[2], s[3] or never, int(s[1])))
            latest = None
            for before, now in pairwise([None, *mine]):
                if before and before[4]:
                    latest = max(filter(None, (latest, before[3] or never)))
                assert got[now[1]] == latest
