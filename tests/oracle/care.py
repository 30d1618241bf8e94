"""Periods of care (List 8): built from episodes, cut where short breaks change to other care, ended, and chosen.

A period is a dict: `episodes` (the rows it is made of, oldest first), `start`, `end` (None while open), `reason` (a
standard code), `short` (short breaks only) and `out` (why it is not on the list, or None).
"""

from datetime import date, timedelta
from typing import Any

from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday, by_person, is_open, recency

Period = dict[str, Any]
SHORT_BREAKS = {"V1", "V3", "V4"}
DAY = timedelta(days=1)


def undated(run: Run, row: Row) -> bool:
    """K7: no start, not open at D and not ended in the window: an exception, which takes no part in any rule."""
    if row["start_date"] is not None or is_open(None, row["end_date"], run.as_at):
        return False
    return not run.window(8) <= row["end_date"] <= run.day


def joined(episodes: list[Row]) -> list[list[Row]]:
    """The child's episodes, oldest first, in groups without a day between them.

    Each episode gets `until`: its end, or, where that is blank and another episode follows, the next one's start.
    """
    episodes = sorted(episodes, key=lambda row: recency(row["start_date"], row["end_date"], row["episode_id"]))
    for row, following in zip(episodes, [*episodes[1:], None], strict=True):
        row["until"] = row["end_date"]
        if row["end_date"] is None and following is not None:
            row["until"] = following["start_date"] or date.min
    groups: list[list[Row]] = []
    latest = date.min
    for row in episodes:
        if groups and (row["start_date"] or date.min) <= latest:
            groups[-1].append(row)
        else:
            groups.append([row])
        latest = max(latest, row["until"] or date.max)
    return groups


def whole_period(group: list[Row], *, last: bool) -> Period:
    """A period before it is cut: the episode with the latest start decides whether and how it ended."""
    decides = max(group, key=lambda row: recency(row["start_date"], row["end_date"], row["episode_id"]))
    end, reason = decides["until"], decides["end_reason"]
    if reason == "X1":
        reason = None
        if last:
            end = None
    starts = [day for row in group for day in (row["start_date"], row["entered_care_date"]) if day]
    return {
        "episodes": group,
        "start": min(starts, default=None),
        "end": end,
        "reason": reason,
        "decides": decides,
    }


def day_classes(period: Period, statuses: list[Row]) -> list[tuple[date, bool]]:
    """When a period's class changes: (first day, short breaks?) for each stretch; the first is its beginning.

    A day is one of short breaks where every status in force on it is one. A day without a status takes the class of
    the next day that has one, else of the one before.
    """
    first = min([period["start"] or date.min, *(row["start_date"] or date.min for row in period["episodes"])])
    after = period["end"] or date.max
    if after <= first:
        after = first + DAY
    spans = []
    for row in statuses:
        begin = row["start_date"] or date.min
        stop = row["end_date"] or date.max
        if stop == begin:
            stop = begin + DAY
        if begin < after and stop > first:
            spans.append((max(begin, first), min(stop, after), row["status"] in SHORT_BREAKS))
    edges = sorted({first} | {day for begin, stop, _ in spans for day in (begin, stop) if day < after})
    classes: list[tuple[date, bool | None]] = []
    for edge in edges:
        shorts = [short for begin, stop, short in spans if begin <= edge < stop]
        classes.append((edge, all(shorts) if shorts else None))
    known = [short for _, short in classes if short is not None]
    if not known:
        return [(first, False)]
    filled: list[tuple[date, bool]] = []
    for position, (edge, short) in enumerate(classes):
        if short is None:
            later = [s for _, s in classes[position:] if s is not None]
            short = later[0] if later else filled[-1][1]
        if not filled or filled[-1][1] != short:
            filled.append((edge, short))
    return filled


def cut(period: Period, statuses: list[Row]) -> list[Period]:
    """One period for each stretch of a class."""
    stretches = day_classes(period, statuses)
    pieces = []
    for position, (first, short) in enumerate(stretches):
        piece = {**period, "short": short, "changed": position > 0}
        if position > 0:
            piece["start"] = first
        if position + 1 < len(stretches):
            after = stretches[position + 1][0]
            mine = [row for row in period["episodes"] if (row["start_date"] or date.min) < after]
            piece["end"], piece["reason"] = after, None
        else:
            after = None
            mine = period["episodes"]
        if position > 0:
            mine = [row for row in mine if _reaches(row, first)]
        piece["episodes"] = mine
        piece["decides"] = max(mine, key=lambda row: recency(row["start_date"], row["end_date"], row["episode_id"]))
        decides = piece["decides"]
        if after is not None and decides["end_date"] == after and decides["end_reason"] != "X1":
            piece["reason"] = decides["end_reason"]
        pieces.append(piece)
    return pieces


def _reaches(row: Row, first: date) -> bool:
    return row["until"] is None or row["until"] > first or (row["start_date"] or date.min) >= first


class Care:
    """All periods of care of all children of a run, and which of them is shown."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.leavers = set(run.of_person("ssd_care_leavers"))
        rows = run.rows("ssd_cla_episodes")
        self.no_date = {row["_row"] for row in rows if undated(run, row)}
        usable = by_person([row for row in rows if row["_row"] not in self.no_date])
        self.periods = {child: self._periods(child, episodes) for child, episodes in usable.items()}

    def statuses(self, child: str) -> list[Row]:
        """The child's legal statuses; a text that no map knows is one, and not a short break; a blank is none."""
        return [row for row in self.run.of_person("ssd_legal_status").get(child, []) if row["status"] is not None]

    def _periods(self, child: str, episodes: list[Row]) -> list[Period]:
        groups = joined(episodes)
        periods: list[Period] = []
        for group in groups:
            whole = whole_period(group, last=group is groups[-1])
            previous = periods[-1]["end"] if periods else None
            if whole["start"] and previous and whole["start"] < previous:
                whole["start"] = previous
            periods.extend(cut(whole, self.statuses(child)))
        for period in periods:
            self._end(child, period)
        return periods

    def _end(self, child: str, period: Period) -> None:
        """Death, and the 18th birthday of somebody with a care-leaver record, end a period that is still open."""
        period["died"] = period["aged_out"] = False
        if period["end"] is not None:
            return
        died, born = self.run.died(child), self.run.birth(child)
        grown = birthday(born, 18) if born and child in self.leavers else None
        if grown and grown <= self.run.as_at and not (died and died < grown):
            period["end"], period["reason"], period["aged_out"] = grown, None, True
        elif died:
            recorded = period["decides"]["end_reason"]
            period["end"], period["reason"], period["died"] = died, "E2" if recorded == "E2" else None, True
        else:
            period["reason"] = None

    def open_care(self, child: str) -> list[Period]:
        """The child's periods other than short breaks that are open at D."""
        return [p for p in self.periods.get(child, []) if p["end"] is None and not p["short"]]

    def choose(self, child: str) -> Period | None:
        """Say of each period of a child why it is off the list, and return the one that is shown, if any."""
        scope = []
        for period in self.periods[child]:
            period["out"] = None
            if period["end"] is not None and period["end"] < self.run.window(8):
                period["out"] = "DIED" if period["died"] else "AGE_18" if period["aged_out"] else "WINDOW"
            elif period["short"] and not self.run.options["include_short_breaks"]:
                period["out"] = "SHORT_BREAK"
            else:
                scope.append(period)
        if not scope:
            return None
        shown = max(
            scope, key=lambda p: (p["end"] is None, *recency(p["start"], p["end"], p["decides"]["episode_id"]))
        )
        for period in scope:
            if period is not shown:
                period["out"] = "SUPERSEDED"
        return shown
