"""Where a fault may be planted in the synthetic authority, as expressions over its rows, and how it is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import polars as pl

from annexa.sample.garden import Garden, Row

_RECENT: Final = 80  # days before the inspection date: inside the windows of all lists in all editions


def cells(table: str, **cells: str | None) -> Callable[[Garden, Row], None]:
    """Return how a fault is planted that only sets cells of its own row."""
    return lambda garden, row: garden.change(table, row["row"], **cells)


def recent_contact(garden: Garden) -> pl.Expr:
    """Contacts inside the windows of all lists."""
    return garden.within("cont_contact_date", _RECENT)


def with_recent_contact(garden: Garden) -> pl.Expr:
    """People with such a contact and a date of birth."""
    people = garden.people("ssd_contacts", "cont_person_id", recent_contact(garden))
    return pl.col("pers_person_id").is_in(people) & pl.col("pers_dob").is_not_null()


def bad_date(garden: Garden, row: Row) -> None:
    """Write a contact's date as a day that no calendar has."""
    garden.change("ssd_contacts", row["row"], cont_contact_date=f"31/02/{garden.inspection.year}")


def orphan(garden: Garden, row: Row) -> None:
    """Put a contact under an identifier that is nobody's."""
    garden.change("ssd_contacts", row["row"], cont_person_id=f"9{900_000 + row['row']}")


def future(garden: Garden, row: Row) -> None:
    """Date a contact after the extract."""
    garden.change("ssd_contacts", row["row"], cont_contact_date=garden.ago(-400))


def merged(garden: Garden, row: Row) -> tuple[str, int]:
    """Put a contact under an identifier that was merged into the child's; return the row of the merge."""
    old = f"8{800_000 + row['row']}"
    garden.change("ssd_contacts", row["row"], cont_person_id=old)
    return garden.add("annexa_merged_ids", {"old_person_id": old, "person_id": row["cont_person_id"]})


def duplicate(garden: Garden, row: Row) -> tuple[str, int]:
    """Enter a contact twice."""
    return garden.add("ssd_contacts", row)


def open_assessment(garden: Garden) -> pl.Expr:
    """Assessments that are neither authorised nor cancelled."""
    cancelled = garden.tables["annexa_assessments"]["assessment_id"].implode()
    return pl.col("cina_assessment_auth_date").is_null() & ~pl.col("cina_assessment_id").is_in(cancelled)


def authorised_lately(garden: Garden) -> pl.Expr:
    """Assessments begun and authorised inside the windows of all lists."""
    return garden.within("cina_assessment_auth_date", _RECENT) & garden.within("cina_assessment_start_date", _RECENT)


def before_start(garden: Garden, row: Row) -> None:
    """Authorise an assessment before it began."""
    day = date.fromisoformat(row["cina_assessment_start_date"]) - timedelta(days=2)
    garden.change("ssd_cin_assessments", row["row"], cina_assessment_auth_date=day.isoformat())


def closed_long_ago(garden: Garden) -> pl.Expr:
    """Records of a case that was closed before every window, on referral or assessment alone."""
    closed = pl.col("cine_close_date").is_between(pl.lit(garden.ago(900)), pl.lit(garden.ago(250)))
    cases = garden.tables["ssd_cin_episodes"].filter(closed & pl.col("cine_close_reason").is_in(["RC8", "RC9"]))
    referrals = cases["cine_referral_id"].unique(maintain_order=True).implode()
    return pl.col("cina_referral_id").is_in(referrals) & pl.col("cina_assessment_auth_date").is_not_null()


def own_open_plan(garden: Garden) -> pl.Expr:
    """The authority's own child protection plans that are open, begun some time ago."""
    own = pl.col("cppl_cp_plan_ola").fill_null("N") != "Y"
    return own & pl.col("cppl_cp_plan_end_date").is_null() & (pl.col("cppl_cp_plan_start_date") < garden.ago(45))


def open_support(garden: Garden) -> pl.Expr:
    """Child in need plans that are open."""
    return pl.col("cinp_cin_plan_end_date").is_null() & (pl.col("cinp_cin_plan_start_date") < garden.ago(10))


def conflicting(garden: Garden, row: Row) -> tuple[str, int]:
    """Enter a plan twice, with another start."""
    day = date.fromisoformat(row["cinp_cin_plan_start_date"]) + timedelta(days=3)
    return garden.add("ssd_cin_plans", row | {"cinp_cin_plan_start_date": day.isoformat()})


def second_plan(garden: Garden, row: Row) -> tuple[str, int]:
    """Leave a plan open and begin another."""
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_end_date=None)
    second = {
        "cppl_cp_plan_id": f"9{row['cppl_cp_plan_id']}",
        "cppl_cp_plan_start_date": garden.ago(30),
        "cppl_cp_plan_end_date": None,
        "cppl_icpc_id": None,
    }
    return garden.add("ssd_cp_plans", row | second)


def any_own_plan(garden: Garden) -> pl.Expr:
    """True for the latest plan of children under 18 whom nothing else keeps known, where no plan is open."""
    cared_for = garden.tables["ssd_cla_episodes"]["clae_person_id"].implode()
    young = garden.people("ssd_person", "pers_person_id", garden.within("pers_dob", 17 * 365))
    person, start = pl.col("cppl_person_id"), pl.col("cppl_cp_plan_start_date")
    own = (pl.col("cppl_cp_plan_ola").fill_null("N") != "Y") & (start == start.max().over("cppl_person_id"))
    return own & (start < garden.ago(45)) & person.is_in(young) & ~person.is_in(cared_for)


def plan_of_closed_case(garden: Garden, row: Row) -> tuple[str, int]:
    """Leave the plan open and close its case; tell the row of the case."""
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_end_date=None)
    case = pl.col("cine_person_id") == row["cppl_person_id"]
    case &= pl.col("cine_referral_id") == row["cppl_referral_id"]
    index = garden.tables["ssd_cin_episodes"].select(case.arg_true()).item()
    garden.change("ssd_cin_episodes", index, cine_close_date=garden.ago(15), cine_close_reason="RC7")
    return "ssd_cin_episodes", index


def open_plan_out_of_care(garden: Garden) -> pl.Expr:
    """Open plans among those of any_own_plan."""
    return own_open_plan(garden) & any_own_plan(garden)


def no_start(garden: Garden, row: Row) -> None:
    """Take the start of an open plan away."""
    garden.change("ssd_cp_plans", row["row"], cppl_cp_plan_start_date=None, cppl_cp_plan_end_date=None)


def open_caseworker(garden: Garden) -> pl.Expr:
    """Open involvements of the caseworker of a child with an open plan."""
    people = garden.people("ssd_cin_plans", "cinp_person_id", pl.col("cinp_cin_plan_end_date").is_null())
    worker = (pl.col("invo_professional_role_id") == "CW") & pl.col("invo_involvement_end_date").is_null()
    return worker & pl.col("invo_person_id").is_in(people)


def open_early_help_alone(garden: Garden) -> pl.Expr:
    """Living children in early help, of whom nothing else came in lately."""
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


def die(garden: Garden, row: Row) -> None:
    """Let a child die while the records stay open."""
    garden.change("ssd_person", row["row"], pers_death_date=garden.ago(21))


def unborn(garden: Garden) -> pl.Expr:
    """Unborn children who are expected about now."""
    return pl.col("pers_dob").is_null() & (pl.col("pers_expected_dob") >= garden.ago(28))


def nothing_came_of_it(garden: Garden) -> pl.Expr:
    """Episodes closed on referral or assessment alone."""
    del garden
    return pl.col("cine_close_reason").is_in(["RC8", "RC9"])


def assessed_only(garden: Garden) -> pl.Expr:
    """Episodes that are open, on a late referral."""
    return garden.within("cine_referral_date", _RECENT) & pl.col("cine_close_date").is_null()


def _last_episode(garden: Garden) -> pl.Expr:
    """True for the last episode of each child, if care has ended."""
    del garden
    start = pl.col("clae_cla_episode_start_date")
    ended = pl.col("clae_cla_episode_ceased_reason").fill_null("X1") != "X1"
    return ended & (start == start.max().over("clae_person_id"))


def ended_lately(garden: Garden) -> pl.Expr:
    """True for the last episode of children under 18 who left care, and of whom no short break is known."""
    person = pl.col("clae_person_id")
    young = garden.people("ssd_person", "pers_person_id", garden.within("pers_dob", 17 * 365))
    breaks = garden.people("ssd_legal_status", "lega_person_id", pl.col("lega_legal_status").is_in(["V3", "V4"]))
    lately = garden.within("clae_cla_episode_ceased_date", 1500)
    return _last_episode(garden) & lately & person.is_in(young) & ~person.is_in(breaks)


def ended_at_eighteen(garden: Garden) -> pl.Expr:
    """Episodes of care that ended on the 18th birthday, of whoever is a care leaver now."""
    grown = garden.people(
        "ssd_care_leavers", "clea_person_id", pl.col("clea_care_leaver_eligibility") == "Former Relevant"
    )
    reason = pl.col("clae_cla_episode_ceased_reason")
    adult = reason.is_in(["E5", "E6", "E17", "E7", "E8"]) & pl.col("clae_person_id").is_in(grown)
    # In a community home some stay accommodated, which is no fault (AA-834).
    homes = garden.people("ssd_cla_placement", "clap_person_id", pl.col("clap_cla_placement_type") == "K2")
    adult &= ~pl.col("clae_person_id").is_in(homes)
    return _last_episode(garden) & adult & (pl.col("clae_cla_episode_ceased_date") < garden.ago(20))


def reopen_care(garden: Garden, row: Row) -> None:
    """Open an episode of care that has ended."""
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


def status_in_force(garden: Garden) -> pl.Expr:
    """Legal statuses in force."""
    del garden
    return pl.col("lega_legal_status_end_date").is_null() & pl.col("lega_legal_status").is_in(["C1", "C2", "V2"])


def child_record(garden: Garden) -> pl.Expr:
    """Records about one child."""
    del garden
    return pl.col("person_id").is_not_null()


def unmapped_family(garden: Garden, row: Row) -> tuple[str, int]:
    """Enter a family's assessment that no child hangs on."""
    extra = {
        "assessment_id": f"9{row['assessment_id']}",
        "person_id": None,
        "family_id": f"X{row['assessment_id']}",
        "start_date": garden.ago(60),
        "completed_date": garden.ago(20),
        "status": "completed",
    }
    return garden.add("annexa_early_help_assessments", row | extra)
