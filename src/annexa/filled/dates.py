"""Dates of a filled workbook, however they were typed.

A date cell arrives as YYYY-MM-DD. Everything else was typed as text, pasted from a system, or lost its format and
became Excel's number of a day. Day before month is the order of the template (DD/MM/YYYY). A text that can be read
either way is read so, unless other texts of the column have the month first and none has the day first.
"""

from datetime import date
from typing import Final

import polars as pl

from annexa.editions import normalise_expr

EARLIEST: Final = date(1900, 1, 1)
MONTH_FIRST: Final = "date as text, month before day"
DAY_FIRST: Final = "date as text, day before month"
_TWO_DIGITS: Final = "date with a two-digit year"
_AS_TEXT: Final = "date as text"
_NUMBER: Final = "number of a day"
_TIME_OFF: Final = "time of day left off"
_PLACEHOLDER: Final = "placeholder for no date"

# What systems and formulas leave where there is no date: Excel shows 0 as 00/01/1900, and readers of files give the
# last days of 1899 for it.
_PLACEHOLDERS: Final = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(9999, 12, 31))
_ZEROS: Final = ("0", "00/01/1900", "1900-01-00")
_FIRST_OF_1904: Final = date(1904, 1, 1)

_MONTHS: Final = {
    "jan": "01", "january": "01", "feb": "02", "february": "02", "mar": "03", "march": "03", "apr": "04",
    "april": "04", "may": "05", "jun": "06", "june": "06", "jul": "07", "july": "07", "aug": "08", "august": "08",
    "sep": "09", "sept": "09", "september": "09", "oct": "10", "october": "10", "nov": "11", "november": "11",
    "dec": "12", "december": "12",
}  # fmt: skip
_CLOCK: Final = (
    r"(?P<clock>[ t,]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]m)?"
    r"(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?)?"
)
_ISO: Final = rf"^(?P<year>[0-9]{{4}})[-/.](?P<first>[0-9]{{1,2}})[-/.](?P<second>[0-9]{{1,2}}){_CLOCK}$"
_BRITISH: Final = (
    r"^(?P<first>[0-9]{1,2})(?: ?[-/.] ?| )(?P<second>[0-9]{1,2})(?: ?[-/.] ?| )(?P<year>[0-9]{4}|[0-9]{2})"
    rf"{_CLOCK}$"
)
_IN_WORDS: Final = (
    r"^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?P<first>[0-9]{1,2})(?:st|nd|rd|th)?[-/. ]?"
    rf"(?:of )?(?P<second>[a-z]{{3,9}})[-/. ,]{{0,2}}(?P<year>[0-9]{{4}}|[0-9]{{2}}){_CLOCK}$"
)
_COMPACT: Final = r"^(?P<year>(?:19|20)[0-9]{2})(?P<first>[0-9]{2})(?P<second>[0-9]{2})$"
# Five digits are the days from May 1927 to 2173: fewer would make a day of a year or an age.
_SERIAL: Final = r"^[1-9][0-9]{4}(?:\.[0-9]+)?$"
_PLAIN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ISO_MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?$"
_MIDNIGHT: Final = r"(?:^$|[ t]00:00(?::00(?:\.0+)?)?)$"


def read_dates(texts: pl.Series, latest: date, *, from_1904: bool) -> pl.DataFrame:
    """Read distinct texts of a date column.

    Args:
        texts: String, without null.
        latest: a two-digit year is of this century where the date is then not after this day, else of the last (D).
        from_1904: a number of a day counts from 1 January 1904.

    Returns:
        `text`; `value`, Date, null where it is no date or stands for none; `what` was done to it in words, null where
        it is as it should be; `failed`, true for a text that is neither; `exchangeable`, true where day and month
        could be exchanged and the text does not say which is which.
    """
    frame = texts.rename("text").to_frame()
    # A date cell needs no more than this, and nearly all are.
    plain = frame.with_columns(
        pl.when(pl.col("text").str.contains(_PLAIN))
        .then(pl.col("text").str.to_date("%Y-%m-%d", strict=False))
        .alias("value")
    )
    easy = plain.filter(pl.col("value").is_not_null() & ~_is_placeholder(pl.col("value"), from_1904)).with_columns(
        what=pl.lit(None, dtype=pl.String), exchangeable=pl.lit(False)
    )
    odd = frame.join(easy.select("text"), on="text", how="anti", maintain_order="left")
    together = pl.concat([easy, _read_odd(odd, latest, from_1904)]) if odd.height else easy
    too_early = pl.col("value") < EARLIEST
    return together.with_columns(
        failed=(pl.col("value").is_null() & pl.col("what").is_null()) | too_early.fill_null(False),
        value=pl.when(~too_early).then(pl.col("value")),
    )


def _read_odd(frame: pl.DataFrame, latest: date, from_1904: bool) -> pl.DataFrame:
    form = pl.col("form")
    shapes = [("iso", _ISO), ("british", _BRITISH), ("words", _IN_WORDS), ("compact", _COMPACT)]
    found = (
        frame.with_columns(normalise_expr(pl.col("text")).alias("form"))
        .with_columns(form.str.extract_groups(pattern).alias(name) for name, pattern in shapes)
        .with_columns(
            year=_part("year", [name for name, _ in shapes]),
            # ISO and compact dates have the month first, the others the day.
            day=_first_of(("iso", "second"), ("british", "first"), ("words", "first"), ("compact", "second")),
            month=pl.coalesce(
                _first_of(("iso", "first"), ("british", "second"), ("compact", "first")),
                pl.col("words").struct.field("second").replace_strict(_MONTHS, default=None, return_dtype=pl.String),
            ),
            clock=_part("clock", ["iso", "british", "words"]).fill_null(""),
            typed=pl.col("british").struct.field("first").is_not_null(),
        )
    )
    two_digits = pl.col("year").str.len_bytes() == 2
    day_first = _day(pl.col("year"), pl.col("month"), pl.col("day"), latest)
    month_first = pl.when(pl.col("typed")).then(_day(pl.col("year"), pl.col("day"), pl.col("month"), latest))
    dated = found.select(
        "text", "form", "clock", "typed", "compact",
        two_digits=two_digits.fill_null(False), day_first=day_first, month_first=month_first,
        serial=_from_number(form, from_1904),
    )  # fmt: skip
    by_day, by_month = pl.col("day_first"), pl.col("month_first")
    only_by_day = (pl.col("typed") & by_day.is_not_null() & by_month.is_null()).any()
    only_by_month = (by_day.is_null() & by_month.is_not_null()).any()
    chosen = (
        pl.when(only_by_month & ~only_by_day)
        .then(pl.coalesce(by_month, by_day))
        .otherwise(pl.coalesce(by_day, by_month))
    )
    dated = dated.with_columns(value=pl.coalesce(chosen, "serial"))
    value = pl.col("value")
    swapped = (value == by_month) & (by_day.is_null() | (by_day != by_month))
    exchangeable = (by_day != by_month).fill_null(False)
    placeholder = _is_placeholder(value, from_1904) | form.is_in(_ZEROS)
    timed = pl.col("text").str.contains(_ISO_MOMENT) & ~pl.col("clock").str.contains(_MIDNIGHT)
    what = (
        pl.when(placeholder.fill_null(False)).then(pl.lit(_PLACEHOLDER))
        .when(value.is_null()).then(None)
        .when(pl.col("serial").is_not_null()).then(pl.lit(_NUMBER))
        .when(swapped).then(pl.lit(MONTH_FIRST))
        .when(pl.col("two_digits")).then(pl.lit(_TWO_DIGITS))
        .when(exchangeable).then(pl.lit(DAY_FIRST))
        .when(timed).then(pl.lit(_TIME_OFF))
        .otherwise(pl.lit(_AS_TEXT))
    )  # fmt: skip
    return dated.select(
        "text",
        value=pl.when(~placeholder.fill_null(False)).then(value),
        what=what,
        exchangeable=exchangeable & ~placeholder.fill_null(False),
    )


def _is_placeholder(value: pl.Expr, from_1904: bool) -> pl.Expr:
    return value.is_in([*_PLACEHOLDERS, *([_FIRST_OF_1904] if from_1904 else [])])


def _part(name: str, shapes: list[str]) -> pl.Expr:
    return _first_of(*((shape, name) for shape in shapes))


def _first_of(*parts: tuple[str, str]) -> pl.Expr:
    return pl.coalesce(pl.col(shape).struct.field(name) for shape, name in parts)


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr, latest: date) -> pl.Expr:
    """Return the date; null where no calendar has it. A two-digit year is of this century up to `latest`."""
    rest = pl.concat_str(pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.str.zfill(2))

    def dated(century: str) -> pl.Expr:
        return pl.concat_str(pl.lit(century), year, rest).str.to_date("%Y-%m-%d", strict=False)

    recent = dated("20")
    short = pl.when(recent <= latest).then(recent).otherwise(dated("19"))
    return pl.when(year.str.len_bytes() == 2).then(short).otherwise(dated(""))


def _from_number(form: pl.Expr, from_1904: bool) -> pl.Expr:
    start = _FIRST_OF_1904 if from_1904 else date(1899, 12, 30)
    days = pl.when(form.str.contains(_SERIAL)).then(form).cast(pl.Float64, strict=False).floor().cast(pl.Int32)
    return pl.lit(start) + pl.duration(days=days)
