"""UASC (2.11), second period (2.6) and legal status (List 8) of children in care."""

from datetime import date

import polars as pl
import pytest

from annexa.lists.care_columns import ever_uasc
from tests.spec.list_08.children import cells, episode, legal, list_8, person, span
from tests.support.context import context_of

UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
SECOND = "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
STATUS = "Child's Legal Status"
SINCE = "Start date of current legal status"
YES, NO = "a) Yes", "b) No"

# case: (date of birth, statuses, in care from, answer)
REFUGEE, UNKNOWN = "Refugee Status", "local text"
UASC_CASES = {
    "open": ("", [("UASC", "2023-01-01 to")], "", YES),
    "ended on the bound": ("", [("UASC", "2023-01-01 to 2024-06-02")], "", YES),
    "ended before the bound": ("", [("UASC", "2023-01-01 to 2024-06-01")], "", NO),
    "refugee before the bound": ("", [("UASC", "2023-01-01 to"), (REFUGEE, "2024-05-01 to")], "", NO),
    "refugee from the bound": ("", [("UASC", "2023-01-01 to"), (REFUGEE, "2024-06-02 to")], "", YES),
    "humanitarian protection": ("", [("UASC", "2023-01-01 to"), ("Humanitarian Protection", "2024-05-01 to")], "", NO),
    "refused": ("", [("UASC", "2023-01-01 to"), ("Asylum refused", "2024-05-01 to")], "", NO),
    "refugee earlier": ("", [("UASC", "2023-01-01 to"), (REFUGEE, "2022-05-01 to")], "", YES),
    "refugee since nobody knows when": ("", [("UASC", "2023-01-01 to"), (REFUGEE, "to")], "", YES),
    "a later text that no map knows": ("", [("UASC", "2023-01-01 to"), (UNKNOWN, "2024-05-01 to")], "", YES),
    "start blank": ("", [("UASC", "to")], "2024-09-01", YES),
    "start blank, ended before care": ("", [("UASC", "to 2024-07-01")], "2024-09-01", NO),
    "18 before the bound": ("2006-06-01", [("UASC", "2023-01-01 to")], "", NO),
    "18 on the bound": ("2006-06-02", [("UASC", "2023-01-01 to")], "", YES),
    "recorded after 18": ("2006-08-01", [("UASC", "2024-09-01 to")], "", NO),
    "later than the inspection": ("", [("UASC", "2025-06-03 to")], "", NO),
    "another status": ("", [(REFUGEE, "2023-01-01 to")], "", NO),
    "no status": ("", [], "", NO),
    "again UASC": ("", [("UASC", "2022-01-01 to 2023-01-01"), ("UASC", "2025-01-01 to")], "", YES),
}


@pytest.fixture(scope="module")
def uasc():
    persons, episodes, statuses = [], [], []
    for child, (born, held, since, _) in UASC_CASES.items():
        persons.append(person(child, born or "2009-05-05"))
        episodes.append(episode(child, f"{since or '2023-01-01'} to"))
        for status, when in held:
            start, end = span(when)
            statuses.append(
                {
                    "immi_person_id": child,
                    "immi_immigration_status": status,
                    "immi_immigration_status_start_date": start,
                    "immi_immigration_status_end_date": end,
                }
            )
    tables = {"ssd_person": persons, "ssd_cla_episodes": episodes, "ssd_immigration_status": statuses}
    return cells(list_8(tables), UASC)


@pytest.mark.parametrize("case", UASC_CASES)
def test_uasc(uasc, case):
    assert uasc[case] == UASC_CASES[case][3]


def test_uasc_is_blank_without_the_table():
    assert cells(list_8({"ssd_cla_episodes": [episode("C1", "2025-05-01 to")]}), UASC) == {"C1": None}


def test_ever_uasc_counts_any_time():
    statuses = [
        {"person_id": "past", "status": "UASC", "start_date": date(2015, 1, 1), "end_date": date(2016, 1, 1)},
        {"person_id": "other", "status": "REFUGEE", "start_date": date(2015, 1, 1)},
    ]
    rows = pl.DataFrame({"_id": [0, 1, 2], "person_id": ["past", "other", "none"]})
    known = context_of({"immigration_statuses": statuses}, date(2025, 6, 2))
    assert ever_uasc(known, rows)["ever_uasc"].to_list() == ["Y", "N", "N"]
    assert ever_uasc(context_of({}, date(2025, 6, 2)), rows)["ever_uasc"].to_list() == [None] * 3


# case: (periods, legal status of each, answer)
SECOND_CASES = {
    "one period": (["2025-03-03 to"], NO),
    "ended in the year": (["2024-01-01 to 2024-07-01", "2025-03-03 to"], YES),
    "ended on the bound": (["2024-01-01 to 2024-06-02", "2025-03-03 to"], YES),
    "ended a day too early": (["2024-01-01 to 2024-06-01", "2025-03-03 to"], NO),
    "same day": (["2024-01-01 to 2025-03-03", "2025-03-03 to"], NO),
    "a day later": (["2024-01-01 to 2025-03-03", "2025-03-04 to"], YES),
    "short breaks before": (["V4 2024-01-01 to 2024-07-01", "2025-03-03 to"], NO),
    "third": (["2023-01-01 to 2023-07-01", "2024-02-01 to 2024-08-01", "2025-03-03 to"], YES),
    "short breaks between": (["2024-01-01 to 2024-07-01", "V4 2024-07-02 to 2025-03-01", "2025-03-03 to"], YES),
    "ceased itself": (["2024-01-01 to 2024-07-01", "2024-09-01 to 2025-01-10"], YES),
}


@pytest.fixture(scope="module")
def seconds():
    episodes, statuses = [], []
    for child, (periods, _) in SECOND_CASES.items():
        for number, each in enumerate(periods, start=1):
            status, when = ("V4", each[3:]) if each.startswith("V4") else ("C2", each)
            episodes.append(episode(child, when, number))
            statuses.append(legal(child, status, when, number))
    return cells(list_8({"ssd_cla_episodes": episodes, "ssd_legal_status": statuses}), SECOND)


@pytest.mark.parametrize("case", SECOND_CASES)
def test_second_period(seconds, case):
    assert seconds[case] == SECOND_CASES[case][1]


C1, C2, E1, L2, V2 = "C1: ICO", "C2: FCO", "E1: Placement order", "L2: EPO", "V2: Single period under S20"
V4 = "V4: Short term breaks, agreements recorded"
OPEN, CEASED = "2022-01-01 to", "2022-01-01 to 2025-01-10"
# case: (period, statuses, status, its start)
LEGAL_CASES = {
    "one": (OPEN, ["C2 2022-01-01 to"], C2, "2022-01-01"),
    "no status": (OPEN, [], None, ""),
    "ended on the day": (OPEN, ["C2 2022-01-01 to 2025-06-02"], None, ""),
    "end planned": (OPEN, ["C2 2022-01-01 to 2025-06-03"], C2, "2022-01-01"),
    "latest start": (OPEN, ["C2 2022-01-01 to", "V2 2024-01-01 to"], V2, "2024-01-01"),
    "start blank": (OPEN, ["C2 to"], C2, ""),
    "a blank start is the earliest": (OPEN, ["E1 to", "V2 2022-01-01 to"], V2, "2022-01-01"),
    "later": (OPEN, ["C2 2022-01-01 to", "V2 2025-06-03 to"], C2, "2022-01-01"),
    "placement order first": (OPEN, ["C2 2022-01-01 to", "E1 2022-01-01 to"], E1, "2022-01-01"),
    "care order before interim": (OPEN, ["C1 2022-01-01 to", "C2 2022-01-01 to"], C2, "2022-01-01"),
    "emergency before accommodated": (OPEN, ["V2 2022-01-01 to", "L2 2022-01-01 to"], L2, "2022-01-01"),
    "remanded before emergency": (
        OPEN,
        ["L2 2022-01-01 to", "J2 2022-01-01 to"],
        "J2: LA accommodation under PACE",
        "2022-01-01",
    ),
    "unknown text": (OPEN, ["C2 2022-01-01 to", "? 2024-01-01 to"], None, "2024-01-01"),
    "unknown text of the same day": (OPEN, ["C2 2022-01-01 to", "? 2022-01-01 to"], C2, "2022-01-01"),
    "no care status": (OPEN, ["C2 2022-01-01 to", "SGO 2024-01-01 to"], C2, "2022-01-01"),
    "run": (OPEN, ["C2 2022-01-01 to 2023-05-01", "C2 2023-05-01 to"], C2, "2022-01-01"),
    "run, day after day": (OPEN, ["C2 2022-01-01 to 2023-05-01", "C2 2023-05-02 to"], C2, "2022-01-01"),
    "run broken": (OPEN, ["C2 2022-01-01 to 2023-05-01", "C2 2023-05-03 to"], C2, "2023-05-03"),
    "run of an earlier end": (
        OPEN,
        ["C2 2022-01-01 to 2024-05-01", "C2 2022-03-01 to 2022-05-01", "C2 2024-05-01 to"],
        C2,
        "2022-01-01",
    ),
    "another status between": (
        OPEN,
        ["C2 2022-01-01 to 2023-05-01", "V2 2023-05-01 to 2023-07-01", "C2 2023-07-01 to"],
        C2,
        "2023-07-01",
    ),
    "ceased, ended that day": (CEASED, ["C2 2022-01-01 to 2025-01-10"], C2, "2022-01-01"),
    "ceased, begun that day": (CEASED, ["C1 2022-01-01 to", "C2 2025-01-10 to"], C2, "2025-01-10"),
    "ceased, begun later": (CEASED, ["C1 2022-01-01 to", "C2 2025-01-11 to"], C1, "2022-01-01"),
    "ceased, ended before": (
        CEASED,
        ["C1 2022-01-01 to 2024-01-10", "C2 2024-01-10 to 2025-01-02", "V2 2024-02-01 to 2024-12-01"],
        C2,
        "2024-01-10",
    ),
    "ceased, before that another care": (CEASED, ["C2 2020-01-01 to 2021-01-01"], None, ""),
    "ceased for short breaks": (
        OPEN,
        ["C2 2022-01-01 to 2025-03-01", "V4 2025-03-01 to"],
        C2,
        "2022-01-01",
    ),
}


@pytest.fixture(scope="module")
def statuses():
    episodes, held = [], []
    for child, (when, each, _, _) in LEGAL_CASES.items():
        episodes.append(episode(child, when))
        for number, one in enumerate(each, start=1):
            status, _, dates = one.partition(" ")
            held.append(legal(child, status, dates, number))
    return cells(list_8({"ssd_cla_episodes": episodes, "ssd_legal_status": held}), STATUS, SINCE)


@pytest.mark.parametrize("case", LEGAL_CASES)
def test_legal_status(statuses, case):
    _, _, status, since = LEGAL_CASES[case]
    assert statuses[case] == (status, date.fromisoformat(since) if since else None)
