"""Adoption: decisions about children, prospective adopters, and the links between the two."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import Ethnicity, Gender, YesNo
from annexa.records.types import CodeSet, EventDate, PersonId, RecordId, Whole

ReversalReason: TypeAlias = Annotated[str, CodeSet("reversal_reason")]
PermanenceOrder: TypeAlias = Annotated[str, CodeSet("permanence_order")]
LeavingReason: TypeAlias = Annotated[str, CodeSet("leaving_reason")]


class Permanence(
    Record,
    name="permanence",
    table="ssd_permanence",
    key="permanence_id",
    start="decision_date",
    needs=("permanence_id", "person_id", "decision_date"),
    masks={"order_date": ("order_type",), "reversed_date": ("reversed_reason",)},
):
    """One decision about permanence, with the adoption steps that followed it."""

    permanence_id: RecordId = ssd("perm_table_id", "Identifier of the row", required=True)
    person_id: PersonId | None = ssd("perm_person_id", "Child, used only where the period of care names none")
    period_id: RecordId | None = ssd("perm_cla_id", "Period of care, which says who the child is")
    decision_date: EventDate | None = ssd(
        "perm_adm_decision_date", "Agency decision that the child should be placed for adoption"
    )
    placement_order_date: EventDate | None = ssd("perm_placement_order_date", "Placement order")
    placed_date: EventDate | None = ssd("perm_placed_for_adoption_date", "Day the child was placed for adoption")
    matched_date: EventDate | None = ssd("perm_matched_date", "Match of the child with prospective adopters")
    adopted_by_carer: YesNo | None = ssd("perm_adopted_by_carer_flag", "Adoption by the current foster carer")
    ffa_date: EventDate | None = ssd(
        "perm_placed_ffa_cp_date", "Placed in a fostering for adoption or concurrent planning placement"
    )
    reversed_date: EventDate | None = ssd("perm_decision_reversed_date", "Day the decision was reversed")
    reversed_reason: ReversalReason | None = ssd("perm_decision_reversed_reason", "Why it was reversed")
    order_date: EventDate | None = ssd("perm_permanence_order_date", "Day of the permanence order")
    order_type: PermanenceOrder | None = ssd("perm_permanence_order_type", "Kind of permanence order")


class AdoptionLink(
    Record,
    name="adoption_links",
    table="annexa_adoption_links",
    start="linked_date",
    end="unlinked_date",
    needs=("person_id", "family_id", "linked_date"),
):
    """One link of a child with an adoptive family."""

    person_id: PersonId | None = ssd("person_id", "Child")
    family_id: RecordId | None = ssd("family_id", "Adoptive family")
    linked_date: EventDate | None = ssd("linked_date", "First day of the link")
    unlinked_date: EventDate | None = ssd("unlinked_date", "Day the link ended")
    inter_agency: YesNo | None = ssd("inter_agency", "Whether another agency recruited the family", off_lists=True)


class Adopter(
    Record,
    name="adopters",
    table="annexa_adopters",
    key="adopter_id",
    person="adopter_id",
    needs=("adopter_id",),
    masks={
        "left_date": ("left_reason",),
        "placed_date": ("children_placed",),
    },
):
    """One prospective adopter; the two of a couple share a family."""

    adopter_id: RecordId = ssd("adopter_id", "Identifier of the adopter", required=True)
    family_id: RecordId | None = ssd("family_id", "Family, shared by a couple")
    gender: Gender | None = ssd("gender", "Gender")
    ethnicity: Ethnicity | None = ssd("ethnicity", "Ethnic origin")
    disability: YesNo | None = ssd("disability", "Whether the adopter has a disability")
    fostering_for_adoption: YesNo | None = ssd("fostering_for_adoption", "Whether the adopter fosters for adoption")
    enquiry_date: EventDate | None = ssd("enquiry_date", "Enquiry received")
    information_pack_date: EventDate | None = ssd("information_pack_date", "Information pack sent")
    interview_date: EventDate | None = ssd("interview_date", "Follow-up interview")
    stage1_start_date: EventDate | None = ssd("stage1_start_date", "Stage 1 began")
    stage1_end_date: EventDate | None = ssd("stage1_end_date", "Stage 1 ended")
    stage2_start_date: EventDate | None = ssd("stage2_start_date", "Stage 2 began")
    stage2_end_date: EventDate | None = ssd("stage2_end_date", "Stage 2 ended: the approval")
    application_date: EventDate | None = ssd("application_date", "Application in the older one-stage process")
    approval_date: EventDate | None = ssd("approval_date", "Approval")
    rejection_date: EventDate | None = ssd("rejection_date", "Application refused")
    matched_date: EventDate | None = ssd("matched_date", "Latest match with a child or children")
    placed_date: EventDate | None = ssd("placed_date", "Latest placement, from the day it became adoptive")
    children_placed: Whole | None = ssd("children_placed", "Children placed with the adopter")
    adoption_order_date: EventDate | None = ssd("adoption_order_date", "Latest adoption order")
    left_date: EventDate | None = ssd("left_date", "Day the adopter left the process")
    left_reason: LeavingReason | None = ssd("left_reason", "Why the adopter left")
    on_hold: YesNo | None = ssd("on_hold", "Process on hold")
