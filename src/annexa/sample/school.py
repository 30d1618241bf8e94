"""The virtual school: each looked-after pupil's school, personal education plan, attendance and attainment by year."""

from typing import Final, NamedTuple

from annexa.sample.draw import Draw, Scale, Weighted
from annexa.sample.family import Child
from annexa.sample.told import Told
from annexa.sample.year import LESSONS, group_text, school_year, september, year_group, year_text

_YEARS: Final = 2  # school years before that of the inspection date of which the virtual school keeps data
_NURSERY, _RECEPTION, _LAST_OF_SCHOOL, _LAST = -1, 0, 11, 13


class School(NamedTuple):
    """A school of the sample, with Ofsted's judgement of it."""

    name: str
    urn: str
    grade: str


def _schools(kind: str, first: int, heads: str) -> Weighted[School]:
    grades = ("Good", "Good", "Outstanding", "Requires improvement", "Good", "Inadequate", "Good")
    shares = (22, 20, 14, 14, 14, 4, 12)
    return Weighted(
        [
            (School(f"{head} {kind}", str(first + n), grade), share)
            for n, (head, grade, share) in enumerate(zip(heads.split(), grades, shares, strict=True))
        ]
    )


PRIMARY: Final = _schools("Primary School", 900_101, "Testley Mockham Demowood Trialgate Sampleton Fabriford Inventby")
SECONDARY: Final = _schools("Academy", 900_201, "Testcombe Mockshaw Demofield Trialmere Samplecroft Fabriwell Exammoor")
SPECIAL: Final = Weighted({School("Pretendstead Special School", "900301", "Good"): 1})
COLLEGE: Final = Weighted(
    {School("Exshire College", "900401", "Good"): 3, School("Dummygate Sixth Form", "900402", "Outstanding"): 1}
)
_QUALITY: Final = Weighted({"good": 50, "requires improvement": 30, "outstanding": 12, "inadequate": 8})
_NO_PEP: Final = Weighted({False: 93, True: 7})
_ABSENCE: Final = Scale((0.0, 0), (0.5, 28), (0.85, 70), (1.0, 240))  # authorised, in thousandths of the sessions
_TRUANCY: Final = Scale((0.0, 0), (0.6, 6), (0.9, 40), (1.0, 160))
_SUSPENDED: Final = Weighted({0: 88, 2: 3, 4: 3, 6: 3, 10: 2, 20: 1})
_EXCLUDED: Final = Weighted({False: 985, True: 15})
_STAGE: Final = {1: "KS1", 2: "KS1", 3: "KS2", 4: "KS2", 5: "KS2", 6: "KS2", 10: "KS4", 11: "KS4"}
_SUBJECTS: Final = {
    "KS1": ("reading", "writing", "mathematics"),
    "KS2": ("reading", "writing", "mathematics"),
    "KS4": ("English", "mathematics"),
}
_REPORTED: Final = 245  # days from 1 September to when teachers' assessments of a year are in: early May


def pick_school(draw: Draw, group: int, *, special: bool) -> School:
    """Return a school that has this year group."""
    if group > _LAST_OF_SCHOOL:
        return draw.pick(COLLEGE)
    return draw.pick(SPECIAL if special else PRIMARY if group <= 6 else SECONDARY)


def pupil(told: Told, child: Child) -> None:
    """Write the school years in which a child was looked after, from two years before the inspection on."""
    earliest = school_year(told.inspection) - _YEARS
    done: set[int] = set()
    school: School | None = None
    special = child.disabled and told.draw.chance(0.3)
    for care in child.care:
        first, last = school_year(care.start), school_year(min(care.end - 1, told.horizon))
        for year in range(max(first, earliest), last + 1):
            group = year_group(child.born, year)
            if year in done or not _NURSERY <= group <= _LAST:
                continue
            done.add(year)
            if school is None or group in {_RECEPTION, 7, 12} or told.draw.chance(0.12):
                school = pick_school(told.draw, group, special=special)
            _year(told, child, (year, group), (max(care.start, september(year)), care.end), school)


def _year(told: Told, child: Child, when: tuple[int, int], days: tuple[int, int], school: School) -> None:
    draw = told.draw
    year, group = when
    since = days[0] + 6
    first = None if draw.deal(_NO_PEP) else since + draw.between(4, 40)
    told.book.add(
        "annexa_virtual_school",
        since,
        _pep_first=first,
        _pep_step=draw.between(80, 125),
        _pep_last=min(september(year) + LESSONS, days[1]),
        person_id=child.person,
        academic_year=year_text(year),
        year_group=group_text(group),
        school_name=school.name,
        school_ofsted_grade=school.grade,
        pep_quality=draw.deal(_QUALITY),
    )
    if _RECEPTION <= group <= _LAST_OF_SCHOOL:
        _attendance(told, child, year, since)
        reported = september(year) + _REPORTED
        if group in _STAGE and days[1] > reported >= days[0]:
            _attainment(told, child, year, _STAGE[group])


def _attendance(told: Told, child: Child, year: int, since: int) -> None:
    draw = told.draw
    begins = september(year) + 2
    old = child.age(begins) >= 9
    told.book.add(
        "annexa_attendance",
        max(since, begins + 14),
        _first=begins,
        _authorised=draw.days(_ABSENCE),
        _unauthorised=draw.days(_TRUANCY) if old else 0,
        _suspended=draw.deal(_SUSPENDED) if old else 0,
        _excluded=begins + draw.between(40, LESSONS) if old and draw.deal(_EXCLUDED) else None,
        person_id=child.person,
        academic_year=year_text(year),
    )


def _attainment(told: Told, child: Child, year: int, stage: str) -> None:
    draw = told.draw
    able = draw.share()
    for subject in _SUBJECTS[stage]:
        told.book.add(
            "annexa_attainment",
            september(year) + _REPORTED,
            person_id=child.person,
            academic_year=year_text(year),
            key_stage=stage,
            subject=subject,
            at_expected_level="Y" if able + draw.share() > 1.25 else "N",
            progress_score=None if stage == "KS1" else f"{int((able + draw.share() - 1.15) * 40) / 10:.1f}",
        )
