"""How the names of an unknown layout are read: taken apart, put into one form, and compared."""

import tomllib

import pytest

from annexa.records import RECORDS
from annexa.resources import resource
from annexa.sources.wording import common_prefix, own_prefixes, similarity, synonyms

READ = synonyms().vocabulary


def means(name: str, without: str = "") -> list[set[str]]:
    return [set(word.means) for word in READ.words(name, without)]


@pytest.mark.parametrize(
    "name",
    ["ClientNo", "CLIENT_NO", "client no", "clientno", "Child Ref.", "child-identifier", "person_id", "ChildrenIDs"],
)
def test_one_thing_under_many_names(name):
    first, second = means(name)
    assert "child" in first
    assert "identifier" in second


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DoB", [{"birth"}]),
        ("date of birth", [{"birth"}]),
        ("NHSNumber", [{"nhs"}]),
        ("PlcmntEndDt", [{"placement"}, {"end"}, {"date"}]),
        ("S47EnquiryID", [{"s47"}, {"enquiry"}, {"identifier"}]),
        ("tbl_Extract_Details", [{"clutter"}] * 1),  # nothing but clutter is still a name
        ("REVRS_DT", [{"reversed"}, {"date"}]),  # some of the letters
        ("RCVD_ON", [{"received"}, {"date"}]),
        ("xyzzy", [{"xyzzy"}]),
        ("", []),
    ],
)
def test_names_are_taken_apart(name, said):
    assert means(name) == said


def test_what_is_guessed_counts_less_than_what_is_declared():
    assert [word.sure for word in READ.words("placement end")] == [1, 1]
    guessed = READ.words("RVRSD")
    assert guessed[0].sure < 1
    declared = similarity(READ.words("reversed date"), READ.words("reversed date"))
    assert declared == 1
    assert 0.7 < similarity(READ.words("RVRSD DT"), READ.words("reversed date")) < declared


def test_similarity():
    end, start = READ.words("end date"), READ.words("start date")
    assert similarity(READ.words("DateClosed"), end) == 1
    assert similarity(READ.words("DateClosed"), start) < 0.5
    assert similarity(READ.words("xyzzy"), end) == 0
    # A word more than the other has is worse than one fewer: "seen alone" is not "seen".
    assert similarity(READ.words("seen alone"), READ.words("seen")) < similarity(
        READ.words("seen"), READ.words("seen alone")
    )
    # What the table has said already need not be said again.
    short, full = READ.words("Date"), READ.words("referral date")
    assert similarity(short, full, frozenset({"referral"})) > similarity(short, full)


def test_prefixes_that_say_nothing():
    assert common_prefix(["OT_Person", "OT_Visit", "OT_Plan", "Other"]) == "ot_"
    assert common_prefix(["Person", "Visit", "Plan"]) == ""
    tables = {"A": ["crv_no", "crv_date", "cpp_no"], "B": ["cpp_no", "cpp_start", "cpp_end"], "C": ["name", "team"]}
    assert own_prefixes(tables) == {"A": "crv_", "B": "cpp_", "C": ""}
    assert means("crv_date", "crv_") == [{"date"}]


def test_the_file_names_records_and_fields_and_repeats_nothing():
    file = tomllib.loads(resource("configs", "synonyms.toml").read_text("utf-8-sig"))
    assert file["records"].keys() == RECORDS.keys()
    fields = {name for record in RECORDS.values() for name in record.fields()}
    assert file["everywhere"].keys() <= fields
    for name, entry in file["records"].items():
        assert entry.get("columns", {}).keys() <= RECORDS[name].fields().keys()
        assert entry["table"]
    for words in file["words"].values():
        assert len(set(words)) == len(words), words


@pytest.mark.parametrize("record", RECORDS)
def test_the_standard_layout_is_recognised_by_its_own_names(record):
    assert max(similarity(READ.words(record), each) for each in synonyms().tables[record]) == 1
    for field, phrases in synonyms().columns[record].items():
        assert max(similarity(READ.words(field), each) for each in phrases) > 0.99
