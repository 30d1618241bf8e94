"""Values of a Parquet file as text."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annexa.errors import SourceError
from annexa.extract.parquet import read_parquet


def column(tmp_path: Path, values: pl.Series) -> list[str | None]:
    path = tmp_path / "t.parquet"
    values.alias("V").to_frame().write_parquet(path)
    frame = read_parquet(path, "t.parquet", ("v",)).frame
    assert frame.schema == {"_row": pl.UInt32(), "v": pl.String()}
    assert frame["_row"].to_list() == list(range(2, len(values) + 2))
    return frame["v"].to_list()


@pytest.mark.parametrize(
    ("dtype", "values", "texts"),
    [
        (pl.String, ["007", "", None, " x "], ["007", None, None, " x "]),
        (pl.Int64, [7, -1, None, 123456789012345678], ["7", "-1", None, "123456789012345678"]),
        (pl.UInt8, [7], ["7"]),
        (pl.Float64, [5.0, 0.1, -2.0, 1e7, None, float("nan")], ["5", "0.1", "-2", "10000000", None, None]),
        (pl.Float64, [123456789012345.0, 999999999999999.0], ["123456789012345", "999999999999999"]),
        (pl.Float32, [5.0, 0.5], ["5", "0.5"]),
        (pl.Boolean, [True, False, None], ["TRUE", "FALSE", None]),
        (pl.Date, [dt.date(2024, 2, 29), None], ["2024-02-29", None]),
        (
            pl.Datetime("us"),
            [dt.datetime(2024, 2, 29), dt.datetime(2024, 2, 29, 13, 5, 9), dt.datetime(2024, 2, 29, 0, 0, 0, 500_000)],
            ["2024-02-29", "2024-02-29 13:05:09", "2024-02-29 00:00:00.500000"],
        ),
        (pl.Datetime("ms"), [dt.datetime(2024, 2, 29), None], ["2024-02-29", None]),
        # An instant: midnight of a summer day in London is the evening before at Greenwich.
        (pl.Datetime("us", "UTC"), [dt.datetime(2024, 5, 31, 23, tzinfo=dt.UTC)], ["2024-06-01"]),
        (pl.Time, [dt.time(13, 5)], ["13:05:00"]),
        (pl.Decimal(20, 4), [Decimal("5.0000"), Decimal("100"), Decimal("0.1200")], ["5", "100", "0.12"]),
        (pl.Decimal(20, 0), [Decimal(100)], ["100"]),
        (pl.Categorical, ["a", None], ["a", None]),
        (pl.Enum(["x", "y"]), ["y"], ["y"]),
        (pl.Null, [None, None], [None, None]),
        (pl.Binary, [b"abc", None], ["abc", None]),
    ],
)
def test_each_type_as_text(tmp_path: Path, dtype: Any, values: list[Any], texts: list[str | None]) -> None:
    assert column(tmp_path, pl.Series(values, dtype=dtype)) == texts


def test_only_wanted_columns_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"X": [[1]], " B": [1], "a": [2]}).write_parquet(path)
    content = read_parquet(path, "t.parquet", ("a", "b", "c"))
    assert content.frame.rows(named=True) == [{"_row": 2, "b": "1", "a": "2"}]
    assert content.columns_found == ("x", "b", "a")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame({"a": [[1]]}), "t.parquet: the column a holds List values, which cannot be read as text."),
        (pl.DataFrame({"a": [{"x": 1}]}), "t.parquet: the column a holds Struct values, which cannot be read as text."),
        (
            pl.DataFrame({"a": [dt.timedelta(1)]}),
            "t.parquet: the column a holds Duration values, which cannot be read as text.",
        ),
        (pl.DataFrame({"x": ["SECRET"]}), "t.parquet: no headings found in row 1."),
        (pl.DataFrame({"a": [1], "A ": [1]}), "t.parquet: the heading a stands over column 1 and over column 2."),
    ],
)
def test_bad_columns_are_refused(tmp_path: Path, frame: pl.DataFrame, message: str) -> None:
    frame.write_parquet(tmp_path / "t.parquet")
    with pytest.raises(SourceError) as caught:
        read_parquet(tmp_path / "t.parquet", "t.parquet", ("a", "b"))
    assert caught.value.message == message
    assert caught.value.hint
