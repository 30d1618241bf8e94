"""List 11 against plain Python: both forms of the list, the reasons, the leaving date and the family's children."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.lists.build import build_list
from tests.support.context import context_of

SOME = max(10, settings.default.max_examples // 2)  # an example holds several adopters
D, FROM = date(2025, 6, 2), date(2024, 6, 2)
DAYS = st.sampled_from(
    [*[None] * 6, date(2022, 1, 10), date(2024, 6, 1), FROM, date(2024, 6, 3), date(2025, 1, 10), D, date(2025, 6, 3)]
)
ENQUIRY = ["enquiry_date", "information_pack_date", "interview_date"]
BEGIN = ["enquiry_date", "application_date", "stage1_start_date", "stage2_start_date"]
PROCESS = [
    "application_date", "stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date",
    "approval_date", "matched_date", "placed_date",
]  # fmt: skip
ENDS = ["adoption_order_date", "left_date", "rejection_date"]
ALL = [*ENQUIRY, *PROCESS, *ENDS]

ADOPTERS = st.lists(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(ALL, DAYS),
            "family_id": st.sampled_from([None, "1", "F1"]),
            "children_placed": st.none() | st.integers(0, 3),
            "left_reason": st.sampled_from([None, "1", "2"]),
            "on_hold": st.sampled_from([None, "N", "Y"]),
        }
    ),
    min_size=1,
    max_size=4,
).map(lambda rows: [{**row, "adopter_id": str(number)} for number, row in enumerate(rows)])


def masked(row):
    """What had happened by D; the reason and the number of children follow their dates."""
    seen = {**row, **{name: row[name] if row[name] and row[name] <= D else None for name in ALL}}
    if row["left_date"] and not seen["left_date"]:
        seen["left_reason"] = None
    if row["placed_date"] and not seen["placed_date"]:
        seen["children_placed"] = None
    return seen


def inside(day):
    return day is not None and FROM <= day <= D


def first(*days):
    return min((day for day in days if day), default=None)


def last(*days):
    return max((day for day in days if day), default=None)


def reason_of(row, masks, edition):
    left = row["left_date"] or row["rejection_date"]
    process = last(*(row[name] for name in PROCESS))
    if not any(row[name] for name in ALL):
        return "FUTURE" if masks else "NO_DATE"
    if edition == "ilacs-2018":
        approved = row["approval_date"] or row["stage2_end_date"]
        began = first(*(row[name] for name in BEGIN))
        outcome = first(approved, row["rejection_date"], row["left_date"])
        in_progress = began is not None and began <= FROM and (outcome is None or outcome >= FROM)
        if (
            (row["enquiry_date"] and row["information_pack_date"] and inside(row["interview_date"]))
            or (in_progress and (approved or row["rejection_date"]))
            or inside(row["placed_date"])
        ):
            return None
        return "WINDOW" if any(row[name] for name in PROCESS + ENDS) else "ENQUIRY_ONLY"
    ended = last(row["adoption_order_date"], left)
    if ended and ended < FROM and not (process and process > ended):
        return "WINDOW"
    if not (process or row["adoption_order_date"] or row["rejection_date"]):
        return "ENQUIRY_ONLY"
    return "ON_HOLD" if row["on_hold"] == "Y" and not inside(left) else None


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019"])
@settings(max_examples=SOME)
@given(ADOPTERS, st.randoms(use_true_random=False))
def test_list_11(edition, adopters, random):
    frames = []
    for rows in (adopters, random.sample(adopters, len(adopters))):
        context = context_of({"adopters": rows}, D, edition=edition)
        built = build_list(context, context.edition.lists[11])
        frames.append(built.frame)
    assert frames[0].equals(frames[1])

    seen = {row["adopter_id"]: masked(row) for row in adopters}
    reasons = {
        row["adopter_id"]: reason_of(seen[row["adopter_id"]], any(row[name] and row[name] > D for name in ALL), edition)
        for row in adopters
    }
    assert dict(built.accounts["adopters"].select("event_id", "reason").iter_rows()) == reasons
    shown = {}
    for key in (key for key, reason in reasons.items() if reason is None):
        row = seen[key]
        mine = [row, *(each for each in seen.values() if row["family_id"] and each["family_id"] == row["family_id"])]
        placed = max((each["children_placed"] for each in mine if each["children_placed"] is not None), default=None)
        refused = row["left_date"] is None and row["rejection_date"] is not None
        shown[key] = (placed, row["left_date"] or row["rejection_date"], "3" if refused else row["left_reason"])
    columns = ("adopter_id", "children_placed", "left_date", "left_reason")
    assert {row[0]: row[1:] for row in built.rows.select(columns).iter_rows()} == shown
