"""Placements of List 8: the most recent one, where it is, and how many there were in twelve months (2.5, 2.12)."""

from datetime import date
from typing import Any

from tests.oracle.care import Period, last_day
from tests.oracle.people import Run
from tests.oracle.reading import UNREADABLE, Row, fold, recency, spellings

TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
ABROAD = {"NIR", "WAL", "SCO", "NUK"}


def order(row: Row) -> tuple[Any, ...]:
    """K15, for rows of placements."""
    return recency(row["start_date"], row["end_date"], row["placement_id"])


def in_period(run: Run, row: Row, period: Period) -> bool:
    """Whether a placement and a period share a day; only ending on the period's first day is not sharing."""
    begin, end = row["start_date"] or date.min, row["end_date"] or date.max
    first = period["start"] or date.min
    return begin <= last_day(run, period) and (end > first or begin >= first)


def latest_placement(run: Run, child: str, period: Period) -> Row | None:
    """The placement with the latest start in the period, temporary ones included (R23)."""
    rows = run.of_person("ssd_cla_placement").get(child, [])
    return max((row for row in rows if in_period(run, row, period)), key=order, default=None)


def placement_columns(row: Row | None, run: Run) -> dict[str, Any]:
    """What the row of the most recent placement says; no provider of a temporary or other placement."""
    if row is None:
        row = dict.fromkeys(("start_date", "placement_type", "provider", "postcode", "urn"))
    without = row["placement_type"] in TEMPORARY | {"Z1"}
    return {
        "Start Date of Most Recent Placement": row["start_date"],
        "Placement Type": run.label("placement_type", row["placement_type"]),
        "Placement Provider": None if without else run.label("placement_provider", row["provider"]),
        "Placement postcode": row["postcode"],
        "URN of Placement": row["urn"],
    }


class Locations:
    """Which authority a placement is in, from the extension table, else from its postcode (2.12)."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.own = {fold(name) for name in run.options.get("own_la", ())}
        postcodes = run.options.get("postcodes")
        self.postcodes = {} if postcodes is None else {bare: (code, name) for bare, code, name in postcodes.rows()}
        self.recorded: dict[str, Row] = {}
        fields = ("la_code", "la_name", "location")
        for row in sorted(  # of several rows the lesser text, blanks last
            run.rows("annexa_placement_locations"), key=lambda row: [(row[f] is None, row[f] or "") for f in fields]
        ):
            if row["placement_id"] is not None:
                self.recorded.setdefault(row["placement_id"], row)

    def authority(self, placement: Row) -> tuple[str | None, str | None]:
        """Code and name of the authority."""
        row = self.recorded.get(placement["placement_id"])
        if row is not None and (row["la_code"] or row["la_name"]):
            return row["la_code"], row["la_name"]
        postcode = "".join((placement["postcode"] or "").split()).upper()
        return self.postcodes.get(postcode, (None, None))

    def columns(self, placement: Row | None) -> dict[str, Any]:
        """Placement Location and LA of Placement."""
        location = authority = None
        if placement is not None:
            code, name = self.authority(placement)
            authority = self._label(code, name)
            row = self.recorded.get(placement["placement_id"])
            location = self._location(code, name, row["location"] if row else None)
        return {"Placement Location": location, "LA of Placement": authority}

    def _label(self, code: str | None, name: str | None) -> str | None:
        special = self._special(code) or self._special(name)
        return self.run.label("la_of_placement", special) if special else name or code

    def _special(self, text: str | None) -> str | None:
        return spellings("la_of_placement").get(fold(text)) if text else None

    def _location(self, code: str | None, name: str | None, recorded: str | None) -> str | None:
        special = self._special(code) or self._special(name)
        if special in ABROAD:
            return self.run.label("placement_location", "OUT")
        known = bool(code or name) and special != "CON"
        if not known or not self.own:
            return None if recorded == UNREADABLE else self.run.label("placement_location", recorded)
        mine = {fold(text) for text in (code, name) if text} & self.own
        return self.run.label("placement_location", "IN" if mine else "OUT")


def placements_in_12_months(run: Run, child: str, shown: Period, periods: list[Period]) -> int | None:
    """2.5: distinct placements that overlap the twelve months, up to the end of the listed period; at least one."""
    if not run.has("ssd_cla_placement"):
        return None
    groups: list[list[Row]] = []
    away = False  # whether a temporary row came since the last other one
    for row in sorted(run.of_person("ssd_cla_placement").get(child, []), key=order):
        if row["placement_type"] in TEMPORARY:
            away = True
            continue
        if groups and (_same_carer(run, child, row) or (away and _same_place(groups[-1][-1], row))):
            groups[-1].append(row)
        else:
            groups.append([row])
        away = False
    until = last_day(run, shown)
    return max(1, sum(any(_counts(run, row, periods, until) for row in group) for group in groups))


def _counts(run: Run, row: Row, periods: list[Period], until: date) -> bool:
    """Whether a row is in the twelve months, and not in short breaks alone."""
    if (row["start_date"] or date.min) > until or (row["end_date"] or date.max) < run.back(12):
        return False
    mine = [period for period in periods if in_period(run, row, period)]
    return not mine or not all(period["short"] for period in mine)


def _same_carer(run: Run, child: str, row: Row) -> bool:
    episodes = [
        each for each in run.of_person("ssd_cla_episodes").get(child, []) if each["placement_id"] == row["placement_id"]
    ]
    return bool(episodes) and all(each["start_reason"] in {"L", "T", "U"} for each in episodes)


def _same_place(before: Row, row: Row) -> bool:
    def same(field: str) -> bool:
        one, other = ("".join((each[field] or "").split()).upper() for each in (before, row))
        return bool(one) and one == other

    return same("placement_type") and (same("urn") or same("postcode"))
