"""How a value is read as a standard code: every spelling that any edition knows, built once, matched exactly.

A spelling is declared or derived. Declared are the code, the label and the `spellings` of the file: one that would
mean two codes is an error. Derived are the forms in which labels, descriptions and spellings are met in practice
(without the letter, with the code before them, with another mark between the two); one that could mean two codes is
dropped, so nothing is ever guessed. A letter with its bracket alone ("c)") is never a spelling: editions and lists
give the same letter different meanings.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

import polars as pl

from annexa.editions.model import Code, EditionCodeSet
from annexa.editions.text import normalise, normalise_expr
from annexa.errors import UsageError

_LETTER: Final = re.compile(r"([a-z]{1,2}[0-9]?\)) (.+)")  # "q) ", "zz) ", "p1) "
_MARKS: Final = (": ", ":", " - ", "-", " ")  # between a code and its text
_MULTIPLE: Final = "multiple:"


@dataclass(frozen=True)
class CodeSet:
    """The union of a code set over all editions: what records hold, and how values are read.

    Args:
        name: the set's name.
        codes: its standard codes.
        lookup: spelling, in the form of annexa.editions.normalise -> standard code.
        not_recorded: the standard code that stands for a blank (K20), or None.
        free_text: a text that is no spelling passes unchanged.
        several: the code of several known spellings in one text, or None. A text has several where, after an optional
            "Multiple:", it is a list of at least two known spellings between commas: "Neglect, Physical abuse" and
            "Multiple: Neglect, Physical abuse" are MUL, "Neglect, something else" is not.
    """

    name: str
    codes: frozenset[str]
    lookup: Mapping[str, str]
    not_recorded: str | None = None
    free_text: bool = False
    several: str | None = None

    def read(
        self,
        values: pl.Expr,
        extra: Mapping[str, str] | None = None,
        *,
        only_extra: bool = False,
        distinct: bool = False,
    ) -> pl.Expr:
        """Turn a String column of values into standard codes; null where a value is blank or no spelling.

        Each different value is looked up once.

        Args:
            values: the column, as it stands in the source.
            extra: spellings of a source profile and their standard codes; they go before the set's own.
            only_extra: nothing but `extra` is read: the values are codes of the system's own.
            distinct: no value is there twice, so that they are looked up as they stand.
        """
        own = _Spellings({normalise(spelling): code for spelling, code in (extra or {}).items()})
        lookup = _Spellings({**self.lookup, **own.codes}) if own.codes else self._spellings

        def code_of(value: pl.Expr) -> pl.Expr:
            return _listed(value, own) if only_extra else self._read_each(value, lookup)

        if distinct:
            return code_of(values)

        def read_column(column: pl.Series) -> pl.Series:
            value = pl.col("value")
            pairs = column.unique().to_frame("value").select(value, code=code_of(value))
            return column.replace_strict(pairs["value"], pairs["code"], return_dtype=pl.String)

        return values.map_batches(read_column, return_dtype=pl.String, is_elementwise=True)

    @cached_property
    def _spellings(self) -> "_Spellings":
        return _Spellings(self.lookup)

    def _read_each(self, value: pl.Expr, lookup: "_Spellings") -> pl.Expr:
        text = normalise_expr(value)
        code = _listed(value, lookup)
        if self.several:
            code = pl.coalesce(code, pl.when(_has_several(text, lookup.codes)).then(pl.lit(self.several)))
        if self.free_text:
            code = pl.coalesce(code, pl.when(text != "").then(value))
        return code


@dataclass(frozen=True)
class _Spellings:
    """Spellings, normalised, and their codes; as columns too, made once."""

    codes: Mapping[str, str]

    @cached_property
    def columns(self) -> tuple[pl.Series, pl.Series]:
        return pl.Series(list(self.codes), dtype=pl.String), pl.Series(list(self.codes.values()), dtype=pl.String)


def _listed(value: pl.Expr, lookup: _Spellings) -> pl.Expr:
    return normalise_expr(value).replace_strict(*lookup.columns, default=None, return_dtype=pl.String)


def _has_several(text: pl.Expr, lookup: Mapping[str, str]) -> pl.Expr:
    parts = text.str.strip_prefix(_MULTIPLE).str.split(",").list.eval(pl.element().str.strip_chars(" "))
    known = parts.list.eval(pl.element().is_in(list(lookup))).list.all()
    return known & (parts.list.len() >= 2)


def union(sets: Mapping[str, EditionCodeSet]) -> CodeSet:
    """Join one code set over editions.

    Args:
        sets: file -> the set as that file has it, oldest edition first; all of one name. The newest that says what
            stands for a blank, or for several, holds.

    Raises:
        UsageError: a declared spelling that means two codes, within an edition or between two of them.
    """
    declared: dict[str, str] = {}
    derived: dict[str, set[str]] = {}
    for file, code_set in sets.items():
        for spelling, code in _declared(file, code_set):
            if declared.setdefault(spelling, code) != code:
                raise UsageError(
                    f"{file}: code {code}: the spelling {spelling!r} already means {declared[spelling]}.",
                    "Let each spelling of a code set mean one code, the same in every edition.",
                )
        for spelling, code in _derived(code_set):
            derived.setdefault(spelling, set()).add(code)
    sure = {spelling: min(codes) for spelling, codes in derived.items() if len(codes) == 1}
    newest_first = list(sets.values())[::-1]
    return CodeSet(
        name=newest_first[0].name,
        codes=frozenset(entry.code for code_set in newest_first for entry in code_set.entries),
        lookup={**sure, **declared},
        not_recorded=next((s.not_recorded for s in newest_first if s.not_recorded), None),
        free_text=any(s.free_text for s in newest_first),
        several=next((s.several for s in newest_first if s.several), None),
    )


def _labelled(code_set: EditionCodeSet) -> Iterator[tuple[Code, str]]:
    """Each entry with the label that is read back as it: of codes that share a label, the first."""
    taken: set[str] = set()
    for entry in code_set.entries:
        label = "" if entry.label in taken else entry.label or ""
        taken.add(label)
        yield entry, label


def _declared(file: str, code_set: EditionCodeSet) -> Iterator[tuple[str, str]]:
    for entry, label in _labelled(code_set):
        for text in (entry.code, *([label] if label else []), *entry.spellings):
            spelling = normalise(text)
            if not spelling:
                raise UsageError(
                    f"{file}: code {entry.code}: a spelling is blank.", "Name the blank's code with not_recorded."
                )
            yield spelling, entry.code


def _derived(code_set: EditionCodeSet) -> Iterator[tuple[str, str]]:
    for entry, label in _labelled(code_set):
        code = normalise(entry.code)
        letter, rest = _split_letter(normalise(label))
        shown = _forms(_without_code(rest, code))
        others = (_without_code(normalise(entry.description or ""), code), *map(normalise, entry.spellings))
        spellings = _with_code(code, shown.union(*map(_forms, others)))
        if letter:
            # Never the letter and the text without the code: Ofsted calls the group of 1A to 1D "a) Individual" too.
            after = {code, rest} | (_with_code(code, shown) - shown)
            spellings |= {letter + blank + text for blank, text in product((" ", ""), after)}
        for spelling in spellings:
            yield spelling, entry.code


def _with_code(code: str, texts: set[str]) -> set[str]:
    return texts | {code + mark + text for mark, text in product(_MARKS, texts)}


def _split_letter(label: str) -> tuple[str, str]:
    match = _LETTER.fullmatch(label)
    return (match[1], match[2]) if match else ("", label)


def _without_code(text: str, code: str) -> str:
    """Return what follows the code in "CODE: text" and "CODE - text"."""
    rest = text.removeprefix(code).lstrip(" ")
    return rest[1:].lstrip(" ") if text.startswith(code) and rest.startswith((":", "-")) else text


def _forms(text: str) -> set[str]:
    """Return a text with and without its last full stop, with and without quotes; nothing of an empty one."""
    bare = text.rstrip(" .")
    return {form for base in (text, bare, bare + ".") for form in (base, re.sub("['\"]", "", base)) if bare}
