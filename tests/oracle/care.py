"""Periods of care (List 8): built from episodes, cut where short breaks change to other care, ended, and chosen.

A period is a dict: `episodes` (the rows it is made of, oldest first), `decides` (the one with the latest start),
`start`, `end` (None while open), `reason` (a standard code), `by` (what ended it: record, death, birthday or status),
`short` (short breaks only) and `out` (why it is not on the list, or None).
"""

import functools
from datetime import date, timedelta
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday, edition_of, recency

Period = dict[str, Any]
SHORT_BREAKS = {"V1", "V3", "V4"}
DAY = timedelta(days=1)


def joined(episodes: list[Row]) -> list[list[Row]]:
    """The child's episodes, oldest first, in groups without a day between them.

    Each episode gets `until`: its end, or, where that is blank and another episode follows, the next one's start.
    """
    episodes = sorted(episodes, key=lambda row: recency(row["start_date"], row["end_date"], row["episode_id"]))
    for row, following in zip(episodes, [*episodes[1:], None], strict=True):
        row["until"] = row["end_date"]
        if row["end_date"] is None and following is not None:
            row["until"] = following["start_date"] or date.min
    if episodes[-1]["end_reason"] == "X1":
        episodes[-1]["until"] = None  # care went on, and nothing follows
    groups: list[list[Row]] = []
    latest = date.min
    for row in episodes:
        if groups and (row["start_date"] or date.min) <= latest:
            groups[-1].append(row)
        else:
            groups.append([row])
        latest = max(latest, row["start_date"] or date.min, row["until"] or date.max)
    return groups


def day_classes(first: date, last: date, statuses: list[Row]) -> list[tuple[date, bool]]:
    """When care changes between short breaks and other care: (first day, short breaks?) for each stretch of days.

    A status is in force from its start to its end, but not on its last day where another one begins then. A day is one
    of short breaks where every status in force is one. A day without a status takes the class of the next day that has
    one, else of the one before; where no day has one there are no short breaks.
    """
    begins = {row["start_date"] for row in statuses}
    spans = []
    for row in statuses:
        begin, end = row["start_date"] or date.min, row["end_date"]
        if end is not None and end < begin:
            end = begin
        until = date.max if end is None else end if end in begins and begin < end else end + DAY
        if begin <= last and until > first and not (begin < first and end == first):
            spans.append((begin, until, row["status"] in SHORT_BREAKS))
    edges = sorted({first} | {day for begin, until, _ in spans for day in (begin, until) if first < day <= last})
    classes: list[bool | None] = []
    for edge in edges:
        shorts = [short for begin, until, short in spans if begin <= edge < until]
        classes.append(all(shorts) if shorts else None)
    found: list[tuple[date, bool]] = []
    for position, edge in enumerate(edges):
        known = [c for c in classes[position:] if c is not None] or [c for c in reversed(classes) if c is not None]
        short = bool(known and known[0])
        if not found or found[-1][1] != short:
            found.append((edge, short))
    return found


class Care:
    """All periods of care of all children of a run, and which of them is shown."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.leavers = set(run.of_person("ssd_care_leavers"))
        self.periods = {
            child: self._periods(child, episodes) for child, episodes in run.of_person("ssd_cla_episodes").items()
        }

    def statuses(self, child: str) -> list[Row]:
        """The child's legal statuses; a text that no map knows is one, and not a short break; a blank is none."""
        return [row for row in self.run.of_person("ssd_legal_status").get(child, []) if row["status"] is not None]

    def _periods(self, child: str, episodes: list[Row]) -> list[Period]:
        groups = joined(episodes)
        periods: list[Period] = []
        recorded = None
        for group in groups:
            whole = self._whole(child, group, last=group is groups[-1])
            if whole["start"] and recorded and whole["start"] < recorded:
                whole["start"] = recorded  # never before the end of the previous period
            recorded = group[-1]["end_date"]
            periods.extend(self._cut(whole, self.statuses(child)))
        return periods

    def _whole(self, child: str, group: list[Row], *, last: bool) -> Period:
        """A period before it is cut: the episode with the latest start decides whether and how it ended."""
        decides = group[-1]
        starts = [day for row in group for day in (row["start_date"], row["entered_care_date"]) if day]
        period = {"episodes": group, "start": min(starts, default=None), "decides": decides, "by": "record"}
        period["first"] = min((row["start_date"] for row in group if row["start_date"]), default=None)
        period["end"], period["reason"] = decides["until"], decides["end_reason"]
        if decides["end_reason"] == "X1":
            period["reason"] = None
            if last:
                period["end"] = None
        if period["end"] is None:
            self._end(child, period)
        return period

    def _end(self, child: str, period: Period) -> None:
        """Death, and the 18th birthday of somebody with a care-leaver record, end a period that is still open.

        A period that began after the birthday is not ended by it.
        """
        recorded, period["reason"] = period["reason"], None
        died, born = self.run.died(child), self.run.birth(child)
        grown = birthday(born, 18) if born and child in self.leavers else None
        if grown and (grown > self.run.as_at or (period["first"] and grown < period["first"])):
            grown = None
        if died and (grown is None or died <= grown):
            period["end"], period["by"] = died, "death"
            period["reason"] = "E2" if recorded == "E2" else None
        elif grown:
            period["end"], period["by"] = grown, "birthday"

    def _cut(self, whole: Period, statuses: list[Row]) -> list[Period]:
        """One period for each stretch of days of one class."""
        first = whole["first"] or date.min
        last = self.run.as_at
        if whole["end"] is not None:
            last = max(whole["end"] - DAY, first)
            if whole["by"] == "record":  # where an episode began on the last day, that day counts
                last = max(last, whole["decides"]["start_date"] or first)
        stretches = day_classes(first, last, statuses)
        pieces = []
        for position, (begin, short) in enumerate(stretches):
            until = stretches[position + 1][0] if position + 1 < len(stretches) else None
            mine = [
                row
                for row in whole["episodes"]
                if (until is None or (row["start_date"] or date.min) < until)
                and (position == 0 or _reaches(row, begin))
            ]
            piece = {**whole, "short": short, "episodes": mine, "decides": mine[-1]}
            if position > 0:
                piece["start"] = begin
            if until is not None:
                decides = piece["decides"]
                told = decides["end_date"] == until and decides["end_reason"] != "X1"
                piece["end"], piece["by"] = until, "status"
                piece["reason"] = decides["end_reason"] if told else None
            pieces.append(piece)
        return pieces

    def open_care(self, child: str) -> list[Period]:
        """The child's periods other than short breaks that are open at D."""
        return [p for p in self.periods.get(child, []) if p["end"] is None and not p["short"]]

    def choose(self, child: str) -> Period | None:
        """Say of each period of a child why it is off the list, and return the one that is shown, if any."""
        scope = []
        for period in self.periods[child]:
            period["out"] = self._why_out(period)
            if period["out"] is None:
                scope.append(period)
        if not scope:
            return None
        shown = max(scope, key=lambda p: (p["end"] is None, *recency(p["start"], p["end"], p["decides"]["episode_id"])))
        for period in scope:
            if period is not shown:
                period["out"] = "SUPERSEDED"
        return shown

    def _why_out(self, period: Period) -> str | None:
        if period["end"] is not None and period["end"] < self.run.window(8):
            if period["start"] is None:
                return "NO_DATE"
            return {"death": "DIED", "birthday": "AGE_18"}.get(period["by"], "WINDOW")
        return "SHORT_BREAK" if period["short"] and not self.run.options["include_short_breaks"] else None


def _reaches(row: Row, first: date) -> bool:
    return row["until"] is None or row["until"] > first or (row["start_date"] or date.min) >= first


def last_day(run: Run, period: Period) -> date:
    """The last day that is a period's own: its end, the day before a change of status, or A."""
    if period["end"] is None:
        return run.as_at
    return period["end"] - DAY if period["by"] == "status" else period["end"]


@functools.cache
def care_of(run: Run) -> Care:
    """The periods of a run, built once."""
    return Care(run)


def in_order(run: Run, number: int, cells: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row in the order of the edition's headings; each heading has one."""
    headings = [column.heading for column in edition_of(run.edition).lists[number].columns]
    assert sorted(headings) == sorted(cells)
    return {heading: cells[heading] for heading in headings}
