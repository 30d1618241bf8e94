"""What the values of a column tell, and which of them may be shown."""

import re

import polars as pl
import pytest

from annexa.records import RECORDS
from annexa.sources.content import agreement
from annexa.sources.links import parent_of
from annexa.sources.match import match
from annexa.sources.profile_of import SAMPLE, Found, profile_table, profile_tables
from annexa.sources.propose import holds, proposal_text
from annexa.sources.suggest import closest, unknown_values
from annexa.sources.wording import synonyms


def column(values, name="x"):
    return profile_table(Found("t", pl.DataFrame({name: pl.Series(values, dtype=pl.String)}))).columns[0]


def agrees(values, record, field, links=None, events=0):
    found = links or {}
    own = found.get((parent_of(record, field), field))
    return agreement(column(values), RECORDS[record], RECORDS[record].fields()[field], found, own, events)


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


def unknown(values, field="gender"):
    found, hidden = unknown_values(
        column(values, "Category"), RECORDS["persons"].fields()[field], NO_WORDS, frozenset()
    )
    return [(each.value, each.rows) for each in found], hidden


def test_unknown_values_are_shown_with_what_they_are_like():
    field = RECORDS["persons"].fields()["gender"]
    values = column(["M"] * 5 + ["Femal"] * 6 + ["Zog"] * 5 + ["once"], "Category")
    found, hidden = unknown_values(values, field, NO_WORDS, frozenset())
    assert [(each.value, each.rows) for each in found] == [("Femal", 6), ("Zog", 5)]
    assert found[0].codes[0][0] == "F"
    assert found[1].codes == ()
    assert hidden == 1
    assert unknown(["Ada Lovelace", "Grace Hopper"] * 9) == ([], 2)
    assert unknown(["x"] * 9, "upn") == ([], 0)


def test_values_that_are_read_alike_are_one_line():
    # A profile may map a value once; two lines would be refused.
    assert unknown(["Lass"] * 6 + ["LASS"] * 5 + ["Lad"] * 5) == ([("Lass", 11), ("Lad", 5)], 0)


def test_what_a_code_set_reads_by_its_own_rules_is_not_unknown():
    field = RECORDS["cp_plans"].fields()["initial_category"]
    both = column(["Neglect, Emotional abuse"] * 9 + ["Neglect"] * 9, "Category")
    assert unknown_values(both, field, NO_WORDS, frozenset()) == ([], 0)


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


def test_numbers_that_may_be_standard_codes_are_pointed_out():
    people = pl.DataFrame({"ChildID": [f"C{n}" for n in range(40)], "DOB": ["2001-01-01"] * 40})
    calls = {"ContactNo": [str(9000 + n) for n in range(40)], "ChildID": people["ChildID"]}
    calls |= {"ContactDate": ["2018-01-01"] * 40, "ContactSource": ["6", "19"] * 20}
    tables = profile_tables([Found("Children", people), Found("Contacts", pl.DataFrame(calls))])
    text = proposal_text("x", "extract", tables, match(tables))
    assert "# CHECK: numbers that may be standard codes, or the system's own: ContactSource (source)." in text
    assert '\n# own_codes = ["ContactSource"]\n[tables.contacts.columns]' in text
    tables = profile_tables(
        [Found("Children", people), Found("Contacts", pl.DataFrame(calls | {"ContactSource": ["2A", "Police"] * 20}))]
    )
    assert "own_codes" not in proposal_text("x", "extract", tables, match(tables))


def test_a_value_of_two_columns_is_one_line_however_it_is_written():
    people = pl.DataFrame(
        {
            "ChildID": [f"C{n}" for n in range(40)],
            "DOB": ["2001-01-01"] * 40,
            "Gender": ["Lass", "Lad"] * 20,
            "Sex": ["LASS", "LAD"] * 20,
        }
    )
    tables = profile_tables([Found("Children", people)])
    text = proposal_text("x", "extract", tables, match(tables))
    assert text.lower().count('# "lass" = ') == 1
    assert text.lower().count('# "lad" = ') == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([None, " "], "nothing"),
        (["2018-01-01", "2018-01-02"] * 5, "dates"),
        (["x"] * 3, "one value in every row that has one"),
        (["x", "y"] * 3, "2 different values, again and again"),
        (["x", "y", "z"], "identifiers"),
        ([f"{n}.5" for n in range(9)], "numbers"),
        ([f"Ada said {n}" for n in range(9)], "texts"),
    ],
)
def test_what_a_column_holds_is_told_without_a_value(values, told):
    assert holds(column(values)) == told


def test_a_table_with_nothing_but_two_numbers_is_no_record_whatever_they_are():
    people = pl.DataFrame({"ChildID": [f"C{n}" for n in range(40)], "DOB": ["2001-01-01"] * 40})
    strange = pl.DataFrame({"Zog_Num": [str(9000 + n) for n in range(40)], "ChildID": people["ChildID"]})
    found = match(profile_tables([Found("Children", people), Found("Zog", strange)]))
    assert list(found.matches) == ["persons"]
    assert found.unmatched == ("Zog",)
    named = match(profile_tables([Found("Children", people), Found("Merged_Clients", strange)]))
    assert "merged_ids" in named.matches


def test_a_table_that_looks_more_like_another_record_is_to_be_looked_at():
    people = pl.DataFrame({"ChildID": [f"C{n}" for n in range(40)], "DOB": ["2001-01-01"] * 40})
    visits = {"VisitID": [str(n) for n in range(40)], "ChildID": people["ChildID"], "VisitDate": ["2018-01-01"] * 40}
    tables = [Found("Children", people)]
    tables += [
        Found(f"Care Visits {name}", pl.DataFrame(visits | {"VisitID": [f"{name}{n}" for n in range(40)]}))
        for name in ("New", "Old")
    ]
    profiles = profile_tables(tables)
    text = proposal_text("x", "extract", profiles, match(profiles))
    assert re.search(r"^\[tables\.c\w+_visits\] # score .*$", text, re.M)
    assert re.search(r"^\[tables\.c\w+_visits\] # CHECK: score .*; or else care_visits .*$", text, re.M) or (
        "look like a record that is read from another table already" in text
    )
