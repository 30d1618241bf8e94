"""The workforce: who was employed when, which posts of a team are vacant, and absence through sickness."""

from dataclasses import dataclass, field
from typing import Final

from annexa.sample import names
from annexa.sample.book import Book
from annexa.sample.draw import Draw, Scale, Weighted
from annexa.sample.family import workday
from annexa.sample.staff import KINDS, WEEKLY, Staff, Tenure

_KEPT: Final = 6 * 365  # days before the inspection date: those who left earlier and held no case are not kept
_ABSENCES_FROM: Final = 500  # days before the inspection date from which absences are kept
_QUALIFIED: Final = Scale((0.0, 20), (0.25, 300), (0.6, 2200), (0.9, 6000), (1.0, 10_000))
_LEFT: Final = Weighted(
    {"Resigned": 52, "Other post in the authority": 24, "Retired": 10, "Career break": 8, "Dismissed": 6}
)
_MORE: Final = Weighted({0: 65, 1: 35})
_OFF: Final = Scale((0.0, 1), (0.6, 5), (0.85, 14), (0.95, 60), (1.0, 200))
_FRONT_LINE: Final = frozenset({"early_help", "assessment", "safeguarding", "disability"})
_PLACES: Final = ("North Exshire", "South Exshire", "East Exshire", "West Exshire")
_MANAGER: Final = "Team manager"
_MANAGERS: Final = 1 << 41  # keys of the streams of managers, apart from those of workers


@dataclass(slots=True)
class _Worker:
    """One member of the workforce; days are null where they are beyond the horizon."""

    number: int
    name: str
    team: str
    role: str
    locality: str
    start: int
    end: int | None
    fte: str
    agency: bool
    registered: bool


@dataclass(slots=True)
class _Group:
    """The posts of one role in one team, as full-time equivalents, and who has filled them."""

    locality: str
    established: int = 0
    workers: list[_Worker] = field(default_factory=list)


def write(book: Book, staff: Staff, draw: Draw, inspection: int, horizon: int) -> None:
    """Write workers, posts and absences, once all stories have been told and all workers with a case are known."""
    groups: dict[tuple[str, str], _Group] = {}
    teams: set[tuple[str, int]] = set()
    for tenure in staff.tenures():
        kind, patch = tenure.kind, tenure.patch
        if (kind, patch) not in teams:
            teams.add((kind, patch))
            managers = _group(groups, staff, kind, patch, _MANAGER)
            managers.established += 1
            managers.workers += _managers(staff, draw, kind, patch, inspection)
            _group(groups, staff, kind, patch, KINDS[kind].title).established += KINDS[kind].posts + draw.pick(_MORE)
        if tenure.row is not None or tenure.end is None or tenure.end > inspection - _KEPT:
            _group(groups, staff, kind, patch, KINDS[kind].title).workers.append(_worker(staff, draw, tenure))
    for where, group in groups.items():
        for worker in sorted(group.workers, key=lambda each: each.number):
            _write(book, draw, worker)
            _absences(book, draw, worker, inspection, horizon)
        _posts(book, where, group)


def _group(groups: dict[tuple[str, str], _Group], staff: Staff, kind: str, patch: int, role: str) -> _Group:
    """Return the posts of a role in a team; where several patches share a service without teams, they are together."""
    return groups.setdefault((staff.place(kind, patch), role), _Group(_locality(kind, patch)))


def _key(kind: str, patch: int) -> int:
    return _MANAGERS | (patch * 16 + list(KINDS).index(kind))


def _locality(kind: str, patch: int) -> str:
    return _PLACES[patch % len(_PLACES)] if kind in _FRONT_LINE else "Central Exshire"


def _worker(staff: Staff, draw: Draw, tenure: Tenure) -> _Worker:
    """Return a worker as the case records have them; those who never had a case are drawn."""
    kind, row = KINDS[tenure.kind], tenure.row
    draw.start(tenure.worker)
    if row is None:
        name, fte = f"{names.forename(draw)} {names.surname(draw)}", draw.pick(WEEKLY)
        agency = draw.chance(0.15)
    else:
        name, fte = row["prof_professional_name"], row["prof_full_time_equivalency"]
        agency = row["prof_agency_worker_flag"] == "Y"
    place, locality = staff.place(tenure.kind, tenure.patch), _locality(tenure.kind, tenure.patch)
    days = (tenure.start, tenure.end)
    return _Worker(tenure.worker, name, place, kind.title, locality, *days, fte, agency, kind.registered)


def _managers(staff: Staff, draw: Draw, kind: str, patch: int, inspection: int) -> list[_Worker]:
    """Return the manager of a team, and the one who follows; between them the post can be vacant."""
    key = _key(kind, patch)
    draw.start(key)
    number = 3_000_001 + 2 * (key - _MANAGERS)
    place, locality = staff.place(kind, patch), _locality(kind, patch)
    start = inspection - draw.between(1200, 4000)
    leaves = inspection + draw.between(-900, 700) if draw.chance(0.6) else None
    spans = [(start, leaves)] if leaves is None else [(start, leaves), (leaves + draw.between(0, 120), None)]
    return [
        _Worker(number + n, f"{names.forename(draw)} {names.surname(draw)}", place, _MANAGER, locality, *span, "1.0",
                agency=False, registered=KINDS[kind].registered)
        for n, span in enumerate(spans)
    ]  # fmt: skip


def _write(book: Book, draw: Draw, worker: _Worker) -> None:
    draw.start((1 << 42) | worker.number)
    left = "End of contract" if worker.agency else draw.pick(_LEFT)
    experience = draw.days(_QUALIFIED) + (1500 if worker.role == _MANAGER else 0)
    book.add(
        "annexa_workers",
        worker.start,
        worker_id=worker.number,
        name=worker.name,
        team_id=worker.team,
        role=worker.role,
        registration_number=f"SW{900000 + worker.number}" if worker.registered else None,
        qualified_date=worker.start - experience if worker.registered else None,
        start_date=worker.start,
        leave_date=worker.end,
        leave_reason=None if worker.end is None else left,
        fte=worker.fte,
        agency="Y" if worker.agency else "N",
        locality=worker.locality,
    )


def _absences(book: Book, draw: Draw, worker: _Worker, inspection: int, horizon: int) -> None:
    """Write the spells of sickness of a worker, in the stream that `_write` began."""
    last = horizon if worker.end is None else min(worker.end, horizon)
    day = max(worker.start, inspection - _ABSENCES_FROM) + draw.between(0, 500)
    while (day := workday(day)) < last:
        end = min(day + draw.days(_OFF), last) - 1
        book.add("annexa_absence", day, worker_id=worker.number, start_date=day, end_date=max(end, day))
        day = end + draw.between(120, 700)


def _posts(book: Book, where: tuple[str, str], group: _Group) -> None:
    """Write the posts of one role in one team, a row from each day on which a permanent worker begins or leaves."""
    permanent = [worker for worker in group.workers if not worker.agency]
    turns = sorted({day for worker in permanent for day in (worker.start, worker.end) if day is not None})
    team, role = where
    for since, until in zip([None, *turns], [*turns, None], strict=True):
        filled = 0.0 if since is None else sum(
            float(worker.fte) for worker in permanent if worker.start <= since and (worker.end or since + 1) > since
        )  # fmt: skip
        book.add(
            "annexa_posts",
            since,
            _until=until,
            team_id=team,
            role=role,
            established_fte=f"{group.established:.1f}",
            vacant_fte=f"{max(group.established - filled, 0.0):.1f}",
            locality=group.locality,
        )
