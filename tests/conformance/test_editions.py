"""The shipped editions against the committed facts of Ofsted's template, and against the table of editions."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from annexa.editions import DEFAULT_EDITION, edition_in_force, edition_names, load_edition

FACTS = json.loads((Path(__file__).parent / "facts" / "annex-a-2019-08.json").read_text(encoding="utf-8"))
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
SIX = {1: 6, 2: 6, 3: 6, 4: 6, 5: 6, 6: 6, 7: 6, 8: 6, 10: 12, 11: 12}
MONTHS = {
    "ilacs-2018": {1: 3, 2: 6, 3: 3, 4: 6, 5: 6, 6: 3, 7: 3, 8: 6, 10: 12, 11: 12},
    "ilacs-2019": SIX,
    "ilacs-2022": SIX,
}
ADDED_IN_2022 = [
    "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
    "Allocated Personal Advisor",
    "Latest Pathway Plan Review Date",
    "Latest Date of Contact",
]


def test_the_shipped_editions_stand_in_the_order_in_which_they_came_into_force():
    assert edition_names() == EDITIONS
    assert DEFAULT_EDITION == "ilacs-2018"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2017, 12, 31), "ilacs-2018"),  # before the first: there is no older one
        (date(2018, 1, 1), "ilacs-2018"),
        (date(2019, 7, 31), "ilacs-2018"),
        (date(2019, 8, 1), "ilacs-2019"),
        (date(2021, 12, 31), "ilacs-2019"),
        (date(2022, 1, 1), "ilacs-2022"),
        (date(2030, 1, 1), "ilacs-2022"),
    ],
)
def test_the_edition_in_force_changes_on_its_first_day(day: date, name: str):
    assert edition_in_force(day) == name


@pytest.mark.parametrize("name", EDITIONS)
def test_windows_are_those_of_the_table_of_editions(name: str):
    edition = load_edition(name)
    assert edition.months == MONTHS[name]
    assert edition.title
    assert edition.reference


@pytest.mark.parametrize("name", EDITIONS)
def test_titles_and_sheets(name: str):
    lists = load_edition(name).lists
    assert {number: spec.title for number, spec in lists.items()} == {
        each["number"]: each["title"] for each in FACTS["lists"]
    }
    assert [spec.sheet for spec in lists.values()] == [f"List_{number}" for number in range(1, 12)]


@pytest.mark.parametrize("name", EDITIONS)
def test_headings_are_ofsteds_to_the_letter(name: str):
    """Curly quotes and trailing blanks included; 2022 adds four columns to List 9 and nothing else."""
    lists = load_edition(name).lists
    for each in FACTS["lists"]:
        headings = [column.heading for column in lists[each["number"]].columns]
        if name == "ilacs-2022" and each["number"] == 9:
            assert [heading for heading in headings if heading in ADDED_IN_2022] == ADDED_IN_2022
            headings = [heading for heading in headings if heading not in ADDED_IN_2022]
        assert headings == each["headings"]


@pytest.mark.parametrize(("name", "columns"), [("ilacs-2018", 165), ("ilacs-2019", 165), ("ilacs-2022", 169)])
def test_number_of_lists_and_columns(name: str, columns: int):
    lists = load_edition(name).lists
    assert list(lists) == list(range(1, 12))
    assert sum(len(spec.columns) for spec in lists.values()) == columns


# Headings that the template's list of codes words in another way than its lists do.
OTHER_WORDING = {
    "Contact Source": "Contact / Referral Source",
    "Referral Source": "Contact / Referral Source",
    "Was the child assessed as requiring LA children’s social care support": (
        "Was the child assessed as being in need at assessment?"
    ),
    "Did the Initial Child Protection Conference Result in a Child Protection Plan": (
        "Did the Initial Child Protection Conference Result in a Child Protection Plan?"
    ),
    "Initial Category of Abuse": "Initial/Latest Category of Abuse",
    "Latest Category of Abuse": "Initial/Latest Category of Abuse",
    "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)": (
        "Is this a second or subsequent episode of being a Looked After Child within the last 12 months (Y/N)"
    ),
}
# List 11 has codes of its own, printed in the guidance of the template alone.
OWN_CODES = {
    (11, "Gender"): ("a) Male", "b) Female", "c) Neither", "d) Not stated/recorded"),
    (11, "Disability"): ("a) Yes", "b) No"),
    (11, "Is the (prospective) adopter fostering for adoption?"): ("Yes", "No"),
}


@pytest.mark.parametrize("name", ["ilacs-2018", "ilacs-2019"])
def test_every_column_that_ofsted_codes_shows_ofsteds_codes(name: str):
    edition = load_edition(name)
    official = {
        column: tuple(code["label"] for code in code_set["codes"])
        for code_set in FACTS["code_sets"].values()
        for column in code_set["columns"]
    }
    used = set()
    for number, spec in edition.lists.items():
        for column in spec.columns:
            heading = OTHER_WORDING.get(column.heading, column.heading.strip())
            expected = OWN_CODES.get((number, heading)) or official.get(heading)
            shown = edition.code_set(column.codes).labels if column.codes else None
            assert shown == expected, f"List {number}: {column.heading}"
            used.add(heading)
    assert set(official) <= used


def test_editions_share_files_and_differ_in_their_sum():
    editions = [load_edition(name) for name in EDITIONS]
    assert len({edition.sha256 for edition in editions}) == 3
    assert all("ilacs-2018/codes/gender.toml" in edition.files for edition in editions)
    assert "ilacs-2022/codes/activity.toml" in editions[2].files
    assert "ilacs-2018/codes/activity.toml" not in editions[2].files
    assert [file for file in editions[1].files if not file.startswith("ilacs-2018/")] == [
        "ilacs-2019/edition.toml",
        "ilacs-2019/lists/11-adopters.toml",
    ]


@pytest.mark.skipif("ANNEXA_REFERENCE" not in os.environ, reason="ANNEXA_REFERENCE names no reference file")
def test_committed_facts_agree_with_the_reference():
    """By hand: ANNEXA_REFERENCE is a JSON of the template with lists (title, columns) and code_sets (preferred ...)."""
    reference = json.loads(Path(os.environ["ANNEXA_REFERENCE"]).read_text(encoding="utf-8"))
    assert {str(each["number"]): (each["title"], each["headings"]) for each in FACTS["lists"]} == {
        number: (each["title"], each["columns"]) for number, each in reference["lists"].items()
    }
    columns = {column: each for each in FACTS["code_sets"].values() for column in each["columns"]}
    assert columns.keys() == reference["code_sets"].keys()
    for column, theirs in reference["code_sets"].items():
        ours = columns[column]["codes"]
        assert [code["label"] for code in ours] == theirs["preferred"], column
        if "detail" in theirs:
            assert [code["detail"] for code in ours] == theirs["detail"], column
        for key, name in (("grouped", "group"), ("group_1", "group"), ("group_2", "wider_group")):
            if key in theirs:
                assert [code[name] for code in ours] == theirs[key], column
