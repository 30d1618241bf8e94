"""`annexa sources init` on a layout that annexa does not know, and from its proposal to a build."""

import json
import re

import polars as pl
import pytest

from annexa.sample import write_sample
from annexa.sources import load_source
from tests.support.cli import annexa
from tests.support.foreign import DAY, LAYOUT, NAME, NOTE, foreign_tables, truth, write_foreign


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    """The layout as CSV files."""
    return write_foreign(tmp_path_factory.mktemp("foreign") / "extract")


@pytest.fixture(scope="module")
def proposed(layout, tmp_path_factory):
    """What init printed, and the file that it wrote."""
    folder = tmp_path_factory.mktemp("profiles")
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", folder)
    assert ran.code == 0, ran.err
    return ran, folder / "ourtown.toml"


def _answers(document: dict) -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) -> (record, field)."""
    return {
        (entry["table"], column): (record, each["field"])
        for record, entry in document["records"].items()
        if not entry["companion_of"]
        for each in entry["columns"]
        for column in each["columns"]
    }


def test_nine_in_ten_columns_are_right_and_no_table_is_wrong(layout, tmp_path):
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", tmp_path, "--json")
    found = _answers(json.loads(ran.out))
    wanted = truth()
    wrong = [column for column, field in wanted.items() if found.get(column) != field]
    assert len(wrong) <= 0.1 * len(wanted), wrong
    records = {table: record for (table, _), (record, _) in found.items()}
    assert {table: record for table, (record, _) in LAYOUT.items() if record} == records


@pytest.mark.parametrize("form", ["xlsx", "sqlite"])
def test_the_form_of_the_extract_makes_no_difference(proposed, tmp_path, form):
    place = write_foreign(tmp_path / "extract", form)
    ran = annexa("sources", "init", "--extracts", place, "--name", "ourtown", "--output", tmp_path / "out")
    assert ran.code == 0, ran.err
    text = (tmp_path / "out" / "ourtown.toml").read_text(encoding="utf-8").splitlines()
    assert text[1:] == proposed[1].read_text(encoding="utf-8").splitlines()[1:]  # line 1 names the extract


def test_the_proposal_loads_and_says_why(proposed):
    source = load_source(str(proposed[1]))
    assert source.file.date_formats == ("DD.MM.YYYY",)
    assert source.tables["cin_episodes"].columns["referral_date"] == ("datereferred",)
    text = proposed[1].read_text(encoding="utf-8")
    assert re.search(r"^\[tables\.persons\] # score 0\.\d\d", text, re.M)
    assert re.search(r'^# "Lass" = ".*" # \d+ rows', text, re.M)
    free = "# Columns that nothing is read from, and what they hold:\n#   {}: {}\n#   {}: {}\n"
    alike = "one value in every row that has one"
    assert free.format("Known As", alike, "Case Notes", alike) in text
    assert "AuditTrail" in text.partition("none of the records")[2]
    assert re.search(r"List 11 Adopters: not supplied, for want of adopters\.", text)
    # What a list starts from and was not found has a frame to fill in.
    assert '\n# [tables.adopters]\n# table = ""\n# [tables.adopters.columns]\n# adopter_id = "" # NEEDED: ' in text


def test_init_and_check_say_the_same_of_the_lists(proposed, layout):
    """Both count a column as blank where nothing in it can be read, and not only where it is missing."""
    ran, path = proposed
    checked = annexa("sources", "check", path, "--extracts", layout)
    assert checked.code == 0, checked.err

    def said(out: str) -> str:
        return out.partition("What each list lacks")[2].partition("\u2500\n")[2].partition("\n\n")[0]

    assert said(ran.out).count("\n") > 20
    assert said(ran.out) == said(checked.out)
    # No local word for the gender is mapped yet.
    assert re.search(r"^ +Gender +persons\.gender, or persons\.sex \(no value of sex is mapped\)$", ran.out, re.M)
    end = path.read_text(encoding="utf-8").partition("# What each list still lacks with this profile:")[2]
    assert "#     persons.gender, or persons.sex (no value of sex is mapped): Gender\n" in end


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_one_file_is_an_extract_for_every_command(tmp_path, monkeypatch, form):
    """Init, check and build take a file with one table, and know it by the same name."""
    monkeypatch.chdir(tmp_path)
    write_sample({"ClientIndex": foreign_tables()["ClientIndex"]}, tmp_path / "extract", form, DAY)
    (file,) = (tmp_path / "extract").glob(f"*.{form}")
    ran = annexa("sources", "init", "--extracts", file, "--name", "one", "--json")
    assert ran.code == 0, ran.err
    assert {record: each["table"] for record, each in json.loads(ran.out)["records"].items()} == {
        "persons": "ClientIndex"
    }
    ran = annexa("sources", "check", "one", "--extracts", file, "--json")
    assert ran.code == 0, ran.err
    assert [each["table"] for each in json.loads(ran.out) if each["state"] == "supplied"] == ["clientindex"]
    ran = annexa(
        "build", "--extracts", file, "--source", "one.toml", "--inspection-date", f"{DAY}", "--output", "out",
        "--reports", "none",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert [each["name"] for each in json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]] == [
        file.name
    ]
    ran = annexa("sources", "check", "ssd", "--extracts", file)
    assert ran.code == 3
    assert f"{file.name} {'has no table' if form == 'xlsx' else 'is no table'} that is known." in ran.err


def test_no_name_no_free_text_and_no_identifier_leaves_the_extract(proposed, layout):
    ran, path = proposed
    shown = ran.out + ran.err + path.read_text(encoding="utf-8")
    assert NAME not in shown
    assert NOTE not in shown
    people = (layout / "ClientIndex.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    staff = (layout / "StaffMember.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    private = {line.split(",")[0] for line in people} | {line.split(",")[2] for line in staff}
    assert len(private) > 100
    assert [value for value in private if re.search(rf"\b{re.escape(value)}\b", shown)] == []


PEOPLE = ["Oona Blackthorn", "BLACKTHORN, O", "oona blackthorn", "Oona", "Mum Oona", "Oona (school)", "O Blackthorn"]
ODD = {  # (table, column): what stands in it
    ("FrontDoorContact", "Contacted By"): PEOPLE,
    ("Referral", "Referrer"): ["Police", "School", "Police - PC Oona", "School: Ms Blackthorn", "Oona at school"],
    ("Referral", "MainNeed"): ["9434765919", "943 476 5919", "ZE9 9ZZ", "07700 900123", "oona@post.example"],
    ("LACPlacement", "PlacementType"): ["Blackthorn", "Oona", "Foster carer Oona", "Blackthorn House, ZE9 9ZZ"],
    ("LACPlacement", "ProviderType"): ["ZE9 9ZZ", "ZE99ZZ", "Oona's", "born 05/06/2010"],
    ("CPVisit", "Seen"): ["Seen with Oona", "Oona Blackthorn", "Blackthorn", "cried about oona"],
    ("ClientDisability", "Condition"): ["Oona cannot walk far", "dad oona says no", "tired, cries", "Blackthorn"],
    ("Allocation", "Role"): ["Oona Blackthorn", "Blackthorn", "Oona", "Keyworker Oona"],
    ("LeavingCare", "Entitlement"): ["1234567", "A123456789012", "Oona", "oona blackthorn"],
    ("LeavingCare", "MainActivity"): ["works for oona", "Blackthorn & Sons", "lives with Oona", "Oona"],
}
PLANTED = re.compile(
    r"oona|blackthorn|ze9 ?9zz|943 ?476|07700|post\.example|05/06/2010|1234567|cried|cannot walk|tired", re.I
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The layout with names, numbers and free text in the columns of codes, each of few values."""
    tables = foreign_tables()
    for (table, column), values in ODD.items():
        frame = tables[table]
        cells = [values[row % len(values)] for row in range(frame.height)]
        tables[table] = frame.with_columns(pl.Series(column, cells))
    # The extract knows its people's names; alone, and often, they look like any word of a system's own.
    staff = tables["StaffMember"]
    tables["StaffMember"] = staff.with_columns(pl.Series("FullName", ["Oona Blackthorn"] * staff.height))
    folder = tmp_path_factory.mktemp("odd") / "extract"
    write_sample(tables, folder, "csv", DAY)
    return folder


def test_names_numbers_and_free_text_in_columns_of_codes_are_not_shown(odd, tmp_path):
    ran = annexa("sources", "init", "--extracts", odd, "--name", "ourtown", "--output", tmp_path, "--verbose")
    assert ran.code == 0, ran.err
    text = (tmp_path / "ourtown.toml").read_text(encoding="utf-8")
    assert PLANTED.findall(ran.out + ran.err + text) == []
    assert re.search(r"not shown: rare, or not plainly a code", text)


def test_nor_does_check_show_them_on_request(odd, tmp_path):
    names = {column: field for columns in LAYOUT.values() for column, field in columns[1].items() if field}
    lines = ['title = "x"']
    for table, (record, columns) in LAYOUT.items():
        if record:
            lines += [f"[tables.{record}]", f'table = "{table}"', f"[tables.{record}.columns]"]
            lines += [f'{field} = "{column}"' for column, field in columns.items() if field]
    assert len(names) > 50
    (tmp_path / "x.toml").write_text("\n".join(lines), encoding="utf-8")
    ran = annexa("sources", "check", tmp_path / "x.toml", "--extracts", odd, "--show-values")
    assert ran.code == 0, ran.err
    assert PLANTED.findall(ran.out + ran.err) == []
    # The local words for the gender are words of a lookup.
    assert re.search(r"clientindex\.sex +gender +3 +\d+ +Lad\n +Lass\n +Not said$", ran.out, re.M)
    ran = annexa("sources", "check", tmp_path / "x.toml", "--extracts", odd, "--show-values", "--json")
    assert PLANTED.findall(ran.out + ran.err) == []


def test_a_file_without_headings_is_left_out_and_not_quoted(layout, tmp_path):
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "clients.csv").write_text((layout / "ClientIndex.csv").read_text("utf-8"), encoding="utf-8")
    (folder / "visits.csv").write_text("Oona Blackthorn,04.06.2018,7\nA Person,05.06.2018,8\n", encoding="utf-8")
    ran = annexa("sources", "init", "--extracts", folder, "--name", "x", "--output", tmp_path)
    assert ran.code == 0, ran.err
    assert "visits was left out: its first row looks like data, and not like headings." in ran.err
    shown = ran.out + ran.err + (tmp_path / "x.toml").read_text(encoding="utf-8")
    assert PLANTED.findall(shown) == []


PROFILE = """
title = "x"
date_formats = ["DD.MM.YYYY"]
[tables.persons]
table = "p"
columns = { person_id = "Id", gender = "Sex", birth_date = "Born", death_date = "Died", ethnicity = "Group" }
[values.gender]
"Lad" = "M"
"""


@pytest.mark.parametrize(
    ("old", "new", "blank"),
    [
        ("", "", {}),
        ('"Lad"', '"Boy"', {"gender": "no value of sex is mapped"}),
        ("DD.MM.YYYY", "DD-MM-YYYY", {"birth_date": "nothing in born can be read"}),
    ],
)
def test_check_counts_a_column_as_filled_only_if_something_in_it_can_be_read(tmp_path, old, new, blank):
    (tmp_path / "extract").mkdir()
    (tmp_path / "extract" / "p.csv").write_text(
        "Id,Sex,Born,Died,Group\n1,Lad,01.02.2010,,Reds\n2,Lass,02.02.2010,,Blues\n3,,,,\n", encoding="utf-8"
    )
    path = tmp_path / "x.toml"
    path.write_text(PROFILE.replace(old, new), encoding="utf-8")
    ran = annexa("sources", "check", path, "--extracts", tmp_path / "extract")
    assert ran.code == 0, ran.err
    found = json.loads(annexa("sources", "check", path, "--extracts", tmp_path / "extract", "--json").out)[0]["blank"]
    expected = {"death_date": "died is empty", "ethnicity": "no value of group is mapped", **blank}
    assert {field: why for field, why in found.items() if why != "no column"} == expected
    said = set(re.findall(r"^p: (\w+) will be blank in every row: (.*)\.$", ran.out, re.M))
    assert said == {(field, why) for field, why in expected.items() if field != "death_date"}


def test_check_points_out_numbers_that_are_standard_codes_by_accident(tmp_path):
    (tmp_path / "extract").mkdir()
    people = "".join(f"{n},{'19' if n % 2 else '6'},2018-01-0{n}\n" for n in range(1, 9))
    (tmp_path / "extract" / "p.csv").write_text("Id,Source,On\n" + people, encoding="utf-8")
    text = 'title = "x"\n[tables.persons]\ntable = "p"\ncolumns = { person_id = "Id", birth_date = "On" }\n'
    text += '[tables.contacts]\ntable = "p"\n{own}columns = {{ contact_id = "Id", person_id = "Id", '
    text += 'contact_date = "On", contact_source = "Source" }}\n[values.source]\n"1" = "6"\n'

    def check(own):
        head, tail = text.split("[tables.contacts]")
        (tmp_path / "x.toml").write_text(head + "[tables.contacts]" + tail.format(own=own), encoding="utf-8")
        ran = annexa("sources", "check", tmp_path / "x.toml", "--extracts", tmp_path / "extract")
        assert ran.code == 0, ran.err
        return ran.out

    said = "p: source holds numbers, some of which are read as standard codes of source."
    assert said in check("")
    out = check('own_codes = ["Source"]\n')
    assert said not in out
    assert "p: contact_source will be blank in every row: no value of source is mapped." in out


def test_a_file_that_is_there_is_left_as_it_is(layout, tmp_path):
    path = tmp_path / "ourtown.toml"
    path.write_text("mine", encoding="utf-8")
    ran = annexa("sources", "init", "--extracts", layout, "--name", "ourtown", "--output", tmp_path)
    assert ran.code == 2
    assert "ourtown.toml already" in ran.err
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "../up", "a b", "ümlaut"])
def test_a_name_that_is_none_is_refused(layout, tmp_path, name):
    ran = annexa("sources", "init", "--extracts", layout, "--name", name, "--output", tmp_path)
    assert ran.code == 2
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_extract_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    for place, message in (("nowhere", "no file or folder"), ("empty", "no table"), ("notes.txt", "no table")):
        ran = annexa("sources", "init", "--extracts", tmp_path / place, "--name", "x", "--output", tmp_path)
        assert ran.code == 3
        assert message in ran.err
    assert not (tmp_path / "x.toml").exists()


def test_from_the_proposal_to_a_build(proposed, layout, tmp_path, monkeypatch):
    """As the documentation walks through it: map the words that no map knows, check, build."""
    text = proposed[1].read_text(encoding="utf-8")
    for word, code in {"Lad": "M", "Lass": "F", "Not said": "U"}.items():
        text = re.sub(rf'^# "{word}" = "[^"]*"', f'"{word}" = "{code}"', text, flags=re.M)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ourtown.toml").write_text(text, encoding="utf-8")
    ran = annexa("sources", "check", "ourtown", "--extracts", layout)
    assert ran.code == 0, ran.out
    assert not re.search(r"clientindex\.sex", ran.out)
    lists = ran.out.partition("What each list lacks")[2]
    assert re.search(r"^ *1 +Contacts +can be built +- +-$", lists, re.M)
    assert re.search(r"^ *11 +Adopters +not supplied +- +adopters$", lists, re.M)
    assert re.search(r"^ +Date of Latest Statutory Review +care_reviews\.review_date$", lists, re.M)
    assert re.search(r"^2\.03 +Private fostering +private_fostering$", ran.out, re.M)
    built = annexa(
        "build", "--extracts", layout, "--source", "ourtown.toml", "--inspection-date", "2018-06-04", "--output", "out"
    )
    assert built.code == 0, built.err
    counts = re.findall(r"^ *(\d+) .*? {2,}([\d,]+|-) {2,}", built.out, re.M)
    assert {number for number, rows in counts if rows not in ("-", "0")} >= {"1", "3", "4", "5", "6", "7", "8", "9"}


def test_a_table_whose_needed_column_holds_words_is_switched_off_and_the_proposal_loads(tmp_path):
    extract = tmp_path / "extract"
    made = annexa("sample", "--children", "60", "--seed", "5", "--inspection-date", f"{DAY}", "--output", extract)
    assert made.code == 0, made.err
    [file] = [path for path in extract.iterdir() if path.stem == "ssd_assessment_factors"]
    frame = pl.read_csv(file, infer_schema=False)
    words = pl.lit("Parental mental health").alias("cinf_assessment_factors_json")
    frame.with_columns(words).write_csv(file)
    ran = annexa("sources", "init", "--extracts", extract, "--name", "words", "--output", tmp_path, "--json")
    assert ran.code == 0, ran.err
    factors = json.loads(ran.out)["records"]["assessment_factors"]
    assert factors["needed"] == ["factors_json"]
    source = load_source(str(tmp_path / "words.toml"))
    assert "assessment_factors" not in source.file.tables
    assert "assessments" in source.file.tables
