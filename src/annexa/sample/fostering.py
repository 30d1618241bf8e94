"""Private fostering: children whom their family has placed with someone else, and the visits to them."""

from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, Family, birthday, workday
from annexa.sample.told import Row, Told

_FOUND: Final = Weighted({True: 1, False: 99})
_GOES_ON: Final = Weighted({True: 75, False: 25})
_LENGTH: Final = Scale((0.0, 60), (0.3, 300), (0.7, 800), (1.0, 2500))
_TYPE: Final = Weighted(
    [
        (("Parent abroad or in hospital", "Family friend"), 35),
        (("Young person estranged from the family", "Parent of a friend"), 30),
        (("Language or boarding school student", "Host family"), 20),
        (("Parent's former partner cares for the child", "Former step-parent"), 15),
    ]
)
_DECISION: Final = Weighted({"Suitable": 78, "Suitable with requirements": 16, "Prohibited": 6})
_STEP: Final = Weighted([(38, 55), (41, 25), (33, 12), (58, 8)])
_LEAST: Final = 28  # days of care by someone else from which an arrangement is private fostering
_FACTOR: Final = "8C"


def arrangements(told: Told, family: Family) -> None:
    """Write the arrangement of a child whose referral was about one, and those found out about in other ways."""
    for child in family.children:
        for row in told.rows("ssd_cin_episodes", child):
            if row["cine_referral_outcome_json"] == codes.REFERRAL_OUTCOME["noted"]:
                aware = row["cine_referral_date"]
                _arrangement(told, child, aware, row, told.draw.days(_LENGTH))
                return
    young = [
        (child, row)
        for child in family.children
        if not child.care and child.died is None and 4 <= child.age(told.inspection) <= 14
        for row in told.rows("ssd_cin_episodes", child)
        if row["cine_referral_date"] < told.inspection - 30
    ]
    found = bool(young) and told.draw.deal(_FOUND)
    if found:
        child, row = young[-1]
        aware = told.inspection - told.draw.between(10, 480)
        aware = max(aware, row["cine_referral_date"] + 5)
        still = told.inspection - aware if told.draw.deal(_GOES_ON) else 0
        _arrangement(told, child, aware, row, still + told.draw.days(_LENGTH))


def _arrangement(told: Told, child: Child, aware: int, case: Row, length: int) -> None:
    draw = told.draw
    start = max(aware - draw.between(3, 120), child.born + 30)
    out = child.eighteen if child.disabled else birthday(child.born, 16)
    end = min(start + _LEAST + length, out, child.cap)
    if start > aware or end <= aware + _LEAST:
        return
    notified = aware + draw.between(0, 6)
    decided = notified + draw.between(25, 60)
    decision = draw.deal(_DECISION) if decided < end else None
    if decision == "Prohibited":
        end = min(end, decided + draw.between(3, 20))
    first, step = workday(notified + draw.between(1, 8)), draw.pick(_STEP)
    kind, relationship = draw.deal(_TYPE)
    number = told.book.new_id("private fostering", 97_001)
    told.book.add(
        "annexa_private_fostering",
        aware,
        _visit_first=first,
        _visit_step=step,
        _visit_last=end,
        arrangement_id=number,
        person_id=child.person,
        notification_date=notified,
        start_date=start,
        end_date=end,
        arrangement_type=kind,
        team_id=case["cine_referral_team"],
        worker_id=case["cine_referral_worker_id"],
        aware_date=aware,
        relationship=relationship,
        decision=decision,
        decision_date=None if decision is None else decided,
    )
    for day in range(first, min(end, told.horizon) + 1, step):
        told.book.add(
            "annexa_private_fostering_visits",
            day,
            arrangement_id=number,
            visit_date=day,
            child_seen="Y" if draw.chance(0.93) else "N",
        )
    told.notice(child, _FACTOR, start, end)
