"""Keyed hashes of children, rows and values: all that the history keeps of them.

Polars has no keyed hash, so here, and here alone, Python is called once for each row: about a second for a million
rows, which a night can spare. BLAKE2b is a keyed hash of its own right (RFC 7693); each kind of text is hashed apart
from the others, so that a value that looks like an identifier has another key.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import polars as pl

from annexa.lists.build import BuiltList
from annexa.records import RECORDS

ROWS: Final = {"list": pl.Int64, "child_key": pl.Binary, "row_key": pl.Binary, "row_hash": pl.Binary}
_SIZE: Final = 16  # bytes: so many that no two fall together by chance
_ONE_A_CHILD: Final = ("child", "person", "adopter")  # what a list has one row for, where its record may change


class Keys:
    """Keyed hashes with one secret.

    Args:
        secret: of the history.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @property
    def series(self) -> str:
        """Return by what a secret is known: whether two runs used the same one."""
        return self._one("series", "").hex()

    def child(self, identifier: str) -> bytes:
        """Return the key of a child (or an adopter)."""
        return self._one("child", identifier)

    def values(self, texts: pl.Series) -> pl.Series:
        """Return the keys of values that may be anything, as text."""
        return pl.Series([self._one("value", text).hex() for text in texts], dtype=pl.String)

    def rows(self, lists: Mapping[int, BuiltList]) -> pl.DataFrame:
        """Return list, child_key, row_key and row_hash of every row, ordered by list and row_key.

        A row is known by its list, its child and, where the list may show a child twice, the record behind it, or the
        date that the list is ordered by where the record has no identifier. Rows that are alike in these are numbered
        from the last on: lists begin with what is newest, and what is new is not to change the numbers of the others.
        Its hash is that of its cells as they are written.
        """
        frames = [self._list(number, built) for number, built in lists.items() if built.supplied]
        return pl.concat([pl.DataFrame(schema=ROWS), *frames]).sort("list", "row_key")

    def _list(self, number: int, built: BuiltList) -> pl.DataFrame:
        child = built.rows[built.spec.columns[0].field or "person_id"].cast(pl.String).fill_null("")
        identity = pl.DataFrame({"list": pl.Series([number], dtype=pl.Int64).new_from_index(0, child.len())})
        identity = identity.with_columns(child.alias("child"), _record(built).alias("record"))
        copy = pl.int_range(pl.len()).reverse().over("child", "record")
        identity = identity.with_columns(copy.alias("copy"))
        cells = built.frame.select(pl.struct(pl.all().cast(pl.String)).struct.json_encode().alias("cells"))
        return pl.DataFrame(
            {
                "list": identity["list"],
                "child_key": self._each("child", child),
                "row_key": self._each("row", identity.select(pl.struct(pl.all()).struct.json_encode())[:, 0]),
                "row_hash": self._each("cells", cells["cells"]),
            }
        )

    def _each(self, kind: str, texts: pl.Series) -> pl.Series:
        return pl.Series([self._one(kind, text) for text in texts], dtype=pl.Binary)

    def _one(self, kind: str, text: str) -> bytes:
        return blake2b(text.encode(), key=self._secret, person=kind.encode(), digest_size=_SIZE).digest()


def _record(built: BuiltList) -> pl.Series:
    """Return the identifier of the record behind each row, or its main date; blank on lists of a row for each child."""
    rows, spec = built.rows, built.spec
    known: list[str] = []
    if spec.one_row_per not in _ONE_A_CHILD:
        identifiers = ["event_id", *(RECORDS[record].meta.key for record in spec.records)]
        known = [name for name in identifiers if name in rows.columns][:1]
        known += [key.removesuffix(" desc") for key in spec.sort[:1]]
    blank = pl.lit("", dtype=pl.String)
    return rows.with_columns(_record=pl.coalesce(*(pl.col(name).cast(pl.String) for name in known), blank))["_record"]
