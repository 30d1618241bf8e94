"""List 5: the conference of an enquiry, whether one was unnecessary, and the counts of 12 months.

The cases of a table are the children of one run. They share the identifiers of enquiries and conferences, as
siblings do.
"""

import json
from datetime import date

import polars as pl
import pytest

from annexa.lists.build import build_list
from tests.support.build import build
from tests.support.context import context_of

D = "2025-06-02"
UNNECESSARY = "Was an Initial Child Protection Conference deemed unnecessary?"
HELD = "Date of Initial Child Protection Conference"
RESULT = "Did the Initial Child Protection Conference Result in a Child Protection Plan"
ENQUIRIES = "Number of Section 47 Enquiries in the last 12 months"
CONFERENCES = "Number of ICPCs in the last 12 months"


def enquiry(start, end="", key="", child="C1", nfa="", **flags):
    return {
        "s47e_s47_enquiry_id": key or f"S{start}",
        "s47e_person_id": child,
        "s47e_s47_start_date": start,
        "s47e_s47_end_date": end,
        "s47e_s47_nfa": nfa,
        "s47e_s47_outcome_json": json.dumps(flags) if flags else "",
    }


def conference(held, enquiry="", key="", child="C1", result="", transfer_in=""):
    return {
        "icpc_icpc_id": key or f"I{held}",
        "icpc_s47_enquiry_id": enquiry,
        "icpc_person_id": child,
        "icpc_icpc_date": held,
        "icpc_icpc_outcome_cp_flag": result,
        "icpc_icpc_transfer_in": transfer_in,
    }


def plan(start, end="", other_la="", child="C1"):
    return {
        "cppl_cp_plan_id": f"P{start}",
        "cppl_person_id": child,
        "cppl_cp_plan_start_date": start,
        "cppl_cp_plan_end_date": end,
        "cppl_cp_plan_ola": other_la,
    }


def list_5(enquiries, conferences=(), plans=(), edition="ilacs-2019", **more):
    tables = {
        "ssd_person": [{"pers_person_id": child, "pers_dob": "2012-05-05"} for child in ("C1", "C2")],
        "ssd_s47_enquiry": list(enquiries),
        "ssd_initial_cp_conference": list(conferences),
        "ssd_cp_plans": list(plans),
    }
    tables.update(more.pop("tables", {}))
    tables = {name: rows for name, rows in tables.items() if rows is not None}
    return build(tables, inspection_date=D, edition=edition, lists=[5], **more)


def findings_of(result, check):
    return result.findings.filter(check=check)


# --- 2.3 -------------------------------------------------------------------------------------------------------------

COUNTS = [
    # case, enquiries (start, conference held), S47 value, ICPC value, rows
    ("only one, no conference", [("2025-04-01", "")], 0, 0, 1),
    ("two rows, same values on both", [("2025-05-12", ""), ("2024-12-12", "2025-01-03")], 1, 1, 2),
    ("eleven months old: one row", [("2025-05-12", "2025-06-02"), ("2024-06-12", "2024-07-01")], 1, 1, 1),
    ("a conference after the latest discussion", [("2025-05-12", ""), ("2025-04-28", "2025-05-16")], 1, 0, 2),
    ("lower bound included", [("2025-05-12", ""), ("2024-05-12", "2024-05-30")], 1, 1, 1),
    ("enquiry a day too old, its conference not", [("2025-05-12", ""), ("2024-05-11", "2024-05-30")], 0, 1, 1),
    ("conference on the lower bound", [("2025-05-12", ""), ("2024-05-01", "2024-05-12")], 0, 1, 1),
    ("conference a day before the lower bound", [("2025-05-12", ""), ("2024-05-01", "2024-05-11")], 0, 0, 1),
    ("conference on the day of the latest discussion", [("2025-05-12", ""), ("2025-04-28", "2025-05-12")], 1, 0, 2),
    ("conference of the latest dated before it", [("2025-05-12", "2025-05-01")], 0, 0, 1),
    ("a discussion after D counts for nothing", [("2025-05-12", ""), ("2025-06-09", "")], 0, 0, 1),
]


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019", "ilacs-2022"])
def test_counts(edition):
    result = list_5(
        [enquiry(start, start, child=case, nfa="Y") for case, dates, *_ in COUNTS for start, _ in dates],
        [conference(held, f"S{start}", child=case) for case, dates, *_ in COUNTS for start, held in dates if held],
        edition=edition,
    )
    frame = result.lists[5].frame
    got = {
        case: frame.filter(pl.col("Child Unique ID") == case).select(ENQUIRIES, CONFERENCES).rows()
        for case, *_ in COUNTS
    }
    assert got == {case: [(s47, icpc)] * rows for case, _, s47, icpc, rows in COUNTS}


def test_all_held_conferences_of_one_enquiry_count():
    result = list_5(
        [enquiry("2025-05-12"), enquiry("2024-12-12", "2024-12-20")],
        [conference("2025-01-03", "S2024-12-12", "1"), conference("2025-01-20", "S2024-12-12", "2")],
    )
    assert result.column(5, CONFERENCES) == [2, 2]


@pytest.mark.parametrize("named", ["S2024-12-12", ""])
def test_a_transfer_in_is_never_linked_or_counted(named):
    result = list_5(
        [enquiry("2025-05-12"), enquiry("2024-12-12", "2024-12-20")],
        [conference("2025-01-03", named, transfer_in="Y")],
    )
    assert result.column(5, CONFERENCES) == [0, 0]
    assert result.column(5, HELD) == [None, None]


def test_another_childs_conference_is_not_counted():
    result = list_5(
        [enquiry("2025-05-12"), enquiry("2024-12-12", "2024-12-20")],
        [conference("2025-01-03", "S2024-12-12", child="C2")],
    )
    assert result.column(5, CONFERENCES) == [0, 0]
    (finding,) = findings_of(result, "AA-R15").to_dicts()
    assert (finding["child"], finding["table"], finding["row"]) == ("C2", "ssd_initial_cp_conference", 2)


def test_two_discussions_on_one_day_count_by_identifier():
    result = list_5(
        [enquiry("2025-05-12", key="9"), enquiry("2025-05-12", key="10")],
        [conference("2025-05-01", "10"), conference("2025-05-02", "9")],
    )
    assert result.column(5, ENQUIRIES) == [1, 1]
    assert result.column(5, CONFERENCES) == [1, 1]  # that of enquiry 10, the latest, does not count


def test_a_child_without_a_dated_discussion_has_none_before():
    result = list_5([enquiry("", key="S1")], [conference("2025-05-01", "S1")])
    assert (result.cell(5, ENQUIRIES), result.cell(5, CONFERENCES)) == (0, 0)


def test_without_a_table_of_conferences_their_number_is_blank():
    result = list_5([enquiry("2025-05-12", "2025-05-20", nfa="Y")], tables={"ssd_initial_cp_conference": None})
    assert (result.cell(5, ENQUIRIES), result.cell(5, CONFERENCES), result.cell(5, HELD)) == (0, None, None)
    assert result.cell(5, UNNECESSARY) == "a) Yes"


# --- which conference ------------------------------------------------------------------------------------------------

BY_DATES = [
    # enquiries, conferences (date, enquiry named), conference shown for the enquiry of 2025-03-03
    ("on the day of the discussion", ["2025-03-03"], [("2025-03-03", "")], "2025-03-03"),
    ("the day before it", ["2025-03-03"], [("2025-03-02", "")], None),
    ("60 days later", ["2025-03-03"], [("2025-05-02", "")], "2025-05-02"),
    ("61 days later", ["2025-03-03"], [("2025-05-03", "")], None),
    ("the first of two", ["2025-03-03"], [("2025-03-20", ""), ("2025-03-12", "")], "2025-03-12"),
    ("on the day of the next discussion", ["2025-03-03", "2025-03-12"], [("2025-03-12", "")], None),
    ("the day before the next discussion", ["2025-03-03", "2025-03-12"], [("2025-03-11", "")], "2025-03-11"),
    ("an id that matches nothing", ["2025-03-03"], [("2025-03-12", "S9")], "2025-03-12"),
    ("one that names it first", ["2025-03-03"], [("2025-03-12", ""), ("2025-03-20", "S2025-03-03")], "2025-03-20"),
    ("one that names it, then one without", ["2025-03-03"], [("2025-03-12", "S2025-03-03"), ("2025-03-20", "")],
     "2025-03-12"),
    ("by id, whatever its date", ["2025-03-03"], [("2024-12-12", "S2025-03-03")], "2024-12-12"),
    ("of two that name it, the latest", ["2025-03-03"], [("2025-03-20", "S2025-03-03"), ("2025-03-12", "S2025-03-03")],
     "2025-03-20"),
    ("booked only", ["2025-03-03"], [("2025-06-10", "S2025-03-03")], None),
    ("held, and another booked", ["2025-03-03"], [("2025-03-12", "S2025-03-03"), ("2025-06-10", "S2025-03-03")],
     "2025-03-12"),
]  # fmt: skip


def test_the_conference_of_an_enquiry():
    result = list_5(
        [enquiry(start, child=case) for case, starts, *_ in BY_DATES for start in starts],
        [conference(day, named, child=case, result="Y") for case, _, held, _ in BY_DATES for day, named in held],
    )
    shown = result.lists[5].rows.filter(enquiry_id="S2025-03-03")
    got = {row["person_id"]: row["conference_date"] and str(row["conference_date"]) for row in shown.to_dicts()}
    assert got == {case: shown for case, _, _, shown in BY_DATES}
    assert shown["resulted_in_plan"].to_list() == [day and "Y" for day in shown["conference_date"]]


def test_a_conference_with_another_childs_identifier_goes_by_dates():
    result = list_5(
        [enquiry("2025-03-03", key="S1"), enquiry("2025-01-06", key="S2", child="C2")],
        [conference("2025-03-12", "S2")],
    )
    shown = dict(result.lists[5].rows.select("enquiry_id", "conference_id").iter_rows())
    assert shown == {"S1": "I2025-03-12", "S2": None}
    assert findings_of(result, "AA-R15").height == 1


def test_two_conferences_of_one_day_are_told_apart_by_identifier():
    held = [conference("2025-03-12", "S2025-03-03", key, result=result) for key, result in (("9", "Y"), ("10", "N"))]
    for order in (held, held[::-1]):
        assert list_5([enquiry("2025-03-03")], order).cell(5, RESULT) == "b) No"


@pytest.mark.parametrize(("recorded", "shown"), [("Y", "a) Yes"), ("N", "b) No"), ("", None), ("perhaps", None)])
def test_result_of_the_conference(recorded, shown):
    result = list_5([enquiry("2025-03-03")], [conference("2025-03-12", "S2025-03-03", result=recorded)])
    assert result.cell(5, RESULT) == shown


def test_a_conference_without_a_date_has_no_result():
    result = list_5([enquiry("2025-03-03")], [conference("", "S2025-03-03", "I1", result="Y")])
    assert (result.cell(5, HELD), result.cell(5, RESULT)) == (None, None)


# --- deemed unnecessary ----------------------------------------------------------------------------------------------

FLAGS = [
    "NFA_FLAG",
    "LEGAL_ACTION_FLAG",
    "PROV_OF_SERVICES_FLAG",
    "PROV_OF_SB_CARE_FLAG",
    "NFA_CONTINUE_SINGLE_FLAG",
    "MONITOR_FLAG",
    "OTHER_OUTCOMES_EXIST_FLAG",
]
HELD_FOR_IT = {"held": "2025-03-12", "enquiry": "S2025-03-03"}
BOOKED = {"held": "2025-06-10", "enquiry": "S2025-03-03"}
UNDATED = {"held": "", "enquiry": "S2025-03-03", "key": "I1"}
EVIDENCE = [
    ("nothing, still open", {"end": ""}, [], [], None, False),
    ("nothing, ended", {}, [], [], None, True),
    ("no further action", {"nfa": "Y"}, [], [], "a) Yes", False),
    ("not 'no further action'", {"nfa": "N"}, [], [], None, True),
    ("no further action, with a conference held", {"nfa": "Y"}, [HELD_FOR_IT], [], "b) No", False),
    ("no further action, with one booked", {"nfa": "Y"}, [BOOKED], [], "b) No", False),
    ("no further action, with one without a date", {"nfa": "Y"}, [UNDATED], [], "b) No", False),
    ("outcome: conference", {"nfa": "Y", "CP_CONFERENCE_FLAG": "Y"}, [], [], "b) No", False),
    ("outcome: no conference", {"CP_CONFERENCE_FLAG": "N"}, [], [], None, True),
    *((flag, {flag: "Y"}, [], [], "a) Yes", False) for flag in FLAGS),
    *((f"{flag} says N", {flag: "N"}, [], [], None, True) for flag in FLAGS[:2]),
    ("an outcome that is none", {"TOTAL_NO_OF_OUTCOMES": "2"}, [], [], None, True),
    ("on a plan", {"nfa": "Y"}, [], [("2025-01-06",)], "b) No", False),
    ("on a plan from that day", {"nfa": "Y"}, [], [("2025-03-03",)], "b) No", False),
    ("on a plan from the day after", {"nfa": "Y"}, [], [("2025-03-04",)], "a) Yes", False),
    ("on a plan to the day after", {"nfa": "Y"}, [], [("2025-01-06", "2025-03-04")], "b) No", False),
    ("on a plan to that day", {"nfa": "Y"}, [], [("2025-01-06", "2025-03-03")], "a) Yes", False),
    ("on a plan without a start", {"nfa": "Y"}, [], [("", "2025-04-01")], "b) No", False),
    ("on another authority's plan", {"nfa": "Y"}, [], [("2025-01-06", "", "Y")], "a) Yes", False),
    ("on a plan, said not to be another's", {"nfa": "Y"}, [], [("2025-01-06", "", "N")], "b) No", False),
    ("a word that is neither yes nor no", {"nfa": "perhaps"}, [], [], None, False),
    ("such a word, and an outcome", {"nfa": "perhaps", "MONITOR_FLAG": "Y"}, [], [], "a) Yes", False),
]


def test_unnecessary_only_on_evidence():
    result = list_5(
        [enquiry("2025-03-03", child=case, **{"end": "2025-03-20", **facts}) for case, facts, *_ in EVIDENCE],
        [conference(child=case, **each) for case, _, conferences, *_ in EVIDENCE for each in conferences],
        [plan(*each, child=case) for case, _, _, plans, *_ in EVIDENCE for each in plans],
    )
    shown = dict(result.lists[5].frame.select("Child Unique ID", UNNECESSARY).iter_rows())
    assert shown == {case: cell for case, _, _, _, cell, _ in EVIDENCE}
    assert set(findings_of(result, "AA-R34")["child"]) == {case for case, *_, error in EVIDENCE if error}


def test_broken_json_is_no_evidence():
    broken = enquiry("2025-03-03", "2025-03-20") | {
        "s47e_s47_outcome_json": '{"CP_CONFERENCE_FLAG": "Y", "x": "a "b""}'
    }
    result = list_5([broken])
    assert result.cell(5, UNNECESSARY) is None
    assert {"AA-R34", "AA-R06"} <= result.checks()


def test_outcome_columns_that_the_extract_lacks_are_no_error_of_each_row():
    rows = [{"enquiry_id": "S1", "person_id": "C1", "start_date": date(2025, 3, 3), "end_date": date(2025, 3, 20)}]
    for absent, error in ((["nfa", "outcome_json"], False), (["nfa"], True)):
        context = context_of(
            {"section_47_enquiries": rows}, date.fromisoformat(D), absent={"section_47_enquiries": absent}
        )
        assert build_list(context, context.edition.lists[5]).frame[UNNECESSARY].to_list() == [None]
        assert ("AA-R34" in set(context.findings.frame()["check"])) is error


def test_a_plan_says_nothing_about_an_enquiry_without_a_date():
    result = list_5([enquiry("", "2025-03-20", key="S1", nfa="Y")], plans=[plan("2025-01-06")])
    assert result.cell(5, UNNECESSARY) == "a) Yes"


# --- membership beyond the examples ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "reason"), [("2024-12-02", None), ("2024-12-01", "WINDOW")])
def test_a_discussion_in_the_window_is_enough(start, reason):
    assert list_5([enquiry(start, "2024-11-20")]).reasons(5) == {f"S{start}": reason}


def test_an_outcome_without_an_end_does_not_close():
    result = list_5([enquiry("2024-10-01", MONITOR_FLAG="Y"), enquiry("2024-10-02")])
    assert result.lists[5].frame.height == 2
    (finding,) = findings_of(result, "AA-R35").to_dicts()
    assert (finding["event"], finding["list"], finding["row"]) == ("S2024-10-01", 5, 2)


def test_a_held_conference_dates_the_decision():
    result = list_5([enquiry("2025-03-03", nfa="Y")], [conference(**HELD_FOR_IT)])
    assert "AA-R35" not in result.checks()
    row = result.lists[5].rows.to_dicts()[0]
    assert (str(row["at"]), row["ceased"]) == ("2025-03-12", True)


@pytest.mark.parametrize(
    ("died", "reason", "ceased"),
    [("2024-12-02", None, True), ("2024-12-01", "DIED", None), ("2025-06-03", None, False)],
)
def test_a_death_closes_an_open_enquiry(died, reason, ceased):
    person = {"pers_person_id": "C1", "pers_dob": "2012-05-05", "pers_death_date": died}
    result = list_5([enquiry("2024-10-01")], tables={"ssd_person": [person]})
    assert result.reasons(5) == {"S2024-10-01": reason}
    assert result.lists[5].rows["ceased"].to_list() == ([] if reason else [ceased])
    assert bool(result.accused("AA-G24")) is (died <= D)


@pytest.mark.parametrize(
    ("end", "held", "reason"),
    [("2024-12-02", "", None), ("2024-12-01", "", "NO_DATE"), ("", "2024-12-02", None), ("", "2024-12-01", "NO_DATE")],
)
def test_without_a_discussion_date(end, held, reason):
    result = list_5([enquiry("", end, key="S1", nfa="Y")], [conference(held, "S1")] if held else [])
    assert result.reasons(5) == {"S1": reason}
    assert result.lists[5].accounts["section_47_enquiries"]["finding"].to_list() == ["AA-511"]
    assert findings_of(result, "AA-511").height == 1


@pytest.mark.parametrize(("drop_adults", "reason"), [(False, None), (True, "ADULT")])
def test_an_adult(drop_adults, reason):
    person = {"pers_person_id": "C1", "pers_dob": "1990-05-05"}
    result = list_5([enquiry("2025-03-03")], tables={"ssd_person": [person]}, drop_adults=drop_adults)
    assert result.reasons(5) == {"S2025-03-03": reason}


def test_the_account_names_every_row():
    result = list_5(
        [
            enquiry("2025-05-12"),
            enquiry("2025-05-12"),
            enquiry("2025-05-12", child=""),
            enquiry("2025-07-01"),
            enquiry("2024-07-01", "2024-07-18"),
        ]
    )
    account = result.lists[5].accounts["section_47_enquiries"].sort("_row")
    assert account["reason"].to_list() == [None, "DUPLICATE", "NO_CHILD_ID", "FUTURE", "WINDOW"]
    assert [str(day) for day in account["date"]] == [
        "2025-05-12", "2025-05-12", "2025-05-12", "2025-07-01", "2024-07-18",
    ]  # fmt: skip
