"""Rows and cells that differ, findings that are new or gone, and lists that cannot be compared."""

from datetime import date

import polars as pl
import pytest

from annexa.differences.compare import compare
from annexa.differences.counts import Past, compare_counts
from annexa.differences.model import FINDINGS
from annexa.differences.rules import match_levels, rules
from annexa.editions import edition_names, load_edition
from annexa.lists.reasons import REASONS
from annexa.outputs.manifest import FindingCounts, ListEntry, Manifest
from tests.support.differences import list_of, side

MAY, JUNE = date(2018, 5, 4), date(2018, 6, 4)


def contact(child, day, source=None, **more):
    return {"child": child, "contact_date": date(2018, 4, day), "contact_source": source, **more}


def between(number, before, after):
    """The comparison of one list, and its counts."""
    found = compare(side(MAY, list_of(number, *before)), side(JUNE, list_of(number, *after)))
    return found, next(each for each in found.lists if each.number == number)


def counts(each):
    return each.joined, each.left, each.added, each.removed, each.changed, each.cells


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # joined, left, added, removed, changed, cells
        ([], [], (0, 0, 0, 0, 0, 0)),
        ([contact("C1", 1)], [contact("C1", 1)], (0, 0, 0, 0, 0, 0)),
        ([contact("C1", 1)], [contact("C2", 1)], (1, 1, 0, 0, 0, 0)),
        ([contact("C1", 1)], [contact("C1", 1), contact("C1", 2)], (0, 0, 1, 0, 0, 0)),
        ([contact("C1", 1), contact("C1", 2)], [contact("C1", 2)], (0, 0, 0, 1, 0, 0)),
        ([contact("C1", 1, "2A")], [contact("C1", 1, "3A")], (0, 0, 0, 0, 1, 1)),
        ([contact("C1", 1, "2A", gender="F")], [contact("C1", 1, None, gender="M")], (0, 0, 0, 0, 1, 2)),
        # Another date is another row.
        ([contact("C1", 1)], [contact("C1", 2)], (0, 0, 1, 1, 0, 0)),
        # The same contact twice is two rows.
        ([contact("C1", 1)], [contact("C1", 1)] * 2, (0, 0, 1, 0, 0, 0)),
        ([contact("C1", 1)] * 3, [contact("C1", 1)], (0, 0, 0, 2, 0, 0)),
        # Two on one day: who agrees in the source goes together, whatever else changed.
        (
            [contact("C1", 1, "2A", age_in_years=3), contact("C1", 1, "3A", age_in_years=3)],
            [contact("C1", 1, "3A", age_in_years=4)],
            (0, 0, 0, 1, 1, 1),
        ),
        # Rows of nobody are compared like others, and nobody joins with them.
        ([contact(None, 1)], [contact(None, 1), contact(None, 2)], (0, 0, 1, 0, 0, 0)),
    ],
)
def test_rows_of_contacts(before, after, expected):
    for one, two in ((before, after), (before[::-1], after[::-1])):
        assert counts(between(1, one, two)[1]) == expected


def test_a_list_with_one_row_a_child_has_its_row_changed_and_not_replaced():
    found, each = between(8, [{"child": "C1", "start_date": MAY}], [{"child": "C1", "start_date": JUNE, "need": "N1"}])
    assert counts(each) == (0, 0, 0, 0, 1, 2)
    assert found.cells.drop("child").rows() == [
        (8, "2018-06-04", "Date Started to be Looked After", "2018-05-04", "2018-06-04"),
        (8, "2018-06-04", "Child's Category of Need", None, "N1"),
    ]


def test_several_rows_of_one_child_on_a_list_with_one_row_a_child():
    """A workbook of any origin may have them; they are paired by their contents."""
    rows = [{"child": "C1", "start_date": date(2018, 1, day)} for day in (1, 2, 3)]
    assert counts(between(8, rows, rows[::-1])[1]) == (0, 0, 0, 0, 0, 0)
    assert counts(between(8, rows, [rows[2], rows[0]])[1]) == (0, 0, 0, 1, 0, 0)


def test_columns_that_one_side_lacks_are_named_and_not_compared():
    one = list_of(1, contact("C1", 1, "2A"), without=["contact_source"])
    found = compare(side(MAY, one), side(JUNE, list_of(1, contact("C1", 1, "3A"))))
    assert counts(found.lists[0]) == (0, 0, 0, 0, 0, 0)
    assert found.lists[0].remark == "on the second side alone, and not compared: Contact Source"


def test_editions_are_compared_by_the_columns_that_both_have():
    one = list_of(9, {"child": "C1", "activity": "F1"})
    two = list_of(9, {"child": "C1", "activity": "F2"}, edition="ilacs-2022")
    found = compare(side(MAY, one), side(JUNE, two, edition="ilacs-2022"))
    each = found.lists[8]
    assert (each.number, each.cells) == (9, 1)
    assert "Latest Pathway Plan Review Date" in each.remark
    assert found.notes[0] == "The editions differ (ilacs-2018, ilacs-2022): what both have is compared, no more."


def test_a_list_that_one_side_lacks_is_not_an_empty_list():
    found = compare(side(MAY, list_of(1)), side(JUNE, list_of(1), list_of(2, {"child": "C1"})))
    each = found.lists[1]
    assert (each.rows, each.children, counts(each)) == ((None, 1), (None, 1), (None,) * 6)
    assert each.remark.startswith("not on the first side: ")
    assert found.moves.height == 0


def finding(check="AA-101", child="C1", **more):
    return {**dict.fromkeys(FINDINGS), "check": check, "child": child, "list": 1, "message": "m", **more}


def frame(*rows):
    return pl.DataFrame(list(rows), schema=FINDINGS).drop("change")


@pytest.mark.parametrize(
    ("before", "after", "new", "gone"),
    [
        ([], [], [], []),
        ([finding()], [finding()], [], []),
        ([finding()], [finding(value="other", message="n", team="T")], [], []),  # the same finding, told otherwise
        ([finding()], [finding(child="C2")], ["C2"], ["C1"]),
        ([finding()], [finding()] * 2, ["C1"], []),  # the same twice is two
        ([finding(event=None)], [finding(event="E1")], ["C1"], ["C1"]),
        ([finding(child=None)], [finding(child=None), finding()], ["C1"], []),
    ],
)
def test_findings(before, after, new, gone):
    found = compare(side(MAY, findings=frame(*before)), side(JUNE, findings=frame(*after)))
    assert found.findings.filter(pl.col("change") == "new")["child"].to_list() == new
    assert found.findings.filter(pl.col("change") == "gone")["child"].to_list() == gone
    assert found.checks.rows() == (
        [("AA-101", len(before), len(after), len(new), len(gone))] if before or after else []
    )


def test_findings_of_one_side_alone_are_not_compared():
    found = compare(side(MAY, list_of(1)), side(JUNE, list_of(1), findings=frame(finding())))
    assert found.checks is None
    assert found.findings.height == 0
    assert found.notes == ("The first side has no findings.csv: findings are not compared.",)


def sides_with_checks(ran_before, ran_after):
    """AA-101 has two findings on the first side and one on the second, AA-102 none and one; what ran is named."""
    before = side(MAY, list_of(1), findings=frame(finding(), finding(child="C2")), ran=ran_before)
    after = side(JUNE, list_of(1), findings=frame(finding(), finding("AA-102")), ran=ran_after)
    return before, after


BOTH = {"AA-101", "AA-102"}


@pytest.mark.parametrize(
    ("ran_before", "ran_after", "rows", "unlike"),
    [
        (None, None, [("AA-101", 2, 1, 0, 1), ("AA-102", 0, 1, 1, 0)], 0),  # an older manifest does not say
        (BOTH, BOTH, [("AA-101", 2, 1, 0, 1), ("AA-102", 0, 1, 1, 0)], 0),
        ({"AA-101"}, BOTH, [("AA-101", 2, 1, 0, 1), ("AA-102", None, 1, None, None)], 1),
        ({"AA-101"}, None, [("AA-101", 2, 1, 0, 1), ("AA-102", None, 1, None, None)], 1),
        # What was found all the same is counted, and not compared.
        (BOTH, set(), [("AA-101", 2, 1, None, None), ("AA-102", 0, 1, None, None)], 2),
        (set(), set(), [("AA-101", 2, 1, None, None), ("AA-102", None, 1, None, None)], 2),
    ],
)
def test_a_check_that_did_not_run_on_a_side_is_not_compared(ran_before, ran_after, rows, unlike):
    found = compare(*sides_with_checks(ran_before, ran_after))
    assert found.checks.rows() == rows
    told = {check: (new, gone) for check, _, _, new, gone in rows if new is not None}
    for at, change in enumerate(("new", "gone")):
        of_change = found.findings.filter(pl.col("change") == change)
        assert dict(of_change.group_by("check").len().iter_rows()) == {
            check: numbers[at] for check, numbers in told.items() if numbers[at]
        }
    assert found.moved_checks().height == 2  # also one of which it is not known
    notes = [note for note in found.notes if "did not run" in note]
    assert [note.split()[2] for note in notes] == ([str(unlike)] if unlike else [])


def test_two_sides_without_lists_are_told_so_in_one_sentence():
    """Folders of `annexa check` have findings alone."""
    found = compare(side(MAY, findings=frame()), side(JUNE, findings=frame(finding())))
    assert found.lists == ()
    assert found.notes == ("Neither side has lists: findings alone are compared.",)
    assert found.findings["child"].to_list() == ["C1"]
    one = compare(side(MAY, list_of(1), findings=frame()), side(JUNE, findings=frame()))
    assert one.lists == ()
    assert one.notes == ("The second side has no lists: findings alone are compared.",)
    none = compare(side(MAY), side(JUNE, list_of(1)))
    assert none.notes == ("The first side has no lists: there is nothing to compare.",)


def test_the_earlier_side_named_last_is_said():
    assert compare(side(JUNE, list_of(1)), side(MAY, list_of(1))).notes[0].startswith("The second side is the earlier")
    assert compare(side(MAY, list_of(1)), side(MAY, list_of(1))).notes == ()


def test_options_that_decide_who_is_listed_are_said():
    of_clean = side(MAY, list_of(1), options={})
    one, two, three = (
        side(MAY, list_of(1), options={"drop_adults": drop, "list6_additions": True, "own_la": own})
        for drop, own in ((False, ["Wybrook"]), (True, ["Wybrook"]), (False, []))
    )
    assert compare(one, two).notes == ("Options that decide who is listed differ: drop_adults.",)
    assert compare(one, three).notes == compare(of_clean, two).notes == ()


def keyed(*rows):
    """Rows as the history has them: list, child, row and cells, each a letter."""
    columns = {"list": pl.Int64, "child_key": pl.Binary, "row_key": pl.Binary, "row_hash": pl.Binary}
    return pl.DataFrame([(1, *(part.encode() for part in row)) for row in rows], schema=columns, orient="row")


def run_of(number, rows, day=MAY, edition="ilacs-2018", ran=None, **options):
    entry = ListEntry(
        number=1, title="List 1: Contacts", state="built", window_from=None, window_to=None, rows=number,
        children=min(number, 1), added={}, reason=None,
    )  # fmt: skip
    counts = FindingCounts(verdict="ready", accepted=0, error=0, warning=0, info=number, by_check={"AA-101": number})
    of = side(day, edition=edition, options=options, ran=ran)
    return Past(of, Manifest.model_construct(lists=(entry,), findings=counts), rows)


def test_two_runs_by_their_hashes():
    before = keyed("aA1", "aB1", "aC1", "bD1", "cE1")
    after = keyed("aA1", "aB2", "aF1", "cE1", "dG1")  # as it was, changed, added; d joined; b left; aC removed
    found = compare_counts(run_of(5, before), run_of(5, after))
    assert counts(found.lists[0]) == (1, 1, 1, 1, 1, None)
    assert found.checks.rows() == [("AA-101", 5, 5, None, None)]
    assert found.moved_checks().height == found.moves.height == 0
    assert not found.detailed
    assert len(found.notes) == 1


def test_two_runs_of_different_editions_say_so_and_have_no_changed_rows():
    """The hash of a row is one of its headings and labels too."""
    found = compare_counts(run_of(2, keyed("aA1", "aB1")), run_of(2, keyed("aA2", "dG1"), edition="ilacs-2019"))
    assert counts(found.lists[0]) == (1, 0, 0, 1, None, None)
    assert "The editions differ (ilacs-2018, ilacs-2019): what both have is compared, no more." in found.notes


def test_two_runs_say_what_two_folders_would():
    rows = keyed("aA1")
    backwards = compare_counts(run_of(1, rows, JUNE, drop_adults=True), run_of(1, rows, MAY, drop_adults=False))
    assert [note.split(":")[0] for note in backwards.notes] == [
        "Counts alone are compared",
        "The second side is the earlier one",
        "Options that decide who is listed differ",
    ]


@pytest.mark.parametrize(("ran", "before"), [(None, 0), ({"AA-101"}, 0), (set(), None)])
def test_a_check_that_did_not_run_in_a_run_has_no_count(ran, before):
    rows = keyed("aA1")
    one, two = run_of(1, rows, ran=ran), run_of(1, rows)
    one.manifest.findings.by_check.clear()
    found = compare_counts(one, two)
    assert found.checks.rows() == [("AA-101", before, 1, None, None)]
    assert found.moved_checks().height == 1


def test_two_runs_with_other_secrets_are_compared_by_their_rows_alone():
    found = compare_counts(run_of(5, None), run_of(6, keyed("aA1")))
    assert (found.lists[0].rows, counts(found.lists[0])) == ((5, 6), (None,) * 6)
    assert "another secret" in found.notes[1]
    assert found.moved_checks().rows() == [("AA-101", 5, 6, None, None)]


@pytest.mark.parametrize("name", edition_names())
def test_the_rules_know_every_list_and_name_columns_that_it_has(name):
    edition = load_edition(name)
    assert rules().lists.keys() == edition.lists.keys()
    for number, rule in rules().lists.items():
        names = {column.field or column.derive for column in edition.lists[number].columns}
        assert {*rule.entry, *rule.end, *rule.match} <= names
        assert {*rule.unseen} <= {code for code, each in rules().reasons.items() if each.left == "by date"}
        assert match_levels(edition.lists[number])[-1][0] == edition.lists[number].columns[0].heading


def test_the_rules_know_every_reason():
    assert rules().reasons.keys() == REASONS.keys()
