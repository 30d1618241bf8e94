"""Report 2.02: children missing, and children at risk of sexual exploitation, in the 12 months before D.

Where the specification allows several readings this follows the report: rows of one missing episode are told apart as
on List 8 (2.7, "distinct"), of which an answer Y wins; accepted counts where an interview was offered, refused where
none was held; a child is another authority's where a row of the 12 months says Y and none says N.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.oracle.care_columns import distinct
from tests.oracle.people import Run
from tests.oracle.reading import Row
from tests.oracle.report_common import (
    any_list,
    by_status,
    current_status,
    day,
    has_column,
    open_at_d,
    overlaps,
    states,
    within,
)

LABELS = {"looked after child": "looked after", "care leaver": "leaving care"}  # status -> service


def episodes(run: Run, kind: str) -> list[Row]:
    """The distinct episodes of a type that share a day with the 12 months: one row an episode, with its details."""
    known = {row["missing_id"]: row for row in run.rows("annexa_missing") if row["missing_id"]}
    found = []
    for child, rows in run.of_person("ssd_missing").items():
        dated = [row for row in rows if row["missing_type"] == kind and (row["start"] or row["end"])]
        for group in distinct(dated):
            ends = [day(row["end"]) for row in group]
            details = [known.get(row["missing_id"], {}) for row in group]
            held = [each["interview_date"] for each in details if each.get("interview_date")]
            episode = {
                "person_id": child,
                "start": min(day(row["start"] or row["end"]) for row in group),
                "end": max(ends) if all(ends) else None,
                "offered": "Y" in [row["interview_offered"] for row in group],
                "accepted": ("Y", "Y") in [(row["interview_offered"], row["interview_accepted"]) for row in group],
                "refused": "Y" in [each.get("interview_refused") for each in details],
                "held": min(held, default=None),
                "other_la": {each.get("other_la") for each in details},
            }
            if overlaps(run, episode, run.back(12), "start", "end"):
                found.append(episode)
    return found


def flags(run: Run) -> list[Row]:
    """Flags of exploitation of any kind that overlap the 12 months."""
    rows = [row for row in run.rows("annexa_exploitation") if row["person_id"]]
    return [{**row, "other_la": {row["other_la"]}} for row in rows if overlaps(run, row, run.back(12))]


def of_other_authorities(rows: Iterable[Row]) -> set[str]:
    """Children of whom a row says that they are another authority's, and none that they are not."""
    said: dict[str, set[str | None]] = {}
    for row in rows:
        said.setdefault(row["person_id"], set()).update(row["other_la"])
    return {child for child, answers in said.items() if "Y" in answers and "N" not in answers}


def figures(run: Run) -> dict[str, Any]:
    """The numbers; those whose table is not supplied are left out."""
    missing, away = episodes(run, "M"), episodes(run, "A")
    risk = [row for row in flags(run) if row["kind"] == "CSE"]
    elsewhere = of_other_authorities([*missing, *away, *flags(run)])
    everybody = {row["person_id"] for row in (*missing, *risk)}
    missing, away, risk = ([row for row in rows if row["person_id"] not in elsewhere] for rows in (missing, away, risk))
    counts = Counter(row["person_id"] for row in missing)
    at_risk = {row["person_id"] for row in risk}
    children = at_risk | set(counts)
    found: dict[str, Any] = {}
    if run.has("ssd_missing") or run.has("annexa_exploitation"):
        found |= {"children": len(children), "rows children": children}
        if any_list(run):
            found["grid by_status"] = by_status(run, children)
        found["grid by_service"] = by_service(run, children)
        found["no_birth_date"] = sum(run.age(child) is None for child in children)
        found["cells children/Current status"] = {child: current_status(run, child) for child in children}
        found["rows others"] = everybody & elsewhere
    if run.has("ssd_missing"):
        found |= {
            "missing": len(counts),
            "episodes": len(missing),
            "often": (sum(number >= 3 for number in counts.values()), len(counts)),
            "missing_now": len({row["person_id"] for row in missing if open_at_d(run, row, "start", "end")}),
            "cells children/Number of missing episodes": {child: counts[child] for child in children},
            "away": len(away),
            "away_children": len({row["person_id"] for row in away}),
            **interviews(run, missing),
        }
    if run.has("annexa_exploitation"):
        found["at_risk"] = len(at_risk)
        found["at_risk_now"] = len({row["person_id"] for row in risk if open_at_d(run, row)})
    if run.has("ssd_missing") and run.has("annexa_exploitation"):
        both = at_risk & set(counts)
        found["both"] = len(both)
        found["cells children/Both missing and CSE"] = {child: "Y" if child in both else "N" for child in children}
    return found


def interviews(run: Run, missing: list[Row]) -> dict[str, Any]:
    """Return interviews offered, accepted, refused and in 72 hours, each of the episodes that ended in 12 months."""
    over = [row for row in missing if within(row["end"], run.back(12), run.as_at)]
    counted = {
        "offered": sum(row["offered"] for row in over),
        "accepted": sum(row["accepted"] for row in over),
        "refused": sum(row["refused"] and row["held"] is None for row in over),
        "in_time": sum(row["held"] is not None and row["held"] <= row["end"] + timedelta(days=3) for row in over),
    }
    needs = {"refused": "annexa_missing.interview_refused", "in_time": "annexa_missing.interview_date"}
    shares = {
        name: (number, len(over))
        for name, number in counted.items()
        if name not in needs or has_column(run, needs[name])
    }
    return {"ended": len(over), **shares}


def by_service(run: Run, children: set[str]) -> dict[str, int]:
    """How many of the children receive each service at D; a child may receive several."""
    helped = {row["person_id"] for row in run.rows("ssd_early_help_episodes") if open_at_d(run, row)}
    found = {LABELS.get(name, name): len(children & who) for name, who in states(run).items()}
    return {"early help": len(children & helped), **found}
