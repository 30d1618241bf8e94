"""Which sheet is which list, by its name and its headings together, and where its headings stand."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from annexa.editions import Edition, normalise
from annexa.filled.headings import Vocabulary, declared_headings, heading_form

_HEAD: Final = 50  # rows among which the headings are looked for
_NUMBERED: Final = re.compile(r"(?:^|[^a-z0-9])(?:list|l) ?(?:no\.?|number|[-.:#])? ?0*([0-9]{1,2})(?![0-9])")
_NUMBER_FIRST: Final = re.compile(r"^0*([0-9]{1,2})(?:[ .:)-]+(.*))?$")
_NOT_OF_A_NAME: Final = re.compile(r"[^a-z0-9]+")
_ENOUGH: Final = 0.6  # of a list's columns, for a sheet whose name does not say which list it is
_FEW: Final = 2


@dataclass(frozen=True)
class Sheet:
    """One sheet as text.

    Args:
        name: as found.
        visible: whether it is not hidden.
        cells: every cell as text, from the sheet's first row on.
        first_column: number of the sheet's column that the first one of cells is.
    """

    name: str
    visible: bool
    cells: pl.DataFrame
    first_column: int = 1


@dataclass(frozen=True)
class Headed:
    """Where the headings of a list stand on a sheet.

    Args:
        row: position of the first row of headings.
        height: 2 where they are spread over two rows, else 1.
        texts: the heading of each column; "" where there is none.
        matched: how many columns of the list there are.
        own: how many of these no other list has.
    """

    row: int
    height: int
    texts: tuple[str, ...]
    matched: int
    own: int


@dataclass(frozen=True)
class Recognised:
    """A sheet that is a list.

    Args:
        sheet: the sheet.
        number: of the list.
        headed: where its headings stand.
        named: whether the sheet's name, or the title above the headings, says so too.
        says: number of another list that its name says it is.
    """

    sheet: Sheet
    number: int
    headed: Headed
    named: bool
    says: int | None = None


@dataclass(frozen=True)
class Doubtful:
    """A sheet that looks like a list and cannot be read as one: it has the name of one, or headings of several.

    Args:
        sheet: the sheet.
        number: of the list that its name says it is.
    """

    sheet: Sheet
    number: int | None


@dataclass(frozen=True)
class _Row:
    """A row as headings: the texts, and the forms of those that are not blank."""

    texts: tuple[str, ...]
    forms: frozenset[str]


def recognise(sheet: Sheet, edition: Edition, vocabularies: Mapping[int, Vocabulary]) -> Recognised | Doubtful | None:
    """Say which list a sheet is; None where it is none."""
    if is_ignored(sheet.name):
        return None
    rows = _headings(sheet.cells)
    headed = {number: _headed(rows, words) for number, words in vocabularies.items()}
    named = list_of_name(sheet.name, edition)
    ranked = sorted(headed, key=lambda number: (-headed[number].own, -_share(headed[number], vocabularies[number])))
    best = ranked[0]
    titled = named or _list_of_title(sheet.cells, headed[best].row, edition)
    if titled is not None and headed[titled].matched >= _FEW and (headed[titled].own or not headed[best].own):
        return Recognised(sheet, titled, headed[titled], named=True)
    if headed[best].own and _share(headed[best], vocabularies[best]) >= _ENOUGH:
        return Recognised(sheet, best, headed[best], named=False, says=titled)
    if named is not None or headed[best].own >= _FEW or _share(headed[best], vocabularies[best]) >= _ENOUGH:
        return Doubtful(sheet, named)
    return None


def list_of_name(name: str, edition: Edition) -> int | None:
    """Return the list that the name of a sheet names: List_1, List 3 - Referrals, 4, Contacts and the like."""
    text = normalise(name.replace("_", " "))
    numbered = _NUMBERED.search(text)
    if numbered is not None:
        return _known(int(numbered[1]), edition)
    titles = _titles(edition)
    first = _NUMBER_FIRST.match(text)
    if first is not None and (first[2] is None or titles.get(_plain(first[2])) == int(first[1])):
        return _known(int(first[1]), edition)
    return titles.get(_plain(text))


def is_ignored(name: str) -> bool:
    """Whether a sheet is one of the template's, or of annexa's own, that hold no list."""
    text = _plain(normalise(name.replace("_", " ")))
    names, beginnings = _ignored()
    return text in names or any(text == each or text.startswith(each + " ") for each in beginnings)


@cache
def _ignored() -> tuple[frozenset[str], tuple[str, ...]]:
    declared = declared_headings()["ignored"]
    return frozenset(_plain(normalise(each)) for each in declared["names"]), tuple(
        _plain(normalise(each)) for each in declared["beginnings"]
    )


def _plain(text: str) -> str:
    return _NOT_OF_A_NAME.sub(" ", text).strip()


def _titles(edition: Edition) -> dict[str, int]:
    """Return the lists by their titles and by the names of sheets that are declared."""
    declared = {
        _plain(normalise(name)): int(number)
        for number, names in declared_headings()["sheets"].items()
        for name in names
        if int(number) in edition.lists
    }
    titles = {
        _plain(normalise(spec.title.partition(":")[2] or spec.title)): number for number, spec in edition.lists.items()
    }
    return declared | titles


def _known(number: int, edition: Edition) -> int | None:
    return number if number in edition.lists else None


def _list_of_title(cells: pl.DataFrame, row: int, edition: Edition) -> int | None:
    """Return the list that a title above the headings names."""
    for texts in cells.head(row).rows():
        for text in texts:
            numbered = _NUMBERED.match(normalise(text)) if text else None
            if numbered is not None:
                return _known(int(numbered[1]), edition)
    return None


def _share(headed: Headed, words: Vocabulary) -> float:
    return headed.matched / len(words.official)


def _headings(cells: pl.DataFrame) -> list[tuple[_Row, _Row]]:
    """Return each of the first rows as headings, alone and joined with the row below."""
    rows = cells.head(_HEAD).rows()
    single = [_row(texts) for texts in rows]
    double = [
        _row([" ".join(text for text in pair if text) for pair in zip(upper, lower, strict=True)])
        for upper, lower in itertools.pairwise(rows)
    ]
    return list(itertools.zip_longest(single, double, fillvalue=_row(())))


def _row(texts: Sequence[str | None]) -> _Row:
    return _Row(tuple(text or "" for text in texts), frozenset(filter(None, map(heading_form, texts))))


def _headed(rows: Sequence[tuple[_Row, _Row]], words: Vocabulary) -> Headed:
    """Find the row, or the two rows, with most headings of a list; of several the first."""
    best = Headed(0, 1, (), 0, 0)
    for row, (single, double) in enumerate(rows):
        alone, joined = _judged(row, 1, single, words), _judged(row, 2, double, words)
        below = _judged(row + 1, 1, rows[row + 1][0], words) if row + 1 < len(rows) else alone
        # Two rows are taken for one only where more comes of it than of either.
        chosen = joined if joined.matched > max(alone.matched, below.matched) else alone
        if chosen.matched > best.matched:
            best = chosen
    return best


def _judged(row: int, height: int, texts: _Row, words: Vocabulary) -> Headed:
    found = {heading: form in words.own for form in texts.forms if (heading := words.heading(form))}
    return Headed(row, height, texts.texts, len(found), sum(found.values()))
