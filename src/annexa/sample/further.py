"""The tables that reports need beyond the lists: they follow from a family's story and change nothing in it."""

from typing import Final

from annexa.sample import audits, court, education, fostering, health, risk, school, send, support
from annexa.sample.family import Child, Family
from annexa.sample.told import Told

_OF_SERVICES: Final = (
    "ssd_cp_plans", "ssd_cin_plans", "ssd_early_help_episodes", "ssd_care_leavers", "ssd_cla_placement",
)  # fmt: skip


def family(told: Told, family: Family) -> None:
    """Write what the further tables hold of a family whose story has been told."""
    told.story = story = told.book.told()
    told.noticed.clear()
    told.draw.start(family.number)
    support.families(told, family)
    support.episodes(told, family)
    if story["ssd_cin_episodes"]:
        fostering.arrangements(told, family)
    if story["ssd_legal_status"] or story["ssd_cp_plans"]:
        court.proceedings(told, family)
    served = any(story[table] for table in _OF_SERVICES)
    for child in family.children:
        plan = send.needs(told, child, family.known)
        education.statuses(told, child, family.known, plan)
        if served:
            _services(told, child)
        if story["ssd_missing"]:
            risk.missing(told, child)
        if story["ssd_cin_assessments"]:
            support.factors(told, child)


def _services(told: Told, child: Child) -> None:
    """Write what follows from the services of a child beyond contacts, referrals and assessments."""
    if child.care:
        school.pupil(told, child)
        health.checks(told, child)
        health.looked_after(told, child)
        risk.orders(told, child)
        support.pathway_plan(told, child)
    services = told.services(child)
    if services:
        health.camhs(told, child, services)
        audits.audits(told, child, services)
    risk.exploitation(told, child, services)
