"""2.02: services received, assessment factors, placement, team and worker of a child, at 2 June 2025."""

from functools import cache

from annexa.reports.model import Mark
from annexa.reports.suppress import suppressed, system_of
from tests.support.reports import see

D = "2025-06-02"
CHILDREN = ("ALONE", "HELP", "BACK", "CIN", "OPEN", "CP", "CARE", "LEFT", "CP17", "TEXT")
TABLES = f"""
annexa_exploitation
person_id | kind | start_date | end_date   | services
TEXT      | CSE  | 2025-01-01 | 2025-04-01 | Mentor
TEXT      | CSE  | 2025-04-01 |            | Youth justice service
TEXT      | CCE  | 2025-04-01 |            | Mentor
TEXT      | CSE  | 2020-04-01 | 2021-04-01 | Long over
{"".join(f"{child} | CSE | 2025-01-01 | |{chr(10)}" for child in CHILDREN[:-1])}
ssd_early_help_episodes
earl_episode_id | earl_person_id | earl_episode_start_date | earl_episode_end_date
1               | HELP           | 2025-01-01              |
2               | CARE           | 2025-01-01              | 2025-06-03
3               | BACK           | 2025-01-01              | 2025-06-02
4               | TEXT           | 2025-06-02              |

ssd_cin_episodes
cine_referral_id | cine_person_id | cine_referral_date | cine_close_date | cine_referral_nfa
1                | CIN            | 2025-01-01         |                 | N
2                | OPEN           | 2025-05-01         |                 | N
3                | CP             | 2025-01-01         |                 | N
4                | BACK           | 2025-01-01         | 2025-06-02      | N

ssd_cin_plans
cinp_cin_plan_id | cinp_person_id | cinp_referral_id | cinp_cin_plan_start_date | cinp_cin_plan_end_date
1                | CIN            | 1                | 2025-02-01               |
2                | BACK           | 4                | 2025-02-01               | 2025-06-02

ssd_cin_assessments
cina_assessment_id | cina_person_id | cina_referral_id | cina_assessment_start_date | cina_assessment_auth_date
1                  | OPEN           | 2                | 2025-05-01                 |

ssd_cp_plans
cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date
1               | CP             | 3                | 2025-02-01              |
2               | CP17           |                  | 2025-02-01              |

ssd_cla_episodes
clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date | clae_cla_placement_id
1                   | CARE           | 2025-01-01                  | 11

ssd_cla_placement
clap_cla_placement_id | clap_person_id | clap_cla_placement_start_date | clap_cla_placement_postcode
11                    | CARE           | 2025-01-01                    | ZZ1 1ZZ

annexa_placement_locations
placement_id | la_code | la_name
11           | E1      | Exshire

ssd_care_leavers
clea_table_id | clea_person_id | clea_care_leaver_eligibility | clea_care_leaver_in_touch | clea_care_leaver_allocated_team | clea_care_leaver_worker_id
1             | LEFT           | Former relevant              | YES                       | T3                              | Wanda Worker
2             | CP17           | Relevant                     | YES                       | T3                              | W3

ssd_involvements
invo_involvements_id | invo_person_id | invo_professional_id | invo_professional_role_id | invo_professional_team | invo_involvement_start_date | invo_involvement_end_date
1                    | CARE           | W1                   | CW                        | T1                     | 2025-01-01                  |
2                    | CP             | W9                   | CW                        | T9                     | 2025-01-01                  |
3                    | CIN            | W2                   | CW                        | T1                     | 2025-01-01                  | 2025-06-02
4                    | HELP           | W2                   | CW                        | T1                     | 2025-01-01                  |
5                    | OPEN           | Dana Doe             | CW                        | T1                     | 2025-01-01                  |

ssd_professionals
prof_professional_id | prof_staff_id | prof_professional_name
W1                   | S1            | Walter Worker
W3                   | S3            | Wanda Worker

ssd_department
dept_team_id | dept_team_name
T1           | North team
T3           | Leaving care team

ssd_person
pers_person_id | pers_dob
LEFT           | 2005-01-01
CP17           | 2008-01-01
"""  # noqa: E501


@cache
def as_drawn():
    return see("2.02", TABLES, day=D)


def column(seen, heading):
    return {row["Child Unique ID"]: row[heading] for row in seen.rows("children")}


def test_services_received():
    """Those open at the inspection date, then what the flags of the twelve months name."""
    seen = as_drawn()
    assert column(seen, "Services received") == {
        "ALONE": "not supplied",
        "HELP": "early help",
        "BACK": "not supplied",
        "CIN": "child in need",
        "OPEN": "child in need (open assessment)",
        "CP": "child protection",
        "CARE": "early help; looked after",
        "LEFT": "leaving care",
        "CP17": "child protection; leaving care",
        "TEXT": "early help; Mentor; Youth justice service",
    }


def test_current_status():
    seen = as_drawn()
    none = "not receiving a statutory service"
    assert column(seen, "Current status") == {
        **dict.fromkeys(("ALONE", "HELP", "BACK", "TEXT"), none),
        "CIN": "child in need",
        "OPEN": "child in need (open assessment)",
        "CP": "child protection",
        "CARE": "looked after child",
        "LEFT": "care leaver",
        "CP17": "child protection",
    }
    assert column(seen, "All statuses")["CP17"] == "child protection; care leaver"


def test_numbers_by_status_and_service():
    seen = as_drawn()
    assert seen.grid("by_status") == {
        "looked after child": {"Children": 1},
        "child protection": {"Children": 2},
        "child in need": {"Children": 1},
        "child in need (open assessment)": {"Children": 1},
        "care leaver": {"Children": 1},
        "not receiving a statutory service": {"Children": 4},
        "Total": {"Children": 10},
    }
    assert seen.grid("by_service") == {
        "early help": {"Children": 3},
        "child in need": {"Children": 1},
        "child in need (open assessment)": {"Children": 1},
        "child protection": {"Children": 2},
        "looked after": {"Children": 1},
        "leaving care": {"Children": 2},
        "another service, as recorded": {"Children": 1},
        "no service supplied": {"Children": 2},
        "Total": {"Children": 10},
    }


def test_what_both_tables_print_is_one_count():
    """Looked after is a current status before all others: hidden in one table, it is hidden in both."""
    seen = as_drawn()
    status, service = (
        dict(each.grid.rows) for each in seen.report.tables if each.grid.key in ("by_status", "by_service")
    )
    assert status["looked after child"] == service["looked after"]
    assert status["looked after child"][0].name == service["looked after"][0].name != ""
    within = set(system_of([seen.report]).within)
    assert ("2.02 current status: care leaver", "2.02 service: leaving care") in within
    (shared,) = suppressed([seen.report])
    for table in shared.tables:
        for line in ("looked after child", "looked after"):
            assert dict(table.grid.rows).get(line, (Mark.SUPPRESSED,)) == (Mark.SUPPRESSED,)


def less(*names):
    """The tables without some of them."""
    blocks = TABLES.strip().split("\n\n")
    kept = [block for block in blocks if block.splitlines()[0] not in names]
    assert len(kept) == len(blocks) - len(names)
    return "\n\n".join(kept)


def test_what_was_not_supplied_is_never_a_zero():
    tables = less("ssd_care_leavers", "ssd_early_help_episodes")
    seen = see("2.02", tables, day=D, without=["annexa_exploitation.services"])
    assert seen.grid("by_status")["care leaver"] == {"Children": "not supplied"}
    services = seen.grid("by_service")
    for line in ("early help", "leaving care", "another service, as recorded"):
        assert services[line] == {"Children": "not supplied"}
    assert services["looked after"] == {"Children": 1}
    assert seen.report.notes[0] == "Current status is without List 9, which the extract does not supply."
    lists = ("ssd_cin_episodes", "ssd_cp_plans", "ssd_cla_episodes", "ssd_care_leavers")
    seen = see("2.02", less(*lists), day=D)
    assert [table.grid.key for table in seen.report.tables] == ["by_service"]
    assert set(column(seen, "Current status (not supplied)").values()) == {None}


def test_team_and_worker_of_the_open_list():
    """The team by name, as on the list; the worker by identifier, and by name only where names are asked for."""
    seen = as_drawn()
    assert "Worker" not in seen.rows("children")[0]
    given = {child: (team, column(seen, "Worker ID")[child]) for child, team in column(seen, "Team").items()}
    nobody = (None, None)
    assert given == {
        **dict.fromkeys(("ALONE", "BACK", "TEXT"), nobody),
        "HELP": nobody,  # on none of Lists 6 to 9
        "CIN": nobody,  # the worker left on the inspection date
        "OPEN": ("North team", None),  # a name that the staff tables do not know is no identifier
        "CP": ("T9", "W9"),
        "CARE": ("North team", "W1"),
        "LEFT": ("Leaving care team", "W3"),  # recorded by name
        "CP17": ("Leaving care team", "W3"),  # nobody is allocated on Lists 6 and 7
    }
    names = column(see("2.02", TABLES, day=D, worker_names=True), "Worker")
    assert {child: name for child, name in names.items() if name} == {
        "OPEN": "Dana Doe",
        "CARE": "Walter Worker",
        "LEFT": "Wanda Worker",
        "CP17": "Wanda Worker",
    }


def test_the_authority_of_the_placement():
    seen = as_drawn()
    assert {child: la for child, la in column(seen, "Placement LA").items() if la} == {"CARE": "Exshire"}


FACTORS = """
annexa_exploitation
person_id | kind | start_date
{people}

ssd_cin_assessments
cina_assessment_id | cina_person_id | cina_assessment_start_date | cina_assessment_auth_date
{assessments}

ssd_assessment_factors
cinf_assessment_id | cinf_assessment_factors_json
{factors}

annexa_assessments
assessment_id | status
X             | cancelled
Y             | error
"""


def found(*cases):
    """Assessment factors of children: each case is identifier, start, end and JSON."""
    tables = FACTORS.format(
        people="\n".join(f"{name} | CSE | 2025-01-01" for name, *_ in cases),
        assessments="\n".join(f"{name} | {name} | {start} | {end}" for name, start, end, _ in cases),
        factors="\n".join(f"{name} | {text}" for name, _, _, text in cases),
    )
    return column(see("2.02", tables, day=D), "Assessment factors")


FORMS = [
    ('["10A", "11A"]', "10A; 11A"),
    ('["2B","11A"]', "11A"),
    ('["11A", "10A"]', "10A; 11A"),
    ('["10a"]', "10A"),
    ('["10A Going missing"]', "10A"),
    ('["110A", "10AB", "1A"]', None),
    ("[]", None),
    ('{"10A": "Yes", "11A": "No"}', "10A"),
    ('{"10A": "N", "11A": "y"}', "11A"),
    ('{"10A": true, "11A": false}', "10A"),
    ('{"10A": 0, "11A": 1}', "11A"),
    ('{"10A": 10, "11A": null}', None),
    ('{"10A": "", "11A": "Unknown"}', None),
    ("not JSON 10A", None),
    ("", None),
]


def test_factors_in_either_form():
    told = found(*((f"C{number:02}", "2025-01-01", "2025-02-01", text) for number, (text, _) in enumerate(FORMS)))
    assert list(told.values()) == [factors for _, factors in FORMS]


def test_which_assessments_are_asked():
    both = '["10A", "11A"]'
    assert found(
        ("A", "2024-01-01", "2024-06-01", both),
        ("B", "2024-01-01", "2024-06-02", both),
        ("C", "2025-06-02", "", both),
        ("D", "2025-06-03", "", both),
        ("X", "2025-01-01", "2025-02-01", both),
        ("Y", "2025-01-01", "2025-02-01", both),
    ) == {"A": None, "B": "10A; 11A", "C": "10A; 11A", "D": None, "X": None, "Y": None}


def test_factors_put_nobody_on_the_report():
    tables = FACTORS.format(
        people="C1 | CSE | 2025-01-01",
        assessments="1 | C2 | 2025-01-01 |\n2 | C1 | 2025-01-01 |\n3 | C1 | 2025-02-01 |",
        factors='1 | ["10A"]\n2 | ["10A"]\n3 | ["11A"]',
    )
    assert column(see("2.02", tables, day=D), "Assessment factors") == {"C1": "10A; 11A"}
