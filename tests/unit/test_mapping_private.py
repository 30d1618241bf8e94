"""Which values of an unknown extract may be shown, and which never."""

import polars as pl
import pytest

from annexa.sources.private import is_data, own_names, showable
from annexa.sources.profile_of import Found, profile_table, profile_tables
from annexa.sources.wording import synonyms

NONE = frozenset()


def shown(values, name="Category", names=NONE):
    table = profile_table(Found("t", pl.DataFrame({name: pl.Series(values, dtype=pl.String)})))
    column = table.columns[0]
    words = synonyms().vocabulary.words(name)
    return [value for value, _ in showable(column, words, names, column.codes)]


@pytest.mark.parametrize(
    "value",
    [
        *("Ada Lovelace", "ADA LOVELACE", "ada lovelace", "Lovelace, A", "A Lovelace", "A. Lovelace", "Siân Ó Briain"),
        *(
            "Mum Ada",
            "Ada (police)",
            "Police - PC Lovelace",
            "School: Mrs Lovelace",
            "Lovelace/Hopper",
            "Anne-Marie Ní",
        ),
        *("a@b.example", "01632 960356", "+44 1632 960356", "AB1 2CD", "lives at ab12cd", "943 476 5919", "9434765919"),
        *("A123456789012", "Child 1234567", "born 05/06/2010", "2010-06-05", '{"a": 1}', "see https://x.example"),
        *("Shouted and threw plates", "Ada rang", "rang Ada about the visit", "x" * 101, "seen " * 13),
    ],
)
def test_values_that_are_never_shown(value):
    assert shown([value] * 5 + ["police"] * 50) == ["police"]


@pytest.mark.parametrize(
    "name",
    [
        *("Surname", "Home Address", "Postcode", "NHS no", "ref", "ClientNo", "Case Notes", "Comments", "UPN", "DOB"),
        *("KeyworkerID", "email", "Mobile"),
    ],
)
def test_columns_of_which_no_value_is_shown(name):
    assert shown(["police", "school"] * 50, name) == []


@pytest.mark.parametrize(
    "name",
    [
        *("Keyworker", "keyworker", "Carer", "Foster Carer", "Seen with", "seenwith", "SEEN_WITH", "Contacted By"),
        *("carriedoutby", "Worker Name", "TypeName", "Allocated SW", "IRO", "Who attended", "Adopters", "PA"),
    ],
)
def test_of_columns_about_people_only_words_that_are_no_names_are_shown(name):
    values = ["Ada"] * 50 + ["AL"] * 50 + ["W12"] * 50 + ["police"] * 50 + ["Not known"] * 50
    assert shown(values, name) in (["Not known", "police"], [])


def test_of_columns_about_the_kind_of_people_other_frequent_words_are_shown():
    assert shown(["Lad"] * 50 + ["W12"] * 50, "Worker Type") == ["Lad", "W12"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["Zog"] * 5, ["Zog"]),
        (["Zog"] * 4 + ["police"] * 4, ["police"]),  # an unknown word in few rows may be a name
        (["Zog"] * 5 + ["police"] * 495, ["police", "Zog"]),
        (["Zog"] * 5 + ["police"] * 496, ["police"]),
        (["zog police"] * 5, ["zog police"]),
        (["zog zag police"] * 5, []),  # more unknown words than known ones
        (["police"] * 5 + ["school"], ["police"]),  # one row is one child
        ([f"code {n}" for n in range(30)], []),  # each once
        ([f"code {n}" for n in range(90)] * 4, []),  # too many
        (["2018-01-02"] * 9, []),
        (["XB"] * 9 + ["17"] * 9, ["17", "XB"]),
    ],
)
def test_how_often_a_value_must_stand(values, expected):
    assert shown(values) == expected


def test_names_and_keys_of_the_extract_are_never_shown():
    staff = pl.DataFrame({"StaffNo": [f"W{n}{n}00" for n in range(1, 61)], "FullName": ["Ada Young", "Jo Zog"] * 30})
    names = own_names(profile_tables([Found("Staff", staff)]))
    assert {"ada", "young", "zog", "w1100"} <= names
    values = ["Zog"] * 20 + ["Ada"] * 20 + ["Young"] * 20 + ["W1100"] * 20 + ["Young person"] * 20 + ["Lad"] * 20
    assert shown(values, names=names) == ["Lad", "Young person"]
    # Descriptions of codes are no names, though their column is called so.
    types = pl.DataFrame({"SourceName": ["Police", "Schools"] * 30})
    assert own_names(profile_tables([Found("Sources", types)])) == set()


@pytest.mark.parametrize("heading", ["05/06/2010", "2010-06-05", "AB1 2CD", "10001", "9434765919", "a@b.example"])
def test_a_heading_that_is_data(heading):
    assert is_data(heading)


@pytest.mark.parametrize("heading", ["Name", "S47", "2018", "2017/18", "Under 1", "LAC_ID2", "1st name", ""])
def test_a_heading_that_is_one(heading):
    assert not is_data(heading)
