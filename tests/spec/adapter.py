"""Turns the facts of a worked example into source rows. It holds no rule: it only writes down what a fact says."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from tests.support.build import Result, build


@dataclass(frozen=True)
class Outcome:
    """What the build made of an example: whether the record is listed, and the start dates of the child's rows."""

    listed: bool
    starts: list[date | None]
    reason: str | None
    result: Result

    @property
    def findings(self) -> pl.DataFrame:
        """All findings of the run."""
        return self.result.findings


class Rows:
    """Source rows as they are written down, with an identifier for each that needs one."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.numbers: dict[str, int] = defaultdict(int)

    def add(self, table: str, **cells: str) -> None:
        """Add a row; a blank text is a blank cell."""
        self.tables[table].append({name: value for name, value in cells.items() if value})

    def next(self, prefix: str) -> str:
        """Return a new identifier."""
        self.numbers[prefix] += 1
        return f"{prefix}{self.numbers[prefix]}"


def days(text: str, number: int) -> str:
    """Return an ISO date so many days later."""
    return (date.fromisoformat(text) + timedelta(days=number)).isoformat()


def outcome(example: dict, **overrides: object) -> Outcome:
    """Build the list of an example from its facts and say what became of the record or child that they describe."""
    number, facts = example["list"], example["facts"]
    child = facts.get("child", "C1")
    rows, event = source_rows(number, child, facts)
    options: dict[str, object] = {}
    if option := facts.get("option"):
        options["list6_additions" if option == "no list6_additions" else option] = option != "no list6_additions"
    settings = {
        "inspection_date": example["inspection_date"],
        "edition": f"ilacs-{example['edition']}",
        "extract_date": facts.get("extract_date"),
        "lists": [number],
        **options,
        **overrides,
    }
    result = build(rows.tables, **settings)
    built = result.lists[number]
    key, start = KEYS[number]
    of_child = built.rows.filter(pl.col("adopter_id" if number == 11 else "person_id").is_in([child]))
    if number == 11:
        of_child = built.rows
    listed = of_child if event is None else of_child.filter(pl.col(key) == event)
    reasons = result.reasons(number)
    reason = reasons.get(event) if event else next((code for code in reasons.values() if code), None)
    return Outcome(bool(listed.height), listed[start].to_list() if start else [], reason, result)


def source_rows(number: int, child: str, facts: dict) -> tuple[Rows, str | None]:
    """Write down the facts of a child for a list, and return the identifier of the record where there is one."""
    rows = Rows()
    _person(rows, child, facts)
    return rows, WRITERS[number](rows, child, facts)


# The event's key among the cohort's rows, and the start date of the row shown.
KEYS = {
    1: ("contact_id", "contact_date"),
    2: ("event_id", "start_date"),
    3: ("referral_id", "referral_date"),
    4: ("assessment_id", "start_date"),
    5: ("enquiry_id", "start_date"),
    6: ("referral_id", "start_date"),
    7: ("cp_plan_id", "start_date"),
    8: ("episode_id", "start_date"),
    9: ("person_id", None),
    10: ("permanence_id", "decision_date"),
    11: ("adopter_id", "enquiry_date"),
}


def _person(rows: Rows, child: str, facts: dict) -> None:
    known = "dob" in facts or "expected_dob" in facts
    rows.tables["ssd_person"] = []
    for person in dict.fromkeys([child, *facts.get("siblings", "").split(",")]):
        if person:
            rows.add(
                "ssd_person",
                pers_person_id=person,
                pers_sex="F",
                pers_gender="F",
                pers_dob=facts.get("dob", "") if known else "2012-05-05",
                pers_expected_dob=facts.get("expected_dob", ""),
                pers_death_date=facts.get("died", ""),
            )
    if "care_leaver" in facts:
        rows.add(
            "ssd_care_leavers",
            clea_table_id=rows.next("CL"),
            clea_person_id=child,
            clea_care_leaver_eligibility=facts["care_leaver"],
        )


def contacts(rows: Rows, child: str, facts: dict) -> str:
    """List 1."""
    event = facts.get("contact_id", "K1")
    for person in facts.get("siblings", child).split(","):
        rows.add("ssd_contacts", cont_contact_id=event, cont_person_id=person, cont_contact_date=facts["date"])
    return event


def referrals(rows: Rows, child: str, facts: dict) -> str:
    """List 3."""
    nfa = facts.get("nfa", "N")
    rows.add(
        "ssd_cin_episodes",
        cine_referral_id="R1",
        cine_person_id=child,
        cine_referral_date=facts["date"],
        cine_referral_nfa=nfa,
    )
    return "R1"


def early_help(rows: Rows, child: str, facts: dict) -> str | None:
    """List 2."""
    if "family" in facts:
        rows.add(
            "annexa_early_help_assessments",
            assessment_id="EA1",
            family_id=facts["family"],
            start_date=facts["start"],
            completed_date=facts.get("end", ""),
        )
        return "EA1"
    rows.add(
        "ssd_early_help_episodes",
        earl_episode_id="E1",
        earl_person_id=child,
        earl_episode_start_date=facts.get("start", ""),
        earl_episode_end_date=facts.get("end", ""),
    )
    if "assessment_start" in facts:
        rows.add(
            "annexa_early_help_assessments",
            assessment_id="EA1",
            person_id=child,
            start_date=facts["assessment_start"],
            completed_date=facts.get("assessment_end", ""),
        )
    return None


def assessments(rows: Rows, child: str, facts: dict) -> str:
    """List 4."""
    referral = ""
    if "episode_start" in facts:
        referral = "R1"
        rows.add(
            "ssd_cin_episodes",
            cine_referral_id=referral,
            cine_person_id=child,
            cine_referral_date=facts["episode_start"],
            cine_close_date=facts.get("episode_end", ""),
        )
    rows.add(
        "ssd_cin_assessments",
        cina_assessment_id="A1",
        cina_person_id=child,
        cina_referral_id=referral,
        cina_assessment_start_date=facts.get("start", ""),
        cina_assessment_auth_date=facts.get("end", ""),
    )
    if facts.get("cancelled"):
        rows.add("annexa_assessments", assessment_id="A1", status="cancelled")
    return "A1"


def enquiries(rows: Rows, child: str, facts: dict) -> str:
    """List 5."""
    rows.add(
        "ssd_s47_enquiry",
        s47e_s47_enquiry_id="S1",
        s47e_person_id=child,
        s47e_s47_start_date=facts.get("start", ""),
        s47e_s47_end_date=facts.get("end", ""),
        s47e_s47_nfa="Y" if facts.get("unnecessary") else "",
    )
    if "icpc" in facts:
        rows.add(
            "ssd_initial_cp_conference",
            icpc_icpc_id="I1",
            icpc_s47_enquiry_id="S1",
            icpc_person_id=facts.get("icpc_child", child),
            icpc_icpc_date=facts["icpc"],
            icpc_icpc_transfer_in="Y" if facts.get("icpc_transfer_in") else "",
        )
    for position, other in enumerate(facts.get("other_enquiries", []), start=2):
        rows.add(
            "ssd_s47_enquiry",
            s47e_s47_enquiry_id=f"S{position}",
            s47e_person_id=child,
            s47e_s47_start_date=other["start"],
        )
    return "S1"


def children_in_need(rows: Rows, child: str, facts: dict) -> None:
    """List 6."""
    rows.tables["ssd_cin_episodes"] = []  # the table is supplied, also where the child has no episode
    for position, episode in enumerate(facts.get("episodes", []), start=1):
        referral = f"R{position}"
        rows.add(
            "ssd_cin_episodes",
            cine_referral_id=referral,
            cine_person_id=child,
            cine_referral_date=episode["start"],
            cine_referral_nfa=episode.get("nfa", "N"),
            cine_close_date=episode.get("end", ""),
            cine_close_reason=episode.get("reason", ""),
        )
        for activity in episode.get("activity", "referral only").split(" + "):
            _activity(rows, child, referral, episode, activity)
    for kind in ("cin_plans", "cp_plans"):
        for plan in facts.get(kind, []):
            named = plan.get("referral", "")
            _plan(
                rows,
                kind,
                plan.get("child", child),
                "R-unknown" if named == "unknown" else f"R{named}" if named else "",
                plan.get("start", ""),
                plan.get("end", ""),
            )
    care_periods(rows, child, facts)


def _activity(rows: Rows, child: str, referral: str, episode: dict, activity: str) -> None:
    start, end = episode["start"], episode.get("end", "")
    if activity in ("CIN plan", "CP plan"):
        _plan(rows, "cin_plans" if activity == "CIN plan" else "cp_plans", child, referral, start, end)
    elif activity in ("open assessment", "closed assessment"):
        closed = (end or days(start, 20)) if activity == "closed assessment" else ""
        rows.add(
            "ssd_cin_assessments",
            cina_assessment_id=rows.next("A"),
            cina_person_id=child,
            cina_referral_id=referral,
            cina_assessment_start_date=start,
            cina_assessment_auth_date=closed,
        )
    elif activity == "visit":
        rows.add(
            "ssd_cin_visits",
            cinv_cin_visit_id=rows.next("V"),
            cinv_person_id=child,
            cinv_cin_visit_date=days(start, 10),
            cinv_cin_visit_seen="Y",
        )
    elif activity == "allocation":
        rows.add(
            "ssd_involvements",
            invo_involvements_id=rows.next("I"),
            invo_person_id=child,
            invo_professional_role_id="CW",
            invo_involvement_start_date=start,
        )
    else:
        assert activity == "referral only", activity


def _plan(rows: Rows, kind: str, child: str, referral: str, start: str, end: str) -> None:
    if kind == "cin_plans":
        rows.add(
            "ssd_cin_plans",
            cinp_cin_plan_id=rows.next("N"),
            cinp_person_id=child,
            cinp_referral_id=referral,
            cinp_cin_plan_start_date=start,
            cinp_cin_plan_end_date=end,
        )
    else:
        rows.add(
            "ssd_cp_plans",
            cppl_cp_plan_id=rows.next("P"),
            cppl_person_id=child,
            cppl_referral_id=referral,
            cppl_cp_plan_start_date=start,
            cppl_cp_plan_end_date=end,
        )


def plans(rows: Rows, child: str, facts: dict) -> None:
    """List 7."""
    for plan in facts["plans"]:
        temporary = plan.get("other_la_temp")
        rows.add(
            "ssd_cp_plans",
            cppl_cp_plan_id=plan.get("id") or rows.next("P"),
            cppl_person_id=child,
            cppl_cp_plan_start_date=plan.get("start", ""),
            cppl_cp_plan_end_date=plan.get("end", ""),
            cppl_cp_plan_ola="" if temporary is None else "Y" if temporary in (True, "True") else "N",
        )


def care_periods(rows: Rows, child: str, facts: dict) -> None:
    """Lists 6 and 8."""
    for period in facts.get("periods", []):
        end = period.get("end", "")
        rows.add(
            "ssd_cla_episodes",
            clae_cla_episode_id=rows.next("E"),
            clae_person_id=child,
            clae_cla_episode_start_date=period.get("start", ""),
            clae_cla_episode_start_reason="S",
            clae_cla_episode_ceased_date=end,
            clae_cla_episode_ceased_reason=period.get("reason", "E8" if end else ""),
        )
        rows.add(
            "ssd_legal_status",
            lega_legal_status_id=rows.next("L"),
            lega_person_id=child,
            lega_legal_status=period.get("legal", "C2"),
            lega_legal_status_start_date=period.get("legal_start", period.get("start", "")),
            lega_legal_status_end_date=end,
        )


def care_leavers(rows: Rows, child: str, facts: dict) -> None:
    """List 9."""
    for category in facts["cat"].split(","):
        rows.add(
            "ssd_care_leavers",
            clea_table_id=rows.next("CL"),
            clea_person_id=child,
            clea_care_leaver_eligibility=category.strip(),
            clea_care_leaver_in_touch=facts.get("in_touch", "YES"),
        )
    if facts.get("cla"):
        care_periods(rows, child, {"periods": [{"start": "2020-01-06"}]})
    services = list(facts.get("services", []))
    if "service_end" in facts:
        born = date.fromisoformat(facts["dob"])
        services.append({"start": born.replace(year=born.year + 18).isoformat(), "end": facts["service_end"]})
    for service in services:
        rows.add(
            "annexa_care_leaver_services",
            person_id=child,
            start_date=service["start"],
            end_date=service.get("end", ""),
        )


def adoption(rows: Rows, child: str, facts: dict) -> None:
    """List 10."""
    rows.tables["ssd_permanence"] = []
    decisions = facts["decisions"]
    made = sorted(each["decision"] for each in decisions if each.get("decision"))
    ended = next(
        (
            (each[fact], reason)
            for each in decisions
            for fact, reason in (("adopted", "E11"), ("sgo", "E45"), ("care_end", "E4A"))
            if each.get(fact)
        ),
        ("", ""),
    )
    rows.add(
        "ssd_cla_episodes",
        clae_cla_episode_id="E1",
        clae_person_id=child,
        clae_cla_id="CARE1",
        clae_cla_episode_start_date=days(made[0], -60) if made else "2023-01-09",
        clae_cla_episode_start_reason="S",
        clae_cla_episode_ceased_date=ended[0],
        clae_cla_episode_ceased_reason=ended[1],
    )
    for each in decisions:
        order = each.get("adopted") or each.get("sgo") or ""
        rows.add(
            "ssd_permanence",
            perm_table_id=rows.next("PM"),
            perm_person_id=each.get("perm_person", child),
            perm_cla_id="CARE1",
            perm_adm_decision_date=each.get("decision", ""),
            perm_decision_reversed_date=each.get("reversed", ""),
            perm_permanence_order_date=order,
            perm_permanence_order_type="Adoption" if each.get("adopted") else "Special Guardianship" if order else "",
        )
    for placement in facts.get("placements", []):
        rows.add(
            "ssd_cla_placement",
            clap_cla_placement_id=rows.next("PL"),
            clap_person_id=child,
            clap_cla_id="CARE1",
            clap_cla_placement_start_date=placement["start"],
            clap_cla_placement_type=placement["type"],
        )


def adopters(rows: Rows, child: str, facts: dict) -> None:
    """List 11."""
    columns = {
        "enquiry": "enquiry_date",
        "interview": "interview_date",
        "stage1": "stage1_start_date",
        "stage2_end": "stage2_end_date",
        "applied": "application_date",
        "approved": "approval_date",
        "rejected": "rejection_date",
        "matched": "matched_date",
        "placed": "placed_date",
        "order": "adoption_order_date",
        "left": "left_date",
        "left_reason": "left_reason",
    }
    cells = {column: facts[fact] for fact, column in columns.items() if fact in facts}
    if facts.get("pack"):
        cells["information_pack_date"] = facts["enquiry"]
    if "placed" in facts:
        cells["children_placed"] = "1"
    if facts.get("on_hold"):
        cells["on_hold"] = "Y"
    for adopter in facts.get("couple", "A1").split(","):
        rows.add("annexa_adopters", adopter_id=adopter, family_id="F1", **cells)


WRITERS = {
    1: contacts,
    2: early_help,
    3: referrals,
    4: assessments,
    5: enquiries,
    6: children_in_need,
    7: plans,
    8: care_periods,
    9: care_leavers,
    10: adoption,
    11: adopters,
}
