"""Words in the place of JSON: what a system writes as one outcome, read as the flags that rules look for.

A profile maps them under [values."record.field"]: "Progress to conference" = "CP_CONFERENCE_FLAG". Several flags stand
between commas. "not NFA_FLAG" says that a flag is a no, and "none" that the word speaks of no flag at all.
"""

import json
from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.editions import normalise, normalise_expr
from annexa.records.flags import FACTORS, FLAGS

JSON_FORM: Final = r"^\s*[\[{]"  # what begins like JSON is no word, even where it is damaged
NONE: Final = "none"
_NOT: Final = "not "


def flags_of(record: str, field: str) -> tuple[str, ...]:
    """Return the flags that rules read of a field that holds JSON; none where it is no such field."""
    path = f"{record}.{field}"
    return (*FLAGS.get(path, ()), *FACTORS.get(path, ()))


def meanings(record: str, field: str) -> tuple[str, ...]:
    """Return what a word of such a field may be mapped to; of all but the last, several stand between commas."""
    flags = flags_of(record, field)
    return (*flags, *(f"{_NOT}{flag}" for flag in flags), NONE)


def parts_of(meaning: str) -> list[str]:
    """Return the single meanings of what a word is mapped to."""
    return [part.strip() for part in meaning.split(",")]


def worded(text: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """Return the text, and for a word that is mapped the JSON that says the same.

    Args:
        text: of a field that holds JSON.
        words: the map of the field: word -> meanings(), compared as codes are, without regard to case.
    """
    if not words:
        return text
    known = {normalise(word): _json(meaning) for word, meaning in words.items()}
    return pl.coalesce(normalise_expr(text).replace_strict(known, default=None, return_dtype=pl.String), text)


def _json(meaning: str) -> str:
    parts = [part for part in parts_of(meaning) if part != NONE]
    return json.dumps({part.removeprefix(_NOT): "N" if part.startswith(_NOT) else "Y" for part in parts})
