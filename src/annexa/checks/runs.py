"""What a check may look at: an extract with the lists built from it, or finished lists, whoever made them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, looked
from annexa.editions import Edition, ListSpec
from annexa.extract.tables import ROW
from annexa.filled.kinds import cells_of
from annexa.filled.model import FILE, Filled
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.period import InspectionPeriod
from annexa.workdays import WorkingDays

FIRST_DATA_ROW = 3  # of a sheet that annexa writes: title, headings, data


@dataclass(frozen=True)
class Earlier:
    """The last good dry run, in counts.

    Args:
        version: of annexa that made it.
        lists: number of rows of each list that was built.
        findings: number of findings by the id of the check.
        tables: number of rows by the name of the input table.
        unable: check -> what it could not look at then, as checks.run.unable() gives it.
        codes: the codes of all good runs: table, column, code, as checks.nightly.codes_of() gives them; None where they
            cannot be compared.
        columns: what it read, as checks.nightly.columns_of() gives it; None where that was not kept.
        rows: list -> the number of rows that this run has too, and of those whose cells are other ones now; None where
            they cannot be compared.
        same_since: the day of the first of the good runs, one after the other up to this one, that have read the very
            files of the run now, byte for byte; None where this one has read others.
    """

    version: str
    lists: Mapping[int, int]
    findings: Mapping[str, int]
    tables: Mapping[str, int]
    unable: Mapping[str, Collection[str]] = field(default_factory=dict)
    codes: pl.DataFrame | None = None
    columns: pl.DataFrame | None = None
    rows: Mapping[int, tuple[int, int]] | None = None
    same_since: date | None = None


@dataclass(frozen=True)
class Night:
    """What a dry run knows beside the extract.

    Args:
        version: of annexa that runs.
        day: the day of the run, which need not be D.
        taken: input file -> the day on which it was made, without those of which nobody knows; or "" -> the extract
            date that was given.
        earlier: the last good dry run of the same kind (annexa.history.baseline), or None.
        codes: what checks.nightly.codes_of() gives of the extract.
    """

    version: str
    day: date
    taken: Mapping[str, date]
    earlier: Earlier | None
    codes: pl.DataFrame


@dataclass(frozen=True)
class ExtractRun:
    """An extract, read and prepared, and the lists built from it.

    Args:
        context: dates, edition, options and tables.
        calendar: working days.
        lists: all lists of the edition by number.
        previous: number of rows of each list in an earlier run of the same edition, or None.
        night: what a dry run knows beside it; None for any other run.
    """

    context: Context
    calendar: WorkingDays
    lists: Mapping[int, BuiltList]
    previous: Mapping[int, int] | None = None
    night: Night | None = None

    @cached_property
    def built(self) -> "ListsRun":
        """The lists of the build, as finished lists."""
        context = self.context
        return ListsRun(context.period, context.edition, self.calendar, views_of(self.lists), self, self.previous)

    @property
    def period(self) -> InspectionPeriod:
        """D and A."""
        return self.context.period

    def rows(self, record: str) -> pl.DataFrame:
        """The rows of a record that take part in rules; its fields, and _row."""
        return self.context.live(record)

    def has(self, record: str, *fields: str) -> bool:
        """Whether the extract has the record's table, with these fields."""
        table = self.context.tables[record]
        return table.supplied and not table.absent.intersection(fields)

    def lacks(self, record: str, fields: Sequence[str]) -> list[str]:
        """What is missing of a record and its fields, in words; empty where nothing is."""
        table = self.context.tables[record]
        if not table.supplied:
            return [f"{table.source} was not supplied"]
        known = table.record.fields()
        absent = [name for name in fields if name in table.absent or name not in known]
        names = [table.column(name) if name in known else name for name in absent]
        return [f"{table.source} has no column {name}" for name in names]

    def looked(
        self,
        check: Definition,
        record: str,
        frame: pl.DataFrame,
        wrong: pl.Expr,
        message: str | pl.Expr,
        *,
        column: str | None = None,
        **columns: object,
    ) -> Looked:
        """Return the answer of a check over rows of a record.

        Child, event, table, file, row and, where the check is about one list, the list are taken from the rows; the
        value is that of `column`. Each can be given instead; None leaves it blank.

        Args:
            check: the check.
            record: the record that the rows are of.
            frame: every row that the check tests: at least the record's key and person fields and _row.
            wrong: true where the row is wrong.
            message: names fields and lists, never values.
            column: the field that is wrong, or that the finding is best looked up by.
            columns: further columns of findings.SCHEMA.
        """
        table = self.context.tables[record]
        meta = table.record.meta
        given: dict[str, object] = {
            "list": check.lists[0] if len(check.lists) == 1 else None,
            "child": pl.col(meta.person) if meta.person in frame.columns else None,
            "event": pl.col(meta.key) if meta.key in frame.columns else None,
            "table": table.source,
            "file": table.file,
            "row": pl.col(ROW) if ROW in frame.columns else None,
            "column": table.column(column) if column else None,
            "value": pl.col(column).cast(pl.String) if column and column in frame.columns else None,
        }
        return looked(frame, wrong, message, **{**given, **columns})


@dataclass(frozen=True)
class ListView:
    """One finished list, as checks see it.

    Args:
        spec: its definition.
        frame: a column for each field or derivation of the list's columns, by that name, coded columns as standard
            codes; _row, the row of the sheet, and _file, the name of the workbook (blank for the lists of a build).
            What could not be read is blank.
        present: the names of the columns that the sheet has.
    """

    spec: ListSpec
    frame: pl.DataFrame
    present: frozenset[str]

    def heading(self, name: str) -> str:
        """Return the heading of a column by the name of its field or derivation."""
        return next((c.heading for c in self.spec.columns if name in (c.field, c.derive)), name)


@dataclass(frozen=True)
class ListsRun:
    """Finished lists: of a workbook that was read back, or of a build.

    Args:
        period: D, and A where an extract tells it.
        edition: windows, headings and codes.
        calendar: working days.
        lists: those that are there, by number.
        extract: the extract, where one is given beside the lists.
        previous: as for ExtractRun.
        missing: why a list is not there, by number.
        own_la: names and codes of the own authority.
    """

    period: InspectionPeriod
    edition: Edition
    calendar: WorkingDays
    lists: Mapping[int, ListView]
    extract: ExtractRun | None = None
    previous: Mapping[int, int] | None = None
    missing: Mapping[int, str] = field(default_factory=dict)
    own_la: tuple[str, ...] = ()

    def rows(self, number: int) -> pl.DataFrame:
        """The rows of a list, by the names of fields and derivations, and _row."""
        return self.lists[number].frame

    def has(self, number: int, *fields: str) -> bool:
        """Whether the list is there, with these columns."""
        return number in self.lists and set(fields) <= self.lists[number].present

    def lacks(self, number: int, fields: Sequence[str]) -> list[str]:
        """What is missing of a list and its columns, in words; empty where nothing is."""
        if number not in self.lists:
            return [self.missing.get(number, f"List {number} is not there")]
        view = self.lists[number]
        absent = [name for name in fields if name not in view.present]
        return [f"List {number} has no column {view.heading(name).strip()!r}" for name in absent]

    def looked(
        self,
        number: int,
        frame: pl.DataFrame,
        wrong: pl.Expr,
        message: str | pl.Expr,
        *,
        column: str | None = None,
        **columns: object,
    ) -> Looked:
        """Return the answer of a check over rows of a list; as ExtractRun.looked.

        Args:
            number: the list.
            frame: every row that the check tests, with _row.
            wrong: true where the row is wrong.
            message: names columns and lists, never values.
            column: name of the field or derivation that is wrong.
            columns: further columns of findings.SCHEMA.
        """
        view = self.lists[number]
        person = view.spec.columns[0].field or "person_id"
        given: dict[str, object] = {
            "list": number,
            "child": pl.col(person) if person in frame.columns else None,
            "file": pl.col(FILE) if FILE in frame.columns else None,
            "row": pl.col(ROW) if ROW in frame.columns else None,
            "column": view.heading(column) if column else None,
            "value": pl.col(column).cast(pl.String) if column and column in frame.columns else None,
        }
        return looked(frame, wrong, message, **{**given, **columns})


def view_of(spec: ListSpec, codes: pl.DataFrame, origin: pl.DataFrame | None = None) -> ListView:
    """Return a list as checks see it.

    Args:
        spec: the list.
        codes: its columns by heading, coded columns as standard codes; a heading that the sheet lacks is not there.
        origin: the workbook and the sheet's row of each: _file, _row. Where None, rows from FIRST_DATA_ROW on.
    """
    names = {column.heading: column.field or column.derive or "" for column in spec.columns}
    # A column that is not there is blank and of its own type, so that whatever joins on it can.
    blank = {column.heading: pl.lit(None, dtype=cells_of(column).dtype) for column in spec.columns}
    present = frozenset(names[heading] for heading in codes.columns if heading in names)
    first = pl.int_range(FIRST_DATA_ROW, FIRST_DATA_ROW + pl.len(), dtype=pl.Int64)
    frame = codes.select(
        *(
            pl.col(heading).alias(name) if heading in codes.columns else blank[heading].alias(name)
            for heading, name in names.items()
        )
    )
    nowhere = pl.lit(None, dtype=pl.String)
    where = [first.alias(ROW), nowhere.alias(FILE)] if origin is None else [origin[ROW].cast(pl.Int64), origin[FILE]]
    return ListView(spec, frame.with_columns(where), present)


def views_of(lists: Mapping[int, BuiltList]) -> dict[int, ListView]:
    """Return the lists of a build as checks see them; those that were not supplied are not there."""
    return {number: view_of(built.spec, built.codes) for number, built in lists.items() if built.supplied}


def views_of_filled(filled: Filled) -> dict[int, ListView]:
    """Return the lists of filled workbooks as checks see them."""
    return {number: view_of(each.spec, each.codes, each.origin) for number, each in filled.lists.items()}
