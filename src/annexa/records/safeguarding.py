"""Children at risk outside the family or away from it: missing, exploitation, private fostering."""

from typing import Annotated, TypeAlias

from annexa.records.base import Record, ssd
from annexa.records.person import YesNo
from annexa.records.types import CodeSet, EventDate, PersonId, RecordId, Text

MissingFrom: TypeAlias = Annotated[str, CodeSet("missing_from")]
ExploitationKind: TypeAlias = Annotated[str, CodeSet("exploitation_kind")]


class MissingDetail(
    Record,
    name="missing_details",
    table="annexa_missing",
    key="missing_id",
    person="",
    needs=("missing_id",),
    off_lists=True,
):
    """What is known of a missing episode beyond the standard layout."""

    missing_id: RecordId | None = ssd("missing_id", "Identifier of the missing episode")
    missing_from: MissingFrom | None = ssd("missing_from", "Missing from home or from care", off_lists=True)
    interview_date: EventDate | None = ssd("interview_date", "Day of the return interview", off_lists=True)
    interview_refused: YesNo | None = ssd(
        "interview_refused", "Whether the child refused the return interview", off_lists=True
    )
    other_la: YesNo | None = ssd("other_la", "Whether the child is another authority's, placed here", off_lists=True)


class Exploitation(
    Record,
    name="exploitation",
    table="annexa_exploitation",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
    off_lists=True,
):
    """One stretch during which a child was flagged as at risk of exploitation. No list shows it."""

    person_id: PersonId | None = ssd("person_id", "Child it is about")
    kind: ExploitationKind | None = ssd("kind", "Sexual, criminal or other exploitation", off_lists=True)
    risk_level: Text | None = ssd("risk_level", "Level of the risk", off_lists=True)
    start_date: EventDate | None = ssd("start_date", "First day of the flag")
    end_date: EventDate | None = ssd("end_date", "Last day of the flag")
    services: Text | None = ssd("services", "Services that the child receives", off_lists=True)
    other_la: YesNo | None = ssd("other_la", "Whether the child is another authority's, placed here", off_lists=True)


class PrivateFostering(
    Record,
    name="private_fostering",
    table="annexa_private_fostering",
    key="arrangement_id",
    start="start_date",
    end="end_date",
    needs=("person_id", "start_date", "end_date"),
    masks={"decision_date": ("decision",)},
    off_lists=True,
):
    """One private fostering arrangement of one child."""

    arrangement_id: RecordId | None = ssd("arrangement_id", "Identifier of the arrangement")
    person_id: PersonId | None = ssd("person_id", "Child who is privately fostered")
    notification_date: EventDate | None = ssd("notification_date", "Day of the notification", off_lists=True)
    aware_date: EventDate | None = ssd("aware_date", "Day the authority became aware", off_lists=True)
    start_date: EventDate | None = ssd("start_date", "Day the arrangement commenced")
    end_date: EventDate | None = ssd("end_date", "Day it ended; blank while it continues")
    arrangement_type: Text | None = ssd("arrangement_type", "Kind of arrangement", off_lists=True)
    last_visit_date: EventDate | None = ssd("last_visit_date", "Day of the latest visit", off_lists=True)
    relationship: Text | None = ssd("relationship", "Relationship of the carer to the child", off_lists=True)
    decision: Text | None = ssd("decision", "Decision on the arrangement's suitability", off_lists=True)
    decision_date: EventDate | None = ssd("decision_date", "Day of that decision", off_lists=True)
    team: Text | None = ssd("team_id", "Team: identifier or name", off_lists=True)
    worker: Text | None = ssd("worker_id", "Worker: identifier, staff number or name", off_lists=True)


class PrivateFosteringVisit(
    Record,
    name="private_fostering_visits",
    table="annexa_private_fostering_visits",
    person="",
    start="visit_date",
    needs=("arrangement_id", "visit_date"),
    off_lists=True,
):
    """One visit to a privately fostered child."""

    arrangement_id: RecordId | None = ssd("arrangement_id", "Arrangement that was visited")
    visit_date: EventDate | None = ssd("visit_date", "Day of the visit")
    child_seen: YesNo | None = ssd("child_seen", "Whether the child was seen", off_lists=True)
