"""Periods of care: what they are made of, which one is shown, what becomes of the others, and what is found."""

from datetime import date

import pytest

from tests.spec.list_08.children import cells, episode, legal, list_8, person, placement

STARTED, CEASED = "Date Started to be Looked After", "Date Ceased to be Looked After "
REASON, NEED = "Reason Ceased to be Looked After", "Child's Category of Need"
OUT = None
X1, E3, HOME = {"clae_cla_episode_ceased_reason": "X1"}, {"clae_cla_episode_ceased_reason": "E3"}, "E4A"

# case: (episodes: when, other cells), (legal statuses), start and end shown or OUT, reason of each episode
CASES = {
    "gap of a day": (
        [("2024-01-01 to 2025-02-03", {}), ("2025-02-05 to", {})],
        [],
        ("2025-02-05", ""),
        ["SUPERSEDED", None],
    ),
    "overlap, the latest start decides": (
        [("2020-01-01 to 2025-05-01", {}), ("2021-01-01 to 2025-02-01", E3)],
        [],
        ("2020-01-01", "2025-02-01"),
        [None, None],
    ),
    "one start, the later end decides": (
        [("2020-01-01 to 2025-02-01", {}), ("2020-01-01 to 2025-05-01", E3)],
        [],
        ("2020-01-01", "2025-05-01"),
        [None, None],
    ),
    "one start, the open one decides": (
        [("2020-01-01 to", {}), ("2020-01-01 to 2025-05-01", E3)],
        [],
        ("2020-01-01", ""),
        [None, None],
    ),
    "entered care before the extract begins": (
        [("2020-01-01 to", {"clae_entered_care_date": "2012-03-04"})],
        [],
        ("2012-03-04", ""),
        [None],
    ),
    "entered care, on a later episode": (
        [("2020-01-01 to 2021-01-01", {}), ("2021-01-01 to", {"clae_entered_care_date": "2012-03-04"})],
        [],
        ("2012-03-04", ""),
        [None, None],
    ),
    "entered care in an earlier period": (
        [("2020-01-01 to 2024-08-01", {}), ("2025-01-01 to", {"clae_entered_care_date": "2020-01-01"})],
        [],
        ("2024-08-01", ""),
        ["WINDOW", None],
    ),
    "entered care gives the start": (
        [("to", {"clae_entered_care_date": "2012-03-04"})],
        [],
        ("2012-03-04", ""),
        [None],
    ),
    "no date at all": ([("to", {})], [], ("", ""), [None]),
    "no start, ended before the window": ([("to 2024-11-30", {})], [], OUT, ["NO_DATE"]),
    "no start, others follow": (
        [("to 2024-01-01", {}), ("2023-01-01 to", {})],
        [],
        ("2023-01-01", ""),
        [None, None],
    ),
    "X1, another period follows": (
        [("2024-01-01 to 2025-02-01", X1), ("2025-03-01 to 2025-04-01", {})],
        [],
        ("2025-03-01", "2025-04-01"),
        ["SUPERSEDED", None],
    ),
    "short breaks, then care": (
        [("2024-01-01 to", {})],
        [("V4", "2024-01-01 to 2025-02-01"), ("C2", "2025-02-01 to")],
        ("2025-02-01", ""),
        [None],
    ),
    "care, then short breaks": (
        [("2024-01-01 to", {})],
        [("C2", "2024-01-01 to 2025-02-01"), ("V4", "2025-02-01 to")],
        ("2024-01-01", "2025-02-01"),
        [None],
    ),
    "care that ended as short breaks began": (
        [("2024-01-01 to 2025-02-01", {}), ("2025-02-01 to", {})],
        [("C2", "2024-01-01 to 2025-02-01"), ("V3", "2025-02-01 to")],
        ("2024-01-01", "2025-02-01"),
        [None, "SHORT_BREAK"],
    ),
    "care, then short breaks, before the window": (
        [("2023-01-01 to 2024-12-01", {}), ("2024-12-01 to", {})],
        [("C2", "2023-01-01 to 2024-12-01"), ("V4", "2024-12-01 to")],
        OUT,
        ["WINDOW", "SHORT_BREAK"],
    ),
    "an ended status on its last day": (
        [("2024-01-01 to", {})],
        [("V4", "2024-01-01 to 2025-01-31"), ("C2", "2025-02-01 to")],
        ("2025-02-01", ""),
        [None],
    ),
    "days without a status": (
        [("2024-01-01 to", {})],
        [("V4", "2024-01-01 to 2025-01-31"), ("C2", "2025-03-01 to")],
        ("2025-02-01", ""),
        [None],
    ),
    "days without a status at the end": (
        [("2024-01-01 to", {})],
        [("V1", "2024-01-01 to 2025-01-31")],
        OUT,
        ["SHORT_BREAK"],
    ),
    "both at once": (
        [("2024-01-01 to", {})],
        [("V4", "2024-01-01 to"), ("C2", "2024-01-01 to")],
        ("2024-01-01", ""),
        [None],
    ),
    "one day of police protection": (
        [("2023-01-01 to 2025-05-01", X1), ("2025-05-01 to 2025-05-01", {})],
        [("V4", "2023-01-01 to 2025-05-01"), ("L1", "2025-05-01 to 2025-05-01")],
        ("2025-05-01", "2025-05-01"),
        ["SHORT_BREAK", None],
    ),
    "short breaks begin as care ends for good": (
        [("2023-01-01 to 2025-05-01", {})],
        [("C2", "2023-01-01 to 2025-05-01"), ("V4", "2025-05-01 to")],
        ("2023-01-01", "2025-05-01"),
        [None],
    ),
    "short breaks that end as care begins": (
        [("2025-05-01 to", {})],
        [("V4", "2023-01-01 to 2025-05-01"), ("C2", "2025-05-03 to")],
        ("2025-05-01", ""),
        [None],
    ),
    "status of another life": (
        [("2025-05-01 to", {})],
        [("V4", "2023-01-01 to 2024-05-01")],
        ("2025-05-01", ""),
        [None],
    ),
    "status with neither date nor text": ([("2025-05-01 to", {})], [("", "to")], ("2025-05-01", ""), [None]),
    "no care status": ([("2025-05-01 to", {})], [("V4", "2025-05-01 to"), ("SGO", "to")], OUT, ["SHORT_BREAK"]),
    "back in full-time care": (
        [("2023-01-01 to", {})],
        [("C2", "2023-01-01 to 2024-01-01"), ("V4", "2024-01-01 to 2025-01-01"), ("V2", "2025-01-01 to")],
        ("2025-01-01", ""),
        [None],
    ),
    "future": ([("2025-05-01 to 2025-06-03", {}), ("2025-06-03 to", {})], [], ("2025-05-01", ""), [None, "FUTURE"]),
}


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def built():
    episodes, statuses = [], []
    for child, (stays, held, _, _) in CASES.items():
        episodes += [episode(child, when, number, **more) for number, (when, more) in enumerate(stays, start=1)]
        statuses += [legal(child, status, when, number) for number, (status, when) in enumerate(held, start=1)]
    return list_8({"ssd_cla_episodes": episodes, "ssd_legal_status": statuses})


@pytest.mark.parametrize("case", CASES)
def test_the_period_that_is_shown(built, case):
    shown = cells(built, STARTED, CEASED)
    expected = CASES[case][2]
    assert shown.get(case, OUT) == (expected and (day(expected[0]), day(expected[1])))


@pytest.mark.parametrize("case", CASES)
def test_what_became_of_each_episode(built, case):
    reasons = built.reasons(8)
    expected = CASES[case][3]
    assert [reasons[f"{case}-E{number}"] for number in range(1, len(expected) + 1)] == expected


def test_reason_and_need_come_from_the_episode_that_decides():
    needs = ({"clae_cla_primary_need_code": "N1"}, {"clae_cla_primary_need_code": "N4"})
    result = list_8(
        {
            "ssd_cla_episodes": [
                episode("ended", "2023-01-01 to 2025-01-10", 1, **needs[0]),
                episode("ended", "2024-01-01 to 2025-02-10", 2, **needs[1], **E3),
                episode("open, a reason given", "2024-01-01 to", 1, clae_cla_episode_ceased_reason="E3"),
                episode("end planned", "2024-01-01 to 2025-06-03", 1),
                episode("X1", "2024-01-01 to 2025-03-03", 1, **X1),
                episode("change of status within", "2024-01-01 to", 1),
                episode("change within one that ended", "2024-01-01 to 2025-05-01", 1),
                episode("change as it ended", "2024-01-01 to 2025-02-01", 1),
                episode("change as it ended", "2025-02-01 to", 2),
                episode("change as X1 ended it", "2024-01-01 to 2025-02-01", 1, **X1),
                episode("change as X1 ended it", "2025-02-01 to", 2),
                episode("unknown reason", "2024-01-01 to 2025-02-01", 1, clae_cla_episode_ceased_reason="somehow"),
            ],
            "ssd_legal_status": [
                legal(child, status, when, number)
                for child in (
                    "change of status within",
                    "change within one that ended",
                    "change as it ended",
                    "change as X1 ended it",
                )
                for number, (status, when) in enumerate((("C2", "2024-01-01 to 2025-02-01"), ("V4", "2025-02-01 to")))
            ],
        }
    )
    shown = cells(result, REASON, NEED)
    assert {child: reason and reason.split(")")[0] for child, (reason, _) in shown.items()} == {
        "ended": "d",
        "open, a reason given": None,
        "end planned": None,
        "X1": None,
        "change of status within": None,
        "change within one that ended": None,
        "change as it ended": shown["change as it ended"][0].split(")")[0],
        "change as X1 ended it": None,
        "unknown reason": None,
    }
    assert "E3" in shown["ended"][0]
    assert HOME in shown["change as it ended"][0]
    assert shown["ended"][1].startswith("N4")


# case: (date of birth, died, care-leaver record), (episode, other cells), ceased or OUT, reason code, finding
ENDS = {
    "18 in the window": (("2007-03-10", "", True), ("2019-02-01 to", {}), "2025-03-10", None, "AA-816"),
    "18 on the day": (("2007-06-02", "", True), ("2019-02-01 to", {}), "2025-06-02", None, "AA-816"),
    "18 a day later": (("2007-06-03", "", True), ("2019-02-01 to", {}), "", None, None),
    "18 on the bound": (("2006-12-02", "", True), ("2019-02-01 to", {}), "2024-12-02", None, "AA-816"),
    "18 before the bound": (("2006-12-01", "", True), ("2019-02-01 to", {}), OUT, "AGE_18", "AA-816"),
    "no care-leaver record": (("2006-11-01", "", False), ("2019-02-01 to", {}), "", None, "AA-816"),
    "ended by X1 and 18": (("2007-03-10", "", True), ("2019-02-01 to 2024-03-01", X1), "2025-03-10", None, "AA-816"),
    "care began after 18": (("2004-03-10", "", True), ("2024-02-01 to", {}), "", None, "AA-816"),
    "ended after 18": (("2006-11-01", "", True), ("2019-02-01 to 2025-01-15", {}), "2025-01-15", None, "AA-816"),
    "ended at 18": (("2007-01-15", "", True), ("2019-02-01 to 2025-01-15", {}), "2025-01-15", None, None),
    "ended after 18, long ago": (("2000-11-01", "", True), ("2015-02-01 to 2019-01-15", {}), OUT, "WINDOW", None),
    "died in the window": (("2012-05-05", "2025-03-03", False), ("2020-01-06 to", {}), "2025-03-03", None, "AA-G24"),
    "died on the bound": (("2012-05-05", "2024-12-02", False), ("2020-01-06 to", {}), "2024-12-02", None, "AA-G24"),
    "died before the bound": (("2012-05-05", "2024-12-01", False), ("2020-01-06 to", {}), OUT, "DIED", "AA-G24"),
    "died, care had ended": (
        ("2012-05-05", "2025-03-03", False),
        ("2020-01-06 to 2025-02-02", {}),
        "2025-02-02",
        None,
        None,
    ),
    "died later": (("2012-05-05", "2025-06-03", False), ("2020-01-06 to", {}), "", None, None),
    "died after 18": (("2007-03-10", "2025-04-04", True), ("2019-02-01 to", {}), "2025-03-10", None, "AA-816"),
    "died on the birthday": (("2007-03-10", "2025-03-10", True), ("2019-02-01 to", {}), "2025-03-10", None, "AA-G24"),
}


@pytest.fixture(scope="module")
def ends():
    return list_8(
        {
            "ssd_person": [person(child, born, died) for child, ((born, died, _), *_) in ENDS.items()],
            "ssd_cla_episodes": [episode(child, when, **more) for child, (_, (when, more), *_) in ENDS.items()],
            "ssd_care_leavers": [
                {"clea_person_id": child, "clea_table_id": child, "clea_care_leaver_eligibility": "Relevant"}
                for child, ((_, _, leaver), *_) in ENDS.items()
                if leaver
            ],
        }
    )


@pytest.mark.parametrize("case", ENDS)
def test_birthdays_and_deaths(ends, case):
    _, _, ceased, reason, check = ENDS[case]
    shown = cells(ends, CEASED)
    assert ends.reasons(8)[f"{case}-E1"] == reason
    assert (case in shown) == (ceased is not OUT)
    assert shown.get(case) == day(ceased)
    found = {each for each in ("AA-816", "AA-G24") if case in ends.accused(each)}
    assert found == ({check} if check else set())


def test_the_reason_is_blank_where_a_rule_ended_the_period(ends):
    reasons = cells(ends, REASON)
    assert {reasons[case] for case in ("18 in the window", "ended by X1 and 18", "died in the window")} == {None}
    assert reasons["ended after 18"] is not None


def test_a_death_recorded_as_the_reason_is_shown():
    rows = [episode("C1", "2020-01-06 to", clae_cla_episode_ceased_reason="E2")]
    result = list_8({"ssd_person": [person("C1", died="2025-03-03")], "ssd_cla_episodes": rows})
    assert "E2" in cells(result, REASON)["C1"]


def test_the_account_names_the_deciding_date_and_the_finding(ends):
    account = ends.lists[8].accounts["care_episodes"].select("event_id", "date", "finding")
    told = {event: (when, finding) for event, when, finding in account.rows()}
    assert told["18 before the bound-E1"] == (date(2024, 12, 1), "AA-816")
    assert told["died before the bound-E1"] == (date(2024, 12, 1), "AA-G24")
    assert told["18 a day later-E1"] == (date(2019, 2, 1), None)
    assert told["ended after 18, long ago-E1"] == (date(2019, 1, 15), None)


def test_the_account_names_the_question_where_that_is_what_was_found():
    result = list_8(
        {
            "ssd_person": [person(child, "2006-12-01") for child in ("home", "foster")],
            "ssd_cla_episodes": [episode(child, "2022-01-01 to") for child in ("home", "foster")],
            "ssd_care_leavers": [
                {"clea_person_id": child, "clea_table_id": child, "clea_care_leaver_eligibility": "Relevant"}
                for child in ("home", "foster")
            ],
            "ssd_legal_status": [legal(child, "V2", "2022-01-01 to") for child in ("home", "foster")],
            "ssd_cla_placement": [
                placement("home", "2022-01-01 to", kind="K2"),
                placement("foster", "2022-01-01 to", kind="U6"),
            ],
        }
    )
    told = dict(result.lists[8].accounts["care_episodes"].select("person_id", "finding").rows())
    assert told == {"home": "AA-834", "foster": "AA-816"}
    assert dict(result.findings.drop_nulls("child").select("child", "check").rows()) == told


# What is found: case -> (episodes, check or none)
FOUND = {
    "blank end in the middle": ([("2020-01-01 to", {}), ("2024-01-01 to", {})], {"AA-835"}),
    "blank end at the end": ([("2020-01-01 to 2024-01-01", X1), ("2024-01-01 to", {})], set()),
    "out and in on one day": ([("2020-01-01 to 2024-01-01", {}), ("2024-01-01 to", {})], {"AA-836"}),
    "one day's care": ([("2024-01-01 to 2024-01-01", {})], set()),
    "X1 at the end": ([("2020-01-01 to 2024-01-01", X1)], {"AA-805"}),
    "X1, another period": ([("2020-01-01 to 2024-01-01", X1), ("2024-01-03 to", {})], {"AA-805"}),
    "X1, without an end": ([("2020-01-01 to", X1)], set()),
    "no start": ([("to 2025-01-01", {})], {"AA-828"}),
    "no start, out": ([("to 2024-01-01", {})], set()),
}


def test_findings_about_periods():
    rows = [
        episode(child, when, number, **more)
        for child, (stays, _) in FOUND.items()
        for number, (when, more) in enumerate(stays, start=1)
    ]
    findings = list_8({"ssd_cla_episodes": rows}).findings
    wanted = ["AA-805", "AA-828", "AA-835", "AA-836"]
    found = findings.filter(findings["check"].is_in(wanted))
    assert {child: set(found.filter(child=child)["check"]) for child in FOUND} == {
        child: checks for child, (_, checks) in FOUND.items()
    }
    assert found.select("list", "table").unique().rows() == [(8, "ssd_cla_episodes")]
    first = found.filter(child="blank end in the middle").row(0, named=True)
    assert (first["event"], first["row"], first["column"]) == ("blank end in the middle-E1", 2, "end_date")


def test_x1_on_the_day_of_a_change_to_full_time_care_is_no_fault():
    rows = [episode("C1", "2020-01-01 to 2025-02-01", 1, **X1), episode("C1", "2025-02-01 to", 2)]
    statuses = [legal("C1", "V4", "2020-01-01 to 2025-02-01"), legal("C1", "V2", "2025-02-01 to", 2)]
    result = list_8({"ssd_cla_episodes": rows, "ssd_legal_status": statuses})
    assert not {"AA-805", "AA-836"} & result.checks()


def test_accommodated_in_a_community_home_over_18_is_a_question_not_an_error():
    result = list_8(
        {
            "ssd_person": [person("home", "2006-11-01"), person("foster", "2006-11-01"), person("ended", "2006-11-01")],
            "ssd_cla_episodes": [
                episode("home", "2022-01-01 to"),
                episode("foster", "2022-01-01 to"),
                episode("ended", "2022-01-01 to 2025-01-01"),
            ],
            "ssd_legal_status": [legal(child, "V2", "2022-01-01 to") for child in ("home", "foster", "ended")],
            "ssd_cla_placement": [
                placement("home", "2022-01-01 to", kind="K2"),
                placement("foster", "2022-01-01 to", kind="U6"),
                placement("ended", "2022-01-01 to", kind="K2"),
            ],
        }
    )
    found = {child: check for child, check in result.findings.select("child", "check").rows() if child}
    assert found == {"home": "AA-834", "foster": "AA-816", "ended": "AA-816"}


def test_short_breaks_are_listed_on_request_with_what_is_found_about_them():
    tables = {
        "ssd_person": [person("C1", "2006-11-01")],
        "ssd_cla_episodes": [episode("C1", "2022-01-01 to")],
        "ssd_legal_status": [legal("C1", "V4", "2022-01-01 to")],
    }
    without, included = list_8(tables), list_8(tables, include_short_breaks=True)
    assert (without.reasons(8), "AA-816" in without.checks()) == ({"C1-E1": "SHORT_BREAK"}, False)
    assert (included.reasons(8), "AA-816" in included.checks()) == ({"C1-E1": None}, True)


def test_an_unborn_child_stays_with_an_error():
    born = {"pers_person_id": "C1", "pers_expected_dob": "2025-08-01"}
    result = list_8({"ssd_person": [born], "ssd_cla_episodes": [episode("C1", "2025-05-01 to")]})
    assert cells(result, "Age of Child (Years)") == {"C1": -1}
    assert "AA-G23" in result.checks()


def test_duplicates_and_rows_without_a_child_are_accounted_for():
    rows = [episode("C1", "2024-01-01 to"), episode("C1", "2024-01-01 to"), episode("C1", "2024-01-01 to 2025-01-01")]
    rows += [{**episode("C2", "2024-01-01 to"), "clae_person_id": ""}]
    result = list_8({"ssd_cla_episodes": rows})
    account = result.lists[8].accounts["care_episodes"].sort("_row")
    assert account["reason"].to_list() == [None, "DUPLICATE", "CONFLICT", "NO_CHILD_ID"]
    assert result.lists[8].frame.height == 1


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019", "ilacs-2022"])
def test_the_window_is_six_months_in_every_edition(edition):
    rows = [episode("in", "2020-01-01 to 2024-12-02"), episode("out", "2020-01-01 to 2024-12-01")]
    assert set(cells(list_8({"ssd_cla_episodes": rows}, edition=edition), STARTED)) == {"in"}


def test_without_rows_the_list_is_empty_and_without_the_table_not_supplied():
    assert (list_8({"ssd_cla_episodes": [], "ssd_person": []}).lists[8].supplied) is True
    assert list_8({"ssd_person": [person("C1")]}).lists[8].supplied is False
