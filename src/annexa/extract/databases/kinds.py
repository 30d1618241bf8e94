"""The kinds of values that a database holds, as far as their text differs, and that text made plain.

Every value is cast to text by the database itself; what is left of the differences between engines is taken out here,
so that the same value reads alike from each of them and from a file.
"""

from enum import Enum, auto

import polars as pl

from annexa.extract.files import blank_to_null


class Kind(Enum):
    """What a column holds, as far as it matters for its text.

    ROUNDED is a number that a plain cast would spoil; BINARY, such as a scanned letter, is no text at all.
    """

    TEXT = auto()
    DATE = auto()
    MOMENT = auto()
    ZONED = auto()
    TRUTH = auto()
    FRACTION = auto()
    ROUNDED = auto()
    BINARY = auto()
    OTHER = auto()


def plain(values: pl.Expr, kind: Kind, *, tidy: bool = False) -> pl.Expr:
    """Return the text of a column in the form in which files hold it too.

    Dates are YYYY-MM-DD, moments the same with HH:MM:SS unless it is midnight; numbers have no needless zeros behind
    the point; true and false are TRUE and FALSE; what is no number, and the empty text, is null.

    Args:
        values: the column as text, as the database cast it.
        kind: what it holds.
        tidy: whether the database leaves needless zeros off by itself, which saves as much time as it takes.
    """
    if kind is Kind.DATE and tidy:
        return values
    if kind in (Kind.DATE, Kind.MOMENT, Kind.ZONED):
        moment = values if kind is Kind.DATE or tidy else _without_zeros(values)
        return blank_to_null(moment.str.strip_suffix(" 00:00:00").str.strip_suffix("T00:00:00"))
    if kind in (Kind.FRACTION, Kind.ROUNDED) and tidy:
        return pl.when(values != "NaN").then(values)
    if kind in (Kind.FRACTION, Kind.ROUNDED):
        number = _without_zeros(values.str.strip_chars())
        above = pl.when(number.str.starts_with(".")).then("0" + number)
        whole = above.when(number.str.starts_with("-.")).then("-0" + number.str.strip_prefix("-")).otherwise(number)
        return blank_to_null(pl.when(~number.is_in(["nan", "NaN", "NAN", ""])).then(whole))
    if kind is Kind.TRUTH:
        sign = values.str.to_lowercase()
        true, false = pl.when(sign.is_in(["true", "t", "1"])), sign.is_in(["false", "f", "0"])
        return true.then(pl.lit("TRUE")).when(false).then(pl.lit("FALSE"))
    return blank_to_null(values)


def _without_zeros(values: pl.Expr) -> pl.Expr:
    """Take the zeros off the end of a number, or of the fraction of a second; an exponent's stay."""
    exponent = values.str.contains("e", literal=True) | values.str.contains("E", literal=True)
    pointed = pl.when(values.str.contains(".", literal=True) & ~exponent)
    return pointed.then(values.str.strip_chars_end("0").str.strip_suffix(".")).otherwise(values)


def kind_of(dtype: pl.DataType) -> Kind:
    """Return the kind of a column of a SELECT, whose type the driver tells and no catalogue does."""
    if isinstance(dtype, pl.Datetime):
        return Kind.ZONED if dtype.time_zone else Kind.MOMENT
    if isinstance(dtype, pl.Date):
        return Kind.DATE
    if isinstance(dtype, pl.Boolean):
        return Kind.TRUTH
    return Kind.FRACTION if dtype.is_float() or dtype.is_decimal() else Kind.OTHER
