"""A new edition and a new source are configuration alone: both are thrown together here and run from end to end."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from annexa.cli.main import app
from annexa.editions import compare, edition_names, load_edition
from annexa.errors import UsageError
from annexa.extract.read import read_extract
from annexa.lists.build import check_vocabulary
from annexa.outputs.manifest import read_manifest
from annexa.resources import resource
from annexa.sources import load_source, source_names
from tests.support.build import build, build_from

DAY = "2030-03-01"
SHIPPED = edition_names()


def edition_folder(tmp_path: Path, base: str) -> Path:
    """A folder with one edition, based on a shipped one: another window, another heading, another label."""
    folder = tmp_path / "editions" / "trial-2030"
    months = dict(load_edition(base).months) | {1: 1, 3: 18}
    written = "\n".join(f"{number} = {each}" for number, each in months.items())
    changed = {
        "edition.toml": (
            f'title = "Trial"\nin_force_from = 2030-01-01\nreference = "A test"\nbased_on = "{base}"\n'
            f"[months]\n{written}\n"
        ),
        "lists/03-referrals.toml": text_of("lists/03-referrals.toml").replace(
            'heading = "Date of referral"', 'heading = "Day the referral came"'
        ),
        "codes/gender.toml": text_of("codes/gender.toml").replace('label = "b) Female"', 'label = "b) Girl or woman"'),
    }
    for name, text in changed.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder.parent


def text_of(name: str) -> str:
    return resource("configs", "editions", "ilacs-2018", *name.split("/")).read_text(encoding="utf-8-sig")


EXTRACT = {
    "ssd_person": [{"pers_person_id": "C1", "pers_gender": "F", "pers_dob": "2020-05-05"}],
    "ssd_contacts": [
        {"cont_contact_id": "1", "cont_person_id": "C1", "cont_contact_date": "2030-02-01"},  # one month before
        {"cont_contact_id": "2", "cont_person_id": "C1", "cont_contact_date": "2030-01-31"},
    ],
    "ssd_cin_episodes": [
        {"cine_referral_id": "3", "cine_person_id": "C1", "cine_referral_date": "2028-09-01"},  # 18 months before
        {"cine_referral_id": "4", "cine_person_id": "C1", "cine_referral_date": "2028-08-31"},
    ],
}


@pytest.mark.parametrize("base", SHIPPED)
def test_a_new_edition_needs_no_code(tmp_path, base):
    folder = edition_folder(tmp_path, base)
    trial = load_edition("trial-2030", folder)
    check_vocabulary(trial)
    result = build(EXTRACT, inspection_date=DAY, edition="trial-2030", editions_folder=folder, lists=[1, 3])
    assert result.lists[1].window.start == date(2030, 2, 1)
    assert result.reasons(1) == {"1": None, "2": "WINDOW"}
    assert result.lists[3].window.start == date(2028, 9, 1)
    assert result.column(3, "Day the referral came") == [date(2028, 9, 1)]
    assert result.column(1, "Gender") == ["b) Girl or woman"]


@pytest.mark.parametrize("base", SHIPPED)
def test_what_the_new_edition_does_not_change_is_as_before(tmp_path, base):
    folder = edition_folder(tmp_path, base)
    areas = {(each.area, each.subject) for each in compare(load_edition(base), load_edition("trial-2030", folder))}
    assert areas == {
        ("window", "List 1"),
        ("window", "List 3"),
        ("column", "List 3: Date of referral"),
        ("column", "List 3: Day the referral came"),
        ("code", "gender: F"),
    }
    before = build(EXTRACT, inspection_date=DAY, edition=base, lists=[1])
    assert before.column(1, "Gender") == ["b) Female"] * 2
    assert edition_names() == SHIPPED


def test_a_new_edition_cannot_name_a_rule_that_does_not_exist(tmp_path):
    folder = edition_folder(tmp_path, "ilacs-2019")
    path = folder / "trial-2030" / "lists" / "03-referrals.toml"
    path.write_text(path.read_text("utf-8").replace("event_in_window", "event_in_windows"), encoding="utf-8")
    with pytest.raises(UsageError, match="List 3: cohort = event_in_windows"):
        check_vocabulary(load_edition("trial-2030", folder))


PROFILE = """
title = "A system of our own"
date_formats = ["DD/MM/YYYY"]

[blank]
texts = ["(none)"]

[options]
case_worker_roles = ["Key worker"]

[tables.persons]
table = "Young People"
columns = { person_id = "Ref", gender = "Boy or girl", ethnicity = "Background", birth_date = "Born" }

[tables.contacts]
table = "Calls"
columns = { contact_id = "Call", person_id = "Ref", contact_date = "Taken", contact_source = ["Code", "Caller"] }

[tables.cin_episodes]
table = "Cases"
[tables.cin_episodes.columns]
referral_id = "Case"
person_id = "Ref"
referral_date = "Opened"
close_date = "Closed"
close_reason = "Why closed"
primary_need = "Need"

[tables.cin_plans]
table = "Plans"
columns = { cin_plan_id = "Plan", person_id = "Ref", start_date = "Begun", end_date = "Finished" }

[tables.involvements]
table = "Workers"
[tables.involvements.columns]
person_id = "Ref"
professional_id = "Name"
role = "Role"
team = "Team"
start_date = "From"
end_date = "To"

[values.gender]
"lass" = "F"

[values.source]
"The Head" = "2A"

[values.closure_reason]
"Done and dusted" = "RC7"
"""

FILES = {
    "young people.CSV": "Ref;Boy or girl;Background;Born\n007;Lass;WBRI;05/05/2012\n008;Boy;(none);31/12/2016\n",
    "Calls.csv": "Call;Ref;Taken;Code;Caller\n1;007;04/03/2018;?;the head\n2;008;03/03/2018;2A;\n",
    "CASES.csv": (
        "Case;Ref;Opened;Closed;Why closed;Need\n"
        "10;007;02/01/2018;;;N1\n"
        "11;008;01/02/2017;05/04/2018 09:30;Done and dusted;N2\n"
        "12;008;31/02/2018;;;N2\n"
    ),
    "plans.csv": "Plan;Ref;Begun;Finished\n20;007;01/02/2018;\n",
    "Workers.csv": (
        "Ref;Name;Role;Team;From;To\n"
        "007;A. Worker;key worker;North;01/02/2018;\n"
        "007;B. Visitor;Visitor;South;01/05/2018;\n"
    ),
    "Notes.csv": "Ref;Text\n007;nothing to see\n",
}


@pytest.fixture
def local(tmp_path):
    """A source of the user's own and an extract in its layout, on the disk as a user would have them."""
    profile = tmp_path / "our-system.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    folder = tmp_path / "extract"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="cp1252")
    return profile, folder


def run(profile: Path, folder: Path, edition: str = "ilacs-2018"):
    raw = read_extract(folder, load_source(str(profile)).wanted())
    assert raw.unknown == ("Notes.csv",)
    roles = load_source(str(profile)).file.options.case_worker_roles
    return build_from(raw, source=str(profile), inspection_date="2018-06-04", edition=edition, case_worker_roles=roles)


@pytest.mark.parametrize("edition", SHIPPED)
def test_a_new_source_needs_no_code(local, edition):
    result = run(*local, edition)
    assert result.reasons(1) == {"1": None, "2": "WINDOW" if edition == "ilacs-2018" else None}
    row = result.lists[1].frame.row(0, named=True)
    assert row == {
        "Child Unique ID": "007",
        "Gender": "b) Female",
        "Ethnicity": "a) WBRI",
        "Date of Birth": date(2012, 5, 5),
        "Age of Child (Years)": 6,
        "Date of Contact": date(2018, 3, 4),
        "Contact Source": "e) 2A: Schools",
    }
    assert {number for number, each in result.lists.items() if not each.supplied} == {2, 4, 5, 7, 8, 9, 10, 11}


def test_values_dates_and_workers_of_the_new_source(local):
    result = run(*local)
    listed = {row["Child Unique ID"]: row for row in result.lists[6].frame.iter_rows(named=True)}
    assert listed.keys() == {"007", "008"}
    assert listed["007"]["Allocated Worker"] == "A. Worker"  # the later involvement has another role
    assert listed["007"]["Allocated Team"] == "North"
    assert listed["008"]["CIN Closure Date"] == date(2018, 4, 5)
    assert listed["008"]["Reason for Closure"].startswith("RC7")
    assert listed["008"]["Ethnicity"] == "s) NOBT"  # a placeholder is a blank, and a blank is not recorded
    assert result.findings.filter(check="AA-R01").select("table", "row", "column").rows() == [("cases", 4, "opened")]
    assert result.reasons(3)["12"] == "NO_DATE"


def test_the_command_builds_a_workbook_from_the_new_source(local, tmp_path):
    settings = tmp_path / "annexa.toml"
    settings.write_text('extracts = "extract"\nsource = "our-system.toml"\noutput = "out"\n', encoding="utf-8")
    words = ["build", "--inspection-date", "04/06/2018", "--config", str(settings)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    sheet = load_workbook(tmp_path / "out" / "annex-a.xlsx")["List_1"]
    assert [cell.value for cell in sheet["A"]] == ["List 1: Contacts", "Child Unique ID", "007"]
    assert read_manifest(tmp_path / "out").source.name == "our-system"


@pytest.mark.parametrize("name", source_names())
def test_the_shipped_profiles_load_by_name_and_by_path(name):
    by_name = load_source(name)
    assert load_source(str(resource("configs", "sources", f"{name}.toml"))) == by_name
    assert by_name.file.title
    assert "persons" in by_name.tables
