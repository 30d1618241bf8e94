"""Placement location and authority of placement (2.12, R30)."""

import polars as pl
import pytest

from tests.spec.list_08.children import cells, episode, list_8, placement

LOCATION, AUTHORITY = "Placement Location", "LA of Placement"
IN, OUT = "a) In", "b) Out"
POSTCODES = pl.DataFrame(
    {
        "postcode": ["AB12CD", "XY99ZZ", "NN11NN"],
        "la_code": ["E06000099", "E06000001", "E06000002"],
        "la_name": ["Ourshire", "Neighbourshire", None],
    }
)
WALES, CONFIDENTIAL = "WAL - Child placed in Wales", "CON - Child placed in confidential placement"

# case: (postcode, code, name, recorded location), location, authority, finding
CASES = {
    "own by name": (("", "", " OURSHIRE ", ""), IN, " OURSHIRE ", None),
    "own by code": (("", "E06000099", "", ""), IN, "E06000099", None),
    "own by code, other name": (("", "e06000099", "The Borough", ""), IN, "The Borough", None),
    "neighbour": (("", "E06000001", "Neighbourshire", ""), OUT, "Neighbourshire", None),
    "recorded otherwise": (("", "E06000001", "Neighbourshire", "In"), OUT, "Neighbourshire", None),
    "Wales": (("", "WAL", "", ""), OUT, WALES, None),
    "Wales by name": (("", "", "Wales", ""), OUT, WALES, None),
    "abroad": (("", "NUK", "", "In"), OUT, "NUK - Child placed outside the UK", None),
    "confidential": (("", "CON", "", ""), None, CONFIDENTIAL, "AA-838"),
    "confidential, recorded": (("", "CON", "", "Out"), OUT, CONFIDENTIAL, None),
    "by postcode, own": (("ab1 2cd", "", "", ""), IN, "Ourshire", None),
    "by postcode, other": (("XY9 9ZZ", "", "", ""), OUT, "Neighbourshire", None),
    "by postcode, no name": (("NN1 1NN", "", "", ""), OUT, "E06000002", None),
    "the table before the postcode": (("AB1 2CD", "", "Neighbourshire", ""), OUT, "Neighbourshire", None),
    "unknown postcode": (("QQ1 1QQ", "", "", ""), None, None, "AA-837"),
    "nothing": (("", "", "", ""), None, None, "AA-837"),
    "nothing but recorded": (("", "", "", "In"), IN, None, "AA-837"),
}


def rows_of(cases):
    return {
        "ssd_cla_episodes": [episode(child, "2022-01-01 to") for child in cases],
        "ssd_cla_placement": [
            placement(child, "2022-01-01 to", clap_cla_placement_postcode=postcode)
            for child, ((postcode, *_), *_) in cases.items()
        ],
        "annexa_placement_locations": [
            {"placement_id": f"{child}-A1", "la_code": code, "la_name": name, "location": location}
            for child, ((_, code, name, location), *_) in cases.items()
            if code or name or location
        ],
    }


@pytest.fixture(scope="module")
def located():
    return list_8(rows_of(CASES), postcodes=POSTCODES, own_la=["Ourshire", "E06000099"])


@pytest.mark.parametrize("case", CASES)
def test_location(located, case):
    _, location, authority, check = CASES[case]
    assert cells(located, LOCATION)[case] == location
    # Names are trimmed when they are read.
    assert cells(located, AUTHORITY)[case] == (authority and authority.strip())
    found = {each for each in ("AA-837", "AA-838") if case in located.accused(each)}
    assert found == ({check} if check else set())


def test_nothing_is_missing_for_the_run(located):
    assert "AA-R22" not in located.checks()


ONE = {"neighbour": CASES["neighbour"], "recorded": (("", "", "Ourshire", "In"), IN, "Ourshire", None)}


@pytest.mark.parametrize("own", [[], [""]])
def test_without_an_own_authority_only_the_recorded_location_is_shown(own):
    result = list_8(rows_of(ONE | {"Wales": CASES["Wales"]}), own_la=own)
    assert cells(result, LOCATION) == {"neighbour": None, "recorded": IN, "Wales": OUT}
    assert cells(result, AUTHORITY)["neighbour"] == "Neighbourshire"
    assert result.findings.filter(check="AA-R22").height == 1


def test_without_any_authority_there_is_one_warning_and_no_error():
    result = list_8(rows_of({"a": CASES["nothing but recorded"], "b": CASES["nothing"]}), own_la=["Ourshire"])
    assert cells(result, LOCATION) == {"a": IN, "b": None}
    assert result.findings.filter(check="AA-R22").height == 1
    assert result.accused("AA-837") == []


def test_with_the_lookup_alone():
    tables = rows_of({"own": CASES["by postcode, own"], "elsewhere": CASES["unknown postcode"]})
    del tables["annexa_placement_locations"]
    result = list_8(tables, own_la=["Ourshire"], postcodes=POSTCODES)
    assert cells(result, LOCATION, AUTHORITY) == {"own": (IN, "Ourshire"), "elsewhere": (None, None)}
    assert result.accused("AA-837") == ["elsewhere"]


def test_a_child_without_a_placement_has_no_location_and_no_error_about_it():
    tables = rows_of(ONE)
    tables["ssd_cla_episodes"].append(episode("homeless", "2022-01-01 to"))
    result = list_8(tables, own_la=["Ourshire"])
    assert cells(result, LOCATION, AUTHORITY)["homeless"] == (None, None)
    assert result.accused("AA-837") == []


def test_two_locations_of_a_placement_give_the_same_answer_in_any_order():
    tables = rows_of(ONE)
    tables["annexa_placement_locations"].append({"placement_id": "neighbour-A1", "la_code": "", "la_name": "Ourshire"})
    first = cells(list_8(tables, own_la=["Ourshire"]), LOCATION, AUTHORITY)
    tables["annexa_placement_locations"].reverse()
    assert cells(list_8(tables, own_la=["Ourshire"]), LOCATION, AUTHORITY) == first
    assert first["neighbour"] == (OUT, "Neighbourshire")
