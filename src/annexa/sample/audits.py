"""Audits of the work with children: which case, which service, how it was graded, and what was to be done."""

from typing import Final

from annexa.sample.draw import Weighted
from annexa.sample.family import Child
from annexa.sample.told import EARLY_HELP, IN_NEED, LEAVING, LOOKED_AFTER, PROTECTED, Service, Told

# Which of the services that ran in the year before the inspection date are audited; the first of each kind is.
_AUDITED: Final = {
    area: Weighted({True: share, False: 100 - share})
    for area, share in ((IN_NEED, 6), (PROTECTED, 14), (LOOKED_AFTER, 10), (LEAVING, 8), (EARLY_HELP, 4))
}
_LATER: Final = 0.05
_GRADE: Final = Weighted({"good": 42, "requires improvement": 42, "inadequate": 8, "outstanding": 8})
_TOGETHER: Final = Weighted({"Y": 18, "N": 82})
_YEAR: Final = 360


def audits(told: Told, child: Child, services: list[Service]) -> None:
    """Write the audits of a child's services: of those in the year before the inspection date, and some later ones."""
    for service in services:
        end = min(service.end, told.horizon)
        if service.start <= told.inspection and end > told.inspection - _YEAR:
            if told.draw.deal(_AUDITED[service.area]):
                _audit(told, child, service, told.inspection - _YEAR, min(end, told.inspection))
        elif service.start > told.inspection and end > service.start and told.draw.chance(_LATER):
            _audit(told, child, service, service.start, end)


def _audit(told: Told, child: Child, service: Service, first: int, last: int) -> None:
    draw = told.draw
    first = max(first, service.start)
    middle = max(first, last - _YEAR // 2 + 10)
    day = draw.between(middle, last) if draw.chance(0.7) else draw.between(first, last)
    done = day + draw.between(20, 120)
    told.book.add(
        "annexa_audits",
        day,
        audit_id=told.book.new_id("audit", 88_001),
        person_id=child.person,
        audit_date=day,
        service_area=service.area,
        grade=draw.deal(_GRADE),
        multi_agency=draw.deal(_TOGETHER),
        action_due_date=day + 90,
        action_completed_date=done if draw.chance(0.85) else None,
    )
