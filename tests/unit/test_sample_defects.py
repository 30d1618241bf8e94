"""Planted defects stand where the list of defects says, change nothing else, and touch each child once."""

from datetime import date

import polars as pl
import pytest

from annexa.sample import generate, plant_defects
from annexa.sample.faults import DEFECTS

D = date(2018, 6, 4)


@pytest.fixture(scope="module")
def clean() -> dict[str, pl.DataFrame]:
    return generate(2000, D, 1)


@pytest.fixture(scope="module")
def planted(clean: dict[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    return plant_defects(clean, 0.05, 1, D)


@pytest.mark.parametrize(("day", "seed"), [(D, 1), (D, 2), (date(2025, 6, 2), 3), (date(2024, 2, 29), 4)])
def test_each_kind_occurs_in_five_hundred_children(day: date, seed: int) -> None:
    _, defects = plant_defects(generate(500, day, seed), 0.001, seed, day)
    assert set(defects["kind"]) == {defect.kind for defect in DEFECTS}
    assert defects.height == len(DEFECTS)


def test_no_rate_no_defect(clean: dict[str, pl.DataFrame]) -> None:
    tables, defects = plant_defects(clean, 0.0, 1, D)
    assert defects.is_empty()
    assert all(tables[table].equals(clean[table]) for table in clean)


def test_the_rate_is_that_of_children(planted: tuple[dict[str, pl.DataFrame], pl.DataFrame]) -> None:
    _, defects = planted
    assert 70 <= defects.height <= 105
    assert defects["kind"].value_counts()["count"].max() <= 5


def test_the_same_seed_plants_the_same(
    clean: dict[str, pl.DataFrame], planted: tuple[dict[str, pl.DataFrame], pl.DataFrame]
) -> None:
    tables, defects = plant_defects(clean, 0.05, 1, D)
    assert defects.equals(planted[1])
    assert all(tables[table].equals(planted[0][table]) for table in tables)
    assert not plant_defects(clean, 0.05, 2, D)[1].equals(defects)


def test_every_changed_row_is_on_the_list_of_defects(
    clean: dict[str, pl.DataFrame], planted: tuple[dict[str, pl.DataFrame], pl.DataFrame]
) -> None:
    tables, defects = planted
    # What follows a defect without being one: the other ends of a reopened period, the contact of a merged identifier.
    beside = {"ssd_cla_placement", "ssd_legal_status"}
    for table, frame in tables.items():
        before = clean[table].height
        same = frame.head(before).select(
            pl.all_horizontal(pl.col(name).eq_missing(clean[table][name]) for name in frame.columns).alias("same")
        )["same"]
        changed = {n + 2 for n, kept in enumerate(same) if not kept} | {n + 2 for n in range(before, frame.height)}
        listed = set(defects.filter(pl.col("table") == table)["row"])
        assert listed <= changed, table
        if table not in beside and table != "ssd_contacts":
            assert listed == changed, table


def row(planted: tuple[dict[str, pl.DataFrame], pl.DataFrame], kind: str) -> dict[str, str | None]:
    tables, defects = planted
    found = defects.row(by_predicate=(pl.col("kind") == kind) & pl.col("kind").is_first_distinct(), named=True)
    return tables[found["table"]].row(found["row"] - 2, named=True)


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("bad date text", "cont_contact_date", "31/02/2018"),
        ("unknown code", "pers_ethnicity", "WXYZ"),
        ("sentinel date", "cina_assessment_auth_date", "1900-01-01"),
        ("placeholder worker", "invo_professional_id", "SSD_PH"),
        ("blank person", "cont_person_id", None),
        ("contact in the future", "cont_contact_date", "2019-07-09"),
        ("blank membership date", "cine_referral_date", None),
        ("referral NFA blank", "cine_referral_nfa", None),
        ("gender of an unborn child", "pers_gender", "F"),
        ("X1 at the end of a period", "clae_cla_episode_ceased_reason", "X1"),
        ("missing start with open record", "cppl_cp_plan_start_date", None),
        ("missing start with open record", "cppl_cp_plan_end_date", None),
        ("unknown legal status", "lega_legal_status", "Ward of the parish"),
        ("open after death", "pers_death_date", "2018-05-14"),
        ("plan open under closed episode", "cine_close_date", "2018-05-20"),
        ("assessment open under closed episode", "cina_assessment_auth_date", None),
        ("care open after 18", "clae_cla_episode_ceased_date", None),
        ("family record without a map", "person_id", None),
    ],
)
def test_a_defect_is_in_its_cell(
    planted: tuple[dict[str, pl.DataFrame], pl.DataFrame], kind: str, column: str, value: str | None
) -> None:
    assert row(planted, kind)[column] == value


def test_defects_that_need_two_rows(
    clean: dict[str, pl.DataFrame], planted: tuple[dict[str, pl.DataFrame], pl.DataFrame]
) -> None:
    tables, _ = planted
    contacts, plans, support = tables["ssd_contacts"], tables["ssd_cp_plans"], tables["ssd_cin_plans"]
    duplicate = row(planted, "exact duplicate")
    assert contacts.filter(pl.all_horizontal(pl.col(k).eq_missing(pl.lit(v)) for k, v in duplicate.items())).height == 2
    conflict = row(planted, "conflicting duplicate")
    same_key = support.filter(pl.col("cinp_cin_plan_id") == conflict["cinp_cin_plan_id"])
    assert same_key["cinp_cin_plan_start_date"].n_unique() == 2
    second = row(planted, "two plans open")
    theirs = plans.filter(pl.col("cppl_person_id") == second["cppl_person_id"])
    assert theirs.filter(pl.col("cppl_cp_plan_end_date").is_null())["cppl_cp_plan_id"].n_unique() == 2
    merged = row(planted, "merged identifiers")
    assert merged["person_id"] in clean["ssd_person"]["pers_person_id"]
    assert merged["old_person_id"] in contacts["cont_person_id"]
    assert merged["old_person_id"] not in tables["ssd_person"]["pers_person_id"]
    assert row(planted, "orphan person")["cont_person_id"] not in tables["ssd_person"]["pers_person_id"]
    unmapped = row(planted, "family record without a map")
    assert unmapped["family_id"] not in tables["annexa_early_help_families"]["family_id"]


def test_an_end_is_before_its_start_and_a_text_is_no_json(
    planted: tuple[dict[str, pl.DataFrame], pl.DataFrame],
) -> None:
    early = row(planted, "end before start")
    assert (early["cina_assessment_auth_date"] or "") < (early["cina_assessment_start_date"] or "")
    broken = pl.Series([row(planted, "malformed JSON")["cina_assessment_outcome_json"]])
    with pytest.raises(pl.exceptions.ComputeError):
        broken.str.json_decode(pl.Struct({"NFA_FLAG": pl.String}))


def test_tables_too_small_for_a_kind_go_without_it() -> None:
    _, defects = plant_defects(generate(5, D, 1), 0.5, 1, D)
    assert defects.height < len(DEFECTS)


def test_each_kind_says_which_check_finds_it_and_what_follows() -> None:
    assert len({defect.kind for defect in DEFECTS}) == len(DEFECTS)
    assert all(defect.check.startswith("AA-") and defect.consequence.endswith(".") for defect in DEFECTS)
