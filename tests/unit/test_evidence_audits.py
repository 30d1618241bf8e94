"""1.06: the audited cases of the last six months, and what the sample lacks."""

from datetime import date

import openpyxl
import pytest

from annexa.evidence.audits import COLUMNS, audited_cases, audits_product
from annexa.evidence.items import load_items
from annexa.evidence.products import Product
from annexa.outputs.tracker import write_audits
from tests.support.context import context_of

DAY = date(2018, 6, 4)
AREAS = load_items().areas
ALL = ("child in need", "child protection", "looked after", "care leavers")


def audit(number, day="2018-03-01", area="child in need", several="N", person=None, **more):
    return {
        "audit_id": str(number), "person_id": person or f"p{number}", "audit_date": date.fromisoformat(day),
        "service_area": area, "grade": "good", "multi_agency": several, **more,
    }  # fmt: skip


def found(*audits, absent=(), day=DAY, extract_date=None):
    return audited_cases(context_of({"audits": audits}, day, extract_date, absent={"audits": absent}), AREAS)


@pytest.mark.parametrize(
    ("inspection", "day", "there"),
    [
        ("2018-06-04", "2017-12-03", 0),
        ("2018-06-04", "2017-12-04", 1),
        ("2018-06-04", "2018-06-04", 1),
        ("2018-06-04", "2018-06-05", 0),
        ("2018-08-31", "2018-02-28", 1),
        ("2018-08-31", "2018-02-27", 0),
        ("2024-08-29", "2024-02-29", 1),
        ("2024-08-29", "2024-02-28", 0),
    ],
)
def test_six_months_with_both_ends(inspection, day, there):
    assert found(audit(1, day), day=date.fromisoformat(inspection)).frame.height == there


def test_an_audit_without_a_date_is_not_among_them():
    assert found({**audit(1), "audit_date": None}).frame.height == 0


def test_newest_first_with_their_columns_whatever_the_order_of_the_rows():
    audits = [audit(2), audit(1), audit(3, "2018-05-01")]
    frame = found(*audits).frame
    assert frame.columns == list(COLUMNS)
    assert frame["audit_id"].to_list() == ["3", "1", "2"]
    assert found(*audits[::-1]).frame.equals(frame)


@pytest.mark.parametrize(
    ("area", "areas"),
    [
        ("Child in Need", "children in need"),
        ("CIN", "children in need"),
        ("Section 17 / CIN", "children in need"),
        ("CP", "children at risk of significant harm"),
        ("Child-Protection", "children at risk of significant harm"),
        ("S47", "children at risk of significant harm"),
        ("Children at risk of significant harm", "children at risk of significant harm"),
        ("LAC", "children looked after"),
        ("Looked after children", "children looked after"),
        ("children in care", "children looked after"),
        ("Care Leavers", "care leavers"),
        ("Leaving care team", "care leavers"),
        ("CIN and child protection", "children in need; children at risk of significant harm"),
        ("early help", None),
        ("scparticular", None),
        ("cincinnati", None),
        ("", None),
        (None, None),
    ],
)
def test_which_work_a_case_is_of(area, areas):
    assert found(audit(1, area=area)).frame["areas"].to_list() == [areas]


def test_a_whole_sample_lacks_nothing():
    audits = found(*(audit(at, area=area, several="Y" if at == 2 else "N") for at, area in enumerate(ALL)))
    assert audits.problems == ()
    assert audits.figures == ("4 audits of 4 cases, 1 multi-agency.",)


@pytest.mark.parametrize("left_out", range(4))
def test_each_kind_of_work_is_wanted(left_out):
    audits = [audit(at, area=area, several="Y") for at, area in enumerate(ALL) if at != left_out]
    assert found(*audits).problems == (f"No audit of work with {AREAS[left_out].name}.",)


def test_what_a_sample_lacks():
    assert found(audit(1, area="CIN"), audit(2, area="youth")).problems == (
        "None of the audits is multi-agency.",
        "No audit of work with children at risk of significant harm, children looked after or care leavers.",
        "1 of 2 audits have a service area that none of these is known by.",
    )
    assert found().problems == ("No audit lies in the six months before the inspection.",)
    assert found(audit(1, "2016-01-01")).problems == found().problems


@pytest.mark.parametrize("several", ["N", None])
def test_blank_is_not_multi_agency(several):
    assert "None of the audits is multi-agency." in found(audit(1, several=several)).problems


def test_a_column_that_is_not_supplied_is_no_verdict():
    assert found(audit(1), absent=["multi_agency"]).problems[0] == "Whether an audit was multi-agency was not supplied."
    assert found(audit(1, several="Y"), absent=["service_area"]).problems == (
        "The service area of the audits was not supplied.",
    )


def test_a_table_that_is_not_supplied_is_no_zero():
    context = context_of({}, DAY)
    audits = audited_cases(context, AREAS)
    assert (audits.supplied, audits.frame.height, audits.figures) == (False, 0, ())
    assert audits.problems == ("annexa_audits was not supplied.",)
    assert audits_product(audits, context) == Product("not supplied")


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (None, None, None),
        ("2018-06-03", None, "overdue"),
        ("2018-06-04", None, "due"),
        ("2018-06-05", None, "due"),
        ("2018-01-01", "2018-05-01", "completed"),
        (None, "2018-05-01", "completed"),
    ],
)
def test_the_state_of_an_action(due, done, state):
    days = {"action_due_date": due, "action_completed_date": done}
    audits = found(audit(1, **{name: date.fromisoformat(day) if day else None for name, day in days.items()}))
    assert audits.frame["action"].to_list() == [state]
    numbers = [int(state == name) for name in ("completed", "due", "overdue")]
    told = (f"Actions: {numbers[0]} completed, {numbers[1]} due, {numbers[2]} overdue.",) if state else ()
    assert audits.figures[1:] == told


def test_a_case_audited_twice_is_one_case():
    assert found(audit(1, person="p"), audit(2, person="p")).figures[0] == "2 audits of 1 case, 0 multi-agency."


def test_the_product_of_the_tracker():
    context = context_of({"audits": [audit(1, area="CIN", several="Y")]}, DAY, date(2018, 6, 1))
    product = audits_product(audited_cases(context, AREAS), context)
    assert product.state == "built"
    assert product.day == date(2018, 6, 1)
    assert product.figures == "1 audit of 1 case, 1 multi-agency."
    assert product.problem.startswith("No audit of work with children at risk")


def test_the_workbook_of_audited_cases(tmp_path):
    write_audits(tmp_path / "a.xlsx", found(audit(1, several="Y")), DAY, (date(2017, 12, 4), DAY))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    title, headings, row = list(book["Audited_cases"].iter_rows(values_only=True))
    assert title[0] == "1.06: audited cases"
    assert list(headings) == list(COLUMNS.values())
    assert row[:2] == ("1", "p1")
    facts = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    assert facts["Audits from"].date() == date(2017, 12, 4)
    assert facts["What there is"] == "1 audit of 1 case, 1 multi-agency."


def test_the_workbook_says_where_nothing_was_supplied(tmp_path):
    write_audits(tmp_path / "a.xlsx", audited_cases(context_of({}, DAY), AREAS), DAY, (date(2017, 12, 4), DAY))
    texts = [cell.value for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["Summary"] for cell in row if cell.value]
    assert "Not supplied: the extract has no table annexa_audits." in texts
