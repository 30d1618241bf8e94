"""The health of looked-after children: what each check was, immunisations, questionnaires, substances, CAMHS."""

from typing import Final

from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Care, Child, birthday
from annexa.sample.told import EARLY_HELP, LEAVING, LOOKED_AFTER, Row, Service, Told

_HELD: Final = Weighted(
    {"No concerns": 58, "Treatment planned": 16, "Referred to a specialist": 14, "Advice given": 12}
)
_TEETH: Final = Weighted({"Healthy teeth": 70, "Treatment planned": 22, "Referred to a specialist": 8})
_IMMUNISED: Final = Weighted({"Y": 86, "N": 14})
_SUBSTANCES: Final = Weighted({"Y": 4, "": 88, "N": 8})
_INTERVENTION: Final = Weighted({"Y": 65, "N": 35})
_SCORE: Final = Scale((0.0, 1), (0.25, 8), (0.5, 13), (0.65, 17), (0.9, 26), (1.0, 38))
_NO_SCORE: Final = Weighted({None: 86, "SDQ1": 4, "SDQ2": 4, "SDQ3": 3, "SDQ4": 1.5, "SDQ5": 1.5})
_KEPT: Final = 1200  # days before the inspection date from which questionnaires are held
_CAMHS_NOW: Final = Weighted({True: 26, False: 74})
_CAMHS_IN_CARE: Final = Weighted({True: 20, False: 80})
_CAMHS: Final = Weighted({False: 98, True: 2})
_WAIT: Final = Scale((0.0, 5), (0.4, 40), (0.8, 130), (1.0, 300))
_HELPED: Final = Scale((0.0, 40), (0.5, 190), (1.0, 700))
_AGAIN: Final = 28  # days after a check that was refused or cancelled in which it is to be held


def checks(told: Told, child: Child) -> None:
    """Write what each health check of a child was, when the next of its kind is due, and what it found."""
    rows = told.rows("ssd_cla_health", child)
    initial = {_initial(care, rows) for care in child.care}
    for row in rows:
        day, number = row["clah_health_check_date"], row["clah_health_check_id"]
        dental = row["clah_health_check_type"] == "Dental Check"
        kind = "dental" if dental else "IHA" if number in initial else "RHA"
        held = row["clah_health_check_status"] == "Completed"
        outcome = told.draw.pick(_TEETH if dental else _HELD)
        told.book.add(
            "annexa_health",
            row["_from"],
            _held=day,
            health_check_id=number,
            kind=kind,
            due_date=day + (_AGAIN if not held else 365 if dental or child.age(day) >= 5 else 182),
            outcome=outcome if held else row["clah_health_check_status"],
        )


def _initial(care: Care, rows: list[Row]) -> int | None:
    """Return the identifier of the first health assessment of a period of care."""
    for row in rows:
        if row["clah_health_check_type"] != "Dental Check" and row["_from"] >= care.start:
            return int(row["clah_health_check_id"])
    return None


def looked_after(told: Told, child: Child) -> None:
    """Write the immunisations, questionnaires and findings on substances of a child who has been looked after."""
    last = child.care[-1]
    stated = last.start + told.draw.between(20, 70)
    if stated < last.end:
        told.book.add(
            "ssd_cla_immunisations",
            stated,
            clai_person_id=child.person,
            clai_immunisations_status=told.choose(_IMMUNISED, stated),
            clai_immunisations_status_date=stated,
        )
    for care in child.care:
        _questionnaires(told, child, care)
        _substances(told, child, care)


def _questionnaires(told: Told, child: Child, care: Care) -> None:
    """Write one questionnaire a year from 4 to 16, some of them without a score."""
    draw = told.draw
    day = max(care.start + draw.between(50, 130), birthday(child.born, 4), told.inspection - _KEPT)
    last = min(care.end, birthday(child.born, 17), told.horizon)
    while day < last:
        reason = draw.pick(_NO_SCORE)
        told.book.add(
            "ssd_sdq_scores",
            day,
            csdq_table_id=told.book.new_id("questionnaire", 85_001),
            csdq_person_id=child.person,
            csdq_sdq_completed_date=day,
            csdq_sdq_reason=reason,
            csdq_sdq_score=draw.days(_SCORE) if reason is None else None,
        )
        day += draw.between(330, 390)


def _substances(told: Told, child: Child, care: Care) -> None:
    draw = told.draw
    first, last = max(care.start + 20, birthday(child.born, 11)), min(care.end, told.horizon)
    misused = told.choose(_SUBSTANCES, first) if first < last else ""
    if misused:
        day = draw.between(first, max(first, min(last - 1, told.inspection)))
        told.book.add(
            "ssd_cla_substance_misuse",
            day,
            clas_substance_misuse_id=told.book.new_id("substances", 86_001),
            clas_person_id=child.person,
            clas_substance_misuse_date=day,
            clas_substance_misused=misused,
            clas_intervention_received=draw.deal(_INTERVENTION) if misused == "Y" else None,
        )


def camhs(told: Told, child: Child, services: list[Service]) -> None:
    """Write the referral of a child of 6 or over to child and adolescent mental health services, if there is one."""
    draw = told.draw
    six = child.born + 6 * 366
    served = [each for each in services if each.area not in {EARLY_HELP, LEAVING} and each.end > six + 30]
    if not served:
        return
    now = [each for each in served if max(each.start, six) <= told.inspection < each.end]
    service = now[0] if now else served[0]
    shares = _CAMHS if service.area != LOOKED_AFTER else _CAMHS_NOW if now else _CAMHS_IN_CARE
    if not told.choose(shares, service.start):
        return
    first, last = max(service.start, six), min(service.end, child.cap) - 1
    if now:  # some are waiting at the inspection date
        first, last = max(first, told.inspection - 400), told.inspection
    day = draw.between(first, last)
    seen = day + draw.days(_WAIT)
    end = min(seen + draw.days(_HELPED), child.cap)
    told.book.add(
        "annexa_camhs",
        day,
        person_id=child.person,
        referral_date=day,
        first_appointment_date=seen if seen < child.cap and not draw.chance(0.08) else None,
        end_date=end,
    )
