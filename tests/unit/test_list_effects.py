"""What values that no map knows do: configs/list-inputs.toml says it, and the lists themselves say whether it is so."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from annexa.editions import ListSpec, edition_names, load_edition
from annexa.extract.load import extract_from
from annexa.extract.tables import Tables
from annexa.findings import Findings
from annexa.lists.build import build_list
from annexa.lists.context import Context
from annexa.lists.effects import effect_of, further, told
from annexa.lists.inputs import declared, inputs_of
from annexa.lists.registry import COHORTS
from annexa.period import InspectionPeriod
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.sample import generate
from annexa.settings import Options
from annexa.sources import load_source
from tests.support.context import context_of
from tests.support.shapes import raw

DAY = date(2018, 6, 4)
EDITION = "ilacs-2019"
CODED = [
    f"{record}.{name}"
    for record, model in RECORDS.items()
    for name, field in model.fields().items()
    if field.kind in (Kind.CODE, Kind.JSON)
]


def d(text: str) -> date:
    return date.fromisoformat(f"20{text}")


def spoiled(context: Context, paths: list[str]) -> Context:
    """The same run where no map knows a value of these fields."""
    tables = dict(context.tables)
    for record, table in context.tables.items():
        fields = {name: f for name, f in RECORDS[record].fields().items() if f"{record}.{name}" in paths}
        unread = {name: None if f.kind is Kind.JSON else UNREADABLE for name, f in fields.items()}
        if fields and table.supplied:
            values = (
                pl.when(pl.col(name).is_not_null()).then(pl.lit(value, dtype=pl.String)).alias(name)
                for name, value in unread.items()
            )
            tables[record] = table.with_frame(table.frame.with_columns(values))
    return replace(context, tables=Tables(tables), findings=Findings(), _memo={})


CARE = {"episode_id": "E1", "person_id": "C1", "start_date": d("18-01-01")}
STATUS = {"legal_status_id": "L1", "person_id": "C1", "status": "C2", "start_date": d("18-01-01")}
REFERRAL = {"referral_id": "R1", "person_id": "C1", "referral_date": d("18-03-01")}
CLOSED = REFERRAL | {"close_date": d("18-05-01")}
ENQUIRY = {"enquiry_id": "S1", "person_id": "C1", "start_date": d("18-05-01")}
CONFERENCE = {"conference_id": "I1", "person_id": "C1", "enquiry_id": "S1", "transfer_in": "Y"}
PLAN = {"cp_plan_id": "P1", "person_id": "C1", "start_date": d("18-01-01")}
ASSESSMENT = {"assessment_id": "A1", "person_id": "C1", "referral_id": "R1", "start_date": d("18-03-02")}
AUTHORISED = ASSESSMENT | {"authorised_date": d("18-04-01")}
PLACED = {"placement_id": "H1", "person_id": "C1", "start_date": d("18-01-01"), "placement_type": "U6"}
LEAVER = {"care_leaver_id": "Y1", "person_id": "C1", "eligibility": "RELEVANT"}
LONG_AGO = {"start_date": d("15-01-01"), "end_date": d("16-01-01")}
DECISION = {"permanence_id": "N1", "person_id": "C1", "decision_date": d("10-01-01")}

# List, field, the extract, who is on it (and by which record), and who where no map knows the field's values.
ROWS = [
    (
        4,
        "assessment_statuses.status",
        {"assessments": [ASSESSMENT], "assessment_statuses": [{"assessment_id": "A1", "status": "cancelled"}]},
        [],
        ["A1"],
    ),
    (
        5,
        "conferences.transfer_in",
        {
            "section_47_enquiries": [ENQUIRY | {"start_date": d("16-01-01")}],
            "conferences": [CONFERENCE | {"conference_date": d("16-02-01")}],
        },
        ["S1"],
        [],
    ),
    (
        6,
        "assessment_statuses.status",
        {"assessments": [ASSESSMENT], "assessment_statuses": [{"assessment_id": "A1", "status": "error"}]},
        [],
        ["C1"],
    ),
    (6, "care_episodes.end_reason", {"care_episodes": [CARE | LONG_AGO | {"end_reason": "X1"}]}, ["C1"], []),
    (
        6,
        "cin_episodes.close_reason",
        {"cin_episodes": [CLOSED | {"close_reason": "RC8"}], "assessments": [AUTHORISED]},
        [],
        ["R1"],
    ),
    (6, "cin_episodes.nfa", {"cin_episodes": [CLOSED | {"nfa": "Y"}], "assessments": [AUTHORISED]}, [], ["R1"]),
    (
        6,
        "cin_episodes.outcome_json",
        {"cin_episodes": [CLOSED | {"outcome_json": '{"NFA_FLAG": "Y"}'}], "assessments": [AUTHORISED]},
        [],
        ["R1"],
    ),
    (
        6,
        "conferences.transfer_in",  # an enquiry that a conference has ended belongs to the referral that it names
        {
            "cin_episodes": [CLOSED, REFERRAL | {"referral_id": "R2"}],
            "section_47_enquiries": [ENQUIRY | {"start_date": d("18-03-05"), "referral_id": "R1"}],
            "conferences": [CONFERENCE | {"conference_date": d("18-03-20")}],
        },
        ["R2"],
        ["R1"],
    ),
    (6, "cp_plans.other_la", {"cp_plans": [PLAN | {"other_la": "Y"}]}, [], ["C1"]),
    (
        6,
        "legal_statuses.status",  # short breaks that have ended add no row
        {"care_episodes": [CARE | {"end_date": d("18-05-01")}], "legal_statuses": [STATUS | {"status": "V4"}]},
        [],
        ["C1"],
    ),
    (7, "cp_plans.other_la", {"cp_plans": [PLAN | {"other_la": "Y"}]}, [], ["P1"]),
    (8, "care_episodes.end_reason", {"care_episodes": [CARE | LONG_AGO | {"end_reason": "X1"}]}, ["E1"], []),
    (
        8,
        "legal_statuses.status",
        {"care_episodes": [CARE], "legal_statuses": [STATUS | {"status": "V4"}]},
        [],
        ["E1"],
    ),
    (
        9,
        "care_episodes.end_reason",
        {"care_leavers": [LEAVER], "care_episodes": [CARE | LONG_AGO | {"end_reason": "X1"}]},
        [],
        ["Y1"],
    ),
    (9, "care_leavers.eligibility", {"care_leavers": [LEAVER | {"eligibility": "NONE"}]}, [], ["Y1"]),
    (9, "care_leavers.in_touch", {"care_leavers": [LEAVER | {"in_touch": "DIED"}]}, [], ["Y1"]),
    (
        9,
        "legal_statuses.status",  # short breaks are no care
        {"care_leavers": [LEAVER], "care_episodes": [CARE], "legal_statuses": [STATUS | {"status": "V4"}]},
        ["Y1"],
        [],
    ),
    (
        10,
        "care_episodes.end_reason",
        {"care_episodes": [CARE | {"end_date": d("18-05-01"), "end_reason": "E11"}]},
        ["C1"],
        [],
    ),
    (
        10,
        "legal_statuses.status",
        {"care_episodes": [CARE], "legal_statuses": [STATUS | {"status": "E1"}]},
        ["C1"],
        [],
    ),
    (
        10,
        "permanence.order_type",
        {"permanence": [DECISION | {"order_date": d("12-01-01"), "order_type": "SGO"}]},
        [],
        ["N1"],
    ),
    (
        10,
        "placements.placement_type",
        {"care_episodes": [CARE], "placements": [PLACED | {"placement_type": "A3"}]},
        ["C1"],
        [],
    ),
    (
        11,
        "adopters.on_hold",
        {"adopters": [{"adopter_id": "F1", "application_date": d("18-01-01"), "on_hold": "Y"}]},
        [],
        ["F1"],
    ),
]


def run(number: int, records: dict[str, list], edition: str = EDITION) -> Context:
    """The run of an extract that has the tables from which a list starts, and these."""
    starts = {record: [] for record in load_edition(edition).lists[number].records}
    return context_of(starts | records, DAY, edition=edition)


def only(spec: ListSpec, columns: list) -> ListSpec:
    """A list with few of its columns: nothing is worked out for the others."""
    child = spec.columns[0]
    return spec.model_copy(update={"columns": (child, *(each for each in columns if each is not child))})


def listed(context: Context, number: int) -> list[str]:
    """By which record each row of a list is there; by its child where no record of its own stands behind it."""
    spec = context.edition.lists[number]
    rows = COHORTS[spec.cohort](context, spec).rows
    own = {4: "assessment_id", 5: "enquiry_id", 6: "referral_id", 7: "cp_plan_id", 8: "episode_id", 9: "care_leaver_id"}
    named = own.get(number, "permanence_id" if number == 10 else "adopter_id")
    child = "adopter_id" if number == 11 else "person_id"
    return sorted(rows.select(pl.coalesce(named, child).alias("id"))["id"].to_list())


# Each example in every edition that decides in a way of its own who is on the list.
WAYS = {
    (number, load_edition(edition).lists[number].cohort): edition
    for edition in ("ilacs-2018", "ilacs-2022", EDITION)
    for number in range(1, 12)
}
CASES = [
    (edition, *row)
    for (number, cohort), edition in WAYS.items()
    for row in ROWS
    if row[0] == number and row[1] in declared()["rows"].get(cohort, ())
]


@pytest.mark.parametrize(("edition", "number", "path", "records", "known", "unknown"), CASES)
def test_who_is_on_a_list_hangs_on_the_field(edition, number, path, records, known, unknown):
    context = run(number, records, edition)
    assert listed(context, number) == known
    assert listed(spoiled(context, [path]), number) == unknown


def test_every_line_about_rows_has_an_example():
    lines = {(cohort, path) for cohort, paths in declared()["rows"].items() for path in paths}
    assert lines == {(load_edition(edition).lists[number].cohort, path) for edition, number, path, *_ in CASES}
    assert len(CASES) >= len(ROWS)


OPEN_CASE = {"cin_episodes": [REFERRAL], "section_47_enquiries": [ENQUIRY | {"referral_id": "R1"}]}
VISITS = [{"visit_date": d("18-05-01"), "seen": "Y"}, {"visit_date": d("18-05-20"), "seen": "N"}]
CARE_VISITS = [{"visit_id": f"V{n}", "person_id": "C1", **visit} for n, visit in enumerate(VISITS)]
CP_VISITS = [each | {"cp_plan_id": "P1", "seen_alone": alone} for each, alone in zip(CARE_VISITS, "YN", strict=True)]
REVIEWS = [
    {"review_id": "W1", "person_id": "C1", "review_date": d("18-04-01"), "participation": "PN1"},
    {"review_id": "W2", "person_id": "C1", "review_date": d("18-05-01"), "participation": "PN1", "cancelled": "Y"},
]
MISSING = {
    "missing_id": "M1",
    "person_id": "C1",
    "start": pl.Series([d("18-05-01")]).cast(pl.Datetime("us"))[0],
    "end": pl.Series([d("18-05-02")]).cast(pl.Datetime("us"))[0],
    "missing_type": "M",
    "interview_offered": "Y",
    "interview_accepted": "Y",
}
TEMPORARY = PLACED | {"placement_id": "H2", "placement_type": "T0"}
HOMES = [
    PLACED | {"end_date": d("18-04-01"), "urn": "SC1"},
    TEMPORARY | {"start_date": d("18-04-01"), "end_date": d("18-04-08")},
    PLACED | {"placement_id": "H3", "start_date": d("18-04-08"), "urn": "SC1"},
]


def checks(kind: str) -> dict[str, list]:
    held = {"person_id": "C1", "check_type": kind, "check_date": d("18-03-01")}
    planned = {"person_id": "C1", "check_type": kind, "check_date": d("18-05-01"), "status": "PLANNED"}
    return {"care_episodes": [CARE], "health_checks": [held, planned]}


# List, derivation or field, the field of a record, the extract, what the column says of the first row, and what it says
# where no map knows the field's values.
COLUMNS = [
    (
        5,
        "conference_unnecessary",
        "conferences.transfer_in",
        {"section_47_enquiries": [ENQUIRY | {"end_date": d("18-05-20"), "nfa": "Y"}], "conferences": [CONFERENCE]},
        "Y",
        "N",
    ),
    (
        5,
        "conference_unnecessary",
        "cp_plans.other_la",
        {
            "section_47_enquiries": [ENQUIRY | {"end_date": d("18-05-20"), "nfa": "Y"}],
            "cp_plans": [PLAN | {"other_la": "Y"}],
        },
        "Y",
        "N",
    ),
    (
        5,
        "conferences_in_12_months",
        "conferences.transfer_in",
        {
            "section_47_enquiries": [
                ENQUIRY | {"enquiry_id": "S2"},
                ENQUIRY | {"start_date": d("17-12-01"), "end_date": d("17-12-20")},
            ],
            "conferences": [CONFERENCE | {"conference_date": d("17-12-15")}],
        },
        0,
        1,
    ),
    (
        6,
        "case_status",
        "assessment_statuses.status",
        OPEN_CASE
        | {"assessments": [ASSESSMENT], "assessment_statuses": [{"assessment_id": "A1", "status": "cancelled"}]},
        "CIN",
        "ASSESSMENT",
    ),
    (
        6,
        "case_status",
        "care_episodes.end_reason",
        OPEN_CASE | {"care_episodes": [CARE | LONG_AGO | {"end_reason": "X1"}]},
        "CLA",
        "CIN",
    ),
    (
        6,
        "case_status",
        "legal_statuses.status",
        OPEN_CASE | {"care_episodes": [CARE], "legal_statuses": [STATUS | {"status": "V4"}]},
        "CIN",
        "CLA",
    ),
    (6, "primary_need", "care_episodes.need", {"care_episodes": [CARE | {"need": "N1"}]}, "N1", UNREADABLE),
    (7, "cp_visit_date", "cp_visits.seen", {"cp_plans": [PLAN], "cp_visits": CP_VISITS}, d("18-05-01"), d("18-05-20")),
    (7, "cp_visit_seen_alone", "cp_visits.seen", {"cp_plans": [PLAN], "cp_visits": CP_VISITS}, "Y", "N"),
    (
        7,
        "previous_cp_plans",
        "cp_plans.other_la",
        {"cp_plans": [PLAN, PLAN | LONG_AGO | {"cp_plan_id": "P0", "other_la": "Y"}]},
        0,
        1,
    ),
    (
        7,
        "emergency_protection",
        "emergency_protection.kind",
        {
            "cp_plans": [PLAN],
            "emergency_protection": [{"person_id": "C1", "kind": "EPO", "start_date": d("18-05-01")}],
        },
        "Y",
        "N",
    ),
    (
        8,
        "second_period_in_12_months",
        "legal_statuses.status",  # an earlier period of short breaks is none
        {
            "care_episodes": [
                CARE,
                CARE | {"episode_id": "E0", "start_date": d("17-07-01"), "end_date": d("17-10-01")},
            ],
            "legal_statuses": [
                STATUS,
                STATUS
                | {
                    "legal_status_id": "L0",
                    "status": "V4",
                    "start_date": d("17-07-01"),
                    "end_date": d("17-10-01"),
                },
            ],
        },
        "N",
        "Y",
    ),
    (
        8,
        "legal_status_start",
        "legal_statuses.status",
        {
            "care_episodes": [CARE],
            "legal_statuses": [
                STATUS | {"status": "C1", "end_date": d("18-03-01")},
                STATUS | {"legal_status_id": "L2", "start_date": d("18-03-01")},
            ],
        },
        d("18-03-01"),
        d("18-01-01"),
    ),
    (
        8,
        "care_review_date",
        "care_reviews.cancelled",
        {"care_episodes": [CARE], "care_reviews": REVIEWS},
        d("18-04-01"),
        d("18-05-01"),
    ),
    (
        8,
        "iro_contact_date",
        "care_reviews.cancelled",
        {"care_episodes": [CARE], "care_reviews": REVIEWS},
        d("18-04-01"),
        d("18-05-01"),
    ),
    (
        8,
        "care_visit_date",
        "care_visits.seen",
        {"care_episodes": [CARE], "care_visits": CARE_VISITS},
        d("18-05-01"),
        d("18-05-20"),
    ),
    (8, "health_assessment_date", "health_checks.status", checks("HEALTH"), d("18-03-01"), d("18-05-01")),
    (8, "dental_check_date", "health_checks.status", checks("DENTAL"), d("18-03-01"), d("18-05-01")),
    (
        8,
        "placements_in_12_months",
        "care_episodes.start_reason",  # L: the child stays with the same carer
        {
            "care_episodes": [
                CARE | {"end_date": d("18-04-01"), "placement_id": "H1", "start_reason": "S"},
                CARE | {"episode_id": "E2", "start_date": d("18-04-01"), "placement_id": "H2", "start_reason": "L"},
            ],
            "placements": [
                PLACED | {"end_date": d("18-04-01")},
                PLACED | {"placement_id": "H2", "start_date": d("18-04-01")},
            ],
        },
        1,
        2,
    ),
    (
        8,
        "placements_in_12_months",
        "placements.placement_type",  # a temporary placement, and back to the same home
        {"care_episodes": [CARE], "placements": HOMES},
        1,
        3,
    ),
    (
        8,
        "placement_provider",
        "placements.placement_type",
        {"care_episodes": [CARE], "placements": [PLACED | {"placement_type": "T0", "provider": "PR1"}]},
        None,
        "PR1",
    ),
    (
        8,
        "interview_offered",
        "missing_episodes.missing_type",
        {"care_episodes": [CARE], "missing_episodes": [MISSING]},
        "Y",
        None,
    ),
    (
        8,
        "interview_accepted",
        "missing_episodes.missing_type",
        {"care_episodes": [CARE], "missing_episodes": [MISSING]},
        "Y",
        None,
    ),
    (
        8,
        "interview_accepted",
        "missing_episodes.interview_offered",
        {"care_episodes": [CARE], "missing_episodes": [MISSING]},
        "Y",
        None,
    ),
    *(
        (9, name, "care_leavers.in_touch", {"care_leavers": [LEAVER | {"in_touch": "YES", name: code}]}, code, None)
        for name, code in {"accommodation": "B", "suitability": "1", "activity": "F1"}.items()
    ),
    (
        10,
        "placed_date",
        "permanence.adopted_by_carer",
        {
            "permanence": [DECISION | {"decision_date": d("18-01-15"), "adopted_by_carer": "Y"}],
            "care_episodes": [CARE],
            "placements": [PLACED | {"start_date": d("18-02-01"), "placement_type": "A3"}],
        },
        d("18-02-01"),
        None,
    ),
]


def first_cell(context: Context, number: int, name: str) -> object:
    spec = context.edition.lists[number]
    column = next(each for each in spec.columns if (each.derive or each.field) == name)
    return build_list(context, only(spec, [column])).codes[column.heading][0]


@pytest.mark.parametrize(("number", "name", "path", "records", "known", "unknown"), COLUMNS)
def test_what_a_column_says_hangs_on_the_field(number, name, path, records, known, unknown):
    context = run(number, records)
    assert first_cell(context, number, name) == known
    assert first_cell(spoiled(context, [path]), number, name) == unknown


def test_every_line_about_columns_has_an_example():
    def key(number: int, name: str) -> str:
        columns = load_edition(EDITION).lists[number].columns
        return name if any(each.derive == name for each in columns) else f"{number}.{name}"

    lines = {(key_, path) for key_, paths in declared()["further"].items() for path in paths}
    assert lines == {(key(number, name), path) for number, name, path, *_ in COLUMNS}


@pytest.fixture(scope="module")
def sample():
    """A synthetic authority, with tables as they are read."""
    source, period, findings = load_source("ssd"), InspectionPeriod(DAY), Findings()
    tables = extract_from(raw(generate(60, DAY, 9)), source, period, findings, {}).tables
    return Context(period, load_edition("ilacs-2022"), Options(own_la=("Ourtown",)), tables, findings)


def keyed(context: Context, spec: ListSpec) -> pl.DataFrame:
    """The codes of a list, in the order of who is on it (column "who")."""
    built = build_list(context, spec)
    keys = [name for name in ("person_id", "adopter_id", "_row") if name in built.rows.columns]
    who = built.rows.select(pl.concat_str([pl.col(key).cast(pl.String).fill_null("") for key in keys], separator="|"))
    return built.codes.with_columns(who.to_series().alias("who")).sort("who")


@pytest.mark.parametrize("number", range(1, 12))
def test_nothing_hangs_on_a_field_that_is_not_named(sample, number):
    """All fields that are not named for the list's rows, or for a column, are unreadable at once."""
    spec = sample.edition.lists[number]
    rows = set(declared()["rows"].get(spec.cohort, ()))
    alike: dict[frozenset[str], list] = {frozenset(rows): []}
    for column in spec.columns:
        made_from = {path for each in inputs_of(spec, column.derive or column.field) for path in each}
        named = frozenset({*made_from, *further(spec, column), *rows}.intersection(CODED))
        alike.setdefault(named, []).append(column)
    whole = keyed(sample, spec)
    assert whole["who"].n_unique() == whole.height > 0
    for named, columns in alike.items():
        other = keyed(spoiled(sample, [path for path in CODED if path not in named]), only(spec, columns))
        assert other.equals(whole.select(other.columns))


def test_what_is_named_is_a_field_of_codes_or_outcomes_and_a_column():
    named = [path for part in ("rows", "further") for paths in declared()[part].values() for path in paths]
    assert set(named) <= set(CODED)
    specs = [spec for name in edition_names() for spec in load_edition(name).lists.values()]
    assert declared()["further"].keys() <= {
        each.derive or f"{spec.number}.{each.field}" for spec in specs for each in spec.columns
    }


@pytest.mark.parametrize(
    ("path", "rows", "columns"),
    [
        ("cin_episodes.close_reason", (6,), {4: ("support_required",)}),
        ("contacts.contact_source", (), {}),
        ("persons.gender", (), {}),
        ("persons.ethnicity", (), {}),
        ("care_reviews.participation", (), {8: ("iro_contact_date",)}),
        (
            "placements.placement_type",
            (10,),
            {8: ("placements_in_12_months", "placement_provider"), 10: ("placed_date",)},
        ),
        ("section_47_enquiries.outcome_json", (), {5: ("conference_unnecessary",)}),
        ("adopters.placed_date", (), {}),
    ],
)
def test_what_hangs_on_a_field(path, rows, columns):
    edition = load_edition(EDITION)
    record, _, field = path.partition(".")
    effect = effect_of(edition, record, field)
    headings = {
        number: tuple(
            each.heading.strip() for each in edition.lists[number].columns if (each.derive or each.field) in names
        )
        for number, names in columns.items()
    }
    assert (effect.rows, {number: set(each) for number, each in effect.columns.items()}) == (
        rows,
        {number: set(each) for number, each in headings.items()},
    )
    assert bool(effect) == bool(rows or columns)


@pytest.mark.parametrize(
    ("rows", "begin", "them"),
    [
        (1, "t: 1 row holds a value of a or b that no map knows. ", "it"),
        (1234, "t: 1,234 rows hold values of a or b that no map knows. ", "them"),
    ],
)
def test_the_message(rows, begin, them):
    effect = effect_of(load_edition(EDITION), "cin_episodes", "close_reason")
    (heading,) = effect.columns[4]
    assert told(effect, "t", ["a", "b"], rows) == (
        f"{begin}More than a blank cell hangs on {them}: who is on List 6; in List 4 the column "
        f'"{heading}". '
        f'Map {them} in the source profile, under [values."cin_episodes.close_reason"].'
    )
    assert effect_of(load_edition("ilacs-2019"), "adopters", "on_hold").rows == (11,)
    assert effect_of(load_edition("ilacs-2018"), "adopters", "on_hold").rows == ()
    several = effect_of(load_edition(EDITION), "care_episodes", "end_reason")
    assert "who is on Lists 6, 8, 9 and 10; " in told(several, "t", ["a"], 1)
