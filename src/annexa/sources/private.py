"""Which values of an unknown extract may be shown: words and codes of a lookup, and never what may speak of a person.

A column of codes is one that has few values, each in several rows, and a name that speaks of no person and no free
text. Of such a column a value is shown if its words are those of the code sets or of configs/synonyms.toml. A word that
nobody has declared may be a name; it is shown only where it is frequent, stands alone or among known words, and is none
of the names that the extract itself holds. What is left out is counted, so that a user knows to look for it herself.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from annexa.editions import code_sets
from annexa.sources.profile_of import ColumnProfile, TableProfile
from annexa.sources.wording import Words, synonyms

_LONGEST: Final = 100  # characters of a value that is shown
_MOST_WORDS: Final = 12
_SHOWN: Final = 40  # values of one column
_TWICE: Final = 2  # rows that a value of known words stands in, at least
_OFTEN: Final = 5  # rows that a value with an unknown word stands in, at least
_SHARE: Final = 0.01  # and the share of the column's rows
_KEYS: Final = 50  # different values from which on a column of unique ones holds keys
_KEY_LENGTH: Final = 4  # characters of one: shorter ones are the numbers of codes too
_TELLING: Final = 3  # letters from which on a word can be a name that anybody would know
_PRIVATE: Final = frozenset({"forename", "surname", "address", "postcode", "nhs", "upn", "identifier", "birth"})
_PRIVATE_WORDS: Final = frozenset(
    {"note", "comment", "remark", "summary", "narrative", "memo", "observation", "free", "story", "history"}
    | {"email", "mail", "phone", "telephone", "tel", "mobile", "fax"}
)
_PEOPLE: Final = frozenset(
    {"name", "worker", "carer", "adopter", "adviser", "family", "parent", "iro", "ewo", "foster"}
)
_PEOPLE_WORDS: Final = frozenset({"by", "with", "who", "whom", "whose"})
_KINDS: Final = frozenset({"type", "status", "reason", "role", "flag", "outcome", "relationship"})
_NAMES: Final = frozenset({"forename", "surname", "name", "worker", "carer", "adopter", "adviser", "parent"})
_NEVER: Final = re.compile(
    r"@|://|[{}]"
    r"|\b[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}\b"  # a postcode
    r"|[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}"  # a day
    r"|(?:[0-9][ -]?){7,}"  # a telephone number or an identifier
    r"|\b[A-Z]{0,3}[0-9]{6,}"
)
_OWNED: Final = "['\u2019]s$"
_WORD: Final = re.compile("[^\\W\\d_]+(?:['\u2019][^\\W\\d_]+)*")


def is_data(heading: str) -> bool:
    """Whether a heading is none: a day, a postcode, a number of a person; the table then begins with its data."""
    return bool(_NEVER.search(heading)) or (heading.strip().isdigit() and len(heading.strip()) > 4)


def own_names(tables: Iterable[TableProfile]) -> frozenset[str]:
    """Return the words of the names and the longer keys that the extract holds, in lower case."""
    read = synonyms().vocabulary
    answer: set[str] = set()
    for column in (column for table in tables for column in table.columns):
        means = _means(read.words(column.name))
        kind = means & _KINDS or max(column.known.values(), default=0.0) > 0.3
        if (means & _NAMES or column.share("person_name") > 0.5) and not kind:
            words = column.values.str.extract_all(_WORD.pattern).explode().str.to_lowercase().str.replace(_OWNED, "")
            answer.update(words.filter(words.str.len_chars() >= _TELLING).unique())
        if column.distinct > _KEYS and column.unique > 0.9 and column.share("token") > 0.9 and column.dates < 0.1:
            answer.update(column.values.filter(column.values.str.len_chars() >= _KEY_LENGTH).str.to_lowercase())
    return frozenset(answer)


def may_be_shown(column: ColumnProfile, words: Words) -> bool:
    """Whether a column is a list of codes by its name and its values.

    Args:
        column: what it holds.
        words: of its name.
    """
    repeated = column.distinct <= 2 or column.filled >= 3 * column.distinct
    private = _means(words) & _PRIVATE or _said(column.name) & _PRIVATE_WORDS
    return bool(column.codes) and not private and repeated and column.dates < 0.1


def showable(
    column: ColumnProfile, words: Words, names: frozenset[str], values: Iterable[str]
) -> list[tuple[str, int]]:
    """Return those of a column's values that may be shown, with their rows, the most frequent first.

    Args:
        column: what it holds.
        words: of its name.
        names: that the extract holds (own_names).
        values: of the column, those that are asked for.
    """
    if not may_be_shown(column, words):
        return []
    about_people = _about_people(column.name, words)
    least = max(_OFTEN, _SHARE * column.filled)
    wanted = set(values)
    return [
        (value, rows)
        for value, rows in column.codes.items()
        if value in wanted and rows >= _TWICE and _may_show(value, names, often=rows >= least and not about_people)
        if not about_people or any(map(_is_known, _telling(value)))
    ][:_SHOWN]


def _may_show(value: str, names: frozenset[str], *, often: bool) -> bool:
    """Whether a value may be shown; where it is not `often` in its column, only if all its words are known."""
    words = _words(value)
    if len(value) > _LONGEST or len(words) > _MOST_WORDS or value.lower() in names or _NEVER.search(value):
        return False
    telling = _telling(value)
    unknown = [word for word in telling if not _is_known(word)]
    if (telling and names.issuperset(telling)) or names & set(unknown):
        return False
    if not unknown:
        return True
    if len(words) == 1:
        return often
    named = any(word[0].isupper() and _base(word) in unknown for word in _WORD.findall(value))
    return often and not named and 2 * len(unknown) <= len(telling)


def _about_people(name: str, words: Words) -> bool:
    """Whether a column's name says that people stand in it, and not of what kind they are."""
    means = _means(words)
    return "name" in means or bool((means & _PEOPLE or _said(name) & _PEOPLE_WORDS) and not means & _KINDS)


def _means(words: Words) -> set[str]:
    return {meaning for word in words for meaning in word.means}


def _said(name: str) -> set[str]:
    return set(synonyms().vocabulary.pieces(name))


def _words(value: str) -> Sequence[str]:
    return [_base(word) for word in _WORD.findall(value)]


def _base(word: str) -> str:
    return re.sub(_OWNED, "", word.lower())


def _telling(value: str) -> list[str]:
    return [word for word in _words(value) if len(word) >= _TELLING]


def _is_known(word: str) -> bool:
    return word in synonyms().everyday or word in _words_of_codes() or synonyms().vocabulary.has(word)


@cache
def _words_of_codes() -> frozenset[str]:
    return frozenset(word for each in code_sets().values() for spelling in each.lookup for word in _words(spelling))
