"""2.01: early help completed in the twelve months to the inspection date, 4 June 2018, and open at it."""

from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.reports.build import build_report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.reports.suppress import system_of
from tests.support.build import build_from, raw_extract
from tests.support.reports import Seen, drawn, see

CHILD = "Child Unique ID"
RECORDS = "Assessments or similar"


def excluded(seen) -> dict[str, int]:
    return {reason: getattr(number, "value", number) for reason, number in seen.report.excluded}


# The family F1 has a mother and three children, the family F2 nobody who is known.
COMPLETED = """
annexa_early_help_assessments
assessment_id | person_id | family_id | start_date | completed_date | organisation | quality_grade
1             | C1        |           | 2017-05-05 | 2017-06-04     | Health       | Good
2             | C2        |           | 2017-05-05 | 2017-06-03     | Health       | Good
3             | C1        |           | 2018-05-05 | 2018-06-04     | School       |
4             | C4        |           | 2018-05-05 | 2018-06-05     | School       | Good
5             | C5        |           | 2018-05-05 |                | School       | Good
6             |           | F1        | 2018-01-01 | 2018-03-02     | School       | Good
7             |           | F2        | 2018-01-01 | 2018-01-01     |              | Poor
8             |           |           | 2018-01-01 | 2018-02-01     | School       | Good
9             | C9        | F9        |            | 2018-02-01     | School       |
10            | C9        | F9        | 2018-02-02 | 2018-02-01     | School       |

annexa_early_help_families
family_id | person_id
F1        | M1
F1        | C1
F1        | C11
F1        | C12

ssd_person
pers_person_id | pers_dob
M1             | 1980-01-01
C1             | 2008-06-04
C11            | 2017-06-05
C12            | 2013-06-04
C9             |
"""


@pytest.mark.parametrize("edition", edition_names())
def test_what_is_counted_as_completed(edition):
    seen = see("2.01", COMPLETED, edition=edition)
    assert sorted(set(seen.column("completed", "Record identifier")), key=int) == ["1", "3", "6", "7", "9", "10"]
    assert seen.figure("completed") == 6
    assert seen.figure("completed_children") == 4  # C1, C11, C12 and C9
    assert seen.figure("completed_families") == 3  # F1, which C1 belongs to as well, F2 and F9
    assert excluded(seen) == {"annexa_early_help_assessments: names neither a child nor a family that is known": 1}


def test_a_family_with_three_children_is_three_children_and_one_family():
    tables = """
annexa_early_help_assessments
assessment_id | family_id | start_date | completed_date
6             | F1        | 2018-01-01 | 2018-03-02

annexa_early_help_families
family_id | person_id
F1        | C1
F1        | C11
F1        | C12
"""
    seen = see("2.01", tables)
    assert [seen.figure(f"completed{what}") for what in ("", "_children", "_families")] == [1, 3, 1]
    assert sorted(seen.column("completed", CHILD)) == ["C1", "C11", "C12"]
    assert set(seen.column("completed", "Family identifier")) == {"F1"}


def test_the_time_that_it_took():
    seen = see("2.01", COMPLETED)
    # 30, 30, 60 (once, although for three children) and 0 days; one has no start, one ends before it starts.
    assert seen.figure("days") == 30.0
    assert seen.figure("in_target") is None
    days = dict(zip(seen.column("completed", "Record identifier"), seen.column("completed", "Days"), strict=True))
    assert days == {"1": 30, "3": 30, "6": 60, "7": 0, "9": None, "10": None}


@pytest.mark.parametrize(
    ("target", "share"), [(29, (1, 4, 25.0)), (30, (3, 4, 75.0)), (59, (3, 4, 75.0)), (60, (4, 4, 100.0))]
)
def test_the_local_target(target, share):
    seen = see("2.01", COMPLETED, early_help_days=target)
    assert seen.figure("in_target") == share
    timed, completed = "2.01 assessments completed, with the days they took", "2.01 assessments completed"
    assert (timed, completed) in system_of([seen.report]).within
    assert seen.report.settings == (("early_help_days", str(target)),)
    assert f"Local target: completed within {target} days of the start." in seen.report.notes


def test_the_tables():
    seen = see("2.01", COMPLETED)
    assert seen.grid("organisation") == {
        "Health": {RECORDS: 1},
        "School": {RECORDS: 4},
        "not recorded": {RECORDS: 1},
        "Total": {RECORDS: 6},
    }
    assert seen.grid("grade") == {
        "Good": {RECORDS: 2},
        "Poor": {RECORDS: 1},
        "not recorded": {RECORDS: 3},
        "Total": {RECORDS: 6},
    }
    months = seen.grid("month")
    assert list(months) == [
        "2017-06", "2017-07", "2017-08", "2017-09", "2017-10", "2017-11", "2017-12",
        "2018-01", "2018-02", "2018-03", "2018-04", "2018-05", "2018-06", "Total",
    ]  # fmt: skip
    assert {month: cells[RECORDS] for month, cells in months.items() if cells[RECORDS]} == {
        "2017-06": 1, "2018-01": 1, "2018-02": 2, "2018-03": 1, "2018-06": 1, "Total": 6,
    }  # fmt: skip
    ages = {band: cells["Children"] for band, cells in seen.grid("age").items()}
    assert ages == {
        "unborn": 0, "under 1": 1, "1 to 4": 0, "5 to 9": 1, "10 to 15": 1, "16 to 17": 0, "18 and over": 0,
        "not recorded": 1, "Total": 4,
    }  # fmt: skip


def test_the_bands_of_age():
    born = {
        "unborn": ("2018-06-05", "2018-12-01"),
        "under 1": ("2018-06-04", "2017-06-05"),
        "1 to 4": ("2017-06-04", "2013-06-05"),
        "5 to 9": ("2013-06-04", "2008-06-05"),
        "10 to 15": ("2008-06-04", "2002-06-05"),
        "16 to 17": ("2002-06-04", "2000-06-05", "2001-01-01"),
        "18 and over": ("2000-06-04", "1990-01-01"),
    }
    people = [{"pers_person_id": f"C{day}", "pers_dob": day} for days in born.values() for day in days]
    helped = [
        {
            "assessment_id": person["pers_person_id"],
            "person_id": person["pers_person_id"],
            "completed_date": "2018-03-02",
        }
        for person in people
    ]
    grid = see("2.01", {"ssd_person": people, "annexa_early_help_assessments": helped}).grid("age")
    assert {band: cells["Children"] for band, cells in grid.items()} == {
        **{band: len(days) for band, days in born.items()},
        "Total": 15,
    }


def test_a_month_end_begins_the_twelve_months():
    tables = """
annexa_early_help_assessments
assessment_id | person_id | start_date | completed_date
1             | C1        | 2019-01-01 | 2019-02-27
2             | C2        | 2019-01-01 | 2019-02-28
3             | C3        | 2020-01-01 | 2020-02-29
"""
    seen = see("2.01", tables, day="2020-02-29")
    assert sorted(seen.column("completed", CHILD)) == ["C2", "C3"]


# What is open at the inspection date. C8 has died; C9's episode is of no child.
OPEN = """
ssd_early_help_episodes
earl_episode_id | earl_person_id | earl_episode_start_date | earl_episode_end_date | earl_episode_organisation
1               | C1             | 2018-01-10              |                       | School
2               | C2             | 2018-01-10              | 2018-06-04            | School
3               | C3             | 2018-01-10              | 2018-06-05            | School
4               | C4             | 2018-01-10              |                       | Health
5               | C5             | 2018-06-04              |                       | Health
6               | C6             | 2018-06-05              |                       | Health
7               | C7             |                         |                       | Health
8               | C8             | 2018-01-10              |                       | Health
9               |                | 2018-01-10              |                       | Health
10              | C10            | 2018-01-10              | 2018-06-03            | Health

annexa_early_help_episodes
episode_id | person_id | kind     | family_id | quality_grade
1          | C1        | TAF      | F1        | Good
2          | C2        | TAF      | F1        | Good
3          | C3        | TAF      | F1        |
4          | C4        | targeted | F4        | Poor
5          | C5        | taf      | F5        |
6          | C6        | TAF      | F6        |
7          | C99       | TAF      | F7        |
8          | C8        | TAF      | F8        |
10         | C10       | other    | F10       | Good

ssd_person
pers_person_id | pers_dob   | pers_death_date
C1             | 2008-06-04 |
C8             | 2008-06-04 | 2018-05-01
"""


@pytest.mark.parametrize("edition", edition_names())
def test_who_has_a_team_around_the_family(edition):
    seen = see("2.01", OPEN, edition=edition)
    assert seen.figure("taf_children") == 3  # C1, C3 and C5
    assert seen.figure("taf_families") == 2  # F1 and F5
    assert not {"open_children", "open_families"}.intersection(seen.shown)
    kinds = dict(zip(seen.column("open", CHILD), seen.column("open", "Kind"), strict=True))
    assert kinds == {"C1": "TAF", "C3": "TAF", "C4": "targeted", "C5": "TAF", "C7": None}
    assert excluded(seen) == {
        "ssd_early_help_episodes: later than the inspection date or the extract": 1,
        "ssd_early_help_episodes: no child's identifier": 1,
        "ssd_early_help_episodes: still open when the child died": 1,
        "annexa_early_help_episodes: of an early help episode that the extract does not have": 1,
    }
    no_family, no_kind = seen.report.counted
    assert no_family.startswith("1 of 5 early help episodes open at the inspection date belong to no known family")
    assert no_kind.startswith("1 of 5 early help episodes open at the inspection date have no kind that is known")


def test_what_a_row_of_an_open_episode_says():
    (row,) = [row for row in see("2.01", OPEN).rows("open") if row[CHILD] == "C1"]
    assert row == {
        "Child Unique ID": "C1",
        "Date of Birth": date(2008, 6, 4),
        "Age": 10,
        "Family identifier": "F1",
        "Episode identifier": "1",
        "Kind": "TAF",
        "Start date": date(2018, 1, 10),
        "Days open": 145,
        "Organisation": "School",
        "Quality grade": "Good",
    }


def test_without_the_kind_the_number_is_of_open_episodes():
    tables = "\n\n".join(part for part in OPEN.strip().split("\n\n") if not part.startswith("annexa_early_help_ep"))
    seen = see("2.01", tables)
    assert seen.figure("taf_children") == "not supplied"
    assert seen.figure("taf_families") == "not supplied"
    assert seen.figure("open_children") == 5
    assert seen.figure("open_families") == "not supplied"
    (label,) = [each.label for each in seen.report.figures if each.key == "open_children"]
    assert label == "Children with open early help episodes at the inspection date"
    assert seen.column("open", "Kind (not supplied)") == [None] * 5
    families = "\n\nssd_family\nfami_family_id | fami_person_id\n77 | C1\n77 | C3\n78 | C4"
    assert see("2.01", tables + families).figure("open_families") == 2


def test_no_family_identifier_leaves_the_families_blank():
    assert see("2.01", OPEN, without=["annexa_early_help_episodes.family_id"]).figure("taf_families") == "not supplied"
    blank = OPEN.replace("| F1 ", "|    ").replace("| F5 ", "|    ")
    seen = see("2.01", blank)
    assert seen.figure("taf_children") == 3
    assert seen.figure("taf_families") is None
    # No family because nobody has a team is a stated zero.
    none = see("2.01", OPEN.replace("TAF", "other").replace("taf", "other"))
    assert (none.figure("taf_children"), none.figure("taf_families")) == (0, 0)


def test_a_kind_that_nobody_knows_is_no_team_around_the_family():
    seen = see("2.01", OPEN.replace("1          | C1        | TAF ", "1          | C1        | TAFF"))
    assert seen.figure("taf_children") == 2
    assert "AA-R02" in set(seen.findings["check"])


def test_completed_and_open_counts_in_both():
    assessment = """

annexa_early_help_assessments
assessment_id | person_id | start_date | completed_date
1             | C1        | 2018-01-10 | 2018-02-10
"""
    seen = see("2.01", OPEN + assessment)
    assert (seen.figure("completed"), seen.figure("completed_children")) == (1, 1)
    assert seen.figure("taf_children") == 3
    assert seen.figure("closed") == 2
    (definition,) = [each.definition for each in seen.report.figures if each.key == "completed"]
    assert "stand for" not in definition


def test_without_assessments_the_episodes_that_ended_stand_for_them():
    seen = see("2.01", OPEN)
    assert sorted(seen.column("completed", CHILD)) == ["C10", "C2"]
    assert (seen.figure("completed"), seen.figure("completed_children"), seen.figure("completed_families")) == (2, 2, 2)
    assert seen.figure("days") == 144.5
    (definition,) = [each.definition for each in seen.report.figures if each.key == "completed"]
    assert definition.startswith("The extract has no table of early help assessments: early help episodes that ended")
    assert seen.grid("grade") == {"Good": {RECORDS: 2}, "Total": {RECORDS: 2}}


def test_an_empty_table_of_assessments_is_a_stated_zero():
    seen = see("2.01", OPEN + "\n\nannexa_early_help_assessments\nassessment_id | person_id")
    assert (seen.figure("completed"), seen.figure("completed_families")) == (0, 0)
    assert seen.figure("days") is None
    assert seen.figure("in_target") is None
    assert see("2.01", OPEN + "\n\nannexa_early_help_assessments\nassessment_id", early_help_days=5).figure(
        "in_target"
    ) == (0, 0, None)


def test_the_quality_of_episodes_beside_that_of_assessments():
    seen = see("2.01", OPEN + "\n\nannexa_early_help_assessments\nassessment_id | person_id")
    assert seen.grid("episode_grade") == {
        "Good": {"Episodes": 3},
        "Poor": {"Episodes": 1},
        "not recorded": {"Episodes": 3},
        "Total": {"Episodes": 7},
    }
    ungraded = see("2.01", COMPLETED, without=["annexa_early_help_assessments.quality_grade"])
    assert "grade" not in {table.grid.key for table in ungraded.report.tables}
    assert set(ungraded.column("completed", "Quality grade (not supplied)")) == {None}


CLOSED = """
ssd_early_help_episodes
earl_episode_id | earl_person_id | earl_episode_start_date | earl_episode_end_date | earl_episode_end_reason
1               | C1             | 2017-01-10              | 2017-06-03            | Needs met
2               | C2             | 2017-01-10              | 2017-06-04            | Needs met
3               | C3             | 2017-01-10              | 2018-01-10            | Needs met
4               | C4             | 2017-01-10              | 2018-06-04            | Moved away
5               | C5             | 2017-01-10              | 2018-06-04            |
6               | C6             | 2017-01-10              |                       | Moved away
"""


def test_closures_by_reason():
    seen = see("2.01", CLOSED)
    assert seen.figure("closed") == 4
    assert seen.grid("closures") == {
        "Moved away": {"Episodes": 1},
        "Needs met": {"Episodes": 2},
        "not recorded": {"Episodes": 1},
        "Total": {"Episodes": 4},
    }
    assert seen.figure("step_up_6") == "not supplied"
    without = see("2.01", CLOSED, without=["ssd_early_help_episodes.earl_episode_end_reason"])
    assert "closures" not in {table.grid.key for table in without.report.tables}


def closures(*days: str, referred=()) -> dict[str, list[dict[str, str]]]:
    """An episode of a child of its own for each day on which it was closed, and a referral of each child."""
    return {
        "ssd_early_help_episodes": [
            {
                "earl_episode_id": f"{number}",
                "earl_person_id": f"C{number}",
                "earl_episode_start_date": "2015-01-10",
                "earl_episode_end_date": day,
            }
            for number, day in enumerate(days)
        ],
        "ssd_cin_episodes": [
            {"cine_referral_id": f"{number}", "cine_person_id": f"C{number}", "cine_referral_date": day}
            for number, day in enumerate(referred)
        ],
    }


@pytest.mark.parametrize(
    ("months", "judged", "left_out"),
    [
        # On the first and the last of the days that are judged the months passed on an end of the twelve months.
        (6, ("2016-12-04", "2017-06-04", "2017-12-04"), ("2016-12-03", "2017-12-05", "2018-06-04")),
        (12, ("2016-06-04", "2016-12-04", "2017-06-04"), ("2016-06-03", "2017-06-05", "2018-06-04")),
    ],
)
def test_which_closures_can_be_judged(months, judged, left_out):
    assert see("2.01", closures(*judged)).figure(f"step_up_{months}") == (0, 3, 0.0)
    assert see("2.01", closures(*left_out)).figure(f"step_up_{months}") == (0, 0, None)


@pytest.mark.parametrize(
    ("months", "after", "not_after"),
    [
        # The day of the closure, 31 March 2017, is the first that counts; six months end on 30 September.
        (6, ("2017-03-31", "2017-09-30"), ("2017-03-30", "2017-10-01", "2018-03-31")),
        (12, ("2017-03-31", "2017-10-01", "2018-03-31"), ("2017-03-30", "2018-04-01")),
    ],
)
def test_step_up(months, after, not_after):
    def figure(days):
        return see("2.01", closures(*["2017-03-31"] * len(days), referred=days)).figure(f"step_up_{months}")

    assert figure(after) == (len(after), len(after), 100.0)
    assert figure(not_after) == (0, len(not_after), 0.0)


def test_a_step_up_is_of_the_same_child_and_counts_once():
    tables = closures("2017-03-31", "2017-03-31", referred=("2017-04-01", ""))
    tables["ssd_cin_episodes"] += [
        {"cine_referral_id": "8", "cine_person_id": "C0", "cine_referral_date": "2017-05-01"},
        {"cine_referral_id": "9", "cine_person_id": "C9", "cine_referral_date": "2017-05-01"},
    ]
    assert see("2.01", tables).figure("step_up_6") == (1, 2, 50.0)


@pytest.mark.parametrize(
    ("pairs", "share"),
    [
        # The day an episode of need was closed, and the day early help began.
        (
            [
                ("2017-09-04", "2017-09-04"), ("2017-09-04", "2017-12-04"), ("2017-11-30", "2018-02-28"),
                ("2017-03-04", "2017-06-04"), ("2018-06-04", "2018-06-04"),
            ],
            (5, 5, 100.0),
        ),
        (
            [
                ("2017-09-04", "2017-09-03"), ("2017-09-04", "2017-12-05"), ("2017-11-30", "2018-03-01"),
                ("", "2017-12-04"),
            ],
            (0, 4, 0.0),
        ),
        ([("2017-03-04", "2017-06-03"), ("2018-06-05", "2018-06-05"), ("2017-09-04", "")], (0, 0, None)),
    ],
)  # fmt: skip
def test_step_down(pairs, share):
    tables = {
        "ssd_early_help_episodes": [
            {"earl_episode_id": f"{number}", "earl_person_id": f"C{number}", "earl_episode_start_date": opened}
            for number, (_, opened) in enumerate(pairs)
        ],
        "ssd_cin_episodes": [
            {
                "cine_referral_id": f"{number}",
                "cine_person_id": f"C{number}",
                "cine_referral_date": "2016-01-01",
                "cine_close_date": closed,
            }
            for number, (closed, _) in enumerate(pairs)
        ],
    }
    # Another child's closure is nobody else's.
    tables["ssd_cin_episodes"].append(
        {"cine_referral_id": "99", "cine_person_id": "C99", "cine_close_date": "2017-12-01"}
    )
    assert see("2.01", tables).figure("step_down") == share


FAMILY = """
annexa_early_help_assessments
assessment_id | person_id | family_id | start_date | completed_date
1             | C1        | {own}     | 2018-01-01 | 2018-03-02

annexa_early_help_families
family_id | person_id
{help}

ssd_family
fami_family_id | fami_person_id
{residence}
"""


@pytest.mark.parametrize(
    ("own", "early_help", "residence", "family"),
    [
        ("F1", "F2 | C1", "F3 | C1", "F1"),
        ("", "F4 | C1", "F3 | C1", "F4"),
        ("", "F2 | C9", "F3 | C1", "F3"),
        ("", "F2 | C9", "10 | C1\n9 | C1", "9"),
        ("", "F2 | C9", "F3 | C9", None),
    ],
)
def test_the_family_of_a_record_that_names_a_child(own, early_help, residence, family):
    seen = see("2.01", FAMILY.format(own=own, help=early_help, residence=residence))
    assert seen.column("completed", "Family identifier") == [family]
    assert seen.figure("completed_families") == (None if family is None else 1)


ADULTS = """
annexa_early_help_assessments
assessment_id | person_id | family_id | start_date | completed_date
1             | C1        |           | 2018-01-01 | 2018-03-02
2             | C2        |           | 2018-01-02 | 2018-03-02
3             |           | F1        | 2018-01-02 | 2018-03-02

annexa_early_help_families
family_id | person_id
F1        | M1

ssd_person
pers_person_id | pers_dob
C1             | 2000-01-02
C2             | 2000-01-02
M1             | 1980-01-01
"""


def test_somebody_of_18_stays_and_a_family_without_a_child_is_a_family():
    seen = see("2.01", ADULTS)
    assert (seen.figure("completed"), seen.figure("completed_children")) == (3, 2)
    assert seen.column("completed", CHILD) == ["C2", None, "C1"]


def test_adults_are_left_off_where_the_option_says_so():
    result = build_from(raw_extract(drawn(ADULTS)), inspection_date="2018-06-04", lists=(), drop_adults=True)
    report = build_report(ReportRun(result.context, result.lists), report_specs()["2.01"])
    seen = Seen(report, ReportRun(result.context, result.lists), result.findings)
    assert (seen.figure("completed"), seen.figure("completed_children")) == (2, 1)
    assert seen.column("completed", CHILD) == [None, "C1"]
    assert excluded(seen) == {"annexa_early_help_assessments: about somebody of 18 or over (option drop_adults)": 1}


def test_without_episodes():
    seen = see("2.01", COMPLETED)
    for key in ("taf_children", "open_children", "closed", "step_up_6", "step_up_12", "step_down"):
        assert seen.figure(key) == "not supplied"


def test_nothing_supplied():
    absent = see("2.01", "ssd_person\npers_person_id\nC1")
    assert not absent.report.supplied
    assert absent.figure("completed") == "not supplied"


def test_what_happened_after_the_extract_has_not():
    seen = see("2.01", OPEN, extract_date="2018-06-03")
    # C2's episode was still open on 3 June, and C5's had not begun.
    assert sorted(seen.column("open", CHILD)) == ["C1", "C2", "C3", "C4", "C7"]
    assert seen.column("completed", CHILD) == ["C10"]


def test_the_order_of_the_rows_does_not_matter():
    parts = COMPLETED.strip().split("\n\n")
    turned = ["\n".join([*part.splitlines()[:2], *reversed(part.splitlines()[2:])]) for part in parts]
    first, second = see("2.01", COMPLETED), see("2.01", "\n\n".join(turned))
    assert second.rows("completed") == first.rows("completed")
    assert second.grid("organisation") == first.grid("organisation")
