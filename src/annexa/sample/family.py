"""Families and their children: who they are, when they were born, when they become known."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from annexa.sample import codes, names
from annexa.sample.book import Book
from annexa.sample.draw import Draw, Scale, T, Weighted
from annexa.sample.staff import PATCH, Staff

_EPOCH: Final = date(1970, 1, 1)
_GROWN: Final = 17 * 365 + 60  # no child is older than this when the family becomes known
_PREGNANCY: Final = 150  # days before birth at which an unborn child can become known
_RECENT: Final = 120
_DIES: Final = Weighted({False: 60, True: 1})
_DIES_GROWN: Final = Weighted([(True, 1), (False, 58), (True, 1)])
LATE_KEYS: Final = 1 << 48  # numbers of families that become known after the inspection date
EXPECTING: Final = Weighted({True: 1, False: 5})


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to this day."""
    return (day - _EPOCH).days


def birthday(born: int, years: int) -> int:
    """Return the day number of a birthday; that of 29 February is 1 March in a common year."""
    day = _EPOCH + timedelta(days=born)
    if (day.month, day.day) == (2, 29):
        return day_number(date(day.year + years, 3, 1)) - (1 if (day.year + years) % 4 == 0 else 0)
    return day_number(day.replace(year=day.year + years))


def workday(day: int) -> int:
    """Return the day itself, or the Monday after it where it is a Saturday or Sunday."""
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    return day + (7 - weekday if weekday > 4 else 0)


class Care(NamedTuple):
    """One period of care of a child, short breaks left out."""

    start: int
    end: int
    reason: str


@dataclass(slots=True)
class World:
    """What all families share: chance, the tables, the workforce and the calendar (day numbers)."""

    draw: Draw
    book: Book
    staff: Staff
    inspection: int
    horizon: int
    activity: Weighted[str]

    def choose(self, values: Weighted[T], day: int) -> T:
        """Return a value for something of this day: from the deck where an extract of the inspection date shows it."""
        return self.draw.deal(values) if day <= self.inspection else self.draw.pick(values)


@dataclass(slots=True)
class Child:
    """One child. `cap` is the first day on which no children's service runs: the 18th birthday, or the death."""

    person: str
    born: int
    died: int | None
    eighteen: int
    cap: int
    disabled: bool
    uasc: bool
    free: int
    need: str
    care: list[Care] = field(default_factory=list)

    def age(self, day: int) -> int:
        """Return the child's age in years of 365.25 days: right, or one too low on the day of a birthday."""
        return (day - self.born) * 4 // 1461


@dataclass(slots=True)
class Family:
    """Children of one household. They share contacts and referrals, and a place in every team of their patch."""

    number: int
    patch: int
    post: float
    known: int
    story: str
    key: str
    first: int
    mother: str | None = None
    adoption: Any = None
    children: list[Child] = field(default_factory=list)

    def ready(self, day: int) -> list[Child]:
        """Return the children for whom a new episode of need can begin on this day."""
        return [c for c in self.children if c.free <= day and c.cap > day + 45 and day >= c.born - _PREGNANCY]


class Profile(NamedTuple):
    """What kind of family lives a story: number of children, days of age of the youngest, days known before D."""

    sizes: Weighted[int]
    youngest: Scale
    known: Scale


_USUAL: Final = Weighted({1: 46, 2: 30, 3: 15, 4: 6, 5: 3})
_FEW: Final = Weighted({1: 60, 2: 30, 3: 10})
_ONE: Final = Weighted({1: 1})
_AGES: Final = Scale((0.0, 0), (0.18, 600), (0.4, 2000), (0.65, 3600), (0.85, 5000), (1.0, 6150))
_SIX_YEARS: Final = Scale((0.0, 0), (1.0, 2190))
_PROFILES: Final = {
    # A deck of their own, so that plans are spread over the years and a small sample has some that are open.
    "plan": Profile(_USUAL, _AGES, Scale((0.0, 0), (1.0, 2190))),
    "long_care": Profile(_FEW, Scale((0.0, 30), (1.0, 3400)), Scale((0.0, 900), (1.0, 4700))),
    "adoption": Profile(_FEW, Scale((0.0, 1), (0.6, 500), (1.0, 1400)), Scale((0.0, 60), (1.0, 2600))),
    "leaver": Profile(_ONE, Scale((0.0, 4500), (0.4, 5500), (1.0, 6150)), Scale((0.0, 60), (1.0, 3600))),
    "uasc": Profile(_ONE, Scale((0.0, 5150), (0.25, 5700), (1.0, 6250)), Scale((0.0, 20), (1.0, 2000))),
    "remand": Profile(_ONE, Scale((0.0, 4600), (1.0, 6100)), _SIX_YEARS),
    "short_breaks": Profile(_ONE, Scale((0.0, 1900), (1.0, 5300)), Scale((0.0, 200), (1.0, 2600))),
}
_GENERAL: Final = Profile(_USUAL, _AGES, _SIX_YEARS)


def form_family(world: World, number: int, story: str, room: int, first: int) -> Family:
    """Return a family with its children, and write their person rows.

    Args:
        world: of the sample.
        number: the family's, the key of its stream; from LATE_KEYS on it becomes known after the inspection date.
        story: names the profile.
        room: the most children that it may have.
        first: the running number of its first child.
    """
    draw = world.draw
    late = number >= LATE_KEYS
    draw.start(number)
    profile = _PROFILES.get(story, _GENERAL)
    known = world.inspection - profile.known.at(draw.spread(profile.known))
    if late:
        known = world.inspection + draw.between(1, world.horizon - world.inspection)
    family = Family(number, number % LATE_KEYS // PATCH, draw.share(), known, story, f"F{number + 1:06d}", first)
    ages = _ages(world, family, profile, late=late)[:room]
    surname, ethnicity = names.surname(draw), draw.deal(codes.ETHNICITY)
    for n, age in enumerate(ages):
        family.children.append(_child(world, family, first + n, known - age, surname, ethnicity, late=late))
    return family


def _ages(world: World, family: Family, profile: Profile, *, late: bool) -> list[int]:
    """Return the days of age of the children when the family becomes known, the eldest first; negative is unborn."""
    draw = world.draw
    age = draw.days(profile.youngest)
    ages = [age]
    for _ in range(draw.pick(profile.sizes) - 1):
        age += draw.between(400, 1500)
        if age <= _GROWN:
            ages.append(age)
    if profile.youngest is _AGES and not late and family.known > world.inspection - _RECENT:
        if draw.deal(EXPECTING):
            birth = draw.between(world.inspection + 5, family.known + _PREGNANCY)
            ages = [family.known - birth, *(age for age in ages if age > 330)]
    elif profile.youngest is _AGES and draw.chance(0.05):
        ages = [-draw.between(20, _PREGNANCY - 10), *(age for age in ages if age > 330)]
    return sorted(ages, reverse=True)


def person_number(count: int, place: int) -> int:
    """Return the number behind a person's identifier; `place` (0 to 3) keeps children, mothers and late ones apart."""
    return 200_001 + 28 * count + 7 * place + (count * 5 + place) % 7


def _child(world: World, family: Family, count: int, born: int, surname: str, ethnicity: str, *, late: bool) -> Child:
    draw = world.draw
    number = person_number(count, 1 if late else 0)
    person = f"{number:09d}" if count % 6 == 0 else str(number)
    eighteen = birthday(born, 18)
    died = _death(world, family, born, eighteen)
    uasc = family.story == "uasc"
    disabled = family.story == "short_breaks" or draw.chance(0.12)
    need = "N2" if disabled and draw.chance(0.6) else draw.deal(codes.NEED)
    cap = eighteen if died is None else min(died, eighteen)
    child = Child(person, born, died, eighteen, cap, disabled, uasc, family.known, "N8" if uasc else need)
    sex = "M" if uasc and draw.chance(0.9) else draw.pick(codes.SEX)
    unborn = born > family.known
    estimated = uasc and draw.chance(0.3)
    world.book.add(
        "ssd_person",
        family.known,
        _born=born,
        pers_person_id=person,
        pers_forename=names.forename(draw),
        pers_surname=surname,
        pers_sex=sex,
        pers_gender="I" if draw.chance(0.006) else sex,
        pers_ethnicity=draw.pick(codes.UASC_ETHNICITY) if uasc else ethnicity,
        pers_dob=None if estimated else born,
        pers_common_child_id=f"CC{number}" if draw.chance(0.3) else None,
        pers_legacy_id=f"L{number % 100000:05d}" if draw.chance(0.2) else None,
        pers_upn_unknown=f"UN{draw.between(1, 5)}" if draw.chance(0.05) else None,
        pers_send_flag="Y" if disabled and draw.chance(0.6) else "N",
        pers_expected_dob=born if estimated else born + draw.between(-12, 12) if unborn else None,
        pers_death_date=died,
        pers_nationality=draw.pick(codes.NATIONALITY) if uasc else "GBR",
        pers_upn=f"Z{number:012d}" if draw.chance(0.7) else None,
    )
    if not draw.chance(0.05):
        _disability(world, family, child)
    if draw.chance(0.006):
        old = str(world.book.new_id("merged", 100_001))
        world.book.add("annexa_merged_ids", family.known, old_person_id=old, person_id=person)
    return child


def _death(world: World, family: Family, born: int, eighteen: int) -> int | None:
    """Return the day of death of the few who die: of any child, and evenly of children in and after care."""
    draw = world.draw
    if family.story == "long_care" and draw.deal(_DIES):
        return family.known + draw.between(400, 850)
    if family.story == "leaver" and eighteen + 260 < world.inspection and draw.deal(_DIES_GROWN):
        return eighteen + draw.between(30, 250)
    return max(born, family.known) + draw.between(70, 1700) if draw.chance(0.003) else None


def _disability(world: World, family: Family, child: Child) -> None:
    since = max(family.known, child.born)
    found = {world.draw.deal(codes.DISABILITY) for _ in range(world.draw.between(1, 2))} if child.disabled else {"NONE"}
    for code in sorted(found):
        number = world.book.new_id("disability", 1)
        world.book.add(
            "ssd_disability", since, disa_person_id=child.person, disa_table_id=number, disa_disability_code=code
        )


def mother(world: World, family: Family) -> str:
    """Return the identifier of the family's mother, an adult; her person row is written when she is first named."""
    if family.mother is None:
        draw = world.draw
        family.mother = str(person_number(family.first, 3 if family.number >= LATE_KEYS else 2))
        born = min(child.born for child in family.children) - draw.between(7000, 12000)
        world.book.add(
            "ssd_person",
            family.known,
            _born=born,
            pers_person_id=family.mother,
            pers_forename=names.forename(draw),
            pers_surname=names.surname(draw),
            pers_sex="F",
            pers_gender="F",
            pers_ethnicity=draw.pick(codes.ETHNICITY),
            pers_dob=born,
            pers_is_mother="Y",
        )
    return family.mother
