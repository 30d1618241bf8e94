"""What lies behind the cells of an ODS workbook, as far as it is looked for: where cells begin, errors, its size.

Cells of an ODS file can say that they are repeated, so that a few bytes stand for a whole sheet: their number is
counted before the sheet is loaded.
"""

import zipfile
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from annexa.errors import SourceError
from annexa.extract.files import Limits
from annexa.extract.package import BROKEN, expand
from annexa.filled.open import SAVE_AGAIN, Container, damaged
from annexa.filled.sheet_xml import SheetStructure
from annexa.filled.structure import Structure, check_package, harmless

_CONTENT: Final = "content.xml"
_MANIFEST: Final = "meta-inf/manifest.xml"
_BYTES_A_CELL: Final = 24
_HEAD_ROWS: Final = 60


def read_ods_structure(container: Container, limits: Limits) -> Structure:
    """Check an ODS workbook against the limits and against what it says of itself, and look behind its cells.

    Raises:
        SourceError: larger than the limits allow, damaged, or protected by a password.
    """
    name = container.name
    reader = _Reader(limits.max_expanded_bytes // _BYTES_A_CELL)
    try:
        with container.stream() as file, zipfile.ZipFile(file) as package:
            parts = check_package(package, file.seek(0, 2), name, limits)
            if _MANIFEST in parts and b"encryption-data" in package.read(parts[_MANIFEST]):
                raise SourceError(
                    f"{name} is password-protected, which annexa cannot take off an ODS file.",
                    "Save it as an Excel Workbook (.xlsx), with or without a password.",
                )
            for part in package.infolist():
                blocks = harmless(expand(file, part, name), part.filename, name)
                if part.filename == _CONTENT:
                    reader.read(blocks)
                else:
                    for _ in blocks:
                        pass
    except (*BROKEN, expat.ExpatError, UnicodeError) as error:
        raise damaged(name) from error
    if reader.cells > reader.most:
        raise SourceError(f"{name} would expand to more than {reader.most:,} cells.", SAVE_AGAIN)
    return Structure(reader.sheets)


class _Reader:
    """What is kept while content.xml is gone through."""

    def __init__(self, most: int) -> None:
        self.sheets: dict[str, SheetStructure] = {}
        self.cells = 0
        self.most = most
        self._sheet = SheetStructure()
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the row and the cell are repeated
        self._in_row = 0  # cells with content of the row
        self._error = self._valued = False
        self._text = ""

    def read(self, blocks: Iterator[bytes]) -> None:
        """Go through the XML.

        Raises:
            ExpatError: it is no XML.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self._columns = int(attributes.get("table:number-columns-repeated", "1"))
            self._error = attributes.get("calcext:value-type") == "error"
            self._valued = "office:value-type" in attributes
            self._text = ""
        elif name == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", "1"))
            self._column = self._in_row = 0
        elif name == "table:table":
            self._sheet = SheetStructure()
            self._row = 0
            self.sheets[attributes.get("table:name", "")] = self._sheet

    def _characters(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        if name in {"table:table-cell", "table:covered-table-cell"}:
            sheet = self._sheet
            if self._valued or self._text:
                self._in_row = self._column + self._columns
                if self._text.strip() and len(sheet.first_cells) < _HEAD_ROWS:
                    sheet.first_cells.setdefault(self._row + 1, self._column + 1)
            if self._error and self._rows * self._columns < self.most:
                sheet.errors += [
                    (self._row + down, self._column + right, self._text)
                    for down in range(1, self._rows + 1)
                    for right in range(1, self._columns + 1)
                ]
            self._column += self._columns
            self._text = ""
        elif name == "table:table-row":
            # Blank cells before the last one with content need memory too.
            self.cells += self._in_row * self._rows
            self._row += self._rows
