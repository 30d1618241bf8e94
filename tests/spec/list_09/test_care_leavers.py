"""List 9: who stays, the category over all rows, and which row the details come from.

The cases of a table are the young people of one run.
"""

from datetime import date

import pytest

from tests.support.build import build

D = "2025-06-02"
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
EARLIER = ["ilacs-2018", "ilacs-2019"]
CATEGORY = "Eligibility Category"
RELEVANT, FORMER = "a) Relevant child", "b) Former relevant child"
QUALIFYING, ELIGIBLE = "c) Qualifying care leaver", "d) Eligible child"
NOBODY = "no current eligibility"
ADULT, TEENAGER, YOUNGER = "2004-05-01", "2008-02-01", "2010-03-01"


def leaver(person, eligibility="former relevant", key="", **cells):
    return {
        "clea_table_id": key or f"CL{person}",
        "clea_person_id": person,
        "clea_care_leaver_eligibility": eligibility,
        **{f"clea_{name}": value for name, value in cells.items()},
    }


def list_9(leavers, born=None, died=None, services=None, cared_for=(), edition="ilacs-2019", **more):
    """Build List 9. born, died: by person (all born as an adult else); services: (person, start, end)."""
    people = dict.fromkeys(each["clea_person_id"] for each in leavers if each["clea_person_id"])
    tables = {
        "ssd_person": [
            {
                "pers_person_id": each,
                "pers_dob": (born or {}).get(each, ADULT),
                "pers_death_date": (died or {}).get(each),
            }
            for each in people
        ],
        "ssd_care_leavers": list(leavers),
        "ssd_cla_episodes": [
            {"clae_cla_episode_id": f"E{each}", "clae_person_id": each, "clae_cla_episode_start_date": "2020-01-06"}
            for each in cared_for
        ],
        **more.pop("tables", {}),
    }
    if services is not None:
        tables["annexa_care_leaver_services"] = [
            {"person_id": each, "start_date": start, "end_date": end} for each, start, end in services
        ]
    return build(tables, inspection_date=D, edition=edition, lists=[9], **more)


def by_person(result, *headings):
    frame = result.lists[9].frame.select("Child Unique ID", *headings)
    return {row[0]: row[1] if len(headings) == 1 else row[1:] for row in frame.iter_rows()}


def found(result, check):
    return set(result.findings.filter(result.findings["check"] == check)["child"])


def reasons(result):
    """Person -> reason; all rows of a person must share it."""
    account = result.lists[9].accounts["care_leavers"]
    pairs = account.select("person_id", "reason").unique()
    assert pairs["person_id"].is_unique().all()
    return dict(pairs.iter_rows())


# name: (date of birth, categories, shown in 2018 and 2019, AA-901, AA-912); AA-R02 about the row shown hides AA-912
CATEGORIES = {
    "adult, former": (ADULT, ["former relevant"], FORMER, False, False),
    "adult, former and others": (
        ADULT,
        ["relevant", "qualifying", "eligible", "former relevant"],
        FORMER,
        False,
        False,
    ),
    "adult, qualifying first": (ADULT, ["relevant", "eligible", "qualifying"], QUALIFYING, False, False),
    "adult, eligible": (ADULT, ["eligible", "relevant"], FORMER, True, False),
    "adult, relevant": (ADULT, ["relevant"], RELEVANT, True, False),
    "adult, nobody and former": (ADULT, [NOBODY, "former relevant"], FORMER, False, False),
    "adult, blank": (ADULT, [""], None, False, True),
    "adult, unknown": (ADULT, ["something else"], None, False, False),
    "adult, blank and nobody": (ADULT, ["", NOBODY], None, False, True),
    "adult, unknown and nobody": (ADULT, ["something else", NOBODY], None, False, True),
    "18 on D": ("2007-06-02", ["eligible"], FORMER, True, False),
    "17, relevant": ("2007-06-03", ["qualifying", "relevant"], RELEVANT, False, False),
    "17, qualifying": ("2007-06-03", ["former relevant", "eligible", "qualifying"], QUALIFYING, False, False),
    "17, eligible": ("2007-06-03", ["former relevant", "eligible"], RELEVANT, True, False),
    "17, former": ("2007-06-03", ["former relevant"], FORMER, True, False),
    "16 on D, relevant": ("2009-06-02", ["relevant"], RELEVANT, False, False),
    "15, relevant": ("2009-06-03", ["relevant"], RELEVANT, True, False),
    "15, former first": ("2009-06-03", ["relevant", "qualifying", "former relevant"], FORMER, True, False),
    "15, qualifying": ("2009-06-03", ["qualifying"], QUALIFYING, True, False),
    "15, eligible": ("2009-06-03", ["eligible"], None, True, False),
    "15, blank": ("2009-06-03", [""], None, False, True),
    "unknown age, relevant": ("", ["qualifying", "relevant"], RELEVANT, False, False),
    "unknown age, qualifying": ("", ["eligible", "qualifying"], QUALIFYING, False, False),
    "unknown age, eligible": ("", ["eligible"], None, False, True),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_category(edition):
    rows = [
        leaver(person, category, key=f"{person}{number}")
        for person, (_, categories, *_) in CATEGORIES.items()
        for number, category in enumerate(categories)
    ]
    result = list_9(rows, {person: case[0] for person, case in CATEGORIES.items()}, edition=edition)
    assert by_person(result, CATEGORY) == {person: case[2] for person, case in CATEGORIES.items()}
    assert set(result.accused("AA-901")) == {person for person, case in CATEGORIES.items() if case[3]}
    assert set(result.accused("AA-912")) == {person for person, case in CATEGORIES.items() if case[4]}
    # All rows of a listed person count as output.
    assert set(result.reasons(9).values()) == {None}


# name: (date of birth, categories, category in 2022 or None; AA-X16)
LOOKED_AFTER = {
    "16, eligible": ("2009-06-02", ["eligible"], ELIGIBLE, False),
    "17, eligible": ("2007-06-03", ["eligible"], ELIGIBLE, False),
    "17, relevant": ("2007-06-03", ["relevant"], ELIGIBLE, True),
    "17, blank": ("2007-06-03", [""], ELIGIBLE, False),
    "15, eligible": ("2009-06-03", ["eligible"], None, False),
    "15, former": ("2009-06-03", ["eligible", "former relevant"], None, True),
    "unknown age": ("", ["eligible"], None, False),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_looked_after(edition):
    rows = [
        leaver(person, category, key=f"{person}{number}")
        for person, (_, categories, *_) in LOOKED_AFTER.items()
        for number, category in enumerate(categories)
    ]
    result = list_9(
        rows, {person: case[0] for person, case in LOOKED_AFTER.items()}, cared_for=LOOKED_AFTER, edition=edition
    )
    listed = {person: case[2] for person, case in LOOKED_AFTER.items() if case[2] and edition not in EARLIER}
    assert by_person(result, CATEGORY) == listed
    assert reasons(result) == {person: None if person in listed else "LOOKED_AFTER" for person in LOOKED_AFTER}
    contradicted = {person for person, case in LOOKED_AFTER.items() if case[3]} - set(listed)
    assert found(result, "AA-X16") == contradicted
    assert result.accused("AA-901") == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_care_that_is_no_longer_care(edition):
    born = {"18": "2007-06-02", "began at 19": "2001-01-05", "short breaks": TEENAGER}
    statuses = [
        {"lega_person_id": "short breaks", "lega_legal_status": "V4", "lega_legal_status_start_date": "2020-01-06"}
    ]
    result = list_9(
        [leaver(person, "relevant") for person in born],
        born,
        cared_for=born,
        edition=edition,
        tables={"ssd_legal_status": statuses},
    )
    # Care cannot begin at 19: the date of birth may be wrong, and neither list may lose the person for it.
    assert reasons(result) == dict.fromkeys(born)


# name: (date of birth, services: start and end, reason or None where listed, AA-909)
SERVICES = {
    "open": (ADULT, [("2022-05-01", "")], None, False),
    "ends on D": (ADULT, [("2022-05-01", "2025-06-02")], "SERVICE_ENDED", False),
    "ends the day after D": (ADULT, [("2022-05-01", "2025-06-03")], None, False),
    "begins on D": (ADULT, [("2025-06-02", "")], None, False),
    "begins later": (ADULT, [("2025-06-03", "")], None, True),
    "start not recorded": (ADULT, [("", "")], None, False),
    "one open": (ADULT, [("2022-05-01", "2023-05-01"), ("2024-05-01", "")], None, False),
    "all ended": (ADULT, [("2022-05-01", "2023-05-01"), ("2024-05-01", "2024-06-01")], "SERVICE_ENDED", False),
    "no service": (ADULT, [], None, True),
    "25, no service": ("2000-06-02", [], "AGE_25", False),
    "25, open": ("2000-06-02", [("2022-05-01", "")], None, False),
    "25, ended": ("2000-06-02", [("2022-05-01", "2023-05-01")], "SERVICE_ENDED", False),
    "24": ("2000-06-03", [("2022-05-01", "")], None, False),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_services(edition):
    result = list_9(
        [leaver(person) for person in SERVICES],
        {person: case[0] for person, case in SERVICES.items()},
        services=[(person, *each) for person, case in SERVICES.items() for each in case[1]],
        edition=edition,
    )
    assert reasons(result) == {person: case[2] for person, case in SERVICES.items()}
    assert found(result, "AA-909") == {person for person, case in SERVICES.items() if case[3]}
    unknown = result.lists[9].rows.filter(result.lists[9].rows["service_open"].is_null())
    assert set(unknown["person_id"]) == {"begins later", "no service"}


def test_without_a_table_of_services_every_record_counts_as_current():
    result = list_9([leaver("A"), leaver("B")])
    assert set(by_person(result, CATEGORY)) == {"A", "B"}
    assert found(result, "AA-909") == {None}
    assert result.lists[9].rows["service_open"].null_count() == 2


def test_deaths_and_the_order_of_the_reasons():
    result = list_9(
        [
            leaver("died", NOBODY),
            leaver("died on D"),
            leaver("dies later"),
            leaver("recorded", key="1"),
            leaver("recorded", key="2", care_leaver_in_touch="DIED"),
            leaver("nobody, ended", NOBODY),
            leaver("ended, 25"),
            leaver("cared for, ended"),
            leaver("", key="4"),
            leaver("twice", key="5"),
            leaver("twice", key="5"),
        ],
        {"ended, 25": "1999-01-01", "cared for, ended": TEENAGER},
        {"died": "2025-01-02", "died on D": "2025-06-02", "dies later": "2025-06-03"},
        [(person, "2022-05-01", "2025-01-31") for person in ("nobody, ended", "ended, 25", "cared for, ended")],
        ["cared for, ended"],
    )
    account = result.lists[9].accounts["care_leavers"]
    rows = account.select("person_id", "reason", "date", "finding").sort("person_id", "reason", nulls_last=True)
    left_day, died_day = date(2025, 1, 31), date(2025, 1, 2)
    assert rows.rows() == [
        ("cared for, ended", "SERVICE_ENDED", left_day, None),
        ("died", "DIED", died_day, "AA-910"),
        ("died on D", "DIED", date(2025, 6, 2), "AA-910"),
        ("dies later", None, None, None),
        ("ended, 25", "SERVICE_ENDED", left_day, None),
        ("nobody, ended", "NO_ELIGIBILITY", None, None),
        ("recorded", "DIED", None, "AA-910"),
        ("recorded", "DIED", None, "AA-910"),
        ("twice", "DUPLICATE", None, None),
        ("twice", None, None, None),
        (None, "NO_CHILD_ID", None, None),
    ]
    assert set(by_person(result, CATEGORY)) == {"dies later", "twice"}
    assert found(result, "AA-910") == {"died", "died on D", "recorded"}


def test_the_date_of_a_birthday_decides_at_25():
    result = list_9([leaver("A")], {"A": "2000-02-29"})
    account = result.lists[9].accounts["care_leavers"]
    assert account.select("reason", "date").rows() == [("AGE_25", date(2025, 3, 1))]


def test_a_person_without_a_record_stays():
    result = build({"ssd_person": [], "ssd_care_leavers": [leaver("A")]}, inspection_date=D, lists=[9])
    assert by_person(result, "Age of Child (Years)", CATEGORY) == {"A": (None, FORMER)}


def test_an_unborn_child_is_an_error():
    result = list_9([leaver("A")], {"A": "2025-07-01"})
    assert by_person(result, "Age of Child (Years)") == {"A": -1}
    assert found(result, "AA-G23") == {"A"}


DETAILS = [
    "LA In Touch ", "Type of Accommodation", "Suitability of Accommodation", "Activity Status",
    "Allocated Team", "Allocated Worker",
]  # fmt: skip


def test_details_come_from_the_latest_contact():
    def row(person, key, contact, team, **more):
        touched = {"care_leaver_in_touch": "YES", "care_leaver_allocated_team": team}
        return leaver(person, key=key, care_leaver_latest_contact=contact, **{**touched, **more})

    result = list_9(
        [
            row("latest", "1", "2025-05-01", "Later"),
            row("latest", "9", "2025-04-01", "Earlier"),
            row("blank", "9", "", "Without a date"),
            row("blank", "1", "2020-04-01", "With a date"),
            row("planned", "1", "2025-05-01", "Done"),
            row("planned", "9", "2025-06-03", "Planned"),
            row("fewer blanks", "1", "2025-05-01", "Fuller", care_leaver_worker_id="W"),
            row("fewer blanks", "9", "2025-05-01", "Poorer"),
            row("greater text", "1", "2025-05-01", "B"),
            row("greater text", "9", "2025-05-01", "A"),
        ]
    )
    assert by_person(result, "Allocated Team") == {
        "latest": "Later", "blank": "With a date", "planned": "Done", "fewer blanks": "Fuller", "greater text": "B",
    }  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
def test_who_is_not_in_touch_keeps_the_row_without_details(edition):
    touches = {"YES": "a) Yes", "NO": "b) No", "REFU": "d) Refu", "NREQ": "e) NREQ", "RHOM": "f) Rhom", "": None}
    rows = [
        leaver(
            f"P{code}",
            care_leaver_in_touch=code,
            care_leaver_latest_contact="2025-05-01",
            care_leaver_accommodation="U",
            care_leaver_accom_suitable="1",
            care_leaver_activity="F2",
            care_leaver_allocated_team="T1",
            care_leaver_worker_id="S1",
            care_leaver_personal_advisor="W2",
            pathway_plan_review_date="2025-03-01",
        )
        for code in touches
    ]
    rows.append(leaver("PNO", key="older", pathway_plan_review_date="2025-04-01", care_leaver_in_touch="YES"))
    result = list_9(
        rows,
        edition=edition,
        tables={
            "ssd_department": [{"dept_team_id": "T1", "dept_team_name": "Leaving Care"}],
            "ssd_professionals": [
                {"prof_professional_id": "W1", "prof_staff_id": "S1", "prof_professional_name": "Ada"},
                {"prof_professional_id": "W2", "prof_professional_name": "Ben"},
            ],
        },
    )
    details = ("U: Independent living", "a) Suitable", "F2: Full time in education other than higher")
    assert by_person(result, *DETAILS) == {
        f"P{code}": (label, *(details if code == "YES" else (None, None, None)), "Leaving Care", "Ada")
        for code, label in touches.items()
    }
    if edition not in EARLIER:
        extra = ["Allocated Personal Advisor", "Latest Pathway Plan Review Date", "Latest Date of Contact"]
        contact = date(2025, 5, 1)
        assert by_person(result, *extra)["PYES"] == ("Ben", date(2025, 3, 1), contact)
        assert by_person(result, *extra)["PNO"] == ("Ben", date(2025, 4, 1), contact)
