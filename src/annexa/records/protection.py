"""Section 47 enquiries, children in need and child protection."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import CodeSet, EventDate, Json, PersonId, RecordId, Text

AbuseCategory: TypeAlias = Annotated[str, CodeSet("abuse_category")]
EmergencyKind: TypeAlias = Annotated[str, CodeSet("emergency_kind")]


class Section47Enquiry(
    Record,
    name="section_47_enquiries",
    table="ssd_s47_enquiry",
    key="enquiry_id",
    start="start_date",
    end="end_date",
    needs=("enquiry_id", "person_id", "start_date", "end_date"),
    masks={"end_date": ("nfa", "outcome_json")},
):
    """One section 47 enquiry about one child."""

    enquiry_id: RecordId = ssd("s47e_s47_enquiry_id", "Identifier of the enquiry", required=True)
    person_id: PersonId = ssd("s47e_person_id", "Child it is about", required=True)
    referral_id: RecordId | None = ssd("s47e_referral_id", "Referral it belongs to")
    start_date: EventDate | None = ssd("s47e_s47_start_date", "Strategy discussion that began it")
    end_date: EventDate | None = ssd("s47e_s47_end_date", "Day it ended")
    nfa: YesNo | None = ssd("s47e_s47_nfa", "Enquiry with no further action")
    outcome_json: Json | None = ssd("s47e_s47_outcome_json", "Outcomes, as flags")
    team: Text | None = ssd("s47e_s47_completed_by_team", "Team: identifier or name")
    worker: Text | None = ssd("s47e_s47_completed_by_worker_id", "Worker: identifier, staff number or name")


class Conference(
    Record,
    name="conferences",
    table="ssd_initial_cp_conference",
    key="conference_id",
    needs=("person_id", "conference_date"),
    masks={"conference_date": ("resulted_in_plan",)},
):
    """One initial (or transfer-in) child protection conference about one child; one without a date is booked."""

    conference_id: RecordId | None = ssd("icpc_icpc_id", "Identifier of the conference")
    enquiry_id: RecordId | None = ssd("icpc_s47_enquiry_id", "Section 47 enquiry that led to it")
    referral_id: RecordId | None = ssd("icpc_referral_id", "Referral it belongs to", off_lists=True)
    person_id: PersonId | None = ssd("icpc_person_id", "Child it is about")
    transfer_in: YesNo | None = ssd("icpc_icpc_transfer_in", "Conference for a child who moved in on a plan")
    conference_date: EventDate | None = ssd("icpc_icpc_date", "Day it was held")
    resulted_in_plan: YesNo | None = ssd("icpc_icpc_outcome_cp_flag", "Whether it made a child protection plan")


class CinPlan(
    Record,
    name="cin_plans",
    table="ssd_cin_plans",
    key="cin_plan_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
):
    """One child in need plan."""

    cin_plan_id: RecordId = ssd("cinp_cin_plan_id", "Identifier of the plan", required=True)
    referral_id: RecordId | None = ssd("cinp_referral_id", "Referral it belongs to")
    person_id: PersonId | None = ssd("cinp_person_id", "Child it is about")
    start_date: EventDate | None = ssd("cinp_cin_plan_start_date", "First day")
    end_date: EventDate | None = ssd("cinp_cin_plan_end_date", "Last day")
    team: Text | None = ssd("cinp_cin_plan_team", "Team: identifier or name")
    worker: Text | None = ssd("cinp_cin_plan_worker_id", "Worker: identifier, staff number or name")


class CinVisit(
    Record,
    name="cin_visits",
    table="ssd_cin_visits",
    key="visit_id",
    start="visit_date",
    needs=("person_id", "visit_date"),
):
    """One visit to a child in need."""

    visit_id: RecordId | None = ssd("cinv_cin_visit_id", "Identifier of the visit")
    person_id: PersonId | None = ssd("cinv_person_id", "Child who was visited")
    visit_date: EventDate | None = ssd("cinv_cin_visit_date", "Day of the visit")
    seen: YesNo | None = ssd("cinv_cin_visit_seen", "Whether the child was seen")


class CpPlan(
    Record,
    name="cp_plans",
    table="ssd_cp_plans",
    key="cp_plan_id",
    start="start_date",
    end="end_date",
    needs=("cp_plan_id", "person_id", "start_date", "end_date"),
):
    """One child protection plan."""

    cp_plan_id: RecordId = ssd("cppl_cp_plan_id", "Identifier of the plan", required=True)
    referral_id: RecordId | None = ssd("cppl_referral_id", "Referral it belongs to")
    person_id: PersonId = ssd("cppl_person_id", "Child it is about", required=True)
    start_date: EventDate | None = ssd("cppl_cp_plan_start_date", "First day")
    end_date: EventDate | None = ssd("cppl_cp_plan_end_date", "Last day")
    initial_category: AbuseCategory | None = ssd("cppl_cp_plan_initial_category", "Category of abuse at the start")
    latest_category: AbuseCategory | None = ssd("cppl_cp_plan_latest_category", "Latest category of abuse")
    other_la: YesNo | None = ssd("cppl_cp_plan_ola", "Temporary plan held for another authority")


class CpVisit(
    Record,
    name="cp_visits",
    table="ssd_cp_visits",
    key="visit_id",
    start="visit_date",
    needs=("person_id", "visit_date"),
):
    """One statutory visit to a child on a child protection plan."""

    visit_id: RecordId | None = ssd("cppv_cp_visit_id", "Identifier of the visit")
    person_id: PersonId | None = ssd("cppv_person_id", "Child who was visited")
    cp_plan_id: RecordId | None = ssd("cppv_cp_plan_id", "Plan it belongs to")
    visit_date: EventDate | None = ssd("cppv_cp_visit_date", "Day of the visit")
    seen: YesNo | None = ssd("cppv_cp_visit_seen", "Whether the child was seen")
    seen_alone: YesNo | None = ssd("cppv_cp_visit_seen_alone", "Whether the child was seen alone")


class CpReview(
    Record,
    name="cp_reviews",
    table="ssd_cp_reviews",
    key="review_id",
    start="review_date",
    needs=("person_id", "review_date"),
):
    """One child protection review conference."""

    review_id: RecordId | None = ssd("cppr_cp_review_id", "Identifier of the review")
    person_id: PersonId | None = ssd("cppr_person_id", "Child it is about")
    cp_plan_id: RecordId | None = ssd("cppr_cp_plan_id", "Plan it belongs to")
    review_date: EventDate | None = ssd("cppr_cp_review_date", "Day of the review conference")


class EmergencyProtection(
    Record,
    name="emergency_protection",
    table="annexa_emergency_protection",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
):
    """One emergency protection order or use of police powers of protection."""

    person_id: PersonId | None = ssd("person_id", "Child it is about")
    kind: EmergencyKind | None = ssd("kind", "Emergency protection order or police protection")
    start_date: EventDate | None = ssd("start_date", "First day")
    end_date: EventDate | None = ssd("end_date", "Last day")
