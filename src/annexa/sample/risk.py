"""Children at risk outside the family: return interviews, exploitation, and orders that restrict liberty."""

from typing import Final

from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child
from annexa.sample.told import EARLY_HELP, LEAVING, LOOKED_AFTER, Row, Service, Told, in_care

_MINUTES: Final = 1440
_INTERVIEW: Final = Weighted([(1, 24), (2, 28), (3, 22), (0, 6), (5, 10), (8, 6), (13, 4)])
_AFTER_MISSING: Final = Weighted({True: 45, False: 55})
_IN_CARE_NOW: Final = Weighted({True: 11, False: 89})
_IN_CARE: Final = Weighted({False: 91, True: 9})
_OTHERS: Final = Weighted({False: 97.5, True: 2.5})
_ELSEWHERE: Final = Weighted({True: 30, False: 70})
_KIND_NOW: Final = Weighted({"CSE": 54, "CCE": 36, "other": 10})
_KIND: Final = Weighted({"CSE": 52, "CCE": 38, "other": 10})
_LEVEL: Final = Weighted({"medium": 45, "high": 22, "low": 33})
_RECENT: Final = 300  # days before the inspection date
_LENGTH: Final = Scale((0.0, 45), (0.5, 190), (0.9, 420), (1.0, 700))
_HELP: Final = Weighted(
    {
        "Specialist exploitation worker": 40, None: 25, "Youth justice service": 15,
        "Specialist exploitation worker; mentoring": 12, "Sexual health service": 8,
    }
)  # fmt: skip
_FACTOR: Final = {"CSE": "11A", "CCE": "24A", "other": "12A"}
_DEPRIVED_NOW: Final = Weighted({True: 5, False: 95})
_DEPRIVED: Final = Weighted({False: 98, True: 2})
_SETTLED: Final = 90  # days that a placement lasts at least under such an order
_HELD_IN: Final = frozenset({"K2", "R1", "H5", "S1", "P2"})
_SECURE: Final = "K1"
_REGION: Final = Weighted({"Northern": 40, "Southern": 35, "Scotland": 25})
_FIRST_ORDER, _LATER_ORDER = 91, 182  # days for which a court may order secure accommodation, at first and again


def missing(told: Told, child: Child) -> None:
    """Write what is known of each time the child was missing: from where, and when the return interview was held."""
    elsewhere = _of_another_authority(told, child)
    for row in told.rows("ssd_missing", child):
        start = row["miss_missing_episode_start_date"] // _MINUTES
        end = row["miss_missing_episode_end_date"] // _MINUTES
        accepted = row["miss_missing_rhi_accepted"]
        told.book.add(
            "annexa_missing",
            start,
            _end=end,
            missing_id=row["miss_table_id"],
            missing_from="care" if in_care(child, start) else "home",
            interview_date=end + told.draw.deal(_INTERVIEW) if accepted == "Y" else None,
            interview_refused={"Y": "N", "N": "Y"}.get(accepted),
            other_la="Y" if elsewhere else "N",
        )
        if row["miss_missing_episode_type"] == "M":
            told.notice(child, "10A", start, end + 120)


def exploitation(told: Told, child: Child, services: list[Service]) -> None:
    """Write the times at which a young person of 11 or over was flagged as at risk, while some service knew of it."""
    eleven = _eleven(child)
    if eleven >= min(child.cap, told.horizon):
        return
    known = [each for each in services if each.area not in {EARLY_HELP, LEAVING} and each.end > eleven]
    plans = told.rows("ssd_cp_plans", child) if _of_another_authority(told, child) else []
    elsewhere = [
        Service("", row["cppl_cp_plan_start_date"], row["cppl_cp_plan_end_date"])
        for row in plans
        if row["cppl_cp_plan_end_date"] > eleven
    ]
    if known:
        _flag(told, child, known, _shares(told, child, known))
    elif elsewhere:
        _flag(told, child, elsewhere, _ELSEWHERE, other_la="Y")


def _eleven(child: Child) -> int:
    """Return a day at which the child is 11, at the most nine days after the birthday."""
    return child.born + 11 * 366


def _shares(told: Told, child: Child, known: list[Service]) -> Weighted[bool]:
    if any(row["miss_missing_episode_type"] == "M" for row in told.rows("ssd_missing", child)):
        return _AFTER_MISSING
    cared_for = [each for each in known if each.area == LOOKED_AFTER]
    if _recent(told, cared_for):
        return _IN_CARE_NOW
    return _IN_CARE if cared_for else _OTHERS


def _recent(told: Told, known: list[Service]) -> list[Service]:
    return [each for each in known if each.start <= told.inspection and each.end > told.inspection - _RECENT]


def _flag(told: Told, child: Child, known: list[Service], shares: Weighted[bool], other_la: str = "N") -> None:
    draw = told.draw
    if not told.choose(shares, known[0].start):
        return
    recent = _recent(told, known)
    service = recent[-1] if recent else known[draw.between(0, len(known) - 1)]
    first, last = max(service.start, _eleven(child)), min(service.end, child.cap) - 1
    if recent and draw.chance(0.7):
        first, last = max(first, told.inspection - _RECENT), min(last, told.inspection)
    start = draw.between(first, max(first, last))
    kinds = [draw.deal(_KIND_NOW) if recent else draw.pick(_KIND)]
    if kinds == ["CSE"] and draw.chance(0.2):
        kinds.append("CCE")
    for kind in kinds:
        end = min(start + draw.days(_LENGTH), child.cap)
        told.book.add(
            "annexa_exploitation",
            start,
            person_id=child.person,
            kind=kind,
            risk_level=draw.deal(_LEVEL),
            start_date=start,
            end_date=end,
            services=draw.pick(_HELP),
            other_la=other_la,
        )
        told.notice(child, _FACTOR[kind], start, end)


def _of_another_authority(told: Told, child: Child) -> bool:
    """Return whether the child is known only by a plan of another authority, which has placed the family here."""
    plans = told.rows("ssd_cp_plans", child)
    return bool(plans) and not child.care and all(row["cppl_cp_plan_ola"] == "Y" for row in plans)


def orders(told: Told, child: Child) -> None:
    """Write the orders that restrict the liberty of a looked-after child: secure accommodation, remand, deprivation."""
    remands = [row for row in told.rows("ssd_legal_status", child) if row["lega_legal_status"].startswith("J")]
    thirteen = child.born + 13 * 366
    for row in told.rows("ssd_cla_placement", child):
        start, end = row["clap_cla_placement_start_date"], row["clap_cla_placement_end_date"]
        kind = row["clap_cla_placement_type"]
        if kind == _SECURE:
            held = any(each["lega_legal_status_start_date"] <= start < each["lega_legal_status_end_date"]
                       for each in remands)  # fmt: skip
            if held:
                _order(told, child, row, "remand", (start, end, None))
            else:
                _secure_orders(told, child, row)
        elif kind in _HELD_IN and end - max(start, thirteen) > _SETTLED:
            _deprivation(told, child, row, max(start, thirteen))


def _deprivation(told: Told, child: Child, row: Row, first: int) -> None:
    """Write an order of the High Court that allows a placement from `first` on to restrict the child's liberty."""
    draw, end = told.draw, row["clap_cla_placement_end_date"]
    now = first + _SETTLED // 2 < told.inspection < end
    if told.choose(_DEPRIVED_NOW if now else _DEPRIVED, first):
        start = told.inspection - draw.between(3, _SETTLED // 2) if now else first + draw.between(5, _SETTLED // 2)
        expiry = start + draw.between(90, 182)
        _order(told, child, row, "DoL", (start, min(end, expiry), expiry))


def _secure_orders(told: Told, child: Child, row: Row) -> None:
    """Write one order after the other until the placement ends."""
    day, end = row["clap_cla_placement_start_date"], row["clap_cla_placement_end_date"]
    length = _FIRST_ORDER
    while day < end:
        _order(told, child, row, "s25", (day, min(day + length, end), day + length))
        day, length = day + length, _LATER_ORDER


def _order(told: Told, child: Child, row: Row, kind: str, days: tuple[int, int, int | None]) -> None:
    inside = (row["clap_cla_placement_postcode"] or "").startswith("WW")
    told.book.add(
        "annexa_secure_orders",
        days[0],
        person_id=child.person,
        order_type=kind,
        order_start_date=days[0],
        order_end_date=days[1],
        placement_id=row["clap_cla_placement_id"],
        expiry_date=days[2],
        region="Central" if inside else told.draw.pick(_REGION),
    )
