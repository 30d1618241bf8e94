"""3.09: who is placed under a section 25 order at the inspection date, 4 June 2018."""

from datetime import date

import pytest

from annexa.editions import edition_names
from tests.support.reports import see

ORDERS = """
annexa_secure_orders
person_id | order_type | order_start_date | order_end_date | expiry_date | region     | placement_id
C1        | s25        | 2018-03-10       |                | 2018-06-10  | North East | 11
C2        | s25        | 2018-06-04       |                |             |            |
C3        | s25        | 2018-06-05       |                |             |            |
C4        | s25        | 2018-03-10       | 2018-06-03     |             |            |
C5        | s25        | 2018-03-10       | 2018-06-04     |             |            |
C6        | s25        | 2018-03-10       | 2018-06-05     | 2018-06-03  | London     | 12
C7        | DoL        | 2018-05-01       |                |             |            |
C8        | remand     | 2018-05-01       |                |             |            |
          | s25        | 2018-05-01       |                |             |            |

ssd_cla_placement
clap_cla_placement_id | clap_person_id | clap_cla_placement_start_date | clap_cla_placement_distance
11                    | C1             | 2018-03-10                    | 87.5
12                    | C6             | 2018-03-10                    | 999.9

ssd_person
pers_person_id | pers_dob
C1             | 2003-06-05
C6             | 2002-06-04
"""


@pytest.mark.parametrize("edition", edition_names())
def test_who_is_counted(edition):
    seen = see("3.09", ORDERS, edition=edition)
    assert seen.figure("at_d") == 3
    assert seen.figure("dol") == 1
    assert seen.figure("expired") == 1
    assert seen.column("children", "Child Unique ID") == ["C1", "C6", "C2"]
    assert seen.excluded() == {
        "annexa_secure_orders: ended by the inspection date": 2,
        "annexa_secure_orders: in force, a remand": 1,
        "annexa_secure_orders: in force, no child's identifier": 1,
        "annexa_secure_orders: later than the inspection date or the extract": 1,
    }
    assert not [note for note in seen.report.notes if "blank or not known" in note]


def test_what_each_row_says():
    first, second, third = see("3.09", ORDERS).rows("children")
    assert first == {
        "Child Unique ID": "C1",
        "Date of Birth": date(2003, 6, 5),
        "Age": 14,
        "Order start": date(2018, 3, 10),
        "Order expiry": date(2018, 6, 10),
        "Expired and still open": "N",
        "Region": "North East",
        "Distance from home (miles)": 87.5,
    }
    assert (second["Age"], second["Expired and still open"]) == (16, "Y")
    assert second["Distance from home (miles)"] is None
    assert (third["Date of Birth"], third["Expired and still open"]) == (None, None)


def test_an_expiry_on_the_inspection_date_is_not_past():
    tables = ORDERS.replace("2018-06-03  | London", "2018-06-04  | London")
    assert see("3.09", tables).figure("expired") == 0


def test_no_order_is_a_stated_zero_and_no_table_is_not_supplied():
    empty = "annexa_secure_orders\nperson_id | order_type | order_start_date | order_end_date"
    assert see("3.09", empty).figure("at_d") == 0
    absent = see("3.09", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("at_d") == "not supplied"


def test_without_the_optional_columns():
    without = ["annexa_secure_orders.expiry_date", "annexa_secure_orders.region"]
    seen = see("3.09", ORDERS, without=without)
    assert seen.figure("expired") == "not supplied"
    assert seen.column("children", "Order expiry (not supplied)") == [None, None, None]


def test_what_began_after_the_extract_has_not_happened():
    assert see("3.09", ORDERS, extract_date="2018-06-03").figure("at_d") == 3


@pytest.mark.parametrize("order_type", ["K1", "secure", ""])
def test_another_type_is_nothing_that_is_known(order_type):
    seen = see("3.09", ORDERS.replace("remand", order_type))
    assert (seen.figure("at_d"), seen.figure("dol")) == (3, 1)
    assert ("AA-R02" in set(seen.findings["check"])) == bool(order_type)
    # In no number, so that it is told, and the notes say what hangs on it.
    assert seen.excluded()["annexa_secure_orders: in force, of a type that is not known"] == 1
    assert "annexa_secure_orders: in force, a remand" not in seen.excluded()
    assert len([note for note in seen.report.notes if "blank or not known" in note]) == 1


@pytest.mark.parametrize(("died", "number"), [("2018-06-03", 0), ("2018-06-04", 0), ("2018-06-05", 1)])
def test_an_order_ends_with_a_death(died, number):
    tables = f"""
    annexa_secure_orders
    person_id | order_type | order_start_date | order_end_date | expiry_date
    C1        | s25        | 2018-03-10       |                | 2018-05-10
    C2        | DoL        | 2018-03-10       |                |

    ssd_person
    pers_person_id | pers_death_date
    C1             | {died}
    C2             | {died}
    """
    seen = see("3.09", tables)
    assert [seen.figure(key) for key in ("at_d", "expired", "dol")] == [number] * 3
    assert len(seen.rows("children")) == number
    assert seen.excluded() == ({} if number else {"annexa_secure_orders: in force, and the child has died": 2})
    told = seen.findings.filter(check="AA-R43")
    assert told.select("child", "row", "column").rows() == (
        [] if number else [("C1", 2, "order_end_date"), ("C2", 3, "order_end_date")]
    )
