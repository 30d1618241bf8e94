"""The tables of the sample that reports need agree with each other and with the stories that the others tell."""

import json
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from annexa.period import completed_years
from annexa.sample import generate
from annexa.sample.layout import TABLES
from annexa.sample.year import school_year, september, year_group, year_text
from tests.golden.lists import CHILDREN, INSPECTION_DATE, SEED
from tests.support.authority import Sample, load, none, periods

CASES = [
    (2500, date(2018, 6, 4), 1, None),
    (1500, date(2025, 6, 2), 7, None),
    (1500, date(2018, 6, 4), 3, date(2020, 2, 29)),
    (1500, date(2018, 6, 4), 4, date(2014, 12, 31)),
]
FURTHER = list(TABLES)[list(TABLES).index("annexa_early_help_families") + 1 :]
# Dates of one row that come in this order, where there are such.
ORDERS = {
    "annexa_private_fostering": ["start_date", "aware_date", "notification_date", "decision_date", "end_date"],
    "annexa_education_status": ["start_date", "alternative_provision_start_date", "end_date"],
    "annexa_exploitation": ["start_date", "end_date"],
    "annexa_secure_orders": ["order_start_date", "order_end_date", "expiry_date"],
    "annexa_pathway_plans": ["start_date", "completed_date", "review_date"],
    "annexa_camhs": ["referral_date", "first_appointment_date", "end_date"],
    "annexa_plo_reviews": ["review_date", "next_due_date"],
    "annexa_workers": ["qualified_date", "start_date", "leave_date"],
    "annexa_absence": ["start_date", "end_date"],
    "annexa_audits": ["audit_date", "action_completed_date"],
    "ssd_pre_proceedings": [
        "prep_pre_pro_decision_date", "prep_pre_pro_letter_date", "prep_initial_pre_pro_meeting_date",
        "prep_agree_stepdown_issue_date", "prep_care_pro_letter_date",
    ],
    "ssd_ehcp_requests": ["ehcr_ehcp_req_date", "ehcr_ehcp_req_outcome_date"],
    "ssd_ehcp_named_plan": ["ehcn_named_plan_start_date", "ehcn_named_plan_ceased_date"],
}  # fmt: skip
# One row for a row of another table: the table, its columns, those of the other.
ONE_TO_ONE = [
    ("annexa_early_help_episodes", ["episode_id", "person_id"],
     "ssd_early_help_episodes", "earl_episode_id earl_person_id"),
    ("annexa_missing", ["missing_id"], "ssd_missing", "miss_table_id"),
    ("annexa_health", ["health_check_id"], "ssd_cla_health", "clah_health_check_id"),
    ("annexa_plo", ["plo_family_id", "person_id"], "ssd_pre_proceedings", "prep_plo_family_id prep_person_id"),
]  # fmt: skip
# Every value of the first is one of the second.
LINKS = [
    ("annexa_private_fostering_visits.arrangement_id", "annexa_private_fostering.arrangement_id"),
    ("annexa_secure_orders.placement_id", "ssd_cla_placement.clap_cla_placement_id"),
    ("annexa_plo_reviews.plo_family_id", "annexa_plo.plo_family_id"),
    ("annexa_absence.worker_id", "annexa_workers.worker_id"),
    ("ssd_professionals.prof_professional_id", "annexa_workers.worker_id"),
    ("annexa_posts.team_id", "ssd_department.dept_team_id"),
    ("annexa_workers.team_id", "annexa_posts.team_id"),
    ("annexa_early_help_episodes.family_id", "ssd_family.fami_family_id"),
    ("ssd_ehcp_requests.ehcr_send_table_id", "ssd_send.send_table_id"),
    ("ssd_ehcp_assessment.ehca_ehcp_request_id", "ssd_ehcp_requests.ehcr_ehcp_request_id"),
    ("ssd_ehcp_named_plan.ehcn_ehcp_asmt_id", "ssd_ehcp_assessment.ehca_ehcp_assessment_id"),
    ("ssd_assessment_factors.cinf_assessment_id", "ssd_cin_assessments.cina_assessment_id"),
    *(
        (f"{table}.{person}", "ssd_cla_episodes.clae_person_id")
        for table, person in (
            ("annexa_virtual_school", "person_id"),
            ("annexa_attendance", "person_id"),
            ("annexa_attainment", "person_id"),
            ("annexa_secure_orders", "person_id"),
            ("ssd_cla_immunisations", "clai_person_id"),
            ("ssd_cla_substance_misuse", "clas_person_id"),
            ("ssd_sdq_scores", "csdq_person_id"),
        )
    ),
    ("annexa_pathway_plans.person_id", "ssd_cla_episodes.clae_person_id"),
]


@pytest.fixture(scope="module", params=CASES, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    return load(*request.param)


def column(sample: Sample, name: str) -> pl.Series:
    table, _, field = name.partition(".")
    return sample[table][field]


def schooled(sample: Sample) -> bool:
    """Whether the extract is of a time of which the virtual school keeps data: two years before the inspection."""
    return sample.day > date(2015, 9, 1)


def test_the_committed_sample_has_rows_in_every_table() -> None:
    tables = generate(CHILDREN, date.fromisoformat(INSPECTION_DATE), SEED)
    assert [table for table in FURTHER if tables[table].is_empty()] == []


@pytest.mark.parametrize(("one", "other"), LINKS)
def test_what_a_row_names_is_there(sample: Sample, one: str, other: str) -> None:
    assert column(sample, one).drop_nulls().is_in(column(sample, other).implode()).all()


@pytest.mark.parametrize(("table", "key", "other", "columns"), ONE_TO_ONE)
def test_one_row_for_each_row_of_the_other_table(
    sample: Sample, table: str, key: list[str], other: str, columns: str
) -> None:
    mine, theirs = sample[table].select(key), sample[other].select(columns.split())
    assert mine.sort(key).rows() == theirs.sort(theirs.columns).rows()
    assert mine.is_unique().all()


@pytest.mark.parametrize("table", ORDERS)
def test_dates_are_in_order(sample: Sample, table: str) -> None:
    for n, first in enumerate(ORDERS[table]):
        for second in ORDERS[table][n + 1 :]:
            assert none(sample[table].filter(pl.col(first) > pl.col(second))), (first, second)


def test_education_has_children_of_its_own_and_knows_the_others_as_social_care_does(sample: Sample) -> None:
    rows = sample["annexa_education_status"].join(
        sample["ssd_person"], left_on="person_id", right_on="pers_person_id", how="left"
    )
    own = pl.col("person_id").str.contains("^E[0-9]{6}$")
    assert none(rows.filter(own == pl.col("pers_nationality").is_not_null()))
    known = rows.filter(~own)
    assert not none(known)
    assert not none(rows.filter(own, pl.col("date_of_birth").is_not_null(), pl.col("gender").is_not_null()))
    assert none(known.filter(pl.col("date_of_birth").ne_missing(pl.col("pers_dob"))))
    assert none(known.filter(pl.col("placed_by_la").is_not_null()))


def test_what_education_records_fits_its_status(sample: Sample) -> None:
    rows = sample["annexa_education_status"].with_columns(hours=pl.col("weekly_hours").cast(pl.Float64))
    assert set(rows["status"]) <= {"EHE", "CME", "AP", "reduced", "excluded", "full-time", "other"}
    assert none(rows.filter(pl.col("status") == "reduced", ~(pl.col("hours") < 25)))
    assert none(rows.filter(pl.col("status") == "full-time", ~(pl.col("hours") >= 25)))
    missing = rows.filter(pl.col("status") == "CME")
    assert set(zip(missing["hours"], missing["provision_type"], strict=True)) <= {(0.0, "None")}
    assert none(rows.filter((pl.col("exclusion_type") == "none") == (pl.col("status") == "excluded")).filter(
        pl.col("status") != "AP"
    ))  # fmt: skip
    assert none(rows.filter(pl.col("status").is_in(["AP", "excluded"]) != pl.col("alternative_provision_start_date")
                            .is_not_null(), pl.col("start_date") < sample.day - timedelta(days=15)))  # fmt: skip
    assert none(rows.filter((pl.col("ehcp") == "Y") != (pl.col("sen") == "EHC plan")))
    after = rows.filter(pl.col("post16_activity").is_not_null())
    born = pl.col("date_of_birth")
    assert none(after.filter(completed_years(born, pl.col("start_date")) < 16))
    assert after["year_group"].is_in(["12", "13", "14"]).all()
    assert rows.filter(pl.col("post16_activity").is_null())["year_group"].is_in(["R", *map(str, range(1, 12))]).all()
    assert none(rows.filter(completed_years(born, pl.col("start_date")) < 5))
    assert none(rows.filter(pl.col("last_contact_date") < pl.col("start_date")))
    assert none(rows.filter(pl.col("last_contact_date") > pl.col("end_date")))


def test_education_agrees_with_the_plans_of_social_care(sample: Sample) -> None:
    plans = (
        sample["ssd_send"]
        .join(sample["ssd_ehcp_requests"], left_on="send_table_id", right_on="ehcr_send_table_id")
        .join(sample["ssd_ehcp_assessment"], left_on="ehcr_ehcp_request_id", right_on="ehca_ehcp_request_id")
        .join(sample["ssd_ehcp_named_plan"], left_on="ehca_ehcp_assessment_id", right_on="ehcn_ehcp_asmt_id")
    )
    assert plans.height == sample["ssd_ehcp_named_plan"].height
    assert plans["send_person_id"].is_unique().all()
    assert (plans["ehcr_ehcp_req_outcome"] == "Y").all()
    assert (plans["ehca_ehcp_assessment_outcome"] == "Y").all()
    stated = sample["annexa_education_status"].filter(~pl.col("person_id").str.starts_with("E"))
    rows = stated.join(plans, left_on="person_id", right_on="send_person_id", how="left")
    begun, over = pl.col("ehcn_named_plan_start_date"), pl.col("ehcn_named_plan_ceased_date")
    start = pl.col("start_date")
    running = (begun <= start).fill_null(value=False) & (over.is_null() | (over > start))
    assert none(rows.filter((pl.col("ehcp") == "Y") != running))
    flagged = sample["ssd_person"].filter(pl.col("pers_send_flag") == "Y")["pers_person_id"]
    assert sample["ssd_send"]["send_person_id"].is_in(flagged.implode()).all()


def test_a_pupil_of_the_virtual_school_is_looked_after_in_that_year(sample: Sample) -> None:
    rows = sample["annexa_virtual_school"].with_columns(
        begins=pl.concat_str(pl.col("academic_year").str.slice(0, 4), pl.lit("-09-01")).str.to_date()
    )
    ends = pl.col("begins").dt.offset_by("1y")
    care = periods(sample).select("person", "start", "end", "born")
    joined = rows.join(care, left_on="person_id", right_on="person").filter(
        pl.col("start") < ends, pl.col("end").is_null() | (pl.col("end") > pl.col("begins"))
    )
    key = ["person_id", "academic_year"]
    assert joined.select(key).unique().height == rows.height
    assert rows.select(key).is_unique().all()
    assert none(rows.filter(pl.col("pep_date").is_null() != pl.col("pep_quality").is_null()))
    assert none(rows.filter((pl.col("pep_date") < pl.col("begins")) | (pl.col("pep_date") >= ends)))
    dated = joined.filter(pl.col("pep_date").is_between("start", pl.coalesce("end", pl.lit(sample.day))))
    assert dated.select(key).unique().height == rows["pep_date"].count()
    begun = pl.col("begins") < sample.day - timedelta(days=60)
    taught = rows.filter(begun, pl.col("year_group").is_in([str(n) for n in range(1, 12)])).select(key)
    assert taught.join(sample["annexa_attendance"], on=key, how="semi").height >= taught.height * 0.9
    for table in ("annexa_attendance", "annexa_attainment"):
        assert none(sample[table].join(rows, on=key, how="anti")), table


def test_sessions_add_up(sample: Sample) -> None:
    counts = ["possible", "attended", "authorised_absence", "unauthorised_absence"]
    rows = sample["annexa_attendance"].with_columns(
        pl.col("suspension_sessions", *(f"sessions_{name}" for name in counts)).cast(pl.Int64)
    )
    possible, attended, authorised, unauthorised = (pl.col(f"sessions_{name}") for name in counts)
    assert none(rows.filter(possible != attended + authorised + unauthorised))
    assert none(rows.filter((attended < 0) | (pl.col("suspension_sessions") > authorised)))
    assert none(rows.filter(~possible.is_between(1, 380)))
    before = f"{sample.day.year - 2}/"
    assert (rows.filter(pl.col("academic_year").str.starts_with(before))["sessions_possible"] == 380).all()
    if schooled(sample):
        assert 0 < rows.select((possible - attended > possible * 0.1).mean()).item() < 0.5


def test_attainment_is_of_the_key_stage_that_the_pupil_is_in(sample: Sample) -> None:
    rows = sample["annexa_attainment"]
    key = ["person_id", "academic_year", "key_stage", "subject"]
    assert rows.select(key).is_unique().all()
    groups = rows.join(sample["annexa_virtual_school"], on=["person_id", "academic_year"])
    found = {stage: set(part["year_group"]) | set(part["subject"]) for (stage,), part in groups.group_by("key_stage")}
    expected = {"KS1": "1 2 reading writing", "KS2": "3 4 5 6 reading writing", "KS4": "10 11 English"}
    assert found or not schooled(sample)
    for stage, words in found.items():
        assert words <= {*expected[stage].split(), "mathematics"}, stage
    scores = rows["progress_score"].drop_nulls()
    assert scores.str.contains(r"^-?\d\.\d$").all()
    assert scores.cast(pl.Float64).is_between(-6, 6).all()


def test_the_first_health_assessment_of_a_period_of_care_is_the_initial_one(sample: Sample) -> None:
    rows = sample["annexa_health"].join(
        sample["ssd_cla_health"], left_on="health_check_id", right_on="clah_health_check_id"
    )
    dental = pl.col("clah_health_check_type") == "Dental Check"
    assert none(rows.filter((pl.col("kind") == "dental") != dental))
    care = periods(sample).sort("person", "start").select("person", "start")
    checks = rows.filter(~dental).sort("clah_person_id", "clah_health_check_date")
    days = pl.col("clah_health_check_date")
    joined = checks.join(care, left_on="clah_person_id", right_on="person").filter(pl.col("start") <= days)
    latest = joined.filter(pl.col("start") == pl.col("start").max().over("health_check_id"))
    first = days == days.min().over("clah_person_id", "start")
    assert none(latest.filter(first != (pl.col("kind") == "IHA")))
    held = rows.filter(days <= sample.day)
    assert none(held.filter(pl.col("due_date") <= days))
    future = rows.filter(days > sample.day)
    assert future.select("due_date", "outcome").null_count().sum_horizontal().item() == 2 * future.height
    refused = held.filter(pl.col("clah_health_check_status") == "Refused")
    assert (refused["outcome"] == "Refused").all()


def test_what_is_found_about_health_is_found_in_care_and_at_the_right_age(sample: Sample) -> None:
    care = periods(sample)
    for table, person, day, youngest, oldest in (
        ("ssd_sdq_scores", "csdq_person_id", "csdq_sdq_completed_date", 4, 17),
        ("ssd_cla_substance_misuse", "clas_person_id", "clas_substance_misuse_date", 11, 17),
        ("ssd_cla_immunisations", "clai_person_id", "clai_immunisations_status_date", 0, 17),
    ):
        rows = sample[table].join(care, left_on=person, right_on="person")
        inside = rows.filter(pl.col(day).is_between("start", pl.coalesce("end", pl.lit(sample.day))))
        assert inside.height == sample[table].height, table
        age = completed_years(pl.col("born"), pl.col(day))
        assert none(inside.filter(~age.is_between(youngest, oldest))), table
    scores = sample["ssd_sdq_scores"]
    assert none(scores.filter(pl.col("csdq_sdq_score").is_null() == pl.col("csdq_sdq_reason").is_null()))
    assert scores["csdq_sdq_score"].drop_nulls().cast(pl.Int64).is_between(0, 40).all()
    assert sample["ssd_cla_immunisations"]["clai_person_id"].is_unique().all()


def test_return_interviews_follow_the_return_and_were_accepted(sample: Sample) -> None:
    rows = sample["annexa_missing"].join(sample["ssd_missing"], left_on="missing_id", right_on="miss_table_id")
    back = pl.col("miss_missing_episode_end_date").dt.date()
    assert none(rows.filter(pl.col("interview_date") < back))
    assert none(rows.filter(pl.col("interview_date").is_not_null(), pl.col("miss_missing_rhi_accepted") != "Y"))
    said = pl.col("interview_refused") == "Y"
    assert none(
        rows.filter(said.fill_null(value=False) != (pl.col("miss_missing_rhi_accepted") == "N").fill_null(value=False))
    )
    late = rows.filter(pl.col("interview_date") > back + pl.duration(days=3))
    assert 0 < late.height < rows["interview_date"].count()
    starts = pl.col("miss_missing_episode_start_date").dt.date()
    breaks = sample["ssd_legal_status"].filter(pl.col("lega_legal_status").is_in(["V3", "V4"]))["lega_person_id"]
    cared_for = periods(sample).filter(~pl.col("person").is_in(breaks.implode()))
    care = rows.join(cared_for, left_on="miss_person_id", right_on="person").filter(
        starts >= pl.col("start"), pl.col("end").is_null() | (starts < pl.col("end"))
    )
    assert set(care["missing_id"]) == set(
        rows.filter(pl.col("missing_from") == "care", ~pl.col("miss_person_id").is_in(breaks.implode()))["missing_id"]
    )
    assert rows["missing_from"].is_in(["care", "home"]).all()


def test_young_people_at_risk_of_exploitation_are_eleven_and_known_some_of_them_missing(sample: Sample) -> None:
    rows = sample.span("annexa_exploitation")
    assert none(rows.filter(completed_years(pl.col("born"), pl.col("start")) < 11))
    assert set(rows["kind"]) == {"CSE", "CCE", "other"}
    known = sample["ssd_cin_episodes"].join(rows, left_on="cine_person_id", right_on="person")
    assert (
        rows["person"]
        .is_in(known.filter(pl.col("cine_referral_date") <= pl.col("start"))["cine_person_id"].implode())
        .all()
    )
    missing = sample["ssd_missing"]["miss_person_id"]
    assert rows["person"].is_in(missing.implode()).any()
    others = rows.filter(pl.col("other_la") == "Y")["person"]
    ours = sample["ssd_cp_plans"].filter(pl.col("cppl_cp_plan_ola").fill_null("N") != "Y")["cppl_person_id"]
    assert not others.is_in(ours.implode()).any()


def test_orders_that_restrict_liberty_lie_within_their_placement(sample: Sample) -> None:
    rows = sample.span("annexa_secure_orders").join(
        sample["ssd_cla_placement"], left_on=["placement_id", "person"],
        right_on=["clap_cla_placement_id", "clap_person_id"], how="left",
    )  # fmt: skip
    begun, over = pl.col("clap_cla_placement_start_date"), pl.col("clap_cla_placement_end_date")
    assert none(rows.filter(begun.is_null() | (pl.col("start") < begun) | (pl.col("end") > over)))
    assert none(rows.filter(pl.col("end").is_null(), over.is_not_null()))
    assert none(rows.filter(completed_years(pl.col("born"), pl.col("start")) < 10))
    locked = pl.col("order_type") != "DoL"
    assert none(rows.filter(locked != (pl.col("clap_cla_placement_type") == "K1")))
    assert none(rows.filter((pl.col("order_type") == "remand") != pl.col("expiry_date").is_null()))
    remands = sample["ssd_legal_status"].filter(pl.col("lega_legal_status").str.starts_with("J"))["lega_person_id"]
    assert rows.filter(pl.col("order_type") == "remand")["person"].is_in(remands.implode()).all()
    secure = sample["ssd_cla_placement"].filter(pl.col("clap_cla_placement_type") == "K1")
    ordered = rows.filter(locked)["placement_id"]
    assert secure["clap_cla_placement_id"].is_in(ordered.implode()).all()


def test_privately_fostered_children_are_young_enough_and_visited(sample: Sample) -> None:
    rows = sample.span("annexa_private_fostering")
    age = completed_years(pl.col("born"), pl.coalesce("end", pl.lit(sample.day)) - pl.duration(days=1))
    disabled = sample["ssd_disability"].filter(pl.col("disa_disability_code") != "NONE")["disa_person_id"]
    assert none(rows.filter(age > 15, ~pl.col("person").is_in(disabled.implode())))
    assert none(rows.filter(pl.col("decision").is_null() != pl.col("decision_date").is_null()))
    visits = sample["annexa_private_fostering_visits"].join(rows, on="arrangement_id", suffix="_of")
    assert none(
        visits.filter((pl.col("visit_date") < pl.col("notification_date")) | (pl.col("visit_date") > pl.col("end")))
    )
    latest = visits.group_by("arrangement_id").agg(pl.col("visit_date").max())
    both = rows.join(latest, on="arrangement_id", how="left")
    assert none(both.filter(pl.col("visit_date").ne_missing(pl.col("last_visit_date"))))
    assert rows["worker_id"].null_count() == 0


def test_proceedings_agree_with_the_orders_of_the_children(sample: Sample) -> None:
    before = sample["ssd_pre_proceedings"]
    rows = sample["annexa_plo"].join(
        before, left_on=["plo_family_id", "person_id"], right_on=["prep_plo_family_id", "prep_person_id"]
    )
    assert none(rows.filter(pl.col("issue_date").is_not_null(), pl.col("step_down_date").is_not_null()))
    assert none(rows.filter(pl.col("final_order_date").is_not_null() & pl.col("issue_date").is_null()))
    assert none(rows.filter(pl.col("final_order_date") <= pl.col("issue_date")))
    assert none(rows.filter(pl.col("issue_date") < pl.col("prep_pre_pro_decision_date")))
    outcome = pl.col("prep_pre_pro_outcome")
    assert none(rows.filter(outcome.is_null() != pl.col("prep_agree_stepdown_issue_date").is_null()))
    assert none(rows.filter((outcome == "Decision step down") != pl.col("step_down_date").is_not_null()))
    interim = sample["ssd_legal_status"].filter(pl.col("lega_legal_status") == "C1")
    running = rows.filter(pl.col("issue_date").is_not_null(), pl.col("final_order_date").is_null())
    now = interim.filter(pl.col("lega_legal_status_end_date").is_null())["lega_person_id"]
    assert now.is_in(running["person_id"].implode()).all()
    assert not none(running)
    joined = rows.join(interim, left_on="person_id", right_on="lega_person_id")
    ordered = joined.filter(pl.col("final_order_date") == pl.col("lega_legal_status_end_date"))
    assert ordered.height == rows["final_order_date"].count()
    assert none(ordered.filter(pl.col("issue_date") > pl.col("lega_legal_status_start_date")))
    assert none(running.filter(pl.col("next_hearing_date").is_null() | (pl.col("next_hearing_date") <= sample.day)))
    assert none(rows.filter(pl.col("next_hearing_date").is_not_null(), pl.col("final_order_date").is_not_null()))
    hearings = pl.col("prep_care_proc_court_hearings").cast(pl.Int64)
    assert none(rows.filter(hearings.is_null() != pl.col("issue_date").is_null()))
    assert none(rows.filter(pl.col("final_order_date").is_not_null(), hearings < 1))
    met = pl.col("prep_pre_pro_meetings_num").cast(pl.Int64)
    assert none(rows.filter((met > 0) != pl.col("prep_initial_pre_pro_meeting_date").is_not_null()))
    assert none(rows.filter((pl.col("prep_care_proc_short_notice") == "Y") & (met > 0)))
    families = sample["ssd_family"].select(person_id="fami_person_id", family="fami_family_id")
    shared = rows.join(families, on="person_id").group_by("plo_family_id").agg(pl.col("family").n_unique())
    assert (shared["family"] == 1).all()


def test_pathway_plans_are_of_young_people_whom_the_service_knows(sample: Sample) -> None:
    rows = sample["annexa_pathway_plans"].join(sample.people, left_on="person_id", right_on="person")
    assert rows["person_id"].is_unique().all()
    assert none(rows.filter(completed_years(pl.col("born"), pl.col("start_date")) < 16))
    assert none(rows.filter(pl.col("review_date").is_not_null(), pl.col("completed_date").is_null()))
    assert none(rows.filter(pl.col("start_date") > pl.col("died")))
    young = sample["ssd_care_leavers"].filter(pl.col("clea_care_leaver_eligibility") == "Former Relevant")
    assert young["clea_person_id"].is_in(rows["person_id"].implode()).mean() > 0.7


def test_factors_stand_for_each_completed_assessment_from_which_something_followed(sample: Sample) -> None:
    done = sample["ssd_cin_assessments"].filter(pl.col("cina_assessment_outcome_nfa") == "N")
    rows = sample["ssd_assessment_factors"]
    assert sorted(rows["cinf_assessment_id"]) == sorted(done["cina_assessment_id"])
    found = [json.loads(text) for text in rows["cinf_assessment_factors_json"]]
    assert all(codes and len(codes) == len(set(codes)) for codes in found)
    assert "10A" in {code for codes in found for code in codes}


def test_every_person_belongs_to_one_family(sample: Sample) -> None:
    rows = sample["ssd_family"]
    assert sorted(rows["fami_person_id"]) == sorted(sample["ssd_person"]["pers_person_id"])


def test_the_workforce_is_that_of_the_case_records(sample: Sample) -> None:
    workers, cases = sample["annexa_workers"], sample["ssd_professionals"]
    assert workers["worker_id"].is_unique().all()
    both = cases.join(workers, left_on="prof_professional_id", right_on="worker_id")
    for mine, theirs in (
        ("name", "prof_professional_name"), ("role", "prof_professional_job_title"),
        ("registration_number", "prof_social_worker_registration_no"), ("fte", "prof_full_time_equivalency"),
        ("agency", "prof_agency_worker_flag"),
    ):  # fmt: skip
        assert none(both.filter(pl.col(mine).ne_missing(pl.col(theirs)))), mine
    assert none(workers.filter(pl.col("leave_date").is_null() != pl.col("leave_reason").is_null()))
    assert none(workers.filter(pl.col("qualified_date").is_null() != pl.col("registration_number").is_null()))


def test_workers_are_employed_as_long_as_they_hold_a_case(sample: Sample) -> None:
    held = sample["ssd_involvements"].join(
        sample["annexa_workers"], left_on="invo_professional_id", right_on="worker_id"
    )
    assert held.height == sample["ssd_involvements"].height
    assert none(held.filter(pl.col("invo_involvement_start_date") < pl.col("start_date")))
    assert none(held.filter(pl.col("leave_date").is_not_null(), pl.col("invo_involvement_end_date").is_null()))
    assert none(held.filter(pl.col("invo_involvement_end_date") > pl.col("leave_date")))


def test_vacancies_are_the_posts_that_no_permanent_worker_fills(sample: Sample) -> None:
    posts = sample["annexa_posts"].with_columns(pl.col("established_fte", "vacant_fte").cast(pl.Float64))
    assert posts.select("team_id", "role").is_unique().all()
    permanent = sample["annexa_workers"].filter(pl.col("leave_date").is_null(), pl.col("agency") == "N")
    filled = permanent.group_by("team_id", "role").agg(pl.col("fte").cast(pl.Float64).sum())
    both = posts.join(filled, on=["team_id", "role"], how="left").with_columns(pl.col("fte").fill_null(0.0))
    expected = (pl.col("established_fte") - pl.col("fte")).clip(lower_bound=0.0)
    assert none(both.filter((pl.col("vacant_fte") - expected).abs() > 0.01))
    assert posts["vacant_fte"].sum() > 0


def test_days_lost_are_working_days_of_the_absence_so_far(sample: Sample) -> None:
    rows = sample["annexa_absence"].join(sample["annexa_workers"], on="worker_id", suffix="_of_worker")
    assert none(rows.filter(pl.col("start_date") < pl.col("start_date_of_worker")))
    assert none(rows.filter(pl.coalesce("end_date", pl.lit(sample.day)) > pl.col("leave_date")))
    for start, end, lost in rows.select("start_date", "end_date", pl.col("working_days_lost").cast(pl.Int64)).rows():
        days = [start + timedelta(days=n) for n in range(((end or sample.day) - start).days + 1)]
        assert lost == sum(day.weekday() < 5 for day in days)


def test_audits_are_of_a_service_that_the_child_received(sample: Sample) -> None:
    rows = sample["annexa_audits"]
    spans = {
        "looked after": periods(sample).select("person", "start", "end"),
        "child protection": sample.span("ssd_cp_plans").select("person", "start", "end"),
        "children in need": sample.span("ssd_cin_plans").select("person", "start", "end"),
        "early help": sample.span("ssd_early_help_episodes").select("person", "start", "end"),
    }
    for area, span in spans.items():
        mine = rows.filter(pl.col("service_area") == area)
        inside = mine.join(span, left_on="person_id", right_on="person").filter(
            pl.col("audit_date").is_between("start", pl.coalesce("end", pl.lit(sample.day)))
        )
        assert inside["audit_id"].n_unique() == mine.height, area
    leavers = rows.filter(pl.col("service_area") == "care leavers").join(
        sample.people, left_on="person_id", right_on="person"
    )
    assert none(leavers.filter(completed_years(pl.col("born"), pl.col("audit_date")) < 18))
    assert set(rows["service_area"]) - {"care leavers"} <= spans.keys()


def test_an_inspection_finds_audits_of_all_services_in_the_last_six_months() -> None:
    sample = load(2500, date(2018, 6, 4), 1, None)
    lately = sample["annexa_audits"].filter(pl.col("audit_date") >= sample.day - timedelta(days=180))
    assert lately["service_area"].n_unique() == 5
    assert (lately["multi_agency"] == "Y").any()


def test_school_years_and_year_groups() -> None:
    born = september(2007)
    assert [year_group(day, 2013) for day in (born - 1, born, september(2008) - 1, september(2008))] == [2, 1, 1, 0]
    assert [school_year(day) for day in (september(2018) - 1, september(2018))] == [2017, 2018]
    assert [year_text(year) for year in (1999, 2009, 2017)] == ["1999/00", "2009/10", "2017/18"]
    assert all(
        later - earlier in {365, 366} for earlier, later in pairwise(september(year) for year in range(2015, 2021))
    )
