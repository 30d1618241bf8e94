"""The rows of a sheet as SpreadsheetML, rendered a column at a time.

openpyxl writes a sheet cell by cell in Python, which takes most of a build. Here Polars renders the text of whole
columns; `workbook` puts it inside the sheet that openpyxl has laid out. Texts are inline strings: a shared string table
would need a pass over all sheets before the first row can be written.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

import polars as pl
from openpyxl.utils import get_column_letter

LINE_HEIGHT: Final = 15  # points
MOST_LINES: Final = 27  # in a row: it can be 409 points high
TEXT_LIMIT: Final = 32_767  # UTF-16 units in a cell (Excel specifications and limits)
CUT_MARK: Final = " [cut: longer than a cell can hold]"

# Excel counts 29 February 1900, so its numbers for earlier days are one out; after 9999 it has none.
FIRST_DAY: Final = date(1900, 3, 1)
LAST_DAY: Final = date(9999, 12, 31)
_DAY_OF_1970: Final = 25_569
_EXACT_BELOW: Final = 1e15  # Excel keeps 15 digits of a number

# What XML 1.0 cannot hold, and the carriage return, which an XML reader turns into a line feed.
_CONTROLS: Final = [*range(0x09), *range(0x0B, 0x20), 0xFFFE, 0xFFFF]
_CONTROL_CODES: Final = {chr(code): f"_x{code:04X}_" for code in _CONTROLS}
_CONTROL_CLASS: Final = r"\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}"
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", **_CONTROL_CODES}
# A text that a reader would take for _xHHHH_, on its own or together with the code of a control character after it.
_LOOKS_ENCODED: Final = rf"_x[0-9A-Fa-f]{{4}}[_{_CONTROL_CLASS}]"
_FORMULA_START: Final = r"^[=+\-@]"
_AWKWARD: Final = rf"^$|^[\s=+\-@]|\s$|[\n&<>{_CONTROL_CLASS}]|_x[0-9A-Fa-f]{{4}}_"

_PYTHON_CONTROLS: Final = str.maketrans(_CONTROL_CODES)
_PYTHON_LOOKS_ENCODED: Final = re.compile(r"_x[0-9A-Fa-f]{4}[_\x00-\x08\x0B-\x1F\uFFFE\uFFFF]")


@dataclass(frozen=True)
class CellStyle:
    """Numbers of the cell styles that one column uses.

    Args:
        value: a date or a whole number.
        text: text, and a date or number that Excel cannot hold as one.
        quoted: text that begins like a formula, so that it stays text when it is edited.
        wrap_at: characters on a line of a column whose texts are wrapped; 0 where they are not.
        marked: the same for cells of a row that is highlighted; None where none can be.
    """

    value: int
    text: int
    quoted: int
    wrap_at: int = 0
    marked: "CellStyle | None" = None


def render_rows(
    frame: pl.DataFrame,
    styles: Sequence[CellStyle],
    first_row: int,
    texts: pl.DataFrame | None = None,
    marked: pl.Series | None = None,
) -> bytes:
    """Return the `<row>` elements of a frame, in UTF-8.

    A date before 1 March 1900 or after 9999, and a whole number of more than 15 digits, is written as text (the date
    as dd/mm/yyyy): Excel would show another day, or other digits. Control characters are written as _xHHHH_, as Excel
    does, and a text that already looks like that is escaped, so that Excel reads back the text itself.

    Args:
        frame: columns of String, Date, Float64, an integer type or Null; no text over TEXT_LIMIT (see `cut_long_text`).
        styles: one for each column.
        first_row: number of the first row in the sheet.
        texts: texts for cells that are blank in `frame`, by its column names; String, as high as `frame`.
        marked: true for rows that are highlighted, as high as `frame`; every cell of theirs is written.
    """
    letters = [get_column_letter(number) for number in range(1, frame.width + 1)]
    # The columns take their letters as names: headings are free text, and one could be called like the row number.
    named = frame.rename(dict(zip(frame.columns, letters, strict=True)))
    easy = named.select(_is_easy(pl.col(letter), dtype) for letter, dtype in named.schema.items()).row(0)
    cells = [
        _easy_cell(letter, dtype, style) if all_easy else _any_cell(letter, dtype, style)
        for (letter, dtype), style, all_easy in zip(named.schema.items(), styles, easy, strict=True)
    ]
    if texts is not None:
        named, cells = _with_texts(frame, named, cells, styles, texts)
    if marked is not None:
        named = named.with_columns(marked.alias("marked"))
        cells = [
            _marked_cell(letter, dtype, style, cell)
            for (letter, dtype), style, cell in zip(
                [(letter, named.schema[letter]) for letter in letters], styles, cells, strict=True
            )
        ]
    number = pl.int_range(first_row, first_row + frame.height, dtype=pl.Int32).cast(pl.String).alias("row")
    wrap_at = {letter: style.wrap_at for letter, style in zip(letters, styles, strict=True) if style.wrap_at}
    start = pl.concat_str(pl.lit('<row r="'), "row", _height(wrap_at) if wrap_at else pl.lit('">')).alias("start")
    # The CSV writer is the quickest way to put the cells of a row together. Space between elements has no meaning.
    rendered = BytesIO()
    named.with_columns(number).select(start, *cells).write_csv(
        rendered, include_header=False, separator=" ", line_terminator="</row>\n", quote_style="never"
    )
    return rendered.getvalue()


def _with_texts(
    frame: pl.DataFrame, named: pl.DataFrame, cells: list[pl.Expr], styles: Sequence[CellStyle], texts: pl.DataFrame
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    """Put texts into the cells that are blank; a column without a text in these rows costs nothing."""
    cells = list(cells)
    for heading in texts.columns:
        if texts[heading].null_count() == texts.height:
            continue
        position = frame.columns.index(heading)
        letter = named.columns[position]
        held = f"{letter} text"
        named = named.with_columns(texts[heading].alias(held))
        text = _any_cell(letter, pl.String(), styles[position], held)
        cells[position] = pl.coalesce(cells[position], text).alias(letter)
    return named, cells


def largest_size(frame: pl.DataFrame) -> int:
    """Return a number of bytes that the rendered rows of a frame cannot exceed."""
    # A cell's own markup takes less than 100 bytes, a byte of text at most the 7 of a control character's code.
    return frame.height * (32 + 128 * frame.width) + 7 * text_size(frame)


def text_size(frame: pl.DataFrame) -> int:
    """Return the bytes of all texts in a frame."""
    sizes = frame.select(pl.col(pl.String).str.len_bytes().cast(pl.Int64).sum())
    return sum(sizes.row(0)) if sizes.width else 0


def cut_long_text(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[str, int]]]:
    """Cut the texts that are longer than a cell can hold, ending them with CUT_MARK.

    Returns:
        The frame, the same one where nothing was cut, and (column, row index from 0) of each text that was cut.
    """
    # No text has more UTF-16 units than bytes in UTF-8, so the few candidates are found without counting units.
    longest = frame.select(pl.col(pl.String).str.len_bytes().max())
    places: list[tuple[str, int]] = []
    for name in longest.columns:
        if (longest[name][0] or 0) <= TEXT_LIMIT:
            continue
        long = frame[name].str.len_bytes().fill_null(0) > TEXT_LIMIT
        shortened = {row: _shortened(frame[name][row]) for row in long.arg_true()}
        changed = {row: text for row, text in shortened.items() if text is not None}
        if changed:
            frame = frame.with_columns(frame[name].scatter(list(changed), list(changed.values())))
            places += [(name, row) for row in changed]
    return frame, places


def encode_text(text: str) -> str:
    """Return one text as a cell holds it before XML escaping: the same rule as in `render_rows`, for openpyxl."""
    if _PYTHON_LOOKS_ENCODED.search(text):
        text = text.replace("_x", "_x005F_x")
    return text.translate(_PYTHON_CONTROLS)


def _shortened(text: str) -> str | None:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LIMIT:
        return None
    # Half of a surrogate pair at the cut is dropped.
    return units[: 2 * (TEXT_LIMIT - len(CUT_MARK))].decode("utf-16-le", errors="ignore") + CUT_MARK


def _height(wrap_at: Mapping[str, int]) -> pl.Expr:
    """The height of a row in points, and the end of its tag: not every reader makes room for wrapped text by itself."""
    breaks = pl.max_horizontal(
        ((pl.col(letter).str.len_chars().cast(pl.Int64) - 1) // width + pl.col(letter).str.count_matches("\n"))
        for letter, width in wrap_at.items()
    )
    points = ((breaks + 1).clip(upper_bound=MOST_LINES) * LINE_HEIGHT).cast(pl.String)
    return pl.when(breaks > 0).then(pl.concat_str(pl.lit('" ht="'), points, pl.lit('">'))).otherwise(pl.lit('">'))


def _is_easy(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """True where no cell of a column needs more than its value between two tags."""
    if dtype == pl.String:
        return ~column.str.contains(_AWKWARD).any()
    return _fits(column, dtype).all()


def _fits(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """True where Excel can hold a date or whole number as such."""
    if dtype == pl.Date:
        return column.is_between(FIRST_DAY, LAST_DAY)
    return column.cast(pl.Float64).is_between(-_EXACT_BELOW, _EXACT_BELOW, closed="none")


def _easy_cell(letter: str, dtype: pl.DataType, style: CellStyle) -> pl.Expr:
    column = pl.col(letter)
    if dtype == pl.String:
        return _text(letter, column, style.text)
    number = column.cast(pl.Int64) + _DAY_OF_1970 if dtype == pl.Date else column
    return _around(letter, f'" s="{style.value}"><v>', number.cast(pl.String), "</v></c>")


def _any_cell(letter: str, dtype: pl.DataType, style: CellStyle, held: str = "") -> pl.Expr:
    """Return the cell of a column of `letter`, whose values are in the frame's column of that name or in `held`."""
    column = pl.col(held or letter)
    if dtype != pl.String:
        words = column.dt.to_string("%d/%m/%Y") if dtype == pl.Date else column.cast(pl.String)
        fits = _fits(column, dtype)
        return pl.when(fits).then(_easy_cell(letter, dtype, style)).otherwise(_text(letter, words, style.text))
    unambiguous = column.str.replace_all("_x", "_x005F_x", literal=True)
    encoded = pl.when(column.str.contains(_LOOKS_ENCODED)).then(unambiguous).otherwise(column)
    content = pl.when(column != "").then(encoded.str.replace_many(_ESCAPES))
    return (
        pl.when(column.str.contains(_FORMULA_START))
        .then(_text(letter, content, style.quoted, ' xml:space="preserve"'))
        .otherwise(_text(letter, content, style.text, ' xml:space="preserve"'))
    )


def _marked_cell(letter: str, dtype: pl.DataType, style: CellStyle, cell: pl.Expr) -> pl.Expr:
    """Return the cell in the style of highlighted rows where the row is one; a blank cell is coloured too."""
    if style.marked is None:
        return cell
    blank = pl.concat_str(pl.lit(f'<c r="{letter}'), "row", pl.lit(f'" s="{style.marked.text}"/>'))
    coloured = pl.coalesce(_any_cell(letter, dtype, style.marked), blank)
    return pl.when("marked").then(coloured).otherwise(cell).alias(letter)


def _text(letter: str, text: pl.Expr, style: int, attributes: str = "") -> pl.Expr:
    return _around(letter, f'" s="{style}" t="inlineStr"><is><t{attributes}>', text, "</t></is></c>")


def _around(letter: str, before: str, value: pl.Expr, after: str) -> pl.Expr:
    """Return the cell; null, which becomes nothing, where its value is null."""
    return pl.concat_str(pl.lit(f'<c r="{letter}'), "row", pl.lit(before), value, pl.lit(after)).alias(letter)
