"""Section 47 enquiries, initial conferences and child protection plans with their visits and reviews."""

from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Weighted
from annexa.sample.family import Child, Family, World, workday

_LATEST: Final = Weighted({"NEG": 45, "EMO": 40, "PHY": 6, "SAB": 4, "MUL": 5})
_ORDERS: Final = Weighted({"PPO": 70, "EPO": 30})
_REVIEW_PARTICIPATION: Final = Weighted({"PN1": 24, "PN2": 8, "PN3": 14, "PN4": 7, "PN5": 7, "PN6": 10, "PN7": 30})


def enquiry(
    world: World, family: Family, child: Child, referral: int, number: int, days: tuple[int, int], outcome: str
) -> None:
    """Write one section 47 enquiry of a child; `days` are the strategy discussion and the end."""
    kind = "assessment"
    world.book.add(
        "ssd_s47_enquiry",
        days[0],
        s47e_s47_enquiry_id=number,
        s47e_referral_id=referral,
        s47e_person_id=child.person,
        s47e_s47_start_date=days[0],
        s47e_s47_end_date=min(days[1], child.cap),
        s47e_s47_nfa="Y" if outcome == codes.ENQUIRY_NFA else "N",
        s47e_s47_outcome_json=outcome,
        s47e_s47_completed_by_worker_id=world.staff.worker(kind, family.patch, family.post, days[0]),
        s47e_s47_completed_by_team=world.staff.team(kind, family.patch),
    )


def conference(
    world: World,
    family: Family,
    child: Child,
    referral: int,
    held: int,
    *,
    meeting: int,
    booked: int,
    enquiry_id: int | None,
    plan_id: int | None,
) -> int:
    """Write an initial conference of a child and return its identifier.

    Without `enquiry_id` it is a transfer in; `plan_id` is the plan that it led to, if any.
    """
    number = world.book.new_id("conference", 610_001)
    world.book.add(
        "ssd_initial_cp_conference",
        booked,
        icpc_icpc_id=number,
        icpc_icpc_meeting_id=meeting,
        icpc_s47_enquiry_id=enquiry_id,
        icpc_person_id=child.person,
        icpc_cp_plan_id=plan_id,
        icpc_referral_id=referral,
        icpc_icpc_transfer_in="Y" if enquiry_id is None else "N",
        icpc_icpc_target_date=workday(booked + 21),
        icpc_icpc_date=held,
        icpc_icpc_outcome_cp_flag="N" if plan_id is None else "Y",
        icpc_icpc_outcome_json=codes.CONFERENCE_NO_PLAN if plan_id is None else codes.CONFERENCE_PLAN,
        icpc_icpc_team=world.staff.team("safeguarding", family.patch),
        icpc_icpc_worker_id=world.staff.worker("safeguarding", family.patch, family.post, booked),
    )
    return number


def plan(
    world: World,
    child: Child,
    referral: int,
    number: int,
    days: tuple[int, int],
    *,
    category: str,
    conference_id: int | None,
    other_authority: bool = False,
) -> None:
    """Write a child protection plan with its visits and reviews; `days` are its start and end."""
    draw = world.draw
    world.book.add(
        "ssd_cp_plans",
        days[0],
        cppl_cp_plan_id=number,
        cppl_referral_id=referral,
        cppl_icpc_id=conference_id,
        cppl_person_id=child.person,
        cppl_cp_plan_start_date=days[0],
        cppl_cp_plan_end_date=days[1],
        cppl_cp_plan_initial_category=category,
        cppl_cp_plan_ola="Y" if other_authority else "N" if draw.chance(0.7) else None,
        cppl_cp_plan_latest_category=draw.pick(_LATEST) if draw.chance(0.15) else category,
    )
    _visits(world, child, number, days)
    _reviews(world, child, number, days)


def emergency(world: World, child: Child, day: int) -> None:
    """Write police protection or an emergency protection order of a child who did not come into care by it."""
    kind = world.draw.pick(_ORDERS)
    length = world.draw.between(1, 2) if kind == "PPO" else world.draw.between(5, 8)
    world.book.add(
        "annexa_emergency_protection",
        day,
        person_id=child.person,
        kind=kind,
        start_date=day,
        end_date=min(day + length, child.cap),
    )


def _visits(world: World, child: Child, plan_id: int, days: tuple[int, int]) -> None:
    draw = world.draw
    last = min(days[1], world.horizon)
    day = max(days[0], child.born) + draw.between(1, 7)
    while day <= last:
        seen = draw.pick(codes.SEEN)
        young = child.age(day) < 4
        world.book.add(
            "ssd_cp_visits",
            day,
            cppv_cp_visit_id=world.book.new_id("cp visit", 62_000_001),
            cppv_person_id=child.person,
            cppv_cp_plan_id=plan_id,
            cppv_cp_visit_date=day,
            cppv_cp_visit_seen=seen,
            cppv_cp_visit_seen_alone="N" if seen == "N" or (young and draw.chance(0.7)) else draw.pick(codes.ALONE),
            cppv_cp_visit_bedroom="Y" if draw.chance(0.6) else "N",
        )
        day += draw.between(7, 14) if draw.chance(0.93) else draw.between(15, 26)


def _reviews(world: World, child: Child, plan_id: int, days: tuple[int, int]) -> None:
    draw = world.draw
    last = min(days[1], world.horizon)
    before, due = days[0], days[0] + 89
    while True:
        early = draw.between(2, 25) if before == days[0] else draw.between(2, 45)
        held = workday(due - early) if draw.chance(0.95) else workday(due + draw.between(3, 40))
        if held > last:
            return
        world.book.add(
            "ssd_cp_reviews",
            before,
            cppr_cp_review_id=world.book.new_id("cp review", 630_001),
            cppr_person_id=child.person,
            cppr_cp_plan_id=plan_id,
            cppr_cp_review_due=due,
            cppr_cp_review_date=held,
            cppr_cp_review_meeting_id=world.book.new_id("cp review meeting", 640_001),
            cppr_cp_review_outcome_continue_cp="N" if days[1] - held < 10 else "Y",
            cppr_cp_review_quorate=draw.pick(codes.QUORATE),
            cppr_cp_review_participation="PN0" if child.age(held) < 4 else draw.pick(_REVIEW_PARTICIPATION),
        )
        before, due = held, held + 180
