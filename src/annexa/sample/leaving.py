"""Leaving care: eligibility, and what the leaving care service knows of each young person."""

from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Weighted
from annexa.sample.family import Child, Family, World, birthday

_THIRTEEN_WEEKS: Final = 91
_NOT_LEAVERS: Final = frozenset({"E2", "E3", "E11", "E12", "E15"})
_SERVICE_UNTIL: Final = Weighted({21: 52, 22: 12, 23: 10, 24: 8, 25: 14, 26: 4})
_AFTERWARDS: Final = Weighted({"No Current Eligibility": 30, "record stays": 70})

_KNOWN_TO_SERVICE: Final = Weighted({False: 1, True: 3})


def leave_care(world: World, family: Family, child: Child) -> None:
    """Write the leaving care records of a child whose periods of care are complete, if they give any entitlement.

    A record is what the service holds from one day to the next: eligible while looked after at 16 and 17 (after 13
    weeks' care since 14), relevant or qualifying at 16 and 17 afterwards, former relevant from 18. The periods of a
    person are one after the other; the last decides.
    """
    sixteen = birthday(child.born, 16)
    eligible_from = _eligible_from(child, sixteen)
    last = child.care[-1]
    if last.end <= sixteen:
        return
    number = world.book.new_id("care leaver", 55_001)
    category = "Qualifying" if eligible_from is None or world.draw.chance(0.04) else "Relevant"
    for care, back in zip(child.care, [*(care.start for care in child.care[1:]), child.eighteen], strict=True):
        if eligible_from is not None and care.end > eligible_from:
            _record(world, family, child, number, "Eligible", (max(care.start, eligible_from), care.end))
        goes_on = care is not last or last.reason not in _NOT_LEAVERS
        if goes_on and sixteen < care.end < back and (eligible_from is None or care.end > eligible_from):
            _record(world, family, child, number, category, (care.end, back))
    if last.reason not in _NOT_LEAVERS and child.eighteen <= world.horizon:
        _adult(world, family, child, number, "Former Relevant" if category == "Relevant" else category)


def _eligible_from(child: Child, sixteen: int) -> int | None:
    """Return the day from which the child is eligible: 16, and 13 weeks' care since 14; null where it never comes."""
    fourteen = birthday(child.born, 14)
    days = 0
    for care in child.care:
        start = max(care.start, fourteen)
        if start >= care.end:
            continue
        reached = max(start + _THIRTEEN_WEEKS - days, sixteen)
        if reached < care.end:
            return reached
        days += care.end - start
    return None


def _adult(world: World, family: Family, child: Child, number: int, category: str) -> None:
    draw = world.draw
    until = birthday(child.born, draw.deal(_SERVICE_UNTIL))
    returns = draw.chance(0.03)
    _record(world, family, child, number, category, (child.eighteen, until))
    if child.died is not None and child.died <= until:
        return
    if world.choose(_AFTERWARDS, until) == "record stays":
        _state(world, family, child, number, (until, until + 9000), eligibility=category, in_touch="NREQ")
    else:
        _state(world, family, child, number, (until, until + 9000), eligibility="No Current Eligibility")
    start = min(child.eighteen, child.care[-1].end)
    grown = birthday(child.born, 25) <= world.inspection
    if draw.deal(_KNOWN_TO_SERVICE) if grown else draw.chance(0.85):
        _service(world, child, start, until)
        if returns:
            _service(world, child, until + 200, until + 700)


def _service(world: World, child: Child, start: int, end: int) -> None:
    world.book.add("annexa_care_leaver_services", start, person_id=child.person, start_date=start, end_date=end)


def _record(world: World, family: Family, child: Child, number: int, category: str, days: tuple[int, int]) -> None:
    """Write one record after the other, as the personal adviser changes, and the death if it falls in this time."""
    start, end = days
    died = child.died
    if died is not None and died <= start:
        return
    alive = end if died is None else min(end, died)
    for spell in world.staff.spells("leaving", family.patch, family.post, start, alive):
        _state(
            world, family, child, number, (spell.start, spell.end or alive), eligibility=category, worker=spell.worker
        )
    if died is not None and died < end:
        _state(world, family, child, number, (died, died + 9000), eligibility=category, in_touch="DIED")


def _state(
    world: World,
    family: Family,
    child: Child,
    number: int,
    days: tuple[int, int],
    *,
    eligibility: str,
    worker: int | None = None,
    in_touch: str | None = None,
) -> None:
    draw = world.draw
    start, end = days
    if start > world.horizon:
        return
    served = worker is not None and eligibility != "Eligible"
    shown = start <= world.inspection < end
    touch = in_touch
    if served:
        touch = draw.deal(codes.IN_TOUCH) if shown else draw.pick(codes.IN_TOUCH)
    where = activity = suitable = None
    if touch == "YES":
        places = codes.ACCOMMODATION if start >= child.eighteen else codes.YOUNG_ACCOMMODATION
        where = draw.deal(places) if shown else draw.pick(places)
        suitable = "2" if where in codes.UNSUITABLE or draw.chance(0.03) else "1"
        activity = draw.deal(world.activity) if shown else draw.pick(world.activity)
    world.book.add(
        "ssd_care_leavers",
        start,
        _until=end,
        _contact_first=start if worker is not None else None,
        _contact_step=draw.between(30, 58) if touch != "NO" else 400,
        _review_first=start - draw.between(0, 60) if worker is not None else None,
        _review_step=draw.between(140, 178),
        clea_table_id=number,
        clea_person_id=child.person,
        clea_care_leaver_eligibility=eligibility,
        clea_care_leaver_in_touch=touch,
        clea_care_leaver_accommodation=where,
        clea_care_leaver_accom_suitable=suitable,
        clea_care_leaver_activity=activity,
        clea_care_leaver_personal_advisor=worker,
        clea_care_leaver_allocated_team=world.staff.team("leaving", family.patch),
        clea_care_leaver_worker_id=worker,
    )
