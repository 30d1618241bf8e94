"""Who the records are about, and who works with them."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.types import BirthDate, CodeSet, Decimal, EventDate, PersonId, Postcode, RecordId, Text

Gender: TypeAlias = Annotated[str, CodeSet("gender")]
Ethnicity: TypeAlias = Annotated[str, CodeSet("ethnicity")]
Disability: TypeAlias = Annotated[str, CodeSet("disability")]
YesNo: TypeAlias = Annotated[str, CodeSet("yes_no")]
ImmigrationStatus: TypeAlias = Annotated[str, CodeSet("immigration_status")]


class Person(Record, name="persons", table="ssd_person", key="person_id", needs=("person_id",)):
    """One person. The one table without which nothing can be built."""

    person_id: PersonId = ssd("pers_person_id", "Identifier of the child or young person", required=True)
    gender: Gender | None = ssd("pers_gender", "Gender")
    sex: Gender | None = ssd("pers_sex", "Sex, which the lists show where the gender is blank")
    ethnicity: Ethnicity | None = ssd("pers_ethnicity", "Ethnic origin")
    birth_date: BirthDate | None = ssd("pers_dob", "Date of birth")
    expected_birth_date: BirthDate | None = ssd(
        "pers_expected_dob", "Expected date of birth of an unborn child, or an estimated date of birth"
    )
    death_date: EventDate | None = ssd("pers_death_date", "Date of death")
    forename: Text | None = ssd("pers_forename", "Forename; read only to find names in documents", on_request=True)
    surname: Text | None = ssd("pers_surname", "Surname; read only to find names in documents", on_request=True)
    nhs_number: Text | None = ssd(
        "pers_common_child_id", "NHS number, to find one child under two identifiers", off_lists=True
    )
    upn: Text | None = ssd("pers_upn", "Unique pupil number, to find one child under two identifiers", off_lists=True)


class Address(
    Record,
    name="addresses",
    table="ssd_address",
    key="address_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date", "postcode"),
    off_lists=True,
):
    """One address of one person over a time. No list shows it."""

    address_id: RecordId | None = ssd("addr_table_id", "Identifier of the address")
    person_id: PersonId | None = ssd("addr_person_id", "Person who lived there")
    start_date: EventDate | None = ssd("addr_address_start_date", "First day")
    end_date: EventDate | None = ssd("addr_address_end_date", "Last day")
    postcode: Postcode | None = ssd("addr_address_postcode", "Postcode")


class DisabilityRecord(Record, name="disabilities", table="ssd_disability", needs=("person_id", "disability")):
    """One disability of one person, or the statement that there is none."""

    disability_id: RecordId | None = ssd("disa_table_id", "Identifier of the row")
    person_id: PersonId | None = ssd("disa_person_id", "Person it is about")
    disability: Disability | None = ssd("disa_disability_code", "Disability, or NONE")


class ImmigrationRecord(
    Record,
    name="immigration_statuses",
    table="ssd_immigration_status",
    start="start_date",
    end="end_date",
    needs=("person_id", "status"),
):
    """One immigration status of one person over a time."""

    immigration_id: RecordId | None = ssd("immi_immigration_status_id", "Identifier of the row")
    person_id: PersonId | None = ssd("immi_person_id", "Person it is about")
    status: ImmigrationStatus | None = ssd("immi_immigration_status", "Immigration status")
    start_date: EventDate | None = ssd("immi_immigration_status_start_date", "First day of the status")
    end_date: EventDate | None = ssd("immi_immigration_status_end_date", "Last day of the status")


class MergedId(Record, name="merged_ids", table="annexa_merged_ids", person="", needs=("old_person_id", "person_id")):
    """One identifier that was merged into another: the old one is never shown."""

    old_person_id: RecordId | None = ssd("old_person_id", "Identifier that is no longer used")
    person_id: RecordId | None = ssd("person_id", "Identifier that replaces it")


class Involvement(
    Record,
    name="involvements",
    table="ssd_involvements",
    key="involvement_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
):
    """One worker's or team's involvement with one child over a time."""

    involvement_id: RecordId | None = ssd("invo_involvements_id", "Identifier of the involvement")
    person_id: PersonId | None = ssd("invo_person_id", "Child it is about")
    professional_id: Text | None = ssd("invo_professional_id", "Worker: identifier, staff number or name")
    role: Text | None = ssd("invo_professional_role_id", "Role of the worker, in local codes")
    team: Text | None = ssd("invo_professional_team", "Team: identifier or name")
    start_date: EventDate | None = ssd("invo_involvement_start_date", "First day of the involvement")
    end_date: EventDate | None = ssd("invo_involvement_end_date", "Last day of the involvement")


class Professional(
    Record, name="professionals", table="ssd_professionals", person="", needs=("professional_id", "name")
):
    """One worker."""

    professional_id: RecordId | None = ssd("prof_professional_id", "Identifier of the worker")
    staff_id: RecordId | None = ssd("prof_staff_id", "Staff number")
    name: Text | None = ssd("prof_professional_name", "Name as the lists show it")
    registration_number: Text | None = ssd(
        "prof_social_worker_registration_no", "Number in the register of social workers", off_lists=True
    )
    job_title: Text | None = ssd("prof_professional_job_title", "Job title", off_lists=True)
    fte: Decimal | None = ssd("prof_full_time_equivalency", "Full-time equivalent: 1 is a whole post", off_lists=True)
    agency: YesNo | None = ssd("prof_agency_worker_flag", "Whether an agency supplies the worker", off_lists=True)


class Team(Record, name="teams", table="ssd_department", person="", needs=("team_id", "name")):
    """One team."""

    team_id: RecordId | None = ssd("dept_team_id", "Identifier of the team")
    name: Text | None = ssd("dept_team_name", "Name as the lists show it")
    parent_name: Text | None = ssd(
        "dept_team_parent_name", "Name of the service, area or office that the team belongs to", off_lists=True
    )


class FamilyMember(Record, name="families", table="ssd_family", needs=("family_id", "person_id"), off_lists=True):
    """One member of a family, as contacts and referrals recorded it."""

    family_id: RecordId | None = ssd("fami_family_id", "Identifier of the family")
    person_id: PersonId | None = ssd("fami_person_id", "Member of the family")
