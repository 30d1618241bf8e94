"""Writes the Annex A workbook: Front_Sheet, the lists, Codes_used.

openpyxl lays the workbook out (`layout`); the rows of the lists, all the weight there is, are rendered by Polars
(`rows`) and streamed into the sheets' place in the package. One chunk is compressed while the next is rendered, so that
memory holds a few chunks of a sheet and never a whole one. The same contents give the same bytes: every date in the
file comes from the caller, and chunks, order and names depend on the contents alone (a Python built with another
compression library may compress differently).
"""

import errno
import re
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

from annexa.errors import OutputError
from annexa.outputs.contents import FIRST_DATA_ROW, LAST_ROW, CodeList, CutText, FrontSheet, Page, Sheet
from annexa.outputs.layout import Skeleton, lay_out
from annexa.outputs.rows import CellStyle, cut_long_text, largest_size, render_rows, text_size
from annexa.outputs.sealing import Place

__all__ = ["CodeList", "CutText", "FrontSheet", "Page", "Sheet", "over_sheets", "write_parts", "write_workbook"]

_CELLS_AT_ONCE: Final = 200_000
_TEXT_AT_ONCE: Final = 16_000_000  # bytes
_CHUNKS_AHEAD: Final = 2
_ZIP64_FROM: Final = 2**31 - 1  # size of a part from which zipfile needs to be told that it may be that large
_END_OF_ROWS: Final = b"</sheetData>"
_FILE_MODE: Final = 0o100644 << 16
_ROWS_A_SHEET: Final = LAST_ROW - FIRST_DATA_ROW + 1


def write_workbook(
    path: Place,
    front: FrontSheet | Page,
    sheets: Sequence[Sheet],
    codes: Sequence[CodeList],
    stamp: date,
    pages: Sequence[Page] = (),
) -> tuple[CutText, ...]:
    """Write the workbook to `path`, over what stands there; the caller writes beside the target and renames.

    Each list has its title in row 1, its headings in row 2 and its data from row 3. The note of a list that was not
    supplied stands in row 1 too, right of the title: everything from row 3 on is data to whoever reads the sheet, and
    the second row is headings, so row 1 is the only place where it cannot be taken for a child's identifier.

    A date before 1 March 1900 or after 9999 is written as text dd/mm/yyyy, since Excel's day numbers are wrong or end
    there; a whole number of more than 15 digits is written as text as well. A text over 32,767 characters is cut and
    ends with a mark that says so.

    Args:
        path: the file, or a place that encrypts it.
        front: contents of Front_Sheet.
        sheets: the lists, in the order of the workbook.
        codes: the code lists, in the order of their columns on Codes_used.
        stamp: the date that the file's properties and the package's entries carry.
        pages: sheets to be read, after all others.

    Returns:
        The texts that were cut, in the order of sheets, headings and rows, for findings.

    Raises:
        OutputError: a list has more rows than a sheet holds (nothing is written then), or the file cannot be written
            (nothing is left at `path`, unless it could not even be opened).
        TypeError: a column is neither String, Date nor an integer type.
        ValueError: a drop-down for a heading or a code list that is not there, or a code list without labels.
    """
    for sheet in sheets:
        _refuse_unfit(sheet)
    cuts: list[CutText] = []
    held: list[Sheet] = []
    for sheet in sheets:
        frame, places = cut_long_text(sheet.frame)
        texts = None
        if sheet.texts is not None:
            texts, more = cut_long_text(sheet.texts)
            places += more
        held.append(replace(sheet, frame=frame, texts=texts))
        cuts += [CutText(sheet.name, heading, FIRST_DATA_ROW + row) for heading, row in places]
    first = front.page() if isinstance(front, FrontSheet) else front
    skeleton = lay_out(first, held, codes, stamp, pages)

    try:
        file: IO[bytes] = path.open("wb")
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with file:
            _write_package(file, skeleton, held, stamp)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _not_written(path, error) from error
        raise
    return tuple(cuts)


def write_parts(path: Place, parts: Mapping[str, bytes], stamp: date) -> None:
    """Write a workbook that is laid out whole (layout.package_parts); arguments and errors as in write_workbook()."""
    try:
        with path.open("wb") as file, ZipFile(file, "w") as archive:
            for name, content in parts.items():
                archive.writestr(_entry(name, stamp), content)
    except OSError as error:
        raise _not_written(path, error) from error


def over_sheets(name: str, title: str, frame: pl.DataFrame, texts: pl.DataFrame | None = None) -> list[Sheet]:
    """Return a frame as one sheet, or as several where it has more rows than one holds, numbered from the second on.

    Args:
        name: of the first sheet.
        title: of all of them.
        frame: the rows.
        texts: as in Sheet.
    """
    starts = range(0, max(1, frame.height), _ROWS_A_SHEET)
    return [
        Sheet(
            name if at == 1 else f"{name}_{at}",
            title,
            frame.slice(start, _ROWS_A_SHEET),
            texts=None if texts is None else texts.slice(start, _ROWS_A_SHEET),
        )
        for at, start in enumerate(starts, start=1)
    ]


def _refuse_unfit(sheet: Sheet) -> None:
    most = LAST_ROW - FIRST_DATA_ROW + 1
    if sheet.frame.height > most:
        raise OutputError(
            f"{sheet.name} has {sheet.frame.height:,} rows; a sheet of a workbook holds {most:,} of them.",
            "Check that the extract is of one authority and that the inspection date is right.",
        )
    for heading, dtype in sheet.frame.schema.items():
        if not (dtype in (pl.String, pl.Date, pl.Null, pl.Float64) or dtype.is_integer()):
            raise TypeError(f"{sheet.name}: no way to write {dtype} ({heading!r})")


def _not_written(path: Place, error: OSError) -> OutputError:
    hints = {
        errno.EACCES: "Close it if it is open in Excel, and check that you may write to its folder.",
        errno.EPERM: "Close it if it is open in Excel, and check that you may write to its folder.",
        **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Free some space on the disk and run it again."),
        errno.EFBIG: "Free some space on the disk, or choose a disk that takes larger files, and run it again.",
        errno.ENOENT: "Create the folder that it is to be written to.",
    }
    reason = error.strerror or type(error).__name__
    hint = hints.get(error.errno or 0, "Check the folder that it is written to, or choose another one.")
    return OutputError(f"{path.name} could not be written: {reason}.", hint)


def _write_package(file: IO[bytes], skeleton: Skeleton, sheets: Sequence[Sheet], stamp: date) -> None:
    chunks = [_chunks(sheet, styles) for sheet, styles in zip(sheets, skeleton.styles, strict=True)]
    number_of = {name: number for number, name in enumerate(skeleton.lists)}
    in_order = [number_of[name] for name in skeleton.parts if name in number_of]
    with (
        closing(_ahead(job for number in in_order for job in chunks[number])) as rendered,
        ZipFile(file, "w") as archive,
    ):
        for name, content in skeleton.parts.items():
            if name not in number_of:
                with archive.open(_entry(name, stamp), "w") as part:
                    part.write(content)
                continue
            number = number_of[name]
            before, end, after = content.partition(_END_OF_ROWS)
            sheet = sheets[number]
            large = _largest_size(sheet) + len(content) > _ZIP64_FROM
            with archive.open(_entry(name, stamp), "w", force_zip64=large) as part:
                part.write(_with_dimension(before, sheet.frame))
                for _ in chunks[number]:
                    part.write(next(rendered))
                part.write(end + after)


def _entry(name: str, stamp: date) -> ZipInfo:
    """A package entry that says nothing of the machine or the time of the run."""
    # The format of the package has no date before 1980 or after 2107.
    day = min(max(stamp, date(1980, 1, 1)), date(2107, 12, 31))
    info = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = _FILE_MODE
    # The level of an entry that is streamed has a public name only from Python 3.13 on.
    setattr(info, "compress_level" if sys.version_info >= (3, 13) else "_compresslevel", 1)
    return info


def _with_dimension(head: bytes, frame: pl.DataFrame) -> bytes:
    """Put the number of the last row into the range that a sheet says it covers: readers take their size from it."""
    last_row = FIRST_DATA_ROW - 1 + frame.height
    return re.sub(rb'(<dimension ref="A1:[A-Z]+)\d+"', rb'\g<1>%d"' % last_row, head, count=1)


def _largest_size(sheet: Sheet) -> int:
    return largest_size(sheet.frame) + (largest_size(sheet.texts) if sheet.texts is not None else 0)


def _chunks(sheet: Sheet, styles: Sequence[CellStyle]) -> list[Callable[[], bytes]]:
    """Cut a frame into jobs, each of which renders so many rows that memory is bounded for wide and for long cells."""
    frame, texts, marked = sheet.frame, sheet.texts, sheet.marked
    by_cells = _CELLS_AT_ONCE // frame.width
    by_text = _TEXT_AT_ONCE * frame.height // max(1, text_size(frame))
    size = max(1, min(by_cells, by_text))
    return [
        partial(
            render_rows,
            frame.slice(start, size),
            styles,
            FIRST_DATA_ROW + start,
            None if texts is None else texts.slice(start, size),
            None if marked is None else marked.slice(start, size),
        )
        for start in range(0, frame.height, size)
    ]


def _ahead(jobs: Iterable[Callable[[], bytes]]) -> Generator[bytes, None, None]:
    """Give the results of the jobs in their order, working out the next ones while one is used."""
    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(max_workers=1) as pool:
        for job in jobs:
            waiting.append(pool.submit(job))
            if len(waiting) > _CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
