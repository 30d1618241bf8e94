"""Children for whom the authority decided on adoption: placed and adopted, waiting, or no longer for adoption."""

from dataclasses import dataclass
from typing import Final

from annexa.sample import adopters, codes
from annexa.sample.course import FOREVER, Course
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, Family, World
from annexa.sample.placement import Anchor

_HOW: Final = Weighted(
    {
        "early": 12, "guardian": 4, "second": 4, "carer": 8, "consent": 5, "consent, carer": 4, "reversed": 11,
        "no order": 5, "freed": 5, "plain": 46,
    }
)  # fmt: skip
_BY_CARER: Final = frozenset({"carer", "consent, carer"})
_ENDS_IN_REVERSAL: Final = frozenset({"reversed", "no order", "guardian"})
_SETTLED: Final = 900  # days from coming into care by which most adoptions have shown how they go
_TO_MATCH: Final = Scale((0.0, 20), (0.5, 130), (0.9, 420), (1.0, 800))
_EARLY: Final = Weighted({"U5": 70, "U2": 30})
_ENDS: Final = Weighted({"E11": 62, "E12": 38})
_AFTER_REVERSAL: Final = 60  # days from a reversal to what follows: a new placement order, or special guardianship


@dataclass(slots=True)
class Adoption:
    """The adoption of the children of a family who came into care together. Days; null where it did not come to it."""

    how: str
    start: int
    group: int
    decision: int
    order: int | None
    reversed: int
    reversal: str
    matched: int
    placed: int
    adopted: int
    reason: str
    adopters: str = ""
    inter_agency: bool = False
    record: tuple[str, str, int] | None = None


def course(world: World, family: Family, child: Child, start: int, care_id: int) -> Course:
    """Return the course of a child's care that leads to adoption or away from it, and write the permanence rows."""
    if family.adoption is None or family.adoption.start != start:
        family.adoption = _adoption(world, family, start)
    plan: Adoption = family.adoption
    worker = world.staff.worker("adoption", family.patch, family.post, plan.decision)
    keys = [(start + 10, "RETURN6M"), (plan.decision, "ADOPTION")]
    legal = [(start, "V2" if plan.how.startswith("consent") else "C1")]
    if plan.order is not None:
        legal.append((plan.order, "D1" if plan.how == "freed" else "E1"))
    if plan.how in _ENDS_IN_REVERSAL or plan.how == "second":
        _reversed_row(world, child, plan, care_id, worker)
        legal.append((plan.reversed, "C2"))
        keys.append((plan.reversed, "LTRELFR" if plan.how == "guardian" else "LTFOST18"))
    if plan.how == "guardian":
        end = plan.reversed + _AFTER_REVERSAL
        return Course(end, world.choose(codes.GUARDIANSHIP, end), legal, keys)
    if plan.how in _ENDS_IN_REVERSAL:
        return Course(FOREVER, "E8", legal, keys)
    if plan.how == "second":
        legal.append((plan.reversed + _AFTER_REVERSAL, "E1"))
        keys.append((plan.reversed + _AFTER_REVERSAL // 2, "ADOPTION"))
    _adopted_row(world, child, plan, care_id, worker)
    return Course(plan.adopted, plan.reason, legal, keys, _anchors(world, plan))


def other_order(world: World, child: Child, day: int, kind: str) -> None:
    """Write the permanence row of a special guardianship or child arrangements order without an adoption decision."""
    world.book.add(
        "ssd_permanence",
        day,
        perm_table_id=world.book.new_id("permanence", 95_001),
        perm_person_id=child.person,
        perm_permanence_order_date=day,
        perm_permanence_order_type=kind,
    )


def _adoption(world: World, family: Family, start: int) -> Adoption:
    draw = world.draw
    how = draw.deal(_HOW) if start + _SETTLED <= world.inspection else draw.pick(_HOW)
    decision = start + draw.between(130, 230)
    order = decision + draw.between(14, 60)
    ready = order
    turned = order + draw.between(200, 620)
    reversal = world.choose(codes.REVERSED, turned) if how in {"reversed", "second"} else "RD4"
    if how == "no order":
        turned, reversal = decision + draw.between(60, 200), "RD2"
    elif how == "second":
        ready = turned + _AFTER_REVERSAL
    matched = decision if how in _BY_CARER else ready + draw.days(_TO_MATCH)
    placed = max(matched, ready) + draw.between(10, 35)
    consent = how.startswith("consent")
    plan = Adoption(
        how=how,
        start=start,
        group=sum(1 for child in family.children if child.died is None),
        decision=decision,
        order=None if consent or how == "no order" else order,
        reversed=turned,
        reversal=reversal,
        matched=matched,
        placed=placed,
        adopted=placed + draw.between(110, 330),
        reason="E11" if consent else draw.deal(_ENDS),
    )
    if how not in _ENDS_IN_REVERSAL:
        _find_adopters(world, plan)
    return plan


def _find_adopters(world: World, plan: Adoption) -> None:
    draw = world.draw
    plan.inter_agency = plan.how in {"plain", "second"} and draw.chance(0.3)
    if plan.inter_agency:
        plan.adopters = f"RA{world.book.new_id('other agency', 3001)}"
        plan.record = adopters.record(draw, draw.pick(adopters.HOUSEHOLD))
    else:
        plan.adopters, plan.record = adopters.linked_family(
            world, plan.matched, plan.placed, plan.adopted, early=plan.how == "early", children=plan.group
        )


def _anchors(world: World, plan: Adoption) -> list[Anchor]:
    if plan.how == "early":
        return [
            Anchor(plan.start, world.choose(_EARLY, plan.start), same_carer=False),
            Anchor(plan.placed, "A5", same_carer=True),
        ]
    if plan.how in _BY_CARER:
        kind = "A5" if plan.how == "carer" else "A3"
        return [Anchor(plan.start, "U6", same_carer=False), Anchor(plan.placed, kind, same_carer=True)]
    return [Anchor(plan.placed, "A4" if plan.how == "consent" else "A6", same_carer=False)]


def _reversed_row(world: World, child: Child, plan: Adoption, care_id: int, worker: int) -> None:
    """Write the permanence row of a decision that was reversed."""
    guarded = plan.how == "guardian"
    matched = plan.decision + 100 if plan.how == "reversed" and plan.reversed > plan.decision + 150 else None
    world.book.add(
        "ssd_permanence",
        plan.decision,
        perm_table_id=world.book.new_id("permanence", 95_001),
        perm_person_id=child.person,
        perm_cla_id=care_id,
        perm_adm_decision_date=plan.decision,
        perm_placement_order_date=plan.order,
        perm_matched_date=matched,
        perm_adopted_by_carer_flag="N",
        perm_decision_reversed_date=plan.reversed,
        perm_part_of_sibling_group="1" if plan.group > 1 else "0",
        perm_decision_reversed_reason=plan.reversal,
        perm_permanence_order_date=plan.reversed + _AFTER_REVERSAL if guarded else None,
        perm_permanence_order_type="Special Guardianship" if guarded else None,
        perm_adoption_worker_id=worker,
    )
    if matched is not None:
        _link(world, child, matched, f"RA{care_id}", inter_agency=True, unlinked=plan.reversed)


def _adopted_row(world: World, child: Child, plan: Adoption, care_id: int, worker: int) -> None:
    """Write the permanence row of a decision that leads to adoption, and the link with the family."""
    again = plan.how == "second"
    decision = plan.reversed + _AFTER_REVERSAL // 2 if again else plan.decision
    early = plan.start if plan.how == "early" else None
    carer = plan.how in _BY_CARER
    sex, tie, number = plan.record or (None, None, None)
    world.book.add(
        "ssd_permanence",
        decision,
        perm_table_id=world.book.new_id("permanence", 95_001),
        perm_person_id=child.person,
        perm_cla_id=care_id,
        perm_adm_decision_date=decision,
        perm_ffa_cp_decision_date=early,
        perm_placement_order_date=plan.reversed + _AFTER_REVERSAL if again else plan.order,
        perm_placed_for_adoption_date=plan.placed,
        perm_matched_date=plan.matched,
        perm_adopted_by_carer_flag="Y" if carer else "N",
        perm_placed_ffa_cp_date=early,
        perm_placed_foster_carer_date=plan.start if carer else None,
        perm_part_of_sibling_group="1" if plan.group > 1 else "0",
        perm_siblings_placed_together=plan.group - 1,
        perm_siblings_placed_apart=0,
        perm_placement_provider_urn=f"SC{410_000 + care_id % 1000}",
        perm_permanence_order_date=plan.adopted,
        perm_permanence_order_type="Adoption",
        perm_adoption_worker_id=worker,
        perm_adopter_sex=sex,
        perm_adopter_legal_status=tie,
        perm_number_of_adopters=number,
    )
    _link(world, child, plan.matched, plan.adopters, inter_agency=plan.inter_agency)


def _link(
    world: World, child: Child, matched: int, family: str, *, inter_agency: bool, unlinked: int | None = None
) -> None:
    world.book.add(
        "annexa_adoption_links",
        matched,
        person_id=child.person,
        family_id=family,
        linked_date=matched,
        unlinked_date=unlinked,
        inter_agency="Y" if inter_agency else "N",
    )
