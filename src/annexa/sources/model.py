"""A source profile as data, and what it means for each record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from annexa.editions import normalise
from annexa.errors import UsageError
from annexa.records import RECORDS
from annexa.settings import FILE_NAME

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
    """Where one record's table and columns are in the source; in a database a table may be a view or a SELECT."""

    table: str = ""
    schema_: str = Field("", alias="schema")
    select: str = ""
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    own_codes: tuple[str, ...] = ()


class Options(_Part):
    """Options that a system sets for everyone who uses it; annexa.toml overrides them."""

    case_worker_roles: tuple[str, ...] | None = None


class SourceFile(_Part):
    """The file configs/sources/<name>.toml as it stands."""

    title: str
    extends: str = ""
    reference: str = ""
    standard_layout: bool = False
    schema_: str = Field("", alias="schema")
    date_formats: tuple[str, ...] = ("YYYY-MM-DD", "DD/MM/YYYY")
    blank: Blanks = Field(default_factory=Blanks)
    options: Options = Field(default_factory=Options)
    tables: dict[str, TableEntry] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignored: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """How a table is found in a database, beside its name.

    Args:
        schema: that it is in; "" where the user's own.
        select: the SELECT that gives it; "" where it is a table or a view.
    """

    schema: str = ""
    select: str = ""


@dataclass(frozen=True)
class TableMap:
    """One record's table in the source: its name, and for each field the columns to try, all in lower case.

    Columns of `own_codes` hold numbers or codes of the system's own, which only the profile's value maps read.
    """

    record: str
    table: str
    columns: Mapping[str, tuple[str, ...]]
    own_codes: frozenset[str] = frozenset()
    query: Query = Query()


@dataclass(frozen=True)
class SourceProfile:
    """A source profile that has been checked against the records.

    Args:
        name: its name.
        file: what it says, with what it takes from the profiles that it extends.
        tables: for each record that is mapped, where it is.
        sha256: of its file; where it extends others, of all of them.
        extends: the names of the profiles that it extends, the nearest first.
        named: whether the user named it, or the settings file that names it. A SELECT of one that an annexa.toml
            names which merely stood in the folder is not run.
    """

    name: str
    file: SourceFile
    tables: Mapping[str, TableMap]
    sha256: str
    extends: tuple[str, ...] = ()
    named: bool = True

    def values_of(self, record: str, field: str) -> dict[str, str]:
        """Return the local values of a coded field with their standard codes: its own map over that of its code set.

        Of a field that holds JSON they are words, with the flags that they mean (annexa.sources.outcomes).
        """
        code_set = RECORDS[record].fields()[field].code_set
        own = self.file.values.get(f"{record}.{field}", {})
        told = {normalise(value) for value in own}
        shared = self.file.values.get(code_set, {})
        return {value: code for value, code in shared.items() if normalise(value) not in told} | own

    def queries(self) -> dict[str, Query]:
        """Return, for the tables of the source that have one, the schema or the SELECT (names in lower case).

        Raises:
            UsageError: a SELECT of a profile that the user did not name.
        """
        if not self.named and any(each.query.select for each in self.tables.values()):
            raise UsageError(
                f"The source profile {self.name} has a SELECT, and only an {FILE_NAME} found in this folder names it.",
                f"If you trust it, name it with --source, or the settings file with --config {FILE_NAME}.",
            )
        return {each.table: each.query for each in self.tables.values() if each.query != Query()}

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
        standard = field.columns if file.standard_layout else ()
        given = entry.columns.get(field.name, standard) if entry else standard
        names = (given,) if isinstance(given, str) else given
        columns[field.name] = tuple(name.lower() for name in names if name)  # an empty list or text: no column
    table = (entry.table if entry and entry.table else record.meta.table).lower()
    own_codes = frozenset(name.lower() for name in entry.own_codes) if entry else frozenset()
    query = Query((entry.schema_ if entry else "") or file.schema_, entry.select.strip() if entry else "")
    return TableMap(record_name, table, columns, own_codes, query)
