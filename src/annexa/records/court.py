"""Courts: the public law outline, secure accommodation and deprivation of liberty; plans for leaving care."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.types import CodeSet, EventDate, PersonId, PlannedDate, RecordId, Text, Whole

PreProceedingsOutcome: TypeAlias = Annotated[str, CodeSet("pre_proceedings_outcome")]
SecureOrderType: TypeAlias = Annotated[str, CodeSet("secure_order_type")]


class PreProceedings(
    Record,
    name="pre_proceedings",
    table="ssd_pre_proceedings",
    key="row_id",
    start="decision_date",
    needs=("family_id", "person_id", "decision_date"),
    masks={"outcome_date": ("outcome",)},
    off_lists=True,
):
    """One child of one family in the pre-proceedings of the public law outline."""

    row_id: RecordId | None = ssd("prep_table_id", "Identifier of the row")
    family_id: RecordId | None = ssd("prep_plo_family_id", "Identifier of the family")
    person_id: PersonId | None = ssd("prep_person_id", "Child it is about")
    decision_date: EventDate | None = ssd("prep_pre_pro_decision_date", "Decision to begin pre-proceedings")
    letter_date: EventDate | None = ssd("prep_pre_pro_letter_date", "Letter before proceedings", off_lists=True)
    first_meeting_date: EventDate | None = ssd(
        "prep_initial_pre_pro_meeting_date", "First pre-proceedings meeting", off_lists=True
    )
    meetings: Whole | None = ssd("prep_pre_pro_meetings_num", "Number of pre-proceedings meetings", off_lists=True)
    outcome: PreProceedingsOutcome | None = ssd("prep_pre_pro_outcome", "Outcome of pre-proceedings", off_lists=True)
    outcome_date: EventDate | None = ssd(
        "prep_agree_stepdown_issue_date", "Day of the decision to issue or to step down", off_lists=True
    )
    court_reference: Text | None = ssd("prep_court_reference", "Court reference", off_lists=True)
    hearings: Whole | None = ssd("prep_care_proc_court_hearings", "Number of court hearings", off_lists=True)
    initial_plan: Text | None = ssd("prep_la_initial_care_plan", "Initial care plan of the authority", off_lists=True)
    final_plan: Text | None = ssd("prep_la_final_care_plan", "Final care plan of the authority", off_lists=True)


class PloDetail(
    Record,
    name="plo",
    table="annexa_plo",
    key="family_id",
    needs=("family_id", "person_id"),
    off_lists=True,
):
    """What is known of a family's public law outline beyond the standard layout."""

    family_id: RecordId | None = ssd("plo_family_id", "Identifier of the family")
    person_id: PersonId | None = ssd("person_id", "Child it is about")
    issue_date: EventDate | None = ssd("issue_date", "Day proceedings were issued", off_lists=True)
    step_down_date: EventDate | None = ssd("step_down_date", "Day the case was stepped down", off_lists=True)
    next_hearing_date: PlannedDate | None = ssd("next_hearing_date", "Day of the next hearing", off_lists=True)
    final_order_date: EventDate | None = ssd("final_order_date", "Day of the final order", off_lists=True)
    final_order_type: Text | None = ssd("final_order_type", "Kind of final order", off_lists=True)


class PloReview(
    Record,
    name="plo_reviews",
    table="annexa_plo_reviews",
    person="",
    start="review_date",
    needs=("family_id", "review_date"),
    off_lists=True,
):
    """One review of a family in the public law outline."""

    family_id: RecordId | None = ssd("plo_family_id", "Identifier of the family")
    review_date: EventDate | None = ssd("review_date", "Day of the review")
    next_due_date: PlannedDate | None = ssd("next_due_date", "Day on which the next review is due", off_lists=True)


class SecureOrder(
    Record,
    name="secure_orders",
    table="annexa_secure_orders",
    start="start_date",
    end="end_date",
    needs=("person_id", "order_type", "start_date", "end_date"),
    off_lists=True,
):
    """One order that restricts one child's liberty."""

    person_id: PersonId | None = ssd("person_id", "Child it is about")
    order_type: SecureOrderType | None = ssd("order_type", "Secure accommodation, deprivation of liberty or remand")
    start_date: EventDate | None = ssd("order_start_date", "First day of the order")
    end_date: EventDate | None = ssd("order_end_date", "Day it ended")
    placement_id: RecordId | None = ssd("placement_id", "Placement under the order", off_lists=True)
    expiry_date: PlannedDate | None = ssd("expiry_date", "Day on which the order runs out", off_lists=True)
    region: Text | None = ssd("region", "Region of the placement", off_lists=True)


class PathwayPlan(
    Record,
    name="pathway_plans",
    table="annexa_pathway_plans",
    start="start_date",
    needs=("person_id", "start_date"),
    off_lists=True,
):
    """One pathway plan of one care leaver."""

    person_id: PersonId | None = ssd("person_id", "Young person it is about")
    start_date: EventDate | None = ssd("start_date", "Day the plan was in place")
    completed_date: EventDate | None = ssd("completed_date", "Day the plan was completed", off_lists=True)
    review_date: EventDate | None = ssd("review_date", "Day of its latest review", off_lists=True)
