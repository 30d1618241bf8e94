"""Which values of an unknown extract may be shown, and what each could mean.

Only values of columns that are lists of codes: few, short, each in several rows, and nothing that looks like a name, an
address, a telephone number or an identifier. Everything else of an extract stays in it.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from annexa.editions import code_sets, normalise
from annexa.records import Kind, RecordField
from annexa.sources.profile_of import ColumnProfile
from annexa.sources.wording import Words

_LONGEST: Final = 100  # characters of a value that is shown
_SHOWN: Final = 40  # values of one column
_TWICE: Final = 2  # rows that a value stands in, at least
_LIKE: Final = 0.55  # of difflib's ratio
_PRIVATE: Final = frozenset(
    {"forename", "surname", "name", "address", "postcode", "nhs", "upn", "email", "telephone", "phone", "mobile"}
    | {"note", "comment", "description of", "narrative", "identifier", "birth"}
)


@dataclass(frozen=True)
class Suggestion:
    """A value that no code set knows: in how many rows it stands, and the codes it is most like, the nearest first."""

    value: str
    rows: int
    codes: tuple[tuple[str, float], ...]


def may_be_shown(column: ColumnProfile, words: Words) -> bool:
    """Whether a column is so plainly a list of codes that its values may be written into a proposal.

    Args:
        column: what it holds.
        words: of its name.
    """
    private = {meaning for word in words for meaning in word.means} & _PRIVATE
    repeated = column.distinct <= 2 or column.filled >= 3 * column.distinct
    looks = max(column.share(shape) for shape in ("person_name", "contact", "postcode", "nhs", "upn", "json"))
    # A code set that reads some of the values shows that they are codes, even where they look like names.
    known = max(column.known.values(), default=0.0)
    return bool(column.codes) and not private and repeated and column.dates < 0.1 and (looks < 0.2 or known > 0.3)


def unknown_values(column: ColumnProfile, field: RecordField, words: Words) -> tuple[list[Suggestion], int]:
    """Return the values of a column of codes that its code set cannot read.

    Args:
        column: matched with the field.
        field: of codes.
        words: of the column's name.

    Returns:
        Those that may be shown, the most frequent first, with what they could mean; and how many more there are.
    """
    if field.kind is not Kind.CODE:
        return [], 0
    code_set = code_sets()[field.code_set]
    unread = {value: rows for value, rows in column.codes.items() if normalise(value) not in code_set.lookup}
    if not column.codes:
        return [], column.distinct
    if not may_be_shown(column, words):
        return [], len(unread)
    shown = [(value, rows) for value, rows in unread.items() if rows >= _TWICE and len(value) <= _LONGEST][:_SHOWN]
    return [Suggestion(value, rows, closest(value, field.code_set)) for value, rows in shown], len(unread) - len(shown)


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


def roles(column: ColumnProfile, words: Words) -> Sequence[str]:
    """Return the roles that a column of roles holds, where they may be shown."""
    return [value for value, rows in column.codes.items() if rows >= _TWICE] if may_be_shown(column, words) else []
