"""The files of a source profile: the one that is named, and those that it extends, one after the other."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from annexa.editions import normalise
from annexa.errors import UsageError
from annexa.resources import resource
from annexa.sources.model import SourceFile

LONGEST: Final = 4  # files of one profile: more than that nobody can hold in her head

# How many levels of names are joined in each part of a profile. What stands below them is replaced as a whole, and so
# is every key that is not here: a text, a list, a list of columns.
_JOINED: Final = {"blank": 1, "options": 1, "values": 2, "ignored": 1, "tables": 3}


@dataclass(frozen=True)
class ProfileFile:
    """One file of a profile.

    Args:
        path: where it is.
        content: its bytes, with line feeds alone at the ends of lines.
        given: what it says, as TOML has it.
        file: the same, read as a profile of its own.
    """

    path: Path
    content: bytes
    given: dict[str, Any]
    file: SourceFile

    @property
    def name(self) -> str:
        """The name of the file, for messages."""
        return self.path.name


def source_names(folder: Path | None = None) -> list[str]:
    """Return the names of the source profiles, in alphabetical order."""
    return sorted(path.stem for path in _folder(folder).glob("*.toml"))


def files_of(name: str, folder: Path | None = None) -> tuple[ProfileFile, ...]:
    """Return the files of a profile: its own first, then what each extends.

    Args:
        name: the name of a profile in configs/sources, or the path of a file of the user's own, ending in .toml.
        folder: a folder of profiles to look in, in place of configs/sources.

    Raises:
        UsageError: an unknown name; a file that is no TOML or has an unknown key; profiles that extend each other in a
            circle, or more than LONGEST in a row.
    """
    files = [_read(_named(name, folder))]
    seen = [files[0].path.resolve()]
    while files[-1].file.extends:
        base = _extended(files[-1], folder)
        if base.resolve() in seen:
            circle = ", ".join(each.name for each in files)
            raise UsageError(
                f"{files[-1].name}: extends: {base.name} comes round again: it is extended by {circle}.",
                "Let the last of them extend nothing.",
            )
        if len(files) == LONGEST:
            raise UsageError(
                f"{files[-1].name}: extends: this would be profile number {LONGEST + 1} in a row.",
                f"A profile and what it extends are {LONGEST} files at most: join two of them.",
            )
        seen.append(base.resolve())
        files.append(_read(base))
    return tuple(files)


def joined(files: Sequence[ProfileFile]) -> SourceFile:
    """Return the profile that its files make together: each replaces what it names of the one that it extends.

    Raises:
        UsageError: what one file says does not go with what another says.
    """
    given: dict[str, Any] = {}
    for each in reversed(files):
        given = _over(given, each.given, _JOINED)
    given["extends"] = files[0].file.extends
    return _checked(files[0].name, given)


def fingerprint(files: Sequence[ProfileFile]) -> str:
    """Return the SHA-256 of a profile: of its file, or of the list of the SHA-256 of all its files."""
    sums = [hashlib.sha256(each.content).hexdigest() for each in files]
    return sums[0] if len(sums) == 1 else hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _folder(folder: Path | None) -> Path:
    return folder if folder is not None else resource("configs", "sources")


def _named(name: str, folder: Path | None) -> Path:
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise UsageError(f"There is no source profile {Path(name).name}.", "Check the path given with --source.")
        return Path(name)
    if name not in source_names(folder):
        raise UsageError(f"There is no source profile named {name}.", _near(name, folder))
    return _folder(folder) / f"{name}.toml"


def _extended(file: ProfileFile, folder: Path | None) -> Path:
    name = file.file.extends
    if name.endswith(".toml"):
        path = file.path.parent / name
        if not path.is_file():
            raise UsageError(
                f"{file.name}: extends: there is no source profile {path.name}.",
                f"The path is taken from the folder of {file.name}.",
            )
        return path
    if name not in source_names(folder):
        raise UsageError(f"{file.name}: extends: there is no source profile named {name}.", _near(name, folder))
    return _folder(folder) / f"{name}.toml"


def _near(name: str, folder: Path | None) -> str:
    near = difflib.get_close_matches(name, source_names(folder), n=1)
    return f"Did you mean {near[0]}?" if near else f"Known sources: {', '.join(source_names(folder))}."


def _read(path: Path) -> ProfileFile:
    return parsed(path, path.read_bytes())


def parsed(path: Path, content: bytes) -> ProfileFile:
    """Return a file of a profile.

    Args:
        path: where it is, or is to be.
        content: its bytes.

    Raises:
        UsageError: it is no TOML, or has an unknown key.
    """
    content = content.replace(b"\r\n", b"\n")
    try:
        given = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not a TOML file: {error}.", "Correct the file at the place named.") from None
    return ProfileFile(path, content, given, _checked(path.name, given))


def _checked(name: str, given: Mapping[str, Any]) -> SourceFile:
    try:
        return SourceFile.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{name}: {key}: {first['msg']}.", "See docs/adding-a-source.md for the keys.") from None


def _over(base: Mapping[str, Any], own: Mapping[str, Any], levels: Mapping[str, int]) -> dict[str, Any]:
    """Put the parts of a file over those of the one that it extends, each as deep as `levels` says."""
    if "values" in own:
        base = {**base, "values": _without_alike(base.get("values", {}), own["values"])}
    if "tables" in own:
        base = {**base, "tables": _without_selects(base.get("tables", {}), own["tables"])}
    return {**base, **{key: _put(base.get(key), value, levels.get(key, 0)) for key, value in own.items()}}


def _put(base: Any, own: Any, levels: int) -> Any:
    if not levels or not isinstance(own, dict) or not isinstance(base, dict):
        return own
    return {**base, **{key: _put(base.get(key), value, levels - 1) for key, value in own.items()}}


def _without_alike(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the values that another spelling of `own` replaces: "The Police" and "the police" are read alike."""
    told = {code_set: {normalise(value) for value in values} for code_set, values in own.items()}
    return {
        code_set: {value: code for value, code in values.items() if normalise(value) not in told.get(code_set, ())}
        for code_set, values in base.items()
    }


def _without_selects(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the SELECT of a record for which `own` names a table or a schema: those are to be read in its place."""
    moved = {record for record, entry in own.items() if {"table", "schema"} & entry.keys()}
    return {
        record: {key: value for key, value in entry.items() if key != "select" or record not in moved}
        for record, entry in base.items()
    }
