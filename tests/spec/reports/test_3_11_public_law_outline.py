"""3.11: cases in the public law outline at the inspection date, 4 June 2018."""

from datetime import date

import pytest

from annexa.editions import edition_names
from tests.support.reports import see

ISSUE, STEP_DOWN = "Decision to issue care proceedings", "Decision to step down"

CASES = "ssd_pre_proceedings\n" + " | ".join(
    [
        "prep_table_id",
        "prep_plo_family_id",
        "prep_person_id",
        "prep_pre_pro_decision_date",
        "prep_pre_pro_outcome",
        "prep_agree_stepdown_issue_date",
    ]
)
WITH_LETTER = f"{CASES} | prep_pre_pro_letter_date"
PLO = "annexa_plo\n" + " | ".join(
    [
        "plo_family_id",
        "person_id",
        "issue_date",
        "step_down_date",
        "next_hearing_date",
        "final_order_date",
        "final_order_type",
    ]
)
STATUSES = "ssd_legal_status\n" + " | ".join(
    ["lega_legal_status_id", "lega_person_id", "lega_legal_status", "lega_legal_status_start_date"]
)

STAGES = f"""
{CASES}
1             | F1                 | C1             | 2018-03-12                 |                      |
2             | F1                 | C2             | 2018-03-12                 |                      |
3             | F1                 | C3             | 2018-03-12                 |                      |
4             | F2                 | C4             | 2018-03-11                 |                      |
5             | F3                 | C5             | 2018-02-12                 |                      |
6             | F4                 | C6             | 2018-02-11                 |                      |
7             | F5                 | C7             | 2018-06-04                 |                      |
8             | F6                 | C8             | 2018-06-05                 |                      |
9             | F7                 | C9             | 2017-08-01                 | {ISSUE}              | 2017-12-04
10            | F8                 | C10            | 2017-08-01                 | {ISSUE}              | 2017-12-03
11            | F8                 | C11            | 2017-08-01                 | {ISSUE}              | 2017-12-03
12            | F9                 | C12            | 2018-02-01                 | {ISSUE}              | 2018-06-04
13            | F10                | C13            | 2018-04-30                 | {ISSUE}              | 2018-06-05
14            | F11                | C14            | 2017-01-05                 | {STEP_DOWN}          | 2017-06-04
15            | F12                | C15            | 2017-01-05                 | {STEP_DOWN}          | 2017-06-03
16            | F13                | C16            | 2018-01-05                 | {STEP_DOWN}          | 2018-06-04
17            | F14                | C17            | 2018-05-21                 | {STEP_DOWN}          | 2018-06-05
18            | F15                | C18            | 2018-05-28                 | Continue             | 2018-05-30
19            | F16                |                | 2018-05-28                 |                      |

ssd_legal_status
lega_legal_status_id | lega_person_id | lega_legal_status | lega_legal_status_start_date
1                    | C9             | C1                | 2017-12-08
"""


def stages(seen) -> dict[str, str]:
    return {row["Child Unique ID"]: row["Stage"] for row in seen.rows("cases")}


@pytest.mark.parametrize("edition", edition_names())
def test_stages_and_numbers(edition):
    seen = see("3.11", STAGES, edition=edition)
    pre, court, ended = "pre-proceedings", "in proceedings", "ended"
    assert stages(seen) == {
        **dict.fromkeys(["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C13", "C17", "C18"], pre),
        **dict.fromkeys(["C9", "C10", "C11", "C12"], court),
        **dict.fromkeys(["C14", "C16"], ended),
    }
    assert (seen.figure("pre_families"), seen.figure("pre_children")) == (8, 10)
    assert seen.figure("pre_over_12_families") == (3, 8, 37.5)
    assert seen.figure("pre_over_12_children") == (3, 10, 30.0)
    assert seen.figure("pre_over_16_families") == (1, 8, 12.5)
    assert seen.figure("pre_over_16_children") == (1, 10, 10.0)
    # Days of the families: 84, 85, 112, 113, 0, 35, 14, 7; of the children: 84 three times.
    assert seen.figure("pre_weeks_families") == 8.5
    assert seen.figure("pre_weeks_children") == 12.0
    assert seen.figure("pre_undated") == 0
    assert (seen.figure("court_families"), seen.figure("court_children")) == (3, 4)
    assert seen.figure("court_over_families") == (1, 3, 33.3)
    assert seen.figure("court_over_children") == (2, 4, 50.0)
    assert seen.grid("outcomes") == {
        "Stepped down": {"Families": 2, "Children": 2},
        "Proceedings issued": {"Families": 3, "Children": 4},
        "Ended with no order": {"Families": "not supplied", "Children": "not supplied"},
    }
    assert seen.excluded() == {
        "ssd_pre_proceedings: ended before the twelve months": 1,
        "ssd_pre_proceedings: later than the inspection date or the extract": 1,
        "ssd_pre_proceedings: no child's identifier": 1,
    }
    assert "AA-R43" not in set(seen.findings["check"])


def test_the_rows_say_how_long_and_what_is_late():
    rows = {row["Child Unique ID"]: row for row in see("3.11", STAGES).rows("cases")}
    weeks = {child: row["Weeks in stage"] for child, row in rows.items()}
    assert weeks == {
        "C1": 12, "C2": 12, "C3": 12, "C4": 12, "C5": 16, "C6": 16, "C7": 0, "C13": 5, "C17": 2, "C18": 1,
        "C9": 26, "C10": 26, "C11": 26, "C12": 0, "C14": None, "C16": None,
    }  # fmt: skip
    passed = {child: row["26 weeks from issue passed"] for child, row in rows.items() if row["Issue date"]}
    assert passed == {"C9": "N", "C10": "Y", "C11": "Y", "C12": "N"}
    assert {child: row["Outcome"] for child, row in rows.items() if row["Outcome"]} == {
        **dict.fromkeys(["C9", "C10", "C11", "C12"], "decision to issue"),
        **dict.fromkeys(["C14", "C16"], "step down"),
        "C18": "continue",
    }
    # Not decided by the inspection date: neither the outcome nor its day is shown.
    assert (rows["C13"]["Outcome"], rows["C13"]["Issue date"], rows["C17"]["Step-down date"]) == (None, None, None)


def test_the_rows_stand_by_stage_then_family_then_child():
    assert see("3.11", STAGES).column("cases", "Child Unique ID") == [
        "C1", "C2", "C3", "C13", "C17", "C18", "C4", "C5", "C6", "C7",
        "C9", "C10", "C11", "C12",
        "C14", "C16",
    ]  # fmt: skip


def with_plo(rows: str) -> str:
    return f"{STAGES}\n{PLO}\n{rows.strip()}\n"


def test_recorded_days_go_before_the_outcome():
    seen = see(
        "3.11",
        with_plo("""
        F1 | C1  | 2018-06-04 |            | 2018-07-01 |            |
        F1 | C2  | 2018-06-05 |            |            |            |
        F1 | C3  |            | 2018-06-04 |            |            |
        F8 | C10 | 2018-01-10 |            |            | 2018-06-04 | Supervision order
        F8 | C11 | 2017-12-20 |            |            | 2018-06-05 | Care order
        F9 | C12 | 2018-06-20 |            |            |            |
        F2 | C99 | 2018-05-01 |            |            |            |
        """),
    )
    assert {
        child: stage for child, stage in stages(seen).items() if child in ("C1", "C2", "C3", "C10", "C11", "C12")
    } == {
        "C1": "in proceedings",
        "C2": "pre-proceedings",
        "C3": "ended",
        "C10": "ended",
        "C11": "in proceedings",
        "C12": "pre-proceedings",  # decided on the day, issued later
    }
    rows = {row["Child Unique ID"]: row for row in seen.rows("cases")}
    assert rows["C1"]["Next hearing"] == date(2018, 7, 1)
    names = ("Issue date", "Final order", "Final order date", "Final order taken from")
    assert [rows["C10"][name] for name in names] == [
        date(2018, 1, 10), "Supervision order", date(2018, 6, 4), "recorded",
    ]  # fmt: skip
    assert (rows["C11"]["Issue date"], rows["C11"]["Final order"]) == (date(2017, 12, 20), None)
    # Nobody is lost: details of a child without pre-proceedings are told.
    assert seen.excluded()["annexa_plo: of a family and child without pre-proceedings"] == 1
    assert told(seen) == {("C2", SPLIT), ("C99", ORPHAN)}
    assert seen.grid("outcomes")["Ended with no order"] == {"Families": 0, "Children": 0}


SPLIT = "Children of one family are in pre-proceedings and in proceedings: the family counts in both."
ORPHAN = "Details of a family and child without pre-proceedings: they are in no number."
UNDATED = "An outcome has no day: the case counts as in pre-proceedings."
BOTH = "A case is both issued and stepped down: it counts as issued."
EARLY = "The final order is before the day of issue: the case counts as ended."
DIED = "The case is recorded as open and the child has died: it has ended."
LATER = "The child has a later case in the same family: that one is shown."


def told(seen) -> set[tuple[str, str]]:
    found = seen.findings.filter(check="AA-R43")
    return set(found.select("child", "message").iter_rows())


def one(
    cases: str = "1 | F1 | C1 | 2018-02-05 | | |", *, plo: str = "", statuses: str = "", reviews: str = "", **options
):
    """Build the report of a few cases, one unless said; `cases` are rows under WITH_LETTER."""
    tables = [f"{WITH_LETTER}\n{cases}", f"{STATUSES}\n{statuses}".strip()]
    if plo:
        tables.append(f"{PLO}\n{plo}")
    if reviews:
        tables.append(f"annexa_plo_reviews\nplo_family_id | review_date | next_due_date\n{reviews}")
    return see("3.11", "\n\n".join(tables), **options)


ISSUED = f"1 | F1 | C1 | 2017-08-01 | {ISSUE} | 2017-12-01 |"
PROXIES = [
    ("C2", "2017-12-02", "care order (C2)"),
    ("C2", "2017-12-01", None),  # not after the issue
    ("C2", "2018-06-04", "care order (C2)"),
    ("C2", "2018-06-05", None),
    ("D1", "2018-05-01", "freeing order (D1)"),
    ("E1", "2018-05-01", "placement order (E1)"),
    ("C1", "2018-05-01", None),
    ("SGO", "2018-05-01", "special guardianship order"),
    ("Special Guardianship Order", "2018-06-04", "special guardianship order"),
    ("Special Guardianship Order", "2018-06-05", None),
    ("Child Arrangements", "2018-05-01", "child arrangements order"),
    ("Residence Order", "2018-05-01", "child arrangements order"),
    ("PLOPRE", "2018-05-01", None),
    ("Care Leaver", "2018-05-01", None),
]


def test_a_legal_status_after_the_issue_stands_for_the_final_order():
    cases = [f"{n} | F{n} | C{n} | 2017-08-01 | {ISSUE} | 2017-12-01 |" for n in range(len(PROXIES))]
    statuses = [f"{n} | C{n} | {status} | {start}" for n, (status, start, _) in enumerate(PROXIES)]
    seen = one("\n".join(cases), statuses="\n".join(statuses))
    rows = {row["Child Unique ID"]: row for row in seen.rows("cases")}
    for n, (status, start, order) in enumerate(PROXIES):
        row = rows[f"C{n}"]
        assert (row["Stage"], row["Final order"]) == ("ended" if order else "in proceedings", order), (status, start)
        assert row["Final order date"] == (date.fromisoformat(start) if order else None)
        proxy = "proxy: a legal status that began after the issue"
        assert row["Final order taken from"] == (proxy if order else None)
    assert "Final orders taken from a legal status (proxy): 8." in seen.report.counted


def test_of_several_statuses_the_first_ends_and_another_child_does_not():
    cases = f"{ISSUED}\n2 | F2 | C2 | 2017-08-01 | {ISSUE} | 2017-12-01 |"
    statuses = "1 | C1 | E1 | 2018-05-01\n2 | C1 | C2 | 2018-03-01\n3 | C3 | C2 | 2018-02-01"
    first, second = one(cases, statuses=statuses).rows("cases")
    assert (first["Child Unique ID"], first["Stage"]) == ("C2", "in proceedings")
    assert (second["Final order"], second["Final order date"]) == ("care order (C2)", date(2018, 3, 1))


def test_a_recorded_final_order_goes_before_a_status_also_where_it_lies_ahead():
    status = "1 | C1 | C2 | 2018-03-01"
    (row,) = one(ISSUED, plo="F1 | C1 | 2017-12-01 | | | 2018-04-01 | No order", statuses=status).rows("cases")
    assert (row["Final order date"], row["Final order taken from"]) == (date(2018, 4, 1), "recorded")
    ahead = one(ISSUED, plo="F1 | C1 | 2017-12-01 | | | 2018-07-01 | Care order", statuses=status)
    assert ahead.column("cases", "Stage") == ["in proceedings"]


STEPPED = f"1 | F1 | C1 | 2017-08-01 | {STEP_DOWN} | 2017-12-01 |"


@pytest.mark.parametrize(
    ("case", "plo", "stage"),
    [
        # The day of the final order lies ahead: issued, and not ended, with or without a day of issue.
        (ISSUED, "| | | 2018-07-01 | Care order", "in proceedings"),
        (ISSUED, "2017-12-01 | | | 2018-07-01 | Care order", "in proceedings"),
        # The day of issue lies ahead: the decision to issue does not stand for it.
        (ISSUED, "2018-07-01 | | | |", "pre-proceedings"),
        (ISSUED, "2018-07-01 | | | 2018-08-01 | Care order", "pre-proceedings"),
        (STEPPED, "| 2018-07-01 | | |", "pre-proceedings"),
        # A day of one kind says nothing of an outcome of another.
        (ISSUED, "| 2018-07-01 | | |", "in proceedings"),
        (STEPPED, "2018-07-01 | | | |", "ended"),
    ],
)
def test_a_day_that_lies_ahead_takes_the_place_of_its_own_outcome_alone(case, plo, stage):
    assert one(case, plo=f"F1 | C1 | {plo}").column("cases", "Stage") == [stage]


def test_a_legal_status_stands_for_a_final_order_also_where_a_step_down_lies_ahead():
    (row,) = one(ISSUED, plo="F1 | C1 | | 2018-07-01 | | |", statuses="1 | C1 | C2 | 2018-03-01").rows("cases")
    assert (row["Stage"], row["Final order date"]) == ("ended", date(2018, 3, 1))


@pytest.mark.parametrize(
    ("died", "open_cases", "shown"),
    [("2017-06-03", 0, 0), ("2017-06-04", 0, 2), ("2018-06-04", 0, 2), ("2018-06-05", 1, 2)],
)
def test_a_case_ends_with_a_death(died, open_cases, shown):
    rows = f"1 | F1 | C1 | 2016-08-01 | |\n2 | F2 | C2 | 2016-08-01 | {ISSUE} | 2017-06-01"
    people = f"ssd_person\npers_person_id | pers_death_date\nC1 | {died}\nC2 | {died}"
    seen = see("3.11", "\n\n".join([f"{CASES}\n{rows}", people, STATUSES]))
    keys = ("pre_families", "pre_children", "court_families", "court_children")
    assert [seen.figure(key) for key in keys] == [open_cases] * 4
    assert len(seen.rows("cases")) == shown
    assert told(seen) == (set() if open_cases else {("C1", DIED), ("C2", DIED)})
    assert set(stages(seen).values()) <= ({"pre-proceedings", "in proceedings"} if open_cases else {"ended"})
    # 26 weeks had not passed at a death in the week of the issue.
    passed = {row["26 weeks from issue passed"] for row in seen.rows("cases") if row["Issue date"]}
    assert passed == ({"Y" if died >= "2018" else "N"} if shown else set())


def test_no_order_in_twelve_months():
    details = """
    F1 | C1 | 2016-12-01 | | | 2017-06-04 | No order
    F2 | C2 | 2016-12-01 | | | 2018-06-04 | no  ORDER
    F2 | C3 | 2016-12-01 | | | 2018-06-04 | No order
    F4 | C4 | 2016-12-01 | | | 2018-06-05 | No order
    F5 | C5 | 2016-12-01 | | | 2017-06-03 | No order
    F6 | C6 | 2016-12-01 | | | 2018-06-04 | Care order
    """.strip()
    cases = "\n".join(f"{n} | {'F2' if n == 3 else f'F{n}'} | C{n} | 2016-08-01 | | |" for n in range(1, 7))
    seen = one(cases, plo=details)
    assert seen.grid("outcomes")["Ended with no order"] == {"Families": 2, "Children": 3}
    assert stages(seen) == {**dict.fromkeys(["C1", "C2", "C3", "C6"], "ended"), "C4": "in proceedings"}


def test_an_outcome_without_an_order_ends_a_case():
    seen = one("1 | F1 | C1 | 2017-08-01 | No further action | 2018-06-04 |")
    assert seen.column("cases", "Stage") == ["ended"]
    assert seen.grid("outcomes")["Ended with no order"] == {"Families": 1, "Children": 1}


REVIEWS = [
    ("F | 2018-03-12 |", date(2018, 3, 12), date(2018, 6, 4), "N"),
    ("F | 2018-03-11 |", date(2018, 3, 11), date(2018, 6, 3), "Y"),
    ("F | 2018-03-12 | 2018-06-03", date(2018, 3, 12), date(2018, 6, 3), "Y"),
    ("F | 2018-03-11 | 2018-09-01", date(2018, 3, 11), date(2018, 9, 1), "N"),
    ("F | 2018-02-05 | 2018-06-03\nF | 2018-03-12 |", date(2018, 3, 12), date(2018, 6, 4), "N"),
    ("F | 2018-06-05 |\nF | 2018-03-11 |", date(2018, 3, 11), date(2018, 6, 3), "Y"),
    # None of this case: the first is expected twelve weeks after the decision of 5 February.
    ("F | 2018-02-04 |", None, date(2018, 4, 30), "Y"),
]


def test_reviews():
    cases = [f"{n} | F{n} | C{n} | 2018-02-05 | | |" for n in range(len(REVIEWS))]
    reviews = [each[0].replace("F |", f"F{n} |") for n, each in enumerate(REVIEWS)]
    seen = one("\n".join(cases), reviews="\n".join(reviews))
    assert [(row["Last review"], row["Review due"], row["Review overdue"]) for row in seen.rows("cases")] == [
        each[1:] for each in REVIEWS
    ]
    assert seen.figure("reviews_overdue") == (4, 7, 57.1)


def test_local_number_of_weeks_between_reviews_and_none_due_in_proceedings():
    assert one(reviews="F1 | 2018-03-12 |", plo_review_weeks=11).column("cases", "Review overdue") == ["Y"]
    (row,) = one(ISSUED, reviews="F1 | 2017-09-01 | 2017-11-24").rows("cases")
    assert (row["Last review"], row["Review due"], row["Review overdue"]) == (date(2017, 9, 1), None, None)


@pytest.mark.parametrize(
    ("letter", "limit", "days", "in_time", "share"),
    [
        ("2018-02-12", 7, 7, "Y", (1, 1, 100.0)),
        ("2018-02-13", 7, 8, "N", (0, 1, 0.0)),
        ("2018-02-05", 7, 0, "Y", (1, 1, 100.0)),
        ("2018-02-04", 7, -1, None, (0, 0, None)),
        ("", 7, None, "N", (0, 1, 0.0)),
        ("", 119, None, None, (0, 0, None)),  # D is the 119th day after the decision
        ("", 118, None, "N", (0, 1, 0.0)),
        ("2018-02-12", None, 7, None, None),
    ],
)
def test_letters_within_the_local_limit(letter, limit, days, in_time, share):
    seen = one(f"1 | F1 | C1 | 2018-02-05 | | | {letter}", letter_days=limit)
    (row,) = seen.rows("cases")
    assert (row["Days from decision to letter"], row["Letter within the local limit"]) == (days, in_time)
    assert seen.figure("letters") == share


def test_a_case_without_a_day_of_decision_counts_and_has_no_weeks():
    seen = one("1 | F1 | C1 | | | |")
    assert (seen.figure("pre_families"), seen.figure("pre_undated")) == (1, 1)
    assert seen.figure("pre_over_12_families") == (0, 1, 0.0)
    assert seen.figure("pre_weeks_families") is None
    assert seen.column("cases", "Weeks in stage") == [None]


def test_a_case_without_a_family_counts_among_children():
    seen = one("1 | | C1 | 2018-02-05 | | |\n2 | | C2 | 2018-02-05 | | |")
    assert (seen.figure("pre_families"), seen.figure("pre_children")) == (0, 2)
    assert seen.figure("pre_weeks_families") is None
    assert seen.figure("pre_weeks_children") == 17.0
    assert any("2." in note and "family" in note for note in seen.report.counted)


CONTRADICTIONS = [
    (f"{ISSUE} | |", "", "pre-proceedings", UNDATED),
    (f"{STEP_DOWN} | |", "", "pre-proceedings", UNDATED),
    (f"{STEP_DOWN} | |", "| 2018-05-01 | | |", "ended", None),
    (f"{STEP_DOWN} | |", "| 2018-06-05 | | |", "pre-proceedings", None),
    ("| |", "2018-04-01 | 2018-05-01 | | |", "in proceedings", BOTH),
    (f"{STEP_DOWN} | 2018-03-01 |", "2018-04-01 | | | |", "in proceedings", BOTH),
    ("| |", "2018-05-01 | | | 2018-04-01 | Care order", "ended", EARLY),
    ("| |", "| | | 2018-04-01 | Care order", "ended", None),
    ("waffle | 2018-03-01 |", "", "pre-proceedings", None),
]


def test_records_that_contradict_each_other():
    cases = [f"{n} | F{n} | C{n} | 2018-02-05 | {each[0]}" for n, each in enumerate(CONTRADICTIONS)]
    details = [f"F{n} | C{n} | {each[1]}" for n, each in enumerate(CONTRADICTIONS) if each[1]]
    seen = one("\n".join(cases), plo="\n".join(details))
    assert stages(seen) == {f"C{n}": stage for n, (_, _, stage, _) in enumerate(CONTRADICTIONS)}
    assert told(seen) == {(f"C{n}", message) for n, (*_, message) in enumerate(CONTRADICTIONS) if message}


def test_an_issue_beside_a_step_down_is_the_outcome_that_counts():
    grid = one(plo="F1 | C1 | 2018-04-01 | 2018-05-01 | | |").grid("outcomes")
    assert (grid["Stepped down"]["Children"], grid["Proceedings issued"]["Children"]) == (0, 1)


def test_children_of_one_family_at_two_stages():
    seen = one("1 | F1 | C1 | 2018-02-05 | | |\n2 | F1 | C2 | 2018-02-05 | | |", plo="F1 | C2 | 2018-05-01 | | | |")
    assert (seen.figure("pre_families"), seen.figure("court_families")) == (1, 1)
    assert (seen.figure("pre_children"), seen.figure("court_children")) == (1, 1)
    assert told(seen) == {("C1", SPLIT)}


def test_a_family_that_came_back_and_the_dates_of_each_of_its_cases():
    rows = f"""
    1 | F1 | C1 | 2017-03-01 | {STEP_DOWN} | 2017-09-01 |
    2 | F1 | C1 | 2018-03-05 | | |
    """.strip()
    seen = one(rows, plo="F1 | C1 | | 2017-09-04 | | |", reviews="F1 | 2017-08-01 |\nF1 | 2018-05-01 |")
    assert [(row["Decision date"], row["Stage"], row["Last review"]) for row in seen.rows("cases")] == [
        (date(2018, 3, 5), "pre-proceedings", date(2018, 5, 1)),
        (date(2017, 3, 1), "ended", date(2017, 8, 1)),
    ]
    assert seen.column("cases", "Step-down date") == [None, date(2017, 9, 4)]
    assert told(seen) == set()


def test_of_several_open_cases_the_one_decided_last_is_shown():
    seen = one("1 | F1 | C1 | 2017-03-01 | | |\n2 | F1 | C1 | 2018-03-05 | | |")
    assert seen.column("cases", "Decision date") == [date(2018, 3, 5)]
    assert seen.figure("pre_children") == 1
    assert told(seen) == {("C1", LATER)}
    assert seen.excluded() == {
        "ssd_pre_proceedings: a later decision about the same child and family stands in its place": 1
    }


def test_two_rows_of_one_decision_are_one_case_and_the_outcome_counts():
    rows = f"1 | F1 | C1 | 2018-03-05 | {STEP_DOWN} | 2018-05-01 |\n2 | F1 | C1 | 2018-03-05 | | |"
    seen = one(rows)
    assert seen.column("cases", "Stage") == ["ended"]
    assert seen.excluded() == {
        "ssd_pre_proceedings: another row of the same family, child and day of decision stands in its place": 1
    }


def test_a_family_identifier_is_shared_by_siblings_and_a_child_may_have_two():
    seen = one("1 | F1 | C1 | 2018-02-05 | | |\n2 | F1 | C2 | 2018-03-05 | | |\n3 | F2 | C1 | 2018-04-02 | | |")
    assert (seen.figure("pre_families"), seen.figure("pre_children")) == (2, 2)
    assert seen.figure("pre_weeks_children") == 15.0  # 17 and 13: a child's longest case
    assert seen.figure("pre_weeks_families") == 13.0  # 17 and 9
    assert len(seen.rows("cases")) == 3


def test_dates_of_birth_stand_beside_the_identifiers():
    people = "ssd_person\npers_person_id | pers_dob\nC1 | 2010-02-28"
    seen = see("3.11", f"{people}\n{STAGES}")
    assert seen.rows("cases")[0]["Date of Birth"] == date(2010, 2, 28)


def test_what_is_not_supplied_says_so():
    without = ["ssd_pre_proceedings.prep_pre_pro_outcome"]
    seen = see("3.11", STAGES, without=without)
    assert seen.figure("pre_families") == seen.figure("court_children") == "not supplied"
    assert [each.grid.key for each in seen.report.tables] == []
    assert seen.figure("reviews_overdue") == "not supplied"
    (headings,) = [sheet.frame.columns for sheet in seen.report.sheets]
    assert {"Stage (not supplied)", "Next hearing (not supplied)", "Review due (not supplied)"} <= set(headings)
    # With the days of annexa_plo the outcome is not needed.
    assert see("3.11", with_plo("F1 | C1 | 2018-05-01 | | | |"), without=without).figure("court_children") == 1


def test_no_case_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = "ssd_pre_proceedings\nprep_table_id | prep_person_id\n\nssd_legal_status\nlega_person_id"
    assert see("3.11", empty).figure("pre_families") == 0
    assert see("3.11", empty).figure("court_over_families") == (0, 0, None)
    absent = see("3.11", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("pre_families") == "not supplied"


def test_what_had_not_happened_when_the_extract_was_taken():
    seen = see("3.11", STAGES, extract_date="2018-06-03")
    assert stages(seen)["C16"] == "pre-proceedings"  # stepped down on the inspection date
    assert stages(seen)["C12"] == "pre-proceedings"
    assert "C7" not in stages(seen)


def test_the_order_of_the_rows_does_not_matter():
    rows = [
        f"1 | F1 | C1 | 2018-03-05 | {STEP_DOWN} | 2018-05-01 |",
        "2 | F1 | C1 | 2018-03-05 | | |",
        "| F1 | C2 | 2018-03-05 | | | 2018-03-09",
        "| F1 | C2 | 2018-03-05 | | | 2018-03-12",
        "5 | F1 | C3 | | | |",
        f"6 | F1 | C3 | 2016-03-05 | {ISSUE} | 2016-06-01 |",
    ]
    reviews = ["F1 | 2018-04-01 | 2018-06-01", "F1 | 2018-04-01 |"]
    one_way = one("\n".join(rows), reviews="\n".join(reviews))
    other_way = one("\n".join(reversed(rows)), reviews="\n".join(reversed(reviews)))
    assert one_way.rows("cases") == other_way.rows("cases")
    assert one_way.report.figures == other_way.report.figures
    assert len(one_way.rows("cases")) == 3
