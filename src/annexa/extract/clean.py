"""From text to typed columns: placeholders, dates, codes and numbers, checked a column at a time.

Each distinct text of a column is judged once, by a Polars expression that is derived from the field's kind; the few
that fail are put to the pydantic field itself, which has the last word and the message. A property test holds that
the two agree. A cell that fails is blank with a finding, and its row stays.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from annexa.editions import code_sets, normalise, normalise_expr
from annexa.extract.read import RawTable
from annexa.extract.tables import DROP, DTYPES, MASKED, ROW, Table, schema
from annexa.findings import Findings
from annexa.records import RECORDS, UNREADABLE, Kind, Record, RecordField
from annexa.records.types import BRITISH_MOMENT, ISO_MOMENT
from annexa.sources import DATE_FORMATS, SourceProfile, TableMap

IGNORED = "IGNORED"  # a status that the source profile names as no business of any rule

_UNREADABLE_CHECK = {
    Kind.DATE: "AA-R01",
    Kind.BIRTH: "AA-R01",
    Kind.MOMENT: "AA-R01",
    Kind.CODE: "AA-R02",
    Kind.WHOLE: "AA-R05",
    Kind.JSON: "AA-R06",
}


@dataclass(frozen=True)
class Judged:
    """One column after reading.

    Args:
        values: the typed values, of the field's dtype.
        failed: distinct texts that were rejected -> the finding's check id and what is wrong with them.
        texts: the texts as they were judged (placeholders already blank).
        placeholders: how many cells held a placeholder.
    """

    values: pl.Series
    failed: Mapping[str, tuple[str, str]]
    texts: pl.Series
    placeholders: int = 0


def read_record(
    raw: RawTable, mapped: TableMap, source: SourceProfile, findings: Findings, lists: tuple[int, ...] = ()
) -> Table:
    """Turn one table's text into a record's typed frame.

    Args:
        raw: columns of text in lower case, and _row.
        mapped: which columns hold which field.
        source: placeholders, date formats and local values.
        findings: gets AA-R01, R02, R04, R05, R06, G07 and G18.
        lists: the lists that start from the record; a finding names the list where there is only one.

    Returns:
        A Table whose frame has the columns of schema(record): every row of `raw`, in its order.
    """
    record = RECORDS[mapped.record]
    values: dict[str, pl.Series] = {}
    height = raw.frame.height
    ignored = pl.Series("ignored", [False]).new_from_index(0, height)
    absent = set()
    judged: dict[str, Judged] = {}
    for name, field in record.fields().items():
        columns = [column for column in mapped.columns[name] if column in raw.frame.columns]
        if not columns:
            absent.add(name)
            values[name] = pl.Series(name, [None], dtype=DTYPES[field.kind]).new_from_index(0, height)
            continue
        no_business = source.file.ignored.get(f"{record.meta.name}.{name}", ())
        for column in columns:
            cells = raw.frame[column]
            if no_business:
                hit = _listed(cells, no_business)
                ignored |= hit
                cells = cells.set(hit, None)
            judged[column] = judge(cells, record, field, source)
            values[name] = _first_of(values.get(name), judged[column].values, field).alias(name)
    frame = pl.DataFrame(values).with_columns(
        raw.frame[ROW].cast(pl.UInt32),
        pl.when(ignored).then(pl.lit(IGNORED)).alias(DROP),
        pl.lit(False).alias(MASKED),
    )
    frame = frame.select(list(schema(record)))
    table = Table(record, raw.name, raw.file, supplied=True, frame=frame, absent=frozenset(absent))
    for column, each in judged.items():
        _report(table, column, each, values[_field_of(mapped, column)], findings, lists)
    _report_absent(table, mapped, findings)
    return table


def _listed(cells: pl.Series, texts: Collection[str]) -> pl.Series:
    """True where a cell is one of the texts, compared as code spellings are; false where it is blank."""
    listed = {normalise(text) for text in texts}
    return cells.to_frame("t").select(normalise_expr(pl.col("t")).is_in(listed).fill_null(False))["t"]


def _first_of(before: pl.Series | None, after: pl.Series, field: RecordField) -> pl.Series:
    """Where the first column is blank or unreadable, take what the next one says."""
    if before is None:
        return after
    name = before.name
    frame = pl.DataFrame({"before": before, "after": after})
    known = pl.col("after").is_not_null()
    if field.kind is Kind.CODE:
        known &= pl.col("after") != UNREADABLE
        blank = pl.col("before").is_null() | (pl.col("before") == UNREADABLE)
    else:
        blank = pl.col("before").is_null()
    # A later column that is itself unreadable still tells that the cell was not blank.
    chosen = pl.when(blank & known).then("after").otherwise(pl.coalesce("before", "after"))
    return frame.select(chosen.alias(name))[name]


def judge(cells: pl.Series, record: type[Record], field: RecordField, source: SourceProfile) -> Judged:
    """Read one column of text as the field says.

    Args:
        cells: text or null, a value a row.
        record: the record the field belongs to.
        field: its kind decides how the text is read.
        source: placeholders, date formats and local values.
    """
    texts, placeholders = _without_placeholders(cells, field, source)
    if field.kind not in _UNREADABLE_CHECK:
        return Judged(texts, {}, texts, placeholders)
    distinct = texts.drop_nulls().unique(maintain_order=False)
    forms = pl.DataFrame({"text": distinct}).with_columns(pl.col("text").alias("form"))
    if field.kind in (Kind.DATE, Kind.BIRTH, Kind.MOMENT):
        for date_format in source.file.date_formats:
            pattern, rewrite = DATE_FORMATS[date_format]
            if pattern:
                forms = forms.with_columns(pl.col("form").str.replace(pattern, rewrite))
    elif field.kind is Kind.CODE:
        local = source.file.values.get(field.code_set, {})
        forms = forms.with_columns(
            code_sets()[field.code_set].read(pl.col("text"), local).fill_null(pl.col("text")).alias("form")
        )
    forms = forms.with_columns(_typed(field).alias("value"))
    failed: dict[str, tuple[str, str]] = {}
    rescued: dict[str, Any] = {}
    for text, form in forms.filter(pl.col("value").is_null()).select("text", "form").iter_rows():
        try:
            rescued[text] = adapter(record, field.name).validate_python(form, context=_context())
        except ValidationError as error:
            failed[text] = _reason(error, field)
    values = _spread(texts, forms, rescued, field)
    if field.kind is Kind.CODE and failed:
        unknown = pl.Series("t", list(failed), dtype=pl.String).implode()
        values = pl.DataFrame({"t": texts, "v": values}).select(
            pl.when(pl.col("t").is_in(unknown)).then(pl.lit(UNREADABLE)).otherwise("v").alias("v")
        )["v"]
    return Judged(values, failed, texts, placeholders)


def _typed(field: RecordField) -> pl.Expr:
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


def _as_code(field: RecordField) -> pl.Expr:
    codes = sorted(code_sets()[field.code_set].codes)
    return pl.when(pl.col("form").is_in(codes)).then(pl.col("form"))


def _as_whole(_: RecordField) -> pl.Expr:
    return pl.when(pl.col("form").str.contains(r"^[0-9]{1,9}$")).then(pl.col("form").cast(pl.Int64, strict=False))


def _as_json(_: RecordField) -> pl.Expr:
    # Only what begins like an object or an array can be one; the rest is not worth parsing. What Polars cannot parse
    # goes to the pydantic field, which decides.
    form = pl.col("form")
    parsed = form.str.contains(r"^\s*[\[{]") & form.str.json_path_match("$").is_not_null()
    return pl.when(parsed).then(form)


_TYPED: Mapping[Kind, Callable[[RecordField], pl.Expr]] = {
    Kind.DATE: _as_date,
    Kind.BIRTH: _as_date,
    Kind.MOMENT: _as_moment,
    Kind.CODE: _as_code,
    Kind.WHOLE: _as_whole,
    Kind.JSON: _as_json,
}


def _spread(texts: pl.Series, forms: pl.DataFrame, rescued: Mapping[str, Any], field: RecordField) -> pl.Series:
    """Give every cell the value of its text."""
    dtype = DTYPES[field.kind]
    known = forms.filter(pl.col("value").is_not_null())
    old = pl.concat([known["text"], pl.Series("text", list(rescued), dtype=pl.String)])
    new = pl.concat([known["value"].cast(dtype), pl.Series("value", list(rescued.values()), dtype=dtype)])
    if field.kind in (Kind.JSON, Kind.CODE) and old.equals(new.cast(pl.String)) and len(old) == forms.height:
        return texts  # nothing was mapped and nothing failed
    return texts.replace_strict(old, new, default=None, return_dtype=dtype)


def _without_placeholders(cells: pl.Series, field: RecordField, source: SourceProfile) -> tuple[pl.Series, int]:
    """Trim the text, and blank what stands for no value; return it with the number of placeholders."""
    blank = source.file.blank
    listed: Collection[str] = blank.texts
    if field.kind in (Kind.DATE, Kind.BIRTH, Kind.MOMENT):
        listed = [*blank.texts, *(f"{day}{tail}" for day in blank.dates for tail in ("", *_MIDNIGHTS))]
        listed += [_british(day) + tail for day in blank.dates for tail in ("", *_MIDNIGHTS)]
    elif field.kind is Kind.PERSON:
        listed = [*blank.texts, *blank.identifiers, *blank.person_ids]
    elif field.kind is Kind.IDENTIFIER or field.name in _WORKERS:
        listed = [*blank.texts, *blank.identifiers]
    frame = (
        cells.alias("t")
        .to_frame()
        .select(pl.when(pl.col("t").str.strip_chars() != "").then(pl.col("t").str.strip_chars()).alias("t"))
    )
    # Only short text can be a placeholder: folding the case of long text is the dear part.
    folded = sorted({text.lower() for text in listed})
    short = pl.col("t").str.len_bytes() <= max(map(len, folded), default=0)
    hit = short & pl.when(short).then(pl.col("t").str.to_lowercase()).is_in(folded)
    if field.kind is Kind.POSTCODE:
        for prefix in blank.postcode_prefixes:
            hit |= pl.col("t").str.to_uppercase().str.starts_with(prefix.upper())
    # The person table's own identifier is read like any other: a placeholder there is no person.
    marked = frame.with_columns(hit.fill_null(False).alias("hit"))
    count = int(marked["hit"].sum())
    return (marked.select(pl.when(~pl.col("hit")).then("t"))["t"] if count else frame["t"]), count


_MIDNIGHTS = (" 00:00", " 00:00:00", "T00:00:00", " 00:00:00.000", "T00:00:00.000", " 00:00:00.0000000")
_WORKERS = ("worker", "team", "professional_id", "personal_adviser")


def _british(day: str) -> str:
    return "/".join(reversed(day.split("-")))


@cache
def adapter(record: type[Record], field: str) -> TypeAdapter[Any]:
    """Return pydantic's own validator of one field's type."""
    info = record.model_fields[field]
    annotated: Any = info.annotation
    for mark in info.metadata:
        annotated = Annotated[annotated, mark]
    return TypeAdapter(annotated)


@cache
def _context() -> dict[str, dict[str, frozenset[str]]]:
    return {"codes": {name: each.codes for name, each in code_sets().items()}}


def _reason(error: ValidationError, field: RecordField) -> tuple[str, str]:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "greater_than_equal":
        return "AA-G07", "is before 1900"
    check = _UNREADABLE_CHECK[field.kind]
    return ("AA-R05" if field.code_set.startswith("yes_no") else check), first["msg"]


def _field_of(mapped: TableMap, column: str) -> str:
    return next(field for field, columns in mapped.columns.items() if column in columns)


def _report(
    table: Table, column: str, judged: Judged, values: pl.Series, findings: Findings, lists: tuple[int, ...]
) -> None:
    """Add a finding for each cell that failed, and one for the column's placeholders."""
    where: dict[str, Any] = {
        "list": lists[0] if len(lists) == 1 else None,
        "table": table.source,
        "file": table.file,
        "column": column,
    }
    if judged.placeholders:
        findings.add(
            "AA-R04", f"{table.source}.{column}: {judged.placeholders} placeholder values were read as blank.", **where
        )
    if not judged.failed:
        return
    meta = table.record.meta
    # A code that a later column of the field could read is no loss.
    lost = values.is_null() | (values.cast(pl.String) == UNREADABLE)
    rows = table.frame.with_columns(judged.texts.alias("_text"), lost.fill_null(True).alias("_lost")).filter(
        pl.col("_text").is_in(list(judged.failed)) & pl.col("_lost")
    )
    for check in sorted({check for check, _ in judged.failed.values()}):
        messages = {
            text: f"{table.source}.{column}: the value {message}."
            for text, (its_check, message) in judged.failed.items()
            if its_check == check
        }
        chosen = rows.filter(pl.col("_text").is_in(list(messages)))
        findings.add(
            check,
            pl.col("_text").replace_strict(messages, return_dtype=pl.String),
            frame=chosen,
            child=pl.col(meta.person) if meta.person else None,
            event=pl.col(meta.key) if meta.key else None,
            row=pl.col(ROW),
            value=pl.col("_text"),
            **where,
        )


def _report_absent(table: Table, mapped: TableMap, findings: Findings) -> None:
    for field in sorted(table.absent):
        columns = mapped.columns[field]
        named = " or ".join(columns) if columns else field
        findings.add(
            "AA-G18",
            f"{table.source} has no column {named}: what only it feeds is left blank.",
            table=table.source,
            file=table.file,
            column=columns[0] if columns else field,
        )
