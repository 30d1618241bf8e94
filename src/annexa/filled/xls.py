"""What lies behind the cells of an XLS workbook, as far as it is looked for: where cells begin, errors, its calendar.

The workbook is a stream of records, each with its kind and length before it ([MS-XLS], section 2.1.4). Only the few
kinds that are needed are looked into.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import msoffcrypto
from msoffcrypto.exceptions import FileFormatError

from annexa.filled.open import Container, damaged
from annexa.filled.sheet_xml import SheetStructure
from annexa.filled.structure import Structure

_HEAD_ROWS: Final = 60
_DATE_MODE, _BOUND_SHEET, _END = 0x0022, 0x0085, 0x000A
_BOOL_OR_ERROR, _FORMULA = 0x0205, 0x0006
_TEXTS_AND_NUMBERS: Final = {0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD}
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_HEADER: Final = struct.Struct("<HH")
_ROW_COLUMN: Final = struct.Struct("<HH")


def read_xls_structure(container: Container) -> Structure:
    """Look behind the cells of an XLS workbook; what is older than Excel 97 is not looked into.

    Raises:
        SourceError: it is damaged.
    """
    with container.stream() as file:
        try:
            office = msoffcrypto.OfficeFile(BytesIO(file.read()))
            office.data.workbook.seek(0)
            data = office.data.workbook.read()
        except FileFormatError:
            return Structure()
        except (OSError, ValueError, struct.error, AttributeError) as error:
            raise damaged(container.name) from error
    try:
        return _structure(data)
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise damaged(container.name) from error


def _structure(data: bytes) -> Structure:
    sheets = {}
    from_1904 = False
    for kind, content in _records(data, 0):
        if kind == _DATE_MODE:
            from_1904 = content[:2] == b"\x01\x00"
        elif kind == _BOUND_SHEET:
            length, wide = content[6], content[7] & 1
            name = content[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            sheets[name] = _sheet(data, int.from_bytes(content[:4], "little"))
    return Structure(sheets, from_1904)


def _records(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one part of the stream: the workbook's own, or those of a sheet."""
    depth = 0
    while start + 4 <= len(data):
        kind, length = _HEADER.unpack_from(data, start)
        start += 4
        if kind == 0x0809:  # a chart can stand inside a sheet, with a beginning and an end of its own
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        yield kind, data[start : start + length]
        start += length


def _sheet(data: bytes, start: int) -> SheetStructure:
    found = SheetStructure()
    for kind, content in _records(data, start):
        error = None
        if kind == _BOOL_OR_ERROR and content[7]:
            error = content[6]
        elif kind == _FORMULA and content[6] == 2 and content[12:14] == b"\xff\xff":
            error = content[8]
        if error is not None:
            row, column = _ROW_COLUMN.unpack_from(content)
            found.errors.append((row + 1, column + 1, _ERRORS.get(error, "#ERROR")))
        elif kind in _TEXTS_AND_NUMBERS and len(found.first_cells) < _HEAD_ROWS:
            row, column = _ROW_COLUMN.unpack_from(content)
            found.first_cells.setdefault(row + 1, column + 1)
    return found
