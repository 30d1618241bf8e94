"""Current status: from Lists 6 to 9, so that a report can never say anything else of a child than the lists do."""

from datetime import date
from functools import cache

import polars as pl
import pytest

from annexa.editions import edition_names
from annexa.extract.read import RawExtract, RawTable
from annexa.reports.build import build_report
from annexa.reports.run import ReportRun
from annexa.reports.spec import report_specs
from annexa.reports.status import STATUSES, statuses, with_status
from annexa.sample.generate import generate
from tests.support.build import build_from
from tests.support.reports import LISTS, see

D = "2025-06-02"
DAY = date(2018, 6, 4)
ID = "Child Unique ID"
ITEMS = ("2.02", "2.04", "2.05")
NONE = "not receiving a statutory service"
OPEN_ASSESSMENT = "child in need (open assessment)"


# --- precedence ---

FLAGS = "annexa_exploitation\nperson_id | kind | start_date\nC1 | CSE | 2025-01-01"
PERSON = "ssd_person\npers_person_id | pers_dob\nC1 | 2008-01-01"
PARTS = {
    "care": "ssd_cla_episodes\nclae_cla_episode_id | clae_person_id | clae_cla_episode_start_date\n1 | C1 | 2025-01-01",
    "plan": "ssd_cp_plans\ncppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date\n1 | C1 | 2025-01-01",
    "leaver": "ssd_care_leavers\nclea_table_id | clea_person_id | clea_care_leaver_eligibility\n1 | C1 | Relevant",
}
REFERRAL = "ssd_cin_episodes\ncine_referral_id | cine_person_id | cine_referral_date\n1 | C1 | 2025-01-01"

# What each of the children has at the inspection date, and every status that follows.
COMBINATIONS = {
    "nothing": NONE,
    "care": "looked after child",
    "plan": "child protection",
    "cin": "child in need",
    "assessment": OPEN_ASSESSMENT,
    "leaver": "care leaver",
    "care plan": "looked after child; child protection",
    "plan cin": "child protection",
    "plan assessment": "child protection",
    "cin assessment": "child in need",
    "plan leaver": "child protection; care leaver",
    "cin leaver": "child in need; care leaver",
    "assessment leaver": f"{OPEN_ASSESSMENT}; care leaver",
    "care plan cin assessment": "looked after child; child protection",
}


def rows_of(table, columns, part=None, end="2025-01-01"):
    """Draw a table with one row for each child who has the part."""
    having = [child for child in COMBINATIONS if part is None or part in child.split()]
    return "\n".join([table, columns, *(f"{number} | {child} | {end}" for number, child in enumerate(having))])


EVERYBODY = "\n\n".join(
    [
        rows_of("annexa_exploitation", "risk_level | person_id | start_date"),
        rows_of("ssd_person", "pers_common_child_id | pers_person_id | pers_dob", end="2008-01-01"),
        rows_of("ssd_cla_episodes", "clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date", "care"),
        rows_of("ssd_cp_plans", "cppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date", "plan"),
        rows_of("ssd_cin_plans", "cinp_cin_plan_id | cinp_person_id | cinp_cin_plan_start_date", "cin"),
        rows_of(
            "ssd_cin_assessments", "cina_assessment_id | cina_person_id | cina_assessment_start_date", "assessment"
        ),
        rows_of("ssd_cin_episodes", "cine_referral_id | cine_person_id | cine_referral_date"),
        rows_of(
            "ssd_care_leavers", "clea_table_id | clea_person_id | clea_care_leaver_eligibility", "leaver", "Relevant"
        ),
    ]
)


@pytest.mark.parametrize("edition", edition_names())
def test_the_first_status_that_applies_and_all_of_them(edition):
    seen = see("2.02", EVERYBODY, day=D, edition=edition, all_exploitation=True)
    said = {row[ID]: (row["Current status"], row["All statuses"]) for row in seen.rows("children")}
    assert said == {child: (text.split("; ")[0], text) for child, text in COMBINATIONS.items()}


def test_what_ended_on_the_inspection_date_gives_no_status():
    ended = PARTS["plan"].replace("start_date\n", "start_date | cppl_cp_plan_end_date\n") + " | {}"
    for day, expected in (("2025-06-01", NONE), ("2025-06-02", NONE), ("2025-06-03", "child protection")):
        tables = "\n\n".join([FLAGS, PERSON, ended.format(day), LISTED])
        (row,) = see("2.02", tables, day=D).rows("children")
        assert (row["Current status"], row["All statuses"]) == (expected, expected)


def test_a_child_unknown_to_social_care():
    tables = "\n\n".join([FLAGS.replace("C1", "X9"), PERSON, PARTS["plan"], LISTED])
    (row,) = see("2.02", tables, day=D).rows("children")
    assert (row["Current status"], row["All statuses"]) == (NONE, NONE)


LISTED = "\n\n".join(
    [REFERRAL.replace("C1", "C9"), PARTS["care"].replace("C1", "C9"), PARTS["leaver"].replace("C1", "C9")]
)


@pytest.mark.parametrize(
    ("parts", "absent"),
    [
        (("care", "plan", "leaver"), "6"),
        (("care", "leaver"), "6, 7"),
        (("leaver",), "6, 7, 8"),
        (("care",), "6, 7, 9"),
    ],
)
def test_a_list_that_is_not_supplied_is_named(parts, absent):
    seen = see("2.02", "\n\n".join([FLAGS, PERSON, *(PARTS[part] for part in parts)]), day=D)
    assert seen.report.notes[0] == f"Current status is without List {absent}, which the extract does not supply."
    # Of a child on none of the lists another one could tell.
    other = see("2.02", "\n\n".join([FLAGS.replace("C1", "X9"), PERSON, *(PARTS[part] for part in parts)]), day=D)
    unknown = f"not known (List {absent} not supplied)"
    (row,) = other.rows("children")
    assert (row["Current status"], row["All statuses"]) == (unknown, unknown)
    grid = other.grid("by_status")
    assert (grid[unknown], NONE in grid) == ({"Children": 1}, False)
    for part, status in (("care", "looked after child"), ("plan", "child protection"), ("leaver", "care leaver")):
        assert grid[status] == {"Children": 0 if part in parts else "not supplied"}
    assert grid["child in need"] == {"Children": "not supplied"}


def test_with_all_lists_nothing_is_named():
    seen = see("2.02", "\n\n".join([FLAGS, PERSON, REFERRAL, *PARTS.values()]), day=D)
    assert not [note for note in seen.report.notes if "Current status" in note]


# --- reports and lists cannot disagree ---

# A list's open rows: the column of its end is blank; on List 9 everybody is current.
ENDS = {
    6: "CIN Closure Date",
    7: "Child Protection Plan End Date",
    8: "Date Ceased to be Looked After ",
    9: None,
}
CASE_STATUS = {
    "a) Looked after child": "looked after child",
    "b) Child Protection plan": "child protection",
    "c) Child in need plan": "child in need",
    "d) Open assessment": OPEN_ASSESSMENT,
}
CASES = [(0, edition_names()[0]), (1, edition_names()[-1])]  # seed and edition of an authority
EXPLOITATION = ("risk_level", "end_date")
EDUCATION = (
    "end_date", "provision_type", "weekly_hours", "exclusion_type", "alternative_provision_start_date", "school_name",
    "school_urn", "year_group", "ehcp",
)  # fmt: skip


@cache
def authority(seed, edition, extract_date=None):
    """A generated authority in which everybody is on report 2.02 and on one of 2.04 and 2.05, and its lists.

    Returns the run, and the living: who died before the twelve months is on no report.
    """
    tables = dict(generate(60, DAY, seed))
    known = tables["ssd_person"].filter(pl.col("pers_death_date").is_null())["pers_person_id"].to_list()
    people = [*tables["ssd_person"]["pers_person_id"], "unknown to social care"]
    tables["annexa_exploitation"] = pl.DataFrame(
        {"person_id": people, "kind": "CSE", "start_date": "2018-01-01", **dict.fromkeys(EXPLOITATION)}
    )
    taught = ["EHE" if number % 2 else "CME" for number in range(len(people))]
    tables["annexa_education_status"] = pl.DataFrame(
        {"person_id": people, "status": taught, "start_date": "2018-01-01", **dict.fromkeys(EDUCATION)}
    )
    raw = {
        name: RawTable(name, f"{name}.csv", frame.cast(pl.String).with_row_index("_row", 2), tuple(frame.columns))
        for name, frame in tables.items()
    }
    extract = RawExtract(tables=raw, unknown=(), inputs=())
    built = build_from(extract, inspection_date=DAY, edition=edition, lists=LISTS, extract_date=extract_date)
    merged = dict(built.context.live("merged_ids").select("old_person_id", "person_id").iter_rows())
    living = {merged.get(person, person) for person in [*known, "unknown to social care"]}
    return ReportRun(built.context, built.lists), frozenset(living)


def open_on(run, number):
    """The rows of a list, by its printed headings, that are open at the inspection date."""
    end = ENDS[number]
    frame = run.lists[number].frame
    return frame if end is None else frame.filter(pl.col(end).is_null())


def expected_statuses(run):
    """Child -> every status that the printed lists give."""
    found = {}

    def add(children, status):
        for child in children:
            found.setdefault(child, set()).add(status)

    add(open_on(run, 8)[ID], "looked after child")
    add(open_on(run, 7)[ID], "child protection")
    for child, case in open_on(run, 6).select(ID, "Case status").iter_rows():
        add([child], CASE_STATUS[case])
    add(open_on(run, 9)[ID], "care leaver")
    return found


@cache
def built(seed, edition, item):
    """A report of the authority."""
    return build_report(authority(seed, edition)[0], report_specs()[item])


def reported(report):
    """Child -> (current status, all statuses) of the rows of a report."""
    (sheet,) = [sheet for sheet in report.sheets if sheet.key == "children"]
    rows = sheet.frame.select(ID, "Current status", "All statuses").rows()
    assert len({child for child, *_ in rows}) == len(rows), "a child stands twice on the report"
    return {child: tuple(answer) for child, *answer in rows}


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize(("seed", "edition"), CASES)
def test_a_report_says_what_the_lists_say(seed, edition, item):
    run, _ = authority(seed, edition)
    rows, lists = reported(built(seed, edition, item)), expected_statuses(run)
    for child, answer in rows.items():
        told = [name for name in STATUSES if name in lists.get(child, {NONE})]
        assert answer == (told[0], "; ".join(told))
    # Not an authority in which the question does not come up.
    assert len({status for status, _ in rows.values()}) >= 3


@pytest.mark.parametrize(("seed", "edition"), CASES)
def test_the_lists_say_what_the_report_says(seed, edition):
    """List by list: the children whom the report gives the list's status are those whom the list has open."""
    run, living = authority(seed, edition)
    rows = reported(built(seed, edition, "2.02"))
    assert rows.keys() >= living

    def with_status_of(*statuses):
        return {child for child, (_, text) in rows.items() if not {*text.split("; ")}.isdisjoint(statuses)}

    assert with_status_of("looked after child") == set(open_on(run, 8)[ID])
    # A plan held for another authority is on List 6 alone, as b).
    held = open_on(run, 6).filter(pl.col("Case status") == "b) Child Protection plan")
    assert with_status_of("child protection") == {*open_on(run, 7)[ID], *held[ID]}
    assert with_status_of("care leaver") == set(open_on(run, 9)[ID])
    in_need = open_on(run, 6).filter(pl.col("Case status").is_in(["c) Child in need plan", "d) Open assessment"]))
    assert with_status_of("child in need", OPEN_ASSESSMENT) == set(in_need[ID])
    assert with_status_of(NONE) == rows.keys() - set().union(*(open_on(run, number)[ID] for number in LISTS))


@pytest.mark.parametrize(("seed", "edition"), CASES)
def test_the_numbers_by_status_are_those_of_the_lists(seed, edition):
    run, _ = authority(seed, edition)
    report = built(seed, edition, "2.02")
    rows = reported(report)
    (grid,) = [table.grid for table in report.tables if table.grid.key == "by_status"]
    counts = {status: cells[0].value for status, cells in grid.rows}
    assert counts["looked after child"] == len(set(open_on(run, 8)[ID]))
    assert counts == {status: sum(first == status for first, _ in rows.values()) for status in STATUSES}
    assert sum(counts.values()) == len(rows) == grid.total[0].value


def test_the_extract_of_an_earlier_day():
    run, _ = authority(0, "ilacs-2018", date(2018, 3, 1))
    rows = reported(build_report(run, report_specs()["2.02"]))
    assert {child: set(text.split("; ")) for child, (_, text) in rows.items() if text != NONE} == expected_statuses(run)


def test_statuses_has_a_row_for_each_child_on_a_list_and_no_other():
    run, living = authority(*CASES[0])
    assert statuses(run)["person_id"].to_list() == sorted(expected_statuses(run))
    rows = pl.DataFrame({"person_id": sorted(living)})
    assert with_status(run, rows)["person_id"].to_list() == sorted(living)
