"""A source profile as data, and what it means for each record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from annexa.records import RECORDS

# The shapes of dates that a profile may name, each with the pattern that rewrites it to YYYY-MM-DD. The first two are
# read from every source (records.types); the others only where the profile says that the system writes them so.
DATE_FORMATS: Final[dict[str, tuple[str, str]]] = {
    "YYYY-MM-DD": ("", ""),
    "DD/MM/YYYY": ("", ""),
    "DD-MM-YYYY": (r"^([0-9]{2})-([0-9]{2})-([0-9]{4})($| )", "$3-$2-$1$4"),
    "DD.MM.YYYY": (r"^([0-9]{2})\.([0-9]{2})\.([0-9]{4})($| )", "$3-$2-$1$4"),
    "YYYYMMDD": (r"^([0-9]{4})([0-9]{2})([0-9]{2})($| )", "$1-$2-$3$4"),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Blanks(_Part):
    """Texts that stand for no value, compared without regard to case."""

    dates: tuple[str, ...] = ("1900-01-01", "9999-12-31")
    identifiers: tuple[str, ...] = ("-1",)
    person_ids: tuple[str, ...] = ("0", "-1", "unknown", "n/a", "none")
    texts: tuple[str, ...] = ("SSD_PH", "PLACEHOLDER_DATA", "NULL")
    postcode_prefixes: tuple[str, ...] = ("ZZ",)


class TableEntry(_Part):
    """Where one record's table and columns are in the source."""

    table: str = ""
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)


class Options(_Part):
    """Options that a system sets for everyone who uses it; annexa.toml overrides them."""

    case_worker_roles: tuple[str, ...] | None = None


class SourceFile(_Part):
    """The file configs/sources/<name>.toml as it stands."""

    title: str
    reference: str = ""
    standard_layout: bool = False
    date_formats: tuple[str, ...] = ("YYYY-MM-DD", "DD/MM/YYYY")
    blank: Blanks = Field(default_factory=Blanks)
    options: Options = Field(default_factory=Options)
    tables: dict[str, TableEntry] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignored: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True)
class TableMap:
    """One record's table in the source: its name, and for each field the columns to try, all in lower case."""

    record: str
    table: str
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SourceProfile:
    """A source profile that has been checked against the records."""

    name: str
    file: SourceFile
    tables: Mapping[str, TableMap]
    sha256: str

    def wanted(self) -> dict[str, frozenset[str]]:
        """Return, for each table of the source that a record reads, the columns to load (lower case)."""
        wanted: dict[str, set[str]] = {}
        for mapped in self.tables.values():
            fields = RECORDS[mapped.record].fields()
            columns = wanted.setdefault(mapped.table, set())
            columns.update(
                column for field, names in mapped.columns.items() if not fields[field].on_request for column in names
            )
        return {table: frozenset(columns) for table, columns in wanted.items()}


def table_map(record_name: str, file: SourceFile) -> TableMap | None:
    """Return where a record is in the source, or None where the profile says nothing about it.

    In the standard layout every record has its own table and columns unless the profile says otherwise; in any other
    layout only what the profile names is there.
    """
    record = RECORDS[record_name]
    entry = file.tables.get(record_name)
    if entry is None and not file.standard_layout:
        return None
    columns: dict[str, tuple[str, ...]] = {}
    for field in record.fields().values():
        given = (entry.columns.get(field.name) if entry else None) or (field.columns if file.standard_layout else ())
        columns[field.name] = tuple(name.lower() for name in ((given,) if isinstance(given, str) else given))
    table = (entry.table if entry and entry.table else record.meta.table).lower()
    return TableMap(record_name, table, columns)
