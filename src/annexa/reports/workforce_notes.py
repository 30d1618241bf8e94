"""What report 1.07 says beside its numbers: what was left out, what was blank, and what was taken for what."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from annexa.records import UNREADABLE
from annexa.reports.run import ReportRun
from annexa.reports.unused import unused
from annexa.reports.workers import PROFESSIONALS, WORKERS, posts, sickness, source, staff

_IDENTITY: Final = {WORKERS: ("worker_id", "name"), PROFESSIONALS: ("professional_id", "staff_id", "name")}
_WHOLE_POST: Final = 1.0
_NO_AGENCY: Final = "Workers at the inspection date who are not recorded as an agency's or not, and count as permanent"
_NO_START: Final = "Workers at the inspection date without a first day, who count as employed and not as starters"
_NO_TEAM: Final = "Workers at the inspection date without a team"
_HOURS: Final = "Workers at the inspection date with a full-time equivalent over 1, which may be hours"
_HELD_WITHOUT_FTE: Final = "Children held by workers without a full-time equivalent, who are in no average caseload"
_NO_DAYS: Final = "Absences in the twelve months without a number of working days lost"
_NO_ESTABLISHED: Final = "Rows of posts that do not say how many posts are established"
_NO_VACANT: Final = "Rows of posts that do not say how many posts are vacant"


def excluded(run: ReportRun, people: pl.DataFrame) -> dict[str, int]:
    """Return why rows of workers, posts and absences are in no number, in words, and how many they are.

    Args:
        run: the run.
        people: workers.staff() with `counted`.
    """
    tables, record = run.context.tables, source(run)
    own, rows = tables[record].source, run.rows(record)
    nobody = rows.filter(pl.all_horizontal(pl.col(each).is_null() for each in _IDENTITY[record])).height
    found: dict[str, int] = {}
    for each in (record, "posts", "absences"):
        found |= unused(run, each)
    if record != WORKERS:  # reading knows no key of the staff table
        found[f"{own}: another row of the same worker is kept"] = rows.height - nobody - staff(run).height
    found[f"{own}: neither an identifier nor a name"] = nobody
    found[f"{own}: had left before the twelve months, or left an agency"] = people.filter(~pl.col("counted")).height
    sick, name = sickness(run), tables["absences"].source
    inside, known = pl.col("inside"), pl.col("worker").is_not_null()
    for reason, condition in {
        "has no date": ~pl.col("dated"),
        "outside the twelve months": pl.col("dated") & ~inside,
        "of a worker who is not in the workforce data": inside & ~known,
        "of an agency worker": inside & known & ~pl.col("permanent"),
    }.items():
        found[f"{name}: {reason}"] = sick.filter(condition).height
    return found


def counted_notes(run: ReportRun, people: pl.DataFrame, total: Mapping[str, Any]) -> list[str]:
    """Return the sentences with counts: how many workers, children or rows something was not known of.

    Args:
        run: the run.
        people: workers.staff() with `counted`.
        total: the authority's sums, see workforce_measures.sums().
    """
    employed, agency = people.filter("employed"), pl.col("agency")
    sick = sickness(run).filter(pl.col("inside") & pl.col("permanent"))
    numbers = [
        ((WORKERS, "agency"), _NO_AGENCY, employed.filter(agency.is_null() | (agency == UNREADABLE)).height),
        ((WORKERS, "start_date"), _NO_START, employed["start_date"].null_count()),
        ((WORKERS, "team"), _NO_TEAM, employed["team"].null_count()),
        ((source(run), "fte"), _HOURS, employed.filter(pl.col("fte") > _WHOLE_POST).height),
        ((source(run), "fte"), _HELD_WITHOUT_FTE, total["held"] - total["held_known"]),
        (("absences", "working_days_lost"), _NO_DAYS, sick["lost"].null_count()),
        (("posts", "established_fte"), _NO_ESTABLISHED, posts(run)["established_fte"].null_count()),
        (("posts", "vacant_fte"), _NO_VACANT, posts(run)["vacant_fte"].null_count()),
    ]
    return [f"{words}: {number}." for field, words, number in numbers if number and run.has(*field)]


def workforce_notes(run: ReportRun) -> list[str]:
    """Say what stands for a table or column that was not supplied."""
    notes = []
    if not run.has(WORKERS) and run.has(PROFESSIONALS):
        notes.append(
            f"{run.context.tables[WORKERS].source} was not supplied: workers are those of "
            f"{run.context.tables[source(run)].source}, whether or not they are still employed."
        )
    if run.has(WORKERS) and not run.has(WORKERS, "leave_date"):
        notes.append("The extract does not say who has left: everyone counts as employed.")
    if run.settings.caseload_limit is None:
        notes.append("No limit on caseloads is set (caseload_limit in annexa.toml): what would be over it is blank.")
    return notes
