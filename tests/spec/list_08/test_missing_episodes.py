"""Missing and absent episodes of the last 12 months, and the return interview after the last one (2.7, 2.8)."""

import pytest

from tests.spec.list_08.children import cells, episode, list_8, missing

MISSING = "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months"
ABSENT = "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months"
OFFERED = "Was the child offered a Return Interview after their last missing episode (Y/N)?"
ACCEPTED = "Did the child accept a Return Interview after their last missing episode (Y/N)?"

# case: (period of care, missing episodes (absent ones with A), missing, absent)
FROM_OCTOBER = "2024-10-01 to"
COUNTS = {
    "no episode": (FROM_OCTOBER, [], 0, 0),
    "before care": (FROM_OCTOBER, ["2024-09-20 to 2024-09-21"], 0, 0),
    "into care": (FROM_OCTOBER, ["2024-09-20 to 2024-10-01"], 1, 0),
    "two": (FROM_OCTOBER, ["2025-01-02 to 2025-01-03", "2025-02-10 to 2025-02-12"], 2, 0),
    "one entered twice": (FROM_OCTOBER, ["2025-01-02 09:00 to 2025-01-02 12:00"] * 2, 1, 0),
    "two on one day": (
        FROM_OCTOBER,
        ["2025-01-02 09:00 to 2025-01-02 12:00", "2025-01-02 18:00 to 2025-01-02 23:00"],
        2,
        0,
    ),
    "one day without times, twice": (FROM_OCTOBER, ["2025-01-02 to 2025-01-02"] * 2, 1, 0),
    "one day, times on one of them": (
        FROM_OCTOBER,
        ["2025-01-02 to 2025-01-02", "2025-01-02 09:00 to 2025-01-02 12:00"],
        1,
        0,
    ),
    "joined through one without times": (
        FROM_OCTOBER,
        ["2025-01-02 09:00 to 2025-01-02 12:00", "2025-01-02 18:00 to 2025-01-02 23:00", "2025-01-02 to 2025-01-02"],
        1,
        0,
    ),
    "one moment, twice": (FROM_OCTOBER, ["2025-01-02 09:00 to 2025-01-02 09:00"] * 2, 1, 0),
    "sharing one day": (FROM_OCTOBER, ["2025-01-02 to 2025-01-04", "2025-01-04 to 2025-01-06"], 2, 0),
    "sharing two days": (FROM_OCTOBER, ["2025-01-02 to 2025-01-04", "2025-01-03 to 2025-01-06"], 1, 0),
    "a day within others": (FROM_OCTOBER, ["2025-01-02 to 2025-01-06", "2025-01-04 to 2025-01-04"], 2, 0),
    "overlapping by an hour": (
        FROM_OCTOBER,
        ["2025-01-02 09:00 to 2025-01-04 12:00", "2025-01-04 11:00 to 2025-01-06 09:00"],
        1,
        0,
    ),
    "one ends as the next begins": (
        FROM_OCTOBER,
        ["2025-01-02 09:00 to 2025-01-04 12:00", "2025-01-04 12:00 to 2025-01-06 09:00"],
        2,
        0,
    ),
    "midnight is no time": (
        FROM_OCTOBER,
        ["2025-01-02 09:00 to 2025-01-04 00:00", "2025-01-04 00:00 to 2025-01-06 09:00"],
        2,
        0,
    ),
    "a chain": (
        FROM_OCTOBER,
        ["2025-01-02 to 2025-01-04", "2025-01-03 to 2025-01-06", "2025-01-05 to 2025-01-08"],
        1,
        0,
    ),
    "still missing": (FROM_OCTOBER, ["2025-05-30 to"], 1, 0),
    "two still missing": (FROM_OCTOBER, ["2025-05-30 to", "2025-05-31 to"], 1, 0),
    "ends later": (FROM_OCTOBER, ["2025-05-30 to 2025-06-09"], 1, 0),
    "begins later": (FROM_OCTOBER, ["2025-06-03 to"], 0, 0),
    "begins on the day": (FROM_OCTOBER, ["2025-06-02 23:59 to"], 1, 0),
    "over the bound": ("2020-01-06 to", ["2024-06-01 to 2024-06-03"], 1, 0),
    "to the bound": ("2020-01-06 to", ["2024-06-01 to 2024-06-02"], 1, 0),
    "before the bound": ("2020-01-06 to", ["2024-05-30 to 2024-06-01"], 0, 0),
    "no start": (FROM_OCTOBER, ["to 2025-01-03", "2024-12-01 to 2024-12-03"], 2, 0),
    "no date": (FROM_OCTOBER, ["to"], 0, 0),
    "after care ended": ("2024-10-01 to 2025-01-10", ["2025-01-11 to 2025-01-12"], 0, 0),
    "on the day care ended": ("2024-10-01 to 2025-01-10", ["2025-01-10 to 2025-01-12"], 1, 0),
    "absent": (FROM_OCTOBER, ["A 2025-01-02 to 2025-01-03", "A 2025-01-02 to 2025-01-03"], 0, 1),
    "each kind": (FROM_OCTOBER, ["A 2025-01-02 to 2025-01-05", "2025-01-02 to 2025-01-05"], 1, 1),
    "unknown kind": (FROM_OCTOBER, ["? 2025-01-02 to 2025-01-05"], 0, 0),
}
KINDS = {"A": "Absent", "?": "at a friend's"}


@pytest.fixture(scope="module")
def counts():
    episodes, spells = [], []
    for child, (care, spans, _, _) in COUNTS.items():
        episodes.append(episode(child, care))
        for number, each in enumerate(spans, start=1):
            kind, when = (KINDS[each[0]], each[2:]) if each[0] in KINDS else ("Missing", each)
            spells.append(missing(child, when, number, kind))
    return cells(list_8({"ssd_cla_episodes": episodes, "ssd_missing": spells}), MISSING, ABSENT)


@pytest.mark.parametrize("case", COUNTS)
def test_number_of_episodes(counts, case):
    assert counts[case] == COUNTS[case][2:]


YES, NO, UNKNOWN = "a) Yes", "b) No", "c) Unknown"
# case: missing episodes (when, offered, accepted), the two cells
INTERVIEWS = {
    "never missing": ([], None, None),
    "absent only": ([("A 2025-01-02 to 2025-01-03", "Y", "Y")], None, None),
    "missing before care, answered": ([("2024-09-02 to 2024-09-03", "Y", "Y")], None, None),
    "offered, then not": ([("2025-01-02 to 2025-01-03", "Y", "Y"), ("2025-02-02 to 2025-02-03", "N", "")], NO, None),
    "declined": ([("2025-01-02 to 2025-01-03", "Y", "N")], YES, NO),
    "accepted": ([("2025-01-02 to 2025-01-03", "Y", "Y")], YES, YES),
    "offered, no answer": ([("2025-01-02 to 2025-01-03", "Y", "")], YES, UNKNOWN),
    "answer does not apply": ([("2025-01-02 to 2025-01-03", "Y", "NA")], YES, UNKNOWN),
    "nothing said": ([("2025-01-02 to 2025-01-03", "", "")], UNKNOWN, None),
    "does not apply": ([("2025-01-02 to 2025-01-03", "NA", "NA")], UNKNOWN, None),
    "not offered, yet accepted": ([("2025-01-02 to 2025-01-03", "N", "Y")], NO, None),
    "unreadable": ([("2025-01-02 to 2025-01-03", "perhaps", "Y")], None, None),
    "unreadable answer": ([("2025-01-02 to 2025-01-03", "Y", "perhaps")], YES, None),
    "still missing": ([("2025-05-30 to", "Y", "Y")], None, None),
    "end planned": ([("2025-05-30 to 2025-06-09", "Y", "Y")], None, None),
    "ended, and still missing": ([("2025-01-02 to 2025-01-03", "Y", "N"), ("2025-05-30 to", "", "")], YES, NO),
    "entered twice": ([("2025-01-02 to 2025-01-03", "Y", "Y"), ("2025-01-02 to 2025-01-03", "", "")], YES, YES),
}


@pytest.fixture(scope="module")
def interviewed():
    episodes, spells = [], []
    for child, (spans, _, _) in INTERVIEWS.items():
        episodes.append(episode(child, FROM_OCTOBER))
        for number, (when, offered, accepted) in enumerate(spans, start=1):
            kind = "Absent" if when.startswith("A") else "Missing"
            spells.append(missing(child, when.removeprefix("A "), number, kind, offered, accepted))
    return list_8({"ssd_cla_episodes": episodes, "ssd_missing": spells})


@pytest.mark.parametrize("case", INTERVIEWS)
def test_return_interview(interviewed, case):
    assert cells(interviewed, OFFERED, ACCEPTED)[case] == INTERVIEWS[case][1:]


def test_children_who_are_only_missing_still_are_named(interviewed):
    open_only = interviewed.findings.filter(check="AA-840")
    assert sorted(open_only["child"]) == ["end planned", "still missing"]
    assert set(open_only["severity"]) == {"info"}


def test_without_the_table_nothing_is_said():
    result = list_8({"ssd_cla_episodes": [episode("C1", "2025-05-01 to")]})
    assert cells(result, MISSING, ABSENT, OFFERED, ACCEPTED) == {"C1": (None,) * 4}
    assert "AA-840" not in result.checks()


def test_an_earlier_extract_ends_the_counted_time():
    spells = [missing("C1", "2025-05-28 to"), missing("C1", "2025-05-29 to 2025-05-30", 2)]
    tables = {"ssd_cla_episodes": [episode("C1", "2025-05-01 to")], "ssd_missing": spells}
    assert cells(list_8(tables, extract_date="2025-05-28"), MISSING) == {"C1": 1}
