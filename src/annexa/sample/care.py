"""A period of care as the system records it: episodes, legal statuses, placements, reviews, visits, health, missing."""

from bisect import bisect_right
from typing import Final

from annexa.sample import adoption, codes, placement
from annexa.sample.course import COURSES, Course
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Care, Child, Family, World, workday
from annexa.sample.placement import Placement

_MISSING_MINUTES: Final = Scale((0.0, 150), (0.5, 700), (0.85, 2500), (1.0, 11_000))
_CHECKED: Final = Weighted({"Completed": 93, "Refused": 5, "Cancelled": 2})
_DECIDED: Final = Weighted({"Refugee Status": 70, "Humanitarian Protection": 15, "Refused": 15})
_BREAKS: Final = Weighted({"V3": 35, "V4": 65})
_PLAN_JSON: Final = {key: codes.flags(codes.PLAN_KEYS, key) for key in codes.PLAN_KEYS}


def period(world: World, family: Family, child: Child, start: int, variant: str, referral: int) -> Care:
    """Write a whole period of care of a child and return it; it ends on the 18th birthday at the latest.

    Args:
        world: of the sample.
        family: of the child; children adopted together share their adoption through it.
        child: whose period it is.
        start: its first day, before the child's cap.
        variant: a key of course.COURSES, or `adoption`.
        referral: the identifier of the referral that led to it.
    """
    care_id = world.book.new_id("care", 40_001)
    if variant == "adoption" and child.died is None:
        course = adoption.course(world, family, child, start, care_id)
    else:
        course = COURSES["long_care" if variant == "adoption" else variant](world, child, start)
    course.cut(world, child)
    days = (start, course.end)
    legal = [(day, status) for day, status in course.legal]
    placements = placement.sequence(world, child, days, variant, course.anchors)
    placement.write(world, child, care_id, placements)
    _legal_statuses(world, child, legal, course.end)
    _episodes(world, child, (care_id, referral), course, legal, placements)
    _care_plans(world, child, course)
    _reviews(world, child, care_id, days)
    _visits(world, child, care_id, placements)
    _health(world, child, days)
    missing(world, child, days, 0.22)
    return Care(start, course.end, course.reason)


def short_breaks(world: World, child: Child, start: int, end: int, referral: int) -> None:
    """Write short breaks of a disabled child: one agreement (V4), or single stays (V3)."""
    draw = world.draw
    stays = [(start, end)]
    status = draw.deal(_BREAKS)
    if status == "V3":
        stays = [(day, day + draw.between(1, 3)) for day in range(start, min(end, start + 200), draw.between(25, 40))]
    for days in stays:
        care_id = world.book.new_id("care", 40_001)
        placements = placement.sequence(world, child, days, "short_breaks", [])
        placement.write(world, child, care_id, placements)
        legal = [(days[0], status)]
        _legal_statuses(world, child, legal, days[1])
        _episodes(world, child, (care_id, referral), Course(days[1], "E8", legal, []), legal, placements)


def _legal_statuses(world: World, child: Child, legal: list[tuple[int, str]], end: int) -> None:
    for (day, status), until in zip(legal, [*(day for day, _ in legal[1:]), end], strict=True):
        world.book.add(
            "ssd_legal_status",
            day,
            lega_legal_status_id=world.book.new_id("legal", 50_001),
            lega_person_id=child.person,
            lega_legal_status=status,
            lega_legal_status_start_date=day,
            lega_legal_status_end_date=until,
        )


def _episodes(
    world: World,
    child: Child,
    ids: tuple[int, int],
    course: Course,
    legal: list[tuple[int, str]],
    placements: list[Placement],
) -> None:
    draw = world.draw
    start = placements[0].start
    moves = {placed.start: placed for placed in placements}
    orders = {day for day, _ in legal}
    begins = sorted(moves.keys() | orders)
    starts = [placed.start for placed in placements]
    need = draw.deal(codes.CARE_NEED) if child.need in {"N0", "N9"} or draw.chance(0.1) else child.need
    contact = start + draw.between(8, 26)
    step = draw.between(55, 95)
    for n, (day, until) in enumerate(zip(begins, [*begins[1:], course.end], strict=True)):
        moved = moves.get(day)
        if n == 0:
            reason = "S"
        elif moved is None:
            reason = "L"
        elif day in orders:
            reason = "U" if moved.same_carer else "B"
        else:
            reason = "T" if moved.same_carer else "P"
        world.book.add(
            "ssd_cla_episodes",
            day,
            _iro_first=contact,
            _iro_step=step,
            _iro_last=course.end,
            clae_cla_episode_id=world.book.new_id("care episode", 70_001),
            clae_person_id=child.person,
            clae_cla_episode_start_date=day,
            clae_cla_episode_start_reason=reason,
            clae_cla_primary_need_code=need,
            clae_cla_episode_ceased_date=until,
            clae_cla_episode_ceased_reason="X1" if until != course.end else course.reason,
            clae_cla_id=ids[0],
            clae_referral_id=ids[1],
            clae_cla_placement_id=placements[bisect_right(starts, day) - 1].number,
            clae_entered_care_date=start,
        )


def _care_plans(world: World, child: Child, course: Course) -> None:
    for n, (day, key) in enumerate(course.keys):
        until = course.keys[n + 1][0] if n + 1 < len(course.keys) else course.end
        both = key == "RETURN6M" and world.draw.chance(0.08)
        world.book.add(
            "ssd_cla_care_plan",
            day,
            lacp_table_id=world.book.new_id("care plan", 80_001),
            lacp_person_id=child.person,
            lacp_cla_care_plan_start_date=day,
            lacp_cla_care_plan_end_date=until,
            lacp_cla_care_plan_json=codes.flags(codes.PLAN_KEYS, key, "OTHERPLN") if both else _PLAN_JSON[key],
        )


def _reviews(world: World, child: Child, care_id: int, days: tuple[int, int]) -> None:
    draw = world.draw
    last = min(days[1], world.horizon + 200)
    before, due, early = days[0], days[0] + 28, (1, 12)
    while True:
        held = workday(due - draw.between(*early)) if draw.chance(0.94) else workday(due + draw.between(1, 25))
        if held > last:
            return
        if draw.chance(0.03):
            _review(world, child, care_id, (before, due, max(held - 7, before)), cancelled=True)
        _review(world, child, care_id, (before, due, held), cancelled=False)
        early = (2, 18) if before == days[0] else (2, 30)
        due = held + (88 if before == days[0] else 180)
        before = held


def _review(world: World, child: Child, care_id: int, days: tuple[int, int, int], *, cancelled: bool) -> None:
    booked, due, held = days
    participation = "PN0" if child.age(held) < 4 else world.draw.pick(codes.PARTICIPATION)
    world.book.add(
        "ssd_cla_reviews",
        booked,
        clar_cla_review_id=world.book.new_id("care review", 65_001),
        clar_cla_id=care_id,
        clar_cla_person_id=child.person,
        clar_cla_review_due_date=due,
        clar_cla_review_date=held,
        clar_cla_review_cancelled="Y" if cancelled else "N",
        clar_cla_review_participation=None if cancelled else participation,
    )


def _visits(world: World, child: Child, care_id: int, placements: list[Placement]) -> None:
    draw = world.draw
    for placed in placements:
        last = min(placed.end, world.horizon)
        day = placed.start + draw.between(1, 6)
        while day <= last:
            seen = draw.pick(codes.SEEN)
            world.book.add(
                "ssd_cla_visits",
                day,
                clav_cla_visit_id=world.book.new_id("care visit", 66_000_001),
                clav_cla_id=care_id,
                clav_person_id=child.person,
                clav_cla_visit_date=day,
                clav_cla_visit_seen=seen,
                clav_cla_visit_seen_alone="N" if seen == "N" else draw.pick(codes.ALONE),
            )
            day += draw.between(22, 41) if draw.chance(0.94) else draw.between(43, 75)


def _health(world: World, child: Child, days: tuple[int, int]) -> None:
    draw = world.draw
    last = min(days[1], world.horizon + 60)
    due = days[0] + draw.between(9, 26)
    while due <= last:
        _check(world, child, days[0], due, "Health Assessment")
        due += draw.between(150, 180) if child.age(due) < 5 else draw.between(320, 372)
    due = max(days[0] + draw.between(20, 200), child.born + 380)
    while due <= last:
        _check(world, child, days[0], due, "Dental Check")
        due += draw.between(180, 370)


def _check(world: World, child: Child, start: int, day: int, kind: str) -> None:
    world.book.add(
        "ssd_cla_health",
        max(start, day - 40),
        clah_health_check_id=world.book.new_id("health", 67_001),
        clah_person_id=child.person,
        clah_health_check_type=kind,
        clah_health_check_date=day,
        clah_health_check_status=world.draw.pick(_CHECKED),
    )


def missing(world: World, child: Child, days: tuple[int, int], probability: float) -> None:
    """Write the times when a young person of 11 or over was missing, or away without leave, between two days."""
    draw = world.draw
    first, last = max(days[0] + 5, child.born + 11 * 366), min(days[1], world.horizon)
    if first >= last or not draw.chance(probability):
        return
    minute = (first + draw.between(0, 150)) * 1440 + draw.between(0, 1439)
    for _ in range(draw.between(1, 9)):
        until = minute + draw.days(_MISSING_MINUTES)
        if until >= last * 1440:
            return
        timed = 1440 if draw.chance(0.1) else 1
        absent = draw.chance(0.16)
        offered = None if absent else draw.pick(codes.OFFERED)
        world.book.add(
            "ssd_missing",
            minute // 1440,
            miss_table_id=world.book.new_id("missing", 68_001),
            miss_person_id=child.person,
            miss_missing_episode_start_date=minute // timed * timed,
            miss_missing_episode_type="A" if absent else "M",
            miss_missing_episode_end_date=until // timed * timed,
            miss_missing_rhi_offered=offered,
            miss_missing_rhi_accepted=draw.pick(codes.ACCEPTED) if offered == "Y" else None,
        )
        minute = until + draw.between(600, 90_000)


def immigration(world: World, child: Child, period: Care) -> None:
    """Write the status of a child who arrived alone, and the decision on it where there is one in childhood."""
    draw = world.draw
    decided = period.start + draw.between(150, 800) if draw.chance(0.5) else None
    steps = [("Unaccompanied Asylum Seeking Child", period.start if draw.chance(0.9) else None, decided)]
    if decided is not None:
        steps.append((draw.deal(_DECIDED), decided, None))
    for status, start, end in steps:
        world.book.add(
            "ssd_immigration_status",
            period.start if start is None else start,
            immi_person_id=child.person,
            immi_immigration_status_id=world.book.new_id("immigration", 60_001),
            immi_immigration_status=status,
            immi_immigration_status_start_date=start,
            immi_immigration_status_end_date=end,
        )
