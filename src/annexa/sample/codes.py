"""The standard codes that the sample uses, with the shares in which they occur.

The codes are those of the Standard Safeguarding Dataset v1.4.5, the children in need census and the SSDA903 return. The
shares are published national figures, rounded, from general knowledge; a rare code has a share at which a sample of
2,000 children shows it.
"""

import json
from collections.abc import Iterable
from typing import Final

from annexa.sample.draw import Weighted

SEX: Final = Weighted({"M": 52, "F": 47.4, "U": 0.6})
ETHNICITY: Final = Weighted(
    {
        "WBRI": 68, "WOTH": 5.5, "WIRI": 0.6, "WIRT": 0.5, "WROM": 0.7, "MWBC": 3.2, "MWBA": 1.4, "MWAS": 1.8,
        "MOTH": 2.8, "AIND": 1.2, "APKN": 2.8, "ABAN": 1.2, "AOTH": 1.8, "BCRB": 1.8, "BAFR": 3.4, "BOTH": 1.4,
        "CHNE": 0.5, "OOTH": 2.0, "REFU": 0.8, "NOBT": 3.2,
    }
)  # fmt: skip
UASC_ETHNICITY: Final = Weighted({"OOTH": 45, "AOTH": 20, "BAFR": 30, "BOTH": 5})
NATIONALITY: Final = Weighted({"AFG": 30, "SDN": 25, "ERI": 25, "VNM": 20})
DISABILITY: Final = Weighted(
    {
        "LD": 24, "AUT": 26, "BEH": 16, "MOB": 6, "COMM": 7, "CON": 4, "HEAR": 4, "VIS": 4, "HAND": 3, "INC": 3,
        "PC": 2, "DDA": 4,
    }
)  # fmt: skip
SOURCE: Final = Weighted(
    {
        "6": 27, "2A": 17, "2B": 2.5, "3A": 2.5, "3B": 3, "3C": 1.5, "3D": 4, "3E": 4, "3F": 3, "5A": 6, "5B": 5,
        "5C": 4, "5D": 1, "1A": 4, "1B": 1.5, "1C": 1, "1D": 1.5, "4": 1.5, "7": 4, "8": 5, "9": 1.5, "10": 1.2,
    }
)  # fmt: skip
SOURCE_TEXT: Final = {
    "1A": "Family member, relative or carer", "1B": "Acquaintance", "1C": "Self", "1D": "Other individual",
    "2A": "Schools", "2B": "Education services", "3A": "GP", "3B": "Health visitor", "3C": "School nurse",
    "3D": "Other primary health services", "3E": "A&E", "3F": "Other health services", "4": "Housing",
    "5A": "LA social care", "5B": "LA other internal", "5C": "LA external", "5D": "LA early help", "6": "Police",
    "7": "Other legal agency", "8": "Other", "9": "Anonymous", "10": "Unknown",
}  # fmt: skip
NEED: Final = Weighted({"N1": 55, "N2": 8, "N3": 4, "N4": 9, "N5": 14, "N6": 3, "N7": 1, "N8": 2, "N9": 1.5, "N0": 0.8})
CARE_NEED: Final = Weighted({"N1": 62, "N2": 4, "N3": 4, "N4": 8, "N5": 14, "N6": 2, "N7": 1, "N8": 5})
CATEGORY: Final = Weighted({"NEG": 48, "EMO": 36, "PHY": 8, "SAB": 4.5, "MUL": 3.5})
CLOSURE: Final = Weighted({"RC7": 91, "RC5": 5, "RC6": 1.5, "RC3": 1.5, "RC4": 1})
AFTER_ASSESSMENT: Final = Weighted({"RC8": 86, "RC9": 14})
PARTICIPATION: Final = Weighted({"PN1": 45, "PN2": 8, "PN3": 14, "PN4": 8, "PN5": 5, "PN6": 6, "PN7": 14})
ALONE: Final = Weighted({"Y": 84, "N": 12, None: 4})
SEEN: Final = Weighted({"Y": 95.5, "N": 3.5, None: 1})
QUORATE: Final = Weighted({"Y": 96, "N": 4})

HOME: Final = Weighted({"E4A": 52, "E4B": 10, "E13": 11, "E8": 17, "E3": 5, "E16": 2.5, "E41": 2.5})
GUARDIANSHIP: Final = Weighted({"E46": 10, "E48": 8, "E47": 24, "E45": 58})
ADULT: Final = Weighted({"E5": 38, "E6": 20, "E17": 6, "E7": 6, "E8": 30})
CLOSES_AS: Final = {
    "E11": "RC1", "E12": "RC1", "E2": "RC2", "E41": "RC3", "E45": "RC4", "E46": "RC4", "E47": "RC4", "E48": "RC4",
    "E3": "RC5", "E7": "RC6",
}  # fmt: skip
MOVED: Final = Weighted(
    {
        "PLACE": 34, "CARPL": 16, "CHILD": 9, "CREQB": 12, "CREQO": 7, "LAREQ": 6, "STAND": 3, "ALLEG": 3, "CLOSE": 3,
        "CUSTOD": 2, "OTHER": 5,
    }
)  # fmt: skip
OFFERED: Final = Weighted({"Y": 80, "N": 14, "NA": 3, None: 3})
ACCEPTED: Final = Weighted({"Y": 60, "N": 33, "NA": 3, None: 4})
REVERSED: Final = Weighted({"RD1": 30, "RD3": 45, "RD4": 25})

IN_TOUCH: Final = Weighted({"YES": 88, "NO": 5, "REFU": 3, "NREQ": 3, "RHOM": 1})
ACCOMMODATION: Final = Weighted(
    {
        "U": 36, "D": 14, "B": 11, "E": 6, "T": 5, "K": 4, "C": 3, "X": 4, "Y": 4, "S": 2.5, "V": 1.5, "W": 1.5,
        "G": 1.5, "H": 1, "R": 2, "Z": 8,
    }
)  # fmt: skip
YOUNG_ACCOMMODATION: Final = Weighted({"B": 30, "D": 30, "E": 15, "C": 10, "K": 5, "Y": 5, "X": 5})
UNSUITABLE: Final = frozenset({"S", "W", "X", "R", "V"})
ACTIVITY_TO_2022: Final = Weighted(
    {
        "F1": 6, "P1": 1.5, "F2": 17, "P2": 3, "F3": 22, "P3": 4, "G4": 13, "G5": 24, "G6": 7, "F4": 0.8, "P4": 0.6,
        "F5": 0.6, "P5": 0.6,
    }
)  # fmt: skip
ACTIVITY_FROM_2022: Final = Weighted(
    {
        "F1": 6, "P1": 1.5, "F2": 17, "P2": 3, "F4": 4, "P4": 1.5, "F5": 18, "P5": 3.5, "G4": 13, "G5": 24, "G6": 7,
        "F3": 0.8, "P3": 0.6,
    }
)  # fmt: skip


def flags(keys: Iterable[str], *yes: str) -> str:
    """Return JSON text with Y for the keys named and N for the others."""
    return json.dumps({key: "Y" if key in yes else "N" for key in keys})


_CONTACT: Final = (
    "NEW_REFERRAL_FLAG", "EXISTING_REFERRAL_FLAG", "CP_ENQUIRY_FLAG", "NFA_FLAG", "NON_AGENCY_ADOPTION_FLAG",
    "PRIVATE_FOSTERING_FLAG", "ADVICE_FLAG", "MISSING_FLAG", "OLA_CP_FLAG", "OTHER_OUTCOMES_EXIST_FLAG",
)  # fmt: skip
_REFERRAL: Final = (
    "SINGLE_ASSESSMENT_FLAG", "NFA_FLAG", "STRATEGY_DISCUSSION_FLAG", "CLA_REQUEST_FLAG", "NON_AGENCY_ADOPTION_FLAG",
    "PRIVATE_FOSTERING_FLAG", "CP_TRANSFER_IN_FLAG", "CP_CONFERENCE_FLAG", "CARE_LEAVER_FLAG",
    "OTHER_OUTCOMES_EXIST_FLAG",
)  # fmt: skip
_ASSESSMENT: Final = (
    "NFA_FLAG", "NFA_S47_END_FLAG", "STRATEGY_DISCUSSION_FLAG", "CLA_REQUEST_FLAG", "PRIVATE_FOSTERING_FLAG",
    "LEGAL_ACTION_FLAG", "PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "SPECIALIST_ASSESSMENT_FLAG",
    "REFERRAL_TO_OTHER_AGENCY_FLAG", "OTHER_ACTIONS_FLAG", "OTHER_OUTCOMES_EXIST_FLAG",
)  # fmt: skip
_ENQUIRY: Final = (
    "NFA_FLAG", "LEGAL_ACTION_FLAG", "PROV_OF_SERVICES_FLAG", "PROV_OF_SB_CARE_FLAG", "CP_CONFERENCE_FLAG",
    "NFA_CONTINUE_SINGLE_FLAG", "MONITOR_FLAG", "OTHER_OUTCOMES_EXIST_FLAG",
)  # fmt: skip
_CONFERENCE: Final = (
    "NFA_FLAG", "REFERRAL_TO_OTHER_AGENCY_FLAG", "SINGLE_ASSESSMENT_FLAG", "PROV_OF_SERVICES_FLAG", "CP_FLAG",
    "OTHER_OUTCOMES_EXIST_FLAG",
)  # fmt: skip
PLAN_KEYS: Final = (
    "REMAINSUP", "RETURN1M", "RETURN6M", "RETURNEV", "LTRELFR", "LTFOST18", "RESPLMT", "SUPPLIV", "ADOPTION",
    "OTHERPLN",
)  # fmt: skip

CONTACT_REFERRED: Final = flags(_CONTACT, "NEW_REFERRAL_FLAG")
CONTACT_OPEN_CASE: Final = flags(_CONTACT, "EXISTING_REFERRAL_FLAG")
CONTACT_CLOSED: Final = Weighted(
    {
        flags(_CONTACT, "NFA_FLAG"): 50,
        flags(_CONTACT, "ADVICE_FLAG"): 32,
        flags(_CONTACT, "OTHER_OUTCOMES_EXIST_FLAG"): 12,
        flags(_CONTACT, "MISSING_FLAG"): 3,
        flags(_CONTACT, "OLA_CP_FLAG"): 1,
        flags(_CONTACT, "NON_AGENCY_ADOPTION_FLAG"): 1,
        flags(_CONTACT, "PRIVATE_FOSTERING_FLAG"): 1,
    }
)
REFERRAL_OUTCOME: Final = {
    "nfa": flags(_REFERRAL, "NFA_FLAG"),
    "assessed": flags(_REFERRAL, "SINGLE_ASSESSMENT_FLAG"),
    "enquiry": flags(_REFERRAL, "SINGLE_ASSESSMENT_FLAG", "STRATEGY_DISCUSSION_FLAG"),
    "care": flags(_REFERRAL, "SINGLE_ASSESSMENT_FLAG", "CLA_REQUEST_FLAG"),
    "transfer_in": flags(_REFERRAL, "CP_TRANSFER_IN_FLAG"),
    "noted": flags(_REFERRAL, "PRIVATE_FOSTERING_FLAG"),
}
ASSESSED_NFA: Final = flags(_ASSESSMENT, "NFA_FLAG")
ASSESSED_ELSEWHERE: Final = flags(_ASSESSMENT, "REFERRAL_TO_OTHER_AGENCY_FLAG", "NFA_FLAG")
ASSESSED_SERVICES: Final = flags(_ASSESSMENT, "PROV_OF_SERVICES_FLAG")
ASSESSED_SHORT_BREAKS: Final = flags(_ASSESSMENT, "PROV_OF_SB_CARE_FLAG")
ASSESSED_STRATEGY: Final = flags(_ASSESSMENT, "STRATEGY_DISCUSSION_FLAG")
ASSESSED_CARE: Final = flags(_ASSESSMENT, "CLA_REQUEST_FLAG")
ENQUIRY_NFA: Final = flags(_ENQUIRY, "NFA_FLAG")
ENQUIRY_SERVICES: Final = flags(_ENQUIRY, "PROV_OF_SERVICES_FLAG")
ENQUIRY_CONFERENCE: Final = flags(_ENQUIRY, "CP_CONFERENCE_FLAG")
ENQUIRY_LEGAL: Final = flags(_ENQUIRY, "LEGAL_ACTION_FLAG")
CONFERENCE_PLAN: Final = flags(_CONFERENCE, "CP_FLAG")
CONFERENCE_NO_PLAN: Final = flags(_CONFERENCE, "PROV_OF_SERVICES_FLAG")
