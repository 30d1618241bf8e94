"""The types of a record's fields: one definition each of what a date, a code, a number or a text may look like.

The definitions here are pydantic's; the column-wise checks in annexa.extract are their Polars twins, and a property
test holds that both reject and accept the same cells.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Ge
from pydantic import BeforeValidator, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

EARLIEST: Final = date(1900, 1, 1)  # a date before this is a slip of the keyboard, not an event

# The only shapes of a date that any part of annexa reads from text (specification: extract layout).
# [0-9], not \d: the latter also matches other scripts' digits. The same patterns serve Python and Polars.
_TIME = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?"
ISO_MOMENT: Final = rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})(?:[ T]{_TIME})?"
BRITISH_MOMENT: Final = rf"([0-9]{{2}})/([0-9]{{2}})/([0-9]{{4}})(?: {_TIME})?"
_ISO = re.compile(ISO_MOMENT)
_BRITISH = re.compile(BRITISH_MOMENT)

UNREADABLE: Final = "!"  # stands in a coded column for a value that no map knows; a list shows it as a blank cell


class Kind(Enum):
    """What a field holds, and so how its column is read."""

    IDENTIFIER = "identifier"
    PERSON = "person identifier"
    TEXT = "text"
    DATE = "date"
    BIRTH = "date of birth"
    PLANNED = "planned date"
    MOMENT = "date and time"
    CODE = "code"
    POSTCODE = "postcode"
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    SIGNED = "decimal number of either sign"
    SCHOOL_YEAR = "school year"
    JSON = "JSON"


@dataclass(frozen=True)
class Marker:
    """Marks an annotation with its kind where the Python type alone does not tell it."""

    kind: Kind


@dataclass(frozen=True)
class CodeSet:
    """A text that must be a standard code of the named code set.

    The codes are known to a layer above the records, so they come in pydantic's validation context as
    {"codes": {name: collection of codes}}.
    """

    name: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Check membership after pydantic's own check that the value is text."""
        return core_schema.with_info_after_validator_function(self._member, handler(source))

    def _member(self, value: str, info: ValidationInfo) -> str:
        codes = (info.context or {}).get("codes", {}).get(self.name)
        if codes is not None and value not in codes:
            raise PydanticCustomError("unknown_code", "is not a known value of {code_set}", {"code_set": self.name})
        return value


def parse_moment(value: object) -> datetime:
    """Read a date text, with or without a time, in one of the accepted shapes.

    Raises:
        PydanticCustomError: any other shape, and a day that no calendar has. The message holds no value.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    match = _ISO.fullmatch(value) or _BRITISH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("date_shape", "is not a date (YYYY-MM-DD or DD/MM/YYYY)")
    first, month, last, hour, minute, second = (int(part or 0) for part in match.groups())
    year, day = (first, last) if match.re is _ISO else (last, first)
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise PydanticCustomError("date_calendar", "is not a day of the calendar") from None


def parse_date(value: object) -> date:
    """Read a date text and leave its time of day out (K4). Errors as in parse_moment."""
    return parse_moment(value).date()


def parse_whole(value: object) -> int:
    """Read a whole number of 0 or more, written with digits alone.

    Raises:
        PydanticCustomError: anything else.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    raise PydanticCustomError("whole_number", "is not a whole number")


_DECIMAL: Final = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
DECIMAL_FORM: Final = rf"{_DECIMAL}"
SIGNED_FORM: Final = rf"[+-]?{_DECIMAL}"
SCHOOL_YEAR_FORM: Final = r"((?:19|20)[0-9]{2}) ?[/-]? ?((?:19|20)?[0-9]{2})"


def parse_decimal(value: object) -> float:
    """Read a number of 0 or more, with or without a decimal point.

    Raises:
        PydanticCustomError: anything else, such as "25+" or a decimal comma.
    """
    return _number(value, DECIMAL_FORM)


def parse_signed(value: object) -> float:
    """Read a number of either sign. Errors as in parse_decimal."""
    return _number(value, SIGNED_FORM)


def _number(value: object, form: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and re.fullmatch(form, value):
        return float(value)
    raise PydanticCustomError("number", "is not a number")


def parse_school_year(value: object) -> int:
    """Read a school year in any of its spellings (2017/18, 2017-18, 2017/2018, 201718); return the year it began.

    Raises:
        PydanticCustomError: anything else; a single year does not say which of two school years is meant.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(SCHOOL_YEAR_FORM, value) if isinstance(value, str) else None
    if match is not None:
        first, second = int(match[1]), match[2]
        if second in (str(first + 1), f"{(first + 1) % 100:02d}"):
            return first
    raise PydanticCustomError("school_year", "is not a school year (2017/18)")


def parse_json(value: object) -> str:
    """Accept the text of a JSON object or array, and return it as it is.

    Raises:
        PydanticCustomError: text that is no JSON, or JSON that is neither an object nor an array.
    """
    try:
        parsed = json.loads(value, parse_constant=_refuse_constant) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict | list) or not isinstance(value, str):
        raise PydanticCustomError("json_text", "is not readable JSON")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _not_empty(value: object) -> object:
    if isinstance(value, str) and not value:
        raise PydanticCustomError("empty", "is empty")
    return value


RecordId: TypeAlias = Annotated[str, BeforeValidator(_not_empty), Marker(Kind.IDENTIFIER)]
PersonId: TypeAlias = Annotated[str, BeforeValidator(_not_empty), Marker(Kind.PERSON)]
Text: TypeAlias = Annotated[str, BeforeValidator(_not_empty), Marker(Kind.TEXT)]
Postcode: TypeAlias = Annotated[str, BeforeValidator(_not_empty), Marker(Kind.POSTCODE)]
EventDate: TypeAlias = Annotated[date, BeforeValidator(parse_date), Ge(EARLIEST), Marker(Kind.DATE)]
BirthDate: TypeAlias = Annotated[date, BeforeValidator(parse_date), Ge(EARLIEST), Marker(Kind.BIRTH)]
PlannedDate: TypeAlias = Annotated[date, BeforeValidator(parse_date), Ge(EARLIEST), Marker(Kind.PLANNED)]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(parse_moment), Ge(datetime(1900, 1, 1)), Marker(Kind.MOMENT)]
Whole: TypeAlias = Annotated[int, BeforeValidator(parse_whole), Marker(Kind.WHOLE)]
Decimal: TypeAlias = Annotated[float, BeforeValidator(parse_decimal), Marker(Kind.DECIMAL)]
Signed: TypeAlias = Annotated[float, BeforeValidator(parse_signed), Marker(Kind.SIGNED)]
SchoolYear: TypeAlias = Annotated[int, BeforeValidator(parse_school_year), Marker(Kind.SCHOOL_YEAR)]
Json: TypeAlias = Annotated[str, BeforeValidator(parse_json), Marker(Kind.JSON)]


def kind_of(annotation: Any, metadata: list[Any]) -> Kind:
    """Return the kind of a field from its annotation's metadata.

    Raises:
        TypeError: an annotation that is none of this module's types.
    """
    for mark in metadata:
        if isinstance(mark, Marker):
            return mark.kind
        if isinstance(mark, CodeSet):
            return Kind.CODE
    raise TypeError(f"no kind is known for {annotation!r}: use a type of annexa.records.types")
