"""1.07: whose cases the children of Lists 6 to 9 are."""

import pytest

from annexa.checks.catalogue import catalogue
from annexa.checks.run import run_checks
from annexa.checks.runs import ExtractRun
from annexa.editions import edition_names
from annexa.findings import Findings
from annexa.reports.caseloads import HELD, LEFT, SHARED, UNKNOWN, cases
from annexa.workdays import WorkingDays
from tests.spec.reports.staffing import in_care, staffed, worker
from tests.support.reports import drawn, see

LISTS = """
ssd_cin_episodes
cine_referral_id | cine_person_id | cine_referral_date | cine_referral_nfa
1                | NEED           | 2018-01-01         | N
2                | LEAVER         | 2018-01-01         | N

ssd_cin_plans
cinp_person_id | cinp_referral_id | cinp_cin_plan_start_date | cinp_cin_plan_end_date | cinp_cin_plan_worker_id
NEED           | 1                | 2018-01-01               |                        |
PLAN           |                  | 2018-01-01               |                        | W4
ENDED          |                  | 2016-01-01               | 2018-03-01             | W4
LEAVER         | 2                | 2018-01-01               |                        |

ssd_cp_plans
cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date
1               | CP             |                  | 2018-01-01

ssd_cla_episodes
clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date
1                   | CARE           | 2018-01-01
2                   | NOBODY         | 2018-01-01

ssd_care_leavers
clea_table_id | clea_person_id | clea_care_leaver_eligibility | clea_care_leaver_worker_id
1             | LEFT           | Former relevant              | W3
2             | LEAVER         | Relevant                     | W3

ssd_involvements
invo_person_id | invo_professional_id | invo_professional_role_id|invo_involvement_start_date|invo_involvement_end_date
NEED           | W1                   | CW                        | 2018-01-01                  |
CP             | W2                   | CW                        | 2018-01-01                  |
CP             | W1                   | CW                        | 2018-01-01                  | 2018-06-04
CARE           | W2                   | CW                        | 2018-01-01                  |
CARE           | W1                   | IRO                       | 2018-02-01                  |
LEFT           | W1                   | CW                        | 2018-01-01                  |
LEAVER         | W2                   | CW                        | 2018-01-01                  |

ssd_person
pers_person_id | pers_dob
LEAVER         | 2001-01-01
LEFT           | 1998-01-01
"""


@pytest.mark.parametrize("edition", edition_names())
def test_a_child_is_held_once_by_the_primary_worker(edition):
    people = [worker(n) for n in range(1, 6)]
    seen = see("1.07", {**staffed(people), **drawn(LISTS)}, edition=edition)
    # W1: NEED. W2: CP, CARE, and LEAVER, a child in need before a care leaver. W3: LEFT, as recorded. W4: PLAN.
    assert seen.column("workers", "Children held") == [1, 3, 1, 1, 0]
    assert seen.figure("children_open") == 7
    assert (seen.figure("held"), seen.figure("held_nobody")) == (6, 1)
    assert (seen.figure("holders"), seen.figure("average"), seen.figure("highest")) == (4, 1.5, 3.0)
    assert seen.report.notes[0].startswith("No limit")


def test_lists_and_report_name_the_same_workers():
    seen = see("1.07", {**staffed([worker(n) for n in range(1, 6)]), **drawn(LISTS)})
    shown = {}
    for number in (8, 7, 6, 9):
        frame = seen.run.lists[number].frame.filter(~seen.run.lists[number].rows["ceased"])
        for child, name in frame.select("Child Unique ID", "Allocated Worker").iter_rows():
            shown[child] = shown.get(child) or name
    held = [list(shown.values()).count(name) for name in ("W1", "W2", "W3", "W4", "W5")]
    assert held == seen.column("workers", "Children held") == [1, 3, 1, 1, 0]
    assert set(shown) == {"NEED", "LEAVER", "PLAN", "CP", "CARE", "NOBODY", "LEFT"}


PROFESSIONALS = """
ssd_professionals
prof_professional_id | prof_staff_id | prof_professional_name
501                  | W1            | Ann Able
W2                   | S2            | Ben Bold
503                  | S3            | Cy Cole
504                  | S4            | Di Dole
505                  | S5            |
"""


MATCHED = {
    "W1": HELD,
    "w1": HELD,
    "501": HELD,  # the staff number is the worker's identifier
    "Ann  ABLE": HELD,  # the name beside that number
    "W2": HELD,
    "S2": HELD,
    "Ben Bold": HELD,
    "503": HELD,  # by name alone
    "S3": HELD,
    "cy cole": HELD,
    "504": UNKNOWN,
    "Di Dole": UNKNOWN,
    "505": UNKNOWN,
    "W9": UNKNOWN,
    "W6": LEFT,
    "Eve Earl": SHARED,
    "Flo Fox": HELD,  # of two with the name the one who is still there
    "Gus Gale": LEFT,
}


def test_how_a_worker_is_matched():
    people = [
        worker(1, name=None),
        worker(2, name=None),
        worker(3, name="Cy Cole"),
        worker(4, name="Eve Earl"),
        worker(5, name="Eve  Earl"),
        worker(6, name="Gus Gale", leave_date="2010-01-01"),
        worker(7, name="Flo Fox", leave_date="2018-01-01"),
        worker(8, name="Flo Fox"),
    ]
    seen = see("1.07", {**staffed(people), **drawn(PROFESSIONALS), **in_care(**dict.fromkeys(MATCHED, 1))})
    found = dict(cases(seen.run).select("person_id", "state").iter_rows())
    assert found == {f"{recorded}-0": state for recorded, state in MATCHED.items()}
    assert dict(zip(seen.column("workers", "Worker ID"), seen.column("workers", "Children held"), strict=True)) == {
        "W1": 4, "W2": 3, "W3": 3, "W4": 0, "W5": 0, "W6": 2, "W7": 0, "W8": 1,
    }  # fmt: skip
    # 504 and Di Dole are one, as the lists show them; AA-X27 finds the same.
    assert seen.figure("strangers") == stranger_rows(seen) == 3


def stranger_rows(seen):
    """How many workers AA-X27 finds."""
    run = ExtractRun(seen.run.context, WorkingDays(), seen.run.lists)
    return (
        run_checks(catalogue(), run, Findings().frame(), {"AA-X27"}, teams=False).findings.filter(check="AA-X27").height
    )


def test_the_lines_of_the_children_add_up():
    people = [worker(1), worker(2, leave_date="2018-06-04")]
    tables = {**staffed(people), **in_care(W1=3, W2=2, W8=4, W9=1)}
    tables["ssd_cla_episodes"].append(
        {"clae_cla_episode_id": "x", "clae_person_id": "x", "clae_cla_episode_start_date": "2018-06-04"}
    )
    seen = see("1.07", tables)
    assert seen.grid("cases") == {
        "a worker employed at the inspection date": {"Children": 3},
        "a worker who has left": {"Children": 2},
        "a worker who is not in the workforce data": {"Children": 5},
        "a name that several workers have": {"Children": 0},
        "no named worker": {"Children": 1},
        "Total": {"Children": 11},
    }
    assert seen.figure("strangers") == stranger_rows(seen) == 2
    # Nobody who has left takes part in the caseloads, and the row shows what is still held.
    assert (seen.figure("holders"), seen.figure("average"), seen.grid("teams")["Total"]["Children held"]) == (1, 3.0, 3)
    assert seen.column("workers", "Children held") == [3, 2]


def test_who_left_long_ago_and_still_holds_a_child_has_a_row():
    people = [worker(1, leave_date="2015-01-01"), worker(2, leave_date="2015-01-01")]
    seen = see("1.07", {**staffed(people), **in_care(W1=1)})
    assert seen.column("workers", "Worker ID") == ["W1"]


@pytest.mark.parametrize(("limit", "over"), [(None, None), (2, (1, 2, 50.0)), (3, (0, 2, 0.0)), (2.5, (1, 2, 50.0))])
def test_the_limit(limit, over):
    seen = see("1.07", {**staffed([worker(1), worker(2), worker(3)]), **in_care(W1=3, W2=2)}, caseload_limit=limit)
    assert seen.figure("over_limit") == over
    assert seen.column("workers", "Over the limit") == (
        [None] * 3 if over is None else ["Y" if over[0] else "N", "N", "N"]
    )


def test_the_average_of_qualified_social_workers_is_their_own():
    people = [worker(1), worker(2, role="Personal adviser", registration_number=None)]
    seen = see("1.07", {**staffed(people), **in_care(W1=10, W2=30)})
    assert (seen.figure("average"), seen.figure("average_qualified")) == (20.0, 10.0)


def test_lists_without_their_workers_are_in_no_caseload():
    tables = drawn(LISTS)
    del tables["ssd_involvements"]
    seen = see("1.07", {**staffed([worker(3)]), **tables})
    assert (seen.figure("children_open"), seen.figure("held")) == (2, 2)
    assert (
        "Children held are without List 6, 7, 8: the extract does not say who works with its children."
        in seen.report.notes
    )
    neither = see("1.07", {**staffed([worker(3)]), **tables}, without=["ssd_care_leavers.clea_care_leaver_worker_id"])
    assert neither.figure("children_open") == neither.figure("average") == "not supplied"
