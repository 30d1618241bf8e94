"""List 6: case status, date last seen, primary need, team and worker."""

import pytest

from tests.spec.list_06.journeys import (
    CLOSED,
    EDITIONS,
    NEED,
    REASON,
    SEEN,
    START,
    STATUS,
    TEAM,
    WORKER,
    assessment,
    born,
    by_child,
    care,
    care_leaver,
    cin_plan,
    cp_plan,
    day,
    enquiry,
    episode,
    found,
    list_6,
    numbered,
    short_breaks,
    visit,
    worker,
)

CLA, CP, CIN = "a) Looked after child", "b) Child Protection plan", "c) Child in need plan"
ASSESSED, CLOSED_EPISODE = "d) Open assessment", "e) Closed episode"

# What is recorded of the child -> status, and whether nothing is current (2.4).
STATUSES = [
    ([episode(), care(), cp_plan()], CLA, False),
    ([episode(), cp_plan(), assessment()], CP, False),
    ([episode(), cin_plan(), assessment()], CIN, False),
    ([episode(), assessment()], ASSESSED, False),
    ([episode(end="2025-05-01", reason="RC7"), cp_plan("2025-03-03")], CLOSED_EPISODE, False),
    ([episode(end="2025-05-01", reason="RC7"), cp_plan("2025-05-12")], CP, False),
    ([episode(end="2025-06-02", reason="RC7"), cin_plan(end="2025-06-02")], CLOSED_EPISODE, False),
    ([episode(end="2025-06-20", reason="RC7"), cin_plan(end="2025-06-20")], CIN, False),
    ([episode(), short_breaks(), cin_plan()], CIN, False),
    ([episode(), short_breaks(), cp_plan()], CP, False),
    ([episode(), short_breaks(), assessment()], ASSESSED, False),
    ([episode(), short_breaks()], CIN, False),
    ([episode(), cin_plan(end="2025-06-02")], CIN, True),
    ([episode(), assessment(end="2024-03-04")], CIN, True),
    ([episode(), enquiry()], CIN, True),
    ([episode(), visit("2024-02-05")], CIN, True),
    ([episode(), cp_plan(other_la="Y")], CP, False),
    ([episode(), care(end="2025-06-02")], CIN, True),
    # The states are the child's, whichever episode they belong to.
    ([episode("2019-01-07", key="R0"), episode(), cin_plan(), cp_plan(referral="R0")], CP, False),
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_case_status(edition):
    cases = numbered(STATUSES)
    got = list_6({child: facts for child, (facts, _, _) in cases.items()}, edition=edition)
    assert by_child(got, STATUS) == {child: status for child, (_, status, _) in cases.items()}
    assert got.accused("AA-607") == [child for child, (_, _, idle) in cases.items() if idle]


def test_a_closed_row_with_a_plan_still_open_is_an_error():
    got = list_6({"C1": [episode(end="2025-05-01", reason="RC7"), cp_plan("2025-03-03")]})
    assert by_child(got, START, CLOSED, STATUS) == {"C1": (day("2024-01-08"), day("2025-05-01"), CLOSED_EPISODE)}
    assert found(got, "AA-X02") == ["C1"]


# Visits of a child with an episode from 2024-01-08, CIN plan throughout -> date last seen.
SEEN_DATES = [
    ([visit("2025-05-01"), visit("2025-05-20", seen="")], "", "2025-05-01"),
    ([visit("2025-05-01"), visit("2025-05-20", seen="N")], "", "2025-05-01"),
    (
        [visit("2025-05-01", kind="cin"), visit("2025-05-02", kind="cp"), visit("2025-05-03", kind="care")],
        "",
        "2025-05-03",
    ),
    ([visit("2025-05-03", kind="cp"), visit("2025-05-02", kind="care")], "", "2025-05-03"),
    ([visit("2024-01-08")], "", "2024-01-08"),
    ([visit("2024-01-07")], "", None),
    ([visit("2025-06-02"), visit("2025-06-03")], "", "2025-06-02"),
    ([visit("2025-04-10"), visit("2025-04-11")], "2025-04-10", "2025-04-10"),
    ([visit("2025-05-01", seen="")], "", None),
    ([], "", None),
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_date_last_seen(edition):
    cases = numbered(SEEN_DATES)
    got = list_6(
        {
            child: [episode(end=end, reason="RC7" if end else ""), cin_plan(end=end), *visits]
            for child, (visits, end, _) in cases.items()
        },
        edition=edition,
    )
    assert by_child(got, SEEN) == {child: day(shown) for child, (_, _, shown) in cases.items()}


def test_last_seen_of_a_row_without_a_start_looks_at_every_visit():
    got = list_6({"C1": [episode(""), cin_plan(), visit("2019-03-04")]})
    assert by_child(got, START, SEEN) == {"C1": (None, day("2019-03-04"))}


@pytest.mark.parametrize(
    ("facts", "need"),
    [
        ([episode(cine_cin_primary_need_code="N3"), cin_plan()], "N3 - Parental disability or illness"),
        ([episode(), cin_plan()], "N0 - Not stated"),
        ([episode(cine_cin_primary_need_code="N77"), cin_plan()], None),
        # An added row has the need of its period of care; short breaks have one too.
        ([care(need="N3")], "N3 - Parental disability or illness"),
        ([short_breaks(need="N2")], "N2 - Child’s disability"),
        ([care(need="")], "N0 - Not stated"),
        ([cp_plan()], "N0 - Not stated"),
    ],
)
def test_primary_need(facts, need):
    assert by_child(list_6({"C1": facts}), NEED) == {"C1": need}


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ([episode(cine_referral_team="Front", cine_referral_worker_id="Duty"), cin_plan()], (None, None)),
        ([episode(), cin_plan(cinp_cin_plan_team="Plan", cinp_cin_plan_worker_id="Pat")], (None, None)),
        ([cin_plan(cinp_cin_plan_team="Plan", cinp_cin_plan_worker_id="Pat")], ("Plan", "Pat")),
        ([cin_plan(cinp_cin_plan_team="Plan"), worker("2024-03-04", name="Ann", team="Case")], ("Case", "Ann")),
        (
            [
                cin_plan("2024-03-04", key="9", cinp_cin_plan_team="Old"),
                cin_plan("2024-03-04", key="10", cinp_cin_plan_team="New"),
            ],
            ("New", None),
        ),
        # A closed row shows who was allocated on the day it closed.
        (
            [
                episode(end="2025-05-01", reason="RC7"),
                cin_plan(end="2025-05-01"),
                worker("2024-03-04", "2025-05-01", name="Ann", team="Case"),
                worker("2025-05-05", name="Bob", team="Next"),
            ],
            ("Case", "Ann"),
        ),
    ],
)
def test_team_and_worker(facts, shown):
    assert by_child(list_6({"C1": facts}), TEAM, WORKER) == {"C1": shown}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([episode(end="2025-05-01", reason="RC7"), cin_plan(end="2025-05-01")], "RC7 - Services ceased"),
        ([episode(reason="RC7"), cin_plan()], None),  # open: the reason without a date is not shown
        ([episode(end="2025-06-03", reason="RC7"), cin_plan()], None),
        ([born("2012-05-05", died="2025-05-01"), episode(), cin_plan()], None),
        ([born("2012-05-05", died="2025-05-01"), episode(reason="RC2"), cin_plan()], "RC2 - Died"),
        ([cp_plan(end="2025-05-01")], None),
    ],
)
def test_reason_for_closure(facts, reason):
    (shown,) = by_child(list_6({"C1": facts}), REASON).values()
    assert (shown or "").startswith(reason or "")
    assert bool(shown) == bool(reason)


def test_case_status_without_any_table_of_services_but_visits():
    got = list_6({"C1": [episode(), visit("2024-02-05"), care_leaver("no current eligibility")]})
    assert by_child(got, STATUS) == {}  # a care-leaver record of any category, and nothing current
    got = list_6({"C1": [episode(), visit("2024-02-05")]})
    assert by_child(got, STATUS) == {"C1": CIN}
