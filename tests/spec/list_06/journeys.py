"""Source rows of children in need, as the tables of this folder write them down. No rule is here."""

from datetime import date

from tests.support.build import build

D = "2025-06-02"
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
START = "CIN Start Date"
CLOSED = "CIN Closure Date"
REASON = "Reason for Closure"
STATUS = "Case status"
NEED = "Primary Need Code"
SEEN = "Date Child Was Last Seen"
TEAM = "Allocated Team"
WORKER = "Allocated Worker"

TABLES = (
    "ssd_person",
    "ssd_cin_episodes",
    "ssd_cin_assessments",
    "ssd_s47_enquiry",
    "ssd_initial_cp_conference",
    "ssd_cin_plans",
    "ssd_cp_plans",
    "ssd_cla_episodes",
    "ssd_legal_status",
    "ssd_cin_visits",
    "ssd_cp_visits",
    "ssd_cla_visits",
    "ssd_care_leavers",
    "ssd_involvements",
)


def episode(start="2024-01-08", end="", reason="", key="R1", nfa="N", **more):
    return (
        "ssd_cin_episodes",
        {
            "cine_referral_id": key,
            "cine_person_id": "",
            "cine_referral_date": start,
            "cine_close_date": end,
            "cine_close_reason": reason,
            "cine_referral_nfa": nfa,
            **more,
        },
    )


def assessment(start="2024-02-05", end="", referral="R1", key="A1", **more):
    return (
        "ssd_cin_assessments",
        {
            "cina_assessment_id": key,
            "cina_person_id": "",
            "cina_referral_id": referral,
            "cina_assessment_start_date": start,
            "cina_assessment_auth_date": end,
            **more,
        },
    )


def enquiry(start="2024-02-05", end="", referral="R1", key="S1"):
    return (
        "ssd_s47_enquiry",
        {
            "s47e_s47_enquiry_id": key,
            "s47e_person_id": "",
            "s47e_referral_id": referral,
            "s47e_s47_start_date": start,
            "s47e_s47_end_date": end,
        },
    )


def conference(held, enquiry="S1"):
    return (
        "ssd_initial_cp_conference",
        {"icpc_icpc_id": "I1", "icpc_person_id": "", "icpc_s47_enquiry_id": enquiry, "icpc_icpc_date": held},
    )


def cin_plan(start="2024-03-04", end="", referral="R1", key="N1", **more):
    return (
        "ssd_cin_plans",
        {
            "cinp_cin_plan_id": key,
            "cinp_person_id": "",
            "cinp_referral_id": referral,
            "cinp_cin_plan_start_date": start,
            "cinp_cin_plan_end_date": end,
            **more,
        },
    )


def cp_plan(start="2024-03-04", end="", referral="R1", key="P1", other_la=""):
    return (
        "ssd_cp_plans",
        {
            "cppl_cp_plan_id": key,
            "cppl_person_id": "",
            "cppl_referral_id": referral,
            "cppl_cp_plan_start_date": start,
            "cppl_cp_plan_end_date": end,
            "cppl_cp_plan_ola": other_la,
        },
    )


def care(start="2024-03-04", end="", referral="R1", legal="C2", need="N1"):
    """One period of care, or of short breaks where the legal status is V4."""
    return [
        (
            "ssd_cla_episodes",
            {
                "clae_cla_episode_id": f"E{start}",
                "clae_person_id": "",
                "clae_referral_id": referral,
                "clae_cla_episode_start_date": start,
                "clae_cla_episode_start_reason": "S",
                "clae_cla_episode_ceased_date": end,
                "clae_cla_episode_ceased_reason": "E4A" if end else "",
                "clae_cla_primary_need_code": need,
            },
        ),
        (
            "ssd_legal_status",
            {
                "lega_legal_status_id": f"L{start}",
                "lega_person_id": "",
                "lega_legal_status": legal,
                "lega_legal_status_start_date": start,
                "lega_legal_status_end_date": end,
            },
        ),
    ]


def short_breaks(start="2024-03-04", end="", referral="R1", need="N2"):
    return care(start, end, referral, "V4", need)


_VISITS = {
    "cin": ("ssd_cin_visits", "cinv_cin"),
    "cp": ("ssd_cp_visits", "cppv_cp"),
    "care": ("ssd_cla_visits", "clav_cla"),
}


def visit(day, seen="Y", kind="cin"):
    table, prefix = _VISITS[kind]
    return (
        table,
        {
            f"{prefix}_visit_id": f"V{day}",
            f"{prefix.split('_')[0]}_person_id": "",
            f"{prefix}_visit_date": day,
            f"{prefix}_visit_seen": seen,
        },
    )


def care_leaver(category="relevant"):
    return (
        "ssd_care_leavers",
        {"clea_table_id": "CL1", "clea_person_id": "", "clea_care_leaver_eligibility": category},
    )


def worker(start, end="", name="Worker", team="Team", role="CW"):
    return (
        "ssd_involvements",
        {
            "invo_involvements_id": f"I{start}{name}",
            "invo_person_id": "",
            "invo_professional_id": name,
            "invo_professional_team": team,
            "invo_professional_role_id": role,
            "invo_involvement_start_date": start,
            "invo_involvement_end_date": end,
        },
    )


def born(dob, died=""):
    return ("ssd_person", {"pers_person_id": "", "pers_dob": dob, "pers_death_date": died})


def list_6(children, edition="ilacs-2019", inspection_date=D, **more):
    """Build List 6 for child -> rows. The children share identifiers of referrals and services, as siblings do."""
    tables = {table: [] for table in TABLES}
    for child, facts in children.items():
        rows = [row for fact in facts for row in (fact if isinstance(fact, list) else [fact])]
        if not any(table == "ssd_person" for table, _ in rows):
            rows.append(born("2012-05-05"))
        for table, cells in rows:
            person = next(name for name in cells if name.endswith("person_id"))
            tables[table].append({**cells, person: child})
    return build(tables, inspection_date=inspection_date, edition=edition, lists=[6], **more)


def numbered(cases):
    """Give each case of a table a child: C00, C01, ..."""
    return {f"C{number:02}": case for number, case in enumerate(cases)}


def by_child(result, *headings):
    """Child -> the cells of some columns: the cell itself where there is one column."""
    frame = result.lists[6].frame
    return {
        child: cells[0] if len(cells) == 1 else tuple(cells)
        for child, *cells in frame.select("Child Unique ID", *headings).iter_rows()
    }


def found(result, check):
    """The children that a finding is about, each once."""
    return sorted(set(result.findings.filter(result.findings["check"] == check)["child"]))


def reasons(result):
    """(child, referral) -> reason."""
    account = result.lists[6].accounts["cin_episodes"]
    return {(child, event): why for child, event, why in account.select("person_id", "event_id", "reason").iter_rows()}


def day(text):
    return date.fromisoformat(text) if text else None
