"""CSV files as text.

Polars reads fast but forgives too much: a row with too few fields, a stray quotation mark and a zero byte at the end
pass unnoticed. So the file is first looked at as records of text, of which each must have exactly the shape of a
record with as many fields as there are headings; only then are its fields taken apart.

Encodings: UTF-8 with or without a byte order mark, UTF-16 with one, and Windows-1252 where the bytes are no UTF-8. A
byte that Windows-1252 does not define is refused: reading it as a control character would hide damage.
"""

import codecs
import csv
import re
from collections.abc import Collection
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from annexa.errors import SourceError
from annexa.extract.files import ROW, Content, blank_to_null, fold_headings, shown_headings

Source: TypeAlias = Path | bytes  # the file where it is UTF-8, else its text in UTF-8

_BLOCK: Final = 1 << 20
_SEPARATORS: Final = (",", ";", "\t")
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODINGS: Final = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_FIRST_RECORD: Final = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(\r\n|\r|\n)?')
_QUOTED: Final = re.compile(r'"[^"]*"')
_AGAIN: Final = 'Write it again as "CSV UTF-8".'
_QUOTE_RULE: Final = (
    "A field that holds the separator, a line break or a quotation mark stands in quotation marks, and a quotation "
    "mark inside it is doubled."
)


def read_csv(path: Path, name: str, wanted: Collection[str]) -> Content:
    """Read one CSV file; every field is text, an empty one null.

    The separator (comma, semicolon or tab) is the one that the headings use. Lines end in CRLF, LF or CR. A row whose
    fields are all empty, or spaces, is no record, but has its number: _row is the row that a spreadsheet shows. An
    apostrophe before =, +, - or @, which annexa's own CSV files put there, is taken off.

    Args:
        path: the file.
        name: how messages name it.
        wanted: folded names of the columns to load.

    Raises:
        SourceError: no headings, a heading twice, a row with more or fewer fields than there are headings, a
            quotation mark out of place or never closed, a zero byte, or bytes that are text in no known encoding.
    """
    source = _decoded(path, name)
    end = _line_end(source)
    separator, headings, folded, blank = _look_over(source, end, wanted, name)
    frame = _fields(source, end, separator, folded, wanted)
    if frame.height != blank.len():
        raise SourceError(
            f"{name}: {blank.len()} rows were counted and {frame.height} read.", "Save the table as XLSX instead."
        )
    if blank.any():
        frame = frame.filter(~blank)
    return Content(frame.slice(1), tuple(heading for heading in folded if heading), shown_headings(headings))


def _decoded(path: Path, name: str) -> Source:
    """Return the path where the file is UTF-8, else its text; refuse what is no text."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16_MARKS:
            return _recoded(path, name, "utf-16")
        file.seek(0)
        utf8 = _Utf8()
        line = 1
        while block := file.read(_BLOCK):
            if b"\0" in block:
                raise _zero_byte(name, line + block.count(b"\n", 0, block.index(b"\0")))
            line += block.count(b"\n")
            utf8.add(block)
    return path if utf8.whole() else _recoded(path, name, "cp1252")


class _Utf8:
    """Tells whether blocks of bytes together are UTF-8."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._valid = True
        self._pending = False

    def add(self, block: bytes) -> None:
        # Most files are plain ASCII, which is many times cheaper to see than to decode.
        if self._valid and (self._pending or not block.isascii()):
            try:
                self._decoder.decode(block)
            except UnicodeDecodeError:
                self._valid = False
            self._pending = bool(self._decoder.getstate()[0])

    def whole(self) -> bool:
        return self._valid and not self._pending


def _recoded(path: Path, name: str, encoding: str) -> bytes:
    data = path.read_bytes()
    if data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8"
    try:
        text = data.decode(encoding).encode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{name}, line {line}: there is a byte that is no {_ENCODINGS[encoding]} text.", _AGAIN
        ) from None
    if b"\0" in text:
        raise _zero_byte(name, text.count(b"\n", 0, text.index(b"\0")) + 1)
    return text


def _zero_byte(name: str, line: int) -> SourceError:
    return SourceError(
        f"{name}, line {line}: there is a zero byte, which no text has.",
        f"It is damaged, or UTF-16 without a byte order mark, or no CSV file. {_AGAIN}",
    )


def _line_end(source: Source) -> str:
    """Return what ends the first record: only a file that has a bare CR there is split at CR."""
    if isinstance(source, bytes):
        head = source[:_BLOCK]
    else:
        with source.open("rb") as file:
            head = file.read(_BLOCK)
    first = _FIRST_RECORD.match(head)
    return "\r" if first and first[1] == b"\r" else "\n"


def _look_over(
    source: Source, end: str, wanted: Collection[str], name: str
) -> tuple[str, list[str], list[str], pl.Series]:
    """Check every record; return the separator, the headings, folded too, and for each record whether it is blank."""
    records = _records(_lines(source, end))
    if not records.len():
        raise SourceError(f"{name} is empty: no headings found.", "Write it again, with its headings in row 1.")
    separator, headings = _headings(records[0])
    folded = fold_headings(headings, wanted, name)
    return separator, headings, folded, _check_shape(records, separator, len(headings), name)


def _lines(source: Source, end: str) -> pl.Series:
    """Return the file's lines; the zero byte, which the text does not hold, makes each line one field."""
    frame = pl.read_csv(
        source,
        has_header=False,
        schema={"line": pl.String()},
        separator="\0",
        quote_char=None,
        eol_char=end,
        infer_schema=False,
        raise_if_empty=False,
        glob=False,
    )
    return frame["line"].fill_null("")


def _records(lines: pl.Series) -> pl.Series:
    """Put the lines of each record together: one that begins within quotation marks belongs to the one before."""
    if not lines.str.contains('"', literal=True).any():
        return lines
    odd = lines.str.count_matches('"', literal=True) % 2
    if not (odd == 1).any():
        return lines
    begins = (odd.cum_sum() - odd) % 2 == 0
    grouped = pl.DataFrame({"line": lines, "record": begins.cum_sum()}).group_by("record", maintain_order=True)
    return grouped.agg(pl.col("line").str.join("\n"))["line"]


def _headings(record: str) -> tuple[str, list[str]]:
    """Return the separator that the first record has most of, outside quotation marks, and its fields."""
    outside = _QUOTED.sub("", record)
    separator = max(_SEPARATORS, key=outside.count)
    try:
        return separator, next(csv.reader([record], delimiter=separator), [])
    except csv.Error:
        return separator, []


def _shape(separator: str, quoted: str, plain: str, more: str) -> str:
    field = f'(?:"{quoted}"|{plain})'
    return f"^{field}(?:{separator}{field}){more}$"


def _check_shape(records: pl.Series, separator: str, width: int, name: str) -> pl.Series:
    """Return which records are blank, having checked that each of the others has `width` well-formed fields."""
    record = pl.col("record")
    # A record without a quotation mark has its shape where it has enough separators, which is cheap to see.
    looked = records.to_frame("record").select(
        record.str.contains('"', literal=True).alias("quoted"),
        (record.str.count_matches(separator, literal=True) == width - 1).alias("good"),
        record.str.contains(f'^(?:[" {separator}]|$)').alias("blank"),
    )
    good = _put(
        looked["good"],
        looked["quoted"],
        records,
        _shape(separator, '(?:[^"]|"")*', f'[^"{separator}]*', f"{{{width - 1}}}"),
    )
    # Few records can be blank: only those are put to the second pattern.
    blank = _put(looked["blank"], looked["blank"], records, _shape(separator, " *", " *", f"{{0,{width - 1}}}"))
    wrong = (~(good | blank)).arg_true()
    if wrong.len():
        raise _misshapen(records, wrong[0], separator, width, name)
    return blank


def _put(answers: pl.Series, chosen: pl.Series, records: pl.Series, pattern: str) -> pl.Series:
    """Return the answers, with those of the chosen records told by the pattern."""
    where = chosen.arg_true()
    return answers.scatter(where, records.gather(where).str.contains(pattern)) if where.len() else answers


def _misshapen(records: pl.Series, wrong: int, separator: str, width: int, name: str) -> SourceError:
    breaks = int(records.head(wrong).str.count_matches("[\r\n]").sum())
    where = f"{name}, row {wrong + 1}" + (f" (line {wrong + 1 + breaks})" if breaks else "")
    record = records.slice(wrong, 1)
    if record.str.count_matches('"', literal=True).item() % 2:
        return SourceError(f"{where}: a quotation mark that opens here is never closed.", _QUOTE_RULE)
    if not record.str.contains(_shape(separator, '(?:[^"]|"")*', f'[^"{separator}]*', "*")).item():
        return SourceError(f"{where}: a quotation mark stands inside a field.", _QUOTE_RULE)
    fields = _QUOTED.sub("", record.item()).count(separator) + 1
    return SourceError(f"{where}: the fields number {fields}, the headings {width}.", _QUOTE_RULE)


def _fields(source: Source, end: str, separator: str, folded: list[str], wanted: Collection[str]) -> pl.DataFrame:
    """Return the wanted columns of all rows, row 1 being the headings, and their numbers."""
    frame = pl.scan_csv(
        source,
        has_header=False,
        schema={str(position): pl.String() for position in range(len(folded))},
        separator=separator,
        eol_char=end,
        infer_schema=False,
        row_index_name=ROW,
        row_index_offset=1,
        glob=False,
    )
    columns = [_cell(str(i)).alias(heading) for i, heading in enumerate(folded) if heading in wanted]
    return frame.select(pl.col(ROW).cast(pl.UInt32), *columns).collect()


def _cell(column: str) -> pl.Expr:
    # Few cells begin with an apostrophe: only those are put to the pattern.
    guarded = pl.when(pl.col(column).str.starts_with("'")).then(pl.col(column))
    return pl.coalesce(guarded.str.replace(r"^'([=+\-@])", "${1}"), blank_to_null(pl.col(column)))
