"""Report 1.07: the workforce in post at D, vacancies, agency workers, turnover, sickness, caseloads and experience.

Where the specification allows several readings this follows the report: sickness is that of permanent staff, an absence
begun before the 12 months counting by its calendar days within them (one that goes on beyond A, no more than its
working days until then); the primary worker is that of the first of Lists 8, 7, 6 and 9 that names one; workers without
a full-time equivalent, and their children, are in no average; a team is in the locality that most of its rows name.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.leavers import list_9, shown_row
from tests.oracle.people import Run, at_date
from tests.oracle.protection import list_7
from tests.oracle.reading import Row, completed_years, is_open
from tests.oracle.report_common import bank_holidays, need_rows, states, within

TOTAL_ONLY = "total only"
ROLES = ("social worker", "senior social worker", "advanced practitioner")  # the default setting
BANDS = (
    (1, "under 1 year"),
    (2, "1 to under 2 years"),
    (5, "2 to under 5 years"),
    (10, "5 to under 10 years"),
    (1000, "10 years or more"),
)
DAYS_A_YEAR = 253
Lines = dict[str, tuple[list[Row], list[Row]]]


def added(values: Iterable[float | None]) -> float | None:
    """A sum; blanks count nothing, and of nothing but blanks the sum is blank."""
    values = list(values)
    known = [value for value in values if value is not None]
    return sum(known) if known or not values else None


def fte(rows: list[Row]) -> float | None:
    """Full-time equivalents of some workers."""
    return added(row["fte"] for row in rows)


def percent(part: float | None, whole: float | None) -> float | None:
    """A percentage; None where there is nothing to share."""
    return None if part is None or not whole else 100 * part / whole


def plain(text: str | None) -> str | None:
    """How names and identifiers of workers and teams are compared."""
    return " ".join(text.split()).casefold() if text else None


# --- staff ---


@functools.cache
def workers(run: Run) -> list[Row]:
    """Everybody in the workforce data, or, without it, in the staff table, which knows neither dates nor agencies."""
    if run.has("annexa_workers"):
        return [row for row in run.rows("annexa_workers") if row["worker_id"] or row["name"]]
    unknown = dict.fromkeys(("team", "qualified_date", "start_date", "leave_date", "locality", "agency"))
    best: dict[Any, Row] = {}
    for row in run.rows("ssd_professionals"):
        number = row["professional_id"] or row["staff_id"]
        if number or row["name"]:
            best.setdefault(number or row["_row"], {**row, **unknown, "worker_id": number, "role": row["job_title"]})
    return list(best.values())


def employed(run: Run, row: Row) -> bool:
    """At work at D: who leaves on D has left."""
    return is_open(row["start_date"], row["leave_date"], run.as_at)


def qualified(row: Row) -> bool:
    """A registration number, or one of the listed roles."""
    return row["registration_number"] is not None or plain(row["role"]) in ROLES


def band(run: Run, row: Row) -> str:
    """Completed years since qualification, in bands whose lower bound is included."""
    if row["qualified_date"] is None:
        return "not known"
    years = completed_years(row["qualified_date"], run.day)
    return next(name for below, name in BANDS if years < below)


@functools.cache
def days_off(run: Run) -> list[tuple[Row, float | None]]:
    """Absences that share a day with the 12 months, each with the working days lost in them."""
    found = []
    for row in run.rows("annexa_absence"):
        begun = row["start_date"] or row["end_date"]
        if begun is None:
            continue
        end = max(begun, row["end_date"] or run.as_at)
        first, last = max(begun, run.back(12)), min(end, run.day)
        if first > last:
            continue
        lost = row["working_days_lost"]
        if lost is not None:
            lost *= ((last - first).days + 1) / ((end - begun).days + 1)
            lost = min(lost, working_days(first, last)) if row.get("_masked") else lost
        found.append((row, lost))
    return found


def working_days(first: date, last: date) -> int:
    """Working days from one day to another, both included."""
    off = bank_holidays(range(first.year, last.year + 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return sum(day.weekday() < 5 and day not in off for day in days)


# --- caseloads ---


@functools.cache
def primary_workers(run: Run) -> dict[str, str | None]:
    """Child open on Lists 6 to 9 -> the primary worker as the records name one."""
    need = {row["Child Unique ID"] for row in need_rows(run) if row["CIN Closure Date"] is None}
    plans = {row["Child Unique ID"] for row in list_7(run).rows if row["Child Protection Plan End Date"] is None}
    care = states(run)["looked after child"]
    found: dict[str, str | None] = {}
    for child in (need | plans | care) if run.has("ssd_involvements") else ():
        rows = run.of_person("ssd_involvements").get(child, [])
        if run.any_case_worker:
            rows = [row for row in rows if run._case_worker(row)]
        chosen = at_date(rows, run.as_at, None)
        found[child] = chosen["professional_id"] if chosen else None
        if chosen is None and child in need:
            found[child] = _of_added_row(run, child)
    for row in list_9(run).rows:
        child = row["Child Unique ID"]
        found[child] = found.get(child) or shown_row(run.of_person("ssd_care_leavers")[child])["worker"]
    return found


def _of_added_row(run: Run, child: str) -> str | None:
    """The worker that List 6 shows without an involvement: that of the plan for which the row was added."""
    (row,) = [each for each in need_rows(run) if each["Child Unique ID"] == child]
    return row["Allocated Worker"]


@functools.cache
def holders(run: Run) -> dict[str, tuple[str, Row | None]]:
    """Child -> who holds it (held, left, unknown, shared, nobody) and the worker where there is one."""
    return {child: _holder(run, worker) for child, worker in primary_workers(run).items()}


def _holder(run: Run, given: str | None) -> tuple[str, Row | None]:
    if given is None:
        return "nobody", None
    ways = [each.get(plain(given)) for each in names(run)]
    meant = next((rows for rows in ways if rows), [])
    meant = [row for row in meant if employed(run, row)] or meant
    if not meant:
        return "unknown", None
    if len(meant) > 1:
        return "shared", None
    return ("held" if employed(run, meant[0]) else "left"), meant[0]


@functools.cache
def names(run: Run) -> list[dict[str | None, list[Row]]]:
    """The ways to name a worker, best first, each as name -> workers: identifier, staff numbers, names."""
    people = workers(run)
    table = [
        {key: plain(row[key]) for key in ("professional_id", "staff_id", "name")}
        for row in run.rows("ssd_professionals")
    ]
    same_id = [
        (row, p)
        for row in table
        for p in people
        if p["worker_id"] and plain(p["worker_id"]) in (row["professional_id"], row["staff_id"])
    ]
    same_name = [(row, p) for row in table for p in people if p["name"] and plain(p["name"]) == row["name"]]
    ways = [
        [(plain(p["worker_id"]), p) for p in people],
        [(row["professional_id"], p) for row, p in same_id],
        [(row["staff_id"], p) for row, p in same_id],
        [(plain(p["name"]), p) for p in people],
        [(row["name"], p) for row, p in same_id],
        [(row["professional_id"], p) for row, p in same_name],
        [(row["staff_id"], p) for row, p in same_name],
    ]
    found = []
    for way in ways:
        lists: dict[str | None, list[Row]] = {}
        for name, person in way:
            mine = lists.setdefault(name, [])
            if name and not any(person is each for each in mine):
                mine.append(person)
        found.append(lists)
    return found


# --- measures ---


def measures(run: Run, rows: list[Row], posts: list[Row]) -> dict[str, Any]:
    """The measures of some workers and posts: of a team, or of all. Rates are not rounded."""
    mine = {id(row) for row in rows}
    at_work = [row for row in rows if employed(run, row)]
    staff = [row for row in rows if row["agency"] != "Y"]
    permanent, agency = ([row for row in at_work if (row["agency"] == "Y") is each] for each in (False, True))
    social, social_agency = ([row for row in each if qualified(row)] for each in (permanent, agency))
    left, begun = (
        [row for row in staff if within(row[name], run.back(12), run.as_at)] for name in ("leave_date", "start_date")
    )
    held = Counter(id(row) for state, row in holders(run).values() if state == "held" and id(row) in mine)
    holding = [row for row in at_work if held[id(row)]]
    known = [row for row in holding if row["fte"] is not None]
    by_id = {row["worker_id"]: row for row in staff if row["worker_id"]}
    absent = [(a, lost) for a, lost in days_off(run) if a["worker_id"] in by_id]
    vacant, full = added(row["vacant_fte"] for row in posts), fte(permanent)
    experience = Counter(band(run, row) for row in (*social, *social_agency))
    lost = added(lost for _, lost in absent)
    return {
        "workers": len(at_work),
        "established_fte": added(row["established_fte"] for row in posts),
        "in_post": len(permanent),
        "in_post_fte": full,
        "qualified": len(social) + len(social_agency),
        "qualified_permanent": len(social),
        "qualified_permanent_fte": fte(social),
        "qualified_agency": len(social_agency),
        "qualified_agency_fte": fte(social_agency),
        "vacant_fte": vacant,
        "vacancy_rate": percent(vacant, None if None in (vacant, full) else vacant + full),
        "agency": len(agency),
        "agency_fte": fte(agency),
        "agency_rate": percent(fte(agency), None if None in (fte(agency), full) else fte(agency) + full),
        "leavers": len(left),
        "leavers_fte": fte(left),
        "turnover": percent(fte(left), full),
        "starters": len(begun),
        "starters_fte": fte(begun),
        "absent": len({a["worker_id"] for a, _ in absent}),
        "sickness_days": lost,
        "sickness_rate": percent(lost, None if full is None else full * DAYS_A_YEAR),
        "held": sum(held.values()),
        "holders": len(holding),
        "average": None if not fte(known) else sum(held[id(row)] for row in known) / (fte(known) or 1),
        "highest": max(held.values(), default=None),
        "grid experience": {name: experience[name] for name in (*(n for _, n in BANDS), "not known")},
    }


def figures(run: Run) -> dict[str, Any]:
    """The total of the authority; what hangs on a table that is not supplied is left out."""
    if not (run.has("annexa_workers") or run.has("ssd_professionals")):
        return {}
    found = measures(run, workers(run), run.rows("annexa_posts"))
    states_of = Counter(state for state, _ in holders(run).values())
    found |= {f"held_{state}": states_of[state] for state in ("left", "unknown", "shared", "nobody")}
    found["children_open"] = len(holders(run))
    if not run.has("annexa_posts"):
        found = {
            key: value for key, value in found.items() if key not in ("established_fte", "vacant_fte", "vacancy_rate")
        }
    if not run.has("annexa_absence"):
        found = {key: value for key, value in found.items() if key not in ("absent", "sickness_days", "sickness_rate")}
    if not run.has("annexa_workers"):
        kept = ("workers", "qualified", "held", "holders", "average", "highest", "children_open")
        found = {
            key: value
            for key, value in found.items()
            if key in kept or key.startswith(("held_", "established", "vacant"))
        }
    return found


# --- teams ---


def by_team(run: Run) -> dict[str, dict[str, Any]]:
    """The measures of each line of the table by team, small teams merged."""
    groups: Lines = {}
    localities: dict[str, list[str]] = {}
    staff = [row for row in workers(run) if counted(run, row)]
    for number, rows in enumerate((staff, run.rows("annexa_posts"))):
        for row in rows:
            name, area = team_of(run, row)
            groups.setdefault(name, ([], []))[number].append(row)
            localities.setdefault(name, []).extend([row["locality"] or area] if row["locality"] or area else [])
    homes = {
        name: min(set(found), key=lambda each: (-found.count(each), each))
        for name, found in localities.items()
        if found
    }
    lines = merged(run, groups, lambda name: f"Small teams of {homes[name]}" if name in homes else "Small teams")
    lines = merged(run, lines, lambda name: "Small teams" if name not in groups else name)
    found = {name: measures(run, *pair) for name, pair in lines.items()}
    # Of a team that no row of posts names nothing says that it has none: blank, as the specification has what is not
    # recorded, and 0 for the authority alone.
    for name, (_, posts) in lines.items():
        if not posts:
            found[name] |= dict.fromkeys(("established_fte", "vacant_fte", "vacancy_rate"))
    # With a line of under 5 FTE turnover is for the total only, and the FTE of leavers would give it away.
    if any(round(line["in_post_fte"] or 0, 6) < 5 for line in found.values()):
        for line in found.values():
            line["leavers_fte"] = TOTAL_ONLY
    return found


def counted(run: Run, row: Row) -> bool:
    """Whether a worker is in some number: those who left long ago are not."""
    lately = [within(row[name], run.back(12), run.as_at) for name in ("leave_date", "start_date")]
    absent = row["worker_id"] in {absence["worker_id"] for absence, _ in days_off(run) if absence["worker_id"]}
    mine = any(worker is row for _, worker in holders(run).values())
    return employed(run, row) or mine or (row["agency"] != "Y" and (any(lately) or absent))


def merged(run: Run, groups: Lines, name: Callable[[str], str]) -> Lines:
    """Put together the groups with less than 5 full-time equivalents in post, under the name that is given."""
    found: Lines = {}
    for key, (rows, posts) in groups.items():
        in_post = [row for row in rows if employed(run, row) and row["agency"] != "Y"]
        small = round(fte(in_post) or 0, 6) < 5
        into = found.setdefault(name(key) if small else key, ([], []))
        into[0].extend(rows)
        into[1].extend(posts)
    return found


def team_of(run: Run, row: Row) -> tuple[str, str | None]:
    """The name of a worker's or a post's team, found by identifier, then by name; and what it belongs to.

    Where several teams have the name the identifier stands behind it.
    """
    given, listed = plain(row["team"]), teams(run)
    by_id = [each for each in listed if plain(each["team_id"]) == given]
    found = by_id or [each for each in listed if plain(each["name"]) == given]
    if given is None or not found:
        return row["team"] or "not recorded", None
    name = found[0]["name"]
    areas = {each["parent_name"] for each in found}
    several = sum(plain(each["name"]) == plain(name) for each in listed) > 1
    label = f"{name} ({found[0]['team_id']})" if by_id and several else name
    return label, found[0]["parent_name"] if len(areas) == 1 else None


@functools.cache
def teams(run: Run) -> list[Row]:
    """The teams, one row each: of several names of one the greater; a team without a name has its identifier."""
    best: dict[str, Row] = {}
    for row in run.rows("ssd_department"):
        if row["team_id"]:
            rivals = [each for each in (best.get(row["team_id"]), row) if each]
            best[row["team_id"]] = max(rivals, key=lambda each: (each["name"] or "", each["parent_name"] or ""))
    return [{**row, "name": row["name"] or row["team_id"]} for row in best.values()]
