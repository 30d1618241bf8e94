"""Suppression: what the rule hides, and that nobody can work out what it hides."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annexa.reports.build import build_reports
from annexa.reports.model import Count, Figure, Grid, HiddenShare, Mark, NumberTable, Report, Share, Stat
from annexa.reports.run import ReportRun
from annexa.reports.suppress import Sum, System, hidden, suppressed, system_of
from annexa.sample import generate
from annexa.settings import ReportSettings
from tests.support.build import COLUMNS, build

C = Mark.SUPPRESSED


def grid_of(rows, *, across=False, key="grid"):
    """A grid of plain counts with a total line, and a total column where asked for."""
    lines = [[*row, sum(row)] if across else list(row) for row in rows]
    columns = tuple(f"c{number}" for number in range(len(lines[0])))
    total = tuple(Count(sum(line[number] for line in lines)) for number in range(len(columns)))
    cells = tuple((f"r{number}", tuple(map(Count, line))) for number, line in enumerate(lines))
    return Grid(key, columns, cells, total, frozenset(columns), across=across)


def report_of(*grids, figures=(), sums=(), item="2.01"):
    tables = tuple(NumberTable(grid.key, "label", grid) for grid in grids)
    return Report(
        item, "early-help", "t", "r", "ref", supplied=True, figures=tuple(figures), tables=tables, sums=tuple(sums)
    )


def shown(grid):
    """The cells of a grid, total last, as numbers or "c"."""
    (after,) = suppressed([report_of(grid)])
    lines = [cells for _, cells in after.tables[0].grid.rows] + [after.tables[0].grid.total]
    return [["c" if cell is C else cell.value for cell in cells] for cells in lines]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([0, 0], [0, 0, 0]),
        ([5, 6], [5, 6, 11]),
        ([3, 6], ["c", "c", 9]),  # the smallest other cell goes with it
        ([3, 9, 6], ["c", 9, "c", 18]),
        ([3, 6, 6], ["c", "c", 6, 15]),  # a tie: the first
        ([3, 0], ["c", 0, "c"]),  # nothing else to hide: the total
        ([1, 1, 9, 7], ["c", "c", 9, "c", 18]),  # their sum is their number
        ([4, 4, 9], ["c", "c", "c", 17]),  # their sum is four times their number
        ([2, 3, 9], ["c", "c", 9, 14]),
        ([1, 1], ["c", "c", "c"]),
        ([4, 0, 0], ["c", 0, 0, "c"]),
        ([4], ["c", "c"]),
    ],
)
def test_one_column(column, expected):
    assert [cell for (cell,) in shown(grid_of([[value] for value in column]))] == expected


def test_rows_count_too():
    assert shown(grid_of([[3, 20], [30, 40]], across=True)) == [["c", "c", 23], ["c", "c", 70], [33, 60, 93]]


def test_a_count_that_is_printed_twice_is_hidden_twice():
    first = report_of(figures=[Figure("a", "A", "", Count(3, "shared"))])
    second = report_of(figures=[Figure("b", "B", "", Count(3, "shared"))], item="2.02")
    assert [each.figures[0].cell for each in suppressed([first, second])] == [C, C]


def test_a_total_that_another_table_gives_away_takes_its_parts_along():
    """The total is hidden for being printed in a sum that would give a small count away."""
    grid = Grid("g", ("n",), (("a", (Count(7),)), ("b", (Count(0),))), (Count(7, "seven"),), frozenset({"n"}))
    other = Grid("h", ("n",), (("a", (Count(2),)), ("b", (Count(7, "seven"),))), (Count(9),), frozenset({"n"}))
    after = suppressed([report_of(grid, other)])[0]
    assert after.tables[1].grid.rows[1][1] == (C,)
    assert after.tables[0].grid.total == (C,)
    assert after.tables[0].grid.rows[0][1] == (C,)


def test_a_text_of_the_source_labels_no_line_of_few():
    """At 4 and at 5; a label of annexa's own stays; what the report says of hidden cells does not repeat it."""
    lines = (("Her father hit her", (Count(4),)), ("Bullying", (Count(5),)), ("not recorded", (Count(1),)))
    texts = frozenset({"Her father hit her", "Bullying"})
    grid = Grid("g", ("n",), lines, (Count(10),), frozenset({"n"}), recorded=texts)
    (after,) = suppressed([report_of(grid)])
    labels = [label for label, _ in after.tables[0].grid.rows]
    assert labels == ["(text 1, as recorded)", "Bullying", "not recorded"]
    assert "(text 1, as recorded), n" in after.counted[1]
    assert "father" not in str(after)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Share(Count(3), Count(10)), HiddenShare(None, 10)),
        (Share(Count(5), Count(5)), HiddenShare(5, 5)),  # a base under 6
        (Share(Count(0), Count(4)), HiddenShare(0, None)),
        (Share(Count(6), Count(9)), None),
        (Share(Count(0), Count(0)), None),
    ],
)
def test_shares(share, expected):
    (after,) = suppressed([report_of(figures=[Figure("a", "A", "", share)])])
    assert after.figures[0].cell == (expected or share)


@pytest.mark.parametrize(
    ("stat", "gone"),
    [
        (Stat(4.0, Count(5)), True),
        (Stat(4.0, Count(6)), False),
        (Stat(None, Count(0)), False),
        (Stat(4.0, Count(9), of=(Count(3, "few"),)), True),
    ],
)
def test_statistics(stat, gone):
    figures = [Figure("a", "A", "", stat), Figure("b", "B", "", Count(3, "few"))]
    (after,) = suppressed([report_of(figures=figures)])
    assert (after.figures[0].cell is C) is gone


def test_figures_that_add_up():
    figures = [
        Figure("all", "All", "", Count(22)),
        Figure("in_time", "In time", "", Share(Count(12), Count(22))),
        Figure("late", "Late", "", Count(2)),
        Figure("open", "Open", "", Count(8)),
    ]
    (after,) = suppressed([report_of(figures=figures, sums=[("all", ("in_time", "late", "open"))])])
    assert [each.cell for each in after.figures] == [Count(22), figures[1].cell, C, C]


def test_what_is_told_and_what_is_left_out():
    figures = [Figure("a", "Children", "", Count(3))]
    (after,) = suppressed([report_of(figures=figures)])
    assert after.suppressed
    assert any("Children" in note for note in after.counted)
    assert after.sheets == ()


def test_a_name_cannot_stand_for_two_counts():
    figures = [Figure("a", "A", "", Count(3, "x")), Figure("b", "B", "", Count(4, "x"))]
    with pytest.raises(AssertionError, match="x"):
        system_of([report_of(figures=figures)])


SIZES = st.one_of(st.integers(0, 6), st.integers(0, 30))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(SIZES, min_size=width, max_size=width), max_size=5)))
def test_no_hidden_count_can_be_worked_out(rows):
    """Every hidden count of a table has at least two values that fit all its sums, rows and columns together."""
    if not rows:
        return
    system = system_of([report_of(grid_of(rows, across=True))])
    gone = hidden(system)
    assert all(name in gone for name, value in system.counts.items() if 1 <= value <= 4)
    assert not any(name in gone for name, value in system.counts.items() if value == 0)
    for name in gone:
        assert others_fit(system, gone, name), (rows, name)


def others_fit(system, gone, name):
    """Whether all sums hold with another value of `name`, one more or one less, and no hidden count below 1."""
    return any(mended(system, gone, {name: step}, [20_000]) for step in (1, -1))


def mended(system, gone, change, left):
    """Whether a change can be completed to one that keeps every sum, mending one broken sum after the other.

    `left` holds the number of tries that are left: none, and nothing was found.
    """
    left[0] -= 1
    if left[0] < 0 or any(system.counts[name] + step < 1 for name, step in change.items()):
        return False
    broken = next((line for line in system.sums if slack(line, change)), None)
    if broken is None:
        return True
    for other in (broken.total, *broken.parts):
        if other in gone and other not in change:
            step = slack(broken, change) * (1 if other == broken.total else -1)
            if mended(system, gone, {**change, other: step}, left):
                return True
    return False


def slack(line, change):
    return sum(change.get(part, 0) for part in line.parts) - change.get(line.total, 0)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_one_line_against_brute_force(parts):
    """Of a single sum, all values from 1 to 12 are tried for what is hidden."""
    names = [f"p{number}" for number in range(len(parts))]
    system = System({**dict(zip(names, parts, strict=True)), "total": sum(parts)}, (Sum("total", tuple(names)),))
    gone = hidden(system)
    unknown = [name for name in (*names, "total") if name in gone]
    fits = []
    for values in product(range(1, 45 if len(unknown) < 3 else 13), repeat=len(unknown)):
        guess = {**system.counts, **dict(zip(unknown, values, strict=True))}
        if sum(guess[name] for name in names) == guess["total"]:
            fits.append(values)
    for place, _ in enumerate(unknown):
        assert len({values[place] for values in fits}) > 1


@pytest.fixture(scope="module")
def run_of_reports():
    """All reports of one generated authority."""
    tables = {
        name: frame.select(column for column in frame.columns if column in COLUMNS[name]).to_dicts()
        for name, frame in generate(600, date(2018, 6, 4), 3).items()
        if name in COLUMNS
    }
    built = build(tables, inspection_date="2018-06-04", lists=(6, 7, 8, 9))
    run = ReportRun(built.context, built.lists, settings=ReportSettings(suppress=True))
    return build_reports(run)


def test_no_count_of_a_real_run_can_be_worked_out(run_of_reports):
    """Of all hidden counts of all reports together; what is shown is shown in every place."""
    system = system_of(run_of_reports)
    gone = hidden(system)
    assert len(gone) > 50
    assert len(system.sums) > 20
    for name in gone:
        assert others_fit(system, gone, name), name


def test_what_is_hidden_of_a_real_run_stands_nowhere(run_of_reports):
    """No count from 1 to 4, no rate of one, no rate or mean over fewer than six, and no row."""
    small = [count for count in counts_of(suppressed(run_of_reports)) if 1 <= count <= 4]
    assert small == []


def counts_of(reports):
    """Every number of people or records that the reports print, and the bases of all rates and means."""
    for report in reports:
        assert report.sheets == ()
        cells = [each.cell for each in report.figures] + [cell for _, cell in report.excluded]
        for table in report.tables:
            cells += [cell for _, line in table.grid.rows for cell in line] + list(table.grid.total or ())
        for cell in cells:
            match cell:
                case Count():
                    yield cell.value
                case Share():
                    yield from (cell.part.value, cell.whole.value)
                    assert not 0 < cell.whole.value < 6
                case HiddenShare():
                    yield from (value for value in (cell.part, cell.whole) if value is not None)
                case Stat() if cell.value is not None and not cell.added:
                    assert not 0 < cell.base.value < 6
