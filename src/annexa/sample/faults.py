"""The kinds of fault that a sample can hold: where each may be planted, and how."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import polars as pl

from annexa.sample.garden import Defect, Garden, Row

_RECENT: Final = 80  # days before the inspection date: inside the windows of all lists in all editions


def _cells(table: str, **cells: str | None) -> Callable[[Garden, Row], None]:
    """Return how a fault is planted that only sets cells of its own row."""
    return lambda garden, row: garden.change(table, row["row"], **cells)


def _recent_contact(garden: Garden) -> pl.Expr:
    return garden.within("cont_contact_date", _RECENT)


def _with_recent_contact(garden: Garden) -> pl.Expr:
    people = garden.people("ssd_contacts", "cont_person_id", _recent_contact(garden))
    return pl.col("pers_person_id").is_in(people) & pl.col("pers_dob").is_not_null()


def _bad_date(garden: Garden, row: Row) -> None:
    garden.change("ssd_contacts", row["row"], cont_contact_date=f"31/02/{garden.inspection.year}")


def _orphan(garden: Garden, row: Row) -> None:
    garden.change("ssd_contacts", row["row"], cont_person_id=f"9{900_000 + row['row']}")


def _future(garden: Garden, row: Row) -> None:
    garden.change("ssd_contacts", row["row"], cont_contact_date=garden.ago(-400))


def _merged(garden: Garden, row: Row) -> tuple[str, int]:
    old = f"8{800_000 + row['row']}"
    garden.change("ssd_contacts", row["row"], cont_person_id=old)
    return garden.add("annexa_merged_ids", {"old_person_id": old, "person_id": row["cont_person_id"]})


def _duplicate(garden: Garden, row: Row) -> tuple[str, int]:
    return garden.add("ssd_contacts", row)


def _open_assessment(garden: Garden) -> pl.Expr:
    cancelled = garden.tables["annexa_assessments"]["assessment_id"].implode()
    return pl.col("cina_assessment_auth_date").is_null() & ~pl.col("cina_assessment_id").is_in(cancelled)


def _authorised_lately(garden: Garden) -> pl.Expr:
    return garden.within("cina_assessment_auth_date", _RECENT) & garden.within("cina_assessment_start_date", _RECENT)


def _before_start(garden: Garden, row: Row) -> None:
    day = date.fromisoformat(row["cina_assessment_start_date"]) - timedelta(days=2)
    garden.change("ssd_cin_assessments", row["row"], cina_assessment_auth_date=day.isoformat())


def _closed_long_ago(garden: Garden) -> pl.Expr:
    closed = pl.col("cine_close_date").is_between(pl.lit(garden.ago(900)), pl.lit(garden.ago(250)))
    cases = garden.tables["ssd_cin_episodes"].filter(closed & pl.col("cine_close_reason").is_in(["RC8", "RC9"]))
    referrals = cases["cine_referral_id"].unique(maintain_order=True).implode()
    return pl.col("cina_referral_id").is_in(referrals) & pl.col("cina_assessment_auth_date").is_not_null()


def _own_open_plan(garden: Garden) -> pl.Expr:
    own = pl.col("cppl_cp_plan_ola").fill_null("N") != "Y"
    return own & pl.col("cppl_cp_plan_end_date").is_null() & (pl.col("cppl_cp_plan_start_date") < garden.ago(45))


def _open_support(garden: Garden) -> pl.Expr:
    return pl.col("cinp_cin_plan_end_date").is_null() & (pl.col("cinp_cin_plan_start_date") < garden.ago(10))


def _conflicting(garden: Garden, row: Row) -> tuple[str, int]:
    day = date.fromisoformat(row["cinp_cin_plan_start_date"]) + timedelta(days=3)
    return garden.add("ssd_cin_plans", row | {"cinp_cin_plan_start_date": day.isoformat()})


def _second_plan(garden: Garden, row: Row) -> tuple[str, int]:
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_end_date=None)
    second = {
        "cppl_cp_plan_id": f"9{row['cppl_cp_plan_id']}",
        "cppl_cp_plan_start_date": garden.ago(30),
        "cppl_cp_plan_end_date": None,
        "cppl_icpc_id": None,
    }
    return garden.add("ssd_cp_plans", row | second)


def _any_own_plan(garden: Garden) -> pl.Expr:
    """True for the latest plan of children under 18 whom nothing else keeps known, where no plan is open."""
    cared_for = garden.tables["ssd_cla_episodes"]["clae_person_id"].implode()
    young = garden.people("ssd_person", "pers_person_id", garden.within("pers_dob", 17 * 365))
    person, start = pl.col("cppl_person_id"), pl.col("cppl_cp_plan_start_date")
    own = (pl.col("cppl_cp_plan_ola").fill_null("N") != "Y") & (start == start.max().over("cppl_person_id"))
    return own & (start < garden.ago(45)) & person.is_in(young) & ~person.is_in(cared_for)


def _plan_of_closed_case(garden: Garden, row: Row) -> tuple[str, int]:
    """Leave the plan open and close its case; tell the row of the case."""
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_end_date=None)
    case = pl.col("cine_person_id") == row["cppl_person_id"]
    case &= pl.col("cine_referral_id") == row["cppl_referral_id"]
    index = garden.tables["ssd_cin_episodes"].select(case.arg_true()).item()
    garden.change("ssd_cin_episodes", index, cine_close_date=garden.ago(15), cine_close_reason="RC7")
    return "ssd_cin_episodes", index


def _open_plan_out_of_care(garden: Garden) -> pl.Expr:
    return _own_open_plan(garden) & _any_own_plan(garden)


def _no_start(garden: Garden, row: Row) -> None:
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_start_date=None, cppl_cp_plan_end_date=None)


def _open_caseworker(garden: Garden) -> pl.Expr:
    people = garden.people("ssd_cin_plans", "cinp_person_id", pl.col("cinp_cin_plan_end_date").is_null())
    worker = (pl.col("invo_professional_role_id") == "CW") & pl.col("invo_involvement_end_date").is_null()
    return worker & pl.col("invo_person_id").is_in(people)


def _open_early_help_alone(garden: Garden) -> pl.Expr:
    lately = pl.col("cine_close_date").is_null() | (pl.col("cine_close_date") >= garden.ago(25))
    known = garden.people("ssd_cin_episodes", "cine_person_id", lately)
    contacted = garden.people("ssd_contacts", "cont_person_id", garden.within("cont_contact_date", 25))
    people = garden.tables["ssd_early_help_episodes"].filter(
        pl.col("earl_episode_end_date").is_null(),
        pl.col("earl_episode_start_date") < garden.ago(25),
        ~pl.col("earl_person_id").is_in(known),
        ~pl.col("earl_person_id").is_in(contacted),
    )["earl_person_id"]
    born_before = pl.col("pers_dob") < garden.ago(25)
    alive = pl.col("pers_death_date").is_null()
    return pl.col("pers_person_id").is_in(people.implode()) & born_before & alive


def _die(garden: Garden, row: Row) -> None:
    garden.change("ssd_person", row["row"], pers_death_date=garden.ago(21))


def _unborn(garden: Garden) -> pl.Expr:
    return pl.col("pers_dob").is_null() & (pl.col("pers_expected_dob") >= garden.ago(28))


def _nothing_came_of_it(garden: Garden) -> pl.Expr:
    del garden
    return pl.col("cine_close_reason").is_in(["RC8", "RC9"])


def _assessed_only(garden: Garden) -> pl.Expr:
    return garden.within("cine_referral_date", _RECENT) & pl.col("cine_close_date").is_null()


def _last_episode(garden: Garden) -> pl.Expr:
    """True for the last episode of each child, if care has ended."""
    del garden
    start = pl.col("clae_cla_episode_start_date")
    ended = pl.col("clae_cla_episode_ceased_reason").fill_null("X1") != "X1"
    return ended & (start == start.max().over("clae_person_id"))


def _ended_lately(garden: Garden) -> pl.Expr:
    """True for the last episode of children under 18 who left care, and of whom no short break is known."""
    person = pl.col("clae_person_id")
    young = garden.people("ssd_person", "pers_person_id", garden.within("pers_dob", 17 * 365))
    breaks = garden.people("ssd_legal_status", "lega_person_id", pl.col("lega_legal_status").is_in(["V3", "V4"]))
    lately = garden.within("clae_cla_episode_ceased_date", 1500)
    return _last_episode(garden) & lately & person.is_in(young) & ~person.is_in(breaks)


def _ended_at_eighteen(garden: Garden) -> pl.Expr:
    grown = garden.people(
        "ssd_care_leavers", "clea_person_id", pl.col("clea_care_leaver_eligibility") == "Former Relevant"
    )
    reason = pl.col("clae_cla_episode_ceased_reason")
    adult = reason.is_in(["E5", "E6", "E17", "E7", "E8"]) & pl.col("clae_person_id").is_in(grown)
    # In a community home some stay accommodated, which is no fault (AA-834).
    homes = garden.people("ssd_cla_placement", "clap_person_id", pl.col("clap_cla_placement_type") == "K2")
    adult &= ~pl.col("clae_person_id").is_in(homes)
    return _last_episode(garden) & adult & (pl.col("clae_cla_episode_ceased_date") < garden.ago(20))


def _reopen_care(garden: Garden, row: Row) -> None:
    person, end = row["clae_person_id"], row["clae_cla_episode_ceased_date"]
    garden.change(
        "ssd_cla_episodes", row["row"], clae_cla_episode_ceased_date=None, clae_cla_episode_ceased_reason=None
    )
    for table, owner, column in (
        ("ssd_cla_placement", "clap_person_id", "clap_cla_placement_end_date"),
        ("ssd_legal_status", "lega_person_id", "lega_legal_status_end_date"),
    ):
        last = (pl.col(owner) == person) & pl.col(column).str.starts_with(end)
        for other in garden.tables[table].with_row_index("row").filter(last)["row"]:
            garden.change(table, other, **{column: None})


def _status_in_force(garden: Garden) -> pl.Expr:
    del garden
    return pl.col("lega_legal_status_end_date").is_null() & pl.col("lega_legal_status").is_in(["C1", "C2", "V2"])


def _child_record(garden: Garden) -> pl.Expr:
    del garden
    return pl.col("person_id").is_not_null()


def _unmapped_family(garden: Garden, row: Row) -> tuple[str, int]:
    extra = {
        "assessment_id": f"9{row['assessment_id']}",
        "person_id": None,
        "family_id": f"X{row['assessment_id']}",
        "start_date": garden.ago(60),
        "completed_date": garden.ago(20),
        "status": "completed",
    }
    return garden.add("annexa_early_help_assessments", row | extra)


DEFECTS: Final = (
    Defect(
        "gender of an unborn child",
        "ssd_person",
        "pers_person_id",
        "AA-G12",
        "The gender is shown as not stated, whatever was recorded.",
        (_unborn,),
        _cells("ssd_person", pers_gender="F"),
    ),
    Defect(
        "two plans open",
        "ssd_cp_plans",
        "cppl_person_id",
        "AA-701",
        "Two plans of one child are open: the later one is the row of List 7.",
        (_own_open_plan, _any_own_plan),
        _second_plan,
        ("AA-708", "AA-717", "AA-X07"),
    ),
    Defect(
        "plan open under closed episode",
        "ssd_cp_plans",
        "cppl_person_id",
        "AA-X02",
        "The case is shown as closed on List 6 while List 7 shows an open plan.",
        (_open_plan_out_of_care, _any_own_plan),
        _plan_of_closed_case,
        ("AA-X05",),
    ),
    Defect(
        "missing start with open record",
        "ssd_cp_plans",
        "cppl_person_id",
        "AA-716",
        "The plan stays on List 7 with a blank start date.",
        (_own_open_plan, _any_own_plan),
        _no_start,
        ("AA-701",),
    ),
    Defect(
        "conflicting duplicate",
        "ssd_cin_plans",
        "cinp_person_id",
        "AA-R14",
        "Two rows of one plan differ: the later start stands, the other row is left off as CONFLICT.",
        (_open_support,),
        _conflicting,
    ),
    Defect(
        "care open after 18",
        "ssd_cla_episodes",
        "clae_person_id",
        "AA-816",
        "Care is read as ended on the 18th birthday, since there is a care leaver record.",
        (_ended_at_eighteen,),
        _reopen_care,
        ("AA-G24",),
    ),
    Defect(
        "X1 at the end of a period",
        "ssd_cla_episodes",
        "clae_person_id",
        "AA-805",
        "The period is read as still open, since X1 says that care went on.",
        (_ended_lately,),
        _cells("ssd_cla_episodes", clae_cla_episode_ceased_reason="X1"),
        (
            "AA-813",
            "AA-814",
            "AA-815",
            "AA-822",
            "AA-829",
            "AA-835",
            "AA-841",
            "AA-842",
            "AA-G16",
            "AA-G17",
            "AA-G24",
            "AA-X03",
            "AA-X14",
            "AA-X16",
            "AA-X20",
        ),
    ),
    Defect(
        "unknown legal status",
        "ssd_legal_status",
        "lega_person_id",
        "AA-R02",
        "The legal status is blank on List 8; the child stays on the list.",
        (_status_in_force,),
        _cells("ssd_legal_status", lega_legal_status="Ward of the parish"),
    ),
    Defect(
        "open after death",
        "ssd_person",
        "pers_person_id",
        "AA-G24",
        "The early help is read as ended on the date of death.",
        (_open_early_help_alone,),
        _die,
    ),
    Defect(
        "sentinel date",
        "ssd_cin_assessments",
        "cina_person_id",
        "AA-R04",
        "1900-01-01 is read as blank: the assessment is open.",
        (_open_assessment,),
        _cells("ssd_cin_assessments", cina_assessment_auth_date="1900-01-01"),
    ),
    Defect(
        "end before start",
        "ssd_cin_assessments",
        "cina_person_id",
        "AA-401",
        "The assessment is listed with both dates and an error.",
        (_authorised_lately,),
        _before_start,
    ),
    Defect(
        "malformed JSON",
        "ssd_cin_assessments",
        "cina_person_id",
        "AA-R06",
        "What the outcome text held is blank; the row stays.",
        (_authorised_lately,),
        _cells(
            "ssd_cin_assessments", cina_assessment_outcome_json='{"NFA_FLAG": "N", "COMMENTS": "said "no" at first"}'
        ),
    ),
    Defect(
        "assessment open under closed episode",
        "ssd_cin_assessments",
        "cina_person_id",
        "AA-408",
        "The assessment is left off List 4 as CLOSED_WITH_EPISODE.",
        (_closed_long_ago,),
        _cells(
            "ssd_cin_assessments",
            cina_assessment_auth_date=None,
            cina_assessment_outcome_json=None,
            cina_assessment_outcome_nfa=None,
        ),
        ("AA-404", "AA-G25"),
    ),
    Defect(
        "placeholder worker",
        "ssd_involvements",
        "invo_person_id",
        "AA-G17",
        "The placeholder is read as blank: the case has no allocated worker.",
        (_open_caseworker,),
        _cells("ssd_involvements", invo_professional_id="SSD_PH"),
        ("AA-R04",),
    ),
    Defect(
        "blank membership date",
        "ssd_cin_episodes",
        "cine_person_id",
        "AA-308",
        "The referral goes to the exceptions of List 3 as NO_DATE.",
        (_nothing_came_of_it,),
        _cells("ssd_cin_episodes", cine_referral_date=None),
    ),
    Defect(
        "referral NFA blank",
        "ssd_cin_episodes",
        "cine_person_id",
        "AA-301",
        "The referral is on List 3 with the NFA cell blank.",
        (_assessed_only,),
        _cells("ssd_cin_episodes", cine_referral_nfa=None, cine_referral_outcome_json=None),
    ),
    Defect(
        "bad date text",
        "ssd_contacts",
        "cont_person_id",
        "AA-R01",
        "The date cannot be read: the contact goes to the exceptions of List 1 as NO_DATE.",
        (_recent_contact,),
        _bad_date,
        ("AA-X01",),
    ),
    Defect(
        "unknown code",
        "ssd_person",
        "pers_person_id",
        "AA-R02",
        "The ethnicity is blank on every list of the child.",
        (_with_recent_contact,),
        _cells("ssd_person", pers_ethnicity="WXYZ"),
    ),
    Defect(
        "orphan person",
        "ssd_contacts",
        "cont_person_id",
        "AA-G02",
        "The contact is listed without gender, ethnicity, date of birth and age.",
        (_recent_contact,),
        _orphan,
        ("AA-X01",),
    ),
    Defect(
        "blank person",
        "ssd_contacts",
        "cont_person_id",
        "AA-G01",
        "The contact goes to the exceptions of List 1 as NO_CHILD_ID.",
        (_recent_contact,),
        _cells("ssd_contacts", cont_person_id=None),
        ("AA-G20", "AA-X01"),
    ),
    Defect(
        "exact duplicate",
        "ssd_contacts",
        "cont_person_id",
        "AA-G20",
        "The two rows count once.",
        (_recent_contact,),
        _duplicate,
    ),
    Defect(
        "contact in the future",
        "ssd_contacts",
        "cont_person_id",
        "AA-G08",
        "The contact is left off as FUTURE.",
        (_recent_contact,),
        _future,
        ("AA-X01",),
    ),
    Defect(
        "merged identifiers",
        "ssd_contacts",
        "cont_person_id",
        "AA-R21",
        "The contact is listed under the current identifier.",
        (_recent_contact,),
        _merged,
    ),
    Defect(
        "family record without a map",
        "annexa_early_help_assessments",
        "person_id",
        "AA-R19",
        "The record names no child: it goes to the exceptions of List 2 as NO_CHILD_ID.",
        (_child_record,),
        _unmapped_family,
    ),
    Defect(
        "duty worker",
        "ssd_involvements",
        "invo_person_id",
        "AA-G25",
        "The case is allocated to no one real: the worker is shown as given.",
        (_open_caseworker,),
        _cells("ssd_involvements", invo_professional_id="Duty"),
        ("AA-R20",),
    ),
)
