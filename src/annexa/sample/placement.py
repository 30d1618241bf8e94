"""Placements of a period of care: one after the other without a gap, each of a kind that fits age and legal status."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from annexa.sample import names
from annexa.sample.codes import MOVED
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, World, day_number

_FOSTER: Final = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
_ADOPTIVE: Final = frozenset({"A3", "A4", "A5", "A6"})
_NO_URN: Final = frozenset({"P1", "P2", "P3", "R1", "R2", "R5", "T0", "T1", "T2", "T3", "T4", "Z1"})
_H5_REGISTERED: Final = day_number(date(2023, 10, 28))  # from here on such homes have an Ofsted number

_BABY: Final = Weighted({"U6": 54, "U3": 27, "R3": 9, "U1": 6, "U4": 3, "R2": 1.5})
_YOUNG: Final = Weighted({"U6": 44, "U4": 20, "U3": 14, "U1": 11, "K2": 6, "S1": 2, "R1": 1.2, "R2": 1, "Z1": 0.8})
_TEEN: Final = Weighted({"U6": 34, "U4": 22, "K2": 24, "U3": 7, "U1": 6, "S1": 2.5, "K1": 1.5, "R1": 1.5, "Z1": 1.5})
_OLDER: Final = Weighted(
    {"U4": 24, "H5": 23, "U6": 18, "K2": 13, "P2": 9, "U1": 5, "U3": 3, "P3": 1.5, "R1": 1, "K1": 1, "R2": 1, "Z1": 1}
)
_REMAND: Final = Weighted({"K1": 40, "R5": 38, "K2": 14, "U6": 8})
_ALONE_YOUNG: Final = Weighted({"U6": 80, "U4": 20})
_ALONE_OLDER: Final = Weighted({"H5": 52, "U6": 26, "P2": 14, "K2": 5, "U4": 3})
_BREAKS: Final = Weighted({"U6": 45, "K2": 45, "S1": 10})

_PROVIDER: Final = {
    "foster": Weighted({"PR1": 58, "PR4": 35, "PR5": 5, "PR2": 2}),
    "kin": Weighted({"PR1": 97, "PR2": 3}),
    "home": Weighted({"PR4": 72, "PR1": 20, "PR5": 6, "PR2": 2}),
    "public": Weighted({"PR3": 85, "PR4": 15}),
    "adoptive": Weighted({"PR1": 60, "PR2": 20, "PR5": 20}),
    "secure": Weighted({"PR2": 70, "PR1": 20, "PR4": 10}),
}
_SETTING: Final = {
    "U1": "kin", "U2": "kin", "U3": "kin", "U4": "foster", "U5": "foster", "U6": "foster", "R2": "public",
    "R5": "public", "K1": "secure", "A3": "adoptive", "A4": "adoptive", "A5": "adoptive", "A6": "adoptive",
}  # fmt: skip
_AWAY: Final = Weighted(
    [(pair, 22.0) for pair in names.NEIGHBOURS] + [((code, code), 2.0) for code in (*names.ABROAD, names.CONFIDENTIAL)]
)
_TEMPORARY: Final = Weighted({"T1": 40, "T3": 22, "T2": 16, "T4": 16, "T0": 10})
_TEMPORARY_DAYS: Final = {"T0": (8, 20), "T1": (8, 25), "T2": (8, 20), "T3": (8, 15), "T4": (3, 7)}
_FIRST: Final = Scale((0.0, 4), (0.25, 40), (0.6, 150), (1.0, 420))
_LATER: Final = Scale((0.0, 30), (0.3, 240), (0.6, 620), (1.0, 2200))
_LASTING: Final = Scale((0.0, 300), (0.5, 1500), (1.0, 5000))
_SHORT_STAY: Final = frozenset({"R2", "R3", "K1", "Z1"})


class Home(NamedTuple):
    """Where and with whom a child is placed."""

    provider: str | None
    urn: str | None
    postcode: str | None
    la_code: str
    la_name: str
    inside: bool
    distance: str


@dataclass(slots=True)
class Placement:
    """One placement; `same_carer` says that it continues the one before with the same carer."""

    start: int
    end: int
    kind: str
    home: Home
    same_carer: bool = False
    number: int = 0


class Anchor(NamedTuple):
    """A placement that a story fixes: from this day, of this kind, with the carer of the one before or not."""

    start: int
    kind: str
    same_carer: bool


def sequence(world: World, child: Child, days: tuple[int, int], variant: str, anchors: list[Anchor]) -> list[Placement]:
    """Return the placements of a period; `days` are its start and end, anchors are in order and within it."""
    found: list[Placement] = []
    day, end = days
    for anchor in anchors:
        if anchor.start > day:
            _fill(world, child, (day, anchor.start), variant, found)
        following = min((other.start for other in anchors if other.start > anchor.start), default=end)
        home = found[-1].home if anchor.same_carer else _home(world, anchor.kind, following)
        found.append(Placement(anchor.start, following, anchor.kind, home, anchor.same_carer))
        day = following
    _fill(world, child, (day, end), variant, found)
    return found


def _fill(world: World, child: Child, days: tuple[int, int], variant: str, found: list[Placement]) -> None:
    draw = world.draw
    day, end = days
    while day < end:
        kind = _kind(world, child.age(day), day, variant)
        if kind in {"U1", "U4"}:
            length = draw.days(_LASTING)
        elif kind in _SHORT_STAY:
            length = draw.between(20, 200)
        else:
            length = draw.days(_LATER if found else _FIRST)
        stop = end if end - day - length < 28 or variant == "short_breaks" else day + length
        _split(world, Placement(day, stop, kind, _home(world, kind, stop)), found)
        day = stop


def _kind(world: World, age: int, day: int, variant: str) -> str:
    if variant == "remand":
        table = _REMAND
    elif variant == "uasc":
        table = _ALONE_YOUNG if age < 16 else _ALONE_OLDER
    elif variant == "short_breaks":
        table = _BREAKS
    else:
        table = _BABY if age < 4 else _YOUNG if age < 12 else _TEEN if age < 16 else _OLDER
    return world.choose(table, day)


def _split(world: World, whole: Placement, found: list[Placement]) -> None:
    """Add a placement, now and then in parts: a new status of the same carer, or a temporary stay elsewhere."""
    draw = world.draw
    length = whole.end - whole.start
    if whole.kind in {"U3", "U6"} and length > 320 and draw.chance(0.25):
        turn = whole.start + draw.between(160, 280)
        lasting = "U1" if whole.kind == "U3" else "U4"
        found.append(Placement(whole.start, turn, whole.kind, whole.home))
        found.append(Placement(turn, whole.end, lasting, whole.home, same_carer=True))
    elif whole.kind in _FOSTER and length > 90 and draw.chance(0.12):
        leaves = whole.start + draw.between(20, length - 60)
        kind = world.choose(_TEMPORARY, leaves)
        returns = leaves + draw.between(*_TEMPORARY_DAYS[kind])
        found.append(Placement(whole.start, leaves, whole.kind, whole.home))
        found.append(Placement(leaves, returns, kind, _home(world, kind, returns)))
        found.append(Placement(returns, whole.end, whole.kind, whole.home))
    else:
        found.append(whole)


def _home(world: World, kind: str, end: int) -> Home:
    draw = world.draw
    temporary = kind.startswith("T") or kind == "Z1"
    provider = None if temporary else "PR0" if kind == "P1" else draw.deal(_PROVIDER[_SETTING.get(kind, "home")])
    own = provider == "PR1" and kind not in _FOSTER | _ADOPTIVE
    inside = own or kind.startswith("T") or draw.chance(0.4 if kind in {"K1", "K2"} else 0.68)
    la_code, la_name = (names.OWN_CODE, names.OWN_NAME) if inside else draw.deal(_AWAY)
    english = la_code not in names.ABROAD and la_code != names.CONFIDENTIAL
    numbered = english and kind not in _NO_URN and (kind != "H5" or end > _H5_REGISTERED)
    urn = f"SC{draw.between(400_000, 489_999)}" if numbered else None
    if kind == "K2" and urn and draw.chance(0.02):
        urn = "XXXXXXX"
    placed = la_code not in {"NUK", names.CONFIDENTIAL}
    miles = draw.between(3, 150) if inside else draw.between(50, 900)
    return Home(
        provider=provider,
        urn=urn,
        postcode=names.postcode(draw, inside=inside) if placed else None,
        la_code=la_code,
        la_name=la_name,
        inside=inside,
        distance=f"{miles / 10:.1f}" if placed else "999.9",
    )


def write(world: World, child: Child, care_id: int, placements: list[Placement]) -> None:
    """Write the placements of a period of care, and the authority of each; numbers them."""
    for n, placed in enumerate(placements):
        placed.number = world.book.new_id("placement", 90_001)
        following = placements[n + 1] if n + 1 < len(placements) else None
        moved = None
        if following is not None:
            moved = "CARPL" if following.same_carer else world.choose(MOVED, placed.end)
        home = placed.home
        world.book.add(
            "ssd_cla_placement",
            placed.start,
            clap_cla_placement_id=placed.number,
            clap_cla_placement_start_date=placed.start,
            clap_cla_placement_type=placed.kind,
            clap_cla_placement_urn=home.urn,
            clap_cla_placement_distance=home.distance,
            clap_cla_id=care_id,
            clap_cla_placement_provider=home.provider,
            clap_cla_placement_postcode=home.postcode,
            clap_cla_placement_end_date=placed.end,
            clap_cla_placement_change_reason=moved,
            clap_person_id=child.person,
        )
        world.book.add(
            "annexa_placement_locations",
            placed.start,
            placement_id=placed.number,
            la_code=home.la_code,
            la_name=home.la_name,
            location="In" if home.inside else "Out",
            temporary_approval="Y" if placed.kind == "U3" and n == 0 and placed.end - placed.start < 170 else "N",
            before_assessment="Y" if placed.kind == "P1" and n == 0 else "N",
        )
