"""Parquet files as text."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import polars as pl

from annexa.errors import SourceError
from annexa.extract.files import ROW, Content, blank_to_null, fold_headings, shown_headings

_EXACT: Final = 1e15  # up to here a float tells every whole number from the next
_LOCAL: Final = "Europe/London"


def read_parquet(path: Path, name: str, wanted: Collection[str]) -> Content:
    """Read one Parquet file, its values written out as text.

    Dates are YYYY-MM-DD, moments the same with HH:MM:SS unless it is midnight, in London's time where they carry a
    zone; whole numbers have no decimals; true and false are TRUE and FALSE; NaN is blank.

    Args:
        path: the file.
        name: how messages name it.
        wanted: folded names of the columns to load.

    Raises:
        SourceError: not a Parquet file or incomplete; a wanted column whose values are no single texts, numbers or
            dates; no headings, or one heading twice.
    """
    try:
        # From memory: Polars maps a file into its own, and dies with a bus error where that becomes shorter meanwhile.
        table = pl.scan_parquet(path.read_bytes(), glob=False, hive_partitioning=False)
        schema = table.collect_schema()
        folded = fold_headings(schema.names(), wanted, name)
        columns = [
            _as_text(column, dtype, heading, name).alias(heading)
            for (column, dtype), heading in zip(schema.items(), folded, strict=True)
            if heading in wanted
        ]
        frame = table.select(columns).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        # Polars panics at some damage. The cause may quote a value.
        raise SourceError(
            f"{name} cannot be read: it is not a Parquet file, or it is damaged or incomplete.",
            "Write it again, and wait until it is complete.",
        ) from None
    return Content(
        frame.with_row_index(ROW, 2).with_columns(pl.col(ROW).cast(pl.UInt32)),
        tuple(heading for heading in folded if heading),
        shown_headings(schema.names()),
    )


def _as_text(column: str, dtype: pl.DataType, heading: str, name: str) -> pl.Expr:
    values = pl.col(column)
    if dtype.is_nested() or isinstance(dtype, pl.Duration | pl.Object):
        raise SourceError(
            f"{name}: the column {heading} holds {dtype.base_type()} values, which cannot be read as text.",
            "Write the column as text, a number or a date.",
        )
    if isinstance(dtype, pl.Boolean):
        return pl.when(values).then(pl.lit("TRUE")).when(~values).then(pl.lit("FALSE"))
    if isinstance(dtype, pl.Datetime):
        return _moment(values.dt.convert_time_zone(_LOCAL) if dtype.time_zone else values)
    if dtype.is_float():
        whole = (values == values.round()) & (values.abs() < _EXACT)
        number = pl.when(whole).then(values.cast(pl.Int64, strict=False).cast(pl.String))
        return pl.when(values.is_not_nan()).then(number.otherwise(values.cast(pl.String)))
    if dtype.is_decimal():
        return values.cast(pl.String).str.replace(r"(\.\d*?)0+$", "${1}").str.strip_suffix(".")
    return blank_to_null(values.cast(pl.String))


def _moment(values: pl.Expr) -> pl.Expr:
    # The fraction is written only where there is one.
    whole = pl.when(values.dt.nanosecond() == 0).then(values.dt.strftime("%Y-%m-%d %H:%M:%S"))
    clock = whole.otherwise(values.dt.strftime("%Y-%m-%d %H:%M:%S%.6f"))
    return pl.when(values.dt.time() == pl.time(0)).then(values.dt.date().cast(pl.String)).otherwise(clock)
