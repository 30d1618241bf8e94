"""A sample without planted defects contradicts itself nowhere, whatever its dates, seed and day of extract."""

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from annexa.period import birthday, completed_years
from annexa.sample.layout import TABLES
from tests.support.authority import PERSON_COLUMNS, SPANS, Sample, load, none, overlapping, periods

CASES = [
    (2500, date(2018, 6, 4), 1, None),
    (1500, date(2025, 6, 2), 7, None),
    (1500, date(2018, 6, 4), 3, date(2020, 2, 29)),
    (1500, date(2018, 6, 4), 4, date(2014, 12, 31)),
]
# Left out of what may not be after the 18th birthday or a death: leaving care, and the case held open for it.
CHILDREN_ONLY = [
    table
    for table in SPANS
    if table not in {"ssd_involvements", "ssd_cin_episodes", "annexa_care_leaver_services", "annexa_adoption_links"}
]


@pytest.fixture(scope="module", params=CASES, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    return load(*request.param)


def test_every_row_is_about_a_person_of_the_person_table(sample: Sample) -> None:
    known = sample["ssd_person"]["pers_person_id"]
    assert known.is_unique().all()
    for table, column in PERSON_COLUMNS.items():
        assert sample[table][column].drop_nulls().is_in(known.implode()).all(), table


def test_each_event_has_one_row_a_person(sample: Sample) -> None:
    for table, column in PERSON_COLUMNS.items():
        if table.startswith("ssd_"):
            keys = [name for name in sample[table].columns if name != column and name.endswith("_id")][:1]
            assert sample[table].select(*keys, column).is_unique().all(), table


def test_nothing_ends_before_it_starts(sample: Sample) -> None:
    for table, (start, end) in SPANS.items():
        assert none(sample[table].filter(pl.col(end) < pl.col(start))), table
    missing = sample["ssd_missing"]
    assert none(missing.filter(pl.col("miss_missing_episode_end_date") < pl.col("miss_missing_episode_start_date")))


def test_nothing_has_happened_after_the_day_of_the_extract(sample: Sample) -> None:
    for table, columns in TABLES.items():
        for column in columns:
            if column.kind == "d" and not column.name.startswith("_"):
                assert none(sample[table].filter(pl.col(column.name) > sample.day)), column.name


def test_services_for_children_run_within_childhood_and_life(sample: Sample) -> None:
    for table in CHILDREN_ONLY:
        if table == "ssd_immigration_status":
            continue
        rows = sample.span(table)
        if table == "ssd_cin_assessments":
            rows = rows.filter(
                ~pl.col("cina_assessment_id").is_in(sample["annexa_assessments"]["assessment_id"].implode())
            )
        assert none(rows.filter(pl.col("end") > pl.min_horizontal("eighteen", "died"))), table
        assert none(rows.filter(pl.col("end").is_null() & (pl.col("eighteen") <= sample.day))), table
        assert none(rows.filter(pl.col("start") > pl.col("died"))), table
        assert none(rows.filter(pl.col("end").is_null() & pl.col("died").is_not_null())), table
        assert none(rows.filter(pl.col("start") < pl.col("born").dt.offset_by("-40w"))), table


def test_contacts_and_referrals_are_about_children(sample: Sample) -> None:
    rows = sample["ssd_contacts"].join(sample.people, left_on="cont_person_id", right_on="person")
    age = completed_years(pl.col("born"), pl.col("cont_contact_date"))
    assert none(rows.filter((age >= 18) | (age < -1)))
    referred = sample.span("ssd_cin_episodes")
    assert none(referred.filter(completed_years(pl.col("born"), pl.col("start")) >= 18))
    closed_late = pl.coalesce("end", pl.lit(sample.day)) > pl.col("died").dt.offset_by("10d")
    assert none(referred.filter(closed_late))


def test_care_begins_after_birth(sample: Sample) -> None:
    for table in ("ssd_cla_episodes", "ssd_legal_status", "ssd_cla_placement", "ssd_cla_care_plan"):
        assert none(sample.span(table).filter(pl.col("start") <= pl.col("born"))), table


def test_an_unborn_child_has_an_expected_date_and_neither_sex_nor_disability(sample: Sample) -> None:
    person = sample["ssd_person"]
    both = pl.col("pers_dob").is_not_null() == pl.col("pers_expected_dob").is_not_null()
    assert none(person.filter(both))
    unborn = person.filter(pl.col("pers_expected_dob") >= pl.lit(sample.day) - pl.duration(days=28))
    assert unborn["pers_sex"].is_null().all()
    assert unborn["pers_gender"].is_null().all()
    assert not unborn["pers_person_id"].is_in(sample["ssd_disability"]["disa_person_id"].implode()).any()


def test_a_child_has_one_case_and_one_plan_at_a_time(sample: Sample) -> None:
    assert none(overlapping(sample.span("ssd_cin_episodes"), "person"))
    assert none(overlapping(sample.span("ssd_cp_plans"), "person"))
    assert none(overlapping(sample.span("ssd_cin_plans"), "person"))
    both = sample.span("ssd_cin_plans").join(sample.span("ssd_cp_plans"), on="person")
    after = pl.col("end").is_null() | (pl.col("end") > pl.col("start_right"))
    assert none(both.filter(after, pl.col("end_right").is_null() | (pl.col("end_right") > pl.col("start"))))


def test_assessments_of_a_child_do_not_overlap_unless_cancelled(sample: Sample) -> None:
    cancelled = sample["annexa_assessments"]["assessment_id"]
    rows = sample.span("ssd_cin_assessments").filter(~pl.col("cina_assessment_id").is_in(cancelled.implode()))
    assert none(overlapping(rows, "person"))
    assert set(sample["annexa_assessments"]["status"]) <= {"cancelled", "error"}


@pytest.mark.parametrize(
    ("table", "referral"),
    [
        ("ssd_cin_assessments", "cina_referral_id"),
        ("ssd_s47_enquiry", "s47e_referral_id"),
        ("ssd_cin_plans", "cinp_referral_id"),
        ("ssd_cp_plans", "cppl_referral_id"),
        ("ssd_cla_episodes", "clae_referral_id"),
    ],
)
def test_work_lies_within_the_case_that_its_referral_opened(sample: Sample, table: str, referral: str) -> None:
    cases = sample.span("ssd_cin_episodes").rename({"start": "opened", "end": "closed"})
    work = sample.span(table).join(
        cases, left_on=["person", referral], right_on=["person", "cine_referral_id"], how="left"
    )
    assert work["opened"].is_not_null().all()
    assert none(work.filter(pl.col("start") < pl.col("opened")))
    assert none(work.filter(pl.col("start") > pl.col("closed")))
    cancelled = sample["annexa_assessments"]["assessment_id"]
    if table == "ssd_cin_assessments":
        work = work.filter(~pl.col("cina_assessment_id").is_in(cancelled.implode()))
    assert none(
        work.filter((pl.col("end") > pl.col("closed")) | (pl.col("end").is_null() & pl.col("closed").is_not_null()))
    )
    assert none(work.filter(pl.col("cine_referral_nfa") == "Y"))
    if table not in {"ssd_cin_assessments"}:
        assert none(work.filter(pl.col("cine_close_reason").is_in(["RC8", "RC9"])))


def test_what_is_closed_has_a_reason_and_what_is_authorised_an_outcome(sample: Sample) -> None:
    cases = sample["ssd_cin_episodes"]
    assert none(cases.filter(pl.col("cine_close_date").is_null() != pl.col("cine_close_reason").is_null()))
    assert (
        cases.select("cine_referral_nfa", "cine_cin_primary_need_code", "cine_referral_worker_id")
        .null_count()
        .sum_horizontal()
        .item()
        == 0
    )
    done = sample["ssd_cin_assessments"].filter(pl.col("cina_assessment_auth_date").is_not_null())
    assert done["cina_assessment_outcome_nfa"].is_in(["Y", "N"]).all()
    care = sample["ssd_cla_episodes"]
    assert none(
        care.filter(
            pl.col("clae_cla_episode_ceased_date").is_null() != pl.col("clae_cla_episode_ceased_reason").is_null()
        )
    )


def test_conferences_follow_their_enquiry_on_a_weekday_and_lead_to_the_plan_they_name(sample: Sample) -> None:
    held = sample["ssd_initial_cp_conference"].with_columns(person="icpc_person_id")
    assert none(held.filter(pl.col("icpc_icpc_date").dt.weekday() > 5))
    enquiries = sample["ssd_s47_enquiry"]
    linked = held.filter(pl.col("icpc_icpc_transfer_in") == "N").join(
        enquiries,
        left_on=["icpc_s47_enquiry_id", "person"],
        right_on=["s47e_s47_enquiry_id", "s47e_person_id"],
        how="left",
    )
    assert none(linked.filter(pl.col("s47e_s47_start_date").is_null()))
    assert none(linked.filter(pl.col("icpc_icpc_date") <= pl.col("s47e_s47_start_date")))
    plans = sample["ssd_cp_plans"].select(
        icpc_cp_plan_id="cppl_cp_plan_id", person="cppl_person_id", begun="cppl_cp_plan_start_date"
    )
    joined = held.join(plans, on=["icpc_cp_plan_id", "person"], how="left")
    past = joined.filter(pl.col("icpc_icpc_date") <= sample.day)
    assert none(past.filter((pl.col("icpc_icpc_outcome_cp_flag") == "Y") != pl.col("begun").is_not_null()))
    assert none(past.filter(pl.col("begun") != pl.col("icpc_icpc_date")))
    assert joined.filter(pl.col("icpc_icpc_date") > sample.day)["icpc_icpc_outcome_cp_flag"].is_null().all()


def test_visits_and_reviews_lie_within_their_plan(sample: Sample) -> None:
    plans = sample.span("ssd_cp_plans")
    for table, plan, person, day in (
        ("ssd_cp_visits", "cppv_cp_plan_id", "cppv_person_id", "cppv_cp_visit_date"),
        ("ssd_cp_reviews", "cppr_cp_plan_id", "cppr_person_id", "cppr_cp_review_date"),
    ):
        rows = sample[table].join(plans, left_on=[plan, person], right_on=["cppl_cp_plan_id", "person"], how="left")
        assert rows["start"].is_not_null().all()
        assert none(rows.filter((pl.col(day) < pl.col("start")) | (pl.col(day) > pl.col("end"))))
        never = pl.col("start") if table == "ssd_cp_reviews" else pl.col("born").dt.offset_by("-1d")
        assert none(rows.filter(pl.col(day) <= never)), table
    assert none(plans.filter(pl.col("end") == pl.col("start")))
    assert (
        plans.select("cppl_cp_plan_initial_category", "cppl_cp_plan_latest_category")
        .null_count()
        .sum_horizontal()
        .item()
        == 0
    )


def test_episodes_of_a_period_are_contiguous_and_end_with_a_reason_for_leaving(sample: Sample) -> None:
    rows = sample.span("ssd_cla_episodes").sort("clae_cla_id", "start")
    following = pl.col("start").shift(-1).over("clae_cla_id")
    inner = rows.with_columns(following=following)
    assert none(inner.filter(pl.col("following").is_not_null(), pl.col("end").ne_missing(pl.col("following"))))
    assert none(inner.filter(pl.col("following").is_not_null(), pl.col("clae_cla_episode_ceased_reason") != "X1"))
    found = periods(sample)
    # The next episode of a period begins on the day the one before ends, so a last one is never X1.
    assert none(found.filter(pl.col("reason") == "X1"))
    assert (found["clae_entered_care_date"].list.len() == 1).all()
    assert none(found.filter(pl.col("clae_entered_care_date").list.first() != pl.col("start")))
    assert none(overlapping(found, "person"))
    first = pl.int_range(pl.len()).over("clae_cla_id") == 0
    assert none(rows.filter((pl.col("clae_cla_episode_start_reason") == "S") != first))


def test_placements_and_legal_statuses_cover_each_period_without_gap_or_overlap(sample: Sample) -> None:
    found = periods(sample)
    placed = sample.span("ssd_cla_placement").with_columns(clae_cla_id="clap_cla_id")
    assert none(overlapping(placed, "person"))
    cover = placed.group_by("clae_cla_id").agg(
        pl.col("start").min().alias("from"), pl.col("end").null_count().alias("open"), pl.col("end").max().alias("to"),
        (pl.col("end") - pl.col("start")).sum().alias("days"),
    )  # fmt: skip
    both = found.join(cover, on="clae_cla_id", how="left")
    assert none(both.filter(pl.col("from").ne_missing(pl.col("start"))))
    assert none(both.filter((pl.col("open") == 1) != pl.col("end").is_null()))
    ended = both.filter(pl.col("end").is_not_null())
    assert none(ended.filter((pl.col("to") != pl.col("end")) | (pl.col("days") != pl.col("end") - pl.col("start"))))
    legal = sample.span("ssd_legal_status")
    assert none(overlapping(legal, "person"))
    in_force = legal.group_by("person").agg(pl.col("start").min(), pl.col("end").null_count().alias("open"))
    per_child = found.group_by("person").agg(
        pl.col("start").min().alias("first"), pl.col("end").null_count().alias("in care")
    )
    assert none(per_child.join(in_force, on="person", how="left").filter(pl.col("first") != pl.col("start")))
    assert none(per_child.join(in_force, on="person", how="left").filter(pl.col("open") != pl.col("in care")))


def test_placements_fit_age_status_provider_and_number(sample: Sample) -> None:
    rows = sample.span("ssd_cla_placement").join(
        sample["annexa_placement_locations"], left_on="clap_cla_placement_id", right_on="placement_id", how="left"
    )
    kind, urn = pl.col("clap_cla_placement_type"), pl.col("clap_cla_placement_urn")
    provider = pl.col("clap_cla_placement_provider")
    age = completed_years(pl.col("born"), pl.col("start"))
    youngest = kind.replace_strict({"S1": 4, "R5": 10, "P2": 16, "H5": 16, "P3": 16, "K1": 10}, default=0)
    assert none(rows.filter(age < youngest))
    assert none(rows.filter((kind == "P1") != (provider == "PR0").fill_null(False)))
    assert none(rows.filter(provider.is_null() != kind.is_in(["T0", "T1", "T2", "T3", "T4", "Z1"])))
    outside = pl.col("la_code").is_in(["NIR", "WAL", "SCO", "NUK", "CON"])
    after_2023 = pl.col("end").is_null() | (pl.col("end") > date(2023, 10, 28))
    exempt = kind.is_in(["P1", "P2", "P3", "R1", "R2", "R5", "T0", "T1", "T2", "T3", "T4", "Z1"]) | outside
    exempt = exempt | ((kind == "H5") & ~after_2023)
    if sample.day > date(2023, 10, 28) or sample.day < date(2023, 1, 1):
        assert none(rows.filter(urn.is_null() & ~exempt, (kind != "H5") | (pl.col("end") > date(2023, 10, 28))))
    assert none(rows.filter(urn.is_not_null() & exempt))
    assert none(rows.filter((pl.col("la_code") == "X01") != (pl.col("location") == "In")))
    fostered = kind.str.contains("^[UA]")
    assert none(rows.filter((provider == "PR1") & ~fostered & (pl.col("location") == "Out")))
    legal = sample["ssd_legal_status"].select(
        person="lega_person_id",
        status="lega_legal_status",
        begun="lega_legal_status_start_date",
        over="lega_legal_status_end_date",
    )
    during = rows.filter(kind == "P1").join(legal.filter(pl.col("status") == "V2"), on="person")
    before = (pl.col("begun") < pl.col("end")) | pl.col("end").is_null()
    assert none(during.filter(before, pl.col("over").is_null() | (pl.col("over") > pl.col("start"))))
    assert none(rows.filter(kind.str.starts_with("T"), pl.col("start") == pl.col("start").min().over("clap_cla_id")))
    last = pl.col("start") == pl.col("start").max().over("clap_cla_id")
    assert none(rows.filter(kind.str.starts_with("T"), last, pl.col("end").is_not_null()))


def test_emergency_statuses_are_short_and_young_offenders_old_enough(sample: Sample) -> None:
    rows = sample.span("ssd_legal_status").with_columns(
        length=(pl.coalesce("end", pl.lit(sample.day)) - pl.col("start")).dt.total_days()
    )
    for status, longest in (("L1", 3), ("L2", 8), ("L3", 7), ("J2", 3)):
        assert none(rows.filter(pl.col("lega_legal_status") == status, pl.col("length") > longest)), status
    young = rows.filter(pl.col("lega_legal_status").str.starts_with("J"))
    assert none(young.filter(completed_years(pl.col("born"), pl.col("start")) < 10))


def test_what_happens_in_care_happens_within_a_period(sample: Sample) -> None:
    found = periods(sample).select("clae_cla_id", "start", "end")
    visits = sample["ssd_cla_visits"].join(found, left_on="clav_cla_id", right_on="clae_cla_id", how="left")
    inside = pl.col("clav_cla_visit_date").is_between("start", pl.coalesce("end", pl.lit(sample.day)))
    assert visits.select(inside.all()).item()
    reviews = sample["ssd_cla_reviews"].join(found, left_on="clar_cla_id", right_on="clae_cla_id", how="left")
    held = reviews.filter(pl.col("clar_cla_review_date") <= sample.day)
    inside = pl.col("clar_cla_review_date").is_between("start", pl.coalesce("end", pl.lit(sample.day)))
    assert held.select(inside.all()).item()
    planned = reviews.filter(pl.col("clar_cla_review_date") > sample.day)
    assert planned["clar_cla_review_participation"].is_null().all()
    iro = sample["ssd_cla_episodes"].join(found, on="clae_cla_id")
    assert none(iro.filter(pl.col("clae_cla_last_iro_contact_date") < pl.col("start")))
    assert none(iro.filter(pl.col("clae_cla_last_iro_contact_date") > pl.col("end")))


def test_return_interviews_are_accepted_only_where_offered(sample: Sample) -> None:
    rows = sample["ssd_missing"]
    accepted = rows.filter(pl.col("miss_missing_rhi_accepted").is_not_null())
    assert not none(accepted)
    assert (accepted["miss_missing_rhi_offered"] == "Y").all()
    assert none(
        rows.filter(pl.col("miss_missing_episode_end_date").is_null(), pl.col("miss_missing_rhi_offered").is_not_null())
    )


def test_adoption_dates_are_in_order_and_agree_with_care(sample: Sample) -> None:
    rows = sample["ssd_permanence"].filter(pl.col("perm_adm_decision_date").is_not_null())
    found = periods(sample)
    rows = rows.join(found, left_on=["perm_cla_id", "perm_person_id"], right_on=["clae_cla_id", "person"], how="left")
    assert rows["start"].is_not_null().all()
    order = [
        "start",
        "perm_adm_decision_date",
        "perm_matched_date",
        "perm_placed_for_adoption_date",
        "perm_permanence_order_date",
    ]
    for first, second in pairwise(order):
        assert none(rows.filter(pl.col(first) > pl.col(second))), second
    assert none(rows.filter(pl.col("perm_placement_order_date") < pl.col("perm_adm_decision_date")))
    assert none(rows.filter(pl.col("perm_decision_reversed_date") < pl.col("perm_adm_decision_date")))
    reason = pl.col("perm_decision_reversed_reason")
    assert none(rows.filter(reason.is_null() != pl.col("perm_decision_reversed_date").is_null()))
    adopted = pl.col("perm_permanence_order_type") == "Adoption"
    assert none(rows.filter(adopted, pl.col("perm_permanence_order_date").ne_missing(pl.col("end"))))
    assert none(rows.filter(adopted, ~pl.col("reason").is_in(["E11", "E12"])))
    waiting = pl.col("perm_permanence_order_date").is_null() & pl.col("perm_decision_reversed_date").is_null()
    assert none(rows.filter(waiting, pl.col("end").is_not_null(), pl.col("died").is_null()))
    assert none(found.filter(pl.col("reason").is_in(["E11", "E12"])).join(rows.filter(adopted), on="start", how="anti"))


def test_children_placed_for_adoption_have_a_decision_and_a_family(sample: Sample) -> None:
    decided = sample["ssd_permanence"].filter(pl.col("perm_adm_decision_date").is_not_null())
    adoptive = sample["ssd_cla_placement"].filter(pl.col("clap_cla_placement_type").str.starts_with("A"))
    ordered = sample["ssd_legal_status"].filter(pl.col("lega_legal_status").is_in(["E1", "D1"]))
    assert adoptive["clap_person_id"].is_in(decided["perm_person_id"].implode()).all()
    assert ordered["lega_person_id"].is_in(decided["perm_person_id"].implode()).all()
    matched = decided.filter(pl.col("perm_matched_date").is_not_null())
    links = sample["annexa_adoption_links"]
    assert matched["perm_person_id"].is_in(links["person_id"].implode()).all()
    own = links.filter(pl.col("inter_agency") == "N")
    assert own["family_id"].is_in(sample["annexa_adopters"]["family_id"].implode()).all()
    children = own.join(decided, left_on="person_id", right_on="perm_person_id").filter(
        pl.col("perm_placed_for_adoption_date").is_not_null()
    )
    counted = children.group_by("family_id").agg(pl.len().alias("linked"))
    stated = sample["annexa_adopters"].join(counted, on="family_id")
    assert none(stated.filter(pl.col("linked") > pl.col("children_placed").cast(pl.Int64)))


def test_adopters_pass_the_stages_in_order(sample: Sample) -> None:
    rows = sample["annexa_adopters"]
    order = [
        "enquiry_date", "stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date", "matched_date",
        "placed_date", "adoption_order_date",
    ]  # fmt: skip
    for n, first in enumerate(order):
        for second in order[n + 1 :]:
            assert none(rows.filter(pl.col(first) > pl.col(second))), (first, second)
    assert none(rows.filter(pl.col("application_date").is_not_null(), pl.col("stage1_start_date").is_not_null()))
    assert none(rows.filter(pl.col("left_date").is_null() != pl.col("left_reason").is_null()))
    assert none(rows.filter(pl.col("placed_date").is_null() != pl.col("children_placed").is_null()))
    partners = rows.group_by("family_id").agg(pl.col("placed_date", "children_placed", "matched_date").n_unique())
    assert none(partners.filter(pl.max_horizontal("placed_date", "children_placed", "matched_date") > 1))
    assert rows["adopter_id"].is_unique().all()


def test_care_leavers_have_one_record_that_fits_their_age_and_their_care(sample: Sample) -> None:
    rows = sample["ssd_care_leavers"].join(sample.people, left_on="clea_person_id", right_on="person")
    assert rows["clea_person_id"].is_unique().all()
    age = completed_years(pl.col("born"), pl.lit(sample.day))
    category = pl.col("clea_care_leaver_eligibility")
    assert none(
        rows.filter(category.is_in(["Eligible", "Relevant"]), ~age.is_between(16, 17), pl.col("died").is_null())
    )
    assert none(rows.filter(category == "Former Relevant", age < 18))
    looked_after = periods(sample).filter(pl.col("end").is_null())["person"].implode()
    assert none(
        rows.filter((category == "Eligible") != pl.col("clea_person_id").is_in(looked_after), pl.col("died").is_null())
    )
    details = ["clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable", "clea_care_leaver_activity"]
    in_touch = (pl.col("clea_care_leaver_in_touch") == "YES").fill_null(False)
    for column in details:
        assert none(rows.filter(in_touch != pl.col(column).is_not_null())), column
    unsuitable = pl.col("clea_care_leaver_accommodation").is_in(["S", "W", "X", "R", "V"])
    assert none(rows.filter(unsuitable, pl.col("clea_care_leaver_accom_suitable") != "2"))
    assert none(rows.filter(pl.col("clea_care_leaver_accommodation").is_in(["Z", "T"]), age < 18))
    assert none(rows.filter((pl.col("clea_care_leaver_in_touch") == "DIED").fill_null(False), pl.col("died").is_null()))


def test_who_left_care_after_sixteen_with_thirteen_weeks_has_a_record(sample: Sample) -> None:
    found = periods(sample).filter(pl.col("end").is_not_null())
    fourteen, sixteen = birthday(pl.col("born"), 14), birthday(pl.col("born"), 16)
    days = (pl.col("end") - pl.max_horizontal("start", fourteen)).dt.total_days()
    left = found.filter(
        pl.col("end") > sixteen, days >= 91, ~pl.col("reason").is_in(["E2", "E3", "E11", "E12", "E15"]),
        pl.col("end") == pl.col("end").max().over("person"),
    )  # fmt: skip
    breaks = sample["ssd_legal_status"].filter(pl.col("lega_legal_status").is_in(["V3", "V4"]))["lega_person_id"]
    left = left.filter(~pl.col("person").is_in(breaks.implode()))
    assert not none(left)
    assert left["person"].is_in(sample["ssd_care_leavers"]["clea_person_id"].implode()).all()


def test_whoever_is_served_has_an_open_case_and_a_worker(sample: Sample) -> None:
    cases = sample["ssd_cin_episodes"].filter(pl.col("cine_close_date").is_null())["cine_person_id"].implode()
    cancelled = sample["annexa_assessments"]["assessment_id"].implode()
    for table in ("ssd_cin_assessments", "ssd_cin_plans", "ssd_cp_plans", "ssd_cla_episodes"):
        served = sample.span(table).filter(pl.col("end").is_null())
        if table == "ssd_cin_assessments":
            served = served.filter(~pl.col("cina_assessment_id").is_in(cancelled))
        assert served["person"].is_in(cases).all(), table
        assert not none(served)
    at_work = sample["ssd_involvements"].filter(
        pl.col("invo_involvement_end_date").is_null(), pl.col("invo_professional_role_id") == "CW"
    )
    open_now = sample.span("ssd_cin_episodes").filter(pl.col("end").is_null(), pl.col("eighteen") > sample.day)
    assert open_now["person"].is_in(at_work["invo_person_id"].implode()).all()
    # One allocated worker at a time.
    assert at_work["invo_person_id"].is_unique().all()


def test_every_worker_and_team_is_known_and_every_referral_has_a_contact(sample: Sample) -> None:
    workers = sample["ssd_professionals"]["prof_professional_id"].implode()
    employed = {"annexa_workers", "annexa_absence"}  # managers, and those who never held a case, are not in the other
    teams = sample["ssd_department"]["dept_team_id"].implode()
    for table in sample.tables:
        for column in sample[table].columns:
            if column.endswith(("worker_id", "professional_id", "personal_advisor")):
                known = sample["annexa_workers"]["worker_id"].implode() if table in employed else workers
                assert sample[table][column].drop_nulls().is_in(known).all(), column
            if column.endswith(("_team", "_by_team")) or column == "team_id":
                assert sample[table][column].drop_nulls().is_in(teams).all(), column
    contacts = sample["ssd_contacts"].filter(
        pl.col("cont_contact_outcome_json").str.contains('"NEW_REFERRAL_FLAG": "Y"')
    )
    pairs = sample["ssd_cin_episodes"].join(contacts, left_on="cine_person_id", right_on="cont_person_id")
    gap = (pl.col("cine_referral_date") - pl.col("cont_contact_date")).dt.total_days()
    assert (
        pairs.filter(gap.is_between(0, 3))["cine_referral_id"].n_unique()
        == sample["ssd_cin_episodes"]["cine_referral_id"].n_unique()
    )
