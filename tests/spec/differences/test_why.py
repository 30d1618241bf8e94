"""Why a child joined or left a list, a drawn table for each reason.

The first side is built on 4 May 2018 (A1), the second on 4 June 2018 (A2), unless a case says otherwise. Windows of
List 1: from 4 February and from 4 March 2018; of List 8: from 4 November and from 4 December 2017.
"""

from datetime import date

import pytest

from annexa.differences.why import moves
from tests.support.differences import excluded, list_of, side

MAY, JUNE = date(2018, 5, 4), date(2018, 6, 4)


def why(number, before, after):
    """Change, why and reason code of the one child that moved."""
    found = moves(number, before, after)
    assert found.height == 1
    return found.select("change", "why", "reason").row(0)


def joined(number, row, *left_out, **more):
    """A child on the second side alone; `left_out` are its records in the exclusions of the first."""
    one = side(MAY, list_of(number), exclusions=excluded(number, *left_out), **more)
    return why(number, one, side(JUNE, list_of(number, {"child": "C1", **row}), **more))


def left(number, row, *left_out, **more):
    """A child on the first side alone; `left_out` are its records in the exclusions of the second."""
    two = side(JUNE, list_of(number), exclusions=excluded(number, *left_out), **more)
    return why(number, side(MAY, list_of(number, {"child": "C1", **row}), **more), two)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 5, 3), "corrected"),  # dated before A1: entered later
        (date(2018, 5, 4), "corrected"),  # on A1 it counted already
        (date(2018, 5, 5), "new event"),
        (date(2018, 6, 4), "new event"),
        (None, "corrected"),
    ],
)
def test_joined_by_the_date_of_a_contact(day, expected):
    assert joined(1, {"contact_date": day}) == ("joined", expected, None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 2, 4), "window moved on"),  # first day of W1
        (date(2018, 3, 3), "window moved on"),  # the day before W2 begins
        (date(2018, 3, 4), "corrected"),  # first day of W2: it would have stayed
        (date(2018, 5, 4), "corrected"),
    ],
)
def test_left_by_the_date_of_a_contact(day, expected):
    assert left(1, {"contact_date": day}) == ("left", expected, None)


def test_a_child_with_two_contacts_left_by_the_window_only_if_both_are_before_it():
    def both(*days):
        rows = [{"child": "C1", "contact_date": day} for day in days]
        return why(1, side(MAY, list_of(1, *rows)), side(JUNE, list_of(1)))[1]

    assert both(date(2018, 2, 5), date(2018, 3, 3)) == "window moved on"
    assert both(date(2018, 2, 5), date(2018, 3, 4)) == "corrected"


@pytest.mark.parametrize(
    ("end", "record", "expected"),
    [
        (date(2017, 12, 3), None, ("window moved on", None)),  # ended the day before W2
        (date(2017, 12, 4), None, ("corrected", None)),  # ended in W2, and gone all the same
        (None, ("WINDOW", date(2018, 5, 5)), ("closed", "WINDOW")),  # open, and ended since
        (None, ("WINDOW", date(2018, 5, 4)), ("corrected", "WINDOW")),  # ended on A1, which the first side did not know
        (None, ("AGE_18", date(2018, 5, 5)), ("closed", "AGE_18")),
        (None, ("DIED", date(2017, 11, 30)), ("corrected", "DIED")),
        (None, ("SHORT_BREAK", date(2018, 5, 20)), ("corrected", "SHORT_BREAK")),
        (None, ("CANCELLED", None), ("corrected", "CANCELLED")),
        (None, None, ("corrected", None)),  # the record is gone
    ],
)
def test_left_a_list_of_periods(end, record, expected):
    left_out = [("C1", *record)] if record else []
    row = {"start_date": date(2017, 1, 9), "end_date": end}
    assert left(8, row, *left_out) == ("left", *expected)


@pytest.mark.parametrize(
    ("number", "reason", "day", "expected"),
    [
        (2, "DIED", date(2018, 1, 10), "window moved on"),  # List 2 does not show a death
        (2, "DIED", date(2018, 5, 10), "closed"),
        (4, "CLOSED_WITH_EPISODE", date(2017, 11, 30), "window moved on"),
        (4, "CLOSED_WITH_EPISODE", date(2018, 5, 30), "closed"),
        (5, "WINDOW", date(2017, 12, 1), "window moved on"),  # nor List 5 the end of an enquiry
        (5, "WINDOW", date(2018, 5, 30), "closed"),
        (5, "WINDOW", None, "corrected"),
        (6, "RC8", date(2018, 5, 30), "closed"),
        (6, "RC8", date(2018, 5, 4), "corrected"),
        (6, "NFA", date(2018, 1, 1), "closed"),
        (6, "REFERRAL_ONLY", date(2018, 1, 1), "corrected"),
        (6, "CARE_LEAVER_ONLY", date(2018, 1, 1), "closed"),
        (9, "LOOKED_AFTER", None, "new event"),
        (9, "AGE_25", date(2018, 5, 20), "window moved on"),
        (9, "SERVICE_ENDED", date(2018, 5, 20), "closed"),
        (9, "SERVICE_ENDED", date(2018, 5, 4), "corrected"),
        (11, "ON_HOLD", date(2018, 5, 20), "closed"),
    ],
)
def test_left_for_the_reason_of_the_record(number, reason, day, expected):
    assert left(number, {"start_date": date(2017, 1, 9)}, ("C1", reason, day)) == ("left", expected, reason)


@pytest.mark.parametrize(
    ("number", "reason", "expected"),
    [
        (6, "REFERRAL_ONLY", "new event"),
        (6, "NFA", "new event"),
        (6, "NO_DATE", "corrected"),
        (9, "LOOKED_AFTER", "closed"),
        (9, "SERVICE_ENDED", "new event"),
        (11, "ENQUIRY_ONLY", "new event"),
        (8, "SHORT_BREAK", "corrected"),
        (7, "OTHER_LA_PLAN", "corrected"),
    ],
)
def test_joined_after_the_reason_of_the_record(number, reason, expected):
    row = {"start_date": date(2018, 5, 4), "enquiry_date": date(2018, 5, 4)}
    assert joined(number, row, ("C1", reason, date(2018, 4, 1))) == ("joined", expected, reason)


def test_an_entry_after_the_first_as_at_date_beats_the_reason_of_a_record():
    assert joined(8, {"start_date": date(2018, 5, 5)}, ("C1", "WINDOW", date(2016, 1, 1)))[1] == "new event"


def test_a_record_that_is_left_out_on_both_sides_tells_nothing():
    of_both = ("C1", "WINDOW", date(2012, 1, 1), "old")
    one = side(MAY, list_of(8, {"child": "C1", "start_date": date(2017, 1, 9)}), exclusions=excluded(8, of_both))
    two = side(JUNE, list_of(8), exclusions=excluded(8, of_both, ("C1", "WINDOW", date(2018, 5, 30), "new")))
    assert why(8, one, two) == ("left", "closed", "WINDOW")
    two = side(JUNE, list_of(8), exclusions=excluded(8, of_both))
    assert why(8, one, two) == ("left", "corrected", None)


def test_of_several_records_the_latest_date_tells():
    records = [("C1", "DIED", None, "1"), ("C1", "CANCELLED", date(2018, 1, 1), "2"),
               ("C1", "WINDOW", date(2018, 5, 30), "3")]  # fmt: skip
    for order in (records, records[::-1]):
        assert left(8, {"start_date": date(2017, 1, 9)}, *order) == ("left", "closed", "WINDOW")


def test_a_longer_window_reaches_further_back():
    """List 7: three months in the first edition, six in the next."""
    row = {"child": "C1", "start_date": date(2017, 1, 9), "end_date": date(2018, 1, 10)}
    one = side(JUNE, list_of(7), exclusions=excluded(7, ("C1", "WINDOW", date(2018, 1, 10))))
    two = side(JUNE, list_of(7, row, edition="ilacs-2019"), edition="ilacs-2019")
    assert why(7, one, two)[:2] == ("joined", "window moved on")
    back = side(JUNE, list_of(7), exclusions=excluded(7, ("C1", "WINDOW", date(2018, 1, 10))))
    assert why(7, two, back)[:2] == ("left", "window moved on")


def test_the_extract_is_older_than_the_inspection_date():
    """What happened between the extract and D1 is new to the second side."""
    contact = list_of(1, {"child": "C1", "contact_date": date(2018, 5, 3)})
    one = side(MAY, list_of(1), extract_date=date(2018, 5, 2))
    assert why(1, one, side(MAY, contact, extract_date=date(2018, 5, 4)))[1] == "new event"


def test_the_second_side_is_the_earlier_one():
    late = side(JUNE, list_of(1, {"child": "C1", "contact_date": date(2018, 5, 5)}))
    assert why(1, late, side(MAY, list_of(1)))[:2] == ("left", "window moved on")
    early = side(MAY, list_of(1, {"child": "C1", "contact_date": date(2018, 3, 3)}))
    assert why(1, side(JUNE, list_of(1)), early)[:2] == ("joined", "window moved on")


def test_care_leavers_have_no_dates():
    assert joined(9, {})[1] == "not known"
    assert left(9, {})[1] == "corrected"


def test_rows_that_no_record_stands_behind():
    row = {"start_date": date(2018, 1, 9)}
    assert left(6, row, added=[6])[1] == "not known"
    assert left(6, row, ("C1", "NFA", None), added=[6])[1] == "closed"
    assert left(6, row, added=[10])[1] == "corrected"


def test_without_a_manifest_nothing_is_known():
    row = list_of(1, {"child": "C1", "contact_date": date(2018, 5, 5)})
    assert why(1, side(None, list_of(1)), side(None, row))[1] == "not known"
    assert why(1, side(None, row), side(None, list_of(1)))[1] == "not known"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        # A manifest on one side is enough where its dates decide.
        (side(MAY, list_of(1)), side(None, list_of(1, {"child": "C1", "contact_date": date(2018, 5, 5)})), "new event"),
        (side(MAY, list_of(1)), side(None, list_of(1, {"child": "C1", "contact_date": MAY})), "not known"),
        (
            side(None, list_of(1, {"child": "C1", "contact_date": date(2018, 3, 3)})),
            side(JUNE, list_of(1)),
            "window moved on",
        ),
        (side(None, list_of(1, {"child": "C1", "contact_date": MAY})), side(JUNE, list_of(1)), "not known"),
    ],
)
def test_a_manifest_on_one_side_alone(one, two, expected):
    assert why(1, one, two)[1] == expected


def test_without_exclusions_a_correction_is_not_known():
    contact = list_of(1, {"child": "C1", "contact_date": MAY})
    assert why(1, side(MAY, list_of(1), no_exclusions=True), side(JUNE, contact))[1] == "not known"
    assert why(1, side(MAY, contact), side(JUNE, list_of(1), no_exclusions=True))[1] == "not known"


def test_lists_that_are_defined_in_different_ways():
    """List 9 of 2022 has eligible children too; an option decides about adults."""
    row = list_of(9, {"child": "C1"}, edition="ilacs-2022")
    assert why(9, side(MAY, list_of(9)), side(JUNE, row, edition="ilacs-2022"))[1] == "not known"
    contact = list_of(1, {"child": "C1", "contact_date": MAY})
    one = side(MAY, list_of(1), options={"drop_adults": True}, exclusions=excluded(1, ("C1", "ADULT", MAY)))
    assert why(1, one, side(JUNE, contact, options={"drop_adults": False}))[1] == "not known"


def test_a_sheet_without_the_closing_date_cannot_tell_what_is_over():
    """Blank because it is not there is not blank because the case is open; and never over."""
    row = list_of(8, {"child": "C1", "start_date": date(2017, 1, 9)}, without=["end_date"])
    assert why(8, side(MAY, row), side(JUNE, list_of(8), no_exclusions=True))[1] == "not known"


def test_who_is_on_both_sides_or_has_no_identifier_does_not_move():
    rows = list_of(1, {"child": "C1", "contact_date": MAY}, {"child": None, "contact_date": MAY})
    assert moves(1, side(MAY, rows), side(JUNE, list_of(1, {"child": "C1", "contact_date": JUNE}))).height == 0
