"""An officer's tracker and the documents of Annex A come together; the tool's own products fill their rows."""

from dataclasses import replace
from datetime import date

import pytest

from annexa.evidence.files import Checked
from annexa.evidence.items import load_items
from annexa.evidence.products import Product
from annexa.evidence.rows import Row
from annexa.evidence.tracker import counts, fresh, merged, with_checks

DAY = date(2018, 6, 4)
EVIDENCE = load_items().only(["1.01", "1.02", "2.02", "3.04b"])
REPORT = "reports/2.02-missing-and-exploited.xlsx"
BUILT = Product("built", "12 children", date(2018, 6, 1))
PERIOD = (date(2017, 6, 4), date(2018, 6, 1))


def of(rows, document):
    (row,) = [row for row in rows if row.document == document]
    return row


def test_fresh_rows_are_in_the_order_of_annex_a_and_untouched():
    rows = fresh(EVIDENCE, DAY)
    assert [row.document for row in rows][:6] == [
        "1.01-lists", "1.02-scheme-of-delegation", "1.02-case-transfer-policy", "1.02-workflow", "2.02-report",
        "2.02-strategies",
    ]  # fmt: skip
    assert {(row.status, row.owner, row.files, row.note, row.due_day) for row in rows} == {
        ("not started", "", (), "", 5)
    }
    assert of(rows, "2.02-report").look_back == 12


def test_what_she_wrote_stays_and_what_is_annex_as_is_put_right():
    hers = Row(
        "9.99", "1.02-workflow", "Her title", "paper", 99, "A. Officer", 3, "submitted", ("a.pdf", "b.pdf"),
        (date(2018, 1, 1),), date(2018, 2, 1), date(2018, 3, 1), "A note", {"status": "x"}, {"Director": "yes"},
    )  # fmt: skip
    rows = [hers if row.document == "1.02-workflow" else row for row in fresh(EVIDENCE, DAY)]
    found = merged(EVIDENCE, rows, DAY)
    assert found.messages == ()
    assert of(found.rows, "1.02-workflow") == replace(
        hers, item="1.02", title="Workflow documents and flowcharts", kind="document", look_back=None
    )


def test_a_deleted_row_comes_back_and_is_named():
    rows = [row for row in fresh(EVIDENCE, DAY) if row.document != "1.02-scheme-of-delegation"]
    found = merged(EVIDENCE, rows, DAY)
    assert found.rows == fresh(EVIDENCE, DAY)
    assert found.messages == (
        "1.02-scheme-of-delegation (Scheme of delegation) was not in the tracker: it is back, as not started.",
    )


def test_rows_that_she_added_stay_at_the_end_of_their_item():
    own = [
        Row("1.02", "", "First", "document", owner="O"),
        Row("", "", "Nowhere", ""),
        Row("1.02", "1.02-made-up", "Second", "document"),
        Row("1.03", "1.03-annual-overview", "Of an item that the pack does not ask for", "report", status="ready"),
    ]
    found = merged(EVIDENCE, [own[0], *fresh(EVIDENCE, DAY), *own[1:]], DAY)
    assert [row.title for row in found.rows if row.item == "1.02"][-2:] == ["First", "Second"]
    assert [row.title for row in found.rows][-2:] == [own[1].title, own[3].title]
    assert found.messages == ()
    assert [row.own for row in found.rows].count(True) == 4
    again = merged(EVIDENCE, found.rows, DAY)
    assert again.rows == found.rows


def test_a_row_that_was_copied_is_kept_as_her_own():
    rows = list(fresh(EVIDENCE, DAY))
    copy = replace(of(rows, "1.02-workflow"), files=("second.pdf",))
    found = merged(EVIDENCE, [*rows, copy], DAY)
    assert [(row.document, row.files) for row in found.rows if row.item == "1.02"] == [
        ("1.02-scheme-of-delegation", ()), ("1.02-case-transfer-policy", ()), ("1.02-workflow", ()),
        ("", ("second.pdf",)),
    ]  # fmt: skip
    assert found.messages == ("1.02-workflow stands there twice: the second row is kept as one that you added.",)
    assert merged(EVIDENCE, found.rows, DAY).messages == ()


def test_the_order_of_her_rows_does_not_matter():
    rows = fresh(EVIDENCE, DAY)
    assert merged(EVIDENCE, rows[::-1], DAY).rows == rows


def test_a_product_fills_its_row_in():
    row = of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report")
    assert (row.files, row.dates, row.status) == ((REPORT,), (date(2018, 6, 1),), "ready")
    assert (row.period_from, row.period_to) == PERIOD


def test_what_she_wrote_in_the_row_of_a_product_stays():
    hers = replace(
        of(fresh(EVIDENCE, DAY), "2.02-report"), status="draft", note="N", period_from=date(2018, 1, 1), owner="O"
    )
    row = of(merged(EVIDENCE, [hers], DAY, {REPORT: BUILT}).rows, "2.02-report")
    assert (row.status, row.note, row.period_from, row.owner) == ("draft", "N", date(2018, 1, 1), "O")
    assert row.files == (REPORT,)
    own_file = replace(hers, files=("mine.xlsx",))
    assert of(merged(EVIDENCE, [own_file], DAY, {REPORT: BUILT}).rows, "2.02-report") == own_file
    unreadable = replace(of(fresh(EVIDENCE, DAY), "2.02-report"), typed={"status": "nearly"})
    row = of(merged(EVIDENCE, [unreadable], DAY, {REPORT: BUILT}).rows, "2.02-report")
    assert (row.status, row.typed) == ("not started", {"status": "nearly"})


def test_a_later_build_renews_the_date_of_its_own_file():
    first = of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report")
    later = merged(EVIDENCE, [first], DAY, {REPORT: replace(BUILT, day=date(2018, 6, 3))})
    assert of(later.rows, "2.02-report").dates == (date(2018, 6, 3),)


@pytest.mark.parametrize("state", ["not supplied", "not built"])
def test_what_a_build_filled_in_goes_where_it_is_no_longer_built(state):
    first = of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report")
    rows = [first if row.document == first.document else row for row in fresh(EVIDENCE, DAY)]
    found = merged(EVIDENCE, rows, DAY, {REPORT: Product(state)})
    assert found.rows == fresh(EVIDENCE, DAY)
    assert found.messages == (f"2.02-report: {REPORT} is {state}; the row is not started again.",)
    handed_over = replace(first, status="submitted")
    found = merged(EVIDENCE, [handed_over], DAY, {REPORT: Product(state)})
    assert of(found.rows, "2.02-report") == handed_over


def test_without_a_build_what_one_filled_in_stays():
    first = of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report")
    assert of(merged(EVIDENCE, [first], DAY).rows, "2.02-report") == first


def test_a_figure_of_another_report_fills_a_number_in():
    product = Product("built", named={"camhs_weeks": "7.5 weeks (median)"})
    products = {"reports/3.08-health.xlsx": product}
    row = of(fresh(EVIDENCE, DAY, products), "3.04b-waiting-time")
    assert (row.note, row.status, row.files) == ("7.5 weeks (median)", "ready", ())
    hers = replace(of(fresh(EVIDENCE, DAY), "3.04b-waiting-time"), note="8 weeks", status="draft")
    assert of(merged(EVIDENCE, [hers], DAY, products).rows, "3.04b-waiting-time") == hers
    nothing = {"reports/3.08-health.xlsx": Product("built")}
    assert of(fresh(EVIDENCE, DAY, nothing), "3.04b-waiting-time").status == "not started"


ERRORS = Product("built", "11 lists, 120 rows", DAY, "not ready: 3 errors")


@pytest.mark.parametrize(
    ("product", "note", "status", "checks", "passed"),
    [
        (replace(ERRORS, problem=""), "", "ready", "11 lists, 120 rows.", True),
        (ERRORS, "", "draft", "11 lists, 120 rows. Not ready: 3 errors. Put it right, or explain it in Note.", True),
        (ERRORS, "Known", "draft", "11 lists, 120 rows. Not ready: 3 errors. Explained in Note.", True),
        (Product("not supplied"), "", "not started", "Not supplied: the extract has no input for annex-a.xlsx.", True),
        (Product("not built"), "", "not started", "annex-a.xlsx was not built.", True),
    ],
)
def test_what_a_build_has_to_say_stands_with_the_checks(product, note, status, checks, passed):
    start = [replace(row, note=note) if row.document == "1.01-lists" else row for row in fresh(EVIDENCE, DAY)]
    products = {"annex-a.xlsx": product}
    rows = merged(EVIDENCE, start, DAY, products).rows
    nothing = {at: Checked((), (), ()) for at in range(len(rows))}
    row = of(with_checks(rows, nothing, EVIDENCE, products), "1.01-lists")
    assert (row.status, row.checks, row.passed) == (status, checks, passed)


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        (ERRORS, "Not ready: 3 errors. Put it right, or explain it in Note."),
        (Product("not supplied"), "Not supplied: the extract has no input for annex-a.xlsx."),
        (Product("not built"), "annex-a.xlsx was not built."),
    ],
)
def test_a_row_that_is_handed_over_all_the_same_has_not_passed(product, problem):
    hers = replace(of(fresh(EVIDENCE, DAY), "1.01-lists"), status="submitted")
    rows = merged(EVIDENCE, [hers], DAY, {"annex-a.xlsx": product}).rows
    nothing = {at: Checked((), (), ()) for at in range(len(rows))}
    row = of(with_checks(rows, nothing, EVIDENCE, {"annex-a.xlsx": product}), "1.01-lists")
    assert row.checks.startswith(problem)
    assert not row.passed


def test_counts_of_each_status():
    rows = [Row("1", "a", "T", "k", status=status) for status in ("ready", "not started", "ready", "not applicable")]
    assert counts(rows) == {"not started": 1, "ready": 2, "not applicable": 1}
    assert list(counts(rows)) == ["not started", "ready", "not applicable"]
