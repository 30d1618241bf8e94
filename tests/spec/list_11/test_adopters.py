"""List 11: who is on it in the form of 2018 and of 2019, and what a couple's rows say.

The cases of a table are the adopters of one run.
"""

from datetime import date

import pytest

from tests.support.build import build

D = "2025-06-02"  # the window begins on 2024-06-02
LATER = ["ilacs-2019", "ilacs-2022"]
ADOPTER, FAMILY = "Individual adopter identifier", "Family identifier"


def list_11(adopters, edition="ilacs-2019", **more):
    rows = [{"adopter_id": key, "family_id": f"F{key}", **cells} for key, cells in adopters]
    tables = {"ssd_person": [], "annexa_adopters": rows}
    return build(tables, inspection_date=D, edition=edition, lists=[11], **more)


def dates(**days):
    return {f"{name}_date": value for name, value in days.items()}


def by_adopter(result, *headings):
    frame = result.lists[11].frame.select(ADOPTER, *headings)
    return {row[0]: row[1] if len(headings) == 1 else row[1:] for row in frame.iter_rows()}


BOUND, BEFORE = "2024-06-02", "2024-06-01"
PACKED = dates(enquiry="2020-01-10", information_pack="2020-01-10")
APPLIED = dates(application="2023-05-01")

FORM_OF_2018 = {
    "interview on the bound": (PACKED | dates(interview=BOUND), None),
    "interview on D": (PACKED | dates(interview=D), None),
    "interview before": (PACKED | dates(interview=BEFORE), "ENQUIRY_ONLY"),
    "interview later": (PACKED | dates(interview="2025-06-03"), "ENQUIRY_ONLY"),
    "no pack": (dates(enquiry="2025-01-10", interview="2025-02-10"), "ENQUIRY_ONLY"),
    "no enquiry": (dates(information_pack="2025-01-10", interview="2025-02-10"), "ENQUIRY_ONLY"),
    "approved on the bound": (APPLIED | dates(approval=BOUND), None),
    "approved before": (APPLIED | dates(approval=BEFORE), "WINDOW"),
    "stage 2 ended": (APPLIED | dates(stage2_end="2025-01-10"), None),
    "stage 2 ended before": (APPLIED | dates(stage2_end=BEFORE), "WINDOW"),
    "the approval comes first": (APPLIED | dates(approval=BEFORE, stage2_end="2025-01-10"), "WINDOW"),
    "refused": (APPLIED | dates(rejection="2025-01-10"), None),
    "refused before": (APPLIED | dates(rejection=BEFORE), "WINDOW"),
    "withdrew": (APPLIED | dates(left="2025-01-10"), "WINDOW"),
    "withdrew before, then approved": (APPLIED | dates(left=BEFORE, approval="2025-01-10"), "WINDOW"),
    "not decided": (APPLIED, "WINDOW"),
    "began on the bound": (dates(application=BOUND, approval="2025-01-10"), None),
    "began after": (dates(application="2024-06-03", approval="2025-01-10"), "WINDOW"),
    "began with an enquiry": (dates(enquiry="2024-01-10", application="2024-09-01", approval="2025-01-10"), None),
    "began with stage 1": (dates(stage1_start="2024-01-10", stage2_end="2025-01-10"), None),
    "began with stage 2": (dates(stage2_start="2024-01-10", stage2_end="2025-01-10"), None),
    "placed on the bound": (dates(approval="2020-01-10", placed=BOUND), None),
    "placed before": (dates(approval="2020-01-10", placed=BEFORE), "WINDOW"),
    "on hold": (PACKED | dates(interview=BOUND) | {"on_hold": "Y"}, None),
    "nothing dated": ({}, "NO_DATE"),
    "all later": (dates(enquiry="2025-06-03"), "FUTURE"),
}

PROCESS = [
    "application", "stage1_start", "stage1_end", "stage2_start", "stage2_end", "approval", "matched", "placed",
]  # fmt: skip
LEFT = dates(stage1_start="2023-01-10", left="2024-01-10")
ORDERED = dates(stage1_start="2019-01-07", adoption_order="2022-03-01")

FORM_OF_2019 = {
    **{f"{name} alone": (dates(**{name: "2020-01-10"}), None) for name in PROCESS},
    "an order alone": (dates(adoption_order=BOUND), None),
    "a refusal alone": (dates(enquiry="2024-01-10", rejection=BOUND), None),
    "enquired and left": (dates(enquiry="2024-01-10", left=BOUND), "ENQUIRY_ONLY"),
    "enquired": (PACKED | dates(interview=BOUND), "ENQUIRY_ONLY"),
    "application to come": (PACKED | dates(application="2025-06-03"), "ENQUIRY_ONLY"),
    "left on the bound": (LEFT | dates(left=BOUND), None),
    "left before": (LEFT | dates(left=BEFORE), "WINDOW"),
    "left before, began again": (LEFT | dates(stage2_start="2024-01-11"), None),
    "left before, on that day": (LEFT | dates(stage1_end="2024-01-10"), "WINDOW"),
    "left before, enquired again": (LEFT | dates(enquiry="2025-01-10"), "WINDOW"),
    "left before, order in the window": (LEFT | dates(adoption_order=BOUND), None),
    "order before": (ORDERED, "WINDOW"),
    "order before, left in the window": (ORDERED | dates(left="2025-01-10"), None),
    **{f"order before, then {name}": (ORDERED | dates(**{name: "2022-03-02"}), None) for name in PROCESS},
    "leaving comes before refusal": (LEFT | dates(rejection="2025-01-10"), "WINDOW"),
    "on hold": (APPLIED | {"on_hold": "Y"}, "ON_HOLD"),
    "not on hold": (APPLIED | {"on_hold": "N"}, None),
    "on hold, left on the bound": (APPLIED | dates(left=BOUND) | {"on_hold": "Y"}, None),
    "on hold, refused": (APPLIED | dates(rejection=BOUND) | {"on_hold": "Y"}, None),
    "on hold, left before": (APPLIED | dates(left=BEFORE, matched=BOUND) | {"on_hold": "Y"}, "ON_HOLD"),
    "on hold, ordered": (APPLIED | dates(adoption_order=BOUND) | {"on_hold": "Y"}, "ON_HOLD"),
    "nothing dated": ({"on_hold": "Y"}, "NO_DATE"),
    "all later": (dates(stage1_start="2025-06-03"), "FUTURE"),
}


@pytest.mark.parametrize(
    ("edition", "cases"),
    [("ilacs-2018", FORM_OF_2018), *((edition, FORM_OF_2019) for edition in LATER)],
    ids=["ilacs-2018", *LATER],
)
def test_who_is_listed(edition, cases):
    result = list_11([(name, cells) for name, (cells, _) in cases.items()], edition)
    assert result.reasons(11) == {name: reason for name, (_, reason) in cases.items()}
    assert set(by_adopter(result, FAMILY)) == {name for name, (_, reason) in cases.items() if reason is None}


def test_the_date_that_decided():
    result = list_11([("1", LEFT), ("2", ORDERED | LEFT), ("3", PACKED), ("4", {})])
    account = result.lists[11].accounts["adopters"]
    assert dict(account.select("event_id", "date").iter_rows()) == {
        "1": date(2024, 1, 10), "2": date(2024, 1, 10), "3": date(2020, 1, 10), "4": None,
    }  # fmt: skip


LEAVING = ("Date of leaving adoption process", "Reason for leaving adoption process")


def test_a_refusal_is_a_leaving():
    on = "2025-01-10"
    result = list_11(
        [
            ("left", APPLIED | dates(left=on) | {"left_reason": "1"}),
            ("refused", APPLIED | dates(rejection=on)),
            ("refused, with a reason", APPLIED | dates(rejection=on) | {"left_reason": "1"}),
            ("left and refused", APPLIED | dates(left=on, rejection="2025-02-10") | {"left_reason": "2"}),
            ("still there", APPLIED),
            ("to leave", APPLIED | dates(left="2025-06-03") | {"left_reason": "1"}),
        ]
    )
    refused = (date(2025, 1, 10), "3 - Application refused")
    assert by_adopter(result, *LEAVING) == {
        "left": (date(2025, 1, 10), "1 - Adopter withdrew from process"),
        "refused": refused,
        "refused, with a reason": refused,
        "left and refused": (date(2025, 1, 10), "2 - Process put on hold"),
        "still there": (None, None),
        "to leave": (None, None),
    }


@pytest.mark.parametrize("edition", ["ilacs-2018", *LATER])
def test_children_placed_are_the_familys(edition):
    placed = dates(application="2023-05-01", placed="2025-01-10")
    result = list_11(
        [
            ("1", placed | {"family_id": "A", "children_placed": "1"}),
            ("2", placed | {"family_id": "A", "children_placed": "2"}),
            ("3", placed | {"family_id": "B", "children_placed": "1"}),
            ("4", placed | {"family_id": "B"}),
            ("5", placed | {"family_id": "", "children_placed": "4"}),
            ("6", placed | {"family_id": ""}),
            ("A", placed | {"family_id": "", "children_placed": "5"}),
            ("8", placed | {"family_id": "C", "children_placed": "3"}),
            ("9", dates(enquiry="2024-05-01") | {"family_id": "C", "children_placed": "6"}),
            ("10", dates(application="2023-05-01", placed="2025-07-01") | {"family_id": "D", "children_placed": "6"}),
        ],
        edition,
    )
    shown = by_adopter(result, "No. of children placed")
    shown.pop("10", None)  # 2018 lists an adopter with whom a child was placed, 2019 every applicant
    assert shown == {"1": 2, "2": 2, "3": 1, "4": 1, "5": 4, "6": None, "A": 5, "8": 6}
    if edition in LATER:
        assert by_adopter(result, "No. of children placed")["10"] is None


def test_codes():
    people = {
        "man": ({"gender": "M", "ethnicity": "WBRI", "disability": "Y", "fostering_for_adoption": "Yes"},
                ("a) Male", "a) WBRI", "a) Yes", "Yes")),
        "neither": ({"gender": "I", "ethnicity": "", "disability": "N", "fostering_for_adoption": "b) No"},
                    ("c) Neither", "s) NOBT", "b) No", "No")),
        "blank": ({}, ("d) Not stated/recorded", "s) NOBT", None, None)),
    }  # fmt: skip
    result = list_11([(name, APPLIED | cells) for name, (cells, _) in people.items()])
    headings = ("Gender", "Ethnicity", "Disability", "Is the (prospective) adopter fostering for adoption?")
    assert by_adopter(result, *headings) == {name: shown for name, (_, shown) in people.items()}


def test_a_row_for_each_family_is_reported():
    families = [("F1", APPLIED | {"family_id": "F1"}), ("F2", APPLIED | {"family_id": "F2"})]
    assert "AA-1109" in list_11(families).checks()
    assert "AA-1109" not in list_11([*families, ("A1", APPLIED | {"family_id": "F3"})]).checks()
    assert "AA-1109" not in list_11([]).checks()


def test_rows_that_take_no_part():
    result = list_11([("", APPLIED), ("1", APPLIED), ("1", APPLIED), ("2", APPLIED), ("2", APPLIED | {"gender": "F"})])
    account = result.lists[11].accounts["adopters"].sort("_row")
    assert account["reason"].to_list() == ["NO_CHILD_ID", None, "DUPLICATE", "CONFLICT", None]
    assert by_adopter(result, "Gender") == {"1": "d) Not stated/recorded", "2": "b) Female"}


def test_rows_are_sorted_by_enquiry():
    days = {"1": "2023-01-10", "10": "2024-01-10", "9": "2024-01-10", "3": ""}
    result = list_11([(key, APPLIED | dates(enquiry=day)) for key, day in days.items()])
    assert result.column(11, ADOPTER) == ["9", "10", "1", "3"]
