"""Which values of an unknown extract no code set knows, and what each could mean."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from annexa.editions import code_sets, normalise
from annexa.records import Kind, RecordField
from annexa.sources.outcomes import JSON_FORM
from annexa.sources.private import showable
from annexa.sources.profile_of import ColumnProfile
from annexa.sources.wording import Words

_LIKE: Final = 0.55  # of difflib's ratio


@dataclass(frozen=True)
class Suggestion:
    """A value that no code set knows: in how many rows it stands, and the codes it is most like, the nearest first."""

    value: str
    rows: int
    codes: tuple[tuple[str, float], ...]


def unknown_values(
    column: ColumnProfile, field: RecordField, words: Words, names: frozenset[str]
) -> tuple[list[Suggestion], int]:
    """Return the values of a column of codes that its code set cannot read; or the words of one that should hold JSON.

    Args:
        column: matched with the field.
        field: of codes or JSON; of any other kind nothing is unknown.
        words: of the column's name.
        names: that the extract holds; see annexa.sources.private.

    Returns:
        Those that may be shown, the most frequent first, with what they could mean; values that are read alike are
        one, since a profile may map them once. And how many more there are.
    """
    if field.kind not in (Kind.CODE, Kind.JSON):
        return [], 0
    if not column.codes:
        return [], column.distinct
    values = pl.DataFrame({"value": list(column.codes)})
    codes = code_sets()[field.code_set] if field.kind is Kind.CODE else None
    known = codes.read(pl.col("value")).is_not_null() if codes else pl.col("value").str.contains(JSON_FORM)
    unread = values.filter(~known)["value"].to_list()
    shown = showable(column, words, names, unread)
    alike: dict[str, list[tuple[str, int]]] = {}
    for value, rows in shown:
        alike.setdefault(normalise(value), []).append((value, rows))
    found = [
        Suggestion(each[0][0], sum(rows for _, rows in each), closest(each[0][0], field.code_set) if codes else ())
        for each in alike.values()
    ]
    return found, len(unread) - len(shown)


def closest(value: str, code_set: str) -> tuple[tuple[str, float], ...]:
    """Return the standard codes whose spellings a value is most like, with the likeness, the nearest first."""
    text = normalise(value)
    spellings = _plain_spellings(code_set)
    best: dict[str, float] = {}
    for spelling in difflib.get_close_matches(text, list(spellings), n=8, cutoff=_LIKE):
        best.setdefault(spellings[spelling], difflib.SequenceMatcher(None, spelling, text).ratio())
    begin = re.match(r"[a-z0-9]+", text)
    for code in code_sets()[code_set].codes:
        # "U6 - Foster carer" begins with the code; the words of a system for it are its own.
        if begin and begin[0] == normalise(code) and len(text) > len(code):
            best[code] = 0.95
    told = set(text.replace("-", " ").split())
    for spelling, code in spellings.items():
        words = set(spelling.replace("-", " ").split())
        shared = sum(len(word) for word in told & words if len(word) > 3)
        if shared:
            # A word in common says more than letters in common: "Interim order" is an interim care order.
            score = min(0.9, 2 * shared / (len("".join(told)) + len("".join(words))))
            best[code] = max(best.get(code, 0.0), score)
    ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, score) for code, score in ranked if score >= 0.3)[:3]


@cache
def _plain_spellings(code_set: str) -> dict[str, str]:
    """Return the spellings of a code set without those that only put the code before another one."""
    lookup = code_sets()[code_set].lookup
    plain = {}
    for spelling, code in sorted(lookup.items(), key=lambda pair: (len(pair[0]), pair[0])):
        before = normalise(code)
        with_code = spelling != before and spelling.startswith((f"{before} ", f"{before}:", f"{before}-"))
        if not with_code and ")" not in spelling[:4] and not spelling.endswith("."):
            plain[spelling] = code
    return plain
