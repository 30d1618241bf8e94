"""A local layout that no profile knows: the sample's records under other names, with columns that nothing is read from.

The names were chosen as a system might have them, none of them to suit configs/synonyms.toml.
"""

from datetime import date
from pathlib import Path

import polars as pl

from annexa.records import RECORDS
from annexa.sample import generate, write_sample

DAY = date(2018, 6, 4)
NAME = "Zebediah Quillfeather"  # planted: must be found nowhere
NOTE = "Mother rang in tears on Tuesday"

# Their table -> our record, and their column -> our field; "" where it is none.
LAYOUT: dict[str, tuple[str, dict[str, str]]] = {
    "ClientIndex": (
        "persons",
        {
            "ClientRef": "person_id",
            "Known As": "",
            "Sex": "gender",
            "Ethnic Background": "ethnicity",
            "Date Of Birth": "birth_date",
            "Due Date (unborn)": "expected_birth_date",
            "Deceased On": "death_date",
            "Case Notes": "",
        },
    ),
    "ClientDisability": (
        "disabilities",
        {"RowKey": "disability_id", "ClientRef": "person_id", "Condition": "disability"},
    ),
    "FrontDoorContact": (
        "contacts",
        {
            "ContactRef": "contact_id",
            "ClientRef": "person_id",
            "ReceivedDate": "contact_date",
            "Contacted By": "contact_source",
            "Taken By": "",
        },
    ),
    "Referral": (
        "cin_episodes",
        {
            "ReferralRef": "referral_id",
            "ClientRef": "person_id",
            "DateReferred": "referral_date",
            "MainNeed": "primary_need",
            "Referrer": "referral_source",
            "NFA": "nfa",
            "ClosedDate": "close_date",
            "ClosureReason": "close_reason",
            "TeamCode": "team",
            "WorkerCode": "worker",
            "LastEditedBy": "",
        },
    ),
    "SocialWorkAssessment": (
        "assessments",
        {
            "AssessmentRef": "assessment_id",
            "ClientRef": "person_id",
            "ReferralRef": "referral_id",
            "StartedOn": "start_date",
            "WasChildSeen": "child_seen",
            "ManagerSignedOffOn": "authorised_date",
            "NFAOutcome": "outcome_nfa",
            "TeamCode": "team",
            "WorkerCode": "worker",
        },
    ),
    "Sec47": (
        "section_47_enquiries",
        {
            "Sec47Ref": "enquiry_id",
            "ClientRef": "person_id",
            "ReferralRef": "referral_id",
            "StrategyDiscussionDate": "start_date",
            "ConcludedOn": "end_date",
            "NFA": "nfa",
            "TeamCode": "team",
            "WorkerCode": "worker",
        },
    ),
    "InitialCPConference": (
        "conferences",
        {
            "ConferenceRef": "conference_id",
            "Sec47Ref": "enquiry_id",
            "ClientRef": "person_id",
            "TransferIn": "transfer_in",
            "HeldOn": "conference_date",
            "PlanMade": "resulted_in_plan",
        },
    ),
    "CPRegister": (
        "cp_plans",
        {
            "RegistrationRef": "cp_plan_id",
            "ReferralRef": "referral_id",
            "ClientRef": "person_id",
            "RegisteredOn": "start_date",
            "DeregisteredOn": "end_date",
            "FirstCategory": "initial_category",
            "CurrentCategory": "latest_category",
        },
    ),
    "CPVisit": (
        "cp_visits",
        {
            "VisitRef": "visit_id",
            "ClientRef": "person_id",
            "RegistrationRef": "cp_plan_id",
            "VisitDate": "visit_date",
            "Seen": "seen",
            "SeenAlone": "seen_alone",
        },
    ),
    "LACEpisode": (
        "care_episodes",
        {
            "EpisodeRef": "episode_id",
            "ClientRef": "person_id",
            "EpisodeStart": "start_date",
            "ReasonForNewEpisode": "start_reason",
            "NeedCode": "need",
            "EpisodeEnd": "end_date",
            "ReasonCeased": "end_reason",
            "CarePeriodRef": "period_id",
            "PlacementRef": "placement_id",
            "CameIntoCare": "entered_care_date",
        },
    ),
    "LACLegalStatus": (
        "legal_statuses",
        {
            "LegalRef": "legal_status_id",
            "ClientRef": "person_id",
            "LegalStatus": "status",
            "EffectiveFrom": "start_date",
            "EffectiveTo": "end_date",
        },
    ),
    "LACPlacement": (
        "placements",
        {
            "PlacementRef": "placement_id",
            "ClientRef": "person_id",
            "CarePeriodRef": "period_id",
            "PlacedOn": "start_date",
            "LeftOn": "end_date",
            "PlacementType": "placement_type",
            "ProviderType": "provider",
            "PostCode": "postcode",
            "OfstedURN": "urn",
        },
    ),
    "Allocation": (
        "involvements",
        {
            "AllocationRef": "involvement_id",
            "ClientRef": "person_id",
            "WorkerCode": "professional_id",
            "Role": "role",
            "TeamCode": "team",
            "AllocatedFrom": "start_date",
            "AllocatedTo": "end_date",
        },
    ),
    "StaffMember": ("professionals", {"WorkerCode": "professional_id", "PayrollNo": "staff_id", "FullName": "name"}),
    "LeavingCare": (
        "care_leavers",
        {
            "LeaverRef": "care_leaver_id",
            "ClientRef": "person_id",
            "Entitlement": "eligibility",
            "InTouch": "in_touch",
            "LastContact": "latest_contact_date",
            "Accommodation": "accommodation",
            "AccommodationSuitable": "suitability",
            "MainActivity": "activity",
            "TeamCode": "team",
            "WorkerCode": "worker",
        },
    ),
    "AuditTrail": ("", {"EventNo": "", "Screen": "", "UserName": ""}),
}
WORDS = {"M": "Lad", "F": "Lass", "U": "Not said"}  # local words for the gender
PLANTED = {"Known As": NAME, "Case Notes": NOTE, "Taken By": NAME, "LastEditedBy": NAME, "UserName": NAME}


def foreign_tables(children: int = 120, seed: int = 5) -> dict[str, pl.DataFrame]:
    """Return the layout's tables as text; days are written DD.MM.YYYY."""
    sample = generate(children, DAY, seed)
    tables = {}
    for name, (record, columns) in LAYOUT.items():
        source = sample[RECORDS[record].meta.table] if record else pl.DataFrame({"n": ["1", "2", "3"] * 9})
        fields = RECORDS[record].fields() if record else {}
        shown = [
            pl.col(next(c for c in fields[field].columns if c in source.columns)).alias(column)
            if field
            else pl.lit(PLANTED.get(column, "x")).alias(column)
            for column, field in columns.items()
        ]
        frame = source.select(shown)
        tables[name] = frame.with_columns(
            pl.col(pl.String).str.replace(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T].*)?$", "$3.$2.$1")
        )
    tables["ClientIndex"] = tables["ClientIndex"].with_columns(pl.col("Sex").replace(WORDS))
    return tables


def write_foreign(folder: Path, form: str = "csv") -> Path:
    """Write the layout, and return what --extracts takes."""
    write_sample(foreign_tables(), folder, form, DAY)
    return folder if form in ("csv", "parquet") else next(folder.glob(f"extract.{form}"))


def truth() -> dict[tuple[str, str], tuple[str, str] | None]:
    """Return what each column is: (table, column) -> (record, field), or None."""
    return {
        (table, column): (record, field) if field else None
        for table, (record, columns) in LAYOUT.items()
        for column, field in columns.items()
    }
