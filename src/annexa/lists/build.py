"""From a list's definition to its rows: the same few lines for all eleven."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from annexa.editions import Edition, ListSpec
from annexa.errors import UsageError
from annexa.lists import vocabulary  # noqa: F401  (importing it registers every cohort and derivation)
from annexa.lists.context import Context
from annexa.lists.effects import report_unknown
from annexa.lists.orders import sort_expressions
from annexa.lists.reasons import CLASSES, OUTPUT, REASONS
from annexa.lists.registry import COHORTS, DERIVATIONS, ID
from annexa.lists.staff import report_unknown_staff
from annexa.period import Window


@dataclass(frozen=True)
class BuiltList:
    """One list as it is written.

    Args:
        spec: its definition.
        supplied: false where none of the tables it starts from is there; then `frame` is empty and says nothing.
        window: W in dates, or None.
        frame: columns = the headings of the edition, in order; Date, Int64 or String.
        codes: the same with standard codes instead of labels.
        rows: the cohort's rows behind it, in the same order, with `_id`: for checks and reports.
        accounts: record -> columns of registry.account() and `class_`.
        added: source table -> list rows that no row of the accounts stands behind.
        children: distinct children (List 11: adopters).
    """

    spec: ListSpec
    supplied: bool
    window: Window | None
    frame: pl.DataFrame
    codes: pl.DataFrame = field(default_factory=pl.DataFrame)
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    accounts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    children: int = 0

    @property
    def left_out(self) -> dict[str, int]:
        """Number of source rows left out, by reason code, in the order of REASONS."""
        counts: dict[str, int] = {}
        for rows in self.accounts.values():
            for reason, number in rows.drop_nulls("reason").group_by("reason").len().iter_rows():
                counts[reason] = counts.get(reason, 0) + number
        return {code: counts[code] for code in REASONS if code in counts}


def check_vocabulary(edition: Edition) -> None:
    """Hold an edition's list files against what annexa can do.

    Raises:
        UsageError: a cohort or a derivation that is not registered, a record that does not exist.
    """
    from annexa.records import RECORDS

    for spec in edition.lists.values():
        known: list[tuple[str, str, Collection[str]]] = [("cohort", spec.cohort, COHORTS)]
        known += [("records", name, RECORDS) for name in spec.records]
        known += [("derive", each.derive, DERIVATIONS) for each in spec.columns if each.derive]
        for key, name, words in known:
            if name not in words:
                raise UsageError(
                    f"Edition {edition.name}, List {spec.number}: {key} = {name} is nothing that annexa knows.",
                    f"Known: {', '.join(sorted(words))}.",
                )


def build_lists(context: Context, numbers: Collection[int] | None = None) -> dict[int, BuiltList]:
    """Build the lists of the context's edition.

    Args:
        context: the run.
        numbers: the lists to build; all where None. Who is on a list does not depend on it (K23).
    """
    _report_absent_tables(context)
    report_unknown_staff(context)
    report_unknown(context)
    return {
        number: build_list(context, spec)
        for number, spec in sorted(context.edition.lists.items())
        if numbers is None or number in numbers
    }


def build_list(context: Context, spec: ListSpec) -> BuiltList:
    """Build one list: its cohort, its columns, its labels, its order."""
    window = context.window(spec.number)
    if not any(context.supplied(record) for record in spec.records):
        return BuiltList(spec, supplied=False, window=window, frame=_nothing(spec))
    cohort = COHORTS[spec.cohort](context, spec)
    rows = cohort.rows.sort(sort_expressions(cohort.rows, spec.sort), maintain_order=True).with_row_index(ID)
    _report_later_ends(context, spec)
    codes = _coded(context, spec, _derived(context, spec, rows))
    frame = _labelled(context, spec, codes)
    accounts = {record: _classed(context, spec, record, each) for record, each in cohort.accounts.items()}
    person = spec.columns[0].field or "person_id"
    return BuiltList(
        spec=spec,
        supplied=True,
        window=window,
        frame=frame,
        codes=codes,
        rows=rows,
        accounts=accounts,
        added=cohort.added,
        children=rows[person].n_unique() if rows.height else 0,
    )


def _report_absent_tables(context: Context) -> None:
    """Add a finding for each table that the extract lacks, and for each list that starts from it (AA-R10).

    Also for lists that are not built: another list may take a column or a rule from the same table.
    """
    starts: set[str] = set()
    found: list[tuple[int | None, str, str]] = []  # list, table, message
    for number, spec in sorted(context.edition.lists.items()):
        starts.update(spec.records)
        absent = [context.tables[record].source for record in spec.records if not context.supplied(record)]
        if absent:
            whole = len(absent) == len(spec.records)
            outcome = "is not supplied, and other lists do without it" if whole else "does without it"
            tables = ", ".join(absent)
            found.append((number, tables, f"{tables} was not supplied: List {number} {outcome}."))
    for name, table in context.tables.items():
        if name not in starts and not table.supplied and not table.record.meta.off_lists:
            found.append((None, table.source, f"{table.source} was not supplied: what only it feeds is blank."))
    # All at once: most extracts lack some dozens of tables.
    rows = pl.DataFrame(found, schema={"list": pl.Int64, "table": pl.String, "message": pl.String}, orient="row")
    context.findings.add("AA-R10", pl.col("message"), frame=rows, list=pl.col("list"), table=pl.col("table"))


def _nothing(spec: ListSpec) -> pl.DataFrame:
    return pl.DataFrame(schema={column.heading: pl.String for column in spec.columns})


def _derived(context: Context, spec: ListSpec, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the list's columns by heading, unlabelled: fields of the cohort's rows, and what derivations say."""
    wanted = {column.derive for column in spec.columns if column.derive}
    given: dict[str, pl.Series] = {}
    for function in dict.fromkeys(DERIVATIONS[name] for name in sorted(wanted)):
        answer = function(context, rows)
        aligned = rows.select(ID).join(answer, on=ID, how="left", maintain_order="left")
        if aligned.height != rows.height:
            raise AssertionError(f"List {spec.number}: a derivation answered twice for one row")
        given.update({name: aligned[name] for name in aligned.columns if name != ID and name in wanted})
    return pl.DataFrame(
        [
            (given[column.derive] if column.derive else rows[column.field or ""]).alias(column.heading)
            for column in spec.columns
        ]
    )


def _coded(context: Context, spec: ListSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """Fill blanks with the code that stands for "not recorded" (K20); report codes that the edition lacks (AA-R08)."""
    columns = []
    for column in spec.columns:
        value = pl.col(column.heading)
        if column.codes:
            codes = context.edition.code_set(column.codes)
            _report_replaced(context, spec, column.heading, frame[column.heading], codes.replaced)
            absent = column.field is not None and column.field in context.tables[spec.records[0]].absent
            if column.not_recorded and codes.not_recorded and not absent:
                value = value.fill_null(codes.not_recorded)
        columns.append(value.alias(column.heading))
    return frame.select(columns)


def _labelled(context: Context, spec: ListSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """Replace standard codes by the edition's labels."""
    return frame.select(
        (
            context.edition.code_set(column.codes).write(pl.col(column.heading))
            if column.codes
            else pl.col(column.heading)
        ).alias(column.heading)
        for column in spec.columns
    )


def _report_replaced(
    context: Context, spec: ListSpec, heading: str, values: pl.Series, replaced: Mapping[str, str]
) -> None:
    newer = values.filter(values.is_in(list(replaced))).value_counts(sort=True) if replaced else None
    if newer is None or not newer.height:
        return
    for code, number in sorted(newer.iter_rows()):
        context.findings.add(
            "AA-R08",
            f"List {spec.number}: {code} is newer than the edition and is shown as {replaced[code]} ({number} rows).",
            list=spec.number,
            column=heading,
        )


def _report_later_ends(context: Context, spec: ListSpec) -> None:
    """One finding a list for records that end after A and are read as open (K6)."""
    for record in spec.records:
        rows = context.live(record)
        number = int(rows["_masked"].sum()) if rows.height else 0
        day = f"{context.period.as_at:%d/%m/%Y}"
        if number and context.tables[record].record.meta.end:
            context.findings.add(
                "AA-R16",
                f"List {spec.number}: {number} records end after {day} and are shown as open.",
                list=spec.number,
                table=context.tables[record].source,
                file=context.tables[record].file,
            )


def _classed(context: Context, spec: ListSpec, record: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the class of each row's reason, and hold that every source row is there exactly once."""
    source = context.rows(record)
    if rows.height != source.height or rows["_row"].n_unique() != source.height:
        raise AssertionError(f"List {spec.number}: the account of {record} does not name every row exactly once")
    classes = {code: reason.class_ for code, reason in REASONS.items()}
    class_ = pl.col("reason").replace_strict(classes, default=OUTPUT, return_dtype=pl.Enum(CLASSES))
    return rows.with_columns(class_.alias("class_")).join(
        source.select("_row", *_identity(context, record, rows)), on="_row", how="left", maintain_order="left"
    )


def _identity(context: Context, record: str, rows: pl.DataFrame) -> list[pl.Expr]:
    """Return event_id, and person_id unless the account itself says whose row it is."""
    meta = context.tables[record].record.meta
    whose = [] if "person_id" in rows.columns else [pl.col(meta.person or meta.key).alias("person_id")]
    return [pl.col(meta.key).alias("event_id"), *whose]
