"""What an officer types into a cell, and what is read from it."""

from datetime import date, datetime

import pytest

from annexa.evidence import cells

DAY = date(2018, 6, 4)


@pytest.mark.parametrize(
    "value",
    [DAY, datetime(2018, 6, 4, 10, 30), "2018-06-04", "04/06/2018", " 4/6/2018 ", "04.06.2018", "2018-06-04 00:00:00"],
)
def test_a_date_however_it_is_typed(value):
    assert cells.day(value) == DAY
    assert cells.days(value) == (DAY,)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_blank_is_no_date(value):
    assert cells.day(value) is None
    assert cells.days(value) == ()


@pytest.mark.parametrize("value", ["June 2018", "31/02/2018", "06/2018", "soon", 43255, 1.5, True, "01/01/1899"])
def test_anything_else_is_refused(value):
    with pytest.raises(ValueError, match="not what the column holds"):
        cells.day(value)
    with pytest.raises(ValueError, match="not what the column holds"):
        cells.days(value)


def test_several_dates():
    assert cells.days("04/06/2018\n2018-01-02; 3/4/2018,\r\n") == (DAY, date(2018, 1, 2), date(2018, 4, 3))
    with pytest.raises(ValueError, match="not what"):
        cells.days("04/06/2018; later")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a.pdf", ("a.pdf",)),
        (" a b.pdf ;c.pdf\r\nd.pdf\n", ("a b.pdf", "c.pdf", "d.pdf")),
        ('"C:\\My files\\a.pdf"', ("C:\\My files\\a.pdf",)),
        ("", ()),
        (";\n;", ()),
        (None, ()),
        (2018.0, ("2018",)),
    ],
)
def test_files(value, names):
    assert cells.files(value) == names


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1.02", "1.02"), (1.1, "1.10"), (1.02, "1.02"), ("3.04a", "3.04a"), ("2.5", "2.50"), ("x", "x")],
)
def test_an_item_that_a_spreadsheet_took_for_a_number(value, shown):
    assert cells.item(value) == shown


@pytest.mark.parametrize(("value", "number"), [(1, 1), (5.0, 5), (" 3 ", 3), (None, 5), ("", 5)])
def test_the_day_of_notice(value, number):
    assert cells.due_day(value) == number


@pytest.mark.parametrize("value", [0, 6, 2.5, "third", True])
def test_no_day_of_notice(value):
    with pytest.raises(ValueError, match="not what"):
        cells.due_day(value)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("ready", "ready"), (" Ready ", "ready"), ("NOT  STARTED", "not started"), ("not_applicable", "not applicable"),
        ("N/A", "not applicable"), (None, "not started"), ("", "not started"),
    ],
)  # fmt: skip
def test_the_status(value, status):
    assert cells.status(value) == status


@pytest.mark.parametrize("value", ["done", 1, "readyy"])
def test_no_status(value):
    with pytest.raises(ValueError, match="not what"):
        cells.status(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "TRUE"), (7.0, "7"), (7.5, "7.5"), (DAY, "04/06/2018"), (" a\r\nb ", "a\nb"), (0, "0")],
)
def test_text(value, text):
    assert cells.text(value) == text
