"""Filled workbooks with everything that people and programs do to them, made by hand."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import polars as pl

from annexa.editions import load_edition
from annexa.environment import Secret
from annexa.extract.files import Limits
from annexa.filled.read import RawWorkbook, open_workbook, read_workbook
from annexa.findings import Findings

Rows = Sequence[Sequence[Any]]
CHILD = "Child Unique ID"


@dataclass
class Sheet:
    """A sheet of a test workbook: rows from A1 on, and what is done to it."""

    rows: Rows
    state: str = "visible"  # or hidden, veryHidden
    at: str = "A1"  # the cell of the first row's first value
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[str] = ()
    merged: Sequence[str] = ()
    errors: Mapping[str, str] = field(default_factory=dict)  # cell -> #N/A and the like


def headings(number: int, edition: str = "ilacs-2019") -> list[str]:
    """The official headings of a list."""
    return [column.heading for column in load_edition(edition).lists[number].columns]


def listed(
    number: int,
    *rows: Mapping[str, Any],
    edition: str = "ilacs-2019",
    title: Sequence[str] = (),
    renamed: Mapping[str, str | None] | None = None,
    extra: Sequence[str] = (),
) -> list[list[Any]]:
    """A list as rows of a sheet: titles, headings (renamed, or left out with None), rows by official heading."""
    renamed = renamed or {}
    official = [heading for heading in headings(number, edition) if renamed.get(heading, "") is not None]
    columns = [*official, *extra]
    above = [[text] for text in title]
    return [
        *above,
        [renamed.get(each) or each for each in columns],
        *([row.get(each) for each in columns] for row in rows),
    ]


def book(path: Path, sheets: Mapping[str, Sheet | Rows], *, from_1904: bool = False) -> Path:
    """Write an XLSX workbook."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    if from_1904:
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, content in sheets.items():
        sheet = content if isinstance(content, Sheet) else Sheet(content)
        target = workbook.create_sheet(name)
        target.sheet_state = sheet.state
        first = target[sheet.at]
        for down, row in enumerate(sheet.rows):
            for right, value in enumerate(row):
                if value is not None:
                    target.cell(first.row + down, first.column + right, value)
        for cell, text in sheet.errors.items():
            target[cell].value = text
            target[cell].data_type = "e"
        for row in sheet.hidden_rows:
            target.row_dimensions[row].hidden = True
        for letters in sheet.hidden_columns:
            target.column_dimensions[letters].hidden = True
        for area in sheet.merged:
            target.merge_cells(area)
    workbook.save(path)
    return path


def edit(path: Path, part: str, *changes: tuple[str, str], add: Mapping[str, bytes] | None = None) -> Path:
    """Change the text of one part of a package, and add parts."""
    with zipfile.ZipFile(path) as old:
        parts = {each.filename: old.read(each) for each in old.infolist()}
    text = parts[part].decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    parts[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in (parts | dict(add or {})).items():
            new.writestr(name, data)
    return path


def sheet_xml(path: Path, xml: str, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """Put other XML in the place of a sheet."""
    with zipfile.ZipFile(path) as old:
        before = old.read(part).decode()
    return edit(path, part, (before, xml))


def read(path: Path, edition: str = "ilacs-2019", password: str | None = None) -> tuple[RawWorkbook, pl.DataFrame]:
    """Read a workbook; return it with the findings."""
    findings = Findings()
    word = None if password is None else Secret(password)
    workbook = read_workbook(open_workbook(path, Limits(), word), load_edition(edition), findings)
    return workbook, findings.frame()


def messages(findings: pl.DataFrame, check: str) -> list[str]:
    """The messages of one check."""
    return findings.filter(pl.col("check") == check)["message"].to_list()


def ods(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), more: str = "") -> Path:
    """Write an ODS workbook; `more` is XML for further cells at the end of each row."""
    tables = []
    for name, rows in sheets.items():
        style = ' table:style-name="hidden"' if name in hidden else ""
        lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}{more}</table:table-row>" for row in rows)
        tables.append(f"<table:table table:name={quoteattr(name)}{style}>{lines}</table:table>")
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text", "style")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", kind, zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml", f'<manifest><file-entry full-path="/" media-type="{kind}"/></manifest>'
        )
    return path


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        text = value.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{text}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if value.startswith("#"):
        kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def xls(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), from_1904: bool = False) -> Path:
    """Write a workbook of Excel 97-2003: a stream of records in the older container."""
    path.write_bytes(container({"Workbook": xls_stream(sheets, hidden=hidden, from_1904=from_1904)}))
    return path


def xls_stream(sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), from_1904: bool = False) -> bytes:
    """The records of a workbook."""
    parts = [_substream(0x0010, *_xls_cells(rows)) for rows in sheets.values()]
    plain, dated = (struct.pack("<HHH14x", 0, form, 0) for form in (0, 14))

    def globals_at(offsets: Sequence[int]) -> bytes:
        bounds = [
            _record(0x0085, struct.pack("<IBBBB", offset, name in hidden, 0, len(name), 1) + name.encode("utf-16-le"))
            for name, offset in zip(sheets, offsets, strict=True)
        ]
        mode = _record(0x0022, struct.pack("<H", from_1904))
        return _substream(0x0005, mode, _record(0x00E0, plain), _record(0x00E0, dated), *bounds)

    start = len(globals_at([0] * len(parts)))
    offsets = [start + sum(map(len, parts[:number])) for number in range(len(parts))]
    return globals_at(offsets) + b"".join(parts)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _substream(kind: int, *records: bytes) -> bytes:
    beginning = struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x0306)
    return _record(0x0809, beginning) + b"".join(records) + _record(0x000A, b"")


_XLS_ERRORS = {"#REF!": 0x17, "#N/A": 0x2A}


def _xls_cells(rows: Rows) -> list[bytes]:
    records = []
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if isinstance(value, date):
                days = (value - (datetime if isinstance(value, datetime) else date)(1899, 12, 30)).days
                records.append(_record(0x0203, struct.pack("<HHHd", down, right, 1, days)))
            elif isinstance(value, int | float):
                records.append(_record(0x0203, struct.pack("<HHHd", down, right, 0, value)))
            elif value in _XLS_ERRORS:
                records.append(_record(0x0205, struct.pack("<HHHBB", down, right, 0, _XLS_ERRORS[value], 1)))
            elif value is not None:
                text = struct.pack("<HHHHB", down, right, 0, len(value), 1) + value.encode("utf-16-le")
                records.append(_record(0x0204, text))
    return records


_SECTOR = 512


def container(streams: Mapping[str, bytes]) -> bytes:
    """The older container of Office files ([MS-CFB]), with streams of at least 4096 bytes."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    padded = [data.ljust(4096, b"\0") + b"\0" * (-len(data.ljust(4096, b"\0")) % _SECTOR) for data in streams.values()]
    sectors = [len(data) // _SECTOR for data in padded]
    directory = -(-(1 + len(streams)) // 4)
    used = directory + sum(sectors)
    tables = 1
    while tables * 128 < used + tables:
        tables += 1
    chain = [table] * tables
    starts = []
    for length in (directory, *sectors):
        starts.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + length), end]
    chain += [free] * (tables * 128 - len(chain))
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, tables,
                         starts[0], 0, 4096, end, 0, end, 0)  # fmt: skip
    header += struct.pack("<109I", *range(tables), *[free] * (109 - tables))

    def entry(name: str, kind: int, start: int, size: int, right: int, child: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return text.ljust(64, b"\0") + struct.pack("<HBBIII36xIQ", len(text), kind, 1, free, right, child, start, size)

    names = list(streams)
    entries = [entry("Root Entry", 5, end, 0, free, 1)]
    for number, (name, data) in enumerate(zip(names, padded, strict=True)):
        right = number + 2 if number + 1 < len(names) else free
        entries.append(entry(name, 2, starts[number + 1], len(data), right, free))
    listing = b"".join(entries).ljust(directory * _SECTOR, b"\0")
    return header + struct.pack(f"<{len(chain)}I", *chain) + listing + b"".join(padded)


def protected(path: Path, password: str) -> Path:
    """Put an XLSX workbook under a password, as Excel does."""
    from msoffcrypto.format.ooxml import OOXMLFile

    hidden = BytesIO()
    with path.open("rb") as file:
        OOXMLFile(file).encrypt(password, hidden)
    path.write_bytes(hidden.getvalue())
    return path
