"""Days of notice, working days left, and red, amber, green in words."""

from datetime import date

import pytest

from annexa.evidence.deadlines import days_left, days_of_notice, with_deadlines
from annexa.evidence.rows import Row
from annexa.workdays import WorkingDays

ENGLAND = WorkingDays()


@pytest.mark.parametrize(
    ("inspection", "days"),
    [
        # Monday 28 May 2018 is a bank holiday.
        ("2018-06-04", ["2018-05-25", "2018-05-29", "2018-05-30", "2018-05-31", "2018-06-01"]),
        ("2018-06-18", ["2018-06-11", "2018-06-12", "2018-06-13", "2018-06-14", "2018-06-15"]),
        ("2018-06-20", ["2018-06-13", "2018-06-14", "2018-06-15", "2018-06-18", "2018-06-19"]),
        ("2018-06-17", ["2018-06-11", "2018-06-12", "2018-06-13", "2018-06-14", "2018-06-15"]),  # a Sunday
        ("2019-01-02", ["2018-12-21", "2018-12-24", "2018-12-27", "2018-12-28", "2018-12-31"]),
    ],
)
def test_day_5_is_the_last_working_day_before_the_inspection(inspection, days):
    found = days_of_notice(date.fromisoformat(inspection), ENGLAND)
    assert [found[number].isoformat() for number in range(1, 6)] == days


def test_the_authoritys_closure_days_count_as_no_working_days():
    closed = WorkingDays(frozenset({date(2018, 6, 1)}))
    assert days_of_notice(date(2018, 6, 4), closed)[5] == date(2018, 5, 31)


@pytest.mark.parametrize(
    ("today", "due_day", "due_in", "rag"),
    [
        ("2018-05-24", 5, "due in 5 working days", "Green: on time"),
        ("2018-05-25", 5, "due in 4 working days", "Green: on time"),
        ("2018-05-27", 5, "due in 4 working days", "Green: on time"),  # a Sunday
        ("2018-05-29", 5, "due in 3 working days", "Green: on time"),
        ("2018-05-30", 5, "due in 2 working days", "Amber: due soon"),
        ("2018-05-31", 5, "due in 1 working day", "Amber: due soon"),
        ("2018-06-01", 5, "due today", "Amber: due soon"),
        ("2018-06-02", 5, "overdue", "Red: overdue"),  # a Saturday
        ("2018-06-04", 5, "1 working day overdue", "Red: overdue"),
        ("2018-06-05", 5, "2 working days overdue", "Red: overdue"),
        ("2018-05-25", 1, "due today", "Amber: due soon"),
        ("2018-05-29", 1, "1 working day overdue", "Red: overdue"),
        ("2018-05-29", 3, "due in 1 working day", "Amber: due soon"),
    ],
)
def test_how_long_until_a_row_is_due(today, due_day, due_in, rag):
    row = Row("1.02", "1.02-workflow", "T", "document", due_day=due_day)
    (found,) = with_deadlines([row], date(2018, 6, 4), date.fromisoformat(today), ENGLAND)
    assert (found.due_in, found.rag) == (due_in, rag)


@pytest.mark.parametrize(
    ("status", "passed", "rag"),
    [
        ("not started", True, "Red: overdue"),
        ("requested", True, "Red: overdue"),
        ("draft", True, "Red: overdue"),
        ("ready", True, "Green: done"),
        ("ready", False, "Red: overdue"),
        ("submitted", True, "Green: done"),
        ("submitted", False, "Red: overdue"),
        ("not applicable", True, "Not needed"),
        ("not applicable", False, "Red: overdue"),
    ],
)
def test_done_is_what_is_ready_and_has_passed_its_checks(status, passed, rag):
    row = Row("1.02", "1.02-workflow", "T", "document", status=status, passed=passed)
    (found,) = with_deadlines([row], date(2018, 6, 4), date(2018, 6, 8), ENGLAND)
    assert found.rag == rag


def test_without_a_day_nothing_stands_there_that_would_change_from_day_to_day():
    (found,) = with_deadlines([Row("1.02", "d", "T", "document")], date(2018, 6, 4), None, ENGLAND)
    assert (found.due, found.due_in, found.rag) == (date(2018, 6, 1), "", "Run annexa evidence")


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2018-05-25", "5 working days to the inspection on 04/06/2018."),
        ("2018-06-01", "1 working day to the inspection on 04/06/2018."),
        ("2018-06-03", "1 working day to the inspection on 04/06/2018."),
        ("2018-06-04", "The inspection begins today."),
        ("2018-06-05", "The inspection began 04/06/2018."),
    ],
)
def test_working_days_left(today, words):
    assert days_left(date(2018, 6, 4), date.fromisoformat(today), ENGLAND) == words
