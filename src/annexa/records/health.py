"""The health of looked-after children, beyond what List 8 shows."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import CodeSet, EventDate, PersonId, PlannedDate, RecordId, Text, Whole

HealthKind: TypeAlias = Annotated[str, CodeSet("health_kind")]


class HealthDetail(
    Record,
    name="health_details",
    table="annexa_health",
    key="check_id",
    person="",
    needs=("check_id", "kind"),
    off_lists=True,
):
    """What a health check was, which the standard layout leaves to free text."""

    check_id: RecordId | None = ssd("health_check_id", "Identifier of the health check")
    kind: HealthKind | None = ssd("kind", "Initial or review health assessment, dental check or eye test")
    due_date: PlannedDate | None = ssd("due_date", "Day on which the next check of the kind is due", off_lists=True)
    outcome: Text | None = ssd("outcome", "Outcome of the check", off_lists=True)


class CamhsReferral(
    Record,
    name="camhs",
    table="annexa_camhs",
    start="referral_date",
    end="end_date",
    needs=("person_id", "referral_date"),
    off_lists=True,
):
    """One referral of one child to child and adolescent mental health services."""

    person_id: PersonId | None = ssd("person_id", "Child who was referred")
    referral_date: EventDate | None = ssd("referral_date", "Day of the referral")
    first_appointment_date: EventDate | None = ssd(
        "first_appointment_date", "Day of the first appointment", off_lists=True
    )
    end_date: EventDate | None = ssd("end_date", "Day it ended", off_lists=True)


class Immunisation(
    Record,
    name="immunisations",
    table="ssd_cla_immunisations",
    start="status_date",
    needs=("person_id", "up_to_date"),
    off_lists=True,
):
    """Whether one looked-after child's immunisations are up to date."""

    person_id: PersonId | None = ssd("clai_person_id", "Child it is about")
    up_to_date: YesNo | None = ssd("clai_immunisations_status", "Whether immunisations are up to date")
    status_date: EventDate | None = ssd("clai_immunisations_status_date", "Day of that statement", off_lists=True)


class SdqScore(
    Record,
    name="sdq_scores",
    table="ssd_sdq_scores",
    key="sdq_id",
    start="completed_date",
    needs=("person_id", "completed_date", "score"),
    off_lists=True,
):
    """One strengths and difficulties questionnaire about one looked-after child."""

    sdq_id: RecordId | None = ssd("csdq_table_id", "Identifier of the questionnaire")
    person_id: PersonId | None = ssd("csdq_person_id", "Child it is about")
    completed_date: EventDate | None = ssd("csdq_sdq_completed_date", "Day it was completed")
    reason: Text | None = ssd("csdq_sdq_reason", "Why there is no score, SDQ1 to SDQ5", off_lists=True)
    score: Whole | None = ssd("csdq_sdq_score", "Total difficulties score, 0 to 40")


class SubstanceMisuse(
    Record,
    name="substance_misuse",
    table="ssd_cla_substance_misuse",
    key="misuse_id",
    start="misuse_date",
    needs=("person_id", "misuse_date"),
    off_lists=True,
):
    """One finding on whether a looked-after child misuses substances."""

    misuse_id: RecordId | None = ssd("clas_substance_misuse_id", "Identifier of the finding")
    person_id: PersonId | None = ssd("clas_person_id", "Child it is about")
    misuse_date: EventDate | None = ssd("clas_substance_misuse_date", "Day of the finding")
    misused: YesNo | None = ssd("clas_substance_misused", "Whether the child misuses substances", off_lists=True)
    intervention: YesNo | None = ssd(
        "clas_intervention_received", "Whether the child received an intervention", off_lists=True
    )
