"""From a seed to the tables of an extract."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from annexa.errors import UsageError
from annexa.sample import adopters, codes, education, front, further, leaving, need, workforce
from annexa.sample.book import Book
from annexa.sample.cut import as_extract
from annexa.sample.draw import Draw, Scale, Weighted
from annexa.sample.family import LATE_KEYS, Family, World, day_number, form_family
from annexa.sample.staff import Staff
from annexa.sample.told import Told

HORIZON: Final = 730  # days after the inspection date on which the sample's story ends
_LATE: Final = 0.24  # children who become known between the inspection date and the horizon, to those known by it
_ADOPTERS: Final = 0.004  # families that ask about adoption, to children known
_ADOPTER_KEYS: Final = 1 << 50

_STORY: Final = Weighted(
    {
        "contact": 18.0, "early_help": 15.0, "nfa": 6.0, "noted": 0.8, "assess": 18.0, "cin": 16.5, "enquiry": 9.5,
        "conference": 0.8, "plan": 7.4, "transfer in": 0.5, "other authority": 0.5, "proceedings": 1.6,
        "voluntary": 1.5, "long_care": 1.3, "adoption": 1.9, "leaver": 3.7, "uasc": 0.8, "remand": 0.5,
        "short_breaks": 0.6,
    }
)  # fmt: skip
_LATER: Final = Weighted(
    {
        "contact": 33, "early_help": 10, "nfa": 6, "assess": 19, "cin": 13, "enquiry": 12, "plan": 9.5,
        "voluntary": 0.7, "proceedings": 1,
    }
)  # fmt: skip
_STEP_UP: Final = Weighted({"assess": 45, "cin": 35, "plan": 10, "enquiry": 10})
_GAP: Final = Scale((0.0, 15), (0.3, 100), (0.7, 360), (1.0, 1300))


def generate(children: int, inspection_date: date, seed: int, as_at: date | None = None) -> dict[str, pl.DataFrame]:
    """Return the tables of a synthetic authority, as an extract taken on `as_at` would hold them.

    The same arguments give the same tables everywhere. A child's journey depends on the seed, the inspection date and
    the children before it, never on how many there are; a later `as_at` shows the same authority grown older, under
    the same identifiers.

    Args:
        children: how many are known to the authority by the inspection date; 1 or more.
        inspection_date: on which the calendar is anchored.
        seed: 0 or more.
        as_at: the day of the extract; blank means the inspection date. At most two years after it.

    Returns:
        A frame of text columns for each table of annexa.sample.layout, in its order of columns. Dates are ISO texts,
        in some tables with a time of midnight.

    Raises:
        UsageError: an argument is out of its range.
    """
    day = as_at or inspection_date
    if (day - inspection_date).days > HORIZON:
        raise UsageError(
            "The sample ends two years after its inspection date.", "Choose an earlier --as-at or a later date."
        )
    return as_extract(story(children, inspection_date, seed), day_number(day))


def extract_of(told: Book, day: date, tables: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return tables of a story as an extract of a day holds them, in the form of generate(). Other days may follow."""
    return as_extract(told, day_number(day), tables, keep=True)


def story(children: int, inspection_date: date, seed: int) -> Book:
    """Return the story that generate() cuts an extract from; arguments as there.

    Raises:
        UsageError: an argument is out of its range.
    """
    if children < 1 or seed < 0:
        raise UsageError("The number of children must be 1 or more and the seed 0 or more.")
    book = Book()
    anchor = day_number(inspection_date)
    horizon = anchor + HORIZON
    newer = inspection_date.year >= 2022
    staff = Staff(book, seed, anchor, horizon)
    activity = codes.ACTIVITY_FROM_2022 if newer else codes.ACTIVITY_TO_2022
    at_sixteen = education.SIXTEEN_FROM_2022 if newer else education.SIXTEEN_TO_2022
    now, later = (World(Draw(seed, n), book, staff, anchor, horizon, activity) for n in (0, 2))
    # The further tables have streams of their own: what they draw leaves the story as it is.
    beside, beside_later, alone = (Told(Draw(seed, n), book, anchor, horizon, at_sixteen) for n in (3, 4, 5))
    _populate(now, beside, children, late=False)
    _populate(later, beside_later, round(children * _LATE), late=True)
    for n in range(max(12, round(children * _ADOPTERS))):
        adopters.unlinked_family(later, _ADOPTER_KEYS | n)
    education.pupils(alone, children)
    workforce.write(book, staff, Draw(seed, 6), anchor, horizon)
    return book


def _populate(world: World, told: Told, children: int, *, late: bool) -> None:
    count = number = 0
    while count < children:
        story = world.draw.deal(_STORY)
        key = LATE_KEYS + number if late else number
        family = form_family(world, key, story, children - count, count)
        _live(world, family)
        further.family(told, family)
        world.book.close()
        count += len(family.children)
        number += 1


def _live(world: World, family: Family) -> None:
    """Write the family's story: one spell after the other, until nothing follows or the horizon is reached."""
    draw = world.draw
    day, kind = family.known, family.story
    while day <= world.horizon:
        end = _spell(world, family, day, kind)
        if kind == "early_help" and draw.chance(0.2):
            day, kind = end + draw.between(0, 80), draw.deal(_STEP_UP)
        elif kind in {"cin", "assess"} and draw.chance(0.1):
            day, kind = end + 11, "early_help"
        elif draw.chance(0.62):
            day, kind = end + draw.days(_GAP), draw.deal(_LATER)
        else:
            break
    for child in family.children:
        if child.care:
            leaving.leave_care(world, family, child)


def _spell(world: World, family: Family, day: int, kind: str) -> int:
    if kind == "contact":
        front.closed_contact(world, family, day)
        return day
    if kind == "early_help":
        return front.early_help(world, family, day)
    return need.refer(world, family, day, kind)
