"""Which record an identifier of another record belongs to, and how many of a column's values are found there.

A row that hangs on another record says nothing unless that record is there: the status of an assessment, the location
of a placement. A column that is called as it should be, and whose values are those of another table, is not the one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from annexa.records import RECORDS
from annexa.sources.matches import ENOUGH, ColumnMatch, TableMatch
from annexa.sources.profile_of import ColumnProfile, TableProfile

Links = Mapping[tuple[str, str], Mapping[tuple[str, str], float]]  # (table, column) -> (record, field) -> share

_STRANGE: Final = 0.6  # what a table's score loses where no row of it belongs to the record that it hangs on
_LEAST_VALUES: Final = 4  # different values that must be there for their share to tell

# (record, field) -> the record that the identifier is of; there the field has the same name. Every child's identifier
# is of a person; tests/unit/test_mapping_links.py names the fields that are identifiers of nothing else.
_PARENTS: Final[Mapping[tuple[str, str], str]] = {
    ("absences", "worker_id"): "workers",
    ("assessment_factors", "assessment_id"): "assessments",
    ("assessment_statuses", "assessment_id"): "assessments",
    ("assessments", "referral_id"): "cin_episodes",
    ("care_episodes", "placement_id"): "placements",
    ("care_episodes", "referral_id"): "cin_episodes",
    ("cin_plans", "referral_id"): "cin_episodes",
    ("conferences", "enquiry_id"): "section_47_enquiries",
    ("conferences", "referral_id"): "cin_episodes",
    ("cp_plans", "referral_id"): "cin_episodes",
    ("cp_reviews", "cp_plan_id"): "cp_plans",
    ("cp_visits", "cp_plan_id"): "cp_plans",
    ("early_help_details", "episode_id"): "early_help_episodes",
    ("ehcp_assessments", "request_id"): "ehcp_requests",
    ("ehcp_plans", "assessment_id"): "ehcp_assessments",
    ("ehcp_requests", "send_id"): "send",
    ("health_details", "check_id"): "health_checks",
    ("missing_details", "missing_id"): "missing_episodes",
    ("placement_locations", "placement_id"): "placements",
    ("plo_reviews", "family_id"): "plo",
    ("pre_proceedings", "family_id"): "plo",
    ("private_fostering_visits", "arrangement_id"): "private_fostering",
    ("section_47_enquiries", "referral_id"): "cin_episodes",
    ("secure_orders", "placement_id"): "placements",
}


def parent_of(record: str, field: str) -> str:
    """Return the record that a field is an identifier of, beside its own; "" where it is of none."""
    if field == "person_id" and record != "persons":
        return "persons"
    return _PARENTS.get((record, field), "")


def children_of(keys: Mapping[tuple[str, str], object]) -> set[tuple[str, str]]:
    """Return the (record, field) that are identifiers of one of these (record, field)."""
    found = {(record, name) for (record, name), parent in _PARENTS.items() if (parent, name) in keys}
    if ("persons", "person_id") in keys:
        found |= {(name, "person_id") for name, model in RECORDS.items() if "person_id" in model.fields()}
    return found


def identities(matches: Mapping[str, TableMatch]) -> list[tuple[str, str]]:
    """Return the (record, field) by which rows of the matched records are known, as far as they have a column."""
    wanted = {(record, model.meta.key) for record, model in RECORDS.items() if model.meta.key}
    wanted |= {(parent, name) for (_, name), parent in _PARENTS.items()}
    return sorted(
        (record, name)
        for record, name in wanted
        if record in matches and any(each.field == name for each in matches[record].columns)
    )


def column_of(tables: Sequence[TableProfile], match: TableMatch, name: str) -> ColumnProfile:
    """Return the column that a field of a matched record is read from."""
    column = next(each.column for each in match.columns if each.field == name)
    table = next(each for each in tables if each.name == match.table)
    return next(each for each in table.columns if each.name == column)


def links(tables: Sequence[TableProfile], keys: Mapping[tuple[str, str], ColumnProfile]) -> Links:
    """Return for every column that could hold identifiers which keys its values are found among.

    Args:
        tables: the extract.
        keys: (record, field) -> the column of its identifiers.

    Returns:
        Shares from 0 to 1, less where being found there says little (see _trust). Of a table that was read in part only
        what is found counts: what is not may stand in the rest.
    """
    trusts = {key: _trust(column.values) for key, column in keys.items()}
    parts = {table.name for table in tables if not table.whole}
    answer: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for column in (column for table in tables for column in table.columns if _comparable(column)):
        shares = {key: _found(column, key_column) for key, key_column in keys.items() if len(key_column.values)}
        answer[column.table, column.name] = {
            key: trusts[key] * share for key, share in shares.items() if share > ENOUGH or keys[key].table not in parts
        }
    return answer


def with_overlaps(tables: Sequence[TableProfile], matches: Mapping[str, TableMatch]) -> dict[str, TableMatch]:
    """Say of every matched identifier of another record how many of its values are found there (ColumnMatch.found).

    A table that hangs on it has a lower score, the fewer they are.
    """
    whole = {table.name for table in tables if table.whole}

    def compared(record: str, match: TableMatch, each: ColumnMatch) -> ColumnMatch:
        parent = matches.get(parent_of(record, each.field))
        if parent is None or parent.table not in whole or each.field not in {held.field for held in parent.columns}:
            return each
        column = column_of(tables, match, each.field)
        found = _found(column, column_of(tables, parent, each.field)) if _comparable(column) else None
        return replace(each, parent=parent.record, found=found)

    answer = {}
    for record, match in matches.items():
        held = replace(match, columns=tuple(compared(record, match, each) for each in match.columns))
        belonging = min((each.found or 0.0 for each in held.strangers()), default=1.0)
        answer[record] = replace(held, score=held.score * (1 - _STRANGE * (1 - belonging)))
    return answer


def _comparable(column: ColumnProfile) -> bool:
    identifiers = column.share("token") > 0.9 and column.dates < 0.5
    return bool(column.filled) and identifiers and column.distinct >= _LEAST_VALUES


def _found(column: ColumnProfile, key: ColumnProfile) -> float:
    return float(column.values.is_in(key.values.implode()).mean() or 0.0)  # type: ignore[arg-type]


def _trust(values: pl.Series) -> float:
    """Return how much it says to be found among identifiers: little where they are nearly all numbers of a range."""
    numbers = values.cast(pl.Int64, strict=False)
    if numbers.null_count() or not len(numbers):
        return 1.0
    least, most = numbers.min(), numbers.max()
    return 0.5 if isinstance(least, int) and isinstance(most, int) and len(numbers) > 0.3 * (most - least + 1) else 1.0
