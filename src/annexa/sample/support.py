"""What early help was, who belongs to a family, what assessments found, and the plans of care leavers."""

import json
from typing import Final

from annexa.sample.draw import Weighted
from annexa.sample.family import Child, Family
from annexa.sample.told import Row, Told, served_leaver

_KIND_NOW: Final = Weighted({"TAF": 50, "targeted": 38, "other": 12})
_KIND: Final = Weighted({"TAF": 48, "targeted": 38, "other": 14})
_GRADE: Final = Weighted({None: 62, "Good": 18, "Requires improvement": 14, "Outstanding": 3, "Inadequate": 3})
# Factors at the end of an assessment, of the children in need census, as they come together.
_FACTORS: Final = Weighted(
    [
        (("3B", "17A"), 20), (("3B", "2B"), 9), (("4B", "17A"), 11), (("16A",), 8), (("16A", "4B"), 7),
        (("2B", "16A"), 6), (("1B", "3B"), 5), (("18B",), 4), (("19B",), 2.5), (("4A",), 5), (("6A",), 4),
        (("5A", "6A"), 3), (("7A", "4B"), 2), (("14A",), 0.5), (("22A", "16A"), 1), (("13A",), 1.5), (("20",), 4),
        (("21",), 1),
    ]
)  # fmt: skip
_JSON: Final = {codes: json.dumps(codes) for codes in _FACTORS.values}
_COMPLETED: Final = Weighted({True: 88, False: 12})


def families(told: Told, family: Family) -> None:
    """Write who belongs to a family that contacts and referrals are about, the mother where she is known."""
    people = [child.person for child in family.children]
    for person in people if family.mother is None else [*people, family.mother]:
        number = told.book.new_id("family member", 750_001)
        told.book.add(
            "ssd_family", family.known, fami_table_id=number, fami_family_id=family.key, fami_person_id=person
        )


def episodes(told: Told, family: Family) -> None:
    """Write of which kind each early help episode is; brothers and sisters share it."""
    spells: dict[int, tuple[str, str | None]] = {}
    for child in family.children:
        for row in told.rows("ssd_early_help_episodes", child):
            start = row["earl_episode_start_date"]
            if start not in spells:
                now = start <= told.inspection < row["earl_episode_end_date"]
                spells[start] = told.draw.deal(_KIND_NOW) if now else told.draw.pick(_KIND), told.draw.pick(_GRADE)
            told.book.add(
                "annexa_early_help_episodes",
                start,
                _end=row["earl_episode_end_date"],
                episode_id=row["earl_episode_id"],
                person_id=child.person,
                kind=spells[start][0],
                family_id=family.key,
                quality_grade=spells[start][1],
            )


def factors(told: Told, child: Child) -> None:
    """Write the factors that each completed assessment of a child found, unless nothing followed from it."""
    noticed = told.noticed.get(child.person, ())
    for row in told.rows("ssd_cin_assessments", child):
        end = row["cina_assessment_auth_date"]
        if end is not None and row["cina_assessment_outcome_nfa"] == "N":
            _factors(told, row, end, [code for code, first, last in noticed if first <= end and last >= end - 90])


def _factors(told: Told, row: Row, end: int, noticed: list[str]) -> None:
    found = told.draw.pick(_FACTORS)
    text = _JSON[found]
    if noticed:
        text = json.dumps(sorted({*found, *noticed} - {"20", "21"}))
    told.book.add(
        "ssd_assessment_factors",
        end,
        cinf_table_id=told.book.new_id("assessment factors", 470_001),
        cinf_assessment_id=row["cina_assessment_id"],
        cinf_assessment_factors_json=text,
    )


def pathway_plan(told: Told, child: Child) -> None:
    """Write the pathway plan of a young person whom the leaving care service knows; now and then there is none."""
    records = served_leaver(told, child)
    draw = told.draw
    if not records or draw.chance(0.06):
        return
    start = records[0]["_from"] + draw.between(15, 100)
    last = records[-1]["_until"] if child.died is None else min(records[-1]["_until"], child.died)
    if start >= last:
        return
    completed = start + draw.between(5, 60) if draw.deal(_COMPLETED) else None
    told.book.add(
        "annexa_pathway_plans",
        start,
        _review_first=None if completed is None else completed + draw.between(120, 178),
        _review_step=draw.between(150, 178) if draw.chance(0.8) else draw.between(185, 300),
        _review_last=last,
        person_id=child.person,
        start_date=start,
        completed_date=None if completed is None or completed > last else completed,
    )
