"""What the names of tables and columns say: taken apart into words, each word in one form, and compared.

configs/synonyms.toml says which words mean the same. A name becomes the set of things that it speaks of, so that
"ClientNo", "child_ref" and "Person ID" are one and the same.
"""

import difflib
import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Final, TypeAlias

from annexa.records import RECORDS
from annexa.resources import resource

# What a word tells. Words that columns of every kind have tell little: the values show whether a column holds dates.
_WEIGHTS: Final = {
    "date": 0.35,
    "time": 0.35,
    "identifier": 0.5,
    "code": 0.15,
    "description": 0.15,
    "flag": 0.2,
    "type": 0.45,
    "name": 0.5,
    "child": 0.5,
    "latest": 0.5,
    "count": 0.5,
    "status": 0.7,
}
_CLUTTER: Final = "clutter"
_CONTEXT: Final = 0.2  # of a word that the table has said already
_BEYOND: Final = 1.3  # of a word that the other does not have: a column "seen alone" is not "seen"
_UNSURE: Final = 0.8  # of a word that is only like one that is known
_ALIKE: Final = 0.86  # of difflib's ratio: a slip of the keyboard
_PIECES: Final = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_FIRST: Final = re.compile(r"[A-Za-z0-9]+[^A-Za-z0-9]+(?=[A-Za-z0-9])|[a-z]+[0-9]*(?=[A-Z])|[A-Z][a-z]+[0-9]*(?=[A-Z])")
_TWICE: Final = re.compile(r"(.)\1")
_COMBINATIONS: Final = 300  # readings of several pieces that are tried together
_READINGS: Final = 8  # words that one piece may be short for
_VOWELS: Final = str.maketrans("", "", "aeiou")


@dataclass(frozen=True)
class Word:
    """One word of a name: what it may mean, and how sure that is (1: a declared spelling)."""

    means: frozenset[str]
    sure: float = 1.0


Words: TypeAlias = tuple[Word, ...]


def weight(means: frozenset[str]) -> float:
    """Return how much a word of these meanings tells."""
    return max(_WEIGHTS.get(each, 1.0) for each in means)


def _told(means: frozenset[str], context: frozenset[str]) -> float:
    """Return how much a word tells where the context has been said already."""
    return weight(means) * (_CONTEXT if means & context else 1.0)


def similarity(one: Words, other: Words, context: frozenset[str] = frozenset()) -> float:
    """Return how much two names say the same, from 0 to 1: what they share, by what both say.

    Args:
        one: words of a name.
        other: words of another.
        context: what goes without saying, and tells little where only one of the two says it.
    """
    left, shared, lost = list(other), 0.0, 0.0
    for word in one:
        match = next((each for each in left if each.means & word.means), None)
        if match is None:
            lost += _told(word.means, context) * _BEYOND
        else:
            left.remove(match)
            told = _told(match.means & word.means, context)
            shared += told * word.sure
            lost += told * (1 - word.sure)
    lost += sum(_told(each.means, context) for each in left)
    return 2 * shared / (2 * shared + lost) if shared else 0.0


class Vocabulary:
    """The declared synonyms, and how names are read with them."""

    def __init__(self, words: Mapping[str, Sequence[str]], phrases: Sequence[str] = ()) -> None:
        """Take the words with their spellings; a word of a phrase that is none of them means itself."""
        spellings: dict[tuple[str, ...], set[str]] = {}
        for meaning, others in words.items():
            for spelling in (meaning.replace("_", " "), *others):
                spellings.setdefault(tuple(map(_stem, spelling.lower().split())), set()).add(meaning)
        singles = {word for phrase in phrases for word in map(_stem, phrase.lower().split())}
        singles -= {part for spelling in spellings for part in spelling}
        spellings |= {(word,): {word} for word in singles}
        self._spellings = {spelling: frozenset(means) for spelling, means in spellings.items()}
        self._longest = max(map(len, self._spellings))
        self._known = {
            part for spelling in self._spellings for part in spelling if part not in singles or len(part) > 3
        }
        self._parts = {part for spelling in self._spellings for part in spelling}
        self._by_letter: dict[str, list[str]] = {}
        for part in sorted(self._parts, key=lambda part: (len(part), part)):
            if len(part) > 2:
                self._by_letter.setdefault(part[0], []).append(part)
        self._read: dict[str, Words] = {}

    def words(self, name: str, without: str = "") -> Words:
        """Return what a name says.

        Args:
            name: of a table or column, or a phrase.
            without: what it begins with that says nothing, such as a prefix that all columns of a table have.
        """
        said = name[len(without) :] if without and name.lower().startswith(without) else name
        if said not in self._read:
            self._read[said] = self._meaning(self.pieces(said))
        return self._read[said]

    def knows(self, word: str) -> bool:
        """Whether a word is declared, as it stands or in the singular."""
        return (_stem(word.lower()),) in self._spellings

    def has(self, word: str) -> bool:
        """Whether a word stands in a declared spelling, in the singular or the plural."""
        return _stem(word.lower()) in self._parts

    def pieces(self, name: str) -> list[str]:
        """Return the words of a name as they stand, in lower case and in the singular."""
        found: list[str] = []
        for chunk in re.findall(r"[A-Za-z0-9]+", name):
            whole = _stem(chunk.lower())
            parts = [whole] if whole in self._known else [_stem(each.lower()) for each in _PIECES.findall(chunk)]
            found += self._joined(parts)
        return [part for piece in found for part in self._divided(piece)]

    def _joined(self, parts: list[str]) -> list[str]:
        """Put together again what capitals divided and is one word: "DoB", "UrN"."""
        answer: list[str] = []
        for part in parts:
            together = answer[-1] + part if answer else ""
            if together in self._known and not {answer[-1], part} <= self._known:
                answer[-1] = together
            else:
                answer.append(part)
        return answer

    def _divided(self, piece: str) -> list[str]:
        """Divide what is written as one word into known ones: "clientno", "dateofreferral"."""
        if piece in self._known or len(piece) < 4:
            return [piece]
        best: list[tuple[float, list[str]] | None] = [(0.0, []), *([None] * len(piece))]
        for end in range(1, len(piece) + 1):
            for begin in range(max(0, end - 16), end - 1):
                before, part = best[begin], _stem(piece[begin:end])
                if before is not None and part in self._known:
                    cost = before[0] + (1.0 if end - begin > 2 else 1.7)
                    held = best[end]
                    if held is None or cost < held[0]:
                        best[end] = (cost, [*before[1], part])
        whole = best[-1]
        return whole[1] if whole is not None and whole[0] <= 0.85 * len(piece) else [piece]

    def _meaning(self, pieces: list[str]) -> Words:
        readings = [self._readings(piece) for piece in pieces]
        answer: list[Word] = []
        position = 0
        while position < len(pieces):
            word, length = self._longest_at(pieces, readings, position)
            answer.append(word)
            position += length
        telling = [Word(each.means - {_CLUTTER}, each.sure) for each in answer if each.means != {_CLUTTER}]
        return tuple(dict.fromkeys(telling or answer))

    def _longest_at(self, pieces: list[str], readings: list[list[str]], position: int) -> tuple[Word, int]:
        """Return the word that the most pieces from a position on make together, and their number."""
        for length in range(min(self._longest, len(pieces) - position), 0, -1):
            options = readings[position : position + length]
            if math.prod(map(len, options)) > _COMBINATIONS:
                continue
            if length == 1 and (pieces[position],) in self._spellings:
                return Word(self._spellings[pieces[position],]), 1
            means = frozenset[str]().union(*(self._spellings.get(each, frozenset()) for each in product(*options)))
            if means:
                known = all(piece in self._parts for piece in pieces[position : position + length])
                return Word(means, 1.0 if known else _UNSURE), length
        alone = readings[position]
        return Word(frozenset(alone), 1.0 if pieces[position] in self._parts else _UNSURE), 1

    def _readings(self, piece: str) -> list[str]:
        """Return the words that a piece may stand for: itself and what it means, or what it may be short for."""
        means = self._spellings.get((piece,))
        if means is not None:
            short = len(piece) <= 4 and not means & {piece}
            return [piece, *(sorted(_stem(each) for each in means - {_CLUTTER}) if short else ())]
        longer = [word for word in self._expanded(piece) if word != piece]
        return [piece, *longer] if piece in self._parts else longer or [piece]

    def _expanded(self, piece: str) -> list[str]:
        """Return what an unknown word may be short for: it is the beginning, the consonants or some letters of that."""
        if piece[0].isdigit() or len(piece) < 2:
            return [piece]
        near = self._by_letter.get(piece[0], ())
        bare = _bare(piece)
        found = [word for word in near if len(piece) > 2 and word.startswith(piece)]
        if piece == piece[0] + piece[1:].translate(_VOWELS):
            short = [word for word in near if _bare(word) == bare and (len(bare) > 2 or len(word) < 6)]
            found += [word for word in short if word not in found]
        if len(piece) == 3:
            # "agy" is agency, and "tem" is team: some of the letters, from the first to the last.
            inside = [word for word in near if word[-1] == piece[-1] and len(word) < 9 and _within(piece, word)]
            found = [*(word for word in inside if word not in found), *found]
        if piece in self._parts:
            return found[:_READINGS]
        if not found and len(piece) > 3:
            # The shortest word that has all its letters in their order: "revrs" is reversed.
            found = [word for word in near if len(word) <= 2 * len(piece) and _within(piece, word)][:1]
        if not found and len(piece) > 3:
            found = difflib.get_close_matches(piece, near, n=1, cutoff=_ALIKE)
        return found[:_READINGS] or [piece]


def _within(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _bare(word: str) -> str:
    """Return a word's first letter and its consonants, each once where it stands twice."""
    return _TWICE.sub(r"\1", word[0] + word[1:].translate(_VOWELS))


def _stem(word: str) -> str:
    """Return a word in the singular, as far as its ending tells."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def common_prefix(names: Sequence[str]) -> str:
    """Return what most names of several begin with, in lower case: it says the system, and no more."""
    first = _beginnings(names)
    common = max(sorted(first), key=lambda begin: first[begin], default="")
    return common if first[common] >= max(3, 0.7 * len(names)) else ""


def own_prefixes(tables: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each table what its columns' names begin with, where that is a sign of the table and no word.

    It is the beginning that most of its columns have in common, and that no other table has more often: columns that
    name a row of another table begin with the sign of that one.

    Args:
        tables: names of columns by table.
    """
    first = {table: _beginnings(names) for table, names in tables.items()}
    answer = {}
    for table, begins in first.items():
        sign = max(sorted(begins), key=lambda begin: begins[begin], default="")
        elsewhere = max((other[sign] for name, other in first.items() if name != table), default=0)
        answer[table] = sign if begins[sign] >= 2 and begins[sign] > elsewhere else ""
    return answer


def _beginnings(names: Sequence[str]) -> Counter[str]:
    """Count the first words of names, each with the mark behind it; something is left behind it."""
    return Counter(match[0].lower() for name in names if (match := _FIRST.match(name)))


@dataclass(frozen=True)
class Synonyms:
    """The vocabulary, with what tables and columns of each record are called.

    Args:
        vocabulary: reads names.
        tables: record -> what its table is called.
        columns: record -> field -> what its column is called.
        context: record -> the words that its table has said.
        everyday: words that say nothing of a person.
    """

    vocabulary: Vocabulary
    tables: Mapping[str, tuple[Words, ...]]
    columns: Mapping[str, Mapping[str, tuple[Words, ...]]]
    context: Mapping[str, frozenset[str]]
    everyday: frozenset[str]


@cache
def synonyms() -> Synonyms:
    """Return the synonyms of configs/synonyms.toml, with the names of the records and of the standard layout."""
    file = tomllib.loads(resource("configs", "synonyms.toml").read_text("utf-8-sig"))
    vocabulary = Vocabulary(file["words"], _phrases(file))
    tables: dict[str, tuple[Words, ...]] = {}
    columns: dict[str, dict[str, tuple[Words, ...]]] = {}
    context: dict[str, frozenset[str]] = {}
    for name, record in RECORDS.items():
        own = file["records"].get(name, {})
        names = (name, record.meta.table.partition("_")[2], *own.get("table", ()))
        tables[name] = tuple(dict.fromkeys(vocabulary.words(each) for each in names))
        context[name] = frozenset().union(*(word.means for each in names[:3] for word in vocabulary.words(each)))
        columns[name] = {}
        for field in record.fields().values():
            standard = (_standard(column, record.meta.table) for column in field.columns)
            given = own.get("columns", {}).get(field.name, ())
            phrases = (field.name, *standard, *given, *file["everywhere"].get(field.name, ()))
            columns[name][field.name] = tuple(dict.fromkeys(vocabulary.words(each) for each in phrases))
    return Synonyms(vocabulary, tables, columns, context, frozenset(file["everyday"]))


def _phrases(file: Mapping[str, Any]) -> list[str]:
    entries = [file["everywhere"], *(each.get("columns", {}) for each in file["records"].values())]
    columns = [phrase for entry in entries for phrases in entry.values() for phrase in phrases]
    return columns + [phrase for each in file["records"].values() for phrase in each["table"]]


def _standard(column: str, table: str) -> str:
    # Columns of the dataset begin with four letters for their table.
    return column.partition("_")[2] if table.startswith("ssd_") else column
