"""Reviews, visits, contact of the reviewing officer, permanence plan and health checks (2.14)."""

import json
from datetime import date

import pytest

from tests.spec.list_08.children import cells, episode, legal, list_8, span

REVIEW, VISIT = "Date of Latest Statutory Review", "Date of Last Social Work Visit"
CONTACT = "Date of Last IRO Visit / Contact to the Child"
PLAN = "What is the permanence plan for this child?"
HEALTH, DENTAL = "Date of Last Health Assessment", "Date of Last Dental Check"
OPEN, CEASED = "2024-09-01 to", "2024-09-01 to 2025-03-03"


def day(text):
    return date.fromisoformat(text) if text else None


# case: (period, visits: when and seen, date shown, whether a later attempt is found)
VISITS = {
    "no visit": (OPEN, [], "", False),
    "seen, then an attempt": (OPEN, ["2025-05-01 Y", "2025-05-20 N"], "2025-05-01", True),
    "two attempts": (OPEN, ["2025-05-01 N", "2025-05-20 N"], "2025-05-20", False),
    "seen, then not said": (OPEN, ["2025-05-01 Y", "2025-05-20 "], "2025-05-20", False),
    "unreadable": (OPEN, ["2025-05-01 Y", "2025-05-20 perhaps"], "2025-05-20", False),
    "an attempt, then seen": (OPEN, ["2025-05-01 N", "2025-05-20 Y"], "2025-05-20", False),
    "an attempt that day": (OPEN, ["2025-05-20 N", "2025-05-20 Y"], "2025-05-20", False),
    "before care": (OPEN, ["2024-08-31 Y"], "", False),
    "the first day": (OPEN, ["2024-09-01 Y"], "2024-09-01", False),
    "on the day": (OPEN, ["2025-06-02 Y"], "2025-06-02", False),
    "later": (OPEN, ["2025-05-01 Y", "2025-06-03 Y"], "2025-05-01", False),
    "the day care ended": (CEASED, ["2025-03-03 Y", "2025-03-04 Y"], "2025-03-03", False),
    "attempts after care": (CEASED, ["2025-02-03 Y", "2025-03-04 N"], "2025-02-03", False),
}


@pytest.fixture(scope="module")
def visited():
    rows = [
        {
            "clav_cla_visit_id": f"{child}-V{number}",
            "clav_person_id": child,
            "clav_cla_visit_date": each[:10],
            "clav_cla_visit_seen": each[11:],
        }
        for child, (_, visits, _, _) in VISITS.items()
        for number, each in enumerate(visits, start=1)
    ]
    episodes = [episode(child, when) for child, (when, *_) in VISITS.items()]
    return list_8({"ssd_cla_episodes": episodes, "ssd_cla_visits": rows})


@pytest.mark.parametrize("case", VISITS)
def test_last_visit(visited, case):
    _, _, shown, attempt = VISITS[case]
    assert cells(visited, VISIT)[case] == day(shown)
    assert bool(visited.findings.filter(check="AA-R39", child=case).height) is attempt


def test_the_later_attempt_is_named_once():
    rows = [
        {"clav_cla_visit_id": key, "clav_person_id": "C1", "clav_cla_visit_date": when, "clav_cla_visit_seen": seen}
        for key, when, seen in (("9", "2025-05-20", "N"), ("10", "2025-05-20", "N"), ("8", "2025-05-01", "Y"))
    ]
    found = list_8({"ssd_cla_episodes": [episode("C1", OPEN)], "ssd_cla_visits": rows}).findings
    assert found.filter(check="AA-R39").select("event", "list", "column").rows() == [("10", 8, "seen")]


# case: (recorded contact, reviews: when, participation, cancelled), review shown, contact shown
REVIEWS = {
    "contact, then reviews": (
        "2025-02-01",
        [("2025-03-10", "PN1", ""), ("2025-04-15", "PN7", "")],
        "2025-04-15",
        "2025-03-10",
    ),
    "participation blank": ("2025-02-01", [("2025-04-15", "", "")], "2025-04-15", "2025-02-01"),
    "of a two-year-old": ("", [("2025-04-15", "PN0", "")], "2025-04-15", "2025-04-15"),
    "PN4": ("", [("2025-04-15", "PN4", "")], "2025-04-15", "2025-04-15"),
    "PN5": ("", [("2025-04-15", "PN5", "")], "2025-04-15", ""),
    "contact later": ("2025-05-01", [("2025-04-15", "PN1", "")], "2025-04-15", "2025-05-01"),
    "contact before care": ("2024-08-01", [], "", ""),
    "contact planned": ("2025-06-09", [("2025-04-15", "PN1", "")], "2025-04-15", "2025-04-15"),
    "cancelled": ("", [("2025-03-10", "PN1", "N"), ("2025-04-15", "PN1", "Y")], "2025-03-10", "2025-03-10"),
    "before care": ("", [("2024-08-31", "PN1", "")], "", ""),
    "later": ("", [("2025-06-03", "PN1", "")], "", ""),
    "nothing": ("", [], "", ""),
}


@pytest.fixture(scope="module", params=["named", "by period"])
def reviewed(request):
    def owner(child):
        return {"clar_cla_person_id": child} if request.param == "named" else {"clar_cla_id": f"{child}-P"}

    rows = [
        {
            "clar_cla_review_id": f"{child}-R{number}",
            "clar_cla_review_date": when,
            "clar_cla_review_participation": participation,
            "clar_cla_review_cancelled": cancelled,
            **owner(child),
        }
        for child, (_, reviews, *_) in REVIEWS.items()
        for number, (when, participation, cancelled) in enumerate(reviews, start=1)
    ]
    episodes = [
        episode(child, OPEN, clae_cla_last_iro_contact_date=contact) for child, (contact, *_) in REVIEWS.items()
    ]
    return list_8({"ssd_cla_episodes": episodes, "ssd_cla_reviews": rows})


@pytest.mark.parametrize("case", REVIEWS)
def test_reviews_and_contact(reviewed, case):
    _, _, review, contact = REVIEWS[case]
    assert cells(reviewed, REVIEW, CONTACT)[case] == (day(review), day(contact))


def test_a_review_that_names_no_one_child_is_nobodys():
    shared = {"clae_cla_id": "P1"}
    episodes = [episode("C1", OPEN, **shared), episode("C2", OPEN, **shared), episode("C3", OPEN)]
    reviews = [
        {"clar_cla_review_id": "1", "clar_cla_id": "P1", "clar_cla_review_date": "2025-03-10"},
        {"clar_cla_review_id": "2", "clar_cla_id": "elsewhere", "clar_cla_review_date": "2025-03-10"},
        {"clar_cla_review_id": "3", "clar_cla_id": "", "clar_cla_review_date": "2025-03-10"},
    ]
    result = list_8({"ssd_cla_episodes": episodes, "ssd_cla_reviews": reviews})
    assert cells(result, REVIEW) == {"C1": None, "C2": None, "C3": None}


def test_contact_of_any_episode_of_the_period_counts_and_of_no_other():
    rows = [
        episode("C1", "2023-01-01 to 2024-01-01", 1, clae_cla_last_iro_contact_date="2023-05-01"),
        episode("C1", "2024-09-01 to 2025-01-01", 2, clae_cla_last_iro_contact_date="2025-02-02"),
        episode("C1", "2025-01-01 to", 3, clae_cla_last_iro_contact_date="2024-12-12"),
    ]
    assert cells(list_8({"ssd_cla_episodes": rows}), CONTACT) == {"C1": date(2025, 2, 2)}


# case: (period, plans: when and keys), plan shown, whether several are found
PLANS = {
    "no plan": (OPEN, [], None, False),
    "adoption": (OPEN, [("2024-10-01 to", "ADOPTION")], "b) Adoption", False),
    "return": (OPEN, [("2024-10-01 to", "RETURN6M")], "a) Return to family", False),
    "relatives": (OPEN, [("2024-10-01 to", "LTRELFR")], "c) SGO/CAO", False),
    "other": (OPEN, [("2024-10-01 to", "OTHERPLN")], "g) other", False),
    "several": (OPEN, [("2024-10-01 to", "REMAINSUP LTFOST18 OTHERPLN")], "f) Long-term fostering", True),
    "two returns": (OPEN, [("2024-10-01 to", "RETURN1M RETURNEV")], "a) Return to family", True),
    "no mark": (OPEN, [("2024-10-01 to", "")], None, False),
    "the latest": (OPEN, [("2024-10-01 to", "ADOPTION"), ("2025-01-01 to", "SUPPLIV")], "d) Supported living", False),
    "the latest has none": (OPEN, [("2024-10-01 to", "ADOPTION"), ("2025-01-01 to", "")], None, False),
    "ended": (OPEN, [("2024-10-01 to", "ADOPTION"), ("2025-01-01 to 2025-02-01", "SUPPLIV")], "b) Adoption", False),
    "ended on the day": (OPEN, [("2024-10-01 to 2025-06-02", "ADOPTION")], None, False),
    "end planned": (OPEN, [("2024-10-01 to 2025-06-03", "ADOPTION")], "b) Adoption", False),
    "before care": (OPEN, [("2024-08-31 to", "ADOPTION")], None, False),
    "later": (OPEN, [("2025-06-03 to", "ADOPTION")], None, False),
    "ceased, ended that day": (CEASED, [("2024-10-01 to 2025-03-03", "ADOPTION")], "b) Adoption", False),
    "ceased, ended before": (
        CEASED,
        [("2024-10-01 to 2025-02-01", "ADOPTION"), ("2024-11-01 to 2025-01-01", "SUPPLIV")],
        "b) Adoption",
        False,
    ),
    "ceased, one still in force": (
        CEASED,
        [("2024-10-01 to", "ADOPTION"), ("2024-11-01 to 2025-01-01", "SUPPLIV")],
        "b) Adoption",
        False,
    ),
    "broken": (OPEN, [("2024-10-01 to", "broken")], None, False),
}


@pytest.fixture(scope="module")
def planned():
    rows = []
    for child, (_, plans, *_) in PLANS.items():
        for number, (when, keys) in enumerate(plans, start=1):
            start, end = span(when)
            marks = {"RESPLMT": "N"} | dict.fromkeys(keys.split(), "Y")
            rows.append(
                {
                    "lacp_table_id": f"{child}-{number}",
                    "lacp_person_id": child,
                    "lacp_cla_care_plan_start_date": start,
                    "lacp_cla_care_plan_end_date": end,
                    "lacp_cla_care_plan_json": '{"ADOPTION": "Y' if keys == "broken" else json.dumps(marks),
                }
            )
    episodes = [episode(child, when) for child, (when, *_) in PLANS.items()]
    return list_8({"ssd_cla_episodes": episodes, "ssd_cla_care_plan": rows})


@pytest.mark.parametrize("case", PLANS)
def test_permanence_plan(planned, case):
    _, _, shown, several = PLANS[case]
    plan = cells(planned, PLAN)[case]
    assert plan is None if shown is None else plan.startswith(shown)
    assert bool(planned.findings.filter(check="AA-839", child=case).height) is several


# case: (checks: when, kind, status), health assessment, dental check
CHECKS = {
    "both": (
        [("2025-01-10", "Health Assessment", "Completed"), ("2025-02-10", "Dental Check", "")],
        "2025-01-10",
        "2025-02-10",
    ),
    "before care": ([("2024-08-15", "Health Assessment", "Completed")], "2024-08-15", ""),
    "planned, refused, cancelled": (
        [
            ("2025-01-10", "Health Assessment", "Completed"),
            ("2025-02-10", "Health Assessment", "Planned"),
            ("2025-03-10", "Health Assessment", "Refused"),
            ("2025-04-10", "Health Assessment", "Cancelled"),
        ],
        "2025-01-10",
        "",
    ),
    "later": ([("2025-06-03", "Dental Check", "Completed")], "", ""),
    "optician": ([("2025-01-10", "Optician Check", "Completed")], "", ""),
}


@pytest.fixture(scope="module")
def checked():
    rows = [
        {
            "clah_health_check_id": f"{child}-{number}",
            "clah_person_id": child,
            "clah_health_check_date": when,
            "clah_health_check_type": kind,
            "clah_health_check_status": status,
        }
        for child, (checks, *_) in CHECKS.items()
        for number, (when, kind, status) in enumerate(checks, start=1)
    ]
    return list_8({"ssd_cla_episodes": [episode(child, OPEN) for child in CHECKS], "ssd_cla_health": rows})


@pytest.mark.parametrize("case", CHECKS)
def test_health_checks(checked, case):
    _, health, dental = CHECKS[case]
    assert cells(checked, HEALTH, DENTAL)[case] == (day(health), day(dental))


def test_what_happened_before_a_change_of_status_belongs_to_the_period_before():
    result = list_8(
        {
            "ssd_cla_episodes": [episode("C1", "2024-01-01 to")],
            "ssd_legal_status": [legal("C1", "C2", "2024-01-01 to 2025-02-01"), legal("C1", "V4", "2025-02-01 to", 2)],
            "ssd_cla_visits": [
                {"clav_cla_visit_id": when, "clav_person_id": "C1", "clav_cla_visit_date": when}
                for when in ("2025-01-31", "2025-02-01")
            ],
        }
    )
    assert cells(result, VISIT) == {"C1": date(2025, 1, 31)}


def test_without_the_tables_the_columns_are_blank():
    result = list_8({"ssd_cla_episodes": [episode("C1", OPEN)]})
    assert cells(result, REVIEW, VISIT, CONTACT, PLAN, HEALTH, DENTAL) == {"C1": (None,) * 6}
