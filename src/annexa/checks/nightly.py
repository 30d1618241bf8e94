"""What looks wrong with a dry run beside the last good one: lists and rows, counts, tables, columns, codes, its age.

All limits are settings of the check. Where a check has a number and a percentage, a change counts only beyond both:
one child more on a list of two is no alarm, nor are fifty contacts more among ten thousand.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, TypeAlias

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, looked, on_nights
from annexa.checks.runs import Earlier, ExtractRun, Night
from annexa.editions import code_sets
from annexa.lists.context import Context
from annexa.records import UNREADABLE, Kind

NO_EARLIER: Final = "there is no earlier good run of this kind (edition, source profile, lists, inspection date)"
UNKNOWN: Final = "AA-R02"  # a value that no value map knows

_COLUMN: Final = ["table", "column"]
_SHOWN: Final = 5  # values of a column that a finding names

_VALUES: Final = {
    "table": pl.String, "column": pl.String, "value": pl.String, "known": pl.Boolean, "rows": pl.Int64,
}  # fmt: skip
CODES: Final = {**_VALUES, "code": pl.String}
COLUMNS: Final = {"table": pl.String, "field": pl.String, "column": pl.String}


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


def columns_of(context: Context) -> pl.DataFrame:
    """Return which columns an extract was read from, by name.

    Returns:
        table, field, column: a row for each column that a field of a table was read from; of those alone that the
        source profile knows.
    """
    rows = [
        (table.source, name, column)
        for table in context.tables.values()
        for name, columns in table.columns.items()
        for column in columns
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row").sort(list(COLUMNS))


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


def _told(what: str, of: str, supplied: Collection[int] | Collection[str]) -> pl.Expr:
    """Return what is said of counts: columns key, now and before; what was not supplied is no count of 0."""
    there = pl.col("key").is_in(list(supplied))
    now = pl.when(there).then(pl.format(f"has {{}} {of}", "now")).otherwise(pl.lit("was not supplied"))
    return pl.format(f"{what} {{}}; the last good run had {{}}.", now, "before")


def _supplied(run: NightRun) -> dict[int, int]:
    """Return the number of rows of each list whose table was supplied."""
    return {number: built.frame.height for number, built in run.run.lists.items() if built.supplied}


def _lists(run: NightRun, earlier: Earlier) -> pl.DataFrame:
    """Return the lists that the last good run had: key, now, before."""
    now = _supplied(run)
    return _beside({number: now.get(number, 0) for number in earlier.lists}, earlier.lists)


@_compares("AA-H01")
def list_empty(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Lists that had more than a few rows in the last good run, and have none."""
    frame = _lists(run, earlier)
    wrong = (pl.col("now") == 0) & (pl.col("before") > check.number("rows"))
    return looked(frame, wrong, _told("The list", "rows", _supplied(run)), list=pl.col("key"))


@_compares("AA-H02")
def list_changed(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Lists whose number of rows is far from that of the last good run; one that is empty is AA-H01's."""
    frame = _lists(run, earlier)
    wrong = (pl.col("now") > 0) & _differs("now", "before", check, "rows")
    return looked(frame, wrong, _told("The list", "rows", _supplied(run)), list=pl.col("key"))


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
    return looked(frame, wrong, pl.format("{}: {}", "key", _told("the check", "findings", list(now))))


@on_nights("AA-H04")
def extract_old(run: NightRun, check: Definition) -> Answer:
    """Files of the extract, or the extract as a whole, made before the day before the run, or read already then."""
    night, limit = run.night, check.number("days")
    since = night.earlier.same_since if night.earlier else None
    if not night.taken and since is None:
        return Unable("nobody knows when the extract was made (--extract-date)")
    frame = pl.DataFrame(
        {"file": list(night.taken), "day": list(night.taken.values())}, schema={"file": pl.String, "day": pl.Date}
    )
    frame = frame.with_columns(age=(pl.lit(night.day) - pl.col("day")).dt.total_days()).sort("file")
    old = frame.filter(pl.col("age") > limit)
    whole = old.height == frame.height
    told = _one_for_all(old, frame.height) if old.height > 1 and (whole or old.height > _SHOWN) else _each_file(old)
    if since is not None and (night.day - since).days > limit and not (old.height and whole):
        same = f"The extract is the same, byte for byte, as that of the run of {since:%d/%m/%Y}."
        told = pl.concat([_told_of(same, since), told])
    found = looked(told, pl.lit(value=True), pl.col("message"), file=pl.col("file"), value=pl.col("day").dt.to_string())
    return replace(found, tested=max(frame.height, 1))


def _each_file(old: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of each old file, or of the extract as a whole, whose name is blank: file, day, message."""
    name = pl.when(pl.col("file") == "").then(pl.lit("The extract")).otherwise("file")
    days = pl.when(pl.col("age") == 1).then(pl.lit("day")).otherwise(pl.lit("days"))
    message = pl.format("{} was made {} {} before the run.", name, "age", days)
    return old.select(pl.when(pl.col("file") != "").then("file").alias("file"), "day", message.alias("message"))


def _one_for_all(old: pl.DataFrame, files: int) -> pl.DataFrame:
    """Return what is said of many old files at once: file, day, message."""
    newest = old.sort("day", "file").row(-1, named=True)
    such = f", such as {old['file'][0]}" if old.height < files else ""
    which = f"{old.height} of the {files}" if such else f"All {files}"
    days = f"{newest['age']} day{'' if newest['age'] == 1 else 's'}"
    of_newest = f"the newest was made {days} before the run"
    return _told_of(f"{which} files of the extract are old{such}: {of_newest}.", newest["day"])


def _told_of(message: str, day: date) -> pl.DataFrame:
    schema = {"file": pl.String, "day": pl.Date, "message": pl.String}
    return pl.DataFrame([(None, day, message)], schema=schema, orient="row")


@_compares("AA-H05")
def table_shrunk(run: NightRun, earlier: Earlier, check: Definition) -> Looked:
    """Tables with far fewer rows than in the last good run, or none at all."""
    tables = run.run.context.tables.values()
    now = {table.source: table.frame.height if table.supplied else 0 for table in tables}
    # An input that is no table of the extract, such as the postcode look-up, is counted on one side alone.
    before = {name: rows for name, rows in earlier.tables.items() if name in now}
    frame = _beside({name: now[name] for name in before}, before)
    wrong = (pl.col("now") < pl.col("before")) & _differs("now", "before", check, "rows")
    there = [table.source for table in tables if table.supplied]
    return looked(frame, wrong, _told("The table", "rows", there), table=pl.col("key"))


@_compares("AA-H06")
def code_unseen(run: NightRun, _: Earlier, check: Definition) -> Answer:
    """Columns with unknown values that no good run had, or with known codes that none had, on more than a few rows."""
    return _unseen(run, ~pl.col("known") | _many(check))


@_compares("AA-H07")
def code_first_seen(run: NightRun, _: Earlier, check: Definition) -> Answer:
    """Columns with known codes that no good run had, on a few rows."""
    return _unseen(run, pl.col("known") & ~_many(check))


@_compares("AA-H08")
def column_gone(run: NightRun, earlier: Earlier, _: Definition) -> Answer:
    """Columns that the last good run read, and that their table, which is there, has no more."""
    before = earlier.columns
    if before is None:
        return Unable("the last good run was made by an earlier version of annexa, which kept no names of columns")
    now = columns_of(run.run.context)
    supplied = [table.source for table in run.run.context.tables.values() if table.supplied]
    # A field that is read from a column that is new to it: its old one was renamed, and the source profile knows it.
    renamed = now.join(before, on=list(COLUMNS), how="anti")
    gone = before.join(now, on=_COLUMN, how="anti").join(renamed, on=["table", "field"], how="anti")
    frame = before.filter(pl.col("table").is_in(supplied)).select(_COLUMN).unique().sort(_COLUMN)
    frame = frame.join(gone.select(_COLUMN).unique().with_columns(gone=True), on=_COLUMN, how="left").sort(_COLUMN)
    message = pl.format(
        "{}.{} is not read any more: the table has no such column; the last good run read it.", *_COLUMN
    )
    return looked(frame, pl.col("gone"), message, table=pl.col("table"), column=pl.col("column"))


@_compares("AA-H09")
def cells_changed(_: NightRun, earlier: Earlier, check: Definition) -> Answer:
    """Lists of which many rows are there as in the last good run, with other cells."""
    rows = earlier.rows
    if rows is None:
        return Unable("the history has no rows of the last good run: its secret was lost, or they were forgotten")
    counts = [(number, both, changed) for number, (both, changed) in sorted(rows.items())]
    frame = pl.DataFrame(counts, schema={"list": pl.Int64, "both": pl.Int64, "changed": pl.Int64}, orient="row")
    changed = pl.col("changed")
    wrong = (changed > check.share("percent") * pl.col("both")) & (changed > check.number("rows"))
    message = pl.format("Of the {} rows that the last good run has too, {} have other cells.", "both", "changed")
    return looked(frame, wrong, message, list=pl.col("list"))


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
