"""One form for texts that mean the same: how a value of a record meets the spellings of a code.

Everything is a replacement of single characters, then the joining of blanks: that can be done in the same way by
Python and by Polars, whatever the Unicode version of either, and a property test holds that both agree.
"""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

_DASHES: Final = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SINGLE_QUOTES: Final = "\u2018\u2019\u201a\u201b\u2032\u2035\u0060\u00b4\u02b9\u02bc\uff07"
_DOUBLE_QUOTES: Final = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02"
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff"
_BLANKS: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _replacements() -> Iterator[tuple[str, str]]:
    # Capitals of the Latin scripts, Welsh included. A letter whose small form has two characters stays as it is.
    for letter in map(chr, range(0x41, 0x180)):
        small = letter.lower()
        if small != letter and len(small) == 1:
            yield letter, small
    for characters, form in ((_DASHES, "-"), (_SINGLE_QUOTES, "'"), (_DOUBLE_QUOTES, '"'), (_INVISIBLE, "")):
        for character in characters:
            yield character, form
    for character in _BLANKS:
        yield character, " "


_FORMS: Final = dict(_replacements())
_TABLE: Final = str.maketrans(_FORMS)
_SEVERAL_BLANKS: Final = re.compile(" {2,}")


def normalise(text: str) -> str:
    """Return the form in which two spellings are compared.

    Small letters; dashes, quotes and blanks each in one form (no-break spaces and tabs are blanks); characters without
    width gone; several blanks as one, none at either end.
    """
    return _SEVERAL_BLANKS.sub(" ", text.translate(_TABLE)).strip(" ")


def normalise_expr(column: pl.Expr) -> pl.Expr:
    """The same as normalise, over a String column; a null stays null."""
    return column.str.replace_many(_FORMS).str.replace_all(" {2,}", " ").str.strip_chars(" ")
