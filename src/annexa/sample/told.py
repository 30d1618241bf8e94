"""A family's story once it has been told: what the further tables are made from, with chance of their own."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from annexa.sample.book import Book
from annexa.sample.draw import Draw, T, Weighted
from annexa.sample.family import Child

Row = dict[str, Any]

IN_NEED: Final = "children in need"
PROTECTED: Final = "child protection"
LOOKED_AFTER: Final = "looked after"
LEAVING: Final = "care leavers"
EARLY_HELP: Final = "early help"
_SERVED_LEAVERS: Final = frozenset({"Eligible", "Relevant", "Former Relevant", "Qualifying"})


class Service(NamedTuple):
    """One service that a child or young person received, from one day to another."""

    area: str
    start: int
    end: int


@dataclass(slots=True)
class Told:
    """What the further tables share. Days are counted from 1970-01-01.

    Their draws come from streams of their own, so what they draw changes nothing in the story itself. Of the family at
    hand, `story` holds the rows by table and person, and `noticed` factors that an assessment of a child would find,
    each from one day to another.
    """

    draw: Draw
    book: Book
    inspection: int
    horizon: int
    activity: Weighted[str]
    story: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    noticed: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)

    def rows(self, table: str, child: Child) -> list[Row]:
        """Return the child's rows of one of the tables that the book tells of."""
        return self.story[table].get(child.person, [])

    def notice(self, child: Child, factor: str, start: int, end: int) -> None:
        """Keep a factor that an assessment of the child between two days would find."""
        self.noticed.setdefault(child.person, []).append((factor, start, end))

    def choose(self, values: Weighted[T], day: int) -> T:
        """Return a value for something of this day: from the deck where an extract of the inspection date shows it."""
        return self.draw.deal(values) if day <= self.inspection else self.draw.pick(values)

    def services(self, child: Child) -> list[Service]:
        """Return the services of a child, early help included and plans of other authorities left out."""
        found = [Service(LOOKED_AFTER, care.start, care.end) for care in child.care]
        found += [
            Service(PROTECTED, row["cppl_cp_plan_start_date"], row["cppl_cp_plan_end_date"])
            for row in self.rows("ssd_cp_plans", child)
            if row["cppl_cp_plan_ola"] != "Y"
        ]
        found += [
            Service(IN_NEED, row["cinp_cin_plan_start_date"], row["cinp_cin_plan_end_date"])
            for row in self.rows("ssd_cin_plans", child)
        ]
        found += [
            Service(EARLY_HELP, row["earl_episode_start_date"], row["earl_episode_end_date"])
            for row in self.rows("ssd_early_help_episodes", child)
        ]
        found += [
            Service(LEAVING, row["_from"], row["_until"])
            for row in served_leaver(self, child)
            if row["_from"] >= child.eighteen
        ]
        return found


def served_leaver(told: Told, child: Child) -> list[Row]:
    """Return the child's care leaver records with a worker, one after the other."""
    return [
        row
        for row in told.rows("ssd_care_leavers", child)
        if row["clea_care_leaver_worker_id"] is not None and row["clea_care_leaver_eligibility"] in _SERVED_LEAVERS
    ]


def in_care(child: Child, day: int) -> bool:
    """Return whether the child is looked after on a day, short breaks left out."""
    return any(care.start <= day < care.end for care in child.care)
