"""What the story says where a list's rule has more to it than a record and its dates: rows that were added, deaths,
what adds no row, and days that are not recorded.
"""

from functools import cache

import pytest

from annexa.story.model import OFF, ON
from tests.support.build import build
from tests.support.telling import PERSON, SINCE_2025, YEAR_TO_2025, D, tell, tell_list, together

# Rows that were added, and why none was.

CLOSED = {
    "cine_referral_id": "R1",
    "cine_referral_date": "2024-02-01",
    "cine_close_date": "2025-02-01",
    "cine_close_reason": "RC1",
}


def cin(identifier, start, end=None):
    """A child in need plan."""
    return {
        "cinp_person_id": "C1",
        "cinp_cin_plan_id": identifier,
        "cinp_cin_plan_start_date": start,
        "cinp_cin_plan_end_date": end,
    }


def cp(identifier, start, end=None):
    """A child protection plan."""
    return {
        "cppl_person_id": "C1",
        "cppl_cp_plan_id": identifier,
        "cppl_cp_plan_start_date": start,
        "cppl_cp_plan_end_date": end,
    }


def need(*plans, referral=None, **person):
    """An extract of a child with plans and a referral, or of one of whom no referral tells."""
    tables = {"cinp": "ssd_cin_plans", "cppl": "ssd_cp_plans"}
    return {
        "ssd_person": [{**PERSON, **person}],
        "ssd_cin_episodes": [{"cine_person_id": "C1", **referral} if referral else {"cine_person_id": "C9"}],
        **{name: [each for each in plans if f"{short}_person_id" in each] for short, name in tables.items()},
    }


N1, P1 = "the child in need plan N1", "the child protection plan P1"
UNTOLD = "and no episode of need that the list could show tells of"
WAS_ADDED = {
    "each open service with its own first day": (
        6,
        need(cin("N1", "2024-05-01"), cp("P1", "2025-03-03")),
        f"{N1} since 01/05/2024 and {P1} since 03/03/2025 were open on 02/06/2025, {UNTOLD} them: the row was added",
    ),
    "each service that ended in the window": (
        6,
        need(
            cin("N0", "2020-01-01", "2024-12-01"),
            cin("N1", "2024-01-01", "2024-12-02"),
            cp("P1", "2024-03-03", "2025-01-01"),
        ),
        (
            f"{N1} from 01/01/2024 to 02/12/2024 and {P1} from 03/03/2024 to 01/01/2025 ended inside {SINCE_2025}, "
            f"{UNTOLD} them: the row was added"
        ),
    ),
    "those alone that began once the episode was closed": (
        6,
        need(cin("N1", "2025-01-31"), cp("P1", "2025-02-01"), referral=CLOSED),
        f"{P1} since 01/02/2025 was open on 02/06/2025, {UNTOLD} it: the row was added",
    ),
    "one without a first day": (
        6,
        need(cin("N1", None)),
        f"{N1} was open on 02/06/2025, {UNTOLD} it: the row was added",
    ),
}

OPEN, BEFORE, INSIDE = cin("N1", "2024-05-01"), ("2024-05-01", "2024-12-01"), ("2024-05-01", "2024-12-02")
ADULT = "The option drop_adults is on: no row was added, since the person was 18 or over on 01/05/2024."
NONE_ADDED = (
    "None of them adds a row: no plan of this authority, period of care, short break or assessment was open on "
    f"02/06/2025, and no plan of this authority and no period of care ended in {SINCE_2025}."
)
ADDITIONS_OFF = "The option list6_additions is off: a service alone puts nobody on the list."


NO_ROW = {
    ("drop_adults", True): [
        (OPEN, "2006-05-01", ADULT),
        (OPEN, "2006-05-02", None),
        (cin("N1", *BEFORE), "2000-05-05", NONE_ADDED),
        (cin("N1", *INSIDE), "2000-05-05", ADULT),
    ],
    ("drop_adults", False): [
        (OPEN, "2006-05-01", None),
        (cin("N1", *BEFORE), "2012-05-05", NONE_ADDED),
        (cin("N1", *INSIDE), "2012-05-05", None),
    ],
    ("list6_additions", False): [(OPEN, "2012-05-05", ADDITIONS_OFF)],
}


@pytest.mark.parametrize("option", NO_ROW)
def test_why_a_service_adds_no_row(option):
    children = together(need(plan, pers_dob=born) for plan, born, _ in NO_ROW[option])
    result = build(children, inspection_date=D, lists=[6], **dict([option]))
    for number, (_, _, remark) in enumerate(NO_ROW[option], start=1):
        (told,) = tell(result, f"C{number}", [6]).lists
        assert told.state == (ON if remark is None else OFF)
        assert told.facts[0].startswith("Child in need plan N1 from 01/05/2024")
        assert told.facts[1:] == (() if remark is None else (remark,))


ADOPTED = [
    ("2024-06-01", "E11", OFF, "to 01/06/2024: it ended with an adoption (E11), before"),
    ("2024-06-02", "E12", ON, "to 02/06/2024: it ended with an adoption (E12), inside"),
    ("2024-06-01", "E4A", OFF, None),
]


def care(ended, reason):
    """An extract of a child who left care, with a permanence record that is about nobody."""
    episode = {
        "clae_person_id": "C1",
        "clae_cla_episode_id": "E1",
        "clae_cla_episode_start_date": "2020-01-01",
        "clae_cla_episode_ceased_date": ended,
        "clae_cla_episode_ceased_reason": reason,
    }
    return {"ssd_person": [PERSON], "ssd_permanence": [{}], "ssd_cla_episodes": [episode]}


def test_an_adoption_that_no_permanence_record_tells_of():
    result = build(together(care(ended, reason) for ended, reason, _, _ in ADOPTED), inspection_date=D, lists=[10])
    for number, (_, _, state, fact) in enumerate(ADOPTED, start=1):
        (told,) = tell(result, f"C{number}", [10]).lists
        assert told.state == state
        assert told.facts == (() if fact is None else (f"Period of care from 01/01/2020 {fact} {YEAR_TO_2025}.",))


# Deaths.

DEAD = {"ssd_person": [{**PERSON, "pers_death_date": "2025-02-01"}]}
REFERRAL = {"cine_referral_id": "R1", "cine_referral_date": "2024-02-01"}
EPISODE = {"earl_episode_id": "H1", "earl_person_id": "C1", "earl_episode_start_date": "2024-06-01"}
ASSESSMENT = {"assessment_id": "A1", "person_id": "C1", "start_date": "2024-06-01"}
BOTH = "the early help assessment A1 and the early help episode H1 began on the same day and make one row"
OF_R1 = "the episode of need of the referral R1 of 01/02/2024"
ENQUIRY = {"s47e_s47_enquiry_id": "S1", "s47e_person_id": "C1"}
DECISION = {"perm_table_id": "P1", "perm_person_id": "C1"}
STAYS_BLANK, ONE_UNENDED = "and the completion date stays blank", "one of them at least has no recorded end"
DIED = "ended on 01/02/2025 with the child's death, inside"
DEATHS = {
    "List 2": (
        2,
        {"ssd_early_help_episodes": [EPISODE]},
        f"the early help episode H1 {DIED} {SINCE_2025}: no end is recorded, {STAYS_BLANK}",
    ),
    "List 2, ended that day": (
        2,
        {"ssd_early_help_episodes": [{**EPISODE, "earl_episode_end_date": "2025-02-01"}]},
        f"the early help episode H1 ended on 01/02/2025, inside {SINCE_2025}",
    ),
    "List 2, both ended": (
        2,
        {
            "ssd_early_help_episodes": [{**EPISODE, "earl_episode_end_date": "2025-01-31"}],
            "annexa_early_help_assessments": [{**ASSESSMENT, "completed_date": "2025-01-30"}],
        },
        f"{BOTH}, and the last of them ended on 31/01/2025, inside {SINCE_2025}",
    ),
    "List 2, the one that ended last": (
        2,
        {
            "ssd_early_help_episodes": [{**EPISODE, "earl_episode_end_date": "2025-01-31"}],
            "annexa_early_help_assessments": [ASSESSMENT],
        },
        f"{BOTH}, and the last of them {DIED} {SINCE_2025}: {ONE_UNENDED}, {STAYS_BLANK}",
    ),
    "List 2, the one that ended first": (
        2,
        {
            "ssd_early_help_episodes": [{**EPISODE, "earl_episode_end_date": "2025-02-02"}],
            "annexa_early_help_assessments": [ASSESSMENT],
        },
        f"{BOTH}, and the last of them ended on 02/02/2025, inside {SINCE_2025}: {ONE_UNENDED}, {STAYS_BLANK}",
    ),
    "List 5": (
        5,
        {"ssd_s47_enquiry": [{**ENQUIRY, "s47e_s47_start_date": "2024-12-01"}]},
        f"the section 47 enquiry S1 {DIED} {SINCE_2025}",
    ),
    "List 6": (6, need(OPEN, referral=REFERRAL), f"{OF_R1} {DIED} {SINCE_2025}"),
    "List 6, closed that day": (
        6,
        need(OPEN, referral=CLOSED),
        f"{OF_R1} was closed on 01/02/2025, inside {SINCE_2025}",
    ),
    "List 10": (
        10,
        {"ssd_permanence": [{**DECISION, "perm_adm_decision_date": "2024-01-01"}]},
        f"the decision of the permanence record P1, of 01/01/2024, {DIED} {YEAR_TO_2025}",
    ),
}


# Days that are not recorded.

UNDATED = {
    "List 6": (
        6,
        need(cin("N1", "2024-05-01"), referral={"cine_referral_id": "R1"}),
        "the episode of need of the referral R1 was open on 02/06/2025, and more than a referral belongs to it",
    ),
    "List 8": (
        8,
        {"ssd_cla_episodes": [{"clae_person_id": "C1", "clae_cla_episode_id": "E1", "clae_cla_id": "Z"}]},
        "the child was looked after on 02/06/2025, in a period of care whose first day is not recorded",
    ),
    "List 10": (
        10,
        {"ssd_permanence": [{**DECISION, "perm_placed_for_adoption_date": "2025-01-01"}]},
        "the decision of the permanence record P1 still stood on 02/06/2025",
    ),
}


ROWS = {
    **WAS_ADDED,
    **{f"a death, {name}": (number, {**tables, **DEAD}, because) for name, (number, tables, because) in DEATHS.items()},
    **{f"no first day, {name}": each for name, each in UNDATED.items()},
}


@cache
def all_rows():
    """Each of them another child of one extract."""
    return build(together({"ssd_person": [PERSON], **tables} for _, tables, _ in ROWS.values()), inspection_date=D)


@pytest.mark.parametrize("name", ROWS)
def test_why_a_row_is_there(name):
    number, _, because = ROWS[name]
    (told,) = tell(all_rows(), f"C{list(ROWS).index(name) + 1}", [number]).lists
    assert [row.because for row in told.rows] == [because]


# Which of several dates is told.

OVER = "had ended or had its conference by 01/12/2024"


@pytest.mark.parametrize(
    ("start", "reason", "sentence"),
    [
        ("2024-06-01", "WINDOW", f"it began before {SINCE_2025}, and {OVER}, before it too"),
        (None, "NO_DATE", f"it has no date of its strategy discussion, and {OVER}, which is before {SINCE_2025}"),
    ],
)
def test_an_enquiry_with_an_end_and_no_conference(start, reason, sentence):
    row = {**ENQUIRY, "s47e_s47_start_date": start, "s47e_s47_end_date": "2024-12-01"}
    (record,) = tell_list(5, {"ssd_person": [PERSON], "ssd_s47_enquiry": [row]}).records
    assert record.fate == f"Left out ({reason}): {sentence}."


IN_CONTACT = (
    "it shows no interview after an enquiry, no decision on a process that was under way and no child placed in the "
    "window from 04/06/2017 to 04/06/2018 (its latest order, leaving or refusal, or where it has none its latest date: "
)
IN_PROCESS = (
    f"it shows a process that was over before {YEAR_TO_2025}: an order or a leaving ends it, and a refusal only where "
    "no leaving is recorded (latest of the three: "
)
ADOPTERS = [
    (
        ("ilacs-2018", "2018-06-04"),
        {"enquiry_date": "2010-01-01", "adoption_order_date": "2012-01-01", "matched_date": "2016-01-01"},
        f"{IN_CONTACT}01/01/2012)",
    ),
    (
        ("ilacs-2018", "2018-06-04"),
        {"enquiry_date": "2010-01-01", "matched_date": "2016-01-01"},
        f"{IN_CONTACT}01/01/2016)",
    ),
    (
        ("ilacs-2019", D),
        {"stage1_start_date": "2022-02-01", "left_date": "2023-05-01", "rejection_date": "2025-01-10"},
        f"{IN_PROCESS}10/01/2025)",
    ),
]


@pytest.mark.parametrize(("when", "cells", "sentence"), ADOPTERS)
def test_which_date_of_an_adopter_is_told(when, cells, sentence):
    edition, day = when
    tables = {"ssd_person": [PERSON], "annexa_adopters": [{"adopter_id": "A1", "family_id": "F1", **cells}]}
    (record,) = tell_list(11, tables, "A1", day, edition=edition).records
    assert record.fate == f"Left out (WINDOW): {sentence}."
