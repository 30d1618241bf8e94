"""The sample's proportions are those that its documentation states, and near the national ones."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

import annexa.sample
from annexa.period import InspectionPeriod
from annexa.sample import generate

CHILDREN = 20_000
D = date(2018, 6, 4)
Tables = dict[str, pl.DataFrame]


def day(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10).str.to_date()


def since(column: str, months: int) -> pl.Expr:
    return day(column) >= InspectionPeriod(D).months_before(months)


def open_or_since(column: str, months: int) -> pl.Expr:
    return day(column).is_null() | since(column, months)


def full_care(tables: Tables) -> pl.DataFrame:
    breaks = tables["ssd_legal_status"].filter(pl.col("lega_legal_status").is_in(["V3", "V4"]))["lega_person_id"]
    return tables["ssd_cla_episodes"].filter(~pl.col("clae_person_id").is_in(breaks.implode()))


def early_help(tables: Tables) -> int:
    episodes = tables["ssd_early_help_episodes"].filter(open_or_since("earl_episode_end_date", 6))
    assessments = tables["annexa_early_help_assessments"].filter(open_or_since("completed_date", 6))
    both = pl.concat(
        [
            episodes.select(person="earl_person_id", start="earl_episode_start_date"),
            assessments.select(person="person_id", start="start_date"),
        ]
    )
    return both.unique().height


def care_leavers(tables: Tables) -> int:
    leavers = tables["ssd_care_leavers"].filter(
        ~pl.col("clea_care_leaver_eligibility").is_in(["Eligible", "No Current Eligibility"]),
        pl.col("clea_care_leaver_in_touch").fill_null("") != "DIED",
    )
    services = tables["annexa_care_leaver_services"].group_by("person_id").agg(pl.col("end_date").is_null().any())
    ended = services.filter(~pl.col("end_date"))["person_id"]
    return leavers.filter(~pl.col("clea_person_id").is_in(ended.implode())).height


def decided(tables: Tables) -> pl.DataFrame:
    return tables["ssd_permanence"].filter(pl.col("perm_adm_decision_date").is_not_null())


MEASURES: dict[str, Callable[[Tables], int]] = {
    "contacts, a row a child": lambda t: t["ssd_contacts"].filter(since("cont_contact_date", 3)).height,
    "early help, a row a child and record": early_help,
    "referrals": lambda t: t["ssd_cin_episodes"].filter(since("cine_referral_date", 3)).height,
    "assessments, open or authorised": lambda t: (
        t["ssd_cin_assessments"].filter(open_or_since("cina_assessment_auth_date", 6)).height
    ),
    "section 47 enquiries": lambda t: t["ssd_s47_enquiry"].filter(since("s47e_s47_start_date", 6)).height,
    "children in need, all open cases": lambda t: (
        t["ssd_cin_episodes"].filter(pl.col("cine_close_date").is_null())["cine_person_id"].n_unique()
    ),
    "children on child protection plans": lambda t: (
        t["ssd_cp_plans"].filter(pl.col("cppl_cp_plan_end_date").is_null())["cppl_person_id"].n_unique()
    ),
    "children looked after, short breaks left out": lambda t: (
        full_care(t).filter(pl.col("clae_cla_episode_ceased_date").is_null())["clae_person_id"].n_unique()
    ),
    "periods of care begun": lambda t: (
        full_care(t)
        .filter(pl.col("clae_cla_episode_start_reason") == "S", since("clae_cla_episode_start_date", 12))
        .height
    ),
    "care leavers receiving services": care_leavers,
    "children waiting with an adoption decision": lambda t: (
        decided(t)
        .filter(pl.col("perm_decision_reversed_date").is_null(), pl.col("perm_permanence_order_date").is_null())
        .height
    ),
    "children adopted": lambda t: (
        decided(t)
        .filter(pl.col("perm_permanence_order_type") == "Adoption", since("perm_permanence_order_date", 12))
        .height
    ),
}


def stated() -> dict[str, tuple[float, float]]:
    """The table of the documentation: national figure and the sample's, by what is measured."""
    lines = (annexa.sample.__doc__ or "").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    return {what: (float(national), float(sample)) for what, _, national, sample in cells[1:]}


@pytest.fixture(scope="module")
def rates() -> dict[str, float]:
    tables = generate(CHILDREN, D, 11)
    return {what: 100 * measure(tables) / CHILDREN for what, measure in MEASURES.items()}


def test_everything_stated_is_measured() -> None:
    assert stated().keys() == MEASURES.keys()


@pytest.mark.parametrize("what", MEASURES)
def test_a_rate_is_as_stated_and_near_the_national_one(rates: dict[str, float], what: str) -> None:
    national, sample = stated()[what]
    # 0.06 of a hundred are twelve children of 20,000: more than chance moves the rare ones.
    assert rates[what] == pytest.approx(sample, rel=0.12, abs=0.06)
    assert rates[what] == pytest.approx(national, rel=0.25, abs=0.06)


def test_ages_and_sexes_are_spread_as_in_life() -> None:
    person = generate(3000, D, 5)["ssd_person"]
    assert (person["pers_sex"] == "M").mean() == pytest.approx(0.52, abs=0.04)
    assert (person["pers_ethnicity"] == "WBRI").mean() == pytest.approx(0.68, abs=0.08)
    born = person.select(day("pers_dob").dt.year())["pers_dob"].drop_nulls()
    assert born.filter(born.is_between(2002, 2016)).value_counts()["count"].min() > 60
