"""The comparison of two sides against plain Python that looks at one row after the other."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from annexa.differences.compare import compare
from annexa.differences.rules import match_levels
from annexa.differences.why import moves
from annexa.lists.reasons import REASONS
from tests.support.differences import excluded, list_of, side

MAY, JUNE = date(2018, 5, 4), date(2018, 6, 4)
FIELDS = {1: ("contact_date", "contact_source", "age_in_years"), 8: ("start_date", "end_date", "need")}

day = st.sampled_from([None, *(date(2018, 4, number) for number in (1, 2, 3))])
row = st.tuples(st.sampled_from(["C1", "C2", "C3", None]), day, st.sampled_from([None, "a", "b"]), day)
rows = st.lists(row, max_size=8)


def as_rows(number, drawn):
    """Drawn rows under the names of the list's columns; the second date stands where a date may stand."""
    first, second, third = FIELDS[number]
    return [
        {"child": child, first: one, second: other if number == 8 else two, third: two if number == 8 else other}
        for child, one, two, other in drawn
    ]


def oracle(before, after, levels, columns):
    """Counts of one list, row by row: joined, left, added, removed, changed, cells by column."""
    old, new = ([tuple(each) for each in frame.rows()] for frame in (before, after))
    people = [{each[0] for each in every if each[0] is not None} for every in (old, new)]
    pairs = []
    for keys in (columns, *levels):
        places = [columns.index(key) for key in keys]

        def of(each, places=places):
            return [each[place] for place in places]

        def order(each):
            return [(value is None, value or "") for value in each]

        left = []
        for each in sorted(old, key=order):
            partner = next((other for other in sorted(new, key=order) if of(other) == of(each)), None)
            if partner is None:
                left.append(each)
            else:
                pairs.append((each, partner))
                new.remove(partner)
        old = left
    stays = (people[0] & people[1]) | {None}
    changed = [(one, two) for one, two in pairs if one != two]
    cells = Counter(
        column for one, two in changed for column, left, right in zip(columns, one, two, strict=True) if left != right
    )
    return (
        len(people[1] - people[0]),
        len(people[0] - people[1]),
        sum(each[0] in stays for each in new),
        sum(each[0] in stays for each in old),
        len(changed),
        cells,
    )


@settings(max_examples=max(20, settings.default.max_examples // 2))
@given(st.sampled_from([1, 8]), rows, rows)
def test_rows_and_cells_agree_with_the_oracle_in_any_order(number, before, after):
    one, two = (list_of(number, *as_rows(number, drawn)) for drawn in (before, after))
    found = compare(side(MAY, one), side(JUNE, two))
    each = next(each for each in found.lists if each.number == number)
    columns = one.values.columns
    joined, left, added, removed, changed, cells = oracle(one.values, two.values, match_levels(one.spec), columns)
    assert (each.joined, each.left, each.added, each.removed, each.changed) == (joined, left, added, removed, changed)
    assert dict(found.columns().select("column", "cells").iter_rows()) == cells
    assert each.cells == found.cells.height == sum(cells.values())
    assert dict(found.moves.group_by("change").len().iter_rows()) == {
        change: number for change, number in (("joined", joined), ("left", left)) if number
    }
    again = compare(
        side(MAY, list_of(number, *as_rows(number, before[::-1]))),
        side(JUNE, list_of(number, *as_rows(number, after[::-1]))),
    )
    for name in ("moves", "rows", "cells"):
        assert_frame_equal(getattr(found, name), getattr(again, name))


# What an authority holds of a plan: begun and ended on which day, when the end was entered, and from when to when the
# record is there at all.
offset = st.integers(-400, 40) | st.integers(-1, 1)
# Or the plan ends the day before, on or after 4 May.
dates = st.tuples(offset, st.none() | st.integers(0, 400)) | st.tuples(st.integers(-300, -1), st.integers(-1, 1)).map(
    lambda each: (each[0], each[1] - each[0])
)
plan = st.tuples(dates, st.integers(0, 90), st.integers(-500, 40), st.none() | st.integers(-60, 40)).map(
    lambda each: (*each[0], *each[1:])
)


def seen(facts, as_at, start):
    """What a side makes of a plan: nothing, off the list with the end that decided, or on it with its end."""
    begun, lasts, late, there, gone = facts
    held = there <= (as_at - MAY).days and (gone is None or gone > (as_at - MAY).days)
    begin = MAY + timedelta(days=begun)
    if not held or begin > as_at:
        return None
    end = None if lasts is None else begin + timedelta(days=lasts)
    if end is not None and (end > as_at or end + timedelta(days=late) > as_at):
        end = None
    return ("off", begin, end) if end and end < start else ("on", begin, end)


def told(one, two, window):
    """Why, from what both sides saw: the rules of the page, one after the other."""
    if one and one[0] == "on":
        if one[2] and one[2] < window:
            return "left", "window moved on"
        return "left", "closed" if two and two[2] >= MAY else "corrected"
    return "joined", "new event" if two[1] >= MAY else "corrected"


# Three months before each day.
BEGINS = {MAY: date(2018, 2, 4), JUNE: date(2018, 3, 4), date(2019, 6, 4): date(2019, 3, 4)}
# Six months before each day: List 8.
EARLIER = {MAY: date(2017, 11, 4), JUNE: date(2017, 12, 4), date(2019, 6, 4): date(2018, 12, 4)}
# What ends a record before the window; and any reason for which another one may be left out, first and then. A row that
# only doubles another is left out on both sides: on one alone the row that is kept would have come, or gone.
ENDS = ["WINDOW", "DIED", "AGE_18"]
DOUBLES = ["CONFLICT", "DUPLICATE", "NO_CHILD_ID"]
reason = st.sampled_from([each for each in sorted(REASONS) if each not in DOUBLES])
other = (
    st.none()
    | st.tuples(reason, reason, offset)
    | st.tuples(st.sampled_from(DOUBLES), offset).map(lambda each: (each[0], *each))
)


def moved(facts, later, begins=BEGINS):
    """What becomes of the child of one plan between 4 May and a later day; None where it does not move."""
    one, two = (seen(facts, as_at, begins[as_at]) for as_at in (MAY, later))
    return told(one, two, begins[later]) if (one or ["off"])[0] != (two or ["off"])[0] else None


@given(
    st.lists(st.tuples(plan, other), max_size=12),
    st.sampled_from([JUNE, date(2019, 6, 4)]),
    st.sampled_from([(6, "close_date", BEGINS), (7, "end_date", BEGINS), (8, "end_date", EARLIER)]),
    st.sampled_from(ENDS),
)
def test_reasons_agree_with_what_happened(plans, later, of_list, ends):
    """A plan decides; another record of the child, which both sides leave out for whatever reason, tells nothing."""
    number, end, begins = of_list
    people = {f"C{at:02}": facts for at, (facts, _) in enumerate(plans)}
    others = {f"C{at:02}": record for at, (_, record) in enumerate(plans) if record}
    sides = []
    for turn, as_at in enumerate((MAY, later)):
        views = {child: seen(facts, as_at, begins[as_at]) for child, facts in people.items()}
        listed = [
            {"child": child, "start_date": view[1], end: view[2]}
            for child, view in views.items()
            if view and view[0] == "on"
        ]
        off = [(child, ends, view[2]) for child, view in views.items() if view and view[0] == "off"]
        off += [
            (child, each[turn], MAY + timedelta(days=each[2]), f"other of {child}") for child, each in others.items()
        ]
        sides.append(side(as_at, list_of(number, *listed), exclusions=excluded(number, *off)))
    expected = {child: found for child, facts in people.items() if (found := moved(facts, later, begins))}
    found = moves(number, *sides)
    assert {
        child: (change, why) for child, change, why in found.select("child", "change", "why").iter_rows()
    } == expected


@pytest.mark.parametrize(
    ("facts", "later", "expected"),
    [
        ((10, None, 0, -100, None), JUNE, ("joined", "new event")),
        ((0, None, 0, 1, None), JUNE, ("joined", "new event")),  # on the as-at date itself
        ((-1, None, 0, 1, None), JUNE, ("joined", "corrected")),
        ((-10, None, 0, 10, None), JUNE, ("joined", "corrected")),  # entered later
        ((-200, 120, 0, -200, None), JUNE, ("left", "window moved on")),
        ((-200, 100, 0, 0, None), JUNE, None),  # ended before both windows
        ((-200, 130, 90, -200, None), JUNE, ("left", "corrected")),  # the end was entered later
        ((-50, None, 0, -50, 5), JUNE, ("left", "corrected")),  # the record is gone
        ((-50, 100, 0, -50, None), date(2019, 6, 4), ("left", "closed")),
        ((-50, 50, 1, -50, None), date(2019, 6, 4), ("left", "closed")),  # on the as-at date itself
        ((-50, 49, 2, -50, None), date(2019, 6, 4), ("left", "corrected")),
    ],
)
def test_the_drawn_plans_reach_every_reason(facts, later, expected):
    """Without this the property could hold of nothing."""
    assert moved(facts, later) == expected
