"""What looks wrong with a dry run beside the last good one: lists, counts, tables, codes, the age of the extract.

All limits are settings of the check. Where a check has a number and a percentage, a change counts only beyond both:
one child more on a list of two is no alarm, nor are fifty contacts more among ten thousand.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, looked, on_nights
from annexa.checks.runs import Earlier, ExtractRun, Night
from annexa.editions import code_sets
from annexa.lists.context import Context
from annexa.records import UNREADABLE, Kind

NO_EARLIER: Final = "there is no earlier good run of this kind (edition, source profile, lists, days to D)"
UNKNOWN: Final = "AA-R02"  # a value that no value map knows

_COLUMN: Final = ["table", "column"]
_SHOWN: Final = 5  # values of a column that a finding names

_VALUES: Final = {
    "table": pl.String, "column": pl.String, "value": pl.String, "known": pl.Boolean, "rows": pl.Int64,
}  # fmt: skip
CODES: Final = {**_VALUES, "code": pl.String}


@dataclass(frozen=True)
class NightRun:
    """A dry run, when all other checks have been run.

    Args:
        run: the extract and its lists.
        night: what is known beside it.
        counts: findings by the id of the check.
        unable: check -> what it could not look at, as checks.run.unable() gives it.
    """

    run: ExtractRun
    night: Night
    counts: Mapping[str, int]
    unable: Mapping[str, Collection[str]]

    @cached_property
    def codes(self) -> pl.DataFrame | None:
        """The codes of columns of which a good run had any: those of `night.codes`, filled, seen; None without such.

        `filled` are the column's cells that have one, `seen` is true where a good run had the code and else blank.
        """
        seen = self.night.earlier.codes if self.night.earlier else None
        if seen is None:
            return None
        return (
            self.night.codes.join(seen.select(_COLUMN).unique(), on=_COLUMN, how="semi")
            .join(seen.select(*_COLUMN, "code").unique().with_columns(seen=True), on=[*_COLUMN, "code"], how="left")
            .with_columns(filled=pl.col("rows").sum().over(_COLUMN))
            .sort(*_COLUMN, "value")
        )


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


def codes_of(context: Context, read: pl.DataFrame, keyed: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """Return which codes an extract holds, and in how many rows.

    Args:
        context: the extract.
        read: what reading found (columns of findings.SCHEMA), for the values that no value map knows.
        keyed: turns a value that is no code of its field's code set, and so might be anything, into what may be kept.

    Returns:
        table, column, code (a standard code, or what `keyed` made of the value), known (false for such a value), rows;
        and value, which is for the findings of this run alone.
    """
    values = pl.concat([_standing(context), _unknown(read)])
    known, others = values.filter("known"), values.filter(~pl.col("known"))
    return pl.concat([known.with_columns(code="value"), others.with_columns(code=keyed(others["value"]))])


def _standing(context: Context) -> pl.DataFrame:
    """Return the values of coded fields: table, column, value, known (whether the code set declares it), rows."""
    frames = [pl.DataFrame(schema=_VALUES)]
    for table in context.tables.values():
        fields = table.record.fields().items() if table.supplied else ()
        for name, field in ((name, each) for name, each in fields if each.kind is Kind.CODE):
            if name not in table.absent:
                counts = table.frame[name].drop_nulls().value_counts(name="rows")
                frames.append(
                    counts.filter(pl.col(name) != UNREADABLE).select(
                        pl.lit(table.source).alias("table"),
                        pl.lit(table.column(name)).alias("column"),
                        pl.col(name).alias("value"),
                        pl.col(name).is_in(sorted(code_sets()[field.code_set].codes)).alias("known"),
                        pl.col("rows").cast(pl.Int64),
                    )
                )
    return pl.concat(frames)


def _unknown(read: pl.DataFrame) -> pl.DataFrame:
    """Return the values that no value map knows: table, column, value, known, rows."""
    rows = read.filter((pl.col("check") == UNKNOWN) & pl.col("value").is_not_null())
    counts = rows.group_by("table", "column", "value").agg(pl.len().cast(pl.Int64).alias("rows"))
    return counts.sort("table", "column", "value").with_columns(known=pl.lit(value=False)).select(list(_VALUES))


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
    """Checks that find far more than in the last good run, and looked at no more than then."""
    if earlier.version != run.night.version:
        return Unable("another version of annexa, whose checks may differ, made the last good run")
    # What a check could not look at then is no count of 0.
    alike = {each for each in run.counts if set(earlier.unable.get(each, ())) <= set(run.unable.get(each, ()))}
    now = {each: number for each, number in run.counts.items() if each in alike}
    frame = _beside(now, {each: earlier.findings.get(each, 0) for each in now})
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
    now = {table.source: table.frame.height if table.supplied else 0 for table in run.run.context.tables.values()}
    # An input that is no table of the extract, such as the postcode look-up, is counted on one side alone.
    before = {name: rows for name, rows in earlier.tables.items() if name in now}
    frame = _beside({name: now[name] for name in before}, before)
    wrong = (pl.col("now") < pl.col("before")) & _differs("now", "before", check, "rows")
    return looked(frame, wrong, _told("The table has", "rows"), table=pl.col("key"))


@_compares("AA-H06")
def code_unseen(run: NightRun, _: Earlier, check: Definition) -> Answer:
    """Columns with unknown values that no good run had, or with known codes that none had, on more than a few rows."""
    return _unseen(run, ~pl.col("known") | _many(check))


@_compares("AA-H07")
def code_first_seen(run: NightRun, _: Earlier, check: Definition) -> Answer:
    """Columns with known codes that no good run had, on a few rows."""
    return _unseen(run, pl.col("known") & ~_many(check))


def _many(check: Definition) -> pl.Expr:
    return (pl.col("rows") > check.number("rows")) & (pl.col("rows") > check.share("percent") * pl.col("filled"))


def _unseen(run: NightRun, wrong: pl.Expr) -> Answer:
    """Return a finding for each column with codes that no good run had; a column of which none had any says nothing."""
    if run.codes is None:
        return Unable("the codes of earlier runs were kept with another secret")
    new = pl.col("seen").is_null() & wrong
    frame = run.codes.group_by(_COLUMN, maintain_order=True).agg(
        new.sum().alias("number"),
        pl.col("rows").filter(new).sum(),
        (new & ~pl.col("known")).sum().alias("unknown"),
        pl.col("value").filter(new).alias("values"),
    )
    message = pl.format(
        "{}.{} has values that no good run had (values: {}, rows: {}, of the values on no value map: {}).",
        *_COLUMN, "number", "rows", "unknown",
    )  # fmt: skip
    more = pl.when(pl.col("number") > _SHOWN).then(pl.lit(", ...")).otherwise(pl.lit(""))
    values = pl.col("values").list.head(_SHOWN).list.join(", ") + more
    return looked(frame, pl.col("number") > 0, message, table=pl.col("table"), column=pl.col("column"), value=values)
