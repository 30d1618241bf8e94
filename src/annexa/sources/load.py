"""Load a source profile and hold it against the records."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from annexa.editions import code_sets, edition_names, load_edition, normalise
from annexa.errors import UsageError
from annexa.records import RECORDS
from annexa.resources import resource
from annexa.sources.model import DATE_FORMATS, SourceFile, SourceProfile, table_map


def source_names(folder: Path | None = None) -> list[str]:
    """Return the names of the source profiles, in alphabetical order."""
    return sorted(path.stem for path in _folder(folder).glob("*.toml"))


def load_source(name: str, folder: Path | None = None) -> SourceProfile:
    """Load a source profile and check it against the records.

    Args:
        name: the name of a profile in configs/sources, or the path of a file of the user's own, ending in .toml.
        folder: a folder of profiles to look in, in place of configs/sources.

    Raises:
        UsageError: an unknown name, a file that is not TOML, an unknown key, record, field, code set, code or date
            format; the message names the file and the key.
    """
    own = name.endswith(".toml")
    path = Path(name) if own else _folder(folder) / f"{name}.toml"
    if own and not path.is_file():
        raise UsageError(f"There is no source profile {path.name}.", "Check the path given with --source.")
    if not path.is_file():
        near = difflib.get_close_matches(name, source_names(folder), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known sources: {', '.join(source_names(folder))}."
        raise UsageError(f"There is no source profile named {name}.", hint)
    content = path.read_bytes().replace(b"\r\n", b"\n")
    file = _parse(path.name, content)
    _check(path.name, file)
    maps = {record: mapped for record in RECORDS if (mapped := table_map(record, file)) is not None}
    _check_needs(path.name, {record: mapped.columns for record, mapped in maps.items()})
    return SourceProfile(name=path.stem, file=file, tables=maps, sha256=hashlib.sha256(content).hexdigest())


def _folder(folder: Path | None) -> Path:
    return folder if folder is not None else resource("configs", "sources")


def _parse(name: str, content: bytes) -> SourceFile:
    try:
        return SourceFile.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} is not a TOML file: {error}.", "Correct the file at the place named.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{name}: {key}: {first['msg']}.", "See docs/adding-a-source.md for the keys.") from None


def _check(name: str, file: SourceFile) -> None:
    for record, entry in file.tables.items():
        _known(name, "tables", record, RECORDS)
        for field in entry.columns:
            _known(name, f"tables.{record}.columns", field, RECORDS[record].fields())
    for date_format in file.date_formats:
        _known(name, "date_formats", date_format, DATE_FORMATS)
    sets = code_sets()
    for set_name, values in file.values.items():
        _known(name, "values", set_name, sets)
        for code in values.values():
            _known(name, f"values.{set_name}", code, sets[set_name].codes)
        if len({normalise(value) for value in values}) < len(values):
            raise UsageError(f"{name}: values.{set_name}: the same value is mapped twice.", "Keep one of the two.")
    for path in file.ignored:
        record, _, field = path.partition(".")
        _known(name, "ignored", record, RECORDS)
        if record in _starts_of_lists():
            raise UsageError(
                f"{name}: ignored: a list starts from {record}, and every row of it is accounted for.",
                "Map the values to codes under [values] instead.",
            )
        _known(name, f"ignored.{record}", field, RECORDS[record].fields())


def _starts_of_lists() -> set[str]:
    editions = (load_edition(name) for name in edition_names())
    return {record for edition in editions for spec in edition.lists.values() for record in spec.records}


def _check_needs(name: str, columns: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    for record, fields in columns.items():
        for field in RECORDS[record].meta.needs:
            if not fields[field]:
                raise UsageError(
                    f"{name}: tables.{record}.columns: {field} has no column.",
                    f"Name the column that holds it: {RECORDS[record].fields()[field].description}.",
                )


def _known(name: str, key: str, value: str, known: Mapping[str, object] | frozenset[str]) -> None:
    if value in known:
        return
    near = difflib.get_close_matches(value, list(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
    raise UsageError(f"{name}: {key}: {value} is not known.", hint)
