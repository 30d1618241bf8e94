"""From text to typed columns: placeholders, dates, codes and numbers, checked a column at a time.

Each distinct text of a column is judged once, by a Polars expression that is derived from the field's kind; the few
that fail are put to the pydantic field itself, which has the last word and the message. A property test holds that
the two agree. A cell that fails is blank with a finding, and its row stays.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from annexa.editions import code_sets, normalise, normalise_expr
from annexa.extract.read import RawTable
from annexa.extract.tables import DROP, DTYPES, IGNORED_TEXTS, MASKED, ROW, Table, schema
from annexa.extract.typed import plain_days, typed
from annexa.findings import Findings
from annexa.records import RECORDS, UNREADABLE, Kind, Record, RecordField
from annexa.sources import DATE_FORMATS, SourceProfile, TableMap
from annexa.sources.outcomes import worded

IGNORED = "IGNORED"  # a status that the source profile names as no business of any rule

_UNREADABLE_CHECK = {
    Kind.DATE: "AA-R01",
    Kind.BIRTH: "AA-R01",
    Kind.PLANNED: "AA-R01",
    Kind.MOMENT: "AA-R01",
    Kind.CODE: "AA-R02",
    Kind.WHOLE: "AA-R05",
    Kind.DECIMAL: "AA-R05",
    Kind.SIGNED: "AA-R05",
    Kind.SCHOOL_YEAR: "AA-R05",
    Kind.JSON: "AA-R06",
}


@dataclass(frozen=True)
class Judged:
    """One column after reading.

    Args:
        values: the typed values, of the field's dtype.
        failed: distinct texts of the source that were rejected -> the finding's check id and what is wrong with them.
        placeholders: how many cells held a placeholder.
        prepared: distinct text of the source -> the text that was judged, null for a placeholder; None for a field
            that is not judged, such as a name: there the values are the prepared texts.
    """

    values: pl.Series
    failed: Mapping[str, tuple[str, str]]
    placeholders: int
    prepared: Mapping[str, str | None] | None = None


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
    fields = record.fields()
    used = {
        name: [column for column in mapped.columns[name] if column in raw.frame.columns and not field.on_request]
        for name, field in fields.items()
    }
    frame, dropped, ignored = without_ignored(raw.frame, record, source, used)
    by_column = {column: fields[name] for name, columns in used.items() for column in columns}
    judged = judge(frame, record, by_column, source)
    values = {
        name: first_of([judged[column].values for column in columns], fields[name]).alias(name)
        if columns
        else pl.Series(name, [None], dtype=DTYPES[fields[name].kind]).new_from_index(0, frame.height)
        for name, columns in used.items()
    }
    typed = pl.DataFrame(values).with_columns(
        raw.frame[ROW].cast(pl.UInt32), dropped.alias(DROP), pl.lit(False).alias(MASKED)
    )
    absent = frozenset(name for name, columns in used.items() if not columns)
    table = Table(
        record,
        raw.name,
        raw.file,
        supplied=True,
        frame=typed.select(list(schema(record))),
        absent=absent,
        columns={name: tuple(columns) for name, columns in used.items() if columns},
        ignored=ignored,
    )
    for name, columns in used.items():
        for column in columns:
            _report(table, frame[column], judged[column], values[name], findings, lists)
    _report_absent(table, mapped, findings)
    return table


def without_ignored(
    frame: pl.DataFrame, record: type[Record], source: SourceProfile, used: Mapping[str, list[str]]
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    """Blank the texts that are no business of any rule; return with it IGNORED for each row that had one, and them."""
    hits = {
        column: (name, _listed(frame[column], texts))
        for name, columns in used.items()
        if (texts := source.file.ignored.get(f"{record.meta.name}.{name}"))
        for column in columns
    }
    none = pl.DataFrame(schema=IGNORED_TEXTS)
    if not hits:
        return frame, pl.Series(DROP, [None], dtype=pl.String).new_from_index(0, frame.height), none
    marked = pl.DataFrame({column: hit.alias(column) for column, (_, hit) in hits.items()})
    found = [
        frame.filter(hit).select(pl.col(ROW).cast(pl.UInt32), pl.lit(name).alias("field"), pl.col(column).alias("text"))
        for column, (name, hit) in hits.items()
    ]
    blanked = frame.with_columns(pl.when(~hit).then(pl.col(column)).alias(column) for column, (_, hit) in hits.items())
    dropped = marked.select(pl.when(pl.any_horizontal(pl.all())).then(pl.lit(IGNORED)).alias(DROP))[DROP]
    return blanked, dropped, pl.concat([none, *found])


def _listed(cells: pl.Series, texts: Collection[str]) -> pl.Series:
    """True where a cell is one of the texts, compared as code spellings are; false where it is blank."""
    listed = {normalise(text) for text in texts}
    return cells.to_frame("t").select(normalise_expr(pl.col("t")).is_in(listed).fill_null(False))["t"]


def first_of(columns: list[pl.Series], field: RecordField) -> pl.Series:
    """Where the first column is blank or unreadable, take what the next one says.

    A later column that is itself unreadable still tells that the cell was not blank.
    """
    if len(columns) == 1:
        return columns[0]
    frame = pl.DataFrame([column.alias(str(position)) for position, column in enumerate(columns)])
    every = pl.all()
    if field.kind is not Kind.CODE:
        return frame.select(pl.coalesce(every).alias(field.name))[field.name]
    readable = [pl.when(pl.col(name) != UNREADABLE).then(pl.col(name)) for name in frame.columns]
    return frame.select(pl.coalesce(*readable, every).alias(field.name))[field.name]


def judge(
    frame: pl.DataFrame, record: type[Record], fields: Mapping[str, RecordField], source: SourceProfile
) -> dict[str, Judged]:
    """Read columns of text as their fields say, all columns of a table at once.

    Args:
        frame: the columns, text or null.
        record: the record that the fields belong to.
        fields: column -> its field, whose kind decides how the text is read.
        source: placeholders, date formats and local values.
    """
    plain = [column for column, field in fields.items() if field.kind not in _UNREADABLE_CHECK]
    blank = [column for column in fields if column not in plain and frame[column].null_count() == frame.height]
    checked = [column for column in fields if column not in plain and column not in blank]
    mapped = source.tables.get(record.meta.name)
    own_codes = mapped.own_codes if mapped else frozenset()
    texts = frame.select(_prepared(pl.col(column), fields[column], source).alias(column) for column in plain)
    distinct = frame.select(pl.col(column).drop_nulls().unique().implode() for column in checked)
    apart = {column: distinct[column].explode(empty_as_null=False) for column in checked}
    forms = {
        column: _judged(forms, record, fields[column])
        for column, forms in _formed_days(apart, record, fields, source).items()
    }
    for column in checked:
        if column not in forms:
            formed = _formed(apart[column], record, fields[column], source, own_codes=column in own_codes)
            forms[column] = _judged(formed, record, fields[column])
    values = frame.select(_spread(column, forms[column], fields[column]) for column in checked)
    answers = {}
    for column in fields:
        if column in plain:
            lost = texts[column].null_count() > frame[column].null_count()
            count = _placeholders(frame[column], texts[column]) if lost else 0
            answers[column] = Judged(texts[column], {}, count)
        elif column in blank:  # nothing to judge, as in most columns of a small extract
            none = pl.Series(column, [None], dtype=DTYPES[fields[column].kind]).new_from_index(0, frame.height)
            answers[column] = Judged(none, {}, 0, {})
        else:
            each = forms[column]
            count = _stand_ins(frame[column], each.frame) if each.frame["form"].null_count() else 0
            prepared = dict(each.frame.select("text", "trimmed").iter_rows())
            answers[column] = Judged(values[column], each.failed, count, prepared)
    return answers


@dataclass(frozen=True)
class _Forms:
    """The distinct texts of one column: frame of text, trimmed (null: a placeholder), form (as judged), value."""

    frame: pl.DataFrame
    rescued: Mapping[str, Any]
    failed: Mapping[str, tuple[str, str]]


def _formed_days(
    texts: Mapping[str, pl.Series], record: type[Record], fields: Mapping[str, RecordField], source: SourceProfile
) -> dict[str, pl.DataFrame]:
    """Return the forms of all columns of days: they are read in one way, and so in one go."""
    days = {column: each for column, each in texts.items() if fields[column].kind in _DAYS}
    if not days:
        return {}
    forms = _formed(pl.concat(days.values()).unique(), record, fields[next(iter(days))], source)
    return {column: forms.filter(pl.col("text").is_in(each.implode())) for column, each in days.items()}


def _formed(
    texts: pl.Series, record: type[Record], field: RecordField, source: SourceProfile, *, own_codes: bool = False
) -> pl.DataFrame:
    """Read each distinct text once; of a column of the system's own codes the value maps alone are asked."""
    form = pl.col("trimmed")
    if field.kind in _DATES:
        for date_format in source.file.date_formats:
            pattern, rewrite = DATE_FORMATS[date_format]
            form = form.str.replace(pattern, rewrite) if pattern else form
    elif field.kind is Kind.CODE:
        code = code_sets()[field.code_set].read(
            form, source.values_of(record.meta.name, field.name), only_extra=own_codes, distinct=True
        )
        # What no map knows is judged as it stands; a number of the system's own must not be: 6 is a standard code too.
        form = pl.when(form.is_not_null()).then(code.fill_null(pl.lit(UNREADABLE) if own_codes else form))
    elif field.kind is Kind.JSON:
        form = worded(form, source.values_of(record.meta.name, field.name))
    forms = texts.alias("text").to_frame().with_columns(_prepared(pl.col("text"), field, source).alias("trimmed"))
    if field.kind in _DAYS and (days := plain_days(forms["trimmed"])) is not None:
        return forms.with_columns(form=pl.col("trimmed"), value=days)
    return forms.with_columns(form.alias("form")).with_columns(typed(field).alias("value"))


def _judged(forms: pl.DataFrame, record: type[Record], field: RecordField) -> _Forms:
    """Ask pydantic about what gave no value."""
    failed: dict[str, tuple[str, str]] = {}
    rescued: dict[str, Any] = {}
    # Most columns have nothing that gave no value, and are not looked through for it.
    some = forms["value"].null_count() > forms["form"].null_count()
    rejected = forms.filter(pl.col("value").is_null() & pl.col("form").is_not_null()) if some else forms.clear()
    for text, read_as in zip(rejected["text"], rejected["form"], strict=True):
        try:
            rescued[text] = adapter(record, field.name).validate_python(read_as, context=_context())
        except ValidationError as error:
            failed[text] = _reason(error, field)
    return _Forms(forms, rescued, failed)


def _spread(column: str, forms: _Forms, field: RecordField) -> pl.Expr:
    """Give every cell of a column the value of its text."""
    dtype = DTYPES[field.kind]
    known = forms.frame.drop_nulls("value") if forms.frame["value"].null_count() else forms.frame
    old = [known["text"], pl.Series("text", list(forms.rescued), dtype=pl.String)]
    new = [known["value"].cast(dtype), pl.Series("value", list(forms.rescued.values()), dtype=dtype)]
    if field.kind is Kind.CODE:
        unread = list(forms.failed)
        old.append(pl.Series("text", unread, dtype=pl.String))
        new.append(pl.Series("value", [UNREADABLE] * len(unread), dtype=dtype))
    return pl.col(column).replace_strict(pl.concat(old), pl.concat(new), default=None, return_dtype=dtype)


def _prepared(text: pl.Expr, field: RecordField, source: SourceProfile) -> pl.Expr:
    """Trim the text; null where nothing is left, or what stands for no value."""
    trimmed = text.str.strip_chars()
    return pl.when((trimmed != "") & ~trimmed.str.contains(_placeholder_pattern(field, source))).then(trimmed)


def _placeholder_pattern(field: RecordField, source: SourceProfile) -> str:
    """Return a pattern that matches the texts that stand for no value in this field, without regard to case."""
    blank = source.file.blank
    listed = [re.escape(text) for text in blank.texts]
    if field.kind in _DATES:
        listed += [f"{form}{_MIDNIGHT}" for day in blank.dates for form in (re.escape(day), _british(day))]
    elif field.kind is Kind.PERSON:
        listed += [re.escape(text) for text in (*blank.identifiers, *blank.person_ids)]
    elif field.kind is Kind.IDENTIFIER or field.name in _WORKERS:
        listed += [re.escape(text) for text in blank.identifiers]
    elif field.kind is Kind.POSTCODE:
        listed += [f"{re.escape(prefix)}.*" for prefix in blank.postcode_prefixes]
    return f"(?i)^(?:{'|'.join(listed)})$"


def _stand_ins(cells: pl.Series, forms: pl.DataFrame) -> int:
    """Count the cells that hold what stands for no value, or what a map reads as none."""
    texts = forms.filter(pl.col("form").is_null() & (pl.col("text").str.strip_chars() != ""))["text"]
    return int(cells.is_in(texts.implode()).sum()) if len(texts) else 0


def _placeholders(cells: pl.Series, texts: pl.Series) -> int:
    """Count the cells that hold a placeholder, and not merely blanks."""
    frame = pl.DataFrame({"cell": cells, "text": texts})
    return int(frame.select((pl.col("text").is_null() & (pl.col("cell").str.strip_chars() != "")).sum()).item())


_DAYS = (Kind.DATE, Kind.BIRTH, Kind.PLANNED)
_DATES = (*_DAYS, Kind.MOMENT)
_MIDNIGHT = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
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


def _report(
    table: Table,
    cells: pl.Series,
    judged: Judged,
    values: pl.Series,
    findings: Findings,
    lists: tuple[int, ...],
) -> None:
    """Add a finding for each cell that failed, and one for the column's placeholders."""
    column = cells.name
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
    # A code that another column of the field could read is no loss.
    lost = values.is_null() | (values.cast(pl.String) == UNREADABLE)
    rows = table.frame.with_columns(cells.alias("_text"), lost.fill_null(True).alias("_lost")).filter(
        pl.col("_text").is_in(list(judged.failed)) & pl.col("_lost")
    )
    for check in sorted({check for check, _ in judged.failed.values()}):
        messages = {
            text: f"{table.source}.{column}: the value {message}."
            for text, (its_check, message) in judged.failed.items()
            if its_check == check
        }
        findings.add(
            check,
            pl.col("_text").replace_strict(messages, return_dtype=pl.String),
            frame=rows.filter(pl.col("_text").is_in(list(messages))),
            child=pl.col(meta.person) if meta.person else None,
            event=pl.col(meta.key) if meta.key else None,
            row=pl.col(ROW),
            value=pl.col("_text"),
            **where,
        )


def _report_absent(table: Table, mapped: TableMap, findings: Findings) -> None:
    fields = table.record.fields()
    for field in sorted(name for name in table.absent if not fields[name].off_lists):
        columns = mapped.columns[field]
        why = f"has no column {' or '.join(columns)}" if columns else f"has no column for {field} in the source profile"
        findings.add(
            "AA-G18",
            f"{table.source} {why}: what only it feeds is left blank.",
            table=table.source,
            file=table.file,
            column=columns[0] if columns else field,
        )
