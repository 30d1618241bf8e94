"""Which column of a sheet is which column of a list: by Ofsted's heading, or by a synonym that is declared.

Headings are compared in one form (case, blanks, line breaks, quotation marks, punctuation at the end). Beyond that
nothing is matched by likeness: a column that is taken for another one would put one fact in the place of another.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from annexa.editions import Edition, ListSpec, edition_names, load_edition, normalise
from annexa.resources import resource

_AT_THE_END: Final = " .,;:?!*"
_LONGEST: Final = 400
_CARRIAGE_RETURN: Final = "_x000d_"  # how some programs write the end of a line into a cell


@dataclass(frozen=True)
class Vocabulary:
    """The headings that one list goes by, each in the form in which headings are compared.

    Args:
        official: form -> heading of the edition.
        synonyms: form -> heading of the edition that it stands for.
        elsewhere: form -> the editions that have it on this list, where the edition in hand does not.
        own: forms that stand for a column which no other list has.
    """

    official: Mapping[str, str]
    synonyms: Mapping[str, str]
    elsewhere: Mapping[str, str]
    own: frozenset[str]

    def heading(self, form: str) -> str | None:
        """Return the official heading that a form stands for."""
        return self.official.get(form) or self.synonyms.get(form)


@dataclass(frozen=True)
class Columns:
    """What the columns of a sheet are, by position among the columns that were read.

    Args:
        read: official heading -> the column it is read from.
        twice: official heading -> columns beside it with the same heading, all of them with cells.
        beside: column -> official heading that another column was preferred for.
        elsewhere: column -> the editions that have its heading.
        unknown: columns whose heading is not recognised, or that have cells and no heading.
    """

    read: Mapping[str, int]
    twice: Mapping[str, tuple[int, ...]]
    beside: Mapping[int, str]
    elsewhere: Mapping[int, str]
    unknown: tuple[int, ...]


def heading_form(text: str | None) -> str:
    """Return the form in which headings are compared: as normalise, without punctuation at the end.

    A text that is too long to be a heading has the form of none, "".
    """
    if not text or len(text) > _LONGEST:
        return ""
    form = normalise(normalise(text).replace(_CARRIAGE_RETURN, " ")).rstrip(_AT_THE_END)
    while form.endswith(")") and form.count(")") > form.count("("):
        form = form[:-1].rstrip(_AT_THE_END)
    return form


def vocabularies(edition: Edition) -> dict[int, Vocabulary]:
    """Return the headings of each list of an edition, with those that only other editions have."""
    declared = declared_headings()
    others = [load_edition(name) for name in edition_names() if name != edition.name]
    official = {number: _official(spec) for number, spec in edition.lists.items()}
    synonyms = {number: dict(_synonyms(spec, declared)) for number, spec in edition.lists.items()}
    lists_with: dict[str, int] = {}
    for headings in official.values():
        for form in headings:
            lists_with[form] = lists_with.get(form, 0) + 1
    found = {}
    for number, headings in official.items():
        said = {form: heading for form, heading in synonyms[number].items() if form not in headings}
        own = {form for form in headings if lists_with[form] == 1}
        own |= {form for form, heading in said.items() if heading_form(heading) in own}
        known = headings.keys() | said.keys()
        found[number] = Vocabulary(headings, said, dict(_elsewhere(number, others, known, declared)), frozenset(own))
    return found


def assign(forms: Sequence[str], has_cells: Sequence[bool], vocabulary: Vocabulary) -> Columns:
    """Say what each column of a sheet is.

    Of several columns for one heading the one with cells is read, then the one with the official heading, then the
    first.

    Args:
        forms: of the headings, "" where there is none.
        has_cells: whether the column has a cell that is not blank.
        vocabulary: of the list.
    """
    claims: dict[str, list[tuple[bool, bool, int]]] = {}
    elsewhere: dict[int, str] = {}
    unknown: list[int] = []
    for position, form in enumerate(forms):
        heading = vocabulary.heading(form)
        if heading is not None:
            claims.setdefault(heading, []).append((not has_cells[position], form not in vocabulary.official, position))
        elif form in vocabulary.elsewhere:
            elsewhere[position] = vocabulary.elsewhere[form]
        elif form or has_cells[position]:
            unknown.append(position)
    read: dict[str, int] = {}
    twice: dict[str, tuple[int, ...]] = {}
    beside: dict[int, str] = {}
    for heading, columns in claims.items():
        best, *rest = sorted(columns)
        read[heading] = best[2]
        equals = tuple(position for *rank, position in rest if rank == list(best[:2]) and not best[0])
        if equals:
            twice[heading] = equals
        beside |= {position: heading for *_, position in rest if position not in equals}
    return Columns(read, twice, beside, elsewhere, tuple(unknown))


@cache
def declared_headings() -> Mapping[str, Any]:
    """Return what headings.toml declares: everywhere, list, sheets, ignored."""
    return tomllib.loads(resource("configs", "headings.toml").read_text("utf-8-sig"))


def _official(spec: ListSpec) -> dict[str, str]:
    return {heading_form(column.heading): column.heading for column in spec.columns}


def _synonyms(spec: ListSpec, declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    headings = _official(spec)
    for said in (declared["everywhere"], declared["list"].get(str(spec.number), {})):
        for official, others in said.items():
            heading = headings.get(heading_form(official))
            if heading is not None:
                yield from ((heading_form(other), heading) for other in others)


def _elsewhere(
    number: int, others: Sequence[Edition], known: set[str], declared: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    editions: dict[str, list[str]] = {}
    for edition in others:
        spec = edition.lists.get(number)
        if spec is not None:
            for form in {**_official(spec), **dict(_synonyms(spec, declared))}:
                if form not in known:
                    editions.setdefault(form, []).append(edition.name)
    yield from ((form, " and ".join(names)) for form, names in editions.items())
