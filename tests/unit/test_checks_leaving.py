"""What findings of Lists 9 to 11 say beside whom they are about: due dates, days, values, messages."""

from datetime import date

from tests.support.checks import Block, run_block

BORN = {"persons": [{"person_id": "P1", "birth_date": "2008-05-01"}]}


def finding(check, on="extract", **tables):
    """The only finding of a check about these tables, as a dict."""
    columns = {name: list(rows[0]) for name, rows in tables.items()}
    checked = run_block(Block("here", check, on, "", {"supplied": "care_episodes"}, tables, columns))
    (row,) = checked.findings.filter(checked.findings["check"] == check).to_dicts()
    return row


def leaver(**cells):
    record = {"care_leaver_id": "C1", "person_id": "P1", "eligibility": "RELEVANT", "in_touch": "YES", **cells}
    return {**BORN, "care_leavers": [record]}


def test_a_late_contact_has_its_due_date():
    row = finding("AA-911", **leaver(latest_contact_date="2025-03-31"))
    assert (row["child"], row["event"], row["row"], row["value"]) == ("P1", "C1", 2, "2025-03-31")
    assert (row["due_date"], row["days_overdue"]) == (date(2025, 5, 31), 2)
    row = finding("AA-911", **leaver(latest_contact_date=""))
    assert (row["due_date"], row["days_overdue"], row["value"]) == (None, None, None)


def test_a_late_review_is_the_persons():
    rows = leaver(pathway_plan_review_date="2024-08-31")
    row = finding("AA-908", **rows)
    # Six months from the last of August end on the last of February.
    assert (row["due_date"], row["days_overdue"]) == (date(2025, 2, 28), 94)


def test_the_blanks_are_named_and_no_value_is():
    row = finding("AA-902", **leaver(accommodation="U", suitability="", activity=""))
    assert row["message"] == "The authority is in touch, and this is not recorded: its suitability, activity."


def test_the_value_of_a_misfit_is_what_was_recorded():
    row = finding("AA-901", **leaver(eligibility="FORMER"))
    assert (row["value"], row["column"]) == ("FORMER", "clea_care_leaver_eligibility")


def test_a_stage_too_long_counts_from_the_end_of_its_standard():
    row = finding("AA-1103", adopters=[{"adopter_id": "A1", "stage2_start_date": "2024-10-31"}])
    assert (row["due_date"], row["days_overdue"]) == (date(2025, 2, 28), 94)
    row = finding(
        "AA-1103",
        adopters=[{"adopter_id": "A1", "stage1_start_date": "2024-10-01", "stage1_end_date": "2024-12-11"}],
    )
    assert (row["due_date"], row["days_overdue"]) == (date(2024, 12, 1), 10)


def test_dates_out_of_order_are_named_by_the_lists_headings():
    decision = {"permanence_id": "D1", "person_id": "P1", "decision_date": "2023-03-01", "matched_date": "2023-02-28"}
    row = finding("AA-1002", permanence=[decision])
    assert row["message"] == (
        "Date of Matching Child and Prospective Adopters is before "
        "Date of Decision that Child Should be Placed for Adoption."
    )
    assert (row["event"], row["column"], row["value"]) == ("D1", "perm_matched_date", "2023-02-28 / 2023-03-01")
