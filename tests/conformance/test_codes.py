"""The shipped code sets: Ofsted's labels carry over exactly, and what is met in extracts is read as the right code."""

import json
from pathlib import Path

import polars as pl
import pytest

from annexa.editions import code_sets, edition_names, load_edition, normalise
from annexa.records import RECORDS

FACTS = json.loads((Path(__file__).parent / "facts" / "annex-a-2019-08.json").read_text(encoding="utf-8"))["code_sets"]
EDITIONS = edition_names()


def read(name: str, *texts: str | None) -> list[str | None]:
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .select(code_sets()[name].read(pl.col("text")))["text"]
        .to_list()
    )


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019"])
@pytest.mark.parametrize("name", FACTS)
def test_labels_details_and_groups_are_ofsteds_in_ofsteds_order(edition: str, name: str):
    entries = [entry for entry in load_edition(edition).code_set(name).entries if entry.label]
    shown = {entry.label: entry for entry in reversed(entries)}
    assert list(dict.fromkeys(entry.label for entry in entries)) == [code["label"] for code in FACTS[name]["codes"]]
    for code in FACTS[name]["codes"]:
        entry = shown[code["label"]]
        if "detail" in code:
            assert entry.description == code["detail"]
        assert (entry.group, entry.wider_group) == (code.get("group"), code.get("wider_group"))


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_label_of_every_code_set_maps_to_itself(edition: str):
    for name, code_set in load_edition(edition).codes.items():
        for label in code_set.labels:
            (code,) = read(name, label)
            assert code is not None, f"{name}: {label}"
            assert next(entry.label for entry in code_set.entries if entry.code == code) == label
            assert code_set.label(code) in (label, None)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_standard_code_reads_as_itself(edition: str):
    for name, code_set in load_edition(edition).codes.items():
        codes = [entry.code for entry in code_set.entries]
        assert read(name, *codes) == codes


@pytest.mark.parametrize("name", [name for name in FACTS if "detail" in FACTS[name]["codes"][0]])
def test_every_detail_of_ofsted_reads_as_its_code(name: str):
    for code in FACTS[name]["codes"]:
        assert read(name, code["detail"]) == read(name, code["label"]), code["detail"]


def test_every_field_of_a_record_has_its_code_set():
    wanted = {field.code_set for record in RECORDS.values() for field in record.fields().values() if field.code_set}
    assert wanted <= code_sets().keys()


GENDER = {
    "M": ["M", "m", "Male", "01", "1", "a) Male", "A) MALE", "a)Male"],
    "F": ["F", "Female", "02", "2", "b) Female"],
    "U": ["U", "00", "0", "unknown", "Unknown", "c) Not stated/recorded", "c) Not stated/recorded (or unborn)"],
    "I": ["I", "09", "9", "10", "57", "99", "d) Neither", "Neither", "c) Neither"],
}
ETHNICITY = {
    "WBRI": ["WBRI", "a) WBRI", "A1", "White British", "White - British"],
    "WIRT": ["A4", "Traveller of Irish Heritage"],
    "WOTH": ["A3", "Any other White background"],
    "WROM": ["A5", "Gypsy/Roma", "Gypsy / Roma"],
    "CHNE": ["CHNE", "CNHE", "E1", "q) CHNE", "Chinese"],
    "OOTH": ["E2"],
    "REFU": ["E3", "s) REFU"],
    "NOBT": ["E4", "s) NOBT", "t) NOBT", "Information not yet obtained"],
}
SOURCE = {
    "1A": ["1A", "1a", "a) 1A: Individual", "a) 1A", "1A: Individual", "1A - Individual"],
    "5D": ["5D", "p1) 5D: LA services"],
    "6": ["6", "POLICE", "‘POLICE’.", "q) 6: Police", "q) 6 – Police"],
    "10": ["10", "Unknown", "u) 10: Unknown"],
    "3D": ["‘HEALTH SERVICES’ – other primary health services.", "Health services - other primary health services"],
}
LEGAL = {
    "C1": ["C1", "c1: ico", "ICO", "Interim care order Sec. 38(1)", "C1 - Interim care order", "Interim care order"],
    "C2": ["Care Order Sec. 31(a)", "C.O. Extended S40(5) CA", "Full care order", "FCO"],
    "D1": ["Child freed for adoption"],
    "E1": ["Placement Order (Sec. 21)", "Care Order Sec.31(a) & Placement Order (Sec. 21)"],
    "V2": ["Single placement acc. by LA S20(1) CA under 16", "Single placement acc. by LA S20(3) CA 16 & over"],
    "V4": ["Regular occ. acc by LA S20(3) CA 16 & over", "regular occ. acc. by LA S.20(1) CA under 16"],
    "V1": ["V1"],
    "L1": ["Police protection power Sec.38(1)"],
    "L2": ["Emergency protection order - LA", "EPO"],
    "L3": ["Child assessment order Sec. 43(1)"],
    "J1": ["Remanded to LA accommodation S20"],
    "J2": ["P.A.C.E Interview (CYP)"],
    "J3": ["S.43 CJA 91 Post-sent Und 22"],
}
START = {
    "S": ["S", "Started to be looked after", "S - Started to be looked after"],
    "L": ["Change of legal status only"],
    "P": ["Change of placement and carer(s) only"],
    "T": ["Change of placement (but same carer(s)) only"],
    "B": ["Change of legal status and placement and carer(s) at the same time"],
    "U": ["U - Change of legal status and change of placement (but same carer(s)) at the same time"],
}
HOME = (
    "Returned home to live with parent(s), relative(s), or other person(s) with parental responsibility "
    "{} (not under a special guardianship order or residence order"
)
GUARDIANS = "Special guardianship order made to carer(s), other than former foster carer(s)"
LIVING = "Moved into independent living arrangement and no longer looked-after: "
CEASED = {
    "X1": ["X1", "u) X1:CodeError", "Episode ceases, and new episode begins on same day, for any reason"],
    "E11": ["E11 - Adopted - application for an adoption order unopposed", "a) E11: Adopted - application unopposed"],
    "E12": ["Adopted – consent dispensed with by the court", "Adopted - consent dispensed with by court"],
    "E2": ["Died", "E2"],
    "E4A": [
        HOME.format("as part of the care planning process").split(" (not")[0],
        HOME.format("as part of the care planning process") + "/ child arrangement order)",
    ],
    "E4B": [
        HOME.format("which was not part of the current care planning process").split(" (not")[0],
        "E4B - "
        + HOME.format("which was not part of the current care planning process")
        + " or (from 22 April 2014) a child arrangement order).",
    ],
    "E13": ["Left care to live with parents, relatives, or other person with no parental responsibility"],
    "E41": [
        "Residence order/ child arrangement order which sets out with whom the child is to live) granted",
        "h) E41: Residence order granted",
    ],
    "E45": [
        "Special guardianship order made to former foster carer(s), who was/are a relative(s) or friend(s)",
    ],
    "E48": [
        GUARDIANS + ", other than relative(s) or friend(s)",
    ],
    "E5": [
        LIVING + "supportive accommodation providing formalised advice/support arrangements",
    ],
    "E7": ["Transferred to residential care funded by adult social care services"],
    "E9": ["Sentenced to custody"],
    "E14": ["Accommodation on remand ended"],
    "E15": ["Age assessment determined child is aged 18 or over and E5, E6 and E7 do not apply"],
    "E16": ["Child moved abroad"],
    "E17": ["Aged 18 (or over) and remained with current carers (inc under staying put arrangements)"],
    "E8": ["Period of being looked-after ceased for any other reason"],
}
CARE_LEAVERS = {
    "eligibility": {
        "RELEVANT": ["Relevant", "a) Relevant child"],
        "FORMER": ["Former Relevant", "former relevant"],
        "QUALIFYING": ["Qualifying"],
        "ELIGIBLE": ["Eligible", "d) Eligible child"],
        "NONE": ["No Current Eligibility"],
    },
    "in_touch": {"YES": ["YES", "Y", "a) Yes"], "RHOM": ["RHOM", "f) Rhom"], "DIED": ["DIED"], "NO": ["No"]},
    "suitability": {"1": ["1", "Suitable", "a) Suitable"], "2": ["2", "Unsuitable", "Not suitable"]},
    "accommodation": {"B": ["B", "With parents or relatives", "B - With parent(s) or relative(s)"]},
    "activity": {
        "F1": ["F1", "Young person engaged full time in higher education (meaning studies beyond A level) "],
        "F4": ["F4", "F4: Young person engaged full time in an apprenticeship"],
        "P5": ["P5 - Young person engaged part time in training or employment (not apprenticeship)"],
        "G5": ["G5 - Young person not in education, employment or training: other circumstances "],
    },
}
OTHERS = {
    "yes_no": {"Y": ["Y", "Yes", "1", "True", "T", "a) Yes"], "N": ["N", "No", "0", "False", "F", "b) No"]},
    "yes_no_plain": {"Y": ["Yes", "a) Yes", "Y"], "N": ["No", "b) No"]},
    "yes_no_unknown": {"U": ["U", "c) Unknown", "unknown"], "Y": ["true"]},
    "yes_no_na": {"NA": ["NA", "N/A", "Not applicable"], "Y": ["Y"]},
    "abuse_category": {
        "NEG": ["NEG", "Neglect", "a) Neglect"],
        "SAB": ["Sexual abuse"],
        "MUL": [
            "MUL",
            "e) Multiple/not recommended",
            "Multiple",
            "Multiple: Neglect, Physical abuse",
            "multiple:Emotional abuse,NEG",
            "Neglect, Sexual abuse, Emotional abuse",
        ],
    },
    "primary_need": {"N1": ["N1 - Abuse or Neglect"], "N3": ["N3 - Parental disability or illness"], "N0": ["N0"]},
    "need_category": {
        "N3": ["N3 - Parental illness or disability"],
        "N2": ["Child's disability", "Child‘s disability"],
    },
    "closure_reason": {"RC9": ["RC9"], "RC1": ["RC1 - Adopted."]},
    "placement_provider": {"PR4": ["e) PR4 - Private provision", "e) PR4: Private provision"]},
    "placement_type": {
        "H5": ["h5", "Residential accommodation"],
        "T4": ["zz) T4: Temporary placement - seven days or less"],
    },
    "permanence_order": {
        "ADOPTION": ["Adoption"],
        "SGO": ["Special Guardianship", "Special Guardianship Order", "SGO"],
        "CAO": ["Child Arrangements", "Child Arrangements/ Residence Order", "CAO"],
    },
    "permanence_plan": {"RETURN1M": ["a) Return to family", "RETURN1M"], "RETURN6M": ["RETURN6M"]},
    "missing_type": {"M": ["M", "Missing"], "A": ["A", "Away", "Absent"]},
    "immigration_status": {
        "UASC": ["UASC", "Unaccompanied Asylum Seeking Child"],
        "REFUGEE": ["Refugee Status"],
        "ILR": ["ILR", "Indefinite Leave to Remain in the UK (ILR)"],
        "ADULT_ASYLUM": ["Adult Asylum Seeker"],
    },
    "health_check_type": {"HEALTH": ["Health Assessment"], "DENTAL": ["Dental Check"], "OPTICIAN": ["Optician check"]},
    "health_check_status": {"PLANNED": ["Planned"], "CANCELLED": ["Cancelled"]},
    "assessment_status": {"cancelled": ["Cancelled", "CANCELLED"], "error": ["error"]},
    "emergency_kind": {"EPO": ["EPO", "Emergency protection order"], "PP": ["PP", "Police protection"]},
    "participation": {"PN0": ["PN0", "PN0 Child aged under 4 at the time of the review"]},
    "disability": {"NONE": ["NONE"], "AUT": ["Diagnosed with autism or Asperger’s syndrome"]},
    "gender_adopter": {"I": ["c) Neither", "d) Neither"], "U": ["d) Not stated/recorded", "c) Not stated/recorded"]},
    "placement_location": {"IN": ["a) In", "in"], "OUT": ["b) Out"]},
    "leaving_reason": {"3": ["3", "3 - Application refused", "Application refused"]},
    "reversal_reason": {"RD2": ["RD2", "The court did not make a placement order"]},
    "case_status": {"CLA": ["a) Looked after child"], "CLOSED": ["e) Closed episode"]},
}
KNOWN = {
    "gender": GENDER,
    "ethnicity": ETHNICITY,
    "source": SOURCE,
    "legal_status": LEGAL,
    "episode_start_reason": START,
    "ceased_reason": CEASED,
    **CARE_LEAVERS,
    **OTHERS,
}


@pytest.mark.parametrize("name", KNOWN)
def test_spellings_of_real_extracts(name: str):
    for code, texts in KNOWN[name].items():
        assert read(name, *texts) == [code] * len(texts), code


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gender", "c)"),  # c) is another gender on List 11
        ("gender", "d"),
        ("gender", "100"),
        ("ethnicity", "u) UNKNOWN"),  # Ofsted's list has no such code
        ("ethnicity", "E5"),
        ("ethnicity", "s)"),
        ("source", "Individual"),  # 1A to 1D
        ("source", "a) Individual"),  # Ofsted's group of 1A to 1D
        ("source", "LA services"),
        ("legal_status", "Wardship"),
        ("legal_status", "Care Order"),  # no part of a text is ever enough
        ("legal_status", "Special Guardianship Order"),
        ("abuse_category", "Neglect, something else"),
        ("abuse_category", "Multiple: something"),
        ("yes_no", "NA"),
        ("yes_no", "maybe"),
        ("need_category", "N0"),
        ("eligibility", "e) Somebody"),
        ("source", ""),
        ("source", " \u00a0 "),
        ("source", None),
    ],
)
def test_nothing_is_guessed(name: str, text: str | None):
    assert read(name, text) == [None]


def test_another_authority_passes_unchanged():
    assert read("la_of_placement", "Home  Town", "wal", "CON - Child placed in confidential placement", " ", None) == [
        "Home  Town",
        "WAL",
        "CON",
        None,
        None,
    ]


def test_codes_that_stand_for_a_blank():
    named = {name: code_set.not_recorded for name, code_set in code_sets().items() if code_set.not_recorded}
    assert named == {
        "gender": "U",
        "gender_adopter": "U",
        "ethnicity": "NOBT",
        "source": "10",
        "primary_need": "N0",
        "yes_no_unknown": "U",
    }


LATER = [
    ("source", "5D", "5C", "p) 5C: LA services", "p1) 5D: LA services"),
    (
        "closure_reason",
        "RC9",
        "RC8",
        "RC8 - Case closed after assessment, no further action",
        "RC9 - Case closed after assessment, referred to early help",
    ),
    ("activity", "F4", "F3", "F3: Full time in training or employment", "F4: Full time in an apprenticeship"),
    ("activity", "P4", "P3", "P3: Part time in training or employment", "P4: Part time in an apprenticeship"),
    (
        "activity",
        "F5",
        "F3",
        "F3: Full time in training or employment",
        "F5: Full time in training or employment (not apprenticeship)",
    ),
    (
        "activity",
        "P5",
        "P3",
        "P3: Part time in training or employment",
        "P5: Part time in training or employment (not apprenticeship)",
    ),
    (
        "ceased_reason",
        "E17",
        "E8",
        "t) E8: Care ceased for any other reason",
        "s1) E17: Aged 18 or over and remained with current carers",
    ),
]


@pytest.mark.parametrize(("name", "code", "replacement", "older", "newer"), LATER)
def test_codes_that_came_later(name: str, code: str, replacement: str, older: str, newer: str):
    for edition in ("ilacs-2018", "ilacs-2019"):
        code_set = load_edition(edition).code_set(name)
        assert code_set.replaced[code] == replacement
        assert code_set.label(code) == older
    code_set = load_edition("ilacs-2022").code_set(name)
    assert code_set.replaced == {}
    assert code_set.label(code) == newer


def test_only_the_codes_named_are_replaced():
    replaced = {
        (name, code) for name, code_set in load_edition("ilacs-2018").codes.items() for code in code_set.replaced
    }
    assert replaced == {(name, code) for name, code, *_ in LATER}


@pytest.mark.parametrize("edition", EDITIONS)
def test_codes_that_are_read_and_never_written(edition: str):
    codes = load_edition(edition).codes
    assert codes["ceased_reason"].label("X1") is None
    assert "u) X1:CodeError" in codes["ceased_reason"].labels
    assert codes["legal_status"].label("V1") is None
    assert codes["eligibility"].label("NONE") is None
    assert codes["eligibility"].label("ELIGIBLE") == ("d) Eligible child" if edition == "ilacs-2022" else None)
    assert codes["activity"].label("F3") == "F3: Full time in training or employment"


def test_a_letter_with_its_bracket_is_never_a_spelling():
    for name, code_set in code_sets().items():
        assert not [spelling for spelling in code_set.lookup if spelling.endswith(")") and len(spelling) <= 3], name


def test_spellings_stand_in_the_form_in_which_they_are_compared():
    for code_set in code_sets().values():
        assert all(normalise(spelling) == spelling for spelling in code_set.lookup)
        assert set(code_set.lookup.values()) == code_set.codes
