"""Source profiles: what they may say, and that one of a local layout is configuration alone."""

import polars as pl
import pytest

from annexa.errors import UsageError
from annexa.extract.load import extract_from
from annexa.extract.read import read_extract
from annexa.findings import Findings
from annexa.period import InspectionPeriod
from annexa.records import RECORDS, UNREADABLE
from annexa.sources import load_source, source_names
from tests.support.build import _day

LOCAL = {
    "Children": "ChildNo;Sex;EthnicGroup;BirthDate;DueDate;DeathDate\n"
    "007;Girl;White British;05/05/2010;;\n"
    "8;Boy;TBC;06/06/2011 00:00;;\n",
    "Enquiries": "EnquiryNo;ChildNo;Received;SourceCode;SourceName\n"
    "1;007;01/05/2018;1234;The police\n"
    "2;8;02/05/2018;2A;Family GP\n"
    "3;8;03/05/2018;99;Somebody\n"
    "4;8;04/05/2018;;Not Known\n",
    "Referrals": "ReferralNo;ChildNo;ReferredOn;SourceName;Need;NoFurtherAction;ClosedOn;ClosureReason;Team;Worker\n"
    "1;007;03/05/2018;School or college;N1;Not done;;;Front door;A Worker\n",
}


@pytest.fixture
def local(tmp_path):
    for name, text in LOCAL.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="cp1252")
    return tmp_path


def load(folder, name="local-example"):
    source, findings = load_source(name), Findings()
    raw = read_extract(folder, source.wanted())
    period = InspectionPeriod(_day("2018-06-04"))
    return extract_from(raw, source, period, findings, {}), findings.frame()


def test_a_local_layout_is_read_by_configuration_alone(local):
    extract, findings = load(local)
    persons = extract.tables["persons"].frame
    assert persons["person_id"].to_list() == ["007", "8"]
    assert persons["gender"].to_list() == ["F", "M"]
    assert persons["ethnicity"].to_list() == ["WBRI", None]
    assert [str(day) for day in persons["birth_date"]] == ["2010-05-05", "2011-06-06"]
    contacts = extract.tables["contacts"].frame
    assert contacts["contact_source"].to_list() == ["6", "2A", UNREADABLE, None]
    assert extract.tables["cin_episodes"].frame["referral_source"].to_list() == ["2A"]
    absent = extract.tables["assessments"]
    assert (absent.supplied, absent.source) == (False, "assessments")
    assert not extract.tables["cp_plans"].supplied
    # The profile's gap, not the extract's: the file has a column Sex, which holds another field.
    (gap,) = findings.filter((pl.col("check") == "AA-G18") & (pl.col("table") == "children"))["message"]
    assert gap.startswith("children has no column for sex in the source profile")
    unread = findings.filter(pl.col("check") == "AA-R02")
    assert set(unread["column"]) == {"sourcecode", "sourcename"}
    assert set(unread["row"]) == {4}


def test_shipped_profiles_load():
    assert source_names() == ["local-example", "ssd", "ssd-codes", "ssd-descriptions", "ssd-internal-ids"]
    for name in source_names():
        assert load_source(name).name == name


def test_the_standard_layout_maps_every_record():
    source = load_source("ssd")
    assert source.tables.keys() == RECORDS.keys()
    assert source.tables["contacts"].columns["contact_source"] == (
        "cont_contact_source_code",
        "cont_contact_source_desc",
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("title = 1", "title", "docs/adding-a-source.md"),
        ("title = ", "is not a TOML file", "Correct the file"),
        ('title = "x"\nwrong = 1', "wrong", "docs/adding-a-source.md"),
        ('title = "x"\n[tables.contact]\ntable = "y"', "tables: contact is not known", "contacts"),
        (
            'title = "x"\n[tables.contacts.columns]\ncontact_dat = "y"',
            "tables.contacts.columns: contact_dat is not known",
            "contact_date",
        ),
        ('title = "x"\ndate_formats = ["YYYY/MM/DD"]', "date_formats: YYYY/MM/DD is not known", "YYYYMMDD"),
        ('title = "x"\n[values.sourc]\n"a" = "1A"', "values: sourc is not known", "source"),
        ('title = "x"\n[values.source]\n"a" = "1Q"', "values.source: 1Q is not known", "1A"),
        ('title = "x"\n[values.source]\n"a" = "1A"\n"A " = "1B"', "mapped twice", "Keep one"),
        ('title = "x"\n[ignored]\n"legal_statuses.statu" = ["a"]', "ignored.legal_statuses: statu", "status"),
        (
            'title = "x"\n[ignored]\n"contacts.contact_source" = ["a"]',
            "ignored: a list starts from contacts",
            "[values]",
        ),
        ('title = "x"\n[tables.contacts.columns]\ncontact_id = "y"', "person_id has no column", "Name the column"),
        ('title = "x"\n[values."contact.x"]\n"a" = "1A"', "values: contact is not known", "contacts"),
        (
            'title = "x"\n[values."contacts.contact_date"]\n"a" = "1A"',
            "values.contacts: contact_date is not known",
            "contact_source",
        ),
        ('title = "x"\n[values."contacts.contact_source"]\n"a" = "M"', "values.contacts.contact_source: M", "1A"),
        (
            'title = "x"\n[tables.persons.columns]\nperson_id = "i"\nsex = "S"\nethnicity = "s"',
            "sex and ethnicity are both read from the column s",
            "one of the two",
        ),
    ],
)
def test_a_wrong_profile_is_refused_with_file_and_key(tmp_path, text, message, hint):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_source("mine", tmp_path)
    assert "mine.toml" in refused.value.message
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_profile_of_the_users_own_is_given_by_its_path(tmp_path):
    path = tmp_path / "ourtown.toml"
    path.write_text('title = "x"\nstandard_layout = true', encoding="utf-8")
    assert load_source(str(path)).name == "ourtown"
    with pytest.raises(UsageError, match=r"no source profile gone\.toml"):
        load_source(str(tmp_path / "gone.toml"))


def test_an_unknown_profile_names_the_nearest():
    with pytest.raises(UsageError, match="no source profile named sdd") as refused:
        load_source("sdd")
    assert refused.value.hint == "Did you mean ssd?"


def test_every_date_format_of_a_profile_is_read(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "mine.toml").write_text(
        'title = "x"\ndate_formats = ["DD.MM.YYYY", "DD-MM-YYYY", "YYYYMMDD"]\n'
        '[tables.persons]\ntable = "p"\n[tables.persons.columns]\nperson_id = "id"\nbirth_date = "b"\n',
        encoding="utf-8",
    )
    extract = tmp_path / "extract"
    extract.mkdir()
    (extract / "p.csv").write_text(
        "id,b\n1,05.06.2010\n2,05-06-2010 10:00\n3,20100605\n4,2010-06-05\n5,05/06/2010\n6,2010605\n", encoding="utf-8"
    )
    source, findings = load_source("mine", folder), Findings()
    raw = read_extract(extract, source.wanted())
    loaded = extract_from(raw, source, InspectionPeriod(_day("2018-06-04")), findings, {})
    days = loaded.tables["persons"].frame["birth_date"]
    assert [day and str(day) for day in days] == ["2010-06-05"] * 5 + [None]


def test_two_fields_may_share_a_column_that_both_read_alike(tmp_path):
    text = 'title = "x"\n[tables.persons.columns]\nperson_id = "i"\nsex = "S"\ngender = "S"'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    columns = load_source("mine", tmp_path).tables["persons"].columns
    assert (columns["sex"], columns["gender"]) == (("s",), ("s",))
    again = text + '\n[tables.contacts.columns]\ncontact_id = "i"\nperson_id = "i"\ncontact_date = "d"'
    (tmp_path / "mine.toml").write_text(again, encoding="utf-8")
    assert load_source("mine", tmp_path).tables["contacts"].columns["contact_id"] == ("i",)
    # A map of its own for one of them is another way of reading.
    (tmp_path / "mine.toml").write_text(text + '\n[values."persons.sex"]\n"x" = "M"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"gender and sex|sex and gender"):
        load_source("mine", tmp_path)


def test_two_tables_may_write_one_code_set_in_two_ways(tmp_path):
    (tmp_path / "mine.toml").write_text(
        """
title = "x"
[tables.persons]
table = "p"
columns = { person_id = "id", birth_date = "b" }
[tables.contacts]
table = "c"
own_codes = ["source"]
columns = { contact_id = "no", person_id = "id", contact_date = "on", contact_source = "source" }
[tables.cin_episodes]
table = "r"
own_codes = ["source"]
[tables.cin_episodes.columns]
referral_id = "no"
person_id = "id"
referral_date = "on"
close_date = "done"
referral_source = "source"
[values.source]
"1" = "2A"
"2" = "6"
[values."cin_episodes.referral_source"]
"1" = "3A"
" 3" = "1B"
""",
        encoding="utf-8",
    )
    extract = tmp_path / "extract"
    extract.mkdir()
    (extract / "p.csv").write_text("id,b\nA,2010-01-01\n", encoding="utf-8")
    rows = "".join(f"{n},A,2018-01-0{n},{n},\n" for n in (1, 2, 3))
    for name in ("c", "r"):
        (extract / f"{name}.csv").write_text("no,id,on,source,done\n" + rows, encoding="utf-8")
    source = load_source("mine", tmp_path)
    raw = read_extract(extract, source.wanted())
    loaded = extract_from(raw, source, InspectionPeriod(_day("2018-06-04")), Findings(), {})
    assert loaded.tables["contacts"].frame["contact_source"].to_list() == ["2A", "6", UNREADABLE]
    assert loaded.tables["cin_episodes"].frame["referral_source"].to_list() == ["3A", "6", "1B"]
