"""Periods of care of the oracle, as List 6 needs them (rules of List 8)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

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
    ended_on_birthday: bool = False


def periods_of(run: Run, person_id: str) -> list[Period]:
    """The periods of care of a person, earliest first."""
    episodes = run.of_person("ssd_cla_episodes").get(person_id, [])
    joined = _joined(episodes)
    periods: list[Period] = []
    for number, group in enumerate(joined):
        end = group[-1]["end_date"]
        if group[-1]["end_reason"] == "X1" and number == len(joined) - 1:
            end = None
        end = end or run.died(person_id)
        birth = run.birth(person_id)
        leaver = bool(run.of_person("ssd_care_leavers").get(person_id))
        on_birthday = False
        if group[-1]["end_date"] is None or (group[-1]["end_reason"] == "X1" and number == len(joined) - 1):
            eighteen = birthday(birth, 18) if birth and leaver else None
            begun = min((e["start_date"] or date.min for e in group), default=date.min)
            if eighteen and begun <= eighteen <= run.as_at and (end is None or eighteen < end):
                end, on_birthday = eighteen, True
        parts = _parts(run, person_id, group, end)
        parts[-1].ended_on_birthday = on_birthday
        for part in parts:
            before = periods[-1].end if periods else None
            if before and part.start and part.start < before:
                part.start = before
            periods.append(part)
    return periods


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
        latest = max(latest or date.min, end or date.max)
    return groups


def _parts(run: Run, person_id: str, group: list[Row], end: date | None) -> list[Period]:
    """A group of episodes, cut where care changes between short breaks and other care."""
    entered = [d for e in group for d in (e["entered_care_date"], e["start_date"]) if d]
    start = min(entered, default=None)
    first, last = start or date.min, end or date.max
    statuses: list[tuple[date, date, bool]] = []
    for row in run.of_person("ssd_legal_status").get(person_id, []):
        since, until = row["start_date"] or date.min, run.ended(row, "end_date") or date.max
        if row["status"] is not None and since <= last and until >= first:
            statuses.append((since, until, row["status"] in SHORT_BREAKS))
    classes = _classes(statuses, first, last)
    parts: list[Period] = []
    for number, (day, breaks) in enumerate(classes):
        until_day = classes[number + 1][0] if number + 1 < len(classes) else end
        parts.append(Period(person_id, start if number == 0 else day, until_day, breaks, group))
    return parts


def _classes(statuses: list[tuple[date, date, bool]], first: date, last: date) -> list[tuple[date, bool]]:
    """(first day, short breaks) of each stretch of one class; without any status the care is no short break."""
    if not statuses:
        return [(first, False)]
    turns = sorted({first, *(day for s, e, _ in statuses for day in (s, e) if first < day < last)})
    known: list[tuple[date, bool | None]] = []
    for day in turns:
        in_force = [breaks for since, until, breaks in statuses if since <= day and (until > day or until >= last)]
        known.append((day, all(in_force) if in_force else None))
    filled: list[tuple[date, bool]] = []
    for number, (day, breaks) in enumerate(known):
        if breaks is None:
            following = [each for _, each in known[number + 1 :] if each is not None]
            before = [each for _, each in known[:number] if each is not None]
            breaks = following[0] if following else before[-1] if before else all(b for _, _, b in statuses)
        if not filled or filled[-1][1] != breaks:
            filled.append((day, breaks))
    return filled


def describe(period: Period) -> dict[str, Any]:
    """The dates and class of a period, for messages of failed comparisons."""
    return {"start": period.start, "end": period.end, "breaks": period.breaks}
