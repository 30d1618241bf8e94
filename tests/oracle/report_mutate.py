"""Extracts whose tables for reports 1.07 and 2.01 to 2.05 are changed: what goes wrong in them in life."""

import random
from datetime import date, timedelta

from annexa.records.types import Kind
from tests.oracle.mutate import Sources, mutated
from tests.oracle.reading import FIELDS, months_before
from tests.oracle.report_crowd import crowded

# The tables of the reports, beside those of Lists 6 to 9.
TABLES = (
    "annexa_workers",
    "annexa_posts",
    "annexa_absence",
    "ssd_professionals",
    "ssd_department",
    "ssd_involvements",
    "annexa_early_help_assessments",
    "annexa_early_help_families",
    "annexa_early_help_episodes",
    "ssd_early_help_episodes",
    "ssd_cin_episodes",
    "ssd_family",
    "ssd_missing",
    "annexa_missing",
    "annexa_exploitation",
    "annexa_private_fostering",
    "annexa_private_fostering_visits",
    "ssd_disability",
    "annexa_education_status",
    "ssd_send",
    "ssd_ehcp_requests",
    "ssd_ehcp_assessment",
    "ssd_ehcp_named_plan",
    "ssd_cla_episodes",
    "ssd_cp_plans",
    "ssd_care_leavers",
)
TABLES_OF_LISTS = (
    "ssd_person",
    "annexa_merged_ids",
    "ssd_cin_assessments",
    "annexa_assessments",
    "ssd_cin_plans",
    "ssd_cin_visits",
    "ssd_cp_visits",
    "ssd_s47_enquiry",
    "ssd_initial_cp_conference",
    "ssd_legal_status",
    "annexa_care_leaver_services",
)
COLUMNS_NOT_NEEDED = (
    "annexa_missing.interview_date",
    "annexa_missing.interview_refused",
    "annexa_missing.other_la",
    "annexa_exploitation.other_la",
    "annexa_exploitation.services",
    "annexa_education_status.last_contact_date",
    "annexa_education_status.sen",
    "annexa_education_status.reason",
    "annexa_education_status.placed_by_la",
    "annexa_education_status.date_of_birth",
    "annexa_education_status.gender",
    "annexa_early_help_assessments.quality_grade",
    "annexa_early_help_episodes.family_id",
    "annexa_workers.locality",
)
HOURS = ("25", "24.9", "25.0", "0", "25+", "full time", "12.5", None)
MARKS = {
    "annexa_education_status": {"weekly_hours": HOURS, "placed_by_la": (None, None, "Wyeshire")},
    "annexa_missing": {"other_la": ("Y", "N", None, "?")},
    "annexa_exploitation": {"other_la": ("Y", "N", None), "kind": ("CSE", "CSE", "CCE", None, "?")},
    "annexa_workers": {"fte": ("1.0", "0.5", None, "full"), "agency": ("Y", "N", None, "?")},
    "annexa_absence": {"working_days_lost": ("3", "40", None, "many")},
    "annexa_posts": {"vacant_fte": ("0.5", None, "none")},
}
MONTHS = (0, 3, 6, 12, 12, 18, 24)


def changed(sources: Sources, seed: int, day: date) -> Sources:
    """A copy of a sample whose tables for the reports have many changes, and from time to time lack a table."""
    rng = random.Random(seed)
    copy = mutated(crowded(sources, rng, day), seed, rng.choice([0, 40, 200]), day, tables=TABLES)
    for table in TABLES:
        rows = copy.get(table, [])
        for row in rng.sample(rows, min(len(rows), rng.choice([0, 3, 12]))):
            _mark(table, row, rng, day)
    _share(copy, rng)
    if rng.random() < 0.3:
        copy.pop(rng.choice(TABLES), None)
    return copy


def _mark(table: str, row: dict[str, str | None], rng: random.Random, day: date) -> None:
    """Move a date to the edge of a window, or write what makes a difference to a report."""
    marks = MARKS.get(table)
    dates = [field.columns[0] for field in FIELDS[table].values() if field.kind in (Kind.DATE, Kind.MOMENT)]
    if marks and (rng.random() < 0.5 or not dates):
        column = rng.choice(list(marks))
        row[column] = rng.choice(marks[column])
    elif dates:
        edge = months_before(day, rng.choice(MONTHS)) + timedelta(days=rng.choice([-1, 0, 0, 1]))
        row[rng.choice(dates)] = rng.choice([str(edge), str(edge), None])


def _share(sources: Sources, rng: random.Random) -> None:
    """Make children meet: a record of one child is also another's, or a second one of its own."""
    for table, column in (
        ("annexa_exploitation", "person_id"),
        ("annexa_education_status", "person_id"),
        ("annexa_private_fostering", "person_id"),
        ("ssd_missing", "miss_person_id"),
    ):
        rows = sources.get(table, [])
        others = [row["miss_person_id"] for row in sources.get("ssd_missing", [])] or [None]
        for row in rng.sample(rows, min(len(rows), rng.choice([0, 2, 6]))):
            row[column] = rng.choice([*rng.sample(rows, min(len(rows), 3)), {column: rng.choice(others)}])[column]
