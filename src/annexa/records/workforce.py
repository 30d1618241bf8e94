"""The workforce: workers, posts and absences; and the audits of their work."""

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import Decimal, EventDate, PersonId, PlannedDate, RecordId, Text


class Worker(
    Record,
    name="workers",
    table="annexa_workers",
    key="worker_id",
    person="",
    start="start_date",
    end="leave_date",
    off_lists=True,
):
    """One member of the workforce, as the authority's own staff records have it. No list starts from it."""

    worker_id: RecordId | None = ssd("worker_id", "Identifier of the worker, as the case records name it")
    name: Text | None = ssd("name", "Name as the lists show it")
    team: Text | None = ssd("team_id", "Team: identifier or name", off_lists=True)
    role: Text | None = ssd("role", "Role of the worker", off_lists=True)
    registration_number: Text | None = ssd(
        "registration_number", "Number in the register of social workers", off_lists=True
    )
    qualified_date: EventDate | None = ssd("qualified_date", "Day of qualification as a social worker", off_lists=True)
    start_date: EventDate | None = ssd("start_date", "First day of employment, or of the contract", off_lists=True)
    leave_date: EventDate | None = ssd(
        "leave_date", "Last day of employment, or of the agency contract", off_lists=True
    )
    leave_reason: Text | None = ssd("leave_reason", "Why the worker left", off_lists=True)
    fte: Decimal | None = ssd("fte", "Full-time equivalent: 1 is a whole post", off_lists=True)
    agency: YesNo | None = ssd("agency", "Whether an agency supplies the worker", off_lists=True)
    locality: Text | None = ssd("locality", "Locality or office", off_lists=True)


class Post(Record, name="posts", table="annexa_posts", person="", needs=("team",), off_lists=True):
    """The posts of one role in one team."""

    team: Text | None = ssd("team_id", "Team: identifier or name")
    role: Text | None = ssd("role", "Role of the posts")
    established_fte: Decimal | None = ssd("established_fte", "Established posts, full-time equivalent", off_lists=True)
    vacant_fte: Decimal | None = ssd("vacant_fte", "Vacant posts, full-time equivalent", off_lists=True)
    locality: Text | None = ssd("locality", "Locality or office", off_lists=True)


class Absence(
    Record,
    name="absences",
    table="annexa_absence",
    person="",
    start="start_date",
    end="end_date",
    needs=("worker_id", "start_date"),
    off_lists=True,
):
    """One absence of one worker through sickness."""

    worker_id: RecordId | None = ssd("worker_id", "Identifier of the worker")
    start_date: EventDate | None = ssd("start_date", "First day")
    end_date: EventDate | None = ssd("end_date", "Last day; blank while it continues", off_lists=True)
    working_days_lost: Decimal | None = ssd("working_days_lost", "Working days lost", off_lists=True)


class Audit(
    Record,
    name="audits",
    table="annexa_audits",
    key="audit_id",
    start="audit_date",
    needs=("audit_date",),
    off_lists=True,
):
    """One audit of the work with one child."""

    audit_id: RecordId | None = ssd("audit_id", "Identifier of the audit")
    person_id: PersonId | None = ssd("person_id", "Child whose case was audited", off_lists=True)
    audit_date: EventDate | None = ssd("audit_date", "Day of the audit")
    service_area: Text | None = ssd("service_area", "Service that was audited", off_lists=True)
    grade: Text | None = ssd("grade", "Grade that was given", off_lists=True)
    multi_agency: YesNo | None = ssd("multi_agency", "Whether several agencies audited together", off_lists=True)
    action_due_date: PlannedDate | None = ssd("action_due_date", "Day by which the actions are due", off_lists=True)
    action_completed_date: EventDate | None = ssd(
        "action_completed_date", "Day on which the actions were completed", off_lists=True
    )
