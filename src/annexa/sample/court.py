"""The public law outline: pre-proceedings with a family, the decision to issue or to step down, and proceedings."""

from typing import Final, NamedTuple

from annexa.sample.draw import Weighted
from annexa.sample.family import Child, Family, workday
from annexa.sample.told import Row, Told
from annexa.sample.year import calendar_year

_STEPPED_DOWN: Final = Weighted({False: 88, True: 12})
_OPEN_NOW: Final = Weighted({True: 25, False: 75})
_ISSUE, _STEP_DOWN = "Decision to issue care proceedings", "Decision step down"
_GATEWAY: Final = Weighted({"A": 70, "B": 15, "C": 10, "D": 5})
_SHORT_NOTICE: Final = Weighted({"A": 55, "B": 30, "C": 15})
_INITIAL_PLAN: Final = Weighted({"A": 20, "B": 35, "C": 25, "D": 10, "E": 4, "F": 3, "G": 3})
_FINAL_PLAN: Final = {"Care order": "C", "Care and placement orders": "D", "Special guardianship order": "B"}
_ORDER: Final = {"C2": "Care order", "E1": "Care and placement orders", "D1": "Freeing order"}
_ENDS_AS: Final = {
    "E45": "Special guardianship order", "E46": "Special guardianship order", "E47": "Special guardianship order",
    "E48": "Special guardianship order", "E41": "Child arrangements order", "E4A": "Supervision order",
    "E13": "Child arrangements order",
}  # fmt: skip
_TOGETHER: Final = 200  # days within which brothers and sisters come into the same proceedings
MEETINGS: Final = 35  # days from one pre-proceedings meeting to the next


class _Outline(NamedTuple):
    """What brothers and sisters share: days of a family's pre-proceedings, null where it did not come to it."""

    decided: int
    letter: int | None
    met: int | None
    agreed: int
    issued: int | None


class _Case(NamedTuple):
    """One child in proceedings: from the issue to the final order."""

    child: Child
    interim: int
    final: int
    order: str
    opened: int


def proceedings(told: Told, family: Family) -> None:
    """Write the pre-proceedings of a family: those that led to the orders of its children, and those that did not."""
    cases = sorted((case for child in family.children for case in _cases(told, child)), key=lambda case: case.interim)
    while cases:
        joint = [case for case in cases if case.interim < cases[0].interim + _TOGETHER]
        first = {case.child.person: case for case in reversed(joint)}
        _issued(told, [case for case in joint if first[case.child.person] is case])
        cases = [case for case in cases if case not in joint]
    if not any(child.care for child in family.children):
        _stepped_down(told, family)


def _cases(told: Told, child: Child) -> list[_Case]:
    """Return the proceedings of a child: each first interim order, and how its last one ended."""
    found: list[_Case] = []
    rows = told.rows("ssd_legal_status", child)
    for row in rows:
        if row["lega_legal_status"] != "C1":
            continue
        start, end = row["lega_legal_status_start_date"], row["lega_legal_status_end_date"]
        order = next((_ORDER.get(each["lega_legal_status"]) for each in rows
                      if each["lega_legal_status_start_date"] == end), None)  # fmt: skip
        reason = next((care.reason for care in child.care if care.end == end), "")
        opened = max(
            (each["cine_referral_date"] for each in told.rows("ssd_cin_episodes", child)
             if each["cine_referral_date"] <= start), default=start,
        )  # fmt: skip
        found.append(_Case(child, start, end, order or _ENDS_AS.get(reason, "No order"), opened))
    return found


def _issued(told: Told, cases: list[_Case]) -> None:
    draw = told.draw
    opened = cases[0].opened
    issued = max(cases[0].interim - draw.between(1, 7), opened)
    decided = max(issued - draw.between(45, 170), opened)
    if issued - decided < 25:  # at short notice: nothing was done before
        outline = _Outline(max(issued - 1, opened), None, None, issued, issued)
    else:
        letter = decided + draw.between(2, 9)
        met = letter + draw.between(5, 12)
        outline = _Outline(decided, letter, met, max(issued - draw.between(1, 12), met), issued)
    number = told.book.new_id("public law outline", 98_001)
    step = draw.between(30, 50)
    for case in cases:
        _write(told, case.child, number, outline, case=case, hearing_step=step)
    _reviews(told, number, outline)


def _stepped_down(told: Told, family: Family) -> None:
    """Write the pre-proceedings of a family that ended, or will end, without proceedings: children on a plan."""
    draw = told.draw
    plans = [
        (child, row)
        for child in family.children
        for row in told.rows("ssd_cp_plans", child)
        if row["cppl_cp_plan_ola"] != "Y" and row["cppl_cp_plan_end_date"] - row["cppl_cp_plan_start_date"] > 120
    ]
    if not plans:
        return
    start = plans[-1][1]["cppl_cp_plan_start_date"]
    joint = [(child, row) for child, row in plans if row["cppl_cp_plan_start_date"] == start]
    last = min(row["cppl_cp_plan_end_date"] for _, row in joint)
    now = start + 40 < told.inspection < last - 15
    if not draw.deal(_OPEN_NOW if now else _STEPPED_DOWN):
        return
    decided = workday(draw.between(max(start + 20, told.inspection - 140), told.inspection - 5) if now else start + 30)
    letter = decided + draw.between(2, 12)
    met = letter + draw.between(5, 14)
    outline = _Outline(decided, letter, met, max(min(met + draw.between(70, 200), last), met + 14), None)
    number = told.book.new_id("public law outline", 98_001)
    for child, _ in joint:
        _write(told, child, number, outline, case=None, hearing_step=1)
    _reviews(told, number, outline)


def _write(told: Told, child: Child, number: int, outline: _Outline, *, case: _Case | None, hearing_step: int) -> None:
    """Write the two rows of one child: of the standard layout, and what is known beyond it."""
    issued = None if outline.issued is None else max(outline.issued, child.born)
    hearings = {
        "_hearing_first": None if issued is None else issued + 5,
        "_hearing_step": hearing_step,
        "_hearing_last": None if case is None else case.final,
    }
    family = f"PLO{number}"
    told.book.add("ssd_pre_proceedings", outline.decided, **hearings, **_standard(told, child, family, outline, case))
    told.book.add(
        "annexa_plo",
        outline.decided,
        **hearings,
        plo_family_id=family,
        person_id=child.person,
        issue_date=issued,
        step_down_date=outline.agreed if issued is None else None,
        final_order_date=None if case is None else case.final,
        final_order_type=None if case is None else case.order,
    )


def _standard(told: Told, child: Child, family: str, outline: _Outline, case: _Case | None) -> Row:
    draw = told.draw
    issued, short = outline.issued is not None, outline.letter is None
    return {
        "_meeting_first": outline.met,
        "_meeting_last": outline.agreed,
        "_issued": None if outline.issued is None else max(outline.issued, child.born),
        "_final": None if case is None else case.final,
        "prep_table_id": told.book.new_id("pre-proceedings", 99_001),
        "prep_person_id": child.person,
        "prep_plo_family_id": family,
        "prep_pre_pro_decision_date": outline.decided,
        "prep_initial_pre_pro_meeting_date": outline.met,
        "prep_pre_pro_outcome": _ISSUE if issued else _STEP_DOWN,
        "prep_agree_stepdown_issue_date": outline.agreed,
        "prep_cp_plans_referral_period": sum(
            row["cppl_cp_plan_start_date"] <= outline.decided for row in told.rows("ssd_cp_plans", child)
        ),
        "prep_legal_gateway_outcome": draw.pick(_GATEWAY),
        "prep_prev_pre_proc_child": 1 if draw.chance(0.08) else 0,
        "prep_prev_care_proc_child": 1 if draw.chance(0.05) else 0,
        "prep_pre_pro_letter_date": outline.letter,
        "prep_care_pro_letter_date": outline.issued,
        "prep_pre_pro_parents_legal_rep": "Y" if draw.chance(0.85) else "N",
        "prep_parents_legal_rep_point_of_issue": ("Y" if draw.chance(0.9) else "N") if issued else None,
        "prep_court_reference": None
        if outline.issued is None
        else f"WW{calendar_year(outline.issued) % 100:02d}C{family[3:]}",
        "prep_care_proc_short_notice": ("Y" if short else "N") if issued else None,
        "prep_proc_short_notice_reason": draw.pick(_SHORT_NOTICE) if issued and short else None,
        "prep_la_inital_plan_approved": ("Y" if draw.chance(0.9) else "N") if issued else None,
        "prep_la_initial_care_plan": draw.pick(_INITIAL_PLAN) if issued else None,
        "prep_la_final_plan_approved": None if case is None else "Y" if draw.chance(0.92) else "N",
        "prep_la_final_care_plan": None if case is None else _FINAL_PLAN.get(case.order, "A"),
    }


def _reviews(told: Told, number: int, outline: _Outline) -> None:
    """Write the reviews of a family's pre-proceedings, every six to twelve weeks until they end."""
    if outline.met is None:
        return
    draw = told.draw
    day = workday(outline.met + draw.between(28, 60))
    while day < min(outline.agreed, told.horizon):
        told.book.add("annexa_plo_reviews", day, plo_family_id=f"PLO{number}", review_date=day, next_due_date=day + 84)
        day = workday(day + draw.between(40, 90))
