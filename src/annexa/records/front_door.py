"""Contacts, early help, referrals and assessments."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import CodeSet, EventDate, Json, PersonId, RecordId, Text

Source: TypeAlias = Annotated[str, CodeSet("source")]
PrimaryNeed: TypeAlias = Annotated[str, CodeSet("primary_need")]
ClosureReason: TypeAlias = Annotated[str, CodeSet("closure_reason")]
EarlyHelpKind: TypeAlias = Annotated[str, CodeSet("early_help_kind")]
AssessmentStatusCode: TypeAlias = Annotated[str, CodeSet("assessment_status")]


class Contact(
    Record,
    name="contacts",
    table="ssd_contacts",
    key="contact_id",
    start="contact_date",
    needs=("contact_id", "person_id", "contact_date"),
):
    """One contact about one child; siblings share the contact's identifier."""

    contact_id: RecordId = ssd("cont_contact_id", "Identifier of the contact", required=True)
    person_id: PersonId = ssd("cont_person_id", "Child the contact is about", required=True)
    contact_date: EventDate | None = ssd("cont_contact_date", "Date the authority received the contact")
    contact_source: Source | None = ssd("cont_contact_source_code", "Who made it", also=("cont_contact_source_desc",))
    outcome_json: Json | None = ssd("cont_contact_outcome_json", "Outcomes of the contact, as flags", off_lists=True)


class EarlyHelpEpisode(
    Record,
    name="early_help_episodes",
    table="ssd_early_help_episodes",
    key="episode_id",
    start="start_date",
    end="end_date",
    needs=("episode_id", "person_id", "start_date", "end_date"),
):
    """One early help intervention with one child."""

    episode_id: RecordId = ssd("earl_episode_id", "Identifier of the early help episode", required=True)
    person_id: PersonId = ssd("earl_person_id", "Child it is about", required=True)
    start_date: EventDate | None = ssd("earl_episode_start_date", "First day")
    end_date: EventDate | None = ssd("earl_episode_end_date", "Last day; blank while it continues")
    organisation: Text | None = ssd("earl_episode_organisation", "Organisation that leads it")
    end_reason: Text | None = ssd("earl_episode_end_reason", "Why it ended", off_lists=True)


class EarlyHelpAssessment(
    Record,
    name="early_help_assessments",
    table="annexa_early_help_assessments",
    key="assessment_id",
    start="start_date",
    end="completed_date",
    needs=("assessment_id", "person_id", "start_date", "completed_date"),
):
    """One early help assessment of one child, or of a family."""

    assessment_id: RecordId = ssd("assessment_id", "Identifier of the early help assessment", required=True)
    person_id: PersonId | None = ssd("person_id", "Child it is about; blank for a family's")
    family_id: RecordId | None = ssd("family_id", "Family it is about, where it names no child")
    start_date: EventDate | None = ssd("start_date", "First day")
    completed_date: EventDate | None = ssd("completed_date", "Day it was completed")
    organisation: Text | None = ssd("organisation", "Organisation that completed it")
    quality_grade: Text | None = ssd("quality_grade", "Grade of its quality, where it was audited", off_lists=True)


class EarlyHelpFamily(
    Record, name="early_help_families", table="annexa_early_help_families", needs=("family_id", "person_id")
):
    """One member of a family that an early help assessment may be about."""

    family_id: RecordId | None = ssd("family_id", "Identifier of the family")
    person_id: PersonId | None = ssd("person_id", "Member of the family")


class EarlyHelpDetail(
    Record,
    name="early_help_details",
    table="annexa_early_help_episodes",
    key="episode_id",
    needs=("episode_id", "person_id", "kind"),
    off_lists=True,
):
    """What an early help episode is, which the standard layout does not hold."""

    episode_id: RecordId | None = ssd("episode_id", "Identifier of the early help episode")
    person_id: PersonId | None = ssd("person_id", "Child it is about")
    kind: EarlyHelpKind | None = ssd("kind", "Team around the family, targeted support, or other")
    family_id: RecordId | None = ssd("family_id", "Family it is with", off_lists=True)
    quality_grade: Text | None = ssd("quality_grade", "Grade of its quality, where it was audited", off_lists=True)


class CinEpisode(
    Record,
    name="cin_episodes",
    table="ssd_cin_episodes",
    key="referral_id",
    start="referral_date",
    end="close_date",
    needs=("referral_id", "person_id", "referral_date", "close_date"),
    masks={"close_date": ("close_reason",)},
):
    """One referral of one child and the episode of need that it began."""

    referral_id: RecordId = ssd("cine_referral_id", "Identifier of the referral", required=True)
    person_id: PersonId = ssd("cine_person_id", "Child who was referred", required=True)
    referral_date: EventDate | None = ssd("cine_referral_date", "Date of the referral")
    primary_need: PrimaryNeed | None = ssd("cine_cin_primary_need_code", "Primary need")
    referral_source: Source | None = ssd(
        "cine_referral_source_code", "Who referred", also=("cine_referral_source_desc",)
    )
    outcome_json: Json | None = ssd("cine_referral_outcome_json", "Outcomes of the referral, as flags")
    nfa: YesNo | None = ssd("cine_referral_nfa", "Referral with no further action")
    close_reason: ClosureReason | None = ssd("cine_close_reason", "Why the episode was closed")
    close_date: EventDate | None = ssd("cine_close_date", "Day the episode was closed")
    team: Text | None = ssd("cine_referral_team", "Team the referral was allocated to: identifier or name")
    worker: Text | None = ssd("cine_referral_worker_id", "Worker it was allocated to: identifier, staff number or name")


class Assessment(
    Record,
    name="assessments",
    table="ssd_cin_assessments",
    key="assessment_id",
    start="start_date",
    end="authorised_date",
    needs=("assessment_id", "person_id", "start_date", "authorised_date"),
    masks={"authorised_date": ("outcome_json", "outcome_nfa")},
):
    """One continuous (section 17 or section 47) assessment of one child."""

    assessment_id: RecordId = ssd("cina_assessment_id", "Identifier of the assessment", required=True)
    person_id: PersonId = ssd("cina_person_id", "Child who is assessed", required=True)
    referral_id: RecordId | None = ssd("cina_referral_id", "Referral it belongs to")
    start_date: EventDate | None = ssd("cina_assessment_start_date", "First day")
    child_seen: YesNo | None = ssd("cina_assessment_child_seen", "Whether the child was seen")
    authorised_date: EventDate | None = ssd("cina_assessment_auth_date", "Day it was authorised")
    outcome_json: Json | None = ssd("cina_assessment_outcome_json", "Outcomes, as flags")
    outcome_nfa: YesNo | None = ssd("cina_assessment_outcome_nfa", "Assessment with no further action")
    team: Text | None = ssd("cina_assessment_team", "Team: identifier or name")
    worker: Text | None = ssd("cina_assessment_worker_id", "Worker: identifier, staff number or name")


class AssessmentFactors(
    Record,
    name="assessment_factors",
    table="ssd_assessment_factors",
    person="",
    needs=("assessment_id", "factors_json"),
    off_lists=True,
):
    """The factors found at the end of one assessment."""

    assessment_id: RecordId | None = ssd("cinf_assessment_id", "Assessment that found them")
    factors_json: Json | None = ssd("cinf_assessment_factors_json", "Factors, as a list of codes or as flags")


class AssessmentStatus(
    Record, name="assessment_statuses", table="annexa_assessments", person="", needs=("assessment_id", "status")
):
    """What became of an assessment that was cancelled or recorded in error."""

    assessment_id: RecordId | None = ssd("assessment_id", "Identifier of the assessment")
    status: AssessmentStatusCode | None = ssd("status", "Status; cancelled and error take it off List 4")
