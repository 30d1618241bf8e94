"""Section 2.1 and K8, K12, K20: what the common columns say of a person."""

import pytest

from tests.support.build import build

DAY = "2025-06-02"


def contact(person: dict[str, str] | None, day: str = DAY, **tables):
    """Build List 1 for one child with one contact on D."""
    people = [{"pers_person_id": "C1", **person}] if person is not None else [{"pers_person_id": "other"}]
    contacts = [{"cont_contact_id": "1", "cont_person_id": "C1", "cont_contact_date": day}]
    return build({"ssd_person": people, "ssd_contacts": contacts, **tables}, inspection_date=day, lists=[1])


@pytest.mark.parametrize(
    ("birth", "expected_birth", "day", "age", "shown"),
    [
        # date of birth   expected date   D             age   date of birth column
        ("2010-06-02", "", "2025-06-02", 15, "2010-06-02"),
        ("2010-06-03", "", "2025-06-02", 14, "2010-06-03"),
        ("2020-02-29", "", "2025-02-28", 4, "2020-02-29"),
        ("2020-02-29", "", "2025-03-01", 5, "2020-02-29"),
        ("2020-02-29", "", "2024-02-29", 4, "2020-02-29"),
        ("2025-06-02", "", "2025-06-02", 0, "2025-06-02"),
        ("", "2025-08-01", "2025-06-02", -1, "2025-08-01"),
        ("2025-07-15", "", "2025-06-02", -1, "2025-07-15"),
        ("", "2025-05-10", "2025-06-02", -1, "2025-05-10"),
        ("", "2025-05-05", "2025-06-02", -1, "2025-05-05"),
        ("", "2025-05-04", "2025-06-02", 0, "2025-05-04"),
        ("", "2025-03-01", "2025-06-02", 0, "2025-03-01"),
        ("", "2009-01-01", "2025-06-02", 16, "2009-01-01"),
        ("", "", "2025-06-02", None, "None"),
    ],
)
def test_age_and_date_of_birth(birth, expected_birth, day, age, shown):
    result = contact({"pers_dob": birth, "pers_expected_dob": expected_birth}, day)
    assert result.cell(1, "Age of Child (Years)") == age
    assert str(result.cell(1, "Date of Birth")) == shown


def test_age_is_taken_at_death():
    result = contact({"pers_dob": "2010-06-03", "pers_death_date": "2020-06-02"})
    assert result.cell(1, "Age of Child (Years)") == 9


def test_a_death_after_the_as_at_date_has_not_happened():
    result = contact({"pers_dob": "2010-06-02", "pers_death_date": "2025-07-01"})
    assert result.cell(1, "Age of Child (Years)") == 15


@pytest.mark.parametrize(
    ("gender", "sex", "shown"),
    [
        ("M", "F", "a) Male"),
        ("", "F", "b) Female"),
        ("02", "", "b) Female"),
        ("unknown", "", "c) Not stated/recorded"),
        ("", "", "c) Not stated/recorded"),
        ("I", "", "d) Neither"),
        ("robot", "", None),
        ("robot", "M", None),
    ],
)
def test_gender(gender, sex, shown):
    result = contact({"pers_gender": gender, "pers_sex": sex, "pers_dob": "2010-01-01"})
    assert result.cell(1, "Gender") == shown
    assert ("AA-R02" in result.checks()) is (shown is None)


def test_an_unborn_child_has_no_gender_and_a_recorded_one_is_an_error():
    result = contact({"pers_gender": "F", "pers_expected_dob": "2025-08-01"})
    assert result.cell(1, "Gender") == "c) Not stated/recorded"
    assert result.accused("AA-G12") == ["C1"]


def test_an_estimated_date_of_birth_keeps_the_recorded_gender_with_a_warning():
    result = contact({"pers_gender": "F", "pers_expected_dob": "2009-01-01"})
    assert result.cell(1, "Gender") == "b) Female"
    assert result.accused("AA-G09") == ["C1"]


@pytest.mark.parametrize(
    ("ethnicity", "shown"),
    [("WBRI", "a) WBRI"), ("", "s) NOBT"), ("REFU", "s) REFU"), ("t) NOBT", "s) NOBT"), ("Martian", None)],
)
def test_ethnicity(ethnicity, shown):
    assert contact({"pers_ethnicity": ethnicity}).cell(1, "Ethnicity") == shown


def test_a_person_without_a_record_is_listed_with_blanks():
    result = contact(None)
    for heading in ("Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"):
        assert result.cell(1, heading) is None
    assert result.accused("AA-G02") == ["C1"]


def assessed(disabilities: list[str] | None, person: bool = True):
    """Build List 4 for one child with one open assessment."""
    tables = {
        "ssd_person": [{"pers_person_id": "C1" if person else "other"}],
        "ssd_cin_assessments": [{"cina_assessment_id": "1", "cina_person_id": "C1", "cina_assessment_start_date": DAY}],
    }
    if disabilities is not None:
        tables["ssd_disability"] = [
            {"disa_table_id": str(n), "disa_person_id": "C1", "disa_disability_code": code}
            for n, code in enumerate(disabilities)
        ]
    return build(tables, inspection_date=DAY, lists=[4]).cell(4, "Does the Child have a Disability")


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (["NONE"], "b) No"),
        (["AUT"], "a) Yes"),
        (["NONE", "MOB"], "a) Yes"),
        ([], "c) Unknown"),
        ([""], "c) Unknown"),
        (["something local"], None),
        (["something local", "NONE"], None),
        (["something local", "LD"], "a) Yes"),
        (None, None),
    ],
)
def test_disability(codes, shown):
    assert assessed(codes) == shown


def test_disability_does_not_need_a_person_record():
    assert assessed(["AUT"], person=False) == "a) Yes"
    assert assessed([], person=False) == "c) Unknown"
