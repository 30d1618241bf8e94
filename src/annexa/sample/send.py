"""Special educational needs: requests for education, health and care plans, assessments, and the plans themselves."""

from typing import Final, NamedTuple

from annexa.sample.draw import Weighted
from annexa.sample.family import Child, birthday
from annexa.sample.told import Told

_REQUEST: Final = Weighted({"planned": 72, "declined": 10, "not asked": 14, "no plan": 4})
_EXCEPTION: Final = Weighted({None: 88, "1": 5, "2": 4, "3": 3})
_CEASED: Final = Weighted({"1": 60, "2": 25, "3": 15})


class Plan(NamedTuple):
    """An education, health and care plan: its first day, and the day on which it ceased."""

    start: int
    end: int


def needs(told: Told, child: Child, known: int) -> Plan | None:
    """Write a child's record of special educational needs and what came of it; return the plan, if there is one.

    Args:
        told: of the sample.
        child: any child; those whose person row has no flag for such needs get nothing.
        known: the first day on which the family is known.
    """
    (person,) = told.rows("ssd_person", child)
    if person["pers_send_flag"] != "Y":
        return None
    three = birthday(child.born, 3)
    if three > told.horizon:
        return None
    draw, book = told.draw, told.book
    since = max(known, three)
    number = book.new_id("send", 150_001)
    book.add(
        "ssd_send",
        since,
        send_table_id=number,
        send_upn=person["pers_upn"],
        send_uln=f"{7_000_000_000 + number}" if child.age(since) >= 14 else None,
        send_upn_unknown=person["pers_upn_unknown"] if person["pers_upn"] is None else None,
        send_person_id=child.person,
    )
    outcome = draw.deal(_REQUEST)
    asked = max(since, three + draw.between(0, 2200))
    if outcome == "not asked" or asked + 200 >= child.cap:
        return None
    request = book.new_id("ehcp request", 160_001)
    answered = asked + draw.between(20, 48)
    book.add(
        "ssd_ehcp_requests",
        asked,
        ehcr_ehcp_request_id=request,
        ehcr_send_table_id=number,
        ehcr_ehcp_req_date=asked,
        ehcr_ehcp_req_outcome_date=answered,
        ehcr_ehcp_req_outcome="N" if outcome == "declined" else "Y",
    )
    return None if outcome == "declined" else _assess(told, child, request, answered, agreed=outcome == "planned")


def _assess(told: Told, child: Child, request: int, begins: int, *, agreed: bool) -> Plan | None:
    draw, book = told.draw, told.book
    number = book.new_id("ehcp assessment", 170_001)
    decided = begins + draw.between(50, 110)
    book.add(
        "ssd_ehcp_assessment",
        begins,
        ehca_ehcp_assessment_id=number,
        ehca_ehcp_request_id=request,
        ehca_ehcp_assessment_outcome_date=decided,
        ehca_ehcp_assessment_outcome="Y" if agreed else "N",
        ehca_ehcp_assessment_exceptions=draw.pick(_EXCEPTION),
    )
    if not agreed:
        return None
    plan = Plan(decided + draw.between(0, 14), birthday(child.born, draw.between(16, 21)))
    end = plan.end if child.died is None else min(plan.end, child.died)
    if plan.start >= end:
        return None
    book.add(
        "ssd_ehcp_named_plan",
        plan.start,
        ehcn_named_plan_id=book.new_id("named plan", 180_001),
        ehcn_ehcp_asmt_id=number,
        ehcn_named_plan_start_date=plan.start,
        ehcn_named_plan_ceased_date=end,
        ehcn_named_plan_ceased_reason=draw.pick(_CEASED),
    )
    return Plan(plan.start, end)
