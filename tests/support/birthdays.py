"""Children of whom something falls on a birthday, which a pseudonymised copy writes as the first of that month.

All are drawn for the inspection date of tests.support.pseudonyms. Most have their birthday on 20 March: what stands on
the 10th came before, and comes after in the copy.
"""

from collections.abc import Iterator

DAY, BEFORE = "2025-03-20", "2025-03-10"
BORN, GROWN = "2012-03-20", "2004-03-20"
SOON = "2025-06-20"  # after the inspection, and before it in the copy

Row = dict[str, str]


def row(table: str, prefix: str, **cells: str) -> tuple[str, Row]:
    """A row of a table whose columns have a prefix, and the table's name before it."""
    return table, {f"{prefix}_{name}" if prefix else name: cell for name, cell in cells.items()}


def birthdays() -> Iterator[tuple[str, Row]]:
    """The rows of all these children, each with its table."""
    yield from _front_door()
    yield from _assessed()
    yield from _enquired()
    yield from _protected()
    yield from _in_care()
    yield from _grown()
    yield from _adopted()
    yield from _adopters()


def _child(child: str, born: str = BORN) -> tuple[str, Row]:
    return row("ssd_person", "pers", person_id=child, gender="F", dob=born)


def _care(child: str, start: str, end: str = "", number: int = 1, need: str = "N1") -> tuple[str, Row]:
    return row(
        "ssd_cla_episodes", "clae", cla_episode_id=f"{child} {number}", person_id=child, cla_id=f"{child} {number}",
        cla_episode_start_date=start, cla_episode_ceased_date=end, cla_episode_ceased_reason="E4A" if end else "",
        cla_primary_need_code=need,
    )  # fmt: skip


def _referral(child: str, day: str, number: int = 1, **more: str) -> tuple[str, Row]:
    return row(
        "ssd_cin_episodes", "cine", referral_id=f"{child} {number}", person_id=child, referral_date=day, **more
    )  # fmt: skip


def _front_door() -> Iterator[tuple[str, Row]]:
    """A contact, early help and referrals; an assessment of the family is the child's too."""
    child = "at the door"
    yield _child(child)
    yield row("ssd_contacts", "cont", contact_id=child, person_id=child, contact_date=DAY)
    yield row("ssd_early_help_episodes", "earl", episode_id=child, person_id=child, episode_start_date=DAY)
    yield row("annexa_early_help_families", "", family_id="family", person_id=child)
    yield row(
        "annexa_early_help_assessments", "",
        assessment_id="family", family_id="family", start_date=BEFORE, completed_date=DAY,
    )  # fmt: skip
    yield _referral(child, DAY)
    # The earlier referral comes less than twelve months before the latest, and more in the copy.
    yield _child("referred twice")
    yield _referral("referred twice", "2024-03-20", 1)
    yield _referral("referred twice", BEFORE, 2)


def _assessed() -> Iterator[tuple[str, Row]]:
    """Two assessments of an episode, of which the closure speaks of the last one; and one authorised on the day."""
    child = "assessed"
    yield _child(child)
    yield _referral(child, "2025-03-01", close_date="2025-05-10", close_reason="RC8")
    for at, (start, outcome) in enumerate(((BEFORE, '{"NFA_FLAG": "N"}'), (DAY, ""))):
        yield row(
            "ssd_cin_assessments", "cina", assessment_id=f"{child} {at}", person_id=child, referral_id=f"{child} 1",
            assessment_start_date=start, assessment_auth_date="2025-04-01", assessment_outcome_json=outcome,
        )  # fmt: skip
    yield _child("authorised")
    yield row(
        "ssd_cin_assessments", "cina", assessment_id="authorised", person_id="authorised",
        assessment_start_date="2025-02-10", assessment_auth_date=DAY,
    )  # fmt: skip


def _enquired() -> Iterator[tuple[str, Row]]:
    """Enquiries and conferences of a year ago; two conferences of one enquiry; a plan that had ended on the day."""

    def enquiry(child: str, start: str, number: int = 1) -> tuple[str, Row]:
        return row(
            "ssd_s47_enquiry", "s47e", s47_enquiry_id=f"{child} {number}", person_id=child, s47_start_date=start,
            s47_end_date="2025-04-01" if start > "2025" else "2024-04-01", s47_nfa="Y",
        )  # fmt: skip

    def conference(child: str, day: str, plan: str) -> tuple[str, Row]:
        return row(
            "ssd_initial_cp_conference", "icpc", icpc_id=f"{child} {day}", person_id=child, icpc_date=day,
            s47_enquiry_id=f"{child} 1", icpc_outcome_cp_flag=plan,
        )  # fmt: skip

    yield _child("a year ago")
    yield enquiry("a year ago", "2024-03-20")
    yield conference("a year ago", "2024-03-20", "N")
    yield enquiry("a year ago", BEFORE, 2)
    yield _child("conferred")
    yield enquiry("conferred", "2025-03-05")
    yield conference("conferred", BEFORE, "Y")
    yield conference("conferred", DAY, "N")
    yield _child("after a plan")
    yield _plan("after a plan", "2024-12-10", "2025-03-15")
    yield enquiry("after a plan", DAY)


def _plan(child: str, start: str, end: str = "", category: str = "NEG", number: int = 1) -> tuple[str, Row]:
    return row(
        "ssd_cp_plans", "cppl", cp_plan_id=f"{child} {number}", person_id=child, cp_plan_start_date=start,
        cp_plan_end_date=end, cp_plan_initial_category=category, cp_plan_latest_category=category,
    )  # fmt: skip


def _protected() -> Iterator[tuple[str, Row]]:
    """Two plans of one month; visits and reviews on the day; protection that ended as the six months began."""
    yield _child("protected twice")
    yield _plan("protected twice", BEFORE, "2025-04-10")
    yield _plan("protected twice", DAY, "2025-04-20", "EMO", 2)
    yield _child("no longer protected")
    yield _plan("no longer protected", "2024-06-01", DAY)
    child = "visited"
    yield _child(child)
    yield _plan(child, "2024-06-01")
    yield _plan(child, "2020-03-01", "2020-05-01", number=2)
    yield _plan(child, "2020-03-20", "2020-05-01", number=3)
    for day, alone in ((BEFORE, "Y"), (DAY, "N")):
        yield row(
            "ssd_cp_visits", "cppv",
            cp_visit_id=day, person_id=child, cp_visit_date=day, cp_visit_seen="Y", cp_visit_seen_alone=alone,
        )  # fmt: skip
    yield row("ssd_cp_reviews", "cppr", cp_review_id="1", person_id=child, cp_review_date=DAY)
    yield _child("rescued", "2012-12-20")
    yield _plan("rescued", "2024-01-01")
    yield row(
        "annexa_emergency_protection", "",
        person_id="rescued", kind="EPO", start_date="2024-11-20", end_date="2024-12-20",
    )  # fmt: skip


def _in_care() -> Iterator[tuple[str, Row]]:
    """Two episodes of a period, the second on the day; health; missing; a period that ended as twelve months began."""
    child = "looked after"
    yield _child(child)
    yield _care(child, BEFORE)
    yield _care(child, DAY, number=2, need="N4")
    for kind in ("Health Assessment", "Dental Check"):
        yield row(
            "ssd_cla_health", "clah",
            health_check_id=kind, person_id=child, health_check_type=kind, health_check_date=DAY,
        )  # fmt: skip
    # They overlap by twenty minutes; by the hour the second begins when the first ends.
    for at, (start, end) in enumerate((("22:05:00", "23:30:00"), ("23:10:00", "23:50:00"))):
        yield row(
            "ssd_missing", "miss", table_id=f"{child} {at}", person_id=child, missing_episode_type="M",
            missing_episode_start_date=f"2025-04-01 {start}", missing_episode_end_date=f"2025-04-01 {end}",
        )  # fmt: skip
    yield _child("again", "2012-06-20")
    yield _care("again", "2023-01-01", "2024-06-20")
    yield _care("again", "2025-01-01", number=2)


def _grown() -> Iterator[tuple[str, Row]]:
    """A care leaver with two records, the later of the day; and one whose status begins after the inspection."""

    def leaver(child: str, number: int, **more: str) -> tuple[str, Row]:
        return row(
            "ssd_care_leavers", "clea", table_id=f"{child} {number}", person_id=child,
            care_leaver_eligibility="Former relevant", **more,
        )  # fmt: skip

    yield _child("in touch", GROWN)
    yield leaver("in touch", 1, care_leaver_latest_contact=BEFORE, care_leaver_in_touch="NO")
    yield leaver(
        "in touch", 2, care_leaver_latest_contact=DAY, pathway_plan_review_date=DAY, care_leaver_in_touch="YES",
        care_leaver_accommodation="U", care_leaver_accom_suitable="1", care_leaver_activity="F1",
    )  # fmt: skip
    yield _child("fled", "2004-06-20")
    yield leaver("fled", 1)
    yield row(
        "ssd_immigration_status", "immi",
        immigration_status_id="fled", person_id="fled", immigration_status="UASC", immigration_status_start_date=SOON,
    )  # fmt: skip


def _adopted() -> Iterator[tuple[str, Row]]:
    """One of whom every step fell on a birthday; and one with two decisions of a month, which were reversed."""

    def decision(child: str, number: int, day: str, **more: str) -> tuple[str, Row]:
        return row(
            "ssd_permanence", "perm",
            table_id=f"{child} {number}", person_id=child, cla_id=f"{child} 1", adm_decision_date=day, **more,
        )  # fmt: skip

    child = "adopted"
    yield _child(child)
    yield _care(child, "2022-03-20")
    yield decision(
        child, 1, "2023-03-20", placed_ffa_cp_date="2023-03-20", placement_order_date="2023-03-20",
        matched_date="2024-03-20", placed_for_adoption_date="2024-03-20", permanence_order_date=DAY,
        permanence_order_type="Adoption",
    )  # fmt: skip
    yield row("annexa_adoption_links", "", person_id=child, family_id="F", linked_date="2024-03-20")
    child = "not adopted"
    yield _child(child)
    yield _care(child, "2024-01-01")
    yield decision(child, 1, BEFORE, decision_reversed_date="2025-04-01", decision_reversed_reason="RD1")
    yield decision(child, 2, DAY, decision_reversed_date="2025-04-02", decision_reversed_reason="RD4")
    yield row("annexa_adoption_links", "", person_id="again", family_id="G", linked_date="2025-01-01")


def _adopters() -> Iterator[tuple[str, Row]]:
    """Adopters of whom all fell on a birthday of the child; and those whom a child joins after the inspection."""
    steps = (
        "enquiry_date", "stage1_start_date", "stage1_end_date", "stage2_start_date", "stage2_end_date",
        "application_date", "approval_date", "matched_date", "placed_date", "adoption_order_date", "left_date",
    )  # fmt: skip
    yield row("annexa_adopters", "", adopter_id="A1", family_id="F", **dict.fromkeys(steps, DAY))
    yield row(
        "annexa_adopters", "", adopter_id="A2", family_id="G", enquiry_date="2024-08-01",
        information_pack_date="2024-08-02", interview_date="2025-01-10", application_date="2024-09-01",
        placed_date=SOON, children_placed="1", left_date=SOON, left_reason="1",
    )  # fmt: skip
