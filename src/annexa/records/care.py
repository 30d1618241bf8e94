"""Children looked after, with placements, reviews, visits, plans, health and missing episodes; care leavers."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import CodeSet, Decimal, EventDate, Json, Moment, PersonId, Postcode, RecordId, Text

EpisodeStartReason: TypeAlias = Annotated[str, CodeSet("episode_start_reason")]
CeasedReason: TypeAlias = Annotated[str, CodeSet("ceased_reason")]
NeedCategory: TypeAlias = Annotated[str, CodeSet("need_category")]
LegalStatusCode: TypeAlias = Annotated[str, CodeSet("legal_status")]
PlacementType: TypeAlias = Annotated[str, CodeSet("placement_type")]
PlacementProvider: TypeAlias = Annotated[str, CodeSet("placement_provider")]
PlacementLocationCode: TypeAlias = Annotated[str, CodeSet("placement_location")]
Participation: TypeAlias = Annotated[str, CodeSet("participation")]
HealthCheckType: TypeAlias = Annotated[str, CodeSet("health_check_type")]
HealthCheckStatus: TypeAlias = Annotated[str, CodeSet("health_check_status")]
MissingType: TypeAlias = Annotated[str, CodeSet("missing_type")]
YesNoNa: TypeAlias = Annotated[str, CodeSet("yes_no_na")]
Eligibility: TypeAlias = Annotated[str, CodeSet("eligibility")]
InTouch: TypeAlias = Annotated[str, CodeSet("in_touch")]
Accommodation: TypeAlias = Annotated[str, CodeSet("accommodation")]
Suitability: TypeAlias = Annotated[str, CodeSet("suitability")]
Activity: TypeAlias = Annotated[str, CodeSet("activity")]


class CareEpisode(
    Record,
    name="care_episodes",
    table="ssd_cla_episodes",
    key="episode_id",
    start="start_date",
    end="end_date",
    needs=("episode_id", "person_id", "start_date", "end_date"),
    masks={"end_date": ("end_reason",)},
):
    """One episode of a child looked after: a stretch with one placement and one legal status."""

    episode_id: RecordId = ssd("clae_cla_episode_id", "Identifier of the episode", required=True)
    person_id: PersonId = ssd("clae_person_id", "Child who is looked after", required=True)
    start_date: EventDate | None = ssd("clae_cla_episode_start_date", "First day of the episode")
    start_reason: EpisodeStartReason | None = ssd("clae_cla_episode_start_reason", "Why the episode began")
    need: NeedCategory | None = ssd("clae_cla_primary_need_code", "Category of need")
    end_date: EventDate | None = ssd("clae_cla_episode_ceased_date", "Day the episode ended")
    end_reason: CeasedReason | None = ssd("clae_cla_episode_ceased_reason", "Why the episode ended")
    period_id: RecordId | None = ssd("clae_cla_id", "Identifier of the period of care, shared by its episodes")
    referral_id: RecordId | None = ssd("clae_referral_id", "Referral it belongs to")
    placement_id: RecordId | None = ssd("clae_cla_placement_id", "Placement during the episode")
    entered_care_date: EventDate | None = ssd("clae_entered_care_date", "Day the child became looked after")
    iro_contact_date: EventDate | None = ssd(
        "clae_cla_last_iro_contact_date", "Last visit or contact by the independent reviewing officer"
    )


class LegalStatus(
    Record,
    name="legal_statuses",
    table="ssd_legal_status",
    key="legal_status_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "status", "start_date", "end_date"),
):
    """One legal status of one child over a time."""

    legal_status_id: RecordId | None = ssd("lega_legal_status_id", "Identifier of the legal status")
    person_id: PersonId | None = ssd("lega_person_id", "Child it is about")
    status: LegalStatusCode | None = ssd("lega_legal_status", "Legal status")
    start_date: EventDate | None = ssd("lega_legal_status_start_date", "First day")
    end_date: EventDate | None = ssd("lega_legal_status_end_date", "Last day")


class Placement(
    Record,
    name="placements",
    table="ssd_cla_placement",
    key="placement_id",
    start="start_date",
    end="end_date",
    needs=("placement_id", "person_id", "start_date", "end_date"),
):
    """One placement of a looked-after child."""

    placement_id: RecordId = ssd("clap_cla_placement_id", "Identifier of the placement", required=True)
    person_id: PersonId | None = ssd("clap_person_id", "Child who is placed")
    period_id: RecordId | None = ssd("clap_cla_id", "Period of care it belongs to")
    start_date: EventDate | None = ssd("clap_cla_placement_start_date", "First day")
    end_date: EventDate | None = ssd("clap_cla_placement_end_date", "Last day")
    placement_type: PlacementType | None = ssd("clap_cla_placement_type", "Type of placement")
    provider: PlacementProvider | None = ssd("clap_cla_placement_provider", "Who provides it")
    postcode: Postcode | None = ssd("clap_cla_placement_postcode", "Postcode of the placement")
    urn: Text | None = ssd("clap_cla_placement_urn", "Ofsted's unique reference number of the provider")
    distance: Decimal | None = ssd(
        "clap_cla_placement_distance", "Miles from home; 999.9 where that is not known", off_lists=True
    )


class PlacementLocation(
    Record, name="placement_locations", table="annexa_placement_locations", person="", needs=("placement_id",)
):
    """Where a placement is, which the standard layout does not hold."""

    placement_id: RecordId | None = ssd("placement_id", "Identifier of the placement")
    la_code: Text | None = ssd("la_code", "Code of the authority of the placement, or NIR, WAL, SCO, NUK, CON")
    la_name: Text | None = ssd("la_name", "Name of the authority of the placement")
    location: PlacementLocationCode | None = ssd("location", "Inside or outside the authority, as recorded")
    temporary_approval: YesNo | None = ssd(
        "temporary_approval", "Whether it is with a connected person approved for a time only", off_lists=True
    )


class CareReview(
    Record,
    name="care_reviews",
    table="ssd_cla_reviews",
    key="review_id",
    start="review_date",
    needs=("review_date",),
):
    """One statutory review of a looked-after child."""

    review_id: RecordId | None = ssd("clar_cla_review_id", "Identifier of the review")
    person_id: PersonId | None = ssd("clar_cla_person_id", "Child it is about; else the child of its period of care")
    period_id: RecordId | None = ssd("clar_cla_id", "Period of care it belongs to")
    review_date: EventDate | None = ssd("clar_cla_review_date", "Day of the review")
    cancelled: YesNo | None = ssd("clar_cla_review_cancelled", "Whether it was cancelled")
    participation: Participation | None = ssd("clar_cla_review_participation", "How the child took part")


class CareVisit(
    Record,
    name="care_visits",
    table="ssd_cla_visits",
    key="visit_id",
    start="visit_date",
    needs=("person_id", "visit_date"),
):
    """One social work visit to a looked-after child."""

    visit_id: RecordId | None = ssd("clav_cla_visit_id", "Identifier of the visit")
    person_id: PersonId | None = ssd("clav_person_id", "Child who was visited")
    visit_date: EventDate | None = ssd("clav_cla_visit_date", "Day of the visit")
    seen: YesNo | None = ssd("clav_cla_visit_seen", "Whether the child was seen")


class CarePlan(
    Record,
    name="care_plans",
    table="ssd_cla_care_plan",
    key="care_plan_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date"),
):
    """One care plan, with the permanence plan or plans that it marks."""

    care_plan_id: RecordId | None = ssd("lacp_table_id", "Identifier of the care plan")
    person_id: PersonId | None = ssd("lacp_person_id", "Child it is about")
    start_date: EventDate | None = ssd("lacp_cla_care_plan_start_date", "First day")
    end_date: EventDate | None = ssd("lacp_cla_care_plan_end_date", "Last day")
    plan_json: Json | None = ssd("lacp_cla_care_plan_json", "Permanence plans, as flags")


class HealthCheck(
    Record,
    name="health_checks",
    table="ssd_cla_health",
    key="check_id",
    start="check_date",
    needs=("person_id", "check_date"),
):
    """One health assessment, dental check or other check of a looked-after child."""

    check_id: RecordId | None = ssd("clah_health_check_id", "Identifier of the check")
    person_id: PersonId | None = ssd("clah_person_id", "Child who was checked")
    check_type: HealthCheckType | None = ssd("clah_health_check_type", "Kind of check")
    check_date: EventDate | None = ssd("clah_health_check_date", "Day of the check")
    status: HealthCheckStatus | None = ssd("clah_health_check_status", "Whether it took place")


class MissingEpisode(
    Record,
    name="missing_episodes",
    table="ssd_missing",
    key="missing_id",
    start="start",
    end="end",
    needs=("person_id", "start", "end"),
    masks={"end": ("interview_offered", "interview_accepted")},
):
    """One time during which a child was missing, or away without authorisation."""

    missing_id: RecordId | None = ssd("miss_table_id", "Identifier of the episode")
    person_id: PersonId | None = ssd("miss_person_id", "Child who was missing")
    start: Moment | None = ssd("miss_missing_episode_start_date", "Begin, with its time where it is known")
    missing_type: MissingType | None = ssd("miss_missing_episode_type", "Missing, or away without authorisation")
    end: Moment | None = ssd("miss_missing_episode_end_date", "End, with its time where it is known")
    interview_offered: YesNoNa | None = ssd("miss_missing_rhi_offered", "Whether a return interview was offered")
    interview_accepted: YesNoNa | None = ssd("miss_missing_rhi_accepted", "Whether it was accepted")


class CareLeaver(
    Record,
    name="care_leavers",
    table="ssd_care_leavers",
    key="care_leaver_id",
    needs=("person_id", "eligibility"),
):
    """One row about a care leaver; a person may have several."""

    care_leaver_id: RecordId | None = ssd("clea_table_id", "Identifier of the row, which may change at each extract")
    person_id: PersonId = ssd("clea_person_id", "Young person it is about", required=True)
    eligibility: Eligibility | None = ssd("clea_care_leaver_eligibility", "Eligibility category")
    in_touch: InTouch | None = ssd("clea_care_leaver_in_touch", "Whether the authority is in touch")
    latest_contact_date: EventDate | None = ssd("clea_care_leaver_latest_contact", "Day of the latest contact")
    accommodation: Accommodation | None = ssd("clea_care_leaver_accommodation", "Type of accommodation")
    suitability: Suitability | None = ssd("clea_care_leaver_accom_suitable", "Whether the accommodation is suitable")
    activity: Activity | None = ssd("clea_care_leaver_activity", "Education, employment or training")
    pathway_plan_review_date: EventDate | None = ssd(
        "clea_pathway_plan_review_date", "Day of the latest review of the pathway plan"
    )
    personal_adviser: Text | None = ssd(
        "clea_care_leaver_personal_advisor", "Personal adviser: identifier, staff number or name"
    )
    team: Text | None = ssd("clea_care_leaver_allocated_team", "Team: identifier or name")
    worker: Text | None = ssd("clea_care_leaver_worker_id", "Worker: identifier, staff number or name")


class CareLeaverService(
    Record,
    name="care_leaver_services",
    table="annexa_care_leaver_services",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
):
    """One stretch during which a young person received leaving care services."""

    person_id: PersonId | None = ssd("person_id", "Young person it is about")
    start_date: EventDate | None = ssd("start_date", "First day")
    end_date: EventDate | None = ssd("end_date", "Last day; blank while services continue")
