"""Pseudonyms: a keyed hash of a text, so that who has no key can neither undo nor repeat it."""

import base64
import hashlib

import polars as pl

_PERSON = b"annexa copy 1"  # keeps these hashes apart from any other use of the same key
_BYTES = 10  # 80 bits: among ten million texts two share a pseudonym with a chance of one in 24 thousand million


class Pseudonyms:
    """The pseudonyms of one key. The same text has the same one in every column, table, list and run.

    Args:
        key: secret, 32 bytes.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Pseudonyms(hidden)"

    def of(self, text: str) -> str:
        """Return the pseudonym of a text: P and 16 letters and digits, which no spreadsheet takes for a number."""
        digest = hashlib.blake2b(text.encode(), digest_size=_BYTES, key=self._key, person=_PERSON).digest()
        return f"P{base64.b32encode(digest).decode()}"

    def column(self, texts: pl.Series) -> pl.Series:
        """Return the pseudonyms of a String column, blank where it is.

        Polars has no keyed hash, and its own hashes can be repeated by anybody: so Python is called, once for each
        different text, and the answers are joined back.
        """
        different = texts.drop_nulls().unique()
        made = pl.Series([self.of(text) for text in different], dtype=pl.String)
        return texts.replace_strict(different, made, default=None, return_dtype=pl.String)
