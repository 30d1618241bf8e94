"""Periods of care of the oracle, as List 6 needs them (rules of List 8)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday, id_key

SHORT_BREAKS = {"V1", "V3", "V4"}
_DAY = timedelta(days=1)


@dataclass
class Period:
    """One period of care: end None is open; breaks says whether it is short breaks."""

    person_id: str
    start: date | None
    end: date | None
    breaks: bool
    episodes: list[Row] = field(default_factory=list)


def periods_of(run: Run, person_id: str) -> list[Period]:
    """The periods of care of a person, earliest first."""
    episodes = run.of_person("ssd_cla_episodes").get(person_id, [])
    joined = _joined(episodes)
    periods: list[Period] = []
    for number, group in enumerate(joined):
        last = group[-1]
        goes_on = last["end_reason"] == "X1" and number == len(joined) - 1
        recorded = None if goes_on else last["end_date"]
        end = recorded or _ended_by_rule(run, person_id, group)
        parts = _parts(run, person_id, group, end, recorded is not None)
        before = joined[number - 1][-1]["end_date"] if number else None
        if before and parts[0].start:
            parts[0].start = max(before, parts[0].start)
        periods += parts
    return periods


def _ended_by_rule(run: Run, person_id: str, group: list[Row]) -> date | None:
    """What ends an open period: a death, or the 18th birthday of a person with a care-leaver record (R22)."""
    birth = run.birth(person_id)
    days = [run.died(person_id)]
    if birth and run.of_person("ssd_care_leavers").get(person_id):
        begun = min((e["start_date"] for e in group if e["start_date"]), default=date.min)
        days.append(birthday(birth, 18) if begun <= birthday(birth, 18) <= run.as_at else None)
    return min((day for day in days if day), default=None)


def _joined(episodes: list[Row]) -> list[list[Row]]:
    """Episodes in order of start, end and id, in groups without a gap; an early blank end is the next start."""
    ordered = sorted(
        episodes,
        key=lambda e: (e["start_date"] or date.min, e["end_date"] or date.max, id_key(e["episode_id"])),
    )
    groups: list[list[Row]] = []
    latest: date | None = None
    for number, episode in enumerate(ordered):
        end = episode["end_date"]
        if end is None and number + 1 < len(ordered):
            end = ordered[number + 1]["start_date"]
        start = episode["start_date"] or date.min
        if groups and latest is not None and start <= latest:
            groups[-1].append(episode)
        else:
            groups.append([episode])
            latest = None
        latest = max(latest or date.min, end or date.max, start)
    return groups


def _parts(run: Run, person_id: str, group: list[Row], end: date | None, recorded: bool) -> list[Period]:
    """A group of episodes, cut where care changes between short breaks and other care."""
    start = min((d for e in group for d in (e["entered_care_date"], e["start_date"]) if d), default=None)
    first = min((e["start_date"] for e in group if e["start_date"]), default=date.min)
    last = run.as_at if end is None else end - _DAY  # care that ends on a day changes its class there no more,
    if end is not None and recorded:  # unless its last episode only began then
        last = max(last, group[-1]["start_date"] or date.min)
    last = max(first, last)
    statuses = _statuses(run, person_id, first, last)
    stretches = _classes(statuses, first, last)
    parts: list[Period] = []
    for number, (day, breaks) in enumerate(stretches):
        until = stretches[number + 1][0] if number + 1 < len(stretches) else end
        members = [
            e for e in _closed(group, recorded) if _is_part(e, day if number else None, until if until != end else None)
        ]
        parts.append(Period(person_id, day if number else start, until, breaks, [e for e, _ in members]))
    return parts


def _closed(group: list[Row], recorded: bool) -> list[tuple[Row, date]]:
    """Each episode with its last day; a blank one before the last is the next start, and an X1 may go on."""
    closed = [(e, e["end_date"] or after["start_date"] or date.min) for e, after in pairwise(group)]
    return [*closed, (group[-1], group[-1]["end_date"] if recorded else date.max)]


def _is_part(episode: tuple[Row, date], since: date | None, until: date | None) -> bool:
    """Whether an episode begins or goes on in a part of its period; touching its first day is not enough."""
    begin, last = episode[0]["start_date"] or date.min, episode[1]
    return (until is None or begin < until) and (since is None or begin >= since or last > since)


def _statuses(run: Run, person_id: str, first: date, last: date) -> list[tuple[date, date, bool]]:
    """(first day, last day, short break) of the statuses of these days.

    The day on which a status ends and another begins is the other's; one that only ends on the first day was before.
    """
    rows = [row for row in run.of_person("ssd_legal_status").get(person_id, []) if row["status"] is not None]
    begins = {row["start_date"] or date.min for row in rows}
    found = []
    for row in rows:
        since, until = row["start_date"] or date.min, row["end_date"] or date.max
        until = max(since, until)
        if since < first and until <= first:
            continue
        if until in begins and since < until:
            until -= _DAY
        if since <= last and until >= first:
            found.append((since, until, row["status"] in SHORT_BREAKS))
    return found


def _classes(statuses: list[tuple[date, date, bool]], first: date, last: date) -> list[tuple[date, bool]]:
    """(first day, short breaks) of each stretch of one class; without any status the care is no short break."""
    ends = [until + _DAY for _, until, _ in statuses if until < date.max]
    turns = sorted({first, *(day for day in [*ends, *(since for since, _, _ in statuses)] if first < day <= last)})
    known: list[tuple[date, bool | None]] = []
    for day in turns:
        in_force = [breaks for since, until, breaks in statuses if since <= day <= until]
        known.append((day, all(in_force) if in_force else None))
    filled: list[tuple[date, bool]] = []
    for number, (day, breaks) in enumerate(known):
        if breaks is None:
            following = [each for _, each in known[number + 1 :] if each is not None]
            before = [each for _, each in known[:number] if each is not None]
            breaks = following[0] if following else before[-1] if before else False
        if not filled or filled[-1][1] != breaks:
            filled.append((day, breaks))
    return filled
