"""Why a child joined or left a list, a drawn table for each reason.

The first side is built on 4 May 2018 (A1), the second on 4 June 2018 (A2), unless a case says otherwise. Windows of
List 1: from 4 February and from 4 March 2018; of List 8: from 4 November and from 4 December 2017.
"""

from datetime import date

import pytest

from annexa.differences.why import moves
from tests.support.differences import excluded, list_of, side

EVE, MAY, JUNE = date(2018, 5, 3), date(2018, 5, 4), date(2018, 6, 4)


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
        (date(2018, 5, 4), "new event"),  # an extract that is drawn on A1 does not have all of that day
        (date(2018, 5, 5), "new event"),
        (date(2018, 6, 4), "new event"),
        (None, "corrected"),
    ],
)
def test_joined_by_the_date_of_a_contact(day, expected):
    assert joined(1, {"contact_date": day}) == ("joined", expected, None)


NIGHTS = [date(2025, 6, 12), date(2025, 6, 13)]


@pytest.mark.parametrize(
    ("day", "new", "gone"),
    [
        (date(2025, 6, 11), "corrected", "corrected"),  # entered a day late
        (date(2025, 6, 12), "new event", "closed"),  # an ordinary day: what was entered between the two nights
        (date(2025, 6, 13), "new event", "closed"),
    ],
)
def test_two_nightly_runs_on_the_extracts_of_the_evenings_before(day, new, gone):
    """The as-at date is the day of the run, at half past two in the morning, and the data end the day before."""
    one = side(NIGHTS[0], list_of(3))
    referral = list_of(3, {"child": "C1", "referral_date": day})
    assert why(3, one, side(NIGHTS[1], referral))[1] == new
    need = side(NIGHTS[0], list_of(6, {"child": "C1", "start_date": date(2025, 4, 1)}))
    assert why(6, need, side(NIGHTS[1], list_of(6), exclusions=excluded(6, ("C1", "RC8", day))))[1] == gone
    # Named in the other order: the child is not gone, but not there yet.
    back = "window moved on" if day >= NIGHTS[0] else "corrected"
    assert why(3, side(NIGHTS[1], referral), one)[1] == back


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
        (None, ("WINDOW", date(2018, 5, 4)), ("closed", "WINDOW")),  # on A1 itself: entered after the first was drawn
        (None, ("WINDOW", date(2018, 5, 3)), ("corrected", "WINDOW")),  # before A1, which the first side did not know
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
        (4, "CLOSED_WITH_EPISODE", date(2018, 5, 4), "closed"),
        (4, "CLOSED_WITH_EPISODE", date(2018, 5, 3), "window moved on"),
        (5, "WINDOW", date(2017, 12, 1), "window moved on"),  # nor List 5 the end of an enquiry
        (5, "WINDOW", date(2018, 5, 30), "closed"),
        (5, "WINDOW", None, "corrected"),
        (6, "RC8", date(2018, 5, 30), "closed"),
        (6, "RC8", date(2018, 5, 4), "closed"),
        (6, "RC8", date(2018, 5, 3), "corrected"),
        (6, "NFA", date(2018, 1, 1), "closed"),
        (6, "REFERRAL_ONLY", date(2018, 1, 1), "corrected"),
        (6, "CARE_LEAVER_ONLY", date(2018, 1, 1), "closed"),
        (9, "LOOKED_AFTER", None, "new event"),
        (9, "AGE_25", date(2018, 5, 20), "window moved on"),
        (9, "SERVICE_ENDED", date(2018, 5, 20), "closed"),
        (9, "SERVICE_ENDED", date(2018, 5, 4), "closed"),
        (9, "SERVICE_ENDED", date(2018, 5, 3), "corrected"),
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
    row = {"start_date": date(2018, 5, 3), "enquiry_date": date(2018, 5, 3)}
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


@pytest.mark.parametrize("now", ["REFERRAL_ONLY", "NFA", "WINDOW", "SUPERSEDED"])
def test_a_record_that_is_left_out_on_both_sides_tells_nothing_whatever_the_reason(now):
    """Its reason changed by time alone; the child came, or went, by another record."""
    one, two = (excluded(6, ("C1", reason, date(2018, 4, 20), "Y1")) for reason in ("REFERRAL_ONLY", now))
    listed = list_of(6, {"child": "C1", "start_date": date(2018, 4, 1)})
    assert why(6, side(MAY, list_of(6), exclusions=one), side(JUNE, listed, exclusions=two)) == (
        "joined", "corrected", None,
    )  # fmt: skip
    assert why(6, side(MAY, listed, exclusions=one), side(JUNE, list_of(6), exclusions=two)) == (
        "left", "corrected", None,
    )  # fmt: skip


@pytest.mark.parametrize(("now", "expected"), [("WINDOW", (None, None)), ("DIED", ("closed", "DIED"))])
def test_records_without_an_identifier_are_told_apart_by_their_reason(now, expected):
    one, two = (excluded(8, ("C1", reason, date(2018, 5, 20), None)) for reason in ("WINDOW", now))
    listed = list_of(8, {"child": "C1", "start_date": date(2017, 1, 9)})
    told = why(8, side(MAY, listed, exclusions=one), side(JUNE, list_of(8), exclusions=two))
    assert told == ("left", expected[0] or "corrected", expected[1])


def test_a_row_that_doubles_a_record_does_not_stand_for_it():
    """The kept row is on the list of June, or tells why it is not; its double is in exclusions.csv either way."""
    double = ("C1", "DUPLICATE", date(2018, 4, 20), "Y1")
    one = excluded(6, double, ("C1", "REFERRAL_ONLY", date(2018, 4, 20), "Y1"))
    listed = list_of(6, {"child": "C1", "start_date": date(2018, 4, 20)})
    joined_since = why(6, side(MAY, list_of(6), exclusions=one), side(JUNE, listed, exclusions=excluded(6, double)))
    assert joined_since == ("joined", "new event", "REFERRAL_ONLY")
    two = excluded(6, double, ("C1", "NFA", date(2018, 4, 20), "Y1"))
    closed = why(6, side(MAY, listed, exclusions=excluded(6, double)), side(JUNE, list_of(6), exclusions=two))
    assert closed == ("left", "closed", "NFA")


@pytest.mark.parametrize(
    ("reason", "expected"), [("WINDOW", "not known"), ("NO_CHILD_ID", "corrected"), ("DUPLICATE", "corrected")]
)
def test_a_record_of_a_family_names_no_child(reason, expected):
    """Which children left with it cannot be told; one that nobody is known of tells that it was changed."""
    assert left(2, {"start_date": date(2017, 1, 9)}, (None, reason, date(2018, 5, 20), "EA1"))[1] == expected


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
    """What happened between the extract and D1 is new to the second side, the day of the extract with it."""
    one = side(MAY, list_of(1), extract_date=date(2018, 5, 2))
    for day, expected in ((1, "corrected"), (2, "new event"), (3, "new event")):
        contact = list_of(1, {"child": "C1", "contact_date": date(2018, 5, day)})
        assert why(1, one, side(MAY, contact, extract_date=date(2018, 5, 4)))[1] == expected


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
        (side(MAY, list_of(1)), side(None, list_of(1, {"child": "C1", "contact_date": MAY})), "new event"),
        (side(MAY, list_of(1)), side(None, list_of(1, {"child": "C1", "contact_date": EVE})), "not known"),
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


@pytest.mark.parametrize("day", [MAY, None])
def test_without_the_exclusions_of_both_sides_no_record_tells(day):
    """Whether a record that one side left out was left out by the other as well is not known."""
    contact = list_of(1, {"child": "C1", "contact_date": EVE})
    for has, has_not in ((contact, list_of(1)), (list_of(1), contact)):
        for record in (None, excluded(1, ("C1", "NFA", MAY))):
            told, untold = side(MAY, has, exclusions=record), side(day, has_not, no_exclusions=True)
            assert why(1, told, untold)[1:] == why(1, untold, told)[1:] == ("not known", None)


def test_lists_that_are_defined_in_different_ways():
    """List 9 of 2022 has eligible children too; an option decides about adults."""
    row = list_of(9, {"child": "C1"}, edition="ilacs-2022")
    assert why(9, side(MAY, list_of(9)), side(JUNE, row, edition="ilacs-2022"))[1] == "not known"
    contact = list_of(1, {"child": "C1", "contact_date": EVE})
    one = side(MAY, list_of(1), options={"drop_adults": True}, exclusions=excluded(1, ("C1", "ADULT", MAY)))
    assert why(1, one, side(JUNE, contact, options={"drop_adults": False}))[1] == "not known"


def test_a_sheet_without_the_closing_date_cannot_tell_what_is_over():
    """Blank because it is not there is not blank because the case is open; and never over."""
    row = list_of(8, {"child": "C1", "start_date": date(2017, 1, 9)}, without=["end_date"])
    assert why(8, side(MAY, row), side(JUNE, list_of(8), no_exclusions=True))[1] == "not known"


def test_who_is_on_both_sides_or_has_no_identifier_does_not_move():
    rows = list_of(1, {"child": "C1", "contact_date": MAY}, {"child": None, "contact_date": MAY})
    assert moves(1, side(MAY, rows), side(JUNE, list_of(1, {"child": "C1", "contact_date": JUNE}))).height == 0
