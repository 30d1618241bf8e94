"""Findings that an officer has accepted, with a reason and until a day: they stay in the report and stop no gate.

[[accepted]]
check = "AA-X20"
child = "1001"            # or "*" for every child, and for findings that name none
reason = "Dual status agreed at the review of 12 May."
who = "A. Officer"
until = 2025-12-31
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from annexa.checks.catalogue import known
from annexa.errors import UsageError
from annexa.findings import Findings

EVERY_CHILD = "*"
ACCEPTED = "accepted"
_BEGINS = "AA-"  # of the id of a check


class Acceptance(BaseModel):
    """One entry of accepted.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    check: str
    child: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    until: date

    @field_validator("check")
    @classmethod
    def _known(cls, check: str) -> str:
        # What stands in the place of an id may be that of a child, and is not repeated.
        if not check.upper().startswith(_BEGINS):
            raise UsageError("What stands behind check is no id of a check.", f"Write it as {_BEGINS}X20.")
        return known(check)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    accepted: tuple[Acceptance, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """Findings after what was accepted.

    Args:
        findings: columns of findings.SCHEMA and `accepted`: the reason, who and until when; blank where it is not.
        about: findings about the acceptances themselves: expired (AA-R41), matching nothing (AA-R42).
    """

    findings: pl.DataFrame
    about: pl.DataFrame


def load_accepted(path: Path) -> tuple[Acceptance, ...]:
    """Read an accepted.toml.

    Raises:
        UsageError: it cannot be read, has an unknown key or check, or an entry lacks a part.
    """
    hint = "An entry has check, child (or *), reason, who and until; see docs/checks-for-officers.md."
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", "Check the name given.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UsageError(f"{path.name} is not a TOML file.", hint) from None
    try:
        return _File.model_validate(content).accepted
    except UsageError as error:
        raise UsageError(f"{path.name}: {error.message}", error.hint) from None
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        *_, key = fault["loc"]
        number = next((part + 1 for part in fault["loc"] if isinstance(part, int)), None)
        entry = f"entry {number}: " if number else ""
        raise UsageError(f"{path.name}: {entry}{key}: {_in_words(fault['type'])}.", hint) from None


def _in_words(fault: str) -> str:
    words = {"missing": "is missing", "extra_forbidden": "is no key of an acceptance", "string_too_short": "is blank"}
    return words.get(fault, "is not of the right kind")


def accept(findings: pl.DataFrame, acceptances: Sequence[Acceptance], day: date, file: str) -> Accepted:
    """Mark the findings that were accepted.

    Args:
        findings: columns of findings.SCHEMA.
        acceptances: of accepted.toml.
        day: the inspection date; an acceptance counts until its own day, included.
        file: name of the file, for findings about it.
    """
    about = Findings()
    marked = findings.with_columns(pl.lit(None, dtype=pl.String).alias(ACCEPTED))
    for number, each in enumerate(acceptances, start=1):
        if each.until < day:
            message = f"Entry {number} of {file} ended before the inspection date and no longer counts."
            about.add("AA-R41", message, file=file, row=number, value=f"{each.check}, until {each.until:%d/%m/%Y}")
            continue
        right = pl.col("check") == each.check
        if each.child != EVERY_CHILD:
            right &= pl.col("child") == each.child
        if not findings.select(right.any().fill_null(value=False)).item():
            message = f"Entry {number} of {file} matches no finding: it can be removed."
            about.add("AA-R42", message, file=file, row=number, value=each.check)
            continue
        text = pl.lit(f"{each.reason} ({each.who}, until {each.until:%d/%m/%Y})")
        # The first entry that matches is the one that is shown.
        marked = marked.with_columns(pl.coalesce(ACCEPTED, pl.when(right).then(text)).alias(ACCEPTED))
    return Accepted(marked, about.frame())
