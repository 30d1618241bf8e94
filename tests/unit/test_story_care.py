"""What a story says of care that is read as open, or as ended by a rule, where the record says another thing: the last
episode ended with X1 and none follows, or no end is recorded and the young person turned 18.
"""

from functools import cache

import pytest

from annexa.story.text import lines_of
from tests.support.build import build
from tests.support.telling import PERSON, SINCE_2025, D, tell, together

GOES_ON = "with X1, which says that care goes on, and no later episode is recorded up to 02/06/2025"
COUNTS = "It counts towards a row of the list."
LEFT = "Left out"
OPEN = "the child was looked after on 02/06/2025, in a period of care that began on 01/01/2020"
BEGAN = "the period of care that began on 01/01/2020"
SEE_X1, SEE_18 = "; see finding AA-805", "; see finding AA-816"
TOLD_X1 = f"It ended {GOES_ON}: the care is read as"


def episode(number, start="2020-01-01", end=None, reason=None):
    return {
        "clae_person_id": "C1",
        "clae_cla_episode_id": f"E{number}",
        "clae_cla_episode_start_date": start,
        "clae_cla_episode_ceased_date": end,
        "clae_cla_episode_ceased_reason": reason,
    }


def extract(*episodes, born="2012-05-05", died=None, leaver=False, **tables):
    person = {**PERSON, "pers_dob": born, "pers_death_date": died}
    leavers = [{"clea_person_id": "C1", "clea_care_leaver_eligibility": "RELEVANT"}] if leaver else []
    # A table that another child of the extract has is there for all of them.
    return {"ssd_person": [person], "ssd_cla_episodes": list(episodes), "ssd_care_leavers": leavers, **tables}


def read_open(day):
    return f"{BEGAN} is read as still open on 02/06/2025: its last episode ended on {day} {GOES_ON}{SEE_X1}"


X1 = episode(1, end="2023-06-05", reason="X1")
HOME = {
    "ssd_legal_status": [
        {"lega_person_id": "C1", "lega_legal_status": "V2", "lega_legal_status_start_date": "2020-01-01"}
    ],
    "ssd_cla_placement": [
        {"clap_person_id": "C1", "clap_cla_placement_type": "K2", "clap_cla_placement_start_date": "2020-01-01"}
    ],
}
BREAKS = {
    "ssd_legal_status": [
        {"lega_person_id": "C1", "lega_legal_status": "V4", "lega_legal_status_start_date": "2020-01-01"}
    ]
}
# What the list's answer says, and what is said of each episode behind its first sentence.
LIST_8 = {
    "X1, long ago": (extract(X1), read_open("05/06/2023"), [f"{TOLD_X1} still open{SEE_X1}."]),
    "X1 on the day": (
        extract(episode(1, end=D, reason="X1")),
        read_open("02/06/2025"),
        [f"{TOLD_X1} still open{SEE_X1}."],
    ),
    "X1 on a later day, which nobody has seen": (extract(episode(1, end="2025-06-03", reason="X1")), OPEN, [""]),
    "X1 without a day": (extract(episode(1, reason="X1")), OPEN, [""]),
    "another end": (
        extract(episode(1, end="2025-01-05", reason="E3")),
        f"{BEGAN} ended on 05/01/2025, as recorded, inside {SINCE_2025}",
        [""],
    ),
    "X1, and another follows": (extract(X1, episode(2, "2023-06-05")), OPEN, ["", ""]),
    "two of X1": (
        extract(X1, episode(2, "2023-06-05", "2023-07-01", "X1")),
        read_open("01/07/2023"),
        ["", f"{TOLD_X1} still open{SEE_X1}."],
    ),
    "X1, and another follows after a gap": (
        extract(X1, episode(2, "2023-06-07")),
        "the child was looked after on 02/06/2025, in a period of care that began on 07/06/2023",
        ["", ""],
    ),
    "X1, and one that is planned": (
        extract(X1, episode(2, "2025-06-03")),
        read_open("05/06/2023"),
        [f"{TOLD_X1} still open{SEE_X1}.", ""],
    ),
    "X1, and short breaks": (extract(X1, **BREAKS), None, [f"{TOLD_X1} still open{SEE_X1}."]),
    "X1, and a death": (
        extract(X1, died="2025-02-01"),
        (
            f"{BEGAN} is read as ended on 01/02/2025 with the child's death, inside {SINCE_2025}: its last episode "
            f"ended on 05/06/2023 {GOES_ON}{SEE_X1}"
        ),
        [f"{TOLD_X1} ended on 01/02/2025 with the child's death{SEE_X1}."],
    ),
    "a death": (
        extract(episode(1), died="2025-02-01"),
        f"{BEGAN} ended on 01/02/2025, with the child's death, inside {SINCE_2025}",
        [""],
    ),
    "18 when the window begins": (
        extract(episode(1), born="2006-12-02", leaver=True),
        f"{BEGAN} is read as ended on the 18th birthday, 02/12/2024, inside {SINCE_2025}: no end is recorded{SEE_18}",
        ["No end is recorded: the care is read as ended on the 18th birthday, 02/12/2024."],
    ),
    "18 on the day": (
        extract(episode(1, end="2021-01-01", reason="X1"), episode(2, "2021-01-01"), born="2007-06-02", leaver=True),
        f"{BEGAN} is read as ended on the 18th birthday, 02/06/2025, inside {SINCE_2025}: no end is recorded{SEE_18}",
        ["", "No end is recorded: the care is read as ended on the 18th birthday, 02/06/2025."],
    ),
    "18 the day after": (extract(episode(1), born="2007-06-03", leaver=True), OPEN, [""]),
    "18, and no care leaver": (extract(episode(1), born="2006-12-02"), OPEN, [""]),
    "18, and X1": (
        extract(X1, born="2006-12-02", leaver=True),
        (
            f"{BEGAN} is read as ended on the 18th birthday, 02/12/2024, inside {SINCE_2025}: its last episode ended "
            f"on 05/06/2023 {GOES_ON}; see findings AA-805 and AA-816"
        ),
        [f"{TOLD_X1} ended on the 18th birthday, 02/12/2024{SEE_X1}."],
    ),
    "18, and in a community home": (
        extract(episode(1), born="2006-12-02", leaver=True, **HOME),
        (
            f"{BEGAN} is read as ended on the 18th birthday, 02/12/2024, inside {SINCE_2025}: no end is recorded; see "
            "finding AA-834"
        ),
        ["No end is recorded: the care is read as ended on the 18th birthday, 02/12/2024."],
    ),
}


@cache
def children():
    """Each of them another child of one extract."""
    return build(together(tables for tables, _, _ in LIST_8.values()), inspection_date=D, edition="ilacs-2019")


def of_child(name, numbers, *, found=True):
    result = children()
    return tell(result, f"C{list(LIST_8).index(name) + 1}", numbers, result.findings if found else None)


@pytest.mark.parametrize("name", LIST_8)
def test_why_the_period_of_care_is_on_list_8(name):
    _, because, read = LIST_8[name]
    (told,) = of_child(name, [8]).lists
    assert [row.because for row in told.rows] == ([] if because is None else [because])
    assert [each.fate.partition(". ")[2] for each in told.records] == read


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("X1, long ago", ["Period of care from 01/01/2020, read as still open on 02/06/2025."]),
        ("X1, and a death", ["Period of care from 01/01/2020, read as ended on 01/02/2025 with the child's death."]),
        ("18 on the day", ["Period of care from 01/01/2020, read as ended on the 18th birthday, 02/06/2025."]),
        ("X1, and short breaks", ["Period of short breaks from 01/01/2020, read as still open on 02/06/2025."]),
        ("18 the day after", ["Period of care from 01/01/2020, open on 02/06/2025."]),
        (
            "X1, and another follows after a gap",
            [
                "Period of care from 01/01/2020 to 05/06/2023.",
                "Period of care from 07/06/2023, open on 02/06/2025.",
            ],
        ),
    ],
)
def test_the_periods_of_care(name, facts):
    assert list(of_child(name, [8]).lists[0].facts) == facts


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("18 on the day", "AA-816"),
        ("18, and X1", "AA-816"),
        ("18, and in a community home", "AA-834"),
        ("X1, long ago", None),
    ],
)
def test_the_finding_that_is_pointed_to_is_one_that_is_shown(name, finding):
    story = of_child(name, [8])
    assert {each.finding for each in story.lists[0].records} == {finding}
    shown = {each.check for each in story.findings}
    text = "\n".join(lines_of(story))
    for check in ("AA-805", "AA-816", "AA-834"):
        assert (f"finding {check}" in text or f"and {check}" in text) is (check in shown)


@pytest.mark.parametrize("name", ["X1, long ago", "18 on the day", "18, and X1"])
def test_a_finding_that_is_not_there_is_not_pointed_to(name):
    """A check may be off."""
    story = of_child(name, [8], found=False)
    assert "see finding" not in "\n".join(lines_of(story)).lower()
    assert "is read as" in story.lists[0].answer


BORN_18 = "2006-12-01"  # 18 on the day before the window


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (episode(1), "no end is recorded"),
        (X1, f"its last episode ended on 05/06/2023 {GOES_ON}{SEE_X1}"),
    ],
)
def test_care_that_is_read_as_ended_before_the_window(row, why):
    result = build(extract(row, born=BORN_18, leaver=True), inspection_date=D, edition="ilacs-2019")
    (told,) = tell(result, numbers=[8], found=result.findings).lists
    ended = (
        "belongs to a period of care that is read as ended on the 18th birthday, 01/12/2024, which is before "
        f"{SINCE_2025}"
    )
    assert told.answer == f"Not on List 8: the episode of care E1 {ended}: {why}. See finding AA-816."
    assert [(each.fate, each.finding) for each in told.records] == [
        (f"Left out (AGE_18): it {ended}: {why}.", "AA-816")
    ]


# The other lists that look at care.

READ = f"its last episode ended on 05/06/2023 {GOES_ON}{SEE_X1}"


def of_need(*episodes, referral=None, **given):
    rows = [{"cine_person_id": "C1", **referral}] if referral else [{"cine_person_id": "C9"}]
    return extract(*episodes, ssd_cin_episodes=rows, **given)


R1 = {"cine_referral_id": "R1", "cine_referral_date": "2020-01-01"}
LIST_6 = [
    (
        of_need(X1, referral=R1),
        (f"Period of care from 01/01/2020, read as still open on 02/06/2025 ({READ}): belongs to the referral R1."),
        None,
        f"{TOLD_X1} still open{SEE_X1}.",
    ),
    (
        of_need(X1),
        f"Period of care from 01/01/2020, read as still open on 02/06/2025 ({READ}): belongs to no episode of need.",
        f"the period of care since 01/01/2020 (read as still open: {READ}) was open on 02/06/2025",
        f"{TOLD_X1} still open{SEE_X1}.",
    ),
    (
        of_need(episode(1), born="2006-12-02", leaver=True),
        (
            "Period of care from 01/01/2020, read as ended on the 18th birthday, 02/12/2024 (no end is recorded"
            f"{SEE_18}): belongs to no episode of need."
        ),
        (
            "the period of care from 01/01/2020 to 02/12/2024 (read as ended on the 18th birthday, 02/12/2024: no end "
            f"is recorded{SEE_18}) ended inside {SINCE_2025}"
        ),
        "No end is recorded: the care is read as ended on the 18th birthday, 02/12/2024.",
    ),
    (
        of_need(episode(1)),
        "Period of care from 01/01/2020, open on 02/06/2025: belongs to no episode of need.",
        "the period of care since 01/01/2020 was open on 02/06/2025",
        "",
    ),
]


@pytest.mark.parametrize(("tables", "fact", "added", "fate"), LIST_6)
def test_what_list_6_says_of_care(tables, fact, added, fate):
    result = build(tables, inspection_date=D)
    story = tell(result, numbers=[6], found=result.findings)
    (told,) = story.lists
    assert told.facts == (fact,)
    (row,) = told.rows
    if added is not None:
        assert row.because.startswith(f"{added}, and no episode of need")
    shown = {each.check for each in story.findings if each.list == 8}
    assert shown >= {check for check in ("AA-805", "AA-816") if check in fact}
    (care,) = [each for each in story.others if each.record == "care_episodes"]
    assert care.fate == fate


LIST_9 = [
    ("ilacs-2022", "2007-06-03", X1, f"the young person is read as still looked after on 02/06/2025 ({READ})"),
    ("ilacs-2022", "2007-06-03", episode(1), "the young person was looked after on 02/06/2025"),
    ("ilacs-2018", "2007-06-03", X1, f"the young person is read as still looked after on 02/06/2025 ({READ})"),
    ("ilacs-2018", "2007-06-03", episode(1), "the young person was looked after on 02/06/2025"),
]


@pytest.mark.parametrize(("edition", "born", "row", "cared"), LIST_9)
def test_what_list_9_says_of_care(edition, born, row, cared):
    result = build(extract(row, born=born, leaver=True), inspection_date=D, edition=edition)
    story = tell(result, numbers=[9], found=result.findings)
    (told,) = story.lists
    if edition == "ilacs-2022":
        assert told.answer == f"On List 9: yes, because {cared} and is 16 or over: an eligible child."
    else:
        assert told.answer.startswith(f"Not on List 9: {cared}, and is not a care leaver yet.")
        assert told.records[0].fate == f"Left out (LOOKED_AFTER): {cared}, and is not a care leaver yet."
    assert ("AA-805" in {each.check for each in story.findings}) is ("X1" in cared)
