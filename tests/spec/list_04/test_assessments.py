"""List 4: whether support is required, and what else decides about an assessment than its own dates."""

import json
from dataclasses import replace
from datetime import date

import pytest

from annexa.checks.catalogue import catalogue
from annexa.checks.run import FOUND, NOT_RUN, run_checks
from annexa.checks.runs import ExtractRun
from annexa.errors import UsageError
from annexa.findings import empty
from annexa.lists.assessments import assessment_facts, open_assessments
from annexa.lists.build import build_list
from annexa.workdays import WorkingDays
from tests.support.build import build
from tests.support.context import context_of

D = "2025-06-02"
SUPPORT = "Was the child assessed as requiring LA children’s social care support"
SEEN = "Child Seen During Continuous Assessment"
AUTHORISED = "Continuous Assessment Date of Authorisation"


def assessment(start, end="", key="A1", child="C1", referral="", nfa="", seen="Y", **flags):
    return {
        "cina_assessment_id": key,
        "cina_person_id": child,
        "cina_referral_id": referral,
        "cina_assessment_start_date": start,
        "cina_assessment_auth_date": end,
        "cina_assessment_outcome_nfa": nfa,
        "cina_assessment_outcome_json": json.dumps(flags) if flags else "",
        "cina_assessment_child_seen": seen,
    }


def episode(start, end="", key="R1", child="C1", reason=""):
    return {
        "cine_referral_id": key,
        "cine_person_id": child,
        "cine_referral_date": start,
        "cine_close_date": end,
        "cine_close_reason": reason,
    }


def list_4(assessments, episodes=(), tables=None, **more):
    given = {
        "ssd_person": [{"pers_person_id": child, "pers_dob": "2012-05-05"} for child in ("C1", "C2")],
        "ssd_cin_assessments": list(assessments),
        "ssd_cin_episodes": list(episodes),
    }
    return build({**given, **(tables or {})}, inspection_date=D, lists=[4], **more)


# --- 2.13: support required ------------------------------------------------------------------------------------------

SUPPORT_FLAGS = ["PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "CLA_REQUEST_FLAG", "STRATEGY_DISCUSSION_FLAG"]
OTHER_FLAGS = ["PRIVATE_FOSTERING_FLAG", "LEGAL_ACTION_FLAG", "OTHER_OUTCOMES_EXIST_FLAG", "NFA_S47_END_FLAG"]
CASES = [
    # case, what the assessment says, why its episode was closed, cell, error AA-403
    ("no further action", {"nfa": "Y"}, "", "b) No", False),
    ("further action", {"nfa": "N"}, "", "a) Yes", False),
    ("no further action among the outcomes", {"NFA_FLAG": "Y"}, "", "b) No", False),
    ("further action among the outcomes", {"NFA_FLAG": "N"}, "", "a) Yes", False),
    (
        "the column before the outcomes",
        {"nfa": "Y", "NFA_FLAG": "N", "CLA_REQUEST_FLAG": "Y"},
        "",
        "b) No",
        False,
    ),
    *((flag, {flag: "Y"}, "", "a) Yes", False) for flag in SUPPORT_FLAGS),
    *((f"{flag} says N", {flag: "N"}, "", None, True) for flag in SUPPORT_FLAGS),
    *((flag, {flag: "Y"}, "", None, True) for flag in OTHER_FLAGS),
    ("an outcome comes before the closure", {"CLA_REQUEST_FLAG": "Y"}, "RC8", "a) Yes", False),
    ("closed after assessment", {}, "RC8", "b) No", False),
    ("closed after assessment, to early help", {}, "RC9", "b) No", False),
    ("closed for another reason", {}, "RC1", None, True),
    ("nothing recorded", {}, "", None, True),
    ("not authorised, though no further action", {"nfa": "Y", "end": ""}, "", None, False),
    ("authorised after D, though further action", {"nfa": "N", "end": "2025-06-03"}, "", None, False),
    ("a word that is neither yes nor no", {"nfa": "perhaps"}, "RC8", None, False),
]


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019", "ilacs-2022"])
def test_support_required(edition):
    result = list_4(
        [
            assessment("2025-03-03", child=case, referral="R1", **{"end": "2025-04-01", **facts})
            for case, facts, *_ in CASES
        ],
        [
            episode("2025-03-01", "2025-04-02" if reason else "", child=case, reason=reason)
            for case, _, reason, *_ in CASES
        ],
        edition=edition,
    )
    assert dict(result.lists[4].frame.select("Child Unique ID", SUPPORT).iter_rows()) == {
        case: cell for case, _, _, cell, _ in CASES
    }
    found = result.checked("AA-403")
    assert set(found["child"]) == {case for case, *_, error in CASES if error}
    assert set(found["list"]) == {4}


def test_only_the_last_assessment_of_the_episode_is_closed_with_it():
    result = list_4(
        [
            assessment("2025-01-06", "2025-02-03", key="9", referral="R1"),
            assessment("2025-03-03", "2025-04-01", key="8", referral="R1"),
            assessment("2025-03-03", "2025-04-01", key="10", referral="R1"),
        ],
        [episode("2025-01-02", "2025-04-02", reason="RC8")],
    )
    rows = result.lists[4]
    assert dict(zip(rows.rows["assessment_id"], rows.frame[SUPPORT], strict=True)) == {
        "9": None,
        "8": None,
        "10": "b) No",
    }


def test_a_cancelled_assessment_is_not_the_last():
    result = list_4(
        [
            assessment("2025-01-06", "2025-02-03", key="A1", referral="R1"),
            assessment("2025-03-03", "2025-04-01", key="A2", referral="R1"),
        ],
        [episode("2025-01-02", "2025-04-02", reason="RC8")],
        {"annexa_assessments": [{"assessment_id": "A2", "status": "In error"}]},
    )
    assert result.reasons(4) == {"A1": None, "A2": "CANCELLED"}
    assert result.cell(4, SUPPORT) == "b) No"


def test_the_closure_of_an_episode_that_closes_after_d_says_nothing():
    result = list_4(
        [assessment("2025-03-03", "2025-04-01", referral="R1")], [episode("2025-03-01", "2025-06-03", reason="RC8")]
    )
    assert result.cell(4, SUPPORT) is None


def test_an_assessment_without_an_identifier_of_its_episode_belongs_by_dates():
    episodes = [episode("2025-03-01", "2025-04-02", reason="RC8")]
    assert list_4([assessment("2025-03-03", "2025-04-01")], episodes).cell(4, SUPPORT) == "b) No"
    assert list_4([assessment("2025-02-28", "2025-04-01")], episodes).cell(4, SUPPORT) is None


def test_outcome_columns_that_the_extract_lacks_are_no_error_of_each_row():
    rows = [
        {
            "assessment_id": "A1",
            "person_id": "C1",
            "start_date": date(2025, 3, 3),
            "authorised_date": date(2025, 4, 1),
        }
    ]
    missing = {"assessments": ["outcome_nfa", "outcome_json"]}
    for absent, error in ((missing, False), ({"assessments": ["outcome_json"]}, True)):
        context = context_of({"assessments": rows}, date.fromisoformat(D), absent=absent)
        assert build_list(context, context.edition.lists[4]).frame[SUPPORT].to_list() == [None]
        checked = run_checks(catalogue(), ExtractRun(context, WorkingDays(), {}), empty(), {"AA-403"}, teams=False)
        assert checked.result("AA-403").status == (FOUND if error else NOT_RUN)


@pytest.mark.parametrize(("seen", "shown"), [("Y", "a) Yes"), ("N", "b) No"), ("", "c) Unknown"), ("perhaps", None)])
def test_child_seen(seen, shown):
    assert list_4([assessment("2025-03-03", seen=seen)]).cell(4, SEEN) == shown


# --- membership beyond the examples ----------------------------------------------------------------------------------

EPISODES = [
    # what the child has, reason of an assessment from 2023-03-01 that was never authorised, AA-408
    ("its episode closed before the window", [episode("2023-02-20", "2024-12-01")], "R1", "CLOSED_WITH_EPISODE", True),
    ("its episode closed on the first day of it", [episode("2023-02-20", "2024-12-02")], "R1", None, True),
    ("its episode is open", [episode("2023-02-20")], "R1", None, False),
    ("its episode closes after D", [episode("2023-02-20", "2025-06-03")], "R1", None, False),
    (
        "closed, another is open",
        [episode("2023-02-20", "2024-01-10"), episode("2024-05-01", key="R2")],
        "R1",
        None,
        True,
    ),
    ("no identifier, the covering episode closed", [episode("2023-02-20", "2024-01-10")], "", None, False),
    ("no episode", [], "R1", None, False),
]


@pytest.mark.parametrize(
    ("episodes", "referral", "reason", "warned"), [e[1:] for e in EPISODES], ids=[e[0] for e in EPISODES]
)
def test_closed_with_its_episode(episodes, referral, reason, warned):
    result = list_4([assessment("2023-03-01", referral=referral)], episodes)
    assert result.reasons(4) == {"A1": reason}
    assert result.accused("AA-408") == (["C1"] if warned else [])
    assert open_assessments(result.context).height == (0 if reason else 1)
    (account,) = result.lists[4].accounts["assessments"].to_dicts()
    # The account speaks of the episode that the assessment belongs to (K19), the check of the one that it names.
    assert account["finding"] == ("AA-408" if warned and len(episodes) == 1 else None)
    if reason:
        assert str(account["date"]) == "2024-12-01"


def test_an_authorised_assessment_stays_whenever_its_episode_closed():
    result = list_4(
        [assessment("2024-09-02", "2024-12-02", referral="R1", nfa="N")], [episode("2024-09-01", "2024-11-15")]
    )
    assert result.reasons(4) == {"A1": None}
    assert result.accused("AA-408") == []


def test_a_siblings_episode_is_not_its_own():
    result = list_4([assessment("2023-03-01", referral="R1")], [episode("2023-02-20", "2024-01-10", child="C2")])
    assert result.reasons(4) == {"A1": None}
    (finding,) = result.findings.filter(check="AA-R15").to_dicts()
    assert (finding["child"], finding["event"], finding["list"], finding["row"]) == ("C1", "A1", 4, 2)


@pytest.mark.parametrize(
    ("died", "reason", "ceased"),
    [("2024-12-02", None, True), ("2024-12-01", "DIED", None), ("2025-06-03", None, False)],
)
def test_a_death_ends_an_open_assessment(died, reason, ceased):
    person = {"pers_person_id": "C1", "pers_dob": "2012-05-05", "pers_death_date": died}
    result = list_4([assessment("2024-10-01")], tables={"ssd_person": [person]})
    assert result.reasons(4) == {"A1": reason}
    assert bool(result.accused("AA-G24")) is (died <= D)
    assert open_assessments(result.context).height == (1 if died > D else 0)
    if reason is None:
        assert result.cell(4, AUTHORISED) is None
        row = result.lists[4].rows.to_dicts()[0]
        assert (str(row["at"]), row["ceased"]) == (died if ceased else D, ceased)


def test_an_authorisation_after_a_death_stands():
    person = {"pers_person_id": "C1", "pers_dob": "2012-05-05", "pers_death_date": "2024-11-01"}
    result = list_4([assessment("2024-10-01", "2024-12-02", nfa="Y")], tables={"ssd_person": [person]})
    assert str(result.cell(4, AUTHORISED)) == "2024-12-02"
    assert not result.accused("AA-G24")


@pytest.mark.parametrize(("end", "reason"), [("2024-12-02", None), ("2024-12-01", "NO_DATE"), ("", None)])
def test_without_a_start(end, reason):
    result = list_4([assessment("", end, nfa="Y")])
    assert result.reasons(4) == {"A1": reason}
    assert result.lists[4].accounts["assessments"]["finding"].to_list() == ["AA-409"]
    (finding,) = result.findings.filter(check="AA-409").to_dicts()
    assert (finding["event"], finding["severity"]) == ("A1", "error")


@pytest.mark.parametrize(
    ("status", "reason"), [("cancelled", "CANCELLED"), ("Error", "CANCELLED"), ("open", None), ("", None), ("x", None)]
)
def test_status(status, reason):
    tables = {
        "annexa_assessments": [{"assessment_id": "A1", "status": status}, {"assessment_id": "A9", "status": "error"}]
    }
    result = list_4([assessment("2025-04-01")], tables=tables)
    assert result.reasons(4) == {"A1": reason}
    assert open_assessments(result.context).height == (0 if reason else 1)


def test_a_cancelled_assessment_counts_as_cancelled_before_all_but_what_cannot_be_placed():
    tables = {"annexa_assessments": [{"assessment_id": f"A{i}", "status": "cancelled"} for i in range(1, 5)]}
    result = list_4(
        [
            assessment("2025-07-01", key="A1"),
            assessment("2023-07-03", "2023-08-01", key="A2"),
            assessment("", "2023-08-01", key="A3"),
            assessment("2025-04-01", key="A4", child=""),
        ],
        tables=tables,
    )
    assert result.reasons(4) == {"A1": "CANCELLED", "A2": "CANCELLED", "A3": "NO_DATE", "A4": "NO_CHILD_ID"}


@pytest.mark.parametrize(("drop_adults", "reason"), [(False, None), (True, "ADULT")])
def test_an_adult(drop_adults, reason):
    person = {"pers_person_id": "C1", "pers_dob": "2007-04-01"}
    result = list_4(
        [assessment("2025-04-01"), assessment("2025-03-31", key="A2")],
        tables={"ssd_person": [person]},
        drop_adults=drop_adults,
    )
    assert result.reasons(4) == {"A1": reason, "A2": None}


def test_siblings_share_an_assessment():
    result = list_4([assessment("2025-04-01"), assessment("2025-04-01", child="C2")])
    assert result.column(4, "Child Unique ID") == ["C1", "C2"]
    assert open_assessments(result.context).height == 2


def test_facts_of_all_that_are_not_cancelled():
    result = list_4(
        [assessment("2023-03-01", "2023-04-03", referral="R1"), assessment("2025-03-03", key="A2", referral="R9")],
        [episode("2023-02-20", "2024-01-10")],
    )
    facts = assessment_facts(result.context).sort("assessment_id").to_dicts()
    assert [each["is_open"] for each in facts] == [False, True]
    assert [each["episode_referral_id"] for each in facts] == ["R1", None]
    assert [each["last_of_episode"] for each in facts] == [True, False]


def test_an_edition_without_months_for_the_list_is_refused():
    context = context_of({"assessments": []}, date.fromisoformat(D))
    context = replace(context, edition=context.edition.model_copy(update={"months": {}}))
    with pytest.raises(UsageError, match="List 4") as refused:
        build_list(context, context.edition.lists[4])
    assert "edition.toml" in refused.value.hint
