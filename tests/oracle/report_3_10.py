"""Report 3.10: care leavers, in touch, housed, occupied, and with plans that are kept up.

Where the specification allows several readings this follows the report: of whom nobody knows whether they are relevant
and under 21 stand apart; a review counts whether the plan's table or the care leaver's record has it; the plan that is
in place and the one that was completed may be different ones; somebody unborn has no age.
"""

import functools
from typing import Any

from tests.oracle.care import care_of
from tests.oracle.leavers import category, is_looked_after, shown_row, why_out
from tests.oracle.people import Run
from tests.oracle.reading import Row
from tests.oracle.report_common import has_column, within

BANDS = {"16-17": (16, 17), "18": (18,), "19-21": (19, 20, 21), "22-24": (22, 23, 24)}
COMPARED = {"17-18": (17, 18), "19-21": (19, 20, 21)}
GROUPS = {
    "OWED": "relevant and former relevant, under 21",
    "OVER": "relevant and former relevant, 21 and over",
    "QUALIFYING": "qualifying",
    "ELIGIBLE": "eligible",
    "UNKNOWN": "category or age not known",
}
# Heading -> number, of each table of the report.
RATES = {
    "In touch, of all": "in_touch",
    "Suitable accommodation, of all": "suitable",
    "the same for suitability, of those in touch": "suitable_in_touch",
    "No information on suitability, of all": "housing_unknown",
    "In education, employment or training, of all": "eet",
    "the same for activity, of those in touch": "eet_in_touch",
    "No information on activity, of all": "activity_unknown",
}
PLACES = {
    "In custody": "custody",
    "Bed and breakfast": "bed_and_breakfast",
    "Homeless": "homeless",
    "With former foster carers": "former_carers",
    "Ever an unaccompanied asylum seeking child": "uasc",
}
GRIDS = {
    "ages": {"Care leavers": "listed", "All but died and returned home": "counted"},
    "contact": {"Refuses contact": "refused", "No longer requires services": "not_required"},
    "places": PLACES,
    "activity": {
        "Not: illness or disability": "not shown G4",
        "Not: other circumstances": "not shown G5",
        "Not: pregnancy or parenting": "not shown G6",
    },
    "rates": RATES,
    "compared": {"Care leavers": "listed", **PLACES},
    "compared_rates": RATES,
}
SUPPORT = {
    "Personal adviser allocated": "adviser",
    "Recent contact": "contacted",
    "Pathway plan completed": "completed",
    "Pathway plan in place": "in_place",
    "Pathway plan reviewed in six months": "reviewed",
}
PLANS = "annexa_pathway_plans"


@functools.cache
def leavers(run: Run) -> list[Row]:
    """The rows of List 9, with what it shows as codes: nothing of home and occupation of who is not in touch."""
    care = care_of(run)
    found = []
    for person, rows in run.of_person("ssd_care_leavers").items():
        with_us = is_looked_after(run, care, person)
        if why_out(run, person, rows, with_us) is not None:
            continue
        shown = shown_row(rows)
        met, age = shown["in_touch"] == "YES", run.age(person)
        reviews = [row["pathway_plan_review_date"] for row in rows if row["pathway_plan_review_date"]]
        code = "ELIGIBLE" if with_us else category({row["eligibility"] for row in rows}, run.age(person))
        found.append({
            **shown,
            "age": age if age is not None and age >= 0 else None,
            "category": code,
            "accommodation": shown["accommodation"] if met else None,
            "suitability": shown["suitability"] if met else None,
            "activity": shown["activity"] if met else None,
            "reviewed": max(reviews, default=None),
        })  # fmt: skip
    return found


def information(code: str | None) -> bool:
    """Whether an activity is known."""
    return code is not None and code[0] in "FPG"


def suitable(row: Row) -> bool | None:
    """Whether the accommodation is suitable: custody never is; None where nothing is said."""
    if row["accommodation"] == "X":
        return False
    return {"1": True, "2": False}.get(row["suitability"])


def of_band(run: Run, rows: list[Row]) -> dict[str, Any]:
    """The numbers of an age band."""
    whole = [row for row in rows if row["in_touch"] not in ("DIED", "RHOM")]
    met = [row for row in whole if row["in_touch"] == "YES"]
    housed = sum(suitable(row) is True for row in whole)
    busy = sum((row["activity"] or "!")[0] in "FP" for row in whole)
    found: dict[str, Any] = {
        "listed": len(rows),
        "counted": len(whole),
        "in_touch": (len(met), len(whole)),
        "refused": sum(row["in_touch"] == "REFU" for row in rows),
        "not_required": sum(row["in_touch"] == "NREQ" for row in rows),
        "suitable": (housed, len(whole)),
        "suitable_in_touch": (housed, len(met)),
        "housing_unknown": (sum(suitable(row) is None for row in whole), len(whole)),
        "eet": (busy, len(whole)),
        "eet_in_touch": (busy, len(met)),
        "activity_unknown": (sum(not information(row["activity"]) for row in whole), len(whole)),
        "custody": sum(row["accommodation"] == "X" for row in rows),
        "bed_and_breakfast": sum(row["accommodation"] == "W" for row in rows),
        "homeless": sum(row["accommodation"] == "S" for row in rows),
        "former_carers": sum(row["accommodation"] == "Z" for row in rows),
        **{f"not shown {code}": sum(row["activity"] == code for row in whole) for code in ("G4", "G5", "G6")},
    }
    if run.has("ssd_immigration_status"):
        found["uasc"] = sum(asylum_seeking(run, row["person_id"]) for row in rows)
    return found


def asylum_seeking(run: Run, person: str) -> bool:
    """Whether somebody ever was an unaccompanied asylum-seeking child."""
    return any(row["status"] == "UASC" for row in run.of_person("ssd_immigration_status").get(person, []))


def support(run: Run, rows: list[Row]) -> dict[str, Any]:
    """Adviser, contact, and pathway plans, of some rows."""
    months = run.options.get("adviser_contact_months", 2)
    plans = {row["person_id"]: run.of_person(PLANS).get(row["person_id"], []) for row in rows}
    found = {
        "adviser": sum(row["personal_adviser"] is not None for row in rows),
        "contacted": sum(within(row["latest_contact_date"], run.back(months), run.as_at) for row in rows),
    }
    reviews = {
        row["person_id"]: [
            day for day in (row["reviewed"], *(plan["review_date"] for plan in plans[row["person_id"]])) if day
        ]
        for row in rows
    }
    lately = sum(any(within(day, run.back(6), run.as_at) for day in days) for days in reviews.values())
    if not run.has(PLANS):
        found["review_in_six_months"], found["review_recorded"] = lately, sum(map(bool, reviews.values()))
    else:
        found["reviewed"] = lately
        found["in_place"] = sum(any(plan["start_date"] for plan in plans[row["person_id"]]) for row in rows)
        if has_column(run, f"{PLANS}.completed_date"):
            found["completed"] = sum(any(plan["completed_date"] for plan in plans[row["person_id"]]) for row in rows)
    return {"owed": len(rows), **{name: (number, len(rows)) for name, number in found.items()}}


def group(row: Row) -> str:
    """Those to whom a plan and an adviser are owed, relevant and former relevant under 21, and the others apart."""
    if row["category"] in ("QUALIFYING", "ELIGIBLE"):
        return row["category"]
    if row["category"] not in ("RELEVANT", "FORMER") or row["age"] is None:
        return "UNKNOWN"
    return "OWED" if row["age"] < 21 else "OVER"


def figures(run: Run) -> dict[str, Any]:
    """The numbers by band and for all."""
    if not run.has("ssd_care_leavers"):
        return {}
    rows = leavers(run)
    found = {**of_band(run, rows), "rows care_leavers": {row["person_id"] for row in rows}}
    found |= support(run, [row for row in rows if group(row) == "OWED"])
    other = [row for row in rows if all(row["age"] not in ages for ages in BANDS.values())]
    bands = {name: of_band(run, [row for row in rows if row["age"] in ages]) for name, ages in BANDS.items()}
    bands |= {"other ages, or age not known": of_band(run, other), "Total": of_band(run, rows)}
    compared = {name: of_band(run, [row for row in rows if row["age"] in ages]) for name, ages in COMPARED.items()}
    for grid, headings in GRIDS.items():
        lines = compared if grid.startswith("compared") else bands
        found[f"grid {grid}"] = {
            name: {h: line.get(key) for h, key in headings.items()} for name, line in lines.items()
        }
    by_group = {name: [row for row in rows if group(row) == key] for key, name in GROUPS.items()}
    owed = by_group[GROUPS["OWED"]]
    by_group["relevant and former relevant, under 18"] = [row for row in owed if row["age"] < 18]
    by_group["relevant and former relevant, 18"] = [row for row in owed if row["age"] == 18]
    by_group["relevant and former relevant, 19 and 20"] = [row for row in owed if row["age"] > 18]
    for name, those in by_group.items():
        line = support(run, those)
        found.setdefault("grid support_rates", {})[name] = {h: line.get(k) for h, k in SUPPORT.items()}
    return found
