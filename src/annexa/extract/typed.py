"""From the text of a cell to its typed value, as an expression for each kind of field.

These are the Polars twins of the pydantic types in annexa.records.types; a property test holds that both accept and
reject the same cells.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from annexa.editions import code_sets
from annexa.records import Kind, RecordField
from annexa.records.types import BRITISH_MOMENT, DECIMAL_FORM, EARLIEST, ISO_MOMENT, SCHOOL_YEAR_FORM, SIGNED_FORM

_PLAIN_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]00:00:00)?$"


def typed(field: RecordField) -> pl.Expr:
    """Return the typed value of the column "form", null where the column-wise check rejects it."""
    return _TYPED[field.kind](field)


def _as_moment(_: RecordField) -> pl.Expr:
    form = pl.col("form")
    iso = form.str.contains(rf"^(?:{ISO_MOMENT})$")
    british = form.str.contains(rf"^(?:{BRITISH_MOMENT})$")
    day = (
        pl.when(british)
        .then(form.str.slice(6, 4) + "-" + form.str.slice(3, 2) + "-" + form.str.slice(0, 2))
        .otherwise(form.str.slice(0, 10))
    )
    clock = form.str.slice(11)
    seconds = (
        pl.when(clock.str.len_bytes() >= 8)
        .then(clock.str.slice(0, 8))
        .when(clock.str.len_bytes() == 5)
        .then(clock + ":00")
        .otherwise(pl.lit("00:00:00"))
    )
    # A leap second is no time that Python knows.
    moment = (day + " " + seconds).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    whole = (iso | british) & (seconds.str.slice(6, 2) != "60")
    return pl.when(whole & (moment >= pl.datetime(1900, 1, 1))).then(moment)


def _as_date(field: RecordField) -> pl.Expr:
    return _as_moment(field).dt.date()


def plain_days(forms: pl.Series) -> pl.Series | None:
    """Return the days of texts that are all written as 2018-06-04, with or without midnight; None where any is not.

    So most systems write them, and so they are read in a tenth of the time; the answer is that of typed().
    """
    if not (forms.str.contains(_PLAIN_DAY).all() and forms.len()):
        return None
    days = forms.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return days.set(days < EARLIEST, None)


def _as_code(field: RecordField) -> pl.Expr:
    codes = sorted(code_sets()[field.code_set].codes)
    return pl.when(pl.col("form").is_in(codes)).then(pl.col("form"))


def _as_whole(_: RecordField) -> pl.Expr:
    return pl.when(pl.col("form").str.contains(r"^[0-9]{1,9}$")).then(pl.col("form").cast(pl.Int64, strict=False))


def _as_decimal(field: RecordField) -> pl.Expr:
    form = SIGNED_FORM if field.kind is Kind.SIGNED else DECIMAL_FORM
    number = pl.col("form").str.strip_prefix("+").cast(pl.Float64, strict=False)
    return pl.when(pl.col("form").str.contains(rf"^(?:{form})$")).then(number)


def _as_school_year(_: RecordField) -> pl.Expr:
    parts = pl.col("form").str.extract_groups(rf"^{SCHOOL_YEAR_FORM}$")
    first = parts.struct[0].cast(pl.Int64, strict=False)
    last, following = parts.struct[1], first + 1
    short = (following % 100).cast(pl.String).str.zfill(2)
    return pl.when((last == following.cast(pl.String)) | (last == short)).then(first)


def _as_json(_: RecordField) -> pl.Expr:
    # Only what begins like an object or an array can be one; the rest is not worth parsing. What Polars cannot parse
    # goes to the pydantic field, which decides.
    form = pl.col("form")
    parsed = form.str.contains(r"^\s*[\[{]") & form.str.json_path_match("$").is_not_null()
    return pl.when(parsed).then(form)


_TYPED: Mapping[Kind, Callable[[RecordField], pl.Expr]] = {
    Kind.DATE: _as_date,
    Kind.BIRTH: _as_date,
    Kind.PLANNED: _as_date,
    Kind.MOMENT: _as_moment,
    Kind.CODE: _as_code,
    Kind.WHOLE: _as_whole,
    Kind.DECIMAL: _as_decimal,
    Kind.SIGNED: _as_decimal,
    Kind.SCHOOL_YEAR: _as_school_year,
    Kind.JSON: _as_json,
}
