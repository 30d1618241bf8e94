"""Teams, posts and the workers who hold them one after the other."""

from bisect import bisect_right
from typing import Any, Final, NamedTuple

from annexa.sample import names
from annexa.sample.book import Book
from annexa.sample.draw import Draw, Scale, Weighted

_HISTORY: Final = 20 * 365  # days before the inspection date from which posts are filled
_TENURE: Final = Scale((0.0, 200), (0.3, 500), (0.8, 1300), (1.0, 2600))
WEEKLY: Final = Weighted({"1.0": 80, "0.8": 12, "0.6": 8})
_REASONS: Final = Weighted({"LEFTRL": 60, "MANAGE": 12, "ORGRST": 10, "ABSENC": 10, "TSPROC": 4, "OTHERS": 4})
PATCH: Final = 260  # families served by one set of teams


class Kind(NamedTuple):
    """A kind of team: how its teams and posts are named, and the posts that one patch has."""

    team: str
    service: str
    title: str
    code: str
    posts: int
    registered: bool


KINDS: Final = {
    "early_help": Kind("Early Help", "Early Help Service", "Family support worker", "EH", 3, registered=False),
    "assessment": Kind("Assessment", "Front Door Service", "Social worker", "AS", 3, registered=True),
    "safeguarding": Kind("Safeguarding", "Safeguarding Service", "Social worker", "SG", 4, registered=True),
    "disability": Kind("Disabled Children", "Safeguarding Service", "Social worker", "DC", 1, registered=True),
    "care": Kind("Children in Care", "Corporate Parenting Service", "Social worker", "CC", 2, registered=True),
    "leaving": Kind("Leaving Care", "Corporate Parenting Service", "Personal adviser", "LC", 1, registered=False),
    "adoption": Kind("Adoption", "Corporate Parenting Service", "Adoption social worker", "AD", 1, registered=True),
    "reviewing": Kind("Reviewing", "Quality Assurance Service", "Reviewing officer", "IR", 1, registered=True),
}
_SERVICES: Final = {service: f"SV{n}" for n, service in enumerate(dict.fromkeys(k.service for k in KINDS.values()), 1)}


class Spell(NamedTuple):
    """A worker holding a case from one day to another, and why the next one took over (null: the case ended)."""

    worker: int
    start: int
    end: int | None
    reason: str | None


class Tenure(NamedTuple):
    """A worker in a post, `end` null where it is beyond the horizon; `row` is that of ssd_professionals, if any."""

    worker: int
    kind: str
    patch: int
    start: int
    end: int | None
    row: dict[str, Any] | None


class Staff:
    """The workforce. A post is filled when it is first asked for, from a stream of its own.

    Args:
        book: where teams and workers are written.
        seed: of the sample.
        inspection: the inspection date, as a day number.
        horizon: the last day of the sample, as a day number.
    """

    def __init__(self, book: Book, seed: int, inspection: int, horizon: int) -> None:
        self._book = book
        self._draw = Draw(seed, 1)
        self._first = inspection - _HISTORY
        self._horizon = horizon
        self._posts: dict[tuple[str, int, int], tuple[list[int], list[int]]] = {}
        self._teams: dict[tuple[str, int], str] = {}
        self._unused: dict[int, tuple[Kind, int, int]] = {}
        self._rows: dict[int, dict[str, Any]] = {}
        for service, code in _SERVICES.items():
            book.add("ssd_department", None, dept_team_id=code, dept_team_name=service)

    def team(self, kind: str, patch: int) -> str:
        """Return the identifier of the patch's team of this kind."""
        found = self._teams.get((kind, patch))
        if found is None:
            found = self._teams[kind, patch] = f"{KINDS[kind].code}{patch + 1:02d}"
            service = KINDS[kind].service
            self._book.add(
                "ssd_department",
                None,
                dept_team_id=found,
                dept_team_name=f"{KINDS[kind].team} Team {patch + 1}",
                dept_team_parent_id=_SERVICES[service],
                dept_team_parent_name=service,
            )
        return found

    def worker(self, kind: str, patch: int, share: float, day: int) -> int:
        """Return who holds the post on a day; `share` in [0, 1) says which of the patch's posts."""
        starts, holders = self._post(kind, patch, share)
        return self._known(holders[max(bisect_right(starts, day) - 1, 0)])

    def spells(self, kind: str, patch: int, share: float, start: int, end: int | None) -> list[Spell]:
        """Return the workers of a case from `start` to `end` in order, each beginning where the one before ended."""
        starts, holders = self._post(kind, patch, share)
        first = max(bisect_right(starts, start) - 1, 0)
        following = first + 1
        while following < len(starts) and (end is None or starts[following] < end):
            following += 1
        begins = [start, *starts[first + 1 : following]]
        ends = [*begins[1:], end]
        reasons = [_REASONS.at(holder * 0.377 % 1.0) for holder in holders[first : following - 1]]
        workers = [self._known(holder) for holder in holders[first:following]]
        return [Spell(*spell) for spell in zip(workers, begins, ends, [*reasons, None], strict=True)]

    def tenures(self) -> list[Tenure]:
        """Return who held the posts that were asked for, post by post, those who never had a case included."""
        return [
            Tenure(holder, kind, patch, start, end, self._rows.get(holder))
            for (kind, patch, _), (starts, holders) in sorted(self._posts.items())
            for start, end, holder in zip(starts, [*starts[1:], None], holders, strict=True)
        ]

    def place(self, kind: str, patch: int) -> str:
        """Return the identifier of the patch's team of this kind, or of the service where no such team is recorded."""
        return self._teams.get((kind, patch), _SERVICES[KINDS[kind].service])

    def _post(self, kind: str, patch: int, share: float) -> tuple[list[int], list[int]]:
        slot = int(share * KINDS[kind].posts)
        found = self._posts.get((kind, patch, slot))
        if found is None:
            found = self._posts[kind, patch, slot] = self._fill(kind, patch, slot)
        return found

    def _fill(self, kind: str, patch: int, slot: int) -> tuple[list[int], list[int]]:
        draw = self._draw
        draw.start(((patch * 16 + list(KINDS).index(kind)) << 8) | slot)
        starts, holders = [], []
        day = self._first - draw.between(0, 700)
        while day <= self._horizon:
            starts.append(day)
            holders.append(self._hire(KINDS[kind], patch, day))
            day += draw.days(_TENURE)
        return starts, holders

    def _hire(self, kind: Kind, patch: int, day: int) -> int:
        number = self._book.new_id("worker", 5001)
        self._unused[number] = (kind, patch, day)
        return number

    def _known(self, number: int) -> int:
        """Return the worker, who is in the workforce tables from the first case on."""
        if number in self._unused:
            kind, patch, day = self._unused.pop(number)
            draw = self._draw
            draw.start((1 << 40) | number)
            row: dict[str, str | int | None] = {
                "prof_professional_id": number,
                "prof_staff_id": f"ST{number}",
                "prof_professional_name": f"{names.forename(draw)} {names.surname(draw)}",
                "prof_social_worker_registration_no": f"SW{900000 + number}" if kind.registered else None,
                "prof_professional_job_title": kind.title,
                "prof_professional_caseload": draw.between(8, 24),
                "prof_professional_department": f"{kind.team} Team {patch + 1}",
                "prof_full_time_equivalency": draw.pick(WEEKLY),
                "prof_agency_worker_flag": "Y" if draw.chance(0.15) else "N",
            }
            self._book.add("ssd_professionals", day, **row)
            self._rows[number] = row
        return number
