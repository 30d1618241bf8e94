"""What rules read of the fields that hold JSON: yes/no flags of an object, such as {"NFA_FLAG": "Y"}."""

from collections.abc import Mapping
from typing import Final

# "record.field" -> the flags, as the Standard Safeguarding Dataset calls them. A conformance test holds them against
# the rules themselves.
FLAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts.outcome_json": (
        "NEW_REFERRAL_FLAG", "EXISTING_REFERRAL_FLAG", "CP_ENQUIRY_FLAG", "NFA_FLAG", "NON_AGENCY_ADOPTION_FLAG",
        "PRIVATE_FOSTERING_FLAG", "ADVICE_FLAG", "MISSING_FLAG", "OLA_CP_FLAG", "OTHER_OUTCOMES_EXIST_FLAG",
    ),
    "cin_episodes.outcome_json": (
        "NFA_FLAG", "PRIVATE_FOSTERING_FLAG", "CP_TRANSFER_IN_FLAG", "CARE_LEAVER_FLAG", "CLA_REQUEST_FLAG",
    ),
    "assessments.outcome_json": (
        "NFA_FLAG", "PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "CLA_REQUEST_FLAG", "STRATEGY_DISCUSSION_FLAG",
    ),
    "section_47_enquiries.outcome_json": (
        "CP_CONFERENCE_FLAG", "NFA_FLAG", "LEGAL_ACTION_FLAG", "PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG",
        "NFA_CONTINUE_SINGLE_FLAG", "MONITOR_FLAG", "OTHER_OUTCOMES_EXIST_FLAG",
    ),
    "care_plans.plan_json": (
        "ADOPTION", "LTRELFR", "LTFOST18", "RESPLMT", "SUPPLIV", "RETURN1M", "RETURN6M", "RETURNEV", "REMAINSUP",
        "OTHERPLN",
    ),
}  # fmt: skip
# The same for lists of codes, ["10A"]: the factors that a report looks for.
FACTORS: Final[Mapping[str, tuple[str, ...]]] = {"assessment_factors.factors_json": ("10A", "11A")}
