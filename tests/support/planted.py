"""An authority in which every value of a child or a worker is known for what it is, and the search for such values.

MARK stands in every identifier, name and text of it, so one word is searched for; values that must have a form of their
own (a postcode, a day of birth, a number of another system) are searched for as they are, in every way of writing them.
All are long enough, and unlike anything else, that none is found by chance. Names of teams and roles are of nobody.
"""

import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import polars as pl

from annexa.pseudonyms.treatments import WORDS
from annexa.records import RECORDS, Kind

MARK = "Plantedwren"
SENTENCE = f"{MARK} told her teacher that she is afraid to go home"
POSTCODE = "EX24 9QZ"
NUMBERS = {"pers_common_child_id": "9434765919", "pers_upn": "T802200011123"}  # of good form
BIRTHS = ("ssd_person", "pers_dob")
JSON = f'{{"{MARK}": "Y", "NFA_FLAG": "N", "COMMENTS": "{SENTENCE}"}}'
OFTEN = ("ssd_contacts", "cont_contact_source_code")  # a column of codes in which a name stands often
WORKERS = (OFTEN[0], "seen_by")  # a column of ours, with that name

_FIELDS = {
    (record.meta.table, column): (f"{record.meta.name}.{name}", field.kind)
    for record in RECORDS.values()
    for name, field in record.fields().items()
    for column in field.columns
}
_NAMED = (Kind.PERSON, Kind.IDENTIFIER, Kind.TEXT)
_OF_NOBODY = re.compile(r"teams\..*|.*\.(team|locality)")
_ANY_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m/%d/%Y", "%Y%m%d", "%d %B %Y", "%d %b %Y")
_DAYS = re.compile(rb"\d{4}-\d\d-\d\d|\d\d[/.-]\d\d[/.-]\d{4}|\d{8}|\d\d [a-z]+ \d{4}")


def planted(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Plant values in tables of text, and in the last row of each one in every cell, whatever belongs there."""
    return {name: _planted(name, frame) for name, frame in tables.items()}


def _planted(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    row = pl.int_range(pl.len())
    changed = [_cell(table, column, row == pl.len() - 1).alias(column) for column in frame.columns]
    numbers = [
        pl.when(row == 0).then(pl.lit(number)).otherwise(column).alias(column)
        for column, number in NUMBERS.items()
        if table == BIRTHS[0]
    ]
    frequent = [
        pl.when(row % 3 == 0).then(pl.lit(MARK)).otherwise(OFTEN[1]).alias(OFTEN[1]),
        pl.lit(MARK).alias(WORKERS[1]),
    ]
    frame = frame.with_columns(changed).with_columns(numbers).with_columns(frequent if table == OFTEN[0] else [])
    return frame.with_columns(pl.lit(SENTENCE).alias("a column of ours"))


def _cell(table: str, column: str, last: pl.Expr) -> pl.Expr:
    name, kind = _FIELDS.get((table, column), ("", Kind.TEXT))
    if _OF_NOBODY.fullmatch(name):
        return pl.col(column)
    if kind in _NAMED and name not in WORDS:
        return pl.lit(f"{MARK}-") + pl.col(column)
    value = pl.col(column)
    if kind is Kind.JSON:
        value = pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit(JSON)).otherwise(value)
    if kind is Kind.POSTCODE:
        value = pl.when(value.is_not_null()).then(pl.lit(POSTCODE))
    return pl.when(last).then(pl.lit(f"{MARK} {column}")).otherwise(value)


def births(tables: Mapping[str, pl.DataFrame]) -> set[date]:
    """The days of birth of a planted authority on which nothing else happens, nor a window or a month begins."""
    of_people = tables[BIRTHS[0]][BIRTHS[1]].str.extract(f"({_ANY_DAY})").drop_nulls()
    others = {
        day[:10]
        for name, frame in tables.items()
        for column in frame
        if (name, column.name) != BIRTHS
        for day in column.filter(column.str.contains(_ANY_DAY))
    }
    return {day for text in of_people if text not in others and (day := date.fromisoformat(text)).day > 6}


class Search:
    """Looks for what was planted, in bytes and in files, as UTF-8 and as UTF-16.

    Args:
        days: of birth.
    """

    def __init__(self, days: set[date]) -> None:
        words = (MARK, POSTCODE, POSTCODE.replace(" ", ""), quote(POSTCODE), *NUMBERS.values())
        self._words = re.compile("|".join(map(re.escape, words)).lower().encode())
        self._days = {f"{day:{form}}".lower().encode() for day in days for form in _FORMS}

    def __call__(self, content: bytes | str | Path) -> set[str]:
        """What is found, with a little of what follows."""
        texts = _contents(content) if isinstance(content, Path) else [_bytes(content)]
        return set(chain.from_iterable(map(self._found, texts)))

    def _found(self, text: bytes) -> Iterator[str]:
        plain = text.replace(b"\0", b"").lower()  # so that UTF-16 reads as UTF-8
        days = (match for match in _DAYS.finditer(plain) if match[0] in self._days)
        for match in chain(self._words.finditer(plain), days):
            yield plain[match.start() : match.end() + 40].decode("latin-1")


def _bytes(content: bytes | str) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, what is in a package, and the cells of a database, unpacked."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as package:
            yield from map(package.read, package.namelist())
    if content.startswith(b"SQLite format 3\0"):
        with closing(sqlite3.connect(f"file:{quote(str(path))}?immutable=1", uri=True)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            rows = chain.from_iterable(database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables)
            yield from map(_unpacked, chain.from_iterable(rows))


def _unpacked(cell: object) -> bytes:
    if not isinstance(cell, bytes):
        return str(cell).encode()
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell
