"""An officer's tracker and the documents of Annex A come together; the tool's own products fill their rows."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from annexa.evidence.files import Checked, Days, check_rows
from annexa.evidence.items import load_items
from annexa.evidence.paths import Places
from annexa.evidence.products import Product, given_figures, lists_product
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


@pytest.mark.parametrize(
    ("typed", "days", "found"),
    [
        # What an earlier build filled in goes with its inspection, which the tracker's head names, or its file's day.
        ({}, (date(2018, 3, 1), date(2018, 3, 1)), PERIOD),
        ({}, (date(2018, 3, 1), date(2018, 2, 20)), PERIOD),
        ({}, (None, date(2018, 3, 1)), PERIOD),
        ({}, (date(2018, 6, 4), date(2018, 3, 1)), PERIOD),
        ({}, (None, date(2018, 2, 20)), (date(2017, 3, 1), PERIOD[1])),  # nobody knows: it may be hers
        ({"period_from": date(2017, 4, 1)}, (date(2018, 3, 1), date(2018, 3, 1)), (date(2017, 4, 1), PERIOD[1])),
        ({"period_to": date(2018, 2, 28)}, (date(2018, 3, 1), date(2018, 3, 1)), (PERIOD[0], date(2018, 2, 28))),
    ],
)
def test_the_period_of_its_own_file_is_renewed_unless_she_typed_another(typed, days, found):
    earlier, file_day = days
    first = of(fresh(EVIDENCE, date(2018, 3, 1), {REPORT: replace(BUILT, day=file_day)}), "2.02-report")
    assert (first.period_from, first.period_to) == (date(2017, 3, 1), file_day)
    row = of(merged(EVIDENCE, [replace(first, **typed)], DAY, {REPORT: BUILT}, earlier).rows, "2.02-report")
    assert (row.period_from, row.period_to) == found
    assert row.dates == (BUILT.day,)


def test_the_period_is_that_of_the_inspection_that_was_built_for():
    product = replace(BUILT, inspection_date=date(2018, 3, 1))
    row = of(fresh(EVIDENCE, DAY, {REPORT: product}), "2.02-report")
    assert (row.period_from, row.period_to) == (date(2017, 3, 1), BUILT.day)
    # The tracker goes over to the later day first, the build follows.
    row = of(merged(EVIDENCE, [row], DAY, {REPORT: product}, date(2018, 3, 1)).rows, "2.02-report")
    assert row.period_from == date(2017, 3, 1)


def test_a_period_that_she_typed_stays_where_the_file_goes():
    first = replace(of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report"), period_from=date(2018, 1, 1))
    row = of(merged(EVIDENCE, [first], DAY, {REPORT: Product("not built")}, DAY).rows, "2.02-report")
    assert (row.status, row.files, row.period_from, row.period_to) == ("not started", (), date(2018, 1, 1), None)


HEALTH = "reports/3.08-health.xlsx"
WAIT = Product("built", named={"camhs_weeks": "median: 7.5 weeks"})


def waiting(products, hers=None):
    """The row of the waiting time after a build, with its checks; and the messages."""
    rows = [] if hers is None else [hers]
    found = merged(
        EVIDENCE,
        [*rows, *(row for row in fresh(EVIDENCE, DAY) if not rows or row.document != hers.document)],
        DAY,
        products,
    )
    documents = {each.id: each for _, each in EVIDENCE.documents}
    checked = check_rows(
        found.rows, documents, Places(Path("t.xlsx")), Days(DAY), given=given_figures(EVIDENCE, products)
    )
    return of(with_checks(found.rows, checked, EVIDENCE, products), "3.04b-waiting-time"), found.messages


def test_a_figure_of_another_report_stands_in_checks_and_is_renewed():
    row, _ = waiting({HEALTH: WAIT})
    assert (row.note, row.status, row.files, row.checks, row.passed) == ("", "ready", (), "Median: 7.5 weeks.", True)
    later, _ = waiting({HEALTH: replace(WAIT, named={"camhs_weeks": "median: c"})}, row)
    assert (later.note, later.status, later.checks) == ("", "ready", "Median: c.")


@pytest.mark.parametrize("product", [Product("built"), Product("not supplied"), Product("not built")])
def test_a_figure_that_is_no_longer_there_takes_its_row_back(product):
    first, _ = waiting({HEALTH: WAIT})
    row, messages = waiting({HEALTH: product}, first)
    assert (row.status, row.checks, row.passed) == ("not started", "Nothing to check yet.", True)
    assert messages == ("3.04b-waiting-time: there is no figure; the row is not started again.",)
    submitted, messages = waiting({HEALTH: product}, replace(first, status="submitted"))
    assert (submitted.status, messages, submitted.passed) == ("submitted", (), False)
    assert submitted.checks == "The figure is not entered in Note, and no file is named."


def test_what_she_wrote_beside_a_figure_stays():
    hers = replace(of(fresh(EVIDENCE, DAY), "3.04b-waiting-time"), note="8 weeks", status="draft")
    row, _ = waiting({HEALTH: WAIT}, hers)
    assert (row.note, row.status, row.checks) == ("8 weeks", "draft", "Median: 7.5 weeks. The figure stands in Note.")
    row, messages = waiting({HEALTH: Product("built")}, replace(hers, status="ready"))
    assert (row.note, row.status, messages) == ("8 weeks", "ready", ())
    row, _ = waiting({HEALTH: WAIT}, replace(hers, note="", files=("mine.docx",)))
    assert (row.status, row.files) == ("draft", ("mine.docx",))
    assert "7.5" not in row.checks
    unreadable, _ = waiting({HEALTH: WAIT}, replace(hers, status="not started", typed={"status": "nearly"}))
    assert unreadable.status == "not started"


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


ROWS = {1: 1200, 2: None, 3: 34}


@pytest.mark.parametrize(
    ("verdict", "state", "shared", "figures", "problem"),
    [
        ("ready", "ready", False, "2 lists, 1,234 rows; not supplied: List 2", ""),
        ("not ready: 1 error", "not ready", False, "2 lists, 1,234 rows; not supplied: List 2", "not ready: 1 error"),
        ("Errors: 1", "not ready", False, "2 lists, 1,234 rows; not supplied: List 2", "Errors: 1"),
        ("not ready: 1 error", "not ready", True, "the figures of the lists are not for wider sharing",
         "not ready: 1 error"),
    ],
)  # fmt: skip
def test_the_lists_as_a_product(verdict, state, shared, figures, problem):
    assert lists_product(ROWS, verdict, state, DAY, shared=shared) == Product("built", figures, DAY, problem)


def test_one_list_alone():
    assert lists_product({8: 5}, "ready", "ready", DAY).figures == "1 list, 5 rows"


def test_what_is_not_for_wider_sharing_is_no_file_of_the_row():
    product = {REPORT: Product("not built: not for wider sharing")}
    first = of(fresh(EVIDENCE, DAY, {REPORT: BUILT}), "2.02-report")
    found = merged(EVIDENCE, [first], DAY, product)
    assert of(found.rows, "2.02-report").files == ()
    assert f"2.02-report: {REPORT} is not built: not for wider sharing; the row is not started again." in found.messages


@pytest.mark.parametrize(
    ("item", "number", "name"),
    [
        ("1.02", "1.02", "a row added to 1.02"),
        ("3.04b", "3.04b", "a row added to 3.04b"),
        ("Jane Smith", "", "a row without the number of an item"),
        ("1.02 Jane", "", "a row without the number of an item"),
        ("1.2", "", "a row without the number of an item"),
        ("1.02\n", "", "a row without the number of an item"),
        ("", "", "a row without the number of an item"),
    ],
)
def test_an_item_is_told_where_it_is_a_number(item, number, name):
    row = Row(item, "", "T", "document", own=True)
    assert (row.number, row.name) == (number, name)


def test_counts_of_each_status():
    rows = [Row("1", "a", "T", "k", status=status) for status in ("ready", "not started", "ready", "not applicable")]
    assert counts(rows) == {"not started": 1, "ready": 2, "not applicable": 1}
    assert list(counts(rows)) == ["not started", "ready", "not applicable"]
