"""How well what a column holds agrees with what a field wants, from 0 to 1."""

from collections.abc import Mapping
from typing import Final

from annexa.editions import code_sets
from annexa.records import Kind, Record, RecordField
from annexa.sources.matches import ENOUGH
from annexa.sources.profile_of import ColumnProfile

_DATES: Final = (Kind.DATE, Kind.BIRTH, Kind.PLANNED, Kind.MOMENT)
FLAGS: Final = ("yes_no", "yes_no_na", "yes_no_plain", "yes_no_unknown")
_NUMBERS: Final = 0.5  # share of numbers from which on a column of codes may hold those of the system's own
_SHAPED: Final = {"nhs_number": "nhs", "upn": "upn", "urn": "urn", "school_urn": "urn"}
_FOREIGN: Final = 0.3  # what a column says whose identifiers are not found in the record that they should be of
_BIRTHS_BEFORE: Final = 4  # years by which births lie before the events of a table


def may_be_own_numbers(column: ColumnProfile, code_set: str) -> bool:
    """Whether a column of codes holds numbers that are standard codes, perhaps by accident: 6 is the police."""
    if code_set in FLAGS or column.share("whole") <= _NUMBERS:
        return False
    return bool(column.codes.keys() & code_sets()[code_set].lookup.keys())


def agreement(
    column: ColumnProfile,
    record: type[Record],
    field: RecordField,
    links: Mapping[tuple[str, str], float],
    own: float | None,
    events: int,
) -> float | None:
    """Return how well the values of a column agree with a field; None where it has none to judge by.

    Args:
        column: what it holds.
        record: that the field belongs to.
        field: whose kind says what is wanted.
        links: (record, field) -> share of the column's values that are keys of that record, where it is known.
        own: of these the share of the record that the field is an identifier of.
        events: the year in the middle of all dates of events, 0 where it is not known.
    """
    if not column.filled:
        return None
    kind, dates = field.kind, column.dates
    if kind in _DATES:
        return dates * _age(column, kind, events)
    if dates > 0.8 and column.share("YYYYMMDD") < 0.5:
        return 0.0
    if field.name == "person_id":
        return _person(column, record, links)
    if kind in (Kind.IDENTIFIER, Kind.PERSON):
        return _identifier(column, record, field, links, own)
    if kind is Kind.CODE:
        return _code(column, field)
    if kind is Kind.POSTCODE:
        return column.share("postcode")
    if kind is Kind.JSON:
        return column.share("json")
    if kind is Kind.SCHOOL_YEAR:
        return column.share("school_year")
    if kind is Kind.WHOLE:
        return column.share("whole") * (1.0 if column.length <= 4 else 0.1)
    if kind in (Kind.DECIMAL, Kind.SIGNED):
        return column.share("number") * (1.0 if column.length <= 8 else 0.1)
    return _text(column, field)


def _age(column: ColumnProfile, kind: Kind, events: int) -> float:
    """Births lie years before events; a date of another kind that old is a date of birth."""
    if not events or not column.year:
        return 1.0
    old = column.year <= events - _BIRTHS_BEFORE
    if kind is Kind.BIRTH:
        return 1.0 if old else 0.7
    return 0.75 if old and column.year <= events - 2 * _BIRTHS_BEFORE else 1.0


def _person(column: ColumnProfile, record: type[Record], links: Mapping[tuple[str, str], float]) -> float:
    token = column.share("token")
    if record.meta.name == "persons":
        return token * column.unique**2
    if ("persons", "person_id") not in links:
        return 0.7 * token
    share = links["persons", "person_id"]
    return token * (1.0 if share > 0.8 else max(0.1, 1.4 * share))


def _identifier(
    column: ColumnProfile,
    record: type[Record],
    field: RecordField,
    links: Mapping[tuple[str, str], float],
    own: float | None,
) -> float:
    token = column.share("token")
    if column.distinct <= 3 < column.filled / 3:
        return 0.1 * token
    if field.kind is Kind.IDENTIFIER and links.get(("persons", "person_id"), 0.0) > 0.9:
        return 0.2 * token
    if own is not None and own <= ENOUGH:
        # Identifiers of something else, whatever they are called.
        return token * max(_FOREIGN, 1.4 * own)
    if field.name == record.meta.key:
        # Siblings may share an identifier, but most rows have their own.
        return token * (1.0 if column.unique > 0.9 else 0.8 if column.unique > 0.4 else 0.4)
    return token * (0.75 if own is None else 1.0)


def _code(column: ColumnProfile, field: RecordField) -> float:
    code_set = code_sets()[field.code_set]
    if not column.codes:
        return 0.15 if column.distinct > 200 or column.share("json") > 0.5 else 0.3
    flags = max((column.known.get(name, 0.0) for name in FLAGS), default=0.0)
    known = column.known.get(field.code_set, 0.0)
    if field.code_set in FLAGS:
        if flags > 0.8:
            return 1.0
        return 0.6 if column.distinct <= 4 and flags > 0 else 0.45 if column.distinct <= 4 else 0.15
    if flags > 0.9 and known < 0.5 and column.distinct <= 3:
        return 0.15
    # Local words for the codes are known to nobody yet; far more of them than there are codes are no such list.
    few = 1.0 if column.distinct <= 2 * len(code_set.codes) + 5 else 0.6
    return max(known, 0.55 * few + 0.45 * known)


def _text(column: ColumnProfile, field: RecordField) -> float:
    if field.name in _SHAPED:
        # Samples and old records hold numbers of no real form; each child's is still its own.
        return max(column.share(_SHAPED[field.name]), 0.6 * column.share("token") * column.unique)
    if column.share("postcode") > 0.8 or column.share("json") > 0.5:
        return 0.1
    flags = max((column.known.get(name, 0.0) for name in FLAGS), default=0.0)
    if flags > 0.9 and column.distinct <= 3:
        return 0.2
    if field.name == "name" and column.share("number") > 0.8:
        return 0.2
    if column.length > 60:
        return 0.3
    return 0.85
