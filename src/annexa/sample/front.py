"""The front door: contacts and early help."""

from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, Family, World, mother

_LENGTH: Final = Scale((0.0, 25), (0.3, 110), (0.7, 230), (0.95, 350), (1.0, 540))
_ASSESSED: Final = Scale((0.0, 10), (0.8, 45), (1.0, 80))
_SHAPE: Final = Weighted({"both": 58, "episode": 22, "assessment": 20})
_REASON: Final = Weighted({"Parenting support": 40, "Behaviour": 25, "School attendance": 20, "Emotional health": 15})
_ENDED: Final = Weighted({"Needs met": 62, "Consent withdrawn": 16, "Moved away": 7, "Other service": 15})
_GRADE: Final = Weighted({"Good": 45, "Requires improvement": 40, "Outstanding": 8, "Inadequate": 7})
_ORGANISATION: Final = Weighted(
    {
        "Local authority early help": 46,
        "Primary school": 20,
        "Secondary school": 14,
        "Health visiting service": 10,
        "Family hub": 6,
        "Voluntary organisation": 4,
    }
)


def contact(world: World, children: list[Child], day: int, outcome: str, source: str) -> None:
    """Write one contact about these children, under one identifier."""
    number = world.book.new_id("contact", 30_000_001)
    for child in children:
        world.book.add(
            "ssd_contacts",
            day,
            cont_contact_id=number,
            cont_person_id=child.person,
            cont_contact_date=day,
            cont_contact_source_code=source,
            cont_contact_source_desc=codes.SOURCE_TEXT[source],
            cont_contact_outcome_json=outcome,
        )


def closed_contact(world: World, family: Family, day: int) -> None:
    """Write a contact that leads to no referral, about all children of the family who are under 18 and known."""
    children = [c for c in family.children if c.cap > day >= c.born - 150]
    if children:
        contact(world, children, day, world.draw.deal(codes.CONTACT_CLOSED), world.draw.deal(codes.SOURCE))


def early_help(world: World, family: Family, day: int) -> int:
    """Write a spell of early help for the family from `day` on and return the day it ends."""
    draw = world.draw
    children = family.ready(day)
    if not children:
        return day
    shape = draw.pick(_SHAPE)
    assessed = min(day + draw.days(_ASSESSED), *(child.cap for child in children))
    end = assessed if shape == "assessment" else max(assessed, day + draw.days(_LENGTH))
    organisation = draw.deal(_ORGANISATION)
    reason, ended = draw.pick(_REASON), draw.pick(_ENDED)
    for child in children if shape != "assessment" else ():
        world.book.add(
            "ssd_early_help_episodes",
            day,
            earl_episode_id=world.book.new_id("early help", 700_001),
            earl_person_id=child.person,
            earl_episode_start_date=day,
            earl_episode_end_date=min(end, child.cap),
            earl_episode_reason=reason,
            earl_episode_end_reason=ended,
            earl_episode_organisation=organisation,
            earl_episode_worker_id=world.staff.worker("early_help", family.patch, family.post, day),
        )
    if shape != "episode":
        _assessments(world, family, children, day, assessed, organisation)
    for child in children:
        child.free = min(end, child.cap)
    return end


def _assessments(
    world: World, family: Family, children: list[Child], start: int, completed: int, organisation: str
) -> None:
    draw = world.draw
    grade = draw.pick(_GRADE) if draw.chance(0.3) else None
    whole_family = family.mother is None and draw.chance(0.15)
    if whole_family:
        for person in (*(child.person for child in children), mother(world, family)):
            world.book.add("annexa_early_help_families", start, family_id=family.key, person_id=person)
    for child in [None] if whole_family else children:
        world.book.add(
            "annexa_early_help_assessments",
            start,
            assessment_id=world.book.new_id("early help assessment", 800_001),
            person_id=None if child is None else child.person,
            family_id=family.key if child is None else None,
            start_date=start,
            completed_date=completed,
            organisation=organisation,
            status="completed",
            quality_grade=grade,
        )
