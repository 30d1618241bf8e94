"""Extracts whose tables for reports 3.07 to 3.11 are changed: what goes wrong in them in life."""

import random
from datetime import date, timedelta

from annexa.records.types import Kind
from tests.oracle.mutate import Sources, mutated, person_column
from tests.oracle.reading import FIELDS, months_before

# The tables of the reports, with those of Lists 8 and 9.
TABLES = (
    "ssd_person",
    "ssd_cla_episodes",
    "ssd_legal_status",
    "ssd_cla_health",
    "annexa_health",
    "ssd_cla_immunisations",
    "ssd_sdq_scores",
    "ssd_cla_substance_misuse",
    "annexa_camhs",
    "annexa_secure_orders",
    "ssd_cla_placement",
    "ssd_care_leavers",
    "annexa_care_leaver_services",
    "ssd_immigration_status",
    "annexa_pathway_plans",
    "ssd_pre_proceedings",
    "annexa_plo",
    "annexa_plo_reviews",
    "annexa_virtual_school",
    "annexa_attendance",
    "annexa_attainment",
    "annexa_education_status",
    "ssd_send",
    "ssd_ehcp_requests",
    "ssd_ehcp_assessment",
    "ssd_ehcp_named_plan",
    "annexa_merged_ids",
)
MADE = ("ssd_person", "annexa_merged_ids", "ssd_cla_placement", "annexa_plo_reviews")  # left as the sample has them
CHANGED = [name for name in TABLES if name not in MADE]
COLUMNS_NOT_NEEDED = (
    "annexa_health.due_date",
    "annexa_health.outcome",
    "annexa_camhs.first_appointment_date",
    "annexa_camhs.end_date",
    "annexa_secure_orders.expiry_date",
    "annexa_secure_orders.region",
    "annexa_pathway_plans.completed_date",
    "annexa_pathway_plans.review_date",
    "annexa_plo.issue_date",
    "annexa_plo.step_down_date",
    "annexa_plo.final_order_date",
    "annexa_plo.final_order_type",
    "annexa_education_status.post16_activity",
    "annexa_attainment.progress_score",
)
MARKS = {
    "ssd_cla_health": {
        "clah_health_check_status": ("Completed", "Refused", "Refused", "Cancelled", "Planned", None, "?"),
        "clah_health_check_type": ("Health Assessment", "Dental Check", "Optician check", None, "?"),
    },
    "annexa_health": {"kind": ("IHA", "RHA", "dental", "optician", None, "?")},
    "ssd_sdq_scores": {"csdq_sdq_score": ("0", "13", "14", "16", "17", "40", "41", None, "high")},
    "ssd_cla_immunisations": {"clai_immunisations_status": ("Y", "N", None, "?")},
    "annexa_secure_orders": {"order_type": ("s25", "s25", "DoL", "remand", None, "?")},
    "ssd_care_leavers": {
        "clea_care_leaver_in_touch": ("YES", "YES", "NO", "REFU", "NREQ", "RHOM", None, "?"),
        "clea_care_leaver_accommodation": ("X", "W", "S", "Z", "U", "R", None, "?"),
        "clea_care_leaver_accom_suitable": ("1", "2", None, "?"),
        "clea_care_leaver_activity": ("F1", "P2", "F4", "G4", "G5", "G6", None, "?"),
        "clea_care_leaver_eligibility": ("Relevant", "Former Relevant", "Qualifying", "Eligible", None, "?"),
        "clea_care_leaver_personal_advisor": (None, "-1", "Somebody", "SSD_PH"),
    },
    "ssd_pre_proceedings": {
        "prep_pre_pro_outcome": (
            "Decision to Issue Care Proceedings",
            "Decision to step down",
            "No order",
            "Continue",
            None,
            "?",
        ),
    },
    "annexa_plo": {"final_order_type": ("No order", "Care order", None)},
    "ssd_legal_status": {
        "lega_legal_status": ("C1", "C2", "E1", "D1", "SGO", "Child Arrangements Order", "PLOPRE", "V4", None)
    },
    "annexa_virtual_school": {
        "academic_year": ("2017/18", "2018/19", "2023/24", "2024/25", "2025/26", "24/25", None),
        "pep_quality": ("good", "Good", " good ", None),
        "school_ofsted_grade": ("Good", "1", "Inadequate", "Requires improvement", None, "?"),
    },
    "annexa_attendance": {
        "academic_year": ("2017/18", "2018/19", "2023/24", "2024/25", None),
        "sessions_possible": ("100", "200", "0", None, "many"),
        "sessions_attended": ("90", "91", "180", "181", "0", None, "all"),
        "suspension_sessions": ("2", "0", None),
        "permanently_excluded": ("Y", "N", None, "?"),
    },
    "annexa_attainment": {
        "academic_year": ("2017/18", "2018/19", "2023/24", "2024/25", None),
        "at_expected_level": ("Y", "N", None, "?"),
        "progress_score": ("-1.5", "+0.25", "0", None, "some"),
        "key_stage": ("KS2", "KS4", None),
        "subject": ("English", "Mathematics", None),
    },
    "annexa_education_status": {
        "post16_activity": ("F1", "P5", "G5", "G4", None, "?"),
        "ehcp": ("Y", "N", None, "?"),
    },
}
MONTHS = (0, 2, 6, 6, 12, 12, 18)
BEFORE = (0, 84, 112, 182, 28, 30)


def changed(sources: Sources, seed: int, day: date) -> Sources:
    """A copy of a sample whose tables for the reports have many changes, and from time to time lack a table."""
    rng = random.Random(seed)
    copy = mutated(sources, seed, rng.choice([0, 40, 150]), day, tables=CHANGED)
    for table in CHANGED:
        rows = copy.get(table, [])
        for row in rng.sample(rows, min(len(rows), rng.choice([0, 3, 12, 30]))):
            _mark(table, row, rng, day)
    _share(copy, rng, day)
    if rng.random() < 0.3:
        copy.pop(rng.choice(CHANGED), None)
    return copy


def terms_near(day: date, rng: random.Random) -> list[tuple[date, date]]:
    """A few terms, of which one may end on D or next to it."""
    ends = [day + timedelta(days=each) for each in (rng.choice([-1, 0, 1]), -70 - rng.randrange(30), -170)]
    return [(end - timedelta(days=rng.choice([30, 60])), end) for end in ends]


def _mark(table: str, row: dict[str, str | None], rng: random.Random, day: date) -> None:
    """Move a date to the edge of a window, or write what makes a difference to a report."""
    marks = MARKS.get(table)
    kinds = (Kind.DATE, Kind.MOMENT, Kind.PLANNED)
    dates = [field.columns[0] for field in FIELDS[table].values() if field.kind in kinds]
    if marks and (rng.random() < 0.6 or not dates):
        column = rng.choice(list(marks))
        row[column] = rng.choice(marks[column])
    elif dates:
        edge = rng.choice([months_before(day, rng.choice(MONTHS)), day - timedelta(days=rng.choice(BEFORE))])
        edge += timedelta(days=rng.choice([-1, 0, 0, 1]))
        row[rng.choice(dates)] = rng.choice([str(edge), str(edge), None])


def _share(sources: Sources, rng: random.Random, day: date) -> None:
    """Make children meet: a record is also one of a looked-after child, or a second one of its own; some have died."""
    looked_after = [
        row["clae_person_id"] for row in sources.get("ssd_cla_episodes", []) if not row["clae_cla_episode_ceased_date"]
    ]
    for table in ("annexa_secure_orders", "ssd_pre_proceedings", "annexa_camhs"):
        rows, people = sources.get(table, []), sources["ssd_person"]
        named = {row[person_column(table)] for row in rng.sample(rows, min(len(rows), rng.choice([0, 0, 2])))}
        for person in people:
            if person["pers_person_id"] in named:
                person["pers_death_date"] = str(day - timedelta(days=rng.choice([-1, 0, 1, 40, 364, 366])))
    for table in CHANGED:
        column, rows = person_column(table), sources.get(table, [])
        if column is None or table in ("ssd_cla_episodes", "ssd_care_leavers", "ssd_legal_status"):
            continue
        for row in rng.sample(rows, min(len(rows), rng.choice([0, 2, 6]))):
            row[column] = rng.choice([*looked_after, *(each[column] for each in rng.sample(rows, min(len(rows), 3)))])
