"""What looks wrong with a dry run beside the last good one: lists, counts, tables, codes, the age of the extract.

All limits are settings of the check. Where a check has a number and a percentage, a change counts only beyond both:
one child more on a list of two is no alarm, nor are fifty contacts more among ten thousand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, looked, on_nights
from annexa.checks.runs import Earlier, ExtractRun, Night
from annexa.records import UNREADABLE, Kind

NO_EARLIER: Final = "there is no earlier good run of this edition and source profile"
UNKNOWN: Final = "AA-R02"  # a value that no value map knows

CODES: Final = {"table": pl.String, "column": pl.String, "code": pl.String, "known": pl.Boolean, "rows": pl.Int64}


@dataclass(frozen=True)
class NightRun:
    """A dry run, when all other checks have been run.

    Args:
        run: the extract and its lists.
        night: what is known beside it.
        read: what reading found (columns of findings.SCHEMA, named as the source does).
        counts: findings by the id of the check.
    """

    run: ExtractRun
    night: Night
    read: pl.DataFrame
    counts: Mapping[str, int]


_Compared: TypeAlias = Callable[[NightRun, Earlier, Definition], Answer]


def _compares(check: str) -> Callable[[_Compared], _Compared]:
    """Register a test that needs an earlier run: function(run, earlier, check)."""

    def register(function: _Compared) -> _Compared:
        @on_nights(check)
        def test(run: NightRun, definition: Definition) -> Answer:
            earlier = run.night.earlier
            return Unable(NO_EARLIER) if earlier is None else function(run, earlier, definition)

        return function

    return register


def codes_of(run: ExtractRun, read: pl.DataFrame, keyed: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """Return which codes an extract holds, and in how many rows.

    Args:
        run: the extract.
        read: what reading found, for the values that no value map knows.
        keyed: turns such a value, which might be anything, into what may be kept of it.

    Returns:
        table, column, code (a standard code, or what `keyed` made of the value), known (false for such a value), rows.
    """
    frames = [pl.DataFrame(schema=CODES)]
    for table in run.context.tables.values():
        fields = table.record.fields().items() if table.supplied else ()
        for name in (name for name, field in fields if field.kind is Kind.CODE and name not in table.absent):
            counts = table.frame[name].drop_nulls().value_counts(name="rows")
            frames.append(
                counts.filter(pl.col(name) != UNREADABLE).select(
                    pl.lit(table.source).alias("table"),
                    pl.lit(table.column(name)).alias("column"),
                    pl.col(name).alias("code"),
                    pl.lit(value=True).alias("known"),
                    pl.col("rows").cast(pl.Int64),
                )
            )
    return pl.concat([*frames, _unknown(read).with_columns(code=keyed(_unknown(read)["value"])).select(list(CODES))])


def _unknown(read: pl.DataFrame) -> pl.DataFrame:
    """Return the values that no value map knows: table, column, value, known, rows."""
    rows = read.filter((pl.col("check") == UNKNOWN) & pl.col("value").is_not_null())
    counts = rows.group_by("table", "column", "value").agg(pl.len().cast(pl.Int64).alias("rows"))
    return counts.sort("table", "column", "value").with_columns(known=pl.lit(value=False))


def _differs(now: str, before: str, check: Definition, number: str) -> pl.Expr:
    """Whether a count is further from the earlier one than a percentage of it, and than a number."""
    difference = (pl.col(now) - pl.col(before)).abs()
    return (difference > check.share("percent") * pl.col(before)) & (difference > check.number(number))


def _beside(now: Mapping[int, int] | Mapping[str, int], before: Mapping[int, int] | Mapping[str, int]) -> pl.DataFrame:
    """Return what either side counts: key, now, before; 0 where a side has no such count."""
    keys = sorted({*now, *before})
    counts = {"now": [dict(now).get(key, 0) for key in keys], "before": [dict(before).get(key, 0) for key in keys]}
    return pl.DataFrame({"key": keys, **counts}, schema_overrides={"now": pl.Int64, "before": pl.Int64})


def _told(what: str, of: str) -> pl.Expr:
    return pl.format(f"{what} {{}} {of}; the last good run had {{}}.", "now", "before")


def _lists(run: NightRun, earlier: Earlier) -> pl.DataFrame:
    """Return the lists that the last good run had: key, now, before."""
    now = {number: built.frame.height for number, built in run.run.lists.items() if built.supplied}
    return _beside({number: now.get(number, 0) for number in earlier.lists}, earlier.lists)


@_compares("AA-H01")
def list_empty(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Lists that had more than a few rows in the last good run, and have none."""
    frame = _lists(run, earlier)
    wrong = (pl.col("now") == 0) & (pl.col("before") > check.number("rows"))
    return looked(frame, wrong, _told("The list has", "rows"), list=pl.col("key"))


@_compares("AA-H02")
def list_changed(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Lists whose number of rows is far from that of the last good run; one that is empty is AA-H01's."""
    frame = _lists(run, earlier)
    wrong = (pl.col("now") > 0) & _differs("now", "before", check, "rows")
    return looked(frame, wrong, _told("The list has", "rows"), list=pl.col("key"))


@_compares("AA-H03")
def count_jumped(run: NightRun, earlier: Earlier, check: Definition) -> Answer:
    """Checks that find far more than in the last good run."""
    if earlier.version != run.night.version:
        return Unable("another version of annexa, whose checks may differ, made the last good run")
    frame = _beside(run.counts, {each: earlier.findings.get(each, 0) for each in run.counts})
    wrong = (pl.col("now") > pl.col("before")) & _differs("now", "before", check, "number")
    return looked(frame, wrong, pl.format("{}: {}", "key", _told("the check has", "findings")))


@on_nights("AA-H04")
def extract_old(run: NightRun, check: Definition) -> Answer:
    """Files of the extract, or the extract as a whole, that were made before the day before the run."""
    if not run.night.taken:
        return Unable("nobody knows when the extract was made (--extract-date)")
    frame = pl.DataFrame({"file": list(run.night.taken), "day": list(run.night.taken.values())}).sort("file")
    age = (pl.lit(run.night.day) - pl.col("day")).dt.total_days()
    message = pl.format("The extract was made {} days before the run.", age)
    file = pl.when(pl.col("file") != "").then("file")
    return looked(frame, age > check.number("days"), message, file=file, value=pl.col("day").dt.to_string())


@_compares("AA-H05")
def table_shrunk(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Tables with far fewer rows than in the last good run, or none at all."""
    now = {table.source: table.frame.height for table in run.run.context.tables.values() if table.supplied}
    frame = _beside({name: now.get(name, 0) for name in earlier.tables}, earlier.tables)
    wrong = (pl.col("now") < pl.col("before")) & _differs("now", "before", check, "rows")
    return looked(frame, wrong, _told("The table has", "rows"), table=pl.col("key"))


@_compares("AA-H06")
def code_unseen(run: NightRun, earlier: Earlier, check: Definition) -> Answer:
    """Unknown values that no good run had, and known codes that none had, on more than a few rows."""
    return _unseen(run, earlier, ~pl.col("known") | _many(check))


@_compares("AA-H07")
def code_first_seen(run: NightRun, earlier: Earlier, check: Definition) -> Answer:
    """Known codes that no good run had, on a few rows."""
    return _unseen(run, earlier, pl.col("known") & ~_many(check))


def _many(check: Definition) -> pl.Expr:
    return (pl.col("rows") > check.number("rows")) & (pl.col("rows") > check.share("percent") * pl.col("filled"))


def _unseen(run: NightRun, earlier: Earlier, wrong: pl.Expr) -> Answer:
    if earlier.codes is None:
        return Unable("the codes of earlier runs were kept with another secret")
    keys = ["table", "column", "code"]
    values = _unknown(run.read)
    plain = values.select("table", "column", "value", code=run.night.keyed(values["value"]))
    filled = pl.col("rows").sum().over("table", "column").alias("filled")
    frame = (
        codes_of(run.run, run.read, run.night.keyed)
        .with_columns(filled)
        .join(earlier.codes.select(keys).unique(), on=keys, how="anti")
        .join(plain, on=keys, how="left")
        .sort(keys)
    )
    unknown = pl.lit("a value that neither the value map nor a good run knows")
    what = pl.when("known").then(pl.lit("a standard code that no good run had")).otherwise(unknown)
    message = pl.format("{}.{} has {} (rows: {}).", "table", "column", what, "rows")
    value = pl.coalesce("value", "code")
    return looked(frame, wrong, message, table=pl.col("table"), column=pl.col("column"), value=value)
