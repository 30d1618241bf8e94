"""Reads the folders of editions: a folder an edition, a file a list, a file a code set.

An edition that is based on another holds only the files that differ: a file under lists/ or codes/ replaces the older
one of the same name whole. Every fault is a UsageError that names the file and the key.
"""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Self, TypeVar

from pydantic import BaseModel, ValidationError

from annexa.editions.codes import CodeSet, union
from annexa.editions.model import Code, CodeFile, ColumnSpec, Edition, EditionCodeSet, EditionFile, ListSpec, with_name
from annexa.errors import UsageError
from annexa.resources import resource

DEFAULT_EDITION: Final = "ilacs-2018"
_EDITION_FILE: Final = "edition.toml"
_PARTS: Final = ("codes", "lists")
_INNER_TABLES: Final[dict[int | str, type[BaseModel]]] = {"code": Code, "columns": ColumnSpec}
_Model = TypeVar("_Model", bound=BaseModel)


def load_edition(name: str, folder: Path | None = None) -> Edition:
    """Load one edition by name.

    Args:
        name: the name of its folder, such as "ilacs-2018".
        folder: a further folder of editions, beside those that come with annexa; one there may be based on a shipped
            one, and may not have the name of one.

    Raises:
        UsageError: the edition is unknown, or one of its files cannot be used; file and key are named.
    """
    return _load(name, folder) if folder else _load_shipped(name)


@cache
def _load_shipped(name: str) -> Edition:
    return _load(name, None)


def _load(name: str, folder: Path | None) -> Edition:
    shelf = _Shelf.of(folder)
    head = shelf.head(name)
    files = shelf.files(name)
    codes = shelf.codes(name)
    lists = _lists(shelf, files, codes)
    listless = head.months.keys() - lists.keys()
    if listless:
        raise UsageError(
            f"{shelf.label(name)}: months.{min(listless)} is about a list that the edition does not have.",
            f"Its lists: {', '.join(map(str, lists)) or 'none'}.",
        )
    code_sets(folder)  # refuses a spelling that means two codes; every run needs the result
    return Edition(
        name=name,
        title=head.title,
        in_force_from=head.in_force_from,
        reference=head.reference,
        months=head.months,
        lists=lists,
        codes=codes,
        files=tuple(file.label for _, file in sorted(files.items())),
        sha256=_sha256(files),
    )


def edition_names(folder: Path | None = None) -> list[str]:
    """Return the names of all editions, in the order in which they came into force.

    Raises:
        UsageError: an edition.toml that cannot be used.
    """
    shelf = _Shelf.of(folder)
    return sorted(shelf.folders, key=lambda name: (shelf.head(name).in_force_from, name))


def edition_in_force(day: date) -> str:
    """Return the shipped edition that was in force on a day (AA-R18).

    For a day before all of them it is the first: nothing older was published.
    """
    shelf = _Shelf.of(None)
    names = edition_names()
    return next((name for name in reversed(names) if shelf.head(name).in_force_from <= day), names[0])


def code_sets(folder: Path | None = None) -> Mapping[str, CodeSet]:
    """Return every code set as records hold it: the union over all editions, by name.

    Read once for each folder and then kept.

    Raises:
        UsageError: a code file that cannot be used, or a spelling that means two codes.
    """
    return _code_sets(folder)


@lru_cache(maxsize=8)
def _code_sets(folder: Path | None) -> Mapping[str, CodeSet]:
    shelf = _Shelf.of(folder)
    by_name: dict[str, dict[str, EditionCodeSet]] = {}  # name -> file -> set: editions share most files
    for edition in edition_names(folder):
        files = shelf.files(edition)
        for name, code_set in shelf.codes(edition).items():
            by_name.setdefault(name, {})[files[f"codes/{name}.toml"].label] = code_set
    return {name: union(sets) for name, sets in sorted(by_name.items())}


@dataclass(frozen=True)
class _File:
    """A file of an edition: where it is, and how messages and the edition's list of files name it."""

    path: Path
    label: str  # ilacs-2018/codes/gender.toml


@dataclass(frozen=True)
class _Shelf:
    """All editions that can be seen, with what was read of their files: each is read once."""

    folders: Mapping[str, Path]
    read: dict[Path, BaseModel] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path | None) -> Self:
        """Return the shelf of the shipped editions, with those of a further folder."""
        shipped = cls.shipped()
        return cls.beside(shipped, folder) if folder else shipped

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Self:
        """Return the shelf of the editions that come with annexa, which do not change while it runs."""
        return cls(_edition_folders(resource("configs", "editions")))

    @classmethod
    def beside(cls, shipped: Self, folder: Path) -> Self:
        folders = dict(shipped.folders)
        for name, path in _edition_folders(folder).items():
            if name in folders and path.resolve() != folders[name].resolve():
                raise UsageError(
                    f"The edition {name} in {folder} has the name of an edition that comes with annexa.",
                    'Rename its folder, and base it on the shipped one with based_on = "...".',
                )
            folders[name] = path
        return cls(folders, dict(shipped.read))

    def label(self, name: str) -> str:
        return f"{name}/{_EDITION_FILE}"

    def head(self, name: str) -> EditionFile:
        """Return an edition's own edition.toml."""
        if name not in self.folders:
            raise UsageError(f"There is no edition {name}.", _did_you_mean(name, self.folders))
        return self.model(_File(self.folders[name] / _EDITION_FILE, self.label(name)), EditionFile)

    def files(self, name: str) -> dict[str, _File]:
        """Return the files that make up an edition, by their name inside it ("lists/01-contacts.toml")."""
        files: dict[str, _File] = {}
        for edition in self._ancestry(name):
            for part in _PARTS:
                for path in _toml_files(self.folders[edition] / part):
                    files[f"{part}/{path.name}"] = _File(path, f"{edition}/{part}/{path.name}")
        files[_EDITION_FILE] = _File(self.folders[name] / _EDITION_FILE, self.label(name))
        return files

    def codes(self, name: str) -> dict[str, EditionCodeSet]:
        """Return an edition's code sets, by name."""
        return {
            file.path.stem: with_name(file.path.stem, self.model(file, CodeFile))
            for inside, file in sorted(self.files(name).items())
            if inside.startswith("codes/")
        }

    def model(self, file: _File, kind: type[_Model]) -> _Model:
        known = self.read.get(file.path)
        if not isinstance(known, kind):
            known = _parse(file, kind)
            self.read[file.path] = known
        return known

    def _ancestry(self, name: str) -> list[str]:
        """Return the editions an edition is built on, oldest first, itself last."""
        chain = [name]
        while base := self.head(chain[-1]).based_on:
            where = f"{self.label(chain[-1])}: based_on"
            if base not in self.folders:
                raise UsageError(f"{where} names {base}, which is no edition.", _did_you_mean(base, self.folders))
            if base in chain:
                circle = " -> ".join([*chain[chain.index(base) :], base])
                raise UsageError(f"{where} goes in a circle: {circle}.", "Base one of them on nothing, or on another.")
            chain.append(base)
        return chain[::-1]


def _edition_folders(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(f"The folder of editions {folder} does not exist.", "Give a folder that holds editions.")
    return {path.name: path for path in sorted(folder.iterdir()) if (path / _EDITION_FILE).is_file()}


def _toml_files(folder: Path) -> list[Path]:
    # A name that begins with a dot is a leftover of an editor or of the system.
    paths = folder.iterdir() if folder.is_dir() else ()
    chosen = (path for path in paths if path.suffix == ".toml" and not path.name.startswith("."))
    return sorted(chosen, key=lambda path: path.name)


def _did_you_mean(name: str, names: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}Editions: {', '.join(sorted(names))}."


def _parse(file: _File, kind: type[_Model]) -> _Model:
    try:
        data = tomllib.loads(file.path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file.label} is not readable TOML: {error}.", "Correct the file; it is UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{file.label} cannot be read: {error.strerror}.", "Check the file and its rights.") from None
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise UsageError(*_fault(file, kind, error)) from None


def _fault(file: _File, kind: type[BaseModel], error: ValidationError) -> tuple[str, str]:
    """Return message and hint for the first fault: the file, the key as it is written there, what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    location = first["loc"]
    where = f"{file.label}: {_key(location)}".removesuffix(": ")
    table = _INNER_TABLES.get(location[0], kind) if len(location) > 1 else kind
    keys = ", ".join(info.alias or name for name, info in table.model_fields.items())
    match first["type"]:
        case "extra_forbidden":
            return f"{where} is not a known key.", f"Known there: {keys}."
        case "missing":
            return f"{where} is missing.", f"Known there: {keys}."
        case "value_error":
            return f"{where}: {first['ctx']['error']}.", "Correct the file."
        case _:
            return f"{where}: {first['msg']}.", "Correct the file."


def _key(location: tuple[int | str, ...]) -> str:
    """Return a pydantic location as a reader of TOML writes it; positions count from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location if part != "[key]")
    return "".join(parts).removeprefix(".")


def _lists(shelf: _Shelf, files: Mapping[str, _File], codes: Mapping[str, EditionCodeSet]) -> dict[int, ListSpec]:
    lists: dict[int, ListSpec] = {}
    origin: dict[int, str] = {}
    for inside, file in sorted(files.items()):
        if not inside.startswith("lists/"):
            continue
        spec = shelf.model(file, ListSpec)
        if spec.number in lists:
            raise UsageError(
                f"{file.label}: number: list {spec.number} is defined by {origin[spec.number]} too.",
                "A file replaces the older one of the same name: give it that name, or another number.",
            )
        _check_code_sets(file, spec, codes)
        lists[spec.number], origin[spec.number] = spec, file.label
    return dict(sorted(lists.items()))


def _check_code_sets(file: _File, spec: ListSpec, codes: Mapping[str, EditionCodeSet]) -> None:
    for position, column in enumerate(spec.columns, start=1):
        if column.codes is None:
            continue
        where = f"{file.label}: columns[{position}].codes: "
        if column.codes not in codes:
            close = difflib.get_close_matches(column.codes, codes, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Add codes/{column.codes}.toml."
            raise UsageError(f"{where}there is no code set {column.codes}.", hint)
        code_set = codes[column.codes]
        if not code_set.written:
            raise UsageError(f"{where}{column.codes} has no label to show.", "Give its codes labels.")
        if column.not_recorded and not code_set.not_recorded:
            raise UsageError(
                f"{where}{column.codes} has no code for a blank, which the column's not_recorded asks for.",
                f"Say not_recorded in codes/{column.codes}.toml, or leave it out of the column.",
            )


def _sha256(files: Mapping[str, _File]) -> str:
    """Hash names and content, the same on every system: line ends and a byte-order mark make no difference."""
    total = hashlib.sha256()
    for inside, file in sorted(files.items()):
        content = file.path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        total.update(f"{inside}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
