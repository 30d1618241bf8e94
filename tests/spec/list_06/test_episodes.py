"""List 6: which episodes are in scope, by what belongs to them, and the rows that services add."""

from datetime import date

import pytest

from tests.spec.list_06.journeys import (
    CLOSED,
    EDITIONS,
    NEED,
    START,
    STATUS,
    assessment,
    born,
    by_child,
    care,
    care_leaver,
    cin_plan,
    conference,
    cp_plan,
    day,
    enquiry,
    episode,
    found,
    list_6,
    numbered,
    reasons,
    short_breaks,
    visit,
    worker,
)

IN = None
OLDER = born("2007-06-02")  # 18 on D

# An episode open at D and what belongs to it -> reason.
OPEN = [
    ([episode()], "REFERRAL_ONLY"),
    ([episode(), worker("2024-02-05")], "REFERRAL_ONLY"),
    ([episode(nfa="Y")], "REFERRAL_ONLY"),
    ([episode(), visit("2024-02-05", seen="N")], IN),
    ([episode(), assessment(end="2024-03-04")], IN),
    ([episode(), enquiry(end="2024-03-04")], IN),
    ([episode(), cin_plan(end="2024-04-01")], IN),
    ([episode(), cp_plan(end="2024-04-01")], IN),
    ([episode(), cp_plan(end="2024-04-01", other_la="Y")], IN),
    ([episode(), care(end="2024-04-01")], IN),
    ([episode(), short_breaks(end="2024-04-01")], IN),
    ([episode(nfa="Y"), visit("2024-02-05")], "NFA"),
    ([episode(nfa="Y"), assessment(end="2024-03-04"), visit("2024-02-05")], "NFA"),
    ([episode(nfa="Y"), assessment()], IN),
    ([episode(nfa="Y"), assessment(end="2025-06-02")], "NFA"),
    ([episode(nfa="Y"), assessment(end="2025-06-03")], IN),
    ([episode(nfa="Y"), enquiry(end="2024-03-04")], IN),
    ([episode(nfa="", cine_referral_outcome_json='{"NFA_FLAG": "Y"}'), visit("2024-02-05")], "NFA"),
    ([episode(nfa=""), visit("2024-02-05")], IN),
    # A service without a usable referral id belongs by its dates.
    ([episode(), cin_plan("2024-03-04", "2024-05-01", referral="")], IN),
    ([episode(), cin_plan("2024-01-08", "2024-05-01", referral="none")], IN),
    ([episode(), cin_plan("2024-01-07", "2024-05-01", referral="")], "REFERRAL_ONLY"),
    # A cancelled assessment is none.
    ([episode(), assessment(key="cancelled")], "REFERRAL_ONLY"),
    # Care leavers, and people of 18 or over.
    ([OLDER, episode(), visit("2024-02-05")], "CARE_LEAVER_ONLY"),
    ([born("2007-06-03"), episode(), visit("2024-02-05")], IN),
    ([care_leaver(), episode()], "CARE_LEAVER_ONLY"),
    ([care_leaver("no current eligibility"), episode(), visit("2024-02-05")], "CARE_LEAVER_ONLY"),
    ([care_leaver(), episode(), assessment(end="2024-12-02")], IN),
    ([care_leaver(), episode(), assessment(end="2024-12-01")], "CARE_LEAVER_ONLY"),
    ([care_leaver(), episode(), assessment()], IN),
    ([care_leaver(), episode(), enquiry("2025-01-06")], IN),
    ([care_leaver(), episode(), enquiry("2024-09-02", "2025-01-06")], IN),
    ([care_leaver(), episode(), enquiry("2024-09-02"), conference("2024-09-16")], "CARE_LEAVER_ONLY"),
    ([care_leaver(), episode(), cin_plan(end="2024-12-02")], IN),
    ([care_leaver(), episode(), cp_plan(end="2024-12-01")], "CARE_LEAVER_ONLY"),
    ([care_leaver(), episode(), care(end="2024-12-02")], IN),
    ([care_leaver(), episode(), short_breaks()], IN),
    ([care_leaver(), episode(), short_breaks(end="2024-12-01")], "CARE_LEAVER_ONLY"),
]


def test_an_episode_open_at_d():
    cases = numbered(OPEN)
    children = {child: facts for child, (facts, _) in cases.items()}
    got = list_6({**children, "C99": []}, edition="ilacs-2019")
    expected = {(child, "R1"): reason for child, (_, reason) in cases.items()}
    idle = [child for child, (facts, _) in cases.items() if facts == [episode(), assessment(key="cancelled")]]
    assert len(idle) == 1
    # The status of assessments stands in a table of its own, which this run does not have.
    expected[idle[0], "R1"] = IN
    assert reasons(got) == expected
    unlisted = [
        child
        for (child, _), why in expected.items()
        if why in ("REFERRAL_ONLY", "CARE_LEAVER_ONLY") and episode(nfa="Y") not in cases[child][0]
    ]
    # No other list is built here.
    assert got.accused("AA-X25") == unlisted
    in_scope = [child for (child, _), why in expected.items() if why is None]
    # An assessment that names the referral contradicts it, whether it keeps the episode on the list or not (R35).
    worked = [child for child, (facts, _) in cases.items() if any(each[0] == "ssd_cin_assessments" for each in facts)]
    refused = [child for child, (facts, _) in cases.items() if episode(nfa="Y") in facts]
    assert got.accused("AA-307") == sorted({*in_scope, *worked} & {*refused})
    assert sorted(by_child(got, START)) == in_scope


# An episode closed on a day, with a reason -> reason code, with what belongs to it; W from 2024-12-02.
CLOSED_EPISODES = [
    ([episode(end="2024-12-01", reason="RC7"), cin_plan(end="2024-12-01")], "WINDOW"),
    ([episode(end="2024-12-02", reason="RC7"), cin_plan(end="2024-12-02")], IN),
    ([episode(end="2025-02-10", reason="RC8"), assessment(end="2025-02-10")], "RC8"),
    ([episode(end="2025-02-10", reason="RC9"), assessment(end="2025-02-10")], "RC8"),
    ([episode(end="2025-02-10", reason="RC8"), visit("2025-02-03")], "RC8"),
    ([episode(end="2025-02-10", reason="RC8")], "RC8"),
    ([episode(end="2025-02-10", reason="RC8", nfa="Y")], "NFA"),
    ([episode(end="2025-02-10", reason="RC8"), enquiry(end="2025-01-06")], IN),
    ([episode(end="2025-02-10", reason="RC9"), cin_plan(end="2025-02-10")], IN),
    ([episode(end="2025-02-10")], "REFERRAL_ONLY"),
    ([episode(end="2025-02-10", nfa="Y")], "NFA"),
    ([episode(end="2025-02-10"), assessment(end="2025-02-10")], IN),
    ([episode(end="2025-02-10", reason="RC3")], IN),
    ([episode(end="2025-02-10", reason="RC3", nfa="Y")], "NFA"),
    ([episode(end="2025-02-10", reason="RC1", nfa="Y"), care(end="2025-02-10")], IN),
    # Closed in the window: being a care leaver does not matter.
    ([care_leaver(), OLDER, episode(end="2025-02-10", reason="RC7"), visit("2025-02-03")], IN),
    ([episode(""), cin_plan()], IN),
    ([episode("", "2024-12-02", "RC7"), cin_plan("2024-03-04", "2024-12-02")], IN),
    ([episode("", "2024-12-01", "RC7"), cin_plan("2024-03-04", "2024-12-01")], "NO_DATE"),
    ([episode("2025-06-03"), cin_plan("2025-06-03")], "FUTURE"),
    ([born("2012-05-05", died="2024-12-01"), episode(), cin_plan()], "DIED"),
    ([born("2012-05-05", died="2024-12-02"), episode(), cin_plan()], IN),
    ([born("2012-05-05", died="2024-12-02"), episode()], "REFERRAL_ONLY"),
    (
        [born("2012-05-05", died="2024-12-20"), episode(end="2024-12-01", reason="RC7"), cin_plan(end="2024-12-01")],
        "WINDOW",
    ),
]


@pytest.mark.parametrize("edition", ["ilacs-2019", "ilacs-2022"])
def test_a_closed_episode(edition):
    cases = numbered(CLOSED_EPISODES)
    got = list_6({child: facts for child, (facts, _) in cases.items()}, edition=edition)
    assert reasons(got) == {(child, "R1"): reason for child, (_, reason) in cases.items()}
    account = {
        person: row
        for person, *row in got.lists[6].accounts["cin_episodes"].select("person_id", "date", "finding").rows()
    }
    assert account["C00"] == [date(2024, 12, 1), None]
    assert account["C02"] == [date(2025, 2, 10), None]
    assert account["C09"] == [date(2024, 1, 8), None]
    assert got.accused("AA-610") == ["C07", "C08"]
    assert found(got, "AA-R37") == ["C12"]
    assert got.accused("AA-307") == ["C14"]
    assert found(got, "AA-614") == ["C16", "C17"]
    # The episode and the plan of the first two are open.
    assert got.accused("AA-G24") == ["C20", "C20", "C21", "C21", "C22"]
    assert {child: account[child][1] for child in ("C07", "C12", "C14", "C16", "C21")} == {
        "C07": "AA-610",
        "C12": "AA-R37",
        "C14": "AA-307",
        "C16": "AA-614",
        "C21": "AA-G24",
    }
    assert by_child(got, START, CLOSED, STATUS)["C21"] == (day("2024-01-08"), day("2024-12-02"), "e) Closed episode")


def test_the_window_of_the_first_edition_is_three_months():
    facts = {
        "C1": [episode(end="2025-03-02", reason="RC7"), cin_plan(end="2025-03-02")],
        "C2": [episode(end="2025-03-01", reason="RC7"), cin_plan(end="2025-03-01")],
    }
    assert reasons(list_6(facts, edition="ilacs-2018")) == {("C1", "R1"): None, ("C2", "R1"): "WINDOW"}


# Episodes of one child -> start of the row shown; the others in scope are SUPERSEDED.
SEVERAL = [
    (
        [
            episode("2023-01-09", key="9"),
            cin_plan(referral="9"),
            episode("2024-01-08", key="10"),
            cin_plan(referral="10", key="N2"),
        ],
        "10",
    ),
    (
        [
            episode("2024-01-08", key="9"),
            cin_plan(referral="9"),
            episode("2024-01-08", key="10"),
            cin_plan(referral="10", key="N2"),
        ],
        "10",
    ),
    (
        [
            episode("2023-01-09", key="R1"),
            cin_plan(),
            episode("2024-01-08", "2025-02-10", "RC7", key="R2"),
            cin_plan("2024-03-04", "2025-02-10", referral="R2", key="N2"),
        ],
        "R1",
    ),
    (
        [
            episode("", key="R1"),
            cin_plan(),
            episode("2024-01-08", "2025-02-10", "RC7", key="R2"),
            cin_plan("2024-03-04", "2025-02-10", referral="R2", key="N2"),
        ],
        "R1",
    ),
    (
        [
            episode("2024-01-08", "2025-02-10", "RC7", key="R1"),
            cin_plan(end="2025-02-10"),
            episode("2024-05-06", "2025-01-06", "RC7", key="R2"),
            cin_plan("2024-06-03", "2025-01-06", referral="R2", key="N2"),
        ],
        "R2",
    ),
]


@pytest.mark.parametrize("edition", EDITIONS[1:])
def test_the_most_recent_episode_is_shown_and_an_open_one_beats_a_closed_one(edition):
    cases = numbered(SEVERAL)
    got = list_6({child: facts for child, (facts, _) in cases.items()}, edition=edition)
    for (child, event), why in reasons(got).items():
        assert why == (None if event == cases[child][1] else "SUPERSEDED"), (child, event)
    assert found(got, "AA-R36") == ["C02", "C03"]


CP, CLA, CIN, ASSESSMENTS = "ssd_cp_plans", "ssd_cla_episodes", "ssd_cin_plans", "ssd_cin_assessments"
PAST = episode(end="2024-11-15", reason="RC7")
RECENT = episode(end="2025-02-10", reason="RC7")

# Services of a child -> start, closure, status, source (None: a recorded episode), findings.
ADDED = [
    ([cp_plan("2024-05-06")], "2024-05-06", "", "b)", CP, "AA-X02"),
    ([care("2024-05-06")], "2024-05-06", "", "a)", CLA, "AA-X03"),
    ([assessment("2025-05-06")], "2025-05-06", "", "d)", ASSESSMENTS, "AA-X05"),
    ([cin_plan("2024-05-06")], "2024-05-06", "", "c)", CIN, "AA-X28"),
    ([short_breaks("2024-05-06")], "2024-05-06", "", "c)", CLA, "AA-X28"),
    ([cp_plan("2024-05-06", other_la="Y")], None, "", "", None, ""),
    ([enquiry("2025-05-06")], None, "", "", None, ""),
    ([visit("2025-05-06")], None, "", "", None, ""),
    # The earliest start of those that are open; what has ended does not count beside them.
    ([cp_plan("2024-09-02"), cin_plan("2024-05-06")], "2024-05-06", "", "b)", CP, "AA-X02 AA-X28"),
    ([cp_plan("2024-09-02"), care("2023-01-09", "2025-02-03")], "2024-09-02", "", "b)", CP, "AA-X02"),
    ([cp_plan(""), cin_plan("2024-05-06")], "2024-05-06", "", "b)", CP, "AA-X02 AA-X28"),
    ([cp_plan("")], "", "", "b)", CP, "AA-X02"),
    # Ended in the window: from the earliest start to the latest end.
    ([cp_plan("2024-05-06", "2025-02-10")], "2024-05-06", "2025-02-10", "e)", CP, "AA-X28"),
    ([cin_plan("2024-05-06", "2024-12-02")], "2024-05-06", "2024-12-02", "e)", CIN, "AA-X28"),
    ([cin_plan("2024-05-06", "2024-12-01")], None, "", "", None, ""),
    (
        [care("2024-05-06", "2025-02-10"), cin_plan("2024-01-08", "2025-03-03")],
        *("2024-01-08", "2025-03-03", "e)", CLA, "AA-X28"),
    ),
    ([short_breaks("2024-05-06", "2025-02-10")], None, "", "", None, ""),
    ([assessment("2025-01-06", "2025-02-10")], None, "", "", None, ""),
    (
        [born("2012-05-05", died="2025-02-10"), cp_plan("2024-05-06")],
        *("2024-05-06", "2025-02-10", "e)", CP, "AA-X28"),
    ),
    # An episode closed before the window is not in scope; an assessment closed with it is open nowhere.
    ([PAST, assessment()], None, "", "", None, ""),
    ([PAST, cin_plan("2024-03-04")], "2024-03-04", "", "c)", CIN, "AA-X28"),
    ([PAST, cin_plan("2024-03-04", "2025-01-06")], "2024-03-04", "2025-01-06", "e)", CIN, "AA-X28"),
    # A service begun on or after the closure replaces the closed row; one begun before leaves it.
    ([RECENT, care("2025-02-10", referral="")], "2025-02-10", "", "a)", CLA, "AA-X03"),
    ([RECENT, care("2025-02-09", referral="")], "2024-01-08", "2025-02-10", "e)", None, "AA-X03"),
    ([RECENT, cp_plan("")], "2024-01-08", "2025-02-10", "e)", None, "AA-X02"),
    ([RECENT, assessment("2025-02-03")], "2024-01-08", "2025-02-10", "e)", None, "AA-X05"),
    ([RECENT, cin_plan("2025-02-03")], "2024-01-08", "2025-02-10", "e)", None, ""),
    ([RECENT, cp_plan("2025-02-09"), cin_plan("2025-03-03")], "2025-03-03", "", "b)", CIN, "AA-X02 AA-X28"),
]
MISSING_EPISODE = ("AA-X02", "AA-X03", "AA-X05", "AA-X28")


@pytest.mark.parametrize("edition", EDITIONS[1:])
def test_rows_that_services_add(edition):
    cases = numbered(ADDED)
    got = list_6({child: facts for child, (facts, *_) in cases.items()}, edition=edition)
    listed = {child: rest for child, (_, *rest) in cases.items() if rest[0] is not None}
    shown = {
        child: [start, end, status[:2]] for child, (start, end, status) in by_child(got, START, CLOSED, STATUS).items()
    }
    assert shown == {child: [day(start), day(end), status] for child, (start, end, status, *_) in listed.items()}
    sources = dict(got.lists[6].rows.select("person_id", "source").iter_rows())
    assert sources == {child: source for child, (_, _, _, source, _) in listed.items()}
    assert sum(got.lists[6].added.values()) == sum(source is not None for source in sources.values())
    assert got.lists[6].added["ssd_cp_plans"] == list(sources.values()).count("ssd_cp_plans")
    for check in MISSING_EPISODE:
        assert found(got, check) == [child for child, (*_, all_found) in listed.items() if check in all_found], check


def test_the_option_takes_the_added_rows_away_and_not_the_findings():
    facts = {
        "C1": [cp_plan("2025-01-13")],
        "C2": [episode(end="2025-02-10", reason="RC7"), cp_plan("2025-03-03", referral="")],
    }
    got = list_6(facts, list6_additions=False)
    assert by_child(got, START, STATUS) == {"C2": (day("2024-01-08"), "e) Closed episode")}
    assert got.lists[6].added == {}
    assert found(got, "AA-X02") == ["C1", "C2"]


def test_adults_stay_unless_the_option_leaves_them_out():
    facts = {
        "C1": [OLDER, episode("2025-06-02"), cin_plan("2025-06-02")],
        "C2": [OLDER, cin_plan("2025-06-02", referral="")],
        "C3": [OLDER, cin_plan("2025-06-01", referral="")],
    }
    assert sorted(by_child(list_6(facts), START)) == ["C1", "C2", "C3"]
    got = list_6(facts, drop_adults=True)
    assert reasons(got) == {("C1", "R1"): "ADULT"}
    assert sorted(by_child(got, START)) == ["C3"]


def test_cancelled_assessments_belong_to_nothing():
    from tests.support.build import build

    tables = {
        "ssd_person": [{"pers_person_id": "C1", "pers_dob": "2012-05-05"}],
        "ssd_cin_episodes": [{"cine_referral_id": "R1", "cine_person_id": "C1", "cine_referral_date": "2024-01-08"}],
        "ssd_cin_assessments": [
            {
                "cina_assessment_id": "A1",
                "cina_person_id": "C1",
                "cina_referral_id": "R1",
                "cina_assessment_start_date": "2024-02-05",
            }
        ],
        "annexa_assessments": [{"assessment_id": "A1", "status": "cancelled"}],
    }
    got = build(tables, inspection_date="2025-06-02", lists=[6])
    assert got.reasons(6) == {"R1": "REFERRAL_ONLY"}


def test_a_sibling_s_service_is_not_linked():
    got = list_6({"C1": [episode()], "C2": [episode(key="R2"), cin_plan("2024-05-10", "2024-06-03", referral="R1")]})
    assert reasons(got) == {("C1", "R1"): "REFERRAL_ONLY", ("C2", "R2"): None}
    foreign = got.findings.filter(got.findings["check"] == "AA-R15")
    assert foreign.select("table", "child", "event").rows() == [("ssd_cin_plans", "C2", "N1")]


def test_conflicting_and_unplaced_referrals_are_accounted_for():
    got = list_6({"C1": [episode(), cin_plan(), episode(end="2025-02-10", reason="RC7")], "": [episode(key="R9")]})
    account = got.lists[6].accounts["cin_episodes"]
    assert sorted(account.select("event_id", "reason").rows(), key=str) == [
        ("R1", "CONFLICT"),
        ("R1", None),
        ("R9", "NO_CHILD_ID"),
    ]
    assert account["class_"].to_list().count("output") == 1
    assert by_child(got, NEED) == {"C1": "N0 - Not stated"}
