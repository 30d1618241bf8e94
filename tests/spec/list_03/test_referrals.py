"""List 3: section 2.2, and the referral's own columns (R18)."""

import pytest

from tests.support.build import build

DAY = "2025-06-02"
COUNT = "Number of Referrals in Last 12 Months"


def referrals(rows: list[dict[str, str]], **options):
    """Build List 3 for one child with these referrals."""
    given = [{"cine_referral_id": f"R{n}", "cine_person_id": "C1", **row} for n, row in enumerate(rows)]
    tables = {"ssd_person": [{"pers_person_id": "C1", "pers_dob": "2012-05-05"}], "ssd_cin_episodes": given}
    return build(tables, inspection_date=DAY, lists=[3], **options)


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        # referral dates                                       value on each listed row
        ("2025-05-10", [0]),
        ("2024-05-10 2025-05-10", [1]),
        ("2024-05-09 2025-05-10", [0]),
        ("2024-09-01 2025-01-15 2025-05-10", [2, 2]),
        ("2024-03-01 2024-09-01 2025-01-15 2025-05-10", [2, 2]),
        ("2025-05-10 2025-05-10", [1, 1]),
        ("2024-02-01 2025-05-10", [0]),
        ("2025-05-10 2025-06-09", [0]),
        ("2024-02-29 2025-02-28", [1]),
    ],
)
def test_number_of_referrals(dates, counts):
    result = referrals([{"cine_referral_date": each} for each in dates.split()])
    assert result.column(3, COUNT) == counts


def test_an_exact_duplicate_is_not_another_referral():
    row = {"cine_referral_id": "R9", "cine_referral_date": "2025-05-10"}
    result = referrals([row, dict(row)])
    assert result.column(3, COUNT) == [0]
    assert "AA-G20" in result.checks()


@pytest.mark.parametrize(
    ("nfa", "outcomes", "shown", "reported"),
    [
        ("Y", "", "a) Yes", set()),
        ("0", "", "b) No", set()),
        ("", '{"NFA_FLAG":"Y"}', "a) Yes", set()),
        ("", '{"NFA_FLAG":"no"}', "b) No", set()),
        ("N", '{"NFA_FLAG":"Y"}', "b) No", set()),
        ("", '{"NFA_FLAG":""}', None, {"AA-301"}),
        ("", "", None, {"AA-301"}),
        ("", '{"NFA_FLAG":"Y', None, {"AA-R06"}),  # what cannot be read is not blank as well
        ("perhaps", "", None, {"AA-R05", "AA-R46"}),  # who is on List 6 hangs on it too
    ],
)
def test_no_further_action(nfa, outcomes, shown, reported):
    result = referrals([{"cine_referral_date": DAY, "cine_referral_nfa": nfa, "cine_referral_outcome_json": outcomes}])
    assert result.cell(3, "Referral NFA?") == shown
    # Other tables are not supplied.
    assert {*result.checks(), *result.checked("AA-301")["check"]} - {"AA-R10", "AA-R12"} == reported


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("1A", "", "a) 1A: Individual"),
        ("4711", "6: Police", "q) 6: Police"),
        ("", "", "u) 10: Unknown"),
        ("4711", "", None),
        ("5D", "", "p) 5C: LA services"),
    ],
)
def test_source(code, text, shown):
    result = referrals(
        [
            {
                "cine_referral_date": DAY,
                "cine_referral_nfa": "N",
                "cine_referral_source_code": code,
                "cine_referral_source_desc": text,
            }
        ]
    )
    assert result.cell(3, "Referral Source") == shown
    assert ("AA-R08" in result.checks()) is (code == "5D")


def test_a_later_code_has_its_own_label_in_the_edition_that_knows_it():
    result = referrals([{"cine_referral_date": DAY, "cine_referral_source_code": "5D"}], edition="ilacs-2022")
    assert result.cell(3, "Referral Source") == "p1) 5D: LA services"
    assert "AA-R08" not in result.checks()


def test_team_and_worker_are_named_and_a_plain_name_passes():
    tables = {
        "ssd_person": [{"pers_person_id": "C1"}],
        "ssd_cin_episodes": [
            {"cine_referral_id": n, "cine_person_id": "C1", "cine_referral_date": DAY, **who}
            for n, who in (
                ("1", {"cine_referral_team": "T1", "cine_referral_worker_id": "P1"}),
                ("2", {"cine_referral_team": "Duty", "cine_referral_worker_id": "S1"}),
                ("3", {"cine_referral_team": "SSD_PH", "cine_referral_worker_id": "Jo Bloggs"}),
            )
        ],
        "ssd_professionals": [
            {"prof_professional_id": "P1", "prof_staff_id": "S9", "prof_professional_name": "One"},
            {"prof_professional_id": "P2", "prof_staff_id": "S1", "prof_professional_name": "Two"},
        ],
        "ssd_department": [{"dept_team_id": "T1", "dept_team_name": "Front door"}],
    }
    result = build(tables, inspection_date=DAY, lists=[3])
    assert result.column(3, "Allocated Team") == ["Front door", "Duty", None]
    assert result.column(3, "Allocated Worker") == ["One", "Two", "Jo Bloggs"]


def test_the_extract_may_lack_a_column_that_is_not_needed():
    from annexa.extract.read import RawExtract, RawTable
    from tests.support import build as support

    raw = support.raw_extract(
        {
            "ssd_person": [{"pers_person_id": "C1"}],
            "ssd_cin_episodes": [{"cine_referral_id": "1", "cine_person_id": "C1", "cine_referral_date": DAY}],
        }
    )
    table = raw.tables["ssd_cin_episodes"]
    bare = [c for c in table.frame.columns if not c.startswith("cine_referral_source")]
    tables = {**raw.tables, table.name: RawTable(table.name, table.file, table.frame.select(bare), tuple(bare))}
    result = support.build_from(RawExtract(tables, (), ()), inspection_date=DAY, lists=[3])
    # Nothing was asked, so nothing says "unknown".
    assert result.cell(3, "Referral Source") is None
    assert "AA-G18" in result.checks()
