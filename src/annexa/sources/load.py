"""Load a source profile and hold it against the records."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from annexa.editions import code_sets, edition_names, load_edition, normalise
from annexa.errors import UsageError
from annexa.records import RECORDS, Kind, RecordField
from annexa.sources.chain import ProfileFile, files_of, fingerprint, joined
from annexa.sources.model import DATE_FORMATS, Query, SourceFile, SourceProfile, TableMap, table_map
from annexa.sources.outcomes import meanings, parts_of

_AS_TEXT: Final = (Kind.IDENTIFIER, Kind.PERSON, Kind.TEXT)  # read as they stand


def load_source(name: str, folder: Path | None = None, *, named: bool = True) -> SourceProfile:
    """Load a source profile and check it against the records.

    Args:
        name: the name of a profile in configs/sources, or the path of a file of the user's own, ending in .toml.
        folder: a folder of profiles to look in, in place of configs/sources.
        named: whether the user named it, or the settings file that does; see SourceProfile.

    Raises:
        UsageError: an unknown name, a file that is not TOML, an unknown key, record, field, code set, code or date
            format, profiles that extend each other in a circle; the message names the file in which it stands and the
            key.
    """
    return checked(files_of(name, folder), named=named or not name.endswith(".toml"))


def checked(files: Sequence[ProfileFile], *, named: bool = True) -> SourceProfile:
    """Return the profile that its files make together, checked against the records; errors as in load_source."""
    for each in files:
        _check(each.name, each.file)
    file = joined(files)
    maps = {record: mapped for record in RECORDS if (mapped := table_map(record, file)) is not None}
    _check_needs(files, maps)
    _check_own_codes(files, maps)
    _check_shared_columns(files, maps, file)
    _check_queries(files, maps)
    return SourceProfile(
        name=files[0].path.stem,
        file=file,
        tables=maps,
        sha256=fingerprint(files),
        extends=tuple(each.path.stem for each in files[1:]),
        named=named,
    )


def _check(name: str, file: SourceFile) -> None:
    for record, entry in file.tables.items():
        _known(name, "tables", record, RECORDS)
        for field in entry.columns:
            _known(name, f"tables.{record}.columns", field, RECORDS[record].fields())
    for date_format in file.date_formats:
        _known(name, "date_formats", date_format, DATE_FORMATS)
    for key, values in file.values.items():
        known, outcomes = _meanings(name, key)
        for code in (part for each in values.values() for part in (parts_of(each) if outcomes else [each])):
            _known(name, f"values.{key}", code, known)
        if len({normalise(value) for value in values}) < len(values):
            raise UsageError(f"{name}: values.{key}: the same value is mapped twice.", "Keep one of the two.")
    for path in file.ignored:
        record, _, field = path.partition(".")
        _known(name, "ignored", record, RECORDS)
        if record in starts_of_lists():
            raise UsageError(
                f"{name}: ignored: a list starts from {record}, and every row of it is accounted for.",
                "Map the values to codes under [values] instead.",
            )
        _known(name, f"ignored.{record}", field, RECORDS[record].fields())


def _meanings(name: str, key: str) -> tuple[Collection[str], bool]:
    """Return what a map of values may map to, and whether that are outcomes, of which a value may mean several.

    The map is one of a code set, "source", or of a field, "contacts.contact_source".
    """
    record, dot, field = key.partition(".")
    if not dot:
        _known(name, "values", key, code_sets())
        return code_sets()[key].codes, False
    _known(name, "values", record, RECORDS)
    fields = RECORDS[record].fields()
    _known(name, f"values.{record}", field, {each for each in fields if fields[each].kind in (Kind.CODE, Kind.JSON)})
    if fields[field].kind is Kind.JSON:
        return meanings(record, field), True
    return code_sets()[fields[field].code_set].codes, False


def starts_of_lists() -> set[str]:
    """Return the records that a list of any edition starts from."""
    editions = (load_edition(name) for name in edition_names())
    return {record for edition in editions for spec in edition.lists.values() for record in spec.records}


def _check_needs(files: Sequence[ProfileFile], maps: Mapping[str, TableMap]) -> None:
    for record, mapped in maps.items():
        for field in RECORDS[record].meta.needs:
            if not mapped.columns[field]:
                raise UsageError(
                    f"{_of_field(files, record, field)}: tables.{record}.columns: {field} has no column.",
                    f"Name the column that holds it: {RECORDS[record].fields()[field].description}.",
                )


def _of_field(files: Sequence[ProfileFile], record: str, field: str) -> str:
    """Return the name of the file that says which columns a field has; else of the one that began with the record."""
    entries = [(each.name, each.file.tables[record]) for each in files if record in each.file.tables]
    named = [name for name, entry in entries if field in entry.columns]
    return (named or [name for name, _ in entries[::-1]] or [files[0].name])[0]


def _check_own_codes(files: Sequence[ProfileFile], maps: Mapping[str, TableMap]) -> None:
    """A column of the system's own codes must be one that a coded field is read from."""
    for record, mapped in maps.items():
        fields = RECORDS[record].fields()
        coded = {column for name, each in mapped.columns.items() if fields[name].kind is Kind.CODE for column in each}
        named = [each.name for each in files if record in each.file.tables and each.file.tables[record].own_codes]
        for column in sorted(mapped.own_codes):
            _known(named[0], f"tables.{record}.own_codes", column, frozenset(coded))


def _check_shared_columns(files: Sequence[ProfileFile], maps: Mapping[str, TableMap], file: SourceFile) -> None:
    """A column of one record is read in one way: two fields may share it only if both read it alike."""
    for record, mapped in maps.items():
        fields = RECORDS[record].fields()
        first: dict[str, str] = {}
        for name, column in ((name, column) for name, each in mapped.columns.items() for column in each):
            other = first.setdefault(column, name)
            if _reading(fields[other], record, file) != _reading(fields[name], record, file):
                raise UsageError(
                    f"{_of_field(files, record, name)}: tables.{record}.columns: {other} and {name} are both read from "
                    f"the column {column}, and not in the same way.",
                    "Give it to one of the two, or let the system write it twice.",
                )


def _reading(field: RecordField, record: str, file: SourceFile) -> tuple[object, ...]:
    kind = Kind.TEXT if field.kind in _AS_TEXT else field.kind
    return kind, field.code_set, file.values.get(f"{record}.{field.name}")


def _check_queries(files: Sequence[ProfileFile], maps: Mapping[str, TableMap]) -> None:
    """A SELECT is one statement that gives rows; records that share a table share its place."""
    places: dict[str, Query] = {}
    for record, mapped in maps.items():
        select = mapped.query.select
        if select and (";" in select or not select.lower().startswith(("select", "with"))):
            name = next(each.name for each in files if record in each.file.tables and each.file.tables[record].select)
            raise UsageError(
                f"{name}: tables.{record}.select: this is not one SELECT.",
                "It begins with SELECT or WITH, and has no semicolon in it.",
            )
        if places.setdefault(mapped.table, mapped.query) != mapped.query:
            raise UsageError(
                f"{files[0].name}: tables.{record}: another record reads the table {mapped.table} from another place.",
                "Give one of the two a name of its own with table.",
            )


def _known(name: str, key: str, value: str, known: Collection[str]) -> None:
    if value in known:
        return
    near = difflib.get_close_matches(value, list(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
    raise UsageError(f"{name}: {key}: {value} is not known.", hint)
