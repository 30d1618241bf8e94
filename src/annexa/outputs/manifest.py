"""Reading, writing and verifying the manifest of an output folder (models: annexa.outputs.manifest_model).

The published JSON Schema, docs/manifest-1.schema.json, is `schema_text()`; a test holds that it is current.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from annexa.errors import SourceError
from annexa.outputs.manifest_model import (
    EDITED,
    LOCK_NAME,
    MANIFEST_NAME,
    NOT_ADDING_UP,
    VERSION,
    WORK_FOLDER,
    Account,
    CopiedTable,
    Edition,
    FindingCounts,
    InputFile,
    ListEntry,
    Manifest,
    Option,
    OutputFile,
    ReportEntry,
    Source,
    TableCount,
    is_output_name,
    json_text,
)

__all__ = [
    "LOCK_NAME",
    "MANIFEST_NAME",
    "WORK_FOLDER",
    "Account",
    "CopiedTable",
    "Edition",
    "FindingCounts",
    "InputFile",
    "ListEntry",
    "Manifest",
    "Option",
    "OutputFile",
    "Problem",
    "ReportEntry",
    "Source",
    "TableCount",
    "describe",
    "extra_files",
    "is_output_name",
    "manifest_schema",
    "read_manifest",
    "schema_text",
    "verify",
]


@dataclass(frozen=True)
class Problem:
    """One reason why an output folder is not what its manifest says.

    Args:
        file: name inside the output folder.
        what: what is wrong with it.
        message: the same as a sentence.
    """

    file: str
    what: Literal["missing", "changed", "unreadable"]
    message: str


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of manifest.json."""
    schema = Manifest.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the text of docs/manifest-1.schema.json."""
    return json_text(manifest_schema())


def describe(path: Path, name: str) -> OutputFile:
    """Return name, SHA-256 and size in bytes of the file at `path`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return OutputFile(name=name, sha256=digest, size=file.tell())


def read_manifest(folder: Path, name: str = MANIFEST_NAME) -> Manifest:
    """Return the manifest of an output folder, or one that stands there under another name.

    Raises:
        SourceError: it is missing, unreadable, of another version, or does not add up.
    """
    try:
        return Manifest.model_validate(_load(folder, name))
    except ValidationError as error:
        raise _damaged(folder, error) from None


def verify(folder: Path) -> list[Problem]:
    """Return what differs between an output folder and its manifest, in the manifest's order; empty where nothing does.

    Every listed output must be there with its size and hash, and the manifest's counts must add up. Files that the
    manifest does not list are no problem (see `extra_files`). Nothing is changed.

    Raises:
        SourceError: manifest.json is missing, unreadable or of another version.
    """
    raw = _load(folder)
    problems = []
    try:
        Manifest.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        if any(fault["type"] != NOT_ADDING_UP for fault in faults):
            raise _damaged(folder, error) from None
        problems = [Problem(MANIFEST_NAME, "changed", f"{MANIFEST_NAME}: {fault['msg']}.") for fault in faults]
    outputs = (OutputFile.model_validate(output) for output in raw["outputs"])
    return problems + list(_differences(folder, outputs))


def extra_files(folder: Path) -> list[str]:
    """Return the files of an output folder that its manifest does not list, by name; annexa never touches them.

    Raises:
        SourceError: the manifest cannot be used.
    """
    known = {output.name for output in read_manifest(folder).outputs} | {MANIFEST_NAME, LOCK_NAME}
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(name.as_posix() for name in found if name.parts[0] != WORK_FOLDER and name.as_posix() not in known)


def _differences(folder: Path, outputs: Iterator[OutputFile]) -> Iterator[Problem]:
    """Yield what differs; that an officer has written in her tracker is no difference."""
    # A run in progress, or one that was killed, explains a difference better than the file itself does.
    why = " A run is in progress, or was cut short: run annexa again." if (folder / WORK_FOLDER).exists() else ""
    for output in outputs:
        try:
            if describe(folder / output.name, output.name) != output and output.name not in EDITED:
                yield Problem(output.name, "changed", f"{output.name} is not the file that the run wrote.{why}")
        except (FileNotFoundError, NotADirectoryError):
            yield Problem(output.name, "missing", f"{output.name} is missing.{why}")
        except OSError as error:
            yield Problem(output.name, "unreadable", f"{output.name} could not be read ({error.strerror}).")


def _load(folder: Path, name: str = MANIFEST_NAME) -> dict[str, Any]:
    again = "Name the folder that annexa wrote, or build the output again."
    try:
        raw = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(f"There is no {name} in {folder}.", again) from None
    except (OSError, ValueError):
        raise SourceError(f"{name} in {folder} could not be read.", again) from None
    if not isinstance(raw, dict) or "schema_version" not in raw:
        raise SourceError(f"{name} in {folder} is not one of annexa's.", again)
    if raw["schema_version"] != VERSION:
        raise SourceError(
            f"{name} in {folder} is of another version than {VERSION}.",
            "Use the version of annexa that wrote it, or build the output again.",
        )
    return raw


def _damaged(folder: Path, error: ValidationError) -> SourceError:
    places = sorted({".".join(map(str, fault["loc"])) or "counts" for fault in error.errors(include_input=False)})
    return SourceError(
        f"{MANIFEST_NAME} in {folder} is damaged ({', '.join(places[:5])}).",
        "Build the output again in an empty folder.",
    )
