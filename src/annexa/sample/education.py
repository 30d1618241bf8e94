"""Where children are taught who are not, or not wholly, in school: known to social care, or to education alone."""

from dataclasses import dataclass
from typing import Final

from annexa.sample import names
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child
from annexa.sample.school import pick_school
from annexa.sample.send import Plan
from annexa.sample.told import Told, in_care
from annexa.sample.year import group_text, school_year, september, year_group

# What becomes of a child of school age who is known to social care; blank: nothing but school.
_FATE: Final = Weighted(
    {
        "EHE": 1.2, "": 91, "CME": 1.1, "AP": 1.9, "reduced": 1.9, "excluded": 1.1, "full-time": 0.9, "other": 0.6,
    }
)  # fmt: skip
_PUPIL: Final = Weighted({"EHE": 46, "CME": 15, "AP": 13, "reduced": 10, "excluded": 7, "full-time": 4, "other": 5})
_ONCE: Final = 0.02  # of the children who are not of school age and known at the inspection: a record at another time
_BEFORE: Final = Scale((0.0, 10), (0.5, 120), (0.85, 420), (1.0, 1100))
_AFTER: Final = Scale((0.0, -60), (0.25, 5), (0.6, 150), (1.0, 800))
_PROVISION: Final = {
    "EHE": Weighted({"Home education": 1}),
    "CME": Weighted({"None": 1}),
    "AP": Weighted({"Pupil referral unit": 45, "Home tuition": 25, "Hospital school": 10, "Independent provider": 20}),
    "reduced": Weighted({"Mainstream school": 80, "Special school": 20}),
    "excluded": Weighted({"Home tuition": 40, "None": 35, "Pupil referral unit": 25}),
    "full-time": Weighted({"Mainstream school": 70, "Special school": 30}),
    "other": Weighted({"Online provision": 60, "Home tuition": 40}),
}
_PERMANENT: Final = "Permanent exclusion"
_EXCLUDED_FOR: Final = {_PERMANENT: "permanent"}
_Shares = dict[str, dict[str | None, float]]
_HOUR_SHARES: Final[_Shares] = {
    "EHE": {None: 1},
    "CME": {"0": 1},
    "AP": {"25": 30, "20": 25, "15": 20, "10": 15, "25.0": 5, None: 5},
    "reduced": {"12.5": 35, "10": 20, "15": 20, "20": 15, "5": 10},
    "excluded": {"5": 45, "10": 35, "15": 20},
    "full-time": {"25": 85, "27.5": 15},
    "other": {"15": 50, "20": 30, "25": 20},
}
_REASON_SHARES: Final[_Shares] = {
    "EHE": {"Dissatisfied with the school": 30, "Lifestyle or belief": 30, "Health": 20, "Bullying": 12, None: 8},
    "CME": {"New to the area, no place yet": 50, "Not enrolled": 30, "Left without trace": 20},
    "AP": {"Medical needs": 40, _PERMANENT: 35, "Behaviour": 25},
    "reduced": {"Return after absence": 40, "Behaviour": 40, "Medical needs": 20},
    "excluded": {"Persistent disruption": 60, "Assault": 40},
    "full-time": {"Returned to school": 1},
    "other": {"Awaiting a special school place": 60, "Medical needs": 40},
}
_HOURS: Final = {status: Weighted(shares) for status, shares in _HOUR_SHARES.items()}
_REASON: Final = {status: Weighted(shares) for status, shares in _REASON_SHARES.items()}
_EXCLUSION: Final = Weighted({"permanent": 60, "fixed term": 40})
_PLACED_BY: Final = Weighted([(None, 88.0), *((name, 3.0) for _, name in names.NEIGHBOURS)])
_SEN: Final = Weighted({"No special educational need": 74, "SEN support": 18, "EHC plan": 8})
_GENDER: Final = Weighted({"M": 50, "F": 49, None: 1})
_PUPILS: Final = 0.035  # children known to education alone, to children known to social care
_FEWEST: Final = 20
_IN_EDUCATION: Final = "F2"
SIXTEEN_TO_2022: Final = Weighted({"F2": 64, "G5": 14, "F3": 9, "P2": 5, "P3": 3, "G4": 3, "G6": 2})
SIXTEEN_FROM_2022: Final = Weighted({"F2": 64, "G5": 14, "F4": 4, "F5": 5, "P2": 5, "P5": 3, "G4": 3, "G6": 2})


@dataclass(frozen=True, slots=True)
class _Pupil:
    """Whom a record is about: the identifier, date of birth and gender as the education system has them."""

    person: str
    born: int
    birth_date: int | None
    gender: str | None
    sen: str
    placed_by: str | None = None


def _leaves_school(born: int) -> int:
    """Return a day near the last Friday in June of the school year in which a child turns 16: 25 June."""
    return september(school_year(born) + 17) - 68


def statuses(told: Told, child: Child, known: int, plan: Plan | None) -> None:
    """Write where a child known to social care is taught, if not at school, and what a looked-after one does at 16.

    Args:
        told: of the sample.
        child: any child.
        known: the first day on which the family is known.
        plan: the child's education, health and care plan, if any.
    """
    first, last = max(known, child.born + 5 * 366), min(_leaves_school(child.born), child.cap)
    if first < last:
        _statuses(told, child, first, last, plan)
    if child.care:
        _after_sixteen(told, child, plan)


def _statuses(told: Told, child: Child, first: int, last: int, plan: Plan | None) -> None:
    draw = told.draw
    day = told.inspection
    if first <= day < last:
        fate = draw.deal(_FATE)
    elif first <= told.horizon and draw.chance(_ONCE):
        fate, day = draw.pick(_PUPIL), draw.between(first, min(last, told.horizon))
    else:
        return
    if fate == "EHE" and in_care(child, day):
        fate = "reduced"
    if fate:
        start = max(day - draw.days(_BEFORE), child.born + 5 * 366)
        end = min(day + draw.days(_AFTER), last)
        if start < end:
            _record(told, _known_pupil(told, child, start, plan), fate, (max(start, first), start, end))


def _known_pupil(told: Told, child: Child, day: int, plan: Plan | None) -> _Pupil:
    (person,) = told.rows("ssd_person", child)
    sen = "SEN support" if person["pers_send_flag"] == "Y" else "No special educational need"
    if plan is not None and plan.start <= day < plan.end:
        sen = "EHC plan"
    return _Pupil(child.person, child.born, person["pers_dob"], person["pers_gender"], sen)


def _after_sixteen(told: Told, child: Child, plan: Plan | None) -> None:
    begins = september(school_year(child.born) + 17)
    for care in child.care:
        start, end = max(begins, care.start), min(care.end, child.cap)
        if start < end:
            activity = told.draw.deal(told.activity)
            status = "full-time" if activity == _IN_EDUCATION else "other"
            _record(told, _known_pupil(told, child, start, plan), status, (start, start, end), activity)


def _record(told: Told, pupil: _Pupil, status: str, days: tuple[int, int, int], activity: str | None = None) -> None:
    """Write one record; `days` are from when it is held, its start and its end."""
    draw = told.draw
    since, start, end = days
    group = year_group(pupil.born, school_year(start))
    school = pick_school(draw, group, special=pupil.sen == "EHC plan" and draw.chance(0.5))
    schooled = activity == _IN_EDUCATION if activity else status in {"reduced", "excluded", "full-time", "AP"}
    alternative = min(start + draw.between(0, 15), end) if status in {"AP", "excluded"} else None
    reason = None if activity else draw.pick(_REASON[status])
    exclusion = draw.deal(_EXCLUSION) if status == "excluded" else _EXCLUDED_FOR.get(reason or "", "none")
    contacted = draw.chance(0.9)
    told.book.add(
        "annexa_education_status",
        since,
        _contact_first=start + draw.between(0, 60) if contacted else None,
        _contact_step=draw.between(80, 300) if draw.chance(0.8) else 700,
        _contact_last=end,
        person_id=pupil.person,
        status=status,
        start_date=start,
        end_date=end,
        provision_type=_after_school(activity) if activity else draw.pick(_PROVISION[status]),
        weekly_hours=_hours_after_school(activity) if activity else draw.pick(_HOURS[status]),
        exclusion_type=exclusion,
        alternative_provision_start_date=alternative,
        school_name=school.name if schooled else None,
        school_urn=school.urn if schooled else None,
        year_group=group_text(group),
        ehcp="Y" if pupil.sen == "EHC plan" else "N",
        date_of_birth=pupil.birth_date,
        gender=pupil.gender,
        sen=pupil.sen,
        reason=reason,
        alternative_provision_end_date=None if alternative is None else end,
        placed_by_la=pupil.placed_by,
        post16_activity=activity,
    )


def _after_school(activity: str) -> str:
    if activity.startswith("G"):
        return "None"
    return "Further education" if activity in {"F2", "P2"} else "Training or employment"


def _hours_after_school(activity: str) -> str:
    return "0" if activity.startswith("G") else "25" if activity.startswith("F") else "12.5"


def pupils(told: Told, children: int) -> None:
    """Write the children whom education alone knows; each is drawn on its own, however many there are."""
    for n in range(max(_FEWEST, round(children * _PUPILS))):
        draw = told.draw
        draw.start(n)
        number = told.book.new_id("pupil", 100_001)
        day = told.inspection + (0 if draw.chance(0.6) else draw.between(-900, told.horizon - told.inspection))
        born = day - draw.between(5 * 366 + 120, 15 * 365)
        status = draw.deal(_PUPIL)
        person = _Pupil(
            person=f"E{number}",
            born=born,
            birth_date=None if draw.chance(0.03) else born,
            gender=draw.pick(_GENDER),
            sen=draw.deal(_SEN),
            placed_by=None if status == "EHE" else draw.deal(_PLACED_BY),
        )
        start = max(day - draw.days(_BEFORE), born + 5 * 366)
        end = min(day + draw.days(_AFTER), _leaves_school(born))
        if start < end:
            _record(told, person, status, (start, start, end))
