"""How a period of care runs: its legal statuses, its permanence plans, what placements it fixes, how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, World, birthday
from annexa.sample.placement import Anchor

FOREVER: Final = 40_000  # a day number, and a number of days, that no childhood reaches: courses are cut at 18

_ROUTE: Final = Weighted({"direct": 38, "V2": 32, "L2": 18, "L1": 9, "L3": 3})
_FIRST_DAYS: Final = {"V2": (15, 70), "L2": (5, 8), "L1": (1, 2), "L3": (4, 7)}
_INTERIM: Final = Scale((0.0, 100), (0.5, 185), (1.0, 330))
_OUTCOME: Final = Weighted({"long": 42, "guardian": 19, "home": 22, "arrangements": 7, "parents": 10})
_LONG: Final = Scale((0.0, 400), (0.3, 1300), (0.45, 3000), (0.46, FOREVER), (1.0, FOREVER))
_AGREED: Final = Scale((0.0, 5), (0.3, 45), (0.6, 170), (0.85, 600), (0.86, FOREVER), (1.0, FOREVER))
_YOUTH: Final = Weighted({"J1": 64, "J2": 22, "J3": 14})
_YOUTH_DAYS: Final = {"J1": (10, 120), "J2": (1, 2), "J3": (60, 180)}
_YOUTH_ENDS: Final = Weighted({"E14": 55, "E9": 30, "E8": 15})
_LEAVES_EARLY: Final = Weighted({True: 25, False: 75})  # of those who are 16 or 17 at the inspection date
_ALONE: Final = Weighted({"stays": 91, "E15": 5, "E16": 4})
_LASTING_KEYS: Final = Weighted({"LTFOST18": 72, "RESPLMT": 12, "LTRELFR": 6, "SUPPLIV": 6, "OTHERPLN": 4})
_HOME_KEYS: Final = Weighted({"RETURN6M": 40, "RETURN1M": 14, "RETURNEV": 30, "REMAINSUP": 16})
_OLDER_KEYS: Final = Weighted({"SUPPLIV": 50, "LTFOST18": 25, "RESPLMT": 15, "OTHERPLN": 10})


@dataclass(slots=True)
class Course:
    """A period of care as planned: statuses and permanence keys each from a day, and the end with its reason."""

    end: int
    reason: str
    legal: list[tuple[int, str]]
    keys: list[tuple[int, str]]
    anchors: list[Anchor] = field(default_factory=list)

    def cut(self, world: World, child: Child) -> None:
        """End the course at the child's death or 18th birthday, whichever it meets first."""
        if self.end >= child.cap:
            self.end = child.cap
            self.reason = "E2" if child.cap == child.died else world.choose(codes.ADULT, self.end)
        self.legal = [step for step in self.legal if step[0] < self.end]
        self.keys = [step for step in self.keys if step[0] < self.end]
        self.anchors = [anchor for anchor in self.anchors if anchor.start < self.end]


def _proceedings(world: World, child: Child, start: int) -> Course:
    return _court(world, child, start, world.draw.deal(_OUTCOME))


def _long_care(world: World, child: Child, start: int) -> Course:
    return _court(world, child, start, "long")


def _court(world: World, child: Child, start: int, outcome: str) -> Course:
    draw = world.draw
    route = draw.deal(_ROUTE)
    if route == "V2" and outcome == "home":
        route = "direct"
    legal = []
    interim = start
    if route != "direct":
        legal.append((start, route))
        interim = start + draw.between(*_FIRST_DAYS[route])
    final = interim + draw.days(_INTERIM)
    legal.append((interim, "C1"))
    keys = [(start + draw.between(5, 20), draw.pick(_HOME_KEYS))]
    if outcome == "guardian":
        keys.append((start + draw.between(80, 110), "LTRELFR"))
        return Course(final, world.choose(codes.GUARDIANSHIP, final), legal, keys)
    if outcome == "home":
        return Course(final, "E4A", legal, keys)
    if outcome == "arrangements":
        return Course(final, "E41", legal, keys)
    legal.append((final, "C2"))
    if outcome == "parents":
        keys.append((final, "REMAINSUP"))
        return Course(final + draw.between(150, 800), "E4A", legal, keys, [Anchor(final, "P1", same_carer=False)])
    keys.append((start + draw.between(85, 120), draw.pick(_LASTING_KEYS)))
    sixteen = child.born + 16 * 366
    if sixteen > keys[-1][0] + 100:
        keys.append((sixteen, draw.pick(_OLDER_KEYS)))
    end = final + draw.days(_LONG)
    ends = world.choose(codes.HOME if draw.chance(0.6) else codes.GUARDIANSHIP, end)
    anchors = []
    if draw.chance(0.12):  # the foster carers are approved for the long term on the day of the final order
        anchors = [Anchor(start, "U6", same_carer=False), Anchor(final, "U4", same_carer=True)]
    return Course(end, ends, legal, keys, anchors)


def _voluntary(world: World, child: Child, start: int) -> Course:
    del child
    draw = world.draw
    keys = [(start + draw.between(5, 20), draw.pick(_HOME_KEYS)), (start + 100, draw.pick(_OLDER_KEYS))]
    end = start + draw.days(_AGREED)
    return Course(end, world.choose(codes.HOME, end), [(start, "V2")], keys)


def _leaver(world: World, child: Child, start: int) -> Course:
    draw = world.draw
    early = max(birthday(child.born, 16) + draw.between(20, 80), start + draw.between(100, 140))
    if early < world.inspection < child.eighteen and draw.deal(_LEAVES_EARLY):
        keys = [(start + draw.between(5, 20), "RETURNEV")]
        return Course(early, world.choose(codes.HOME, early), [(start, "V2")], keys)
    if draw.chance(0.4):
        return _long_care(world, child, start)
    end = start + draw.days(_AGREED) if draw.chance(0.3) else FOREVER
    keys = [(start + draw.between(5, 20), draw.pick(_HOME_KEYS)), (start + 95, draw.pick(_OLDER_KEYS))]
    return Course(end, world.choose(codes.HOME, end), [(start, "V2")], keys)


def _remand(world: World, child: Child, start: int) -> Course:
    del child
    draw = world.draw
    status = draw.deal(_YOUTH)
    end = start + draw.between(*_YOUTH_DAYS[status])
    return Course(end, world.choose(_YOUTH_ENDS, end), [(start, status)], [(start + 3, "RETURN1M")])


def _alone(world: World, child: Child, start: int) -> Course:
    del child
    draw = world.draw
    how = draw.deal(_ALONE) if start + 300 <= world.inspection else "stays"
    end = FOREVER if how == "stays" else start + draw.between(30, 300)
    return Course(end, how, [(start, "V2")], [(start + draw.between(5, 25), draw.pick(_OLDER_KEYS))])


COURSES: Final[dict[str, Callable[[World, Child, int], Course]]] = {
    "proceedings": _proceedings,
    "long_care": _long_care,
    "voluntary": _voluntary,
    "leaver": _leaver,
    "remand": _remand,
    "uasc": _alone,
}
