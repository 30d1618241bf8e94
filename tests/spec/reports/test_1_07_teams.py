"""1.07: by team and by locality; small teams are merged."""

from functools import cache

import polars as pl
import pytest

from annexa.reports.model import Mark
from annexa.reports.small_teams import complete, in_order, team_lines
from annexa.reports.suppress import suppressed
from tests.spec.reports.staffing import absence, in_care, posts, staffed, teams, worker, workers
from tests.support.reports import see

ADDING = ["In post, permanent: headcount", "Agency: headcount", "Leavers: headcount", "Children held"]
WITHHELD = ["Turnover %", "Sickness days", "Sickness %", "Average caseload", "Highest caseload"]
GIVING_AWAY = ["Workers off sick", "Leavers: FTE"]  # what these could be worked out from


def sizes(seen, key="teams"):
    return {line: cells["In post, permanent: FTE"] for line, cells in seen.grid(key).items()}


def team(first, fte, name, locality=None):
    """Workers of a team with so many FTE in post: whole ones, and one for the rest."""
    whole, rest = divmod(round(fte * 10), 10)
    people = [worker(first + n, team_id=name, locality=locality) for n in range(whole)]
    return people + ([worker(first + whole, team_id=name, locality=locality, fte=f"0.{rest}")] if rest else [])


@pytest.mark.parametrize(
    ("drawn_teams", "lines"),
    [
        # Five is not small.
        ([("A", 5, "N"), ("B", 7.5, "N")], {"A": 5.0, "B": 7.5}),
        # Two small ones of a locality come to five together.
        ([("A", 4.9, "N"), ("B", 0.1, "N"), ("C", 6, "N")], {"C": 6.0, "Small teams of N": 5.0}),
        # Small ones of different localities stay apart where each locality has five.
        (
            [("A", 3, "N"), ("B", 3, "N"), ("C", 2, "S"), ("D", 4, "S")],
            {"Small teams of N": 6.0, "Small teams of S": 6.0},
        ),
        # Those of a locality with less go to those of the authority, and leave the others alone.
        (
            [("A", 3, "N"), ("B", 3, "N"), ("C", 2, "S"), ("D", 3, "E")],
            {"Small teams of N": 6.0, "Small teams": 5.0},
        ),
        # A big team does not take in the small one of its locality.
        ([("A", 20, "N"), ("B", 2, "N"), ("C", 3, "S")], {"A": 20.0, "Small teams": 5.0}),
        # Without a locality there is none to be merged within; nor is a locality to be found for no team.
        ([("A", 3, None), ("B", 3, None)], {"Small teams": 6.0}),
        ([("A", 6, None), (None, 3, "N"), ("B", 2, "N")], {"A": 6.0, "Small teams of N": 5.0}),
        ([("A", 6, None), (None, 6, None)], {"A": 6.0, "not recorded": 6.0}),
        # Tenths that do not add up exactly in a float.
        ([("A", 0.1, "N"), ("B", 0.2, "N"), ("C", 4.7, "N")], {"Small teams of N": 5.0}),
        # Still under five.
        ([("A", 20, "N"), ("B", 4.9, "N")], {"A": 20.0, "Small teams": 4.9}),
        ([("A", 0, "N")], {"Small teams": 0.0}),
        ([], {}),
    ],
)
def test_small_teams(drawn_teams, lines):
    schema = {"team": pl.String, "fte": pl.Float64, "locality": pl.String}
    rows = pl.DataFrame(drawn_teams, schema=schema, orient="row")
    found = team_lines(rows.select("team", "fte"), rows.select("team", "locality"))
    assert in_order(found) == list(lines)
    added = dict(found.group_by("line").agg(pl.col("fte").sum()).iter_rows())
    assert added == pytest.approx(lines)
    assert complete(found) == all(size >= 5 for size in lines.values())


def test_small_teams_in_the_report():
    people = [
        *team(1, 3, "A", "N"),
        *team(11, 3, "B", "N"),
        *team(21, 2, "C", "S"),
        *team(31, 3, "D", "E"),
        *team(41, 5, "E"),
    ]
    assert sizes(see("1.07", staffed(people))) == {
        "E": 5.0,
        "Small teams of N": 6.0,
        "Small teams": 5.0,
        "Total": 16.0,
    }


def everything(last):
    """Two teams, the smaller of `last` FTE: each with a leaver, an absence and a case."""
    people = [
        *team(1, 10, "A", "N"),
        *team(50, last, "B", "S"),
        worker(20, team_id="A", locality="N", leave_date="2018-01-01"),
        worker(70, team_id="B", locality="S", leave_date="2018-01-01"),
    ]
    sick = [absence("W1", "2018-01-01", "2018-01-10", "8"), absence("W50", "2018-01-01", "2018-01-05", "5")]
    return {**staffed(people, absence=sick, posts=posts(("A", "12", "2", "N"))), **in_care(W1=4, W50=6)}


def test_what_still_is_under_five_has_a_total_alone():
    seen = see("1.07", everything(4.9))
    for key, lines in {"teams": ["A", "Small teams"], "localities": ["N", "Small localities"]}.items():
        grid = seen.grid(key)
        assert list(grid) == [*lines, "Total"]
        for line, cells in grid.items():
            assert [cells[each] == "total only" for each in WITHHELD + GIVING_AWAY] == [line != "Total"] * 7
            assert cells["Agency %"] == 0.0
        assert grid["Total"]["Sickness days"] == 13.0
        assert grid["Total"]["Highest caseload"] == 6.0
        assert [grid["Total"][each] for each in GIVING_AWAY] == [2, 2.0]


@cache
def five():
    """What two teams of five and more look like, with a limit of five."""
    return see("1.07", everything(5), caseload_limit=5)


@pytest.mark.parametrize(("key", "first", "second"), [("teams", "A", "B"), ("localities", "N", "S")])
def test_what_each_line_says(key, first, second):
    grid = five().grid(key)
    assert {heading: grid[first][heading] for heading in ("Established FTE", "Vacant FTE", "Vacancy %")} == {
        "Established FTE": 12.0,
        "Vacant FTE": 2.0,
        "Vacancy %": 16.7,
    }
    # The table of posts does not name it: nothing says that it has none.
    assert [grid[second][heading] for heading in ("Established FTE", "Vacant FTE", "Vacancy %")] == [None] * 3
    assert [grid[first][heading] for heading in WITHHELD] == [10.0, 8.0, 0.3, 4.0, 4.0]
    assert [grid[second][heading] for heading in WITHHELD] == [20.0, 5.0, 0.4, 6.0, 6.0]
    for heading in ADDING:
        assert grid[first][heading] + grid[second][heading] == grid["Total"][heading]
    assert grid["Total"]["Experience 5 to under 10 years"] == 15


@pytest.mark.parametrize("key", ["teams", "localities"])
def test_the_total_is_the_figures(key):
    seen = five()
    total = seen.grid(key)["Total"]
    for heading, figure in {
        "In post, permanent: headcount": "in_post",
        "In post, permanent: FTE": "in_post_fte",
        "Qualified, permanent: headcount": "qualified_permanent",
        "Leavers: FTE": "leavers_fte",
        "Turnover %": "turnover",
        "Sickness %": "sickness_rate",
        "Children held": "held",
        "Average caseload": "average",
    }.items():
        assert total[heading] == seen.figure(figure), heading
    assert (total["Workers over the limit"], total["Over the limit %"]) == (1, 50.0)
    assert seen.figure("over_limit") == (1, 2, 50.0)


def test_a_team_by_identifier_by_name_and_unknown():
    people = [
        *workers(1, 5, team_id="T1"),
        worker(6, team_id="alpha  TEAM"),
        *workers(11, 15, team_id="T9"),
        *workers(21, 25, team_id="T2"),
    ]
    known = teams(("T1", "Alpha team", "North"), ("T2", "Twin", "South"), ("T3", "Twin", "South"))
    seen = see("1.07", staffed(people, teams=known, posts=posts(("T1", "7", "1"), ("T8", "1", "1"))))
    assert sizes(seen) == {"Alpha team": 6.0, "T9": 5.0, "Twin (T2)": 5.0, "Small teams": 0.0, "Total": 16.0}
    assert sizes(seen, "localities") == {"North": 6.0, "South": 5.0, "not recorded": 5.0, "Total": 16.0}
    found = seen.run.context.findings.frame().filter(check="AA-R45").select("table", "column", "value", "row")
    assert found.rows() == [("annexa_posts", "team_id", "T8", 3), ("annexa_workers", "team_id", "T9", 8)]


def test_a_worker_who_left_long_ago_brings_no_unknown_team():
    seen = see("1.07", staffed([worker(1, team_id="T9", leave_date="2015-01-01")], teams=teams(("T1", "Alpha"))))
    assert not seen.run.context.findings.frame().filter(check="AA-R45").height
    assert list(seen.grid("teams")) == ["Total"]


def test_the_locality_of_a_worker_comes_before_that_of_the_team():
    people = [*workers(1, 5, locality="Office A"), *workers(6, 10)]
    seen = see("1.07", staffed(people, teams=teams(("T1", "Alpha", "North"))))
    assert sizes(seen, "localities") == {"North": 5.0, "Office A": 5.0, "Total": 10.0}
    assert sizes(seen) == {"Alpha": 10.0, "Total": 10.0}


def test_the_locality_of_a_small_team_is_that_of_most_of_it():
    people = [
        *workers(1, 2, team_id="A", locality="S"),
        worker(3, team_id="A", locality="N"),
        *workers(4, 6, team_id="B", locality="S"),
    ]
    assert sizes(see("1.07", staffed(people))) == {"Small teams of S": 6.0, "Total": 6.0}


def test_small_localities_are_merged():
    people = [*team(1, 6, "A", "N"), *team(20, 3, "B", "S"), *team(40, 2, "C", "E")]
    assert sizes(see("1.07", staffed(people)), "localities") == {"N": 6.0, "Small localities": 5.0, "Total": 11.0}


def test_workers_without_a_team():
    seen = see("1.07", staffed([*workers(1, 6), *workers(11, 16, team_id=None)]))
    assert sizes(seen) == {"T1": 6.0, "not recorded": 6.0, "Total": 12.0}
    assert "Workers at the inspection date without a team: 6." in seen.report.counted


def test_without_fte_the_size_is_the_headcount():
    seen = see("1.07", staffed([*workers(1, 5), *workers(11, 14, team_id="T2")]), without=["annexa_workers.fte"])
    grid = seen.grid("teams")
    assert {line: cells["In post, permanent: headcount"] for line, cells in grid.items()} == {
        "T1": 5,
        "Small teams": 4,
        "Total": 9,
    }
    assert grid["Total"]["In post, permanent: FTE"] == "not supplied"


def test_a_version_for_wider_sharing_leaves_out_what_could_be_compared():
    seen = see("1.07", everything(5), suppress=True)
    assert [table.grid.key for table in seen.report.tables] == ["teams", "experience", "cases"]
    assert not [heading for heading in seen.grid("teams")["A"] if heading.startswith("Experience")]


def test_what_is_hidden_for_wider_sharing_is_not_what_its_column_lacks_to_the_total():
    people = [
        *workers(1, 12, team_id="A"),
        *workers(21, 29, team_id="B", fte="0.8"),
        *workers(41, 45, team_id="C"),
        *workers(51, 53, team_id="A", agency="Y"),
        *workers(61, 67, team_id="B", agency="Y"),
        *workers(71, 73, team_id="C", leave_date="2018-01-01"),
        *workers(81, 88, team_id="B", leave_date="2018-01-01"),
        *workers(91, 98, team_id="A", leave_date="2018-01-01"),
    ]
    sick = [absence(f"W{n}", "2018-01-01", "2018-01-05", "5") for n in [*range(1, 8), *range(21, 24), *range(41, 46)]]
    held = {f"W{n}": 9 for n in [*range(1, 9), *range(21, 27), 41, 42]}
    seen = see("1.07", {**staffed(people, absence=sick), **in_care(**held)}, suppress=True, caseload_limit=10)
    (shared,) = suppressed([seen.report])
    (grid,) = [table.grid for table in shared.tables if table.grid.key == "teams"]
    counts = {
        "In post, permanent: headcount": 0,
        "Agency: headcount": 2,
        "Leavers: headcount": 2,
        "Workers holding cases": 3,  # 2, and 6; that both could only be 4 hides the third
    }
    for column, heading in enumerate(grid.columns):
        hidden = [cells[column] is Mark.SUPPRESSED for _, cells in [*grid.rows, ("Total", grid.total)]]
        assert hidden.count(True) == counts.get(heading, hidden.count(True)), heading
        if not heading.endswith("%") and not heading.startswith(("Average", "Highest")):
            assert hidden.count(True) != 1, heading
    assert not shared.sheets


def test_no_row_order_matters():
    turned = see("1.07", {name: rows[::-1] for name, rows in everything(5).items()}, caseload_limit=5)
    assert five().grid("teams") == turned.grid("teams")
    assert five().rows("workers") == turned.rows("workers")
