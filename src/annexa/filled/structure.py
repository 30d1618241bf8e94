"""What lies behind the cells of an XLSX workbook and fastexcel does not tell: found in one pass over each sheet's XML.

Every part is expanded once in any case, to see that it is whole and no larger than the limits allow. The blocks of a
sheet are searched on the way for the few things that matter, by marks that most blocks do not have. A sheet whose XML
is written in an unusual way goes through a real parser instead, which gives the same and takes longer.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import Final
from xml.etree import ElementTree as ET

from annexa.errors import SourceError
from annexa.extract.files import Limits
from annexa.extract.package import AGAIN, BROKEN, check_limits, expand
from annexa.filled.open import Container, damaged
from annexa.filled.sheet_xml import SheetStructure, Unusual, column_letters, measure_area, parse_sheet, scan_sheet

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_DOCTYPE: Final = b"<!DOCTYPE"
_WIDE_DOCTYPES: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))
_TRUE: Final = ("1", "true")
_BYTES_A_CELL: Final = 24  # what fastexcel needs for a cell, blank ones between cells included


@dataclass(frozen=True)
class Structure:
    """What is known of a workbook beside its cells.

    Args:
        sheets: by name of the sheet, those that could be looked at.
        from_1904: whether its days count from 1904.
        linked: whether it has links to other workbooks.
        without_cells: sheets that are a chart, a dialogue or a macro.
    """

    sheets: Mapping[str, SheetStructure] = field(default_factory=dict)
    from_1904: bool = False
    linked: bool = False
    without_cells: frozenset[str] = frozenset()


def read_structure(container: Container, limits: Limits) -> Structure:
    """Check an XLSX workbook against the limits and against what it says of itself, and look behind its cells.

    Raises:
        SourceError: larger than the limits allow, damaged, protected as a zip, or with a document type in its XML.
    """
    name = container.name
    try:
        with container.stream() as file, zipfile.ZipFile(file) as package:
            parts = check_package(package, file.seek(0, 2), name, limits)
            contents = _small(package, parts[_WORKBOOK])
            wanted = _sheets(contents, _small(package, parts.get(_RELATIONS)))
            sheets = {}
            for part in package.infolist():

                def blocks(part: zipfile.ZipInfo = part) -> Iterator[bytes]:
                    return harmless(expand(file, part, name), part.filename, name)

                sheet = wanted.get(part.filename.lower())
                if sheet is None:
                    for _ in blocks():
                        pass
                else:
                    sheets[sheet] = _look(blocks, f"{name}, sheet {sheet}", limits)
            workbook = ET.fromstring(contents)  # noqa: S314 - no document type
    except (*BROKEN, KeyError, ET.ParseError) as error:
        raise damaged(name) from error
    return Structure(
        sheets,
        from_1904=any(each.get("date1904", "") in _TRUE for each in workbook.iter() if _local(each) == "workbookPr"),
        linked=any(part.startswith("xl/externallinks/") for part in parts),
        without_cells=frozenset(name for part, name in wanted.items() if not part.startswith("xl/worksheets/")),
    )


def check_package(package: zipfile.ZipFile, size: int, name: str, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Check what a package says of itself; return its parts by name, in small letters.

    Raises:
        SourceError: more than the limits allow, or encrypted parts.
    """
    parts = package.infolist()
    check_limits(parts, size, name, limits)
    for part in parts:
        if part.flag_bits & 1:
            raise SourceError(f"{name} is a zip with a password.", AGAIN)
        if part.header_offset < 0:
            raise zipfile.BadZipFile
        package.open(part).close()  # compares the two places where a part is described
    return {part.filename.lower(): part for part in parts}


def harmless(blocks: Iterator[bytes], part: str, name: str) -> Iterator[bytes]:
    """Pass blocks on, refusing XML with a document type: it can say that a short text stands for an endless one.

    Raises:
        SourceError: it has one.
    """
    if not part.lower().endswith((".xml", ".rels")):
        yield from blocks
        return
    last = b""
    marks: tuple[bytes, ...] = ()
    for block in blocks:
        marks = marks or ((_DOCTYPE, *_WIDE_DOCTYPES) if b"\0" in block[:256] else (_DOCTYPE,))
        seen = last + block[:32]
        if any(mark in block or mark in seen for mark in marks):
            raise SourceError(f"{name} has a document type in its XML, which no program for workbooks writes.", AGAIN)
        last = block[-32:]
        yield block


def _small(package: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> bytes:
    """Return a part that is a table of contents."""
    if part is None:
        return b"<none/>"
    data = package.read(part)
    if any(mark in data for mark in (_DOCTYPE, *_WIDE_DOCTYPES)):
        raise ValueError("a document type")
    return data


def _sheets(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Return the name of the sheet that each part is, by the part's name in small letters."""
    targets = {
        each.get("Id"): normpath(join("/xl", each.get("Target", ""))).lstrip("/")
        for each in ET.fromstring(relations).iter()  # noqa: S314 - no document type
        if _local(each) == "Relationship"
    }
    found = {}
    for each in ET.fromstring(workbook).iter():  # noqa: S314 - no document type
        if _local(each) == "sheet":
            relation = next((value for key, value in each.items() if key.rpartition("}")[2] == "id"), None)
            if relation in targets:
                found[targets[relation].lower()] = each.get("name", "")
    return found


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _look(blocks: Callable[[], Iterator[bytes]], where: str, limits: Limits) -> SheetStructure:
    """Look behind the cells of a sheet; refuse one whose blank cells between the others would fill the memory."""
    try:
        found = scan_sheet(blocks())
        if _is_vast(found.last_row, found.last_column, limits):
            found.last_row, found.last_column = measure_area(blocks())
    except Unusual:
        found = parse_sheet(blocks())
    if _is_vast(found.last_row, found.last_column, limits):
        raise SourceError(
            f"{where}: a cell lies far outside the others, in row {found.last_row:,} or column "
            f"{column_letters(found.last_column)}.",
            "Delete the rows below and the columns right of the list in Excel, and save the workbook again.",
        )
    return found


def _is_vast(rows: int, columns: int, limits: Limits) -> bool:
    return rows * columns * _BYTES_A_CELL > limits.max_expanded_bytes
