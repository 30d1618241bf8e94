"""What a sample promises: the same everywhere, one authority that grows older, every table, column and code."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.errors import UsageError
from annexa.sample import HORIZON, codes, generate
from annexa.sample.book import Book
from annexa.sample.draw import Draw, Scale, Weighted
from annexa.sample.family import birthday, day_number, person_number, workday
from annexa.sample.layout import DATETIME_TABLES, TABLES, written_columns

D = date(2018, 6, 4)
# Tables without a child of their own, and one whose rows give way to the next as time goes on.
NOT_BY_CHILD = {
    "ssd_professionals",
    "ssd_department",
    "annexa_adopters",
    "annexa_placement_locations",
    "annexa_assessments",
    "annexa_missing",
    "annexa_private_fostering_visits",
    "annexa_health",
    "annexa_plo_reviews",
    "annexa_workers",
    "annexa_posts",
    "annexa_absence",
    "ssd_ehcp_requests",
    "ssd_ehcp_assessment",
    "ssd_ehcp_named_plan",
    "ssd_assessment_factors",
}
# Of these there is one row at a time, which shows the latest day of a series.
LATEST = {
    "ssd_cla_episodes.clae_cla_last_iro_contact_date",
    "annexa_private_fostering.last_visit_date",
    "annexa_education_status.last_contact_date",
    "annexa_virtual_school.pep_date",
    "annexa_pathway_plans.review_date",
}
PROGRAM = """
import hashlib, sys
from datetime import date
from pathlib import Path
from annexa.sample import generate, plant_defects, write_sample
day = date(2018, 6, 4)
tables, defects = plant_defects(generate(60, day, 1), 0.2, 1, day)
for kind in ("csv", "parquet", "xlsx", "sqlite"):
    for path in write_sample(tables, Path(sys.argv[1]) / kind, kind, day, defects):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return generate(2000, D, 1)


def person_column(frame: pl.DataFrame) -> str:
    return next(name for name in frame.columns if name.endswith("person_id"))


def test_every_table_has_its_columns_as_text_and_some_rows(tables: dict[str, pl.DataFrame]) -> None:
    assert list(tables) == list(TABLES)
    for table, frame in tables.items():
        assert frame.columns == written_columns(table)
        assert set(frame.dtypes) == {pl.String}
        assert frame.height > 0, table


def test_every_column_has_a_value(tables: dict[str, pl.DataFrame]) -> None:
    empty = [name for frame in tables.values() for name in frame.columns if frame[name].null_count() == frame.height]
    assert empty == []


def test_as_many_children_as_asked_for_and_some_mothers(tables: dict[str, pl.DataFrame]) -> None:
    mothers = (tables["ssd_person"]["pers_is_mother"] == "Y").fill_null(False)
    assert (~mothers).sum() == 2000
    assert 0 < mothers.sum() < 100


def test_identifiers_are_text_with_leading_zeros_in_a_share(tables: dict[str, pl.DataFrame]) -> None:
    ids = tables["ssd_person"]["pers_person_id"]
    assert 0.1 < ids.str.starts_with("0").mean() < 0.25
    # No two are the same number.
    assert ids.cast(pl.Int64).is_unique().all()


def test_dates_are_iso_texts_and_datetimes_in_some_tables(tables: dict[str, pl.DataFrame]) -> None:
    for table, columns in TABLES.items():
        pattern = r"^\d{4}-\d\d-\d\d 00:00:00$" if table in DATETIME_TABLES else r"^\d{4}-\d\d-\d\d$"
        for column in columns:
            if column.kind in {"d", "p"} and not column.name.startswith("_"):
                texts = tables[table][column.name].drop_nulls()
                assert texts.str.contains(pattern).all(), column.name
    times = tables["ssd_missing"]["miss_missing_episode_start_date"]
    assert times.str.contains(r"^\d{4}-\d\d-\d\d \d\d:\d\d:00$").all()
    assert 0 < times.str.ends_with("00:00:00").mean() < 0.4


OCCURRING = {
    "ssd_person.pers_gender": "M F U I",
    "ssd_person.pers_ethnicity": " ".join(codes.ETHNICITY.values),
    "ssd_disability.disa_disability_code": "NONE MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA",
    "ssd_contacts.cont_contact_source_code": " ".join(codes.SOURCE_TEXT),
    "ssd_cin_episodes.cine_referral_source_code": " ".join(codes.SOURCE_TEXT),
    "ssd_cin_episodes.cine_cin_primary_need_code": "N0 N1 N2 N3 N4 N5 N6 N7 N8 N9",
    "ssd_cin_episodes.cine_close_reason": "RC1 RC2 RC3 RC4 RC5 RC6 RC7 RC8 RC9",
    "ssd_cin_episodes.cine_referral_nfa": "Y N",
    "ssd_cin_assessments.cina_assessment_outcome_nfa": "Y N",
    "ssd_cin_assessments.cina_assessment_child_seen": "Y N",
    "ssd_s47_enquiry.s47e_s47_nfa": "Y N",
    "ssd_initial_cp_conference.icpc_icpc_outcome_cp_flag": "Y N",
    "ssd_initial_cp_conference.icpc_icpc_transfer_in": "Y N",
    "ssd_cp_plans.cppl_cp_plan_initial_category": "NEG PHY SAB EMO MUL",
    "ssd_cp_plans.cppl_cp_plan_latest_category": "NEG PHY SAB EMO MUL",
    "ssd_cp_plans.cppl_cp_plan_ola": "Y N",
    "ssd_cp_visits.cppv_cp_visit_seen_alone": "Y N",
    "ssd_cp_reviews.cppr_cp_review_participation": "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7",
    "ssd_cla_episodes.clae_cla_episode_start_reason": "S L P T B U",
    "ssd_cla_episodes.clae_cla_primary_need_code": "N1 N2 N3 N4 N5 N6 N7 N8",
    "ssd_cla_episodes.clae_cla_episode_ceased_reason": (
        "X1 E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E9 E14 E15 E16 E17 E8"
    ),
    "ssd_legal_status.lega_legal_status": "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3",
    "ssd_cla_placement.clap_cla_placement_type": (
        "A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1"
    ),
    "ssd_cla_placement.clap_cla_placement_provider": "PR0 PR1 PR2 PR3 PR4 PR5",
    "ssd_cla_placement.clap_cla_placement_change_reason": (
        "CARPL CLOSE ALLEG STAND CUSTOD CREQB CREQO CHILD LAREQ PLACE OTHER"
    ),
    "ssd_cla_reviews.clar_cla_review_participation": "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7",
    "ssd_cla_reviews.clar_cla_review_cancelled": "Y N",
    "ssd_cla_health.clah_health_check_status": "Planned Refused Cancelled Completed",
    "ssd_missing.miss_missing_episode_type": "M A",
    "ssd_missing.miss_missing_rhi_offered": "Y N NA",
    "ssd_missing.miss_missing_rhi_accepted": "Y N NA",
    "ssd_care_leavers.clea_care_leaver_eligibility": (
        "Relevant|Former Relevant|Eligible|Qualifying|No Current Eligibility"
    ),
    "ssd_care_leavers.clea_care_leaver_in_touch": "YES NO DIED REFU NREQ RHOM",
    "ssd_care_leavers.clea_care_leaver_accommodation": "B C D E G H K R S T U V W X Y Z",
    "ssd_care_leavers.clea_care_leaver_accom_suitable": "1 2",
    "ssd_care_leavers.clea_care_leaver_activity": "F1 P1 F2 P2 F3 P3 F4 P4 F5 P5 G4 G5 G6",
    "ssd_permanence.perm_decision_reversed_reason": "RD1 RD2 RD3 RD4",
    "ssd_permanence.perm_permanence_order_type": "Adoption|Special Guardianship|Child Arrangements",
    "ssd_permanence.perm_adopter_sex": "F1 FF M1 MF MM",
    "ssd_permanence.perm_adopted_by_carer_flag": "Y N",
    "annexa_placement_locations.la_code": "X01 X02 X03 X04 X05 NIR WAL SCO NUK CON",
    "annexa_adopters.gender": "M F I U",
    "annexa_adopters.left_reason": "1 2",
    "annexa_adopters.on_hold": "Y N",
    "annexa_adopters.fostering_for_adoption": "Yes No",
    "annexa_adoption_links.inter_agency": "Y N",
    "annexa_assessments.status": "cancelled error",
    "annexa_emergency_protection.kind": "PPO EPO",
    "annexa_early_help_assessments.status": "open completed",
    "annexa_early_help_episodes.kind": "TAF targeted other",
    "annexa_missing.missing_from": "home care",
    "annexa_missing.interview_refused": "Y N",
    "annexa_education_status.status": "EHE CME AP reduced excluded full-time other",
    "annexa_education_status.exclusion_type": "permanent|fixed term|none",
    "annexa_education_status.sen": "No special educational need|SEN support|EHC plan",
    "annexa_education_status.ehcp": "Y N",
    "annexa_virtual_school.school_ofsted_grade": "Outstanding|Good|Requires improvement|Inadequate",
    "annexa_virtual_school.pep_quality": "outstanding|good|requires improvement|inadequate",
    "annexa_attendance.permanently_excluded": "Y N",
    "annexa_attainment.key_stage": "KS1 KS2 KS4",
    "annexa_attainment.subject": "reading writing mathematics English",
    "annexa_attainment.at_expected_level": "Y N",
    "annexa_secure_orders.order_type": "s25 DoL remand",
    "annexa_exploitation.kind": "CSE CCE other",
    "annexa_exploitation.risk_level": "high medium low",
    "annexa_health.kind": "IHA RHA dental",
    "annexa_workers.agency": "Y N",
    "annexa_audits.service_area": "children in need|child protection|looked after|care leavers|early help",
    "annexa_audits.grade": "outstanding|good|requires improvement|inadequate",
    "annexa_audits.multi_agency": "Y N",
    "ssd_pre_proceedings.prep_pre_pro_outcome": "Decision to issue care proceedings|Decision step down",
    "ssd_cla_immunisations.clai_immunisations_status": "Y N",
    "ssd_cla_substance_misuse.clas_substance_misused": "Y N",
    "ssd_sdq_scores.csdq_sdq_reason": "SDQ1 SDQ2 SDQ3 SDQ4 SDQ5",
}


@pytest.mark.parametrize("column", OCCURRING)
def test_every_code_occurs(tables: dict[str, pl.DataFrame], column: str) -> None:
    table, _, name = column.partition(".")
    expected = OCCURRING[column].split("|" if "|" in OCCURRING[column] else " ")
    assert set(tables[table][name].drop_nulls()) == set(expected)


def test_permanence_plans_of_every_kind_occur(tables: dict[str, pl.DataFrame]) -> None:
    plans = [json.loads(text) for text in tables["ssd_cla_care_plan"]["lacp_cla_care_plan_json"]]
    marked = {key for plan in plans for key, value in plan.items() if value == "Y"}
    assert marked == set(codes.PLAN_KEYS)
    assert any(sum(value == "Y" for value in plan.values()) == 2 for plan in plans)


def test_outcomes_are_sound_json(tables: dict[str, pl.DataFrame]) -> None:
    for frame in tables.values():
        for name in frame.columns:
            if name.endswith("_json"):
                assert all(isinstance(json.loads(text), dict | list) for text in frame[name].drop_nulls().unique())


def test_the_newer_activity_codes_prevail_in_later_years() -> None:
    later = generate(1500, date(2025, 6, 2), 1)["ssd_care_leavers"]["clea_care_leaver_activity"]
    assert later.is_in(["F4", "P4", "F5", "P5"]).sum() > later.is_in(["F3", "P3"]).sum()


def test_brothers_and_sisters_share_contacts_and_referrals(tables: dict[str, pl.DataFrame]) -> None:
    for table, event, day in (
        ("ssd_contacts", "cont_contact_id", "cont_contact_date"),
        ("ssd_cin_episodes", "cine_referral_id", "cine_referral_date"),
        ("ssd_s47_enquiry", "s47e_s47_enquiry_id", "s47e_s47_start_date"),
    ):
        shared = tables[table].group_by(event).agg(pl.len().alias("rows"), pl.col(day).n_unique().alias("days"))
        assert (shared["rows"] > 1).mean() > 0.2
        assert (shared["days"] == 1).all()


def test_journeys_that_come_round_again_occur(tables: dict[str, pl.DataFrame]) -> None:
    again = [
        tables["ssd_cin_episodes"].group_by("cine_person_id").len(),
        tables["ssd_cp_plans"].group_by("cppl_person_id").len(),
        tables["ssd_cla_episodes"].group_by("clae_person_id").agg(pl.col("clae_cla_id").n_unique().alias("len")),
        tables["ssd_involvements"].group_by("invo_person_id", "invo_referral_id").len(),
    ]
    assert all((frame["len"] > 1).any() for frame in again)


def test_the_same_arguments_give_the_same_tables_and_another_seed_others() -> None:
    first, second, other = generate(80, D, 5), generate(80, D, 5), generate(80, D, 6)
    assert all(first[table].equals(second[table]) for table in TABLES)
    assert not any(first[table].equals(other[table]) for table in ("ssd_person", "ssd_contacts"))


def test_files_have_the_same_bytes_whatever_the_hash_seed_and_threads(tmp_path: object) -> None:
    outputs = []
    for n, threads in enumerate(("1", "4")):
        env = os.environ | {"PYTHONHASHSEED": str(n), "POLARS_MAX_THREADS": threads}
        args = [sys.executable, "-c", PROGRAM, f"{tmp_path}/{n}"]
        outputs.append(subprocess.run(args, env=env, check=True, capture_output=True, text=True).stdout)
    assert outputs[0] == outputs[1]
    assert "extract.xlsx" in outputs[0]
    assert "csv.defects.csv" in outputs[0]


def digest(tables: dict[str, pl.DataFrame], names: list[str]) -> str:
    made = hashlib.sha256()
    for name in names:
        made.update(tables[name].write_csv(line_terminator="\n").encode())
    return made.hexdigest()


def test_the_tables_are_those_that_every_supported_python_makes() -> None:
    """A digest changes with the generator alone: a change that was not meant is a difference between machines.

    The further tables follow from the others, which stay as they are when those change.
    """
    tables = generate(120, D, 1)
    further = list(TABLES).index("annexa_early_help_families") + 1
    assert digest(tables, list(TABLES)[:further]) == DIGEST
    assert digest(tables, list(TABLES)[further:]) == FURTHER_DIGEST


DIGEST = "78697badee8ff12f515ee982881f798d3aeda4f800ab267fc085666d28d50b84"
FURTHER_DIGEST = "85144f6de1769618db6f31bab62f2e4f05dacff6dcddb5e359eef1074ba03420"


def test_a_child_does_not_depend_on_how_many_there_are() -> None:
    few, many = generate(300, D, 2), generate(700, D, 2)
    # The last family may have been cut short, so the last few children are left out.
    first = pl.Series([person_number(n, 0) for n in range(290)])
    rows = 0
    for table in TABLES:
        if table in NOT_BY_CHILD:
            continue
        mine = [
            tables[table]
            .filter(pl.col(person_column(tables[table])).cast(pl.Int64, strict=False).is_in(first.implode()))
            .sort(pl.all())
            for tables in (few, many)
        ]
        rows += mine[0].height
        assert mine[0].equals(mine[1]), table
    assert rows > 3000


def key_of(table: str, frame: pl.DataFrame) -> list[str]:
    """The columns that name a row of a table: its first identifier, and the person it is about."""
    people = [name for name in frame.columns if name.endswith("person_id")]
    own = [name for name in frame.columns if name.endswith("_id") and name not in people]
    more = {
        "ssd_involvements": ["invo_involvement_start_date"],
        "annexa_care_leaver_services": ["start_date"],
        "annexa_emergency_protection": ["start_date"],
        "annexa_private_fostering_visits": ["visit_date"],
        "annexa_education_status": ["status", "start_date"],
        "annexa_virtual_school": ["academic_year"],
        "annexa_attendance": ["academic_year"],
        "annexa_attainment": ["academic_year", "key_stage", "subject"],
        "annexa_secure_orders": ["order_start_date"],
        "annexa_exploitation": ["kind", "start_date"],
        "annexa_camhs": ["referral_date"],
        "annexa_plo_reviews": ["review_date"],
        "annexa_posts": ["role"],
        "annexa_absence": ["start_date"],
    }
    return people + own[:1] + more.get(table, [])


def test_a_later_extract_shows_the_same_authority_grown_older() -> None:
    made = [generate(400, D, 3, day) for day in (D - timedelta(days=400), D, D + timedelta(days=400))]
    assert made[0]["ssd_person"].height < 400 < made[2]["ssd_person"].height
    for before, after in pairwise(made):
        for table in TABLES.keys() - {"ssd_care_leavers"}:
            key = key_of(table, before[table])
            later = after[table].with_columns(there=pl.lit(value=True))
            both = before[table].join(later, on=key, how="left", nulls_equal=True, suffix="_later")
            assert both.height == before[table].height, table
            assert both["there"].null_count() == 0, table
            done = {c.name for c in TABLES[table] if c.kind == "d" and not c.name.startswith("_")}
            for name in done - {each.partition(".")[2] for each in LATEST if each.startswith(f"{table}.")} - {*key}:
                assert both.select((pl.col(name).is_null() | (pl.col(name) == pl.col(f"{name}_later"))).all()).item(), (
                    name
                )


def test_planned_reviews_and_checks_of_the_future_are_shown_without_an_outcome() -> None:
    tables = generate(1200, D, 1)
    reviews = tables["ssd_cla_reviews"].filter(pl.col("clar_cla_review_date") > D.isoformat())
    assert reviews.height > 0
    assert reviews["clar_cla_review_participation"].null_count() == reviews.height
    checks = tables["ssd_cla_health"].filter(pl.col("clah_health_check_date") > D.isoformat())
    assert set(checks["clah_health_check_status"]) == {"Planned"}


@pytest.mark.parametrize(
    ("children", "seed", "as_at"), [(0, 1, None), (10, -1, None), (10, 1, D + timedelta(days=HORIZON + 1))]
)
def test_arguments_out_of_range_are_refused(children: int, seed: int, as_at: date | None) -> None:
    with pytest.raises(UsageError):
        generate(children, D, seed, as_at)


@settings(max_examples=25)
@given(
    children=st.integers(1, 60),
    seed=st.integers(0, 2**63),
    inspection=st.dates(date(2012, 1, 1), date(2035, 12, 31)),
    days=st.integers(-3000, HORIZON),
)
def test_any_arguments_in_range_make_a_sample(children: int, seed: int, inspection: date, days: int) -> None:
    tables = generate(children, inspection, seed, inspection + timedelta(days=days))
    people = tables["ssd_person"].filter(pl.col("pers_is_mother").is_null())
    assert people.height <= children if days < 0 else people.height >= children
    for table, frame in tables.items():
        columns = [name for name in frame.columns if name.endswith("person_id") and name != "old_person_id"]
        if table == "annexa_education_status":  # children of its own have identifiers of its own
            frame = frame.filter(~pl.col("person_id").str.starts_with("E"))  # noqa: PLW2901
        for name in columns:
            assert frame[name].drop_nulls().is_in(tables["ssd_person"]["pers_person_id"].implode()).all(), name


def test_a_row_with_a_name_that_is_no_column_is_refused() -> None:
    book = Book()
    book.add("ssd_contacts", 1, cont_contact_idd=1)
    with pytest.raises(KeyError, match="cont_contact_idd"):
        book.take("ssd_contacts")


def test_birthdays_and_working_days() -> None:
    leap = day_number(date(2000, 2, 29))
    assert birthday(leap, 18) == day_number(date(2018, 3, 1))
    assert birthday(leap, 16) == day_number(date(2016, 2, 29))
    assert birthday(day_number(date(2001, 5, 31)), 18) == day_number(date(2019, 5, 31))
    week = [day_number(date(2018, 6, day)) for day in (8, 9, 10, 11)]
    assert [workday(day) for day in week] == [week[0], week[3], week[3], week[3]]


def test_decks_deal_each_value_once_and_then_by_share() -> None:
    values = Weighted({"common": 95, "rare": 4, "rarest": 1})
    draw = Draw(1, 0)
    dealt = [draw.deal(values) for _ in range(1000)]
    assert dealt[:3] == ["common", "rare", "rarest"]
    assert abs(dealt.count("rare") - 40) <= 4
    assert abs(dealt.count("rarest") - 11) <= 3
    assert Weighted([("a", 1.0), ("b", 1.0)]).at(0.999999) == "b"


def test_scales_run_through_their_points() -> None:
    scale = Scale((0.0, 10), (0.5, 20), (1.0, 120))
    assert [scale.at(share) for share in (0.0, 0.25, 0.5, 0.75)] == [10, 15, 20, 70]
    assert Scale((0.0, 4), (0.5, 4)).at(0.9) == 4
