"""What a reader of the lists has to know: run-level findings and the notes of the front sheet (K17, K21, 2.15)."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from annexa.editions import Edition, edition_in_force, load_edition
from annexa.findings import Findings
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.period import InspectionPeriod

# Record -> what one of its rows is called, where "none is open" is more likely a fault of the extract than the truth.
_EXPECTED_OPEN = {
    "assessments": ("assessments", "authorised_date"),
    "section_47_enquiries": ("section 47 enquiries", "end_date"),
    "cp_plans": ("child protection plans", "end_date"),
    "care_episodes": ("periods of care", "end_date"),
}


def earliest_extract_day(inspection_date: date) -> date:
    """Return the Wednesday of the week before the inspection: lists may not be older (K17)."""
    monday = inspection_date - timedelta(days=inspection_date.weekday())
    return monday - timedelta(days=5)


def edition_note(edition: Edition, period: InspectionPeriod, findings: Findings) -> str:
    """Return a warning where the edition was not in force on D, and add its finding (AA-R18); else an empty text."""
    in_force = load_edition(edition_in_force(period.inspection_date))
    if not (edition.in_force_from > period.inspection_date or edition.in_force_from < in_force.in_force_from):
        return ""
    instead = f"{in_force.name} was" if in_force.in_force_from <= period.inspection_date else "none was"
    note = f"Edition {edition.name} was not in force on {period.inspection_date:%d/%m/%Y}: {instead}."
    findings.add("AA-R18", note)
    return note


def run_notes(context: Context) -> list[str]:
    """Return errors and warnings about the run as a whole, and add their findings (AA-R17, R18, R32)."""
    period = context.period
    note = edition_note(context.edition, period, context.findings)
    notes = [note] if note else []
    if period.extract_date is not None:
        if period.extract_date < earliest_extract_day(period.inspection_date):
            notes.append(
                f"The extract is of {period.extract_date:%d/%m/%Y}, earlier than the Wednesday of the week before the "
                "inspection: lists that old may not be handed over."
            )
            context.findings.add("AA-R17", notes[-1])
        if period.extract_date < period.inspection_date:
            notes.append(
                f"Events after {period.extract_date:%d/%m/%Y}, up to {period.inspection_date:%d/%m/%Y}, are missing."
            )
            context.findings.add("AA-R17", notes[-1])
    for record, (name, end) in _EXPECTED_OPEN.items():
        if not context.supplied(record):
            continue
        start = pl.col(context.tables[record].record.meta.start)
        if not context.live(record).select(period.open_at(start, pl.col(end)).any()).item():
            notes.append(f"Error: none of the {name} in the extract is open: are the open ones missing?")
            context.findings.add("AA-R32", notes[-1], table=context.tables[record].source)
    return notes


def source_notes(context: Context, lists: Mapping[int, BuiltList]) -> list[str]:
    """Return what the source cannot fully support (2.15), for the lists that were built."""
    built = {number for number, each in lists.items() if each.supplied}
    notes = [
        (
            5,
            "List 5: the strategy discussion date is the start of the enquiry; which of several, the source decides.",
        ),
        (6, "List 6: the date last seen counts visits of any worker; who visited is not held."),
        (7, "List 7: visits count whoever made them; who visited is not held."),
        (7, "List 7: earlier plans are counted as far back as the extract goes, which may be six years."),
        (7, "List 7: whether a review conference was held or cancelled is not held; one with a date counts as held."),
        (8, "List 8: some systems give one contact of the reviewing officer for each person over all time."),
    ]
    if not context.supplied("emergency_protection"):
        notes.append(
            (7, "List 7: police protection outside care is not known: no table of emergency protection was supplied.")
        )
    if not context.supplied("placement_locations") and context.postcodes is None:
        notes.append((8, "List 8: placement location and authority of placement are blank: neither was supplied."))
    if not context.supplied("care_leaver_services"):
        notes.append((9, "List 9: the end of leaving care services is not known: no table of services was supplied."))
    if 9 in built and (current := lists[9].rows["service_open"].null_count()):
        who = "1 person has" if current == 1 else f"{current} people have"
        notes.append((9, f"List 9: {who} no service on record and {'counts' if current == 1 else 'count'} as current."))
    if not context.supplied("adoption_links"):
        notes.append((10, "List 10: family identifiers are blank: no links of children with families were supplied."))
    return [text for number, text in notes if number in built]
