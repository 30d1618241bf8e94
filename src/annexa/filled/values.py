"""From cells as text to values: dates, whole numbers, identifiers, and codes under the edition's labels.

Each distinct text of a column is judged once. A text that can be read is repaired, and every repaired cell is named
with what it was and what it is; one that cannot is blank in the frame and kept as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from annexa.editions import ColumnSpec, Edition, code_sets, normalise, normalise_expr
from annexa.filled.dates import MONTH_FIRST, read_dates
from annexa.filled.kinds import AGE, Cells, cells_of, person_heading
from annexa.filled.model import SHEET_ROW, RawList

ValueMap = Mapping[str, Mapping[str, str]]  # code set -> value as in the workbook -> standard code

AT: Final = "at"
MARKS: Final[dict[str, pl.DataType]] = {
    AT: pl.UInt32(),  # position of the row
    "heading": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "what": pl.String(),  # of a repair; null where the cell is left as it is
    "check": pl.String(),  # id of the finding; null where the cell is reported elsewhere
}
REPAIRED: Final = "AA-R03"
NOT_A_CODE: Final = "AA-G06"
_NOT_A_DATE: Final = "AA-G07"
_NOT_A_NUMBER: Final = "AA-R05"
_ERROR_CELL: Final = "AA-R24"

_BLANKS: Final = "blanks tidied"
_NUMBER: Final = "number as text"
_WHOLE_YEARS: Final = "decimal age as whole years"
_SPELLING: Final = "code in another spelling"
_NEWER: Final = "code newer than the edition, shown as its replacement"
_MAPPED: Final = "value map"

# Child ids that stand for none (K8).
PLACEHOLDERS: Final = ("0", "-1", "unknown", "n/a", "none")
# What Excel shows for a formula that went wrong; pasted as values it becomes plain text.
_ERRORS: Final = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA",
)  # fmt: skip
_ODD_BLANK: Final = r"[\x{00A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"
_NO_WIDTH: Final = r"[\x{200B}\x{2060}\x{FEFF}]"
_UNTIDY: Final = rf"^\s|\s$|{_ODD_BLANK}|{_NO_WIDTH}"
_WHOLE: Final = r"^[+-]?[0-9]{1,9}(?:\.0+)?$"
_THOUSANDS: Final = r"^[0-9]{1,3}(?:,[0-9]{3})+$"
_DECIMAL: Final = r"^[+-]?[0-9]{0,9}\.[0-9]+$"
_POINT_ZERO: Final = r"^(-?[0-9]+)\.0+$"


@dataclass(frozen=True)
class Reading:
    """What values are read by.

    Args:
        edition: labels and codes.
        inspection_date: D, which decides the century of a two-digit year.
        value_map: what an officer said that unknown values mean.
    """

    edition: Edition
    inspection_date: date
    value_map: ValueMap = field(default_factory=dict)


@dataclass(frozen=True)
class ReadList:
    """One list of one workbook with its values read.

    Args:
        raw: what it was read from.
        frame: the headings that are there; Date, Int64 or String; coded columns as labels.
        codes: the same with standard codes.
        marks: every cell that was repaired or could not be read (columns of MARKS).
        ambiguous: heading -> number of its dates that can be read two ways, in a column that has both orders.
    """

    raw: RawList
    frame: pl.DataFrame
    codes: pl.DataFrame
    marks: pl.DataFrame
    ambiguous: Mapping[str, int]


def read_values(raw: RawList, reading: Reading) -> ReadList:
    """Read the values of one list; no row leaves, and rows keep their order."""
    values: list[pl.Series] = []
    codes: list[pl.Series] = []
    marks: list[pl.DataFrame] = [pl.DataFrame(schema=MARKS)]
    ambiguous: dict[str, int] = {}
    for column in raw.spec.columns:
        if column.heading not in raw.cells.columns:
            continue
        unread = _unread(raw, column.heading)
        cells = raw.cells[column.heading]
        if unread is not None:
            marks.append(_as_they_are(cells, unread))
            cells = cells.set(unread, None)
        if cells.null_count() == len(cells):  # nothing to judge
            blank = pl.Series(column.heading, [None], dtype=cells_of(column).dtype).new_from_index(0, len(cells))
            values.append(blank)
            codes.append(blank)
            continue
        judged = _judge(raw, column, cells.drop_nulls().unique(), reading)
        value, code, found = _spread(cells, judged, cells_of(column))
        values.append(value)
        codes.append(code)
        marks.append(found)
        number = _ambiguous(cells, judged)
        if number:
            ambiguous[column.heading] = number
    return ReadList(raw, pl.DataFrame(values), pl.DataFrame(codes), pl.concat(marks), ambiguous)


def _unread(raw: RawList, heading: str) -> pl.Series | None:
    """Return true for the cells that reading has reported as an error; None where there are none."""
    if not raw.unread.height:
        return None
    rows = raw.unread.filter(pl.col("heading") == heading)[SHEET_ROW]
    return raw.cells[SHEET_ROW].is_in(rows.implode()) if len(rows) else None


def _as_they_are(cells: pl.Series, which: pl.Series) -> pl.DataFrame:
    at = (which & cells.is_not_null()).arg_true()
    return _marks(cells.name, at, before=cells.gather(at))


def _spread(cells: pl.Series, judged: pl.DataFrame, kind: Cells) -> tuple[pl.Series, pl.Series, pl.DataFrame]:
    """Give every cell what was found of its text: its value, its code, and a mark where it was not as it should be."""
    odd = judged.filter(pl.col("what").is_not_null() | pl.col("left"))
    if odd.height or kind.dtype != pl.String:
        value = cells.replace_strict(judged["text"], judged["value"], default=None, return_dtype=kind.dtype)
    else:
        value = cells
    code = value
    if kind is Cells.CODE:
        code = cells.replace_strict(judged["text"], judged["code"], default=None, return_dtype=pl.String)
    if not odd.height:
        return value, code, pl.DataFrame(schema=MARKS)
    at = cells.is_in(odd["text"].implode()).fill_null(False).arg_true()
    before = cells.gather(at)
    of_each = before.alias("text").to_frame().join(odd, on="text", how="left", maintain_order="left")
    after = of_each["value"].cast(pl.String)
    return value, code, _marks(cells.name, at, before, after, of_each["what"], of_each["check"])


def _marks(
    heading: str,
    at: pl.Series,
    before: pl.Series,
    after: pl.Series | None = None,
    what: pl.Series | None = None,
    check: pl.Series | None = None,
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    given = {"before": before, "after": after, "what": what, "check": check}
    return pl.DataFrame({AT: at.cast(pl.UInt32)}).select(
        AT,
        pl.lit(heading).alias("heading"),
        *((nothing if each is None else each).alias(name) for name, each in given.items()),
    )


def _ambiguous(cells: pl.Series, judged: pl.DataFrame) -> int:
    if "exchangeable" not in judged.columns or not (judged["what"] == MONTH_FIRST).any():
        return 0
    texts = judged.filter("exchangeable")["text"]
    return int(cells.is_in(texts.implode()).sum())


def _judge(raw: RawList, column: ColumnSpec, texts: pl.Series, reading: Reading) -> pl.DataFrame:
    """Judge the distinct texts of a column.

    Returns:
        `text`, `value`, `what` was repaired, `check` of the finding, `left`: true where it could not be read; of a
        coded column `code`, of a date column `exchangeable`.
    """
    kind = cells_of(column)
    frame = texts.alias("text").to_frame()
    if kind is Cells.CODE:
        judged = _codes(frame, column, reading)
    elif kind is Cells.DATE:
        judged = _dates(frame, raw, reading)
    elif kind is Cells.COUNT:
        judged = _counts(frame, age=AGE in (column.field, column.derive))
    else:
        judged = _texts(frame, kind, person=column.heading == person_heading(raw.spec))
    wrong = pl.col("text").str.strip_chars().is_in(_ERRORS)
    if judged.select(wrong.any()).item():
        nothing = [
            pl.when(~wrong).then(pl.col(name)).alias(name)
            for name in judged.columns
            if name in ("value", "code", "what")
        ]
        judged = judged.with_columns(
            *nothing, check=pl.when(wrong).then(pl.lit(_ERROR_CELL)).otherwise("check"), left=pl.col("left") | wrong
        )
    return judged


def _codes(frame: pl.DataFrame, column: ColumnSpec, reading: Reading) -> pl.DataFrame:
    name = column.codes or ""
    shown = reading.edition.code_set(name)
    mapped = {normalise(text): code for text, code in reading.value_map.get(name, {}).items()}
    known = code_sets()[name]
    text, tidy = pl.col("text"), _tidied(pl.col("text"))
    read = frame.with_columns(
        tidy=tidy.str.replace(_POINT_ZERO, "${1}") if not shown.free_text else tidy,
        mapped=normalise_expr(text).is_in(list(mapped)),
    ).with_columns(code=known.read(pl.col("tidy"), mapped))
    official = text.is_in(shown.labels)
    value = pl.when(official).then(text).otherwise(shown.write(pl.col("code")))
    what = (
        pl.when(pl.col("value").is_null() | (pl.col("value") == text)).then(None)
        .when(pl.col("mapped")).then(pl.lit(_MAPPED))
        .when(pl.col("code").is_in(list(shown.replaced))).then(pl.lit(_NEWER))
        .when(_collapsed(text) == pl.col("value")).then(pl.lit(_BLANKS))
        .otherwise(pl.lit(_SPELLING))
    )  # fmt: skip
    left = pl.col("value").is_null()
    return read.with_columns(value=value).select(
        "text",
        "value",
        what=what,
        check=pl.when(left).then(pl.lit(NOT_A_CODE)).when(pl.col("value") != text).then(pl.lit(REPAIRED)),
        left=left,
        code=pl.when(~left).then("code"),
    )


def _dates(frame: pl.DataFrame, raw: RawList, reading: Reading) -> pl.DataFrame:
    read = read_dates(frame["text"], reading.inspection_date, from_1904=raw.from_1904)
    failed, what = pl.col("failed"), pl.col("what")
    return read.select(
        "text",
        "value",
        what=pl.when(~failed).then(what),
        check=pl.when(failed).then(pl.lit(_NOT_A_DATE)).when(what.is_not_null()).then(pl.lit(REPAIRED)),
        left=failed,
        exchangeable="exchangeable",
    )


def _counts(frame: pl.DataFrame, *, age: bool) -> pl.DataFrame:
    form = normalise_expr(pl.col("text"))
    number = pl.when(form.str.contains(_WHOLE)).then(form).cast(pl.Float64, strict=False)
    thousands = (
        pl.when(form.str.contains(_THOUSANDS)).then(form.str.replace_all(",", "")).cast(pl.Float64, strict=False)
    )
    # Completed years are what the column asks for; below zero this gives the -1 of an unborn child.
    years = pl.when(form.str.contains(_DECIMAL)).then(form).cast(pl.Float64, strict=False).floor()
    value = pl.coalesce(number, thousands, *([years] if age else [])).cast(pl.Int64)
    read = frame.with_columns(value=value, whole=pl.coalesce(number, thousands).is_not_null())
    same = pl.col("value").cast(pl.String) == pl.col("text")
    what = pl.when(pl.col("whole")).then(pl.lit(_NUMBER)).otherwise(pl.lit(_WHOLE_YEARS))
    left = pl.col("value").is_null()
    return read.select(
        "text",
        "value",
        what=pl.when(~left & ~same).then(what),
        check=pl.when(left).then(pl.lit(_NOT_A_NUMBER)).when(~same).then(pl.lit(REPAIRED)),
        left=left,
    )


def _texts(frame: pl.DataFrame, kind: Cells, *, person: bool) -> pl.DataFrame:
    text = pl.col("text")
    tidy = _tidied(text)
    if kind is Cells.IDENTIFIER:
        # A number read as a decimal on its way; an identifier never has a point.
        tidy = tidy.str.replace(_POINT_ZERO, "${1}")
    none = tidy.str.to_lowercase().is_in(PLACEHOLDERS) if person else pl.lit(False)
    read = frame.with_columns(value=pl.when((tidy != "") & ~none).then(tidy), left=none)
    changed = ~pl.col("left") & (pl.col("value").is_null() | (pl.col("value") != text))
    what = pl.when(_tidied(text) == pl.col("value")).then(pl.lit(_BLANKS)).otherwise(pl.lit(_NUMBER))
    return read.select(
        "text",
        "value",
        what=pl.when(changed).then(pl.when(pl.col("value").is_null()).then(pl.lit(_BLANKS)).otherwise(what)),
        check=pl.when(changed).then(pl.lit(REPAIRED)),
        left="left",
    )


def _tidied(text: pl.Expr) -> pl.Expr:
    """Return a text without blanks around it, its no-break and other odd blanks plain, characters of no width gone."""

    def tidy(column: pl.Series) -> pl.Series:
        untidy = column.str.contains(_UNTIDY).fill_null(False)
        if not untidy.any():
            return column
        plain = pl.col("t").str.replace_all(_ODD_BLANK, " ").str.replace_all(_NO_WIDTH, "").str.strip_chars()
        return column.alias("t").to_frame().select(plain)["t"]

    return text.map_batches(tidy, return_dtype=pl.String, is_elementwise=True)


def _collapsed(text: pl.Expr) -> pl.Expr:
    return _tidied(text).str.replace_all(r"\s+", " ")
