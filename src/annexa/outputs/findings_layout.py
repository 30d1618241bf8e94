"""The layout of findings.json, version 1.

The published JSON Schema, docs/findings-1.schema.json, is `findings_schema_text()`; a test holds that it is current.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CheckEntry(_Part):
    """What became of one check."""

    id: str
    """Its id, AA-..."""
    title: str
    """What it is called."""
    severity: Literal["error", "warning", "info"]
    """How grave a finding of it is in this run."""
    lists: tuple[int, ...]
    """The lists it is about."""
    status: str
    """found, passed, could not run, switched off, not in this edition, or not for this input."""
    tested: int | None
    """How many records it looked at; null where nothing counts them."""
    found: int
    """Findings, without those that sum up a whole list."""
    accepted: int
    """Those among them that were accepted."""
    suppressed: int
    """Findings that were not reported because another one says the same."""
    rate: float | None
    """Per cent of what was tested; null where nothing was."""
    reasons: tuple[str, ...]
    """Why it could not run, wholly or in part."""


class FindingEntry(_Part):
    """One finding."""

    check: str
    """Id of the check."""
    severity: Literal["error", "warning", "info"]
    """How grave it is."""
    list: int | None
    """Number of the list it is about."""
    child: str | None
    """Identifier of the child or adopter."""
    event: str | None
    """Identifier of the record."""
    table: str | None
    """Source table."""
    file: str | None
    """Name of the input file."""
    row: int | None
    """Row in that file, headings counted."""
    column: str | None
    """Column of the source, or heading of the list."""
    value: str | None
    """What stands there; null throughout with --no-values."""
    message: str
    """What is wrong, without a value."""
    team: str | None
    """Team that can put it right."""
    worker: str | None
    """Worker who can put it right."""
    due_date: date | None
    """When it was due."""
    days_overdue: int | None
    """Days by which it is late."""
    accepted: str | None
    """Reason, who and until when, where it was accepted."""
    new: bool | None
    """Whether the baseline does not have it; null without a baseline."""


class Counts(_Part):
    """Findings that were not accepted, by severity, and those that were."""

    error: int
    warning: int
    info: int
    accepted: int
    new: int | None


class FindingsFile(_Part):
    """The findings of one run of annexa."""

    model_config = ConfigDict(title="annexa findings, version 1")

    schema_version: Literal[1] = 1
    """Version of this layout."""
    annexa_version: str
    """Version of annexa."""
    edition: str
    """Name of the edition."""
    inspection_date: date
    """The inspection date D."""
    inputs: tuple[str, ...]
    """Names of the files that were read."""
    verdict: str
    """ready, ready with warnings, or not ready: N errors."""
    narrowed: str
    """By what the findings below were narrowed; the verdict never is."""
    counts: Counts
    checks: tuple[CheckEntry, ...]
    findings: Annotated[tuple[FindingEntry, ...], Field()]


def findings_schema_text() -> str:
    """Return the text of docs/findings-1.schema.json."""
    schema = FindingsFile.model_json_schema(mode="serialization")
    return as_text({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def as_text(value: Mapping[str, Any]) -> str:
    """Return a JSON document as it is written: sorted keys, two spaces, a newline at the end."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
