"""No cell and no row of a filled workbook is lost, whatever stands in it."""

from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from annexa.filled.merge import IDENTICAL, REPLACED
from tests.support.raw_lists import filled, raw_list

CHILD, GENDER, BORN, AGE = "Child Unique ID", "Gender", "Date of Birth", "Age of Child (Years)"
CONTACT, SOURCE = "Date of Contact", "Contact Source"
ids = st.sampled_from(["1", "1.0", "2", " 2", "0", "n/a", "#N/A", None])
genders = st.sampled_from(["a) Male", "Male", "F", "b)", "?", "2.0", "\u200b", None])
dates = st.sampled_from(["2018-05-04", "04/05/2018", "05/25/2018", "43224", "1900-01-01", "soon", "0", None])
ages = st.sampled_from(["8", "8.0", "8.9", "x", "-0.2", None])
anything = st.text(min_size=1, max_size=6).filter(lambda text: bool(text.strip()))


@st.composite
def books(draw: st.DrawFn, number: int):
    height = draw(st.integers(0, 6))

    def column(values):
        return draw(st.lists(values | anything, min_size=height, max_size=height))

    columns = {CHILD: column(ids), GENDER: column(genders), BORN: column(dates), AGE: column(ages)}
    if number == 1:
        columns[CONTACT] = column(dates)
    return raw_list(number, columns, extra={"Note": column(st.none())} if draw(st.booleans()) else None)


@given(st.sampled_from([1, 6]).flatmap(lambda number: st.lists(books(number), min_size=1, max_size=3)))
def test_every_row_stays_or_is_listed_and_every_cell_is_there_as_it_was_changed_or_left(parts) -> None:
    result, findings = filled(*parts)
    (each,) = result.lists.values()
    assert each.rows_in == sum(part.cells.height for part in parts) == each.frame.height + result.dropped.height
    assert set(result.dropped["reason"]) <= {IDENTICAL, REPLACED}
    assert each.codes.height == each.origin.height == each.frame.height
    assert findings.filter(pl.col("check") == "AA-R03").height == result.changes.height

    before = Counter(
        (heading, text) for part in parts for heading in part.cells.columns if heading != "_row"
        for text in part.cells[heading] if text is not None
    )  # fmt: skip
    shown = Counter(
        (heading, str(value)) for heading in each.frame.columns for value in each.frame[heading] if value is not None
    )
    changed_to = Counter(result.changes.drop_nulls("after").select("column", "after").rows())
    left = Counter(each.left.select("heading", "text").rows())
    as_they_were = shown - changed_to
    after = as_they_were + left + Counter(result.changes.select("column", "before").rows())
    if not result.dropped.height:
        assert after == before
    else:
        assert not after - before


@given(st.lists(books(6), min_size=1, max_size=2))
def test_whoever_is_named_in_any_workbook_is_still_there(parts) -> None:
    result, _ = filled(*parts)
    each = result.lists[6]
    alone = [filled(part)[0].lists[6] for part in parts]
    assert set(each.frame[CHILD]) == {child for one in alone for child in one.frame[CHILD]}
    assert each.frame[CHILD].null_count() == sum(one.frame[CHILD].null_count() for one in alone)
