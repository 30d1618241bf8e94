"""Education: where children are taught, how looked-after children do, and education, health and care plans."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.care import Activity
from annexa.records.person import Gender, YesNo
from annexa.records.types import (
    BirthDate,
    CodeSet,
    Decimal,
    EventDate,
    PersonId,
    RecordId,
    SchoolYear,
    Signed,
    Text,
    Whole,
)

EducationStatusCode: TypeAlias = Annotated[str, CodeSet("education_status")]
ExclusionType: TypeAlias = Annotated[str, CodeSet("exclusion_type")]
SenProvision: TypeAlias = Annotated[str, CodeSet("sen_provision")]
SchoolGrade: TypeAlias = Annotated[str, CodeSet("school_grade")]


class EducationStatus(
    Record,
    name="education_statuses",
    table="annexa_education_status",
    start="start_date",
    end="end_date",
    needs=("person_id", "status", "start_date", "end_date"),
    off_lists=True,
):
    """How one child is educated over a time; a child whom social care does not know has an identifier of its own."""

    person_id: PersonId | None = ssd("person_id", "Child it is about")
    status: EducationStatusCode | None = ssd("status", "How the child is educated")
    start_date: EventDate | None = ssd("start_date", "First day")
    end_date: EventDate | None = ssd("end_date", "Last day; blank while it continues")
    provision_type: Text | None = ssd("provision_type", "Type of provision, home tuition included", off_lists=True)
    weekly_hours: Decimal | None = ssd("weekly_hours", "Hours of education a week", off_lists=True)
    exclusion_type: ExclusionType | None = ssd("exclusion_type", "Permanent, fixed term or none", off_lists=True)
    provision_start_date: EventDate | None = ssd(
        "alternative_provision_start_date", "Day alternative provision commenced", off_lists=True
    )
    provision_end_date: EventDate | None = ssd(
        "alternative_provision_end_date", "Day alternative provision ended", off_lists=True
    )
    school_name: Text | None = ssd("school_name", "School", off_lists=True)
    school_urn: Text | None = ssd("school_urn", "Unique reference number of the school", off_lists=True)
    year_group: Text | None = ssd("year_group", "Year group", off_lists=True)
    ehcp: YesNo | None = ssd("ehcp", "Whether the child has an education, health and care plan", off_lists=True)
    birth_date: BirthDate | None = ssd(
        "date_of_birth", "Date of birth, for a child whom social care does not know", off_lists=True
    )
    gender: Gender | None = ssd("gender", "Gender, for a child whom social care does not know", off_lists=True)
    sen: SenProvision | None = ssd("sen", "Provision for special educational needs", off_lists=True)
    reason: Text | None = ssd("reason", "Reason for the status", off_lists=True)
    last_contact_date: EventDate | None = ssd("last_contact_date", "Day of the latest contact", off_lists=True)
    placed_by_la: Text | None = ssd(
        "placed_by_la", "Other authority that placed the child here; blank for own children", off_lists=True
    )
    post16_activity: Activity | None = ssd("post16_activity", "Activity of a young person over 16", off_lists=True)


class VirtualSchoolPupil(
    Record,
    name="virtual_school",
    table="annexa_virtual_school",
    key="academic_year",
    needs=("person_id", "academic_year"),
    off_lists=True,
):
    """One pupil of the virtual school in one school year, with the latest personal education plan."""

    person_id: PersonId | None = ssd("person_id", "Pupil")
    academic_year: SchoolYear | None = ssd("academic_year", "School year")
    year_group: Text | None = ssd("year_group", "Year group", off_lists=True)
    school_name: Text | None = ssd("school_name", "School", off_lists=True)
    school_grade: SchoolGrade | None = ssd("school_ofsted_grade", "Ofsted's judgement of the school", off_lists=True)
    pep_date: EventDate | None = ssd("pep_date", "Day of the latest personal education plan", off_lists=True)
    pep_quality: Text | None = ssd("pep_quality", "Quality of that plan", off_lists=True)


class Attendance(
    Record,
    name="attendance",
    table="annexa_attendance",
    key="academic_year",
    needs=("person_id", "academic_year"),
    off_lists=True,
):
    """One pupil's attendance in one school year, in sessions of half a day."""

    person_id: PersonId | None = ssd("person_id", "Pupil")
    academic_year: SchoolYear | None = ssd("academic_year", "School year")
    possible: Whole | None = ssd("sessions_possible", "Possible sessions", off_lists=True)
    attended: Whole | None = ssd("sessions_attended", "Sessions attended", off_lists=True)
    authorised: Whole | None = ssd("sessions_authorised_absence", "Sessions of authorised absence", off_lists=True)
    unauthorised: Whole | None = ssd(
        "sessions_unauthorised_absence", "Sessions of unauthorised absence", off_lists=True
    )
    suspended: Whole | None = ssd("suspension_sessions", "Sessions lost to suspension", off_lists=True)
    excluded: YesNo | None = ssd("permanently_excluded", "Whether the pupil was permanently excluded", off_lists=True)


class Attainment(
    Record,
    name="attainment",
    table="annexa_attainment",
    needs=("person_id", "academic_year"),
    off_lists=True,
):
    """One pupil's result in one subject at the end of a key stage."""

    person_id: PersonId | None = ssd("person_id", "Pupil")
    academic_year: SchoolYear | None = ssd("academic_year", "School year of the result")
    key_stage: Text | None = ssd("key_stage", "Key stage", off_lists=True)
    subject: Text | None = ssd("subject", "Subject", off_lists=True)
    expected: YesNo | None = ssd("at_expected_level", "Whether the expected level was reached", off_lists=True)
    progress: Signed | None = ssd("progress_score", "Progress score", off_lists=True)


class SendRecord(Record, name="send", table="ssd_send", needs=("send_id", "person_id"), off_lists=True):
    """One child's record of special educational needs and disabilities."""

    send_id: RecordId | None = ssd("send_table_id", "Identifier of the record")
    person_id: PersonId | None = ssd("send_person_id", "Child it is about")


class EhcpRequest(
    Record,
    name="ehcp_requests",
    table="ssd_ehcp_requests",
    person="",
    needs=("request_id", "send_id"),
    off_lists=True,
):
    """One request for an education, health and care plan."""

    request_id: RecordId | None = ssd("ehcr_ehcp_request_id", "Identifier of the request")
    send_id: RecordId | None = ssd("ehcr_send_table_id", "Record of special educational needs that it belongs to")


class EhcpAssessment(
    Record,
    name="ehcp_assessments",
    table="ssd_ehcp_assessment",
    person="",
    needs=("assessment_id", "request_id"),
    off_lists=True,
):
    """One assessment for an education, health and care plan."""

    assessment_id: RecordId | None = ssd("ehca_ehcp_assessment_id", "Identifier of the assessment")
    request_id: RecordId | None = ssd("ehca_ehcp_request_id", "Request that it follows")


class EhcpPlan(
    Record,
    name="ehcp_plans",
    table="ssd_ehcp_named_plan",
    key="plan_id",
    person="",
    start="start_date",
    end="end_date",
    needs=("assessment_id", "start_date", "end_date"),
    off_lists=True,
):
    """One education, health and care plan with a named school or setting."""

    plan_id: RecordId | None = ssd("ehcn_named_plan_id", "Identifier of the plan")
    assessment_id: RecordId | None = ssd("ehcn_ehcp_asmt_id", "Assessment that it follows")
    start_date: EventDate | None = ssd("ehcn_named_plan_start_date", "First day")
    end_date: EventDate | None = ssd("ehcn_named_plan_ceased_date", "Day it ceased")
