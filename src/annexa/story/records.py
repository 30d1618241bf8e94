"""Which source records are about one child, and what each of them says: its name, its dates and its codes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from annexa.extract.prepare import merged_identifiers
from annexa.extract.tables import DROP, MASKED, ROW, Table
from annexa.lists.adoption import with_child
from annexa.lists.care_columns import children_of_periods
from annexa.lists.context import Context
from annexa.records import UNREADABLE, Kind
from annexa.story.words import NOUNS, named, shown

# Records that name no child but a record of the child's: the field, and the record whose field of that name it is. A
# record that another one of these goes by stands before it.
DETAILS: Final[dict[str, tuple[str, str]]] = {
    "assessment_statuses": ("assessment_id", "assessments"),
    "assessment_factors": ("assessment_id", "assessments"),
    "placement_locations": ("placement_id", "placements"),
    "missing_details": ("missing_id", "missing_episodes"),
    "health_details": ("check_id", "health_checks"),
    "private_fostering_visits": ("arrangement_id", "private_fostering"),
    "plo_reviews": ("family_id", "plo"),
    "ehcp_requests": ("send_id", "send"),
    "ehcp_assessments": ("request_id", "ehcp_requests"),
    "ehcp_plans": ("assessment_id", "ehcp_assessments"),
}
# Records that are about no child.
OF_STAFF: Final = ("professionals", "teams", "workers", "posts", "absences")
# What a cohort's rule reads beside the records from which its list starts.
READS: Final[dict[str, tuple[str, ...]]] = {
    "event_in_window": (),
    "early_help": ("early_help_families",),
    "assessments": ("assessment_statuses", "cin_episodes"),
    "section_47_enquiries": ("conferences", "cp_plans"),
    "children_in_need": (
        "assessments", "assessment_statuses", "section_47_enquiries", "conferences", "cin_plans", "cp_plans",
        "care_episodes", "legal_statuses", "cin_visits", "cp_visits", "care_visits", "care_leavers",
    ),
    "child_protection_plans": (),
    "children_in_care": ("legal_statuses", "care_leavers"),
    "care_leavers": ("care_episodes", "legal_statuses", "care_leaver_services"),
    "care_leavers_and_eligible": ("care_episodes", "legal_statuses", "care_leaver_services"),
    "adoption_decisions": ("care_episodes", "legal_statuses", "placements"),
    "adopters_in_contact": (),
    "adopters_in_process": (),
}  # fmt: skip
ALWAYS: Final = ("persons", "merged_ids")
_TOLD: Final = (Kind.DATE, Kind.BIRTH, Kind.PLANNED, Kind.MOMENT, Kind.CODE)


def identity(context: Context, asked: str) -> tuple[str, tuple[str, ...]]:
    """Return the identifier under which the lists have somebody, and those that were merged into it (K9)."""
    current, _ = merged_identifiers(context.tables["merged_ids"])
    child = current.get(asked.strip(), asked.strip())
    return child, tuple(sorted(old for old, new in current.items() if new == child))


def records_of(context: Context, child: str, merged: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Return the rows about a child or adopter by record, those that take no part included; none where there are none.

    A review that names nobody, and a decision about permanence, is the child's whose period of care it names. An early
    help record of a family is about each of its members. Details, such as where a placement is, go with the record that
    they are about.
    """
    found = {name: _naming(table, child) for name, table in context.tables.items() if name not in DETAILS}
    merges = context.rows("merged_ids")
    found["merged_ids"] = merges.filter(pl.col("person_id").is_in([child, *merged]) & (pl.lit(bool(merged))))
    decided = with_child(context).filter(pl.any_horizontal(pl.col("person_id", "recorded_id") == child))[ROW]
    found["permanence"] = context.rows("permanence").filter(pl.col(ROW).is_in(decided.implode()))
    periods = children_of_periods(context).filter(pl.col("child") == child)["period_id"]
    families = context.live("early_help_families").filter(pl.col("person_id") == child)["family_id"]
    for name, field, known in (
        ("care_reviews", "period_id", periods),
        ("early_help_assessments", "family_id", families),
    ):
        nobody = pl.col("person_id").is_null() & pl.col(field).is_in(known.drop_nulls().implode())
        found[name] = pl.concat([found[name], context.rows(name).filter(nobody)])
    for name, (field, owner) in DETAILS.items():
        found[name] = context.rows(name).filter(pl.col(field).is_in(found[owner][field].drop_nulls().implode()))
    return {name: rows.sort(ROW) for name, rows in found.items() if rows.height}


def _naming(table: Table, child: str) -> pl.DataFrame:
    person = table.record.meta.person
    return table.frame.filter(pl.col(person) == child) if person else table.frame.clear()


def title(table: Table, row: Mapping[str, Any]) -> str:
    """Return what a record is called: its noun, or that of its table, and its identifier where it has its own."""
    meta = table.record.meta
    noun = NOUNS.get(meta.name, "record")
    return named(noun, row[meta.key] if meta.key and meta.key != meta.person else None).removeprefix("the ")


def facts(context: Context, table: Table, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the dates and codes of a record, each as (meaning, value); a blank one is left out.

    Names, workers, postcodes and free text are left out: they decide nothing.
    """
    told = [
        (field.description, "unreadable" if row[name] == UNREADABLE else shown(row[name]))
        for name, field in table.record.fields().items()
        if field.kind in _TOLD and row[name] is not None
    ]
    if row[MASKED]:
        told.append((f"Later than {context.period.as_at:%d/%m/%Y}, and so not looked at", "one date or more"))
    return tuple(told)


def kept(table: Table, row: Mapping[str, Any]) -> str:
    """Return the record that a duplicate is like, and which one stands in its place, in words (K10)."""
    meta, frame = table.record.meta, table.frame
    content = [name for name in frame.columns if name not in (ROW, DROP, MASKED)]
    twin = frame.clear()
    if row[DROP] == "DUPLICATE":
        twin = _like(frame, row, content).filter(pl.col(DROP).ne_missing("DUPLICATE"))
    if twin.height and twin[DROP].item(0) != "CONFLICT":
        return f"the record in row {twin[ROW].item(0)}, which stands in its place"
    key = dict.fromkeys(name for name in (meta.key, meta.person) if name)
    best = _like(frame, row, key).filter(pl.col(DROP).is_null()) if meta.key else frame.clear()
    if not best.height:
        return "another record, which stands in its place"
    if not twin.height:
        return f"the record in row {best[ROW].item(0)}, which stands in its place"
    return (
        f"the record in row {twin[ROW].item(0)}, and the record in row {best[ROW].item(0)} with the same identifier "
        "stands in the place of both"
    )


def _like(frame: pl.DataFrame, row: Mapping[str, Any], columns: Iterable[str]) -> pl.DataFrame:
    same = (pl.col(name).eq_missing(pl.lit(row[name], frame.schema[name])) for name in columns)
    return frame.filter(pl.all_horizontal(same)).sort(ROW)
