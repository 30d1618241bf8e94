"""configs/differences.toml: which rows are the same row, and what a reason code says of a child who joined or left."""

import tomllib
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from annexa.editions import ColumnSpec, ListSpec
from annexa.filled.kinds import key_headings
from annexa.lists.reasons import REASONS
from annexa.resources import resource

BY_DATE: Final = "by date"

Why = Literal["new event", "window moved on", "closed", "corrected"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListRule(_Part):
    """What is known of one list: see the comments of the file."""

    entry: tuple[str, ...]
    end: tuple[str, ...]
    match: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


class ReasonRule(_Part):
    """What one reason code says."""

    joined: Why
    left: Why | Literal["by date"]


class Rules(_Part):
    """The whole file; list numbers are texts in TOML."""

    lists: dict[int, ListRule]
    reasons: dict[str, ReasonRule]


@cache
def rules() -> Rules:
    """Return the rules; a test holds that every list and every reason code has its own."""
    text = resource("configs", "differences.toml").read_text("utf-8-sig")
    found = Rules.model_validate(tomllib.loads(text))
    unknown = found.reasons.keys() ^ REASONS.keys()
    if unknown:
        raise ValueError(f"differences.toml and the reasons differ: {', '.join(sorted(unknown))}")
    return found


def headings_of(spec: ListSpec, names: tuple[str, ...]) -> list[str]:
    """Return the headings of the columns that show these fields or derivations, as far as the edition has them."""
    by_name = {_name(column): column.heading for column in spec.columns}
    return [by_name[name] for name in names if name in by_name]


def match_levels(spec: ListSpec) -> list[list[str]]:
    """Return the headings by which rows are paired, the finer first: (child, date, further columns), (child, date)."""
    key = list(key_headings(spec))
    further = [each for each in headings_of(spec, rules().lists[spec.number].match) if each not in key]
    return [[*key, *further], key] if further else [key]


def _name(column: ColumnSpec) -> str:
    return column.field or column.derive or ""
