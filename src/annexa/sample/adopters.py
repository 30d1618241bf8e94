"""Prospective adopters at every stage, some of them matched with children of the sample."""

from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Draw, Weighted
from annexa.sample.family import World

_TWO_STAGES_FROM: Final = 15_887  # 2013-07-01, when the process in two stages began
HOUSEHOLD: Final = Weighted({"MF": 66, "F": 14, "M": 4, "FF": 8, "MM": 8})
_APPLICANTS: Final = Weighted({"MF": 62, "FF": 8, "MM": 8, "F": 12, "M": 4, "I": 2, "U": 2, "FI": 2})
_DISABLED: Final = Weighted({"N": 88, "Y": 6, None: 6})
_STAGES: Final = Weighted(
    {
        "asked": 12, "informed": 8, "interviewed": 12, "stage 1": 10, "stage 2": 10, "waiting": 16, "withdrew": 8,
        "paused": 6, "refused": 6, "on hold": 6, "one stage": 6,
    }
)  # fmt: skip
# Days before the inspection date of the enquiry, so that most have come to their stage by then and some come later.
_ASKED: Final = {
    "asked": (-250, 400), "informed": (-250, 400), "interviewed": (-250, 400), "stage 1": (82, 110),
    "stage 2": (150, 240), "waiting": (300, 900), "withdrew": (105, 520), "paused": (105, 520), "refused": (345, 720),
    "on hold": (195, 500), "one stage": (335, 700),
}  # fmt: skip
_LEGAL_TIE: Final = Weighted({"L11": 72, "L12": 6, "L2": 16, "L3": 6})


def unlinked_family(world: World, number: int) -> None:
    """Write a family that has asked about adoption and has no child of the sample placed with it."""
    draw = world.draw
    draw.start(number)
    stage = draw.deal(_STAGES)
    asked = world.inspection - draw.between(*_ASKED[stage])
    days: dict[str, int | str | None] = {"enquiry_date": asked}
    if stage != "asked":
        days["information_pack_date"] = asked + draw.between(1, 10)
    if stage not in {"asked", "informed"}:
        days["interview_date"] = asked + draw.between(14, 45)
    if stage == "one stage":
        days["application_date"] = asked + draw.between(50, 90)
        days["approval_date"] = asked + draw.between(240, 330)
    elif stage not in {"asked", "informed", "interviewed"}:
        days |= _stages(draw, asked + draw.between(50, 80))
    days |= _leaving(draw, stage, asked)
    _write(world, days, draw.deal(_APPLICANTS))


def _stages(draw: Draw, begins: int) -> dict[str, int | str | None]:
    """Return the days of the two stages, each mostly within its standard of two and four months."""
    first = begins + (draw.between(40, 58) if draw.chance(0.85) else draw.between(64, 110))
    second = first + draw.between(2, 25)
    ends = second + (draw.between(85, 118) if draw.chance(0.85) else draw.between(125, 190))
    return {
        "stage1_start_date": begins,
        "stage1_end_date": first,
        "stage2_start_date": second,
        "stage2_end_date": ends,
        "approval_date": ends,
    }


def _leaving(draw: Draw, stage: str, asked: int) -> dict[str, int | str | None]:
    """Return what differs where the process stops early: in stage 1, or at the decision."""
    if stage in {"withdrew", "paused"}:
        left = asked + draw.between(85, 100)
        return {
            "stage1_end_date": None, "stage2_start_date": None, "stage2_end_date": None, "approval_date": None,
            "left_date": left, "left_reason": "1" if stage == "withdrew" else "2",
        }  # fmt: skip
    if stage == "refused":
        return {"stage2_end_date": None, "approval_date": None, "rejection_date": asked + draw.between(300, 340)}
    if stage == "on hold":
        return {"stage2_end_date": None, "approval_date": None, "_hold_from": asked + draw.between(150, 190)}
    return {}


def linked_family(
    world: World, matched: int, placed: int, ordered: int, *, early: bool, children: int
) -> tuple[str, tuple[str, str, int]]:
    """Write the family with which children of the sample are placed; return its identifier and its `record`.

    Args:
        world: of the sample.
        matched: the day of the match.
        placed: the day from which the placement was adoptive.
        ordered: the day of the adoption order.
        early: the adopters fostered the children for adoption.
        children: how many are placed.
    """
    draw = world.draw
    asked = matched - draw.between(420, 800)
    days: dict[str, int | str | None] = {
        "enquiry_date": asked,
        "information_pack_date": asked + 4,
        "interview_date": asked + draw.between(14, 40),
        "matched_date": matched,
        "placed_date": placed,
        "children_placed": children,
        "adoption_order_date": ordered,
        "fostering_for_adoption": "Yes" if early else "No",
    }
    begins = asked + draw.between(50, 80)
    if begins < _TWO_STAGES_FROM:
        days |= {"application_date": begins, "approval_date": begins + draw.between(180, 240)}
    else:
        days |= _stages(draw, begins)
    return _write(world, days, world.choose(HOUSEHOLD, matched))


def record(draw: Draw, sexes: str) -> tuple[str, str, int]:
    """Return sex, legal tie and number of adopters as a permanence record holds them, from their sexes."""
    if len(sexes) == 2:
        return sexes, draw.deal(_LEGAL_TIE), 2
    return ("M1" if sexes == "M" else "F1"), "L0", 1


def _write(world: World, days: dict[str, int | str | None], sexes: str) -> tuple[str, tuple[str, str, int]]:
    draw = world.draw
    family = f"AF{world.book.new_id('adoptive family', 1001)}"
    days.setdefault("fostering_for_adoption", "Yes" if draw.chance(0.2) else "No")
    for sex in sexes:
        world.book.add(
            "annexa_adopters",
            int(days["enquiry_date"] or 0),
            **days,
            adopter_id=f"A{world.book.new_id('adopter', 20_001)}",
            family_id=family,
            gender=sex,
            ethnicity=draw.deal(codes.ETHNICITY),
            disability=draw.pick(_DISABLED),
        )
    return family, record(draw, sexes)
