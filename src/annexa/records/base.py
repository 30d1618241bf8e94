"""What a record is: a pydantic model whose fields say name, meaning, source column and what is valid.

Everything else is derived from it: the columns that the reader loads, the column-wise checks, the documentation
tables, the sample generator's columns, and what a source profile may name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Final, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from annexa.records.types import CodeSet, Kind, kind_of

RECORDS: Final[dict[str, "type[Record]"]] = {}


@dataclass(frozen=True)
class Meta:
    """What the tool needs to know of a record beyond its fields.

    Args:
        name: the record's own name ("contacts").
        table: its table in the standard layout ("ssd_contacts").
        key: the field that identifies the event, or "" (then identical rows alone are duplicates, K10).
        person: the field that holds the child's or adopter's identifier, or "".
        start: the date after which, where it is later than A, the row has not happened yet (K6, FUTURE), or "".
        end: the date that closes the record, or "".
        needs: fields whose column must be there when the table is: without it no list could be trusted.
        masks: date field -> fields that follow from it and are blank where the date is later than A (K6).
        off_lists: no list shows anything of it; a check or report that wants it says itself that it is not there.
    """

    name: str
    table: str
    key: str = ""
    person: str = "person_id"
    start: str = ""
    end: str = ""
    needs: tuple[str, ...] = ()
    masks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    off_lists: bool = False


@dataclass(frozen=True)
class RecordField:
    """One field of a record, with all that the readers and the documentation need.

    `columns` are its columns in the standard layout, in the order in which they are tried. With `off_lists` no list
    shows it and no rule of a list asks it: a check or report that wants it says itself that its column is not there.
    With `on_request` a build never reads it: its column is blank, and a command that needs it asks for it.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    description: str
    code_set: str = ""
    optional: bool = True
    off_lists: bool = False
    on_request: bool = False


class Record(BaseModel):
    """Base of all records. A subclass is declared with its Meta's entries as class keywords."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    meta: ClassVar[Meta]

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Take the class keywords; they are used once pydantic has built the fields."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **keywords: Any) -> None:
        """Build `meta` from the class keywords, check that it names fields, and register the record."""
        cls.meta = Meta(**keywords)
        named = [cls.meta.key, cls.meta.person, cls.meta.start, cls.meta.end, *cls.meta.needs, *cls.meta.masks]
        named += [dependent for dependents in cls.meta.masks.values() for dependent in dependents]
        missing = sorted({name for name in named if name} - cls.model_fields.keys())
        if missing:
            raise TypeError(f"{cls.__name__}: its meta names no field: {', '.join(missing)}")
        RECORDS[cls.meta.name] = cls

    @classmethod
    def fields(cls) -> dict[str, RecordField]:
        """Return the record's fields by name, in the order of declaration."""
        return dict(_fields_of(cls))


@cache
def _fields_of(record: type[Record]) -> dict[str, RecordField]:
    return {name: _record_field(name, info) for name, info in record.model_fields.items()}


def ssd(
    column: str,
    description: str,
    *,
    also: tuple[str, ...] = (),
    required: bool = False,
    off_lists: bool = False,
    on_request: bool = False,
) -> Any:
    """Declare a field: its column in the standard layout, and what it says.

    Args:
        column: the column's name, in lower case.
        description: one sentence for the documentation.
        also: columns that are read where `column` is blank or cannot be read.
        required: true for identifiers alone; every other field may be blank.
        off_lists: true where only checks and reports look at it.
        on_request: true where it is read only if a command asks for it.
    """
    default: Any = ... if required else None
    extra: dict[str, Any] = {"also": list(also), "off_lists": off_lists or on_request, "on_request": on_request}
    return Field(default, alias=column, description=description, json_schema_extra=extra)


def _record_field(name: str, info: FieldInfo) -> RecordField:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    also = extra.get("also")
    also = also if isinstance(also, list) else []
    optional = type(None) in get_args(info.annotation)
    annotation, metadata = _unwrap(info)
    code_set = next((m.name for m in metadata if isinstance(m, CodeSet)), "")
    return RecordField(
        name=name,
        kind=kind_of(annotation, metadata),
        columns=(info.alias or name, *(str(column) for column in also)),
        description=info.description or "",
        code_set=code_set,
        optional=optional,
        off_lists=extra.get("off_lists") is True,
        on_request=extra.get("on_request") is True,
    )


def _unwrap(info: FieldInfo) -> tuple[Any, list[Any]]:
    """Return the plain type of a field and the metadata of its annotation, whether or not it is optional."""
    annotation: Any = info.annotation
    metadata = list(info.metadata)
    arms = [arm for arm in get_args(annotation) if arm is not type(None)]
    if type(None) in get_args(annotation) and arms:
        annotation = arms[0]
    while hasattr(annotation, "__metadata__"):
        metadata.extend(annotation.__metadata__)
        annotation = annotation.__origin__
    return annotation, metadata
