"""One sheet's XML: cells that are errors, formulas without a value, what is hidden, what is merged, where cells begin.

Two readers that find the same. scan_sheet searches the bytes block by block; parse_sheet takes any XML that is valid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_HEAD_ROWS: Final = 60  # rows whose first cell is noted, to know which column fastexcel's first one is
_LONGEST_ROW: Final = 16 << 20
_TWO_LETTERS: Final = 702

_ROW_WITH_CELLS: Final = re.compile(rb"<row\b([^>]*)(?<!/)>(.*?)</row>", re.DOTALL)
_CELL: Final = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ERROR: Final = re.compile(rb"""<c\b([^>]*?\bt=["']e["'][^>]*)(?<!/)>(.*?)</c>""", re.DOTALL)
_FORMULA: Final = re.compile(rb"<c\b([^>]*)(?<!/)>\s*<f\b(.*?)</c>", re.DOTALL)
_VALUE: Final = re.compile(rb"<v\b[^>]*(?<!/)>([^<]+)</v>")
_TEXT: Final = re.compile(rb"<t\b[^>]*(?<!/)>[^<]")
_HIDDEN_ROW: Final = re.compile(rb"""<row\b([^>]*\bhidden=["'](?:1|true)["'][^>]*)>""")
_COLUMN: Final = re.compile(rb"""<col\b([^>]*\bhidden=["'](?:1|true)["'][^>]*)>""")
_MERGED: Final = re.compile(rb"""<mergeCell\b[^>]*?\bref=["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
_PLACE: Final = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_R: Final = re.compile(rb"""\br=["']([0-9]{1,7})["']""")
_MIN: Final = re.compile(rb"""\bmin=["']([0-9]{1,5})["']""")
_MAX: Final = re.compile(rb"""\bmax=["']([0-9]{1,5})["']""")
_STRING_RESULT: Final = re.compile(rb"""\bt=["']str["']""")
_FAR_COLUMN: Final = re.compile(rb"""r=["']([A-Z]{3})[0-9]""")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Unusual(Exception):  # noqa: N818 - no error: the other reader takes over
    """The XML is written in a way that searching its bytes could misread."""


@dataclass
class SheetStructure:
    """What lies behind the cells of one sheet; rows as Excel counts, columns from 1.

    Args:
        first_cells: row -> column of its first cell with a text or number, for the first rows that have one.
        errors: row, column and text of the cells that are errors.
        formulas: row and column of the formulas without a stored value.
        hidden_rows: rows that are hidden or filtered out.
        hidden_columns: first and last column of what is hidden.
        merged: first row, first column, last row, last column of merged cells.
        last_row: the last row that is mentioned.
        last_column: no cell is right of it; exact where it lies beyond ZZ or parse_sheet read the sheet.
    """

    first_cells: dict[int, int] = field(default_factory=dict)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


def column_number(letters: str) -> int:
    """Return the number of a column from its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column from its number."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def scan_sheet(blocks: Iterator[bytes]) -> SheetStructure:
    """Search the XML of a sheet block by block.

    Raises:
        Unusual: it has comments, sections of character data or prefixes, or leaves out the places of cells.
    """
    found = SheetStructure(last_column=_TWO_LETTERS)
    rest = b""
    first = True
    past_rows = False
    for block in blocks:
        text = rest + block
        if first and (len(text) >= 4096 or b"</" in text):
            first = False
            _refuse_unusual_start(text)
        if b"<!--" in text or b"<![CDATA[" in text:
            raise Unusual
        past_rows = past_rows or b"</sheetData>" in text
        end = text.rfind(b">") + 1 if past_rows else text.rfind(b"</row>") + 6
        if end <= 6:
            if len(text) > _LONGEST_ROW:
                raise Unusual
            rest = text
            continue
        _search(text[:end], found)
        rest = text[end:]
    _search(rest, found)
    return found


def _refuse_unusual_start(text: bytes) -> None:
    if b"<worksheet" not in text and b"<chartsheet" not in text and b"<dialogsheet" not in text:
        raise Unusual


def _search(text: bytes, found: SheetStructure) -> None:
    if len(found.first_cells) < _HEAD_ROWS:
        _note_first_cells(text, found)
    if b't="e"' in text or b"t='e'" in text:
        for cell in _ERROR.finditer(text):
            value = _VALUE.search(cell[2])
            found.errors.append((*_place(cell[1]), value[1].decode("utf-8", "replace") if value else ""))
    if b"<f" in text:
        for cell in _FORMULA.finditer(text):
            if not _VALUE.search(cell[2]) and not (_STRING_RESULT.search(cell[1]) and b"<v" in cell[2]):
                found.formulas.append(_place(cell[1]))
    if b"hidden=" in text:
        found.hidden_rows += [_number(_R, row[1]) for row in _HIDDEN_ROW.finditer(text)]
        found.hidden_columns += [(_number(_MIN, each[1]), _number(_MAX, each[1])) for each in _COLUMN.finditer(text)]
    if b"<mergeCell" in text:
        for each in _MERGED.finditer(text):
            left, right = column_number(each[1].decode()), column_number(each[3].decode())
            found.merged.append((int(each[2]), left, int(each[4]), right))
    _note_area(text, found)


def _note_first_cells(text: bytes, found: SheetStructure) -> None:
    for row in _ROW_WITH_CELLS.finditer(text):
        for cell in _CELL.finditer(row[2]):
            content = cell[2] or b""
            if b't="e"' not in cell[1] and (_VALUE.search(content) or _TEXT.search(content)):
                number, column = _place(cell[1])
                found.first_cells[number] = column
                break
        if len(found.first_cells) >= _HEAD_ROWS:
            return


def _note_area(text: bytes, found: SheetStructure) -> None:
    start = text.rfind(b"<row")
    if start >= 0:
        found.last_row = max(found.last_row, _number(_R, text[start : text.find(b">", start)]))
    for letters in set(_FAR_COLUMN.findall(text)):
        found.last_column = max(found.last_column, column_number(letters.decode()))


def measure_area(blocks: Iterator[bytes]) -> tuple[int, int]:
    """Return the last row and the last column that have a cell with a value: exact, and slower than scan_sheet."""
    row = column = 0
    rest = b""
    for block in blocks:
        text = rest + block
        end = text.rfind(b"</c>") + 4
        if end <= 4:
            rest = text[-_LONGEST_ROW:]
            continue
        for cell in _CELL.finditer(text[:end]):
            if cell[2] and (b"<v" in cell[2] or b"<is" in cell[2]):
                place = _place(cell[1])
                row, column = max(row, place[0]), max(column, place[1])
        rest = text[end:]
    return row, column


def _place(attributes: bytes) -> tuple[int, int]:
    place = _PLACE.search(attributes)
    if place is None:
        raise Unusual
    return int(place[2]), column_number(place[1].decode())


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    number = pattern.search(attributes)
    if number is None:
        raise Unusual
    return int(number[1])


def parse_sheet(blocks: Iterator[bytes]) -> SheetStructure:
    """Find the same as scan_sheet in any XML.

    Raises:
        ValueError: it is no XML.
    """
    reader = _Reader()
    try:
        for block in blocks:
            reader.parser.Parse(block, False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return reader.found


class _Reader:
    """What parse_sheet keeps while it goes through a sheet."""

    def __init__(self) -> None:
        self.found = SheetStructure()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._row = 0
        self._column = 0
        self._type = ""
        self._formula = self._valued = False
        self._inside = ""  # v or t of a cell
        self._text = ""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        found = self.found
        if name == "c":
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(place[1]) if place else self._column + 1
            self._type = attributes.get("t", "")
            self._formula = self._valued = False
            self._inside = self._text = ""
            found.last_column = max(found.last_column, self._column)
        elif name == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = 0
            found.last_row = max(found.last_row, self._row)
            if attributes.get("hidden") in _TRUE:
                found.hidden_rows.append(self._row)
        elif name == "f":
            self._formula = True
        elif name in {"v", "t"}:
            self._inside = name
            self._valued = self._valued or (name == "v" and self._type == "str")
        elif name == "col" and attributes.get("hidden") in _TRUE:
            found.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif name == "mergeCell":
            corners = [_REFERENCE.fullmatch(corner) for corner in attributes.get("ref", "").split(":")]
            if len(corners) == 2 and corners[0] and corners[1]:
                (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
                found.merged.append((int(top), column_number(left), int(bottom), column_number(right)))

    def _characters(self, text: str) -> None:
        if self._inside:
            self._text += text

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"v", "t"}:
            self._inside = ""
        elif name == "c":
            found = self.found
            if self._type == "e":
                found.errors.append((self._row, self._column, self._text))
            elif self._text and len(found.first_cells) < _HEAD_ROWS:
                found.first_cells.setdefault(self._row, self._column)
            if self._formula and not self._text and not self._valued:
                found.formulas.append((self._row, self._column))


_TRUE: Final = ("1", "true")
