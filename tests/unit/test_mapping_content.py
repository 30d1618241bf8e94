"""What the values of a column tell, and which of them may be shown."""

import polars as pl
import pytest

from annexa.records import RECORDS
from annexa.sources.content import agreement
from annexa.sources.match import match
from annexa.sources.profile_of import SAMPLE, Found, profile_table, profile_tables
from annexa.sources.suggest import closest, may_be_shown, unknown_values
from annexa.sources.wording import synonyms


def column(values, name="x"):
    return profile_table(Found("t", pl.DataFrame({name: pl.Series(values, dtype=pl.String)}))).columns[0]


def agrees(values, record, field, links=None, events=0):
    return agreement(column(values), RECORDS[record], RECORDS[record].fields()[field], links or {}, events)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2018-06-04", "YYYY-MM-DD"),
        ("2018-06-04 13:05:00.000", "YYYY-MM-DD"),
        ("04/06/2018", "DD/MM/YYYY"),
        ("04-06-2018", "DD-MM-YYYY"),
        ("04.06.2018", "DD.MM.YYYY"),
        ("20180604", "YYYYMMDD"),
        ("06/14/2018", "MM/DD/YYYY"),
        ("4/6/2018", "D/M/YYYY"),
        ("04/06/18", "DD/MM/YY"),
        ("04-Jun-2018", "DD Month YYYY"),
        ("2018/06/04", "YYYY/MM/DD"),
    ],
)
def test_forms_of_dates(value, form):
    found = column([value, None, " "])
    assert (found.filled, found.dates, found.share(form), found.year) == (
        1,
        1.0,
        1.0,
        0 if form == "DD/MM/YY" else 2018,
    )


@pytest.mark.parametrize("value", ["2018-13-01", "99/99/2018", "June", "12", "10001", "2018"])
def test_what_is_no_date(value):
    assert column([value]).dates == 0


def test_counts_and_nothing():
    found = column(["a", " a ", "B", "", "  ", "NULL", "n/a", None])
    assert (found.rows, found.filled, found.distinct, found.codes) == (8, 3, 2, {"a": 2, "B": 1})
    empty = column([None, ""])
    assert (empty.filled, empty.distinct, empty.unique, empty.dates, empty.codes) == (0, 0, 0.0, 0, {})
    assert agrees([None], "persons", "gender") is None


def test_a_long_table_is_looked_at_in_part_but_all_its_identifiers_count():
    values = [str(n) for n in range(10 * SAMPLE)]
    found = column(values)
    assert found.rows <= SAMPLE
    assert len(found.values) == 10 * SAMPLE


def test_agreement_by_kind():
    days = ["2018-01-02", "2018-02-03"] * 5
    assert agrees(days, "contacts", "contact_date") == 1
    assert agrees(days, "contacts", "contact_source") == 0
    assert agrees(["x"], "contacts", "contact_date") == 0
    assert agrees(["AB1 2CD", "zz99 9zz"], "placements", "postcode") == 1
    assert agrees(["Y", "N"] * 9, "cp_visits", "seen") == 1
    assert agrees(["Y", "N"] * 9, "persons", "ethnicity") < 0.2
    assert agrees(["WBRI", "White British"], "persons", "ethnicity") == 1
    assert agrees(["3", "12"], "adopters", "children_placed") == 1
    assert agrees(["2017/18"], "attendance", "academic_year") == 1
    assert agrees(['{"a": 1}'], "contacts", "outcome_json") == 1
    # Births lie years before events.
    assert agrees(["2005-01-01"], "persons", "birth_date", events=2017) == 1
    assert agrees(["2017-01-01"], "persons", "birth_date", events=2017) < 1
    # An identifier that is found among the persons is the child's.
    links = {("persons", "person_id"): 1.0}
    assert agrees(["C1", "C2"], "contacts", "person_id", links) == 1
    assert agrees(["C1", "C2"], "contacts", "contact_id", links) < 0.3
    assert agrees(["9", "8"], "contacts", "person_id", {("persons", "person_id"): 0.0}) < 0.2


NO_WORDS = synonyms().vocabulary.words("Category")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (["Ada Lovelace", "Grace Hopper"] * 9, "Category"),
        (["Smith, Jo", "Jones, Al"] * 9, "Category"),
        (["a@b.example", "c@d.example"] * 9, "Category"),
        (["01632 960356", "01632 960357"] * 9, "Category"),
        (["AB1 2CD", "AB1 3CD"] * 9, "Category"),
        (["red", "blue"] * 9, "Surname"),
        (["red", "blue"] * 9, "WorkerName"),
        (["red", "blue"] * 9, "Home Address"),
        (["red", "blue"] * 9, "ClientNo"),
        ([f"v{n}" for n in range(30)], "Category"),  # each once
        ([f"v{n}" for n in range(300)] * 4, "Category"),  # too many
        (["a" * 200, "b"] * 9, "Category"),  # too long
        (["2018-01-02"] * 9, "Category"),
    ],
)
def test_values_that_are_never_shown(values, name):
    assert not may_be_shown(column(values, name), synonyms().vocabulary.words(name))


def test_unknown_values_are_shown_with_what_they_are_like():
    field = RECORDS["persons"].fields()["gender"]
    found, hidden = unknown_values(
        column(["M"] * 5 + ["Femal"] * 4 + ["Zog"] * 3 + ["once"], "Category"), field, NO_WORDS
    )
    assert [(each.value, each.rows) for each in found] == [("Femal", 4), ("Zog", 3)]
    assert found[0].codes[0][0] == "F"
    assert found[1].codes == ()
    assert hidden == 1
    private, hidden = unknown_values(column(["Ada Lovelace", "Grace Hopper"] * 9), field, NO_WORDS)
    assert (private, hidden) == ([], 2)
    assert unknown_values(column(["x"] * 9), RECORDS["persons"].fields()["upn"], NO_WORDS) == ([], 0)


@pytest.mark.parametrize(
    ("value", "code_set", "code"),
    [
        ("U6 - Foster carer (other)", "placement_type", "U6"),
        ("Femail", "gender", "F"),
        ("Interim order", "legal_status", "C1"),
        ("Neglected", "abuse_category", "NEG"),
    ],
)
def test_closest(value, code_set, code):
    assert closest(value, code_set)[0][0] == code


def test_an_empty_or_strange_extract_matches_nothing():
    assert match([]).matches == {}
    tables = profile_tables([Found("Zog", pl.DataFrame({"Blib": ["1"], "Blob": ["2"]}))])
    proposal = match(tables)
    assert (proposal.matches, proposal.unmatched) == ({}, ("Zog",))


def test_the_order_of_tables_columns_and_rows_makes_no_difference():
    people = pl.DataFrame({"ChildID": ["C1", "C2", "C3"], "Sex": ["M", "F", "M"], "DOB": ["2001-01-01"] * 3})
    visits = pl.DataFrame({"ID": ["7", "8"], "Child": ["C1", "C3"], "Visited": ["2018-01-01"] * 2, "Seen": ["Y", "N"]})

    def answer(tables):
        found = match(profile_tables(tables)).matches
        return {(r, c.field): (m.table, c.column, c.score) for r, m in found.items() for c in m.columns}

    straight = answer([Found("Children", people), Found("CP Visits", visits)])
    turned = answer(
        [
            Found("CP Visits", visits[::-1].select(visits.columns[::-1])),
            Found("Children", people[::-1].select("DOB", "Sex", "ChildID")),
        ]
    )
    assert straight == turned
    assert straight["cp_visits", "person_id"][1] == "Child"
    assert straight["cp_visits", "visit_date"][1] == "Visited"
    assert straight["persons", "birth_date"][1] == "DOB"
