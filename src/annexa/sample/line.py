"""The calendar of a referral, drawn before the children's own histories are written."""

from dataclasses import dataclass
from typing import Final

from annexa.sample import codes
from annexa.sample.draw import Scale
from annexa.sample.family import World, workday

_ASSESSED: Final = Scale((0.0, 7), (0.25, 24), (0.55, 44), (0.84, 60), (0.97, 85), (1.0, 130))
_PROTECTED: Final = Scale((0.0, 20), (0.2, 88), (0.55, 240), (0.85, 400), (0.97, 690), (1.0, 900))
COURT: Final = frozenset({"proceedings", "long_care", "adoption"})
_AT_ONCE: Final = frozenset({"remand", "uasc"})
CARE: Final = frozenset({*COURT, *_AT_ONCE, "voluntary", "leaver", "short_breaks"})


@dataclass(slots=True)
class Line:
    """The calendar of one referral, which brothers and sisters share; days are null where there is no such step."""

    path: str
    referral: int
    opened: int
    source: str
    assessed_from: int
    assessed_to: int
    enquiry: int
    strategy: int | None
    enquired: int
    meeting: int
    held: int | None
    protected: int
    care_from: int | None
    category: str
    supported: bool


def draw_line(world: World, day: int, path: str) -> Line:
    """Return the calendar of a referral that follows a contact on this day; `path` as in need.refer."""
    draw, book = world.draw, world.book
    opened = workday(day + draw.between(0, 1))
    assessed_from = workday(opened + draw.between(0, 2))
    assessed_to = workday(assessed_from + draw.days(_ASSESSED))
    line = Line(
        path=path,
        referral=book.new_id("referral", 400_001),
        opened=opened,
        source=draw.deal(codes.SOURCE),
        assessed_from=assessed_from,
        assessed_to=assessed_to,
        enquiry=0,
        strategy=None,
        enquired=0,
        meeting=0,
        held=None,
        protected=_PROTECTED.at(draw.spread(_PROTECTED)) if path == "plan" else draw.days(_PROTECTED),
        care_from=None,
        category=draw.deal(codes.CATEGORY),
        supported=path in {"cin", "conference"} or (path == "enquiry" and draw.chance(0.5)),
    )
    if path in {"enquiry", "conference", "plan"} or (path in COURT and draw.chance(0.8)):
        line.enquiry = book.new_id("enquiry", 500_001)
        line.strategy = opened + draw.between(0, 5)
        line.enquired = line.strategy + draw.between(4, 12)
    if line.strategy is not None and path != "enquiry" and (path not in COURT or draw.chance(0.6)):
        line.meeting = book.new_id("meeting", 600_001)
        late = draw.chance(0.21)
        line.held = workday(line.strategy + (draw.between(22, 33) if late else draw.between(13, 19)))
    if path == "transfer in":
        line.held = workday(opened + draw.between(6, 15))
        line.meeting = book.new_id("meeting", 600_001)
    if path in COURT:
        line.care_from = opened + draw.between(1, 25) if line.held is None else line.held + draw.between(20, 260)
    elif path in _AT_ONCE:
        line.care_from = opened
    elif path in CARE:
        line.care_from = opened + draw.between(1, 15) if draw.chance(0.4) else assessed_to + draw.between(12, 150)
    return line
