"""CSV files for people: findings, exclusions, tables of a report.

One form on every system, so that the same rows give the same bytes: UTF-8, lines ended by CR LF (RFC 4180), dates as
YYYY-MM-DD, a field quoted only where it must be, a blank cell empty and an empty text "". A byte order mark stands in
front by default, since Excel on Windows reads the file in the local code page without it; annexa's readers accept both.
Dates are ISO although Ofsted's workbook has DD/MM/YYYY: these files are read by other programs too, and a spreadsheet
shows an ISO date in the user's own form.

A spreadsheet takes a text that begins with one of = + - @ (or a tab or carriage return before it) for a formula, which
would let a value from a record run in it. Such a text gets an apostrophe in front. So does a text that already has
apostrophes before one of these, so that taking off exactly one gives every text back unchanged.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl
import polars.selectors as cs

from annexa.errors import SourceError

_FORMULA_START: Final = r"'*[=+\-@\t\r]"
_ROWS_AT_ONCE: Final = 100_000  # bounds the memory of the rendered text
_BOM: Final = b"\xef\xbb\xbf"


def write_csv(path: Path, frame: pl.DataFrame, *, bom: bool = True) -> None:
    """Write a frame as CSV in the form above.

    Args:
        path: the file, replaced where it exists.
        frame: at least one column; headings are annexa's own and are written as they are.
        bom: put a byte order mark in front.

    Raises:
        OSError: the file cannot be written.
    """
    text = cs.string() | cs.categorical() | cs.enum()
    guarded = frame.with_columns(text.cast(pl.String).str.replace(f"^({_FORMULA_START})", "'${1}"))
    # Python's own file is written to: an error from Polars' writer would carry no error number.
    with path.open("wb") as file:
        file.write(_BOM if bom else b"")
        file.write(_render(guarded.clear(), header=True))
        for part in guarded.iter_slices(_ROWS_AT_ONCE):
            file.write(_render(part, header=False))


def read_csv(path: Path) -> pl.DataFrame:
    """Return a file that `write_csv` wrote, every column as text (String), the guarding apostrophes taken off.

    Raises:
        SourceError: the file is missing, or is no CSV in UTF-8.
    """
    try:
        frame = pl.read_csv(path.read_bytes(), infer_schema=False)
    except FileNotFoundError:
        raise SourceError(f"The file {path.name} is missing.", "Check the name, or build the output again.") from None
    except (OSError, pl.exceptions.PolarsError):
        # The reader's own message may quote a cell.
        raise SourceError(f"The file {path.name} could not be read as CSV.", "Build the output again.") from None
    return frame.with_columns(pl.all().str.replace(f"^'({_FORMULA_START})", "${1}"))


def _render(frame: pl.DataFrame, *, header: bool) -> memoryview:
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=header, line_terminator="\r\n")
    return buffer.getbuffer()
